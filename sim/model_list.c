/* Order lists in the naive model: OCO pairs with one lock, OTO and OTOCO with pending legs
 * (docs/semantics.md section 8). */
#include "sim/model_state.h"

/* ---- life of a list ---- */

struct model_list *model_pair_of(struct model *model, const struct model_order *order)
{
    struct model_list *list = model_list_find(model, order->list_id);
    bool is_working_leg =
        list != NULL && list->kind != LIST_KIND_OCO && list->legs[0] == order->order_id;
    return list != NULL && list->is_pair_waiting && !is_working_leg ? list : NULL;
}

struct model_order *model_sibling(struct model *model, const struct model_list *pair,
                                  const struct model_order *order)
{
    u32 first = pair->legs_count - MODEL_PAIR_LEGS;
    u64 sibling = pair->legs[first] == order->order_id ? pair->legs[first + 1] : pair->legs[first];
    return model_order_find(model, sibling);
}

u64 model_need_of(const struct model *model, const struct model_order *order)
{
    if (order->side == SIDE_SELL) {
        return order->remaining;
    }
    u64 ticks = model_type_is_limit(order->type) ? order->ticks : order->basis_ticks;
    return (u64)model_value(&model->markets[order->market], ticks, order->remaining);
}

u64 model_pair_take(struct model *model, struct model_list *pair, struct model_order *survivor)
{
    u64 need = model_need_of(model, survivor);
    CHECK(pair->is_pair_waiting && survivor->lock == 0 && need <= pair->pair_lock);
    survivor->lock = need;
    u64 surplus = pair->pair_lock - need;
    pair->pair_lock = 0;
    pair->is_pair_waiting = false;
    return surplus;
}

void model_pair_finish(struct model *model, struct model_list *pair, struct model_order *survivor,
                       u64 released)
{
    struct model_order *other = model_sibling(model, pair, survivor);
    pair->pair_lock = 0;
    pair->is_pair_waiting = false;
    model_emit_done(model, other, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, released);
    model_emit_list_done(model, pair);
}

/* Ends the open legs of a list in id order. The lock of a waiting pair goes with its last leg. */
static void end_legs(struct model *model, struct model_list *list, enum done_status status,
                     enum expiry_reason reason)
{
    for (u32 i = 0; i < list->legs_count; i++) {
        struct model_order *leg = model_order_find(model, list->legs[i]);
        if (leg == NULL || !leg->is_open) {
            continue;
        }
        u64 released = leg->lock;
        if (list->is_pair_waiting && model_sibling(model, list, leg)->is_open == false) {
            released = list->pair_lock;
            list->pair_lock = 0;
        }
        model_emit_done(model, leg, status, reason, released);
    }
    list->is_pair_waiting = false;
    model_emit_list_done(model, list);
}

void model_order_cancel(struct model *model, struct model_order *order, enum done_status status,
                        enum expiry_reason reason)
{
    struct model_list *list = model_list_find(model, order->list_id);
    bool is_working_leg =
        list != NULL && list->kind != LIST_KIND_OCO && list->legs[0] == order->order_id;
    model_emit_done(model, order, status, reason, order->lock);
    if (list == NULL) {
        return;
    }
    if (is_working_leg && status != DONE_STATUS_CANCELED) {
        model_working_over(model, order, false);
        return;
    }
    end_legs(model, list, status, reason);
}

void model_working_over(struct model *model, struct model_order *order, bool is_filled)
{
    struct model_list *list = model_list_find(model, order->list_id);
    if (list == NULL || list->kind == LIST_KIND_OCO) {
        return;
    }
    CHECK(list->legs[0] == order->order_id && !order->is_open);
    if (!is_filled) {
        end_legs(model, list, DONE_STATUS_EXPIRED, EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED);
        return;
    }
    for (u32 i = 1; i < list->legs_count; i++) {
        model_order_find(model, list->legs[i])->state = ORDER_STATE_QUEUED;
    }
}

/* ---- the command ---- */

static struct model_request request_of(const struct wire_leg *leg)
{
    return (struct model_request){.price = model_price(leg->price),
                                  .qty = model_units(leg->qty),
                                  .stop_price = model_price(leg->stop_price),
                                  .iceberg_qty = model_units(leg->iceberg_qty),
                                  .strategy_id = leg->strategy_id,
                                  .strategy_type = leg->strategy_type,
                                  .trailing_delta = leg->trailing_delta,
                                  .side = leg->side,
                                  .type = leg->type,
                                  .tif = leg->tif,
                                  .stp = leg->stp,
                                  .client = leg->client};
}

static bool is_stop_loss(u8 type)
{
    return type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT;
}

