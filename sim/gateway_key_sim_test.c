/* Aim: what was opened with an API key ends with the key: at once, told, and nothing else with it.
 * Method: engine and gateway in one thread as in gateway_sim_test.c; the administrator revokes keys
 * and changes their rights while sessions and subscriptions are open, in examples and at random
 * beside a model. */
#include "base/random.h"
#include "base/span.h"
#include "io/log.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define SUBSCRIBE   "{\"id\":5,\"method\":\"userDataStream.subscribe\"}"
#define STATUS      "{\"id\":6,\"method\":\"session.status\"}"
#define LOST        "{\"id\":null,\"status\":401,\"error\":{\"code\":-2015,"
#define RIGHTS_BOTH (KEY_RIGHT_READ | KEY_RIGHT_TRADE)

static struct gateway_world world;
static char text[8192];

static void begin(void)
{
    gateway_world_init(&world, test_seed(), false);
    world.options.limits.connects_max = 100000;
    world.options.limits.weight_max[LIMIT_POOL_API] = 1000000;
    gateway_world_start(&world);
}

/* The next frame begins so; the whole of it is in `text`. */
static void hears(struct sim_client *client, const char *expected)
{
    u8 opcode = 0;
    if (!gateway_world_frame(&world, client, 2000, text, sizeof text, &opcode)) {
        fail_msg("nothing came, expected %s", expected);
    }
    if (strncmp(text, expected, strlen(expected)) != 0) {
        fail_msg("%s\nexpected %s", text, expected);
    }
}

static void hears_nothing(struct sim_client *client)
{
    u8 opcode = 0;
    if (gateway_world_frame(&world, client, 20, text, sizeof text, &opcode)) {
        fail_msg("%s", text);
    }
}

static void hears_the_end(struct sim_client *client, u32 id)
{
    char expected[128];
    (void)snprintf(expected, sizeof expected,
                   "{\"subscriptionId\":%u,\"event\":{\"e\":\"eventStreamTerminated\",\"E\":1795",
                   id);
    hears(client, expected);
}

static void asks(struct sim_client *client, const char *message, const char *expected)
{
    gateway_world_send(client, message);
    hears(client, expected);
}

static unsigned long long now_ms(void)
{
    return clock_wall_us(&world.clock.clock) / 1000;
}

static void asks_signed(struct sim_client *client, const struct world_key *key, const char *method,
                        const char *expected)
{
    char message[1024];
    char signature[256];
    unsigned long long now = now_ms();
    (void)snprintf(message, sizeof message, "apiKey=%s&timestamp=%llu", key->name, now);
    world_key_sign(key, message, signature);
    (void)snprintf(message, sizeof message,
                   "{\"id\":1,\"method\":\"%s\",\"params\":{\"apiKey\":\"%s\","
                   "\"timestamp\":%llu,\"signature\":\"%s\"}}",
                   method, key->name, now, signature);
    asks(client, message, expected);
}

/* A request that counts on the session being signed in. */
static void asks_account(struct sim_client *client, const char *expected)
{
    char message[256];
    (void)snprintf(message, sizeof message,
                   "{\"id\":7,\"method\":\"account.status\",\"params\":{\"timestamp\":%llu}}",
                   now_ms());
    asks(client, message, expected);
}

static struct sim_client *connected(void)
{
    struct sim_client *client = sim_connect(world.net, 1);
    assert_non_null(client);
    assert_true(gateway_world_upgrade(&world, client, "/ws-api/v3?returnRateLimits=false"));
    return client;
}

static struct sim_client *signed_in(const struct world_key *key)
{
    struct sim_client *client = connected();
    asks_signed(client, key, "session.logon", "{\"id\":1,\"status\":200,");
    asks(client, SUBSCRIBE, "{\"id\":5,\"status\":200,\"result\":{\"subscriptionId\":0}}");
    return client;
}

static void deposit(u32 account)
{
    struct scene_commands commands;
    struct command_deposit money = {.amount = amount_of(1000), .asset = 0};
    scene_commands_init(&commands);
    scene_put(&commands, &money, COMMAND_DEPOSIT, account);
    gateway_world_admin(&world, &commands);
    scene_commands_free(&commands);
}

