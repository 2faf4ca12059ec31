/* Aim: subscriptions are what was asked for and end without a trace; a message is written once for
 * all who want it alike; every stream has the documents' fields, in their order. Method: a small
 * venue, and listeners that take frames apart; messages by hand, compared as text. */
#include "role/gateway/stream.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/stream_ear.h"
#include "tests/support/view_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_S = 1795000000, POOL_BYTES = 1 << 22, CLIENTS = 16 };

#define START_US (START_S * 1000000ULL)

static const struct stream_config config = {
    .markets_max = 8, .subscriptions_max = 4096, .changes_max = 1024};

/* A venue, its view, a hub, and listeners. */
struct scene {
    struct core_world world;
    struct view_scene view;
    struct stream_ear ear;
    struct ear_client clients[CLIENTS];
    u64 now_us;
};

static struct scene scene;

static void scene_open_sized(const struct stream_config *sizes, u64 pool_bytes)
{
    memset(&scene, 0, sizeof(scene));
    scene.now_us = START_US;
    world_open(&scene.world);
    core_set_time(scene.world.core, scene.now_us);
    struct view_config view = view_scene_config(&scene.world.limits);
    view_scene_open(&scene.view, &view);
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&scene.world, &bytes);
    view_scene_image(&scene.view, snapshot, bytes, 0);
    free(snapshot);
    ear_open(&scene.ear, sizes, pool_bytes);
    stream_hub_view(scene.ear.hub, scene.view.view);
    stream_tick(scene.ear.hub, scene.now_us);
    for (u32 i = 0; i < CLIENTS; i += 1) {
        ear_log_open(&scene.clients[i]);
    }
}

static void scene_open(void)
{
    scene_open_sized(&config, POOL_BYTES);
}

static void scene_close(void)
{
    for (u32 i = 0; i < CLIENTS; i += 1) {
        stream_leave(scene.ear.hub, &scene.clients[i].client);
        ear_log_close(&scene.clients[i]);
    }
    assert_int_equal(stream_counts(scene.ear.hub).subscriptions, 0);
    ear_close(&scene.ear);
    view_scene_close(&scene.view);
    world_close(&scene.world);
}

/* The events of the last command go on. */
static void told(void)
{
    view_scene_events(&scene.view, scene.world.output.data, scene.world.output.used);
    stream_command(scene.ear.hub, span_of(scene.world.output.data, scene.world.output.used),
                   scene.now_us);
    stream_turn(scene.ear.hub, scene.now_us);
}

static void place(u32 account, struct world_order order)
{
    assert_true(world_place(&scene.world, account, order) > 0);
    told();
}

/* Accounts 4 and 5 trade one lot; the book must be empty there. */
static void trade_at(u64 price)
{
    place(4, world_limit(SIDE_SELL, price, 1));
    place(5, world_limit(SIDE_BUY, price, 1));
}

/* Ours and the venue's clock. */
static void wait_ms(u64 ms)
{
    for (u64 i = 0; i < ms; i += 100) {
        scene.now_us += u64_min(100, ms - i) * 1000;
        stream_tick(scene.ear.hub, scene.now_us);
    }
    core_set_time(scene.world.core, scene.now_us);
}

static void listen_as(u32 client, const char *name, u8 flags)
{
    scene.clients[client].client.flags = flags;
    ear_listen(&scene.ear, &scene.clients[client], name);
}

static void said(u32 client, const char *expected)
{
    assert_string_equal(ear_said(&scene.clients[client]), expected);
}

/* ---- subscriptions ---- */

static u32 number_of(const char *text)
{
    struct stream_name name;
    assert_int_equal(stream_name_parse(span_of_text(text), &name), STREAM_NAME_OK);
    return stream_find(scene.ear.hub, &name);
}

static void lists(u32 client, const char *expected)
{
    char text[4096] = "";
    char name[STREAM_NAME_BYTES_MAX];
    u32 cursor = 0;
    while (stream_list(scene.ear.hub, &scene.clients[client].client, &cursor, name)) {
        strcat(strcat(text, name), " ");
    }
    assert_string_equal(text, expected);
}

