/* The event log's folder with any contents: a reader gets whole chunks, or a fault with a text; an
 * image likewise; and the writer finds an end that it can trust, goes on there, and what it writes
 * is read.
 *
 * The first byte says what is mended before, since no search finds a checksum: 1 headers, 2 chunks.
 * Then follow files: a byte for the name, two for the size, the first 64 bytes of the header, the
 * 32 bytes at offset 1024, and what lies behind the first block. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/digest.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define FOLDER "events"

enum {
    MEND_HEADERS = 1,
    MEND_CHUNKS = 2,
    FILE_MAX = 32 << 10,
    HEAD_BYTES = 64,
    SHARED_OFFSET = 1024,
    SHARED_BYTES = 32,
    MEMORY_BYTES = 1 << 18,
    CHUNKS_MAX = 4096,
    SEGMENT_BYTES = 16 << 10,
};

struct name {
    const char *path;
    u8 letter; /* of the magic */
    u64 position;
};

static const struct name names[] = {
    {FOLDER "/control", 'K', 0},
    {FOLDER "/other.reader", 'R', 0},
    {FOLDER "/00000000000000000000.events", 'E', 0},
    {FOLDER "/00000000000000000003.events", 'E', 3},
    {FOLDER "/00000000000000000009.events", 'E', 9},
    {FOLDER "/00000000000000000000.image", 'I', 0},
    {FOLDER "/00000000000000000005.image", 'I', 5},
    {FOLDER "/follower.reader", 'R', 0},
};

static u8 file[FILE_MAX];
static _Alignas(4096) u8 memory[MEMORY_BYTES];

static void mend_header(const struct name *name, size_t size)
{
    const u8 magic[8] = {0x89, 'C', 'M', 'B', name->letter, 0x0d, 0x0a, 0x1a};
    memcpy(file, magic, sizeof(magic));
    memset(file + 16, 0, EVENTLOG_VENUE_BYTES);
    if (name->letter == 'I' && size >= EVENTLOG_BLOCK_BYTES) {
        struct span content = span_of(file + EVENTLOG_BLOCK_BYTES, size - EVENTLOG_BLOCK_BYTES);
        bytes_put_u64(file + 48, content.size);
        bytes_put_u32(file + 56, crc32c(content));
    }
    bytes_put_u32(file + 12, 0);
    bytes_put_u32(file + 12, crc32c(span_of(file, HEAD_BYTES)));
}

static void mend_chunks(u64 position, size_t size)
{
    for (size_t at = EVENTLOG_BLOCK_BYTES; at + EVENTLOG_STEP <= size;) {
        u32 bytes = bytes_u32(file + at + 4);
        bool end = bytes == EVENTLOG_CHUNK_END;
        if (!end && bytes > size - at - EVENTLOG_STEP) {
            return;
        }
        bytes_put_u64(file + at + 8, position + (at - EVENTLOG_BLOCK_BYTES) / EVENTLOG_STEP);
        bytes_put_u32(file + at, crc32c(span_of(file + at + 4, (end ? 0 : bytes) + 28)));
        at += EVENTLOG_STEP + (end ? 0 : bytes / EVENTLOG_STEP * EVENTLOG_STEP);
    }
}

/* One file of the input; returns the bytes taken. */
static size_t put_file(struct disk_false *disk, const u8 *data, size_t size, u8 mend)
{
    const struct name *name = &names[data[0] % ARRAY_COUNT(names)];
    size_t given = u64_min(data[1] | (size_t)data[2] << 8, size - 3);
    const u8 *content = data + 3;
    memset(file, 0, sizeof(file));
    size_t head = u64_min(given, HEAD_BYTES);
    memcpy(file, content, head);
    size_t shared = u64_min(given - head, SHARED_BYTES);
    memcpy(file + SHARED_OFFSET, content + head, shared);
    size_t rest = u64_min(given - head - shared, FILE_MAX - EVENTLOG_BLOCK_BYTES);
    memcpy(file + EVENTLOG_BLOCK_BYTES, content + head + shared, rest);
    /* A file that ends before its first block is over is one, too. */
    size_t bytes = shared < SHARED_BYTES ? head : EVENTLOG_BLOCK_BYTES + rest;
    if ((mend & MEND_CHUNKS) != 0 && name->letter == 'E') {
        mend_chunks(name->position, bytes);
    }
    if ((mend & MEND_HEADERS) != 0 && bytes >= HEAD_BYTES) {
        mend_header(name, bytes);
    }
    disk_false_put(disk, name->path, span_of(file, bytes));
    return 3 + given;
}

