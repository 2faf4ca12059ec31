#include "io/eventlog.h"

#include "base/check.h"
#include "base/span.h"
#include "io/eventlog_format.h"
#include "io/eventlog_jobs.h"
#include "io/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define SEGMENT_BYTES_DEFAULT (64ULL << 20)
#define SEGMENT_BYTES_MIN     (16ULL << 10)
#define SEGMENT_BYTES_MAX     (1ULL << 32)
#define TOUCH_AHEAD_BYTES     (8ULL << 20) /* pages made ready before the writer comes */
#define TOUCH_STEP_BYTES      (1ULL << 20)
#define LATER_BYTES_MIN       (16U << 10) /* handing over less costs more than it saves */

enum { IDLE_MS = 100 };

static const char prepared_name[] = "prepared.tmp"; /* the helper's */
static const char next_name[] = "next.tmp";         /* the writer's */

/* A segment's memory. Offsets count from the start of the file. */
struct mapping {
    u8 *memory;
    u64 bytes;
    u64 first;        /* position of its first chunk */
    struct file file; /* open while there is a helper */
};

/* The helper and the writer meet in four places: `prepared`, which is the helper's while it is
 * EMPTY and the writer's while it is READY; what to touch; the ring of chunks to write; and that of
 * mappings to be given up, which takes milliseconds that the writer does not have.
 *
 * Small chunks the writer stores into the mapped pages, which the helper has touched ahead; large
 * ones become jobs. */
enum { PREPARED_EMPTY, PREPARED_READY, RETIRED_MAX = 4 };

struct eventlog {
    struct eventlog_config config;
    char folder[FILE_PATH_BYTES];
    u8 *control_block;
    struct eventlog_control *control;
    u64 *positions; /* scratch: EVENTLOG_SEGMENTS_MAX */
    struct mapping current;
    u64 offset; /* where the next chunk goes */
    struct eventlog_point end;
    struct eventlog_point trusted; /* as found at open */
    struct eventlog_point released;
    bool begun;
    /* The helper's side. */
    bool thread_runs;
    pthread_t thread;
    struct gate gate;
    _Atomic bool stop;
    _Atomic u32 prepared_state;
    struct mapping prepared;
    struct mapping retired[RETIRED_MAX];
    _Atomic u64 retired_count;  /* ever put in, by the writer */
    _Atomic u64 dropped_count;  /* ever given up, by the helper */
    _Atomic(u8 *) touch_memory; /* of the current segment; NULL: nothing to touch */
    _Atomic bool touch_wanted;  /* the writer's chunks are small */
    _Atomic u64 touch_offset;   /* the writer's, published now and then */
    u64 touch_told;             /* the writer's: touch_offset when it last called the helper */
    struct eventlog_jobs jobs;
    struct gate jobs_gate; /* the writer waits at it */
};

/* ---- footprint ---- */

size_t eventlog_footprint(const struct eventlog_config *config)
{
    (void)config;
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct eventlog), 64);
    footprint_add(&footprint, EVENTLOG_SEGMENTS_MAX, sizeof(u64), 64);
    footprint_add(&footprint, 0, 1, EVENTLOG_BLOCK_BYTES);
    return footprint.bytes;
}

/* ---- segments ---- */

static u64 chunk_steps(size_t events_bytes)
{
    return 1 + events_bytes / EVENTLOG_STEP;
}

/* With a helper the file stays open, for it to write to. */
static void mapping_keep(const struct eventlog *log, struct mapping *mapping, struct file *file)
{
    if (log->config.threads) {
        mapping->file = file_release(file);
    }
}

/* A new file of zeros with all its space reserved, mapped: a full disk is a fault here and not a
 * signal later. */
static enum fault mapping_create(struct eventlog *log, const char *path, struct mapping *out)
{
    struct disk *disk = log->config.disk;
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        TRY(disk_unlink(disk, path));
    }
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE, &file));
    TRY(file_reserve(&file, log->config.segment_bytes));
    *out = (struct mapping){.memory = NULL, .bytes = log->config.segment_bytes, .first = 0};
    TRY(file_map(&file, out->bytes, &out->memory));
    mapping_keep(log, out, &file);
    return FAULT_NONE;
}

static void mapping_drop(struct eventlog *log, struct mapping *mapping)
{
    file_unmap(log->config.disk, mapping->memory, mapping->bytes);
    file_close(&mapping->file);
    mapping->memory = NULL;
}

