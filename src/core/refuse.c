#include "core/refuse.h"

#include "core/output.h"

static void tell(struct core *core, const struct command_head *head, enum reject reject,
                 enum reject_phase phase, u16 market, u64 order_id)
{
    OUTPUT(core, rejected, EVENT_REJECTED, head->account,
           .source_index = core->current.source_index, .order_id = order_id, .reject = (u16)reject,
           .command = head->kind, .phase = (u8)phase, .market = market);
}

void refuse(struct core *core, const struct command_head *head, enum reject reject,
            enum reject_phase phase, u16 market, u64 order_id)
{
    CHECK(reject != REJECT_NONE);
    if (reject >= REJECT_LIMIT_ACCOUNTS) {
        core->rejected_limits++;
    }
    tell(core, head, reject, phase, market, order_id);
}

void refuse_nothing(struct core *core, const struct command_head *head, u16 market)
{
    tell(core, head, REJECT_NONE, REJECT_PHASE_WHOLE, market, 0);
}
