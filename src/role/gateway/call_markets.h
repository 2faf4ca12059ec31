/* The markets a request is about: `symbol` one, `symbols` some in the order given, neither all, and
 * of these only those in the state that `symbolStatus` names. */
#ifndef ROLE_GATEWAY_CALL_MARKETS_H
#define ROLE_GATEWAY_CALL_MARKETS_H

#include "role/gateway/call.h"

struct call_markets {
    struct span rest; /* of `symbols` */
    u32 next;         /* of all, or of the one */
    u32 end;
    bool is_one; /* answered by an object, not by an array */
    bool is_list;
    bool has_status;
    u8 status; /* enum market_state */
};

/* False: -1121 of a name that no market has, -1220 of `symbol` in another state, or -1130 of more
 * than `count_max` symbols; nothing is written then. */
MUST_USE bool call_markets_begin(struct call *call, u32 count_max,
                                 struct call_markets *markets_out);

/* False at the end. */
bool call_markets_next(const struct call *call, struct call_markets *markets, u16 *market_out);

/* Whether the market is in the state that the request wants; false: -1220 is in call->failure. */
MUST_USE bool call_market_status(struct call *call, u16 market);

/* The name of a state: "TRADING". */
const char *call_status_name(u8 state);

#endif /* ROLE_GATEWAY_CALL_MARKETS_H */
