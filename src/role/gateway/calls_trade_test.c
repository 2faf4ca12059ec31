/* Aim: every trading endpoint answers and refuses as documented, byte for byte. Method: calls
 * against the scene's venue, whose core takes the commands. */
#include "role/gateway/calls_trade.h"

#include "role/gateway/trade_answer.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define LIMIT_ORDER "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&"

static struct call_scene scene;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    call_scene_fees(&scene);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void expect(u32 account, enum endpoint_id endpoint, const char *query, const char *json)
{
    call_scene_expect(&scene, account, endpoint, query, json);
}

static void refuses(u32 account, enum endpoint_id endpoint, const char *query, i32 code,
                    const char *message)
{
    call_scene_refuses(&scene, account, endpoint, query, code, message);
}

/* Places an order that is no test's concern. */
static void place(u32 account, const char *query)
{
    call_scene_does(&scene, account, ENDPOINT_ORDER_PLACE, query);
}

/* Accounts 4 and 5 make a last price. */
static void trade_at_100(void)
{
    place(4, LIMIT_ORDER "side=SELL&price=100&quantity=0.0001");
    place(5, LIMIT_ORDER "side=BUY&price=100&quantity=0.0001");
}

/* ---- one order ---- */

static void answers_in_three_forms(void **state)
{
    (void)state;
    expect(0, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=a1&newOrderRespType=ACK",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":-1,\"clientOrderId\":\"a1\","
           "\"transactTime\":1795000000000}");
    assert_int_equal(scene.call.state.weight_used, 0);
    expect(0, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=BUY&price=99.5&quantity=1&newClientOrderId=a2&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":-1,\"clientOrderId\":\"a2\","
           "\"transactTime\":1795000000000,\"price\":\"99.50000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"BUY\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"NONE\"}");
    scene.microseconds = true;
    expect(0, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=BUY&price=99&quantity=1.0000&newClientOrderId=a3&icebergQty=0.5"
                       "&strategyId=7&strategyType=1000001&selfTradePreventionMode=EXPIRE_MAKER",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"a3\","
           "\"transactTime\":1795000000000000,\"price\":\"99.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000000,\"icebergQty\":\"0.50000000\",\"strategyId\":7,"
           "\"strategyType\":1000001,\"selfTradePreventionMode\":\"EXPIRE_MAKER\",\"fills\":[]}");
}

static void tells_fills_with_their_fees(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5");
    place(1, LIMIT_ORDER "side=SELL&price=101&quantity=0.25");
    expect(0, ENDPOINT_ORDER_PLACE, LIMIT_ORDER "side=BUY&price=101&quantity=1&newClientOrderId=b1",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"b1\","
           "\"transactTime\":1795000000000,\"price\":\"101.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.75000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"75.25000000\","
           "\"status\":\"PARTIALLY_FILLED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\","
           "\"side\":\"BUY\",\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"fills\":[{\"price\":\"100.00000000\",\"qty\":\"0.50000000\","
           "\"commission\":\"0.00105005\",\"commissionAsset\":\"BTC\",\"tradeId\":1},"
           "{\"price\":\"101.00000000\",\"qty\":\"0.25000000\",\"commission\":\"0.00052502\","
           "\"commissionAsset\":\"BTC\",\"tradeId\":2}]}");
    expect(1, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.1&newClientOrderId=b2",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"orderListId\":-1,\"clientOrderId\":\"b2\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"0.10000000\","
           "\"executedQty\":\"0.10000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"10.10000000\",\"status\":\"FILLED\","
           "\"timeInForce\":\"GTC\",\"type\":\"MARKET\",\"side\":\"SELL\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"fills\":[{\"price\":\"101.00000000\",\"qty\":\"0.10000000\","
           "\"commission\":\"0.02222090\",\"commissionAsset\":\"USDT\",\"tradeId\":3}]}");
}

