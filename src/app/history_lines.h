/* What the history has of one account, as lines of text that a record of the vault may have: each
 * begins with its moment, so that a grant's days cut them (docs/opening.md "The opener"). Names and
 * scales of markets and assets come from the journal, replayed behind its newest snapshot. */
#ifndef APP_HISTORY_LINES_H
#define APP_HISTORY_LINES_H

#include "app/past.h"
#include "base/base.h"
#include "io/fault.h"

enum history_lines_kind {
    HISTORY_LINES_TRADES,    /* its side of each trade; by market, then by time */
    HISTORY_LINES_TRANSFERS, /* everything else that moved its balances; by time */
};

struct history_lines_query {
    const char *folder; /* the venue's */
    u32 account;
    enum history_lines_kind kind;
    u64 from_us;
    u64 to_us; /* the last microsecond that is wanted */
};

/* Calls `take` with each line, whose end is a line feed. FAULT_MISSING: no journal, no history, or
 * no such account. FAULT_REFUSED: the history began later than `from_us`, and does not know what
 * was before. A fault of `take` ends it. */
MUST_USE enum fault history_lines_run(const struct history_lines_query *query,
                                      struct recovery_progress *progress,
                                      enum fault (*take)(void *context, const char *line),
                                      void *context);

#endif /* APP_HISTORY_LINES_H */
