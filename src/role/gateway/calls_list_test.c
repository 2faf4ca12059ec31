/* Aim: amends and order lists are answered and refused as documented, byte for byte. Method: calls
 * against the scene's venue, whose core takes the commands. */
#include "role/gateway/calls_trade.h"
#include "role/gateway/view_order.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

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

/* ---- amend ---- */

static void amends_an_order(void **state)
{
    (void)state;
    place(0, LIMIT_ORDER "side=BUY&price=100&quantity=0.5&newClientOrderId=m1");
    expect(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.4&newClientOrderId=m2",
           "{\"transactTime\":1795000000000,\"executionId\":25,"
           "\"amendedOrder\":{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":-1,"
           "\"origClientOrderId\":\"m1\",\"clientOrderId\":\"m2\",\"price\":\"100.00000000\","
           "\"qty\":\"0.40000000\",\"executedQty\":\"0.00000000\","
           "\"preventedQty\":\"0.00000000\",\"quoteOrderQty\":\"0.00000000\","
           "\"cumulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"BUY\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"NONE\"}}");
    expect(0, ENDPOINT_ORDER_AMEND,
           "symbol=BTCUSDT&origClientOrderId=m2&newQty=0.3&newClientOrderId=m2",
           "{\"transactTime\":1795000000000,\"executionId\":26,"
           "\"amendedOrder\":{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":-1,"
           "\"origClientOrderId\":\"m2\",\"clientOrderId\":\"m2\",\"price\":\"100.00000000\","
           "\"qty\":\"0.30000000\",\"executedQty\":\"0.00000000\","
           "\"preventedQty\":\"0.00000000\",\"quoteOrderQty\":\"0.00000000\","
           "\"cumulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT\",\"side\":\"BUY\",\"workingTime\":1795000000000,"
           "\"selfTradePreventionMode\":\"NONE\"}}");
    assert_int_equal(
        call_scene_run(&scene, 0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.2"),
        200);
    const struct view_order *order = view_order_of(scene.view.view, 1);
    assert_int_equal(order->client.length, 22);
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.2", -2038,
            "The requested action would change no state; rejecting");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.25", -2038,
            "Order amend (quantity increase) is not supported.");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=9&newQty=0.1", -2038,
            "Unknown order sent.");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.00001", -1013,
            "Filter failure: LOT_SIZE");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0", -2010,
            "Price * QTY is zero or less.");
    place(0, LIMIT_ORDER "side=BUY&price=99&quantity=0.5&newClientOrderId=m5");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.1&newClientOrderId=m5",
            -2038, "Duplicate order sent.");
    refuses(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=2&origClientOrderId=m4&newQty=0.1",
            -2039, "Client order ID is not correct for this order ID.");
}

static void amends_a_leg(void **state)
{
    (void)state;
    assert_int_equal(
        call_scene_run(&scene, 0, ENDPOINT_ORDER_LIST_OTO,
                       "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=99"
                       "&workingQuantity=1&workingTimeInForce=GTC&pendingType=MARKET"
                       "&pendingSide=SELL&pendingQuantity=1&workingClientOrderId=n1"
                       "&pendingClientOrderId=n2&listClientOrderId=n3"),
        200);
    expect(0, ENDPOINT_ORDER_AMEND, "symbol=BTCUSDT&orderId=2&newQty=0.4&newClientOrderId=n4",
           "{\"transactTime\":1795000000000,\"executionId\":25,"
           "\"amendedOrder\":{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":1,"
           "\"origClientOrderId\":\"n2\",\"clientOrderId\":\"n4\",\"price\":\"0.00000000\","
           "\"qty\":\"0.40000000\",\"executedQty\":\"0.00000000\","
           "\"preventedQty\":\"0.00000000\",\"quoteOrderQty\":\"0.00000000\","
           "\"cumulativeQuoteQty\":\"0.00000000\",\"status\":\"PENDING_NEW\","
           "\"timeInForce\":\"GTC\",\"type\":\"MARKET\",\"side\":\"SELL\","
           "\"selfTradePreventionMode\":\"NONE\"},\"listStatus\":{\"orderListId\":1,"
           "\"contingencyType\":\"OTO\",\"listOrderStatus\":\"EXECUTING\","
           "\"listClientOrderId\":\"n3\",\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"clientOrderId\":\"n1\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"clientOrderId\":\"n4\"}]}}");
}

