#include "core/match.h"

#include "core/book.h"
#include "core/ledger.h"
#include "core/list.h"
#include "core/market.h"
#include "core/output.h"
#include "core/person.h"

void taker_init(const struct core *core, struct taker *taker, struct market *market, u32 account,
                u8 side, u8 stp, enum taker_kind kind, u32 limit_ticks)
{
    u32 tier = core->accounts[account].tier;
    *taker = (struct taker){
        .market = market,
        .account = account,
        .group = core->accounts[account].group,
        .web = person_group_of(core, account),
        .limit = kind == TAKER_LIMIT ? limit_ticks
                 : side == SIDE_BUY  ? TICKS_NONE - 1
                                     : 1,
        .range_low = 0,
        .range_high = TICKS_NONE,
        .rate = core->fees[market->number * core->limits.fee_tiers_max + tier].rate[side][1],
        .side = side,
        .stp = stp,
        .kind = (u8)kind,
        .end = TAKER_OPEN,
    };
    if (UNLIKELY(market->checks & MARKET_CHECK_RANGE)) {
        market_range(market, side, &taker->range_low, &taker->range_high);
    }
}

/* Lots the taker can still take at this price. `kind` is its own: where it is a constant, the rest
 * falls away. */
ALWAYS_INLINE u64 taker_wants(const struct taker *taker, enum taker_kind kind, u32 ticks)
{
    if (kind == TAKER_LIMIT || kind == TAKER_MARKET) {
        return taker->left;
    }
    u64 unit = (u64)ticks * taker->market->value;
    if (kind == TAKER_QUOTE) {
        return taker->quote_left / unit;
    }
    return u64_min(taker->left, taker->lock_left / unit);
}

ALWAYS_INLINE bool taker_is_self(const struct core *core, const struct taker *taker,
                                 const struct order *maker)
{
    if (maker->account == taker->account) {
        return true;
    }
    if (taker->group != GROUP_NONE && core->accounts[maker->account].group == taker->group) {
        return true;
    }
    return UNLIKELY(taker->web != 0) && person_group_of(core, maker->account) == taker->web;
}

/* The taker's own accounting of lots that are gone, traded or prevented. */
ALWAYS_INLINE void taker_lose(struct taker *taker, enum taker_kind kind, u64 lots, u64 quote)
{
    if (kind == TAKER_QUOTE) {
        taker->quote_left -= quote;
    } else {
        taker->left -= lots;
    }
}

/* A market type's lock pays; a limit type's is counted by its price and quantity. */
ALWAYS_INLINE void taker_pay(struct taker *taker, enum taker_kind kind, struct amount paid)
{
    if (kind != TAKER_LIMIT) {
        CHECK(taker->lock_left >= paid.units); /* raw: budget */
        taker->lock_left -= paid.units;        /* raw: budget */
    }
}

/* ---- the maker's side of a fill or a prevention ---- */

/* A maker's slice lost `lots`: the next slice goes to the end of the queue. */
static void maker_slice(struct core *core, struct market *market, u32 slot, u64 lots)
{
    struct order *maker = &core->orders[slot];
    struct extra *extra = &core->extras[maker->extra];
    if (extra->iceberg == 0) {
        return;
    }
    extra->visible -= lots;
    if (extra->visible == 0) {
        extra->visible = u64_min(extra->iceberg, maker->left);
        book_requeue(core, market, slot);
    }
}

/* Takes a maker that is done out of the book and closes it. */
static void maker_close(struct core *core, struct market *market, u32 slot)
{
    book_remove(core, market, slot);
    order_close(core, slot);
}

/* ---- trades ----
 *
 * The functions of a trade take the taker's kind and side once more beside the taker: `match` calls
 * them with constants, so that a trade of a limit-type taker has no branch on either. */

/* What stays the same over a taker's trades. */
struct phase {
    struct market *market;
    struct balance *base; /* the taker's */
    struct balance *quote;
    const struct fees *fees; /* of the market, by tier */
};

ALWAYS_INLINE struct phase phase_of(struct core *core, const struct taker *taker)
{
    struct market *market = taker->market;
    return (struct phase){
        .market = market,
        .base = core_row(core, taker->row_base),
        .quote = core_row(core, taker->row_quote),
        .fees = &core->fees[market->number * core->limits.fee_tiers_max],
    };
}

