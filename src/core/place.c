#include "core/place.h"

#include "core/account.h"
#include "core/book.h"
#include "core/filter.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/list.h"
#include "core/output.h"
#include "core/refuse.h"
#include "core/trigger.h"

/* ---- checks ---- */

enum reject place_check_book(const struct intent *intent)
{
    const struct market *market = intent->market;
    if (UNLIKELY(order_type_is_stop(intent->type))) {
        if (intent->trailing_delta == 0 && market->last) {
            bool reached = order_waits_above(intent->type, intent->side)
                               ? market->last >= intent->stop_ticks
                               : market->last <= intent->stop_ticks;
            if (reached) {
                return REJECT_WOULD_TRIGGER;
            }
        }
        bool market_like = !intent_is_limit(intent);
        if (market_like && intent->side == SIDE_BUY && intent->stop_ticks == 0 &&
            market->last == 0) {
            return REJECT_NO_LAST_PRICE;
        }
        return REJECT_NONE;
    }
    if (intent->type == ORDER_TYPE_LIMIT_MAKER &&
        book_crosses(market, intent->side, intent->ticks)) {
        return REJECT_WOULD_MATCH;
    }
    return REJECT_NONE;
}

/* Pages these orders may come to need, against what is free and not promised to others. */
static bool pages_fit(const struct core *core, const struct intent *intents, u32 count)
{
    u64 taken = (u64)core->page_slab.count + core->pages_reserved;
    for (u32 i = 0; i < count; i++) {
        const struct intent *intent = &intents[i];
        bool waits = intent->state != ORDER_ACTING;
        if (!intent_is_limit(intent) || (!waits && intent->tif != TIME_IN_FORCE_GTC) ||
            (!waits && book_has_page(intent->market, intent->ticks))) {
            continue;
        }
        if (taken >= core->limits.pages_max) {
            return false;
        }
        taken++;
    }
    return true;
}

enum reject place_check_limits(const struct core *core, const struct intent *intents, u32 count,
                               bool list)
{
    const struct market *market = intents->market;
    u32 account = intents->account;
    u32 extras = 0;
    u32 trailing = 0;
    for (u32 i = 0; i < count; i++) {
        extras += intents[i].has_extra ? 1 : 0;
        trailing += intents[i].trailing_delta ? 1 : 0;
    }
    if (UNLIKELY(slab_left(&core->order_slab) < count)) {
        return REJECT_LIMIT_ORDERS;
    }
    if (UNLIKELY(slab_left(&core->extra_slab) < extras)) {
        return REJECT_LIMIT_EXTRAS;
    }
    if (UNLIKELY(list && slab_left(&core->list_slab) == 0)) {
        return REJECT_LIMIT_LISTS;
    }
    if (UNLIKELY(!intents->row_base || !intents->row_quote) &&
        !ledger_rows_fit(core, account, market->base, market->quote)) {
        return REJECT_LIMIT_BALANCE_ROWS;
    }
    if (UNLIKELY(intents->position == TICKS_NONE) &&
        !account_position_fits(core, account, market->number)) {
        return REJECT_LIMIT_POSITIONS;
    }
    if (UNLIKELY(trailing && core->trailing_count + trailing > core->limits.trailing_max)) {
        return REJECT_LIMIT_TRAILING;
    }
    return LIKELY(pages_fit(core, intents, count)) ? REJECT_NONE : REJECT_LIMIT_PAGES;
}

/* Step 8 and the lock of a market order by quote. */
static enum reject lock_by_quote(const struct core *core, struct intent *intent)
{
    struct market *market = intent->market;
    if (book_side_is_empty(market, !intent->side)) {
        return REJECT_NO_LIQUIDITY;
    }
    struct taker taker;
    taker_init(core, &taker, market, intent->account, intent->side, intent->stp, TAKER_QUOTE, 0);
    taker.quote_left = intent->quote_qty.units; /* raw: budget */
    struct walk walk = match_walk(core, &taker, false);
    const struct command_market_add *d = &market->definition;
    struct amount found = market_base_capped(market, walk.lots);
    if (walk.lots == 0 || amount_less(found, d->qty_min)) {
        return walk.ran_out ? REJECT_LIQUIDITY_LOT_SIZE : REJECT_FILTER_LOT_SIZE;
    }
    if (!amount_is_zero(d->qty_max) && amount_less(d->qty_max, found)) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (amount_less(found, d->market_qty_min)) {
        return walk.ran_out ? REJECT_LIQUIDITY_MARKET_LOT_SIZE : REJECT_FILTER_MARKET_LOT_SIZE;
    }
    if (!amount_is_zero(d->market_qty_max) && amount_less(d->market_qty_max, found)) {
        return REJECT_FILTER_MARKET_LOT_SIZE;
    }
    u128 sold = (u128)u64_add_capped(walk.lots, walk.transfer_lots) * market->lot;
    struct amount most = amount_of(sold < AMOUNT_BOUND ? (u64)sold : AMOUNT_BOUND);
    intent->lock = intent->side == SIDE_BUY ? intent->quote_qty : most;
    return REJECT_NONE;
}

