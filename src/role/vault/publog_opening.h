/* Opened months under /log/: which one is due, its file, and the line in the log that binds it.
 *
 *     month 2026-10 opening 1 sha256 5e1c... at 2026-11-04T00:01:00Z
 *
 * The file month/2026-10.1 holds the bytes that hash to it (publog_month.h) and never changes; when
 * silences of that month have ended since, opening 2 is written, which holds every line of opening
 * 1 and what is shown besides. */
#ifndef ROLE_VAULT_PUBLOG_OPENING_H
#define ROLE_VAULT_PUBLOG_OPENING_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/fault.h"
#include "role/vault/publog.h"

#define PUBLOG_OPENING_WORD       "month "
#define PUBLOG_OPENING_LINE_BYTES 160U /* with its zero */
#define PUBLOG_OPENING_NAME_BYTES 24U
#define PUBLOG_OPENING_FOLDER     "month"
#define PUBLOG_OPENINGS_MAX       999U /* of one month */

struct publog_opening {
    u32 month;  /* as publog_month_of */
    u32 number; /* from 1 */
    u8 hash[SHA256_BYTES];
    u64 time_us; /* of its writing */
};

/* Seconds since 1970 at which a month begins. */
u64 publog_month_begin(u32 month);

/* False: its time is none of the calendar's. */
MUST_USE bool publog_opening_line(const struct publog_opening *opening,
                                  char line_out[PUBLOG_OPENING_LINE_BYTES]);
/* Whether an entry says that it is such a line: then it must be one. */
MUST_USE bool publog_opening_is(struct span entry);
/* False: it is not exactly what publog_opening_line writes. */
MUST_USE bool publog_opening_read(struct span entry, struct publog_opening *opening_out);
/* "month/2026-10.1" */
void publog_opening_name(u32 month, u32 number, char name_out[PUBLOG_OPENING_NAME_BYTES]);

/* The next month to be opened, the first time `after_s` behind its end, again when there is more to
 * show: its month and number. *has_out false: none now. */
MUST_USE enum fault publog_opening_due(struct publog *publog, u64 after_s,
                                       struct publog_opening *due_out, bool *has_out);
/* Whether it says what the opening before says: then only `next_s` is noted, when there is more to
 * show in it; 0: never. */
MUST_USE enum fault publog_opening_same(struct publog *publog, const struct publog_opening *opening,
                                        u64 next_s, bool *is_same_out);
/* Notes that it was written, and its line with it, both or neither; the line is in the log after
 * the next turn. */
MUST_USE enum fault publog_opening_keep(struct publog *publog, const struct publog_opening *opening,
                                        u64 next_s);

#endif /* ROLE_VAULT_PUBLOG_OPENING_H */
