/* The readers' side of io/eventlog.h. */
#include "base/check.h"
#include "base/span.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct eventlog_reader {
    struct disk *disk;
    char folder[FILE_PATH_BYTES];
    char own_path[FILE_PATH_BYTES]; /* of NAME.reader; empty: not registered */
    u8 *control_block;
    struct eventlog_control *control;
    u8 *own_block;  /* NAME.reader, mapped */
    u64 *positions; /* scratch: EVENTLOG_SEGMENTS_MAX */
    u8 venue[EVENTLOG_VENUE_BYTES];
    u64 position; /* of the next chunk's header */
    u64 generation;
    /* The segment that holds it. */
    u8 *memory;
    u64 bytes;
    u64 first;
};

size_t eventlog_reader_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct eventlog_reader), 64);
    footprint_add(&footprint, EVENTLOG_SEGMENTS_MAX, sizeof(u64), 64);
    footprint_add(&footprint, 0, 1, EVENTLOG_BLOCK_BYTES);
    return footprint.bytes;
}

static _Atomic u64 *own_position(u8 *block)
{
    return (_Atomic u64 *)(void *)(block + EVENTLOG_READER_OFFSET);
}

static bool name_is_good(const char *name)
{
    size_t length = strlen(name);
    for (size_t index = 0; index < length; index += 1) {
        char c = name[index];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) {
            return false;
        }
    }
    return length >= 1 && length < EVENTLOG_READER_NAME;
}

static enum fault map_block(struct disk *disk, const char *path, u32 flags, u8 **block_out)
{
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, flags, &file));
    if ((flags & FILE_WRITE) != 0) {
        TRY(file_reserve(&file, EVENTLOG_BLOCK_BYTES));
    }
    u64 bytes = 0;
    TRY(file_size(&file, &bytes));
    if (bytes < EVENTLOG_BLOCK_BYTES) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: the file ends here", path,
                     (unsigned long long)bytes);
    }
    TRY(file_map(&file, EVENTLOG_BLOCK_BYTES, block_out));
    return FAULT_NONE;
}

static enum fault control_open(struct eventlog_reader *reader)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, reader->folder, EVENTLOG_CONTROL_NAME));
    TRY(map_block(reader->disk, path, 0, &reader->control_block));
    struct eventlog_header header;
    TRY(eventlog_header_decode(span_of(reader->control_block, EVENTLOG_BLOCK_BYTES),
                               EVENTLOG_KIND_CONTROL, path, &header));
    memcpy(reader->venue, header.venue, sizeof(reader->venue));
    reader->control = eventlog_control_of(reader->control_block);
    return FAULT_NONE;
}

static enum fault own_open(struct eventlog_reader *reader, const char *name)
{
    if (!name_is_good(name)) {
        return FAULT(FAULT_USAGE, "a reader's name has 1 to %u of a-z 0-9 - _",
                     EVENTLOG_READER_NAME - 1);
    }
    char file_name[FILE_NAME_BYTES];
    (void)snprintf(file_name, sizeof(file_name), "%s%s", name, EVENTLOG_READER_SUFFIX);
    TRY(file_path(reader->own_path, reader->folder, file_name));
    bool exists = false;
    TRY(disk_exists(reader->disk, reader->own_path, &exists));
    TRY(map_block(reader->disk, reader->own_path, FILE_WRITE | (exists ? 0 : FILE_CREATE),
                  &reader->own_block));
    struct eventlog_header header = {.kind = EVENTLOG_KIND_READER};
    eventlog_header_encode(&header, reader->own_block);
    eventlog_reader_passed(reader, reader->position);
    return FAULT_NONE;
}

enum fault eventlog_reader_open(struct eventlog_reader **reader_out, struct disk *disk,
                                const char *folder, const char *name, u64 position,
                                struct arena *arena)
{
    *reader_out = NULL;
    size_t length = strlen(folder);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s: the path of a folder has 1 to %u bytes", folder,
                     FILE_PATH_BYTES - 1);
    }
    struct eventlog_reader *reader = arena_take(arena, sizeof(struct eventlog_reader), 64);
    u64 *positions = arena_take_array(arena, EVENTLOG_SEGMENTS_MAX, sizeof(u64), 64);
    CHECK(reader != NULL);
    CHECK(positions != NULL);
    *reader = (struct eventlog_reader){.disk = disk, .positions = positions, .position = position};
    memcpy(reader->folder, folder, length + 1);
    enum fault fault = control_open(reader);
    if (fault == FAULT_NONE && name != NULL) {
        fault = own_open(reader, name);
    }
    if (fault != FAULT_NONE) {
        eventlog_reader_close(reader, false);
        return fault;
    }
    reader->generation = atomic_load_explicit(&reader->control->generation, memory_order_acquire);
    *reader_out = reader;
    return FAULT_NONE;
}

