/* Aim: the table of the API is whole and consistent, rows are found by path and by method, weights
 * follow the documents. Method: walk the table; then the documented numbers as facts. */
#include "role/gateway/endpoint.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void rows_are_whole(void **state)
{
    (void)state;
    for (u32 i = 0; i < ENDPOINT_COUNT; i += 1) {
        const struct endpoint *row = endpoint_at((enum endpoint_id)i);
        assert_int_equal(endpoint_id_of(row), i);
        assert_true(row->path != NULL || row->ws_method != NULL);
        assert_true(row->method == ENDPOINT_METHOD_NONE || row->path != NULL);
        assert_true(row->weight >= 1);
        assert_true(row->tier == 1 || row->tier == 2);
        assert_true(row->params_count <= PARAM_VALUES_MAX);
        assert_true(row->mandatory_count <= row->params_count);
        for (u32 k = 0; k < row->params_count; k += 1) {
            assert_true(row->params[k] < PARAM_COUNT);
            for (u32 j = k + 1; j < row->params_count; j += 1) {
                assert_string_not_equal(param_name((enum param)row->params[k]),
                                        param_name((enum param)row->params[j]));
            }
        }
    }
}

static bool row_has(const struct endpoint *row, u32 param)
{
    return row->params_count > 0 && memchr(row->params, (int)param, row->params_count) != NULL;
}

static void rules_speak_of_the_rows_own_parameters(void **state)
{
    (void)state;
    for (u32 i = 0; i < ENDPOINT_COUNT; i += 1) {
        const struct endpoint *row = endpoint_at((enum endpoint_id)i);
        for (u32 k = 0; k < row->rules_count; k += 1) {
            const struct endpoint_rule *rule = &row->rules[k];
            if (rule->kind == ENDPOINT_RULE_DAY) {
                assert_true(row_has(row, PARAM_START_TIME) && row_has(row, PARAM_END_TIME));
            } else if (rule->kind != ENDPOINT_RULE_LEG) {
                assert_true(row_has(row, rule->a) && row_has(row, rule->b));
            }
        }
    }
}

static void every_row_is_found_and_none_hides_another(void **state)
{
    (void)state;
    for (u32 i = 0; i < ENDPOINT_COUNT; i += 1) {
        const struct endpoint *row = endpoint_at((enum endpoint_id)i);
        bool known = false;
        if (row->path != NULL && row->method == ENDPOINT_METHOD_NONE) { /* a session's own */
            assert_null(endpoint_find(ENDPOINT_METHOD_NONE, span_of_text(row->path), &known));
            assert_false(known);
        } else if (row->path != NULL) {
            assert_ptr_equal(
                endpoint_find((enum endpoint_method)row->method, span_of_text(row->path), &known),
                row);
            assert_true(known);
        }
        if (row->ws_method != NULL) {
            char name[64] = "v3/";
            strcat(name, row->ws_method);
            assert_ptr_equal(endpoint_find_ws(span_of_text(row->ws_method)), row);
            assert_ptr_equal(endpoint_find_ws(span_of_text(name)), row);
        }
    }
}

static void unknown_paths_and_methods(void **state)
{
    (void)state;
    bool known = true;
    assert_null(endpoint_find(ENDPOINT_METHOD_GET, span_of_text("/api/v3/order/"), &known));
    assert_false(known);
    assert_null(endpoint_find(ENDPOINT_METHOD_GET, span_of_text("/api/v3/pin"), &known));
    assert_null(endpoint_find(ENDPOINT_METHOD_GET, span_of_text(""), &known));
    assert_false(known);
    assert_null(endpoint_find(ENDPOINT_METHOD_POST, span_of_text("/api/v3/ping"), &known));
    assert_true(known);
    assert_null(endpoint_find_ws(span_of_text("")));
    assert_null(endpoint_find_ws(span_of_text("v3/")));
    assert_null(endpoint_find_ws(span_of_text("v3/v3/ping")));
    assert_null(endpoint_find_ws(span_of_text("order.placed")));
}

