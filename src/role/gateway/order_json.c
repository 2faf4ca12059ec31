#include "role/gateway/order_json.h"

#include "base/check.h"
#include "role/gateway/param.h"

/* ---- from the view and from the history ---- */

/* A market order by quote wants no quantity: what it has taken stands for it. */
static struct amount qty_of(struct amount qty, struct amount quote_qty, struct amount executed,
                            struct amount prevented)
{
    struct amount taken = AMOUNT_ZERO;
    if (!amount_is_zero(qty) || amount_is_zero(quote_qty) ||
        !amount_add(executed, prevented, &taken)) {
        return qty;
    }
    return taken;
}

struct order_shown order_shown_of_view(const struct view_order *order)
{
    return (struct order_shown){
        .order_id = order->id,
        .list_id = order->list_id,
        .match_id = order->match_id,
        .time_us = order->time_us,
        .update_us = order->update_us,
        .working_us = order->is_working ? order->working_us : 0,
        .trailing_us = order->trailing_us,
        .strategy_id = order->strategy_id,
        .price = order->price,
        .stop_price = order->stop_price,
        .qty = qty_of(order->qty, order->quote_qty, order->executed, order->prevented),
        .quote_qty = order->quote_qty,
        .iceberg_qty = order->iceberg_qty,
        .executed = order->executed,
        .quote_done = order->quote_done,
        .prevented = order->prevented,
        .account = order->account,
        .strategy_type = order->strategy_type,
        .trailing_delta = order->trailing_delta,
        .group = ORDER_GROUP_NONE,
        .market = order->market,
        .side = order->side,
        .type = order->type,
        .tif = order->tif,
        .stp = order->stp,
        .status = (u8)view_order_status(order),
        .reason = order->is_open ? EXPIRY_REASON_NONE : order->done_reason,
        .client = order->client,
    };
}

static enum view_status status_of_history(enum history_order_status status)
{
    switch (status) {
    case HISTORY_NEW:
        return VIEW_STATUS_NEW;
    case HISTORY_PENDING_NEW:
        return VIEW_STATUS_PENDING_NEW;
    case HISTORY_PARTIALLY_FILLED:
        return VIEW_STATUS_PARTIALLY_FILLED;
    case HISTORY_FILLED:
        return VIEW_STATUS_FILLED;
    case HISTORY_CANCELED:
        return VIEW_STATUS_CANCELED;
    case HISTORY_EXPIRED:
        return VIEW_STATUS_EXPIRED;
    case HISTORY_EXPIRED_IN_MATCH:
        return VIEW_STATUS_EXPIRED_IN_MATCH;
    }
    CHECK(false);
}

struct order_shown order_shown_of_history(const struct history_order *order)
{
    return (struct order_shown){
        .order_id = order->order_id,
        .list_id = order->list_id,
        .match_id = order->match_id,
        .time_us = order->time_us,
        .update_us = order->update_us,
        .working_us = order->working_us,
        .strategy_id = order->strategy_id,
        .price = order->price,
        .stop_price = order->stop_price,
        .qty = qty_of(order->qty, order->quote_qty, order->executed, order->prevented),
        .quote_qty = order->quote_qty,
        .iceberg_qty = order->iceberg_qty,
        .executed = order->executed,
        .quote_done = order->quote,
        .prevented = order->prevented,
        .account = order->account,
        .strategy_type = order->strategy_type,
        .trailing_delta = order->trailing_delta,
        .group = ORDER_GROUP_NONE,
        .market = order->market,
        .side = (u8)order->side,
        .type = (u8)order->type,
        .tif = (u8)order->tif,
        .stp = (u8)order->stp,
        .status = (u8)status_of_history(order->status),
        .reason = (u8)order->reason,
        .client = order->client,
    };
}

const char *order_status_name(enum view_status status)
{
    switch (status) {
    case VIEW_STATUS_NEW:
        return "NEW";
    case VIEW_STATUS_PENDING_NEW:
        return "PENDING_NEW";
    case VIEW_STATUS_PARTIALLY_FILLED:
        return "PARTIALLY_FILLED";
    case VIEW_STATUS_FILLED:
        return "FILLED";
    case VIEW_STATUS_CANCELED:
        return "CANCELED";
    case VIEW_STATUS_EXPIRED:
        return "EXPIRED";
    case VIEW_STATUS_EXPIRED_IN_MATCH:
        return "EXPIRED_IN_MATCH";
    }
    CHECK(false);
}

