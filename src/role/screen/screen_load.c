#include "base/hash.h"
#include "base/span.h"
#include "io/input.h"
#include "io/log.h"
#include "role/screen/screen_agent_inner.h"

#include <string.h>

#define CANDIDATES_MAX 512U
#define PERSONS_MAX    65536U /* whom one entry may mean; beyond that everybody is looked at */

/* The compiled list says that it is stale, or that it has become so since. */
static void stale_tell(struct screen_agent *agent, struct screen_slot *slot)
{
    u64 now_us = clock_wall_us(agent->options.clock);
    const struct list_header *header = &slot->list.header;
    bool is_stale =
        header->stale || (header->stale_from_us != 0 && now_us >= header->stale_from_us);
    if (is_stale != slot->is_stale) {
        slot->is_stale = is_stale;
        if (is_stale) {
            log_error("screen.list_stale", LOG_STR("list", header->list));
        } else {
            u32 place = (u32)(slot - agent->slots);
            log_info("screen.list_fresh", LOG_STR("list", header->list));
            screen_mark_all(agent, 1U << place);
        }
    }
}

/* What the public log is to say of a list that is in use now. */
static void journal_list(struct screen_agent *agent, struct screen_slot *slot)
{
    const struct list_header *header = &slot->list.header;
    struct command_log_entry entry = {
        .head = {.kind = COMMAND_LOG_ENTRY, .units = sizeof(entry) / WIRE_UNIT},
        .list = slot->name,
        .count = header->entries_count,
        .topic = LOG_TOPIC_LIST};
    _Static_assert(sizeof(entry.digest) == LIST_SOURCE_HASH_BYTES, "a SHA-256");
    memcpy(entry.digest, header->source_hash, sizeof(entry.digest));
    if (memcmp(slot->told, header->source_hash, sizeof(slot->told)) != 0 &&
        engine_line_put(&agent->line, &entry, sizeof(entry))) {
        memcpy(slot->told, header->source_hash, sizeof(slot->told));
        agent->sent += 1;
    }
}

/* Whom the entry may mean. *all_out: more than can be told. */
static void mark_entry(struct screen_agent *agent, u32 place, bool *all_out)
{
    const struct find_hit *hits = NULL;
    bool is_cut = false;
    u32 count = reverse_find(agent->reverse, agent->reader, &agent->entry, agent->options.threshold,
                             &hits, &is_cut);
    for (u32 index = 0; index < count; index += 1) {
        screen_mark(agent, hits[index].number, 1U << place);
    }
    *all_out = is_cut;
}

static enum fault reader_make(struct screen_agent *agent)
{
    TRY(reverse_settle(agent->reverse));
    reverse_reader_close(agent->reader);
    agent->reader = NULL;
    return reverse_reader_open(&agent->reader, agent->reverse, CANDIDATES_MAX, PERSONS_MAX);
}

/* Entries of `fresh` that are new or say something else than in `slot`: whom they may mean is
 * marked. */
static enum fault mark_changes(struct screen_agent *agent, struct screen_slot *slot, u32 place,
                               const struct screen_list *before)
{
    struct input *input = NULL;
    struct span line = {NULL, 0};
    bool more = true;
    bool all = false;
    TRY(reader_make(agent));
    TRY(input_open(&input, agent->options.disk, slot->path, LIST_LINE_BYTES));
    enum fault fault = input_line(input, &line, &more); /* the header */
    for (u32 index = 0; fault == FAULT_NONE && more && !all && index < slot->list.hashes_count;
         index += 1) {
        const struct screen_entry_hash *entry = &slot->list.hashes[index];
        fault = input_line(input, &line, &more);
        if (fault != FAULT_NONE || screen_list_hash(before, entry->entry) == entry->hash) {
            continue;
        }
        /* Another file may have taken this one's place since it was read. */
        all = !more || hash_bytes(line.data, line.size, 0) != entry->hash ||
              list_entry_read(&agent->entry, line) != LIST_LINE_OK;
        if (!all) {
            mark_entry(agent, place, &all);
        }
    }
    input_close(input);
    if (all || fault != FAULT_NONE) {
        screen_mark_all(agent, 1U << place);
    }
    return fault;
}

static enum fault take_new(struct screen_agent *agent, struct screen_slot *slot, u32 place)
{
    struct screen_list before = slot->list;
    struct screen_list fresh = {.index = NULL};
    TRY(screen_list_read(&fresh, agent->options.disk, slot->path, agent->weights, &agent->entry));
    if (agent->weights == NULL) {
        agent->weights = index_weights_hold(fresh.index->weights);
        TRY(reverse_open(&agent->reverse, agent->weights));
        TRY(screen_people_index(agent));
    }
    slot->list = fresh;
    agent->own_is_old = true;
    enum fault fault =
        screen_list_searcher(&agent->find, &agent->slots[0].list, sizeof(agent->slots[0]),
                             agent->options.lists_count, SCREEN_HITS_MAX, &agent->entry);
    if (fault == FAULT_NONE && before.index == NULL) {
        screen_mark_all(agent, 1U << place);
    } else if (fault == FAULT_NONE) {
        fault = mark_changes(agent, slot, place, &before);
    }
    screen_list_close(&before);
    log_info("screen.list", LOG_STR("list", fresh.header.list), LOG_U64("load", fresh.header.load),
             LOG_U64("entries", fresh.header.entries_count));
    return fault;
}

static enum fault slot_turn(struct screen_agent *agent, struct screen_slot *slot, u32 place)
{
    struct list_header header = {.load = 0};
    bool exists = false;
    enum fault fault = screen_list_peek(agent->options.disk, slot->path, &header, &exists);
    if (fault == FAULT_NONE && exists &&
        (slot->list.index == NULL || header.load != slot->list.header.load) &&
        !(slot->has_failed && slot->failed_load == header.load)) {
        agent->is_busy = true;
        fault = take_new(agent, slot, place);
    }
    if (fault == FAULT_INPUT || fault == FAULT_ROT) {
        /* The old one stays in use. */
        log_error("screen.list_damaged", LOG_STR("list", agent->options.lists[place]),
                  LOG_STR("why", fault_text()));
        slot->has_failed = true;
        slot->failed_load = header.load;
        fault_forget();
        fault = FAULT_NONE;
    }
    TRY(fault);
    if (exists == slot->is_missing) {
        slot->is_missing = !exists;
        if (!exists) {
            log_error("screen.list_missing", LOG_STR("list", agent->options.lists[place]));
        }
    }
    if (slot->list.index != NULL) {
        slot->list.header.stale = exists ? header.stale : slot->list.header.stale;
        slot->list.header.stale_from_us =
            exists ? header.stale_from_us : slot->list.header.stale_from_us;
        stale_tell(agent, slot);
        journal_list(agent, slot);
    }
    return FAULT_NONE;
}

enum fault screen_load_turn(struct screen_agent *agent)
{
    struct screen_agent_counts *counts = &agent->counts;
    counts->lists = 0;
    counts->lists_stale = 0;
    counts->lists_missing = 0;
    counts->entries = 0;
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        struct screen_slot *slot = &agent->slots[place];
        TRY(slot_turn(agent, slot, place));
        counts->lists += slot->list.index != NULL ? 1 : 0;
        counts->lists_stale += slot->is_stale ? 1 : 0;
        counts->lists_missing += slot->list.index == NULL ? 1 : 0;
        counts->entries += slot->list.hashes_count;
    }
    return FAULT_NONE;
}
