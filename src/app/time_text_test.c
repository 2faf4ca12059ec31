/* Aim: moments are read exactly or not at all, and come back as they went. Method: examples, edges
 * of the calendar, and random moments there and back. */
#include "app/time_text.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

static void moments_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u64 us;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01T00:00:01.5Z", 1500000},
        {"2024-02-29T23:59:59.999999Z", 1709251199999999},
        {"2026-11-22T13:00:00Z", 1795352400000000},
        {"9999-12-31T23:59:59Z", 253402300799000000},
    };
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        u64 us = 1;
        assert_true(time_text_parse(rows[i].text, &us));
        assert_int_equal(us, rows[i].us);
    }
}

static void what_is_no_moment_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "Z",
        "2026-11-22",
        "2026-11-22T13:00:00",
        "2026-11-22T13:00:00z",
        "2026-11-22 13:00:00Z",
        "2026-11-22T13:00:00.Z",
        "2026-11-22T13:00:00.1234567Z",
        "2026-11-22T13:00:00+01:00",
        "2026-11-22T13:00:00Z ",
        " 2026-11-22T13:00:00Z",
        "2026-11-31T13:00:00Z",
        "2025-02-29T13:00:00Z",
        "2026-13-01T13:00:00Z",
        "2026-00-01T13:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T13:60:00Z",
        "2026-11-22T13:00:60Z",
        "1969-12-31T23:59:59Z",
        "+026-11-22T13:00:00Z",
    };
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        u64 us = 0;
        assert_false(time_text_parse(texts[i], &us));
    }
}

static void moments_come_back(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 i = 0; i < 1000; i += 1) {
        u64 us = random_below(&random, 253402300800000000ULL);
        u64 found = 0;
        char text[TIME_TEXT_BYTES];
        assert_true(time_text_parse(time_text_print(us, text), &found));
        assert_int_equal(found, us);
    }
    char text[TIME_TEXT_BYTES];
    assert_string_equal(time_text_print(UINT64_MAX, text), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read),
        cmocka_unit_test(what_is_no_moment_is_refused),
        cmocka_unit_test(moments_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
