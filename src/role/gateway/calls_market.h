/* Market data of now: books and reference prices (API rest-api.md "Market Data endpoints"). */
#ifndef ROLE_GATEWAY_CALLS_MARKET_H
#define ROLE_GATEWAY_CALLS_MARKET_H

#include "role/gateway/call.h"

enum call_end market_depth(struct call *call);

/* A reference price is set from outside and holds until it is set anew, so it is valid now. One
 * that was cleared with calculation 0 looks like one that was never set. */
enum call_end market_reference(struct call *call);
enum call_end market_reference_calculation(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_MARKET_H */