static void subscriptions_come_and_go(void **state)
{
    (void)state;
    scene_open();
    struct stream_client *client = &scene.clients[0].client;
    u32 all[] = {number_of("btcusdt@trade"), number_of("!miniTicker@arr"),
                 number_of("BTCUSDT@kline_1m@+08:00"), number_of("btcusdt@trade"),
                 number_of("ethusdt@trade")};
    assert_int_equal(all[4], 0);
    assert_int_equal(stream_subscribe(scene.ear.hub, client, all, 5), STREAM_DONE);
    lists(0, "btcusdt@trade !miniTicker@arr btcusdt@kline_1m@+08:00 ");
    assert_int_equal(stream_subscribe(scene.ear.hub, client, all, 5), STREAM_DONE);
    lists(0, "btcusdt@trade !miniTicker@arr btcusdt@kline_1m@+08:00 ");
    listen_as(1, "btcusdt@trade", 0);
    stream_unsubscribe(scene.ear.hub, client, all, 1);
    lists(0, "!miniTicker@arr btcusdt@kline_1m@+08:00 ");
    lists(1, "btcusdt@trade ");
    stream_unsubscribe(scene.ear.hub, client, all, 5);
    stream_unsubscribe(scene.ear.hub, client, all, 5);
    lists(0, "");
    assert_int_equal(client->count, 0);
    assert_int_equal(stream_counts(scene.ear.hub).subscriptions, 1);
    assert_int_equal(stream_subscribe(scene.ear.hub, client, all + 1, 1), STREAM_DONE);
    lists(0, "!miniTicker@arr ");
    scene_close();
}

/* Random comings and goings: lists and receivers are always those of a plain table. */
static void receivers_are_those_who_subscribed(void **state)
{
    (void)state;
    enum { STREAMS = 6, LISTENERS = 7 };
    bool has[LISTENERS][STREAMS] = {{false}};
    struct random random;
    random_init(&random, test_seed());
    scene_open();
    for (u32 round = 0; round < 3000; round += 1) {
        u32 client = (u32)random_below(&random, LISTENERS);
        u32 numbers[STREAMS];
        u32 count = 0;
        bool add = random_chance(&random, 1, 2);
        for (u32 i = 0; i < STREAMS; i += 1) {
            if (random_chance(&random, 1, 3)) {
                numbers[count] = STREAM_TRADE + i + 1;
                has[client][i] = add;
                count += 1;
            }
        }
        struct stream_client *who = &scene.clients[client].client;
        if (add) {
            assert_int_equal(stream_subscribe(scene.ear.hub, who, numbers, count), STREAM_DONE);
        } else {
            stream_unsubscribe(scene.ear.hub, who, numbers, count);
        }
        if (random_chance(&random, 1, 20)) {
            stream_leave(scene.ear.hub, who);
            memset(has[client], 0, sizeof(has[client]));
        }
        if (round % 30 == 0) {
            trade_at(3000000 + round % 7);
        }
        for (u32 i = 0; i < LISTENERS; i += 1) {
            u32 expected = 0;
            for (u32 k = 0; k < STREAMS; k += 1) {
                expected += has[i][k];
            }
            assert_int_equal(scene.clients[i].client.count, expected);
            char trades_said[] = "\"e\":\"trade\"";
            const char *text = ear_said(&scene.clients[i]);
            bool heard = strstr(text, trades_said) != NULL;
            assert_int_equal(heard, round % 30 == 0 && has[i][STREAM_TRADE]);
        }
    }
    scene_close();
}

