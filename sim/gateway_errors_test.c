/* Aim: errors that only a whole connection shows have the documented number, status and text on the
 * wire. Method: engine and gateway on a false disk, clock and network; whole answers compared. */
#include "io/log.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define REPLACE                                                                          \
    "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=100&quantity=1&newOrderRespType=ACK" \
    "&newClientOrderId=new&"

static struct gateway_world world;
static struct http_got got;

static void begin(void)
{
    gateway_world_init(&world, test_seed(), false);
    gateway_world_start(&world);
}

static void units_of_time(void **state)
{
    (void)state;
    begin();
    struct sim_client *client = sim_connect(world.net, 1);
    sim_client_send_text(client, "GET /api/v3/time HTTP/1.1\r\nHost: a\r\n"
                                 "X-MBX-TIME-UNIT: NANOSECOND\r\n\r\n");
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, 400);
    assert_string_equal(got.body, "{\"code\":-1194,\"msg\":\"Invalid value for time unit; expected "
                                  "either MICROSECOND or MILLISECOND.\"}");
    gateway_world_close(&world);
}

/* The market of engine_scene.h, with orders that replace others. */
static void allow_replacements(void)
{
    struct scene_commands commands;
    struct command_market_add market = {.base = 0,
                                        .quote = 1,
                                        .stp_default = STP_MODE_NONE,
                                        .stp_allowed = 1U << STP_MODE_NONE,
                                        .types_allowed = 0x7f,
                                        .features = MARKET_FEATURE_CANCEL_REPLACE,
                                        .ticks_max = 100000,
                                        .name = "BTCUSDT",
                                        .tick = price_of(1000000),
                                        .lot = amount_of(10000)};
    scene_commands_init(&commands);
    scene_put(&commands, &market, COMMAND_MARKET_SET, 0);
    gateway_world_admin(&world, &commands);
    scene_commands_free(&commands);
}

/* Both halves stand under `data`. */
static void replacements_that_fail(void **state)
{
    (void)state;
    struct world_key key;
    begin();
    allow_replacements();
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_request(&world, client, &key, "POST", "/api/v3/order/cancelReplace",
                          REPLACE "cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=77");
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, 400);
    assert_string_equal(got.body,
                        "{\"code\":-2022,\"msg\":\"Order cancel-replace failed.\",\"data\":{"
                        "\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"NOT_ATTEMPTED\","
                        "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
                        "\"newOrderResponse\":null}}");
    gateway_world_request(&world, client, &key, "POST", "/api/v3/order/cancelReplace",
                          REPLACE "cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=77");
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, 409);
    static const char partly[] =
        "{\"code\":-2021,\"msg\":\"Order cancel-replace partially failed.\",\"data\":{"
        "\"cancelResult\":\"FAILURE\",\"newOrderResult\":\"SUCCESS\","
        "\"cancelResponse\":{\"code\":-2011,\"msg\":\"Unknown order sent.\"},"
        "\"newOrderResponse\":{\"symbol\":\"BTCUSDT\",\"orderId\":1,";
    assert_memory_equal(got.body, partly, sizeof partly - 1);
    world_key_free(&key);
    gateway_world_close(&world);
}

static void asks(struct sim_client *client, const char *request, const char *answer)
{
    char text[4096];
    u8 opcode = 0;
    gateway_world_send(client, request);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_string_equal(text, answer);
}

/* "subscribe" and "unsubscribe" of a connection that has signed in, and before. */
static void subscriptions_that_may_not_be(void **state)
{
    (void)state;
    static const char subscribe[] = "{\"id\":1,\"method\":\"userDataStream.subscribe\"}";
    struct world_key key;
    char signature[256];
    char text[1024];
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    asks(client, subscribe,
         "{\"id\":1,\"status\":401,\"error\":{\"code\":-1002,\"msg\":\"You are not authorized to "
         "execute this request.\"}}");
    unsigned long long now = clock_wall_us(&world.clock.clock) / 1000;
    (void)snprintf(text, sizeof text, "apiKey=%s&timestamp=%llu", key.name, now);
    world_key_sign(&key, text, signature);
    (void)snprintf(text, sizeof text,
                   "{\"id\":2,\"method\":\"session.logon\",\"params\":{\"apiKey\":\"%s\","
                   "\"timestamp\":%llu,\"signature\":\"%s\"}}",
                   key.name, now, signature);
    u8 opcode = 0;
    gateway_world_send(client, text);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "\"status\":200"));
    asks(client, subscribe, "{\"id\":1,\"status\":200,\"result\":{\"subscriptionId\":0}}");
    asks(client, subscribe,
         "{\"id\":1,\"status\":400,\"error\":{\"code\":-2035,\"msg\":\"User Data Stream "
         "subscription already active.\"}}");
    asks(client,
         "{\"id\":1,\"method\":\"userDataStream.unsubscribe\",\"params\":{\"subscriptionId\":5}}",
         "{\"id\":1,\"status\":400,\"error\":{\"code\":-2036,\"msg\":\"User Data Stream "
         "subscription not active.\"}}");
    world_key_free(&key);
    gateway_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_time),
        cmocka_unit_test(replacements_that_fail),
        cmocka_unit_test(subscriptions_that_may_not_be),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
