/* Messages of market streams, field by field as the documents have them (API web-socket-streams.md
 * "Detailed Stream information"). */
#include "base/check.h"
#include "role/gateway/call_json.h"
#include "role/gateway/stream_state.h"

/* The gateway's clock may be a little behind the venue's: nothing is told before it happened. */
static void put_event(struct stream_hub *hub, struct json_writer *json, const char *event,
                      u16 market, bool microseconds)
{
    call_text(json, "e", event);
    call_time(json, "E", u64_max(hub->now_us, view_place(hub->view).time_us), microseconds);
    call_text(json, "s", call_names(hub->view, market).market);
}

/* ---- trades ---- */

static void put_trade_end(struct stream_hub *hub, struct json_writer *json,
                          const struct stream_trade *trade, bool microseconds)
{
    (void)hub;
    call_time(json, "T", trade->time_us, microseconds);
    call_bool(json, "m", trade->buyer_is_maker);
    call_bool(json, "M", true);
    json_object_end(json);
}

void stream_put_trade(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds)
{
    const struct stream_trade *trade = what;
    json_object_begin(json);
    put_event(hub, json, "trade", trade->market, microseconds);
    call_number(json, "t", trade->id);
    call_price(json, "p", trade->price);
    call_amount(json, "q", trade->qty, call_names(hub->view, trade->market).base_scale);
    put_trade_end(hub, json, trade, microseconds);
}

void stream_put_aggregate(struct stream_hub *hub, struct json_writer *json, const void *what,
                          bool microseconds)
{
    const struct stream_trade *trade = what;
    json_object_begin(json);
    put_event(hub, json, "aggTrade", trade->market, microseconds);
    call_number(json, "a", trade->id);
    call_price(json, "p", trade->price);
    call_amount(json, "q", trade->qty, call_names(hub->view, trade->market).base_scale);
    call_number(json, "f", trade->first_id);
    call_number(json, "l", trade->last_id);
    put_trade_end(hub, json, trade, microseconds);
}

/* ---- books ---- */

static void put_level(struct json_writer *json, const char *price_key, const char *qty_key,
                      struct view_level level, u32 scale)
{
    call_price(json, price_key, level.price);
    call_amount(json, qty_key, level.qty, scale);
}

void stream_put_best(struct stream_hub *hub, struct json_writer *json, const void *what,
                     bool microseconds)
{
    const struct stream_best *best = what;
    struct call_names names = call_names(hub->view, best->market);
    (void)microseconds;
    json_object_begin(json);
    call_number(json, "u", best->update_id);
    call_text(json, "s", names.market);
    put_level(json, "b", "B", best->bid, names.base_scale);
    put_level(json, "a", "A", best->ask, names.base_scale);
    json_object_end(json);
}

static void put_pair(struct json_writer *json, struct price price, struct amount qty, u32 scale)
{
    json_array_begin(json);
    call_put_price(json, price);
    call_put_amount(json, qty, scale);
    json_array_end(json);
}

void stream_put_depth(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds)
{
    static const char *const keys[] = {[SIDE_BUY] = "b", [SIDE_SELL] = "a"};
    const struct stream_depth *depth = what;
    u32 scale = call_names(hub->view, depth->market).base_scale;
    json_object_begin(json);
    put_event(hub, json, "depthUpdate", depth->market, microseconds);
    call_number(json, "U", depth->first_id);
    call_number(json, "u", depth->last_id);
    for (u8 side = SIDE_BUY; side <= SIDE_SELL; side += 1) {
        json_key(json, keys[side]);
        json_array_begin(json);
        for (u32 i = 0; i < depth->count; i += 1) {
            const struct view_change *change = &depth->changes[i];
            if (change->side == side) {
                put_pair(json, change->price, change->qty, scale);
            }
        }
        json_array_end(json);
    }
    json_object_end(json);
}

void stream_put_part(struct stream_hub *hub, struct json_writer *json, const void *what,
                     bool microseconds)
{
    static const char *const keys[] = {[SIDE_BUY] = "bids", [SIDE_SELL] = "asks"};
    const struct stream_part *part = what;
    u32 scale = call_names(hub->view, part->market).base_scale;
    (void)microseconds;
    json_object_begin(json);
    call_number(json, "lastUpdateId", part->update_id);
    for (u32 side = SIDE_BUY; side <= SIDE_SELL; side += 1) {
        json_key(json, keys[side]);
        json_array_begin(json);
        for (u32 i = 0; i < part->count[side]; i += 1) {
            put_pair(json, part->levels[side][i].price, part->levels[side][i].qty, scale);
        }
        json_array_end(json);
    }
    json_object_end(json);
}

/* ---- klines ---- */

/* Trade ids of nothing are -1, as in the answers of rest-api.md. */
static void put_trade_id(struct json_writer *json, const char *key, bool some, u64 id)
{
    call_signed(json, key, some ? (i64)id : -1);
}