static void subscriptions_are_bounded(void **state)
{
    (void)state;
    static const struct stream_config sizes = {
        .markets_max = 8, .subscriptions_max = 60, .changes_max = 1024};
    u32 all[STREAM_VARIANTS];
    scene_open_sized(&sizes, POOL_BYTES);
    for (u32 i = 0; i < STREAM_VARIANTS; i += 1) {
        all[i] = i + 1; /* of market 0 */
    }
    struct stream_client *first = &scene.clients[0].client;
    struct stream_client *second = &scene.clients[1].client;
    assert_int_equal(stream_subscribe(scene.ear.hub, first, all, STREAM_VARIANTS), STREAM_DONE);
    u32 left = 60 - STREAM_VARIANTS;
    assert_int_equal(stream_subscribe(scene.ear.hub, second, all, left + 1), STREAM_NO_ROOM);
    assert_int_equal(second->count, 0);
    assert_int_equal(stream_subscribe(scene.ear.hub, second, all, left), STREAM_DONE);
    stream_leave(scene.ear.hub, first);
    assert_int_equal(stream_subscribe(scene.ear.hub, second, all, STREAM_VARIANTS), STREAM_DONE);
    assert_int_equal(second->count, STREAM_VARIANTS);
    scene_close();
}

static void a_client_has_so_many_at_most(void **state)
{
    (void)state;
    static const struct stream_config sizes = {
        .markets_max = 100, .subscriptions_max = 10000, .changes_max = 16};
    static u32 all[STREAM_PER_CLIENT_MAX + 1];
    struct stream_ear ear;
    struct stream_client client = {0};
    ear_open(&ear, &sizes, POOL_BYTES);
    scene_open();
    stream_hub_view(ear.hub, scene.view.view);
    for (u32 i = 0; i < ARRAY_COUNT(all); i += 1) {
        all[i] = i + 1;
    }
    assert_int_equal(stream_subscribe(ear.hub, &client, all, STREAM_PER_CLIENT_MAX + 1),
                     STREAM_TOO_MANY);
    assert_int_equal(client.count, 0);
    assert_int_equal(stream_subscribe(ear.hub, &client, all, STREAM_PER_CLIENT_MAX), STREAM_DONE);
    assert_int_equal(stream_subscribe(ear.hub, &client, all, STREAM_PER_CLIENT_MAX), STREAM_DONE);
    assert_int_equal(stream_subscribe(ear.hub, &client, all + STREAM_PER_CLIENT_MAX, 1),
                     STREAM_TOO_MANY);
    stream_unsubscribe(ear.hub, &client, all + 500, 1);
    assert_int_equal(stream_subscribe(ear.hub, &client, all + STREAM_PER_CLIENT_MAX, 1),
                     STREAM_DONE);
    stream_leave(ear.hub, &client);
    scene_close();
    ear_close(&ear);
}

/* ---- sharing ---- */

static void a_message_is_written_once_for_all(void **state)
{
    (void)state;
    scene_open();
    for (u32 i = 0; i < CLIENTS; i += 1) {
        listen_as(i, "btcusdt@trade", (u8)(i % STREAM_KINDS));
    }
    place(0, world_limit(SIDE_SELL, 3000000, 50));
    place(2, world_limit(SIDE_BUY, 3000000, 20));
    struct stream_counts counts = stream_counts(scene.ear.hub);
    assert_int_equal(counts.frames, STREAM_KINDS);
    assert_int_equal(counts.messages, CLIENTS);
    for (u32 i = 0; i < CLIENTS; i += 1) {
        assert_int_equal(scene.clients[i].count, 1);
        assert_ptr_equal(scene.clients[i].frame, scene.clients[i % STREAM_KINDS].frame);
        char expected[400];
        bool micro = (i & STREAM_MICROSECONDS) != 0;
        snprintf(
            expected, sizeof(expected),
            "%s{\"e\":\"trade\",\"E\":%u%s,\"s\":\"BTCUSDT\",\"t\":1,"
            "\"p\":\"30000.00000000\",\"q\":\"0.00200000\",\"T\":%u%s,\"m\":false,\"M\":true}\n",
            (i & STREAM_COMBINED) != 0 ? "btcusdt@trade " : "", (u32)START_S,
            micro ? "000000" : "000", (u32)START_S, micro ? "000000" : "000");
        said(i, expected);
    }
    scene_close();
}

