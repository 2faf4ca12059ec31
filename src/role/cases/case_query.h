/* What officers and customers ask of the queue. Each answer is one view of the database. */
#ifndef ROLE_CASES_CASE_QUERY_H
#define ROLE_CASES_CASE_QUERY_H

#include "io/fault.h"
#include "role/cases/case_days.h"
#include "role/cases/case_rows.h"
#include "role/cases/case_store.h"
#include "wire/wire_gen.h"

#define CASE_QUERY_ROWS_MAX 1000U

/* The place of a case in a list. Zeros: before the first. */
struct case_place {
    bool is_closed;
    u64 order; /* by its kind of state: deadline, or how long ago it closed */
    u64 matter;
};

/* 0: any. */
struct case_filter {
    bool open_only;
    bool reports_only;
    u32 kind;
    u32 state;
    u32 person;
    u32 account;
    u32 owner;
    u64 due_us; /* only open cases that are late then, holidays not looked at; see case_is_due */
    u32 limit;  /* 1 to CASE_QUERY_ROWS_MAX */
    struct case_place after;
};

/* Open cases by deadline, those without one last; then closed ones, the newest first. */
MUST_USE enum fault case_query_list(struct case_store *store, const struct case_filter *filter,
                                    struct case_row *rows_out, u32 *count_out);
/* Where the row stands in such a list: what goes on behind it gets this as `after`, and neither
 * repeats nor passes over a case that stays as it is, whatever becomes of others meanwhile. */
struct case_place case_place_of(const struct case_row *row);
MUST_USE enum fault case_query_one(struct case_store *store, u64 matter, struct case_row *row_out,
                                   bool *found_out);
/* A case's record, in order. */
MUST_USE enum fault case_query_acts(struct case_store *store, u64 matter, u32 offset, u32 limit,
                                    struct case_act_row *rows_out, u32 *count_out);
/* What an officer did, alone or as the second, from `from_us` to before `until_us`; the newest
 * first.
 */
MUST_USE enum fault case_query_acts_by(struct case_store *store, u32 officer, u64 from_us,
                                       u64 until_us, u32 offset, u32 limit,
                                       struct case_act_row *rows_out, u32 *count_out);
/* An account's inbox, the newest first. `before`: only what is older than this row; NULL: all. */
MUST_USE enum fault case_query_notices(struct case_store *store, u32 account,
                                       const struct case_notice_row *before, u32 limit,
                                       struct case_notice_row *rows_out, u32 *count_out);
/* Those that end first first, ended ones included. */
MUST_USE enum fault case_query_whitelist(struct case_store *store, u32 offset, u32 limit,
                                         struct case_whitelist_row *rows_out, u32 *count_out);
/* Open cases, and those of them that are late; holidays are not looked at. */
MUST_USE enum fault case_query_counts(struct case_store *store, u64 now_us, u64 *open_out,
                                      u64 *late_out);
/* 0: linked to nobody. */
MUST_USE enum fault case_query_person(struct case_store *store, u32 account, u32 *person_out);

/* Whether the act would count now, as far as the database is: asked before it is journalled. */
MUST_USE enum fault case_query_check(struct case_store *store,
                                     const struct command_case_act *command, u64 now_us,
                                     enum case_void *is_void_out);

/* The newest appeal of a person. False: there is none. */
MUST_USE enum fault case_query_appeal(struct case_store *store, u32 person,
                                      struct case_row *row_out, bool *found_out);
/* Whether another appeal of the person has to wait at `now_us`: one is open, or was made less than
 * its clock ago. */
bool case_appeal_stands(const struct case_row *appeal, u64 now_us);

/* Files of evidence that customers sent: in all, of a person, and of those with this hash. */
struct case_evidence_counts {
    u64 all;
    u64 person;
    u64 same;
};
MUST_USE enum fault case_query_evidence(struct case_store *store, u32 person,
                                        const u8 hash[CASE_HASH_BYTES],
                                        struct case_evidence_counts *counts_out);

/* When the case is late: business days with these holidays; while a second officer is awaited, when
 * that is late. 0: never. */
u64 case_due_us(const struct case_row *row, const struct case_holidays *holidays);
/* Whether it is open and late at `at_us`, holidays looked at. */
bool case_is_due(const struct case_row *row, const struct case_holidays *holidays, u64 at_us);

#endif /* ROLE_CASES_CASE_QUERY_H */
