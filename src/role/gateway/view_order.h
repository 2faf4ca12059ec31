/* Orders, order lists and fills of accounts: all open ones, and those lately closed.
 *
 * An order is found by its id or by (account, market, client id); of several that had the same
 * client id the newest is found, which is the open one if any is open. The chains of an account run
 * from the newest to the oldest, open and closed apart. Pointers are good until the next
 * view_apply. */
#ifndef ROLE_GATEWAY_VIEW_ORDER_H
#define ROLE_GATEWAY_VIEW_ORDER_H

#include "role/gateway/view.h"

/* API enums.md "Order status". Refused orders never become orders. */
enum view_status {
    VIEW_STATUS_NEW,
    VIEW_STATUS_PENDING_NEW,
    VIEW_STATUS_PARTIALLY_FILLED,
    VIEW_STATUS_FILLED,
    VIEW_STATUS_CANCELED,
    VIEW_STATUS_EXPIRED,
    VIEW_STATUS_EXPIRED_IN_MATCH,
};

struct view_order {
    u64 id; /* 0: a free slot */
    u64 list_id;
    struct price price;
    struct price stop_price;
    struct amount qty; /* as ordered or amended; 0 for an order by quote */
    struct amount quote_qty;
    struct amount iceberg_qty;
    struct amount executed;
    struct amount quote_done; /* cummulativeQuoteQty */
    struct amount prevented;
    struct amount visible; /* on the book now */
    u64 match_id;          /* of its last prevented match; 0: none */
    u64 time_us;           /* when it was accepted */
    u64 update_us;         /* of the last event about it */
    u64 working_us;        /* with is_working: since when it is on the book or taking */
    u64 trailing_us;       /* 0: not trailing from the start on, or unknown */
    i64 strategy_id;
    u32 strategy_type;
    u32 trailing_delta;
    u32 account;
    u32 amends;
    u16 market;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    u8 state; /* enum order_state; ARMED stands for TRACKING and QUEUED too */
    u8 done_status;
    u8 done_reason; /* enum expiry_reason */
    bool is_open;
    bool is_working;
    struct client_id client;

    /* before its last amend; zeros: there was none since the view began */
    struct client_id client_old;
    struct amount qty_old;

    /* the view's own */
    u64 closed_at; /* position */
    u64 fill;      /* serial of its newest fill */
    u32 id_next;
    u32 client_next;
    u32 client_before;
    u32 newer;
    u32 older;
    u32 closed_next;
};

struct view_list {
    u64 id; /* 0: a free slot */
    u64 time_us;
    u64 update_us;
    u64 legs[3]; /* order ids, in the order of docs/semantics.md section 8 */
    struct client_id clients[3];
    struct client_id client;
    u32 account;
    u16 market;
    u8 list_kind;
    u8 legs_count;
    bool is_open;

    /* the view's own */
    u8 legs_seen;
    struct amount pending_lock;
    u64 closed_at;
    u32 id_next;
    u32 newer;
    u32 older;
    u32 closed_next;
};

/* A trade, or a prevented match, between two orders. */
struct view_fill {
    u64 id; /* trade id or match id of the market */
    u64 time_us;
    u64 maker_order;
    u64 taker_order;
    struct price price;
    struct amount qty; /* of a prevented match: transferred */
    struct amount quote;
    struct amount maker_fee; /* of what it received: base when it bought, else quote */
    struct amount taker_fee;
    struct amount maker_prevented;
    struct amount taker_prevented;
    u32 maker_account;
    u32 taker_account;
    u16 market;
    u8 taker_side;
    u8 stp; /* enum stp_mode, of a prevented match */
    bool is_prevented;

    /* the view's own: older fills of the maker and of the taker */
    u64 account_older[2];
    u64 order_older[2];
    u64 closed_at;
};

/* NULL: there is none, or no longer. */
const struct view_order *view_order_of(const struct view *view, u64 order_id);
const struct view_order *view_order_by_client(const struct view *view, u32 account, u16 market,
                                              const struct client_id *client);
const struct view_order *view_order_newest(const struct view *view, u32 account, bool is_open);
const struct view_order *view_order_older(const struct view *view, const struct view_order *order);
const struct view_order *view_order_newer(const struct view *view, const struct view_order *order);
/* Walks the account's chain. */
const struct view_order *view_order_oldest(const struct view *view, u32 account, bool is_open);

enum view_status view_order_status(const struct view_order *order);

/* What is still wanted: 0 for an order by quote, and once it is done. */
struct amount view_order_left(const struct view_order *order);

u32 view_orders_open_count(const struct view *view);
u32 view_orders_closed_count(const struct view *view);

const struct view_list *view_list_of(const struct view *view, u64 list_id);
/* The newest list of the account with this client id; open ones come first. Walks its lists. */
const struct view_list *view_list_by_client(const struct view *view, u32 account,
                                            const struct client_id *client);
const struct view_list *view_list_newest(const struct view *view, u32 account, bool is_open);
const struct view_list *view_list_older(const struct view *view, const struct view_list *list);
const struct view_list *view_list_newer(const struct view *view, const struct view_list *list);
/* Walks the account's chain. */
const struct view_list *view_list_oldest(const struct view *view, u32 account, bool is_open);
u32 view_lists_open_count(const struct view *view);

const struct view_fill *view_fill_newest(const struct view *view, u32 account);
const struct view_fill *view_fill_older(const struct view *view, const struct view_fill *fill,
                                        u32 account);
const struct view_fill *view_fill_newest_of(const struct view *view,
                                            const struct view_order *order);
const struct view_fill *view_fill_older_of(const struct view *view, const struct view_fill *fill,
                                           const struct view_order *order);

#endif /* ROLE_GATEWAY_VIEW_ORDER_H */
