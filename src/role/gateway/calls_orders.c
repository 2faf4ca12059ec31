#include "role/gateway/calls_orders.h"

#include "base/check.h"
#include "role/gateway/call_ask.h"
#include "role/gateway/call_json.h"
#include "role/gateway/order_json.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_order.h"
#include "role/gateway/view_person.h"

/* Orders that ended without an execution are found for so long (API errors.md -2026). */
#define ARCHIVE_AFTER_US (90ULL * 24 * 3600 * 1000000)

struct orders_keep {
    u64 id;
    struct client_id client; /* length 0: not sent */
    u16 market;
};

/* An id and a client id, whichever was sent. */
static void keep_ids(const struct call *call, struct orders_keep *keep, enum param id)
{
    keep->id = param_number(call->params, id, 0);
    const struct param_value *client = param_find(call->params, PARAM_ORIG_CLIENT_ID);
    if (client != NULL) {
        bool packed = client_id_pack(&keep->client, client->text);
        CHECK(packed);
    }
}

/* ---- one order ---- */

static bool is_archived(const struct order_shown *order, u64 now_us)
{
    bool ended = order->status == VIEW_STATUS_CANCELED || order->status == VIEW_STATUS_EXPIRED ||
                 order->status == VIEW_STATUS_EXPIRED_IN_MATCH;
    return ended && amount_is_zero(order->executed) && order->update_us < now_us &&
           now_us - order->update_us > ARCHIVE_AFTER_US;
}

static enum call_end put_order(struct call *call, const struct order_shown *order)
{
    const struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (order->account != call->state.account || order->market != keep->market) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    if (keep->client.length > 0 && !client_id_equal(&order->client, &keep->client)) {
        return call_fail(call, API_ERROR_CLIENT_ORDER_ID_INVALID);
    }
    if (is_archived(order, call->venue->now_us)) {
        return call_fail(call, API_ERROR_ORDER_ARCHIVED);
    }
    struct call_names names = call_names(call->venue->view, order->market);
    order_put_status(call->json, &names, order, call->state.microseconds);
    return CALL_ANSWERED;
}

enum call_end orders_status(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (!call_market(call, &keep->market)) {
        return CALL_REFUSED;
    }
    keep_ids(call, keep, PARAM_ORDER_ID);
    bool by_id = param_sent(call->params, PARAM_ORDER_ID);
    const struct view *view = call->venue->view;
    const struct view_order *order =
        by_id ? view_order_of(view, keep->id)
              : view_order_by_client(view, call->state.account, keep->market, &keep->client);
    if (order != NULL) {
        struct order_shown shown = order_shown_of_view(order);
        return put_order(call, &shown);
    }
    if (by_id && keep->id == 0) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    struct lookup_ask *ask = call_ask(call, by_id ? LOOKUP_ORDER_BY_ID : LOOKUP_ORDER_BY_CLIENT);
    ask->market = keep->market;
    if (by_id) {
        ask->id = keep->id;
    } else {
        ask->client = keep->client;
    }
    return CALL_ASKED;
}

enum call_end orders_status_found(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    if (call->found->count == 0) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    struct order_shown shown = order_shown_of_history(&call->found->orders[0]);
    return put_order(call, &shown);
}

/* ---- several orders ---- */

enum call_end orders_open(struct call *call)
{
    bool of_one = param_sent(call->params, PARAM_SYMBOL);
    u16 market = 0;
    if (of_one && !call_market(call, &market)) {
        return CALL_REFUSED;
    }
    const struct view *view = call->venue->view;
    json_array_begin(call->json);
    const struct view_order *order = view_order_oldest(view, call->state.account, true);
    for (; order != NULL; order = view_order_newer(view, order)) {
        if (of_one && order->market != market) {
            continue;
        }
        struct order_shown shown = order_shown_of_view(order);
        struct call_names names = call_names(view, order->market);
        order_put_status(call->json, &names, &shown, call->state.microseconds);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

enum call_end orders_all(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (!call_market(call, &keep->market)) {
        return CALL_REFUSED;
    }
    struct lookup_ask *ask = call_ask(call, LOOKUP_ORDERS);
    ask->market = keep->market;
    call_ask_page(call, ask, PARAM_ORDER_ID, CALL_ROWS_DEFAULT);
    return CALL_ASKED;
}

static void put_found_order(struct call *call, const struct call_names *names, u32 index)
{
    struct order_shown shown = order_shown_of_history(&call->found->orders[index]);
    order_put_status(call->json, names, &shown, call->state.microseconds);
}

enum call_end orders_all_found(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct orders_keep)->market, put_found_order);
}

