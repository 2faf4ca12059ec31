/* A whole public log, read and checked as `cambist log check` does it, for commands that want what
 * its entries say. */
#ifndef APP_LOG_READ_H
#define APP_LOG_READ_H

#include "app/log_months.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_check.h"

/* Every entry of the log at `place` (a folder or an address) goes to `leaves`, in order. FAULT_ROT
 * names what does not verify under the policy in the file; FAULT_INPUT: no such policy. */
MUST_USE enum fault log_read(const char *place, const char *policy_path,
                             struct tlog_leaf_check *leaves);
/* The same for its opened months (log_months_init was called): what is opened is checked too. */
MUST_USE enum fault log_read_months(const char *place, const char *policy_path,
                                    struct log_months *months);

#endif /* APP_LOG_READ_H */
