/* Aim: cancel, cancel all, cancel-replace and amend find the order named and no other, refuse in
 * the documented order, and leave priority and locks as documented. Method: docs/semantics.md
 * section 12 sentence by sentence, with the example of the API's order_amend_keep_priority.md. */
#include "core/cancel.h"

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

static u64 buy(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_BUY, price, qty));
}

static u64 sell(u32 account, u64 price, u64 qty)
{
    return world_place(&world, account, world_limit(SIDE_SELL, price, qty));
}

static u64 buy_named(u32 account, u64 price, u64 qty, const char *client)
{
    struct world_order order = world_limit(SIDE_BUY, price, qty);
    order.client = client;
    return world_place(&world, account, order);
}

static const struct event_order_done *done(u32 index)
{
    const struct event_order_done *event = world_event(&world, EVENT_ORDER_DONE, index);
    assert_non_null(event);
    return event;
}

static const struct event_order_amended *amended(u32 index)
{
    const struct event_order_amended *event = world_event(&world, EVENT_ORDER_AMENDED, index);
    assert_non_null(event);
    return event;
}

static void restrict_to(u32 account, u64 restrictions)
{
    struct command_restrict command = {.restrictions = restrictions};
    world_apply(&world, &command, COMMAND_RESTRICT, account);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

/* ---- cancel ---- */

static void refuses_cancel(struct command_cancel cancel, u32 account, enum reject reject)
{
    world_refuses(&world, &cancel, COMMAND_CANCEL, account, reject);
}

static void the_checks_of_a_cancel_come_in_order(void **state)
{
    (void)state;
    struct command_cancel cancel = {.market = 7, .restriction = 3};
    restrict_to(0, (u64)RESTRICTION_REFUSE << 2 * OPERATION_CANCEL);
    world_market_state(&world, 0, MARKET_STATE_BREAK);
    refuses_cancel(cancel, 99, REJECT_UNKNOWN_ACCOUNT);
    refuses_cancel(cancel, 0, REJECT_UNKNOWN_MARKET);
    cancel.market = 0;
    refuses_cancel(cancel, 0, REJECT_CANCEL_DISABLED);
    restrict_to(0, ~(3ULL << 2 * OPERATION_CANCEL));
    refuses_cancel(cancel, 0, REJECT_CANCEL_MARKET_CLOSED);
    world_market_state(&world, 0, MARKET_STATE_CANCEL_ONLY);
    refuses_cancel(cancel, 0, REJECT_BAD_ENUM);
    cancel.restriction = CANCEL_RESTRICTION_NONE;
    refuses_cancel(cancel, 0, REJECT_CANCEL_NO_ID);
    cancel.order_id = 1;
    refuses_cancel(cancel, 0, REJECT_UNKNOWN_ORDER);
}

static void an_order_is_canceled_by_id_or_by_client_id(void **state)
{
    (void)state;
    u64 first = buy_named(0, 9000, 1, "one");
    u64 second = buy_named(0, 9000, 1, "two");
    struct command_cancel cancel = {.order_id = first, .client = world_client("two")};
    refuses_cancel(cancel, 0, REJECT_CLIENT_ID_MISMATCH);
    cancel.client = world_client("nowhere");
    refuses_cancel(cancel, 0, REJECT_CLIENT_ID_MISMATCH);
    cancel.client = world_client("one");
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->order_id, first);
    cancel.order_id = 0;
    refuses_cancel(cancel, 0, REJECT_UNKNOWN_ORDER);
    cancel.client = world_client("two");
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->order_id, second);
}

static void nobody_elses_order_is_canceled(void **state)
{
    (void)state;
    world_add_second_market(&world);
    u64 id = buy_named(0, 9000, 1, "mine");
    struct command_cancel cancel = {.order_id = id};
    refuses_cancel(cancel, 1, REJECT_UNKNOWN_ORDER);
    cancel.market = 1;
    refuses_cancel(cancel, 0, REJECT_UNKNOWN_ORDER);
    cancel = (struct command_cancel){.client = world_client("mine")};
    refuses_cancel(cancel, 1, REJECT_UNKNOWN_ORDER);
}

