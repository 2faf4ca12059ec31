/* Aim: an account sees its orders, lists and trades as they are, and nobody else's; what is asked
 * of the history is exactly what the request said. Method: calls against the scene's venue; the
 * history is rows that a test lays down, or the view's own orders. */
#include "role/gateway/calls_orders.h"

#include "role/gateway/call_ask.h"
#include "role/gateway/view_order.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define T   CALL_SCENE_TIME_US
#define DAY 86400000000ULL

static struct call_scene scene;
static struct lookup_ask ask;           /* the last question */
static struct lookup_result laid;       /* its answer */
static struct history_order found[100]; /* rows for the answer, where they are orders */

static const struct lookup_result *answer(struct call_scene *of, const struct lookup_ask *asked)
{
    (void)of;
    assert_int_equal(asked->position_min, view_place(scene.view.view).position);
    return &laid;
}

static int open_scene(void **state)
{
    (void)state;
    memset(&ask, 0, sizeof ask);
    laid = (struct lookup_result){.status = LOOKUP_OK};
    call_scene_open(&scene, &ask);
    scene.answer = answer;
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static u64 place(u32 account, struct world_order order)
{
    u64 id = world_place(&scene.world, account, order);
    assert_int_not_equal(id, 0);
    call_scene_follow(&scene);
    return id;
}

static struct world_order named(struct world_order order, const char *client)
{
    order.client = client;
    return order;
}

static void lay(const void *rows, u32 count)
{
    laid = (struct lookup_result){.status = LOOKUP_OK, .count = count, .rows = rows};
}

#define FIRST                                                                                \
    "{\"symbol\":\"BTCUSDT\",\"orderId\":1,\"orderListId\":-1,\"clientOrderId\":\"one\","    \
    "\"price\":\"100.00000000\",\"origQty\":\"0.00100000\",\"executedQty\":\"0.00000000\","  \
    "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"NEW\",\"timeInForce\":\"GTC\","     \
    "\"type\":\"LIMIT\",\"side\":\"BUY\",\"stopPrice\":\"0.00000000\","                      \
    "\"icebergQty\":\"0.00000000\",\"time\":1795000000000,\"updateTime\":1795000000000,"     \
    "\"isWorking\":true,\"workingTime\":1795000000000,\"origQuoteOrderQty\":\"0.00000000\"," \
    "\"selfTradePreventionMode\":\"NONE\"}"

/* ---- one order ---- */

static void shows_an_open_order(void **state)
{
    (void)state;
    assert_int_equal(place(0, named(world_limit(SIDE_BUY, 10000, 10), "one")), 1);
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=1", FIRST);
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&origClientOrderId=one",
                      FIRST);
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_STATUS,
                      "symbol=BTCUSDT&orderId=1&origClientOrderId=one", FIRST);
    assert_int_equal(ask.lookup, 0);
}

static void knows_what_just_closed(void **state)
{
    (void)state;
    (void)place(0, named(world_limit(SIDE_BUY, 10000, 10), "one"));
    call_scene_clock(&scene, T + 5000000);
    world_cancel(&scene.world, 0, 1);
    call_scene_follow(&scene);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=1"),
                     200);
    assert_non_null(strstr(scene.text, "\"status\":\"CANCELED\""));
    assert_non_null(strstr(scene.text, "\"updateTime\":1795000005000"));
    assert_int_equal(ask.lookup, 0);
}

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    (void)place(0, named(world_limit(SIDE_BUY, 10000, 10), "one"));
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS,
                       "symbol=BTCUSDT&orderId=1&origClientOrderId=two", -2039,
                       "Client order ID is not correct for this order ID.");
    call_scene_refuses(&scene, 1, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=1", -2013,
                       "Order does not exist.");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=0", -2013,
                       "Order does not exist.");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=NONE&orderId=1", -1121,
                       "Invalid symbol.");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT", -1102,
                       "Param 'orderId' or 'origClientOrderId' must be sent, but both were "
                       "empty/null!");
    assert_int_equal(ask.lookup, 0);
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=77", -2013,
                       "Order does not exist.");
    assert_int_equal(ask.lookup, LOOKUP_ORDER_BY_ID);
    assert_int_equal(ask.id, 77);
    assert_int_equal(ask.account, 0);
    assert_int_equal(ask.market, 0);
    call_scene_refuses(&scene, 1, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&origClientOrderId=one",
                       -2013, "Order does not exist.");
    struct client_id one = world_client("one");
    assert_int_equal(ask.lookup, LOOKUP_ORDER_BY_CLIENT);
    assert_true(client_id_equal(&ask.client, &one));
    assert_int_equal(ask.account, 1);
}

