/* The naive model's stops, trailing stops and order lists against examples worked by hand: the
 * scenarios A to E of the public page on trailing stops, and one example for each way in which a
 * pair or a chain of docs/semantics.md section 8 can go. */
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

static struct small_order limit(u8 side, u64 price, u64 qty)
{
    return (struct small_order){.side = side, .price = price, .qty = qty};
}

static struct small_order maker(u8 side, u64 price, u64 qty)
{
    return (struct small_order){
        .side = side, .type = ORDER_TYPE_LIMIT_MAKER, .price = price, .qty = qty};
}

static struct small_order stop_loss(u8 side, u64 stop, u64 qty)
{
    return (struct small_order){
        .side = side, .type = ORDER_TYPE_STOP_LOSS, .stop = stop, .qty = qty};
}

static const struct event_order_done *done_event(u32 index)
{
    const struct event_order_done *event = small_world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_triggered *triggered_event(u32 index)
{
    const struct event_order_triggered *event =
        small_world_event(&world, EVENT_ORDER_TRIGGERED, index);
    assert_non_null(event);
    return event;
}

static void assert_kinds(const u16 *kinds, u32 count)
{
    u16 seen[32];
    assert_int_equal(small_world_kinds(&world, seen), count);
    assert_memory_equal(seen, kinds, count * sizeof *kinds);
}

/* ---- stops ---- */

static void stop_waits_then_runs_in_the_same_command(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 stop = small_world_place(&world, 0, stop_loss(SIDE_SELL, 9900, 10));
    assert_int_equal(small_world_state(&world, stop), ORDER_STATE_ARMED);
    (void)small_world_place(&world, 1, limit(SIDE_BUY, 9800, 10));
    (void)small_world_place(&world, 4, limit(SIDE_BUY, 9900, 1));
    (void)small_world_place(&world, 5, limit(SIDE_SELL, 9900, 1));
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_TRADE,
                         EVENT_ORDER_DONE};
    assert_kinds(kinds, 5);
    assert_int_equal(triggered_event(0)->order_id, stop);
    assert_int_equal(done_event(0)->status, DONE_STATUS_FILLED);
    assert_int_equal(done_event(0)->source_index, 0);
}

static void stop_that_would_trigger_is_refused(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    assert_int_equal(small_world_place(&world, 0, stop_loss(SIDE_SELL, 10000, 10)), 0);
    assert_int_equal(small_world_reject(&world), REJECT_WOULD_TRIGGER);
    assert_true(small_world_place(&world, 0, stop_loss(SIDE_SELL, 9999, 10)) > 0);
}

/* A stop_loss BUY locks at its stop price and takes more from free funds when the book is dearer.
 */
static void stop_buy_draws_on_free_funds(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    (void)small_world_place(&world, 0, stop_loss(SIDE_BUY, 10100, 10000));
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 101 * COIN);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 10300, 10000));
    small_world_trade_at(&world, 10100);
    assert_int_equal(triggered_event(0)->locked.units, 2 * COIN);
    assert_int_equal(small_world_free(&world, 0, SMALL_USDT), SMALL_FUNDS - 103 * COIN);
    assert_int_equal(done_event(0)->released.units, 0);
}

static void stop_buy_ends_when_funds_are_exhausted(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    (void)small_world_place(&world, 0, stop_loss(SIDE_BUY, 10100, 10000));
    struct command_withdraw_hold hold = {.amount = amount_of(SMALL_FUNDS - 101 * COIN),
                                         .asset = SMALL_USDT};
    small_world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 0);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 20200, 10000));
    small_world_trade_at(&world, 10100);
    const struct event_trade *event = small_world_event(&world, EVENT_TRADE, 1);
    assert_int_equal(event->qty.units, COIN / 2);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_FUNDS_EXHAUSTED);
}

/* ---- trailing stops: API trailing-stop-faq.md "Trailing Stop Order Scenarios" ---- */

