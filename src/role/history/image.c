#include "role/history/image.h"

#include "base/bytes.h"
#include "base/check.h"
#include "io/image_walk.h"
#include "role/history/apply.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

#define DETAILS_FIRST  1024U
#define PHASE_STARTING 3U /* of a list: its pending legs are in the trigger queue */

/* Whose details follow, in the order of the orders. */
struct detailed {
    u64 order_id;
    u32 account;
    u16 market;
};

struct grid {
    struct price tick;
    struct amount lot;
};

/* The walk over an image. */
struct walk {
    struct image_sink sink;
    struct moment at;
    u64 seq;
    u64 records;
    u16 kind_last;
    bool ended;
    struct grid grids[STORE_MARKETS_MAX];
    struct detailed *detailed;
    u64 detailed_count;
    u64 detailed_size;
    u64 detailed_next;
    u32 account_last; /* of the balances */
    u64 lines;        /* of that account */
    u8 piece[IMAGE_PIECE_BYTES];
};

static enum fault wrong(const struct walk *walk, const char *what)
{
    return FAULT(FAULT_ROT, "%s: record %llu of the image: %s", walk->at.store->sql.path,
                 (unsigned long long)walk->records, what);
}

/* ---- numbers ---- */

/* steps x step; false when it is no number of the core's. */
static bool scaled(u64 steps, u64 step, u64 *out)
{
    return !__builtin_mul_overflow(steps, step, out) && *out <= (u64)INT64_MAX;
}

static bool ticks_of(const struct walk *walk, u16 market, u32 ticks, struct price *price_out)
{
    u64 units = 0;
    bool fits = scaled(ticks, walk->grids[market].tick.units, &units); /* raw: steps of a grid */
    *price_out = price_of(units);
    return fits;
}

static bool lots_of(const struct walk *walk, u16 market, u64 lots, struct amount *amount_out)
{
    u64 units = 0;
    bool fits = scaled(lots, walk->grids[market].lot.units, &units); /* raw: steps of a grid */
    *amount_out = amount_of(units);
    return fits;
}

static bool market_known(const struct walk *walk, u16 market)
{
    return market < STORE_MARKETS_MAX && walk->at.store->markets[market].known;
}

/* ---- records ---- */

static enum fault on_venue(struct walk *walk, const u8 *record)
{
    struct state_venue state;
    memcpy(&state, record, sizeof(state));
    if (state.told_us > (u64)INT64_MAX || state.seq > (u64)INT64_MAX) {
        return wrong(walk, "time or number of the venue");
    }
    walk->seq = state.seq;
    walk->at.time_us = state.told_us;
    return FAULT_NONE;
}

static enum fault on_market(struct walk *walk, const u8 *record)
{
    struct state_market state;
    struct command_market_add market;
    memcpy(&state, record, sizeof(state));
    memcpy(&market, record + sizeof(state), sizeof(market));
    if (market.market != state.market) {
        return wrong(walk, "definition of a market");
    }
    TRY(apply_market(&walk->at, &market));
    walk->grids[market.market] = (struct grid){.tick = market.tick, .lot = market.lot};
    return FAULT_NONE;
}

/* Lines of one account are numbered from 1. They stay below every entry to come: to have an asset,
 * somebody must have brought it, which was an entry. */
static enum fault on_balance(struct walk *walk, const u8 *record)
{
    struct state_balance state;
    struct amount sum;
    memcpy(&state, record, sizeof(state));
    if (!amount_add(state.free, state.locked, &sum) ||
        sum.units > (u64)INT64_MAX) { /* raw: kept as a signed number */
        return wrong(walk, "a balance");
    }
    walk->lines = walk->account_last == state.head.account ? walk->lines + 1 : 1;
    walk->account_last = state.head.account;
    struct history_line line = {.entry = walk->lines,
                                .asset = state.asset,
                                .cause = HISTORY_CAUSE_OPENING,
                                .delta = (i64)sum.units, /* raw: below 2^63 */
                                .seq = walk->seq,
                                .time_us = walk->at.time_us};
    return apply_line(&walk->at, state.head.account, &line);
}

