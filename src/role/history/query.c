#include "role/history/query.h"

#include "base/check.h"
#include "base/span.h"
#include "role/history/statements.h"

#include <string.h>

/* Ids, from the first on and before `end`; the newest of them, or the oldest. */
struct range {
    u64 first;
    u64 end;
    bool newest;
};

/* A table whose rows of one key are numbered in the order of time. */
struct numbered {
    enum store_statement next;
    enum store_statement last;
    u32 keys_count;
    u64 keys[2];
};

static struct sql_call keyed(struct store *store, const struct numbered *table,
                             enum store_statement statement)
{
    struct sql_call call = store_call(store, statement);
    for (u32 i = 0; i < table->keys_count; i += 1) {
        sql_put_u64(&call, table->keys[i]);
    }
    return call;
}

static enum fault id_and_time(struct store *store, struct sql_call *call, u64 *id_out,
                              u64 *time_out, bool *found_out)
{
    TRY(sql_next(store_sql(store), call, found_out));
    if (*found_out) {
        *id_out = sql_get_u64(call);
        *time_out = sql_get_u64(call);
        sql_end(call);
    }
    return FAULT_NONE;
}

/* The first id whose row is not before `time_us`; one behind the last when all are. Ids may have
 * gaps: each look takes the next one there is. At most 64 looks. */
static enum fault id_at(struct store *store, const struct numbered *table, u64 time_us, u64 *id_out)
{
    struct sql_call call = keyed(store, table, table->last);
    u64 last = 0;
    u64 time = 0;
    bool found = false;
    TRY(id_and_time(store, &call, &last, &time, &found));
    u64 low = 0;
    u64 high = found && last < (u64)INT64_MAX ? last + 1 : 0;
    while (low < high) {
        u64 middle = low + (high - low) / 2;
        u64 id = 0;
        call = keyed(store, table, table->next);
        sql_put_u64(&call, middle);
        TRY(id_and_time(store, &call, &id, &time, &found));
        if (!found || id < middle || time >= time_us) {
            high = middle;
        } else {
            low = id + 1;
        }
    }
    *id_out = low;
    return FAULT_NONE;
}

static enum fault range_of(struct store *store, const struct numbered *table,
                           const struct history_page *page, struct range *range_out)
{
    CHECK(page->limit >= 1 && page->limit <= HISTORY_ROWS_MAX);
    struct range range = {.first = page->from_id, .end = (u64)INT64_MAX, .newest = true};
    if (page->from_us > 0) {
        u64 first = 0;
        TRY(id_at(store, table, page->from_us, &first));
        range.first = u64_max(range.first, first);
    }
    if (page->to_us > 0 && page->to_us < (u64)INT64_MAX) {
        TRY(id_at(store, table, page->to_us + 1, &range.end));
    }
    range.first = u64_min(range.first, (u64)INT64_MAX);
    range.newest = page->from_id == 0 && page->from_us == 0;
    *range_out = range;
    return FAULT_NONE;
}

/* Newest first becomes oldest first. */
static void turn(void *rows, size_t size, u32 count)
{
    u8 *bytes = rows;
    u8 spare[sizeof(struct history_order)];
    CHECK(size <= sizeof(spare));
    for (u32 i = 0; i < count / 2; i += 1) {
        u8 *a = bytes + (size_t)i * size;
        u8 *b = bytes + (size_t)(count - 1 - i) * size;
        memcpy(spare, a, size);
        memcpy(a, b, size);
        memcpy(b, spare, size);
    }
}

/* Rows of any kind, each read by `get`. */
struct rows {
    void *target;
    size_t size;
    u32 limit;
    void (*get)(struct sql_call *call, void *row_out);
};

static enum fault rows_read(struct store *store, struct sql_call *call, const struct rows *rows,
                            u32 *count_out)
{
    u32 count = 0;
    bool row = false;
    *count_out = 0;
    TRY(sql_next(store_sql(store), call, &row));
    while (row) {
        CHECK(count < rows->limit);
        rows->get(call, (u8 *)rows->target + (size_t)count * rows->size);
        count += 1;
        TRY(sql_next(store_sql(store), call, &row));
    }
    *count_out = count;
    return FAULT_NONE;
}

static enum fault row_read(struct store *store, struct sql_call *call, const struct rows *rows,
                           bool *found_out)
{
    u32 count = 0;
    TRY(rows_read(store, call, rows, &count));
    *found_out = count == 1;
    return FAULT_NONE;
}

