/* Endpoints that say something about the venue as a whole (API rest-api.md "General endpoints"),
 * and the empty answers of what it does not offer but clients ask for when they start. */
#ifndef ROLE_GATEWAY_CALLS_GENERAL_H
#define ROLE_GATEWAY_CALLS_GENERAL_H

#include "role/gateway/call.h"

enum call_end general_ping(struct call *call);
enum call_end general_time(struct call *call);
enum call_end general_exchange_info(struct call *call);
enum call_end general_execution_rules(struct call *call);

/* API wallet "System Status": 1 while no command can be taken. */
enum call_end general_system_status(struct call *call);

/* No margin pairs, no futures. */
enum call_end general_no_pairs(struct call *call);
enum call_end general_no_futures(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_GENERAL_H */
