/* Aim: an order passes exactly when its shape and its market's filters say so, and of several
 * faults the documented first one is named. Method: for each filter the last value that passes and
 * the first that does not; one order wrong in everything, mended fault by fault. Filters: the API's
 * filters.md; order: docs/semantics.md section 5. */
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

/* ---- who and where ---- */

static void account_market_restriction_and_state_come_first(void **state)
{
    (void)state;
    struct world_order order = buy(10000, 1);
    order.side = 9; /* looked at later */
    struct command_order command = world_order_command(&order);
    world_refuses(&world, &command, COMMAND_ORDER, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    command.market = 1;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_UNKNOWN_MARKET);
    command.market = 0;
    world_market_state(&world, 0, MARKET_STATE_HALT);
    struct command_restrict restrict_place = {.restrictions = RESTRICTION_REFUSE
                                                              << 2 * OPERATION_PLACE};
    world_apply(&world, &restrict_place, COMMAND_RESTRICT, 0);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_ACCOUNT_DISABLED);
    restrict_place.restrictions = (u64)RESTRICTION_HOLD << 2 * OPERATION_TRADE;
    world_apply(&world, &restrict_place, COMMAND_RESTRICT, 0);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_ACCOUNT_DISABLED);
    restrict_place.restrictions = ~0xFULL; /* everything else is frozen */
    world_apply(&world, &restrict_place, COMMAND_RESTRICT, 0);
    const u8 closed[] = {MARKET_STATE_HALT, MARKET_STATE_BREAK, MARKET_STATE_CANCEL_ONLY};
    for (u32 i = 0; i < ARRAY_COUNT(closed); i++) {
        world_market_state(&world, 0, closed[i]);
        world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_MARKET_CLOSED);
    }
    world_market_state(&world, 0, MARKET_STATE_TRADING);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_BAD_SIDE);
}

/* ---- shape ---- */

static void enums_are_known_ones(void **state)
{
    (void)state;
    struct world_order order = buy(10000, 1);
    order.side = 2;
    order.type = ORDER_TYPE_COUNT;
    order.tif = TIME_IN_FORCE_COUNT;
    order.stp = STP_MODE_COUNT;
    fails(order, REJECT_BAD_SIDE);
    order.side = SIDE_BUY;
    fails(order, REJECT_BAD_TYPE);
    order.type = ORDER_TYPE_LIMIT;
    fails(order, REJECT_BAD_TIME_IN_FORCE);
    order.tif = TIME_IN_FORCE_GTC;
    fails(order, REJECT_BAD_STP_MODE);
    order.stp = 255;
    fails(order, REJECT_BAD_STP_MODE);
    order.stp = STP_MODE_TRANSFER;
    passes(order);
}

static void a_client_id_has_36_symbols_at_most(void **state)
{
    (void)state;
    struct world_order order = buy(10000, 1);
    order.client = "0123456789abcdefghijklmnopqrstuvwxyz";
    passes(order);
    struct command_order command = world_order_command(&order);
    command.client.length = 37;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_BAD_CLIENT_ID);
    command.client.length = 255;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_BAD_CLIENT_ID);
}

static void the_markets_default_mode_stands_in(void **state)
{
    (void)state;
    d.stp_default = STP_MODE_EXPIRE_BOTH;
    d.stp_allowed = 1U << STP_MODE_EXPIRE_BOTH | 1U << STP_MODE_NONE;
    world_market_set(&world, &d);
    (void)world_place(&world, 0, buy(10000, 1));
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(event->stp, STP_MODE_EXPIRE_BOTH);
    struct world_order order = buy(10000, 1);
    order.stp = STP_MODE_NONE;
    passes(order);
    order.stp = STP_MODE_EXPIRE_MAKER;
    fails(order, REJECT_BAD_STP_MODE);
}

