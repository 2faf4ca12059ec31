#include "role/gateway/calls_ticker.h"

#include "base/check.h"
#include "role/gateway/call_ask.h"
#include "role/gateway/call_json.h"
#include "role/gateway/call_markets.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"

#define SECOND_US 1000000ULL
#define MINUTE_US 60000000ULL

/* What one ticker shows beside its market. */
struct ticker {
    u64 now_us;
    u64 open_us; /* of a trading day; else the window's own */
    u64 end_us;  /* 0: the window ends now */
    u32 minutes;
    bool is_mini;
    bool has_book; /* with the book's best and the last trade: the 24hr ticker */
};

/* One object, or an array of them. */
static enum call_end put_each(struct call *call, u32 count_max, const struct ticker *ticker,
                              void (*put)(struct call *, u16, const struct ticker *))
{
    struct call_markets markets;
    if (!call_markets_begin(call, count_max, &markets)) {
        return CALL_REFUSED;
    }
    if (!markets.is_one) {
        json_array_begin(call->json);
    }
    for (u16 market = 0; call_markets_next(call, &markets, &market);) {
        json_object_begin(call->json);
        call_text(call->json, "symbol", call_names(call->venue->view, market).market);
        put(call, market, ticker);
        json_object_end(call->json);
    }
    if (!markets.is_one) {
        json_array_end(call->json);
    }
    return CALL_ANSWERED;
}

/* ---- of now ---- */

static void put_price(struct call *call, u16 market, const struct ticker *ticker)
{
    (void)ticker;
    call_price(call->json, "price", view_market_of(call->venue->view, market)->last);
}

enum call_end ticker_price(struct call *call)
{
    return put_each(call, UINT32_MAX, NULL, put_price);
}

static void put_best(struct call *call, u16 market, const struct ticker *ticker)
{
    (void)ticker;
    const struct view *view = call->venue->view;
    u32 scale = call_names(view, market).base_scale;
    struct view_level bid = {0};
    struct view_level ask = {0};
    if (!view_book_best(view, market, SIDE_BUY, &bid)) {
        bid = (struct view_level){0};
    }
    if (!view_book_best(view, market, SIDE_SELL, &ask)) {
        ask = (struct view_level){0};
    }
    call_price(call->json, "bidPrice", bid.price);
    call_amount(call->json, "bidQty", bid.qty, scale);
    call_price(call->json, "askPrice", ask.price);
    call_amount(call->json, "askQty", ask.qty, scale);
}

enum call_end ticker_book(struct call *call)
{
    return put_each(call, UINT32_MAX, NULL, put_best);
}

/* ---- windows ---- */

static void put_trade_id(struct json_writer *json, const char *key, bool some, u64 id)
{
    call_signed(json, key, some ? (i64)id : -1);
}

/* What FULL has before the open price. */
static void put_full(struct call *call, u16 market, const struct ticker *ticker,
                     const struct view_window *window, struct price last)
{
    struct json_writer *json = call->json;
    u32 scale = call_names(call->venue->view, market).base_scale;
    call_change(json, "priceChange", window->open, window->close);
    call_percent(json, "priceChangePercent", window->open, window->close);
    call_price(json, "weightedAvgPrice", window->average);
    if (ticker->has_book) {
        call_price(json, "prevClosePrice", window->count > 0 ? window->previous : last);
        call_price(json, "lastPrice", last);
        call_amount(json, "lastQty", window->last_qty, scale);
        put_best(call, market, ticker);
    }
}

