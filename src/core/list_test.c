/* Aim: the legs of an order list begin, end and hold money together as documented, whatever happens
 * to which of them. Method: one example for each way in which a pair (OCO) or a chain (OTO, OTOCO)
 * of docs/semantics.md section 8 can go, with the events in order and the locks to the unit. */
#include "core/list.h"

#include "tests/support/core_world.h"

static struct core_world world;

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    world_trade_at(&world, 10000);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static struct world_order loss(u8 side, u64 stop, u64 qty)
{
    return world_stop(ORDER_TYPE_STOP_LOSS, side, stop, qty);
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_triggered *triggered(u32 index)
{
    const struct event_order_triggered *event = world_event(&world, EVENT_ORDER_TRIGGERED, index);
    assert_non_null(event);
    return event;
}

static void assert_done(u32 index, u64 id, u8 status, u8 reason, u64 released)
{
    assert_int_equal(done(index)->order_id, id);
    assert_int_equal(done(index)->status, status);
    assert_int_equal(done(index)->reason, reason);
    assert_int_equal(done(index)->released.units, released);
}

static void assert_list_is_over(void)
{
    assert_int_equal(world_count(&world, EVENT_LIST_DONE), 1);
    assert_int_equal(world.core->list_slab.count, 0);
    assert_int_equal(world.core->accounts[0].lists, 0);
    assert_int_equal(world.core->accounts[0].position.lists, 0);
}

static u64 place(u32 account, u8 side, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(side, price, qty));
}

/* ---- which lists are accepted ---- */

static struct world_order leg(u8 type, u8 side, u64 price)
{
    struct world_order order = {.type = type, .side = side, .qty = 10};
    bool is_limit = type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_LIMIT_MAKER;
    bool is_stop = type >= ORDER_TYPE_STOP_LOSS;
    bool has_both = type == ORDER_TYPE_STOP_LOSS_LIMIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
    order.price = is_limit || has_both ? price : 0;
    order.stop = is_stop ? price : 0;
    return order;
}

static enum reject oco_of(u8 side, u8 above, u8 below)
{
    const struct world_order legs[] = {leg(above, side, 11000), leg(below, side, 9000)};
    u64 id = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    enum reject reject = world_reject(&world);
    if (id > 0) {
        world_cancel(&world, 0, id);
        assert_list_is_over();
    }
    return reject;
}

static void the_types_of_a_sell_pair(void **state)
{
    (void)state;
    const u8 profits[] = {ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_TAKE_PROFIT,
                          ORDER_TYPE_TAKE_PROFIT_LIMIT};
    const u8 losses[] = {ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT};
    for (u32 i = 0; i < 3; i++) {
        for (u32 k = 0; k < 2; k++) {
            world_assert_reject(oco_of(SIDE_SELL, profits[i], losses[k]), REJECT_NONE);
            world_assert_reject(oco_of(SIDE_SELL, losses[k], profits[i]),
                                REJECT_LIST_SELL_STOP_NOT_BELOW);
        }
    }
    world_assert_reject(oco_of(SIDE_SELL, ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_LIMIT_MAKER),
                        REJECT_LIST_BOTH_LIMIT);
    world_assert_reject(oco_of(SIDE_SELL, ORDER_TYPE_TAKE_PROFIT, ORDER_TYPE_LIMIT_MAKER),
                        REJECT_LIST_SELL_LIMIT_NOT_ABOVE);
    world_assert_reject(oco_of(SIDE_SELL, ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_TAKE_PROFIT),
                        REJECT_LIST_SELL_PROFIT_NOT_ABOVE);
    world_assert_reject(oco_of(SIDE_SELL, ORDER_TYPE_LIMIT, ORDER_TYPE_STOP_LOSS),
                        REJECT_LIST_TYPE);
    world_assert_reject(oco_of(SIDE_SELL, ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_MARKET),
                        REJECT_LIST_TYPE);
}

