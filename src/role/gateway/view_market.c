#include "role/gateway/view_market.h"

#include "role/gateway/view_state.h"

/* ---- counting trades ---- */

static u64 minute_of(u64 time_us)
{
    return time_us / VIEW_MINUTE_US;
}

/* The bucket of a minute; what was there of an older one has gone. */
static struct view_minute *minute_take(struct view_market *market, u64 number)
{
    struct view_minute *minute = &market->minutes[number % VIEW_WINDOW_MINUTES_MAX];
    if (minute->count && minute->minute != number) {
        if (minute->minute >= market->expired_minute) {
            market->expired = minute->close;
            market->expired_minute = minute->minute;
        }
        minute->count = 0;
    }
    return minute;
}

void view_minute_put(struct view_market *market, const struct view_minute *minute)
{
    *minute_take(market, minute->minute) = *minute;
    market->day_minute = 0;
}

static void minute_add(struct view_market *market, const struct view_trade *trade)
{
    u64 number = minute_of(trade->time_us);
    struct view_minute *minute = minute_take(market, number);
    u64 price = view_price_units(trade->price);
    if (minute->count == 0) {
        *minute = (struct view_minute){.minute = number,
                                       .first_trade_id = trade->id,
                                       .open = trade->price,
                                       .high = trade->price,
                                       .low = trade->price};
    }
    minute->count++;
    minute->last_trade_id = trade->id;
    minute->close = trade->price;
    minute->high = price_of(u64_max(view_price_units(minute->high), price));
    minute->low = price_of(u64_min(view_price_units(minute->low), price));
    minute->base += view_units(trade->qty);
    minute->quote += view_units(trade->quote);
    if (number < market->day_minute) {
        market->day_minute = 0; /* the reader's clock was ahead of the venue's */
    }
}

static void aggregate_add(struct view_aggregate *aggregate, const struct view_trade *trade,
                          u64 aggregate_id)
{
    if (aggregate->id != aggregate_id) {
        *aggregate = (struct view_aggregate){.id = aggregate_id,
                                             .time_us = trade->time_us,
                                             .first_trade_id = trade->id,
                                             .price = trade->price,
                                             .taker_side = trade->taker_side};
    }
    aggregate->last_trade_id = trade->id;
    /* Trades of one taker at one price: their sum is not larger than its order. */
    if (!view_raise(&aggregate->qty, trade->qty)) {
        aggregate->qty = amount_of(UINT64_MAX);
    }
}

void view_market_count(struct view *view, struct view_market *market,
                       const struct view_trade *trade, u64 aggregate_id)
{
    u32 max = view->config.trades_max;
    market->trades[trade->id % max] = *trade;
    if (aggregate_id > 0) {
        aggregate_add(&market->aggregates[aggregate_id % max], trade, aggregate_id);
    }
    market->last_qty = trade->qty;
    minute_add(market, trade);
    view_kline_count(market, trade);
}

bool view_market_seed(struct view *view, u16 number, const struct view_trade *trade,
                      u64 aggregate_id)
{
    if (number >= view->markets_count || !view->image_ended) {
        return false;
    }
    struct view_market *market = &view->markets[number];
    const struct view_kline *newest = market->klines[VIEW_ZONE_UTC][INTERVAL_1M];
    bool is_next = newest->count == 0 ||
                   (trade->id > newest->last_trade_id && trade->time_us >= newest->open_us);
    if (!is_next || trade->id == 0 || trade->id >= market->definition.next_trade_id ||
        aggregate_id >= market->definition.next_aggregate_id ||
        trade->time_us > view->place.time_us || trade->taker_side > SIDE_SELL) {
        return false;
    }
    view_market_count(view, market, trade, aggregate_id);
    return true;
}

/* ---- averages ---- */

struct price view_price_of(u128 quote, u128 base, u32 quote_scale, u32 base_scale)
{
    if (base == 0) {
        return price_of(0);
    }
    u128 whole = quote / base;
    u128 rest = quote % base;
    u32 up = PRICE_SCALE + base_scale;
    /* One decimal place at a time, so that nothing overflows: base is far below 2^124. */
    for (; up > quote_scale; up--) {
        rest *= 10;
        whole = whole * 10 + rest / base;
        rest %= base;
    }
    for (; up < quote_scale; up++) {
        whole /= 10;
    }
    return price_of((u64)whole);
}

static struct price price_in(const struct view *view, const struct view_market *market, u128 quote,
                             u128 base)
{
    const struct command_market_add *definition = &market->definition.definition;
    return view_price_of(quote, base, view->assets[definition->quote].scale,
                         view->assets[definition->base].scale);
}

void view_mean_add(struct view_market *market, u64 minute, u128 base, u128 quote)
{
    struct view_mean *mean = &market->means[minute % VIEW_AVERAGE_MINUTES];
    if (mean->minute != minute) {
        *mean = (struct view_mean){.minute = minute};
    }
    mean->base += base;
    mean->quote += quote;
}

void view_mean_clear(struct view_market *market)
{
    memset(market->means, 0, sizeof market->means);
}

