/* What a request says about an order, or about one leg of an order list, as the engine takes it.
 * The form of the parameters was checked when they were parsed; here they become units. */
#ifndef ROLE_GATEWAY_TRADE_TERMS_H
#define ROLE_GATEWAY_TRADE_TERMS_H

#include "role/gateway/call.h"
#include "role/gateway/call_json.h"
#include "role/gateway/param_order.h"

/* Reads type, price, trigger, iceberg, strategy and time in force of a leg, the request's
 * self-trade prevention mode, and its client order id, which the venue gives where none was sent.
 * Side and quantity are the caller's, but those of PARAM_LEG_SINGLE are read too. False: the answer
 * is in call->failure. */
MUST_USE bool trade_terms_read(struct call *call, const struct call_names *names,
                               enum param_leg leg, struct wire_leg *terms_out);

/* What a single order says: its market, its terms (PARAM_LEG_SINGLE), and what it wants to spend.
 * False: the same. */
MUST_USE bool trade_terms_order(struct call *call, u16 *market_out, struct wire_leg *terms_out,
                                struct amount *quote_qty_out);

/* A quantity in base: -1111, -1108, or -2010 for zero. */
MUST_USE bool trade_terms_quantity(struct call *call, const struct call_names *names,
                                   enum param param, struct amount *qty_out);

/* A client order id that was sent, or a new one. */
struct client_id trade_terms_client(struct call *call, enum param param);
/* The one that was sent, or none. */
struct client_id trade_terms_client_sent(const struct call *call, enum param param);

/* newOrderRespType, or what a single order of this type answers by default. */
u8 trade_terms_response(const struct call *call, enum order_type type);

/* The old OCO names its legs otherwise: the one at the limit, and the one that waits for the stop
 * price. */
MUST_USE bool trade_terms_old_limit(struct call *call, const struct call_names *names,
                                    struct wire_leg *terms_out);
MUST_USE bool trade_terms_old_stop(struct call *call, const struct call_names *names,
                                   struct wire_leg *terms_out);

#endif /* ROLE_GATEWAY_TRADE_TERMS_H */
