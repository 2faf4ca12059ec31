/* Aim: what the engine takes and what it does not, when a batch is closed, and what is released.
 * Method: an engine in memory with a false clock; its disk is looked at in engine_disk_test.c and
 * sim/engine_sim_test.c. */
#include "role/engine/engine.h"

#include "base/span.h"
#include "tests/support/engine_scene.h"

#include <stdlib.h>
#include <string.h>

struct bench {
    struct clock_false clock;
    struct command_genesis genesis;
    struct scene_sink sink;
    struct scene_commands commands;
    struct engine *engine;
};

static struct bench bench;

static struct engine_options bench_options(void)
{
    return (struct engine_options){
        .clock = &bench.clock.clock,
        .genesis = &bench.genesis,
        .batch_commands = 16,
        .sink = &bench.sink.sink,
    };
}

static int bench_open(void **state)
{
    (void)state;
    clock_false_init(&bench.clock, 1000000);
    bench.genesis = scene_genesis();
    bench.genesis.head.source_index = 1;
    scene_sink_init(&bench.sink);
    scene_commands_init(&bench.commands);
    bench.commands.source_index = 1;
    struct engine_options options = bench_options();
    scene_must(engine_open(&bench.engine, &options));
    return 0;
}

static int bench_close(void **state)
{
    (void)state;
    engine_close(bench.engine);
    bench.engine = NULL;
    scene_sink_free(&bench.sink);
    scene_commands_free(&bench.commands);
    return 0;
}

static struct span all_commands(void)
{
    return span_of(bench.commands.bytes, bench.commands.used);
}

static enum engine_answer submit(struct span records, size_t *taken_out)
{
    const char *reason = NULL;
    return engine_submit(bench.engine, records, taken_out, &reason);
}

static void genesis_is_the_first_command(void **state)
{
    (void)state;
    assert_int_equal(core_seq(engine_core(bench.engine)), 1);
    assert_int_equal(bench.sink.seq_next, 2);
    assert_int_equal(scene_sink_count(&bench.sink, EVENT_APPLIED), 1);
    assert_int_equal(engine_source_index(bench.engine, SCENE_SOURCE), 1);
    struct engine_status status = engine_status(bench.engine);
    assert_int_equal(status.seq_durable, 1);
    assert_int_equal(status.time_us, 1000000);
}

static void commands_are_released_in_order(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    scene_put_flow(&bench.commands, 3, 500);
    scene_submit_all(bench.engine, all_commands());
    scene_must(engine_drain(bench.engine));
    struct engine_status status = engine_status(bench.engine);
    assert_int_equal(status.seq_durable, 1 + bench.commands.count);
    assert_int_equal(status.seq_applied, status.seq_durable);
    assert_int_equal(status.commands, status.seq_durable);
    assert_int_equal(bench.sink.seq_next, status.seq_durable + 1);
    assert_int_equal(status.event_bytes, bench.sink.used);
    assert_int_equal(scene_sink_count(&bench.sink, EVENT_ORDER_NEW), 500);
    assert_true(scene_sink_count(&bench.sink, EVENT_TRADE) > 100);
    assert_int_equal(scene_sink_count(&bench.sink, EVENT_REJECTED), 0);
    core_validate(engine_core(bench.engine));
}

static void a_batch_is_bounded(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    scene_put_flow(&bench.commands, 3, 100);
    size_t taken = 0;
    assert_int_equal(submit(all_commands(), &taken), ENGINE_FULL);
    u64 batches = engine_status(bench.engine).batches;
    scene_must(engine_work(bench.engine, NULL));
    struct engine_status status = engine_status(bench.engine);
    assert_int_equal(status.batches, batches + 1);
    assert_int_equal(status.commands, 1 + 16);
    assert_int_equal(status.refused_full, 1);
    size_t again = 0;
    assert_int_equal(submit(span_after(all_commands(), taken), &again), ENGINE_FULL);
    assert_true(again > 0);
}

