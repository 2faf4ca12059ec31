/* The core and the naive model side by side: the same random commands (sim/flow.h) go to both, and
 * after every one of them events, balances, house accounts, books and counts must be equal, byte
 * for byte and number for number. */
#ifndef SIM_CORE_MODEL_H
#define SIM_CORE_MODEL_H

#include "base/base.h"
#include "sim/watch.h"

/* Which commands: the usual ones, or those of a venue with rules (sim/flow_rules.h). */
enum core_model_flow { CORE_MODEL_USUAL, CORE_MODEL_RULES };

/* Runs one seed for so many commands. 0: they agreed. 1: they did not; the command and both event
 * streams are on stderr. `verbose` prints the profile, and at the end what was reached. `watch` may
 * be NULL. */
int core_model_run(enum core_model_flow kind, u64 seed, u64 commands, bool verbose,
                   struct sim_watch *watch);

/* Looks for the fewest commands of this seed on which core and model still disagree or one of them
 * fails a CHECK, and prints them. Every trial runs in a process of its own. 0: nothing failed. */
int core_model_shrink(enum core_model_flow kind, u64 seed, u64 commands);

/* Where the run at work is, for a failed CHECK's message; false: none is at work. */
bool core_model_position(u64 *seed_out, u64 *command_out);

#endif /* SIM_CORE_MODEL_H */
