#include "io/journal_cut.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/journal_folder.h"
#include "io/journal_read.h"
#include "io/journal_source.h"

#include <string.h>

enum {
    WINDOWS = 4,
    PIECE_BYTES = 1 << 20,
    /* Of a segment that only carries the seal of the one before: a writer begins it again. */
    EMPTY_SEGMENT_BYTES = 64 << 10,
    EMPTY_BATCH_BYTES = 16 << 10,
    ATTEMPTS = 8, /* a packer may take a file away while it is being opened */
};

static void tell(const struct journal_cut_options *options, const char *what, u64 done, u64 all)
{
    if (options->progress != NULL) {
        options->progress->report(options->progress, what, done, all);
    }
}

/* ---- finding ---- */

struct finder {
    const struct journal_cut_options *options;
    struct journal_cut *cut;
    struct journal_reader *reader;
    struct journal_batch held; /* live: seen, and not known to be durable */
    bool holds;
};

static u64 last_of(const struct journal_batch *batch)
{
    return batch->header.seq_first + batch->header.count - 1;
}

static void take(struct finder *finder, const struct journal_batch *batch)
{
    struct journal_cut *cut = finder->cut;
    const struct journal_batch_header *header = &batch->header;
    cut->segment = batch->segment;
    cut->offset = batch->offset + journal_batch_bytes(header->length);
    memcpy(cut->hash_end, header->hash, JOURNAL_HASH_BYTES);
    cut->sealed = header->count == 0;
    if (header->count > 0) {
        cut->seq = last_of(batch);
        cut->time_us = header->time_us;
        memcpy(cut->hash, header->hash, JOURNAL_HASH_BYTES);
        cut->batches += 1;
    }
}

/* Something follows, or it is known otherwise: what is held is durable. */
static void let_go(struct finder *finder)
{
    if (finder->holds) {
        finder->holds = false;
        take(finder, &finder->held);
    }
}

/* A seal has no commands: it goes with the batch before it, whenever it was stamped. */
static bool beyond(const struct journal_cut_options *options, const struct journal_batch *batch)
{
    return batch->header.count > 0 &&
           ((options->seq_max != 0 && last_of(batch) > options->seq_max) ||
            (options->time_max_us != 0 && batch->header.time_us > options->time_max_us));
}

static void note_behind(struct journal_cut *cut, const struct journal_batch *batch)
{
    cut->bounded = true;
    cut->behind_seq = batch->header.seq_first;
    cut->behind_count = batch->header.count;
    cut->behind_time_us = batch->header.time_us;
}

static enum fault batches_read(struct finder *finder)
{
    const struct journal_cut_options *options = finder->options;
    bool more = true;
    while (more && !finder->cut->bounded) {
        struct journal_batch batch;
        TRY(journal_reader_next(finder->reader, &batch, &more));
        if (!more) {
            break;
        }
        u64 done = 0;
        u64 all = 0;
        journal_reader_progress(finder->reader, &done, &all);
        tell(options, "reading", done, all);
        let_go(finder);
        if (beyond(options, &batch)) {
            note_behind(finder->cut, &batch);
        } else if (options->live && batch.header.count > 0 &&
                   last_of(&batch) > options->seq_durable) {
            finder->holds = true;
            finder->held = batch;
        } else {
            take(finder, &batch);
        }
    }
    if (!more) {
        const struct journal_end *end = journal_reader_end(finder->reader);
        if (end->sealed) {
            let_go(finder); /* the header of a new segment follows */
        }
        finder->cut->torn_bytes = end->torn_bytes;
    }
    return FAULT_NONE;
}