const char *order_expiry_name(enum expiry_reason reason)
{
    switch (reason) {
    case EXPIRY_REASON_NONE:
        return NULL;
    case EXPIRY_REASON_REJECTED:
        return "REJECTED";
    case EXPIRY_REASON_EXCHANGE_CANCELED:
        return "EXCHANGE_CANCELED";
    case EXPIRY_REASON_OCO_TRIGGER:
        return "OCO_TRIGGER";
    case EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED:
        return "OTO_PHASE_ONE_EXPIRED";
    case EXPIRY_REASON_UNFILLED_IOC:
        return "UNFILLED_IOC_QUANTITY_EXPIRED";
    case EXPIRY_REASON_UNFILLED_FOK:
        return "UNFILLED_FOK_ORDER_EXPIRED";
    case EXPIRY_REASON_INSUFFICIENT_LIQUIDITY:
        return "INSUFFICIENT_LIQUIDITY";
    case EXPIRY_REASON_PRICE_RANGE_EXCEEDED:
        return "EXECUTION_RULE_PRICE_RANGE_EXCEEDED";
    case EXPIRY_REASON_FUNDS_EXHAUSTED:
        /* The documents count a lack of funds of a triggered order among these. */
        return "REJECTED";
    }
    CHECK(false);
}

/* ---- pieces ---- */

static void put_name(struct json_writer *json, const char *key, enum param_set set, u32 number)
{
    const char *name = param_set_name(set, number);
    CHECK(name != NULL);
    call_name(json, key, name);
}

/* 0 in none, which the API writes as -1; ids of ours begin with 1. */
static void put_list_id(struct json_writer *json, u64 list_id)
{
    if (list_id == 0) {
        call_signed(json, "orderListId", -1);
    } else {
        call_number(json, "orderListId", list_id);
    }
}

/* -1: not yet. */
static void put_time_or_none(struct json_writer *json, const char *key, u64 time_us,
                             bool microseconds)
{
    if (time_us == 0) {
        call_signed(json, key, -1);
    } else {
        call_time(json, key, time_us, microseconds);
    }
}

static void put_terms(struct json_writer *json, const struct order_shown *order)
{
    call_name(json, "status", order_status_name((enum view_status)order->status));
    put_name(json, "timeInForce", PARAM_SET_TIME_IN_FORCE, order->tif);
    put_name(json, "type", PARAM_SET_TYPE, order->type);
    put_name(json, "side", PARAM_SET_SIDE, order->side);
}

static bool is_stop(const struct order_shown *order)
{
    switch ((enum order_type)order->type) {
    case ORDER_TYPE_STOP_LOSS:
    case ORDER_TYPE_STOP_LOSS_LIMIT:
    case ORDER_TYPE_TAKE_PROFIT:
    case ORDER_TYPE_TAKE_PROFIT_LIMIT:
        return true;
    case ORDER_TYPE_LIMIT:
    case ORDER_TYPE_LIMIT_MAKER:
    case ORDER_TYPE_MARKET:
        return false;
    }
    CHECK(false);
}

static void put_stop(struct json_writer *json, const struct order_shown *order)
{
    if (is_stop(order)) {
        call_price(json, "stopPrice", order->stop_price);
    }
}

static void put_trailing(struct json_writer *json, const struct order_shown *order,
                         bool microseconds)
{
    if (order->trailing_delta > 0) {
        call_number(json, "trailingDelta", order->trailing_delta);
        put_time_or_none(json, "trailingTime", order->trailing_us, microseconds);
    }
}

static void put_iceberg(struct json_writer *json, const struct call_names *names,
                        const struct order_shown *order)
{
    if (!amount_is_zero(order->iceberg_qty)) {
        call_amount(json, "icebergQty", order->iceberg_qty, names->base_scale);
    }
}

static void put_strategy(struct json_writer *json, const struct order_shown *order)
{
    if (order->strategy_id != 0) {
        call_signed(json, "strategyId", order->strategy_id);
    }
    if (order->strategy_type != 0) {
        call_number(json, "strategyType", order->strategy_type);
    }
}

/* Self-trade prevention and why it ended: the last fields of every order. */
static void put_outcome(struct json_writer *json, const struct call_names *names,
                        const struct order_shown *order)
{
    put_name(json, "selfTradePreventionMode", PARAM_SET_STP, order->stp);
    if (order->group != ORDER_GROUP_NONE) {
        call_number(json, "tradeGroupId", order->group);
    }
    if (!amount_is_zero(order->prevented)) {
        call_number(json, "preventedMatchId", order->match_id);
        call_amount(json, "preventedQuantity", order->prevented, names->base_scale);
    }
    const char *reason = order_expiry_name((enum expiry_reason)order->reason);
    if (reason != NULL) {
        call_text(json, "expiryReason", reason);
    }
}

