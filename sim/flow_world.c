/* The small venue of a seed: assets with different scales, markets whose tick, lot and scales give
 * an awkward but whole value, limits, tiers, accounts and their first deposits. */
#include "sim/flow_state.h"

enum {
    GENESIS_STEPS = 3, /* one too early, a bad one, the right one */
    TIERS = 3,
};

static u64 power_of_ten(u64 exponent)
{
    u64 power = 1;
    for (u64 i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

/* ---- markets ---- */

/* tick x lot x 10^quote_scale = value x 10^(8 + base_scale), each part small enough. */
void flow_draw_grid(struct flow *flow, struct command_market_add *market)
{
    static const u8 parts[] = {1, 1, 1, 2, 3, 5, 7, 25};
    u64 tick = parts[flow_pick(flow, ARRAY_COUNT(parts))];
    u64 lot = parts[flow_pick(flow, ARRAY_COUNT(parts))];
    u32 base_scale = flow->scales[market->base];
    u32 quote_scale = flow->scales[market->quote];
    if (base_scale + PRICE_SCALE > quote_scale) {
        u64 zeros = base_scale + PRICE_SCALE - quote_scale;
        u64 least = zeros > 11 ? zeros - 11 : 0; /* the lot gets at most 11 of them */
        u64 most = zeros < 12 ? zeros : 12;
        u64 of_tick = least + flow_pick(flow, (most > least ? most - least : 0) + 1);
        tick *= power_of_ten(of_tick);
        lot *= power_of_ten(zeros - of_tick);
    }
    market->tick = price_of(tick);
    market->lot = amount_of(lot);
}

/* Quote units of one lot at one tick. */
static u64 value_of(const struct flow *flow, const struct command_market_add *market)
{
    u128 value = (u128)market->tick.units * market->lot.units; /* raw: for drawing */
    u32 up = flow->scales[market->quote];
    u32 down = flow->scales[market->base] + PRICE_SCALE;
    for (; up > down; up--) {
        value *= 10;
    }
    for (; down > up; down--) {
        value /= 10;
    }
    return value > 0 ? (u64)value : 1; /* a spoilt market may have none */
}

/* On with the profile's chance for filters. */
static u64 maybe(struct flow *flow, u64 number)
{
    return flow_chance(flow, flow->profile.filters) ? number : 0;
}

static u32 maybe_count(struct flow *flow, u64 bound)
{
    return (u32)maybe(flow, 1 + flow_pick(flow, bound));
}

static void draw_percents(struct flow *flow, struct command_market_add *market, u64 spread)
{
    market->percent_up = (u32)maybe(flow, 10000 + flow_pick(flow, spread));
    market->percent_down = (u32)maybe(flow, 10000 - flow_pick(flow, spread));
    market->bid_percent_up = (u32)maybe(flow, 10000 + flow_pick(flow, spread));
    market->bid_percent_down = (u32)maybe(flow, 10000 - flow_pick(flow, spread));
    market->ask_percent_up = (u32)maybe(flow, 10000 + flow_pick(flow, spread));
    market->ask_percent_down = (u32)maybe(flow, 10000 - flow_pick(flow, spread));
    market->range_bid_up = (u32)maybe(flow, 10000 + flow_pick(flow, spread));
    market->range_bid_down = (u32)maybe(flow, 10000 - flow_pick(flow, spread));
    market->range_ask_up = (u32)maybe(flow, 10000 + flow_pick(flow, spread));
    market->range_ask_down = (u32)maybe(flow, 10000 - flow_pick(flow, spread));
    market->percent_minutes = (u8)flow_pick(flow, flow_chance(flow, 500) ? 3 : 61);
    market->side_percent_minutes = (u8)flow_pick(flow, flow_chance(flow, 500) ? 3 : 61);
    market->min_notional_minutes = (u8)flow_pick(flow, flow_chance(flow, 500) ? 3 : 61);
    market->notional_minutes = (u8)flow_pick(flow, flow_chance(flow, 500) ? 3 : 61);
}

static void draw_modes(struct flow *flow, struct command_market_add *market)
{
    market->stp_default = (u8)(1 + flow_pick(flow, 6));
    market->stp_allowed = (u8)(0x7E | 1U << market->stp_default);
    market->types_allowed = 0x7F;
    market->features = 0x7F;
    for (u32 bit = 0; bit < ORDER_TYPE_COUNT; bit++) {
        if (flow_chance(flow, flow->profile.features)) {
            market->types_allowed = (u8)(market->types_allowed & ~(1U << bit));
        }
        if (flow_chance(flow, flow->profile.features)) {
            market->features = (u16)(market->features & ~(1U << bit));
        }
        if (flow_chance(flow, flow->profile.features) && bit > 0 && bit != market->stp_default) {
            market->stp_allowed = (u8)(market->stp_allowed & ~(1U << bit));
        }
    }
}

void flow_draw_filters(struct flow *flow, struct command_market_add *market, u64 center)
{
    const struct flow_profile *profile = &flow->profile;
    u64 tick = market->tick.units; /* raw: for drawing around it */
    u64 lot = market->lot.units;   /* raw: for drawing around it */
    u64 width = profile->width_ticks;
    u64 lots = profile->lots_max;
    u64 reach = width < center ? center - width : 1;
    u64 unit = center * lots * value_of(flow, market); /* what a large order is worth */
    draw_modes(flow, market);
    market->price_min = price_of(maybe(flow, tick * reach));
    market->price_max = price_of(maybe(flow, tick * (center + width)));
    market->qty_min = amount_of(maybe(flow, lot * flow_pick(flow, 3)));
    market->qty_max = amount_of(maybe(flow, lot * (lots - flow_pick(flow, lots / 3 + 1))));
    market->market_qty_min = amount_of(maybe(flow, lot * flow_pick(flow, 4)));
    market->market_qty_max = amount_of(maybe(flow, lot * (lots - flow_pick(flow, lots / 2 + 1))));
    market->market_lot = amount_of(maybe(flow, lot * (1 + flow_pick(flow, 3))));
    market->min_notional = amount_of(maybe(flow, flow_pick(flow, unit / 4 + 1)));
    market->notional_min = amount_of(maybe(flow, flow_pick(flow, unit / 4 + 1)));
    market->notional_max = amount_of(maybe(flow, unit / 2 + flow_pick(flow, unit * 100 | 1)));
    market->position_max = amount_of(maybe(flow, lot * lots * flow_pick(flow, 60)));
    market->min_notional_flags = (u8)flow_pick(flow, 4);
    market->notional_flags = (u8)flow_pick(flow, 4);
    market->iceberg_parts_max = (u16)(4 + flow_pick(flow, 20));
    market->orders_max = maybe_count(flow, 20);
    market->algo_orders_max = maybe_count(flow, 8);
    market->iceberg_orders_max = maybe_count(flow, 5);
    market->lists_max = maybe_count(flow, 4);
    market->amends_max = maybe_count(flow, 4);
    market->trailing_above_min = maybe_count(flow, 200);
    market->trailing_above_max = (u32)maybe(flow, 200 + flow_pick(flow, 9800));
    market->trailing_below_min = maybe_count(flow, 200);
    market->trailing_below_max = (u32)maybe(flow, 200 + flow_pick(flow, 9800));
    draw_percents(flow, market, 20000 * width / center + 200);
}

static void draw_market(struct flow *flow, u16 number)
{
    static const u32 reaches[] = {30, 511, 512, 513, 1023, 2048, 5000, 1000000};
    struct command_market_add *market = &flow->markets[number];
    market->market = number;
    market->base = (u16)flow_pick(flow, flow->assets_count);
    market->quote =
        (u16)((market->base + 1 + flow_pick(flow, flow->assets_count - 1)) % flow->assets_count);
    market->name[0] = (u8)('A' + number);
    flow_draw_grid(flow, market);
    u64 bound = (1ULL << 62) / market->tick.units; /* raw: for drawing */
    u64 reach = reaches[flow_pick(flow, ARRAY_COUNT(reaches))];
    reach = u64_max(reach, 2ULL * flow->profile.width_ticks + 4);
    market->ticks_max = (u32)u64_min(reach, bound);
    u64 center = flow_chance(flow, 500) ? market->ticks_max / 2 : 512;
    center = u64_min(center, market->ticks_max - flow->profile.width_ticks - 1);
    flow->centers[number] = u64_max(center, flow->profile.width_ticks + 1);
    flow_draw_filters(flow, market, flow->centers[number]);
}

/* ---- limits ---- */

static u32 up_to(struct flow *flow, u32 low, u32 high)
{
    return (u32)random_between(&flow->random, low, high);
}

/* One limit: in a tight venue often a small one. */
static u32 draw_limit(struct flow *flow, u32 low, u32 high, u32 wide)
{
    bool is_small = flow->profile.is_tight && flow_chance(flow, 600);
    return is_small ? up_to(flow, low, high) : wide;
}

static u32 directory_needed(const struct flow *flow)
{
    u32 needed = 0;
    for (u32 i = 0; i < flow->markets_count; i++) {
        needed += flow->markets[i].ticks_max / 512 + 1;
    }
    return needed;
}

static void draw_limits(struct flow *flow)
{
    bool is_tight = flow->profile.is_tight;
    u32 accounts = flow->profile.accounts;
    u32 rows = accounts * ((flow->assets_count + 2) / 3) * 3;
    struct command_genesis limits = {.semantics_version = 1};
    limits.assets_max = flow->assets_count + (is_tight ? 0 : up_to(flow, 0, 1));
    limits.markets_max = flow->markets_count + (is_tight ? 0 : up_to(flow, 0, 1));
    limits.networks_max = up_to(flow, 1, 4);
    limits.fee_tiers_max = TIERS;
    limits.accounts_max = accounts + up_to(flow, 0, 2);
    limits.balance_rows_max = is_tight ? rows - up_to(flow, 0, 2) * 3 : rows + 30;
    limits.positions_max = draw_limit(flow, 1, accounts, 200);
    limits.orders_max = draw_limit(flow, 5, 30, 150);
    limits.extras_max = draw_limit(flow, 2, 12, 140);
    limits.lists_max = draw_limit(flow, 1, 4, 40);
    limits.holds_max = draw_limit(flow, 1, 3, 50);
    limits.asset_limits_max = draw_limit(flow, 1, 3, 50);
    limits.pages_max = draw_limit(flow, 1, 12, 300);
    limits.directory_max = directory_needed(flow) + (is_tight ? 0 : up_to(flow, 0, 10));
    limits.trailing_max = draw_limit(flow, 1, 3, 60);
    limits.triggers_per_command_max = flow_chance(flow, 400) ? up_to(flow, 1, 3) : 20;
    limits.triggers_per_command_max = draw_limit(flow, 1, 2, limits.triggers_per_command_max);
    limits.keys_max = draw_limit(flow, 0, 3, 40);
    if (flow->profile.rules > 0 && !flow_chance(flow, 30)) {
        limits.accounts_max += up_to(flow, 0, 6); /* for logins */
        limits.persons_max = draw_limit(flow, 1, flow->profile.persons + 1, 24);
        limits.person_rows_max = draw_limit(flow, 2, 12, 400);
    }
    flow->limits = limits;
}

void flow_world_plan(struct flow *flow)
{
    static const u8 scales[] = {0, 2, 6, 8, 8, 8, 10, 18};
    static const u8 poverties[] = {1, 1, 5, 20};
    flow->poverty = poverties[flow_pick(flow, ARRAY_COUNT(poverties))];
    if (flow->profile.is_poor) {
        flow->poverty = 12;
    }
    flow->assets_count = 2 + (u32)flow_pick(flow, 3);
    flow->markets_count = 2 + (u32)flow_pick(flow, 2);
    for (u32 i = 0; i < flow->assets_count; i++) {
        flow->scales[i] = scales[flow_pick(flow, ARRAY_COUNT(scales))];
        if (i > 0 && flow->scales[i] > flow->scales[0] + 10) {
            flow->scales[i] = flow->scales[0]; /* so that every value stays below 2^32 */
        }
        for (u32 j = 0; j < i; j++) {
            if (flow->scales[i] + 10 < flow->scales[j]) {
                flow->scales[i] = 8;
            }
        }
    }
    for (u32 i = 0; i < flow->markets_count; i++) {
        draw_market(flow, (u16)i);
    }
    draw_limits(flow);
}

void flow_genesis(struct flow *flow, struct command_genesis *genesis_out)
{
    *genesis_out = flow->limits;
    u32 spoilt[] = {genesis_out->assets_max, genesis_out->trailing_max};
    spoilt[flow_pick(flow, 2)] = flow_chance(flow, 500) ? 0 : UINT32_MAX;
    if (flow_chance(flow, 500)) {
        genesis_out->semantics_version = (u32)flow_pick(flow, 2) * 2;
    } else {
        genesis_out->assets_max = spoilt[0];
        genesis_out->trailing_max = spoilt[1];
    }
}

/* ---- the first commands ---- */

/* What a deposit usually brings: enough for some twenty large orders in every market. */
u64 flow_typical_amount(struct flow *flow, u16 asset)
{
    u64 most = 1000;
    for (u32 i = 0; i < flow->markets_count; i++) {
        const struct command_market_add *market = &flow->markets[i];
        u64 lots = 20ULL * flow->profile.lots_max;
        u64 value = 25ULL * 25; /* at most, see flow_draw_grid */
        if (flow->scales[market->quote] > flow->scales[market->base] + PRICE_SCALE) {
            value *= power_of_ten(flow->scales[market->quote] - flow->scales[market->base] -
                                  PRICE_SCALE);
        }
        if (market->base == asset) {
            most = u64_max(most, lots * market->lot.units); /* raw: for drawing */
        } else if (market->quote == asset) {
            most = u64_max(most, lots * value / 10 * flow->centers[i]);
        }
    }
    if (flow->profile.is_edge && flow_chance(flow, 500)) {
        return (1ULL << 59) + flow_any_size(flow) % (1ULL << 60);
    }
    return u64_min(1 + (most / 4 + flow_pick(flow, most)) / flow->poverty, 1ULL << 58);
}

void flow_draw_fees(struct flow *flow, u16 market, u16 tier)
{
    static const u32 rates[] = {0, 1, 10, 100000, 150000, 777777, 8333333};
    struct command_fee_set fees = {.market = market, .tier = tier};
    u32 drawn[12];
    for (u32 i = 0; i < ARRAY_COUNT(drawn); i++) {
        drawn[i] = rates[flow_pick(flow, ARRAY_COUNT(rates))];
    }
    memcpy(&fees.standard_maker, drawn, sizeof drawn);
    if (flow_chance(flow, 100)) {
        memset(&fees.standard_maker, 0, sizeof drawn);
        fees.tax_taker = RATE_ONE;
    }
    flow_emit(flow, &fees, COMMAND_FEE_SET, 0);
}

static void setup_genesis(struct flow *flow, u32 step)
{
    struct command_genesis genesis = flow->limits;
    struct command_asset_add early = {.asset = 0, .scale = 8, .name = "E"};
    if (step == 0) {
        flow_emit(flow, &early, COMMAND_ASSET_ADD, 0);
        return;
    }
    if (step == 1) {
        flow_genesis(flow, &genesis);
    }
    flow_emit(flow, &genesis, COMMAND_GENESIS, 0);
}

static void setup_account(struct flow *flow)
{
    bool is_grouped = flow_chance(flow, flow->profile.group);
    struct command_account_add account = {.trade_group =
                                              is_grouped ? (u32)flow_pick(flow, 2) : 0xFFFFFFFFU,
                                          .fee_tier = (u16)flow_pick(flow, TIERS)};
    flow_emit(flow, &account, COMMAND_ACCOUNT_ADD, 0);
}

static void setup_deposit(struct flow *flow, u32 step)
{
    u16 asset = (u16)(step % flow->assets_count);
    struct command_deposit deposit = {
        .amount = amount_of(flow_typical_amount(flow, asset)), .asset = asset, .reference = step};
    deposit.network = (u16)flow_pick(flow, flow->limits.networks_max);
    flow_emit(flow, &deposit, COMMAND_DEPOSIT, step / flow->assets_count);
}

bool flow_world_next(struct flow *flow)
{
    u32 step = flow->setup++;
    const u32 counts[] = {GENESIS_STEPS,          flow->assets_count,
                          flow->markets_count,    flow->markets_count * TIERS,
                          flow->profile.accounts, flow->profile.accounts * flow->assets_count};
    u32 part = 0;
    while (part < ARRAY_COUNT(counts) && step >= counts[part]) {
        step -= counts[part];
        part += 1;
    }
    if (part == 0) {
        setup_genesis(flow, step);
    } else if (part == 1) {
        struct command_asset_add asset = {
            .asset = (u16)step, .scale = flow->scales[step], .name = {(u8)('A' + step)}};
        flow_emit(flow, &asset, COMMAND_ASSET_ADD, 0);
    } else if (part == 2) {
        flow_emit(flow, &flow->markets[step], COMMAND_MARKET_ADD, 0);
    } else if (part == 3) {
        flow_draw_fees(flow, (u16)(step / TIERS), (u16)(step % TIERS));
    } else if (part == 4) {
        setup_account(flow);
    } else if (part == 5) {
        setup_deposit(flow, step);
    }
    return part < ARRAY_COUNT(counts);
}
