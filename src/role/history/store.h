/* The history's database: rows made of events, with the position they reach.
 *
 *     store_begin    a transaction; somebody else's writing since is noticed here
 *     store_apply    the events of one chunk, as the engine gave them
 *     store_commit   rows and position together, or neither
 *
 * So after any end of the process the database holds exactly what the events before its position
 * give, and whoever goes on there doubles and loses nothing. After a fault, store_abandon and begin
 * again, or close. docs/history.md has the tables. */
#ifndef ROLE_HISTORY_STORE_H
#define ROLE_HISTORY_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/sql.h"
#include "role/history/bars.h"

#define STORE_VENUE_BYTES 16U
#define STORE_VERSION     2U

/* Where the history stands. */
struct store_point {
    u64 position; /* in the event log: everything before it is in the rows */
    u64 seq;      /* of the last command in it */
    u64 time_us;  /* of its batch */
    u16 market;   /* of the last new order: its details may follow in the next chunk */
    /* Where the rows begin. 0: with the first event ever; else with the image of the state at that
     * position, and what was over by then is not known. */
    u64 began_position;
    u64 began_us;
};

struct store;

/* SQL_WRITE makes a database of `venue` where there is none; one of another venue is refused with
 * FAULT_FOREIGN. SQL_READ: `venue` may be NULL, then any will do. */
MUST_USE enum fault store_open(struct store **store_out, const char *path, enum sql_access access,
                               const u8 *venue);
/* NULL is fine. What was not committed is forgotten. */
void store_close(struct store *store);

/* As committed; a reader asks the database. */
MUST_USE enum fault store_point(struct store *store, struct store_point *point_out);
const u8 *store_venue(const struct store *store);

/* How much work the queries that follow may be, together: sql_steps_limit. */
void store_steps_limit(struct store *store, u64 steps);

MUST_USE enum fault store_begin(struct store *store);
/* Whole records of schema.txt's events, all of one batch. What cannot be an event is FAULT_ROT. */
MUST_USE enum fault store_apply(struct store *store, struct span events, u64 seq, u64 time_us);
MUST_USE enum fault store_commit(struct store *store, u64 position);
void store_abandon(struct store *store);

/* The write-ahead log goes into the file itself: before it is moved. FAULT_LOCKED: somebody reads.
 */
MUST_USE enum fault store_settle(struct store *store);

#endif /* ROLE_HISTORY_STORE_H */
