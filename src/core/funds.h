/* Money in, out and between accounts: docs/semantics.md section 4. */
#ifndef CORE_FUNDS_H
#define CORE_FUNDS_H

#include "core/state.h"

void funds_deposit(struct core *core, const struct command_deposit *command);
void funds_withdraw_hold(struct core *core, const struct command_withdraw_hold *command);
void funds_withdraw_settle(struct core *core, const struct command_withdraw_settle *command);
void funds_hold_release(struct core *core, const struct command_hold_release *command);
void funds_transfer(struct core *core, const struct command_transfer *command);
void funds_adjust(struct core *core, const struct command_adjust *command);

/* Chains a hold to its account, newest first; from a snapshot too. */
void funds_hold_chain(struct core *core, u32 slot);

#endif /* CORE_FUNDS_H */
