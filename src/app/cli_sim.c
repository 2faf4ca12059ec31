#include "app/cli.h"
#include "app/progress.h"
#include "io/clock.h"
#include "sim/core_model.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIM_SEEDS, SIM_COMMANDS, SIM_SECONDS, SIM_SHRINK, SIM_VERBOSE, SIM_JSON };

static const struct option options[] = {
    [SIM_SEEDS] = {.name = "seeds",
                   .kind = OPTION_RANGE,
                   .value = "A..B",
                   .minimum = 0,
                   .maximum = UINT64_MAX,
                   .otherwise = "1..10",
                   .help = "Which seeds to run."},
    [SIM_COMMANDS] = {.name = "commands",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = 1000000000,
                      .otherwise = "20000",
                      .help = "Commands per seed."},
    [SIM_SECONDS] = {.name = "seconds",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = 1000000000,
                     .help = "Begins no further seed after so many seconds."},
    [SIM_SHRINK] = {.name = "shrink",
                    .help = "On a failure, looks for the fewest commands that still show it."},
    [SIM_VERBOSE] = {.name = "verbose", .help = "Says of each seed what it reached."},
    [SIM_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

struct tally {
    u64 run;
    u64 failed;
    u64 first_failed;
};

/* A failed CHECK ends the process: at least say where it was. Called once, so snprintf will do. */
static void say_position(int number)
{
    char text[128];
    u64 seed = 0;
    u64 command = 0;
    if (core_model_position(&seed, &command)) {
        int length = snprintf(text, sizeof(text), "cambist sim: seed %llu, command %llu\n",
                              (unsigned long long)seed, (unsigned long long)command);
        if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0) {
            _exit(1);
        }
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void run_seeds(const struct option_call *call, struct tally *tally)
{
    struct progress progress;
    progress_init(&progress, clock_real(), "simulating", "seeds");
    const struct option_value *seeds = &call->values[SIM_SEEDS];
    u64 start_ns = clock_mono_ns(clock_real());
    for (u64 seed = seeds->number;; seed += 1) {
        u64 elapsed_ns = clock_mono_ns(clock_real()) - start_ns;
        bool late = call->values[SIM_SECONDS].given &&
                    elapsed_ns / 1000000000U >= call->values[SIM_SECONDS].number;
        if (late || tally->failed > 0) {
            break; /* one failure is enough: the next ones would mostly be the same */
        }
        int verdict = core_model_run(seed, call->values[SIM_COMMANDS].number,
                                     call->values[SIM_VERBOSE].given);
        tally->run += 1;
        if (verdict != 0) {
            tally->failed += 1;
            tally->first_failed = seed;
        }
        progress_update(&progress, tally->run, seeds->high - seeds->number + 1);
        if (seed == seeds->high) {
            break;
        }
    }
    progress_end(&progress);
}

static void print_json(const struct option_call *call, const struct tally *tally)
{
    char text[512];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "seeds");
    json_put_u64(&writer, tally->run);
    json_key(&writer, "commands");
    json_put_u64(&writer, call->values[SIM_COMMANDS].number);
    json_key(&writer, "failed");
    json_put_u64(&writer, tally->failed);
    json_key(&writer, "first_failed");
    if (tally->failed > 0) {
        json_put_u64(&writer, tally->first_failed);
    } else {
        json_put_null(&writer);
    }
    json_object_end(&writer);
    cli_print_json(&writer);
}

static int run(const struct option_call *call)
{
    struct tally tally = {.run = 0};
    (void)signal(SIGABRT, say_position);
    run_seeds(call, &tally);
    (void)signal(SIGABRT, SIG_DFL);
    if (tally.failed > 0 && call->values[SIM_SHRINK].given) {
        (void)core_model_shrink(tally.first_failed, call->values[SIM_COMMANDS].number);
    }
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    cli_line("seeds run", "%s of %s commands each", cli_count(tally.run, a),
             cli_count(call->values[SIM_COMMANDS].number, b));
    cli_line("core and model", "%s", tally.failed > 0 ? "DIFFER" : "agree on every command");
    if (call->values[SIM_JSON].given) {
        print_json(call, &tally);
    }
    if (tally.failed > 0) {
        enum fault fault = FAULT(FAULT_DIVERGED, "seed %llu: the core and the naive model differ",
                                 (unsigned long long)tally.first_failed);
        return cli_fail(call->subcommand, fault);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Runs random commands of every kind through the core and through a naive model that was written "
    "from the rules alone, and compares events, balances and books after each command. A seed always "
    "gives the same commands. The first difference ends the run and is printed with its seed.",
    NULL,
};

static const struct option_example examples[] = {
    {"sim --seeds 1..1000", "Runs a thousand seeds."},
    {"sim --seeds 17 --shrink", "Shows the shortest way to the failure of seed 17."},
    {NULL, NULL},
};

const struct subcommand cli_sim = {
    .name = "sim",
    .summary = "compares the core with a naive model on random commands",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
