/* A database that is made of events and of nothing else, in a venue's folder: it follows the event
 * log, can be thrown away, and is made again.
 *
 *     projection_open    the folder's database, and a registered reader of its event log
 *     projection_work    applies what the log has, up to a bound, in one transaction
 *     projection_status  how far it is, and how far behind
 *
 * The engine never waits for it: the log's segments stay until the projection has passed them. Who
 * wants rows opens the database for reading, in any thread or process, while this goes on.
 *
 * The database lies in the venue's folder as FOLDER/DATABASE, with a lock beside it. What its rows
 * are is the role's: struct projection_kind says how to open, fill and end it. */
#ifndef IO_PROJECTION_H
#define IO_PROJECTION_H

#include "base/base.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sql.h"

#define PROJECTION_BYTES_MAX (4U << 20) /* of events in one transaction, by default */

/* Where things lie. */
struct projection_place {
    char venue[FILE_PATH_BYTES];  /* its folder */
    char events[FILE_PATH_BYTES]; /* the event log */
    char folder[FILE_PATH_BYTES]; /* of the database */
    char database[FILE_PATH_BYTES];
    char rebuild[FILE_PATH_BYTES]; /* the new one, until it is whole */
};

/* How far a database is: as committed. */
struct projection_point {
    u64 position; /* in the event log: everything before it is in the rows */
    u64 seq;      /* of the last command in it */
    u64 time_us;  /* of its batch */
};

/* A role's database. `store` is what `open` gave. After a fault of `apply` come `abandon` and
 * `close`. */
struct projection_kind {
    const char *what;   /* "the history", for messages */
    const char *folder; /* names: */
    const char *database;
    const char *reader; /* of the event log */
    /* For writing; makes a database of `venue` where there is none. `disk` is the event log's. */
    enum fault (*open)(void **store_out, const struct projection_place *place, const char *path,
                       struct disk *disk, const u8 venue[EVENTLOG_VENUE_BYTES]);
    void (*close)(void *store);
    enum fault (*point)(void *store, struct projection_point *point_out);
    /* Fills an empty one from the newest image of the event log, in one transaction. */
    enum fault (*image)(void *store, struct disk *disk, const char *events);
    enum fault (*begin)(void *store);
    enum fault (*apply)(void *store, struct span events, u64 seq, u64 time_us);
    enum fault (*commit)(void *store, u64 position);
    void (*abandon)(void *store);
    enum fault (*settle)(void *store); /* all of it into one file: before it is moved */
};

/* `database`: the folder that the kind's folder is in; NULL: the venue's. */
MUST_USE enum fault projection_place_of(const struct projection_kind *kind, const char *folder,
                                        const char *database, struct projection_place *place_out);

struct projection;

struct projection_options {
    const char *folder;   /* the venue's */
    struct disk *disk;    /* of the event log; NULL: the machine's. The database is always there */
    const char *database; /* the folder that the kind's folder is in; NULL: the venue's */
    u64 bytes_max;        /* 0: PROJECTION_BYTES_MAX; a chunk more than that may be taken */
};

struct projection_status {
    struct projection_point point; /* what is in the database */
    u64 position_released;         /* what the log shows; 0 while the engine starts */
    u64 behind_bytes;              /* of the log, not yet applied */
    bool ahead;                    /* the log shows less than is in the database: the engine starts,
                                    * or the folder was put back to an earlier state */
    u64 transactions;              /* since open */
    u64 event_bytes;
};

/* A database that is not there yet begins with the first event, or, where the log no longer reaches
 * back so far, with its newest image. The venue must have an event log already: FAULT_MISSING. Also
 * FAULT_MISSING, later: the log no longer holds the database's position (the text says so); then it
 * must be made anew. FAULT_FOREIGN: the database is another venue's or none. FAULT_LOCKED: another
 * process writes it. */
MUST_USE enum fault projection_open(struct projection **projection_out,
                                    const struct projection_kind *kind,
                                    const struct projection_options *options);
/* NULL is fine. `leave`: the log need not keep anything for this projection any more. */
void projection_close(struct projection *projection, bool leave);

/* The kind's own, and where it lies. */
void *projection_store(const struct projection *projection);
const struct projection_place *projection_place(const struct projection *projection);

/* One step; *some_out: whether anything was there. After a fault nothing of the step is in the
 * database, and the projection must be closed. */
MUST_USE enum fault projection_work(struct projection *projection, bool *some_out);

MUST_USE enum fault projection_status(struct projection *projection,
                                      struct projection_status *status_out);

/* ---- whose it is ---- */

/* The one row of table `venue` in a projection's database. */
struct projection_owner {
    const char *what;   /* "history", for messages */
    const char *insert; /* makes the row; its one parameter is the id */
    const u8 *venue;    /* whose it has to be; NULL: anybody's. For writing never NULL */
    bool writes;        /* makes the row where there is none */
};

/* The id in the row. FAULT_MISSING: there is none. FAULT_FOREIGN: it is another venue's. */
MUST_USE enum fault projection_owner_check(struct sql *sql, const struct projection_owner *owner,
                                           u8 venue_out[EVENTLOG_VENUE_BYTES]);

/* ---- made anew ---- */

struct projection_report {
    u64 event_bytes;
    u64 transactions;
    struct projection_point point;
};

/* Called after each chunk. */
struct projection_progress {
    void (*report)(struct projection_progress *progress, u64 bytes_done, u64 bytes_all);
};

/* A fresh database in place of the old one, from the event log alone: FAULT_MISSING when that does
 * not reach back to its beginning. The old one stays until the new one is whole. Nobody else may be
 * writing it (FAULT_LOCKED); readers see the new one when they open again. `progress` may be NULL.
 */
MUST_USE enum fault projection_rebuild(const struct projection_kind *kind, const char *folder,
                                       struct projection_progress *progress,
                                       struct projection_report *report_out);

/* The same, fed by the caller, who replays the journal: begin, a feed for each chunk in order from
 * the first event ever, then end. `position` is the log's behind the chunk. */
struct projection_feed;
MUST_USE enum fault projection_feed_begin(struct projection_feed **feed_out,
                                          const struct projection_kind *kind, const char *folder,
                                          const u8 venue[EVENTLOG_VENUE_BYTES]);
MUST_USE enum fault projection_feed(struct projection_feed *feed, struct span events, u64 seq,
                                    u64 time_us, u64 position);
/* Puts the new database in place. The feed is given back, whatever comes of it. */
MUST_USE enum fault projection_feed_end(struct projection_feed *feed,
                                        struct projection_report *report_out);
/* Throws it away. NULL is fine. */
void projection_feed_abandon(struct projection_feed *feed);

#endif /* IO_PROJECTION_H */
