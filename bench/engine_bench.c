/* What the engine costs over the core, and its journal over the bare disk.
 *
 *     engine_bench NEW_FOLDER [COMMANDS] [SLICES] [LANES]
 *
 * One generated flow (deep, 100,000 resting orders) goes through five lanes
 *     c  core       applying alone, batch by batch, out of one buffer
 *     m  memory     the engine with a log that keeps nothing
 *     n  no events  the engine and its journal, without an event log
 *     d  durable    the engine, its journal and its event log
 *     r  raw        the same block sizes go to a zeroed file with the journal's flags
 * in slices: each lane's first, then each lane's second, so that neighbours in time are compared.
 * Then the journal of `d` is recovered from its first byte, with the event log in place and
 * without; last come single commands. LANES names those wanted (default cmndr).
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

struct alone {
    struct house house;
    struct applier applier;
    u64 seq;
    u8 *buffer;
};

static void alone_apply(struct alone *alone, const struct replay_batch *batch, size_t count)
{
    for (size_t i = 0; i < count; i += 1) {
        struct core_output output = {.data = alone->house.outputs[0],
                                     .size = alone->house.output_bytes};
        memcpy(alone->buffer, batch[i].commands, batch[i].bytes);
        applier_begin(&alone->applier, alone->seq, alone->seq, batch[i].count,
                      (struct span){.data = alone->buffer, .size = batch[i].bytes});
        bool done = false;
        must(applier_step(&alone->applier, &output, &done));
        alone->seq += batch[i].count;
    }
}

static void alone_open(struct alone *alone, const struct slices *slices)
{
    *alone = (struct alone){.seq = 1};
    must(house_open(&alone->house, &slices->flow.limits, 1, 0));
    alone->applier = (struct applier){.house = &alone->house};
    alone->buffer = aligned_alloc(64, REPLAY_BATCH_BYTES_MAX);
    struct replay_batch genesis = {.commands = (const u8 *)&slices->flow.limits,
                                   .bytes = sizeof(slices->flow.limits),
                                   .count = 1};
    alone_apply(alone, &genesis, 1);
    size_t count = 0;
    const struct replay_batch *batch = batches_of(&slices->setup, &count);
    alone_apply(alone, batch, count);
    batch = batches_of(&slices->prefill, &count);
    alone_apply(alone, batch, count);
}

static void alone_slice(struct alone *alone, const struct replay_batch *batch, size_t count,
                        struct tally *tally)
{
    struct instant from = now();
    u64 first = alone->seq;
    alone_apply(alone, batch, count);
    tally_add(tally, from, alone->seq - first);
}

static void alone_close(struct alone *alone)
{
    free(alone->buffer);
    house_close(&alone->house);
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

static struct engine *engine_begin(const struct slices *slices,
                                   const struct engine_options *options)
{
    struct engine *engine = NULL;
    must(engine_open(&engine, options));
    size_t count = 0;
    const struct replay_batch *batch = batches_of(&slices->setup, &count);
    submit_all(engine, batch, count);
    batch = batches_of(&slices->prefill, &count);
    submit_all(engine, batch, count);
    return engine;
}

static void engine_slice(struct engine *engine, const struct replay_batch *batch, size_t count,
                         struct tally *tally)
{
    u64 before = engine_status(engine).seq_durable;
    struct instant from = now();
    submit_all(engine, batch, count);
    tally_add(tally, from, engine_status(engine).seq_durable - before);
}

static void engine_end(struct engine *engine)
{
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

enum lane { LANE_CORE, LANE_MEMORY, LANE_QUIET, LANE_DURABLE, LANE_RAW, LANES_COUNT };

static const char lane_letters[LANES_COUNT] = {'c', 'm', 'n', 'd', 'r'};
static const char *const lane_names[LANES_COUNT] = {"core", "memory", "no events", "durable",
                                                    "raw writes"};

struct lanes {
    bool wanted[LANES_COUNT];
    struct tally tallies[LANES_COUNT];
    struct alone alone;
    struct engine *engines[LANES_COUNT];
    char folders[LANES_COUNT][FILE_PATH_BYTES];
};

static void lanes_open(struct lanes *lanes, const struct slices *slices, const char *folder,
                       u32 batch)
{
    if (lanes->wanted[LANE_CORE]) {
        alone_open(&lanes->alone, slices);
    }
    for (u32 lane = LANE_MEMORY; lane <= LANE_DURABLE; lane += 1) {
        lanes->engines[lane] = NULL;
        if (lanes->wanted[lane]) {
            (void)snprintf(lanes->folders[lane], FILE_PATH_BYTES, "%s.%c", folder,
                           lane_letters[lane]);
            struct engine_options options =
                options_of(slices, lane == LANE_MEMORY ? NULL : lanes->folders[lane], batch);
            options.no_event_log = lane == LANE_QUIET;
            lanes->engines[lane] = engine_begin(slices, &options);
        }
    }
}

static void lanes_slice(struct lanes *lanes, const struct replay_batch *batch, size_t count,
                        struct raw *raw)
{
    if (lanes->wanted[LANE_CORE]) {
        alone_slice(&lanes->alone, batch, count, &lanes->tallies[LANE_CORE]);
    }
    for (u32 lane = LANE_MEMORY; lane <= LANE_DURABLE; lane += 1) {
        if (lanes->wanted[lane]) {
            engine_slice(lanes->engines[lane], batch, count, &lanes->tallies[lane]);
        }
    }
    if (lanes->wanted[LANE_RAW]) {
        raw_slice(raw, batch, count, &lanes->tallies[LANE_RAW]);
    }
}

static void lanes_close(struct lanes *lanes)
{
    if (lanes->wanted[LANE_CORE]) {
        alone_close(&lanes->alone);
    }
    for (u32 lane = LANE_MEMORY; lane <= LANE_DURABLE; lane += 1) {
        if (lanes->wanted[lane]) {
            engine_end(lanes->engines[lane]);
        }
    }
}

/* The median of one lane's rates over another's, slice by slice. */
static double median_ratio(const struct lanes *lanes, enum lane over, enum lane under)
{
    struct tally ratios = {.commands = 0};
    for (u32 i = 0; i < lanes->tallies[over].rates_count; i += 1) {
        ratios.rates[i] = lanes->tallies[over].rates[i] / lanes->tallies[under].rates[i];
    }
    ratios.rates_count = lanes->tallies[over].rates_count;
    return median(&ratios);
}

