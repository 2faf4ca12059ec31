/* Triggers in the naive model: which waiting orders the last price queues, and running them
 * (docs/semantics.md section 9). */
#include "sim/model_state.h"

void model_evaluate(struct model *model, u16 market)
{
    u64 last = model->markets[market].last_ticks;
    if (last == 0) {
        return;
    }
    for (u32 i = 0; i < model->orders_count; i++) {
        struct model_order *order = model->orders[i];
        if (!order->is_open || order->market != market) {
            continue;
        }
        if (order->state == ORDER_STATE_ARMED) {
            bool is_above = model_waits_above(order->type, order->side);
            bool is_reached = is_above ? last >= order->stop_ticks : last <= order->stop_ticks;
            if (is_reached && order->trailing_delta > 0) {
                order->state = ORDER_STATE_TRACKING;
                order->extreme_ticks = last;
            } else if (is_reached) {
                order->state = ORDER_STATE_QUEUED;
            }
        } else if (order->state == ORDER_STATE_TRACKING && order->extreme_ticks == 0) {
            order->extreme_ticks = last;
        } else if (order->state == ORDER_STATE_TRACKING) {
            bool is_sell = order->side == SIDE_SELL;
            u64 extreme = order->extreme_ticks;
            extreme = is_sell ? u64_max(extreme, last) : u64_min(extreme, last);
            order->extreme_ticks = extreme;
            u128 moved = (u128)last * 10000;
            u128 line = is_sell ? (u128)extreme * (10000 - order->trailing_delta)
                                : (u128)extreme * (10000 + order->trailing_delta);
            if (is_sell ? moved <= line : moved >= line) {
                order->state = ORDER_STATE_QUEUED;
            }
        }
    }
}

/* ---- a triggered stop ---- */

static void run_stop(struct model *model, struct model_order *order)
{
    const struct model_market *market = &model->markets[order->market];
    struct model_list *pair = model_pair_of(model, order);
    if (pair != NULL) {
        u64 surplus = model_pair_take(model, pair, order);
        model_pair_finish(model, pair, order, surplus);
    }
    u64 locked = 0;
    if (model_type_is_market_like(order->type) && order->side == SIDE_BUY) {
        const struct model_wish wish = {.account = order->account,
                                        .market = order->market,
                                        .side = order->side,
                                        .stp = order->stp,
                                        .qty = order->remaining};
        u128 cost = model_walk(model, &wish).cost;
        u128 free = (u128)model_row(model, order->account, market->rules.quote)->free;
        u128 budget = order->lock + free;
        u128 spend = cost < budget ? cost : budget;
        locked = spend > order->lock ? (u64)(spend - order->lock) : 0;
    }
    model_emit_triggered(model, order, locked);
    order->lock += locked;
    model_act(model, order);
}

/* ---- pending legs ---- */

static struct model_request request_of(const struct model_order *order)
{
    return (struct model_request){.price = order->price,
                                  .qty = order->qty,
                                  .stop_price = order->stop_price,
                                  .iceberg_qty = order->iceberg_qty,
                                  .trailing_delta = order->trailing_delta,
                                  .side = order->side,
                                  .type = order->type,
                                  .tif = order->tif,
                                  .stp = order->stp};
}

/* Whether a pending leg can start; says what it locks. */
static bool may_start(const struct model *model, struct model_order *leg, u64 *lock_out)
{
    const struct model_request request = request_of(leg);
    bool is_allowed =
        model_restriction(model, leg->account, OPERATION_TRADE) == RESTRICTION_ALLOW &&
        model_restriction(model, leg->account, OPERATION_PLACE) == RESTRICTION_ALLOW &&
        !model_asset_closed(model, leg->market);
    bool would_match = leg->type == ORDER_TYPE_LIMIT_MAKER &&
                       model_crosses(model, leg->market, leg->side, leg->ticks);
    return model_lock_of(model, leg->account, leg->market, &request, lock_out, &leg->basis_ticks) &&
           is_allowed && !would_match &&
           !model_lacks_last_price(&model->markets[leg->market], &request);
}

/* A started leg acts: it waits for its trigger or meets the book. */
static void start(struct model *model, struct model_order *leg)
{
    if (model_type_is_stop(leg->type)) {
        model_stop_wait(model, leg);
    } else {
        model_act(model, leg);
    }
}

static void run_single(struct model *model, struct model_list *list, struct model_order *leg)
{
    u64 lock = 0;
    if (!may_start(model, leg, &lock)) {
        model_emit_done(model, leg, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
    } else {
        model_emit_triggered(model, leg, lock);
        leg->lock = lock;
        leg->list_id = 0;
        start(model, leg);
    }
    model_emit_list_done(model, list);
}

static void run_pair(struct model *model, struct model_list *list)
{
    struct model_order *first = model_order_find(model, list->legs[1]);
    struct model_order *second = model_order_find(model, list->legs[2]);
    u64 first_lock = 0;
    u64 second_lock = 0;
    bool is_first_ok = may_start(model, first, &first_lock);
    bool is_second_ok = may_start(model, second, &second_lock);
    if (!is_first_ok || !is_second_ok) {
        model_emit_done(model, first, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
        model_emit_done(model, second, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
        model_emit_list_done(model, list);
        return;
    }
    list->pair_lock = u64_max(first_lock, second_lock);
    list->is_pair_waiting = true;
    model_emit_triggered(model, first, list->pair_lock);
    start(model, first);
    model_emit_triggered(model, second, 0);
    start(model, second);
}

/* ---- steps ---- */

static struct model_order *next_queued(const struct model *model)
{
    for (u32 i = 0; i < model->orders_count; i++) { /* by rising id */
        struct model_order *order = model->orders[i];
        if (order->is_open && order->state == ORDER_STATE_QUEUED &&
            model->markets[order->market].state == MARKET_STATE_TRADING) {
            return order;
        }
    }
    return NULL;
}

static void step(struct model *model, struct model_order *order)
{
    u16 market = order->market;
    struct model_list *list = model_list_find(model, order->list_id);
    bool is_pending = list != NULL && !list->is_pair_waiting;
    if (!is_pending) {
        run_stop(model, order);
    } else if (list->kind == LIST_KIND_OTO) {
        run_single(model, list, order);
    } else {
        run_pair(model, list);
    }
    model_evaluate(model, market);
}

void model_steps(struct model *model)
{
    while (model->steps_left > 0) {
        struct model_order *order = next_queued(model);
        if (order == NULL) {
            return;
        }
        model->steps_left -= 1;
        step(model, order);
    }
}
