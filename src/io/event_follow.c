#include "io/event_follow.h"

#include "base/arena.h"
#include "base/span.h"
#include "io/image_walk.h"
#include "wire/schema.h"

/* ---- images ---- */

/* A record of an image, on its way to the follower's sink. */
struct passage {
    struct image_sink sink;
    struct event_follow *follow;
};

static enum fault image_record(struct image_sink *sink, const u8 *record, size_t size)
{
    struct event_follow *follow = ((struct passage *)(void *)sink)->follow;
    return follow->sink->state(follow->sink, record, size)
               ? FAULT_NONE
               : FAULT(FAULT_ROT, "%s: an image: a record that cannot be", follow->events);
}

/* *position_out: where to go on; 0 without an image. */
static enum fault image_take(struct event_follow *follow, u64 *position_out)
{
    struct eventlog_image image;
    struct passage passage = {.sink = {.record = image_record}, .follow = follow};
    *position_out = 0;
    follow->sink->begin(follow->sink);
    enum fault fault = eventlog_image_open(&image, follow->disk, follow->events);
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    fault = image_walk(&image, follow->block.memory, &passage.sink);
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
    arena_init(&arena, follow->block.memory + IMAGE_PIECE_BYTES,
               follow->block.bytes - IMAGE_PIECE_BYTES);
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
    return block_take(IMAGE_PIECE_BYTES + eventlog_reader_footprint(), "a reader of the event log",
                      &follow->block);
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
