/* The groups' public keys by epoch, for the vault to refuse what was not sealed for them: a wrap
 * whose proof is not for exactly its label, its group key and its body (seal_record.h).
 *
 * They stand in a text file, a line each: the epoch, a blank, 64 small hexadecimal digits; epochs
 * rise. Without the file nothing is checked here, and clients alone look. */
#ifndef ROLE_VAULT_VAULT_GROUPS_H
#define ROLE_VAULT_VAULT_GROUPS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/seal_record.h"

#define VAULT_GROUPS_FILE "groups"
#define VAULT_GROUPS_MAX  64U

struct vault_groups {
    u32 count; /* 0: there is no file */
    u32 epochs[VAULT_GROUPS_MAX];
    struct seal_point points[VAULT_GROUPS_MAX];
};

/* FAULT_INPUT with "NAME:LINE: reason". */
MUST_USE enum fault vault_groups_read(struct span text, const char *name,
                                      struct vault_groups *groups_out);
/* `folder` is the vault's. */
MUST_USE enum fault vault_groups_open(struct disk *disk, const char *folder,
                                      struct vault_groups *groups_out);

/* FAULT_REFUSED: there are groups, and the wrap is not one for that of its label's epoch. */
MUST_USE enum fault vault_groups_check(const struct vault_groups *groups,
                                       const struct seal_label *label,
                                       const u8 body_hash[SEAL_HASH_BYTES],
                                       const u8 wrap[SEAL_WRAP_BYTES]);

#endif /* ROLE_VAULT_VAULT_GROUPS_H */
