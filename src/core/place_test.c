/* Aim: of what is open, of the book, of the limits and of the money an order needs, the first thing
 * missing is named, and an accepted order holds exactly its lock. Method: steps 4 to 9 of
 * docs/semantics.md section 5 one by one; pages to the last; triggered stops that top up. */
#include "core/place.h"

#include "core/index.h"
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

/* A venue like the usual one with other limits. */
static void open_with(struct command_genesis limits)
{
    world_open_empty(&world, &limits);
    world_fill(&world);
}

static u64 buy(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_BUY, price, qty));
}

static u64 sell(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_SELL, price, qty));
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static u64 locked_by(u32 account, struct world_order order)
{
    u64 id = world_place(&world, account, order);
    assert_true(id > 0);
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
    u64 locked = event->locked.units;
    if (world_state(&world, id) != ORDER_STATE_NONE) {
        world_cancel(&world, account, id);
    }
    return locked;
}

/* ---- locks ---- */

static void each_order_holds_what_its_type_needs(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)sell(1, 10100, 5);
    (void)sell(1, 10200, 5);
    (void)buy(1, 9900, 5);
    assert_int_equal(locked_by(0, world_limit(SIDE_BUY, 9000, 7)), 7 * 9000 * WORLD_VALUE);
    assert_int_equal(locked_by(0, world_maker(SIDE_SELL, 11000, 7)), 7 * WORLD_LOT);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY, 11000, 7);
    stop.price = 11500;
    assert_int_equal(locked_by(0, stop), 7 * 11500 * WORLD_VALUE);
    assert_int_equal(locked_by(0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 11000, 7)),
                     7 * 11000 * WORLD_VALUE);
    assert_int_equal(locked_by(0, world_stop(ORDER_TYPE_TAKE_PROFIT, SIDE_BUY, 9000, 7)),
                     7 * 9000 * WORLD_VALUE);
    assert_int_equal(locked_by(0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 7)),
                     7 * WORLD_LOT);
    struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 0, 7);
    trailing.trailing = 100;
    assert_int_equal(locked_by(0, trailing), 7 * 10000 * WORLD_VALUE); /* the last price */
    assert_int_equal(locked_by(0, world_market(SIDE_SELL, 3)), 3 * WORLD_LOT);
    assert_int_equal(locked_by(0, world_market(SIDE_BUY, 7)), (5 * 10100 + 2 * 10200) * 100);
}

static void the_lock_must_be_free(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / WORLD_LOT;
    world_refuses_order(&world, 0, world_limit(SIDE_SELL, 10000, lots + 1),
                        REJECT_INSUFFICIENT_BALANCE);
    u64 id = sell(0, 10000, lots);
    assert_true(id > 0);
    world_refuses_order(&world, 0, world_limit(SIDE_SELL, 10000, 1), REJECT_INSUFFICIENT_BALANCE);
    world_cancel(&world, 0, id);
    u64 price = WORLD_FUNDS / (20000 * WORLD_VALUE);
    assert_true(buy(0, price, 20000) > 0);
    world_refuses_order(&world, 0, world_limit(SIDE_BUY, 1, 1), REJECT_INSUFFICIENT_BALANCE);
}

static void a_market_buyer_must_afford_what_it_would_get(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / (10000 * WORLD_VALUE);
    (void)sell(1, 10000, lots + 5);
    world_refuses_order(&world, 0, world_market(SIDE_BUY, lots + 1), REJECT_INSUFFICIENT_BALANCE);
    assert_true(world_place(&world, 0, world_market(SIDE_BUY, lots)) > 0);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), 0);
}

/* ---- against what is open and the book ---- */

static void a_client_id_may_be_open_once(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.client = "once";
    u64 id = world_place(&world, 0, order);
    world_refuses_order(&world, 0, order, REJECT_DUPLICATE_ORDER);
    assert_true(world_place(&world, 1, order) > 0);
    world_cancel(&world, 0, id);
    assert_true(world_place(&world, 0, order) > 0);
}