static void each_type_is_allowed_by_its_bit(void **state)
{
    (void)state;
    const enum reject rejects[] = {REJECT_TYPE_LIMIT_UNSUPPORTED,
                                   REJECT_TYPE_LIMIT_UNSUPPORTED,
                                   REJECT_TYPE_MARKET_UNSUPPORTED,
                                   REJECT_TYPE_STOP_LOSS_UNSUPPORTED,
                                   REJECT_TYPE_STOP_LOSS_LIMIT_UNSUPPORTED,
                                   REJECT_TYPE_TAKE_PROFIT_UNSUPPORTED,
                                   REJECT_TYPE_TAKE_PROFIT_LIMIT_UNSUPPORTED};
    for (u8 type = 0; type < ORDER_TYPE_COUNT; type++) {
        struct world_order order = buy(10000, 1);
        order.type = type;
        order.iceberg = 5; /* the combination is looked at later */
        order.tif = TIME_IN_FORCE_IOC;
        d.types_allowed = (u8)(0x7F & ~(1U << type));
        world_market_set(&world, &d);
        fails(order, rejects[type]);
        d.types_allowed = (u8)(1U << type);
        world_market_set(&world, &d);
        fails(order, REJECT_BAD_COMBINATION);
    }
}

/* What may be sent with a type, as letters: p price, q qty, Q quote_qty, s stop, t trailing, i
 * iceberg, g gtc only. */
static struct world_order with(u8 type, const char *fields)
{
    struct world_order order = {.type = type, .side = SIDE_SELL};
    for (; *fields; fields++) {
        order.price = *fields == 'p' ? 10000 : order.price;
        order.qty = *fields == 'q' ? 10 : order.qty;
        order.quote = *fields == 'Q' ? 10 : order.quote;
        order.stop = *fields == 's' ? 9000 : order.stop;
        order.trailing = *fields == 't' ? 100 : order.trailing;
        order.iceberg = *fields == 'i' ? 2 : order.iceberg;
        order.tif = *fields == 'c' ? TIME_IN_FORCE_IOC : order.tif;
        order.tif = *fields == 'k' ? TIME_IN_FORCE_FOK : order.tif;
    }
    return order;
}

static enum reject shape_of(struct world_order order)
{
    struct command_order command = world_order_command(&order);
    struct intent intent = {.market = &world.core->markets[0],
                            .side = command.side,
                            .type = command.type,
                            .tif = command.tif,
                            .stp = command.stp,
                            .price = command.price,
                            .qty = command.qty,
                            .stop_price = command.stop_price,
                            .iceberg_qty = command.iceberg_qty,
                            .quote_qty = command.quote_qty,
                            .trailing_delta = command.trailing_delta,
                            .client = &command.client};
    return filter_shape(&intent);
}

static void only_the_documented_combinations_pass(void **state)
{
    (void)state;
    struct shape {
        u8 type;
        const char *good[12];
        const char *bad[12];
    } shapes[] = {
        {ORDER_TYPE_LIMIT,
         {"pq", "pqi", "pqc", "pqk"},
         {"", "p", "q", "pqQ", "pQ", "pqs", "pqt", "pqic", "pqik"}},
        {ORDER_TYPE_LIMIT_MAKER,
         {"pq", "pqi"},
         {"p", "q", "pqQ", "pqs", "pqt", "pqc", "pqk", "pqic"}},
        {ORDER_TYPE_MARKET, {"q", "Q"}, {"", "qQ", "pq", "qs", "qt", "qi", "qc", "qk", "Qc", "Qi"}},
        {ORDER_TYPE_STOP_LOSS,
         {"qs", "qt", "qst"},
         {"q", "s", "st", "pqs", "qsi", "qsQ", "sQ", "qsc", "qtk"}},
        {ORDER_TYPE_TAKE_PROFIT,
         {"qs", "qt", "qst"},
         {"q", "s", "st", "pqs", "qsi", "qsQ", "sQ", "qsc", "qtk"}},
        {ORDER_TYPE_STOP_LOSS_LIMIT,
         {"pqs", "pqt", "pqst", "pqsi", "pqsc", "pqtk"},
         {"pq", "ps", "qs", "pqsQ", "psQ", "pqsic", "pqtik"}},
        {ORDER_TYPE_TAKE_PROFIT_LIMIT,
         {"pqs", "pqt", "pqst", "pqsi", "pqsc", "pqtk"},
         {"pq", "ps", "qs", "pqsQ", "psQ", "pqsic", "pqtik"}},
    };
    for (u32 i = 0; i < ARRAY_COUNT(shapes); i++) {
        for (u32 k = 0; shapes[i].good[k]; k++) {
            world_assert_reject(shape_of(with(shapes[i].type, shapes[i].good[k])), REJECT_NONE);
        }
        for (u32 k = 0; shapes[i].bad[k]; k++) {
            world_assert_reject(shape_of(with(shapes[i].type, shapes[i].bad[k])),
                                REJECT_BAD_COMBINATION);
        }
    }
}

