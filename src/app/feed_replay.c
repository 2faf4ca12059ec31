#include "app/feed_replay.h"

#include "io/clock.h"

/* The recovery's hooks, and whom they feed. */
struct feeding {
    struct recovery_hooks hooks;
    const struct feed_replay_ops *ops;
    void *context;
    const char *folder;
    u8 venue[JOURNAL_VENUE_BYTES];
};

/* Also when an attempt begins again. */
static enum fault feed_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    (void)recovery;
    return feeding->ops->begin(feeding->context, feeding->folder, feeding->venue);
}

static enum fault feed_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    return feeding->ops->chunk(feeding->context, chunk->events, chunk->seq, chunk->time_us,
                               chunk->position);
}

/* Beside a living engine the journal's end is a write under way; without one it is an end, or rot.
 */
static enum fault engine_lives(const struct layout_paths *paths, bool *lives_out)
{
    struct disk_lock lock;
    enum fault fault = disk_lock(disk_real(), paths->journal, &lock);
    *lives_out = fault == FAULT_LOCKED;
    if (fault == FAULT_NONE) {
        disk_unlock(&lock);
    } else if (fault == FAULT_LOCKED) {
        fault_forget();
        fault = FAULT_NONE;
    }
    return fault;
}

static enum fault replay(struct feeding *feeding, struct recovery *recovery,
                         const struct layout_paths *paths, struct recovery_progress *progress)
{
    struct recovery_config config = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .paths = paths,
                                     .hooks = &feeding->hooks,
                                     .progress = progress,
                                     .outputs_count = 1,
                                     .from_genesis = true,
                                     .threads = true};
    TRY(engine_lives(paths, &config.live));
    TRY(recovery_run(recovery, &config));
    if (recovery->point.seq == 0) {
        return FAULT(FAULT_MISSING, "%s: the journal holds no venue yet", paths->folder);
    }
    return FAULT_NONE;
}

enum fault feed_replay(const char *folder, const struct feed_replay_ops *ops, void *context,
                       struct recovery_progress *progress)
{
    struct feeding feeding = {.hooks = {.begin = feed_begin, .chunk = feed_chunk},
                              .ops = ops,
                              .context = context,
                              .folder = folder};
    struct layout_paths paths;
    bool has = false;
    TRY(layout_paths(&paths, folder));
    TRY(layout_venue(disk_real(), &paths, feeding.venue, &has));
    if (!has) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", folder);
    }
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct recovery), "a replay", &block));
    struct recovery *recovery = (struct recovery *)(void *)block.memory;
    enum fault fault = replay(&feeding, recovery, &paths, progress);
    recovery_close(recovery);
    return fault;
}
