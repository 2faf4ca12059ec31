/* Orders enter the naive model: plain ones and the new half of cancel_replace (docs/semantics.md
 * sections 5 and 12). */
#include "sim/model_state.h"

bool model_lacks_last_price(const struct model_market *market, const struct model_request *request)
{
    bool is_market_stop =
        request->type == ORDER_TYPE_STOP_LOSS || request->type == ORDER_TYPE_TAKE_PROFIT;
    return is_market_stop && request->side == SIDE_BUY && request->stop_price == 0 &&
           market->last_ticks == 0;
}

static struct model_wish wish_of(u32 account, u16 market, const struct model_request *request)
{
    return (struct model_wish){.account = account,
                               .market = market,
                               .side = request->side,
                               .stp = request->stp,
                               .by_quote = request->quote_qty > 0,
                               .qty = request->qty,
                               .quote = request->quote_qty};
}

bool model_lock_of(const struct model *model, u32 account, u16 market_number,
                   const struct model_request *request, u64 *lock_out, u64 *basis_out)
{
    const struct model_market *market = &model->markets[market_number];
    const struct model_wish wish = wish_of(account, market_number, request);
    bool is_buy = request->side == SIDE_BUY;
    u128 lock = 0;
    *basis_out = 0;
    if (request->quote_qty > 0) {
        const struct model_walk walk = model_walk(model, &wish);
        lock = is_buy ? request->quote_qty : walk.found + walk.transferred;
    } else if (!is_buy) {
        lock = request->qty;
    } else if (model_type_is_limit(request->type)) {
        lock = model_value(market, request->price / market->tick, request->qty);
    } else if (request->type == ORDER_TYPE_MARKET) {
        lock = model_walk(model, &wish).cost;
    } else {
        bool has_stop = request->stop_price > 0;
        *basis_out = has_stop ? request->stop_price / market->tick : market->last_ticks;
        lock = model_value(market, *basis_out, request->qty);
    }
    u16 asset = is_buy ? market->rules.quote : market->rules.base;
    *lock_out = (u64)lock;
    return lock <= (u128)model->accounts[account].rows[asset].free;
}

/* Step 8: whether the book gives a market order by quote what the filters want. */
static enum reject check_quote_walk(const struct model *model, u32 account, u16 market,
                                    const struct model_request *request)
{
    const struct command_market_add *rules = &model->markets[market].rules;
    if (request->quote_qty == 0) {
        return REJECT_NONE;
    }
    if (model_best(model, market, request->side ^ 1U) == NULL) {
        return REJECT_NO_LIQUIDITY;
    }
    const struct model_wish wish = wish_of(account, market, request);
    const struct model_walk walk = model_walk(model, &wish);
    bool is_book_short = walk.stop == MODEL_STOP_BOOK;
    u64 high = model_units(rules->qty_max);
    u64 market_high = model_units(rules->market_qty_max);
    if (walk.found == 0 || walk.found < model_units(rules->qty_min)) {
        return is_book_short ? REJECT_LIQUIDITY_LOT_SIZE : REJECT_FILTER_LOT_SIZE;
    }
    if (high > 0 && walk.found > high) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (walk.found < model_units(rules->market_qty_min)) {
        return is_book_short ? REJECT_LIQUIDITY_MARKET_LOT_SIZE : REJECT_FILTER_MARKET_LOT_SIZE;
    }
    return market_high > 0 && walk.found > market_high ? REJECT_FILTER_MARKET_LOT_SIZE
                                                       : REJECT_NONE;
}

/* A stop type without trailing_delta whose condition holds already. */
static bool would_trigger(const struct model_market *market, const struct model_request *request)
{
    u64 last = market->last_ticks;
    u64 stop = request->stop_price / market->tick;
    if (!model_type_is_stop(request->type) || request->trailing_delta > 0 || last == 0) {
        return false;
    }
    return model_waits_above(request->type, request->side) ? last >= stop : last <= stop;
}

