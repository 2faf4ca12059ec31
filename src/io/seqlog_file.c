#include "io/seqlog_file.h"

#include "base/check.h"
#include "base/span.h"
#include "io/cpu.h"
#include "io/log.h"
#include "io/seqlog_segment.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum {
    SEGMENT_BYTES_DEFAULT = 128 << 20,
    BATCH_BYTES_DEFAULT = (1 << 20) + 4096,
    INLINE_BYTES_DEFAULT = 16 << 10,
    SPIN_US_DEFAULT = 20,
    SLEEP_MS = 100,
    THREADS_COUNT = 3,
    HASH_STEP_BYTES = 8 << 10, /* less than ten microseconds */
};

struct slot {
    u8 *block; /* header, records, padding */
    struct journal_batch_header header;
    u32 batch_bytes;
    u64 time_before_us; /* of the batch before */
};

/* The batches go round the slots. Three counters say how far each step has come; they only grow:
 *
 *     done_count <= hashed_count <= submitted_count
 *
 * A batch is written by whoever owns the writing side: the writer thread while one is submitted and
 * not done, else the caller. It is hashed in small steps, each by whoever holds the baton: the
 * hasher, the writer when it has nothing else to do, the caller while it waits. Only while the
 * caller does it all by itself, with nothing pending, submitted_count comes last instead of first,
 * so that no thread sees anything to do. */
struct seqlog_file {
    struct seqlog log;
    struct seqlog_file_config config;
    char folder[FILE_PATH_BYTES];
    struct disk_lock lock;
    struct segments segments;
    struct slot slots[SEQLOG_FILE_BUFFERS_MAX];
    atomic_flag baton;
    /* Under the baton, or the caller's while nothing is pending: */
    struct sha256 sha256;
    struct journal_encoder encoder; /* of batch number hashed_count, once encoder_begun */
    bool encoder_begun;
    u8 chain_hash[JOURNAL_HASH_BYTES]; /* of the last batch hashed */
    _Atomic u64 submitted_count;
    _Atomic u64 hashed_count;
    _Atomic u64 done_count;
    _Atomic u32 status; /* enum seqlog_status; not DURABLE is final */
    enum fault fault;   /* published by status, as is the trail */
    struct fault_trail trail;
    _Atomic bool stop;
    _Atomic u64 bytes_count;
    struct gate writer_gate;
    struct gate hasher_gate;
    struct gate caller_gate;
    pthread_t threads[THREADS_COUNT];
    u32 threads_count;
    bool started;
    /* The caller's own. */
    u64 done_seen;     /* done_count as last polled */
    u64 seq_submitted; /* next sequence number to submit */
    u64 time_us;
    bool last_is_seal; /* of those submitted */
    u64 seq_durable;
    u8 hash_durable[JOURNAL_HASH_BYTES];
    struct seqlog_head head;
};

static struct seqlog_file *file_of(struct seqlog *log)
{
    return (struct seqlog_file *)(void *)log;
}

static struct slot *slot_number(struct seqlog_file *log, u64 number)
{
    return &log->slots[number % log->config.buffers_count];
}

static u64 load(_Atomic u64 *counter)
{
    return atomic_load_explicit(counter, memory_order_acquire);
}

static void store(_Atomic u64 *counter, u64 value)
{
    atomic_store_explicit(counter, value, memory_order_release);
}

static bool log_is_dead(struct seqlog_file *log)
{
    return atomic_load_explicit(&log->status, memory_order_acquire) != SEQLOG_DURABLE;
}

/* ---- the four steps ---- */

/* The first fault ends the log: nothing is written after it, ever. */
static void log_die(struct seqlog_file *log, enum fault fault)
{
    CHECK(fault != FAULT_NONE);
    log->fault = fault;
    fault_trail_copy(&log->trail);
    enum seqlog_status status = fault == FAULT_FENCED ? SEQLOG_FENCED : SEQLOG_UNAVAILABLE;
    atomic_store_explicit(&log->status, (u32)status, memory_order_release);
}

