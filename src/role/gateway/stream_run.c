/* What streams are told, and when. */
#include "base/check.h"
#include "base/hash.h"
#include "role/gateway/call.h"
#include "role/gateway/stream_state.h"

#include <string.h>

#define TICK_US 100000ULL
/* A kline counts as ended when the venue's clock is past its end, or, since that stands still while
 * nothing happens, so long after its end by ours. */
#define KLINE_GRACE_US 500000ULL
/* Ended klines told one after the other; when more have passed, the stream goes on from now. */
#define KLINES_BEHIND_MAX 128U
#define AVERAGE_MINUTES   5U
/* The current minute and those before it that make up at least the window (API
 * web-socket-streams.md "Individual Symbol Rolling Window Statistics Streams"). */
#define MINUTES_1H 61U
#define MINUTES_4H 241U
#define MINUTES_1D VIEW_WINDOW_MINUTES_MAX

#define KLINE_BITS (((1ULL << (STREAM_VARIANTS - STREAM_KLINE)) - 1) << STREAM_KLINE)

static u32 markets_count(const struct stream_hub *hub)
{
    return hub->view == NULL ? 0
                             : (u32)u64_min(view_markets_count(hub->view), hub->config.markets_max);
}

/* What the venue's clock shows, or ours when that is later. */
static u64 later_us(const struct stream_hub *hub)
{
    return u64_max(hub->now_us, view_place(hub->view).time_us);
}

static void publish(struct stream_hub *hub, u32 market, u32 variant,
                    void (*put)(struct stream_hub *, struct json_writer *, const void *, bool),
                    const void *what)
{
    stream_publish(hub, market, variant, (struct stream_message){.put = put, .what = what});
}

static u64 hash_level(u64 hash, struct view_level level)
{
    return hash_pair(hash, hash_pair(level.price.units, level.qty.units)); /* raw: as a key */
}

/* Never STREAM_NEVER. */
static u64 told_of(u64 hash)
{
    return hash >> 1;
}

/* ---- books ---- */

static struct view_level best_of(const struct stream_hub *hub, u16 market, enum side side)
{
    struct view_level level = {0};
    return view_book_best(hub->view, market, side, &level) ? level : (struct view_level){0};
}

static void tell_best(struct stream_hub *hub, u16 market)
{
    struct stream *stream = stream_at(hub, market, STREAM_BOOK_TICKER);
    struct stream_best best = {.update_id = view_book_update_id(hub->view, market),
                               .market = market,
                               .bid = best_of(hub, market, SIDE_BUY),
                               .ask = best_of(hub, market, SIDE_SELL)};
    u64 told = told_of(hash_level(hash_level(0, best.bid), best.ask));
    if (told != stream->told) {
        stream->told = told;
        publish(hub, market, STREAM_BOOK_TICKER, stream_put_best, &best);
    }
}

/* The window from the last id told. */
static void tell_depth(struct stream_hub *hub, u16 market, u32 variant)
{
    struct stream *stream = stream_at(hub, market, variant);
    struct stream_depth depth = {.first_id = stream->told + 1,
                                 .last_id = view_book_update_id(hub->view, market),
                                 .changes = hub->changes,
                                 .market = market};
    if (depth.last_id == stream->told) {
        return;
    }
    bool is_known = view_book_changes(hub->view, market, stream->told, hub->changes, &depth.count);
    stream->told = depth.last_id;
    if (is_known) {
        publish(hub, market, variant, stream_put_depth, &depth);
    } else {
        /* The next window begins behind a gap, which tells clients to fetch the depth again. */
        hub->counts.gaps += 1;
    }
}

static void tell_part(struct stream_hub *hub, u16 market, u32 variant)
{
    static const u32 levels[] = {5, 10, 20};
    struct stream *stream = stream_at(hub, market, variant);
    struct stream_part part = {.update_id = view_book_update_id(hub->view, market),
                               .market = market};
    if (part.update_id == stream->told) {
        return;
    }
    u32 count = levels[(variant - STREAM_DEPTH_5) / 2];
    for (u32 side = SIDE_BUY; side <= SIDE_SELL; side += 1) {
        part.count[side] =
            view_book_depth(hub->view, market, (enum side)side, part.levels[side], count);
    }
    stream->told = part.update_id;
    publish(hub, market, variant, stream_put_part, &part);
}

/* Sends depth windows that are half of what the view remembers, before it forgets their beginning;
 * each event makes at most one change. */
