#include "role/admin/admin_line.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/event_source.h"

#include <string.h>

#define EVENTS_FOLDER "events"
#define CHUNKS_A_TURN 64U

static size_t reader_bytes(void)
{
    return (eventlog_reader_footprint() + 63) & ~(size_t)63;
}

/* From what is released now: only what comes later is of interest. FAULT_MISSING: no log yet. */
static enum fault reader_open(struct admin_line *line)
{
    struct arena arena;
    struct eventlog_point point;
    arena_init(&arena, line->block.memory, reader_bytes());
    TRY(eventlog_reader_open(&line->reader, line->disk, line->events, NULL, 0, &arena));
    enum fault fault = eventlog_reader_released(line->reader, &point);
    eventlog_reader_close(line->reader, false);
    line->reader = NULL;
    TRY(fault);
    arena_init(&arena, line->block.memory, reader_bytes());
    return eventlog_reader_open(&line->reader, line->disk, line->events, NULL, point.position,
                                &arena);
}

static void reader_close(struct admin_line *line)
{
    if (line->reader != NULL) {
        eventlog_reader_close(line->reader, false);
        line->reader = NULL;
    }
}

static void reader_try(struct admin_line *line)
{
    if (line->reader == NULL && reader_open(line) != FAULT_NONE) {
        fault_forget();
        line->reader = NULL;
    }
}

enum fault admin_line_open(struct admin_line *line, struct disk *disk, struct clock *clock,
                           const char *folder, const struct channel *commands,
                           const struct channel *bell)
{
    *line = (struct admin_line){.disk = disk};
    TRY(file_path(line->events, folder, EVENTS_FOLDER));
    TRY(engine_line_open(&line->engine, clock, LINK_SOURCE_ADMIN, commands, bell));
    TRY(block_take(reader_bytes() + LINE_FOUND_BYTES_MAX, "the admin agent", &line->block));
    line->found = line->block.memory + reader_bytes();
    reader_try(line);
    return FAULT_NONE;
}

void admin_line_close(struct admin_line *line)
{
    reader_close(line);
    block_give_back(&line->block);
}

/* ---- events ---- */

static void found_add(struct admin_line *line, struct span events)
{
    line->is_cut = line->is_cut || events.size > LINE_FOUND_BYTES_MAX - line->found_bytes;
    if (line->is_cut) {
        return; /* nothing behind a gap */
    }
    memcpy(line->found + line->found_bytes, events.data, events.size);
    line->found_bytes += events.size;
}

/* The events of one command, or a part of them. */
static void command_come(struct admin_line *line, struct span events)
{
    u64 seq = bytes_u64(events.data + 8);
    u64 source_index = 0;
    u8 source = 0;
    if (line->found_seq == 0) {
        bool is_ours = event_source_of(events, &source, &source_index) &&
                       source == LINK_SOURCE_ADMIN && source_index == line->awaited;
        line->found_seq = is_ours ? seq : 0;
    }
    if (line->found_seq != 0 && line->found_seq == seq) {
        found_add(line, events);
    }
}

static enum fault chunk_come(struct admin_line *line, struct span events)
{
    for (size_t at = 0; at < events.size;) {
        u64 seq = bytes_u64(events.data + at + 8);
        size_t end = at;
        while (end < events.size && bytes_u64(events.data + end + 8) == seq) {
            size_t size = (size_t)events.data[end + 2] * WIRE_UNIT;
            if (size == 0 || size > events.size - end) {
                return FAULT(FAULT_ROT, "%s: an event does not fit its chunk", line->events);
            }
            end += size;
        }
        command_come(line, span_of(events.data + at, end - at));
        at = end;
    }
    return FAULT_NONE;
}

static enum fault take_events(struct admin_line *line, bool *busy_out)
{
    line->is_drained = false;
    for (u32 i = 0; i < CHUNKS_A_TURN && line->reader != NULL; i += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        enum fault fault = eventlog_reader_next(line->reader, &chunk, &some);
        if (fault == FAULT_MISSING) {
            /* What it had not read was removed: it goes on at what is released. */
            fault_forget();
            reader_close(line);
            reader_try(line);
            return FAULT_NONE;
        }
        TRY(fault);
        if (!some) {
            line->is_drained = true;
            return FAULT_NONE;
        }
        *busy_out = true;
        if (line->awaited != 0) {
            TRY(chunk_come(line, chunk.events));
        }
    }
    return FAULT_NONE;
}

enum fault admin_line_turn(struct admin_line *line, bool *busy_out)
{
    TRY(engine_line_turn(&line->engine, busy_out));
    reader_try(line);
    return take_events(line, busy_out);
}

/* ---- commands ---- */

bool admin_line_send(struct admin_line *line, u8 *record, size_t size, u32 actor, u32 reason)
{
    CHECK(line->awaited == 0);
    struct command_note note = {.head = {.kind = COMMAND_NOTE, .units = sizeof(note) / WIRE_UNIT},
                                .actor = actor,
                                .reason = reason};
    if (line->reader == NULL ||
        !engine_line_put_both(&line->engine, &note, sizeof(note), record, size)) {
        return false;
    }
    engine_line_flush(&line->engine);
    line->awaited = line->engine.source_index;
    line->found_bytes = 0;
    line->found_seq = 0;
    line->is_cut = false;
    return true;
}

bool admin_line_answered(struct admin_line *line)
{
    /* A command's events may be cut over chunks: they are all there once a bell has said that they
     * are out, and everything that is out was read after it. */
    bool is_whole = line->awaited != 0 && line->found_seq != 0 &&
                    line->engine.last.seq >= line->found_seq && line->is_drained;
    if (is_whole) {
        line->awaited = 0;
    }
    return is_whole;
}

void admin_line_forget(struct admin_line *line)
{
    line->awaited = 0;
    line->found_seq = 0;
}
