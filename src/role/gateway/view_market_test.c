/* Trades, windows, averages and klines. Aim: each is exactly what a recomputation from all trades
 * gives. Method: random commands with long and short pauses through a core, a list of every trade
 * event, and after each command one question of each kind, asked of the view and of the list. */
#include "role/gateway/view_market.h"

#include "tests/support/view_check.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_US 60000000ULL

enum { TRADES_MAX = 20000 };

struct logged {
    struct event_trade event;
    u64 time_us;
};

static struct logged logs[TRADES_MAX];
static u32 logs_count;
static u64 clock_us;

static void log_events(const struct core_output *output)
{
    for (size_t at = 0; at < output->used;) {
        const u8 *record = output->data + at;
        const struct event_head *head = (const void *)record;
        if (head->kind == EVENT_TIME) {
            clock_us = ((const struct event_time *)(const void *)record)->time_us;
        }
        if (head->kind == EVENT_TRADE) {
            assert_true(logs_count < TRADES_MAX);
            memcpy(&logs[logs_count].event, record, sizeof(struct event_trade));
            logs[logs_count++].time_us = clock_us;
        }
        at += (size_t)head->units * WIRE_UNIT;
    }
}

/* The trades of [from, to) as a kline, in the plainest way. */
static struct view_kline recompute(u64 from, u64 to)
{
    struct view_kline sum = {.open_us = from, .end_us = to};
    for (u32 i = 0; i < logs_count && logs[i].time_us < to; i++) {
        const struct event_trade *trade = &logs[i].event;
        if (logs[i].time_us < from) {
            sum.open = sum.high = sum.low = sum.close = trade->price;
            continue;
        }
        if (sum.count++ == 0) {
            sum.open = sum.high = sum.low = trade->price;
            sum.first_trade_id = trade->trade_id;
        }
        sum.last_trade_id = trade->trade_id;
        sum.close = trade->price;
        sum.high.units = u64_max(sum.high.units, trade->price.units);
        sum.low.units = u64_min(sum.low.units, trade->price.units);
        sum.base.sum += trade->qty.units;
        sum.quote.sum += trade->quote.units;
        if (trade->taker_side == SIDE_BUY) {
            sum.taker_base.sum += trade->qty.units;
            sum.taker_quote.sum += trade->quote.units;
        }
    }
    return sum;
}

static void same_sums(const struct view_kline *a, const struct view_kline *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->first_trade_id, b->first_trade_id);
    assert_int_equal(a->last_trade_id, b->last_trade_id);
    assert_int_equal(a->open.units, b->open.units);
    assert_int_equal(a->high.units, b->high.units);
    assert_int_equal(a->low.units, b->low.units);
    assert_int_equal(a->close.units, b->close.units);
    assert_true(a->base.sum == b->base.sum && a->quote.sum == b->quote.sum);
    assert_true(a->taker_base.sum == b->taker_base.sum);
    assert_true(a->taker_quote.sum == b->taker_quote.sum);
}

static u32 check_kline(const struct view *view, enum interval interval, enum view_zone zone,
                       u64 time_us)
{
    i64 offset = zone == VIEW_ZONE_8 ? 8 * 3600000000LL : 0;
    struct view_kline seen;
    if (!view_market_kline(view, 0, interval, zone, time_us, &seen)) {
        return 0;
    }
    assert_int_equal(seen.open_us, interval_start(interval, time_us, offset));
    assert_int_equal(seen.end_us, interval_next(interval, time_us, offset));
    struct view_kline wanted = recompute(seen.open_us, seen.end_us);
    same_sums(&seen, &wanted);
    return 1;
}

static void check_window(struct view *view, u32 minutes, u64 now_us)
{
    struct view_window seen;
    view_market_window(view, 0, minutes, now_us, &seen);
    u64 from = (now_us / MINUTE_US - minutes + 1) * MINUTE_US;
    struct view_kline wanted = recompute(from, UINT64_MAX);
    struct view_kline before = recompute(0, from);
    assert_int_equal(seen.open_us, from);
    assert_int_equal(seen.close_us, now_us);
    assert_int_equal(seen.previous.units, before.close.units);
    assert_int_equal(seen.count, wanted.count);
    assert_true(seen.base.sum == wanted.base.sum && seen.quote.sum == wanted.quote.sum);
    if (wanted.count == 0) {
        assert_int_equal(seen.high.units + seen.average.units + seen.last_qty.units, 0);
        return;
    }
    assert_int_equal(seen.first_trade_id, wanted.first_trade_id);
    assert_int_equal(seen.last_trade_id, wanted.last_trade_id);
    assert_int_equal(seen.open.units, wanted.open.units);
    assert_int_equal(seen.high.units, wanted.high.units);
    assert_int_equal(seen.low.units, wanted.low.units);
    assert_int_equal(seen.close.units, wanted.close.units);
    assert_int_equal(seen.last_qty.units, logs[logs_count - 1].event.qty.units);
    /* Both assets have 8 decimals. */
    assert_true(seen.average.units == (u64)(wanted.quote.sum * WORLD_COIN / wanted.base.sum));
}

static void check_average(const struct view *view, u32 minutes, u64 now_us)
{
    struct price seen = {0};
    bool is_known = view_market_average(view, 0, minutes, now_us, &seen);
    assert_int_equal(is_known, logs_count > 0);
    u64 from = (now_us / MINUTE_US - minutes + 1) * MINUTE_US;
    struct view_kline wanted = recompute(from, UINT64_MAX);
    if (minutes && wanted.count) {
        assert_true(seen.units == (u64)(wanted.quote.sum * WORLD_COIN / wanted.base.sum));
    } else if (is_known) {
        assert_int_equal(seen.units, logs[logs_count - 1].event.price.units);
    }
}