static void cancel_restrictions_look_at_what_is_executed(void **state)
{
    (void)state;
    struct command_cancel cancel = {.restriction = CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED};
    cancel.order_id = buy(0, 9000, 10);
    refuses_cancel(cancel, 0, REJECT_CANCEL_RESTRICTION);
    (void)sell(1, 9000, 1);
    cancel.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    refuses_cancel(cancel, 0, REJECT_CANCEL_RESTRICTION);
    cancel.restriction = CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED;
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->released.units, 9 * 9000 * WORLD_VALUE);
    cancel.order_id = buy(0, 9000, 10);
    cancel.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->status, DONE_STATUS_CANCELED);
}

/* Prevented quantity is not executed. */
static void a_prevented_order_counts_as_new(void **state)
{
    (void)state;
    struct command_cancel cancel = {.restriction = CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED};
    cancel.order_id = buy(0, 9000, 10);
    struct world_order taker = world_limit(SIDE_SELL, 9000, 4);
    taker.stp = STP_MODE_DECREMENT;
    (void)world_place(&world, 0, taker);
    refuses_cancel(cancel, 0, REJECT_CANCEL_RESTRICTION);
    cancel.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->released.units, 6 * 9000 * WORLD_VALUE);
}

/* An amend shrinks the order, not what of it is executed. */
static void an_amended_order_is_as_executed_as_before(void **state)
{
    (void)state;
    u64 id = buy(0, 9000, 10);
    world_amend(&world, 0, id, 5);
    struct command_cancel cancel = {.order_id = id,
                                    .restriction = CANCEL_RESTRICTION_ONLY_PARTIALLY_FILLED};
    refuses_cancel(cancel, 0, REJECT_CANCEL_RESTRICTION);
    (void)sell(1, 9000, 1);
    world_apply(&world, &cancel, COMMAND_CANCEL, 0);
    assert_int_equal(done(0)->released.units, 4 * 9000 * WORLD_VALUE);
}

/* ---- cancel all ---- */

static void cancel_all_goes_from_the_newest_to_the_oldest(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct command_cancel_all all = {.market = 0};
    world_refuses(&world, &all, COMMAND_CANCEL_ALL, 0, REJECT_UNKNOWN_ORDER);
    u64 first = buy(0, 9000, 1);
    const struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10),
                                       world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 10)};
    u64 pair = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    u64 last = world_place(&world, 0, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 8000, 1));
    (void)buy(1, 8999, 1);
    world_apply(&world, &all, COMMAND_CANCEL_ALL, 0);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_LIST_DONE,
                 EVENT_ORDER_DONE);
    const u64 order[] = {last, pair + 1, pair, first};
    for (u32 i = 0; i < 4; i++) {
        assert_int_equal(done(i)->order_id, order[i]);
        assert_int_equal(done(i)->source_index, world.source_index);
    }
    assert_int_equal(core_counts_of(world.core).orders, 1);
    world_refuses(&world, &all, COMMAND_CANCEL_ALL, 0, REJECT_UNKNOWN_ORDER);
}

static void cancel_all_keeps_to_its_market(void **state)
{
    (void)state;
    world_add_second_market(&world);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    (void)buy(0, 9000, 1);
    struct world_order other = world_limit(SIDE_BUY, 9000, 1);
    other.market = 1;
    u64 id = world_place(&world, 0, other);
    struct command_cancel_all all = {.market = 0};
    world_apply(&world, &all, COMMAND_CANCEL_ALL, 0);
    assert_int_equal(world_count(&world, EVENT_ORDER_DONE), 1);
    assert_int_equal(world_state(&world, id), ORDER_STATE_WORKING);
    all.market = 2;
    world_refuses(&world, &all, COMMAND_CANCEL_ALL, 0, REJECT_UNKNOWN_MARKET);
}

