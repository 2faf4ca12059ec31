/* Aim: everything around the engine's daily work: verify, snapshots, new limits, and the folder in
 * every bad condition.
 *
 * Method: a script is worked off on the false disk; then a byte is flipped, a file is removed, the
 * disk is full, and what must be said is asked for. */
#include "base/span.h"
#include "io/log.h"
#include "tests/support/life_scene.h"

#include <string.h>

#define FOLDER ENGINE_WORLD_FOLDER

enum { BATCHES = 20, COMMANDS = 15, FIRST_SEGMENT_BYTES = 256 << 10, BLOCK = 4096 };

/* ---- verify ---- */

static void verify_agrees_with_the_script(void **state)
{
    (void)state;
    struct engine_script *script = life_finished(BATCHES, COMMANDS, true);
    life_must(engine_world_snapshot(&life_world));
    u64 seqs[4];
    u32 count = 0;
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_in_range(count, 1, 2);
    struct verify_report report;
    life_must(life_verify(&report));
    u32 last = script->batches_count - 1;
    assert_int_equal(report.commands, life_seq_last(script, last));
    assert_int_equal(report.seq_last, life_seq_last(script, last));
    assert_int_equal(report.batches, script->batches_count);
    assert_int_equal(report.event_bytes, script->batches[last].events_end);
    assert_memory_equal(report.state_hash, script->batches[last].state_hash, SHA256_BYTES);
    assert_true(report.sealed);
    assert_false(report.live);
    assert_int_equal(report.snapshots_equal, count);
    assert_int_equal(report.snapshots_unsound, 0);
    assert_int_equal(report.torn_bytes, 0);
    life_close(script);
}

/* Every flipped bit in front of the last seal is refused, with file and offset; by verify, and by
 * the engine's start. */
static void verify_refuses_every_flipped_bit(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 6, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    assert_true(engine_world_live(&life_world));
    static const char path[] = FOLDER "/journal/00000000000000000001.journal";
    struct span content;
    assert_true(disk_false_find(life_world.disk, path, &content));
    size_t end = content.size;
    while (end > 0 && content.data[end - 1] == 0) {
        end -= 1;
    }
    end = (end - 1) / BLOCK * BLOCK; /* of the seal itself nobody knows whether it was whole */
    struct random random;
    random_init(&random, life_seed());
    u64 rounds = test_rounds(300);
    for (u64 i = 0; i < rounds; i += 1) {
        u64 offset = random_below(&random, end);
        u32 bit = (u32)random_below(&random, 8);
        disk_false_flip(life_world.disk, path, offset, bit);
        struct verify_report report;
        enum fault fault = life_verify(&report);
        /* The magic of the first block may make it somebody else's file. */
        if (fault != FAULT_ROT && !(offset < BLOCK && fault != FAULT_NONE)) {
            fail_msg("bit %u of byte %llu: %s %s", bit, (unsigned long long)offset,
                     fault_name(fault), fault_text());
        }
        life_assert_text("00000000000000000001.journal");
        life_assert_text("offset");
        life_world.starts = 0;
        assert_int_equal(engine_world_start(&life_world), fault);
        disk_false_flip(life_world.disk, path, offset, bit);
    }
    struct verify_report report;
    life_must(life_verify(&report));
    life_close(script);
}

static void verify_beside_a_running_engine(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    for (u32 i = 1; i < 10; i += 1) {
        life_must(engine_world_batch(&life_world));
    }
    life_must(engine_drain(life_world.engine));
    struct verify_report report;
    life_must(life_verify(&report));
    assert_true(report.live);
    assert_true(report.seq_last == life_seq_last(script, 8) ||
                report.seq_last == life_seq_last(script, 9));
    life_must(engine_finish(life_world.engine));
    life_must(life_verify(&report));
    assert_int_equal(report.seq_last, life_seq_last(script, 9));
    life_close(script);
}

