/* `cambist report claim` and `cambist report check`: how many decisions about a country there were
 * in a period, signed by an ombud, and whether it is so (role/vault/restrict_claim.h). */
#ifndef APP_REPORT_CLAIM_H
#define APP_REPORT_CLAIM_H

#include "io/fault.h"

#include <stdbool.h>

struct report_claim {
    const char *data;    /* the venue's folder */
    const char *country; /* RU */
    const char *period;  /* 2022-04, 2022-04..2022-06, or with days: 2022-04-22..2022-05-07 */
    const char *key;     /* the ombud's private key, PEM */
    const char *out;
    bool small_cells;
};

/* Any of the texts may be NULL: FAULT_USAGE. */
MUST_USE enum fault report_claim_write(const struct report_claim *claim);
/* FAULT_ROT names the first thing that is wrong. */
MUST_USE enum fault report_claim_check(const char *path, const char *policy, const char *ombud);

#endif /* APP_REPORT_CLAIM_H */
