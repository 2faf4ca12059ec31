/* A projection's database made anew by replaying the journal from its first command, for when the
 * event log no longer reaches back. */
#ifndef APP_FEED_REPLAY_H
#define APP_FEED_REPLAY_H

#include "io/projection.h"
#include "role/engine/recovery.h"

/* Only reads the journal, so an engine may be running beside; then the last batch may be left out.
 * The database's own lock must be free (FAULT_LOCKED), and the old database stays until the new one
 * is whole. Faults as of recovery_run and projection_feed; FAULT_MISSING: there is no journal, or
 * nothing in it; FAULT_ROT: a byte of it. `progress` may be NULL. */
MUST_USE enum fault feed_replay(const struct projection_kind *kind, const char *folder,
                                struct recovery_progress *progress,
                                struct projection_report *report_out);

#endif /* APP_FEED_REPLAY_H */
