/* Aim: the gateway serves what it was asked, over connections that cut bytes anywhere, come and go,
 * and read slowly. Method: engine and gateway in one thread on a false disk, clock and network. */
#include "base/span.h"
#include "io/log.h"
#include "role/gateway/endpoint.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct gateway_world world;
static struct http_got got;

static void begin(u64 seed, bool pieces)
{
    gateway_world_init(&world, seed, pieces);
    gateway_world_start(&world);
}

static void serves_public_requests_in_order(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(6); i++) {
        begin(test_seed() + i, i % 2 == 1);
        struct sim_client *client = sim_connect(world.net, 1);
        for (u32 k = 0; k < 20; k++) {
            sim_client_send_text(client, "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n"
                                         "GET /api/v3/nothing HTTP/1.1\r\nHost: a\r\n\r\n"
                                         "GET /api/v3/depth?symbol=BTCUSDT HTTP/1.1\r\n"
                                         "Host: a\r\n\r\n");
        }
        for (u32 k = 0; k < 20; k++) {
            assert_true(gateway_world_http(&world, client, 4000, &got));
            assert_int_equal(got.status, 200);
            assert_string_equal(got.body, "{}");
            assert_true(gateway_world_http(&world, client, 4000, &got));
            assert_int_equal(got.status, 404);
            assert_true(gateway_world_http(&world, client, 4000, &got));
            assert_int_equal(got.status, 200);
            assert_string_equal(got.body, "{\"lastUpdateId\":0,\"bids\":[],\"asks\":[]}");
        }
        assert_non_null(strstr(got.head, "x-mbx-used-weight-1m: "));
        gateway_world_close(&world);
    }
}

static void ends_malformed_and_slow_requests(void **state)
{
    (void)state;
    begin(test_seed(), false);
    struct sim_client *smuggler = sim_connect(world.net, 1);
    sim_client_send_text(smuggler, "POST /api/v3/order HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\nabc");
    assert_true(gateway_world_http(&world, smuggler, 100, &got));
    assert_int_equal(got.status, 400);
    gateway_world_turns(&world, 5);
    assert_true(sim_client_is_closed(smuggler));
    struct sim_client *slow = sim_connect(world.net, 2);
    for (u32 i = 0; i < 400 && !sim_client_is_closed(slow); i++) {
        sim_client_send_text(slow, i == 0 ? "GET /api/v3/ping HTTP/1.1\r\nX-A: " : "a");
        gateway_world_turns(&world, 100);
    }
    assert_true(sim_client_is_closed(slow));
    gateway_world_close(&world);
}

static void cuts_off_who_does_not_read(void **state)
{
    (void)state;
    begin(test_seed(), false);
    struct sim_client *client = sim_connect(world.net, 1);
    sim_client_reads(client, 0);
    for (u32 i = 0; i < 2000 && !sim_client_is_closed(client); i++) {
        sim_client_send_text(client, "GET /api/v3/exchangeInfo HTTP/1.1\r\nHost: a\r\n\r\n");
        gateway_world_turn(&world);
    }
    assert_true(sim_client_is_closed(client));
    assert_int_equal(sim_client_why(client), NET_END_SLOW);
    gateway_world_close(&world);
}

static void speaks_the_websocket_api(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(4); i++) {
        begin(test_seed() + i, i % 2 == 1);
        char text[4096];
        u8 opcode = 0;
        struct sim_client *client = sim_connect(world.net, 1);
        assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
        gateway_world_send(client, "{\"id\":\"a\",\"method\":\"ping\"}");
        assert_true(gateway_world_frame(&world, client, 1000, text, sizeof text, &opcode));
        assert_string_equal(text, "{\"id\":\"a\",\"status\":200,\"result\":{}}");
        gateway_world_send(client, "{\"id\":1,\"method\":\"v3/ping\","
                                   "\"params\":{\"returnRateLimits\":true}}");
        assert_true(gateway_world_frame(&world, client, 1000, text, sizeof text, &opcode));
        assert_string_equal(text, "{\"id\":1,\"status\":200,\"result\":{},\"rateLimits\":[{"
                                  "\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\","
                                  "\"intervalNum\":1,\"limit\":6000,\"count\":4}]}");
        gateway_world_send(client, "{\"id\":2,\"method\":\"order.place\",\"params\":{}}");
        assert_true(gateway_world_frame(&world, client, 1000, text, sizeof text, &opcode));
        assert_non_null(strstr(text, "\"status\":400,\"error\":{\"code\":-1102"));
        gateway_world_send(client, "{]");
        assert_true(gateway_world_frame(&world, client, 1000, text, sizeof text, &opcode));
        assert_string_equal(text, "{\"id\":null,\"status\":400,\"error\":{\"code\":-1135,"
                                  "\"msg\":\"Invalid JSON Request\"}}");
        assert_true(gateway_world_frame(&world, client, 30000, text, sizeof text, &opcode));
        assert_int_equal(opcode, 9);
        for (u32 k = 0; k < 100000 && !sim_client_is_closed(client); k++) {
            gateway_world_turn(&world);
        }
        assert_true(sim_client_is_closed(client));
        gateway_world_close(&world);
    }
}