static enum fault detailed_add(struct walk *walk, const struct history_order *order)
{
    if (walk->detailed_count == walk->detailed_size) {
        u64 size = walk->detailed_size == 0 ? DETAILS_FIRST : 2 * walk->detailed_size;
        struct detailed *more = realloc(walk->detailed, size * sizeof(struct detailed));
        if (more == NULL) {
            return FAULT(FAULT_LIMIT, "no memory for %llu orders of an image",
                         (unsigned long long)size);
        }
        walk->detailed = more;
        walk->detailed_size = size;
    }
    walk->detailed[walk->detailed_count] = (struct detailed){
        .order_id = order->order_id, .account = order->account, .market = order->market};
    walk->detailed_count += 1;
    return FAULT_NONE;
}

/* When it began to work, and last changed, is not in the image: its time of acceptance stands. */
static bool order_of(const struct walk *walk, const struct state_order *state,
                     struct history_order *order_out)
{
    bool pending = state->state == ORDER_STATE_PENDING_NEW;
    bool begun = state->left < state->lots - state->prevented;
    *order_out = (struct history_order){
        .account = state->head.account,
        .market = state->market,
        .order_id = state->head.id,
        .client = state->client,
        .quote = amount_of(state->quote_done),
        .side = (enum side)state->side,
        .type = (enum order_type)state->type,
        .tif = (enum time_in_force)state->tif,
        .stp = (enum stp_mode)state->stp,
        .status = pending ? HISTORY_PENDING_NEW
                  : begun ? HISTORY_PARTIALLY_FILLED
                          : HISTORY_NEW,
        .amends = state->amends,
        .time_us = state->time_us,
        .update_us = state->time_us,
        .working_us = state->state == ORDER_STATE_WORKING ? state->time_us : 0,
    };
    return ticks_of(walk, state->market, state->ticks, &order_out->price) &&
           lots_of(walk, state->market, state->lots, &order_out->qty) &&
           lots_of(walk, state->market, state->prevented, &order_out->prevented) &&
           lots_of(walk, state->market, state->lots - state->left - state->prevented,
                   &order_out->executed);
}

static enum fault on_order(struct walk *walk, const u8 *record)
{
    struct state_order state;
    struct history_order order;
    memcpy(&state, record, sizeof(state));
    if (!market_known(walk, state.market) || state.side >= SIDE_COUNT ||
        state.type >= ORDER_TYPE_COUNT || state.tif >= TIME_IN_FORCE_COUNT ||
        state.stp >= STP_MODE_COUNT || state.state == ORDER_STATE_NONE ||
        state.state >= ORDER_STATE_COUNT || !client_id_valid(&state.client) ||
        state.head.id > (u64)INT64_MAX || state.time_us > (u64)INT64_MAX ||
        state.quote_done > (u64)INT64_MAX || state.left > state.lots ||
        state.prevented > state.lots - state.left || !order_of(walk, &state, &order)) {
        return wrong(walk, "an order");
    }
    struct sql_call call = store_call(walk->at.store, STORE_ORDER_NEW);
    store_order_put(&call, &order);
    TRY(sql_do(&walk->at.store->sql, &call));
    TRY(apply_client(&walk->at, order.account, order.market, order.order_id, walk->seq,
                     &order.client));
    return state.has_detail != 0 ? detailed_add(walk, &order) : FAULT_NONE;
}

static enum fault on_order_detail(struct walk *walk, const u8 *record)
{
    struct state_order_detail state;
    memcpy(&state, record, sizeof(state));
    const struct detailed *order =
        walk->detailed_next < walk->detailed_count ? &walk->detailed[walk->detailed_next] : NULL;
    struct price stop;
    struct amount iceberg;
    if (order == NULL || order->order_id != state.head.id ||
        !ticks_of(walk, order->market, state.stop_ticks, &stop) ||
        !lots_of(walk, order->market, state.iceberg, &iceberg)) {
        return wrong(walk, "details of an order");
    }
    walk->detailed_next += 1;
    struct sql_call call = store_call(walk->at.store, STORE_ORDER_DETAIL);
    sql_put_price(&call, stop);
    sql_put_amount(&call, iceberg);
    sql_put_amount(&call, state.quote_qty);
    sql_put_i64(&call, state.strategy_id);
    sql_put_u64(&call, state.strategy_type);
    sql_put_u64(&call, state.trailing_delta);
    sql_put_u64(&call, order->account);
    sql_put_u64(&call, order->market);
    sql_put_u64(&call, order->order_id);
    return apply_change(&walk->at, &call, "order", order->order_id);
}