static void tells_market_orders_by_quote(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=30&newClientOrderId=c1",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":-1,\"clientOrderId\":\"c1\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"0.30000000\","
           "\"executedQty\":\"0.30000000\",\"origQuoteOrderQty\":\"30.00000000\","
           "\"cummulativeQuoteQty\":\"30.00000000\",\"status\":\"FILLED\","
           "\"timeInForce\":\"GTC\",\"type\":\"MARKET\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"fills\":[{\"price\":\"100.00000000\",\"qty\":\"0.30000000\","
           "\"commission\":\"0.00063003\",\"commissionAsset\":\"BTC\",\"tradeId\":1}]}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=9&newClientOrderId=c2",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"c2\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"9.00000000\","
           "\"executedQty\":\"0.20000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"20.00000000\",\"status\":\"EXPIRED\","
           "\"timeInForce\":\"GTC\",\"type\":\"MARKET\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"expiryReason\":\"INSUFFICIENT_LIQUIDITY\",\"fills\":[{\"price\":\"100.00000000\","
           "\"qty\":\"0.20000000\",\"commission\":\"0.00042002\",\"commissionAsset\":\"BTC\","
           "\"tradeId\":2}]}");
}

static void tells_why_orders_expire(void **state)
{
    (void)state;
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.5");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=IOC&price=100&quantity=0.6"
           "&newClientOrderId=d1&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":-1,\"clientOrderId\":\"d1\","
           "\"transactTime\":1795000000000,\"price\":\"100.00000000\","
           "\"origQty\":\"0.60000000\",\"executedQty\":\"0.50000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"50.00000000\","
           "\"status\":\"EXPIRED\",\"timeInForce\":\"IOC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"expiryReason\":\"UNFILLED_IOC_QUANTITY_EXPIRED\"}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=FOK&price=100&quantity=0.6"
           "&newClientOrderId=d2",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"d2\","
           "\"transactTime\":1795000000000,\"price\":\"100.00000000\","
           "\"origQty\":\"0.60000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"EXPIRED\",\"timeInForce\":\"FOK\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"expiryReason\":\"UNFILLED_FOK_ORDER_EXPIRED\",\"fills\":[]}");
}

static void tells_stops(void **state)
{
    (void)state;
    trade_at_100();
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=1&stopPrice=90&newClientOrderId=e1",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"e1\","
           "\"transactTime\":1795000000000}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=1&stopPrice=90"
           "&price=89&newClientOrderId=e2&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"orderListId\":-1,\"clientOrderId\":\"e2\","
           "\"transactTime\":1795000000000,\"price\":\"89.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"STOP_LOSS_LIMIT\",\"side\":\"SELL\",\"stopPrice\":\"90.00000000\","
           "\"workingTime\":-1,\"selfTradePreventionMode\":\"NONE\"}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=BUY&type=TAKE_PROFIT&quantity=1&stopPrice=90&newClientOrderId=e3"
           "&newOrderRespType=FULL",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"orderListId\":-1,\"clientOrderId\":\"e3\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"TAKE_PROFIT\",\"side\":\"BUY\",\"stopPrice\":\"90.00000000\","
           "\"workingTime\":-1,\"selfTradePreventionMode\":\"NONE\",\"fills\":[]}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT_LIMIT&timeInForce=IOC&quantity=1&price=105"
           "&trailingDelta=50&newClientOrderId=e4&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":6,\"orderListId\":-1,\"clientOrderId\":\"e4\","
           "\"transactTime\":1795000000000,\"price\":\"105.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"IOC\",\"type\":\"TAKE_PROFIT_LIMIT\","
           "\"side\":\"SELL\",\"stopPrice\":\"0.00000000\",\"trailingDelta\":50,"
           "\"trailingTime\":1795000000000,\"workingTime\":-1,"
           "\"selfTradePreventionMode\":\"NONE\"}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&quantity=1&stopPrice=110&trailingDelta=50"
           "&newClientOrderId=e5&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":7,\"orderListId\":-1,\"clientOrderId\":\"e5\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"TAKE_PROFIT\",\"side\":\"SELL\",\"stopPrice\":\"110.00000000\","
           "\"trailingDelta\":50,\"trailingTime\":-1,\"workingTime\":-1,"
           "\"selfTradePreventionMode\":\"NONE\"}");
    expect(0, ENDPOINT_ORDER_PLACE,
           "symbol=BTCUSDT&side=SELL&type=LIMIT_MAKER&quantity=1&price=120&newClientOrderId=e6"
           "&newOrderRespType=RESULT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":8,\"orderListId\":-1,\"clientOrderId\":\"e6\","
           "\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\","
           "\"side\":\"SELL\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"NONE\"}");
}