/* ---- restrict ---- */

static void a_restriction_expires_market_by_market_newest_first(void **state)
{
    (void)state;
    world_add_second_market(&world);
    world_deposit(&world, 0, 3, WORLD_FUNDS);
    struct world_order other = world_limit(SIDE_BUY, 9000, 1);
    other.market = 1;
    u64 ids[4];
    ids[0] = world_place(&world, 0, other); /* its first market is the second */
    ids[1] = buy(0, 9000, 1);
    ids[2] = world_place(&world, 0, other);
    ids[3] = buy(0, 9000, 1);
    world_market_state(&world, 1, MARKET_STATE_BREAK);
    restrict_to(0, (u64)RESTRICTION_REFUSE << 2 * OPERATION_PLACE); /* trade is still allowed */
    ASSERT_KINDS(&world, EVENT_APPLIED);
    restrict_to(0, RESTRICTION_HOLD << 2 * OPERATION_TRADE);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_ORDER_DONE, EVENT_ORDER_DONE, EVENT_ORDER_DONE,
                 EVENT_ORDER_DONE);
    const u64 order[] = {ids[3], ids[1], ids[2], ids[0]};
    for (u32 i = 0; i < 4; i++) {
        assert_int_equal(done(i)->order_id, order[i]);
        assert_int_equal(done(i)->status, DONE_STATUS_EXPIRED);
        assert_int_equal(done(i)->reason, EXPIRY_REASON_EXCHANGE_CANCELED);
        assert_int_equal(done(i)->source_index, 0);
    }
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

/* ---- cancel-replace ---- */

static struct command_cancel_replace replace(u64 target, struct world_order order)
{
    struct command_order c = world_order_command(&order);
    return (struct command_cancel_replace){.price = c.price,
                                           .qty = c.qty,
                                           .market = c.market,
                                           .side = c.side,
                                           .type = c.type,
                                           .tif = c.tif,
                                           .stp = c.stp,
                                           .client = c.client,
                                           .trailing_delta = c.trailing_delta,
                                           .stop_price = c.stop_price,
                                           .iceberg_qty = c.iceberg_qty,
                                           .quote_qty = c.quote_qty,
                                           .strategy_id = c.strategy_id,
                                           .strategy_type = c.strategy_type,
                                           .target_id = target};
}

static void apply_replace(struct command_cancel_replace command)
{
    world_apply(&world, &command, COMMAND_CANCEL_REPLACE, 0);
}

static const struct event_rejected *rejected(u32 index)
{
    const struct event_rejected *event = world_event(&world, EVENT_REJECTED, index);
    assert_non_null(event);
    return event;
}

static void a_replaced_order_loses_its_priority(void **state)
{
    (void)state;
    u64 first = buy(0, 9000, 10);
    u64 second = buy(1, 9000, 10);
    apply_replace(replace(first, world_limit(SIDE_BUY, 9000, 5)));
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_NEW);
    assert_int_equal(done(0)->source_index, world.source_index);
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
    world_assert_book(&world, SIDE_BUY, (const u64[]){second, event->order_id}, 2);
}

/* The new order may use the old one's money and client id. */
static void the_cancel_comes_before_the_new_orders_needs(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / (10000 * WORLD_VALUE);
    u64 id = buy_named(0, 10000, lots, "same");
    struct world_order order = world_limit(SIDE_BUY, 9999, lots);
    order.client = "same";
    apply_replace(replace(id, order));
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_NEW);
}

