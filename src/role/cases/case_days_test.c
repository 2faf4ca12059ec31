/* Aim: deadlines fall on the right day. Method: days whose weekday is known, holidays on them, and
 * every day of four centuries there and back. */
#include "role/cases/case_days.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/notice.h"

#include <stdio.h>
#include <string.h>

#define DAY NOTICE_DAY_US

static struct case_holidays holidays;

static u32 day_of(const char *text)
{
    u32 day = 0;
    assert_true(case_day_parse(span_of_text(text), &day));
    return day;
}

static void case_day_parse_takes_days_of_the_calendar(void **state)
{
    static const char *const wrong[] = {"2022-02-29", "2022-13-01", "2022-00-10", "2022-04-31",
                                        "2022-4-1",   "22-04-01",   "2022-04-00", "2022-04-2x",
                                        "2022/04/21", "1969-12-31", "",           "2022-04-211"};
    u32 day = 0;
    (void)state;
    assert_int_equal(day_of("1970-01-01"), 0);
    assert_int_equal(day_of("2022-04-22"), 19104);
    assert_int_equal(day_of("2024-02-29"), 19782);
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(case_day_parse(span_of_text(wrong[i]), &day));
    }
}

static void days_there_and_back(void **state)
{
    char text[NOTICE_DATE_BYTES];
    (void)state;
    for (u32 day = 0; day < 160000; day += 1) {
        (void)notice_date((u64)day * DAY, text);
        assert_int_equal(day_of(text), day);
        u32 year = (u32)(text[0] - '0') * 1000 + (u32)(text[1] - '0') * 100 +
                   (u32)(text[2] - '0') * 10 + (u32)(text[3] - '0');
        assert_int_equal(case_year_of(day), year);
    }
}

static void business_days_pass_over_weekends(void **state)
{
    static const struct {
        const char *from;
        u32 count;
        const char *last;
    } cases[] = {{"2022-04-21", 1, "2022-04-22"},  {"2022-04-22", 1, "2022-04-25"},
                 {"2022-04-23", 1, "2022-04-25"},  {"2022-04-24", 1, "2022-04-25"},
                 {"2022-04-21", 10, "2022-05-05"}, {"2022-04-22", 5, "2022-04-29"},
                 {"2022-04-22", 0, "2022-04-22"}};
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        u64 wanted = ((u64)day_of(cases[i].last) + 1) * DAY;
        u64 from = (u64)day_of(cases[i].from) * DAY;
        assert_int_equal(case_business_days(from, cases[i].count, NULL), wanted);
        assert_int_equal(case_business_days(from + DAY - 1, cases[i].count, NULL), wanted);
    }
}

static void business_days_pass_over_holidays(void **state)
{
    static const char text[] = "# two days\n\n2022-04-25\n2022-05-02 # the second\n";
    (void)state;
    assert_int_equal(case_holidays_read(span_of_text(text), "h", &holidays), FAULT_NONE);
    assert_int_equal(holidays.count, 2);
    u64 from = (u64)day_of("2022-04-22") * DAY;
    assert_int_equal(case_business_days(from, 1, &holidays), ((u64)day_of("2022-04-26") + 1) * DAY);
    assert_int_equal(case_business_days(from, 5, &holidays), ((u64)day_of("2022-05-03") + 1) * DAY);
}

static void holidays_are_refused_with_their_line(void **state)
{
    static char many[12 * (CASE_HOLIDAYS_MAX + 2)];
    char date[NOTICE_DATE_BYTES];
    size_t used = 0;
    (void)state;
    assert_int_equal(case_holidays_read(span_of_text("2022-04-25\nmay day\n"), "h", &holidays),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "h:2:"));
    assert_int_equal(case_holidays_read(span_of_text("2022-04-25\n2022-04-25"), "h", &holidays),
                     FAULT_INPUT);
    assert_int_equal(case_holidays_read(span_of_text("2022-04-25\n2022-04-24"), "h", &holidays),
                     FAULT_INPUT);
    for (u32 day = 0; day < CASE_HOLIDAYS_MAX; day += 1) {
        used += (size_t)snprintf(many + used, sizeof(many) - used, "%s\n",
                                 notice_date((u64)day * DAY, date));
    }
    assert_int_equal(case_holidays_read(span_of(many, used), "h", &holidays), FAULT_NONE);
    used += (size_t)snprintf(many + used, sizeof(many) - used, "2022-04-25\n");
    assert_int_equal(case_holidays_read(span_of(many, used), "h", &holidays), FAULT_INPUT);
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_day_parse_takes_days_of_the_calendar),
        cmocka_unit_test(days_there_and_back),
        cmocka_unit_test(business_days_pass_over_weekends),
        cmocka_unit_test(business_days_pass_over_holidays),
        cmocka_unit_test(holidays_are_refused_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