/* Places the order at a last price of 40,000, walks the last price along, each step in whole USDT,
 * and says after which of the steps the order was triggered (from 1; 0: never). */
static u32 trail(struct small_order order, const u64 *prices, u32 count)
{
    small_world_trade_at(&world, 40000 * 100);
    u64 id = small_world_place(&world, 0, order);
    assert_true(id > 0);
    for (u32 i = 0; i < count; i++) {
        small_world_trade_at(&world, prices[i] * 100);
        if (small_world_count(&world, EVENT_ORDER_TRIGGERED) > 0) {
            assert_int_equal(triggered_event(0)->order_id, id);
            return i + 1;
        }
    }
    return 0;
}

static void trailing_a_stop_loss_limit_buy(void **state)
{
    (void)state;
    const u64 prices[] = {37000, 44000, 45000, 46000, 42000, 44099, 44100};
    struct small_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_BUY,
                                .stop = 4400000,
                                .price = 4500000,
                                .trailing = 500,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 7);
}

static void trailing_b_stop_loss_limit_sell(void **state)
{
    (void)state;
    const u64 prices[] = {41500, 39000, 37000, 41000, 36901, 36900};
    struct small_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_SELL,
                                .stop = 3900000,
                                .price = 3800000,
                                .trailing = 1000,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 6);
}

static void trailing_c_take_profit_limit_buy(void **state)
{
    (void)state;
    const u64 prices[] = {42000, 38000, 37000, 39000, 38000, 40144, 40145};
    struct small_order order = {.type = ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                .side = SIDE_BUY,
                                .stop = 3800000,
                                .price = 3850000,
                                .trailing = 850,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 7);
}

static void trailing_d_take_profit_limit_sell(void **state)
{
    (void)state;
    const u64 prices[] = {41500, 39000, 42000, 45000, 44000, 46500, 43013, 43012};
    struct small_order order = {.type = ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                .side = SIDE_SELL,
                                .stop = 4200000,
                                .price = 4100000,
                                .trailing = 750,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 8); /* 43012.5 is the line */
}

static void trailing_e_without_stop_price(void **state)
{
    (void)state;
    const u64 prices[] = {42000, 39500, 45500, 42316, 42315};
    struct small_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_SELL,
                                .price = 3900000,
                                .trailing = 700,
                                .qty = 1};
    assert_int_equal(trail(order, prices, ARRAY_COUNT(prices)), 5);
}

/* ---- OCO ---- */

static u64 place_sell_oco(u32 account)
{
    const struct small_order legs[] = {maker(SIDE_SELL, 11000, 10), stop_loss(SIDE_SELL, 9000, 10)};
    return small_world_list(&world, account, LIST_KIND_OCO, 2, legs);
}

static u64 place_buy_oco(u32 account)
{
    const struct small_order legs[] = {stop_loss(SIDE_BUY, 11000, 10), maker(SIDE_BUY, 9000, 10)};
    return small_world_list(&world, account, LIST_KIND_OCO, 2, legs);
}

static void oco_holds_one_lock(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_buy_oco(0);
    const u16 kinds[] = {EVENT_LIST_NEW, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_ORDER_NEW,
                         EVENT_ORDER_DETAIL};
    assert_kinds(kinds, 5);
    const struct event_list_new *list = small_world_event(&world, EVENT_LIST_NEW, 0);
    const struct event_order_new *second = small_world_event(&world, EVENT_ORDER_NEW, 1);
    assert_int_equal(list->locked.units, 10ULL * 11000 * 100);
    assert_int_equal(second->order_id, id + 1);
    assert_int_equal(second->locked.units, 0);
    assert_int_equal(second->flags, ORDER_NEW_FLAG_BOOKED);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 10ULL * 11000 * 100);
}

