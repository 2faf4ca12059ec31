/* How a customer stands: what is restricted and why, as far as they may read it, what still works,
 * and the dated notices of their inbox (docs/customers.md).
 *
 * Everything comes from the view, at the moment of the question, by way of wire/notice.h: what a
 * rule says is told in the pack's own words, if its audience is the customer. What is left, a rule
 * of a neutral audience, a candidate, undetermined ownership, or what somebody set by hand, is one
 * and the same hold: told once, in fixed words, with a day. Neither this text nor its length nor
 * the steps that make it depend on which of these it is. */
#ifndef ROLE_GATEWAY_STANDING_H
#define ROLE_GATEWAY_STANDING_H

#include "role/gateway/call.h"

#define STANDING_INBOX_MAX   40U  /* notices told, the newest */
#define STANDING_CHANGES_MAX 256U /* looked at for them */

/* GET /page/v1/standing */
enum call_end standing_tell(struct call *call);

#endif /* ROLE_GATEWAY_STANDING_H */
