/* The database of cases made anew by replaying the journal from its first command, for when the
 * event log no longer reaches back. */
#ifndef APP_CASES_REPLAY_H
#define APP_CASES_REPLAY_H

#include "role/cases/cases.h"
#include "role/engine/recovery.h"

/* As history_replay: only reads the journal; the database's own lock must be free (FAULT_LOCKED),
 * and the old database stays until the new one is whole. `progress` may be NULL. */
MUST_USE enum fault cases_replay(const char *folder, struct recovery_progress *progress,
                                 struct cases_rebuild *report_out);

#endif /* APP_CASES_REPLAY_H */