static void oco_partial_fill_ends_the_stop(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_buy_oco(0);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 9000, 4));
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE};
    assert_kinds(kinds, 4);
    assert_int_equal(done_event(0)->order_id, id);
    assert_int_equal(done_event(0)->status, DONE_STATUS_EXPIRED);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_OCO_TRIGGER);
    assert_int_equal(done_event(0)->released.units, 10ULL * 2000 * 100);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 6ULL * 9000 * 100);
}

static void oco_trigger_ends_the_maker_first(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_sell_oco(0);
    small_world_trade_at(&world, 9000);
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE,           EVENT_ORDER_DONE,
                         EVENT_LIST_DONE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE};
    assert_kinds(kinds, 6);
    assert_int_equal(done_event(0)->order_id, id);
    assert_true(done_event(0)->update_id > 0);
    assert_int_equal(triggered_event(0)->order_id, id + 1);
    assert_int_equal(done_event(1)->reason, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY);
    assert_int_equal(small_world_locked(&world, 0, SMALL_BTC), 0);
}

static void oco_canceled_as_one(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_sell_oco(0);
    small_world_cancel(&world, 0, id + 1);
    assert_int_equal(done_event(0)->order_id, id + 1);
    assert_int_equal(done_event(0)->released.units, 0);
    assert_int_equal(done_event(1)->order_id, id);
    assert_int_equal(done_event(1)->status, DONE_STATUS_CANCELED);
    assert_int_equal(done_event(1)->released.units, 10 * SMALL_LOT);
    assert_int_equal(done_event(1)->source_index, world.source_index);
    assert_int_equal(small_world_count(&world, EVENT_LIST_DONE), 1);
}

static void oco_leg_expired_by_prevention(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_sell_oco(0);
    struct small_order taker = limit(SIDE_BUY, 11000, 5);
    taker.stp = STP_MODE_EXPIRE_MAKER;
    (void)small_world_place(&world, 0, taker);
    const struct event_prevented *event = small_world_event(&world, EVENT_PREVENTED, 0);
    assert_int_equal(event->maker_released.units, 0);
    assert_int_equal(event->flags, PREVENTED_FLAG_MAKER_DONE);
    assert_int_equal(done_event(0)->order_id, id + 1);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_OCO_TRIGGER);
    assert_int_equal(done_event(0)->released.units, 10 * SMALL_LOT);
}

static void oco_amend_changes_both(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    u64 id = place_buy_oco(0);
    small_world_amend(&world, 0, id + 1, 6);
    const struct event_order_amended *first = small_world_event(&world, EVENT_ORDER_AMENDED, 0);
    const struct event_order_amended *second = small_world_event(&world, EVENT_ORDER_AMENDED, 1);
    assert_int_equal(first->order_id, id + 1);
    assert_int_equal(first->released.units, 0);
    assert_int_equal(second->order_id, id);
    assert_int_equal(second->released.units, 4ULL * 11000 * 100);
    assert_int_equal(small_world_locked(&world, 0, SMALL_USDT), 6ULL * 11000 * 100);
}

static void oco_prices_must_surround_the_last(void **state)
{
    (void)state;
    small_world_trade_at(&world, 12000);
    assert_int_equal(place_sell_oco(0), 0);
    assert_int_equal(small_world_reject(&world), REJECT_BAD_PRICE_RELATION);
    const struct small_order legs[] = {stop_loss(SIDE_SELL, 13000, 10), maker(SIDE_SELL, 9000, 10)};
    (void)small_world_list(&world, 0, LIST_KIND_OCO, 2, legs);
    assert_int_equal(small_world_reject(&world), REJECT_LIST_SELL_STOP_NOT_BELOW);
}

/* ---- OTO and OTOCO ---- */