static enum fault found_check(const struct journal_cut_options *options,
                              const struct journal_cut *cut)
{
    if (cut->seq == 0 && cut->bounded) {
        return FAULT(FAULT_USAGE,
                     "%s: nothing lies before that: the first batch has the commands %llu to %llu",
                     options->folder, (unsigned long long)cut->behind_seq,
                     (unsigned long long)(cut->behind_seq + cut->behind_count - 1));
    }
    if (cut->seq == 0) {
        return FAULT(FAULT_MISSING, "%s: the journal holds nothing yet", options->folder);
    }
    if (options->seq_max != 0 && !cut->bounded && cut->seq < options->seq_max) {
        return FAULT(FAULT_USAGE, "%s: there is no command %llu, the journal ends with %llu",
                     options->folder, (unsigned long long)options->seq_max,
                     (unsigned long long)cut->seq);
    }
    if (options->live && !cut->bounded && cut->seq < options->seq_durable) {
        return FAULT(FAULT_ROT,
                     "%s: can be read up to command %llu only, where %llu was durable already: "
                     "segment %llu is damaged at byte offset %llu or later",
                     options->folder, (unsigned long long)cut->seq,
                     (unsigned long long)options->seq_durable, (unsigned long long)cut->segment,
                     (unsigned long long)cut->offset);
    }
    return FAULT_NONE;
}

static enum fault segments_of(const struct journal_cut_options *options, struct arena *arena,
                              struct journal_folder *folder)
{
    TRY(journal_folder_init(folder, options->disk, options->folder, JOURNAL_SEGMENTS_MAX_DEFAULT,
                            arena));
    return journal_folder_scan(folder);
}

static enum fault find(struct finder *finder, struct arena *arena)
{
    struct journal_reader_config config = {
        .disk = finder->options->disk,
        .folder = finder->options->folder,
        .windows_count = finder->options->threads && !finder->options->live ? WINDOWS : 1,
        .live = finder->options->live,
    };
    TRY(journal_reader_open(&finder->reader, &config, arena));
    enum fault fault = batches_read(finder);
    journal_reader_close(finder->reader);
    return fault;
}

enum fault journal_cut_find(const struct journal_cut_options *options, struct journal_cut *cut_out)
{
    *cut_out = (struct journal_cut){.seq = 0};
    struct journal_reader_config config = {
        .disk = options->disk, .folder = options->folder, .windows_count = WINDOWS};
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, journal_folder_footprint(JOURNAL_SEGMENTS_MAX_DEFAULT),
                  FILE_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_reader_footprint(&config), FILE_BLOCK_BYTES);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(footprint.bytes, "reading the journal", &block));
    struct arena arena;
    struct journal_folder folder;
    arena_init(&arena, block.memory, block.bytes);
    TRY(segments_of(options, &arena, &folder));
    if (folder.segments_count == 0) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", options->folder);
    }
    cut_out->seq_start = folder.segments[0].seq_first;
    struct finder finder = {.options = options, .cut = cut_out};
    TRY(find(&finder, &arena));
    return found_check(options, cut_out);
}

/* ---- copying ---- */

struct copier {
    const struct journal_cut_options *options;
    const struct journal_cut *cut;
    const char *target;
    struct journal_folder folder;
    struct journal_source source;
    struct sha256 sha256;
    struct journal_segment_header header; /* of the segment in which the cut is */
    u8 *piece;
    u64 bytes;
};

static enum fault put(struct copier *copier, struct file *file, u64 offset, size_t size)
{
    TRY(file_write_at(file, offset, copier->piece, size));
    copier->bytes += size;
    return FAULT_NONE;
}

static enum fault zeros_put(struct copier *copier, struct file *file, u64 from, u64 to)
{
    memset(copier->piece, 0, PIECE_BYTES);
    while (from < to) {
        size_t size = (size_t)u64_min(PIECE_BYTES, to - from);
        TRY(put(copier, file, from, size));
        from += size;
    }
    return FAULT_NONE;
}

