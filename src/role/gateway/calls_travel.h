/* Endpoints of the travel rule: what a customer must say about a withdrawal or a deposit, and how
 * it went. Answers are checked for their form, and only their salted hash is kept (payout.h); who
 * they are about is known to nobody here.
 *
 * Histories are those of calls_payout.h under other names. */
#ifndef ROLE_GATEWAY_CALLS_TRAVEL_H
#define ROLE_GATEWAY_CALLS_TRAVEL_H

#include "role/gateway/call.h"

/* Whether the text is one JSON object without objects or arrays inside that answers every question
 * of the list, which NULL ends. Other answers are welcome: each country asks its own. */
MUST_USE bool travel_answers_valid(struct span text, const char *const *questions);

enum call_end travel_requirements(struct call *call);
enum call_end travel_withdraw(struct call *call);
enum call_end travel_withdraw_finish(struct call *call);
enum call_end travel_provide_info(struct call *call);
enum call_end travel_provide_info_found(struct call *call);
enum call_end travel_vasps(struct call *call);
/* Nobody verifies addresses here: none. */
enum call_end travel_verified_addresses(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_TRAVEL_H */
