/* Aim: what gets into a command channel is journalled once and in order, whatever lies between; its
 * room comes back only when it is durable; and every listener learns what is released, and a sender
 * where it stands.
 *
 * Method: an agent on an engine in memory, driven step by step, with both ends of its channels in
 * the test's hands. One test looks at an input beside an engine whose batch is still open. */
#include "role/engine/engine_agent.h"

#include "base/span.h"
#include "io/log.h"
#include "role/engine/engine_input.h"
#include "tests/support/engine_scene.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { BYTES = 1 << 20, OTHER_SOURCE = 2, STEPS_MAX = 100000, START_US = 1700000000 };

struct line {
    struct channel commands;
    struct channel bells;
    struct channel_writer writer;
    struct channel_reader reader;
};

static struct command_genesis genesis;
static struct clock_false clock_false;
static struct scene_sink sink;
static struct scene_commands commands;
static struct metrics metrics;
static struct line lines[2]; /* sources SCENE_SOURCE and OTHER_SOURCE */
static u16 kinds[ENGINE_INPUT_KINDS_MAX];
static u32 kinds_count;
static struct agent *agent;

static void line_open(struct line *line)
{
    static const u16 bell = LINK_BELL;
    scene_must(channel_create(&line->commands, "commands", BYTES));
    scene_must(channel_create(&line->bells, "bells", CHANNEL_BYTES_MIN));
    scene_must(channel_writer_open(&line->writer, &line->commands));
    scene_must(channel_reader_open(&line->reader, &line->bells, &bell, 1, CHANNEL_SOURCE_ANY));
}

static struct engine_agent_options plain_options(void)
{
    static struct engine_agent_input inputs[2];
    static struct engine_agent_listener listeners[2];
    for (u32 index = 0; index < 2; index += 1) {
        u8 source = index == 0 ? SCENE_SOURCE : OTHER_SOURCE;
        inputs[index] = (struct engine_agent_input){.channel = &lines[index].commands,
                                                    .source = source,
                                                    .kinds = kinds,
                                                    .kinds_count = kinds_count};
        listeners[index] =
            (struct engine_agent_listener){.channel = &lines[index].bells, .source = source};
    }
    return (struct engine_agent_options){.engine = {.disk = disk_real(),
                                                    .clock = &clock_false.clock,
                                                    .genesis = &genesis,
                                                    .no_continue = true,
                                                    .sink = &sink.sink},
                                         .inputs = inputs,
                                         .inputs_count = 2,
                                         .listeners = listeners,
                                         .listeners_count = 2,
                                         .metrics = &metrics};
}

static void begin(const struct engine_agent_options *options)
{
    scene_must(engine_agent_open(&agent, options));
    scene_must(agent_open(agent));
    scene_must(agent_start(agent));
}

static int setup(void **state)
{
    (void)state;
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    genesis = scene_genesis();
    clock_false_init(&clock_false, START_US);
    scene_sink_init(&sink);
    scene_commands_init(&commands);
    metrics_init(&metrics);
    kinds_count = 0;
    for (u16 kind = COMMAND_LIMITS_SET; kind <= COMMAND_ADJUST; kind += 1) {
        kinds[kinds_count] = kind;
        kinds_count += kind == COMMAND_VOID ? 0 : 1;
    }
    line_open(&lines[0]);
    line_open(&lines[1]);
    agent = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (agent != NULL) {
        agent_close(agent);
        engine_agent_close(agent);
    }
    for (u32 index = 0; index < 2; index += 1) {
        channel_close(&lines[index].commands);
        channel_close(&lines[index].bells);
    }
    scene_sink_free(&sink);
    scene_commands_free(&commands);
    return 0;
}

/* Puts what fits of the commands from *used on, and shows it. */
static void put_some(struct line *line, size_t *used)
{
    while (*used < commands.used) {
        const u8 *record = commands.bytes + *used;
        size_t size = (size_t)record[offsetof(struct command_head, units)] * WIRE_UNIT;
        if (channel_put(&line->writer, span_of(record, size)) != CHANNEL_PUT) {
            break;
        }
        *used += size;
    }
    channel_flush(&line->writer);
}

