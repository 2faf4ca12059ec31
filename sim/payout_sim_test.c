/* Aim: whatever dies when, each withdrawal's texts and its hold exist both or neither, once the
 * venue has come to rest, and nobody was told otherwise. Method: engine and gateway in one thread,
 * killed and started again at random while withdrawals are asked for over HTTP; then every
 * withdrawal is compared with payouts.db and with what the account has on its way out. */
#include "base/amount.h"
#include "base/random.h"
#include "base/span.h"
#include "role/gateway/demo.h"
#include "role/gateway/payout.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ASKED_AT_RANDOM = 39, ASKED_MAX = 40, HOLDS_MAX = 33, CLIENTS = 3 };

static struct gateway_world world;
static struct http_got got;
static char folder[64];
static struct world_key key;
static struct random lots;

/* What a client was told. */
enum outcome { UNTOLD, DONE, NOT_DONE };

static struct asked {
    enum outcome outcome;
    u64 hold_id;
    u64 units;
} asked[ASKED_MAX];
static u32 asked_count;

static struct waiting {
    struct sim_client *client;
    u32 asked;
    bool busy;
} clients[CLIENTS];

static void begin(u64 seed)
{
    (void)snprintf(folder, sizeof folder, "/tmp/cambist-payout-XXXXXX");
    assert_non_null(mkdtemp(folder));
    memset(asked, 0, sizeof asked);
    memset(clients, 0, sizeof clients);
    asked_count = 0;
    random_init(&lots, seed);
    gateway_world_init(&world, seed, seed % 2 == 1);
    world.options.payouts_folder = folder;
    world.genesis.holds_max = HOLDS_MAX;
    gateway_world_start(&world);
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_WITHDRAW, &key);
}

