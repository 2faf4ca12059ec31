/* The history's agent: follows the event log and keeps the database of store.h up to it.
 *
 *     history_open    the folder's database, and a registered reader of its event log
 *     history_work    applies what the log has, up to a bound, in one transaction
 *     history_status  how far it is, and how far behind
 *
 * The engine never waits for it: the log's segments stay until the history has passed them. Nobody
 * asks the agent anything: who wants rows opens the database for reading (history_reader), in any
 * thread or process, while this goes on.
 *
 * The database lies in the venue's folder as history/history.db, with a lock beside it. It is a
 * cache: it can be thrown away and made again (history_rebuild) from an event log that reaches back
 * to its beginning, or by handing a replay's events to history_feed. */
#ifndef ROLE_HISTORY_HISTORY_H
#define ROLE_HISTORY_HISTORY_H

#include "base/base.h"
#include "io/fault.h"
#include "role/history/store.h"

#define HISTORY_FOLDER      "history"
#define HISTORY_DATABASE    "history.db"
#define HISTORY_READER_NAME "history"
#define HISTORY_BYTES_MAX   (4U << 20) /* of events in one transaction, by default */

struct history;

struct history_options {
    const char *folder;   /* the venue's */
    struct disk *disk;    /* of the event log; NULL: the machine's. The database is always there */
    const char *database; /* the folder that HISTORY_FOLDER is in; NULL: the venue's */
    u64 bytes_max;        /* 0: HISTORY_BYTES_MAX; a chunk more than that may be taken */
};

struct history_status {
    struct store_point point; /* what is in the database */
    u64 position_released;    /* what the log shows; 0 while the engine starts */
    u64 behind_bytes;         /* of the log, not yet applied */
    bool ahead;               /* the log shows less than is in the database: the engine starts, or
                               * the folder was put back to an earlier state */
    u64 transactions;         /* since open */
    u64 event_bytes;
};

/* A database that is not there yet begins with the first event, or, where the log no longer reaches
 * back so far, with its newest image (image.h): store_point.began_position says which. The venue
 * must have an event log already: FAULT_MISSING. Also FAULT_MISSING, later: the log no longer holds
 * the database's position (the text says so); then it must be made anew. FAULT_FOREIGN: the
 * database is another venue's or none. FAULT_LOCKED: another process writes it. */
MUST_USE enum fault history_open(struct history **history_out,
                                 const struct history_options *options);
/* NULL is fine. `leave`: the log need not keep anything for this history any more. */
void history_close(struct history *history, bool leave);

/* One step; *some_out: whether anything was there. After a fault nothing of the step is in the
 * database, and the agent must be closed. */
MUST_USE enum fault history_work(struct history *history, bool *some_out);

MUST_USE enum fault history_status(struct history *history, struct history_status *status_out);

/* The database of a venue's folder for queries (query.h); store_close gives it back. */
MUST_USE enum fault history_reader(struct store **store_out, const char *folder);
/* The same of an agent's own, for its process. */
MUST_USE enum fault history_own_reader(struct store **store_out, const struct history *history);

/* ---- made anew ---- */

struct history_rebuild {
    u64 event_bytes;
    u64 transactions;
    struct store_point point;
};

/* Called after each chunk. */
struct history_progress {
    void (*report)(struct history_progress *progress, u64 bytes_done, u64 bytes_all);
};

/* A fresh database in place of the old one, from the event log alone: FAULT_MISSING when that does
 * not reach back to its beginning. The old one stays until the new one is whole. Nobody else may be
 * writing it (FAULT_LOCKED); readers see the new one when they open again. `progress` may be NULL.
 */
MUST_USE enum fault history_rebuild(const char *folder, struct history_progress *progress,
                                    struct history_rebuild *report_out);

/* The same, fed by the caller, who replays the journal: begin, a feed for each chunk in order from
 * the first event ever, then end. `position` is the log's behind the chunk. */
struct history_feed;
MUST_USE enum fault history_feed_begin(struct history_feed **feed_out, const char *folder,
                                       const u8 venue[STORE_VENUE_BYTES]);
MUST_USE enum fault history_feed(struct history_feed *feed, struct span events, u64 seq,
                                 u64 time_us, u64 position);
/* Puts the new database in place. The feed is given back, whatever comes of it. */
MUST_USE enum fault history_feed_end(struct history_feed *feed, struct history_rebuild *report_out);
/* Throws it away. NULL is fine. */
void history_feed_abandon(struct history_feed *feed);

#endif /* ROLE_HISTORY_HISTORY_H */
