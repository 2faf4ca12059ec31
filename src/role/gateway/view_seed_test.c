/* Aim: a view that began at an image and was told the past by the history answers like one that saw
 * it all. Method: random flows over minutes to weeks; now and then a view begins at an image and
 * asks a history that adds up all trades in the plainest way; then both views follow the same
 * events, and every window, kline and ticker is compared. */
#include "role/gateway/view_seed.h"

#include "base/random.h"
#include "role/gateway/seed.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"
#include "tests/support/trade_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000ULL
#define HOUR_US   (3600 * SECOND_US)
#define DAY_US    (24 * HOUR_US)

static struct call_scene scene;
static struct trade_log trades;
static struct view_scene late; /* began at an image */
static u8 waiting[1 << 16];    /* events that came before it was told the past */
static size_t waiting_bytes;
static bool late_waits;

static int open_scene(void **state)
{
    (void)state;
    memset(&trades, 0, sizeof trades);
    memset(&late, 0, sizeof late);
    late_waits = false;
    call_scene_open(&scene, NULL);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    if (late.view != NULL) {
        view_scene_close(&late);
    }
    call_scene_close(&scene);
    return 0;
}

static void follow(void)
{
    trade_log_events(&trades, &scene.world.output, scene.venue.now_us);
    call_scene_follow(&scene);
    if (late_waits) {
        assert_true(scene.world.output.used <= sizeof waiting - waiting_bytes);
        memcpy(waiting + waiting_bytes, scene.world.output.data, scene.world.output.used);
        waiting_bytes += scene.world.output.used;
    } else if (late.view != NULL) {
        view_scene_events(&late, scene.world.output.data, scene.world.output.used);
    }
}

static void trade(u64 time_us, u64 price, u64 qty, bool buyer_takes)
{
    call_scene_clock(&scene, time_us);
    u32 taker = buyer_takes ? 1 : 0;
    world_place(&scene.world, 1, world_limit(buyer_takes ? SIDE_SELL : SIDE_BUY, price, qty));
    follow();
    world_place(&scene.world, 1 - taker,
                world_limit(buyer_takes ? SIDE_BUY : SIDE_SELL, price, qty));
    follow();
}

static void begin_late(void)
{
    if (late.view != NULL) {
        view_scene_close(&late);
    }
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    view_scene_open(&late, &config);
    size_t size = 0;
    u8 *snapshot = world_snapshot(&scene.world, &size);
    view_scene_image(&late, snapshot, size, scene.view.position);
    view_history_passed(late.view, UINT64_MAX);
    free(snapshot);
    late_waits = true;
    waiting_bytes = 0;
}

static struct seed seed_late(void)
{
    struct seed seed;
    struct lookup_ask ask;
    seed_begin(&seed, late.view);
    for (u32 i = 0; seed_next(&seed, &ask); i++) {
        assert_true(i < 20);
        assert_int_equal(ask.position_min, late.position);
        seed_take(&seed, trade_log_answer(&trades, &ask));
    }
    late_waits = false;
    view_scene_events(&late, waiting, waiting_bytes);
    return seed;
}

static void same_window(u32 minutes)
{
    struct view_window a;
    struct view_window b;
    view_market_window(scene.view.view, 0, minutes, scene.venue.now_us, &a);
    view_market_window(late.view, 0, minutes, scene.venue.now_us, &b);
    if (memcmp(&a, &b, sizeof a) != 0) {
        fail_msg("seed %" PRIu64 ": %u minutes: %" PRIu64 " and %" PRIu64 " trades, from %" PRIu64
                 " and %" PRIu64,
                 test_seed(), minutes, a.count, b.count, a.first_trade_id, b.first_trade_id);
    }
}

static bool same(const struct view_kline *a, const struct view_kline *b)
{
    return a->open_us == b->open_us && a->end_us == b->end_us && a->count == b->count &&
           a->first_trade_id == b->first_trade_id && a->last_trade_id == b->last_trade_id &&
           a->open.units == b->open.units && a->high.units == b->high.units &&
           a->low.units == b->low.units && a->close.units == b->close.units &&
           a->base.sum == b->base.sum && a->quote.sum == b->quote.sum &&
           a->taker_base.sum == b->taker_base.sum && a->taker_quote.sum == b->taker_quote.sum;
}

