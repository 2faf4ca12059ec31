/* How many connections each address has open: counted when they come and when they go, refused
 * beyond a bound. Addresses of IPv6 count by their first 64 bits (limit_key).
 *
 * Only addresses with a connection have a place, so there are never more than connections, and none
 * has to make way for another. A table of fixed size; a chain of addresses that fall together is
 * bounded too: whoever would make it longer is refused. */
#ifndef ROLE_GATEWAY_CROWD_H
#define ROLE_GATEWAY_CROWD_H

#include "base/arena.h"
#include "io/fault.h"
#include "role/gateway/auth.h"

#define CROWD_CHAIN_MAX 64U

struct crowd_place {
    struct auth_address address;
    u32 count; /* open connections */
    u32 next;  /* in its chain, or among those that are free; 0: none */
};

struct crowd {
    struct crowd_place *places; /* counted from 1 */
    u32 *heads;
    u32 places_max;
    u32 heads_count; /* a power of two */
    u32 used;
    u32 free;
    u32 addresses; /* that have a place */
    u64 seed;
    u64 refused_count;
};

size_t crowd_footprint(u32 connections_max);
/* `seed` is random: which addresses fall together must not be guessed. */
MUST_USE enum fault crowd_open(struct crowd *crowd, u32 connections_max, u64 seed,
                               struct arena *arena);

/* One connection more, if there are fewer than `most`: returns the address's place, for
 * crowd_leave, or 0: refused, and counted. */
MUST_USE u32 crowd_enter(struct crowd *crowd, const struct auth_address *address, u32 most);

/* One less. 0: it was not counted. */
void crowd_leave(struct crowd *crowd, u32 place);

#endif /* ROLE_GATEWAY_CROWD_H */