/* The amounts of one trade. */
struct meeting {
    struct amount base;
    struct amount quote;
    struct amount maker_fee;
    struct amount taker_fee;
    struct amount improvement;
};

ALWAYS_INLINE void trade_money(struct core *core, const struct phase *phase, u8 side,
                               const struct order *maker, const struct meeting *m)
{
    struct balance *base = core_row(core, maker->row_base);
    struct balance *quote = core_row(core, maker->row_quote);
    if (side == SIDE_BUY) {
        ledger_fill(phase->quote, phase->base, m->quote, m->improvement, m->base, m->taker_fee);
        ledger_fill(base, quote, m->base, AMOUNT_ZERO, m->quote, m->maker_fee);
        ledger_fee(core, phase->market->base, m->taker_fee);
        ledger_fee(core, phase->market->quote, m->maker_fee);
    } else {
        ledger_fill(phase->base, phase->quote, m->base, AMOUNT_ZERO, m->quote, m->taker_fee);
        ledger_fill(quote, base, m->quote, AMOUNT_ZERO, m->base, m->maker_fee);
        ledger_fee(core, phase->market->quote, m->taker_fee);
        ledger_fee(core, phase->market->base, m->maker_fee);
    }
}

ALWAYS_INLINE void trade_tell(struct core *core, const struct taker *taker,
                              const struct phase *phase, u8 side, const struct order *maker,
                              const struct meeting *m, u32 flags)
{
    struct market *market = phase->market;
    u32 entries = 2U + !amount_is_zero(m->taker_fee) + !amount_is_zero(m->maker_fee) +
                  !amount_is_zero(m->improvement);
    struct event_trade *event = output_take(core, sizeof *event);
    output_head_word(core, &event->head, EVENT_TRADE, sizeof *event, taker->account);
    event->trade_id = market->next_trade_id++;
    event->aggregate_id = market->next_aggregate_id - 1;
    event->maker_order_id = maker->id;
    event->taker_order_id = taker->order_id;
    event->price = market_price(market, maker->ticks);
    event->qty = m->base;
    event->quote = m->quote;
    event->maker_fee = m->maker_fee;
    event->taker_fee = m->taker_fee;
    event->improvement = m->improvement;
    event->entry = ledger_entries(core, entries);
    event->update_id = market->next_update_id++;
    /* account, market, side and flags as one word */
    u64 rest = maker->account | (u64)market->number << 32 | (u64)side << 48 | (u64)flags << 56;
    memcpy(&event->maker_account, &rest, sizeof rest);
    memset(event->padding, 0, sizeof event->padding);
}
_Static_assert(offsetof(struct event_trade, market) ==
                       offsetof(struct event_trade, maker_account) + 4 &&
                   offsetof(struct event_trade, taker_side) ==
                       offsetof(struct event_trade, maker_account) + 6 &&
                   offsetof(struct event_trade, flags) ==
                       offsetof(struct event_trade, maker_account) + 7,
               "written as one word");

/* Trades `lots` with a maker at its price and says so. */
ALWAYS_INLINE void trade(struct core *core, struct taker *taker, const struct phase *phase,
                         enum taker_kind kind, u8 side, struct order *maker, u64 lots)
{
    struct market *market = phase->market;
    u32 ticks = maker->ticks;
    u32 tier = core->chunks[maker->row_base >> 2].tier;
    struct meeting m = {.base = market_base(market, lots),
                        .quote = market_quote(market, ticks, lots)};
    m.taker_fee = amount_mul_rate_floor(side == SIDE_BUY ? m.base : m.quote, taker->rate);
    m.maker_fee = amount_mul_rate_floor(side == SIDE_BUY ? m.quote : m.base,
                                        phase->fees[tier].rate[!side][0]);
    if (side == SIDE_BUY && kind == TAKER_LIMIT) {
        m.improvement = market_quote(market, taker->limit - ticks, lots);
    }
    trade_money(core, phase, side, maker, &m);
    maker->left -= lots;
    maker->quote_done += m.quote.units;           /* raw: report only */
    taker->quote_done += m.quote.units;           /* raw: report only */
    taker_lose(taker, kind, lots, m.quote.units); /* raw: budget */
    taker_pay(taker, kind, side == SIDE_BUY ? m.quote : m.base);
    taker->sum_lots += lots;
    market->next_aggregate_id += taker->last_ticks != ticks;
    taker->last_ticks = ticks;
    bool taker_done = kind == TAKER_LIMIT && taker->left == 0;
    trade_tell(core, taker, phase, side, maker, &m,
               (u32)(maker->left == 0) * TRADE_FLAG_MAKER_DONE |
                   (u32)taker_done * TRADE_FLAG_TAKER_DONE);
    market->last = ticks;
    core->trades++;
}

