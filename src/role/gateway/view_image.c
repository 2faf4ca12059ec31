/* An image: the engine's state records, in their order, become a view. What the records do not say
 * is left at what is known of it: docs/view.md "From an image". */
#include "role/gateway/view_state.h"

/* lots x lot, ticks x tick; false: does not fit. */
static bool scale(u64 steps, u64 step, u64 *out)
{
    return !__builtin_mul_overflow(steps, step, out);
}

static u64 tick_of(const struct view *view, u16 market)
{
    return view_price_units(view->markets[market].definition.definition.tick);
}

static u64 lot_of(const struct view *view, u16 market)
{
    return view_units(view->markets[market].definition.definition.lot);
}

/* ---- the venue ---- */

static bool on_venue(struct view *view, const u8 *record, size_t size)
{
    struct state_venue state;
    view_load(&state, sizeof state, record, size);
    if (state.told_us >= INTERVAL_TIME_MAX / 2) {
        return view_wrong(view, "time");
    }
    view->place.seq = state.seq;
    view->place.time_us = state.told_us;
    view->venue_filters = (struct command_venue_filters){
        .orders_max = state.orders_max,
        .algo_orders_max = state.algo_orders_max,
        .iceberg_orders_max = state.iceberg_orders_max,
        .lists_max = state.lists_max,
    };
    return true;
}

static bool on_limits(struct view *view, const u8 *record, size_t size)
{
    struct state_limits state;
    view_load(&state, sizeof state, record, size);
    if (state.next == 0) {
        return true;
    }
    view->limits_next = (struct command_genesis){
        .assets_max = state.assets_max,
        .markets_max = state.markets_max,
        .networks_max = state.networks_max,
        .fee_tiers_max = state.fee_tiers_max,
        .accounts_max = state.accounts_max,
        .balance_rows_max = state.balance_rows_max,
        .positions_max = state.positions_max,
        .orders_max = state.orders_max,
        .extras_max = state.extras_max,
        .lists_max = state.lists_max,
        .holds_max = state.holds_max,
        .asset_limits_max = state.asset_limits_max,
        .pages_max = state.pages_max,
        .directory_max = state.directory_max,
        .trailing_max = state.trailing_max,
        .triggers_per_command_max = state.triggers_per_command_max,
        .keys_max = state.keys_max,
        .persons_max = state.persons_max,
        .person_rows_max = state.person_rows_max,
    };
    return true;
}

static bool on_asset(struct view *view, const u8 *record, size_t size)
{
    struct state_asset state;
    view_load(&state, sizeof state, record, size);
    return view_define_asset(view, state.asset, state.name, state.scale);
}

/* ---- markets ---- */

static bool on_market(struct view *view, const u8 *record, size_t size)
{
    struct state_market state;
    struct command_market_add definition;
    view_load(&state, sizeof state, record, sizeof state);
    view_load(&definition, sizeof definition, record + sizeof state, size - sizeof state);
    u64 last = 0;
    if (definition.market != state.market || state.state >= MARKET_STATE_COUNT ||
        state.next_trade_id == 0 || state.next_aggregate_id == 0 || state.next_match_id == 0 ||
        state.next_update_id == 0 ||
        !scale(state.last_ticks, view_price_units(definition.tick), &last)) {
        return view_wrong(view, "state of a market");
    }
    if (!view_define_market(view, &definition)) {
        return false;
    }
    struct view_market *market = &view->markets[state.market];
    market->update_id = state.next_update_id - 1;
    market->since_min = market->update_id;
    market->definition.next_trade_id = state.next_trade_id;
    market->definition.next_aggregate_id = state.next_aggregate_id;
    market->definition.next_match_id = state.next_match_id;
    market->definition.reference = state.reference;
    market->definition.reference_calculation = (u16)state.reference_calculation;
    market->definition.last = price_of(last);
    market->definition.state = state.state;
    return true;
}

/* Quote units of one lot at one tick: docs/semantics.md section 1. */
static u128 value_of(const struct view *view, u16 market)
{
    const struct command_market_add *definition = &view->markets[market].definition.definition;
    u128 value = (u128)tick_of(view, market) * lot_of(view, market);
    u32 down = PRICE_SCALE + view->assets[definition->base].scale;
    u32 up = view->assets[definition->quote].scale;
    for (; down > up; down--) {
        value /= 10;
    }
    for (; up > down; up--) {
        value *= 10;
    }
    return value;
}

