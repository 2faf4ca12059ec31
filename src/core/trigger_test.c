/* Aim: stops trigger at their price and in order of their ids, trailing stops follow the price as
 * documented, and a storm of triggers keeps to its allowance. Method: the scenarios A to E of the
 * API's trailing-stop-faq.md with their numbers, hand-made queues over two markets, and armed
 * orders that come and go at random, triggered in sorted order at last. */
#include "core/trigger.h"

#include "base/random.h"
#include "core/index.h"
#include "tests/support/core_world.h"

#include <string.h>

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

static const struct event_order_triggered *triggered(u32 index)
{
    const struct event_order_triggered *event = world_event(&world, EVENT_ORDER_TRIGGERED, index);
    assert_non_null(event);
    return event;
}

static struct world_order loss(u8 side, u64 stop)
{
    return world_stop(ORDER_TYPE_STOP_LOSS, side, stop, 1);
}

/* ---- plain stops ---- */

static void each_kind_waits_for_its_own_side_of_the_price(void **state)
{
    (void)state;
    assert_true(order_waits_above(ORDER_TYPE_STOP_LOSS, SIDE_BUY));
    assert_true(order_waits_above(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY));
    assert_true(order_waits_above(ORDER_TYPE_TAKE_PROFIT, SIDE_SELL));
    assert_true(order_waits_above(ORDER_TYPE_TAKE_PROFIT_LIMIT, SIDE_SELL));
    assert_false(order_waits_above(ORDER_TYPE_STOP_LOSS, SIDE_SELL));
    assert_false(order_waits_above(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL));
    assert_false(order_waits_above(ORDER_TYPE_TAKE_PROFIT, SIDE_BUY));
    assert_false(order_waits_above(ORDER_TYPE_TAKE_PROFIT_LIMIT, SIDE_BUY));
}

static void a_stop_triggers_at_its_price_and_not_before(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 below = world_place(&world, 0, loss(SIDE_SELL, 9900));
    u64 above = world_place(&world, 0, world_stop(ORDER_TYPE_TAKE_PROFIT, SIDE_SELL, 10100, 1));
    world_trade_at(&world, 9901);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 0);
    world_trade_at(&world, 9900);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 1);
    assert_int_equal(triggered(0)->order_id, below);
    world_trade_at(&world, 10099);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 0);
    world_trade_at(&world, 10100);
    assert_int_equal(triggered(0)->order_id, above);
    assert_int_equal(triggered(0)->head.account, 0);
}

static void a_price_that_jumps_over_a_stop_triggers_it(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)world_place(&world, 0, loss(SIDE_SELL, 9900));
    (void)world_place(&world, 0, loss(SIDE_BUY, 10100));
    world_trade_at(&world, 9000);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 1);
    world_trade_at(&world, 20000);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 1);
}

/* What counts is the last price when the command is through, not every price on its way. */
static void only_the_last_price_of_a_command_counts(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)world_place(&world, 0, loss(SIDE_BUY, 10050));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 10060, 1));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 10040, 1));
    (void)world_place(&world, 2, world_limit(SIDE_SELL, 10040, 2));
    assert_int_equal(world_count(&world, EVENT_TRADE), 2);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 0);
}

static void the_queue_runs_by_order_id(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 ids[4];
    const u64 stops[] = {9700, 9900, 9600, 9800};
    for (u32 i = 0; i < 4; i++) {
        ids[i] = world_place(&world, 0, loss(SIDE_SELL, stops[i]));
    }
    world_trade_at(&world, 9000);
    for (u32 i = 0; i < 4; i++) {
        assert_int_equal(triggered(i)->order_id, ids[i]);
    }
}

static void a_triggered_order_may_trigger_the_next(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 first = world_place(&world, 0, loss(SIDE_SELL, 9900));
    u64 second = world_place(&world, 0, loss(SIDE_SELL, 9800));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9800, 1));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9700, 1));
    (void)world_place(&world, 4, world_limit(SIDE_BUY, 9900, 1));
    (void)world_place(&world, 5, world_limit(SIDE_SELL, 9900, 1));
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_TRADE,
                 EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(triggered(0)->order_id, first);
    assert_int_equal(triggered(1)->order_id, second);
    assert_int_equal(world.core->markets[0].last, 9700);
}

