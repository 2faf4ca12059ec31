/* Cancel, cancel all, cancel a list, amend in the naive model (docs/semantics.md section 12). */
#include "sim/model_state.h"

/* ---- cancel ---- */

static enum reject check_cancel_access(const struct model *model, u32 account, u16 market)
{
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (model_restriction(model, account, OPERATION_CANCEL) != RESTRICTION_ALLOW) {
        return REJECT_CANCEL_DISABLED;
    }
    bool is_break = model->markets[market].state == MARKET_STATE_BREAK;
    return is_break ? REJECT_CANCEL_MARKET_CLOSED : REJECT_NONE;
}

/* An open order by id, or else by client id. */
static struct model_order *find(struct model *model, u32 account, u16 market, u64 order_id,
                                const struct client_id *client)
{
    if (order_id == 0) {
        return model_order_by_client(model, account, market, client);
    }
    struct model_order *order = model_order_find(model, order_id);
    bool is_right =
        order != NULL && order->is_open && order->account == account && order->market == market;
    return is_right ? order : NULL;
}

enum reject model_cancel_one(struct model *model, u32 account, u16 market, u64 order_id,
                             const struct client_id *client, u8 restriction)
{
    if (order_id == 0 && client->length == 0) {
        return REJECT_CANCEL_NO_ID;
    }
    struct model_order *order = find(model, account, market, order_id, client);
    if (order == NULL) {
        return REJECT_UNKNOWN_ORDER;
    }
    if (client->length > 0 && !client_id_equal(client, &order->client)) {
        return REJECT_CLIENT_ID_MISMATCH;
    }
    bool is_new = order->executed == 0;
    if ((restriction == CANCEL_RESTRICTION_ONLY_NEW && !is_new) ||
        (restriction == CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED && is_new)) {
        return REJECT_CANCEL_RESTRICTION;
    }
    model->is_answer = true;
    model_order_cancel(model, order, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE);
    model->is_answer = false;
    return REJECT_NONE;
}

enum reject model_cancel(struct model *model, const struct command_cancel *command)
{
    enum reject reject = check_cancel_access(model, command->head.account, command->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->restriction > CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED) {
        return REJECT_BAD_ENUM;
    }
    return model_cancel_one(model, command->head.account, command->market, command->order_id,
                            &command->client, command->restriction);
}

/* Ends all open orders of an account in a market, newest first. Returns how many it met. */
static u32 cancel_market(struct model *model, u32 account, u16 market, enum done_status status,
                         enum expiry_reason reason)
{
    u32 met = 0;
    for (u32 i = model->orders_count; i > 0; i--) {
        struct model_order *order = model->orders[i - 1];
        if (order->is_open && order->account == account && order->market == market) {
            model_order_cancel(model, order, status, reason);
            met += 1;
        }
    }
    return met;
}