bool view_market_average(const struct view *view, u16 number, u32 minutes, u64 now_us,
                         struct price *average_out)
{
    if (number >= view->markets_count) {
        return false;
    }
    const struct view_market *market = &view->markets[number];
    u64 now = minute_of(u64_max(now_us, view->place.time_us));
    u128 base = 0;
    u128 quote = 0;
    for (u32 i = 0; i < VIEW_AVERAGE_MINUTES && minutes; i++) {
        const struct view_mean *mean = &market->means[i];
        if (mean->minute <= now && mean->minute + minutes > now) {
            base += mean->base;
            quote += mean->quote;
        }
    }
    *average_out = base ? price_in(view, market, quote, base) : market->definition.last;
    return view_price_units(*average_out) != 0;
}

/* ---- windows ---- */

/* `window` goes on with a minute: minutes come in rising order. */
static void window_add(struct view_window *window, const struct view_minute *minute)
{
    u64 high = view_price_units(minute->high);
    u64 low = view_price_units(minute->low);
    if (window->count == 0) {
        window->open = minute->open;
        window->first_trade_id = minute->first_trade_id;
        window->high = minute->high;
        window->low = minute->low;
    }
    window->count += minute->count;
    window->last_trade_id = minute->last_trade_id;
    window->high = price_of(u64_max(view_price_units(window->high), high));
    window->low = price_of(u64_min(view_price_units(window->low), low));
    window->close = minute->close;
    window->base.sum += minute->base;
    window->quote.sum += minute->quote;
}

static const struct view_minute *minute_at(const struct view_market *market, u64 number)
{
    const struct view_minute *minute = &market->minutes[number % VIEW_WINDOW_MINUTES_MAX];
    return minute->count && minute->minute == number ? minute : NULL;
}

/* The close of the last minute with trades before `first`. */
static struct price close_before(const struct view_market *market, u64 first)
{
    struct price close = market->expired;
    u64 newest = market->expired_minute;
    for (u32 i = 0; i < VIEW_WINDOW_MINUTES_MAX; i++) {
        const struct view_minute *minute = &market->minutes[i];
        if (minute->count && minute->minute < first && minute->minute >= newest) {
            newest = minute->minute;
            close = minute->close;
        }
    }
    return close;
}

/* The minutes from `first` up to, not including, `end`. */
static void window_fill(struct view_window *window, const struct view_market *market, u64 first,
                        u64 end)
{
    *window = (struct view_window){.previous = close_before(market, first)};
    for (u64 number = first; number < end; number++) {
        const struct view_minute *minute = minute_at(market, number);
        if (minute != NULL) {
            window_add(window, minute);
        }
    }
}

void view_market_window(struct view *view, u16 number, u32 minutes, u64 now_us,
                        struct view_window *window_out)
{
    *window_out = (struct view_window){0};
    if (number >= view->markets_count) {
        return;
    }
    CHECK(minutes >= 1 && minutes <= VIEW_WINDOW_MINUTES_MAX);
    struct view_market *market = &view->markets[number];
    now_us = u64_max(now_us, view->place.time_us);
    u64 now = minute_of(now_us);
    u64 first = now >= minutes ? now - minutes + 1 : 0;
    if (minutes != VIEW_DAY_MINUTES) {
        window_fill(window_out, market, first, now);
    } else {
        if (market->day_minute != now) {
            window_fill(&market->day, market, first, now);
            market->day_minute = now;
        }
        *window_out = market->day;
    }
    const struct view_minute *current = minute_at(market, now);
    if (current != NULL) {
        window_add(window_out, current);
    }
    window_out->open_us = first * VIEW_MINUTE_US;
    window_out->close_us = now_us;
    window_out->last_qty = window_out->count ? market->last_qty : AMOUNT_ZERO;
    window_out->average = price_in(view, market, window_out->quote.sum, window_out->base.sum);
}

/* ---- reading ---- */

const struct view_definition *view_market_of(const struct view *view, u16 market)
{
    return market < view->markets_count ? &view->markets[market].definition : NULL;
}

bool view_market_by_name(const struct view *view, const u8 name[16], u16 *market_out)
{
    for (u32 i = 0; i < view->markets_count; i++) {
        if (memcmp(view->markets[i].definition.definition.name, name, 16) == 0) {
            *market_out = (u16)i;
            return true;
        }
    }
    return false;
}

const struct command_fee_set *view_market_fees(const struct view *view, u16 market, u32 tier)
{
    u32 tiers = view->config.limits.fee_tiers_max;
    if (market >= view->markets_count || tier >= tiers) {
        return NULL;
    }
    const struct command_fee_set *set = &view->fees[(size_t)market * tiers + tier];
    return set->head.kind ? set : NULL;
}

const struct view_trade *view_market_trade(const struct view *view, u16 market, u64 trade_id)
{
    if (market >= view->markets_count || trade_id == 0) {
        return NULL;
    }
    const struct view_trade *trade =
        &view->markets[market].trades[trade_id % view->config.trades_max];
    return trade->id == trade_id ? trade : NULL;
}

const struct view_aggregate *view_market_aggregate(const struct view *view, u16 market,
                                                   u64 aggregate_id)
{
    if (market >= view->markets_count || aggregate_id == 0) {
        return NULL;
    }
    const struct view_aggregate *aggregate =
        &view->markets[market].aggregates[aggregate_id % view->config.trades_max];
    return aggregate->id == aggregate_id ? aggregate : NULL;
}