static void a_filled_orders_client_id_is_free_again(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    order.client = "again";
    (void)sell(1, 9000, 1);
    assert_true(world_place(&world, 0, order) > 0); /* filled at once */
    assert_true(world_place(&world, 0, order) > 0);
}

static void a_limit_maker_must_not_match(void **state)
{
    (void)state;
    (void)sell(1, 10000, 1);
    (void)buy(1, 9900, 1);
    world_refuses_order(&world, 0, world_maker(SIDE_BUY, 10000, 1), REJECT_WOULD_MATCH);
    world_refuses_order(&world, 0, world_maker(SIDE_SELL, 9900, 1), REJECT_WOULD_MATCH);
    assert_true(world_place(&world, 0, world_maker(SIDE_BUY, 9999, 1)) > 0);
    assert_true(world_place(&world, 0, world_maker(SIDE_SELL, 10001, 1)) > 0);
}

static void a_stop_that_is_reached_would_trigger(void **state)
{
    (void)state;
    struct world_order order = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 10000, 1);
    assert_true(world_place(&world, 0, order) > 0); /* no last price: nothing is reached */
    world_trade_at(&world, 10000);
    const u8 losses[] = {ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT};
    const u8 profits[] = {ORDER_TYPE_TAKE_PROFIT, ORDER_TYPE_TAKE_PROFIT_LIMIT};
    for (u32 i = 0; i < 2; i++) {
        u64 price = i == 1 ? 5000 : 0;
        struct world_order below = world_stop(losses[i], SIDE_SELL, 10000, 1);
        struct world_order above = world_stop(losses[i], SIDE_BUY, 10000, 1);
        struct world_order high = world_stop(profits[i], SIDE_SELL, 10000, 1);
        struct world_order low = world_stop(profits[i], SIDE_BUY, 10000, 1);
        struct world_order *orders[] = {&below, &above, &high, &low};
        const i64 away[] = {-1, 1, 1, -1};
        for (u32 k = 0; k < 4; k++) {
            orders[k]->price = price;
            world_refuses_order(&world, 0, *orders[k], REJECT_WOULD_TRIGGER);
            orders[k]->stop = (u64)(10000 + away[k]);
            assert_true(world_place(&world, 0, *orders[k]) > 0);
            orders[k]->stop = 10000;
            orders[k]->trailing = 100; /* it only begins to trail */
            assert_true(world_place(&world, 0, *orders[k]) > 0);
            const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
            assert_int_equal(event->state, ORDER_STATE_TRACKING);
        }
    }
}

static void a_market_like_buy_needs_a_price_to_lock_at(void **state)
{
    (void)state;
    struct world_order order = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 0, 1);
    order.trailing = 100;
    world_refuses_order(&world, 0, order, REJECT_NO_LAST_PRICE);
    order.type = ORDER_TYPE_TAKE_PROFIT;
    world_refuses_order(&world, 0, order, REJECT_NO_LAST_PRICE);
    order.side = SIDE_SELL;
    assert_true(world_place(&world, 0, order) > 0);
    order.side = SIDE_BUY;
    order.stop = 9000;
    assert_true(world_place(&world, 0, order) > 0);
    order.stop = 0;
    world_trade_at(&world, 10000);
    assert_true(world_place(&world, 0, order) > 0);
}

static void the_first_thing_missing_is_named(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = 2;
    open_with(limits);
    (void)sell(1, 10000, 1);
    struct world_order order = world_maker(SIDE_BUY, 10000, 1000000000);
    order.client = "x";
    struct world_order other = world_limit(SIDE_BUY, 1, 1);
    other.client = "x";
    u64 id = world_place(&world, 0, other);
    world_refuses_order(&world, 0, order, REJECT_DUPLICATE_ORDER);
    order.client = "y";
    world_refuses_order(&world, 0, order, REJECT_WOULD_MATCH);
    order.price = 9999;
    world_refuses_order(&world, 0, order, REJECT_LIMIT_ORDERS);
    world_cancel(&world, 0, id);
    world_refuses_order(&world, 0, order, REJECT_INSUFFICIENT_BALANCE);
    order.qty = 1;
    assert_true(world_place(&world, 0, order) > 0);
    world_close(&world);
}

