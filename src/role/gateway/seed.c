#include "role/gateway/seed.h"

#include "role/gateway/view_state.h"

#define SECOND_US    1000000ULL
#define ZONE_8_HOURS 8
#define HOUR_US      (3600 * SECOND_US)

void seed_begin(struct seed *seed, struct view *view)
{
    *seed = (struct seed){.view = view};
    if (!view->image_ended) {
        seed->market = view_markets_count(view);
    }
}

static u64 image_us(const struct seed *seed)
{
    return view_place(seed->view).time_us;
}

static i64 offset_of(enum view_zone zone)
{
    return zone == VIEW_ZONE_8 ? (i64)(ZONE_8_HOURS * HOUR_US) : 0;
}

/* Where the oldest kline of more than a day begins that holds the image's time. */
static u64 days_from(const struct seed *seed, enum view_zone zone)
{
    u64 from_us = UINT64_MAX;
    for (u32 interval = INTERVAL_3D; interval < INTERVAL_COUNT; interval += 1) {
        u64 start = interval_start((enum interval)interval, image_us(seed), offset_of(zone));
        from_us = u64_min(from_us, start);
    }
    return from_us;
}

/* The longest window and a minute more, whose close is the price before it. */
static u64 minutes_from(const struct seed *seed)
{
    u64 minute = image_us(seed) / VIEW_MINUTE_US;
    return (minute > VIEW_WINDOW_MINUTES_MAX ? minute - VIEW_WINDOW_MINUTES_MAX : 0) *
           VIEW_MINUTE_US;
}

static void next_market(struct seed *seed)
{
    seed->market += 1;
    seed->step = SEED_DAYS;
    seed->from_us = 0;
    seed->from_id = 0;
}

static void next_step(struct seed *seed)
{
    if (seed->step + 1 < SEED_STEPS) {
        seed->step += 1;
        return;
    }
    struct view_seeded seeded = {
        .pieces_us = minutes_from(seed),
        .days_us = {days_from(seed, VIEW_ZONE_UTC), days_from(seed, VIEW_ZONE_8)}};
    view_seed_done(seed->view, (u16)seed->market, &seeded);
    seed->markets_done += 1;
    next_market(seed);
}

/* ---- questions ---- */

static void ask_klines(const struct seed *seed, struct lookup_ask *ask, enum interval interval,
                       u64 from_us, u64 end_us)
{
    ask->interval = (u8)interval;
    ask->from_us = u64_max(1, from_us);
    ask->to_us = end_us - 1;
    ask->now_us = image_us(seed);
    ask->limit = HISTORY_ROWS_MAX;
}

/* False: the step needs none. */
static bool ask_of_step(const struct seed *seed, struct lookup_ask *ask)
{
    u64 now_us = image_us(seed);
    u64 minute_us = now_us / VIEW_MINUTE_US * VIEW_MINUTE_US;
    enum view_zone zone = seed->step == SEED_DAYS_8 ? VIEW_ZONE_8 : VIEW_ZONE_UTC;
    u64 today_us = interval_start(INTERVAL_1D, now_us, offset_of(zone));
    u64 newest = view_market_of(seed->view, (u16)seed->market)->next_trade_id - 1;
    u64 from_us = 0;
    switch (seed->step) {
    case SEED_DAYS:
    case SEED_DAYS_8:
        *ask = lookup_ask_of(LOOKUP_KLINES);
        ask->zone_minutes = (i32)(offset_of(zone) / (i64)VIEW_MINUTE_US);
        from_us = days_from(seed, zone);
        ask_klines(seed, ask, INTERVAL_1D, from_us, today_us);
        return from_us < today_us;
    case SEED_MINUTES:
        *ask = lookup_ask_of(LOOKUP_KLINES);
        from_us = u64_max(seed->from_us, minutes_from(seed));
        ask_klines(seed, ask, INTERVAL_1M, from_us, minute_us);
        return from_us < minute_us;
    case SEED_REST:
        *ask = lookup_ask_of(LOOKUP_BAR);
        ask->from_s = (i64)(minute_us / SECOND_US);
        ask->to_s = (i64)(now_us / SECOND_US);
        return ask->from_s < ask->to_s;
    case SEED_SECOND:
        *ask = lookup_ask_of(LOOKUP_TRADES);
        ask->from_us = seed->from_id > 0 ? 0 : u64_max(1, now_us / SECOND_US * SECOND_US);
        ask->from_id = seed->from_id;
        ask->to_us = now_us;
        ask->limit = HISTORY_ROWS_MAX;
        return true;
    case SEED_LAST:
        *ask = lookup_ask_of(LOOKUP_TRADES);
        ask->from_id = newest;
        ask->limit = 1;
        return true;
    case SEED_STEPS:
        break;
    }
    return false;
}

