#include "role/gateway/trade_terms.h"

#include "base/check.h"
#include "wire/reject.h"

/* The names of a leg that its shape does not depend on. */
struct label_names {
    enum param client;
    enum param strategy_id;
    enum param strategy_type;
};

#define LABEL_NAMES(id)                                                              \
    {                                                                                \
        PARAM_##id##_CLIENT_ID, PARAM_##id##_STRATEGY_ID, PARAM_##id##_STRATEGY_TYPE \
    }

static const struct label_names labels[PARAM_LEG_COUNT] = {
    [PARAM_LEG_SINGLE] = {PARAM_NEW_CLIENT_ID, PARAM_STRATEGY_ID, PARAM_STRATEGY_TYPE},
    [PARAM_LEG_WORKING] = LABEL_NAMES(WORKING),
    [PARAM_LEG_PENDING] = LABEL_NAMES(PENDING),
    [PARAM_LEG_ABOVE] = LABEL_NAMES(ABOVE),
    [PARAM_LEG_BELOW] = LABEL_NAMES(BELOW),
    [PARAM_LEG_PENDING_ABOVE] = LABEL_NAMES(PENDING_ABOVE),
    [PARAM_LEG_PENDING_BELOW] = LABEL_NAMES(PENDING_BELOW),
};

struct client_id trade_terms_client_sent(const struct call *call, enum param param)
{
    struct client_id id = {0};
    const struct param_value *value = param_find(call->params, param);
    if (value != NULL) {
        /* Its form was checked: the packing cannot fail. */
        bool packed = client_id_pack(&id, value->text);
        CHECK(packed);
    }
    return id;
}

struct client_id trade_terms_client(struct call *call, enum param param)
{
    struct client_id id = trade_terms_client_sent(call, param);
    return id.length > 0 ? id : call_client_id(call->venue);
}

/* What was sent must not be zero: nothing could be traded for it. */
static bool not_zero(struct call *call, enum param param, bool zero)
{
    return !zero || !param_sent(call->params, param) ||
           api_fail_reject(&call->failure, REJECT_ZERO_NOTIONAL);
}

bool trade_terms_quantity(struct call *call, const struct call_names *names, enum param param,
                          struct amount *qty_out)
{
    return param_amount(call->params, param, names->base_scale, CALL_PLACES, qty_out,
                        &call->failure) &&
           not_zero(call, param, amount_is_zero(*qty_out));
}

static bool read_price(struct call *call, enum param param, struct price *price_out)
{
    return param_price(call->params, param, CALL_PLACES, price_out, &call->failure);
}

static bool read_limit_price(struct call *call, enum param param, struct price *price_out)
{
    return read_price(call, param, price_out) &&
           not_zero(call, param, price_out->units == 0 /* raw: no price */);
}

static bool read_iceberg(struct call *call, const struct call_names *names, enum param param,
                         struct wire_leg *terms)
{
    return param_amount(call->params, param, names->base_scale, CALL_PLACES, &terms->iceberg_qty,
                        &call->failure);
}

static void read_labels(struct call *call, enum param client, enum param strategy_id,
                        enum param strategy_type, struct wire_leg *terms)
{
    terms->stp = (u8)param_number(call->params, PARAM_STP_MODE, STP_MODE_MARKET_DEFAULT);
    terms->client = trade_terms_client(call, client);
    terms->strategy_id = (i64)param_number(call->params, strategy_id, 0);
    terms->strategy_type = (u32)param_number(call->params, strategy_type, 0);
}

bool trade_terms_read(struct call *call, const struct call_names *names, enum param_leg leg,
                      struct wire_leg *terms_out)
{
    const struct params *params = call->params;
    const struct param_leg_names *own = param_leg_names(leg);
    struct wire_leg terms = {0};
    read_labels(call, labels[leg].client, labels[leg].strategy_id, labels[leg].strategy_type,
                &terms);
    terms.side = (u8)param_number(params, PARAM_SIDE, SIDE_BUY);
    terms.type = (u8)param_number(params, own->type, ORDER_TYPE_LIMIT);
    terms.tif = (u8)param_number(params, own->time_in_force, TIME_IN_FORCE_GTC);
    terms.trailing_delta = (u32)param_number(params, own->trailing_delta, 0);
    if (!read_limit_price(call, own->price, &terms.price) ||
        !read_price(call, own->stop_price, &terms.stop_price) ||
        !read_iceberg(call, names, own->iceberg_qty, &terms)) {
        return false;
    }
    if (own->quantity != PARAM_COUNT &&
        !trade_terms_quantity(call, names, own->quantity, &terms.qty)) {
        return false;
    }
    *terms_out = terms;
    return true;
}

bool trade_terms_order(struct call *call, u16 *market_out, struct wire_leg *terms_out,
                       struct amount *quote_qty_out)
{
    if (!call_market(call, market_out)) {
        return false;
    }
    struct call_names names = call_names(call->venue->view, *market_out);
    return trade_terms_read(call, &names, PARAM_LEG_SINGLE, terms_out) &&
           param_amount(call->params, PARAM_QUOTE_ORDER_QTY, names.quote_scale, CALL_PLACES,
                        quote_qty_out, &call->failure);
}

u8 trade_terms_response(const struct call *call, enum order_type type)
{
    bool is_full = type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_MARKET;
    return (u8)param_number(call->params, PARAM_NEW_ORDER_RESP_TYPE,
                            is_full ? PARAM_RESPONSE_FULL : PARAM_RESPONSE_ACK);
}

/* API rest-api.md "New OCO - Deprecated (TRADE)" */
bool trade_terms_old_limit(struct call *call, const struct call_names *names,
                           struct wire_leg *terms_out)
{
    struct wire_leg terms = {.type = ORDER_TYPE_LIMIT_MAKER, .tif = TIME_IN_FORCE_GTC};
    read_labels(call, PARAM_LIMIT_CLIENT_ID, PARAM_LIMIT_STRATEGY_ID, PARAM_LIMIT_STRATEGY_TYPE,
                &terms);
    if (!read_limit_price(call, PARAM_PRICE, &terms.price) ||
        !read_iceberg(call, names, PARAM_LIMIT_ICEBERG_QTY, &terms)) {
        return false;
    }
    *terms_out = terms;
    return true;
}

bool trade_terms_old_stop(struct call *call, const struct call_names *names,
                          struct wire_leg *terms_out)
{
    const struct params *params = call->params;
    bool has_limit = param_sent(params, PARAM_STOP_LIMIT_PRICE);
    struct wire_leg terms = {.type = has_limit ? ORDER_TYPE_STOP_LOSS_LIMIT : ORDER_TYPE_STOP_LOSS};
    read_labels(call, PARAM_STOP_CLIENT_ID, PARAM_STOP_STRATEGY_ID, PARAM_STOP_STRATEGY_TYPE,
                &terms);
    terms.tif = (u8)param_number(params, PARAM_STOP_LIMIT_TIF, TIME_IN_FORCE_GTC);
    terms.trailing_delta = (u32)param_number(params, PARAM_TRAILING_DELTA, 0);
    if (!read_limit_price(call, PARAM_STOP_LIMIT_PRICE, &terms.price) ||
        !read_price(call, PARAM_STOP_PRICE, &terms.stop_price) ||
        !read_iceberg(call, names, PARAM_STOP_ICEBERG_QTY, &terms)) {
        return false;
    }
    *terms_out = terms;
    return true;
}
