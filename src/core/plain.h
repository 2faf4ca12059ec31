/* The short way for plain orders: LIMIT, GTC or IOC, on a market without slow checks, for an
 * account whose rows and position exist. It only ever accepts: whatever is not plainly fine is left
 * to place_order, which decides and says no. Both ways give the same bytes; the model's tests run
 * both.
 */
#ifndef CORE_PLAIN_H
#define CORE_PLAIN_H

#include "core/state.h"

/* True: the order was accepted and has acted. False: nothing was done. */
MUST_USE bool plain_order(struct core *core, const struct command_order *command);

#endif /* CORE_PLAIN_H */
