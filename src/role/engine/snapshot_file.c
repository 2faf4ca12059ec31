#include "role/engine/snapshot_file.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

/* The header block; all numbers little-endian, what is not named is zero.
 *
 *     0  "CAMBSNAP"   8  u32 version   12  u32 CRC32C of the block with this field zero
 *    16  venue   32  u64 seq   40  u64 time   48  batch hash   80  u64 event position
 *    88  u64 event seq   96  u64 bytes of records   104  u64 records   112  state hash */
enum {
    HEADER_BYTES = 4096,
    SNAPSHOT_VERSION = 1,
    AT_VERSION = 8,
    AT_CRC = 12,
    AT_VENUE = 16,
    AT_SEQ = 32,
    AT_TIME = 40,
    AT_BATCH_HASH = 48,
    AT_EVENT_POSITION = 80,
    AT_EVENT_SEQ = 88,
    AT_BYTES = 96,
    AT_RECORDS = 104,
    AT_STATE_HASH = 112,
    BUFFER_BYTES = 1 << 20,
    NAME_DIGITS = 20,
    MAGIC_WRONG_BITS_MAX = 4, /* ours and damaged; more are somebody else's */
};

static const u8 magic[8] = {'C', 'A', 'M', 'B', 'S', 'N', 'A', 'P'};
static const char suffix[] = ".snapshot";

/* ---- names ---- */

static enum fault path_with(char path_out[FILE_PATH_BYTES], const char *folder, u64 seq,
                            const char *ending)
{
    char name[FILE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "%0*llu%s", NAME_DIGITS, (unsigned long long)seq, ending);
    return file_path(path_out, folder, name);
}

enum fault snapshot_file_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 seq)
{
    return path_with(path_out, folder, seq, suffix);
}

struct lister {
    struct disk_visitor visitor;
    u64 *seqs;
    u32 max;
    u32 count;
};

static bool name_parse(const char *name, u64 *seq_out)
{
    u64 seq = 0;
    for (u32 i = 0; i < NAME_DIGITS; i += 1) {
        if (name[i] < '0' || name[i] > '9' || seq > (UINT64_MAX - 9) / 10) {
            return false;
        }
        seq = seq * 10 + (u64)(name[i] - '0');
    }
    *seq_out = seq;
    return strcmp(name + NAME_DIGITS, suffix) == 0;
}

/* Keeps the largest `max`, rising. */
static enum fault list_visit(struct disk_visitor *visitor, const char *name)
{
    struct lister *lister = (struct lister *)(void *)visitor;
    u64 seq = 0;
    if (!name_parse(name, &seq)) {
        return FAULT_NONE;
    }
    if (lister->count == lister->max) {
        if (seq < lister->seqs[0]) {
            return FAULT_NONE;
        }
        lister->count -= 1;
        memmove(lister->seqs, lister->seqs + 1, lister->count * sizeof(u64));
    }
    u32 at = lister->count;
    while (at > 0 && lister->seqs[at - 1] > seq) {
        lister->seqs[at] = lister->seqs[at - 1];
        at -= 1;
    }
    lister->seqs[at] = seq;
    lister->count += 1;
    return FAULT_NONE;
}