static void tell_depth_early(struct stream_hub *hub)
{
    hub->events_count = 0;
    for (u32 market = 0; market < markets_count(hub); market += 1) {
        for (u32 variant = STREAM_DEPTH; variant <= STREAM_DEPTH_FAST; variant += 1) {
            u64 told = stream_at(hub, market, variant)->told;
            if (stream_is_active(hub, market, variant) &&
                view_book_update_id(hub->view, (u16)market) - told > hub->config.changes_max / 2) {
                tell_depth(hub, (u16)market, variant);
            }
        }
    }
}

/* ---- klines ---- */

/* The kline that holds this moment. False: nothing was traded yet, or it is forgotten. */
static bool kline_at(const struct stream_hub *hub, u16 market, u32 variant, u64 time_us,
                     struct stream_kline *kline_out)
{
    *kline_out = (struct stream_kline){.market = market, .variant = (u8)variant};
    return view_market_kline(hub->view, market, stream_kline_interval(variant),
                             stream_kline_zone(variant), time_us, &kline_out->kline);
}

/* Tells klines that have ended at `time_us` one last time. */
static void tell_ended(struct stream_hub *hub, u16 market, u32 variant, u64 time_us)
{
    struct stream *stream = stream_at(hub, market, variant);
    for (u32 i = 0; i < KLINES_BEHIND_MAX && stream->told > 0; i += 1) {
        struct stream_kline ended;
        if (!kline_at(hub, market, variant, stream->told, &ended)) {
            break;
        }
        if (ended.kline.end_us > time_us) {
            return;
        }
        ended.is_closed = true;
        stream->told = ended.kline.end_us;
        stream->told_count = STREAM_NEVER;
        publish(hub, market, variant, stream_put_kline, &ended);
    }
    stream->told = 0;
    stream->told_count = STREAM_NEVER;
}

/* Each variant that somebody listens to. */
static void tell_ended_all(struct stream_hub *hub, u16 market, u64 time_us)
{
    u64 rest = hub->markets[market].active & KLINE_BITS;
    while (rest != 0) {
        u32 variant = (u32)__builtin_ctzll(rest);
        rest &= rest - 1;
        tell_ended(hub, market, variant, time_us);
    }
}

/* The kline that the stream is at, when it has changed. */
static void tell_kline(struct stream_hub *hub, u16 market, u32 variant)
{
    struct stream *stream = stream_at(hub, market, variant);
    struct stream_kline kline;
    if (!kline_at(hub, market, variant, stream->told > 0 ? stream->told : later_us(hub), &kline)) {
        return;
    }
    if (stream->told != kline.kline.open_us || stream->told_count != kline.kline.count) {
        stream->told = kline.kline.open_us;
        stream->told_count = kline.kline.count;
        publish(hub, market, variant, stream_put_kline, &kline);
    }
}

static void tell_klines(struct stream_hub *hub, u16 market, bool is_even)
{
    u64 rest = hub->markets[market].active & KLINE_BITS;
    while (rest != 0) {
        u32 variant = (u32)__builtin_ctzll(rest);
        rest &= rest - 1;
        if (is_even || stream_kline_interval(variant) == INTERVAL_1S) {
            tell_kline(hub, market, variant);
        }
    }
}

/* ---- tickers and prices ---- */

static u32 ticker_minutes(u8 variant)
{
    switch (variant) {
    case STREAM_TICKER_1H:
        return MINUTES_1H;
    case STREAM_TICKER_4H:
        return MINUTES_4H;
    case STREAM_TICKER_1D:
        return MINUTES_1D;
    default: /* not an enum: a number that is one of these, or of a whole day */
        CHECK(variant == STREAM_MINI_TICKER || variant == STREAM_TICKER);
        return VIEW_DAY_MINUTES;
    }
}

void stream_look_ticker(struct stream_hub *hub, u16 market, u8 variant,
                        struct stream_ticker *ticker_out)
{
    memset(ticker_out, 0, sizeof(*ticker_out));
    ticker_out->market = market;
    ticker_out->variant = variant;
    ticker_out->last = view_market_of(hub->view, market)->last;
    view_market_window(hub->view, market, ticker_minutes(variant), later_us(hub),
                       &ticker_out->window);
    if (variant == STREAM_TICKER) {
        ticker_out->bid = best_of(hub, market, SIDE_BUY);
        ticker_out->ask = best_of(hub, market, SIDE_SELL);
    }
}

