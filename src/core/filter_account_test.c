/* Aim: the filters that count what an account has count the right things: its open orders of each
 * sort, in the market and at the venue, its position, and what it may hold. Method: for each the
 * last order that passes and the first that does not, before and after others come and go. Filters:
 * the API's filters.md; order: docs/semantics.md section 5. */
#include "core/filter.h"
#include "tests/support/core_world.h"

static struct core_world world;
static struct command_market_add d; /* market 0's definition */

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    d = world_definition();
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* Accepted, and canceled at once if it is still there. */
static void passes(struct world_order order)
{
    u64 id = world_place(&world, 0, order);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_true(id > 0);
    if (world_state(&world, id) != ORDER_STATE_NONE) {
        world_cancel(&world, 0, id);
    }
}

static void fails(struct world_order order, enum reject reject)
{
    world_refuses_order(&world, 0, order, reject);
}

static struct world_order buy(u64 price, u64 qty)
{
    return world_limit(SIDE_BUY, price, qty);
}

static struct world_order sell(u64 price, u64 qty)
{
    return world_limit(SIDE_SELL, price, qty);
}

/* ---- counts ---- */

static void orders_are_counted_with_the_new_one(void **state)
{
    (void)state;
    d.orders_max = 2;
    world_market_set(&world, &d);
    (void)world_place(&world, 0, buy(9000, 1));
    u64 second = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 80, 1));
    assert_true(second > 0);
    fails(buy(9000, 1), REJECT_FILTER_MAX_NUM_ORDERS);
    assert_true(world_place(&world, 1, buy(9000, 1)) > 0); /* another's orders do not count */
    world_cancel(&world, 0, second);
    passes(buy(9000, 1));
}

static void algo_orders_are_counted_among_themselves(void **state)
{
    (void)state;
    d.algo_orders_max = 1;
    world_market_set(&world, &d);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 80, 1);
    u64 id = world_place(&world, 0, stop);
    fails(stop, REJECT_FILTER_MAX_NUM_ALGO_ORDERS);
    passes(buy(9000, 1)); /* adds nothing to that count */
    world_cancel(&world, 0, id);
    passes(stop);
}

/* A triggered stop that rests still counts. */
static void a_triggered_stop_stays_an_algo_order(void **state)
{
    (void)state;
    d.algo_orders_max = 1;
    world_market_set(&world, &d);
    world_trade_at(&world, 100);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 90, 1);
    stop.price = 200;
    u64 id = world_place(&world, 0, stop);
    world_trade_at(&world, 90);
    assert_int_equal(world_state(&world, id), ORDER_STATE_WORKING);
    stop.stop = 80;
    fails(stop, REJECT_FILTER_MAX_NUM_ALGO_ORDERS);
}

static void icebergs_are_counted_among_themselves(void **state)
{
    (void)state;
    d.iceberg_orders_max = 1;
    world_market_set(&world, &d);
    struct world_order iceberg = buy(9000, 10);
    iceberg.iceberg = 2;
    (void)world_place(&world, 0, iceberg);
    fails(iceberg, REJECT_FILTER_MAX_NUM_ICEBERG_ORDERS);
    passes(buy(9000, 1));
}

