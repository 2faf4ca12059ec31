/* What is set by hand on each account, read from the event log: an order that sets less than that
 * loosens. Begins at the newest image, or at the log's first event, and follows. */
#ifndef ROLE_ADMIN_VECTORS_H
#define ROLE_ADMIN_VECTORS_H

#include "base/base.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/file.h"

#define VECTORS_ACCOUNTS_MAX (1U << 24)

struct vectors {
    struct disk *disk;
    char events[FILE_PATH_BYTES];
    struct block block;
    struct eventlog_reader *reader; /* NULL: nothing is read yet */
    u64 *list;                      /* by account */
    u32 capacity;
    bool is_current; /* everything released has been read */
};

MUST_USE enum fault vectors_open(struct vectors *vectors, struct disk *disk, const char *events);
void vectors_close(struct vectors *vectors);

/* Reads a part of what is new. */
MUST_USE enum fault vectors_turn(struct vectors *vectors, bool *busy_out);

/* Reads a piece of events, whole records. */
MUST_USE enum fault vectors_take(struct vectors *vectors, struct span events);

/* False: not everything has been read, or there are more accounts than are kept. */
MUST_USE bool vectors_of(const struct vectors *vectors, u32 account, u64 *restrictions_out);

#endif /* ROLE_ADMIN_VECTORS_H */
