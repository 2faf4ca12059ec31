#include "app/bench_durable.h"

#include "app/memory.h"
#include "app/replay.h"
#include "base/check.h"
#include "io/clock.h"
#include "role/engine/engine.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define RAW_NAME      "raw"
#define ZEROING_BYTES (1U << 20)

struct bench {
    const struct flow *flow;
    const struct bench_durable_config *config;
    struct bench_durable_report *report;
    struct layout_paths paths;
    struct engine *engine;
    struct flow_table sizes; /* u32 per measured batch: its bytes on the disk */
};

static enum fault submit(struct bench *bench, const struct replay_batch *batch)
{
    for (size_t offset = 0; offset < batch->bytes;) {
        size_t bytes = 0;
        const char *reason = "";
        struct span rest = span_of(batch->commands + offset, batch->bytes - offset);
        enum engine_answer answer = engine_submit(bench->engine, rest, &bytes, &reason);
        if (answer == ENGINE_FULL) {
            TRY(engine_wait(bench->engine, ENGINE_IDLE_MS));
        } else if (answer != ENGINE_TAKEN) {
            return FAULT(FAULT_DIVERGED, "the engine does not take a command of the flow: %s",
                         reason);
        }
        offset += bytes;
    }
    return engine_close_batch(bench->engine);
}

static enum fault run_before(struct bench *bench, enum replay_part part, struct flow_table *batches)
{
    batches->used = 0;
    TRY(replay_cut(bench->flow, part, part == REPLAY_SETUP ? 1 : 0, REPLAY_BATCH_DEFAULT, batches));
    const struct replay_batch *batch = (const struct replay_batch *)(const void *)batches->data;
    size_t count = batches->used / sizeof(*batch);
    for (size_t i = 0; i < count; i += 1) {
        TRY(submit(bench, &batch[i]));
        progress_update(bench->config->progress, i, count);
    }
    return engine_drain(bench->engine);
}

static enum fault run_measured(struct bench *bench, struct flow_table *batches)
{
    struct bench_durable_report *report = bench->report;
    struct clock *clock = clock_real();
    batches->used = 0;
    TRY(replay_cut(bench->flow, REPLAY_MEASURED, 0, bench->config->batch, batches));
    const struct replay_batch *batch = (const struct replay_batch *)(const void *)batches->data;
    size_t count = batches->used / sizeof(*batch);
    u64 start_ns = clock_mono_ns(clock);
    for (size_t i = 0; i < count && report->commands < bench->config->count; i += 1) {
        u64 before_ns = clock_mono_ns(clock);
        TRY(submit(bench, &batch[i]));
        if (bench->config->batch == 1) {
            TRY(engine_drain(bench->engine));
            histogram_add(&report->latency, clock_mono_ns(clock) - before_ns);
        } else {
            TRY(engine_work(bench->engine, NULL));
        }
        report->commands += batch[i].count;
        u32 bytes = journal_batch_bytes(batch[i].bytes);
        TRY(flow_table_add(&bench->sizes, span_of(&bytes, sizeof(bytes))));
        progress_update(bench->config->progress, report->commands, bench->config->count);
    }
    TRY(engine_drain(bench->engine));
    report->elapsed_ns = clock_mono_ns(clock) - start_ns;
    return engine_finish(bench->engine);
}

static struct engine_options options_of(struct bench *bench)
{
    u32 batch =
        bench->config->batch > REPLAY_BATCH_DEFAULT ? bench->config->batch : REPLAY_BATCH_DEFAULT;
    return (struct engine_options){
        .disk = disk_real(),
        .clock = clock_real(),
        .folder = bench->config->folder,
        .genesis = &bench->flow->limits,
        .batch_commands = batch,
        .batch_bytes = journal_batch_bytes(batch * (u32)sizeof(struct command_cancel_replace)),
        .prepare_first = true,
        .threads = true,
        .no_continue = true,
    };
}

static enum fault run_engine(struct bench *bench, struct flow_table *batches)
{
    struct engine_options options = options_of(bench);
    progress_begin(bench->config->progress, "setting up", "batches");
    TRY(engine_open(&bench->engine, &options));
    TRY(run_before(bench, REPLAY_SETUP, batches));
    TRY(run_before(bench, REPLAY_PREFILL, batches));
    progress_begin(bench->config->progress, "making durable", "commands");
    return run_measured(bench, batches);
}

static enum fault run_recovery(struct bench *bench)
{
    struct engine_options options = options_of(bench);
    progress_begin(bench->config->progress, "recovering", "bytes");
    TRY(engine_open(&bench->engine, &options));
    struct engine_status status = engine_status(bench->engine);
    bench->report->recovered = status.recovery.commands;
    bench->report->recovery_ns = status.recovery.duration_ns;
    return FAULT_NONE;
}

