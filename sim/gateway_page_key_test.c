/* Aim: a page's key speaks for its account exactly as long as the session that showed it, its ten
 * minutes, and for withdrawals its proof; nothing half signed in, late or foreign gets one; and API
 * keys are made only behind a fresh proof. Method: engine and gateway in one thread as in
 * gateway_sim_test.c, the test as the door at the other end of the line, and a clock that goes as
 * far as is asked. The door itself, and all of them together, are in tests/e2e/page_key_test.py. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOGIN     9U
#define SESSION   4711U
#define MINUTE_US 60000000ULL
#define CSRF      "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HMAC                                                                             \
    "{\"label\":\"bot\",\"kind\":\"hmac\",\"publicKey\":\"\",\"rights\":\"read trade\"," \
    "\"networks\":\"\"}"

static struct gateway_world world;
static int line[2]; /* the gateway's end, the door's */
static struct world_key page;
static struct http_got got;
static u32 account;

/* ---- the door ---- */

/* A session as the door tells it: how long its proof is fresh from now on, 0: not. */
struct told {
    u64 login, session, fresh_us;
    u8 level;
};

static const struct told fresh = {LOGIN, SESSION, 5 * MINUTE_US, 2};

static u64 now_us(void)
{
    return clock_wall_us(&world.clock.clock);
}

/* The next ask, of this kind. */
static void hears(u16 kind, struct door_ask *ask_out)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    ssize_t size = -1;
    for (u32 i = 0; i < 200 && size <= 0; i += 1) {
        gateway_world_turn(&world);
        size = read(line[1], frame, sizeof frame);
    }
    assert_true(size > 0);
    assert_null(door_ask_read(span_of(frame, (size_t)size), ask_out));
    assert_int_equal(ask_out->kind, kind);
}

static void says(const struct door_ask *ask, u32 code, const struct told *told)
{
    u8 frame[256];
    struct frame_writer writer = door_answer_begin(frame, sizeof frame, ask, code, 0);
    if (code == DOOR_CODE_OK) {
        frame_write_bytes(&writer, span_of(ask->csrf, sizeof ask->csrf));
        frame_write_u64(&writer, told->login);
        frame_write_u64(&writer, now_us() + 720 * MINUTE_US);
        frame_write_u8(&writer, told->level);
        frame_write_u8(&writer, told->fresh_us > 0 ? 1 : 0);
        frame_write_bytes(&writer, span_of("\0\0\0\0\0", 6));
        frame_write_u64(&writer, told->session);
        frame_write_u64(&writer, told->fresh_us > 0 ? now_us() + told->fresh_us : 0);
    }
    door_answer_end(&writer);
    assert_int_equal(send(line[1], frame, writer.size, MSG_NOSIGNAL), writer.size);
}

static void tells_the_end_of(u64 login, u64 session)
{
    static const struct door_ask unasked = {.kind = DOOR_ASK_SESSION_END};
    u8 frame[64];
    struct frame_writer writer = door_answer_begin(frame, sizeof frame, &unasked, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, login);
    frame_write_u64(&writer, session);
    door_answer_end(&writer);
    assert_int_equal(send(line[1], frame, writer.size, MSG_NOSIGNAL), writer.size);
    gateway_world_turns(&world, 3);
}

/* ---- the page ---- */

static void posts(struct sim_client *client, const char *path, const char *body)
{
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "POST /page/v1/%s HTTP/1.1\r\nHost: venue.example\r\n"
                   "Origin: https://venue.example\r\nContent-Type: application/json\r\n"
                   "Cookie: __Host-session=" CSRF "\r\nX-CSRF-Token: " CSRF "\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   path, strlen(body), body);
    sim_client_send_text(client, text);
}

static struct sim_client *connected(void)
{
    struct sim_client *client = sim_connect(world.net, 1);
    assert_non_null(client);
    return client;
}

/* What is answered, when the door says this. */
static u32 asks(u16 kind, const char *path, const char *body, u32 code, const struct told *told)
{
    struct door_ask ask;
    struct sim_client *client = connected();
    posts(client, path, body);
    hears(kind, &ask);
    says(&ask, code, told);
    assert_true(gateway_world_http(&world, client, 400, &got));
    return got.status;
}

static u32 asks_page_key(u32 code, const struct told *told)
{
    char body[128];
    char text[64];
    (void)EVP_EncodeBlock((u8 *)text, page.public_key, sizeof page.public_key);
    (void)snprintf(body, sizeof body, "{\"publicKey\":\"%s\"}", text);
    return asks(DOOR_ASK_USE, "page-key", body, code, told);
}

