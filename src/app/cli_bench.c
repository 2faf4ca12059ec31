#include "app/bench_durable.h"
#include "app/cli.h"
#include "app/flow_orders.h"
#include "app/replay.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    BENCH_ONLY,
    BENCH_COUNT,
    BENCH_ROUNDS,
    BENCH_SEED,
    BENCH_BATCH,
    BENCH_CLIENT_IDS,
    BENCH_JOURNAL,
    BENCH_JSON
};

#define ROUNDS_MAX  100U
#define SINGLES_MAX 10000U /* durable commands, one at a time */

static const struct option options[] = {
    [BENCH_ONLY] = {.name = "only",
                    .kind = OPTION_CHOICE,
                    .value = "deep100k|deep1m|hot10k|single|durable|durable8k|durable1",
                    .help = "Runs this row alone."},
    [BENCH_COUNT] = {.name = "count",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = GENERATE_COUNT_MAX,
                     .otherwise = "1000000",
                     .help = "Commands measured per round."},
    [BENCH_ROUNDS] = {.name = "rounds",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = ROUNDS_MAX,
                      .otherwise = "3",
                      .help = "Rounds per row; the median and the best are shown."},
    [BENCH_SEED] = {.name = "seed",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 0,
                    .maximum = UINT64_MAX,
                    .otherwise = "1",
                    .help = "The same seed makes the same orders."},
    [BENCH_BATCH] = {.name = "batch",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = REPLAY_BATCH_MAX,
                     .otherwise = "1024",
                     .help = "Commands per batch."},
    [BENCH_CLIENT_IDS] = {.name = "client-ids",
                          .help = "Gives each order a client order id, as the gateway would."},
    [BENCH_JOURNAL] = {.name = "journal",
                       .kind = OPTION_TEXT,
                       .value = "DIR",
                       .help = "Measures durable rows too, with their files in this folder: "
                               "through the journal, beside raw writes of the same sizes, and the "
                               "recovery afterwards."},
    [BENCH_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

struct row {
    const char *name; /* as in --only */
    const char *what;
    enum generate_scenario scenario;
    u32 depth;
    bool each_timed;
    u32 durable; /* batch size through the journal; 0: in memory */
};

static const struct row rows[] = {
    {"deep100k", "deep book, 100,000 resting", GENERATE_DEEP, 100000, false, 0},
    {"deep1m", "deep book, 1,000,000 resting", GENERATE_DEEP, 1000000, false, 0},
    {"hot10k", "hot book, 10,000 resting", GENERATE_HOT, 10000, false, 0},
    {"single", "deep book, 100,000 resting, one at a time", GENERATE_DEEP, 100000, true, 0},
    {"durable", "through the journal, batches of 1,024", GENERATE_DEEP, 100000, false, 1024},
    {"durable8k", "through the journal, batches of 8,192", GENERATE_DEEP, 100000, false, 8192},
    {"durable1", "through the journal, one at a time", GENERATE_DEEP, 100000, false, 1},
};

struct outcome {
    u64 rounds;
    u64 ns_tenths[ROUNDS_MAX]; /* per command, sorted */
    u64 trades;
    u64 resting;
    u64 core_bytes;
    struct histogram latency; /* of all rounds */
    struct bench_durable_report durable;
};

static int compare_u64(const void *a, const void *b)
{
    u64 x = *(const u64 *)a;
    u64 y = *(const u64 *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

/* One round: a venue of its own, so that each starts from the same memory. */
static enum fault run_round(const struct flow *flow, const struct replay_config *config,
                            struct replay_report *report, struct outcome *outcome)
{
    SCOPED_FLOW_CHECK check = {.flow = NULL};
    TRY(flow_check_open(&check, flow, 1));
    SCOPED_VENUE venue = {.core = NULL};
    TRY(venue_open(&venue, flow));
    TRY(venue_replay(&venue, config, &check, report));
    TRY(flow_check_verdict(&check, report->resting));
    outcome->trades = check.trades;
    outcome->resting = report->resting;
    outcome->core_bytes = report->core_bytes;
    return FAULT_NONE;
}

static enum fault run_row(const struct option_call *call, const struct row *row,
                          struct progress *progress, struct outcome *outcome)
{
    struct generate_config generate = {.scenario = row->scenario,
                                       .depth = row->depth,
                                       .count = call->values[BENCH_COUNT].number,
                                       .seed = call->values[BENCH_SEED].number,
                                       .progress = progress};
    SCOPED_FLOW flow;
    flow_init(&flow);
    flow.client_ids = call->values[BENCH_CLIENT_IDS].given;
    TRY(flow_orders_generate(&flow, &generate));
    struct replay_config config = {.batch = (u32)call->values[BENCH_BATCH].number,
                                   .each_timed = row->each_timed,
                                   .progress = progress};
    struct replay_report *report = calloc(1, sizeof(*report));
    CHECK(report != NULL);
    histogram_init(&outcome->latency);
    outcome->rounds = call->values[BENCH_ROUNDS].number;
    enum fault fault = FAULT_NONE;
    for (u64 i = 0; i < outcome->rounds && fault == FAULT_NONE; i += 1) {
        fault = run_round(&flow, &config, report, outcome);
        outcome->ns_tenths[i] = (u64)((u128)report->elapsed_ns * 10 / generate.count);
        if (row->each_timed) {
            histogram_merge(&outcome->latency, &report->latency);
        }
    }
    qsort(outcome->ns_tenths, outcome->rounds, sizeof(u64), compare_u64);
    free(report);
    return fault;
}

/* Once, whatever --rounds says: the disk's own moods are larger than what rounds would even out. */
static enum fault run_durable(const struct option_call *call, const struct row *row,
                              struct progress *progress, struct outcome *outcome)
{
    struct generate_config generate = {.scenario = row->scenario,
                                       .depth = row->depth,
                                       .count = call->values[BENCH_COUNT].number,
                                       .seed = call->values[BENCH_SEED].number,
                                       .progress = progress};
    SCOPED_FLOW flow;
    flow_init(&flow);
    flow.client_ids = call->values[BENCH_CLIENT_IDS].given;
    TRY(flow_orders_generate(&flow, &generate));
    char folder[FILE_PATH_BYTES];
    TRY(file_path(folder, call->values[BENCH_JOURNAL].text, row->name));
    u64 count = row->durable == 1 ? u64_min(generate.count, SINGLES_MAX) : generate.count;
    struct bench_durable_config config = {
        .folder = folder, .batch = row->durable, .count = count, .progress = progress};
    TRY(disk_make_folder(disk_real(), call->values[BENCH_JOURNAL].text));
    return bench_durable_run(&flow, &config, &outcome->durable);
}

static u64 rate_of(u64 ns_tenths)
{
    return ns_tenths == 0 ? 0 : 10000000000ULL / ns_tenths;
}

static u64 per_second(u64 count, u64 ns)
{
    return ns == 0 ? 0 : (u64)((u128)count * 1000000000U / ns);
}

static void print_durable(const struct row *row, const struct bench_durable_report *report)
{
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char c[CLI_COUNT_BYTES];
    if (row->durable == 1) {
        (void)printf("%-44s p50 %s  p99 %s us; raw writes p50 %s  p99 %s us\n", row->what,
                     cli_ratio(histogram_quantile(&report->latency, 500000), 1000, 1, a),
                     cli_ratio(histogram_quantile(&report->latency, 990000), 1000, 1, b),
                     cli_ratio(histogram_quantile(&report->raw_latency, 500000), 1000, 1, c),
                     cli_ratio(histogram_quantile(&report->raw_latency, 990000), 1000, 1,
                               (char[CLI_COUNT_BYTES]){0}));
        return;
    }
    (void)printf("%-44s %s commands/s, %s of raw writes; recovery %s commands/s\n", row->what,
                 cli_count(per_second(report->commands, report->elapsed_ns), a),
                 cli_percent(report->raw_ns, report->elapsed_ns, b),
                 cli_count(per_second(report->recovered, report->recovery_ns), c));
}

static void print_row(const struct row *row, const struct outcome *outcome)
{
    if (row->durable > 0) {
        print_durable(row, &outcome->durable);
        return;
    }
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char c[CLI_COUNT_BYTES];
    u64 median = outcome->ns_tenths[outcome->rounds / 2];
    if (row->each_timed) {
        (void)printf("%-44s p50 %llu  p99 %llu  p99.9 %llu  max %s ns\n", row->what,
                     (unsigned long long)histogram_quantile(&outcome->latency, 500000),
                     (unsigned long long)histogram_quantile(&outcome->latency, 990000),
                     (unsigned long long)histogram_quantile(&outcome->latency, 999000),
                     cli_count(outcome->latency.maximum, a));
        return;
    }
    (void)printf("%-44s %s ns (best %s)  %s commands/s\n", row->what, cli_ratio(median, 10, 1, a),
                 cli_ratio(outcome->ns_tenths[0], 10, 1, b), cli_count(rate_of(median), c));
}

static void put_durable(struct json_writer *writer, const struct row *row,
                        const struct bench_durable_report *report)
{
    json_object_begin(writer);
    json_field_text(writer, "row", row->name);
    json_field_u64(writer, "batch", row->durable);
    json_field_u64(writer, "commands", report->commands);
    json_field_u64(writer, "ops_per_s", per_second(report->commands, report->elapsed_ns));
    json_field_u64(writer, "elapsed_ns", report->elapsed_ns);
    json_field_u64(writer, "raw_ns", report->raw_ns);
    json_field_u64(writer, "disk_bytes", report->disk_bytes);
    json_field_u64(writer, "raw_p50_ns", histogram_quantile(&report->raw_latency, 500000));
    json_field_u64(writer, "raw_p99_ns", histogram_quantile(&report->raw_latency, 990000));
    if (row->durable == 1) {
        json_field_u64(writer, "p50_ns", histogram_quantile(&report->latency, 500000));
        json_field_u64(writer, "p99_ns", histogram_quantile(&report->latency, 990000));
    }
    json_field_u64(writer, "recovered", report->recovered);
    json_field_u64(writer, "recovery_ns", report->recovery_ns);
    json_field_u64(writer, "recovered_per_s", per_second(report->recovered, report->recovery_ns));
    json_object_end(writer);
}

static void put_row(struct json_writer *writer, const struct row *row,
                    const struct outcome *outcome)
{
    if (row->durable > 0) {
        put_durable(writer, row, &outcome->durable);
        return;
    }
    u64 median = outcome->ns_tenths[outcome->rounds / 2];
    json_object_begin(writer);
    json_field_text(writer, "row", row->name);
    json_key(writer, "ns_per_op");
    json_put_fixed(writer, median, 1);
    json_key(writer, "ns_per_op_best");
    json_put_fixed(writer, outcome->ns_tenths[0], 1);
    json_field_u64(writer, "ops_per_s", rate_of(median));
    if (row->each_timed) {
        json_field_u64(writer, "p50_ns", histogram_quantile(&outcome->latency, 500000));
        json_field_u64(writer, "p99_ns", histogram_quantile(&outcome->latency, 990000));
        json_field_u64(writer, "p999_ns", histogram_quantile(&outcome->latency, 999000));
        json_field_u64(writer, "max_ns", outcome->latency.maximum);
    }
    json_field_u64(writer, "trades", outcome->trades);
    json_field_u64(writer, "resting", outcome->resting);
    json_field_u64(writer, "core_bytes", outcome->core_bytes);
    json_object_end(writer);
}

static enum fault bench(const struct option_call *call, struct json_writer *writer,
                        struct outcome *outcome)
{
    struct progress progress;
    progress_init(&progress, clock_real(), "measuring", "commands");
    bool journalled = call->values[BENCH_JOURNAL].given;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        bool wanted = call->values[BENCH_ONLY].given ? call->values[BENCH_ONLY].number == i
                                                     : rows[i].durable == 0 || journalled;
        if (!wanted) {
            continue;
        }
        if (rows[i].durable > 0 && !journalled) {
            return FAULT(FAULT_USAGE, "--only %s: needs --journal DIR", rows[i].name);
        }
        *outcome = (struct outcome){.rounds = 0};
        enum fault fault = rows[i].durable > 0 ? run_durable(call, &rows[i], &progress, outcome)
                                               : run_row(call, &rows[i], &progress, outcome);
        progress_end(&progress);
        TRY(fault);
        print_row(&rows[i], outcome);
        put_row(writer, &rows[i], outcome);
    }
    return FAULT_NONE;
}

static int run(const struct option_call *call)
{
    char *text = malloc(CLI_JSON_BYTES);
    struct outcome *outcome = calloc(1, sizeof(*outcome));
    CHECK(text != NULL && outcome != NULL);
    struct json_writer writer;
    json_begin(&writer, text, CLI_JSON_BYTES);
    json_object_begin(&writer);
    json_field_u64(&writer, "count", call->values[BENCH_COUNT].number);
    json_field_u64(&writer, "rounds", call->values[BENCH_ROUNDS].number);
    json_field_u64(&writer, "seed", call->values[BENCH_SEED].number);
    json_field_u64(&writer, "batch", call->values[BENCH_BATCH].number);
    json_key(&writer, "rows");
    json_array_begin(&writer);
    enum fault fault = bench(call, &writer, outcome);
    json_array_end(&writer);
    json_object_end(&writer);
    if (fault == FAULT_NONE && call->values[BENCH_JSON].given) {
        cli_print_json(&writer);
    }
    free(outcome);
    free(text);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Measures the core on generated order flow, in memory: with balances, fees, self-trade rules, "
    "restriction checks, journal records and events, in batches and one command at a time. Every "
    "round checks its trades against the generator's own. bench/README.md says what the figures are "
    "compared with.",
    "Figures move with the neighbours on a shared machine; quote ratios measured in one go.",
    NULL,
};

static const struct option_example examples[] = {
    {"bench", "All rows with a million commands each."},
    {"bench --journal scratch --count 2000000", "Durable rows as well."},
    {"bench --only single --rounds 5 --json", "Latencies of single commands, for a script."},
    {NULL, NULL},
};

const struct subcommand cli_bench = {
    .name = "bench",
    .summary = "measures the core on generated order flow",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
