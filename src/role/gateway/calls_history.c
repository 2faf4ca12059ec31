#include "role/gateway/calls_history.h"

#include "role/gateway/call_ask.h"
#include "role/gateway/call_json.h"
#include "role/gateway/view_market.h"

#define SECOND_US 1000000ULL
#define MINUTE_US 60000000ULL

/* Later klines are not looked for: no trade is behind it. */
#define KLINE_TIME_MAX ((u64)BAR_SECONDS_LAST * SECOND_US)

/* Left for finish. */
struct history_keep {
    u16 market;
};

/* Rows by their ids, both included; none when first > last. */
struct id_range {
    u64 first;
    u64 last;
};

/* Asks for a page of rows of a market; the rest of the question is the caller's. */
static struct lookup_ask *ask_market(struct call *call, enum lookup_kind kind, u16 market)
{
    CALL_KEEP(call, struct history_keep)->market = market;
    struct lookup_ask *ask = call_ask(call, kind);
    ask->market = market;
    return ask;
}

/* The rows from `fromId` on, or the newest ones, of those below `next`. */
static struct id_range range_of(const struct call *call, u64 next)
{
    u64 limit = param_number(call->params, PARAM_LIMIT, CALL_ROWS_DEFAULT);
    u64 newest = next - 1;
    if (!param_sent(call->params, PARAM_FROM_ID)) {
        return (struct id_range){newest > limit ? newest - limit + 1 : 1, newest};
    }
    u64 first = u64_max(1, param_number(call->params, PARAM_FROM_ID, 1));
    return (struct id_range){first, first > newest ? newest : u64_min(newest, first + limit - 1)};
}

/* ---- trades ---- */

static void put_trade(struct call *call, const struct call_names *names,
                      const struct history_trade *trade)
{
    struct json_writer *json = call->json;
    json_object_begin(json);
    call_number(json, "id", trade->trade_id);
    call_price(json, "price", trade->price);
    call_amount(json, "qty", trade->qty, names->base_scale);
    call_amount(json, "quoteQty", trade->quote, names->quote_scale);
    call_time(json, "time", trade->time_us, call->state.microseconds);
    call_bool(json, "isBuyerMaker", trade->buyer_is_maker);
    call_bool(json, "isBestMatch", true);
    json_object_end(json);
}

static bool trades_held(const struct view *view, u16 market, struct id_range range)
{
    for (u64 id = range.first; id <= range.last; id += 1) {
        if (view_market_trade(view, market, id) == NULL) {
            return false;
        }
    }
    return true;
}

enum call_end history_trades_begin(struct call *call)
{
    const struct view *view = call->venue->view;
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    struct id_range range = range_of(call, view_market_of(view, market)->next_trade_id);
    if (!trades_held(view, market, range)) {
        call_ask_page(call, ask_market(call, LOOKUP_TRADES, market), PARAM_FROM_ID,
                      CALL_ROWS_DEFAULT);
        return CALL_ASKED;
    }
    struct call_names names = call_names(view, market);
    json_array_begin(call->json);
    for (u64 id = range.first; id <= range.last; id += 1) {
        const struct view_trade *trade = view_market_trade(view, market, id);
        put_trade(call, &names,
                  &(struct history_trade){.trade_id = id,
                                          .price = trade->price,
                                          .qty = trade->qty,
                                          .quote = trade->quote,
                                          .time_us = trade->time_us,
                                          .buyer_is_maker = trade->taker_side == SIDE_SELL});
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

static void put_found_trade(struct call *call, const struct call_names *names, u32 index)
{
    put_trade(call, names, &call->found->trades[index]);
}

enum call_end history_trades_finish(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct history_keep)->market, put_found_trade);
}

/* ---- aggregates ---- */

static void put_aggregate(struct call *call, const struct call_names *names,
                          const struct history_aggregate *aggregate)
{
    struct json_writer *json = call->json;
    json_object_begin(json);
    call_number(json, "a", aggregate->aggregate_id);
    call_price(json, "p", aggregate->price);
    call_amount(json, "q", aggregate->qty, names->base_scale);
    call_number(json, "f", aggregate->first_trade);
    call_number(json, "l", aggregate->last_trade);
    call_time(json, "T", aggregate->time_us, call->state.microseconds);
    call_bool(json, "m", aggregate->buyer_is_maker);
    call_bool(json, "M", true);
    json_object_end(json);
}

/* The ids that startTime and endTime select: times do not fall as ids rise. False: some of the
 * aggregates that decide are not held. */