static void segment_leave(struct eventlog_reader *reader)
{
    file_unmap(reader->disk, reader->memory, reader->bytes);
    reader->memory = NULL;
}

static enum fault position_missing(const struct eventlog_reader *reader)
{
    return FAULT(FAULT_MISSING, "%s: position %llu is no longer held: start from an image",
                 reader->folder, (unsigned long long)reader->position);
}

/* Maps the segment that should hold the position: the last one that begins at or before it. */
static enum fault segment_enter(struct eventlog_reader *reader)
{
    u32 count = 0;
    TRY(eventlog_list(reader->disk, reader->folder, EVENTLOG_SEGMENT_SUFFIX, reader->positions,
                      EVENTLOG_SEGMENTS_MAX, &count));
    while (count > 0 && reader->positions[count - 1] > reader->position) {
        count -= 1;
    }
    if (count == 0) {
        return position_missing(reader);
    }
    char path[FILE_PATH_BYTES];
    reader->first = reader->positions[count - 1];
    TRY(eventlog_path(path, reader->folder, reader->first, EVENTLOG_SEGMENT_SUFFIX));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(reader->disk, path, 0, &file));
    TRY(file_size(&file, &reader->bytes));
    if (reader->bytes < EVENTLOG_BLOCK_BYTES) {
        return FAULT(FAULT_ROT, "%s: damaged: a segment of %llu bytes", path,
                     (unsigned long long)reader->bytes);
    }
    TRY(file_map(&file, reader->bytes, &reader->memory));
    struct eventlog_header header;
    enum fault fault = eventlog_header_decode(span_of(reader->memory, EVENTLOG_BLOCK_BYTES),
                                              EVENTLOG_KIND_SEGMENT, path, &header);
    if (fault != FAULT_NONE) {
        segment_leave(reader);
    }
    return fault;
}

/* What is left of the segment from the position on; {NULL, 0} when it lies outside. */
static struct span segment_rest(const struct eventlog_reader *reader)
{
    u64 steps = reader->position - reader->first;
    u64 room = (reader->bytes - EVENTLOG_BLOCK_BYTES) / EVENTLOG_STEP;
    if (steps > room) {
        return (struct span){.data = NULL, .size = 0};
    }
    u64 offset = EVENTLOG_BLOCK_BYTES + steps * EVENTLOG_STEP;
    return span_of(reader->memory + offset, (size_t)(reader->bytes - offset));
}

/* True when the log was cut since we last looked: what we have mapped may be another's now. */
static bool generation_changed(struct eventlog_reader *reader)
{
    u64 generation = atomic_load_explicit(&reader->control->generation, memory_order_acquire);
    bool changed = generation != reader->generation;
    reader->generation = generation;
    return changed;
}

/* The chunk at the position, which has been released. FAULT_MISSING: it is not to be found. */
static enum fault chunk_find(struct eventlog_reader *reader, struct eventlog_chunk *chunk_out)
{
    /* One look in the mapped segment, one in the segment entered anew. */
    for (u32 look = 0; look < 2; look += 1) {
        if (reader->memory == NULL) {
            TRY(segment_enter(reader));
        }
        struct span rest = segment_rest(reader);
        struct eventlog_chunk_header header;
        if (rest.data != NULL &&
            eventlog_chunk_decode(rest, reader->position, &header) == EVENTLOG_LOOK_CHUNK) {
            *chunk_out = (struct eventlog_chunk){
                .events = span_piece(rest, EVENTLOG_CHUNK_HEADER, header.bytes),
                .seq = header.seq,
                .time_us = header.time_us,
                .position = reader->position,
                .position_next = reader->position + 1 + header.bytes / EVENTLOG_STEP,
            };
            return FAULT_NONE;
        }
        segment_leave(reader);
    }
    return position_missing(reader);
}

enum fault eventlog_reader_next(struct eventlog_reader *reader, struct eventlog_chunk *chunk_out,
                                bool *some_out)
{
    *some_out = false;
    struct eventlog_point released;
    TRY(eventlog_reader_released(reader, &released));
    if (generation_changed(reader)) {
        segment_leave(reader);
    }
    if (reader->position >= released.position) {
        return FAULT_NONE;
    }
    enum fault fault = chunk_find(reader, chunk_out);
    if (fault != FAULT_NONE && generation_changed(reader)) {
        /* It was being cut while we looked: it will be written again. */
        segment_leave(reader);
        fault_forget();
        return FAULT_NONE;
    }
    if (fault != FAULT_NONE) {
        return fault;
    }
    reader->position = chunk_out->position_next;
    *some_out = true;
    return FAULT_NONE;
}