enum fault snapshot_file_list(struct disk *disk, const char *folder, u64 *seqs_out, u32 max,
                              u32 *count_out)
{
    CHECK(max > 0);
    *count_out = 0;
    bool exists = false;
    TRY(disk_exists(disk, folder, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    struct lister lister = {.visitor = {.visit = list_visit}, .seqs = seqs_out, .max = max};
    TRY(disk_list(disk, folder, &lister.visitor));
    *count_out = lister.count;
    return FAULT_NONE;
}

/* ---- hashing and writing ---- */

struct writer {
    struct sha256 sha256;
    struct file *file; /* NULL: only the hash is wanted */
    u8 *buffer;
    size_t buffered;
    u64 bytes;
    u64 records;
    enum fault fault;
};

static enum fault writer_flush(struct writer *writer)
{
    sha256_add(&writer->sha256, span_of(writer->buffer, writer->buffered));
    if (writer->file != NULL) {
        TRY(file_write_at(writer->file, HEADER_BYTES + writer->bytes, writer->buffer,
                          writer->buffered));
    }
    writer->bytes += writer->buffered;
    writer->buffered = 0;
    return FAULT_NONE;
}

static bool writer_add(void *context, const u8 *bytes, size_t size)
{
    struct writer *writer = context;
    CHECK(size <= BUFFER_BYTES);
    if (writer->buffered + size > BUFFER_BYTES) {
        writer->fault = writer_flush(writer);
        if (writer->fault != FAULT_NONE) {
            return false;
        }
    }
    memcpy(writer->buffer + writer->buffered, bytes, size);
    writer->buffered += size;
    writer->records += 1;
    return true;
}

static enum fault writer_run(struct writer *writer, const struct core *core, void *scratch,
                             u8 hash_out[SHA256_BYTES])
{
    TRY(sha256_open(&writer->sha256));
    sha256_begin(&writer->sha256);
    struct core_sink sink = {.context = writer, .write = writer_add};
    enum fault fault = FAULT_NONE;
    if (!core_snapshot(core, scratch, &sink)) {
        fault = writer->fault;
        CHECK(fault != FAULT_NONE);
    } else {
        fault = writer_flush(writer);
    }
    if (fault == FAULT_NONE) {
        sha256_end(&writer->sha256, hash_out);
    }
    sha256_close(&writer->sha256);
    return fault;
}

/* The writer's buffer, then the core's scratch. */
static enum fault writer_write(struct writer *writer, const struct core *core,
                               u8 hash_out[SHA256_BYTES])
{
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(BUFFER_BYTES + core_snapshot_scratch(core), "a snapshot", &block));
    writer->buffer = block.memory;
    return writer_run(writer, core, block.memory + BUFFER_BYTES, hash_out);
}

enum fault snapshot_state_hash(const struct core *core, u8 hash_out[SHA256_BYTES])
{
    struct writer writer = {.file = NULL};
    return writer_write(&writer, core, hash_out);
}

static void header_encode(const struct snapshot_info *info, u8 block[HEADER_BYTES])
{
    const struct snapshot_point *point = &info->point;
    memset(block, 0, HEADER_BYTES);
    memcpy(block, magic, sizeof(magic));
    bytes_put_u32(block + AT_VERSION, SNAPSHOT_VERSION);
    memcpy(block + AT_VENUE, point->venue, JOURNAL_VENUE_BYTES);
    bytes_put_u64(block + AT_SEQ, point->seq);
    bytes_put_u64(block + AT_TIME, point->time_us);
    memcpy(block + AT_BATCH_HASH, point->batch_hash, JOURNAL_HASH_BYTES);
    bytes_put_u64(block + AT_EVENT_POSITION, point->event_position);
    bytes_put_u64(block + AT_EVENT_SEQ, point->event_seq);
    bytes_put_u64(block + AT_BYTES, info->bytes);
    bytes_put_u64(block + AT_RECORDS, info->records);
    memcpy(block + AT_STATE_HASH, info->state_hash, SHA256_BYTES);
    bytes_put_u32(block + AT_CRC, crc32c(span_of(block, HEADER_BYTES)));
}

enum fault snapshot_file_write(struct disk *disk, const char *folder, const struct core *core,
                               const struct snapshot_point *point, struct snapshot_info *info_out)
{
    char temporary[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(path_with(temporary, folder, point->seq, ".tmp"));
    TRY(snapshot_file_path(path, folder, point->seq));
    bool exists = false;
    TRY(disk_exists(disk, temporary, &exists));
    if (exists) {
        TRY(disk_unlink(disk, temporary));
    }
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, temporary, FILE_WRITE | FILE_CREATE, &file));
    struct writer writer = {.file = &file};
    *info_out = (struct snapshot_info){.point = *point};
    TRY(writer_write(&writer, core, info_out->state_hash));
    info_out->bytes = writer.bytes;
    info_out->records = writer.records;
    u8 header[HEADER_BYTES];
    header_encode(info_out, header);
    TRY(file_write_at(&file, 0, header, sizeof(header)));
    TRY(file_sync(&file));
    TRY(disk_rename(disk, temporary, path));
    TRY(disk_sync_folder(disk, folder));
    return FAULT_NONE;
}

/* ---- reading ---- */

/* Whose block it is, whether it is whole, and only then which version: as with a segment's header,
 * the first three fields keep their places and the checksum its range in every version. */
static enum fault header_check(u8 block[HEADER_BYTES], const char *path)
{
    u64 wrong_bits = bytes_u64(block) ^ bytes_u64(magic);
    if (__builtin_popcountll(wrong_bits) > MAGIC_WRONG_BITS_MAX) {
        return FAULT(FAULT_FOREIGN, "%s: not a snapshot (byte offset 0)", path);
    }
    u32 crc = bytes_u32(block + AT_CRC);
    bytes_put_u32(block + AT_CRC, 0);
    if (wrong_bits != 0 || crc32c(span_of(block, HEADER_BYTES)) != crc) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: header checksum", path);
    }
    u32 version = bytes_u32(block + AT_VERSION);
    if (version > SNAPSHOT_VERSION) {
        return FAULT(FAULT_NEWER, "%s: written by a newer version; this one reads format %d", path,
                     SNAPSHOT_VERSION);
    }
    if (version != SNAPSHOT_VERSION) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: version %u", path, version);
    }
    return FAULT_NONE;
}

