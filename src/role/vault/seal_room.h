/* Where secrets are while they are worked with: memory that is locked, guarded by pages nobody may
 * touch, left out of core dumps, and wiped when a piece is given back (libsodium's sodium_malloc).
 *
 * A room is taken once and used like a stack: seal_room_take gives a piece, seal_room_leave wipes
 * and gives back everything taken since seal_room_mark. One room per thread. */
#ifndef ROLE_VAULT_SEAL_ROOM_H
#define ROLE_VAULT_SEAL_ROOM_H

#include "base/base.h"
#include "io/fault.h"

#define SEAL_ROOM_BYTES 4096U /* all that is secret in one operation; bodies are the caller's */

struct seal_room;

/* FAULT_UNPROTECTED: the memory cannot be locked. */
MUST_USE enum fault seal_room_open(struct seal_room **room_out);
/* Wipes everything; NULL is nothing. */
void seal_room_close(struct seal_room *room);

/* CHECK: it fits. Aligned to 8 bytes, zeros. */
void *seal_room_take(struct seal_room *room, size_t bytes);
size_t seal_room_mark(const struct seal_room *room);
void seal_room_leave(struct seal_room *room, size_t mark);

/* The whole memory, for a test that looks for what should be gone. */
struct span seal_room_bytes(const struct seal_room *room);

#endif /* ROLE_VAULT_SEAL_ROOM_H */
