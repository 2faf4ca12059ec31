#include "core/market.h"

#include "core/plain.h"

#define MINUTE_US      60000000ULL
#define MULTIPLIER_ONE 10000U /* price multipliers count 10^-4 */

static const u64 tens[20] = {
    1ULL,
    10ULL,
    100ULL,
    1000ULL,
    10000ULL,
    100000ULL,
    1000000ULL,
    10000000ULL,
    100000000ULL,
    1000000000ULL,
    10000000000ULL,
    100000000000ULL,
    1000000000000ULL,
    10000000000000ULL,
    100000000000000ULL,
    1000000000000000ULL,
    10000000000000000ULL,
    100000000000000000ULL,
    1000000000000000000ULL,
    10000000000000000000ULL,
};

/* tick x lot x 10^quote_scale / (10^8 x 10^base_scale), if it is whole and fits 32 bits. */
static bool market_value(u64 tick, u64 lot, u32 base_scale, u32 quote_scale, u64 *value_out)
{
    u128 product = (u128)tick * lot;
    u32 down = PRICE_SCALE + base_scale;
    if (down >= quote_scale) {
        u32 places = down - quote_scale;
        while (places > 0) {
            u32 step = places > 19 ? 19 : places;
            if (product % tens[step]) {
                return false;
            }
            product /= tens[step];
            places -= step;
        }
    } else {
        if (product >> 64) {
            return false;
        }
        product *= tens[quote_scale - down]; /* at most 10^10 */
    }
    *value_out = (u64)product;
    return product >= 1 && product < 1ULL << 32;
}

static bool enums_fit(const struct command_market_add *d)
{
    if (d->state >= MARKET_STATE_COUNT || d->stp_default == STP_MODE_MARKET_DEFAULT ||
        d->stp_default >= STP_MODE_COUNT || (d->stp_allowed & ~0x7EU)) {
        return false;
    }
    bool iceberg = d->features & MARKET_FEATURE_ICEBERG;
    if (iceberg && (d->iceberg_parts_max == 0 || d->iceberg_parts_max > MARKET_ICEBERG_PARTS_MAX)) {
        return false;
    }
    return (d->stp_allowed >> d->stp_default & 1) &&
           d->min_notional_minutes <= AVERAGE_MINUTES_MAX &&
           d->notional_minutes <= AVERAGE_MINUTES_MAX &&
           d->percent_minutes <= AVERAGE_MINUTES_MAX &&
           d->side_percent_minutes <= AVERAGE_MINUTES_MAX && d->trailing_above_max < 10000 &&
           d->trailing_below_max < 10000;
}

bool market_definition_check(const struct core *core, const struct command_market_add *d,
                             u64 *value_out)
{
    if (d->base >= core->assets_count || d->quote >= core->assets_count || d->base == d->quote) {
        return false;
    }
    /* raw: bounds of a definition */
    u64 tick = d->tick.units, lot = d->lot.units; /* raw: bounds */
    if (tick == 0 || lot == 0 || tick >= AMOUNT_BOUND || lot >= AMOUNT_BOUND) {
        return false;
    }
    if (!market_value(tick, lot, core->assets[d->base].scale, core->assets[d->quote].scale,
                      value_out)) {
        return false;
    }
    if (d->ticks_max == 0 || d->ticks_max > 1U << 30 || !enums_fit(d) ||
        (u128)d->ticks_max * tick >= AMOUNT_BOUND) {
        return false;
    }
    u64 highest = d->price_min.units | d->price_max.units;           /* raw: bounds */
    highest |= d->qty_min.units | d->qty_max.units;                  /* raw: bounds */
    highest |= d->market_qty_min.units | d->market_qty_max.units;    /* raw: bounds */
    return highest < AMOUNT_BOUND && d->market_lot.units % lot == 0; /* raw: bounds */
}

void market_set_checks(struct market *market)
{
    const struct command_market_add *d = &market->definition;
    u32 checks = 0;
    checks |= d->percent_up || d->percent_down ? MARKET_CHECK_PERCENT : 0U;
    checks |= d->bid_percent_up || d->bid_percent_down || d->ask_percent_up || d->ask_percent_down
                  ? MARKET_CHECK_PERCENT_SIDE
                  : 0U;
    checks |= d->orders_max || d->algo_orders_max || d->iceberg_orders_max || d->lists_max
                  ? MARKET_CHECK_COUNTS
                  : 0U;
    checks |= amount_is_zero(d->position_max) ? 0U : MARKET_CHECK_POSITION;
    checks |= amount_is_zero(d->min_notional) && amount_is_zero(d->notional_min) &&
                      amount_is_zero(d->notional_max)
                  ? 0U
                  : MARKET_CHECK_NOTIONAL;
    bool range = d->range_bid_up || d->range_bid_down || d->range_ask_up || d->range_ask_down;
    checks |= range && market->reference.units ? MARKET_CHECK_RANGE : 0U; /* raw: set or not */
    checks |= market->is_empty ? MARKET_CHECK_EMPTY : 0U;
    checks |= market->checks & MARKET_CHECK_RULED;
    market->checks = (u8)checks;
}