static void tells_prevented_matches(void **state)
{
    (void)state;
    place(2, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    place(3, LIMIT_ORDER "side=BUY&price=99&quantity=0.5");
    expect(3, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=SELL&price=99&quantity=3&newClientOrderId=f1"
                       "&selfTradePreventionMode=EXPIRE_MAKER",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,\"clientOrderId\":\"f1\","
           "\"transactTime\":1795000000000,\"price\":\"99.00000000\",\"origQty\":\"3.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"SELL\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"EXPIRE_MAKER\",\"tradeGroupId\":1,\"fills\":[],"
           "\"preventedMatches\":[{\"preventedMatchId\":1,\"makerSymbol\":\"BTCUSDT\","
           "\"makerOrderId\":1,\"price\":\"100.00000000\","
           "\"makerPreventedQuantity\":\"0.50000000\"},{\"preventedMatchId\":2,"
           "\"makerSymbol\":\"BTCUSDT\",\"makerOrderId\":2,\"price\":\"99.00000000\","
           "\"makerPreventedQuantity\":\"0.50000000\"}]}");
    expect(2, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=BUY&price=99&quantity=1&newClientOrderId=f2"
                       "&selfTradePreventionMode=EXPIRE_BOTH",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"orderListId\":-1,\"clientOrderId\":\"f2\","
           "\"transactTime\":1795000000000,\"price\":\"99.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"EXPIRED_IN_MATCH\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"EXPIRE_BOTH\","
           "\"tradeGroupId\":1,\"preventedMatchId\":3,\"preventedQuantity\":\"1.00000000\","
           "\"fills\":[],\"preventedMatches\":[{\"preventedMatchId\":3,"
           "\"makerSymbol\":\"BTCUSDT\",\"makerOrderId\":3,\"price\":\"99.00000000\","
           "\"takerPreventedQuantity\":\"1.00000000\","
           "\"makerPreventedQuantity\":\"3.00000000\"}]}");
    place(0, LIMIT_ORDER "side=BUY&price=99&quantity=1");
    expect(0, ENDPOINT_ORDER_PLACE,
           LIMIT_ORDER "side=SELL&price=99&quantity=2&newClientOrderId=f3"
                       "&selfTradePreventionMode=DECREMENT",
           "{\"symbol\":\"BTCUSDT\",\"orderId\":6,\"orderListId\":-1,\"clientOrderId\":\"f3\","
           "\"transactTime\":1795000000000,\"price\":\"99.00000000\",\"origQty\":\"2.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"SELL\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"DECREMENT\",\"preventedMatchId\":4,"
           "\"preventedQuantity\":\"1.00000000\",\"fills\":[],"
           "\"preventedMatches\":[{\"preventedMatchId\":4,\"makerSymbol\":\"BTCUSDT\","
           "\"makerOrderId\":5,\"price\":\"99.00000000\","
           "\"takerPreventedQuantity\":\"1.00000000\","
           "\"makerPreventedQuantity\":\"1.00000000\"}]}");
}

static void invents_client_ids(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    const struct view_order *order = view_order_newest(scene.view.view, 0, true);
    assert_int_equal(order->client.length, 22);
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    assert_false(
        client_id_equal(&order->client, &view_order_newest(scene.view.view, 0, true)->client));
}

static void counts_orders_that_are_placed(void **state)
{
    (void)state;
    u64 now_us = scene.venue.now_us;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    assert_int_equal(limit_orders_count(&scene.limit, 0, now_us).count_10s, 1);
    refuses(0, ENDPOINT_ORDER_PLACE, LIMIT_ORDER "side=BUY&price=100000&quantity=1000", -2010,
            "Account has insufficient balance for requested action.");
    assert_int_equal(limit_orders_count(&scene.limit, 0, now_us).count_10s, 1);
    assert_int_equal(scene.call.state.weight_used, 1);
}

static void an_answer_that_does_not_fit_keeps_what_is_counted(void **state)
{
    (void)state;
    u64 now_us = scene.venue.now_us;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    assert_int_equal(call_overflow(&scene.call), CALL_REFUSED);
    assert_int_equal(scene.call.status, 500);
    assert_int_equal(api_error_code(scene.call.failure.error), -1000);
    assert_string_equal(scene.call.failure.text,
                        "An unknown error occurred while processing the request.");
    assert_int_equal(limit_orders_count(&scene.limit, 0, now_us).count_10s, 2);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_PLACE,
                                    LIMIT_ORDER "side=BUY&price=100000&quantity=1000"),
                     400);
    scene.call.failure_data = true;
    assert_int_equal(call_overflow(&scene.call), CALL_REFUSED);
    assert_false(scene.call.failure_data);
    assert_int_equal(limit_orders_count(&scene.limit, 0, now_us).count_10s, 2);
}

