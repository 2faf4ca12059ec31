/* Journal segments: whatever the bytes, the reader hands out whole, consistent batches or refuses
 * with a text, and says the same when asked again; and a writer can go on where it says the end is.
 *
 * The first byte says what is mended before, since no search finds a checksum: 1 the segment's
 * header, 2 batches' checksums and hashes, 4 the chain too; 8: the file is packed; 16: it is cut in
 * the middle into two segments, the second beginning where the first ends; 32: the bytes are those
 * of a packed file and not mended. The rest is the file, cut to whole blocks. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/journal.h"
#include "io/journal_folder.h"
#include "io/journal_read.h"
#include "io/log.h"
#include "io/seqlog_file.h"
#include "sim/disk.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>
#include <zstd.h>

enum {
    MEND_SEGMENT = 1,
    MEND_BATCHES = 2,
    MEND_CHAIN = 4,
    PACKED = 8,
    TWO_SEGMENTS = 16,
    PACKED_RAW = 32,
    BLOCKS_MAX = 32,
    FILE_MAX = BLOCKS_MAX * 4096,
    BATCH_MAX = 16384,
    MEMORY_BYTES = 8 << 20,
};

static u8 file[FILE_MAX];
static u8 packed[FILE_MAX + 4096];
static _Alignas(4096) u8 memory[MEMORY_BYTES];
static struct sha256 sha256;

static void mend_crc(u8 *header, size_t size, size_t crc_at)
{
    memset(header + crc_at, 0, 4);
    bytes_put_u32(header + crc_at, crc32c(span_of(header, size)));
}

/* `before` is where the segment before it ends, NULL for the first. */
static void mend_segment(u8 *segment, u32 size, const struct journal_end *before)
{
    static const u8 magic[8] = {0x89, 'C', 'M', 'B', 'J', 0x0d, 0x0a, 0x1a};
    memcpy(segment, magic, sizeof(magic));
    bytes_put_u32(segment + 8, JOURNAL_VERSION);
    bytes_put_u64(segment + 32, before == NULL ? 1 : before->seq_next);
    bytes_put_u64(segment + 40, size);
    bytes_put_u32(segment + 56, u64_min(BATCH_MAX, size - 4096) & ~4095U);
    bytes_put_u32(segment + 60, 0);
    if (before == NULL) {
        journal_chain_start(&sha256, segment + 16, segment + 64);
    } else {
        memcpy(segment + 16, before->venue, JOURNAL_VENUE_BYTES);
        bytes_put_u64(segment + 48, before->time_us);
        memcpy(segment + 64, before->hash, JOURNAL_HASH_BYTES);
    }
    memset(segment + 96, 0, 4000);
    mend_crc(segment, 4096, 12);
}

/* Goes over the blocks as if each began a batch, skipping what belongs to the one before. */
static void mend_batches(u8 *segment, u32 size, bool chain)
{
    static const u8 magic[8] = {0x89, 'C', 'M', 'B', 'B', 0x0d, 0x0a, 0x1a};
    const u8 *hash_before = segment + 64;
    u64 seq = bytes_u64(segment + 32);
    for (u32 at = 4096; at + 4096 <= size;) {
        u8 *batch = segment + at;
        u32 length = bytes_u32(batch + 68);
        if (memcmp(batch, magic, 4) != 0 || length > size - at - 128) {
            at += 4096;
            continue;
        }
        memcpy(batch, magic, sizeof(magic));
        memset(batch + 76, 0, 20);
        if (chain) {
            memcpy(batch + 16, hash_before, 32);
            bytes_put_u64(batch + 48, seq);
        }
        struct span records = span_of(batch + 128, length);
        bytes_put_u32(batch + 12, crc32c(records));
        sha256_begin(&sha256);
        sha256_add(&sha256, span_of(batch + 16, 80));
        sha256_add(&sha256, records);
        sha256_end(&sha256, batch + 96);
        mend_crc(batch, 128, 8);
        hash_before = batch + 96;
        seq += bytes_u32(batch + 64);
        at += (128 + length + 4095) / 4096 * 4096;
    }
}