static void a_revoked_key_takes_its_sessions_along(void **state)
{
    (void)state;
    struct world_key key;
    struct world_key other;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, RIGHTS_BOTH, &key);
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ, &other);
    struct sim_client *first = signed_in(&key);
    struct sim_client *second = signed_in(&key);
    struct sim_client *third = connected();
    asks_signed(third, &key, "userDataStream.subscribe.signature", "{\"id\":1,\"status\":200,");
    struct sim_client *bystander = connected();
    asks_signed(bystander, &other, "userDataStream.subscribe.signature",
                "{\"id\":1,\"status\":200,");
    gateway_world_key_revoke(&world, &key);
    hears_the_end(first, 0);
    hears_the_end(second, 0);
    hears_the_end(third, 0);
    hears_nothing(bystander);
    /* It is not signed in; the first request that counts on it hears why, then as anybody. */
    asks(first, STATUS, "{\"id\":6,\"status\":200,\"result\":{\"apiKey\":null,");
    assert_non_null(strstr(text, "\"userDataStream\":false"));
    asks_account(first, LOST);
    asks_account(first, "{\"id\":7,\"status\":401,\"error\":{\"code\":-2014,");
    asks(second, SUBSCRIBE, LOST);
    asks(second, SUBSCRIBE, "{\"id\":5,\"status\":401,\"error\":{\"code\":-1002,");
    asks_signed(third, &key, "account.status",
                "{\"id\":1,\"status\":401,\"error\":{\"code\":-2015,");
    asks_signed(third, &key, "session.logon",
                "{\"id\":1,\"status\":401,\"error\":{\"code\":-2015,");
    deposit(0);
    hears(bystander, "{\"subscriptionId\":0,\"event\":{\"e\":\"balanceUpdate\"");
    hears_nothing(first);
    hears_nothing(second);
    hears_nothing(third);
    world_key_free(&key);
    gateway_world_close(&world);
}

static void a_lost_right_ends_too_and_a_new_one_does_not(void **state)
{
    (void)state;
    struct world_key key;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, RIGHTS_BOTH, &key);
    struct sim_client *client = signed_in(&key);
    gateway_world_key_set(&world, &key, RIGHTS_BOTH | KEY_RIGHT_WITHDRAW);
    gateway_world_key_set(&world, &key, RIGHTS_BOTH);
    hears_nothing(client);
    asks_account(client, "{\"id\":7,\"status\":200,");
    gateway_world_key_set(&world, &key, KEY_RIGHT_READ);
    hears_the_end(client, 0);
    asks_account(client, LOST);
    /* What is left of the key is as good as ever. */
    asks_signed(client, &key, "session.logon", "{\"id\":1,\"status\":200,");
    asks(client, SUBSCRIBE, "{\"id\":5,\"status\":200,\"result\":{\"subscriptionId\":1}}");
    asks_account(client, "{\"id\":7,\"status\":200,");
    gateway_world_key_set(&world, &key, KEY_RIGHT_TRADE);
    hears_the_end(client, 1);
    asks(client, "{\"id\":8,\"method\":\"session.logout\"}",
         "{\"id\":8,\"status\":200,\"result\":{\"apiKey\":null,");
    asks_account(client, "{\"id\":7,\"status\":401,\"error\":{\"code\":-2014,");
    asks_signed(client, &key, "session.logon",
                "{\"id\":1,\"status\":401,\"error\":{\"code\":-2015,");
    world_key_free(&key);
    gateway_world_close(&world);
}

/* A key id may come back, for another account even: who was signed in with it is not. */
static void a_key_that_comes_back_brings_nobody_back(void **state)
{
    (void)state;
    struct world_key key;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &key);
    struct sim_client *client = signed_in(&key);
    gateway_world_key_revoke(&world, &key);
    key.account = 1;
    gateway_world_key_set(&world, &key, KEY_RIGHT_READ);
    hears_the_end(client, 0);
    asks(client, SUBSCRIBE, LOST);
    asks_signed(client, &key, "session.logon", "{\"id\":1,\"status\":200,");
    asks(client, SUBSCRIBE, "{\"id\":5,\"status\":200,\"result\":{\"subscriptionId\":1}}");
    deposit(0);
    hears_nothing(client);
    deposit(1);
    hears(client, "{\"subscriptionId\":1,\"event\":{\"e\":\"balanceUpdate\"");
    world_key_free(&key);
    gateway_world_close(&world);
}