static void a_canceled_stop_does_not_trigger(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 ids[5];
    for (u32 i = 0; i < 5; i++) {
        ids[i] = world_place(&world, 0, loss(SIDE_SELL, 9900 - i));
    }
    world_cancel(&world, 0, ids[0]); /* the heap's root */
    world_cancel(&world, 0, ids[3]); /* and one inside it */
    world_trade_at(&world, 9000);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 3);
    assert_int_equal(triggered(0)->order_id, ids[1]);
    assert_int_equal(triggered(1)->order_id, ids[2]);
    assert_int_equal(triggered(2)->order_id, ids[4]);
}

/* ---- trailing stops: API trailing-stop-faq.md "Trailing Stop Order Scenarios" ---- */

/* Places the order at a last price of 40,000, walks the last price along, each step in hundredths,
 * and says after which of the steps the order was triggered (from 1; 0: never). */
static u32 trail(struct world_order order, const u64 *prices, u32 count)
{
    world_trade_at(&world, 4000000);
    u64 id = world_place(&world, 0, order);
    assert_true(id > 0);
    for (u32 i = 0; i < count; i++) {
        world_trade_at(&world, prices[i]);
        if (world_count(&world, EVENT_ORDER_TRIGGERED) > 0) {
            assert_int_equal(triggered(0)->order_id, id);
            return i + 1;
        }
    }
    return 0;
}

static void scenario_a_stop_loss_limit_buy(void **state)
{
    (void)state;
    const u64 prices[] = {3700000, 4399999, 4400000, 4500000, 4600000, 4200000, 4409999, 4410000};
    struct world_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_BUY,
                                .stop = 4400000,
                                .price = 4500000,
                                .trailing = 500,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 8);
}

static void scenario_b_stop_loss_limit_sell(void **state)
{
    (void)state;
    const u64 prices[] = {4150000, 3900000, 3700000, 4100000, 3690001, 3690000};
    struct world_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_SELL,
                                .stop = 3900000,
                                .price = 3800000,
                                .trailing = 1000,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 6);
}

static void scenario_c_take_profit_limit_buy(void **state)
{
    (void)state;
    const u64 prices[] = {4200000, 3800000, 3700000, 3900000, 3800000, 4014499, 4014500};
    struct world_order order = {.type = ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                .side = SIDE_BUY,
                                .stop = 3800000,
                                .price = 3850000,
                                .trailing = 850,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 7);
}

static void scenario_d_take_profit_limit_sell(void **state)
{
    (void)state;
    const u64 prices[] = {4150000, 3900000, 4200000, 4500000, 4400000, 4650000, 4301251, 4301250};
    struct world_order order = {.type = ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                .side = SIDE_SELL,
                                .stop = 4200000,
                                .price = 4100000,
                                .trailing = 750,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 8);
}

static void scenario_e_without_a_stop_price(void **state)
{
    (void)state;
    const u64 prices[] = {4200000, 3950000, 4550000, 4231501, 4231500};
    struct world_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_SELL,
                                .price = 3900000,
                                .trailing = 700,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 5);
}

static struct world_order trailing(u8 side, u64 stop, u32 delta)
{
    struct world_order order = loss(side, stop);
    order.trailing = delta;
    return order;
}

static void without_a_last_price_the_next_trade_is_the_extreme(void **state)
{
    (void)state;
    u64 id = world_place(&world, 0, trailing(SIDE_SELL, 0, 1000));
    assert_int_equal(world_state(&world, id), ORDER_STATE_TRACKING);
    u32 extra = world.core->orders[index_order(world.core, id)].extra;
    assert_int_equal(world.core->extras[extra].extreme, 0);
    world_trade_at(&world, 5000);
    assert_int_equal(world.core->extras[extra].extreme, 5000);
    world_trade_at(&world, 4501);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 0);
    world_trade_at(&world, 4500);
    assert_int_equal(triggered(0)->order_id, id);
}

static void a_reached_stop_price_begins_the_tracking_at_once(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, trailing(SIDE_SELL, 10000, 1000));
    assert_int_equal(world_state(&world, id), ORDER_STATE_TRACKING);
    u64 armed = world_place(&world, 0, trailing(SIDE_SELL, 9999, 1000));
    assert_int_equal(world_state(&world, armed), ORDER_STATE_ARMED);
    world_trade_at(&world, 9999);
    assert_int_equal(world_state(&world, armed), ORDER_STATE_TRACKING);
    u32 extra = world.core->orders[index_order(world.core, armed)].extra;
    assert_int_equal(world.core->extras[extra].extreme, 9999);
    extra = world.core->orders[index_order(world.core, id)].extra;
    assert_int_equal(world.core->extras[extra].extreme, 10000);
}

