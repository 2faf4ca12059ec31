/* Aim: tickers as the API tells them, byte for byte. Method: trades at chosen moments in the
 * scene's venue, and calls. */
#include "role/gateway/calls_ticker.h"

#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL
#define HOUR_US   (3600 * SECOND_US)
#define NOW_US    (CALL_SCENE_TIME_US + 48 * HOUR_US)

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

static void place(u32 account, struct world_order order)
{
    assert_true(world_place(&scene.world, account, order) > 0);
    call_scene_follow(&scene);
}

/* A trade at that time; the taker buys. */
static void trade(u64 time_us, u64 price, u64 qty)
{
    call_scene_clock(&scene, time_us);
    place(1, world_limit(SIDE_SELL, price, qty));
    place(0, world_limit(SIDE_BUY, price, qty));
}

static void add_second_market(void)
{
    static const struct command_asset_add assets[] = {{.asset = 2, .scale = 8, .name = "ETH"},
                                                      {.asset = 3, .scale = 8, .name = "EUR"}};
    for (u32 i = 0; i < ARRAY_COUNT(assets); i++) {
        world_apply(&scene.world, &assets[i], COMMAND_ASSET_ADD, 0);
        call_scene_follow(&scene);
    }
    struct command_market_add market = world_definition();
    market.market = 1;
    market.base = 2;
    market.quote = 3;
    memcpy(market.name, "ETHEUR\0", 8);
    world_apply(&scene.world, &market, COMMAND_MARKET_ADD, 0);
    call_scene_follow(&scene);
}

static void price_of_one_some_and_all(void **state)
{
    (void)state;
    add_second_market();
    trade(CALL_SCENE_TIME_US, 10000, 5);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"}");
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "symbols=[\"BTCUSDT\"]",
                      "[{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"}]");
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "symbols=[\"ETHEUR\",\"BTCUSDT\"]",
                      "[{\"symbol\":\"ETHEUR\",\"price\":\"0.00000000\"},"
                      "{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"}]");
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "",
                      "[{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"},"
                      "{\"symbol\":\"ETHEUR\",\"price\":\"0.00000000\"}]");
    world_market_state(&scene.world, 1, MARKET_STATE_BREAK);
    call_scene_follow(&scene);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "symbolStatus=TRADING",
                      "[{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"}]");
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE,
                      "symbols=[\"ETHEUR\",\"BTCUSDT\"]&symbolStatus=BREAK",
                      "[{\"symbol\":\"ETHEUR\",\"price\":\"0.00000000\"}]");
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_PRICE, "symbolStatus=CANCEL_ONLY", "[]");
    call_scene_refuses(&scene, 0, ENDPOINT_TICKER_PRICE, "symbol=ETHEUR&symbolStatus=TRADING",
                       -1220, "The symbol's status does not match the requested symbolStatus.");
}

static void refuses_unknown_symbols(void **state)
{
    (void)state;
    static const enum endpoint_id endpoints[] = {ENDPOINT_TICKER_PRICE, ENDPOINT_TICKER_BOOK,
                                                 ENDPOINT_TICKER_24HR, ENDPOINT_TICKER_TRADING_DAY};
    for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
        call_scene_refuses(&scene, 0, endpoints[i], "symbol=ETHBTC", -1121, "Invalid symbol.");
        call_scene_refuses(&scene, 0, endpoints[i], "symbols=[\"BTCUSDT\",\"ETHBTC\"]", -1121,
                           "Invalid symbol.");
        call_scene_refuses(&scene, 0, endpoints[i], "symbol=BTCUSDT&symbols=[\"BTCUSDT\"]", -1128,
                           "Combination of optional parameters invalid.");
    }
    call_scene_refuses(&scene, 0, ENDPOINT_TICKER_24HR, "symbol=BTCUSDT&type=HALF", -1139,
                       "Invalid ticker type.");
}

static void book_has_the_best_of_both_sides(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_BOOK, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"bidPrice\":\"0.00000000\",\"bidQty\":"
                      "\"0.00000000\",\"askPrice\":\"0.00000000\",\"askQty\":\"0.00000000\"}");
    place(0, world_limit(SIDE_BUY, 9900, 10));
    place(0, world_limit(SIDE_BUY, 9950, 20));
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_BOOK, "symbol=BTCUSDT",
                      "{\"symbol\":\"BTCUSDT\",\"bidPrice\":\"99.50000000\",\"bidQty\":"
                      "\"0.00200000\",\"askPrice\":\"0.00000000\",\"askQty\":\"0.00000000\"}");
    place(1, world_limit(SIDE_SELL, 10100, 30));
    call_scene_expect(&scene, 0, ENDPOINT_TICKER_BOOK, "",
                      "[{\"symbol\":\"BTCUSDT\",\"bidPrice\":\"99.50000000\",\"bidQty\":"
                      "\"0.00200000\",\"askPrice\":\"101.00000000\",\"askQty\":\"0.00300000\"}]");
}