static void step(void)
{
    bool busy = false;
    clock_false_advance(&clock_false, 1000);
    scene_must(agent_work(agent, &busy));
}

static void steps_until_idle(void)
{
    bool busy = true;
    for (u32 count = 0; busy && count < STEPS_MAX; count += 1) {
        clock_false_advance(&clock_false, 1000);
        scene_must(agent_work(agent, &busy));
    }
    assert_false(busy);
}

/* All bells that wait; the last one stays in *bell_out. */
static u32 bells_take(struct line *line, struct link_bell *bell_out)
{
    u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    u32 count = 0;
    while (channel_take(&line->reader, record, &size) == CHANNEL_RECORD) {
        assert_true(link_bell_read(span_of(record, size), bell_out));
        count += 1;
    }
    channel_release(&line->reader);
    return count;
}

static u64 metric_of(const char *name, const char *label)
{
    for (u32 index = 0; index < metrics.metrics_count; index += 1) {
        const struct metric *metric = &metrics.metrics[index];
        if (strcmp(metric->name, name) == 0 && strcmp(metric->label_value, label) == 0) {
            return (u64)metric->value;
        }
    }
    fail_msg("no metric %s", name);
    return 0;
}

/* ---- tests ---- */

static void commands_come_out_as_events(void **state)
{
    (void)state;
    struct link_bell bell = {.flags = 0};
    struct engine_agent_options options = plain_options();
    begin(&options);
    assert_int_equal(bells_take(&lines[0], &bell), 1);
    assert_int_equal(bell.flags, LINK_BELL_STARTED);
    assert_int_equal(bell.seq, 1);
    assert_int_equal(bell.head.source_index, 0);
    assert_true(bell.generation >= START_US);
    u64 generation = bell.generation;
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), 5000);
    for (size_t used = 0; used < commands.used;) {
        put_some(&lines[0], &used);
        steps_until_idle();
    }
    assert_int_equal(sink.seq_next, commands.count + 2);
    assert_true(scene_sink_count(&sink, EVENT_TRADE) > 0);
    assert_true(bells_take(&lines[0], &bell) > 0);
    assert_int_equal(bell.flags, 0);
    assert_int_equal(bell.head.source, SCENE_SOURCE);
    assert_int_equal(bell.head.source_index, commands.source_index);
    assert_int_equal(bell.seq, commands.count + 1);
    assert_int_equal(bell.position, sink.position);
    assert_int_equal(bell.generation, generation);
    assert_true(bells_take(&lines[1], &bell) > 0);
    assert_int_equal(bell.head.source, OTHER_SOURCE);
    assert_int_equal(bell.head.source_index, 0);
    assert_int_equal(bell.position, sink.position);
    clock_false_advance(&clock_false, 1000000000);
    step();
    assert_int_equal(metric_of("cambist_engine_commands_total", ""), commands.count + 1);
    assert_int_equal(metric_of("cambist_engine_input_commands_total", "1"), commands.count);
    assert_int_equal(metric_of("cambist_engine_event_position", ""), sink.position);
}

/* The engine takes four commands a batch: it is full again and again. */
static void a_full_engine_is_waited_for(void **state)
{
    (void)state;
    struct engine_agent_options options = plain_options();
    options.engine.batch_commands = 4;
    begin(&options);
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), 1000);
    for (size_t used = 0; used < commands.used;) {
        put_some(&lines[0], &used);
        steps_until_idle();
    }
    assert_int_equal(engine_source_index(engine_agent_engine(agent), SCENE_SOURCE),
                     commands.source_index);
    assert_int_equal(sink.seq_next, commands.count + 2);
}

static void put_one(struct line *line, const void *record, size_t size)
{
    assert_int_equal(channel_put(&line->writer, span_of(record, size)), CHANNEL_PUT);
}

