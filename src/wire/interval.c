#include "wire/interval.h"

#include "base/check.h"
#include "base/span.h"

#define SECOND_US 1000000LL
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)
#define WEEK_US   (7 * DAY_US)
#define MONDAY_US (-3 * DAY_US) /* 1970-01-01 was a Thursday */

/* length 0: by the calendar */
static const struct {
    const char *name;
    i64 length_us;
    i64 origin_us;
} intervals[INTERVAL_COUNT] = {
    [INTERVAL_1S] = {"1s", SECOND_US, 0},        [INTERVAL_1M] = {"1m", MINUTE_US, 0},
    [INTERVAL_3M] = {"3m", 3 * MINUTE_US, 0},    [INTERVAL_5M] = {"5m", 5 * MINUTE_US, 0},
    [INTERVAL_15M] = {"15m", 15 * MINUTE_US, 0}, [INTERVAL_30M] = {"30m", 30 * MINUTE_US, 0},
    [INTERVAL_1H] = {"1h", HOUR_US, 0},          [INTERVAL_2H] = {"2h", 2 * HOUR_US, 0},
    [INTERVAL_4H] = {"4h", 4 * HOUR_US, 0},      [INTERVAL_6H] = {"6h", 6 * HOUR_US, 0},
    [INTERVAL_8H] = {"8h", 8 * HOUR_US, 0},      [INTERVAL_12H] = {"12h", 12 * HOUR_US, 0},
    [INTERVAL_1D] = {"1d", DAY_US, 0},           [INTERVAL_3D] = {"3d", 3 * DAY_US, 0},
    [INTERVAL_1W] = {"1w", WEEK_US, MONDAY_US},  [INTERVAL_1MONTH] = {"1M", 0, 0},
};

const char *interval_name(enum interval interval)
{
    CHECK(interval < INTERVAL_COUNT);
    return intervals[interval].name;
}

bool interval_of(struct span name, enum interval *interval_out)
{
    for (u32 i = 0; i < INTERVAL_COUNT; i++) {
        if (span_equal(name, span_of_text(intervals[i].name))) {
            *interval_out = (enum interval)i;
            return true;
        }
    }
    return false;
}

/* ---- the calendar ---- */

/* Days from 1970-01-01 to the first of a month counted from January of year 0. */
static i64 month_day(i64 months)
{
    /* Years from March on, so that the leap day is the last one of its year. */
    i64 shifted = months - 2;
    i64 year = shifted / 12;
    i64 month = shifted % 12;
    return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 - 719468;
}

/* The month, counted from January of year 0, that holds a day. */
static i64 month_of(i64 day)
{
    /* Never too late, since no month has more than 31 days, but about one year in 55 too early. */
    i64 months = 1970 * 12 + day / 31;
    while (month_day(months + 12) <= day) {
        months += 12;
    }
    while (month_day(months + 1) <= day) {
        months++;
    }
    return months;
}

/* Rounds towards the past. */
static i64 floor_to(i64 value, i64 length)
{
    i64 rest = value % length;
    return value - rest - (rest < 0 ? length : 0);
}

static u64 begin(enum interval interval, u64 time_us, i64 offset_us, u32 later)
{
    CHECK(interval < INTERVAL_COUNT);
    CHECK(time_us < INTERVAL_TIME_MAX - 40 * (u64)DAY_US);
    CHECK(offset_us >= -DAY_US && offset_us <= DAY_US);
    i64 local = (i64)time_us + offset_us;
    i64 length = intervals[interval].length_us;
    i64 start = 0;
    if (length) {
        i64 origin = intervals[interval].origin_us;
        start = floor_to(local - origin, length) + origin + (i64)later * length;
    } else {
        i64 day = floor_to(local, DAY_US) / DAY_US;
        i64 month = day < 0 ? 1970 * 12 - 1 : month_of(day);
        start = month_day(month + (i64)later) * DAY_US;
    }
    start -= offset_us;
    return start < 0 ? 0 : (u64)start;
}

u64 interval_start(enum interval interval, u64 time_us, i64 offset_us)
{
    return begin(interval, time_us, offset_us, 0);
}

u64 interval_next(enum interval interval, u64 time_us, i64 offset_us)
{
    return begin(interval, time_us, offset_us, 1);
}