/* One answer per bad record; what stands before it is taken. */
static void bad_records_are_refused(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    size_t whole = bench.commands.used;
    size_t taken = 0;
    u8 *bytes = bench.commands.bytes;
    struct command_head head;

    assert_int_equal(submit(span_of(bytes, 31), &taken), ENGINE_MALFORMED);
    assert_int_equal(taken, 0);
    memcpy(&head, bytes, sizeof(head));
    struct command_head bad = head;
    bad.units = 0;
    memcpy(bytes, &bad, sizeof(bad));
    assert_int_equal(submit(span_of(bytes, whole), &taken), ENGINE_MALFORMED);
    bad = head;
    bad.units = 200;
    memcpy(bytes, &bad, sizeof(bad));
    assert_int_equal(submit(span_of(bytes, whole), &taken), ENGINE_MALFORMED);
    bad = head;
    bad.kind = 999;
    memcpy(bytes, &bad, sizeof(bad));
    assert_int_equal(submit(span_of(bytes, whole), &taken), ENGINE_MALFORMED);
    bad = head;
    bad.source = ENGINE_SOURCE;
    memcpy(bytes, &bad, sizeof(bad));
    assert_int_equal(submit(span_of(bytes, whole), &taken), ENGINE_FORBIDDEN);
    bad = head;
    bad.source_index = 1;
    memcpy(bytes, &bad, sizeof(bad));
    assert_int_equal(submit(span_of(bytes, whole), &taken), ENGINE_REPEATED);
    memcpy(bytes, &head, sizeof(head));
    assert_int_equal(engine_status(bench.engine).refused_malformed, 6);

    /* The second one is bad. */
    size_t first = (size_t)head.units * WIRE_UNIT;
    memcpy(&head, bytes + first, sizeof(head));
    bad = head;
    bad.kind = COMMAND_VOID;
    memcpy(bytes + first, &bad, sizeof(bad));
    enum engine_answer answer = submit(span_of(bytes, whole), &taken);
    assert_true(answer == ENGINE_FORBIDDEN || answer == ENGINE_MALFORMED);
    assert_int_equal(taken, first);
    memcpy(bytes + first, &head, sizeof(head));
    scene_submit_all(bench.engine, span_after(all_commands(), first));
    scene_must(engine_drain(bench.engine));
    assert_int_equal(engine_status(bench.engine).seq_durable, 1 + bench.commands.count);
    assert_int_equal(scene_sink_count(&bench.sink, EVENT_REJECTED), 0);
}

static void engine_commands_are_forbidden(void **state)
{
    (void)state;
    static const u16 kinds[] = {COMMAND_VOID, COMMAND_LIMITS_APPLY};
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        u8 record[64] = {0};
        struct command_head head = {.kind = kinds[i],
                                    .units = 1, /* raw: the record's length */
                                    .source = SCENE_SOURCE,
                                    .source_index = 100};
        memcpy(record, &head, sizeof(head));
        size_t taken = 0;
        assert_int_equal(submit(span_of(record, WIRE_UNIT), &taken), ENGINE_FORBIDDEN);
    }
}

/* Rings are hostile: what happens to the caller's memory afterwards does not matter. */
static void records_are_copied(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    size_t taken = 0;
    assert_int_equal(submit(all_commands(), &taken), ENGINE_TAKEN);
    memset(bench.commands.bytes, 0xff, bench.commands.used);
    scene_must(engine_drain(bench.engine));
    assert_int_equal(engine_status(bench.engine).seq_durable, 1 + bench.commands.count);
    assert_int_equal(core_counts_of(engine_core(bench.engine)).accounts, SCENE_ACCOUNTS);
}

/* A lone command does not wait for others; time never goes back. */
static void a_lone_command_is_closed_at_once(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    size_t first = (size_t)bench.commands.bytes[2] * WIRE_UNIT;
    size_t taken = 0;
    assert_int_equal(submit(span_of(bench.commands.bytes, first), &taken), ENGINE_TAKEN);
    clock_false_advance(&bench.clock, 5000000);
    bool some = false;
    scene_must(engine_work(bench.engine, &some));
    assert_true(some);
    assert_int_equal(engine_status(bench.engine).seq_durable, 2);
    assert_int_equal(engine_status(bench.engine).time_us, 1005000);
    bench.clock.wall_offset_us = 1;
    scene_submit_all(bench.engine, span_after(all_commands(), first));
    scene_must(engine_drain(bench.engine));
    assert_int_equal(engine_status(bench.engine).time_us, 1005000);
    scene_must(engine_work(bench.engine, &some));
    assert_false(some);
}

static void a_pause_is_sealed_once(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    scene_submit_all(bench.engine, all_commands());
    scene_must(engine_drain(bench.engine));
    for (u32 i = 0; i < 9; i += 1) {
        scene_must(engine_work(bench.engine, NULL));
        clock_false_advance(&bench.clock, 1000000);
    }
    assert_int_equal(engine_status(bench.engine).seals, 0);
    for (u32 i = 0; i < 30; i += 1) {
        clock_false_advance(&bench.clock, 1000000);
        scene_must(engine_work(bench.engine, NULL));
    }
    assert_int_equal(engine_status(bench.engine).seals, 1);
    scene_put_flow(&bench.commands, 1, 1);
    size_t taken = 0;
    struct span last = span_piece(all_commands(), bench.commands.used - 64, 64);
    assert_int_equal(submit(last, &taken), ENGINE_TAKEN);
    scene_must(engine_finish(bench.engine));
    assert_int_equal(engine_status(bench.engine).seals, 2);
    scene_must(engine_finish(bench.engine));
    assert_int_equal(engine_status(bench.engine).seals, 2);
}