/* What came of the order is not known, so it counts (API errors.md -1006). */
static void an_order_without_its_events_is_counted(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5");
    scene.call.events = (struct span){NULL, 0};
    assert_int_equal(call_resume(&scene.call), CALL_REFUSED);
    assert_int_equal(api_error_code(scene.call.failure.error), -1006);
    assert_string_equal(scene.call.failure.text,
                        "An unexpected response was received from the message bus. "
                        "Execution status unknown.");
    assert_int_equal(limit_orders_count(&scene.limit, 0, scene.venue.now_us).count_10s, 1);
}

static void refuses_orders(void **state)
{
    (void)state;
    enum endpoint_id place_id = ENDPOINT_ORDER_PLACE;
    refuses(0, place_id, "symbol=NOPE&side=BUY&type=LIMIT&timeInForce=GTC&price=1&quantity=1",
            -1121, "Invalid symbol.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1.000000001&quantity=1", -1111,
            "Parameter 'price' has too much precision.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=0.000000001", -1111,
            "Parameter 'quantity' has too much precision.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1000000000000000000", -1108,
            "Parameter 'quantity' overflowed.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=0&quantity=1", -2010,
            "Price * QTY is zero or less.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=0.0", -2010,
            "Price * QTY is zero or less.");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1.001&quantity=1", -1013,
            "Filter failure: PRICE_FILTER");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1.00001", -1013,
            "Filter failure: LOT_SIZE");
    refuses(0, place_id, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=1", -1106,
            "Parameter 'price' sent when not required.");
    refuses(0, place_id, "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=1", -2010,
            "Order book liquidity is less than symbol minimum quantity.");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=same");
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1&newClientOrderId=same", -2010,
            "Duplicate order sent.");
    refuses(1, place_id, "symbol=BTCUSDT&side=SELL&type=LIMIT_MAKER&price=100&quantity=1", -2010,
            "Order would immediately match and take.");
    refuses(1, place_id, LIMIT_ORDER "side=SELL&price=100&quantity=1&icebergQty=2", -2010,
            "IcebergQty exceeds QTY.");
    struct command_restrict restrict_ = {.restrictions = 2};
    world_apply(&scene.world, &restrict_, COMMAND_RESTRICT, 4);
    call_scene_follow(&scene);
    refuses(4, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1", -2010,
            "This action is disabled on this account.");
    world_market_state(&scene.world, 0, MARKET_STATE_HALT);
    call_scene_follow(&scene);
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1", -2010, "Market is closed.");
    scene.venue.engine_away = true;
    refuses(0, place_id, LIMIT_ORDER "side=BUY&price=1&quantity=1", -1001,
            "Internal error; unable to process your request. Please try again.");
}