static void a_failed_cancel_stops_or_not_as_asked(void **state)
{
    (void)state;
    struct command_cancel_replace command = replace(777, world_limit(SIDE_BUY, 9000, 5));
    apply_replace(command);
    ASSERT_KINDS(&world, EVENT_REJECTED);
    assert_int_equal(rejected(0)->phase, REJECT_PHASE_CANCEL);
    assert_int_equal(rejected(0)->reject, REJECT_UNKNOWN_ORDER);
    assert_int_equal(rejected(0)->order_id, 777);
    assert_int_equal(rejected(0)->command, COMMAND_CANCEL_REPLACE);
    command.mode = REPLACE_MODE_ALLOW_FAILURE;
    apply_replace(command);
    ASSERT_KINDS(&world, EVENT_REJECTED, EVENT_ORDER_NEW);
    assert_int_equal(rejected(0)->phase, REJECT_PHASE_CANCEL);
}

static void a_failed_new_order_leaves_the_cancel(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / (10000 * WORLD_VALUE);
    u64 id = buy(0, 10000, 1);
    apply_replace(replace(id, world_limit(SIDE_BUY, 10000, lots + 1)));
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_REJECTED);
    assert_int_equal(rejected(0)->phase, REJECT_PHASE_NEW);
    assert_int_equal(rejected(0)->reject, REJECT_INSUFFICIENT_BALANCE);
    assert_int_equal(rejected(0)->order_id, 0);
    assert_int_equal(core_counts_of(world.core).orders, 0);
}

static void both_halves_may_fail(void **state)
{
    (void)state;
    u64 lots = WORLD_FUNDS / (10000 * WORLD_VALUE);
    struct command_cancel_replace command = replace(0, world_limit(SIDE_BUY, 10000, lots + 1));
    command.mode = REPLACE_MODE_ALLOW_FAILURE;
    apply_replace(command);
    ASSERT_KINDS(&world, EVENT_REJECTED, EVENT_REJECTED);
    assert_int_equal(rejected(0)->reject, REJECT_CANCEL_NO_ID);
    assert_int_equal(rejected(0)->phase, REJECT_PHASE_CANCEL);
    assert_int_equal(rejected(1)->phase, REJECT_PHASE_NEW);
}

static void a_bad_new_order_stops_everything(void **state)
{
    (void)state;
    u64 id = buy(0, 9000, 1);
    struct command_cancel_replace command = replace(id, world_limit(SIDE_BUY, 0, 0));
    world_refuses(&world, &command, COMMAND_CANCEL_REPLACE, 0, REJECT_BAD_COMBINATION);
    assert_int_equal(world_state(&world, id), ORDER_STATE_WORKING);
}

static void the_checks_of_a_replace_come_in_order(void **state)
{
    (void)state;
    struct command_cancel_replace command = replace(1, world_limit(9, 9000, 1));
    struct command_market_add d = world_definition();
    d.features = 0;
    d.orders_max = 1;
    d.qty_min = amount_of(2 * WORLD_LOT);
    world_market_set(&world, &d);
    (void)buy(0, 9000, 2);
    restrict_to(0, (u64)RESTRICTION_REFUSE << 2 * OPERATION_CANCEL);
    command.mode = 2;
    const u16 kind = COMMAND_CANCEL_REPLACE;
    world_refuses(&world, &command, kind, 0, REJECT_BAD_ENUM);
    command.mode = 0;
    command.restriction = 3;
    world_refuses(&world, &command, kind, 0, REJECT_BAD_ENUM);
    command.restriction = 0;
    world_refuses(&world, &command, kind, 0, REJECT_CANCEL_REPLACE_UNSUPPORTED);
    d.features = MARKET_FEATURE_CANCEL_REPLACE;
    world_market_set(&world, &d);
    world_refuses(&world, &command, kind, 0, REJECT_BAD_SIDE);
    command.side = SIDE_BUY;
    world_refuses(&world, &command, kind, 0, REJECT_FILTER_LOT_SIZE);
    command.qty = amount_of(2 * WORLD_LOT);
    world_refuses(&world, &command, kind, 0, REJECT_FILTER_MAX_NUM_ORDERS); /* beside the old */
    d.orders_max = 2;
    world_market_set(&world, &d);
    world_refuses(&world, &command, kind, 0, REJECT_CANCEL_DISABLED);
    restrict_to(0, 0);
    apply_replace(command);
    ASSERT_KINDS(&world, EVENT_ORDER_DONE, EVENT_ORDER_NEW);
}

