/* The venue as it was: a data folder's journal replayed up to given moments, read-only, also beside
 * a running engine (docs/why.md "As of when").
 *
 * A moment T is the state after every batch whose time is at most T. The replay begins at the
 * newest snapshot that is old enough for the first moment, or at the first byte; what it shows is
 * the same either way, except that a watcher hears nothing from before the snapshot. */
#ifndef APP_PAST_H
#define APP_PAST_H

#include "base/base.h"
#include "io/fault.h"
#include "role/engine/recovery.h"

#define PAST_MOMENTS_MAX 4U
#define PAST_END         UINT64_MAX /* the journal's end */

struct past_look {
    const struct recovery *recovery; /* its house has the core */
    u64 seq;                         /* last command applied */
    u64 time_us;                     /* of its batch */
    bool is_final; /* the journal goes on after this moment: what is shown can change no more */
};

/* Each may be NULL. A fault ends the replay and is its result. */
struct past_watch {
    /* The replay begins (once more) behind seq_start, with that state in the recovery's house, or
     * with none: forget what was heard. */
    void (*begin)(struct past_watch *watch, const struct recovery *recovery, u64 seq_start);
    void (*command)(struct past_watch *watch, u64 seq, u64 time_us, struct span record);
    void (*event)(struct past_watch *watch, u64 time_us, struct span record);
    /* The state at moments[which]. */
    enum fault (*moment)(struct past_watch *watch, u32 which, const struct past_look *look);
};

struct past_options {
    const char *folder;
    u64 moments[PAST_MOMENTS_MAX]; /* rising */
    u32 moments_count;
    bool from_genesis;
    struct past_watch *watch;
    struct recovery_progress *progress; /* may be NULL */
};

/* FAULT_MISSING: no journal, or a moment before its first batch. */
MUST_USE enum fault past_run(const struct past_options *options);

/* One command of the journal. False in *found_out: the journal does not hold it. */
struct past_command {
    u64 time_us;
    u32 size;
    u8 record[COMMAND_BYTES_MAX];
};
MUST_USE enum fault past_find(const char *folder, u64 seq, struct past_command *command_out,
                              bool *found_out);

#endif /* APP_PAST_H */