static void features_are_looked_at_in_order(void **state)
{
    (void)state;
    d.features = 0;
    world_market_set(&world, &d);
    struct world_order order = with(ORDER_TYPE_STOP_LOSS_LIMIT, "pqti");
    fails(order, REJECT_ICEBERG_UNSUPPORTED);
    d.features = MARKET_FEATURE_ICEBERG;
    world_market_set(&world, &d);
    fails(order, REJECT_TRAILING_UNSUPPORTED);
    d.features |= MARKET_FEATURE_TRAILING;
    world_market_set(&world, &d);
    passes(order);
    fails(with(ORDER_TYPE_MARKET, "Q"), REJECT_QUOTE_QTY_UNSUPPORTED);
    d.features |= MARKET_FEATURE_QUOTE_QTY;
    world_market_set(&world, &d);
    fails(with(ORDER_TYPE_MARKET, "Q"), REJECT_NO_LIQUIDITY);
}

static void a_slice_is_at_most_the_whole(void **state)
{
    (void)state;
    struct world_order order = buy(10000, 10);
    order.iceberg = 11;
    fails(order, REJECT_ICEBERG_EXCEEDS_QTY);
    order.iceberg = 10;
    u64 id = world_place(&world, 0, order);
    assert_true(id > 0);
    assert_int_equal(world.core->accounts[0].iceberg, 1);
}

/* ---- price and quantity ---- */

static void price_is_on_the_grid_and_within_its_bounds(void **state)
{
    (void)state;
    d.price_min = price_of(100 * WORLD_TICK);
    d.price_max = price_of(200 * WORLD_TICK);
    world_market_set(&world, &d);
    fails(buy(99, 1), REJECT_FILTER_PRICE);
    passes(buy(100, 1));
    passes(buy(200, 1));
    fails(buy(201, 1), REJECT_FILTER_PRICE);
    struct world_order order = buy(150, 1);
    struct command_order command = world_order_command(&order);
    command.price.units += 1;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_PRICE);
    command.price.units = UINT64_MAX;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_PRICE);
}

static void the_book_ends_at_ticks_max(void **state)
{
    (void)state;
    passes(buy(d.ticks_max, 1));
    fails(buy(d.ticks_max + 1, 1), REJECT_FILTER_PRICE);
    /* A price whose ticks only fit when cut to 32 bits. */
    struct world_order order = buy(1, 1);
    struct command_order command = world_order_command(&order);
    command.price.units = ((1ULL << 32) + 5) * WORLD_TICK;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_PRICE);
}

static void a_stop_price_is_bounded_like_a_price(void **state)
{
    (void)state;
    d.price_min = price_of(100 * WORLD_TICK);
    d.price_max = price_of(200 * WORLD_TICK);
    world_market_set(&world, &d);
    fails(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 99, 1), REJECT_FILTER_PRICE);
    passes(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 100, 1));
    fails(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 201, 1), REJECT_FILTER_PRICE);
}

