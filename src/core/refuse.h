/* The core's "no": one `rejected` event. */
#ifndef CORE_REFUSE_H
#define CORE_REFUSE_H

#include "core/state.h"

/* `market` as the command names it, 0 for kinds without one; order_id 0 unless the phase says. */
void refuse(struct core *core, const struct command_head *head, enum reject reject,
            enum reject_phase phase, u16 market, u64 order_id);

/* The same event with reject number 0: a test order that passed. */
void refuse_nothing(struct core *core, const struct command_head *head, u16 market);

#endif /* CORE_REFUSE_H */