/* Also an order that will never rest needs room for one. */
static void an_ioc_order_needs_a_free_slot_too(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = 1;
    open_with(limits);
    (void)sell(1, 10000, 5);
    struct world_order order = world_limit(SIDE_BUY, 10000, 1);
    order.tif = TIME_IN_FORCE_IOC;
    world_refuses_order(&world, 0, order, REJECT_LIMIT_ORDERS);
    world_refuses_order(&world, 0, world_market(SIDE_BUY, 1), REJECT_LIMIT_ORDERS);
    world_close(&world);
}

/* ---- market by quote ---- */

static struct world_order quoted(u8 side, u64 quote)
{
    struct world_order order = world_market(side, 0);
    order.quote = quote;
    return order;
}

static void by_quote_a_book_is_needed(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    d.qty_min = amount_of(5 * WORLD_LOT);
    d.market_qty_min = amount_of(10 * WORLD_LOT);
    d.market_qty_max = amount_of(20 * WORLD_LOT);
    world_market_set(&world, &d);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 100), REJECT_NO_LIQUIDITY);
    (void)sell(1, 10000, 5); /* one lot costs 0.01 */
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 4), REJECT_FILTER_LOT_SIZE);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 100), REJECT_LIQUIDITY_MARKET_LOT_SIZE);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 5), REJECT_FILTER_MARKET_LOT_SIZE);
    d.qty_min = amount_of(6 * WORLD_LOT);
    world_market_set(&world, &d);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 100), REJECT_LIQUIDITY_LOT_SIZE);
    (void)sell(1, 10000, 30);
    assert_true(world_place(&world, 0, quoted(SIDE_BUY, 10)) > 0);
    assert_true(world_place(&world, 0, quoted(SIDE_BUY, 20)) > 0);
    (void)sell(1, 10000, 30);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 21), REJECT_FILTER_MARKET_LOT_SIZE);
    d.qty_max = amount_of(15 * WORLD_LOT);
    world_market_set(&world, &d);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 21), REJECT_FILTER_LOT_SIZE);
}

static void by_quote_less_than_a_lot_is_too_little(void **state)
{
    (void)state;
    (void)sell(1, 20000, 5);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 1), REJECT_FILTER_LOT_SIZE);
    (void)buy(1, 20000, 6); /* takes the 5, leaves a bid */
    world_refuses_order(&world, 0, quoted(SIDE_SELL, 1), REJECT_FILTER_LOT_SIZE);
}

static void by_quote_a_seller_must_hold_what_the_walk_finds(void **state)
{
    (void)state;
    world_deposit(&world, 1, WORLD_USDT, 1000000 * WORLD_COIN);
    (void)buy(1, 100, 300000000);
    struct world_order order = quoted(SIDE_SELL, 2000100); /* 20001 BTC at 1.00 */
    world_refuses_order(&world, 0, order, REJECT_INSUFFICIENT_BALANCE);
    order.quote = 2000000;
    assert_true(world_place(&world, 0, order) > 0);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), 0);
}

/* ---- pages ---- */

/* A venue with two pages of 512 ticks. */
static void open_two_pages(void)
{
    struct command_genesis limits = world_limits();
    limits.pages_max = 2;
    open_with(limits);
}

static void an_order_may_take_the_last_page(void **state)
{
    (void)state;
    open_two_pages();
    assert_true(buy(0, 100, 1) > 0);
    u64 second = buy(0, 600, 1);
    assert_true(second > 0);
    world_refuses_order(&world, 0, world_limit(SIDE_BUY, 1100, 1), REJECT_LIMIT_PAGES);
    assert_true(buy(0, 601, 1) > 0); /* in use already */
    struct world_order ioc = world_limit(SIDE_BUY, 1100, 1);
    ioc.tif = TIME_IN_FORCE_IOC;
    assert_true(world_place(&world, 0, ioc) > 0); /* never rests */
    assert_true(world_place(&world, 0, world_market(SIDE_SELL, 1)) > 0);
    struct command_cancel_all all = {.market = 0};
    world_apply(&world, &all, COMMAND_CANCEL_ALL, 0);
    assert_true(buy(0, 1100, 1) > 0);
    world_close(&world);
}

