/* Personal data in plain, for as long as it must be: a value between its arrival and its hash.
 *
 * The type has no contents that others can see: no logger, JSON writer or formatter takes it, and
 * nothing makes text or a span of it. Only personal.c and blind_index.c include personal_inner.h;
 * tests/vault_types_test.py shows both. The bytes lie in memory that is locked, left out of core
 * dumps, and wiped when it is given back. */
#ifndef ROLE_VAULT_PERSONAL_H
#define ROLE_VAULT_PERSONAL_H

#include "base/base.h"
#include "io/fault.h"

#define PERSONAL_BYTES_MAX 256U

struct personal;

/* Room for one value, taken once and used again and again. FAULT_LIMIT. */
MUST_USE enum fault personal_open(struct personal **personal_out);
/* NULL is nothing. */
void personal_close(struct personal *personal);

/* Copies the value in, and wipes it where it came from. False: it is too long (and wiped). */
MUST_USE bool personal_move(struct personal *personal, u8 *value, size_t bytes);
void personal_wipe(struct personal *personal);

#endif /* ROLE_VAULT_PERSONAL_H */
