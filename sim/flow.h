/* Random commands for the core and the naive model: from one seed a small venue with awkward but
 * valid markets, then well-formed commands of every kind, most of them sensible, some deliberately
 * bad in a field. The generator looks at the model, so that it cancels orders that are there and
 * reaches the limits. Each seed has a profile that weighs the kinds: deep books, trigger storms,
 * self-trade storms, order lists, money at the edge of 2^63, and so on. */
#ifndef SIM_FLOW_H
#define SIM_FLOW_H

#include "core/core.h"
#include "sim/model.h"

#define FLOW_RECORD_BYTES 1056U /* no command is longer */

struct flow;

/* One step: the clock is set, then the command is applied, or voided. */
struct flow_step {
    u64 time_us;
    bool is_void; /* use up the sequence number instead of applying the command */
    u32 bytes;
    _Alignas(8) u8 record[FLOW_RECORD_BYTES];
};

struct flow *flow_create(u64 seed);
void flow_free(struct flow *flow);

/* The limits that core and model are made with. */
const struct command_genesis *flow_limits(const struct flow *flow);
const char *flow_profile_name(const struct flow *flow);

/* The next step, given the model after all steps before. */
void flow_next(struct flow *flow, const struct model *model, struct flow_step *step_out);

/* Both take a step: the clock, and the command or nothing in its place. The model gives the bytes
 * of the events, the output holds those of this step alone. */
size_t flow_step_model(const struct flow_step *step, struct model *model, u8 *events,
                       size_t events_size);
void flow_step_core(const struct flow_step *step, struct core *core, struct core_output *output);

#endif /* SIM_FLOW_H */