/* Steps 4 to 9. */
static enum reject check_admission(struct model *model, u32 account, u16 market_number,
                                   const struct model_request *request, u64 *lock_out,
                                   u64 *basis_out)
{
    const struct model_market *market = &model->markets[market_number];
    if (request->client.length > 0 &&
        model_order_by_client(model, account, market_number, &request->client) != NULL) {
        return REJECT_DUPLICATE_ORDER;
    }
    if (would_trigger(market, request)) {
        return REJECT_WOULD_TRIGGER;
    }
    if (request->type == ORDER_TYPE_LIMIT_MAKER &&
        model_crosses(model, market_number, request->side, request->price / market->tick)) {
        return REJECT_WOULD_MATCH;
    }
    if (model_lacks_last_price(market, request)) {
        return REJECT_NO_LAST_PRICE;
    }
    bool is_waiting = model_type_is_stop(request->type);
    enum reject reject =
        model_check_limits(model, account, market_number, request, &is_waiting, 1, false);
    if (reject != REJECT_NONE) {
        return reject;
    }
    reject = check_quote_walk(model, account, market_number, request);
    if (reject != REJECT_NONE) {
        return reject;
    }
    return model_lock_of(model, account, market_number, request, lock_out, basis_out)
               ? REJECT_NONE
               : REJECT_INSUFFICIENT_BALANCE;
}

void model_stop_wait(const struct model *model, struct model_order *order)
{
    u64 last = model->markets[order->market].last_ticks;
    bool is_reached = order->stop_ticks == 0;
    if (order->stop_ticks > 0 && last > 0) {
        is_reached = model_waits_above(order->type, order->side) ? last >= order->stop_ticks
                                                                 : last <= order->stop_ticks;
    }
    order->state = ORDER_STATE_ARMED;
    if (order->trailing_delta > 0 && is_reached) {
        order->state = ORDER_STATE_TRACKING;
        order->extreme_ticks = last;
    }
}

/* ---- acceptance ---- */

static struct model_order *order_open(struct model *model, u32 account, u16 market_number,
                                      const struct model_request *request, u64 list_id)
{
    const struct model_market *market = &model->markets[market_number];
    model->orders =
        model_grow(model->orders, model->orders_count, &model->orders_room, sizeof *model->orders);
    struct model_order *order = model_zeroed(1, sizeof *order);
    model->orders[model->orders_count++] = order;
    model->order_id += 1;
    *order = (struct model_order){
        .is_open = true,
        .order_id = model->order_id,
        .placed_seq = model->seq,
        .account = account,
        .market = market_number,
        .side = request->side,
        .type = request->type,
        .tif = request->tif,
        .stp = request->stp,
        .uses_extra = model_uses_extra(request, list_id > 0),
        .client = request->client,
        .price = request->price,
        .stop_price = request->stop_price,
        .ticks = request->price / market->tick,
        .stop_ticks = request->stop_price / market->tick,
        .qty = request->qty,
        .remaining = request->qty,
        .quote_left = request->quote_qty,
        .by_quote = request->quote_qty > 0,
        .iceberg_qty = request->iceberg_qty,
        .trailing_delta = request->trailing_delta,
        .list_id = list_id,
    };
    return order;
}

static void emit_new(struct model *model, const struct model_order *order, u64 locked, u64 entry)
{
    struct event_order_new event = {.source_index = model->command->source_index,
                                    .order_id = order->order_id,
                                    .price = price_of(order->price),
                                    .qty = amount_of(order->qty),
                                    .locked = amount_of(locked),
                                    .entry = entry,
                                    .market = order->market,
                                    .side = order->side,
                                    .type = order->type,
                                    .tif = order->tif,
                                    .stp = order->stp,
                                    .state = order->state,
                                    .list_id = order->list_id,
                                    .client = order->client};
    if (order->is_resting) {
        struct model_market *market = &model->markets[order->market];
        market->update_id += 1;
        event.update_id = market->update_id;
        event.flags = ORDER_NEW_FLAG_BOOKED;
    }
    size_t bytes = offsetof(struct event_order_new, client) + client_id_bytes(order->client.length);
    bytes = (bytes + WIRE_UNIT - 1) / WIRE_UNIT * WIRE_UNIT;
    model_emit(model, &event.head, EVENT_ORDER_NEW, order->account, bytes);
}