u64 stream_hash_ticker(const struct stream_ticker *ticker)
{
    const struct view_window *window = &ticker->window;
    u64 numbers[] = {
        window->count,          window->first_trade_id,
        window->last_trade_id,  ticker->last.units, /* raw: as a key */
        window->open.units,                         /* raw: as a key */
        window->previous.units,                     /* raw: as a key */
    };
    u64 hash = hash_bytes((const u8 *)numbers, sizeof(numbers), 0);
    return hash_level(hash_level(hash, ticker->bid), ticker->ask);
}

static void tell_ticker(struct stream_hub *hub, u16 market, u8 variant)
{
    struct stream *stream = stream_at(hub, market, variant);
    struct stream_ticker ticker;
    stream_look_ticker(hub, market, variant, &ticker);
    u64 told = told_of(stream_hash_ticker(&ticker));
    if (told != stream->told) {
        stream->told = told;
        publish(hub, market, variant, stream_put_ticker, &ticker);
    }
}

/* All markets whose ticker has changed, in one message. */
static void tell_tickers(struct stream_hub *hub, u8 variant)
{
    u32 all = variant == STREAM_MINI_TICKER ? 0 : 1U + variant - STREAM_TICKER_1H;
    struct stream_tickers tickers = {.variant = variant};
    for (u32 market = 0; market < markets_count(hub); market += 1) {
        struct stream_ticker ticker;
        stream_look_ticker(hub, (u16)market, variant, &ticker);
        u64 told = told_of(stream_hash_ticker(&ticker));
        u64 *last = &hub->told_all[market * STREAM_VARIANTS_ALL + all];
        if (told != *last) {
            *last = told;
            hub->listed[tickers.count] = (u16)market;
            tickers.count += 1;
        }
    }
    if (tickers.count > 0) {
        publish(hub, hub->config.markets_max, variant, stream_put_tickers, &tickers);
    }
}

static void tell_average(struct stream_hub *hub, u16 market)
{
    struct stream *stream = stream_at(hub, market, STREAM_AVG_PRICE);
    struct stream_price average = {.market = market};
    u64 trade_id = view_market_of(hub->view, market)->next_trade_id - 1;
    const struct view_trade *trade = view_market_trade(hub->view, market, trade_id);
    average.time_us = trade == NULL ? 0 : trade->time_us;
    average.is_set =
        view_market_average(hub->view, market, AVERAGE_MINUTES, later_us(hub), &average.price);
    u64 told = told_of(hash_pair(average.price.units, average.time_us)); /* raw: as a key */
    if (average.is_set && told != stream->told) {
        stream->told = told;
        publish(hub, market, STREAM_AVG_PRICE, stream_put_average, &average);
    }
}

static void tell_reference(struct stream_hub *hub, u16 market)
{
    struct stream *stream = stream_at(hub, market, STREAM_REFERENCE_PRICE);
    struct stream_price reference = {.market = market,
                                     .price = view_market_of(hub->view, market)->reference,
                                     .time_us = view_place(hub->view).time_us};
    u64 told = told_of(hash_u64(reference.price.units)); /* raw: as a key */
    reference.is_set = reference.price.units != 0;       /* raw: 0 is none */
    if (told != stream->told) {
        stream->told = told;
        publish(hub, market, STREAM_REFERENCE_PRICE, stream_put_reference, &reference);
    }
}

/* ---- trades ---- */

static void tell_aggregate(struct stream_hub *hub, const struct stream_trade *aggregate)
{
    if (aggregate->id > 0 && stream_is_active(hub, aggregate->market, STREAM_AGG_TRADE)) {
        publish(hub, aggregate->market, STREAM_AGG_TRADE, stream_put_aggregate, aggregate);
    }
}

/* Takes one trade; an aggregate goes out when another one begins. */
static void take_trade(struct stream_hub *hub, const struct event_trade *event,
                       struct stream_trade *aggregate)
{
    struct stream_trade trade = {.id = event->trade_id,
                                 .time_us = view_place(hub->view).time_us,
                                 .price = event->price,
                                 .qty = event->qty,
                                 .market = event->market,
                                 .buyer_is_maker = event->taker_side == SIDE_SELL};
    if (stream_is_active(hub, event->market, STREAM_TRADE)) {
        publish(hub, event->market, STREAM_TRADE, stream_put_trade, &trade);
    }
    if (aggregate->id != event->aggregate_id || aggregate->market != event->market) {
        tell_aggregate(hub, aggregate);
        *aggregate = trade;
        aggregate->id = event->aggregate_id;
        aggregate->first_id = event->trade_id;
        aggregate->qty = AMOUNT_ZERO;
    }
    aggregate->last_id = event->trade_id;
    /* Trades of one taker: their sum is not larger than its order. */
    bool fits = amount_add(aggregate->qty, event->qty, &aggregate->qty);
    CHECK(fits);
}

