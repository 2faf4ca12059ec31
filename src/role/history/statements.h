/* Every SQL text of the history in one place, prepared once per connection. Parameters and columns
 * are read in the order in which they stand. */
#ifndef ROLE_HISTORY_STATEMENTS_H
#define ROLE_HISTORY_STATEMENTS_H

#include "io/sql.h"
#include "role/history/store.h"
#include "wire/history_rows.h"

/* Writing. */
enum store_statement {
    STORE_BEGIN,
    STORE_COMMIT,
    STORE_ABANDON,
    STORE_POINT_GET,
    STORE_POINT_SET,
    STORE_BEGAN_SET,
    STORE_MARKET_PUT,
    STORE_MARKETS,
    STORE_ORDER_NEW,
    STORE_ORDER_DETAIL,
    STORE_ORDER_CLIENT,
    STORE_ORDER_TRADE,
    STORE_ORDER_PREVENTED,
    STORE_ORDER_TRIGGERED,
    STORE_ORDER_DONE,
    STORE_ORDER_AMEND,
    STORE_ORDER_LIST,
    STORE_ORDER_GET,
    STORE_AMENDMENT_NEW,
    STORE_TRADE_NEW,
    STORE_AGGREGATE_ADD,
    STORE_FILL_NEW,
    STORE_BAR_PUT,
    STORE_BAR_LAST,
    STORE_LIST_NEW,
    STORE_LIST_LEG,
    STORE_LIST_DONE,
    STORE_PREVENTED_NEW,
    STORE_PREVENTED_OF,
    STORE_LINE_NEW,
    STORE_DEPOSIT_NEW,
    STORE_DEPOSIT_END,
    STORE_WITHDRAWAL_NEW,
    STORE_WITHDRAWAL_SETTLE,
    STORE_WITHDRAWAL_FEE,
    STORE_WITHDRAWAL_END,
    /* Reading: the next or last id of a table with its time, then pages of it, up and down. */
    QUERY_ORDER_NEXT,
    QUERY_ORDER_LAST,
    QUERY_ORDERS_UP,
    QUERY_ORDERS_DOWN,
    QUERY_ORDERS_OF_CLIENT,
    QUERY_ORDER_TRADES,
    QUERY_TRADE_NEXT,
    QUERY_TRADE_LAST,
    QUERY_TRADES_UP,
    QUERY_TRADES_DOWN,
    QUERY_FILLS_UP,
    QUERY_FILLS_DOWN,
    QUERY_AGGREGATE_NEXT,
    QUERY_AGGREGATE_LAST,
    QUERY_AGGREGATES_UP,
    QUERY_AGGREGATES_DOWN,
    QUERY_LIST_NEXT,
    QUERY_LIST_LAST,
    QUERY_LISTS_UP,
    QUERY_LISTS_DOWN,
    QUERY_LIST_OF_CLIENT,
    QUERY_LINE_NEXT,
    QUERY_LINE_LAST,
    QUERY_LINES_UP,
    QUERY_LINES_DOWN,
    QUERY_DEPOSIT_NEXT,
    QUERY_DEPOSIT_LAST,
    QUERY_DEPOSITS_DOWN,
    QUERY_WITHDRAWAL_NEXT,
    QUERY_WITHDRAWAL_LAST,
    QUERY_WITHDRAWALS_DOWN,
    QUERY_WITHDRAWAL_GET,
    QUERY_PREVENTED_GET,
    QUERY_PREVENTED_OF,
    QUERY_AMENDMENTS,
    QUERY_BARS,
    QUERY_BAR_BEFORE,
    QUERY_BAR_FIRST,
    STORE_STATEMENTS
};

extern const char *const store_texts[STORE_STATEMENTS];
extern const char *const store_schema[]; /* NULL ends it */

/* Begins a call of a prepared statement. */
struct sql_call store_call(struct store *store, enum store_statement statement);
struct sql *store_sql(struct store *store);

/* Several statements, one view: a read transaction around them, unless the store is its own writer,
 * which nobody changes under it. End passes `fault` on, and lifts the limit of steps after one. */
MUST_USE enum fault store_view_begin(struct store *store);
MUST_USE enum fault store_view_end(struct store *store, enum fault fault);

/* The columns of a bar as QUERY_BARS and STORE_BAR_LAST give them. */
void store_bar_get(struct sql_call *call, struct bar *bar_out);

/* An order's columns: all of them, in the order of STORE_ORDER_NEW and STORE_ORDER_GET. */
void store_order_put(struct sql_call *call, const struct history_order *order);
void store_order_get(struct sql_call *call, struct history_order *order_out);

/* A client id as a blob without its unused bytes, empty when there is none. The parameter points
 * into `client`. */
void store_client_put(struct sql_call *call, const struct client_id *client);
void store_client_get(struct sql_call *call, struct client_id *client_out);
u64 store_client_hash(const struct client_id *client);

/* ---- shared by store.c and apply.c ---- */

#define STORE_MARKETS_MAX 4096U

struct store_market {
    bool known;
    u16 base;
    u16 quote;
    bool bars_known;             /* bars holds what the database holds */
    u32 bars_dirty;              /* bit per level */
    struct bar bars[BAR_LEVELS]; /* the last of each level; trades 0: none yet */
};

struct store {
    struct sql sql;
    enum sql_access access;
    u8 venue[STORE_VENUE_BYTES];
    bool open;                    /* a transaction */
    struct store_point point;     /* committed */
    struct store_point ahead;     /* of the transaction */
    struct store_market *markets; /* writers only */
    struct sqlite3_stmt *statements[STORE_STATEMENTS];
};

/* Writes the bars that have changed. */
MUST_USE enum fault store_bars_flush(struct store *store);

#endif /* ROLE_HISTORY_STATEMENTS_H */
