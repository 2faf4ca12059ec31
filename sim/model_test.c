/* The naive model against examples worked by hand: the scenarios of the public API documents on
 * self-trade prevention, commissions, market orders and amends, and the rules of docs/semantics.md
 * that those leave open. Each test builds a small venue and looks at events and balances. */
#include "sim/model.h"

#include "sim/small_world.h"
#include "tests/support/test.h"

#define COIN 100000000ULL /* 1 BTC or 1 USDT */

static struct small_world world;

static int open_world(void **state)
{
    (void)state;
    small_world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    small_world_close(&world);
    return 0;
}

static struct small_order limit(u8 side, u64 price, u64 qty, u8 stp)
{
    return (struct small_order){.side = side, .price = price, .qty = qty, .stp = stp};
}

static struct small_order market(u8 side, u64 qty, u8 stp)
{
    return (struct small_order){.side = side, .type = ORDER_TYPE_MARKET, .qty = qty, .stp = stp};
}

static const struct event_trade *trade_event(u32 index)
{
    const struct event_trade *event = small_world_event(&world, EVENT_TRADE, index);
    assert_non_null(event);
    return event;
}

static const struct event_prevented *prevented_event(u32 index)
{
    const struct event_prevented *event = small_world_event(&world, EVENT_PREVENTED, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_done *done_event(u32 index)
{
    const struct event_order_done *event = small_world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

/* ---- matching ---- */

static void limit_rests_and_locks(void **state)
{
    (void)state;
    u64 id = small_world_place(&world, 0, limit(SIDE_BUY, 5000, 20000, 0));
    const struct event_order_new *event = small_world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(id, 1);
    assert_int_equal(event->head.units, 3);
    assert_int_equal(event->locked.units, 100 * COIN);
    assert_int_equal(event->flags, ORDER_NEW_FLAG_BOOKED);
    assert_int_equal(event->update_id, 1);
    assert_int_equal(event->state, ORDER_STATE_WORKING);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_DETAIL), 0);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 100 * COIN);
    assert_int_equal(small_world_free(&world, 0, SMALL_USDT), SMALL_FUNDS - 100 * COIN);
}

static void taker_gets_makers_price(void **state)
{
    (void)state;
    u64 maker = small_world_place(&world, 0, limit(SIDE_SELL, 5000, 10000, 0));
    u64 taker = small_world_place(&world, 1, limit(SIDE_BUY, 5100, 15000, 0));
    const struct event_trade *event = trade_event(0);
    assert_int_equal(event->maker_order_id, maker);
    assert_int_equal(event->taker_order_id, taker);
    assert_int_equal(event->price.units, 5000 * SMALL_TICK);
    assert_int_equal(event->qty.units, COIN);
    assert_int_equal(event->quote.units, 50 * COIN);
    assert_int_equal(event->improvement.units, 1 * COIN);
    assert_int_equal(event->flags, TRADE_FLAG_MAKER_DONE);
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_BOOKED};
    u16 seen[32];
    assert_int_equal(small_world_kinds(&world, seen), 3);
    assert_memory_equal(seen, kinds, sizeof kinds);
    assert_int_equal(small_world_locked(&world, 1, SMALL_USDT), 2550000000); /* 0.5 x 51 */
    assert_int_equal(small_world_free(&world, 1, SMALL_BTC), SMALL_FUNDS + COIN);
}

static void aggregate_changes_with_price(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 5000, 1, 0));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 5000, 1, 0));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 5001, 1, 0));
    (void)small_world_place(&world, 1, limit(SIDE_BUY, 5001, 3, 0));
    assert_int_equal(trade_event(0)->aggregate_id, 1);
    assert_int_equal(trade_event(1)->aggregate_id, 1);
    assert_int_equal(trade_event(2)->aggregate_id, 2);
    assert_int_equal(trade_event(2)->trade_id, 3);
    assert_int_equal(trade_event(2)->flags, TRADE_FLAG_MAKER_DONE | TRADE_FLAG_TAKER_DONE);
}

