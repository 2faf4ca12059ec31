/* A new data folder from a backup or another data folder, up to a sequence number or a time.
 *
 * The journal is copied up to the cut (venue_copy.h), applied from its first command to a fresh
 * core, and on the way the event log and the history are made anew. At the end the core is asked
 * about itself, a snapshot and an image are written, API keys and payouts come along, and what of
 * the payouts lies behind the cut is forgotten. The source stays as it is. */
#ifndef APP_RESTORE_H
#define APP_RESTORE_H

#include "app/cli_progress.h"
#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/journal.h"

struct restore_options {
    const char *source;
    const char *target;
    u64 seq_max;     /* the last command wanted; 0: no bound */
    u64 time_max_us; /* the latest time of a batch wanted; 0: no bound */
};

struct restore_result {
    u64 seq; /* of the last command in it */
    u64 time_us;
    bool is_cut; /* the source goes on behind it */
    u64 behind_seq;
    u64 behind_count; /* of the batch behind it */
    u64 behind_time_us;
    u8 batch_hash[JOURNAL_HASH_BYTES];
    u8 state_hash[SHA256_BYTES];
    u64 commands;
    u64 voided;
    u64 event_bytes;
    u64 history_rows_seq; /* how far the history is: `seq`, or the last one with events */
    u64 journal_bytes;
    bool has_keys;
    bool has_logins; /* their key is not among what was copied */
    u64 payouts_dropped;
};

/* Faults as of journal_cut_find; FAULT_EXISTS: the target is there; FAULT_MISSING: the journal does
 * not begin with its first command; FAULT_DIVERGED: a ledger does not add up. */
MUST_USE enum fault restore_run(const struct restore_options *options, struct cli_recovery *line,
                                struct restore_result *result_out);

#endif /* APP_RESTORE_H */