/* An order that begins to trail in an evaluation is looked at from the next one on. */
static void what_begins_to_trail_is_not_triggered_by_the_same_trade(void **state)
{
    (void)state;
    struct world_order order = trailing(SIDE_BUY, 10100, 1);
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, order);
    world_trade_at(&world, 10200);
    assert_int_equal(world_state(&world, id), ORDER_STATE_TRACKING);
    world_trade_at(&world, 10201); /* 0.98 basis points */
    assert_int_equal(world_state(&world, id), ORDER_STATE_TRACKING);
    world_trade_at(&world, 10202);
    assert_int_equal(triggered(0)->order_id, id);
}

static void a_canceled_trailing_order_leaves_the_others_following(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 ids[4];
    for (u32 i = 0; i < 4; i++) {
        ids[i] = world_place(&world, 0, trailing(SIDE_SELL, 0, 1000));
    }
    assert_int_equal(world.core->trailing_count, 4);
    world_cancel(&world, 0, ids[3]); /* head of the list */
    world_cancel(&world, 0, ids[1]); /* inside it */
    assert_int_equal(world.core->trailing_count, 2);
    world_trade_at(&world, 9000);
    assert_int_equal(triggered(0)->order_id, ids[0]);
    assert_int_equal(triggered(1)->order_id, ids[2]);
    assert_int_equal(world.core->trailing_count, 0);
}

/* A trade at the price of the one before changes nothing, and costs nothing. */
static void an_unchanged_price_is_not_evaluated_again(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, trailing(SIDE_SELL, 0, 1000));
    world_trade_at(&world, 9500);
    u32 extra = world.core->orders[index_order(world.core, id)].extra;
    world_trade_at(&world, 9500);
    assert_int_equal(world.core->extras[extra].extreme, 10000);
    assert_int_equal(world.core->markets[0].evaluated, 9500);
}

/* ---- the allowance ---- */

/* triggers_per_command_max is 10. */
static void left_over_triggers_run_before_the_next_command(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    for (u32 i = 0; i < 25; i++) {
        assert_true(world_place(&world, 0, loss(SIDE_SELL, 9000)) > 0);
    }
    world_trade_at(&world, 9000);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 10);
    assert_true(core_has_queued(world.core));
    assert_int_equal(world.core->markets[0].queued, 15);
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    world_apply(&world, &on, COMMAND_CONTINUE, 0);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 10);
    assert_int_equal(world.output.used,
                     10 * (sizeof(struct event_order_triggered) + sizeof(struct event_order_done)));
    assert_true(core_has_queued(world.core));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9000, 7));
    ASSERT_KINDS(&world, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED,
                 EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED,
                 EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE, EVENT_ORDER_NEW);
    assert_false(core_has_queued(world.core));
}

static void a_refused_command_runs_the_queue_too(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    for (u32 i = 0; i < 11; i++) {
        (void)world_place(&world, 0, loss(SIDE_SELL, 9000));
    }
    world_trade_at(&world, 9000);
    assert_true(core_has_queued(world.core));
    world_cancel(&world, 0, 999999);
    ASSERT_KINDS(&world, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE, EVENT_REJECTED);
}

static void genesis_and_void_leave_the_queue_alone(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    for (u32 i = 0; i < 11; i++) {
        (void)world_place(&world, 0, loss(SIDE_SELL, 9000));
    }
    world_trade_at(&world, 9000);
    struct command_void empty = {.void_seq = 1};
    world_apply(&world, &empty, COMMAND_VOID, 0);
    assert_int_equal(world.output.used, 0);
    world_apply(&world, &world.limits, COMMAND_GENESIS, 0);
    ASSERT_KINDS(&world, EVENT_REJECTED);
    world_assert_reject(world_reject(&world), REJECT_ALREADY_EXISTS);
    assert_true(core_has_queued(world.core));
}