static void the_types_of_a_buy_pair(void **state)
{
    (void)state;
    const u8 profits[] = {ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_TAKE_PROFIT,
                          ORDER_TYPE_TAKE_PROFIT_LIMIT};
    const u8 losses[] = {ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT};
    const enum reject turned[] = {REJECT_LIST_BUY_LIMIT_NOT_BELOW, REJECT_LIST_BUY_PROFIT_NOT_BELOW,
                                  REJECT_LIST_BUY_PROFIT_NOT_BELOW};
    for (u32 i = 0; i < 3; i++) {
        for (u32 k = 0; k < 2; k++) {
            world_assert_reject(oco_of(SIDE_BUY, losses[k], profits[i]), REJECT_NONE);
            world_assert_reject(oco_of(SIDE_BUY, profits[i], losses[k]), turned[i]);
        }
    }
    world_assert_reject(oco_of(SIDE_BUY, ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT),
                        REJECT_LIST_BUY_STOP_NOT_ABOVE);
    world_assert_reject(oco_of(SIDE_BUY, ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_LIMIT_MAKER),
                        REJECT_LIST_BOTH_LIMIT);
}

static void refuses(const struct command_order_list *list, enum reject reject)
{
    world_refuses(&world, list, COMMAND_ORDER_LIST, 0, reject);
}

static void prices_lie_around_each_other_and_the_last(void **state)
{
    (void)state;
    struct world_order legs[] = {world_maker(SIDE_SELL, 10001, 10), loss(SIDE_SELL, 9999, 10)};
    struct command_order_list list = world_list_command(LIST_KIND_OCO, legs, 2);
    list.leg[0].price = price_of(10000 * WORLD_TICK);
    refuses(&list, REJECT_BAD_PRICE_RELATION);
    list.leg[0].price = price_of(10001 * WORLD_TICK);
    list.leg[1].stop_price = price_of(10000 * WORLD_TICK);
    refuses(&list, REJECT_BAD_PRICE_RELATION);
    list.leg[1].stop_price = price_of(9999 * WORLD_TICK);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    /* Trailing only: no key price on that side. */
    list.leg[1].stop_price = price_of(0);
    list.leg[1].trailing_delta = 100;
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void the_pending_pair_of_an_otoco_ignores_the_last_price(void **state)
{
    (void)state;
    struct world_order legs[] = {world_limit(SIDE_BUY, 9500, 10), world_maker(SIDE_SELL, 9700, 10),
                                 loss(SIDE_SELL, 9400, 10)};
    assert_true(world_list(&world, 0, LIST_KIND_OTOCO, legs, 3) > 0);
    legs[2].stop = 9700;
    struct command_order_list list = world_list_command(LIST_KIND_OTOCO, legs, 3);
    refuses(&list, REJECT_BAD_PRICE_RELATION);
}

static void the_parts_of_a_list_are_looked_at_in_order(void **state)
{
    (void)state;
    struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10), loss(SIDE_SELL, 9000, 11)};
    struct command_order_list list = world_list_command(LIST_KIND_OCO, legs, 2);
    struct command_market_add d = world_definition();
    d.features = 0;
    world_market_set(&world, &d);
    list.list_kind = 0;
    list.legs_count = 9;
    list.list_client.length = 99;
    refuses(&list, REJECT_BAD_ENUM);
    list.list_kind = 4;
    refuses(&list, REJECT_BAD_ENUM);
    list.list_kind = LIST_KIND_OTOCO;
    refuses(&list, REJECT_BAD_COMBINATION);
    list.legs_count = 3;
    refuses(&list, REJECT_OCO_UNSUPPORTED);
    d.features = MARKET_FEATURE_OCO;
    world_market_set(&world, &d);
    refuses(&list, REJECT_OTO_UNSUPPORTED);
    list.list_kind = LIST_KIND_OCO;
    refuses(&list, REJECT_BAD_COMBINATION);
    list.legs_count = 2;
    refuses(&list, REJECT_BAD_CLIENT_ID);
    list.list_client.length = 0;
    list.leg[1].tif = TIME_IN_FORCE_COUNT;
    refuses(&list, REJECT_BAD_TIME_IN_FORCE);
    list.leg[1].tif = TIME_IN_FORCE_GTC;
    refuses(&list, REJECT_BAD_COMBINATION); /* 10 and 11 */
    list.leg[1].qty = list.leg[0].qty;
    list.leg[1].side = SIDE_BUY;
    refuses(&list, REJECT_BAD_COMBINATION);
    list.leg[1].side = SIDE_SELL;
    list.leg[1].stop_price = price_of(1);
    refuses(&list, REJECT_FILTER_PRICE);
    list.leg[1].stop_price = price_of(9000 * WORLD_TICK);
    list.leg[0].client = world_client("twin");
    list.leg[1].client = world_client("twin");
    refuses(&list, REJECT_DUPLICATE_ORDER);
    list.leg[1].client = world_client("other");
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    list.leg[0].client = world_client("third");
    refuses(&list, REJECT_DUPLICATE_ORDER); /* the second leg's is open */
}

