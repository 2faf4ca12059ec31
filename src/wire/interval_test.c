/* Intervals. Aim: each begins where the calendar says. Method: known dates, and a walk over many
 * times that checks what must hold between start, next and neighbours. */
#include "wire/interval.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>
#include <time.h>

#define SECOND_US 1000000ULL
#define DAY_US    (86400 * SECOND_US)

static void known_dates(void **state)
{
    (void)state;
    /* 2026-11-22 07:30:45, a Sunday */
    u64 time_us = 1795332645ULL * SECOND_US + 123;
    assert_int_equal(interval_start(INTERVAL_1S, time_us, 0), 1795332645ULL * SECOND_US);
    assert_int_equal(interval_start(INTERVAL_1M, time_us, 0), 1795332600ULL * SECOND_US);
    assert_int_equal(interval_start(INTERVAL_15M, time_us, 0), 1795332600ULL * SECOND_US);
    assert_int_equal(interval_start(INTERVAL_4H, time_us, 0), 1795320000ULL * SECOND_US);
    assert_int_equal(interval_start(INTERVAL_1D, time_us, 0), 1795305600ULL * SECOND_US);
    /* Monday 2026-11-16 */
    assert_int_equal(interval_start(INTERVAL_1W, time_us, 0), 1794787200ULL * SECOND_US);
    /* 2026-11-01 and 2026-12-01 */
    assert_int_equal(interval_start(INTERVAL_1MONTH, time_us, 0), 1793491200ULL * SECOND_US);
    assert_int_equal(interval_next(INTERVAL_1MONTH, time_us, 0), 1796083200ULL * SECOND_US);
    /* In +08:00 it is 15:30: the day began at 16:00 UTC of the day before. */
    i64 offset = 8 * 3600 * (i64)SECOND_US;
    assert_int_equal(interval_start(INTERVAL_1D, time_us, offset), 1795276800ULL * SECOND_US);
    assert_int_equal(interval_start(INTERVAL_1MONTH, 3, offset), 0);
    assert_int_equal(interval_start(INTERVAL_1MONTH, 3, -offset), 0);
    assert_int_equal(interval_start(INTERVAL_1W, 5, 0), 0);
}

static void starts_and_ends_meet(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7);
    for (u32 i = 0; i < 20000; i++) {
        enum interval interval = (enum interval)random_below(&random, INTERVAL_COUNT);
        u64 time_us = random_below(&random, 100 * 365 * DAY_US) + 40 * DAY_US;
        i64 offset = ((i64)random_below(&random, 27) - 12) * 3600 * (i64)SECOND_US;
        u64 start = interval_start(interval, time_us, offset);
        u64 next = interval_next(interval, time_us, offset);
        assert_true(start <= time_us && time_us < next);
        assert_int_equal(interval_start(interval, start, offset), start);
        assert_int_equal(interval_start(interval, next, offset), next);
        assert_int_equal(interval_next(interval, start, offset), next);
        assert_int_equal(interval_start(interval, next - 1, offset), start);
        if (interval == INTERVAL_1MONTH) {
            time_t seconds = (time_t)((i64)(start / SECOND_US) + offset / (i64)SECOND_US);
            struct tm parts;
            assert_non_null(gmtime_r(&seconds, &parts));
            assert_true(parts.tm_mday == 1 && parts.tm_hour == 0 && parts.tm_sec == 0);
        }
        if (interval == INTERVAL_1W) {
            time_t seconds = (time_t)((i64)(start / SECOND_US) + offset / (i64)SECOND_US);
            struct tm parts;
            assert_non_null(gmtime_r(&seconds, &parts));
            assert_true(parts.tm_wday == 1 && parts.tm_hour == 0);
        }
    }
}

static void names_lead_back(void **state)
{
    (void)state;
    for (u32 i = 0; i < INTERVAL_COUNT; i++) {
        const char *name = interval_name((enum interval)i);
        enum interval found = INTERVAL_COUNT;
        assert_true(interval_of((struct span){(const u8 *)name, strlen(name)}, &found));
        assert_int_equal(found, i);
    }
    enum interval none = INTERVAL_COUNT;
    assert_false(interval_of((struct span){(const u8 *)"2m", 2}, &none));
    assert_false(interval_of((struct span){(const u8 *)"1", 1}, &none));
    assert_false(interval_of((struct span){(const u8 *)"", 0}, &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_dates),
        cmocka_unit_test(starts_and_ends_meet),
        cmocka_unit_test(names_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