static void an_order_that_waits_reserves_a_page(void **state)
{
    (void)state;
    open_two_pages();
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 90, 1);
    stop.price = 100;
    u64 first = world_place(&world, 0, stop);
    assert_true(first > 0);
    assert_int_equal(world.core->pages_reserved, 1);
    assert_true(sell(0, 600, 1) > 0);
    world_refuses_order(&world, 0, world_limit(SIDE_SELL, 1100, 1), REJECT_LIMIT_PAGES);
    stop.tif = TIME_IN_FORCE_IOC;
    world_refuses_order(&world, 0, stop, REJECT_LIMIT_PAGES); /* any tif */
    assert_true(world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 90, 1)) > 0);
    world_cancel(&world, 0, first);
    assert_int_equal(world.core->pages_reserved, 0);
    assert_true(sell(0, 1100, 1) > 0);
    world_close(&world);
}

static void a_reserved_page_is_there_when_the_stop_rests(void **state)
{
    (void)state;
    open_two_pages();
    world_trade_at(&world, 600);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 550, 1);
    stop.price = 2000;
    u64 id = world_place(&world, 0, stop);
    (void)buy(1, 550, 1);
    (void)sell(2, 550, 1);
    assert_int_equal(world_state(&world, id), ORDER_STATE_WORKING);
    assert_int_equal(world.core->pages_reserved, 0);
    assert_int_equal(world.core->page_slab.count, 1);
    world_close(&world);
}

static void legs_are_counted_one_after_the_other(void **state)
{
    (void)state;
    open_two_pages();
    /* The working leg rests in one page, the pending leg reserves the other. */
    const struct world_order legs[] = {world_limit(SIDE_BUY, 100, 1),
                                       world_limit(SIDE_SELL, 700, 1)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    u64 id = buy(0, 1100, 1);
    world_refuses(&world, &list, COMMAND_ORDER_LIST, 0, REJECT_LIMIT_PAGES);
    world_cancel(&world, 0, id);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_int_equal(world.core->page_slab.count, 1);
    assert_int_equal(world.core->pages_reserved, 1);
    world_close(&world);
}

/* ---- triggered stops ---- */

static void a_triggered_buyer_tops_up_from_free_money(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 10100, 10000));
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 101 * WORLD_COIN);
    (void)sell(1, 10300, 10000);
    world_trade_at(&world, 10100);
    const struct event_order_triggered *event = world_event(&world, EVENT_ORDER_TRIGGERED, 0);
    assert_int_equal(event->locked.units, 2 * WORLD_COIN);
    assert_int_equal(event->type, ORDER_TYPE_STOP_LOSS);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 0);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS - 103 * WORLD_COIN);
}

static void a_triggered_buyer_gives_back_what_it_does_not_need(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 10100, 10));
    (void)buy(4, 10100, 1);
    (void)sell(5, 10050, 11); /* trades at the stop, and rests below it */
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_BOOKED, EVENT_ORDER_TRIGGERED,
                 EVENT_TRADE, EVENT_ORDER_DONE);
    const struct event_order_triggered *event = world_event(&world, EVENT_ORDER_TRIGGERED, 0);
    assert_int_equal(event->locked.units, 0);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 10 * 50 * WORLD_VALUE);
}

static void a_triggered_buyer_stops_when_its_funds_are_exhausted(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 10100, 10000));
    struct command_withdraw_hold hold = {.amount = amount_of(WORLD_FUNDS - 101 * WORLD_COIN),
                                         .asset = WORLD_USDT};
    world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 0);
    (void)sell(1, 20200, 10000);
    world_trade_at(&world, 10100);
    const struct event_trade *trade = world_event(&world, EVENT_TRADE, 1);
    assert_int_equal(trade->qty.units, WORLD_COIN / 2);
    assert_int_equal(done(0)->order_id, id);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_FUNDS_EXHAUSTED);
}

