/* Aim: takers meet makers in price-time order at the makers' prices, fees and improvements are
 * exact, icebergs show one slice at a time, and the walk foresees what matching does. Method:
 * examples worked by hand on a small venue; then random books, on which the walk of a market order
 * must equal its trades, and fok must be all or nothing. Self-trade prevention: match_stp_test.c.
 */
#include "core/match.h"

#include "base/random.h"
#include "core/book.h"
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

static u64 buy(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_BUY, price, qty));
}

static u64 sell(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_SELL, price, qty));
}

static const struct event_trade *trade(u32 index)
{
    const struct event_trade *event = world_event(&world, EVENT_TRADE, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static void set_fees(struct command_fee_set fees)
{
    world_apply(&world, &fees, COMMAND_FEE_SET, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

/* ---- price and time ---- */

static void trades_are_at_the_makers_price(void **state)
{
    (void)state;
    u64 maker = sell(1, 10000, 10);
    u64 taker = buy(0, 10100, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE);
    assert_int_equal(trade(0)->maker_order_id, maker);
    assert_int_equal(trade(0)->taker_order_id, taker);
    assert_int_equal(trade(0)->price.units, 10000 * WORLD_TICK);
    assert_int_equal(trade(0)->qty.units, 10 * WORLD_LOT);
    assert_int_equal(trade(0)->quote.units, 10 * 10000 * WORLD_VALUE);
    assert_int_equal(trade(0)->improvement.units, 10 * 100 * WORLD_VALUE);
    assert_int_equal(trade(0)->taker_side, SIDE_BUY);
    assert_int_equal(trade(0)->maker_account, 1);
    assert_int_equal(trade(0)->head.account, 0);
    assert_int_equal(trade(0)->flags, TRADE_FLAG_MAKER_DONE | TRADE_FLAG_TAKER_DONE);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS - 10 * 10000 * WORLD_VALUE);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS + 10 * WORLD_LOT);
    assert_int_equal(world_free(&world, 1, WORLD_USDT), WORLD_FUNDS + 10 * 10000 * WORLD_VALUE);
    assert_int_equal(world_free(&world, 1, WORLD_BTC), WORLD_FUNDS - 10 * WORLD_LOT);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT) + world_locked(&world, 1, WORLD_BTC), 0);
}

static void a_seller_is_paid_the_makers_better_price(void **state)
{
    (void)state;
    (void)buy(1, 10000, 10);
    (void)sell(0, 9900, 10);
    assert_int_equal(trade(0)->price.units, 10000 * WORLD_TICK);
    assert_int_equal(trade(0)->improvement.units, 0);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS + 10 * 10000 * WORLD_VALUE);
}

static void the_better_price_goes_first_then_the_earlier_order(void **state)
{
    (void)state;
    u64 early = sell(1, 10001, 1);
    u64 late = sell(2, 10001, 1);
    u64 best = sell(3, 10000, 1);
    u64 worst = sell(1, 10002, 1);
    (void)buy(0, 10001, 4);
    assert_int_equal(world_count(&world, EVENT_TRADE), 3);
    assert_int_equal(trade(0)->maker_order_id, best);
    assert_int_equal(trade(1)->maker_order_id, early);
    assert_int_equal(trade(2)->maker_order_id, late);
    world_assert_book(&world, SIDE_SELL, &worst, 1);
    assert_int_equal(core_counts_of(world.core).resting, 2);
}

static void a_partly_filled_maker_keeps_its_place(void **state)
{
    (void)state;
    u64 first = sell(1, 10000, 10);
    u64 second = sell(2, 10000, 10);
    (void)buy(0, 10000, 4);
    assert_int_equal(trade(0)->flags, TRADE_FLAG_TAKER_DONE);
    world_assert_book(&world, SIDE_SELL, (const u64[]){first, second}, 2);
    (void)buy(0, 10000, 7);
    assert_int_equal(trade(0)->qty.units, 6 * WORLD_LOT);
    assert_int_equal(trade(0)->flags, TRADE_FLAG_MAKER_DONE);
    assert_int_equal(trade(1)->qty.units, 1 * WORLD_LOT);
    world_assert_book(&world, SIDE_SELL, &second, 1);
}

