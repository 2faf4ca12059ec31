/* The door's keys: derived from `door/key`, in locked memory until they are closed.
 *
 * From the one file come a key each for addresses, codes, recovery codes and cross-site tokens
 * (keyed BLAKE2b) and one under which TOTP secrets are sealed (io/seal.h). So a copied door.db says
 * neither whose a login is nor lets codes be tried. */
#ifndef ROLE_DOOR_DOOR_KEY_H
#define ROLE_DOOR_DOOR_KEY_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/seal.h"

#define DOOR_KEY_FILE   "key"
#define DOOR_HASH_BYTES 32U

enum door_key_use { DOOR_KEY_ADDRESS, DOOR_KEY_TICKET, DOOR_KEY_RECOVERY, DOOR_KEY_CSRF };
#define DOOR_KEY_USES 4U

struct door_key;

/* Reads the file, or makes one of random bytes where there is none. `folder` is the door's. */
MUST_USE enum fault door_key_open(struct door_key **key_out, struct disk *disk, const char *folder);
/* NULL is nothing. */
void door_key_close(struct door_key *key);

/* The hash of `owner` (a login, or 0) and the bytes. Equal inputs have equal hashes; of two uses,
 * never. */
void door_key_hash(const struct door_key *key, enum door_key_use use, u64 owner, struct span bytes,
                   u8 hash_out[DOOR_HASH_BYTES]);

/* What TOTP secrets are sealed under. */
const struct seal_key *door_key_seal(const struct door_key *key);

#endif /* ROLE_DOOR_DOOR_KEY_H */
