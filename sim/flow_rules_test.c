/* Aim: the naive model of the rules holds together, and the random flow of the rules meets all of
 * them. Method: random venues with persons and packs (sim/flow_rules.h) run on the model alone,
 * which checks itself after every command; over fixed seeds every refusal and every event of the
 * rules is seen, the two refusals behind large numbers by a flow of their own. */
#include "sim/flow_rules.h"

#include "sim/coverage.h"
#include "sim/model.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 60,
    COMMANDS = 1500,
    EVENTS_BYTES = 1 << 22,
};

static u8 events[EVENTS_BYTES];

static void run(u64 seed, u64 commands, struct coverage *coverage)
{
    struct flow *flow = flow_rules_create(seed);
    struct model *model = model_create(flow_limits(flow));
    struct flow_step step;
    for (u64 i = 0; i < commands; i++) {
        flow_next(flow, model, &step);
        model_set_time(model, step.time_us);
        const void *command = step.record;
        size_t bytes = step.is_void ? model_void(model, events, sizeof events)
                                    : model_apply(model, command, events, sizeof events);
        coverage_count(coverage, command, events, bytes);
    }
    model_free(model);
    flow_free(flow);
}

static void model_holds_together(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i++) {
        run(test_seed() * 1000003 + i, COMMANDS, &coverage);
    }
}

/* Always the same seeds, so that what is rarely met is not missed by bad luck. */
static void all_of_the_rules_is_reached(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 seed = 1; seed <= count; seed++) {
        run(seed, COMMANDS, &coverage);
    }
    if (getenv("CAMBIST_TEST_VERBOSE") != NULL) {
        coverage_print(&coverage, stderr);
    }
    if (count == SEEDS && coverage_missed_rules(&coverage) > 0) {
        coverage_print(&coverage, stderr);
        fail_msg("%u refusals or events were never met", coverage_missed_rules(&coverage));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(model_holds_together),
        cmocka_unit_test(all_of_the_rules_is_reached),
    };
    return cmocka_run_group_tests_name("flow_rules", tests, NULL, NULL);
}
