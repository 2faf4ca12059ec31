/* Aim: every value lands in a bucket that holds it, and quantiles are right to 1/32.
 *
 * Method: all bucket borders, then random values against a sorted copy of themselves. */
#include "base/histogram.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <stdlib.h>

static void buckets_cover_every_value(void **state)
{
    (void)state;
    u64 low = 0;
    for (u32 bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket += 1) {
        u64 high = histogram_bucket_high(bucket);
        assert_true(low <= high);
        assert_int_equal(histogram_bucket(low), bucket);
        assert_int_equal(histogram_bucket(high), bucket);
        assert_true(high - low <= low / 32);
        low = high + 1;
    }
    /* The last bucket ends with the last u64. */
    assert_int_equal(low, 0);
}

static void an_empty_histogram_is_zero(void **state)
{
    (void)state;
    struct histogram histogram;
    histogram_init(&histogram);
    assert_int_equal(histogram_quantile(&histogram, 500000), 0);
    assert_int_equal(histogram_mean(&histogram), 0);
}

static int compare(const void *a, const void *b)
{
    u64 left = *(const u64 *)a;
    u64 right = *(const u64 *)b;
    return left < right ? -1 : left > right;
}

static void quantiles_are_close(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static u64 values[COUNT];
    static struct histogram histogram;
    static const u32 wanted[] = {0, 1, 10000, 500000, 900000, 990000, 999000, 999999, 1000000};
    struct random random;
    random_init(&random, test_seed());
    histogram_init(&histogram);
    for (u32 index = 0; index < COUNT; index += 1) {
        values[index] = random_u64(&random) >> random_below(&random, 64);
        histogram_add(&histogram, values[index]);
    }
    qsort(values, COUNT, sizeof(values[0]), compare);
    for (u32 index = 0; index < ARRAY_COUNT(wanted); index += 1) {
        u64 rank = ((u64)wanted[index] * COUNT + 999999) / 1000000;
        u64 exact = values[rank == 0 ? 0 : rank - 1];
        u64 told = histogram_quantile(&histogram, wanted[index]);
        assert_true(told >= exact);
        assert_true(told - exact <= exact / 32);
    }
    assert_int_equal(histogram_quantile(&histogram, 1000000), values[COUNT - 1]);
    assert_int_equal(histogram.minimum, values[0]);
}

static void merging_is_adding_all(void **state)
{
    (void)state;
    static struct histogram parts[2];
    static struct histogram whole;
    histogram_init(&parts[0]);
    histogram_init(&parts[1]);
    histogram_init(&whole);
    struct random random;
    random_init(&random, test_seed());
    for (u32 index = 0; index < 1000; index += 1) {
        u64 value = random_u64(&random) >> random_below(&random, 64);
        histogram_add(&parts[index % 2], value);
        histogram_add(&whole, value);
    }
    histogram_merge(&parts[0], &parts[1]);
    assert_memory_equal(parts[0].counts, whole.counts, sizeof(whole.counts));
    assert_int_equal(parts[0].count, whole.count);
    assert_int_equal(parts[0].maximum, whole.maximum);
    assert_int_equal(histogram_mean(&parts[0]), histogram_mean(&whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_cover_every_value),
        cmocka_unit_test(an_empty_histogram_is_zero),
        cmocka_unit_test(quantiles_are_close),
        cmocka_unit_test(merging_is_adding_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