static struct history_order past(u64 id, const char *client)
{
    return (struct history_order){.account = 0,
                                  .market = 0,
                                  .order_id = id,
                                  .client = world_client(client),
                                  .price = price_of(100 * WORLD_COIN),
                                  .qty = amount_of(WORLD_COIN / 1000),
                                  .side = SIDE_BUY,
                                  .type = ORDER_TYPE_LIMIT,
                                  .tif = TIME_IN_FORCE_GTC,
                                  .stp = STP_MODE_NONE,
                                  .status = HISTORY_CANCELED,
                                  .time_us = T - 10 * DAY,
                                  .update_us = T - 9 * DAY,
                                  .working_us = T - 10 * DAY};
}

static void finds_older_orders_in_the_history(void **state)
{
    (void)state;
    found[0] = past(50, "old");
    lay(found, 1);
    call_scene_expect(
        &scene, 0, ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=50&origClientOrderId=old",
        "{\"symbol\":\"BTCUSDT\",\"orderId\":50,\"orderListId\":-1,\"clientOrderId\":\"old\","
        "\"price\":\"100.00000000\",\"origQty\":\"0.00100000\",\"executedQty\":\"0.00000000\","
        "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"CANCELED\",\"timeInForce\":\"GTC\","
        "\"type\":\"LIMIT\",\"side\":\"BUY\",\"stopPrice\":\"0.00000000\","
        "\"icebergQty\":\"0.00000000\",\"time\":1794136000000,\"updateTime\":1794222400000,"
        "\"isWorking\":true,\"workingTime\":1794136000000,\"origQuoteOrderQty\":\"0.00000000\","
        "\"selfTradePreventionMode\":\"NONE\"}");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS,
                       "symbol=BTCUSDT&orderId=50&origClientOrderId=new", -2039,
                       "Client order ID is not correct for this order ID.");
}

static void archives_after_90_days(void **state)
{
    (void)state;
    found[0] = past(50, "old");
    lay(found, 1);
    const char *query = "symbol=BTCUSDT&orderId=50";
    found[0].update_us = T - 90 * DAY;
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_STATUS, query), 200);
    found[0].update_us -= 1;
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, query, -2026,
                       "Order was canceled or expired with no executed qty over 90 days ago and "
                       "has been archived.");
    found[0].executed = amount_of(1);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_STATUS, query), 200);
    found[0].executed = AMOUNT_ZERO;
    found[0].status = HISTORY_NEW;
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ORDER_STATUS, query), 200);
}

/* Never -2013 when the history has not said so. */
static void an_absent_history_is_a_timeout(void **state)
{
    (void)state;
    static const struct {
        enum lookup_status status;
        i32 code;
        u32 http;
    } cases[] = {
        {LOOKUP_BEHIND, -1007, 504}, {LOOKUP_COSTLY, -1007, 504},  {LOOKUP_TIMEOUT, -1007, 504},
        {LOOKUP_FAILED, -1001, 500}, {LOOKUP_REFUSED, -1000, 500},
    };
    static const struct {
        enum endpoint_id endpoint;
        const char *query;
    } calls[] = {
        {ENDPOINT_ORDER_STATUS, "symbol=BTCUSDT&orderId=9"},
        {ENDPOINT_ALL_ORDERS, "symbol=BTCUSDT"},
        {ENDPOINT_ORDER_LIST_STATUS, "orderListId=9"},
        {ENDPOINT_ALL_ORDER_LISTS, ""},
        {ENDPOINT_MY_TRADES, "symbol=BTCUSDT"},
        {ENDPOINT_PREVENTED_MATCHES, "symbol=BTCUSDT&orderId=9"},
        {ENDPOINT_AMENDMENTS, "symbol=BTCUSDT&orderId=9"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        laid = (struct lookup_result){.status = cases[i].status};
        for (u32 k = 0; k < ARRAY_COUNT(calls); k++) {
            u32 status = call_scene_run(&scene, 0, calls[k].endpoint, calls[k].query);
            assert_int_equal(status, cases[i].http);
            assert_int_equal(api_error_code(scene.call.failure.error), cases[i].code);
        }
    }
}

/* ---- several orders ---- */

static void shows_open_orders_oldest_first(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_OPEN_ORDERS, "", "[]");
    (void)place(0, named(world_limit(SIDE_BUY, 10000, 10), "one"));
    (void)place(1, named(world_limit(SIDE_BUY, 10000, 10), "other"));
    (void)place(0, named(world_limit(SIDE_SELL, 20000, 10), "two"));
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_OPEN_ORDERS, ""), 200);
    assert_memory_equal(scene.text, "[" FIRST ",", strlen("[" FIRST ","));
    assert_non_null(strstr(scene.text, "\"orderId\":3,"));
    assert_null(strstr(scene.text, "other"));
    assert_int_equal(scene.call.state.weight, 80);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_OPEN_ORDERS, "symbol=BTCUSDT"), 200);
    assert_memory_equal(scene.text, "[" FIRST ",", strlen("[" FIRST ","));
    assert_int_equal(scene.call.state.weight, 6);
    call_scene_refuses(&scene, 0, ENDPOINT_OPEN_ORDERS, "symbol=NONE", -1121, "Invalid symbol.");
}