static enum fault page_read_inside(struct store *store, const struct numbered *table,
                                   const struct history_page *page, enum store_statement up,
                                   enum store_statement down, const struct rows *rows,
                                   u32 *count_out)
{
    struct range range;
    TRY(range_of(store, table, page, &range));
    struct sql_call call = keyed(store, table, range.newest ? down : up);
    sql_put_u64(&call, range.first);
    sql_put_u64(&call, range.end);
    sql_put_u64(&call, rows->limit);
    TRY(rows_read(store, &call, rows, count_out));
    if (range.newest) {
        turn(rows->target, rows->size, *count_out);
    }
    return FAULT_NONE;
}

/* A page of a table: `up` and `down` differ in their order only. */
static enum fault page_read(struct store *store, const struct numbered *table,
                            const struct history_page *page, enum store_statement up,
                            enum store_statement down, const struct rows *rows, u32 *count_out)
{
    TRY(store_view_begin(store));
    return store_view_end(store, page_read_inside(store, table, page, up, down, rows, count_out));
}

/* Ids are below 2^63, and what is not would be compared as a negative number. */
static void put_from(struct sql_call *call, u64 from_id)
{
    sql_put_u64(call, u64_min(from_id, (u64)INT64_MAX));
}

/* ---- orders ---- */

static void get_order(struct sql_call *call, void *row)
{
    store_order_get(call, row);
}

enum fault history_order_by_id(struct store *store, u32 account, u16 market, u64 order_id,
                               struct history_order *order_out, bool *found_out)
{
    struct rows rows = {
        .target = order_out, .size = sizeof(*order_out), .limit = 1, .get = get_order};
    struct sql_call call = store_call(store, STORE_ORDER_GET);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, order_id);
    return row_read(store, &call, &rows, found_out);
}

static enum fault order_by_client_inside(struct store *store, u32 account, u16 market,
                                         const struct client_id *client,
                                         struct history_order *order_out, bool *found_out)
{
    struct sql_call call = store_call(store, QUERY_ORDERS_OF_CLIENT);
    bool row = false;
    *found_out = false;
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, store_client_hash(client));
    TRY(sql_next(store_sql(store), &call, &row));
    while (row) {
        enum fault fault =
            history_order_by_id(store, account, market, sql_get_u64(&call), order_out, found_out);
        /* An order that was amended is found under its present id only. */
        *found_out = *found_out && client_id_equal(&order_out->client, client);
        if (fault != FAULT_NONE || *found_out) {
            sql_end(&call);
            return fault;
        }
        TRY(sql_next(store_sql(store), &call, &row));
    }
    return FAULT_NONE;
}

enum fault history_order_by_client(struct store *store, u32 account, u16 market,
                                   const struct client_id *client, struct history_order *order_out,
                                   bool *found_out)
{
    TRY(store_view_begin(store));
    return store_view_end(
        store, order_by_client_inside(store, account, market, client, order_out, found_out));
}

enum fault history_orders(struct store *store, u32 account, u16 market,
                          const struct history_page *page, struct history_order *rows_out,
                          u32 *count_out)
{
    struct numbered table = {.next = QUERY_ORDER_NEXT,
                             .last = QUERY_ORDER_LAST,
                             .keys_count = 2,
                             .keys = {account, market}};
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_order};
    return page_read(store, &table, page, QUERY_ORDERS_UP, QUERY_ORDERS_DOWN, &rows, count_out);
}

/* ---- trades ---- */

static void get_fill(struct sql_call *call, void *row)
{
    struct history_fill *fill = row;
    fill->trade_id = sql_get_u64(call);
    fill->order_id = sql_get_u64(call);
    fill->list_id = sql_get_u64(call);
    fill->price = sql_get_price(call);
    fill->qty = sql_get_amount(call);
    fill->quote = sql_get_amount(call);
    fill->fee = sql_get_amount(call);
    fill->time_us = sql_get_u64(call);
    fill->buys = sql_get_u64(call) != 0;
    fill->maker = sql_get_u64(call) != 0;
}

/* Narrows the range to the first and last trade of an order. */
static enum fault range_of_order(struct store *store, u32 account, u16 market, u64 order_id,
                                 struct range *range)
{
    struct sql_call call = store_call(store, QUERY_ORDER_TRADES);
    u64 first = 0;
    u64 last = 0;
    bool found = false;
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, order_id);
    TRY(id_and_time(store, &call, &first, &last, &found));
    range->first = u64_max(range->first, found ? first : 1);
    range->end = u64_min(range->end, found ? last + 1 : 0);
    return FAULT_NONE;
}

static struct numbered trades_of(u16 market)
{
    return (struct numbered){
        .next = QUERY_TRADE_NEXT, .last = QUERY_TRADE_LAST, .keys_count = 1, .keys = {market}};
}

