/* Aim: everything around the engine's daily work: verify, snapshots, repair, poison, new limits,
 * and the folder in every bad condition.
 *
 * Method: a script is worked off on the false disk; then a byte is flipped, a file is removed, a
 * process dies inside of a command, and what must be said is asked for. */
#include "base/span.h"
#include "io/log.h"
#include "role/engine/repair.h"
#include "role/engine/snapshot_run.h"
#include "role/engine/verify.h"
#include "sim/engine_world.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER ENGINE_WORLD_FOLDER

enum { BATCHES = 20, COMMANDS = 15, FIRST_SEGMENT_BYTES = 256 << 10, BLOCK = 4096 };

static struct engine_world world;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static struct disk *disk(void)
{
    return disk_false_disk(world.disk);
}

static u64 seed(void)
{
    return test_seed() * 7919 + 3;
}

/* A world whose engine has worked off the script and ended cleanly. */
static struct engine_script *finished_world(bool snapshots)
{
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    world.snapshots = snapshots;
    assert_true(engine_world_live(&world));
    return script;
}

static void close_world(struct engine_script *script)
{
    assert_null(world.wrong);
    engine_world_close(&world);
    engine_script_close(script);
}

static enum fault verify(struct verify_report *report)
{
    struct verify_options options = {.disk = disk(), .clock = &world.clock.clock, .folder = FOLDER};
    return verify_run(&options, report);
}

static enum fault repair(u64 seq, struct repair_result *result)
{
    struct repair_options options = {.disk = disk(), .clock = &world.clock.clock, .folder = FOLDER};
    return repair_void(&options, seq, 17, result);
}

/* Another process on the same folder. */
static enum fault open_plain(struct engine **engine_out)
{
    struct engine_options options = {
        .disk = disk(),
        .clock = &world.clock.clock,
        .folder = FOLDER,
        .batch_bytes = 64 << 10,
        .journal_segment = 256 << 10,
        .event_segment = 1 << 20,
        .no_continue = true,
    };
    return engine_open(engine_out, &options);
}

static u64 seq_last(const struct engine_script *script, u32 batch)
{
    return script->batches[batch].seq_first + script->batches[batch].count - 1;
}

static void assert_text(const char *part)
{
    if (strstr(fault_text(), part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, fault_text());
    }
}

/* ---- verify ---- */

static void verify_agrees_with_the_script(void **state)
{
    (void)state;
    struct engine_script *script = finished_world(true);
    struct verify_report report;
    must(verify(&report));
    u32 last = script->batches_count - 1;
    assert_int_equal(report.commands, seq_last(script, last));
    assert_int_equal(report.seq_last, seq_last(script, last));
    assert_int_equal(report.batches, script->batches_count);
    assert_int_equal(report.event_bytes, script->batches[last].events_end);
    assert_memory_equal(report.state_hash, script->batches[last].state_hash, SHA256_BYTES);
    assert_true(report.sealed);
    assert_false(report.live);
    assert_true(report.snapshots_equal > 0);
    assert_int_equal(report.snapshots_unsound, 0);
    assert_int_equal(report.torn_bytes, 0);
    close_world(script);
}

/* Every flipped bit in front of the last seal is refused, with file and offset; by verify, and by
 * the engine's start. */
static void verify_refuses_every_flipped_bit(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 6, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    assert_true(engine_world_live(&world));
    static const char path[] = FOLDER "/journal/00000000000000000001.journal";
    struct span content;
    assert_true(disk_false_find(world.disk, path, &content));
    size_t end = content.size;
    while (end > 0 && content.data[end - 1] == 0) {
        end -= 1;
    }
    end = (end - 1) / BLOCK * BLOCK; /* of the seal itself nobody knows whether it was whole */
    struct random random;
    random_init(&random, seed());
    u64 rounds = test_rounds(300);
    for (u64 i = 0; i < rounds; i += 1) {
        u64 offset = random_below(&random, end);
        u32 bit = (u32)random_below(&random, 8);
        disk_false_flip(world.disk, path, offset, bit);
        struct verify_report report;
        enum fault fault = verify(&report);
        /* The magic of the first block may make it somebody else's file. */
        if (fault != FAULT_ROT && !(offset < BLOCK && fault != FAULT_NONE)) {
            fail_msg("bit %u of byte %llu: %s %s", bit, (unsigned long long)offset,
                     fault_name(fault), fault_text());
        }
        assert_text("00000000000000000001.journal");
        assert_text("offset");
        world.starts = 0;
        assert_int_equal(engine_world_start(&world), fault);
        disk_false_flip(world.disk, path, offset, bit);
    }
    struct verify_report report;
    must(verify(&report));
    close_world(script);
}

