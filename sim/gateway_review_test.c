/* Aim: what clients, proxies and engines do beside the usual way leaves the gateway in order.
 * Method: as gateway_sim_test.c; each test fails where its case is not looked after. */
#include "base/span.h"
#include "io/log.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"
#include "wire/link.h"

#include <stdio.h>
#include <string.h>

static struct gateway_world world;
static struct http_got got;

/* To be called between init and start. */
static void trust(u8 host)
{
    struct auth_network *network = &world.options.trusted[0];
    *network = (struct auth_network){.address = {{[10] = 0xff, [11] = 0xff, [12] = 10}}};
    network->address.bytes[15] = host;
    network->bits = 128;
    world.options.trusted_count = 1;
}

static void begin_behind_proxy(u8 host)
{
    gateway_world_init(&world, test_seed(), false);
    trust(host);
    gateway_world_start(&world);
}

static void begin(void)
{
    gateway_world_init(&world, test_seed(), false);
    gateway_world_start(&world);
}

/* A proxy adds a header of its own behind those that the client made up. */
static void believes_the_proxy_and_not_its_client(void **state)
{
    (void)state;
    begin_behind_proxy(1);
    struct sim_client *proxy = sim_connect(world.net, 1);
    for (u32 i = 1; i < 4; i++) {
        char text[256];
        (void)snprintf(text, sizeof text,
                       "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.%u\r\n"
                       "X-Forwarded-For: 7.7.7.7\r\n\r\n",
                       i);
        sim_client_send_text(proxy, text);
        assert_true(gateway_world_http(&world, proxy, 1000, &got));
        (void)snprintf(text, sizeof text, "x-mbx-used-weight-1m: %u\r", i);
        if (strstr(got.head, text) == NULL) {
            fail_msg("%s in\n%s", text, got.head);
        }
    }
    gateway_world_close(&world);
}

static void websockets_count_for_who_is_behind_the_proxy(void **state)
{
    (void)state;
    begin_behind_proxy(1);
    for (u32 i = 1; i < 4; i++) {
        char text[1024];
        u8 opcode = 0;
        struct sim_client *client = sim_connect(world.net, 1);
        (void)snprintf(text, sizeof text,
                       "/ws-api/v3 HTTP/1.1\r\nX-Forwarded-For: 9.9.9.%u\r\nX-Rest: a", i);
        assert_true(gateway_world_upgrade(&world, client, text));
        gateway_world_send(client, "{\"id\":1,\"method\":\"ping\"}");
        assert_true(gateway_world_frame(&world, client, 1000, text, sizeof text, &opcode));
        assert_non_null(strstr(text, "\"limit\":6000,\"count\":3}"));
    }
    gateway_world_close(&world);
}

/* A body behind the answer to HEAD would be taken for the next answer. */
static void head_is_answered_without_a_body(void **state)
{
    (void)state;
    begin();
    struct sim_client *client = sim_connect(world.net, 1);
    sim_client_send_text(client, "HEAD /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n"
                                 "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n");
    gateway_world_turns(&world, 50);
    char text[4096];
    struct span bytes = sim_client_received(client);
    assert_true(bytes.size > 0 && bytes.size < sizeof text);
    memcpy(text, bytes.data, bytes.size);
    text[bytes.size] = 0;
    assert_memory_equal(text, "HTTP/1.1 405", 12);
    assert_non_null(strstr(text, "\r\n\r\nHTTP/1.1 200"));
    assert_string_equal(text + bytes.size - 6, "\r\n\r\n{}");
    gateway_world_close(&world);
}

/* ---- sessions that are signed in ---- */

static void says(struct sim_client *client, const char *message, const char *expected)
{
    char text[4096];
    u8 opcode = 0;
    gateway_world_send(client, message);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    if (strstr(text, expected) == NULL) {
        fail_msg("%s\nexpected %s", text, expected);
    }
}

static void sign_in(struct sim_client *client, const struct world_key *key)
{
    char text[1024];
    char signature[256];
    unsigned long long now = clock_wall_us(&world.clock.clock) / 1000;
    (void)snprintf(text, sizeof text, "apiKey=%s&timestamp=%llu", key->name, now);
    world_key_sign(key, text, signature);
    (void)snprintf(text, sizeof text,
                   "{\"id\":1,\"method\":\"session.logon\",\"params\":{\"apiKey\":\"%s\","
                   "\"timestamp\":%llu,\"signature\":\"%s\"}}",
                   key->name, now, signature);
    says(client, text, "{\"id\":1,\"status\":200,\"result\":{\"apiKey\":\"");
}

