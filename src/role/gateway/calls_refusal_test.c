/* Aim: what the core refuses comes back with the documented code and text, whichever filter, limit
 * or state it was. Method: a market made so that one thing fails, and the call that meets it. */
#include "role/gateway/calls_trade.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>

#define LIMIT_ORDER "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&"
#define MARKET      "symbol=BTCUSDT&type=MARKET&"
#define STOP        "symbol=BTCUSDT&type=STOP_LOSS&"
#define OCO                                                                      \
    "symbol=BTCUSDT&side=SELL&quantity=0.1&aboveType=LIMIT_MAKER&abovePrice=120" \
    "&belowType=STOP_LOSS&belowStopPrice=90"

static struct call_scene scene;
static struct command_market_add definition;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    definition = world_definition();
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void does(u32 account, enum endpoint_id endpoint, const char *query)
{
    call_scene_does(&scene, account, endpoint, query);
}

static void place(u32 account, const char *query)
{
    does(account, ENDPOINT_ORDER_PLACE, query);
}

static void refuses(const char *query, i32 code, const char *message)
{
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_PLACE, query, code, message);
    assert_int_equal(scene.call.status, code == -1008 ? 503 : 400);
}

static void refuses_call(enum endpoint_id endpoint, const char *query, i32 code,
                         const char *message)
{
    call_scene_refuses(&scene, 0, endpoint, query, code, message);
}

static void command(const void *record, u16 kind, u32 account)
{
    world_apply(&scene.world, record, kind, account);
    world_assert_reject(world_reject(&scene.world), REJECT_NONE);
    call_scene_follow(&scene);
}

/* The market as `definition` says now. */
static void set_market(void)
{
    world_market_set(&scene.world, &definition);
    call_scene_follow(&scene);
}

static void trade_at_100(void)
{
    place(4, LIMIT_ORDER "side=SELL&price=100&quantity=0.0001");
    place(5, LIMIT_ORDER "side=BUY&price=100&quantity=0.0001");
}

/* ---- filters ---- */

static void refuses_prices(void **state)
{
    (void)state;
    trade_at_100();
    definition.price_min = price_of(50 * WORLD_COIN);
    definition.price_max = price_of(500 * WORLD_COIN);
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=49&quantity=1", -1013, "Filter failure: PRICE_FILTER");
    refuses(LIMIT_ORDER "side=BUY&price=501&quantity=1", -1013, "Filter failure: PRICE_FILTER");
    refuses(STOP "side=SELL&stopPrice=49&quantity=1", -1013, "Filter failure: PRICE_FILTER");
    definition.percent_up = 11000;
    definition.percent_down = 9000;
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=111&quantity=1", -1013, "Filter failure: PERCENT_PRICE");
    refuses(LIMIT_ORDER "side=SELL&price=89&quantity=1", -1013, "Filter failure: PERCENT_PRICE");
    definition.percent_up = 0;
    definition.percent_down = 0;
    definition.bid_percent_up = 11000;
    definition.ask_percent_down = 9000;
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=111&quantity=1", -1013,
            "Filter failure: PERCENT_PRICE_BY_SIDE");
    refuses(LIMIT_ORDER "side=SELL&price=89&quantity=1", -1013,
            "Filter failure: PERCENT_PRICE_BY_SIDE");
}

static void refuses_quantities(void **state)
{
    (void)state;
    trade_at_100();
    definition.qty_min = amount_of(WORLD_COIN / 10);
    definition.qty_max = amount_of(10 * WORLD_COIN);
    definition.market_qty_max = amount_of(WORLD_COIN);
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=100&quantity=0.01", -1013, "Filter failure: LOT_SIZE");
    refuses(LIMIT_ORDER "side=BUY&price=100&quantity=11", -1013, "Filter failure: LOT_SIZE");
    refuses(MARKET "side=BUY&quantity=2", -1013, "Filter failure: MARKET_LOT_SIZE");
    refuses(LIMIT_ORDER "side=BUY&price=90000&quantity=9", -2010,
            "Account has insufficient balance for requested action.");
    definition.qty_max = AMOUNT_ZERO;
    definition.min_notional = amount_of(20 * WORLD_COIN);
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=90000&quantity=10000000000", -1108,
            "Parameter 'quantity' overflowed.");
    refuses(LIMIT_ORDER "side=BUY&price=100&quantity=0.1", -1013, "Filter failure: MIN_NOTIONAL");
    definition.min_notional = AMOUNT_ZERO;
    definition.notional_max = amount_of(5 * WORLD_COIN);
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=100&quantity=0.1", -1013, "Filter failure: NOTIONAL");
}