static void end(void)
{
    world_key_free(&key);
    gateway_world_close(&world);
    static const char *const names[] = {PAYOUT_FILE, PAYOUT_FILE "-wal", PAYOUT_FILE "-shm"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* ---- a client ---- */

/* Some are more than there is. */
static u64 some_units(void)
{
    return random_below(&lots, 8) == 0 ? 200000000000000ULL
                                       : 1000000 + random_below(&lots, 1000) * 1000;
}

static void ask(struct waiting *waiting, u64 units)
{
    char query[256];
    struct asked *withdrawal = &asked[asked_count];
    withdrawal->units = units;
    (void)snprintf(query, sizeof query,
                   "coin=BTC&address=0x94df8b352de7f46f&amount=%llu.%08llu&withdrawOrderId=w%u",
                   (unsigned long long)(withdrawal->units / 100000000),
                   (unsigned long long)(withdrawal->units % 100000000), asked_count);
    gateway_world_request(&world, waiting->client, &key, "POST", "/sapi/v1/capital/withdraw/apply",
                          query);
    waiting->asked = asked_count;
    waiting->busy = true;
    asked_count += 1;
}

static void hear(struct waiting *waiting)
{
    struct asked *withdrawal = &asked[waiting->asked];
    waiting->busy = false;
    if (got.status == 200) {
        assert_memory_equal(got.body, "{\"id\":\"", 7);
        withdrawal->outcome = DONE;
        withdrawal->hold_id = strtoull(got.body + 7, NULL, 16);
    } else if (strstr(got.body, "\"code\":-1007,") == NULL) {
        withdrawal->outcome = NOT_DONE;
    }
}

/* Connections are lost with the gateway. */
static void work(void)
{
    for (u32 i = 0; i < CLIENTS && world.gateway != NULL; i++) {
        struct waiting *waiting = &clients[i];
        if (waiting->client == NULL || sim_client_is_closed(waiting->client)) {
            waiting->client = sim_connect(world.net, (u8)(1 + i));
            waiting->busy = false;
        }
        if (waiting->busy && gateway_world_http(&world, waiting->client, 1, &got)) {
            hear(waiting);
        } else if (!waiting->busy && asked_count < ASKED_AT_RANDOM && random_below(&lots, 3) == 0) {
            ask(waiting, some_units());
        }
    }
    gateway_world_turn(&world);
}

/* Keys are in memory only here. */
static void start_gateway(void)
{
    struct keys_new again = {.api_key = span_of(key.name, AUTH_KEY_BYTES),
                             .secret = span_of(key.secret, KEYS_SECRET_BYTES)};
    gateway_world_gateway_start(&world);
    scene_must(gateway_key_put(world.gateway, &again));
}

static void kill_or_start(void)
{
    if (world.engine == NULL) {
        gateway_world_engine_start(&world);
    } else if (random_below(&lots, 2) == 0) {
        gateway_world_engine_kill(&world);
        return;
    }
    if (world.gateway == NULL) {
        start_gateway();
    } else if (random_below(&lots, 2) == 0) {
        gateway_world_gateway_kill(&world);
    }
}

static void come_to_rest(void)
{
    if (world.engine == NULL) {
        gateway_world_engine_start(&world);
    }
    if (world.gateway == NULL) {
        start_gateway();
    }
    for (u32 i = 0; i < 6000; i++) {
        work();
    }
}

/* The engine may have been away whenever somebody asked: one more withdrawal, which nothing
 * disturbs. */
static void ask_at_rest(void)
{
    assert_false(clients[0].busy);
    assert_true(asked_count < ASKED_MAX);
    ask(&clients[0], 1000000);
    assert_true(gateway_world_http(&world, clients[0].client, 1000, &got));
    hear(&clients[0]);
}

/* ---- the comparison ---- */

static u64 withdrawing(void)
{
    struct sim_client *client = sim_connect(world.net, 9);
    gateway_world_request(&world, client, &key, "POST", "/sapi/v3/asset/getUserAsset", "asset=BTC");
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, 200);
    const char *at = strstr(got.body, "\"withdrawing\":\"");
    assert_non_null(at);
    at += strlen("\"withdrawing\":\"");
    struct amount amount;
    assert_int_equal(amount_parse(span_of(at, strcspn(at, "\"")), 8, &amount), AMOUNT_OK);
    return amount.units;
}

static void compare(u64 seed)
{
    u64 shown = withdrawing();
    u64 sum = 0;
    u32 done = 0;
    gateway_world_gateway_kill(&world);
    struct payouts payouts;
    assert_int_equal(payouts_open(&payouts, folder), FAULT_NONE);
    assert_int_equal(payouts.waiting_count, 0);
    for (u32 i = 0; i < asked_count; i++) {
        char id[16];
        struct payout payout;
        bool found = false;
        (void)snprintf(id, sizeof id, "w%u", i);
        assert_int_equal(payouts_of_order(&payouts, 0, span_of_text(id), &payout, &found),
                         FAULT_NONE);
        if ((asked[i].outcome == DONE && (!found || payout.hold_id != asked[i].hold_id)) ||
            (asked[i].outcome == NOT_DONE && found)) {
            fail_msg("seed %llu: %s was told %d, found %d", (unsigned long long)seed, id,
                     (int)asked[i].outcome, found);
        }
        if (found) {
            assert_true(payout.hold_id > 0);
            assert_int_equal(payout.amount.units + payout.fee.units, asked[i].units);
            sum += asked[i].units;
            done += 1;
        }
    }
    payouts_close(&payouts);
    assert_int_equal(sum, shown);
    assert_true(done > 0 && done <= HOLDS_MAX);
}

static void texts_and_holds_exist_both_or_neither(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(12); i++) {
        u64 seed = test_seed() * 1000 + i;
        begin(seed);
        for (u32 turn = 0; turn < 20000 && asked_count < ASKED_AT_RANDOM; turn++) {
            if (random_below(&lots, 60) == 0) {
                kill_or_start();
            }
            work();
        }
        come_to_rest();
        ask_at_rest();
        compare(seed);
        end();
    }
}

static void a_fee_beyond_a_coin_is_no_configuration(void **state)
{
    (void)state;
    begin(test_seed());
    gateway_world_gateway_kill(&world);
    world.options.withdraw_fee_bp = DEMO_FEE_BP_MAX + 1;
    scene_must(gateway_create(&world.gateway, &world.options));
    assert_int_equal(agent_open(gateway_agent(world.gateway)), FAULT_CONFIG);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_holds_exist_both_or_neither),
        cmocka_unit_test(a_fee_beyond_a_coin_is_no_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