static bool on_bucket(struct view *view, const u8 *record, size_t size)
{
    struct state_bucket state;
    view_load(&state, sizeof state, record, size);
    if (state.market >= view->markets_count) {
        return view_wrong(view, "market of an average");
    }
    u128 sum = (u128)state.sum_high << 64 | state.sum_low;
    u128 lots = (u128)state.lots_high << 64 | state.lots_low;
    u128 base = 0;
    u128 quote = 0;
    if (__builtin_mul_overflow(lots, (u128)lot_of(view, state.market), &base) ||
        __builtin_mul_overflow(sum, value_of(view, state.market), &quote)) {
        return view_wrong(view, "average");
    }
    view_mean_add(&view->markets[state.market], state.minute, base, quote);
    return true;
}

static bool on_fee(struct view *view, const u8 *record, size_t size)
{
    struct command_fee_set set;
    view_load(&set, sizeof set, record + sizeof(struct state_fee), size - sizeof(struct state_fee));
    return view_define_fee(view, &set);
}

/* ---- accounts ---- */

static bool on_account(struct view *view, const u8 *record, size_t size)
{
    struct state_account state;
    view_load(&state, sizeof state, record, size);
    return view_define_account(view, state.head.account, state.restrictions, state.trade_group,
                               state.fee_tier);
}

static bool on_balance(struct view *view, const u8 *record, size_t size)
{
    struct state_balance state;
    view_load(&state, sizeof state, record, size);
    struct view_balance *row = view_balance_make(view, state.head.account, state.asset);
    if (row == NULL) {
        return false;
    }
    row->free = state.free;
    row->locked = state.locked;
    return true;
}

static bool on_asset_limit(struct view *view, const u8 *record, size_t size)
{
    struct state_asset_limit state;
    view_load(&state, sizeof state, record, size);
    struct view_balance *row = view_balance_make(view, state.head.account, state.asset);
    if (row != NULL) {
        row->limit = state.limit;
    }
    return row != NULL;
}

static bool on_hold(struct view *view, const u8 *record, size_t size)
{
    struct state_hold state;
    view_load(&state, sizeof state, record, size);
    struct view_balance *row = view_balance_make(view, state.head.account, state.asset);
    if (row == NULL) {
        return false;
    }
    bool arrives = state.hold_kind == HOLD_KIND_DEPOSIT;
    struct amount *held = arrives ? &row->arriving : &row->withdrawing;
    return (view_raise(held, state.amount) && view_raise(held, state.fee)) ||
           view_wrong(view, "holds");
}

/* ---- orders ---- */

static bool on_order(struct view *view, const u8 *record, size_t size)
{
    struct state_order state;
    view_load(&state, sizeof state, record, size);
    u64 price = 0;
    u64 qty = 0;
    u64 prevented = 0;
    u64 executed = 0;
    if (state.market >= view->markets_count || state.head.account >= view->accounts_count ||
        state.side > SIDE_SELL || state.type >= ORDER_TYPE_COUNT ||
        state.tif >= TIME_IN_FORCE_COUNT || state.stp >= STP_MODE_COUNT ||
        state.state == ORDER_STATE_NONE || state.state >= ORDER_STATE_COUNT ||
        !client_id_valid(&state.client) || state.left > state.lots ||
        state.prevented > state.lots - state.left ||
        !scale(state.ticks, tick_of(view, state.market), &price) || price > INT64_MAX ||
        !scale(state.lots, lot_of(view, state.market), &qty) ||
        !scale(state.prevented, lot_of(view, state.market), &prevented) ||
        !scale(state.lots - state.left - state.prevented, lot_of(view, state.market), &executed)) {
        return view_wrong(view, "state of an order");
    }
    struct view_order *order =
        view_order_make(view, state.head.id, state.head.account, state.market, &state.client);
    if (order == NULL) {
        return false;
    }
    order->price = price_of(price);
    order->qty = amount_of(qty);
    order->prevented = amount_of(prevented);
    order->executed = amount_of(executed);
    order->quote_done = amount_of(state.quote_done);
    order->time_us = state.time_us;
    order->update_us = state.time_us;
    order->amends = state.amends;
    order->side = state.side;
    order->type = state.type;
    order->tif = state.tif;
    order->stp = state.stp;
    bool waits = state.state == ORDER_STATE_TRACKING || state.state == ORDER_STATE_QUEUED;
    order->state = waits ? ORDER_STATE_ARMED : state.state;
    order->is_working = state.state == ORDER_STATE_WORKING;
    order->working_us = order->is_working ? state.time_us : 0;
    return true;
}