static void put_statistics(struct call *call, u16 market, const struct ticker *ticker,
                           const struct view_window *window)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    struct call_names names = call_names(view, market);
    bool some = window->count > 0;
    struct price last = some ? window->close : view_market_of(view, market)->last;
    if (!ticker->is_mini) {
        put_full(call, market, ticker, window, last);
    }
    call_price(json, "openPrice", window->open);
    call_price(json, "highPrice", window->high);
    call_price(json, "lowPrice", window->low);
    if (ticker->is_mini || !ticker->has_book) {
        call_price(json, "lastPrice", last);
    }
    call_sum(json, "volume", window->base, names.base_scale);
    call_sum(json, "quoteVolume", window->quote, names.quote_scale);
    bool is_day = ticker->end_us > 0;
    call_time(json, "openTime", is_day ? ticker->open_us : window->open_us,
              call->state.microseconds);
    call_time(json, "closeTime", is_day ? ticker->end_us - 1 : window->close_us,
              call->state.microseconds);
    put_trade_id(json, "firstId", some, window->first_trade_id);
    put_trade_id(json, "lastId", some, window->last_trade_id);
    call_number(json, "count", window->count);
}

static void put_window(struct call *call, u16 market, const struct ticker *ticker)
{
    struct view_window window;
    view_market_window(call->venue->view, market, ticker->minutes, ticker->now_us, &window);
    put_statistics(call, market, ticker, &window);
}

static struct ticker ticker_of(const struct call *call)
{
    u64 type = param_number(call->params, PARAM_TICKER_TYPE, PARAM_TICKER_FULL);
    return (struct ticker){.now_us =
                               u64_max(call->venue->now_us, view_place(call->venue->view).time_us),
                           .is_mini = type == PARAM_TICKER_MINI};
}

enum call_end ticker_24hr(struct call *call)
{
    struct ticker ticker = ticker_of(call);
    ticker.minutes = VIEW_DAY_MINUTES;
    ticker.has_book = true;
    return put_each(call, UINT32_MAX, &ticker, put_window);
}

enum call_end ticker_trading_day(struct call *call)
{
    struct ticker ticker = ticker_of(call);
    u64 zone = param_number(call->params, PARAM_TIME_ZONE, PARAM_ZONE_ZERO);
    i64 offset_us = ((i64)zone - (i64)PARAM_ZONE_ZERO) * (i64)MINUTE_US;
    ticker.open_us = interval_start(INTERVAL_1D, ticker.now_us, offset_us);
    ticker.end_us = interval_next(INTERVAL_1D, ticker.now_us, offset_us);
    /* A day begins at a whole minute in every zone, so the view's minutes hold it. */
    ticker.minutes = (u32)(ticker.now_us / MINUTE_US - ticker.open_us / MINUTE_US) + 1;
    return put_each(call, TICKER_SYMBOLS_MAX, &ticker, put_window);
}

/* ---- a rolling window ---- */

/* Left for finish, where the view's minutes do not reach back far enough. */
struct window_keep {
    u64 now_us;
    u32 owner; /* of the place; 0: one market needs none */
    u16 minutes;
    u8 place;
    u8 count;
    u8 next; /* the one whose bar is asked for */
    bool is_mini;
    u16 markets[TICKER_SYMBOLS_MAX];
};

/* A window begins with a minute, at least `minutes` before now (API rest-api.md "Rolling window
 * price change statistics"). */
static u64 window_open(u64 now_us, u64 minutes)
{
    u64 minute = now_us / MINUTE_US;
    return (minute > minutes ? minute - minutes : 0) * MINUTE_US;
}

static enum call_end ask_window(struct call *call, struct window_keep *keep)
{
    struct lookup_ask *ask = call_ask(call, LOOKUP_BAR);
    ask->market = keep->markets[keep->next];
    ask->from_s = (i64)(window_open(keep->now_us, keep->minutes) / SECOND_US);
    ask->to_s = (i64)(keep->now_us / SECOND_US) + 1;
    return CALL_ASKED;
}

/* False: all are taken. */
static bool place_take(struct venue *venue, struct window_keep *keep)
{
    struct ticker_pool *pool = venue->tickers;
    for (u32 i = 0; pool != NULL && i < TICKER_PLACES; i += 1) {
        u64 touched_us = pool->places[i].touched_us;
        if (touched_us == 0 || touched_us + TICKER_LEFT_US < venue->now_us) {
            pool->owners += 1;
            pool->places[i].owner = pool->owners;
            pool->places[i].touched_us = venue->now_us;
            keep->place = (u8)i;
            keep->owner = (u32)pool->owners;
            return true;
        }
    }
    return false;
}

