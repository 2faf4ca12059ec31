#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/screen/screen_agent_inner.h"

/* The two sides of a clearance, for the digest that is kept of them. */
struct sides {
    struct screen_clearances clearances; /* first: it is cast back */
    struct screen_agent *agent;
    const struct screen_person *record;
    const struct screen_list *list;
    enum fault fault;
};

static bool sides_hold(struct screen_clearances *clearances, u64 row, u32 entry)
{
    struct sides *sides = (struct sides *)(void *)clearances;
    struct screen_agent *agent = sides->agent;
    u64 hash = screen_list_hash(sides->list, entry);
    u8 digest[SHA256_BYTES];
    bool holds = true;
    sha256_begin(&agent->sha256);
    sha256_add(&agent->sha256, span_of(sides->record->digest, SHA256_BYTES));
    sha256_add(&agent->sha256, span_of(&hash, sizeof(hash)));
    sha256_end(&agent->sha256, digest);
    enum fault fault = screen_cleared_holds(&agent->cleared, row, digest, &holds);
    sides->fault = fault == FAULT_NONE ? sides->fault : fault;
    return holds;
}

static bool send(struct screen_agent *agent, struct command_listing_set *command)
{
    if (!engine_line_put(&agent->line, command, sizeof(*command))) {
        agent->is_blocked = true;
        return false;
    }
    agent->sent += 1;
    agent->counts.candidates += command->state == LISTING_STATE_CANDIDATE ? 1 : 0;
    agent->counts.cleared += command->state == LISTING_STATE_CLEAR ? 1 : 0;
    return true;
}

/* Nobody is found clear by a list that is too old, or by names that nobody can read. */
static bool may_clear(const struct screen_agent *agent, const struct screen_slot *slot)
{
    return !slot->is_stale && find_nameless(agent->find) < agent->entry.names_count;
}

/* *done_out: nothing is left to say of this person under this list for now. */
static enum fault look_under(struct screen_agent *agent, u32 person,
                             const struct screen_person *record, const struct screen_slot *slot,
                             bool *done_out)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    struct screen_hit hits[SCREEN_HITS_MAX];
    const struct find_hit *found = NULL;
    struct sides sides = {.clearances = {.holds = sides_hold},
                          .agent = agent,
                          .record = record,
                          .list = &slot->list,
                          .fault = FAULT_NONE};
    bool is_cut = false;
    bool is_full = false;
    u32 count = find_entry(agent->find, slot->list.index, &agent->entry, agent->options.threshold,
                           &found, &is_cut);
    count = count < SCREEN_HITS_MAX ? count : SCREEN_HITS_MAX;
    for (u32 index = 0; index < count; index += 1) {
        hits[index] = (struct screen_hit){.entry = found[index].number,
                                          .millionths = found[index].millionths};
    }
    *done_out = count > 0 || may_clear(agent, slot);
    if (!*done_out) {
        return FAULT_NONE;
    }
    struct screen_question question = {.list = slot->name,
                                       .now_us = clock_wall_us(agent->options.clock),
                                       .person = person,
                                       .list_version = slot->list.header.load,
                                       .hits = hits,
                                       .hits_count = count};
    u32 verdicts = screen_judge(&agent->rows, &question, &sides.clearances, commands, &is_full);
    TRY(sides.fault);
    if (is_full) {
        agent->counts.full += 1;
        log_warn("screen.full", LOG_U64("person", person));
    }
    for (u32 index = 0; index < verdicts && *done_out; index += 1) {
        *done_out = send(agent, &commands[index]);
    }
    agent->counts.screened += *done_out ? 1 : 0;
    agent->counted += *done_out ? 1 : 0;
    return FAULT_NONE;
}

enum fault screen_look(struct screen_agent *agent, u32 person, struct screen_person *record)
{
    struct span line = {record->line, record->line_bytes};
    CHECK(list_entry_read(&agent->entry, line) == LIST_LINE_OK); /* it was read when it came */
    for (u32 index = 0; index < agent->options.lists_count; index += 1) {
        struct screen_slot *slot = &agent->slots[index];
        bool is_done = false;
        if ((record->pending & 1U << index) == 0 || slot->list.index == NULL) {
            continue;
        }
        TRY(look_under(agent, person, record, slot, &is_done));
        record->pending &= is_done ? ~(1U << index) : ~0U;
    }
    if ((record->pending & SCREEN_PENDING_OWN) != 0) {
        bool is_done = false;
        TRY(screen_holders_look(agent, person, &is_done));
        record->pending &= is_done ? ~SCREEN_PENDING_OWN : ~0U;
    }
    return FAULT_NONE;
}

void screen_mark(struct screen_agent *agent, u32 person, u32 lists)
{
    struct screen_person *record = screen_people_find(&agent->people, person);
    if (record != NULL && lists != 0) {
        record->pending |= lists;
        agent->has_pending = true;
        agent->passed = 0;
    }
}

void screen_mark_all(struct screen_agent *agent, u32 lists)
{
    for (u32 person = 1; person <= agent->people.number_max; person += 1) {
        screen_mark(agent, person, lists);
    }
}