static void refuses_icebergs_and_trailing_stops(void **state)
{
    (void)state;
    trade_at_100();
    definition.iceberg_parts_max = 2;
    definition.trailing_below_min = 10;
    definition.trailing_below_max = 100;
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=100&quantity=1&icebergQty=0.1", -1013,
            "Filter failure: ICEBERG_PARTS");
    refuses(STOP "side=SELL&trailingDelta=5&quantity=1", -1013, "Filter failure: TRAILING_DELTA");
    definition.features &= (u16)~MARKET_FEATURE_TRAILING;
    set_market();
    refuses(STOP "side=SELL&trailingDelta=50&quantity=1", -2010,
            "Trailing stop orders are not supported for this symbol.");
    definition.features &= (u16)~MARKET_FEATURE_QUOTE_QTY;
    set_market();
    refuses(MARKET "side=BUY&quoteOrderQty=10", -2010,
            "Quote order qty market orders are not support for this symbol.");
}

static void refuses_too_many(void **state)
{
    (void)state;
    trade_at_100();
    place(0, LIMIT_ORDER "side=BUY&price=90&quantity=1&icebergQty=0.5");
    place(0, STOP "side=SELL&stopPrice=90&quantity=1");
    does(0, ENDPOINT_ORDER_LIST_OCO, OCO);
    definition.iceberg_orders_max = 1;
    definition.algo_orders_max = 2;
    definition.lists_max = 1;
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=1&icebergQty=0.5", -1013,
            "Filter failure: MAX_NUM_ICEBERG_ORDERS");
    refuses(STOP "side=SELL&stopPrice=90&quantity=1", -1013, "Filter failure: MAX_NUM_ALGO_ORDERS");
    refuses_call(ENDPOINT_ORDER_LIST_OCO_OLD,
                 "symbol=BTCUSDT&side=SELL&quantity=0.1&price=120&stopPrice=90", -1013,
                 "Filter failure: MAX_NUM_ALGO_ORDERS");
    definition.algo_orders_max = 0;
    set_market();
    refuses_call(ENDPOINT_ORDER_LIST_OCO, OCO, -1013, "Filter failure: MAX_NUM_ORDER_LISTS");
    definition.orders_max = 4;
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=1", -1013, "Filter failure: MAX_NUM_ORDERS");
    definition.orders_max = 0;
    definition.position_max = amount_of(WORLD_COIN);
    set_market();
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=1", -1013, "Filter failure: MAX_POSITION");
}

static void refuses_too_many_on_the_venue(void **state)
{
    (void)state;
    trade_at_100();
    place(0, LIMIT_ORDER "side=BUY&price=90&quantity=1&icebergQty=0.5");
    place(0, STOP "side=SELL&stopPrice=90&quantity=1");
    does(0, ENDPOINT_ORDER_LIST_OCO, OCO);
    struct command_venue_filters filters = {.iceberg_orders_max = 1};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=1&icebergQty=0.5", -1013,
            "Filter failure: EXCHANGE_MAX_NUM_ICEBERG_ORDERS");
    filters = (struct command_venue_filters){.algo_orders_max = 2};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    refuses(STOP "side=SELL&stopPrice=90&quantity=1", -1013,
            "Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS");
    filters = (struct command_venue_filters){.lists_max = 1};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    refuses_call(ENDPOINT_ORDER_LIST_OCO, OCO, -1013,
                 "Filter failure: EXCHANGE_MAX_NUM_ORDER_LISTS");
    filters = (struct command_venue_filters){.orders_max = 4};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=1", -1013,
            "Filter failure: EXCHANGE_MAX_NUM_ORDERS");
    filters = (struct command_venue_filters){0};
    command(&filters, COMMAND_VENUE_FILTERS, 0);
    struct command_asset_limit limit = {.limit = amount_of(WORLD_COIN), .asset = WORLD_BTC};
    command(&limit, COMMAND_ASSET_LIMIT, 0);
    refuses(LIMIT_ORDER "side=BUY&price=90&quantity=2", -1013, "Filter failure: MAX_ASSET");
}

/* ---- the book and the last price ---- */

static void refuses_what_the_book_cannot_do(void **state)
{
    (void)state;
    refuses("symbol=BTCUSDT&type=TAKE_PROFIT&side=BUY&trailingDelta=50&quantity=1", -2010,
            "Unsupported order combination");
    trade_at_100();
    refuses(STOP "side=SELL&stopPrice=110&quantity=1", -2010, "Order would trigger immediately.");
    refuses(STOP "side=BUY&stopPrice=90&quantity=1", -2010, "Order would trigger immediately.");
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5");
    refuses("symbol=BTCUSDT&type=LIMIT_MAKER&side=BUY&price=100&quantity=1", -2010,
            "Order would immediately match and take.");
    refuses(MARKET "side=SELL&quoteOrderQty=10", -2010,
            "Order book liquidity is less than symbol minimum quantity.");
    definition.market_qty_min = amount_of(WORLD_COIN);
    set_market();
    refuses(MARKET "side=BUY&quoteOrderQty=200", -2010,
            "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.");
    definition.qty_min = amount_of(WORLD_COIN);
    set_market();
    refuses(MARKET "side=BUY&quoteOrderQty=200", -2010,
            "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.");
    refuses(MARKET "side=BUY&quoteOrderQty=20", -1013, "Filter failure: LOT_SIZE");
}

