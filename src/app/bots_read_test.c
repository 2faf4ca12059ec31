/* Aim: the bots read their orders and the limits out of the venue's answers, pass over what they do
 * not know, and refuse what is no such answer.
 *
 * Method: answers as the venue gives them, and the same ones spoiled in one place each. */
#include "app/bots_read.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define ORDER                                                                                 \
    "{\"symbol\":\"BTCUSDT\",\"orderId\":28,\"orderListId\":-1,\"clientOrderId\":\"q-17-3\"," \
    "\"price\":\"64929.64000000\",\"origQty\":\"0.03867000\",\"executedQty\":\"0.00867000\"," \
    "\"status\":\"NEW\",\"timeInForce\":\"GTC\",\"type\":\"LIMIT_MAKER\",\"side\":\"BUY\","   \
    "\"isWorking\":true,\"extra\":{\"a\":[1,2]},\"none\":null}"
#define OTHER                                                                       \
    "{\"orderId\":29,\"clientOrderId\":\"mine\",\"price\":\"1\",\"origQty\":\"2\"," \
    "\"executedQty\":\"0\",\"side\":\"SELL\"}"

static struct bots_own own[BOTS_OWN_MAX];
static u32 count;

static bool reads(const char *text)
{
    count = 99;
    return bots_read_orders(span_of_text(text), own, &count);
}

static void orders_are_read(void **state)
{
    (void)state;
    assert_true(reads("[" ORDER "," OTHER "]"));
    assert_int_equal(count, 2);
    assert_int_equal(own[0].id, 28);
    assert_int_equal(own[0].side, SIDE_BUY);
    assert_int_equal(own[0].price, 6492964000000);
    assert_int_equal(own[0].left, 3000000);
    assert_true(own[0].is_ours);
    assert_int_equal(own[0].step, 17);
    assert_int_equal(own[1].side, SIDE_SELL);
    assert_int_equal(own[1].left, 200000000);
    assert_false(own[1].is_ours);
    assert_true(reads("[]"));
    assert_int_equal(count, 0);
}

static void other_answers_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[",
        "[{}]",
        "[1]",
        "[" ORDER,
        "[" ORDER "]]",
        "[" ORDER "," ORDER "}",
        "{\"code\":-1021,\"msg\":\"no\"}",
        "[{\"orderId\":-1,\"price\":\"1\",\"origQty\":\"2\",\"executedQty\":\"0\",\"side\":\"BUY\"}]",
        "[{\"orderId\":1,\"price\":\"x\",\"origQty\":\"2\",\"executedQty\":\"0\",\"side\":\"BUY\"}]",
        "[{\"orderId\":1,\"price\":\"1\",\"origQty\":\"2\",\"executedQty\":\"3\",\"side\":\"BUY\"}]",
        "[{\"orderId\":1,\"price\":\"1\",\"origQty\":\"2\",\"executedQty\":\"0\",\"side\":\"UP\"}]",
        "[{\"orderId\":1,\"price\":{},\"origQty\":\"2\",\"executedQty\":\"0\",\"side\":\"BUY\"}]",
        "[{\"price\":\"1\",\"origQty\":\"2\",\"executedQty\":\"0\",\"side\":\"BUY\"}]",
    };
    (void)state;
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        if (reads(wrong[index])) {
            fail_msg("taken: %s", wrong[index]);
        }
    }
}

static void no_more_orders_than_there_is_room_for(void **state)
{
    static char text[(BOTS_OWN_MAX + 1) * sizeof(OTHER) + 8];
    (void)state;
    size_t used = 1;
    text[0] = '[';
    for (u32 index = 0; index <= BOTS_OWN_MAX; index += 1) {
        bool is_last = index == BOTS_OWN_MAX;
        if (is_last) {
            text[used - 1] = ']';
            assert_true(reads(text));
            assert_int_equal(count, BOTS_OWN_MAX);
            text[used - 1] = ',';
        }
        memcpy(text + used, OTHER ",", sizeof(OTHER));
        used += sizeof(OTHER);
        text[used] = 0;
    }
    text[used - 1] = ']';
    assert_false(reads(text));
}

static void steps_are_those_of_quotes(void **state)
{
    static const struct {
        const char *client;
        bool is_ours;
    } rows[] = {{"q-0-0", true}, {"q-123456789-39", true}, {"q--1", false},  {"q-1", false},
                {"q-1-", false}, {"q-x-1", false},         {"t-1-1", false}, {"q", false}};
    char text[512];
    (void)state;
    for (u32 index = 0; index < ARRAY_COUNT(rows); index += 1) {
        (void)snprintf(text, sizeof(text),
                       "[{\"orderId\":1,\"clientOrderId\":\"%s\",\"price\":\"1\",\"origQty\":\"2\","
                       "\"executedQty\":\"0\",\"side\":\"BUY\"}]",
                       rows[index].client);
        assert_true(reads(text));
        assert_int_equal(own[0].is_ours, rows[index].is_ours);
    }
}

static void limits_are_read(void **state)
{
    static const char info[] =
        "{\"timezone\":\"UTC\",\"rateLimits\":["
        "{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,"
        "\"limit\":60000},"
        "{\"rateLimitType\":\"ORDERS\",\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":1000},"
        "{\"rateLimitType\":\"ORDERS\",\"interval\":\"DAY\",\"intervalNum\":1,\"limit\":7}],"
        "\"symbols\":[{\"symbol\":\"BTCUSDT\"}]}";
    struct bots_limits limits;
    (void)state;
    assert_true(bots_read_limits(span_of_text(info), &limits));
    assert_int_equal(limits.weight_minute, 60000);
    assert_int_equal(limits.orders_10s, 1000);
    assert_true(bots_read_limits(span_of_text("{\"a\":1}"), &limits));
    assert_int_equal(limits.weight_minute, 0);
    for (size_t size = 0; size + 1 < sizeof(info); size += 1) {
        assert_false(bots_read_limits(span_of(info, size), &limits));
    }
    assert_false(bots_read_limits(span_of_text("{\"rateLimits\":1}"), &limits));
    assert_false(bots_read_limits(span_of_text("{\"rateLimits\":[{\"limit\":\"x\"}]}"), &limits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_read),
        cmocka_unit_test(other_answers_are_refused),
        cmocka_unit_test(no_more_orders_than_there_is_room_for),
        cmocka_unit_test(steps_are_those_of_quotes),
        cmocka_unit_test(limits_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
