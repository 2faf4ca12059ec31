/* The API keys in memory, found by name: what auth_check asks through struct key_view.
 *
 * A table of fixed size. A key is put in once, opened for its kind of signature, and may be
 * revoked; a revoked name stays, so that it is never given away again. A table that follows a view
 * (keys_follow) asks it with every find whose a key is, what it may, and whether it is in force, so
 * that a key works from its key_set event to its key_revoke event and not a moment longer. Where
 * keys are kept when the process is not running is keystore.h. */
#ifndef ROLE_GATEWAY_KEYS_H
#define ROLE_GATEWAY_KEYS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/sign.h"
#include "role/gateway/auth.h"
#include "role/gateway/view.h"

#define KEYS_NETWORKS_MAX 30U
#define KEYS_SECRET_BYTES 64U /* of a secret that keys_invent makes */

struct keys_row;

struct keys {
    struct key_view view; /* first: it is cast back */
    struct signer *signer;
    const struct view *followed; /* NULL: account and rights are those of keys_put */
    struct keys_row *rows;
    u32 *ids;     /* rows by key id, counted from 1 */
    u32 keys_max; /* a power of two */
    u32 count;
    u64 seed;
};

/* What is known about a key that is put in. */
struct keys_new {
    struct span api_key; /* AUTH_KEY_BYTES letters and digits */
    struct span secret;  /* HMAC; or empty */
    struct span public;  /* Ed25519 or RSA, PEM or DER; or empty: exactly one of the two */
    const struct auth_network *networks;
    u32 networks_count;
    u64 created_us;
    u32 account; /* this and rights count only where no view is followed */
    u32 rights;
};

size_t keys_bytes(u32 keys_max);

/* `memory` has keys_bytes(keys_max), aligned to 16; keys_max is a power of two, and three quarters
 * of them can be used. `seed` is random. */
void keys_init(struct keys *keys, struct signer *signer, u32 keys_max, u64 seed, void *memory);
void keys_close(struct keys *keys);

/* From now on the engine's word counts, as this view has it. To be called again when the view was
 * made anew. */
void keys_follow(struct keys *keys, const struct view *view);

/* The id that stands for a name in commands: its SHA-256. */
MUST_USE enum fault keys_id(struct span api_key, u8 id_out[KEY_ID_BYTES]);

/* The key that has this id, as keys_find; false: there is none. */
MUST_USE bool keys_find_id(const struct keys *keys, const u8 id[KEY_ID_BYTES],
                           struct key_entry *entry_out);

/* Whether keys_put finds room for another. */
MUST_USE bool keys_has_room(const struct keys *keys);

/* FAULT_INPUT: malformed; FAULT_EXISTS: the name was there before; FAULT_LIMIT: the table is full.
 */
MUST_USE enum fault keys_put(struct keys *keys, const struct keys_new *key);

/* False when there is no such key. */
MUST_USE bool keys_revoke(struct keys *keys, struct span api_key);

/* A random name and a random secret: letters and digits, each equally likely. The secret is shown
 * once, and its holder wipes it; after a fault there is none. */
MUST_USE enum fault keys_invent(u8 api_key_out[AUTH_KEY_BYTES], u8 secret_out[KEYS_SECRET_BYTES]);

#endif /* ROLE_GATEWAY_KEYS_H */