static void whoever_finds_no_memory_is_told(void **state)
{
    (void)state;
    scene_open_sized(&config, 4096);
    listen_as(0, "btcusdt@trade", 0);
    listen_as(1, "btcusdt@trade", STREAM_COMBINED);
    listen_as(2, "btcusdt@trade", 0);
    struct net_buffer *rest = net_buffer_take(&scene.ear.pool, 4000);
    assert_non_null(rest);
    place(0, world_limit(SIDE_SELL, 3000000, 50));
    place(2, world_limit(SIDE_BUY, 3000000, 20));
    for (u32 i = 0; i < 3; i += 1) {
        assert_int_equal(scene.clients[i].lost, 1);
        assert_int_equal(scene.clients[i].count, 0);
    }
    assert_int_equal(stream_counts(scene.ear.hub).lost, 3);
    net_buffer_release(rest);
    place(2, world_limit(SIDE_BUY, 3000000, 10));
    assert_int_equal(scene.clients[1].count, 1);
    scene_close();
}

/* ---- what each says ---- */

static void trades(void **state)
{
    (void)state;
    scene_open();
    listen_as(0, "btcusdt@trade", 0);
    listen_as(1, "btcusdt@aggTrade", 0);
    listen_as(2, "btcusdt@blockTrade", 0);
    place(0, world_limit(SIDE_BUY, 3000000, 10));
    place(2, world_limit(SIDE_BUY, 3000000, 20));
    place(4, world_limit(SIDE_BUY, 2999999, 30));
    scene.now_us += 250000; /* the venue's clock is what it was */
    place(1, world_limit(SIDE_SELL, 2999000, 45));
    said(0,
         "{\"e\":\"trade\",\"E\":1795000000250,\"s\":\"BTCUSDT\",\"t\":1,\"p\":\"30000.00000000\","
         "\"q\":\"0.00100000\",\"T\":1795000000000,\"m\":true,\"M\":true}\n"
         "{\"e\":\"trade\",\"E\":1795000000250,\"s\":\"BTCUSDT\",\"t\":2,\"p\":\"30000.00000000\","
         "\"q\":\"0.00200000\",\"T\":1795000000000,\"m\":true,\"M\":true}\n"
         "{\"e\":\"trade\",\"E\":1795000000250,\"s\":\"BTCUSDT\",\"t\":3,\"p\":\"29999.99000000\","
         "\"q\":\"0.00150000\",\"T\":1795000000000,\"m\":true,\"M\":true}\n");
    said(1, "{\"e\":\"aggTrade\",\"E\":1795000000250,\"s\":\"BTCUSDT\",\"a\":1,"
            "\"p\":\"30000.00000000\",\"q\":\"0.00300000\",\"f\":1,\"l\":2,\"T\":1795000000000,"
            "\"m\":true,\"M\":true}\n"
            "{\"e\":\"aggTrade\",\"E\":1795000000250,\"s\":\"BTCUSDT\",\"a\":2,"
            "\"p\":\"29999.99000000\",\"q\":\"0.00150000\",\"f\":3,\"l\":3,\"T\":1795000000000,"
            "\"m\":true,\"M\":true}\n");
    said(2, "");
    scene_close();
}

static void nothing_is_told_before_it_happened(void **state)
{
    (void)state;
    scene_open();
    listen_as(0, "btcusdt@trade", 0);
    scene.now_us -= 3000; /* ours is behind */
    trade_at(3000000);
    assert_non_null(
        strstr(ear_said(&scene.clients[0]), "\"E\":1795000000000,\"s\":\"BTCUSDT\",\"t\":1,"));
    scene_close();
}

static void best_prices(void **state)
{
    (void)state;
    scene_open();
    listen_as(0, "btcusdt@bookTicker", STREAM_COMBINED);
    stream_turn(scene.ear.hub, scene.now_us);
    said(0, "btcusdt@bookTicker {\"u\":0,\"s\":\"BTCUSDT\",\"b\":\"0.00000000\","
            "\"B\":\"0.00000000\",\"a\":\"0.00000000\",\"A\":\"0.00000000\"}\n");
    place(0, world_limit(SIDE_BUY, 2990000, 10));
    place(0, world_limit(SIDE_BUY, 2980000, 10)); /* not the best */
    said(0, "btcusdt@bookTicker {\"u\":1,\"s\":\"BTCUSDT\",\"b\":\"29900.00000000\","
            "\"B\":\"0.00100000\",\"a\":\"0.00000000\",\"A\":\"0.00000000\"}\n");
    place(2, world_limit(SIDE_BUY, 2990000, 5)); /* another quantity */
    said(0, "btcusdt@bookTicker {\"u\":3,\"s\":\"BTCUSDT\",\"b\":\"29900.00000000\","
            "\"B\":\"0.00150000\",\"a\":\"0.00000000\",\"A\":\"0.00000000\"}\n");
    scene_close();
}

