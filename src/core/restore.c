/* Building a core from the records of a snapshot. The bytes were checked against their hash by who
 * read them; here every number is still checked before it is used as an index. */
#include "core/account.h"
#include "core/book.h"
#include "core/define.h"
#include "core/funds.h"
#include "core/index.h"
#include "core/key.h"
#include "core/ledger.h"
#include "core/market.h"
#include "core/order.h"
#include "core/snapshot_inner.h"
#include "core/state.h"
#include "core/trigger.h"

static struct command_genesis limits_from(const struct state_limits *l, u32 version)
{
    return (struct command_genesis){
        .head = {.kind = COMMAND_GENESIS, .units = sizeof(struct command_genesis) / WIRE_UNIT},
        .semantics_version = version,
        .assets_max = l->assets_max,
        .markets_max = l->markets_max,
        .networks_max = l->networks_max,
        .fee_tiers_max = l->fee_tiers_max,
        .accounts_max = l->accounts_max,
        .balance_rows_max = l->balance_rows_max,
        .positions_max = l->positions_max,
        .orders_max = l->orders_max,
        .extras_max = l->extras_max,
        .lists_max = l->lists_max,
        .holds_max = l->holds_max,
        .asset_limits_max = l->asset_limits_max,
        .pages_max = l->pages_max,
        .directory_max = l->directory_max,
        .trailing_max = l->trailing_max,
        .triggers_per_command_max = l->triggers_per_command_max,
        .keys_max = l->keys_max,
        .persons_max = l->persons_max,
        .person_rows_max = l->person_rows_max,
    };
}

bool core_snapshot_limits(const u8 *bytes, size_t size, bool next,
                          struct command_genesis *limits_out)
{
    struct state_venue venue;
    struct state_limits limits[2];
    if (size < sizeof venue + sizeof limits) {
        return false;
    }
    memcpy(&venue, bytes, sizeof venue);
    memcpy(limits, bytes + sizeof venue, sizeof limits);
    if (venue.head.kind != STATE_VENUE || limits[0].head.kind != STATE_LIMITS ||
        limits[1].head.kind != STATE_LIMITS || limits[0].next != 0 || limits[1].next != 1) {
        return false;
    }
    *limits_out = limits_from(&limits[next ? 1 : 0], venue.semantics_version);
    return define_limits_fit(limits_out);
}

void core_restore_begin(struct core_restore *restore, struct core *core)
{
    *restore = (struct core_restore){.core = core};
}

size_t core_restore_size(const u8 *record, size_t size)
{
    struct state_head head;
    if (size < sizeof head) {
        return 0;
    }
    memcpy(&head, record, sizeof head);
    if (head.kind >= STATE_KIND_COUNT || !wire_states[head.kind].name ||
        (size_t)head.units * WIRE_UNIT != wire_states[head.kind].size) {
        return 0;
    }
    size_t bytes = wire_states[head.kind].size;
    bytes += head.kind == STATE_MARKET ? sizeof(struct command_market_add) : 0;
    bytes += head.kind == STATE_FEE ? sizeof(struct command_fee_set) : 0;
    return bytes <= size ? bytes : 0;
}

/* ---- one function per kind ---- */

static bool take_venue(struct core *core, const struct state_venue *r, const char **reason_out)
{
    FITS(r->semantics_version == core->limits.semantics_version);
    core->seq = r->seq;
    core->now_us = r->now_us;
    core->told_us = r->told_us;
    core->next_order_id = r->next_order_id;
    core->next_list_id = r->next_list_id;
    core->next_hold_id = r->next_hold_id;
    core->next_entry = r->next_entry;
    core->has_genesis = r->has_genesis != 0;
    core->venue = (struct command_venue_filters){.orders_max = r->orders_max,
                                                 .algo_orders_max = r->algo_orders_max,
                                                 .iceberg_orders_max = r->iceberg_orders_max,
                                                 .lists_max = r->lists_max};
    core->venue_filtered =
        r->orders_max || r->algo_orders_max || r->iceberg_orders_max || r->lists_max;
    return true;
}

