/* Signatures of API requests: HMAC-SHA256 with a shared secret, Ed25519 and RSA (PKCS#1 v1.5 with
 * SHA-256) with a public key, all by OpenSSL.
 *
 * A key is opened once and keeps what OpenSSL derived from it; a request only runs the message
 * through it. The message comes in pieces, so that the bytes received are signed where they lie:
 * never decoded, never encoded again. A signature is text: hex in any case for HMAC, base64 for the
 * others, which is case-sensitive. One struct signer per thread; a key belongs to that thread too,
 * since its context is used while it checks. */
#ifndef IO_SIGN_H
#define IO_SIGN_H

#include "base/base.h"
#include "io/fault.h"

#define SIGN_HMAC_BYTES     32U
#define SIGN_ED25519_BYTES  64U
#define SIGN_RSA_BITS_MIN   2048U
#define SIGN_RSA_BITS_MAX   4096U
#define SIGN_BYTES_MAX      (SIGN_RSA_BITS_MAX / 8U)
#define SIGN_TEXT_BYTES_MAX 2052U /* the longest: base64 of RSA, every byte percent-encoded */
#define SIGN_SECRET_MAX     256U
#define SIGN_PUBLIC_MAX     1024U /* a public key as DER or PEM */
#define SIGN_PUBLIC_BYTES   32U   /* of sign_key_public */

enum sign_kind { SIGN_KIND_HMAC = 1, SIGN_KIND_ED25519 = 2, SIGN_KIND_RSA = 3 };

struct signer {
    void *mac;    /* the fetched HMAC */
    void *digest; /* the fetched SHA-256 */
    void *check;  /* a context for public keys */
    u8 *buffer;   /* Ed25519 wants its message in one piece */
    size_t buffer_bytes;
};

struct sign_key {
    enum sign_kind kind;
    void *context; /* HMAC: keyed; else the public key */
};

/* `buffer` holds the longest message that an Ed25519 key may sign; longer ones are not valid. */
MUST_USE enum fault signer_open(struct signer *signer, void *buffer, size_t buffer_bytes);
void signer_close(struct signer *signer);

/* 1 to SIGN_SECRET_MAX bytes, used as they are (the text of the secret, not decoded). */
MUST_USE enum fault sign_key_open_secret(struct signer *signer, struct span secret,
                                         struct sign_key *key_out);

/* A public key as PEM ("BEGIN PUBLIC KEY") or as DER, Ed25519 or RSA of 2048 to 4096 bits.
 * FAULT_INPUT when it is anything else. */
MUST_USE enum fault sign_key_open_public(struct span text, struct sign_key *key_out);
void sign_key_close(struct sign_key *key);

/* What stands for the key in public: of Ed25519 its 32 bytes, of RSA the SHA-256 of the key as DER
 * (SubjectPublicKeyInfo), of a shared secret zeros. */
MUST_USE enum fault sign_key_public(const struct sign_key *key, u8 public_out[SIGN_PUBLIC_BYTES]);

/* Whether `signature` (text; percent-encoded if that is said) is the key's over the pieces. */
MUST_USE bool sign_verify(struct signer *signer, struct sign_key *key, const struct span *pieces,
                          u32 pieces_count, struct span signature, bool percent_encoded);

/* HMAC-SHA256 over the pieces; the key is an HMAC key. */
void sign_hmac(struct sign_key *key, const struct span *pieces, u32 pieces_count,
               u8 hmac_out[SIGN_HMAC_BYTES]);

/* ---- the texts ---- */

/* Each writes at most target_bytes and returns how many, 0 when the text is not exactly such a text
 * or does not fit. Base64 is the usual alphabet with its padding, unused bits zero. */
MUST_USE size_t sign_decode_hex(struct span text, u8 *target, size_t target_bytes);
MUST_USE size_t sign_decode_base64(struct span text, u8 *target, size_t target_bytes);

/* %XX becomes a byte, everything else stays ('+' too: it is a letter of base64). */
MUST_USE size_t sign_decode_percent(struct span text, u8 *target, size_t target_bytes);

/* Equal in a time that depends on the size alone. */
MUST_USE bool sign_equal(const u8 *a, const u8 *b, size_t bytes);

#endif /* IO_SIGN_H */
