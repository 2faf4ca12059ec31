/* Aim: whatever dies, and whenever, the gateway's questions end, their answers are those of one
 * moment of the venue, and the history in the end has every order and trade once. Method: an engine
 * on a false disk, the history's agent and the gateway's questions in one thread, with channels and
 * one clock. At random the engine is killed or the power of its disk cut, the agent or the asking
 * side ends and begins again. Each answer is compared with what had been released at the position
 * it names. The database itself lies in a temporary folder: SQLite brings its own files. */
#include "base/random.h"
#include "base/span.h"
#include "role/gateway/lookup_client.h"
#include "role/history/history_agent.h"
#include "role/history/query.h"
#include "sim/disk.h"
#include "tests/support/engine_scene.h"

#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 12,
    ROUNDS = 150,
    ORDERS_MAX = 40,
    POINTS_MAX = 20000,
    ORDERS_ALL = 2 * ROUNDS * ORDERS_MAX,
    OUT_MAX = 64,
    CHANNEL_BYTES = 1 << 17,
    TIMEOUT_US = 2000000,
};

/* How much there was when the event log ended at a position. */
struct point {
    u64 position;
    u64 trades;
    u64 orders;
};

/* A question that is out; ask.ticket 0: none. */
struct asked {
    struct lookup_ask ask;
};

struct world {
    struct random random;
    struct disk_false *disk;
    struct clock_false clock;
    char base[SCENE_PATH_BYTES];
    struct command_genesis genesis;
    struct scene_commands commands;
    size_t submitted;
    struct engine *engine; /* NULL: not running */
    struct release_sink sink;
    struct point points[POINTS_MAX];
    u32 points_count;
    u32 order_accounts[ORDERS_ALL]; /* by number */

    struct channel asks;
    struct channel answers;
    struct agent *agent;
    void *agent_memory;
    bool agent_runs;
    struct lookup_client *client;
    void *client_memory;
    struct asked out[OUT_MAX];

    u32 kills;
    u32 cuts;
    u32 ok;
    u32 rows;
    u32 others;
};

static struct world world;

/* ---- the engine ---- */

static void count_events(struct point *point, struct span events)
{
    while (events.size > 0) {
        point->trades += events.data[0] == EVENT_TRADE;
        if (events.data[0] == EVENT_ORDER_NEW) {
            struct event_head head;
            memcpy(&head, events.data, sizeof(head));
            point->orders += 1;
            assert_true(point->orders < ORDERS_ALL);
            world.order_accounts[point->orders] = head.account;
        }
        events = span_after(events, (size_t)events.data[2] * WIRE_UNIT);
    }
}

/* A recovered engine tells only what it had not released before. */
static void released(struct release_sink *sink, const struct release *release)
{
    (void)sink;
    struct point last = world.points[world.points_count - 1];
    if (release->position > last.position) {
        assert_true(world.points_count < POINTS_MAX);
        last.position = release->position;
        count_events(&last, release->events);
        world.points[world.points_count] = last;
        world.points_count += 1;
    }
}

static void engine_start(void)
{
    struct engine_options options = {.disk = disk_false_disk(world.disk),
                                     .clock = &world.clock.clock,
                                     .folder = "venue",
                                     .genesis = &world.genesis,
                                     .batch_commands = 50,
                                     .batch_bytes = 32 << 10,
                                     .journal_segment = 1 << 20,
                                     .event_segment = 1 << 20,
                                     .sink = &world.sink,
                                     .sink_from_genesis = true};
    scene_must(engine_open(&world.engine, &options));
}