static void a_replace_keeps_to_cancel_restrictions(void **state)
{
    (void)state;
    u64 id = buy(0, 9000, 10);
    (void)sell(1, 9000, 1);
    struct command_cancel_replace command = replace(id, world_limit(SIDE_BUY, 9000, 5));
    command.restriction = CANCEL_RESTRICTION_ONLY_NEW;
    apply_replace(command);
    ASSERT_KINDS(&world, EVENT_REJECTED);
    assert_int_equal(rejected(0)->reject, REJECT_CANCEL_RESTRICTION);
    assert_int_equal(rejected(0)->order_id, id);
}

static void a_replace_takes_every_field_of_an_order(void **state)
{
    (void)state;
    u64 id = buy(0, 9000, 10);
    struct world_order order = {.price = 8000,
                                .qty = 20,
                                .stop = 11000,
                                .iceberg = 5,
                                .strategy_id = 3,
                                .strategy_type = 4,
                                .trailing = 100,
                                .side = SIDE_SELL,
                                .type = ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                .client = "new-one"};
    apply_replace(replace(id, order));
    const struct event_order_detail *detail = world_event(&world, EVENT_ORDER_DETAIL, 0);
    assert_non_null(detail);
    assert_int_equal(detail->stop_price.units, 11000 * WORLD_TICK);
    assert_int_equal(detail->iceberg_qty.units, 5 * WORLD_LOT);
    assert_int_equal(detail->trailing_delta, 100);
    assert_int_equal(detail->strategy_id, 3);
    assert_int_equal(detail->strategy_type, 4);
}

/* ---- amend ---- */

/* API order_amend_keep_priority.md, "What is the difference ...": 5.50 to 5.00 at 87,000. */
static void an_amended_order_keeps_its_priority(void **state)
{
    (void)state;
    for (u32 account = 0; account < 3; account++) {
        world_deposit(&world, account, WORLD_USDT, 1000000 * WORLD_COIN);
    }
    u64 a = buy(1, 8700000, 10000);
    u64 mine = buy(0, 8700000, 55000);
    u64 b = buy(2, 8700000, 40000);
    u64 c = buy(2, 8699900, 20000);
    world_amend(&world, 0, mine, 50000);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED);
    assert_int_equal(amended(0)->order_id, mine);
    assert_int_equal(amended(0)->qty.units, 5 * WORLD_COIN);
    assert_int_equal(amended(0)->released.units, 43500 * WORLD_COIN);
    assert_int_equal(amended(0)->update_id, 5);
    assert_int_equal(amended(0)->source_index, world.source_index);
    world_assert_book(&world, SIDE_BUY, (const u64[]){a, mine, b, c}, 4);
    struct core_resting rows[2];
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, rows, 2), 2);
    assert_int_equal(rows[1].remaining.units, 5 * WORLD_COIN);
}

static void refuses_amend(struct command_amend amend, u32 account, enum reject reject)
{
    world_refuses(&world, &amend, COMMAND_AMEND, account, reject);
}