static void verify_beside_a_running_engine(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    for (u32 i = 1; i < 10; i += 1) {
        must(engine_world_batch(&world));
    }
    must(engine_drain(world.engine));
    struct verify_report report;
    must(verify(&report));
    assert_true(report.live);
    assert_true(report.seq_last == seq_last(script, 8) || report.seq_last == seq_last(script, 9));
    must(engine_finish(world.engine));
    must(verify(&report));
    assert_int_equal(report.seq_last, seq_last(script, 9));
    close_world(script);
}

static void verify_names_a_snapshot_that_differs(void **state)
{
    (void)state;
    struct engine_script *script = finished_world(false);
    must(engine_world_snapshot(&world));
    u64 seqs[4];
    u32 count = 0;
    must(snapshot_file_list(disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 1);
    assert_int_equal(seqs[0], seq_last(script, script->batches_count - 1));
    char path[FILE_PATH_BYTES];
    must(snapshot_file_path(path, FOLDER "/snapshots", seqs[0]));
    struct verify_report report;

    /* Damaged: reported, and no reason to refuse the journal. */
    disk_false_flip(world.disk, path, BLOCK + 100, 3);
    must(verify(&report));
    assert_int_equal(report.snapshots_unsound, 1);
    disk_false_flip(world.disk, path, BLOCK + 100, 3);

    /* Whole, but of another history. */
    struct snapshot_image image;
    must(snapshot_file_read(disk(), FOLDER "/snapshots", seqs[0], &image));
    struct command_genesis limits;
    assert_true(core_snapshot_limits(image.records.data, image.records.size, false, &limits));
    struct house house;
    must(house_open(&house, &limits, 1, 0));
    must(snapshot_restore(house.core, image.records, "image"));
    struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
    struct command_account_add record = {
        .head = {.kind = COMMAND_CANCEL_ALL, .units = 1, .source = 9, .source_index = 99999}};
    core_apply(house.core, &record.head, &output);
    must(disk_unlink(disk(), path));
    struct snapshot_info info;
    must(snapshot_file_write(disk(), FOLDER "/snapshots", house.core, &image.info.point, &info));
    house_close(&house);
    snapshot_image_close(&image);
    assert_int_equal(verify(&report), FAULT_DIVERGED);
    assert_text("state hash");
    close_world(script);
}

static void verify_of_nothing(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 2, 2, 0);
    engine_world_open(&world, script, seed());
    struct verify_report report;
    assert_int_equal(verify(&report), FAULT_MISSING);
    must(disk_make_folder(disk(), FOLDER));
    assert_int_equal(verify(&report), FAULT_MISSING);
    assert_text("no journal");
    close_world(script);
}