static void shows_open_orders_of_one_market(void **state)
{
    (void)state;
    struct command_market_add definition = world_definition();
    definition.market = 1;
    memcpy(definition.name, "SECOND\0", 8);
    world_apply(&scene.world, &definition, COMMAND_MARKET_ADD, 0);
    call_scene_follow(&scene);
    struct world_order second = world_limit(SIDE_BUY, 10000, 10);
    second.market = 1;
    (void)place(0, named(world_limit(SIDE_BUY, 10000, 10), "one"));
    (void)place(0, named(second, "two"));
    call_scene_expect(&scene, 0, ENDPOINT_OPEN_ORDERS, "symbol=BTCUSDT", "[" FIRST "]");
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_OPEN_ORDERS, "symbol=SECOND"), 200);
    assert_non_null(strstr(scene.text, "[{\"symbol\":\"SECOND\",\"orderId\":2,"));
    assert_null(strstr(scene.text, "\"one\""));
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_STATUS, "symbol=SECOND&orderId=1", -2013,
                       "Order does not exist.");
}

static void asks_for_pages_of_orders(void **state)
{
    (void)state;
    found[0] = past(50, "a");
    found[1] = past(51, "b");
    lay(found, 2);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ALL_ORDERS, "symbol=BTCUSDT"), 200);
    assert_memory_equal(scene.text, "[{\"symbol\":\"BTCUSDT\",\"orderId\":50,", 34);
    assert_non_null(strstr(scene.text, "},{\"symbol\":\"BTCUSDT\",\"orderId\":51,"));
    assert_int_equal(ask.lookup, LOOKUP_ORDERS);
    assert_int_equal(ask.limit, 500);
    assert_int_equal(ask.from_id, 0);
    assert_int_equal(ask.from_us, 0);
    assert_int_equal(ask.to_us, 0);
    lay(NULL, 0);
    call_scene_expect(&scene, 3, ENDPOINT_ALL_ORDERS,
                      "symbol=BTCUSDT&orderId=0&limit=7&startTime=1794999000000"
                      "&endTime=1795000000000",
                      "[]");
    assert_int_equal(ask.account, 3);
    assert_int_equal(ask.from_id, 1);
    assert_int_equal(ask.limit, 7);
    assert_int_equal(ask.from_us, 1794999000000000);
    assert_int_equal(ask.to_us, 1795000000000999);
    call_scene_expect(&scene, 0, ENDPOINT_ALL_ORDERS, "symbol=BTCUSDT&startTime=0&limit=5000",
                      "[]");
    assert_int_equal(ask.from_us, 1);
    assert_int_equal(ask.limit, 1000);
    call_scene_expect(&scene, 0, ENDPOINT_ALL_ORDERS, "symbol=BTCUSDT&endTime=1795000000000001",
                      "[]");
    assert_int_equal(ask.to_us, 1795000000000001);
    call_scene_refuses(&scene, 0, ENDPOINT_ALL_ORDERS,
                       "symbol=BTCUSDT&startTime=1794900000000&endTime=1795000000000", -1127,
                       "More than 24 hours between startTime and endTime.");
}

/* ---- lists ---- */

