/* The officers' queue of a venue: follows the event log and keeps the database of case_store.h up
 * to it.
 *
 *     cases_open    the folder's database, and a registered reader of its event log
 *     cases_work    applies what the log has, up to a bound, in one transaction
 *     cases_status  how far it is, and how far behind
 *
 * The engine never waits for it: the log's segments stay until the queue has passed them. Who wants
 * rows opens the database for reading (cases_reader), in any thread or process, while this goes on.
 *
 * The database lies in the venue's folder as cases/cases.db, with a lock beside it. It can be
 * thrown away and made again from an event log that reaches back to its beginning (cases_rebuild),
 * or by handing a replay's events to cases_feed. docs/cases.md. */
#ifndef ROLE_CASES_CASES_H
#define ROLE_CASES_CASES_H

#include "base/base.h"
#include "io/fault.h"
#include "role/cases/case_store.h"

#define CASES_FOLDER      "cases"
#define CASES_DATABASE    "cases.db"
#define CASES_READER_NAME "cases"
#define CASES_PACKS       "packs"    /* canonical forms, in the venue's folder */
#define CASES_BYTES_MAX   (4U << 20) /* of events in one transaction, by default */

struct cases;

struct cases_options {
    const char *folder;   /* the venue's */
    struct disk *disk;    /* of the event log; NULL: the machine's. The database is always there */
    const char *database; /* the folder that CASES_FOLDER is in; NULL: the venue's */
    u64 bytes_max;        /* 0: CASES_BYTES_MAX; a chunk more than that may be taken */
};

struct cases_status {
    struct case_point point; /* what is in the database */
    u64 position_released;   /* what the log shows; 0 while the engine starts */
    u64 behind_bytes;        /* of the log, not yet applied */
    bool ahead;              /* the log shows less than is in the database: the engine starts */
    u64 transactions;        /* since open */
    u64 textless;            /* packs without a text, since open */
};

/* A database that is not there yet begins with the first event, or, where the log no longer reaches
 * back so far, with its newest image, if that knows no person yet; else FAULT_MISSING, as where
 * there is no log yet. FAULT_FOREIGN: the database is another venue's or none. FAULT_LOCKED:
 * another process writes it. */
MUST_USE enum fault cases_open(struct cases **cases_out, const struct cases_options *options);
/* NULL is fine. `leave`: the log need not keep anything for this queue any more. */
void cases_close(struct cases *cases, bool leave);

/* One step; *some_out: whether anything was there. After a fault nothing of the step is in the
 * database, and the agent must be closed. */
MUST_USE enum fault cases_work(struct cases *cases, bool *some_out);

MUST_USE enum fault cases_status(struct cases *cases, struct cases_status *status_out);

/* Open cases, and those of them whose clock is over at `now_us`; a walk over all open ones. */
MUST_USE enum fault cases_counts(struct cases *cases, u64 now_us, u64 *open_out, u64 *late_out);

/* The database of a venue's folder for queries (case_query.h); case_store_close gives it back. */
MUST_USE enum fault cases_reader(struct case_store **store_out, const char *folder);

/* ---- made anew ---- */

struct cases_rebuild {
    u64 event_bytes;
    u64 transactions;
    struct case_point point;
};

/* A fresh database in place of the old one, from the event log alone: FAULT_MISSING when that does
 * not reach back to its beginning. The old one stays until the new one is whole. Nobody else may be
 * writing it (FAULT_LOCKED). */
MUST_USE enum fault cases_rebuild(const char *folder, struct cases_rebuild *report_out);

/* The same, fed by the caller, who replays the journal: begin, a feed for each chunk in order from
 * the first event ever, then end. `position` is the log's behind the chunk. */
struct cases_feed;
MUST_USE enum fault cases_feed_begin(struct cases_feed **feed_out, const char *folder,
                                     const u8 venue[CASE_VENUE_BYTES]);
MUST_USE enum fault cases_feed(struct cases_feed *feed, struct span events, u64 seq, u64 time_us,
                               u64 position);
/* Puts the new database in place. The feed is given back, whatever comes of it. */
MUST_USE enum fault cases_feed_end(struct cases_feed *feed, struct cases_rebuild *report_out);
/* Throws it away. NULL is fine. */
void cases_feed_abandon(struct cases_feed *feed);

#endif /* ROLE_CASES_CASES_H */