enum reject place_lock(const struct core *core, struct intent *intent)
{
    struct market *market = intent->market;
    if (UNLIKELY(!amount_is_zero(intent->quote_qty))) {
        return lock_by_quote(core, intent);
    }
    if (intent->side == SIDE_SELL) {
        intent->lock = intent->qty;
    } else if (LIKELY(intent_is_limit(intent))) {
        intent->lock = market_quote(market, intent->ticks, intent->lots);
    } else if (intent->type == ORDER_TYPE_MARKET) {
        struct taker taker;
        taker_init(core, &taker, market, intent->account, SIDE_BUY, intent->stp, TAKER_MARKET, 0);
        taker.left = intent->lots;
        intent->lock = amount_of(match_walk(core, &taker, false).cost);
    } else {
        intent->basis_ticks = intent->stop_ticks ? intent->stop_ticks : market->last;
        u128 lock = (u128)((u64)intent->basis_ticks * market->value) * intent->lots;
        intent->lock = amount_of(lock < AMOUNT_BOUND ? (u64)lock : AMOUNT_BOUND);
    }
    return REJECT_NONE;
}

static bool funds_fit(const struct core *core, const struct intent *intent)
{
    u32 row = intent->side == SIDE_BUY ? intent->row_quote : intent->row_base;
    return !amount_less(core->chunks[row >> 2].rows[row & 3].free, intent->lock);
}

enum reject place_check_against_state(struct core *core, struct intent *intent)
{
    if (intent->client->length &&
        UNLIKELY(index_client(core, intent->account, intent->market->number, intent->client))) {
        return REJECT_DUPLICATE_ORDER;
    }
    enum reject reject = place_check_book(intent);
    if (UNLIKELY(reject != REJECT_NONE)) {
        return reject;
    }
    intent->state = intent_acts(intent)
                        ? ORDER_ACTING
                        : trigger_state_for(intent->market, intent->type, intent->side,
                                            intent->stop_ticks, intent->trailing_delta);
    order_locate(core, intent);
    reject = place_check_limits(core, intent, 1, false);
    if (UNLIKELY(reject != REJECT_NONE)) {
        return reject;
    }
    reject = place_lock(core, intent);
    if (UNLIKELY(reject != REJECT_NONE)) {
        return reject;
    }
    return LIKELY(funds_fit(core, intent)) ? REJECT_NONE : REJECT_INSUFFICIENT_BALANCE;
}

/* ---- the taker phase and what follows ---- */

/* Status and reason of the order_done that a taker's end calls for. */
static void taker_verdict(const struct taker *taker, u8 tif, u8 *status_out, u8 *reason_out)
{
    *status_out = DONE_STATUS_EXPIRED;
    *reason_out = EXPIRY_REASON_NONE;
    switch ((enum taker_end)taker->end) {
    case TAKER_OPEN:
        *reason_out = taker->kind != TAKER_LIMIT ? EXPIRY_REASON_INSUFFICIENT_LIQUIDITY
                                                 : EXPIRY_REASON_UNFILLED_IOC;
        CHECK(taker->kind != TAKER_LIMIT || tif == TIME_IN_FORCE_IOC);
        break;
    case TAKER_DONE:
        *status_out = DONE_STATUS_FILLED;
        break;
    case TAKER_PREVENTED:
        *status_out = DONE_STATUS_EXPIRED_IN_MATCH;
        break;
    case TAKER_RANGE_EXCEEDED:
        *reason_out = EXPIRY_REASON_PRICE_RANGE_EXCEEDED;
        break;
    case TAKER_FUNDS_EXHAUSTED:
        *reason_out = EXPIRY_REASON_FUNDS_EXHAUSTED;
        break;
    case TAKER_UNFILLABLE:
        *reason_out = EXPIRY_REASON_UNFILLED_FOK;
        break;
    }
}

