/* The engine on the false disk: crashed at every operation of the disk in turn, failed at every
 * operation, filled up; and for new seeds at random ones. A plain run takes seeds from
 * CAMBIST_SEED_BASE on; `engine_sim_test --seeds A..B` takes those named. */
#include "io/log.h"
#include "sim/engine_world.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SWEEP_BATCHES = 24,
    SWEEP_COMMANDS = 12,
    RANDOM_BATCHES = 60,
    RANDOM_COMMANDS = 40,
    RANDOM_SEEDS = 40,
};

/* Where the run was, for a CHECK that leaves it. */
static struct {
    u64 seed;
    u64 operation;
    bool set;
} place;

static void say(u64 seed, u64 operation, const struct engine_world *world)
{
    print_error(
        "seed %" PRIu64 " operation %" PRIu64 ": %s (start %" PRIu64 ", batch %u, last fault: %s)\n"
        "engine_sim_test --seeds %" PRIu64 "..%" PRIu64 "\n",
        seed, operation, world->wrong, world->starts, world->position, fault_text(), seed, seed);
}

/* A whole life with one crash; returns the operations it took. */
static u64 live(const struct engine_script *script, u64 seed, u64 crash_at, bool snapshots)
{
    static struct engine_world world;
    place.seed = seed;
    place.operation = crash_at;
    place.set = true;
    engine_world_open(&world, script, seed);
    world.snapshots = snapshots;
    disk_false_crash_at(world.disk, crash_at);
    bool good = engine_world_live(&world);
    if (!good) {
        say(seed, crash_at, &world);
    }
    u64 operations = disk_false_operations(world.disk);
    engine_world_close(&world);
    assert_true(good);
    place.set = false;
    return operations;
}

static void crash_at_every_operation(void **state)
{
    (void)state;
    u64 seed = test_seed();
    struct engine_script *script = engine_script_open(seed, SWEEP_BATCHES, SWEEP_COMMANDS, 0);
    u64 all = live(script, seed, 0, true);
    u64 step = all / test_rounds(all) + (test_rounds(all) < all ? 1 : 0);
    for (u64 operation = 1; operation <= all; operation += step) {
        (void)live(script, seed, operation, true);
    }
    engine_script_close(script);
}

static void crashes_of_one_seed(u64 seed)
{
    struct engine_script *script = engine_script_open(seed, RANDOM_BATCHES, RANDOM_COMMANDS, 0);
    struct random random;
    random_init(&random, seed);
    u64 all = live(script, seed, 0, true);
    for (u32 i = 0; i < 4; i += 1) {
        (void)live(script, random_seed_derive(seed, i), 1 + random_below(&random, all), i % 2 == 0);
    }
    engine_script_close(script);
}

static void crashes_of_new_seeds(void **state)
{
    (void)state;
    u64 count = test_rounds(RANDOM_SEEDS);
    for (u64 i = 0; i < count; i += 1) {
        crashes_of_one_seed(test_seed() * 1000003 + i);
    }
}

/* An operation fails and the disk goes on: the engine must say so and release nothing more; the
 * next start finds what there is. */
static void every_operation_failing(void **state)
{
    (void)state;
    static const enum fault faults[] = {FAULT_DISK_FULL, FAULT_IO, FAULT_READ_ONLY};
    u64 seed = test_seed() + 7;
    struct engine_script *script = engine_script_open(seed, SWEEP_BATCHES, SWEEP_COMMANDS, 0);
    u64 all = live(script, seed, 0, false);
    u64 step = all / test_rounds(all) + (test_rounds(all) < all ? 1 : 0);
    for (u64 operation = 1; operation <= all; operation += step) {
        static struct engine_world world;
        engine_world_open(&world, script, seed);
        disk_false_fail_at(world.disk, operation, faults[operation % ARRAY_COUNT(faults)]);
        enum fault fault = engine_world_start(&world);
        fault = fault == FAULT_NONE ? engine_world_finish(&world) : fault;
        if (fault != FAULT_NONE && world.engine != NULL) {
            u64 released = world.released_next;
            assert_int_equal(engine_work(world.engine, NULL), fault);
            assert_int_equal(world.released_next, released);
        }
        engine_world_kill(&world);
        disk_false_fail_at(world.disk, 0, FAULT_NONE);
        disk_false_restart_process(world.disk);
        world.starts = 0;
        world.position = 0;
        if (world.wrong != NULL || !engine_world_live(&world)) {
            say(seed, operation, &world);
            fail();
        }
        engine_world_close(&world);
    }
    engine_script_close(script);
}

static int say_where(void **state)
{
    (void)state;
    if (place.set) {
        print_error("a CHECK failed at seed %" PRIu64 " operation %" PRIu64 "\n", place.seed,
                    place.operation);
    }
    return 0;
}

static u64 seeds_first;
static u64 seeds_last;

static void seeds_named(void **state)
{
    (void)state;
    for (u64 seed = seeds_first; seed <= seeds_last; seed += 1) {
        crashes_of_one_seed(seed);
    }
}

int main(int count, char **texts)
{
    const struct CMUnitTest named[] = {
        cmocka_unit_test_teardown(seeds_named, say_where),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(crash_at_every_operation, say_where),
        cmocka_unit_test_teardown(every_operation_failing, say_where),
        cmocka_unit_test_teardown(crashes_of_new_seeds, say_where),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    if (count == 3 && strcmp(texts[1], "--seeds") == 0) {
        char *end = NULL;
        seeds_first = strtoull(texts[2], &end, 10);
        seeds_last = strncmp(end, "..", 2) == 0 ? strtoull(end + 2, NULL, 10) : seeds_first;
        return cmocka_run_group_tests_name("engine_sim", named, NULL, NULL);
    }
    return cmocka_run_group_tests_name("engine_sim", tests, NULL, NULL);
}
