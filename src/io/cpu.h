/* Which processor a thread runs on.
 *
 * Some machines, small virtual ones above all, tell Linux that their processors share no cache;
 * then threads that wake each other pile up on one of them while the others idle. Whoever measures
 * or places roles can put threads apart. Elsewhere leave it alone. */
#ifndef IO_CPU_H
#define IO_CPU_H

#include "base/base.h"
#include "io/fault.h"

/* Processors this process was allowed to use when it was first asked; at least 1. */
u32 cpu_count(void);

/* Keeps the calling thread on the processor of that index, from 0 to cpu_count - 1; the remainder
 * is taken of larger ones. */
MUST_USE enum fault cpu_pin(u32 index);

#endif /* IO_CPU_H */