/* What a maker with extras needs around its trade: slices, and its list. */
static NEVER_INLINE void trade_extra(struct core *core, struct taker *taker, u32 slot, u64 lots)
{
    struct order *maker = &core->orders[slot];
    u32 list = core->extras[maker->extra].list;
    struct amount need = order_need(core, slot);
    struct phase phase = phase_of(core, taker);
    trade(core, taker, &phase, taker->kind, taker->side, maker, lots);
    bool filled = maker->left == 0;
    if (filled) {
        maker_close(core, taker->market, slot);
    } else {
        maker_slice(core, taker->market, slot, lots);
    }
    if (list) {
        list_leg_traded(core, list, filled ? 0 : slot, need);
    }
}

/* ---- self-trade prevention ---- */

static u8 stp_effective(const struct taker *taker, const struct order *maker)
{
    if (taker->stp == STP_MODE_TRANSFER &&
        (maker->stp != STP_MODE_TRANSFER || maker->account == taker->account)) {
        return STP_MODE_DECREMENT;
    }
    return taker->stp;
}

/* What a prevention takes from each side. */
struct prevention {
    u64 maker_lots;
    u64 taker_lots;
    u8 mode;
    bool maker_done;
    bool taker_done;
};

static struct prevention prevention_of(const struct core *core, const struct taker *taker,
                                       const struct order *maker)
{
    struct prevention p = {.mode = stp_effective(taker, maker)};
    u64 wanted = taker_wants(taker, taker->kind, maker->ticks);
    if (p.mode == STP_MODE_EXPIRE_TAKER || p.mode == STP_MODE_EXPIRE_BOTH) {
        p.taker_lots = taker->kind == TAKER_BUDGET ? taker->left : wanted;
        p.taker_done = true;
    }
    if (p.mode == STP_MODE_EXPIRE_MAKER || p.mode == STP_MODE_EXPIRE_BOTH) {
        p.maker_lots = maker->left;
        p.maker_done = true;
    }
    if (p.mode == STP_MODE_DECREMENT || p.mode == STP_MODE_TRANSFER) {
        u64 remaining =
            taker->kind == TAKER_BUDGET && p.mode == STP_MODE_DECREMENT ? taker->left : wanted;
        u64 lots = u64_min(remaining, order_visible(core, maker));
        p.maker_lots = p.taker_lots = lots;
        p.maker_done = lots == maker->left;
        p.taker_done = lots == (taker->kind == TAKER_QUOTE ? wanted : taker->left);
    }
    return p;
}

/* Moves what a TRANSFER moves: base from seller to buyer, quote the other way, without fees. */
static void prevention_transfer(struct core *core, struct taker *taker, const struct order *maker,
                                struct amount base, struct amount quote)
{
    if (taker->side == SIDE_BUY) {
        ledger_fill_side(core, taker->row_quote, taker->row_base, quote, AMOUNT_ZERO, base,
                         AMOUNT_ZERO);
        ledger_fill_side(core, maker->row_base, maker->row_quote, base, AMOUNT_ZERO, quote,
                         AMOUNT_ZERO);
        taker_pay(taker, taker->kind, quote);
    } else {
        ledger_fill_side(core, taker->row_base, taker->row_quote, base, AMOUNT_ZERO, quote,
                         AMOUNT_ZERO);
        ledger_fill_side(core, maker->row_quote, maker->row_base, quote, AMOUNT_ZERO, base,
                         AMOUNT_ZERO);
        taker_pay(taker, taker->kind, base);
    }
}

