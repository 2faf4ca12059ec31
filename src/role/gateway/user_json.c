#include "role/gateway/user_json.h"

#include "base/check.h"
#include "role/gateway/param.h"

#include <string.h>

static void put_head(struct json_writer *json, const char *name, u64 now_us, bool microseconds)
{
    json_object_begin(json);
    call_name(json, "e", name);
    call_time(json, "E", now_us, microseconds);
}

static void put_name(struct json_writer *json, const char *key, enum param_set set, u32 number)
{
    const char *name = param_set_name(set, number);
    CHECK(name != NULL);
    call_name(json, key, name);
}

/* An id, or -1 for none. */
static void put_id(struct json_writer *json, const char *key, u64 id)
{
    if (id == 0) {
        call_signed(json, key, -1);
    } else {
        call_number(json, key, id);
    }
}

/* ---- executionReport ---- */

static const char *kind_name(enum user_execution_kind kind)
{
    switch (kind) {
    case USER_EXECUTION_NEW:
        return "NEW";
    case USER_EXECUTION_CANCELED:
        return "CANCELED";
    case USER_EXECUTION_REPLACED:
        return "REPLACED";
    case USER_EXECUTION_REJECTED:
        return "REJECTED";
    case USER_EXECUTION_TRADE:
        return "TRADE";
    case USER_EXECUTION_EXPIRED:
        return "EXPIRED";
    case USER_EXECUTION_TRADE_PREVENTION:
        return "TRADE_PREVENTION";
    }
    CHECK(false);
}

static void put_terms(struct json_writer *json, const struct user_execution *execution)
{
    const struct order_shown *order = &execution->order;
    u32 base = execution->names.base_scale;
    call_text(json, "s", execution->names.market);
    call_client(json, "c", &order->client);
    put_name(json, "S", PARAM_SET_SIDE, order->side);
    put_name(json, "o", PARAM_SET_TYPE, order->type);
    put_name(json, "f", PARAM_SET_TIME_IN_FORCE, order->tif);
    call_amount(json, "q", order->qty, base);
    call_price(json, "p", order->price);
    call_price(json, "P", order->stop_price);
    if (order->trailing_delta > 0) {
        call_number(json, "d", order->trailing_delta);
    }
    call_amount(json, "F", order->iceberg_qty, base);
    put_id(json, "g", order->list_id);
    call_client(json, "C", &execution->client_original);
}

static void put_last(struct json_writer *json, const struct user_execution *execution)
{
    const struct call_names *names = &execution->names;
    const struct order_shown *order = &execution->order;
    bool is_rejected = execution->kind == USER_EXECUTION_REJECTED;
    call_text(json, "x", kind_name(execution->kind));
    call_text(json, "X",
              is_rejected ? "REJECTED" : order_status_name((enum view_status)order->status));
    call_text(json, "r", execution->reject);
    put_id(json, "i", order->order_id);
    call_amount(json, "l", execution->last_qty, names->base_scale);
    call_amount(json, "z", order->executed, names->base_scale);
    call_price(json, "L", execution->last_price);
    if (execution->trade_id > 0) {
        call_amount(json, "n", execution->fee,
                    execution->fee_in_base ? names->base_scale : names->quote_scale);
        call_text(json, "N", execution->fee_in_base ? names->base : names->quote);
    } else {
        call_text(json, "n", "0");
        json_key(json, "N");
        json_put_null(json);
    }
}

/* API user-data-stream.md "Conditional Fields in Execution Report": what self-trade prevention took
 * from the order. */
static void put_prevention(struct json_writer *json, const struct user_execution *execution)
{
    const struct call_names *names = &execution->names;
    const struct order_shown *order = &execution->order;
    if (amount_is_zero(order->prevented)) {
        return;
    }
    call_amount(json, "A", order->prevented, names->base_scale);
    if (execution->kind != USER_EXECUTION_TRADE_PREVENTION) {
        return;
    }
    call_amount(json, "B", execution->last_prevented, names->base_scale);
    if (order->group != ORDER_GROUP_NONE) {
        call_number(json, "u", order->group);
    }
    call_number(json, "U", execution->counter_order);
    call_text(json, "Cs", names->market);
    call_amount(json, "pl", execution->would_qty, names->base_scale);
    call_price(json, "pL", execution->would_price);
    call_amount(json, "pY", execution->would_quote, names->quote_scale);
}

static void put_trailing_time(struct json_writer *json, const struct order_shown *order,
                              bool microseconds)
{
    if (order->trailing_delta == 0) {
        return;
    }
    if (order->trailing_us == 0) {
        call_signed(json, "D", -1);
    } else {
        call_time(json, "D", order->trailing_us, microseconds);
    }
}

