#include "core/filter.h"

#include "core/account.h"
#include "core/ledger.h"
#include "core/market.h"

#define MULTIPLIER_ONE 10000U
#define BIPS_ONE       10000U

enum reject filter_entry(struct core *core, u32 account, u16 market, struct market **market_out)
{
    if (UNLIKELY(account >= core->accounts_count)) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (UNLIKELY(market >= core->markets_count)) {
        return REJECT_UNKNOWN_MARKET;
    }
    *market_out = &core->markets[market];
    if (UNLIKELY(core->accounts[account].restrictions & ACCOUNT_PLACE_MASK)) {
        return REJECT_ACCOUNT_DISABLED;
    }
    if (UNLIKELY((*market_out)->checks & MARKET_CHECK_RULED)) {
        return REJECT_ASSET_DISABLED;
    }
    return LIKELY((*market_out)->state == MARKET_STATE_TRADING) ? REJECT_NONE
                                                                : REJECT_MARKET_CLOSED;
}

/* ---- shape ---- */

static enum reject type_unsupported(u8 type)
{
    switch ((enum order_type)type) {
    case ORDER_TYPE_LIMIT:
    case ORDER_TYPE_LIMIT_MAKER:
        return REJECT_TYPE_LIMIT_UNSUPPORTED;
    case ORDER_TYPE_MARKET:
        return REJECT_TYPE_MARKET_UNSUPPORTED;
    case ORDER_TYPE_STOP_LOSS:
        return REJECT_TYPE_STOP_LOSS_UNSUPPORTED;
    case ORDER_TYPE_STOP_LOSS_LIMIT:
        return REJECT_TYPE_STOP_LOSS_LIMIT_UNSUPPORTED;
    case ORDER_TYPE_TAKE_PROFIT:
        return REJECT_TYPE_TAKE_PROFIT_UNSUPPORTED;
    case ORDER_TYPE_TAKE_PROFIT_LIMIT:
        return REJECT_TYPE_TAKE_PROFIT_LIMIT_UNSUPPORTED;
    }
    return REJECT_BAD_TYPE;
}

/* Whether the fields sent belong to the type. */
static bool combination_fits(const struct intent *intent)
{
    bool price = intent->price.units != 0;     /* raw: sent or not */
    bool stop = intent->stop_price.units != 0; /* raw: sent or not */
    bool qty = !amount_is_zero(intent->qty);
    bool quote = !amount_is_zero(intent->quote_qty);
    bool iceberg = !amount_is_zero(intent->iceberg_qty);
    bool trailing = intent->trailing_delta != 0;
    bool gtc = intent->tif == TIME_IN_FORCE_GTC;
    if (iceberg && !gtc) {
        return false;
    }
    switch ((enum order_type)intent->type) {
    case ORDER_TYPE_LIMIT:
        return price && qty && !quote && !stop && !trailing;
    case ORDER_TYPE_LIMIT_MAKER:
        return price && qty && gtc && !quote && !stop && !trailing;
    case ORDER_TYPE_MARKET:
        return !price && !stop && !trailing && !iceberg && gtc && qty != quote;
    case ORDER_TYPE_STOP_LOSS:
    case ORDER_TYPE_TAKE_PROFIT:
        return !price && !iceberg && !quote && gtc && qty && (stop || trailing);
    case ORDER_TYPE_STOP_LOSS_LIMIT:
    case ORDER_TYPE_TAKE_PROFIT_LIMIT:
        return price && qty && !quote && (stop || trailing);
    }
    return false;
}

static enum reject shape_features(const struct intent *intent)
{
    u32 features = intent->market->features;
    if (!amount_is_zero(intent->iceberg_qty) && !(features & MARKET_FEATURE_ICEBERG)) {
        return REJECT_ICEBERG_UNSUPPORTED;
    }
    if (intent->trailing_delta && !(features & MARKET_FEATURE_TRAILING)) {
        return REJECT_TRAILING_UNSUPPORTED;
    }
    if (!amount_is_zero(intent->quote_qty) && !(features & MARKET_FEATURE_QUOTE_QTY)) {
        return REJECT_QUOTE_QTY_UNSUPPORTED;
    }
    return amount_less(intent->qty, intent->iceberg_qty) ? REJECT_ICEBERG_EXCEEDS_QTY : REJECT_NONE;
}

