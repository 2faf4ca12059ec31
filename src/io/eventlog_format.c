#include "io/eventlog_format.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/digest.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fifth byte tells the kind. */
static const u8 magic_start[4] = {0x89, 'C', 'M', 'B'};
static const u8 magic_end[3] = {0x0d, 0x0a, 0x1a};

enum {
    HEADER_VERSION = 8,
    HEADER_CRC = 12,
    HEADER_VENUE = 16,
    HEADER_POSITION = 32,
    HEADER_SEQ = 40,
    HEADER_BYTES = 48,
    HEADER_PAYLOAD_CRC = 56,
    HEADER_END = 64, /* the checksum covers this much */
};

enum { CHUNK_CRC = 0, CHUNK_BYTES = 4, CHUNK_POSITION = 8, CHUNK_SEQ = 16, CHUNK_TIME_US = 24 };

/* In an image's first block: what its state is of. */
enum {
    IMAGE_HEAD = 1024,
    IMAGE_HEAD_SEQ = 0,
    IMAGE_HEAD_TIME_US = 8,
    IMAGE_HEAD_HASH = 16,
    IMAGE_HEAD_STATE = 48,
    IMAGE_HEAD_CRC = 80,
};

enum { CONTROL_TRIES_MAX = 10000, NAME_DIGITS = 20 };
enum { HASH_WORDS = EVENTLOG_HASH_BYTES / sizeof(u64) };

_Static_assert(HEADER_VENUE + EVENTLOG_VENUE_BYTES == HEADER_POSITION, "event log format");
_Static_assert(CHUNK_TIME_US + 8 == EVENTLOG_CHUNK_HEADER, "event log format");
_Static_assert(EVENTLOG_BLOCK_BYTES == FILE_BLOCK_BYTES, "a block is a disk block");
_Static_assert(EVENTLOG_CONTROL_OFFSET >= HEADER_END, "the control page follows the header");
_Static_assert(sizeof(struct eventlog_control) == 32, "shared between processes");
_Static_assert(sizeof(struct eventlog_control_head) == 56, "shared between processes");
_Static_assert(EVENTLOG_HEAD_OFFSET + 56 <= EVENTLOG_BLOCK_BYTES, "in the control page");

static void magic_make(enum eventlog_kind kind, u8 magic_out[8])
{
    static const u8 letters[] = {
        [EVENTLOG_KIND_CONTROL] = 'K',
        [EVENTLOG_KIND_SEGMENT] = 'E',
        [EVENTLOG_KIND_IMAGE] = 'I',
        [EVENTLOG_KIND_READER] = 'R',
    };
    memcpy(magic_out, magic_start, sizeof(magic_start));
    magic_out[4] = letters[kind];
    memcpy(magic_out + 5, magic_end, sizeof(magic_end));
}

static u32 header_crc(const u8 *block)
{
    static const u8 zeros[4];
    u32 crc = crc32c(span_of(block, HEADER_CRC));
    crc = crc32c_extend(crc, span_of(zeros, sizeof(zeros)));
    return crc32c_extend(crc, span_of(block + HEADER_VENUE, HEADER_END - HEADER_VENUE));
}

void eventlog_header_encode(const struct eventlog_header *header,
                            u8 block_out[EVENTLOG_BLOCK_BYTES])
{
    memset(block_out, 0, EVENTLOG_BLOCK_BYTES);
    magic_make(header->kind, block_out);
    bytes_put_u32(block_out + HEADER_VERSION, EVENTLOG_VERSION);
    memcpy(block_out + HEADER_VENUE, header->venue, EVENTLOG_VENUE_BYTES);
    bytes_put_u64(block_out + HEADER_POSITION, header->position);
    bytes_put_u64(block_out + HEADER_SEQ, header->seq);
    bytes_put_u64(block_out + HEADER_BYTES, header->bytes);
    bytes_put_u32(block_out + HEADER_PAYLOAD_CRC, header->payload_crc);
    bytes_put_u32(block_out + HEADER_CRC, header_crc(block_out));
}

enum fault eventlog_header_decode(struct span block, enum eventlog_kind kind, const char *path,
                                  struct eventlog_header *header_out)
{
    u8 magic[8];
    magic_make(kind, magic);
    if (block.size < EVENTLOG_BLOCK_BYTES || span_is_zero(span_piece(block, 0, HEADER_END))) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: there is no header", path);
    }
    if (memcmp(block.data, magic, sizeof(magic)) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: not a file of the event log (byte offset 0)", path);
    }
    if (bytes_u32(block.data + HEADER_CRC) != header_crc(block.data)) {
        return FAULT(FAULT_ROT,
                     "%s: damaged at byte offset 0: the header does not match its "
                     "checksum",
                     path);
    }
    if (bytes_u32(block.data + HEADER_VERSION) != EVENTLOG_VERSION) {
        return FAULT(FAULT_NEWER, "%s: written by a newer version; this one reads format %u", path,
                     EVENTLOG_VERSION);
    }
    *header_out = (struct eventlog_header){
        .kind = kind,
        .position = bytes_u64(block.data + HEADER_POSITION),
        .seq = bytes_u64(block.data + HEADER_SEQ),
        .bytes = bytes_u64(block.data + HEADER_BYTES),
        .payload_crc = bytes_u32(block.data + HEADER_PAYLOAD_CRC),
    };
    memcpy(header_out->venue, block.data + HEADER_VENUE, EVENTLOG_VENUE_BYTES);
    return FAULT_NONE;
}

