/* Reads an order file (app/order_file.h), or makes one in memory, as a flow.
 *
 * One record is one command. A new id is a limit order of the record's account; from then on that
 * account owns the id, whatever cancels and replaces say. A replace is one cancel_replace. Tick and
 * lot are 0.01 USDT and 0.0001 BTC with 6 decimals of USDT, so that one lot at one tick is one
 * unit. */
#ifndef APP_FLOW_ORDERS_H
#define APP_FLOW_ORDERS_H

#include "app/flow.h"
#include "app/flow_generate.h"
#include "app/progress.h"
#include "io/input.h"

/* The flow has been initialised; `client_ids` may be set. Both end with flow_finish. */
MUST_USE enum fault flow_orders_read(struct flow *flow, struct input *input,
                                     struct progress *progress);
MUST_USE enum fault flow_orders_generate(struct flow *flow, const struct generate_config *config);

#endif /* APP_FLOW_ORDERS_H */