static void the_working_leg_is_a_limit_order(void **state)
{
    (void)state;
    struct world_order legs[] = {world_market(SIDE_BUY, 10), world_limit(SIDE_SELL, 12000, 10)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    refuses(&list, REJECT_BAD_COMBINATION);
    list.leg[0].type = ORDER_TYPE_LIMIT_MAKER;
    list.leg[0].price = price_of(10001 * WORLD_TICK);
    (void)place(1, SIDE_SELL, 10001, 1);
    refuses(&list, REJECT_WOULD_MATCH);
    list.leg[0].price = price_of(9000 * WORLD_TICK);
    world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void a_pending_leg_may_wait_for_what_is_reached_already(void **state)
{
    (void)state;
    /* It would trigger or match now, but does not act now. */
    const struct world_order stop[] = {world_limit(SIDE_BUY, 9000, 10), loss(SIDE_SELL, 11000, 10)};
    assert_true(world_list(&world, 0, LIST_KIND_OTO, stop, 2) > 0);
    (void)place(1, SIDE_BUY, 9500, 1);
    const struct world_order maker[] = {world_limit(SIDE_BUY, 9000, 10),
                                        world_maker(SIDE_SELL, 9400, 10)};
    assert_true(world_list(&world, 0, LIST_KIND_OTO, maker, 2) > 0);
}

/* ---- OCO ---- */

static u64 place_sell_oco(void)
{
    const struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10),
                                       loss(SIDE_SELL, 9000, 10)};
    return world_list(&world, 0, LIST_KIND_OCO, legs, 2);
}

static u64 place_buy_oco(void)
{
    const struct world_order legs[] = {loss(SIDE_BUY, 11000, 10), world_maker(SIDE_BUY, 9000, 10)};
    return world_list(&world, 0, LIST_KIND_OCO, legs, 2);
}

static void a_pair_holds_the_larger_of_two_locks_once(void **state)
{
    (void)state;
    struct world_order legs[] = {loss(SIDE_BUY, 11000, 10), world_maker(SIDE_BUY, 9000, 10)};
    struct command_order_list command = world_list_command(LIST_KIND_OCO, legs, 2);
    command.list_client = world_client("the-list");
    world_apply(&world, &command, COMMAND_ORDER_LIST, 0);
    ASSERT_KINDS(&world, EVENT_LIST_NEW, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_ORDER_NEW,
                 EVENT_ORDER_DETAIL);
    const struct event_list_new *list = world_event(&world, EVENT_LIST_NEW, 0);
    assert_int_equal(list->list_id, 1);
    assert_int_equal(list->source_index, world.source_index);
    assert_int_equal(list->list_kind, LIST_KIND_OCO);
    assert_int_equal(list->legs_count, 2);
    assert_int_equal(list->locked.units, 10ULL * 11000 * WORLD_VALUE);
    assert_true(client_id_equal(&list->client, &command.list_client));
    const struct event_order_new *first = world_event(&world, EVENT_ORDER_NEW, 0);
    const struct event_order_new *second = world_event(&world, EVENT_ORDER_NEW, 1);
    assert_int_equal(second->order_id, first->order_id + 1);
    assert_int_equal(first->locked.units + second->locked.units, 0);
    assert_int_equal(first->state, ORDER_STATE_ARMED);
    assert_int_equal(second->flags, ORDER_NEW_FLAG_BOOKED);
    assert_int_equal(first->list_id, 1);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 10ULL * 11000 * WORLD_VALUE);
    assert_int_equal(world.core->accounts[0].position.lists, 1);
    assert_int_equal(world.core->accounts[0].lists, 1);
}

