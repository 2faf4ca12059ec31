/* Aim: self-trade prevention does in each mode what the public page says, for every kind of taker,
 * and moves exactly the money it names. Method: the scenarios A to H of the API's stp_faq.md with
 * their numbers, examples worked by hand for what the page leaves open, and random books of one
 * trade group on which every lock must suffice. */
#include "base/random.h"
#include "core/match.h"
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

static u64 place(u32 account, u8 side, u64 price, u64 qty, u8 stp)
{
    struct world_order order = world_limit(side, price, qty);
    order.stp = stp;
    return world_place(&world, account, order);
}

static u64 place_market(u32 account, u8 side, u64 qty, u8 stp)
{
    struct world_order order = world_market(side, qty);
    order.stp = stp;
    return world_place(&world, account, order);
}

static u64 place_iceberg(u32 account, u8 side, u64 price, u64 qty, u64 slice, u8 stp)
{
    struct world_order order = world_limit(side, price, qty);
    order.iceberg = slice;
    order.stp = stp;
    return world_place(&world, account, order);
}

static const struct event_prevented *prevented(u32 index)
{
    const struct event_prevented *event = world_event(&world, EVENT_PREVENTED, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static void assert_prevented(u32 index, u8 mode, u64 maker_lots, u64 taker_lots, u8 flags)
{
    assert_int_equal(prevented(index)->mode, mode);
    assert_int_equal(prevented(index)->maker_qty.units, maker_lots * WORLD_LOT);
    assert_int_equal(prevented(index)->taker_qty.units, taker_lots * WORLD_LOT);
    assert_int_equal(prevented(index)->flags, flags);
    assert_int_equal(prevented(index)->match_id, 1 + index);
}

/* The three makers of scenarios B and C: 1.2 at 1.2, 1.3 at 1.1 and 8.1 at 1. */
static void place_three_makers(u64 ids_out[3])
{
    ids_out[0] = place(0, SIDE_BUY, 120, 12000, STP_MODE_NONE);
    ids_out[1] = place(0, SIDE_BUY, 110, 13000, STP_MODE_NONE);
    ids_out[2] = place(0, SIDE_BUY, 100, 81000, STP_MODE_NONE);
}

/* ---- API stp_faq.md "STP Examples" ---- */

static void scenario_a_none_trades(void **state)
{
    (void)state;
    (void)place(0, SIDE_BUY, 100, 10000, STP_MODE_NONE);
    (void)place(0, SIDE_SELL, 100, 10000, STP_MODE_NONE);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS);
}

static void scenario_b_expire_maker_ends_the_makers_and_the_taker_rests(void **state)
{
    (void)state;
    u64 makers[3];
    place_three_makers(makers);
    u64 taker = place(0, SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_MAKER);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_PREVENTED, EVENT_PREVENTED,
                 EVENT_ORDER_BOOKED);
    const u64 quantities[] = {12000, 13000, 81000};
    const u64 prices[] = {120, 110, 100};
    for (u32 i = 0; i < 3; i++) {
        assert_prevented(i, STP_MODE_EXPIRE_MAKER, quantities[i], 0, PREVENTED_FLAG_MAKER_DONE);
        assert_int_equal(prevented(i)->maker_order_id, makers[i]);
        assert_int_equal(prevented(i)->taker_order_id, taker);
        assert_int_equal(prevented(i)->price.units, prices[i] * WORLD_TICK);
        assert_int_equal(prevented(i)->maker_released.units,
                         prices[i] * quantities[i] * WORLD_VALUE);
        assert_int_equal(prevented(i)->taker_released.units, 0);
        assert_true(prevented(i)->update_id > 0);
    }
    world_assert_book(&world, SIDE_BUY, NULL, 0);
    world_assert_book(&world, SIDE_SELL, &taker, 1);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC), 3 * WORLD_COIN);
}

static void scenario_c_expire_taker_leaves_the_makers(void **state)
{
    (void)state;
    u64 makers[3];
    place_three_makers(makers);
    (void)place(0, SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_TAKER);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED);
    assert_prevented(0, STP_MODE_EXPIRE_TAKER, 0, 30000, PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(prevented(0)->update_id, 0); /* the book is as it was */
    assert_int_equal(prevented(0)->taker_released.units, 3 * WORLD_COIN);
    world_assert_book(&world, SIDE_BUY, makers, 3);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC), 0);
}

