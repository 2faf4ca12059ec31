/* Looking into a core: balances, books, counts, and the checks of its structures. */
#include "core/account.h"
#include "core/book.h"
#include "core/core.h"
#include "core/index.h"
#include "core/key.h"
#include "core/ledger.h"
#include "core/order.h"
#include "core/ruling.h"
#include "core/state.h"

#include <string.h>

u64 core_seq(const struct core *core)
{
    return core->seq;
}

u64 core_source_index(const struct core *core, u8 source)
{
    return core->source_index[source];
}

bool core_has_queued(const struct core *core)
{
    return core->runnable != 0;
}

bool core_rules_wait(const struct core *core, u64 now_us)
{
    return core->ruling_waiting != 0 || core->ruling_due_us <= now_us;
}

u64 core_rules_due(const struct core *core)
{
    return core->ruling_due_us;
}

u32 core_assets_count(const struct core *core)
{
    return core->assets_count;
}

i128 core_ledger_sum(const struct core *core, u16 asset)
{
    return ledger_sum(core, asset);
}

struct core_balance core_balance_of(const struct core *core, u32 account, u16 asset)
{
    u32 row = account < core->accounts_count ? ledger_row(core, account, asset) : 0;
    if (row == 0) {
        return (struct core_balance){AMOUNT_ZERO, AMOUNT_ZERO};
    }
    const struct balance *balance = &core->chunks[row >> 2].rows[row & 3];
    return (struct core_balance){balance->free, balance->locked};
}

struct core_house core_house_of(const struct core *core, u16 asset)
{
    if (asset >= core->assets_count) {
        return (struct core_house){AMOUNT_ZERO, AMOUNT_ZERO, 0};
    }
    const struct asset *record = &core->assets[asset];
    return (struct core_house){record->fee_income, record->suspense, record->equity};
}

struct amount core_custody_of(const struct core *core, u16 asset, u16 network)
{
    if (asset >= core->assets_count || network >= core->limits.networks_max) {
        return AMOUNT_ZERO;
    }
    return core->custody[(u32)asset * core->limits.networks_max + network];
}

struct core_counts core_counts_of(const struct core *core)
{
    return (struct core_counts){
        .orders = core->order_slab.count,
        .resting = core->resting_count,
        .accounts = core->accounts_count,
        .rejected_limits = core->rejected_limits,
        .trades = core->trades,
        .next_order_id = core->next_order_id,
        .keys = core->key_slab.count,
    };
}

u32 core_book(const struct core *core, u16 number, enum side side, struct core_resting *rows_out,
              u32 count)
{
    if (number >= core->markets_count) {
        return 0;
    }
    const struct market *market = &core->markets[number];
    u32 none = side == SIDE_BUY ? 0 : TICKS_NONE;
    u32 rows = 0;
    u32 ticks = market->best[side];
    while (ticks != none && rows < count) {
        u32 slot = book_level(core, market, ticks)->head;
        for (; slot && rows < count; slot = core->orders[slot].next) {
            const struct order *order = &core->orders[slot];
            rows_out[rows++] = (struct core_resting){
                .order_id = order->id,
                .account = order->account,
                .price = market_price(market, order->ticks),
                .visible = market_base(market, order_visible(core, order)),
                .remaining = market_base(market, order->left),
            };
        }
        ticks = book_next(core, market, (u8)side, ticks);
    }
    return rows;
}

/* ---- validation ---- */

/* What an account's open orders of one market hold locked in an asset. */
static u128 locked_by_orders(const struct core *core, const struct position *position, u16 asset)
{
    u128 sum = 0;
    for (u32 slot = position->newest; slot; slot = core->links[slot].older) {
        const struct order *order = &core->orders[slot];
        const struct market *market = &core->markets[order->market];
        u16 locks = order->side == SIDE_BUY ? market->quote : market->base;
        if (locks != asset) {
            continue;
        }
        sum += order_lock(core, slot).units; /* raw: sum */
        u32 extra = order->extra;
        u32 list = extra ? core->extras[extra].list : 0;
        if (list && core->lists[list].phase == LIST_PAIR) {
            /* Count the pair's lock once: with its first open leg. */
            const struct list *record = &core->lists[list];
            u32 first = record->legs[0] ? record->legs[0] : record->legs[1];
            sum += first == slot ? record->locked.units : 0; /* raw: sum */
        }
    }
    return sum;
}