static struct amount prevention_maker_release(const struct core *core, const struct taker *taker,
                                              const struct order *maker, const struct prevention *p)
{
    bool pair_ends = p->maker_done && order_in_waiting_pair(core, maker);
    if (p->mode == STP_MODE_TRANSFER || pair_ends) {
        return AMOUNT_ZERO;
    }
    return maker->side == SIDE_BUY ? market_quote(taker->market, maker->ticks, p->maker_lots)
                                   : market_base(taker->market, p->maker_lots);
}

static struct amount prevention_taker_release(const struct taker *taker, const struct order *maker,
                                              const struct prevention *p)
{
    if (taker->kind != TAKER_LIMIT) {
        return AMOUNT_ZERO;
    }
    if (p->mode == STP_MODE_TRANSFER) {
        return taker->side == SIDE_BUY
                   ? market_quote(taker->market, taker->limit - maker->ticks, p->taker_lots)
                   : AMOUNT_ZERO;
    }
    return taker->side == SIDE_BUY ? market_quote(taker->market, taker->limit, p->taker_lots)
                                   : market_base(taker->market, p->taker_lots);
}

static void prevention_tell(struct core *core, struct taker *taker, u32 slot,
                            const struct prevention *p)
{
    struct market *market = taker->market;
    struct order *maker = &core->orders[slot];
    struct amount base = AMOUNT_ZERO;
    struct amount quote = AMOUNT_ZERO;
    if (p->mode == STP_MODE_TRANSFER) {
        base = market_base(market, p->maker_lots);
        quote = market_quote(market, maker->ticks, p->maker_lots);
        prevention_transfer(core, taker, maker, base, quote);
    }
    struct amount maker_released = prevention_maker_release(core, taker, maker, p);
    struct amount taker_released = prevention_taker_release(taker, maker, p);
    u64 entry = ledger_entries(core, p->mode == STP_MODE_TRANSFER ? 2 : 0);
    u64 maker_entry = ledger_unlock(core, order_lock_row(maker), maker_released);
    (void)maker_entry;
    u32 taker_row = taker->side == SIDE_BUY ? taker->row_quote : taker->row_base;
    u64 taker_entry = ledger_unlock(core, taker_row, taker_released);
    (void)taker_entry;
    OUTPUT(core, prevented, EVENT_PREVENTED, taker->account, .match_id = market->next_match_id++,
           .maker_order_id = maker->id, .taker_order_id = taker->order_id,
           .price = market_price(market, maker->ticks),
           .maker_qty = market_base(market, p->maker_lots),
           .taker_qty = market_base_capped(market, p->taker_lots), .maker_released = maker_released,
           .taker_released = taker_released, .transferred_qty = base, .transferred_quote = quote,
           .entry = entry, .update_id = p->maker_lots ? market->next_update_id++ : 0,
           .maker_account = maker->account, .market = market->number, .mode = p->mode,
           .flags =
               (u8)((p->maker_done ? PREVENTED_FLAG_MAKER_DONE : 0) |
                    (p->taker_done && taker->kind == TAKER_LIMIT ? PREVENTED_FLAG_TAKER_DONE : 0)));
}

/* A maker of the taker's own account or group is first in the queue. */
static NEVER_INLINE void prevent(struct core *core, struct taker *taker, u32 slot)
{
    struct order *maker = &core->orders[slot];
    struct market *market = taker->market;
    struct prevention p = prevention_of(core, taker, maker);
    u32 list = maker->extra ? core->extras[maker->extra].list : 0;
    struct amount need = order_need(core, slot);
    u64 quote = (u64)maker->ticks * market->value * p.taker_lots;
    prevention_tell(core, taker, slot, &p);

    taker->prevented += p.taker_lots;
    taker_lose(taker, taker->kind, p.taker_lots, quote);
    if (p.taker_done) {
        taker->end = TAKER_PREVENTED;
    }
    if (p.maker_lots) {
        struct amount gone =
            p.mode == STP_MODE_TRANSFER
                ? (maker->side == SIDE_BUY ? amount_of(quote) : market_base(market, p.maker_lots))
                : AMOUNT_ZERO;
        maker->left -= p.maker_lots;
        core->colds[slot].prevented += p.maker_lots;
        if (p.maker_done) {
            maker_close(core, market, slot);
        } else if (maker->extra) {
            maker_slice(core, market, slot, p.maker_lots);
        }
        if (list && p.maker_done) {
            list_leg_prevented(core, list, gone);
        } else if (list) {
            list_leg_traded(core, list, slot, need);
        }
    }
}