/* The hash again, from the header's fields and the records. */
static void check_hash(const struct journal_batch *batch)
{
    const struct journal_batch_header *header = &batch->header;
    u8 fields[80] = {0};
    memcpy(fields, header->hash_previous, JOURNAL_HASH_BYTES);
    bytes_put_u64(fields + 32, header->seq_first);
    bytes_put_u64(fields + 40, header->time_us);
    bytes_put_u32(fields + 48, header->count);
    bytes_put_u32(fields + 52, header->length);
    bytes_put_u32(fields + 56, header->flags);
    u8 hash[JOURNAL_HASH_BYTES];
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(fields, sizeof(fields)));
    sha256_add(&sha256, batch->records);
    sha256_end(&sha256, hash);
    CHECK(memcmp(hash, header->hash, sizeof(hash)) == 0);
}

/* What the reader may hand out. */
static void check_batch(const struct journal_batch *batch, u64 seq_next)
{
    CHECK(batch->header.seq_first == seq_next);
    CHECK(batch->records.size == batch->header.length);
    CHECK(crc32c(batch->records) == batch->header.payload_crc);
    check_hash(batch);
    size_t offset = 0;
    u32 count = 0;
    struct span record;
    while (journal_record_next(batch->records, &offset, &record)) {
        CHECK(record.size % JOURNAL_RECORD_STEP == 0);
        count += 1;
    }
    CHECK(count == batch->header.count);
}

static enum fault read_all(struct disk *disk, struct journal_end *end_out)
{
    struct journal_reader_config config = {.disk = disk,
                                           .folder = "journal",
                                           .segments_max = 4,
                                           .window_bytes = 32768,
                                           .batch_bytes_max = BATCH_MAX,
                                           .windows_count = 1};
    CHECK(journal_reader_footprint(&config) <= MEMORY_BYTES);
    struct arena arena;
    arena_init(&arena, memory, MEMORY_BYTES);
    struct journal_reader *reader = NULL;
    enum fault fault = journal_reader_open(&reader, &config, &arena);
    u64 seq_next = 1;
    u8 hash_before[JOURNAL_HASH_BYTES] = {0};
    bool more = fault == FAULT_NONE;
    while (more) {
        struct journal_batch batch;
        fault = journal_reader_next(reader, &batch, &more);
        if (more) {
            check_batch(&batch, seq_next);
            CHECK(seq_next == 1 ||
                  memcmp(batch.header.hash_previous, hash_before, sizeof(hash_before)) == 0);
            seq_next += batch.header.count;
            memcpy(hash_before, batch.header.hash, sizeof(hash_before));
        }
    }
    if (fault == FAULT_NONE) {
        *end_out = *journal_reader_end(reader);
        CHECK(end_out->seq_next == seq_next);
        CHECK(seq_next == 1 || memcmp(end_out->hash, hash_before, sizeof(hash_before)) == 0);
        CHECK(end_out->offset + end_out->torn_bytes <= end_out->segment_bytes);
    }
    CHECK(fault == FAULT_NONE || fault_text()[0] != 0);
    journal_reader_close(reader);
    return fault;
}