static void a_hello_is_answered_in_its_turn(void **state)
{
    (void)state;
    struct link_bell bell = {.flags = 0};
    struct engine_agent_options options = plain_options();
    begin(&options);
    scene_put_venue(&commands);
    size_t used = 0;
    put_some(&lines[0], &used);
    struct link_hello hello = link_hello_make(SCENE_SOURCE, 4711);
    put_one(&lines[0], &hello, sizeof(hello));
    u64 before = commands.source_index;
    scene_put_order(&commands, 1, SIDE_BUY, 100, 100);
    put_some(&lines[0], &used);
    u64 answered_at = 0;
    for (u32 count = 0; count < 10; count += 1) {
        step();
        if (bells_take(&lines[0], &bell) > 0 && bell.hello == 4711 && answered_at == 0) {
            answered_at = bell.head.source_index;
        }
    }
    assert_true(answered_at >= before);
    assert_int_equal(bell.head.source_index, commands.source_index);
    assert_int_equal(bell.hello, 4711);
    /* Alone, it is answered too, and only its sender hears of it. */
    (void)bells_take(&lines[1], &bell);
    hello = link_hello_make(SCENE_SOURCE, 4712);
    put_one(&lines[0], &hello, sizeof(hello));
    channel_flush(&lines[0].writer);
    steps_until_idle();
    assert_int_equal(bells_take(&lines[0], &bell), 1);
    assert_int_equal(bell.hello, 4712);
    assert_int_equal(bells_take(&lines[1], &bell), 0);
    /* Of the wrong form it is skipped. */
    hello = link_hello_make(SCENE_SOURCE, 4713);
    hello.reserved[3] = 1;
    put_one(&lines[0], &hello, sizeof(hello));
    channel_flush(&lines[0].writer);
    steps_until_idle();
    assert_int_equal(bells_take(&lines[0], &bell), 0);
}

static void what_may_not_be_is_skipped(void **state)
{
    (void)state;
    struct engine_agent_options options = plain_options();
    begin(&options);
    scene_put_venue(&commands);
    size_t used = 0;
    put_some(&lines[0], &used);
    steps_until_idle();
    u64 durable = sink.seq_next;
    struct command_cancel cancel = {.head = {.kind = COMMAND_CANCEL,
                                             .units = 2,
                                             .source = SCENE_SOURCE,
                                             .account = 1,
                                             .source_index = commands.source_index}};
    put_one(&lines[0], &cancel, 64); /* repeated */
    cancel.head.source_index += 1;
    cancel.head.source = OTHER_SOURCE; /* not the channel's */
    put_one(&lines[0], &cancel, 64);
    cancel.head.source = SCENE_SOURCE;
    cancel.head.kind = COMMAND_VOID;
    put_one(&lines[0], &cancel, 64);
    cancel.head.kind = COMMAND_CANCEL;
    cancel.client.length = 0xff; /* no client id is so long */
    put_one(&lines[0], &cancel, 64);
    cancel.client.length = 0;
    put_one(&lines[0], &cancel, 64); /* the only good one */
    channel_flush(&lines[0].writer);
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    steps_until_idle();
    assert_int_equal(sink.seq_next, durable + 1);
    clock_false_advance(&clock_false, 1000000000);
    step();
    assert_int_equal(metric_of("cambist_engine_input_repeated_total", "1"), 1);
    assert_int_equal(metric_of("cambist_engine_input_forbidden_total", "1"), 2);
    assert_int_equal(metric_of("cambist_engine_input_malformed_total", "1"), 1);
    assert_int_equal(metric_of("cambist_engine_input_malformed_total", "2"), 0);
}

static bool gateway_may_send(u16 kind)
{
    bool may = false;
    for (u32 index = 0; index < engine_agent_gateway_kinds_count; index += 1) {
        may = may || engine_agent_gateway_kinds[index] == kind;
    }
    return may;
}

/* docs/threat-model.md: what a gateway that was taken over cannot do. */
static void the_gateway_moves_no_money_but_by_orders_and_holds(void **state)
{
    static const u16 never[] = {COMMAND_TRANSFER,   COMMAND_DEPOSIT,         COMMAND_ADJUST,
                                COMMAND_RESTRICT,   COMMAND_WITHDRAW_SETTLE, COMMAND_HOLD_RELEASE,
                                COMMAND_FEE_SET,    COMMAND_MARKET_SET,      COMMAND_LOGIN_OPEN,
                                COMMAND_ACCOUNT_SET};
    (void)state;
    assert_int_equal(engine_agent_gateway_kinds_count, 10);
    assert_true(gateway_may_send(COMMAND_ORDER) && gateway_may_send(COMMAND_WITHDRAW_HOLD));
    /* Customers make API keys in a session; docs/auth.md says why it may and how they are told. */
    assert_true(gateway_may_send(COMMAND_KEY_SET) && gateway_may_send(COMMAND_KEY_REVOKE));
    for (u32 index = 0; index < ARRAY_COUNT(never); index += 1) {
        assert_false(gateway_may_send(never[index]));
    }
}