/* Asks by a method's row, and the answer must begin so after its id. */
static void asks(struct sim_client *client, enum endpoint_id endpoint, const char *params,
                 const char *expected)
{
    char text[4096];
    u8 opcode = 0;
    (void)snprintf(text, sizeof text, "{\"id\":7,\"method\":\"%s\",\"params\":{%s}}",
                   endpoint_at(endpoint)->ws_method, params);
    gateway_world_send(client, text);
    do { /* events of the session may come before the answer */
        if (!gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode)) {
            fail_msg("no answer: %s", expected);
        }
    } while (strncmp(text, "{\"subscriptionId\":", 18) == 0);
    if (strncmp(text, "{\"id\":7,\"status\":", 17) != 0 ||
        strncmp(text + 17, expected, strlen(expected)) != 0) {
        fail_msg("%s\nexpected %s", text, expected);
    }
}

/* Parameters that sign a request without any of its own. */
static const char *credentials(const struct world_key *key)
{
    static char params[1024];
    char text[512];
    char signature[256];
    unsigned long long now = clock_wall_us(&world.clock.clock) / 1000;
    (void)snprintf(text, sizeof text, "apiKey=%s&timestamp=%llu", key->name, now);
    world_key_sign(key, text, signature);
    (void)snprintf(params, sizeof params,
                   "\"apiKey\":\"%s\",\"timestamp\":%llu,\"signature\":\"%s\"", key->name, now,
                   signature);
    return params;
}

static void keeps_sessions_and_subscriptions(void **state)
{
    (void)state;
    struct world_key hmac;
    struct world_key pair;
    char params[128];
    begin(test_seed(), false);
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ, &hmac);
    gateway_world_key(&world, 1, KEY_KIND_ED25519, KEY_RIGHT_READ, &pair);
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    asks(client, ENDPOINT_SESSION_STATUS, "",
         "200,\"result\":{\"apiKey\":null,\"authorizedSince\":null,\"connectedSince\":17950000");
    asks(client, ENDPOINT_USER_SUBSCRIBE, "", "401,\"error\":{\"code\":-1002");
    asks(client, ENDPOINT_SESSION_LOGON, credentials(&hmac), "400,\"error\":{\"code\":-1020");
    asks(client, ENDPOINT_SESSION_LOGON, credentials(&pair), "200,\"result\":{\"apiKey\":\"");
    asks(client, ENDPOINT_USER_SUBSCRIBE, "", "200,\"result\":{\"subscriptionId\":0}}");
    asks(client, ENDPOINT_USER_SUBSCRIBE, "", "400,\"error\":{\"code\":-2035");
    asks(client, ENDPOINT_USER_SUBSCRIBE_SIGNATURE, credentials(&hmac),
         "200,\"result\":{\"subscriptionId\":1}}");
    asks(client, ENDPOINT_SESSION_SUBSCRIPTIONS, "",
         "200,\"result\":[{\"subscriptionId\":0},{\"subscriptionId\":1}]}");
    (void)snprintf(params, sizeof params, "\"timestamp\":%llu",
                   (unsigned long long)(clock_wall_us(&world.clock.clock) / 1000));
    asks(client, ENDPOINT_ACCOUNT, params, "200,\"result\":{\"makerCommission\"");
    gateway_world_key_revoke(&world, &pair);
    char text[4096];
    u8 opcode = 0;
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "{\"subscriptionId\":0,\"event\":{\"e\":\"eventStreamTerm"));
    (void)snprintf(text, sizeof text,
                   "{\"id\":7,\"method\":\"account.status\",\"params\":{\"timestamp\":%llu}}",
                   (unsigned long long)(clock_wall_us(&world.clock.clock) / 1000));
    gateway_world_send(client, text);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_string_equal(text, "{\"id\":null,\"status\":401,\"error\":{\"code\":-2015,\"msg\":"
                              "\"Invalid API-key, IP, or permissions for action.\"}}");
    asks(client, ENDPOINT_SESSION_LOGOUT, "", "200,\"result\":{\"apiKey\":null");
    asks(client, ENDPOINT_SESSION_SUBSCRIPTIONS, "", "200,\"result\":[{\"subscriptionId\":1}]}");
    asks(client, ENDPOINT_USER_UNSUBSCRIBE, "\"subscriptionId\":9",
         "400,\"error\":{\"code\":-2036");
    asks(client, ENDPOINT_USER_UNSUBSCRIBE, "", "200,\"result\":{}}");
    asks(client, ENDPOINT_SESSION_SUBSCRIPTIONS, "", "200,\"result\":[]}");
    world_key_free(&pair);
    gateway_world_close(&world);
}

