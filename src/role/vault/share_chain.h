/* The closed transcripts of one group, one behind the other: the first ceremony, then every
 * resharing. Only a whole chain says who holds the group's shares now (docs/vault-crypto.md
 * "Transcript"). */
#ifndef ROLE_VAULT_SHARE_CHAIN_H
#define ROLE_VAULT_SHARE_CHAIN_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/share_text.h"

/* Over a hundred transcripts of three officers. */
#define SHARE_CHAIN_BYTES (8U * SHARE_TEXT_BYTES)

struct share_chain {
    struct share_group group;  /* of the last transcript */
    u8 hash[SHARE_HASH_BYTES]; /* the last transcript's */
    u32 count;                 /* of transcripts; 0: there is none */
};

/* Checks every transcript against the one before. FAULT_INPUT with `name` and the first thing that
 * is wrong; the chain is empty then. */
MUST_USE enum fault share_chain_read(struct span text, const char *name,
                                     struct share_chain *chain_out);

#endif /* ROLE_VAULT_SHARE_CHAIN_H */