static void verify_names_a_snapshot_that_differs(void **state)
{
    (void)state;
    struct engine_script *script = life_finished(BATCHES, COMMANDS, false);
    life_must(engine_world_snapshot(&life_world));
    u64 seqs[4];
    u32 count = 0;
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 1);
    assert_int_equal(seqs[0], life_seq_last(script, script->batches_count - 1));
    char path[FILE_PATH_BYTES];
    life_must(snapshot_file_path(path, FOLDER "/snapshots", seqs[0]));
    struct verify_report report;

    /* Damaged: reported, and no reason to refuse the journal. */
    disk_false_flip(life_world.disk, path, BLOCK + 100, 3);
    life_must(life_verify(&report));
    assert_int_equal(report.snapshots_unsound, 1);
    disk_false_flip(life_world.disk, path, BLOCK + 100, 3);

    /* Whole, but of another history. */
    struct snapshot_image image;
    life_must(snapshot_file_read(life_disk(), FOLDER "/snapshots", seqs[0], &image));
    struct command_genesis limits;
    assert_true(core_snapshot_limits(image.records.data, image.records.size, false, &limits));
    struct house house;
    life_must(house_open(&house, &limits, 1, 0));
    life_must(snapshot_restore(house.core, image.records, "image"));
    struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
    struct command_account_add record = {
        .head = {.kind = COMMAND_CANCEL_ALL, .units = 1, .source = 9, .source_index = 99999}};
    core_apply(house.core, &record.head, &output);
    life_must(disk_unlink(life_disk(), path));
    struct snapshot_info info;
    life_must(snapshot_file_write(life_disk(), FOLDER "/snapshots", house.core, &image.info.point,
                                  &info));
    house_close(&house);
    snapshot_image_close(&image);
    assert_int_equal(life_verify(&report), FAULT_DIVERGED);
    life_assert_text("state hash");
    life_close(script);
}

static void verify_of_nothing(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 2, 2, 0);
    engine_world_open(&life_world, script, life_seed());
    struct verify_report report;
    assert_int_equal(life_verify(&report), FAULT_MISSING);
    life_must(disk_make_folder(life_disk(), FOLDER));
    assert_int_equal(life_verify(&report), FAULT_MISSING);
    life_assert_text("no journal");
    life_close(script);
}

static u32 files_ending(const char *suffix)
{
    u32 found = 0;
    for (u32 i = 0; i < disk_false_files(life_world.disk); i += 1) {
        const char *name = disk_false_name(life_world.disk, i);
        size_t length = strlen(name);
        size_t wanted = strlen(suffix);
        found += length >= wanted && strcmp(name + length - wanted, suffix) == 0;
    }
    return found;
}

/* ---- snapshots ---- */

static void recovery_leaves_unsound_snapshots_aside(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    for (u32 i = 1; i < BATCHES; i += 1) {
        life_must(engine_world_batch(&life_world));
        if (i == 8 || i == 14) {
            life_must(engine_finish(life_world.engine));
            life_must(engine_world_snapshot(&life_world));
        }
    }
    life_must(engine_finish(life_world.engine));
    engine_world_kill(&life_world);
    u64 seqs[4];
    u32 count = 0;
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 2);

    life_must(engine_world_start(&life_world));
    assert_int_equal(engine_status(life_world.engine).recovery.seq_start, seqs[1]);
    engine_world_kill(&life_world);

    char path[FILE_PATH_BYTES];
    life_must(snapshot_file_path(path, FOLDER "/snapshots", seqs[1]));
    disk_false_flip(life_world.disk, path, BLOCK + 77, 1);
    life_world.unsound_expected = 2;
    life_must(engine_world_start(&life_world));
    assert_int_equal(engine_status(life_world.engine).recovery.seq_start, seqs[0]);
    assert_int_equal(engine_status(life_world.engine).recovery.snapshots_unsound, 1);
    engine_world_kill(&life_world);

    life_must(snapshot_file_path(path, FOLDER "/snapshots", seqs[0]));
    disk_false_flip(life_world.disk, path, 40, 1);
    life_must(engine_world_start(&life_world));
    assert_int_equal(engine_status(life_world.engine).recovery.seq_start, 0);
    assert_int_equal(engine_status(life_world.engine).recovery.snapshots_unsound, 2);
    life_close(script);
}