static void a_partial_fill_ends_the_other_leg(void **state)
{
    (void)state;
    u64 id = place_buy_oco();
    (void)place(1, SIDE_SELL, 9000, 4);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10ULL * 2000 * WORLD_VALUE);
    assert_list_is_over();
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 6ULL * 9000 * WORLD_VALUE);
    (void)place(1, SIDE_SELL, 9000, 6); /* from here on an order like any other */
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 0);
}

static void a_leg_filled_at_once_ends_the_other_too(void **state)
{
    (void)state;
    u64 id = place_buy_oco();
    (void)place(1, SIDE_SELL, 9000, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10ULL * 2000 * WORLD_VALUE);
    assert_int_equal(core_counts_of(world.core).orders, 0);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 0);
}

static void a_triggered_leg_ends_the_resting_one_first(void **state)
{
    (void)state;
    u64 id = place_sell_oco();
    (void)place(1, SIDE_BUY, 8000, 20);
    (void)place(4, SIDE_BUY, 9000, 1);
    (void)place(5, SIDE_SELL, 9000, 1);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE,
                 EVENT_ORDER_TRIGGERED, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 0);
    assert_true(done(0)->update_id > 0);
    assert_int_equal(triggered(0)->order_id, id + 1);
    assert_int_equal(triggered(0)->locked.units, 0);
    assert_done(1, id + 1, DONE_STATUS_FILLED, EXPIRY_REASON_NONE, 0);
}

static void a_triggered_buyer_keeps_the_lock_it_was_placed_with(void **state)
{
    (void)state;
    u64 id = place_buy_oco();
    (void)place(1, SIDE_SELL, 10900, 1);
    world_trade_at(&world, 10500);
    (void)place(4, SIDE_BUY, 10900, 1);
    (void)place(5, SIDE_SELL, 11000, 10);
    (void)place(4, SIDE_BUY, 11000, 1);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE,
                 EVENT_ORDER_TRIGGERED, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 0);
    assert_done(1, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY,
                11000 * WORLD_VALUE); /* 9 of 10 were there */
}

static void canceling_one_leg_cancels_the_pair(void **state)
{
    (void)state;
    for (u32 named = 0; named < 2; named++) {
        u64 id = place_sell_oco();
        world_cancel(&world, 0, id + named);
        ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
        assert_done(0, id + named, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 0);
        assert_done(1, id + !named, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 10 * WORLD_LOT);
        assert_int_equal(done(0)->source_index, world.source_index);
        assert_int_equal(done(1)->source_index, world.source_index);
        assert_list_is_over();
    }
}

static void a_restriction_expires_the_pair(void **state)
{
    (void)state;
    u64 id = place_sell_oco();
    struct command_restrict command = {.restrictions = RESTRICTION_REFUSE};
    world_apply(&world, &command, COMMAND_RESTRICT, 0);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_EXCHANGE_CANCELED, 0);
    assert_done(1, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_EXCHANGE_CANCELED, 10 * WORLD_LOT);
    assert_int_equal(done(0)->source_index, 0);
}

static u64 take(u32 account, u8 side, u64 price, u64 qty, u8 stp)
{
    struct world_order order = world_limit(side, price, qty);
    order.stp = stp;
    return world_place(&world, account, order);
}

static const struct event_prevented *prevented(void)
{
    const struct event_prevented *event = world_event(&world, EVENT_PREVENTED, 0);
    assert_non_null(event);
    return event;
}