enum call_end ticker_window_begin(struct call *call)
{
    struct ticker ticker = ticker_of(call);
    u64 minutes = param_number(call->params, PARAM_WINDOW_SIZE, VIEW_DAY_MINUTES);
    ticker.minutes = (u32)minutes + 1;
    if (ticker.minutes <= VIEW_WINDOW_MINUTES_MAX) {
        return put_each(call, TICKER_SYMBOLS_MAX, &ticker, put_window);
    }
    struct call_markets markets;
    if (!call_markets_begin(call, TICKER_SYMBOLS_MAX, &markets)) {
        return CALL_REFUSED;
    }
    struct window_keep *keep = CALL_KEEP(call, struct window_keep);
    keep->now_us = ticker.now_us;
    keep->minutes = (u16)minutes;
    keep->is_mini = ticker.is_mini;
    for (u16 market = 0; call_markets_next(call, &markets, &market); keep->count += 1) {
        CHECK(keep->count < TICKER_SYMBOLS_MAX);
        keep->markets[keep->count] = market;
    }
    if (keep->count == 0) {
        json_array_begin(call->json);
        json_array_end(call->json);
        return CALL_ANSWERED;
    }
    if (!markets.is_one && !place_take(call->venue, keep)) {
        return call_fail(call, API_ERROR_SERVER_BUSY);
    }
    return ask_window(call, keep);
}

static void put_bar(struct call *call, const struct window_keep *keep, u32 number,
                    const struct bar *bar)
{
    const struct view *view = call->venue->view;
    u16 market = keep->markets[number];
    struct call_names names = call_names(view, market);
    struct ticker ticker = {.now_us = keep->now_us, .is_mini = keep->is_mini};
    struct view_window window = {.open_us = window_open(keep->now_us, keep->minutes),
                                 .close_us = keep->now_us};
    if (bar->trades > 0) {
        window.count = bar->trades;
        window.first_trade_id = bar->first_trade;
        window.last_trade_id = bar->last_trade;
        window.open = bar->open;
        window.high = bar->high;
        window.low = bar->low;
        window.close = bar->close;
        window.average =
            view_price_of(bar->quote_volume, bar->volume, names.quote_scale, names.base_scale);
        window.base.sum = bar->volume;
        window.quote.sum = bar->quote_volume;
    }
    json_object_begin(call->json);
    call_text(call->json, "symbol", names.market);
    put_statistics(call, market, &ticker, &window);
    json_object_end(call->json);
}

enum call_end ticker_window_finish(struct call *call)
{
    struct window_keep *keep = CALL_KEEP(call, struct window_keep);
    struct ticker_pool *pool = call->venue->tickers;
    bool is_ours = keep->owner == 0 || (u32)pool->places[keep->place].owner == keep->owner;
    if (!call_found(call) || !is_ours) {
        if (keep->owner != 0 && is_ours) {
            pool->places[keep->place].touched_us = 0;
        }
        return is_ours ? CALL_REFUSED : call_fail(call, API_ERROR_TIMEOUT);
    }
    if (keep->owner == 0) {
        put_bar(call, keep, 0, call->found->bar);
        return CALL_ANSWERED;
    }
    struct bar *bars = pool->places[keep->place].bars;
    bars[keep->next] = *call->found->bar;
    keep->next += 1;
    if (keep->next < keep->count) {
        pool->places[keep->place].touched_us = call->venue->now_us;
        return ask_window(call, keep);
    }
    json_array_begin(call->json);
    for (u32 i = 0; i < keep->count; i += 1) {
        put_bar(call, keep, i, &bars[i]);
    }
    json_array_end(call->json);
    pool->places[keep->place].touched_us = 0;
    return CALL_ANSWERED;
}
