#include "sim/engine_world.h"

#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "role/engine/snapshot_run.h"

#include <string.h>

enum {
    STARTS_MAX = 8,
    BATCH_BYTES = 64 << 10,
    EVENT_SEGMENT_BYTES = 1 << 20,
};

static void wrong(struct engine_world *world, const char *what)
{
    world->wrong = world->wrong == NULL ? what : world->wrong;
}

/* ---- what comes out ---- */

static void take_release(struct release_sink *sink, const struct release *release)
{
    struct engine_world *world =
        (struct engine_world *)(void *)((u8 *)sink - offsetof(struct engine_world, sink));
    const struct engine_script *script = world->script;
    size_t all = script->batches[script->batches_count - 1].events_end;
    if (release->events.size > all - world->events_at ||
        (release->events.size > 0 && memcmp(script->events + world->events_at, release->events.data,
                                            release->events.size) != 0)) {
        wrong(world, "released events are not the script's");
        return;
    }
    world->events_at += release->events.size;
    if (release->seq_next < world->released_next) {
        wrong(world, "a release goes back");
    }
    world->released_next = release->seq_next;
}

/* Where the event log begins, as a position and as bytes of the script's events: at 0, or, when a
 * power cut has taken unsynced files, at the snapshot the engine has started from. */
static enum fault events_begin(struct engine_world *world, u64 *position_out, size_t *at_out)
{
    struct disk *disk = disk_false_disk(world->disk);
    bool exists = false;
    TRY(disk_exists(disk, ENGINE_WORLD_FOLDER "/events/00000000000000000000.events", &exists));
    *position_out = 0;
    *at_out = 0;
    u64 seq = engine_status(world->engine).recovery.seq_start;
    if (exists || seq == 0) {
        return FAULT_NONE;
    }
    struct snapshot_info info;
    TRY(snapshot_file_info(disk, ENGINE_WORLD_FOLDER "/snapshots", seq, &info));
    u32 batch = engine_script_find(world->script, seq + 1);
    CHECK(batch != UINT32_MAX);
    *position_out = info.point.event_position;
    *at_out = world->script->batches[batch].events_end;
    return FAULT_NONE;
}