static void iceberg_loses_its_place(void **state)
{
    (void)state;
    u64 iceberg = small_world_place(
        &world, 0, (struct small_order){.side = SIDE_SELL, .price = 100, .qty = 25, .iceberg = 10});
    u64 plain = small_world_place(&world, 1, limit(SIDE_SELL, 100, 10, 0));
    (void)small_world_place(&world, 4, limit(SIDE_BUY, 100, 26, 0));
    assert_int_equal(trade_event(0)->maker_order_id, iceberg);
    assert_int_equal(trade_event(0)->qty.units, 10 * SMALL_LOT);
    assert_int_equal(trade_event(1)->maker_order_id, plain);
    assert_int_equal(trade_event(2)->maker_order_id, iceberg);
    assert_int_equal(trade_event(2)->qty.units, 6 * SMALL_LOT);
    struct core_resting row;
    assert_int_equal(model_book(world.model, 0, SIDE_SELL, &row, 1), 1);
    assert_int_equal(row.visible.units, 4 * SMALL_LOT);
    assert_int_equal(row.remaining.units, 9 * SMALL_LOT);
}

/* API market_orders_faq.md: 6 wanted, 4 there: partially filled, the rest expires. */
static void market_expires_when_book_runs_out(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 20000, 0));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 20000, 0));
    (void)small_world_place(&world, 1, market(SIDE_BUY, 60000, 0));
    assert_int_equal(small_world_count(&world, EVENT_TRADE), 2);
    assert_int_equal(done_event(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(done_event(0)->released.units, 0); /* the walk priced what is there */
    assert_int_equal(small_world_free(&world, 1, SMALL_USDT), SMALL_FUNDS - 4 * COIN);
}

static void market_by_quote_spends_what_buys_lots(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 300, 10000, 0));
    struct small_order order = {.side = SIDE_BUY, .type = ORDER_TYPE_MARKET, .quote = 100};
    (void)small_world_place(&world, 1, order);
    /* 1 USDT at 3 a piece: 0.3333, for 0.9999 */
    assert_int_equal(trade_event(0)->qty.units, 3333 * SMALL_LOT);
    assert_int_equal(trade_event(0)->quote.units, 99990000);
    assert_int_equal(done_event(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done_event(0)->released.units, 10000);
}

/* A SELL by quote ends where the walk ended, not at the next price, which would sell more than it
 * locked. */
static void market_by_quote_ends_after_the_maker(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 1000, 1, 0));
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 900, 5, 0));
    struct command_order command = {.qty = amount_of(0),
                                    .side = SIDE_SELL,
                                    .type = ORDER_TYPE_MARKET,
                                    .flags = ORDER_FLAG_DETAIL,
                                    .quote_qty = amount_of(190000)}; /* 0.0019 USDT */
    small_world_apply(&world, &command, COMMAND_ORDER, 1);
    const struct event_order_new *event = small_world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(event->locked.units, SMALL_LOT);
    assert_int_equal(small_world_count(&world, EVENT_TRADE), 1);
    assert_int_equal(done_event(0)->status, DONE_STATUS_FILLED);
}

static void fok_fills_whole_or_not(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 10, 0));
    struct small_order order = limit(SIDE_BUY, 100, 11, 0);
    order.tif = TIME_IN_FORCE_FOK;
    (void)small_world_place(&world, 1, order);
    assert_int_equal(small_world_count(&world, EVENT_TRADE), 0);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_UNFILLED_FOK);
    assert_int_equal(done_event(0)->source_index, world.source_index);
    order.qty = 10;
    (void)small_world_place(&world, 1, order);
    assert_int_equal(trade_event(0)->flags, TRADE_FLAG_MAKER_DONE | TRADE_FLAG_TAKER_DONE);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_DONE), 0);
}

