/* Secrets at rest: bytes sealed with AES-256-GCM under the key of a file, so that a copied database
 * says nothing.
 *
 * A sealed text is nonce, ciphertext and tag: SEAL_EXTRA_BYTES longer than what it holds. The nonce
 * is random, fresh each time. `label` says what the secret belongs to (the name of the API key); it
 * is not in the sealed text but must be the same to open it, so that two rows cannot be swapped. */
#ifndef IO_SEAL_H
#define IO_SEAL_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define SEAL_KEY_BYTES   32U
#define SEAL_NONCE_BYTES 12U
#define SEAL_TAG_BYTES   16U
#define SEAL_EXTRA_BYTES (SEAL_NONCE_BYTES + SEAL_TAG_BYTES)
#define SEAL_BYTES_MAX   4096U /* of a secret */

/* Wiped by seal_key_wipe when its holder ends. */
struct seal_key {
    u8 bytes[SEAL_KEY_BYTES];
};

/* Reads the key file (exactly SEAL_KEY_BYTES bytes), or makes one of random bytes, synced, when
 * there is none: only its owner may read it. FAULT_FOREIGN when the file has another size,
 * FAULT_UNPROTECTED when others may read it. After any fault *key_out is zeros. */
MUST_USE enum fault seal_key_open(struct disk *disk, const char *folder, const char *name,
                                  struct seal_key *key_out);
void seal_key_wipe(struct seal_key *key);

/* target_bytes is secret.size + SEAL_EXTRA_BYTES. */
MUST_USE enum fault seal_close(const struct seal_key *key, struct span label, struct span secret,
                               u8 *target, size_t target_bytes);

/* target_bytes is sealed.size - SEAL_EXTRA_BYTES. FAULT_ROT, and zeros in the target, when the text
 * was changed, or the key or the label is another. */
MUST_USE enum fault seal_open(const struct seal_key *key, struct span label, struct span sealed,
                              u8 *target, size_t target_bytes);

#endif /* IO_SEAL_H */