/* A writer goes on at the end: afterwards there is a batch more and no torn tail. */
static void append_one(struct disk *disk, const struct journal_end *end)
{
    if (end->seq_next == UINT64_MAX || end->time_us == UINT64_MAX) {
        return;
    }
    struct seqlog_file_config config = {.disk = disk,
                                        .clock = clock_real(),
                                        .folder = "journal",
                                        .segment_bytes = 32768,
                                        .batch_bytes_max = 4096,
                                        .segments_ahead = 1};
    CHECK(seqlog_file_footprint(&config) <= MEMORY_BYTES);
    struct arena arena;
    arena_init(&arena, memory, MEMORY_BYTES);
    struct seqlog_file *log = NULL;
    CHECK(seqlog_file_open(&log, &config, &arena) == FAULT_NONE);
    CHECK(seqlog_file_start(log, end, NULL) == FAULT_NONE);
    u8 *records = seqlog_buffer(seqlog_file_log(log));
    memset(records, 0, 32);
    records[2] = 1;
    struct seqlog_batch batch = {.seq_first = end->seq_next,
                                 .time_us = end->time_us,
                                 .count = 1,
                                 .records = span_of(records, 32)};
    seqlog_submit(seqlog_file_log(log), &batch);
    struct seqlog_outcome outcome = seqlog_poll(seqlog_file_log(log));
    CHECK(outcome.status == SEQLOG_DURABLE);
    CHECK(outcome.seq_next == end->seq_next + 1);
    seqlog_file_close(log);
    struct journal_end after;
    CHECK(read_all(disk, &after) == FAULT_NONE);
    CHECK(after.seq_next == end->seq_next + 1);
    CHECK(!after.torn);
}

static void put_file(struct disk_false *disk, u64 seq_first, struct span bytes, u8 mode)
{
    char path[FILE_PATH_BYTES];
    bool is_packed = (mode & (PACKED | PACKED_RAW)) != 0;
    CHECK(journal_segment_path(path, "journal", seq_first, is_packed) == FAULT_NONE);
    if ((mode & PACKED) != 0 && (mode & PACKED_RAW) == 0) {
        size_t packed_bytes = ZSTD_compress(packed, sizeof(packed), bytes.data, bytes.size, 1);
        CHECK(!ZSTD_isError(packed_bytes));
        bytes = span_of(packed, packed_bytes);
    }
    disk_false_put(disk, path, bytes);
}

/* Mends what the mode says and puts the segment into the folder. */
static void put_segment(struct disk_false *disk, u8 *segment, u32 size, u8 mode,
                        const struct journal_end *before)
{
    if ((mode & MEND_SEGMENT) != 0) {
        mend_segment(segment, size, before);
    }
    if ((mode & MEND_BATCHES) != 0) {
        mend_batches(segment, size, (mode & MEND_CHAIN) != 0);
    }
    put_file(disk, before == NULL ? 1 : before->seq_next, span_of(segment, size), mode);
}

static void put_two_segments(struct disk_false *disk, u32 size, u8 mode)
{
    u32 half = size / 8192 * 4096;
    put_segment(disk, file, half, mode, NULL);
    struct journal_end end;
    if (read_all(disk_false_disk(disk), &end) == FAULT_NONE && end.seq_next > 1) {
        put_segment(disk, file + half, size - half, mode, &end);
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static bool ready;
    if (!ready) {
        CHECK(sha256_open(&sha256) == FAULT_NONE);
        log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, NULL);
        ready = true;
    }
    if (size < 1) {
        return 0;
    }
    u8 mode = data[0];
    u32 bytes = (u32)u64_min(FILE_MAX, size - 1);
    memcpy(file, data + 1, bytes);
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    CHECK(disk_make_folder(disk_false_disk(disk), "journal") == FAULT_NONE);
    u32 least = (mode & TWO_SEGMENTS) != 0 ? 4 * 4096 : 2 * 4096;
    if ((mode & PACKED_RAW) != 0 || bytes < least) {
        put_file(disk, 1, span_of(file, bytes), mode);
    } else if ((mode & TWO_SEGMENTS) != 0) {
        put_two_segments(disk, bytes / 4096 * 4096, mode);
    } else {
        put_segment(disk, file, bytes / 4096 * 4096, mode, NULL);
    }
    struct journal_end end;
    enum fault fault = read_all(disk_false_disk(disk), &end);
    struct journal_end again;
    CHECK(read_all(disk_false_disk(disk), &again) == fault);
    if (fault == FAULT_NONE) {
        append_one(disk_false_disk(disk), &end);
    }
    disk_false_close(disk);
    return 0;
}
