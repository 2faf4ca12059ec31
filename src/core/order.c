#include "core/order.h"

#include "core/account.h"
#include "core/book.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/list.h"
#include "core/output.h"
#include "core/trigger.h"

#include <string.h>

static void client_copy(struct client_id *to, const struct client_id *from)
{
    memset(to, 0, sizeof *to);
    if (UNLIKELY(from->length)) {
        memcpy(to, from, client_id_bytes(from->length));
    }
}

/* Adds (step 1) or takes back (step -1, as unsigned) the order in the counts of its owner. */
static void counts_step(struct core *core, const struct order *order, struct position *position,
                        u32 step)
{
    struct account *account = &core->accounts[order->account];
    position->orders += step;
    account->orders += step;
    if (order_type_is_stop(order->type)) {
        position->algo += step;
        account->algo += step;
    }
    if (order->extra && core->extras[order->extra].iceberg) {
        position->iceberg += step;
        account->iceberg += step;
    }
}

static u32 extra_make(struct core *core, const struct intent *intent, u32 slot, u32 list, u8 leg)
{
    u32 extra = SLAB_TAKE(&core->extra_slab, core->extras, next_free);
    core->extras[extra] = (struct extra){
        .slot = slot,
        .list = list,
        .leg = leg,
        .stop_ticks = intent->stop_ticks,
        .trailing_delta = intent->trailing_delta,
        .iceberg = intent->iceberg,
        .visible = intent->iceberg,
        .quote_qty = intent->quote_qty,
        .basis_ticks = intent->basis_ticks,
        .strategy_id = intent->strategy_id,
        .strategy_type = intent->strategy_type,
    };
    if (intent->trailing_delta) {
        core->trailing_count++;
    }
    return extra;
}

void order_locate(const struct core *core, struct intent *intent)
{
    const struct market *market = intent->market;
    u32 base = 0;
    u32 quote = 0;
    for (u32 chunk = core->accounts[intent->account].chunk; chunk;
         chunk = core->chunks[chunk].next) {
        const struct chunk *c = &core->chunks[chunk];
        for (u32 i = 0; i < c->count; i++) {
            base = c->assets[i] == market->base ? chunk << 2 | i : base;
            quote = c->assets[i] == market->quote ? chunk << 2 | i : quote;
        }
        if (LIKELY(base && quote)) {
            break;
        }
    }
    intent->row_base = base;
    intent->row_quote = quote;
    intent->position = account_position(core, intent->account, market->number);
}

void order_provide(struct core *core, struct intent *intent)
{
    const struct market *market = intent->market;
    if (UNLIKELY(intent->row_base == 0)) {
        intent->row_base = ledger_row_make(core, intent->account, market->base);
    }
    if (UNLIKELY(intent->row_quote == 0)) {
        intent->row_quote = ledger_row_make(core, intent->account, market->quote);
    }
    if (UNLIKELY(intent->position == TICKS_NONE)) {
        intent->position = account_position_make(core, intent->account, market->number);
    }
}

u32 order_open(struct core *core, const struct intent *intent, u64 id, u32 list, u8 leg)
{
    u32 slot = SLAB_TAKE(&core->order_slab, core->orders, next);
    struct order *order = &core->orders[slot];
    *order = (struct order){
        .id = id,
        .left = intent->lots,
        .ticks = intent->ticks,
        .account = intent->account,
        .row_base = intent->row_base,
        .row_quote = intent->row_quote,
        .position = intent->position,
        .market = intent->market->number,
        .side = intent->side,
        .type = intent->type,
        .tif = intent->tif,
        .stp = intent->stp,
        .state = intent->state,
        .has_client = intent->client->length != 0,
    };
    struct order_cold *cold = &core->colds[slot];
    cold->lots = intent->lots;
    cold->prevented = 0;
    cold->time_us = core->now_us;
    cold->amends = 0;
    client_copy(&cold->client, intent->client);
    if (UNLIKELY(intent->has_extra)) {
        order->extra = extra_make(core, intent, slot, list, leg);
    }
    if (order_type_is_limit(order->type)) {
        core->pages_reserved++; /* until it rests */
    }
    index_order_insert(core, id, slot);
    if (order->has_client) {
        index_client_insert(core, index_client_key(intent->account, order->market, &cold->client),
                            slot);
    }
    struct position *position = core_position(core, order->position);
    order_link_owner(core, slot, position);
    counts_step(core, order, position, 1);
    intent->market->orders++;
    return slot;
}

void order_close(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct position *position = core_position(core, order->position);
    core->markets[order->market].orders--;
    counts_step(core, order, position, (u32)-1);
    order_unlink_owner(core, slot, position);
    if (order->has_client) {
        index_client_remove(core, slot);
    }
    index_order_remove(core, order->id, slot);
    if (order->state != ORDER_STATE_WORKING && order_type_is_limit(order->type)) {
        core->pages_reserved--;
    }
    if (order->extra) {
        struct extra *extra = &core->extras[order->extra];
        trigger_leave(core, order->extra);
        if (extra->trailing_delta) {
            core->trailing_count--;
        }
        if (extra->list) {
            core->lists[extra->list].legs[extra->leg] = 0;
        }
        extra->slot = 0;
        SLAB_GIVE(&core->extra_slab, core->extras, next_free, order->extra);
    }
    order->id = 0;
    SLAB_GIVE(&core->order_slab, core->orders, next, slot);
}