static void depth(void **state)
{
    (void)state;
    scene_open();
    place(0, world_limit(SIDE_BUY, 2990000, 10)); /* before anybody listens */
    listen_as(0, "btcusdt@depth", 0);
    listen_as(1, "btcusdt@depth@100ms", STREAM_MICROSECONDS);
    wait_ms(1000);
    said(0, "");
    said(1, "");
    place(0, world_limit(SIDE_BUY, 2990000, 5));
    place(2, world_limit(SIDE_SELL, 3010000, 7));
    wait_ms(100);
    said(1, "{\"e\":\"depthUpdate\",\"E\":1795000001100000,\"s\":\"BTCUSDT\",\"U\":2,\"u\":3,"
            "\"b\":[[\"29900.00000000\",\"0.00150000\"]],"
            "\"a\":[[\"30100.00000000\",\"0.00070000\"]]}\n");
    place(1, world_limit(SIDE_BUY, 3010000, 7));
    wait_ms(900);
    said(1, "{\"e\":\"depthUpdate\",\"E\":1795000001200000,\"s\":\"BTCUSDT\",\"U\":4,\"u\":4,"
            "\"b\":[],\"a\":[[\"30100.00000000\",\"0.00000000\"]]}\n");
    said(0, "{\"e\":\"depthUpdate\",\"E\":1795000002000,\"s\":\"BTCUSDT\",\"U\":2,\"u\":4,"
            "\"b\":[[\"29900.00000000\",\"0.00150000\"]],"
            "\"a\":[[\"30100.00000000\",\"0.00000000\"]]}\n");
    /* Ids without a visible change are told too: an order that came and went. */
    u64 order = world_place(&scene.world, 0, world_limit(SIDE_BUY, 2990000, 3));
    told();
    world_cancel(&scene.world, 0, order);
    told();
    wait_ms(1000);
    said(0, "{\"e\":\"depthUpdate\",\"E\":1795000003000,\"s\":\"BTCUSDT\",\"U\":5,\"u\":6,"
            "\"b\":[[\"29900.00000000\",\"0.00150000\"]],\"a\":[]}\n");
    wait_ms(5000);
    said(0, "");
    scene_close();
}

static void partial_depth(void **state)
{
    (void)state;
    static const char *const names[] = {"btcusdt@depth5@100ms",  "btcusdt@depth10",
                                        "btcusdt@depth20@100ms", "btcusdt@depth5",
                                        "btcusdt@depth10@100ms", "btcusdt@depth20"};
    static const u32 levels[] = {5, 10, 20, 5, 10, 20};
    scene_open();
    for (u32 i = 0; i < 25; i += 1) {
        place(0, world_limit(SIDE_BUY, 2990000 - i, 10 + i));
        place(2, world_limit(SIDE_SELL, 3010000 + i, 10 + i));
    }
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char expected[4096] = "{\"lastUpdateId\":50,\"bids\":[";
        listen_as(i, names[i], 0);
        wait_ms(1000);
        for (u32 side = 0; side < 2; side += 1) {
            for (u32 level = 0; level < levels[i]; level += 1) {
                size_t used = strlen(expected);
                snprintf(expected + used, sizeof(expected) - used,
                         "%s[\"%u.%02u000000\",\"0.00%u0000\"]", level > 0 ? "," : "",
                         (side == 0 ? 2990000 - level : 3010000 + level) / 100,
                         (side == 0 ? 2990000 - level : 3010000 + level) % 100, 10 + level);
            }
            strcat(expected, side == 0 ? "],\"asks\":[" : "]}\n");
        }
        said(i, expected);
    }
    wait_ms(3000); /* nothing has changed */
    said(0, "");
    listen_as(6, names[0], 0); /* a new one is told at once, and with it everybody */
    wait_ms(100);
    assert_int_equal(strncmp(ear_said(&scene.clients[6]), "{\"lastUpdateId\":50,", 19), 0);
    scene_close();
}

