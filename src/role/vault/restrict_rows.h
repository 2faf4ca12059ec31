/* What events.db keeps of restrictions, for who shows some of it: decisions, days, lines, and the
 * hashes of a day again as a tree. Reads beside the process that writes. Every leaf that is handed
 * on was computed anew from its texts and the key, and every day compared with its line, so that
 * what is shown is what was logged. */
#ifndef ROLE_VAULT_RESTRICT_ROWS_H
#define ROLE_VAULT_RESTRICT_ROWS_H

#include "base/base.h"
#include "role/vault/restrict_leaf.h"
#include "role/vault/restrict_line.h"
#include "role/vault/restrict_proof.h"
#include "wire/schema.h"

#define RESTRICT_ROWS_DAY_MAX (1U << 22) /* decisions of a day that are read */

struct restrict_rows;

/* `log` is the venue's folder log. FAULT_MISSING: it has no restrictions. FAULT_FOREIGN: the key is
 * not theirs. */
MUST_USE enum fault restrict_rows_open(struct restrict_rows **rows_out, const char *log);
/* NULL is fine. */
void restrict_rows_close(struct restrict_rows *rows);

struct restrict_row {
    u32 day;
    u64 number;
    u64 seq;
    u64 item;
    u32 person;
    bool has_event; /* of a rule */
    struct event_decision event;
    struct span decision; /* valid until the visitor returns */
    struct span facts;
    struct tlog_hash hash;
};

struct restrict_row_visitor {
    enum fault (*row)(struct restrict_row_visitor *visitor, const struct restrict_row *row);
    bool is_satisfied; /* set by the visitor: it wants no more */
};

/* Whoever is behind the account now; 0: nobody is known. */
MUST_USE enum fault restrict_rows_person(struct restrict_rows *rows, u32 account, u32 *person_out);
/* The decisions about a person and, unless `account` is UINT32_MAX, those about the account, the
 * newest first. */
MUST_USE enum fault restrict_rows_about(struct restrict_rows *rows, u32 person, u32 account,
                                        struct restrict_row_visitor *visitor);
/* All decisions of a day, in order. */
MUST_USE enum fault restrict_rows_day(struct restrict_rows *rows, u32 day,
                                      struct restrict_row_visitor *visitor);

/* The line of a day, and its entry in the log. FAULT_UNAVAILABLE: it is not over, or not in the log
 * yet. FAULT_MISSING: there is none, since restrictions were not logged then. */
MUST_USE enum fault restrict_rows_line(struct restrict_rows *rows, u32 day,
                                       char line_out[RESTRICT_LINE_BYTES],
                                       struct restrict_day *day_out, u64 *index_out);

/* Where a row stands, and its leaf. FAULT_DIVERGED: its texts are not those that were logged. */
MUST_USE enum fault restrict_rows_leaf(struct restrict_rows *rows, const struct restrict_row *row,
                                       struct restrict_leaf *leaf_out);
/* The venue's key, for salts and countries. */
struct restrict_maker *restrict_rows_maker(struct restrict_rows *rows);
/* The code out of a decision's text, with its newline; false: there is none. */
MUST_USE bool restrict_rows_code(struct span decision, char code_out[RESTRICT_CODE_BYTES]);

/* Everything of an exported decision but the receipt; *index_out is its line's entry in the log.
 * The proof points into the rows, until the next one. FAULT_UNAVAILABLE, FAULT_DIVERGED. */
MUST_USE enum fault restrict_rows_proof(struct restrict_rows *rows, const struct restrict_row *row,
                                        bool with_facts, struct restrict_proof *proof_out,
                                        u64 *index_out);

#endif /* ROLE_VAULT_RESTRICT_ROWS_H */
