/* Aim: a law date is a day of the past, a moment of it, or off; a demo goes on at its date or ahead
 * of it, never back.
 *
 * Method: tables of texts against distances worked out by hand. */
#include "app/demo_law.h"

#include "io/fault.h"
#include "tests/support/test.h"

#include <string.h>

/* 2026-11-22T11:58:00Z; 2022-04-22T11:58:00Z is 1675 days before. */
#define NOW_US 1795348680000000ULL
#define DAY_US 86400000000ULL

static void a_date_is_a_distance(void **state)
{
    static const struct {
        const char *text;
        u64 behind_us;
    } rows[] = {
        {"off", 0},
        {"2026-11-21", DAY_US},
        {"2026-11-22T11:57:59.999999Z", 1},
        {DEMO_LAW_DEFAULT, 1675 * DAY_US},
        {"2022-04-22T12:00:00Z", 1675 * DAY_US - 120000000ULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i += 1) {
        u64 behind_us = 1;
        assert_int_equal(demo_law_read(rows[i].text, NOW_US, &behind_us), FAULT_NONE);
        assert_int_equal(behind_us, rows[i].behind_us);
    }
}

static void what_is_no_past_day_is_refused(void **state)
{
    static const char *const rows[] = {
        "",           "on",         "2022-4-22",           "2022-02-30",          "22.04.2022",
        "2026-11-22", "2026-11-23", "2022-04-22T11:58:00", "2022-04-22 11:58:00Z"};
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i += 1) {
        u64 behind_us = 0;
        assert_int_equal(demo_law_read(rows[i], NOW_US, &behind_us), FAULT_USAGE);
        assert_non_null(strstr(fault_text(), "--law: "));
    }
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    u64 behind_us = 0;
    u64 wish = 5000;
    assert_int_equal(demo_law_go_on("x", 5000, NULL, &behind_us), FAULT_NONE);
    assert_int_equal(behind_us, 5000);
    assert_int_equal(demo_law_go_on("x", 5000, &wish, &behind_us), FAULT_NONE);
    assert_int_equal(behind_us, 5000);
    wish = 0;
    assert_int_equal(demo_law_go_on("x", 5000, &wish, &behind_us), FAULT_NONE);
    assert_int_equal(behind_us, 0);
    wish = 5001;
    assert_int_equal(demo_law_go_on("x", 5000, &wish, &behind_us), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "time does not go back"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_is_a_distance),
        cmocka_unit_test(what_is_no_past_day_is_refused),
        cmocka_unit_test(time_does_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