/* Everything behind the checksum itself, then the events. */
static u32 chunk_crc(const u8 *header, struct span events)
{
    u32 crc = crc32c(span_of(header + CHUNK_BYTES, EVENTLOG_CHUNK_HEADER - CHUNK_BYTES));
    return crc32c_extend(crc, events);
}

void eventlog_chunk_encode(const struct eventlog_chunk_header *header, struct span events,
                           u8 out[EVENTLOG_CHUNK_HEADER])
{
    CHECK(header->bytes == EVENTLOG_CHUNK_END || header->bytes == events.size);
    bytes_put_u32(out + CHUNK_BYTES, header->bytes);
    bytes_put_u64(out + CHUNK_POSITION, header->position);
    bytes_put_u64(out + CHUNK_SEQ, header->seq);
    bytes_put_u64(out + CHUNK_TIME_US, header->time_us);
    bytes_put_u32(out + CHUNK_CRC, chunk_crc(out, events));
}

enum eventlog_look eventlog_chunk_decode(struct span bytes, u64 position,
                                         struct eventlog_chunk_header *header_out)
{
    if (bytes.size < EVENTLOG_CHUNK_MIN) {
        return EVENTLOG_LOOK_END;
    }
    const u8 *data = bytes.data;
    struct eventlog_chunk_header header = {
        .position = bytes_u64(data + CHUNK_POSITION),
        .seq = bytes_u64(data + CHUNK_SEQ),
        .time_us = bytes_u64(data + CHUNK_TIME_US),
        .bytes = bytes_u32(data + CHUNK_BYTES),
    };
    bool end = header.bytes == EVENTLOG_CHUNK_END;
    u32 size = end ? 0 : header.bytes;
    if (header.position != position || (!end && size == 0) || size % EVENTLOG_STEP != 0 ||
        size > bytes.size - EVENTLOG_CHUNK_HEADER) {
        return EVENTLOG_LOOK_NONE;
    }
    if (bytes_u32(data + CHUNK_CRC) !=
        chunk_crc(data, span_piece(bytes, EVENTLOG_CHUNK_HEADER, size))) {
        return EVENTLOG_LOOK_NONE;
    }
    *header_out = header;
    return end ? EVENTLOG_LOOK_END : EVENTLOG_LOOK_CHUNK;
}

/* ---- the control page ---- */

struct eventlog_control *eventlog_control_of(u8 *block)
{
    return (struct eventlog_control *)(void *)(block + EVENTLOG_CONTROL_OFFSET);
}

void eventlog_control_put(struct eventlog_control *control, struct eventlog_point point)
{
    u64 version = atomic_load_explicit(&control->version, memory_order_relaxed);
    /* A writer that died between the two left it odd: the next even number ends that. */
    version += version % 2;
    atomic_store_explicit(&control->version, version + 1, memory_order_relaxed);
    /* Release: whoever sees one of these sees the odd number too. */
    atomic_store_explicit(&control->position, point.position, memory_order_release);
    atomic_store_explicit(&control->seq, point.seq, memory_order_release);
    atomic_store_explicit(&control->version, version + 2, memory_order_release);
}