static void validate_account(const struct core *core, u32 account)
{
    const struct account *record = &core->accounts[account];
    u32 rows = 0;
    for (u32 chunk = record->chunk; chunk; chunk = core->chunks[chunk].next) {
        const struct chunk *c = &core->chunks[chunk];
        CHECK(c->account == account);
        CHECK(c->tier == record->tier);
        rows += c->count;
        for (u32 i = 0; i < c->count; i++) {
            u128 locked = locked_by_orders(core, &record->position, c->assets[i]);
            for (u32 p = record->positions_more; p; p = core->positions[p].next) {
                locked += locked_by_orders(core, &core->positions[p].position, c->assets[i]);
            }
            CHECK(locked == c->rows[i].locked.units); /* raw: compared with a sum */
        }
    }
    CHECK(rows == record->rows);
}

static u32 validate_side(const struct core *core, const struct market *market, u8 side)
{
    u32 none = side == SIDE_BUY ? 0 : TICKS_NONE;
    u32 resting = 0;
    for (u32 ticks = market->best[side]; ticks != none;
         ticks = book_next(core, market, side, ticks)) {
        const struct level *level = book_level(core, market, ticks);
        u32 before = 0;
        CHECK(level->head != 0);
        for (u32 slot = level->head; slot; slot = core->orders[slot].next) {
            const struct order *order = &core->orders[slot];
            CHECK(order->ticks == ticks && order->side == side);
            CHECK(order->state == ORDER_STATE_WORKING);
            CHECK(order->left > 0 && order_visible(core, order) > 0);
            CHECK(order->prev == before);
            before = slot;
            resting++;
        }
        CHECK(level->tail == before);
    }
    return resting;
}

static void validate_orders(const struct core *core)
{
    u32 open = 0;
    u32 reserved = 0;
    for (u32 slot = 1; slot <= core->order_slab.used; slot++) {
        const struct order *order = &core->orders[slot];
        if (order->id == 0) {
            continue;
        }
        open++;
        CHECK(index_order(core, order->id) == slot);
        const struct order_cold *cold = &core->colds[slot];
        CHECK(order->has_client == (cold->client.length != 0));
        if (order->has_client) {
            CHECK(index_client(core, order->account, order->market, &cold->client) == slot);
        }
        CHECK(order->state != ORDER_ACTING);
        CHECK(order->left > 0 && order->left + cold->prevented <= cold->lots);
        reserved += order->state != ORDER_STATE_WORKING && order_type_is_limit(order->type) ? 1 : 0;
        CHECK(order->extra == 0 || core->extras[order->extra].slot == slot);
    }
    CHECK(open == core->order_slab.count);
    CHECK(reserved == core->pages_reserved);
}

static void validate_keys(const struct core *core)
{
    u32 count = 0;
    for (u32 slot = 1; slot <= core->key_slab.used; slot++) {
        const struct key *key = &core->keys[slot];
        if (key->kind) {
            count++;
            CHECK(key->account < core->accounts_count);
            CHECK(key_find(core, key->id) == slot);
        }
    }
    CHECK(count == core->key_slab.count);
}

void core_validate(const struct core *core)
{
    u32 resting = 0;
    for (u32 i = 0; i < core->markets_count; i++) {
        const struct market *market = &core->markets[i];
        CHECK(market->best[SIDE_BUY] < market->best[SIDE_SELL]);
        resting += validate_side(core, market, SIDE_BUY) + validate_side(core, market, SIDE_SELL);
    }
    CHECK(resting == core->resting_count);
    validate_orders(core);
    validate_keys(core);
    if (core->limits.persons_max) {
        ruling_validate(core);
    }
    for (u32 i = 0; i < core->accounts_count; i++) {
        validate_account(core, i);
    }
    for (u32 i = 0; i < core->assets_count; i++) {
        CHECK(ledger_sum(core, (u16)i) == 0);
    }
}