/* ---- a day ---- */

static void day_without_trades(void **state)
{
    (void)state;
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_24HR, "symbol=BTCUSDT",
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"0.00000000\",\"priceChangePercent\":\"0.000\","
        "\"weightedAvgPrice\":\"0.00000000\",\"prevClosePrice\":\"0.00000000\",\"lastPrice\":"
        "\"0.00000000\",\"lastQty\":\"0.00000000\",\"bidPrice\":\"0.00000000\",\"bidQty\":"
        "\"0.00000000\",\"askPrice\":\"0.00000000\",\"askQty\":\"0.00000000\",\"openPrice\":"
        "\"0.00000000\",\"highPrice\":\"0.00000000\",\"lowPrice\":\"0.00000000\",\"volume\":"
        "\"0.00000000\",\"quoteVolume\":\"0.00000000\",\"openTime\":1794913620000,\"closeTime\":"
        "1795000000000,\"firstId\":-1,\"lastId\":-1,\"count\":0}");
}

static void day_with_trades(void **state)
{
    (void)state;
    trade(NOW_US - 30 * HOUR_US, 8000, 1); /* before the window */
    trade(NOW_US - 23 * HOUR_US, 10000, 10);
    trade(NOW_US - 2 * HOUR_US, 10500, 20);
    trade(NOW_US - HOUR_US, 9000, 30);
    trade(NOW_US, 9500, 40);
    place(0, world_limit(SIDE_BUY, 9400, 5));
    place(1, world_limit(SIDE_SELL, 9600, 6));
    call_scene_clock(&scene, NOW_US + 7654321);
    /* 1000 + 2100 + 2700 + 3800 = 9600 at 100: 0.96 for 0.01 */
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_24HR, "symbol=BTCUSDT",
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"-5.00000000\",\"priceChangePercent\":"
        "\"-5.000\",\"weightedAvgPrice\":\"96.00000000\",\"prevClosePrice\":\"80.00000000\","
        "\"lastPrice\":\"95.00000000\",\"lastQty\":\"0.00400000\",\"bidPrice\":\"94.00000000\","
        "\"bidQty\":\"0.00050000\",\"askPrice\":\"96.00000000\",\"askQty\":\"0.00060000\","
        "\"openPrice\":\"100.00000000\",\"highPrice\":\"105.00000000\",\"lowPrice\":"
        "\"90.00000000\",\"volume\":\"0.01000000\",\"quoteVolume\":\"0.96000000\",\"openTime\":"
        "1795086420000,\"closeTime\":1795172807654,\"firstId\":2,\"lastId\":5,\"count\":4}");
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_24HR, "symbols=[\"BTCUSDT\"]&type=MINI",
        "[{\"symbol\":\"BTCUSDT\",\"openPrice\":\"100.00000000\",\"highPrice\":\"105.00000000\","
        "\"lowPrice\":\"90.00000000\",\"lastPrice\":\"95.00000000\",\"volume\":\"0.01000000\","
        "\"quoteVolume\":\"0.96000000\",\"openTime\":1795086420000,\"closeTime\":1795172807654,"
        "\"firstId\":2,\"lastId\":5,\"count\":4}]");
    /* Two days later nothing is left but the last price. */
    call_scene_clock(&scene, NOW_US + 48 * HOUR_US);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_24HR, "symbol=BTCUSDT",
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"0.00000000\",\"priceChangePercent\":\"0.000\","
        "\"weightedAvgPrice\":\"0.00000000\",\"prevClosePrice\":\"95.00000000\",\"lastPrice\":"
        "\"95.00000000\",\"lastQty\":\"0.00000000\",\"bidPrice\":\"94.00000000\",\"bidQty\":"
        "\"0.00050000\",\"askPrice\":\"96.00000000\",\"askQty\":\"0.00060000\",\"openPrice\":"
        "\"0.00000000\",\"highPrice\":\"0.00000000\",\"lowPrice\":\"0.00000000\",\"volume\":"
        "\"0.00000000\",\"quoteVolume\":\"0.00000000\",\"openTime\":1795259220000,\"closeTime\":"
        "1795345600000,\"firstId\":-1,\"lastId\":-1,\"count\":0}");
}

/* ---- a trading day: 2026-11-19 began at 1795046400 in UTC ---- */

