/* Aim: trades, aggregates, klines and the average price as the API tells them, whether the view
 * holds them or the history is asked. Method: small venues byte for byte; random flows where each
 * answer of the view must equal that of a venue whose view has just begun at an image, with a
 * history that adds up all trades in the plainest way. */
#include "role/gateway/calls_history.h"

#include "base/random.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"
#include "tests/support/trade_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T         CALL_SCENE_TIME_US
#define SECOND_US 1000000ULL

static struct call_scene scene;
static struct lookup_ask ask;
static struct trade_log trades;

static const struct lookup_result *answer(struct call_scene *of, const struct lookup_ask *asked)
{
    assert_int_equal(asked->position_min, view_place(of->venue.view).position);
    return trade_log_answer(&trades, asked);
}

static int open_scene(void **state)
{
    (void)state;
    memset(&trades, 0, sizeof trades);
    call_scene_open(&scene, &ask);
    scene.answer = answer;
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void follow(void)
{
    trade_log_events(&trades, &scene.world.output, scene.venue.now_us);
    call_scene_follow(&scene);
}

static void place(u32 account, struct world_order order)
{
    assert_true(world_place(&scene.world, account, order) > 0);
    follow();
}

static void trade(u64 time_us, u64 price, u64 qty)
{
    call_scene_clock(&scene, time_us);
    place(1, world_limit(SIDE_SELL, price, qty));
    place(0, world_limit(SIDE_BUY, price, qty));
}

/* Runs a call with a view that knows nothing of the past. */
static struct view_scene fresh;

static void open_view(struct view_scene *view)
{
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    config.trades_max = 100;
    view_scene_open(view, &config);
    size_t size = 0;
    u8 *snapshot = world_snapshot(&scene.world, &size);
    view_scene_image(view, snapshot, size, view_place(scene.view.view).position);
    view_history_passed(view->view, UINT64_MAX);
    free(snapshot);
    scene.venue.view = view->view;
}

static void begin_anew(void)
{
    open_view(&fresh);
}

static void end_anew(void)
{
    scene.venue.view = scene.view.view;
    view_scene_close(&fresh);
}

/* Both ways must say this. */
static void expect(enum endpoint_id endpoint, const char *query, const char *json)
{
    u32 asked = trades.asked;
    call_scene_expect(&scene, 0, endpoint, query, json);
    assert_int_equal(trades.asked, asked);
    begin_anew();
    call_scene_expect(&scene, 0, endpoint, query, json);
    end_anew();
}

#define TRADE_1                                                                                \
    "{\"id\":1,\"price\":\"100.00000000\",\"qty\":\"0.00100000\",\"quoteQty\":\"0.10000000\"," \
    "\"time\":1795000000000,\"isBuyerMaker\":false,\"isBestMatch\":true}"
#define TRADE_2                                                                                \
    "{\"id\":2,\"price\":\"101.00000000\",\"qty\":\"0.00200000\",\"quoteQty\":\"0.20200000\"," \
    "\"time\":1795000001000,\"isBuyerMaker\":false,\"isBestMatch\":true}"
#define TRADE_3                                                                                \
    "{\"id\":3,\"price\":\"102.00000000\",\"qty\":\"0.00030000\",\"quoteQty\":\"0.03060000\"," \
    "\"time\":1795000002000,\"isBuyerMaker\":true,\"isBestMatch\":true}"

static void three_trades(void)
{
    trade(T, 10000, 10);
    trade(T + SECOND_US, 10100, 20);
    call_scene_clock(&scene, T + 2 * SECOND_US + 345);
    place(0, world_limit(SIDE_BUY, 10200, 3));
    place(1, world_limit(SIDE_SELL, 10200, 3));
}

static void trades_of_now(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_TRADES, "symbol=BTCUSDT", "[]");
    call_scene_expect(&scene, 0, ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=5", "[]");
    three_trades();
    expect(ENDPOINT_TRADES, "symbol=BTCUSDT", "[" TRADE_1 "," TRADE_2 "," TRADE_3 "]");
    expect(ENDPOINT_TRADES, "symbol=BTCUSDT&limit=2", "[" TRADE_2 "," TRADE_3 "]");
    scene.microseconds = true;
    expect(ENDPOINT_TRADES, "symbol=BTCUSDT&limit=1",
           "[{\"id\":3,\"price\":\"102.00000000\",\"qty\":\"0.00030000\",\"quoteQty\":"
           "\"0.03060000\",\"time\":1795000002000345,\"isBuyerMaker\":true,\"isBestMatch\":true}]");
    call_scene_refuses(&scene, 0, ENDPOINT_TRADES, "symbol=ETHBTC", -1121, "Invalid symbol.");
    call_scene_refuses(&scene, 0, ENDPOINT_TRADES, "symbol=BTCUSDT&limit=0", -1130,
                       "Data sent for parameter 'limit' is not valid.");
}

static void trades_from_an_id_on(void **state)
{
    (void)state;
    three_trades();
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=2", "[" TRADE_2 "," TRADE_3 "]");
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=0&limit=2",
           "[" TRADE_1 "," TRADE_2 "]");
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=3&limit=1", "[" TRADE_3 "]");
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=4", "[]");
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=9223372036854775807", "[]");
    expect(ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&limit=1", "[" TRADE_3 "]");
    call_scene_refuses(&scene, 0, ENDPOINT_HISTORICAL_TRADES, "symbol=ETHBTC", -1121,
                       "Invalid symbol.");
}

#define AGG_1                                                                                   \
    "{\"a\":1,\"p\":\"100.00000000\",\"q\":\"0.00100000\",\"f\":1,\"l\":1,\"T\":1795000000000," \
    "\"m\":false,\"M\":true}"
#define AGG_2                                                                                   \
    "{\"a\":2,\"p\":\"101.00000000\",\"q\":\"0.00050000\",\"f\":2,\"l\":3,\"T\":1795000001999," \
    "\"m\":false,\"M\":true}"
#define AGG_3                                                                                   \
    "{\"a\":3,\"p\":\"102.00000000\",\"q\":\"0.00010000\",\"f\":4,\"l\":4,\"T\":1795000001999," \
    "\"m\":false,\"M\":true}"

/* The second taker meets two orders at one price and one at another. */
static void three_aggregates(void)
{
    trade(T, 10000, 10);
    call_scene_clock(&scene, T + 2 * SECOND_US - 1);
    place(1, world_limit(SIDE_SELL, 10100, 2));
    place(2, world_limit(SIDE_SELL, 10100, 3));
    place(3, world_limit(SIDE_SELL, 10200, 4));
    place(0, world_limit(SIDE_BUY, 10200, 6));
}

static void aggregates_by_id_and_by_time(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        const char *json;
    } cases[] = {
        {"symbol=BTCUSDT", "[" AGG_1 "," AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&limit=2", "[" AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&fromId=0&limit=1", "[" AGG_1 "]"},
        {"symbol=BTCUSDT&fromId=2", "[" AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&fromId=4", "[]"},
        {"symbol=BTCUSDT&startTime=1795000000000", "[" AGG_1 "," AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&startTime=1795000000000&limit=2", "[" AGG_1 "," AGG_2 "]"},
        {"symbol=BTCUSDT&startTime=1795000000001", "[" AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&startTime=1795000002000", "[]"},
        /* The whole of a millisecond that ends a span is in it. */
        {"symbol=BTCUSDT&endTime=1795000001999&limit=2", "[" AGG_2 "," AGG_3 "]"},
        {"symbol=BTCUSDT&endTime=1795000001998", "[" AGG_1 "]"},
        {"symbol=BTCUSDT&endTime=1795000001999998", "[" AGG_1 "]"},
        {"symbol=BTCUSDT&endTime=1795000001999999&limit=1", "[" AGG_3 "]"},
        {"symbol=BTCUSDT&endTime=1794999999999", "[]"},
        {"symbol=BTCUSDT&startTime=1795000001000&endTime=1795000003000&limit=1", "[" AGG_2 "]"},
        {"symbol=BTCUSDT&startTime=1795000003000&endTime=1795000001000", "[]"},
    };
    call_scene_expect(&scene, 0, ENDPOINT_AGG_TRADES, "symbol=BTCUSDT", "[]");
    three_aggregates();
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        expect(ENDPOINT_AGG_TRADES, cases[i].query, cases[i].json);
    }
    call_scene_refuses(&scene, 0, ENDPOINT_AGG_TRADES, "symbol=BTCUSDT&fromId=1&startTime=5", -1128,
                       "Combination of optional parameters invalid.");
    call_scene_refuses(&scene, 0, ENDPOINT_AGG_TRADES, "symbol=ETHBTC", -1121, "Invalid symbol.");
}

/* ---- klines ---- */

static void klines_with_and_without_trades(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1m", "[]");
    trade(T, 10000, 10); /* 46:40 past the hour of 11 */
    trade(T + SECOND_US, 10200, 20);
    call_scene_clock(&scene, T + 2 * SECOND_US);
    place(0, world_limit(SIDE_BUY, 9900, 5));
    place(1, world_limit(SIDE_SELL, 9900, 5));
    trade(T + 130 * SECOND_US, 10100, 1);
    static const char minutes[] =
        "[[1794999960000,\"100.00000000\",\"102.00000000\",\"99.00000000\",\"99.00000000\","
        "\"0.00350000\",1795000019999,\"0.35350000\",3,\"0.00300000\",\"0.30400000\",\"0\"],"
        "[1795000020000,\"99.00000000\",\"99.00000000\",\"99.00000000\",\"99.00000000\","
        "\"0.00000000\",1795000079999,\"0.00000000\",0,\"0.00000000\",\"0.00000000\",\"0\"],"
        "[1795000080000,\"101.00000000\",\"101.00000000\",\"101.00000000\",\"101.00000000\","
        "\"0.00010000\",1795000139999,\"0.01010000\",1,\"0.00010000\",\"0.01010000\",\"0\"]]";
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1m", minutes);
    expect(ENDPOINT_UI_KLINES, "symbol=BTCUSDT&interval=1m&limit=3", minutes);
    static const char day[] =
        "[[1794960000000,\"100.00000000\",\"102.00000000\",\"99.00000000\",\"101.00000000\","
        "\"0.00360000\",1795046399999,\"0.36360000\",4,\"0.00310000\",\"0.31410000\",\"0\"]]";
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d", day);
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d&startTime=1794960000000", day);
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d&startTime=1794960000001", "[]");
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d&endTime=1794959999999", "[]");
    expect(ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d&timeZone=8&limit=1",
           "[[1794931200000,\"100.00000000\",\"102.00000000\",\"99.00000000\",\"101.00000000\","
           "\"0.00360000\",1795017599999,\"0.36360000\",4,\"0.00310000\",\"0.31410000\",\"0\"]]");
    scene.microseconds = true;
    expect(
        ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1m&startTime=1795000000000&limit=1",
        "[[1795000020000000,\"99.00000000\",\"99.00000000\",\"99.00000000\",\"99.00000000\","
        "\"0.00000000\",1795000079999999,\"0.00000000\",0,\"0.00000000\",\"0.00000000\",\"0\"]]");
}

/* Zones other than the two that the view keeps are the history's. */
static void klines_of_any_zone(void **state)
{
    (void)state;
    trade(T, 10000, 10);
    call_scene_expect(
        &scene, 0, ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1d&timeZone=-3:30",
        "[[1794972600000,\"100.00000000\",\"100.00000000\",\"100.00000000\",\"100.00000000\","
        "\"0.00100000\",1795058999999,\"0.10000000\",1,\"0.00100000\",\"0.10000000\",\"0\"]]");
    assert_int_equal(trades.asked, 1);
    assert_int_equal(trades.ask.zone_minutes, -210);
    assert_int_equal(trades.ask.interval, INTERVAL_1D);
    assert_int_equal(trades.ask.limit, 500);
    assert_int_equal(trades.ask.now_us, T);
}

static void klines_refuse(void **state)
{
    (void)state;
    call_scene_refuses(&scene, 0, ENDPOINT_KLINES, "symbol=ETHBTC&interval=1m", -1121,
                       "Invalid symbol.");
    call_scene_refuses(&scene, 0, ENDPOINT_KLINES, "symbol=BTCUSDT&interval=2m", -1120,
                       "Invalid interval.");
    call_scene_refuses(
        &scene, 0, ENDPOINT_UI_KLINES, "symbol=BTCUSDT", -1102,
        "Mandatory parameter 'interval' was not sent, was empty/null, or malformed.");
}

/* ---- the average ---- */

static void average_of_five_minutes(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_AVG_PRICE, "symbol=BTCUSDT",
                      "{\"mins\":5,\"price\":\"0.00000000\",\"closeTime\":0}");
    trade(T, 10000, 10);
    trade(T + 60 * SECOND_US, 10200, 20);
    expect(ENDPOINT_AVG_PRICE, "symbol=BTCUSDT",
           "{\"mins\":5,\"price\":\"101.33333333\",\"closeTime\":1795000060000}");
    /* The first minute is too old, then both are. */
    call_scene_clock(&scene, T + 260 * SECOND_US);
    expect(ENDPOINT_AVG_PRICE, "symbol=BTCUSDT",
           "{\"mins\":5,\"price\":\"102.00000000\",\"closeTime\":1795000060000}");
    trade(T + 600 * SECOND_US, 9000, 20);
    call_scene_clock(&scene, T + 6000 * SECOND_US);
    expect(ENDPOINT_AVG_PRICE, "symbol=BTCUSDT",
           "{\"mins\":5,\"price\":\"90.00000000\",\"closeTime\":1795000600000}");
    call_scene_refuses(&scene, 0, ENDPOINT_AVG_PRICE, "symbol=ETHBTC", -1121, "Invalid symbol.");
}

/* ---- the history says no ---- */

static void history_behind_is_a_timeout(void **state)
{
    (void)state;
    static const struct {
        enum endpoint_id endpoint;
        const char *query;
    } calls[] = {
        {ENDPOINT_TRADES, "symbol=BTCUSDT"},
        {ENDPOINT_HISTORICAL_TRADES, "symbol=BTCUSDT&fromId=1"},
        {ENDPOINT_AGG_TRADES, "symbol=BTCUSDT"},
        {ENDPOINT_KLINES, "symbol=BTCUSDT&interval=1m"},
        {ENDPOINT_UI_KLINES, "symbol=BTCUSDT&interval=1m"},
        {ENDPOINT_AVG_PRICE, "symbol=BTCUSDT"},
    };
    static const struct {
        enum lookup_status status;
        i32 code;
        const char *message;
    } statuses[] = {
        {LOOKUP_BEHIND, -1007,
         "Timeout waiting for response from backend server. Send status unknown; execution status "
         "unknown."},
        {LOOKUP_TIMEOUT, -1007,
         "Timeout waiting for response from backend server. Send status unknown; execution status "
         "unknown."},
        {LOOKUP_FAILED, -1001, "Internal error; unable to process your request. Please try again."},
    };
    three_trades();
    begin_anew();
    for (u32 i = 0; i < ARRAY_COUNT(calls); i++) {
        for (u32 k = 0; k < ARRAY_COUNT(statuses); k++) {
            trades.status = statuses[k].status;
            call_scene_refuses(&scene, 0, calls[i].endpoint, calls[i].query, statuses[k].code,
                               statuses[k].message);
        }
    }
    end_anew();
}

/* ---- random flows ---- */

/* The scene's own view begins at an image too, and goes on. */
static void forget_the_past(void)
{
    struct view_scene next;
    open_view(&next);
    view_scene_close(&scene.view);
    scene.view = next;
}

static void step(struct random *random)
{
    u64 pause_us = random_chance(random, 1, 10) ? random_below(random, 2000 * SECOND_US)
                                                : random_below(random, 3 * SECOND_US);
    call_scene_clock(&scene, scene.venue.now_us + pause_us);
    if (random_chance(random, 1, 12)) {
        struct command_cancel_all all = {.market = 0};
        for (u32 account = 0; account < 4; account++) {
            world_apply(&scene.world, &all, COMMAND_CANCEL_ALL, account);
            follow();
        }
    }
    u8 side = (u8)random_below(random, 2);
    struct world_order order =
        world_limit(side, 9995 + random_below(random, 11), 1 + random_below(random, 40));
    (void)world_place(&scene.world, (u32)random_below(random, 4), order);
    follow();
}

static u64 random_time_ms(struct random *random)
{
    u64 span_us = scene.venue.now_us - T + 5 * SECOND_US;
    return (T - 2 * SECOND_US + random_below(random, span_us)) / 1000;
}

static enum endpoint_id random_query(struct random *random, char *query, size_t size)
{
    static const char *const zones[] = {"", "&timeZone=8", "&timeZone=0"};
    static const char *const intervals[] = {"1s",  "1m", "3m", "15m", "1h",
                                            "12h", "1d", "3d", "1w",  "1M"};
    char times[100] = "";
    u64 start = random_time_ms(random);
    u64 end = start + random_below(random, 500000);
    bool has_start = random_chance(random, 1, 2);
    bool has_end = random_chance(random, 1, 2);
    if (has_start) {
        (void)snprintf(times, sizeof times, "&startTime=%" PRIu64, start);
    }
    if (has_end) {
        (void)snprintf(times + strlen(times), sizeof times - strlen(times), "&endTime=%" PRIu64,
                       end);
    }
    u64 limit = 1 + random_below(random, 40);
    u64 id = random_below(random, trades.count + 3);
    switch (random_below(random, 5)) {
    case 0:
        (void)snprintf(query, size, "symbol=BTCUSDT&limit=%" PRIu64, limit);
        return ENDPOINT_TRADES;
    case 1:
        (void)snprintf(query, size, "symbol=BTCUSDT&limit=%" PRIu64 "&fromId=%" PRIu64, limit, id);
        return ENDPOINT_HISTORICAL_TRADES;
    case 2:
        (void)snprintf(query, size, "symbol=BTCUSDT&limit=%" PRIu64 "&fromId=%" PRIu64, limit, id);
        return ENDPOINT_AGG_TRADES;
    case 3:
        (void)snprintf(query, size, "symbol=BTCUSDT&limit=%" PRIu64 "%s", limit, times);
        return ENDPOINT_AGG_TRADES;
    default: /* not an enum: one of the cases */
        (void)snprintf(query, size, "symbol=BTCUSDT&limit=%" PRIu64 "&interval=%s%s%s", limit,
                       intervals[random_below(random, ARRAY_COUNT(intervals))],
                       zones[random_below(random, ARRAY_COUNT(zones))], times);
        return ENDPOINT_KLINES;
    }
}

static void view_and_history_say_the_same(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed() + 900);
    u64 rounds = test_rounds(600);
    u32 answers = 0;
    char *seen = malloc(CALL_SCENE_TEXT_BYTES);
    assert_non_null(seen);
    for (u64 i = 0; i < rounds; i++) {
        if (i == rounds / 3) {
            forget_the_past();
        }
        step(&random);
        for (u32 k = 0; k < 5; k++) {
            char query[256];
            enum endpoint_id endpoint = random_query(&random, query, sizeof query);
            u32 asked = trades.asked;
            scene.limit.config.weight_max[LIMIT_POOL_API] = UINT32_MAX;
            assert_int_equal(call_scene_run(&scene, 0, endpoint, query), 200);
            answers += trades.asked == asked;
            strcpy(seen, scene.text);
            begin_anew();
            assert_int_equal(call_scene_run(&scene, 0, endpoint, query), 200);
            end_anew();
            if (strcmp(seen, scene.text) != 0) {
                fail_msg("seed %" PRIu64 ", round %" PRIu64 ": %s\n%s\nbut the history\n%s",
                         test_seed(), i, query, seen, scene.text);
            }
        }
    }
    free(seen);
    /* Both must have had a say, where there are rounds enough to tell. */
    bool is_long = test_rounds(100) >= 20;
    assert_true(!is_long || (answers > rounds && trades.asked > rounds * 6));
    assert_true(!is_long || trades.count > rounds / 3);
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(trades_of_now),
        ON_SCENE(trades_from_an_id_on),
        ON_SCENE(aggregates_by_id_and_by_time),
        ON_SCENE(klines_with_and_without_trades),
        ON_SCENE(klines_of_any_zone),
        ON_SCENE(klines_refuse),
        ON_SCENE(average_of_five_minutes),
        ON_SCENE(history_behind_is_a_timeout),
        ON_SCENE(view_and_history_say_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
