/* Aim: an order is told, found, counted and ended as documented from acceptance to its last event.
 * Method: commands through core_apply on a small venue, and every field of the events they cause.
 */
#include "core/order.h"

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

static const struct event_order_new *order_new(u32 index)
{
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

/* ---- what is told of a new order ---- */

static void a_resting_order_is_told_in_one_event(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 25);
    order.client = "abc";
    order.stp = STP_MODE_EXPIRE_BOTH;
    u64 next_entry = world.core->next_entry;
    u64 id = world_place(&world, 2, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW);
    const struct event_order_new *event = order_new(0);
    struct client_id client = world_client("abc");
    assert_int_equal(event->head.kind, EVENT_ORDER_NEW);
    assert_int_equal(event->head.source, 1);
    assert_int_equal(event->head.account, 2);
    assert_int_equal(event->head.seq, core_seq(world.core));
    assert_int_equal(event->source_index, world.source_index);
    assert_int_equal(event->order_id, id);
    assert_int_equal(event->price.units, 9000 * WORLD_TICK);
    assert_int_equal(event->qty.units, 25 * WORLD_LOT);
    assert_int_equal(event->locked.units, 25 * 9000 * WORLD_VALUE);
    assert_int_equal(event->entry, next_entry);
    assert_int_equal(event->update_id, 1);
    assert_int_equal(event->market, 0);
    assert_int_equal(event->side, SIDE_BUY);
    assert_int_equal(event->type, ORDER_TYPE_LIMIT);
    assert_int_equal(event->tif, TIME_IN_FORCE_GTC);
    assert_int_equal(event->stp, STP_MODE_EXPIRE_BOTH);
    assert_int_equal(event->state, ORDER_STATE_WORKING);
    assert_int_equal(event->flags, ORDER_NEW_FLAG_BOOKED);
    assert_int_equal(event->list_id, 0);
    assert_memory_equal(&event->client, &client, 4);
    assert_int_equal(world_locked(&world, 2, WORLD_USDT), 25 * 9000 * WORLD_VALUE);
}

static void a_crossing_order_has_no_update_of_its_own(void **state)
{
    (void)state;
    (void)world_place(&world, 1, world_limit(SIDE_SELL, 9000, 1));
    (void)world_place(&world, 2, world_limit(SIDE_BUY, 9000, 2));
    assert_int_equal(order_new(0)->update_id, 0);
    assert_int_equal(order_new(0)->flags, 0);
}

static void a_short_client_id_makes_a_short_event(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    static const char symbols[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (u32 length = 0; length <= 36; length++) {
        char text[37];
        memcpy(text, symbols, length);
        text[length] = 0;
        order.client = length > 0 ? text : NULL;
        order.price = 9000 - length;
        u64 id = world_place(&world, 1, order);
        const struct event_order_new *event = order_new(0);
        assert_int_equal(event->head.units, length <= 9 ? 3 : 4);
        struct client_id told = {0};
        memcpy(&told, &event->client, client_id_bytes((u8)length));
        char printed[37];
        assert_int_equal(client_id_print(&told, printed), length);
        assert_memory_equal(printed, text, length);
        const u8 *bytes = (const u8 *)event;
        u32 used = (u32)offsetof(struct event_order_new, client) + client_id_bytes((u8)length);
        for (u32 i = used; i < event->head.units * WIRE_UNIT; i++) {
            assert_int_equal(bytes[i], 0);
        }
        struct client_id kept = world.core->colds[index_order(world.core, id)].client;
        assert_true(client_id_valid(&kept));
        assert_int_equal(kept.length, length);
    }
}

static void an_order_with_more_to_say_is_followed_by_a_detail(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct world_order order = {.price = 9100,
                                .qty = 30,
                                .stop = 9500,
                                .iceberg = 10,
                                .strategy_id = -5,
                                .strategy_type = 1000001,
                                .trailing = 150,
                                .side = SIDE_SELL,
                                .type = ORDER_TYPE_STOP_LOSS_LIMIT};
    u64 id = world_place(&world, 0, order);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_ORDER_DETAIL);
    const struct event_order_detail *detail = world_event(&world, EVENT_ORDER_DETAIL, 0);
    assert_int_equal(detail->order_id, id);
    assert_int_equal(detail->stop_price.units, 9500 * WORLD_TICK);
    assert_int_equal(detail->iceberg_qty.units, 10 * WORLD_LOT);
    assert_int_equal(detail->quote_qty.units, 0);
    assert_int_equal(detail->strategy_id, -5);
    assert_int_equal(detail->strategy_type, 1000001);
    assert_int_equal(detail->trailing_delta, 150);
    assert_int_equal(order_new(0)->state, ORDER_STATE_ARMED);
}

