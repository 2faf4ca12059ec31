/* Aim: requests of the WebSocket API and control messages are read as docs/http.md says, and what
 * was signed is what the documents show. Method: examples by name, those of the API's documents
 * among them; each fault; every limit; random parameters in random order against a sorted model. */
#include "wire/ws_request.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_MAX = 16 };

static struct ws_request request;
static struct ws_param params[PARAMS_MAX];
static u8 memory[4096];
static const struct ws_room room = {
    .params = params, .params_max = PARAMS_MAX, .text = memory, .text_bytes = sizeof(memory)};

static void assert_span(struct span span, const char *text)
{
    assert_int_equal(span.size, strlen(text));
    assert_memory_equal(span.data, text, span.size);
}

static void read_well(const char *message)
{
    bool sound = ws_request_read(&request, span_of_text(message), &room);
    if (!sound) {
        print_error("%s: fault %u\n", message, request.fault);
    }
    assert_true(sound);
    assert_int_equal(request.fault, WS_OK);
}

static void expect_fault(const char *message, enum ws_fault fault, enum ws_id id)
{
    assert_false(ws_request_read(&request, span_of_text(message), &room));
    if (request.fault != fault) {
        print_error("%s: fault %u\n", message, request.fault);
    }
    assert_int_equal(request.fault, fault);
    assert_int_equal(request.id, id);
}

static void assert_param(const char *name, enum ws_kind kind, const char *text)
{
    const struct ws_param *param = ws_request_find(&request, name);
    assert_non_null(param);
    assert_int_equal(param->kind, kind);
    assert_span(param->text, text);
}

static void assert_payload(const char *expected)
{
    char text[1024];
    size_t size = 0;
    assert_true(ws_request_payload(&request, text, sizeof(text), &size));
    if (size != strlen(expected) || memcmp(text, expected, size) != 0) {
        print_error("%.*s\n", (int)size, text);
    }
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(text, expected, size);
    size_t ignored = 0;
    assert_true(ws_request_payload(&request, text, strlen(expected), &ignored));
    if (size > 0) {
        assert_false(ws_request_payload(&request, text, strlen(expected) - 1, &ignored));
    }
}

/* API web-socket-api.md "SIGNED request example (HMAC)" */
static void documents_examples_are_what_was_signed(void **state)
{
    (void)state;
    read_well("{\"id\":\"4885f793-e5ad-4c3b-8f6c-55d891472b71\",\"method\":\"order.place\","
              "\"params\":{\"symbol\":\"BTCUSDT\",\"side\":\"SELL\",\"type\":\"LIMIT\","
              "\"timeInForce\":\"GTC\",\"quantity\":\"0.01000000\",\"price\":\"52000.00\","
              "\"recvWindow\":100,\"timestamp\":1645423376532,\"apiKey\":\"vmPU\","
              "\"signature\":\"aa1b\"}}");
    assert_int_equal(request.id, WS_ID_STRING);
    assert_span(request.id_text, "\"4885f793-e5ad-4c3b-8f6c-55d891472b71\"");
    assert_span(request.method, "order.place");
    assert_int_equal(request.form, WS_PARAMS_OBJECT);
    assert_int_equal(request.params_count, 10);
    assert_param("symbol", WS_STRING, "BTCUSDT");
    assert_param("recvWindow", WS_NUMBER, "100");
    assert_param("signature", WS_STRING, "aa1b");
    assert_null(ws_request_find(&request, "Symbol"));
    assert_payload("apiKey=vmPU&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&"
                   "symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT");
    read_well("{\"id\":1,\"method\":\"order.place\",\"params\":{\"symbol\":"
              "\"\xef\xbc\x91\xef\xbc\x92\",\"apiKey\":\"k\"}}");
    assert_payload("apiKey=k&symbol=\xef\xbc\x91\xef\xbc\x92");
    read_well("{\"id\":1,\"method\":\"order.place\",\"params\":{\"symbol\":\"\\uff11\\uff12\","
              "\"apiKey\":\"k\"}}");
    assert_payload("apiKey=k&symbol=\xef\xbc\x91\xef\xbc\x92");
}

