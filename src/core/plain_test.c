/* Aim: the short way for plain orders is never seen: it accepts only what is plainly fine, and what
 * it does is byte for byte what the general way does. Method: two venues with the same commands,
 * one of which bars the short way (an asset limit that nobody reaches bars it for the account);
 * every event and the whole state must be equal. Then each condition of the short way alone. */
#include "core/plain.h"

#include "core/index.h"
#include "tests/support/core_random.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

static struct core_world world;
static struct core_world general; /* the same without the short way */

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* Bars the short way for all accounts with a limit; a limit of 0 changes nothing, so that both
 * venues have seen as many commands. */
static void bar(struct core_world *target, u64 limit)
{
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        struct command_asset_limit command = {.limit = amount_of(limit), .asset = WORLD_BTC};
        world_apply(target, &command, COMMAND_ASSET_LIMIT, account);
        world_assert_reject(world_reject(target), REJECT_NONE);
    }
}

static void open_both(void)
{
    world_open(&world);
    world_open(&general);
    bar(&world, 0);
    bar(&general, UINT64_MAX);
}

static void close_both(void)
{
    world_close(&world);
    world_close(&general);
}

static void apply_to(struct core_world *target, const u8 *record)
{
    target->output.used = 0;
    core_apply(target->core, (const struct command_head *)(const void *)record, &target->output);
}

static void assert_same_events(u64 round)
{
    bool same = world.output.used == general.output.used &&
                memcmp(world.output.data, general.output.data, world.output.used) == 0;
    if (!same) {
        fail_msg("the ways differ at command %llu", (unsigned long long)round);
    }
}

/* The states differ in the barring limits only. */
static void assert_same_state(void)
{
    bar(&general, 0);
    bar(&world, 0);
    size_t sizes[2];
    u8 *states[2] = {world_snapshot(&world, &sizes[0]), world_snapshot(&general, &sizes[1])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(states[0], states[1], sizes[0]);
    free(states[0]);
    free(states[1]);
}

/* Whether the short way takes this order; it acts if it does. */
static bool is_plain(u32 account, struct world_order order)
{
    struct command_order command = world_order_command(&order);
    command.head = (struct command_head){.kind = COMMAND_ORDER, .units = 2, .account = account};
    u64 before = world_digest(&world);
    u8 *cursor = world.core->cursor;
    bool taken = plain_order(world.core, &command);
    if (!taken) { /* then nothing was done */
        assert_ptr_equal(world.core->cursor, cursor);
        assert_true(world_digest(&world) == before);
    }
    return taken;
}

static void both_ways_give_the_same_bytes(void **state)
{
    (void)state;
    open_both();
    struct command_fee_set fees = {.standard_maker = 77777, .standard_taker = 123456};
    world_apply(&world, &fees, COMMAND_FEE_SET, 0);
    world_apply(&general, &fees, COMMAND_FEE_SET, 0);
    struct core_random random = {.plain = 80, .accounts = WORLD_ACCOUNTS};
    random_init(&random.random, test_seed());
    u64 rounds = test_rounds(40000);
    for (u64 round = 0; round < rounds; round++) {
        _Alignas(8) u8 record[CORE_RANDOM_BYTES];
        (void)core_random_next(&random, record);
        core_set_time(world.core, round * 100000);
        core_set_time(general.core, round * 100000);
        apply_to(&world, record);
        apply_to(&general, record);
        assert_same_events(round);
        random.orders = core_counts_of(world.core).next_order_id - 1;
    }
    assert_true(rounds < 40000 || core_counts_of(world.core).trades > 1000);
    assert_same_state();
    close_both();
}

static void the_limit_really_bars_the_short_way(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, 1)));
    bar(&world, UINT64_MAX);
    assert_false(is_plain(0, world_limit(SIDE_BUY, 9000, 1)));
}

static void a_plain_order_is_a_limit_order_gtc_or_ioc(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.tif = TIME_IN_FORCE_IOC;
    assert_true(is_plain(0, order));
    order.tif = TIME_IN_FORCE_FOK;
    assert_false(is_plain(0, order));
    assert_false(is_plain(0, world_maker(SIDE_BUY, 9000, 1)));
    assert_false(is_plain(0, world_market(SIDE_BUY, 1)));
    order = world_limit(SIDE_BUY, 9000, 1);
    order.strategy_id = 1; /* any detail */
    assert_false(is_plain(0, order));
    order = world_limit(2, 9000, 1);
    assert_false(is_plain(0, order));
}

static void strangers_take_the_general_way(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    assert_false(is_plain(WORLD_ACCOUNTS, world_limit(SIDE_BUY, 9000, 1)));
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.market = 1;
    assert_false(is_plain(0, order));
}