static enum fault fills_inside(struct store *store, u32 account, u16 market, u64 order_id,
                               const struct history_page *page, struct history_fill *rows_out,
                               u32 *count_out)
{
    struct numbered table = trades_of(market);
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_fill};
    struct range range;
    TRY(range_of(store, &table, page, &range));
    if (order_id > 0) {
        TRY(range_of_order(store, account, market, order_id, &range));
    }
    struct sql_call call = store_call(store, range.newest ? QUERY_FILLS_DOWN : QUERY_FILLS_UP);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, range.first);
    sql_put_u64(&call, range.end);
    sql_put_u64(&call, order_id);
    sql_put_u64(&call, page->limit);
    TRY(rows_read(store, &call, &rows, count_out));
    if (range.newest) {
        turn(rows_out, sizeof(*rows_out), *count_out);
    }
    for (u32 i = 0; i < *count_out; i += 1) {
        rows_out[i].market = market;
    }
    return FAULT_NONE;
}

enum fault history_fills(struct store *store, u32 account, u16 market, u64 order_id,
                         const struct history_page *page, struct history_fill *rows_out,
                         u32 *count_out)
{
    TRY(store_view_begin(store));
    return store_view_end(
        store, fills_inside(store, account, market, order_id, page, rows_out, count_out));
}

static void get_trade(struct sql_call *call, void *row)
{
    struct history_trade *trade = row;
    trade->trade_id = sql_get_u64(call);
    trade->price = sql_get_price(call);
    trade->qty = sql_get_amount(call);
    trade->quote = sql_get_amount(call);
    trade->time_us = sql_get_u64(call);
    trade->buyer_is_maker = sql_get_u64(call) != 0;
}

enum fault history_trades(struct store *store, u16 market, const struct history_page *page,
                          struct history_trade *rows_out, u32 *count_out)
{
    struct numbered table = trades_of(market);
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_trade};
    return page_read(store, &table, page, QUERY_TRADES_UP, QUERY_TRADES_DOWN, &rows, count_out);
}

static void get_aggregate(struct sql_call *call, void *row)
{
    struct history_aggregate *aggregate = row;
    aggregate->aggregate_id = sql_get_u64(call);
    aggregate->price = sql_get_price(call);
    aggregate->qty = sql_get_amount(call);
    aggregate->first_trade = sql_get_u64(call);
    aggregate->last_trade = sql_get_u64(call);
    aggregate->time_us = sql_get_u64(call);
    aggregate->buyer_is_maker = sql_get_u64(call) != 0;
}

enum fault history_aggregates(struct store *store, u16 market, const struct history_page *page,
                              struct history_aggregate *rows_out, u32 *count_out)
{
    struct numbered table = {.next = QUERY_AGGREGATE_NEXT,
                             .last = QUERY_AGGREGATE_LAST,
                             .keys_count = 1,
                             .keys = {market}};
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_aggregate};
    return page_read(store, &table, page, QUERY_AGGREGATES_UP, QUERY_AGGREGATES_DOWN, &rows,
                     count_out);
}

/* ---- lists ---- */

static void get_list(struct sql_call *call, void *row)
{
    struct history_list *list = row;
    list->account = (u32)sql_get_u64(call);
    list->market = (u16)sql_get_u64(call);
    list->list_id = sql_get_u64(call);
    store_client_get(call, &list->client);
    list->kind = (enum list_kind)sql_get_u64(call);
    list->legs = (u32)sql_get_u64(call);
    list->first_order = sql_get_u64(call);
    list->done = sql_get_u64(call) != 0;
    list->time_us = sql_get_u64(call);
    list->update_us = sql_get_u64(call);
    for (u32 leg = 0; leg < HISTORY_LEGS_MAX; leg += 1) {
        store_client_get(call, &list->clients[leg]);
    }
}

enum fault history_list_by_id(struct store *store, u32 account, u64 list_id,
                              struct history_list *list_out, bool *found_out)
{
    struct rows rows = {.target = list_out, .size = sizeof(*list_out), .limit = 1, .get = get_list};
    struct sql_call call = store_call(store, QUERY_LISTS_UP);
    sql_put_u64(&call, account);
    sql_put_u64(&call, list_id);
    sql_put_u64(&call, u64_add_capped(list_id, 1));
    sql_put_u64(&call, 1);
    return row_read(store, &call, &rows, found_out);
}

enum fault history_list_by_client(struct store *store, u32 account, const struct client_id *client,
                                  struct history_list *list_out, bool *found_out)
{
    struct rows rows = {.target = list_out, .size = sizeof(*list_out), .limit = 1, .get = get_list};
    struct sql_call call = store_call(store, QUERY_LIST_OF_CLIENT);
    sql_put_u64(&call, account);
    store_client_put(&call, client);
    return row_read(store, &call, &rows, found_out);
}

