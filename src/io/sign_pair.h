/* A new pair of Ed25519 keys as PEM, for whoever signs requests himself: the public one goes to the
 * venue, the private one stays with its owner. */
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

#endif /* IO_SIGN_PAIR_H */
