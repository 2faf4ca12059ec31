/* Matching in the naive model: one taker against the book, maker by maker (docs/semantics.md
 * section 6). */
#include "sim/model_state.h"

/* One taker phase. */
struct taker {
    struct model_order *order;
    bool is_market_type; /* a market order or a triggered stop_loss / take_profit */
    bool has_budget;     /* a triggered stop BUY: spends at most its lock */
    u128 low;            /* price range */
    u128 high;
    u64 trade_ticks; /* of its previous trade; 0: none yet */
    enum model_stop stop;
    bool is_filled; /* its last quantity went by a trade */
};

static struct model_row *base_row(struct model *model, const struct model_order *order)
{
    return model_row(model, order->account, model->markets[order->market].rules.base);
}

static struct model_row *quote_row(struct model *model, const struct model_order *order)
{
    return model_row(model, order->account, model->markets[order->market].rules.quote);
}

static u128 lot_price(const struct model *model, const struct model_order *maker)
{
    return (u128)maker->ticks * model->markets[maker->market].value;
}

/* Base units that the quote or the lock left buys at this maker's price. */
static u128 affordable(const struct model *model, u64 quote, const struct model_order *maker)
{
    return quote / lot_price(model, maker) * model->markets[maker->market].lot;
}

/* What the taker still wants at this maker's price. */
static u128 wanted(const struct model *model, const struct taker *taker,
                   const struct model_order *maker)
{
    return taker->order->by_quote ? affordable(model, taker->order->quote_left, maker)
                                  : taker->order->remaining;
}

/* Takes quantity off the taker's wish. */
static void taker_reduce(const struct model *model, struct taker *taker,
                         const struct model_order *maker, u64 qty)
{
    struct model_order *order = taker->order;
    if (order->by_quote) {
        order->quote_left -= (u64)model_value(&model->markets[maker->market], maker->ticks, qty);
    } else {
        order->remaining -= qty;
    }
}

/* ---- trades ---- */

static u64 fee_of(const struct model *model, const struct model_order *order, bool is_maker,
                  u64 received)
{
    u64 rate = 0;
    u16 tier = model->accounts[order->account].tier;
    for (u32 i = 0; i < model->fees_count; i++) {
        const struct command_fee_set *fee = &model->fees[i];
        if (fee->market != order->market || fee->tier != tier) {
            continue;
        }
        rate = is_maker ? (u64)fee->standard_maker + fee->special_maker + fee->tax_maker
                        : (u64)fee->standard_taker + fee->special_taker + fee->tax_taker;
        rate += order->side == SIDE_BUY
                    ? (u64)fee->standard_buyer + fee->special_buyer + fee->tax_buyer
                    : (u64)fee->standard_seller + fee->special_seller + fee->tax_seller;
    }
    return (u64)((u128)received * rate / RATE_ONE);
}

static void count_trade(struct model *model, struct model_market *market, u64 ticks, u64 qty)
{
    u64 minute = model->time_us / 60000000U;
    bool is_new =
        market->buckets_count == 0 || market->buckets[market->buckets_count - 1].minute != minute;
    if (is_new) {
        market->buckets = model_grow(market->buckets, market->buckets_count, &market->buckets_room,
                                     sizeof *market->buckets);
        market->buckets[market->buckets_count++] = (struct model_bucket){.minute = minute};
    }
    struct model_bucket *bucket = &market->buckets[market->buckets_count - 1];
    bucket->ticks_lots += (u128)ticks * (qty / market->lot);
    bucket->lots += qty / market->lot;
    market->last_ticks = ticks;
    model->trades_count += 1;
}

