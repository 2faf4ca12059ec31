/* Aim: tickers as the API tells them, byte for byte. Method: trades at chosen moments in the
 * scene's venue, and calls; random flows, where each window must be what its trades add up to. */
#include "role/gateway/calls_ticker.h"

#include "base/random.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"
#include "tests/support/trade_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (3600 * SECOND_US)
#define NOW_US    (CALL_SCENE_TIME_US + 48 * HOUR_US)

static struct call_scene scene;
static struct lookup_ask ask;
static struct trade_log trades;
static struct ticker_pool pool;

static const struct lookup_result *answer(struct call_scene *of, const struct lookup_ask *asked)
{
    assert_int_equal(asked->position_min, view_place(of->venue.view).position);
    return trade_log_answer(&trades, asked);
}

static int open_scene(void **state)
{
    (void)state;
    memset(&trades, 0, sizeof trades);
    memset(&pool, 0, sizeof pool);
    call_scene_open(&scene, &ask);
    scene.answer = answer;
    scene.venue.tickers = &pool;
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
    trade_log_events(&trades, &scene.world.output, scene.venue.now_us);
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

/* ---- a rolling window ---- */

static void window_begins_with_a_minute(void **state)
{
    (void)state;
    trade(CALL_SCENE_TIME_US, 8000, 1);
    trade(NOW_US - 50 * SECOND_US, 10000, 10);
    trade(NOW_US + 60 * SECOND_US, 9000, 30);
    call_scene_clock(&scene, NOW_US + 65 * SECOND_US + 432);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER, "symbol=BTCUSDT&windowSize=1m",
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"0.00000000\",\"priceChangePercent\":\"0.000\","
        "\"weightedAvgPrice\":\"90.00000000\",\"openPrice\":\"90.00000000\",\"highPrice\":"
        "\"90.00000000\",\"lowPrice\":\"90.00000000\",\"lastPrice\":\"90.00000000\",\"volume\":"
        "\"0.00300000\",\"quoteVolume\":\"0.27000000\",\"openTime\":1795172760000,"
        "\"closeTime\":1795172865000,\"firstId\":3,\"lastId\":3,\"count\":1}");
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER, "symbols=[\"BTCUSDT\"]&windowSize=2m&type=MINI",
        "[{\"symbol\":\"BTCUSDT\",\"openPrice\":\"100.00000000\",\"highPrice\":\"100.00000000\","
        "\"lowPrice\":\"90.00000000\",\"lastPrice\":\"90.00000000\",\"volume\":\"0.00400000\","
        "\"quoteVolume\":\"0.37000000\",\"openTime\":1795172700000,\"closeTime\":1795172865000,"
        "\"firstId\":2,\"lastId\":3,\"count\":2}]");
    assert_int_equal(trades.asked, 0);
}

/* A day is the default, and the view's; more is the history's. */
static void window_of_days(void **state)
{
    (void)state;
    trade(CALL_SCENE_TIME_US, 8000, 1);
    trade(NOW_US, 10000, 10);
    static const char last[] =
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"100.00000000\",\"highPrice\":\"100.00000000\","
        "\"lowPrice\":\"100.00000000\",\"lastPrice\":\"100.00000000\",\"volume\":\"0.00100000\","
        "\"quoteVolume\":\"0.10000000\",\"openTime\":1795086360000,\"closeTime\":1795172800000,"
        "\"firstId\":2,\"lastId\":2,\"count\":1}";
    static const char both[] =
        "{\"symbol\":\"BTCUSDT\",\"priceChange\":\"20.00000000\",\"priceChangePercent\":"
        "\"25.000\",\"weightedAvgPrice\":\"98.18181818\",\"openPrice\":\"80.00000000\","
        "\"highPrice\":\"100.00000000\",\"lowPrice\":\"80.00000000\",\"lastPrice\":"
        "\"100.00000000\",\"volume\":\"0.00110000\",\"quoteVolume\":\"0.10800000\",\"openTime\":"
        "1794999960000,\"closeTime\":1795172800000,\"firstId\":1,\"lastId\":2,\"count\":2}";
    call_scene_expect(&scene, 0, ENDPOINT_TICKER, "symbol=BTCUSDT&type=MINI", last);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER, "symbol=BTCUSDT&type=MINI&windowSize=1d", last);
    assert_int_equal(trades.asked, 0);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER, "symbol=BTCUSDT&windowSize=2d", both);
    assert_int_equal(trades.asked, 1);
    assert_int_equal(trades.ask.from_s, 1794999960);
    assert_int_equal(trades.ask.to_s, 1795172801);
    call_scene_clock(&scene, NOW_US + 200 * HOUR_US);
    call_scene_expect(
        &scene, 0, ENDPOINT_TICKER, "symbol=BTCUSDT&windowSize=7d&type=MINI",
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"0.00000000\",\"highPrice\":\"0.00000000\","
        "\"lowPrice\":\"0.00000000\",\"lastPrice\":\"100.00000000\",\"volume\":\"0.00000000\","
        "\"quoteVolume\":\"0.00000000\",\"openTime\":1795287960000,\"closeTime\":1795892800000,"
        "\"firstId\":-1,\"lastId\":-1,\"count\":0}");
}