/* The documents count a right that the key lacks among the reasons to sign the session out. */
static void a_right_that_the_key_lacks_signs_out(void **state)
{
    (void)state;
    struct world_key key;
    char text[512];
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    sign_in(client, &key);
    (void)snprintf(text, sizeof text,
                   "{\"id\":2,\"method\":\"order.place\",\"params\":{\"symbol\":\"BTCUSDT\","
                   "\"side\":\"BUY\",\"type\":\"MARKET\",\"quantity\":\"1\",\"timestamp\":%llu}}",
                   (unsigned long long)(clock_wall_us(&world.clock.clock) / 1000));
    says(client, text, "{\"id\":null,\"status\":401,\"error\":{\"code\":-2015");
    says(client, "{\"id\":3,\"method\":\"session.status\"}",
         "{\"id\":3,\"status\":200,\"result\":{\"apiKey\":null");
    world_key_free(&key);
    gateway_world_close(&world);
}

/* Whoever ends a subscription is told so in its own stream, then answered. */
static void the_end_of_a_subscription_is_told(void **state)
{
    (void)state;
    struct world_key key;
    char text[512];
    u8 opcode = 0;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    sign_in(client, &key);
    for (u32 i = 0; i < 2; i++) {
        (void)snprintf(text, sizeof text, "\"result\":{\"subscriptionId\":%u}}", i);
        says(client, "{\"id\":2,\"method\":\"userDataStream.subscribe\"}", text);
        (void)snprintf(
            text, sizeof text,
            "{\"subscriptionId\":%u,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1795", i);
        says(client,
             i == 0 ? "{\"id\":3,\"method\":\"userDataStream.unsubscribe\"}"
                    : "{\"id\":3,\"method\":\"session.logout\"}",
             text);
        assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
        assert_memory_equal(text, "{\"id\":3,\"status\":200,", 21);
    }
    world_key_free(&key);
    gateway_world_close(&world);
}

/* Who half-closes behind his last request is answered, and let go although a frame was cut. */
static void a_half_closed_peer_is_let_go(void **state)
{
    (void)state;
    struct world_key key;
    char text[512];
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    sign_in(client, &key);
    (void)snprintf(text, sizeof text,
                   "{\"id\":2,\"method\":\"order.place\",\"params\":{\"symbol\":\"BTCUSDT\","
                   "\"side\":\"BUY\",\"type\":\"LIMIT\",\"timeInForce\":\"GTC\",\"price\":\"200\","
                   "\"quantity\":\"1\",\"timestamp\":%llu}}",
                   (unsigned long long)(clock_wall_us(&world.clock.clock) / 1000));
    gateway_world_send(client, text);
    sim_client_send_text(client, "\x81");
    sim_client_end(client);
    struct agent *engine = world.engine;
    world.engine = NULL; /* it takes its time */
    gateway_world_turns(&world, 50);
    world.engine = engine;
    u8 opcode = 0;
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "{\"id\":2,\"status\":200"));
    gateway_world_turns(&world, 50);
    assert_true(sim_client_is_closed(client));
    assert_int_equal(gateway_status(world.gateway).sessions, 0);
    world_key_free(&key);
    gateway_world_close(&world);
}

/* ---- an engine that comes back ---- */

/* Fills the channel of commands while nobody reads it: another HELLO has no room. */
static void fill_commands(void)
{
    struct channel_writer writer;
    struct link_hello hello = link_hello_make(LINK_SOURCE_GATEWAY, 1);
    struct span record = span_of(&hello, sizeof hello);
    assert_int_equal(channel_writer_open(&writer, &world.channels[WORLD_COMMANDS]), FAULT_NONE);
    u32 count = 0;
    while (channel_put(&writer, record) == CHANNEL_PUT) {
        count++;
    }
    channel_flush(&writer);
    assert_true(count > 1000);
}

static void says_hello_again_when_there_was_no_room(void **state)
{
    (void)state;
    begin();
    gateway_world_gateway_kill(&world);
    gateway_world_engine_kill(&world);
    fill_commands();
    gateway_world_gateway_start(&world);
    gateway_world_turns(&world, 50);
    gateway_world_engine_start(&world);
    struct agent *engine = world.engine;
    world.engine = NULL; /* it has rung its bell, and takes nothing yet */
    gateway_world_turns(&world, 50);
    world.engine = engine;
    for (u32 i = 0; i < 100000 && !gateway_status(world.gateway).engine_ready; i++) {
        gateway_world_turn(&world);
    }
    assert_true(gateway_status(world.gateway).engine_ready);
    gateway_world_close(&world);
}

