/* Recovery: from the newest sound snapshot, or from genesis, through the journal to its end.
 *
 * One thread reads, checks and hashes batches (io/journal_read.h) while the other applies them.
 * Events are appended to the event log only where it does not hold them yet; what it holds beyond
 * the journal's end is cut. Sequence numbers that a later `void` record names are skipped; a
 * `limits_apply` moves the state into a core of the new size.
 *
 * A snapshot is only a shortcut: one that is damaged, foreign or does not lie on the journal's
 * chain is named in the log and left aside, and the one before it is tried. The journal is never
 * left aside: anything wrong there ends the start with file and offset. */
#ifndef ROLE_ENGINE_RECOVERY_H
#define ROLE_ENGINE_RECOVERY_H

#include "base/base.h"
#include "io/fault.h"
#include "io/journal.h"

/* Called now and then, from the applying thread. */
struct recovery_progress {
    void (*report)(struct recovery_progress *progress, u64 bytes_done, u64 bytes_all, u64 seq);
};

struct recovery_report {
    u64 seq_start;     /* the snapshot's, 0: from genesis */
    u64 commands;      /* applied from the journal */
    u64 voided;        /* skipped */
    u64 batches;       /* read, seals included */
    u64 bytes;         /* of journal gone through */
    u64 duration_ns;
    u64 snapshots_unsound; /* tried and left aside */
    u64 events_written; /* bytes of chunks that the event log lacked */
    u64 torn_bytes;     /* cut from the journal's tail */
    bool unclean;       /* the process before ended while it applied something */
};

#endif /* ROLE_ENGINE_RECOVERY_H */