/* Texts of types and features that a market does not offer. */
static void refuses_what_a_market_does_not_offer(void **state)
{
    (void)state;
    struct command_market_add definition = world_definition();
    definition.types_allowed = 1U << ORDER_TYPE_LIMIT;
    definition.features = 0;
    definition.stp_allowed = 1U << STP_MODE_NONE;
    definition.iceberg_parts_max = 0;
    world_market_set(&scene.world, &definition);
    call_scene_follow(&scene);
    static const struct {
        const char *query;
        i32 code;
        const char *text;
    } cases[] = {
        {"type=MARKET&quantity=1", -2010, "Market orders are not supported for this symbol."},
        {"type=STOP_LOSS&quantity=1&stopPrice=1", -2010,
         "Stop loss orders are not supported for this symbol."},
        {"type=STOP_LOSS_LIMIT&timeInForce=GTC&price=1&quantity=1&stopPrice=1", -2010,
         "Stop loss limit orders are not supported for this symbol."},
        {"type=TAKE_PROFIT&quantity=1&stopPrice=1", -2010,
         "Take profit orders are not supported for this symbol."},
        {"type=TAKE_PROFIT_LIMIT&timeInForce=GTC&price=1&quantity=1&stopPrice=1", -2010,
         "Take profit limit orders are not supported for this symbol."},
        {"type=LIMIT&timeInForce=GTC&price=1&quantity=1&icebergQty=1", -2010,
         "Iceberg orders are not supported for this symbol."},
        {"type=LIMIT&timeInForce=GTC&price=1&quantity=1&selfTradePreventionMode=EXPIRE_TAKER",
         -1013, "This symbol does not allow the specified self-trade prevention mode."},
        {"type=LIMIT_MAKER&price=1&quantity=1", -1116, "Invalid orderType."},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char query[512];
        (void)snprintf(query, sizeof query, "symbol=BTCUSDT&side=BUY&%s", cases[i].query);
        refuses(0, ENDPOINT_ORDER_PLACE, query, cases[i].code, cases[i].text);
    }
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=1", -2038,
            "Order amend is not supported for this symbol.");
    refuses(0, ENDPOINT_ORDER_CANCEL_REPLACE,
            LIMIT_ORDER "side=BUY&price=1&quantity=1&cancelReplaceMode=STOP_ON_FAILURE"
                        "&cancelOrderId=1",
            -2010, "Order cancel-replace is not supported for this symbol.");
    refuses(0, ENDPOINT_ORDER_LIST_OCO_OLD,
            "symbol=BTCUSDT&side=SELL&quantity=1&price=120&stopPrice=90", -2010,
            "OCO orders are not supported for this symbol");
    refuses(0, ENDPOINT_ORDER_LIST_OTO,
            "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=99&workingQuantity=1"
            "&workingTimeInForce=GTC&pendingType=MARKET&pendingSide=SELL&pendingQuantity=1",
            -2010, "Unsupported order combination");
}

/* ---- test ---- */

static void tests_an_order(void **state)
{
    (void)state;
    expect(0, ENDPOINT_ORDER_TEST, LIMIT_ORDER "side=BUY&price=100&quantity=1", "{}");
    expect(0, ENDPOINT_ORDER_TEST,
           LIMIT_ORDER "side=BUY&price=100&quantity=1&icebergQty=0.5&computeCommissionRates=false",
           "{}");
    expect(0, ENDPOINT_ORDER_TEST,
           LIMIT_ORDER "side=BUY&price=100&quantity=1&computeCommissionRates=true",
           "{\"standardCommissionForOrder\":{\"maker\":\"0.00110000\",\"taker\":\"0.00210000\"},"
           "\"specialCommissionForOrder\":{\"maker\":\"0.00000001\",\"taker\":\"0.00000002\"},"
           "\"taxCommissionForOrder\":{\"maker\":\"0.00000005\",\"taker\":\"0.00000009\"},"
           "\"discount\":{\"enabledForAccount\":false,\"enabledForSymbol\":false,"
           "\"discountAsset\":\"\",\"discount\":\"0.00000000\"}}");
    expect(0, ENDPOINT_ORDER_TEST,
           LIMIT_ORDER "side=SELL&price=100&quantity=1&computeCommissionRates=true",
           "{\"standardCommissionForOrder\":{\"maker\":\"0.00120000\",\"taker\":\"0.00220000\"},"
           "\"specialCommissionForOrder\":{\"maker\":\"0.00000004\",\"taker\":\"0.00000005\"},"
           "\"taxCommissionForOrder\":{\"maker\":\"0.00000000\",\"taker\":\"0.00000004\"},"
           "\"discount\":{\"enabledForAccount\":false,\"enabledForSymbol\":false,"
           "\"discountAsset\":\"\",\"discount\":\"0.00000000\"}}");
    assert_int_equal(view_orders_open_count(scene.view.view), 0);
    refuses(0, ENDPOINT_ORDER_TEST, LIMIT_ORDER "side=BUY&price=1.001&quantity=1", -1013,
            "Filter failure: PRICE_FILTER");
}

/* ---- cancel ---- */