static void places_orders(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(4); i++) {
        struct world_key key;
        begin(test_seed() + i, i % 2 == 1);
        gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &key);
        struct sim_client *client = sim_connect(world.net, 1);
        gateway_world_request(&world, client, &key, "POST", "/api/v3/order",
                              "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1.5"
                              "&price=300&newClientOrderId=first");
        assert_true(gateway_world_http(&world, client, 2000, &got));
        if (got.status != 200) {
            fail_msg("%s", got.body);
        }
        assert_non_null(strstr(got.body, "\"clientOrderId\":\"first\""));
        assert_non_null(strstr(got.head, "x-mbx-order-count-10s: 1"));
        gateway_world_get(&world, client, "/api/v3/depth?symbol=BTCUSDT", &got);
        assert_string_equal(got.body, "{\"lastUpdateId\":1,\"bids\":[],\"asks\":[[\"300.00000000\","
                                      "\"1.50000000\"]]}");
        gateway_world_request(&world, client, &key, "POST", "/api/v3/order",
                              "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1.5"
                              "&price=300.001");
        assert_true(gateway_world_http(&world, client, 2000, &got));
        assert_int_equal(got.status, 400);
        assert_string_equal(got.body, "{\"code\":-1013,\"msg\":\"Filter failure: PRICE_FILTER\"}");
        gateway_world_request(&world, client, &key, "DELETE", "/api/v3/order",
                              "symbol=BTCUSDT&origClientOrderId=first");
        assert_true(gateway_world_http(&world, client, 2000, &got));
        assert_int_equal(got.status, 200);
        assert_non_null(strstr(got.body, "\"status\":\"CANCELED\""));
        gateway_world_close(&world);
    }
}

/* The next text frame that has all of these in it, of `frames` at most. */
static void hears(struct sim_client *client, const char *one, const char *two)
{
    char text[8192];
    u8 opcode = 0;
    for (u32 i = 0; i < 20; i++) {
        if (!gateway_world_frame(&world, client, 3000, text, sizeof text, &opcode)) {
            break;
        }
        if (strstr(text, one) != NULL && strstr(text, two) != NULL) {
            return;
        }
    }
    fail_msg("not heard: %s %s", one, two);
}

static void tells_streams_and_owners_what_happens(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(4); i++) {
        struct world_key keys[2];
        begin(test_seed() + i, i % 2 == 1);
        gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &keys[0]);
        gateway_world_key(&world, 1, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &keys[1]);
        struct sim_client *client = sim_connect(world.net, 1);
        struct sim_client *owner = sim_connect(world.net, 2);
        struct sim_client *streams = sim_connect(world.net, 3);
        struct sim_client *combined = sim_connect(world.net, 4);
        assert_true(gateway_world_upgrade(&world, owner, "/ws-api/v3?returnRateLimits=false"));
        asks(owner, ENDPOINT_USER_SUBSCRIBE_SIGNATURE, credentials(&keys[0]),
             "200,\"result\":{\"subscriptionId\":0}}");
        assert_true(gateway_world_upgrade(&world, streams, "/ws/btcusdt@depth@100ms"));
        assert_true(gateway_world_upgrade(&world, combined,
                                          "/stream?streams=btcusdt@trade/btcusdt@bookTicker"));
        assert_false(gateway_world_upgrade(&world, sim_connect(world.net, 5), "/wsx"));
        gateway_world_request(&world, client, &keys[0], "POST", "/api/v3/order",
                              "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1.5"
                              "&price=300&newClientOrderId=first");
        assert_true(gateway_world_http(&world, client, 2000, &got));
        hears(owner, "{\"subscriptionId\":0,\"event\":{\"e\":\"executionReport\"", "\"x\":\"NEW\"");
        hears(owner, "\"e\":\"outboundAccountPosition\"", "\"l\":\"1.50000000\"");
        hears(streams, "\"U\":1,\"u\":1,", "\"a\":[[\"300.00000000\",\"1.50000000\"]]");
        hears(combined, "{\"stream\":\"btcusdt@bookTicker\",\"data\":{\"u\":1,",
              "\"A\":\"1.50000000\"");
        gateway_world_request(&world, client, &keys[1], "POST", "/api/v3/order",
                              "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.5");
        assert_true(gateway_world_http(&world, client, 2000, &got));
        assert_non_null(strstr(got.body, "\"status\":\"FILLED\""));
        hears(owner, "\"x\":\"TRADE\"", "\"z\":\"0.50000000\"");
        hears(combined, "{\"stream\":\"btcusdt@trade\"", "\"q\":\"0.50000000\"");
        hears(streams, "\"U\":2,\"u\":2,", "\"a\":[[\"300.00000000\",\"1.00000000\"]]");
        gateway_world_close(&world);
    }
}

