#include "role/gateway/filter_json.h"

#include "role/gateway/view_market.h"

#define TRAILING_DELTA_MAX 9999U /* semantics.md section 5: 10,000 and more is always refused */

static void filter_begin(struct json_writer *json, const char *type)
{
    json_object_begin(json);
    call_text(json, "filterType", type);
}

static void put_count(struct json_writer *json, const char *type, const char *key, u32 limit)
{
    if (limit > 0) {
        filter_begin(json, type);
        call_number(json, key, limit);
        json_object_end(json);
    }
}

/* ---- bounds where the definition has none ---- */

static struct amount amount_or(struct amount bound, struct amount otherwise)
{
    return amount_is_zero(bound) ? otherwise : bound;
}

/* The largest multiple of a lot below 2^63. */
static struct amount lots_most(struct amount lot)
{
    u64 step = lot.units; /* raw: how many fit below the bound of all quantities */
    return amount_of(INT64_MAX / step * step);
}

static void put_price(struct json_writer *json, const struct command_market_add *market)
{
    u64 tick = market->tick.units;      /* raw: bounds of the book are counted in ticks */
    u64 low = market->price_min.units;  /* raw: the same */
    u64 high = market->price_max.units; /* raw: the same */
    u64 most = tick * market->ticks_max;
    filter_begin(json, "PRICE_FILTER");
    call_price(json, "minPrice", price_of(u64_max(low, tick)));
    call_price(json, "maxPrice", price_of(high == 0 ? most : u64_min(high, most)));
    call_price(json, "tickSize", market->tick);
    json_object_end(json);
}

/* ---- by the average price ---- */

/* A multiplier that is off: the largest that can be told. */
static u32 up_or_most(u32 ratio)
{
    return ratio == 0 ? UINT32_MAX : ratio;
}

static void put_percent(struct json_writer *json, const struct command_market_add *market)
{
    if (market->percent_up > 0 || market->percent_down > 0) {
        filter_begin(json, "PERCENT_PRICE");
        call_ratio(json, "multiplierUp", up_or_most(market->percent_up));
        call_ratio(json, "multiplierDown", market->percent_down);
        call_number(json, "avgPriceMins", market->percent_minutes);
        json_object_end(json);
    }
    if (market->bid_percent_up > 0 || market->bid_percent_down > 0 || market->ask_percent_up > 0 ||
        market->ask_percent_down > 0) {
        filter_begin(json, "PERCENT_PRICE_BY_SIDE");
        call_ratio(json, "bidMultiplierUp", up_or_most(market->bid_percent_up));
        call_ratio(json, "bidMultiplierDown", market->bid_percent_down);
        call_ratio(json, "askMultiplierUp", up_or_most(market->ask_percent_up));
        call_ratio(json, "askMultiplierDown", market->ask_percent_down);
        call_number(json, "avgPriceMins", market->side_percent_minutes);
        json_object_end(json);
    }
}

static void put_notional(struct json_writer *json, const struct command_market_add *market,
                         u32 scale)
{
    if (!amount_is_zero(market->min_notional)) {
        filter_begin(json, "MIN_NOTIONAL");
        call_amount(json, "minNotional", market->min_notional, scale);
        call_bool(json, "applyToMarket",
                  (market->min_notional_flags & NOTIONAL_MIN_TO_MARKET) != 0);
        call_number(json, "avgPriceMins", market->min_notional_minutes);
        json_object_end(json);
    }
    if (!amount_is_zero(market->notional_min) || !amount_is_zero(market->notional_max)) {
        u32 flags = market->notional_flags;
        filter_begin(json, "NOTIONAL");
        call_amount(json, "minNotional", market->notional_min, scale);
        call_bool(json, "applyMinToMarket", (flags & NOTIONAL_MIN_TO_MARKET) != 0);
        call_amount(json, "maxNotional", amount_or(market->notional_max, amount_of((u64)INT64_MAX)),
                    scale);
        call_bool(json, "applyMaxToMarket", (flags & NOTIONAL_MAX_TO_MARKET) != 0);
        call_number(json, "avgPriceMins", market->notional_minutes);
        json_object_end(json);
    }
}

/* ---- quantities ---- */

static void put_lot(struct json_writer *json, const struct command_market_add *market, u32 scale)
{
    filter_begin(json, "LOT_SIZE");
    call_amount(json, "minQty", amount_or(market->qty_min, market->lot), scale);
    call_amount(json, "maxQty", amount_or(market->qty_max, lots_most(market->lot)), scale);
    call_amount(json, "stepSize", market->lot, scale);
    json_object_end(json);
}

/* A step of 0 asks for nothing beyond LOT_SIZE. */
static void put_market_lot(struct json_writer *json, const struct command_market_add *market,
                           u32 scale)
{
    struct amount most = amount_or(market->qty_max, lots_most(market->lot));
    filter_begin(json, "MARKET_LOT_SIZE");
    call_amount(json, "minQty", market->market_qty_min, scale);
    call_amount(json, "maxQty", amount_or(market->market_qty_max, most), scale);
    call_amount(json, "stepSize", market->market_lot, scale);
    json_object_end(json);
}

static void put_trailing(struct json_writer *json, const struct command_market_add *market)
{
    bool above = market->trailing_above_max > 0;
    bool below = market->trailing_below_max > 0;
    filter_begin(json, "TRAILING_DELTA");
    call_number(json, "minTrailingAboveDelta", above ? market->trailing_above_min : 1);
    call_number(json, "maxTrailingAboveDelta",
                above ? market->trailing_above_max : TRAILING_DELTA_MAX);
    call_number(json, "minTrailingBelowDelta", below ? market->trailing_below_min : 1);
    call_number(json, "maxTrailingBelowDelta",
                below ? market->trailing_below_max : TRAILING_DELTA_MAX);
    json_object_end(json);
}

void filter_json_market(struct json_writer *json, const struct view *view, u16 number)
{
    const struct command_market_add *market = &view_market_of(view, number)->definition;
    struct call_names names = call_names(view, number);
    json_array_begin(json);
    put_price(json, market);
    put_percent(json, market);
    put_lot(json, market, names.base_scale);
    put_notional(json, market, names.quote_scale);
    if ((market->features & MARKET_FEATURE_ICEBERG) != 0) {
        put_count(json, "ICEBERG_PARTS", "limit", market->iceberg_parts_max);
    }
    put_market_lot(json, market, names.base_scale);
    put_count(json, "MAX_NUM_ORDERS", "maxNumOrders", market->orders_max);
    put_count(json, "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", market->algo_orders_max);
    put_count(json, "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders", market->iceberg_orders_max);
    if (!amount_is_zero(market->position_max)) {
        filter_begin(json, "MAX_POSITION");
        call_amount(json, "maxPosition", market->position_max, names.base_scale);
        json_object_end(json);
    }
    if ((market->features & MARKET_FEATURE_TRAILING) != 0) {
        put_trailing(json, market);
    }
    put_count(json, "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends", market->amends_max);
    put_count(json, "MAX_NUM_ORDER_LISTS", "maxNumOrderLists", market->lists_max);
    json_array_end(json);
}

void filter_json_venue(struct json_writer *json, const struct view *view)
{
    struct command_venue_filters filters = view_venue_filters(view);
    json_array_begin(json);
    put_count(json, "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders", filters.orders_max);
    put_count(json, "EXCHANGE_MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", filters.algo_orders_max);
    put_count(json, "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders",
              filters.iceberg_orders_max);
    put_count(json, "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists", filters.lists_max);
    json_array_end(json);
}
