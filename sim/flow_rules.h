/* The weather of the rules: a flow (sim/flow.h) in a venue with persons, random small packs,
 * prices, licences and long jumps of the clock, among the usual orders and money. */
#ifndef SIM_FLOW_RULES_H
#define SIM_FLOW_RULES_H

#include "sim/flow.h"

/* Goes on with flow_next, as any other. */
struct flow *flow_rules_create(u64 seed);

#endif /* SIM_FLOW_RULES_H */
