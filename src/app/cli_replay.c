#include "app/cli.h"
#include "app/flow_binance.h"
#include "app/flow_bitstamp.h"
#include "app/flow_coinbase.h"
#include "app/flow_orders.h"
#include "app/replay.h"
#include "app/replay_report.h"
#include "base/check.h"

#include <stdlib.h>

enum {
    REPLAY_ORDERS,
    REPLAY_GENERATE,
    REPLAY_BITSTAMP,
    REPLAY_COINBASE,
    REPLAY_BINANCE,
    REPLAY_DEPTH,
    REPLAY_COUNT,
    REPLAY_SEED,
    REPLAY_SYMBOL,
    REPLAY_JOURNAL,
    REPLAY_ACKNOWLEDGE,
    REPLAY_BATCH,
    REPLAY_CLIENT_IDS,
    REPLAY_JSON,
};

static const struct option options[] = {
    [REPLAY_ORDERS] = {.name = "orders",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "Replays an order file (VORD0001) and checks the oracle in its "
                               "header."},
    [REPLAY_GENERATE] = {.name = "generate",
                         .kind = OPTION_CHOICE,
                         .value = "deep|hot",
                         .help = "Makes order flow in memory: many sparse price levels, or few "
                                 "with long queues."},
    [REPLAY_BITSTAMP] = {.name = "bitstamp",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "Replays a Bitstamp recording, order by order: log lines, or the "
                                 "table of order events (CSV)."},
    [REPLAY_COINBASE] = {.name = "coinbase",
                         .kind = OPTION_TEXT,
                         .value = "FILE",
                         .help = "Loads a Coinbase level 3 book (JSON) and compares it order by "
                                 "order."},
    [REPLAY_BINANCE] = {.name = "binance",
                        .kind = OPTION_TEXT,
                        .value = "FILE",
                        .help = "Replays Binance stream frames and depth snapshots as synthetic "
                                "orders."},
    [REPLAY_DEPTH] = {.name = "depth",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = GENERATE_DEPTH_MAX,
                      .otherwise = "100000",
                      .help = "With --generate: resting orders, made by as many orders first."},
    [REPLAY_COUNT] = {.name = "count",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 0,
                      .maximum = GENERATE_COUNT_MAX,
                      .otherwise = "1000000",
                      .help = "With --generate: orders after the book is full."},
    [REPLAY_SEED] = {.name = "seed",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 0,
                     .maximum = UINT64_MAX,
                     .otherwise = "1",
                     .help = "With --generate: the same seed makes the same orders."},
    [REPLAY_SYMBOL] = {.name = "symbol",
                       .kind = OPTION_TEXT,
                       .value = "NAME",
                       .help = "With --binance: the market to replay, such as BTCUSDT. Without it "
                               "the first one named in the recording."},
    [REPLAY_JOURNAL] = {.name = "journal",
                        .kind = OPTION_TEXT,
                        .value = "DIR",
                        .help = "Goes through the durable journal in this folder, and goes on "
                                "where it ends. Without it everything stays in memory."},
    [REPLAY_ACKNOWLEDGE] = {.name = "acknowledge",
                            .kind = OPTION_TEXT,
                            .value = "FILE",
                            .help = "With --journal: after each release writes into this file the "
                                    "last sequence number that is durable, as 20 digits."},
    [REPLAY_BATCH] = {.name = "batch",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = REPLAY_BATCH_MAX,
                      .otherwise = "1024",
                      .help = "Commands per batch."},
    [REPLAY_CLIENT_IDS] = {.name = "client-ids",
                           .help = "Gives each order a client order id, as the gateway would."},
    [REPLAY_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

/* Which of the five sources was chosen; exactly one must be. */
static enum fault choose(const struct option_call *call, u32 *chosen_out)
{
    u32 given = 0;
    for (u32 i = REPLAY_ORDERS; i <= REPLAY_BINANCE; i += 1) {
        if (call->values[i].given) {
            *chosen_out = i;
            given += 1;
        }
    }
    if (given == 0) {
        return FAULT(FAULT_USAGE,
                     "nothing to replay: give one of --orders, --generate, --bitstamp, "
                     "--coinbase, --binance");
    }
    if (given > 1) {
        return FAULT(FAULT_USAGE, "give only one of --orders, --generate, --bitstamp, --coinbase, "
                                  "--binance");
    }
    if (call->operands_count > 0 && *chosen_out != REPLAY_BITSTAMP &&
        *chosen_out != REPLAY_BINANCE) {
        return FAULT(FAULT_USAGE, "\"%s\": only --bitstamp and --binance take further files",
                     call->operands[0]);
    }
    if (call->values[REPLAY_SYMBOL].given && *chosen_out != REPLAY_BINANCE) {
        return FAULT(FAULT_USAGE, "--symbol: goes with --binance only");
    }
    for (u32 i = REPLAY_DEPTH; i <= REPLAY_SEED; i += 1) {
        if (call->values[i].given && *chosen_out != REPLAY_GENERATE) {
            return FAULT(FAULT_USAGE, "--%s: goes with --generate only", options[i].name);
        }
    }
    return FAULT_NONE;
}

static enum fault read_orders(const char *path, struct flow *flow, struct progress *progress)
{
    struct input *input = NULL;
    TRY(input_open(&input, disk_real(), path, 0));
    enum fault fault = flow_orders_read(flow, input, progress);
    input_close(input);
    return fault;
}

/* The file of the option, then the operands, one after the other. */
static enum fault read_files(const struct option_call *call, u32 chosen, void *reader,
                             enum fault (*read)(void *reader, struct input *input,
                                                struct progress *progress),
                             struct progress *progress)
{
    for (u32 i = 0; i <= call->operands_count; i += 1) {
        const char *path = i == 0 ? call->values[chosen].text : call->operands[i - 1];
        struct input *input = NULL;
        TRY(input_open(&input, disk_real(), path, 0));
        progress_begin(progress, "reading", "bytes");
        enum fault fault = read(reader, input, progress);
        input_close(input);
        TRY(fault);
    }
    return FAULT_NONE;
}

static enum fault read_one_bitstamp(void *reader, struct input *input, struct progress *progress)
{
    return flow_bitstamp_read(reader, input, progress);
}

static enum fault read_bitstamp(const struct option_call *call, struct flow *flow,
                                struct progress *progress)
{
    struct flow_bitstamp *reader = NULL;
    enum fault fault = flow_bitstamp_open(&reader, flow);
    if (fault == FAULT_NONE) {
        fault = read_files(call, REPLAY_BITSTAMP, reader, read_one_bitstamp, progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_finish(reader);
    }
    flow_bitstamp_close(reader);
    return fault;
}

static enum fault read_one_binance(void *reader, struct input *input, struct progress *progress)
{
    return flow_binance_read(reader, input, progress);
}

static enum fault read_binance(const struct option_call *call, struct flow *flow,
                               struct progress *progress)
{
    struct flow_binance *reader = NULL;
    enum fault fault = flow_binance_open(&reader, flow, call->values[REPLAY_SYMBOL].text);
    if (fault == FAULT_NONE) {
        fault = read_files(call, REPLAY_BINANCE, reader, read_one_binance, progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_binance_finish(reader);
    }
    flow_binance_close(reader);
    return fault;
}

static enum fault read_coinbase(const char *path, struct flow *flow)
{
    struct input *input = NULL;
    TRY(input_open(&input, disk_real(), path, FLOW_COINBASE_BYTES_MAX));
    enum fault fault = flow_coinbase_read(flow, input);
    input_close(input);
    return fault;
}

static enum fault load(const struct option_call *call, u32 chosen, struct flow *flow,
                       struct progress *progress)
{
    switch (chosen) {
    case REPLAY_ORDERS:
        return read_orders(call->values[chosen].text, flow, progress);
    case REPLAY_GENERATE: {
        struct generate_config config = {
            .scenario = (enum generate_scenario)call->values[REPLAY_GENERATE].number,
            .depth = (u32)call->values[REPLAY_DEPTH].number,
            .count = call->values[REPLAY_COUNT].number,
            .seed = call->values[REPLAY_SEED].number,
            .progress = progress,
        };
        return flow_orders_generate(flow, &config);
    }
    case REPLAY_BITSTAMP:
        return read_bitstamp(call, flow, progress);
    case REPLAY_COINBASE:
        return read_coinbase(call->values[chosen].text, flow);
    case REPLAY_BINANCE:
        return read_binance(call, flow, progress);
    default: /* not an enum: the place of an option */
        break;
    }
    return FAULT(FAULT_USAGE, "nothing to replay");
}

static enum fault replay(const struct option_call *call)
{
    u32 chosen = 0;
    TRY(choose(call, &chosen));
    struct progress progress;
    progress_init(&progress, clock_real(), "reading", "records");
    SCOPED_FLOW flow;
    flow_init(&flow);
    flow.client_ids = call->values[REPLAY_CLIENT_IDS].given;
    enum fault fault = load(call, chosen, &flow, &progress);
    progress_end(&progress);
    TRY(fault);

    SCOPED_FLOW_CHECK check = {.flow = NULL};
    TRY(flow_check_open(&check, &flow, chosen == REPLAY_BINANCE ? 10000 : 1000));
    struct replay_config config = {
        .batch = (u32)call->values[REPLAY_BATCH].number,
        .journal = call->values[REPLAY_JOURNAL].text,
        .acknowledge = call->values[REPLAY_ACKNOWLEDGE].text,
        .progress = &progress,
    };
    struct replay_report *report = calloc(1, sizeof(*report));
    CHECK(report != NULL);
    if (config.journal != NULL) {
        fault = replay_journalled(&flow, &config, &check, report);
    } else {
        SCOPED_VENUE venue = {.core = NULL};
        fault = venue_open(&venue, &flow);
        if (fault == FAULT_NONE) {
            fault = venue_replay(&venue, &config, &check, report);
        }
    }
    progress_end(&progress);
    if (fault == FAULT_NONE) {
        fault = replay_verdict(&flow, &check, report);
        replay_report_print(&flow, &config, &check, report, call->values[REPLAY_JSON].given, fault);
    }
    free(report);
    return fault;
}

static int run(const struct option_call *call)
{
    enum fault fault = replay(call);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Runs order flow through the venue: accounts are opened and funded, every record becomes a "
    "command, and the commands run through the core in batches. The time reported is that of the "
    "commands after the book has been filled; reading and translating the recording comes before "
    "it, checking the events after it.",
    "An order file carries its own expectation, and the replay fails unless trades, quantity, the "
    "digest of all trades and the resting orders are exactly those. Recordings of real venues are "
    "compared with the venue's own pictures of its book. docs/replay.md says how each recording is "
    "understood.",
    "Files may be packed with gzip, xz or zstd. Further files after --bitstamp or --binance go on "
    "where the first one ends.",
    NULL,
};

static const struct option_example examples[] = {
    {"replay --generate deep --depth 100000 --count 1000000 --seed 7",
     "Makes a million orders over a book of a hundred thousand and runs them in memory."},
    {"replay --orders deep100k.vord --json", "Replays an order file and ends with one JSON line."},
    {"replay --bitstamp 2015-05-01.log.xz",
     "Replays a day of real orders and compares the book with the venue's."},
    {NULL, NULL},
};

const struct subcommand cli_replay = {
    .name = "replay",
    .summary = "runs order flow through the venue and checks the outcome",
    .operands = "[FILE...]",
    .operands_max = OPERANDS_MAX,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
