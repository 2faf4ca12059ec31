#include "role/gateway/call_markets.h"

#include "base/check.h"
#include "role/gateway/view_market.h"

const char *call_status_name(u8 state)
{
    const char *name = param_set_name(PARAM_SET_STATUS, state);
    CHECK(name != NULL);
    return name;
}

bool call_market_status(struct call *call, u16 market)
{
    u8 state = view_market_of(call->venue->view, market)->state;
    return param_number(call->params, PARAM_SYMBOL_STATUS, state) == state ||
           api_fail(&call->failure, API_ERROR_SYMBOL_STATUS_MISMATCH);
}

/* Every name of `symbols` must be a market's. */
static bool names_known(struct call *call, struct span rest)
{
    struct span name;
    u16 market = 0;
    while (param_symbols_next(&rest, &name)) {
        if (!call_market_named(call, name, &market)) {
            return false;
        }
    }
    return true;
}

bool call_markets_begin(struct call *call, u32 count_max, struct call_markets *markets_out)
{
    const struct params *params = call->params;
    const struct param_value *list = param_find(params, PARAM_SYMBOLS);
    *markets_out = (struct call_markets){.end = view_markets_count(call->venue->view)};
    if (param_sent(params, PARAM_SYMBOL)) {
        u16 market = 0;
        if (!call_market(call, &market) || !call_market_status(call, market)) {
            return false;
        }
        markets_out->is_one = true;
        markets_out->next = market;
        markets_out->end = market + 1U;
        return true;
    }
    if (param_sent(params, PARAM_SYMBOL_STATUS)) {
        markets_out->has_status = true;
        markets_out->status = (u8)param_number(params, PARAM_SYMBOL_STATUS, 0);
    }
    if (list == NULL) {
        return true;
    }
    if (list->number > count_max) {
        return api_fail_name(&call->failure, API_ERROR_INVALID_PARAMETER_IN,
                             param_name(PARAM_SYMBOLS));
    }
    markets_out->is_list = true;
    markets_out->rest = list->text;
    return names_known(call, list->text);
}

/* The next one, whatever its state is. */
static bool next_of(const struct call *call, struct call_markets *markets, u16 *market_out)
{
    if (markets->is_list) {
        struct span name;
        u8 padded[16] = {0};
        return param_symbols_next(&markets->rest, &name) &&
               span_copy(name, padded, sizeof(padded)) &&
               view_market_by_name(call->venue->view, padded, market_out);
    }
    if (markets->next >= markets->end) {
        return false;
    }
    *market_out = (u16)markets->next;
    markets->next += 1;
    return true;
}

bool call_markets_next(const struct call *call, struct call_markets *markets, u16 *market_out)
{
    while (next_of(call, markets, market_out)) {
        if (!markets->has_status ||
            view_market_of(call->venue->view, *market_out)->state == markets->status) {
            return true;
        }
    }
    return false;
}
