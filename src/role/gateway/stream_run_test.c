/* Aim: whoever follows the documents' procedure with depth events has the venue's book; trades are
 * told once each, aggregates add up to them; klines are what a recomputation from trades gives,
 * none left out, the empty ones included. Method: random commands through a core, listeners of
 * every kind that begin at random moments, and clocks that go on between the commands. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/gateway/stream.h"
#include "role/gateway/view_book.h"
#include "tests/support/stream_ear.h"
#include "tests/support/view_check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVELS_MAX = 512,
    HELD_MAX = 64,
    BOOKS = 8,
    TRADES_MAX = 20000,
};

#define TICK_US 100000ULL

/* ---- a venue that runs ---- */

struct runner {
    struct view_run run;
    struct view_scene view;
    struct stream_ear ear;
    struct random random;
    u64 now_us;
    bool has_ticks; /* else windows only end because they are full */
};

static struct runner runner;

static void runner_open(u64 seed, u32 changes_max, u64 pause_us)
{
    memset(&runner, 0, sizeof(runner));
    view_run_start(&runner.run, seed);
    random_init(&runner.random, seed * 3 + 1);
    runner.run.pause_us = pause_us;
    runner.has_ticks = true;
    runner.now_us = runner.run.time_us;
    struct view_config config = view_scene_config(&runner.run.world.limits);
    config.changes_max = changes_max;
    view_scene_open(&runner.view, &config);
    view_run_follow(&runner.run, &runner.view, 0);
    view_history_passed(runner.view.view, UINT64_MAX);
    struct stream_config streams = {
        .markets_max = 8, .subscriptions_max = 1000, .changes_max = changes_max};
    ear_open(&runner.ear, &streams, 1 << 22);
    stream_hub_view(runner.ear.hub, runner.view.view);
}

static void runner_close(void)
{
    ear_close(&runner.ear);
    view_scene_close(&runner.view);
    world_close(&runner.run.world);
}

static void ticks_until(u64 time_us)
{
    while (runner.now_us < time_us) {
        runner.now_us = u64_min(time_us, runner.now_us + TICK_US / 3);
        if (runner.has_ticks) {
            stream_tick(runner.ear.hub, runner.now_us);
        }
    }
}

static void runner_step(void)
{
    const struct core_output *output = &runner.run.world.output;
    view_run_step(&runner.run);
    ticks_until(runner.run.time_us);
    view_scene_events(&runner.view, output->data, output->used);
    stream_command(runner.ear.hub, span_of(output->data, output->used), runner.now_us);
    if (random_chance(&runner.random, 1, 2)) {
        stream_turn(runner.ear.hub, runner.now_us);
    }
}

/* ---- what messages say ---- */

static json_t *parse(const char *data)
{
    json_error_t error;
    json_t *json = json_loads(data, 0, &error);
    assert_non_null(json);
    return json;
}

static u64 number(const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);
    assert_true(json_is_integer(value));
    return (u64)json_integer_value(value);
}

static u64 units_of(const json_t *value)
{
    struct amount amount;
    assert_true(json_is_string(value));
    assert_int_equal(amount_parse(span_of_text(json_string_value(value)), 8, &amount), AMOUNT_OK);
    return amount.units;
}

static u64 units(const json_t *json, const char *key)
{
    return units_of(json_object_get(json, key));
}

/* ---- books ---- */

struct level {
    u64 price;
    u64 qty;
};

struct book {
    u64 update_id;
    u64 last_u; /* of the stream, also before the book began */
    bool has_begun;
    u32 count[2];
    struct level levels[2][LEVELS_MAX];
    char *held[HELD_MAX]; /* events before the book began */
    u32 held_count;
};

static struct book books[BOOKS];

static void level_set(struct book *book, u32 side, struct level level)
{
    struct level *levels = book->levels[side];
    u32 *count = &book->count[side];
    u32 at = 0;
    while (at < *count &&
           (side == SIDE_BUY ? levels[at].price > level.price : levels[at].price < level.price)) {
        at += 1;
    }
    bool is_there = at < *count && levels[at].price == level.price;
    if (level.qty == 0 && is_there) {
        memmove(&levels[at], &levels[at + 1], (*count - at - 1) * sizeof(level));
        *count -= 1;
    } else if (level.qty > 0) {
        assert_true(*count < LEVELS_MAX);
        if (!is_there) {
            memmove(&levels[at + 1], &levels[at], (*count - at) * sizeof(level));
            *count += 1;
        }
        levels[at] = level;
    }
}

