/* Reads recordings of Bitstamp's order-by-order feed as a flow.
 *
 * Three dialects, told apart line by line: the log "<milliseconds> <event> <json>", frames of the
 * websocket ("event", "data"), and the table of order events with the heading
 * id,timestamp,exchange.timestamp,price,volume,action,direction. Events: order_created,
 * order_changed, order_deleted, order_book (the venue's own picture, to compare with); trade is not
 * needed.
 *
 * docs/replay.md, "Bitstamp", says what each event becomes and why. */
#ifndef APP_FLOW_BITSTAMP_H
#define APP_FLOW_BITSTAMP_H

#include "app/flow.h"
#include "app/progress.h"
#include "io/input.h"

struct flow_bitstamp;

/* The flow has been initialised. Then any number of inputs that follow each other, then finish,
 * which releases the reader, also after a fault. */
MUST_USE enum fault flow_bitstamp_open(struct flow_bitstamp **reader_out, struct flow *flow);
MUST_USE enum fault flow_bitstamp_read(struct flow_bitstamp *reader, struct input *input,
                                       struct progress *progress);
MUST_USE enum fault flow_bitstamp_finish(struct flow_bitstamp *reader);
void flow_bitstamp_close(struct flow_bitstamp *reader);

#endif /* APP_FLOW_BITSTAMP_H */