static bool take_asset(struct core *core, const struct state_asset *r, const char **reason_out)
{
    FITS(r->asset == core->assets_count && r->asset < core->limits.assets_max);
    FITS(r->scale <= AMOUNT_SCALE_MAX);
    i128 equity = (i128)((u128)(u64)r->equity_high << 64 | r->equity_low);
    FITS(-(i128)AMOUNT_BOUND < equity && equity < (i128)AMOUNT_BOUND); /* as ledger_issue_fits */
    struct asset *asset = &core->assets[core->assets_count++];
    asset->scale = r->scale;
    asset->fee_income = r->fee_income;
    asset->suspense = r->suspense;
    asset->equity = equity;
    memcpy(asset->name, r->name, sizeof asset->name);
    return true;
}

static bool take_custody(struct core *core, const struct state_custody *r, const char **reason_out)
{
    FITS(r->asset < core->assets_count && r->network < core->limits.networks_max);
    struct amount *amount = &core->custody[(u32)r->asset * core->limits.networks_max + r->network];
    u64 *total = &core->assets[r->asset].custody_total;
    FITS(amount_is_zero(*amount));
    FITS(r->amount.units < AMOUNT_BOUND - *total); /* raw: total */
    *amount = r->amount;
    *total += r->amount.units; /* raw: total */
    return true;
}

static bool take_market(struct core *core, const u8 *record, const char **reason_out)
{
    struct state_market r;
    struct command_market_add definition;
    memcpy(&r, record, sizeof r);
    memcpy(&definition, record + sizeof r, sizeof definition);
    u64 value = 0;
    FITS(r.market == core->markets_count && r.market < core->limits.markets_max);
    FITS(r.state < MARKET_STATE_COUNT);
    FITS(market_definition_check(core, &definition, &value));
    FITS(r.last_ticks <= definition.ticks_max);
    FITS((definition.ticks_max >> PAGE_SHIFT) + 1 <=
         core->limits.directory_max - core->directory_used);
    struct market *market = &core->markets[core->markets_count++];
    *market = (struct market){
        .number = r.market,
        .state = r.state,
        .best = {0, TICKS_NONE},
        .last = r.last_ticks,
        .next_trade_id = r.next_trade_id,
        .next_aggregate_id = r.next_aggregate_id,
        .next_update_id = r.next_update_id,
        .next_match_id = r.next_match_id,
        .reference = r.reference,
        .reference_calculation = r.reference_calculation,
        .buckets = core->buckets + (size_t)r.market * AVERAGE_MINUTES_MAX,
    };
    define_market_directory(core, market, definition.ticks_max);
    market_define(market, &definition, value);
    return true;
}

static bool take_bucket(struct core *core, const struct state_bucket *r, const char **reason_out)
{
    FITS(r->market < core->markets_count);
    core->markets[r->market].buckets[r->minute % AVERAGE_MINUTES_MAX] = (struct bucket){
        .minute = r->minute,
        .sum = (u128)r->sum_high << 64 | r->sum_low,
        .lots = (u128)r->lots_high << 64 | r->lots_low,
    };
    return true;
}

static bool take_fee(struct core *core, const u8 *record, const char **reason_out)
{
    struct state_fee r;
    struct command_fee_set set;
    memcpy(&r, record, sizeof r);
    memcpy(&set, record + sizeof r, sizeof set);
    FITS(r.market < core->markets_count && r.tier < core->limits.fee_tiers_max);
    FITS(set.market == r.market && set.tier == r.tier);
    u32 index = r.market * core->limits.fee_tiers_max + r.tier;
    FITS(define_rates(&set, &core->fees[index]));
    core->fee_sets[index] = set;
    return true;
}

static bool take_account(struct core *core, const struct state_account *r, const char **reason_out)
{
    FITS(r->head.account == core->accounts_count && r->head.account < core->limits.accounts_max);
    FITS(r->fee_tier < core->limits.fee_tiers_max);
    core->accounts[core->accounts_count++] = (struct account){
        .restrictions = r->restrictions, .group = r->trade_group, .tier = (u8)r->fee_tier};
    return true;
}

