#include "role/gateway/param_order.h"

#include "base/check.h"

#define LEG_NAMES(id)                                                                           \
    {                                                                                           \
        .type = PARAM_##id##_TYPE, .time_in_force = PARAM_##id##_TIME_IN_FORCE,                 \
        .price = PARAM_##id##_PRICE, .quantity = PARAM_COUNT, .quote_qty = PARAM_COUNT,         \
        .stop_price = PARAM_##id##_STOP_PRICE, .trailing_delta = PARAM_##id##_TRAILING_DELTA,   \
        .iceberg_qty = PARAM_##id##_ICEBERG_QTY, .peg_price_type = PARAM_##id##_PEG_PRICE_TYPE, \
        .peg_offset_type = PARAM_##id##_PEG_OFFSET_TYPE,                                        \
        .peg_offset_value = PARAM_##id##_PEG_OFFSET_VALUE,                                      \
    }

/* The quantities of legs are mandatory where the endpoint has them, whatever the type. */
static const struct param_leg_names legs[PARAM_LEG_COUNT] = {
    [PARAM_LEG_SINGLE] = {.type = PARAM_TYPE,
                          .time_in_force = PARAM_TIME_IN_FORCE,
                          .price = PARAM_PRICE,
                          .quantity = PARAM_QUANTITY,
                          .quote_qty = PARAM_QUOTE_ORDER_QTY,
                          .stop_price = PARAM_STOP_PRICE,
                          .trailing_delta = PARAM_TRAILING_DELTA,
                          .iceberg_qty = PARAM_ICEBERG_QTY,
                          .peg_price_type = PARAM_PEG_PRICE_TYPE,
                          .peg_offset_type = PARAM_PEG_OFFSET_TYPE,
                          .peg_offset_value = PARAM_PEG_OFFSET_VALUE},
    [PARAM_LEG_WORKING] = LEG_NAMES(WORKING),
    [PARAM_LEG_PENDING] = LEG_NAMES(PENDING),
    [PARAM_LEG_ABOVE] = LEG_NAMES(ABOVE),
    [PARAM_LEG_BELOW] = LEG_NAMES(BELOW),
    [PARAM_LEG_PENDING_ABOVE] = LEG_NAMES(PENDING_ABOVE),
    [PARAM_LEG_PENDING_BELOW] = LEG_NAMES(PENDING_BELOW),
};

#define GTC     (1U << TIME_IN_FORCE_GTC)
#define ALL     (GTC | 1U << TIME_IN_FORCE_IOC | 1U << TIME_IN_FORCE_FOK)
#define PRIMARY (1U << PARAM_PEG_PRIMARY)
#define MARKET  (1U << PARAM_PEG_MARKET)
#define BOTH    (PRIMARY | MARKET)
#define NEVER   PARAM_ICEBERG_NEVER

/* API rest-api.md "New order (TRADE)": times in force, price, quote quantity, trigger, iceberg,
 * pegs.
 */
// clang-format off
static const struct param_order_shape shapes[ORDER_TYPE_COUNT] = {
    [ORDER_TYPE_LIMIT] = {ALL, true,  false, false, PARAM_ICEBERG_GTC, BOTH},
    [ORDER_TYPE_LIMIT_MAKER] = {0,   true,  false, false, PARAM_ICEBERG_ANY, PRIMARY},
    [ORDER_TYPE_MARKET] = {0,   false, true,  false, NEVER, 0},
    [ORDER_TYPE_STOP_LOSS] = {0,   false, false, true,  NEVER, 0},
    [ORDER_TYPE_STOP_LOSS_LIMIT] = {ALL, true,  false, true,  PARAM_ICEBERG_GTC, BOTH},
    [ORDER_TYPE_TAKE_PROFIT] = {0,   false, false, true,  NEVER, 0},
    [ORDER_TYPE_TAKE_PROFIT_LIMIT] = {ALL, true,  false, true,  PARAM_ICEBERG_GTC, BOTH},
};
// clang-format on

const struct param_leg_names *param_leg_names(enum param_leg leg)
{
    CHECK((u32)leg < PARAM_LEG_COUNT);
    return &legs[leg];
}

const struct param_order_shape *param_order_shape(enum order_type type)
{
    CHECK((u32)type < ORDER_TYPE_COUNT);
    return &shapes[type];
}

static bool sent(const struct params *params, enum param param)
{
    return param != PARAM_COUNT && param_sent(params, param);
}

static bool refuse_sent(const struct params *params, enum param param,
                        struct api_failure *failure_out)
{
    return !sent(params, param) ||
           api_fail_name(failure_out, API_ERROR_PARAM_NOT_REQUIRED, param_name(param));
}

static bool require_sent(const struct params *params, enum param param,
                         struct api_failure *failure_out)
{
    return sent(params, param) ||
           api_fail_name(failure_out, API_ERROR_MANDATORY_PARAM, param_name(param));
}