/* An existing segment, its header checked. */
static enum fault mapping_open(struct eventlog *log, u64 position, struct mapping *out,
                               u64 *seq_out)
{
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, log->folder, position, EVENTLOG_SEGMENT_SUFFIX));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(log->config.disk, path, FILE_WRITE, &file));
    u64 bytes = 0;
    TRY(file_size(&file, &bytes));
    if (bytes < EVENTLOG_BLOCK_BYTES || bytes > SEGMENT_BYTES_MAX) {
        return FAULT(FAULT_ROT, "%s: damaged: a segment of %llu bytes", path,
                     (unsigned long long)bytes);
    }
    struct mapping mapping = {.memory = NULL, .bytes = bytes, .first = position};
    TRY(file_map(&file, bytes, &mapping.memory));
    struct eventlog_header header;
    enum fault fault = eventlog_header_decode(span_of(mapping.memory, EVENTLOG_BLOCK_BYTES),
                                              EVENTLOG_KIND_SEGMENT, path, &header);
    if (fault == FAULT_NONE && (header.position != position || header.bytes != bytes)) {
        fault = FAULT(FAULT_ROT, "%s: damaged: the header does not match the file", path);
    }
    if (fault == FAULT_NONE && memcmp(header.venue, log->config.venue, EVENTLOG_VENUE_BYTES) != 0) {
        fault = FAULT(FAULT_FOREIGN, "%s: belongs to another venue", path);
    }
    if (fault != FAULT_NONE) {
        mapping_drop(log, &mapping);
        return fault;
    }
    mapping_keep(log, &mapping, &file);
    *out = mapping;
    *seq_out = header.seq;
    return FAULT_NONE;
}

static enum fault segment_remove(struct eventlog *log, u64 position)
{
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, log->folder, position, EVENTLOG_SEGMENT_SUFFIX));
    TRY(disk_unlink(log->config.disk, path));
    return FAULT_NONE;
}

static enum fault segments_list(struct eventlog *log, u32 *count_out)
{
    return eventlog_list(log->config.disk, log->folder, EVENTLOG_SEGMENT_SUFFIX, log->positions,
                         EVENTLOG_SEGMENTS_MAX, count_out);
}

static struct span mapping_rest(const struct mapping *mapping, u64 offset)
{
    return span_after(span_of(mapping->memory, (size_t)mapping->bytes), (size_t)offset);
}

/* Walks the chunks of a segment up to `until` (a position) or as far as they can be trusted. */
static u64 mapping_walk(const struct mapping *mapping, u64 until, struct eventlog_point *end)
{
    u64 offset = EVENTLOG_BLOCK_BYTES;
    struct eventlog_chunk_header header;
    while (end->position < until &&
           eventlog_chunk_decode(mapping_rest(mapping, offset), end->position, &header) ==
               EVENTLOG_LOOK_CHUNK) {
        offset += EVENTLOG_CHUNK_HEADER + header.bytes;
        end->position += chunk_steps(header.bytes);
        end->seq = header.seq;
    }
    return offset;
}

/* ---- the helper thread ---- */

static void touch_ahead(struct eventlog *log, u64 *touched, const u8 **touched_memory)
{
    u8 *memory = atomic_load_explicit(&log->touch_memory, memory_order_acquire);
    if (!atomic_load_explicit(&log->touch_wanted, memory_order_relaxed)) {
        return;
    }
    if (memory != *touched_memory) {
        *touched_memory = memory;
        *touched = 0;
    }
    u64 offset = atomic_load_explicit(&log->touch_offset, memory_order_relaxed);
    u64 from = u64_max(*touched, offset / TOUCH_STEP_BYTES * TOUCH_STEP_BYTES);
    u64 ahead = (offset + TOUCH_AHEAD_BYTES) / TOUCH_STEP_BYTES * TOUCH_STEP_BYTES;
    u64 to = u64_min(ahead, log->config.segment_bytes);
    if (memory != NULL && from < to) {
        file_touch(log->config.disk, memory + from, to - from);
        *touched = to;
    }
}

static enum fault prepare(struct eventlog *log)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, log->folder, prepared_name));
    TRY(mapping_create(log, path, &log->prepared));
    return FAULT_NONE;
}

