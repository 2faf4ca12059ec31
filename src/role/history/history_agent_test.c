/* Aim: every question that comes over the channel is answered once, from a database that has
 * reached what it asks for; and the log is followed whatever the asking side does. Method: a real
 * engine in a temporary folder, the gateway's ends of the channels in the test's hand, a clock that
 * stands still until it is moved. Answers are compared with history_lookup on a reader's store. */
#include "role/history/history_agent.h"

#include "base/random.h"
#include "base/span.h"
#include "role/history/history_lookup.h"
#include "tests/support/engine_scene.h"

#include <stdlib.h>
#include <string.h>

enum { ORDERS = 3000, BYTES = 1 << 17, WAIT_US = 500000, STEP = 1 << 15 };

struct place {
    char base[SCENE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    struct command_genesis genesis;
    struct scene_commands commands;
    size_t submitted;
    struct scene_sink sink;
    struct clock_false clock;
    struct engine *engine;

    struct channel asks;
    struct channel answers;
    struct channel bell;
    struct channel_writer ask;
    struct channel_writer ring;
    struct channel_reader answer;
    void *memory;
    struct agent *agent;
    u64 gather_us;
    u64 ticket;

    /* What came last from the agent. */
    struct lookup_answer end;
    u8 rows[HISTORY_ROWS_MAX * sizeof(struct history_order)];
    u32 rows_count;
    u32 records;
    u64 told;
    u64 told_count;
    u64 generation;
};

static struct place place;

static void engine_start(void)
{
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &place.clock.clock,
                                     .folder = place.folder,
                                     .genesis = &place.genesis,
                                     .batch_commands = 300,
                                     .batch_bytes = 128 << 10,
                                     .journal_segment = 1 << 20,
                                     .event_segment = 1 << 19,
                                     .sink = &place.sink.sink};
    scene_must(engine_open(&place.engine, &options));
}

static void agent_make(u64 steps_max)
{
    struct arena arena;
    struct footprint footprint = history_agent_footprint();
    struct history_agent_options options = {.folder = place.folder,
                                            .clock = &place.clock.clock,
                                            .asks = &place.asks,
                                            .answers = &place.answers,
                                            .bell = &place.bell,
                                            .wait_us = WAIT_US,
                                            .steps_max = steps_max,
                                            .bytes_max = STEP,
                                            .gather_us = place.gather_us};
    free(place.memory);
    place.memory = aligned_alloc(64, (footprint.bytes + 63) / 64 * 64);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, footprint.bytes);
    scene_must(history_agent_init(&place.agent, &options, &arena));
}

static int make(void **state)
{
    static const u16 kinds[] = {LOOKUP_RECORD_ROWS, LOOKUP_RECORD_ANSWER};
    (void)state;
    memset(&place, 0, sizeof(place));
    scene_folder_make(place.base);
    scene_must(file_path(place.folder, place.base, "venue"));
    place.genesis = scene_genesis();
    place.genesis.head.source_index = 1;
    clock_false_init(&place.clock, 1700000000000000);
    scene_commands_init(&place.commands);
    place.commands.source_index = 1;
    scene_put_venue(&place.commands);
    scene_put_flow(&place.commands, test_seed(), ORDERS);
    scene_sink_init(&place.sink);
    scene_must(channel_create(&place.asks, "asks", BYTES));
    scene_must(channel_create(&place.answers, "answers", BYTES));
    scene_must(channel_create(&place.bell, "bell", CHANNEL_BYTES_MIN));
    scene_must(channel_writer_open(&place.ask, &place.asks));
    scene_must(channel_writer_open(&place.ring, &place.bell));
    scene_must(channel_reader_open(&place.answer, &place.answers, kinds, ARRAY_COUNT(kinds),
                                   LOOKUP_SOURCE_HISTORY));
    agent_make(0);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    agent_close(place.agent);
    engine_close(place.engine);
    channel_close(&place.asks);
    channel_close(&place.answers);
    channel_close(&place.bell);
    free(place.memory);
    scene_sink_free(&place.sink);
    scene_commands_free(&place.commands);
    scene_folder_remove(place.base);
    return 0;
}

