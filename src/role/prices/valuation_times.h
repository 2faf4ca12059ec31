/* When a pack wants holdings valued: the times of the day (UTC) in its canonical form
 * (docs/rules.md), and the last of them that has come. */
#ifndef ROLE_PRICES_VALUATION_TIMES_H
#define ROLE_PRICES_VALUATION_TIMES_H

#include "base/base.h"

#define VALUATION_TIMES_MAX 24U

struct valuation_times {
    u16 minutes[VALUATION_TIMES_MAX]; /* of the day */
    u32 count;                        /* 0: the pack wants none */
};

/* False: not a canonical form, or one with times that are none. */
MUST_USE bool valuation_times_read(struct span canonical, struct valuation_times *times_out);

/* The newest of the times not later than now, in microseconds since 1970; 0: there is none. */
u64 valuation_times_last(const struct valuation_times *times, u64 now_us);

#endif /* ROLE_PRICES_VALUATION_TIMES_H */
