/* Large blocks of memory taken at start: zeroed, aligned to 2 MiB, in huge pages where the system
 * has them. Untouched parts cost address space only, so a block may be sized for the worst case. */
#ifndef IO_BLOCK_H
#define IO_BLOCK_H

#include "base/base.h"
#include "io/fault.h"

struct block {
    u8 *memory;
    size_t bytes;
};

/* `bytes` of zeros. `what` is named in the fault when there is not enough. */
MUST_USE enum fault block_take(size_t bytes, const char *what, struct block *block_out);

/* Writes to each page of the first `bytes`, so that later nobody waits for them. */
void block_touch(const struct block *block, size_t bytes);

/* An empty block is fine; the block is empty afterwards. */
void block_give_back(struct block *block);

#define SCOPED_BLOCK __attribute__((cleanup(block_give_back))) struct block

#endif /* IO_BLOCK_H */