/* One step of hashing batch `number`; true when it is complete. */
static bool batch_hash_step(struct seqlog_file *log, u64 number, u32 bytes_max)
{
    struct slot *slot = slot_number(log, number);
    if (!log->encoder_begun) {
        memcpy(slot->header.hash_previous, log->chain_hash, JOURNAL_HASH_BYTES);
        journal_encode_begin(&log->encoder, &log->sha256, &slot->header, slot->block);
        log->encoder_begun = true;
    }
    if (!journal_encode_step(&log->encoder, bytes_max)) {
        return false;
    }
    memcpy(log->chain_hash, slot->header.hash, JOURNAL_HASH_BYTES);
    log->encoder_begun = false;
    return true;
}

static struct segments_point point_before(const struct slot *slot, u64 time_us)
{
    struct segments_point point = {.seq_next = slot->header.seq_first, .time_us = time_us};
    memcpy(point.hash, slot->header.hash_previous, JOURNAL_HASH_BYTES);
    return point;
}

static enum fault batch_write_step(struct seqlog_file *log, u64 number)
{
    const struct slot *slot = slot_number(log, number);
    if (!segments_has_space(&log->segments, slot->batch_bytes)) {
        struct segments_point point = point_before(slot, slot->time_before_us);
        TRY(segments_switch(&log->segments, &point));
    }
    TRY(segments_write(&log->segments, slot->block, slot->batch_bytes));
    atomic_fetch_add_explicit(&log->bytes_count, slot->batch_bytes, memory_order_relaxed);
    return FAULT_NONE;
}

/* True when a batch waits to be hashed. */
static bool hash_is_wanted(struct seqlog_file *log)
{
    return load(&log->submitted_count) > load(&log->hashed_count);
}

/* Does one step of hashing; false when there is none to be done or somebody else is at it. */
static bool hash_help(struct seqlog_file *log)
{
    if (!hash_is_wanted(log) ||
        atomic_flag_test_and_set_explicit(&log->baton, memory_order_acquire)) {
        return false;
    }
    /* In this order: see write_next. */
    u64 submitted = load(&log->submitted_count);
    u64 number = load(&log->hashed_count);
    bool wanted = submitted > number;
    bool complete = wanted && batch_hash_step(log, number, HASH_STEP_BYTES);
    if (complete) {
        store(&log->hashed_count, number + 1);
    }
    atomic_flag_clear_explicit(&log->baton, memory_order_release);
    if (complete) {
        gate_open(&log->writer_gate);
    }
    return wanted;
}

/* Whoever stops helping wakes the hasher, which may have found the baton taken. */
static void hash_leave(struct seqlog_file *log)
{
    if (hash_is_wanted(log)) {
        gate_open(&log->hasher_gate);
    }
}

static void tell_progress(struct seqlog_file *log)
{
    gate_open(&log->caller_gate);
    if (log->config.gate != NULL) {
        gate_open(log->config.gate);
    }
}

/* Writes the next batch if one is hashed; false when not, or when nothing may be done any more. */
static bool write_next(struct seqlog_file *log)
{
    /* submitted_count is read first. The caller raises it last when it does a batch by itself; read
     * the other way round, such a batch could look pending and be written twice. */
    u64 submitted = load(&log->submitted_count);
    u64 number = load(&log->done_count);
    if (submitted <= number || load(&log->hashed_count) <= number || log_is_dead(log)) {
        return false;
    }
    hash_leave(log);
    enum fault fault = batch_write_step(log, number);
    if (fault == FAULT_NONE) {
        store(&log->done_count, number + 1);
    } else {
        log_die(log, fault);
    }
    tell_progress(log);
    return fault == FAULT_NONE;
}

/* ---- threads ---- */

static bool log_is_stopping(struct seqlog_file *log)
{
    return atomic_load_explicit(&log->stop, memory_order_acquire);
}

/* A wish: where it cannot be fulfilled the thread runs wherever it may. */
static void thread_begin(const struct seqlog_file *log, const char *name)
{
    (void)pthread_setname_np(pthread_self(), name);
    if (log->config.cpu > 0) {
        enum fault ignored = cpu_pin(log->config.cpu - 1);
        (void)ignored;
    }
}

