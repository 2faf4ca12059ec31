/* A small venue for hand-computed examples on the naive model: BTC and USDT with 8 decimals, market
 * 0 with a tick of 0.01 and a lot of 0.0001 and no filter on, and six funded accounts: 0 and 1
 * alone, 2 and 3 in trade group 1, 4 and 5 alone with a different fee tier.
 *
 * Amounts and prices are written in hundredths or ten-thousandths, so that no text is parsed. */
#ifndef SIM_SMALL_WORLD_H
#define SIM_SMALL_WORLD_H

#include "sim/model.h"

enum {
    SMALL_BTC = 0,
    SMALL_USDT = 1,
    SMALL_ACCOUNTS = 6,
    SMALL_EVENTS_BYTES = 1 << 16,
};

#define SMALL_TICK  1000000ULL       /* 0.01 */
#define SMALL_LOT   10000ULL         /* 0.0001 */
#define SMALL_FUNDS 2000000000000ULL /* 20000 of each, in 10^-8 */

struct small_world {
    struct model *model;
    u64 source_index;
    size_t bytes; /* of the last command's events */
    u8 events[SMALL_EVENTS_BYTES];
};

void small_world_open(struct small_world *world);
void small_world_close(struct small_world *world);

/* Gives the head its kind, length, account and counter, and applies the command. */
void small_world_apply(struct small_world *world, void *command, u16 kind, u32 account);

/* The event number `index` of a kind among the last command's; NULL: there is none. Times and the
 * like are counted as they come. */
const void *small_world_event(const struct small_world *world, u16 kind, u32 index);
u32 small_world_count(const struct small_world *world, u16 kind);

/* The kinds of the last command's events, in order, up to 32 of them. */
u32 small_world_kinds(const struct small_world *world, u16 *kinds_out);

/* The refusal of the last command; REJECT_NONE: none. */
u16 small_world_reject(const struct small_world *world);

/* ---- the usual commands; prices in 0.01, quantities in 0.0001 ---- */

struct small_order {
    u64 price;
    u64 qty;
    u64 stop;
    u64 iceberg;
    u64 quote; /* in 0.01 USDT */
    u32 trailing;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
};

/* Places an order and returns its id; 0: refused. */
u64 small_world_place(struct small_world *world, u32 account, struct small_order order);

/* Accounts 4 and 5 trade one lot at this price; the book must be empty there. */
void small_world_trade_at(struct small_world *world, u64 price);

u64 small_world_list(struct small_world *world, u32 account, u8 kind, u32 count,
                     const struct small_order *legs);
void small_world_cancel(struct small_world *world, u32 account, u64 order_id);
void small_world_amend(struct small_world *world, u32 account, u64 order_id, u64 qty);

u64 small_world_free(const struct small_world *world, u32 account, u16 asset);
u64 small_world_locked(const struct small_world *world, u32 account, u16 asset);

/* The state of an open order; ORDER_STATE_NONE: it is not open. */
u8 small_world_state(const struct small_world *world, u64 order_id);

#endif /* SIM_SMALL_WORLD_H */
