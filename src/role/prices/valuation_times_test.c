/* Aim: the times of a canonical form are read, and the last one that has come is found, over
 * midnight too. Method: examples; every minute of two days against a search. */
#include "role/prices/valuation_times.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

#define MINUTE_US 60000000ULL
#define DAY_US    (1440ULL * MINUTE_US)

static struct valuation_times read_good(const char *text)
{
    struct valuation_times times;
    if (!valuation_times_read(span_of_text(text), &times)) {
        fail_msg("%s", text);
    }
    return times;
}

static void refuses(const char *text)
{
    struct valuation_times times;
    if (valuation_times_read(span_of_text(text), &times)) {
        fail_msg("%s", text);
    }
    assert_int_equal(times.count, 0);
}

static void times_are_read(void **state)
{
    (void)state;
    struct valuation_times times = read_good(
        "{\"groups\":{\"a\":[\"FR\"]},\"pack\":{\"id\":\"x\",\"title\":{\"en\":\"t\"},"
        "\"valuation\":[\"00:00\",\"12:30\",\"23:59\"],\"version\":\"1\"},\"rules\":[{\"id\":\"r\"}]}");
    assert_int_equal(times.count, 3);
    assert_int_equal(times.minutes[0], 0);
    assert_int_equal(times.minutes[1], 750);
    assert_int_equal(times.minutes[2], 1439);
    assert_int_equal(read_good("{\"pack\":{\"id\":\"x\"}}").count, 0);
    /* Only the pack's own. */
    assert_int_equal(
        read_good("{\"rules\":[{\"valuation\":[\"00:00\"]}],\"valuation\":\"x\"}").count, 0);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    refuses("");
    refuses("[]");
    refuses("{\"pack\":[]}");
    refuses("{\"pack\":{\"valuation\":\"00:00\"}}");
    refuses("{\"pack\":{\"valuation\":[\"24:00\"]}}");
    refuses("{\"pack\":{\"valuation\":[\"12:60\"]}}");
    refuses("{\"pack\":{\"valuation\":[\"1:00\"]}}");
    refuses("{\"pack\":{\"valuation\":[\"12-00\"]}}");
    refuses("{\"pack\":{\"valuation\":[\"30:00\"]}}");
    refuses("{\"pack\":{\"valuation\":[\"/0:00\"]}}");
    refuses("{\"pack\":{\"valuation\":[1200]}}");
    refuses("{\"pack\":{\"valuation\":[\"00:00\"]}} x");
    refuses("{\"pack\":{\"valuation\":[\"00:00\"]}");
    char text[512] = "{\"pack\":{\"valuation\":[\"00:00\"";
    for (u32 i = 0; i < VALUATION_TIMES_MAX; i += 1) {
        (void)strcat(text, ",\"00:00\"");
    }
    (void)strcat(text, "]}}");
    refuses(text);
}

static void the_last_one_is_found_over_midnight(void **state)
{
    (void)state;
    struct valuation_times times = {.minutes = {720, 60, 1439}, .count = 3};
    u64 expected_us = 19000 * DAY_US - MINUTE_US;
    for (u64 minute = 0; minute < 2880; minute += 1) {
        u64 now_us = 19000 * DAY_US + minute * MINUTE_US;
        for (u32 i = 0; i < times.count; i += 1) {
            expected_us = minute % 1440 == times.minutes[i] ? now_us : expected_us;
        }
        assert_true(valuation_times_last(&times, now_us) == expected_us);
        assert_true(valuation_times_last(&times, now_us + MINUTE_US - 1) == expected_us);
    }
    times.count = 0;
    assert_true(valuation_times_last(&times, 19000 * DAY_US) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(the_last_one_is_found_over_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
