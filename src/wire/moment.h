/* Moments as text of the orders that officers sign: 2022-04-21T15:00:00Z, with six digits of a
 * second where they are not zero, or "open" for an interval without an end. Read also: a day,
 * 2022-04-21, which is its midnight UTC. */
#ifndef WIRE_MOMENT_H
#define WIRE_MOMENT_H

#include "base/base.h"

#define MOMENT_TEXT_BYTES 32U
#define MOMENT_OPEN       UINT64_MAX

/* With a zero at the end; false: beyond the year 9999. */
MUST_USE bool moment_print(u64 time_us, char target[MOMENT_TEXT_BYTES]);

/* False: no such text, no such day, before 1970. */
MUST_USE bool moment_parse(struct span text, u64 *time_us_out);

#endif /* WIRE_MOMENT_H */
