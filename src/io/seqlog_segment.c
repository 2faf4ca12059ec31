#include "io/seqlog_segment.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#include <stdatomic.h>
#include <string.h>

enum {
    READY_SPIN_NS = 50000,
    READY_SLEEP_MS = 20,
    LATER_MS = 1000,
    IDLE_MS = 200,
    PACE_SLEEP_US = 250,
    QUIET_SLEEP_US = 5000,
    QUIET_LOOKS = 4, /* this many looks without a write between them mean that the log is idle */
};

size_t segments_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, JOURNAL_SEGMENT_HEADER, JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, SEGMENTS_ZERO_BYTES, JOURNAL_BLOCK_BYTES);
    return footprint.bytes;
}

void segments_init(struct segments *segments, const struct segments_config *config,
                   struct disk_lock *lock, struct arena *arena)
{
    CHECK(config->ahead_count >= 1);
    CHECK(config->ahead_count <= SEGMENTS_AHEAD_MAX);
    *segments = (struct segments){.config = *config, .lock = lock};
    bool fits = span_copy(span_of(config->folder, strlen(config->folder) + 1), segments->folder,
                          sizeof(segments->folder));
    CHECK(fits);
    segments->config.folder = segments->folder;
    segments->header_block = arena_take(arena, JOURNAL_SEGMENT_HEADER, JOURNAL_BLOCK_BYTES);
    segments->zeros = arena_take(arena, SEGMENTS_ZERO_BYTES, JOURNAL_BLOCK_BYTES);
    CHECK(segments->header_block != NULL);
    CHECK(segments->zeros != NULL);
    memset(segments->zeros, 0, SEGMENTS_ZERO_BYTES);
    atomic_init(&segments->prepared_count, 0);
    atomic_init(&segments->taken_count, 0);
    atomic_init(&segments->failures_count, 0);
    atomic_init(&segments->failure, FAULT_NONE);
    atomic_init(&segments->begun_count, 0);
    atomic_init(&segments->waits_count, 0);
    atomic_init(&segments->writes_count, 0);
    atomic_init(&segments->written, 0);
    atomic_init(&segments->written_bound, 0);
    atomic_init(&segments->hurry, false);
    atomic_init(&segments->stop, false);
    gate_init(&segments->prepare_gate);
    gate_init(&segments->ready_gate);
    int error = pthread_mutex_init(&segments->failure_mutex, NULL);
    CHECK(error == 0);
}

static void failure_trail_put(struct segments *segments)
{
    (void)pthread_mutex_lock(&segments->failure_mutex);
    fault_trail_copy(&segments->failure_trail);
    (void)pthread_mutex_unlock(&segments->failure_mutex);
}

static enum fault failure_trail_get(struct segments *segments)
{
    (void)pthread_mutex_lock(&segments->failure_mutex);
    enum fault fault = segments->failure_trail.fault;
    fault_trail_adopt(&segments->failure_trail);
    (void)pthread_mutex_unlock(&segments->failure_mutex);
    return fault;
}

/* ---- the writing side ---- */

static void publish_written(struct segments *segments)
{
    atomic_store_explicit(&segments->written_bound, segments->segment_bytes, memory_order_relaxed);
    atomic_store_explicit(&segments->written, segments->offset, memory_order_relaxed);
}

/* Writes zeros over [from, to), both whole blocks. */
static enum fault write_zeros(struct segments *segments, struct file *file, u64 from, u64 to)
{
    while (from < to) {
        size_t size = (size_t)u64_min(SEGMENTS_ZERO_BYTES, to - from);
        TRY(file_write_at(file, from, segments->zeros, size));
        from += size;
    }
    return FAULT_NONE;
}

static enum fault cut_torn_tail(struct segments *segments, const struct journal_end *end)
{
    log_warn("journal.torn_tail_cut", LOG_STR("file", segments->file.path),
             LOG_U64("offset", end->offset), LOG_U64("bytes", end->torn_bytes),
             LOG_U64("seq_next", end->seq_next));
    TRY(write_zeros(segments, &segments->file, end->offset, end->offset + end->torn_bytes));
    TRY(file_sync(&segments->file));
    return FAULT_NONE;
}