/* The kline of now, and the ones before it that are whole. */
static void same_kline(enum interval interval, enum view_zone zone)
{
    struct view_kline a;
    struct view_kline b;
    u64 now_us = scene.venue.now_us;
    bool is_known = view_market_kline(late.view, 0, interval, zone, now_us, &b);
    assert_true(view_market_kline(scene.view.view, 0, interval, zone, now_us, &a));
    if (is_known && !same(&a, &b)) {
        fail_msg("seed %" PRIu64 ": %s, zone %u: %" PRIu64 " and %" PRIu64 " trades", test_seed(),
                 interval_name(interval), (u32)zone, a.count, b.count);
    }
    /* Unknown is only what had no trade for as long as the history was asked. */
    if (!is_known) {
        assert_int_equal(a.count, 0);
    }
    if (view_market_kline_whole(late.view, 0, interval, zone, &b)) {
        struct bar bar = trade_log_bar(&trades, b.open_us, b.end_us);
        assert_int_equal(bar.trades, b.count);
        assert_int_equal(bar.first_trade, b.first_trade_id);
        assert_true(bar.volume == b.base.sum && bar.taker_buy_quote == b.taker_quote.sum);
    }
}

static void same_text(enum endpoint_id endpoint, const char *query)
{
    static char text[8192];
    scene.limit.config.weight_max[LIMIT_POOL_API] = UINT32_MAX;
    assert_int_equal(call_scene_run(&scene, 0, endpoint, query), 200);
    assert_true(strlen(scene.text) < sizeof text);
    strcpy(text, scene.text);
    scene.venue.view = late.view;
    call_scene_expect(&scene, 0, endpoint, query, text);
    scene.venue.view = scene.view.view;
}

static void compare(struct random *random)
{
    same_window(VIEW_DAY_MINUTES);
    same_window(VIEW_WINDOW_MINUTES_MAX);
    same_window(1 + (u32)random_below(random, VIEW_WINDOW_MINUTES_MAX));
    for (u32 i = 0; i < INTERVAL_COUNT; i++) {
        same_kline((enum interval)i, VIEW_ZONE_UTC);
        same_kline((enum interval)i, VIEW_ZONE_8);
    }
    same_text(ENDPOINT_TICKER_24HR, "symbol=BTCUSDT");
    same_text(ENDPOINT_TICKER_TRADING_DAY, "symbol=BTCUSDT&timeZone=-7:15");
    same_text(ENDPOINT_AVG_PRICE, "symbol=BTCUSDT");
}

static void told_of_the_past(void **state)
{
    (void)state;
    static const u64 pauses[] = {SECOND_US / 2, 30 * SECOND_US, HOUR_US, 20 * HOUR_US};
    struct random random;
    random_init(&random, test_seed() + 1100);
    trade(scene.venue.now_us, 10000, 1, true);
    for (u64 i = 0; i < test_rounds(900); i++) {
        u64 pause = random_below(&random, pauses[random_below(&random, ARRAY_COUNT(pauses))]);
        trade(scene.venue.now_us + pause, 9990 + random_below(&random, 21),
              1 + random_below(&random, 50), random_chance(&random, 1, 2));
        if (random_chance(&random, 1, 2)) {
            call_scene_clock(&scene, scene.venue.now_us + random_below(&random, 2 * HOUR_US));
            world_market_state(&scene.world, 0, MARKET_STATE_TRADING);
            follow();
        }
        if (i % 20 == 5) {
            begin_late();
            /* The history is ahead of the image. */
            for (u64 k = random_below(&random, 4); k > 0; k--) {
                u64 later = scene.venue.now_us + random_below(&random, 2) * (SECOND_US / 3);
                trade(later, 9990 + random_below(&random, 21), 1, true);
            }
            struct seed seed = seed_late();
            assert_int_equal(seed.markets_done, 1);
            assert_false(seed.gave_up);
        }
        if (late.view != NULL) {
            compare(&random);
        }
    }
}

