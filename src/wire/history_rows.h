/* What the history hands out: plain structs in the core's units (docs/semantics.md), times in
 * microseconds. Texts, scales and names are the caller's business. They are asked for with
 * role/history/query.h in the history's own process, and with lookup.h from another. */
#ifndef WIRE_HISTORY_ROWS_H
#define WIRE_HISTORY_ROWS_H

#include "base/amount.h"
#include "base/base.h"
#include "wire/client_id.h"
#include "wire/wire_gen.h"

#define HISTORY_ROWS_MAX 1000U /* in one answer */

/* API enums.md "Order status". A stop that waits is NEW; working_us tells the difference. */
enum history_order_status {
    HISTORY_NEW,
    HISTORY_PENDING_NEW,
    HISTORY_PARTIALLY_FILLED,
    HISTORY_FILLED,
    HISTORY_CANCELED,
    HISTORY_EXPIRED,
    HISTORY_EXPIRED_IN_MATCH
};
#define HISTORY_ORDER_STATUS_COUNT (HISTORY_EXPIRED_IN_MATCH + 1U)

struct history_order {
    u32 account;
    u16 market;
    u64 order_id;
    u64 list_id; /* 0: in no list */
    struct client_id client;
    struct price price;
    struct amount qty;       /* as last amended; 0 for a market order by quote */
    struct amount quote_qty; /* asked for by quote */
    struct amount executed;
    struct amount quote;     /* of what is executed */
    struct amount prevented; /* lost to self-trade prevention */
    struct price stop_price;
    struct amount iceberg_qty;
    u32 trailing_delta;
    u32 strategy_type;
    i64 strategy_id;
    enum side side;
    enum order_type type;
    enum time_in_force tif;
    enum stp_mode stp;
    enum history_order_status status;
    enum expiry_reason reason;
    u32 amends;
    u64 match_id; /* of the last prevented match; 0: none */
    u64 time_us;
    u64 update_us;
    u64 working_us; /* 0: not yet */
};

/* One side of a trade. The fee is taken in base from the buyer, in quote from the seller. An
 * account that traded with itself has two with the same trade id, the taker's first. */
struct history_fill {
    u16 market;
    u64 trade_id;
    u64 order_id;
    u64 list_id;
    struct price price;
    struct amount qty;
    struct amount quote;
    struct amount fee;
    u64 time_us;
    bool buys;
    bool maker;
};

struct history_trade {
    u64 trade_id;
    struct price price;
    struct amount qty;
    struct amount quote;
    u64 time_us;
    bool buyer_is_maker;
};

struct history_aggregate {
    u64 aggregate_id;
    struct price price;
    struct amount qty;
    u64 first_trade;
    u64 last_trade;
    u64 time_us;
    bool buyer_is_maker;
};

#define HISTORY_LEGS_MAX 3U

struct history_list {
    u32 account;
    u16 market;
    u64 list_id;
    struct client_id client;
    enum list_kind kind;
    u32 legs;        /* their order ids are first_order and those after it */
    u64 first_order; /* 0: from an image, and the legs are not known any more */
    struct client_id clients[HISTORY_LEGS_MAX]; /* of the legs, as they are now */
    bool done;
    u64 time_us;
    u64 update_us;
};

enum history_deposit_status {
    HISTORY_DEPOSIT_CREDITED,
    HISTORY_DEPOSIT_HELD,
    HISTORY_DEPOSIT_RETURNED
};
#define HISTORY_DEPOSIT_STATUS_COUNT (HISTORY_DEPOSIT_RETURNED + 1U)

struct history_deposit {
    u64 entry; /* names it; of one held since before an image: the hold's id */
    u16 asset;
    u16 network;
    struct amount amount;
    u64 hold_id;   /* 0: it was never held */
    u64 reference; /* of the command; 0 when held */
    enum history_deposit_status status;
    u64 time_us;
    u64 update_us;
};

enum history_withdrawal_status {
    HISTORY_WITHDRAWAL_HELD,
    HISTORY_WITHDRAWAL_SETTLED,
    HISTORY_WITHDRAWAL_RELEASED,
    HISTORY_WITHDRAWAL_FALLBACK
};
#define HISTORY_WITHDRAWAL_STATUS_COUNT (HISTORY_WITHDRAWAL_FALLBACK + 1U)

struct history_withdrawal {
    u64 hold_id; /* names it */
    u16 asset;
    u16 network;          /* known once settled */
    struct amount total;  /* held: amount and fee */
    struct amount amount; /* known once settled */
    struct amount fee;
    u64 source_index; /* of the command that asked for it */
    u32 reason;       /* of the release */
    enum history_withdrawal_status status;
    u64 time_us;
    u64 update_us;
};

/* A change of what an account has of an asset, free and locked together, by anything but a trade:
 * lines and fills, fees included, add up to the balance. */
#define HISTORY_CAUSE_STP_TRANSFER 64U /* else enum ledger_cause */
#define HISTORY_CAUSE_OPENING      65U /* what was there when the history began at an image */
#define HISTORY_CAUSE_MAX          HISTORY_CAUSE_OPENING

struct history_line {
    u64 entry;
    u16 asset;
    u32 cause;
    i64 delta;
    u32 other_account; /* transfers */
    u32 reason;
    u64 reference;
    u64 seq;
    u64 time_us;
};

/* API rest-api.md "Query Prevented Matches" */
struct history_prevented {
    u16 market;
    u64 match_id;
    u64 maker_order;
    u64 taker_order;
    u32 maker_account;
    u32 taker_account;
    struct price price;
    struct amount maker_qty;
    struct amount taker_qty;
    enum stp_mode mode;
    u64 time_us;
};

/* API rest-api.md "Query Order Amendments" */
struct history_amendment {
    u64 order_id;
    u64 seq; /* names it within its order */
    struct client_id client_before;
    struct client_id client_after;
    struct amount qty_before;
    struct amount qty_after;
    u64 time_us;
};

/* ---- klines ---- */

#define BAR_SECONDS_LAST 32503680000LL /* the year 3000: no trade is taken behind it */

/* What happened from the second `start` since 1970 up to the start of the next bar. Volumes may
 * exceed 64 bits: they sum what passed by, not what is there. */
struct bar {
    i64 start;
    u64 trades; /* 0: nothing else counts */
    struct price open;
    struct price high;
    struct price low;
    struct price close;
    u128 volume;       /* base units */
    u128 quote_volume; /* quote units */
    u128 taker_buy_volume;
    u128 taker_buy_quote;
    u64 first_trade;
    u64 last_trade;
};

/* One bar of an interval. trades 0: nothing happened, and all prices are the close before. */
struct history_kline {
    struct bar bar;
    i64 end; /* the next one's start, seconds since 1970 */
};

#define HISTORY_ZONE_MIN (-12 * 60) /* minutes east of UTC */
#define HISTORY_ZONE_MAX (14 * 60)

#endif /* WIRE_HISTORY_ROWS_H */