/* ---- lists ---- */

static void refuses_legs_on_the_wrong_side(void **state)
{
    (void)state;
    trade_at_100();
    static const struct {
        const char *query;
        i32 code;
        const char *text;
    } cases[] = {
        {"side=SELL&aboveType=STOP_LOSS&aboveStopPrice=120&belowType=TAKE_PROFIT&belowStopPrice=90",
         -1197, "A stop loss order in a sell OCO must be below."},
        {"side=BUY&aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=STOP_LOSS&belowStopPrice=90",
         -1198, "A take profit order in a buy OCO must be below."},
        {"side=SELL&aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=TAKE_PROFIT"
         "&belowStopPrice=90",
         -1199, "A take profit order in a sell OCO must be above."},
        {"side=SELL&aboveType=LIMIT_MAKER&abovePrice=120&belowType=TAKE_PROFIT&belowStopPrice=90",
         -1199, "A take profit order in a sell OCO must be above."},
        {"side=BUY&aboveType=STOP_LOSS&aboveStopPrice=120&belowType=STOP_LOSS&belowStopPrice=90",
         -1196, "A stop loss order in a buy OCO must be above."},
        {"side=SELL&aboveType=TAKE_PROFIT&aboveStopPrice=120&belowType=LIMIT_MAKER&belowPrice=90",
         -1166, "A limit order in a sell OCO must be above."},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char query[512];
        (void)snprintf(query, sizeof query, "symbol=BTCUSDT&quantity=1&%s", cases[i].query);
        refuses_call(ENDPOINT_ORDER_LIST_OCO, query, cases[i].code, cases[i].text);
    }
    does(0, ENDPOINT_ORDER_LIST_OCO, OCO "&aboveClientOrderId=same");
    refuses_call(ENDPOINT_ORDER_LIST_OCO, OCO "&belowClientOrderId=same", -2010,
                 "Duplicate order sent.");
    refuses_call(ENDPOINT_ORDER_LIST_OTO,
                 "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=100000"
                 "&workingQuantity=1&workingTimeInForce=GTC&pendingType=MARKET&pendingSide=SELL"
                 "&pendingQuantity=1",
                 -2010, "Account has insufficient balance for requested action.");
}

/* ---- amends ---- */

static void refuses_amends(void **state)
{
    (void)state;
    enum endpoint_id amend = ENDPOINT_ORDER_AMEND;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=1");
    definition.amends_max = 1;
    definition.min_notional = amount_of(20 * WORLD_COIN);
    set_market();
    refuses_call(amend, "symbol=BTCUSDT&orderId=1&newQty=0.1", -1013,
                 "Filter failure: MIN_NOTIONAL");
    does(0, amend, "symbol=BTCUSDT&orderId=1&newQty=0.9");
    refuses_call(amend, "symbol=BTCUSDT&orderId=1&newQty=0.8", -2038,
                 "Filter failure: MAX_NUM_ORDER_AMENDS");
    struct command_restrict restrict_ = {.restrictions = 2U << 2};
    command(&restrict_, COMMAND_RESTRICT, 0);
    refuses_call(amend, "symbol=BTCUSDT&orderId=1&newQty=0.8", -2038,
                 "This action is disabled on this account.");
    restrict_.restrictions = 0;
    command(&restrict_, COMMAND_RESTRICT, 0);
    world_market_state(&scene.world, 0, MARKET_STATE_HALT);
    call_scene_follow(&scene);
    refuses_call(amend, "symbol=BTCUSDT&orderId=1&newQty=0.8", -2038, "Market is closed.");
}

/* ---- limits ---- */

static void says_busy_at_a_limit(void **state)
{
    (void)state;
    u32 accepted = 0;
    for (;; accepted++) {
        char query[128];
        assert_true(accepted < 2000);
        (void)snprintf(query, sizeof query, LIMIT_ORDER "side=BUY&price=%u.5&quantity=0.0001",
                       1 + accepted * 6);
        call_scene_clock(&scene, scene.venue.now_us + 10000000);
        if (call_scene_run(&scene, 0, ENDPOINT_ORDER_PLACE, query) != 200) {
            break;
        }
    }
    assert_true(accepted > 0);
    assert_int_equal(scene.call.status, 503);
    assert_int_equal(api_error_code(scene.call.failure.error), -1008);
    assert_string_equal(scene.call.failure.text,
                        "Server is currently overloaded with other requests. Please try again in "
                        "a few minutes.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_prices, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_quantities, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_icebergs_and_trailing_stops, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(refuses_too_many, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_too_many_on_the_venue, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_what_the_book_cannot_do, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_legs_on_the_wrong_side, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_amends, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(says_busy_at_a_limit, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