static void retired_drop(struct eventlog *log, u64 retired)
{
    u64 dropped = atomic_load_explicit(&log->dropped_count, memory_order_relaxed);
    while (dropped < retired) {
        mapping_drop(log, &log->retired[dropped % RETIRED_MAX]);
        dropped += 1;
        atomic_store_explicit(&log->dropped_count, dropped, memory_order_release);
    }
}

static void jobs_tell(struct eventlog *log)
{
    gate_open(&log->jobs_gate);
    if (log->config.gate != NULL) {
        gate_open(log->config.gate);
    }
}

static void *helper_thread(void *argument)
{
    struct eventlog *log = argument;
    (void)pthread_setname_np(pthread_self(), "events-write");
    u64 touched = 0;
    const u8 *touched_memory = NULL;
    while (!atomic_load_explicit(&log->stop, memory_order_acquire)) {
        u32 seen = gate_prepare(&log->gate);
        /* Read before the jobs are done: those of a mapping were put in before it retired. */
        u64 retired = atomic_load_explicit(&log->retired_count, memory_order_acquire);
        while (eventlog_jobs_help(&log->jobs)) {
            jobs_tell(log);
        }
        if (eventlog_jobs_done(&log->jobs)) {
            retired_drop(log, retired);
        }
        touch_ahead(log, &touched, &touched_memory);
        u64 offset = atomic_load_explicit(&log->touch_offset, memory_order_relaxed);
        u32 state = atomic_load_explicit(&log->prepared_state, memory_order_acquire);
        if (state == PREPARED_EMPTY && offset > log->config.segment_bytes / 2 &&
            prepare(log) == FAULT_NONE) {
            /* A fault here is met again by the writer, who will tell it. */
            if (atomic_load_explicit(&log->touch_wanted, memory_order_relaxed)) {
                file_touch(log->config.disk, log->prepared.memory,
                           u64_min(TOUCH_STEP_BYTES, log->prepared.bytes));
            }
            atomic_store_explicit(&log->prepared_state, PREPARED_READY, memory_order_release);
        }
        if (!atomic_load_explicit(&log->stop, memory_order_acquire)) {
            gate_wait(&log->gate, seen, 0, IDLE_MS);
        }
    }
    return NULL;
}

/* ---- open ---- */

static enum fault control_open(struct eventlog *log)
{
    struct disk *disk = log->config.disk;
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, log->folder, EVENTLOG_CONTROL_NAME));
    bool exists = false;
    TRY(disk_exists(disk, path, &exists));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk, path, FILE_WRITE | (exists ? 0 : FILE_CREATE), &file));
    TRY(file_reserve(&file, EVENTLOG_BLOCK_BYTES));
    TRY(file_map(&file, EVENTLOG_BLOCK_BYTES, &log->control_block));
    log->control = eventlog_control_of(log->control_block);
    struct eventlog_header header;
    struct span block = span_of(log->control_block, EVENTLOG_BLOCK_BYTES);
    enum fault fault = FAULT_ROT;
    if (!span_is_zero(span_piece(block, 0, EVENTLOG_CONTROL_OFFSET))) {
        fault = eventlog_header_decode(block, EVENTLOG_KIND_CONTROL, path, &header);
    }
    if (fault == FAULT_FOREIGN || fault == FAULT_NEWER) {
        return fault;
    }
    if (fault == FAULT_NONE && memcmp(header.venue, log->config.venue, EVENTLOG_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: belongs to another venue", path);
    }
    if (fault != FAULT_NONE) {
        /* New, or lost with the power: nothing in it is worth more than a new one. */
        header = (struct eventlog_header){.kind = EVENTLOG_KIND_CONTROL};
        memcpy(header.venue, log->config.venue, EVENTLOG_VENUE_BYTES);
        eventlog_header_encode(&header, log->control_block);
    }
    return FAULT_NONE;
}

/* How far the segments hang together. Damage is where the log ends; another venue's or a newer
 * file is a fault. */