/* The newest trades and aggregates, and that what was overwritten is not found. */
static void check_recent(const struct view *view, u32 kept)
{
    const struct view_definition *market = view_market_of(view, 0);
    assert_int_equal(market->next_trade_id, logs_count + 1);
    u32 first = logs_count > kept ? logs_count - kept : 0;
    u64 aggregate = 0;
    for (u32 i = first; i < logs_count; i++) {
        const struct event_trade *event = &logs[i].event;
        const struct view_trade *trade = view_market_trade(view, 0, event->trade_id);
        assert_non_null(trade);
        assert_int_equal(trade->price.units, event->price.units);
        assert_int_equal(trade->qty.units, event->qty.units);
        assert_int_equal(trade->time_us, logs[i].time_us);
        assert_int_equal(trade->taker_side, event->taker_side);
        if (event->aggregate_id == aggregate) {
            continue;
        }
        aggregate = event->aggregate_id;
        const struct view_aggregate *seen = view_market_aggregate(view, 0, aggregate);
        assert_non_null(seen);
        u64 qty = 0;
        u32 k = (u32)(seen->first_trade_id - 1);
        for (; k < seen->last_trade_id; k++) {
            assert_int_equal(logs[k].event.aggregate_id, aggregate);
            qty += logs[k].event.qty.units;
        }
        assert_true(k == logs_count || logs[k].event.aggregate_id != aggregate);
        assert_int_equal(seen->qty.units, qty);
    }
    assert_null(view_market_trade(view, 0, first));
    assert_null(view_market_trade(view, 0, logs_count + 1));
    assert_null(view_market_aggregate(view, 0, market->next_aggregate_id));
}

static void ask(struct view_run *run, struct view_scene *scene, u32 kept)
{
    struct random *random = &run->random.random;
    u64 ahead = random_chance(random, 1, 4) ? random_below(random, 3 * MINUTE_US) : 0;
    u64 now_us = view_place(scene->view).time_us + ahead;
    check_window(scene->view, 1 + (u32)random_below(random, VIEW_WINDOW_MINUTES_MAX), now_us);
    check_window(scene->view, VIEW_DAY_MINUTES, now_us);
    check_window(scene->view, VIEW_WINDOW_MINUTES_MAX, now_us);
    check_average(scene->view, (u32)random_below(random, 61), now_us);
    check_recent(scene->view, kept);
    enum view_zone zone = (enum view_zone)random_below(random, VIEW_ZONE_COUNT);
    for (u32 i = 0; i < INTERVAL_COUNT; i++) {
        u64 back = random_chance(random, 1, 2) ? random_below(random, 7200000000) : 0;
        (void)check_kline(scene->view, (enum interval)i, zone, now_us - back);
        if (logs_count) {
            assert_int_equal(check_kline(scene->view, (enum interval)i, zone, now_us), 1);
        }
    }
}

static void equals_a_recomputation(void **state)
{
    (void)state;
    static const u64 pauses[] = {2000000, 40000000, 1200000000, 40000000000};
    for (u32 i = 0; i < ARRAY_COUNT(pauses); i++) {
        struct view_run run;
        struct view_scene scene;
        view_run_start(&run, test_seed() + 500 + i);
        run.pause_us = pauses[i];
        logs_count = 0;
        clock_us = 0;
        struct view_config config = view_scene_config(&run.world.limits);
        config.trades_max = 16;
        view_scene_open(&scene, &config);
        view_run_follow(&run, &scene, 0);
        view_history_passed(scene.view, UINT64_MAX);
        for (u64 k = 0; k < test_rounds(2500); k++) {
            view_run_step(&run);
            log_events(&run.world.output);
            view_scene_events(&scene, run.world.output.data, run.world.output.used);
            ask(&run, &scene, 16);
        }
        assert_true(logs_count > 200 || test_rounds(100) < 100);
        view_scene_close(&scene);
        world_close(&run.world);
    }
}

/* ---- after an image ---- */

static void seeds_make_up_for_an_image(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, test_seed() + 600);
    logs_count = 0;
    clock_us = 0;
    for (u32 i = 0; i < 1500; i++) {
        view_run_step(&run);
        log_events(&run.world.output);
    }
    struct view_config config = view_scene_config(&run.world.limits);
    config.trades_max = 100;
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 77);
    /* The average is known already, the rest is not. */
    check_average(scene.view, 30, view_place(scene.view).time_us);
    assert_null(view_market_trade(scene.view, 0, logs_count));
    for (u32 i = 0; i < logs_count; i++) {
        const struct event_trade *event = &logs[i].event;
        struct view_trade trade = {.id = event->trade_id,
                                   .time_us = logs[i].time_us,
                                   .price = event->price,
                                   .qty = event->qty,
                                   .quote = event->quote,
                                   .taker_side = event->taker_side};
        assert_true(view_market_seed(scene.view, 0, &trade, event->aggregate_id));
        assert_false(view_market_seed(scene.view, 0, &trade, event->aggregate_id));
        trade.id = logs_count + 1;
        assert_false(view_market_seed(scene.view, 0, &trade, event->aggregate_id));
    }
    ask(&run, &scene, 100);
    for (u32 i = 0; i < 300; i++) {
        view_run_step(&run);
        log_events(&run.world.output);
        view_scene_events(&scene, run.world.output.data, run.world.output.used);
        ask(&run, &scene, 100);
    }
    view_scene_close(&scene);
    world_close(&run.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_a_recomputation),
        cmocka_unit_test(seeds_make_up_for_an_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