enum fault segments_resume(struct segments *segments, const struct journal_end *end)
{
    CHECK(!end->empty);
    CHECK(end->offset % JOURNAL_BLOCK_BYTES == 0);
    CHECK(end->torn_bytes % JOURNAL_BLOCK_BYTES == 0);
    memcpy(segments->venue, end->venue, JOURNAL_VENUE_BYTES);
    segments->segment = end->segment;
    segments->segment_bytes = end->segment_bytes;
    segments->offset = end->offset;
    /* A packed segment is closed; one with a smaller bound cannot take our batches. */
    segments->switch_wanted =
        end->segment_packed || end->batch_bytes_max < segments->config.batch_bytes_max;
    publish_written(segments);
    /* What we found may be seen and not safe yet: the process before us may have ended between a
     * rename and the sync of its folder, or in a write that the cache took. We build on it. */
    TRY(disk_sync_folder(segments->config.disk, segments->folder));
    if (end->segment_packed) {
        return FAULT_NONE;
    }
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, segments->folder, end->segment, false));
    TRY(file_open(segments->config.disk, path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC,
                  &segments->file));
    if (end->torn) {
        TRY(cut_torn_tail(segments, end));
    } else {
        TRY(file_sync(&segments->file));
    }
    return FAULT_NONE;
}

bool segments_has_space(const struct segments *segments, u32 bytes)
{
    return !segments->switch_wanted && segments->offset <= segments->segment_bytes &&
           bytes <= segments->segment_bytes - segments->offset;
}

enum fault segments_write(struct segments *segments, const u8 *batch, u32 bytes)
{
    CHECK(segments_has_space(segments, bytes));
    TRY(disk_lock_check(segments->lock));
    TRY(file_write_at(&segments->file, segments->offset, batch, bytes));
    segments->offset += bytes;
    atomic_fetch_add_explicit(&segments->writes_count, 1, memory_order_relaxed);
    publish_written(segments);
    return FAULT_NONE;
}

/* True when at least `count` prepared segments wait to be taken. */
static bool prepared_are_there(struct segments *segments, u64 count)
{
    u64 taken = atomic_load_explicit(&segments->taken_count, memory_order_relaxed);
    return atomic_load_explicit(&segments->prepared_count, memory_order_acquire) - taken >= count;
}

/* Waits until the preparing side has `count` segments, or has failed once more. */
static enum fault wait_for_prepared(struct segments *segments, u64 count)
{
    u64 failures = atomic_load_explicit(&segments->failures_count, memory_order_acquire);
    atomic_store_explicit(&segments->hurry, true, memory_order_release);
    gate_open(&segments->prepare_gate);
    for (;;) {
        u32 seen = gate_prepare(&segments->ready_gate);
        if (prepared_are_there(segments, count)) {
            return FAULT_NONE;
        }
        if (atomic_load_explicit(&segments->failures_count, memory_order_acquire) != failures) {
            return failure_trail_get(segments);
        }
        if (segments_stopped(segments)) {
            return FAULT(FAULT_STOPPED, "%s: closed before the next segment was ready",
                         segments->folder);
        }
        if (segments_stopped(segments)) {
            /* The preparing side has ended, or will: nothing more comes. */
            return FAULT(FAULT_STOPPED, "%s: not finished", segments->folder);
        }
        gate_wait(&segments->ready_gate, seen, READY_SPIN_NS, READY_SLEEP_MS);
    }
}

/* Takes the oldest prepared file out of the ring. */
static enum fault take_prepared(struct segments *segments, struct file *file_out)
{
    if (!prepared_are_there(segments, 1)) {
        atomic_fetch_add_explicit(&segments->waits_count, 1, memory_order_relaxed);
        TRY(segments->config.threads ? wait_for_prepared(segments, 1) : segments_prepare(segments));
    }
    u64 taken = atomic_load_explicit(&segments->taken_count, memory_order_relaxed);
    *file_out = file_release(&segments->prepared[taken % SEGMENTS_AHEAD_MAX]);
    atomic_store_explicit(&segments->hurry, false, memory_order_relaxed);
    atomic_store_explicit(&segments->taken_count, taken + 1, memory_order_release);
    gate_open(&segments->prepare_gate);
    return FAULT_NONE;
}

/* The name of the segment that begins at `seq_first`. Only our own segment may have it already, and
 * only while it is empty: a rename over any other would destroy it. */