static void cancels_an_order(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=g1");
    place(0, LIMIT_ORDER "side=BUY&price=99&quantity=0.5&newClientOrderId=g2");
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=0.2");
    expect(0, ENDPOINT_ORDER_CANCEL, "symbol=BTCUSDT&orderId=1&newClientOrderId=bye",
           "{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"g1\",\"orderId\":1,"
           "\"orderListId\":-1,\"clientOrderId\":\"bye\",\"transactTime\":1795000000000,"
           "\"price\":\"100.00000000\",\"origQty\":\"0.50000000\","
           "\"executedQty\":\"0.20000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"20.00000000\",\"status\":\"CANCELED\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"selfTradePreventionMode\":\"NONE\"}");
    expect(0, ENDPOINT_ORDER_CANCEL, "symbol=BTCUSDT&origClientOrderId=g2",
           "{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"g2\",\"orderId\":2,"
           "\"orderListId\":-1,\"clientOrderId\":\"kyXabXYXAuD3Y1Rsa8vaWp\","
           "\"transactTime\":1795000000000,\"price\":\"99.00000000\",\"origQty\":\"0.50000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"CANCELED\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"selfTradePreventionMode\":\"NONE\"}");
    struct client_id given = trade_cancel_client(view_place(scene.view.view).seq);
    char text[CLIENT_ID_SYMBOLS_MAX + 1];
    (void)client_id_print(&given, text);
    assert_non_null(strstr(scene.text, text));
}

static void refuses_cancellations(void **state)
{
    (void)state;
    enum endpoint_id cancel = ENDPOINT_ORDER_CANCEL;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=h1");
    refuses(0, cancel, "symbol=BTCUSDT&orderId=99", -2011, "Unknown order sent.");
    refuses(1, cancel, "symbol=BTCUSDT&orderId=1", -2011, "Unknown order sent.");
    refuses(0, cancel, "symbol=BTCUSDT&orderId=1&origClientOrderId=other", -2039,
            "Client order ID is not correct for this order ID.");
    refuses(0, cancel, "symbol=BTCUSDT&orderId=1&cancelRestrictions=ONLY_PARTIALLY_FILLED", -2011,
            "Order was not canceled due to cancel restrictions.");
    refuses(0, cancel, "symbol=BTCUSDT&orderId=0", -2011,
            "Cancel order is invalid. Check origClOrdId and orderId.");
    refuses(0, cancel, "symbol=NOPE&orderId=1", -1121, "Invalid symbol.");
    refuses(1, ENDPOINT_OPEN_ORDERS_CANCEL, "symbol=BTCUSDT", -2011, "Unknown order sent.");
    refuses(0, ENDPOINT_OPEN_ORDERS_CANCEL, "symbol=NOPE", -1121, "Invalid symbol.");
    struct command_restrict restrict_ = {.restrictions = 2U << 4};
    world_apply(&scene.world, &restrict_, COMMAND_RESTRICT, 0);
    call_scene_follow(&scene);
    refuses(0, cancel, "symbol=BTCUSDT&orderId=1", -2011,
            "This action is disabled on this account.");
    restrict_.restrictions = 0;
    world_apply(&scene.world, &restrict_, COMMAND_RESTRICT, 0);
    call_scene_follow(&scene);
    world_market_state(&scene.world, 0, MARKET_STATE_BREAK);
    call_scene_follow(&scene);
    refuses(0, cancel, "symbol=BTCUSDT&orderId=1", -2011, "Market is closed.");
}