/* The same page, of prices, screening and logins: each channel carries these and no others. */
static void other_channels_carry_their_own_kinds_alone(void **state)
{
    (void)state;
    assert_int_equal(engine_agent_price_kinds_count, 2);
    assert_int_equal(engine_agent_price_kinds[0], COMMAND_VALUATION_PRICE);
    assert_int_equal(engine_agent_price_kinds[1], COMMAND_VALUATION);
    assert_int_equal(engine_agent_screen_kinds_count, 5);
    assert_int_equal(engine_agent_screen_kinds[0], COMMAND_LISTING_SET);
    assert_int_equal(engine_agent_screen_kinds[1], COMMAND_OWNERSHIP_SET);
    assert_int_equal(engine_agent_screen_kinds[2], COMMAND_LOG_ENTRY);
    assert_int_equal(engine_agent_screen_kinds[3], COMMAND_PERSON_GROUP);
    assert_int_equal(engine_agent_screen_kinds[4], COMMAND_CASE_ACT);
    assert_int_equal(engine_agent_login_kinds_count, 2);
    assert_int_equal(engine_agent_login_kinds[0], COMMAND_LOGIN_OPEN);
    assert_int_equal(engine_agent_login_kinds[1], COMMAND_WITHDRAW_PAUSE);
}

/* While one source has more than fits into a batch, the other one's command is not late. */
static void sources_take_turns(void **state)
{
    (void)state;
    struct engine_agent_options options = plain_options();
    options.engine.batch_commands = 4;
    begin(&options);
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), 8000);
    size_t used = 0;
    put_some(&lines[0], &used);
    struct command_cancel cancel = {.head = {.kind = COMMAND_CANCEL,
                                             .units = 2,
                                             .source = OTHER_SOURCE,
                                             .account = 1,
                                             .source_index = 1}};
    put_one(&lines[1], &cancel, 64);
    channel_flush(&lines[1].writer);
    for (u32 count = 0; count < 3; count += 1) {
        step();
    }
    assert_int_equal(engine_source_index(engine_agent_engine(agent), OTHER_SOURCE), 1);
    assert_true(engine_source_index(engine_agent_engine(agent), SCENE_SOURCE) <
                commands.source_index);
}

static void a_deaf_listener_is_told_later(void **state)
{
    (void)state;
    struct link_bell bell = {.flags = 0};
    struct engine_agent_options options = plain_options();
    begin(&options);
    scene_put_venue(&commands);
    size_t used = 0;
    put_some(&lines[0], &used);
    for (u32 count = 0; count < 2 * CHANNEL_BYTES_MIN / sizeof(bell); count += 1) {
        scene_put_order(&commands, 1, SIDE_BUY, 100, 100);
        put_some(&lines[0], &used);
        steps_until_idle();
        (void)bells_take(&lines[0], &bell);
    }
    struct link_bell late = {.flags = 0};
    assert_true(bells_take(&lines[1], &late) > 100);
    assert_true(late.position < bell.position);
    step();
    assert_int_equal(bells_take(&lines[1], &late), 1);
    assert_int_equal(late.position, bell.position);
    step();
    assert_int_equal(bells_take(&lines[1], &late), 0);
    clock_false_advance(&clock_false, 1000000000);
    step();
    assert_true(metric_of("cambist_engine_bells_left_out_total", "") > 0);
}