static enum fault segment_name_free(struct segments *segments, u64 seq_first,
                                    char path_out[FILE_PATH_BYTES])
{
    TRY(journal_segment_path(path_out, segments->folder, seq_first, false));
    if (segments->segment == seq_first) {
        CHECK(segments->offset == JOURNAL_SEGMENT_HEADER);
        return FAULT_NONE;
    }
    bool exists = false;
    TRY(disk_exists(segments->config.disk, path_out, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: is there already", path_out);
    }
    return FAULT_NONE;
}

enum fault segments_switch(struct segments *segments, const struct segments_point *point)
{
    TRY(disk_lock_check(segments->lock));
    SCOPED_FILE next = {.disk = NULL};
    TRY(take_prepared(segments, &next));
    struct journal_segment_header header = {
        .seq_first = point->seq_next,
        .segment_bytes = segments->config.segment_bytes,
        .time_us = point->time_us,
        .batch_bytes_max = segments->config.batch_bytes_max,
    };
    memcpy(header.venue, segments->venue, JOURNAL_VENUE_BYTES);
    memcpy(header.hash_previous, point->hash, JOURNAL_HASH_BYTES);
    journal_segment_encode(&header, segments->header_block);
    TRY(file_write_at(&next, 0, segments->header_block, JOURNAL_SEGMENT_HEADER));
    char path[FILE_PATH_BYTES];
    TRY(segment_name_free(segments, point->seq_next, path));
    TRY(disk_rename(segments->config.disk, next.path, path));
    TRY(disk_sync_folder(segments->config.disk, segments->folder));
    file_close(&segments->file);
    segments->file = file_release(&next);
    memcpy(segments->file.path, path, sizeof(path));
    segments->segment = point->seq_next;
    segments->segment_bytes = header.segment_bytes;
    segments->offset = JOURNAL_SEGMENT_HEADER;
    segments->switch_wanted = false;
    atomic_fetch_add_explicit(&segments->begun_count, 1, memory_order_relaxed);
    publish_written(segments);
    return FAULT_NONE;
}

/* ---- the preparing side ---- */

bool segments_want_preparing(struct segments *segments)
{
    u64 prepared = atomic_load_explicit(&segments->prepared_count, memory_order_relaxed);
    u64 taken = atomic_load_explicit(&segments->taken_count, memory_order_acquire);
    u64 reserve = prepared - taken;
    bool hurry = atomic_load_explicit(&segments->hurry, memory_order_acquire);
    /* Begins when half is used up, then fills up: fewer, longer pieces of work. */
    if (reserve <= segments->config.ahead_count / 2 ||
        (hurry && reserve < segments->config.ahead_count)) {
        segments->refilling = true;
    } else if (reserve >= segments->config.ahead_count) {
        segments->refilling = false;
    }
    return segments->refilling;
}

/* What zeroing may do now. It shares the disk with the log's own writes, which are worth more. */
enum pace { PACE_STOP, PACE_WAIT, PACE_IN_STEP, PACE_FREE };

static enum pace pace_now(struct segments *segments, u64 zeroed, bool quiet)
{
    if (segments_stopped(segments)) {
        return PACE_STOP;
    }
    bool hurry = atomic_load_explicit(&segments->hurry, memory_order_acquire);
    if (hurry || quiet || !segments->config.threads) {
        return PACE_FREE;
    }
    if (prepared_are_there(segments, 1)) {
        return PACE_WAIT;
    }
    /* Nothing is in reserve: a little faster than the current segment fills. */
    u64 bound = atomic_load_explicit(&segments->written_bound, memory_order_relaxed);
    u64 written = atomic_load_explicit(&segments->written, memory_order_relaxed);
    u64 size = segments->config.segment_bytes;
    u128 allowed = bound == 0 ? size : (u128)size * written / bound * 5 / 4 + size / 20;
    return zeroed < allowed ? PACE_IN_STEP : PACE_WAIT;
}

/* How the log's own writing looks from the preparing side. */
struct pace_watch {
    u64 writes_seen;
    u32 quiet_looks; /* in a row without a write */
};

/* Waits until more may be zeroed; returns how much in one write, 0 when the work is to end. */
static u32 wait_for_pace(struct segments *segments, u64 zeroed, struct pace_watch *watch)
{
    for (;;) {
        u64 writes = atomic_load_explicit(&segments->writes_count, memory_order_relaxed);
        watch->quiet_looks = writes == watch->writes_seen ? watch->quiet_looks : 0;
        watch->writes_seen = writes;
        u32 seen = gate_prepare(&segments->prepare_gate);
        switch (pace_now(segments, zeroed, watch->quiet_looks >= QUIET_LOOKS)) {
        case PACE_STOP:
            return 0;
        case PACE_FREE:
            return SEGMENTS_ZERO_BYTES;
        case PACE_IN_STEP:
            gate_wait_us(&segments->prepare_gate, seen, 0, PACE_SLEEP_US);
            return SEGMENTS_PACE_BYTES;
        case PACE_WAIT:
            gate_wait_us(&segments->prepare_gate, seen, 0, QUIET_SLEEP_US);
            watch->quiet_looks += 1;
            break;
        }
    }
}

static enum fault zero_all(struct segments *segments, struct file *file)
{
    u64 size = segments->config.segment_bytes;
    struct pace_watch watch = {0};
    for (u64 zeroed = 0; zeroed < size;) {
        u32 step = wait_for_pace(segments, zeroed, &watch);
        if (step == 0) {
            return FAULT(FAULT_STOPPED, "%s: not finished", file->path);
        }
        u64 to = u64_min(size, zeroed + step);
        TRY(write_zeros(segments, file, zeroed, to));
        zeroed = to;
    }
    TRY(file_sync(file));
    return FAULT_NONE;
}

static enum fault prepare_file(struct segments *segments, const char *path, struct file *file_out)
{
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(segments->config.disk, path, FILE_WRITE | FILE_CREATE | FILE_DIRECT, &file));
    TRY(file_reserve(&file, segments->config.segment_bytes));
    TRY(zero_all(segments, &file));
    file_close(&file);
    TRY(file_open(segments->config.disk, path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC, file_out));
    return FAULT_NONE;
}