/* ---- order lists ---- */

static void put_list(struct call *call, const struct list_shown *list)
{
    struct call_names names = call_names(call->venue->view, list->market);
    list_put_status(call->json, &names, list, call->state.microseconds);
}

/* The one that was asked for. */
static enum call_end put_one_list(struct call *call, const struct list_shown *list)
{
    const struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    bool named = keep->client.length == 0 || client_id_equal(&list->client, &keep->client);
    if (list->account != call->state.account || !named) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    put_list(call, list);
    return CALL_ANSWERED;
}

enum call_end orders_list_status(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    keep_ids(call, keep, PARAM_ORDER_LIST_ID);
    bool by_id = param_sent(call->params, PARAM_ORDER_LIST_ID);
    const struct view *view = call->venue->view;
    const struct view_list *list =
        by_id ? view_list_of(view, keep->id)
              : view_list_by_client(view, call->state.account, &keep->client);
    if (list != NULL) {
        struct list_shown shown = list_shown_of_view(list);
        return put_one_list(call, &shown);
    }
    if (by_id && keep->id == 0) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    struct lookup_ask *ask = call_ask(call, by_id ? LOOKUP_LIST_BY_ID : LOOKUP_LIST_BY_CLIENT);
    if (by_id) {
        ask->id = keep->id;
    } else {
        ask->client = keep->client;
    }
    return CALL_ASKED;
}

enum call_end orders_list_status_found(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    if (call->found->count == 0) {
        return call_fail(call, API_ERROR_NO_SUCH_ORDER);
    }
    struct list_shown shown = list_shown_of_history(&call->found->lists[0]);
    return put_one_list(call, &shown);
}

