/* Aim: a market's definition is taken exactly when it is sound, and its derived numbers round as
 * documented: grid, bounds, price range, averages. Method: one definition changed in one field at a
 * time, on both sides of each bound; averages worked out by hand. */
#include "core/market.h"

#include "tests/support/core_world.h"

#include <string.h>

static struct core_world world;
static struct market market;
static struct command_market_add d;
static u64 value;

/* BTC and USDT with 8 decimals; asset 2 has none, asset 3 has 18. */
static int open_world(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    world_open_empty(&world, &limits);
    static const u8 scales[] = {8, 8, 0, 18};
    for (u16 i = 0; i < ARRAY_COUNT(scales); i++) {
        struct command_asset_add asset = {.asset = i, .scale = scales[i], .name = {(u8)('A' + i)}};
        world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    }
    memset(&market, 0, sizeof market);
    d = world_definition();
    value = 0;
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static bool sound(void)
{
    return market_definition_check(world.core, &d, &value);
}

/* ---- value, grid and bounds ---- */

static void the_value_of_a_lot_at_a_tick_is_whole(void **state)
{
    (void)state;
    assert_true(sound());
    assert_int_equal(value, WORLD_VALUE);
    d.lot = amount_of(100); /* 0.000001 x 0.01 */
    assert_true(sound());
    assert_int_equal(value, 1);
    d.lot = amount_of(10);
    assert_false(sound());
    d.lot = amount_of(150);
    assert_false(sound());
}

static void the_value_takes_both_scales(void **state)
{
    (void)state;
    d.base = 2; /* no decimals: a lot of 3 whole units at a tick of 0.01 */
    d.lot = amount_of(3);
    assert_true(sound());
    assert_int_equal(value, 3000000);
    d.base = WORLD_BTC;
    d.quote = 3; /* 18 decimals: each tick of 10^-8 and unit of 10^-8 is worth 100 */
    d.tick = price_of(1);
    d.lot = amount_of(7);
    assert_true(sound());
    assert_int_equal(value, 700);
    d.base = 3; /* 18 of 18 and 8 places have to come from tick and lot */
    d.quote = 2;
    d.tick = price_of(1000000);
    d.ticks_max = 1000;
    d.lot = amount_of(1000000000000000000);
    assert_false(sound());
    d.tick = price_of(100000000);
    assert_true(sound());
    assert_int_equal(value, 1);
    d.lot = amount_of(1500000000000000000);
    assert_false(sound());
    d.tick = price_of(200000000);
    assert_true(sound());
    assert_int_equal(value, 3);
}

/* base scale 0, quote scale 18: 10^10 for each tick and unit, more than 32 bits hold. */
static void the_value_fits_32_bits(void **state)
{
    (void)state;
    d.base = 2;
    d.quote = 3;
    d.tick = price_of(1);
    d.lot = amount_of(1);
    assert_false(sound());
    d.quote = WORLD_USDT;
    d.tick = price_of(1);
    d.lot = amount_of((1ULL << 32) - 1);
    assert_true(sound());
    assert_int_equal(value, (1ULL << 32) - 1);
    d.lot = amount_of(1ULL << 32);
    assert_false(sound());
    d.quote = 3;
    d.tick = price_of(1ULL << 33); /* the product alone is beyond 64 bits */
    d.lot = amount_of(1ULL << 33);
    d.ticks_max = 1;
    assert_false(sound());
}

static void base_and_quote_exist_and_differ(void **state)
{
    (void)state;
    d.quote = WORLD_BTC;
    assert_false(sound());
    d.quote = 4;
    assert_false(sound());
    d.quote = WORLD_USDT;
    d.base = 4;
    assert_false(sound());
    d.base = WORLD_BTC;
    assert_true(sound());
}

static void tick_lot_and_ticks_are_bounded(void **state)
{
    (void)state;
    struct command_market_add good = d;
    d.tick = price_of(0);
    assert_false(sound());
    d = good;
    d.lot = amount_of(0);
    assert_false(sound());
    d = good;
    d.ticks_max = 0;
    assert_false(sound());
    d.ticks_max = 1;
    assert_true(sound());
    d.ticks_max = 1U << 30;
    assert_true(sound());
    d.ticks_max = (1U << 30) + 1;
    assert_false(sound());
    d = good;
    d.tick = price_of(AMOUNT_BOUND);
    d.lot = amount_of(1);
    d.ticks_max = 1;
    assert_false(sound());
    d.tick = price_of(1);
    d.lot = amount_of(AMOUNT_BOUND);
    assert_false(sound());
}

static void the_highest_price_stays_below_the_bound(void **state)
{
    (void)state;
    d.base = 3; /* so that the value stays small */
    d.quote = WORLD_USDT;
    d.lot = amount_of(1000000000000000000);
    d.tick = price_of(1ULL << 31);
    d.ticks_max = 1U << 30;
    assert_true(sound());
    assert_int_equal(value, 1ULL << 31);
    d.tick = price_of((1ULL << 33) - 4);
    d.lot = amount_of(250000000000000000);
    assert_true(sound());
    d.tick = price_of(1ULL << 33);
    assert_false(sound());
    d.ticks_max -= 1;
    assert_true(sound());
}

static void modes_and_states_are_known_ones(void **state)
{
    (void)state;
    struct command_market_add good = d;
    d.state = MARKET_STATE_CANCEL_ONLY;
    assert_true(sound());
    d.state = MARKET_STATE_COUNT;
    assert_false(sound());
    d = good;
    d.stp_default = STP_MODE_MARKET_DEFAULT;
    assert_false(sound());
    d.stp_default = STP_MODE_COUNT;
    assert_false(sound());
    d.stp_default = STP_MODE_TRANSFER;
    assert_true(sound());
    d.stp_allowed = 1U << STP_MODE_NONE;
    assert_false(sound());
    d = good;
    d.stp_allowed = 0x7F; /* bit 0 is no mode */
    assert_false(sound());
    d.stp_allowed = 0xFE; /* nor is bit 7 */
    assert_false(sound());
}

static void slices_are_bounded_where_there_are_icebergs(void **state)
{
    (void)state;
    d.iceberg_parts_max = 0;
    assert_false(sound());
    d.iceberg_parts_max = 1;
    assert_true(sound());
    d.iceberg_parts_max = MARKET_ICEBERG_PARTS_MAX + 1;
    assert_false(sound());
    d.features = 0x7F & ~MARKET_FEATURE_ICEBERG;
    assert_true(sound());
    d.iceberg_parts_max = 0;
    assert_true(sound());
}

static void minutes_and_deltas_are_bounded(void **state)
{
    (void)state;
    u8 *minutes[] = {&d.min_notional_minutes, &d.notional_minutes, &d.percent_minutes,
                     &d.side_percent_minutes};
    for (u32 i = 0; i < ARRAY_COUNT(minutes); i++) {
        *minutes[i] = 60;
        assert_true(sound());
        *minutes[i] = 61;
        assert_false(sound());
        *minutes[i] = 0;
    }
    u32 *deltas[] = {&d.trailing_above_max, &d.trailing_below_max};
    for (u32 i = 0; i < ARRAY_COUNT(deltas); i++) {
        *deltas[i] = 9999;
        assert_true(sound());
        *deltas[i] = 10000;
        assert_false(sound());
        *deltas[i] = 0;
    }
}

static void bounds_of_price_and_quantity_stay_below_2_63(void **state)
{
    (void)state;
    u64 *fields[] = {&d.price_min.units, &d.price_max.units,      &d.qty_min.units,
                     &d.qty_max.units,   &d.market_qty_min.units, &d.market_qty_max.units};
    for (u32 i = 0; i < ARRAY_COUNT(fields); i++) {
        *fields[i] = AMOUNT_BOUND - 1;
        assert_true(sound());
        *fields[i] = AMOUNT_BOUND;
        assert_false(sound());
        *fields[i] = 0;
    }
    u64 *free_fields[] = {&d.min_notional.units, &d.notional_min.units, &d.notional_max.units,
                          &d.position_max.units};
    for (u32 i = 0; i < ARRAY_COUNT(free_fields); i++) {
        *free_fields[i] = UINT64_MAX;
        assert_true(sound());
    }
}

static void market_lots_are_whole_lots(void **state)
{
    (void)state;
    d.market_lot = amount_of(3 * WORLD_LOT);
    assert_true(sound());
    d.market_lot = amount_of(3 * WORLD_LOT + 1);
    assert_false(sound());
}

/* ---- what follows from a definition ---- */

static void bounds_are_rounded_into_the_grid(void **state)
{
    (void)state;
    d.price_min = price_of(10 * WORLD_TICK + 1);
    d.price_max = price_of(20 * WORLD_TICK + WORLD_TICK - 1);
    d.qty_min = amount_of(3 * WORLD_LOT + 1);
    d.qty_max = amount_of(9 * WORLD_LOT + WORLD_LOT - 1);
    assert_true(sound());
    market_define(&market, &d, value);
    assert_int_equal(market.ticks_low, 11);
    assert_int_equal(market.ticks_high, 20);
    assert_int_equal(market.lots_low, 4);
    assert_int_equal(market.lots_high, 9);
    assert_int_equal(market.value, WORLD_VALUE);
}

static void without_bounds_the_book_is_the_bound(void **state)
{
    (void)state;
    market_define(&market, &d, WORLD_VALUE);
    assert_int_equal(market.ticks_low, 1);
    assert_int_equal(market.ticks_high, d.ticks_max);
    assert_int_equal(market.lots_low, 1);
    assert_int_equal(market.lots_high, (AMOUNT_BOUND - 1) / WORLD_LOT);
    d.price_max = price_of((d.ticks_max + 5ULL) * WORLD_TICK);
    market_define(&market, &d, WORLD_VALUE);
    assert_int_equal(market.ticks_high, d.ticks_max);
    d.price_min = price_of(AMOUNT_BOUND - 1); /* above every tick: nothing fits */
    d.tick = price_of(1);
    market_define(&market, &d, WORLD_VALUE);
    assert_true(market.ticks_low > market.ticks_high);
}

static void slow_checks_are_on_only_where_needed(void **state)
{
    (void)state;
    market_define(&market, &d, WORLD_VALUE);
    assert_int_equal(market.checks, 0);
    struct field {
        u32 *field;
        u32 check;
    } fields[] = {
        {&d.percent_up, MARKET_CHECK_PERCENT},
        {&d.percent_down, MARKET_CHECK_PERCENT},
        {&d.bid_percent_up, MARKET_CHECK_PERCENT_SIDE},
        {&d.bid_percent_down, MARKET_CHECK_PERCENT_SIDE},
        {&d.ask_percent_up, MARKET_CHECK_PERCENT_SIDE},
        {&d.ask_percent_down, MARKET_CHECK_PERCENT_SIDE},
        {&d.orders_max, MARKET_CHECK_COUNTS},
        {&d.algo_orders_max, MARKET_CHECK_COUNTS},
        {&d.iceberg_orders_max, MARKET_CHECK_COUNTS},
        {&d.lists_max, MARKET_CHECK_COUNTS},
        {&d.range_bid_up, MARKET_CHECK_RANGE},
        {&d.range_bid_down, MARKET_CHECK_RANGE},
        {&d.range_ask_up, MARKET_CHECK_RANGE},
        {&d.range_ask_down, MARKET_CHECK_RANGE},
    };
    market.reference = price_of(1);
    for (u32 i = 0; i < ARRAY_COUNT(fields); i++) {
        *fields[i].field = 1;
        market_define(&market, &d, WORLD_VALUE);
        assert_int_equal(market.checks, fields[i].check);
        *fields[i].field = 0;
    }
    struct amount *amounts[] = {&d.min_notional, &d.notional_min, &d.notional_max};
    for (u32 i = 0; i < ARRAY_COUNT(amounts); i++) {
        *amounts[i] = amount_of(1);
        market_define(&market, &d, WORLD_VALUE);
        assert_int_equal(market.checks, MARKET_CHECK_NOTIONAL);
        *amounts[i] = AMOUNT_ZERO;
    }
    d.position_max = amount_of(1);
    market_define(&market, &d, WORLD_VALUE);
    assert_int_equal(market.checks, MARKET_CHECK_POSITION);
}

static void the_price_range_needs_a_reference(void **state)
{
    (void)state;
    d.range_bid_up = 10100;
    market_define(&market, &d, WORLD_VALUE);
    assert_int_equal(market.checks, 0);
    market.reference = price_of(1);
    market_set_checks(&market);
    assert_int_equal(market.checks, MARKET_CHECK_RANGE);
}

/* ---- the price range ---- */

static void the_range_rounds_inward(void **state)
{
    (void)state;
    d.range_bid_up = 10050;  /* 100.50 % */
    d.range_bid_down = 9951; /* 99.51 % */
    d.range_ask_up = 10001;
    d.range_ask_down = 9999;
    market_define(&market, &d, WORLD_VALUE);
    market.reference = price_of(10001 * WORLD_TICK); /* 100.01 */
    u32 low = 0;
    u32 high = TICKS_NONE;
    market_range(&market, SIDE_BUY, &low, &high);
    assert_int_equal(high, 10051); /* 100.51005 */
    assert_int_equal(low, 9952);   /* 99.519951 */
    market_range(&market, SIDE_SELL, &low, &high);
    assert_int_equal(high, 10002); /* 100.020001 */
    assert_int_equal(low, 10000);  /* 99.999999 */
}

static void an_exact_bound_belongs_to_the_range(void **state)
{
    (void)state;
    d.range_bid_up = 10100;
    d.range_bid_down = 9900;
    market_define(&market, &d, WORLD_VALUE);
    market.reference = price_of(10000 * WORLD_TICK);
    u32 low = 0;
    u32 high = TICKS_NONE;
    market_range(&market, SIDE_BUY, &low, &high);
    assert_int_equal(high, 10100);
    assert_int_equal(low, 9900);
}

/* The price itself is rounded first: down to a unit above, up to a unit below. */
static void the_range_rounds_the_price_before_the_tick(void **state)
{
    (void)state;
    d.tick = price_of(1);
    d.range_bid_up = 15000;
    d.range_bid_down = 5000;
    market_define(&market, &d, 1);
    market.reference = price_of(33);
    u32 low = 0;
    u32 high = TICKS_NONE;
    market_range(&market, SIDE_BUY, &low, &high);
    assert_int_equal(high, 49);
    assert_int_equal(low, 17);
}

static void a_multiplier_of_zero_leaves_its_end_open(void **state)
{
    (void)state;
    market_define(&market, &d, WORLD_VALUE);
    market.reference = price_of(10000 * WORLD_TICK);
    u32 low = 5;
    u32 high = 7;
    market_range(&market, SIDE_BUY, &low, &high);
    assert_int_equal(low, 5);
    assert_int_equal(high, 7);
    market.definition.range_bid_up = UINT32_MAX;
    market.definition.range_bid_down = UINT32_MAX;
    market.reference = price_of(AMOUNT_BOUND - 1);
    market.tick = 1;
    market_range(&market, SIDE_BUY, &low, &high);
    assert_int_equal(low, TICKS_NONE);
    assert_int_equal(high, TICKS_NONE);
}

/* ---- averages ---- */

static struct bucket buckets[AVERAGE_MINUTES_MAX];

static void open_average(void)
{
    memset(buckets, 0, sizeof buckets);
    market_define(&market, &d, WORLD_VALUE);
    market.buckets = buckets;
}

static void at_minute(u64 minute)
{
    world.core->now_us = minute * 60000000 + 59999999;
}

static u64 average(u32 minutes)
{
    struct price price = price_of(0);
    return market_average(world.core, &market, minutes, &price) ? price.units : 0;
}

static void without_trades_there_is_no_average(void **state)
{
    (void)state;
    open_average();
    assert_int_equal(average(0), 0);
    assert_int_equal(average(5), 0);
    market.last = 77;
    assert_int_equal(average(0), 77 * WORLD_TICK);
    assert_int_equal(average(5), 77 * WORLD_TICK);
}

static void the_reference_price_is_the_average(void **state)
{
    (void)state;
    open_average();
    market_average_add(world.core, &market, 100, 1);
    market.last = 100;
    market.reference = price_of(12345);
    assert_int_equal(average(0), 12345);
    assert_int_equal(average(5), 12345);
}

/* (1 x 100 + 2 x 101) / 3 = 100.66..: floor(302 x 2^16 / 3) = 6597290, x 10^6 / 2^16 floored. */
static void the_average_is_weighted_and_floored_twice(void **state)
{
    (void)state;
    open_average();
    at_minute(10);
    market_average_add(world.core, &market, 100, 1);
    market_average_add(world.core, &market, 202, 2);
    market.last = 101;
    assert_int_equal(average(1), 100666656);
    assert_int_equal(average(0), 101 * WORLD_TICK);
}

static void minutes_fall_out_of_the_average(void **state)
{
    (void)state;
    open_average();
    at_minute(100);
    market_average_add(world.core, &market, 100, 1);
    at_minute(101);
    market_average_add(world.core, &market, 200, 1);
    market.last = 300;
    assert_int_equal(average(1), 200 * WORLD_TICK);
    assert_int_equal(average(2), 150 * WORLD_TICK);
    assert_int_equal(average(60), 150 * WORLD_TICK);
    at_minute(102);
    assert_int_equal(average(1), 300 * WORLD_TICK); /* nothing in it: the last price */
    assert_int_equal(average(2), 200 * WORLD_TICK);
    at_minute(160);
    assert_int_equal(average(60), 200 * WORLD_TICK);
    at_minute(161);
    assert_int_equal(average(60), 300 * WORLD_TICK);
}

static void a_bucket_used_again_forgets_the_old_hour(void **state)
{
    (void)state;
    open_average();
    at_minute(7);
    market_average_add(world.core, &market, 100, 1);
    at_minute(67);
    market_average_add(world.core, &market, 200, 1);
    assert_int_equal(average(60), 200 * WORLD_TICK);
    assert_int_equal(average(1), 200 * WORLD_TICK);
}

static void the_first_minutes_of_all_time_count(void **state)
{
    (void)state;
    open_average();
    at_minute(0);
    market_average_add(world.core, &market, 100, 1);
    assert_int_equal(average(1), 100 * WORLD_TICK);
    at_minute(3);
    assert_int_equal(average(4), 100 * WORLD_TICK);
    assert_int_equal(average(3), 0);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(the_value_of_a_lot_at_a_tick_is_whole),
        EXAMPLE(the_value_takes_both_scales),
        EXAMPLE(the_value_fits_32_bits),
        EXAMPLE(base_and_quote_exist_and_differ),
        EXAMPLE(tick_lot_and_ticks_are_bounded),
        EXAMPLE(the_highest_price_stays_below_the_bound),
        EXAMPLE(modes_and_states_are_known_ones),
        EXAMPLE(slices_are_bounded_where_there_are_icebergs),
        EXAMPLE(minutes_and_deltas_are_bounded),
        EXAMPLE(bounds_of_price_and_quantity_stay_below_2_63),
        EXAMPLE(market_lots_are_whole_lots),
        EXAMPLE(bounds_are_rounded_into_the_grid),
        EXAMPLE(without_bounds_the_book_is_the_bound),
        EXAMPLE(slow_checks_are_on_only_where_needed),
        EXAMPLE(the_price_range_needs_a_reference),
        EXAMPLE(the_range_rounds_inward),
        EXAMPLE(an_exact_bound_belongs_to_the_range),
        EXAMPLE(the_range_rounds_the_price_before_the_tick),
        EXAMPLE(a_multiplier_of_zero_leaves_its_end_open),
        EXAMPLE(without_trades_there_is_no_average),
        EXAMPLE(the_reference_price_is_the_average),
        EXAMPLE(the_average_is_weighted_and_floored_twice),
        EXAMPLE(minutes_fall_out_of_the_average),
        EXAMPLE(a_bucket_used_again_forgets_the_old_hour),
        EXAMPLE(the_first_minutes_of_all_time_count),
    };
    return cmocka_run_group_tests_name("market", tests, NULL, NULL);
}
