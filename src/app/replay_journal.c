/* Replay through the journal: the flow is the engine's only source. */
#include "app/memory.h"
#include "app/replay.h"
#include "base/check.h"
#include "io/clock.h"
#include "io/gate.h"
#include "role/engine/engine.h"
#include "role/engine/snapshot_file.h"

#include <stdio.h>
#include <string.h>

#define EVENT_BYTES_PLAIN 256U /* per command: room for what is looked at after the clock */
#define SPIN_NS           20000U
#define ACKNOWLEDGE_BYTES 21U /* 20 digits and the end of the line */

/* Stamps batches with the recording's own time; durations are the machine's. */
struct replay_clock {
    struct clock clock;
    u64 now_us;
};

static u64 replay_wall_us(struct clock *clock)
{
    return ((const struct replay_clock *)(const void *)clock)->now_us;
}

static u64 replay_mono_ns(struct clock *clock)
{
    (void)clock;
    return clock_mono_ns(clock_real());
}

/* Keeps released events until the clock has stopped, or the buffer is full. */
struct replay_sink {
    struct release_sink sink;
    struct flow_check *check;
    u8 *events;
    size_t size;
    size_t used;
    u64 drains;
    struct file acknowledged; /* replay_config.acknowledge */
    enum fault fault;         /* of looking at them; nothing more is kept then */
};

struct journal_run {
    const struct flow *flow;
    const struct replay_config *config;
    struct replay_clock clock;
    struct replay_sink sink;
    struct gate gate;
    struct engine *engine;
    struct recovery_progress recovery;
};

static void sink_drain(struct replay_sink *sink)
{
    if (sink->fault == FAULT_NONE) {
        sink->fault = flow_check_events(sink->check, span_of(sink->events, sink->used));
    }
    sink->used = 0;
}

/* Tells whoever may kill this process what it must find again. */
static void sink_acknowledge(struct replay_sink *sink, u64 seq)
{
    char text[ACKNOWLEDGE_BYTES + 1];
    (void)snprintf(text, sizeof(text), "%020llu\n", (unsigned long long)seq);
    if (sink->fault == FAULT_NONE) {
        sink->fault = file_write_at(&sink->acknowledged, 0, text, ACKNOWLEDGE_BYTES);
    }
}

static void sink_release(struct release_sink *self, const struct release *release)
{
    struct replay_sink *sink = (struct replay_sink *)(void *)self;
    if (sink->acknowledged.disk != NULL) {
        sink_acknowledge(sink, release->seq_next - 1);
    }
    CHECK(release->events.size <= sink->size);
    if (release->events.size > sink->size - sink->used) {
        sink_drain(sink);
        sink->drains += 1;
    }
    if (release->events.size > 0) {
        memcpy(sink->events + sink->used, release->events.data, release->events.size);
        sink->used += release->events.size;
    }
}

static void show_recovery(struct recovery_progress *self, u64 bytes_done, u64 bytes_all, u64 seq)
{
    (void)seq;
    const struct journal_run *run =
        (const struct journal_run *)(const void *)((const u8 *)self -
                                                   offsetof(struct journal_run, recovery));
    progress_update(run->config->progress, bytes_done, bytes_all);
}

/* One step of the engine; sleeps a moment when there was nothing to do. */
static enum fault step(struct journal_run *run)
{
    u32 seen = gate_prepare(&run->gate);
    bool some = false;
    TRY(engine_work(run->engine, &some));
    if (!some) {
        gate_wait(&run->gate, seen, SPIN_NS, ENGINE_IDLE_MS);
    }
    return FAULT_NONE;
}

static enum fault submit(struct journal_run *run, const struct replay_batch *batch)
{
    run->clock.now_us = batch->time_us;
    for (size_t offset = 0; offset < batch->bytes;) {
        size_t bytes = 0;
        const char *reason = NULL;
        struct span rest = span_of(batch->commands + offset, batch->bytes - offset);
        switch (engine_submit(run->engine, rest, &bytes, &reason)) {
        case ENGINE_TAKEN:
            break;
        case ENGINE_FULL:
            TRY(step(run));
            break;
        case ENGINE_MALFORMED:
            return FAULT(FAULT_DIVERGED, "a command of the flow is malformed: %s", reason);
        case ENGINE_FORBIDDEN:
            return FAULT(FAULT_DIVERGED, "a command of the flow is forbidden");
        case ENGINE_REPEATED:
            return FAULT(FAULT_DIVERGED, "the journal holds a command of the flow already");
        }
        offset += bytes;
    }
    return engine_close_batch(run->engine);
}

/* What the journal does not hold yet of one part. */
static enum fault run_part(struct journal_run *run, enum replay_part part, u64 skip, u32 size,
                           struct flow_table *batches)
{
    batches->used = 0;
    TRY(replay_cut(run->flow, part, skip, size, batches));
    const struct replay_batch *batch = (const struct replay_batch *)(const void *)batches->data;
    u64 count = batches->used / sizeof(*batch);
    for (u64 i = 0; i < count; i += 1) {
        TRY(submit(run, &batch[i]));
        TRY(engine_work(run->engine, NULL));
        progress_update(run->config->progress, (i + 1) * size, count * size);
    }
    return engine_drain(run->engine);
}