/* The five entries of a trade. */
static void pay_trade(struct model *model, struct taker *taker, struct model_order *maker,
                      struct event_trade *event)
{
    struct model_order *order = taker->order;
    struct model_market *market = &model->markets[maker->market];
    bool is_taker_buying = order->side == SIDE_BUY;
    struct model_order *buyer = is_taker_buying ? order : maker;
    struct model_order *seller = is_taker_buying ? maker : order;
    u64 qty = model_units(event->qty);
    u64 quote = model_units(event->quote);
    u64 buyer_fee = fee_of(model, buyer, buyer == maker, qty);
    u64 seller_fee = fee_of(model, seller, seller == maker, quote);
    event->maker_fee = amount_of(is_taker_buying ? seller_fee : buyer_fee);
    event->taker_fee = amount_of(is_taker_buying ? buyer_fee : seller_fee);
    u64 improvement = 0;
    if (is_taker_buying && !taker->is_market_type) {
        improvement = (u64)model_value(market, order->ticks - maker->ticks, qty);
    }
    event->improvement = amount_of(improvement);
    CHECK(buyer->lock >= quote + (buyer == order ? improvement : 0) && seller->lock >= qty);
    buyer->lock -= quote;
    seller->lock -= qty;
    order->lock -= improvement;
    i128 *fees_base = &model->assets[market->rules.base].fee_income;
    i128 *fees_quote = &model->assets[market->rules.quote].fee_income;
    model_move(model, &quote_row(model, buyer)->locked, &quote_row(model, seller)->free, quote);
    model_move(model, &base_row(model, seller)->locked, &base_row(model, buyer)->free, qty);
    model_move(model, &base_row(model, buyer)->free, fees_base, buyer_fee);
    model_move(model, &quote_row(model, seller)->free, fees_quote, seller_fee);
    struct model_row *taker_quote = quote_row(model, order);
    model_move(model, &taker_quote->locked, &taker_quote->free, improvement);
}

static void trade(struct model *model, struct taker *taker, struct model_order *maker)
{
    struct model_order *order = taker->order;
    struct model_market *market = &model->markets[maker->market];
    u128 most = wanted(model, taker, maker);
    if (taker->has_budget) {
        u128 bound = affordable(model, order->lock, maker);
        most = bound < most ? bound : most;
    }
    u64 qty = most < maker->visible ? (u64)most : maker->visible;
    struct model_list *pair = model_pair_of(model, maker);
    u64 surplus = pair == NULL ? 0 : model_pair_take(model, pair, maker);
    if (taker->trade_ticks != maker->ticks) {
        market->aggregate_id += 1;
    }
    taker->trade_ticks = maker->ticks;
    market->trade_id += 1;
    market->update_id += 1;
    struct event_trade event = {
        .trade_id = market->trade_id,
        .aggregate_id = market->aggregate_id,
        .maker_order_id = maker->order_id,
        .taker_order_id = order->order_id,
        .price = price_of(maker->price),
        .qty = amount_of(qty),
        .quote = amount_of((u64)model_value(market, maker->ticks, qty)),
        .entry = model->next_entry,
        .update_id = market->update_id,
        .maker_account = maker->account,
        .market = maker->market,
        .taker_side = order->side,
    };
    pay_trade(model, taker, maker, &event);
    count_trade(model, market, maker->ticks, qty);
    taker_reduce(model, taker, maker, qty);
    maker->executed += qty;
    order->executed += qty;
    bool is_maker_done = model_maker_reduce(model, maker, qty);
    taker->is_filled = !order->by_quote && order->remaining == 0;
    bool is_taker_done = taker->is_filled && !taker->is_market_type;
    event.flags = (u8)((is_maker_done ? TRADE_FLAG_MAKER_DONE : 0) |
                       (is_taker_done ? TRADE_FLAG_TAKER_DONE : 0));
    model_emit(model, &event.head, EVENT_TRADE, order->account, sizeof event);
    if (pair != NULL) {
        model_pair_finish(model, pair, maker, surplus);
    } else if (is_maker_done) {
        model_working_over(model, maker, true);
    }
}

/* ---- self-trade prevention ---- */

/* Who loses what in one prevented match. */
struct prevention {
    u8 mode;
    u64 maker_qty;
    u64 taker_qty;
    bool is_maker_over;
    bool is_taker_over;
    u64 maker_released;
    u64 taker_released;
    u64 transferred_qty;
    u64 transferred_quote;
};

