#include "app/history_replay.h"

#include "io/clock.h"

#include <string.h>

/* The recovery's hooks, and what they fill. */
struct feeding {
    struct recovery_hooks hooks;
    const char *folder;
    u8 venue[JOURNAL_VENUE_BYTES];
    struct history_feed *feed;
};

/* Also when an attempt begins again. */
static enum fault feed_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    (void)recovery;
    history_feed_abandon(feeding->feed);
    feeding->feed = NULL;
    return history_feed_begin(&feeding->feed, feeding->folder, feeding->venue);
}

static enum fault feed_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    return history_feed(feeding->feed, chunk->events, chunk->seq, chunk->time_us, chunk->position);
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

enum fault history_replay(const char *folder, struct recovery_progress *progress,
                          struct history_rebuild *report_out)
{
    _Static_assert(STORE_VENUE_BYTES == JOURNAL_VENUE_BYTES, "the same id");
    struct feeding feeding = {.hooks = {.begin = feed_begin, .chunk = feed_chunk},
                              .folder = folder};
    struct layout_paths paths;
    bool has = false;
    *report_out = (struct history_rebuild){.transactions = 0};
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
    if (fault != FAULT_NONE) {
        history_feed_abandon(feeding.feed);
        return fault;
    }
    return history_feed_end(feeding.feed, report_out);
}
