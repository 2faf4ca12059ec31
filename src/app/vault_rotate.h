/* The vault's side of a rotation: the rows of an epoch are collected from `keep`, and the new wraps
 * put into it (docs/rotation.md "Into the vault"). */
#ifndef APP_VAULT_ROTATE_H
#define APP_VAULT_ROTATE_H

#include "app/vault_client.h"
#include "base/base.h"
#include "io/fault.h"

/* Writes FOLDER/rows: every record that stands at this epoch. FAULT_EXISTS: the folder has rows.
 * FAULT_MISSING: no record is of that epoch, or there is no folder. */
MUST_USE enum fault vault_rotate_collect(struct vault_client *client, const char *folder, u32 epoch,
                                         u32 *count_out);

struct vault_rotate_counts {
    u32 put;    /* new wraps, now */
    u32 passed; /* at the new epoch before, or erased */
    u32 left;   /* at the old epoch: put since, or another row than the one that was wrapped */
};

/* Puts the wraps of the folder where their rows still are. May be ended anywhere and called again.
 * FAULT_UNAVAILABLE: all of them are in, but records of the old epoch are left. */
MUST_USE enum fault vault_rotate_put(struct vault_client *client, const char *folder,
                                     struct vault_rotate_counts *counts_out);

#endif /* APP_VAULT_ROTATE_H */
