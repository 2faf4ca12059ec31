#include "io/metrics.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PREFIX      "cambist_"
#define COUNTER_END "_total"
#define HELP_BYTES  200U

const u64 metrics_bounds_ns[] = {
    1000ULL,       2000ULL,       5000ULL,       10000ULL,      20000ULL,     50000ULL,
    100000ULL,     200000ULL,     500000ULL,     1000000ULL,    2000000ULL,   5000000ULL,
    10000000ULL,   20000000ULL,   50000000ULL,   100000000ULL,  200000000ULL, 500000000ULL,
    1000000000ULL, 2000000000ULL, 5000000000ULL, 10000000000ULL};
const u32 metrics_bounds_ns_count = ARRAY_COUNT(metrics_bounds_ns);

_Static_assert(ARRAY_COUNT(metrics_bounds_ns) <= METRICS_BOUNDS_MAX, "fits");

void metrics_init(struct metrics *metrics)
{
    memset(metrics, 0, sizeof(*metrics));
}

static bool is_name(const char *name, size_t bytes)
{
    size_t length = strnlen(name, bytes);
    if (length == 0 || length >= bytes || name[0] < 'a' || name[0] > 'z') {
        return false;
    }
    for (size_t index = 0; index < length; index += 1) {
        char symbol = name[index];
        if (!(symbol >= 'a' && symbol <= 'z') && !(symbol >= '0' && symbol <= '9') &&
            symbol != '_') {
            return false;
        }
    }
    return true;
}

static bool is_metric_name(const char *name, enum metric_kind kind)
{
    if (!is_name(name, METRICS_NAME_BYTES) || strncmp(name, PREFIX, strlen(PREFIX)) != 0) {
        return false;
    }
    size_t length = strlen(name);
    bool is_total = strcmp(name + length - strlen(COUNTER_END), COUNTER_END) == 0;
    return is_total == (kind == METRIC_COUNTER);
}

static bool is_label_value(const char *value)
{
    size_t length = strnlen(value, METRICS_LABEL_BYTES);
    if (length == 0 || length >= METRICS_LABEL_BYTES) {
        return false;
    }
    for (size_t index = 0; index < length; index += 1) {
        char symbol = value[index];
        if (!(symbol >= 'a' && symbol <= 'z') && !(symbol >= 'A' && symbol <= 'Z') &&
            !(symbol >= '0' && symbol <= '9') && strchr("-_./", symbol) == NULL) {
            return false;
        }
    }
    return true;
}

/* Printed inside a line of its own, so it may not end it. */
static bool is_help(const char *help)
{
    size_t length = strnlen(help, HELP_BYTES);
    return length > 0 && length < HELP_BYTES && strpbrk(help, "\n\r\\") == NULL;
}

static void check_place(const struct metrics *metrics, const struct metric *metric)
{
    bool name_seen = false;
    for (u32 index = 0; index < metrics->metrics_count; index += 1) {
        const struct metric *other = &metrics->metrics[index];
        if (strcmp(other->name, metric->name) != 0) {
            continue;
        }
        name_seen = true;
        CHECK(other->kind == metric->kind);
        CHECK(metric->label_name[0] != 0);
        CHECK(strcmp(other->label_name, metric->label_name) == 0);
        CHECK(strcmp(other->label_value, metric->label_value) != 0);
    }
    /* The text tells each name once, so its metrics stand together. */
    CHECK(!name_seen ||
          strcmp(metrics->metrics[metrics->metrics_count - 1].name, metric->name) == 0);
}

static struct metric *declare(struct metrics *metrics, const struct metric_declaration *given,
                              enum metric_kind kind)
{
    CHECK(metrics->metrics_count < METRICS_MAX);
    CHECK(is_metric_name(given->name, kind));
    CHECK(is_help(given->help));
    CHECK((given->label_name == NULL) == (given->label_value == NULL));
    struct metric metric = {.help = given->help, .kind = kind};
    memcpy(metric.name, given->name, strlen(given->name));
    if (given->label_name != NULL) {
        CHECK(is_name(given->label_name, METRICS_LABEL_BYTES));
        CHECK(strcmp(given->label_name, "le") != 0);
        CHECK(is_label_value(given->label_value));
        memcpy(metric.label_name, given->label_name, strlen(given->label_name));
        memcpy(metric.label_value, given->label_value, strlen(given->label_value));
    }
    check_place(metrics, &metric);
    struct metric *place = &metrics->metrics[metrics->metrics_count];
    *place = metric;
    metrics->metrics_count += 1;
    return place;
}

struct metric *metrics_counter(struct metrics *metrics, const struct metric_declaration *given)
{
    CHECK(given->histogram == NULL);
    return declare(metrics, given, METRIC_COUNTER);
}

struct metric *metrics_gauge(struct metrics *metrics, const struct metric_declaration *given)
{
    CHECK(given->histogram == NULL);
    return declare(metrics, given, METRIC_GAUGE);
}

