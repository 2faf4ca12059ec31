/* What a market's trades add up to, worked out plainly from all of them, for the comparison with
 * the history's bars. */
#ifndef SIM_HISTORY_SEEN_H
#define SIM_HISTORY_SEEN_H

#include "role/history/bars.h"
#include "wire/wire_gen.h"

/* All trades of all markets, in order. */
struct seen_trades {
    struct event_trade *trades;
    u64 *times; /* microseconds */
    u32 count;
};

/* The trades of [from, to) in seconds. *close becomes the last price before, if there was one; a
 * bar without trades has it as all its prices. */
struct bar seen_bar(const struct seen_trades *seen, u16 market, i64 from, i64 to,
                    struct price *close);

/* The second of the first trade; -1: none. */
i64 seen_first_second(const struct seen_trades *seen, u16 market);

#endif /* SIM_HISTORY_SEEN_H */