static void oto_pending_leg_starts_when_filled(void **state)
{
    (void)state;
    const struct small_order legs[] = {limit(SIDE_BUY, 10000, 10), limit(SIDE_SELL, 12000, 10)};
    u64 id = small_world_list(&world, 0, LIST_KIND_OTO, 2, legs);
    assert_int_equal(small_world_state(&world, id + 1), ORDER_STATE_PENDING_NEW);
    assert_int_equal(small_world_locked(&world, 0, SMALL_BTC), 0);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 10000, 4));
    assert_int_equal(small_world_state(&world, id + 1), ORDER_STATE_PENDING_NEW);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 10000, 6));
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED,
                         EVENT_LIST_DONE};
    assert_kinds(kinds, 5);
    assert_int_equal(triggered_event(0)->locked.units, 10 * SMALL_LOT);
    assert_int_equal(small_world_state(&world, id + 1), ORDER_STATE_WORKING);
}

static void oto_pending_leg_without_funds_is_rejected(void **state)
{
    (void)state;
    /* The pending leg sells more than there is. */
    const struct small_order legs[] = {limit(SIDE_BUY, 10000, 10),
                                       limit(SIDE_SELL, 12000, 300000000)};
    (void)small_world_list(&world, 0, LIST_KIND_OTO, 2, legs);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 10000, 10));
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_REJECTED);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_TRIGGERED), 0);
    assert_int_equal(small_world_count(&world, EVENT_LIST_DONE), 1);
}

static void oto_ioc_unfilled_expires_the_pending_leg(void **state)
{
    (void)state;
    struct small_order legs[] = {limit(SIDE_BUY, 10000, 10), limit(SIDE_SELL, 12000, 10)};
    legs[0].tif = TIME_IN_FORCE_IOC;
    u64 id = small_world_list(&world, 0, LIST_KIND_OTO, 2, legs);
    assert_int_equal(done_event(0)->order_id, id);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_UNFILLED_IOC);
    assert_int_equal(done_event(1)->order_id, id + 1);
    assert_int_equal(done_event(1)->reason, EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED);
    assert_int_equal(done_event(1)->source_index, world.source_index);
    assert_int_equal(small_world_count(&world, EVENT_LIST_DONE), 1);
}

static void oto_pending_leg_canceled_takes_the_list(void **state)
{
    (void)state;
    const struct small_order legs[] = {limit(SIDE_BUY, 10000, 10), limit(SIDE_SELL, 12000, 10)};
    u64 id = small_world_list(&world, 0, LIST_KIND_OTO, 2, legs);
    small_world_cancel(&world, 0, id + 1);
    assert_int_equal(done_event(0)->order_id, id + 1);
    assert_int_equal(done_event(1)->order_id, id);
    assert_int_equal(done_event(1)->released.units, 10ULL * 10000 * 100);
    assert_int_equal(small_world_count(&world, EVENT_LIST_DONE), 1);
}

static u64 place_otoco(u32 account)
{
    const struct small_order legs[] = {limit(SIDE_BUY, 10000, 10), maker(SIDE_SELL, 12000, 10),
                                       stop_loss(SIDE_SELL, 9000, 10)};
    return small_world_list(&world, account, LIST_KIND_OTOCO, 3, legs);
}

static void otoco_becomes_a_pair(void **state)
{
    (void)state;
    u64 id = place_otoco(0);
    (void)small_world_place(&world, 1, limit(SIDE_SELL, 10000, 10));
    const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED,
                         EVENT_ORDER_TRIGGERED};
    assert_kinds(kinds, 5);
    assert_int_equal(triggered_event(0)->order_id, id + 1);
    assert_int_equal(triggered_event(0)->locked.units, 10 * SMALL_LOT);
    assert_int_equal(triggered_event(1)->locked.units, 0);
    assert_int_equal(small_world_state(&world, id + 2), ORDER_STATE_ARMED);
    (void)small_world_place(&world, 1, limit(SIDE_BUY, 12000, 10));
    assert_int_equal(done_event(0)->order_id, id + 2);
    assert_int_equal(done_event(0)->reason, EXPIRY_REASON_OCO_TRIGGER);
    assert_int_equal(small_world_count(&world, EVENT_LIST_DONE), 1);
    assert_int_equal(model_counts_of(world.model).orders, 0);
}

