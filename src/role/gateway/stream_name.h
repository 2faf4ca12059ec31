/* Names of market streams: "btcusdt@depth@100ms", "!miniTicker@arr", parsed and printed.
 *
 * A symbol may be sent in any case and is printed in lower case; everything else is case-sensitive
 * (API web-socket-streams.md "Detailed Stream information"). What a stream shows, and how often, is
 * its variant: a number below STREAM_VARIANTS, the same for every market. */
#ifndef ROLE_GATEWAY_STREAM_NAME_H
#define ROLE_GATEWAY_STREAM_NAME_H

#include "base/base.h"
#include "role/gateway/view_market.h"
#include "wire/interval.h"

#define STREAM_SYMBOL_BYTES   16U
#define STREAM_NAME_BYTES_MAX 40U  /* of a name that is known, with its NUL */
#define STREAM_TEXT_BYTES_MAX 128U /* of a name that may be sent at all */

enum stream_variant {
    STREAM_TRADE,
    STREAM_AGG_TRADE,
    STREAM_BOOK_TICKER,
    STREAM_DEPTH,
    STREAM_DEPTH_FAST,
    STREAM_DEPTH_5,
    STREAM_DEPTH_5_FAST,
    STREAM_DEPTH_10,
    STREAM_DEPTH_10_FAST,
    STREAM_DEPTH_20,
    STREAM_DEPTH_20_FAST,
    STREAM_MINI_TICKER, /* of one market or all */
    STREAM_TICKER,
    STREAM_TICKER_1H, /* of one market or all */
    STREAM_TICKER_4H,
    STREAM_TICKER_1D,
    STREAM_AVG_PRICE,
    STREAM_REFERENCE_PRICE,
    STREAM_BLOCK_TRADE,
    STREAM_KLINE, /* the first of VIEW_ZONE_COUNT times INTERVAL_COUNT */
    STREAM_VARIANTS = STREAM_KLINE + (int)VIEW_ZONE_COUNT * (int)INTERVAL_COUNT,
};

struct stream_name {
    u8 symbol[STREAM_SYMBOL_BYTES]; /* in upper case, filled up with zeros */
    u8 variant;
    bool is_all; /* of all markets: no symbol */
};

enum stream_name_fault {
    STREAM_NAME_OK,
    STREAM_NAME_UNKNOWN, /* could be a name, but is none of ours: "0", "btcusdt@mystery" */
    STREAM_NAME_INVALID, /* no name at all: empty, too long, a space or a control character */
};

/* *name_out is written only with OK. Whether there is such a market is not known here. */
MUST_USE enum stream_name_fault stream_name_parse(struct span text, struct stream_name *name_out);

/* The name with a NUL; its length without it. */
size_t stream_name_print(const struct stream_name *name, char text_out[STREAM_NAME_BYTES_MAX]);

/* Of a variant from STREAM_KLINE on. */
ALWAYS_INLINE enum interval stream_kline_interval(u32 variant)
{
    return (enum interval)((variant - STREAM_KLINE) % INTERVAL_COUNT);
}

ALWAYS_INLINE enum view_zone stream_kline_zone(u32 variant)
{
    return (enum view_zone)((variant - STREAM_KLINE) / INTERVAL_COUNT);
}

#endif /* ROLE_GATEWAY_STREAM_NAME_H */
