/* Accounts, and what happens to the money of restricted ones: deposits held and frozen, movements
 * refused, and the reports that come with a day of the year. */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_days.h"
#include "role/cases/case_statements.h"

#include <string.h>

enum fault case_account_read(struct case_store *store, u32 account,
                             struct case_account *account_out)
{
    bool some = false;
    *account_out = (struct case_account){.account = account};
    struct sql_call call = case_call(store, CASE_ACCOUNT_GET);
    sql_put_u64(&call, account);
    TRY(sql_next(&store->sql, &call, &some));
    if (some) {
        account_out->person = (u32)sql_get_u64(&call);
        account_out->hand = sql_get_u64(&call);
        account_out->vector = sql_get_u64(&call);
        sql_end(&call);
    }
    return FAULT_NONE;
}

/* Accounts of which nothing is said have no row. */
enum fault case_account_write(struct case_store *store, const struct case_account *account)
{
    bool is_nothing = account->person == 0 && account->hand == 0 && account->vector == 0;
    struct sql_call call = case_call(store, is_nothing ? CASE_ACCOUNT_FORGET : CASE_ACCOUNT_PUT);
    sql_put_u64(&call, account->account);
    if (!is_nothing) {
        sql_put_u64(&call, account->person);
        sql_put_u64(&call, account->hand);
        sql_put_u64(&call, account->vector);
    }
    return case_do(store, &call);
}

static bool is_frozen(u64 vector, u32 operation)
{
    return ((vector >> (2 * operation)) & 3) == RESTRICTION_FREEZE;
}

/* ---- the rule behind a freeze ---- */

/* The first finding that freezes the person and wants a report by business days. */
struct freezing {
    u32 pack;
    u32 rule;
    const struct pack_duty *duty; /* NULL: none */
};

static const struct pack_duty *report_of(const struct case_store *store, u32 pack, u32 rule)
{
    if (case_rule_text(store, pack, rule) == NULL) {
        return NULL;
    }
    for (u32 i = 0; i < store->texts[pack].duties_count; i += 1) {
        const struct pack_duty *duty = &store->texts[pack].duties[i];
        if (duty->rule == rule && duty->kind == PACK_DUTY_REPORT_AFTER && !duty->is_interim) {
            return duty;
        }
    }
    return NULL;
}

static enum fault freezing_find(struct case_store *store, u32 person, struct freezing *freezing_out)
{
    bool some = false;
    *freezing_out = (struct freezing){.pack = CASE_NO_PACK};
    struct sql_call call = case_call(store, CASE_FINDINGS_OF);
    sql_put_u64(&call, person);
    TRY(sql_next(&store->sql, &call, &some));
    while (some && freezing_out->duty == NULL) {
        u32 pack = (u32)sql_get_u64(&call);
        u32 rule = (u32)sql_get_u64(&call);
        (void)sql_get_u64(&call);
        u64 vector = sql_get_u64(&call);
        u64 truth = sql_get_u64(&call);
        const struct pack_duty *duty = report_of(store, pack, rule);
        if (truth == TRUTH_YES && is_frozen(vector, OPERATION_WITHDRAW) && duty != NULL) {
            *freezing_out = (struct freezing){.pack = pack, .rule = rule, .duty = duty};
        }
        TRY(sql_next(&store->sql, &call, &some));
    }
    if (some) {
        sql_end(&call);
    }
    return FAULT_NONE;
}

static void row_about(const struct case_moment *at, struct case_row *row,
                      const struct freezing *freezing)
{
    if (freezing->duty == NULL) {
        return;
    }
    u32 days = freezing->duty->days;
    case_about_rule(at->store, row, freezing->pack, freezing->rule);
    row->business_days = days;
    row->deadline_us = days == 0 ? 0 : case_business_days(at->time_us, days, NULL);
    case_name_put(row->what, freezing->duty->what);
}

/* ---- deposits ---- */

static enum fault matter_of(struct case_store *store, u32 account, u64 reference,
                            enum case_kind kind, struct case_row *row_out, bool *some_out)
{
    struct sql_call call = case_call(store, CASE_MATTER_OF);
    sql_put_u64(&call, account);
    sql_put_u64(&call, reference);
    sql_put_u64(&call, kind);
    TRY(sql_next(&store->sql, &call, some_out));
    if (*some_out) {
        case_row_get(&call, row_out);
        sql_end(&call);
    }
    return FAULT_NONE;
}

static enum fault deposit_held(const struct case_moment *at, const struct event_ledger *event,
                               const struct case_account *account)
{
    struct case_row row = {.kind = CASE_KIND_HELD_DEPOSIT,
                           .person = account->person,
                           .account = account->account,
                           .pack = CASE_NO_PACK,
                           .reference = event->reference,
                           .amount = event->amount.units, /* raw: as in the event */
                           .asset = event->asset,
                           .cause_seq = event->head.seq,
                           .deadline_us = at->time_us + CASE_ANSWER_US};
    return case_open(at, &row, event->head.seq);
}

static enum fault deposit_frozen(const struct case_moment *at, const struct event_ledger *event,
                                 const struct case_account *account)
{
    struct freezing freezing;
    struct case_row row = {.kind = CASE_KIND_FROZEN_DEPOSIT,
                           .person = account->person,
                           .account = account->account,
                           .pack = CASE_NO_PACK,
                           .reference = event->entry,
                           .amount = event->amount.units, /* raw: as in the event */
                           .asset = event->asset,
                           .cause_seq = event->head.seq};
    if (!is_frozen(account->vector, OPERATION_WITHDRAW) &&
        !is_frozen(account->vector, OPERATION_DEPOSIT)) {
        return FAULT_NONE;
    }
    TRY(freezing_find(at->store, account->person, &freezing));
    row_about(at, &row, &freezing);
    return case_open(at, &row, event->head.seq);
}