enum reject model_cancel_all(struct model *model, const struct command_cancel_all *command)
{
    enum reject reject = check_cancel_access(model, command->head.account, command->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    model->is_answer = true;
    u32 met = cancel_market(model, command->head.account, command->market, DONE_STATUS_CANCELED,
                            EXPIRY_REASON_NONE);
    model->is_answer = false;
    return met > 0 ? REJECT_NONE : REJECT_UNKNOWN_ORDER;
}

void model_expire_market(struct model *model, u32 account, u16 market)
{
    (void)cancel_market(model, account, market, DONE_STATUS_EXPIRED,
                        EXPIRY_REASON_EXCHANGE_CANCELED);
}

void model_expire_all(struct model *model, u32 account)
{
    for (u32 market = 0; market < model->markets_count; market++) {
        model_expire_market(model, account, (u16)market);
    }
}

/* An open list by id, or the oldest with this client id; both given must agree. */
static struct model_list *find_list(struct model *model, const struct command_cancel_list *command)
{
    for (u32 i = 0; i < model->lists_count; i++) { /* by rising id */
        struct model_list *list = model->lists[i];
        bool is_right =
            list->is_open && list->account == command->head.account &&
            list->market == command->market &&
            (command->list_id == 0 || list->list_id == command->list_id) &&
            (command->client.length == 0 || client_id_equal(&list->client, &command->client));
        if (is_right) {
            return list;
        }
    }
    return NULL;
}

enum reject model_cancel_list(struct model *model, const struct command_cancel_list *command)
{
    enum reject reject = check_cancel_access(model, command->head.account, command->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->list_id == 0 && command->client.length == 0) {
        return REJECT_CANCEL_NO_ID;
    }
    struct model_list *list = find_list(model, command);
    if (list == NULL) {
        return REJECT_UNKNOWN_ORDER;
    }
    struct model_order *leg = NULL;
    for (u32 i = 0; i < list->legs_count && (leg == NULL || !leg->is_open); i++) {
        leg = model_order_find(model, list->legs[i]);
    }
    model->is_answer = true;
    model_order_cancel(model, leg, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE);
    model->is_answer = false;
    return REJECT_NONE;
}

/* ---- amend ---- */

/* Access and the order meant. */
static enum reject check_amend_access(struct model *model, const struct command_amend *command,
                                      struct model_order **order_out)
{
    u32 account = command->head.account;
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (command->market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (model_restriction(model, account, OPERATION_TRADE) != RESTRICTION_ALLOW ||
        model_restriction(model, account, OPERATION_PLACE) != RESTRICTION_ALLOW) {
        return REJECT_AMEND_DISABLED;
    }
    const struct model_market *market = &model->markets[command->market];
    if (market->state != MARKET_STATE_TRADING) {
        return REJECT_AMEND_MARKET_CLOSED;
    }
    if ((market->rules.features & MARKET_FEATURE_AMEND) == 0) {
        return REJECT_AMEND_UNSUPPORTED;
    }
    if (command->new_client.length > CLIENT_ID_SYMBOLS_MAX) {
        return REJECT_BAD_CLIENT_ID;
    }
    if (command->order_id == 0 && command->client.length == 0) {
        return REJECT_AMEND_UNKNOWN_ORDER;
    }
    *order_out = find(model, account, command->market, command->order_id, &command->client);
    if (*order_out == NULL) {
        return REJECT_AMEND_UNKNOWN_ORDER;
    }
    bool is_mismatch =
        command->client.length > 0 && !client_id_equal(&command->client, &(*order_out)->client);
    return is_mismatch ? REJECT_CLIENT_ID_MISMATCH : REJECT_NONE;
}

/* The other leg of a pair, waiting or still pending; NULL: the order is amended alone. */
static struct model_order *twin_of(struct model *model, const struct model_order *order)
{
    const struct model_list *list = model_list_find(model, order->list_id);
    bool is_alone = list == NULL || list->kind == LIST_KIND_OTO ||
                    (list->kind == LIST_KIND_OTOCO && list->legs[0] == order->order_id);
    return is_alone ? NULL : model_sibling(model, list, order);
}

static enum reject check_new_qty(const struct model *model, const struct model_order *order,
                                 u64 qty)
{
    const struct model_market *market = &model->markets[order->market];
    u64 used = order->qty - order->remaining; /* executed and prevented */
    if (!model_lot_size_ok(market, qty) || qty <= used) {
        return REJECT_FILTER_LOT_SIZE;
    }
    const struct model_request request = {.type = order->type, .price = order->price, .qty = qty};
    return model_type_is_limit(order->type) ? model_check_notional(model, market, &request)
                                            : REJECT_NONE;
}

static enum reject check_amend(struct model *model, const struct command_amend *command,
                               const struct model_order *order, const struct model_order *twin)
{
    u64 qty = model_units(command->qty);
    u32 amends_max = model->markets[order->market].rules.amends_max;
    if (order->state == ORDER_STATE_QUEUED || (twin != NULL && twin->state == ORDER_STATE_QUEUED)) {
        return REJECT_AMEND_UNKNOWN_ORDER;
    }
    if (qty > order->qty) {
        return REJECT_AMEND_INCREASE;
    }
    if (qty == order->qty) {
        return REJECT_AMEND_NO_CHANGE;
    }
    if (amends_max > 0 && order->amends >= amends_max) {
        return REJECT_FILTER_MAX_NUM_ORDER_AMENDS;
    }
    enum reject reject = check_new_qty(model, order, qty);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->new_client.length > 0) {
        const struct model_order *user =
            model_order_by_client(model, order->account, order->market, &command->new_client);
        if (user != NULL && user != order) {
            return REJECT_AMEND_DUPLICATE;
        }
    }
    return twin == NULL ? REJECT_NONE : check_new_qty(model, twin, qty);
}

/* The new quantity takes hold; true: the visible quantity in the book changed. */
static bool shrink(struct model_order *order, u64 qty)
{
    u64 visible = order->visible;
    order->remaining -= order->qty - qty;
    order->qty = qty;
    order->iceberg_qty = u64_min(order->iceberg_qty, qty);
    order->visible = u64_min(order->visible, order->remaining);
    order->amends += 1;
    return order->is_resting && order->visible != visible;
}

static void emit_amended(struct model *model, struct model_order *order, bool is_visible_changed,
                         u64 released)
{
    struct model_market *market = &model->markets[order->market];
    struct event_order_amended event = {.source_index = model->command->source_index,
                                        .order_id = order->order_id,
                                        .qty = amount_of(order->qty),
                                        .released = amount_of(released),
                                        .entry = model->next_entry,
                                        .client = order->client,
                                        .market = order->market};
    if (is_visible_changed) {
        market->update_id += 1;
        event.update_id = market->update_id;
    }
    u16 asset = order->side == SIDE_BUY ? market->rules.quote : market->rules.base;
    struct model_row *row = model_row(model, order->account, asset);
    model_move(model, &row->locked, &row->free, released);
    model_emit(model, &event.head, EVENT_ORDER_AMENDED, order->account, sizeof event);
}

enum reject model_amend(struct model *model, const struct command_amend *command)
{
    struct model_order *order = NULL;
    enum reject reject = check_amend_access(model, command, &order);
    if (reject != REJECT_NONE) {
        return reject;
    }
    struct model_order *twin = twin_of(model, order);
    reject = check_amend(model, command, order, twin);
    if (reject != REJECT_NONE) {
        return reject;
    }
    u64 qty = model_units(command->qty);
    bool is_changed = shrink(order, qty);
    if (command->new_client.length > 0) {
        order->client = command->new_client;
    }
    u64 released = 0;
    if (order->lock > 0) {
        released = order->lock - model_need_of(model, order);
        order->lock -= released;
    }
    emit_amended(model, order, is_changed, released);
    if (twin == NULL) {
        return REJECT_NONE;
    }
    is_changed = shrink(twin, qty);
    released = 0;
    struct model_list *pair = model_pair_of(model, order);
    if (pair != NULL) {
        u64 need = u64_max(model_need_of(model, order), model_need_of(model, twin));
        released = pair->pair_lock - need;
        pair->pair_lock = need;
    }
    emit_amended(model, twin, is_changed, released);
    return REJECT_NONE;
}
