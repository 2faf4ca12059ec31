/* cambist open log: brings what an opening's folder holds to the venue's log, and its receipts
 * back (docs/opening.md "The log"). */
#ifndef APP_OPEN_LOG_H
#define APP_OPEN_LOG_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog.h"

/* Tells the log at `socket` of the grant, opening, manifest and mismatch that are in the folder,
 * each once however often this is called, and puts the receipt of each there as soon as it is to be
 * had: grant.shown, opening.shown and before it slots, delivered.shown, mismatch.shown. Prints a
 * line for each. FAULT_UNAVAILABLE: a receipt is not to be had yet, or the log has stopped;
 * FAULT_LIMIT: the slot is full; FAULT_EXISTS: the log has the text for another case. All three
 * leave what was done. FAULT_MISSING: no grant is there, or no log. */
MUST_USE enum fault open_log(const char *folder, const char *socket);

/* The same for what else is opened as a grant is: a rotation (rotate_log.h). */
struct open_log_matter {
    const char *name;     /* of the file with what was approved, and of its receipt */
    const char *shown;    /* "grant.shown" */
    struct span approved; /* that text, with its approvals */
    const u8 *name_of_case;
    enum publog_class class;
    u8 flags; /* of its event in the log */
    u64 issued_s;
    const u8 *mark_salt; /* of its openings */
    bool is_shown_anew;  /* the opening's receipt and slots, until the manifest is there */
};
MUST_USE enum fault open_log_carry(const char *folder, const struct open_log_matter *matter,
                                   const char *socket);

#endif /* APP_OPEN_LOG_H */
