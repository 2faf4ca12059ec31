/* SQLite as the roles see it: one connection, prepared statements, faults instead of codes.
 *
 * A database carries our application id and a schema version in its header, so that a foreign file
 * and one of a newer program are refused by name before anything is read. Writers use the
 * write-ahead log with synchronous=NORMAL: after a power cut a database is whole but may lack the
 * last transactions, which suits what is made again from the journal. Readers never wait for the
 * writer, nor it for them.
 *
 * Unsigned 64-bit numbers are kept as the signed number of the same bits. A connection belongs to
 * one thread at a time. */
#ifndef IO_SQL_H
#define IO_SQL_H

#include "base/amount.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

struct sqlite3;
struct sqlite3_stmt;

struct sql {
    struct sqlite3 *db; /* NULL: closed */
    u64 steps_left;     /* of sql_steps_limit */
    char path[FILE_PATH_BYTES];
};

enum sql_access {
    SQL_READ,  /* an existing database, nothing is changed */
    SQL_WRITE, /* made when it is not there */
};

struct sql_format {
    u32 application; /* of the header: whose file this is */
    u32 version;     /* of the schema, from 1 */
    const char *what;
    const char *const *schema; /* run once, on a new database; NULL ends it */
    /* What brings a database of version 1 to version 2, then on, each ended by NULL: one for every
     * earlier version. All are run in one transaction when it is opened to be written. NULL: an
     * earlier version is FAULT_FOREIGN. */
    const char *const *const *upgrades;
};

/* Opens, or with SQL_WRITE makes, the database at `path`. FAULT_MISSING: there is none to read.
 * FAULT_FOREIGN, FAULT_NEWER: it is not ours or too new for us. FAULT_ROT: it is damaged. */
MUST_USE enum fault sql_open(struct sql *sql, const char *path, enum sql_access access,
                             const struct sql_format *format);
/* Makes an empty file that only its owner may read, where there is none: sql_open would make one
 * that others may read. SQLite's log takes after it. */
MUST_USE enum fault sql_file_make(const char *folder, const char *path);
/* Copies a database, what is in its log included, as one moment of it, while others use it. The
 * copy is a file that only its owner may read, on the disk when this returns. FAULT_EXISTS: there
 * is one already. */
MUST_USE enum fault sql_copy(const char *path, const char *folder, const char *target);
/* A closed one is fine. All statements must have been given back. */
void sql_close(struct sql *sql);

/* Runs text that gives no rows. */
MUST_USE enum fault sql_run(struct sql *sql, const char *text);

/* All statements from here on may together take about so many steps of the library's machine: what
 * goes beyond is stopped with FAULT_STOPPED. 0: no limit. `sql` must not move while there is one.
 */
void sql_steps_limit(struct sql *sql, u64 steps);

/* Everything in the write-ahead log goes into the file itself. Not *whole_out: somebody still read
 * or wrote after some seconds, and a part stays in the log, as safe as before; again later. */
MUST_USE enum fault sql_checkpoint(struct sql *sql, bool *whole_out);
/* The same for a file that is moved next, without its log: FAULT_LOCKED where it is not whole. */
MUST_USE enum fault sql_settle(struct sql *sql);

/* A statement and where its next parameter or column is. */
struct sql_call {
    struct sqlite3_stmt *statement;
    i32 next;
};

MUST_USE enum fault sql_prepare(struct sql *sql, const char *text, struct sqlite3_stmt **out);
void sql_give_back(struct sqlite3_stmt **statement);

/* Begins with the first parameter of a statement that is not running. */
struct sql_call sql_call(struct sqlite3_stmt *statement);

void sql_put_u64(struct sql_call *call, u64 value);
void sql_put_i64(struct sql_call *call, i64 value);
void sql_put_amount(struct sql_call *call, struct amount value);
void sql_put_price(struct sql_call *call, struct price value);
/* The bytes must stay until the statement has ended. */
void sql_put_bytes(struct sql_call *call, struct span value);

/* The next row; columns are then read from the first on. After the last row, or a fault, the
 * statement can be used again. */
MUST_USE enum fault sql_next(struct sql *sql, struct sql_call *call, bool *row_out);
/* Runs a statement that gives no rows. */
MUST_USE enum fault sql_do(struct sql *sql, struct sql_call *call);
/* No more rows are wanted. */
void sql_end(struct sql_call *call);
/* Rows changed by the last statement. */
u64 sql_changes(const struct sql *sql);

u64 sql_get_u64(struct sql_call *call);
i64 sql_get_i64(struct sql_call *call);
struct amount sql_get_amount(struct sql_call *call);
struct price sql_get_price(struct sql_call *call);
/* Copies exactly `bytes`; shorter contents are filled up with zeros, longer ones cut. */
void sql_get_bytes(struct sql_call *call, void *target, size_t bytes);
/* As long as they are, where they lie: until the next row, or the statement's end. NULL is empty.
 */
struct span sql_get_span(struct sql_call *call);

#endif /* IO_SQL_H */