static void put_rest(struct json_writer *json, const struct user_execution *execution,
                     bool microseconds)
{
    const struct call_names *names = &execution->names;
    const struct order_shown *order = &execution->order;
    call_bool(json, "w", execution->is_working);
    call_bool(json, "m", execution->is_maker);
    call_bool(json, "M", false);
    call_time(json, "O", order->time_us, microseconds);
    call_amount(json, "Z", order->quote_done, names->quote_scale);
    call_amount(json, "Y", execution->last_quote, names->quote_scale);
    call_amount(json, "Q", order->quote_qty, names->quote_scale);
    put_trailing_time(json, order, microseconds);
    if (order->strategy_id != 0) {
        call_signed(json, "j", order->strategy_id);
    }
    if (order->strategy_type != 0) {
        call_number(json, "J", order->strategy_type);
    }
    if (order->working_us > 0) {
        call_time(json, "W", order->working_us, microseconds);
    }
    put_name(json, "V", PARAM_SET_STP, order->stp);
    put_prevention(json, execution);
    const char *reason = order_expiry_name((enum expiry_reason)order->reason);
    if (reason != NULL) {
        call_text(json, "eR", reason);
    }
}

void user_put_execution(struct json_writer *json, const struct user_execution *execution,
                        bool microseconds)
{
    put_head(json, "executionReport", execution->now_us, microseconds);
    put_terms(json, execution);
    put_last(json, execution);
    call_time(json, "T", execution->time_us, microseconds);
    put_id(json, "t", execution->trade_id);
    if (!amount_is_zero(execution->order.prevented)) {
        call_number(json, "v", execution->order.match_id);
    }
    call_number(json, "I", execution->id);
    put_rest(json, execution, microseconds);
    json_object_end(json);
}

/* ---- the others ---- */

void user_put_list(struct json_writer *json, const struct call_names *names,
                   const struct list_shown *list, const char *status, const char *order_status,
                   u64 now_us, u64 time_us, bool microseconds)
{
    put_head(json, "listStatus", now_us, microseconds);
    call_text(json, "s", names->market);
    call_number(json, "g", list->list_id);
    call_text(json, "c", list_contingency_name((enum list_kind)list->list_kind));
    call_text(json, "l", status);
    call_text(json, "L", order_status);
    call_text(json, "r", "NONE");
    call_client(json, "C", &list->client);
    call_time(json, "T", time_us, microseconds);
    json_key(json, "O");
    json_array_begin(json);
    CHECK(list->legs_count <= ORDER_LEGS_MAX);
    for (u32 i = 0; i < list->legs_count; i += 1) {
        json_object_begin(json);
        call_text(json, "s", names->market);
        call_number(json, "i", list->legs[i]);
        call_client(json, "c", &list->clients[i]);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void user_put_position(struct json_writer *json, const struct view *view, u32 account, u64 seq,
                       u64 now_us, u64 time_us, bool microseconds)
{
    put_head(json, "outboundAccountPosition", now_us, microseconds);
    call_time(json, "u", time_us, microseconds);
    json_key(json, "B");
    json_array_begin(json);
    const struct view_balance *row = view_balance_newest(view, account);
    for (; row != NULL; row = view_balance_older(view, row)) {
        if (row->update_seq != seq) {
            continue;
        }
        char name[9];
        call_asset_name(view, row->asset, name);
        u32 scale = view_asset_of(view, row->asset)->scale;
        json_object_begin(json);
        call_text(json, "a", name);
        call_amount(json, "f", row->free, scale);
        call_amount(json, "l", row->locked, scale);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void user_put_balance(struct json_writer *json, const struct view *view, u16 asset,
                      struct amount amount, bool is_gain, u64 now_us, u64 time_us,
                      bool microseconds)
{
    char name[9];
    char text[AMOUNT_TEXT_BYTES + 1];
    call_asset_name(view, asset, name);
    text[0] = '-';
    (void)amount_print(amount, view_asset_of(view, asset)->scale, CALL_PLACES, text + 1);
    put_head(json, "balanceUpdate", now_us, microseconds);
    call_text(json, "a", name);
    call_text(json, "d", is_gain ? text + 1 : text);
    call_time(json, "T", time_us, microseconds);
    json_object_end(json);
}

void user_put_terminated(struct json_writer *json, u64 now_us, bool microseconds)
{
    put_head(json, "eventStreamTerminated", now_us, microseconds);
    json_object_end(json);
}