/* API web-socket-streams.md "How to manage a local order book correctly" */
static void book_apply(struct book *book, const char *data)
{
    static const char *const keys[] = {[SIDE_BUY] = "b", [SIDE_SELL] = "a"};
    json_t *event = parse(data);
    u64 first = number(event, "U");
    u64 last = number(event, "u");
    assert_true(first <= last);
    if (last > book->update_id) {
        assert_true(first <= book->update_id + 1);
        for (u32 side = 0; side < 2; side += 1) {
            const json_t *rows = json_object_get(event, keys[side]);
            for (size_t i = 0; i < json_array_size(rows); i += 1) {
                const json_t *row = json_array_get(rows, i);
                level_set(book, side,
                          (struct level){.price = units_of(json_array_get(row, 0)),
                                         .qty = units_of(json_array_get(row, 1))});
            }
        }
        book->update_id = last;
    }
    json_decref(event);
}

static void book_heard(struct ear_client *client, const char *stream, const char *data)
{
    struct book *book = client->user;
    json_t *event = parse(data);
    (void)stream;
    assert_true(book->last_u == 0 || number(event, "U") == book->last_u + 1);
    book->last_u = number(event, "u");
    json_decref(event);
    if (book->has_begun) {
        book_apply(book, data);
        return;
    }
    assert_true(book->held_count < HELD_MAX);
    book->held[book->held_count] = strdup(data);
    book->held_count += 1;
}

/* The snapshot of now, and what was held since. */
static void book_begin(struct book *book)
{
    struct view_level levels[LEVELS_MAX];
    for (u32 side = 0; side < 2; side += 1) {
        u32 count = view_book_depth(runner.view.view, 0, (enum side)side, levels, LEVELS_MAX);
        for (u32 i = 0; i < count; i += 1) {
            level_set(book, side,
                      (struct level){.price = levels[i].price.units, .qty = levels[i].qty.units});
        }
    }
    book->update_id = view_book_update_id(runner.view.view, 0);
    book->has_begun = true;
    for (u32 i = 0; i < book->held_count; i += 1) {
        book_apply(book, book->held[i]);
        free(book->held[i]);
    }
    book->held_count = 0;
}

static void book_equals_view(const struct book *book)
{
    struct view_level levels[LEVELS_MAX];
    assert_int_equal(book->update_id, view_book_update_id(runner.view.view, 0));
    for (u32 side = 0; side < 2; side += 1) {
        u32 count = view_book_depth(runner.view.view, 0, (enum side)side, levels, LEVELS_MAX);
        assert_int_equal(count, book->count[side]);
        for (u32 i = 0; i < count; i += 1) {
            assert_int_equal(levels[i].price.units, book->levels[side][i].price);
            assert_int_equal(levels[i].qty.units, book->levels[side][i].qty);
        }
    }
}

/* Runs with listeners that begin at random moments; returns how often a book was compared. */
static u32 run_books(u64 seed, u32 steps, u32 changes_max, bool has_ticks)
{
    static struct ear_client clients[BOOKS];
    u32 compared = 0;
    memset(clients, 0, sizeof(clients));
    memset(books, 0, sizeof(books));
    runner_open(seed, changes_max, 700000);
    runner.has_ticks = has_ticks;
    for (u32 step = 0; step < steps; step += 1) {
        runner_step();
        for (u32 i = 0; i < BOOKS; i += 1) {
            struct book *book = &books[i];
            if (clients[i].client.count == 0 && random_chance(&runner.random, 1, 20)) {
                clients[i].client.flags = (u8)(i % STREAM_KINDS);
                clients[i].heard = book_heard;
                clients[i].user = book;
                ear_listen(&runner.ear, &clients[i],
                           i / 2 % 2 == 0 ? "btcusdt@depth" : "btcusdt@depth@100ms");
            } else if (clients[i].client.count > 0 && !book->has_begun &&
                       (book->held_count > HELD_MAX / 2 || random_chance(&runner.random, 1, 10))) {
                book_begin(book);
            }
            bool is_now = book->update_id == view_book_update_id(runner.view.view, 0);
            if (book->has_begun && is_now) {
                book_equals_view(book);
                compared += 1;
            }
        }
    }
    runner.has_ticks = true;
    ticks_until(runner.now_us + 2000000);
    for (u32 i = 0; i < BOOKS; i += 1) {
        if (books[i].has_begun) {
            book_equals_view(&books[i]);
            compared += 1;
        }
        for (u32 k = 0; k < books[i].held_count; k += 1) {
            free(books[i].held[k]);
        }
        assert_int_equal(clients[i].lost, 0);
        stream_leave(runner.ear.hub, &clients[i].client);
    }
    assert_int_equal(stream_counts(runner.ear.hub).gaps, 0);
    runner_close();
    return compared;
}