static void snapshots_are_pruned_and_one_runs_at_a_time(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    for (u32 i = 1; i < BATCHES; i += 1) {
        life_must(i + 1 < BATCHES ? engine_world_batch(&life_world)
                                  : engine_world_submit(&life_world));
        life_must(engine_world_snapshot(&life_world));
    }
    u64 seqs[8];
    u32 count = 0;
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(count, 2);
    assert_true(seqs[0] < seqs[1]);
    assert_int_equal(files_ending(".image"), 2);
    struct disk_lock lock;
    life_must(disk_lock(life_disk(), FOLDER "/snapshots", &lock));
    assert_int_equal(engine_world_snapshot(&life_world), FAULT_LOCKED);
    disk_unlock(&lock);
    /* The last batch is not sealed, so it is left out until it is. */
    life_must(engine_drain(life_world.engine));
    life_must(engine_world_snapshot(&life_world));
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(seqs[1], life_seq_last(script, BATCHES - 2));
    life_must(engine_finish(life_world.engine));
    life_must(engine_world_snapshot(&life_world));
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(seqs[1], life_seq_last(script, BATCHES - 1));
    life_close(script);
}

/* A segment that is full to its last block is sealed by the header of the next one. */
static void a_new_segment_seals_the_last_batch(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 100, 1, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    u64 used = JOURNAL_SEGMENT_HEADER;
    for (u32 i = 0; used < ENGINE_WORLD_SEGMENT; i += 1) {
        size_t size = engine_script_records(script, i).size;
        assert_int_equal(journal_batch_bytes((u32)size), BLOCK);
        used += BLOCK;
        if (i > 0) {
            life_must(engine_world_submit(&life_world));
        }
    }
    u32 last = life_world.position - 1;
    life_must(engine_drain(life_world.engine));
    assert_int_equal(files_ending(".journal"), 1);
    life_must(engine_world_snapshot(&life_world));
    u64 seqs[4];
    u32 count = 0;
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 1);
    assert_int_equal(seqs[0], life_seq_last(script, last - 1));

    life_must(engine_finish(life_world.engine));
    assert_int_equal(files_ending(".journal"), 2);
    life_must(engine_world_snapshot(&life_world));
    life_must(snapshot_file_list(life_disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 2);
    assert_int_equal(seqs[1], life_seq_last(script, last));
    struct verify_report report;
    life_must(life_verify(&report));
    assert_true(report.live);
    assert_int_equal(report.seq_last, seqs[1]);
    assert_int_equal(report.snapshots_equal, 2);
    life_close(script);
}

/* Segments of the event log go once an image stands behind them; images go with their snapshots. */
static void what_readers_have_passed_is_removed(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 250, 300, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    while (life_world.position < script->batches_count) {
        life_must(engine_world_batch(&life_world));
    }
    life_must(engine_finish(life_world.engine));
    u32 before = files_ending(".events");
    assert_true(before >= 3);
    u32 removed = 0;
    life_must(engine_collect(life_world.engine, 0, &removed));
    assert_int_equal(removed, 0);
    life_must(engine_world_snapshot(&life_world));
    assert_int_equal(files_ending(".image"), 1);
    u64 last = life_seq_last(script, script->batches_count - 1);
    struct snapshot_info info;
    life_must(snapshot_file_info(life_disk(), FOLDER "/snapshots", last, &info));
    life_must(engine_collect(life_world.engine, info.point.event_position, &removed));
    assert_true(removed >= 2);
    assert_int_equal(files_ending(".events"), before - removed);
    engine_world_kill(&life_world);
    struct engine *engine = NULL;
    life_must(life_open_plain(&engine));
    assert_int_equal(core_seq(engine_core(engine)), last);
    engine_close(engine);
    assert_null(life_world.wrong);
    life_close(script);
}

/* ---- the folder ---- */

static void one_engine_at_a_time(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 4, COMMANDS, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    struct engine *second = NULL;
    assert_int_equal(life_open_plain(&second), FAULT_LOCKED);
    life_assert_text("LOCK");
    assert_null(second);
    struct repair_result result;
    assert_int_equal(life_repair(2, &result), FAULT_LOCKED);
    life_must(engine_world_finish(&life_world));
    life_close(script);
}

