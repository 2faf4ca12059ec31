#include "io/journal_walk.h"

#include "base/check.h"
#include "base/span.h"

#include <stdatomic.h>
#include <string.h>

_Static_assert(JOURNAL_TAIL_BYTES % JOURNAL_BLOCK_BYTES == 0, "a read is whole blocks");

enum fault journal_walk_config(const struct journal_reader_config *config,
                               struct journal_reader_config *config_out)
{
    struct journal_reader_config full = *config;
    full.segments_max = full.segments_max == 0 ? JOURNAL_SEGMENTS_MAX_DEFAULT : full.segments_max;
    full.window_bytes = full.window_bytes == 0 ? JOURNAL_WINDOW_BYTES_DEFAULT : full.window_bytes;
    full.batch_bytes_max =
        full.batch_bytes_max == 0 ? JOURNAL_BATCH_BYTES_MAX : full.batch_bytes_max;
    full.windows_count = full.windows_count == 0 ? 1 : full.windows_count;
    if (full.window_bytes % JOURNAL_BLOCK_BYTES != 0 || full.window_bytes > 1U << 30 ||
        full.batch_bytes_max % JOURNAL_BLOCK_BYTES != 0 ||
        full.batch_bytes_max > JOURNAL_BATCH_BYTES_MAX ||
        full.windows_count > JOURNAL_WINDOWS_MAX || (full.live && full.windows_count > 1)) {
        return FAULT(FAULT_USAGE, "journal reader of %s: impossible sizes", full.folder);
    }
    *config_out = full;
    return FAULT_NONE;
}

/* A window is read in steps of window_bytes, and has room for the largest batch. */
static u32 window_room(const struct journal_reader_config *config)
{
    return config->window_bytes > config->batch_bytes_max ? config->window_bytes
                                                          : config->batch_bytes_max;
}

static u32 window_batches_max(const struct journal_reader_config *config)
{
    return window_room(config) / JOURNAL_BLOCK_BYTES;
}

size_t journal_window_footprint(const struct journal_reader_config *config)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, window_room(config), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, window_batches_max(config), sizeof(struct journal_batch),
                  JOURNAL_BLOCK_BYTES);
    /* Whole blocks, so that footprints of several windows add up. */
    footprint_add(&footprint, 0, 1, JOURNAL_BLOCK_BYTES);
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

void journal_window_init(struct journal_window *window, const struct journal_reader_config *config,
                         struct arena *arena)
{
    *window = (struct journal_window){.filled = 0};
    window->data = arena_take(arena, window_room(config), JOURNAL_BLOCK_BYTES);
    window->batches = arena_take_array(arena, window_batches_max(config),
                                       sizeof(struct journal_batch), JOURNAL_BLOCK_BYTES);
    CHECK(window->data != NULL);
    CHECK(window->batches != NULL);
}

size_t journal_walk_footprint(const struct journal_reader_config *config)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, JOURNAL_TAIL_BYTES, JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_source_footprint(), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_folder_footprint(config->segments_max),
                  JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 0, 1, JOURNAL_BLOCK_BYTES);
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

/* The segment that holds seq_from: the last one that does not begin after it. */
static enum fault walk_find_start(struct journal_walk *walk)
{
    const struct journal_folder *folder = &walk->folder;
    walk->segment_index = 0;
    if (folder->segments_count == 0 || walk->config.seq_from == 0) {
        return FAULT_NONE;
    }
    if (folder->segments[0].seq_first > walk->config.seq_from) {
        return FAULT(FAULT_MISSING, "%s: sequence %llu is wanted, the journal begins at %llu",
                     folder->path, (unsigned long long)walk->config.seq_from,
                     (unsigned long long)folder->segments[0].seq_first);
    }
    while (walk->segment_index + 1 < folder->segments_count &&
           folder->segments[walk->segment_index + 1].seq_first <= walk->config.seq_from) {
        walk->segment_index += 1;
    }
    return FAULT_NONE;
}