/* ---- the taker phase ---- */

/* Begins to fetch what closing this maker needs, and the one behind it. */
ALWAYS_INLINE void match_fetch(const struct core *core, const struct order *maker, u32 slot)
{
    __builtin_prefetch(&core->accounts[maker->account], 1);
    __builtin_prefetch(index_order_home(core, maker->id), 1);
    __builtin_prefetch(&core->links[slot], 1);
    __builtin_prefetch(&core->orders[maker->next], 1);
    __builtin_prefetch(&core->links[maker->next], 1);
}

/* Meets the makers of one level until it is empty or the taker is through. */
ALWAYS_INLINE void match_level(struct core *core, struct taker *taker, const struct phase *phase,
                               enum taker_kind kind, u8 side, u32 ticks)
{
    struct market *market = phase->market;
    struct level *level = book_level(core, market, ticks);
    if (UNLIKELY(ticks > taker->range_high || ticks < taker->range_low) &&
        taker_wants(taker, kind, ticks) != 0) {
        taker->end = TAKER_RANGE_EXCEEDED;
        return;
    }
    do {
        u32 slot = level->head;
        struct order *maker = &core->orders[slot];
        u64 wanted = taker_wants(taker, kind, ticks);
        if (UNLIKELY(wanted == 0)) {
            taker->end = kind == TAKER_BUDGET ? TAKER_FUNDS_EXHAUSTED : TAKER_DONE;
            return;
        }
        if (UNLIKELY(taker->stp != STP_MODE_NONE) && taker_is_self(core, taker, maker)) {
            prevent(core, taker, slot);
        } else if (LIKELY(maker->extra == 0)) {
            match_fetch(core, maker, slot);
            trade(core, taker, phase, kind, side, maker, u64_min(wanted, maker->left));
            if (maker->left == 0) {
                book_pop(core, market, level, slot);
                order_close_plain(core, market, slot);
            }
        } else {
            trade_extra(core, taker, slot, u64_min(wanted, order_visible(core, maker)));
        }
        if ((kind == TAKER_QUOTE ? taker_wants(taker, kind, ticks) : taker->left) == 0 &&
            taker->end == TAKER_OPEN) {
            taker->end = TAKER_DONE;
        }
    } while (taker->end == TAKER_OPEN && market->best[!side] == ticks);
}

ALWAYS_INLINE void match_levels(struct core *core, struct taker *taker, enum taker_kind kind,
                                u8 side)
{
    struct phase phase = phase_of(core, taker);
    while (taker->end == TAKER_OPEN && book_crosses(phase.market, side, taker->limit)) {
        match_level(core, taker, &phase, kind, side, phase.market->best[!side]);
    }
}

static NEVER_INLINE void match_limit_buy(struct core *core, struct taker *taker)
{
    match_levels(core, taker, TAKER_LIMIT, SIDE_BUY);
}

static NEVER_INLINE void match_limit_sell(struct core *core, struct taker *taker)
{
    match_levels(core, taker, TAKER_LIMIT, SIDE_SELL);
}

static NEVER_INLINE void match_market(struct core *core, struct taker *taker)
{
    match_levels(core, taker, taker->kind, taker->side);
}

void match(struct core *core, struct taker *taker)
{
    if (UNLIKELY(taker->kind != TAKER_LIMIT)) {
        match_market(core, taker);
    } else if (taker->side == SIDE_BUY) {
        match_limit_buy(core, taker);
    } else {
        match_limit_sell(core, taker);
    }
    if (taker->sum_lots) {
        /* Every trade's quote is ticks x value x lots, so this division leaves nothing over. */
        market_average_add(core, taker->market, taker->quote_done / taker->market->value,
                           taker->sum_lots);
    }
}

/* ---- the walk ---- */