/* The command's own steps and those before it come out of one allowance. */
static void steps_before_and_after_share_the_allowance(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    for (u32 i = 0; i < 14; i++) {
        (void)world_place(&world, 0, loss(SIDE_SELL, 9000));
    }
    for (u32 i = 0; i < 8; i++) {
        (void)world_place(&world, 0, loss(SIDE_SELL, 8000));
    }
    world_trade_at(&world, 9000);
    assert_int_equal(world.core->markets[0].queued, 4);
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    world_market_state(&world, 0, MARKET_STATE_HALT); /* runs the four first */
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 4);
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    (void)world_place(&world, 0, loss(SIDE_SELL, 8000));
    world_trade_at(&world, 8000);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 9);
    world_apply(&world, &on, COMMAND_CONTINUE, 0);
    assert_int_equal(world.output.used, 0);
}

static void a_queued_order_can_be_canceled(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 last = 0;
    for (u32 i = 0; i < 22; i++) {
        last = world_place(&world, 0, loss(SIDE_SELL, 9000));
    }
    world_trade_at(&world, 9000);
    assert_int_equal(world_state(&world, last), ORDER_STATE_QUEUED);
    world_market_state(&world, 0, MARKET_STATE_HALT); /* two are left */
    assert_int_equal(world.core->markets[0].queued, 2);
    world_cancel(&world, 0, last);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE);
    assert_int_equal(world.core->markets[0].queued, 1);
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE);
}

/* ---- several markets ---- */

/* Both markets at 100.00, the second with accounts 0, 4 and 5 funded. */
static void open_second(void)
{
    world_add_second_market(&world);
    const u32 accounts[] = {0, 4, 5};
    for (u32 i = 0; i < ARRAY_COUNT(accounts); i++) {
        world_deposit(&world, accounts[i], 2, WORLD_FUNDS);
        world_deposit(&world, accounts[i], 3, WORLD_FUNDS);
    }
    world_trade_at(&world, 10000);
}

static void trade_in_second(u64 price)
{
    struct world_order order = world_limit(SIDE_BUY, price, 1);
    order.market = 1;
    (void)world_place(&world, 4, order);
    order.side = SIDE_SELL;
    (void)world_place(&world, 5, order);
}

static u64 loss_in(u16 market, u64 stop)
{
    struct world_order order = loss(SIDE_SELL, stop);
    order.market = market;
    u64 id = world_place(&world, 0, order);
    assert_true(id > 0);
    return id;
}

static void only_markets_that_trade_run_their_queues(void **state)
{
    (void)state;
    open_second();
    trade_in_second(10000);
    for (u32 i = 0; i < 12; i++) {
        (void)loss_in(1, 9000);
    }
    trade_in_second(9000); /* two stay queued */
    assert_int_equal(world.core->markets[1].queued, 2);
    const u8 states[] = {MARKET_STATE_HALT, MARKET_STATE_BREAK, MARKET_STATE_CANCEL_ONLY};
    struct command_market_state close = {.market = 1, .state = MARKET_STATE_HALT};
    /* The queue runs before the command that closes the market: fill it again first. */
    world.core->limits.triggers_per_command_max = 0;
    world_apply(&world, &close, COMMAND_MARKET_STATE, 0);
    world.core->limits.triggers_per_command_max = 10;
    for (u32 i = 0; i < ARRAY_COUNT(states); i++) {
        world_market_state(&world, 1, states[i]);
        ASSERT_KINDS(&world, EVENT_APPLIED);
        assert_false(core_has_queued(world.core));
        assert_int_equal(world.core->markets[1].queued, 2);
    }
    world_market_state(&world, 1, MARKET_STATE_TRADING);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE,
                 EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE);
}

static void the_lowest_id_of_all_markets_runs_first(void **state)
{
    (void)state;
    open_second();
    trade_in_second(10000);
    u64 ids[6];
    for (u32 i = 0; i < 6; i++) {
        ids[i] = loss_in(i % 2 == 0 ? 1 : 0, 9000);
    }
    world.core->limits.triggers_per_command_max = 0;
    trade_in_second(9000);
    world_trade_at(&world, 9000);
    assert_int_equal(world.core->runnable, 6);
    world.core->limits.triggers_per_command_max = 10;
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    world_apply(&world, &on, COMMAND_CONTINUE, 0);
    for (u32 i = 0; i < 6; i++) {
        assert_int_equal(triggered(i)->order_id, ids[i]);
    }
}