static void lot_size_bounds_quantity_and_slice(void **state)
{
    (void)state;
    d.qty_min = amount_of(5 * WORLD_LOT);
    d.qty_max = amount_of(50 * WORLD_LOT);
    world_market_set(&world, &d);
    fails(buy(10000, 4), REJECT_FILTER_LOT_SIZE);
    passes(buy(10000, 5));
    passes(buy(10000, 50));
    fails(buy(10000, 51), REJECT_FILTER_LOT_SIZE);
    struct world_order order = buy(10000, 20);
    order.iceberg = 4;
    fails(order, REJECT_FILTER_LOT_SIZE);
    order.iceberg = 5;
    passes(order);
    struct command_order command = world_order_command(&order);
    command.qty.units += 1;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_LOT_SIZE);
    command.qty.units -= 1;
    command.iceberg_qty.units += 1;
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_LOT_SIZE);
}

static void a_quantity_stays_below_2_63(void **state)
{
    (void)state;
    struct world_order order = sell(1, 1);
    struct command_order command = world_order_command(&order);
    u64 highest = (AMOUNT_BOUND - 1) / WORLD_LOT * WORLD_LOT;
    command.qty = amount_of(highest);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_INSUFFICIENT_BALANCE);
    command.qty = amount_of(highest + WORLD_LOT);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_FILTER_LOT_SIZE);
}

static void market_lot_size_is_for_market_orders(void **state)
{
    (void)state;
    d.market_qty_min = amount_of(4 * WORLD_LOT);
    d.market_qty_max = amount_of(20 * WORLD_LOT);
    d.market_lot = amount_of(2 * WORLD_LOT);
    world_market_set(&world, &d);
    (void)world_place(&world, 1, sell(10000, 100));
    fails(world_market(SIDE_BUY, 2), REJECT_FILTER_MARKET_LOT_SIZE);
    passes(world_market(SIDE_BUY, 4));
    fails(world_market(SIDE_BUY, 5), REJECT_FILTER_MARKET_LOT_SIZE);
    passes(world_market(SIDE_BUY, 20));
    fails(world_market(SIDE_BUY, 22), REJECT_FILTER_MARKET_LOT_SIZE);
    passes(buy(9000, 1)); /* a limit order may be smaller */
}

/* ---- notional ---- */

static void a_notional_stays_below_2_63(void **state)
{
    (void)state;
    /* 10^7 ticks x 100 x lots */
    u64 lots = AMOUNT_BOUND / (10000000 * WORLD_VALUE);
    fails(sell(10000000, lots + 1), REJECT_NOTIONAL_OVERFLOW);
    fails(sell(10000000, lots), REJECT_INSUFFICIENT_BALANCE);
    fails(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 10000000, lots + 1),
          REJECT_NOTIONAL_OVERFLOW);
    struct world_order order = world_market(SIDE_BUY, 0);
    struct command_order command = world_order_command(&order);
    command.flags = ORDER_FLAG_DETAIL;
    command.quote_qty = amount_of(AMOUNT_BOUND);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_NOTIONAL_OVERFLOW);
    command.quote_qty = amount_of(AMOUNT_BOUND - 1);
    world_refuses(&world, &command, COMMAND_ORDER, 0, REJECT_NO_LIQUIDITY);
}

static void min_notional_counts_price_times_quantity(void **state)
{
    (void)state;
    d.min_notional = amount_of(1000 * WORLD_VALUE);
    world_market_set(&world, &d);
    fails(buy(111, 9), REJECT_FILTER_MIN_NOTIONAL); /* 999 */
    passes(buy(100, 10));
    passes(buy(1001, 1));
}

static void notional_has_both_bounds(void **state)
{
    (void)state;
    d.notional_min = amount_of(1000 * WORLD_VALUE);
    d.notional_max = amount_of(2000 * WORLD_VALUE);
    world_market_set(&world, &d);
    fails(buy(111, 9), REJECT_FILTER_NOTIONAL);
    passes(buy(100, 10));
    passes(buy(100, 20));
    fails(buy(667, 3), REJECT_FILTER_NOTIONAL); /* 2001 */
    d.min_notional = amount_of(999 * WORLD_VALUE + 1);
    world_market_set(&world, &d);
    fails(buy(111, 9), REJECT_FILTER_MIN_NOTIONAL); /* it is asked first */
}

