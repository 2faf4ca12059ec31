/* A latency histogram in fixed memory: log-linear, whole numbers only.
 *
 * Values below 64 have a bucket each; above, every power of two is cut into 32 equal buckets, so a
 * reported value is at most 1/32 above the true one. Any u64 fits. Adding is a few instructions
 * and never allocates. Not for several threads at once: keep one each and merge. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include "base/base.h"

#define HISTOGRAM_BUCKETS 1920

struct histogram {
    u64 counts[HISTOGRAM_BUCKETS];
    u64 count;
    u64 minimum;
    u64 maximum;
    u128 sum;
};

void histogram_init(struct histogram *histogram);

void histogram_add(struct histogram *histogram, u64 value);

/* Adds all of `other`. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* The smallest reported value that at least `millionths` / 1,000,000 of the values do not exceed:
 * 500000 is the median, 999000 is p99.9. Never above the maximum. 0 when empty. */
u64 histogram_quantile(const struct histogram *histogram, u32 millionths);

/* The mean, rounded down. 0 when empty. */
u64 histogram_mean(const struct histogram *histogram);

/* Which bucket a value falls into, and the largest value of that bucket. */
u32 histogram_bucket(u64 value);
u64 histogram_bucket_high(u32 bucket);

#endif /* BASE_HISTOGRAM_H */