static void window_of_days_of_several(void **state)
{
    (void)state;
    add_second_market();
    trade(NOW_US, 10000, 10);
    static const char btc[] =
        "{\"symbol\":\"BTCUSDT\",\"openPrice\":\"100.00000000\",\"highPrice\":\"100.00000000\","
        "\"lowPrice\":\"100.00000000\",\"lastPrice\":\"100.00000000\",\"volume\":\"0.00100000\","
        "\"quoteVolume\":\"0.10000000\",\"openTime\":1794913560000,\"closeTime\":1795172800000,"
        "\"firstId\":1,\"lastId\":1,\"count\":1}";
    static const char eth[] =
        "{\"symbol\":\"ETHEUR\",\"openPrice\":\"0.00000000\",\"highPrice\":\"0.00000000\","
        "\"lowPrice\":\"0.00000000\",\"lastPrice\":\"0.00000000\",\"volume\":\"0.00000000\","
        "\"quoteVolume\":\"0.00000000\",\"openTime\":1794913560000,\"closeTime\":1795172800000,"
        "\"firstId\":-1,\"lastId\":-1,\"count\":0}";
    static const char query[] = "symbols=[\"ETHEUR\",\"BTCUSDT\"]&windowSize=3d&type=MINI";
    char both[2048];
    (void)snprintf(both, sizeof both, "[%s,%s]", eth, btc);
    for (u32 i = 0; i < 2 * TICKER_PLACES; i++) { /* places are given back */
        call_scene_expect(&scene, 0, ENDPOINT_TICKER, query, both);
    }
    assert_int_equal(trades.asked, 4 * TICKER_PLACES);
    (void)snprintf(both, sizeof both, "[%s]", btc);
    world_market_state(&scene.world, 1, MARKET_STATE_BREAK);
    call_scene_follow(&scene);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER,
                      "symbols=[\"ETHEUR\",\"BTCUSDT\"]&windowSize=3d&type=MINI&"
                      "symbolStatus=TRADING",
                      both);
    call_scene_expect(&scene, 0, ENDPOINT_TICKER,
                      "symbols=[\"ETHEUR\",\"BTCUSDT\"]&windowSize=3d&symbolStatus=HALT", "[]");
    /* The history does not know: the place is free again. */
    trades.status = LOOKUP_BEHIND;
    for (u32 i = 0; i < 2 * TICKER_PLACES; i++) {
        call_scene_refuses(&scene, 0, ENDPOINT_TICKER, query, -1007,
                           "Timeout waiting for response from backend server. Send status unknown; "
                           "execution status unknown.");
    }
}

/* Begins a call over several days and leaves it. */
static enum call_end begin_and_leave(void)
{
    static struct params params;
    static const struct {
        const char *name;
        const char *value;
    } sent[] = {{"symbols", "[\"BTCUSDT\"]"}, {"windowSize", "3d"}};
    struct param_pair pairs[ARRAY_COUNT(sent)];
    for (u32 i = 0; i < ARRAY_COUNT(sent); i++) {
        pairs[i].name = span_of_text(sent[i].name);
        pairs[i].value = span_of_text(sent[i].value);
        pairs[i].body = false;
    }
    struct call_request request = {.endpoint = endpoint_at(ENDPOINT_TICKER),
                                   .pairs = pairs,
                                   .pairs_count = ARRAY_COUNT(pairs)};
    struct json_writer json;
    json_begin(&json, scene.text, CALL_SCENE_TEXT_BYTES);
    scene.call.venue = &scene.venue;
    scene.call.json = &json;
    scene.call.ask = &ask;
    scene.call.command = scene.command;
    return call_begin(&scene.call, &request, &params);
}