static void the_securities_that_matter(void **state)
{
    (void)state;
    static const struct {
        enum endpoint_id id;
        char letter;
        u32 orders;
    } facts[] = {
        {ENDPOINT_PING, 'N', 0},           {ENDPOINT_ORDER_PLACE, 'T', 1},
        {ENDPOINT_ORDER_TEST, 'T', 0},     {ENDPOINT_ORDER_CANCEL, 'T', 0},
        {ENDPOINT_ACCOUNT, 'U', 0},        {ENDPOINT_USER_SUBSCRIBE_SIGNATURE, 'S', 0},
        {ENDPOINT_WITHDRAW, 'W', 0},       {ENDPOINT_LOCAL_WITHDRAW, 'W', 0},
        {ENDPOINT_ORDER_LIST_OCO, 'T', 2}, {ENDPOINT_ORDER_LIST_OTOCO, 'T', 3},
        {ENDPOINT_ORDER_LIST_OPO, 'T', 2}, {ENDPOINT_ORDER_LIST_OPOCO, 'T', 3},
        {ENDPOINT_ORDER_LIST_OTO, 'T', 2}, {ENDPOINT_ORDER_CANCEL_REPLACE, 'T', 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        const struct endpoint *row = endpoint_at(facts[i].id);
        assert_int_equal(endpoint_security_letter((enum endpoint_security)row->security),
                         facts[i].letter);
        assert_int_equal(row->orders_count, facts[i].orders);
    }
}

static u32 weight_of(enum endpoint_id id, const char *name, const char *value)
{
    struct param_pair pair = {span_of_text(name), span_of_text(value), false};
    struct params params;
    struct api_failure failure;
    /* Other parameters may be missing: what was read counts. */
    bool good = param_parse(&params, endpoint_at(id), &pair, name[0] == 0 ? 0 : 1, &failure);
    (void)good;
    return endpoint_weight(&params);
}

static u32 weight_of_market(enum endpoint_id id, const char *name, const char *value)
{
    struct param_pair pairs[2] = {{span_of_text("symbol"), span_of_text("BTCUSDT"), false},
                                  {span_of_text(name), span_of_text(value), false}};
    struct params params;
    struct api_failure failure;
    if (!param_parse(&params, endpoint_at(id), pairs, 2, &failure)) {
        fail_msg("%s", failure.text);
    }
    return endpoint_weight(&params);
}

static void weights_follow_the_documents(void **state)
{
    (void)state;
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "1"), 5);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "100"), 5);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "101"), 25);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "500"), 25);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "501"), 50);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "1001"), 250);
    assert_int_equal(weight_of_market(ENDPOINT_DEPTH, "limit", "9999"), 250);
    assert_int_equal(weight_of(ENDPOINT_DEPTH, "symbol", "BTCUSDT"), 5);
    assert_int_equal(weight_of(ENDPOINT_TICKER_24HR, "symbol", "BTCUSDT"), 2);
    assert_int_equal(weight_of(ENDPOINT_TICKER_24HR, "symbols", "[\"A\",\"B\"]"), 2);
    assert_int_equal(weight_of(ENDPOINT_TICKER_24HR, "", ""), 80);
    assert_int_equal(weight_of(ENDPOINT_TICKER_PRICE, "symbol", "A"), 2);
    assert_int_equal(weight_of(ENDPOINT_TICKER_PRICE, "symbols", "[\"A\"]"), 4);
    assert_int_equal(weight_of(ENDPOINT_TICKER_BOOK, "", ""), 4);
    assert_int_equal(weight_of(ENDPOINT_TICKER, "symbols", "[\"A\",\"B\",\"C\"]"), 12);
    assert_int_equal(weight_of(ENDPOINT_TICKER_TRADING_DAY, "symbol", "A"), 4);
    assert_int_equal(weight_of(ENDPOINT_EXECUTION_RULES, "", ""), 40);
    assert_int_equal(weight_of(ENDPOINT_EXECUTION_RULES, "symbols", "[\"A\",\"B\"]"), 4);
    assert_int_equal(weight_of(ENDPOINT_OPEN_ORDERS, "", ""), 80);
    assert_int_equal(weight_of(ENDPOINT_OPEN_ORDERS, "symbol", "A"), 6);
    assert_int_equal(weight_of(ENDPOINT_MY_TRADES, "symbol", "A"), 20);
    assert_int_equal(weight_of_market(ENDPOINT_MY_TRADES, "orderId", "1"), 5);
    assert_int_equal(weight_of_market(ENDPOINT_PREVENTED_MATCHES, "orderId", "1"), 20);
    assert_int_equal(weight_of_market(ENDPOINT_PREVENTED_MATCHES, "preventedMatchId", "1"), 2);
    assert_int_equal(weight_of(ENDPOINT_ORDER_COUNT, "", ""), 40);
    struct param_pair order[6] = {
        {span_of_text("symbol"), span_of_text("A"), false},
        {span_of_text("side"), span_of_text("BUY"), false},
        {span_of_text("type"), span_of_text("MARKET"), false},
        {span_of_text("quantity"), span_of_text("1"), false},
        {span_of_text("computeCommissionRates"), span_of_text("true"), false}};
    struct params params;
    struct api_failure failure;
    assert_true(param_parse(&params, endpoint_at(ENDPOINT_ORDER_TEST), order, 5, &failure));
    assert_int_equal(endpoint_weight(&params), 20);
    assert_int_equal(endpoint_weight_refund(&params), 0);
    assert_true(param_parse(&params, endpoint_at(ENDPOINT_ORDER_TEST), order, 4, &failure));
    assert_int_equal(endpoint_weight(&params), 1);
    assert_true(param_parse(&params, endpoint_at(ENDPOINT_ORDER_PLACE), order, 4, &failure));
    assert_int_equal(endpoint_weight(&params), 1);
    assert_int_equal(endpoint_weight_refund(&params), 1);
}

