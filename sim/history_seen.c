#include "sim/history_seen.h"

#define SECOND_US 1000000ULL

struct bar seen_bar(const struct seen_trades *seen, u16 market, i64 from, i64 to,
                    struct price *close)
{
    struct bar bar = {.start = from};
    for (u32 i = 0; i < seen->count; i += 1) {
        const struct event_trade *trade = &seen->trades[i];
        i64 second = (i64)(seen->times[i] / SECOND_US);
        if (trade->market != market || second >= to) {
            continue;
        }
        if (second < from) {
            *close = trade->price;
            continue;
        }
        u64 price = trade->price.units; /* raw: compared */
        if (bar.trades == 0) {
            bar.open = bar.high = bar.low = trade->price;
            bar.first_trade = trade->trade_id;
        }
        bar.high = price > bar.high.units ? trade->price : bar.high; /* raw: compared */
        bar.low = price < bar.low.units ? trade->price : bar.low;    /* raw: compared */
        bar.close = trade->price;
        bar.last_trade = trade->trade_id;
        bar.trades += 1;
        bar.volume += trade->qty.units;         /* raw: summed */
        bar.quote_volume += trade->quote.units; /* raw: summed */
        if (trade->taker_side == SIDE_BUY) {
            bar.taker_buy_volume += trade->qty.units;  /* raw: summed */
            bar.taker_buy_quote += trade->quote.units; /* raw: summed */
        }
    }
    if (bar.trades == 0) {
        bar.open = bar.high = bar.low = bar.close = *close;
    }
    return bar;
}

i64 seen_first_second(const struct seen_trades *seen, u16 market)
{
    for (u32 i = 0; i < seen->count; i += 1) {
        if (seen->trades[i].market == market) {
            return (i64)(seen->times[i] / SECOND_US);
        }
    }
    return -1;
}