static bool on_order_detail(struct view *view, const u8 *record, size_t size)
{
    struct state_order_detail state;
    view_load(&state, sizeof state, record, size);
    struct view_order *order = view_order_find(view, state.head.id);
    if (order == NULL) {
        return false;
    }
    u64 stop = 0;
    u64 iceberg = 0;
    u64 visible = 0;
    if (!scale(state.stop_ticks, tick_of(view, order->market), &stop) ||
        !scale(state.iceberg, lot_of(view, order->market), &iceberg) ||
        !scale(state.visible, lot_of(view, order->market), &visible)) {
        return view_wrong(view, "state of an order");
    }
    order->stop_price = price_of(stop);
    order->iceberg_qty = amount_of(iceberg);
    order->visible = amount_of(iceberg ? visible : 0); /* until it is known to rest */
    order->quote_qty = state.quote_qty;
    order->strategy_id = state.strategy_id;
    order->strategy_type = state.strategy_type;
    order->trailing_delta = state.trailing_delta;
    return true;
}

static bool on_rest(struct view *view, const u8 *record, size_t size)
{
    struct state_rest state;
    view_load(&state, sizeof state, record, size);
    struct view_order *order = view_order_find(view, state.head.id);
    if (order == NULL) {
        return false;
    }
    struct amount left = view_order_left(order);
    if (amount_is_zero(order->iceberg_qty)) {
        order->visible = left;
    }
    if (order->state != ORDER_STATE_WORKING || amount_is_zero(order->visible) ||
        amount_less(left, order->visible)) {
        return view_wrong(view, "a resting order");
    }
    return view_book_add(view, order->market, order->side, order->price, order->visible);
}

/* The phase of a list whose working leg is filled: its pending legs are in the queue of triggers,
 * and have not begun (state_list; the core's LIST_STARTING). */
#define PHASE_STARTING 3

static bool list_leg(struct view *view, struct view_list *list, u32 index, u64 id, u8 phase)
{
    list->legs[index] = id;
    if (id == 0) {
        return true; /* done before */
    }
    struct view_order *order = view_order_find(view, id);
    if (order == NULL) {
        return false;
    }
    order->list_id = list->id;
    if (phase == PHASE_STARTING && index > 0) {
        order->state = ORDER_STATE_PENDING_NEW; /* as it was told: an event lets it begin */
    }
    list->clients[index] = order->client;
    list->time_us = order->time_us;
    list->update_us = order->update_us;
    return true;
}

static bool on_list(struct view *view, const u8 *record, size_t size)
{
    struct state_list state;
    view_load(&state, sizeof state, record, size);
    if (state.market >= view->markets_count || state.head.account >= view->accounts_count ||
        state.list_kind >= LIST_KIND_COUNT || !client_id_valid(&state.client)) {
        return view_wrong(view, "state of a list");
    }
    struct view_list *list = view_list_make(view, state.head.id, state.head.account);
    if (list == NULL) {
        return false;
    }
    list->client = state.client;
    list->market = state.market;
    list->list_kind = state.list_kind;
    list->legs_count = state.list_kind == LIST_KIND_OTOCO ? 3 : 2;
    list->legs_seen = list->legs_count;
    return list_leg(view, list, 0, state.leg0, state.phase) &&
           list_leg(view, list, 1, state.leg1, state.phase) &&
           list_leg(view, list, 2, state.leg2, state.phase);
}

static bool on_key(struct view *view, const u8 *record, size_t size)
{
    struct state_key state;
    view_load(&state, sizeof state, record, size);
    struct view_key key = {
        .account = state.head.account, .rights = state.rights, .kind = state.key_kind};
    memcpy(key.id, state.key_id, sizeof key.id);
    memcpy(key.public_key, state.public_key, sizeof key.public_key);
    return view_key_set(view, &key, false);
}