static void a_broken_channel_stops_nobody_else(void **state)
{
    (void)state;
    struct engine_agent_options options = plain_options();
    begin(&options);
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    atomic_store(&lines[1].commands.ring->written, UINT64_MAX - 7);
    atomic_store(&lines[1].bells.ring->taken, 12);
    scene_put_venue(&commands);
    for (size_t used = 0; used < commands.used;) {
        put_some(&lines[0], &used);
        steps_until_idle();
    }
    /* The writer looks at the reader's index only when it needs room. */
    for (u32 count = 0; count < CHANNEL_BYTES_MIN / sizeof(struct link_bell); count += 1) {
        size_t used = commands.used;
        scene_put_order(&commands, 1, SIDE_BUY, 100, 100);
        put_some(&lines[0], &used);
        steps_until_idle();
    }
    assert_int_equal(engine_source_index(engine_agent_engine(agent), SCENE_SOURCE),
                     commands.source_index);
    clock_false_advance(&clock_false, 1000000000);
    step();
    assert_int_equal(metric_of("cambist_engine_input_broken", "2"), 1);
    assert_int_equal(metric_of("cambist_engine_input_broken", "1"), 0);
    struct gate *gates[4];
    assert_int_equal(agent->ops->gates(agent, gates, 4), 2);
}

static void stopping_takes_what_is_there(void **state)
{
    (void)state;
    struct link_bell bell = {.flags = 0};
    struct engine_agent_options options = plain_options();
    begin(&options);
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), 3000);
    size_t used = 0;
    put_some(&lines[0], &used);
    assert_int_equal(used, commands.used);
    bool done = false;
    for (u32 count = 0; !done && count < STEPS_MAX; count += 1) {
        scene_must(agent_stop(agent, &done));
    }
    assert_true(done);
    assert_int_equal(sink.seq_next, commands.count + 2);
    assert_int_equal(engine_status(engine_agent_engine(agent)).seals, 1);
    assert_true(bells_take(&lines[0], &bell) > 0);
    assert_int_equal(bell.flags, LINK_BELL_STOPPING);
    assert_int_equal(bell.head.source_index, commands.source_index);
}

/* A second reader of the same channel finds what a successor would find. */
static u32 found_by_a_successor(const struct channel *channel)
{
    struct channel_reader successor;
    u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    u32 count = 0;
    scene_must(channel_reader_open(&successor, channel, kinds, kinds_count, SCENE_SOURCE));
    while (channel_take(&successor, record, &size) == CHANNEL_RECORD) {
        count += 1;
    }
    return count;
}

static void room_comes_back_when_it_is_durable(void **state)
{
    (void)state;
    static struct engine_input input;
    struct engine *engine = NULL;
    struct engine_agent_options options = plain_options();
    scene_must(engine_open(&engine, &options.engine));
    input = (struct engine_input){.source = 0};
    engine_input_open(&input, &lines[0].commands, SCENE_SOURCE, kinds, kinds_count);
    engine_input_start(&input, engine);
    scene_put_venue(&commands);
    size_t used = 0;
    put_some(&lines[0], &used);
    assert_int_equal(found_by_a_successor(&lines[0].commands), commands.count);
    assert_true(engine_input_take(&input, engine, 1));
    assert_true(engine_input_is_empty(&input));
    assert_int_equal(engine_source_index(engine, SCENE_SOURCE), commands.source_index);
    assert_false(engine_input_release(&input, engine, 2, NULL));
    assert_int_equal(input.source_index, 0);
    assert_int_equal(found_by_a_successor(&lines[0].commands), commands.count);
    scene_must(engine_drain(engine));
    assert_true(engine_input_release(&input, engine, 3, NULL));
    assert_int_equal(input.source_index, commands.source_index);
    assert_int_equal(found_by_a_successor(&lines[0].commands), 0);
    engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commands_come_out_as_events, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_engine_is_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hello_is_answered_in_its_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(what_may_not_be_is_skipped, setup, teardown),
        cmocka_unit_test_setup_teardown(sources_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(a_deaf_listener_is_told_later, setup, teardown),
        cmocka_unit_test(the_gateway_moves_no_money_but_by_orders_and_holds),
        cmocka_unit_test(other_channels_carry_their_own_kinds_alone),
        cmocka_unit_test_setup_teardown(a_broken_channel_stops_nobody_else, setup, teardown),
        cmocka_unit_test_setup_teardown(stopping_takes_what_is_there, setup, teardown),
        cmocka_unit_test_setup_teardown(room_comes_back_when_it_is_durable, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
