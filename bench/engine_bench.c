/* What the engine costs over the core, and its journal over the bare disk.
 *
 *     engine_bench NEW_FOLDER [COMMANDS] [ROUNDS]
 *
 * One generated flow (deep, 100,000 resting orders) goes through
 *     core       applying alone, batch by batch, out of one buffer
 *     memory     the engine with a log that keeps nothing
 *     no events  the engine and its journal, without an event log
 *     durable    the engine, its journal and its event log
 * each in slices, and between the durable slices the same block sizes go to a zeroed file with the
 * journal's flags. Then the journal is recovered from its first byte, with the event log in place
 * and without.
 *
 * Two kinds of figures: rates by the wall clock, whose ratios between neighbours in one run can be
 * trusted on a shared machine and little else; and processor time per command, of the caller's
 * thread and of all others, which says what the rate could be with the processors to ourselves. The
 * folder is made anew and removed. */
#include "app/flow_orders.h"
#include "app/replay.h"
#include "base/histogram.h"
#include "io/block.h"
#include "io/clock.h"
#include "role/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { DEPTH = 100000, RAW_BYTES = 256 << 20, RATES_MAX = 64, SINGLES = 1000 };

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        char text[1024];
        fault_trail_print(text, sizeof(text));
        (void)fprintf(stderr, "engine_bench: %s\n", text);
        exit(fault_exit_code(fault));
    }
}

/* ---- clocks ---- */

struct instant {
    u64 wall_ns;
    u64 thread_ns; /* processor time of this thread */
    u64 all_ns;    /* of the whole process */
};

static u64 usage_ns(int who)
{
    struct rusage usage;
    (void)getrusage(who, &usage);
    u64 us = (u64)usage.ru_utime.tv_usec + (u64)usage.ru_stime.tv_usec;
    u64 s = (u64)usage.ru_utime.tv_sec + (u64)usage.ru_stime.tv_sec;
    return s * 1000000000ULL + us * 1000ULL;
}

static struct instant now(void)
{
    return (struct instant){.wall_ns = clock_mono_ns(clock_real()),
                            .thread_ns = usage_ns(RUSAGE_THREAD),
                            .all_ns = usage_ns(RUSAGE_SELF)};
}

/* What the slices of one kind took. */
struct tally {
    u64 commands;
    u64 thread_ns;
    u64 others_ns;
    double rates[RATES_MAX]; /* per slice, by the wall clock */
    u32 rates_count;
};

