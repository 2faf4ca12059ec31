#include "core/snapshot.h"

#include "base/bytes.h"
#include "core/book.h"
#include "core/define.h"
#include "core/ledger.h"
#include "core/order.h"
#include "core/snapshot_inner.h"
#include "core/state.h"

/* ---- sorting without recursion or memory of its own ---- */

static void sift_down(struct sorted *rows, u64 root, u64 count)
{
    for (;;) {
        u64 child = 2 * root + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && rows[child].key < rows[child + 1].key) {
            child++;
        }
        if (rows[root].key >= rows[child].key) {
            return;
        }
        struct sorted swap = rows[root];
        rows[root] = rows[child];
        rows[child] = swap;
        root = child;
    }
}

static void heap_sort(struct sorted *rows, u64 count)
{
    for (u64 i = count / 2; i > 0; i--) {
        sift_down(rows, i - 1, count);
    }
    for (u64 end = count; end > 1; end--) {
        struct sorted swap = rows[0];
        rows[0] = rows[end - 1];
        rows[end - 1] = swap;
        sift_down(rows, 0, end - 1);
    }
}

size_t core_snapshot_scratch(const struct core *core)
{
    u64 rows = u64_max(core->order_slab.used, core->list_slab.used);
    rows = u64_max(rows, core->hold_slab.used);
    rows = u64_max(rows, core->limits.asset_limits_max);
    rows = u64_max(rows, core->key_slab.used);
    return (rows + 1) * sizeof(struct sorted);
}

/* ---- writing ---- */

static bool put_limits(struct writer *w, const struct command_genesis *l, u32 next)
{
    return PUT(w, limits, STATE_LIMITS, 0, 0, .next = next, .assets_max = l->assets_max,
               .markets_max = l->markets_max, .networks_max = l->networks_max,
               .fee_tiers_max = l->fee_tiers_max, .accounts_max = l->accounts_max,
               .balance_rows_max = l->balance_rows_max, .positions_max = l->positions_max,
               .orders_max = l->orders_max, .extras_max = l->extras_max, .lists_max = l->lists_max,
               .holds_max = l->holds_max, .asset_limits_max = l->asset_limits_max,
               .pages_max = l->pages_max, .directory_max = l->directory_max,
               .trailing_max = l->trailing_max,
               .triggers_per_command_max = l->triggers_per_command_max, .keys_max = l->keys_max,
               .persons_max = l->persons_max, .person_rows_max = l->person_rows_max);
}

static bool put_venue(struct writer *w)
{
    const struct core *core = w->core;
    const struct command_venue_filters *v = &core->venue;
    bool ok =
        PUT(w, venue, STATE_VENUE, 0, 0, .seq = core->seq, .now_us = core->now_us,
            .told_us = core->told_us, .next_order_id = core->next_order_id,
            .next_list_id = core->next_list_id, .next_hold_id = core->next_hold_id,
            .next_entry = core->next_entry, .semantics_version = core->limits.semantics_version,
            .has_genesis = core->has_genesis ? 1 : 0, .orders_max = v->orders_max,
            .algo_orders_max = v->algo_orders_max, .iceberg_orders_max = v->iceberg_orders_max,
            .lists_max = v->lists_max);
    ok = ok && put_limits(w, &core->limits, 0) && put_limits(w, &core->limits_next, 1);
    for (u32 i = 0; i < SOURCES_MAX && ok; i++) {
        if (core->source_index[i]) {
            ok = PUT(w, source, STATE_SOURCE, 0, i, .source_index = core->source_index[i]);
        }
    }
    return ok;
}

static bool put_assets(struct writer *w)
{
    const struct core *core = w->core;
    for (u32 i = 0; i < core->assets_count; i++) {
        const struct asset *asset = &core->assets[i];
        u128 equity = (u128)asset->equity;
        struct state_asset record = {
            .head = snapshot_head(STATE_ASSET, sizeof record, 0, 0),
            .asset = (u16)i,
            .scale = asset->scale,
            .fee_income = asset->fee_income,
            .suspense = asset->suspense,
            .equity_low = (u64)equity,
            .equity_high = (i64)(u64)(equity >> 64),
        };
        memcpy(record.name, asset->name, sizeof record.name);
        if (!snapshot_put(w, &record, sizeof record)) {
            return false;
        }
    }
    for (u32 i = 0; i < core->assets_count; i++) {
        for (u32 k = 0; k < core->limits.networks_max; k++) {
            struct amount amount = core->custody[i * core->limits.networks_max + k];
            if (!amount_is_zero(amount) && !PUT(w, custody, STATE_CUSTODY, 0, 0, .amount = amount,
                                                .asset = (u16)i, .network = (u16)k)) {
                return false;
            }
        }
    }
    return true;
}

