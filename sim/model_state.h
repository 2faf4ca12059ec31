/* The inside of the naive model, shared by the model_*.c files and by nobody else.
 *
 * Every ledger account is a signed 128-bit number and custody is kept negative, so that all
 * accounts of an asset always sum to zero. Orders and lists that end stay in their arrays, closed,
 * until the command is over; pointers to them are safe until then. */
#ifndef SIM_MODEL_STATE_H
#define SIM_MODEL_STATE_H

#include "base/check.h"
#include "sim/model.h"
#include "wire/reject.h"

#include <string.h>

#define MODEL_PAIR_LEGS  2U
#define MODEL_LEGS_MAX   3U
#define MODEL_GROUP_NONE 0xFFFFFFFFU
#define MODEL_UNITS_END  (1ULL << 63) /* every amount is below */

struct model_row {
    i128 free;
    i128 locked;
    bool is_used;
};

struct model_account {
    u32 trade_group;
    u16 tier;
    u64 restrictions;
    u64 hand;               /* while linked or paused: the vector that was set by hand */
    u64 login;              /* 0: none */
    u64 pause_until;        /* 0: nothing is held */
    u32 person;             /* 0: none */
    struct model_row *rows; /* by asset */
    bool *positions;        /* by market: ever had an accepted order there */
};

struct model_asset {
    u8 scale;
    u64 rule_name;   /* in lower case; 0: no rule can name it */
    u64 rule_vector; /* what rules about assets say of it */
    i128 fee_income;
    i128 suspense;
    i128 equity;
    i128 *custody; /* by network; the negative of what is there */
};

struct model_bucket {
    u64 minute;
    u128 ticks_lots;
    u128 lots;
};

struct model_market {
    struct command_market_add rules;
    u64 tick;
    u64 lot;
    u64 value; /* quote units of one lot at one tick */
    u8 state;
    u64 last_ticks; /* 0: no trade yet */
    u64 reference;  /* a price; 0: none */
    u64 trade_id;   /* the last given, as all counters here */
    u64 aggregate_id;
    u64 update_id;
    u64 match_id;
    struct model_bucket *buckets;
    u32 buckets_count;
    u32 buckets_room;
};

struct model_order {
    bool is_open;
    u64 order_id;
    u64 placed_seq;
    u32 account;
    u16 market;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    u8 state;
    bool uses_extra;
    struct client_id client;
    u64 price;
    u64 stop_price;
    u64 ticks;      /* of price; 0: none */
    u64 stop_ticks; /* of stop_price; 0: none */
    u64 qty;        /* as amended */
    u64 executed;
    u64 remaining;
    u64 quote_left; /* of an order by quote */
    bool by_quote;
    u64 iceberg_qty;
    u32 trailing_delta;
    u64 extreme_ticks; /* while tracking; 0: no trade seen yet */
    u64 basis_ticks;   /* what a stop_loss / take_profit BUY was locked at */
    u64 lock;
    u32 amends;
    u64 list_id; /* 0: in no open list */
    bool is_resting;
    u64 visible;  /* while resting */
    u64 priority; /* while resting: smaller is earlier */
};

struct model_list {
    bool is_open;
    u64 list_id;
    u32 account;
    u16 market;
    u8 kind;
    struct client_id client;
    u64 legs[MODEL_LEGS_MAX]; /* order ids */
    u32 legs_count;
    bool is_pair_waiting;
    u64 pair_lock;
};

struct model_hold {
    u64 hold_id;
    u8 kind;
    u32 account;
    u16 asset;
    u16 network;
    u64 amount;
    u64 fee;
    u32 licence; /* 0: none */
    u64 licence_eur;
};

struct model_asset_limit {
    u32 account;
    u16 asset;
    u64 limit;
};

struct model_key {
    u8 id[KEY_ID_BYTES];
    u8 public_key[32];
    u32 account;
    u32 rights;
    u8 kind;
    u8 padding[3]; /* compared whole */
};

struct model_rules; /* sim/model_rules.h */

struct model {
    struct command_genesis limits;
    struct model_rules *rules;
    bool is_checked;
    bool has_genesis;
    u64 seq;
    u64 time_us;
    bool is_time_moved;
    u64 source_index[256];

