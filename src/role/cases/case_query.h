/* What officers and customers ask of the queue. Each answer is one view of the database. */
#ifndef ROLE_CASES_CASE_QUERY_H
#define ROLE_CASES_CASE_QUERY_H

#include "io/fault.h"
#include "role/cases/case_days.h"
#include "role/cases/case_rows.h"
#include "role/cases/case_store.h"
#include "wire/wire_gen.h"

#define CASE_QUERY_ROWS_MAX 1000U

/* 0: any. */
struct case_filter {
    bool open_only;
    bool reports_only;
    u32 kind;
    u32 state;
    u32 person;
    u32 account;
    u32 owner;
    u32 limit; /* 1 to CASE_QUERY_ROWS_MAX */
    u32 offset;
};

/* Open cases by deadline, those without one last; then closed ones, the newest first. */
MUST_USE enum fault case_query_list(struct case_store *store, const struct case_filter *filter,
                                    struct case_row *rows_out, u32 *count_out);
MUST_USE enum fault case_query_one(struct case_store *store, u64 matter, struct case_row *row_out,
                                   bool *found_out);
/* A case's record, in order. */
MUST_USE enum fault case_query_acts(struct case_store *store, u64 matter, u32 offset, u32 limit,
                                    struct case_act_row *rows_out, u32 *count_out);
/* An account's inbox, the newest first. */
MUST_USE enum fault case_query_notices(struct case_store *store, u32 account, u32 offset, u32 limit,
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

/* When the case is late: business days with these holidays; while a second officer is awaited, when
 * that is late. 0: never. */
u64 case_due_us(const struct case_row *row, const struct case_holidays *holidays);

#endif /* ROLE_CASES_CASE_QUERY_H */