static void what_is_left_of_a_gtc_order_rests(void **state)
{
    (void)state;
    (void)sell(1, 10000, 3);
    u64 taker = buy(0, 10000, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_BOOKED);
    const struct event_order_booked *booked = world_event(&world, EVENT_ORDER_BOOKED, 0);
    assert_int_equal(booked->order_id, taker);
    assert_int_equal(booked->update_id, trade(0)->update_id + 1);
    world_assert_book(&world, SIDE_BUY, &taker, 1);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 7 * 10000 * WORLD_VALUE);
}

static void what_is_left_of_an_ioc_order_expires(void **state)
{
    (void)state;
    (void)sell(1, 10000, 3);
    struct world_order order = world_limit(SIDE_BUY, 10000, 10);
    order.tif = TIME_IN_FORCE_IOC;
    u64 taker = world_place(&world, 0, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(done(0)->order_id, taker);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_IOC);
    assert_int_equal(done(0)->released.units, 7 * 10000 * WORLD_VALUE);
    assert_int_equal(done(0)->update_id, 0);
    assert_int_equal(done(0)->source_index, world.source_index);
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

static void fok_is_all_or_nothing(void **state)
{
    (void)state;
    (void)sell(1, 10000, 3);
    (void)sell(1, 10001, 7);
    struct world_order order = world_limit(SIDE_BUY, 10001, 11);
    order.tif = TIME_IN_FORCE_FOK;
    (void)world_place(&world, 0, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DONE);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_FOK);
    assert_int_equal(done(0)->released.units, 11 * 10001 * WORLD_VALUE);
    order.qty = 10;
    order.price = 10000;
    (void)world_place(&world, 0, order); /* the limit leaves out the second level */
    assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_FOK);
    order.price = 10001;
    (void)world_place(&world, 0, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_TRADE);
}

/* ---- numbers ---- */

static void numbers_count_per_market_without_gaps(void **state)
{
    (void)state;
    (void)sell(1, 10000, 1); /* update 1 */
    (void)sell(1, 10000, 1); /* update 2 */
    (void)sell(1, 10001, 1); /* update 3 */
    (void)buy(0, 10001, 3);
    for (u32 i = 0; i < 3; i++) {
        assert_int_equal(trade(i)->trade_id, 1 + i);
        assert_int_equal(trade(i)->update_id, 4 + i);
    }
    assert_int_equal(core_counts_of(world.core).trades, 3);
}

static void trades_of_one_taker_at_one_price_share_an_aggregate(void **state)
{
    (void)state;
    (void)sell(1, 10000, 1);
    (void)sell(2, 10000, 1);
    (void)sell(1, 10001, 1);
    (void)sell(1, 10001, 1);
    (void)buy(0, 10001, 3);
    assert_int_equal(trade(0)->aggregate_id, 1);
    assert_int_equal(trade(1)->aggregate_id, 1);
    assert_int_equal(trade(2)->aggregate_id, 2);
    (void)buy(0, 10001, 1); /* the same price, another taker */
    assert_int_equal(trade(0)->aggregate_id, 3);
}

/* ---- fees ---- */

static void fee_is_floored_once_per_fill(void **state)
{
    (void)state;
    set_fees((struct command_fee_set){.standard_taker = 5000}); /* 0.005 %: half a unit per lot */
    (void)sell(1, 10000, 1);
    (void)sell(2, 10000, 1);
    (void)sell(1, 10000, 3);
    (void)buy(0, 10000, 5);
    assert_int_equal(trade(0)->taker_fee.units, 0); /* 0.5 */
    assert_int_equal(trade(1)->taker_fee.units, 0); /* 0.5 */
    assert_int_equal(trade(2)->taker_fee.units, 1); /* 1.5 */
    assert_int_equal(core_house_of(world.core, WORLD_BTC).fee_income.units, 1);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS + 5 * WORLD_LOT - 1);
}