static void ioc_remainder_expires(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 10, 0));
    struct small_order order = limit(SIDE_BUY, 100, 15, 0);
    order.tif = TIME_IN_FORCE_IOC;
    (void)small_world_place(&world, 1, order);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_UNFILLED_IOC);
    assert_int_equal(done_event(0)->released.units, 5 * 100 * 100); /* lots, ticks, value */
    assert_int_equal(small_world_locked(&world, 1, SMALL_USDT), 0);
}

/* API commission_faq.md: 0.49975 BTC at 35000, taker and seller rates of three kinds; floored once
 * on the summed rate (0.06000290), where the page rounds each kind. */
static void fee_is_floored_once(void **state)
{
    (void)state;
    struct command_fee_set fees = {.standard_maker = 10,
                                   .standard_taker = 20,
                                   .standard_buyer = 30,
                                   .standard_seller = 40,
                                   .special_maker = 1000000,
                                   .special_taker = 2000000,
                                   .special_buyer = 3000000,
                                   .special_seller = 4000000,
                                   .tax_maker = 112,
                                   .tax_taker = 114,
                                   .tax_buyer = 118,
                                   .tax_seller = 116};
    small_world_apply(&world, &fees, COMMAND_FEE_SET, 0);
    struct small_order order = limit(SIDE_BUY, 3500000, 5000, 0);
    assert_true(small_world_place(&world, 0, order) > 0);
    /* 0.49975 is no multiple of this market's lot; take 0.4997 */
    (void)small_world_place(&world, 1, market(SIDE_SELL, 4997, 0));
    const struct event_trade *event = trade_event(0);
    assert_int_equal(event->quote.units, 1748950000000);
    assert_int_equal(event->taker_fee.units, 104942071955); /* floor of 104942071955.0 */
    /* maker + buyer: 40 + 4000000 + 230 = 4000270; of 0.4997 BTC */
    assert_int_equal(event->maker_fee.units, 1998934);
    assert_int_equal(model_house_of(world.model, SMALL_USDT).fee_income.units, 104942071955);
}

/* ---- self-trade prevention: API stp_faq.md "STP Examples" ---- */

static void stp_a_none_trades(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 100, 10000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 10000, STP_MODE_NONE));
    assert_int_equal(small_world_count(&world, EVENT_TRADE), 1);
    assert_int_equal(small_world_free(&world, 0, SMALL_BTC), SMALL_FUNDS);
    assert_int_equal(small_world_free(&world, 0, SMALL_USDT), SMALL_FUNDS);
}

static void place_three_makers(void)
{
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 120, 12000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 110, 13000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 100, 81000, STP_MODE_NONE));
}

static void stp_b_expire_maker(void **state)
{
    (void)state;
    place_three_makers();
    u64 taker = small_world_place(&world, 0, limit(SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_MAKER));
    assert_int_equal(small_world_count(&world, EVENT_PREVENTED), 3);
    assert_int_equal(prevented_event(0)->maker_qty.units, 12000 * SMALL_LOT);
    assert_int_equal(prevented_event(0)->maker_released.units, 144000000); /* 1.2 x 1.2 */
    assert_int_equal(prevented_event(2)->maker_qty.units, 81000 * SMALL_LOT);
    assert_int_equal(prevented_event(2)->flags, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_BOOKED), 1);
    assert_int_equal(small_world_state(&world, taker), ORDER_STATE_WORKING);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 0);
}

static void stp_c_expire_taker(void **state)
{
    (void)state;
    place_three_makers();
    u64 taker = small_world_place(&world, 0, limit(SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_TAKER));
    const struct event_prevented *event = prevented_event(0);
    assert_int_equal(event->price.units, 120 * SMALL_TICK);
    assert_int_equal(event->taker_qty.units, 3 * COIN);
    assert_int_equal(event->maker_qty.units, 0);
    assert_int_equal(event->update_id, 0);
    assert_int_equal(event->flags, PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(event->taker_released.units, 3 * COIN);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_DONE), 0);
    assert_int_equal(small_world_state(&world, taker), ORDER_STATE_NONE);
    assert_int_equal(model_counts_of(world.model).resting, 3);
}

