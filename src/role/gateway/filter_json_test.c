/* Aim: an order that breaks a filter is refused in that filter's name, and one that just keeps to
 * it is not; so are the core's other refusals that hang on a market's numbers. Method: one filter
 * at a time in the scene's market, and orders over the API on both sides of its bound. What the API
 * tells of filters is in calls_general_test.c. */
#include "role/gateway/filter_json.h"

#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <string.h>

#define BUY        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&"
#define SELL       "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&"
#define MARKET_BUY "symbol=BTCUSDT&side=BUY&type=MARKET&"
#define STOP_SELL  "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&"
#define OCO_SELL   "symbol=BTCUSDT&side=SELL&quantity=0.1&"
#define OCO_BUY    "symbol=BTCUSDT&side=BUY&quantity=0.1&"
#define LEGS       "aboveType=LIMIT_MAKER&abovePrice=120&belowType=STOP_LOSS&belowStopPrice=80"

static struct call_scene scene;

static void trade_at_100(void)
{
    assert_true(world_place(&scene.world, 4, world_limit(SIDE_SELL, 10000, 1)) > 0);
    call_scene_follow(&scene);
    assert_true(world_place(&scene.world, 5, world_limit(SIDE_BUY, 10000, 1)) > 0);
    call_scene_follow(&scene);
}

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    trade_at_100();
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void set_market(const struct command_market_add *market)
{
    world_market_set(&scene.world, market);
    call_scene_follow(&scene);
}

static void passes(enum endpoint_id endpoint, const char *query)
{
    call_scene_does(&scene, 0, endpoint, query);
}

static void refuses(enum endpoint_id endpoint, const char *query, i32 code, const char *text)
{
    call_scene_refuses(&scene, 0, endpoint, query, code, text);
}

/* Orders on the two sides of a bound. */
struct sides {
    const char *inside;
    const char *outside;
    i32 code;
    const char *text;
};

static void check(const struct sides *cases, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        passes(ENDPOINT_ORDER_TEST, cases[i].inside);
        refuses(ENDPOINT_ORDER_PLACE, cases[i].outside, cases[i].code, cases[i].text);
        passes(ENDPOINT_ORDER_PLACE, cases[i].inside);
    }
}

static void price_and_average(void **state)
{
    (void)state;
    static const struct sides cases[] = {
        {BUY "quantity=1&price=91", BUY "quantity=1&price=91.001", -1013,
         "Filter failure: PRICE_FILTER"},
        {SELL "quantity=1&price=200", SELL "quantity=1&price=200.01", -1013,
         "Filter failure: PRICE_FILTER"},
        {BUY "quantity=1&price=60", BUY "quantity=1&price=59.99", -1013,
         "Filter failure: PRICE_FILTER"},
    };
    static const struct sides percent[] = {
        {SELL "quantity=1&price=130", SELL "quantity=1&price=130.01", -1013,
         "Filter failure: PERCENT_PRICE"},
        {BUY "quantity=1&price=70", BUY "quantity=1&price=69.99", -1013,
         "Filter failure: PERCENT_PRICE"},
    };
    static const struct sides by_side[] = {
        {SELL "quantity=1&price=120", SELL "quantity=1&price=120.01", -1013,
         "Filter failure: PERCENT_PRICE_BY_SIDE"},
        {BUY "quantity=1&price=80", BUY "quantity=1&price=79.99", -1013,
         "Filter failure: PERCENT_PRICE_BY_SIDE"},
    };
    struct command_market_add market = world_definition();
    market.price_min = price_of(60 * WORLD_COIN);
    market.price_max = price_of(200 * WORLD_COIN);
    set_market(&market);
    check(cases, ARRAY_COUNT(cases));
    market.percent_up = 13000;
    market.percent_down = 7000;
    market.percent_minutes = 5;
    set_market(&market);
    check(percent, ARRAY_COUNT(percent));
    market.bid_percent_up = market.ask_percent_up = 12000;
    market.bid_percent_down = market.ask_percent_down = 8000;
    market.side_percent_minutes = 5;
    set_market(&market);
    check(by_side, ARRAY_COUNT(by_side));
}