enum reject filter_shape(struct intent *intent)
{
    const struct market *market = intent->market;
    if (UNLIKELY(intent->side > SIDE_SELL)) {
        return REJECT_BAD_SIDE;
    }
    if (UNLIKELY(intent->type >= ORDER_TYPE_COUNT)) {
        return REJECT_BAD_TYPE;
    }
    if (UNLIKELY(intent->tif >= TIME_IN_FORCE_COUNT)) {
        return REJECT_BAD_TIME_IN_FORCE;
    }
    if (intent->stp == STP_MODE_MARKET_DEFAULT) {
        intent->stp = market->stp_default;
    }
    if (UNLIKELY(intent->stp >= STP_MODE_COUNT || !(market->stp_allowed >> intent->stp & 1))) {
        return REJECT_BAD_STP_MODE;
    }
    if (UNLIKELY(intent->client->length > CLIENT_ID_SYMBOLS_MAX)) {
        return REJECT_BAD_CLIENT_ID;
    }
    if (UNLIKELY(!(market->types_allowed >> intent->type & 1))) {
        return type_unsupported(intent->type);
    }
    if (UNLIKELY(!combination_fits(intent))) {
        return REJECT_BAD_COMBINATION;
    }
    bool stop = intent->stop_price.units != 0; /* raw: sent or not */
    intent->has_extra = intent->has_extra || stop || intent->trailing_delta || /* raw: sent */
                        intent->strategy_id || intent->strategy_type ||
                        !amount_is_zero(intent->iceberg_qty) || !amount_is_zero(intent->quote_qty);
    return LIKELY(!intent->has_extra) ? REJECT_NONE : shape_features(intent);
}

/* ---- filters on the order's own terms ---- */

/* API filters.md "PRICE_FILTER". */
static bool price_on_grid(const struct market *market, struct price price, u32 *ticks_out)
{
    u64 units = price.units; /* raw: grid */
    u64 ticks = units / market->tick;
    if (ticks * market->tick != units || ticks < market->ticks_low ||
        ticks > market->ticks_high) { /* raw: grid */
        return false;
    }
    *ticks_out = (u32)ticks;
    return true;
}

/* API filters.md "PERCENT_PRICE": price within average x down .. average x up. */
static bool percent_fits(struct price price, struct price average, u32 up, u32 down)
{
    u128 scaled = (u128)price.units * MULTIPLIER_ONE; /* raw: compared exactly */
    u128 middle = average.units;                      /* raw: compared exactly */
    return (up == 0 || scaled <= middle * up) && scaled >= middle * down;
}

static enum reject percent_filters(const struct core *core, const struct intent *intent)
{
    const struct market *market = intent->market;
    const struct command_market_add *d = &market->definition;
    struct price average;
    if (market->checks & MARKET_CHECK_PERCENT &&
        market_average(core, market, d->percent_minutes, &average) &&
        !percent_fits(intent->price, average, d->percent_up, d->percent_down)) {
        return REJECT_FILTER_PERCENT_PRICE;
    }
    bool buy = intent->side == SIDE_BUY;
    u32 up = buy ? d->bid_percent_up : d->ask_percent_up;
    u32 down = buy ? d->bid_percent_down : d->ask_percent_down;
    if (market->checks & MARKET_CHECK_PERCENT_SIDE &&
        market_average(core, market, d->side_percent_minutes, &average) &&
        !percent_fits(intent->price, average, up, down)) {
        return REJECT_FILTER_PERCENT_PRICE_BY_SIDE;
    }
    return REJECT_NONE;
}

bool filter_lot_size(const struct market *market, struct amount qty, u64 *lots_out)
{
    u64 units = qty.units; /* raw: grid */
    u64 lots = units / market->lot;
    *lots_out = lots;
    return lots * market->lot == units && lots >= market->lots_low &&
           lots <= market->lots_high; /* raw: grid */
}