static enum fault header_decode(u8 block[HEADER_BYTES], const char *path,
                                struct snapshot_info *info)
{
    TRY(header_check(block, path));
    struct snapshot_point *point = &info->point;
    memcpy(point->venue, block + AT_VENUE, JOURNAL_VENUE_BYTES);
    point->seq = bytes_u64(block + AT_SEQ);
    point->time_us = bytes_u64(block + AT_TIME);
    memcpy(point->batch_hash, block + AT_BATCH_HASH, JOURNAL_HASH_BYTES);
    point->event_position = bytes_u64(block + AT_EVENT_POSITION);
    point->event_seq = bytes_u64(block + AT_EVENT_SEQ);
    info->bytes = bytes_u64(block + AT_BYTES);
    info->records = bytes_u64(block + AT_RECORDS);
    memcpy(info->state_hash, block + AT_STATE_HASH, SHA256_BYTES);
    return FAULT_NONE;
}

/* Reads the header and looks at the file's size. */
static enum fault header_read(struct file *file, struct snapshot_info *info)
{
    u8 block[HEADER_BYTES];
    TRY(file_read_whole(file, 0, block, sizeof(block)));
    TRY(header_decode(block, file->path, info));
    u64 size = 0;
    TRY(file_size(file, &size));
    if (info->bytes > UINT64_MAX - HEADER_BYTES || size != HEADER_BYTES + info->bytes) {
        return FAULT(FAULT_ROT, "%s: the file has %llu bytes, not %llu", file->path,
                     (unsigned long long)size, (unsigned long long)(HEADER_BYTES + info->bytes));
    }
    return FAULT_NONE;
}

enum fault snapshot_file_info(struct disk *disk, const char *folder, u64 seq,
                              struct snapshot_info *info_out)
{
    char path[FILE_PATH_BYTES];
    TRY(snapshot_file_path(path, folder, seq));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, 0, &file));
    return header_read(&file, info_out);
}

static enum fault image_read(struct file *file, struct snapshot_image *image)
{
    TRY(header_read(file, &image->info));
    TRY(block_take((size_t)u64_max(image->info.bytes, 1), "a snapshot", &image->block));
    TRY(file_read_whole(file, HEADER_BYTES, image->block.memory, (size_t)image->info.bytes));
    image->records = span_of(image->block.memory, (size_t)image->info.bytes);
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    u8 hash[SHA256_BYTES];
    sha256_begin(&sha256);
    sha256_add(&sha256, image->records);
    sha256_end(&sha256, hash);
    sha256_close(&sha256);
    if (memcmp(hash, image->info.state_hash, SHA256_BYTES) != 0) {
        return FAULT(FAULT_ROT, "%s: damaged: the records do not match the state hash", file->path);
    }
    return FAULT_NONE;
}

enum fault snapshot_file_read(struct disk *disk, const char *folder, u64 seq,
                              struct snapshot_image *image_out)
{
    *image_out = (struct snapshot_image){.records = {.data = NULL}};
    char path[FILE_PATH_BYTES];
    TRY(snapshot_file_path(path, folder, seq));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, 0, &file));
    enum fault fault = image_read(&file, image_out);
    if (fault != FAULT_NONE) {
        snapshot_image_close(image_out);
    }
    return fault;
}

void snapshot_image_close(struct snapshot_image *image)
{
    block_give_back(&image->block);
    image->records = (struct span){.data = NULL};
}

enum fault snapshot_restore(struct core *core, struct span records, const char *path)
{
    struct core_restore restore;
    core_restore_begin(&restore, core);
    const char *reason = "size";
    size_t at = 0;
    while (at < records.size) {
        size_t size = core_restore_size(records.data + at, records.size - at);
        if (size == 0 || !core_restore_record(&restore, records.data + at, size, &reason)) {
            return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: %s", path,
                         (unsigned long long)HEADER_BYTES + at, reason);
        }
        at += size;
    }
    if (!core_restore_end(&restore, &reason)) {
        return FAULT(FAULT_ROT, "%s: damaged: %s", path, reason);
    }
    return FAULT_NONE;
}