    struct model_asset *assets;
    u32 assets_count;
    struct model_market *markets;
    u32 markets_count;
    struct model_account *accounts;
    u32 accounts_count;
    u32 accounts_room;
    struct command_fee_set *fees;
    u32 fees_count;
    u32 fees_room;
    struct model_asset_limit *asset_limits;
    u32 asset_limits_count;
    u32 asset_limits_room;
    struct model_key *keys; /* in any order */
    u32 keys_count;
    u32 keys_room;
    struct model_hold *holds;
    u32 holds_count;
    u32 holds_room;
    struct model_order **orders; /* by rising id */
    u32 orders_count;
    u32 orders_room;
    struct model_list **lists; /* by rising id */
    u32 lists_count;
    u32 lists_room;
    struct command_venue_filters venue_filters;

    u64 order_id; /* the last given, as all counters */
    u64 list_id;
    u64 hold_id;
    u64 next_entry;
    u64 next_priority;
    u64 trades_count;
    u64 rejected_limits;

    /* The command at work. */
    const struct command_head *command;
    bool is_answer;       /* order_done now answers the command itself */
    bool is_evaluate_due; /* a market is to be evaluated after the command */
    u16 evaluate_market;
    u32 steps_left;
    u8 *out;
    size_t out_size;
    size_t out_used;
};

/* What an order asks for, wherever it stands in a command. */
struct model_request {
    u64 price;
    u64 qty;
    u64 stop_price;
    u64 iceberg_qty;
    u64 quote_qty;
    i64 strategy_id;
    u32 strategy_type;
    u32 trailing_delta;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp; /* resolved by model_check_shape */
    struct client_id client;
};

/* Why a walk or a taker came to its end. */
enum model_stop {
    MODEL_STOP_DONE,      /* nothing is wanted any more */
    MODEL_STOP_BOOK,      /* the opposite side ran out, or its price is beyond the limit */
    MODEL_STOP_MONEY,     /* the quote left buys no lot at this price */
    MODEL_STOP_FUNDS,     /* the lock left buys no lot at this price */
    MODEL_STOP_RANGE,     /* price range rule */
    MODEL_STOP_PREVENTED, /* self-trade prevention */
};

/* What a taker would do or does: the part of it that the walk needs. */
struct model_wish {
    u32 account;
    u16 market;
    u8 side;
    u8 stp;
    u64 limit_ticks; /* 0: any price */
    bool is_fok;
    bool by_quote;
    u64 qty;
    u64 quote;
};

struct model_walk {
    u128 found;       /* base units it would trade */
    u128 cost;        /* quote units of what it would trade or transfer */
    u128 transferred; /* base units it would transfer */
    enum model_stop stop;
};

ALWAYS_INLINE u64 model_units(struct amount amount)
{
    return amount.units; /* raw: the model counts in plain numbers */
}

ALWAYS_INLINE u64 model_price(struct price price)
{
    return price.units; /* raw: the model counts in plain numbers */
}

/* ---- model.c ---- */
/* Room for one more item: returns `items`, moved if need be. */
void *model_grow(void *items, u32 count, u32 *room, size_t size);
void *model_zeroed(size_t count, size_t size);

/* ---- model_event.c ---- */
/* Writes an event with its head filled in; `bytes` may be less than the struct's size. */
void model_emit(struct model *model, struct event_head *event, u16 kind, u32 account, size_t bytes);
void model_emit_rejected(struct model *model, enum reject reject, enum reject_phase phase,
                         u64 order_id);
void model_emit_applied(struct model *model, u32 account);
/* order_done: takes the order off the book and out of the open orders and frees `released`. */
void model_emit_done(struct model *model, struct model_order *order, enum done_status status,
                     enum expiry_reason reason, u64 released);
void model_emit_list_done(struct model *model, struct model_list *list);
void model_emit_booked(struct model *model, const struct model_order *order);
void model_emit_triggered(struct model *model, struct model_order *order, u64 locked);
u64 model_source_index_for(const struct model *model, const struct model_order *order);