static void quantity_and_value(void **state)
{
    (void)state;
    static const struct sides lots[] = {
        {BUY "price=90&quantity=0.0002", BUY "price=90&quantity=0.0001", -1013,
         "Filter failure: LOT_SIZE"},
        {BUY "price=90&quantity=50", BUY "price=90&quantity=50.0001", -1013,
         "Filter failure: LOT_SIZE"},
        {BUY "price=90&quantity=0.0003", BUY "price=90&quantity=0.00025", -1013,
         "Filter failure: LOT_SIZE"},
    };
    static const struct sides value[] = {
        {BUY "price=90&quantity=0.1", BUY "price=90&quantity=0.05", -1013,
         "Filter failure: MIN_NOTIONAL"},
        {BUY "price=90&quantity=0.2", BUY "price=90&quantity=0.15", -1013,
         "Filter failure: NOTIONAL"},
        {BUY "price=100&quantity=10", BUY "price=100&quantity=10.0001", -1013,
         "Filter failure: NOTIONAL"},
    };
    static const struct sides parts[] = {
        {BUY "price=90&quantity=1&icebergQty=0.1", BUY "price=90&quantity=1&icebergQty=0.09", -1013,
         "Filter failure: ICEBERG_PARTS"},
    };
    struct command_market_add market = world_definition();
    market.qty_min = amount_of(2 * WORLD_LOT);
    market.qty_max = amount_of(50 * WORLD_COIN);
    set_market(&market);
    check(lots, ARRAY_COUNT(lots));
    market.min_notional = amount_of(9 * WORLD_COIN);
    market.notional_min = amount_of(18 * WORLD_COIN);
    market.notional_max = amount_of(1000 * WORLD_COIN);
    set_market(&market);
    refuses(ENDPOINT_ORDER_PLACE, value[0].outside, value[0].code, value[0].text);
    check(value + 1, ARRAY_COUNT(value) - 1);
    market.notional_min = amount_of(0);
    market.iceberg_parts_max = 10;
    set_market(&market);
    passes(ENDPOINT_ORDER_PLACE, value[0].inside);
    check(parts, ARRAY_COUNT(parts));
}

static void market_quantity_and_trailing(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.market_qty_min = amount_of(WORLD_COIN / 10);
    market.market_qty_max = amount_of(WORLD_COIN);
    market.trailing_below_min = 100;
    market.trailing_below_max = 2000;
    market.trailing_above_min = 200;
    market.trailing_above_max = 3000;
    set_market(&market);
    assert_true(world_place(&scene.world, 1, world_limit(SIDE_SELL, 10000, 50000)) > 0);
    call_scene_follow(&scene);
    passes(ENDPOINT_ORDER_PLACE, MARKET_BUY "quantity=0.1");
    passes(ENDPOINT_ORDER_PLACE, MARKET_BUY "quantity=1");
    static const char *const wrong[] = {MARKET_BUY "quantity=0.09", MARKET_BUY "quantity=1.0001"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i++) {
        refuses(ENDPOINT_ORDER_PLACE, wrong[i], -1013, "Filter failure: MARKET_LOT_SIZE");
    }
    static const struct {
        const char *query;
        bool passes;
    } deltas[] = {
        {STOP_SELL "quantity=1&price=80&trailingDelta=99", false},
        {STOP_SELL "quantity=1&price=80&trailingDelta=100", true},
        {STOP_SELL "quantity=1&price=80&trailingDelta=2000", true},
        {STOP_SELL "quantity=1&price=80&trailingDelta=2001", false},
        {"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1&trailingDelta=199", false},
        {"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1&trailingDelta=200", true},
        {"symbol=BTCUSDT&side=BUY&type=STOP_LOSS&quantity=1&trailingDelta=3001", false},
    };
    for (u32 i = 0; i < ARRAY_COUNT(deltas); i++) {
        if (deltas[i].passes) {
            passes(ENDPOINT_ORDER_PLACE, deltas[i].query);
        } else {
            refuses(ENDPOINT_ORDER_PLACE, deltas[i].query, -1013, "Filter failure: TRAILING_DELTA");
        }
    }
}

