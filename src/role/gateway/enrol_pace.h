/* How often an account may send an enrolment: so many an hour, by the hours of the clock. Places
 * are of fixed number and in memory: they are gone after a restart. Where all are taken in an hour,
 * further accounts wait for the next one, so what `keep` is given in an hour is bounded too. */
#ifndef ROLE_GATEWAY_ENROL_PACE_H
#define ROLE_GATEWAY_ENROL_PACE_H

#include "base/base.h"

#define ENROL_PACE_AN_HOUR 5U
#define ENROL_PACE_PLACES  4096U

struct enrol_pace {
    u64 hour; /* since 1970, of what is counted */
    u32 used;
    u32 accounts[ENROL_PACE_PLACES];
    u8 counts[ENROL_PACE_PLACES];
};

/* Counts one. 0: it may be sent; else how many seconds it has to wait, and nothing was counted. */
MUST_USE u32 enrol_pace_take(struct enrol_pace *pace, u32 account, u64 now_us);

#endif /* ROLE_GATEWAY_ENROL_PACE_H */