/* ---- model_ledger.c ---- */
/* One entry, unless the amount is zero. */
void model_move(struct model *model, i128 *source, i128 *target, u64 amount);
struct model_row *model_row(struct model *model, u32 account, u16 asset);
/* Whether rows for these assets (both may be the same) fit; and making them. */
bool model_rows_fit(const struct model *model, u32 account, u16 asset_a, u16 asset_b);
void model_rows_open(struct model *model, u32 account, u16 asset_a, u16 asset_b);
u32 model_chunks_used(const struct model *model);
enum restriction model_restriction(const struct model *model, u32 account, enum operation what);
/* Joined with what a rule about the asset says. */
enum restriction model_restriction_of_asset(const struct model *model, u16 asset,
                                            enum operation what);
enum reject model_deposit(struct model *model, const struct command_deposit *command);
enum reject model_withdraw_hold(struct model *model, const struct command_withdraw_hold *command);
enum reject model_withdraw_settle(struct model *model,
                                  const struct command_withdraw_settle *command);
enum reject model_hold_release(struct model *model, const struct command_hold_release *command);
enum reject model_transfer(struct model *model, const struct command_transfer *command);
enum reject model_adjust(struct model *model, const struct command_adjust *command);

/* ---- model_define.c ---- */
/* Applies a command that changes definitions; *is_known_out is false for any other kind. */
enum reject model_define(struct model *model, const struct command_head *command,
                         bool *is_known_out);
bool model_limits_valid(const u32 *limits);
u32 model_positions_used(const struct model *model);

/* ---- model_order.c: questions about orders and books ---- */
bool model_type_is_limit(u8 type);       /* has a price */
bool model_type_is_stop(u8 type);        /* waits for a trigger */
bool model_type_is_market_like(u8 type); /* takes at any price */
bool model_waits_above(u8 type, u8 side);
struct model_order *model_order_find(struct model *model, u64 order_id);
struct model_order *model_order_by_client(struct model *model, u32 account, u16 market,
                                          const struct client_id *client);
struct model_list *model_list_find(struct model *model, u64 list_id);
/* The first order of a side in priority; NULL: the side is empty. */
struct model_order *model_best(const struct model *model, u16 market, u8 side);
/* Whether a price crosses the best opposite price. */
bool model_crosses(const struct model *model, u16 market, u8 side, u64 ticks);
/* All orders of a side in priority, in an array that the caller frees. */
struct model_order **model_book_sorted(const struct model *model, u16 market, u8 side,
                                       u32 *count_out);
u128 model_power_of_ten(u32 exponent);
u128 model_value(const struct model_market *market, u64 ticks, u64 qty);
void model_rest(struct model *model, struct model_order *order);
/* Takes a lost or traded quantity off a resting order: next slice or end. True: nothing is left. */
bool model_maker_reduce(struct model *model, struct model_order *maker, u64 qty);
/* The average price of so many minutes; false: there is none. */
bool model_average(const struct model *model, const struct model_market *market, u32 minutes,
                   u64 *price_out);
/* Price range of a taker on this side; a bound of 0 is off. */
void model_price_range(const struct model_market *market, u8 side, u128 *low_out, u128 *high_out);
struct model_walk model_walk(const struct model *model, const struct model_wish *wish);
bool model_is_self(const struct model *model, u32 taker, u32 maker);
u8 model_effective_stp(u8 taker_stp, u32 taker, const struct model_order *maker);

/* ---- model_check.c: shape and filters ---- */
enum reject model_check_access(const struct model *model, u32 account, u16 market);
enum reject model_check_shape(const struct model_market *market, struct model_request *request);
enum reject model_check_filters(const struct model *model, u16 market,
                                const struct model_request *request);
enum reject model_check_counts(const struct model *model, u32 account, u16 market,
                               const struct model_request *requests, u32 count, bool is_list);
enum reject model_check_notional(const struct model *model, const struct model_market *market,
                                 const struct model_request *request);
bool model_lot_size_ok(const struct model_market *market, u64 qty);
/* The limits of section 5 step 7; is_waiting[i]: the leg does not act at once. */
enum reject model_check_limits(const struct model *model, u32 account, u16 market,
                               const struct model_request *requests, const bool *is_waiting,
                               u32 count, bool is_list);
bool model_uses_extra(const struct model_request *request, bool is_list);
u32 model_pages_taken(const struct model *model);

