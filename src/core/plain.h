/* The short way for plain commands, which are nearly all of them: orders of type LIMIT, GTC or IOC,
 * cancels by order id, and cancel-replaces made of the two. It only ever accepts: whatever is not
 * plainly fine is left to the general way, which decides and says no. Both ways give the same
 * bytes; the model's tests run both.
 *
 * `hint` is the slot of the order to cancel as somebody found it earlier, or 0. It is checked
 * before it is used, so a wrong one costs time and nothing else. */
#ifndef CORE_PLAIN_H
#define CORE_PLAIN_H

#include "core/state.h"

/* Terms of orders
 *
 * Market, side, type, tif and stp with two more bytes are one aligned 8-byte word, alike in the
 * commands that place orders (flags, length of the client id), in orders (state, has_client) and in
 * order_new (state, flags). So they are checked and copied as one. Little-endian. */
#define TERMS_STP_SHIFT   40
#define TERMS_STATE_SHIFT 48
#define TERMS_LAST_SHIFT  56

/* What the terms get of an order that names no stp mode: the market's, and the state it rests in.
 */
ALWAYS_INLINE u64 plain_terms_of(u8 stp_default)
{
    return (u64)stp_default << TERMS_STP_SHIFT | (u64)ORDER_STATE_WORKING << TERMS_STATE_SHIFT;
}

/* True: the command was accepted and has acted. False: nothing was done. */
MUST_USE bool plain_order(struct core *core, const struct command_order *command);
MUST_USE bool plain_cancel(struct core *core, const struct command_cancel *command, u32 hint);
MUST_USE bool plain_replace(struct core *core, const struct command_cancel_replace *command,
                            u32 hint);

#endif /* CORE_PLAIN_H */