static void each_single_extra_field_makes_a_detail(void **state)
{
    (void)state;
    struct world_order orders[4];
    for (u32 i = 0; i < ARRAY_COUNT(orders); i++) {
        orders[i] = world_limit(SIDE_BUY, 9000, 10);
    }
    orders[0].iceberg = 10;
    orders[1].strategy_id = 1;
    orders[2].strategy_type = 1;
    orders[3] = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 80, 1);
    for (u32 i = 0; i < ARRAY_COUNT(orders); i++) {
        assert_true(world_place(&world, 0, orders[i]) > 0);
        assert_int_equal(world_count(&world, EVENT_ORDER_DETAIL), 1);
        assert_int_equal(world.core->extra_slab.count, i + 1);
    }
}

/* The fields behind the flag count only with it. */
static void without_the_flag_there_is_no_detail(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 10);
    order.client = "0123456789abcdefghijklmnopqrstuvwxyz"; /* a record of 96 bytes */
    assert_true(world_place(&world, 0, order) > 0);
    assert_int_equal(world_count(&world, EVENT_ORDER_DETAIL), 0);
    order.client = NULL;
    struct command_order command = world_order_command(&order);
    command.flags = ORDER_FLAG_DETAIL; /* nothing in it */
    world_apply(&world, &command, COMMAND_ORDER, 0);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW);
}

static void ids_rise_over_all_markets(void **state)
{
    (void)state;
    world_add_second_market(&world);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    assert_int_equal(world_place(&world, 0, order), 1);
    order.market = 1;
    assert_int_equal(world_place(&world, 0, order), 2);
    assert_int_equal(order_new(0)->update_id, 1); /* update ids are the market's own */
    order.price = 0;
    assert_int_equal(world_place(&world, 0, order), 0); /* refused: takes no id */
    order.price = 8999;
    assert_int_equal(world_place(&world, 0, order), 3);
    assert_int_equal(core_counts_of(world.core).next_order_id, 4);
}

static void a_first_order_makes_both_rows(void **state)
{
    (void)state;
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    const struct event_applied *applied = world_event(&world, EVENT_APPLIED, 0);
    u32 number = applied->head.account;
    assert_int_equal(number, WORLD_ACCOUNTS);
    world_deposit(&world, number, WORLD_USDT, WORLD_COIN);
    assert_int_equal(world.core->accounts[number].rows, 1);
    assert_true(world_place(&world, number, world_limit(SIDE_BUY, 100, 1)) > 0);
    assert_int_equal(world.core->accounts[number].rows, 2);
}

/* ---- ends ---- */

static void a_canceled_order_gives_back_its_lock(void **state)
{
    (void)state;
    u64 id = world_place(&world, 0, world_limit(SIDE_SELL, 12000, 30));
    u64 next_entry = world.core->next_entry;
    world_cancel(&world, 0, id);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE);
    assert_int_equal(done(0)->order_id, id);
    assert_int_equal(done(0)->source_index, world.source_index);
    assert_int_equal(done(0)->released.units, 30 * WORLD_LOT);
    assert_int_equal(done(0)->entry, next_entry);
    assert_int_equal(done(0)->update_id, 2);
    assert_int_equal(done(0)->status, DONE_STATUS_CANCELED);
    assert_int_equal(done(0)->reason, EXPIRY_REASON_NONE);
    assert_int_equal(done(0)->head.account, 0);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS);
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

static void an_order_that_never_rested_has_no_update_when_it_ends(void **state)
{
    (void)state;
    u64 id = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 90, 1));
    world_cancel(&world, 0, id);
    assert_int_equal(done(0)->update_id, 0);
}

static void padding_of_events_is_zero(void **state)
{
    (void)state;
    memset(world.output.data, 0xEE, world.output.size < 4096 ? world.output.size : 4096);
    u64 id = world_place(&world, 0, world_limit(SIDE_SELL, 10000, 3));
    (void)id;
    memset(world.output.data, 0xEE, 4096);
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 10000, 1));
    const struct event_trade *trade = world_event(&world, EVENT_TRADE, 0);
    for (u32 i = 0; i < sizeof trade->padding; i++) {
        assert_int_equal(trade->padding[i], 0);
    }
    memset(world.output.data, 0xEE, 4096);
    world_cancel(&world, 0, id);
    for (u32 i = 0; i < sizeof done(0)->padding; i++) {
        assert_int_equal(done(0)->padding[i], 0);
    }
}

/* Its own source_index only for the direct answer to the command; a maker's or a triggered
 * stranger's end carries 0. */