/* Subscriptions go on over an engine that begins anew and over a restriction; both are told. */
static void subscriptions_outlive_the_engine_and_restrictions(void **state)
{
    (void)state;
    struct world_key key;
    begin();
    gateway_world_key(&world, 0, KEY_KIND_ED25519, KEY_RIGHT_READ, &key);
    struct sim_client *client = signed_in(&key);
    gateway_world_engine_kill(&world);
    gateway_world_turns(&world, 10);
    gateway_world_engine_start(&world);
    gateway_world_turns(&world, 1000);
    hears_nothing(client);
    struct scene_commands commands;
    struct command_restrict all = {.restrictions = 0x3fff};
    scene_commands_init(&commands);
    scene_put(&commands, &all, COMMAND_RESTRICT, 0);
    gateway_world_admin(&world, &commands);
    scene_commands_free(&commands);
    asks_account(client, "{\"id\":7,\"status\":200,");
    assert_non_null(strstr(text, "\"canTrade\":false"));
    deposit(1);
    hears_nothing(client);
    gateway_world_key_revoke(&world, &key);
    hears_the_end(client, 0);
    world_key_free(&key);
    gateway_world_close(&world);
}

/* ---- at random ---- */

enum { LINES = 6, KEYS = 3, STEPS = 600 };

struct line {
    struct sim_client *client; /* NULL: none */
    u32 key;                   /* signed in with it, counted from 1; 0: not */
    bool has_lost;
    u32 next_id;
    struct {
        u32 key; /* counted from 1; 0: none */
        u32 id;
        bool by_logon;
    } subscription[KEYS]; /* of the key's account */
};

static struct line lines[LINES];
static struct world_key keys[KEYS];

/* What is left of the line when those of its subscriptions end; each is told. */
static void line_ends(struct line *line, u32 key, bool by_logon)
{
    u32 told = 0;
    u32 ends = 0;
    for (u32 i = 0; i < KEYS; i++) {
        bool is_it = key == 0 ? by_logon && line->subscription[i].by_logon
                              : line->subscription[i].key == key;
        if (line->subscription[i].key != 0 && is_it) {
            ends |= 1U << i;
        }
    }
    for (u32 i = 0; i < KEYS; i++) {
        told += (ends >> i) & 1;
    }
    for (; told > 0; told--) {
        hears(line->client, "{\"subscriptionId\":");
        assert_non_null(strstr(text, "eventStreamTerminated"));
        unsigned id = 0;
        assert_int_equal(sscanf(text, "{\"subscriptionId\":%u", &id), 1);
        u32 at = 0;
        while (at < KEYS && !((ends >> at & 1) != 0 && line->subscription[at].id == id)) {
            at++;
        }
        assert_true(at < KEYS);
        ends &= ~(1U << at);
        line->subscription[at].key = 0;
        line->subscription[at].by_logon = false;
    }
}

static void step_logon(struct line *line, u32 at)
{
    asks_signed(line->client, &keys[at], "session.logon", "{\"id\":1,\"status\":200,");
    line->key = at + 1;
    line->has_lost = false;
}

static void step_subscribe(struct line *line, u32 at, bool by_logon)
{
    char expected[128];
    bool is_lost = by_logon && line->has_lost;
    bool is_out = by_logon && line->key == 0;
    u32 of = by_logon && line->key != 0 ? line->key - 1 : at;
    bool is_there = line->subscription[of].key != 0;
    (void)snprintf(expected, sizeof expected,
                   is_lost    ? LOST
                   : is_out   ? "{\"id\":5,\"status\":401,\"error\":{\"code\":-1002,"
                   : is_there ? "{\"id\":%u,\"status\":400,\"error\":{\"code\":-2035,"
                              : "{\"id\":%u,\"status\":200,\"result\":{\"subscriptionId\":%u}}",
                   by_logon ? 5 : 1, line->next_id);
    if (by_logon) {
        asks(line->client, SUBSCRIBE, expected);
    } else {
        asks_signed(line->client, &keys[of], "userDataStream.subscribe.signature", expected);
    }
    line->has_lost = line->has_lost && !is_lost;
    if (!is_lost && !is_out && !is_there) {
        line->subscription[of].key = of + 1;
        line->subscription[of].id = line->next_id;
        line->subscription[of].by_logon = by_logon;
        line->next_id++;
    }
}

