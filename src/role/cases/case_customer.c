/* What a customer does on the page: an appeal, a file of evidence. The command names account and
 * act and no case, since no customer knows of cases: what it is about is found here, by the rows
 * alone, so every database made from the same events has the same. What is told of an appeal is the
 * same whatever restricts (docs/cases.md "Customers' acts"). */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_query.h"
#include "role/cases/case_statements.h"

#include <string.h>

bool case_customer_is(const struct command_case_act *command)
{
    return command->matter == 0 && command->officer == 0 && command->second == 0 &&
           command->head.account != 0 &&
           (command->act == CASE_ACT_APPEAL || command->act == CASE_ACT_EVIDENCE);
}

static enum fault one_row(struct case_store *store, struct sql_call *call, struct case_row *row_out,
                          bool *found_out)
{
    *row_out = (struct case_row){.matter = 0};
    TRY(sql_next(&store->sql, call, found_out));
    if (*found_out) {
        case_row_get(call, row_out);
        sql_end(call);
    }
    return FAULT_NONE;
}

enum fault case_query_appeal(struct case_store *store, u32 person, struct case_row *row_out,
                             bool *found_out)
{
    struct sql_call call = case_call(store, CASE_APPEAL_LAST);
    sql_put_u64(&call, person);
    return one_row(store, &call, row_out, found_out);
}

bool case_appeal_stands(const struct case_row *appeal, u64 now_us)
{
    return appeal->closed_us == 0 || appeal->deadline_us > now_us;
}

enum fault case_query_evidence(struct case_store *store, u32 person, const u8 hash[CASE_HASH_BYTES],
                               struct case_evidence_counts *counts_out)
{
    struct sql_call call = case_call(store, CASE_EVIDENCE_COUNT);
    bool some = false;
    sql_put_u64(&call, person);
    sql_put_bytes(&call, span_of(hash, CASE_HASH_BYTES));
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    counts_out->all = sql_get_u64(&call);
    counts_out->person = sql_get_u64(&call);
    counts_out->same = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

/* The newest open case that a finding opened, those of `kind` first. */
static enum fault standing_find(struct case_store *store, u32 person, u32 kind,
                                struct case_row *row_out, bool *found_out)
{
    struct sql_call call = case_call(store, CASE_STANDING_LAST);
    sql_put_u64(&call, person);
    sql_put_u64(&call, kind);
    return one_row(store, &call, row_out, found_out);
}

/* Against the newest case that stands; against none where something was set by hand. */
static enum fault appeal_apply(const struct case_moment *at, const struct command_case_act *command,
                               u64 seq, u32 person, u64 *matter_out, enum case_void *is_void_out)
{
    struct case_row last;
    struct case_row parent;
    bool has_last = false;
    bool has_parent = false;
    TRY(case_query_appeal(at->store, person, &last, &has_last));
    if (has_last && case_appeal_stands(&last, at->time_us)) {
        *matter_out = last.matter;
        *is_void_out = CASE_VOID_APPEALED;
        return FAULT_NONE;
    }
    TRY(standing_find(at->store, person, 0, &parent, &has_parent));
    *matter_out = parent.matter;
    parent.person = person;
    parent.account = command->head.account;
    return case_appeal_open(at, &parent, command, seq);
}

/* To the appeal that is open, else to the case that wants evidence, else to the newest one. */
static enum fault evidence_apply(const struct case_moment *at,
                                 const struct command_case_act *command, u32 person,
                                 u64 *matter_out, enum case_void *is_void_out)
{
    struct case_row row;
    bool found = false;
    TRY(case_query_appeal(at->store, person, &row, &found));
    if (!found || row.closed_us != 0) {
        TRY(standing_find(at->store, person, CASE_KIND_EVIDENCE, &row, &found));
    }
    *matter_out = row.matter;
    *is_void_out = found ? CASE_VOID_NONE : CASE_VOID_UNKNOWN;
    if (!found) {
        return FAULT_NONE;
    }
    memcpy(row.evidence, command->evidence, sizeof(row.evidence));
    return case_row_write(at->store, &row);
}

enum fault case_customer_apply(const struct case_moment *at, const struct command_case_act *command,
                               u64 seq, u64 *matter_out, enum case_void *is_void_out)
{
    struct case_account account;
    CHECK(case_customer_is(command));
    TRY(case_account_read(at->store, command->head.account, &account));
    *matter_out = 0;
    *is_void_out = CASE_VOID_UNKNOWN;
    if (account.person == 0) {
        return FAULT_NONE;
    }
    *is_void_out = CASE_VOID_NONE;
    return command->act == CASE_ACT_APPEAL
               ? appeal_apply(at, command, seq, account.person, matter_out, is_void_out)
               : evidence_apply(at, command, account.person, matter_out, is_void_out);
}