/* Takes the name of the page's key from the answer. */
static void has_page_key(const struct told *told)
{
    assert_int_equal(asks_page_key(DOOR_CODE_OK, told), 200);
    const char *name = strstr(got.body, "\"apiKey\":\"");
    assert_non_null(name);
    memcpy(page.name, name + 10, AUTH_KEY_BYTES);
    char expected[64];
    (void)snprintf(expected, sizeof expected, "\"account\":\"%u\",\"until\":", account);
    assert_non_null(strstr(got.body, expected));
    assert_non_null(
        strstr(got.body, told->fresh_us > 0 ? "\"withdraw\":true" : "\"withdraw\":false"));
}

/* 200, or the error's code. */
static int calls(const char *method, const char *path, const char *query)
{
    struct sim_client *client = connected();
    int code = 0;
    gateway_world_request(&world, client, &page, method, path, query);
    assert_true(gateway_world_http(&world, client, 400, &got));
    return got.status == 200 || sscanf(got.body, "{\"code\":%d", &code) != 1 ? (int)got.status
                                                                             : code;
}

static int reads(void)
{
    return calls("GET", "/api/v3/account", "");
}

/* -2015, or what comes behind the right: there is nothing to withdraw. */
static bool may_withdraw(void)
{
    return calls("POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC&address=0xabc&amount=1") !=
           -2015;
}

static void time_goes(u64 us)
{
    clock_false_advance(&world.clock, us * 1000);
    gateway_world_turns(&world, 3);
}

static bool is_refused(const char *name)
{
    char expected[64];
    (void)snprintf(expected, sizeof expected, "{\"error\":\"%s\"}", name);
    return strcmp(got.body, expected) == 0;
}

/* ---- the scene ---- */

static void gateway_begins(void)
{
    gateway_world_turns(&world, 200);
    world.gateway->door.line.is_watched = false; /* the false net tells of no descriptor */
}

static int setup(void **state)
{
    (void)state;
    gateway_world_init(&world, test_seed(), false);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    world.genesis.persons_max = 8;
    world.genesis.person_rows_max = 32;
    world.options.limits.connects_max = 100000;
    world.options.limits.weight_max[LIMIT_POOL_API] = 1000000;
    world.options.door = line[0];
    gateway_world_start(&world);
    gateway_begins();
    account = gateway_world_login(&world, LOGIN);
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &page); /* for its pair */
    memset(page.name, 'x', AUTH_KEY_BYTES);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_key_free(&page);
    gateway_world_close(&world);
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}

/* ---- the tests ---- */

static void it_speaks_for_ten_minutes_and_is_renewed(void **state)
{
    (void)state;
    assert_int_equal(reads(), -2015);
    has_page_key(&fresh);
    assert_int_equal(reads(), 200);
    time_goes(9 * MINUTE_US);
    char name[AUTH_KEY_BYTES + 1];
    memcpy(name, page.name, sizeof name);
    has_page_key(&fresh);
    assert_string_equal(name, page.name);
    time_goes(9 * MINUTE_US);
    assert_int_equal(reads(), 200);
    time_goes(MINUTE_US);
    assert_int_equal(reads(), -2015);
}

static void it_withdraws_while_the_proof_is_fresh(void **state)
{
    (void)state;
    has_page_key(&fresh);
    assert_true(may_withdraw());
    time_goes(4 * MINUTE_US);
    assert_true(may_withdraw());
    time_goes(MINUTE_US);
    assert_false(may_withdraw());
    assert_int_equal(reads(), 200);
    static const struct told stale = {LOGIN, SESSION, 0, 2};
    has_page_key(&stale);
    assert_false(may_withdraw());
    has_page_key(&fresh);
    assert_true(may_withdraw());
}

static void it_ends_with_its_session_and_takes_its_stream_along(void **state)
{
    char text[1024];
    char signature[256];
    u8 opcode = 0;
    (void)state;
    has_page_key(&fresh);
    struct sim_client *client = connected();
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    unsigned long long now = now_us() / 1000;
    (void)snprintf(text, sizeof text, "apiKey=%s&timestamp=%llu", page.name, now);
    world_key_sign(&page, text, signature);
    (void)snprintf(text, sizeof text,
                   "{\"id\":1,\"method\":\"userDataStream.subscribe.signature\",\"params\":{"
                   "\"apiKey\":\"%s\",\"timestamp\":%llu,\"signature\":\"%s\"}}",
                   page.name, now, signature);
    gateway_world_send(client, text);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "\"status\":200"));
    tells_the_end_of(LOGIN + 1, 0);
    tells_the_end_of(LOGIN, SESSION + 1);
    assert_int_equal(reads(), 200);
    tells_the_end_of(LOGIN, SESSION);
    assert_int_equal(reads(), -2015);
    assert_true(gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode));
    assert_non_null(strstr(text, "eventStreamTerminated"));
    has_page_key(&fresh);
    tells_the_end_of(LOGIN, 0); /* a new password */
    assert_int_equal(reads(), -2015);
    has_page_key(&fresh);
    tells_the_end_of(0, 0); /* another door */
    assert_int_equal(reads(), -2015);
}

