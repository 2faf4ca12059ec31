/* What the log's agent reads: the event log of the venue, and the vault's events. */
#include "base/arena.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_entry.h"

#include <string.h>

#define READER         "log"
#define CHUNKS_A_TURN  64U
#define RECORDS_A_TURN 256U
#define SECOND_NS      1000000000ULL
#define KEEP_EVERY_NS  SECOND_NS
#define KEEP_WAITS_NS  (10 * SECOND_NS)

_Static_assert(EVENTLOG_VENUE_BYTES <= PUBLOG_SOURCE_NAME_BYTES, "a venue's name");

/* ---- the event log ---- */

/* For good, and before the sandbox: the registration is a file of the event log's. */
enum fault log_follow_open(struct log_agent *agent)
{
    static const u16 kinds[] = {VAULT_LINK_EVENT, VAULT_LINK_END, VAULT_LINK_ROOT};
    const struct log_agent_options *options = &agent->options;
    struct arena arena;
    TRY(file_path(agent->events, options->folder, "events"));
    TRY(block_take(2 * eventlog_reader_footprint(), "readers of the event log", &agent->block));
    arena_init(&arena, agent->block.memory, eventlog_reader_footprint());
    TRY(eventlog_reader_open(&agent->registration, options->disk, agent->events, READER, 0,
                             &arena));
    if (options->asks == NULL) {
        return FAULT_NONE;
    }
    TRY(channel_writer_open(&agent->keep_asks, options->asks));
    return channel_reader_open(&agent->keep_events, options->events, kinds, ARRAY_COUNT(kinds),
                               LINK_SOURCE_KEEP);
}

void log_follow_reader_close(struct log_agent *agent)
{
    if (agent->reader != NULL) {
        eventlog_reader_close(agent->reader, false);
        agent->reader = NULL;
    }
}

void log_follow_close(struct log_agent *agent)
{
    log_follow_reader_close(agent);
    if (agent->registration != NULL) {
        eventlog_reader_close(agent->registration, false);
        agent->registration = NULL;
    }
    block_give_back(&agent->block);
}

enum fault log_follow_load(struct log_agent *agent)
{
    u8 venue[PUBLOG_SOURCE_NAME_BYTES] = {0};
    log_follow_reader_close(agent);
    TRY(publog_source(agent->publog, PUBLOG_SOURCE_JOURNAL, &agent->journal));
    TRY(publog_source(agent->publog, PUBLOG_SOURCE_KEEP, &agent->keep));
    eventlog_reader_venue(agent->registration, venue);
    if (agent->journal.is_known && memcmp(agent->journal.name, venue, sizeof(venue)) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: the log of another venue", agent->folder);
    }
    memcpy(agent->journal.name, venue, sizeof(venue));
    agent->is_asked = false;
    agent->keep_ns = 0;
    return log_vault_load(agent);
}

void log_follow_passed(struct log_agent *agent)
{
    eventlog_reader_passed(agent->registration, agent->journal.position);
}

static enum fault line_keep(struct log_agent *agent, const char *line)
{
    agent->has_line = true;
    return publog_line_keep(agent->publog, span_of_text(line));
}

static enum fault chunk_take(struct log_agent *agent, const struct eventlog_chunk *chunk)
{
    char line[PUBLOG_ENTRY_LINE_BYTES];
    for (size_t at = 0; at < chunk->events.size;) {
        const u8 *record = chunk->events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size == 0 || size > chunk->events.size - at) {
            return FAULT(FAULT_ROT, "%s: an event that cannot be", agent->events);
        }
        if (publog_entry_line(record, size, chunk->time_us, line)) {
            TRY(line_keep(agent, line));
        }
        at += size;
    }
    TRY(log_restrict_chunk(agent, chunk));
    agent->journal.position = chunk->position_next;
    return FAULT_NONE;
}

enum fault log_follow_reader(struct log_agent *agent, u64 position)
{
    struct arena arena;
    size_t half = eventlog_reader_footprint();
    log_follow_reader_close(agent);
    arena_init(&arena, agent->block.memory + half, half);
    return eventlog_reader_open(&agent->reader, agent->options.disk, agent->events, NULL, position,
                                &arena);
}

/* What was not read yet has gone: the log says so, and goes on where events are. */
static enum fault gap_take(struct log_agent *agent)
{
    char line[PUBLOG_ENTRY_LINE_BYTES];
    u64 first = 0;
    log_follow_reader_close(agent);
    TRY(eventlog_image_newest(agent->options.disk, agent->events, &first));
    if (first <= agent->journal.position) {
        return FAULT(FAULT_MISSING, "%s: position %llu is not held", agent->events,
                     (unsigned long long)agent->journal.position);
    }
    log_error("log.events_missed", LOG_U64("from", agent->journal.position), LOG_U64("to", first));
    publog_entry_missed(agent->journal.position, first, line);
    agent->journal.position = first;
    TRY(line_keep(agent, line));
    return log_restrict_gap(agent);
}