/* API filters.md "MARKET_LOT_SIZE". */
static bool market_lot_size(const struct market *market, struct amount qty)
{
    const struct command_market_add *d = &market->definition;
    u64 step = d->market_lot.units; /* raw: grid */
    return !amount_less(qty, d->market_qty_min) &&
           (amount_is_zero(d->market_qty_max) || !amount_less(d->market_qty_max, qty)) &&
           (step == 0 || qty.units % step == 0); /* raw: grid */
}

/* ticks x lots x value, or AMOUNT_BOUND and more when it is too large. */
static u64 notional_of(const struct market *market, u32 ticks, u64 lots)
{
    u128 notional = (u128)((u64)ticks * market->value) * lots;
    return notional < AMOUNT_BOUND ? (u64)notional : AMOUNT_BOUND;
}

/* The notional of an order without a price, at the average of so many minutes. */
static bool notional_at_average(const struct core *core, const struct intent *intent, u32 minutes,
                                struct amount *notional_out)
{
    const struct market *market = intent->market;
    if (!amount_is_zero(intent->quote_qty)) {
        *notional_out = intent->quote_qty;
        return true;
    }
    struct price average;
    if (!market_average(core, market, minutes, &average)) {
        return false;
    }
    if (!amount_mul_price_floor(average, intent->qty, core->assets[market->base].scale,
                                core->assets[market->quote].scale, notional_out) ||
        !amount_less(*notional_out, amount_of(AMOUNT_BOUND))) {
        *notional_out = amount_of(AMOUNT_BOUND);
    }
    return true;
}

enum reject filter_notional(const struct core *core, struct intent *intent)
{
    const struct command_market_add *d = &intent->market->definition;
    bool priced = intent->price.units != 0; /* raw: sent or not */
    struct amount notional = intent->notional;
    if (!amount_is_zero(d->min_notional) &&
        (priced || d->min_notional_flags & NOTIONAL_MIN_TO_MARKET)) {
        bool known =
            priced || notional_at_average(core, intent, d->min_notional_minutes, &notional);
        if (known && amount_less(notional, d->min_notional)) {
            return REJECT_FILTER_MIN_NOTIONAL;
        }
    }
    bool known = priced || notional_at_average(core, intent, d->notional_minutes, &notional);
    if (!known) {
        return REJECT_NONE;
    }
    if (!amount_is_zero(d->notional_min) &&
        (priced || d->notional_flags & NOTIONAL_MIN_TO_MARKET) &&
        amount_less(notional, d->notional_min)) {
        return REJECT_FILTER_NOTIONAL;
    }
    if (!amount_is_zero(d->notional_max) &&
        (priced || d->notional_flags & NOTIONAL_MAX_TO_MARKET) &&
        amount_less(d->notional_max, notional)) {
        return REJECT_FILTER_NOTIONAL;
    }
    return REJECT_NONE;
}

/* API filters.md "TRAILING_DELTA". */
static bool trailing_fits(const struct intent *intent)
{
    const struct command_market_add *d = &intent->market->definition;
    bool above = order_waits_above(intent->type, intent->side);
    u32 low = above ? d->trailing_above_min : d->trailing_below_min;
    u32 high = above ? d->trailing_above_max : d->trailing_below_max;
    u32 delta = intent->trailing_delta;
    return delta < BIPS_ONE && (high == 0 || (delta >= low && delta <= high));
}

/* Terms that only orders with extras have. */
static enum reject extra_terms(struct intent *intent)
{
    const struct market *market = intent->market;
    if (intent->iceberg) {
        u64 parts = (intent->lots + intent->iceberg - 1) / intent->iceberg;
        u32 most = market->definition.iceberg_parts_max;
        if (most && parts > most) {
            return REJECT_FILTER_ICEBERG_PARTS;
        }
    }
    return intent->trailing_delta && !trailing_fits(intent) ? REJECT_FILTER_TRAILING_DELTA
                                                            : REJECT_NONE;
}