static void the_buyer_pays_in_base_and_the_seller_in_quote(void **state)
{
    (void)state;
    set_fees((struct command_fee_set){.standard_maker = 100000, .standard_taker = 200000});
    (void)sell(1, 10000, 10);
    (void)buy(0, 10000, 10);
    assert_int_equal(trade(0)->taker_fee.units, 10 * WORLD_LOT / 500);
    assert_int_equal(trade(0)->maker_fee.units, 10 * 10000 * WORLD_VALUE / 1000);
    assert_int_equal(core_house_of(world.core, WORLD_BTC).fee_income.units,
                     trade(0)->taker_fee.units);
    assert_int_equal(core_house_of(world.core, WORLD_USDT).fee_income.units,
                     trade(0)->maker_fee.units);
    (void)buy(1, 10000, 10);
    (void)sell(0, 10000, 10);
    assert_int_equal(trade(0)->taker_fee.units, 10 * 10000 * WORLD_VALUE / 500);
    assert_int_equal(trade(0)->maker_fee.units, 10 * WORLD_LOT / 1000);
}

static void rates_add_up_over_kinds_role_and_side(void **state)
{
    (void)state;
    set_fees((struct command_fee_set){.standard_maker = 1000000,
                                      .special_maker = 2000000,
                                      .tax_maker = 3000000,
                                      .standard_seller = 100000,
                                      .special_seller = 200000,
                                      .tax_seller = 300000,
                                      .standard_taker = 4000000,
                                      .standard_buyer = 400000,
                                      .special_buyer = 40000,
                                      .tax_taker = 4000});
    (void)sell(1, 10000, 100);
    (void)buy(0, 10000, 100);
    assert_int_equal(trade(0)->maker_fee.units, 6600000); /* 6.6 % of 100000000 */
    assert_int_equal(trade(0)->taker_fee.units, 44440);   /* 4.444 % of 1000000 */
}

static void each_account_pays_by_its_own_tier(void **state)
{
    (void)state;
    set_fees((struct command_fee_set){.tier = 2, .standard_maker = 100000, .standard_taker = 7});
    set_fees((struct command_fee_set){.tier = 0, .standard_maker = 9, .standard_taker = 200000});
    struct command_account_set tier = {.trade_group = 0xFFFFFFFFU, .fee_tier = 2};
    world_apply(&world, &tier, COMMAND_ACCOUNT_SET, 1);
    (void)sell(1, 10000, 10);
    (void)buy(0, 10000, 10);
    assert_int_equal(trade(0)->maker_fee.units, 10 * 10000 * WORLD_VALUE / 1000);
    assert_int_equal(trade(0)->taker_fee.units, 10 * WORLD_LOT / 500);
    tier.fee_tier = 1; /* without a fee_set: nothing */
    world_apply(&world, &tier, COMMAND_ACCOUNT_SET, 1);
    (void)sell(1, 10000, 10);
    (void)buy(0, 10000, 10);
    assert_int_equal(trade(0)->maker_fee.units, 0);
}

static void a_fee_may_take_all(void **state)
{
    (void)state;
    set_fees((struct command_fee_set){.standard_taker = RATE_ONE});
    (void)sell(1, 10000, 10);
    (void)buy(0, 10000, 10);
    assert_int_equal(trade(0)->taker_fee.units, 10 * WORLD_LOT);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS);
}

/* ---- icebergs ---- */

static u64 iceberg(u32 account, u8 side, u64 price, u64 qty, u64 slice)
{
    struct world_order order = world_limit(side, price, qty);
    order.iceberg = slice;
    return world_place(&world, account, order);
}

static void only_the_slice_is_visible(void **state)
{
    (void)state;
    (void)iceberg(1, SIDE_SELL, 10000, 10, 4);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, &row, 1), 1);
    assert_int_equal(row.visible.units, 4 * WORLD_LOT);
    assert_int_equal(row.remaining.units, 10 * WORLD_LOT);
}