static struct prevention prevention_of(const struct model *model, const struct taker *taker,
                                       const struct model_order *maker)
{
    const struct model_order *order = taker->order;
    u128 left = wanted(model, taker, maker);
    struct prevention prevention = {.mode = model_effective_stp(order->stp, order->account, maker)};
    bool is_maker_hit =
        prevention.mode == STP_MODE_EXPIRE_MAKER || prevention.mode == STP_MODE_EXPIRE_BOTH;
    bool is_taker_hit =
        prevention.mode == STP_MODE_EXPIRE_TAKER || prevention.mode == STP_MODE_EXPIRE_BOTH;
    if (is_maker_hit) {
        prevention.maker_qty = maker->remaining;
    }
    if (is_taker_hit) {
        prevention.taker_qty = left < MODEL_UNITS_END ? (u64)left : MODEL_UNITS_END - 1;
    }
    if (!is_maker_hit && !is_taker_hit) {
        u128 most = left;
        if (taker->has_budget && prevention.mode == STP_MODE_TRANSFER) {
            u128 bound = affordable(model, order->lock, maker);
            most = bound < most ? bound : most;
        }
        u64 both = most < maker->visible ? (u64)most : maker->visible;
        prevention.maker_qty = both;
        prevention.taker_qty = both;
    }
    prevention.is_maker_over = prevention.maker_qty == maker->remaining;
    prevention.is_taker_over = is_taker_hit || prevention.taker_qty == left;
    return prevention;
}

/* The money side: what is transferred, and what either lock gives back. */
static void reckon_prevention(const struct model *model, const struct taker *taker,
                              const struct model_order *maker, bool is_pair_leg_over,
                              struct prevention *prevention)
{
    const struct model_market *market = &model->markets[maker->market];
    const struct model_order *order = taker->order;
    bool is_taker_buying = order->side == SIDE_BUY;
    bool is_transfer = prevention->mode == STP_MODE_TRANSFER;
    if (is_transfer) {
        prevention->transferred_qty = prevention->maker_qty;
        prevention->transferred_quote =
            (u64)model_value(market, maker->ticks, prevention->maker_qty);
    } else if (!is_pair_leg_over) {
        prevention->maker_released =
            is_taker_buying ? prevention->maker_qty
                            : (u64)model_value(market, maker->ticks, prevention->maker_qty);
    }
    if (taker->is_market_type) {
        return;
    }
    if (is_taker_buying) {
        u64 ticks = is_transfer ? order->ticks - maker->ticks : order->ticks;
        prevention->taker_released = (u64)model_value(market, ticks, prevention->taker_qty);
    } else {
        prevention->taker_released = is_transfer ? 0 : prevention->taker_qty;
    }
}

/* The four entries of a prevented match; `maker_lock` is the maker's own or its pair's. */
static void pay_prevention(struct model *model, struct taker *taker, struct model_order *maker,
                           u64 *maker_lock, const struct prevention *prevention)
{
    struct model_order *order = taker->order;
    bool is_taker_buying = order->side == SIDE_BUY;
    struct model_order *buyer = is_taker_buying ? order : maker;
    struct model_order *seller = is_taker_buying ? maker : order;
    u64 maker_pays = is_taker_buying ? prevention->transferred_qty : prevention->transferred_quote;
    u64 taker_pays = is_taker_buying ? prevention->transferred_quote : prevention->transferred_qty;
    CHECK(*maker_lock >= maker_pays + prevention->maker_released);
    CHECK(order->lock >= taker_pays + prevention->taker_released);
    *maker_lock -= maker_pays + prevention->maker_released;
    order->lock -= taker_pays + prevention->taker_released;
    struct model_row *maker_row =
        is_taker_buying ? base_row(model, maker) : quote_row(model, maker);
    struct model_row *taker_row =
        is_taker_buying ? quote_row(model, order) : base_row(model, order);
    model_move(model, &base_row(model, seller)->locked, &base_row(model, buyer)->free,
               prevention->transferred_qty);
    model_move(model, &quote_row(model, buyer)->locked, &quote_row(model, seller)->free,
               prevention->transferred_quote);
    model_move(model, &maker_row->locked, &maker_row->free, prevention->maker_released);
    model_move(model, &taker_row->locked, &taker_row->free, prevention->taker_released);
}