static void books_of_listeners_are_the_venues(void **state)
{
    (void)state;
    u32 compared = 0;
    for (u64 i = 0; i < test_rounds(20); i += 1) {
        print_message("seed %u\n", (unsigned)(test_seed() + i));
        compared += run_books(test_seed() + i, 1500, 1024, true);
    }
    assert_true(compared > 0);
}

/* Without a clock, windows are sent before the view forgets where they began. */
static void full_windows_are_sent_early(void **state)
{
    (void)state;
    for (u64 i = 0; i < test_rounds(5); i += 1) {
        print_message("seed %u\n", (unsigned)(test_seed() + 100 + i));
        assert_true(run_books(test_seed() + 100 + i, 3000, 256, false) > 0);
    }
}

/* One command with more changes than the view remembers: the gap shows in U, and the next windows
 * follow again. */
static void what_is_forgotten_shows_as_a_gap(void **state)
{
    (void)state;
    static struct ear_client client;
    memset(&client, 0, sizeof(client));
    runner_open(test_seed(), 8, 1);
    struct core_world *world = &runner.run.world;
    const struct core_output *output = &world->output;
    ear_log_open(&client);
    for (u32 i = 0; i < 20; i += 1) {
        assert_true(world_place(world, 0, world_limit(SIDE_SELL, 3000000 + i, 1)) > 0);
        view_scene_events(&runner.view, output->data, output->used);
        stream_command(runner.ear.hub, span_of(output->data, output->used), runner.now_us);
    }
    ear_listen(&runner.ear, &client, "btcusdt@depth");
    assert_true(world_place(world, 2, world_limit(SIDE_BUY, 3000100, 20)) > 0);
    view_scene_events(&runner.view, output->data, output->used);
    stream_command(runner.ear.hub, span_of(output->data, output->used), runner.now_us);
    ticks_until(runner.now_us + 2000000);
    assert_string_equal(ear_said(&client), "");
    assert_int_equal(stream_counts(runner.ear.hub).gaps, 1);
    assert_true(world_place(world, 0, world_limit(SIDE_SELL, 3000000, 1)) > 0);
    view_scene_events(&runner.view, output->data, output->used);
    ticks_until(runner.now_us + 2000000);
    assert_non_null(strstr(ear_said(&client), "\"U\":41,\"u\":41"));
    stream_leave(runner.ear.hub, &client.client);
    ear_log_close(&client);
    runner_close();
}

/* ---- trades ---- */

struct trade {
    u64 time_us;
    u64 price;
    u64 qty;
    u64 quote;
    bool taker_buys;
};

/* All there were, [id - 1]; and how far each stream has come. */
static struct trade trades[TRADES_MAX];
static u32 trades_count;

static void trades_take(void)
{
    const struct core_output *output = &runner.run.world.output;
    for (size_t at = 0; at < output->used; at += (size_t)output->data[at + 2] * WIRE_UNIT) {
        struct event_trade event;
        if (bytes_u16(output->data + at) == EVENT_TRADE) {
            memcpy(&event, output->data + at, sizeof(event));
            assert_int_equal(event.trade_id, trades_count + 1);
            assert_true(trades_count < TRADES_MAX);
            trades[trades_count] = (struct trade){.time_us = runner.run.time_us,
                                                  .price = event.price.units,
                                                  .qty = event.qty.units,
                                                  .quote = event.quote.units,
                                                  .taker_buys = event.taker_side == SIDE_BUY};
            trades_count += 1;
        }
    }
}

