/* Aim: a day's line is read only as it is written, and days that are twice there, left out or out
 * of order are found. Method: lines printed, changed byte by byte, and put one behind the other. */
#include "role/vault/restrict_line.h"

#include "base/span.h"
#include "role/vault/restrict_text.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define TIME_US 1795413600000000ULL /* 2026-11-23T06:00:00Z */

static struct restrict_order order;

static struct restrict_day day_of(u32 day, u64 first, u64 last)
{
    struct restrict_day made = {
        .day = day, .count = last + 1 - first, .first = first, .last = last, .time_us = TIME_US};
    memset(made.root.bytes, 0x5e, sizeof(made.root.bytes));
    memset(made.keys.bytes, 0x90, sizeof(made.keys.bytes));
    return made;
}

static enum tlog_flaw put(const struct restrict_day *day)
{
    char line[RESTRICT_LINE_BYTES];
    assert_true(restrict_line_print(day, line));
    return order.leaves.leaf(&order.leaves, 0, span_of_text(line));
}

static void a_line_is_read_as_it_was_written(void **state)
{
    char line[RESTRICT_LINE_BYTES];
    char changed[RESTRICT_LINE_BYTES];
    (void)state;
    for (u32 missed = 0; missed < 2; missed += 1) {
        struct restrict_day day = day_of(20780, 101, 150);
        struct restrict_day read;
        day.is_missed = missed == 1;
        assert_true(restrict_line_print(&day, line));
        assert_true(restrict_line_is(span_of_text(line)));
        assert_true(restrict_line_read(span_of_text(line), &read));
        assert_true(restrict_line_print(&read, changed));
        assert_string_equal(changed, line);
        assert_int_equal(read.day, day.day);
        assert_int_equal(read.is_missed, day.is_missed);
        for (size_t size = 0; size < strlen(line); size += 1) {
            assert_false(restrict_line_read(span_of(line, size), &read));
        }
        for (size_t at = 0; at < strlen(line); at += 1) {
            memcpy(changed, line, sizeof(line));
            changed[at] = changed[at] == ' ' ? '_' : ' ';
            assert_false(restrict_line_read(span_of_text(changed), &read));
        }
    }
}

static void what_cannot_be_is_refused(void **state)
{
    static const char *const heads[] = {
        "2022-04-22 count 1 root % keys % first 5 last 4 at", /* a decision of no command */
        "2022-04-22 count 0 root % keys % first 0 last 0 at", /* there is no command 0 */
        "2022-04-22 count 0 root % keys % first 6 last 4 at",
        "2022-04-22 count 00 root % keys % first 5 last 4 at",
        "2022-02-30 count 0 root % keys % first 5 last 4 at",
        "2022-04-22 count 0 root % keys % first 5 last 4 lost at",
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(heads); i += 1) {
        char line[2 * RESTRICT_LINE_BYTES];
        size_t used = (size_t)snprintf(line, sizeof(line), "restrictions ");
        struct restrict_day read;
        for (const char *from = heads[i]; *from != 0; from += 1) {
            if (*from == '%') {
                memset(line + used, '0', 64);
                used += 64;
            } else {
                line[used] = *from;
                used += 1;
            }
        }
        (void)snprintf(line + used, sizeof(line) - used, " 2022-04-23T00:01:00Z");
        assert_true(restrict_line_is(span_of_text(line)));
        assert_false(restrict_line_read(span_of_text(line), &read));
    }
}

static void days_follow_each_other(void **state)
{
    (void)state;
    restrict_order_init(&order, NULL);
    struct restrict_day day = day_of(100, 5, 9);
    assert_int_equal(put(&day), TLOG_FLAW_NONE);
    day = day_of(101, 10, 9); /* nothing happened */
    assert_int_equal(put(&day), TLOG_FLAW_NONE);
    day = day_of(102, 10, 30);
    assert_int_equal(put(&day), TLOG_FLAW_NONE);
    day = day_of(103, 50, 60); /* events were missed */
    day.is_missed = true;
    assert_int_equal(put(&day), TLOG_FLAW_NONE);
    assert_int_equal(order.leaves.leaf(&order.leaves, 4, span_of_text("pack x")), TLOG_FLAW_NONE);
    assert_int_equal(order.days, 4);
    assert_int_equal(order.missed, 1);
    assert_int_equal(order.decisions, 5 + 0 + 21 + 11);
}

static void a_second_root_for_a_day_is_found(void **state)
{
    struct restrict_day wrong[] = {
        day_of(102, 10, 30), /* the same once more */
        day_of(101, 10, 30), /* one before it */
        day_of(104, 31, 40), /* one left out */
        day_of(103, 30, 40), /* numbers counted twice */
        day_of(103, 32, 40), /* numbers left out */
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        restrict_order_init(&order, NULL);
        struct restrict_day day = day_of(102, 10, 30);
        assert_int_equal(put(&day), TLOG_FLAW_NONE);
        assert_int_equal(put(&wrong[i]), TLOG_FLAW_RESTRICTIONS);
    }
    restrict_order_init(&order, NULL);
    assert_int_equal(order.leaves.leaf(&order.leaves, 0, span_of_text("restrictions 2022")),
                     TLOG_FLAW_RESTRICTIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_read_as_it_was_written),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(days_follow_each_other),
        cmocka_unit_test(a_second_root_for_a_day_is_found),
    };
    return cmocka_run_group_tests_name("restrict_line", tests, NULL, NULL);
}