/* Gives back the space of an unfinished file; the fault that brought us here stays the one told. */
static void prepare_undo(struct segments *segments, const char *path)
{
    struct fault_trail trail;
    fault_trail_copy(&trail);
    enum fault ignored = disk_unlink(segments->config.disk, path);
    (void)ignored;
    fault_trail_adopt(&trail);
}

static void prepare_failed(struct segments *segments, enum fault fault)
{
    enum fault before = (enum fault)atomic_load_explicit(&segments->failure, memory_order_relaxed);
    if (before != fault) {
        log_warn("journal.prepare_failed", LOG_STR("folder", segments->folder), LOG_FAULT(fault));
    }
    failure_trail_put(segments);
    atomic_store_explicit(&segments->failure, (u32)fault, memory_order_relaxed);
    atomic_store_explicit(&segments->hurry, false, memory_order_relaxed);
    atomic_fetch_add_explicit(&segments->failures_count, 1, memory_order_release);
    gate_open(&segments->ready_gate);
}

enum fault segments_prepare(struct segments *segments)
{
    char path[FILE_PATH_BYTES];
    TRY(journal_prepared_path(path, segments->folder, segments->prepare_number));
    segments->prepare_number += 1;
    u64 prepared = atomic_load_explicit(&segments->prepared_count, memory_order_relaxed);
    struct file file;
    enum fault fault = prepare_file(segments, path, &file);
    if (fault != FAULT_NONE) {
        prepare_undo(segments, path);
        if (fault != FAULT_STOPPED) {
            prepare_failed(segments, fault);
        }
        return fault;
    }
    segments->prepared[prepared % SEGMENTS_AHEAD_MAX] = file;
    atomic_store_explicit(&segments->failure, FAULT_NONE, memory_order_relaxed);
    atomic_store_explicit(&segments->prepared_count, prepared + 1, memory_order_release);
    gate_open(&segments->ready_gate);
    return FAULT_NONE;
}

enum fault segments_prepare_all(struct segments *segments)
{
    if (segments->config.threads) {
        TRY(wait_for_prepared(segments, segments->config.ahead_count));
        atomic_store_explicit(&segments->hurry, false, memory_order_relaxed);
        return FAULT_NONE;
    }
    while (segments_want_preparing(segments)) {
        TRY(segments_prepare(segments));
    }
    return FAULT_NONE;
}

u64 segments_begun(const struct segments *segments)
{
    return atomic_load_explicit(&segments->begun_count, memory_order_relaxed);
}

u64 segments_waits(const struct segments *segments)
{
    return atomic_load_explicit(&segments->waits_count, memory_order_relaxed);
}

enum fault segments_failure(const struct segments *segments)
{
    return (enum fault)atomic_load_explicit(&segments->failure, memory_order_relaxed);
}

void segments_prepare_later(struct segments *segments)
{
    u32 seen = gate_prepare(&segments->prepare_gate);
    if (!segments_stopped(segments) &&
        !atomic_load_explicit(&segments->hurry, memory_order_acquire)) {
        gate_wait(&segments->prepare_gate, seen, 0, LATER_MS);
    }
}

void segments_prepare_idle(struct segments *segments)
{
    u32 seen = gate_prepare(&segments->prepare_gate);
    if (!segments_stopped(segments) && !segments_want_preparing(segments)) {
        gate_wait(&segments->prepare_gate, seen, 0, IDLE_MS);
    }
}

void segments_stop(struct segments *segments)
{
    atomic_store_explicit(&segments->stop, true, memory_order_release);
    gate_open(&segments->prepare_gate);
    gate_open(&segments->ready_gate);
    gate_open(&segments->ready_gate);
}

bool segments_stopped(struct segments *segments)
{
    return atomic_load_explicit(&segments->stop, memory_order_acquire);
}

void segments_close(struct segments *segments)
{
    for (u32 index = 0; index < SEGMENTS_AHEAD_MAX; index += 1) {
        struct file *file = &segments->prepared[index];
        if (file->disk != NULL) {
            file_close(file);
            prepare_undo(segments, file->path);
        }
    }
    file_close(&segments->file);
    (void)pthread_mutex_destroy(&segments->failure_mutex);
}
