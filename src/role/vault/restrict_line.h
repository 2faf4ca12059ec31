/* The line of a day in the public log, and the order in which days stand there.
 *
 *     restrictions 2022-04-22 count 12 root 5e1c... keys 90ab... first 101 last 950 at T
 *     restrictions 2022-04-23 count 0 root e3b0... keys e3b0... first 951 last 950 missed at T
 *
 * docs/restriction-log.md "The line of a day". */
#ifndef ROLE_VAULT_RESTRICT_LINE_H
#define ROLE_VAULT_RESTRICT_LINE_H

#include "base/base.h"
#include "base/span.h"
#include "role/vault/tlog_check.h"
#include "role/vault/tlog_merkle.h"

#define RESTRICT_LINE_WORD  "restrictions "
#define RESTRICT_LINE_BYTES 320U /* with its zero */

struct restrict_day {
    u32 day; /* since 1970 */
    u64 count;
    struct tlog_hash root;
    struct tlog_hash keys;
    u64 first; /* the journal's numbers: last is first - 1 where there are none */
    u64 last;
    bool is_missed; /* the event log did not hold everything */
    u64 time_us;    /* when it was told; whole seconds count */
};

/* False: its time is none of the calendar's. */
MUST_USE bool restrict_line_print(const struct restrict_day *day,
                                  char line_out[RESTRICT_LINE_BYTES]);
/* Whether an entry of a log says that it is such a line: then it must be one. */
MUST_USE bool restrict_line_is(struct span entry);
/* Reads it back; false: it is not exactly what restrict_line_print writes, or cannot be. */
MUST_USE bool restrict_line_read(struct span entry, struct restrict_day *day_out);

/* Holds the lines of a log against each other, entry by entry: a day without a gap, each once. */
struct restrict_order {
    struct tlog_leaf_check leaves; /* first: it is cast back */
    struct tlog_leaf_check *inner; /* asked first; NULL: nobody */
    u64 days;                      /* seen */
    u64 decisions;
    u64 missed;
    struct restrict_day last;
};

void restrict_order_init(struct restrict_order *order, struct tlog_leaf_check *inner);
/* Whether `next` may stand behind `last`. */
MUST_USE bool restrict_order_follows(const struct restrict_day *last,
                                     const struct restrict_day *next);

#endif /* ROLE_VAULT_RESTRICT_LINE_H */
