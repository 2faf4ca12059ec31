/* What a monitor holds against every entry of a venue's log, besides its hashes: entries are case
 * leaves or readable lines, the slots of each class follow each other without a gap, and opened
 * months agree with their leaves. A hook of role/vault/tlog_check.h. */
#ifndef ROLE_VAULT_PUBLOG_CHECK_H
#define ROLE_VAULT_PUBLOG_CHECK_H

#include "base/base.h"
#include "role/vault/publog_month.h"
#include "role/vault/tlog_check.h"

struct publog_check {
    struct tlog_leaf_check leaves;    /* first: it is cast back */
    struct publog_month_check *month; /* read before; NULL: none is held against the log */
    /* what comes out */
    u64 slots[PUBLOG_CLASSES + 1]; /* by class */
    u64 lines;
    enum publog_month_flaw month_flaw; /* why an entry was refused with LEAF; NONE: it is no slot */
    /* its own */
    u64 next[PUBLOG_CLASSES + 1];
};

void publog_check_init(struct publog_check *check, struct publog_month_check *month);

#endif /* ROLE_VAULT_PUBLOG_CHECK_H */