struct metric *metrics_histogram(struct metrics *metrics, const struct metric_declaration *given)
{
    CHECK(given->histogram != NULL);
    CHECK(metrics->histograms_count < METRICS_HISTOGRAMS_MAX);
    CHECK(given->bounds_count >= 1 && given->bounds_count <= METRICS_BOUNDS_MAX);
    for (u32 index = 1; index < given->bounds_count; index += 1) {
        CHECK(given->bounds[index] > given->bounds[index - 1]);
    }
    struct metric *metric = declare(metrics, given, METRIC_HISTOGRAM);
    metric->histogram = given->histogram;
    metric->bounds = given->bounds;
    metric->bounds_count = given->bounds_count;
    metrics->histograms_count += 1;
    histogram_init(metric->histogram);
    return metric;
}

void metric_add(struct metric *counter, u64 by)
{
    CHECK(counter->kind == METRIC_COUNTER);
    u64 sum = u64_add_capped((u64)counter->value, by);
    counter->value = (i64)u64_min(sum, INT64_MAX);
}

void metric_set(struct metric *metric, i64 value)
{
    CHECK(metric->kind != METRIC_HISTOGRAM);
    if (metric->kind == METRIC_GAUGE || value > metric->value) {
        metric->value = value;
    }
}

void metric_observe(struct metric *histogram, u64 value)
{
    CHECK(histogram->kind == METRIC_HISTOGRAM);
    histogram_add(histogram->histogram, value);
}

/* ---- text ---- */

struct text {
    char *bytes;
    size_t size;
    size_t length;
    bool full;
};

__attribute__((format(printf, 2, 3))) static void text_put(struct text *text, const char *format,
                                                           ...)
{
    if (text->full) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    size_t left = text->size - text->length;
    int length = vsnprintf(text->bytes + text->length, left, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= left) {
        text->full = true;
        return;
    }
    text->length += (size_t)length;
}

static void put_number(struct text *text, const struct metric *metric)
{
    if (metric->label_name[0] != 0) {
        text_put(text, "%s{%s=\"%s\"} %lld\n", metric->name, metric->label_name,
                 metric->label_value, (long long)metric->value);
    } else {
        text_put(text, "%s %lld\n", metric->name, (long long)metric->value);
    }
}

static void put_labels(struct text *text, const struct metric *metric)
{
    if (metric->label_name[0] != 0) {
        text_put(text, "{%s=\"%s\"}", metric->label_name, metric->label_value);
    }
}

/* A u128 in decimal; printf has no format for it. */
static void put_u128(struct text *text, u128 value)
{
    static const u64 power = 10000000000000000000ULL;
    if (value >= power) {
        put_u128(text, value / power);
        text_put(text, "%019llu", (unsigned long long)(value % power));
    } else {
        text_put(text, "%llu", (unsigned long long)value);
    }
}

/* How many values lie in buckets that end at or below each bound: a value counts from the first
 * bound at or above the end of its bucket, so never too early. */
static void put_buckets(struct text *text, const struct metric *metric)
{
    u64 count = 0;
    u32 bucket = 0;
    for (u32 index = 0; index <= metric->bounds_count; index += 1) {
        bool last = index == metric->bounds_count;
        while (bucket < HISTOGRAM_BUCKETS &&
               (last || histogram_bucket_high(bucket) <= metric->bounds[index])) {
            count += metric->histogram->counts[bucket];
            bucket += 1;
        }
        text_put(text, "%s_bucket{", metric->name);
        if (metric->label_name[0] != 0) {
            text_put(text, "%s=\"%s\",", metric->label_name, metric->label_value);
        }
        if (last) {
            text_put(text, "le=\"+Inf\"} %llu\n", (unsigned long long)count);
        } else {
            text_put(text, "le=\"%llu\"} %llu\n", (unsigned long long)metric->bounds[index],
                     (unsigned long long)count);
        }
    }
    text_put(text, "%s_sum", metric->name);
    put_labels(text, metric);
    text_put(text, " ");
    put_u128(text, metric->histogram->sum);
    text_put(text, "\n%s_count", metric->name);
    put_labels(text, metric);
    text_put(text, " %llu\n", (unsigned long long)count);
}

static const char *kind_name(enum metric_kind kind)
{
    switch (kind) {
    case METRIC_COUNTER:
        return "counter";
    case METRIC_GAUGE:
        return "gauge";
    case METRIC_HISTOGRAM:
        return "histogram";
    }
    return "untyped";
}

enum fault metrics_print(const struct metrics *metrics, char *target, size_t target_bytes,
                         size_t *size_out)
{
    struct text text = {.bytes = target, .size = target_bytes};
    *size_out = 0;
    for (u32 index = 0; index < metrics->metrics_count; index += 1) {
        const struct metric *metric = &metrics->metrics[index];
        if (index == 0 || strcmp(metric[-1].name, metric->name) != 0) {
            text_put(&text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                     metric->name, kind_name(metric->kind));
        }
        if (metric->kind == METRIC_HISTOGRAM) {
            put_buckets(&text, metric);
        } else {
            put_number(&text, metric);
        }
    }
    if (text.full) {
        return FAULT(FAULT_LIMIT, "metrics: %zu bytes are not enough", target_bytes);
    }
    *size_out = text.length;
    return FAULT_NONE;
}