static void *writer_thread(void *argument)
{
    struct seqlog_file *log = argument;
    thread_begin(log, "journal-write");
    u64 spin_ns = log->config.spin_us * 1000ULL;
    while (!log_is_stopping(log)) {
        u32 seen = gate_prepare(&log->writer_gate);
        if (!write_next(log) && !hash_help(log) && !log_is_stopping(log)) {
            gate_wait(&log->writer_gate, seen, spin_ns, SLEEP_MS);
        }
    }
    return NULL;
}

static void *hasher_thread(void *argument)
{
    struct seqlog_file *log = argument;
    thread_begin(log, "journal-hash");
    u64 spin_ns = log->config.spin_us * 1000ULL;
    while (!log_is_stopping(log)) {
        u32 seen = gate_prepare(&log->hasher_gate);
        if (hash_help(log)) {
            /* The writer may be waiting for this very processor. */
            (void)sched_yield();
        } else if (!log_is_stopping(log)) {
            gate_wait(&log->hasher_gate, seen, spin_ns, SLEEP_MS);
        }
    }
    return NULL;
}

static void *preparer_thread(void *argument)
{
    struct seqlog_file *log = argument;
    thread_begin(log, "journal-prepare");
    while (!segments_stopped(&log->segments)) {
        if (!segments_want_preparing(&log->segments)) {
            segments_prepare_idle(&log->segments);
        } else if (segments_prepare(&log->segments) != FAULT_NONE) {
            segments_prepare_later(&log->segments);
        }
    }
    return NULL;
}

static enum fault threads_start(struct seqlog_file *log)
{
    void *(*const bodies[THREADS_COUNT])(void *) = {writer_thread, hasher_thread, preparer_thread};
    for (u32 index = 0; index < THREADS_COUNT; index += 1) {
        int error = pthread_create(&log->threads[index], NULL, bodies[index], log);
        if (error != 0) {
            return FAULT_ERRNO(error, "%s: cannot start a thread", log->folder);
        }
        log->threads_count += 1;
    }
    return FAULT_NONE;
}

static void threads_stop(struct seqlog_file *log)
{
    atomic_store_explicit(&log->stop, true, memory_order_release);
    segments_stop(&log->segments);
    gate_open(&log->writer_gate);
    gate_open(&log->hasher_gate);
    for (u32 index = 0; index < log->threads_count; index += 1) {
        (void)pthread_join(log->threads[index], NULL);
    }
    log->threads_count = 0;
}

/* ---- the caller's side ---- */

/* A seal says what it follows, in case nobody looked between the two. */
static void head_take(struct seqlog_file *log, const struct journal_batch_header *header)
{
    bool is_seal = header->count == 0;
    u64 seq = header->seq_first + header->count - 1;
    if (is_seal && log->head.seq == seq) {
        return;
    }
    log->head.seq = seq;
    log->head.time_us = header->time_us;
    memcpy(log->head.hash, is_seal ? header->hash_previous : header->hash, JOURNAL_HASH_BYTES);
}

/* Takes over what has become durable since the last look. */
static void caller_refresh(struct seqlog_file *log)
{
    u64 done = load(&log->done_count);
    if (done != log->done_seen) {
        const struct journal_batch_header *header = &slot_number(log, done - 1)->header;
        log->seq_durable = header->seq_first + header->count;
        memcpy(log->hash_durable, header->hash, JOURNAL_HASH_BYTES);
        head_take(log, header);
        log->done_seen = done;
    }
}

static u64 caller_pending(struct seqlog_file *log)
{
    return atomic_load_explicit(&log->submitted_count, memory_order_relaxed) - log->done_seen;
}

static u8 *file_buffer(struct seqlog *base)
{
    struct seqlog_file *log = file_of(base);
    CHECK(log->started);
    caller_refresh(log);
    if (log_is_dead(log) || caller_pending(log) >= log->config.buffers_count) {
        return NULL;
    }
    u64 number = atomic_load_explicit(&log->submitted_count, memory_order_relaxed);
    return slot_number(log, number)->block + JOURNAL_BATCH_HEADER_BYTES;
}

