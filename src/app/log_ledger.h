/* `cambist verify --log`: what a public log says about the journal, for role/engine/verify.h. */
#ifndef APP_LOG_LEDGER_H
#define APP_LOG_LEDGER_H

#include "base/base.h"
#include "io/fault.h"
#include "role/engine/verify.h"

#define LOG_LEDGER_ROOTS_MAX (1U << 22)

struct log_ledger {
    struct verify_root *roots; /* rising by seq, then by the entry's number */
    u32 count;
    u32 room;
    u64 entries; /* of the log */
};

/* Checks the whole log at `place` (a folder or an address) under the policy in the file, as
 * `cambist log check` does, and takes its ledger lines. FAULT_ROT names what does not verify, or a
 * ledger line that is none. FAULT_INPUT: no such policy. log_ledger_close gives the roots back,
 * also after a fault. */
MUST_USE enum fault log_ledger_read(const char *place, const char *policy_path,
                                    struct log_ledger *ledger_out);
void log_ledger_close(struct log_ledger *ledger);

#endif /* APP_LOG_LEDGER_H */
