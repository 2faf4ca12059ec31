/* Signed notes (c2sp.org/signed-note) with Ed25519 keys, and cosignatures of witnesses
 * (c2sp.org/tlog-cosignature, kind 4): a text, an empty line, lines with signatures.
 *
 * Reading cuts bytes into a text and its signatures and trusts neither. Verifying asks whether a
 * line is that of a given key: lines of other keys are no concern of the reader, a line of a known
 * key that does not verify condemns the whole note. A key's id is only a name; who holds the vkey
 * from somewhere else than the note is safe from two keys with one id. */
#ifndef ROLE_VAULT_TLOG_NOTE_H
#define ROLE_VAULT_TLOG_NOTE_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/sign.h"
#include "role/vault/tlog_flaw.h"

#define TLOG_NOTE_BYTES_MAX      65536U
#define TLOG_SIGNATURES_MAX      64U   /* lines of one note */
#define TLOG_SIGNATURE_BYTES_MAX 6144U /* of one signature: those of other kinds are longer */
#define TLOG_NAME_BYTES_MAX      255U
#define TLOG_VKEY_BYTES          (TLOG_NAME_BYTES_MAX + 56U) /* with the zero */
#define TLOG_KEY_BYTES           32U
#define TLOG_TIME_MAX            INT64_MAX
#define TLOG_LINE_BYTES          (TLOG_NAME_BYTES_MAX + 112U) /* a signature line, with the zero */

enum tlog_key_kind { TLOG_KEY_LOG = 1, TLOG_KEY_WITNESS = 4 };

struct tlog_key {
    enum tlog_key_kind kind;
    u32 id;
    u32 name_bytes;
    char name[TLOG_NAME_BYTES_MAX + 1]; /* ends with a zero */
    u8 public_key[TLOG_KEY_BYTES];
};

/* What verifies: one per thread. */
struct tlog_crypto {
    struct sha256 sha256;
    struct signer signer;
    u8 message[TLOG_NOTE_BYTES_MAX + 64U];
};

MUST_USE enum fault tlog_crypto_open(struct tlog_crypto *crypto);
void tlog_crypto_close(struct tlog_crypto *crypto);

/* ---- keys ---- */

/* Names: UTF-8, 1 to 255 bytes, no white space, no plus, no control character. */
MUST_USE bool tlog_name_valid(struct span name);
/* Computes the id; the name is valid. */
void tlog_key_make(struct sha256 *sha256, struct span name, enum tlog_key_kind kind,
                   const u8 public_key[TLOG_KEY_BYTES], struct tlog_key *key_out);
/* name+id+base64; its id must be the one that name and key give. */
MUST_USE enum tlog_flaw tlog_key_read(struct sha256 *sha256, struct span vkey,
                                      struct tlog_key *key_out);
void tlog_key_text(const struct tlog_key *key, char vkey_out[TLOG_VKEY_BYTES]);
MUST_USE bool tlog_key_equal(const struct tlog_key *a, const struct tlog_key *b);

/* ---- notes ---- */

struct tlog_signature {
    struct span name;
    u32 id;
    u32 bytes_count; /* of the signature behind the id; more than fit below: of another kind */
    u8 bytes[8 + SIGN_ED25519_BYTES];
};

/* Points into the bytes it was read from. */
struct tlog_note {
    struct span text; /* with its last newline */
    u32 signatures_count;
    struct tlog_signature signatures[TLOG_SIGNATURES_MAX];
};

MUST_USE enum tlog_flaw tlog_note_read(struct span bytes, struct tlog_note *note_out);

/* Whether the line carries this key's name and id. */
MUST_USE bool tlog_signature_is_of(const struct tlog_signature *signature,
                                   const struct tlog_key *key);
/* Whether it verifies; `time_out` is the time a witness gives, 0 for a log. */
MUST_USE bool tlog_signature_verify(struct tlog_crypto *crypto, const struct tlog_key *key,
                                    struct span text, const struct tlog_signature *signature,
                                    u64 *time_out);

/* Looks through the note for lines of the key: SIGNATURE when one of them does not verify;
 * otherwise `found_out` says whether there was one, and `time_out` gives the latest time. */
MUST_USE enum tlog_flaw tlog_note_verify(struct tlog_crypto *crypto, const struct tlog_note *note,
                                         const struct tlog_key *key, bool *found_out,
                                         u64 *time_out);

/* Signs `text` (which ends with a newline) with a private key in PEM and writes the whole line, its
 * newline and a zero. `time` counts for witnesses alone. FAULT_INPUT: the PEM is not that of `key`.
 */
MUST_USE enum fault tlog_note_sign(struct span private_pem, const struct tlog_key *key, u64 time,
                                   struct span text, char line_out[TLOG_LINE_BYTES]);

#endif /* ROLE_VAULT_TLOG_NOTE_H */
