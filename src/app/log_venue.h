/* `cambist log check --slots`: the rules of a venue's own log, and an opened month, held against it
 * entry by entry (role/vault/publog_check.h). */
#ifndef APP_LOG_VENUE_H
#define APP_LOG_VENUE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_check.h"

#define LOG_VENUE_EVENTS_MAX 65536U /* of an opened month */

struct log_venue {
    struct publog_check check;
    struct publog_month_check *month; /* NULL: none */
    const char *path;                 /* of the month's file */
};

/* `path` is the file of an opened month; NULL: none. FAULT_INPUT names its line. */
MUST_USE enum fault log_venue_open(struct log_venue *venue, struct sha256 *sha256,
                                   const char *path);
void log_venue_close(struct log_venue *venue);
/* After the log was read: what is wrong with the month goes into the finding. */
void log_venue_end(struct log_venue *venue, struct tlog_finding *finding);
/* Lines for people. */
void log_venue_print(const struct log_venue *venue);

/* A month as 2026-11: year * 12 + month from 0. */
MUST_USE bool log_venue_month_parse(const char *text, u32 *month_out);

/* `cambist log month`: writes the opening of a month, as 2026-11, of the log in `folder` to
 * standard output. FAULT_UNAVAILABLE: it is not over, or nothing was logged in it. */
MUST_USE enum fault log_venue_month(const char *folder, const char *month);

/* `cambist log slots`: writes all slots of a class ("ordinary", "emergency") between two moments,
 * as 2026-11-23T12:00:00Z, of the log in `folder` to standard output (role/vault/publog_span.h).
 * FAULT_MISSING, FAULT_REFUSED, FAULT_LIMIT as publog_span_write. */
MUST_USE enum fault log_venue_slots(const char *folder, const char *class, const char *from,
                                    const char *to);

#endif /* APP_LOG_VENUE_H */
