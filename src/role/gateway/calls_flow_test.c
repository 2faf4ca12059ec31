/* Aim: whatever is asked for in whatever order, answers of the trading endpoints are JSON that
 * agrees with the view, fills add up to what was executed, and the count of new orders rises by
 * what was placed. Method: random calls of a few accounts around one price. */
#include "base/random.h"
#include "role/gateway/calls_trade.h"
#include "role/gateway/order_json.h"
#include "tests/support/call_scene.h"
#include "tests/support/json_fields.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CALLS    1200U
#define ACCOUNTS 4U
#define QUERY    1024U

static struct call_scene scene;
static struct random random_state;
static u32 answered[ENDPOINT_COUNT];
static u32 refused[ENDPOINT_COUNT];
static u64 fills_told;
static u64 lists_placed;
static u64 target_list; /* the open list of the order to be canceled */

static u64 below(u64 bound)
{
    return random_below(&random_state, bound);
}

/* ---- queries ---- */

static void add_text(char *query, const char *key, const char *value)
{
    size_t used = strlen(query);
    int size = snprintf(query + used, QUERY - used, "&%s=%s", key, value);
    assert_true(size > 0 && used + (size_t)size < QUERY);
}

static void add_number(char *query, const char *key, u64 number)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    add_text(query, key, text);
}

static void add_decimal(char *query, const char *key, u64 number, u32 places)
{
    char text[64];
    u64 one = places == 2 ? 100 : 10000;
    (void)snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64, number / one, (int)places,
                   number % one);
    add_text(query, key, text);
}

static void add_price(char *query, const char *key, u64 around)
{
    add_decimal(query, key, around + below(201) - 100, 2);
}

static void add_qty(char *query, const char *key)
{
    add_decimal(query, key, 1 + below(20000), 4);
}

static const char *side(void)
{
    return below(2) == 0 ? "BUY" : "SELL";
}

static void add_order(char *query)
{
    static const char *const stp[] = {"NONE",        "EXPIRE_TAKER", "EXPIRE_MAKER",
                                      "EXPIRE_BOTH", "DECREMENT",    "TRANSFER"};
    static const char *const tifs[] = {"GTC", "GTC", "GTC", "IOC", "FOK"};
    add_text(query, "side", side());
    add_text(query, "newOrderRespType", "FULL");
    add_text(query, "selfTradePreventionMode", stp[below(ARRAY_COUNT(stp))]);
    u64 kind = below(10);
    if (kind < 6) {
        const char *tif = tifs[below(ARRAY_COUNT(tifs))];
        add_text(query, "type", "LIMIT");
        add_text(query, "timeInForce", tif);
        add_price(query, "price", 10000);
        add_qty(query, "quantity");
        if (strcmp(tif, "GTC") == 0 && below(4) == 0) {
            add_qty(query, "icebergQty");
        }
    } else if (kind == 6) {
        add_text(query, "type", "MARKET");
        add_qty(query, below(2) == 0 ? "quantity" : "quoteOrderQty");
    } else if (kind == 7) {
        add_text(query, "type", "LIMIT_MAKER");
        add_price(query, "price", 10000);
        add_qty(query, "quantity");
    } else {
        add_text(query, "type", kind == 8 ? "STOP_LOSS" : "TAKE_PROFIT");
        add_price(query, "stopPrice", 10000);
        add_qty(query, "quantity");
    }
    if (below(3) == 0) {
        add_number(query, "newClientOrderId", below(200));
    }
}

/* Of the account's open ones, or a recent one of anybody. */
static u64 some_order(u32 account)
{
    const struct view_order *order = view_order_newest(scene.view.view, account, true);
    for (u64 skip = below(4); order != NULL && skip > 0; skip--) {
        order = view_order_older(scene.view.view, order);
    }
    u64 last = core_counts_of(scene.world.core).next_order_id - 1;
    u64 id = order != NULL && below(3) > 0 ? order->id : 1 + below(last + 1);
    const struct view_order *target = view_order_of(scene.view.view, id);
    const struct view_list *list =
        target != NULL ? view_list_of(scene.view.view, target->list_id) : NULL;
    target_list = list != NULL && list->is_open ? list->id : 0;
    return id;
}

static u64 some_list(u32 account)
{
    const struct view_list *list = view_list_newest(scene.view.view, account, true);
    return list != NULL && below(3) > 0 ? list->id : 1 + below(lists_placed + 1);
}

static enum endpoint_id next_list(char *query)
{
    if (below(2) == 0) {
        bool sells = below(2) == 0;
        add_text(query, "side", sells ? "SELL" : "BUY");
        add_qty(query, "quantity");
        add_text(query, "aboveType", sells ? "LIMIT_MAKER" : "STOP_LOSS");
        add_price(query, sells ? "abovePrice" : "aboveStopPrice", 10200);
        add_text(query, "belowType", sells ? "STOP_LOSS" : "LIMIT_MAKER");
        add_price(query, sells ? "belowStopPrice" : "belowPrice", 9800);
        return ENDPOINT_ORDER_LIST_OCO;
    }
    add_text(query, "workingType", "LIMIT");
    add_text(query, "workingTimeInForce", "GTC");
    add_text(query, "workingSide", side());
    add_price(query, "workingPrice", 10000);
    add_qty(query, "workingQuantity");
    add_text(query, "pendingType", "LIMIT");
    add_text(query, "pendingTimeInForce", "GTC");
    add_text(query, "pendingSide", side());
    add_price(query, "pendingPrice", 10000);
    add_qty(query, "pendingQuantity");
    return ENDPOINT_ORDER_LIST_OTO;
}