static void otoco_working_leg_canceled_cancels_all(void **state)
{
    (void)state;
    u64 id = place_otoco(0);
    small_world_cancel(&world, 0, id);
    for (u32 i = 0; i < 3; i++) {
        assert_int_equal(done_event(i)->order_id, id + i);
        assert_int_equal(done_event(i)->status, DONE_STATUS_CANCELED);
    }
    assert_int_equal(model_lists_count(world.model), 0);
}

static void cancel_list_by_client_id_takes_the_oldest(void **state)
{
    (void)state;
    struct command_cancel_list cancel = {.list_id = 0};
    small_world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    assert_int_equal(small_world_reject(&world), REJECT_CANCEL_NO_ID);
    u64 first = place_otoco(0);
    cancel.list_id = 2;
    small_world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    assert_int_equal(small_world_reject(&world), REJECT_UNKNOWN_ORDER);
    cancel.list_id = 1;
    small_world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    assert_int_equal(done_event(0)->order_id, first);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_DONE), 3);
}

/* ---- the bound on triggers ---- */

static void triggers_left_over_run_before_the_next_command(void **state)
{
    (void)state;
    small_world_trade_at(&world, 10000);
    for (u32 i = 0; i < 12; i++) { /* triggers_per_command_max is 10 */
        assert_true(small_world_place(&world, 0, stop_loss(SIDE_SELL, 9000, 1)) > 0);
    }
    small_world_trade_at(&world, 9000);
    assert_int_equal(small_world_count(&world, EVENT_ORDER_TRIGGERED), 10);
    assert_true(model_has_queued(world.model));
    struct command_market_state halt = {.state = MARKET_STATE_HALT};
    small_world_apply(&world, &halt, COMMAND_MARKET_STATE, 0);
    const u16 kinds[] = {EVENT_ORDER_TRIGGERED, EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED,
                         EVENT_ORDER_DONE, EVENT_APPLIED};
    assert_kinds(kinds, 5);
    assert_false(model_has_queued(world.model));
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(stop_waits_then_runs_in_the_same_command),
        EXAMPLE(stop_that_would_trigger_is_refused),
        EXAMPLE(stop_buy_draws_on_free_funds),
        EXAMPLE(stop_buy_ends_when_funds_are_exhausted),
        EXAMPLE(trailing_a_stop_loss_limit_buy),
        EXAMPLE(trailing_b_stop_loss_limit_sell),
        EXAMPLE(trailing_c_take_profit_limit_buy),
        EXAMPLE(trailing_d_take_profit_limit_sell),
        EXAMPLE(trailing_e_without_stop_price),
        EXAMPLE(oco_holds_one_lock),
        EXAMPLE(oco_partial_fill_ends_the_stop),
        EXAMPLE(oco_trigger_ends_the_maker_first),
        EXAMPLE(oco_canceled_as_one),
        EXAMPLE(oco_leg_expired_by_prevention),
        EXAMPLE(oco_amend_changes_both),
        EXAMPLE(oco_prices_must_surround_the_last),
        EXAMPLE(oto_pending_leg_starts_when_filled),
        EXAMPLE(oto_pending_leg_without_funds_is_rejected),
        EXAMPLE(oto_ioc_unfilled_expires_the_pending_leg),
        EXAMPLE(oto_pending_leg_canceled_takes_the_list),
        EXAMPLE(otoco_becomes_a_pair),
        EXAMPLE(otoco_working_leg_canceled_cancels_all),
        EXAMPLE(cancel_list_by_client_id_takes_the_oldest),
        EXAMPLE(triggers_left_over_run_before_the_next_command),
    };
    return cmocka_run_group_tests_name("model_list", tests, NULL, NULL);
}
