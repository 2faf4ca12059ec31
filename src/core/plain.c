#include "core/plain.h"

#include "core/account.h"
#include "core/book.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/match.h"
#include "core/order.h"
#include "core/output.h"
#include "core/place.h"
#include "core/trigger.h"

/* What the checks of a plain order found. */
struct plain {
    struct market *market;
    struct account *account;
    u64 lots;
    struct amount lock;
    u32 ticks;
    u32 row_base;
    u32 row_quote;
    u8 stp;
};

/* Whether the terms are of the plain kind, on the grid and within the filters. */
ALWAYS_INLINE bool plain_terms(struct core *core, const struct command_order *c, struct plain *p)
{
    if (c->head.account >= core->accounts_count || c->market >= core->markets_count) {
        return false;
    }
    struct market *market = &core->markets[c->market];
    struct account *account = &core->accounts[c->head.account];
    p->market = market;
    p->account = account;
    p->stp = c->stp == STP_MODE_MARKET_DEFAULT ? market->stp_default : c->stp;
    bool kind = c->type == ORDER_TYPE_LIMIT && c->tif <= TIME_IN_FORCE_IOC &&
                c->side <= SIDE_SELL && c->flags == 0 && p->stp < STP_MODE_COUNT &&
                (market->stp_allowed >> p->stp & 1) &&
                (market->types_allowed & 1U << ORDER_TYPE_LIMIT);
    bool open = (account->restrictions & ACCOUNT_PLACE_MASK) == 0 &&
                market->state == MARKET_STATE_TRADING && market->checks == 0 &&
                !core->venue_filtered && !account->has_limits;
    if (!kind || !open) {
        return false;
    }
    u64 price = c->price.units; /* raw: grid */
    u64 qty = c->qty.units;     /* raw: grid */
    u64 ticks = price / market->tick;
    u64 lots = qty / market->lot;
    p->ticks = (u32)ticks;
    p->lots = lots;
    return ticks * market->tick == price && lots * market->lot == qty &&
           ticks >= market->ticks_low && ticks <= market->ticks_high && lots >= market->lots_low &&
           lots <= market->lots_high && lots != 0;
}

/* Whether the account has what the order needs without anything new being made for it. */
ALWAYS_INLINE bool plain_means(const struct core *core, const struct command_order *c,
                               struct plain *p)
{
    const struct market *market = p->market;
    const struct account *account = p->account;
    const struct chunk *chunk = &core->chunks[account->chunk];
    if ((account->position.used && account->position.market != c->market) || chunk->count < 2) {
        return false;
    }
    u32 base = chunk->assets[0] == market->base ? 0 : chunk->assets[1] == market->base ? 1 : 2;
    u32 quote = chunk->assets[0] == market->quote ? 0 : chunk->assets[1] == market->quote ? 1 : 2;
    if (base >= chunk->count || quote >= chunk->count || chunk->assets[base] != market->base ||
        chunk->assets[quote] != market->quote) {
        return false;
    }
    p->row_base = account->chunk << 2 | base;
    p->row_quote = account->chunk << 2 | quote;
    u64 notional = 0;
    if (__builtin_mul_overflow(p->ticks * market->value, p->lots, &notional) ||
        notional >= AMOUNT_BOUND) {
        return false;
    }
    bool buy = c->side == SIDE_BUY;
    p->lock = buy ? amount_of(notional) : c->qty;
    return !amount_less(chunk->rows[buy ? quote : base].free, p->lock) &&
           core->order_slab.count < core->order_slab.max;
}

/* The event, written in place. */
ALWAYS_INLINE void plain_tell(struct core *core, const struct command_order *c,
                              const struct plain *p, u64 id, u64 entry, u64 update_id)
{
    u32 client_bytes = client_id_bytes(c->client.length);
    u32 at = offsetof(struct event_order_new, client);
    size_t bytes = client_bytes <= sizeof(struct event_order_new) - WIRE_UNIT - at
                       ? sizeof(struct event_order_new) - WIRE_UNIT
                       : sizeof(struct event_order_new);
    struct event_order_new *event = output_take(core, bytes);
    u64 zero = 0;
    memcpy((u8 *)event + at, &zero, sizeof zero);
    event->head = output_head(core, EVENT_ORDER_NEW, bytes, c->head.account);
    event->source_index = core->current.source_index;
    event->order_id = id;
    event->price = c->price;
    event->qty = c->qty;
    event->locked = p->lock;
    event->entry = entry;
    event->update_id = update_id;
    event->market = c->market;
    event->side = c->side;
    event->type = ORDER_TYPE_LIMIT;
    event->tif = c->tif;
    event->stp = p->stp;
    event->state = ORDER_STATE_WORKING;
    event->flags = update_id ? ORDER_NEW_FLAG_BOOKED : 0;
    event->list_id = 0;
    if (UNLIKELY(c->client.length)) {
        memset((u8 *)event + at, 0, bytes - at);
        memcpy(&event->client, &c->client, client_bytes);
    }
}