enum fault history_lists(struct store *store, u32 account, const struct history_page *page,
                         struct history_list *rows_out, u32 *count_out)
{
    struct numbered table = {
        .next = QUERY_LIST_NEXT, .last = QUERY_LIST_LAST, .keys_count = 1, .keys = {account}};
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_list};
    return page_read(store, &table, page, QUERY_LISTS_UP, QUERY_LISTS_DOWN, &rows, count_out);
}

/* ---- money ---- */

static void get_line(struct sql_call *call, void *row)
{
    struct history_line *line = row;
    line->entry = sql_get_u64(call);
    line->asset = (u16)sql_get_u64(call);
    line->cause = (u32)sql_get_u64(call);
    line->delta = sql_get_i64(call);
    line->other_account = (u32)sql_get_u64(call);
    line->reason = (u32)sql_get_u64(call);
    line->reference = sql_get_u64(call);
    line->seq = sql_get_u64(call);
    line->time_us = sql_get_u64(call);
}

static enum fault lines_inside(struct store *store, u32 account, i32 asset,
                               const struct history_page *page, struct history_line *rows_out,
                               u32 *count_out)
{
    struct numbered table = {
        .next = QUERY_LINE_NEXT, .last = QUERY_LINE_LAST, .keys_count = 1, .keys = {account}};
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = page->limit, .get = get_line};
    struct range range;
    TRY(range_of(store, &table, page, &range));
    struct sql_call call = store_call(store, range.newest ? QUERY_LINES_DOWN : QUERY_LINES_UP);
    sql_put_u64(&call, account);
    sql_put_u64(&call, range.first);
    sql_put_u64(&call, range.end);
    sql_put_i64(&call, asset);
    sql_put_u64(&call, page->limit);
    TRY(rows_read(store, &call, &rows, count_out));
    if (range.newest) {
        turn(rows_out, sizeof(*rows_out), *count_out);
    }
    return FAULT_NONE;
}

enum fault history_lines(struct store *store, u32 account, i32 asset,
                         const struct history_page *page, struct history_line *rows_out,
                         u32 *count_out)
{
    TRY(store_view_begin(store));
    return store_view_end(store, lines_inside(store, account, asset, page, rows_out, count_out));
}

static enum fault money_read_inside(struct store *store, const struct history_money_query *query,
                                    struct numbered *table, enum store_statement statement,
                                    const struct rows *rows, u32 *count_out)
{
    struct history_page page = {
        .from_us = query->from_us, .to_us = query->to_us, .limit = query->limit};
    struct range range;
    table->keys_count = 1;
    table->keys[0] = query->account;
    TRY(range_of(store, table, &page, &range));
    struct sql_call call = store_call(store, statement);
    sql_put_u64(&call, query->account);
    sql_put_u64(&call, range.first);
    sql_put_u64(&call, range.end);
    sql_put_i64(&call, query->asset);
    sql_put_i64(&call, query->status);
    sql_put_u64(&call, query->limit);
    sql_put_u64(&call, query->offset);
    return rows_read(store, &call, rows, count_out);
}

static enum fault money_read(struct store *store, const struct history_money_query *query,
                             struct numbered *table, enum store_statement statement,
                             const struct rows *rows, u32 *count_out)
{
    TRY(store_view_begin(store));
    return store_view_end(store,
                          money_read_inside(store, query, table, statement, rows, count_out));
}

static void get_deposit(struct sql_call *call, void *row)
{
    struct history_deposit *deposit = row;
    deposit->entry = sql_get_u64(call);
    deposit->asset = (u16)sql_get_u64(call);
    deposit->network = (u16)sql_get_u64(call);
    deposit->amount = sql_get_amount(call);
    deposit->hold_id = sql_get_u64(call);
    deposit->reference = sql_get_u64(call);
    deposit->status = (enum history_deposit_status)sql_get_u64(call);
    deposit->time_us = sql_get_u64(call);
    deposit->update_us = sql_get_u64(call);
}

enum fault history_deposits(struct store *store, const struct history_money_query *query,
                            struct history_deposit *rows_out, u32 *count_out)
{
    struct numbered table = {.next = QUERY_DEPOSIT_NEXT, .last = QUERY_DEPOSIT_LAST};
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = query->limit, .get = get_deposit};
    return money_read(store, query, &table, QUERY_DEPOSITS_DOWN, &rows, count_out);
}

