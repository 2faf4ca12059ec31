#include "role/screen/screen_agent.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/log.h"
#include "role/screen/screen_agent_inner.h"
#include "wire/code.h"
#include "wire/reject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNKS_A_TURN 64U
#define CHECK_NS      1000000000ULL  /* between two looks for new lists */
#define COUNT_NS      60000000000ULL /* between two counts in the journal */

static struct screen_agent *agent_of(struct agent *base)
{
    return (struct screen_agent *)(void *)base;
}

/* ---- the event log ---- */

static struct screen_agent *agent_of_sink(struct event_sink *sink)
{
    return (struct screen_agent *)(void *)((u8 *)sink - offsetof(struct screen_agent, sink));
}

static void on_begin(struct event_sink *sink)
{
    struct screen_agent *agent = agent_of_sink(sink);
    screen_rows_clear(&agent->rows);
    screen_groups_clear(&agent->groups);
}

static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    struct screen_agent *agent = agent_of_sink(sink);
    return screen_rows_state(&agent->rows, record, size) &&
           screen_groups_state(&agent->groups, record, size);
}

static void on_rejected(struct screen_agent *agent, const u8 *record)
{
    struct event_rejected event;
    memcpy(&event, record, sizeof(event));
    if (event.head.source != LINK_SOURCE_SCREEN || !agent->log.is_current) {
        return;
    }
    bool is_known = event.command < COMMAND_KIND_COUNT && wire_commands[event.command].name != NULL;
    agent->counts.refused += 1;
    log_warn("screen.refused",
             LOG_STR("command", is_known ? wire_commands[event.command].name : "?"),
             LOG_STR("reject", reject_name(event.reject)));
}

static void on_applied(struct screen_agent *agent, const u8 *command, size_t size)
{
    u32 lists = ((1U << agent->options.lists_count) - 1U) | SCREEN_PENDING_OWN;
    struct command_person_add add;
    struct command_listing_set set;
    struct command_row_end end;
    struct command_log_entry entry;
    switch (bytes_u16(command)) {
    case COMMAND_PERSON_ADD:
        memcpy(&add, command, sizeof(add));
        screen_mark(agent, add.person, lists);
        break;
    case COMMAND_LISTING_SET: /* a clearance is about both sides as they are now */
        if (size >= sizeof(set)) {
            memcpy(&set, command, sizeof(set));
            screen_mark(agent, set.person, set.state == LISTING_STATE_CLEAR ? lists : 0);
        }
        break;
    case COMMAND_ROW_END: /* a verdict may have gone with it */
        if (size >= sizeof(end)) {
            memcpy(&end, command, sizeof(end));
            screen_mark(agent, end.person, lists);
        }
        break;
    case COMMAND_LOG_ENTRY:
        if (size >= sizeof(entry)) {
            memcpy(&entry, command, sizeof(entry));
            for (u32 place = 0; place < agent->options.lists_count; place += 1) {
                if (entry.topic == LOG_TOPIC_LIST && entry.list == agent->slots[place].name) {
                    memcpy(agent->slots[place].told, entry.digest, sizeof(entry.digest));
                }
            }
        }
        break;
    default: /* not an enum: other commands are not of interest */
        break;
    }
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    struct screen_agent *agent = agent_of_sink(sink);
    (void)time_us;
    if (bytes_u16(record) == EVENT_REJECTED && size >= sizeof(struct event_rejected)) {
        on_rejected(agent, record);
    }
    if (!screen_rows_event(&agent->rows, record, size) ||
        !screen_groups_event(&agent->groups, record, size)) {
        return false;
    }
    if (bytes_u16(record) == EVENT_APPLIED) {
        on_applied(agent, record + sizeof(struct event_applied),
                   size - sizeof(struct event_applied));
    }
    return true;
}

/* ---- rounds ---- */

/* Searches of /match, whose process tells nobody else. */
static void matches_take(struct screen_agent *agent)
{
    u64 queries = 0;
    int count = agent->options.match_count;
    if (count >= 0 && read(count, &queries, sizeof(queries)) == (ssize_t)sizeof(queries)) {
        agent->counted += queries;
        agent->counts.matched += queries;
    }
}

/* A count for the public log, without names. */
static void count_turn(struct screen_agent *agent, u64 now_ns)
{
    struct command_log_entry entry = {
        .head = {.kind = COMMAND_LOG_ENTRY, .units = sizeof(entry) / WIRE_UNIT},
        .count = agent->counted,
        .topic = LOG_TOPIC_SCREENED};
    if (now_ns < agent->count_ns) {
        return;
    }
    if (agent->counted > 0 && engine_line_put(&agent->line, &entry, sizeof(entry))) {
        agent->counted = 0;
        agent->sent += 1;
    }
    agent->count_ns = now_ns + COUNT_NS;
}

/* People one after the other, until enough was sent, or once round nobody had anything to be said.
 * Whoever waits for a list is marked again when it comes. */
static enum fault look_turn(struct screen_agent *agent)
{
    u32 looked = 0;
    agent->is_blocked = false;
    while (agent->has_pending && looked < SCREEN_LOOKS_MAX && agent->sent < SCREEN_SEND_MAX &&
           !agent->is_blocked) {
        agent->cursor = agent->cursor >= agent->people.number_max ? 1 : agent->cursor + 1;
        struct screen_person *record = screen_people_find(&agent->people, agent->cursor);
        u32 before = record == NULL ? 0 : record->pending;
        if (before != 0) {
            TRY(screen_look(agent, agent->cursor, record));
        }
        if (before != 0 && record->pending != before) {
            looked += 1;
            agent->passed = 0;
        } else if (!agent->is_blocked) {
            agent->passed += 1;
            agent->has_pending = agent->passed <= agent->people.number_max;
        }
    }
    agent->is_busy = agent->is_busy || looked > 0;
    return FAULT_NONE;
}

