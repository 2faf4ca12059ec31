#include "role/gateway/calls_ticker.h"

#include "role/gateway/call_json.h"
#include "role/gateway/call_markets.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"

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

static void put_window(struct call *call, u16 market, const struct ticker *ticker)
{
    struct json_writer *json = call->json;
    struct view *view = call->venue->view;
    struct call_names names = call_names(view, market);
    struct view_window window;
    view_market_window(view, market, ticker->minutes, ticker->now_us, &window);
    bool some = window.count > 0;
    struct price last = some ? window.close : view_market_of(view, market)->last;
    if (!ticker->is_mini) {
        put_full(call, market, ticker, &window, last);
    }
    call_price(json, "openPrice", window.open);
    call_price(json, "highPrice", window.high);
    call_price(json, "lowPrice", window.low);
    if (ticker->is_mini || !ticker->has_book) {
        call_price(json, "lastPrice", last);
    }
    call_sum(json, "volume", window.base, names.base_scale);
    call_sum(json, "quoteVolume", window.quote, names.quote_scale);
    bool is_day = ticker->end_us > 0;
    call_time(json, "openTime", is_day ? ticker->open_us : window.open_us,
              call->state.microseconds);
    call_time(json, "closeTime", is_day ? ticker->end_us - 1 : window.close_us,
              call->state.microseconds);
    put_trade_id(json, "firstId", some, window.first_trade_id);
    put_trade_id(json, "lastId", some, window.last_trade_id);
    call_number(json, "count", window.count);
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
    ticker.minutes = VIEW_WINDOW_MINUTES_MAX;
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
