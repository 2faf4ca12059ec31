/* Aim: a command that the engine cannot survive is named and can be taken out; nothing else can be.
 *
 * Method: a script is worked off on the false disk; the process dies whenever a chosen command is
 * about to be applied; then repair, recovery and verify are asked, also after a crash at every
 * operation of the repair. */
#include "base/span.h"
#include "io/log.h"
#include "tests/support/life_scene.h"

#include <stdio.h>
#include <string.h>

#define FOLDER ENGINE_WORLD_FOLDER

enum { BATCHES = 20, COMMANDS = 15 };

/* Ends the process, as far as the disk can tell, when this command is about to be applied. */
struct killer {
    struct apply_watch watch;
    u64 seq;
};

static enum fault killer_enter(struct apply_watch *watch, u64 seq_first, u64 count)
{
    const struct killer *self = (const struct killer *)(const void *)watch;
    bool now = self->seq >= seq_first && self->seq - seq_first < count;
    return now ? FAULT(FAULT_STOPPED, "killed") : FAULT_NONE;
}

static struct killer killer;

/* A life under the killer: true when it ended by it. */
static bool life_ends_by_killer(enum fault *fault_out)
{
    enum fault fault = engine_world_start(&life_world);
    if (fault == FAULT_NONE) {
        fault = engine_world_finish(&life_world);
    }
    bool killed = fault == FAULT_STOPPED;
    *fault_out = killed ? FAULT_NONE : fault;
    return killed;
}

static void process_gone(void)
{
    engine_world_kill(&life_world);
    disk_false_restart_process(life_world.disk);
    life_world.starts = 0;
    life_world.position = 0;
}

/* The state after the script's batches up to `batch`, with a command skipped, and then the record
 * that says so. */
static void hash_with_void(const struct engine_script *script, u32 batch, u64 seq, u64 time_us,
                           u8 hash_out[SHA256_BYTES])
{
    struct house house;
    life_must(house_open(&house, &script->genesis, 1, 0));
    struct void_list voids = {.count = 0};
    struct void_entry entry = {.seq = seq};
    life_must(voids_add(&voids, &entry));
    struct applier applier = {.house = &house, .voids = &voids};
    struct command_void record = {
        .head = {.kind = COMMAND_VOID, .units = 1}, .void_seq = seq, .code = 17};
    for (u32 i = 0; i <= batch + 1; i += 1) {
        struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
        bool last = i == batch + 1;
        const struct engine_script_batch *it = &script->batches[last ? 0 : i];
        applier_begin(&applier, last ? life_seq_last(script, batch) + 1 : it->seq_first,
                      last ? time_us : it->time_us, last ? 1 : it->count,
                      last ? span_of(&record, sizeof(record)) : engine_script_records(script, i));
        bool done = false;
        life_must(applier_step(&applier, &output, &done));
        assert_true(done);
    }
    life_must(snapshot_state_hash(house.core, hash_out));
    house_close(&house);
}

/* Dies three times (twice, if the command came alone), is refused, repaired, and goes on without
 * the command. */
static void poison_run(const struct engine_script *script, u64 seq, bool lose_voids)
{
    engine_world_open(&life_world, script, life_seed());
    killer = (struct killer){.watch = {.enter = killer_enter}, .seq = seq};
    life_world.watch = &killer.watch;
    enum fault fault = FAULT_NONE;
    u32 lives = 3;
    for (u32 i = 0; i < script->batches_count; i += 1) {
        bool alone = script->batches[i].seq_first == seq && script->batches[i].count == 1;
        lives = alone ? 2 : lives;
    }
    for (u32 life = 0; life < lives; life += 1) {
        assert_true(life_ends_by_killer(&fault));
        process_gone();
    }
    assert_false(life_ends_by_killer(&fault));
    assert_int_equal(fault, FAULT_POISON);
    char text[64];
    (void)snprintf(text, sizeof(text), "command %llu ", (unsigned long long)seq);
    life_assert_text(text);
    process_gone();
    assert_false(life_ends_by_killer(&fault));
    assert_int_equal(fault, FAULT_POISON);
    process_gone();

    struct repair_result result;
    life_must(life_repair(seq, &result));
    assert_int_equal(result.seq_void, seq);
    assert_int_equal(life_repair(seq, &result), FAULT_USAGE);
    life_assert_text("void already");
    if (lose_voids) {
        disk_false_remove(life_world.disk, FOLDER "/voids");
    }
    struct engine *engine = NULL;
    life_must(life_open_plain(&engine));
    assert_int_equal(engine_status(engine).recovery.voided, 1);
    u8 hash[SHA256_BYTES];
    u8 expected[SHA256_BYTES];
    life_must(engine_state_hash(engine, hash));
    u32 batch = engine_script_find(script, core_seq(engine_core(engine)));
    assert_true(batch != UINT32_MAX);
    hash_with_void(script, batch, seq, engine_status(engine).time_us, expected);
    assert_memory_equal(hash, expected, SHA256_BYTES);
    life_must(engine_finish(engine));
    engine_close(engine);
    struct verify_report report;
    life_must(life_verify(&report));
    assert_int_equal(report.voided, 1);
    assert_memory_equal(report.state_hash, expected, SHA256_BYTES);
    engine_world_close(&life_world);
}