static void many_symbols_weigh_more(void **state)
{
    (void)state;
    static const struct {
        u32 symbols;
        u32 day;
        u32 each;
        u32 rules;
    } facts[] = {{20, 2, 80, 40}, {21, 40, 84, 40}, {100, 40, 200, 40}, {101, 80, 200, 40}};
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        char text[1024] = "[";
        for (u32 k = 0; k < facts[i].symbols; k += 1) {
            char one[8] = {'"',
                           'A',
                           (char)('0' + k / 100),
                           (char)('0' + k / 10 % 10),
                           (char)('0' + k % 10),
                           '"',
                           k + 1 < facts[i].symbols ? ',' : ']',
                           0};
            strcat(text, one);
        }
        assert_int_equal(weight_of(ENDPOINT_TICKER_24HR, "symbols", text), facts[i].day);
        assert_int_equal(weight_of(ENDPOINT_TICKER, "symbols", text), facts[i].each);
        assert_int_equal(weight_of(ENDPOINT_EXECUTION_RULES, "symbols", text), facts[i].rules);
    }
}

static void coverage_has_a_line_per_row(void **state)
{
    (void)state;
    char line[256];
    u32 rows = 0;
    u32 refused = 0;
    u32 number = 0;
    for (; endpoint_coverage_line(number, line, sizeof(line)); number += 1) {
        bool is_refused = strstr(line, "| refused |") != NULL;
        rows += is_refused || strstr(line, "| not served yet |") != NULL ||
                strstr(line, "| served |") != NULL;
        refused += is_refused;
        if (strstr(line, "/orderList/opo") != NULL ||
            strstr(line, "userDataStream.start") != NULL) {
            assert_true(is_refused);
        }
    }
    assert_int_equal(rows, ENDPOINT_COUNT);
    assert_int_equal(refused, 5); /* opo and opoco, and three of listenKeys */
    assert_false(endpoint_coverage_line(number + 1, line, sizeof(line)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(rules_speak_of_the_rows_own_parameters),
        cmocka_unit_test(every_row_is_found_and_none_hides_another),
        cmocka_unit_test(unknown_paths_and_methods),
        cmocka_unit_test(the_securities_that_matter),
        cmocka_unit_test(weights_follow_the_documents),
        cmocka_unit_test(many_symbols_weigh_more),
        cmocka_unit_test(coverage_has_a_line_per_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
