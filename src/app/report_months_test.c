/* Aim: what the log has more of than the desk's acts is said, by half-year and kind; what the log
 * has later, or not yet, is no fault of the desk. Method: acts by hand, counted; opened months by
 * hand, taken in their order. */
#include "app/report_months.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

#define H1_2026 1767225600ULL /* 2026-01-01 */
#define DAY_S   86400ULL
#define JANUARY (2026U * 12)

static struct report_months months;
static struct report *report;
static u64 acts;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static int begin(void **state)
{
    (void)state;
    acts = 0;
    report_months_init(&months);
    return report_open(&report, H1_2026 + 365 * DAY_S - 1) == FAULT_NONE ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    report_close(report);
    fault_forget();
    return 0;
}

static void put(enum desk_act_kind kind, u64 log, u64 now_s)
{
    struct desk_act act;
    memset(&act, 0, sizeof(act));
    act.kind = (u8)kind;
    act.name[0] = 1;
    act.request = DESK_REQUEST_DISCLOSE;
    act.mark = DESK_MARK_ORDER;
    act.opening = DESK_OPENING_AUTHORITY;
    act.basis = DESK_BASIS_UNION_LAW;
    act.subjects[0].ordinal = 1;
    act.subjects_count = 1;
    act.records[0] = (struct desk_record){.ordinal = 1, .group = DESK_GROUP_BANK};
    act.records_count = 1;
    must(report_take(report, &act, log, now_s));
}

/* A request that is opened and delivered. */
static void desk_opens(u64 now_s)
{
    put(DESK_ACT_RECEIVE, acts + 1, now_s);
    put(DESK_ACT_LOGGED, acts + 2, now_s);
    put(DESK_ACT_OPENED, acts + 3, now_s);
    acts += 3;
}

static void month(u32 number, u64 received, u64 openings)
{
    struct publog_month_counts counts = {.slots = 4464};
    counts.kinds[PUBLOG_KIND_PAD] = 1;
    counts.kinds[PUBLOG_KIND_RECEIVED] = received;
    counts.kinds[PUBLOG_KIND_GRANT] = received;
    counts.kinds[PUBLOG_KIND_OPENING] = openings;
    counts.kinds[PUBLOG_KIND_LOOKUP] = 77; /* none of the desk's */
    months.taker.month(&months.taker, number, &counts);
}

static void a_year(u64 first_half, u64 second_half)
{
    for (u32 number = 0; number < 12; number += 1) {
        u64 openings = number == 2 ? first_half : number == 8 ? second_half : 0;
        month(JANUARY + number, number == 2 ? 1 : 0, openings);
    }
}

static void what_agrees_is_fine(void **state)
{
    (void)state;
    desk_opens(H1_2026 + 70 * DAY_S);
    a_year(1, 0);
    must(report_end(report));
    must(report_months_hold(&months, report));
}

static void an_opening_without_the_desk_is_said(void **state)
{
    (void)state;
    desk_opens(H1_2026 + 70 * DAY_S);
    a_year(1, 1);
    must(report_end(report));
    assert_int_equal(report_months_hold(&months, report), FAULT_DIVERGED);
}

/* Told in the next half-year, which is then the only one that has more. */
static void what_is_told_late_is_no_more(void **state)
{
    (void)state;
    desk_opens(H1_2026 + 181 * DAY_S - 1);
    a_year(0, 1);
    must(report_end(report));
    must(report_months_hold(&months, report));
}

static void one_without_the_desk_is_not_hidden_by_a_later_one(void **state)
{
    (void)state;
    desk_opens(H1_2026 + 200 * DAY_S);
    a_year(1, 0);
    must(report_end(report));
    assert_int_equal(report_months_hold(&months, report), FAULT_DIVERGED);
}

static void a_half_year_that_is_not_opened_is_not_held(void **state)
{
    (void)state;
    desk_opens(H1_2026 + 70 * DAY_S);
    for (u32 number = 0; number < 11; number += 1) {
        month(JANUARY + number, number == 2 ? 1 : 0, number == 2 ? 1 : number == 8 ? 5 : 0);
    }
    must(report_end(report));
    must(report_months_hold(&months, report));
    month(JANUARY + 11, 0, 0);
    assert_int_equal(report_months_hold(&months, report), FAULT_DIVERGED);
}

static void an_empty_desk_or_log_is_fine(void **state)
{
    (void)state;
    must(report_end(report));
    must(report_months_hold(&months, report));
    month(JANUARY + 5, 0, 1);
    assert_int_equal(report_months_hold(&months, report), FAULT_DIVERGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_agrees_is_fine, begin, end),
        cmocka_unit_test_setup_teardown(an_opening_without_the_desk_is_said, begin, end),
        cmocka_unit_test_setup_teardown(what_is_told_late_is_no_more, begin, end),
        cmocka_unit_test_setup_teardown(one_without_the_desk_is_not_hidden_by_a_later_one, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_half_year_that_is_not_opened_is_not_held, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_desk_or_log_is_fine, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