static void poison_is_named_and_repaired(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    struct random random;
    random_init(&random, life_seed());
    u64 rounds = test_rounds(12);
    for (u64 i = 0; i < rounds; i += 1) {
        u64 seq = 2 + random_below(&random, life_seq_last(script, BATCHES - 1) - 1);
        poison_run(script, seq, i % 2 == 0);
    }
    engine_script_close(script);
}

/* A kill from outside leaves a range, but no suspicion that lasts. */
static void a_killed_process_is_no_poison(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    killer = (struct killer){.watch = {.enter = killer_enter}};
    life_world.watch = &killer.watch;
    enum fault fault = FAULT_NONE;
    for (u32 life = 0; life < 6; life += 1) {
        killer.seq = script->batches[3 * life + 2].seq_first + 1;
        (void)life_ends_by_killer(&fault);
        assert_int_equal(fault, FAULT_NONE);
        process_gone();
    }
    killer.seq = UINT64_MAX;
    assert_false(life_ends_by_killer(&fault));
    assert_int_equal(fault, FAULT_NONE);
    life_close(script);
}

static void repair_refuses_what_was_seen(void **state)
{
    (void)state;
    struct engine_script *script = life_finished(BATCHES, COMMANDS, false);
    struct repair_result result;
    assert_int_equal(life_repair(1, &result), FAULT_USAGE);
    life_assert_text("genesis");
    assert_int_equal(life_repair(life_seq_last(script, BATCHES - 1), &result), FAULT_USAGE);
    life_assert_text("event log");
    assert_int_equal(life_repair(life_seq_last(script, BATCHES - 1) + 1, &result), FAULT_USAGE);
    life_assert_text("there is no command");
    life_must(engine_world_snapshot(&life_world));
    assert_int_equal(life_repair(5, &result), FAULT_USAGE);
    life_assert_text("snapshot");
    struct verify_report report;
    life_must(life_verify(&report));
    assert_int_equal(report.seq_last, life_seq_last(script, BATCHES - 1));
    life_close(script);
}

/* A crash at every operation of a repair: afterwards the command is void or it is not, and repair,
 * recovery and verify agree on which. */
static void repair_crashes_anywhere(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 8, 4, 0);
    u64 operations = 1;
    for (u64 crash = 1; crash <= operations; crash += 1) {
        engine_world_open(&life_world, script, life_seed());
        u64 seq = script->batches[4].seq_first;
        killer = (struct killer){.watch = {.enter = killer_enter}, .seq = seq};
        life_world.watch = &killer.watch;
        enum fault fault = FAULT_NONE;
        assert_true(life_ends_by_killer(&fault));
        process_gone();
        u64 base = disk_false_operations(life_world.disk);
        disk_false_crash_at(life_world.disk, base + crash);
        struct repair_result result;
        fault = life_repair(seq, &result);
        operations = u64_max(operations, disk_false_operations(life_world.disk) - base);
        bool crashed = disk_false_crashed(life_world.disk);
        assert_true(fault == FAULT_NONE || crashed);
        if (crashed) {
            operations = u64_max(operations, crash + 1);
            disk_false_restart(life_world.disk);
        } else {
            operations = crash - 1;
            disk_false_crash_at(life_world.disk, 0);
        }
        struct verify_report report;
        life_must(life_verify(&report));
        assert_true(fault != FAULT_NONE || report.voided == 1);
        struct engine *engine = NULL;
        life_must(life_open_plain(&engine));
        assert_int_equal(engine_status(engine).recovery.voided, report.voided);
        u8 hash[SHA256_BYTES];
        life_must(engine_state_hash(engine, hash));
        assert_memory_equal(hash, report.state_hash, SHA256_BYTES);
        engine_close(engine);
        engine_world_close(&life_world);
    }
    engine_script_close(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poison_is_named_and_repaired),
        cmocka_unit_test(a_killed_process_is_no_poison),
        cmocka_unit_test(repair_refuses_what_was_seen),
        cmocka_unit_test(repair_crashes_anywhere),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    return cmocka_run_group_tests_name("engine_repair", tests, NULL, NULL);
}