static void the_next_slice_goes_to_the_end_of_its_level(void **state)
{
    (void)state;
    u64 berg = iceberg(1, SIDE_SELL, 10000, 10, 4);
    u64 plain = sell(2, 10000, 5);
    (void)buy(0, 10000, 3);
    world_assert_book(&world, SIDE_SELL, (const u64[]){berg, plain}, 2); /* slice not used up */
    (void)buy(0, 10000, 1);
    world_assert_book(&world, SIDE_SELL, (const u64[]){plain, berg}, 2);
    (void)buy(0, 10000, 20);
    assert_int_equal(world_count(&world, EVENT_TRADE), 3);
    assert_int_equal(trade(0)->maker_order_id, plain);
    assert_int_equal(trade(1)->qty.units, 4 * WORLD_LOT);
    assert_int_equal(trade(1)->flags, 0);
    assert_int_equal(trade(2)->qty.units, 2 * WORLD_LOT); /* the last slice is what is left */
    assert_int_equal(trade(2)->flags, TRADE_FLAG_MAKER_DONE);
}

static void an_iceberg_takes_with_all_of_it(void **state)
{
    (void)state;
    (void)sell(1, 10000, 7);
    u64 berg = iceberg(0, SIDE_BUY, 10000, 10, 2);
    assert_int_equal(trade(0)->qty.units, 7 * WORLD_LOT);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.order_id, berg);
    assert_int_equal(row.visible.units, 2 * WORLD_LOT);
    assert_int_equal(row.remaining.units, 3 * WORLD_LOT);
}

static void two_icebergs_take_turns(void **state)
{
    (void)state;
    u64 first = iceberg(1, SIDE_SELL, 10000, 6, 2);
    u64 second = iceberg(2, SIDE_SELL, 10000, 4, 2);
    (void)buy(0, 10000, 10);
    const u64 makers[] = {first, second, first, second, first};
    for (u32 i = 0; i < ARRAY_COUNT(makers); i++) {
        assert_int_equal(trade(i)->maker_order_id, makers[i]);
    }
    assert_int_equal(world_count(&world, EVENT_TRADE), 5);
}

/* The bound of one command's slices. */
static void a_hundred_slices_go_in_one_command(void **state)
{
    (void)state;
    (void)iceberg(1, SIDE_SELL, 10000, 100, 1);
    (void)buy(0, 10000, 100);
    assert_int_equal(world_count(&world, EVENT_TRADE), 100);
    assert_int_equal(trade(99)->flags, TRADE_FLAG_MAKER_DONE | TRADE_FLAG_TAKER_DONE);
    assert_int_equal(trade(99)->aggregate_id, trade(0)->aggregate_id);
}

/* ---- market orders ---- */

/* API market_orders_faq.md, sample response: 6 wanted, 2 + 2 there. */
static void a_market_order_expires_for_want_of_liquidity(void **state)
{
    (void)state;
    (void)sell(1, 100, 20000);
    (void)sell(1, 100, 20000);
    u64 id = world_place(&world, 0, world_market(SIDE_BUY, 60000));
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(trade(0)->qty.units, 2 * WORLD_COIN);
    assert_int_equal(trade(0)->price.units, WORLD_COIN);
    assert_int_equal(done(0)->order_id, id);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(done(0)->released.units, 0); /* it locked what the walk found */
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS - 4 * WORLD_COIN);
}

static void a_market_order_says_when_it_is_filled(void **state)
{
    (void)state;
    (void)sell(1, 10000, 10);
    (void)world_place(&world, 0, world_market(SIDE_BUY, 4));
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(trade(0)->flags, 0);
    assert_int_equal(trade(0)->improvement.units, 0);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_NONE);
}

static void a_market_order_on_an_empty_book_just_expires(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_market(SIDE_SELL, 10));
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DONE);
    assert_int_equal(done(0)->released.units, 10 * WORLD_LOT);
}

static struct world_order quoted(u8 side, u64 quote)
{
    struct world_order order = world_market(side, 0);
    order.quote = quote;
    return order;
}

static void by_quote_it_spends_whole_lots_and_gives_back_the_rest(void **state)
{
    (void)state;
    (void)sell(1, 30000, 100); /* a lot costs 0.03 USDT */
    (void)world_place(&world, 0, quoted(SIDE_BUY, 100));
    assert_int_equal(trade(0)->qty.units, 33 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 1000000);
    const struct event_order_new *order = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(order->qty.units, 0);
    assert_int_equal(order->locked.units, 100 * 1000000);
}