static u64 place_oco(u32 account)
{
    struct world_order legs[2] = {
        named(world_maker(SIDE_SELL, 20000, 10), "above"),
        named(world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 5000, 10), "below")};
    u64 id = world_list(&scene.world, account, LIST_KIND_OCO, legs, 2);
    assert_int_not_equal(id, 0);
    call_scene_follow(&scene);
    return id;
}

#define LIST                                                                                  \
    "{\"orderListId\":1,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","     \
    "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"\",\"transactionTime\":"       \
    "1795000000000,\"symbol\":\"BTCUSDT\",\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":1," \
    "\"clientOrderId\":\"above\"},{\"symbol\":\"BTCUSDT\",\"orderId\":2,"                     \
    "\"clientOrderId\":\"below\"}]}"

static void shows_open_lists(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_OPEN_ORDER_LISTS, "", "[]");
    (void)place_oco(0);
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=1", LIST);
    call_scene_expect(&scene, 0, ENDPOINT_OPEN_ORDER_LISTS, "", "[" LIST "]");
    (void)place_oco(1);
    call_scene_expect(&scene, 0, ENDPOINT_OPEN_ORDER_LISTS, "", "[" LIST "]");
    assert_int_equal(call_scene_run(&scene, 1, ENDPOINT_OPEN_ORDER_LISTS, ""), 200);
    assert_non_null(strstr(scene.text, "[{\"orderListId\":2,"));
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=2", -2013,
                       "Order does not exist.");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=0", -2013,
                       "Order does not exist.");
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=1&origClientOrderId=x",
                       -2013, "Order does not exist.");
    assert_int_equal(ask.lookup, 0);
}

static void finds_older_lists_in_the_history(void **state)
{
    (void)state;
    struct history_list lists[2] = {
        {.account = 0,
         .list_id = 7,
         .client = world_client("list"),
         .kind = LIST_KIND_OTOCO,
         .legs = 3,
         .first_order = 41,
         .clients = {world_client("a"), world_client("b"), world_client("c")},
         .done = true,
         .time_us = T - DAY},
        {.account = 0, .list_id = 8, .kind = LIST_KIND_OCO, .legs = 2}};
    lay(lists, 1);
    const char *first =
        "{\"orderListId\":7,\"contingencyType\":\"OTO\",\"listStatusType\":\"ALL_DONE\","
        "\"listOrderStatus\":\"ALL_DONE\",\"listClientOrderId\":\"list\","
        "\"transactionTime\":1794913600000,\"symbol\":\"BTCUSDT\",\"orders\":["
        "{\"symbol\":\"BTCUSDT\",\"orderId\":41,\"clientOrderId\":\"a\"},"
        "{\"symbol\":\"BTCUSDT\",\"orderId\":42,\"clientOrderId\":\"b\"},"
        "{\"symbol\":\"BTCUSDT\",\"orderId\":43,\"clientOrderId\":\"c\"}]}";
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "origClientOrderId=list", first);
    struct client_id client = world_client("list");
    assert_int_equal(ask.lookup, LOOKUP_LIST_BY_CLIENT);
    assert_true(client_id_equal(&ask.client, &client));
    call_scene_expect(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=7", first);
    assert_int_equal(ask.lookup, LOOKUP_LIST_BY_ID);
    assert_int_equal(ask.id, 7);
    lay(lists, 2);
    char all[2000];
    (void)snprintf(all, sizeof all,
                   "[%s,{\"orderListId\":8,\"contingencyType\":\"OCO\",\"listStatusType\":"
                   "\"EXEC_STARTED\",\"listOrderStatus\":\"EXECUTING\","
                   "\"listClientOrderId\":\"\",\"transactionTime\":0,\"symbol\":\"BTCUSDT\","
                   "\"orders\":[]}]",
                   first);
    call_scene_expect(&scene, 0, ENDPOINT_ALL_ORDER_LISTS, "fromId=7&limit=2", all);
    assert_int_equal(ask.lookup, LOOKUP_LISTS);
    assert_int_equal(ask.from_id, 7);
    assert_int_equal(ask.limit, 2);
    lay(NULL, 0);
    call_scene_refuses(&scene, 0, ENDPOINT_ORDER_LIST_STATUS, "orderListId=9", -2013,
                       "Order does not exist.");
    call_scene_refuses(&scene, 0, ENDPOINT_ALL_ORDER_LISTS, "fromId=7&startTime=1795000000000",
                       -1128, "Combination of optional parameters invalid.");
}

/* ---- trades ---- */