static void the_checks_of_an_amend_come_in_order(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    struct command_amend amend = {.market = 5, .qty = amount_of(11 * WORLD_LOT)};
    amend.new_client.length = 40;
    u64 id = buy_named(0, 9000, 10, "old");
    (void)buy_named(0, 9000, 10, "taken");
    d.features = 0;
    d.qty_min = amount_of(3 * WORLD_LOT);
    d.amends_max = 1;
    d.min_notional = amount_of(9000 * 6 * WORLD_VALUE);
    d.notional_min = amount_of(9000 * 7 * WORLD_VALUE);
    world_market_set(&world, &d);
    world_market_state(&world, 0, MARKET_STATE_CANCEL_ONLY);
    restrict_to(0, (u64)RESTRICTION_REFUSE << 2 * OPERATION_PLACE);
    refuses_amend(amend, 99, REJECT_UNKNOWN_ACCOUNT);
    refuses_amend(amend, 0, REJECT_UNKNOWN_MARKET);
    amend.market = 0;
    refuses_amend(amend, 0, REJECT_AMEND_DISABLED);
    restrict_to(0, 0);
    refuses_amend(amend, 0, REJECT_AMEND_MARKET_CLOSED);
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    refuses_amend(amend, 0, REJECT_AMEND_UNSUPPORTED);
    d.features = MARKET_FEATURE_AMEND;
    world_market_set(&world, &d);
    refuses_amend(amend, 0, REJECT_BAD_CLIENT_ID);
    amend.new_client = world_client("taken");
    refuses_amend(amend, 0, REJECT_AMEND_UNKNOWN_ORDER); /* no id at all */
    amend.order_id = id;
    amend.client = world_client("taken");
    refuses_amend(amend, 0, REJECT_CLIENT_ID_MISMATCH);
    amend.client = world_client("old");
    refuses_amend(amend, 0, REJECT_AMEND_INCREASE);
    amend.qty = amount_of(10 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_AMEND_NO_CHANGE);
    amend.qty = amount_of(2 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_FILTER_LOT_SIZE);
    amend.qty = amount_of(5 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_FILTER_MIN_NOTIONAL);
    amend.qty = amount_of(6 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_FILTER_NOTIONAL);
    amend.qty = amount_of(9 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_AMEND_DUPLICATE);
    amend.new_client = world_client("old"); /* its own may stay */
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    amend.qty = amount_of(8 * WORLD_LOT);
    refuses_amend(amend, 0, REJECT_FILTER_MAX_NUM_ORDER_AMENDS);
}

static void something_must_remain(void **state)
{
    (void)state;
    u64 id = buy(0, 9000, 10);
    (void)sell(1, 9000, 4);
    struct world_order own = world_limit(SIDE_SELL, 9000, 2);
    own.stp = STP_MODE_DECREMENT;
    (void)world_place(&world, 0, own); /* 4 executed, 2 prevented, 4 left */
    struct command_amend amend = {.order_id = id, .qty = amount_of(6 * WORLD_LOT)};
    refuses_amend(amend, 0, REJECT_FILTER_LOT_SIZE);
    amend.qty = amount_of(7 * WORLD_LOT);
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    assert_int_equal(amended(0)->qty.units, 7 * WORLD_LOT);
    assert_int_equal(amended(0)->released.units, 3 * 9000 * WORLD_VALUE);
    struct core_resting row;
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.remaining.units, 1 * WORLD_LOT);
}

static void an_amend_may_give_a_new_client_id(void **state)
{
    (void)state;
    u64 id = buy_named(0, 9000, 10, "old");
    struct command_amend amend = {.client = world_client("old"), .qty = amount_of(9 * WORLD_LOT)};
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    struct client_id old = world_client("old");
    assert_true(client_id_equal(&amended(0)->client, &old)); /* kept */
    amend.qty = amount_of(8 * WORLD_LOT);
    amend.new_client = world_client("new");
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    assert_true(client_id_equal(&amended(0)->client, &amend.new_client));
    assert_int_equal(index_client(world.core, 0, 0, &old), 0);
    assert_int_equal(index_client(world.core, 0, 0, &amend.new_client),
                     index_order(world.core, id));
    assert_true(buy_named(0, 9000, 1, "old") > 0);
    u64 unnamed = buy(0, 9000, 10);
    amend = (struct command_amend){.order_id = unnamed,
                                   .qty = amount_of(5 * WORLD_LOT),
                                   .new_client = world_client("named-at-last")};
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    assert_int_equal(index_client(world.core, 0, 0, &amend.new_client),
                     index_order(world.core, unnamed));
}

