/* `cambist report transparency --log`: holds what a report says that the desk told the log against
 * what the opened months of the log show (docs/desk.md "Held against the log"). */
#ifndef APP_REPORT_MONTHS_H
#define APP_REPORT_MONTHS_H

#include "app/log_months.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/desk/report_count.h"

/* Events of the log by the report's words and half-years, as its opened months are told. */
struct report_months {
    struct log_months_taker taker; /* first: it is cast back */
    bool has_some;
    u32 first;      /* half-year of counts[0], as struct report_half has it */
    u32 last_month; /* the newest that is opened */
    u64 counts[REPORT_HALVES][REPORT_LOG_KINDS];
};

void report_months_init(struct report_months *months);
/* Holds what was taken against the report: prints each kind that differs, and how many half-years
 * were held. FAULT_DIVERGED as below. */
MUST_USE enum fault report_months_hold(const struct report_months *months,
                                       const struct report *report);

/* The log at `place` (a folder or an address) is checked first, as `cambist log check` does.
 * Prints a line for each half-year whose months are all opened, and each kind that differs.
 * FAULT_DIVERGED: the log has more of something than the desk's acts: it was done without the desk.
 * FAULT_ROT: the log does not verify. */
MUST_USE enum fault report_months_compare(const struct report *report, const char *place,
                                          const char *policy_path);

#endif /* APP_REPORT_MONTHS_H */