static void a_leg_ended_by_prevention_releases_with_the_other(void **state)
{
    (void)state;
    u64 id = place_sell_oco();
    (void)take(0, SIDE_BUY, 11000, 5, STP_MODE_EXPIRE_MAKER);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_ORDER_DONE, EVENT_LIST_DONE,
                 EVENT_ORDER_BOOKED);
    assert_int_equal(prevented()->maker_released.units, 0);
    assert_int_equal(prevented()->flags, PREVENTED_FLAG_MAKER_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10 * WORLD_LOT);
    assert_list_is_over();
}

static void a_leg_decremented_survives_alone(void **state)
{
    (void)state;
    u64 id = place_buy_oco();
    (void)take(0, SIDE_SELL, 9000, 4, STP_MODE_DECREMENT);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_int_equal(prevented()->maker_released.units, 4ULL * 9000 * WORLD_VALUE);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10ULL * 2000 * WORLD_VALUE);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 6ULL * 9000 * WORLD_VALUE);
}

static void a_leg_decremented_to_zero_ends_the_pair(void **state)
{
    (void)state;
    u64 id = place_buy_oco();
    (void)take(0, SIDE_SELL, 9000, 12, STP_MODE_DECREMENT);
    assert_int_equal(prevented()->maker_released.units, 0);
    assert_int_equal(prevented()->flags, PREVENTED_FLAG_MAKER_DONE);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10ULL * 11000 * WORLD_VALUE);
    assert_list_is_over();
}

/* What a transfer took left the pair's lock already. */
static void a_leg_transferred_to_zero_leaves_the_rest_of_the_lock(void **state)
{
    (void)state;
    struct world_order legs[] = {loss(SIDE_BUY, 11000, 10), world_maker(SIDE_BUY, 9000, 10)};
    legs[1].stp = STP_MODE_TRANSFER;
    u64 id = world_list(&world, 2, LIST_KIND_OCO, legs, 2);
    (void)take(3, SIDE_SELL, 9000, 10, STP_MODE_TRANSFER);
    assert_int_equal(prevented()->transferred_quote.units, 10ULL * 9000 * WORLD_VALUE);
    assert_int_equal(prevented()->maker_released.units, 0);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 10ULL * 2000 * WORLD_VALUE);
    assert_int_equal(world_locked(&world, 2, WORLD_USDT), 0);
}

/* ---- OTO ---- */

static u64 place_oto(u64 pending_qty)
{
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                       world_limit(SIDE_SELL, 12000, pending_qty)};
    return world_list(&world, 0, LIST_KIND_OTO, legs, 2);
}

static void a_pending_leg_holds_nothing_until_it_starts(void **state)
{
    (void)state;
    u64 id = place_oto(10);
    ASSERT_KINDS(&world, EVENT_LIST_NEW, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_ORDER_NEW,
                 EVENT_ORDER_DETAIL);
    const struct event_list_new *list = world_event(&world, EVENT_LIST_NEW, 0);
    const struct event_order_new *working = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(list->locked.units, 0);
    assert_int_equal(working->locked.units, 10ULL * 9900 * WORLD_VALUE);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_PENDING_NEW);
    (void)place(1, SIDE_SELL, 9900, 4);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_PENDING_NEW);
    (void)place(1, SIDE_SELL, 9900, 6);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED,
                 EVENT_LIST_DONE);
    assert_int_equal(triggered(0)->order_id, id + 1);
    assert_int_equal(triggered(0)->locked.units, 10 * WORLD_LOT);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_WORKING);
    assert_list_is_over();
}

static void a_working_leg_filled_on_arrival_starts_the_pending_one(void **state)
{
    (void)state;
    (void)place(1, SIDE_SELL, 9900, 10);
    u64 id = place_oto(10);
    ASSERT_KINDS(&world, EVENT_LIST_NEW, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL, EVENT_ORDER_NEW,
                 EVENT_ORDER_DETAIL, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED,
                 EVENT_LIST_DONE);
    assert_int_equal(triggered(0)->order_id, id + 1);
}