/* ---- the same blocks without an engine ---- */

/* A file as the journal prepares its segments: as long as needed, every block written once. */
static enum fault raw_prepare(struct file *file, u8 *zeros, u64 bytes)
{
    for (u64 offset = 0; offset < bytes; offset += ZEROING_BYTES) {
        TRY(file_write_at(file, offset, zeros, ZEROING_BYTES));
    }
    return file_sync(file);
}

static enum fault raw_write(struct bench *bench, const char *path, u8 *memory)
{
    struct bench_durable_report *report = bench->report;
    const u32 *sizes = (const u32 *)(const void *)bench->sizes.data;
    size_t count = bench->sizes.used / sizeof(*sizes);
    for (size_t i = 0; i < count; i += 1) {
        report->disk_bytes += sizes[i];
    }
    u64 whole = (report->disk_bytes + ZEROING_BYTES - 1) / ZEROING_BYTES * ZEROING_BYTES;
    SCOPED_FILE zeroed = {.disk = NULL};
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_DIRECT, &zeroed));
    TRY(file_reserve(&zeroed, whole));
    memset(memory, 0, ZEROING_BYTES);
    TRY(raw_prepare(&zeroed, memory, whole));
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC, &file));
    memset(memory, 0x5a, ZEROING_BYTES);
    struct clock *clock = clock_real();
    u64 offset = 0;
    u64 start_ns = clock_mono_ns(clock);
    for (size_t i = 0; i < count; i += 1) {
        u64 before_ns = clock_mono_ns(clock);
        TRY(file_write_at(&file, offset, memory, sizes[i]));
        histogram_add(&report->raw_latency, clock_mono_ns(clock) - before_ns);
        offset += sizes[i];
    }
    report->raw_ns = clock_mono_ns(clock) - start_ns;
    return FAULT_NONE;
}

static enum fault run_raw(struct bench *bench)
{
    u32 largest = ZEROING_BYTES;
    const u32 *sizes = (const u32 *)(const void *)bench->sizes.data;
    for (size_t i = 0; i < bench->sizes.used / sizeof(*sizes); i += 1) {
        largest = sizes[i] > largest ? sizes[i] : largest;
    }
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, bench->config->folder, RAW_NAME));
    u8 *memory = NULL;
    TRY(memory_take(largest, largest, "raw writes", &memory));
    enum fault fault = raw_write(bench, path, memory);
    memory_give_back(memory, largest);
    return fault;
}

/* ---- tidying up ---- */

struct remover {
    struct disk_visitor visitor;
    const char *folder;
};

static enum fault remove_one(struct disk_visitor *visitor, const char *name)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, ((struct remover *)(void *)visitor)->folder, name));
    if (disk_unlink(disk_real(), path) != FAULT_NONE) {
        fault_forget(); /* a folder: its own turn comes */
    }
    return FAULT_NONE;
}

/* Everything that the run wrote. */
static enum fault remove_files(const struct layout_paths *paths)
{
    const char *folders[] = {paths->journal, paths->events, paths->snapshots, paths->folder};
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        struct remover remover = {.visitor = {.visit = remove_one}, .folder = folders[i]};
        TRY(disk_list(disk_real(), folders[i], &remover.visitor));
        if (rmdir(folders[i]) != 0) {
            return FAULT_ERRNO(errno, "%s: cannot remove", folders[i]);
        }
    }
    return FAULT_NONE;
}

static enum fault run_all(struct bench *bench, struct flow_table *batches)
{
    bool exists = false;
    TRY(layout_paths(&bench->paths, bench->config->folder));
    TRY(disk_exists(disk_real(), bench->config->folder, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: is there already; a measurement wants a folder of its own",
                     bench->config->folder);
    }
    enum fault fault = run_engine(bench, batches);
    engine_close(bench->engine);
    bench->engine = NULL;
    TRY(fault);
    fault = run_recovery(bench);
    engine_close(bench->engine);
    bench->engine = NULL;
    TRY(fault);
    progress_begin(bench->config->progress, "writing raw blocks", "bytes");
    TRY(run_raw(bench));
    return remove_files(&bench->paths);
}

enum fault bench_durable_run(const struct flow *flow, const struct bench_durable_config *config,
                             struct bench_durable_report *report)
{
    struct bench bench = {.flow = flow, .config = config, .report = report};
    *report = (struct bench_durable_report){.commands = 0};
    histogram_init(&report->latency);
    histogram_init(&report->raw_latency);
    struct flow_table batches = {.data = NULL};
    enum fault fault = run_all(&bench, &batches);
    flow_table_release(&batches);
    flow_table_release(&bench.sizes);
    progress_end(config->progress);
    return fault;
}