/* ---- orders ---- */

void order_put_status(struct json_writer *json, const struct call_names *names,
                      const struct order_shown *order, bool microseconds)
{
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_number(json, "orderId", order->order_id);
    put_list_id(json, order->list_id);
    call_client(json, "clientOrderId", &order->client);
    call_price(json, "price", order->price);
    call_amount(json, "origQty", order->qty, names->base_scale);
    call_amount(json, "executedQty", order->executed, names->base_scale);
    call_amount(json, "cummulativeQuoteQty", order->quote_done, names->quote_scale);
    put_terms(json, order);
    call_price(json, "stopPrice", order->stop_price);
    put_trailing(json, order, microseconds);
    call_amount(json, "icebergQty", order->iceberg_qty, names->base_scale);
    call_time(json, "time", order->time_us, microseconds);
    call_time(json, "updateTime", order->update_us, microseconds);
    call_bool(json, "isWorking", order->working_us > 0);
    put_time_or_none(json, "workingTime", order->working_us, microseconds);
    call_amount(json, "origQuoteOrderQty", order->quote_qty, names->quote_scale);
    put_strategy(json, order);
    put_outcome(json, names, order);
    json_object_end(json);
}

/* From price to side. */
static void put_quantities(struct json_writer *json, const struct call_names *names,
                           const struct order_shown *order)
{
    call_price(json, "price", order->price);
    call_amount(json, "origQty", order->qty, names->base_scale);
    call_amount(json, "executedQty", order->executed, names->base_scale);
    call_amount(json, "origQuoteOrderQty", order->quote_qty, names->quote_scale);
    call_amount(json, "cummulativeQuoteQty", order->quote_done, names->quote_scale);
    put_terms(json, order);
}

static void put_ack_fields(struct json_writer *json, const struct call_names *names,
                           const struct order_shown *order, u64 time_us, bool microseconds)
{
    call_text(json, "symbol", names->market);
    call_number(json, "orderId", order->order_id);
    put_list_id(json, order->list_id);
    call_client(json, "clientOrderId", &order->client);
    call_time(json, "transactTime", time_us, microseconds);
}

void order_put_ack(struct json_writer *json, const struct call_names *names,
                   const struct order_shown *order, u64 time_us, bool microseconds)
{
    json_object_begin(json);
    put_ack_fields(json, names, order, time_us, microseconds);
    json_object_end(json);
}

void order_put_new_begin(struct json_writer *json, const struct call_names *names,
                         const struct order_shown *order, u64 time_us, bool microseconds)
{
    json_object_begin(json);
    put_ack_fields(json, names, order, time_us, microseconds);
    put_quantities(json, names, order);
    put_stop(json, order);
    put_trailing(json, order, microseconds);
    put_time_or_none(json, "workingTime", order->working_us, microseconds);
    put_iceberg(json, names, order);
    put_strategy(json, order);
    put_outcome(json, names, order);
}

void order_put_new_end(struct json_writer *json)
{
    json_object_end(json);
}

void order_put_canceled(struct json_writer *json, const struct call_names *names,
                        const struct order_shown *order, const struct client_id *client,
                        u64 time_us, bool microseconds)
{
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_client(json, "origClientOrderId", &order->client);
    call_number(json, "orderId", order->order_id);
    put_list_id(json, order->list_id);
    call_client(json, "clientOrderId", client);
    call_time(json, "transactTime", time_us, microseconds);
    put_quantities(json, names, order);
    put_stop(json, order);
    put_trailing(json, order, microseconds);
    put_iceberg(json, names, order);
    put_strategy(json, order);
    put_outcome(json, names, order);
    json_object_end(json);
}