void stream_put_kline(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds)
{
    const struct stream_kline *message = what;
    const struct view_kline *kline = &message->kline;
    struct call_names names = call_names(hub->view, message->market);
    json_object_begin(json);
    put_event(hub, json, "kline", message->market, microseconds);
    json_key(json, "k");
    json_object_begin(json);
    call_time(json, "t", kline->open_us, microseconds);
    call_time(json, "T", kline->end_us - 1, microseconds);
    call_text(json, "s", names.market);
    call_text(json, "i", interval_name(stream_kline_interval(message->variant)));
    put_trade_id(json, "f", kline->count > 0, kline->first_trade_id);
    put_trade_id(json, "L", kline->count > 0, kline->last_trade_id);
    call_price(json, "o", kline->open);
    call_price(json, "c", kline->close);
    call_price(json, "h", kline->high);
    call_price(json, "l", kline->low);
    call_sum(json, "v", kline->base, names.base_scale);
    call_number(json, "n", kline->count);
    call_bool(json, "x", message->is_closed);
    call_sum(json, "q", kline->quote, names.quote_scale);
    call_sum(json, "V", kline->taker_base, names.base_scale);
    call_sum(json, "Q", kline->taker_quote, names.quote_scale);
    call_text(json, "B", "0");
    json_object_end(json);
    json_object_end(json);
}

/* ---- tickers ---- */

static const char *ticker_event(u8 variant)
{
    switch (variant) {
    case STREAM_MINI_TICKER:
        return "24hrMiniTicker";
    case STREAM_TICKER:
        return "24hrTicker";
    case STREAM_TICKER_1H:
        return "1hTicker";
    case STREAM_TICKER_4H:
        return "4hTicker";
    default: /* not an enum: a number that is one of these */
        CHECK(variant == STREAM_TICKER_1D);
        return "1dTicker";
    }
}

static void put_mini(struct json_writer *json, const struct stream_ticker *ticker,
                     const struct call_names *names)
{
    const struct view_window *window = &ticker->window;
    call_price(json, "c", ticker->last);
    call_price(json, "o", window->open);
    call_price(json, "h", window->high);
    call_price(json, "l", window->low);
    call_sum(json, "v", window->base, names->base_scale);
    call_sum(json, "q", window->quote, names->quote_scale);
}

/* The order of the fields is the documents', which is not the same for both. */
static void put_prices(struct json_writer *json, const struct stream_ticker *ticker,
                       const struct call_names *names)
{
    const struct view_window *window = &ticker->window;
    bool is_day = ticker->variant == STREAM_TICKER;
    call_change(json, "p", window->open, window->close);
    call_percent(json, "P", window->open, window->close);
    if (is_day) {
        call_price(json, "w", window->average);
        call_price(json, "x", window->count > 0 ? window->previous : ticker->last);
        call_price(json, "c", ticker->last);
        call_amount(json, "Q", window->last_qty, names->base_scale);
        put_level(json, "b", "B", ticker->bid, names->base_scale);
        put_level(json, "a", "A", ticker->ask, names->base_scale);
    }
    call_price(json, "o", window->open);
    call_price(json, "h", window->high);
    call_price(json, "l", window->low);
    if (!is_day) {
        call_price(json, "c", ticker->last);
        call_price(json, "w", window->average);
    }
}

void stream_put_ticker(struct stream_hub *hub, struct json_writer *json, const void *what,
                       bool microseconds)
{
    const struct stream_ticker *ticker = what;
    const struct view_window *window = &ticker->window;
    struct call_names names = call_names(hub->view, ticker->market);
    json_object_begin(json);
    put_event(hub, json, ticker_event(ticker->variant), ticker->market, microseconds);
    if (ticker->variant == STREAM_MINI_TICKER) {
        put_mini(json, ticker, &names);
        json_object_end(json);
        return;
    }
    put_prices(json, ticker, &names);
    call_sum(json, "v", window->base, names.base_scale);
    call_sum(json, "q", window->quote, names.quote_scale);
    call_time(json, "O", window->open_us, microseconds);
    call_time(json, "C", window->close_us, microseconds);
    put_trade_id(json, "F", window->count > 0, window->first_trade_id);
    put_trade_id(json, "L", window->count > 0, window->last_trade_id);
    call_number(json, "n", window->count);
    json_object_end(json);
}

void stream_put_tickers(struct stream_hub *hub, struct json_writer *json, const void *what,
                        bool microseconds)
{
    const struct stream_tickers *tickers = what;
    json_array_begin(json);
    for (u32 i = 0; i < tickers->count; i += 1) {
        struct stream_ticker ticker;
        stream_look_ticker(hub, hub->listed[i], tickers->variant, &ticker);
        stream_put_ticker(hub, json, &ticker, microseconds);
    }
    json_array_end(json);
}

/* ---- prices ---- */

void stream_put_average(struct stream_hub *hub, struct json_writer *json, const void *what,
                        bool microseconds)
{
    const struct stream_price *average = what;
    json_object_begin(json);
    put_event(hub, json, "avgPrice", average->market, microseconds);
    call_text(json, "i", "5m");
    call_price(json, "w", average->price);
    call_time(json, "T", average->time_us, microseconds);
    json_object_end(json);
}

void stream_put_reference(struct stream_hub *hub, struct json_writer *json, const void *what,
                          bool microseconds)
{
    const struct stream_price *reference = what;
    json_object_begin(json);
    call_text(json, "e", "referencePrice");
    call_text(json, "s", call_names(hub->view, reference->market).market);
    json_key(json, "r");
    if (reference->is_set) {
        call_put_price(json, reference->price);
    } else {
        json_put_null(json);
    }
    call_time(json, "t", reference->time_us, microseconds);
    json_object_end(json);
}