static void klines(void **state)
{
    (void)state;
    scene_open();
    listen_as(0, "btcusdt@kline_1m", 0);
    wait_ms(4000);
    said(0, ""); /* nothing was ever traded */
    trade_at(3000000);
    wait_ms(2000);
    said(0, "{\"e\":\"kline\",\"E\":1795000006000,\"s\":\"BTCUSDT\",\"k\":{\"t\":1794999960000,"
            "\"T\":1795000019999,\"s\":\"BTCUSDT\",\"i\":\"1m\",\"f\":1,\"L\":1,"
            "\"o\":\"30000.00000000\",\"c\":\"30000.00000000\",\"h\":\"30000.00000000\","
            "\"l\":\"30000.00000000\",\"v\":\"0.00010000\",\"n\":1,\"x\":false,"
            "\"q\":\"3.00000000\",\"V\":\"0.00010000\",\"Q\":\"3.00000000\",\"B\":\"0\"}}\n");
    wait_ms(10000);
    said(0, "");
    listen_as(1, "btcusdt@kline_1m", 0); /* is told what there is */
    wait_ms(2000);
    assert_non_null(strstr(ear_said(&scene.clients[0]), "\"E\":1795000018000,"));
    assert_non_null(strstr(ear_said(&scene.clients[1]), "\"E\":1795000018000,"));
    wait_ms(2500); /* the minute has ended 500 ms ago */
    said(0, "{\"e\":\"kline\",\"E\":1795000020500,\"s\":\"BTCUSDT\",\"k\":{\"t\":1794999960000,"
            "\"T\":1795000019999,\"s\":\"BTCUSDT\",\"i\":\"1m\",\"f\":1,\"L\":1,"
            "\"o\":\"30000.00000000\",\"c\":\"30000.00000000\",\"h\":\"30000.00000000\","
            "\"l\":\"30000.00000000\",\"v\":\"0.00010000\",\"n\":1,\"x\":true,"
            "\"q\":\"3.00000000\",\"V\":\"0.00010000\",\"Q\":\"3.00000000\",\"B\":\"0\"}}\n");
    wait_ms(1500);
    said(0, "{\"e\":\"kline\",\"E\":1795000022000,\"s\":\"BTCUSDT\",\"k\":{\"t\":1795000020000,"
            "\"T\":1795000079999,\"s\":\"BTCUSDT\",\"i\":\"1m\",\"f\":-1,\"L\":-1,"
            "\"o\":\"30000.00000000\",\"c\":\"30000.00000000\",\"h\":\"30000.00000000\","
            "\"l\":\"30000.00000000\",\"v\":\"0.00000000\",\"n\":0,\"x\":false,"
            "\"q\":\"0.00000000\",\"V\":\"0.00000000\",\"Q\":\"0.00000000\",\"B\":\"0\"}}\n");
    scene_close();
}