static void trade_heard(struct ear_client *client, const char *stream, const char *data)
{
    u64 *next = client->user;
    json_t *event = parse(data);
    const struct trade *trade = &trades[*next - 1];
    (void)stream;
    assert_int_equal(number(event, "t"), *next);
    assert_int_equal(units(event, "p"), trade->price);
    assert_int_equal(units(event, "q"), trade->qty);
    assert_int_equal(number(event, "T"), trade->time_us);
    assert_int_equal(json_is_true(json_object_get(event, "m")), !trade->taker_buys);
    *next += 1;
    json_decref(event);
}

static void aggregate_heard(struct ear_client *client, const char *stream, const char *data)
{
    u64 *next = client->user; /* trade id, aggregate id */
    json_t *event = parse(data);
    u64 last = number(event, "l");
    u64 qty = 0;
    (void)stream;
    assert_int_equal(number(event, "f"), next[0]);
    assert_int_equal(number(event, "a"), next[1]);
    for (u64 id = next[0]; id <= last; id += 1) {
        assert_int_equal(units(event, "p"), trades[id - 1].price);
        qty += trades[id - 1].qty;
    }
    assert_int_equal(units(event, "q"), qty);
    next[0] = last + 1;
    next[1] += 1;
    json_decref(event);
}

static void trades_are_told_once(void **state)
{
    (void)state;
    static struct ear_client clients[2];
    memset(clients, 0, sizeof(clients));
    for (u64 i = 0; i < test_rounds(10); i += 1) {
        u64 next_trade = 1;
        u64 next_aggregate[2] = {1, 1};
        print_message("seed %u\n", (unsigned)(test_seed() + i));
        runner_open(test_seed() + i, 1024, 1000);
        clients[0] = (struct ear_client){.heard = trade_heard, .user = &next_trade};
        clients[1] = (struct ear_client){.heard = aggregate_heard, .user = next_aggregate};
        clients[0].client.flags = STREAM_MICROSECONDS | STREAM_DEFLATE;
        ear_listen(&runner.ear, &clients[0], "btcusdt@trade");
        ear_listen(&runner.ear, &clients[1], "btcusdt@aggTrade");
        trades_count = 0;
        for (u32 step = 0; step < 2000; step += 1) {
            view_run_step(&runner.run);
            trades_take();
            ticks_until(runner.run.time_us);
            const struct core_output *output = &runner.run.world.output;
            view_scene_events(&runner.view, output->data, output->used);
            stream_command(runner.ear.hub, span_of(output->data, output->used), runner.now_us);
            assert_int_equal(next_trade, trades_count + 1);
            assert_int_equal(next_aggregate[0], trades_count + 1);
        }
        assert_true(trades_count > 50);
        stream_leave(runner.ear.hub, &clients[0].client);
        stream_leave(runner.ear.hub, &clients[1].client);
        runner_close();
    }
}

/* ---- klines ---- */

struct kline_listener {
    enum interval interval;
    i64 offset_us;
    u64 next_us; /* where the kline after the last closed one begins */
    u32 closed;
    u32 empty;
};

/* What the trades so far say of the kline from `open_us` up to `end_us`. */
static void kline_equals_trades(const json_t *kline, u64 open_us, u64 end_us)
{
    struct trade sum = {0};
    u64 first = 0;
    u64 last = 0;
    u64 before = 0;
    u64 prices[4] = {0}; /* open, close, high, low */
    u64 taker[2] = {0};
    for (u32 i = 0; i < trades_count; i += 1) {
        const struct trade *trade = &trades[i];
        if (trade->time_us < open_us) {
            before = trade->price;
        } else if (trade->time_us < end_us) {
            prices[0] = first == 0 ? trade->price : prices[0];
            prices[1] = trade->price;
            prices[2] = u64_max(prices[2], trade->price);
            prices[3] = first == 0 ? trade->price : u64_min(prices[3], trade->price);
            first = first == 0 ? i + 1 : first;
            last = i + 1;
            sum.qty += trade->qty;
            sum.quote += trade->quote;
            taker[0] += trade->taker_buys ? trade->qty : 0;
            taker[1] += trade->taker_buys ? trade->quote : 0;
        }
    }
    bool some = first > 0;
    static const char *const keys[] = {"o", "c", "h", "l"};
    for (u32 i = 0; i < 4; i += 1) {
        assert_int_equal(units(kline, keys[i]), some ? prices[i] : before);
    }
    assert_int_equal(number(kline, "f"), some ? first : UINT64_MAX);
    assert_int_equal(number(kline, "L"), some ? last : UINT64_MAX);
    assert_int_equal(number(kline, "n"), some ? last - first + 1 : 0);
    assert_int_equal(units(kline, "v"), sum.qty);
    assert_int_equal(units(kline, "q"), sum.quote);
    assert_int_equal(units(kline, "V"), taker[0]);
    assert_int_equal(units(kline, "Q"), taker[1]);
}