enum fault journal_walk_open(struct journal_walk *walk, const struct journal_reader_config *config,
                             struct arena *arena)
{
    *walk = (struct journal_walk){.config = *config};
    atomic_init(&walk->bytes_done, 0);
    atomic_init(&walk->bytes_all, 0);
    walk->tail = arena_take(arena, JOURNAL_TAIL_BYTES, JOURNAL_BLOCK_BYTES);
    CHECK(walk->tail != NULL);
    journal_source_init(&walk->source, arena);
    TRY(journal_folder_init(&walk->folder, config->disk, config->folder, config->segments_max,
                            arena));
    walk->config.folder = walk->folder.path;
    TRY(sha256_open(&walk->sha256));
    TRY(journal_folder_scan(&walk->folder));
    TRY(walk_find_start(walk));
    return FAULT_NONE;
}

void journal_walk_close(struct journal_walk *walk)
{
    journal_source_close(&walk->source);
    sha256_close(&walk->sha256);
}

/* ---- segments ---- */

static const struct journal_segment_name *segment_name(const struct journal_walk *walk)
{
    return &walk->folder.segments[walk->segment_index];
}

static bool segment_is_last(const struct journal_walk *walk)
{
    return walk->segment_index + 1 >= walk->folder.segments_count;
}

static enum fault segment_header_fault(const struct journal_walk *walk,
                                       enum journal_verdict verdict)
{
    const char *path = walk->source.file.path;
    switch (verdict) {
    case JOURNAL_BAD_MAGIC:
        return FAULT(FAULT_FOREIGN, "%s: not a journal segment (byte offset 0)", path);
    case JOURNAL_NEWER:
        return FAULT(FAULT_NEWER, "%s: written by a newer version; this one reads format %u", path,
                     JOURNAL_VERSION);
    case JOURNAL_CUT_OFF:
        return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: the file is shorter than a header",
                     path);
    case JOURNAL_GOOD:
    case JOURNAL_ZERO:
    case JOURNAL_BAD_CHECKSUM:
    case JOURNAL_BAD_FIELD:
    case JOURNAL_BAD_PAYLOAD:
    case JOURNAL_BAD_RECORDS:
    case JOURNAL_BAD_PADDING:
    case JOURNAL_BAD_HASH:
    case JOURNAL_BAD_CHAIN:
    case JOURNAL_BAD_SEQUENCE:
    case JOURNAL_BAD_TIME:
        break;
    }
    return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: %s", path,
                 journal_verdict_text(verdict));
}

/* The header against its file. */
static enum fault segment_check_file(struct journal_walk *walk,
                                     const struct journal_segment_header *header)
{
    const char *path = walk->source.file.path;
    if (header->seq_first != segment_name(walk)->seq_first) {
        return FAULT(FAULT_ROT, "%s: the name does not match the contents, which begin at %llu",
                     path, (unsigned long long)header->seq_first);
    }
    if (header->batch_bytes_max > walk->config.batch_bytes_max) {
        return FAULT(FAULT_LIMIT, "%s: has batches of up to %u bytes, the limit is %u", path,
                     header->batch_bytes_max, walk->config.batch_bytes_max);
    }
    u64 file_bytes = header->segment_bytes;
    if (!walk->source.packed) {
        TRY(file_size(&walk->source.file, &file_bytes));
    }
    if (file_bytes != header->segment_bytes) {
        return FAULT(FAULT_ROT,
                     "%s: damaged at byte offset %llu: the file has %llu bytes, not %llu", path,
                     (unsigned long long)u64_min(file_bytes, header->segment_bytes),
                     (unsigned long long)file_bytes, (unsigned long long)header->segment_bytes);
    }
    return FAULT_NONE;
}

