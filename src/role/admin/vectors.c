#include "role/admin/vectors.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/span.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS_A_TURN  64U
#define IMAGE_BYTES    65536U
#define CAPACITY_FIRST 1024U

/* ---- the table ---- */

/* What is beyond the bound is not kept, and stays unknown. */
static enum fault put(struct vectors *vectors, u32 account, u64 restrictions)
{
    if (account >= VECTORS_ACCOUNTS_MAX) {
        return FAULT_NONE;
    }
    if (account >= vectors->capacity) {
        u32 capacity = (u32)u64_max(CAPACITY_FIRST, u64_power_of_two_ceil((u64)account + 1));
        u64 *list = realloc(vectors->list, (size_t)capacity * sizeof(*list));
        if (list == NULL) {
            return FAULT(FAULT_LIMIT, "no memory for the restrictions of %u accounts", capacity);
        }
        memset(list + vectors->capacity, 0, (size_t)(capacity - vectors->capacity) * sizeof(*list));
        vectors->list = list;
        vectors->capacity = capacity;
    }
    vectors->list[account] = restrictions;
    return FAULT_NONE;
}

bool vectors_of(const struct vectors *vectors, u32 account, u64 *restrictions_out)
{
    *restrictions_out = account < vectors->capacity ? vectors->list[account] : 0;
    return vectors->reader != NULL && vectors->is_current && account < VECTORS_ACCOUNTS_MAX;
}

/* ---- records ---- */

static enum fault take_event(struct vectors *vectors, struct span event)
{
    struct command_restrict restriction;
    struct span inner = span_after(event, sizeof(struct event_applied));
    if (bytes_u16(event.data) != EVENT_APPLIED || inner.size < sizeof(restriction) ||
        bytes_u16(inner.data) != COMMAND_RESTRICT) {
        return FAULT_NONE;
    }
    memcpy(&restriction, inner.data, sizeof(restriction));
    return put(vectors, restriction.head.account, restriction.restrictions);
}

enum fault vectors_take(struct vectors *vectors, struct span events)
{
    for (size_t at = 0; at < events.size;) {
        size_t left = events.size - at;
        size_t size = left < WIRE_UNIT ? 0 : (size_t)events.data[at + 2] * WIRE_UNIT;
        if (size == 0 || size > left) {
            return FAULT(FAULT_ROT, "%s: an event does not fit its chunk", vectors->events);
        }
        TRY(take_event(vectors, span_of(events.data + at, size)));
        at += size;
    }
    return FAULT_NONE;
}

/* A linked account has what is set by hand in the record of its link, which comes later. */
static enum fault take_state(struct vectors *vectors, struct span record)
{
    struct state_account account;
    struct state_link link;
    if (bytes_u16(record.data) == STATE_ACCOUNT && record.size >= sizeof(account)) {
        memcpy(&account, record.data, sizeof(account));
        return put(vectors, account.head.account, account.restrictions);
    }
    if (bytes_u16(record.data) == STATE_LINK && record.size >= sizeof(link)) {
        memcpy(&link, record.data, sizeof(link));
        return put(vectors, link.head.account, link.hand);
    }
    return FAULT_NONE;
}

/* ---- an image ---- */

struct walk {
    u8 bytes[IMAGE_BYTES + COMMAND_BYTES_MAX];
    size_t used;
};

static enum fault walk_records(struct vectors *vectors, struct walk *walk)
{
    size_t at = 0;
    while (walk->used - at >= WIRE_UNIT) {
        size_t size = (size_t)walk->bytes[at + 2] * WIRE_UNIT;
        if (size == 0) {
            return FAULT(FAULT_ROT, "%s: an image's record is empty", vectors->events);
        }
        if (size > walk->used - at) {
            break;
        }
        TRY(take_state(vectors, span_of(walk->bytes + at, size)));
        at += size;
    }
    memmove(walk->bytes, walk->bytes + at, walk->used - at);
    walk->used -= at;
    return FAULT_NONE;
}

