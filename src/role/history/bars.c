#include "role/history/bars.h"

#include "base/check.h"

#define MINUTE 60LL
#define HOUR   3600LL
#define DAY    86400LL

static const i64 level_seconds[BAR_LEVELS] = {1, MINUTE, 15 * MINUTE, HOUR, DAY};

static i64 floor_div(i64 a, i64 b)
{
    i64 quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

/* ---- adding up ---- */

void bar_add_bar(struct bar *bar, const struct bar *later)
{
    if (later->trades == 0) {
        return;
    }
    if (bar->trades == 0) {
        i64 start = bar->start;
        *bar = *later;
        bar->start = start;
        return;
    }
    CHECK(later->first_trade > bar->last_trade);
    bar->trades += later->trades;
    bar->high = price_of(u64_max(bar->high.units, later->high.units)); /* raw: compared */
    bar->low = price_of(u64_min(bar->low.units, later->low.units));    /* raw: compared */
    bar->close = later->close;
    bar->volume += later->volume;
    bar->quote_volume += later->quote_volume;
    bar->taker_buy_volume += later->taker_buy_volume;
    bar->taker_buy_quote += later->taker_buy_quote;
    bar->last_trade = later->last_trade;
}

void bar_add_trade(struct bar *bar, const struct bar_trade *trade)
{
    struct bar one = {
        .trades = 1,
        .open = trade->price,
        .high = trade->price,
        .low = trade->price,
        .close = trade->price,
        .volume = trade->qty.units,         /* raw: a sum of many */
        .quote_volume = trade->quote.units, /* raw: a sum of many */
        .first_trade = trade->trade_id,
        .last_trade = trade->trade_id,
    };
    if (trade->taker_buys) {
        one.taker_buy_volume = one.volume;
        one.taker_buy_quote = one.quote_volume;
    }
    bar_add_bar(bar, &one);
}

/* ---- levels ---- */

i64 bar_level_seconds(u32 level)
{
    CHECK(level < BAR_LEVELS);
    return level_seconds[level];
}

struct bar_piece bars_cover(i64 from, i64 to)
{
    CHECK(from < to);
    u32 level = BAR_LEVELS - 1;
    while (level > 0 && (floor_div(from, level_seconds[level]) * level_seconds[level] != from ||
                         to - from < level_seconds[level])) {
        level -= 1;
    }
    i64 seconds = level_seconds[level];
    i64 end = from + floor_div(to - from, seconds) * seconds;
    if (level + 1 < BAR_LEVELS) {
        /* Up to where a longer one begins, if one fits there. */
        i64 longer = level_seconds[level + 1];
        i64 edge = (floor_div(from, longer) + 1) * longer;
        end = edge + longer <= to && edge < end ? edge : end;
    }
    return (struct bar_piece){.level = level, .from = from, .to = end};
}
