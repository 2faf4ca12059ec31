#include "role/admin/admin_line.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "wire/event_source.h"

#include <string.h>

#define EVENTS_FOLDER "events"
#define HELLO_NS      500000000ULL /* another one after so long without an answer */
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
    static const u16 kinds[] = {LINK_BELL};
    *line = (struct admin_line){.disk = disk, .clock = clock, .is_away = true};
    TRY(file_path(line->events, folder, EVENTS_FOLDER));
    TRY(channel_writer_open(&line->commands, commands));
    TRY(channel_reader_open(&line->bell, bell, kinds, ARRAY_COUNT(kinds), LINK_SOURCE_ADMIN));
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

/* ---- bells ---- */

static void send_hello(struct admin_line *line)
{
    u64 hello = u64_max(clock_wall_us(line->clock) | 1, line->hello + 1);
    struct link_hello record = link_hello_make(LINK_SOURCE_ADMIN, hello);
    line->hello_ns = clock_mono_ns(line->clock);
    if (channel_put(&line->commands, span_of(&record, sizeof(record))) == CHANNEL_PUT) {
        channel_flush(&line->commands);
        line->hello = hello;
        line->hello_first = line->hello_first == 0 ? hello : line->hello_first;
    }
}

static void bell_rang(struct admin_line *line, const struct link_bell *bell)
{
    bool is_new = bell->generation != line->last.generation;
    line->last = *bell;
    if ((bell->flags & LINK_BELL_STOPPING) != 0) {
        line->is_away = true;
        return;
    }
    if (is_new) {
        line->is_away = true;
        send_hello(line);
        return;
    }
    bool is_answer =
        line->hello_first != 0 && bell->hello >= line->hello_first && bell->hello <= line->hello;
    if (line->is_away && is_answer) {
        line->is_away = false;
        line->hello_first = 0;
        line->source_index = bell->head.source_index;
        log_info("admin.engine", LOG_U64("generation", bell->generation),
                 LOG_U64("index", line->source_index));
    }
}

static enum fault take_bells(struct admin_line *line, bool *busy_out)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    for (;;) {
        size_t size = 0;
        struct link_bell bell;
        switch (channel_take(&line->bell, bytes, &size)) {
        case CHANNEL_EMPTY:
            channel_release(&line->bell);
            return FAULT_NONE;
        case CHANNEL_RECORD:
            *busy_out = true;
            if (link_bell_read(span_of(bytes, size), &bell)) {
                bell_rang(line, &bell);
            }
            break;
        case CHANNEL_FORBIDDEN:
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "the engine's bell is broken: %s", fault_text());
        }
    }
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
    TRY(take_bells(line, busy_out));
    if (line->is_away && clock_mono_ns(line->clock) - line->hello_ns >= HELLO_NS) {
        send_hello(line);
    }
    reader_try(line);
    return take_events(line, busy_out);
}

/* ---- commands ---- */

bool admin_line_send(struct admin_line *line, u8 *record, size_t size, u32 actor, u32 reason)
{
    CHECK(line->awaited == 0);
    if (line->is_away || line->reader == NULL) {
        return false;
    }
    struct command_note note = {.head = {.kind = COMMAND_NOTE,
                                         .source = LINK_SOURCE_ADMIN,
                                         .source_index = line->source_index + 1},
                                .actor = actor,
                                .reason = reason};
    note.head.units = sizeof(note) / WIRE_UNIT;
    struct command_head *head = (void *)record;
    head->source = LINK_SOURCE_ADMIN;
    head->source_index = line->source_index + 2;
    if (channel_put_both(&line->commands, span_of(&note, sizeof(note)), span_of(record, size)) !=
        CHANNEL_PUT) {
        return false;
    }
    channel_flush(&line->commands);
    line->source_index += 2;
    line->awaited = line->source_index;
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
                    line->last.seq >= line->found_seq && line->is_drained;
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
