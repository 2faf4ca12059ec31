/* Small files of the log and its witnesses: read whole, and replaced whole or not at all.
 *
 * A key's file holds the public text of the key on its first line and the private key behind it,
 * as PEM, not encrypted: nobody but its owner may read it. */
#ifndef ROLE_VAULT_TLOG_FILE_H
#define ROLE_VAULT_TLOG_FILE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sign_pair.h"
#include "role/vault/tlog_note.h"

/* All of a file; FAULT_MISSING, FAULT_LIMIT when it is longer. */
MUST_USE enum fault tlog_file_read(struct disk *disk, const char *path, u8 *target,
                                   size_t bytes_max, size_t *size_out);
/* The same of one that holds a secret: FAULT_UNPROTECTED where others may read or write it. */
MUST_USE enum fault tlog_file_read_own(struct disk *disk, const char *path, u8 *target,
                                       size_t bytes_max, size_t *size_out);

/* Makes a file that is on the disk when this returns; its name is once the folder is synced. One
 * that is there goes first. */
MUST_USE enum fault tlog_file_write(struct disk *disk, const char *path, u32 flags,
                                    struct span bytes);

/* Puts `bytes` in the place of FOLDER/NAME by way of NAME.new: on the disk when this returns. */
MUST_USE enum fault tlog_file_replace(struct disk *disk, const char *folder, const char *name,
                                      struct span bytes);

/* Makes a folder, whose parent must exist; its name is on the disk when this returns. */
MUST_USE enum fault tlog_folder_make(struct disk *disk, const char *path);

struct tlog_secret {
    struct tlog_key key;
    u32 pem_bytes;
    char pem[SIGN_PAIR_PEM_BYTES]; /* to be wiped */
};

/* Makes a new pair and its file; FAULT_EXISTS when there is one. The name must be valid. */
MUST_USE enum fault tlog_secret_make(struct disk *disk, const char *path, struct span name,
                                     enum tlog_key_kind kind, struct tlog_key *key_out);
/* FAULT_INPUT: the file is not a key's, not of that kind, or its halves are not one pair.
 * FAULT_UNPROTECTED: others than its owner may read it. */
MUST_USE enum fault tlog_secret_read(struct disk *disk, const char *path, enum tlog_key_kind kind,
                                     struct tlog_secret *secret_out);
void tlog_secret_wipe(struct tlog_secret *secret);

/* Where a secret lies while its process runs: zeros, in locked memory between guard pages and left
 * out of core dumps, where the system lets us lock. FAULT_LIMIT. Given back it is wiped; NULL is
 * fine. */
MUST_USE enum fault tlog_secret_take(struct tlog_secret **secret_out);
void tlog_secret_give_back(struct tlog_secret **secret);

#endif /* ROLE_VAULT_TLOG_FILE_H */