static void lists_are_counted_with_all_their_legs(void **state)
{
    (void)state;
    const struct world_order legs[] = {buy(9000, 1), sell(12000, 1)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    d.orders_max = 3;
    d.lists_max = 2;
    world_market_set(&world, &d);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    world_refuses(&world, &list, COMMAND_ORDER_LIST, 0, REJECT_FILTER_MAX_NUM_ORDERS);
    d.orders_max = 4;
    d.lists_max = 1;
    world_market_set(&world, &d);
    world_refuses(&world, &list, COMMAND_ORDER_LIST, 0, REJECT_FILTER_MAX_NUM_ORDER_LISTS);
    passes(buy(9000, 1)); /* an order adds no list */
    d.lists_max = 2;
    world_market_set(&world, &d);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void the_venue_counts_over_all_markets(void **state)
{
    (void)state;
    world_add_second_market(&world);
    world_deposit(&world, 0, 2, WORLD_FUNDS);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    struct command_venue_filters filters = {
        .orders_max = 2, .algo_orders_max = 1, .iceberg_orders_max = 1, .lists_max = 1};
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 80, 1);
    stop.market = 1;
    (void)world_place(&world, 0, stop);
    stop.market = 0;
    fails(stop, REJECT_FILTER_EXCHANGE_MAX_NUM_ALGO_ORDERS);
    u64 id = world_place(&world, 0, buy(9000, 1));
    assert_true(id > 0);
    fails(buy(9000, 1), REJECT_FILTER_EXCHANGE_MAX_NUM_ORDERS);
    world_cancel(&world, 0, id);
    passes(buy(9000, 1));
}

static void the_venue_counts_icebergs_and_lists(void **state)
{
    (void)state;
    struct command_venue_filters filters = {.iceberg_orders_max = 1, .lists_max = 1};
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    struct world_order iceberg = buy(9000, 10);
    iceberg.iceberg = 2;
    (void)world_place(&world, 0, iceberg);
    fails(iceberg, REJECT_FILTER_EXCHANGE_MAX_NUM_ICEBERG_ORDERS);
    const struct world_order legs[] = {buy(9000, 1), sell(12000, 1)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_refuses(&world, &list, COMMAND_ORDER_LIST, 0, REJECT_FILTER_EXCHANGE_MAX_NUM_ORDER_LISTS);
    filters = (struct command_venue_filters){.orders_max = 0};
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    passes(iceberg);
}

/* ---- position and asset limits ---- */

static void a_position_is_balance_and_open_buys(void **state)
{
    (void)state;
    d.position_max = amount_of(WORLD_FUNDS + 100 * WORLD_LOT);
    world_market_set(&world, &d);
    (void)world_place(&world, 0, buy(100, 60));
    (void)world_place(&world, 0, sell(20000, 500)); /* locked base counts like free base */
    passes(buy(100, 40));
    fails(buy(100, 41), REJECT_FILTER_MAX_POSITION);
    passes(sell(20000, 41));
    fails(world_market(SIDE_BUY, 41), REJECT_FILTER_MAX_POSITION);
    struct world_order quoted = world_market(SIDE_BUY, 0);
    quoted.quote = 2;
    passes(quoted); /* has no quantity: is not looked at */
    (void)world_place(&world, 1, sell(100, 10));
    fails(buy(100, 41), REJECT_FILTER_MAX_POSITION); /* 10 moved from open to balance */
}

static void an_asset_limit_bounds_one_order(void **state)
{
    (void)state;
    struct command_asset_limit base = {.limit = amount_of(50 * WORLD_LOT), .asset = WORLD_BTC};
    struct command_asset_limit quote = {.limit = amount_of(100 * 40 * WORLD_VALUE),
                                        .asset = WORLD_USDT};
    world_apply(&world, &base, COMMAND_ASSET_LIMIT, 0);
    passes(buy(100, 50));
    fails(buy(100, 51), REJECT_FILTER_MAX_ASSET);
    fails(sell(100, 51), REJECT_FILTER_MAX_ASSET);
    world_apply(&world, &quote, COMMAND_ASSET_LIMIT, 0);
    passes(buy(100, 40));
    fails(buy(100, 41), REJECT_FILTER_MAX_ASSET);
    (void)world_place(&world, 1, sell(101, 50));
    passes(world_market(SIDE_BUY, 50)); /* has no notional */
    struct world_order quoted = world_market(SIDE_BUY, 0);
    quoted.quote = 41; /* 0.41 USDT is 410000 more than the limit of 400000 */
    fails(quoted, REJECT_FILTER_MAX_ASSET);
    assert_true(world_place(&world, 1, buy(100, 51)) > 0);
}

/* ---- which fault is named ---- */

static void counts_come_before_position_and_asset_limit(void **state)
{
    (void)state;
    world_add_second_market(&world);
    struct command_asset_limit base = {.limit = amount_of(1), .asset = WORLD_BTC};
    struct command_venue_filters filters = {.orders_max = 1};
    d.orders_max = 1;
    d.position_max = amount_of(1);
    (void)world_place(&world, 0, buy(100, 1));
    world_apply(&world, &base, COMMAND_ASSET_LIMIT, 0);
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    world_market_set(&world, &d);
    fails(buy(100, 1), REJECT_FILTER_MAX_NUM_ORDERS);
    d.orders_max = 0;
    world_market_set(&world, &d);
    fails(buy(100, 1), REJECT_FILTER_MAX_POSITION);
    d.position_max = AMOUNT_ZERO;
    world_market_set(&world, &d);
    fails(buy(100, 1), REJECT_FILTER_EXCHANGE_MAX_NUM_ORDERS);
    filters.orders_max = 0;
    world_apply(&world, &filters, COMMAND_VENUE_FILTERS, 0);
    fails(buy(100, 1), REJECT_FILTER_MAX_ASSET);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(orders_are_counted_with_the_new_one),
        EXAMPLE(algo_orders_are_counted_among_themselves),
        EXAMPLE(a_triggered_stop_stays_an_algo_order),
        EXAMPLE(icebergs_are_counted_among_themselves),
        EXAMPLE(lists_are_counted_with_all_their_legs),
        EXAMPLE(the_venue_counts_over_all_markets),
        EXAMPLE(the_venue_counts_icebergs_and_lists),
        EXAMPLE(a_position_is_balance_and_open_buys),
        EXAMPLE(an_asset_limit_bounds_one_order),
        EXAMPLE(counts_come_before_position_and_asset_limit),
    };
    return cmocka_run_group_tests_name("filter_account", tests, NULL, NULL);
}
