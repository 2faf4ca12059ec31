/* Verify: is this folder what it should be?
 *
 * Reads the whole journal from its first byte, checksums, chain and sequence included, applies it
 * to a fresh core, compares the state hash with every snapshot met on the way, and at the end asks
 * the core about itself: every asset's ledger sum and every structure. What cannot be true ends the
 * run with a fault that names file and byte offset, or snapshot and hashes. With roots that were
 * published it also says whether this is still the journal that was written then. */
#ifndef ROLE_ENGINE_VERIFY_H
#define ROLE_ENGINE_VERIFY_H

#include "base/base.h"
#include "core/core.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"
#include "role/engine/recovery.h"

/* What somebody wrote down about the journal while it was written: after command `seq`, the last of
 * its batch, its chain had this hash, and the state this one. */
struct verify_root {
    u64 seq;
    u8 hash[JOURNAL_HASH_BYTES];
    bool has_state;
    u8 state[SHA256_BYTES];
    u64 number; /* where it was written down: for the message, and the order among equals */
};

struct verify_options {
    struct disk *disk;
    struct clock *clock;
    const char *folder;
    bool threads;
    struct recovery_progress *progress; /* may be NULL */
    const struct verify_root *roots;    /* rising by seq; NULL: none */
    u32 roots_count;
    const char *roots_name; /* what the numbers are of: "entry" */
};

struct verify_report {
    u8 venue[JOURNAL_VENUE_BYTES];
    u64 batches; /* without seals */
    u64 seals;
    u64 commands;
    u64 voided;
    u64 bytes;      /* of journal */
    u64 seq_last;   /* 0: nothing in it */
    u64 time_us;    /* of the last batch */
    bool sealed;    /* the last batch is followed by a seal or a new segment */
    bool live;      /* another process holds the folder: a last batch in flight is left out */
    u64 torn_bytes; /* remains of an unfinished write behind the last batch; a start cuts them */
    u8 batch_hash[JOURNAL_HASH_BYTES]; /* of the last batch, a seal too */
    u8 state_hash[SHA256_BYTES];
    u32 snapshots_equal;   /* compared and equal */
    u32 snapshots_unsound; /* cannot be read: recovery would leave them aside */
    u32 snapshots_beyond;  /* of a later sequence number than the journal holds */
    u32 roots_equal;       /* of options.roots */
    u32 assets;            /* whose sums were checked */
    struct core_counts counts;
    u64 event_bytes; /* of events that the commands gave */
    u64 event_position;
    u64 duration_ns;
};

/* Whether every asset's ledger adds up and every structure is sound; *assets_out: how many. */
MUST_USE enum fault verify_core(const struct core *core, u32 *assets_out);

/* FAULT_ROT: a byte of the journal; FAULT_DIVERGED: a snapshot or a root differs from what the
 * journal gives, or a ledger does not add up. The report holds what was found up to there. */
MUST_USE enum fault verify_run(const struct verify_options *options,
                               struct verify_report *report_out);

#endif /* ROLE_ENGINE_VERIFY_H */
