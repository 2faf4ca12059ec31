#include "app/feed_replay.h"

#include "io/clock.h"

/* The recovery's hooks, and what they feed. */
struct feeding {
    struct recovery_hooks hooks;
    const struct projection_kind *kind;
    const char *folder;
    struct projection_feed *feed; /* NULL: none open */
    u8 venue[JOURNAL_VENUE_BYTES];
};

/* Also when an attempt begins again: what the one before has made is thrown away. */
static enum fault feed_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    (void)recovery;
    projection_feed_abandon(feeding->feed);
    feeding->feed = NULL;
    return projection_feed_begin(&feeding->feed, feeding->kind, feeding->folder, feeding->venue);
}

static enum fault feed_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct feeding *feeding = (struct feeding *)(void *)hooks;
    return projection_feed(feeding->feed, chunk->events, chunk->seq, chunk->time_us,
                           chunk->position);
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
    /* Beside a living engine the journal's end is a write under way; without one an end, or rot. */
    TRY(disk_is_locked(disk_real(), paths->journal, &config.live));
    TRY(recovery_run(recovery, &config));
    if (recovery->point.seq == 0) {
        return FAULT(FAULT_MISSING, "%s: the journal holds no venue yet", paths->folder);
    }
    return FAULT_NONE;
}

enum fault feed_replay(const struct projection_kind *kind, const char *folder,
                       struct recovery_progress *progress, struct projection_report *report_out)
{
    _Static_assert(EVENTLOG_VENUE_BYTES == JOURNAL_VENUE_BYTES, "the same id");
    struct feeding feeding = {
        .hooks = {.begin = feed_begin, .chunk = feed_chunk}, .kind = kind, .folder = folder};
    struct layout_paths paths;
    bool has = false;
    *report_out = (struct projection_report){.transactions = 0};
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
        projection_feed_abandon(feeding.feed);
        return fault;
    }
    return projection_feed_end(feeding.feed, report_out);
}
