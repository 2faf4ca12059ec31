/* A replay of the journal from its first command, as the chunks of events that the event log had:
 * for databases that are made anew when the event log no longer reaches back. */
#ifndef APP_FEED_REPLAY_H
#define APP_FEED_REPLAY_H

#include "role/engine/recovery.h"

struct feed_replay_ops {
    /* Throws away what an earlier attempt has made, and begins. */
    enum fault (*begin)(void *context, const char *folder, const u8 venue[JOURNAL_VENUE_BYTES]);
    /* `position` is the log's behind the chunk. */
    enum fault (*chunk)(void *context, struct span events, u64 seq, u64 time_us, u64 position);
};

/* Only reads the journal, so an engine may be running beside; then the last batch may be left out.
 * Faults as of recovery_run and of the functions; FAULT_MISSING: there is no journal, or nothing in
 * it; FAULT_ROT: a byte of it. `progress` may be NULL. */
MUST_USE enum fault feed_replay(const char *folder, const struct feed_replay_ops *ops,
                                void *context, struct recovery_progress *progress);

#endif /* APP_FEED_REPLAY_H */
