/* The sixteen intervals of klines, and where one begins: seconds to days from 1970 on, three days
 * counted from 1970-01-01, weeks from Monday, months by the calendar. All in UTC, or shifted by a
 * time zone's offset. */
#ifndef WIRE_INTERVAL_H
#define WIRE_INTERVAL_H

#include "base/base.h"

/* API rest-api.md "Kline/Candlestick data" */
enum interval {
    INTERVAL_1S,
    INTERVAL_1M,
    INTERVAL_3M,
    INTERVAL_5M,
    INTERVAL_15M,
    INTERVAL_30M,
    INTERVAL_1H,
    INTERVAL_2H,
    INTERVAL_4H,
    INTERVAL_6H,
    INTERVAL_8H,
    INTERVAL_12H,
    INTERVAL_1D,
    INTERVAL_3D,
    INTERVAL_1W,
    INTERVAL_1MONTH,
    INTERVAL_COUNT,
};

/* Times and offsets are below this: year 2262. */
#define INTERVAL_TIME_MAX (1ULL << 63)

/* "1s" .. "1w", "1M". */
const char *interval_name(enum interval interval);

/* False: no interval has this name. */
MUST_USE bool interval_of(struct span name, enum interval *interval_out);

/* The first microsecond of the interval that holds `time_us`, where days begin `offset_us` before
 * those of UTC (+08:00 is 8 hours). Before 1970-01-01 there is only 0. */
u64 interval_start(enum interval interval, u64 time_us, i64 offset_us);

/* The first microsecond of the interval after the one that holds `time_us`. */
u64 interval_next(enum interval interval, u64 time_us, i64 offset_us);

#endif /* WIRE_INTERVAL_H */