static void a_pending_leg_without_funds_is_rejected(void **state)
{
    (void)state;
    u64 id = place_oto(300000000);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
    assert_list_is_over();
}

static void a_pending_leg_of_a_restricted_account_is_rejected(void **state)
{
    (void)state;
    u64 id = place_oto(10);
    struct command_restrict command = {.restrictions = (u64)RESTRICTION_REFUSE
                                                       << 2 * OPERATION_PLACE};
    world_apply(&world, &command, COMMAND_RESTRICT, 0);
    ASSERT_KINDS(&world, EVENT_APPLIED); /* open orders stay: trade is allowed */
    (void)place(1, SIDE_SELL, 9900, 10);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
}

static void a_pending_maker_that_would_match_is_rejected(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                       world_maker(SIDE_SELL, 9500, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    (void)place(1, SIDE_BUY, 9600, 1);
    (void)place(1, SIDE_SELL, 9900, 10);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
}

static void a_pending_market_leg_takes_when_it_starts(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                       world_market(SIDE_SELL, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    (void)place(1, SIDE_BUY, 9600, 4);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_TRADE,
                 EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_int_equal(triggered(0)->type, ORDER_TYPE_MARKET);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_INSUFFICIENT_LIQUIDITY,
                6 * WORLD_LOT);
}

static void a_pending_stop_is_armed_when_it_starts(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10), loss(SIDE_SELL, 9000, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_LIST_DONE);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_ARMED);
    assert_int_equal(world_locked(&world, 0, WORLD_BTC), 10 * WORLD_LOT);
}

static void a_pending_stop_already_reached_runs_in_the_same_command(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10), loss(SIDE_SELL, 9950, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    (void)place(1, SIDE_BUY, 9600, 10);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_LIST_DONE,
                 EVENT_ORDER_TRIGGERED, EVENT_TRADE, EVENT_ORDER_DONE);
    assert_int_equal(triggered(1)->order_id, id + 1);
}

static void an_unfilled_working_leg_expires_the_pending_one(void **state)
{
    (void)state;
    struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                 world_limit(SIDE_SELL, 12000, 10)};
    legs[0].tif = TIME_IN_FORCE_IOC;
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    assert_done(0, id, DONE_STATUS_EXPIRED, EXPIRY_REASON_UNFILLED_IOC, 10ULL * 9900 * WORLD_VALUE);
    assert_done(1, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED, 0);
    assert_int_equal(done(1)->source_index, world.source_index);
    assert_list_is_over();
}

static void a_working_leg_ended_by_prevention_expires_the_pending_one(void **state)
{
    (void)state;
    u64 id = place_oto(10);
    (void)take(0, SIDE_SELL, 9900, 1, STP_MODE_EXPIRE_BOTH);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_PREVENTED, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED, 0);
    assert_int_equal(prevented()->maker_released.units, 10ULL * 9900 * WORLD_VALUE);
}

static void canceling_the_working_leg_cancels_the_pending_one(void **state)
{
    (void)state;
    u64 id = place_oto(10);
    world_cancel(&world, 0, id);
    assert_done(0, id, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 10ULL * 9900 * WORLD_VALUE);
    assert_done(1, id + 1, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 0);
    assert_list_is_over();
}

static void canceling_the_pending_leg_takes_the_list_with_it(void **state)
{
    (void)state;
    u64 id = place_oto(10);
    world_cancel(&world, 0, id + 1);
    assert_done(0, id + 1, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 0);
    assert_done(1, id, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 10ULL * 9900 * WORLD_VALUE);
    assert_list_is_over();
}

/* ---- OTOCO ---- */

static u64 place_otoco(u64 qty)
{
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                       world_maker(SIDE_SELL, 12000, qty),
                                       loss(SIDE_SELL, 9000, qty)};
    return world_list(&world, 0, LIST_KIND_OTOCO, legs, 3);
}

