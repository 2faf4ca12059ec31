#include "role/history/history_lookup.h"

#include "base/check.h"
#include "role/history/query.h"

/* A query for one row says whether there is one. */
static enum fault one(enum fault fault, bool found, u32 *count_out)
{
    *count_out = fault == FAULT_NONE && found ? 1 : 0;
    return fault;
}

static enum fault order_of(struct store *store, const struct lookup_ask *ask,
                           struct history_order *order_out, u32 *count_out)
{
    bool found = false;
    enum fault fault =
        ask->lookup == LOOKUP_ORDER_BY_ID
            ? history_order_by_id(store, ask->account, ask->market, ask->id, order_out, &found)
            : history_order_by_client(store, ask->account, ask->market, &ask->client, order_out,
                                      &found);
    return one(fault, found, count_out);
}

static enum fault list_of(struct store *store, const struct lookup_ask *ask,
                          struct history_list *list_out, u32 *count_out)
{
    bool found = false;
    enum fault fault =
        ask->lookup == LOOKUP_LIST_BY_ID
            ? history_list_by_id(store, ask->account, ask->id, list_out, &found)
            : history_list_by_client(store, ask->account, &ask->client, list_out, &found);
    return one(fault, found, count_out);
}

static enum fault money_of(struct store *store, const struct lookup_ask *ask, void *rows_out,
                           u32 *count_out)
{
    struct history_money_query query = {.account = ask->account,
                                        .asset = ask->asset,
                                        .status = ask->status,
                                        .from_us = ask->from_us,
                                        .to_us = ask->to_us,
                                        .offset = ask->offset,
                                        .limit = ask->limit};
    return ask->lookup == LOOKUP_DEPOSITS ? history_deposits(store, &query, rows_out, count_out)
                                          : history_withdrawals(store, &query, rows_out, count_out);
}

static enum fault klines_of(struct store *store, const struct lookup_ask *ask, void *rows_out,
                            u32 *count_out)
{
    struct history_kline_query query = {.market = ask->market,
                                        .interval = (enum interval)ask->interval,
                                        .zone_minutes = ask->zone_minutes,
                                        .from_us = ask->from_us,
                                        .to_us = ask->to_us,
                                        .now_us = ask->now_us,
                                        .limit = ask->limit};
    return history_klines(store, &query, rows_out, count_out);
}

enum fault history_lookup(struct store *store, const struct lookup_ask *ask, void *rows_out,
                          u32 *count_out)
{
    const struct history_page page = {
        .from_id = ask->from_id, .from_us = ask->from_us, .to_us = ask->to_us, .limit = ask->limit};
    bool found = false;
    enum fault fault = FAULT_NONE;
    *count_out = 0;
    switch ((enum lookup_kind)ask->lookup) {
    case LOOKUP_ORDER_BY_ID:
    case LOOKUP_ORDER_BY_CLIENT:
        return order_of(store, ask, rows_out, count_out);
    case LOOKUP_ORDERS:
        return history_orders(store, ask->account, ask->market, &page, rows_out, count_out);
    case LOOKUP_FILLS:
        return history_fills(store, ask->account, ask->market, ask->id, &page, rows_out, count_out);
    case LOOKUP_TRADES:
        return history_trades(store, ask->market, &page, rows_out, count_out);
    case LOOKUP_AGGREGATES:
        return history_aggregates(store, ask->market, &page, rows_out, count_out);
    case LOOKUP_LIST_BY_ID:
    case LOOKUP_LIST_BY_CLIENT:
        return list_of(store, ask, rows_out, count_out);
    case LOOKUP_LISTS:
        return history_lists(store, ask->account, &page, rows_out, count_out);
    case LOOKUP_LINES:
        return history_lines(store, ask->account, ask->asset, &page, rows_out, count_out);
    case LOOKUP_DEPOSITS:
    case LOOKUP_WITHDRAWALS:
        return money_of(store, ask, rows_out, count_out);
    case LOOKUP_WITHDRAWAL_BY_ID:
        fault = history_withdrawal_by_id(store, ask->account, ask->id, rows_out, &found);
        return one(fault, found, count_out);
    case LOOKUP_PREVENTED_BY_ID:
        fault =
            history_prevented_by_id(store, ask->account, ask->market, ask->id, rows_out, &found);
        return one(fault, found, count_out);
    case LOOKUP_PREVENTED_OF:
        return history_prevented_of(store, ask->account, ask->market, ask->id, ask->from_id,
                                    ask->limit, rows_out, count_out);
    case LOOKUP_AMENDMENTS:
        return history_amendments(store, ask->account, ask->market, ask->id, ask->from_id,
                                  ask->limit, rows_out, count_out);
    case LOOKUP_KLINES:
        return klines_of(store, ask, rows_out, count_out);
    case LOOKUP_BAR:
        fault = history_bar(store, ask->market, ask->from_s, ask->to_s, rows_out);
        return one(fault, true, count_out);
    }
    CHECK(false);
    return FAULT_NONE;
}