/* API order_amend_keep_priority.md "Can Iceberg Orders be amended?" */
static void an_icebergs_slice_changes_only_when_it_must(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 9000, 10);
    order.iceberg = 4;
    u64 id = world_place(&world, 0, order);
    struct core_resting row;
    world_amend(&world, 0, id, 5);
    assert_int_equal(amended(0)->update_id, 0);
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.visible.units, 4 * WORLD_LOT);
    world_amend(&world, 0, id, 3);
    assert_int_equal(amended(0)->update_id, 2);
    assert_int_equal(core_book(world.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.visible.units, 3 * WORLD_LOT);
    u32 extra = world.core->orders[index_order(world.core, id)].extra;
    assert_int_equal(world.core->extras[extra].iceberg, 3);
}

static void a_waiting_stop_gives_back_in_proportion(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 0, 10);
    trailing.trailing = 100;
    u64 id = world_place(&world, 0, trailing);
    world_trade_at(&world, 9950); /* the basis stays the price of placement */
    world_amend(&world, 0, id, 7);
    assert_int_equal(amended(0)->released.units, 3 * 10000 * WORLD_VALUE);
    assert_int_equal(amended(0)->update_id, 0);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 7 * 10000 * WORLD_VALUE);
}

static void both_legs_of_a_waiting_pair_are_amended(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct world_order legs[] = {world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 11000, 10),
                                 world_maker(SIDE_BUY, 9000, 10)};
    legs[0].client = "stop";
    legs[1].client = "maker";
    u64 id = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    struct command_amend amend = {
        .order_id = id + 1, .qty = amount_of(6 * WORLD_LOT), .new_client = world_client("renamed")};
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED, EVENT_ORDER_AMENDED);
    struct client_id stop = world_client("stop");
    assert_int_equal(amended(0)->order_id, id + 1);
    assert_int_equal(amended(0)->released.units, 0);
    assert_true(amended(0)->update_id > 0);
    assert_true(client_id_equal(&amended(0)->client, &amend.new_client));
    assert_int_equal(amended(1)->order_id, id);
    assert_int_equal(amended(1)->released.units, 4ULL * 11000 * WORLD_VALUE);
    assert_int_equal(amended(1)->update_id, 0);
    assert_true(client_id_equal(&amended(1)->client, &stop));
    assert_int_equal(amended(1)->source_index, world.source_index);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 6ULL * 11000 * WORLD_VALUE);
    assert_int_equal(world.core->colds[index_order(world.core, id)].amends, 1);
    assert_int_equal(world.core->colds[index_order(world.core, id + 1)].amends, 1);
}

static void the_siblings_notional_counts_too(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10),
                                 world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 9000, 10)};
    legs[1].price = 1000;
    u64 id = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    struct command_market_add d = world_definition();
    d.min_notional = amount_of(1000 * 8 * WORLD_VALUE);
    world_market_set(&world, &d);
    struct command_amend amend = {.order_id = id, .qty = amount_of(7 * WORLD_LOT)};
    refuses_amend(amend, 0, REJECT_FILTER_MIN_NOTIONAL);
    amend.qty = amount_of(8 * WORLD_LOT);
    world_apply(&world, &amend, COMMAND_AMEND, 0);
    assert_int_equal(world_count(&world, EVENT_ORDER_AMENDED), 2);
}

/* API order_amend_keep_priority.md "Can Order lists be amended?" */
static void the_legs_of_an_oto_are_amended_alone(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9000, 10),
                                       world_limit(SIDE_SELL, 12000, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    world_amend(&world, 0, id, 6);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED);
    assert_int_equal(amended(0)->released.units, 4 * 9000 * WORLD_VALUE);
    world_amend(&world, 0, id + 1, 5);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED);
    assert_int_equal(amended(0)->released.units, 0);
    (void)sell(1, 9000, 6);
    const struct event_order_triggered *event = world_event(&world, EVENT_ORDER_TRIGGERED, 0);
    assert_int_equal(event->locked.units, 5 * WORLD_LOT);
}

