/* A proof of ownership as text, for officers: a line for each step, and below it one for each
 * statement it rests on. What is kept under a verdict's path number is this text. */
#ifndef ROLE_SCREEN_SCREEN_CHAIN_H
#define ROLE_SCREEN_SCREEN_CHAIN_H

#include "base/base.h"
#include "role/screen/own_proof.h"

/* How many bytes were written; a proof that does not fit ends with a line that says so. */
size_t screen_chain_print(const struct own_cascade *cascade, const struct own_proof *proof,
                          char *target, size_t target_bytes);

#endif /* ROLE_SCREEN_SCREEN_CHAIN_H */
