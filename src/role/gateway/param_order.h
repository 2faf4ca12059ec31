/* The shape of an order: which parameters its type asks for, allows and refuses, with each time in
 * force, as data (the API's table of order types), for a single order and for each leg of a list.
 *
 * This is about what was sent, not about what it means: prices, filters and balances are the
 * core's. */
#ifndef ROLE_GATEWAY_PARAM_ORDER_H
#define ROLE_GATEWAY_PARAM_ORDER_H

#include "base/base.h"
#include "role/gateway/param.h"
#include "wire/schema.h"

enum param_leg {
    PARAM_LEG_SINGLE,
    PARAM_LEG_WORKING,
    PARAM_LEG_PENDING,
    PARAM_LEG_ABOVE,
    PARAM_LEG_BELOW,
    PARAM_LEG_PENDING_ABOVE,
    PARAM_LEG_PENDING_BELOW,
    PARAM_LEG_COUNT,
};

/* The names of one leg. PARAM_COUNT: the leg has no such parameter. */
struct param_leg_names {
    enum param type;
    enum param time_in_force;
    enum param price;
    enum param quantity;
    enum param quote_qty;
    enum param stop_price;
    enum param trailing_delta;
    enum param iceberg_qty;
    enum param peg_price_type;
    enum param peg_offset_type;
    enum param peg_offset_value;
};

const struct param_leg_names *param_leg_names(enum param_leg leg);

enum param_iceberg { PARAM_ICEBERG_NEVER, PARAM_ICEBERG_GTC, PARAM_ICEBERG_ANY };

/* What an order type takes. */
struct param_order_shape {
    u8 times_in_force; /* bit per enum time_in_force; 0: it must not be sent */
    bool price;        /* mandatory (unless pegged), else refused */
    bool quote_qty;    /* quoteOrderQty may stand for quantity */
    bool trigger;      /* stopPrice or trailingDelta or both are mandatory, else refused */
    u8 iceberg;        /* enum param_iceberg */
    u8 pegs;           /* bit 1: PRIMARY_PEG, bit 2: MARKET_PEG */
};

const struct param_order_shape *param_order_shape(enum order_type type);

/* True when the leg was not sent at all (a lower leg may be left out) or has the shape of its type.
 */
MUST_USE bool param_order_check(const struct params *params, enum param_leg leg,
                                struct api_failure *failure_out);

#endif /* ROLE_GATEWAY_PARAM_ORDER_H */
