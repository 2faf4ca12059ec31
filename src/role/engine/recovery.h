/* Recovery: from the newest sound snapshot, or from genesis, through the journal to its end.
 *
 * One thread reads, checks and hashes batches (io/journal_read.h) while the other applies them.
 * Sequence numbers that a later `void` record names are skipped; a `limits_apply` moves the state
 * into a core of the new size. The engine's start, the snapshot process, verify and dump are four
 * callers that hook in where they want to see something.
 *
 * A snapshot is only a shortcut: one that is damaged, foreign or does not lie on the journal's
 * chain is named in the log and left aside, and the one before it is tried. The journal is never
 * left aside: anything wrong there ends the run with file and offset. */
#ifndef ROLE_ENGINE_RECOVERY_H
#define ROLE_ENGINE_RECOVERY_H

#include "base/base.h"
#include "io/block.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"
#include "io/journal_read.h"
#include "role/engine/applier.h"
#include "role/engine/house.h"
#include "role/engine/layout.h"
#include "role/engine/release.h"
#include "role/engine/snapshot_file.h"
#include "role/engine/voids.h"

struct recovery;

/* Called now and then, from the applying thread. */
struct recovery_progress {
    void (*report)(struct recovery_progress *progress, u64 bytes_done, u64 bytes_all, u64 seq);
};

/* Each may be NULL. A fault ends the run and is its result; FAULT_STOPPED is for a caller that has
 * seen enough. */
struct recovery_hooks {
    /* An attempt begins at recovery->point: forget what an earlier attempt showed. There is more
     * than one only when the list of voids was wrong. */
    enum fault (*begin)(struct recovery_hooks *hooks, const struct recovery *recovery);
    /* A batch that will be applied next, or a seal. */
    enum fault (*batch)(struct recovery_hooks *hooks, const struct journal_batch *batch);
    /* Events of that batch, as they go into the event log. */
    enum fault (*chunk)(struct recovery_hooks *hooks, const struct release *chunk);
    /* The batch is applied whole: recovery->point is behind it. Not for seals. */
    enum fault (*applied)(struct recovery_hooks *hooks, const struct recovery *recovery);
};

struct recovery_config {
    struct disk *disk;
    struct clock *clock;
    const struct layout_paths *paths;
    struct recovery_hooks *hooks;       /* may be NULL */
    struct recovery_progress *progress; /* may be NULL */
    struct poison *poison;              /* may be NULL */
    struct apply_watch *watch;          /* may be NULL */
    u64 seq_wanted;     /* 0: the end. Else begins at a snapshot before this sequence number */
    u32 outputs_count;  /* of the house; the engine wants more than one */
    size_t spare;       /* of the house's outputs; 0: the default */
    bool from_genesis;  /* no snapshot */
    bool check_records; /* asks command_check about each record: for foreign journals */
    bool live;          /* a writer is at work: a last batch that may not be durable is left out */
    bool threads;       /* reads ahead in a thread */
};

struct recovery_report {
    u64 seq_start; /* the snapshot's, 0: from genesis */
    u64 commands;  /* gone through */
    u64 voided;    /* of them skipped */
    u64 batches;   /* without seals */
    u64 seals;
    u64 bytes; /* of journal gone through */
    u64 event_bytes;
    u64 duration_ns;
    u64 snapshots_unsound; /* tried and left aside */
    u64 attempts;
    u64 torn_bytes; /* in the journal's tail; the engine's start cuts them */
    bool unclean;   /* the process before ended while it applied something */
};

struct recovery {
    struct recovery_config config;
    struct house house; /* core NULL: the journal holds no genesis yet */
    struct applier applier;
    struct void_list voids;
    struct snapshot_point point; /* where the core is; seq 0: nowhere yet */
    struct journal_end end;
    struct recovery_report report;
    /* Inside. */
    struct core_output output;
    size_t output_cut; /* bytes of output handed out */
    struct block reader_block;
    struct journal_reader *reader;
    struct block held_block; /* live: the last batch, not applied yet */
    struct journal_batch held;
    bool holds;
    bool voids_changed; /* the file `voids` should be written anew */
    bool again;         /* the voids were wrong: from the start */
    bool genesis_only;
    u64 progress_ns;
};

/* Runs to the journal's end. Afterwards the house and the end are the caller's to use;
 * recovery_close gives everything back, also after a fault. A house with a NULL core: there is no
 * journal, or nothing in it. */
MUST_USE enum fault recovery_run(struct recovery *recovery, const struct recovery_config *config);
void recovery_close(struct recovery *recovery);

/* Steps of the event log that a chunk of so many bytes takes, its head included. */
static inline u64 recovery_chunk_steps(size_t bytes)
{
    return 1 + bytes / EVENTLOG_STEP;
}

#endif /* ROLE_ENGINE_RECOVERY_H */
