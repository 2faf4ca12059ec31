/* A recording of a real market as what bots do: orders, cancels, replacements and amendments of one
 * of the demo's markets, in order, each with its moment.
 *
 * It is read by the readers of `cambist replay` (docs/replay.md), told apart by its first line:
 * Bitstamp's order-by-order feed (log lines, websocket frames or the table of order events; BTC in
 * USD plays on BTCUSDT) and Binance's public streams. Orders have numbers of their own, 1, 2, 3,
 * ...; amounts are rounded down to the market's lot, and what the market would not take for its
 * size is left out, with all that is said of it later. */
#ifndef APP_BOTS_RECORDING_H
#define APP_BOTS_RECORDING_H

#include "app/demo_markets.h"
#include "app/flow.h"

enum bots_deed_kind {
    BOTS_DEED_PLACE,
    BOTS_DEED_TAKE, /* immediate or cancel */
    BOTS_DEED_CANCEL,
    BOTS_DEED_REPLACE,
    BOTS_DEED_AMEND,
};

struct bots_deed {
    enum bots_deed_kind kind;
    u64 after_us; /* the first one */
    u64 number;   /* of the new order; of a cancel and an amendment the target */
    u64 target;   /* of a replacement */
    enum side side;
    u64 price;
    u64 qty;
};

struct bots_recording {
    struct flow flow;
    enum demo_market market;
    size_t at;
    u64 index;         /* commands read so far */
    u64 numbers_count; /* orders met so far */
    u8 *is_left_out;   /* by number - 1 */
    u64 deeds_count;   /* in all, those left out included */
    u64 left_out_count;
};

/* FAULT_INPUT names file, line and reason. To be closed also after a fault. */
MUST_USE enum fault bots_recording_open(struct bots_recording *recording, const char *path);
void bots_recording_close(struct bots_recording *recording);

/* False at the end. */
MUST_USE bool bots_recording_next(struct bots_recording *recording, struct bots_deed *deed_out);

#endif /* APP_BOTS_RECORDING_H */
