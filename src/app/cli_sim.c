#include "app/cli.h"
#include "app/progress.h"
#include "io/clock.h"
#include "io/log.h"
#include "sim/core_model.h"
#include "sim/engine_crash.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    SIM_SEEDS,
    SIM_PART,
    SIM_COMMANDS,
    SIM_OPERATIONS,
    SIM_SECONDS,
    SIM_SHRINK,
    SIM_VERBOSE,
    SIM_JSON,
};

/* In the order of the option's words. */
enum part { PART_ALL, PART_MODEL, PART_RULES, PART_ENGINE };

static const struct option options[] = {
    [SIM_SEEDS] = {.name = "seeds",
                   .kind = OPTION_RANGE,
                   .value = "A..B",
                   .minimum = 0,
                   .maximum = UINT64_MAX,
                   .otherwise = "1..10",
                   .help = "Which seeds to run."},
    [SIM_PART] = {.name = "part",
                  .kind = OPTION_CHOICE,
                  .value = "all|model|rules|engine",
                  .otherwise = "all",
                  .help = "What to run with each seed: the core against the model, the same in a "
                          "venue with persons and packs, the engine on a disk that fails, or all "
                          "of it."},
    [SIM_COMMANDS] = {.name = "commands",
                      .kind = OPTION_NUMBER,
                      .value = "N",
                      .minimum = 1,
                      .maximum = 1000000000,
                      .otherwise = "20000",
                      .help = "Commands per seed for core and model."},
    [SIM_OPERATIONS] = {.name = "operations",
                        .kind = OPTION_NUMBER,
                        .value = "N",
                        .minimum = 0,
                        .maximum = 1000000000,
                        .otherwise = "50",
                        .help = "At how many operations of the disk, evenly spread, the engine "
                                "loses its power, and at how many the disk fails. 0: at every "
                                "one."},
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
    enum part part_failed;
};

/* The progress line: of many seeds how many are done, of a single one how far it is. */
struct line {
    struct sim_watch watch;
    struct progress progress;
    u64 seeds_done;
    u64 seeds_all; /* 0: as many as the seconds allow, or too many to count */
};

static void show(struct sim_watch *watch, const char *unit, u64 done, u64 all)
{
    struct line *line = (struct line *)(void *)watch;
    if (line->seeds_all != 1) {
        progress_update(&line->progress, line->seeds_done, line->seeds_all);
        return;
    }
    if (line->progress.unit != unit) {
        progress_begin(&line->progress, "simulating", unit);
    }
    progress_update(&line->progress, done, all);
}

/* The commit to name with a seed: what ./check says, or what this binary was built from. */
static const char *commit_name(void)
{
    const char *given = getenv("CAMBIST_COMMIT");
    return given != NULL ? given : cli_commit;
}

