/* Aim: a moment and its text belong together; days that are none are refused.
 *
 * Method: known pairs, every day of four centuries against the C library, random moments there and
 * back. */
#include "wire/moment.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define S_US 1000000ULL

static u64 parsed(const char *text)
{
    u64 time_us = 0;
    if (!moment_parse(span_of_text(text), &time_us)) {
        fail_msg("%s", text);
    }
    return time_us;
}

static void known_moments(void **state)
{
    char text[MOMENT_TEXT_BYTES];
    (void)state;
    assert_int_equal(parsed("1970-01-01"), 0);
    assert_int_equal(parsed("2022-04-21T15:00:00Z"), 1650553200 * S_US);
    assert_int_equal(parsed("2022-04-21T15:00:00.000001Z"), 1650553200 * S_US + 1);
    assert_int_equal(parsed("2024-02-29"), 1709164800 * S_US);
    assert_true(parsed("open") == MOMENT_OPEN);
    assert_true(moment_print(MOMENT_OPEN, text));
    assert_string_equal(text, "open");
    assert_true(moment_print(1650553200 * S_US + 1, text));
    assert_string_equal(text, "2022-04-21T15:00:00.000001Z");
    assert_true(moment_print(parsed("9999-12-31T23:59:59.999999Z"), text));
    assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
    assert_false(moment_print(parsed("9999-12-31T23:59:59.999999Z") + 1, text));
    assert_false(moment_print(MOMENT_OPEN - 1, text));
}

static void what_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "2022",
                                        "2022-4-21",
                                        "2022-13-01",
                                        "2022-00-01",
                                        "2022-02-29",
                                        "2022-01-00",
                                        "1969-12-31",
                                        "2022-04-21T15:00:00",
                                        "2022-04-21T15:00",
                                        "2022-04-21T24:00:00Z",
                                        "2022-04-21T15:60:00Z",
                                        "2022-04-21T15:00:60Z",
                                        "2022-04-21T15:00:00.5Z",
                                        "2022-04-21T15:00:00.0000000Z",
                                        "2022-04-21T15:00:00Zx",
                                        "2022-04-21 15:00:00Z",
                                        "+022-04-21",
                                        "OPEN"};
    u64 time_us = 0;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        if (moment_parse(span_of_text(wrong[i]), &time_us)) {
            fail_msg("%s", wrong[i]);
        }
    }
}

static void days_are_those_of_the_library(void **state)
{
    char text[MOMENT_TEXT_BYTES];
    char wanted[MOMENT_TEXT_BYTES];
    (void)state;
    for (u64 day = 0; day < 146097 + 366; day += 1) {
        time_t seconds = (time_t)(day * 86400);
        struct tm moment;
        assert_non_null(gmtime_r(&seconds, &moment));
        assert_true(strftime(wanted, sizeof(wanted), "%Y-%m-%dT%H:%M:%SZ", &moment) > 0);
        assert_true(moment_print((u64)seconds * S_US, text));
        assert_string_equal(text, wanted);
    }
}

static void random_moments_come_back(void **state)
{
    struct random random;
    char text[MOMENT_TEXT_BYTES];
    (void)state;
    random_init(&random, test_seed());
    u64 end = parsed("9999-12-31T23:59:59.999999Z") + 1;
    for (u64 round = 0; round < test_rounds(50000); round += 1) {
        u64 time_us = random_below(&random, end);
        assert_true(moment_print(time_us, text));
        assert_true(parsed(text) == time_us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_moments),
                                       cmocka_unit_test(what_is_none_is_refused),
                                       cmocka_unit_test(days_are_those_of_the_library),
                                       cmocka_unit_test(random_moments_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