/* The raw file if it is there, else the packed one: a packer may be between the two. */
static enum fault source_path(const struct copier *copier, u64 seq_first, char path_out[],
                              bool *packed_out)
{
    for (u32 attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        *packed_out = attempt % 2 == 1;
        TRY(journal_segment_path(path_out, copier->options->folder, seq_first, *packed_out));
        bool exists = false;
        TRY(disk_exists(copier->options->disk, path_out, &exists));
        if (exists) {
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_MISSING, "%s: the segment is gone", path_out);
}

/* A closed segment, as it is on the disk. */
static enum fault whole_copy(struct copier *copier, struct file *source, u64 seq_first, bool packed)
{
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, copier->target, seq_first, packed));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(copier->options->disk, path, FILE_WRITE | FILE_CREATE, &file));
    u64 offset = 0;
    size_t size = PIECE_BYTES;
    while (size == PIECE_BYTES) {
        TRY(file_read_at(source, offset, copier->piece, PIECE_BYTES, &size));
        if (size > 0) {
            TRY(put(copier, &file, offset, size));
        }
        offset += size;
    }
    return file_sync(&file);
}

static enum fault closed_copy(struct copier *copier, u64 seq_first)
{
    enum fault fault = FAULT_MISSING;
    for (u32 attempt = 0; attempt < ATTEMPTS && fault == FAULT_MISSING; attempt += 1) {
        char path[FILE_PATH_BYTES];
        bool packed = false;
        SCOPED_FILE source = {.disk = NULL};
        TRY(source_path(copier, seq_first, path, &packed));
        fault = file_open(copier->options->disk, path, 0, &source);
        if (fault == FAULT_NONE) {
            return whole_copy(copier, &source, seq_first, packed);
        }
    }
    return fault;
}

static bool has_room(const struct copier *copier)
{
    return copier->cut->offset + JOURNAL_BLOCK_BYTES <= copier->header.segment_bytes;
}

/* The seal that the last batch does not have, in its segment. */
static enum fault seal_put(struct copier *copier, struct file *file)
{
    const struct journal_cut *cut = copier->cut;
    struct journal_batch_header header = {
        .seq_first = cut->seq + 1, .time_us = cut->time_us, .flags = JOURNAL_FLAG_SEAL};
    memcpy(header.hash_previous, cut->hash_end, JOURNAL_HASH_BYTES);
    memset(copier->piece, 0, JOURNAL_BLOCK_BYTES);
    journal_batch_encode(&copier->sha256, &header, copier->piece);
    return put(copier, file, cut->offset, JOURNAL_BLOCK_BYTES);
}

/* The same where there is no room: the header of a next segment does a seal's service. */
static enum fault next_segment_put(struct copier *copier)
{
    const struct journal_cut *cut = copier->cut;
    struct journal_segment_header header = {.seq_first = cut->seq + 1,
                                            .segment_bytes = EMPTY_SEGMENT_BYTES,
                                            .time_us = cut->time_us,
                                            .batch_bytes_max = EMPTY_BATCH_BYTES};
    memcpy(header.venue, copier->header.venue, JOURNAL_VENUE_BYTES);
    memcpy(header.hash_previous, cut->hash_end, JOURNAL_HASH_BYTES);
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, copier->target, header.seq_first, false));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(copier->options->disk, path, FILE_WRITE | FILE_CREATE, &file));
    TRY(zeros_put(copier, &file, JOURNAL_SEGMENT_HEADER, EMPTY_SEGMENT_BYTES));
    journal_segment_encode(&header, copier->piece);
    TRY(put(copier, &file, 0, JOURNAL_SEGMENT_HEADER));
    return file_sync(&file);
}

/* The segment's bytes up to the cut, from `piece_size` bytes of its beginning that are read. */
static enum fault head_copy(struct copier *copier, struct file *file, size_t piece_size)
{
    const struct journal_cut *cut = copier->cut;
    u64 offset = 0;
    while (offset < cut->offset) {
        size_t size = (size_t)u64_min(piece_size, cut->offset - offset);
        if (size == 0) {
            return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: the file ends here",
                         copier->source.file.path, (unsigned long long)offset);
        }
        TRY(put(copier, file, offset, size));
        offset += size;
        if (offset < cut->offset) {
            TRY(journal_source_read(&copier->source, copier->piece, PIECE_BYTES, &piece_size));
        }
    }
    TRY(copier->options->sparse
            ? file_resize(file, copier->header.segment_bytes)
            : zeros_put(copier, file, cut->offset, copier->header.segment_bytes));
    return cut->sealed || !has_room(copier) ? FAULT_NONE : seal_put(copier, file);
}

