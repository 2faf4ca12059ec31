#include "role/engine/snapshot_run.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"
#include "io/journal_read.h"
#include "io/log.h"

#include <stdatomic.h>
#include <string.h>

enum { IMAGE_PIECE_BYTES = 1 << 20, READ_WINDOWS = 3 };

enum fault snapshot_image_write(struct disk *disk, const struct layout_paths *paths,
                                const struct snapshot_info *info)
{
    SCOPED_SNAPSHOT_IMAGE snapshot = {.records = {.data = NULL}};
    TRY(snapshot_file_read(disk, paths->snapshots, info->point.seq, &snapshot));
    struct eventlog_image image;
    struct eventlog_point point = {.position = info->point.event_position,
                                   .seq = info->point.event_seq};
    TRY(eventlog_image_create(&image, disk, paths->events, info->point.venue, point));
    image.head = (struct eventlog_head){
        .seq = info->point.seq, .time_us = info->point.time_us, .has_state = true};
    memcpy(image.head.hash, info->point.batch_hash, sizeof(image.head.hash));
    memcpy(image.head.state, info->state_hash, sizeof(image.head.state));
    enum fault fault = FAULT_NONE;
    for (size_t at = 0; at < snapshot.records.size && fault == FAULT_NONE;
         at += IMAGE_PIECE_BYTES) {
        size_t size = (size_t)u64_min(IMAGE_PIECE_BYTES, snapshot.records.size - at);
        fault = eventlog_image_add(&image, span_piece(snapshot.records, at, size));
    }
    fault = fault == FAULT_NONE ? eventlog_image_finish(&image) : fault;
    eventlog_image_close(&image);
    return fault;
}

/* The image that was written with a snapshot goes with it. */
static enum fault image_remove(const struct snapshot_options *options,
                               const struct layout_paths *paths, u64 seq)
{
    struct snapshot_info info;
    if (snapshot_file_info(options->disk, paths->snapshots, seq, &info) != FAULT_NONE) {
        fault_forget(); /* damaged: nobody knows which image it was */
        return FAULT_NONE;
    }
    char path[FILE_PATH_BYTES];
    TRY(eventlog_path(path, paths->events, info.point.event_position, EVENTLOG_IMAGE_SUFFIX));
    bool exists = false;
    TRY(disk_exists(options->disk, path, &exists));
    return exists ? disk_unlink(options->disk, path) : FAULT_NONE;
}

/* Removes all but the newest. */
static enum fault prune(const struct snapshot_options *options, const struct layout_paths *paths,
                        u32 *removed_out)
{
    u64 seqs[SNAPSHOT_FILES_MAX];
    u32 count = 0;
    TRY(snapshot_file_list(options->disk, paths->snapshots, seqs, SNAPSHOT_FILES_MAX, &count));
    for (u32 i = 0; i + options->keep_count < count; i += 1) {
        char path[FILE_PATH_BYTES];
        TRY(image_remove(options, paths, seqs[i]));
        TRY(snapshot_file_path(path, paths->snapshots, seqs[i]));
        TRY(disk_unlink(options->disk, path));
        *removed_out += 1;
    }
    if (*removed_out > 0) {
        TRY(disk_sync_folder(options->disk, paths->snapshots));
    }
    return FAULT_NONE;
}

/* Reads the last segment as its owner would: behind the last good batch are zeros, a torn tail, or
 * rot. */