static void trading_day_begins_at_midnight(void **state)
{
    (void)state;
    u64 midnight = 1795046400 * SECOND_US;
    trade(midnight - 1, 8000, 1);
    trade(midnight, 10000, 10);
    trade(midnight + HOUR_US, 9500, 20);
    call_scene_clock(&scene, midnight + 11 * HOUR_US);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_TRADING_DAY, "symbol=BTCUSDT",
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"-5.00000000\",\"priceChangePercent\":"
        "\"-5.000\",\"weightedAvgPrice\":\"96.66666666\",\"openPrice\":\"100.00000000\","
        "\"highPrice\":\"100.00000000\",\"lowPrice\":\"95.00000000\",\"lastPrice\":"
        "\"95.00000000\",\"volume\":\"0.00300000\",\"quoteVolume\":\"0.29000000\",\"openTime\":"
        "1795046400000,\"closeTime\":1795132799999,\"firstId\":2,\"lastId\":3,\"count\":2}");
    /* East of UTC the day began earlier. */
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_TRADING_DAY, "symbols=[\"BTCUSDT\"]&type=MINI&timeZone=5:45",
        "[{\"symbol\":\"BTCUSDT\",\"openPrice\":\"80.00000000\",\"highPrice\":\"100.00000000\","
        "\"lowPrice\":\"80.00000000\",\"lastPrice\":\"95.00000000\",\"volume\":\"0.00310000\","
        "\"quoteVolume\":\"0.29800000\",\"openTime\":1795025700000,\"closeTime\":1795112099999,"
        "\"firstId\":1,\"lastId\":3,\"count\":3}]");
    scene.microseconds = true;
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_TRADING_DAY, "symbol=BTCUSDT&type=MINI&timeZone=-1",
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"95.00000000\",\"highPrice\":\"95.00000000\","
        "\"lowPrice\":\"95.00000000\",\"lastPrice\":\"95.00000000\",\"volume\":\"0.00200000\","
        "\"quoteVolume\":\"0.19000000\",\"openTime\":1795050000000000,\"closeTime\":"
        "1795136399999999,\"firstId\":3,\"lastId\":3,\"count\":1}");
}

/* The last minute of a day still reaches back to its first. */
static void trading_day_is_whole_at_its_end(void **state)
{
    (void)state;
    u64 midnight = 1795046400 * SECOND_US;
    trade(midnight, 10000, 10);
    call_scene_clock(&scene, midnight + 24 * HOUR_US - 1);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_TRADING_DAY, "symbol=BTCUSDT&type=MINI",
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"100.00000000\",\"highPrice\":\"100.00000000\","
        "\"lowPrice\":\"100.00000000\",\"lastPrice\":\"100.00000000\",\"volume\":\"0.00100000\","
        "\"quoteVolume\":\"0.10000000\",\"openTime\":1795046400000,\"closeTime\":1795132799999,"
        "\"firstId\":1,\"lastId\":1,\"count\":1}");
    call_scene_clock(&scene, midnight + 24 * HOUR_US);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER_TRADING_DAY, "symbol=BTCUSDT&type=MINI",
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"0.00000000\",\"highPrice\":\"0.00000000\","
        "\"lowPrice\":\"0.00000000\",\"lastPrice\":\"100.00000000\",\"volume\":\"0.00000000\","
        "\"quoteVolume\":\"0.00000000\",\"openTime\":1795132800000,\"closeTime\":1795219199999,"
        "\"firstId\":-1,\"lastId\":-1,\"count\":0}");
}

/* 101 different names: none is looked at. */
static void trading_day_takes_a_hundred_symbols(void **state)
{
    (void)state;
    char query[2048] = "symbols=[";
    for (u32 i = 0; i < 101; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "%s\"A%u\"", i > 0 ? "," : "", i);
        strcat(query, name);
    }
    strcat(query, "]");
    call_scene_refuses(&scene, 0, ENDPOINT_TICKER_TRADING_DAY, query, -1130,
                       "Data sent for parameter 'symbols' is not valid.");
    call_scene_refuses(&scene, 0, ENDPOINT_TICKER_TRADING_DAY, "", -1102,
                       "Param 'symbol' or 'symbols' must be sent, but both were empty/null!");
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(price_of_one_some_and_all),
        ON_SCENE(refuses_unknown_symbols),
        ON_SCENE(book_has_the_best_of_both_sides),
        ON_SCENE(day_without_trades),
        ON_SCENE(day_with_trades),
        ON_SCENE(trading_day_begins_at_midnight),
        ON_SCENE(trading_day_is_whole_at_its_end),
        ON_SCENE(trading_day_takes_a_hundred_symbols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