static bool take_balance(struct core *core, const struct state_balance *r, const char **reason_out)
{
    u32 account = r->head.account;
    FITS(account < core->accounts_count && r->asset < core->assets_count);
    FITS(ledger_row(core, account, r->asset) == 0);
    FITS(ledger_rows_fit(core, account, r->asset, r->asset));
    struct balance *balance = core_row(core, ledger_row_make(core, account, r->asset));
    balance->free = r->free;
    balance->locked = r->locked;
    ledger_shadow(core, r->asset, r->free, true);
    ledger_shadow(core, r->asset, r->locked, true);
    return true;
}

static bool take_position(struct core *core, const struct state_position *r,
                          const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && r->market < core->markets_count);
    FITS(account_position_fits(core, r->head.account, r->market));
    account_position_make(core, r->head.account, r->market);
    return true;
}

static bool take_asset_limit(struct core *core, const struct state_asset_limit *r,
                             const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && r->asset < core->assets_count);
    FITS(core->asset_limits_count < core->limits.asset_limits_max);
    core->asset_limits[core->asset_limits_count++] = (struct asset_limit){
        .limit = r->limit, .account = r->head.account, .asset = r->asset, .used = true};
    core->accounts[r->head.account].has_limits = 1;
    return true;
}

/* Whether an order's numbers are within what the rest of the state says. */
static bool order_fits(const struct core *core, const struct state_order *r,
                       const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && r->market < core->markets_count);
    FITS(r->side <= SIDE_SELL && r->type < ORDER_TYPE_COUNT && r->tif < TIME_IN_FORCE_COUNT);
    FITS(r->stp != STP_MODE_MARKET_DEFAULT && r->stp < STP_MODE_COUNT);
    FITS(r->state >= ORDER_STATE_PENDING_NEW && r->state < ORDER_STATE_COUNT);
    FITS(r->ticks <= core->markets[r->market].ticks_max && r->left > 0 && r->left <= r->lots);
    FITS(r->prevented <= r->lots - r->left);
    FITS(client_id_valid(&r->client));
    FITS(r->client.length == 0 || index_client(core, r->head.account, r->market, &r->client) == 0);
    FITS(r->head.id != 0 && r->head.id < core->next_order_id);
    FITS(index_order(core, r->head.id) == 0 && slab_left(&core->order_slab) > 0);
    return true;
}

static bool take_order(struct core *core, const struct state_order *r, const char **reason_out)
{
    if (!order_fits(core, r, reason_out)) {
        return false;
    }
    u32 number = r->head.account;
    struct market *market = &core->markets[r->market];
    u32 base = ledger_row(core, number, market->base);
    u32 quote = ledger_row(core, number, market->quote);
    u32 position = account_position(core, number, r->market);
    FITS(base && quote && position != TICKS_NONE);
    u32 slot = SLAB_TAKE(&core->order_slab, core->orders, next);
    core->orders[slot] = (struct order){
        .id = r->head.id,
        .left = r->left,
        .quote_done = r->quote_done,
        .ticks = r->ticks,
        .account = number,
        .row_base = base,
        .row_quote = quote,
        .position = position,
        .market = r->market,
        .side = r->side,
        .type = r->type,
        .tif = r->tif,
        .stp = r->stp,
        .state = r->state,
        .has_client = r->client.length != 0,
    };
    core->colds[slot] = (struct order_cold){.lots = r->lots,
                                            .prevented = r->prevented,
                                            .time_us = r->time_us,
                                            .client = r->client,
                                            .amends = r->amends};
    index_order_insert(core, r->head.id, slot);
    if (r->client.length) {
        index_client_insert(core, index_client_key(number, r->market, &r->client), slot);
    }
    u32 algo = order_type_is_stop(r->type) ? 1 : 0;
    core_position(core, position)->orders++;
    core_position(core, position)->algo += algo;
    core->accounts[number].orders++;
    core->accounts[number].algo += algo;
    market->orders++;
    order_link_owner(core, slot, core_position(core, position));
    core->pages_reserved += r->state != ORDER_STATE_WORKING && order_type_is_limit(r->type) ? 1 : 0;
    return true;
}