static void an_otoco_becomes_a_pair(void **state)
{
    (void)state;
    u64 id = place_otoco(10);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED,
                 EVENT_ORDER_TRIGGERED);
    assert_int_equal(triggered(0)->order_id, id + 1);
    assert_int_equal(triggered(0)->locked.units, 10 * WORLD_LOT);
    assert_int_equal(triggered(1)->order_id, id + 2);
    assert_int_equal(triggered(1)->locked.units, 0);
    assert_int_equal(world_state(&world, id + 2), ORDER_STATE_ARMED);
    assert_int_equal(world.core->list_slab.count, 1);
    (void)place(1, SIDE_BUY, 12000, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    assert_done(0, id + 2, DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER, 0);
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

static void a_pair_that_cannot_start_is_rejected_as_one(void **state)
{
    (void)state;
    u64 id = place_otoco(300000000);
    (void)place(1, SIDE_SELL, 9900, 10);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_ORDER_DONE,
                 EVENT_LIST_DONE);
    assert_done(0, id + 1, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
    assert_done(1, id + 2, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED, 0);
    assert_list_is_over();
}

static void a_queued_pair_is_canceled_as_one(void **state)
{
    (void)state;
    u64 id = place_otoco(10);
    world.core->limits.triggers_per_command_max = 0;
    (void)place(1, SIDE_SELL, 9900, 10);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_QUEUED);
    assert_int_equal(world_state(&world, id + 2), ORDER_STATE_QUEUED);
    assert_int_equal(world.core->runnable, 1); /* counts under its first leg */
    world_cancel(&world, 0, id + 2);
    assert_done(0, id + 2, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 0);
    assert_done(1, id + 1, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE, 0);
    assert_list_is_over();
    assert_int_equal(world.core->runnable, 0);
    world.core->limits.triggers_per_command_max = 10;
}

static void canceling_the_working_leg_cancels_all_three(void **state)
{
    (void)state;
    u64 id = place_otoco(10);
    world_cancel(&world, 0, id);
    for (u32 i = 0; i < 3; i++) {
        assert_done(i, id + i, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE,
                    i == 0 ? 10ULL * 9900 * WORLD_VALUE : 0);
    }
    assert_list_is_over();
}

static void a_restriction_meets_the_newest_leg_first(void **state)
{
    (void)state;
    u64 id = place_otoco(10);
    struct command_restrict command = {.restrictions = RESTRICTION_FREEZE};
    world_apply(&world, &command, COMMAND_RESTRICT, 0);
    const u64 order[] = {id + 2, id, id + 1};
    for (u32 i = 0; i < 3; i++) {
        assert_done(i, order[i], DONE_STATUS_EXPIRED, EXPIRY_REASON_EXCHANGE_CANCELED,
                    i == 1 ? 10ULL * 9900 * WORLD_VALUE : 0);
    }
    assert_list_is_over();
}

/* ---- cancel_list ---- */

static void a_list_is_canceled_by_id_or_client_id(void **state)
{
    (void)state;
    struct world_order legs[] = {world_limit(SIDE_BUY, 9900, 10),
                                 world_limit(SIDE_SELL, 12000, 10)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    list.list_client = world_client("pair");
    for (u32 i = 0; i < 3; i++) {
        world_apply(&world, &list, COMMAND_ORDER_LIST, 0); /* list client ids are not unique */
    }
    struct command_cancel_list cancel = {.market = 0};
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_CANCEL_NO_ID);
    cancel.client = world_client("other");
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_UNKNOWN_ORDER);
    cancel.list_id = 2;
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_UNKNOWN_ORDER);
    cancel.client = world_client("pair");
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 1, REJECT_UNKNOWN_ORDER);
    world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_LIST_DONE);
    const struct event_list_done *over = world_event(&world, EVENT_LIST_DONE, 0);
    assert_int_equal(over->list_id, 2);
    cancel.list_id = 0;
    world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    over = world_event(&world, EVENT_LIST_DONE, 0);
    assert_int_equal(over->list_id, 1); /* the lowest id wins */
    assert_int_equal(done(0)->source_index, world.source_index);
    assert_true(done(0)->order_id < done(1)->order_id);
}