static bool is_take_profit(u8 type)
{
    return type == ORDER_TYPE_TAKE_PROFIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

static bool fits_pair(u8 type)
{
    return type == ORDER_TYPE_LIMIT_MAKER || is_stop_loss(type) || is_take_profit(type);
}

static u64 key_price(const struct model_request *leg)
{
    return leg->type == ORDER_TYPE_LIMIT_MAKER ? leg->price : leg->stop_price;
}

/* The types of the two legs of a pair. */
static enum reject check_pair_types(const struct model_request *above,
                                    const struct model_request *below)
{
    bool is_buy = above->side == SIDE_BUY;
    if (!fits_pair(above->type) || !fits_pair(below->type)) {
        return REJECT_LIST_TYPE;
    }
    if (above->type == ORDER_TYPE_LIMIT_MAKER && below->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_BOTH_LIMIT;
    }
    if (is_buy && above->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_BUY_LIMIT_NOT_BELOW;
    }
    if (!is_buy && is_stop_loss(above->type)) {
        return REJECT_LIST_SELL_STOP_NOT_BELOW;
    }
    if (is_buy && is_take_profit(above->type)) {
        return REJECT_LIST_BUY_PROFIT_NOT_BELOW;
    }
    if (!is_buy && below->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_SELL_LIMIT_NOT_ABOVE;
    }
    if (is_buy && is_stop_loss(below->type)) {
        return REJECT_LIST_BUY_STOP_NOT_ABOVE;
    }
    if (!is_buy && is_take_profit(below->type)) {
        return REJECT_LIST_SELL_PROFIT_NOT_ABOVE;
    }
    return REJECT_NONE;
}

static enum reject check_pair(const struct model_market *market, const struct model_request *above,
                              const struct model_request *below, bool is_at_once)
{
    if (above->side != below->side || above->qty != below->qty) {
        return REJECT_BAD_COMBINATION;
    }
    enum reject reject = check_pair_types(above, below);
    if (reject != REJECT_NONE) {
        return reject;
    }
    u64 high = key_price(above);
    u64 low = key_price(below);
    u64 last = is_at_once ? market->last_ticks * market->tick : 0;
    bool is_wrong = (high > 0 && low > 0 && high <= low) ||
                    (last > 0 && high > 0 && high <= last) || (last > 0 && low > 0 && low >= last);
    return is_wrong ? REJECT_BAD_PRICE_RELATION : REJECT_NONE;
}

/* Everything before the filters. */
static enum reject check_form(const struct model *model, const struct command_order_list *command,
                              struct model_request *legs, u32 count)
{
    enum reject reject = model_check_access(model, command->head.account, command->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    const struct model_market *market = &model->markets[command->market];
    u8 kind = command->list_kind;
    if (kind < LIST_KIND_OCO || kind > LIST_KIND_OTOCO) {
        return REJECT_BAD_ENUM;
    }
    if (command->legs_count != (kind == LIST_KIND_OTOCO ? 3 : 2)) {
        return REJECT_BAD_COMBINATION;
    }
    if (kind != LIST_KIND_OTO && (market->rules.features & MARKET_FEATURE_OCO) == 0) {
        return REJECT_OCO_UNSUPPORTED;
    }
    if (kind != LIST_KIND_OCO && (market->rules.features & MARKET_FEATURE_OTO) == 0) {
        return REJECT_OTO_UNSUPPORTED;
    }
    if (command->list_client.length > CLIENT_ID_SYMBOLS_MAX) {
        return REJECT_BAD_CLIENT_ID;
    }
    for (u32 i = 0; i < count; i++) {
        reject = model_check_shape(market, &legs[i]);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    if (kind != LIST_KIND_OTO) {
        reject = check_pair(market, &legs[count - 2], &legs[count - 1], kind == LIST_KIND_OCO);
    }
    bool is_limit = legs[0].type == ORDER_TYPE_LIMIT || legs[0].type == ORDER_TYPE_LIMIT_MAKER;
    if (reject == REJECT_NONE && kind != LIST_KIND_OCO && !is_limit) {
        reject = REJECT_BAD_COMBINATION;
    }
    return reject;
}

static enum reject check_legs_filters(struct model *model, u32 account, u16 market,
                                      const struct model_request *legs, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        enum reject reject = model_check_filters(model, market, &legs[i]);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    enum reject reject = model_check_counts(model, account, market, legs, count, true);
    if (reject != REJECT_NONE) {
        return reject;
    }
    for (u32 i = 0; i < count; i++) {
        const struct client_id *client = &legs[i].client;
        if (client->length == 0) {
            continue;
        }
        bool is_used = model_order_by_client(model, account, market, client) != NULL;
        for (u32 j = 0; j < i; j++) {
            is_used = is_used || client_id_equal(client, &legs[j].client);
        }
        if (is_used) {
            return REJECT_DUPLICATE_ORDER;
        }
    }
    return REJECT_NONE;
}

/* The lock of the legs that act at once: of a pair the larger, of a working leg its own. */
struct locks {
    u64 lock;
    u64 basis[MODEL_LEGS_MAX];
};

static enum reject check_acting(struct model *model, const struct command_order_list *command,
                                const struct model_request *legs, u32 count,
                                struct locks *locks_out)
{
    u32 account = command->head.account;
    u16 market_number = command->market;
    const struct model_market *market = &model->markets[market_number];
    u32 acting = command->list_kind == LIST_KIND_OCO ? count : 1;
    bool is_waiting[MODEL_LEGS_MAX];
    for (u32 i = 0; i < count; i++) {
        is_waiting[i] = i >= acting || model_type_is_stop(legs[i].type);
    }
    for (u32 i = 0; i < acting; i++) {
        if (legs[i].type == ORDER_TYPE_LIMIT_MAKER &&
            model_crosses(model, market_number, legs[i].side, legs[i].price / market->tick)) {
            return REJECT_WOULD_MATCH;
        }
    }
    for (u32 i = 0; i < acting; i++) {
        if (model_lacks_last_price(market, &legs[i])) {
            return REJECT_NO_LAST_PRICE;
        }
    }
    enum reject reject =
        model_check_limits(model, account, market_number, legs, is_waiting, count, true);
    if (reject != REJECT_NONE) {
        return reject;
    }
    for (u32 i = 0; i < acting; i++) {
        u64 lock = 0;
        if (!model_lock_of(model, account, market_number, &legs[i], &lock, &locks_out->basis[i])) {
            return REJECT_INSUFFICIENT_BALANCE;
        }
        locks_out->lock = u64_max(locks_out->lock, lock);
    }
    return REJECT_NONE;
}

static struct model_list *list_open(struct model *model, const struct command_order_list *command)
{
    model->lists =
        model_grow(model->lists, model->lists_count, &model->lists_room, sizeof *model->lists);
    struct model_list *list = model_zeroed(1, sizeof *list);
    model->lists[model->lists_count++] = list;
    model->list_id += 1;
    *list = (struct model_list){.is_open = true,
                                .list_id = model->list_id,
                                .account = command->head.account,
                                .market = command->market,
                                .kind = command->list_kind,
                                .client = command->list_client,
                                .legs_count = command->legs_count};
    return list;
}

static void list_accept(struct model *model, const struct command_order_list *command,
                        const struct model_request *legs, const struct locks *locks)
{
    struct model_list *list = list_open(model, command);
    bool is_oco = list->kind == LIST_KIND_OCO;
    u64 locked = is_oco ? locks->lock : 0;
    const struct command_market_add *rules = &model->markets[list->market].rules;
    u16 asset = legs[0].side == SIDE_BUY ? rules->quote : rules->base;
    struct event_list_new event = {.list_id = list->list_id,
                                   .source_index = command->head.source_index,
                                   .locked = amount_of(locked),
                                   .entry = model->next_entry,
                                   .client = list->client,
                                   .market = list->market,
                                   .list_kind = list->kind,
                                   .legs_count = (u8)list->legs_count};
    model_rows_open(model, list->account, rules->base, rules->quote);
    struct model_row *row = model_row(model, list->account, asset);
    model_move(model, &row->free, &row->locked, locked);
    model_emit(model, &event.head, EVENT_LIST_NEW, list->account, sizeof event);
    list->is_pair_waiting = is_oco;
    list->pair_lock = locked;
    struct model_order *working = NULL;
    for (u32 i = 0; i < list->legs_count; i++) {
        bool is_working = !is_oco && i == 0;
        u64 lock = is_working ? locks->lock : 0;
        struct model_order *leg =
            model_accept(model, list->account, list->market, &legs[i], lock, locks->basis[i],
                         list->list_id, !is_oco && !is_working);
        list->legs[i] = leg->order_id;
        working = is_working ? leg : working;
    }
    if (working != NULL && !working->is_resting) {
        model_act(model, working);
    }
}

enum reject model_order_list(struct model *model, const struct command_order_list *command)
{
    struct model_request legs[MODEL_LEGS_MAX];
    for (u32 i = 0; i < MODEL_LEGS_MAX; i++) {
        legs[i] = request_of(&command->leg[i]);
    }
    u32 count = command->legs_count;
    struct locks locks = {.lock = 0};
    enum reject reject = check_form(model, command, legs, count);
    if (reject == REJECT_NONE) {
        reject = check_legs_filters(model, command->head.account, command->market, legs, count);
    }
    if (reject == REJECT_NONE) {
        reject = check_acting(model, command, legs, count, &locks);
    }
    if (reject == REJECT_NONE) {
        list_accept(model, command, legs, &locks);
    }
    return reject;
}