/* Reads all there is from `position`; returns where it ended. */
static u64 read_all(struct disk *disk, u64 position)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof(memory));
    struct eventlog_reader *reader = NULL;
    enum fault fault = eventlog_reader_open(&reader, disk, FOLDER,
                                            position == 0 ? "follower" : NULL, position, &arena);
    bool some = fault == FAULT_NONE;
    for (u32 count = 0; some && count < CHUNKS_MAX; count += 1) {
        struct eventlog_chunk chunk;
        fault = eventlog_reader_next(reader, &chunk, &some);
        some = some && fault == FAULT_NONE;
        if (some) {
            CHECK(chunk.events.size > 0 && chunk.events.size % EVENTLOG_STEP == 0);
            CHECK(chunk.position == position);
            CHECK(chunk.position_next == position + 1 + chunk.events.size / EVENTLOG_STEP);
            (void)crc32c(chunk.events); /* every byte of it can be read */
            position = chunk.position_next;
            eventlog_reader_passed(reader, position);
        }
    }
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    eventlog_reader_close(reader, true);
    return position;
}

static void try_image(struct disk *disk)
{
    struct eventlog_image image;
    enum fault fault = eventlog_image_open(&image, disk, FOLDER);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    if (fault != FAULT_NONE) {
        return;
    }
    u8 part[100];
    size_t got = sizeof(part);
    for (u64 offset = 0; got == sizeof(part); offset += got) {
        CHECK(eventlog_image_read(&image, offset, part, sizeof(part), &got) == FAULT_NONE);
    }
    eventlog_image_close(&image);
}

/* The writer goes on where it trusts the log, and a reader finds what it wrote. */
static void try_writer(struct disk *disk)
{
    static const u8 events[3 * EVENTLOG_STEP];
    struct eventlog_config config = {
        .disk = disk, .folder = FOLDER, .segment_bytes = SEGMENT_BYTES};
    struct arena arena;
    CHECK(eventlog_footprint(&config) <= MEMORY_BYTES);
    arena_init(&arena, memory, sizeof(memory));
    struct eventlog *log = NULL;
    enum fault fault = eventlog_open(&log, &config, &arena);
    if (fault != FAULT_NONE) {
        CHECK(fault_text()[0] != 0);
        return;
    }
    struct eventlog_point end = eventlog_end(log);
    fault = eventlog_begin(log, end);
    if (fault == FAULT_NONE) {
        fault = eventlog_append(log, end.seq, 1, span_of(events, sizeof(events)));
    }
    struct eventlog_point after = eventlog_end(log);
    if (fault == FAULT_NONE) {
        eventlog_release(log, after);
        u32 removed = 0;
        fault = eventlog_collect(log, 0, &removed);
    }
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    eventlog_close(log);
    if (fault == FAULT_NONE) {
        CHECK(read_all(disk, end.position) == after.position);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    CHECK(disk_make_folder(disk_false_disk(disk), FOLDER) == FAULT_NONE);
    for (size_t at = 1; size - at > 3;) {
        at += put_file(disk, data + at, size - at, data[0]);
    }
    u64 position = 0;
    enum fault fault =
        eventlog_reader_position(disk_false_disk(disk), FOLDER, "other.reader", &position);
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    (void)read_all(disk_false_disk(disk), 0);
    try_image(disk_false_disk(disk));
    try_writer(disk_false_disk(disk));
    disk_false_close(disk);
    return 0;
}