static void get_withdrawal(struct sql_call *call, void *row)
{
    struct history_withdrawal *withdrawal = row;
    withdrawal->hold_id = sql_get_u64(call);
    withdrawal->asset = (u16)sql_get_u64(call);
    withdrawal->network = (u16)sql_get_u64(call);
    withdrawal->total = sql_get_amount(call);
    withdrawal->amount = sql_get_amount(call);
    withdrawal->fee = sql_get_amount(call);
    withdrawal->source_index = sql_get_u64(call);
    withdrawal->reason = (u32)sql_get_u64(call);
    withdrawal->status = (enum history_withdrawal_status)sql_get_u64(call);
    withdrawal->time_us = sql_get_u64(call);
    withdrawal->update_us = sql_get_u64(call);
}

enum fault history_withdrawals(struct store *store, const struct history_money_query *query,
                               struct history_withdrawal *rows_out, u32 *count_out)
{
    struct numbered table = {.next = QUERY_WITHDRAWAL_NEXT, .last = QUERY_WITHDRAWAL_LAST};
    struct rows rows = {.target = rows_out,
                        .size = sizeof(*rows_out),
                        .limit = query->limit,
                        .get = get_withdrawal};
    return money_read(store, query, &table, QUERY_WITHDRAWALS_DOWN, &rows, count_out);
}

enum fault history_withdrawal_by_id(struct store *store, u32 account, u64 hold_id,
                                    struct history_withdrawal *row_out, bool *found_out)
{
    struct rows rows = {
        .target = row_out, .size = sizeof(*row_out), .limit = 1, .get = get_withdrawal};
    struct sql_call call = store_call(store, QUERY_WITHDRAWAL_GET);
    sql_put_u64(&call, account);
    sql_put_u64(&call, hold_id);
    return row_read(store, &call, &rows, found_out);
}

/* ---- prevented matches and amendments ---- */

static void get_prevented(struct sql_call *call, void *row)
{
    struct history_prevented *prevented = row;
    prevented->market = (u16)sql_get_u64(call);
    prevented->match_id = sql_get_u64(call);
    prevented->maker_order = sql_get_u64(call);
    prevented->taker_order = sql_get_u64(call);
    prevented->maker_account = (u32)sql_get_u64(call);
    prevented->taker_account = (u32)sql_get_u64(call);
    prevented->price = sql_get_price(call);
    prevented->maker_qty = sql_get_amount(call);
    prevented->taker_qty = sql_get_amount(call);
    prevented->mode = (enum stp_mode)sql_get_u64(call);
    prevented->time_us = sql_get_u64(call);
}

enum fault history_prevented_by_id(struct store *store, u32 account, u16 market, u64 match_id,
                                   struct history_prevented *row_out, bool *found_out)
{
    struct rows rows = {
        .target = row_out, .size = sizeof(*row_out), .limit = 1, .get = get_prevented};
    struct sql_call call = store_call(store, QUERY_PREVENTED_GET);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, match_id);
    return row_read(store, &call, &rows, found_out);
}

enum fault history_prevented_of(struct store *store, u32 account, u16 market, u64 order_id,
                                u64 from_id, u32 limit, struct history_prevented *rows_out,
                                u32 *count_out)
{
    CHECK(limit >= 1 && limit <= HISTORY_ROWS_MAX);
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = limit, .get = get_prevented};
    struct sql_call call = store_call(store, QUERY_PREVENTED_OF);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, order_id);
    put_from(&call, from_id);
    sql_put_u64(&call, limit);
    return rows_read(store, &call, &rows, count_out);
}

static void get_amendment(struct sql_call *call, void *row)
{
    struct history_amendment *amendment = row;
    amendment->order_id = sql_get_u64(call);
    amendment->seq = sql_get_u64(call);
    store_client_get(call, &amendment->client_before);
    store_client_get(call, &amendment->client_after);
    amendment->qty_before = sql_get_amount(call);
    amendment->qty_after = sql_get_amount(call);
    amendment->time_us = sql_get_u64(call);
}

enum fault history_amendments(struct store *store, u32 account, u16 market, u64 order_id,
                              u64 from_id, u32 limit, struct history_amendment *rows_out,
                              u32 *count_out)
{
    CHECK(limit >= 1 && limit <= HISTORY_ROWS_MAX);
    struct rows rows = {
        .target = rows_out, .size = sizeof(*rows_out), .limit = limit, .get = get_amendment};
    struct sql_call call = store_call(store, QUERY_AMENDMENTS);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, order_id);
    put_from(&call, from_id);
    sql_put_u64(&call, limit);
    return rows_read(store, &call, &rows, count_out);
}
