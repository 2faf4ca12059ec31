/* `cambist log shown`: the receipt of an event that a customer was given with a letter, checked
 * under a policy and asking nobody (docs/public-log.md "Receipts for customers"). */
#ifndef APP_LOG_SHOWN_H
#define APP_LOG_SHOWN_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_policy.h"

/* Prints what the receipt shows, or as JSON one line, flaws included. FAULT_USAGE: `name` is no
 * case. FAULT_ROT: the receipt does not hold, with the flaw's name; `path` names it. */
MUST_USE enum fault log_shown_check(const char *path, struct span text, const char *name,
                                    struct tlog_crypto *crypto, const struct tlog_policy *policy,
                                    bool is_json);

#endif /* APP_LOG_SHOWN_H */
