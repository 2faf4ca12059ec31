#include "base/histogram.h"

#include "base/check.h"

#include <string.h>

enum {
    PART_BITS = 5,
    PARTS = 1 << PART_BITS,
    MILLION = 1000000,
};

/* Two linear ranges of 32 share bucket width 1; each of the 58 higher powers of two has 32. */
_Static_assert(HISTOGRAM_BUCKETS == PARTS * (64 - PART_BITS + 1), "one bucket for every u64");

void histogram_init(struct histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
    histogram->minimum = UINT64_MAX;
}

u32 histogram_bucket(u64 value)
{
    if (value < PARTS) {
        return (u32)value;
    }
    u32 exponent = 63U - (u32)__builtin_clzll(value);
    u32 shift = exponent - PART_BITS;
    u32 part = (u32)(value >> shift) & (PARTS - 1);
    return (shift + 1) * PARTS + part;
}

u64 histogram_bucket_high(u32 bucket)
{
    CHECK(bucket < HISTOGRAM_BUCKETS);
    if (bucket < PARTS) {
        return bucket;
    }
    u32 shift = bucket / PARTS - 1;
    u64 low = (u64)(PARTS + bucket % PARTS) << shift;
    return low + ((1ULL << shift) - 1);
}

void histogram_add(struct histogram *histogram, u64 value)
{
    histogram->counts[histogram_bucket(value)] += 1;
    histogram->count += 1;
    histogram->sum += value;
    histogram->minimum = u64_min(histogram->minimum, value);
    histogram->maximum = u64_max(histogram->maximum, value);
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    for (u32 bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket += 1) {
        histogram->counts[bucket] += other->counts[bucket];
    }
    histogram->count += other->count;
    histogram->sum += other->sum;
    histogram->minimum = u64_min(histogram->minimum, other->minimum);
    histogram->maximum = u64_max(histogram->maximum, other->maximum);
}

u64 histogram_quantile(const struct histogram *histogram, u32 millionths)
{
    CHECK(millionths <= MILLION);
    if (histogram->count == 0) {
        return 0;
    }
    u128 scaled = (u128)histogram->count * millionths + (MILLION - 1);
    u64 wanted = u64_max(1, (u64)(scaled / MILLION));
    u64 seen = 0;
    for (u32 bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket += 1) {
        seen += histogram->counts[bucket];
        if (seen >= wanted) {
            return u64_min(histogram_bucket_high(bucket), histogram->maximum);
        }
    }
    return histogram->maximum;
}

u64 histogram_mean(const struct histogram *histogram)
{
    return histogram->count == 0 ? 0 : (u64)(histogram->sum / histogram->count);
}