static void only_direct_answers_carry_the_source_index(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    u64 stop = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9900, 1));
    (void)world_place(&world, 1, world_limit(SIDE_BUY, 9900, 1));
    struct world_order taker = world_limit(SIDE_SELL, 9900, 5);
    taker.tif = TIME_IN_FORCE_IOC;
    u64 own = world_place(&world, 2, taker);
    ASSERT_KINDS(&world, EVENT_ORDER_NEW, EVENT_TRADE, EVENT_ORDER_DONE, EVENT_ORDER_TRIGGERED,
                 EVENT_ORDER_DONE);
    assert_int_equal(done(0)->order_id, own);
    assert_int_equal(done(0)->source_index, world.source_index);
    assert_int_equal(done(1)->order_id, stop);
    assert_int_equal(done(1)->source_index, 0);
}

/* ---- what an order holds ---- */

static void the_need_of_an_order_follows_what_is_left(void **state)
{
    (void)state;
    u64 buy = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 10));
    u64 sell = world_place(&world, 0, world_limit(SIDE_SELL, 9500, 10));
    u64 stop = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 9900, 10));
    (void)world_place(&world, 1, world_limit(SIDE_SELL, 9000, 4));
    const struct core *core = world.core;
    assert_int_equal(order_need(core, index_order(core, buy)).units, 6 * 9000 * WORLD_VALUE);
    assert_int_equal(order_need(core, index_order(core, sell)).units, 10 * WORLD_LOT);
    assert_int_equal(order_need(core, index_order(core, stop)).units, 10 * 9900 * WORLD_VALUE);
    assert_int_equal(order_lock(core, index_order(core, buy)).units, 6 * 9000 * WORLD_VALUE);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), (6 * 9000 + 10 * 9900) * WORLD_VALUE);
}

static void a_leg_of_a_waiting_pair_holds_nothing_itself(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    const struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10),
                                       world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    const struct core *core = world.core;
    for (u32 i = 0; i < 2; i++) {
        u32 slot = index_order(core, id + i);
        assert_true(order_in_waiting_pair(core, &core->orders[slot]));
        assert_int_equal(order_lock(core, slot).units, 0);
        assert_int_equal(order_need(core, slot).units, 10 * WORLD_LOT);
    }
}

static void a_slot_given_back_is_used_again(void **state)
{
    (void)state;
    u64 first = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    u32 slot = index_order(world.core, first);
    struct world_order rich = world_limit(SIDE_BUY, 9000, 10);
    rich.iceberg = 2;
    rich.client = "rich";
    world_cancel(&world, 0, first);
    u64 second = world_place(&world, 0, rich);
    assert_int_equal(index_order(world.core, second), slot);
    world_cancel(&world, 0, second);
    u64 third = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 7));
    assert_int_equal(index_order(world.core, third), slot);
    const struct order *order = &world.core->orders[slot];
    assert_int_equal(order->extra, 0);
    assert_int_equal(order->has_client, 0);
    assert_int_equal(order_visible(world.core, order), 7);
    assert_int_equal(world.core->colds[slot].client.length, 0);
    assert_int_equal(world.core->extra_slab.count, 0);
}

/* ---- the clock ---- */

static void a_moved_clock_is_told_once(void **state)
{
    (void)state;
    core_set_time(world.core, 1000);
    u64 id = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    ASSERT_KINDS(&world, EVENT_TIME, EVENT_ORDER_NEW);
    const struct event_time *time = world_event(&world, EVENT_TIME, 0);
    assert_int_equal(time->time_us, 1000);
    assert_int_equal(time->head.account, 0);
    assert_int_equal(time->head.source, 0);
    assert_int_equal(time->head.seq, core_seq(world.core));
    assert_int_equal(world.core->colds[index_order(world.core, id)].time_us, 1000);
    world_cancel(&world, 0, id);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE);
    core_set_time(world.core, 999); /* time never falls */
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    ASSERT_KINDS(&world, EVENT_ORDER_NEW);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(a_resting_order_is_told_in_one_event),
        EXAMPLE(a_crossing_order_has_no_update_of_its_own),
        EXAMPLE(a_short_client_id_makes_a_short_event),
        EXAMPLE(an_order_with_more_to_say_is_followed_by_a_detail),
        EXAMPLE(each_single_extra_field_makes_a_detail),
        EXAMPLE(without_the_flag_there_is_no_detail),
        EXAMPLE(ids_rise_over_all_markets),
        EXAMPLE(a_first_order_makes_both_rows),
        EXAMPLE(a_canceled_order_gives_back_its_lock),
        EXAMPLE(an_order_that_never_rested_has_no_update_when_it_ends),
        EXAMPLE(padding_of_events_is_zero),
        EXAMPLE(only_direct_answers_carry_the_source_index),
        EXAMPLE(the_need_of_an_order_follows_what_is_left),
        EXAMPLE(a_leg_of_a_waiting_pair_holds_nothing_itself),
        EXAMPLE(a_slot_given_back_is_used_again),
        EXAMPLE(a_moved_clock_is_told_once),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