static void scenario_d_expire_both(void **state)
{
    (void)state;
    (void)place(0, SIDE_BUY, 100, 10000, STP_MODE_NONE);
    (void)place(0, SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_BOTH);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED);
    assert_prevented(0, STP_MODE_EXPIRE_BOTH, 10000, 30000,
                     PREVENTED_FLAG_MAKER_DONE | PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(core_counts_of(world.core).orders, 0);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC) + world_locked(&world, 0, WORLD_USDT), 0);
}

static void scenario_e_the_takers_mode_decides(void **state)
{
    (void)state;
    u64 maker = place(0, SIDE_BUY, 100, 10000, STP_MODE_EXPIRE_MAKER);
    (void)place(0, SIDE_SELL, 100, 10000, STP_MODE_EXPIRE_TAKER);
    assert_prevented(0, STP_MODE_EXPIRE_TAKER, 0, 10000, PREVENTED_FLAG_TAKER_DONE);
    world_assert_book(&world, SIDE_BUY, &maker, 1);
}

static void scenario_f_a_market_order_then_lacks_liquidity(void **state)
{
    (void)state;
    (void)place(0, SIDE_BUY, 100, 10000, STP_MODE_NONE);
    (void)place_market(0, SIDE_SELL, 10000, STP_MODE_EXPIRE_MAKER);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_ORDER_DONE);
    assert_prevented(0, STP_MODE_EXPIRE_MAKER, 10000, 0, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(done(0)->released.units, WORLD_COIN);
}

static void scenario_g_decrement_takes_from_both(void **state)
{
    (void)state;
    u64 maker = place(0, SIDE_BUY, 200, 60000, STP_MODE_NONE);
    (void)place(0, SIDE_SELL, 200, 20000, STP_MODE_DECREMENT);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED);
    assert_prevented(0, STP_MODE_DECREMENT, 20000, 20000, PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(prevented(0)->maker_released.units, 4 * WORLD_COIN);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.order_id, maker);
    assert_int_equal(row.remaining.units, 4 * WORLD_COIN);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 8 * WORLD_COIN);
}

static void scenario_h_transfer_moves_base_and_quote(void **state)
{
    (void)state;
    struct command_fee_set fees = {.standard_maker = 100000, .standard_taker = 100000};
    world_apply(&world, &fees, COMMAND_FEE_SET, 0); /* a transfer costs no fee */
    (void)place(2, SIDE_BUY, 20, 6000, STP_MODE_TRANSFER);
    (void)place(3, SIDE_SELL, 20, 2000, STP_MODE_TRANSFER);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED);
    assert_prevented(0, STP_MODE_TRANSFER, 2000, 2000, PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(prevented(0)->transferred_qty.units, 20000000);
    assert_int_equal(prevented(0)->transferred_quote.units, 4000000);
    assert_int_equal(prevented(0)->maker_released.units, 0);
    assert_int_equal(prevented(0)->taker_released.units, 0);
    assert_int_equal(world_free(&world, 2, WORLD_BTC), 2000020000000);
    assert_int_equal(world_free(&world, 2, WORLD_USDT), 1999988000000);
    assert_int_equal(world_locked(&world, 2, WORLD_USDT), 8000000);
    assert_int_equal(world_free(&world, 3, WORLD_BTC), 1999980000000);
    assert_int_equal(world_locked(&world, 3, WORLD_BTC), 0);
    assert_int_equal(world_free(&world, 3, WORLD_USDT), 2000004000000);
}

/* ---- who is "self" ---- */

static void a_trade_group_counts_as_one(void **state)
{
    (void)state;
    (void)place(2, SIDE_BUY, 100, 10, STP_MODE_NONE);
    (void)place(3, SIDE_SELL, 100, 10, STP_MODE_EXPIRE_TAKER);
    assert_int_equal(world_count(&world, EVENT_PREVENTED), 1);
    (void)place(1, SIDE_SELL, 100, 10, STP_MODE_EXPIRE_TAKER);
    assert_int_equal(world_count(&world, EVENT_TRADE), 1);
}

static void accounts_without_a_group_are_strangers(void **state)
{
    (void)state;
    (void)place(0, SIDE_BUY, 100, 10, STP_MODE_EXPIRE_BOTH);
    (void)place(1, SIDE_SELL, 100, 10, STP_MODE_EXPIRE_BOTH);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE);
}