/* An order that was sent to a dead engine is answered by the next one, once. */
static void loses_no_order_when_the_engine_dies(void **state)
{
    (void)state;
    struct world_key key;
    begin(test_seed(), false);
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_engine_kill(&world);
    gateway_world_request(&world, client, &key, "POST", "/api/v3/order",
                          "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=2"
                          "&price=200");
    gateway_world_turns(&world, 20);
    gateway_world_engine_start(&world);
    assert_true(gateway_world_http(&world, client, 2000, &got));
    assert_int_equal(got.status, 200);
    gateway_world_get(&world, client, "/api/v3/depth?symbol=BTCUSDT", &got);
    assert_string_equal(got.body, "{\"lastUpdateId\":1,\"bids\":[[\"200.00000000\","
                                  "\"2.00000000\"]],\"asks\":[]}");
    gateway_world_close(&world);
}

static void counts_its_requests(void **state)
{
    (void)state;
    static struct metrics metrics;
    static char text[METRICS_TEXT_BYTES_ENOUGH];
    size_t size = 0;
    metrics_init(&metrics);
    gateway_world_init(&world, test_seed(), false);
    world.options.metrics = &metrics;
    gateway_world_start(&world);
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_get(&world, client, "/api/v3/ping", &got);
    gateway_world_get(&world, client, "/api/v3/depth?symbol=NONE", &got);
    scene_must(metrics_print(&metrics, text, sizeof text - 1, &size));
    text[size] = 0;
    assert_non_null(strstr(text, "cambist_gateway_requests_total{status=\"2xx\"} 1\n"));
    assert_non_null(strstr(text, "cambist_gateway_requests_total{status=\"4xx\"} 1\n"));
    assert_non_null(strstr(text, "cambist_gateway_answer_nanoseconds_count{waited=\"none\"} 2\n"));
    gateway_world_close(&world);
}

static void goes_on_after_each_restart(void **state)
{
    (void)state;
    begin(test_seed(), false);
    gateway_world_engine_kill(&world);
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_get(&world, client, "/api/v3/time", &got);
    assert_int_equal(got.status, 200);
    gateway_world_engine_start(&world);
    gateway_world_turns(&world, 300);
    assert_true(gateway_status(world.gateway).engine_ready);
    gateway_world_gateway_kill(&world);
    assert_true(sim_client_is_closed(client));
    gateway_world_gateway_start(&world);
    gateway_world_turns(&world, 300);
    assert_true(gateway_status(world.gateway).engine_ready);
    client = sim_connect(world.net, 1);
    gateway_world_get(&world, client, "/api/v3/ping", &got);
    assert_int_equal(got.status, 200);
    gateway_world_close(&world);
}

int main(void)
{
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_public_requests_in_order),
        cmocka_unit_test(ends_malformed_and_slow_requests),
        cmocka_unit_test(cuts_off_who_does_not_read),
        cmocka_unit_test(speaks_the_websocket_api),
        cmocka_unit_test(keeps_sessions_and_subscriptions),
        cmocka_unit_test(places_orders),
        cmocka_unit_test(tells_streams_and_owners_what_happens),
        cmocka_unit_test(loses_no_order_when_the_engine_dies),
        cmocka_unit_test(counts_its_requests),
        cmocka_unit_test(goes_on_after_each_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