static bool on_end(struct view *view, const u8 *record, size_t size)
{
    struct state_end state;
    view_load(&state, sizeof state, record, size);
    view->image_ended = true;
    return state.records == view->image_records || view_wrong(view, "number of records");
}

/* ---- records ---- */

static bool on_record(struct view *view, enum state_kind kind, const u8 *record, size_t size)
{
    switch (kind) {
    case STATE_VENUE:
        return on_venue(view, record, size);
    case STATE_LIMITS:
        return on_limits(view, record, size);
    case STATE_SOURCE:
    case STATE_CUSTODY:
    case STATE_POSITION:
    case STATE_PACK_BYTES:
    case STATE_FACT:
    case STATE_LISTING:
    case STATE_OWNERSHIP:
    case STATE_LICENCE:
    case STATE_PERSON_NEXT:
    case STATE_REEVALUATION:
    case STATE_REEVALUATION_PRICE:
        return true;
    case STATE_RULES:
    case STATE_PACK:
    case STATE_VALUATION_PRICE:
    case STATE_PERSON:
    case STATE_LINK:
    case STATE_FINDING:
    case STATE_LOGIN:
        return view_image_person(view, (u16)kind, record, size);
    case STATE_ASSET:
        return on_asset(view, record, size);
    case STATE_MARKET:
        return on_market(view, record, size);
    case STATE_BUCKET:
        return on_bucket(view, record, size);
    case STATE_FEE:
        return on_fee(view, record, size);
    case STATE_ACCOUNT:
        return on_account(view, record, size);
    case STATE_BALANCE:
        return on_balance(view, record, size);
    case STATE_ASSET_LIMIT:
        return on_asset_limit(view, record, size);
    case STATE_ORDER:
        return on_order(view, record, size);
    case STATE_ORDER_DETAIL:
        return on_order_detail(view, record, size);
    case STATE_REST:
        return on_rest(view, record, size);
    case STATE_LIST:
        return on_list(view, record, size);
    case STATE_HOLD:
        return on_hold(view, record, size);
    case STATE_KEY:
        return on_key(view, record, size);
    case STATE_END:
        return on_end(view, record, size);
    }
    return view_wrong(view, "kind of state");
}

enum fault view_image_record(struct view *view, const u8 *bytes, size_t size, size_t *used_out)
{
    *used_out = 0;
    if (view->wrong != NULL) {
        return FAULT(FAULT_UNAVAILABLE, "view: image stopped: %s", view->wrong);
    }
    size_t used = wire_state_bytes(bytes, size);
    struct state_head head = {0};
    if (used) {
        memcpy(&head, bytes, sizeof head);
    }
    bool is_first = view->image_records == 0;
    if (used == 0 || view->has_history || view->image_ended ||
        is_first != (head.kind == STATE_VENUE) ||
        (head.kind < view->image_kind && head.kind != STATE_END)) {
        (void)view_wrong(view, "a record that does not follow");
        return FAULT(FAULT_ROT, "view: image record %llu of kind %u does not follow",
                     (unsigned long long)view->image_records, head.kind);
    }
    view->image_kind = head.kind;
    if (!on_record(view, (enum state_kind)head.kind, bytes, used)) {
        return FAULT(view->is_short ? FAULT_LIMIT : FAULT_ROT,
                     "view: image record %llu of kind %u: %s",
                     (unsigned long long)view->image_records, head.kind, view->wrong);
    }
    view->image_records++;
    *used_out = used;
    return FAULT_NONE;
}

enum fault view_image_end(struct view *view, u64 position)
{
    if (!view->image_ended || view->wrong != NULL) {
        return FAULT(FAULT_ROT, "view: the image has no end after record %llu",
                     (unsigned long long)view->image_records);
    }
    view->has_history = true;
    view->notices_since_us = view->place.time_us;
    view_chunk(view, position);
    for (u32 i = 0; i < view->markets_count; i += 1) {
        for (u32 k = 0; k < VIEW_ZONE_COUNT * INTERVAL_COUNT; k += 1) {
            view->markets[i].whole_us[k / INTERVAL_COUNT][k % INTERVAL_COUNT] =
                view->place.time_us + 1;
        }
    }
    return FAULT_NONE;
}