/* Where the next command comes from: behind the last one that the engine has. */
static void submitted_find(void)
{
    u64 index = engine_source_index(world.engine, SCENE_SOURCE);
    world.submitted = 0;
    while (world.submitted < world.commands.used) {
        struct command_head head;
        memcpy(&head, world.commands.bytes + world.submitted, sizeof(head));
        if (head.source_index > index) {
            return;
        }
        world.submitted += (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    }
}

static enum fault engine_work_some(u32 orders)
{
    size_t taken = 0;
    const char *reason = NULL;
    scene_put_flow(&world.commands, random_u64(&world.random), orders);
    enum engine_answer answer = engine_submit(
        world.engine,
        span_of(world.commands.bytes + world.submitted, world.commands.used - world.submitted),
        &taken, &reason);
    assert_true(answer == ENGINE_TAKEN || answer == ENGINE_FULL);
    world.submitted += taken;
    return random_chance(&world.random, 1, 2) ? engine_drain(world.engine)
                                              : engine_work(world.engine, NULL);
}

/* ---- the agent and the asking side ---- */

static void agent_begin(void)
{
    struct arena arena;
    struct footprint footprint = history_agent_footprint();
    struct history_agent_options options = {.folder = "venue",
                                            .disk = disk_false_disk(world.disk),
                                            .database = world.base,
                                            .clock = &world.clock.clock,
                                            .asks = &world.asks,
                                            .answers = &world.answers,
                                            .wait_us = TIMEOUT_US / 4,
                                            .bytes_max = 20000};
    arena_init(&arena, world.agent_memory, footprint.bytes);
    scene_must(history_agent_init(&world.agent, &options, &arena));
    scene_must(agent_open(world.agent));
}

static void agent_end(void)
{
    agent_close(world.agent);
    world.agent = NULL;
}

static void client_begin(void)
{
    struct arena arena;
    struct lookup_client_options options = {.clock = &world.clock.clock,
                                            .asks = &world.asks,
                                            .answers = &world.answers,
                                            .timeout_us = TIMEOUT_US};
    arena_init(&arena, world.client_memory, lookup_client_footprint().bytes);
    scene_must(lookup_client_open(&world.client, &options, &arena));
    memset(world.out, 0, sizeof(world.out));
}

static struct asked *asked_of(u64 ticket)
{
    for (u32 i = 0; i < OUT_MAX; i += 1) {
        if (world.out[i].ask.ticket == ticket) {
            return &world.out[i];
        }
    }
    return NULL;
}

static void ask_one(void)
{
    struct asked *asked = asked_of(0);
    if (asked == NULL) {
        return;
    }
    u64 last = world.points[world.points_count - 1].position;
    struct lookup_ask ask =
        lookup_ask_of(random_chance(&world.random, 1, 2) ? LOOKUP_TRADES : LOOKUP_ORDER_BY_ID);
    ask.position_min =
        random_chance(&world.random, 1, 2) ? last : random_below(&world.random, last);
    ask.position_min += random_chance(&world.random, 1, 8) ? 500 : 0; /* not there yet */
    ask.limit = (u32)random_between(&world.random, 1, HISTORY_ROWS_MAX);
    ask.account = (u32)random_below(&world.random, SCENE_ACCOUNTS);
    ask.id = 1 + random_below(&world.random, world.points[world.points_count - 1].orders + 5);
    ask.from_id = random_chance(&world.random, 1, 2) ? 1 + random_below(&world.random, 500) : 0;
    if (lookup_send(world.client, &ask, &ask.ticket)) {
        asked->ask = ask;
    }
}

/* ---- answers ---- */

static const struct point *point_at(u64 position)
{
    for (u32 i = 0; i < world.points_count; i += 1) {
        if (world.points[i].position == position) {
            return &world.points[i];
        }
    }
    fail_msg("no chunk ends at position %llu", (unsigned long long)position);
    return NULL;
}

static void compare_trades(const struct lookup_ask *ask, const struct lookup_result *result,
                           const struct point *point)
{
    u64 first = ask->from_id == 0 ? 1 : ask->from_id;
    u64 matches = point->trades >= first ? point->trades - first + 1 : 0;
    u64 count = u64_min(matches, ask->limit);
    assert_int_equal(result->count, count);
    first = ask->from_id == 0 ? point->trades - count + 1 : first;
    for (u32 i = 0; i < count; i += 1) {
        assert_true(result->trades[i].trade_id == first + i);
    }
}

static void compare_answer(const struct lookup_ask *ask, const struct lookup_result *result)
{
    const struct point *point = point_at(result->position);
    assert_true(point->position >= ask->position_min);
    if (ask->lookup == LOOKUP_TRADES) {
        compare_trades(ask, result, point);
        return;
    }
    bool known = ask->id <= point->orders && world.order_accounts[ask->id] == ask->account;
    assert_int_equal(result->count, known ? 1 : 0);
    assert_true(!known || result->orders[0].order_id == ask->id);
}

static void answers_take(void)
{
    struct lookup_result result;
    bool more = true;
    while (more) {
        if (!lookup_take(world.client, &result, &more)) {
            continue;
        }
        struct asked *asked = asked_of(result.ticket);
        assert_non_null(asked);
        assert_true(result.kind == (enum lookup_kind)asked->ask.lookup);
        if (result.status == LOOKUP_OK) {
            compare_answer(&asked->ask, &result);
            world.ok += 1;
            world.rows += result.count;
        } else {
            assert_true(result.status == LOOKUP_BEHIND || result.status == LOOKUP_TIMEOUT);
            world.others += 1;
        }
        asked->ask.ticket = 0;
    }
}

/* ---- deaths ---- */

static void engine_die(void)
{
    engine_close(world.engine);
    engine_start();
    submitted_find();
    world.kills += 1;
}

/* The power goes in the middle of a write. The agent's process goes too; its database, on another
 * disk, may then know more than the event log. */
static void power_cut(void)
{
    enum fault fault = FAULT_NONE;
    u64 operations = disk_false_operations(world.disk);
    disk_false_crash_at(world.disk, operations + 1 + random_below(&world.random, 8));
    for (u32 i = 0; i < 20 && fault == FAULT_NONE; i += 1) {
        fault = engine_work_some(2);
    }
    fault_forget();
    agent_end();
    engine_close(world.engine);
    disk_false_restart(world.disk);
    engine_start();
    submitted_find();
    agent_begin();
    world.cuts += 1;
}

/* ---- the run ---- */

static void world_open(u64 seed)
{
    struct disk_false_config config = {.seed = seed};
    memset(&world, 0, sizeof(world));
    random_init(&world.random, seed);
    world.disk = disk_false_open(&config);
    clock_false_init(&world.clock, 1700000000000000);
    scene_folder_make(world.base);
    world.genesis = scene_genesis();
    world.genesis.head.source_index = 1;
    scene_commands_init(&world.commands);
    world.commands.source_index = 1;
    scene_put_venue(&world.commands);
    world.sink = (struct release_sink){.release = released};
    world.points_count = 1; /* nothing, at position 0 */
    scene_must(channel_create(&world.asks, "asks", CHANNEL_BYTES));
    scene_must(channel_create(&world.answers, "answers", CHANNEL_BYTES));
    world.agent_memory = aligned_alloc(64, (history_agent_footprint().bytes + 63) / 64 * 64);
    world.client_memory = aligned_alloc(64, (lookup_client_footprint().bytes + 63) / 64 * 64);
    assert_true(world.agent_memory != NULL && world.client_memory != NULL);
    engine_start();
    scene_must(engine_work_some(10));
    scene_must(engine_drain(world.engine));
    agent_begin();
    client_begin();
}

static void world_close(void)
{
    engine_close(world.engine);
    disk_false_close(world.disk);
    channel_close(&world.asks);
    channel_close(&world.answers);
    free(world.agent_memory);
    free(world.client_memory);
    scene_commands_free(&world.commands);
    scene_folder_remove(world.base);
}

static void turn(void)
{
    bool busy = false;
    if (random_chance(&world.random, 2, 3)) {
        scene_must(engine_work_some((u32)random_below(&world.random, ORDERS_MAX)));
    }
    for (u32 i = (u32)random_below(&world.random, 4); i > 0; i -= 1) {
        ask_one();
    }
    for (u32 i = (u32)random_below(&world.random, 6); i > 0; i -= 1) {
        scene_must(agent_work(world.agent, &busy));
    }
    if (random_chance(&world.random, 1, 2)) {
        answers_take();
    }
    clock_false_advance(&world.clock, 1000 * random_below(&world.random, 300000));
    if (random_chance(&world.random, 1, 20)) {
        engine_die();
    }
    if (random_chance(&world.random, 1, 40)) {
        power_cut();
    }
    if (random_chance(&world.random, 1, 15)) {
        agent_end();
        agent_begin();
    }
    if (random_chance(&world.random, 1, 40)) {
        client_begin();
    }
}

/* Every order and every trade once. */
static void compare_database(void)
{
    static struct history_trade trades[HISTORY_ROWS_MAX];
    const struct point *last = &world.points[world.points_count - 1];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    struct store *store = NULL;
    u64 seen = 0;
    u32 count = 1;
    scene_must(history_reader(&store, world.base));
    while (count > 0) {
        scene_must(history_trades(store, 0, &page, trades, &count));
        for (u32 i = 0; i < count; i += 1) {
            seen += 1;
            assert_true(trades[i].trade_id == seen);
        }
        page.from_id = seen + 1;
    }
    assert_true(seen == last->trades);
    for (u64 id = 1; id <= last->orders; id += 1) {
        struct history_order order;
        bool found = false;
        scene_must(history_order_by_id(store, world.order_accounts[id], 0, id, &order, &found));
        assert_true(found);
    }
    store_close(store);
}

/* Once more the agent dies with questions in hand. Its next life answers all but those for a
 * position that never came; these end with time. */
static void settle(void)
{
    bool busy = true;
    u64 last = 0;
    scene_must(engine_finish(world.engine));
    for (u32 i = 0; i < OUT_MAX / 2; i += 1) {
        ask_one();
    }
    scene_must(agent_work(world.agent, &busy));
    agent_end();
    agent_begin();
    for (u32 idle = 0; idle < 5; idle = busy ? 0 : idle + 1) {
        scene_must(agent_work(world.agent, &busy));
        answers_take();
    }
    last = world.points[world.points_count - 1].position;
    for (u32 i = 0; i < OUT_MAX; i += 1) {
        assert_true(world.out[i].ask.ticket == 0 || world.out[i].ask.position_min > last);
    }
    clock_false_advance(&world.clock, 1000ULL * TIMEOUT_US);
    answers_take();
    for (u32 i = 0; i < OUT_MAX; i += 1) {
        assert_true(world.out[i].ask.ticket == 0);
    }
    assert_true(lookup_client_counts(world.client).out == 0);
    assert_true(lookup_client_counts(world.client).misshaped == 0);
    assert_true(history_agent_counts(world.agent).position == last);
}

static void questions_end_and_answers_are_right(void **state)
{
    (void)state;
    u32 totals[5] = {0};
    u64 seeds = test_rounds(SEEDS);
    for (u64 i = 0; i < seeds; i += 1) {
        world_open(test_seed() * 1000 + i);
        for (u32 round = 0; round < ROUNDS; round += 1) {
            turn();
        }
        settle();
        agent_end();
        compare_database();
        totals[0] += world.kills;
        totals[1] += world.cuts;
        totals[2] += world.ok;
        totals[3] += world.rows;
        totals[4] += world.others;
        world_close();
    }
    print_message("%u kills, %u power cuts, %u answers of %u rows, %u without\n", totals[0],
                  totals[1], totals[2], totals[3], totals[4]);
    assert_true(totals[0] > 0 && totals[2] > 0 && totals[3] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions_end_and_answers_are_right)};
    return cmocka_run_group_tests_name("history_agent_sim", tests, NULL, NULL);
}
