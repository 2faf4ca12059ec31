/* Whether the naive model accepts an order: access, shape, filters, counts and limits, in the order
 * of docs/semantics.md section 5. */
#include "sim/model_state.h"

#include <stdlib.h>

enum reject model_check_access(const struct model *model, u32 account, u16 market)
{
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (model_restriction(model, account, OPERATION_TRADE) != RESTRICTION_ALLOW ||
        model_restriction(model, account, OPERATION_PLACE) != RESTRICTION_ALLOW) {
        return REJECT_ACCOUNT_DISABLED;
    }
    if (model_asset_closed(model, market)) {
        return REJECT_ASSET_DISABLED;
    }
    bool is_trading = model->markets[market].state == MARKET_STATE_TRADING;
    return is_trading ? REJECT_NONE : REJECT_MARKET_CLOSED;
}

/* ---- shape ---- */

static enum reject check_type_allowed(const struct model_market *market, u8 type)
{
    static const enum reject unsupported[ORDER_TYPE_COUNT] = {
        [ORDER_TYPE_LIMIT] = REJECT_TYPE_LIMIT_UNSUPPORTED,
        [ORDER_TYPE_LIMIT_MAKER] = REJECT_TYPE_LIMIT_UNSUPPORTED,
        [ORDER_TYPE_MARKET] = REJECT_TYPE_MARKET_UNSUPPORTED,
        [ORDER_TYPE_STOP_LOSS] = REJECT_TYPE_STOP_LOSS_UNSUPPORTED,
        [ORDER_TYPE_STOP_LOSS_LIMIT] = REJECT_TYPE_STOP_LOSS_LIMIT_UNSUPPORTED,
        [ORDER_TYPE_TAKE_PROFIT] = REJECT_TYPE_TAKE_PROFIT_UNSUPPORTED,
        [ORDER_TYPE_TAKE_PROFIT_LIMIT] = REJECT_TYPE_TAKE_PROFIT_LIMIT_UNSUPPORTED,
    };
    bool is_allowed = (market->rules.types_allowed & 1U << type) != 0;
    return is_allowed ? REJECT_NONE : unsupported[type];
}

/* Whether the fields given are those that the type wants. */
static bool fields_match_type(const struct model_request *request)
{
    bool has_price = request->price > 0;
    bool has_qty = request->qty > 0;
    bool has_stop = request->stop_price > 0;
    bool has_trailing = request->trailing_delta > 0;
    bool has_quote = request->quote_qty > 0;
    bool has_iceberg = request->iceberg_qty > 0;
    bool is_gtc = request->tif == TIME_IN_FORCE_GTC;
    if (has_iceberg && !is_gtc) {
        return false;
    }
    switch ((enum order_type)request->type) {
    case ORDER_TYPE_LIMIT:
        return has_price && has_qty && !has_quote && !has_stop && !has_trailing;
    case ORDER_TYPE_LIMIT_MAKER:
        return has_price && has_qty && is_gtc && !has_stop && !has_trailing && !has_quote;
    case ORDER_TYPE_MARKET:
        return !has_price && !has_stop && !has_trailing && !has_iceberg && is_gtc &&
               has_qty != has_quote;
    case ORDER_TYPE_STOP_LOSS:
    case ORDER_TYPE_TAKE_PROFIT:
        return !has_price && !has_iceberg && !has_quote && is_gtc && has_qty &&
               (has_stop || has_trailing);
    case ORDER_TYPE_STOP_LOSS_LIMIT:
    case ORDER_TYPE_TAKE_PROFIT_LIMIT:
        return has_price && has_qty && !has_quote && (has_stop || has_trailing);
    }
    return false;
}

