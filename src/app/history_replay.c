#include "app/history_replay.h"

#include "app/feed_replay.h"

struct feeding {
    struct history_feed *feed;
};

static enum fault feed_begin(void *context, const char *folder, const u8 venue[JOURNAL_VENUE_BYTES])
{
    struct feeding *feeding = context;
    history_feed_abandon(feeding->feed);
    feeding->feed = NULL;
    return history_feed_begin(&feeding->feed, folder, venue);
}

static enum fault feed_chunk(void *context, struct span events, u64 seq, u64 time_us, u64 position)
{
    struct feeding *feeding = context;
    return history_feed(feeding->feed, events, seq, time_us, position);
}

enum fault history_replay(const char *folder, struct recovery_progress *progress,
                          struct history_rebuild *report_out)
{
    _Static_assert(STORE_VENUE_BYTES == JOURNAL_VENUE_BYTES, "the same id");
    static const struct feed_replay_ops ops = {.begin = feed_begin, .chunk = feed_chunk};
    struct feeding feeding = {.feed = NULL};
    *report_out = (struct history_rebuild){.transactions = 0};
    enum fault fault = feed_replay(folder, &ops, &feeding, progress);
    if (fault != FAULT_NONE) {
        history_feed_abandon(feeding.feed);
        return fault;
    }
    return history_feed_end(feeding.feed, report_out);
}
