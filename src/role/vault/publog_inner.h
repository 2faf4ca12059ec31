/* The parts of what goes into the log, for its own files: publog.c (events, slots, receipts),
 * publog_line.c (readable lines, and how far others have been read), publog_opening.c (months). */
#ifndef ROLE_VAULT_PUBLOG_INNER_H
#define ROLE_VAULT_PUBLOG_INNER_H

#include "io/sql.h"
#include "role/vault/publog.h"

#define PUBLOG_NO_LEAF INT64_MAX /* not in the log as far as is known */

enum publog_statement {
    PUBLOG_MONTH_GET,
    PUBLOG_MONTH_PUT,
    PUBLOG_SLOT_LAST,
    PUBLOG_SLOT_PUT,
    PUBLOG_SLOT_GET,
    PUBLOG_SLOT_OPEN,
    PUBLOG_SLOT_LEAF,
    PUBLOG_LEAF_LAST,
    PUBLOG_EVENT_PUT,
    PUBLOG_EVENT_GET,
    PUBLOG_EVENT_FIND,
    PUBLOG_EVENT_FIND_DESK,
    PUBLOG_EVENTS_OF_CASE,
    PUBLOG_OPENING_AFTER,
    PUBLOG_BEGUN_GET,
    PUBLOG_BEGUN_PUT,
    PUBLOG_EVENTS_OF,
    PUBLOG_PLACES_OF,
    PUBLOG_LINE_PUT,
    PUBLOG_LINE_OPEN,
    PUBLOG_LINE_LEAF,
    PUBLOG_LINE_GET,
    PUBLOG_SOURCE_GET,
    PUBLOG_SOURCE_PUT,
    PUBLOG_BEGUN_FIRST,
    PUBLOG_OPENING_GET,
    PUBLOG_OPENING_ENDS,
    PUBLOG_OPENING_PUT,
    PUBLOG_STATEMENTS
};

struct publog {
    struct tlog_store *store;
    struct clock *clock;
    struct sql sql;
    struct sqlite3_stmt *rows[PUBLOG_STATEMENTS];
    struct sha256 sha256;
    struct publog_counts counts;
    bool is_broken;               /* nobody knows whether leaves were added */
    u64 next[PUBLOG_CLASSES + 1]; /* by class: the first slot that is not closed */
    struct publog_slot slot;      /* being made */
    u8 leaf_receipt[TLOG_RECEIPT_BYTES_MAX];
};

/* ---- publog.c ---- */

/* Undoes what was begun; the trail of what went wrong before stays. */
void publog_roll_back(struct publog *publog);
/* FAULT_UNAVAILABLE after a fault that left open what is in the log or in events.db. */
MUST_USE enum fault publog_check_whole(const struct publog *publog);
/* Commits what waits to the log, and keeps its indexes. */
MUST_USE enum fault publog_leaves_put(struct publog *publog);

/* ---- publog_line.c ---- */

/* Whether a line is kept that is not known to be in the log. */
MUST_USE enum fault publog_line_waits(struct publog *publog, bool *is_out);
/* Adds those that wait, PUBLOG_LINES_A_TURN at most, to be committed by the caller. */
MUST_USE enum fault publog_lines_add(struct publog *publog);
/* An entry of the log whose index was not kept: it must be the oldest line that waits. */
MUST_USE enum fault publog_line_find(struct publog *publog, struct span entry, u64 index);

#endif /* ROLE_VAULT_PUBLOG_INNER_H */
