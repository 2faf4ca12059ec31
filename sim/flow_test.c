/* The command generator and the naive model alone: the same seed gives the same commands and
 * events, the model's own checks hold after every command, and all the weather together reaches
 * every rule that a well-formed command can reach. */
#include "sim/flow.h"

#include "sim/coverage.h"
#include "sim/model.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 150,
    COMMANDS = 1500,
    EVENTS_BYTES = 1 << 22,
};

static void model_holds_together(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i++) {
        coverage_run(&coverage, flow_create(test_seed() * 1000003 + i), COMMANDS);
    }
}

/* Always the same seeds, so that a rule that is rarely met is not missed by bad luck. */
static void all_rules_are_reached(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 seed = 1; seed <= count; seed++) {
        coverage_run(&coverage, flow_create(seed), COMMANDS);
    }
    if (count == SEEDS && coverage_missed(&coverage) > 0) {
        coverage_print(&coverage, stderr);
        fail_msg("%u refusals were never met", coverage_missed(&coverage));
    }
}

static void same_seed_gives_same_commands(void **state)
{
    static u8 events[EVENTS_BYTES];
    (void)state;
    for (u64 seed = 1; seed <= 20; seed++) {
        struct flow *flows[] = {flow_create(seed), flow_create(seed)};
        struct model *models[] = {model_create(flow_limits(flows[0])),
                                  model_create(flow_limits(flows[1]))};
        struct flow_step steps[2];
        memset(steps, 0, sizeof steps);
        for (u64 i = 0; i < 400; i++) {
            for (u32 j = 0; j < 2; j++) {
                flow_next(flows[j], models[j], &steps[j]);
                (void)flow_step_model(&steps[j], models[j], events, sizeof events);
            }
            assert_int_equal(steps[0].time_us, steps[1].time_us);
            assert_int_equal(steps[0].is_void, steps[1].is_void);
            assert_memory_equal(steps[0].record, steps[1].record, FLOW_RECORD_BYTES);
        }
        for (u32 j = 0; j < 2; j++) {
            model_free(models[j]);
            flow_free(flows[j]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_gives_same_commands),
        cmocka_unit_test(model_holds_together),
        cmocka_unit_test(all_rules_are_reached),
    };
    return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