static void lanes_print(struct lanes *lanes)
{
    double of_raw = median_ratio(lanes, LANE_DURABLE, LANE_RAW);
    double of_core = median_ratio(lanes, LANE_DURABLE, LANE_CORE);
    for (u32 lane = 0; lane < LANES_COUNT; lane += 1) {
        if (lanes->wanted[lane]) {
            print_tally(lane_names[lane], &lanes->tallies[lane]);
        }
    }
    if (lanes->wanted[LANE_DURABLE] && lanes->wanted[LANE_RAW]) {
        (void)printf("             durable is %.2f of raw writes\n", of_raw);
    }
    if (lanes->wanted[LANE_DURABLE] && lanes->wanted[LANE_CORE]) {
        (void)printf("             durable is %.2f of the core alone\n", of_core);
    }
}

static void batch_bench(struct slices *slices, const char *folder, u32 batch, struct lanes *lanes,
                        struct raw *raw)
{
    (void)printf("batches of %u\n", batch);
    slices_cut(slices, batch);
    memset(lanes->tallies, 0, sizeof(lanes->tallies));
    lanes_open(lanes, slices, folder, batch);
    for (u32 i = 0; i < slices->count; i += 1) {
        size_t count = 0;
        const struct replay_batch *slice = slice_of(slices, i, &count);
        lanes_slice(lanes, slice, count, raw);
    }
    lanes_close(lanes);
    lanes_print(lanes);
    if (lanes->wanted[LANE_DURABLE]) {
        recovery_bench(slices, lanes->folders[LANE_DURABLE], batch, "recovery", true);
        recovery_bench(slices, lanes->folders[LANE_DURABLE], batch, "no events", false);
    }
    for (u32 lane = LANE_QUIET; lane <= LANE_DURABLE; lane += 1) {
        if (lanes->wanted[lane]) {
            remove_all(lanes->folders[lane]);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 2 || access(argv[1], F_OK) == 0) {
        (void)fprintf(stderr, "usage: engine_bench NEW_FOLDER [COMMANDS] [SLICES] [LANES]\n");
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
    static struct lanes lanes;
    for (u32 lane = 0; lane < LANES_COUNT; lane += 1) {
        lanes.wanted[lane] = strchr(argc > 4 ? argv[4] : "cmndr", lane_letters[lane]) != NULL;
    }
    must(flow_orders_generate(&slices.flow, &config));
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s.raw", folder);
    static struct raw raw;
    raw_open(&raw, path);
    batch_bench(&slices, folder, 1024, &lanes, &raw);
    batch_bench(&slices, folder, 8192, &lanes, &raw);
    if (argc <= 4) {
        slices_cut(&slices, 1);
        struct engine_options options = options_of(&slices, folder, 1);
        singles_run(&slices, &options, &raw);
    }
    remove_all(folder);
    file_close(&raw.file);
    (void)unlink(path);
    flow_close(&slices.flow);
    return 0;
}