/* ---- counts ---- */

/* One is allowed and the next is not; `clear` takes back what was placed. */
static void one_only(enum endpoint_id endpoint, const char *query, i32 code, const char *text)
{
    passes(endpoint, query);
    refuses(endpoint, query, code, text);
    passes(ENDPOINT_OPEN_ORDERS_CANCEL, "symbol=BTCUSDT");
}

static void counts_in_a_market(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.orders_max = 1;
    set_market(&market);
    one_only(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1", -1013,
             "Filter failure: MAX_NUM_ORDERS");
    market = world_definition();
    market.algo_orders_max = 1;
    set_market(&market);
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1");
    one_only(ENDPOINT_ORDER_PLACE, STOP_SELL "price=80&stopPrice=85&quantity=1", -1013,
             "Filter failure: MAX_NUM_ALGO_ORDERS");
    market = world_definition();
    market.iceberg_orders_max = 1;
    set_market(&market);
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1");
    one_only(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1&icebergQty=0.5", -1013,
             "Filter failure: MAX_NUM_ICEBERG_ORDERS");
    market = world_definition();
    market.lists_max = 1;
    set_market(&market);
    one_only(ENDPOINT_ORDER_LIST_OCO, OCO_SELL LEGS, -1013, "Filter failure: MAX_NUM_ORDER_LISTS");
    market = world_definition();
    market.amends_max = 1;
    set_market(&market);
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1&newClientOrderId=a");
    passes(ENDPOINT_ORDER_AMEND,
           "symbol=BTCUSDT&origClientOrderId=a&newQty=0.9&newClientOrderId=a");
    refuses(ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&origClientOrderId=a&newQty=0.8", -2038,
            "Filter failure: MAX_NUM_ORDER_AMENDS");
}

