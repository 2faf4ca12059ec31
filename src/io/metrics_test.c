/* Aim: the text is exactly what Prometheus reads, never longer than its memory, and a bad name does
 * not get in.
 *
 * Method: the whole text of a few metrics, every size of memory below what it needs, and a CHECK
 * for each rule. */
#include "io/metrics.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct metrics metrics;
static struct histogram histogram;
static const u64 bounds[] = {10, 20, 1000};

static const char expected[] = "# HELP cambist_commands_total Commands taken.\n"
                               "# TYPE cambist_commands_total counter\n"
                               "cambist_commands_total{source=\"edge\"} 7\n"
                               "cambist_commands_total{source=\"back\"} 0\n"
                               "# HELP cambist_ring_bytes Bytes that wait.\n"
                               "# TYPE cambist_ring_bytes gauge\n"
                               "cambist_ring_bytes -3\n"
                               "# HELP cambist_write_ns Time of a write.\n"
                               "# TYPE cambist_write_ns histogram\n"
                               "cambist_write_ns_bucket{le=\"10\"} 2\n"
                               "cambist_write_ns_bucket{le=\"20\"} 3\n"
                               "cambist_write_ns_bucket{le=\"1000\"} 3\n"
                               "cambist_write_ns_bucket{le=\"+Inf\"} 5\n"
                               "cambist_write_ns_sum 36893488147419103257\n"
                               "cambist_write_ns_count 5\n";

static void fill(void)
{
    metrics_init(&metrics);
    struct metric *edge =
        metrics_counter(&metrics, &(struct metric_declaration){.name = "cambist_commands_total",
                                                               .help = "Commands taken.",
                                                               .label_name = "source",
                                                               .label_value = "edge"});
    (void)metrics_counter(&metrics, &(struct metric_declaration){.name = "cambist_commands_total",
                                                                 .help = "Commands taken.",
                                                                 .label_name = "source",
                                                                 .label_value = "back"});
    struct metric *ring =
        metrics_gauge(&metrics, &(struct metric_declaration){.name = "cambist_ring_bytes",
                                                             .help = "Bytes that wait."});
    struct metric *write = metrics_histogram(
        &metrics, &(struct metric_declaration){.name = "cambist_write_ns",
                                               .help = "Time of a write.",
                                               .histogram = &histogram,
                                               .bounds = bounds,
                                               .bounds_count = ARRAY_COUNT(bounds)});
    metric_add(edge, 3);
    metric_add(edge, 4);
    metric_set(edge, 6); /* a counter does not fall */
    metric_set(ring, 8);
    metric_set(ring, -3);
    metric_observe(write, 4);
    metric_observe(write, 10);
    metric_observe(write, 13);
    metric_observe(write, UINT64_MAX);
    metric_observe(write, UINT64_MAX);
}

static void the_text_is_exact(void **state)
{
    (void)state;
    static char text[METRICS_TEXT_BYTES_ENOUGH];
    size_t size = 0;
    fill();
    assert_int_equal(metrics_print(&metrics, text, sizeof(text), &size), FAULT_NONE);
    text[size] = 0;
    /* 4 + 10 + 13 + 2 * (2^64 - 1) */
    assert_string_equal(text, expected);
    assert_int_equal(size, strlen(expected));
}

static void memory_is_bounded(void **state)
{
    (void)state;
    size_t size = 0;
    fill();
    for (size_t bytes = 1; bytes <= strlen(expected); bytes += 1) {
        char *text = malloc(bytes);
        assert_non_null(text);
        assert_int_equal(metrics_print(&metrics, text, bytes, &size), FAULT_LIMIT);
        assert_int_equal(size, 0);
        free(text);
    }
}

static void the_largest_text_fits(void **state)
{
    (void)state;
    static char text[METRICS_TEXT_BYTES_ENOUGH];
    static struct histogram histograms[METRICS_HISTOGRAMS_MAX];
    static char help[200];
    size_t size = 0;
    memset(help, 'h', sizeof(help) - 1);
    metrics_init(&metrics);
    for (u32 index = 0; index < METRICS_MAX; index += 1) {
        char name[METRICS_NAME_BYTES + 16];
        bool is_histogram = index < METRICS_HISTOGRAMS_MAX;
        (void)snprintf(name, sizeof(name), "cambist_%03u_%043u%s", index, 0,
                       is_histogram ? "_total1" : "_total");
        struct metric_declaration given = {.name = name,
                                           .help = help,
                                           .label_name = "abcdefghijklmnopqrstuvwxyzabcde",
                                           .label_value = "abcdefghijklmnopqrstuvwxyzabcde"};
        if (is_histogram) {
            given.histogram = &histograms[index];
            given.bounds = metrics_bounds_ns;
            given.bounds_count = metrics_bounds_ns_count;
            metric_observe(metrics_histogram(&metrics, &given), UINT64_MAX);
        } else {
            metric_add(metrics_counter(&metrics, &given), UINT64_MAX);
        }
    }
    assert_int_equal(metrics_print(&metrics, text, sizeof(text), &size), FAULT_NONE);
    static struct metric *made;
    expect_assert_failure(
        made = metrics_gauge(&metrics, &(struct metric_declaration){.name = "cambist_one_more",
                                                                    .help = "No room."}));
    assert_null(made);
}

static void refused(const char *name, const char *help, const char *label, const char *value)
{
    static struct metric *made;
    struct metric_declaration given = {
        .name = name, .help = help, .label_name = label, .label_value = value};
    expect_assert_failure(made = metrics_gauge(&metrics, &given));
    assert_null(made);
}

static void names_are_checked(void **state)
{
    (void)state;
    fill();
    u32 count = metrics.metrics_count;
    refused("", "h", NULL, NULL);
    refused("orders", "h", NULL, NULL);
    refused("cambist_Orders", "h", NULL, NULL);
    refused("cambist_or-ders", "h", NULL, NULL);
    refused("cambist_orders_total", "h", NULL, NULL);
    refused("cambist_a123456789012345678901234567890123456789012345678901234567890", "h", NULL,
            NULL);
    refused("cambist_orders", "", NULL, NULL);
    refused("cambist_orders", "two\nlines", NULL, NULL);
    refused("cambist_orders", "h", "le", "x");
    refused("cambist_orders", "h", "Role", "x");
    refused("cambist_orders", "h", "role", NULL);
    refused("cambist_orders", "h", "role", "");
    refused("cambist_orders", "h", "role", "a\"b");
    refused("cambist_orders", "h", "role", "a b");
    refused("cambist_ring_bytes", "h", NULL, NULL);
    refused("cambist_ring_bytes", "h", "role", "x");
    static struct metric *made;
    struct metric_declaration counter = {.name = "cambist_orders", .help = "h"};
    expect_assert_failure(made = metrics_counter(&metrics, &counter));
    /* Of a name seen before, but not next to it. */
    counter = (struct metric_declaration){.name = "cambist_commands_total",
                                          .help = "h",
                                          .label_name = "source",
                                          .label_value = "third"};
    expect_assert_failure(made = metrics_counter(&metrics, &counter));
    assert_null(made);
    assert_int_equal(metrics.metrics_count, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_is_exact),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(the_largest_text_fits),
        cmocka_unit_test(names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