static void values_are_signed_as_sent(void **state)
{
    (void)state;
    read_well("{\"method\":\"m\",\"id\":null,\"params\":{\"returnRateLimits\":false,\"b\":1.50,"
              "\"B\":1e2,\"a\":[\"X\", 1 ],\"ab\":{ \"c\":1},\"n\":null,\"\":true,"
              "\"q\":\"\\\"\\/\"}}");
    assert_payload("=true&B=1e2&a=[\"X\", 1 ]&ab={ \"c\":1}&b=1.50&n=null&q=\"/&"
                   "returnRateLimits=false");
    assert_param("returnRateLimits", WS_BOOLEAN, "false");
    assert_param("a", WS_ARRAY, "[\"X\", 1 ]");
    assert_param("ab", WS_OBJECT, "{ \"c\":1}");
    assert_param("n", WS_NULL, "null");
    read_well("{\"method\":\"m\",\"id\":1,\"params\":{\"signature\":\"x\"}}");
    assert_payload("");
    read_well("{\"method\":\"m\",\"id\":1,\"params\":{\"s\\u0069gnature\":\"x\",\"z\":1}}");
    assert_payload("z=1");
    assert_param("signature", WS_STRING, "x");
    read_well("{\"method\":\"m\",\"id\":1}");
    assert_payload("");
}

static void control_messages_are_lists(void **state)
{
    (void)state;
    read_well("{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@aggTrade\",\"\\u0062tc@depth\"],"
              "\"id\":1}");
    assert_int_equal(request.form, WS_PARAMS_ARRAY);
    assert_int_equal(request.params_count, 2);
    assert_span(request.params[0].text, "btcusdt@aggTrade");
    assert_span(request.params[1].text, "btc@depth");
    assert_int_equal(request.params[1].kind, WS_STRING);
    assert_int_equal(request.params[1].name.size, 0);
    assert_null(ws_request_find(&request, ""));
    size_t size = 0;
    char text[16];
    assert_false(ws_request_payload(&request, text, sizeof(text), &size));
    read_well("{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\", true],\"id\":5}");
    assert_int_equal(request.params[1].kind, WS_BOOLEAN);
    assert_span(request.params[1].text, "true");
    read_well("{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}");
    assert_int_equal(request.form, WS_PARAMS_NONE);
    assert_int_equal(request.params_count, 0);
    read_well("{\"method\":\"LIST_SUBSCRIPTIONS\",\"params\":[],\"id\":3,\"x\":{\"id\":4}}");
    assert_int_equal(request.form, WS_PARAMS_ARRAY);
    assert_int_equal(request.others_count, 1);
    assert_span(request.id_text, "3");
    read_well("{\"method\":\"LIST_SUBSCRIPTIONS\",\"params\":null}");
    assert_int_equal(request.form, WS_PARAMS_NONE);
    assert_int_equal(request.id, WS_ID_ABSENT);
}

static void id_comes_back_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum ws_id id;
    } good[] = {
        {"0", WS_ID_INTEGER},
        {"-9223372036854775808", WS_ID_INTEGER},
        {"9223372036854775807", WS_ID_INTEGER},
        {"null", WS_ID_NULL},
        {"\"\"", WS_ID_STRING},
        {"\"a\\u0062\\\"\xc3\xa9\"", WS_ID_STRING},
    };
    char message[512];
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        (void)snprintf(message, sizeof(message), "{\"id\": %s ,\"method\":\"m\"}", good[i].text);
        read_well(message);
        assert_int_equal(request.id, good[i].id);
        assert_span(request.id_text, good[i].text);
    }
    static const char *const bad[] = {"9223372036854775808",
                                      "-9223372036854775809",
                                      "1.0",
                                      "1e3",
                                      "18446744073709551617",
                                      "true",
                                      "[1]",
                                      "{\"a\":1}"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        (void)snprintf(message, sizeof(message), "{\"id\":%s,\"method\":\"m\"}", bad[i]);
        expect_fault(message, WS_FAULT_ID, WS_ID_ABSENT);
    }
    (void)snprintf(message, sizeof(message), "{\"id\":\"%0128d\",\"method\":\"m\"}", 0);
    read_well(message);
    assert_int_equal(request.id_text.size, WS_ID_BYTES_MAX);
    (void)snprintf(message, sizeof(message), "{\"id\":\"%0129d\",\"method\":\"m\"}", 0);
    expect_fault(message, WS_FAULT_ID, WS_ID_ABSENT);
}