static bool take_detail(struct core *core, const struct state_order_detail *r,
                        const char **reason_out)
{
    u32 slot = index_order(core, r->head.id);
    FITS(slot != 0 && core->orders[slot].extra == 0 && slab_left(&core->extra_slab) > 0);
    struct order *order = &core->orders[slot];
    FITS(r->visible <= r->iceberg && r->visible <= order->left && r->trailing_delta < 10000);
    u32 extra = SLAB_TAKE(&core->extra_slab, core->extras, next_free);
    core->extras[extra] = (struct extra){
        .slot = slot,
        .stop_ticks = r->stop_ticks,
        .trailing_delta = r->trailing_delta,
        .extreme = r->extreme,
        .basis_ticks = r->basis_ticks,
        .strategy_type = r->strategy_type,
        .iceberg = r->iceberg,
        .visible = r->visible,
        .quote_qty = r->quote_qty,
        .strategy_id = r->strategy_id,
    };
    order->extra = extra;
    core->trailing_count += r->trailing_delta ? 1 : 0;
    if (r->iceberg) {
        core_position(core, order->position)->iceberg++;
        core->accounts[order->account].iceberg++;
    }
    return true;
}

static bool take_rest(struct core *core, const struct state_rest *r, const char **reason_out)
{
    u32 slot = index_order(core, r->head.id);
    FITS(slot != 0 && core->orders[slot].state == ORDER_STATE_WORKING);
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    FITS(order->market == r->market && order->ticks == r->ticks && r->ticks > 0);
    FITS(order->prev == 0 && order->next == 0 && order_visible(core, order) > 0);
    FITS(book_has_page(market, r->ticks) || slab_left(&core->page_slab) > 0);
    FITS(!book_has_page(market, r->ticks) || book_level(core, market, r->ticks)->head != slot);
    FITS(!book_crosses(market, order->side, order->ticks));
    book_append(core, market, slot);
    return true;
}

static bool take_list(struct core *core, const struct state_list *r, const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && r->market < core->markets_count);
    FITS(r->head.id != 0 && r->head.id < core->next_list_id && slab_left(&core->list_slab) > 0);
    FITS(index_list(core, r->head.id) == 0);
    FITS(r->phase >= LIST_PAIR && r->phase <= LIST_STARTING);
    FITS(client_id_valid(&r->client));
    u32 position = account_position(core, r->head.account, r->market);
    FITS(position != TICKS_NONE);
    const u64 ids[LEGS_MAX] = {r->leg0, r->leg1, r->leg2};
    u32 list = SLAB_TAKE(&core->list_slab, core->lists, next_free);
    core->lists[list] = (struct list){.id = r->head.id,
                                      .locked = r->locked,
                                      .account = r->head.account,
                                      .position = position,
                                      .market = r->market,
                                      .kind = r->list_kind,
                                      .phase = r->phase,
                                      .client = r->client};
    for (u32 i = 0; i < LEGS_MAX; i++) {
        u32 slot = ids[i] ? index_order(core, ids[i]) : 0;
        FITS((ids[i] != 0) == (slot != 0));
        if (slot) {
            FITS(core->orders[slot].extra != 0 && core->orders[slot].position == position);
            FITS(core->extras[core->orders[slot].extra].list == 0);
            core->lists[list].legs[i] = slot;
            core->extras[core->orders[slot].extra].list = list;
            core->extras[core->orders[slot].extra].leg = (u8)i;
        }
    }
    index_insert(&core->list_index, (u32)r->head.id, list);
    core_position(core, position)->lists++;
    core->accounts[r->head.account].lists++;
    return true;
}

static bool take_hold(struct core *core, const struct state_hold *r, const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && r->asset < core->assets_count);
    FITS(r->network < core->limits.networks_max && slab_left(&core->hold_slab) > 0);
    FITS(r->head.id != 0 && r->head.id < core->next_hold_id);
    FITS(index_hold(core, r->head.id) == 0);
    u32 slot = SLAB_TAKE(&core->hold_slab, core->holds, next_free);
    core->holds[slot] = (struct hold){.id = r->head.id,
                                      .amount = r->amount,
                                      .fee = r->fee,
                                      .account = r->head.account,
                                      .asset = r->asset,
                                      .network = r->network,
                                      .kind = r->hold_kind,
                                      .licence = r->licence,
                                      .licence_eur = r->licence_eur};
    index_insert(&core->hold_index, (u32)r->head.id, slot);
    funds_hold_chain(core, slot);
    return true;
}

