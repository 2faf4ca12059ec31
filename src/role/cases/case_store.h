/* The officers' queue as a database: rows made of events, with the position they reach.
 *
 *     case_store_begin    a transaction; somebody else's writing since is noticed here
 *     case_store_apply    the events of one chunk, as the engine gave them
 *     case_store_commit   rows and position together, or neither
 *
 * It is a projection: what officers do arrives as journalled commands, so the database can be
 * thrown away and made again, and two made from the same events have the same rows. The packs'
 * texts come from FOLDER/packs/HASH.json and count only if their SHA-256 is the hash.
 * docs/cases.md. */
#ifndef ROLE_CASES_CASE_STORE_H
#define ROLE_CASES_CASE_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/projection.h"
#include "io/sql.h"

#define CASE_VENUE_BYTES 16U
#define CASE_VERSION     1U

struct case_store;

struct case_store_options {
    const char *path;
    enum sql_access access;
    const u8 *venue;   /* SQL_READ: may be NULL, then any will do */
    struct disk *disk; /* of the packs */
    const char *packs; /* the folder of canonical forms */
};

/* SQL_WRITE makes a database of `venue` where there is none. FAULT_FOREIGN: another venue's. */
MUST_USE enum fault case_store_open(struct case_store **store_out,
                                    const struct case_store_options *options);
/* NULL is fine. What was not committed is forgotten. */
void case_store_close(struct case_store *store);

/* As committed; a reader asks the database. */
MUST_USE enum fault case_store_point(struct case_store *store, struct projection_point *point_out);

MUST_USE enum fault case_store_begin(struct case_store *store);
/* Whole records of schema.txt's events, all of one batch. What cannot be an event is FAULT_ROT. */
MUST_USE enum fault case_store_apply(struct case_store *store, struct span events, u64 seq,
                                     u64 time_us);
MUST_USE enum fault case_store_commit(struct case_store *store, u64 position);
void case_store_abandon(struct case_store *store);

/* The write-ahead log goes into the file itself: before it is moved. FAULT_LOCKED: somebody reads.
 */
MUST_USE enum fault case_store_settle(struct case_store *store);

/* Packs of which the text was looked for and not had, since open. */
u64 case_store_textless(const struct case_store *store);

#endif /* ROLE_CASES_CASE_STORE_H */