static void windows_that_are_left_make_room_in_time(void **state)
{
    (void)state;
    for (u32 i = 0; i < TICKER_PLACES; i++) {
        assert_int_equal(begin_and_leave(), CALL_ASKED);
    }
    struct call first = scene.call;
    assert_int_equal(begin_and_leave(), CALL_REFUSED);
    assert_int_equal(api_error_code(scene.call.failure.error), -1008);
    assert_string_equal(scene.call.failure.text, "Server is currently overloaded with other "
                                                 "requests. Please try again in a few minutes.");
    call_scene_clock(&scene, CALL_SCENE_TIME_US + TICKER_LEFT_US + 1);
    for (u32 i = 0; i < TICKER_PLACES; i++) {
        assert_int_equal(begin_and_leave(), CALL_ASKED);
    }
    /* Whoever comes back finds its place to be another's. */
    first.found = trade_log_answer(&trades, &ask);
    assert_int_equal(call_resume(&first), CALL_REFUSED);
    assert_int_equal(api_error_code(first.failure.error), -1007);
    assert_int_equal(begin_and_leave(), CALL_REFUSED);
    memset(&pool, 0, sizeof pool);
    assert_int_equal(begin_and_leave(), CALL_ASKED);
    scene.venue.tickers = NULL;
    assert_int_equal(begin_and_leave(), CALL_REFUSED);
}

/* ---- random flows ---- */

/* A window in minutes, and its name as the API has it. */
static u32 random_window(struct random *random, char name[8])
{
    u64 kind = random_below(random, 3);
    u32 count = 1 + (u32)random_below(random, kind == 0 ? 59 : kind == 1 ? 23 : 7);
    (void)snprintf(name, 8, "%u%c", count % 100, kind == 0 ? 'm' : kind == 1 ? 'h' : 'd');
    return count * (kind == 0 ? 1 : kind == 1 ? 60 : 1440);
}

/* Both assets have 8 decimals, as prices have. */
static void put(char *text, size_t size, const char *key, u64 units)
{
    size_t used = strlen(text);
    u64 whole = units / WORLD_COIN;
    u64 part = units % WORLD_COIN;
    (void)snprintf(text + used, size - used, ",\"%s\":\"%" PRIu64 ".%08" PRIu64 "\"", key, whole,
                   part);
}

static void put_expected(char *text, size_t size, const struct bar *bar, u64 open_us)
{
    bool some = bar->trades > 0;
    (void)snprintf(text, size, "{\"symbol\":\"BTCUSDT\"");
    put(text, size, "openPrice", some ? bar->open.units : 0);
    put(text, size, "highPrice", some ? bar->high.units : 0);
    put(text, size, "lowPrice", some ? bar->low.units : 0);
    put(text, size, "lastPrice", trades.trades[trades.count - 1].price.units);
    put(text, size, "volume", (u64)bar->volume);
    put(text, size, "quoteVolume", (u64)bar->quote_volume);
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used,
                   ",\"openTime\":%" PRIu64 ",\"closeTime\":%" PRIu64 ",\"firstId\":%" PRId64
                   ",\"lastId\":%" PRId64 ",\"count\":%" PRIu64 "}",
                   open_us / 1000, scene.venue.now_us / 1000, some ? (i64)bar->first_trade : -1,
                   some ? (i64)bar->last_trade : -1, bar->trades);
}

static void windows_are_what_their_trades_add_up_to(void **state)
{
    (void)state;
    static const u64 pauses[] = {SECOND_US, 100 * SECOND_US, 3 * HOUR_US};
    struct random random;
    random_init(&random, test_seed() + 1000);
    scene.limit.config.weight_max[LIMIT_POOL_API] = UINT32_MAX;
    for (u64 i = 0; i < test_rounds(1500); i++) {
        u64 pause = random_below(&random, pauses[random_below(&random, ARRAY_COUNT(pauses))]);
        trade(scene.venue.now_us + pause, 9990 + random_below(&random, 21),
              1 + random_below(&random, 50));
        call_scene_clock(&scene, scene.venue.now_us + random_below(&random, 70 * SECOND_US));
        char name[8];
        char query[100];
        char expected[1024];
        u64 minute = scene.venue.now_us / MINUTE_US;
        u64 open_us = (minute - random_window(&random, name)) * MINUTE_US;
        struct bar bar = trade_log_bar(&trades, open_us, UINT64_MAX);
        put_expected(expected, sizeof expected, &bar, open_us);
        (void)snprintf(query, sizeof query, "symbol=BTCUSDT&type=MINI&windowSize=%s", name);
        call_scene_expect(&scene, 0, ENDPOINT_TICKER, query, expected);
        open_us = (minute - 1439) * MINUTE_US;
        bar = trade_log_bar(&trades, open_us, UINT64_MAX);
        put_expected(expected, sizeof expected, &bar, open_us);
        call_scene_expect(&scene, 0, ENDPOINT_TICKER_24HR, "symbol=BTCUSDT&type=MINI", expected);
    }
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
        ON_SCENE(window_begins_with_a_minute),
        ON_SCENE(window_of_days),
        ON_SCENE(window_of_days_of_several),
        ON_SCENE(windows_that_are_left_make_room_in_time),
        ON_SCENE(windows_are_what_their_trades_add_up_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