/* Its names differ from those of every other answer: qty, quoteOrderQty, cumulativeQuoteQty. */
void order_put_amended(struct json_writer *json, const struct call_names *names,
                       const struct order_shown *order, const struct client_id *before,
                       bool microseconds)
{
    json_object_begin(json);
    call_text(json, "symbol", names->market);
    call_number(json, "orderId", order->order_id);
    put_list_id(json, order->list_id);
    call_client(json, "origClientOrderId", before);
    call_client(json, "clientOrderId", &order->client);
    call_price(json, "price", order->price);
    call_amount(json, "qty", order->qty, names->base_scale);
    call_amount(json, "executedQty", order->executed, names->base_scale);
    call_amount(json, "preventedQty", order->prevented, names->base_scale);
    call_amount(json, "quoteOrderQty", order->quote_qty, names->quote_scale);
    call_amount(json, "cumulativeQuoteQty", order->quote_done, names->quote_scale);
    put_terms(json, order);
    put_stop(json, order);
    put_trailing(json, order, microseconds);
    if (order->working_us > 0) {
        call_time(json, "workingTime", order->working_us, microseconds);
    }
    put_iceberg(json, names, order);
    put_strategy(json, order);
    put_outcome(json, names, order);
    json_object_end(json);
}

/* ---- order lists ---- */

struct list_shown list_shown_of_view(const struct view_list *list)
{
    struct list_shown shown = {.list_id = list->id,
                               .time_us = list->time_us,
                               .client = list->client,
                               .account = list->account,
                               .legs_count = list->legs_count,
                               .market = list->market,
                               .list_kind = list->list_kind,
                               .is_open = list->is_open};
    for (u32 i = 0; i < ORDER_LEGS_MAX; i += 1) {
        shown.legs[i] = list->legs[i];
        shown.clients[i] = list->clients[i];
    }
    /* After an image a leg that is done is not known, but legs have consecutive ids. */
    u64 first = 0;
    for (u32 i = 0; i < shown.legs_count; i += 1) {
        first = shown.legs[i] > i ? shown.legs[i] - i : first;
    }
    for (u32 i = 0; i < shown.legs_count && first > 0; i += 1) {
        shown.legs[i] = first + i;
    }
    return shown;
}

_Static_assert(ORDER_LEGS_MAX == HISTORY_LEGS_MAX, "legs of a list");

struct list_shown list_shown_of_history(const struct history_list *list)
{
    CHECK(list->legs <= ORDER_LEGS_MAX);
    struct list_shown shown = {.list_id = list->list_id,
                               .time_us = list->time_us,
                               .client = list->client,
                               .account = list->account,
                               .legs_count = list->first_order == 0 ? 0 : list->legs,
                               .market = list->market,
                               .list_kind = (u8)list->kind,
                               .is_open = !list->done};
    for (u32 i = 0; i < shown.legs_count; i += 1) {
        shown.legs[i] = list->first_order + i;
        shown.clients[i] = list->clients[i];
    }
    return shown;
}

const char *list_contingency_name(enum list_kind kind)
{
    return kind == LIST_KIND_OCO ? "OCO" : "OTO";
}

static void put_legs(struct json_writer *json, const struct call_names *names,
                     const struct list_shown *list)
{
    call_text(json, "symbol", names->market);
    json_key(json, "orders");
    json_array_begin(json);
    CHECK(list->legs_count <= ORDER_LEGS_MAX);
    for (u32 i = 0; i < list->legs_count; i += 1) {
        json_object_begin(json);
        call_text(json, "symbol", names->market);
        call_number(json, "orderId", list->legs[i]);
        call_client(json, "clientOrderId", &list->clients[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

void list_put_begin(struct json_writer *json, const struct call_names *names,
                    const struct list_shown *list, bool microseconds)
{
    json_object_begin(json);
    put_list_id(json, list->list_id);
    call_text(json, "contingencyType", list_contingency_name((enum list_kind)list->list_kind));
    call_text(json, "listStatusType", list->is_open ? "EXEC_STARTED" : "ALL_DONE");
    call_text(json, "listOrderStatus", list->is_open ? "EXECUTING" : "ALL_DONE");
    call_client(json, "listClientOrderId", &list->client);
    call_time(json, "transactionTime", list->time_us, microseconds);
    put_legs(json, names, list);
}

void list_put_end(struct json_writer *json)
{
    json_object_end(json);
}

void list_put_status(struct json_writer *json, const struct call_names *names,
                     const struct list_shown *list, bool microseconds)
{
    list_put_begin(json, names, list, microseconds);
    list_put_end(json);
}

void list_put_amended(struct json_writer *json, const struct call_names *names,
                      const struct list_shown *list)
{
    json_object_begin(json);
    put_list_id(json, list->list_id);
    call_text(json, "contingencyType", list_contingency_name((enum list_kind)list->list_kind));
    call_text(json, "listOrderStatus", list->is_open ? "EXECUTING" : "ALL_DONE");
    call_client(json, "listClientOrderId", &list->client);
    put_legs(json, names, list);
    json_object_end(json);
}