static void step_logout(struct line *line)
{
    gateway_world_send(line->client, "{\"id\":8,\"method\":\"session.logout\"}");
    line_ends(line, 0, true);
    hears(line->client, "{\"id\":8,\"status\":200,\"result\":{\"apiKey\":null,");
    line->key = 0;
    line->has_lost = false;
}

/* Revokes, or takes a right away; then the key is as before. */
static void step_key(u32 at, bool revokes)
{
    if (revokes) {
        gateway_world_key_revoke(&world, &keys[at]);
    } else {
        gateway_world_key_set(&world, &keys[at], KEY_RIGHT_READ);
    }
    gateway_world_key_set(&world, &keys[at], RIGHTS_BOTH);
    for (u32 i = 0; i < LINES; i++) {
        struct line *line = &lines[i];
        if (line->client == NULL) {
            continue;
        }
        line_ends(line, at + 1, false);
        if (line->key == at + 1) {
            line->key = 0;
            line->has_lost = true;
        }
    }
}

static void check_line(struct line *line)
{
    char expected[128];
    u32 count = 0;
    for (u32 i = 0; i < KEYS; i++) {
        count += line->subscription[i].key != 0;
    }
    if (line->key == 0) {
        (void)snprintf(expected, sizeof expected,
                       "{\"id\":6,\"status\":200,\"result\":{\"apiKey\":null,");
    } else {
        (void)snprintf(expected, sizeof expected,
                       "{\"id\":6,\"status\":200,\"result\":{\"apiKey\":\"%s\"",
                       keys[line->key - 1].name);
    }
    asks(line->client, STATUS, expected);
    assert_int_equal(strstr(text, "\"userDataStream\":true") != NULL, count > 0);
}

static void step(struct random *random)
{
    struct line *line = &lines[random_below(random, LINES)];
    u32 at = (u32)random_below(random, KEYS);
    if (line->client == NULL) {
        *line = (struct line){.client = connected()};
    }
    switch (random_below(random, 8)) {
    case 0:
    case 1:
        step_logon(line, at);
        break;
    case 2:
    case 3:
        step_subscribe(line, at, true);
        break;
    case 4:
        step_subscribe(line, at, false);
        break;
    case 5:
        step_logout(line);
        break;
    case 6:
        sim_client_free(line->client);
        line->client = NULL;
        gateway_world_turns(&world, 5);
        return;
    case 7:
        step_key(at, random_chance(random, 1, 2));
        break;
    default: /* not an enum: a random number */
        break;
    }
    check_line(line);
}

static void sessions_are_those_of_a_model(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    memset(lines, 0, sizeof lines);
    begin();
    for (u32 i = 0; i < KEYS; i++) {
        gateway_world_key(&world, i, KEY_KIND_ED25519, RIGHTS_BOTH, &keys[i]);
    }
    for (u64 i = 0; i < test_rounds(STEPS); i++) {
        step(&random);
    }
    for (u32 i = 0; i < LINES; i++) {
        if (lines[i].client != NULL) {
            hears_nothing(lines[i].client);
        }
    }
    for (u32 i = 0; i < KEYS; i++) {
        world_key_free(&keys[i]);
    }
    gateway_world_close(&world);
}

int main(void)
{
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revoked_key_takes_its_sessions_along),
        cmocka_unit_test(a_lost_right_ends_too_and_a_new_one_does_not),
        cmocka_unit_test(a_key_that_comes_back_brings_nobody_back),
        cmocka_unit_test(subscriptions_outlive_the_engine_and_restrictions),
        cmocka_unit_test(sessions_are_those_of_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