/* ---- order lists ---- */

static void places_an_oco(void **state)
{
    (void)state;
    trade_at_100();
    expect(0, ENDPOINT_ORDER_LIST_OCO,
           "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=120"
           "&aboveClientOrderId=o1&aboveIcebergQty=0.5&belowType=STOP_LOSS_LIMIT&belowPrice=89"
           "&belowStopPrice=90&belowTimeInForce=GTC&belowClientOrderId=o2&listClientOrderId=o3",
           "{\"orderListId\":1,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"o3\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"clientOrderId\":\"o1\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"clientOrderId\":\"o2\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":1,"
           "\"clientOrderId\":\"o1\",\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\","
           "\"side\":\"SELL\",\"workingTime\":1795000000000,\"icebergQty\":\"0.50000000\","
           "\"selfTradePreventionMode\":\"NONE\"},{\"symbol\":\"BTCUSDT\",\"orderId\":4,"
           "\"orderListId\":1,\"clientOrderId\":\"o2\",\"transactTime\":1795000000000,"
           "\"price\":\"89.00000000\",\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"STOP_LOSS_LIMIT\","
           "\"side\":\"SELL\",\"stopPrice\":\"90.00000000\",\"workingTime\":-1,"
           "\"selfTradePreventionMode\":\"NONE\"}]}");
    expect(0, ENDPOINT_ORDER_LIST_OCO,
           "symbol=BTCUSDT&side=BUY&quantity=1&aboveType=STOP_LOSS&aboveStopPrice=120"
           "&aboveClientOrderId=o4&belowType=TAKE_PROFIT&belowStopPrice=90&belowTrailingDelta=100"
           "&belowClientOrderId=o5&listClientOrderId=o6&newOrderRespType=ACK",
           "{\"orderListId\":2,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"o6\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"clientOrderId\":\"o4\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":6,\"clientOrderId\":\"o5\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"orderListId\":2,"
           "\"clientOrderId\":\"o4\",\"transactTime\":1795000000000},{\"symbol\":\"BTCUSDT\","
           "\"orderId\":6,\"orderListId\":2,\"clientOrderId\":\"o5\","
           "\"transactTime\":1795000000000}]}");
    refuses(0, ENDPOINT_ORDER_LIST_OCO,
            "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=99"
            "&belowType=STOP_LOSS&belowStopPrice=90",
            -2010, "The relationship of the prices for the orders is not correct.");
    refuses(0, ENDPOINT_ORDER_LIST_OCO,
            "symbol=BTCUSDT&side=BUY&quantity=1&aboveType=LIMIT_MAKER&abovePrice=120"
            "&belowType=STOP_LOSS&belowStopPrice=90",
            -1165, "A limit order in a buy OCO must be below.");
    refuses(0, ENDPOINT_ORDER_LIST_OCO,
            "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=STOP_LOSS&aboveStopPrice=120"
            "&belowType=LIMIT_MAKER&belowPrice=90",
            -1197, "A stop loss order in a sell OCO must be below.");
    refuses(0, ENDPOINT_ORDER_LIST_OCO,
            "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=120"
            "&belowType=LIMIT_MAKER&belowPrice=90",
            -1168, "At least one OCO order must be contingent.");
    refuses(0, ENDPOINT_ORDER_LIST_OCO,
            "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=120"
            "&belowType=MARKET",
            -1158, "Order type not supported in OCO.");
}

