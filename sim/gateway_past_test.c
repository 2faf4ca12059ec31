/* Aim: a gateway that comes back when the event log no longer reaches to its beginning knows the
 * past from the history, lets nobody in before, and comes up all the same when the history is
 * silent. Method: engine and gateway on a false disk, clock and network; small segments, an image,
 * and the test in the place of the history. */
#include "io/log.h"
#include "role/engine/snapshot_run.h"
#include "tests/support/gateway_world.h"
#include "tests/support/test.h"
#include "tests/support/trade_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gateway_world world;
static struct http_got got;
static struct trade_log trades;

static void get(const char *target)
{
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_get(&world, client, target, &got);
    assert_int_equal(got.status, 200);
}

static void place(const struct world_key *key, const char *side)
{
    char query[128];
    (void)snprintf(query, sizeof query,
                   "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&price=100&quantity=1&side=%s", side);
    struct sim_client *client = sim_connect(world.net, 1);
    gateway_world_request(&world, client, key, "POST", "/api/v3/order", query);
    assert_true(gateway_world_http(&world, client, 1000, &got));
    assert_int_equal(got.status, 200);
}

/* One trade of 1 BTC at 100; the log has it as the view tells it. */
static void trade_once(void)
{
    struct world_key seller;
    struct world_key buyer;
    gateway_world_key(&world, 0, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &seller);
    gateway_world_key(&world, 1, KEY_KIND_HMAC, KEY_RIGHT_READ | KEY_RIGHT_TRADE, &buyer);
    place(&seller, "SELL");
    place(&buyer, "BUY");
    get("/api/v3/trades?symbol=BTCUSDT");
    const char *time = strstr(got.body, "\"time\":");
    assert_non_null(time);
    trades.aggregates[0] = 1;
    trades.trades[0] = (struct history_trade){.trade_id = 1,
                                              .price = price_of(10000000000),
                                              .qty = amount_of(100000000),
                                              .quote = amount_of(10000000000),
                                              .time_us = strtoull(time + 7, NULL, 10) * 1000};
    trades.count = 1;
    world_key_free(&seller);
    world_key_free(&buyer);
}

/* Until the log's first segment has gone behind an image. */
static void lose_the_beginning(void)
{
    for (u32 i = 0; i < 60; i++) {
        struct scene_commands commands;
        scene_commands_init(&commands);
        struct command_deposit deposit = {.amount = amount_of(1)};
        for (u32 k = 0; k < 200; k++) {
            scene_put(&commands, &deposit, COMMAND_DEPOSIT, 3);
        }
        gateway_world_admin(&world, &commands);
        scene_commands_free(&commands);
    }
    struct snapshot_options options = {.disk = disk_false_disk(world.disk),
                                       .clock = &world.clock.clock,
                                       .folder = world.options.folder,
                                       .image = true};
    struct snapshot_result result;
    scene_must(snapshot_run(&options, &result));
    assert_true(result.image_written);
    gateway_world_turns(&world, 12000);
}

/* Answers what the gateway has asked. Returns how many. */
static u32 answer_asks(struct channel_reader *asks, struct channel_writer *answers)
{
    static u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    static u8 rows[LOOKUP_BYTES_MAX] __attribute__((aligned(16)));
    u32 count = 0;
    size_t size = 0;
    for (; channel_take(asks, bytes, &size) == CHANNEL_RECORD; count++) {
        struct lookup_ask ask;
        const char *reason = NULL;
        assert_true(lookup_ask_check(&ask, bytes, size, &reason));
        const struct lookup_result *result = trade_log_answer(&trades, &ask);
        struct lookup_answer answer =
            lookup_answer_of(ask.ticket, ask.lookup, (enum lookup_status)trades.status);
        answer.rows_count = (u16)result->count;
        answer.position = ask.position_min;
        answer.generation = 1;
        u32 most = lookup_rows_per_record((enum lookup_kind)ask.lookup);
        for (u32 first = 0; first < result->count; first += most) {
            const u8 *row = (const u8 *)result->rows +
                            (size_t)first * lookup_row_bytes((enum lookup_kind)ask.lookup);
            size_t used = lookup_rows_put(rows, (enum lookup_kind)ask.lookup, ask.ticket, first,
                                          row, (u32)u64_min(most, result->count - first));
            assert_int_equal(channel_put(answers, span_of(rows, used)), CHANNEL_PUT);
        }
        assert_int_equal(channel_put(answers, span_of(&answer, sizeof answer)), CHANNEL_PUT);
    }
    channel_release(asks);
    channel_flush(answers);
    return count;
}

