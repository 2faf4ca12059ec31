#include "role/gateway/calls_market.h"

#include "role/gateway/call_json.h"
#include "role/gateway/call_markets.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"

#define DEPTH_DEFAULT 100U
#define DEPTH_MAX     5000U

/* ---- the book ---- */

static void put_side(struct call *call, const char *key, u16 market, enum side side, u32 limit)
{
    struct json_writer *json = call->json;
    struct view_level levels[DEPTH_MAX];
    u32 count = view_book_depth(call->venue->view, market, side, levels, limit);
    u32 scale = call_names(call->venue->view, market).base_scale;
    json_key(json, key);
    json_array_begin(json);
    for (u32 i = 0; i < count; i += 1) {
        json_array_begin(json);
        call_put_price(json, levels[i].price);
        call_put_amount(json, levels[i].qty, scale);
        json_array_end(json);
    }
    json_array_end(json);
}

enum call_end market_depth(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market) || !call_market_status(call, market)) {
        return CALL_REFUSED;
    }
    u32 limit =
        (u32)u64_min(param_number(call->params, PARAM_LIMIT_DEPTH, DEPTH_DEFAULT), DEPTH_MAX);
    json_object_begin(call->json);
    call_number(call->json, "lastUpdateId", view_book_update_id(call->venue->view, market));
    put_side(call, "bids", market, SIDE_BUY, limit);
    put_side(call, "asks", market, SIDE_SELL, limit);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* ---- reference prices ---- */

static bool has_price(struct price price)
{
    return price.units > 0; /* raw: 0 stands for none */
}

enum call_end market_reference(struct call *call)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    const struct view_definition *definition = view_market_of(view, market);
    bool is_set = has_price(definition->reference);
    if (!is_set && definition->reference_calculation == 0) {
        return call_fail(call, API_ERROR_NO_REFERENCE_PRICE);
    }
    json_object_begin(json);
    call_text(json, "symbol", call_names(view, market).market);
    json_key(json, "referencePrice");
    if (is_set) {
        call_put_price(json, definition->reference);
    } else {
        json_put_null(json);
    }
    call_time(json, "timestamp", u64_max(call->venue->now_us, view_place(view).time_us),
              call->state.microseconds);
    json_object_end(json);
    return CALL_ANSWERED;
}

enum call_end market_reference_calculation(struct call *call)
{
    struct json_writer *json = call->json;
    const struct view *view = call->venue->view;
    u16 market = 0;
    if (!call_market(call, &market) || !call_market_status(call, market)) {
        return CALL_REFUSED;
    }
    const struct view_definition *definition = view_market_of(view, market);
    if (!has_price(definition->reference) && definition->reference_calculation == 0) {
        return call_fail(call, API_ERROR_NO_REFERENCE_PRICE);
    }
    json_object_begin(json);
    call_text(json, "symbol", call_names(view, market).market);
    call_text(json, "calculationType", "EXTERNAL");
    call_number(json, "externalCalculationId", definition->reference_calculation);
    json_object_end(json);
    return CALL_ANSWERED;
}