static void market_orders_are_looked_at_only_with_the_flag(void **state)
{
    (void)state;
    world_trade_at(&world, 100);
    (void)world_place(&world, 1, sell(100, 1000));
    d.min_notional = amount_of(1000 * WORLD_VALUE);
    d.notional_min = amount_of(1000 * WORLD_VALUE);
    d.notional_max = amount_of(2000 * WORLD_VALUE);
    world_market_set(&world, &d);
    passes(world_market(SIDE_BUY, 1));
    d.min_notional_flags = NOTIONAL_MIN_TO_MARKET;
    world_market_set(&world, &d);
    fails(world_market(SIDE_BUY, 9), REJECT_FILTER_MIN_NOTIONAL);
    passes(world_market(SIDE_BUY, 10));
    d.min_notional_flags = NOTIONAL_MAX_TO_MARKET; /* not a flag of this filter's bound */
    d.notional_flags = NOTIONAL_MIN_TO_MARKET;
    world_market_set(&world, &d);
    fails(world_market(SIDE_BUY, 9), REJECT_FILTER_NOTIONAL);
    passes(world_market(SIDE_BUY, 21));
    d.notional_flags = NOTIONAL_MAX_TO_MARKET;
    world_market_set(&world, &d);
    passes(world_market(SIDE_BUY, 9));
    passes(world_market(SIDE_BUY, 20));
    fails(world_market(SIDE_BUY, 21), REJECT_FILTER_NOTIONAL);
    fails(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 90, 21), REJECT_FILTER_NOTIONAL);
}

static void without_an_average_the_notional_of_a_market_order_passes(void **state)
{
    (void)state;
    (void)world_place(&world, 1, sell(100, 1000));
    d.min_notional = amount_of(1000 * WORLD_VALUE);
    d.min_notional_flags = NOTIONAL_MIN_TO_MARKET;
    world_market_set(&world, &d);
    u64 id = world_place(&world, 0, world_market(SIDE_BUY, 1));
    assert_true(id > 0);
    fails(world_market(SIDE_BUY, 1), REJECT_FILTER_MIN_NOTIONAL); /* now there is one */
}

static void a_quote_quantity_is_its_own_notional(void **state)
{
    (void)state;
    (void)world_place(&world, 1, sell(100, 100000));
    d.min_notional = amount_of(10 * 1000000);
    d.min_notional_flags = NOTIONAL_MIN_TO_MARKET;
    d.notional_max = amount_of(20 * 1000000);
    d.notional_flags = NOTIONAL_MAX_TO_MARKET;
    world_market_set(&world, &d);
    struct world_order order = world_market(SIDE_BUY, 0);
    order.quote = 9;
    fails(order, REJECT_FILTER_MIN_NOTIONAL); /* although there is no average */
    order.quote = 10;
    passes(order);
    order.quote = 21;
    fails(order, REJECT_FILTER_NOTIONAL);
}

/* A notional beyond 64 bits counts as 2^63, not as what is left of it. */
static void a_notional_at_the_average_is_capped(void **state)
{
    (void)state;
    struct command_reference_price reference = {.price = price_of(AMOUNT_BOUND - 1)};
    world_apply(&world, &reference, COMMAND_REFERENCE_PRICE, 0);
    d.notional_max = amount_of(AMOUNT_BOUND - 1);
    d.notional_flags = NOTIONAL_MAX_TO_MARKET;
    world_market_set(&world, &d);
    fails(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 1, 20000), REJECT_FILTER_NOTIONAL);
    d.notional_max = amount_of(AMOUNT_BOUND);
    world_market_set(&world, &d);
    passes(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 1, 20000));
}

/* ---- percent ---- */

static void percent_price_is_around_the_average(void **state)
{
    (void)state;
    d.percent_up = 11000;
    d.percent_down = 9000;
    world_market_set(&world, &d);
    passes(buy(1, 1)); /* no average yet */
    world_trade_at(&world, 1000);
    fails(buy(899, 1), REJECT_FILTER_PERCENT_PRICE);
    passes(buy(900, 1));
    passes(sell(1100, 1));
    fails(sell(1101, 1), REJECT_FILTER_PERCENT_PRICE);
    d.percent_up = 0;
    world_market_set(&world, &d);
    passes(sell(5000, 1));
    fails(buy(899, 1), REJECT_FILTER_PERCENT_PRICE);
    passes(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 5, 1)); /* has no price */
}