static void kline_heard(struct ear_client *client, const char *stream, const char *data)
{
    struct kline_listener *listener = client->user;
    json_t *event = parse(data);
    const json_t *kline = json_object_get(event, "k");
    u64 open_us = number(kline, "t");
    u64 end_us = number(kline, "T") + 1;
    (void)stream;
    assert_int_equal(interval_start(listener->interval, open_us, listener->offset_us), open_us);
    assert_int_equal(interval_next(listener->interval, open_us, listener->offset_us), end_us);
    assert_true(listener->next_us == 0 || open_us == listener->next_us);
    kline_equals_trades(kline, open_us, end_us);
    if (json_is_true(json_object_get(kline, "x"))) {
        listener->next_us = end_us;
        listener->closed += 1;
        listener->empty += number(kline, "n") == 0;
    }
    json_decref(event);
}

static void klines_are_those_of_the_trades(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum interval interval;
        u64 hours;
        u32 closed_min; /* in the run below */
    } cases[] = {{"btcusdt@kline_1s", INTERVAL_1S, 0, 5000},
                 {"btcusdt@kline_1m", INTERVAL_1M, 0, 100},
                 {"btcusdt@kline_3m", INTERVAL_3M, 0, 30},
                 {"btcusdt@kline_1h@+08:00", INTERVAL_1H, 8, 1},
                 {"btcusdt@kline_1d@+08:00", INTERVAL_1D, 8, 0},
                 {"btcusdt@kline_1w", INTERVAL_1W, 0, 0}};
    for (u64 i = 0; i < test_rounds(4); i += 1) {
        static struct ear_client clients[ARRAY_COUNT(cases)];
        struct kline_listener listeners[ARRAY_COUNT(cases)];
        print_message("seed %u\n", (unsigned)(test_seed() + i));
        runner_open(test_seed() + i, 1024, 30000000);
        memset(clients, 0, sizeof(clients));
        for (u32 k = 0; k < ARRAY_COUNT(cases); k += 1) {
            listeners[k] = (struct kline_listener){.interval = cases[k].interval,
                                                   .offset_us = (i64)cases[k].hours * 3600000000};
            clients[k].heard = kline_heard;
            clients[k].user = &listeners[k];
            clients[k].client.flags = STREAM_MICROSECONDS;
            ear_listen(&runner.ear, &clients[k], cases[k].name);
        }
        trades_count = 0;
        for (u32 step = 0; step < 2000; step += 1) {
            view_run_step(&runner.run);
            /* Else only trades bring them on; in three steps, as behind more than two minutes the
             * stream goes on from now. */
            runner.has_ticks = i % 2 == 0 || step % 10 > 2;
            ticks_until(runner.run.time_us);
            trades_take();
            const struct core_output *output = &runner.run.world.output;
            view_scene_events(&runner.view, output->data, output->used);
            stream_command(runner.ear.hub, span_of(output->data, output->used), runner.now_us);
        }
        for (u32 k = 0; k < ARRAY_COUNT(cases); k += 1) {
            assert_true(clients[k].count > 0);
            assert_true(listeners[k].closed >= cases[k].closed_min);
            stream_leave(runner.ear.hub, &clients[k].client);
        }
        assert_true(listeners[0].empty > 1000 && listeners[0].empty < listeners[0].closed);
        runner_close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(books_of_listeners_are_the_venues),
        cmocka_unit_test(full_windows_are_sent_early),
        cmocka_unit_test(what_is_forgotten_shows_as_a_gap),
        cmocka_unit_test(trades_are_told_once),
        cmocka_unit_test(klines_are_those_of_the_trades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
