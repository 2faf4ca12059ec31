/* Aim: the gateway serves what it was asked, over connections that cut bytes anywhere, come and go,
 * and read slowly. Method: engine and gateway in one thread on a false disk, clock and network. */
#include "base/span.h"
#include "io/log.h"
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
        cmocka_unit_test(goes_on_after_each_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