static enum fault trusted_find(struct eventlog *log)
{
    u32 count = 0;
    TRY(segments_list(log, &count));
    struct eventlog_point end = {0};
    for (u32 index = 0; index < count; index += 1) {
        struct mapping mapping;
        u64 seq = 0;
        enum fault fault = mapping_open(log, log->positions[index], &mapping, &seq);
        if (fault == FAULT_ROT) {
            log_warn("eventlog.damaged", LOG_FAULT(fault));
            break;
        }
        if (fault != FAULT_NONE) {
            return fault;
        }
        bool follows = index == 0 || log->positions[index] == end.position;
        if (follows) {
            end = (struct eventlog_point){.position = log->positions[index], .seq = seq};
            (void)mapping_walk(&mapping, UINT64_MAX, &end);
        }
        mapping_drop(log, &mapping);
        if (!follows) {
            break;
        }
    }
    log->trusted = end;
    log->end = end;
    return FAULT_NONE;
}

static enum fault config_check(struct eventlog_config *config)
{
    config->segment_bytes =
        config->segment_bytes == 0 ? SEGMENT_BYTES_DEFAULT : config->segment_bytes;
    if (config->segment_bytes < SEGMENT_BYTES_MIN || config->segment_bytes > SEGMENT_BYTES_MAX ||
        config->segment_bytes % EVENTLOG_BLOCK_BYTES != 0) {
        return FAULT(FAULT_CONFIG,
                     "event log %s: a segment has %llu to %llu bytes, a multiple of %u",
                     config->folder, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX, EVENTLOG_BLOCK_BYTES);
    }
    size_t length = strlen(config->folder);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s: the path of a folder has 1 to %u bytes", config->folder,
                     FILE_PATH_BYTES - 1);
    }
    return FAULT_NONE;
}

static enum fault log_start(struct eventlog *log)
{
    TRY(disk_make_folder(log->config.disk, log->folder));
    TRY(control_open(log));
    TRY(trusted_find(log));
    if (log->config.threads) {
        int error = pthread_create(&log->thread, NULL, helper_thread, log);
        if (error != 0) {
            return FAULT_ERRNO(error, "%s: cannot start a thread", log->folder);
        }
        log->thread_runs = true;
    }
    return FAULT_NONE;
}

enum fault eventlog_open(struct eventlog **log_out, const struct eventlog_config *config,
                         struct arena *arena)
{
    *log_out = NULL;
    struct eventlog_config full = *config;
    TRY(config_check(&full));
    struct eventlog *log = arena_take(arena, sizeof(struct eventlog), 64);
    u64 *positions = arena_take_array(arena, EVENTLOG_SEGMENTS_MAX, sizeof(u64), 64);
    CHECK(log != NULL);
    CHECK(positions != NULL);
    *log = (struct eventlog){.config = full, .positions = positions};
    memcpy(log->folder, config->folder, strlen(config->folder) + 1);
    log->config.folder = log->folder;
    gate_init(&log->gate);
    gate_init(&log->jobs_gate);
    eventlog_jobs_init(&log->jobs);
    atomic_init(&log->touch_wanted, false);
    atomic_init(&log->stop, false);
    atomic_init(&log->prepared_state, PREPARED_EMPTY);
    atomic_init(&log->retired_count, 0);
    atomic_init(&log->dropped_count, 0);
    atomic_init(&log->touch_memory, NULL);
    atomic_init(&log->touch_offset, 0);
    enum fault fault = log_start(log);
    if (fault != FAULT_NONE) {
        eventlog_close(log);
        return fault;
    }
    *log_out = log;
    return FAULT_NONE;
}

struct eventlog_point eventlog_end(const struct eventlog *log)
{
    return log->end;
}

/* ---- begin ---- */

/* Makes `mapping` the segment that begins at the log's end. */
static enum fault segment_begin(struct eventlog *log, struct mapping *mapping, const char *old_path)
{
    struct eventlog_header header = {
        .kind = EVENTLOG_KIND_SEGMENT,
        .position = log->end.position,
        .seq = log->end.seq,
        .bytes = mapping->bytes,
    };
    memcpy(header.venue, log->config.venue, EVENTLOG_VENUE_BYTES);
    eventlog_header_encode(&header, mapping->memory);
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, log->folder, log->end.position, EVENTLOG_SEGMENT_SUFFIX));
    TRY(disk_rename(log->config.disk, old_path, path));
    memcpy(mapping->file.path, path, sizeof(path));
    mapping->first = log->end.position;
    return FAULT_NONE;
}