static void transfer_needs_both_modes_and_two_accounts(void **state)
{
    (void)state;
    (void)place(2, SIDE_BUY, 100, 10, STP_MODE_DECREMENT);
    (void)place(3, SIDE_SELL, 100, 4, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->mode, STP_MODE_DECREMENT);
    (void)place(2, SIDE_BUY, 101, 10, STP_MODE_TRANSFER);
    (void)place(2, SIDE_SELL, 101, 4, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->mode, STP_MODE_DECREMENT);
    (void)place(3, SIDE_SELL, 101, 4, STP_MODE_DECREMENT);
    assert_int_equal(prevented(0)->mode, STP_MODE_DECREMENT);
    (void)place(3, SIDE_SELL, 101, 2, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->mode, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->flags, PREVENTED_FLAG_MAKER_DONE | PREVENTED_FLAG_TAKER_DONE);
}

/* ---- what the page leaves open ---- */

static void a_buyer_gets_its_own_price_back(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 100, 6, STP_MODE_NONE);
    (void)place(0, SIDE_BUY, 120, 10, STP_MODE_DECREMENT);
    assert_prevented(0, STP_MODE_DECREMENT, 6, 6, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(prevented(0)->taker_released.units, 120 * 6 * WORLD_VALUE);
    assert_int_equal(prevented(0)->maker_released.units, 6 * WORLD_LOT);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 120 * 4 * WORLD_VALUE);
}

static void a_buyers_transfer_gives_back_the_difference(void **state)
{
    (void)state;
    (void)place(2, SIDE_SELL, 100, 6, STP_MODE_TRANSFER);
    (void)place(3, SIDE_BUY, 120, 10, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->transferred_quote.units, 100 * 6 * WORLD_VALUE);
    assert_int_equal(prevented(0)->taker_released.units, 20 * 6 * WORLD_VALUE);
    assert_int_equal(world_locked(&world, 3, WORLD_USDT), 120 * 4 * WORLD_VALUE);
    assert_int_equal(world_free(&world, 3, WORLD_USDT),
                     WORLD_FUNDS - (100 * 6 + 120 * 4) * WORLD_VALUE);
    assert_int_equal(world_free(&world, 2, WORLD_USDT), WORLD_FUNDS + 100 * 6 * WORLD_VALUE);
    assert_int_equal(world_free(&world, 3, WORLD_BTC), WORLD_FUNDS + 6 * WORLD_LOT);
}

static void prevention_does_not_move_the_last_price(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 100, 6, STP_MODE_NONE);
    (void)place(0, SIDE_BUY, 120, 6, STP_MODE_EXPIRE_BOTH);
    assert_int_equal(world.core->markets[0].last, 0);
    assert_int_equal(core_counts_of(world.core).trades, 0);
}

static void strangers_in_between_are_traded_with(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 100, 1, STP_MODE_NONE);
    (void)place(1, SIDE_SELL, 100, 2, STP_MODE_NONE);
    u64 own = place(0, SIDE_SELL, 101, 3, STP_MODE_NONE);
    (void)place(0, SIDE_BUY, 101, 10, STP_MODE_DECREMENT);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_TRADE, EVENT_PREVENTED,
                 EVENT_ORDER_BOOKED);
    assert_int_equal(prevented(1)->maker_order_id, own);
}

static void expire_maker_takes_the_hidden_part_too(void **state)
{
    (void)state;
    (void)place_iceberg(0, SIDE_SELL, 100, 10, 2, STP_MODE_NONE);
    (void)place(0, SIDE_BUY, 100, 1, STP_MODE_EXPIRE_MAKER);
    assert_prevented(0, STP_MODE_EXPIRE_MAKER, 10, 0, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(prevented(0)->maker_released.units, 10 * WORLD_LOT);
}

static void decrement_meets_one_slice_at_a_time(void **state)
{
    (void)state;
    u64 berg = place_iceberg(0, SIDE_SELL, 100, 10, 4, STP_MODE_NONE);
    (void)place(1, SIDE_SELL, 100, 3, STP_MODE_NONE);
    (void)place(0, SIDE_BUY, 100, 8, STP_MODE_DECREMENT);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_TRADE, EVENT_PREVENTED);
    assert_prevented(0, STP_MODE_DECREMENT, 4, 4, 0);
    assert_int_equal(prevented(1)->maker_qty.units, 1 * WORLD_LOT);
    assert_int_equal(prevented(1)->flags, PREVENTED_FLAG_TAKER_DONE);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, &row, 1), 1);
    assert_int_equal(row.order_id, berg);
    assert_int_equal(row.visible.units, 3 * WORLD_LOT);
    assert_int_equal(row.remaining.units, 5 * WORLD_LOT);
}