/* The header against what came before. */
static enum fault segment_check_chain(struct journal_walk *walk,
                                      const struct journal_segment_header *header)
{
    const char *path = walk->source.file.path;
    if (!walk->chain_begun) {
        u8 start[JOURNAL_HASH_BYTES];
        journal_chain_start(&walk->sha256, header->venue, start);
        if (header->seq_first == 1 &&
            memcmp(start, header->hash_previous, JOURNAL_HASH_BYTES) != 0) {
            return FAULT(FAULT_ROT, "%s: damaged at byte offset 0: the chain does not begin here",
                         path);
        }
        walk->chain_begun = true;
        walk->seq_next = header->seq_first;
        walk->time_us = header->time_us;
        memcpy(walk->hash, header->hash_previous, JOURNAL_HASH_BYTES);
        return FAULT_NONE;
    }
    if (memcmp(header->venue, walk->segment.venue, JOURNAL_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: belongs to another venue than the segment before it",
                     path);
    }
    if (header->seq_first != walk->seq_next || header->time_us != walk->time_us ||
        memcmp(header->hash_previous, walk->hash, JOURNAL_HASH_BYTES) != 0) {
        return FAULT(FAULT_ROT,
                     "%s: does not follow the batch before it: that one ends before sequence %llu, "
                     "in segment %llu at byte offset %llu; this one begins at %llu",
                     path, (unsigned long long)walk->seq_next,
                     (unsigned long long)walk->segment.seq_first, (unsigned long long)walk->offset,
                     (unsigned long long)header->seq_first);
    }
    return FAULT_NONE;
}

static enum fault segment_open_file(struct journal_walk *walk, bool packed)
{
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, walk->folder.path, segment_name(walk)->seq_first, packed));
    TRY(journal_source_open(&walk->source, walk->config.disk, path, packed));
    return FAULT_NONE;
}

static enum fault segment_open(struct journal_walk *walk)
{
    enum fault fault = segment_open_file(walk, !segment_name(walk)->raw);
    if (fault == FAULT_MISSING && segment_name(walk)->raw) {
        /* Perhaps it was packed after we looked into the folder. */
        struct fault_trail trail;
        fault_trail_copy(&trail);
        fault = segment_open_file(walk, true);
        if (fault == FAULT_MISSING) {
            fault_trail_adopt(&trail);
        }
    }
    TRY(fault);
    size_t got = 0;
    TRY(journal_source_read(&walk->source, walk->tail, JOURNAL_SEGMENT_HEADER, &got));
    struct journal_segment_header header;
    enum journal_verdict verdict = journal_segment_decode(span_of(walk->tail, got), &header);
    if (verdict != JOURNAL_GOOD) {
        return segment_header_fault(walk, verdict);
    }
    TRY(segment_check_file(walk, &header));
    TRY(segment_check_chain(walk, &header));
    walk->segment = header;
    walk->segment_open = true;
    walk->offset = JOURNAL_SEGMENT_HEADER;
    /* The header closes what is before it: it carries the last batch's hash. */
    walk->sealed = true;
    u64 segments_left = walk->folder.segments_count - walk->segment_index;
    u64 done = atomic_load_explicit(&walk->bytes_done, memory_order_relaxed);
    atomic_store_explicit(&walk->bytes_all, header.segment_bytes * segments_left + done,
                          memory_order_relaxed);
    atomic_store_explicit(&walk->bytes_done, done + JOURNAL_SEGMENT_HEADER, memory_order_relaxed);
    return FAULT_NONE;
}

/* ---- the tail ---- */

/* What lies between the last good batch and the end of its segment. */
struct remains {
    enum journal_verdict verdict; /* of what stands where the next batch would */
    u64 skip_to;                  /* the end of that batch, when its header is good */
    bool some;                    /* bytes that are not zero */
    u64 last;                     /* end of the last block that has some */
    bool header_follows;          /* a good batch header stands further behind */
    u64 header_offset;
    u64 header_seq;
};

static void remains_add(struct remains *remains, const struct journal_walk *walk, u64 offset,
                        struct span bytes)
{
    for (size_t at = 0; at < bytes.size; at += JOURNAL_BLOCK_BYTES) {
        size_t size = bytes.size - at < JOURNAL_BLOCK_BYTES ? bytes.size - at : JOURNAL_BLOCK_BYTES;
        struct span block = span_piece(bytes, at, size);
        if (span_is_zero(block)) {
            continue;
        }
        remains->some = true;
        remains->last = offset + at + size;
        struct journal_batch_header header;
        /* Inside the unfinished batch there are its records, whatever they look like. */
        if (!remains->header_follows && offset + at > walk->offset &&
            offset + at >= remains->skip_to &&
            journal_batch_decode(block, walk->segment.batch_bytes_max, &header) == JOURNAL_GOOD) {
            remains->header_follows = true;
            remains->header_offset = offset + at;
            remains->header_seq = header.seq_first;
        }
    }
}

