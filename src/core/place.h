/* Placing orders: from a decoded, checked intent to an accepted order, its taker phase and what is
 * left of it. */
#ifndef CORE_PLACE_H
#define CORE_PLACE_H

#include "core/match.h"
#include "core/order.h"

/* The command itself: checks, then acts. */
void place_order(struct core *core, const struct command_order *command);

/* Steps 4 to 9 of docs/semantics.md section 5: the order against what is open, the book, the limits
 * and the money. Sets intent->lock and state. `command_bytes` may be short; see intent.client. */
MUST_USE enum reject place_check_against_state(struct core *core, struct intent *intent);

/* Accepts a completely checked order: number, event, taker phase, rest. */
void place_accept(struct core *core, struct intent *intent);

/* The lock an order needs (L); a walk for market orders. */
MUST_USE enum reject place_lock(const struct core *core, struct intent *intent);

/* WOULD_TRIGGER and WOULD_MATCH, then NO_LAST_PRICE. */
MUST_USE enum reject place_check_book(const struct intent *intent);

/* Whether the limits have room for these orders of one account in one market. */
MUST_USE enum reject place_check_limits(const struct core *core, const struct intent *intents,
                                        u32 count, bool list);

/* order_done of a taker without a slot that did not end quietly. */
void place_taker_done(struct core *core, const struct taker *taker, u8 tif);

/* A stop comes from the queue: its pair, order_triggered, taker phase. */
void place_triggered(struct core *core, u32 slot);

/* Lets an open order act: taker phase, rest or end. Its lock is held. Consequences for its list
 * included. */
void place_act(struct core *core, u32 slot, enum taker_kind kind, u64 quote_left,
               struct amount lock);

#endif /* CORE_PLACE_H */