static bool take_key(struct core *core, const struct state_key *r, const char **reason_out)
{
    FITS(r->head.account < core->accounts_count && slab_left(&core->key_slab) > 0);
    FITS(key_shape(r->key_kind, r->key_id, r->public_key) == REJECT_NONE);
    FITS(key_find(core, r->key_id) == 0);
    struct key key = {.account = r->head.account, .rights = r->rights, .kind = r->key_kind};
    memcpy(key.id, r->key_id, sizeof key.id);
    memcpy(key.public_key, r->public_key, sizeof key.public_key);
    key_insert(core, &key);
    return true;
}

static bool take_limits(struct core *core, const struct state_limits *r, const char **reason_out)
{
    FITS(r->next <= 1);
    if (r->next) {
        core->limits_next = limits_from(r, core->limits.semantics_version);
    }
    return true;
}

static bool take_source(struct core *core, const struct state_source *r, const char **reason_out)
{
    FITS(r->head.id < SOURCES_MAX);
    core->source_index[r->head.id] = r->source_index;
    return true;
}

#define TAKE_KIND(kind, type, function)                 \
    case kind: {                                        \
        struct state_##type r;                          \
        memcpy(&r, record, sizeof r);                   \
        return function(restore->core, &r, reason_out); \
    }

bool core_restore_record(struct core_restore *restore, const u8 *record, size_t size,
                         const char **reason_out)
{
    struct state_head head;
    FITS(core_restore_size(record, size) == size);
    memcpy(&head, record, sizeof head);
    FITS((head.kind >= restore->kind || head.kind == STATE_END) && !restore->ended);
    FITS((restore->records == 0) == (head.kind == STATE_VENUE));
    restore->kind = head.kind;
    restore->records++;
    switch (head.kind) { /* not an enum: a number from outside */
        TAKE_KIND(STATE_VENUE, venue, take_venue)
        TAKE_KIND(STATE_LIMITS, limits, take_limits)
        TAKE_KIND(STATE_SOURCE, source, take_source)
        TAKE_KIND(STATE_ASSET, asset, take_asset)
        TAKE_KIND(STATE_CUSTODY, custody, take_custody)
    case STATE_MARKET:
        return take_market(restore->core, record, reason_out);
        TAKE_KIND(STATE_BUCKET, bucket, take_bucket)
    case STATE_FEE:
        return take_fee(restore->core, record, reason_out);
        TAKE_KIND(STATE_ACCOUNT, account, take_account)
        TAKE_KIND(STATE_BALANCE, balance, take_balance)
        TAKE_KIND(STATE_POSITION, position, take_position)
        TAKE_KIND(STATE_ASSET_LIMIT, asset_limit, take_asset_limit)
        TAKE_KIND(STATE_ORDER, order, take_order)
        TAKE_KIND(STATE_ORDER_DETAIL, order_detail, take_detail)
        TAKE_KIND(STATE_REST, rest, take_rest)
        TAKE_KIND(STATE_LIST, list, take_list)
        TAKE_KIND(STATE_HOLD, hold, take_hold)
        TAKE_KIND(STATE_KEY, key, take_key)
    case STATE_END: {
        struct state_end r;
        memcpy(&r, record, sizeof r);
        restore->ended = true;
        FITS(r.records == restore->records - 1);
        return true;
    }
    default: /* not an enum: a number from outside */
        break;
    }
    if (head.kind >= STATE_RULES) {
        FITS(restore->core->limits.persons_max > 0);
        return restore_rules_record(restore->core, record, reason_out);
    }
    *reason_out = "kind";
    return false;
}

/* ---- what follows from the records ---- */

/* The second pending leg of an otoco is queued under the first one. */
static bool queued_under_another(const struct core *core, u32 slot)
{
    const struct extra *extra = &core->extras[core->orders[slot].extra];
    return extra->list && core->lists[extra->list].phase == LIST_STARTING && extra->leg == 2;
}

