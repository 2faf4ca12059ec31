/* Order lists: OCO pairs under one lock, OTO and OTOCO whose pending legs start once the working
 * leg is filled. What becomes of the other legs when one ends: docs/semantics.md section 8. */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include "core/order.h"
#include "core/state.h"

void list_place(struct core *core, const struct command_order_list *command);
void list_cancel(struct core *core, const struct command_cancel_list *command);

/* A leg is canceled or expired by the venue: ends it and what hangs on it. */
void list_leg_finish(struct core *core, u32 slot, u8 status, u8 reason);

/* A leg traded, or lost quantity to a prevention that left it open. `need` is its need before that;
 * `slot` is 0 if the trade filled it, when it is already closed. */
void list_leg_traded(struct core *core, u32 list, u32 slot, struct amount need);

/* A leg was ended by self-trade prevention; its slot is closed. `gone` left the pair's lock. */
void list_leg_prevented(struct core *core, u32 list, struct amount gone);

/* The working leg of an oto or otoco is through with its taker phase, filled or not; its slot is
 * closed. */
void list_working_done(struct core *core, u32 list, bool filled);

/* A leg of a waiting pair comes from the trigger queue: the pair is over, the leg keeps its need.
 */
void list_leg_triggered(struct core *core, u32 slot);

/* Starts the pending legs of a list whose working leg was filled. */
void list_start(struct core *core, u32 list);

#endif /* CORE_LIST_H */
