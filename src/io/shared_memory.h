/* Memory that several processes map: made by one, handed to others as a descriptor
 * (io/handover.h). Its size is sealed, so that nobody can cut it under somebody else and end him by
 * SIGBUS. */
#ifndef IO_SHARED_MEMORY_H
#define IO_SHARED_MEMORY_H

#include "base/base.h"
#include "io/fault.h"

struct shared_memory {
    void *memory; /* NULL: closed */
    size_t bytes;
    int descriptor; /* closed by exec */
};

/* New, zeroed, mapped. `name` shows in /proc. After a fault it is closed. */
MUST_USE enum fault shared_memory_create(struct shared_memory *shared, const char *name,
                                         size_t bytes);

/* Maps what another process made, and takes the descriptor, also when it fails. FAULT_FOREIGN when
 * it is not memory of that many bytes which can neither shrink nor grow. */
MUST_USE enum fault shared_memory_attach(struct shared_memory *shared, int descriptor,
                                         size_t bytes);

/* A closed one is fine. */
void shared_memory_close(struct shared_memory *shared);

#endif /* IO_SHARED_MEMORY_H */