static enum fault tail_read(const struct snapshot_options *options,
                            const struct layout_paths *paths, const struct journal_end *end)
{
    struct journal_reader_config config = {
        .disk = options->disk,
        .folder = paths->journal,
        .seq_from = end->segment,
        .windows_count = options->threads ? READ_WINDOWS : 1,
    };
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(journal_reader_footprint(&config), "reading the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &config, &arena));
    enum fault fault = FAULT_NONE;
    bool more = true;
    while (fault == FAULT_NONE && more) {
        struct journal_batch batch;
        fault = journal_reader_next(reader, &batch, &more);
    }
    journal_reader_close(reader);
    return fault;
}

/* Beside a living engine a bad tail is a write under way. With nobody there it may be rot, which a
 * snapshot must not pass over. The lock is held for that look alone, so that no start waits for a
 * whole replay; where it cannot be written, no engine can start either. */
static enum fault tail_check(const struct snapshot_options *options,
                             const struct layout_paths *paths, const struct journal_end *end)
{
    struct disk_lock lock;
    enum fault fault = disk_lock(options->disk, paths->journal, &lock);
    if (fault == FAULT_LOCKED) {
        fault_forget();
        return FAULT_NONE;
    }
    bool locked = fault == FAULT_NONE;
    if (fault == FAULT_READ_ONLY || fault == FAULT_PERMISSION || fault == FAULT_DISK_FULL) {
        fault_forget();
        fault = FAULT_NONE;
    }
    TRY(fault);
    fault = tail_read(options, paths, end);
    if (locked) {
        disk_unlock(&lock);
    }
    return fault;
}

/* Looks between batches whether the caller has lost patience. */
struct stopper {
    struct recovery_hooks hooks;
    const _Atomic u32 *stop;
};

static enum fault stop_asked(struct recovery_hooks *hooks, const struct journal_batch *batch)
{
    const struct stopper *stopper = (const struct stopper *)(const void *)hooks;
    (void)batch;
    return stopper->stop != NULL && atomic_load(stopper->stop) != 0
               ? FAULT(FAULT_STOPPED, "no snapshot: asked to stop")
               : FAULT_NONE;
}

static enum fault run(const struct snapshot_options *options, const struct layout_paths *paths,
                      struct recovery *recovery, struct snapshot_result *result)
{
    struct stopper stopper = {.hooks = {.batch = stop_asked}, .stop = options->stop};
    struct recovery_config config = {
        .disk = options->disk,
        .clock = options->clock,
        .paths = paths,
        .hooks = &stopper.hooks,
        .progress = options->progress,
        .outputs_count = 1,
        .live = true,
        .threads = options->threads,
    };
    TRY(recovery_run(recovery, &config));
    recovery->config.hooks = NULL;
    if (!options->leaves_lock) {
        TRY(tail_check(options, paths, &recovery->end));
    }
    result->seq_start = recovery->report.seq_start;
    result->commands = recovery->report.commands;
    if (recovery->house.core == NULL && !recovery->holds) {
        return FAULT(FAULT_MISSING, "%s: the journal holds no venue yet", paths->folder);
    }
    if (result->commands < u64_max(options->commands_min, 1)) {
        return FAULT_NONE;
    }
    TRY(snapshot_file_write(options->disk, paths->snapshots, recovery->house.core, &recovery->point,
                            &result->info));
    result->written = true;
    if (options->image) {
        TRY(snapshot_image_write(options->disk, paths, &result->info));
        result->image_written = true;
    }
    if (options->keep_count > 0) {
        TRY(prune(options, paths, &result->removed_count));
    }
    return FAULT_NONE;
}

enum fault snapshot_run(const struct snapshot_options *options, struct snapshot_result *result_out)
{
    *result_out = (struct snapshot_result){.written = false};
    u64 start_ns = clock_mono_ns(options->clock);
    struct layout_paths paths;
    TRY(layout_paths(&paths, options->folder));
    bool has = false;
    TRY(layout_has_journal(options->disk, &paths, &has));
    if (!has) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", paths.folder);
    }
    TRY(disk_make_folder(options->disk, paths.snapshots));
    struct disk_lock lock;
    TRY(disk_lock(options->disk, paths.snapshots, &lock));
    SCOPED_BLOCK block = {.memory = NULL};
    enum fault fault = block_take(sizeof(struct recovery), "a replay", &block);
    if (fault == FAULT_NONE) {
        struct recovery *recovery = (struct recovery *)(void *)block.memory;
        fault = run(options, &paths, recovery, result_out);
        recovery_close(recovery);
    }
    disk_unlock(&lock);
    result_out->duration_ns = clock_mono_ns(options->clock) - start_ns;
    return fault;
}
