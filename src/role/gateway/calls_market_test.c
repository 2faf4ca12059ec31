/* Aim: books and reference prices as the API tells them, byte for byte. Method: orders in the
 * scene's venue, and calls. */
#include "role/gateway/calls_market.h"

#include "role/gateway/view_book.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct call_scene scene;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static u64 place(u32 account, struct world_order order)
{
    u64 id = world_place(&scene.world, account, order);
    assert_true(id > 0);
    call_scene_follow(&scene);
    return id;
}

static void depth_shows_the_best_first(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT",
                      "{\"lastUpdateId\":0,\"bids\":[],\"asks\":[]}");
    assert_int_equal(scene.call.state.weight_used, 5);
    place(0, world_limit(SIDE_BUY, 9900, 10));
    place(0, world_limit(SIDE_BUY, 9950, 20));
    place(1, world_limit(SIDE_BUY, 9950, 5));
    place(1, world_limit(SIDE_SELL, 10100, 30));
    place(1, world_limit(SIDE_SELL, 10050, 12345));
    call_scene_expect(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT&limit=1000",
                      "{\"lastUpdateId\":5,"
                      "\"bids\":[[\"99.50000000\",\"0.00250000\"],[\"99.00000000\","
                      "\"0.00100000\"]],"
                      "\"asks\":[[\"100.50000000\",\"1.23450000\"],[\"101.00000000\","
                      "\"0.00300000\"]]}");
    call_scene_expect(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT&limit=1",
                      "{\"lastUpdateId\":5,\"bids\":[[\"99.50000000\",\"0.00250000\"]],"
                      "\"asks\":[[\"100.50000000\",\"1.23450000\"]]}");
}

/* Of an iceberg only its slice. */
static void depth_hides_what_is_hidden(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_SELL, 10100, 30);
    order.iceberg = 7;
    place(1, order);
    call_scene_expect(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT",
                      "{\"lastUpdateId\":1,\"bids\":[],\"asks\":[[\"101.00000000\","
                      "\"0.00070000\"]]}");
}

static u32 levels_shown(const char *query)
{
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_DEPTH, query), 200);
    u32 count = 0;
    for (const char *at = scene.text; (at = strstr(at, "\",\"")) != NULL; at++) {
        count++;
    }
    return count;
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    for (u32 i = 0; i < 110; i++) {
        place(i % 4, world_limit(SIDE_BUY, 1000 + i, 1));
    }
    assert_int_equal(levels_shown("symbol=BTCUSDT"), 100);
    assert_int_equal(levels_shown("symbol=BTCUSDT&limit=101"), 101);
    assert_int_equal(levels_shown("symbol=BTCUSDT&limit=5000"), 110);
    assert_int_equal(levels_shown("symbol=BTCUSDT&limit=5001"), 110);
    assert_int_equal(scene.call.state.weight, 250);
}

static void depth_refuses(void **state)
{
    (void)state;
    static const char mismatch[] = "The symbol's status does not match the requested symbolStatus.";
    call_scene_refuses(&scene, 0, ENDPOINT_DEPTH, "symbol=ETHBTC", -1121, "Invalid symbol.");
    call_scene_refuses(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT&symbolStatus=HALT", -1220,
                       mismatch);
    call_scene_refuses(&scene, 0, ENDPOINT_DEPTH, "limit=5", -1102,
                       "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
    world_market_state(&scene.world, 0, MARKET_STATE_HALT);
    call_scene_follow(&scene);
    call_scene_expect(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT&symbolStatus=HALT",
                      "{\"lastUpdateId\":0,\"bids\":[],\"asks\":[]}");
    call_scene_refuses(&scene, 0, ENDPOINT_DEPTH, "symbol=BTCUSDT&symbolStatus=TRADING", -1220,
                       mismatch);
}

/* ---- reference prices ---- */

static void set_reference(u64 units, u16 calculation)
{
    struct command_reference_price change = {.price = price_of(units), .calculation = calculation};
    world_apply(&scene.world, &change, COMMAND_REFERENCE_PRICE, 0);
    assert_int_equal(world_reject(&scene.world), REJECT_NONE);
    call_scene_follow(&scene);
}

static void reference_price_of_now(void **state)
{
    (void)state;
    static const char none[] = "This symbol doesn't have a reference price.";
    call_scene_refuses(&scene, 0, ENDPOINT_REFERENCE_PRICE, "symbol=BTCUSDT", -2043, none);
    set_reference(10 * WORLD_COIN, 2);
    call_scene_expect(&scene, 0, ENDPOINT_REFERENCE_PRICE, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"referencePrice\":\"10.00000000\","
                      "\"timestamp\":1795000000000}");
    scene.microseconds = true;
    call_scene_clock(&scene, CALL_SCENE_TIME_US + 1234567);
    set_reference(0, 2);
    call_scene_expect(&scene, 0, ENDPOINT_REFERENCE_PRICE, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"referencePrice\":null,"
                      "\"timestamp\":1795000001234567}");
    call_scene_refuses(&scene, 0, ENDPOINT_REFERENCE_PRICE, "symbol=ETHBTC", -1121,
                       "Invalid symbol.");
}

static void reference_price_comes_from_outside(void **state)
{
    (void)state;
    static const char none[] = "This symbol doesn't have a reference price.";
    call_scene_refuses(&scene, 0, ENDPOINT_REFERENCE_PRICE_CALCULATION, "symbol=BTCUSDT", -2043,
                       none);
    set_reference(10 * WORLD_COIN, 0);
    call_scene_expect(&scene, 0, ENDPOINT_REFERENCE_PRICE_CALCULATION, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"calculationType\":\"EXTERNAL\","
                      "\"externalCalculationId\":0}");
    set_reference(10 * WORLD_COIN, 42);
    call_scene_expect(&scene, 0, ENDPOINT_REFERENCE_PRICE_CALCULATION,
                      "symbol=BTCUSDT&symbolStatus=TRADING",
                      "{\"symbol\":\"BTCUSDT\",\"calculationType\":\"EXTERNAL\","
                      "\"externalCalculationId\":42}");
    call_scene_refuses(&scene, 0, ENDPOINT_REFERENCE_PRICE_CALCULATION,
                       "symbol=BTCUSDT&symbolStatus=BREAK", -1220,
                       "The symbol's status does not match the requested symbolStatus.");
    call_scene_refuses(&scene, 0, ENDPOINT_REFERENCE_PRICE_CALCULATION, "symbol=ETHBTC", -1121,
                       "Invalid symbol.");
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(depth_shows_the_best_first), ON_SCENE(depth_hides_what_is_hidden),
        ON_SCENE(depth_has_a_limit),          ON_SCENE(depth_refuses),
        ON_SCENE(reference_price_of_now),     ON_SCENE(reference_price_comes_from_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