/* What an order needs, before it is cut to the 64 bits of an amount. */
static u128 need_uncut(const struct core *core, const struct order *order)
{
    const struct market *market = &core->markets[order->market];
    if (order->side == SIDE_SELL) {
        return (u128)order->left * market->lot;
    }
    u32 ticks =
        order_type_is_limit(order->type) ? order->ticks : core->extras[order->extra].basis_ticks;
    u128 each = (u128)ticks * market->value; /* raw: quote units of a lot */
    return each < AMOUNT_BOUND ? each * order->left : AMOUNT_BOUND;
}

/* What an order holds locked; of a waiting pair the first open leg holds the pair's. */
static struct amount lock_of(const struct core *core, u32 slot)
{
    const struct order *order = &core->orders[slot];
    if (!order_in_waiting_pair(core, order)) {
        return order_lock(core, slot);
    }
    const struct list *list = &core->lists[core->extras[order->extra].list];
    u32 first = list->legs[0] ? list->legs[0] : list->legs[1];
    return first == slot ? list->locked : AMOUNT_ZERO;
}

/* What is locked is what the orders lock: each takes its part out of its row, nothing may be left,
 * and each puts it back. Two steps an order, however many orders and assets an account has. */
static bool locks_fit(struct core *core, const char **reason_out)
{
    for (u32 slot = 1; slot <= core->order_slab.used; slot++) {
        const struct order *order = &core->orders[slot];
        struct amount *locked = &core_row(core, order_lock_row(order))->locked;
        FITS(need_uncut(core, order) < AMOUNT_BOUND);
        FITS(amount_sub(*locked, lock_of(core, slot), locked));
    }
    for (u32 i = 1; i <= core->chunk_slab.used; i++) {
        for (u32 k = 0; k < core->chunks[i].count; k++) {
            FITS(amount_is_zero(core->chunks[i].rows[k].locked));
        }
    }
    for (u32 slot = 1; slot <= core->order_slab.used; slot++) {
        struct amount *locked = &core_row(core, order_lock_row(&core->orders[slot]))->locked;
        FITS(amount_add(*locked, lock_of(core, slot), locked));
    }
    return true;
}

/* The same for what stands in suspense: it is what the holds hold. A free slot holds nothing. */
static bool holds_fit(struct core *core, const char **reason_out)
{
    for (u32 slot = 1; slot <= core->hold_slab.used; slot++) {
        const struct hold *hold = &core->holds[slot];
        struct amount *suspense = &core->assets[hold->asset].suspense;
        FITS(amount_sub(*suspense, hold->amount, suspense));
        FITS(amount_sub(*suspense, hold->fee, suspense));
    }
    for (u32 i = 0; i < core->assets_count; i++) {
        FITS(amount_is_zero(core->assets[i].suspense));
    }
    for (u32 slot = 1; slot <= core->hold_slab.used; slot++) {
        const struct hold *hold = &core->holds[slot];
        struct amount *suspense = &core->assets[hold->asset].suspense;
        FITS(amount_add(*suspense, hold->amount, suspense));
        FITS(amount_add(*suspense, hold->fee, suspense));
    }
    return true;
}

bool core_restore_end(struct core_restore *restore, const char **reason_out)
{
    struct core *core = restore->core;
    FITS(restore->ended);
    u32 working = 0;
    for (u32 slot = 1; slot <= core->order_slab.used; slot++) {
        struct order *order = &core->orders[slot];
        bool stop = order_type_is_stop(order->type);
        FITS(order->extra != 0 || (!stop && order->state == ORDER_STATE_WORKING));
        if (order->state == ORDER_STATE_WORKING) {
            working++;
            FITS(order_type_is_limit(order->type));
        } else if (order->state == ORDER_STATE_QUEUED && !queued_under_another(core, slot)) {
            trigger_queue(core, slot);
        } else if (order->state == ORDER_STATE_ARMED || order->state == ORDER_STATE_TRACKING) {
            FITS(stop);
            trigger_wait(core, slot);
        }
    }
    FITS(working == core->resting_count);
    FITS(core->pages_reserved <= slab_left(&core->page_slab));
    FITS(core->trailing_count <= core->limits.trailing_max);
    FITS(core->limits.persons_max == 0 || restore_rules_end(core, reason_out));
    for (u32 i = 0; i < core->assets_count; i++) {
        FITS(ledger_sum(core, (u16)i) == 0);
    }
    return holds_fit(core, reason_out) && locks_fit(core, reason_out);
}