/* Makes the order and puts it on the book; its page exists. */
ALWAYS_INLINE void plain_rest(struct core *core, const struct command_order *c,
                              const struct plain *p, u64 id, u64 left, u64 prevented,
                              u64 quote_done)
{
    u32 slot = SLAB_TAKE(&core->order_slab, core->orders, next);
    core->orders[slot] = (struct order){
        .id = id,
        .left = left,
        .quote_done = quote_done,
        .ticks = p->ticks,
        .account = c->head.account,
        .row_base = p->row_base,
        .row_quote = p->row_quote,
        .position = c->head.account,
        .market = c->market,
        .side = c->side,
        .type = ORDER_TYPE_LIMIT,
        .tif = c->tif,
        .stp = p->stp,
        .state = ORDER_STATE_WORKING,
        .has_client = c->client.length != 0,
    };
    struct order_cold *cold = &core->colds[slot];
    *cold = (struct order_cold){.lots = p->lots, .prevented = prevented, .time_us = core->now_us};
    if (UNLIKELY(c->client.length)) {
        memcpy(&cold->client, &c->client, client_id_bytes(c->client.length));
        index_insert(&core->client_index, index_client_key(c->head.account, c->market, &c->client),
                     slot);
    }
    index_insert(&core->order_index, (u32)id, slot);
    struct position *position = &p->account->position;
    core->links[slot] = (struct order_link){.newer = 0, .older = position->newest};
    core->links[position->newest].newer = slot; /* slot 0 takes the write of an empty list */
    position->newest = slot;
    position->orders++;
    p->account->orders++;
    p->market->orders++;
    book_append(core, p->market, slot);
}

/* Takes, then rests or ends. */
static NEVER_INLINE void plain_take(struct core *core, const struct command_order *c,
                                    const struct plain *p, u64 id)
{
    struct market *market = p->market;
    struct taker taker;
    taker_init(core, &taker, market, c->head.account, c->side, p->stp, TAKER_LIMIT, p->ticks);
    taker.order_id = id;
    taker.left = p->lots;
    taker.row_base = p->row_base;
    taker.row_quote = p->row_quote;
    match(core, &taker);
    if (taker.end == TAKER_OPEN && c->tif == TIME_IN_FORCE_GTC) {
        plain_rest(core, c, p, id, taker.left, taker.prevented, taker.quote_done);
        OUTPUT(core, order_booked, EVENT_ORDER_BOOKED, c->head.account, .order_id = id,
               .update_id = market->next_update_id++);
    } else if (taker.end != TAKER_DONE && taker.end != TAKER_PREVENTED) {
        place_taker_done(core, &taker, c->tif);
    }
    trigger_evaluate(core, market);
}

bool plain_order(struct core *core, const struct command_order *c)
{
    struct plain p;
    if (UNLIKELY(!plain_terms(core, c, &p)) || UNLIKELY(!plain_means(core, c, &p))) {
        return false;
    }
    struct market *market = p.market;
    bool crosses = book_crosses(market, c->side, p.ticks);
    bool stays = c->tif == TIME_IN_FORCE_GTC;
    if (stays && UNLIKELY(!book_has_page(market, p.ticks))) {
        return false; /* a page has to be found for it */
    }
    if (UNLIKELY(c->client.length) && index_client(core, c->head.account, c->market, &c->client)) {
        return false;
    }
    if (UNLIKELY(!p.account->position.used)) {
        p.account->position = (struct position){.market = c->market, .used = 1};
    }
    u64 id = core->next_order_id++;
    u64 entry = ledger_lock(core, c->side == SIDE_BUY ? p.row_quote : p.row_base, p.lock);
    if (stays && !crosses) {
        plain_tell(core, c, &p, id, entry, market->next_update_id++);
        plain_rest(core, c, &p, id, p.lots, 0, 0);
        return true;
    }
    plain_tell(core, c, &p, id, entry, 0);
    plain_take(core, c, &p, id);
    return true;
}
