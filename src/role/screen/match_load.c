#include "io/log.h"
#include "role/screen/match_agent_inner.h"

bool match_is_stale(const struct match_agent *agent, const struct match_slot *slot)
{
    const struct list_header *header = &slot->list.header;
    return header->stale || (header->stale_from_us != 0 &&
                             clock_wall_us(agent->options.clock) >= header->stale_from_us);
}

static enum fault take_new(struct match_agent *agent, struct match_slot *slot)
{
    TRY(screen_list_read(&slot->list, agent->options.disk, slot->path, agent->weights,
                         &agent->found));
    if (agent->weights == NULL) {
        agent->weights = index_weights_hold(slot->list.index->weights);
    }
    const struct list_header *header = &slot->list.header;
    log_info("match.list", LOG_STR("list", header->list), LOG_U64("load", header->load),
             LOG_U64("entries", header->entries_count));
    return screen_list_searcher(&agent->find, &agent->slots[0].list, sizeof(agent->slots[0]),
                                agent->options.lists_count, MATCH_HITS_MAX, &agent->found);
}

static enum fault slot_turn(struct match_agent *agent, struct match_slot *slot, const char *name)
{
    struct list_header header = {.load = 0};
    bool exists = false;
    enum fault fault = screen_list_peek(agent->options.disk, slot->path, &header, &exists);
    if (fault == FAULT_NONE && exists &&
        (slot->list.index == NULL || header.load != slot->list.header.load) &&
        !(slot->has_failed && slot->failed_load == header.load)) {
        fault = take_new(agent, slot);
    }
    if (fault == FAULT_INPUT || fault == FAULT_ROT) {
        /* The old one stays in use. */
        log_error("match.list_damaged", LOG_STR("list", name), LOG_STR("why", fault_text()));
        slot->has_failed = true;
        slot->failed_load = header.load;
        fault_forget();
        fault = FAULT_NONE;
    }
    TRY(fault);
    if (exists && slot->list.index != NULL && header.load == slot->list.header.load) {
        slot->list.header.stale = header.stale; /* the store says so without a new load */
        slot->list.header.stale_from_us = header.stale_from_us;
    }
    if (exists == slot->is_missing) {
        slot->is_missing = !exists;
        if (!exists) {
            log_error("match.list_missing", LOG_STR("list", name));
        }
    }
    return FAULT_NONE;
}

enum fault match_load_turn(struct match_agent *agent)
{
    struct match_agent_counts *counts = &agent->counts;
    counts->lists = 0;
    counts->lists_stale = 0;
    counts->lists_missing = 0;
    counts->entries = 0;
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        struct match_slot *slot = &agent->slots[place];
        TRY(slot_turn(agent, slot, agent->options.lists[place]));
        bool is_there = slot->list.index != NULL;
        counts->lists += is_there ? 1 : 0;
        counts->lists_stale += is_there && match_is_stale(agent, slot) ? 1 : 0;
        counts->lists_missing += is_there ? 0 : 1;
        counts->entries += slot->list.hashes_count;
    }
    agent->has_looked = true;
    return FAULT_NONE;
}
