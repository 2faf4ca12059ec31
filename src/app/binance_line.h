/* One line of a Binance recording as numbers. A line is a JSON value, perhaps with something before
 * it: a time, or the address it came from. Known values: frames of combined and single streams
 * (depth updates, book tickers, trades and aggregate trades) and depth snapshots of the REST
 * interface. Prices and amounts are in units of 10^-8. */
#ifndef APP_BINANCE_LINE_H
#define APP_BINANCE_LINE_H

#include "app/flow.h"
#include "base/base.h"
#include "io/fault.h"

#define BINANCE_SYMBOL_BYTES 21U
#define BINANCE_LEVELS_MAX   10000U /* a side, of one frame */

enum binance_kind {
    BINANCE_OTHER, /* nothing that matters: klines, answers to subscriptions, empty lines */
    BINANCE_SNAPSHOT,
    BINANCE_DEPTH,
    BINANCE_TICKER,
    BINANCE_TRADE,
};

struct binance_level {
    u64 price;
    u64 amount;
};

struct binance_frame {
    enum binance_kind kind;
    bool taker_sells;
    u32 counts[2]; /* levels: bids, then asks; one each of a ticker; one in all of a trade */
    u64 levels_at; /* where they begin in the table */
    u64 first;     /* update ids: U and u; of a snapshot and a ticker both the same */
    u64 last;
    u64 time_ms; /* E, or T of a trade; 0 when the frame has none */
    u64 line;
};

struct binance_line {
    const char *path;
    u64 number;
    char symbol[BINANCE_SYMBOL_BYTES]; /* of the last line; empty when it names none */
};

/* Appends the frame's levels to `levels` (struct binance_level). */
MUST_USE enum fault binance_line_read(struct binance_line *line, struct span text,
                                      struct binance_frame *frame_out, struct flow_table *levels);

#endif /* APP_BINANCE_LINE_H */
