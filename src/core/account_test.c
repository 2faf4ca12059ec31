/* Aim: an account's restrictions, positions and asset limits are found where they were put, for
 * this account only. Method: the module's functions on a small venue, and the commands that change
 * what they see. */
#include "core/account.h"

#include "tests/support/core_world.h"

static struct core_world world;

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

/* ---- restrictions ---- */

static void each_operation_has_two_bits_of_its_own(void **state)
{
    (void)state;
    struct account account = {0};
    const enum operation operations[] = {
        OPERATION_TRADE,    OPERATION_PLACE,        OPERATION_CANCEL,     OPERATION_DEPOSIT,
        OPERATION_WITHDRAW, OPERATION_TRANSFER_OUT, OPERATION_TRANSFER_IN};
    for (u32 i = 0; i < ARRAY_COUNT(operations); i++) {
        assert_int_equal(operations[i], i);
        for (u64 restriction = 0; restriction < 4; restriction++) {
            account.restrictions = restriction << (2 * i);
            for (u32 k = 0; k < ARRAY_COUNT(operations); k++) {
                assert_int_equal(account_restriction(&account, operations[k]),
                                 k == i ? restriction : RESTRICTION_ALLOW);
            }
        }
    }
}

static void placing_needs_trade_and_place(void **state)
{
    (void)state;
    assert_int_equal(ACCOUNT_PLACE_MASK, 3U << (2 * OPERATION_TRADE) | 3U << (2 * OPERATION_PLACE));
}

/* ---- positions ---- */

static void the_first_market_lies_inside_the_account(void **state)
{
    (void)state;
    assert_int_equal(account_position(world.core, 2, 0), TICKS_NONE);
    assert_true(account_position_fits(world.core, 2, 0));
    assert_int_equal(account_position_make(world.core, 2, 0), 2);
    assert_int_equal(account_position(world.core, 2, 0), 2);
    assert_ptr_equal(core_position(world.core, 2), &world.core->accounts[2].position);
    assert_int_equal(world.core->position_slab.count, 0);
    assert_int_equal(account_position_make(world.core, 2, 0), 2);
    assert_int_equal(account_position(world.core, 3, 0), TICKS_NONE);
}

static void further_markets_take_positions_beyond_the_accounts(void **state)
{
    (void)state;
    (void)account_position_make(world.core, 2, 1);
    u32 second = account_position_make(world.core, 2, 0);
    u32 third = account_position_make(world.core, 2, 2);
    assert_true(second > world.limits.accounts_max);
    assert_int_not_equal(second, third);
    assert_int_equal(account_position(world.core, 2, 0), second);
    assert_int_equal(account_position(world.core, 2, 1), 2);
    assert_int_equal(account_position(world.core, 2, 2), third);
    assert_int_equal(core_position(world.core, second)->market, 0);
    assert_int_equal(core_position(world.core, third)->market, 2);
    assert_int_equal(world.core->position_slab.count, 2);
    assert_int_equal(account_position_make(world.core, 2, 0), second);
    assert_int_equal(world.core->position_slab.count, 2);
}

static void without_room_only_known_markets_fit(void **state)
{
    (void)state;
    world.core->position_slab.count = world.core->position_slab.max;
    assert_true(account_position_fits(world.core, 2, 5)); /* its first */
    (void)account_position_make(world.core, 2, 5);
    assert_true(account_position_fits(world.core, 2, 5));
    assert_false(account_position_fits(world.core, 2, 6));
    assert_true(account_position_fits(world.core, 3, 6));
    world.core->position_slab.count = 0;
    assert_true(account_position_fits(world.core, 2, 6));
}

