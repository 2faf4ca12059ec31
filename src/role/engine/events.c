#include "role/engine/events.h"

#include "base/arena.h"
#include "base/check.h"

#include <string.h>

_Static_assert(RELEASE_CHUNK_BYTES % EVENTLOG_STEP == 0, "chunks are whole steps");

static enum fault log_open(struct events *events)
{
    struct arena arena;
    arena_init(&arena, events->block.memory, events->block.bytes);
    TRY(eventlog_open(&events->log, &events->config, &arena));
    arena_seal(&arena);
    if (eventlog_chunk_max(events->log) < RELEASE_CHUNK_BYTES) {
        return FAULT(FAULT_CONFIG, "%s: a segment of %llu bytes has no room for a chunk of %u",
                     events->config.folder, (unsigned long long)events->config.segment_bytes,
                     RELEASE_CHUNK_BYTES);
    }
    events->trusted = eventlog_end(events->log);
    events->begun = false;
    return FAULT_NONE;
}

enum fault events_open(struct events *events, const struct eventlog_config *config)
{
    *events = (struct events){.config = *config};
    if (config->disk == NULL) {
        return FAULT_NONE;
    }
    TRY(block_take(eventlog_footprint(config), "the event log", &events->block));
    enum fault fault = log_open(events);
    if (fault != FAULT_NONE) {
        events_close(events);
    }
    return fault;
}

void events_close(struct events *events)
{
    if (events->log != NULL) {
        eventlog_close(events->log);
        events->log = NULL;
    }
    block_give_back(&events->block);
}

enum fault events_start(struct events *events, struct eventlog_point point)
{
    events->point = point;
    if (events->log != NULL && events->begun) {
        /* An attempt that went wrong has written already. */
        eventlog_close(events->log);
        events->log = NULL;
        events->rewrite = true;
        TRY(log_open(events));
    }
    return FAULT_NONE;
}

static enum fault diverged(const struct events *events)
{
    return FAULT(FAULT_DIVERGED,
                 "%s: the event log ends at position %llu after command %llu, which the journal "
                 "does not give: it gives position %llu after command %llu. The event log can be "
                 "removed, it is made again from the journal",
                 events->config.folder, (unsigned long long)events->trusted.position,
                 (unsigned long long)events->trusted.seq,
                 (unsigned long long)events->point.position, (unsigned long long)events->point.seq);
}

/* Goes over from counting to writing: at the log's end, or behind it, or anew. */
static enum fault log_begin(struct events *events)
{
    if (!events->rewrite && events->point.position == events->trusted.position &&
        events->point.seq != events->trusted.seq) {
        return diverged(events);
    }
    TRY(eventlog_begin(events->log, events->point));
    events->begun = true;
    return FAULT_NONE;
}

static enum fault add(struct events *events, const struct release *chunk, bool later)
{
    if (events->log != NULL && !events->begun) {
        bool held = !events->rewrite && chunk->position <= events->trusted.position;
        bool inside = !events->rewrite && events->point.position < events->trusted.position;
        if (!held && inside) {
            return diverged(events);
        }
        if (!held) {
            TRY(log_begin(events));
        }
    }
    if (events->begun) {
        TRY(later ? eventlog_append_later(events->log, chunk->seq, chunk->time_us, chunk->events)
                  : eventlog_append(events->log, chunk->seq, chunk->time_us, chunk->events));
        events->bytes_written += chunk->events.size;
        CHECK(eventlog_end(events->log).position == chunk->position);
    }
    events->point = (struct eventlog_point){.position = chunk->position, .seq = chunk->seq};
    return FAULT_NONE;
}

enum fault events_add(struct events *events, const struct release *chunk)
{
    return add(events, chunk, false);
}

enum fault events_add_later(struct events *events, const struct release *chunk)
{
    return add(events, chunk, true);
}

enum fault events_written(const struct events *events, u64 *position_out)
{
    *position_out = events->point.position;
    return events->begun ? eventlog_written(events->log, position_out) : FAULT_NONE;
}

void events_wait(const struct events *events, u32 timeout_ms)
{
    if (events->begun) {
        eventlog_wait(events->log, timeout_ms);
    }
}

void events_release(struct events *events, const struct release *chunk)
{
    if (events->begun) {
        struct eventlog_point point = {.position = chunk->position, .seq = chunk->seq};
        eventlog_release(events->log, point);
    }
}

void events_head(struct events *events, const struct seqlog_head *head)
{
    if (events->begun) {
        struct eventlog_head shown = {.seq = head->seq, .time_us = head->time_us};
        memcpy(shown.hash, head->hash, sizeof(shown.hash));
        eventlog_head_show(events->log, &shown);
    }
}

enum fault events_settle(struct events *events)
{
    if (events->log == NULL) {
        return FAULT_NONE;
    }
    if (!events->begun) {
        TRY(log_begin(events));
    }
    eventlog_release(events->log, events->point);
    return FAULT_NONE;
}