static enum endpoint_id next_call(char *query, u32 account)
{
    target_list = 0;
    (void)snprintf(query, QUERY, "symbol=BTCUSDT");
    u64 kind = below(100);
    if (kind < 50) {
        add_order(query);
        return ENDPOINT_ORDER_PLACE;
    }
    if (kind < 55) {
        add_order(query);
        return ENDPOINT_ORDER_TEST;
    }
    if (kind < 68) {
        add_number(query, "orderId", some_order(account));
        return ENDPOINT_ORDER_CANCEL;
    }
    if (kind < 78) {
        add_order(query);
        add_text(query, "cancelReplaceMode", below(2) == 0 ? "STOP_ON_FAILURE" : "ALLOW_FAILURE");
        add_number(query, "cancelOrderId", some_order(account));
        return ENDPOINT_ORDER_CANCEL_REPLACE;
    }
    if (kind < 86) {
        add_number(query, "orderId", some_order(account));
        add_qty(query, "newQty");
        return ENDPOINT_ORDER_AMEND;
    }
    if (kind < 95) {
        return next_list(query);
    }
    if (kind < 98) {
        add_number(query, "orderListId", some_list(account));
        return ENDPOINT_ORDER_LIST_CANCEL;
    }
    return ENDPOINT_OPEN_ORDERS_CANCEL;
}

/* ---- answers ---- */

static const struct view_order *order_told(const struct json_fields *fields, u32 account)
{
    const struct view_order *order = view_order_of(scene.view.view, json_number(fields, "orderId"));
    assert_non_null(order);
    assert_int_equal(order->account, account);
    assert_int_equal(json_number(fields, "orderListId"), order->list_id);
    return order;
}

static void check_fills(const struct json_fields *fields, const struct view_order *order)
{
    struct json_pull pull;
    struct json_fields fill;
    u64 qty = 0;
    u64 quote = 0;
    json_fields_array(&pull, json_value(fields, "fills"));
    while (json_fields_next(&pull, &fill)) {
        struct amount cost;
        qty += json_units(&fill, "qty");
        assert_true(amount_mul_price_floor(price_of(json_units(&fill, "price")),
                                           amount_of(json_units(&fill, "qty")), 8, 8, &cost));
        quote += cost.units;
        assert_true(json_is(&fill, "commissionAsset", order->side == SIDE_BUY ? "BTC" : "USDT"));
        fills_told++;
    }
    assert_int_equal(qty, json_units(fields, "executedQty"));
    assert_int_equal(quote, json_units(fields, "cummulativeQuoteQty"));
}

static void check_order(const struct json_fields *fields, const struct view_order *order)
{
    struct order_shown shown = order_shown_of_view(order);
    assert_int_equal(json_units(fields, "origQty"), shown.qty.units);
    assert_int_equal(json_units(fields, "executedQty"), shown.executed.units);
    assert_int_equal(json_units(fields, "cummulativeQuoteQty"), shown.quote_done.units);
    assert_true(json_is(fields, "status", order_status_name(view_order_status(order))));
}

static void check_new(struct span text, u32 account)
{
    struct json_fields fields;
    json_fields_of(text, &fields);
    const struct view_order *order = order_told(&fields, account);
    if (json_is(&fields, "status", "PENDING_NEW")) {
        return;
    }
    check_order(&fields, order);
    if (json_has(&fields, "fills")) {
        check_fills(&fields, order);
    }
}

/* An order, or a list with its reports. */
static void check_canceled(struct span text, u32 account)
{
    struct json_fields fields;
    json_fields_of(text, &fields);
    if (json_has(&fields, "orderReports")) {
        struct json_pull pull;
        struct json_fields report;
        u32 reports = 0;
        json_fields_array(&pull, json_value(&fields, "orderReports"));
        for (; json_fields_next(&pull, &report); reports++) {
            check_order(&report, order_told(&report, account));
        }
        assert_true(reports > 0);
        assert_true(target_list == 0 || target_list == json_number(&fields, "orderListId"));
        assert_false(view_list_of(scene.view.view, json_number(&fields, "orderListId"))->is_open);
        return;
    }
    assert_int_equal(target_list, 0);
    assert_true(json_is(&fields, "status", "CANCELED"));
    check_order(&fields, order_told(&fields, account));
}

static void check_list(struct span text, u32 account)
{
    struct json_fields fields;
    struct json_pull pull;
    struct json_fields report;
    json_fields_of(text, &fields);
    json_fields_array(&pull, json_value(&fields, "orderReports"));
    u32 reports = 0;
    for (; json_fields_next(&pull, &report); reports++) {
        (void)order_told(&report, account);
    }
    assert_int_equal(reports, 2);
    lists_placed = json_number(&fields, "orderListId");
}