static void begin(void)
{
    memset(&trades, 0, sizeof trades);
    gateway_world_init(&world, test_seed(), false);
    world.event_segment = 512U << 10;
    gateway_world_start(&world);
    trade_once();
}

static void knows_the_past_from_the_history(void **state)
{
    (void)state;
    static const u16 kinds[] = {LOOKUP_RECORD_ASK};
    static const char klines[] = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1";
    struct channel_reader asks;
    struct channel_writer answers;
    char before[1024];
    begin();
    lose_the_beginning();
    get(klines);
    assert_true(strlen(got.body) < sizeof before);
    strcpy(before, got.body);
    gateway_world_gateway_kill(&world);
    gateway_world_gateway_start(&world);
    assert_false(gateway_status(world.gateway).is_ready);
    /* Nobody is let in. */
    struct sim_client *early = sim_connect(world.net, 1);
    gateway_world_turns(&world, 5);
    assert_true(sim_client_is_closed(early));
    scene_must(
        channel_reader_open(&asks, &world.channels[WORLD_ASKS], kinds, 1, LOOKUP_SOURCE_GATEWAY));
    scene_must(channel_writer_open(&answers, &world.channels[WORLD_ANSWERS]));
    u32 asked = 0;
    for (u32 i = 0; i < 200 && !gateway_status(world.gateway).is_ready; i++) {
        asked += answer_asks(&asks, &answers);
        gateway_world_turn(&world);
    }
    assert_true(gateway_status(world.gateway).is_ready);
    assert_true(asked >= 4 && asked <= 7);
    gateway_world_turns(&world, 100);
    get(klines);
    assert_string_equal(got.body, before);
    get("/api/v3/ticker/24hr?symbol=BTCUSDT&type=MINI");
    assert_non_null(strstr(got.body, "\"openPrice\":\"100.00000000\""));
    assert_non_null(strstr(got.body, "\"volume\":\"1.00000000\""));
    assert_non_null(strstr(got.body, "\"count\":1}"));
    gateway_world_close(&world);
}

static void comes_up_when_the_history_is_silent(void **state)
{
    (void)state;
    begin();
    lose_the_beginning();
    gateway_world_gateway_kill(&world);
    gateway_world_gateway_start(&world);
    gateway_world_turns(&world, 2000);
    assert_false(gateway_status(world.gateway).is_ready);
    gateway_world_turns(&world, 10000);
    assert_true(gateway_status(world.gateway).is_ready);
    get("/api/v3/ticker/price?symbol=BTCUSDT");
    assert_string_equal(got.body, "{\"symbol\":\"BTCUSDT\",\"price\":\"100.00000000\"}");
    gateway_world_close(&world);
}

/* A log that is whole says it all: nothing is asked. */
static void needs_no_history_where_the_log_is_whole(void **state)
{
    (void)state;
    begin();
    gateway_world_gateway_kill(&world);
    gateway_world_gateway_start(&world);
    assert_true(gateway_status(world.gateway).is_ready);
    gateway_world_turns(&world, 100);
    get("/api/v3/ticker/24hr?symbol=BTCUSDT&type=MINI");
    assert_non_null(strstr(got.body, "\"count\":1}"));
    gateway_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_past_from_the_history),
        cmocka_unit_test(comes_up_when_the_history_is_silent),
        cmocka_unit_test(needs_no_history_where_the_log_is_whole),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
