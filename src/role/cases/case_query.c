#include "role/cases/case_query.h"

#include "base/check.h"
#include "role/cases/case_statements.h"

/* The rows of a call that is set up; `read` takes one. */
typedef void (*take)(struct sql_call *call, void *rows, u32 index);

static enum fault gather(struct case_store *store, struct sql_call *call, u32 limit, take read,
                         void *rows, u32 *count_out)
{
    bool some = false;
    *count_out = 0;
    TRY(sql_next(&store->sql, call, &some));
    while (some && *count_out < limit) {
        read(call, rows, *count_out);
        *count_out += 1;
        TRY(sql_next(&store->sql, call, &some));
    }
    if (some) {
        sql_end(call);
    }
    return FAULT_NONE;
}

static void read_case(struct sql_call *call, void *rows, u32 index)
{
    case_row_get(call, (struct case_row *)rows + index);
}

enum fault case_query_list(struct case_store *store, const struct case_filter *filter,
                           struct case_row *rows_out, u32 *count_out)
{
    CHECK(filter->limit > 0 && filter->limit <= CASE_QUERY_ROWS_MAX);
    bool open_only = filter->open_only || filter->due_us != 0;
    struct sql_call call = case_call(store, open_only ? CASE_LIST_OPEN : CASE_LIST);
    sql_put_u64(&call, filter->kind);
    sql_put_u64(&call, filter->person);
    sql_put_u64(&call, filter->account);
    sql_put_u64(&call, filter->owner);
    sql_put_u64(&call, filter->reports_only ? 1 : 0);
    sql_put_u64(&call, filter->state);
    sql_put_u64(&call, filter->due_us);
    sql_put_u64(&call, filter->after.is_closed ? 1 : 0);
    sql_put_u64(&call, filter->after.order);
    sql_put_u64(&call, filter->after.matter);
    sql_put_u64(&call, filter->limit);
    return gather(store, &call, filter->limit, read_case, rows_out, count_out);
}

/* As CASE_LIST orders. */
struct case_place case_place_of(const struct case_row *row)
{
    u64 order = row->closed_us != 0       ? INT64_MAX - row->closed_us
                : row->second_due_us != 0 ? row->second_due_us
                : row->deadline_us != 0   ? row->deadline_us
                                          : INT64_MAX;
    return (struct case_place){
        .is_closed = row->closed_us != 0, .order = order, .matter = row->matter};
}

enum fault case_query_one(struct case_store *store, u64 matter, struct case_row *row_out,
                          bool *found_out)
{
    return case_read(store, matter, row_out, found_out);
}

static void read_act(struct sql_call *call, void *rows, u32 index)
{
    struct case_act_row *row = (struct case_act_row *)rows + index;
    row->seq = sql_get_u64(call);
    row->time_us = sql_get_u64(call);
    row->act = (u16)sql_get_u64(call);
    row->command = (u16)sql_get_u64(call);
    row->person = (u32)sql_get_u64(call);
    row->officer = (u32)sql_get_u64(call);
    row->second = (u32)sql_get_u64(call);
    row->until_us = sql_get_u64(call);
    row->is_void = (u8)sql_get_u64(call);
    sql_get_bytes(call, row->evidence, sizeof(row->evidence));
}

enum fault case_query_acts(struct case_store *store, u64 matter, u32 offset, u32 limit,
                           struct case_act_row *rows_out, u32 *count_out)
{
    struct sql_call call = case_call(store, CASE_ACTS);
    sql_put_u64(&call, matter);
    sql_put_u64(&call, limit);
    sql_put_u64(&call, offset);
    TRY(gather(store, &call, limit, read_act, rows_out, count_out));
    for (u32 i = 0; i < *count_out; i += 1) {
        rows_out[i].matter = matter;
    }
    return FAULT_NONE;
}

static void read_own_act(struct sql_call *call, void *rows, u32 index)
{
    read_act(call, rows, index);
    ((struct case_act_row *)rows + index)->matter = sql_get_u64(call);
}

enum fault case_query_acts_by(struct case_store *store, u32 officer, u64 from_us, u64 until_us,
                              u32 offset, u32 limit, struct case_act_row *rows_out, u32 *count_out)
{
    struct sql_call call = case_call(store, CASE_ACTS_BY);
    sql_put_u64(&call, officer);
    sql_put_u64(&call, from_us);
    sql_put_u64(&call, until_us);
    sql_put_u64(&call, limit);
    sql_put_u64(&call, offset);
    return gather(store, &call, limit, read_own_act, rows_out, count_out);
}