static void counts_in_the_venue(void **state)
{
    (void)state;
    static const struct {
        struct command_venue_filters filters;
        enum endpoint_id endpoint;
        const char *query;
        i32 code;
        const char *text;
    } cases[] = {
        {{.orders_max = 1},
         ENDPOINT_ORDER_PLACE,
         BUY "price=90&quantity=1",
         -1013,
         "Filter failure: EXCHANGE_MAX_NUM_ORDERS"},
        {{.algo_orders_max = 1},
         ENDPOINT_ORDER_PLACE,
         STOP_SELL "price=80&stopPrice=85&quantity=1",
         -1013,
         "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS"},
        {{.iceberg_orders_max = 1},
         ENDPOINT_ORDER_PLACE,
         BUY "price=90&quantity=1&icebergQty=0.5",
         -1013,
         "Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS"},
        {{.lists_max = 1},
         ENDPOINT_ORDER_LIST_OCO,
         OCO_SELL LEGS,
         -1013,
         "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        world_apply(&scene.world, &cases[i].filters, COMMAND_VENUE_FILTERS, 0);
        call_scene_follow(&scene);
        one_only(cases[i].endpoint, cases[i].query, cases[i].code, cases[i].text);
    }
}

static void positions_and_assets(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.position_max = amount_of(20001 * WORLD_COIN);
    set_market(&market);
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=0.6");
    refuses(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=0.4001", -1013,
            "Filter failure: MAX_POSITION");
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=0.4");
    market = world_definition();
    set_market(&market);
    struct command_asset_limit limit = {.limit = amount_of(45 * WORLD_COIN), .asset = WORLD_USDT};
    world_apply(&scene.world, &limit, COMMAND_ASSET_LIMIT, 0);
    call_scene_follow(&scene);
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=0.5");
    refuses(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=0.5001", -1013,
            "Filter failure: MAX_ASSET");
}

/* ---- what else hangs on a market ---- */

static void features_that_are_off(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.features = MARKET_FEATURE_OCO;
    set_market(&market);
    refuses(ENDPOINT_ORDER_PLACE, STOP_SELL "price=80&quantity=1&trailingDelta=100", -2010,
            "Trailing stop orders are not supported for this symbol.");
    refuses(ENDPOINT_ORDER_PLACE, MARKET_BUY "quoteOrderQty=10", -2010,
            "Quote order qty market orders are not support for this symbol.");
}

static void books_that_are_too_thin(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.qty_min = amount_of(2 * WORLD_COIN);
    set_market(&market);
    refuses(ENDPOINT_ORDER_PLACE, MARKET_BUY "quoteOrderQty=10000", -2010,
            "Order book liquidity is less than symbol minimum quantity.");
    market.qty_min = amount_of(0);
    set_market(&market);
    assert_true(world_place(&scene.world, 1, world_limit(SIDE_SELL, 10000, 10000)) > 0);
    call_scene_follow(&scene);
    market.qty_min = amount_of(2 * WORLD_COIN);
    set_market(&market);
    refuses(ENDPOINT_ORDER_PLACE, MARKET_BUY "quoteOrderQty=10000", -2010,
            "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.");
    market.qty_min = amount_of(0);
    market.market_qty_min = amount_of(2 * WORLD_COIN);
    set_market(&market);
    refuses(ENDPOINT_ORDER_PLACE, MARKET_BUY "quoteOrderQty=10000", -2010,
            "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.");
}

static void stops_on_the_wrong_side(void **state)
{
    (void)state;
    refuses(ENDPOINT_ORDER_PLACE, STOP_SELL "price=80&stopPrice=100&quantity=1", -2010,
            "Order would trigger immediately.");
    passes(ENDPOINT_ORDER_PLACE, STOP_SELL "price=80&stopPrice=99.99&quantity=1");
    refuses(ENDPOINT_ORDER_LIST_OCO,
            OCO_SELL "aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=LIMIT_MAKER&belowPrice=80",
            -1166, "A limit order in a sell OCO must be above.");
    refuses(ENDPOINT_ORDER_LIST_OCO,
            OCO_BUY
            "aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=STOP_LOSS&belowStopPrice=80",
            -1198, "A take profit order in a buy OCO must be below.");
    refuses(ENDPOINT_ORDER_LIST_OCO,
            OCO_BUY "aboveType=STOP_LOSS&aboveStopPrice=120&belowType=STOP_LOSS&belowStopPrice=80",
            -1196, "A stop loss order in a buy OCO must be above.");
    refuses(ENDPOINT_ORDER_LIST_OCO,
            OCO_SELL
            "aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=TAKE_PROFIT&belowStopPrice=80",
            -1199, "A take profit order in a sell OCO must be above.");
}

static void amends_that_may_not_be(void **state)
{
    (void)state;
    static const char amend[] = "symbol=BTCUSDT&origClientOrderId=a&newQty=0.9";
    passes(ENDPOINT_ORDER_PLACE, BUY "price=90&quantity=1&newClientOrderId=a");
    world_market_state(&scene.world, 0, MARKET_STATE_HALT);
    call_scene_follow(&scene);
    refuses(ENDPOINT_ORDER_AMEND, amend, -2038, "Market is closed.");
    world_market_state(&scene.world, 0, MARKET_STATE_TRADING);
    call_scene_follow(&scene);
    struct command_restrict place_only = {.restrictions = (u64)RESTRICTION_REFUSE
                                                          << (2 * OPERATION_PLACE)};
    world_apply(&scene.world, &place_only, COMMAND_RESTRICT, 0);
    call_scene_follow(&scene);
    refuses(ENDPOINT_ORDER_AMEND, amend, -2038, "This action is disabled on this account.");
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(price_and_average),
        ON_SCENE(quantity_and_value),
        ON_SCENE(market_quantity_and_trailing),
        ON_SCENE(counts_in_a_market),
        ON_SCENE(counts_in_the_venue),
        ON_SCENE(positions_and_assets),
        ON_SCENE(features_that_are_off),
        ON_SCENE(books_that_are_too_thin),
        ON_SCENE(stops_on_the_wrong_side),
        ON_SCENE(amends_that_may_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