static void refusals_keep_the_id(void **state)
{
    (void)state;
    expect_fault("{\"id\":1}", WS_FAULT_METHOD, WS_ID_INTEGER);
    expect_fault("{\"id\":1,\"method\":null}", WS_FAULT_METHOD, WS_ID_INTEGER);
    expect_fault("{\"id\":1,\"method\":\"\"}", WS_FAULT_METHOD, WS_ID_INTEGER);
    expect_fault("{\"id\":1,\"method\":{\"method\":\"m\"}}", WS_FAULT_METHOD, WS_ID_INTEGER);
    expect_fault("{\"params\":1,\"method\":\"m\",\"id\":null}", WS_FAULT_PARAMS, WS_ID_NULL);
    expect_fault("{\"params\":\"a\",\"id\":\"x\"}", WS_FAULT_PARAMS, WS_ID_STRING);
    expect_fault("[]", WS_FAULT_SHAPE, WS_ID_ABSENT);
    expect_fault("[{\"id\":1,\"method\":\"m\"}]", WS_FAULT_SHAPE, WS_ID_ABSENT);
    expect_fault("\"m\"", WS_FAULT_SHAPE, WS_ID_ABSENT);
    char message[256];
    (void)snprintf(message, sizeof(message), "{\"id\":1,\"method\":\"%064d\"}", 0);
    read_well(message);
    (void)snprintf(message, sizeof(message), "{\"id\":1,\"method\":\"%065d\"}", 0);
    expect_fault(message, WS_FAULT_METHOD, WS_ID_INTEGER);
}

static void broken_text_is_told_with_its_place(void **state)
{
    (void)state;
    expect_fault("", WS_FAULT_JSON, WS_ID_ABSENT);
    assert_int_equal(request.json_fault, JSON_PULL_UNFINISHED);
    expect_fault("{\"id\":1,\"method\":\"m\"} x", WS_FAULT_JSON, WS_ID_ABSENT);
    assert_int_equal(request.json_fault, JSON_PULL_SYNTAX);
    assert_int_equal(request.fault_offset, 22);
    expect_fault("[}", WS_FAULT_JSON, WS_ID_ABSENT);
    expect_fault("{\"id\":1,\"id\":2,\"method\":\"m\"}", WS_FAULT_JSON, WS_ID_ABSENT);
    assert_int_equal(request.json_fault, JSON_PULL_REPEATED);
    expect_fault("{\"id\":1,\"method\":\"m\",\"params\":{\"a\":1,\"a\":1}}", WS_FAULT_JSON,
                 WS_ID_ABSENT);
    assert_int_equal(request.json_fault, JSON_PULL_REPEATED);
    /* Every beginning of a message is unfinished. */
    static const char message[] =
        "{\"id\":\"a\\n\",\"method\":\"\\u006d\",\"params\":{\"a\":[1,{\"b\":null}],\"c\":-1.5e3}}";
    read_well(message);
    for (size_t size = 0; size < sizeof(message) - 1; size += 1) {
        assert_false(ws_request_read(&request, span_of(message, size), &room));
        assert_int_equal(request.fault, WS_FAULT_JSON);
        assert_int_equal(request.params_count, 0);
    }
}

