/* The core against the naive model on random commands. A plain run takes a few new seeds from
 * CAMBIST_SEED_BASE on; `core_model_test --seeds A..B [--commands N] [--shrink] [--verbose]` takes
 * the seeds named and, with --shrink, looks for the fewest commands that still fail. */
#include "sim/core_model.h"

#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 60,
    COMMANDS = 1500,
};

static void core_agrees_with_model(void **state)
{
    (void)state;
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i++) {
        u64 seed = test_seed() * 1000003 + i;
        if (core_model_run(CORE_MODEL_USUAL, seed, COMMANDS, false, NULL) != 0) {
            fail_msg("core_model_test --seeds %" PRIu64 "..%" PRIu64 " --commands %d --shrink",
                     seed, seed, COMMANDS);
        }
    }
}

/* A CHECK that failed in core or model has left the run: say where it was. */
static int say_where(void **state)
{
    (void)state;
    u64 seed = 0;
    u64 command = 0;
    if (core_model_position(&seed, &command)) {
        fprintf(stderr, "a CHECK failed at seed %" PRIu64 " command %" PRIu64 "\n", seed, command);
    }
    return 0;
}

struct options {
    u64 first;
    u64 last;
    u64 commands;
    enum core_model_flow flow;
    bool is_shrinking;
    bool is_verbose;
};

static bool options_read(int count, char **texts, struct options *options_out)
{
    *options_out = (struct options){.commands = COMMANDS};
    bool has_seeds = false;
    for (int i = 1; i < count; i++) {
        if (strcmp(texts[i], "--shrink") == 0) {
            options_out->is_shrinking = true;
        } else if (strcmp(texts[i], "--rules") == 0) {
            options_out->flow = CORE_MODEL_RULES;
        } else if (strcmp(texts[i], "--verbose") == 0) {
            options_out->is_verbose = true;
        } else if (strcmp(texts[i], "--commands") == 0 && i + 1 < count) {
            options_out->commands = strtoull(texts[++i], NULL, 10);
        } else if (strcmp(texts[i], "--seeds") == 0 && i + 1 < count) {
            char *end = NULL;
            options_out->first = strtoull(texts[++i], &end, 10);
            bool is_range = strncmp(end, "..", 2) == 0;
            options_out->last = is_range ? strtoull(end + 2, NULL, 10) : options_out->first;
            has_seeds = true;
        } else {
            return false;
        }
    }
    return has_seeds;
}

static struct options options;

/* A test too, so that a failed CHECK is reported as one. */
static void seeds_named(void **state)
{
    (void)state;
    u64 failed = 0;
    for (u64 seed = options.first; seed <= options.last; seed++) {
        int result = options.is_shrinking ? core_model_shrink(options.flow, seed, options.commands)
                                          : core_model_run(options.flow, seed, options.commands,
                                                           options.is_verbose, NULL);
        failed += result != 0;
    }
    printf("%" PRIu64 " seeds, %" PRIu64 " failed\n", options.last - options.first + 1, failed);
    assert_int_equal(failed, 0);
}

int main(int count, char **texts)
{
    const struct CMUnitTest named[] = {
        cmocka_unit_test_teardown(seeds_named, say_where),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(core_agrees_with_model, say_where),
    };
    if (options_read(count, texts, &options)) {
        return cmocka_run_group_tests_name("core_model", named, NULL, NULL);
    }
    return cmocka_run_group_tests_name("core_model", tests, NULL, NULL);
}