static bool range_of_time(const struct call *call, u16 market, struct id_range *range_out)
{
    const struct view *view = call->venue->view;
    u64 limit = param_number(call->params, PARAM_LIMIT, CALL_ROWS_DEFAULT);
    bool has_start = param_sent(call->params, PARAM_START_TIME);
    u64 from_us = param_number(call->params, PARAM_START_TIME, 0);
    u64 to_us = param_sent(call->params, PARAM_END_TIME) ? call_end_us(call->params) : UINT64_MAX;
    u64 last = view_market_of(view, market)->next_aggregate_id - 1;
    u64 first = last + 1;
    /* Ends at the oldest one held at the latest. */
    for (; first > 1 && (has_start || last - first + 1 < limit); first -= 1) {
        const struct view_aggregate *aggregate = view_market_aggregate(view, market, first - 1);
        if (aggregate == NULL) {
            return false;
        }
        if (aggregate->time_us < from_us) {
            break;
        }
        if (aggregate->time_us > to_us) {
            last = first - 2;
        }
    }
    *range_out = (struct id_range){first, has_start ? u64_min(last, first + limit - 1) : last};
    return true;
}

static bool aggregates_held(const struct view *view, u16 market, struct id_range range)
{
    for (u64 id = range.first; id <= range.last; id += 1) {
        if (view_market_aggregate(view, market, id) == NULL) {
            return false;
        }
    }
    return true;
}

enum call_end history_aggregates_begin(struct call *call)
{
    const struct view *view = call->venue->view;
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    bool by_time =
        param_sent(call->params, PARAM_START_TIME) || param_sent(call->params, PARAM_END_TIME);
    struct id_range range = range_of(call, view_market_of(view, market)->next_aggregate_id);
    bool is_known = !by_time || range_of_time(call, market, &range);
    if (!is_known || !aggregates_held(view, market, range)) {
        call_ask_page(call, ask_market(call, LOOKUP_AGGREGATES, market), PARAM_FROM_ID,
                      CALL_ROWS_DEFAULT);
        return CALL_ASKED;
    }
    struct call_names names = call_names(view, market);
    json_array_begin(call->json);
    for (u64 id = range.first; id <= range.last; id += 1) {
        const struct view_aggregate *aggregate = view_market_aggregate(view, market, id);
        put_aggregate(call, &names,
                      &(struct history_aggregate){
                          .aggregate_id = id,
                          .price = aggregate->price,
                          .qty = aggregate->qty,
                          .first_trade = aggregate->first_trade_id,
                          .last_trade = aggregate->last_trade_id,
                          .time_us = aggregate->time_us,
                          .buyer_is_maker = aggregate->taker_side == SIDE_SELL,
                      });
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

static void put_found_aggregate(struct call *call, const struct call_names *names, u32 index)
{
    put_aggregate(call, names, &call->found->aggregates[index]);
}

enum call_end history_aggregates_finish(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct history_keep)->market, put_found_aggregate);
}

/* ---- klines ---- */

static void put_kline(struct call *call, const struct call_names *names,
                      const struct view_kline *kline)
{
    struct json_writer *json = call->json;
    u64 unit_us = call->state.microseconds ? 1 : 1000;
    json_array_begin(json);
    json_put_u64(json, kline->open_us / unit_us);
    call_put_price(json, kline->open);
    call_put_price(json, kline->high);
    call_put_price(json, kline->low);
    call_put_price(json, kline->close);
    call_put_sum(json, kline->base, names->base_scale);
    json_put_u64(json, (kline->end_us - 1) / unit_us);
    call_put_sum(json, kline->quote, names->quote_scale);
    json_put_u64(json, kline->count);
    call_put_sum(json, kline->taker_base, names->base_scale);
    call_put_sum(json, kline->taker_quote, names->quote_scale);
    json_put_text(json, "0");
    json_array_end(json);
}

/* What a request wants of klines, by the times they open. */
struct kline_wish {
    enum interval interval;
    i32 zone_minutes;
    u64 from_us; /* 0: the newest */
    u64 to_us;   /* 0: up to now */
    u64 now_us;
    u32 limit;
};

static struct kline_wish wish_of(const struct call *call)
{
    const struct params *params = call->params;
    u64 zone = param_number(params, PARAM_TIME_ZONE, PARAM_ZONE_ZERO);
    bool has_start = param_sent(params, PARAM_START_TIME);
    u64 start = param_number(params, PARAM_START_TIME, 0);
    return (struct kline_wish){
        .interval = (enum interval)param_number(params, PARAM_INTERVAL, INTERVAL_1M),
        .zone_minutes = (i32)zone - (i32)PARAM_ZONE_ZERO,
        .from_us = has_start ? u64_min(u64_max(1, start), KLINE_TIME_MAX) : 0,
        .to_us = call_end_us(params),
        .now_us = u64_max(call->venue->now_us, view_place(call->venue->view).time_us),
        .limit = (u32)param_number(params, PARAM_LIMIT, CALL_ROWS_DEFAULT)};
}

/* Steps back from the kline that opens at `last_us`, as far as the limit and `first_us` allow. */
static u64 start_of_newest(const struct kline_wish *wish, i64 offset_us, u64 first_us, u64 last_us)
{
    u64 start = last_us;
    for (u32 count = 1; count < wish->limit && start > first_us; count += 1) {
        start = interval_start(wish->interval, start - 1, offset_us);
    }
    return start;
}

/* The opening times of the first and the last kline wanted; *first_out > *last_out: there are none.
 * False: the view does not hold them all. */