static enum fault remains_fault(const struct remains *remains, const struct journal_walk *walk)
{
    const char *path = walk->source.file.path;
    if (remains->header_follows) {
        return FAULT(FAULT_ROT,
                     "%s: damaged at byte offset %llu: %s; a later batch, sequence %llu, follows "
                     "at byte offset %llu",
                     path, (unsigned long long)walk->offset, journal_verdict_text(remains->verdict),
                     (unsigned long long)remains->header_seq,
                     (unsigned long long)remains->header_offset);
    }
    if (!segment_is_last(walk)) {
        return FAULT(FAULT_ROT,
                     "%s: damaged at byte offset %llu: %s; a later segment, sequence %llu, follows",
                     path, (unsigned long long)walk->offset, journal_verdict_text(remains->verdict),
                     (unsigned long long)segment_name(walk)[1].seq_first);
    }
    return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: %s", path,
                 (unsigned long long)walk->offset, journal_verdict_text(remains->verdict));
}

/* True for what an interrupted write can leave behind; everything else was whole once. */
static bool verdict_may_be_torn(enum journal_verdict verdict)
{
    switch (verdict) {
    case JOURNAL_ZERO:
    case JOURNAL_BAD_MAGIC:
    case JOURNAL_BAD_CHECKSUM:
    case JOURNAL_BAD_PAYLOAD:
        return true;
    case JOURNAL_GOOD:
    case JOURNAL_NEWER:
    case JOURNAL_BAD_FIELD:
    case JOURNAL_BAD_RECORDS:
    case JOURNAL_BAD_PADDING:
    case JOURNAL_BAD_HASH:
    case JOURNAL_BAD_CHAIN:
    case JOURNAL_BAD_SEQUENCE:
    case JOURNAL_BAD_TIME:
    case JOURNAL_CUT_OFF:
        return false;
    }
    return false;
}

static void walk_end(struct journal_walk *walk, const struct remains *remains)
{
    walk->ended = true;
    walk->end = (struct journal_end){
        .segment = walk->segment.seq_first,
        .segment_packed = walk->source.packed,
        .segment_bytes = walk->segment.segment_bytes,
        .batch_bytes_max = walk->segment.batch_bytes_max,
        .offset = walk->offset,
        .seq_next = walk->seq_next,
        .time_us = walk->time_us,
        .sealed = walk->sealed,
        .torn = remains->some,
        .torn_bytes = remains->some ? remains->last - walk->offset : 0,
    };
    memcpy(walk->end.venue, walk->segment.venue, JOURNAL_VENUE_BYTES);
    memcpy(walk->end.hash, walk->hash, JOURNAL_HASH_BYTES);
}

/* Reads what is left of the segment, from `known` on, which begins at walk->offset. */
static enum fault remains_gather(struct journal_walk *walk, struct span known,
                                 struct remains *remains)
{
    remains_add(remains, walk, walk->offset, known);
    u64 offset = walk->offset + known.size;
    while (offset < walk->segment.segment_bytes) {
        size_t wanted = (size_t)u64_min(JOURNAL_TAIL_BYTES, walk->segment.segment_bytes - offset);
        size_t got = 0;
        TRY(journal_source_read(&walk->source, walk->tail, wanted, &got));
        if (got != wanted) {
            return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: the file ends here",
                         walk->source.file.path, (unsigned long long)(offset + got));
        }
        remains_add(remains, walk, offset, span_of(walk->tail, got));
        offset += got;
    }
    size_t beyond = 0;
    TRY(journal_source_read(&walk->source, walk->tail, JOURNAL_BLOCK_BYTES, &beyond));
    if (beyond != 0) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: the file should end here",
                     walk->source.file.path, (unsigned long long)offset);
    }
    return FAULT_NONE;
}

/* There is no good batch at walk->offset: a clean end, a torn tail, or rot? Sets walk->ended, or
 * leaves the segment. */