static void places_an_old_oco(void **state)
{
    (void)state;
    trade_at_100();
    expect(0, ENDPOINT_ORDER_LIST_OCO_OLD,
           "symbol=BTCUSDT&side=SELL&quantity=1&price=120&stopPrice=90&stopLimitPrice=89"
           "&stopLimitTimeInForce=GTC&limitClientOrderId=p1&stopClientOrderId=p2"
           "&listClientOrderId=p3&limitStrategyId=5&stopStrategyType=1000002",
           "{\"orderListId\":1,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"p3\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"clientOrderId\":\"p1\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"clientOrderId\":\"p2\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":1,"
           "\"clientOrderId\":\"p1\",\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\","
           "\"side\":\"SELL\",\"workingTime\":1795000000000,\"strategyId\":5,"
           "\"selfTradePreventionMode\":\"NONE\"},{\"symbol\":\"BTCUSDT\",\"orderId\":4,"
           "\"orderListId\":1,\"clientOrderId\":\"p2\",\"transactTime\":1795000000000,"
           "\"price\":\"89.00000000\",\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"STOP_LOSS_LIMIT\","
           "\"side\":\"SELL\",\"stopPrice\":\"90.00000000\",\"workingTime\":-1,"
           "\"strategyType\":1000002,\"selfTradePreventionMode\":\"NONE\"}]}");
    expect(0, ENDPOINT_ORDER_LIST_OCO_OLD,
           "symbol=BTCUSDT&side=BUY&quantity=1&price=90&stopPrice=120&limitClientOrderId=p4"
           "&stopClientOrderId=p5&listClientOrderId=p6&limitIcebergQty=0.5"
           "&newOrderRespType=FULL",
           "{\"orderListId\":2,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"p6\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"clientOrderId\":\"p5\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":6,\"clientOrderId\":\"p4\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"orderListId\":2,"
           "\"clientOrderId\":\"p5\",\"transactTime\":1795000000000,\"price\":\"0.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"STOP_LOSS\",\"side\":\"BUY\","
           "\"stopPrice\":\"120.00000000\",\"workingTime\":-1,"
           "\"selfTradePreventionMode\":\"NONE\",\"fills\":[]},{\"symbol\":\"BTCUSDT\","
           "\"orderId\":6,\"orderListId\":2,\"clientOrderId\":\"p4\","
           "\"transactTime\":1795000000000,\"price\":\"90.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","
           "\"type\":\"LIMIT_MAKER\",\"side\":\"BUY\",\"workingTime\":1795000000000,"
           "\"icebergQty\":\"0.50000000\",\"selfTradePreventionMode\":\"NONE\",\"fills\":[]}]}");
}

#define WORKING                                                        \
    "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=99" \
    "&workingQuantity=1&workingTimeInForce=GTC&workingClientOrderId=w&"