enum reject model_check_shape(const struct model_market *market, struct model_request *request)
{
    if (request->side > SIDE_SELL) {
        return REJECT_BAD_SIDE;
    }
    if (request->type > ORDER_TYPE_TAKE_PROFIT_LIMIT) {
        return REJECT_BAD_TYPE;
    }
    if (request->tif > TIME_IN_FORCE_FOK) {
        return REJECT_BAD_TIME_IN_FORCE;
    }
    if (request->stp > STP_MODE_TRANSFER) {
        return REJECT_BAD_STP_MODE;
    }
    if (request->stp == STP_MODE_MARKET_DEFAULT) {
        request->stp = market->rules.stp_default;
    }
    if ((market->rules.stp_allowed & 1U << request->stp) == 0) {
        return REJECT_BAD_STP_MODE;
    }
    if (request->client.length > CLIENT_ID_SYMBOLS_MAX) {
        return REJECT_BAD_CLIENT_ID;
    }
    enum reject reject = check_type_allowed(market, request->type);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (!fields_match_type(request)) {
        return REJECT_BAD_COMBINATION;
    }
    u32 features = market->rules.features;
    if (request->iceberg_qty > 0 && (features & MARKET_FEATURE_ICEBERG) == 0) {
        return REJECT_ICEBERG_UNSUPPORTED;
    }
    if (request->trailing_delta > 0 && (features & MARKET_FEATURE_TRAILING) == 0) {
        return REJECT_TRAILING_UNSUPPORTED;
    }
    if (request->quote_qty > 0 && (features & MARKET_FEATURE_QUOTE_QTY) == 0) {
        return REJECT_QUOTE_QTY_UNSUPPORTED;
    }
    return request->iceberg_qty > request->qty ? REJECT_ICEBERG_EXCEEDS_QTY : REJECT_NONE;
}

/* ---- filters ---- */

static bool price_filter_ok(const struct model_market *market, u64 price)
{
    u64 low = model_price(market->rules.price_min);
    u64 high = model_price(market->rules.price_max);
    u64 ticks = price / market->tick;
    return price % market->tick == 0 && ticks >= 1 && ticks <= market->rules.ticks_max &&
           (low == 0 || price >= low) && (high == 0 || price <= high);
}

static bool percent_ok(u64 price, u64 average, u32 up, u32 down)
{
    u128 scaled = (u128)price * 10000;
    return (up == 0 || scaled <= (u128)average * up) && scaled >= (u128)average * down;
}

static enum reject check_percent(const struct model *model, const struct model_market *market,
                                 const struct model_request *request)
{
    const struct command_market_add *rules = &market->rules;
    u64 average = 0;
    if (request->price == 0) {
        return REJECT_NONE;
    }
    if (model_average(model, market, rules->percent_minutes, &average) &&
        !percent_ok(request->price, average, rules->percent_up, rules->percent_down)) {
        return REJECT_FILTER_PERCENT_PRICE;
    }
    bool is_buy = request->side == SIDE_BUY;
    u32 up = is_buy ? rules->bid_percent_up : rules->ask_percent_up;
    u32 down = is_buy ? rules->bid_percent_down : rules->ask_percent_down;
    if (model_average(model, market, rules->side_percent_minutes, &average) &&
        !percent_ok(request->price, average, up, down)) {
        return REJECT_FILTER_PERCENT_PRICE_BY_SIDE;
    }
    return REJECT_NONE;
}

bool model_lot_size_ok(const struct model_market *market, u64 qty)
{
    u64 high = model_units(market->rules.qty_max);
    return qty % market->lot == 0 && qty >= model_units(market->rules.qty_min) &&
           (high == 0 || qty <= high) && qty < MODEL_UNITS_END;
}

static bool market_lot_size_ok(const struct model_market *market, u64 qty)
{
    u64 high = model_units(market->rules.market_qty_max);
    u64 lot = model_units(market->rules.market_lot);
    return qty >= model_units(market->rules.market_qty_min) && (high == 0 || qty <= high) &&
           (lot == 0 || qty % lot == 0);
}

static bool notional_overflows(const struct model_market *market,
                               const struct model_request *request)
{
    u64 price = model_type_is_limit(request->type) ? request->price : request->stop_price;
    return model_value(market, price / market->tick, request->qty) >= MODEL_UNITS_END ||
           request->quote_qty >= MODEL_UNITS_END;
}

/* floor(average x qty x 10^quote_scale / (10^8 x 10^base_scale)), at most 2^63. */
static u128 notional_at(const struct model *model, const struct model_market *market, u64 average,
                        u64 qty)
{
    u32 quote_scale = model->assets[market->rules.quote].scale;
    u32 base_scale = model->assets[market->rules.base].scale;
    u128 notional = (u128)average * qty;
    if (quote_scale >= base_scale + PRICE_SCALE) {
        for (u32 i = base_scale + PRICE_SCALE; i < quote_scale && notional < MODEL_UNITS_END; i++) {
            notional *= 10;
        }
    } else {
        notional /= model_power_of_ten(base_scale + PRICE_SCALE - quote_scale);
    }
    return notional < MODEL_UNITS_END ? notional : MODEL_UNITS_END;
}

