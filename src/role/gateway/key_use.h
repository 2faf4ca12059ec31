/* What was opened with which API key and ends with it: sessions that are signed in, and user data
 * subscriptions.
 *
 * A user is a number that the caller gives, from 1 on; a key is the number that keys.h gives it.
 * Each key has a chain of its users, linked both ways, so that beginning and ending take the same
 * time however many there are, and whoever looks for a key's users meets no others. Fixed memory.
 */
#ifndef ROLE_GATEWAY_KEY_USE_H
#define ROLE_GATEWAY_KEY_USE_H

#include "base/arena.h"
#include "io/fault.h"

struct key_use {
    u32 key;    /* 0: this user has none */
    u32 rights; /* of the key when the use began */
    u32 newer;  /* users; 0: none */
    u32 older;
};

struct key_uses {
    struct key_use *users; /* counted from 1 */
    u32 *keys;             /* the newest user of each, counted from 1 */
    u32 users_max;
    u32 keys_max;
};

size_t key_uses_footprint(u32 keys_max, u32 users_max);
MUST_USE enum fault key_uses_open(struct key_uses *uses, u32 keys_max, u32 users_max,
                                  struct arena *arena);

/* The user has this key from now on, and no other; key 0 is one that nothing happens to. */
void key_use_begin(struct key_uses *uses, u32 user, u32 key, u32 rights);
/* Of a user without a key: nothing happens. */
void key_use_end(struct key_uses *uses, u32 user);

/* The users of a key, the newest first; 0: no other. */
u32 key_use_first(const struct key_uses *uses, u32 key);
u32 key_use_next(const struct key_uses *uses, u32 user);

/* Whether the user's key could once do what it may not do with `rights`. */
bool key_use_lost(const struct key_uses *uses, u32 user, u32 rights);

#endif /* ROLE_GATEWAY_KEY_USE_H */