static void percent_price_by_side_has_four_bounds(void **state)
{
    (void)state;
    d.bid_percent_up = 10100;
    d.bid_percent_down = 9000;
    d.ask_percent_up = 12000;
    d.ask_percent_down = 9900;
    world_market_set(&world, &d);
    world_trade_at(&world, 1000);
    passes(buy(1010, 1));
    fails(buy(1011, 1), REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
    passes(buy(900, 1));
    fails(buy(899, 1), REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
    passes(sell(1200, 1));
    fails(sell(1201, 1), REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
    passes(sell(990, 1));
    fails(sell(989, 1), REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
}

static void each_percent_filter_has_its_own_minutes(void **state)
{
    (void)state;
    d.percent_up = 11000;
    d.bid_percent_up = 11000;
    d.percent_minutes = 5;
    world_market_set(&world, &d);
    core_set_time(world.core, 600000000);
    world_trade_at(&world, 1000);
    core_set_time(world.core, 660000000);
    world_trade_at(&world, 1100);
    (void)world_place(&world, 1, sell(1200, 1));
    fails(buy(1200, 1), REJECT_FILTER_PERCENT_PRICE); /* 5 minutes: average 1050 */
    d.percent_minutes = 0;
    d.side_percent_minutes = 5;
    world_market_set(&world, &d);
    fails(buy(1200, 1), REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
    d.side_percent_minutes = 1;
    world_market_set(&world, &d);
    passes(buy(1200, 1));
}

/* ---- icebergs and trailing ---- */

static void an_iceberg_has_so_many_parts_at_most(void **state)
{
    (void)state;
    d.iceberg_parts_max = 4;
    world_market_set(&world, &d);
    struct world_order order = buy(10000, 12);
    order.iceberg = 3;
    passes(order);
    order.qty = 13;
    fails(order, REJECT_FILTER_ICEBERG_PARTS);
    order.iceberg = 4;
    passes(order);
}

static struct world_order trailing(u8 type, u8 side, u32 delta)
{
    struct world_order order = {.type = type, .side = side, .trailing = delta, .qty = 1};
    bool has_price = type == ORDER_TYPE_STOP_LOSS_LIMIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
    order.price = has_price ? 10000 : 0;
    return order;
}

/* API trailing-stop-faq.md "How do I pass the TRAILING_DELTA filter?" */
static void the_direction_of_a_trailing_order_chooses_its_bounds(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    d.trailing_above_min = 10;
    d.trailing_above_max = 20;
    d.trailing_below_min = 30;
    d.trailing_below_max = 40;
    world_market_set(&world, &d);
    const u8 types[] = {ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT, ORDER_TYPE_TAKE_PROFIT,
                        ORDER_TYPE_TAKE_PROFIT_LIMIT};
    for (u32 i = 0; i < ARRAY_COUNT(types); i++) {
        u8 above = i < 2 ? SIDE_BUY : SIDE_SELL;
        passes(trailing(types[i], above, 10));
        passes(trailing(types[i], above, 20));
        fails(trailing(types[i], above, 9), REJECT_FILTER_TRAILING_DELTA);
        fails(trailing(types[i], above, 21), REJECT_FILTER_TRAILING_DELTA);
        passes(trailing(types[i], !above, 30));
        passes(trailing(types[i], !above, 40));
        fails(trailing(types[i], !above, 29), REJECT_FILTER_TRAILING_DELTA);
        fails(trailing(types[i], !above, 41), REJECT_FILTER_TRAILING_DELTA);
    }
}

static void without_bounds_a_delta_is_less_than_the_whole(void **state)
{
    (void)state;
    d.trailing_above_min = 10; /* alone it means nothing */
    world_market_set(&world, &d);
    passes(trailing(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY, 1));
    passes(trailing(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY, 9999));
    fails(trailing(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_BUY, 10000), REJECT_FILTER_TRAILING_DELTA);
    fails(trailing(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, UINT32_MAX),
          REJECT_FILTER_TRAILING_DELTA);
}

/* ---- which fault is named ---- */

static void terms_are_looked_at_in_the_documented_order(void **state)
{
    (void)state;
    world_trade_at(&world, 1000);
    d.price_max = price_of(2000 * WORLD_TICK);
    d.percent_up = 11000;
    d.ask_percent_up = 10500;
    d.qty_max = amount_of(100 * WORLD_LOT);
    d.notional_max = amount_of(1000 * 90 * WORLD_VALUE);
    d.min_notional = amount_of(1000 * 95 * WORLD_VALUE);
    d.iceberg_parts_max = 3;
    world_market_set(&world, &d);
    struct world_order order = {.type = ORDER_TYPE_STOP_LOSS_LIMIT,
                                .side = SIDE_SELL,
                                .price = 2001,
                                .stop = 2001,
                                .trailing = 10000,
                                .qty = 101,
                                .iceberg = 1};
    fails(order, REJECT_FILTER_PRICE);
    order.price = 2000;
    fails(order, REJECT_FILTER_PRICE); /* the stop price */
    order.stop = 900;
    fails(order, REJECT_FILTER_PERCENT_PRICE);
    order.price = 1100;
    fails(order, REJECT_FILTER_PERCENT_PRICE_BY_SIDE);
    order.price = 1000;
    fails(order, REJECT_FILTER_LOT_SIZE);
    order.qty = 94;
    fails(order, REJECT_FILTER_MIN_NOTIONAL);
    order.qty = 95;
    fails(order, REJECT_FILTER_NOTIONAL);
    d.min_notional = AMOUNT_ZERO;
    world_market_set(&world, &d);
    order.qty = 90;
    fails(order, REJECT_FILTER_ICEBERG_PARTS);
    order.iceberg = 30;
    fails(order, REJECT_FILTER_TRAILING_DELTA);
    order.trailing = 9999;
    passes(order);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(account_market_restriction_and_state_come_first),
        EXAMPLE(enums_are_known_ones),
        EXAMPLE(a_client_id_has_36_symbols_at_most),
        EXAMPLE(the_markets_default_mode_stands_in),
        EXAMPLE(each_type_is_allowed_by_its_bit),
        EXAMPLE(only_the_documented_combinations_pass),
        EXAMPLE(features_are_looked_at_in_order),
        EXAMPLE(a_slice_is_at_most_the_whole),
        EXAMPLE(price_is_on_the_grid_and_within_its_bounds),
        EXAMPLE(the_book_ends_at_ticks_max),
        EXAMPLE(a_stop_price_is_bounded_like_a_price),
        EXAMPLE(lot_size_bounds_quantity_and_slice),
        EXAMPLE(a_quantity_stays_below_2_63),
        EXAMPLE(market_lot_size_is_for_market_orders),
        EXAMPLE(a_notional_stays_below_2_63),
        EXAMPLE(min_notional_counts_price_times_quantity),
        EXAMPLE(notional_has_both_bounds),
        EXAMPLE(market_orders_are_looked_at_only_with_the_flag),
        EXAMPLE(without_an_average_the_notional_of_a_market_order_passes),
        EXAMPLE(a_quote_quantity_is_its_own_notional),
        EXAMPLE(a_notional_at_the_average_is_capped),
        EXAMPLE(percent_price_is_around_the_average),
        EXAMPLE(percent_price_by_side_has_four_bounds),
        EXAMPLE(each_percent_filter_has_its_own_minutes),
        EXAMPLE(an_iceberg_has_so_many_parts_at_most),
        EXAMPLE(the_direction_of_a_trailing_order_chooses_its_bounds),
        EXAMPLE(without_bounds_a_delta_is_less_than_the_whole),
        EXAMPLE(terms_are_looked_at_in_the_documented_order),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