bool order_in_waiting_pair(const struct core *core, const struct order *order)
{
    if (LIKELY(order->extra == 0)) {
        return false;
    }
    u32 list = core->extras[order->extra].list;
    return list && core->lists[list].phase == LIST_PAIR;
}

struct amount order_need(const struct core *core, u32 slot)
{
    const struct order *order = &core->orders[slot];
    const struct market *market = &core->markets[order->market];
    if (order->side == SIDE_SELL) {
        return market_base(market, order->left);
    }
    if (order_type_is_limit(order->type)) {
        return market_quote(market, order->ticks, order->left);
    }
    return market_quote(market, core->extras[order->extra].basis_ticks, order->left);
}

struct amount order_lock(const struct core *core, u32 slot)
{
    const struct order *order = &core->orders[slot];
    if (order->state == ORDER_STATE_PENDING_NEW || order_in_waiting_pair(core, order)) {
        return AMOUNT_ZERO;
    }
    if (order->state == ORDER_STATE_QUEUED && core->extras[order->extra].list) {
        return AMOUNT_ZERO; /* a pending leg about to start */
    }
    return order_need(core, slot);
}

void order_end(struct core *core, u32 slot, u8 status, u8 reason, struct amount released)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    u64 update_id = 0;
    if (order->state == ORDER_STATE_WORKING) {
        book_remove(core, market, slot);
        update_id = market->next_update_id++;
    }
    u64 entry = ledger_unlock(core, order_lock_row(order), released);
    output_order_done(core, order->account, order_answer(core, order->id), order->id, released,
                      entry, update_id, order->market, status, reason);
    order_close(core, slot);
}

void order_finish(struct core *core, u32 slot, u8 status, u8 reason)
{
    u32 extra = core->orders[slot].extra;
    if (extra && core->extras[extra].list) {
        list_leg_finish(core, slot, status, reason);
        return;
    }
    order_end(core, slot, status, reason, order_lock(core, slot));
}

void order_set_progress(struct core *core, u32 slot, u64 left, u64 prevented, u64 quote_done)
{
    core->orders[slot].left = left;
    core->orders[slot].quote_done = quote_done;
    core->colds[slot].prevented = prevented;
}

void order_tell_new(struct core *core, const struct intent *intent, u64 id, struct amount locked,
                    u64 entry, u64 update_id, u64 list_id)
{
    const struct client_id *client = intent->client;
    u32 client_bytes = client_id_bytes(client->length);
    u32 at = offsetof(struct event_order_new, client);
    size_t bytes = (at + client_bytes + WIRE_UNIT - 1) / WIRE_UNIT * WIRE_UNIT;
    struct event_order_new *event = output_take(core, bytes);
    memset((u8 *)event + at, 0, bytes - at);
    event->head = output_head(core, EVENT_ORDER_NEW, bytes, intent->account);
    event->source_index = core->current.source_index;
    event->order_id = id;
    event->price = intent->price;
    event->qty = intent->qty;
    event->locked = locked;
    event->entry = entry;
    event->update_id = update_id;
    event->market = intent->market->number;
    event->side = intent->side;
    event->type = intent->type;
    event->tif = intent->tif;
    event->stp = intent->stp;
    event->state = intent->state == ORDER_ACTING ? ORDER_STATE_WORKING : intent->state;
    event->flags = update_id ? ORDER_NEW_FLAG_BOOKED : 0;
    event->list_id = list_id;
    if (client->length) {
        memcpy(&event->client, client, client_bytes);
    }
    if (UNLIKELY(intent->has_extra)) {
        OUTPUT(core, order_detail, EVENT_ORDER_DETAIL, intent->account, .order_id = id,
               .stop_price = intent->stop_price, .iceberg_qty = intent->iceberg_qty,
               .quote_qty = intent->quote_qty, .strategy_id = intent->strategy_id,
               .strategy_type = intent->strategy_type, .trailing_delta = intent->trailing_delta);
    }
}

u64 order_rest(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    if (order->extra) {
        struct extra *extra = &core->extras[order->extra];
        extra->visible = u64_min(extra->iceberg, order->left);
    }
    order->state = ORDER_STATE_WORKING;
    core->pages_reserved--;
    book_append(core, market, slot);
    return market->next_update_id++;
}

void order_rest_and_tell(struct core *core, u32 slot)
{
    u64 update_id = order_rest(core, slot);
    const struct order *order = &core->orders[slot];
    OUTPUT(core, order_booked, EVENT_ORDER_BOOKED, order->account, .order_id = order->id,
           .update_id = update_id);
}