static enum fault run_parts(struct journal_run *run, struct flow_table *batches,
                            struct replay_report *report)
{
    const struct flow *flow = run->flow;
    u64 orders = engine_source_index(run->engine, FLOW_SOURCE_ORDERS);
    report->taken_before = orders;
    progress_begin(run->config->progress, "setting up", "commands");
    TRY(run_part(run, REPLAY_SETUP, engine_source_index(run->engine, FLOW_SOURCE_SETUP),
                 REPLAY_BATCH_DEFAULT, batches));
    progress_begin(run->config->progress, "filling the book", "orders");
    TRY(run_part(run, REPLAY_PREFILL, orders, REPLAY_BATCH_DEFAULT, batches));
    sink_drain(&run->sink);
    u64 events_before = run->sink.check->events_bytes;

    u64 skip = orders > flow->prefill_count ? orders - flow->prefill_count : 0;
    u64 all = flow->commands_count - flow->prefill_count;
    report->commands = skip < all ? all - skip : 0;
    progress_begin(run->config->progress, "replaying", "commands");
    struct clock *clock = clock_real();
    u64 start_ns = clock_mono_ns(clock);
    TRY(run_part(run, REPLAY_MEASURED, skip, run->config->batch, batches));
    report->elapsed_ns = clock_mono_ns(clock) - start_ns;
    report->commands_bytes = replay_batches_bytes(batches);
    TRY(engine_finish(run->engine));
    progress_begin(run->config->progress, "checking", "bytes");
    run->sink.check->progress = run->config->progress;
    report->drains = run->sink.drains;
    sink_drain(&run->sink);
    report->events_bytes = run->sink.check->events_bytes - events_before;
    return run->sink.fault;
}

static enum fault fill_report(const struct journal_run *run, struct replay_report *report)
{
    const struct core *core = engine_core(run->engine);
    struct core_counts counts = core_counts_of(core);
    report->resting = counts.resting;
    report->accounts = counts.accounts;
    report->limits_hit = counts.rejected_limits;
    report->core_bytes = core_footprint(&run->flow->limits);
    TRY(engine_state_hash(run->engine, report->state_hash));
    report->hashed = true;
    if (run->flow->book.used > 0) {
        TRY(replay_compare_book(run->flow, core, &report->book));
        TRY(state_round_trip(core, &run->flow->limits, &report->trip));
    }
    return FAULT_NONE;
}

/* Every batch of ours becomes one batch of the journal, so that a replay that was killed goes on
 * between two of them. */
static u32 batch_bytes(const struct journal_run *run)
{
    u32 count =
        run->config->batch > REPLAY_BATCH_DEFAULT ? run->config->batch : REPLAY_BATCH_DEFAULT;
    return journal_batch_bytes(count * (u32)sizeof(struct command_cancel_replace));
}

/* A file of an earlier life goes on to say what that one has acknowledged. */
static enum fault acknowledge_open(const char *path, struct file *file_out)
{
    bool exists = false;
    TRY(disk_exists(disk_real(), path, &exists));
    return file_open(disk_real(), path, FILE_WRITE | (exists ? 0U : (u32)FILE_CREATE), file_out);
}

static enum fault run_all(struct journal_run *run, struct flow_check *check,
                          struct replay_report *report)
{
    struct engine_options options = {
        .disk = disk_real(),
        .clock = &run->clock.clock,
        .folder = run->config->journal,
        .genesis = &run->flow->limits,
        .batch_commands =
            run->config->batch > REPLAY_BATCH_DEFAULT ? run->config->batch : REPLAY_BATCH_DEFAULT,
        .batch_bytes = batch_bytes(run),
        .threads = true,
        .no_continue = true,
        .sink = &run->sink.sink,
        .sink_from_genesis = true,
        .progress = &run->recovery,
        .gate = &run->gate,
    };
    progress_begin(run->config->progress, "recovering", "bytes");
    TRY(engine_open(&run->engine, &options));
    struct flow_table batches = {.data = NULL};
    enum fault fault = run_parts(run, &batches, report);
    flow_table_release(&batches);
    TRY(fault);
    TRY(flow_check_end(check));
    return fill_report(run, report);
}

enum fault replay_journalled(const struct flow *flow, const struct replay_config *config,
                             struct flow_check *check, struct replay_report *report)
{
    *report = (struct replay_report){.commands = 0};
    TRY(replay_compare_held(flow, config));
    struct journal_run run = {
        .flow = flow,
        .config = config,
        .clock = {.clock = {.wall_us = replay_wall_us, .mono_ns = replay_mono_ns}},
        .sink = {.sink = {.release = sink_release}, .check = check},
        .recovery = {.report = show_recovery},
    };
    gate_init(&run.gate);
    if (config->acknowledge != NULL) {
        TRY(acknowledge_open(config->acknowledge, &run.sink.acknowledged));
    }
    u64 wanted = flow->commands_count * EVENT_BYTES_PLAIN;
    run.sink.size = (size_t)u64_max(u64_min(wanted, REPLAY_EVENT_BYTES_MAX), RELEASE_CHUNK_BYTES);
    TRY(memory_take(run.sink.size, run.sink.size, "events", &run.sink.events));
    enum fault fault = run_all(&run, check, report);
    engine_close(run.engine);
    file_close(&run.sink.acknowledged);
    memory_give_back(run.sink.events, run.sink.size);
    progress_end(config->progress);
    return fault;
}
