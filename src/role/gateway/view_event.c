/* What each event means for orders, books and balances: docs/semantics.md sections 4 to 9. */
#include "role/gateway/view_state.h"

static bool is_stop(u8 type)
{
    return type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT ||
           type == ORDER_TYPE_TAKE_PROFIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

static const struct command_market_add *definition_of(const struct view *view, u16 market)
{
    return &view->markets[market].definition.definition;
}

/* The asset that an order of this side locks. */
static u16 lock_asset(const struct view *view, u16 market, u8 side)
{
    const struct command_market_add *definition = definition_of(view, market);
    return side == SIDE_BUY ? definition->quote : definition->base;
}

static bool release_for(struct view *view, const struct view_order *order, struct amount amount)
{
    return view_balance_release(view, order->account, lock_asset(view, order->market, order->side),
                                amount);
}

static void start_working(struct view *view, struct view_order *order)
{
    order->state = ORDER_STATE_WORKING;
    if (!order->is_working) {
        order->is_working = true;
        order->working_us = view->place.time_us;
    }
}

/* ---- on the book ---- */

/* Shows the slice, or all that is left, without a number. */
static bool show(struct view *view, struct view_order *order)
{
    struct amount left = view_order_left(order);
    bool is_sliced = !amount_is_zero(order->iceberg_qty) && amount_less(order->iceberg_qty, left);
    order->visible = is_sliced ? order->iceberg_qty : left;
    if (amount_is_zero(order->visible)) {
        return view_wrong(view, "nothing is left to show");
    }
    return view_book_add(view, order->market, order->side, order->price, order->visible);
}

static bool hide(struct view *view, struct view_order *order, struct amount qty)
{
    if (!view_lower(&order->visible, qty)) {
        return view_wrong(view, "more than the order shows");
    }
    return amount_is_zero(qty) ||
           view_book_take(view, order->market, order->side, order->price, qty);
}

static bool rest(struct view *view, struct view_order *order, u64 update_id)
{
    if (!amount_is_zero(order->visible)) {
        return view_wrong(view, "the order rests already");
    }
    return show(view, order) &&
           view_book_count(view, order->market, order->side, order->price, update_id);
}

/* ---- new orders ---- */

static bool leg_add(struct view *view, const struct event_order_new *event)
{
    struct view_list *list = view_list_find(view, event->list_id);
    if (list == NULL) {
        return false;
    }
    if (list->legs_seen == list->legs_count || list->account != event->head.account ||
        list->market != event->market) {
        return view_wrong(view, "a leg that is not the list's");
    }
    list->legs[list->legs_seen] = event->order_id;
    list->clients[list->legs_seen] = event->client;
    list->legs_seen++;
    /* Only now is it known which asset the pair's lock is of: both legs have one side. */
    struct amount lock = list->pending_lock;
    list->pending_lock = AMOUNT_ZERO;
    return view_balance_lock(view, list->account, lock_asset(view, event->market, event->side),
                             lock);
}

static bool on_order_new(struct view *view, const u8 *record, size_t size)
{
    struct event_order_new event;
    view_load(&event, sizeof event, record, size);
    if (event.market >= view->markets_count || event.head.account >= view->accounts_count ||
        event.side > SIDE_SELL || event.type >= ORDER_TYPE_COUNT ||
        event.tif >= TIME_IN_FORCE_COUNT || event.stp >= STP_MODE_COUNT ||
        event.state >= ORDER_STATE_COUNT || view_price_units(event.price) > INT64_MAX ||
        !client_id_valid(&event.client)) {
        return view_wrong(view, "market, account, terms or client id of an order");
    }
    const struct command_market_add *definition = definition_of(view, event.market);
    struct view_order *order =
        view_order_make(view, event.order_id, event.head.account, event.market, &event.client);
    if (order == NULL || view_balance_make(view, event.head.account, definition->base) == NULL ||
        view_balance_make(view, event.head.account, definition->quote) == NULL) {
        return false;
    }
    order->list_id = event.list_id;
    order->price = event.price;
    order->qty = event.qty;
    order->time_us = view->place.time_us;
    order->update_us = view->place.time_us;
    order->side = event.side;
    order->type = event.type;
    order->tif = event.tif;
    order->stp = event.stp;
    order->state = event.state;
    if (event.state == ORDER_STATE_TRACKING) {
        order->state = ORDER_STATE_ARMED;
        order->trailing_us = view->place.time_us;
    }
    if (event.state == ORDER_STATE_WORKING) {
        start_working(view, order);
    }
    if (event.list_id && !leg_add(view, &event)) {
        return false;
    }
    u16 asset = lock_asset(view, event.market, event.side);
    if (!view_balance_lock(view, order->account, asset, event.locked)) {
        return false;
    }
    return (event.flags & ORDER_NEW_FLAG_BOOKED) == 0 || rest(view, order, event.update_id);
}

static bool on_order_detail(struct view *view, const u8 *record, size_t size)
{
    struct event_order_detail event;
    view_load(&event, sizeof event, record, size);
    struct view_order *order = view_order_find(view, event.order_id);
    if (order == NULL) {
        return false;
    }
    order->stop_price = event.stop_price;
    order->iceberg_qty = event.iceberg_qty;
    order->quote_qty = event.quote_qty;
    order->strategy_id = event.strategy_id;
    order->strategy_type = event.strategy_type;
    order->trailing_delta = event.trailing_delta;
    /* One that was booked on arrival shows its slice only, under the same update id. */
    struct amount hidden = order->visible;
    if (amount_is_zero(event.iceberg_qty) || !view_lower(&hidden, event.iceberg_qty)) {
        return true;
    }
    return hide(view, order, hidden);
}

static bool on_order_booked(struct view *view, const u8 *record, size_t size)
{
    struct event_order_booked event;
    view_load(&event, sizeof event, record, size);
    struct view_order *order = view_order_find(view, event.order_id);
    if (order == NULL) {
        return false;
    }
    order->update_us = view->place.time_us;
    return rest(view, order, event.update_id);
}

/* ---- matching ---- */

/* The two orders of a match; false: they do not belong together. */
static bool pair_find(struct view *view, u64 maker_id, u64 taker_id, u16 market,
                      struct view_order **maker_out, struct view_order **taker_out)
{
    struct view_order *maker = view_order_find(view, maker_id);
    struct view_order *taker = view_order_find(view, taker_id);
    *maker_out = maker;
    *taker_out = taker;
    if (maker == NULL || taker == NULL) {
        return false;
    }
    if (maker->market != market || taker->market != market || maker->side == taker->side) {
        return view_wrong(view, "orders that cannot meet");
    }
    return true;
}

/* The maker shows `qty` less, and its next slice when this one is used up. */
static bool maker_shrink(struct view *view, struct view_order *maker, struct amount qty,
                         bool is_done, u64 update_id)
{
    if (!hide(view, maker, qty)) {
        return false;
    }
    if (!is_done && amount_is_zero(maker->visible) && !show(view, maker)) {
        return false;
    }
    return view_book_count(view, maker->market, maker->side, maker->price, update_id);
}

static bool trade_settle(struct view *view, const struct event_trade *event, u32 buyer, u32 seller)
{
    const struct command_market_add *definition = definition_of(view, event->market);
    bool taker_buys = event->taker_side == SIDE_BUY;
    struct amount buyer_fee = taker_buys ? event->taker_fee : event->maker_fee;
    struct amount seller_fee = taker_buys ? event->maker_fee : event->taker_fee;
    return view_balance_pay(view, buyer, seller, definition->quote, event->quote) &&
           view_balance_pay(view, seller, buyer, definition->base, event->qty) &&
           view_balance_spend(view, buyer, definition->base, buyer_fee) &&
           view_balance_spend(view, seller, definition->quote, seller_fee) &&
           view_balance_release(view, event->head.account, definition->quote, event->improvement);
}

static bool trade_publish(struct view *view, const struct event_trade *event)
{
    struct view_market *market = &view->markets[event->market];
    if (event->trade_id != market->definition.next_trade_id ||
        event->aggregate_id + 1 < market->definition.next_aggregate_id ||
        event->aggregate_id > market->definition.next_aggregate_id) {
        return view_wrong(view, "trade id");
    }
    struct view_trade trade = {.id = event->trade_id,
                               .time_us = view->place.time_us,
                               .price = event->price,
                               .qty = event->qty,
                               .quote = event->quote,
                               .taker_side = event->taker_side};
    view_market_count(view, market, &trade, event->aggregate_id);
    view_mean_add(market, view->place.time_us / VIEW_MINUTE_US, view_units(event->qty),
                  view_units(event->quote));
    market->definition.last = event->price;
    market->definition.next_trade_id = event->trade_id + 1;
    market->definition.next_aggregate_id = event->aggregate_id + 1;
    return true;
}

static bool order_fill(struct view *view, struct view_order *order, const struct event_trade *event)
{
    order->update_us = view->place.time_us;
    return (view_raise(&order->executed, event->qty) &&
            view_raise(&order->quote_done, event->quote)) ||
           view_wrong(view, "sum of fills");
}

static bool on_trade(struct view *view, const u8 *record, size_t size)
{
    struct event_trade event;
    view_load(&event, sizeof event, record, size);
    struct view_order *maker = NULL;
    struct view_order *taker = NULL;
    if (!pair_find(view, event.maker_order_id, event.taker_order_id, event.market, &maker,
                   &taker)) {
        return false;
    }
    if (!amount_is_zero(taker->visible) || taker->side != event.taker_side ||
        taker->account != event.head.account || maker->account != event.maker_account ||
        view_price_units(maker->price) != view_price_units(event.price)) {
        return view_wrong(view, "accounts, side or price of a trade");
    }
    bool maker_done = (event.flags & TRADE_FLAG_MAKER_DONE) != 0;
    u32 buyer = event.taker_side == SIDE_BUY ? taker->account : maker->account;
    u32 seller = event.taker_side == SIDE_BUY ? maker->account : taker->account;
    if (!order_fill(view, maker, &event) || !order_fill(view, taker, &event) ||
        !maker_shrink(view, maker, event.qty, maker_done, event.update_id) ||
        !trade_settle(view, &event, buyer, seller) || !trade_publish(view, &event)) {
        return false;
    }
    struct view_fill *fill = view_fill_make(view, maker, taker);
    fill->id = event.trade_id;
    fill->price = event.price;
    fill->qty = event.qty;
    fill->quote = event.quote;
    fill->maker_fee = event.maker_fee;
    fill->taker_fee = event.taker_fee;
    if (maker_done) {
        if (!amount_is_zero(maker->visible)) {
            return view_wrong(view, "a maker that is filled still rests");
        }
        view_order_close(view, maker, DONE_STATUS_FILLED, EXPIRY_REASON_NONE);
    }
    if (event.flags & TRADE_FLAG_TAKER_DONE) {
        view_order_close(view, taker, DONE_STATUS_FILLED, EXPIRY_REASON_NONE);
    }
    return true;
}

static bool order_prevent(struct view *view, struct view_order *order, u64 match_id,
                          struct amount qty)
{
    order->update_us = view->place.time_us;
    order->match_id = match_id;
    return view_raise(&order->prevented, qty) || view_wrong(view, "sum of prevented");
}

static bool prevented_settle(struct view *view, const struct event_prevented *event,
                             const struct view_order *maker, const struct view_order *taker)
{
    const struct command_market_add *definition = definition_of(view, event->market);
    bool taker_buys = taker->side == SIDE_BUY;
    u32 buyer = taker_buys ? taker->account : maker->account;
    u32 seller = taker_buys ? maker->account : taker->account;
    return view_balance_pay(view, seller, buyer, definition->base, event->transferred_qty) &&
           view_balance_pay(view, buyer, seller, definition->quote, event->transferred_quote) &&
           release_for(view, maker, event->maker_released) &&
           release_for(view, taker, event->taker_released);
}

static bool on_prevented(struct view *view, const u8 *record, size_t size)
{
    struct event_prevented event;
    view_load(&event, sizeof event, record, size);
    struct view_order *maker = NULL;
    struct view_order *taker = NULL;
    if (!pair_find(view, event.maker_order_id, event.taker_order_id, event.market, &maker,
                   &taker)) {
        return false;
    }
    struct view_definition *definition = &view->markets[event.market].definition;
    if (event.match_id != definition->next_match_id || event.mode >= STP_MODE_COUNT ||
        !amount_is_zero(taker->visible)) {
        return view_wrong(view, "match id, mode or taker of a prevented match");
    }
    definition->next_match_id++;
    bool maker_done = (event.flags & PREVENTED_FLAG_MAKER_DONE) != 0;
    if (!order_prevent(view, maker, event.match_id, event.maker_qty) ||
        !order_prevent(view, taker, event.match_id, event.taker_qty) ||
        !prevented_settle(view, &event, maker, taker)) {
        return false;
    }
    /* A maker that is done goes with all it had, its hidden part too. */
    struct amount hidden = maker_done ? maker->visible : event.maker_qty;
    if (event.update_id && !maker_shrink(view, maker, hidden, maker_done, event.update_id)) {
        return false;
    }
    struct view_fill *fill = view_fill_make(view, maker, taker);
    fill->id = event.match_id;
    fill->price = event.price;
    fill->qty = event.transferred_qty;
    fill->quote = event.transferred_quote;
    fill->maker_prevented = event.maker_qty;
    fill->taker_prevented = event.taker_qty;
    fill->stp = event.mode;
    fill->is_prevented = true;
    if (maker_done) {
        if (!amount_is_zero(maker->visible)) {
            return view_wrong(view, "a maker that is done still rests");
        }
        view_order_close(view, maker, DONE_STATUS_EXPIRED_IN_MATCH, EXPIRY_REASON_NONE);
    }
    if (event.flags & PREVENTED_FLAG_TAKER_DONE) {
        view_order_close(view, taker, DONE_STATUS_EXPIRED_IN_MATCH, EXPIRY_REASON_NONE);
    }
    return true;
}

/* ---- later ---- */

static bool on_order_done(struct view *view, const u8 *record, size_t size)
{
    struct event_order_done event;
    view_load(&event, sizeof event, record, size);
    struct view_order *order = view_order_find(view, event.order_id);
    if (order == NULL) {
        return false;
    }
    bool rests = !amount_is_zero(order->visible);
    if (rests != (event.update_id != 0) || event.status >= DONE_STATUS_COUNT ||
        event.reason >= EXPIRY_REASON_COUNT) {
        return view_wrong(view, "update id, status or reason of an order that is done");
    }
    if (rests && !maker_shrink(view, order, order->visible, true, event.update_id)) {
        return false;
    }
    if (!release_for(view, order, event.released)) {
        return false;
    }
    view_order_close(view, order, event.status, event.reason);
    return true;
}

static bool on_order_triggered(struct view *view, const u8 *record, size_t size)
{
    struct event_order_triggered event;
    view_load(&event, sizeof event, record, size);
    struct view_order *order = view_order_find(view, event.order_id);
    if (order == NULL) {
        return false;
    }
    bool begins_to_wait = order->state == ORDER_STATE_PENDING_NEW && is_stop(order->type);
    order->update_us = view->place.time_us;
    if (begins_to_wait) {
        order->state = ORDER_STATE_ARMED;
    } else {
        start_working(view, order);
    }
    return view_balance_lock(view, order->account, lock_asset(view, order->market, order->side),
                             event.locked);
}

static bool on_order_amended(struct view *view, const u8 *record, size_t size)
{
    struct event_order_amended event;
    view_load(&event, sizeof event, record, size);
    struct view_order *order = view_order_find(view, event.order_id);
    if (order == NULL) {
        return false;
    }
    if (!client_id_valid(&event.client)) {
        return view_wrong(view, "client id of an amended order");
    }
    order->client_old = order->client;
    order->qty_old = order->qty;
    order->qty = event.qty;
    order->amends++;
    order->update_us = view->place.time_us;
    if (amount_less(event.qty, order->iceberg_qty)) {
        order->iceberg_qty = event.qty;
    }
    view_order_rename(view, order, &event.client);
    struct view_list *list = view_list_seek(view, order->list_id);
    for (u32 i = 0; list != NULL && i < list->legs_seen; i++) {
        if (list->legs[i] == order->id) {
            list->clients[i] = event.client;
        }
    }
    struct amount surplus = order->visible;
    bool shrinks = view_lower(&surplus, view_order_left(order)) && !amount_is_zero(surplus);
    if (shrinks != (event.update_id != 0)) {
        return view_wrong(view, "update id of an amended order");
    }
    if (shrinks && !maker_shrink(view, order, surplus, false, event.update_id)) {
        return false;
    }
    return release_for(view, order, event.released);
}

static bool on_list_new(struct view *view, const u8 *record, size_t size)
{
    struct event_list_new event;
    view_load(&event, sizeof event, record, size);
    if (event.market >= view->markets_count || event.head.account >= view->accounts_count ||
        event.legs_count < 2 || event.legs_count > 3 || event.list_kind >= LIST_KIND_COUNT ||
        !client_id_valid(&event.client)) {
        return view_wrong(view, "market, account or legs of a list");
    }
    struct view_list *list = view_list_make(view, event.list_id, event.head.account);
    if (list == NULL) {
        return false;
    }
    list->client = event.client;
    list->time_us = view->place.time_us;
    list->update_us = view->place.time_us;
    list->market = event.market;
    list->list_kind = event.list_kind;
    list->legs_count = event.legs_count;
    list->pending_lock = event.locked;
    return true;
}

static bool on_list_done(struct view *view, const u8 *record, size_t size)
{
    struct event_list_done event;
    view_load(&event, sizeof event, record, size);
    struct view_list *list = view_list_find(view, event.list_id);
    if (list == NULL) {
        return false;
    }
    view_list_close(view, list);
    return true;
}

static bool on_ledger(struct view *view, const u8 *record, size_t size)
{
    struct event_ledger event;
    view_load(&event, sizeof event, record, size);
    return view_ledger_apply(view, &event);
}

static bool on_time(struct view *view, const u8 *record, size_t size)
{
    struct event_time event;
    view_load(&event, sizeof event, record, size);
    if (event.time_us < view->place.time_us || event.time_us >= INTERVAL_TIME_MAX / 2) {
        return view_wrong(view, "time");
    }
    view->place.time_us = event.time_us;
    return true;
}

static bool on_applied(struct view *view, const u8 *record, size_t size)
{
    struct event_head head;
    view_load(&head, sizeof head, record, size);
    if (size < sizeof(struct event_applied) + WIRE_UNIT) {
        return view_wrong(view, "the command that was applied is missing");
    }
    return view_define(view, head.account, record + sizeof(struct event_applied),
                       size - sizeof(struct event_applied));
}

static bool on_restricted(struct view *view, const u8 *record, size_t size)
{
    struct event_restricted event;
    view_load(&event, sizeof event, record, size);
    if (event.head.account >= view->accounts_count) {
        return view_wrong(view, "account of a restriction");
    }
    view_vector_set(view, event.head.account, event.after);
    return true;
}

bool view_event_apply(struct view *view, const u8 *record, size_t size)
{
    struct event_head head;
    view_load(&head, sizeof head, record, size);
    switch ((enum event_kind)head.kind) {
    case EVENT_TIME:
        return on_time(view, record, size);
    case EVENT_REJECTED:
        return true;
    case EVENT_APPLIED:
        return on_applied(view, record, size);
    case EVENT_ORDER_NEW:
        return on_order_new(view, record, size);
    case EVENT_ORDER_DETAIL:
        return on_order_detail(view, record, size);
    case EVENT_ORDER_BOOKED:
        return on_order_booked(view, record, size);
    case EVENT_TRADE:
        return on_trade(view, record, size);
    case EVENT_ORDER_DONE:
        return on_order_done(view, record, size);
    case EVENT_PREVENTED:
        return on_prevented(view, record, size);
    case EVENT_ORDER_TRIGGERED:
        return on_order_triggered(view, record, size);
    case EVENT_ORDER_AMENDED:
        return on_order_amended(view, record, size);
    case EVENT_LIST_NEW:
        return on_list_new(view, record, size);
    case EVENT_LIST_DONE:
        return on_list_done(view, record, size);
    case EVENT_LEDGER:
        return on_ledger(view, record, size);
    case EVENT_RESTRICTED:
        return on_restricted(view, record, size);
    case EVENT_DECISION:
        return view_decision_event(view, record, size);
    case EVENT_PACK_STATE:
        return view_pack_event(view, record, size);
    case EVENT_LICENCE_SPENT:
    case EVENT_REEVALUATED:
        return true;
    }
    return view_wrong(view, "kind of event");
}