static void tally_add(struct tally *tally, struct instant from, u64 commands)
{
    struct instant to = now();
    u64 thread_ns = to.thread_ns - from.thread_ns;
    tally->commands += commands;
    tally->thread_ns += thread_ns;
    tally->others_ns += to.all_ns - from.all_ns - thread_ns;
    if (tally->rates_count < RATES_MAX) {
        tally->rates[tally->rates_count] =
            (double)commands * 1e9 / (double)(to.wall_ns - from.wall_ns);
        tally->rates_count += 1;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(struct tally *tally)
{
    qsort(tally->rates, tally->rates_count, sizeof(double), by_size);
    return tally->rates_count == 0 ? 0 : tally->rates[tally->rates_count / 2];
}

static void print_tally(const char *name, struct tally *tally)
{
    (void)printf("%-12s %8.3f M/s   processor ns per command: %6.1f caller, %6.1f others\n", name,
                 median(tally) / 1e6, (double)tally->thread_ns / (double)tally->commands,
                 (double)tally->others_ns / (double)tally->commands);
    (void)fflush(stdout);
}

/* ---- the flow ---- */

struct slices {
    struct flow flow;
    struct flow_table setup; /* struct replay_batch */
    struct flow_table prefill;
    struct flow_table measured;
    u32 count; /* of slices */
};

static const struct replay_batch *batches_of(const struct flow_table *table, size_t *count_out)
{
    *count_out = table->used / sizeof(struct replay_batch);
    return (const struct replay_batch *)(const void *)table->data;
}

static void slices_cut(struct slices *slices, u32 batch)
{
    slices->setup.used = 0;
    slices->prefill.used = 0;
    slices->measured.used = 0;
    must(replay_cut(&slices->flow, REPLAY_SETUP, 1, REPLAY_BATCH_DEFAULT, &slices->setup));
    must(replay_cut(&slices->flow, REPLAY_PREFILL, 0, REPLAY_BATCH_DEFAULT, &slices->prefill));
    must(replay_cut(&slices->flow, REPLAY_MEASURED, 0, batch, &slices->measured));
}

/* The batches of slice number `index`. */
static const struct replay_batch *slice_of(const struct slices *slices, u32 index,
                                           size_t *count_out)
{
    size_t all = 0;
    const struct replay_batch *batches = batches_of(&slices->measured, &all);
    size_t from = all * index / slices->count;
    *count_out = all * (index + 1) / slices->count - from;
    return batches + from;
}

/* ---- the core alone ---- */

static void core_run(const struct slices *slices, struct tally *tally)
{
    struct house house;
    must(house_open(&house, &slices->flow.limits, 1, 0));
    struct applier applier = {.house = &house};
    u64 seq = 1;
    struct replay_batch genesis = {.commands = (const u8 *)&slices->flow.limits,
                                   .bytes = sizeof(slices->flow.limits),
                                   .count = 1};
    u8 *buffer = aligned_alloc(64, REPLAY_BATCH_BYTES_MAX);
    for (u32 part = 0; part < 3 + slices->count; part += 1) {
        size_t count = 1;
        const struct replay_batch *batch = &genesis;
        batch = part == 1 ? batches_of(&slices->setup, &count) : batch;
        batch = part == 2 ? batches_of(&slices->prefill, &count) : batch;
        batch = part > 2 ? slice_of(slices, part - 3, &count) : batch;
        struct instant from = now();
        u64 first = seq;
        for (size_t i = 0; i < count; i += 1) {
            struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
            memcpy(buffer, batch[i].commands, batch[i].bytes);
            applier_begin(&applier, seq, seq, batch[i].count,
                          (struct span){.data = buffer, .size = batch[i].bytes});
            bool done = false;
            must(applier_step(&applier, &output, &done));
            seq += batch[i].count;
        }
        if (part > 2) {
            tally_add(tally, from, seq - first);
        }
    }
    free(buffer);
    house_close(&house);
}

/* ---- the engine ---- */

static void submit(struct engine *engine, const struct replay_batch *batch)
{
    struct span rest = {.data = batch->commands, .size = batch->bytes};
    while (rest.size > 0) {
        size_t taken = 0;
        const char *reason = "";
        enum engine_answer answer = engine_submit(engine, rest, &taken, &reason);
        rest = (struct span){.data = rest.data + taken, .size = rest.size - taken};
        if (answer == ENGINE_FULL) {
            must(engine_wait(engine, ENGINE_IDLE_MS));
        } else if (answer != ENGINE_TAKEN) {
            (void)fprintf(stderr, "engine_bench: refused: %s\n", reason);
            exit(1);
        }
    }
    must(engine_close_batch(engine));
    must(engine_work(engine, NULL));
}

static void submit_all(struct engine *engine, const struct replay_batch *batch, size_t count)
{
    for (size_t i = 0; i < count; i += 1) {
        submit(engine, &batch[i]);
    }
    must(engine_drain(engine));
}

struct raw {
    struct file file;
    struct block block;
    u64 offset;
};

static void raw_open(struct raw *raw, const char *path)
{
    must(block_take(JOURNAL_BATCH_BYTES_MAX, "raw writes", &raw->block));
    must(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_DIRECT, &raw->file));
    must(file_reserve(&raw->file, RAW_BYTES));
    for (u64 at = 0; at < RAW_BYTES; at += 1 << 20) {
        must(file_write_at(&raw->file, at, raw->block.memory, 1 << 20));
    }
    must(file_sync(&raw->file));
    file_close(&raw->file);
    must(file_open(disk_real(), path, FILE_WRITE | FILE_DIRECT | FILE_DSYNC, &raw->file));
    memset(raw->block.memory, 0x5a, raw->block.bytes);
}

static void raw_write(struct raw *raw, u32 bytes)
{
    raw->offset = raw->offset + bytes > RAW_BYTES ? 0 : raw->offset;
    must(file_write_at(&raw->file, raw->offset, raw->block.memory, bytes));
    raw->offset += bytes;
}

static void raw_slice(struct raw *raw, const struct replay_batch *batch, size_t count,
                      struct tally *tally)
{
    struct instant from = now();
    u64 commands = 0;
    for (size_t i = 0; i < count; i += 1) {
        raw_write(raw, journal_batch_bytes(batch[i].bytes));
        commands += batch[i].count;
    }
    tally_add(tally, from, commands);
}

static struct engine_options options_of(const struct slices *slices, const char *folder, u32 batch)
{
    u32 commands = batch > REPLAY_BATCH_DEFAULT ? batch : REPLAY_BATCH_DEFAULT;
    return (struct engine_options){
        .disk = disk_real(),
        .clock = clock_real(),
        .folder = folder,
        .genesis = &slices->flow.limits,
        .batch_commands = commands,
        .prepare_first = true,
        .segments_ahead = 2,
        .threads = true,
        .no_continue = true,
    };
}

/* The whole flow through one engine; raw writes between the slices when `raw` is given. */
static void engine_run(const struct slices *slices, const struct engine_options *options,
                       struct tally *tally, struct raw *raw, struct tally *raw_tally)
{
    struct engine *engine = NULL;
    must(engine_open(&engine, options));
    size_t count = 0;
    const struct replay_batch *batch = batches_of(&slices->setup, &count);
    submit_all(engine, batch, count);
    batch = batches_of(&slices->prefill, &count);
    submit_all(engine, batch, count);
    for (u32 i = 0; i < slices->count; i += 1) {
        batch = slice_of(slices, i, &count);
        if (raw != NULL) {
            raw_slice(raw, batch, count, raw_tally);
        }
        u64 before = engine_status(engine).seq_durable;
        struct instant from = now();
        submit_all(engine, batch, count);
        tally_add(tally, from, engine_status(engine).seq_durable - before);
    }
    struct engine_status status = engine_status(engine);
    must(engine_finish(engine));
    engine_close(engine);
    if (status.segment_waits > 0) {
        (void)printf("             (%llu waits for a segment)\n",
                     (unsigned long long)status.segment_waits);
    }
}

/* One command at a time, each durable before the next, and one 4 KiB write before each. */
static void singles_run(const struct slices *slices, const struct engine_options *options,
                        struct raw *raw)
{
    static struct histogram ours;
    static struct histogram theirs;
    histogram_init(&ours);
    histogram_init(&theirs);
    struct engine *engine = NULL;
    must(engine_open(&engine, options));
    size_t count = 0;
    const struct replay_batch *batch = batches_of(&slices->setup, &count);
    submit_all(engine, batch, count);
    batch = batches_of(&slices->measured, &count);
    for (size_t i = 0; i < count && i < SINGLES; i += 1) {
        u64 start = clock_mono_ns(clock_real());
        raw_write(raw, JOURNAL_BLOCK_BYTES);
        u64 middle = clock_mono_ns(clock_real());
        submit(engine, &batch[i]);
        must(engine_drain(engine));
        histogram_add(&ours, clock_mono_ns(clock_real()) - middle);
        histogram_add(&theirs, middle - start);
    }
    must(engine_finish(engine));
    engine_close(engine);
    u64 p50 = histogram_quantile(&ours, 500000);
    u64 raw_p50 = histogram_quantile(&theirs, 500000);
    (void)printf("single       p50 %.1f us, p99 %.1f us; a 4 KiB write p50 %.1f us, p99 %.1f us; "
                 "ratio of p50 %.2f\n",
                 (double)p50 / 1e3, (double)histogram_quantile(&ours, 990000) / 1e3,
                 (double)raw_p50 / 1e3, (double)histogram_quantile(&theirs, 990000) / 1e3,
                 (double)p50 / (double)raw_p50);
}

static void recovery_bench(const struct slices *slices, const char *folder, u32 batch,
                           const char *name, bool events)
{
    struct engine_options options = options_of(slices, folder, batch);
    options.no_event_log = !events;
    options.prepare_first = false;
    struct instant from = now();
    struct engine *engine = NULL;
    must(engine_open(&engine, &options));
    struct instant to = now();
    struct recovery_report report = engine_status(engine).recovery;
    double thread_ns = (double)(to.thread_ns - from.thread_ns);
    double others_ns = (double)(to.all_ns - from.all_ns) - thread_ns;
    (void)printf("%-12s %8.3f M/s   processor ns per command: %6.1f caller, %6.1f others\n", name,
                 (double)report.commands * 1e3 / (double)report.duration_ns,
                 thread_ns / (double)report.commands, others_ns / (double)report.commands);
    engine_close(engine);
}

static void remove_all(const char *folder)
{
    char command[FILE_PATH_BYTES + 64];
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    if (system(command) != 0) {
        (void)fprintf(stderr, "engine_bench: %s stays behind\n", folder);
    }
}

static void batch_bench(struct slices *slices, const char *folder, u32 batch, struct raw *raw)
{
    (void)printf("batches of %u\n", batch);
    slices_cut(slices, batch);
    static struct tally core;
    static struct tally memory;
    static struct tally quiet;
    static struct tally durable;
    static struct tally raw_tally;
    core = memory = quiet = durable = raw_tally = (struct tally){.commands = 0};
    core_run(slices, &core);
    print_tally("core", &core);
    struct engine_options options = options_of(slices, NULL, batch);
    engine_run(slices, &options, &memory, NULL, NULL);
    print_tally("memory", &memory);
    options = options_of(slices, folder, batch);
    options.no_event_log = true;
    engine_run(slices, &options, &quiet, NULL, NULL);
    print_tally("no events", &quiet);
    remove_all(folder);
    options = options_of(slices, folder, batch);
    engine_run(slices, &options, &durable, raw, &raw_tally);
    print_tally("durable", &durable);
    print_tally("raw writes", &raw_tally);
    (void)printf("             durable is %.2f of raw writes\n",
                 median(&durable) / median(&raw_tally));
    recovery_bench(slices, folder, batch, "recovery", true);
    recovery_bench(slices, folder, batch, "no events", false);
    remove_all(folder);
}

int main(int argc, char **argv)
{
    if (argc < 2 || access(argv[1], F_OK) == 0) {
        (void)fprintf(stderr, "usage: engine_bench NEW_FOLDER [COMMANDS] [ROUNDS]\n");
        return 2;
    }
    const char *folder = argv[1];
    static struct slices slices;
    flow_init(&slices.flow);
    struct generate_config config = {
        .scenario = GENERATE_DEEP,
        .depth = DEPTH,
        .count = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000000,
        .seed = 7,
    };
    slices.count = argc > 3 ? (u32)strtoul(argv[3], NULL, 10) : 9;
    must(flow_orders_generate(&slices.flow, &config));
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s.raw", folder);
    static struct raw raw;
    raw_open(&raw, path);
    batch_bench(&slices, folder, 1024, &raw);
    batch_bench(&slices, folder, 8192, &raw);
    slices_cut(&slices, 1);
    struct engine_options options = options_of(&slices, folder, 1);
    singles_run(&slices, &options, &raw);
    remove_all(folder);
    file_close(&raw.file);
    (void)unlink(path);
    flow_close(&slices.flow);
    return 0;
}
