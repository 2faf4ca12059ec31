/* Aim: whatever happens to the disk, nothing that was released is lost or doubled, and the state is
 * always that of an undisturbed run. Method: sim/engine_crash.h, with the seeds from
 * CAMBIST_SEED_BASE on; `engine_sim_test --seeds A..B` takes those named. */
#include "io/clock.h"
#include "io/log.h"
#include "sim/engine_crash.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum {
    SWEEP_OPERATIONS = 1000, /* more than a sweep's script has */
    RANDOM_SEEDS = 40,
};

static void crash_at_every_operation(void **state)
{
    (void)state;
    assert_true(engine_crash_sweep(test_seed(), test_rounds(SWEEP_OPERATIONS), NULL));
}

static void every_operation_failing(void **state)
{
    (void)state;
    assert_true(engine_crash_faults(test_seed(), test_rounds(SWEEP_OPERATIONS), NULL));
}

static void crashes_of_new_seeds(void **state)
{
    (void)state;
    u64 count = test_rounds(RANDOM_SEEDS);
    for (u64 i = 0; i < count; i += 1) {
        assert_true(engine_crash_random(test_seed() * 1000003 + i));
    }
}

/* A CHECK that failed has left the run: say where it was. */
static int say_where(void **state)
{
    (void)state;
    u64 seed = 0;
    u64 operation = 0;
    if (engine_crash_position(&seed, &operation)) {
        print_error("a CHECK failed at seed %" PRIu64 " operation %" PRIu64 "\n", seed, operation);
    }
    return 0;
}

static u64 seeds_first;
static u64 seeds_last;

static void seeds_named(void **state)
{
    (void)state;
    for (u64 seed = seeds_first; seed <= seeds_last; seed += 1) {
        assert_true(engine_crash_sweep(seed, 0, NULL));
        assert_true(engine_crash_faults(seed, 0, NULL));
        assert_true(engine_crash_random(seed));
    }
}

int main(int count, char **texts)
{
    const struct CMUnitTest named[] = {
        cmocka_unit_test_teardown(seeds_named, say_where),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(crash_at_every_operation, say_where),
        cmocka_unit_test_teardown(every_operation_failing, say_where),
        cmocka_unit_test_teardown(crashes_of_new_seeds, say_where),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    /* Many small engines start and end: huge pages would all be zeroed, and hardly used. */
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (count == 3 && strcmp(texts[1], "--seeds") == 0) {
        char *end = NULL;
        seeds_first = strtoull(texts[2], &end, 10);
        seeds_last = strncmp(end, "..", 2) == 0 ? strtoull(end + 2, NULL, 10) : seeds_first;
        return cmocka_run_group_tests_name("engine_sim", named, NULL, NULL);
    }
    return cmocka_run_group_tests_name("engine_sim", tests, NULL, NULL);
}
