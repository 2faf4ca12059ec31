/* Which parts of the rules a run of random commands reached: how often each event, each refusal and
 * each way for an order to end was seen. A generator that never reaches a rule proves nothing. */
#ifndef SIM_COVERAGE_H
#define SIM_COVERAGE_H

#include "base/base.h"
#include "sim/flow.h"
#include "wire/reject.h"
#include "wire/schema.h"

#include <stdio.h>

struct coverage {
    u64 commands[COMMAND_KIND_COUNT];
    u64 taken[2][COMMAND_KIND_COUNT]; /* not refused; [1] from screening */
    u64 events[EVENT_KIND_COUNT];
    u64 rejects[REJECT_COUNT];
    u64 ends[DONE_STATUS_COUNT][EXPIRY_REASON_COUNT];
    u64 modes[STP_MODE_COUNT];
};

void coverage_count(struct coverage *coverage, const struct command_head *command, const u8 *events,
                    size_t bytes);
/* A flow on the model alone, which checks itself after every command; the flow is given back. */
void coverage_run(struct coverage *coverage, struct flow *flow, u64 commands);
void coverage_print(const struct coverage *coverage, FILE *out);

/* How many of the refusals that a command can meet were never seen. */
u32 coverage_missed(const struct coverage *coverage);
/* The same for the flow of the rules: its refusals and events. */
u32 coverage_missed_rules(const struct coverage *coverage);

#endif /* SIM_COVERAGE_H */
