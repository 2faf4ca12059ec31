/* Random bytes from the system, for identities that must not collide. Not for the core, and not for
 * anything that a test wants to repeat. */
#ifndef IO_ENTROPY_H
#define IO_ENTROPY_H

#include "base/base.h"
#include "io/fault.h"

MUST_USE enum fault entropy_fill(u8 *target, size_t bytes);

#endif /* IO_ENTROPY_H */