/* Submits the next `count` commands; false when there are none left. */
static bool engine_go(u64 count)
{
    size_t start = place.submitted;
    while (count > 0 && place.submitted < place.commands.used) {
        place.submitted += (size_t)place.commands.bytes[place.submitted + 2] * WIRE_UNIT;
        count -= 1;
    }
    scene_submit_all(place.engine, span_of(place.commands.bytes + start, place.submitted - start));
    scene_must(engine_drain(place.engine));
    clock_false_advance(&place.clock, 7000000);
    return place.submitted < place.commands.used;
}

/* ---- the gateway's side ---- */

static u64 put(struct lookup_ask ask)
{
    place.ticket += 1;
    ask.ticket = place.ticket;
    assert_int_equal(channel_put(&place.ask, span_of(&ask, sizeof(ask))), CHANNEL_PUT);
    channel_flush(&place.ask);
    return place.ticket;
}

static void rows_join(const u8 *record, size_t size)
{
    struct lookup_rows head;
    const char *reason = NULL;
    assert_true(lookup_rows_check(&head, record, size, &reason));
    assert_int_equal(head.first, place.rows_count);
    memcpy(place.rows + (size_t)head.first * head.row_bytes, record + LOOKUP_ROWS_OFFSET,
           (size_t)head.count * head.row_bytes);
    place.rows_count += head.count;
}

/* The next answer's end is in place.end; false: nothing more is in the channel. */
static bool take(void)
{
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    const char *reason = NULL;
    while (channel_take(&place.answer, record, &size) == CHANNEL_RECORD) {
        channel_release(&place.answer);
        place.records += 1;
        if (record[0] == LOOKUP_RECORD_ROWS) {
            rows_join(record, size);
            continue;
        }
        assert_true(lookup_answer_check(&place.end, record, size, &reason));
        if (place.end.ticket != 0) {
            assert_int_equal(place.end.rows_count, place.rows_count);
            assert_true(place.end.generation == place.generation);
            place.rows_count = 0;
            return true;
        }
        assert_true(place.records == 1 || place.generation == place.end.generation ||
                    place.rows_count == 0);
        place.generation = place.end.generation;
        place.told = place.end.position;
        place.told_count += 1;
    }
    return false;
}

static bool work(void)
{
    bool busy = false;
    scene_must(agent_work(place.agent, &busy));
    return busy;
}

static void settle(void)
{
    while (work()) {
    }
}

/* The answer to one question is what history_lookup says. */
static u32 compare(struct lookup_ask ask, struct store *store)
{
    static u8 rows[sizeof(place.rows)] __attribute__((aligned(16)));
    u32 count = 0;
    u64 ticket = put(ask);
    memset(rows, 0, sizeof(rows));
    scene_must(history_lookup(store, &ask, rows, &count));
    while (!take()) {
        assert_true(work());
    }
    assert_true(place.end.ticket == ticket);
    assert_int_equal(place.end.status, LOOKUP_OK);
    assert_int_equal(place.end.lookup, ask.lookup);
    assert_int_equal(place.end.rows_count, count);
    assert_memory_equal(place.rows, rows,
                        (size_t)count * lookup_row_bytes((enum lookup_kind)ask.lookup));
    return count;
}