/* One trade sets off three stops, of which a command may run one: the engine runs the others as
 * soon as it has nothing else to do. */
static void what_is_queued_goes_on(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    for (u32 i = 0; i < 3; i += 1) {
        struct command_order stop = {
            .price = {.units = 9000 * 1000000ULL},      /* raw: from hundredths */
            .stop_price = {.units = 9500 * 1000000ULL}, /* raw: from hundredths */
            .qty = amount_of(10000),
            .side = SIDE_SELL,
            .type = ORDER_TYPE_STOP_LOSS_LIMIT,
            .tif = TIME_IN_FORCE_GTC,
            .flags = ORDER_FLAG_DETAIL,
        };
        scene_put(&bench.commands, &stop, COMMAND_ORDER, i);
    }
    scene_put_order(&bench.commands, 0, SIDE_BUY, 9400, 1);
    scene_put_order(&bench.commands, 1, SIDE_SELL, 9400, 1);
    scene_submit_all(bench.engine, all_commands());
    scene_must(engine_drain(bench.engine));
    assert_true(core_has_queued(engine_core(bench.engine)));
    u64 seq = core_seq(engine_core(bench.engine));
    u64 steps = 0;
    while (core_has_queued(engine_core(bench.engine)) && steps < 100) {
        scene_must(engine_work(bench.engine, NULL));
        steps += 1;
    }
    struct engine_status status = engine_status(bench.engine);
    assert_true(status.continues >= 1);
    assert_int_equal(status.seq_durable, seq + status.continues);
    assert_int_equal(scene_sink_count(&bench.sink, EVENT_ORDER_TRIGGERED), 3);
    assert_int_equal(engine_source_index(bench.engine, ENGINE_SOURCE), status.continues);
}

/* A batch whose events do not fit the room goes on when what there is has been taken. */
static void little_room_changes_nothing(void **state)
{
    (void)state;
    scene_put_venue(&bench.commands);
    scene_put_flow(&bench.commands, 5, 6000);
    struct scene_sink sinks[2];
    u8 hashes[2][JOURNAL_HASH_BYTES];
    for (u32 i = 0; i < 2; i += 1) {
        scene_sink_init(&sinks[i]);
        struct engine_options options = bench_options();
        options.batch_commands = 4000;
        options.sink = &sinks[i].sink;
        options.event_room = i == 0 ? 0 : HOUSE_SPARE_MIN;
        struct engine *engine = NULL;
        scene_must(engine_open(&engine, &options));
        scene_submit_all(engine, all_commands());
        scene_must(engine_drain(engine));
        scene_must(engine_state_hash(engine, hashes[i]));
        engine_close(engine);
    }
    assert_true(sinks[0].used > 2 * RELEASE_CHUNK_BYTES);
    assert_true(sinks[0].chunk_bytes_max <= RELEASE_CHUNK_BYTES);
    assert_int_equal(sinks[0].used, sinks[1].used);
    assert_int_equal(sinks[0].position, sinks[1].position);
    assert_int_equal(sinks[0].chunks, sinks[1].chunks);
    assert_memory_equal(sinks[0].events, sinks[1].events, sinks[0].used);
    assert_memory_equal(hashes[0], hashes[1], JOURNAL_HASH_BYTES);
    scene_sink_free(&sinks[0]);
    scene_sink_free(&sinks[1]);
}

static void options_are_checked(void **state)
{
    (void)state;
    struct engine *engine = NULL;
    struct engine_options options = bench_options();
    options.genesis = NULL;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    options = bench_options();
    options.batch_commands = ENGINE_BATCH_MAX + 1;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    options = bench_options();
    options.batch_bytes = 5000;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    options = bench_options();
    options.event_room = 1;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    assert_null(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(genesis_is_the_first_command, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(commands_are_released_in_order, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(a_batch_is_bounded, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(bad_records_are_refused, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(engine_commands_are_forbidden, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(records_are_copied, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(a_lone_command_is_closed_at_once, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(a_pause_is_sealed_once, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(what_is_queued_goes_on, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(little_room_changes_nothing, bench_open, bench_close),
        cmocka_unit_test_setup_teardown(options_are_checked, bench_open, bench_close),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