/* A record and the definition it stands for, as one. */
static bool put_with(struct writer *w, const void *record, size_t size,
                     const struct command_head *command, size_t command_size)
{
    u8 both[sizeof(struct state_market) + sizeof(struct command_market_add)];
    CHECK(size + command_size <= sizeof both);
    memcpy(both, record, size);
    memcpy(both + size, command, command_size);
    struct command_head plain = {.kind = command->kind, .units = (u8)(command_size / WIRE_UNIT)};
    memcpy(both + size, &plain, sizeof plain); /* who sent it is history */
    return snapshot_put(w, both, size + command_size);
}

/* Buckets that can still count: the rest are history. Sorted by minute. */
static bool put_buckets(struct writer *w, const struct market *market)
{
    u64 now = w->core->now_us / MINUTE_US;
    u64 first = now >= AVERAGE_MINUTES_MAX ? now - AVERAGE_MINUTES_MAX + 1 : 0;
    for (u64 minute = first; minute <= now; minute++) {
        const struct bucket *b = &market->buckets[minute % AVERAGE_MINUTES_MAX];
        if (b->minute != minute || b->lots == 0) {
            continue;
        }
        if (!PUT(w, bucket, STATE_BUCKET, 0, 0, .minute = minute, .sum_low = (u64)b->sum,
                 .sum_high = (u64)(b->sum >> 64), .lots_low = (u64)b->lots,
                 .lots_high = (u64)(b->lots >> 64), .market = market->number)) {
            return false;
        }
    }
    return true;
}

static bool put_markets(struct writer *w)
{
    const struct core *core = w->core;
    for (u32 i = 0; i < core->markets_count; i++) {
        const struct market *m = &core->markets[i];
        struct state_market record = {
            .head = snapshot_head(STATE_MARKET, sizeof record, 0, 0),
            .next_trade_id = m->next_trade_id,
            .next_aggregate_id = m->next_aggregate_id,
            .next_update_id = m->next_update_id,
            .next_match_id = m->next_match_id,
            .reference = m->reference,
            .reference_calculation = m->reference_calculation,
            .last_ticks = m->last,
            .state = m->state,
            .market = (u16)i,
        };
        if (!put_with(w, &record, sizeof record, &m->definition.head, sizeof m->definition)) {
            return false;
        }
    }
    for (u32 i = 0; i < core->markets_count; i++) {
        if (!put_buckets(w, &core->markets[i])) {
            return false;
        }
    }
    u32 tiers = core->limits.fee_tiers_max;
    for (u32 i = 0; i < core->markets_count * tiers; i++) {
        const struct command_fee_set *set = &core->fee_sets[i];
        struct state_fee record = {.head = snapshot_head(STATE_FEE, sizeof record, 0, 0),
                                   .market = (u16)(i / tiers),
                                   .tier = (u16)(i % tiers)};
        if (set->head.kind && !put_with(w, &record, sizeof record, &set->head, sizeof *set)) {
            return false;
        }
    }
    return true;
}

/* Balances of one account in rising asset numbers. */
static bool put_balances(struct writer *w, u32 account)
{
    const struct core *core = w->core;
    u32 from = 0;
    for (;;) {
        u32 found = 0;
        u32 found_asset = 0xFFFFFFFFU;
        for (u32 chunk = core->accounts[account].chunk; chunk; chunk = core->chunks[chunk].next) {
            for (u32 i = 0; i < core->chunks[chunk].count; i++) {
                u32 asset = core->chunks[chunk].assets[i];
                if (asset >= from && asset < found_asset) {
                    found = chunk << 2 | i;
                    found_asset = asset;
                }
            }
        }
        if (found_asset == 0xFFFFFFFFU) {
            return true;
        }
        const struct balance *balance = &core->chunks[found >> 2].rows[found & 3];
        if (!PUT(w, balance, STATE_BALANCE, account, 0, .free = balance->free,
                 .locked = balance->locked, .asset = (u16)found_asset)) {
            return false;
        }
        from = found_asset + 1;
    }
}