/* An engine that takes longer to answer than the gateway waits before it asks again. */
static void understands_a_slow_engine(void **state)
{
    (void)state;
    begin();
    gateway_world_engine_kill(&world);
    gateway_world_turns(&world, 10);
    gateway_world_engine_start(&world);
    struct agent *engine = world.engine;
    for (u32 i = 0; i < 50 && (i < 2 || !gateway_status(world.gateway).engine_ready); i++) {
        world.engine = engine;
        gateway_world_turn(&world);
        world.engine = NULL;
        gateway_world_turns(&world, 700);
    }
    world.engine = engine;
    assert_true(gateway_status(world.gateway).engine_ready);
    gateway_world_close(&world);
}

/* An order whose outcome is not known in time may have been placed: it stays counted. */
static void an_unknown_order_is_counted(void **state)
{
    (void)state;
    static const char order[] = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=2"
                                "&price=200";
    struct world_key key;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &key);
    struct sim_client *client = sim_connect(world.net, 1);
    struct agent *engine = world.engine;
    world.engine = NULL; /* it stands still */
    gateway_world_request(&world, client, &key, "POST", "/api/v3/order", order);
    assert_true(gateway_world_http(&world, client, 20000, &got));
    assert_non_null(strstr(got.body, "{\"code\":-1007,"));
    world.engine = engine;
    gateway_world_turns(&world, 100);
    gateway_world_request(&world, client, &key, "POST", "/api/v3/order", order);
    assert_true(gateway_world_http(&world, client, 2000, &got));
    assert_int_equal(got.status, 200);
    assert_non_null(strstr(got.head, "x-mbx-order-count-1d: 2"));
    gateway_world_close(&world);
}

/* Whoever asks for what is not there is counted, told to stop, and banned like anybody. */
static void nothing_is_asked_for_nothing(void **state)
{
    (void)state;
    gateway_world_init(&world, test_seed(), false);
    world.options.limits.requests_max = 10;
    world.options.limits.refusals_max = 3;
    gateway_world_start(&world);
    struct sim_client *client = sim_connect(world.net, 1);
    static const char *const targets[] = {"/nothing", "/api/v3/ping?a=%zz",
                                          "/api/v3/userDataStream"};
    static const u32 statuses[] = {404, 400, 405};
    for (u32 i = 0; i < 9; i++) {
        gateway_world_get(&world, client, targets[i % 3], &got);
        assert_int_equal(got.status, statuses[i % 3]);
    }
    gateway_world_get(&world, client, "/api/v3/ping", &got);
    assert_int_equal(got.status, 200);
    for (u32 i = 0; i < 3; i++) {
        gateway_world_get(&world, client, targets[i], &got);
        assert_int_equal(got.status, 429);
        assert_non_null(strstr(got.head, "retry-after: "));
    }
    gateway_world_get(&world, client, "/nothing", &got);
    assert_int_equal(got.status, 418);
    gateway_world_close(&world);
}

/* The status of a request for a WebSocket, and the texts of its refusal. */
static void upgrades(struct sim_client *client, const char *forwarded, u32 status,
                     const char *expected)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "GET /ws-api/v3 HTTP/1.1\r\nHost: venue\r\n%s%s%sUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                   forwarded == NULL ? "" : "X-Forwarded-For: ", forwarded == NULL ? "" : forwarded,
                   forwarded == NULL ? "" : "\r\n");
    sim_client_send_text(client, text);
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, status);
    if (expected != NULL && strstr(got.body, expected) == NULL) {
        fail_msg("%s\nexpected %s", got.body, expected);
    }
}

/* Who opens WebSockets again and again is refused, and then banned, in the documented words. */
static void too_many_websockets_are_refused(void **state)
{
    (void)state;
    gateway_world_init(&world, test_seed(), false);
    world.options.limits.connects_max = 2;
    world.options.limits.refusals_max = 1;
    gateway_world_start(&world);
    for (u32 i = 0; i < 4; i++) {
        static const char *const texts[] = {
            NULL, NULL,
            "{\"code\":-1034,\"msg\":\"Too many connection attempts from IP; current limit is 2 per "
            "'5 MINUTE'.\"}",
            "{\"code\":-1003,\"msg\":\"Way too much request weight used; IP banned until 1795"};
        static const u32 statuses[] = {101, 101, 429, 418};
        struct sim_client *client = sim_connect(world.net, 1);
        upgrades(client, NULL, statuses[i], texts[i]);
        assert_int_equal(strstr(got.head, "retry-after: ") != NULL, i >= 2);
    }
    gateway_world_close(&world);
}

/* ---- how many of one address may be open ---- */