static void every_kind_is_answered(void **state)
{
    (void)state;
    struct store *store = NULL;
    engine_start();
    while (engine_go(500)) {
    }
    scene_must(agent_open(place.agent));
    settle();
    scene_must(history_reader(&store, place.folder));
    struct random random;
    random_init(&random, test_seed());
    u32 found[LOOKUP_KIND_COUNT] = {0};
    for (u32 round = 0; round < 40; round += 1) {
        for (u32 i = 1; i < LOOKUP_KIND_COUNT; i += 1) {
            struct lookup_ask ask = lookup_ask_of((enum lookup_kind)i);
            assert_true(client_id_pack(&ask.client, span_of_text("nobody")));
            ask.account = (u32)random_below(&random, SCENE_ACCOUNTS);
            ask.id = i == LOOKUP_FILLS ? 0 : random_below(&random, ORDERS);
            ask.limit = (u32)random_between(&random, 1, HISTORY_ROWS_MAX);
            ask.from_id = random_chance(&random, 1, 2) ? random_below(&random, ORDERS) : 0;
            ask.now_us = clock_wall_us(&place.clock.clock);
            ask.interval = (u8)random_below(&random, INTERVAL_COUNT);
            ask.to_s = (i64)(ask.now_us / 1000000);
            found[i] += compare(ask, store);
        }
    }
    assert_true(found[LOOKUP_ORDER_BY_ID] > 0 && found[LOOKUP_ORDERS] > 1000);
    assert_true(found[LOOKUP_FILLS] > 1000 && found[LOOKUP_TRADES] > 1000);
    assert_true(found[LOOKUP_AGGREGATES] > 1000 && found[LOOKUP_KLINES] > 10);
    assert_true(found[LOOKUP_DEPOSITS] > 10 && found[LOOKUP_LINES] > 0);
    assert_int_equal(found[LOOKUP_BAR], 40);
    store_close(store);
    struct history_agent_counts counts = history_agent_counts(place.agent);
    assert_int_equal(counts.answered, 40 * (LOOKUP_KIND_COUNT - 1));
    assert_int_equal(counts.refused + counts.behind + counts.costly + counts.failed, 0);
    assert_int_equal(counts.event_bytes, place.sink.used);
}

/* A question is answered from its position on, not before; and not for ever waited with. */
static void a_question_waits_for_its_position(void **state)
{
    (void)state;
    engine_start();
    (void)engine_go(500);
    scene_must(agent_open(place.agent));
    settle();
    assert_false(take());
    assert_int_equal(place.told_count, 1);

    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.position_min = place.sink.position + 1;
    u64 first = put(ask);
    ask.position_min = place.sink.position;
    u64 second = put(ask);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == second && place.end.status == LOOKUP_OK);
    assert_false(take());
    assert_int_equal(history_agent_counts(place.agent).waiting, 1);
    (void)engine_go(10);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == first && place.end.status == LOOKUP_OK);
    assert_true(place.end.position == place.sink.position);

    ask.position_min = place.sink.position + 1;
    u64 third = put(ask);
    settle();
    assert_false(take());
    clock_false_advance(&place.clock, WAIT_US * 1000ULL - 1);
    settle();
    assert_false(take());
    clock_false_advance(&place.clock, 1);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == third && place.end.status == LOOKUP_BEHIND);
    assert_int_equal(history_agent_counts(place.agent).behind, 1);
}

/* The position is told when it moves, but not with every step. */
static void the_position_is_told_now_and_then(void **state)
{
    (void)state;
    engine_start();
    (void)engine_go(1000);
    scene_must(agent_open(place.agent));
    u32 steps = 0;
    while (work()) {
        steps += 1;
    }
    assert_true(steps > 3);
    assert_false(take());
    assert_int_equal(place.told_count, 1);
    clock_false_advance(&place.clock, HISTORY_TELL_US * 1000);
    (void)work();
    assert_false(take());
    assert_int_equal(place.told_count, 2);
    assert_true(place.told == place.sink.position);
    clock_false_advance(&place.clock, HISTORY_TELL_US * 1000);
    (void)work();
    assert_false(take());
    assert_int_equal(place.told_count, 2);
}

/* Nobody takes the answers: the agent follows on and keeps what it owes. */
static void a_full_channel_holds_nothing_up(void **state)
{
    (void)state;
    engine_start();
    while (engine_go(500)) {
    }
    scene_must(agent_open(place.agent));
    settle();
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.limit = HISTORY_ROWS_MAX;
    ask.account = 1;
    for (u32 i = 0; i < 4; i += 1) {
        (void)put(ask);
    }
    settle();
    struct history_agent_counts counts = history_agent_counts(place.agent);
    assert_true(counts.full > 0 && counts.answered < 4);
    scene_put_flow(&place.commands, test_seed() + 1, 500);
    while (engine_go(500)) {
    }
    settle();
    assert_true(history_agent_counts(place.agent).position == place.sink.position);
    for (u64 ticket = 1; ticket <= 4; ticket += 1) {
        while (!take()) {
            assert_true(work());
        }
        assert_true(place.end.ticket == ticket);
        assert_true(place.end.rows_count > 500);
    }
    assert_false(take());
}

