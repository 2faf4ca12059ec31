/* What a public log says of the vault, line by line (role/vault/publog_vault.h): for `cambist log
 * check`, which says it, and `cambist vault verify --log`, which holds the vault against it. */
#ifndef APP_LOG_VAULT_H
#define APP_LOG_VAULT_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_vault.h"
#include "role/vault/tlog_check.h"

struct log_vault {
    struct tlog_leaf_check leaves; /* first: it is cast back */
    struct tlog_leaf_check *next;  /* asked first; NULL: nobody */
    u64 count;                     /* lines */
    u64 odd;                       /* with other records than were put and not erased */
    u64 back;                      /* with fewer put or erased than the line before */
    struct publog_vault newest;
};

void log_vault_init(struct log_vault *vault, struct tlog_leaf_check *next);

/* Lines for people; nothing where the log says nothing of it. */
void log_vault_print(const struct log_vault *vault);

#endif /* APP_LOG_VAULT_H */
