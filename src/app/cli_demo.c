#include "app/cli.h"
#include "app/demo.h"
#include "app/demo_law.h"
#include "app/speed.h"
#include "app/story.h"
#include "io/clock.h"
#include "io/log.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEMO_DATA,
    DEMO_PORT,
    DEMO_SEED_OPTION,
    DEMO_LAW,
    DEMO_STORY,
    DEMO_BOTS,
    DEMO_SPEED,
    DEMO_REPLAY,
    DEMO_SECONDS,
    DEMO_LOG_LEVEL,
};

enum { BOTS_ON, BOTS_OFF };

static const struct option options[] = {
    [DEMO_DATA] = {.name = "data",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .required = true,
                   .help = "Where the demo lives. A folder that holds one goes on: the same "
                           "accounts, keys, money and orders."},
    [DEMO_PORT] = {.name = "port",
                   .kind = OPTION_NUMBER,
                   .value = "N",
                   .minimum = 0,
                   .maximum = 65535,
                   .otherwise = "8080",
                   .help = "The port on 127.0.0.1 for the page, REST, streams and the WebSocket "
                           "API. 0: any free one."},
    [DEMO_SEED_OPTION] = {.name = "seed",
                          .kind = OPTION_NUMBER,
                          .value = "N",
                          .minimum = 0,
                          .maximum = UINT64_MAX,
                          .help = "What the bots intend follows from it. Without it 40, with which "
                                  "bitcoin rises at first, or that of the folder, which keeps it."},
    [DEMO_LAW] = {.name = "law",
                  .kind = OPTION_TEXT,
                  .value = "DATE",
                  .help = "The day whose law holds: the venue's clock is set to it and runs on. A "
                          "day, a moment such as 2022-04-22T11:58:00Z, or off for the machine's "
                          "time. Without it " DEMO_LAW_DEFAULT ", or where the folder's clock is. "
                          "It may move ahead, never back."},
    [DEMO_STORY] = {.name = "story",
                    .kind = OPTION_TEXT,
                    .value = "NAME",
                    .help =
                        "Tells a story instead and ends: what a venue goes through over "
                        "months, in a few seconds, in a new folder DIR: sanctions, ownership or "
                        "disclosure."},
    [DEMO_BOTS] = {.name = "bots",
                   .kind = OPTION_CHOICE,
                   .value = "on|off",
                   .otherwise = "on",
                   .help = "off: nobody trades but you. Orders that bots left earlier stay."},
    [DEMO_SPEED] =
        {.name = "speed", .kind = OPTION_TEXT, .value = "X", .otherwise = "1", .help = SPEED_HELP},
    [DEMO_REPLAY] = {.name = "replay",
                     .kind = OPTION_TEXT,
                     .value = "FILE",
                     .help = "Plays a recording of a real market on BTCUSDT, instead of the bots' "
                             "own prices there: Bitstamp's order-by-order feed or Binance's "
                             "streams, packed or not. The folder should be a new one."},
    [DEMO_SECONDS] = {.name = "seconds",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = 1000000,
                      .help = "Ends by itself when it has been ready for so many."},
    [DEMO_LOG_LEVEL] = {.name = "log-level",
                        .kind = OPTION_CHOICE,
                        .value = "debug|info|warn|error",
                        .otherwise = "warn",
                        .help = "The least important lines of the log."},
};

#define STORIES "sanctions, ownership, disclosure"

static int run_story(const struct option_call *call)
{
    const char *name = call->values[DEMO_STORY].text;
    const struct story *story = story_find(name);
    const struct option_value *level = &call->values[DEMO_LOG_LEVEL];
    /* What a story tries on purpose is told in it, and no warning beside it. */
    log_setup(2, LOG_FORMAT_JSON, level->given ? (enum log_level)level->number : LOG_LEVEL_ERROR,
              clock_real());
    enum fault fault =
        story == NULL ? FAULT(FAULT_USAGE, "--story: \"%s\" is not one; there are: " STORIES, name)
                      : story_run(story, call->values[DEMO_DATA].text);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static int run(const struct option_call *call)
{
    static struct config config;
    const struct option_value *values = call->values;
    u32 speed = 0;
    int exit_code = EXIT_SUCCESS;
    u64 behind_us = 0;
    enum fault fault = speed_read(values[DEMO_SPEED].text, &speed);
    if (fault == FAULT_NONE && values[DEMO_LAW].given) {
        fault = demo_law_read(values[DEMO_LAW].text, clock_wall_us(clock_real()), &behind_us);
    }
    if (fault == FAULT_NONE && !values[DEMO_DATA].given) {
        fault = FAULT(FAULT_USAGE, "--data DIR is missing");
    }
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (values[DEMO_STORY].given) {
        return run_story(call);
    }
    config_init(&config);
    log_setup(2, LOG_FORMAT_JSON, (enum log_level)values[DEMO_LOG_LEVEL].number, clock_real());
    struct demo_options demo = {
        .config = &config,
        .folder = values[DEMO_DATA].text,
        .port = (u16)values[DEMO_PORT].number,
        .seed = values[DEMO_SEED_OPTION].given ? &values[DEMO_SEED_OPTION].number : NULL,
        .law = values[DEMO_LAW].text,
        .has_bots = values[DEMO_BOTS].number == BOTS_ON,
        .speed = values[DEMO_SPEED].text,
        .replay = values[DEMO_REPLAY].text,
        .seconds = (u32)values[DEMO_SECONDS].number,
    };
    fault = demo_run(&demo, &exit_code);
    return fault == FAULT_NONE ? exit_code : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Runs a venue for looking at and trying things on: markets BTCUSDT, BTCRUB, USDTRUB, ETHUSDT and "
    "BTCEUR, accounts with money and invented names, and bots that keep the books full and trade, over "
    "the public API as everybody does. It listens on loopback only, prints addresses, two keys and a few lines to "
    "paste, and runs until Ctrl-C. All keys stand in DIR/keys.json.",
    "Prices come from the seed and the number of the bots' step, never from outside. Nothing in the "
    "venue is made up: every candle is of trades that happened, so at first the charts are short.",
    "It has a vault, a disclosure desk and the officers' console, with officers who are invented and whose keys "
    "all lie in DIR/demo/officers: a customer who signs up and sends the form is taken in by the lines that it prints.",
    "A recording is played through the API at its own pace times the speed, from its beginning at each "
    "start; the other markets go on by themselves. To run one through the core and compare it with the "
    "venue it comes from, there is cambist replay.",
    NULL,
};

static const struct option_example examples[] = {
    {"demo --data build/demo", "Begins a demo there, or goes on with it."},
    {"demo --data /tmp/market --seed 7 --speed 5 --port 0", "Another market, five times as fast."},
    {"demo --data /tmp/2015 --replay 2015-05-01.log.xz --speed 10",
     "A recorded day, ten times as fast."},
    {"demo --data /tmp/2022 --story sanctions",
     "April to October 2022: dated rules over the same people."},
    {"demo --data /tmp/payouts --story ownership",
     "Who stands behind a payer: shares, registers, officers."},
    {"demo --data /tmp/april --story disclosure",
     "Names and addresses without a court: each way, and who refuses it."},
    {"demo --data /tmp/empty --bots off", "Empty books, to be filled by your own programs."},
    {NULL, NULL},
};

const struct subcommand cli_demo = {
    .name = "demo",
    .summary = "runs a venue with bots, to look at and to try things on",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
