#include "wire/moment.h"

#include "base/span.h"

#include <stdio.h>
#include <string.h>

#define S_US   1000000ULL
#define DAY_S  86400ULL
#define YEAR_0 1970U

enum { YEAR_LAST = 9999, FRACTION_DIGITS = 6 };

static bool is_leap(u32 year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static u32 month_days(u32 year, u32 month)
{
    static const u8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Of the years before this one, since year 0. */
static u64 days_before(u64 year)
{
    u64 last = year - 1;
    return year * 365 + last / 4 - last / 100 + last / 400;
}

bool moment_print(u64 time_us, char target[MOMENT_TEXT_BYTES])
{
    u64 seconds = time_us / S_US;
    u64 days = seconds / DAY_S + days_before(YEAR_0);
    u32 rest = (u32)(seconds % DAY_S);
    u64 year = days / 366;
    if (time_us == MOMENT_OPEN) {
        (void)snprintf(target, MOMENT_TEXT_BYTES, "open");
        return true;
    }
    while (days_before(year + 1) <= days) {
        year += 1;
    }
    if (year > YEAR_LAST) {
        target[0] = 0;
        return false;
    }
    u32 day = (u32)(days - days_before(year));
    u32 month = 1;
    while (day >= month_days((u32)year, month)) {
        day -= month_days((u32)year, month);
        month += 1;
    }
    int used = snprintf(target, MOMENT_TEXT_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u", (u32)year,
                        month, day + 1, rest / 3600, rest / 60 % 60, rest % 60);
    u32 fraction = (u32)(time_us % S_US);
    if (fraction != 0) {
        used += snprintf(target + used, MOMENT_TEXT_BYTES - (size_t)used, ".%06u", fraction);
    }
    (void)snprintf(target + used, MOMENT_TEXT_BYTES - (size_t)used, "Z");
    return true;
}

/* The text against a shape, in which 0 stands for a digit. */
static bool has_shape(struct span text, const char *shape)
{
    for (size_t i = 0; shape[i] != 0; i += 1) {
        if (i >= text.size || (shape[i] == '0' ? text.data[i] < '0' || text.data[i] > '9'
                                               : text.data[i] != (u8)shape[i])) {
            return false;
        }
    }
    return true;
}

static u32 number_at(struct span text, size_t at, size_t digits)
{
    u32 number = 0;
    for (size_t i = at; i < at + digits; i += 1) {
        number = number * 10 + (u32)(text.data[i] - '0');
    }
    return number;
}

/* What stands behind the seconds: ".123456Z" or "Z". */
static bool fraction_parse(struct span text, u32 *us_out)
{
    *us_out = 0;
    if (text.size == 1 + FRACTION_DIGITS + 1 && has_shape(text, ".000000Z")) {
        *us_out = number_at(text, 1, FRACTION_DIGITS);
        return true;
    }
    return span_equal(text, span_of_text("Z"));
}

bool moment_parse(struct span text, u64 *time_us_out)
{
    static const char day_shape[] = "0000-00-00";
    static const char time_shape[] = "0000-00-00T00:00:00";
    u32 time_s = 0;
    u32 fraction_us = 0;
    if (span_equal(text, span_of_text("open"))) {
        *time_us_out = MOMENT_OPEN;
        return true;
    }
    if (!has_shape(text, day_shape)) {
        return false;
    }
    if (text.size > sizeof(day_shape) - 1) {
        if (!has_shape(text, time_shape) ||
            !fraction_parse(span_after(text, sizeof(time_shape) - 1), &fraction_us)) {
            return false;
        }
        u32 hour = number_at(text, 11, 2);
        u32 minute = number_at(text, 14, 2);
        u32 second = number_at(text, 17, 2);
        if (hour > 23 || minute > 59 || second > 59) {
            return false;
        }
        time_s = hour * 3600 + minute * 60 + second;
    }
    u32 year = number_at(text, 0, 4);
    u32 month = number_at(text, 5, 2);
    u32 day = number_at(text, 8, 2);
    if (year < YEAR_0 || month < 1 || month > 12 || day < 1 || day > month_days(year, month)) {
        return false;
    }
    u64 days = days_before(year) - days_before(YEAR_0) + day - 1;
    for (u32 before = 1; before < month; before += 1) {
        days += month_days(year, before);
    }
    *time_us_out = (days * DAY_S + time_s) * S_US + fraction_us;
    return true;
}
