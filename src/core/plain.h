/* The short way for plain commands, which are nearly all of them: orders of type LIMIT, GTC or IOC,
 * cancels by order id, and cancel-replaces made of the two, for an account that trades on the
 * market already. It only ever accepts: whatever is not plainly fine is left to the general way,
 * which decides and says no. Both ways give the same bytes; the model's tests run both.
 *
 * `hint` is the slot of the order to cancel as somebody found it earlier, or 0. It is checked
 * before it is used, so a wrong one costs time and nothing else. */
#ifndef CORE_PLAIN_H
#define CORE_PLAIN_H

#include "core/state.h"

/* True: the command was accepted and has acted. False: nothing was done. */
MUST_USE bool plain_order(struct core *core, const struct command_order *command);
MUST_USE bool plain_cancel(struct core *core, const struct command_cancel *command, u32 hint);
MUST_USE bool plain_replace(struct core *core, const struct command_cancel_replace *command,
                            u32 hint);

#endif /* CORE_PLAIN_H */
