/* Stops and trailing stops: who waits for which price, who has been triggered, and running those.
 *
 * Armed orders wait in two heaps per market (stop at or above, at or below), trailing ones in a
 * list that is looked at when the last price moved, triggered ones and pending legs about to start
 * in a queue per market ordered by order id. The queue is state: what a command's allowance of
 * steps does not reach runs before the next command. */
#ifndef CORE_TRIGGER_H
#define CORE_TRIGGER_H

#include "core/state.h"

/* Lets an open stop order wait: armed, or tracking. */
void trigger_arm(struct core *core, u32 slot);

/* Puts an order that is armed or tracking already where it waits: for restoring. */
void trigger_wait(struct core *core, u32 slot);

/* The state trigger_arm would give an order with these terms. */
u8 trigger_state_for(const struct market *market, u8 type, u8 side, u32 stop_ticks,
                     u32 trailing_delta);

/* Puts an open order into its market's queue. */
void trigger_queue(struct core *core, u32 slot);

/* Takes an order out of whatever structure it waits in; nothing if in none. */
void trigger_leave(struct core *core, u32 extra);

/* Moves what the market's last price has reached (docs/semantics.md section 9, Evaluation). */
void trigger_evaluate(struct core *core, struct market *market);

/* Runs queued orders while the command has steps left. */
void trigger_run(struct core *core);

/* The market's state changed: count or discount its queue among those that can run. */
void trigger_market_state(struct core *core, const struct market *market, u8 before);

#endif /* CORE_TRIGGER_H */