static void a_state_command_does_not_evaluate(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, loss(SIDE_SELL, 9000));
    world_market_state(&world, 0, MARKET_STATE_HALT);
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    ASSERT_KINDS(&world, EVENT_APPLIED);
    assert_int_equal(world_state(&world, id), ORDER_STATE_ARMED);
}

/* ---- heaps at random ---- */

static void armed_orders_at_random_are_triggered_in_order_of_price(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(60);
    for (u64 round = 0; round < rounds; round++) {
        u64 ids[60] = {0};
        u64 stops[60] = {0};
        world_trade_at(&world, 10000);
        for (u32 i = 0; i < 200; i++) {
            u32 k = (u32)random_below(&random, 60);
            if (ids[k]) {
                world_cancel(&world, 0, ids[k]);
                ids[k] = 0;
            } else {
                bool above = random_chance(&random, 1, 2);
                stops[k] =
                    above ? 10001 + random_below(&random, 300) : 9999 - random_below(&random, 300);
                ids[k] = world_place(&world, 0, loss(above ? SIDE_BUY : SIDE_SELL, stops[k]));
                assert_true(ids[k] > 0);
            }
        }
        for (u64 distance = 1; distance <= 300; distance += 1 + random_below(&random, 60)) {
            u64 price = random_chance(&random, 1, 2) ? 10000 + distance : 10000 - distance;
            world_trade_at(&world, price);
            while (core_has_queued(world.core)) {
                struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
                world_apply(&world, &on, COMMAND_CONTINUE, 0);
            }
            for (u32 k = 0; k < 60; k++) {
                bool reached = stops[k] > 10000 ? price >= stops[k] : price <= stops[k];
                ids[k] = reached ? 0 : ids[k];
                u8 expected = ids[k] ? ORDER_STATE_ARMED : ORDER_STATE_NONE;
                assert_true(ids[k] == 0 || world_state(&world, ids[k]) == expected);
            }
            u32 armed = 0;
            for (u32 k = 0; k < 60; k++) {
                armed += ids[k] != 0;
            }
            assert_int_equal(world.core->accounts[0].algo, armed);
        }
        struct command_cancel_all all = {.market = 0};
        world_apply(&world, &all, COMMAND_CANCEL_ALL, 0);
        assert_int_equal(world.core->markets[0].above + world.core->markets[0].below, 0);
    }
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(each_kind_waits_for_its_own_side_of_the_price),
        EXAMPLE(a_stop_triggers_at_its_price_and_not_before),
        EXAMPLE(a_price_that_jumps_over_a_stop_triggers_it),
        EXAMPLE(only_the_last_price_of_a_command_counts),
        EXAMPLE(the_queue_runs_by_order_id),
        EXAMPLE(a_triggered_order_may_trigger_the_next),
        EXAMPLE(a_canceled_stop_does_not_trigger),
        EXAMPLE(scenario_a_stop_loss_limit_buy),
        EXAMPLE(scenario_b_stop_loss_limit_sell),
        EXAMPLE(scenario_c_take_profit_limit_buy),
        EXAMPLE(scenario_d_take_profit_limit_sell),
        EXAMPLE(scenario_e_without_a_stop_price),
        EXAMPLE(without_a_last_price_the_next_trade_is_the_extreme),
        EXAMPLE(a_reached_stop_price_begins_the_tracking_at_once),
        EXAMPLE(what_begins_to_trail_is_not_triggered_by_the_same_trade),
        EXAMPLE(a_canceled_trailing_order_leaves_the_others_following),
        EXAMPLE(an_unchanged_price_is_not_evaluated_again),
        EXAMPLE(left_over_triggers_run_before_the_next_command),
        EXAMPLE(a_refused_command_runs_the_queue_too),
        EXAMPLE(genesis_and_void_leave_the_queue_alone),
        EXAMPLE(steps_before_and_after_share_the_allowance),
        EXAMPLE(a_queued_order_can_be_canceled),
        EXAMPLE(only_markets_that_trade_run_their_queues),
        EXAMPLE(the_lowest_id_of_all_markets_runs_first),
        EXAMPLE(a_state_command_does_not_evaluate),
        EXAMPLE(armed_orders_at_random_are_triggered_in_order_of_price),
    };
    return cmocka_run_group_tests_name("trigger", tests, NULL, NULL);
}