static void by_quote_it_stops_at_the_first_maker_it_cannot_pay(void **state)
{
    (void)state;
    (void)sell(1, 10000, 3);
    (void)sell(1, 20000, 5);
    (void)sell(1, 90000, 5);
    (void)world_place(&world, 0, quoted(SIDE_BUY, 8)); /* 3 + 2 x 2 + 1 left */
    assert_int_equal(trade(0)->qty.units, 3 * WORLD_LOT);
    assert_int_equal(trade(1)->qty.units, 2 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 1000000);
}

static void by_quote_a_short_book_is_insufficient_liquidity(void **state)
{
    (void)state;
    (void)sell(1, 10000, 3);
    (void)world_place(&world, 0, quoted(SIDE_BUY, 8));
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(done(0)->released.units, 5 * 1000000);
}

/* A seller by quote looks at its money after each maker: at the next, lower price it could sell
 * more than it holds locked. Prices 10 x 1 lot and 9 x 5 lots for 19: one lot, not two. */
static void by_quote_a_seller_stops_before_a_worse_price(void **state)
{
    (void)state;
    (void)buy(1, 100000, 1); /* 0.10 a lot */
    (void)buy(1, 90000, 5);  /* 0.09 a lot */
    (void)world_place(&world, 0, quoted(SIDE_SELL, 19));
    const struct event_order_new *order = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(order->locked.units, 1 * WORLD_LOT);
    assert_int_equal(world_count(&world, EVENT_TRADE), 1);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 0);
}

/* ---- the price range ---- */

static void a_taker_ends_at_the_edge_of_the_price_range(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    d.range_bid_up = 10100;
    d.range_ask_down = 9900;
    world_market_set(&world, &d);
    struct command_reference_price reference = {.price = price_of(10000 * WORLD_TICK)};
    world_apply(&world, &reference, COMMAND_REFERENCE_PRICE, 0);
    (void)sell(1, 10100, 5);
    (void)sell(1, 10101, 5);
    u64 id = buy(0, 10200, 8);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(done(0)->order_id, id);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_PRICE_RANGE_EXCEEDED);
    assert_int_equal(done(0)->released.units, 3 * 10200 * WORLD_VALUE); /* although it was gtc */
    (void)world_place(&world, 0, world_market(SIDE_BUY, 1));
    assert_int_equal(done(0)->reason, EXPIRY_REASON_PRICE_RANGE_EXCEEDED);
    (void)buy(1, 9899, 5);
    (void)world_place(&world, 0, world_market(SIDE_SELL, 1));
    assert_int_equal(done(0)->reason, EXPIRY_REASON_PRICE_RANGE_EXCEEDED);
    struct world_order fok = world_limit(SIDE_BUY, 10200, 1);
    fok.tif = TIME_IN_FORCE_FOK;
    (void)world_place(&world, 0, fok);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_FOK);
    (void)buy(0, 10150, 1); /* nothing to take within its limit but 10101: out of range */
    assert_int_equal(done(0)->reason, EXPIRY_REASON_PRICE_RANGE_EXCEEDED);
    u64 rests = buy(0, 10100, 1);
    assert_int_equal(world_state(&world, rests), ORDER_STATE_WORKING);
}

static void by_quote_a_short_range_is_no_want_of_a_book(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    d.range_bid_up = 10100;
    d.qty_min = amount_of(6 * WORLD_LOT);
    d.market_qty_min = amount_of(8 * WORLD_LOT);
    world_market_set(&world, &d);
    struct command_reference_price reference = {.price = price_of(10000 * WORLD_TICK)};
    world_apply(&world, &reference, COMMAND_REFERENCE_PRICE, 0);
    (void)sell(1, 10300, 7);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 1000), REJECT_FILTER_LOT_SIZE);
    (void)sell(1, 10000, 7);
    world_refuses_order(&world, 0, quoted(SIDE_BUY, 1000), REJECT_FILTER_MARKET_LOT_SIZE);
}

/* ---- last price and average ---- */

