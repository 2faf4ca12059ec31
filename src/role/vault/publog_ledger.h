/* Where the journal's chain stood, as readable lines of the public log: whoever holds the journal
 * later sees whether it is still the one that was logged (role/engine/verify.h compares).
 *
 *     ledger journal 1204 hash 5e1c... at 2026-11-23T06:00:00Z
 *     ledger journal 1180 hash 90ab... state 77d2... at 2026-11-23T05:58:11Z
 *
 * The number is that of the last command of a batch, the hash that of the batch
 * (docs/journal-format.md "A batch"), the state hash that of the snapshot behind it, the time the
 * batch's. Nothing of it can be computed back to a balance or a person. */
#ifndef ROLE_VAULT_PUBLOG_LEDGER_H
#define ROLE_VAULT_PUBLOG_LEDGER_H

#include "base/base.h"
#include "base/span.h"
#include "io/eventlog.h"

#define PUBLOG_LEDGER_WORD       "ledger "
#define PUBLOG_LEDGER_LINE_BYTES 256U /* with its zero */

/* `head` has a sequence number. False: its time is none of the calendar's. */
MUST_USE bool publog_ledger_line(const struct eventlog_head *head,
                                 char line_out[PUBLOG_LEDGER_LINE_BYTES]);

/* Whether an entry of a log says that it is such a line: then it must be one. */
MUST_USE bool publog_ledger_is(struct span entry);
/* Reads it back; false: it is not exactly what publog_ledger_line writes. time_us is in whole
 * seconds. */
MUST_USE bool publog_ledger_read(struct span entry, struct eventlog_head *head_out);

#endif /* ROLE_VAULT_PUBLOG_LEDGER_H */
