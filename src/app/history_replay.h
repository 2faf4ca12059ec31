/* The history's database made anew by replaying the journal from its first command, for when the
 * event log no longer reaches back. */
#ifndef APP_HISTORY_REPLAY_H
#define APP_HISTORY_REPLAY_H

#include "role/engine/recovery.h"
#include "role/history/history.h"

/* Only reads the journal, so an engine may be running beside; the database's own lock must be free
 * (FAULT_LOCKED). The old database stays until the new one is whole. Beside an engine the last
 * batch may be left out. Faults as of recovery_run and history_feed; FAULT_MISSING: there is no
 * journal, or nothing in it; FAULT_ROT: a byte of it. `progress` may be NULL. */
MUST_USE enum fault history_replay(const char *folder, struct recovery_progress *progress,
                                   struct history_rebuild *report_out);

#endif /* APP_HISTORY_REPLAY_H */