bool eventlog_control_get(struct eventlog_control *control, struct eventlog_point *point_out)
{
    for (u32 tries = 0; tries < CONTROL_TRIES_MAX; tries += 1) {
        u64 version = atomic_load_explicit(&control->version, memory_order_acquire);
        point_out->position = atomic_load_explicit(&control->position, memory_order_acquire);
        point_out->seq = atomic_load_explicit(&control->seq, memory_order_acquire);
        if (version % 2 == 0 &&
            version == atomic_load_explicit(&control->version, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* ---- the journal's chain ---- */

struct eventlog_control_head *eventlog_control_head_of(u8 *block)
{
    return (struct eventlog_control_head *)(void *)(block + EVENTLOG_HEAD_OFFSET);
}

void eventlog_control_head_put(struct eventlog_control_head *control,
                               const struct eventlog_head *head)
{
    u64 version = atomic_load_explicit(&control->version, memory_order_relaxed);
    version += version % 2;
    atomic_store_explicit(&control->version, version + 1, memory_order_relaxed);
    /* As above. */
    atomic_store_explicit(&control->seq, head->seq, memory_order_release);
    atomic_store_explicit(&control->time_us, head->time_us, memory_order_release);
    for (u32 i = 0; i < HASH_WORDS; i += 1) {
        u64 word = 0;
        memcpy(&word, head->hash + i * sizeof(word), sizeof(word));
        atomic_store_explicit(&control->hash[i], word, memory_order_release);
    }
    atomic_store_explicit(&control->version, version + 2, memory_order_release);
}

void eventlog_control_head_get(struct eventlog_control_head *control,
                               struct eventlog_head *head_out)
{
    for (u32 tries = 0; tries < CONTROL_TRIES_MAX; tries += 1) {
        u64 version = atomic_load_explicit(&control->version, memory_order_acquire);
        *head_out = (struct eventlog_head){
            .seq = atomic_load_explicit(&control->seq, memory_order_acquire),
            .time_us = atomic_load_explicit(&control->time_us, memory_order_acquire)};
        for (u32 i = 0; i < HASH_WORDS; i += 1) {
            u64 word = atomic_load_explicit(&control->hash[i], memory_order_acquire);
            memcpy(head_out->hash + i * sizeof(word), &word, sizeof(word));
        }
        if (version % 2 == 0 &&
            version == atomic_load_explicit(&control->version, memory_order_relaxed)) {
            return;
        }
    }
    *head_out = (struct eventlog_head){.seq = 0};
}

void eventlog_image_head_encode(const struct eventlog_head *head, u8 block[EVENTLOG_BLOCK_BYTES])
{
    u8 *at = block + IMAGE_HEAD;
    bytes_put_u64(at + IMAGE_HEAD_SEQ, head->seq);
    bytes_put_u64(at + IMAGE_HEAD_TIME_US, head->time_us);
    memcpy(at + IMAGE_HEAD_HASH, head->hash, EVENTLOG_HASH_BYTES);
    memcpy(at + IMAGE_HEAD_STATE, head->state, EVENTLOG_HASH_BYTES);
    bytes_put_u32(at + IMAGE_HEAD_CRC, crc32c(span_of(at, IMAGE_HEAD_CRC)));
}

void eventlog_image_head_decode(const u8 block[EVENTLOG_BLOCK_BYTES],
                                struct eventlog_head *head_out)
{
    const u8 *at = block + IMAGE_HEAD;
    *head_out = (struct eventlog_head){.seq = 0};
    if (bytes_u32(at + IMAGE_HEAD_CRC) != crc32c(span_of(at, IMAGE_HEAD_CRC))) {
        return;
    }
    head_out->seq = bytes_u64(at + IMAGE_HEAD_SEQ);
    head_out->time_us = bytes_u64(at + IMAGE_HEAD_TIME_US);
    head_out->has_state = head_out->seq != 0;
    memcpy(head_out->hash, at + IMAGE_HEAD_HASH, EVENTLOG_HASH_BYTES);
    memcpy(head_out->state, at + IMAGE_HEAD_STATE, EVENTLOG_HASH_BYTES);
}

/* ---- names ---- */

enum fault eventlog_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 position,
                         const char *suffix)
{
    char name[FILE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "%020llu%s", (unsigned long long)position, suffix);
    TRY(file_path(path_out, folder, name));
    return FAULT_NONE;
}

struct list_visitor {
    struct disk_visitor visitor;
    const char *folder;
    const char *suffix;
    u64 *positions;
    u32 max;
    u32 count;
};

static bool parse_name(const char *name, const char *suffix, u64 *position_out)
{
    if (strlen(name) != NAME_DIGITS + strlen(suffix) || strcmp(name + NAME_DIGITS, suffix) != 0) {
        return false;
    }
    u64 position = 0;
    for (size_t index = 0; index < NAME_DIGITS; index += 1) {
        if (name[index] < '0' || name[index] > '9' ||
            __builtin_mul_overflow(position, 10ULL, &position) ||
            __builtin_add_overflow(position, (u64)(name[index] - '0'), &position)) {
            return false;
        }
    }
    *position_out = position;
    return true;
}

static enum fault visit_position(struct disk_visitor *visitor, const char *name)
{
    struct list_visitor *self = (struct list_visitor *)(void *)visitor;
    u64 position = 0;
    if (!parse_name(name, self->suffix, &position)) {
        return FAULT_NONE;
    }
    if (self->count == self->max) {
        return FAULT(FAULT_LIMIT, "%s: more than %u files %s", self->folder, self->max,
                     self->suffix);
    }
    self->positions[self->count] = position;
    self->count += 1;
    return FAULT_NONE;
}

static int compare_positions(const void *a, const void *b)
{
    u64 left = *(const u64 *)a;
    u64 right = *(const u64 *)b;
    return left < right ? -1 : left > right;
}

enum fault eventlog_list(struct disk *disk, const char *folder, const char *suffix, u64 *positions,
                         u32 max, u32 *count_out)
{
    struct list_visitor visitor = {.visitor = {.visit = visit_position},
                                   .folder = folder,
                                   .suffix = suffix,
                                   .positions = positions,
                                   .max = max,
                                   .count = 0};
    *count_out = 0;
    TRY(disk_list(disk, folder, &visitor.visitor));
    qsort(positions, visitor.count, sizeof(*positions), compare_positions);
    *count_out = visitor.count;
    return FAULT_NONE;
}