/* ---- model_place.c ---- */
enum reject model_place(struct model *model, const struct command_order *command);
enum reject model_cancel_replace(struct model *model, const struct command_cancel_replace *command);
/* What has to be locked; false: it cannot be counted or is more than `free`. Also tells the ticks a
 * market-like BUY is reckoned at. */
bool model_lock_of(const struct model *model, u32 account, u16 market,
                   const struct model_request *request, u64 *lock_out, u64 *basis_out);
bool model_lacks_last_price(const struct model_market *market, const struct model_request *request);
struct model_order *model_accept(struct model *model, u32 account, u16 market,
                                 const struct model_request *request, u64 lock, u64 basis,
                                 u64 list_id, bool is_pending);
/* armed or tracking */
void model_stop_wait(const struct model *model, struct model_order *order);

/* ---- model_match.c ---- */
/* A working order meets the book; what is left rests, expires or ends, with its list. */
void model_act(struct model *model, struct model_order *order);

/* ---- model_list.c ---- */
enum reject model_order_list(struct model *model, const struct command_order_list *command);
/* The waiting pair that an order is a leg of, or NULL. */
struct model_list *model_pair_of(struct model *model, const struct model_order *order);
struct model_order *model_sibling(struct model *model, const struct model_list *pair,
                                  const struct model_order *order);
/* What an order needs locked for itself, outside of a waiting pair. */
u64 model_need_of(const struct model *model, const struct model_order *order);
/* The survivor takes its own lock out of the pair's; returns what is left over. */
u64 model_pair_take(struct model *model, struct model_list *pair, struct model_order *survivor);
/* The other leg ends, and with it the list. */
void model_pair_finish(struct model *model, struct model_list *pair, struct model_order *survivor,
                       u64 released);
/* Ends an open order by its owner or by the venue, and what hangs on it. */
void model_order_cancel(struct model *model, struct model_order *order, enum done_status status,
                        enum expiry_reason reason);
/* The working leg of a list is over: its pending legs queue or end. No list: nothing. */
void model_working_over(struct model *model, struct model_order *order, bool is_filled);

/* ---- model_trigger.c ---- */
void model_evaluate(struct model *model, u16 market);
void model_steps(struct model *model);

/* ---- model_cancel.c ---- */
enum reject model_cancel(struct model *model, const struct command_cancel *command);
enum reject model_cancel_all(struct model *model, const struct command_cancel_all *command);
enum reject model_cancel_list(struct model *model, const struct command_cancel_list *command);
/* From CANCEL_NO_ID on. */
enum reject model_cancel_one(struct model *model, u32 account, u16 market, u64 order_id,
                             const struct client_id *client, u8 restriction);
enum reject model_amend(struct model *model, const struct command_amend *command);
void model_expire_all(struct model *model, u32 account);
void model_expire_market(struct model *model, u32 account, u16 market);

/* ---- model_rules*.c ---- */
void model_rules_create(struct model *model);
void model_rules_free(struct model *model);
/* Works off what waits before this command. */
void model_rules_run(struct model *model, const struct command_head *command);
/* Applies a command of the rules; *is_known_out is false for any other kind. */
enum reject model_rules_apply(struct model *model, const struct command_head *command,
                              bool *is_known_out);
/* After money has come or gone: looks at the account's person if holdings may decide. */
void model_rules_money(struct model *model, u32 account);
/* The account's vector after `restrict` has set it by hand; tells of it if it is linked. */
void model_rules_restrict(struct model *model, u32 account);
bool model_asset_closed(const struct model *model, u16 market);
/* An asset is new: rules may name it already. */
void model_asset_begin(struct model *model, u32 asset);
/* Whether so much of an asset may leave the account by this operation, under a licence or none (0);
 * what the licence then pays goes to *eur_out (0: it is not needed). */
enum reject model_rules_permit(const struct model *model, u32 account, u16 asset,
                               enum operation what, u128 units, u32 licence, u64 *eur_out);
/* Takes it from a licence, or gives it back. */
void model_licence_spend(struct model *model, u32 account, u32 licence, u64 eur, bool is_back);
/* Whether a hold with a licence may still be settled under it. */
bool model_licence_still_good(struct model *model, const struct model_hold *hold);
void model_rules_validate(struct model *model);

#endif /* SIM_MODEL_STATE_H */