static enum fault two_more(void *argument, struct limit_config *limits_out)
{
    (void)argument;
    limits_out->open_max += 2;
    return FAULT_NONE;
}

static void begin_with_open(u32 open_max, bool is_behind_proxy)
{
    gateway_world_init(&world, test_seed(), false);
    world.options.limits.open_max = open_max;
    world.options.limits_again = two_more;
    if (is_behind_proxy) {
        trust(1);
    }
    gateway_world_start(&world);
}

static bool pings(struct sim_client *client)
{
    sim_client_send_text(client, "GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n");
    return gateway_world_http(&world, client, 50, &got) && got.status == 200;
}

static void an_address_has_so_many_connections(void **state)
{
    (void)state;
    struct sim_client *clients[3];
    begin_with_open(3, false);
    for (u32 i = 0; i < 3; i++) {
        clients[i] = sim_connect(world.net, 1);
        assert_true(i == 0 ? gateway_world_upgrade(&world, clients[i], "/ws") : pings(clients[i]));
    }
    struct sim_client *more = sim_connect(world.net, 1);
    assert_false(pings(more));
    assert_true(sim_client_is_closed(more));
    assert_int_equal(sim_client_received(more).size, 0);
    assert_true(pings(sim_connect(world.net, 2)));
    assert_int_equal(gateway_status(world.gateway).refused_address, 1);
    assert_int_equal(gateway_status(world.gateway).sessions, 4);
    /* A place for each that goes, of either kind, however it goes. */
    sim_client_cut(clients[0]);
    sim_client_end(clients[1]);
    gateway_world_turns(&world, 20);
    assert_true(pings(sim_connect(world.net, 1)));
    assert_true(pings(sim_connect(world.net, 1)));
    assert_false(pings(sim_connect(world.net, 1)));
    assert_int_equal(agent_reload(gateway_agent(world.gateway)), FAULT_NONE);
    assert_true(pings(sim_connect(world.net, 1)));
    assert_true(pings(sim_connect(world.net, 1)));
    assert_false(pings(sim_connect(world.net, 1)));
    assert_int_equal(gateway_status(world.gateway).refused_address, 3);
    gateway_world_close(&world);
}

/* A proxy's connections are everybody's, until one is a WebSocket: that is one of its client. */
static void behind_a_proxy_websockets_are_those_of_its_clients(void **state)
{
    (void)state;
    static const char text[] = "{\"code\":-1034,\"msg\":\"Too many connection attempts from IP; "
                               "current limit is 2 per 'IP'.\"}";
    static const char *const pairs[][2] = {{"9.9.9.9", "9.9.9.9"},
                                           {"2001:db8::1", "2001:db8:0:0:7::"}};
    begin_with_open(2, true);
    for (u32 i = 0; i < 8; i++) {
        assert_true(pings(sim_connect(world.net, 1)));
        upgrades(sim_connect(world.net, 1), "127.0.0.1", 101, NULL);
        upgrades(sim_connect(world.net, 1), NULL, 101, NULL);
    }
    for (u32 i = 0; i < ARRAY_COUNT(pairs); i++) {
        struct sim_client *first = sim_connect(world.net, 1);
        upgrades(first, pairs[i][0], 101, NULL);
        upgrades(sim_connect(world.net, 1), pairs[i][1], 101, NULL);
        struct sim_client *third = sim_connect(world.net, 1);
        upgrades(third, pairs[i][0], 429, text);
        gateway_world_turns(&world, 5);
        assert_true(sim_client_is_closed(third));
        assert_int_equal(gateway_status(world.gateway).refused_address, i + 1);
        sim_client_cut(first);
        gateway_world_turns(&world, 5);
        upgrades(sim_connect(world.net, 1), pairs[i][1], 101, NULL);
    }
    upgrades(sim_connect(world.net, 1), "2001:db8:0:1::1", 101, NULL);
    gateway_world_close(&world);
}

int main(void)
{
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked_for_nothing),
        cmocka_unit_test(too_many_websockets_are_refused),
        cmocka_unit_test(an_address_has_so_many_connections),
        cmocka_unit_test(behind_a_proxy_websockets_are_those_of_its_clients),
        cmocka_unit_test(believes_the_proxy_and_not_its_client),
        cmocka_unit_test(websockets_count_for_who_is_behind_the_proxy),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(a_half_closed_peer_is_let_go),
        cmocka_unit_test(a_right_that_the_key_lacks_signs_out),
        cmocka_unit_test(says_hello_again_when_there_was_no_room),
        cmocka_unit_test(understands_a_slow_engine),
        cmocka_unit_test(the_end_of_a_subscription_is_told),
        cmocka_unit_test(an_unknown_order_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
