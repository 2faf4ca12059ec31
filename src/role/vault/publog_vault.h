/* What the vault holds, as a readable line of the public log, one a day: how many records, how many
 * were ever put and ever erased, and the root of their rows (docs/vault.md "Integrity").
 *
 *     vault records 12 put 15 erased 3 root 5e1c... at 2026-11-23T06:00:00Z
 *
 * A row that was deleted behind the vault's back makes records less than put without erased; one
 * that was changed or exchanged makes another root. Nothing of it says whose records there are. */
#ifndef ROLE_VAULT_PUBLOG_VAULT_H
#define ROLE_VAULT_PUBLOG_VAULT_H

#include "base/base.h"
#include "base/span.h"
#include "role/vault/publog_words.h"

#define PUBLOG_VAULT_WORD       "vault "
#define PUBLOG_VAULT_LINE_BYTES 256U /* with its zero */

struct publog_vault {
    u64 records;
    u64 put;    /* ever */
    u64 erased; /* ever */
    u8 root[PUBLOG_HASH_BYTES];
    u64 time_us;
};

/* False: its time is none of the calendar's, or a number is over 2^63 - 1. */
MUST_USE bool publog_vault_line(const struct publog_vault *vault,
                                char line_out[PUBLOG_VAULT_LINE_BYTES]);
/* Whether an entry of a log says that it is such a line: then it must be one. */
MUST_USE bool publog_vault_is(struct span entry);
/* False: it is not exactly what publog_vault_line writes. time_us is in whole seconds. */
MUST_USE bool publog_vault_read(struct span entry, struct publog_vault *vault_out);

/* Whether there are as many records as were put and not erased. */
bool publog_vault_adds_up(const struct publog_vault *vault);

/* What the vault's own events say of the time since a line, which is known to the second. */
struct publog_vault_since {
    u64 rewraps;      /* how often keys were wrapped anew */
    u64 erased_least; /* erasures that were certainly behind the line */
    u64 erased_most;  /* and with those of the same second */
};

/* What does not fit when `now` follows the line `then`; NULL: it fits. Where something was put,
 * erased or wrapped anew the roots differ rightly, and are not compared (*is_compared_out). */
const char *publog_vault_differs(const struct publog_vault *then, const struct publog_vault *now,
                                 const struct publog_vault_since *since, bool *is_compared_out);

#endif /* ROLE_VAULT_PUBLOG_VAULT_H */
