/* What the history can be asked, with the paging of the public endpoints it serves. A store opened
 * for reading is enough; each answer is one consistent view.
 *
 * Pages. `from_id` (0: none) asks for rows from that id on, oldest first. Else `from_us` (0: none)
 * asks for rows from that moment on, oldest first. Else the newest rows are wanted. `to_us` (0:
 * none) leaves out what came later; all bounds are inclusive. (An endpoint's milliseconds: from x
 * 1000, to x 1000 + 999.) In every case rows are handed out oldest first, except deposits and
 * withdrawals: newest first. An order's and a list's time is that of its acceptance. Which
 * combinations of parameters and which spans of time are allowed is the caller's to check.
 *
 * `limit` is 1 to HISTORY_ROWS_MAX, and so many rows fit in rows_out. */
#ifndef ROLE_HISTORY_QUERY_H
#define ROLE_HISTORY_QUERY_H

#include "role/history/bars.h"
#include "role/history/store.h"
#include "wire/history_rows.h"
#include "wire/interval.h"

struct history_page {
    u64 from_id;
    u64 from_us;
    u64 to_us;
    u32 limit;
};

/* API "Query order": an open or a past one; *found_out is false for another account's. */
MUST_USE enum fault history_order_by_id(struct store *store, u32 account, u16 market, u64 order_id,
                                        struct history_order *order_out, bool *found_out);
/* The order that took this client id last and still has it: ids may be used again once an order
 * has ended, and amending changes them. */
MUST_USE enum fault history_order_by_client(struct store *store, u32 account, u16 market,
                                            const struct client_id *client,
                                            struct history_order *order_out, bool *found_out);
/* API "All orders" */
MUST_USE enum fault history_orders(struct store *store, u32 account, u16 market,
                                   const struct history_page *page, struct history_order *rows_out,
                                   u32 *count_out);

/* API "Account trade list". `order_id` 0: of all orders. Ids are trade ids. */
MUST_USE enum fault history_fills(struct store *store, u32 account, u16 market, u64 order_id,
                                  const struct history_page *page, struct history_fill *rows_out,
                                  u32 *count_out);
/* API "Old trade lookup", "Recent trades list" */
MUST_USE enum fault history_trades(struct store *store, u16 market, const struct history_page *page,
                                   struct history_trade *rows_out, u32 *count_out);
/* API "Compressed/Aggregate trades list" */
MUST_USE enum fault history_aggregates(struct store *store, u16 market,
                                       const struct history_page *page,
                                       struct history_aggregate *rows_out, u32 *count_out);

/* API "Query Order list" */
MUST_USE enum fault history_list_by_id(struct store *store, u32 account, u64 list_id,
                                       struct history_list *list_out, bool *found_out);
/* The newest list with this client id. */
MUST_USE enum fault history_list_by_client(struct store *store, u32 account,
                                           const struct client_id *client,
                                           struct history_list *list_out, bool *found_out);
/* API "Query all Order lists" */
MUST_USE enum fault history_lists(struct store *store, u32 account, const struct history_page *page,
                                  struct history_list *rows_out, u32 *count_out);

/* Changes of balances by anything but trades. `asset` negative: of all. Ids are ledger entries. */
MUST_USE enum fault history_lines(struct store *store, u32 account, i32 asset,
                                  const struct history_page *page, struct history_line *rows_out,
                                  u32 *count_out);

/* Newest first, after leaving out `offset` of them. `asset`, `status` negative: any. from_id is not
 * looked at. */
struct history_money_query {
    u32 account;
    i32 asset;
    i32 status;
    u64 from_us;
    u64 to_us;
    u32 offset;
    u32 limit;
};
MUST_USE enum fault history_deposits(struct store *store, const struct history_money_query *query,
                                     struct history_deposit *rows_out, u32 *count_out);
MUST_USE enum fault history_withdrawals(struct store *store,
                                        const struct history_money_query *query,
                                        struct history_withdrawal *rows_out, u32 *count_out);
MUST_USE enum fault history_withdrawal_by_id(struct store *store, u32 account, u64 hold_id,
                                             struct history_withdrawal *row_out, bool *found_out);

/* API "Query Prevented Matches": one the account took part in, or those of an order from `from_id`
 * on. */
MUST_USE enum fault history_prevented_by_id(struct store *store, u32 account, u16 market,
                                            u64 match_id, struct history_prevented *row_out,
                                            bool *found_out);
MUST_USE enum fault history_prevented_of(struct store *store, u32 account, u16 market, u64 order_id,
                                         u64 from_id, u32 limit, struct history_prevented *rows_out,
                                         u32 *count_out);
/* API "Query Order Amendments": ids are sequence numbers. */
MUST_USE enum fault history_amendments(struct store *store, u32 account, u16 market, u64 order_id,
                                       u64 from_id, u32 limit, struct history_amendment *rows_out,
                                       u32 *count_out);

/* ---- klines ---- */

/* API "Kline/Candlestick data". Bars by the moment they start: from_us, to_us and limit as in a
 * page; the last one is that which holds now_us. Before the market's first trade there are none. */
struct history_kline_query {
    u16 market;
    enum interval interval;
    i32 zone_minutes; /* HISTORY_ZONE_MIN to HISTORY_ZONE_MAX, east of UTC */
    u64 from_us;
    u64 to_us;
    u64 now_us;
    u32 limit;
};
MUST_USE enum fault history_klines(struct store *store, const struct history_kline_query *query,
                                   struct history_kline *rows_out, u32 *count_out);

/* Everything that happened from the second `from` up to, not including, `to`: for tickers over any
 * window. bar_out->trades is 0 when nothing did; then `close` is still the last price before, or 0.
 */
MUST_USE enum fault history_bar(struct store *store, u16 market, i64 from, i64 to,
                                struct bar *bar_out);

#endif /* ROLE_HISTORY_QUERY_H */