static enum fault walk_judge(struct journal_walk *walk, struct span known,
                             enum journal_verdict verdict, u64 bad_bytes)
{
    struct remains remains = {.verdict = verdict, .skip_to = walk->offset + bad_bytes};
    if (walk->config.live && segment_is_last(walk)) {
        walk_end(walk, &remains);
        return FAULT_NONE;
    }
    TRY(remains_gather(walk, known, &remains));
    bool torn_or_clean = verdict_may_be_torn(verdict) && !remains.header_follows;
    /* A segment that was packed had been closed. */
    bool closed = walk->source.packed || !segment_is_last(walk);
    if (!torn_or_clean || (remains.some && closed)) {
        return remains_fault(&remains, walk);
    }
    atomic_fetch_add_explicit(&walk->bytes_done, walk->segment.segment_bytes - walk->offset,
                              memory_order_relaxed);
    if (segment_is_last(walk)) {
        walk_end(walk, &remains);
        return FAULT_NONE;
    }
    walk->segment_open = false;
    walk->segment_index += 1;
    return FAULT_NONE;
}

/* ---- batches ---- */

/* Whether the batch at the start of `bytes` is good and follows; *total_out is its size when its
 * header is good. CUT_OFF: it goes on behind `bytes`. */
static enum journal_verdict batch_verdict(struct journal_walk *walk, struct span bytes,
                                          struct journal_batch_header *header, u32 *total_out)
{
    *total_out = 0;
    enum journal_verdict verdict =
        journal_batch_decode(bytes, walk->segment.batch_bytes_max, header);
    if (verdict != JOURNAL_GOOD) {
        return verdict;
    }
    *total_out = journal_batch_bytes(header->length);
    if (*total_out > bytes.size) {
        return JOURNAL_CUT_OFF;
    }
    verdict = journal_batch_check(&walk->sha256, header, span_piece(bytes, 0, *total_out));
    if (verdict != JOURNAL_GOOD) {
        return verdict;
    }
    if (header->seq_first != walk->seq_next) {
        return JOURNAL_BAD_SEQUENCE;
    }
    if (memcmp(header->hash_previous, walk->hash, JOURNAL_HASH_BYTES) != 0) {
        return JOURNAL_BAD_CHAIN;
    }
    return header->time_us < walk->time_us ? JOURNAL_BAD_TIME : JOURNAL_GOOD;
}

/* Takes a good batch into the chain, and into the window unless it lies before what is wanted. */
static void window_add(struct journal_walk *walk, struct journal_window *window,
                       const struct journal_batch_header *header, u32 at, u64 offset)
{
    walk->seq_next += header->count;
    walk->time_us = header->time_us;
    walk->sealed = header->flags == JOURNAL_FLAG_SEAL;
    memcpy(walk->hash, header->hash, JOURNAL_HASH_BYTES);
    u64 wanted_from = walk->config.seq_from;
    bool before = header->count == 0 ? header->seq_first < wanted_from
                                     : header->seq_first + header->count <= wanted_from;
    if (before) {
        return;
    }
    CHECK(window->batches_count < window_batches_max(&walk->config));
    window->batches[window->batches_count] = (struct journal_batch){
        .header = *header,
        .records = span_of(window->data + at + JOURNAL_BATCH_HEADER_BYTES, header->length),
        .segment = walk->segment.seq_first,
        .offset = offset,
    };
    window->batches_count += 1;
}

/* Walks over the batches in the window's bytes, which begin at walk->offset of the segment. */
static enum fault window_walk(struct journal_walk *walk, struct journal_window *window)
{
    u64 base = walk->offset;
    bool whole_segment = base + window->filled >= walk->segment.segment_bytes;
    u32 at = 0;
    while (walk->segment_open && !walk->ended) {
        struct span bytes = span_of(window->data + at, window->filled - at);
        struct journal_batch_header header;
        u32 total = 0;
        enum journal_verdict verdict = JOURNAL_ZERO;
        if (bytes.size > 0) {
            verdict = batch_verdict(walk, bytes, &header, &total);
        } else if (!whole_segment) {
            break;
        }
        if (verdict == JOURNAL_CUT_OFF && !whole_segment) {
            break;
        }
        if (verdict != JOURNAL_GOOD) {
            window->used = window->filled;
            return walk_judge(walk, bytes, verdict, total);
        }
        window_add(walk, window, &header, at, base + at);
        at += total;
        walk->offset = base + at;
        atomic_fetch_add_explicit(&walk->bytes_done, total, memory_order_relaxed);
    }
    window->used = at;
    return FAULT_NONE;
}

