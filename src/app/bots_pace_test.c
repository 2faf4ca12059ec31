/* Aim: a bucket never gives more than it holds and what has come back, whenever it is asked; who is
 * told to wait so long gets it then; waits end when they are told to stop.
 *
 * Method: one bucket under a time of our own, by hand and at random; the waits with the real clock,
 * a few milliseconds. */
#include "app/bots_pace.h"

#include "base/random.h"
#include "io/clock.h"
#include "tests/support/test.h"

#define SECOND 1000000000ULL

static void a_bucket_empties_and_fills(void **state)
{
    struct bots_bucket bucket;
    (void)state;
    bots_bucket_init(&bucket, 100, 10, SECOND);
    assert_int_equal(bots_bucket_take(&bucket, 60, SECOND), 0);
    assert_int_equal(bots_bucket_take(&bucket, 40, SECOND), 0);
    u64 wait = bots_bucket_take(&bucket, 1, SECOND);
    assert_true(wait >= SECOND / 10 && wait <= SECOND / 10 + 2000000);
    assert_int_equal(bots_bucket_take(&bucket, 1, SECOND + wait), 0);
    assert_true(bots_bucket_take(&bucket, 1, SECOND + wait) > 0);
    /* Full again, and not more than full. */
    assert_int_equal(bots_bucket_take(&bucket, 100, 1000 * SECOND), 0);
    assert_true(bots_bucket_take(&bucket, 1, 1000 * SECOND) > 0);
    /* More than there is room for: all of it. */
    assert_true(bots_bucket_take(&bucket, 5000, 1005 * SECOND) > 0);
    assert_int_equal(bots_bucket_take(&bucket, 5000, 1010 * SECOND), 0);
    assert_true(bots_bucket_take(&bucket, 1, 1010 * SECOND) > 0);
}

static void no_more_is_given_than_there_is(void **state)
{
    (void)state;
    for (u64 seed = 1; seed <= 20; seed += 1) {
        struct bots_bucket bucket;
        struct random random;
        u64 now = 7 * SECOND;
        u64 given = 0;
        random_init(&random, seed);
        u64 full = random_between(&random, 1, 1000);
        u64 per_second = random_between(&random, 1, 500);
        bots_bucket_init(&bucket, full, per_second, now);
        for (u32 turn = 0; turn < 2000; turn += 1) {
            u64 count = random_between(&random, 1, full);
            u64 wait = bots_bucket_take(&bucket, count, now);
            given += wait == 0 ? count : 0;
            assert_true(given <= full + ((now - 7 * SECOND) / 1000000 * per_second) / 1000 + 1);
            if (wait > 0 && random_chance(&random, 1, 2)) {
                now += wait;
                assert_int_equal(bots_bucket_take(&bucket, count, now), 0);
                given += count;
            }
            now += random_below(&random, SECOND / 10);
        }
        assert_true(given > per_second);
    }
}

static void limits_are_the_venues(void **state)
{
    static const volatile bool stop = false;
    static const volatile bool stopped = true;
    struct bots_pace pace;
    (void)state;
    bots_pace_init(&pace);
    bots_pace_limit(&pace, 6000, 100);
    u32 orders = 0;
    while (orders < 1000 && bots_pace_order(&pace, 3)) {
        orders += 1;
    }
    assert_true(orders > 20 && orders <= 80);
    assert_true(bots_pace_order(&pace, 4)); /* another account's are its own */
    u64 begin = clock_mono_ns(clock_real());
    bots_pace_pay(&pace, 10, &stop);
    assert_true(clock_mono_ns(clock_real()) - begin < SECOND);
    /* What takes long ends at once when it is stopped. */
    bots_pace_pay(&pace, 100000, &stopped);
    bots_pace_pay(&pace, 100000, &stopped);
    bots_pace_sleep(100 * SECOND, &stopped);
    assert_true(clock_mono_ns(clock_real()) - begin < 5 * SECOND);
    begin = clock_mono_ns(clock_real());
    bots_pace_sleep(SECOND / 100, &stop);
    assert_true(clock_mono_ns(clock_real()) - begin >= SECOND / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_empties_and_fills),
        cmocka_unit_test(no_more_is_given_than_there_is),
        cmocka_unit_test(limits_are_the_venues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
