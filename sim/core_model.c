#include "sim/core_model.h"

#include "base/check.h"
#include "core/core.h"
#include "sim/core_pair.h"
#include "sim/coverage.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "sim/record_print.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_EVERY 1000U

static struct {
    bool is_running;
    u64 seed;
    u64 command;
} position;

bool core_model_position(u64 *seed_out, u64 *command_out)
{
    *seed_out = position.seed;
    *command_out = position.command;
    return position.is_running;
}

static struct flow *create(enum core_model_flow kind, u64 seed)
{
    return kind == CORE_MODEL_RULES ? flow_rules_create(seed) : flow_create(seed);
}

static void report(const struct core_pair *pair, const struct flow_step *step)
{
    fprintf(stderr, "seed %" PRIu64 " command %" PRIu64 " at %" PRIu64 " us%s: ", position.seed,
            position.command, step->time_us, step->is_void ? " (void)" : "");
    (void)record_print_command(stderr, step->record, step->bytes);
    core_pair_report(pair, stderr);
}

int core_model_run(enum core_model_flow kind, u64 seed, u64 commands, bool verbose,
                   struct sim_watch *watch)
{
    struct flow *flow = create(kind, seed);
    struct core_pair *pair = core_pair_open(flow_limits(flow));
    struct coverage *coverage = calloc(1, sizeof *coverage);
    struct flow_step step;
    bool is_equal = true;
    CHECK(coverage != NULL);
    position.is_running = true;
    position.seed = seed;
    for (u64 i = 0; i < commands && is_equal; i++) {
        position.command = i;
        if (i % TICK_EVERY == 0) {
            sim_watch_tick(watch, "commands", i, commands);
        }
        flow_next(flow, core_pair_model(pair), &step);
        is_equal = core_pair_apply(pair, &step);
        const void *command = step.record;
        struct span events = core_pair_events(pair);
        coverage_count(coverage, command, events.data, events.size);
    }
    position.is_running = false;
    if (!is_equal) {
        report(pair, &step);
    }
    if (verbose) {
        printf("seed %" PRIu64 " %s: %s\n", seed, flow_profile_name(flow),
               is_equal ? "equal" : "DIFFERENT");
        coverage_print(coverage, stdout);
    }
    free(coverage);
    core_pair_close(pair);
    flow_free(flow);
    return is_equal ? 0 : 1;
}

/* ---- shrinking ---- */

struct script {
    struct command_genesis limits;
    struct flow_step *steps;
    bool *is_kept;
    u64 count;
    u64 *reached; /* shared with the trials: the step a trial was at when it failed */
};

/* The commands of a seed depend on the model alone, so they are there however the core behaves. */
static struct script script_write(enum core_model_flow kind, u64 seed, u64 commands)
{
    struct flow *flow = create(kind, seed);
    struct script script = {.limits = *flow_limits(flow), .count = commands};
    struct model *model = model_create(&script.limits);
    size_t size = (size_t)1 << 26;
    u8 *events = malloc(size);
    script.steps = calloc(commands, sizeof *script.steps);
    script.is_kept = calloc(commands, sizeof *script.is_kept);
    script.reached = mmap(NULL, sizeof *script.reached, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(events != NULL && script.steps != NULL && script.is_kept != NULL);
    CHECK(script.reached != MAP_FAILED);
    model_set_check(model, false);
    for (u64 i = 0; i < commands; i++) {
        struct flow_step *step = &script.steps[i];
        flow_next(flow, model, step);
        script.is_kept[i] = true;
        (void)flow_step_model(step, model, events, size);
    }
    free(events);
    model_free(model);
    flow_free(flow);
    return script;
}

static void script_free(struct script *script)
{
    free(script->steps);
    free(script->is_kept);
    (void)munmap(script->reached, sizeof *script->reached);
}

/* Plays the kept steps. False: core and model differ; `out` gets the report. */
static bool script_play(const struct script *script, FILE *out)
{
    struct core_pair *pair = core_pair_open(&script->limits);
    bool is_equal = true;
    for (u64 i = 0; i < script->count && is_equal; i++) {
        if (!script->is_kept[i]) {
            continue;
        }
        *script->reached = i;
        position.command = i;
        if (out != NULL) {
            fprintf(out, "%6" PRIu64 " at %" PRIu64 " us%s: ", i, script->steps[i].time_us,
                    script->steps[i].is_void ? " (void)" : "");
            (void)record_print_command(out, script->steps[i].record, script->steps[i].bytes);
        }
        is_equal = core_pair_apply(pair, &script->steps[i]);
        if (out != NULL && !is_equal) {
            core_pair_report(pair, out);
        } else if (out != NULL) {
            struct span events = core_pair_events(pair);
            record_print_events(out, "           ", events.data, events.size);
        }
    }
    core_pair_close(pair);
    return is_equal;
}

/* Whether the kept steps fail, tried in a process of its own. */
static bool script_fails(const struct script *script)
{
    (void)fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (silence >= 0) {
            (void)dup2(silence, STDOUT_FILENO);
            (void)dup2(silence, STDERR_FILENO);
        }
        _exit(script_play(script, NULL) ? 0 : 1);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* Tries to do without each run of `size` kept steps. Returns how many steps went. */
static u64 drop_runs(struct script *script, u64 size)
{
    u64 dropped = 0;
    bool *before = malloc(script->count * sizeof *before);
    CHECK(before != NULL);
    for (u64 end = script->count; end > 0;) {
        u64 taken = 0;
        memcpy(before, script->is_kept, script->count * sizeof *before);
        while (end > 0 && taken < size) {
            end -= 1;
            taken += script->is_kept[end];
            script->is_kept[end] = false;
        }
        if (taken > 0 && script_fails(script)) {
            dropped += taken;
        } else {
            memcpy(script->is_kept, before, script->count * sizeof *before);
        }
    }
    free(before);
    return dropped;
}

int core_model_shrink(enum core_model_flow kind, u64 seed, u64 commands)
{
    struct script script = script_write(kind, seed, commands);
    position.is_running = true;
    position.seed = seed;
    if (!script_fails(&script)) {
        position.is_running = false;
        script_free(&script);
        return 0;
    }
    script.count = *script.reached + 1;
    u64 kept = script.count;
    for (u64 size = kept / 2; size > 0;) {
        u64 dropped = drop_runs(&script, size);
        kept -= dropped;
        fprintf(stderr, "seed %" PRIu64 ": runs of %" PRIu64 " dropped, %" PRIu64 " steps left\n",
                seed, size, kept);
        size = size > 1 ? size / 2 : (dropped > 0 ? 1 : 0);
    }
    fprintf(stderr, "seed %" PRIu64 ": %" PRIu64 " steps are enough:\n", seed, kept);
    (void)script_play(&script, stderr);
    position.is_running = false;
    script_free(&script);
    return 1;
}