static void a_triggered_limit_order_follows_its_time_in_force(void **state)
{
    (void)state;
    const u8 tifs[] = {TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC, TIME_IN_FORCE_FOK};
    world_trade_at(&world, 10000);
    u64 ids[3];
    for (u32 i = 0; i < 3; i++) {
        struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 9900, 10);
        stop.price = 9900;
        stop.tif = tifs[i];
        ids[i] = world_place(&world, 0, stop);
    }
    (void)buy(1, 9900, 13); /* gtc takes 10, ioc 3, fok finds too little */
    (void)sell(2, 9900, 1);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_TRADE,
                 EVENT_ORDER_TRIGGERED, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED,
                 EVENT_ORDER_DONE);
    assert_int_equal(done(0)->order_id, ids[1]);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_IOC);
    assert_int_equal(done(0)->released.units, 8 * WORLD_LOT);
    assert_int_equal(done(1)->order_id, ids[2]);
    assert_int_equal(done(1)->reason, EXPIRY_REASON_UNFILLED_FOK);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC), 0);
}

static void a_triggered_limit_order_rests_what_is_left(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 9900, 10);
    stop.price = 9900;
    stop.iceberg = 2;
    u64 id = world_place(&world, 0, stop);
    (void)buy(1, 9900, 4);
    (void)sell(2, 9900, 1);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_TRADE,
                 EVENT_ORDER_BOOKED);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, &row, 1), 1);
    assert_int_equal(row.order_id, id);
    assert_int_equal(row.visible.units, 2 * WORLD_LOT);
    assert_int_equal(row.remaining.units, 7 * WORLD_LOT);
}

/* ---- tests of orders ---- */

/* A test of this order is answered so, with one event, and changes nothing. */
static void tests_as(u32 account, struct world_order order, enum reject reject)
{
    struct command_order command = world_order_command(&order);
    command.flags = (u8)(command.flags | ORDER_FLAG_TEST);
    u64 before = world_digest(&world);
    u64 limits = core_counts_of(world.core).rejected_limits;
    world_apply(&world, &command, COMMAND_ORDER, account);
    ASSERT_KINDS(&world, EVENT_REJECTED);
    const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
    world_assert_reject((enum reject)event->reject, reject);
    assert_int_equal(event->source_index, world.source_index);
    assert_int_equal(event->head.account, account);
    assert_int_equal(event->order_id, 0);
    assert_int_equal(event->command, COMMAND_ORDER);
    assert_int_equal(event->phase, REJECT_PHASE_WHOLE);
    assert_int_equal(event->market, order.market);
    assert_true(world_digest(&world) == before);
    assert_int_equal(core_counts_of(world.core).rejected_limits,
                     limits + (reject >= REJECT_LIMIT_ACCOUNTS));
}

static void a_test_is_answered_and_nothing_placed(void **state)
{
    (void)state;
    (void)sell(1, 9900, 10);
    tests_as(0, world_limit(SIDE_BUY, 9900, 10), REJECT_NONE); /* would trade */
    tests_as(0, world_limit(SIDE_BUY, 9000, 10), REJECT_NONE); /* would rest */
    tests_as(0, world_market(SIDE_BUY, 10), REJECT_NONE);
    tests_as(0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 5), REJECT_NONE);
    struct world_order named = world_limit(SIDE_BUY, 9000, 10);
    named.client = "a-name-of-32-symbols-or-so-it-is";
    tests_as(0, named, REJECT_NONE);
    tests_as(0, named, REJECT_NONE);
}

static void a_test_needs_no_money(void **state)
{
    (void)state;
    struct command_account_add account = {.trade_group = GROUP_NONE};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    tests_as(WORLD_ACCOUNTS, world_limit(SIDE_BUY, 9900, 10), REJECT_NONE);
    tests_as(WORLD_ACCOUNTS, world_limit(SIDE_SELL, 9900, 10), REJECT_NONE);
    struct world_order order = world_limit(SIDE_BUY, 1000000, 90000000);
    world_refuses_order(&world, 0, order, REJECT_INSUFFICIENT_BALANCE);
    tests_as(0, order, REJECT_NONE);
}