enum call_end orders_lists_open(struct call *call)
{
    const struct view *view = call->venue->view;
    json_array_begin(call->json);
    const struct view_list *list = view_list_oldest(view, call->state.account, true);
    for (; list != NULL; list = view_list_newer(view, list)) {
        struct list_shown shown = list_shown_of_view(list);
        put_list(call, &shown);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

enum call_end orders_lists_all(struct call *call)
{
    call_ask_page(call, call_ask(call, LOOKUP_LISTS), PARAM_FROM_ID, CALL_ROWS_DEFAULT);
    return CALL_ASKED;
}

enum call_end orders_lists_all_found(struct call *call)
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    json_array_begin(call->json);
    for (u32 i = 0; i < call->found->count; i += 1) {
        struct list_shown shown = list_shown_of_history(&call->found->lists[i]);
        put_list(call, &shown);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

/* ---- trades ---- */

enum call_end orders_trades(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (!call_market(call, &keep->market)) {
        return CALL_REFUSED;
    }
    struct lookup_ask *ask = call_ask(call, LOOKUP_FILLS);
    ask->market = keep->market;
    if (param_sent(call->params, PARAM_ORDER_ID)) {
        /* No order is 0, which would ask for those of all. */
        keep->id = param_number(call->params, PARAM_ORDER_ID, 0);
        ask->id = keep->id == 0 ? INT64_MAX : keep->id;
    }
    call_ask_page(call, ask, PARAM_FROM_ID, CALL_ROWS_DEFAULT);
    return CALL_ASKED;
}

static void put_trade(struct call *call, const struct call_names *names, u32 index)
{
    const struct history_fill *fill = &call->found->fills[index];
    struct json_writer *json = call->json;
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_number(json, "id", fill->trade_id);
    call_number(json, "orderId", fill->order_id);
    if (fill->list_id == 0) {
        call_signed(json, "orderListId", -1);
    } else {
        call_number(json, "orderListId", fill->list_id);
    }
    call_price(json, "price", fill->price);
    call_amount(json, "qty", fill->qty, names->base_scale);
    call_amount(json, "quoteQty", fill->quote, names->quote_scale);
    call_amount(json, "commission", fill->fee, fill->buys ? names->base_scale : names->quote_scale);
    call_text(json, "commissionAsset", fill->buys ? names->base : names->quote);
    call_time(json, "time", fill->time_us, call->state.microseconds);
    call_bool(json, "isBuyer", fill->buys);
    call_bool(json, "isMaker", fill->maker);
    call_bool(json, "isBestMatch", true);
    json_object_end(json);
}

enum call_end orders_trades_found(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct orders_keep)->market, put_trade);
}

/* ---- prevented matches ---- */

enum call_end orders_prevented(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (!call_market(call, &keep->market)) {
        return CALL_REFUSED;
    }
    bool by_match = param_sent(call->params, PARAM_PREVENTED_MATCH_ID);
    struct lookup_ask *ask =
        call_ask(call, by_match ? LOOKUP_PREVENTED_BY_ID : LOOKUP_PREVENTED_OF);
    ask->market = keep->market;
    if (by_match) {
        ask->id = param_number(call->params, PARAM_PREVENTED_MATCH_ID, 0);
    } else {
        call_ask_page(call, ask, PARAM_FROM_PREVENTED_MATCH_ID, CALL_ROWS_DEFAULT);
        ask->id = param_number(call->params, PARAM_ORDER_ID, 0);
    }
    return CALL_ASKED;
}

static void put_prevented(struct call *call, const struct call_names *names, u32 index)
{
    const struct history_prevented *match = &call->found->prevented[index];
    struct json_writer *json = call->json;
    u32 group = view_group_of(call->venue->view, call->state.account);
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_number(json, "preventedMatchId", match->match_id);
    call_number(json, "takerOrderId", match->taker_order);
    call_text(json, "makerSymbol", names->market);
    call_number(json, "makerOrderId", match->maker_order);
    call_signed(json, "tradeGroupId", group == ORDER_GROUP_NONE ? -1 : (i64)group);
    call_text(json, "selfTradePreventionMode", param_set_name(PARAM_SET_STP, (u32)match->mode));
    call_price(json, "price", match->price);
    if (!amount_is_zero(match->taker_qty)) {
        call_amount(json, "takerPreventedQuantity", match->taker_qty, names->base_scale);
    }
    if (!amount_is_zero(match->maker_qty)) {
        call_amount(json, "makerPreventedQuantity", match->maker_qty, names->base_scale);
    }
    call_time(json, "transactTime", match->time_us, call->state.microseconds);
    json_object_end(json);
}

enum call_end orders_prevented_found(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct orders_keep)->market, put_prevented);
}

/* ---- amendments ---- */

enum call_end orders_amendments(struct call *call)
{
    struct orders_keep *keep = CALL_KEEP(call, struct orders_keep);
    if (!call_market(call, &keep->market)) {
        return CALL_REFUSED;
    }
    struct lookup_ask *ask = call_ask(call, LOOKUP_AMENDMENTS);
    ask->market = keep->market;
    call_ask_page(call, ask, PARAM_FROM_EXECUTION_ID, CALL_ROWS_DEFAULT);
    ask->id = param_number(call->params, PARAM_ORDER_ID, 0);
    return CALL_ASKED;
}

static void put_amendment(struct call *call, const struct call_names *names, u32 index)
{
    struct json_writer *json = call->json;
    const struct history_amendment *row = &call->found->amendments[index];
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_number(json, "orderId", row->order_id);
    call_number(json, "executionId", row->seq);
    call_client(json, "origClientOrderId", &row->client_before);
    call_client(json, "newClientOrderId", &row->client_after);
    call_amount(json, "origQty", row->qty_before, names->base_scale);
    call_amount(json, "newQty", row->qty_after, names->base_scale);
    call_time(json, "time", row->time_us, call->state.microseconds);
    json_object_end(json);
}

enum call_end orders_amendments_found(struct call *call)
{
    return call_put_found(call, CALL_KEEP(call, struct orders_keep)->market, put_amendment);
}