/* What the lock still holds when the taker ends. */
static struct amount taker_lock_left(const struct taker *taker)
{
    if (taker->kind != TAKER_LIMIT) {
        return amount_of(taker->lock_left);
    }
    return taker->side == SIDE_BUY ? market_quote(taker->market, taker->limit, taker->left)
                                   : market_base(taker->market, taker->left);
}

static void taker_run(struct core *core, struct taker *taker, u8 tif)
{
    if (UNLIKELY(tif == TIME_IN_FORCE_FOK)) {
        struct walk walk = match_walk(core, taker, true);
        if (walk.lots < taker->left) {
            taker->end = TAKER_UNFILLABLE;
            return;
        }
    }
    match(core, taker);
}

/* Whether the taker goes on to rest; if not, whether an order_done has to say that it ended. */
static bool taker_rests(const struct taker *taker, u8 tif)
{
    return taker->kind == TAKER_LIMIT && taker->end == TAKER_OPEN && tif == TIME_IN_FORCE_GTC;
}

static bool taker_ended_quietly(const struct taker *taker)
{
    return taker->kind == TAKER_LIMIT &&
           (taker->end == TAKER_DONE || taker->end == TAKER_PREVENTED);
}

void place_taker_done(struct core *core, const struct taker *taker, u8 tif)
{
    u8 status = 0;
    u8 reason = 0;
    taker_verdict(taker, tif, &status, &reason);
    struct amount released = taker_lock_left(taker);
    u32 row = taker->side == SIDE_BUY ? taker->row_quote : taker->row_base;
    u64 entry = ledger_unlock(core, row, released);
    output_order_done(core, taker->account, core->current.source_index, taker->order_id, released,
                      entry, 0, taker->market->number, status, reason);
}

/* A new order without a slot: it gets one only if it rests. */
static void act_without_slot(struct core *core, struct taker *taker, const struct intent *intent)
{
    taker_run(core, taker, intent->tif);
    if (taker_rests(taker, intent->tif)) {
        u32 slot = order_open(core, intent, taker->order_id, 0, 0);
        order_set_progress(core, slot, taker->left, taker->prevented, taker->quote_done);
        order_rest_and_tell(core, slot);
        return;
    }
    if (taker_ended_quietly(taker)) {
        return;
    }
    place_taker_done(core, taker, intent->tif);
}

void place_act(struct core *core, u32 slot, enum taker_kind kind, u64 quote_left,
               struct amount lock)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    u32 list = order->extra ? core->extras[order->extra].list : 0;
    u8 tif = order->tif;
    struct taker taker;
    taker_init(core, &taker, market, order->account, order->side, order->stp, kind, order->ticks);
    taker.order_id = order->id;
    taker.left = order->left;
    taker.quote_left = quote_left;
    taker.lock_left = lock.units; /* raw: budget */
    taker.row_base = order->row_base;
    taker.row_quote = order->row_quote;
    taker_run(core, &taker, tif);
    order_set_progress(core, slot, taker.left, core->colds[slot].prevented + taker.prevented,
                       order->quote_done + taker.quote_done);
    if (taker_rests(&taker, tif)) {
        order_rest_and_tell(core, slot);
        return;
    }
    bool filled = taker.end == TAKER_DONE;
    if (taker_ended_quietly(&taker)) {
        order_close(core, slot);
    } else {
        u8 status = 0;
        u8 reason = 0;
        taker_verdict(&taker, tif, &status, &reason);
        order_end(core, slot, status, reason, taker_lock_left(&taker));
    }
    if (list) {
        list_working_done(core, list, filled);
    }
}

/* ---- acceptance ---- */

static enum taker_kind intent_taker_kind(const struct intent *intent)
{
    if (LIKELY(intent_is_limit(intent))) {
        return TAKER_LIMIT;
    }
    return amount_is_zero(intent->quote_qty) ? TAKER_MARKET : TAKER_QUOTE;
}