/* A leg that is open learns its list, and gives it its time. */
static enum fault leg_join(struct walk *walk, const struct state_list *state, u64 order_id,
                           u64 *time_out)
{
    struct history_order order;
    TRY(apply_order_read(&walk->at, state->head.account, state->market, order_id, &order));
    struct sql_call call = store_call(walk->at.store, STORE_ORDER_LIST);
    sql_put_u64(&call, state->head.id);
    sql_put_i64(&call, state->phase == PHASE_STARTING ? HISTORY_PENDING_NEW : -1);
    sql_put_u64(&call, state->head.account);
    sql_put_u64(&call, state->market);
    sql_put_u64(&call, order_id);
    *time_out = order.time_us;
    return apply_change(&walk->at, &call, "order", order_id);
}

static enum fault on_list(struct walk *walk, const u8 *record)
{
    struct state_list state;
    memcpy(&state, record, sizeof(state));
    if (!market_known(walk, state.market) || state.list_kind == 0 ||
        state.list_kind >= LIST_KIND_COUNT || !client_id_valid(&state.client) ||
        state.head.id > (u64)INT64_MAX) {
        return wrong(walk, "a list");
    }
    const u64 legs[HISTORY_LEGS_MAX] = {state.leg0, state.leg1, state.leg2};
    u64 first = 0;
    u64 time_us = walk->at.time_us;
    for (u32 i = 0; i < HISTORY_LEGS_MAX; i += 1) {
        if (legs[i] > i) { /* one that is done is 0; the legs' numbers are consecutive */
            first = first == 0 ? legs[i] - i : first;
            TRY(leg_join(walk, &state, legs[i], &time_us));
        }
    }
    struct sql_call call = store_call(walk->at.store, STORE_LIST_NEW);
    sql_put_u64(&call, state.head.account);
    sql_put_u64(&call, state.market);
    sql_put_u64(&call, state.head.id);
    store_client_put(&call, &state.client);
    sql_put_u64(&call, state.list_kind);
    sql_put_u64(&call, state.list_kind == LIST_KIND_OTOCO ? HISTORY_LEGS_MAX : 2);
    sql_put_u64(&call, first);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, time_us);
    sql_put_u64(&call, time_us);
    return sql_do(&walk->at.store->sql, &call);
}

static enum fault on_withdrawal(struct walk *walk, const struct state_hold *state,
                                struct amount total)
{
    struct sql_call call = store_call(walk->at.store, STORE_WITHDRAWAL_NEW);
    sql_put_u64(&call, state->head.account);
    sql_put_u64(&call, state->head.id);
    sql_put_u64(&call, state->asset);
    sql_put_u64(&call, state->network);
    sql_put_amount(&call, total);
    sql_put_amount(&call, AMOUNT_ZERO);
    sql_put_amount(&call, AMOUNT_ZERO);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, HISTORY_WITHDRAWAL_HELD);
    sql_put_u64(&call, walk->at.time_us);
    sql_put_u64(&call, walk->at.time_us);
    return sql_do(&walk->at.store->sql, &call);
}

static enum fault on_deposit(struct walk *walk, const struct state_hold *state)
{
    struct sql_call call = store_call(walk->at.store, STORE_DEPOSIT_NEW);
    sql_put_u64(&call, state->head.account);
    sql_put_u64(&call, state->head.id);
    sql_put_u64(&call, state->asset);
    sql_put_u64(&call, state->network);
    sql_put_amount(&call, state->amount);
    sql_put_u64(&call, state->head.id);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, HISTORY_DEPOSIT_HELD);
    sql_put_u64(&call, walk->at.time_us);
    sql_put_u64(&call, walk->at.time_us);
    return sql_do(&walk->at.store->sql, &call);
}

static enum fault on_hold(struct walk *walk, const u8 *record)
{
    struct state_hold state;
    struct amount total;
    memcpy(&state, record, sizeof(state));
    if (!amount_add(state.amount, state.fee, &total) || state.head.id > (u64)INT64_MAX ||
        state.hold_kind == 0 || state.hold_kind >= HOLD_KIND_COUNT) {
        return wrong(walk, "what is held");
    }
    return state.hold_kind == HOLD_KIND_WITHDRAWAL ? on_withdrawal(walk, &state, total)
                                                   : on_deposit(walk, &state);
}