static void a_market_order_that_prevention_used_up_expired_in_match(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 100, 10, STP_MODE_NONE);
    (void)place_market(0, SIDE_BUY, 4, STP_MODE_DECREMENT);
    assert_prevented(0, STP_MODE_DECREMENT, 4, 4, 0); /* a market order ends by order_done */
    assert_int_equal(prevented(0)->taker_released.units, 0);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_NONE);
    (void)place_market(0, SIDE_BUY, 4, STP_MODE_EXPIRE_TAKER);
    assert_int_equal(prevented(0)->taker_qty.units, 4 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
}

static void the_walk_skips_and_stops_as_matching_will(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 100, 5, STP_MODE_NONE);
    (void)place(1, SIDE_SELL, 101, 10, STP_MODE_NONE);
    struct taker taker;
    taker_init(world.core, &taker, &world.core->markets[0], 0, SIDE_BUY, STP_MODE_EXPIRE_MAKER,
               TAKER_MARKET, 0);
    taker.left = 8;
    assert_int_equal(match_walk(world.core, &taker, false).cost, 101 * 8 * WORLD_VALUE);
    assert_int_equal(match_walk(world.core, &taker, true).lots, 8); /* fok skips them too */
    taker.stp = STP_MODE_DECREMENT;
    assert_int_equal(match_walk(world.core, &taker, false).cost, 101 * 3 * WORLD_VALUE);
    assert_int_equal(match_walk(world.core, &taker, false).lots, 3);
    assert_int_equal(match_walk(world.core, &taker, true).lots, 0);
    taker.stp = STP_MODE_EXPIRE_TAKER;
    assert_int_equal(match_walk(world.core, &taker, false).lots, 0);
    assert_false(match_walk(world.core, &taker, false).ran_out);
    taker.stp = STP_MODE_EXPIRE_BOTH;
    assert_int_equal(match_walk(world.core, &taker, false).lots, 0);
    taker.stp = STP_MODE_NONE;
    assert_int_equal(match_walk(world.core, &taker, false).cost, (500 + 303) * WORLD_VALUE);
}

/* What TRANSFER moves has to be paid for: also the hidden part of a friend's iceberg, which comes
 * round slice by slice. */
static void the_lock_covers_the_hidden_part_of_a_transfer(void **state)
{
    (void)state;
    (void)place_iceberg(2, SIDE_SELL, 100, 10, 1, STP_MODE_TRANSFER);
    (void)place_market(3, SIDE_BUY, 10, STP_MODE_TRANSFER);
    const struct event_order_new *order = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(order->locked.units, 10 * 100 * WORLD_VALUE);
    assert_int_equal(world_count(&world, EVENT_PREVENTED), 10);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
    assert_int_equal(done(0)->released.units, 0);
    assert_int_equal(world_free(&world, 2, WORLD_USDT), WORLD_FUNDS + 10 * 100 * WORLD_VALUE);
}

static void a_seller_by_quote_locks_what_it_may_transfer(void **state)
{
    (void)state;
    (void)place(1, SIDE_BUY, 10000, 3, STP_MODE_NONE);
    (void)place(2, SIDE_BUY, 10000, 4, STP_MODE_TRANSFER);
    struct world_order order = world_market(SIDE_SELL, 0);
    order.quote = 5; /* 5 lots */
    order.stp = STP_MODE_TRANSFER;
    (void)world_place(&world, 3, order);
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(event->locked.units, 5 * WORLD_LOT);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_TRADE, EVENT_PREVENTED,
                 EVENT_ORDER_DONE);
    assert_int_equal(prevented(0)->transferred_qty.units, 2 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
}

static void by_quote_prevention_spends_the_quote(void **state)
{
    (void)state;
    (void)place(0, SIDE_SELL, 10000, 3, STP_MODE_NONE);
    (void)place(1, SIDE_SELL, 20000, 9, STP_MODE_NONE);
    struct world_order order = world_market(SIDE_BUY, 0);
    order.quote = 8; /* 3 prevented, then 2 x 2, one left */
    order.stp = STP_MODE_DECREMENT;
    (void)world_place(&world, 0, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_PREVENTED, EVENT_TRADE,
                 EVENT_ORDER_DONE);
    assert_int_equal(prevented(0)->taker_qty.units, 3 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done(0)->released.units, 4 * 1000000);
}

