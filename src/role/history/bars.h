/* Klines without a database: how trades and smaller bars add up to larger ones.
 *
 * Bars are kept at five levels only, in UTC; a bar of any interval in any time zone is put together
 * from them (bars_cover). Time here is in seconds since 1970, a bar reaches from `start` up to, not
 * including, the start of the next one. Where an interval begins: wire/interval.h. */
#ifndef ROLE_HISTORY_BARS_H
#define ROLE_HISTORY_BARS_H

#include "base/amount.h"
#include "base/base.h"
#include "wire/history_rows.h"

struct bar_trade {
    u64 trade_id;
    struct price price;
    struct amount qty;
    struct amount quote;
    bool taker_buys;
};

void bar_add_trade(struct bar *bar, const struct bar_trade *trade);
/* Adds a bar that lies behind everything in `bar`. */
void bar_add_bar(struct bar *bar, const struct bar *later);

/* ---- levels ---- */

#define BAR_LEVELS 5U /* 1 second, 1 minute, 15 minutes, 1 hour, 1 day */

i64 bar_level_seconds(u32 level);

/* The next piece of [from, to): the longest level that starts at `from` and ends at or before `to`,
 * and as many bars of it as fit until a longer one could follow. `from` < `to`. */
struct bar_piece {
    u32 level;
    i64 from;
    i64 to;
};
struct bar_piece bars_cover(i64 from, i64 to);

#endif /* ROLE_HISTORY_BARS_H */
