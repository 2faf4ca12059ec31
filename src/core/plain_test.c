/* Aim: the short way for plain commands is never seen: it accepts only what is plainly fine, and
 * what it does is byte for byte what the general way does. Method: two venues with the same
 * commands, one of which takes the general way only (dispatch); every event and the whole state
 * must be equal. Then each condition of the short way alone. */
#include "core/plain.h"

#include "core/dispatch.h"
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

/* Bars the short way of placing for all accounts: a limit that nobody reaches. */
static void bar(struct core_world *target)
{
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        struct command_asset_limit command = {.limit = amount_of(UINT64_MAX), .asset = WORLD_BTC};
        world_apply(target, &command, COMMAND_ASSET_LIMIT, account);
        world_assert_reject(world_reject(target), REJECT_NONE);
    }
}

static void apply_to(struct core_world *target, const u8 *record)
{
    target->output.used = 0;
    core_apply(target->core, (const struct command_head *)(const void *)record, &target->output);
}

/* core_apply without the short way; the clock has not moved. */
static void apply_generally(struct core_world *target, const u8 *record)
{
    struct core *core = target->core;
    const struct command_head *command = (const struct command_head *)(const void *)record;
    assert_true(core->now_us == core->told_us);
    core->cursor = target->output.data;
    core->cursor_end = target->output.data + target->output.size;
    core->seq++;
    core->source_index[command->source] = command->source_index;
    dispatch(core, command);
    target->output.used = (size_t)(core->cursor - target->output.data);
}

static void assert_same_events(u64 round)
{
    bool same = world.output.used == general.output.used &&
                memcmp(world.output.data, general.output.data, world.output.used) == 0;
    if (!same) {
        fail_msg("the ways differ at command %llu", (unsigned long long)round);
    }
}

static void assert_same_state(void)
{
    size_t sizes[2];
    u8 *states[2] = {world_snapshot(&world, &sizes[0]), world_snapshot(&general, &sizes[1])};
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(states[0], states[1], sizes[0]);
    free(states[0]);
    free(states[1]);
}

/* The clock moves, in both, with a command that has no short way. */
static void move_clock(u64 time_us)
{
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    core_set_time(world.core, time_us);
    core_set_time(general.core, time_us);
    world_apply(&world, &on, COMMAND_CONTINUE, 0);
    world_apply(&general, &on, COMMAND_CONTINUE, 0);
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

/* A venue of this sort, `rounds` random commands. Tight ones have few orders and pages. */
static void compare_ways(u64 seed, u64 rounds, bool is_tight)
{
    struct command_genesis limits = world_limits();
    limits.orders_max = is_tight ? 12 : limits.orders_max;
    limits.pages_max = is_tight ? 1 : limits.pages_max;
    world_open_empty(&world, &limits);
    world_open_empty(&general, &limits);
    struct core_world *both[2] = {&world, &general};
    struct command_fee_set fees = {.standard_maker = 77777, .standard_taker = 123456};
    struct command_market_add d = world_definition();
    d.orders_max = is_tight ? 4 : 0;
    d.notional_max = is_tight ? amount_of(40 * 10000 * WORLD_VALUE) : AMOUNT_ZERO;
    for (u32 i = 0; i < 2; i++) {
        world_fill(both[i]);
        world_apply(both[i], &fees, COMMAND_FEE_SET, 0);
        world_market_set(both[i], &d);
    }
    struct core_random random = {.plain = 75, .accounts = WORLD_ACCOUNTS};
    random_init(&random.random, seed);
    for (u64 round = 0; round < rounds; round++) {
        _Alignas(8) u8 record[CORE_RANDOM_BYTES];
        if (round % 50 == 0) {
            move_clock(round * 1000000);
        }
        (void)core_random_next(&random, record);
        apply_to(&world, record);
        apply_generally(&general, record);
        assert_same_events(round);
        random.orders = core_counts_of(world.core).next_order_id - 1;
    }
    assert_same_state();
    world_close(&world);
    world_close(&general);
}

static void both_ways_give_the_same_bytes(void **state)
{
    (void)state;
    compare_ways(test_seed(), test_rounds(40000), false);
}

static void both_ways_say_the_same_at_the_limits(void **state)
{
    (void)state;
    compare_ways(test_seed() + 1, test_rounds(40000), true);
}

static void the_limit_really_bars_the_short_way(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, 1)));
    bar(&world);
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