static void emit_detail(struct model *model, const struct model_order *order,
                        const struct model_request *request)
{
    struct event_order_detail event = {.order_id = order->order_id,
                                       .stop_price = price_of(request->stop_price),
                                       .iceberg_qty = amount_of(request->iceberg_qty),
                                       .quote_qty = amount_of(request->quote_qty),
                                       .strategy_id = request->strategy_id,
                                       .strategy_type = request->strategy_type,
                                       .trailing_delta = request->trailing_delta};
    model_emit(model, &event.head, EVENT_ORDER_DETAIL, order->account, sizeof event);
}

struct model_order *model_accept(struct model *model, u32 account, u16 market_number,
                                 const struct model_request *request, u64 lock, u64 basis,
                                 u64 list_id, bool is_pending)
{
    const struct command_market_add *rules = &model->markets[market_number].rules;
    struct model_order *order = order_open(model, account, market_number, request, list_id);
    model_rows_open(model, account, rules->base, rules->quote);
    model->accounts[account].positions[market_number] = true;
    order->lock = lock;
    order->basis_ticks = basis;
    if (is_pending) {
        order->state = ORDER_STATE_PENDING_NEW;
    } else if (model_type_is_stop(order->type)) {
        model_stop_wait(model, order);
    } else {
        order->state = ORDER_STATE_WORKING;
        bool may_rest = model_type_is_limit(order->type) && order->tif == TIME_IN_FORCE_GTC;
        if (may_rest && !model_crosses(model, market_number, order->side, order->ticks)) {
            model_rest(model, order);
        }
    }
    u64 entry = model->next_entry;
    u16 asset = order->side == SIDE_BUY ? rules->quote : rules->base;
    struct model_row *row = model_row(model, account, asset);
    model_move(model, &row->free, &row->locked, lock);
    emit_new(model, order, lock, entry);
    if (order->uses_extra) {
        emit_detail(model, order, request);
    }
    model->is_evaluate_due = true;
    model->evaluate_market = market_number;
    return order;
}

static void place_accepted(struct model *model, u32 account, u16 market,
                           const struct model_request *request, u64 lock, u64 basis)
{
    struct model_order *order =
        model_accept(model, account, market, request, lock, basis, 0, false);
    if (order->state == ORDER_STATE_WORKING && !order->is_resting) {
        model_act(model, order);
    }
}

/* ---- commands ---- */

static struct model_request request_of(const struct command_order *record)
{
    /* A record that ended early, or does not claim its late fields, has none. */
    struct command_order command = {.price = price_of(0)};
    size_t bytes = (size_t)record->head.units * WIRE_UNIT; /* raw: the record's length */
    memcpy(&command, record, bytes < sizeof command ? bytes : sizeof command);
    struct model_request request = {.price = model_price(command.price),
                                    .qty = model_units(command.qty),
                                    .side = command.side,
                                    .type = command.type,
                                    .tif = command.tif,
                                    .stp = command.stp,
                                    .client = command.client};
    if (command.flags & ORDER_FLAG_DETAIL) {
        request.stop_price = model_price(command.stop_price);
        request.iceberg_qty = model_units(command.iceberg_qty);
        request.quote_qty = model_units(command.quote_qty);
        request.trailing_delta = command.trailing_delta;
        request.strategy_id = command.strategy_id;
        request.strategy_type = command.strategy_type;
    }
    return request;
}