/* The caller hashes and writes by itself; nothing is pending, so the writing side is its own. */
static void caller_write_inline(struct seqlog_file *log, u64 number)
{
    bool complete = batch_hash_step(log, number, UINT32_MAX);
    CHECK(complete);
    store(&log->hashed_count, number + 1);
    enum fault fault = batch_write_step(log, number);
    if (fault == FAULT_NONE) {
        store(&log->done_count, number + 1);
    } else {
        log_die(log, fault);
    }
    store(&log->submitted_count, number + 1);
}

/* Puts the filled slot on its way. */
static void caller_submit(struct seqlog_file *log, const struct journal_batch_header *header)
{
    u64 number = atomic_load_explicit(&log->submitted_count, memory_order_relaxed);
    struct slot *slot = slot_number(log, number);
    slot->header = *header;
    slot->batch_bytes = journal_batch_bytes(header->length);
    slot->time_before_us = log->time_us;
    log->seq_submitted += header->count;
    log->time_us = header->time_us;
    log->last_is_seal = header->flags == JOURNAL_FLAG_SEAL;
    bool alone = caller_pending(log) == 0;
    if (alone && slot->batch_bytes <= log->config.inline_bytes_max) {
        caller_write_inline(log, number);
        return;
    }
    store(&log->submitted_count, number + 1);
    gate_open(&log->writer_gate);
    if (!alone) {
        gate_open(&log->hasher_gate);
    }
}

static void file_submit(struct seqlog *base, const struct seqlog_batch *batch)
{
    struct seqlog_file *log = file_of(base);
    CHECK(log->started);
    caller_refresh(log);
    CHECK(caller_pending(log) < log->config.buffers_count);
    CHECK(batch->seq_first == log->seq_submitted);
    CHECK(batch->time_us >= log->time_us);
    CHECK(batch->count >= 1);
    u64 number = atomic_load_explicit(&log->submitted_count, memory_order_relaxed);
    CHECK(batch->records.data == slot_number(log, number)->block + JOURNAL_BATCH_HEADER_BYTES);
    CHECK(batch->records.size <= log->log.records_bytes_max);
    if (log_is_dead(log)) {
        return;
    }
    struct journal_batch_header header = {
        .seq_first = batch->seq_first,
        .time_us = batch->time_us,
        .count = batch->count,
        .length = (u32)batch->records.size,
        .flags = 0,
    };
    caller_submit(log, &header);
}

static void file_seal(struct seqlog *base, u64 time_us)
{
    struct seqlog_file *log = file_of(base);
    CHECK(log->started);
    CHECK(time_us >= log->time_us);
    caller_refresh(log);
    if (log_is_dead(log) || caller_pending(log) > 0 || log->last_is_seal) {
        return;
    }
    if (!segments_has_space(&log->segments, journal_batch_bytes(0))) {
        /* The next segment's header carries the last hash: it seals as well as a batch would. So no
         * segment ever begins with a seal, and no two segments begin at one sequence number. */
        struct segments_point point = {.seq_next = log->seq_submitted, .time_us = log->time_us};
        memcpy(point.hash, log->chain_hash, JOURNAL_HASH_BYTES);
        enum fault fault = segments_switch(&log->segments, &point);
        if (fault != FAULT_NONE) {
            log_die(log, fault);
        }
        log->last_is_seal = true;
        return;
    }
    struct journal_batch_header header = {
        .seq_first = log->seq_submitted,
        .time_us = time_us,
        .count = 0,
        .length = 0,
        .flags = JOURNAL_FLAG_SEAL,
    };
    caller_submit(log, &header);
}