static void current_set(struct eventlog *log, struct mapping mapping, u64 offset)
{
    log->current = mapping;
    log->offset = offset;
    log->touch_told = offset;
    bool usual = mapping.bytes == log->config.segment_bytes;
    atomic_store_explicit(&log->touch_offset, offset, memory_order_relaxed);
    atomic_store_explicit(&log->touch_memory, usual ? mapping.memory : NULL, memory_order_release);
    gate_open(&log->gate);
}

void eventlog_wait(struct eventlog *log, u32 timeout_ms)
{
    u32 seen = gate_prepare(&log->jobs_gate);
    if (eventlog_jobs_help(&log->jobs)) {
        /* The helper may have found the baton taken. */
        gate_open(&log->gate);
    } else if (!eventlog_jobs_done(&log->jobs) && !eventlog_jobs_failed(&log->jobs)) {
        gate_wait(&log->jobs_gate, seen, 0, timeout_ms);
    }
}

/* Gives up the current mapping, by way of the helper where there is one. */
static void current_retire(struct eventlog *log)
{
    u64 retired = atomic_load_explicit(&log->retired_count, memory_order_relaxed);
    u64 dropped = atomic_load_explicit(&log->dropped_count, memory_order_acquire);
    if (log->thread_runs && retired - dropped < RETIRED_MAX) {
        log->retired[retired % RETIRED_MAX] = log->current;
        atomic_store_explicit(&log->retired_count, retired + 1, memory_order_release);
    } else {
        while (!eventlog_jobs_done(&log->jobs) && !eventlog_jobs_failed(&log->jobs)) {
            eventlog_wait(log, IDLE_MS);
        }
        mapping_drop(log, &log->current);
    }
    log->current = (struct mapping){.memory = NULL};
}

/* Goes over to the next segment, which the helper has prepared, or which is made now. */
static enum fault segment_next(struct eventlog *log)
{
    u32 state = atomic_load_explicit(&log->prepared_state, memory_order_acquire);
    bool prepared = state == PREPARED_READY;
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, log->folder, prepared ? prepared_name : next_name));
    struct mapping mapping;
    if (prepared) {
        mapping = log->prepared;
    } else {
        TRY(mapping_create(log, path, &mapping));
    }
    enum fault fault = segment_begin(log, &mapping, path);
    if (fault != FAULT_NONE) {
        if (!prepared) {
            mapping_drop(log, &mapping);
        }
        return fault;
    }
    if (prepared) {
        log->prepared = (struct mapping){.memory = NULL};
        atomic_store_explicit(&log->prepared_state, PREPARED_EMPTY, memory_order_release);
    }
    current_retire(log);
    current_set(log, mapping, EVENTLOG_BLOCK_BYTES);
    return FAULT_NONE;
}

static enum fault segments_remove_from(struct eventlog *log, u32 index, u32 count)
{
    for (u32 at = count; at > index; at -= 1) {
        TRY(segment_remove(log, log->positions[at - 1]));
    }
    if (count > index) {
        TRY(disk_sync_folder(log->config.disk, log->folder));
    }
    return FAULT_NONE;
}

/* Zeros what lies behind `offset` and syncs that: or a power cut could bring back chunks that look
 * right and were never released. */
static enum fault mapping_cut(struct eventlog *log, const struct mapping *mapping, u64 offset)
{
    struct eventlog_point rest = log->end;
    struct mapping behind = *mapping;
    u64 until = offset;
    struct eventlog_chunk_header header;
    while (eventlog_chunk_decode(mapping_rest(&behind, until), rest.position, &header) ==
           EVENTLOG_LOOK_CHUNK) {
        until += EVENTLOG_CHUNK_HEADER + header.bytes;
        rest.position += chunk_steps(header.bytes);
    }
    until = u64_min(until + EVENTLOG_CHUNK_HEADER, mapping->bytes);
    if (span_is_zero(span_of(mapping->memory + offset, (size_t)(until - offset)))) {
        return FAULT_NONE;
    }
    memset(mapping->memory + offset, 0, (size_t)(until - offset));
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, log->folder, mapping->first, EVENTLOG_SEGMENT_SUFFIX));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(log->config.disk, path, FILE_WRITE, &file));
    TRY(file_sync(&file));
    return FAULT_NONE;
}

static enum fault begin_anew(struct eventlog *log, struct eventlog_point point, u32 count)
{
    TRY(segments_remove_from(log, 0, count));
    log->end = point;
    return segment_next(log);
}