static void a_test_is_refused_as_the_order_would_be(void **state)
{
    (void)state;
    (void)sell(1, 9900, 10);
    struct world_order by_quote = {.quote = 500, .side = SIDE_SELL, .type = ORDER_TYPE_MARKET};
    tests_as(2, by_quote, REJECT_NO_LIQUIDITY);
    struct world_order twice = world_limit(SIDE_BUY, 9000, 10);
    twice.client = "twice";
    assert_true(world_place(&world, 0, twice) != 0);
    tests_as(0, twice, REJECT_DUPLICATE_ORDER);
    tests_as(0, world_maker(SIDE_BUY, 9900, 10), REJECT_WOULD_MATCH);
    tests_as(0, world_limit(SIDE_BUY, 0, 10), REJECT_BAD_COMBINATION);
    tests_as(WORLD_ACCOUNTS, world_limit(SIDE_BUY, 9000, 10), REJECT_UNKNOWN_ACCOUNT);
    struct command_market_add market = world_definition();
    market.orders_max = 1;
    world_market_set(&world, &market);
    tests_as(0, world_limit(SIDE_BUY, 9000, 10), REJECT_FILTER_MAX_NUM_ORDERS);
    world_market_state(&world, 0, MARKET_STATE_HALT);
    tests_as(0, world_limit(SIDE_BUY, 9000, 10), REJECT_MARKET_CLOSED);
}

static void a_test_meets_the_limits(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = 1;
    open_with(limits);
    assert_true(buy(0, 9000, 1) != 0);
    tests_as(1, world_limit(SIDE_BUY, 9000, 1), REJECT_LIMIT_ORDERS);
    world_close(&world);
}

/* Orders with bits that had no meaning were placed before there was a test. */
static void other_flags_take_the_tests_meaning(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 10);
    const u8 flags[] = {2, 4, 8, 32, 64, 128, ORDER_FLAG_TEST | 2, ORDER_FLAG_TEST | 128};
    for (u32 i = 0; i < ARRAY_COUNT(flags); i++) {
        struct command_order command = world_order_command(&order);
        command.flags = flags[i];
        world_apply(&world, &command, COMMAND_ORDER, 0);
        ASSERT_KINDS(&world, EVENT_ORDER_NEW);
    }
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(each_order_holds_what_its_type_needs),
        EXAMPLE(the_lock_must_be_free),
        EXAMPLE(a_market_buyer_must_afford_what_it_would_get),
        EXAMPLE(a_client_id_may_be_open_once),
        EXAMPLE(a_filled_orders_client_id_is_free_again),
        EXAMPLE(a_limit_maker_must_not_match),
        EXAMPLE(a_stop_that_is_reached_would_trigger),
        EXAMPLE(a_market_like_buy_needs_a_price_to_lock_at),
        cmocka_unit_test(the_first_thing_missing_is_named),
        cmocka_unit_test(an_ioc_order_needs_a_free_slot_too),
        EXAMPLE(by_quote_a_book_is_needed),
        EXAMPLE(by_quote_less_than_a_lot_is_too_little),
        EXAMPLE(by_quote_a_seller_must_hold_what_the_walk_finds),
        cmocka_unit_test(an_order_may_take_the_last_page),
        cmocka_unit_test(an_order_that_waits_reserves_a_page),
        cmocka_unit_test(a_reserved_page_is_there_when_the_stop_rests),
        cmocka_unit_test(legs_are_counted_one_after_the_other),
        EXAMPLE(a_triggered_buyer_tops_up_from_free_money),
        EXAMPLE(a_triggered_buyer_gives_back_what_it_does_not_need),
        EXAMPLE(a_triggered_buyer_stops_when_its_funds_are_exhausted),
        EXAMPLE(a_triggered_limit_order_follows_its_time_in_force),
        EXAMPLE(a_triggered_limit_order_rests_what_is_left),
        EXAMPLE(a_test_is_answered_and_nothing_placed),
        EXAMPLE(a_test_needs_no_money),
        EXAMPLE(a_test_is_refused_as_the_order_would_be),
        cmocka_unit_test(a_test_meets_the_limits),
        EXAMPLE(other_flags_take_the_tests_meaning),
    };
    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