/* A failed CHECK ends the process: at least say where it was. Called once, so snprintf will do. */
static void say_position(int number)
{
    char text[256];
    u64 seed = 0;
    u64 place = 0;
    bool in_model = core_model_position(&seed, &place);
    if (in_model || engine_crash_position(&seed, &place)) {
        int length =
            snprintf(text, sizeof(text), "cambist sim: seed %llu, %s %llu, commit %s\n",
                     (unsigned long long)seed, in_model ? "command" : "operation of the disk",
                     (unsigned long long)place, commit_name());
        if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0) {
            _exit(1);
        }
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static bool is_wanted(const struct option_call *call, enum part part)
{
    enum part asked = (enum part)call->values[SIM_PART].number;
    return asked == PART_ALL || asked == part;
}

static enum core_model_flow flow_of(enum part part)
{
    return part == PART_RULES ? CORE_MODEL_RULES : CORE_MODEL_USUAL;
}

/* One seed through what was asked for; PART_ALL: everything held. */
static enum part run_seed(const struct option_call *call, u64 seed, struct sim_watch *watch)
{
    u64 operations = call->values[SIM_OPERATIONS].number;
    for (enum part part = PART_MODEL; part <= PART_RULES; part += 1) {
        if (is_wanted(call, part) &&
            core_model_run(flow_of(part), seed, call->values[SIM_COMMANDS].number,
                           call->values[SIM_VERBOSE].given, watch) != 0) {
            return part;
        }
    }
    bool engine_good = !is_wanted(call, PART_ENGINE) ||
                       (engine_crash_sweep(seed, operations, watch) &&
                        engine_crash_faults(seed, operations, watch) && engine_crash_random(seed));
    return engine_good ? PART_ALL : PART_ENGINE;
}

static void run_seeds(const struct option_call *call, struct tally *tally)
{
    const struct option_value *seeds = &call->values[SIM_SEEDS];
    struct line line = {.watch = {.tick = show}};
    line.seeds_all = call->values[SIM_SECONDS].given ? 0 : seeds->high - seeds->number + 1;
    progress_init(&line.progress, clock_real(), "simulating", "seeds");
    u64 start_ns = clock_mono_ns(clock_real());
    for (u64 seed = seeds->number;; seed += 1) {
        u64 elapsed_ns = clock_mono_ns(clock_real()) - start_ns;
        bool late = call->values[SIM_SECONDS].given &&
                    elapsed_ns / 1000000000U >= call->values[SIM_SECONDS].number;
        if (late || tally->failed > 0) {
            break; /* one failure is enough: the next ones would mostly be the same */
        }
        enum part failed = run_seed(call, seed, &line.watch);
        tally->run += 1;
        if (failed != PART_ALL) {
            tally->failed += 1;
            tally->first_failed = seed;
            tally->part_failed = failed;
        }
        line.seeds_done = tally->run;
        progress_update(&line.progress, line.seeds_done, line.seeds_all);
        if (seed == seeds->high) {
            break;
        }
    }
    progress_end(&line.progress);
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
    json_key(&writer, "part");
    json_put_text(&writer, call->values[SIM_PART].text);
    json_key(&writer, "commit");
    json_put_text(&writer, commit_name());
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

static void print_lines(const struct option_call *call, const struct tally *tally)
{
    bool has_diverged = tally->part_failed == PART_MODEL || tally->part_failed == PART_RULES;
    char number[CLI_COUNT_BYTES];
    cli_line("seeds run", "%s, at commit %s", cli_count(tally->run, number), commit_name());
    for (enum part part = PART_MODEL; part <= PART_RULES; part += 1) {
        if (is_wanted(call, part) && (!has_diverged || part <= tally->part_failed)) {
            cli_line(part == PART_MODEL ? "core and model" : "the same with rules",
                     "%s, %s commands a seed",
                     tally->part_failed == part ? "DIFFER" : "agree on every command",
                     cli_count(call->values[SIM_COMMANDS].number, number));
        }
    }
    if (is_wanted(call, PART_ENGINE) && !has_diverged) {
        cli_line("engine on a failing disk", "%s",
                 tally->part_failed == PART_ENGINE ? "LOST OR DOUBLED SOMETHING"
                                                   : "nothing lost, nothing doubled");
    }
}

static int run(const struct option_call *call)
{
    struct tally tally = {.run = 0};
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    /* Thousands of small engines start and end: huge pages would all be zeroed, and hardly used. */
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    (void)signal(SIGABRT, say_position);
    run_seeds(call, &tally);
    (void)signal(SIGABRT, SIG_DFL);
    bool has_diverged = tally.part_failed == PART_MODEL || tally.part_failed == PART_RULES;
    if (has_diverged && call->values[SIM_SHRINK].given) {
        (void)core_model_shrink(flow_of(tally.part_failed), tally.first_failed,
                                call->values[SIM_COMMANDS].number);
    }
    print_lines(call, &tally);
    if (call->values[SIM_JSON].given) {
        print_json(call, &tally);
    }
    if (tally.failed > 0) {
        enum fault fault = FAULT(FAULT_DIVERGED, "seed %llu, commit %s: %s",
                                 (unsigned long long)tally.first_failed, commit_name(),
                                 has_diverged ? "the core and the naive model differ"
                                              : "the engine did not survive its disk whole");
        return cli_fail(call->subcommand, fault);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Runs random commands of every kind through the core and through a naive model that was written "
    "from the rules alone, and compares events, balances and books after each command; then the same "
    "in a venue with persons, packs of rules, prices and licences.",
    "Then lets an engine, with journal, event log and snapshots, live through a random script on a "
    "disk in memory that tears writes, forgets what was not synced and fails: its power goes at one "
    "operation after the other, each operation fails once, and after every start what was released "
    "must be there, once, and the state must be that of an undisturbed life.",
    "A seed always gives the same run with the same commit. The first failure ends the run and is "
    "printed with both. CAMBIST_COMMIT in the environment is named instead of the commit this binary "
    "was built from.",
    NULL,
};

static const struct option_example examples[] = {
    {"sim --seeds 1..1000", "Runs a thousand seeds."},
    {"sim --seeds 17 --part model --shrink", "Shows the shortest way to the failure of seed 17."},
    {"sim --seeds 17 --part engine --operations 0", "Crashes the engine everywhere."},
    {NULL, NULL},
};

const struct subcommand cli_sim = {
    .name = "sim",
    .summary = "runs core and engine from random seeds against a model and a disk that fails",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