/* A question that is more work than allowed is stopped; the next one is not. */
static void a_costly_question_is_stopped(void **state)
{
    (void)state;
    agent_make(6000);
    engine_start();
    while (engine_go(500)) {
    }
    scene_must(agent_open(place.agent));
    settle();
    struct lookup_ask ask = lookup_ask_of(LOOKUP_TRADES);
    ask.limit = HISTORY_ROWS_MAX;
    u64 costly = put(ask);
    ask.limit = 5;
    u64 cheap = put(ask);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == costly && place.end.status == LOOKUP_COSTLY);
    assert_true(take());
    assert_true(place.end.ticket == cheap && place.end.status == LOOKUP_OK);
    assert_int_equal(place.end.rows_count, 5);
    assert_int_equal(history_agent_counts(place.agent).costly, 1);
}

/* The agent dies with questions in hand. The next life says that it is another one; what waits in
 * the channel it answers. */
static void a_new_life_says_so(void **state)
{
    (void)state;
    engine_start();
    (void)engine_go(500);
    scene_must(agent_open(place.agent));
    settle();
    assert_false(take());
    u64 first = place.generation;
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.position_min = UINT64_MAX;
    (void)put(ask);
    settle();
    agent_close(place.agent);
    clock_false_advance(&place.clock, 1000);
    ask.position_min = 0;
    u64 second = put(ask);
    scene_must(agent_open(place.agent));
    settle();
    assert_true(take());
    assert_true(place.generation != first && place.generation != 0);
    assert_true(place.end.ticket == second);
    clock_false_advance(&place.clock, WAIT_US * 2000ULL);
    settle();
    assert_false(take());
    assert_int_equal(history_agent_counts(place.agent).waiting, 0);
}

/* What is no question is passed over, and the same question is answered once. */
static void a_hostile_gateway_does_no_harm(void **state)
{
    (void)state;
    engine_start();
    (void)engine_go(500);
    scene_must(agent_open(place.agent));
    settle();
    assert_false(take());
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.limit = 0;
    (void)put(ask);
    ask.limit = HISTORY_ROWS_MAX + 1;
    (void)put(ask);
    ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.kind = LOOKUP_RECORD_ROWS;
    (void)put(ask);
    ask.kind = LOOKUP_RECORD_ASK;
    ask.source = LOOKUP_SOURCE_HISTORY;
    (void)put(ask);
    ask.source = LOOKUP_SOURCE_GATEWAY;
    ask.market = 999; /* a market that is not there has no rows */
    ask.account = UINT32_MAX;
    u64 ticket = put(ask);
    place.ticket -= 1;
    (void)put(ask);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == ticket && place.end.status == LOOKUP_OK);
    assert_int_equal(place.end.rows_count, 0);
    assert_false(take());
    struct history_agent_counts counts = history_agent_counts(place.agent);
    assert_int_equal(counts.refused, 4);
    assert_int_equal(counts.repeated, 1);
}

/* More questions than fit here stay in the channel, and none is lost. */
static void questions_wait_in_the_channel(void **state)
{
    (void)state;
    engine_start();
    (void)engine_go(500);
    scene_must(agent_open(place.agent));
    settle();
    assert_false(take());
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDER_BY_ID);
    ask.position_min = place.sink.position + 1;
    u32 count = HISTORY_QUESTIONS_MAX + 100;
    for (u32 i = 0; i < count; i += 1) {
        (void)put(ask);
    }
    settle();
    assert_int_equal(history_agent_counts(place.agent).waiting, HISTORY_QUESTIONS_MAX);
    assert_false(channel_is_empty(&place.answer) && take());
    (void)engine_go(10);
    for (u64 ticket = 1; ticket <= count; ticket += 1) {
        while (!take()) {
            assert_true(work());
        }
        assert_true(place.end.ticket == ticket);
    }
}

