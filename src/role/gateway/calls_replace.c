/* Orders that take the place of others, and orders made smaller. */
#include "role/gateway/calls_trade.h"
#include "role/gateway/trade_answer.h"
#include "role/gateway/trade_terms.h"
#include "wire/reject.h"

/* ---- cancel and replace ---- */

/* Too many new orders, and the client wants the cancellation all the same. */
static enum call_end send_cancel_only(struct call *call, struct trade_keep *keep)
{
    *(struct command_cancel *)(void *)call->command =
        (struct command_cancel){.order_id = keep->replace.target_id,
                                .market = keep->replace.market,
                                .restriction = keep->replace.restriction,
                                .client = keep->replace.target_client};
    keep->over = (u8)call->orders_over.verdict;
    keep->over_limit = call->orders_over.limit;
    keep->retry_after_s = call->orders_over.retry_after_s;
    return call_send(call, COMMAND_CANCEL, false);
}

enum call_end order_replace_begin(struct call *call)
{
    const struct params *params = call->params;
    u16 market = 0;
    struct wire_leg terms;
    struct amount quote_qty;
    if (!trade_terms_order(call, &market, &terms, &quote_qty)) {
        return CALL_REFUSED;
    }
    struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    keep->replace = (struct command_cancel_replace){
        .price = terms.price,
        .qty = terms.qty,
        .market = market,
        .side = terms.side,
        .type = terms.type,
        .tif = terms.tif,
        .stp = terms.stp,
        .flags = ORDER_FLAG_DETAIL,
        .client = terms.client,
        .trailing_delta = terms.trailing_delta,
        .stop_price = terms.stop_price,
        .iceberg_qty = terms.iceberg_qty,
        .quote_qty = quote_qty,
        .strategy_id = terms.strategy_id,
        .strategy_type = terms.strategy_type,
        .mode = (u8)param_number(params, PARAM_CANCEL_REPLACE_MODE, REPLACE_MODE_STOP_ON_FAILURE),
        .restriction = (u8)param_number(params, PARAM_CANCEL_RESTRICTIONS, CANCEL_RESTRICTION_NONE),
        .target_id = param_number(params, PARAM_CANCEL_ORDER_ID, 0),
        .target_client = trade_terms_client_sent(call, PARAM_CANCEL_ORIG_CLIENT_ID),
    };
    keep->cancel_client = trade_terms_client_sent(call, PARAM_CANCEL_NEW_CLIENT_ID);
    keep->response = trade_terms_response(call, (enum order_type)terms.type);
    keep->mode = keep->replace.mode;
    keep->over = LIMIT_ADMITTED;
    if (call->orders_over.verdict != LIMIT_ADMITTED) {
        return send_cancel_only(call, keep);
    }
    *(struct command_cancel_replace *)(void *)call->command = keep->replace;
    return call_send(call, COMMAND_CANCEL_REPLACE, true);
}

struct replace_halves {
    u32 cancel_reject;              /* REJECT_NONE: canceled */
    bool is_attempted;              /* the new order */
    u64 order_id;                   /* 0: it failed */
    struct api_failure new_failure; /* of the new order, when it failed */
};

static bool read_halves(const struct call *call, const struct trade_keep *keep,
                        struct replace_halves *halves)
{
    *halves = (struct replace_halves){0};
    if (keep->over != LIMIT_ADMITTED) {
        struct limit_answer answer = {.verdict = (enum limit_verdict)keep->over,
                                      .limit = keep->over_limit};
        (void)limit_fail(&answer, &halves->new_failure);
        halves->cancel_reject = trade_reject(call, REJECT_PHASE_WHOLE);
        halves->is_attempted =
            halves->cancel_reject == REJECT_NONE || keep->mode == REPLACE_MODE_ALLOW_FAILURE;
        return true;
    }
    const struct event_order_new *event = call_event(call, EVENT_ORDER_NEW);
    u32 reject = trade_reject(call, REJECT_PHASE_NEW);
    halves->cancel_reject = trade_reject(call, REJECT_PHASE_CANCEL);
    halves->is_attempted = event != NULL || reject != REJECT_NONE;
    if (event != NULL) {
        halves->order_id = event->order_id;
    } else if (reject != REJECT_NONE) {
        (void)api_fail_reject(&halves->new_failure, reject);
    }
    return halves->is_attempted || halves->cancel_reject != REJECT_NONE;
}

static void put_failure(struct json_writer *json, const struct api_failure *failure)
{
    json_object_begin(json);
    call_signed(json, "code", api_error_code(failure->error));
    call_text(json, "msg", failure->text);
    json_object_end(json);
}