static u32 files_ending(const char *suffix)
{
    u32 found = 0;
    for (u32 i = 0; i < disk_false_files(world.disk); i += 1) {
        const char *name = disk_false_name(world.disk, i);
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
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    for (u32 i = 1; i < BATCHES; i += 1) {
        must(engine_world_batch(&world));
        if (i == 8 || i == 14) {
            must(engine_finish(world.engine));
            must(engine_world_snapshot(&world));
        }
    }
    must(engine_finish(world.engine));
    engine_world_kill(&world);
    u64 seqs[4];
    u32 count = 0;
    must(snapshot_file_list(disk(), FOLDER "/snapshots", seqs, 4, &count));
    assert_int_equal(count, 2);

    must(engine_world_start(&world));
    assert_int_equal(engine_status(world.engine).recovery.seq_start, seqs[1]);
    engine_world_kill(&world);

    char path[FILE_PATH_BYTES];
    must(snapshot_file_path(path, FOLDER "/snapshots", seqs[1]));
    disk_false_flip(world.disk, path, BLOCK + 77, 1);
    world.unsound_expected = 2;
    must(engine_world_start(&world));
    assert_int_equal(engine_status(world.engine).recovery.seq_start, seqs[0]);
    assert_int_equal(engine_status(world.engine).recovery.snapshots_unsound, 1);
    engine_world_kill(&world);

    must(snapshot_file_path(path, FOLDER "/snapshots", seqs[0]));
    disk_false_flip(world.disk, path, 40, 1);
    must(engine_world_start(&world));
    assert_int_equal(engine_status(world.engine).recovery.seq_start, 0);
    assert_int_equal(engine_status(world.engine).recovery.snapshots_unsound, 2);
    close_world(script);
}

static void snapshots_are_pruned_and_one_runs_at_a_time(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    for (u32 i = 1; i < BATCHES; i += 1) {
        must(engine_world_batch(&world));
        must(engine_world_snapshot(&world));
    }
    u64 seqs[8];
    u32 count = 0;
    must(snapshot_file_list(disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(count, 2);
    assert_true(seqs[0] < seqs[1]);
    assert_int_equal(files_ending(".image"), 2);
    struct disk_lock lock;
    must(disk_lock(disk(), FOLDER "/snapshots", &lock));
    assert_int_equal(engine_world_snapshot(&world), FAULT_LOCKED);
    disk_unlock(&lock);
    /* The last batch is not sealed, so it is left out until it is. */
    must(engine_drain(world.engine));
    must(engine_world_snapshot(&world));
    must(snapshot_file_list(disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(seqs[1], seq_last(script, BATCHES - 2));
    must(engine_finish(world.engine));
    must(engine_world_snapshot(&world));
    must(snapshot_file_list(disk(), FOLDER "/snapshots", seqs, 8, &count));
    assert_int_equal(seqs[1], seq_last(script, BATCHES - 1));
    close_world(script);
}

/* Segments of the event log go once an image stands behind them; images go with their snapshots. */
static void what_readers_have_passed_is_removed(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 120, 400, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    while (world.position < script->batches_count) {
        must(engine_world_batch(&world));
    }
    must(engine_finish(world.engine));
    /* The engine may have gone on by itself with what the script left in the trigger queue. */
    u64 last = engine_status(world.engine).seq_durable;
    u32 before = files_ending(".events");
    assert_true(before >= 3);
    u32 removed = 0;
    must(engine_collect(world.engine, 0, &removed));
    assert_int_equal(removed, 0);
    /* It may leave out the last batch, where a new segment has begun behind it. */
    struct snapshot_options options = {
        .disk = disk(), .clock = &world.clock.clock, .folder = FOLDER, .image = true};
    struct snapshot_result result;
    must(snapshot_run(&options, &result));
    assert_int_equal(files_ending(".image"), 1);
    must(engine_collect(world.engine, result.info.point.event_position, &removed));
    assert_true(removed >= 2);
    assert_int_equal(files_ending(".events"), before - removed);
    engine_world_kill(&world);
    struct engine *engine = NULL;
    must(open_plain(&engine));
    assert_int_equal(core_seq(engine_core(engine)), last);
    engine_close(engine);
    assert_null(world.wrong);
    close_world(script);
}

/* ---- the folder ---- */

static void one_engine_at_a_time(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 4, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    struct engine *second = NULL;
    assert_int_equal(open_plain(&second), FAULT_LOCKED);
    assert_text("LOCK");
    assert_null(second);
    struct repair_result result;
    assert_int_equal(repair(2, &result), FAULT_LOCKED);
    must(engine_world_finish(&world));
    close_world(script);
}

static void read_only_disk(void **state)
{
    (void)state;
    struct engine_script *script = finished_world(true);
    disk_false_set_read_only(world.disk, true);
    assert_int_equal(engine_world_start(&world), FAULT_READ_ONLY);
    struct verify_report report;
    must(verify(&report));
    assert_int_equal(report.seq_last, seq_last(script, BATCHES - 1));
    disk_false_set_read_only(world.disk, false);
    must(engine_world_start(&world));
    disk_false_set_read_only(world.disk, true);
    close_world(script);
}

static void full_disk(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 200, 60, 0);
    engine_world_open(&world, script, seed());
    must(engine_world_start(&world));
    disk_false_set_bytes_max(world.disk, disk_false_bytes(world.disk) + 300000);
    enum fault fault = engine_world_finish(&world);
    assert_int_equal(fault, FAULT_DISK_FULL);
    u64 released = world.released_next;
    assert_int_equal(engine_work(world.engine, NULL), FAULT_DISK_FULL);
    size_t taken = 0;
    const char *reason = NULL;
    assert_int_equal(engine_submit(world.engine, engine_script_records(script, 0), &taken, &reason),
                     ENGINE_FULL);
    assert_int_equal(world.released_next, released);
    engine_world_kill(&world);
    disk_false_set_bytes_max(world.disk, 0);
    disk_false_restart_process(world.disk);
    assert_true(engine_world_live(&world));
    close_world(script);
}

static void folder_must_hold_a_journal(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 2, 2, 0);
    engine_world_open(&world, script, seed());
    struct engine_options options = {.disk = disk(), .clock = &world.clock.clock, .folder = FOLDER};
    struct engine *engine = NULL;
    assert_int_equal(engine_open(&engine, &options), FAULT_MISSING);
    assert_null(engine);
    must(disk_make_folder(disk(), FOLDER));
    assert_int_equal(engine_open(&engine, &options), FAULT_MISSING);
    assert_text("no journal");
    struct command_genesis genesis = script->genesis;
    genesis.semantics_version = 2;
    options.genesis = &genesis;
    assert_int_equal(engine_open(&engine, &options), FAULT_USAGE);
    assert_text("version 2");
    genesis.semantics_version = 1;
    genesis.accounts_max = 0;
    assert_int_equal(engine_open(&engine, &options), FAULT_LIMIT);
    close_world(script);
}

/* The event log is a cache: without it, or with half of it, it is made again. */
static void event_log_is_made_again(void **state)
{
    (void)state;
    struct engine_script *script = finished_world(false);
    for (u32 round = 0; round < 3; round += 1) {
        for (u32 i = disk_false_files(world.disk); i > 0; i -= 1) {
            const char *name = disk_false_name(world.disk, i - 1);
            bool control = strstr(name, "/control") != NULL;
            if (strstr(name, FOLDER "/events/") != NULL && (round != 1 || control) &&
                (round != 2 || !control)) {
                disk_false_remove(world.disk, name);
            }
        }
        world.starts = 0;
        world.position = 0;
        must(engine_world_start(&world));
        assert_null(world.wrong);
        must(engine_finish(world.engine));
        engine_world_kill(&world);
    }
    close_world(script);
}

/* ---- new limits ---- */

static enum fault limits_life(struct engine_world *self, struct command_limits_set *limits,
                              u8 hash_out[SHA256_BYTES])
{
    TRY(engine_world_start(self));
    while (self->position < self->script->batches_count) {
        TRY(engine_world_batch(self));
    }
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
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    struct command_limits_set limits;
    memcpy(&limits, &script->genesis, sizeof(limits));
    limits.head = (struct command_head){
        .kind = COMMAND_LIMITS_SET, .units = sizeof(limits) / WIRE_UNIT, .source = 200};
    limits.reserved = 0;
    limits.orders_max += 1000;
    limits.accounts_max += 1;
    u64 operations = 0;
    for (u64 crash = 0; crash <= operations; crash += 1) {
        engine_world_open(&world, script, seed());
        u8 before[SHA256_BYTES];
        must(engine_world_start(&world));
        engine_world_kill(&world);
        world.starts = 0;
        world.position = 0;
        world.sink.release = release_nothing;
        must(limits_life(&world, &limits, before));
        u64 seq = core_seq(engine_core(world.engine));
        engine_world_kill(&world);
        u64 base = disk_false_operations(world.disk);
        disk_false_crash_at(world.disk, crash == 0 ? 0 : base + crash);
        struct engine *engine = NULL;
        enum fault fault = open_plain(&engine);
        if (fault == FAULT_NONE) {
            fault = engine_finish(engine);
        }
        if (fault != FAULT_NONE) {
            assert_true(disk_false_crashed(world.disk));
            engine_close(engine);
            disk_false_restart(world.disk);
            must(open_plain(&engine));
        }
        disk_false_crash_at(world.disk, 0);
        struct command_genesis now = core_limits(engine_core(engine));
        assert_int_equal(now.orders_max, limits.orders_max);
        assert_int_equal(now.accounts_max, limits.accounts_max);
        assert_int_equal(core_seq(engine_core(engine)), seq + 1);
        core_validate(engine_core(engine));
        u8 after[SHA256_BYTES];
        must(engine_state_hash(engine, after));
        assert_memory_not_equal(before, after, SHA256_BYTES);
        must(engine_finish(engine));
        engine_close(engine);
        operations = crash == 0 ? disk_false_operations(world.disk) - base : operations;

        /* Once is enough, and every replay does the same. */
        must(open_plain(&engine));
        assert_int_equal(core_seq(engine_core(engine)), seq + 1);
        must(engine_finish(engine));
        engine_close(engine);
        must(engine_world_snapshot(&world));
        struct verify_report report;
        must(verify(&report));
        assert_memory_equal(report.state_hash, after, SHA256_BYTES);
        assert_int_equal(report.snapshots_equal, 1);
        must(open_plain(&engine));
        assert_int_equal(engine_status(engine).recovery.seq_start, seq + 1);
        must(engine_state_hash(engine, before));
        assert_memory_equal(before, after, SHA256_BYTES);
        engine_close(engine);
        engine_world_close(&world);
    }
    assert_true(operations > 3);
    engine_script_close(script);
}

/* ---- poison and repair ---- */

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
    enum fault fault = engine_world_start(&world);
    if (fault == FAULT_NONE) {
        fault = engine_world_finish(&world);
    }
    bool killed = fault == FAULT_STOPPED;
    *fault_out = killed ? FAULT_NONE : fault;
    return killed;
}

static void process_gone(void)
{
    engine_world_kill(&world);
    disk_false_restart_process(world.disk);
    world.starts = 0;
    world.position = 0;
}

/* The state after the script's batches up to `batch`, with a command skipped, and then the record
 * that says so. */
static void hash_with_void(const struct engine_script *script, u32 batch, u64 seq, u64 time_us,
                           u8 hash_out[SHA256_BYTES])
{
    struct house house;
    must(house_open(&house, &script->genesis, 1, 0));
    struct void_list voids = {.count = 0};
    struct void_entry entry = {.seq = seq};
    must(voids_add(&voids, &entry));
    struct applier applier = {.house = &house, .voids = &voids};
    struct command_void record = {
        .head = {.kind = COMMAND_VOID, .units = 1}, .void_seq = seq, .code = 17};
    for (u32 i = 0; i <= batch + 1; i += 1) {
        struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
        bool last = i == batch + 1;
        const struct engine_script_batch *it = &script->batches[last ? 0 : i];
        applier_begin(&applier, last ? seq_last(script, batch) + 1 : it->seq_first,
                      last ? time_us : it->time_us, last ? 1 : it->count,
                      last ? span_of(&record, sizeof(record)) : engine_script_records(script, i));
        bool done = false;
        must(applier_step(&applier, &output, &done));
        assert_true(done);
    }
    must(snapshot_state_hash(house.core, hash_out));
    house_close(&house);
}

/* Dies three times (twice, if the command came alone), is refused, repaired, and goes on without
 * the command. */
static void poison_run(const struct engine_script *script, u64 seq, bool lose_voids)
{
    engine_world_open(&world, script, seed());
    killer = (struct killer){.watch = {.enter = killer_enter}, .seq = seq};
    world.watch = &killer.watch;
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
    assert_text(text);
    process_gone();
    assert_false(life_ends_by_killer(&fault));
    assert_int_equal(fault, FAULT_POISON);
    process_gone();

    struct repair_result result;
    must(repair(seq, &result));
    assert_int_equal(result.seq_void, seq);
    assert_int_equal(repair(seq, &result), FAULT_USAGE);
    assert_text("void already");
    if (lose_voids) {
        disk_false_remove(world.disk, FOLDER "/voids");
    }
    struct engine *engine = NULL;
    must(open_plain(&engine));
    assert_int_equal(engine_status(engine).recovery.voided, 1);
    u8 hash[SHA256_BYTES];
    u8 expected[SHA256_BYTES];
    must(engine_state_hash(engine, hash));
    u32 batch = engine_script_find(script, core_seq(engine_core(engine)));
    assert_true(batch != UINT32_MAX);
    hash_with_void(script, batch, seq, engine_status(engine).time_us, expected);
    assert_memory_equal(hash, expected, SHA256_BYTES);
    must(engine_finish(engine));
    engine_close(engine);
    struct verify_report report;
    must(verify(&report));
    assert_int_equal(report.voided, 1);
    assert_memory_equal(report.state_hash, expected, SHA256_BYTES);
    engine_world_close(&world);
}

static void poison_is_named_and_repaired(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    struct random random;
    random_init(&random, seed());
    u64 rounds = test_rounds(12);
    for (u64 i = 0; i < rounds; i += 1) {
        u64 seq = 2 + random_below(&random, seq_last(script, BATCHES - 1) - 1);
        poison_run(script, seq, i % 2 == 0);
    }
    engine_script_close(script);
}

/* A kill from outside leaves a range, but no suspicion that lasts. */
static void a_killed_process_is_no_poison(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed());
    killer = (struct killer){.watch = {.enter = killer_enter}};
    world.watch = &killer.watch;
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
    close_world(script);
}

static void repair_refuses_what_was_seen(void **state)
{
    (void)state;
    struct engine_script *script = finished_world(false);
    struct repair_result result;
    assert_int_equal(repair(1, &result), FAULT_USAGE);
    assert_text("genesis");
    assert_int_equal(repair(seq_last(script, BATCHES - 1), &result), FAULT_USAGE);
    assert_text("event log");
    assert_int_equal(repair(seq_last(script, BATCHES - 1) + 1, &result), FAULT_USAGE);
    assert_text("there is no command");
    must(engine_world_snapshot(&world));
    assert_int_equal(repair(5, &result), FAULT_USAGE);
    assert_text("snapshot");
    struct verify_report report;
    must(verify(&report));
    assert_int_equal(report.seq_last, seq_last(script, BATCHES - 1));
    close_world(script);
}

/* A crash at every operation of a repair: afterwards the command is void or it is not, and repair,
 * recovery and verify agree on which. */
static void repair_crashes_anywhere(void **state)
{
    (void)state;
    struct engine_script *script = engine_script_open(seed(), 8, 4, 0);
    u64 operations = 1;
    for (u64 crash = 1; crash <= operations; crash += 1) {
        engine_world_open(&world, script, seed());
        u64 seq = script->batches[4].seq_first;
        killer = (struct killer){.watch = {.enter = killer_enter}, .seq = seq};
        world.watch = &killer.watch;
        enum fault fault = FAULT_NONE;
        assert_true(life_ends_by_killer(&fault));
        process_gone();
        u64 base = disk_false_operations(world.disk);
        disk_false_crash_at(world.disk, base + crash);
        struct repair_result result;
        fault = repair(seq, &result);
        operations = u64_max(operations, disk_false_operations(world.disk) - base);
        bool crashed = disk_false_crashed(world.disk);
        assert_true(fault == FAULT_NONE || crashed);
        if (crashed) {
            operations = u64_max(operations, crash + 1);
            disk_false_restart(world.disk);
        } else {
            operations = crash - 1;
            disk_false_crash_at(world.disk, 0);
        }
        struct verify_report report;
        must(verify(&report));
        assert_true(fault != FAULT_NONE || report.voided == 1);
        struct engine *engine = NULL;
        must(open_plain(&engine));
        assert_int_equal(engine_status(engine).recovery.voided, report.voided);
        u8 hash[SHA256_BYTES];
        must(engine_state_hash(engine, hash));
        assert_memory_equal(hash, report.state_hash, SHA256_BYTES);
        engine_close(engine);
        engine_world_close(&world);
    }
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
        cmocka_unit_test(what_readers_have_passed_is_removed),
        cmocka_unit_test(one_engine_at_a_time),
        cmocka_unit_test(read_only_disk),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(folder_must_hold_a_journal),
        cmocka_unit_test(event_log_is_made_again),
        cmocka_unit_test(new_limits_take_effect_at_a_start),
        cmocka_unit_test(poison_is_named_and_repaired),
        cmocka_unit_test(a_killed_process_is_no_poison),
        cmocka_unit_test(repair_refuses_what_was_seen),
        cmocka_unit_test(repair_crashes_anywhere),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    return cmocka_run_group_tests_name("engine_admin", tests, NULL, NULL);
}
