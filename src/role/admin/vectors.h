/* What is set by hand on each account, read from the event log (io/event_follow.h): an order that
 * sets less than that loosens. */
#ifndef ROLE_ADMIN_VECTORS_H
#define ROLE_ADMIN_VECTORS_H

#include "base/base.h"
#include "io/event_follow.h"
#include "io/fault.h"
#include "io/file.h"

#define VECTORS_ACCOUNTS_MAX (1U << 24)

struct vectors {
    struct event_sink sink; /* first: it is cast back */
    struct event_follow follow;
    u64 *list; /* by account */
    u32 capacity;
    bool is_short; /* there was no memory for all of them */
};

MUST_USE enum fault vectors_open(struct vectors *vectors, struct disk *disk, const char *folder);
void vectors_close(struct vectors *vectors);

/* Reads a part of what is new. */
MUST_USE enum fault vectors_turn(struct vectors *vectors, bool *busy_out);

/* False: not everything has been read, or there are more accounts than are kept. */
MUST_USE bool vectors_of(const struct vectors *vectors, u32 account, u64 *restrictions_out);

#endif /* ROLE_ADMIN_VECTORS_H */
