/* The law date of a demo: the day whose law it shows (docs/demo.md "The law date").
 *
 * The venue's clock runs with the machine's, a fixed time behind it, so that the law date is simply
 * the time at which the venue lives: the engine stamps with it, and the journal holds it. Nothing
 * in the core or in a pack knows of it. Time does not go back: a later start goes on at the same
 * distance, or jumps ahead to a later date. */
#ifndef APP_DEMO_LAW_H
#define APP_DEMO_LAW_H

#include "base/base.h"
#include "io/fault.h"

#define DEMO_LAW_DEFAULT "2022-04-22"
#define DEMO_LAW_OFF     "off"

/* "2022-04-22" is that day at this hour, two minutes before holdings are valued at noon. */
#define DEMO_LAW_HOUR "T11:58:00Z"

/* A day, a moment as time_text.h has it, or "off": the machine's own time. FAULT_USAGE: none of
 * them, or not in the past. */
MUST_USE enum fault demo_law_read(const char *text, u64 now_us, u64 *behind_us_out);

/* What a folder's demo goes on with. `wish`: what is asked for; NULL: what the folder has.
 * FAULT_INPUT: that would be back in time. */
MUST_USE enum fault demo_law_go_on(const char *folder, u64 had_behind_us, const u64 *wish,
                                   u64 *behind_us_out);

#endif /* APP_DEMO_LAW_H */