static void read_only_disk(void **state)
{
    (void)state;
    struct engine_script *script = life_finished(BATCHES, COMMANDS, true);
    disk_false_set_read_only(life_world.disk, true);
    assert_int_equal(engine_world_start(&life_world), FAULT_READ_ONLY);
    struct verify_report report;
    life_must(life_verify(&report));
    assert_int_equal(report.seq_last, life_seq_last(script, BATCHES - 1));
    disk_false_set_read_only(life_world.disk, false);
    life_must(engine_world_start(&life_world));
    disk_false_set_read_only(life_world.disk, true);
    life_close(script);
}

static void full_disk(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 200, 60, 0);
    engine_world_open(&life_world, script, life_seed());
    life_must(engine_world_start(&life_world));
    disk_false_set_bytes_max(life_world.disk, disk_false_bytes(life_world.disk) + 300000);
    enum fault fault = engine_world_finish(&life_world);
    assert_int_equal(fault, FAULT_DISK_FULL);
    u64 released = life_world.released_next;
    assert_int_equal(engine_work(life_world.engine, NULL), FAULT_DISK_FULL);
    size_t taken = 0;
    const char *reason = NULL;
    assert_int_equal(
        engine_submit(life_world.engine, engine_script_records(script, 0), &taken, &reason),
        ENGINE_FULL);
    assert_int_equal(life_world.released_next, released);
    engine_world_kill(&life_world);
    disk_false_set_bytes_max(life_world.disk, 0);
    disk_false_restart_process(life_world.disk);
    assert_true(engine_world_live(&life_world));
    life_close(script);
}

static void folder_must_hold_a_journal(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), 2, 2, 0);
    engine_world_open(&life_world, script, life_seed());
    struct engine_options options = {
        .disk = life_disk(), .clock = &life_world.clock.clock, .folder = FOLDER};
    struct engine *engine = NULL;
    assert_int_equal(engine_open(&engine, &options), FAULT_MISSING);
    assert_null(engine);
    life_must(disk_make_folder(life_disk(), FOLDER));
    assert_int_equal(engine_open(&engine, &options), FAULT_MISSING);
    life_assert_text("no journal");
    struct command_genesis genesis = script->genesis;
    genesis.semantics_version = 2;
    options.genesis = &genesis;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    life_assert_text("version 2");
    genesis.semantics_version = 1;
    genesis.accounts_max = 0;
    assert_int_equal(engine_open(&engine, &options), FAULT_LIMIT);
    life_close(script);
}

/* The event log is a cache: without it, or with half of it, it is made again. */
static void event_log_is_made_again(void **state)
{
    (void)state;
    struct engine_script *script = life_finished(BATCHES, COMMANDS, false);
    for (u32 round = 0; round < 3; round += 1) {
        for (u32 i = disk_false_files(life_world.disk); i > 0; i -= 1) {
            const char *name = disk_false_name(life_world.disk, i - 1);
            bool control = strstr(name, "/control") != NULL;
            if (strstr(name, FOLDER "/events/") != NULL && (round != 1 || control) &&
                (round != 2 || !control)) {
                disk_false_remove(life_world.disk, name);
            }
        }
        life_world.starts = 0;
        life_world.position = 0;
        life_must(engine_world_start(&life_world));
        assert_null(life_world.wrong);
        life_must(engine_finish(life_world.engine));
        engine_world_kill(&life_world);
    }
    life_close(script);
}

/* ---- new limits ---- */

static enum fault limits_life(struct engine_world *self, struct command_limits_set *limits,
                              u8 hash_out[SHA256_BYTES])
{
    TRY(engine_world_start(self));
    while (self->position < self->script->batches_count) {
        TRY(engine_world_batch(self));
    }
    TRY(engine_drain(self->engine)); /* so that there is room */
    size_t taken = 0;
    const char *reason = NULL;
    limits->head.source_index = engine_source_index(self->engine, 200) + 1;
    if (engine_submit(self->engine, span_of(limits, sizeof(*limits)), &taken, &reason) !=
        ENGINE_TAKEN) {
        return FAULT(FAULT_USAGE, "not taken: %s", reason);
    }
    TRY(engine_finish(self->engine));
    return engine_state_hash(self->engine, hash_out);
}

