/* A second core that is given the same commands in batches (core_apply_batch): its events, put
 * together, must be those that the first core gave one command at a time. */
#ifndef SIM_CORE_BATCH_H
#define SIM_CORE_BATCH_H

#include "sim/flow.h"

struct core_batch;

struct core_batch *core_batch_open(const struct command_genesis *limits);
void core_batch_close(struct core_batch *batch);

/* Takes note of a step and of the events it gave elsewhere. A batch is applied and compared when it
 * is long enough, and before the clock moves or a sequence number is voided. False: a batch gave
 * other events. */
bool core_batch_add(struct core_batch *batch, const struct flow_step *step, struct span events);

/* Applies what is still waiting. */
bool core_batch_flush(struct core_batch *batch);

#endif /* SIM_CORE_BATCH_H */