static void stp_d_expire_both(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 100, 10000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 30000, STP_MODE_EXPIRE_BOTH));
    const struct event_prevented *event = prevented_event(0);
    assert_int_equal(event->maker_qty.units, 1 * COIN);
    assert_int_equal(event->taker_qty.units, 3 * COIN);
    assert_int_equal(event->flags, PREVENTED_FLAG_MAKER_DONE | PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(model_counts_of(world.model).orders, 0);
}

static void stp_e_takers_mode_counts(void **state)
{
    (void)state;
    u64 maker = small_world_place(&world, 0, limit(SIDE_BUY, 100, 10000, STP_MODE_EXPIRE_MAKER));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 100, 10000, STP_MODE_EXPIRE_TAKER));
    assert_int_equal(prevented_event(0)->mode, STP_MODE_EXPIRE_TAKER);
    assert_int_equal(small_world_state(&world, maker), ORDER_STATE_WORKING);
}

static void stp_f_market_expires_for_liquidity(void **state)
{
    (void)state;
    (void)small_world_place(&world, 0, limit(SIDE_BUY, 100, 10000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, market(SIDE_SELL, 10000, STP_MODE_EXPIRE_MAKER));
    assert_int_equal(prevented_event(0)->flags, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(done_event(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(done_event(0)->released.units, COIN);
}

static void stp_g_decrement(void **state)
{
    (void)state;
    u64 maker = small_world_place(&world, 0, limit(SIDE_BUY, 200, 60000, STP_MODE_NONE));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 200, 20000, STP_MODE_DECREMENT));
    const struct event_prevented *event = prevented_event(0);
    assert_int_equal(event->maker_qty.units, 2 * COIN);
    assert_int_equal(event->taker_qty.units, 2 * COIN);
    assert_int_equal(event->maker_released.units, 4 * COIN);
    assert_int_equal(event->taker_released.units, 2 * COIN);
    assert_int_equal(event->flags, PREVENTED_FLAG_TAKER_DONE);
    assert_int_equal(small_world_state(&world, maker), ORDER_STATE_WORKING);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 8 * COIN);
}

static void stp_h_transfer(void **state)
{
    (void)state;
    (void)small_world_place(&world, 2, limit(SIDE_BUY, 20, 6000, STP_MODE_TRANSFER));
    (void)small_world_place(&world, 3, limit(SIDE_SELL, 20, 2000, STP_MODE_TRANSFER));
    const struct event_prevented *event = prevented_event(0);
    assert_int_equal(event->mode, STP_MODE_TRANSFER);
    assert_int_equal(event->transferred_qty.units, 20000000);
    assert_int_equal(event->transferred_quote.units, 4000000);
    assert_int_equal(small_world_free(&world, 2, SMALL_BTC), 2000020000000);
    assert_int_equal(small_world_free(&world, 2, SMALL_USDT), 1999988000000);
    assert_int_equal(small_world_locked(&world, 2, SMALL_USDT), 8000000);
    assert_int_equal(small_world_free(&world, 3, SMALL_BTC), 1999980000000);
    assert_int_equal(small_world_free(&world, 3, SMALL_USDT), 2000004000000);
    assert_int_equal(small_world_locked(&world, 3, SMALL_BTC), 0);
}

static void stp_transfer_needs_both(void **state)
{
    (void)state;
    (void)small_world_place(&world, 2, limit(SIDE_BUY, 20, 6000, STP_MODE_NONE));
    (void)small_world_place(&world, 3, limit(SIDE_SELL, 20, 2000, STP_MODE_TRANSFER));
    assert_int_equal(prevented_event(0)->mode, STP_MODE_DECREMENT);
    assert_int_equal(prevented_event(0)->transferred_qty.units, 0);
}

/* The walk counts the hidden part of a group's iceberg, since its slices come round. */
static void stp_transfer_pays_for_hidden_slices(void **state)
{
    (void)state;
    struct small_order maker = limit(SIDE_SELL, 100, 10, STP_MODE_TRANSFER);
    maker.iceberg = 1;
    (void)small_world_place(&world, 2, maker);
    (void)small_world_place(&world, 3, market(SIDE_BUY, 10, STP_MODE_TRANSFER));
    const struct event_order_new *event = small_world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(event->locked.units, 10 * 100 * 100);
    assert_int_equal(small_world_count(&world, EVENT_PREVENTED), 10);
    assert_int_equal(done_event(0)->status, DONE_STATUS_EXPIRED_IN_MATCH);
    assert_int_equal(done_event(0)->released.units, 0);
}

/* ---- amend: API order_amend_keep_priority.md ---- */

static void amend_keeps_priority(void **state)
{
    (void)state;
    u64 first = small_world_place(&world, 0, limit(SIDE_SELL, 100, 10000, 0));
    u64 yours = small_world_place(&world, 1, limit(SIDE_SELL, 100, 55000, 0));
    u64 third = small_world_place(&world, 4, limit(SIDE_SELL, 100, 40000, 0));
    small_world_amend(&world, 1, yours, 50000);
    const struct event_order_amended *event = small_world_event(&world, EVENT_ORDER_AMENDED, 0);
    assert_int_equal(event->qty.units, 5 * COIN);
    assert_int_equal(event->released.units, 50000000);
    assert_int_equal(event->update_id, 4);
    struct core_resting rows[4];
    assert_int_equal(model_book(world.model, 0, SIDE_SELL, rows, 4), 3);
    assert_int_equal(rows[0].order_id, first);
    assert_int_equal(rows[1].order_id, yours);
    assert_int_equal(rows[2].order_id, third);
    small_world_amend(&world, 1, yours, 60000);
    assert_int_equal(small_world_reject(&world), REJECT_AMEND_INCREASE);
    small_world_amend(&world, 1, yours, 50000);
    assert_int_equal(small_world_reject(&world), REJECT_AMEND_NO_CHANGE);
}

static void amend_of_iceberg_shows_less_only_below_its_slice(void **state)
{
    (void)state;
    struct small_order order = {.side = SIDE_SELL, .price = 100, .qty = 100, .iceberg = 20};
    u64 id = small_world_place(&world, 0, order);
    small_world_amend(&world, 0, id, 30);
    const struct event_order_amended *event = small_world_event(&world, EVENT_ORDER_AMENDED, 0);
    assert_int_equal(event->update_id, 0);
    small_world_amend(&world, 0, id, 10);
    event = small_world_event(&world, EVENT_ORDER_AMENDED, 0);
    assert_int_equal(event->update_id, 2);
    assert_int_equal(small_world_locked(&world, 0, SMALL_BTC), 10 * SMALL_LOT);
}

/* ---- money ---- */

static void returned_deposit_needs_custody(void **state)
{
    (void)state;
    struct command_restrict restrict_deposits = {.restrictions = 1U << (2 * OPERATION_DEPOSIT)};
    small_world_apply(&world, &restrict_deposits, COMMAND_RESTRICT, 0);
    struct command_deposit deposit = {.amount = amount_of(10), .asset = SMALL_BTC, .network = 1};
    small_world_apply(&world, &deposit, COMMAND_DEPOSIT, 0);
    struct command_withdraw_hold hold = {.amount = amount_of(10), .asset = SMALL_BTC, .network = 1};
    small_world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 1);
    struct command_withdraw_settle settle = {.hold_id = 2};
    small_world_apply(&world, &settle, COMMAND_WITHDRAW_SETTLE, 1);
    assert_int_equal(small_world_reject(&world), REJECT_NONE);
    struct command_hold_release release = {.hold_id = 1};
    small_world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU);
    assert_int_equal(small_world_reject(&world), REJECT_CUSTODY_SHORT);
}

