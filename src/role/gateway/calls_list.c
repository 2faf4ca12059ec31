/* Order lists (API rest-api.md "Order lists"). */
#include "role/gateway/calls_trade.h"
#include "role/gateway/trade_answer.h"
#include "role/gateway/trade_terms.h"
#include "wire/reject.h"

/* ---- to the engine ---- */

/* What all lists begin with. False: the answer is in call->failure. */
static bool begin_list(struct call *call, struct call_names *names_out)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return false;
    }
    *names_out = call_names(call->venue->view, market);
    struct command_order_list *command = (void *)call->command;
    *command = (struct command_order_list){
        .market = market, .list_client = trade_terms_client(call, PARAM_LIST_CLIENT_ID)};
    return true;
}

static enum call_end send_list(struct call *call, enum list_kind kind, u8 legs_count)
{
    struct command_order_list *command = (void *)call->command;
    command->list_kind = (u8)kind;
    command->legs_count = legs_count;
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->response =
        (u8)param_number(call->params, PARAM_NEW_ORDER_RESP_TYPE, PARAM_RESPONSE_RESULT);
    return call_send(call, COMMAND_ORDER_LIST, false);
}

/* Side and quantity of a leg, which some legs share. */
static bool read_leg(struct call *call, const struct call_names *names, enum param_leg leg,
                     enum param side, enum param quantity, struct wire_leg *terms_out)
{
    struct amount qty;
    if (!trade_terms_read(call, names, leg, terms_out) ||
        !trade_terms_quantity(call, names, quantity, &qty)) {
        return false;
    }
    terms_out->side = (u8)param_number(call->params, side, SIDE_BUY);
    terms_out->qty = qty;
    return true;
}

enum call_end list_oco_begin(struct call *call)
{
    struct command_order_list *command = (void *)call->command;
    struct call_names names;
    if (!begin_list(call, &names) ||
        !read_leg(call, &names, PARAM_LEG_ABOVE, PARAM_SIDE, PARAM_QUANTITY, &command->leg[0]) ||
        !read_leg(call, &names, PARAM_LEG_BELOW, PARAM_SIDE, PARAM_QUANTITY, &command->leg[1])) {
        return CALL_REFUSED;
    }
    return send_list(call, LIST_KIND_OCO, 2);
}

/* The limit is above when selling, below when buying. */
enum call_end list_oco_old_begin(struct call *call)
{
    struct command_order_list *command = (void *)call->command;
    struct call_names names;
    struct wire_leg limit;
    struct wire_leg stop;
    struct amount qty;
    if (!begin_list(call, &names) || !trade_terms_old_limit(call, &names, &limit) ||
        !trade_terms_old_stop(call, &names, &stop) ||
        !trade_terms_quantity(call, &names, PARAM_QUANTITY, &qty)) {
        return CALL_REFUSED;
    }
    u8 side = (u8)param_number(call->params, PARAM_SIDE, SIDE_BUY);
    limit.side = side;
    limit.qty = qty;
    stop.side = side;
    stop.qty = qty;
    command->leg[0] = side == SIDE_SELL ? limit : stop;
    command->leg[1] = side == SIDE_SELL ? stop : limit;
    return send_list(call, LIST_KIND_OCO, 2);
}

static bool read_working(struct call *call, const struct call_names *names)
{
    struct command_order_list *command = (void *)call->command;
    return read_leg(call, names, PARAM_LEG_WORKING, PARAM_WORKING_SIDE, PARAM_WORKING_QUANTITY,
                    &command->leg[0]);
}

static bool read_pending(struct call *call, const struct call_names *names, enum param_leg leg,
                         u32 index)
{
    struct command_order_list *command = (void *)call->command;
    return read_leg(call, names, leg, PARAM_PENDING_SIDE, PARAM_PENDING_QUANTITY,
                    &command->leg[index]);
}

enum call_end list_oto_begin(struct call *call)
{
    struct call_names names;
    if (!begin_list(call, &names) || !read_working(call, &names) ||
        !read_pending(call, &names, PARAM_LEG_PENDING, 1)) {
        return CALL_REFUSED;
    }
    return send_list(call, LIST_KIND_OTO, 2);
}

enum call_end list_otoco_begin(struct call *call)
{
    struct call_names names;
    if (!param_sent(call->params, PARAM_PENDING_BELOW_TYPE)) {
        return call_fail_name(call, API_ERROR_MANDATORY_PARAM,
                              param_name(PARAM_PENDING_BELOW_TYPE));
    }
    if (!begin_list(call, &names) || !read_working(call, &names) ||
        !read_pending(call, &names, PARAM_LEG_PENDING_ABOVE, 1) ||
        !read_pending(call, &names, PARAM_LEG_PENDING_BELOW, 2)) {
        return CALL_REFUSED;
    }
    return send_list(call, LIST_KIND_OTOCO, 3);
}

/* What the API asks of such a list is checked; then the market does not offer it. */
enum call_end list_opo_begin(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    if (param_number(call->params, PARAM_WORKING_SIDE, SIDE_BUY) != SIDE_BUY) {
        return call_fail(call, API_ERROR_OPO_WORKING_BUY);
    }
    if (param_number(call->params, PARAM_PENDING_SIDE, SIDE_SELL) != SIDE_SELL) {
        return call_fail(call, API_ERROR_OPO_PENDING_SELL);
    }
    return call_fail(call, API_ERROR_OPO_UNSUPPORTED);
}

enum call_end list_cancel_begin(struct call *call)
{
    u16 market = 0;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->cancel_client = trade_terms_client_sent(call, PARAM_NEW_CLIENT_ID);
    *(struct command_cancel_list *)(void *)call->command = (struct command_cancel_list){
        .list_id = param_number(call->params, PARAM_ORDER_LIST_ID, 0),
        .market = market,
        .client = trade_terms_client_sent(call, PARAM_LIST_CLIENT_ID),
    };
    return call_send(call, COMMAND_CANCEL_LIST, false);
}

/* ---- and back ---- */

/* A list is told as it was placed: begun. */
static bool put_list(struct call *call, const struct view_list *list, u8 response)
{
    const struct view *view = call->venue->view;
    struct call_names names = call_names(view, list->market);
    struct list_shown shown = list_shown_of_view(list);
    shown.is_open = true;
    list_put_begin(call->json, &names, &shown, call->state.microseconds);
    json_key(call->json, "orderReports");
    json_array_begin(call->json);
    bool told = true;
    for (u32 i = 0; i < shown.legs_count && told; i += 1) {
        told = trade_put_new(call, shown.legs[i], response);
    }
    json_array_end(call->json);
    list_put_end(call->json);
    return told;
}

enum call_end order_list_finish(struct call *call)
{
    const struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    u32 reject = trade_reject(call, REJECT_PHASE_WHOLE);
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    const struct event_list_new *event = call_event(call, EVENT_LIST_NEW);
    const struct view_list *list =
        event != NULL ? view_list_of(call->venue->view, event->list_id) : NULL;
    if (list == NULL || !put_list(call, list, keep->response)) {
        return call_fail(call, API_ERROR_UNEXPECTED_RESP);
    }
    return CALL_ANSWERED;
}

enum call_end list_cancel_finish(struct call *call)
{
    return order_cancel_finish(call);
}
