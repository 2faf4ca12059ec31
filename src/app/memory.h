/* Large blocks of memory for a run: zeroed, aligned to 2 MiB, in huge pages where the system has
 * them, and touched beforehand so that a measurement meets no page fault. */
#ifndef APP_MEMORY_H
#define APP_MEMORY_H

#include "base/base.h"
#include "io/fault.h"

/* `bytes` of zeros; the first `touched_bytes` are touched. `what` is named when there is not
 * enough. */
MUST_USE enum fault memory_take(size_t bytes, size_t touched_bytes, const char *what,
                                u8 **memory_out);
/* NULL is fine. The same size as taken. */
void memory_give_back(u8 *memory, size_t bytes);

#endif /* APP_MEMORY_H */
