/* Aim: snapshots are written when their time has come, with an image, and only when there is
 * something new; one that fails is tried again; a request to stop ends one under way.
 *
 * Method: a small venue on the real disk, a clock that the test moves, the agent step by step. */
#include "role/engine/snapshot_agent.h"

#include "base/span.h"
#include "io/eventlog.h"
#include "io/log.h"
#include "tests/support/engine_scene.h"

#include <stdatomic.h>

enum { EVERY_MS = 1000, MS_NS = 1000000, START_US = 1700000000 };

static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];
static struct command_genesis genesis;
static struct clock_false clock_false;
static struct scene_commands commands;
static struct metrics metrics;
static struct agent_requests requests;
static struct snapshot_agent snapshots;

/* A life of the engine that takes what was put into `commands`. */
static void engine_live(void)
{
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .no_continue = true};
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    scene_submit_all(engine, span_of(commands.bytes, commands.used));
    scene_must(engine_finish(engine));
    engine_close(engine);
    commands.used = 0;
}

static int setup(void **state)
{
    (void)state;
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    clock_false_init(&clock_false, START_US);
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    metrics_init(&metrics);
    atomic_store(&requests.stop, 0);
    struct snapshot_agent_options options = {.snapshot = {.disk = disk_real(),
                                                          .clock = &clock_false.clock,
                                                          .folder = folder,
                                                          .keep_count = 2,
                                                          .image = true},
                                             .every_ms = EVERY_MS,
                                             .metrics = &metrics,
                                             .requests = &requests};
    snapshot_agent_init(&snapshots, &options);
    scene_must(agent_open(&snapshots.agent));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    agent_close(&snapshots.agent);
    scene_commands_free(&commands);
    scene_folder_remove(base);
    return 0;
}

/* One step; whether its time had come. */
static bool step_after(u64 ms)
{
    bool busy = false;
    clock_false_advance(&clock_false, ms * MS_NS);
    scene_must(agent_work(&snapshots.agent, &busy));
    return busy;
}

static u64 image_position(void)
{
    char events[FILE_PATH_BYTES];
    u64 position = 0;
    scene_must(file_path(events, folder, "events"));
    scene_must(eventlog_image_newest(disk_real(), events, &position));
    return position;
}

static void one_is_written_when_its_time_has_come(void **state)
{
    (void)state;
    engine_live();
    assert_false(step_after(EVERY_MS - 1));
    assert_int_equal(image_position(), 0);
    assert_true(step_after(1));
    u64 first = image_position();
    assert_true(first > 0);
    assert_int_equal(snapshots.written->value, 1);
    assert_int_equal(snapshots.seq->value, commands.count + 1);
    assert_false(step_after(EVERY_MS - 1));
    /* Nothing new: nothing written. */
    assert_true(step_after(1));
    assert_int_equal(snapshots.written->value, 1);
    scene_put_order(&commands, 1, SIDE_BUY, 100, 100);
    engine_live();
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.written->value, 2);
    assert_true(image_position() > first);
    assert_int_equal(snapshots.failed->value, 0);
}

static void a_failed_one_is_tried_again(void **state)
{
    (void)state;
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    assert_true(step_after(EVERY_MS)); /* no venue yet */
    assert_int_equal(snapshots.failed->value, 1);
    assert_string_equal(fault_text(), "");
    engine_live();
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.failed->value, 1);
    assert_int_equal(snapshots.written->value, 1);
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
}

static void a_request_to_stop_ends_it(void **state)
{
    (void)state;
    engine_live();
    atomic_store(&requests.stop, 1);
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.written->value, 0);
    assert_int_equal(snapshots.failed->value, 0);
    assert_int_equal(image_position(), 0);
    atomic_store(&requests.stop, 0);
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.written->value, 1);
}

/* Whoever holds the journal's lock is not waited for, and whoever wants it does not wait for us. */
static void the_engines_lock_is_left_alone(void **state)
{
    (void)state;
    char journal[FILE_PATH_BYTES];
    char lock[FILE_PATH_BYTES];
    bool exists = true;
    engine_live();
    scene_must(file_path(journal, folder, "journal"));
    scene_must(file_path(lock, journal, "LOCK"));
    scene_must(disk_unlink(disk_real(), lock));
    snapshots.options.snapshot.leaves_lock = true;
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.written->value, 1);
    scene_must(disk_exists(disk_real(), lock, &exists));
    assert_false(exists);
    scene_put_order(&commands, 1, SIDE_BUY, 100, 100);
    engine_live();
    scene_must(disk_unlink(disk_real(), lock));
    snapshots.options.snapshot.leaves_lock = false;
    assert_true(step_after(EVERY_MS));
    assert_int_equal(snapshots.written->value, 2);
    scene_must(disk_exists(disk_real(), lock, &exists));
    assert_true(exists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_is_written_when_its_time_has_come, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_one_is_tried_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_request_to_stop_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(the_engines_lock_is_left_alone, setup, teardown),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