/* Goes on inside of what the log holds. */
static enum fault begin_inside(struct eventlog *log, struct eventlog_point point, u32 count)
{
    u32 index = count - 1;
    while (log->positions[index] > point.position) {
        index -= 1;
    }
    struct mapping mapping;
    u64 seq = 0;
    enum fault fault = mapping_open(log, log->positions[index], &mapping, &seq);
    while (fault == FAULT_ROT && index > 0) {
        /* A damaged segment that begins where the trusted ones end: it goes. */
        index -= 1;
        fault = mapping_open(log, log->positions[index], &mapping, &seq);
    }
    if (fault == FAULT_ROT) {
        return begin_anew(log, point, count);
    }
    TRY(fault);
    log->end = (struct eventlog_point){.position = log->positions[index], .seq = seq};
    u64 offset = mapping_walk(&mapping, point.position, &log->end);
    if (log->end.position != point.position || log->end.seq != point.seq) {
        fault =
            FAULT(FAULT_DIVERGED,
                  "%s: position %llu after command %llu is wanted, the log has %llu after %llu",
                  log->folder, (unsigned long long)point.position, (unsigned long long)point.seq,
                  (unsigned long long)log->end.position, (unsigned long long)log->end.seq);
    }
    fault = fault != FAULT_NONE ? fault : segments_remove_from(log, index + 1, count);
    fault = fault != FAULT_NONE ? fault : mapping_cut(log, &mapping, offset);
    if (fault != FAULT_NONE) {
        mapping_drop(log, &mapping);
        return fault;
    }
    current_set(log, mapping, offset);
    return FAULT_NONE;
}

/* Begins where nothing that the log holds leads to. */
enum fault eventlog_begin(struct eventlog *log, struct eventlog_point point)
{
    CHECK(!log->begun);
    u32 count = 0;
    TRY(segments_list(log, &count));
    bool inside =
        count > 0 && point.position >= log->positions[0] && point.position <= log->trusted.position;
    /* First nobody sees anything behind the point, then it goes. */
    struct eventlog_point visible = {0};
    bool sane = eventlog_control_get(log->control, &visible);
    if (!sane || visible.position > point.position) {
        eventlog_control_put(log->control, point);
    }
    eventlog_control_head_put(eventlog_control_head_of(log->control_block),
                              &(struct eventlog_head){.seq = 0});
    atomic_fetch_add_explicit(&log->control->generation, 1, memory_order_release);
    TRY(inside ? begin_inside(log, point, count) : begin_anew(log, point, count));
    log->begun = true;
    log->released = point;
    eventlog_control_put(log->control, point);
    return FAULT_NONE;
}

/* ---- append and release ---- */

size_t eventlog_chunk_max(const struct eventlog *log)
{
    u64 space = log->config.segment_bytes - EVENTLOG_BLOCK_BYTES - EVENTLOG_CHUNK_HEADER;
    u64 bound = EVENTLOG_CHUNK_END - EVENTLOG_CHUNK_HEADER;
    return (size_t)(u64_min(space, bound) / EVENTLOG_STEP * EVENTLOG_STEP);
}

/* Marks the segment as full and goes over to the next. */
static enum fault segment_finish(struct eventlog *log)
{
    if (log->current.bytes - log->offset >= EVENTLOG_CHUNK_MIN) {
        struct eventlog_chunk_header header = {
            .position = log->end.position, .seq = log->end.seq, .bytes = EVENTLOG_CHUNK_END};
        eventlog_chunk_encode(&header, span_of(NULL, 0), log->current.memory + log->offset);
    }
    return segment_next(log);
}

/* Room for the next chunk, in the next segment if this one is full. */
static enum fault chunk_begin(struct eventlog *log, u64 seq, u64 time_us, struct span events,
                              struct eventlog_chunk_header *header_out)
{
    CHECK(log->begun);
    CHECK(events.size > 0);
    CHECK(events.size % EVENTLOG_STEP == 0);
    CHECK(events.size <= eventlog_chunk_max(log));
    CHECK(seq >= log->end.seq);
    if (EVENTLOG_CHUNK_HEADER + events.size > log->current.bytes - log->offset) {
        TRY(segment_finish(log));
    }
    *header_out = (struct eventlog_chunk_header){
        .position = log->end.position, .seq = seq, .time_us = time_us, .bytes = (u32)events.size};
    return FAULT_NONE;
}