static void canceling_a_list_asks_like_a_cancel(void **state)
{
    (void)state;
    struct command_cancel_list cancel = {.market = 9, .list_id = 1};
    (void)place_oto(10);
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 99, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_UNKNOWN_MARKET);
    cancel.market = 0;
    struct command_restrict command = {.restrictions = (u64)RESTRICTION_HOLD
                                                       << 2 * OPERATION_CANCEL};
    world_apply(&world, &command, COMMAND_RESTRICT, 0);
    world_market_state(&world, 0, MARKET_STATE_BREAK);
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_CANCEL_DISABLED);
    command.restrictions = 0;
    world_apply(&world, &command, COMMAND_RESTRICT, 0);
    world_refuses(&world, &cancel, COMMAND_CANCEL_LIST, 0, REJECT_CANCEL_MARKET_CLOSED);
    world_market_state(&world, 0, MARKET_STATE_HALT);
    world_apply(&world, &cancel, COMMAND_CANCEL_LIST, 0);
    assert_list_is_over();
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(the_types_of_a_sell_pair),
        EXAMPLE(the_types_of_a_buy_pair),
        EXAMPLE(prices_lie_around_each_other_and_the_last),
        EXAMPLE(the_pending_pair_of_an_otoco_ignores_the_last_price),
        EXAMPLE(the_parts_of_a_list_are_looked_at_in_order),
        EXAMPLE(the_working_leg_is_a_limit_order),
        EXAMPLE(a_pending_leg_may_wait_for_what_is_reached_already),
        EXAMPLE(a_pair_holds_the_larger_of_two_locks_once),
        EXAMPLE(a_partial_fill_ends_the_other_leg),
        EXAMPLE(a_leg_filled_at_once_ends_the_other_too),
        EXAMPLE(a_triggered_leg_ends_the_resting_one_first),
        EXAMPLE(a_triggered_buyer_keeps_the_lock_it_was_placed_with),
        EXAMPLE(canceling_one_leg_cancels_the_pair),
        EXAMPLE(a_restriction_expires_the_pair),
        EXAMPLE(a_leg_ended_by_prevention_releases_with_the_other),
        EXAMPLE(a_leg_decremented_survives_alone),
        EXAMPLE(a_leg_decremented_to_zero_ends_the_pair),
        EXAMPLE(a_leg_transferred_to_zero_leaves_the_rest_of_the_lock),
        EXAMPLE(a_pending_leg_holds_nothing_until_it_starts),
        EXAMPLE(a_working_leg_filled_on_arrival_starts_the_pending_one),
        EXAMPLE(a_pending_leg_without_funds_is_rejected),
        EXAMPLE(a_pending_leg_of_a_restricted_account_is_rejected),
        EXAMPLE(a_pending_maker_that_would_match_is_rejected),
        EXAMPLE(a_pending_market_leg_takes_when_it_starts),
        EXAMPLE(a_pending_stop_is_armed_when_it_starts),
        EXAMPLE(a_pending_stop_already_reached_runs_in_the_same_command),
        EXAMPLE(an_unfilled_working_leg_expires_the_pending_one),
        EXAMPLE(a_working_leg_ended_by_prevention_expires_the_pending_one),
        EXAMPLE(canceling_the_working_leg_cancels_the_pending_one),
        EXAMPLE(canceling_the_pending_leg_takes_the_list_with_it),
        EXAMPLE(an_otoco_becomes_a_pair),
        EXAMPLE(a_pair_that_cannot_start_is_rejected_as_one),
        EXAMPLE(a_queued_pair_is_canceled_as_one),
        EXAMPLE(canceling_the_working_leg_cancels_all_three),
        EXAMPLE(a_restriction_meets_the_newest_leg_first),
        EXAMPLE(a_list_is_canceled_by_id_or_client_id),
        EXAMPLE(canceling_a_list_asks_like_a_cancel),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