/* The hint names balances of the account's first chunk, and a fourth asset puts another before it.
 */
static void a_fourth_asset_does_not_mislead(void **state)
{
    (void)state;
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, 1)));
    world_add_second_market(&world);
    world_deposit(&world, 0, 2, WORLD_FUNDS);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    assert_true(is_plain(0, world_limit(SIDE_BUY, 9000, 1)));
    assert_true(is_plain(0, world_limit(SIDE_SELL, 9001, 3)));
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 2 * 9000 * WORLD_VALUE);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC), 3 * WORLD_LOT);
    assert_int_equal(world_locked(&world, 0, 2) + world_locked(&world, 0, 3), 0);
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

/* ---- cancels and cancel-replaces ---- */

static bool cancel_is_plain(u32 account, struct command_cancel cancel, u32 hint)
{
    cancel.head = (struct command_head){.kind = COMMAND_CANCEL, .units = 2, .account = account};
    u64 before = world_digest(&world);
    bool taken = plain_cancel(world.core, &cancel, hint);
    assert_true(taken || world_digest(&world) == before);
    return taken;
}

static void a_plain_cancel_names_a_resting_order_by_id(void **state)
{
    (void)state;
    struct world_order named = world_limit(SIDE_BUY, 9000, 1);
    named.client = "named";
    u64 id = world_place(&world, 0, named);
    u64 stop = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 100, 1));
    struct command_cancel cancel = {.order_id = id};
    assert_false(cancel_is_plain(WORLD_ACCOUNTS, cancel, 0));
    assert_false(cancel_is_plain(1, cancel, 0));
    cancel.market = 1;
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel = (struct command_cancel){.order_id = id, .client = world_client("named")};
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel = (struct command_cancel){.order_id = id, .restriction = CANCEL_RESTRICTION_ONLY_NEW};
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel = (struct command_cancel){.order_id = stop};
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel.order_id = 0;
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel.order_id = 12345;
    assert_false(cancel_is_plain(0, cancel, 0));
    cancel.order_id = id;
    world.core->markets[0].state = MARKET_STATE_BREAK;
    assert_false(cancel_is_plain(0, cancel, 0));
    world.core->markets[0].state = MARKET_STATE_HALT;
    world.core->accounts[0].restrictions = 1ULL << 2 * OPERATION_CANCEL;
    assert_false(cancel_is_plain(0, cancel, 0));
    world.core->accounts[0].restrictions = 0;
    assert_true(cancel_is_plain(0, cancel, 0));
    world.core->markets[0].state = MARKET_STATE_TRADING;
    assert_int_equal(world_state(&world, id), ORDER_STATE_NONE);
}

/* A hint is somebody's memory of where the order was. */
static void a_wrong_hint_is_no_harm(void **state)
{
    (void)state;
    u64 first = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    u64 second = world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
    u32 slots[2] = {index_order(world.core, first), index_order(world.core, second)};
    struct command_cancel cancel = {.order_id = first};
    assert_true(cancel_is_plain(0, cancel, slots[1]));
    assert_int_equal(world_state(&world, second), ORDER_STATE_WORKING);
    assert_false(cancel_is_plain(0, cancel, slots[0])); /* it is gone, its slot is free */
    cancel.order_id = second;
    assert_true(cancel_is_plain(1, cancel, world.limits.orders_max));
}

