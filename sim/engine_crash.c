#include "sim/engine_crash.h"

#include "sim/engine_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SWEEP_BATCHES = 24,
    SWEEP_COMMANDS = 12,
    RANDOM_BATCHES = 60,
    RANDOM_COMMANDS = 40,
    RANDOM_CRASHES = 4,
};

static struct {
    u64 seed;
    u64 operation;
    bool set;
} place;

static struct engine_world world;

static void enter(u64 seed, u64 operation)
{
    place.seed = seed;
    place.operation = operation;
    place.set = true;
}

bool engine_crash_position(u64 *seed_out, u64 *operation_out)
{
    *seed_out = place.seed;
    *operation_out = place.operation;
    return place.set;
}

static void say(void)
{
    const char *commit = getenv("CAMBIST_COMMIT");
    (void)fprintf(
        stderr,
        "engine: seed %" PRIu64 " operation %" PRIu64 ": %s (start %" PRIu64
        ", batch %u, last fault: %s)\n"
        "again: cambist sim --part engine --operations 0 --seeds %" PRIu64 ", at commit %s\n",
        place.seed, place.operation, world.wrong == NULL ? "a fault" : world.wrong, world.starts,
        world.position, fault_text(), place.seed, commit == NULL ? "unknown" : commit);
}

/* A whole life with one crash or more; *operations_out is what it took. */
static bool live(const struct engine_script *script, u64 disk_seed, u64 crash_at, bool snapshots,
                 u64 *operations_out)
{
    enter(script->seed, crash_at);
    engine_world_open(&world, script, disk_seed);
    world.snapshots = snapshots;
    disk_false_crash_at(world.disk, crash_at);
    bool good = engine_world_live(&world);
    if (!good) {
        say();
    }
    *operations_out = disk_false_operations(world.disk);
    engine_world_close(&world);
    place.set = false;
    return good;
}

/* How far from one operation to the next. */
static u64 step_of(u64 all, u64 operations_max)
{
    return operations_max == 0 || operations_max >= all ? 1 : all / operations_max;
}

/* Other seeds begin at other operations. */
static u64 first_of(u64 seed, u64 step)
{
    return 1 + seed % step;
}

bool engine_crash_sweep(u64 seed, u64 operations_max, struct sim_watch *watch)
{
    enter(seed, 0);
    struct engine_script *script = engine_script_open(seed, SWEEP_BATCHES, SWEEP_COMMANDS, 0);
    u64 all = 0;
    u64 ignored = 0;
    bool good = live(script, seed, 0, true, &all);
    u64 step = step_of(all, operations_max);
    for (u64 at = first_of(seed, step); good && at <= all; at += step) {
        sim_watch_tick(watch, "crashes", at, all);
        good = live(script, seed, at, true, &ignored);
    }
    engine_script_close(script);
    return good;
}

/* A life in which one operation fails, and then another one. */
static bool live_through(const struct engine_script *script, u64 operation)
{
    static const enum fault faults[] = {FAULT_DISK_FULL, FAULT_IO, FAULT_READ_ONLY};
    enter(script->seed, operation);
    engine_world_open(&world, script, script->seed);
    disk_false_fail_at(world.disk, operation, faults[operation % ARRAY_COUNT(faults)]);
    enum fault fault = engine_world_start(&world);
    fault = fault == FAULT_NONE ? engine_world_finish(&world) : fault;
    bool good = world.wrong == NULL;
    if (fault != FAULT_NONE && world.engine != NULL) {
        u64 released = world.released_next;
        good = good && engine_work(world.engine, NULL) == fault;
        good = good && world.released_next == released;
    }
    engine_world_kill(&world);
    disk_false_fail_at(world.disk, 0, FAULT_NONE);
    disk_false_restart_process(world.disk);
    world.starts = 0;
    world.position = 0;
    good = good && engine_world_live(&world);
    if (!good) {
        say();
    }
    engine_world_close(&world);
    place.set = false;
    return good;
}

bool engine_crash_faults(u64 seed, u64 operations_max, struct sim_watch *watch)
{
    enter(seed, 0);
    struct engine_script *script = engine_script_open(seed, SWEEP_BATCHES, SWEEP_COMMANDS, 0);
    u64 all = 0;
    bool good = live(script, seed, 0, false, &all);
    u64 step = step_of(all, operations_max);
    for (u64 at = first_of(seed, step); good && at <= all; at += step) {
        sim_watch_tick(watch, "failures", at, all);
        good = live_through(script, at);
    }
    engine_script_close(script);
    return good;
}

bool engine_crash_random(u64 seed)
{
    enter(seed, 0);
    struct engine_script *script = engine_script_open(seed, RANDOM_BATCHES, RANDOM_COMMANDS, 0);
    struct random random;
    random_init(&random, seed);
    u64 all = 0;
    u64 ignored = 0;
    bool good = live(script, seed, 0, true, &all);
    for (u32 i = 0; good && i < RANDOM_CRASHES; i += 1) {
        good = live(script, random_seed_derive(seed, i), 1 + random_below(&random, all), i % 2 == 0,
                    &ignored);
    }
    engine_script_close(script);
    return good;
}