struct walker {
    const struct taker *taker;
    struct walk found;
    u64 wanted;     /* lots */
    u64 quote_left; /* raw */
    bool strict;
    bool over;
};

/* Lots wanted at a price; 0 by quote ends the walk for want of money. */
static u64 walker_wants(struct walker *w, u32 ticks)
{
    if (w->taker->kind != TAKER_QUOTE) {
        return w->wanted;
    }
    u64 lots = w->quote_left / ((u64)ticks * w->taker->market->value);
    w->over = w->over || lots == 0;
    return lots;
}

static void walker_take(struct walker *w, u32 ticks, u64 lots, bool trades, bool costs)
{
    u128 quote = (u128)ticks * w->taker->market->value * lots;
    w->found.lots = u64_add_capped(w->found.lots, trades ? lots : 0);
    w->found.transfer_lots = u64_add_capped(w->found.transfer_lots, !trades && costs ? lots : 0);
    if (costs) {
        u128 cost = w->found.cost + quote;
        w->found.cost = cost < AMOUNT_BOUND ? (u64)cost : AMOUNT_BOUND;
    }
    if (w->taker->kind == TAKER_QUOTE) {
        w->quote_left -= (u64)quote;
    } else {
        w->wanted -= lots;
        w->over = w->wanted == 0;
    }
}

/* One maker's slice. */
static void walker_slice(const struct core *core, struct walker *w, const struct order *maker,
                         u64 *hidden, u64 *hidden_transfer)
{
    const struct taker *taker = w->taker;
    u64 wanted = walker_wants(w, maker->ticks);
    if (w->over) {
        return;
    }
    u64 visible = order_visible(core, maker);
    u64 lots = u64_min(wanted, visible);
    if (taker->stp == STP_MODE_NONE || !taker_is_self(core, taker, maker)) {
        *hidden = u64_add_capped(*hidden, maker->left - visible);
        walker_take(w, maker->ticks, lots, true, true);
        return;
    }
    u8 mode = stp_effective(taker, maker);
    if (mode == STP_MODE_EXPIRE_MAKER) {
        return;
    }
    if (w->strict || mode == STP_MODE_EXPIRE_TAKER || mode == STP_MODE_EXPIRE_BOTH) {
        w->over = true;
        return;
    }
    if (mode == STP_MODE_TRANSFER) {
        *hidden_transfer = u64_add_capped(*hidden_transfer, maker->left - visible);
    }
    walker_take(w, maker->ticks, lots, false, mode == STP_MODE_TRANSFER);
}

/* What icebergs of a level hide, which comes round after its slices. */
static void walker_hidden(struct walker *w, u32 ticks, u64 hidden, bool trades)
{
    if (w->over || hidden == 0) {
        return;
    }
    u64 wanted = walker_wants(w, ticks);
    if (!w->over) {
        walker_take(w, ticks, u64_min(wanted, hidden), trades, true);
    }
}

struct walk match_walk(const struct core *core, const struct taker *taker, bool strict)
{
    struct walker w = {
        .taker = taker, .wanted = taker->left, .quote_left = taker->quote_left, .strict = strict};
    const struct market *market = taker->market;
    u32 ticks = market->best[!taker->side];
    u32 none = taker->side == SIDE_BUY ? TICKS_NONE : 0;
    while (!w.over && ticks != none &&
           (taker->side == SIDE_BUY ? ticks <= taker->limit : ticks >= taker->limit) &&
           ticks <= taker->range_high && ticks >= taker->range_low) {
        u64 hidden = 0;
        u64 hidden_transfer = 0;
        for (u32 slot = book_level(core, market, ticks)->head; slot && !w.over;
             slot = core->orders[slot].next) {
            walker_slice(core, &w, &core->orders[slot], &hidden, &hidden_transfer);
        }
        walker_hidden(&w, ticks, hidden, true);
        walker_hidden(&w, ticks, hidden_transfer, false);
        if (!w.over) {
            walker_wants(&w, ticks); /* by quote: no money for another lot at this price */
        }
        ticks = book_next(core, market, !taker->side, ticks);
    }
    w.found.ran_out = !w.over && ticks == none;
    return w.found;
}