static void shows_trades(void **state)
{
    (void)state;
    static const struct history_fill fills[2] = {
        {.trade_id = 28457,
         .order_id = 100234,
         .price = {400000100},
         .qty = {1200000000},
         .quote = {4800001200},
         .fee = {1010},
         .time_us = 1794999865549590,
         .buys = true},
        {.trade_id = 28458,
         .order_id = 100235,
         .list_id = 5,
         .price = {400000100},
         .qty = {1200000000},
         .quote = {4800001200},
         .fee = {2020},
         .time_us = 1794999865549590,
         .maker = true},
    };
    lay(fills, 2);
    call_scene_expect(
        &scene, 0, ENDPOINT_MY_TRADES, "symbol=BTCUSDT",
        "[{\"symbol\":\"BTCUSDT\",\"id\":28457,\"orderId\":100234,\"orderListId\":-1,"
        "\"price\":\"4.00000100\",\"qty\":\"12.00000000\",\"quoteQty\":\"48.00001200\","
        "\"commission\":\"0.00001010\",\"commissionAsset\":\"BTC\",\"time\":1794999865549,"
        "\"isBuyer\":true,\"isMaker\":false,\"isBestMatch\":true},"
        "{\"symbol\":\"BTCUSDT\",\"id\":28458,\"orderId\":100235,\"orderListId\":5,"
        "\"price\":\"4.00000100\",\"qty\":\"12.00000000\",\"quoteQty\":\"48.00001200\","
        "\"commission\":\"0.00002020\",\"commissionAsset\":\"USDT\",\"time\":1794999865549,"
        "\"isBuyer\":false,\"isMaker\":true,\"isBestMatch\":true}]");
    scene.microseconds = true;
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_MY_TRADES, "symbol=BTCUSDT"), 200);
    assert_non_null(strstr(scene.text, "\"time\":1794999865549590,"));
}

static void asks_for_trades_as_documented(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        u64 id;
        u64 from_id;
        u64 from_us;
        u64 to_us;
        u32 limit;
        u32 weight;
    } cases[] = {
        {"symbol=BTCUSDT", 0, 0, 0, 0, 500, 20},
        {"symbol=BTCUSDT&orderId=5", 5, 0, 0, 0, 500, 5},
        {"symbol=BTCUSDT&orderId=0", INT64_MAX, 0, 0, 0, 500, 5},
        {"symbol=BTCUSDT&startTime=1795000000000", 0, 0, T, 0, 500, 20},
        {"symbol=BTCUSDT&endTime=1795000000000", 0, 0, 0, T + 999, 500, 20},
        {"symbol=BTCUSDT&fromId=9", 0, 9, 0, 0, 500, 20},
        {"symbol=BTCUSDT&fromId=0&limit=3", 0, 1, 0, 0, 3, 20},
        {"symbol=BTCUSDT&startTime=1795000000000&endTime=1795000000000", 0, 0, T, T + 999, 500, 20},
        {"symbol=BTCUSDT&orderId=5&fromId=9&limit=2000", 5, 9, 0, 0, 1000, 5},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        lay(NULL, 0);
        call_scene_expect(&scene, 2, ENDPOINT_MY_TRADES, cases[i].query, "[]");
        assert_int_equal(ask.lookup, LOOKUP_FILLS);
        assert_int_equal(ask.account, 2);
        assert_int_equal(ask.id, cases[i].id);
        assert_int_equal(ask.from_id, cases[i].from_id);
        assert_int_equal(ask.from_us, cases[i].from_us);
        assert_int_equal(ask.to_us, cases[i].to_us);
        assert_int_equal(ask.limit, cases[i].limit);
        assert_int_equal(scene.call.state.weight, cases[i].weight);
    }
    call_scene_refuses(&scene, 0, ENDPOINT_MY_TRADES, "symbol=BTCUSDT&orderId=5&startTime=1", -1128,
                       "Combination of optional parameters invalid.");
}

/* ---- prevented matches and amendments ---- */

