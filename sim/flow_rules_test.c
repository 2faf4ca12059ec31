/* Aim: the naive model of the rules holds together, and the random flow of the rules meets all of
 * them. Method: random venues with persons and packs (sim/flow_rules.h) run on the model alone,
 * which checks itself after every command; over fixed seeds every refusal and every event of the
 * rules is seen, the two refusals behind large numbers by a flow of their own. */
#include "sim/flow_rules.h"

#include "sim/coverage.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SEEDS = 60,
    COMMANDS = 1500,
};

static void model_holds_together(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i++) {
        coverage_run(&coverage, flow_rules_create(test_seed() * 1000003 + i), COMMANDS);
    }
}

/* Always the same seeds, so that what is rarely met is not missed by bad luck. */
static void all_of_the_rules_is_reached(void **state)
{
    (void)state;
    struct coverage coverage = {0};
    u64 count = test_rounds(SEEDS);
    for (u64 seed = 1; seed <= count; seed++) {
        coverage_run(&coverage, flow_rules_create(seed), COMMANDS);
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