static void the_last_trade_sets_the_last_price(void **state)
{
    (void)state;
    (void)sell(1, 10000, 1);
    (void)sell(1, 10002, 1);
    (void)buy(0, 10002, 2);
    assert_int_equal(world.core->markets[0].last, 10002);
    const struct bucket *bucket = &world.core->markets[0].buckets[0];
    assert_true(bucket->lots == 2 && bucket->sum == 20002);
}

/* ---- the walk ---- */

static struct taker taker_of(u32 account, u8 side, u8 stp, enum taker_kind kind, u64 wanted)
{
    struct taker taker;
    taker_init(world.core, &taker, &world.core->markets[0], account, side, stp, kind,
               side == SIDE_BUY ? TICKS_NONE - 1 : 1);
    taker.left = wanted;
    taker.quote_left = wanted;
    return taker;
}

static void the_walk_counts_slices_then_what_is_hidden(void **state)
{
    (void)state;
    (void)iceberg(1, SIDE_SELL, 10000, 10, 1);
    (void)sell(1, 10001, 5);
    struct taker taker = taker_of(0, SIDE_BUY, STP_MODE_NONE, TAKER_MARKET, 12);
    struct walk walk = match_walk(world.core, &taker, false);
    assert_int_equal(walk.lots, 12);
    assert_int_equal(walk.cost, (10 * 10000 + 2 * 10001) * WORLD_VALUE);
    assert_false(walk.ran_out);
    taker.left = 15;
    assert_false(match_walk(world.core, &taker, false).ran_out);
    taker.left = 16;
    assert_true(match_walk(world.core, &taker, false).ran_out);
    assert_int_equal(match_walk(world.core, &taker, false).lots, 15);
}

static void the_walk_says_whether_the_book_ran_out(void **state)
{
    (void)state;
    struct taker taker = taker_of(0, SIDE_BUY, STP_MODE_NONE, TAKER_QUOTE, 100);
    assert_true(match_walk(world.core, &taker, false).ran_out);
    (void)sell(1, 10000, 1); /* costs 1000000 */
    taker.quote_left = 999999;
    struct walk walk = match_walk(world.core, &taker, false);
    assert_int_equal(walk.lots, 0);
    assert_false(walk.ran_out);
    taker.quote_left = 1999999; /* one lot, then no money: looked at before the next maker */
    walk = match_walk(world.core, &taker, false);
    assert_int_equal(walk.lots, 1);
    assert_false(walk.ran_out);
    taker.quote_left = 2000000;
    assert_true(match_walk(world.core, &taker, false).ran_out);
}

/* A book of random orders, some icebergs, around 100.00, from accounts 1 and 4. */
static void random_book(struct random *random)
{
    for (u32 i = 0; i < 20; i++) {
        u8 side = (u8)random_below(random, 2);
        u64 distance = 1 + random_below(random, 6);
        struct world_order order =
            world_limit(side, side == SIDE_BUY ? 10000 - distance : 10000 + distance,
                        1 + random_below(random, 30));
        order.iceberg = random_chance(random, 1, 3) ? 1 + random_below(random, order.qty) : 0;
        (void)world_place(&world, random_chance(random, 1, 2) ? 1 : 4, order);
    }
}

static void clear_book(void)
{
    struct command_cancel_all all = {.market = 0};
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        world_apply(&world, &all, COMMAND_CANCEL_ALL, account);
    }
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

static void sum_trades(u64 *lots_out, u64 *cost_out)
{
    *lots_out = 0;
    *cost_out = 0;
    for (u32 i = 0; i < world_count(&world, EVENT_TRADE); i++) {
        *lots_out += trade(i)->qty.units / WORLD_LOT;
        *cost_out += trade(i)->quote.units;
    }
}

