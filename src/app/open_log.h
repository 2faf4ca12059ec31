/* cambist open log: brings what an opening's folder holds to the venue's log, and its receipts
 * back (docs/opening.md "The log"). */
#ifndef APP_OPEN_LOG_H
#define APP_OPEN_LOG_H

#include "base/base.h"
#include "io/fault.h"

/* Tells the log at `socket` of the grant, opening, manifest and mismatch that are in the folder,
 * each once however often this is called, and puts the receipt of each there as soon as it is to be
 * had: grant.shown, opening.shown and before it slots, delivered.shown, mismatch.shown. Prints a
 * line for each. FAULT_UNAVAILABLE: a receipt is not to be had yet, or the log has stopped;
 * FAULT_LIMIT: the slot is full; FAULT_EXISTS: the log has the text for another case. All three
 * leave what was done. FAULT_MISSING: no grant is there, or no log. */
MUST_USE enum fault open_log(const char *folder, const char *socket);

#endif /* APP_OPEN_LOG_H */
