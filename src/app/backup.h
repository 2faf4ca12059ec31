/* A backup of a venue while it runs: its journal as far as it is durable, the newest snapshot that
 * belongs to it, API keys and payouts, in a new folder. The copy of the journal is read back and
 * compared. A backup is a data folder: restore.h makes a venue of it, and cambist verify reads it.
 */
#ifndef APP_BACKUP_H
#define APP_BACKUP_H

#include "base/base.h"
#include "io/fault.h"
#include "io/journal.h"

struct backup_result {
    u64 seq; /* of the last command in it */
    u64 time_us;
    u8 batch_hash[JOURNAL_HASH_BYTES];
    u64 journal_bytes;
    u64 snapshot_seq; /* 0: none */
    bool has_keys;
    bool has_logins; /* their key is not among what was copied */
    bool was_live;   /* a venue was running */
};

/* FAULT_EXISTS: the target is there. FAULT_MISSING: no journal. FAULT_ROT: it is damaged. */
MUST_USE enum fault backup_run(const char *source, const char *target,
                               struct backup_result *result_out);

#endif /* APP_BACKUP_H */