static void read_notice(struct sql_call *call, void *rows, u32 index)
{
    struct case_notice_row *row = (struct case_notice_row *)rows + index;
    struct notice_finding *finding = &row->notice.finding;
    row->seq = sql_get_u64(call);
    row->item = (u32)sql_get_u64(call);
    row->notice.kind = (enum notice_kind)sql_get_u64(call);
    row->notice.time_us = sql_get_u64(call);
    sql_get_bytes(call, row->hash, sizeof(row->hash));
    row->rule = (u8)sql_get_u64(call);
    finding->deadline = sql_get_u64(call);
    row->notice.holdings = sql_get_u64(call);
    finding->vector = (u16)sql_get_u64(call);
    finding->truth = (u8)sql_get_u64(call);
    finding->reasons = (u8)sql_get_u64(call);
    finding->missing = (u8)sql_get_u64(call);
    finding->flags = (u8)sql_get_u64(call);
}

enum fault case_query_notices(struct case_store *store, u32 account,
                              const struct case_notice_row *before, u32 limit,
                              struct case_notice_row *rows_out, u32 *count_out)
{
    struct sql_call call = case_call(store, CASE_NOTICES);
    sql_put_u64(&call, account);
    sql_put_u64(&call, before == NULL ? INT64_MAX : before->seq);
    sql_put_u64(&call, before == NULL ? UINT32_MAX : before->item);
    sql_put_u64(&call, limit);
    TRY(gather(store, &call, limit, read_notice, rows_out, count_out));
    for (u32 i = 0; i < *count_out; i += 1) {
        u32 kind = (u32)rows_out[i].notice.kind;
        rows_out[i].account = account;
        if (kind == 0 || kind >= NOTICE_KIND_COUNT) {
            return FAULT(FAULT_ROT, "%s: a notice of kind %u", store->sql.path, kind);
        }
    }
    return FAULT_NONE;
}

static void read_whitelist(struct sql_call *call, void *rows, u32 index)
{
    struct case_whitelist_row *row = (struct case_whitelist_row *)rows + index;
    row->person = (u32)sql_get_u64(call);
    row->list = sql_get_u64(call);
    row->entry = (u32)sql_get_u64(call);
    row->matter = sql_get_u64(call);
    row->from_us = sql_get_u64(call);
    row->until_us = sql_get_u64(call);
}

enum fault case_query_whitelist(struct case_store *store, u32 offset, u32 limit,
                                struct case_whitelist_row *rows_out, u32 *count_out)
{
    struct sql_call call = case_call(store, CASE_WHITELIST);
    sql_put_u64(&call, limit);
    sql_put_u64(&call, offset);
    return gather(store, &call, limit, read_whitelist, rows_out, count_out);
}

enum fault case_query_person(struct case_store *store, u32 account, u32 *person_out)
{
    struct sql_call call = case_call(store, CASE_PERSON_OF);
    bool some = false;
    *person_out = 0;
    sql_put_u64(&call, account);
    TRY(sql_next(&store->sql, &call, &some));
    if (some) {
        *person_out = (u32)sql_get_u64(&call);
        sql_end(&call);
    }
    return FAULT_NONE;
}

enum fault case_query_counts(struct case_store *store, u64 now_us, u64 *open_out, u64 *late_out)
{
    struct sql_call call = case_call(store, CASE_COUNTS);
    bool some = false;
    sql_put_u64(&call, now_us);
    TRY(sql_next(&store->sql, &call, &some));
    CHECK(some);
    *open_out = sql_get_u64(&call);
    *late_out = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

u64 case_due_us(const struct case_row *row, const struct case_holidays *holidays)
{
    if (row->second_due_us != 0) {
        return row->second_due_us;
    }
    return row->business_days == 0
               ? row->deadline_us
               : case_business_days(row->opened_us, row->business_days, holidays);
}

bool case_is_due(const struct case_row *row, const struct case_holidays *holidays, u64 at_us)
{
    u64 due_us = case_due_us(row, holidays);
    return row->closed_us == 0 && due_us != 0 && due_us <= at_us;
}