static void tickers(void **state)
{
    (void)state;
    scene_open();
    trade_at(3000000);
    trade_at(3030000);
    place(0, world_limit(SIDE_BUY, 2990000, 10));
    listen_as(0, "btcusdt@ticker", 0);
    listen_as(1, "btcusdt@miniTicker", 0);
    listen_as(2, "btcusdt@ticker_1h", 0);
    listen_as(3, "!miniTicker@arr", STREAM_COMBINED);
    listen_as(5, "btcusdt@avgPrice", 0);
    wait_ms(1000);
    said(0, "{\"e\":\"24hrTicker\",\"E\":1795000001000,\"s\":\"BTCUSDT\",\"p\":\"300.00000000\","
            "\"P\":\"1.000\",\"w\":\"30150.00000000\",\"x\":\"0.00000000\","
            "\"c\":\"30300.00000000\",\"Q\":\"0.00010000\",\"b\":\"29900.00000000\","
            "\"B\":\"0.00100000\",\"a\":\"0.00000000\",\"A\":\"0.00000000\","
            "\"o\":\"30000.00000000\",\"h\":\"30300.00000000\",\"l\":\"30000.00000000\","
            "\"v\":\"0.00020000\",\"q\":\"6.03000000\",\"O\":1794913620000,\"C\":1795000001000,"
            "\"F\":1,\"L\":2,\"n\":2}\n");
    said(1, "{\"e\":\"24hrMiniTicker\",\"E\":1795000001000,\"s\":\"BTCUSDT\","
            "\"c\":\"30300.00000000\",\"o\":\"30000.00000000\",\"h\":\"30300.00000000\","
            "\"l\":\"30000.00000000\",\"v\":\"0.00020000\",\"q\":\"6.03000000\"}\n");
    said(2, "{\"e\":\"1hTicker\",\"E\":1795000001000,\"s\":\"BTCUSDT\",\"p\":\"300.00000000\","
            "\"P\":\"1.000\",\"o\":\"30000.00000000\",\"h\":\"30300.00000000\","
            "\"l\":\"30000.00000000\",\"c\":\"30300.00000000\",\"w\":\"30150.00000000\","
            "\"v\":\"0.00020000\",\"q\":\"6.03000000\",\"O\":1794996360000,\"C\":1795000001000,"
            "\"F\":1,\"L\":2,\"n\":2}\n");
    said(3, "!miniTicker@arr [{\"e\":\"24hrMiniTicker\",\"E\":1795000001000,\"s\":\"BTCUSDT\","
            "\"c\":\"30300.00000000\",\"o\":\"30000.00000000\",\"h\":\"30300.00000000\","
            "\"l\":\"30000.00000000\",\"v\":\"0.00020000\",\"q\":\"6.03000000\"}]\n");
    said(5, "{\"e\":\"avgPrice\",\"E\":1795000001000,\"s\":\"BTCUSDT\",\"i\":\"5m\","
            "\"w\":\"30150.00000000\",\"T\":1795000000000}\n");
    wait_ms(5000);
    for (u32 i = 0; i < 6; i += 1) {
        said(i, "");
    }
    wait_ms(3700000); /* the trades leave the hour, and say so once */
    assert_int_equal(scene.clients[2].count, 2);
    assert_int_equal(scene.clients[1].count, 1);
    struct command_market_add second = world_definition();
    second.market = 1;
    memcpy(second.name, "BTCTWO", sizeof("BTCTWO"));
    world_apply(&scene.world, &second, COMMAND_MARKET_ADD, 0);
    told();
    wait_ms(2000); /* only the new market's */
    const char *mini = ear_said(&scene.clients[3]);
    assert_null(strstr(mini, "BTCUSDT"));
    assert_non_null(strstr(mini, "\"s\":\"BTCTWO\",\"c\":\"0.00000000\""));
    scene_close();
}

static void rolling_windows(void **state)
{
    (void)state;
    scene_open();
    trade_at(3000000);
    listen_as(4, "!ticker_4h@arr", 0);
    listen_as(6, "btcusdt@ticker_4h", 0);
    listen_as(7, "btcusdt@ticker_1d", 0);
    listen_as(8, "!ticker_1h@arr", 0);
    listen_as(9, "!ticker_1d@arr", 0);
    wait_ms(1000);
    static const char *const heads[] = {[4] = "[{\"e\":\"4hTicker\",",
                                        [6] = "{\"e\":\"4hTicker\",",
                                        [7] = "{\"e\":\"1dTicker\",",
                                        [8] = "[{\"e\":\"1hTicker\",",
                                        [9] = "[{\"e\":\"1dTicker\","};
    static const char *const opens[] = {[4] = "\"O\":1794985560000,",
                                        [6] = "\"O\":1794985560000,",
                                        [7] = "\"O\":1794913560000,",
                                        [8] = "\"O\":1794996360000,",
                                        [9] = "\"O\":1794913560000,"};
    for (u32 i = 0; i < ARRAY_COUNT(heads); i += 1) {
        if (heads[i] != NULL) {
            const char *text = ear_said(&scene.clients[i]);
            assert_int_equal(strncmp(text, heads[i], strlen(heads[i])), 0);
            assert_non_null(strstr(text, opens[i]));
        }
    }
    wait_ms(5000);
    for (u32 i = 0; i < ARRAY_COUNT(heads); i += 1) {
        said(i, "");
    }
    scene_close();
}

