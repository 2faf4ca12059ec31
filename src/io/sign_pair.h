/* A new pair of Ed25519 keys as PEM, for whoever signs requests himself: the public one goes to the
 * venue, the private one stays with its owner. And signing with the private one, for commands that
 * run on its owner's machine. */
#ifndef IO_SIGN_PAIR_H
#define IO_SIGN_PAIR_H

#include "base/base.h"
#include "io/fault.h"

#define SIGN_PAIR_PEM_BYTES 256U /* with the zero at the end */

struct sign_pair {
    char public_pem[SIGN_PAIR_PEM_BYTES];  /* "BEGIN PUBLIC KEY" */
    char private_pem[SIGN_PAIR_PEM_BYTES]; /* "BEGIN PRIVATE KEY", not encrypted; to be wiped */
};

MUST_USE enum fault sign_pair_make(struct sign_pair *pair_out);

#define SIGN_PUBLIC_TEXT_BYTES    45U /* base64 of 32 bytes, with the zero */
#define SIGN_SIGNATURE_TEXT_BYTES 89U /* of 64 */

/* Signs with a private Ed25519 key in PEM, not encrypted. Both texts are base64. FAULT_INPUT: the
 * PEM is anything else. */
MUST_USE enum fault sign_with_private(struct span private_pem, struct span message,
                                      char public_out[SIGN_PUBLIC_TEXT_BYTES],
                                      char signature_out[SIGN_SIGNATURE_TEXT_BYTES]);

/* Base64 with the zero at the end; at most 64 bytes. */
void sign_pair_text(struct span bytes, char target[SIGN_SIGNATURE_TEXT_BYTES]);

#endif /* IO_SIGN_PAIR_H */
