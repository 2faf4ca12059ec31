/* Aim: the engine with its threads on the machine's own disk: what it releases is what it finds
 * again, in the core, in the event log and by verify. Method: a flow of orders in batches of many
 * sizes, with lives that end cleanly and lives that just stop; a child process that is killed. The
 * crashes of the disk itself are in sim/engine_sim_test.c. */
#include "base/random.h"
#include "base/span.h"
#include "io/block.h"
#include "io/log.h"
#include "io/seqlog.h"
#include "role/engine/engine.h"
#include "role/engine/snapshot_run.h"
#include "role/engine/verify.h"
#include "tests/support/engine_scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ORDERS = 20000,
    EVENT_SEGMENT = 1 << 20,
    JOURNAL_SEGMENT = 1 << 20,
    BATCH_BYTES = 128 << 10,
    PAUSES = 5,
};

struct place {
    char base[SCENE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    struct command_genesis genesis;
    struct scene_commands commands;
    struct scene_sink expected; /* of an engine in memory */
    u8 state_hash[JOURNAL_HASH_BYTES];
    struct clock_false clock; /* stamps, so that states can be compared */
};

static struct place place;

static struct engine_options plain_options(struct scene_sink *sink)
{
    return (struct engine_options){
        .disk = disk_real(),
        .clock = &place.clock.clock,
        .folder = place.folder,
        .genesis = &place.genesis,
        .batch_commands = 700,
        .batch_bytes = BATCH_BYTES,
        .journal_segment = JOURNAL_SEGMENT,
        .event_segment = EVENT_SEGMENT,
        .threads = true,
        .no_continue = true,
        .sink = &sink->sink,
    };
}

static int place_open(void **state)
{
    (void)state;
    scene_folder_make(place.base);
    scene_must(file_path(place.folder, place.base, "venue"));
    place.genesis = scene_genesis();
    place.genesis.head.source_index = 1;
    clock_false_init(&place.clock, 5000000);
    scene_commands_init(&place.commands);
    place.commands.source_index = 1;
    scene_put_venue(&place.commands);
    scene_put_flow(&place.commands, test_seed(), test_rounds(ORDERS));
    scene_sink_init(&place.expected);
    struct engine_options options = plain_options(&place.expected);
    options.folder = NULL;
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    scene_submit_all(engine, span_of(place.commands.bytes, place.commands.used));
    scene_must(engine_drain(engine));
    scene_must(engine_state_hash(engine, place.state_hash));
    engine_close(engine);
    return 0;
}

static int place_close(void **state)
{
    (void)state;
    scene_sink_free(&place.expected);
    scene_commands_free(&place.commands);
    scene_folder_remove(place.base);
    return 0;
}

/* The bytes of the first `count` commands. */
static size_t commands_bytes(u64 count)
{
    size_t at = 0;
    for (u64 i = 0; i < count; i += 1) {
        at += (size_t)place.commands.bytes[at + 2] * WIRE_UNIT;
    }
    return at;
}

/* Goes on where the engine is, up to `count` commands. */
static void work_to(struct engine *engine, u64 count)
{
    size_t from = commands_bytes(core_seq(engine_core(engine)) - 1);
    size_t to = commands_bytes(count);
    assert_true(to >= from);
    scene_submit_all(engine, span_of(place.commands.bytes + from, to - from));
}

static void compare_events(const struct scene_sink *sink)
{
    assert_true(sink->used <= place.expected.used);
    assert_memory_equal(sink->events, place.expected.events, sink->used);
}

/* Reads the event log from its beginning, as another process would. */
static void compare_event_log(u64 seq_durable)
{
    char path[FILE_PATH_BYTES];
    scene_must(file_path(path, place.folder, "events"));
    SCOPED_BLOCK block = {.memory = NULL};
    scene_must(block_take(eventlog_reader_footprint(), "a reader", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct eventlog_reader *reader = NULL;
    scene_must(eventlog_reader_open(&reader, disk_real(), path, NULL, 0, &arena));
    size_t at = 0;
    u64 seq = 0;
    for (bool some = true; some;) {
        struct eventlog_chunk chunk;
        scene_must(eventlog_reader_next(reader, &chunk, &some));
        if (some) {
            assert_true(chunk.events.size <= place.expected.used - at);
            assert_memory_equal(chunk.events.data, place.expected.events + at, chunk.events.size);
            at += chunk.events.size;
            seq = chunk.seq;
        }
    }
    eventlog_reader_close(reader, true);
    assert_int_equal(seq, seq_durable);
}

static void assert_whole(struct engine *engine)
{
    u8 hash[JOURNAL_HASH_BYTES];
    scene_must(engine_state_hash(engine, hash));
    assert_memory_equal(hash, place.state_hash, JOURNAL_HASH_BYTES);
    compare_event_log(1 + place.commands.count);
}

static void one_life(void **state)
{
    (void)state;
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    work_to(engine, place.commands.count);
    scene_must(engine_finish(engine));
    assert_whole(engine);
    assert_int_equal(sink.used, place.expected.used);
    compare_events(&sink);
    assert_int_equal(engine_status(engine).seq_durable, 1 + place.commands.count);
    engine_close(engine);
    scene_sink_free(&sink);
}

/* A record that is refused takes a buffer of the log and leaves it empty; the seal of a pause uses
 * the log's next buffer. What comes after must be journalled out of its own. */
static void refused_before_a_seal(void **state)
{
    (void)state;
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    for (u32 turn = 1; turn <= PAUSES; turn += 1) {
        work_to(engine, turn * place.commands.count / PAUSES);
        scene_must(engine_drain(engine));
        u64 seals = engine_status(engine).seals;
        size_t taken = 0;
        const char *reason = NULL;
        struct span first = span_of(place.commands.bytes, commands_bytes(1));
        assert_int_equal(engine_submit(engine, first, &taken, &reason), ENGINE_REPEATED);
        for (u32 i = 0; i < 100 && engine_status(engine).seals == seals; i += 1) {
            scene_must(engine_work(engine, NULL));
            clock_false_advance(&place.clock, SEQLOG_SEAL_AFTER_MS * 1000000ULL);
        }
        assert_int_equal(engine_status(engine).seals, seals + 1);
    }
    u8 hash[JOURNAL_HASH_BYTES];
    u8 again[JOURNAL_HASH_BYTES];
    scene_must(engine_state_hash(engine, hash));
    engine_close(engine);
    scene_must(engine_open(&engine, &options));
    scene_must(engine_state_hash(engine, again));
    assert_memory_equal(again, hash, JOURNAL_HASH_BYTES);
    assert_int_equal(engine_status(engine).seq_durable, 1 + place.commands.count);
    engine_close(engine);
    struct verify_options wish = {
        .disk = disk_real(), .clock = clock_real(), .folder = place.folder, .threads = true};
    struct verify_report report;
    scene_must(verify_run(&wish, &report));
    scene_sink_free(&sink);
}

/* Ends without waiting for what is in flight, several times; a snapshot is made in between. */
static void lives_that_just_stop(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 released = 1;
    u64 snapshots = 0;
    for (u32 life = 0; life < 8; life += 1) {
        struct scene_sink sink;
        scene_sink_init(&sink);
        struct engine_options options = plain_options(&sink);
        options.batch_commands = 1 + (u32)random_below(&random, 700);
        options.sink_from_genesis = life % 2 == 0;
        struct engine *engine = NULL;
        scene_must(engine_open(&engine, &options));
        struct engine_status status = engine_status(engine);
        assert_true(status.seq_durable + 1 >= released);
        if (options.sink_from_genesis) {
            compare_events(&sink);
        }
        u64 target = life == 7 ? place.commands.count : life * place.commands.count / 8;
        if (target + 1 > status.seq_applied) {
            work_to(engine, target);
        }
        if (life == 7) {
            scene_must(engine_finish(engine));
            assert_whole(engine);
        }
        released = u64_max(released, sink.seq_next);
        engine_close(engine);
        scene_sink_free(&sink);
        if (life == 3 || life == 5) {
            struct snapshot_options wish = {.disk = disk_real(),
                                            .clock = clock_real(),
                                            .folder = place.folder,
                                            .image = true,
                                            .threads = true};
            struct snapshot_result result;
            scene_must(snapshot_run(&wish, &result));
            /* A last batch that is not sealed is left out, and may be all there is. */
            assert_true(result.image_written == result.written);
            snapshots += result.written ? 1 : 0;
        }
    }
    struct verify_options wish = {
        .disk = disk_real(), .clock = clock_real(), .folder = place.folder, .threads = true};
    struct verify_report report;
    scene_must(verify_run(&wish, &report));
    assert_int_equal(report.snapshots_equal, snapshots);
    assert_memory_equal(report.state_hash, place.state_hash, JOURNAL_HASH_BYTES);
}

/* Tells the parent what is durable, until it is killed. */
struct teller {
    struct release_sink sink;
    int descriptor;
};

static void tell(struct release_sink *self, const struct release *release)
{
    const struct teller *teller = (const struct teller *)(const void *)self;
    u64 seq = release->seq_next - 1;
    if (write(teller->descriptor, &seq, sizeof(seq)) != (ssize_t)sizeof(seq)) {
        _exit(3);
    }
}

static void child_life(int descriptor)
{
    struct teller teller = {.sink = {.release = tell}, .descriptor = descriptor};
    struct scene_sink unused;
    scene_sink_init(&unused);
    struct engine_options options = plain_options(&unused);
    options.sink = &teller.sink;
    options.batch_commands = 50;
    struct engine *engine = NULL;
    if (engine_open(&engine, &options) != FAULT_NONE) {
        _exit(2);
    }
    work_to(engine, place.commands.count);
    _exit(engine_finish(engine) == FAULT_NONE ? 0 : 1);
}

static void a_killed_process_loses_nothing(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 told = 0;
    for (u32 life = 0; life < 6; life += 1) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            child_life(ends[1]);
        }
        (void)close(ends[1]);
        u64 seq = 0;
        u64 tellings = random_below(&random, 60);
        for (u64 i = 0; i < tellings && read(ends[0], &seq, sizeof(seq)) == (ssize_t)sizeof(seq);
             i += 1) {
            told = u64_max(told, seq);
        }
        (void)kill(child, SIGKILL);
        while (read(ends[0], &seq, sizeof(seq)) == (ssize_t)sizeof(seq)) {
            told = u64_max(told, seq);
        }
        (void)close(ends[0]);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    }
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    assert_true(engine_status(engine).seq_durable >= told);
    work_to(engine, place.commands.count);
    scene_must(engine_finish(engine));
    assert_whole(engine);
    engine_close(engine);
    scene_sink_free(&sink);
}

static void two_engines_on_one_folder(void **state)
{
    (void)state;
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    struct engine *other = NULL;
    scene_must(engine_open(&engine, &options));
    assert_int_equal(engine_open(&other, &options), FAULT_LOCKED);
    assert_non_null(strstr(fault_text(), "another process uses this folder"));
    engine_close(engine);
    scene_must(engine_open(&engine, &options));
    engine_close(engine);
    scene_sink_free(&sink);
}

/* ---- what was written down about the journal ---- */

static void head_read(struct eventlog_head *head_out)
{
    char path[FILE_PATH_BYTES];
    scene_must(file_path(path, place.folder, "events"));
    SCOPED_BLOCK block = {.memory = NULL};
    scene_must(block_take(eventlog_reader_footprint(), "a reader", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct eventlog_reader *reader = NULL;
    scene_must(eventlog_reader_open(&reader, disk_real(), path, NULL, 0, &arena));
    eventlog_reader_head(reader, head_out);
    eventlog_reader_close(reader, false);
}

static void root_put(struct verify_root *root, u64 number)
{
    struct eventlog_head head;
    head_read(&head);
    *root = (struct verify_root){.seq = head.seq, .number = number};
    memcpy(root->hash, head.hash, sizeof(root->hash));
}

static void state_put(struct verify_root *root, u64 number)
{
    struct snapshot_options wish = {
        .disk = disk_real(), .clock = clock_real(), .folder = place.folder, .image = true};
    struct snapshot_result result;
    struct eventlog_head head;
    char path[FILE_PATH_BYTES];
    u64 position = 0;
    scene_must(snapshot_run(&wish, &result));
    assert_true(result.written);
    scene_must(file_path(path, place.folder, "events"));
    scene_must(eventlog_image_newest(disk_real(), path, &position));
    scene_must(eventlog_image_head(disk_real(), path, position, &head));
    *root = (struct verify_root){.seq = head.seq, .number = number, .has_state = true};
    assert_true(head.has_state);
    memcpy(root->hash, head.hash, sizeof(root->hash));
    memcpy(root->state, head.state, sizeof(root->state));
}

static enum fault roots_verify(const struct verify_root *roots, u32 count, u32 *equal_out)
{
    struct verify_options wish = {.disk = disk_real(),
                                  .clock = clock_real(),
                                  .folder = place.folder,
                                  .roots = roots,
                                  .roots_count = count,
                                  .roots_name = "entry"};
    struct verify_report report;
    enum fault fault = verify_run(&wish, &report);
    *equal_out = report.roots_equal;
    return fault;
}

/* Lives with a root after each, and a state in the middle. */
enum { LIVES = 4, ROOTS = LIVES + 1 };

/* One life, and what is shown at its end. */
static void life_root(u32 life, struct verify_root *root, u64 number)
{
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    work_to(engine, life * place.commands.count / LIVES);
    scene_must(engine_drain(engine));
    root_put(root, number);
    assert_int_equal(root->seq, 1 + life * place.commands.count / LIVES);
    assert_memory_equal(root->hash, engine_status(engine).hash, JOURNAL_HASH_BYTES);
    scene_must(engine_finish(engine));
    engine_close(engine);
    scene_sink_free(&sink);
}

static void roots_make(struct verify_root roots[ROOTS])
{
    life_root(1, &roots[0], 0);
    life_root(2, &roots[1], 1);
    state_put(&roots[2], 2);
    life_root(3, &roots[3], 3);
    life_root(4, &roots[4], 4);
}

static void a_journal_is_what_was_written_down(void **state)
{
    (void)state;
    struct verify_root roots[ROOTS];
    struct verify_root again;
    u32 equal = 0;
    roots_make(roots);
    scene_must(roots_verify(roots, ROOTS, &equal));
    assert_int_equal(equal, ROOTS);
    /* A seal and a start say the same of the last batch with commands. */
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = plain_options(&sink);
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    root_put(&again, 0);
    assert_int_equal(again.seq, roots[ROOTS - 1].seq);
    assert_memory_equal(again.hash, roots[ROOTS - 1].hash, JOURNAL_HASH_BYTES);
    scene_must(roots_verify(&again, 1, &equal)); /* and beside it */
    engine_close(engine);
    scene_sink_free(&sink);
}

static void refused(const struct verify_root *roots, u32 equal_wanted, const char *why)
{
    u32 equal = 0;
    assert_int_equal(roots_verify(roots, ROOTS, &equal), FAULT_DIVERGED);
    if (strstr(fault_text(), why) == NULL) {
        fail_msg("%s, and not %s", fault_text(), why);
    }
    assert_int_equal(equal, equal_wanted);
}

static void another_journal_is_not(void **state)
{
    (void)state;
    struct verify_root good[ROOTS];
    struct verify_root roots[ROOTS];
    roots_make(good);
    memcpy(roots, good, sizeof(good));
    roots[3].hash[5] ^= 1;
    refused(roots, 3, "entry 3 says of command");
    refused(roots, 3, "another hash of the chain");
    memcpy(roots, good, sizeof(good));
    roots[2].state[0] ^= 1;
    refused(roots, 2, "another state");
    memcpy(roots, good, sizeof(good));
    roots[1].seq -= 1;
    refused(roots, 1, "no batch ends there");
    memcpy(roots, good, sizeof(good));
    roots[ROOTS - 1].seq += 1;
    refused(roots, ROOTS - 1, "the journal ends before it");
}

/* The same journal up to its middle, then all but one of the same commands at the same times: it is
 * whole, its snapshots agree with it, and it is not what was written down. */
static void a_journal_written_anew_is_refused(void **state)
{
    (void)state;
    struct verify_root roots[ROOTS];
    struct verify_root unused;
    struct verify_report report;
    struct command_order order;
    char copy[2 * FILE_PATH_BYTES + 16];
    u32 equal = 0;
    life_root(1, &roots[0], 0);
    life_root(2, &roots[1], 1);
    state_put(&roots[2], 2);
    (void)snprintf(copy, sizeof(copy), "cp -r %s %s/anew", place.folder, place.base);
    assert_int_equal(system(copy), 0);
    life_root(3, &roots[3], 3);
    life_root(4, &roots[4], 4);
    scene_must(roots_verify(roots, ROOTS, &equal));
    u8 *changed = place.commands.bytes + commands_bytes(place.commands.count * 2 / LIVES + 1);
    memcpy(&order, changed, sizeof(order));
    assert_int_equal(order.head.kind, COMMAND_ORDER);
    order.qty.units *= 2; /* as many lots more */
    memcpy(changed, &order, sizeof(order));
    scene_must(file_path(place.folder, place.base, "anew"));
    life_root(3, &unused, 3);
    life_root(4, &unused, 4);
    struct verify_options wish = {
        .disk = disk_real(), .clock = clock_real(), .folder = place.folder};
    scene_must(verify_run(&wish, &report));
    assert_int_equal(report.snapshots_equal, 1);
    refused(roots, 3, "entry 3 says of command");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_life),
        cmocka_unit_test(refused_before_a_seal),
        cmocka_unit_test(lives_that_just_stop),
        cmocka_unit_test(a_killed_process_loses_nothing),
        cmocka_unit_test(two_engines_on_one_folder),
        cmocka_unit_test(a_journal_is_what_was_written_down),
        cmocka_unit_test(another_journal_is_not),
        cmocka_unit_test(a_journal_written_anew_is_refused),
    };
    struct CMUnitTest wrapped[ARRAY_COUNT(tests)];
    for (u32 i = 0; i < ARRAY_COUNT(tests); i += 1) {
        wrapped[i] = tests[i];
        wrapped[i].setup_func = place_open;
        wrapped[i].teardown_func = place_close;
    }
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests_name("engine_disk", wrapped, NULL, NULL);
}