static enum fault on_end(struct walk *walk, const u8 *record)
{
    struct state_end state;
    memcpy(&state, record, sizeof(state));
    walk->ended = true;
    return state.records == walk->records && walk->detailed_next == walk->detailed_count
               ? FAULT_NONE
               : wrong(walk, "not all records are there");
}

static enum fault on_record(struct walk *walk, enum state_kind kind, const u8 *record)
{
    switch (kind) {
    case STATE_VENUE:
        return on_venue(walk, record);
    case STATE_MARKET:
        return on_market(walk, record);
    case STATE_BALANCE:
        return on_balance(walk, record);
    case STATE_ORDER:
        return on_order(walk, record);
    case STATE_ORDER_DETAIL:
        return on_order_detail(walk, record);
    case STATE_LIST:
        return on_list(walk, record);
    case STATE_HOLD:
        return on_hold(walk, record);
    case STATE_END:
        return on_end(walk, record);
    case STATE_LIMITS:
    case STATE_SOURCE:
    case STATE_ASSET:
    case STATE_CUSTODY:
    case STATE_BUCKET:
    case STATE_FEE:
    case STATE_ACCOUNT:
    case STATE_POSITION:
    case STATE_ASSET_LIMIT:
    case STATE_REST:
    case STATE_KEY:
    case STATE_RULES:
    case STATE_PACK:
    case STATE_PACK_BYTES:
    case STATE_VALUATION_PRICE:
    case STATE_PERSON:
    case STATE_LINK:
    case STATE_FACT:
    case STATE_LISTING:
    case STATE_OWNERSHIP:
    case STATE_LICENCE:
    case STATE_FINDING:
    case STATE_PERSON_NEXT:
    case STATE_REEVALUATION:
    case STATE_REEVALUATION_PRICE:
    case STATE_LOGIN:
        return FAULT_NONE;
    }
    return wrong(walk, "a kind");
}

/* ---- the walk ---- */

static enum fault record_come(struct image_sink *sink, const u8 *record, size_t size)
{
    struct walk *walk = (struct walk *)(void *)sink; /* its first member */
    u16 kind = bytes_u16(record);
    bool first = walk->records == 0;
    (void)size;
    if (walk->ended || first != (kind == STATE_VENUE) ||
        (kind < walk->kind_last && kind != STATE_END)) {
        return wrong(walk, "out of order");
    }
    walk->kind_last = kind;
    TRY(on_record(walk, (enum state_kind)kind, record));
    walk->records += 1;
    return FAULT_NONE;
}

static enum fault image_commit(struct walk *walk, u64 position)
{
    struct store *store = walk->at.store;
    struct sql_call call = store_call(store, STORE_BEGAN_SET);
    sql_put_u64(&call, position);
    sql_put_u64(&call, walk->at.time_us);
    TRY(sql_do(&store->sql, &call));
    store->ahead.seq = walk->seq;
    store->ahead.time_us = walk->at.time_us;
    store->ahead.began_position = position;
    store->ahead.began_us = walk->at.time_us;
    return store_commit(store, position);
}

static enum fault image_fill(struct walk *walk, struct eventlog_image *image)
{
    if (memcmp(image->venue, store_venue(walk->at.store), STORE_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: an image of another venue", walk->at.store->sql.path);
    }
    TRY(store_begin(walk->at.store));
    enum fault fault = image_walk(image, walk->piece, &walk->sink);
    if (fault == FAULT_NONE && !walk->ended) {
        fault = wrong(walk, "cut short");
    }
    if (fault == FAULT_NONE) {
        fault = image_commit(walk, image->point.position);
    }
    if (fault != FAULT_NONE) {
        store_abandon(walk->at.store);
    }
    return fault;
}

enum fault image_apply(struct store *store, struct disk *disk, const char *events)
{
    struct eventlog_image image;
    CHECK(store->point.position == 0 && store->point.began_position == 0);
    struct walk *walk = calloc(1, sizeof(struct walk));
    if (walk == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory to read an image", events);
    }
    walk->sink.record = record_come;
    walk->at.store = store;
    walk->account_last = UINT32_MAX;
    enum fault fault = eventlog_image_open(&image, disk, events);
    if (fault == FAULT_NONE) {
        fault = image_fill(walk, &image);
        eventlog_image_close(&image);
    }
    free(walk->detailed);
    free(walk);
    return fault;
}
