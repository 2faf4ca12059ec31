#include "io/journal_source.h"

#include "base/check.h"

#include <zstd.h>

enum { INPUT_BYTES = 1 << 17 };

_Static_assert(INPUT_BYTES % FILE_BLOCK_BYTES == 0, "a read is whole blocks");

size_t journal_source_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, INPUT_BYTES, FILE_BLOCK_BYTES);
    return footprint.bytes;
}

void journal_source_init(struct journal_source *source, struct arena *arena)
{
    *source = (struct journal_source){.file = {.disk = NULL}};
    source->input = arena_take(arena, INPUT_BYTES, FILE_BLOCK_BYTES);
    CHECK(source->input != NULL);
}

enum fault journal_source_open(struct journal_source *source, struct disk *disk, const char *path,
                               bool packed)
{
    file_close(&source->file);
    /* A packed file is not a multiple of a block long, so it comes through the page cache. */
    TRY(file_open(disk, path, packed ? 0 : FILE_DIRECT, &source->file));
    source->packed = packed;
    source->offset = 0;
    source->input_offset = 0;
    source->input_size = 0;
    source->input_used = 0;
    source->frame_ended = false;
    if (packed && source->unpacker == NULL) {
        source->unpacker = ZSTD_createDStream();
        if (source->unpacker == NULL) {
            return FAULT(FAULT_LIMIT, "%s: no memory to unpack", path);
        }
    }
    if (packed) {
        (void)ZSTD_initDStream(source->unpacker);
    }
    return FAULT_NONE;
}

static enum fault input_refill(struct journal_source *source)
{
    source->input_used = 0;
    TRY(file_read_at(&source->file, source->input_offset, source->input, INPUT_BYTES,
                     &source->input_size));
    source->input_offset += source->input_size;
    return FAULT_NONE;
}

static enum fault damaged(const struct journal_source *source, const char *why)
{
    u64 at = source->input_offset - (source->input_size - source->input_used);
    return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu (unpacked %llu): %s",
                 source->file.path, (unsigned long long)at, (unsigned long long)source->offset,
                 why);
}

static enum fault read_packed(struct journal_source *source, u8 *target, size_t size,
                              size_t *size_out)
{
    ZSTD_outBuffer out = {.dst = target, .size = size, .pos = 0};
    while (out.pos < size && !source->frame_ended) {
        if (source->input_used == source->input_size) {
            TRY(input_refill(source));
        }
        ZSTD_inBuffer in = {
            .src = source->input, .size = source->input_size, .pos = source->input_used};
        size_t out_before = out.pos;
        size_t left = ZSTD_decompressStream(source->unpacker, &out, &in);
        bool moved = in.pos != source->input_used || out.pos != out_before;
        source->input_used = in.pos;
        if (ZSTD_isError(left)) {
            return damaged(source, ZSTD_getErrorName(left));
        }
        if (left != 0 && !moved && source->input_size == 0) {
            return damaged(source, "the packed file ends too early");
        }
        source->frame_ended = left == 0;
    }
    if (source->frame_ended && source->input_used == source->input_size) {
        TRY(input_refill(source));
    }
    if (source->frame_ended && source->input_used < source->input_size) {
        return damaged(source, "there are bytes after the packed data");
    }
    *size_out = out.pos;
    return FAULT_NONE;
}

enum fault journal_source_read(struct journal_source *source, u8 *target, size_t size,
                               size_t *size_out)
{
    if (source->packed) {
        TRY(read_packed(source, target, size, size_out));
    } else {
        TRY(file_read_at(&source->file, source->offset, target, size, size_out));
    }
    source->offset += *size_out;
    return FAULT_NONE;
}

void journal_source_seek(struct journal_source *source, u64 offset)
{
    CHECK(!source->packed);
    CHECK(offset % FILE_BLOCK_BYTES == 0);
    source->offset = offset;
}

void journal_source_close(struct journal_source *source)
{
    file_close(&source->file);
    (void)ZSTD_freeDStream(source->unpacker);
    source->unpacker = NULL;
}