void stream_command(struct stream_hub *hub, struct span events, u64 now_us)
{
    struct stream_trade aggregate = {0};
    u32 traded = UINT32_MAX;
    CHECK(hub->view != NULL);
    hub->now_us = now_us;
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(events, &offset, &head);) {
        const struct event_trade *event = (const void *)head;
        if (head->kind == EVENT_TRADE && event->market < hub->config.markets_max) {
            take_trade(hub, event, &aggregate);
            if (event->market != traded) {
                traded = event->market;
                tell_ended_all(hub, event->market, view_place(hub->view).time_us);
            }
        }
        hub->events_count += 1;
    }
    tell_aggregate(hub, &aggregate);
    if (hub->events_count > hub->config.changes_max / 4) {
        tell_depth_early(hub);
    }
}

/* ---- occasions ---- */

void stream_turn(struct stream_hub *hub, u64 now_us)
{
    hub->now_us = now_us;
    for (u32 market = 0; market < markets_count(hub); market += 1) {
        if (stream_is_active(hub, market, STREAM_BOOK_TICKER)) {
            tell_best(hub, (u16)market);
        }
    }
}

static void each_second(struct stream_hub *hub, u16 market)
{
    static const u8 parts[] = {STREAM_DEPTH_5, STREAM_DEPTH_10, STREAM_DEPTH_20};
    for (u32 i = 0; i < ARRAY_COUNT(parts); i += 1) {
        if (stream_is_active(hub, market, parts[i])) {
            tell_part(hub, market, parts[i]);
        }
    }
    if (stream_is_active(hub, market, STREAM_DEPTH)) {
        tell_depth(hub, market, STREAM_DEPTH);
    }
    for (u8 variant = STREAM_MINI_TICKER; variant <= STREAM_TICKER_1D; variant += 1) {
        if (stream_is_active(hub, market, variant)) {
            tell_ticker(hub, market, variant);
        }
    }
    if (stream_is_active(hub, market, STREAM_AVG_PRICE)) {
        tell_average(hub, market);
    }
    if (stream_is_active(hub, market, STREAM_REFERENCE_PRICE)) {
        tell_reference(hub, market);
    }
}

static void each_tick(struct stream_hub *hub, u16 market)
{
    static const u8 parts[] = {STREAM_DEPTH_5_FAST, STREAM_DEPTH_10_FAST, STREAM_DEPTH_20_FAST};
    for (u32 i = 0; i < ARRAY_COUNT(parts); i += 1) {
        if (stream_is_active(hub, market, parts[i])) {
            tell_part(hub, market, parts[i]);
        }
    }
    if (stream_is_active(hub, market, STREAM_DEPTH_FAST)) {
        tell_depth(hub, market, STREAM_DEPTH_FAST);
    }
    u64 grace = u64_max(hub->now_us, KLINE_GRACE_US) - KLINE_GRACE_US;
    tell_ended_all(hub, market, u64_max(grace, view_place(hub->view).time_us));
}

void stream_tick(struct stream_hub *hub, u64 now_us)
{
    u64 tick = now_us / TICK_US;
    bool is_second = tick / 10 != hub->tick / 10;
    bool is_even = tick / 20 != hub->tick / 20;
    if (tick == hub->tick) {
        return;
    }
    hub->now_us = now_us;
    hub->tick = tick;
    for (u32 market = 0; market < markets_count(hub); market += 1) {
        if (hub->markets[market].active == 0) {
            continue;
        }
        each_tick(hub, (u16)market);
        if (is_second) {
            each_second(hub, (u16)market);
            tell_klines(hub, (u16)market, is_even);
        }
    }
    u64 all = hub->markets[hub->config.markets_max].active;
    for (u8 variant = STREAM_MINI_TICKER; is_second && variant <= STREAM_TICKER_1D; variant += 1) {
        if ((all >> variant & 1U) != 0) {
            tell_tickers(hub, variant);
        }
    }
}
