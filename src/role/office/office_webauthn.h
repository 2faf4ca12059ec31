/* Security keys: what a browser brings from navigator.credentials, checked by libfido2.
 *
 *     clientData ──▶ type, challenge, origin     (here: JSON, each exact)
 *     authenticatorData ──▶ RP id, user present and verified, signature, counter   (libfido2)
 *
 * Taken are ES256 and EdDSA, user verification always, of a new key the attestation format "none":
 * the officer's own key of the register signs the new one, and nobody else need vouch for it. */
#ifndef ROLE_OFFICE_OFFICE_WEBAUTHN_H
#define ROLE_OFFICE_OFFICE_WEBAUTHN_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"
#include "role/office/office_store.h"

#define OFFICE_CLIENT_BYTES_MAX      1024U
#define OFFICE_AUTH_BYTES_MAX        1024U
#define OFFICE_ATTESTATION_BYTES_MAX 1280U
#define OFFICE_SIGNATURE_BYTES_MAX   128U

/* Who asks: the same for all. */
struct office_party {
    const char *origin; /* "https://desk.example" */
    const char *rp;     /* its host */
};

/* Before the first check of a process. */
void office_webauthn_init(void);

/* Why not; NULL: the assertion is of this credential, for this challenge. *counter_out is its
 * counter, which the caller holds against the stored one: office_counter_rises. */
MUST_USE const char *office_assertion_check(struct sha256 *sha256, const struct office_party *party,
                                            struct span challenge,
                                            const struct office_credential *credential,
                                            struct span client_data, struct span authenticator_data,
                                            struct span signature, u32 *counter_out);

/* Zero and zero: a key without a counter. */
MUST_USE bool office_counter_rises(u32 stored, u32 counter);

/* Why not; NULL: a new key for this challenge: kind, id, key and counter of *credential_out, and
 * the SHA-256 of the key in COSE, which the officer signs. */
MUST_USE const char *office_attestation_check(struct sha256 *sha256,
                                              const struct office_party *party,
                                              struct span challenge, struct span client_data,
                                              struct span attestation,
                                              struct office_credential *credential_out,
                                              u8 cose_hash_out[SHA256_BYTES]);

#endif /* ROLE_OFFICE_OFFICE_WEBAUTHN_H */