bool seed_next(struct seed *seed, struct lookup_ask *ask_out)
{
    while (seed->market < view_markets_count(seed->view)) {
        if (view_market_of(seed->view, (u16)seed->market)->next_trade_id == 1) {
            view_seed_done(seed->view, (u16)seed->market, &(struct view_seeded){0});
            seed->markets_done += 1;
            next_market(seed);
        } else if (ask_of_step(seed, ask_out)) {
            ask_out->market = (u16)seed->market;
            ask_out->position_min = view_place(seed->view).position;
            return true;
        } else {
            next_step(seed);
        }
    }
    return false;
}

/* ---- answers ---- */

static struct view_kline kline_of(const struct bar *bar, u64 open_us, u64 end_us)
{
    return (struct view_kline){.open_us = open_us,
                               .end_us = end_us,
                               .count = bar->trades,
                               .first_trade_id = bar->first_trade,
                               .last_trade_id = bar->last_trade,
                               .open = bar->open,
                               .high = bar->high,
                               .low = bar->low,
                               .close = bar->close,
                               .base = {bar->volume},
                               .quote = {bar->quote_volume},
                               .taker_base = {bar->taker_buy_volume},
                               .taker_quote = {bar->taker_buy_quote}};
}

static bool take_klines(struct seed *seed, const struct lookup_result *result)
{
    for (u32 i = 0; i < result->count; i += 1) {
        const struct history_kline *row = &result->klines[i];
        struct view_kline kline =
            kline_of(&row->bar, (u64)row->bar.start * SECOND_US, (u64)row->end * SECOND_US);
        u16 market = (u16)seed->market;
        enum view_zone zone = seed->step == SEED_DAYS_8 ? VIEW_ZONE_8 : VIEW_ZONE_UTC;
        bool is_taken = seed->step == SEED_MINUTES
                            ? view_seed_piece(seed->view, market, &kline)
                            : view_seed_day(seed->view, market, zone, &kline);
        if (!is_taken) {
            return false;
        }
        seed->from_us = kline.end_us;
    }
    if (seed->step != SEED_MINUTES || result->count < HISTORY_ROWS_MAX) {
        seed->from_us = 0;
        next_step(seed);
    }
    return true;
}

static struct view_trade trade_of(const struct history_trade *row)
{
    return (struct view_trade){.id = row->trade_id,
                               .time_us = row->time_us,
                               .price = row->price,
                               .qty = row->qty,
                               .quote = row->quote,
                               .taker_side = row->buyer_is_maker ? SIDE_SELL : SIDE_BUY};
}

/* Trades behind the image come as events. */
static bool take_second(struct seed *seed, const struct lookup_result *result)
{
    u64 next = view_market_of(seed->view, (u16)seed->market)->next_trade_id;
    u64 last = 0;
    for (u32 i = 0; i < result->count && result->trades[i].trade_id < next; i += 1) {
        struct view_trade trade = trade_of(&result->trades[i]);
        if (!view_market_seed(seed->view, (u16)seed->market, &trade, 0)) {
            return false;
        }
        last = trade.id;
    }
    seed->from_id = last + 1;
    if (result->count < HISTORY_ROWS_MAX || last + 1 >= next || last == 0) {
        seed->from_id = 0;
        next_step(seed);
    }
    return true;
}

static bool take_last(struct seed *seed, const struct lookup_result *result)
{
    if (result->count > 0) {
        struct view_trade trade = trade_of(&result->trades[0]);
        if (!view_seed_last(seed->view, (u16)seed->market, &trade)) {
            return false;
        }
    }
    next_step(seed);
    return true;
}

static bool take_rest(struct seed *seed, const struct lookup_result *result)
{
    u64 now_us = image_us(seed);
    struct view_kline piece = kline_of(result->bar, now_us / VIEW_MINUTE_US * VIEW_MINUTE_US,
                                       now_us / SECOND_US * SECOND_US);
    bool is_taken = view_seed_piece(seed->view, (u16)seed->market, &piece);
    next_step(seed);
    return is_taken;
}

static bool take_rows(struct seed *seed, const struct lookup_result *result)
{
    switch (seed->step) {
    case SEED_DAYS:
    case SEED_DAYS_8:
    case SEED_MINUTES:
        return take_klines(seed, result);
    case SEED_REST:
        return take_rest(seed, result);
    case SEED_SECOND:
        return take_second(seed, result);
    case SEED_LAST:
        return take_last(seed, result);
    case SEED_STEPS:
        break;
    }
    return false;
}

void seed_take(struct seed *seed, const struct lookup_result *result)
{
    if (result->status != LOOKUP_OK) {
        seed->tries += 1;
        if (seed->tries >= SEED_TRIES_MAX) {
            seed->gave_up = true;
            seed->market = view_markets_count(seed->view);
        }
        return;
    }
    u32 market = seed->market;
    if (!take_rows(seed, result) && seed->market == market) {
        next_market(seed); /* not what it should be: this market's past is left out */
    }
}