void place_accept(struct core *core, struct intent *intent)
{
    struct market *market = intent->market;
    u64 id = core->next_order_id++;
    order_provide(core, intent);
    u64 entry = ledger_lock(core, intent->side == SIDE_BUY ? intent->row_quote : intent->row_base,
                            intent->lock);
    if (UNLIKELY(!intent_acts(intent))) {
        order_tell_new(core, intent, id, intent->lock, entry, 0, 0);
        trigger_arm(core, order_open(core, intent, id, 0, 0));
        return;
    }
    bool stays = intent_is_limit(intent) && intent->tif == TIME_IN_FORCE_GTC;
    if (stays && !book_crosses(market, intent->side, intent->ticks)) {
        u64 update_id = order_rest(core, order_open(core, intent, id, 0, 0));
        order_tell_new(core, intent, id, intent->lock, entry, update_id, 0);
        return;
    }
    order_tell_new(core, intent, id, intent->lock, entry, 0, 0);
    struct taker taker;
    taker_init(core, &taker, market, intent->account, intent->side, intent->stp,
               intent_taker_kind(intent), intent->ticks);
    taker.order_id = id;
    taker.left = intent->lots;
    taker.quote_left = intent->quote_qty.units; /* raw: budget */
    taker.lock_left = intent->lock.units;       /* raw: budget */
    taker.row_base = intent->row_base;
    taker.row_quote = intent->row_quote;
    act_without_slot(core, &taker, intent);
}

static void order_decode(struct intent *intent, const struct command_order *c)
{
    *intent = (struct intent){
        .account = c->head.account,
        .side = c->side,
        .type = c->type,
        .tif = c->tif,
        .stp = c->stp,
        .price = c->price,
        .qty = c->qty,
        .client = &c->client,
    };
    if (UNLIKELY(c->flags & ORDER_FLAG_DETAIL)) {
        intent->stop_price = c->stop_price;
        intent->iceberg_qty = c->iceberg_qty;
        intent->quote_qty = c->quote_qty;
        intent->trailing_delta = c->trailing_delta;
        intent->strategy_id = c->strategy_id;
        intent->strategy_type = c->strategy_type;
    }
}

static enum reject order_check(struct core *core, struct intent *intent, u16 market)
{
    enum reject reject = filter_entry(core, intent->account, market, &intent->market);
    reject = reject != REJECT_NONE ? reject : filter_shape(intent);
    reject = reject != REJECT_NONE ? reject : filter_terms(core, intent);
    reject = reject != REJECT_NONE ? reject : filter_counts(core, intent, 1, false);
    return reject != REJECT_NONE ? reject : place_check_against_state(core, intent);
}

/* A test order is checked and answered. Money is looked at last, and does not count. */
static COLD void order_test(struct core *core, const struct command_order *command,
                            enum reject reject)
{
    if (reject == REJECT_NONE || reject == REJECT_INSUFFICIENT_BALANCE) {
        refuse_nothing(core, &command->head, command->market);
    } else {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
    }
}

void place_order(struct core *core, const struct command_order *command)
{
    struct intent intent;
    order_decode(&intent, command);
    enum reject reject = order_check(core, &intent, command->market);
    if (UNLIKELY(order_is_test(command->flags))) {
        order_test(core, command, reject);
        return;
    }
    if (UNLIKELY(reject != REJECT_NONE)) {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    place_accept(core, &intent);
    trigger_evaluate(core, intent.market);
}

/* ---- from the queue ---- */

/* A stop_loss or take_profit BUY tops its lock up from free money, as far as the book asks for it.
 */
static u64 budget_top_up(struct core *core, const struct order *order, struct amount *lock,
                         struct amount *locked_out)
{
    struct market *market = &core->markets[order->market];
    struct taker taker;
    taker_init(core, &taker, market, order->account, SIDE_BUY, order->stp, TAKER_MARKET, 0);
    taker.left = order->left;
    struct amount cost = amount_of(match_walk(core, &taker, false).cost);
    struct amount free = core_row(core, order->row_quote)->free;
    struct amount more = AMOUNT_ZERO;
    if (amount_sub(cost, *lock, &more) && amount_less(free, more)) {
        more = free;
    }
    CHECK(amount_add(*lock, more, lock));
    *locked_out = more;
    return ledger_lock(core, order->row_quote, more);
}

void place_triggered(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    if (core->extras[order->extra].list) {
        list_leg_triggered(core, slot);
    }
    struct amount lock = order_need(core, slot);
    order->state = ORDER_ACTING;
    bool limit = order_type_is_limit(order->type);
    enum taker_kind kind = limit                     ? TAKER_LIMIT
                           : order->side == SIDE_BUY ? TAKER_BUDGET
                                                     : TAKER_MARKET;
    struct amount locked = AMOUNT_ZERO;
    u64 entry = core->next_entry;
    if (kind == TAKER_BUDGET) {
        entry = budget_top_up(core, order, &lock, &locked);
    }
    OUTPUT(core, order_triggered, EVENT_ORDER_TRIGGERED, order->account, .order_id = order->id,
           .locked = locked, .entry = entry, .market = order->market, .type = order->type);
    place_act(core, slot, kind, 0, lock);
}