/* The notional that a filter looks at; false: it looks at none. */
static bool notional_of(const struct model *model, const struct model_market *market,
                        const struct model_request *request, u32 minutes, u128 *notional_out)
{
    u64 average = 0;
    if (model_type_is_limit(request->type)) {
        *notional_out = model_value(market, request->price / market->tick, request->qty);
        return true;
    }
    if (request->quote_qty > 0) {
        *notional_out = request->quote_qty;
        return true;
    }
    if (!model_average(model, market, minutes, &average)) {
        return false;
    }
    *notional_out = notional_at(model, market, average, request->qty);
    return true;
}

enum reject model_check_notional(const struct model *model, const struct model_market *market,
                                 const struct model_request *request)
{
    const struct command_market_add *rules = &market->rules;
    bool is_market_like = model_type_is_market_like(request->type);
    u128 notional = 0;
    bool is_looked_at = !is_market_like || (rules->min_notional_flags & NOTIONAL_MIN_TO_MARKET);
    if (is_looked_at &&
        notional_of(model, market, request, rules->min_notional_minutes, &notional) &&
        notional < model_units(rules->min_notional)) {
        return REJECT_FILTER_MIN_NOTIONAL;
    }
    if (!notional_of(model, market, request, rules->notional_minutes, &notional)) {
        return REJECT_NONE;
    }
    is_looked_at = !is_market_like || (rules->notional_flags & NOTIONAL_MIN_TO_MARKET);
    if (is_looked_at && notional < model_units(rules->notional_min)) {
        return REJECT_FILTER_NOTIONAL;
    }
    u64 high = model_units(rules->notional_max);
    is_looked_at = !is_market_like || (rules->notional_flags & NOTIONAL_MAX_TO_MARKET);
    if (is_looked_at && high > 0 && notional > high) {
        return REJECT_FILTER_NOTIONAL;
    }
    return REJECT_NONE;
}

static bool trailing_ok(const struct model_market *market, const struct model_request *request)
{
    bool is_above = model_waits_above(request->type, request->side);
    const struct command_market_add *rules = &market->rules;
    u32 low = is_above ? rules->trailing_above_min : rules->trailing_below_min;
    u32 high = is_above ? rules->trailing_above_max : rules->trailing_below_max;
    u32 delta = request->trailing_delta;
    return delta == 0 || (delta < 10000 && (high == 0 || (delta >= low && delta <= high)));
}

enum reject model_check_filters(const struct model *model, u16 market_number,
                                const struct model_request *request)
{
    const struct model_market *market = &model->markets[market_number];
    if ((request->price > 0 && !price_filter_ok(market, request->price)) ||
        (request->stop_price > 0 && !price_filter_ok(market, request->stop_price))) {
        return REJECT_FILTER_PRICE;
    }
    enum reject reject = check_percent(model, market, request);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if ((request->qty > 0 && !model_lot_size_ok(market, request->qty)) ||
        (request->iceberg_qty > 0 && !model_lot_size_ok(market, request->iceberg_qty))) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (request->type == ORDER_TYPE_MARKET && request->qty > 0 &&
        !market_lot_size_ok(market, request->qty)) {
        return REJECT_FILTER_MARKET_LOT_SIZE;
    }
    if (notional_overflows(market, request)) {
        return REJECT_NOTIONAL_OVERFLOW;
    }
    reject = model_check_notional(model, market, request);
    if (reject != REJECT_NONE) {
        return reject;
    }
    u32 parts_max = market->rules.iceberg_parts_max;
    u64 iceberg = request->iceberg_qty;
    if (iceberg > 0 && request->qty / iceberg + (request->qty % iceberg > 0) > parts_max) {
        return REJECT_FILTER_ICEBERG_PARTS;
    }
    return trailing_ok(market, request) ? REJECT_NONE : REJECT_FILTER_TRAILING_DELTA;
}

/* ---- counts ---- */

struct tally {
    u32 orders;
    u32 algos;
    u32 icebergs;
    u32 lists;
};

/* Open orders and lists of an account in one market, or in all. */
static struct tally tally_open(const struct model *model, u32 account, bool is_anywhere, u16 market)
{
    struct tally tally = {0};
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        if (order->is_open && order->account == account &&
            (is_anywhere || order->market == market)) {
            tally.orders += 1;
            tally.algos += model_type_is_stop(order->type);
            tally.icebergs += order->iceberg_qty > 0;
        }
    }
    for (u32 i = 0; i < model->lists_count; i++) {
        const struct model_list *list = model->lists[i];
        tally.lists +=
            list->is_open && list->account == account && (is_anywhere || list->market == market);
    }
    return tally;
}

