/* How the desk gets the receipts of events that its acts left in the public log: `show` over
 * log.sock (docs/public-log.md "The socket"), one at a time, kept in memory. A receipt that is not
 * there yet is asked for, and found by a later look: nothing here waits. */
#ifndef ROLE_DESK_DESK_SHOW_H
#define ROLE_DESK_DESK_SHOW_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"

#define DESK_SHOW_BYTES   12288U /* a longer receipt is not told */
#define DESK_SHOW_KEPT    64U    /* the newest */
#define DESK_SHOW_WANTED  32U    /* asked for at a time; what is wanted beyond is asked again */
#define DESK_SHOW_ANSWERS (2U * DESK_SHOW_BYTES + 64U)

struct desk_show;

/* `path` outlives it; NULL: there is no public log, and nothing is ever found. FAULT_LIMIT;
 * FAULT_CONFIG: longer than a local socket's path may be. */
MUST_USE enum fault desk_show_open(struct desk_show **show_out, const char *path,
                                   struct clock *clock);
/* NULL is fine. */
void desk_show_close(struct desk_show *show);

/* The receipt of the event with this number (cambist-shown/v1), valid until the next turn. False:
 * it is not there, and is asked for from now on. */
MUST_USE bool desk_show_find(struct desk_show *show, u64 number, struct span *text_out);

/* A little, without waiting. */
void desk_show_turn(struct desk_show *show, bool *busy_out);

#endif /* ROLE_DESK_DESK_SHOW_H */