/* The segment in which the cut is, raw and of its full size. */
static enum fault last_copy(struct copier *copier)
{
    char path[FILE_PATH_BYTES];
    bool packed = false;
    size_t size = 0;
    TRY(source_path(copier, copier->cut->segment, path, &packed));
    TRY(journal_source_open(&copier->source, copier->options->disk, path, packed));
    TRY(journal_source_read(&copier->source, copier->piece, PIECE_BYTES, &size));
    if (size < JOURNAL_SEGMENT_HEADER) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset %zu: the file ends here", path, size);
    }
    enum journal_verdict verdict =
        journal_segment_decode(span_of(copier->piece, JOURNAL_SEGMENT_HEADER), &copier->header);
    if (verdict != JOURNAL_GOOD || copier->header.segment_bytes < copier->cut->offset) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: %s", path,
                     journal_verdict_text(verdict));
    }
    TRY(journal_segment_path(path, copier->target, copier->cut->segment, false));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(copier->options->disk, path, FILE_WRITE | FILE_CREATE, &file));
    TRY(head_copy(copier, &file, size));
    return file_sync(&file);
}

static enum fault copy(struct copier *copier)
{
    for (u32 i = 0; i < copier->folder.segments_count; i += 1) {
        if (copier->folder.segments[i].seq_first < copier->cut->segment) {
            TRY(closed_copy(copier, copier->folder.segments[i].seq_first));
            tell(copier->options, "copying segments", i + 1, copier->folder.segments_count);
        }
    }
    enum fault fault = last_copy(copier);
    journal_source_close(&copier->source);
    TRY(fault);
    if (!copier->cut->sealed && !has_room(copier)) {
        TRY(next_segment_put(copier));
    }
    return disk_sync_folder(copier->options->disk, copier->target);
}

enum fault journal_cut_copy(const struct journal_cut_options *options,
                            const struct journal_cut *cut, const char *target, u64 *bytes_out)
{
    CHECK(cut->seq > 0);
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, journal_folder_footprint(JOURNAL_SEGMENTS_MAX_DEFAULT),
                  FILE_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_source_footprint(), FILE_BLOCK_BYTES);
    footprint_add(&footprint, 1, PIECE_BYTES, FILE_BLOCK_BYTES);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(footprint.bytes, "copying the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct copier copier = {.options = options, .cut = cut, .target = target};
    TRY(segments_of(options, &arena, &copier.folder));
    journal_source_init(&copier.source, &arena);
    copier.piece = arena_take(&arena, PIECE_BYTES, FILE_BLOCK_BYTES);
    CHECK(copier.piece != NULL);
    TRY(sha256_open(&copier.sha256));
    enum fault fault = copy(&copier);
    sha256_close(&copier.sha256);
    *bytes_out = copier.bytes;
    return fault;
}

/* ---- reading back ---- */

enum fault journal_cut_check(const struct journal_cut_options *options,
                             const struct journal_cut *cut, const char *target)
{
    struct journal_cut_options reading = {.disk = options->disk,
                                          .folder = target,
                                          .threads = options->threads,
                                          .progress = options->progress};
    struct journal_cut found;
    TRY(journal_cut_find(&reading, &found));
    if (found.seq != cut->seq || memcmp(found.hash, cut->hash, JOURNAL_HASH_BYTES) != 0 ||
        found.torn_bytes > 0) {
        return FAULT(FAULT_DIVERGED, "%s: the copy ends with command %llu, the original with %llu",
                     target, (unsigned long long)found.seq, (unsigned long long)cut->seq);
    }
    return FAULT_NONE;
}