static void a_position_counts_what_is_open(void **state)
{
    (void)state;
    u64 limit = world_place(&world, 2, world_limit(SIDE_BUY, 9000, 10));
    struct world_order iceberg = world_limit(SIDE_BUY, 8900, 10);
    iceberg.iceberg = 2;
    (void)world_place(&world, 2, iceberg);
    (void)world_place(&world, 2, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 8000, 10));
    const struct position *position = core_position(world.core, 2);
    assert_int_equal(position->orders, 3);
    assert_int_equal(position->algo, 1);
    assert_int_equal(position->iceberg, 1);
    assert_int_equal(position->lists, 0);
    const struct account *account = &world.core->accounts[2];
    assert_int_equal(account->orders, 3);
    assert_int_equal(account->algo, 1);
    assert_int_equal(account->iceberg, 1);
    world_cancel(&world, 2, limit);
    assert_int_equal(position->orders, 2);
    struct command_cancel_all all = {.market = 0};
    world_apply(&world, &all, COMMAND_CANCEL_ALL, 2);
    assert_int_equal(position->orders + position->algo + position->iceberg, 0);
    assert_int_equal(account->orders + account->algo + account->iceberg, 0);
    assert_int_equal(position->newest, 0);
    assert_int_not_equal(position->used, POSITION_UNUSED); /* it stays known in its market */
}

static void open_orders_are_chained_newest_first(void **state)
{
    (void)state;
    u64 ids[4];
    for (u32 i = 0; i < 4; i++) {
        ids[i] = world_place(&world, 1, world_limit(SIDE_BUY, 9000 - i, 1));
    }
    world_cancel(&world, 1, ids[1]); /* from the middle */
    world_cancel(&world, 1, ids[3]); /* the newest */
    const struct core *core = world.core;
    u32 slot = core_position(world.core, 1)->newest;
    assert_int_equal(core->orders[slot].id, ids[2]);
    assert_int_equal(core->links[slot].newer, 0);
    u32 older = core->links[slot].older;
    assert_int_equal(core->orders[older].id, ids[0]);
    assert_int_equal(core->links[older].newer, slot);
    assert_int_equal(core->links[older].older, 0);
}

/* ---- asset limits ---- */

static void set_limit(u32 account, u16 asset, u64 limit)
{
    struct command_asset_limit command = {.limit = amount_of(limit), .asset = asset};
    world_apply(&world, &command, COMMAND_ASSET_LIMIT, account);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void an_asset_limit_belongs_to_one_account_and_asset(void **state)
{
    (void)state;
    set_limit(1, WORLD_USDT, 500);
    assert_null(account_asset_limit(world.core, 1, WORLD_BTC));
    assert_null(account_asset_limit(world.core, 0, WORLD_USDT));
    const struct asset_limit *limit = account_asset_limit(world.core, 1, WORLD_USDT);
    assert_non_null(limit);
    assert_int_equal(limit->limit.units, 500);
    set_limit(1, WORLD_USDT, 600);
    assert_int_equal(account_asset_limit(world.core, 1, WORLD_USDT)->limit.units, 600);
    assert_int_equal(world.core->asset_limits_count, 1);
}

static void a_limit_of_zero_takes_the_entry_away(void **state)
{
    (void)state;
    set_limit(1, WORLD_USDT, 500);
    set_limit(1, WORLD_BTC, 400);
    set_limit(1, WORLD_USDT, 0);
    assert_null(account_asset_limit(world.core, 1, WORLD_USDT));
    assert_int_equal(world.core->accounts[1].has_limits, 1);
    set_limit(1, WORLD_BTC, 0);
    assert_int_equal(world.core->accounts[1].has_limits, 0);
    assert_int_equal(world.core->asset_limits_count, 0);
    set_limit(1, WORLD_BTC, 0); /* there was none */
    assert_int_equal(world.core->asset_limits_count, 0);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_operation_has_two_bits_of_its_own),
        cmocka_unit_test(placing_needs_trade_and_place),
        EXAMPLE(the_first_market_lies_inside_the_account),
        EXAMPLE(further_markets_take_positions_beyond_the_accounts),
        EXAMPLE(without_room_only_known_markets_fit),
        EXAMPLE(a_position_counts_what_is_open),
        EXAMPLE(open_orders_are_chained_newest_first),
        EXAMPLE(an_asset_limit_belongs_to_one_account_and_asset),
        EXAMPLE(a_limit_of_zero_takes_the_entry_away),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