static bool quantity_check(const struct params *params, const struct param_leg_names *names,
                           const struct param_order_shape *shape, struct api_failure *failure_out)
{
    if (names->quantity == PARAM_COUNT) {
        return true;
    }
    bool quantity = sent(params, names->quantity);
    bool quote = sent(params, names->quote_qty);
    if (!shape->quote_qty) {
        return require_sent(params, names->quantity, failure_out) &&
               refuse_sent(params, names->quote_qty, failure_out);
    }
    if (!quantity && !quote) {
        return api_fail_pair(failure_out, API_ERROR_MANDATORY_EITHER, param_name(names->quantity),
                             param_name(names->quote_qty));
    }
    return !(quantity && quote) || api_fail(failure_out, API_ERROR_BAD_COMBINATION);
}

static bool trigger_check(const struct params *params, const struct param_leg_names *names,
                          const struct param_order_shape *shape, struct api_failure *failure_out)
{
    if (!shape->trigger) {
        return refuse_sent(params, names->stop_price, failure_out) &&
               refuse_sent(params, names->trailing_delta, failure_out);
    }
    return sent(params, names->stop_price) || sent(params, names->trailing_delta) ||
           api_fail_pair(failure_out, API_ERROR_MANDATORY_EITHER, param_name(names->stop_price),
                         param_name(names->trailing_delta));
}

/* A resting part needs an order that rests. */
static bool iceberg_check(const struct params *params, const struct param_leg_names *names,
                          const struct param_order_shape *shape, struct api_failure *failure_out)
{
    if (!sent(params, names->iceberg_qty) || shape->iceberg == PARAM_ICEBERG_ANY) {
        return true;
    }
    if (shape->iceberg == PARAM_ICEBERG_NEVER) {
        return refuse_sent(params, names->iceberg_qty, failure_out);
    }
    if (param_number(params, names->time_in_force, TIME_IN_FORCE_GTC) == TIME_IN_FORCE_GTC) {
        return true;
    }
    if (names->type == PARAM_TYPE) {
        return api_fail(failure_out, API_ERROR_UNKNOWN_ORDER_COMPOSITION);
    }
    return api_fail_name(failure_out, API_ERROR_OCO_ICEBERG_TIF, param_name(names->iceberg_qty));
}

/* Pegged orders are not offered on any market: what is left is to say so in the right words. */
static bool peg_check(const struct params *params, const struct param_leg_names *names,
                      const struct param_order_shape *shape, struct api_failure *failure_out)
{
    bool type = sent(params, names->peg_offset_type);
    bool value = sent(params, names->peg_offset_value);
    if (type != value) {
        return api_fail_pair(failure_out, API_ERROR_BAD_COMBINATION_PAIR,
                             param_name(names->peg_offset_type),
                             param_name(names->peg_offset_value));
    }
    if (!sent(params, names->peg_price_type)) {
        return refuse_sent(params, names->peg_offset_type, failure_out);
    }
    if (shape->pegs == 0) {
        return api_fail(failure_out, API_ERROR_PEG_ORDER_TYPE);
    }
    u64 peg = param_number(params, names->peg_price_type, 0);
    return api_fail(failure_out, (shape->pegs >> peg & 1U) == 0 ? API_ERROR_PEG_PRICE_TYPE
                                                                : API_ERROR_PEG_UNSUPPORTED);
}

static bool leg_is_absent(const struct params *params, const struct param_leg_names *names)
{
    return !sent(params, names->price) && !sent(params, names->stop_price) &&
           !sent(params, names->trailing_delta) && !sent(params, names->time_in_force) &&
           !sent(params, names->iceberg_qty) && !sent(params, names->peg_price_type);
}

bool param_order_check(const struct params *params, enum param_leg leg,
                       struct api_failure *failure_out)
{
    const struct param_leg_names *names = param_leg_names(leg);
    if (!sent(params, names->type)) {
        return leg_is_absent(params, names) || require_sent(params, names->type, failure_out);
    }
    u64 type = param_number(params, names->type, 0);
    const struct param_order_shape *shape = param_order_shape((enum order_type)type);
    if (shape->times_in_force == 0) {
        if (!refuse_sent(params, names->time_in_force, failure_out)) {
            return false;
        }
    } else if (!require_sent(params, names->time_in_force, failure_out)) {
        return false;
    } else if ((shape->times_in_force >> param_number(params, names->time_in_force, 0) & 1U) == 0) {
        return api_fail(failure_out, API_ERROR_INVALID_TIF);
    }
    if (!quantity_check(params, names, shape, failure_out)) {
        return false;
    }
    bool pegged = sent(params, names->peg_price_type);
    bool price_good = !shape->price ? refuse_sent(params, names->price, failure_out)
                                    : pegged || require_sent(params, names->price, failure_out);
    return price_good && trigger_check(params, names, shape, failure_out) &&
           iceberg_check(params, names, shape, failure_out) &&
           peg_check(params, names, shape, failure_out);
}