static void reference_prices(void **state)
{
    (void)state;
    scene_open();
    place(0, world_limit(SIDE_BUY, 2990000, 10));
    listen_as(0, "btcusdt@referencePrice", 0);
    wait_ms(1000);
    said(0, "{\"e\":\"referencePrice\",\"s\":\"BTCUSDT\",\"r\":null,\"t\":1795000000000}\n");
    struct command_reference_price price = {.price = price_of(3000000000000), .market = 0};
    core_set_time(scene.world.core, scene.now_us);
    world_apply(&scene.world, &price, COMMAND_REFERENCE_PRICE, 0);
    told();
    wait_ms(3000);
    said(0, "{\"e\":\"referencePrice\",\"s\":\"BTCUSDT\",\"r\":\"30000.00000000\","
            "\"t\":1795000001000}\n");
    scene_close();
}

/* After another view the depth's next event shows a gap, and everything is told again. */
static void another_view_begins_anew(void **state)
{
    (void)state;
    scene_open();
    listen_as(0, "btcusdt@depth@100ms", 0);
    listen_as(1, "btcusdt@bookTicker", 0);
    place(0, world_limit(SIDE_BUY, 2990000, 10));
    assert_int_equal(scene.clients[1].count, 1);
    stream_hub_view(scene.ear.hub, scene.view.view);
    stream_turn(scene.ear.hub, scene.now_us);
    assert_int_equal(scene.clients[1].count, 2);
    wait_ms(100);
    said(0, "");
    place(0, world_limit(SIDE_BUY, 2990000, 10));
    wait_ms(100);
    assert_non_null(strstr(ear_said(&scene.clients[0]), "\"U\":2,\"u\":2"));
    scene_close();
}

static void opening_is_bounded(void **state)
{
    (void)state;
    static const struct stream_config bad[] = {
        {.markets_max = 0, .subscriptions_max = 1, .changes_max = 1},
        {.markets_max = 65537, .subscriptions_max = 1, .changes_max = 1},
        {.markets_max = 1, .subscriptions_max = 0, .changes_max = 1},
        {.markets_max = 1, .subscriptions_max = 1, .changes_max = 0},
        {.markets_max = 1, .subscriptions_max = 1, .changes_max = 1U << 25}};
    static u8 small[1000];
    struct stream_hub *hub;
    struct arena arena;
    arena_init(&arena, small, sizeof(small));
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_int_equal(stream_hub_footprint(&bad[i]), 0);
        assert_int_equal(stream_hub_open(&hub, &bad[i], NULL, NULL, NULL, &arena), FAULT_CONFIG);
    }
    assert_int_equal(stream_hub_open(&hub, &config, NULL, NULL, NULL, &arena), FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscriptions_come_and_go),
        cmocka_unit_test(receivers_are_those_who_subscribed),
        cmocka_unit_test(subscriptions_are_bounded),
        cmocka_unit_test(a_client_has_so_many_at_most),
        cmocka_unit_test(a_message_is_written_once_for_all),
        cmocka_unit_test(whoever_finds_no_memory_is_told),
        cmocka_unit_test(trades),
        cmocka_unit_test(nothing_is_told_before_it_happened),
        cmocka_unit_test(best_prices),
        cmocka_unit_test(depth),
        cmocka_unit_test(partial_depth),
        cmocka_unit_test(klines),
        cmocka_unit_test(tickers),
        cmocka_unit_test(rolling_windows),
        cmocka_unit_test(reference_prices),
        cmocka_unit_test(another_view_begins_anew),
        cmocka_unit_test(opening_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
