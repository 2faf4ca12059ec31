#include "role/gateway/calls_general.h"

#include "role/gateway/call_json.h"
#include "role/gateway/call_markets.h"
#include "role/gateway/filter_json.h"
#include "role/gateway/view_market.h"

enum call_end general_ping(struct call *call)
{
    json_object_begin(call->json);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end general_time(struct call *call)
{
    json_object_begin(call->json);
    call_time(call->json, "serverTime", call->venue->now_us, call->state.microseconds);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- exchangeInfo ---- */

static void put_limit(struct json_writer *json, const char *type, const char *interval, u32 number,
                      u32 limit)
{
    json_object_begin(json);
    call_text(json, "rateLimitType", type);
    call_text(json, "interval", interval);
    call_number(json, "intervalNum", number);
    call_number(json, "limit", limit);
    json_object_end(json);
}

static void put_limits(struct json_writer *json, const struct limit_config *config)
{
    json_key(json, "rateLimits");
    json_array_begin(json);
    put_limit(json, "REQUEST_WEIGHT", "MINUTE", 1, config->weight_max[LIMIT_POOL_API]);
    put_limit(json, "ORDERS", "SECOND", 10, config->orders_10s_max);
    put_limit(json, "ORDERS", "DAY", 1, config->orders_day_max);
    put_limit(json, "RAW_REQUESTS", "MINUTE", 5, config->requests_max);
    json_array_end(json);
}

/* The names of a set whose bits are there. */
static void put_names(struct json_writer *json, const char *key, enum param_set set, u32 bits)
{
    json_key(json, key);
    json_array_begin(json);
    for (u32 number = 0; number < 8; number += 1) {
        const char *name = param_set_name(set, number);
        if ((bits >> number & 1) == 1 && name != NULL) {
            json_put_text(json, name);
        }
    }
    json_array_end(json);
}

static void put_flags(struct json_writer *json, const struct command_market_add *market)
{
    u32 features = market->features;
    call_bool(json, "icebergAllowed", (features & MARKET_FEATURE_ICEBERG) != 0);
    call_bool(json, "ocoAllowed", (features & MARKET_FEATURE_OCO) != 0);
    call_bool(json, "otoAllowed", (features & MARKET_FEATURE_OTO) != 0);
    call_bool(json, "opoAllowed", false);
    call_bool(json, "quoteOrderQtyMarketAllowed", (features & MARKET_FEATURE_QUOTE_QTY) != 0);
    call_bool(json, "allowTrailingStop", (features & MARKET_FEATURE_TRAILING) != 0);
    call_bool(json, "cancelReplaceAllowed", (features & MARKET_FEATURE_CANCEL_REPLACE) != 0);
    call_bool(json, "amendAllowed", (features & MARKET_FEATURE_AMEND) != 0);
    call_bool(json, "pegInstructionsAllowed", false);
    call_bool(json, "isSpotTradingAllowed", true);
    call_bool(json, "isMarginTradingAllowed", false);
}

static void put_permissions(struct json_writer *json, bool with_sets)
{
    json_key(json, "permissions");
    json_array_begin(json);
    json_array_end(json);
    json_key(json, "permissionSets");
    json_array_begin(json);
    if (with_sets) {
        json_array_begin(json);
        json_put_text(json, "SPOT");
        json_array_end(json);
    }
    json_array_end(json);
}

static void put_market(struct json_writer *json, const struct view *view, u16 number,
                       bool with_sets)
{
    const struct view_definition *now = view_market_of(view, number);
    const struct command_market_add *market = &now->definition;
    struct call_names names = call_names(view, number);
    u64 base = u64_min(names.base_scale, CALL_PLACES);
    u64 quote = u64_min(names.quote_scale, CALL_PLACES);
    json_object_begin(json);
    call_text(json, "symbol", names.market);
    call_text(json, "status", call_status_name(now->state));
    call_text(json, "baseAsset", names.base);
    call_number(json, "baseAssetPrecision", base);
    call_text(json, "quoteAsset", names.quote);
    call_number(json, "quotePrecision", quote);
    call_number(json, "quoteAssetPrecision", quote);
    call_number(json, "baseCommissionPrecision", base);
    call_number(json, "quoteCommissionPrecision", quote);
    put_names(json, "orderTypes", PARAM_SET_TYPE, market->types_allowed);
    put_flags(json, market);
    json_key(json, "filters");
    filter_json_market(json, view, number);
    put_permissions(json, with_sets);
    call_text(json, "defaultSelfTradePreventionMode",
              param_set_name(PARAM_SET_STP, market->stp_default));
    put_names(json, "allowedSelfTradePreventionModes", PARAM_SET_STP, market->stp_allowed);
    json_object_end(json);
}

/* API enums.md "Account and Symbol Permissions" */
static bool permission_known(struct span name)
{
    static const char group[] = "TRD_GRP_0";
    size_t head = sizeof(group) - 1;
    if (name.size == head + 2 && span_equal(span_piece(name, 0, head), span_of(group, head))) {
        u32 tens = (u32)name.data[head] - '0';
        u32 ones = (u32)name.data[head + 1] - '0';
        return tens <= 2 && ones <= 9 && tens * 10 + ones >= 2 && tens * 10 + ones <= 25;
    }
    return span_equal(name, span_of_text("SPOT")) || span_equal(name, span_of_text("MARGIN")) ||
           span_equal(name, span_of_text("LEVERAGED"));
}

/* Whether spot markets are asked for: all of ours are. False with a refusal in call->failure, or
 * with *wanted_out false. */
static bool permissions_read(struct call *call, bool *wanted_out)
{
    const struct param_value *list = param_find(call->params, PARAM_PERMISSIONS);
    *wanted_out = list == NULL;
    if (list == NULL) {
        return true;
    }
    struct span rest = list->text;
    struct span name;
    while (param_symbols_next(&rest, &name)) {
        if (!permission_known(name)) {
            return api_fail_name(&call->failure, API_ERROR_INVALID_PARAMETER_IN,
                                 param_name(PARAM_PERMISSIONS));
        }
        *wanted_out |= span_equal(name, span_of_text("SPOT"));
    }
    return true;
}

enum call_end general_exchange_info(struct call *call)
{
    struct json_writer *json = call->json;
    const struct venue *venue = call->venue;
    struct call_markets markets;
    bool wanted = true;
    if (!permissions_read(call, &wanted) || !call_markets_begin(call, UINT32_MAX, &markets)) {
        return CALL_REFUSED;
    }
    bool with_sets = param_number(call->params, PARAM_SHOW_PERMISSION_SETS, 1) == 1;
    json_object_begin(json);
    call_text(json, "timezone", "UTC");
    call_time(json, "serverTime", venue->now_us, call->state.microseconds);
    put_limits(json, &venue->limit->config);
    json_key(json, "exchangeFilters");
    filter_json_venue(json, venue->view);
    json_key(json, "symbols");
    json_array_begin(json);
    for (u16 market = 0; wanted && call_markets_next(call, &markets, &market);) {
        put_market(json, venue->view, market, with_sets);
    }
    json_array_end(json);
    json_object_end(json);
    return CALL_ANSWERED;
}

/* ---- executionRules ---- */

static void put_limit_of(struct json_writer *json, const char *key, u32 ratio)
{
    if (ratio > 0) {
        call_ratio(json, key, ratio);
    }
}

static void put_rules(struct json_writer *json, const struct command_market_add *market)
{
    json_array_begin(json);
    if (market->range_bid_up > 0 || market->range_bid_down > 0 || market->range_ask_up > 0 ||
        market->range_ask_down > 0) {
        json_object_begin(json);
        call_text(json, "ruleType", "PRICE_RANGE");
        put_limit_of(json, "bidLimitMultUp", market->range_bid_up);
        put_limit_of(json, "bidLimitMultDown", market->range_bid_down);
        put_limit_of(json, "askLimitMultUp", market->range_ask_up);
        put_limit_of(json, "askLimitMultDown", market->range_ask_down);
        json_object_end(json);
    }
    json_array_end(json);
}

enum call_end general_execution_rules(struct call *call)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    struct call_markets markets;
    if (!call_markets_begin(call, UINT32_MAX, &markets)) {
        return CALL_REFUSED;
    }
    json_object_begin(json);
    json_key(json, "symbolRules");
    json_array_begin(json);
    for (u16 market = 0; call_markets_next(call, &markets, &market);) {
        json_object_begin(json);
        call_text(json, "symbol", call_names(view, market).market);
        json_key(json, "rules");
        put_rules(json, &view_market_of(view, market)->definition);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return CALL_ANSWERED;
}

/* ---- beside the spot API ---- */

enum call_end general_system_status(struct call *call)
{
    bool away = call->venue->engine_away;
    json_object_begin(call->json);
    call_number(call->json, "status", away ? 1 : 0);
    call_text(call->json, "msg", away ? "system_maintenance" : "normal");
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end general_no_pairs(struct call *call)
{
    json_array_begin(call->json);
    json_array_end(call->json);
    return CALL_ANSWERED;
}

enum call_end general_no_futures(struct call *call)
{
    static const char *const lists[] = {"rateLimits", "exchangeFilters", "assets", "symbols"};
    json_object_begin(call->json);
    call_text(call->json, "timezone", "UTC");
    call_time(call->json, "serverTime", call->venue->now_us, call->state.microseconds);
    for (u32 i = 0; i < ARRAY_COUNT(lists); i += 1) {
        json_key(call->json, lists[i]);
        json_array_begin(call->json);
        json_array_end(call->json);
    }
    json_object_end(call->json);
    return CALL_ANSWERED;
}