/* *more_out: the turn was full. */
static enum fault chunks_take(struct log_agent *agent, bool *some_out, bool *more_out)
{
    for (u32 count = 0; count < CHUNKS_A_TURN; count += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        enum fault fault =
            agent->reader == NULL ? log_follow_reader(agent, agent->journal.position) : FAULT_NONE;
        if (fault == FAULT_NONE) {
            fault = eventlog_reader_next(agent->reader, &chunk, &some);
        }
        if (fault == FAULT_MISSING) {
            fault_forget();
            *some_out = true;
            return gap_take(agent);
        }
        TRY(fault);
        if (!some) {
            return FAULT_NONE;
        }
        *some_out = true;
        TRY(chunk_take(agent, &chunk));
    }
    *more_out = true;
    return FAULT_NONE;
}

/* Lines and how far the event log was read, in one step. */
static enum fault journal_turn(struct log_agent *agent, bool *busy_out)
{
    struct eventlog_point released;
    bool some = false;
    bool has_more = false;
    TRY(eventlog_reader_released(agent->registration, &released));
    agent->counts.released = released.position;
    if (released.position <= agent->journal.position) {
        return FAULT_NONE;
    }
    TRY(publog_take_begin(agent->publog));
    enum fault fault = chunks_take(agent, &some, &has_more);
    if (fault == FAULT_NONE && some) {
        fault = log_restrict_keep(agent);
    }
    if (fault != FAULT_NONE || !some) {
        publog_take_drop(agent->publog);
        return fault;
    }
    TRY(publog_take_end(agent->publog, PUBLOG_SOURCE_JOURNAL, &agent->journal));
    agent->journal.is_known = true;
    /* While orders come there is always something: what is little waits for the next look. */
    *busy_out = *busy_out || has_more;
    return FAULT_NONE;
}

/* ---- the vault ---- */

static enum fault keep_tell(struct log_agent *agent, const struct vault_link_event *event)
{
    char text[PUBLOG_ENTRY_TEXT_BYTES];
    struct publog_told told;
    u64 number = 0;
    if (!publog_entry_told(event, text, &told)) {
        log_warn("log.event_unknown", LOG_U64("kind", event->kind));
    } else {
        TRY(publog_tell(agent->publog, &told, &number));
    }
    agent->keep.position = event->number;
    return FAULT_NONE;
}

/* One record. An event that is not the next one was told already, or comes again. */
static enum fault record_take(struct log_agent *agent, struct span record, bool *full_out)
{
    struct vault_link_event event;
    struct vault_link_from end;
    struct vault_link_root root;
    if (vault_link_root_read(record, &root)) {
        return log_vault_take(agent, &root);
    }
    if (vault_link_event_read(record, &event) && event.number == agent->keep.position + 1) {
        enum fault fault = keep_tell(agent, &event);
        if (fault == FAULT_LIMIT) { /* the slot is full: the next one takes it */
            fault_forget();
            *full_out = true;
            return FAULT_NONE;
        }
        return fault;
    }
    if (vault_link_from_read(record, &end) && end.head.kind == VAULT_LINK_END) {
        agent->is_asked = false;
    }
    return FAULT_NONE;
}

static enum fault records_take(struct log_agent *agent, bool *some_out, bool *full_out)
{
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    for (u32 count = 0; count < RECORDS_A_TURN; count += 1) {
        switch (channel_take(&agent->keep_events, record, &size)) {
        case CHANNEL_EMPTY:
            return FAULT_NONE;
        case CHANNEL_RECORD:
            *some_out = true;
            if (!*full_out) {
                TRY(record_take(agent, span_of(record, size), full_out));
            }
            break;
        case CHANNEL_FORBIDDEN:
            *some_out = true;
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "what the vault tells is broken");
        }
    }
    return FAULT_NONE;
}

static void keep_ask(struct log_agent *agent, u64 now_ns)
{
    struct vault_link_from ask = vault_link_ask(agent->keep.position + 1);
    if (channel_put(&agent->keep_asks, span_of(&ask, sizeof(ask))) == CHANNEL_PUT) {
        channel_flush(&agent->keep_asks);
    }
    agent->is_asked = true;
    agent->keep_ns = now_ns + KEEP_WAITS_NS;
    log_vault_ask(agent, now_ns);
}

static enum fault keep_turn(struct log_agent *agent, u64 now_ns, bool *busy_out)
{
    u64 before = agent->keep.position;
    bool some = false;
    bool is_full = false;
    if (agent->options.asks == NULL) {
        return FAULT_NONE;
    }
    if (!channel_is_empty(&agent->keep_events)) {
        TRY(publog_take_begin(agent->publog));
        enum fault fault = records_take(agent, &some, &is_full);
        if (fault != FAULT_NONE) {
            publog_take_drop(agent->publog);
            return fault;
        }
        TRY(publog_take_end(agent->publog, PUBLOG_SOURCE_KEEP, &agent->keep));
        channel_release(&agent->keep_events);
        *busy_out = true;
        bool has_come = agent->keep.position > before;
        if (!agent->is_asked || is_full) { /* there may be more at once, or later */
            agent->is_asked = false;
            agent->keep_ns = has_come && !is_full ? 0 : now_ns + KEEP_EVERY_NS;
        }
    }
    if (now_ns >= agent->keep_ns) {
        keep_ask(agent, now_ns);
    }
    return FAULT_NONE;
}

enum fault log_follow_turn(struct log_agent *agent, bool *busy_out)
{
    TRY(journal_turn(agent, busy_out));
    TRY(keep_turn(agent, clock_mono_ns(agent->options.clock), busy_out));
    agent->counts.position = agent->journal.position;
    agent->counts.keep_next = agent->keep.position + 1;
    return FAULT_NONE;
}