/* The engine may begin later than the history. */
static void it_waits_for_an_engine(void **state)
{
    (void)state;
    scene_must(disk_make_folder(disk_real(), place.folder));
    scene_must(agent_open(place.agent));
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    (void)put(ask);
    settle();
    assert_true(take());
    assert_int_equal(place.end.status, LOOKUP_BEHIND);
    assert_true(place.told == 0 && place.told_count == 1);
    engine_start();
    (void)engine_go(500);
    settle();
    assert_true(history_agent_counts(place.agent).position == 0); /* not looked again yet */
    clock_false_advance(&place.clock, 1000000000);
    (void)work();
    settle();
    assert_true(history_agent_counts(place.agent).position == place.sink.position);
    (void)put(ask);
    settle();
    assert_true(take());
    assert_int_equal(place.end.status, LOOKUP_OK);
}

static void it_wakes_at_bells_and_questions(void **state)
{
    (void)state;
    struct gate *gates[4];
    engine_start();
    (void)engine_go(10);
    scene_must(agent_open(place.agent));
    settle();
    assert_int_equal(place.agent->ops->gates(place.agent, gates, 4), 2);
    assert_int_equal(place.agent->ops->gates(place.agent, gates, 1), 1);
    assert_false(place.agent->ops->has_work(place.agent));
    (void)put(lookup_ask_of(LOOKUP_ORDERS));
    assert_true(place.agent->ops->has_work(place.agent));
    settle();
    assert_false(place.agent->ops->has_work(place.agent));
    u8 bell[64] = {200, 0, 2, 0};
    assert_int_equal(channel_put(&place.ring, span_of(bell, sizeof(bell))), CHANNEL_PUT);
    channel_flush(&place.ring);
    assert_true(place.agent->ops->has_work(place.agent));
    settle();
    assert_false(place.agent->ops->has_work(place.agent));
}

static u64 position_worked(void)
{
    settle();
    return history_agent_counts(place.agent).position;
}

/* What comes after the end of the log was reached becomes one transaction, and no bell is heard
 * until then; who asks is answered at once. */
static void it_gathers_unless_asked(void **state)
{
    (void)state;
    struct gate *gates[4];
    place.gather_us = 8000; /* engine_go takes 7 ms */
    agent_make(0);
    engine_start();
    (void)engine_go(500);
    scene_must(agent_open(place.agent));
    u64 first = place.sink.position;
    assert_int_equal(position_worked(), first);
    u64 transactions = history_agent_counts(place.agent).transactions;

    (void)engine_go(10);
    u8 bell[64] = {200, 0, 2, 0};
    assert_int_equal(channel_put(&place.ring, span_of(bell, sizeof(bell))), CHANNEL_PUT);
    channel_flush(&place.ring);
    assert_int_equal(place.agent->ops->gates(place.agent, gates, 4), 1);
    assert_false(place.agent->ops->has_work(place.agent));
    assert_int_equal(position_worked(), first);
    clock_false_advance(&place.clock, 1000000);
    assert_int_equal(place.agent->ops->gates(place.agent, gates, 4), 2);
    assert_int_equal(position_worked(), place.sink.position);
    assert_int_equal(history_agent_counts(place.agent).transactions, transactions + 1);

    (void)engine_go(10);
    struct lookup_ask ask = lookup_ask_of(LOOKUP_ORDERS);
    ask.position_min = place.sink.position;
    u64 ticket = put(ask);
    settle();
    assert_true(take());
    assert_true(place.end.ticket == ticket && place.end.status == LOOKUP_OK);
    assert_int_equal(history_agent_counts(place.agent).position, place.sink.position);

    (void)engine_go(10);
    bool done = false;
    while (!done) {
        scene_must(agent_stop(place.agent, &done));
    }
    assert_int_equal(history_agent_counts(place.agent).position, place.sink.position);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_is_answered),
        TEST(a_question_waits_for_its_position),
        TEST(the_position_is_told_now_and_then),
        TEST(a_full_channel_holds_nothing_up),
        TEST(a_costly_question_is_stopped),
        TEST(a_new_life_says_so),
        TEST(a_hostile_gateway_does_no_harm),
        TEST(questions_wait_in_the_channel),
        TEST(it_waits_for_an_engine),
        TEST(it_wakes_at_bells_and_questions),
        TEST(it_gathers_unless_asked),
    };
    return cmocka_run_group_tests_name("history_agent", tests, NULL, NULL);
}
