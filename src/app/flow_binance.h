/* Reads recordings of Binance's public market data as a flow.
 *
 * Levels are not orders, so orders are made up: one per price level, of one account for bids and
 * one for asks, placed, reduced, replaced or canceled as the depth updates say; each trade becomes
 * an IOC order of a third account. Two pictures are compared, the best level a side: after each
 * depth update with the last book ticker up to the same update id, and at each book ticker as it
 * comes.
 *
 * docs/replay.md, "Binance", says how and why. */
#ifndef APP_FLOW_BINANCE_H
#define APP_FLOW_BINANCE_H

#include "app/flow.h"
#include "app/progress.h"
#include "io/input.h"

struct flow_binance;

/* `symbol` NULL: the first one that the recording names; frames of others are left out. */
MUST_USE enum fault flow_binance_open(struct flow_binance **reader_out, struct flow *flow,
                                      const char *symbol);
MUST_USE enum fault flow_binance_read(struct flow_binance *reader, struct input *input,
                                      struct progress *progress);
MUST_USE enum fault flow_binance_finish(struct flow_binance *reader);
void flow_binance_close(struct flow_binance *reader);

#endif /* APP_FLOW_BINANCE_H */