static void by_quote_the_taker_quantity_is_capped(void **state)
{
    (void)state;
    world_deposit(&world, 0, WORLD_USDT, 1ULL << 62);
    (void)place(0, SIDE_SELL, 1, 3, STP_MODE_NONE);
    struct world_order order = world_market(SIDE_BUY, 0);
    struct command_order command = world_order_command(&order);
    command.flags = ORDER_FLAG_DETAIL;
    command.quote_qty = amount_of(1ULL << 62); /* 2^62 / 100 lots of 10^4 units */
    command.stp = STP_MODE_EXPIRE_BOTH;
    struct command_market_add d = world_definition();
    d.qty_min = AMOUNT_ZERO;
    world_market_set(&world, &d);
    (void)place(1, SIDE_SELL, 1, 1, STP_MODE_NONE); /* so that the walk would find something */
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_LOT_SIZE);
    command.stp = STP_MODE_EXPIRE_MAKER;
    world_apply(&world, &command, COMMAND_ORDER, 0);
    assert_int_equal(prevented(0)->taker_qty.units, 0);
    (void)place(1, SIDE_SELL, 1, 1, STP_MODE_NONE);
    (void)place(0, SIDE_SELL, 1, 3, STP_MODE_NONE);
    command.stp = STP_MODE_EXPIRE_TAKER;
    world_apply(&world, &command, COMMAND_ORDER, 0);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_TRADE, EVENT_PREVENTED,
                 EVENT_ORDER_DONE);
    assert_int_equal(prevented(0)->taker_qty.units, (1ULL << 63) - 1);
}

/* ---- a stop with a budget ---- */

/* A triggered stop_loss BUY of account 3 with 200 lots at a lock of 100 each and nothing free. */
static void arm_poor_stop(u8 stp)
{
    world_trade_at(&world, 90);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 100, 200);
    stop.stp = stp;
    (void)world_place(&world, 3, stop);
    struct command_withdraw_hold hold = {.amount = amount_of(WORLD_FUNDS - 200 * 100 * WORLD_VALUE),
                                         .asset = WORLD_USDT};
    world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 3);
    assert_int_equal(world_free(&world, 3, WORLD_USDT), 0);
}

static void a_budget_bounds_a_transfer(void **state)
{
    (void)state;
    arm_poor_stop(STP_MODE_TRANSFER);
    (void)place(2, SIDE_SELL, 400, 300, STP_MODE_TRANSFER); /* 50 lots are all it can pay */
    world_trade_at(&world, 100);
    assert_int_equal(prevented(0)->mode, STP_MODE_TRANSFER);
    assert_int_equal(prevented(0)->transferred_qty.units, 50 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_FUNDS_EXHAUSTED);
    assert_int_equal(done(0)->released.units, 0);
}

