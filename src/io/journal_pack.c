#include "io/journal_pack.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/digest.h"
#include "io/journal_folder.h"
#include "io/journal_read.h"
#include "io/journal_source.h"
#include "io/log.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

enum { READ_BYTES = 1 << 20, PACKED_BYTES = 1 << 18 };

static const char unfinished_suffix[] = ".tmp";

struct packer {
    struct disk *disk;
    const char *folder;
    u64 seq_first;
    char raw_path[FILE_PATH_BYTES];
    char packed_path[FILE_PATH_BYTES];
    char unfinished_path[FILE_PATH_BYTES];
    struct block block;
    struct arena arena;
    u8 *raw;
    u8 *packed;
    struct journal_source source;
    struct sha256 sha256;
    u8 hash[SHA256_BYTES]; /* of the raw file */
    ZSTD_CCtx *compressor;
    struct file target;
    u64 target_bytes;
    u64 raw_bytes;
};

/* ---- the segment must be closed and whole ---- */

static struct journal_reader_config check_config(const struct packer *packer)
{
    return (struct journal_reader_config){.disk = packer->disk,
                                          .folder = packer->folder,
                                          .seq_from = packer->seq_first,
                                          .windows_count = 1,
                                          .live = true};
}

static enum fault check_batches(struct packer *packer, struct journal_reader *reader)
{
    for (;;) {
        struct journal_batch batch;
        bool more = false;
        TRY(journal_reader_next(reader, &batch, &more));
        if (more && batch.segment == packer->seq_first) {
            continue;
        }
        /* The reader has crossed into the next segment, so this one is whole; or there is none. */
        u64 segment = more ? batch.segment : journal_reader_end(reader)->segment;
        if (segment == packer->seq_first) {
            return FAULT(FAULT_USAGE, "%s: the last segment may still be written and is not packed",
                         packer->raw_path);
        }
        return FAULT_NONE;
    }
}

static enum fault check_segment(struct packer *packer)
{
    struct journal_reader_config config = check_config(packer);
    SCOPED_BLOCK block = {.memory = NULL, .bytes = 0};
    TRY(block_take(journal_reader_footprint(&config), "checking a segment", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &config, &arena));
    enum fault fault = check_batches(packer, reader);
    journal_reader_close(reader);
    return fault;
}

/* ---- packing ---- */

static enum fault compressor_fault(const struct packer *packer, size_t code)
{
    return FAULT(FAULT_LIMIT, "%s: cannot be packed: %s", packer->raw_path,
                 ZSTD_getErrorName(code));
}

static enum fault compressor_open(struct packer *packer, int level)
{
    packer->compressor = ZSTD_createCCtx();
    if (packer->compressor == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory to pack", packer->raw_path);
    }
    size_t code = ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_compressionLevel, level);
    if (!ZSTD_isError(code)) {
        code = ZSTD_CCtx_setParameter(packer->compressor, ZSTD_c_checksumFlag, 1);
    }
    return ZSTD_isError(code) ? compressor_fault(packer, code) : FAULT_NONE;
}

/* Packs one piece, the last one with `end`, and writes what comes out. */
static enum fault pack_piece(struct packer *packer, size_t size, bool end)
{
    ZSTD_inBuffer in = {.src = packer->raw, .size = size, .pos = 0};
    ZSTD_EndDirective directive = end ? ZSTD_e_end : ZSTD_e_continue;
    size_t left = 1;
    while (in.pos < in.size || (end && left > 0)) {
        ZSTD_outBuffer out = {.dst = packer->packed, .size = PACKED_BYTES, .pos = 0};
        left = ZSTD_compressStream2(packer->compressor, &out, &in, directive);
        if (ZSTD_isError(left)) {
            return compressor_fault(packer, left);
        }
        if (out.pos > 0) {
            TRY(file_write_at(&packer->target, packer->target_bytes, packer->packed, out.pos));
            packer->target_bytes += out.pos;
        }
    }
    return FAULT_NONE;
}

/* Reads a segment's file to its end; hashes it, and packs it too when asked. */
static enum fault read_through(struct packer *packer, const char *path, bool is_packed, bool pack,
                               u8 hash_out[SHA256_BYTES], u64 *bytes_out)
{
    TRY(journal_source_open(&packer->source, packer->disk, path, is_packed));
    sha256_begin(&packer->sha256);
    *bytes_out = 0;
    size_t size = READ_BYTES;
    while (size == READ_BYTES) {
        TRY(journal_source_read(&packer->source, packer->raw, READ_BYTES, &size));
        sha256_add(&packer->sha256, span_of(packer->raw, size));
        *bytes_out += size;
        if (pack) {
            TRY(pack_piece(packer, size, size < READ_BYTES));
        }
    }
    sha256_end(&packer->sha256, hash_out);
    return FAULT_NONE;
}

