/* Metrics: numbers that a role counts and an operator reads, as Prometheus text.
 *
 * A role declares its metrics once, at start, in memory of fixed size, and then counts without
 * looking anything up: a counter or a gauge is one number, a histogram is base/histogram.h. One
 * thread counts; the text is made by the same thread, or from a copy.
 *
 * Names and labels are ours and never a customer's: a name is 1 .. 63 of a-z, 0-9 and _, begins
 * with "cambist_", and ends in _total when it is a counter and only then; a label has a name of the
 * same letters and a value of letters, digits and - _ . / only. Metrics of the same name differ in
 * their label and follow each other. A declaration that breaks a rule is a CHECK: it is our own
 * code. */
#ifndef IO_METRICS_H
#define IO_METRICS_H

#include "base/base.h"
#include "base/histogram.h"
#include "io/fault.h"

#define METRICS_MAX               256U
#define METRICS_NAME_BYTES        64U
#define METRICS_LABEL_BYTES       32U
#define METRICS_HISTOGRAMS_MAX    32U
#define METRICS_BOUNDS_MAX        24U
#define METRICS_TEXT_BYTES_ENOUGH (METRICS_MAX * 512U + METRICS_HISTOGRAMS_MAX * 4096U)

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric {
    char name[METRICS_NAME_BYTES];
    const char *help;
    enum metric_kind kind;
    char label_name[METRICS_LABEL_BYTES];  /* empty: no label */
    char label_value[METRICS_LABEL_BYTES]; /* empty: no label */
    i64 value;                             /* of a counter never falling */
    struct histogram *histogram;
    const u64 *bounds; /* of a histogram, rising */
    u32 bounds_count;
};

struct metrics {
    struct metric metrics[METRICS_MAX];
    u32 metrics_count;
    u32 histograms_count;
};

void metrics_init(struct metrics *metrics);

/* What one metric is. `help` and `bounds` stay with the caller; label_name NULL: no label. */
struct metric_declaration {
    const char *name;
    const char *help;
    const char *label_name;
    const char *label_value;
    /* A histogram: its counts, and at which values the text says how many lay at or below. */
    struct histogram *histogram;
    const u64 *bounds;
    u32 bounds_count;
};

/* The metric stays where it is until metrics_init. CHECK: names, room, no twin. */
struct metric *metrics_counter(struct metrics *metrics, const struct metric_declaration *given);
struct metric *metrics_gauge(struct metrics *metrics, const struct metric_declaration *given);
struct metric *metrics_histogram(struct metrics *metrics, const struct metric_declaration *given);

/* Counters stop at 2^63 - 1. */
void metric_add(struct metric *counter, u64 by);
/* For a count kept elsewhere. A counter that would fall stays. */
void metric_set(struct metric *metric, i64 value);
void metric_observe(struct metric *histogram, u64 value);

/* Bounds in nanoseconds from 1 us to 10 s, three a decade. */
extern const u64 metrics_bounds_ns[];
extern const u32 metrics_bounds_ns_count;

/* Writes all of them; the text has no zero at its end. FAULT_LIMIT when it does not fit: *size_out
 * is 0 then. */
MUST_USE enum fault metrics_print(const struct metrics *metrics, char *target, size_t target_bytes,
                                  size_t *size_out);

#endif /* IO_METRICS_H */
