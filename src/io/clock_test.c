/* Aim: the real clocks run, one that is behind with them, the false one only when told.
 *
 * Method: two looks at each; moving the false one. */
#include "io/clock.h"

#include "tests/support/test.h"

static void the_real_clocks_run(void **state)
{
    (void)state;
    struct clock *clock = clock_real();
    /* After 2020 and before 2100: seconds, microseconds and nanoseconds are not mixed up. */
    assert_in_range(clock_wall_us(clock), 1577836800000000ULL, 4102444800000000ULL);
    u64 before = clock_mono_ns(clock);
    u64 after = before;
    while (after == before) {
        after = clock_mono_ns(clock);
    }
    assert_true(after > before);
}

static void a_clock_behind_runs_with_the_machine(void **state)
{
    (void)state;
    struct clock_behind clock;
    u64 before = clock_wall_us(clock_real());
    clock_behind_init(&clock, 1000000000);
    u64 seen = clock_wall_us(&clock.clock);
    u64 mono = clock_mono_ns(&clock.clock);
    u64 after = clock_wall_us(clock_real());
    assert_in_range(seen, before - 1000000000, after - 1000000000);
    assert_in_range(mono, 1, clock_mono_ns(clock_real()));
    clock_behind_init(&clock, UINT64_MAX);
    assert_int_equal(clock_wall_us(&clock.clock), 0);
}

static void the_false_clock_stands_still(void **state)
{
    (void)state;
    struct clock_false clock;
    clock_false_init(&clock, 5000);
    assert_int_equal(clock_wall_us(&clock.clock), 5000);
    assert_int_equal(clock_mono_ns(&clock.clock), 0);
    clock_false_advance(&clock, 1999);
    assert_int_equal(clock_wall_us(&clock.clock), 5001);
    assert_int_equal(clock_mono_ns(&clock.clock), 1999);
    clock_false_advance(&clock, 1);
    assert_int_equal(clock_wall_us(&clock.clock), 5002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_clocks_run),
        cmocka_unit_test(a_clock_behind_runs_with_the_machine),
        cmocka_unit_test(the_false_clock_stands_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