static struct command_cancel_replace replace_of(u64 target, struct world_order order)
{
    struct command_order c = world_order_command(&order);
    return (struct command_cancel_replace){
        .head = {.kind = COMMAND_CANCEL_REPLACE, .units = 5, .source = 1},
        .price = c.price,
        .qty = c.qty,
        .side = c.side,
        .type = c.type,
        .client = c.client,
        .target_id = target};
}

static bool replace_is_plain(struct command_cancel_replace command)
{
    u64 before = world_digest(&world);
    bool taken = plain_replace(world.core, &command, 0);
    assert_true(taken || world_digest(&world) == before);
    return taken;
}

static void a_plain_replace_asks_for_nothing_more(void **state)
{
    (void)state;
    u64 id = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    const struct command_cancel_replace good = replace_of(id, world_limit(SIDE_BUY, 9001, 1));
    struct command_cancel_replace c = good;
    c.stop_price = price_of(1);
    assert_false(replace_is_plain(c));
    c = good;
    c.iceberg_qty = amount_of(1);
    assert_false(replace_is_plain(c));
    c = good;
    c.quote_qty = amount_of(1);
    assert_false(replace_is_plain(c));
    c = good;
    c.trailing_delta = 1;
    assert_false(replace_is_plain(c));
    c = good;
    c.strategy_id = -1;
    assert_false(replace_is_plain(c));
    c = good;
    c.strategy_type = 1;
    assert_false(replace_is_plain(c));
    c = good;
    c.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    assert_false(replace_is_plain(c));
    c = good;
    c.target_client = world_client("x");
    assert_false(replace_is_plain(c));
    c = good;
    c.mode = REPLACE_MODE_COUNT;
    assert_false(replace_is_plain(c));
    c = good;
    c.target_id = id + 1;
    assert_false(replace_is_plain(c));
    world.core->markets[0].features = 0;
    assert_false(replace_is_plain(good));
    world.core->markets[0].features = 0x7F;
    world.core->accounts[0].restrictions = 1ULL << 2 * OPERATION_CANCEL;
    assert_false(replace_is_plain(good));
    world.core->accounts[0].restrictions = 0;
    assert_true(replace_is_plain(good));
}

/* The target's money, client id, slot and page count as free. */
static void a_plain_replace_may_use_what_the_target_holds(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / (9000 * WORLD_VALUE);
    struct world_order order = world_limit(SIDE_BUY, 9000, lots);
    order.client = "same";
    u64 id = world_place(&world, 0, order);
    (void)world_place(&world, 1, order);
    assert_false(replace_is_plain(replace_of(id, world_limit(SIDE_BUY, 9001, lots))));
    assert_false(replace_is_plain(replace_of(id, world_limit(SIDE_SELL, 9001, 1ULL << 40))));
    world.core->order_slab.max = world.core->order_slab.count;
    assert_true(replace_is_plain(replace_of(id, order)));
    world.core->order_slab.max = world.limits.orders_max;
    struct client_id client = world_client("same");
    assert_int_equal(index_client(world.core, 0, 0, &client), index_order(world.core, id + 2));
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_give_the_same_bytes),
        cmocka_unit_test(both_ways_say_the_same_at_the_limits),
        EXAMPLE(the_limit_really_bars_the_short_way),
        EXAMPLE(a_plain_order_is_a_limit_order_gtc_or_ioc),
        EXAMPLE(strangers_take_the_general_way),
        EXAMPLE(whatever_is_restricted_takes_the_general_way),
        EXAMPLE(what_is_off_the_grid_takes_the_general_way),
        EXAMPLE(an_account_known_elsewhere_first_takes_the_general_way),
        EXAMPLE(a_fourth_asset_does_not_mislead),
        EXAMPLE(without_means_the_general_way_says_why),
        EXAMPLE(a_client_id_in_use_takes_the_general_way),
        EXAMPLE(a_plain_cancel_names_a_resting_order_by_id),
        EXAMPLE(a_wrong_hint_is_no_harm),
        EXAMPLE(a_plain_replace_asks_for_nothing_more),
        EXAMPLE(a_plain_replace_may_use_what_the_target_holds),
    };
    return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