enum fault eventlog_reader_released(struct eventlog_reader *reader,
                                    struct eventlog_point *point_out)
{
    if (!eventlog_control_get(reader->control, point_out)) {
        /* The writer ended in the middle of a change; until it is back, nothing is new. */
        *point_out = (struct eventlog_point){.position = 0, .seq = 0};
    }
    return FAULT_NONE;
}

void eventlog_reader_head(struct eventlog_reader *reader, struct eventlog_head *head_out)
{
    eventlog_control_head_get(eventlog_control_head_of(reader->control_block), head_out);
}

enum fault eventlog_released(struct disk *disk, const char *folder,
                             struct eventlog_point *point_out)
{
    *point_out = (struct eventlog_point){.position = 0, .seq = 0};
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, EVENTLOG_CONTROL_NAME));
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    u8 *block = NULL;
    TRY(map_block(disk, path, 0, &block));
    struct eventlog_header header;
    enum fault fault = eventlog_header_decode(span_of(block, EVENTLOG_BLOCK_BYTES),
                                              EVENTLOG_KIND_CONTROL, path, &header);
    if (fault == FAULT_NONE && !eventlog_control_get(eventlog_control_of(block), point_out)) {
        *point_out = (struct eventlog_point){.position = 0, .seq = 0};
    }
    file_unmap(disk, block, EVENTLOG_BLOCK_BYTES);
    return fault;
}

void eventlog_reader_venue(const struct eventlog_reader *reader, u8 venue_out[EVENTLOG_VENUE_BYTES])
{
    memcpy(venue_out, reader->venue, EVENTLOG_VENUE_BYTES);
}

void eventlog_reader_passed(struct eventlog_reader *reader, u64 position)
{
    if (reader->own_block != NULL) {
        atomic_store_explicit(own_position(reader->own_block), position, memory_order_release);
    }
}

enum fault eventlog_reader_position(struct disk *disk, const char *folder, const char *name,
                                    u64 *position_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, name));
    u8 *block = NULL;
    *position_out = 0;
    enum fault fault = map_block(disk, path, 0, &block);
    if (fault == FAULT_MISSING) {
        /* It has just left. */
        *position_out = UINT64_MAX;
        fault_forget();
        return FAULT_NONE;
    }
    if (fault == FAULT_ROT) {
        fault_forget();
        return FAULT_NONE;
    }
    if (fault == FAULT_NONE) {
        *position_out = atomic_load_explicit(own_position(block), memory_order_acquire);
        file_unmap(disk, block, EVENTLOG_BLOCK_BYTES);
    }
    return fault;
}

struct readers_visitor {
    struct disk_visitor visitor;
    char names[EVENTLOG_READERS_MAX][FILE_NAME_BYTES];
    u32 count;
};

static enum fault visit_reader(struct disk_visitor *visitor, const char *name)
{
    struct readers_visitor *self = (struct readers_visitor *)(void *)visitor;
    size_t length = strlen(name);
    size_t suffix = strlen(EVENTLOG_READER_SUFFIX);
    if (length <= suffix || length >= FILE_NAME_BYTES ||
        strcmp(name + length - suffix, EVENTLOG_READER_SUFFIX) != 0) {
        return FAULT_NONE;
    }
    if (self->count == EVENTLOG_READERS_MAX) {
        return FAULT(FAULT_LIMIT, "%s: more than %u readers", name, EVENTLOG_READERS_MAX);
    }
    memcpy(self->names[self->count], name, length + 1);
    self->count += 1;
    return FAULT_NONE;
}

enum fault eventlog_readers_floor(struct disk *disk, const char *folder, u64 *floor)
{
    struct readers_visitor readers = {.visitor = {.visit = visit_reader}, .count = 0};
    TRY(disk_list(disk, folder, &readers.visitor));
    for (u32 index = 0; index < readers.count; index += 1) {
        u64 position = 0;
        TRY(eventlog_reader_position(disk, folder, readers.names[index], &position));
        *floor = u64_min(*floor, position);
    }
    return FAULT_NONE;
}

void eventlog_reader_close(struct eventlog_reader *reader, bool leave)
{
    if (reader == NULL) {
        return;
    }
    segment_leave(reader);
    file_unmap(reader->disk, reader->control_block, EVENTLOG_BLOCK_BYTES);
    file_unmap(reader->disk, reader->own_block, EVENTLOG_BLOCK_BYTES);
    reader->control_block = NULL;
    reader->own_block = NULL;
    if (leave && reader->own_path[0] != '\0') {
        enum fault ignored = disk_unlink(reader->disk, reader->own_path);
        (void)ignored;
    }
}