static struct seqlog_outcome file_outcome(struct seqlog_file *log)
{
    caller_refresh(log);
    struct seqlog_outcome outcome = {
        .status = (enum seqlog_status)atomic_load_explicit(&log->status, memory_order_acquire),
        .fault = FAULT_NONE,
        .pending = (u32)caller_pending(log),
        .seq_next = log->seq_durable,
    };
    outcome.sealed = outcome.pending == 0 && log->last_is_seal;
    memcpy(outcome.hash, log->hash_durable, JOURNAL_HASH_BYTES);
    outcome.head = log->head;
    if (outcome.status != SEQLOG_DURABLE) {
        outcome.fault = log->fault;
        fault_trail_adopt(&log->trail);
    }
    return outcome;
}

/* The work of the threads: hashes and writes one batch, or prepares a segment. */
static void poll_without_threads(struct seqlog_file *log)
{
    if (caller_pending(log) == 0) {
        if (!log_is_dead(log) && segments_want_preparing(&log->segments)) {
            /* A fault is kept until a segment is really needed. */
            enum fault ignored = segments_prepare(&log->segments);
            (void)ignored;
        }
        return;
    }
    bool progress = true;
    while (progress && !write_next(log)) {
        progress = hash_help(log);
    }
}

static struct seqlog_outcome file_poll(struct seqlog *base)
{
    struct seqlog_file *log = file_of(base);
    CHECK(log->started);
    if (!log->config.threads) {
        poll_without_threads(log);
    }
    return file_outcome(log);
}

static struct seqlog_outcome file_wait(struct seqlog *base, u32 timeout_ms)
{
    struct seqlog_file *log = file_of(base);
    u64 done_before = log->done_seen;
    u64 spin_ns = log->config.spin_us * 1000ULL;
    u64 end_ns = clock_mono_ns(log->config.clock) + timeout_ms * 1000000ULL;
    for (;;) {
        u32 seen = gate_prepare(&log->caller_gate);
        struct seqlog_outcome outcome = file_poll(base);
        if (outcome.status != SEQLOG_DURABLE || outcome.pending == 0 ||
            log->done_seen != done_before || clock_mono_ns(log->config.clock) >= end_ns) {
            hash_leave(log);
            return outcome;
        }
        if (hash_help(log)) {
            continue;
        }
        gate_wait(&log->caller_gate, seen, spin_ns, timeout_ms < SLEEP_MS ? timeout_ms : SLEEP_MS);
    }
}

static bool file_help(struct seqlog *base)
{
    struct seqlog_file *log = file_of(base);
    bool helped = log->config.threads && hash_help(log);
    /* The next call may be far away: whoever found the baton taken goes on. */
    hash_leave(log);
    return helped;
}

static const struct seqlog_ops file_ops = {
    .buffer = file_buffer,
    .submit = file_submit,
    .seal = file_seal,
    .poll = file_poll,
    .wait = file_wait,
    .help = file_help,
};

/* ---- opening and closing ---- */

static struct seqlog_file_config config_full(const struct seqlog_file_config *config)
{
    struct seqlog_file_config full = *config;
    full.segment_bytes = full.segment_bytes == 0 ? SEGMENT_BYTES_DEFAULT : full.segment_bytes;
    full.batch_bytes_max = full.batch_bytes_max == 0 ? BATCH_BYTES_DEFAULT : full.batch_bytes_max;
    full.buffers_count = full.buffers_count == 0 ? 3 : full.buffers_count;
    full.inline_bytes_max =
        full.inline_bytes_max == 0 ? INLINE_BYTES_DEFAULT : full.inline_bytes_max;
    full.spin_us = full.spin_us == 0 ? SPIN_US_DEFAULT : full.spin_us;
    full.segments_ahead = full.segments_ahead == 0 ? 2 : full.segments_ahead;
    return full;
}