static void another_session_renews_nothing(void **state)
{
    (void)state;
    has_page_key(&fresh);
    struct world_key first = page;
    static const struct told other = {LOGIN, SESSION + 1, 0, 2};
    has_page_key(&other);
    assert_string_not_equal(first.name, page.name);
    tells_the_end_of(LOGIN, SESSION);
    assert_int_equal(reads(), 200);
    struct world_key second = page;
    page = first;
    assert_int_equal(reads(), -2015);
    page = second;
}

static void who_gets_none(void **state)
{
    static const struct told half = {LOGIN, SESSION, 5 * MINUTE_US, 1};
    static const struct told nobody = {LOGIN + 1, SESSION, 5 * MINUTE_US, 2};
    (void)state;
    assert_int_equal(asks_page_key(DOOR_CODE_OK, &half), 403);
    assert_true(is_refused("second-wanted"));
    assert_int_equal(asks_page_key(DOOR_CODE_OK, &nobody), 409);
    assert_true(is_refused("no-account"));
    assert_int_equal(asks_page_key(DOOR_CODE_NO_SESSION, NULL), 401);
    assert_true(is_refused("no-session"));
    assert_null(strstr(got.head, "set-cookie"));
    assert_int_equal(reads(), -2015);
    /* A door that does not answer. */
    struct door_ask ask;
    struct sim_client *client = connected();
    posts(client, "keys", "{}");
    hears(DOOR_ASK_LOOK, &ask);
    time_goes(21ULL * 1000000);
    assert_true(gateway_world_http(&world, client, 400, &got));
    assert_true(got.status == 504 && is_refused("late"));
    says(&ask, DOOR_CODE_OK, &fresh); /* too late */
    gateway_world_turns(&world, 10);
    assert_int_equal(world.gateway->page_asks_count, 0);
}

static void a_gateways_restart_forgets_it(void **state)
{
    (void)state;
    has_page_key(&fresh);
    assert_int_equal(reads(), 200);
    gateway_world_gateway_kill(&world);
    gateway_world_gateway_start(&world);
    gateway_begins();
    assert_int_equal(reads(), -2015);
    has_page_key(&fresh);
    assert_int_equal(reads(), 200);
}

static void an_api_key_wants_a_fresh_proof(void **state)
{
    static const struct told stale = {LOGIN, SESSION, 0, 2};
    (void)state;
    assert_int_equal(asks(DOOR_ASK_USE, "keys/new", HMAC, DOOR_CODE_OK, &stale), 403);
    assert_true(is_refused("again-wanted"));
    /* Here are no keys.db, and so no keys. */
    assert_int_equal(asks(DOOR_ASK_USE, "keys/new", HMAC, DOOR_CODE_OK, &fresh), 503);
    assert_int_equal(asks(DOOR_ASK_LOOK, "keys", "{}", DOOR_CODE_OK, &stale), 200);
    assert_string_equal(got.body, "{\"keys\":[]}");
    assert_int_equal(world.gateway->page_asks_count, 0);
}

static void who_leaves_is_forgotten(void **state)
{
    struct door_ask ask;
    (void)state;
    struct sim_client *client = connected();
    posts(client, "keys", "{}");
    hears(DOOR_ASK_LOOK, &ask);
    assert_int_equal(world.gateway->page_asks_count, 1);
    sim_client_cut(client);
    gateway_world_turns(&world, 10);
    assert_int_equal(world.gateway->page_asks_count, 0);
    says(&ask, DOOR_CODE_OK, &fresh);
    gateway_world_turns(&world, 10);
    assert_int_equal(world.gateway->door.line.waits_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_speaks_for_ten_minutes_and_is_renewed),
        TEST(it_withdraws_while_the_proof_is_fresh),
        TEST(it_ends_with_its_session_and_takes_its_stream_along),
        TEST(another_session_renews_nothing),
        TEST(who_gets_none),
        TEST(a_gateways_restart_forgets_it),
        TEST(an_api_key_wants_a_fresh_proof),
        TEST(who_leaves_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
