/* One core and one naive model that are given the same steps and compared after each. */
#ifndef SIM_CORE_PAIR_H
#define SIM_CORE_PAIR_H

#include "sim/flow.h"
#include "sim/model.h"

#include <stdio.h>

struct core_pair;

struct core_pair *core_pair_open(const struct command_genesis *limits);
void core_pair_close(struct core_pair *pair);

/* Gives both the step and compares everything; false: they differ. */
bool core_pair_apply(struct core_pair *pair, const struct flow_step *step);

const struct model *core_pair_model(const struct core_pair *pair);

/* The model's events of the last step. */
struct span core_pair_events(const struct core_pair *pair);

/* After a difference: what differs, and both event streams. */
void core_pair_report(const struct core_pair *pair, FILE *out);

#endif /* SIM_CORE_PAIR_H */