static struct tally tally_new(const struct model_request *requests, u32 count, bool is_list)
{
    struct tally tally = {.orders = count, .lists = is_list};
    for (u32 i = 0; i < count; i++) {
        tally.algos += model_type_is_stop(requests[i].type);
        tally.icebergs += requests[i].iceberg_qty > 0;
    }
    return tally;
}

static bool is_over(u32 open, u32 added, u32 bound)
{
    return bound > 0 && added > 0 && open + added > bound;
}

/* MAX_POSITION, for one order by itself. */
static bool position_ok(const struct model *model, u32 account, u16 market_number,
                        const struct model_request *request)
{
    const struct command_market_add *rules = &model->markets[market_number].rules;
    u64 bound = model_units(rules->position_max);
    if (bound == 0 || request->side != SIDE_BUY || request->qty == 0) {
        return true;
    }
    const struct model_row *base = &model->accounts[account].rows[rules->base];
    i128 position = base->free + base->locked + request->qty;
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        if (order->is_open && order->account == account && order->market == market_number &&
            order->side == SIDE_BUY) {
            position += order->remaining;
        }
    }
    return position <= (i128)bound;
}

static u64 asset_limit_of(const struct model *model, u32 account, u16 asset)
{
    for (u32 i = 0; i < model->asset_limits_count; i++) {
        const struct model_asset_limit *entry = &model->asset_limits[i];
        if (entry->account == account && entry->asset == asset) {
            return entry->limit;
        }
    }
    return ~0ULL;
}

/* MAX_ASSET, for one order by itself. */
static bool asset_limits_ok(const struct model *model, u32 account, u16 market_number,
                            const struct model_request *request)
{
    const struct model_market *market = &model->markets[market_number];
    u64 base_bound = asset_limit_of(model, account, market->rules.base);
    u64 quote_bound = asset_limit_of(model, account, market->rules.quote);
    u128 notional = request->quote_qty;
    if (model_type_is_limit(request->type)) {
        notional = model_value(market, request->price / market->tick, request->qty);
    }
    return request->qty <= base_bound && notional <= quote_bound;
}

enum reject model_check_counts(const struct model *model, u32 account, u16 market,
                               const struct model_request *requests, u32 count, bool is_list)
{
    const struct command_market_add *rules = &model->markets[market].rules;
    const struct command_venue_filters *venue = &model->venue_filters;
    struct tally added = tally_new(requests, count, is_list);
    struct tally open = tally_open(model, account, false, market);
    if (is_over(open.orders, added.orders, rules->orders_max)) {
        return REJECT_FILTER_MAX_NUM_ORDERS;
    }
    if (is_over(open.algos, added.algos, rules->algo_orders_max)) {
        return REJECT_FILTER_MAX_NUM_ALGO_ORDERS;
    }
    if (is_over(open.icebergs, added.icebergs, rules->iceberg_orders_max)) {
        return REJECT_FILTER_MAX_NUM_ICEBERG_ORDERS;
    }
    if (is_over(open.lists, added.lists, rules->lists_max)) {
        return REJECT_FILTER_MAX_NUM_ORDER_LISTS;
    }
    for (u32 i = 0; i < count; i++) {
        if (!position_ok(model, account, market, &requests[i])) {
            return REJECT_FILTER_MAX_POSITION;
        }
    }
    open = tally_open(model, account, true, 0);
    if (is_over(open.orders, added.orders, venue->orders_max)) {
        return REJECT_FILTER_EXCHANGE_MAX_NUM_ORDERS;
    }
    if (is_over(open.algos, added.algos, venue->algo_orders_max)) {
        return REJECT_FILTER_EXCHANGE_MAX_NUM_ALGO_ORDERS;
    }
    if (is_over(open.icebergs, added.icebergs, venue->iceberg_orders_max)) {
        return REJECT_FILTER_EXCHANGE_MAX_NUM_ICEBERG_ORDERS;
    }
    if (is_over(open.lists, added.lists, venue->lists_max)) {
        return REJECT_FILTER_EXCHANGE_MAX_NUM_ORDER_LISTS;
    }
    for (u32 i = 0; i < count; i++) {
        if (!asset_limits_ok(model, account, market, &requests[i])) {
            return REJECT_FILTER_MAX_ASSET;
        }
    }
    return REJECT_NONE;
}

/* ---- limits of the venue ---- */

struct page {
    u16 market;
    u64 number;
};

/* Pages with a resting order, each once, in an array with room for a list's more; the caller frees
 * it. */