/* How grid_steps divides by a step. Each round of the loop doubles the low bits that are right,
 * from three on: an odd number is its own inverse modulo 8. */
static void set_inverse(u64 step, u64 *inverse_out, u8 *shift_out)
{
    *shift_out = (u8)__builtin_ctzll(step);
    u64 odd = step >> *shift_out;
    u64 inverse = odd;
    for (u32 bits = 3; bits < 64; bits *= 2) {
        inverse *= 2 - odd * inverse;
    }
    *inverse_out = inverse;
}

/* The bounds as widths, for the plain way. */
static void set_spans(struct market *market)
{
    const struct command_market_add *d = &market->definition;
    u64 most = d->notional_max.units ? d->notional_max.units : AMOUNT_BOUND - 1; /* raw: bounds */
    most = u64_min(most, AMOUNT_BOUND - 1);
    u64 least = u64_max(d->min_notional.units, d->notional_min.units); /* raw: bounds */
    market->ticks_span = (u64)market->ticks_high - market->ticks_low;
    market->lots_span = market->lots_high - market->lots_low;
    market->notional_low = least;
    market->notional_span = most - least;
    market->is_empty = market->ticks_high < market->ticks_low ||
                       market->lots_high < market->lots_low || most < least;
}

void market_define(struct market *market, const struct command_market_add *d, u64 value)
{
    u64 tick = d->tick.units; /* raw: grid */
    u64 lot = d->lot.units;   /* raw: grid */
    market->definition = *d;
    market->tick = tick;
    market->lot = lot;
    market->value = value;
    set_inverse(tick, &market->tick_inverse, &market->tick_shift);
    set_inverse(lot, &market->lot_inverse, &market->lot_shift);
    u64 low = (d->price_min.units + tick - 1) / tick; /* raw: grid; both below 2^63 */
    u64 high = d->price_max.units ? d->price_max.units / tick : d->ticks_max; /* raw: grid */
    market->ticks_low = (u32)u64_min(u64_max(low, 1), TICKS_NONE);
    market->ticks_high = (u32)u64_min(high, d->ticks_max);
    market->lots_low = u64_max((d->qty_min.units + lot - 1) / lot, 1);     /* raw: grid */
    u64 qty_high = d->qty_max.units ? d->qty_max.units : AMOUNT_BOUND - 1; /* raw: grid */
    market->lots_high = qty_high / lot;
    set_spans(market);
    market->orders_most = d->orders_max ? d->orders_max : UINT32_MAX;
    market->ticks_max = d->ticks_max;
    market->base = d->base;
    market->quote = d->quote;
    market->types_allowed = d->types_allowed;
    market->stp_allowed = d->stp_allowed;
    market->stp_default = d->stp_default;
    market->plain_terms = plain_terms_of(d->stp_default);
    market->features = d->features;
    market_set_checks(market);
}

void market_range(const struct market *market, u8 side, u32 *low_out, u32 *high_out)
{
    const struct command_market_add *d = &market->definition;
    u32 up = side == SIDE_BUY ? d->range_bid_up : d->range_ask_up;
    u32 down = side == SIDE_BUY ? d->range_bid_down : d->range_ask_down;
    u128 reference = market->reference.units; /* raw: multiplied, then rounded as documented */
    if (up) {
        u128 highest = reference * up / MULTIPLIER_ONE / market->tick;
        *high_out = highest < TICKS_NONE ? (u32)highest : TICKS_NONE;
    }
    if (down) {
        u128 price = (reference * down + MULTIPLIER_ONE - 1) / MULTIPLIER_ONE;
        u128 lowest = (price + market->tick - 1) / market->tick;
        *low_out = lowest < TICKS_NONE ? (u32)lowest : TICKS_NONE;
    }
}

void market_average_add(struct core *core, struct market *market, u128 sum_value, u64 sum_lots)
{
    u64 minute = core->now_us / MINUTE_US;
    struct bucket *bucket = &market->buckets[minute % AVERAGE_MINUTES_MAX];
    if (bucket->minute != minute) {
        *bucket = (struct bucket){.minute = minute};
    }
    bucket->sum += sum_value;
    bucket->lots += sum_lots;
}

bool market_average(const struct core *core, const struct market *market, u32 minutes,
                    struct price *average_out)
{
    if (market->reference.units) { /* raw: set or not */
        *average_out = market->reference;
        return true;
    }
    u64 now = core->now_us / MINUTE_US;
    u128 sum = 0;
    u128 lots = 0;
    for (u32 i = 0; i < AVERAGE_MINUTES_MAX && minutes; i++) {
        const struct bucket *bucket = &market->buckets[i];
        if (bucket->minute <= now && bucket->minute + minutes > now) {
            sum += bucket->sum;
            lots += bucket->lots;
        }
    }
    if (lots) {
        u128 scaled = (sum << 16) / lots;
        *average_out = price_of((u64)(scaled * market->tick >> 16));
        return true;
    }
    *average_out = market_price(market, market->last);
    return market->last != 0;
}