static void the_pending_pair_of_an_otoco_is_amended_together(void **state)
{
    (void)state;
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9000, 10),
                                       world_maker(SIDE_SELL, 12000, 10),
                                       world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 8000, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OTOCO, legs, 3);
    world_amend(&world, 0, id + 2, 4);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED, EVENT_ORDER_AMENDED);
    assert_int_equal(amended(0)->order_id, id + 2);
    assert_int_equal(amended(1)->order_id, id + 1);
    assert_int_equal(amended(0)->released.units + amended(1)->released.units, 0);
    world_amend(&world, 0, id, 5);
    ASSERT_KINDS(&world, EVENT_ORDER_AMENDED);
}

static void a_queued_order_or_its_sibling_cannot_be_amended(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    const struct world_order legs[] = {world_maker(SIDE_SELL, 11000, 10),
                                       world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 10)};
    u64 id = world_list(&world, 0, LIST_KIND_OCO, legs, 2);
    world.core->limits.triggers_per_command_max = 0;
    world_trade_at(&world, 9000);
    assert_int_equal(world_state(&world, id + 1), ORDER_STATE_QUEUED);
    struct command_amend amend = {.order_id = id + 1, .qty = amount_of(5 * WORLD_LOT)};
    refuses_amend(amend, 0, REJECT_AMEND_UNKNOWN_ORDER);
    amend.order_id = id;
    refuses_amend(amend, 0, REJECT_AMEND_UNKNOWN_ORDER);
    world.core->limits.triggers_per_command_max = 10;
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(the_checks_of_a_cancel_come_in_order),
        EXAMPLE(an_order_is_canceled_by_id_or_by_client_id),
        EXAMPLE(nobody_elses_order_is_canceled),
        EXAMPLE(cancel_restrictions_look_at_what_is_executed),
        EXAMPLE(a_prevented_order_counts_as_new),
        EXAMPLE(an_amended_order_is_as_executed_as_before),
        EXAMPLE(cancel_all_goes_from_the_newest_to_the_oldest),
        EXAMPLE(cancel_all_keeps_to_its_market),
        EXAMPLE(a_restriction_expires_market_by_market_newest_first),
        EXAMPLE(a_replaced_order_loses_its_priority),
        EXAMPLE(the_cancel_comes_before_the_new_orders_needs),
        EXAMPLE(a_failed_cancel_stops_or_not_as_asked),
        EXAMPLE(a_failed_new_order_leaves_the_cancel),
        EXAMPLE(both_halves_may_fail),
        EXAMPLE(a_bad_new_order_stops_everything),
        EXAMPLE(the_checks_of_a_replace_come_in_order),
        EXAMPLE(a_replace_keeps_to_cancel_restrictions),
        EXAMPLE(a_replace_takes_every_field_of_an_order),
        EXAMPLE(an_amended_order_keeps_its_priority),
        EXAMPLE(the_checks_of_an_amend_come_in_order),
        EXAMPLE(something_must_remain),
        EXAMPLE(an_amend_may_give_a_new_client_id),
        EXAMPLE(an_icebergs_slice_changes_only_when_it_must),
        EXAMPLE(a_waiting_stop_gives_back_in_proportion),
        EXAMPLE(both_legs_of_a_waiting_pair_are_amended),
        EXAMPLE(the_siblings_notional_counts_too),
        EXAMPLE(the_legs_of_an_oto_are_amended_alone),
        EXAMPLE(the_pending_pair_of_an_otoco_is_amended_together),
        EXAMPLE(a_queued_order_or_its_sibling_cannot_be_amended),
    };
    return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