/* Positions of one account in rising market numbers. */
static bool put_positions(struct writer *w, u32 account)
{
    const struct core *core = w->core;
    const struct account *record = &core->accounts[account];
    u32 from = 0;
    for (;;) {
        u32 found = 0xFFFFFFFFU;
        if (record->position.used && record->position.market >= from) {
            found = record->position.market;
        }
        for (u32 i = record->positions_more; i; i = core->positions[i].next) {
            u32 market = core->positions[i].position.market;
            found = market >= from && market < found ? market : found;
        }
        if (found == 0xFFFFFFFFU) {
            return true;
        }
        if (!PUT(w, position, STATE_POSITION, account, 0, .market = (u16)found)) {
            return false;
        }
        from = found + 1;
    }
}

static bool put_asset_limits(struct writer *w)
{
    const struct core *core = w->core;
    u64 count = 0;
    for (u32 i = 0; i < core->limits.asset_limits_max; i++) {
        const struct asset_limit *limit = &core->asset_limits[i];
        if (limit->used) {
            w->scratch[count++] = (struct sorted){(u64)limit->account << 16 | limit->asset, i};
        }
    }
    heap_sort(w->scratch, count);
    for (u64 i = 0; i < count; i++) {
        const struct asset_limit *limit = &core->asset_limits[w->scratch[i].index];
        if (!PUT(w, asset_limit, STATE_ASSET_LIMIT, limit->account, 0, .limit = limit->limit,
                 .asset = limit->asset)) {
            return false;
        }
    }
    return true;
}

static bool put_accounts(struct writer *w)
{
    const struct core *core = w->core;
    for (u32 i = 0; i < core->accounts_count; i++) {
        const struct account *account = &core->accounts[i];
        if (!PUT(w, account, STATE_ACCOUNT, i, 0, .restrictions = account->restrictions,
                 .trade_group = account->group, .fee_tier = account->tier)) {
            return false;
        }
    }
    for (u32 i = 0; i < core->accounts_count; i++) {
        if (!put_balances(w, i)) {
            return false;
        }
    }
    for (u32 i = 0; i < core->accounts_count; i++) {
        if (!put_positions(w, i)) {
            return false;
        }
    }
    return put_asset_limits(w);
}

/* ---- orders ---- */

static bool put_order(struct writer *w, u32 slot)
{
    const struct order *order = &w->core->orders[slot];
    const struct order_cold *cold = &w->core->colds[slot];
    return PUT(w, order, STATE_ORDER, order->account, order->id, .lots = cold->lots,
               .left = order->left, .prevented = cold->prevented, .quote_done = order->quote_done,
               .time_us = cold->time_us, .ticks = order->ticks, .amends = cold->amends,
               .market = order->market, .side = order->side, .type = order->type, .tif = order->tif,
               .stp = order->stp, .state = order->state, .has_detail = order->extra ? 1 : 0,
               .client = cold->client);
}

static bool put_detail(struct writer *w, u32 slot)
{
    const struct order *order = &w->core->orders[slot];
    const struct extra *extra = &w->core->extras[order->extra];
    /* What is not shown or not followed yet says nothing. */
    bool rests = order->state == ORDER_STATE_WORKING;
    bool tracks = order->state == ORDER_STATE_TRACKING;
    return PUT(w, order_detail, STATE_ORDER_DETAIL, order->account, order->id,
               .iceberg = extra->iceberg, .visible = rests ? extra->visible : 0,
               .quote_qty = extra->quote_qty, .strategy_id = extra->strategy_id,
               .strategy_type = extra->strategy_type, .stop_ticks = extra->stop_ticks,
               .trailing_delta = extra->trailing_delta, .extreme = tracks ? extra->extreme : 0,
               .basis_ticks = extra->basis_ticks);
}

static bool put_orders(struct writer *w)
{
    const struct core *core = w->core;
    u64 count = 0;
    for (u32 slot = 1; slot <= core->order_slab.used; slot++) {
        if (core->orders[slot].id) {
            w->scratch[count++] = (struct sorted){core->orders[slot].id, slot};
        }
    }
    heap_sort(w->scratch, count);
    for (u64 i = 0; i < count; i++) {
        if (!put_order(w, (u32)w->scratch[i].index)) {
            return false;
        }
    }
    for (u64 i = 0; i < count; i++) {
        u32 slot = (u32)w->scratch[i].index;
        if (core->orders[slot].extra && !put_detail(w, slot)) {
            return false;
        }
    }
    return true;
}

/* Both sides of a market from the lowest price up: first the bids, worst first, then the asks. */
static bool put_rests(struct writer *w, const struct market *market)
{
    const struct core *core = w->core;
    u32 ticks = 0;
    while ((ticks = book_next(core, market, SIDE_SELL, ticks)) != TICKS_NONE) {
        for (u32 slot = book_level(core, market, ticks)->head; slot;
             slot = core->orders[slot].next) {
            if (!PUT(w, rest, STATE_REST, core->orders[slot].account, core->orders[slot].id,
                     .ticks = ticks, .market = market->number)) {
                return false;
            }
        }
    }
    return true;
}

