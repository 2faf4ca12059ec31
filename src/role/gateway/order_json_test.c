/* Aim: orders and lists are shown field by field as documented. Method: one order, from the view
 * and from the history, in every form, byte for byte. */
#include "role/gateway/order_json.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

#define TIME_US 1795000000123456ULL

static char text[4096];
static struct json_writer json;

static const struct call_names names = {
    .market = "BTCUSDT", .base = "BTC", .quote = "USDT", .base_scale = 8, .quote_scale = 6};

static struct client_id client_of(const char *symbols)
{
    struct client_id id;
    assert_true(client_id_pack(&id, span_of_text(symbols)));
    return id;
}

static void begin(void)
{
    json_begin(&json, text, sizeof text);
}

static void expect(const char *expected)
{
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, expected);
}

/* A limit order of which a third is filled. */
static struct view_order plain_order(void)
{
    return (struct view_order){
        .id = 28,
        .price = price_of(6500000000000),
        .qty = amount_of(30000),
        .executed = amount_of(10000),
        .quote_done = amount_of(6500000),
        .time_us = TIME_US,
        .update_us = TIME_US + 1000,
        .working_us = TIME_US,
        .side = SIDE_SELL,
        .type = ORDER_TYPE_LIMIT,
        .tif = TIME_IN_FORCE_GTC,
        .stp = STP_MODE_NONE,
        .state = ORDER_STATE_WORKING,
        .is_open = true,
        .is_working = true,
        .client = client_of("myOrder1"),
    };
}

/* A trailing iceberg with everything that can be there, ended by self-trade prevention. */
static struct view_order full_order(void)
{
    struct view_order order = plain_order();
    order.list_id = 7;
    order.type = ORDER_TYPE_TAKE_PROFIT_LIMIT;
    order.side = SIDE_BUY;
    order.tif = TIME_IN_FORCE_IOC;
    order.stop_price = price_of(6400000000000);
    order.iceberg_qty = amount_of(5000);
    order.trailing_delta = 25;
    order.trailing_us = TIME_US;
    order.strategy_id = 37463720;
    order.strategy_type = 1000000;
    order.stp = STP_MODE_EXPIRE_BOTH;
    order.prevented = amount_of(20000);
    order.match_id = 3;
    order.is_open = false;
    order.done_status = DONE_STATUS_EXPIRED_IN_MATCH;
    return order;
}

static void shows_a_plain_order(void **state)
{
    (void)state;
    struct view_order order = plain_order();
    struct order_shown shown = order_shown_of_view(&order);
    begin();
    order_put_status(&json, &names, &shown, false);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":-1,\"clientOrderId\":"
           "\"myOrder1\",\"price\":\"65000.00000000\",\"origQty\":\"0.00030000\",\"executedQty\":"
           "\"0.00010000\",\"cummulativeQuoteQty\":\"6.50000000\",\"status\":\"PARTIALLY_FILLED\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"SELL\",\"stopPrice\":"
           "\"0.00000000\",\"icebergQty\":\"0.00000000\",\"time\":1795000000123,\"updateTime\":"
           "1795000000124,\"isWorking\":true,\"workingTime\":1795000000123,"
           "\"origQuoteOrderQty\":\"0.00000000\",\"selfTradePreventionMode\":\"NONE\"}");
    begin();
    order_put_ack(&json, &names, &shown, TIME_US, true);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":-1,\"clientOrderId\":"
           "\"myOrder1\",\"transactTime\":1795000000123456}");
    begin();
    order_put_new_begin(&json, &names, &shown, TIME_US, false);
    order_put_new_end(&json);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":-1,\"clientOrderId\":"
           "\"myOrder1\",\"transactTime\":1795000000123,\"price\":\"65000.00000000\",\"origQty\":"
           "\"0.00030000\",\"executedQty\":\"0.00010000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"6.50000000\",\"status\":\"PARTIALLY_FILLED\","
           "\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"SELL\",\"workingTime\":"
           "1795000000123,\"selfTradePreventionMode\":\"NONE\"}");
}