/* NOTIONAL_OVERFLOW; sets the notional and the price a market-like BUY locks at. */
static bool notional_fits(struct intent *intent)
{
    const struct market *market = intent->market;
    u32 ticks = intent->ticks ? intent->ticks : intent->stop_ticks;
    u64 notional = notional_of(market, ticks, intent->lots);
    intent->notional = amount_of(notional);
    return notional < AMOUNT_BOUND && amount_less(intent->quote_qty, amount_of(AMOUNT_BOUND));
}

enum reject filter_terms(const struct core *core, struct intent *intent)
{
    const struct market *market = intent->market;
    bool priced = intent->price.units != 0;     /* raw: sent or not */
    bool stops = intent->stop_price.units != 0; /* raw: sent or not */
    if (priced && UNLIKELY(!price_on_grid(market, intent->price, &intent->ticks))) { /* raw: sent */
        return REJECT_FILTER_PRICE;
    }
    if (stops && !price_on_grid(market, intent->stop_price, &intent->stop_ticks)) { /* raw: sent */
        return REJECT_FILTER_PRICE;
    }
    if (UNLIKELY(market->checks & (MARKET_CHECK_PERCENT | MARKET_CHECK_PERCENT_SIDE)) &&
        intent->ticks) {
        enum reject reject = percent_filters(core, intent);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    if (!amount_is_zero(intent->qty) &&
        UNLIKELY(!filter_lot_size(market, intent->qty, &intent->lots))) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (!amount_is_zero(intent->iceberg_qty) &&
        !filter_lot_size(market, intent->iceberg_qty, &intent->iceberg)) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (intent->type == ORDER_TYPE_MARKET && !amount_is_zero(intent->qty) &&
        !market_lot_size(market, intent->qty)) {
        return REJECT_FILTER_MARKET_LOT_SIZE;
    }
    if (UNLIKELY(!notional_fits(intent))) {
        return REJECT_NOTIONAL_OVERFLOW;
    }
    if (UNLIKELY(market->checks & MARKET_CHECK_NOTIONAL)) {
        enum reject reject = filter_notional(core, intent);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    return LIKELY(!intent->has_extra) ? REJECT_NONE : extra_terms(intent);
}

/* ---- filters on what the account has ---- */

struct tally {
    u64 orders;
    u64 algo;
    u64 iceberg;
    u64 lists;
};

static enum reject tally_fits(const struct tally *tally, const u32 max[4],
                              const enum reject rejects[4])
{
    const u64 counts[4] = {tally->orders, tally->algo, tally->iceberg, tally->lists};
    for (u32 i = 0; i < 4; i++) {
        if (max[i] && counts[i] > max[i]) {
            return rejects[i];
        }
    }
    return REJECT_NONE;
}

static struct tally tally_of(const struct intent *intents, u32 count, bool list)
{
    struct tally tally = {.orders = count, .lists = list ? 1 : 0};
    for (u32 i = 0; i < count; i++) {
        tally.algo += order_type_is_stop(intents[i].type) ? 1 : 0;
        tally.iceberg += intents[i].iceberg ? 1 : 0;
    }
    return tally;
}

/* API filters.md "MAX_POSITION". */
static bool position_fits(const struct core *core, const struct intent *intent)
{
    const struct market *market = intent->market;
    struct amount most = market->definition.position_max;
    if (intent->side != SIDE_BUY || amount_is_zero(intent->qty) || amount_is_zero(most)) {
        return true;
    }
    u128 sum = intent->qty.units; /* raw: 128-bit sum */
    u32 row = ledger_row(core, intent->account, market->base);
    if (row) {
        const struct balance *balance = &core->chunks[row >> 2].rows[row & 3];
        sum += (u128)balance->free.units + balance->locked.units; /* raw: 128-bit sum */
    }
    u32 position = account_position(core, intent->account, market->number);
    u32 slot = position == TICKS_NONE
                   ? 0
                   : core_position((struct core *)(uintptr_t)core, position)->newest;
    for (; slot; slot = core->links[slot].older) {
        if (core->orders[slot].side == SIDE_BUY) {
            sum += market_base(market, core->orders[slot].left).units; /* raw: 128-bit sum */
        }
    }
    return sum <= most.units; /* raw: 128-bit sum */
}

/* API filters.md "MAX_ASSET". */
static bool asset_limits_fit(const struct core *core, const struct intent *intent)
{
    const struct market *market = intent->market;
    const struct asset_limit *base = account_asset_limit(core, intent->account, market->base);
    if (base && amount_less(base->limit, intent->qty)) {
        return false;
    }
    const struct asset_limit *quote = account_asset_limit(core, intent->account, market->quote);
    if (!quote) {
        return true;
    }
    struct amount notional = intent->ticks ? intent->notional : intent->quote_qty;
    return !amount_less(quote->limit, notional);
}

static const enum reject market_rejects[4] = {
    REJECT_FILTER_MAX_NUM_ORDERS, REJECT_FILTER_MAX_NUM_ALGO_ORDERS,
    REJECT_FILTER_MAX_NUM_ICEBERG_ORDERS, REJECT_FILTER_MAX_NUM_ORDER_LISTS};
static const enum reject venue_rejects[4] = {
    REJECT_FILTER_EXCHANGE_MAX_NUM_ORDERS, REJECT_FILTER_EXCHANGE_MAX_NUM_ALGO_ORDERS,
    REJECT_FILTER_EXCHANGE_MAX_NUM_ICEBERG_ORDERS, REJECT_FILTER_EXCHANGE_MAX_NUM_ORDER_LISTS};

static enum reject market_counts(const struct core *core, const struct intent *intents, u32 count,
                                 const struct tally *added)
{
    const struct market *market = intents->market;
    const struct command_market_add *d = &market->definition;
    u32 index = account_position(core, intents->account, market->number);
    struct tally tally = *added;
    if (index != TICKS_NONE) {
        const struct position *position = core_position((struct core *)(uintptr_t)core, index);
        tally.orders += position->orders;
        tally.algo += position->algo;
        tally.iceberg += position->iceberg;
        tally.lists += position->lists;
    }
    const u32 max[4] = {d->orders_max, d->algo_orders_max, d->iceberg_orders_max, d->lists_max};
    /* A list is only refused by the list filter; an order never is. */
    struct tally seen = tally;
    seen.lists = added->lists ? tally.lists : 0;
    (void)count;
    seen.algo = added->algo ? tally.algo : 0;
    seen.iceberg = added->iceberg ? tally.iceberg : 0;
    return tally_fits(&seen, max, market_rejects);
}

static enum reject venue_counts(const struct core *core, u32 account, const struct tally *added)
{
    const struct account *record = &core->accounts[account];
    const struct command_venue_filters *v = &core->venue;
    const u32 max[4] = {v->orders_max, v->algo_orders_max, v->iceberg_orders_max, v->lists_max};
    struct tally tally = {
        .orders = record->orders + added->orders,
        .algo = added->algo ? record->algo + added->algo : 0,
        .iceberg = added->iceberg ? record->iceberg + added->iceberg : 0,
        .lists = added->lists ? record->lists + added->lists : 0,
    };
    return tally_fits(&tally, max, venue_rejects);
}

enum reject filter_counts(const struct core *core, const struct intent *intents, u32 count,
                          bool list)
{
    const struct market *market = intents->market;
    bool limits = core->accounts[intents->account].has_limits;
    if (LIKELY(!(market->checks & (MARKET_CHECK_COUNTS | MARKET_CHECK_POSITION)) &&
               !core->venue_filtered && !limits)) {
        return REJECT_NONE;
    }
    struct tally added = tally_of(intents, count, list);
    enum reject reject = market_counts(core, intents, count, &added);
    for (u32 i = 0; i < count && reject == REJECT_NONE; i++) {
        reject = position_fits(core, &intents[i]) ? REJECT_NONE : REJECT_FILTER_MAX_POSITION;
    }
    if (reject == REJECT_NONE) {
        reject = venue_counts(core, intents->account, &added);
    }
    for (u32 i = 0; i < count && reject == REJECT_NONE; i++) {
        reject = asset_limits_fit(core, &intents[i]) ? REJECT_NONE : REJECT_FILTER_MAX_ASSET;
    }
    return reject;
}
