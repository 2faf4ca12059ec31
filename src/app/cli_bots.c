#include "app/bots.h"
#include "app/bots_replay.h"
#include "app/cli.h"
#include "app/speed.h"
#include "io/clock.h"
#include "io/log.h"

#include <stdlib.h>

enum {
    BOTS_KEYS,
    BOTS_SPEED,
    BOTS_WITHOUT,
    BOTS_REPLAY,
    BOTS_LOG_LEVEL,
};

static const struct option options[] = {
    [BOTS_KEYS] = {.name = "keys",
                   .kind = OPTION_TEXT,
                   .value = "FILE",
                   .required = true,
                   .help = "Where the venue is, the seed, and the bots' accounts with their keys: "
                           "demo/bots.json in the demo's folder."},
    [BOTS_SPEED] =
        {.name = "speed", .kind = OPTION_TEXT, .value = "X", .otherwise = "1", .help = SPEED_HELP},
    [BOTS_WITHOUT] = {.name = "without",
                      .kind = OPTION_CHOICE,
                      .value = "BTCUSDT|BTCRUB|USDTRUB|ETHUSDT|BTCEUR",
                      .help = "Leaves this market to others."},
    [BOTS_REPLAY] = {.name = "replay",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "Plays this recording, and nothing else."},
    [BOTS_LOG_LEVEL] = {.name = "log-level",
                        .kind = OPTION_CHOICE,
                        .value = "debug|info|warn|error",
                        .otherwise = "info",
                        .help = "The least important lines of the log."},
};

static int run(const struct option_call *call)
{
    const struct option_value *values = call->values;
    struct bots_options bots = {
        .keys_file = values[BOTS_KEYS].text,
        .without = values[BOTS_WITHOUT].given ? 1U << values[BOTS_WITHOUT].number : 0,
        .replay = values[BOTS_REPLAY].text,
    };
    enum fault fault = speed_read(values[BOTS_SPEED].text, &bots.speed);
    if (fault == FAULT_NONE && !values[BOTS_KEYS].given) {
        fault = FAULT(FAULT_USAGE, "--keys FILE is missing");
    }
    if (fault == FAULT_NONE) {
        log_setup(2, LOG_FORMAT_JSON, (enum log_level)values[BOTS_LOG_LEVEL].number, clock_real());
        fault = bots.replay != NULL ? bots_replay_run(&bots) : bots_run(&bots);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Trades on a demo's five markets over its public API, until SIGTERM or SIGINT: one account "
    "quotes each market, two others take. cambist demo starts this as a process of its own, which "
    "knows an address and its own keys and nothing else of the venue.",
    "What is quoted and taken follows from the seed in the file. Orders that an earlier run has left "
    "are adopted.",
    NULL,
};

static const struct option_example examples[] = {
    {"bots --keys build/demo/data/demo/bots.json", "Trades on the demo that is running there."},
    {NULL, NULL},
};

const struct subcommand cli_bots = {
    .name = "bots",
    .summary = "trades on a demo, as its customers would",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