/* The oldest minute of the longest window, and the price before it. */
static void told_of_the_longest_window(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1);
    u64 minute_us = 60 * SECOND_US;
    trade(CALL_SCENE_TIME_US, 10000, 5, true);
    trade(CALL_SCENE_TIME_US + minute_us, 10100, 5, true);
    trade(CALL_SCENE_TIME_US + 2 * minute_us, 10200, 5, true);
    trade(CALL_SCENE_TIME_US + 1442 * minute_us, 10300, 5, true);
    begin_late();
    assert_int_equal(seed_late().markets_done, 1);
    struct view_window window;
    view_market_window(late.view, 0, VIEW_WINDOW_MINUTES_MAX, scene.venue.now_us, &window);
    assert_int_equal(window.first_trade_id, 3);
    assert_int_equal(window.previous.units, 10100 * WORLD_TICK);
    compare(&random);
}

/* A market that was told nothing gives no kline for whole that is not. */
static void told_nothing(void **state)
{
    (void)state;
    trade(CALL_SCENE_TIME_US, 10000, 5, true);
    begin_late();
    trades.status = LOOKUP_TIMEOUT;
    struct seed seed = seed_late();
    assert_true(seed.gave_up);
    assert_int_equal(trades.asked, SEED_TRIES_MAX);
    trade(CALL_SCENE_TIME_US + SECOND_US, 10100, 5, true);
    struct view_kline kline;
    assert_false(view_market_kline_whole(late.view, 0, INTERVAL_1M, VIEW_ZONE_UTC, &kline));
    assert_false(view_market_kline_whole(late.view, 0, INTERVAL_1MONTH, VIEW_ZONE_8, &kline));
    assert_true(view_market_kline_whole(late.view, 0, INTERVAL_1S, VIEW_ZONE_UTC, &kline));
    trade(CALL_SCENE_TIME_US + DAY_US, 10200, 5, true);
    assert_true(view_market_kline_whole(late.view, 0, INTERVAL_1M, VIEW_ZONE_UTC, &kline));
    assert_int_equal(kline.first_trade_id, 3);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    u64 minute = (CALL_SCENE_TIME_US / 60000000 - 2) * 60000000;
    struct view_kline piece = {.open_us = minute,
                               .end_us = minute + 60000000,
                               .count = 1,
                               .first_trade_id = 1,
                               .last_trade_id = 1};
    trade(CALL_SCENE_TIME_US, 10000, 5, true);
    begin_late();
    late_waits = false;
    struct view_kline wrong = piece;
    wrong.end_us += 1;
    assert_false(view_seed_piece(late.view, 0, &wrong)); /* two minutes */
    wrong = piece;
    wrong.last_trade_id = 2;
    assert_false(view_seed_piece(late.view, 0, &wrong)); /* behind the image */
    wrong = piece;
    wrong.open_us += 120000000;
    wrong.end_us += 120000000;
    assert_false(view_seed_piece(late.view, 0, &wrong));
    assert_false(view_seed_piece(late.view, 1, &piece));
    assert_true(view_seed_piece(late.view, 0, &piece));
    assert_false(view_seed_piece(late.view, 0, &piece));              /* twice */
    assert_false(view_seed_day(late.view, 0, VIEW_ZONE_UTC, &piece)); /* days come first */
    struct view_trade last = {.id = 2, .time_us = minute};
    assert_false(view_seed_last(late.view, 0, &last));
    last.id = 1;
    assert_true(view_seed_last(late.view, 0, &last));
}

/* A view that saw the first event has nothing to ask. */
static void needs_nothing_without_an_image(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    view_scene_open(&late, &config);
    struct seed seed;
    struct lookup_ask ask;
    seed_begin(&seed, late.view);
    assert_false(seed_next(&seed, &ask));
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(told_of_the_past),
        ON_SCENE(told_of_the_longest_window),
        ON_SCENE(told_nothing),
        ON_SCENE(refuses_what_does_not_fit),
        ON_SCENE(needs_nothing_without_an_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