static u64 leg_id(const struct core *core, const struct list *list, u32 leg)
{
    return list->legs[leg] ? core->orders[list->legs[leg]].id : 0;
}

static bool put_lists(struct writer *w)
{
    const struct core *core = w->core;
    u64 count = 0;
    for (u32 i = 1; i <= core->list_slab.used; i++) {
        if (core->lists[i].id) {
            w->scratch[count++] = (struct sorted){core->lists[i].id, i};
        }
    }
    heap_sort(w->scratch, count);
    for (u64 i = 0; i < count; i++) {
        const struct list *list = &core->lists[w->scratch[i].index];
        if (!PUT(w, list, STATE_LIST, list->account, list->id, .locked = list->locked,
                 .leg0 = leg_id(core, list, 0), .leg1 = leg_id(core, list, 1),
                 .leg2 = leg_id(core, list, 2), .market = list->market, .list_kind = list->kind,
                 .phase = list->phase, .client = list->client)) {
            return false;
        }
    }
    return true;
}

static bool put_holds(struct writer *w)
{
    const struct core *core = w->core;
    u64 count = 0;
    for (u32 i = 1; i <= core->hold_slab.used; i++) {
        if (core->holds[i].id) {
            w->scratch[count++] = (struct sorted){core->holds[i].id, i};
        }
    }
    heap_sort(w->scratch, count);
    for (u64 i = 0; i < count; i++) {
        const struct hold *hold = &core->holds[w->scratch[i].index];
        if (!PUT(w, hold, STATE_HOLD, hold->account, hold->id, .amount = hold->amount,
                 .fee = hold->fee, .asset = hold->asset, .network = hold->network,
                 .hold_kind = hold->kind, .licence = hold->licence,
                 .licence_eur = hold->licence_eur)) {
            return false;
        }
    }
    return true;
}

static bool key_before(const struct core *core, const struct sorted *a, const struct sorted *b)
{
    return memcmp(core->keys[a->index].id, core->keys[b->index].id, KEY_ID_BYTES) < 0;
}

/* By id: first by its first eight bytes, then the few that share them. Ids are hashes. */
static bool put_keys(struct writer *w)
{
    const struct core *core = w->core;
    u64 count = 0;
    for (u32 i = 1; i <= core->key_slab.used; i++) {
        if (core->keys[i].kind) {
            w->scratch[count++] =
                (struct sorted){__builtin_bswap64(bytes_u64(core->keys[i].id)), i};
        }
    }
    heap_sort(w->scratch, count);
    for (u64 i = 1; i < count; i++) {
        for (u64 k = i; k > 0 && key_before(core, &w->scratch[k], &w->scratch[k - 1]); k--) {
            struct sorted swap = w->scratch[k];
            w->scratch[k] = w->scratch[k - 1];
            w->scratch[k - 1] = swap;
        }
    }
    for (u64 i = 0; i < count; i++) {
        const struct key *key = &core->keys[w->scratch[i].index];
        struct state_key record = {.head = snapshot_head(STATE_KEY, sizeof record, key->account, 0),
                                   .rights = key->rights,
                                   .key_kind = key->kind};
        memcpy(record.key_id, key->id, sizeof record.key_id);
        memcpy(record.public_key, key->public_key, sizeof record.public_key);
        if (!snapshot_put(w, &record, sizeof record)) {
            return false;
        }
    }
    return true;
}

bool core_snapshot(const struct core *core, void *scratch, const struct core_sink *sink)
{
    struct writer w = {.core = core, .sink = sink, .scratch = scratch};
    bool ok =
        put_venue(&w) && put_assets(&w) && put_markets(&w) && put_accounts(&w) && put_orders(&w);
    for (u32 i = 0; i < core->markets_count && ok; i++) {
        ok = put_rests(&w, &core->markets[i]);
    }
    return ok && put_lists(&w) && put_holds(&w) && put_keys(&w) && snapshot_rules(&w) &&
           PUT(&w, end, STATE_END, 0, 0, .records = w.records);
}

/* ---- limits ---- */

struct command_genesis core_limits(const struct core *core)
{
    return core->limits;
}

struct command_genesis core_limits_next(const struct core *core)
{
    return core->limits_next;
}

void core_limits_applied(struct core *core)
{
    core->limits_next = core->limits;
}