enum reject model_place(struct model *model, const struct command_order *command)
{
    u32 account = command->head.account;
    u16 market = command->market;
    u64 lock = 0;
    u64 basis = 0;
    struct model_request request = request_of(command);
    enum reject reject = model_check_access(model, account, market);
    if (reject == REJECT_NONE) {
        reject = model_check_shape(&model->markets[market], &request);
    }
    if (reject == REJECT_NONE) {
        reject = model_check_filters(model, market, &request);
    }
    if (reject == REJECT_NONE) {
        reject = model_check_counts(model, account, market, &request, 1, false);
    }
    if (reject == REJECT_NONE) {
        reject = check_admission(model, account, market, &request, &lock, &basis);
    }
    if (order_is_test(command->flags)) {
        bool is_passed = reject == REJECT_NONE || reject == REJECT_INSUFFICIENT_BALANCE;
        model_emit_rejected(model, is_passed ? REJECT_NONE : reject, REJECT_PHASE_WHOLE, 0);
        return REJECT_NONE;
    }
    if (reject == REJECT_NONE) {
        place_accepted(model, account, market, &request, lock, basis);
    }
    return reject;
}

static struct model_request request_of_replace(const struct command_cancel_replace *command)
{
    return (struct model_request){.price = model_price(command->price),
                                  .qty = model_units(command->qty),
                                  .stop_price = model_price(command->stop_price),
                                  .iceberg_qty = model_units(command->iceberg_qty),
                                  .quote_qty = model_units(command->quote_qty),
                                  .strategy_id = command->strategy_id,
                                  .strategy_type = command->strategy_type,
                                  .trailing_delta = command->trailing_delta,
                                  .side = command->side,
                                  .type = command->type,
                                  .tif = command->tif,
                                  .stp = command->stp,
                                  .client = command->client};
}

/* What is refused as a whole, before the cancel half. */
static enum reject check_replace(const struct model *model,
                                 const struct command_cancel_replace *command,
                                 struct model_request *request)
{
    u32 account = command->head.account;
    enum reject reject = model_check_access(model, account, command->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    const struct model_market *market = &model->markets[command->market];
    if (command->mode > REPLACE_MODE_ALLOW_FAILURE ||
        command->restriction > CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED) {
        return REJECT_BAD_ENUM;
    }
    if ((market->rules.features & MARKET_FEATURE_CANCEL_REPLACE) == 0) {
        return REJECT_CANCEL_REPLACE_UNSUPPORTED;
    }
    reject = model_check_shape(market, request);
    if (reject == REJECT_NONE) {
        reject = model_check_filters(model, command->market, request);
    }
    if (reject == REJECT_NONE) {
        reject = model_check_counts(model, account, command->market, request, 1, false);
    }
    if (reject == REJECT_NONE &&
        model_restriction(model, account, OPERATION_CANCEL) != RESTRICTION_ALLOW) {
        reject = REJECT_CANCEL_DISABLED;
    }
    return reject;
}

enum reject model_cancel_replace(struct model *model, const struct command_cancel_replace *command)
{
    u32 account = command->head.account;
    struct model_request request = request_of_replace(command);
    enum reject reject = check_replace(model, command, &request);
    if (reject != REJECT_NONE) {
        return reject;
    }
    reject = model_cancel_one(model, account, command->market, command->target_id,
                              &command->target_client, command->restriction);
    if (reject != REJECT_NONE) {
        model_emit_rejected(model, reject, REJECT_PHASE_CANCEL, command->target_id);
        if (command->mode == REPLACE_MODE_STOP_ON_FAILURE) {
            return REJECT_NONE;
        }
    }
    u64 lock = 0;
    u64 basis = 0;
    reject = check_admission(model, account, command->market, &request, &lock, &basis);
    if (reject != REJECT_NONE) {
        model_emit_rejected(model, reject, REJECT_PHASE_NEW, 0);
        return REJECT_NONE;
    }
    place_accepted(model, account, command->market, &request, lock, basis);
    return REJECT_NONE;
}