static void whatever_is_restricted_takes_the_general_way(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    const enum operation operations[] = {OPERATION_TRADE, OPERATION_PLACE};
    for (u32 i = 0; i < 2; i++) {
        struct command_restrict command = {.restrictions = 2ULL << 2 * operations[i]};
        world_apply(&world, &command, COMMAND_RESTRICT, 1);
        assert_false(is_plain(1, order));
    }
    world_market_state(&world, 0, MARKET_STATE_HALT);
    assert_false(is_plain(0, order));
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    struct command_venue_filters filters = {.orders_max = 1000};
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    assert_false(is_plain(0, order));
    filters.orders_max = 0;
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    struct command_market_add d = world_definition();
    d.types_allowed = 0x7E;
    world_market_set(&world, &d);
    assert_false(is_plain(0, order));
    d = world_definition();
    d.stp_allowed = 1U << STP_MODE_NONE;
    world_market_set(&world, &d);
    order.stp = STP_MODE_DECREMENT;
    assert_false(is_plain(0, order));
    order.stp = STP_MODE_COUNT;
    assert_false(is_plain(0, order));
    order.stp = STP_MODE_NONE;
    assert_true(is_plain(0, order));
}

static void what_is_off_the_grid_takes_the_general_way(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    struct command_market_add d = world_definition();
    d.price_min = price_of(9000 * WORLD_TICK);
    d.price_max = price_of(9100 * WORLD_TICK);
    d.qty_min = amount_of(2 * WORLD_LOT);
    d.qty_max = amount_of(5 * WORLD_LOT);
    world_market_set(&world, &d);
    const u64 bad[][2] = {{8999, 2}, {9101, 2}, {9000, 1}, {9000, 6}, {0, 2}, {9000, 0}};
    for (u32 i = 0; i < ARRAY_COUNT(bad); i++) {
        assert_false(is_plain(0, world_limit(SIDE_BUY, bad[i][0], bad[i][1])));
    }
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, 2)));
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9100, 5)));
    struct world_order terms = world_limit(SIDE_BUY, 9000, 2);
    struct command_order order = world_order_command(&terms);
    order.price.units += 1;
    assert_false(plain_order(world.core, &order));
    order.price.units -= 1;
    order.qty.units += 1;
    assert_false(plain_order(world.core, &order));
    order.price.units += (1ULL << 32) * WORLD_TICK; /* the same ticks, cut to 32 bits */
    assert_false(plain_order(world.core, &order));
}

static void an_account_known_elsewhere_first_takes_the_general_way(void **state)
{
    (void)state;
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
    world_add_second_market(&world);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.market = 1;
    (void)world_place(&world, 0, order);
    order.market = 0;
    assert_false(is_plain(0, order)); /* its position lies beyond the account */
}

static void without_means_the_general_way_says_why(void **state)
{
    (void)state;
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
    u64 lots = WORLD_FUNDS / (9000 * WORLD_VALUE);
    assert_false(is_plain(0, world_limit(SIDE_BUY, 9000, lots + 1)));
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, lots)));
    assert_false(is_plain(0, world_limit(SIDE_SELL, 9001, WORLD_FUNDS / WORLD_LOT + 1)));
    assert_true(is_plain(0, world_limit(SIDE_SELL, 9001, WORLD_FUNDS / WORLD_LOT)));
    /* A notional that does not fit 63 bits. */
    u64 huge = (1ULL << 63) / (9001 * WORLD_VALUE) + 1;
    assert_false(is_plain(2, world_limit(SIDE_SELL, 9001, huge)));
    world.core->order_slab.max = world.core->order_slab.count;
    assert_false(is_plain(2, world_limit(SIDE_BUY, 9000, 1)));
    world.core->order_slab.max = world.limits.orders_max;
}

static void a_client_id_in_use_takes_the_general_way(void **state)
{
    (void)state;
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.client = "mine";
    assert_true(is_plain(0, order));
    struct client_id client = world_client("mine");
    assert_int_not_equal(index_client(world.core, 0, 0, &client), 0);
    assert_false(is_plain(0, order));
    assert_true(is_plain(2, order));
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_give_the_same_bytes),
        EXAMPLE(the_limit_really_bars_the_short_way),
        EXAMPLE(a_plain_order_is_a_limit_order_gtc_or_ioc),
        EXAMPLE(strangers_take_the_general_way),
        EXAMPLE(whatever_is_restricted_takes_the_general_way),
        EXAMPLE(what_is_off_the_grid_takes_the_general_way),
        EXAMPLE(an_account_known_elsewhere_first_takes_the_general_way),
        EXAMPLE(without_means_the_general_way_says_why),
        EXAMPLE(a_client_id_in_use_takes_the_general_way),
    };
    return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
