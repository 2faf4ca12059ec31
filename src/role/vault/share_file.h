/* An officer's key file: the officer's own key and, after a ceremony, the share, sealed under a
 * passphrase (docs/vault-crypto.md "Key files").
 *
 * The passphrase is made into a key by Argon2id, whose cost stands in the file, within bounds. What
 * is not secret stands in the file as text and is bound to what is. */
#ifndef ROLE_VAULT_SHARE_FILE_H
#define ROLE_VAULT_SHARE_FILE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_room.h"
#include "role/vault/share_group.h"

#define SHARE_FILE_BYTES         1024U
#define SHARE_PASSPHRASE_MIN     8U
#define SHARE_PASSPHRASE_MAX     256U
#define SHARE_FILE_PASSES        3U
#define SHARE_FILE_PASSES_MAX    16U
#define SHARE_FILE_MEMORY_KB     262144U
#define SHARE_FILE_MEMORY_KB_MIN 8192U
#define SHARE_FILE_MEMORY_KB_MAX 1048576U

/* The part that anybody who has the file may read. */
struct share_holder {
    char name[CODE_NAME_BYTES];
    struct seal_point key; /* of the officer's own */
    u32 index;             /* 0: no share yet; then what follows is zeros too */
    enum share_side side;
    u32 epoch;
    u32 generation;
    u8 transcript[SHARE_HASH_BYTES]; /* what the member confirmed: the hash of the gathered text */
    u32 passes;                      /* of Argon2id */
    u32 memory_kb;
};

/* Lies in a seal_room. */
struct share_secrets {
    struct seal_scalar key;
    struct seal_scalar share; /* zeros without one */
};

/* Writes the file's text with a fresh salt; its size, with no zero behind it. FAULT_USAGE: a
 * passphrase that is too short or too long, or a cost out of bounds. FAULT_LIMIT: not so much
 * memory.
 */
MUST_USE enum fault share_file_print(struct seal_room *room, const struct share_holder *holder,
                                     const struct share_secrets *secrets, struct span passphrase,
                                     char target[SHARE_FILE_BYTES], size_t *size_out);

/* The public part alone. FAULT_INPUT with "NAME: reason". */
MUST_USE enum fault share_file_look(struct span text, const char *name,
                                    struct share_holder *holder_out);

/* All of it. FAULT_ROT: another passphrase, or a changed file; zeros in secrets_out. */
MUST_USE enum fault share_file_open(struct seal_room *room, struct span text, const char *name,
                                    struct span passphrase, struct share_holder *holder_out,
                                    struct share_secrets *secrets_out);

#endif /* ROLE_VAULT_SHARE_FILE_H */