static void release_nothing(struct release_sink *sink, const struct release *release)
{
    (void)sink;
    (void)release;
}

static void new_limits_take_effect_at_a_start(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(life_seed(), BATCHES, COMMANDS, 0);
    struct command_limits_set limits;
    memcpy(&limits, &script->genesis, sizeof(limits));
    limits.head = (struct command_head){
        .kind = COMMAND_LIMITS_SET, .units = sizeof(limits) / WIRE_UNIT, .source = 200};
    limits.reserved = 0;
    limits.orders_max += 1000;
    limits.accounts_max += 1;
    u64 operations = 0;
    for (u64 crash = 0; crash <= operations; crash += 1) {
        engine_world_open(&life_world, script, life_seed());
        u8 before[SHA256_BYTES];
        life_must(engine_world_start(&life_world));
        engine_world_kill(&life_world);
        life_world.starts = 0;
        life_world.position = 0;
        life_world.sink.release = release_nothing;
        life_must(limits_life(&life_world, &limits, before));
        u64 seq = core_seq(engine_core(life_world.engine));
        engine_world_kill(&life_world);
        u64 base = disk_false_operations(life_world.disk);
        disk_false_crash_at(life_world.disk, crash == 0 ? 0 : base + crash);
        struct engine *engine = NULL;
        enum fault fault = life_open_plain(&engine);
        if (fault == FAULT_NONE) {
            fault = engine_finish(engine);
        }
        if (fault != FAULT_NONE) {
            assert_true(disk_false_crashed(life_world.disk));
            engine_close(engine);
            disk_false_restart(life_world.disk);
            life_must(life_open_plain(&engine));
        }
        disk_false_crash_at(life_world.disk, 0);
        struct command_genesis now = core_limits(engine_core(engine));
        assert_int_equal(now.orders_max, limits.orders_max);
        assert_int_equal(now.accounts_max, limits.accounts_max);
        assert_int_equal(core_seq(engine_core(engine)), seq + 1);
        core_validate(engine_core(engine));
        u8 after[SHA256_BYTES];
        life_must(engine_state_hash(engine, after));
        assert_memory_not_equal(before, after, SHA256_BYTES);
        life_must(engine_finish(engine));
        engine_close(engine);
        operations = crash == 0 ? disk_false_operations(life_world.disk) - base : operations;

        /* Once is enough, and every replay does the same. */
        life_must(life_open_plain(&engine));
        assert_int_equal(core_seq(engine_core(engine)), seq + 1);
        life_must(engine_finish(engine));
        engine_close(engine);
        life_must(engine_world_snapshot(&life_world));
        struct verify_report report;
        life_must(life_verify(&report));
        assert_memory_equal(report.state_hash, after, SHA256_BYTES);
        assert_int_equal(report.snapshots_equal, 1);
        life_must(life_open_plain(&engine));
        assert_int_equal(engine_status(engine).recovery.seq_start, seq + 1);
        life_must(engine_state_hash(engine, before));
        assert_memory_equal(before, after, SHA256_BYTES);
        engine_close(engine);
        engine_world_close(&life_world);
    }
    assert_true(operations > 3);
    engine_script_close(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_agrees_with_the_script),
        cmocka_unit_test(verify_refuses_every_flipped_bit),
        cmocka_unit_test(verify_beside_a_running_engine),
        cmocka_unit_test(verify_names_a_snapshot_that_differs),
        cmocka_unit_test(verify_of_nothing),
        cmocka_unit_test(recovery_leaves_unsound_snapshots_aside),
        cmocka_unit_test(snapshots_are_pruned_and_one_runs_at_a_time),
        cmocka_unit_test(a_new_segment_seals_the_last_batch),
        cmocka_unit_test(what_readers_have_passed_is_removed),
        cmocka_unit_test(one_engine_at_a_time),
        cmocka_unit_test(read_only_disk),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(folder_must_hold_a_journal),
        cmocka_unit_test(event_log_is_made_again),
        cmocka_unit_test(new_limits_take_effect_at_a_start),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    return cmocka_run_group_tests_name("engine_admin", tests, NULL, NULL);
}