static void room_is_never_left(void **state)
{
    (void)state;
    static const char message[] = "{\"id\":7,\"method\":\"\\u006d\",\"params\":{\"\\u0061\":1,"
                                  "\"b\":\"\\u0062\\u0062\",\"c\":\"cc\"}}";
    for (u32 count = 0; count <= 3; count += 1) {
        for (size_t size = 0; size <= 4; size += 1) {
            memset(memory, '!', sizeof(memory));
            struct ws_param *exact = malloc(sizeof(struct ws_param) * (count + 1));
            assert_non_null(exact);
            memset(exact, 0x5a, sizeof(struct ws_param) * (count + 1));
            struct ws_room tight = {
                .params = exact, .params_max = count, .text = memory, .text_bytes = size};
            bool sound = ws_request_read(&request, span_of_text(message), &tight);
            assert_int_equal(sound, count == 3 && size == 4);
            assert_int_equal(request.fault, sound ? WS_OK : WS_FAULT_LIMIT);
            assert_int_equal(request.id, WS_ID_INTEGER);
            assert_true(request.params_count <= count);
            assert_int_equal(memory[size], '!');
            assert_int_equal(((const u8 *)&exact[count])[0], 0x5a);
            free(exact);
        }
    }
}

/* By name, which ends at '=': "b1=" comes before "b13=". */
static int by_name(const void *a, const void *b)
{
    size_t a_size = strcspn(a, "=");
    size_t b_size = strcspn(b, "=");
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static void random_order_is_signed_sorted(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(20000); round > 0; round -= 1) {
        /* Names of different lengths and cases, so that the order of bytes is seen. */
        char pairs[PARAMS_MAX][32];
        u32 count = (u32)random_between(&random, 0, PARAMS_MAX - 1);
        char message[2048];
        size_t used =
            (size_t)snprintf(message, sizeof(message), "{\"id\":1,\"method\":\"m\",\"params\":{");
        u32 signature_at = (u32)random_below(&random, count + 1);
        for (u32 i = 0; i <= count; i += 1) {
            if (i > 0) {
                message[used] = ',';
                used += 1;
            }
            if (i == signature_at) {
                used += (size_t)snprintf(message + used, 32, "\"signature\":\"x\"");
                continue;
            }
            u32 index = i < signature_at ? i : i - 1;
            char letter = (char)((random_chance(&random, 1, 2) ? 'a' : 'A') + (int)(index % 4));
            u64 value = random_below(&random, 1000);
            bool quoted = random_chance(&random, 1, 2);
            (void)snprintf(pairs[index], sizeof(pairs[index]), "%c%.*s%u=%llu", letter,
                           (int)random_below(&random, 3), "xx", index, (unsigned long long)value);
            size_t name = strcspn(pairs[index], "=");
            used +=
                (size_t)snprintf(message + used, 64, "\"%.*s\":%s%s%s", (int)name, pairs[index],
                                 quoted ? "\"" : "", pairs[index] + name + 1, quoted ? "\"" : "");
        }
        (void)snprintf(message + used, 3, "}}");
        qsort(pairs, count, sizeof(pairs[0]), by_name);
        char expected[1024] = {0};
        for (u32 i = 0; i < count; i += 1) {
            (void)snprintf(expected + strlen(expected), 40, "%s%s", i > 0 ? "&" : "", pairs[i]);
        }
        read_well(message);
        char text[1024];
        size_t size = 0;
        assert_true(ws_request_payload(&request, text, sizeof(text), &size));
        text[size] = 0;
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_examples_are_what_was_signed),
        cmocka_unit_test(values_are_signed_as_sent),
        cmocka_unit_test(control_messages_are_lists),
        cmocka_unit_test(id_comes_back_as_it_was),
        cmocka_unit_test(refusals_keep_the_id),
        cmocka_unit_test(broken_text_is_told_with_its_place),
        cmocka_unit_test(room_is_never_left),
        cmocka_unit_test(random_order_is_signed_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