static void restrict_expires_orders_newest_first(void **state)
{
    (void)state;
    u64 first = small_world_place(&world, 0, limit(SIDE_BUY, 100, 10, 0));
    u64 second = small_world_place(&world, 0, limit(SIDE_BUY, 101, 10, 0));
    struct command_restrict freeze = {.restrictions = RESTRICTION_FREEZE};
    small_world_apply(&world, &freeze, COMMAND_RESTRICT, 0);
    assert_int_equal(done_event(0)->order_id, second);
    assert_int_equal(done_event(1)->order_id, first);
    assert_int_equal(done_event(1)->reason, EXPIRY_REASON_EXCHANGE_CANCELED);
    assert_int_equal(done_event(1)->source_index, 0);
    assert_int_equal(small_world_place(&world, 0, limit(SIDE_BUY, 100, 10, 0)), 0);
    assert_int_equal(small_world_reject(&world), REJECT_ACCOUNT_DISABLED);
}

/* API price_range_execution_rules.md: reference price 10, multipliers 2 and 0.5. */
static void price_range_expires_the_taker(void **state)
{
    (void)state;
    struct command_market_set set = {.base = SMALL_BTC,
                                     .quote = SMALL_USDT,
                                     .stp_default = STP_MODE_NONE,
                                     .stp_allowed = 0x7E,
                                     .types_allowed = 0x7F,
                                     .features = 0x7F,
                                     .ticks_max = 10000000,
                                     .tick = price_of(SMALL_TICK),
                                     .lot = amount_of(SMALL_LOT),
                                     .iceberg_parts_max = 100,
                                     .range_bid_up = 20000,
                                     .range_bid_down = 5000};
    small_world_apply(&world, &set, COMMAND_MARKET_SET, 0);
    struct command_reference_price reference = {.price = price_of(10 * COIN)};
    small_world_apply(&world, &reference, COMMAND_REFERENCE_PRICE, 0);
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 2000, 10, 0));
    (void)small_world_place(&world, 0, limit(SIDE_SELL, 2001, 10, 0));
    (void)small_world_place(&world, 1, limit(SIDE_BUY, 3000, 20, 0));
    assert_int_equal(small_world_count(&world, EVENT_TRADE), 1);
    assert_int_equal(done_event(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_PRICE_RANGE_EXCEEDED);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(limit_rests_and_locks),
        EXAMPLE(taker_gets_makers_price),
        EXAMPLE(aggregate_changes_with_price),
        EXAMPLE(iceberg_loses_its_place),
        EXAMPLE(market_expires_when_book_runs_out),
        EXAMPLE(market_by_quote_spends_what_buys_lots),
        EXAMPLE(market_by_quote_ends_after_the_maker),
        EXAMPLE(fok_fills_whole_or_not),
        EXAMPLE(ioc_remainder_expires),
        EXAMPLE(fee_is_floored_once),
        EXAMPLE(stp_a_none_trades),
        EXAMPLE(stp_b_expire_maker),
        EXAMPLE(stp_c_expire_taker),
        EXAMPLE(stp_d_expire_both),
        EXAMPLE(stp_e_takers_mode_counts),
        EXAMPLE(stp_f_market_expires_for_liquidity),
        EXAMPLE(stp_g_decrement),
        EXAMPLE(stp_h_transfer),
        EXAMPLE(stp_transfer_needs_both),
        EXAMPLE(stp_transfer_pays_for_hidden_slices),
        EXAMPLE(amend_keeps_priority),
        EXAMPLE(amend_of_iceberg_shows_less_only_below_its_slice),
        EXAMPLE(returned_deposit_needs_custody),
        EXAMPLE(restrict_expires_orders_newest_first),
        EXAMPLE(price_range_expires_the_taker),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
