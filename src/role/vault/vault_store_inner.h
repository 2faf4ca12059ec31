/* The parts of the vault's store, for its own files: vault_store.c (life, reading), vault_change.c
 * (put, epochs), vault_marks.c (what was put before), vault_erase.c (retention, erasure, sweeps),
 * vault_asks.c (what was asked of officers, and shown), vault_look.c (search, events, integrity),
 * vault_reviews.c (enrolments), vault_restored.c (numbers of events where another file was put
 * back).
 */
#ifndef ROLE_VAULT_VAULT_STORE_INNER_H
#define ROLE_VAULT_VAULT_STORE_INNER_H

#include "role/vault/seal_record.h"
#include "role/vault/vault_store.h"

#define VAULT_US_DAY 86400000000ULL
#define VAULT_US_S   1000000ULL

extern const struct sql_format vault_keys_format;

enum vault_file { VAULT_IN_KEYS, VAULT_IN_BODIES };

/* The statement and whose it is. */
struct sql_call vault_call(struct vault_store *store, enum vault_statement statement);
struct sql *vault_sql(struct vault_store *store, enum vault_statement statement);
/* Runs it to its end, for statements without rows. */
MUST_USE enum fault vault_do(struct vault_store *store, enum vault_statement statement,
                             struct sql_call *call);

/* One step: begin, work, end. A fault of the work is passed up behind a rollback. */
MUST_USE enum fault vault_begin(struct vault_store *store, enum vault_file file);
MUST_USE enum fault vault_end(struct vault_store *store, enum vault_file file, enum fault fault);
/* Between two steps. */
void vault_step(struct vault_store *store);

/* Subject, group and version as parameters. */
void vault_put_place(struct sql_call *call, const struct seal_label *label);
/* A statement that has these three alone, and gives no rows. */
MUST_USE enum fault vault_do_place(struct vault_store *store, enum vault_statement statement,
                                   const struct seal_label *label);

/* The record's row, body and hands left out. *found_out: it is there. */
MUST_USE enum fault vault_find(struct vault_store *store, const struct seal_label *label,
                               struct vault_record *record_out, bool *found_out);
/* Subject, group, version, epoch, retention class, last day, from the next column on. What is out
 * of its range makes a label that is not sound. */
struct vault_listed vault_get_listed(struct sql_call *call);
/* FAULT_ROT where the label is not sound; the statement has ended then. */
MUST_USE enum fault vault_get_sound(struct vault_store *store, struct sql_call *call,
                                    struct vault_listed *listed_out);
/* FAULT_ROT: what a table of this file has cannot be. */
MUST_USE enum fault vault_rot(const struct sql *sql);

/* ---- vault_marks.c ---- */

/* What is remembered of subject and group. Fills up what is missing: files of before have none. */
MUST_USE enum fault vault_marks_open(struct vault_store *store);
/* FAULT_REFUSED: an earlier or the same version as one that was put, also among these. */
MUST_USE enum fault vault_marks_check(struct vault_store *store, const struct vault_record *records,
                                      u32 count);
/* Within the step that adds the keys. */
MUST_USE enum fault vault_marks_add(struct vault_store *store, const struct seal_label *label);
/* Keeps the day on which its key was erased. */
MUST_USE enum fault vault_marks_gone(struct vault_store *store, const struct seal_label *label,
                                     u32 day);

/* ---- vault_restored.c ---- */

/* Which events the log cannot have been told of. */
MUST_USE enum fault vault_fresh_open(struct vault_store *store);

/* Records whose last day is before today; their labels need not be sound. */
MUST_USE enum fault vault_due(struct vault_store *store, u32 today,
                              struct vault_listed listed_out[VAULT_LIST_MAX], u32 *count_out);

/* ---- vault_reviews.c ---- */

/* Within the step that adds the keys. */
MUST_USE enum fault vault_review_add(struct vault_store *store, const struct vault_record *records,
                                     u32 count, struct vault_review *review);
/* Reviews that nobody decided. */
MUST_USE enum fault vault_reviews_over(struct vault_store *store, u64 now_us);
/* What is kept of the review of a record that is erased; `label` is its. */
MUST_USE enum fault vault_review_remove(struct vault_store *store, const struct seal_label *label);

/* ---- vault_people.c ---- */

/* Within a step. `sealed` is vault_person_seal's. */
MUST_USE enum fault vault_person_put(struct vault_store *store, u64 subject, u32 version,
                                     struct span sealed);
/* What is kept for screening of a record that is erased; `label` is its. */
MUST_USE enum fault vault_person_erase(struct vault_store *store, const struct seal_label *label);

/* ---- vault_marks.c ---- */

/* The highest version of a subject's group; 0: none was put. */
MUST_USE enum fault vault_marks_highest(struct vault_store *store, u64 subject, u64 group,
                                        u64 *version_out);

MUST_USE enum fault vault_event_add(struct vault_store *store, const struct vault_event *event);
MUST_USE enum fault vault_count(struct vault_store *store, u64 put, u64 erased);

#endif /* ROLE_VAULT_VAULT_STORE_INNER_H */