static enum fault config_check(const struct seqlog_file_config *config)
{
    if (config->segment_bytes % JOURNAL_BLOCK_BYTES != 0 ||
        config->segment_bytes > JOURNAL_SEGMENT_BYTES_MAX ||
        config->batch_bytes_max % JOURNAL_BLOCK_BYTES != 0 ||
        config->batch_bytes_max < JOURNAL_BLOCK_BYTES ||
        config->batch_bytes_max > JOURNAL_BATCH_BYTES_MAX) {
        return FAULT(FAULT_CONFIG,
                     "journal %s: sizes of segments and batches are multiples of %u, up to %llu "
                     "and %u bytes",
                     config->folder, JOURNAL_BLOCK_BYTES,
                     (unsigned long long)JOURNAL_SEGMENT_BYTES_MAX, JOURNAL_BATCH_BYTES_MAX);
    }
    if (config->segment_bytes < JOURNAL_SEGMENT_HEADER + (u64)config->batch_bytes_max) {
        return FAULT(FAULT_CONFIG, "journal %s: a segment of %llu bytes has no room for a batch",
                     config->folder, (unsigned long long)config->segment_bytes);
    }
    if (config->buffers_count < 2 || config->buffers_count > SEQLOG_FILE_BUFFERS_MAX ||
        config->segments_ahead > SEQLOG_FILE_AHEAD_MAX) {
        return FAULT(FAULT_CONFIG, "journal %s: 2 to %u buffers, 1 to %u segments ahead",
                     config->folder, SEQLOG_FILE_BUFFERS_MAX, SEQLOG_FILE_AHEAD_MAX);
    }
    return FAULT_NONE;
}

size_t seqlog_file_footprint(const struct seqlog_file_config *config)
{
    struct seqlog_file_config full = config_full(config);
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct seqlog_file), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, full.buffers_count, full.batch_bytes_max, JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, segments_footprint(), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 0, 1, JOURNAL_BLOCK_BYTES);
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

static void log_init(struct seqlog_file *log, const struct seqlog_file_config *config,
                     struct arena *arena)
{
    *log = (struct seqlog_file){.log = {.ops = &file_ops}, .config = *config};
    memcpy(log->folder, config->folder, strlen(config->folder) + 1);
    log->config.folder = log->folder;
    log->log.records_bytes_max = config->batch_bytes_max - JOURNAL_BATCH_HEADER_BYTES;
    log->log.pending_max = config->buffers_count;
    for (u32 index = 0; index < config->buffers_count; index += 1) {
        log->slots[index].block = arena_take(arena, config->batch_bytes_max, JOURNAL_BLOCK_BYTES);
        CHECK(log->slots[index].block != NULL);
    }
    atomic_flag_clear(&log->baton);
    atomic_init(&log->submitted_count, 0);
    atomic_init(&log->hashed_count, 0);
    atomic_init(&log->done_count, 0);
    atomic_init(&log->status, SEQLOG_DURABLE);
    atomic_init(&log->stop, false);
    atomic_init(&log->bytes_count, 0);
    gate_init(&log->writer_gate);
    gate_init(&log->hasher_gate);
    gate_init(&log->caller_gate);
    struct segments_config segments_config = {
        .disk = config->disk,
        .folder = log->folder,
        .segment_bytes = config->segment_bytes,
        .batch_bytes_max = config->batch_bytes_max,
        .ahead_count = config->segments_ahead,
        .threads = config->threads,
    };
    segments_init(&log->segments, &segments_config, &log->lock, arena);
}

/* The folder, ours alone and without unfinished work. */
static enum fault log_take_folder(struct seqlog_file *log)
{
    struct disk *disk = log->config.disk;
    TRY(disk_make_folder(disk, log->folder));
    TRY(disk_lock(disk, log->folder, &log->lock));
    struct journal_folder folder = {.disk = disk, .segments_max = 0};
    memcpy(folder.path, log->folder, sizeof(folder.path));
    TRY(journal_folder_clean(&folder));
    return FAULT_NONE;
}

enum fault seqlog_file_open(struct seqlog_file **log_out, const struct seqlog_file_config *config,
                            struct arena *arena)
{
    *log_out = NULL;
    struct seqlog_file_config full = config_full(config);
    TRY(config_check(&full));
    size_t length = strlen(config->folder);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s: the path of a folder has 1 to %u bytes", config->folder,
                     FILE_PATH_BYTES - 1);
    }
    struct seqlog_file *log = arena_take(arena, sizeof(struct seqlog_file), JOURNAL_BLOCK_BYTES);
    CHECK(log != NULL);
    log_init(log, &full, arena);
    enum fault fault = sha256_open(&log->sha256);
    fault = fault != FAULT_NONE ? fault : log_take_folder(log);
    if (fault != FAULT_NONE) {
        seqlog_file_close(log);
        return fault;
    }
    *log_out = log;
    return FAULT_NONE;
}

