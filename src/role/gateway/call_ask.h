/* Questions of a call to the history: what all of them have in common.
 *
 *     begin    call_ask, fill in what the kind needs, return CALL_ASKED
 *     finish   call_found, then call->found has the rows; or call_put_found for an array of them
 *
 * A finish may ask again. Every question carries the position that the view has when it is asked,
 * so that a read after a write sees the write (docs/gateway.md "Invariants"). */
#ifndef ROLE_GATEWAY_CALL_ASK_H
#define ROLE_GATEWAY_CALL_ASK_H

#include "role/gateway/call_json.h"
#include "role/gateway/lookup_client.h"

#define CALL_ROWS_DEFAULT 500U /* `limit`, where a page has one and the request did not say */

/* call->ask as a question in range, for the call's account. */
struct lookup_ask *call_ask(struct call *call, enum lookup_kind kind);

/* Fills [page] from startTime, endTime, limit and the parameter that names the first id wanted;
 * PARAM_COUNT: there is none. Only in begin. */
void call_ask_page(const struct call *call, struct lookup_ask *ask, enum param from_id,
                   u32 limit_default);

/* The last microsecond that endTime means; 0: not sent. A millisecond is meant whole. */
u64 call_end_us(const struct params *params);

/* False: the question was not answered, and why is in call->failure: -1007 while the history is
 * behind or away, -1001 when it cannot read. */
MUST_USE bool call_found(struct call *call);

/* A finish whose answer is an array with one value for each row of call->found: `put` writes that
 * of row `index`. The names are those of `market`. */
enum call_end call_put_found(struct call *call, u16 market,
                             void (*put)(struct call *call, const struct call_names *names,
                                         u32 index));

#endif /* ROLE_GATEWAY_CALL_ASK_H */