static void shows_prevented_matches(void **state)
{
    (void)state;
    static const struct history_prevented rows[2] = {
        {.match_id = 1,
         .maker_order = 3,
         .taker_order = 5,
         .price = {110000000},
         .maker_qty = {130000000},
         .mode = STP_MODE_EXPIRE_MAKER,
         .time_us = 1794999101687094},
        {.match_id = 2,
         .maker_order = 4,
         .taker_order = 5,
         .price = {110000000},
         .maker_qty = {10000},
         .taker_qty = {20000},
         .mode = STP_MODE_EXPIRE_BOTH,
         .time_us = 1794999101687094},
    };
    lay(rows, 1);
    call_scene_expect(&scene, 2, ENDPOINT_PREVENTED_MATCHES, "symbol=BTCUSDT&preventedMatchId=1",
                      "[{\"symbol\":\"BTCUSDT\",\"preventedMatchId\":1,\"takerOrderId\":5,"
                      "\"makerSymbol\":\"BTCUSDT\",\"makerOrderId\":3,\"tradeGroupId\":1,"
                      "\"selfTradePreventionMode\":\"EXPIRE_MAKER\",\"price\":\"1.10000000\","
                      "\"makerPreventedQuantity\":\"1.30000000\","
                      "\"transactTime\":1794999101687}]");
    assert_int_equal(ask.lookup, LOOKUP_PREVENTED_BY_ID);
    assert_int_equal(ask.id, 1);
    assert_int_equal(scene.call.state.weight, 2);
    lay(rows + 1, 1);
    call_scene_expect(&scene, 0, ENDPOINT_PREVENTED_MATCHES,
                      "symbol=BTCUSDT&orderId=5&fromPreventedMatchId=2&limit=10",
                      "[{\"symbol\":\"BTCUSDT\",\"preventedMatchId\":2,\"takerOrderId\":5,"
                      "\"makerSymbol\":\"BTCUSDT\",\"makerOrderId\":4,\"tradeGroupId\":-1,"
                      "\"selfTradePreventionMode\":\"EXPIRE_BOTH\",\"price\":\"1.10000000\","
                      "\"takerPreventedQuantity\":\"0.00020000\","
                      "\"makerPreventedQuantity\":\"0.00010000\","
                      "\"transactTime\":1794999101687}]");
    assert_int_equal(ask.lookup, LOOKUP_PREVENTED_OF);
    assert_int_equal(ask.id, 5);
    assert_int_equal(ask.from_id, 2);
    assert_int_equal(ask.limit, 10);
    assert_int_equal(scene.call.state.weight, 20);
    call_scene_refuses(&scene, 0, ENDPOINT_PREVENTED_MATCHES,
                       "symbol=BTCUSDT&orderId=5&preventedMatchId=1", -1128,
                       "Combination of optional parameters invalid.");
}

static void shows_amendments(void **state)
{
    (void)state;
    struct history_amendment rows[1] = {{.order_id = 9,
                                         .seq = 22,
                                         .client_before = world_client("before"),
                                         .client_after = world_client("after"),
                                         .qty_before = amount_of(5 * WORLD_COIN),
                                         .qty_after = amount_of(4 * WORLD_COIN),
                                         .time_us = 1794999661670000}};
    lay(rows, 1);
    call_scene_expect(&scene, 0, ENDPOINT_AMENDMENTS,
                      "symbol=BTCUSDT&orderId=9&fromExecutionId=20&limit=1",
                      "[{\"symbol\":\"BTCUSDT\",\"orderId\":9,\"executionId\":22,"
                      "\"origClientOrderId\":\"before\",\"newClientOrderId\":\"after\","
                      "\"origQty\":\"5.00000000\",\"newQty\":\"4.00000000\","
                      "\"time\":1794999661670}]");
    assert_int_equal(ask.lookup, LOOKUP_AMENDMENTS);
    assert_int_equal(ask.id, 9);
    assert_int_equal(ask.from_id, 20);
    assert_int_equal(ask.limit, 1);
    call_scene_refuses(&scene, 0, ENDPOINT_AMENDMENTS, "symbol=BTCUSDT", -1102,
                       "Mandatory parameter 'orderId' was not sent, was empty/null, or malformed.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows_an_open_order),
        TEST(knows_what_just_closed),
        TEST(refuses_what_is_not_there),
        TEST(finds_older_orders_in_the_history),
        TEST(archives_after_90_days),
        TEST(an_absent_history_is_a_timeout),
        TEST(shows_open_orders_oldest_first),
        TEST(shows_open_orders_of_one_market),
        TEST(asks_for_pages_of_orders),
        TEST(shows_open_lists),
        TEST(finds_older_lists_in_the_history),
        TEST(shows_trades),
        TEST(asks_for_trades_as_documented),
        TEST(shows_prevented_matches),
        TEST(shows_amendments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