static void places_an_oto(void **state)
{
    (void)state;
    expect(0, ENDPOINT_ORDER_LIST_OTO,
           WORKING "pendingType=LIMIT&pendingSide=SELL&pendingQuantity=0.9&pendingPrice=120"
                   "&pendingTimeInForce=GTC&pendingClientOrderId=q1&listClientOrderId=q2",
           "{\"orderListId\":1,\"contingencyType\":\"OTO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"q2\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"clientOrderId\":\"w\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"clientOrderId\":\"q1\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":1,"
           "\"clientOrderId\":\"w\",\"transactTime\":1795000000000,\"price\":\"99.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":1,\"clientOrderId\":\"q1\","
           "\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"0.90000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"PENDING_NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\","
           "\"side\":\"SELL\",\"workingTime\":-1,\"selfTradePreventionMode\":\"NONE\"}]}");
    /* Filled at once: the pending leg is told as it was placed, and its status is another call. */
    place(1, LIMIT_ORDER "side=SELL&price=100&quantity=1");
    expect(2, ENDPOINT_ORDER_LIST_OTO,
           "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=100&workingQuantity=1"
           "&workingTimeInForce=GTC&workingClientOrderId=q3&pendingType=LIMIT&pendingSide=SELL"
           "&pendingQuantity=0.9&pendingPrice=120&pendingTimeInForce=GTC&pendingClientOrderId=q4"
           "&listClientOrderId=q5&newOrderRespType=FULL",
           "{\"orderListId\":2,\"contingencyType\":\"OTO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"q5\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"clientOrderId\":\"q3\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"clientOrderId\":\"q4\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"orderListId\":2,"
           "\"clientOrderId\":\"q3\",\"transactTime\":1795000000000,\"price\":\"100.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"1.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"100.00000000\","
           "\"status\":\"FILLED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\","
           "\"fills\":[{\"price\":\"100.00000000\",\"qty\":\"1.00000000\","
           "\"commission\":\"0.00210011\",\"commissionAsset\":\"BTC\",\"tradeId\":1}]},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":5,\"orderListId\":2,\"clientOrderId\":\"q4\","
           "\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"0.90000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"PENDING_NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\","
           "\"side\":\"SELL\",\"workingTime\":-1,\"selfTradePreventionMode\":\"NONE\","
           "\"fills\":[]}]}");
    refuses(0, ENDPOINT_ORDER_LIST_OTO,
            WORKING "pendingType=LIMIT&pendingSide=SELL&pendingQuantity=0.9", -1102,
            "Mandatory parameter 'pendingTimeInForce' was not sent, was empty/null, or malformed.");
}

static void places_an_otoco(void **state)
{
    (void)state;
    expect(0, ENDPOINT_ORDER_LIST_OTOCO,
           WORKING "pendingSide=SELL&pendingQuantity=1&pendingAboveType=LIMIT_MAKER"
                   "&pendingAbovePrice=120&pendingAboveClientOrderId=r1"
                   "&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=80"
                   "&pendingBelowClientOrderId=r2&listClientOrderId=r3",
           "{\"orderListId\":1,\"contingencyType\":\"OTO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"r3\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"clientOrderId\":\"w\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"clientOrderId\":\"r1\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"clientOrderId\":\"r2\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":1,"
           "\"clientOrderId\":\"w\",\"transactTime\":1795000000000,\"price\":\"99.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"workingTime\":1795000000000,\"selfTradePreventionMode\":\"NONE\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"orderListId\":1,\"clientOrderId\":\"r1\","
           "\"transactTime\":1795000000000,\"price\":\"120.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"PENDING_NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\","
           "\"side\":\"SELL\",\"workingTime\":-1,\"selfTradePreventionMode\":\"NONE\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"orderListId\":1,\"clientOrderId\":\"r2\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"PENDING_NEW\","
           "\"timeInForce\":\"GTC\",\"type\":\"STOP_LOSS\",\"side\":\"SELL\","
           "\"stopPrice\":\"80.00000000\",\"workingTime\":-1,"
           "\"selfTradePreventionMode\":\"NONE\"}]}");
    refuses(0, ENDPOINT_ORDER_LIST_OTOCO,
            WORKING "pendingSide=SELL&pendingQuantity=1&pendingAboveType=LIMIT_MAKER"
                    "&pendingAbovePrice=120",
            -1102,
            "Mandatory parameter 'pendingBelowType' was not sent, was empty/null, or malformed.");
}

static void offers_no_opo(void **state)
{
    (void)state;
    refuses(0, ENDPOINT_ORDER_LIST_OPO, WORKING "pendingType=MARKET&pendingSide=SELL", -2010,
            "OPO orders are not supported for this symbol.");
    refuses(0, ENDPOINT_ORDER_LIST_OPO, WORKING "pendingType=MARKET&pendingSide=BUY", -1223,
            "Pending orders in an OPO list must be asks.");
    refuses(0, ENDPOINT_ORDER_LIST_OPOCO,
            "symbol=BTCUSDT&workingType=LIMIT&workingSide=SELL&workingPrice=99&workingQuantity=1"
            "&workingTimeInForce=GTC&pendingSide=SELL&pendingAboveType=LIMIT_MAKER"
            "&pendingAbovePrice=1",
            -1222, "Working order in an OPO list must be a bid.");
}