static enum fault round_do(struct screen_agent *agent)
{
    u64 now_ns = clock_mono_ns(agent->options.clock);
    agent->sent = 0;
    if (now_ns >= agent->check_ns) {
        TRY(screen_load_turn(agent));
        TRY(screen_holders_turn(agent));
        matches_take(agent);
        agent->check_ns = clock_mono_ns(agent->options.clock) + CHECK_NS;
    }
    count_turn(agent, now_ns);
    TRY(screen_vault_turn(agent));
    TRY(look_turn(agent));
    TRY(screen_webs_turn(agent));
    secret_wipe(&agent->entry, sizeof(agent->entry));
    engine_line_flush(&agent->line);
    return FAULT_NONE;
}

/* ---- the agent ---- */

static enum fault slots_open(struct screen_agent *agent)
{
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        struct screen_slot *slot = &agent->slots[place];
        char below[FILE_NAME_BYTES];
        const char *name = agent->options.lists[place];
        slot->name = code_name_of(span_of_text(name));
        CHECK(slot->name != 0);
        (void)snprintf(below, sizeof(below), "lists/%s.list", name);
        TRY(file_path(slot->path, agent->options.folder, below));
    }
    return FAULT_NONE;
}

static enum fault screen_open(struct agent *base)
{
    struct screen_agent *agent = agent_of(base);
    const struct screen_agent_options *options = &agent->options;
    TRY(sha256_open(&agent->sha256));
    screen_rows_init(&agent->rows);
    screen_groups_init(&agent->groups);
    screen_people_init(&agent->people);
    TRY(slots_open(agent));
    TRY(file_path(agent->registers, options->folder, SCREEN_REGISTERS_FOLDER));
    TRY(screen_cleared_open(&agent->cleared, options->disk, options->folder));
    TRY(engine_line_open(&agent->line, options->clock, LINK_SOURCE_SCREEN, options->commands,
                         options->bell));
    TRY(screen_vault_open(agent));
    agent->sink = (struct event_sink){.begin = on_begin, .state = on_state, .event = on_event};
    agent->check_ns = clock_mono_ns(options->clock);
    agent->count_ns = agent->check_ns + COUNT_NS;
    agent->second_ns = agent->check_ns;
    TRY(event_follow_open(&agent->log, options->disk, options->folder, &agent->sink));
    return screen_talk_open(agent);
}

static enum fault screen_work(struct agent *base, bool *busy_out)
{
    struct screen_agent *agent = agent_of(base);
    bool busy = false;
    agent->is_busy = false;
    TRY(engine_line_turn(&agent->line, &agent->is_busy));
    TRY(event_follow_turn(&agent->log, CHUNKS_A_TURN, &agent->is_busy));
    agent->counts.position = agent->log.position;
    TRY(net_run_once(agent->net, 0, &busy));
    TRY(agent->turn_fault);
    if (agent->rows.is_short || agent->groups.is_short) {
        return FAULT(FAULT_LIMIT, "no memory for the verdicts of all persons");
    }
    /* A round begins only when all that was sent before is in the event log and was read. */
    if (agent->log.is_drained && engine_line_is_settled(&agent->line)) {
        TRY(round_do(agent));
    }
    *busy_out = *busy_out || busy || agent->is_busy;
    return FAULT_NONE;
}

static void screen_close(struct agent *base)
{
    struct screen_agent *agent = agent_of(base);
    screen_talk_close(agent);
    event_follow_close(&agent->log);
    for (u32 place = 0; place < agent->options.lists_count; place += 1) {
        screen_list_close(&agent->slots[place].list);
    }
    screen_own_close(agent->own);
    find_close(agent->find);
    reverse_reader_close(agent->reader);
    reverse_close(agent->reverse);
    index_weights_release(agent->weights);
    screen_cleared_close(&agent->cleared);
    screen_people_close(&agent->people);
    screen_groups_close(&agent->groups);
    screen_rows_close(&agent->rows);
    sha256_close(&agent->sha256);
}

static const struct agent_ops screen_ops = {
    .open = screen_open,
    .work = screen_work,
    .close = screen_close,
};

enum fault screen_agent_create(struct screen_agent **agent_out,
                               const struct screen_agent_options *options)
{
    CHECK(options->lists_count <= SCREEN_LISTS_MAX && options->threshold > 0);
    *agent_out = calloc(1, sizeof(struct screen_agent));
    if (*agent_out == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the screening agent");
    }
    (*agent_out)->agent = (struct agent){.ops = &screen_ops, .name = "screen"};
    (*agent_out)->options = *options;
    return FAULT_NONE;
}

struct agent *screen_agent_of(struct screen_agent *agent)
{
    return &agent->agent;
}

void screen_agent_destroy(struct screen_agent *agent)
{
    free(agent);
}

bool screen_agent_is_ready(const struct screen_agent *agent)
{
    return !agent->line.is_away && agent->log.is_current;
}

struct screen_agent_counts screen_agent_counts(const struct screen_agent *agent)
{
    struct screen_agent_counts counts = agent->counts;
    counts.people = agent->people.count;
    counts.apart = agent->groups.apart;
    counts.waiting = agent->has_pending ? 1 : 0;
    return counts;
}