static void a_budget_does_not_bound_a_decrement(void **state)
{
    (void)state;
    arm_poor_stop(STP_MODE_DECREMENT);
    (void)place(2, SIDE_SELL, 400, 300, STP_MODE_NONE);
    world_trade_at(&world, 100);
    assert_int_equal(prevented(0)->maker_qty.units, 200 * WORLD_LOT);
    assert_int_equal(done(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
    assert_int_equal(done(0)->released.units, 200 * 100 * WORLD_VALUE);
}

static void a_budget_that_buys_nothing_is_exhausted_before_prevention(void **state)
{
    (void)state;
    arm_poor_stop(STP_MODE_EXPIRE_MAKER);
    (void)place(2, SIDE_SELL, 20001, 1, STP_MODE_NONE);
    world_trade_at(&world, 100);
    assert_int_equal(world_count(&world, EVENT_PREVENTED), 0);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_FUNDS_EXHAUSTED);
}

/* ---- at random ---- */

/* Makers of accounts 1 to 3 in any mode, some icebergs, on one side of 100.00. */
static void random_makers(struct random *random, u8 side)
{
    for (u32 i = 0; i < 12; i++) {
        u64 distance = random_below(random, 5);
        u64 price = side == SIDE_BUY ? 10000 - distance : 10000 + distance;
        u64 qty = 1 + random_below(random, 20);
        u8 stp = (u8)(1 + random_below(random, 6));
        u32 account = 1 + (u32)random_below(random, 3);
        if (random_chance(random, 1, 3)) {
            (void)place_iceberg(account, side, price, qty, 1 + random_below(random, qty), stp);
        } else {
            (void)place(account, side, price, qty, stp);
        }
    }
}

/* The events' own sums: what was locked is paid, transferred or released. */
static void assert_lock_is_used_up(u8 side)
{
    const struct event_order_new *order = world_event(&world, EVENT_ORDER_NEW, 0);
    u64 used = 0;
    for (u32 i = 0; i < world_count(&world, EVENT_TRADE); i++) {
        const struct event_trade *trade = world_event(&world, EVENT_TRADE, i);
        used += side == SIDE_BUY ? trade->quote.units + trade->improvement.units : trade->qty.units;
    }
    for (u32 i = 0; i < world_count(&world, EVENT_PREVENTED); i++) {
        used += prevented(i)->taker_released.units;
        used += side == SIDE_BUY ? prevented(i)->transferred_quote.units
                                 : prevented(i)->transferred_qty.units;
    }
    for (u32 i = 0; i < world_count(&world, EVENT_ORDER_DONE); i++) {
        used += done(i)->released.units;
    }
    u64 rests =
        side == SIDE_BUY ? world_locked(&world, 3, WORLD_USDT) : world_locked(&world, 3, WORLD_BTC);
    assert_int_equal(order->locked.units, used + rests);
}

static void every_lock_suffices_in_every_mode(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(2000);
    for (u64 round = 0; round < rounds; round++) {
        u8 side = (u8)random_below(&random, 2);
        random_makers(&random, !side);
        struct world_order order = world_market(side, 1 + random_below(&random, 150));
        order.stp = (u8)(1 + random_below(&random, 6));
        u64 kind = random_below(&random, 4);
        if (kind == 0) {
            order.quote = order.qty;
            order.qty = 0;
        } else if (kind == 1) {
            order.type = ORDER_TYPE_LIMIT;
            order.price = 9995 + random_below(&random, 11);
            order.tif = (u8)random_below(&random, 3);
        }
        struct command_cancel_all all = {.market = 0};
        world_apply(&world, &all, COMMAND_CANCEL_ALL, 3); /* so that only the taker locks */
        if (world_place(&world, 3, order) > 0) {
            assert_lock_is_used_up(side);
        }
        for (u32 account = 1; account < 4; account++) {
            world_apply(&world, &all, COMMAND_CANCEL_ALL, account);
        }
        assert_int_equal(core_counts_of(world.core).orders, 0);
    }
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(scenario_a_none_trades),
        EXAMPLE(scenario_b_expire_maker_ends_the_makers_and_the_taker_rests),
        EXAMPLE(scenario_c_expire_taker_leaves_the_makers),
        EXAMPLE(scenario_d_expire_both),
        EXAMPLE(scenario_e_the_takers_mode_decides),
        EXAMPLE(scenario_f_a_market_order_then_lacks_liquidity),
        EXAMPLE(scenario_g_decrement_takes_from_both),
        EXAMPLE(scenario_h_transfer_moves_base_and_quote),
        EXAMPLE(a_trade_group_counts_as_one),
        EXAMPLE(accounts_without_a_group_are_strangers),
        EXAMPLE(transfer_needs_both_modes_and_two_accounts),
        EXAMPLE(a_buyer_gets_its_own_price_back),
        EXAMPLE(a_buyers_transfer_gives_back_the_difference),
        EXAMPLE(prevention_does_not_move_the_last_price),
        EXAMPLE(strangers_in_between_are_traded_with),
        EXAMPLE(expire_maker_takes_the_hidden_part_too),
        EXAMPLE(decrement_meets_one_slice_at_a_time),
        EXAMPLE(a_market_order_that_prevention_used_up_expired_in_match),
        EXAMPLE(the_walk_skips_and_stops_as_matching_will),
        EXAMPLE(the_lock_covers_the_hidden_part_of_a_transfer),
        EXAMPLE(a_seller_by_quote_locks_what_it_may_transfer),
        EXAMPLE(by_quote_prevention_spends_the_quote),
        EXAMPLE(by_quote_the_taker_quantity_is_capped),
        EXAMPLE(a_budget_bounds_a_transfer),
        EXAMPLE(a_budget_does_not_bound_a_decrement),
        EXAMPLE(a_budget_that_buys_nothing_is_exhausted_before_prevention),
        EXAMPLE(every_lock_suffices_in_every_mode),
    };
    return cmocka_run_group_tests_name("match_stp", tests, NULL, NULL);
}