/* Bytes of the last window that belong to a batch that goes on in this one. */
static u32 window_carry(struct journal_window *window, const struct journal_window *previous)
{
    u32 carried = 0;
    if (previous != NULL && previous->used < previous->filled) {
        carried = previous->filled - previous->used;
        memmove(window->data, previous->data + previous->used, carried);
    }
    window->filled = carried;
    window->used = 0;
    return carried;
}

static enum fault walk_step(struct journal_walk *walk, struct journal_window *window)
{
    if (walk->folder.segments_count == 0) {
        walk->ended = true;
        walk->end = (struct journal_end){.empty = true, .seq_next = 1, .sealed = true};
        return FAULT_NONE;
    }
    if (!walk->segment_open) {
        TRY(segment_open(walk));
        window->filled = 0;
    }
    u64 read_from = walk->offset + window->filled;
    u64 left = walk->segment.segment_bytes - read_from;
    u64 room = window_room(&walk->config) - window->filled;
    size_t wanted = (size_t)u64_min(u64_min(walk->config.window_bytes, room), left);
    size_t got = 0;
    TRY(journal_source_read(&walk->source, window->data + window->filled, wanted, &got));
    if (got != wanted) {
        return FAULT(FAULT_ROT, "%s: damaged at byte offset %llu: the file ends here",
                     walk->source.file.path, (unsigned long long)(read_from + got));
    }
    window->filled += (u32)got;
    TRY(window_walk(walk, window));
    return FAULT_NONE;
}

/* Back to walk->offset of the open segment. */
static enum fault source_return(struct journal_walk *walk)
{
    if (!walk->source.packed) {
        journal_source_seek(&walk->source, walk->offset);
        return FAULT_NONE;
    }
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, walk->folder.path, walk->segment.seq_first, true));
    TRY(journal_source_open(&walk->source, walk->config.disk, path, true));
    while (walk->source.offset < walk->offset) {
        size_t wanted = (size_t)u64_min(JOURNAL_TAIL_BYTES, walk->offset - walk->source.offset);
        size_t got = 0;
        TRY(journal_source_read(&walk->source, walk->tail, wanted, &got));
        if (got != wanted) {
            return FAULT(FAULT_ROT, "%s: the file became shorter while it was read", path);
        }
    }
    return FAULT_NONE;
}

/* A live journal may have grown, or a new segment may have begun behind it. */
static enum fault walk_resume(struct journal_walk *walk, struct journal_window *window)
{
    u64 segment = walk->segment_open ? walk->segment.seq_first : 0;
    TRY(journal_folder_scan(&walk->folder));
    walk->ended = false;
    window->filled = 0;
    window->used = 0;
    if (segment == 0) {
        return walk_find_start(walk);
    }
    walk->segment_index = 0;
    while (walk->folder.segments_count > walk->segment_index &&
           walk->folder.segments[walk->segment_index].seq_first < segment) {
        walk->segment_index += 1;
    }
    if (walk->segment_index == walk->folder.segments_count ||
        segment_name(walk)->seq_first != segment) {
        return FAULT(FAULT_MISSING, "%s: segment %llu has gone while it was read",
                     walk->folder.path, (unsigned long long)segment);
    }
    return source_return(walk);
}

static enum fault window_fill(struct journal_walk *walk, struct journal_window *window)
{
    if (walk->ended && walk->config.live) {
        TRY(walk_resume(walk, window));
    }
    while (!walk->ended && window->batches_count == 0) {
        (void)window_carry(window, window);
        TRY(walk_step(walk, window));
    }
    return FAULT_NONE;
}

void journal_walk_fill(struct journal_walk *walk, struct journal_window *window,
                       const struct journal_window *previous)
{
    (void)window_carry(window, previous);
    window->batches_count = 0;
    window->fault = window_fill(walk, window);
    if (window->fault != FAULT_NONE) {
        fault_trail_copy(&window->trail);
    }
    window->last = walk->ended || window->fault != FAULT_NONE;
}