static void emit_prevented(struct model *model, struct taker *taker, struct model_order *maker,
                           const struct prevention *prevention, u64 entry)
{
    struct model_market *market = &model->markets[maker->market];
    bool is_taker_done = prevention->is_taker_over && !taker->is_market_type;
    market->match_id += 1;
    struct event_prevented event = {
        .match_id = market->match_id,
        .maker_order_id = maker->order_id,
        .taker_order_id = taker->order->order_id,
        .price = price_of(maker->price),
        .maker_qty = amount_of(prevention->maker_qty),
        .taker_qty = amount_of(prevention->taker_qty),
        .maker_released = amount_of(prevention->maker_released),
        .taker_released = amount_of(prevention->taker_released),
        .transferred_qty = amount_of(prevention->transferred_qty),
        .transferred_quote = amount_of(prevention->transferred_quote),
        .entry = entry,
        .maker_account = maker->account,
        .market = maker->market,
        .mode = prevention->mode,
        .flags = (u8)((prevention->is_maker_over ? PREVENTED_FLAG_MAKER_DONE : 0) |
                      (is_taker_done ? PREVENTED_FLAG_TAKER_DONE : 0)),
    };
    if (prevention->maker_qty > 0) {
        market->update_id += 1;
        event.update_id = market->update_id;
    }
    model_emit(model, &event.head, EVENT_PREVENTED, taker->order->account, sizeof event);
}

static void prevent(struct model *model, struct taker *taker, struct model_order *maker)
{
    struct prevention prevention = prevention_of(model, taker, maker);
    struct model_list *pair = model_pair_of(model, maker);
    bool is_pair_over = pair != NULL && prevention.is_maker_over;
    bool is_survivor = pair != NULL && !is_pair_over && prevention.maker_qty > 0;
    u64 surplus = is_survivor ? model_pair_take(model, pair, maker) : 0;
    reckon_prevention(model, taker, maker, is_pair_over, &prevention);
    u64 entry = model->next_entry;
    pay_prevention(model, taker, maker, is_pair_over ? &pair->pair_lock : &maker->lock,
                   &prevention);
    emit_prevented(model, taker, maker, &prevention, entry);
    if (prevention.is_taker_over) {
        taker->stop = MODEL_STOP_PREVENTED;
        taker->order->remaining = 0;
    } else {
        taker_reduce(model, taker, maker, prevention.taker_qty);
    }
    if (prevention.maker_qty > 0) {
        (void)model_maker_reduce(model, maker, prevention.maker_qty);
    }
    if (is_pair_over) {
        surplus = pair->pair_lock;
    }
    if (is_pair_over || is_survivor) {
        model_pair_finish(model, pair, maker, surplus);
    } else if (prevention.is_maker_over) {
        model_working_over(model, maker, false);
    }
}

/* ---- the loop ---- */

/* Whether the taker goes on with this maker; if not, taker->stop says why. */
static bool may_meet(const struct model *model, struct taker *taker,
                     const struct model_order *maker)
{
    const struct model_order *order = taker->order;
    if (order->by_quote && affordable(model, order->quote_left, maker) == 0) {
        taker->stop = MODEL_STOP_MONEY;
    } else if (taker->has_budget && affordable(model, order->lock, maker) == 0) {
        taker->stop = MODEL_STOP_FUNDS;
    } else if (maker->price < taker->low || maker->price > taker->high) {
        taker->stop = MODEL_STOP_RANGE;
    } else {
        return true;
    }
    return false;
}

