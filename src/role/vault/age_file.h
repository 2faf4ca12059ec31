/* A file that only its recipient reads: the format of age, version 1 (age-encryption.org/v1), with
 * recipients of the kind X25519, written as it comes.
 *
 *     age-encryption.org/v1
 *     -> X25519 <a one-time point, base64 without padding>
 *     <the file's key under the shared secret>
 *     --- <HMAC-SHA-256 over all of the above>
 *     <16 random bytes><pieces of 64 KiB, each under ChaCha20-Poly1305 with its own nonce>
 *
 * Nothing here reads such a file: the venue has no key for it. The file's key and the piece in work
 * lie in locked memory. A file that was not ended is no whole file to any reader of the format. */
#ifndef ROLE_VAULT_AGE_FILE_H
#define ROLE_VAULT_AGE_FILE_H

#include "base/base.h"
#include "io/fault.h"

#define AGE_KEY_BYTES       32U /* of a recipient */
#define AGE_RECIPIENT_BYTES 63U /* of its text, with the zero */
#define AGE_SECRET_BYTES    75U /* of a secret's text, with the zero */
#define AGE_PIECE_BYTES     65536U
#define AGE_HEADER_BYTES    256U /* at least what the header with one recipient takes */

/* "age1..." in its one form: small letters, and a key that no secret of ours meets at zero. */
MUST_USE bool age_recipient_read(struct span text, u8 key_out[AGE_KEY_BYTES]);
void age_recipient_print(const u8 key[AGE_KEY_BYTES], char text_out[AGE_RECIPIENT_BYTES]);
/* "AGE-SECRET-KEY-1...": what age -d -i reads, for whoever makes a recipient of their own. */
void age_secret_print(const u8 secret[AGE_KEY_BYTES], char text_out[AGE_SECRET_BYTES]);

/* Where the bytes go. */
struct age_target {
    enum fault (*write)(struct age_target *target, struct span bytes);
};

struct age_writer;

/* Writes the header. FAULT_INPUT: the recipient is no key. FAULT_UNPROTECTED: no locked memory. */
MUST_USE enum fault age_writer_open(struct age_writer **writer_out,
                                    const u8 recipient[AGE_KEY_BYTES], struct age_target *target);
MUST_USE enum fault age_writer_put(struct age_writer *writer, struct span bytes);
/* The last piece. Nothing may be put behind it. */
MUST_USE enum fault age_writer_end(struct age_writer *writer);
/* Wipes everything; NULL is nothing. */
void age_writer_close(struct age_writer *writer);

#endif /* ROLE_VAULT_AGE_FILE_H */