/* The event log from its beginning: each event of the script once, up to `batch`. */
static enum fault events_compare(struct engine_world *world, u32 batch)
{
    struct disk *disk = disk_false_disk(world->disk);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(eventlog_reader_footprint(), "a reader", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct eventlog_reader *reader = NULL;
    size_t at = 0;
    u64 position = 0;
    TRY(events_begin(world, &position, &at));
    TRY(eventlog_reader_open(&reader, disk, ENGINE_WORLD_FOLDER "/events", NULL, position, &arena));
    size_t end = world->script->batches[batch].events_end;
    bool some = true;
    enum fault fault = FAULT_NONE;
    while (some && fault == FAULT_NONE) {
        struct eventlog_chunk chunk;
        fault = eventlog_reader_next(reader, &chunk, &some);
        if (fault != FAULT_NONE || !some) {
            break;
        }
        if (chunk.events.size > end - at ||
            memcmp(world->script->events + at, chunk.events.data, chunk.events.size) != 0) {
            wrong(world, "the event log is not the script's");
            break;
        }
        at += chunk.events.size;
    }
    if (fault == FAULT_NONE && world->wrong == NULL && at != end) {
        wrong(world, "the event log lacks events");
    }
    eventlog_reader_close(reader, true);
    return fault;
}

/* ---- a life ---- */

void engine_world_open(struct engine_world *world, const struct engine_script *script, u64 seed)
{
    memset(world, 0, sizeof(*world));
    world->script = script;
    struct disk_false_config config = {.seed = seed, .sector_bytes = seed % 3 == 0 ? 512 : 0};
    world->disk = disk_false_open(&config);
    clock_false_init(&world->clock, script->batches[0].time_us);
    random_init(&world->random, random_seed_derive(seed, 1));
    world->sink.release = take_release;
    world->released_next = 1;
    world->event_room = random_chance(&world->random, 1, 2) ? HOUSE_SPARE_MIN : 0;
}

void engine_world_kill(struct engine_world *world)
{
    engine_close(world->engine);
    world->engine = NULL;
}

void engine_world_close(struct engine_world *world)
{
    engine_world_kill(world);
    disk_false_close(world->disk);
}

static void set_time(struct engine_world *world, u64 time_us)
{
    world->clock.wall_offset_us = time_us - world->clock.now_ns / 1000;
}

static enum fault start_compare(struct engine_world *world)
{
    u64 seq_next = core_seq(engine_core(world->engine)) + 1;
    u32 batch = engine_script_find(world->script, seq_next);
    if (batch == UINT32_MAX) {
        wrong(world, "a batch came back in part");
        return FAULT_NONE;
    }
    if (seq_next < world->released_next) {
        wrong(world, "released commands are lost");
        return FAULT_NONE;
    }
    if (engine_status(world->engine).recovery.snapshots_unsound > world->unsound_expected) {
        wrong(world, "a snapshot was left aside");
        return FAULT_NONE;
    }
    u8 hash[SHA256_BYTES];
    TRY(engine_state_hash(world->engine, hash));
    if (memcmp(hash, world->script->batches[batch].state_hash, SHA256_BYTES) != 0) {
        wrong(world, "the recovered state is not the script's");
    }
    world->position = batch + 1;
    world->events_at = world->script->batches[batch].events_end;
    world->released_next = seq_next;
    return events_compare(world, batch);
}

enum fault engine_world_start(struct engine_world *world)
{
    world->starts += 1;
    world->events_at = 0;
    set_time(world, world->script->batches[0].time_us);
    u8 venue[JOURNAL_VENUE_BYTES];
    random_fill(&world->random, venue, sizeof(venue));
    struct engine_options options = {
        .disk = disk_false_disk(world->disk),
        .clock = &world->clock.clock,
        .folder = ENGINE_WORLD_FOLDER,
        .genesis = &world->script->genesis,
        .batch_bytes = BATCH_BYTES,
        .journal_segment = ENGINE_WORLD_SEGMENT,
        .event_segment = EVENT_SEGMENT_BYTES,
        .venue = venue,
        .no_continue = true,
        .event_room = world->event_room,
        .watch = world->watch,
        .sink = &world->sink,
    };
    u64 released_next = world->released_next;
    world->released_next = 1; /* a genesis is released before engine_open returns */
    enum fault fault = engine_open(&world->engine, &options);
    world->released_next = u64_max(released_next, world->released_next);
    TRY(fault);
    return start_compare(world);
}

enum fault engine_world_snapshot(struct engine_world *world)
{
    struct snapshot_options options = {
        .disk = disk_false_disk(world->disk),
        .clock = &world->clock.clock,
        .folder = ENGINE_WORLD_FOLDER,
        .keep_count = 2,
        .image = true,
    };
    struct snapshot_result result;
    TRY(snapshot_run(&options, &result));
    world->snapshots_count += result.written ? 1 : 0;
    return FAULT_NONE;
}

enum fault engine_world_submit(struct engine_world *world)
{
    CHECK(world->position < world->script->batches_count);
    struct span records = engine_script_records(world->script, world->position);
    set_time(world, world->script->batches[world->position].time_us);
    while (records.size > 0) {
        size_t taken = 0;
        const char *reason = NULL;
        enum engine_answer answer = engine_submit(world->engine, records, &taken, &reason);
        records = span_after(records, taken);
        if (answer == ENGINE_FULL) {
            CHECK(taken == 0);
            TRY(engine_wait(world->engine, 1));
        } else if (answer != ENGINE_TAKEN) {
            wrong(world, "a command of the script was refused");
            return FAULT_NONE;
        }
    }
    TRY(engine_close_batch(world->engine));
    world->position += 1;
    return FAULT_NONE;
}

/* Somebody sends again what the engine has, as a gateway does after a start. */
static void repeat_some(struct engine_world *world)
{
    struct span records = engine_script_records(world->script, world->position - 1);
    size_t taken = 0;
    const char *reason = NULL;
    if (engine_submit(world->engine, records, &taken, &reason) == ENGINE_TAKEN || taken > 0) {
        wrong(world, "a repeated command was taken");
    }
}

enum fault engine_world_batch(struct engine_world *world)
{
    TRY(engine_world_submit(world));
    if (random_chance(&world->random, 1, 3)) {
        repeat_some(world);
    }
    for (u64 i = random_below(&world->random, 4); i > 0; i -= 1) {
        clock_false_advance(&world->clock, random_below(&world->random, 8000000));
        set_time(world, world->script->batches[world->position - 1].time_us);
        TRY(engine_work(world->engine, NULL));
    }
    return FAULT_NONE;
}

enum fault engine_world_finish(struct engine_world *world)
{
    while (world->position < world->script->batches_count && world->wrong == NULL) {
        TRY(engine_world_batch(world));
        if (world->snapshots && random_chance(&world->random, 1, 6)) {
            TRY(engine_world_snapshot(world));
        }
    }
    TRY(engine_finish(world->engine));
    if (world->wrong == NULL &&
        world->events_at != world->script->batches[world->position - 1].events_end) {
        wrong(world, "not everything was released at the end");
    }
    return FAULT_NONE;
}

bool engine_world_live(struct engine_world *world)
{
    while (world->starts < STARTS_MAX && world->wrong == NULL) {
        enum fault fault = engine_world_start(world);
        if (fault == FAULT_NONE && world->wrong == NULL) {
            fault = engine_world_finish(world);
        }
        engine_world_kill(world);
        if (fault == FAULT_NONE) {
            break;
        }
        if (!disk_false_crashed(world->disk)) {
            wrong(world, "a fault without a cause");
            break;
        }
        disk_false_restart(world->disk);
        /* The next start may be cut off too. */
        u64 again = disk_false_operations(world->disk) + 1 + random_below(&world->random, 60);
        bool crashes = world->starts + 2 < STARTS_MAX && random_chance(&world->random, 1, 2);
        disk_false_crash_at(world->disk, crashes ? again : 0);
    }
    if (world->wrong == NULL && world->position != world->script->batches_count) {
        wrong(world, "the script was not finished");
    }
    return world->wrong == NULL;
}