/* A new folder's name must reach the disk as well; it stands in the folder above. */
static enum fault sync_parent(struct seqlog_file *log)
{
    char parent[FILE_PATH_BYTES];
    memcpy(parent, log->folder, sizeof(parent));
    size_t length = strlen(parent);
    while (length > 1 && parent[length - 1] == '/') {
        length -= 1;
    }
    while (length > 0 && parent[length - 1] != '/') {
        length -= 1;
    }
    while (length > 1 && parent[length - 1] == '/') {
        length -= 1;
    }
    parent[length] = '\0';
    enum fault fault = disk_sync_folder(log->config.disk, length == 0 ? "." : parent);
    if (fault == FAULT_PERMISSION) {
        /* Whoever runs us may be allowed to use the folder and not to read the one above it. */
        log_warn("journal.parent_not_synced", LOG_STR("folder", log->folder), LOG_FAULT(fault));
        return FAULT_NONE;
    }
    return fault;
}

static enum fault log_begin(struct seqlog_file *log, const u8 venue[JOURNAL_VENUE_BYTES])
{
    if (venue == NULL) {
        return FAULT(FAULT_MISSING, "%s: there is no journal", log->folder);
    }
    memcpy(log->segments.venue, venue, JOURNAL_VENUE_BYTES);
    journal_chain_start(&log->sha256, venue, log->chain_hash);
    TRY(sync_parent(log));
    log->seq_submitted = 1;
    struct segments_point point = {.seq_next = 1, .time_us = 0};
    memcpy(point.hash, log->chain_hash, JOURNAL_HASH_BYTES);
    TRY(segments_switch(&log->segments, &point));
    log->last_is_seal = true;
    return FAULT_NONE;
}

static enum fault log_resume(struct seqlog_file *log, const struct journal_end *end,
                             const u8 venue[JOURNAL_VENUE_BYTES])
{
    if (venue != NULL && memcmp(venue, end->venue, JOURNAL_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: the journal belongs to another venue", log->folder);
    }
    memcpy(log->chain_hash, end->hash, JOURNAL_HASH_BYTES);
    log->seq_submitted = end->seq_next;
    log->time_us = end->time_us;
    log->last_is_seal = end->sealed;
    TRY(segments_resume(&log->segments, end));
    return FAULT_NONE;
}

enum fault seqlog_file_start(struct seqlog_file *log, const struct journal_end *end,
                             const u8 venue[JOURNAL_VENUE_BYTES])
{
    CHECK(!log->started);
    if (log->config.threads) {
        TRY(threads_start(log));
    }
    TRY(end->empty ? log_begin(log, venue) : log_resume(log, end, venue));
    log->seq_durable = log->seq_submitted;
    memcpy(log->hash_durable, log->chain_hash, JOURNAL_HASH_BYTES);
    if (log->config.prepare_first) {
        TRY(segments_prepare_all(&log->segments));
    }
    log->started = true;
    return FAULT_NONE;
}

struct seqlog *seqlog_file_log(struct seqlog_file *log)
{
    return &log->log;
}

struct seqlog_file_counters seqlog_file_counters(struct seqlog_file *log)
{
    return (struct seqlog_file_counters){
        .batches = load(&log->done_count),
        .bytes = atomic_load_explicit(&log->bytes_count, memory_order_relaxed),
        .segments = segments_begun(&log->segments),
        .segment_waits = segments_waits(&log->segments),
        .preparing = segments_failure(&log->segments),
    };
}

void seqlog_file_close(struct seqlog_file *log)
{
    if (log == NULL) {
        return;
    }
    threads_stop(log);
    segments_close(&log->segments);
    disk_unlock(&log->lock);
    sha256_close(&log->sha256);
    log->started = false;
}