static enum fault deposit_end(const struct case_moment *at, const struct event_ledger *event,
                              enum case_outcome outcome)
{
    struct case_row row;
    bool some = false;
    TRY(matter_of(at->store, event->head.account, event->reference, CASE_KIND_HELD_DEPOSIT, &row,
                  &some));
    return some && row.closed_us == 0 ? case_close(at, &row, event->head.seq, outcome) : FAULT_NONE;
}

enum fault case_ledger(const struct case_moment *at, const struct event_ledger *event)
{
    struct case_account account;
    bool is_in = event->cause == LEDGER_CAUSE_DEPOSIT || event->cause == LEDGER_CAUSE_DEPOSIT_HELD;
    if (event->cause == LEDGER_CAUSE_DEPOSIT_RELEASE) {
        return deposit_end(at, event, CASE_OUTCOME_RELEASED);
    }
    if (event->cause == LEDGER_CAUSE_DEPOSIT_RETURN) {
        return deposit_end(at, event, CASE_OUTCOME_RETURNED);
    }
    if (!is_in) {
        return FAULT_NONE;
    }
    TRY(case_account_read(at->store, event->head.account, &account));
    return event->cause == LEDGER_CAUSE_DEPOSIT_HELD ? deposit_held(at, event, &account)
                                                     : deposit_frozen(at, event, &account);
}

/* ---- refused movements ---- */

/* One case for each account and day, however often it is tried. */
enum fault case_rejected(const struct case_moment *at, const struct event_rejected *event)
{
    struct case_account account;
    struct freezing freezing;
    struct case_row row;
    bool some = false;
    u64 day = at->time_us / NOTICE_DAY_US;
    if (event->command != COMMAND_WITHDRAW_HOLD && event->command != COMMAND_TRANSFER) {
        return FAULT_NONE;
    }
    TRY(case_account_read(at->store, event->head.account, &account));
    if (account.person == 0 || !is_frozen(account.vector, OPERATION_WITHDRAW)) {
        return FAULT_NONE;
    }
    TRY(freezing_find(at->store, account.person, &freezing));
    TRY(matter_of(at->store, account.account, day, CASE_KIND_REPORT_REJECTED, &row, &some));
    if (freezing.duty == NULL || some || day == 0) {
        return FAULT_NONE;
    }
    row = (struct case_row){.kind = CASE_KIND_REPORT_REJECTED,
                            .person = account.person,
                            .account = account.account,
                            .reference = day,
                            .cause_seq = event->head.seq};
    row_about(at, &row, &freezing);
    return case_open(at, &row, event->head.seq);
}

/* ---- once a year ---- */

/* The moment after the day in this year. */
static u64 end_of(u32 year, u32 month, u32 day)
{
    return ((u64)case_day_of(year, month, day) + 1) * NOTICE_DAY_US;
}

static enum fault year_open(const struct case_moment *at, u32 pack, const struct pack_duty *duty,
                            u32 item, u32 year, u64 seq)
{
    struct case_store *store = at->store;
    bool some = false;
    struct sql_call call = case_call(store, CASE_HELD_COUNT);
    sql_put_bytes(&call, span_of(store->packs[pack].hash, CASE_HASH_BYTES));
    sql_put_u64(&call, duty->rule);
    sql_put_u64(&call, end_of(year, duty->as_of_month, duty->as_of_day));
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    u64 persons = sql_get_u64(&call);
    sql_end(&call);
    if (persons == 0) {
        return FAULT_NONE;
    }
    bool is_next =
        duty->due_month * 100 + duty->due_day < duty->as_of_month * 100 + duty->as_of_day;
    struct case_row row = {.kind = CASE_KIND_REPORT_YEARLY,
                           .item = item,
                           .reference = year,
                           .amount = persons,
                           .cause_seq = seq,
                           .deadline_us =
                               end_of(year + (is_next ? 1 : 0), duty->due_month, duty->due_day)};
    case_about_rule(store, &row, pack, duty->rule);
    case_name_put(row.what, duty->what);
    return case_open(at, &row, seq);
}

static enum fault years_of(const struct case_moment *at, u32 pack, u64 before_us, u64 seq)
{
    const struct pack_text *text = &at->store->texts[pack];
    u32 first = case_year_of((u32)(before_us / NOTICE_DAY_US));
    u32 last = case_year_of((u32)(at->time_us / NOTICE_DAY_US));
    for (u32 i = 0; i < text->duties_count; i += 1) {
        const struct pack_duty *duty = &text->duties[i];
        for (u32 year = first; year <= last && duty->kind == PACK_DUTY_REPORT_YEARLY; year += 1) {
            u64 border_us = end_of(year, duty->as_of_month, duty->as_of_day);
            if (before_us < border_us && border_us <= at->time_us) {
                TRY(year_open(at, pack, duty, i + 1, year, seq));
            }
        }
    }
    return FAULT_NONE;
}

enum fault case_years(const struct case_moment *at, u64 before_us, u64 seq)
{
    bool is_new_day = before_us / NOTICE_DAY_US != at->time_us / NOTICE_DAY_US;
    bool is_sane = at->time_us / NOTICE_DAY_US < 4000000; /* no year beyond the calendar's */
    for (u32 i = 0; i < CASE_PACKS_MAX && before_us != 0 && is_new_day && is_sane; i += 1) {
        if (at->store->packs[i].has_text) {
            TRY(years_of(at, i, before_us, seq));
        }
    }
    return FAULT_NONE;
}