static bool put_halves(struct call *call, const struct trade_keep *keep,
                       const struct replace_halves *halves)
{
    struct json_writer *json = call->json;
    bool canceled = halves->cancel_reject == REJECT_NONE;
    bool placed = halves->order_id != 0;
    json_object_begin(json);
    call_text(json, "cancelResult", canceled ? "SUCCESS" : "FAILURE");
    call_text(json, "newOrderResult",
              placed                 ? "SUCCESS"
              : halves->is_attempted ? "FAILURE"
                                     : "NOT_ATTEMPTED");
    json_key(json, "cancelResponse");
    size_t offset = 0;
    bool told = true;
    if (canceled) {
        told = trade_put_canceled(call, &keep->cancel_client, &offset);
    } else {
        struct api_failure failure;
        (void)api_fail_reject(&failure, halves->cancel_reject);
        put_failure(json, &failure);
    }
    json_key(json, "newOrderResponse");
    if (placed) {
        told = told && trade_put_new(call, halves->order_id, keep->response);
    } else if (halves->is_attempted) {
        put_failure(json, &halves->new_failure);
    } else {
        json_put_null(json);
    }
    json_object_end(json);
    return told;
}

/* API rest-api.md "Cancel an Existing Order and Send a New Order": the table of results. */
static enum call_end end_halves(struct call *call, const struct trade_keep *keep,
                                const struct replace_halves *halves)
{
    bool canceled = halves->cancel_reject == REJECT_NONE;
    bool placed = halves->order_id != 0;
    if (canceled && placed) {
        return CALL_ANSWERED;
    }
    call->failure_data = true;
    if (keep->over != LIMIT_ADMITTED && keep->mode == REPLACE_MODE_STOP_ON_FAILURE) {
        call->status = 429;
        call->retry_after_s = keep->retry_after_s;
    }
    return call_fail(call, canceled || placed ? API_ERROR_CANCEL_REPLACE_PARTIAL
                                              : API_ERROR_CANCEL_REPLACE_FAILED);
}

enum call_end order_replace_finish(struct call *call)
{
    const struct trade_keep *keep = CALL_KEEP(call, struct trade_keep);
    struct replace_halves halves;
    u32 reject = keep->over == LIMIT_ADMITTED ? trade_reject(call, REJECT_PHASE_WHOLE) : 0;
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    if (!read_halves(call, keep, &halves) || !put_halves(call, keep, &halves)) {
        return call_fail(call, API_ERROR_UNEXPECTED_RESP);
    }
    return end_halves(call, keep, &halves);
}

/* ---- amend ---- */

enum call_end order_amend_begin(struct call *call)
{
    u16 market = 0;
    struct amount qty;
    if (!call_market(call, &market)) {
        return CALL_REFUSED;
    }
    struct call_names names = call_names(call->venue->view, market);
    if (!trade_terms_quantity(call, &names, PARAM_NEW_QTY, &qty)) {
        return CALL_REFUSED;
    }
    *(struct command_amend *)(void *)call->command = (struct command_amend){
        .order_id = param_number(call->params, PARAM_ORDER_ID, 0),
        .qty = qty,
        .market = market,
        .client = trade_terms_client_sent(call, PARAM_ORIG_CLIENT_ID),
        .new_client = trade_terms_client(call, PARAM_NEW_CLIENT_ID),
    };
    return call_send(call, COMMAND_AMEND, false);
}

enum call_end order_amend_finish(struct call *call)
{
    const struct view *view = call->venue->view;
    u32 reject = trade_reject(call, REJECT_PHASE_WHOLE);
    if (reject != REJECT_NONE) {
        return call_fail_reject(call, reject);
    }
    const struct event_order_amended *event = call_event(call, EVENT_ORDER_AMENDED);
    const struct view_order *order = event != NULL ? view_order_of(view, event->order_id) : NULL;
    if (order == NULL) {
        return call_fail(call, API_ERROR_UNEXPECTED_RESP);
    }
    struct call_names names = call_names(view, order->market);
    struct order_shown shown = order_shown_of_view(order);
    const struct view_list *list = view_list_of(view, order->list_id);
    bool microseconds = call->state.microseconds;
    json_object_begin(call->json);
    call_time(call->json, "transactTime", view_place(view).time_us, microseconds);
    call_number(call->json, "executionId", event->head.seq);
    json_key(call->json, "amendedOrder");
    order_put_amended(call->json, &names, &shown, &order->client_old, microseconds);
    if (list != NULL) {
        struct list_shown list_shown = list_shown_of_view(list);
        json_key(call->json, "listStatus");
        list_put_amended(call->json, &names, &list_shown);
    }
    json_object_end(call->json);
    return CALL_ANSWERED;
}