static void cancels_all_open_orders(void **state)
{
    (void)state;
    trade_at_100();
    place(0, LIMIT_ORDER "side=SELL&price=110&quantity=0.5&newClientOrderId=i1");
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_LIST_OCO,
                                    "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER"
                                    "&abovePrice=120&belowType=STOP_LOSS&belowStopPrice=90"
                                    "&aboveClientOrderId=i2&belowClientOrderId=i3"
                                    "&listClientOrderId=l1"),
                     200);
    place(0, LIMIT_ORDER "side=SELL&price=111&quantity=0.5&newClientOrderId=i4");
    expect(0, ENDPOINT_OPEN_ORDERS_CANCEL, "symbol=BTCUSDT",
           "[{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"i4\",\"orderId\":6,"
           "\"orderListId\":-1,\"clientOrderId\":\"4BPF6DgvFUcpQYkbopEVoa\","
           "\"transactTime\":1795000000000,\"price\":\"111.00000000\","
           "\"origQty\":\"0.50000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\","
           "\"side\":\"SELL\",\"selfTradePreventionMode\":\"NONE\"},{\"orderListId\":1,"
           "\"contingencyType\":\"OCO\",\"listStatusType\":\"ALL_DONE\","
           "\"listOrderStatus\":\"ALL_DONE\",\"listClientOrderId\":\"l1\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"clientOrderId\":\"i2\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"clientOrderId\":\"i3\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"i3\","
           "\"orderId\":5,\"orderListId\":1,\"clientOrderId\":\"4BPF6DgvFUcpQYkbopEVoa\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"CANCELED\","
           "\"timeInForce\":\"GTC\",\"type\":\"STOP_LOSS\",\"side\":\"SELL\","
           "\"stopPrice\":\"90.00000000\",\"selfTradePreventionMode\":\"NONE\"},"
           "{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"i2\",\"orderId\":4,"
           "\"orderListId\":1,\"clientOrderId\":\"4BPF6DgvFUcpQYkbopEVoa\","
           "\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\","
           "\"side\":\"SELL\",\"selfTradePreventionMode\":\"NONE\"}]},{\"symbol\":\"BTCUSDT\","
           "\"origClientOrderId\":\"i1\",\"orderId\":3,\"orderListId\":-1,"
           "\"clientOrderId\":\"4BPF6DgvFUcpQYkbopEVoa\",\"transactTime\":1795000000000,"
           "\"price\":\"110.00000000\",\"origQty\":\"0.50000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"CANCELED\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"SELL\","
           "\"selfTradePreventionMode\":\"NONE\"}]");
    assert_int_equal(view_orders_open_count(scene.view.view), 0);
}

/* ---- cancel and replace ---- */

#define REPLACE LIMIT_ORDER "side=BUY&quantity=1&"

static void replaces_an_order(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=j1");
    expect(0, ENDPOINT_ORDER_CANCEL_REPLACE,
           REPLACE "price=98&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=1"
                   "&newClientOrderId=j2&cancelNewClientOrderId=j3",
           "{\"cancelResult\":\"SUCCESS\",\"newOrderResult\":\"SUCCESS\","
           "\"cancelResponse\":{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"j1\","
           "\"orderId\":1,\"orderListId\":-1,\"clientOrderId\":\"j3\","
           "\"transactTime\":1795000000000,\"price\":\"100.00000000\","
           "\"origQty\":\"0.50000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"selfTradePreventionMode\":\"NONE\"},\"newOrderResponse\":{\"symbol\":\"BTCUSDT\","
           "\"orderId\":2,\"orderListId\":-1,\"clientOrderId\":\"j2\","
           "\"transactTime\":1795000000000,\"price\":\"98.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"BUY\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"NONE\",\"fills\":[]}}");
    assert_int_equal(scene.call.state.orders_taken, 1);
}

/* The JSON is what belongs under `data`. */
static void replace_fails(const char *query, u32 http, i32 code, const char *data)
{
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_CANCEL_REPLACE, query), http);
    assert_int_equal(api_error_code(scene.call.failure.error), code);
    assert_true(scene.call.failure_data);
    assert_string_equal(scene.text, data);
}