static void match(struct model *model, struct taker *taker)
{
    struct model_order *order = taker->order;
    struct model_market *market = &model->markets[order->market];
    model_price_range(market, order->side, &taker->low, &taker->high);
    taker->stop = MODEL_STOP_DONE;
    while (order->by_quote || order->remaining > 0) {
        struct model_order *maker = model_best(model, order->market, order->side ^ 1U);
        bool is_met =
            maker != NULL && (taker->is_market_type ||
                              model_crosses(model, order->market, order->side, order->ticks));
        if (!is_met) {
            taker->stop = MODEL_STOP_BOOK;
            return;
        }
        if (!may_meet(model, taker, maker)) {
            return;
        }
        bool is_self = model_is_self(model, order->account, maker->account);
        struct model_order price_tag = *maker; /* the maker's slice and place change */
        if (is_self && order->stp != STP_MODE_NONE) {
            prevent(model, taker, maker);
        } else {
            trade(model, taker, maker);
        }
        if (taker->stop != MODEL_STOP_DONE) {
            return;
        }
        if (order->by_quote && affordable(model, order->quote_left, &price_tag) == 0) {
            taker->stop = MODEL_STOP_MONEY;
            return;
        }
    }
}

static enum expiry_reason reason_of(enum model_stop stop, enum expiry_reason otherwise)
{
    switch (stop) {
    case MODEL_STOP_FUNDS:
        return EXPIRY_REASON_FUNDS_EXHAUSTED;
    case MODEL_STOP_RANGE:
        return EXPIRY_REASON_PRICE_RANGE_EXCEEDED;
    case MODEL_STOP_DONE:
    case MODEL_STOP_BOOK:
    case MODEL_STOP_MONEY:
    case MODEL_STOP_PREVENTED:
        return otherwise;
    }
    return otherwise;
}

/* A limit-type taker after its match: gone, resting, or expired. */
static void finish_limit(struct model *model, struct taker *taker)
{
    struct model_order *order = taker->order;
    if (taker->stop == MODEL_STOP_PREVENTED || order->remaining == 0) {
        CHECK(order->lock == 0);
        order->is_open = false;
        model_working_over(model, order, taker->is_filled);
        return;
    }
    if (order->tif == TIME_IN_FORCE_GTC && taker->stop == MODEL_STOP_BOOK) {
        model_rest(model, order);
        model_emit_booked(model, order);
        return;
    }
    model_emit_done(model, order, DONE_STATUS_EXPIRED,
                    reason_of(taker->stop, EXPIRY_REASON_UNFILLED_IOC), order->lock);
    model_working_over(model, order, false);
}

static void finish_market(struct model *model, struct taker *taker)
{
    struct model_order *order = taker->order;
    enum done_status status = DONE_STATUS_EXPIRED;
    enum expiry_reason reason = EXPIRY_REASON_NONE;
    if (taker->stop == MODEL_STOP_PREVENTED) {
        status = DONE_STATUS_EXPIRED_IN_MATCH;
    } else if (taker->is_filled || taker->stop == MODEL_STOP_MONEY) {
        status = DONE_STATUS_FILLED;
    } else {
        reason = reason_of(taker->stop, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    }
    model_emit_done(model, order, status, reason, order->lock);
}

/* A FOK that the book cannot fill in whole. */
static bool is_unfillable(const struct model *model, const struct model_order *order)
{
    if (order->tif != TIME_IN_FORCE_FOK) {
        return false;
    }
    const struct model_wish wish = {.account = order->account,
                                    .market = order->market,
                                    .side = order->side,
                                    .stp = order->stp,
                                    .limit_ticks = order->ticks,
                                    .is_fok = true,
                                    .qty = order->remaining};
    return model_walk(model, &wish).found < order->remaining;
}

void model_act(struct model *model, struct model_order *order)
{
    bool is_stop = model_type_is_stop(order->type);
    struct taker taker = {.order = order, .is_market_type = model_type_is_market_like(order->type)};
    taker.has_budget = taker.is_market_type && is_stop && order->side == SIDE_BUY;
    CHECK(order->is_open && !order->is_resting);
    order->state = ORDER_STATE_WORKING;
    if (taker.is_market_type) {
        match(model, &taker);
        finish_market(model, &taker);
        return;
    }
    if (is_unfillable(model, order)) {
        model_emit_done(model, order, DONE_STATUS_EXPIRED, EXPIRY_REASON_UNFILLED_FOK, order->lock);
        model_working_over(model, order, false);
        return;
    }
    match(model, &taker);
    finish_limit(model, &taker);
}
