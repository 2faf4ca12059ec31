/* Endpoints that say something about the venue as a whole (API rest-api.md "General endpoints"). */
#ifndef ROLE_GATEWAY_CALLS_GENERAL_H
#define ROLE_GATEWAY_CALLS_GENERAL_H

#include "role/gateway/call.h"

enum call_end general_ping(struct call *call);
enum call_end general_time(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_GENERAL_H */