static void replaces_in_halves(void **state)
{
    (void)state;
    u64 now_us = scene.venue.now_us;
    place(1, LIMIT_ORDER "side=SELL&price=110&quantity=1&newClientOrderId=k0");
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=k1");
    u32 count = limit_orders_count(&scene.limit, 0, now_us).count_10s;
    replace_fails(REPLACE "price=98&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=77"
                          "&newClientOrderId=k2",
                  400, -2022,
                  "{\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"NOT_ATTEMPTED\","
                  "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                  "\"newOrderResponse\":null}");
    assert_int_equal(limit_orders_count(&scene.limit, 0, now_us).count_10s, count + 1);
    replace_fails(REPLACE "price=98&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=77"
                          "&newClientOrderId=k2&newOrderRespType=ACK",
                  409, -2021,
                  "{\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"SUCCESS\","
                  "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                  "\"newOrderResponse\":{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":-1,"
                  "\"clientOrderId\":\"k2\",\"transactTime\":1795000000000}}");
    replace_fails(
        "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=110&quantity=1"
        "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=k1"
        "&cancelNewClientOrderId=k4",
        409, -2021,
        "{\"cancelResult\":\"SUCCESS\",\"newOrderResult\":\"FAILURE\","
        "\"cancelResponse\":{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"k1\","
        "\"orderId\":2,\"orderListId\":-1,\"clientOrderId\":\"k4\","
        "\"transactTime\":1795000000000,\"price\":\"100.00000000\","
        "\"origQty\":\"0.50000000\",\"executedQty\":\"0.00000000\","
        "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
        "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
        "\"selfTradePreventionMode\":\"NONE\"},\"newOrderResponse\":{\"code\":-2010,"
        "\"msg\":\"Order would immediately match and take.\"}}");
    replace_fails("symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=110&quantity=1"
                  "&cancelReplaceMode=ALLOW_FAILURE&cancelOrigClientOrderId=k1",
                  400, -2022,
                  "{\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"FAILURE\","
                  "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                  "\"newOrderResponse\":{\"code\":-2010,"
                  "\"msg\":\"Order would immediately match and take.\"}}");
    refuses(0, ENDPOINT_ORDER_CANCEL_REPLACE,
            REPLACE "price=98.001&cancelReplaceMode=ALLOW_FAILURE&cancelOrigClientOrderId=k2",
            -1013, "Filter failure: PRICE_FILTER");
    assert_false(scene.call.failure_data);
}

/* 100 orders in ten seconds are the scene's limit. */
static void replaces_over_the_limit(void **state)
{
    (void)state;
    for (u32 i = 0; i < 100; i++) {
        place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newOrderRespType=ACK");
    }
    refuses(0, ENDPOINT_ORDER_PLACE, LIMIT_ORDER "side=BUY&price=100&quantity=0.5", -1015,
            "Too many new orders; current limit is 100 orders per 10 SECOND.");
    refuses(0, ENDPOINT_ORDER_CANCEL_REPLACE,
            REPLACE "price=98&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=1", -1015,
            "Too many new orders; current limit is 100 orders per 10 SECOND.");
    assert_int_equal(scene.call.status, 429);
    assert_int_equal(view_orders_open_count(scene.view.view), 100);
    replace_fails(REPLACE "price=98&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=1000"
                          "&orderRateLimitExceededMode=CANCEL_ONLY",
                  429, -2022,
                  "{\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"NOT_ATTEMPTED\","
                  "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                  "\"newOrderResponse\":null}");
    assert_true(scene.call.retry_after_s > 0);
    replace_fails(REPLACE "price=98&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1000"
                          "&orderRateLimitExceededMode=CANCEL_ONLY",
                  400, -2022,
                  "{\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"FAILURE\","
                  "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                  "\"newOrderResponse\":{\"code\":-1015,"
                  "\"msg\":\"Too many new orders; current limit is 100 orders per 10 SECOND.\"}}");
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_CANCEL_REPLACE,
                                    REPLACE "price=98&cancelReplaceMode=STOP_ON_FAILURE"
                                            "&cancelOrderId=1"
                                            "&orderRateLimitExceededMode=CANCEL_ONLY"),
                     429);
    assert_non_null(strstr(scene.text, "{\"cancelResult\":\"SUCCESS\",\"newOrderResult\":"
                                       "\"FAILURE\",\"cancelResponse\":{\"symbol\":"));
    assert_int_equal(view_orders_open_count(scene.view.view), 99);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_CANCEL_REPLACE,
                                    REPLACE "price=98&cancelReplaceMode=ALLOW_FAILURE"
                                            "&cancelOrderId=2"
                                            "&orderRateLimitExceededMode=CANCEL_ONLY"),
                     409);
    assert_int_equal(view_orders_open_count(scene.view.view), 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_in_three_forms, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_fills_with_their_fees, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_market_orders_by_quote, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_why_orders_expire, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_stops, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_prevented_matches, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(invents_client_ids, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(counts_orders_that_are_placed, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(an_answer_that_does_not_fit_keeps_what_is_counted,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(an_order_without_its_events_is_counted, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(refuses_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_what_a_market_does_not_offer, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(tests_an_order, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(cancels_an_order, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_cancellations, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(cancels_all_open_orders, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(replaces_an_order, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(replaces_in_halves, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(replaces_over_the_limit, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