static void shows_all_conditional_fields(void **state)
{
    (void)state;
    struct view_order order = full_order();
    struct order_shown shown = order_shown_of_view(&order);
    begin();
    order_put_status(&json, &names, &shown, true);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":7,\"clientOrderId\":"
           "\"myOrder1\",\"price\":\"65000.00000000\",\"origQty\":\"0.00030000\",\"executedQty\":"
           "\"0.00010000\",\"cummulativeQuoteQty\":\"6.50000000\",\"status\":\"EXPIRED_IN_MATCH\","
           "\"timeInForce\":\"IOC\",\"type\":\"TAKE_PROFIT_LIMIT\",\"side\":\"BUY\",\"stopPrice\":"
           "\"64000.00000000\",\"trailingDelta\":25,\"trailingTime\":1795000000123456,"
           "\"icebergQty\":\"0.00005000\",\"time\":1795000000123456,\"updateTime\":"
           "1795000000124456,\"isWorking\":true,\"workingTime\":1795000000123456,"
           "\"origQuoteOrderQty\":\"0.00000000\",\"strategyId\":37463720,\"strategyType\":1000000,"
           "\"selfTradePreventionMode\":\"EXPIRE_BOTH\",\"preventedMatchId\":3,"
           "\"preventedQuantity\":\"0.00020000\"}");
    order.is_working = false;
    order.trailing_us = 0;
    order.executed = AMOUNT_ZERO;
    order.quote_done = AMOUNT_ZERO;
    order.prevented = AMOUNT_ZERO;
    order.done_status = DONE_STATUS_EXPIRED;
    order.done_reason = EXPIRY_REASON_OCO_TRIGGER;
    shown = order_shown_of_view(&order);
    shown.group = 1;
    begin();
    order_put_new_begin(&json, &names, &shown, TIME_US, false);
    order_put_new_end(&json);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":7,\"clientOrderId\":"
           "\"myOrder1\",\"transactTime\":1795000000123,\"price\":\"65000.00000000\",\"origQty\":"
           "\"0.00030000\",\"executedQty\":\"0.00000000\",\"origQuoteOrderQty\":\"0.00000000\","
           "\"cummulativeQuoteQty\":\"0.00000000\",\"status\":\"EXPIRED\",\"timeInForce\":\"IOC\","
           "\"type\":\"TAKE_PROFIT_LIMIT\",\"side\":\"BUY\",\"stopPrice\":\"64000.00000000\","
           "\"trailingDelta\":25,\"trailingTime\":-1,\"workingTime\":-1,\"icebergQty\":"
           "\"0.00005000\",\"strategyId\":37463720,\"strategyType\":1000000,"
           "\"selfTradePreventionMode\":\"EXPIRE_BOTH\",\"tradeGroupId\":1,"
           "\"expiryReason\":\"OCO_TRIGGER\"}");
}

static void shows_what_was_canceled_and_amended(void **state)
{
    (void)state;
    struct view_order order = plain_order();
    order.is_open = false;
    order.done_status = DONE_STATUS_CANCELED;
    struct order_shown shown = order_shown_of_view(&order);
    struct client_id other = client_of("other-1");
    begin();
    order_put_canceled(&json, &names, &shown, &other, TIME_US, false);
    expect("{\"symbol\":\"BTCUSDT\",\"origClientOrderId\":\"myOrder1\",\"orderId\":28,"
           "\"orderListId\":-1,\"clientOrderId\":\"other-1\",\"transactTime\":1795000000123,"
           "\"price\":\"65000.00000000\",\"origQty\":\"0.00030000\",\"executedQty\":\"0.00010000\","
           "\"origQuoteOrderQty\":\"0.00000000\",\"cummulativeQuoteQty\":\"6.50000000\","
           "\"status\":\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"SELL\","
           "\"selfTradePreventionMode\":\"NONE\"}");
    begin();
    order_put_amended(&json, &names, &shown, &other, false);
    expect("{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":-1,\"origClientOrderId\":"
           "\"other-1\",\"clientOrderId\":\"myOrder1\",\"price\":\"65000.00000000\",\"qty\":"
           "\"0.00030000\",\"executedQty\":\"0.00010000\",\"preventedQty\":\"0.00000000\","
           "\"quoteOrderQty\":\"0.00000000\",\"cumulativeQuoteQty\":\"6.50000000\",\"status\":"
           "\"CANCELED\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT\",\"side\":\"SELL\","
           "\"workingTime\":1795000000123,\"selfTradePreventionMode\":\"NONE\"}");
}

static void history_shows_the_same(void **state)
{
    (void)state;
    struct view_order order = full_order();
    order.trailing_us = 0; /* the history does not know it */
    struct history_order past = {.account = order.account,
                                 .market = order.market,
                                 .order_id = order.id,
                                 .list_id = order.list_id,
                                 .client = order.client,
                                 .price = order.price,
                                 .qty = order.qty,
                                 .quote_qty = order.quote_qty,
                                 .executed = order.executed,
                                 .quote = order.quote_done,
                                 .prevented = order.prevented,
                                 .stop_price = order.stop_price,
                                 .iceberg_qty = order.iceberg_qty,
                                 .trailing_delta = order.trailing_delta,
                                 .strategy_type = order.strategy_type,
                                 .strategy_id = order.strategy_id,
                                 .side = (enum side)order.side,
                                 .type = (enum order_type)order.type,
                                 .tif = (enum time_in_force)order.tif,
                                 .stp = (enum stp_mode)order.stp,
                                 .status = HISTORY_EXPIRED_IN_MATCH,
                                 .match_id = order.match_id,
                                 .time_us = order.time_us,
                                 .update_us = order.update_us,
                                 .working_us = order.working_us};
    struct order_shown from_view = order_shown_of_view(&order);
    struct order_shown from_history = order_shown_of_history(&past);
    char first[sizeof text];
    begin();
    order_put_status(&json, &names, &from_view, false);
    assert_true(json_end(&json) > 0);
    memcpy(first, text, sizeof first);
    begin();
    order_put_status(&json, &names, &from_history, false);
    expect(first);
}