static enum fault walk_image(struct vectors *vectors, struct eventlog_image *image,
                             struct walk *walk)
{
    for (u64 offset = 0; offset < image->bytes;) {
        size_t size = 0;
        TRY(eventlog_image_read(image, offset, walk->bytes + walk->used,
                                sizeof(walk->bytes) - walk->used, &size));
        if (size == 0) {
            break;
        }
        walk->used += size;
        offset += size;
        TRY(walk_records(vectors, walk));
    }
    return walk->used == 0 ? FAULT_NONE
                           : FAULT(FAULT_ROT, "%s: an image is cut short", vectors->events);
}

static enum fault take_image(struct vectors *vectors, u64 *position_out)
{
    struct eventlog_image image;
    TRY(eventlog_image_open(&image, vectors->disk, vectors->events));
    struct walk *walk = calloc(1, sizeof(*walk));
    enum fault fault = walk == NULL ? FAULT(FAULT_LIMIT, "no memory to read an image")
                                    : walk_image(vectors, &image, walk);
    free(walk);
    *position_out = image.point.position;
    eventlog_image_close(&image);
    return fault;
}

/* ---- following ---- */

static enum fault reader_open(struct vectors *vectors, u64 position)
{
    struct arena arena;
    arena_init(&arena, vectors->block.memory, vectors->block.bytes);
    return eventlog_reader_open(&vectors->reader, vectors->disk, vectors->events, NULL, position,
                                &arena);
}

static void reader_close(struct vectors *vectors)
{
    if (vectors->reader != NULL) {
        eventlog_reader_close(vectors->reader, false);
        vectors->reader = NULL;
    }
    vectors->is_current = false;
}

/* FAULT_MISSING: there is no log yet, or the first events are gone and there is no image. */
static enum fault begin(struct vectors *vectors)
{
    u64 position = 0;
    if (vectors->capacity > 0) {
        memset(vectors->list, 0, (size_t)vectors->capacity * sizeof(*vectors->list));
    }
    enum fault fault = take_image(vectors, &position);
    if (fault == FAULT_MISSING) {
        fault_forget();
        position = 0;
        fault = FAULT_NONE;
    }
    TRY(fault);
    return reader_open(vectors, position);
}

enum fault vectors_open(struct vectors *vectors, struct disk *disk, const char *events)
{
    *vectors = (struct vectors){.disk = disk};
    if (!span_copy(span_of(events, strlen(events) + 1), vectors->events, sizeof(vectors->events))) {
        return FAULT(FAULT_LIMIT, "%.200s...: the path is too long", events);
    }
    return block_take((eventlog_reader_footprint() + 63) & ~(size_t)63, "restrictions by hand",
                      &vectors->block);
}

void vectors_close(struct vectors *vectors)
{
    if (vectors->disk == NULL) {
        return;
    }
    reader_close(vectors);
    block_give_back(&vectors->block);
    free(vectors->list);
    *vectors = (struct vectors){.disk = NULL};
}

static enum fault follow(struct vectors *vectors, bool *busy_out)
{
    vectors->is_current = false;
    for (u32 i = 0; i < CHUNKS_A_TURN; i += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        TRY(eventlog_reader_next(vectors->reader, &chunk, &some));
        if (!some) {
            vectors->is_current = true;
            return FAULT_NONE;
        }
        *busy_out = true;
        TRY(vectors_take(vectors, chunk.events));
    }
    return FAULT_NONE;
}

enum fault vectors_turn(struct vectors *vectors, bool *busy_out)
{
    enum fault fault = vectors->reader == NULL ? begin(vectors) : FAULT_NONE;
    if (fault == FAULT_NONE) {
        fault = follow(vectors, busy_out);
    }
    if (fault == FAULT_MISSING) {
        /* No log yet, or what was not read is gone: the next turn begins anew. */
        fault_forget();
        reader_close(vectors);
        return FAULT_NONE;
    }
    return fault;
}
