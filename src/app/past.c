#include "app/past.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"

#include <string.h>

struct replay {
    struct recovery_hooks hooks;
    const struct past_options *options;
    const struct recovery *recovery;
    u32 reached; /* moments shown */
    u64 time_us; /* of the batch at work */
};

static struct replay *replay_of(struct recovery_hooks *hooks)
{
    return (struct replay *)(void *)hooks;
}

static enum fault show(struct replay *replay, bool is_final)
{
    const struct past_options *options = replay->options;
    const struct recovery *recovery = replay->recovery;
    if (recovery == NULL || recovery->house.core == NULL) {
        return FAULT(FAULT_MISSING, "%s: the journal begins later", options->folder);
    }
    struct past_look look = {.recovery = recovery,
                             .seq = recovery->point.seq,
                             .time_us = recovery->point.time_us,
                             .is_final = is_final};
    u32 which = replay->reached;
    replay->reached += 1;
    return options->watch->moment == NULL ? FAULT_NONE
                                          : options->watch->moment(options->watch, which, &look);
}

/* ---- hooks ---- */

static enum fault on_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct replay *replay = replay_of(hooks);
    struct past_watch *watch = replay->options->watch;
    replay->recovery = recovery;
    replay->reached = 0;
    if (watch->begin != NULL) {
        watch->begin(watch, recovery, recovery->point.seq);
    }
    return FAULT_NONE;
}

static void tell_commands(struct past_watch *watch, const struct journal_batch *batch)
{
    u64 seq = batch->header.seq_first;
    for (size_t offset = 0; offset < batch->records.size; seq += 1) {
        struct span rest = span_after(batch->records, offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return; /* the journal checks lengths; this cannot be */
        }
        watch->command(watch, seq, batch->header.time_us, span_of(rest.data, size));
        offset += size;
    }
}

static enum fault on_batch(struct recovery_hooks *hooks, const struct journal_batch *batch)
{
    struct replay *replay = replay_of(hooks);
    const struct past_options *options = replay->options;
    while (replay->reached < options->moments_count && batch->header.count > 0 &&
           options->moments[replay->reached] < batch->header.time_us) {
        TRY(show(replay, true));
    }
    if (replay->reached == options->moments_count) {
        return FAULT(FAULT_STOPPED, "every moment was shown");
    }
    replay->time_us = batch->header.time_us;
    if (options->watch->command != NULL) {
        tell_commands(options->watch, batch);
    }
    return FAULT_NONE;
}

static enum fault on_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct replay *replay = replay_of(hooks);
    struct past_watch *watch = replay->options->watch;
    for (size_t offset = 0; watch->event != NULL && offset < chunk->events.size;) {
        struct span rest = span_after(chunk->events, offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return FAULT(FAULT_DIVERGED, "the core's events end inside a record");
        }
        watch->event(watch, replay->time_us, span_of(rest.data, size));
        offset += size;
    }
    return FAULT_NONE;
}

/* ---- where to begin ---- */

/* The newest snapshot that is not younger than the first moment; 0: none. */
static enum fault snapshot_choose(const struct layout_paths *paths, u64 moment, u64 *seq_out)
{
    u64 seqs[SNAPSHOT_FILES_MAX];
    u32 count = 0;
    *seq_out = 0;
    TRY(snapshot_file_list(disk_real(), paths->snapshots, seqs, SNAPSHOT_FILES_MAX, &count));
    for (; count > 0 && *seq_out == 0; count -= 1) {
        struct snapshot_info info;
        enum fault fault =
            snapshot_file_info(disk_real(), paths->snapshots, seqs[count - 1], &info);
        if (fault != FAULT_NONE) {
            fault_forget(); /* damaged: recovery would leave it aside as well */
        } else if (info.point.time_us <= moment) {
            *seq_out = seqs[count - 1];
        }
    }
    return FAULT_NONE;
}

static enum fault open_folder(const char *folder, struct layout_paths *paths, bool *held_out)
{
    TRY(layout_paths(paths, folder));
    bool has_journal = false;
    TRY(layout_has_journal(disk_real(), paths, &has_journal));
    /* The last batch of one that is held may be half written. */
    return has_journal ? disk_is_locked(disk_real(), paths->journal, held_out)
                       : FAULT(FAULT_MISSING, "%s: there is no journal in this folder", folder);
}

static enum fault run(struct replay *replay, struct recovery *recovery,
                      const struct layout_paths *paths, bool is_live)
{
    const struct past_options *options = replay->options;
    u64 snapshot = 0;
    if (!options->from_genesis) {
        TRY(snapshot_choose(paths, options->moments[0], &snapshot));
    }
    struct recovery_config config = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .paths = paths,
                                     .hooks = &replay->hooks,
                                     .progress = options->progress,
                                     .seq_wanted = snapshot == 0 ? 0 : snapshot + 1,
                                     .outputs_count = 1,
                                     .from_genesis = snapshot == 0,
                                     .live = is_live,
                                     .threads = true};
    enum fault fault = recovery_run(recovery, &config);
    if (fault == FAULT_STOPPED && replay->reached == options->moments_count) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    while (replay->reached < options->moments_count) {
        TRY(show(replay, false));
    }
    return FAULT_NONE;
}

enum fault past_run(const struct past_options *options)
{
    struct layout_paths paths;
    struct replay replay = {
        .hooks = {.begin = on_begin, .batch = on_batch, .chunk = on_chunk},
        .options = options,
    };
    bool is_live = false;
    CHECK(options->moments_count > 0 && options->moments_count <= PAST_MOMENTS_MAX);
    TRY(open_folder(options->folder, &paths, &is_live));
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct recovery), "a replay", &block));
    struct recovery *recovery = (struct recovery *)(void *)block.memory;
    enum fault fault = run(&replay, recovery, &paths, is_live);
    recovery_close(recovery);
    return fault;
}

/* ---- one command ---- */

static void find_in(const struct journal_batch *batch, u64 seq, struct past_command *command,
                    bool *found_out)
{
    u64 at = batch->header.seq_first;
    for (size_t offset = 0; offset < batch->records.size; at += 1) {
        struct span rest = span_after(batch->records, offset);
        size_t size = rest.size >= WIRE_UNIT ? (size_t)rest.data[2] * WIRE_UNIT : 0;
        if (size == 0 || size > rest.size) {
            return;
        }
        if (at == seq) {
            command->time_us = batch->header.time_us;
            command->size = (u32)size;
            memcpy(command->record, rest.data, size);
            *found_out = true;
            return;
        }
        offset += size;
    }
}

enum fault past_find(const char *folder, u64 seq, struct past_command *command_out, bool *found_out)
{
    struct layout_paths paths;
    bool is_live = false;
    bool more = true;
    *found_out = false;
    TRY(open_folder(folder, &paths, &is_live));
    struct journal_reader_config config = {.disk = disk_real(),
                                           .folder = paths.journal,
                                           .seq_from = seq,
                                           .windows_count = 1,
                                           .live = is_live};
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(journal_reader_footprint(&config), "reading the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &config, &arena));
    enum fault fault = FAULT_NONE;
    while (fault == FAULT_NONE && more && !*found_out) {
        struct journal_batch batch;
        fault = journal_reader_next(reader, &batch, &more);
        if (fault == FAULT_NONE && more) {
            more = batch.header.seq_first <= seq;
            find_in(&batch, seq, command_out, found_out);
        }
    }
    journal_reader_close(reader);
    return fault;
}