/* By quote: what it has taken is its quantity. */
static void shows_an_order_by_quote(void **state)
{
    (void)state;
    struct view_order order = plain_order();
    order.type = ORDER_TYPE_MARKET;
    order.price = price_of(0);
    order.qty = AMOUNT_ZERO;
    order.quote_qty = amount_of(7000000);
    order.prevented = amount_of(1);
    struct order_shown shown = order_shown_of_view(&order);
    assert_int_equal(shown.qty.units, 10001);
    order.quote_qty = AMOUNT_ZERO;
    shown = order_shown_of_view(&order);
    assert_int_equal(shown.qty.units, 0);
}

static void names_every_status_and_reason(void **state)
{
    (void)state;
    static const char *const statuses[] = {"NEW",      "PENDING_NEW", "PARTIALLY_FILLED", "FILLED",
                                           "CANCELED", "EXPIRED",     "EXPIRED_IN_MATCH"};
    for (u32 i = 0; i < ARRAY_COUNT(statuses); i++) {
        assert_string_equal(order_status_name((enum view_status)i), statuses[i]);
        struct history_order past = {.status = (enum history_order_status)i};
        assert_int_equal(order_shown_of_history(&past).status, i);
    }
    assert_null(order_expiry_name(EXPIRY_REASON_NONE));
    for (u32 i = 1; i < EXPIRY_REASON_COUNT; i++) {
        assert_non_null(order_expiry_name((enum expiry_reason)i));
    }
    assert_string_equal(order_expiry_name(EXPIRY_REASON_UNFILLED_IOC),
                        "UNFILLED_IOC_QUANTITY_EXPIRED");
    assert_string_equal(order_expiry_name(EXPIRY_REASON_PRICE_RANGE_EXCEEDED),
                        "EXECUTION_RULE_PRICE_RANGE_EXCEEDED");
}

static void shows_lists(void **state)
{
    (void)state;
    struct view_list list = {.id = 2,
                             .time_us = TIME_US,
                             .update_us = TIME_US + 5,
                             .legs = {17, 18},
                             .clients = {client_of("a"), client_of("b")},
                             .client = client_of("list"),
                             .list_kind = LIST_KIND_OCO,
                             .legs_count = 2,
                             .is_open = true};
    struct list_shown shown = list_shown_of_view(&list);
    begin();
    list_put_status(&json, &names, &shown, false);
    expect("{\"orderListId\":2,\"contingencyType\":\"OCO\",\"listStatusType\":\"EXEC_STARTED\","
           "\"listOrderStatus\":\"EXECUTING\",\"listClientOrderId\":\"list\",\"transactionTime\":"
           "1795000000123,\"symbol\":\"BTCUSDT\",\"orders\":[{\"symbol\":\"BTCUSDT\",\"orderId\":"
           "17,\"clientOrderId\":\"a\"},{\"symbol\":\"BTCUSDT\",\"orderId\":18,\"clientOrderId\":"
           "\"b\"}]}");
    list.list_kind = LIST_KIND_OTOCO;
    list.is_open = false;
    shown = list_shown_of_view(&list);
    begin();
    list_put_amended(&json, &names, &shown);
    expect("{\"orderListId\":2,\"contingencyType\":\"OTO\",\"listOrderStatus\":\"ALL_DONE\","
           "\"listClientOrderId\":\"list\",\"symbol\":\"BTCUSDT\",\"orders\":[{\"symbol\":"
           "\"BTCUSDT\",\"orderId\":17,\"clientOrderId\":\"a\"},{\"symbol\":\"BTCUSDT\","
           "\"orderId\":18,\"clientOrderId\":\"b\"}]}");
}

/* As the view has a list of an image whose working leg is done. */
static void legs_that_are_done_have_their_ids(void **state)
{
    (void)state;
    struct view_list list = {.id = 2, .legs = {0, 18, 19}, .legs_count = 3};
    struct list_shown shown = list_shown_of_view(&list);
    assert_int_equal(shown.legs[0], 17);
    assert_int_equal(shown.legs[1], 18);
    assert_int_equal(shown.legs[2], 19);
    list = (struct view_list){.id = 2, .legs = {17, 0}, .legs_count = 2};
    shown = list_shown_of_view(&list);
    assert_int_equal(shown.legs[1], 18);
    assert_int_equal(shown.legs[2], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_a_plain_order),
        cmocka_unit_test(shows_all_conditional_fields),
        cmocka_unit_test(shows_what_was_canceled_and_amended),
        cmocka_unit_test(history_shows_the_same),
        cmocka_unit_test(shows_an_order_by_quote),
        cmocka_unit_test(names_every_status_and_reason),
        cmocka_unit_test(shows_lists),
        cmocka_unit_test(legs_that_are_done_have_their_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
