/* Days as the law counts them: the civil calendar, weekends and a list of holidays. All UTC. */
#ifndef ROLE_CASES_CASE_DAYS_H
#define ROLE_CASES_CASE_DAYS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define CASE_HOLIDAYS_MAX       1024U
#define CASE_HOLIDAYS_BYTES_MAX 32768U
#define CASE_HOLIDAYS_FILE      "holidays.txt" /* in the data folder, where nothing else is said */

/* Days since 1970, ascending. */
struct case_holidays {
    u32 count;
    u32 days[CASE_HOLIDAYS_MAX];
};

/* Lines of dates like 2026-12-25, empty ones, and comments from # on. FAULT_INPUT with
 * "NAME:LINE: reason". */
MUST_USE enum fault case_holidays_read(struct span text, const char *name,
                                       struct case_holidays *holidays_out);

/* The same from a file. `path` NULL: CASE_HOLIDAYS_FILE in the venue's folder, and none where there
 * is no such file. */
MUST_USE enum fault case_holidays_load(struct disk *disk, const char *folder, const char *path,
                                       struct case_holidays *holidays_out);

/* The day of such a date. False: it is none. */
MUST_USE bool case_day_parse(struct span text, u32 *day_out);
u32 case_day_of(u32 year, u32 month, u32 day);
u32 case_year_of(u32 day);

/* The end of the `count`th business day after the day of `us`: the first moment at which it is too
 * late. `holidays` NULL: only weekends count. */
u64 case_business_days(u64 us, u32 count, const struct case_holidays *holidays);

#endif /* ROLE_CASES_CASE_DAYS_H */
