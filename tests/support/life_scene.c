#include "tests/support/life_scene.h"

#include <string.h>

struct engine_world life_world;

void life_must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

struct disk *life_disk(void)
{
    return disk_false_disk(life_world.disk);
}

u64 life_seed(void)
{
    return test_seed() * 7919 + 3;
}

struct engine_script *life_finished(u32 batches, u32 commands, bool snapshots)
{
    struct engine_script *script = engine_script_open(life_seed(), batches, commands, 0);
    engine_world_open(&life_world, script, life_seed());
    life_world.snapshots = snapshots;
    assert_true(engine_world_live(&life_world));
    return script;
}

void life_close(struct engine_script *script)
{
    assert_null(life_world.wrong);
    engine_world_close(&life_world);
    engine_script_close(script);
}

enum fault life_verify(struct verify_report *report)
{
    struct verify_options options = {
        .disk = life_disk(), .clock = &life_world.clock.clock, .folder = ENGINE_WORLD_FOLDER};
    return verify_run(&options, report);
}

enum fault life_repair(u64 seq, struct repair_result *result)
{
    struct repair_options options = {
        .disk = life_disk(), .clock = &life_world.clock.clock, .folder = ENGINE_WORLD_FOLDER};
    return repair_void(&options, seq, 17, result);
}

enum fault life_open_plain(struct engine **engine_out)
{
    struct engine_options options = {
        .disk = life_disk(),
        .clock = &life_world.clock.clock,
        .folder = ENGINE_WORLD_FOLDER,
        .batch_bytes = 64 << 10,
        .journal_segment = 256 << 10,
        .event_segment = 1 << 20,
        .no_continue = true,
    };
    return engine_open(engine_out, &options);
}

u64 life_seq_last(const struct engine_script *script, u32 batch)
{
    return script->batches[batch].seq_first + script->batches[batch].count - 1;
}

void life_assert_text(const char *part)
{
    if (strstr(fault_text(), part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, fault_text());
    }
}