static struct page *pages_in_use(const struct model *model, u32 *count_out)
{
    struct page *pages = model_zeroed(model->orders_count + MODEL_LEGS_MAX, sizeof *pages);
    u32 count = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        struct page page = {.market = order->market, .number = order->ticks >> 9};
        bool is_known = !order->is_resting;
        for (u32 j = 0; j < count && !is_known; j++) {
            is_known = pages[j].market == page.market && pages[j].number == page.number;
        }
        if (!is_known) {
            pages[count++] = page;
        }
    }
    *count_out = count;
    return pages;
}

/* Orders of a limit type that wait to rest later. */
static u32 pages_reserved(const struct model *model)
{
    u32 count = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        count += order->is_open && model_type_is_limit(order->type) &&
                 order->state != ORDER_STATE_WORKING;
    }
    return count;
}

u32 model_pages_taken(const struct model *model)
{
    u32 used = 0;
    free(pages_in_use(model, &used));
    return used + pages_reserved(model);
}

/* Whether the pages suffice, the orders taken in turn. */
static bool pages_ok(const struct model *model, u16 market, const struct model_request *requests,
                     const bool *is_waiting, u32 count)
{
    u32 used = 0;
    struct page *pages = pages_in_use(model, &used);
    u32 reserved = pages_reserved(model);
    bool is_ok = true;
    for (u32 i = 0; i < count && is_ok; i++) {
        bool is_full = used + reserved >= model->limits.pages_max;
        u64 number = requests[i].price / model->markets[market].tick >> 9;
        bool is_known = false;
        for (u32 j = 0; j < used && !is_known; j++) {
            is_known = pages[j].market == market && pages[j].number == number;
        }
        if (!model_type_is_limit(requests[i].type)) {
            continue;
        }
        if (is_waiting[i]) {
            is_ok = !is_full;
            reserved += 1;
        } else if (requests[i].tif == TIME_IN_FORCE_GTC && !is_known) {
            is_ok = !is_full;
            pages[used++] = (struct page){.market = market, .number = number};
        }
    }
    free(pages);
    return is_ok;
}

bool model_uses_extra(const struct model_request *request, bool is_list)
{
    return is_list || request->stop_price > 0 || request->trailing_delta > 0 ||
           request->iceberg_qty > 0 || request->quote_qty > 0 || request->strategy_id != 0 ||
           request->strategy_type != 0;
}

static bool position_slots_ok(const struct model *model, u32 account, u16 market)
{
    bool has_other = false;
    for (u32 i = 0; i < model->markets_count; i++) {
        has_other = has_other || model->accounts[account].positions[i];
    }
    bool is_new = !model->accounts[account].positions[market] && has_other;
    return !is_new || model_positions_used(model) < model->limits.positions_max;
}

enum reject model_check_limits(const struct model *model, u32 account, u16 market,
                               const struct model_request *requests, const bool *is_waiting,
                               u32 count, bool is_list)
{
    u32 orders = count;
    u32 extras = 0;
    u32 lists = is_list;
    u32 trailing = 0;
    u32 trailing_new = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        const struct model_order *order = model->orders[i];
        orders += order->is_open;
        extras += order->is_open && order->uses_extra;
        trailing += order->is_open && order->trailing_delta > 0;
    }
    for (u32 i = 0; i < model->lists_count; i++) {
        lists += model->lists[i]->is_open;
    }
    u32 extras_new = 0;
    for (u32 i = 0; i < count; i++) {
        extras_new += model_uses_extra(&requests[i], is_list);
        trailing_new += requests[i].trailing_delta > 0;
    }
    if (orders > model->limits.orders_max) {
        return REJECT_LIMIT_ORDERS;
    }
    if (extras_new > 0 && extras + extras_new > model->limits.extras_max) {
        return REJECT_LIMIT_EXTRAS;
    }
    if (is_list && lists > model->limits.lists_max) {
        return REJECT_LIMIT_LISTS;
    }
    const struct command_market_add *rules = &model->markets[market].rules;
    if (!model_rows_fit(model, account, rules->base, rules->quote)) {
        return REJECT_LIMIT_BALANCE_ROWS;
    }
    if (!position_slots_ok(model, account, market)) {
        return REJECT_LIMIT_POSITIONS;
    }
    if (trailing_new > 0 && trailing + trailing_new > model->limits.trailing_max) {
        return REJECT_LIMIT_TRAILING;
    }
    if (!pages_ok(model, market, requests, is_waiting, count)) {
        return REJECT_LIMIT_PAGES;
    }
    return REJECT_NONE;
}