static void cancels_a_list(void **state)
{
    (void)state;
    static const char oto[] = WORKING "pendingType=MARKET&pendingSide=SELL&pendingQuantity=1"
                                      "&pendingClientOrderId=s1&listClientOrderId=s2";
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_LIST_OTO, oto), 200);
    refuses(0, ENDPOINT_ORDER_LIST_CANCEL, "symbol=BTCUSDT&orderListId=1&listClientOrderId=other",
            -2011, "Unknown order sent.");
    refuses(1, ENDPOINT_ORDER_LIST_CANCEL, "symbol=BTCUSDT&orderListId=1", -2011,
            "Unknown order sent.");
    expect(0, ENDPOINT_ORDER_LIST_CANCEL, "symbol=BTCUSDT&listClientOrderId=s2&newClientOrderId=s3",
           "{\"orderListId\":1,\"contingencyType\":\"OTO\",\"listStatusType\":\"ALL_DONE\","
           "\"listOrderStatus\":\"ALL_DONE\",\"listClientOrderId\":\"s2\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"clientOrderId\":\"w\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":2,\"clientOrderId\":\"s1\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"w\",\"orderId\":1,"
           "\"orderListId\":1,\"clientOrderId\":\"s3\",\"transactTime\":1795000000000,"
           "\"price\":\"99.00000000\",\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"selfTradePreventionMode\":\"NONE\"},{\"symbol\":\"BTCUSDT\","
           "\"origClientOrderId\":\"s1\",\"orderId\":2,\"orderListId\":1,"
           "\"clientOrderId\":\"s3\",\"transactTime\":1795000000000,\"price\":\"0.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"MARKET\","
           "\"side\":\"SELL\",\"selfTradePreventionMode\":\"NONE\"}]}");
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_LIST_OTO, oto), 200);
    expect(0, ENDPOINT_ORDER_CANCEL, "symbol=BTCUSDT&origClientOrderId=s1&newClientOrderId=s4",
           "{\"orderListId\":2,\"contingencyType\":\"OTO\",\"listStatusType\":\"ALL_DONE\","
           "\"listOrderStatus\":\"ALL_DONE\",\"listClientOrderId\":\"s2\","
           "\"transactionTime\":1795000000000,\"symbol\":\"BTCUSDT\","
           "\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":3,\"clientOrderId\":\"w\"},"
           "{\"symbol\":\"BTCUSDT\",\"orderId\":4,\"clientOrderId\":\"s1\"}],"
           "\"orderReports\":[{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"s1\","
           "\"orderId\":4,\"orderListId\":2,\"clientOrderId\":\"s4\","
           "\"transactTime\":1795000000000,\"price\":\"0.00000000\",\"origQty\":\"1.00000000\","
           "\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"CANCELED\","
           "\"timeInForce\":\"GTC\",\"type\":\"MARKET\",\"side\":\"SELL\","
           "\"selfTradePreventionMode\":\"NONE\"},{\"symbol\":\"BTCUSDT\","
           "\"origClientOrderId\":\"w\",\"orderId\":3,\"orderListId\":2,"
           "\"clientOrderId\":\"s4\",\"transactTime\":1795000000000,\"price\":\"99.00000000\","
           "\"origQty\":\"1.00000000\",\"executedQty\":\"0.00000000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"0.00000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"BUY\","
           "\"selfTradePreventionMode\":\"NONE\"}]}");
    assert_int_equal(view_lists_open_count(scene.view.view), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(amends_an_order, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(amends_a_leg, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(places_an_oco, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(places_an_old_oco, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(places_an_oto, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(places_an_otoco, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(offers_no_opo, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(cancels_a_list, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