static void the_walk_equals_what_matching_does(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(400);
    for (u64 round = 0; round < rounds; round++) {
        random_book(&random);
        u8 side = (u8)random_below(&random, 2);
        bool by_quote = random_chance(&random, 1, 2);
        u64 wanted = by_quote ? 1 + random_below(&random, 400) : 1 + random_below(&random, 300);
        struct taker taker = taker_of(0, side, STP_MODE_NONE, by_quote ? TAKER_QUOTE : TAKER_MARKET,
                                      by_quote ? wanted * 1000000 : wanted);
        struct walk walk = match_walk(world.core, &taker, false);
        u64 id =
            world_place(&world, 0, by_quote ? quoted(side, wanted) : world_market(side, wanted));
        u64 lots = 0;
        u64 cost = 0;
        sum_trades(&lots, &cost);
        assert_int_equal(walk.lots, lots);
        assert_int_equal(walk.cost, cost);
        assert_true(id > 0 || walk.lots == 0);
        if (id > 0) {
            bool short_of_book = done(0)->reason == EXPIRY_REASON_INSUFFICIENT_LIQUIDITY;
            assert_int_equal(walk.ran_out, short_of_book);
        }
        clear_book();
    }
}

static void fok_at_random_is_all_or_nothing(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed() + 1);
    u32 filled = 0;
    u64 rounds = test_rounds(400);
    for (u64 round = 0; round < rounds; round++) {
        random_book(&random);
        u8 side = (u8)random_below(&random, 2);
        struct world_order order =
            world_limit(side, 10000 - 6 + random_below(&random, 13), 1 + random_below(&random, 80));
        order.tif = TIME_IN_FORCE_FOK;
        assert_true(world_place(&world, 0, order) > 0);
        u64 lots = 0;
        u64 cost = 0;
        sum_trades(&lots, &cost);
        if (world_count(&world, EVENT_ORDER_DONE) == 0) {
            assert_int_equal(lots, order.qty);
            filled++;
        } else {
            assert_int_equal(lots, 0);
            assert_int_equal(done(0)->reason, EXPIRY_REASON_UNFILLED_FOK);
        }
        clear_book();
    }
    assert_true(rounds < 400 || (filled > 20 && filled < rounds - 20));
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(trades_are_at_the_makers_price),
        EXAMPLE(a_seller_is_paid_the_makers_better_price),
        EXAMPLE(the_better_price_goes_first_then_the_earlier_order),
        EXAMPLE(a_partly_filled_maker_keeps_its_place),
        EXAMPLE(what_is_left_of_a_gtc_order_rests),
        EXAMPLE(what_is_left_of_an_ioc_order_expires),
        EXAMPLE(fok_is_all_or_nothing),
        EXAMPLE(numbers_count_per_market_without_gaps),
        EXAMPLE(trades_of_one_taker_at_one_price_share_an_aggregate),
        EXAMPLE(fee_is_floored_once_per_fill),
        EXAMPLE(the_buyer_pays_in_base_and_the_seller_in_quote),
        EXAMPLE(rates_add_up_over_kinds_role_and_side),
        EXAMPLE(each_account_pays_by_its_own_tier),
        EXAMPLE(a_fee_may_take_all),
        EXAMPLE(only_the_slice_is_visible),
        EXAMPLE(the_next_slice_goes_to_the_end_of_its_level),
        EXAMPLE(an_iceberg_takes_with_all_of_it),
        EXAMPLE(two_icebergs_take_turns),
        EXAMPLE(a_hundred_slices_go_in_one_command),
        EXAMPLE(a_market_order_expires_for_want_of_liquidity),
        EXAMPLE(a_market_order_says_when_it_is_filled),
        EXAMPLE(a_market_order_on_an_empty_book_just_expires),
        EXAMPLE(by_quote_it_spends_whole_lots_and_gives_back_the_rest),
        EXAMPLE(by_quote_it_stops_at_the_first_maker_it_cannot_pay),
        EXAMPLE(by_quote_a_short_book_is_insufficient_liquidity),
        EXAMPLE(by_quote_a_seller_stops_before_a_worse_price),
        EXAMPLE(a_taker_ends_at_the_edge_of_the_price_range),
        EXAMPLE(by_quote_a_short_range_is_no_want_of_a_book),
        EXAMPLE(the_last_trade_sets_the_last_price),
        EXAMPLE(the_walk_counts_slices_then_what_is_hidden),
        EXAMPLE(the_walk_says_whether_the_book_ran_out),
        EXAMPLE(the_walk_equals_what_matching_does),
        EXAMPLE(fok_at_random_is_all_or_nothing),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
