/* The engine on a disk that fails: whole runs of one seed, for the tests and for `cambist sim`.
 *
 * Each works out a script (engine_script.h), lets an engine live through it once undisturbed, and
 * then again and again with something happening at one operation of the disk. What did not hold is
 * printed to the standard error with seed, operation and commit. `watch` may be NULL. */
#ifndef SIM_ENGINE_CRASH_H
#define SIM_ENGINE_CRASH_H

#include "base/base.h"
#include "sim/watch.h"

/* Power goes at every operation in turn, or at `operations_max` of them evenly spread (0: all). */
MUST_USE bool engine_crash_sweep(u64 seed, u64 operations_max, struct sim_watch *watch);

/* Every operation in turn fails without a crash: the engine says so and releases nothing more, and
 * the next start finds what there is. */
MUST_USE bool engine_crash_faults(u64 seed, u64 operations_max, struct sim_watch *watch);

/* A longer script, with power going at a few random operations, also while it starts again. */
MUST_USE bool engine_crash_random(u64 seed);

/* Where a run was that a failed CHECK has left; false when none was. */
bool engine_crash_position(u64 *seed_out, u64 *operation_out);

#endif /* SIM_ENGINE_CRASH_H */