static void check_all_canceled(struct span text, u32 account)
{
    struct json_pull pull;
    json_pull_begin(&pull, text);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    u32 count = 0;
    for (; json_pull_next(&pull) == JSON_TOKEN_OBJECT_BEGIN; count++) {
        assert_true(json_pull_skip(&pull));
        check_canceled(pull.raw, account);
    }
    assert_true(count > 0);
    assert_null(view_order_newest(scene.view.view, account, true));
}

static void check_halves(struct span text, u32 account)
{
    struct json_fields fields;
    json_fields_of(text, &fields);
    if (json_is(&fields, "cancelResult", "SUCCESS")) {
        check_canceled(json_value(&fields, "cancelResponse"), account);
    }
    if (json_is(&fields, "newOrderResult", "SUCCESS")) {
        check_new(json_value(&fields, "newOrderResponse"), account);
    }
    assert_true(json_is(&fields, "newOrderResult", "NOT_ATTEMPTED") ==
                json_is_null(&fields, "newOrderResponse"));
}

static void check_amended(struct span text, u32 account)
{
    struct json_fields fields;
    struct json_fields order;
    json_fields_of(text, &fields);
    json_fields_of(json_value(&fields, "amendedOrder"), &order);
    const struct view_order *known = order_told(&order, account);
    assert_int_equal(json_units(&order, "qty"), known->qty.units);
    assert_int_equal(json_has(&fields, "listStatus"), known->list_id != 0);
}

static void check_answer(enum endpoint_id endpoint, struct span text, u32 account)
{
    if (endpoint == ENDPOINT_ORDER_PLACE) {
        check_new(text, account);
    } else if (endpoint == ENDPOINT_ORDER_CANCEL || endpoint == ENDPOINT_ORDER_LIST_CANCEL) {
        check_canceled(text, account);
    } else if (endpoint == ENDPOINT_OPEN_ORDERS_CANCEL) {
        check_all_canceled(text, account);
    } else if (endpoint == ENDPOINT_ORDER_CANCEL_REPLACE) {
        check_halves(text, account);
    } else if (endpoint == ENDPOINT_ORDER_AMEND) {
        check_amended(text, account);
    } else if (endpoint == ENDPOINT_ORDER_TEST) {
        assert_string_equal(scene.text, "{}");
    } else {
        check_list(text, account);
    }
}

static u32 orders_counted(enum endpoint_id endpoint, u32 status)
{
    bool counts = status == 200 || endpoint == ENDPOINT_ORDER_CANCEL_REPLACE;
    return counts ? endpoint_at(endpoint)->orders_count : 0;
}

static void one_call(void)
{
    char query[QUERY];
    u32 account = (u32)below(ACCOUNTS);
    enum endpoint_id endpoint = next_call(query, account);
    u64 now_us = scene.venue.now_us;
    u32 before = limit_orders_count(&scene.limit, account, now_us).count_day;
    u32 open = view_orders_open_count(scene.view.view);
    u32 status = call_scene_run(&scene, account, endpoint, query);
    struct span text = span_of(scene.text, strlen(scene.text));
    if (status == 200) {
        answered[endpoint]++;
        check_answer(endpoint, text, account);
    } else {
        refused[endpoint]++;
        assert_true(scene.call.failure.text_bytes > 0);
        if (scene.call.failure_data) {
            check_halves(text, account);
        } else {
            assert_int_equal(view_orders_open_count(scene.view.view), open);
        }
    }
    u32 after = limit_orders_count(&scene.limit, account, now_us).count_day;
    assert_int_equal(after - before, orders_counted(endpoint, status));
    call_scene_clock(&scene, now_us + 500000);
}

static void answers_agree_with_the_view(void **state)
{
    (void)state;
    static const enum endpoint_id endpoints[] = {
        ENDPOINT_ORDER_PLACE,          ENDPOINT_ORDER_TEST,        ENDPOINT_ORDER_CANCEL,
        ENDPOINT_ORDER_CANCEL_REPLACE, ENDPOINT_ORDER_AMEND,       ENDPOINT_ORDER_LIST_OCO,
        ENDPOINT_ORDER_LIST_OTO,       ENDPOINT_ORDER_LIST_CANCEL, ENDPOINT_OPEN_ORDERS_CANCEL};
    for (u64 seed = test_seed(); seed < test_seed() + test_rounds(4); seed++) {
        random_init(&random_state, seed);
        memset(answered, 0, sizeof answered);
        memset(refused, 0, sizeof refused);
        fills_told = 0;
        lists_placed = 0;
        call_scene_open(&scene, NULL);
        for (u32 i = 0; i < CALLS; i++) {
            one_call();
        }
        u32 refusals = 0;
        for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
            refusals += refused[endpoints[i]];
            if (answered[endpoints[i]] == 0) {
                fail_msg("seed %" PRIu64 ": never answered: %s", seed,
                         endpoint_at(endpoints[i])->path);
            }
        }
        assert_true(refusals > 100);
        assert_true(fills_told > 100);
        call_scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_agree_with_the_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
