#include "io/event_follow.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/span.h"
#include "wire/schema.h"

#include <string.h>

/* ---- images ---- */

static enum fault image_wrong(const struct event_follow *follow, const char *what)
{
    return FAULT(FAULT_ROT, "%s: an image: %s", follow->events, what);
}

/* With the definition behind it; 0: none, or it is not all there. */
static size_t state_size(const u8 *bytes, size_t left)
{
    if (left < WIRE_UNIT) {
        return 0;
    }
    u16 kind = bytes_u16(bytes);
    size_t size = (size_t)bytes[2] * WIRE_UNIT;
    if (kind >= STATE_KIND_COUNT || wire_states[kind].name == NULL ||
        size != wire_states[kind].size) {
        return 0;
    }
    size += kind == STATE_MARKET ? sizeof(struct command_market_add) : 0;
    size += kind == STATE_FEE ? sizeof(struct command_fee_set) : 0;
    return size <= left ? size : 0;
}

static enum fault image_walk(struct event_follow *follow, struct eventlog_image *image)
{
    u8 *piece = follow->block.memory;
    u64 offset = 0;
    size_t used = 0;
    while (offset < image->bytes) {
        size_t size = 0;
        TRY(eventlog_image_read(image, offset, piece + used, EVENT_FOLLOW_PIECE_BYTES - used,
                                &size));
        if (size == 0) {
            return image_wrong(follow, "no record begins there");
        }
        used += size;
        offset += size;
        size_t at = 0;
        for (size = state_size(piece, used); size > 0; size = state_size(piece + at, used - at)) {
            if (!follow->sink->state(follow->sink, piece + at, size)) {
                return image_wrong(follow, "a record that cannot be");
            }
            at += size;
        }
        memmove(piece, piece + at, used - at);
        used -= at;
    }
    return used == 0 ? FAULT_NONE : image_wrong(follow, "cut short");
}

/* *position_out: where to go on; 0 without an image. */
static enum fault image_take(struct event_follow *follow, u64 *position_out)
{
    struct eventlog_image image;
    *position_out = 0;
    follow->sink->begin(follow->sink);
    enum fault fault = eventlog_image_open(&image, follow->disk, follow->events);
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    fault = image_walk(follow, &image);
    *position_out = image.point.position;
    eventlog_image_close(&image);
    return fault;
}

/* ---- the reader ---- */

static enum fault reader_open(struct event_follow *follow)
{
    struct arena arena;
    u64 position = 0;
    TRY(image_take(follow, &position));
    arena_init(&arena, follow->block.memory + EVENT_FOLLOW_PIECE_BYTES,
               follow->block.bytes - EVENT_FOLLOW_PIECE_BYTES);
    follow->position = position;
    return eventlog_reader_open(&follow->reader, follow->disk, follow->events, NULL, position,
                                &arena);
}

/* There may be no log yet, or it has just moved on: it is tried again. */
static enum fault reader_try(struct event_follow *follow)
{
    if (follow->reader != NULL) {
        return FAULT_NONE;
    }
    follow->is_current = false;
    enum fault fault = reader_open(follow);
    if (fault != FAULT_NONE) {
        follow->reader = NULL;
    }
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

enum fault event_follow_open(struct event_follow *follow, struct disk *disk, const char *folder,
                             struct event_sink *sink)
{
    *follow = (struct event_follow){.disk = disk, .sink = sink};
    TRY(file_path(follow->events, folder, EVENT_FOLLOW_FOLDER));
    return block_take(EVENT_FOLLOW_PIECE_BYTES + eventlog_reader_footprint(),
                      "a reader of the event log", &follow->block);
}

static void reader_close(struct event_follow *follow)
{
    if (follow->reader != NULL) {
        eventlog_reader_close(follow->reader, false);
        follow->reader = NULL;
    }
}

void event_follow_close(struct event_follow *follow)
{
    reader_close(follow);
    block_give_back(&follow->block);
}

/* ---- events ---- */

static enum fault chunk_come(struct event_follow *follow, const struct eventlog_chunk *chunk)
{
    for (size_t at = 0; at < chunk->events.size;) {
        const u8 *record = chunk->events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size == 0 || size > chunk->events.size - at ||
            !follow->sink->event(follow->sink, record, size, chunk->time_us)) {
            return FAULT(FAULT_ROT, "%s: an event that cannot be", follow->events);
        }
        at += size;
    }
    return FAULT_NONE;
}

enum fault event_follow_turn(struct event_follow *follow, u32 chunks_max, bool *busy_out)
{
    follow->is_drained = false;
    TRY(reader_try(follow));
    for (u32 i = 0; i < chunks_max && follow->reader != NULL; i += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        enum fault fault = eventlog_reader_next(follow->reader, &chunk, &some);
        if (fault == FAULT_MISSING) {
            /* What it had not read was removed: it begins at an image. */
            fault_forget();
            reader_close(follow);
            return FAULT_NONE;
        }
        TRY(fault);
        if (!some) {
            follow->is_drained = true;
            follow->is_current = true;
            return FAULT_NONE;
        }
        *busy_out = true;
        TRY(chunk_come(follow, &chunk));
        follow->position = chunk.position_next;
    }
    return FAULT_NONE;
}