static bool klines_held(const struct view *view, u16 market, const struct kline_wish *wish,
                        enum view_zone *zone_out, u64 *first_out, u64 *last_out)
{
    i64 offset_us = (i64)wish->zone_minutes * (i64)MINUTE_US;
    *zone_out = wish->zone_minutes == 0 ? VIEW_ZONE_UTC : VIEW_ZONE_8;
    if (wish->zone_minutes != 0 && wish->zone_minutes != 8 * 60) {
        return false;
    }
    struct view_kline oldest;
    if (!view_market_kline_whole(view, market, wish->interval, *zone_out, &oldest)) {
        *first_out = 1;
        *last_out = 0;
        return view_market_of(view, market)->next_trade_id == 1;
    }
    u64 last_us = wish->to_us > 0 ? u64_min(wish->to_us, wish->now_us) : wish->now_us;
    *last_out = interval_start(wish->interval, last_us, offset_us);
    *first_out = start_of_newest(wish, offset_us, oldest.open_us, *last_out);
    if (wish->from_us > 0) {
        *first_out = interval_start(wish->interval, wish->from_us, offset_us);
        if (*first_out < wish->from_us) {
            *first_out = interval_next(wish->interval, wish->from_us, offset_us);
        }
    }
    /* Before the first trade of all there are no klines. */
    if (oldest.first_trade_id == 1) {
        *first_out = u64_max(*first_out, oldest.open_us);
        return true;
    }
    bool is_short = wish->from_us == 0 && *first_out == oldest.open_us;
    return *first_out >= oldest.open_us &&
           (!is_short || start_of_newest(wish, offset_us, 0, *last_out) == *first_out);
}

static void put_klines(struct call *call, u16 market, const struct kline_wish *wish,
                       enum view_zone zone, u64 first_us, u64 last_us)
{
    const struct view *view = call->venue->view;
    struct call_names names = call_names(view, market);
    struct view_kline kline;
    u64 open_us = first_us;
    json_array_begin(call->json);
    for (u32 i = 0; i < wish->limit && open_us <= last_us &&
                    view_market_kline(view, market, wish->interval, zone, open_us, &kline);
         i += 1) {
        put_kline(call, &names, &kline);
        open_us = kline.end_us;
    }
    json_array_end(call->json);
}

enum call_end history_klines_begin(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    struct kline_wish wish = wish_of(call);
    enum view_zone zone = VIEW_ZONE_UTC;
    u64 first_us = 0;
    u64 last_us = 0;
    if (klines_held(call->venue->view, market, &wish, &zone, &first_us, &last_us)) {
        put_klines(call, market, &wish, zone, first_us, last_us);
        return CALL_ANSWERED;
    }
    struct lookup_ask *ask = ask_market(call, LOOKUP_KLINES, market);
    ask->interval = (u8)wish.interval;
    ask->zone_minutes = wish.zone_minutes;
    ask->from_us = wish.from_us;
    ask->to_us = wish.to_us;
    ask->now_us = wish.now_us;
    ask->limit = wish.limit;
    return CALL_ASKED;
}

static void put_found_kline(struct call *call, const struct call_names *names, u32 index)
{
    const struct history_kline *found = &call->found->klines[index];
    const struct bar *bar = &found->bar;
    put_kline(call, names,
              &(struct view_kline){
                  .open_us = (u64)bar->start * SECOND_US,
                  .end_us = (u64)found->end * SECOND_US,
                  .count = bar->trades,
                  .open = bar->open,
                  .high = bar->high,
                  .low = bar->low,
                  .close = bar->close,
                  .base = {bar->volume},
                  .quote = {bar->quote_volume},
                  .taker_base = {bar->taker_buy_volume},
                  .taker_quote = {bar->taker_buy_quote},
              });
}

enum call_end history_klines_finish(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct history_keep)->market, put_found_kline);
}

/* ---- the average price ---- */

static enum call_end put_average(struct call *call, u16 market, u64 last_us)
{
    struct json_writer *json = call->json;
    struct price average = price_of(0);
    if (!view_market_average(call->venue->view, market, AVERAGE_PRICE_MINUTES, call->venue->now_us,
                             &average)) {
        average = price_of(0);
    }
    json_object_begin(json);
    call_number(json, "mins", AVERAGE_PRICE_MINUTES);
    call_price(json, "price", average);
    call_time(json, "closeTime", last_us, call->state.microseconds);
    json_object_end(json);
    return CALL_ANSWERED;
}

enum call_end history_average_begin(struct call *call)
{
    const struct view *view = call->venue->view;
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    u64 newest = view_market_of(view, market)->next_trade_id - 1;
    const struct view_trade *trade = view_market_trade(view, market, newest);
    if (trade != NULL || newest == 0) {
        return put_average(call, market, trade == NULL ? 0 : trade->time_us);
    }
    ask_market(call, LOOKUP_TRADES, market)->limit = 1;
    return CALL_ASKED;
}

enum call_end history_average_finish(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    u64 last_us = call->found->count > 0 ? call->found->trades[0].time_us : 0;
    return put_average(call, CALL_KEEP(call, struct history_keep)->market, last_us);
}
