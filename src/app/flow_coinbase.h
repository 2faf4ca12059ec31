/* Reads a Coinbase level 3 book, every resting order of a market, as a flow that places them all:
 * {"bids": [[price, size, order id], ...], "asks": [...]}, with the market's name under "product",
 * "product_id" or "symbol". Within a price, the order of the file is the order of time.
 *
 * docs/replay.md, "Coinbase", says what is left out and why. */
#ifndef APP_FLOW_COINBASE_H
#define APP_FLOW_COINBASE_H

#include "app/flow.h"
#include "io/input.h"

#define FLOW_COINBASE_BYTES_MAX (256U << 20) /* of one book, unpacked */

/* The flow has been initialised; ends with flow_finish. Fills flow->book. The input must have been
 * opened with FLOW_COINBASE_BYTES_MAX as its line bound. */
MUST_USE enum fault flow_coinbase_read(struct flow *flow, struct input *input);

#endif /* APP_FLOW_COINBASE_H */