static enum fault pack_file(struct packer *packer, int level)
{
    TRY(compressor_open(packer, level));
    bool exists = false;
    TRY(disk_exists(packer->disk, packer->unfinished_path, &exists));
    if (exists) {
        TRY(disk_unlink(packer->disk, packer->unfinished_path));
    }
    TRY(file_open(packer->disk, packer->unfinished_path, FILE_WRITE | FILE_CREATE,
                  &packer->target));
    TRY(read_through(packer, packer->raw_path, false, true, packer->hash, &packer->raw_bytes));
    TRY(file_sync(&packer->target));
    file_close(&packer->target);
    return FAULT_NONE;
}

/* What was written, read back, must be what was read. */
static enum fault compare_file(struct packer *packer)
{
    u8 hash[SHA256_BYTES];
    u64 bytes = 0;
    TRY(read_through(packer, packer->unfinished_path, true, false, hash, &bytes));
    if (bytes != packer->raw_bytes || memcmp(hash, packer->hash, sizeof(hash)) != 0) {
        return FAULT(FAULT_ROT, "%s: does not unpack to what was packed", packer->unfinished_path);
    }
    return FAULT_NONE;
}

static enum fault replace_file(struct packer *packer)
{
    TRY(disk_rename(packer->disk, packer->unfinished_path, packer->packed_path));
    TRY(disk_sync_folder(packer->disk, packer->folder));
    TRY(disk_unlink(packer->disk, packer->raw_path));
    TRY(disk_sync_folder(packer->disk, packer->folder));
    return FAULT_NONE;
}

static enum fault pack_all(struct packer *packer, int level)
{
    TRY(sha256_open(&packer->sha256));
    TRY(check_segment(packer));
    enum fault fault = pack_file(packer, level);
    fault = fault != FAULT_NONE ? fault : compare_file(packer);
    if (fault != FAULT_NONE) {
        file_close(&packer->target);
        struct fault_trail trail;
        fault_trail_copy(&trail);
        enum fault ignored = disk_unlink(packer->disk, packer->unfinished_path);
        (void)ignored;
        fault_trail_adopt(&trail);
        return fault;
    }
    return replace_file(packer);
}

static enum fault packer_init(struct packer *packer)
{
    TRY(journal_segment_path(packer->raw_path, packer->folder, packer->seq_first, false));
    TRY(journal_segment_path(packer->packed_path, packer->folder, packer->seq_first, true));
    int length = snprintf(packer->unfinished_path, sizeof(packer->unfinished_path), "%s%s",
                          packer->packed_path, unfinished_suffix);
    if (length < 0 || (size_t)length >= sizeof(packer->unfinished_path)) {
        return FAULT(FAULT_LIMIT, "%s: the path is too long", packer->packed_path);
    }
    size_t bytes = READ_BYTES + PACKED_BYTES + journal_source_footprint() + JOURNAL_BLOCK_BYTES;
    TRY(block_take(bytes, "packing a segment", &packer->block));
    arena_init(&packer->arena, packer->block.memory, packer->block.bytes);
    packer->raw = arena_take(&packer->arena, READ_BYTES, JOURNAL_BLOCK_BYTES);
    packer->packed = arena_take(&packer->arena, PACKED_BYTES, JOURNAL_BLOCK_BYTES);
    CHECK(packer->raw != NULL);
    CHECK(packer->packed != NULL);
    journal_source_init(&packer->source, &packer->arena);
    return FAULT_NONE;
}

/* Both files there: an earlier run was cut off between its last two steps, or before. */
static enum fault pack_or_finish(struct packer *packer, int level)
{
    bool raw = false;
    bool packed = false;
    TRY(disk_exists(packer->disk, packer->raw_path, &raw));
    TRY(disk_exists(packer->disk, packer->packed_path, &packed));
    if (!raw && packed) {
        return FAULT_NONE;
    }
    if (!raw) {
        return FAULT(FAULT_MISSING, "%s: there is no such segment", packer->raw_path);
    }
    TRY(packer_init(packer));
    return pack_all(packer, level);
}

enum fault journal_pack(struct disk *disk, const char *folder, u64 seq_first, int level,
                        struct journal_pack_result *result_out)
{
    struct packer packer = {.disk = disk, .folder = folder, .seq_first = seq_first};
    *result_out = (struct journal_pack_result){.bytes_before = 0, .bytes_after = 0};
    TRY(journal_segment_path(packer.raw_path, folder, seq_first, false));
    TRY(journal_segment_path(packer.packed_path, folder, seq_first, true));
    enum fault fault = pack_or_finish(&packer, level);
    (void)ZSTD_freeCCtx(packer.compressor);
    if (packer.block.memory != NULL) {
        journal_source_close(&packer.source);
        sha256_close(&packer.sha256);
        block_give_back(&packer.block);
    }
    if (fault == FAULT_NONE && packer.raw_bytes > 0) {
        result_out->bytes_before = packer.raw_bytes;
        result_out->bytes_after = packer.target_bytes;
        log_info("journal.packed", LOG_STR("file", packer.packed_path),
                 LOG_U64("bytes_before", packer.raw_bytes),
                 LOG_U64("bytes_after", packer.target_bytes));
    }
    return fault;
}