static void chunk_end(struct eventlog *log, const struct eventlog_chunk_header *header)
{
    log->offset += EVENTLOG_CHUNK_HEADER + header->bytes;
    log->end.position += chunk_steps(header->bytes);
    log->end.seq = header->seq;
    if (log->offset - log->touch_told >= TOUCH_STEP_BYTES) {
        log->touch_told = log->offset;
        atomic_store_explicit(&log->touch_offset, log->offset, memory_order_relaxed);
        gate_open(&log->gate);
    }
}

enum fault eventlog_append(struct eventlog *log, u64 seq, u64 time_us, struct span events)
{
    struct eventlog_chunk_header header;
    TRY(chunk_begin(log, seq, time_us, events, &header));
    u8 *chunk = log->current.memory + log->offset;
    memcpy(chunk + EVENTLOG_CHUNK_HEADER, events.data, events.size);
    eventlog_chunk_encode(&header, events, chunk);
    atomic_store_explicit(&log->touch_wanted, true, memory_order_relaxed);
    chunk_end(log, &header);
    return FAULT_NONE;
}

enum fault eventlog_append_later(struct eventlog *log, u64 seq, u64 time_us, struct span events)
{
    bool small = events.size < LATER_BYTES_MIN && eventlog_jobs_done(&log->jobs);
    if (!log->thread_runs || small || eventlog_jobs_full(&log->jobs)) {
        return eventlog_append(log, seq, time_us, events);
    }
    struct eventlog_job job;
    TRY(chunk_begin(log, seq, time_us, events, &job.header));
    job.file = log->current.file;
    job.offset = log->offset;
    job.events = events;
    atomic_store_explicit(&log->touch_wanted, false, memory_order_relaxed);
    chunk_end(log, &job.header);
    eventlog_jobs_put(&log->jobs, &job);
    gate_open(&log->gate);
    return FAULT_NONE;
}

enum fault eventlog_written(struct eventlog *log, u64 *position_out)
{
    TRY(eventlog_jobs_check(&log->jobs));
    *position_out = eventlog_jobs_position(&log->jobs, log->end.position);
    return FAULT_NONE;
}

void eventlog_release(struct eventlog *log, struct eventlog_point point)
{
    CHECK(log->begun);
    CHECK(point.position >= log->released.position);
    CHECK(point.position <= eventlog_jobs_position(&log->jobs, log->end.position));
    log->released = point;
    eventlog_control_put(log->control, point);
}

void eventlog_head_show(struct eventlog *log, const struct eventlog_head *head)
{
    CHECK(log->begun);
    CHECK(head->seq > 0 && !head->has_state);
    eventlog_control_head_put(eventlog_control_head_of(log->control_block), head);
}

/* ---- collect and close ---- */

enum fault eventlog_collect(struct eventlog *log, u64 keep_from, u32 *removed_out)
{
    *removed_out = 0;
    u64 floor = u64_min(keep_from, log->released.position);
    TRY(eventlog_readers_floor(log->config.disk, log->folder, &floor));
    u32 count = 0;
    TRY(segments_list(log, &count));
    /* A segment ends where the next begins; the last one stays. */
    for (u32 index = 0; index + 1 < count && log->positions[index + 1] <= floor; index += 1) {
        TRY(segment_remove(log, log->positions[index]));
        *removed_out += 1;
    }
    return FAULT_NONE;
}

void eventlog_close(struct eventlog *log)
{
    if (log == NULL) {
        return;
    }
    if (log->thread_runs) {
        atomic_store_explicit(&log->stop, true, memory_order_release);
        gate_open(&log->gate);
        (void)pthread_join(log->thread, NULL);
        log->thread_runs = false;
    }
    retired_drop(log, atomic_load_explicit(&log->retired_count, memory_order_relaxed));
    if (log->prepared.memory != NULL) {
        char path[FILE_PATH_BYTES];
        mapping_drop(log, &log->prepared);
        if (file_path(path, log->folder, prepared_name) == FAULT_NONE) {
            enum fault ignored = disk_unlink(log->config.disk, path);
            (void)ignored;
        }
    }
    mapping_drop(log, &log->current);
    file_unmap(log->config.disk, log->control_block, EVENTLOG_BLOCK_BYTES);
    log->control_block = NULL;
}
