/* Cancel, cancel all, cancel-replace and amend: docs/semantics.md section 12. */
#ifndef CORE_CANCEL_H
#define CORE_CANCEL_H

#include "core/state.h"

void cancel_order(struct core *core, const struct command_cancel *command);
void cancel_all(struct core *core, const struct command_cancel_all *command);
void cancel_replace(struct core *core, const struct command_cancel_replace *command);
void cancel_amend(struct core *core, const struct command_amend *command);

/* Every open order of an account expires, market by market, newest first: a restriction. */
void cancel_expire_account(struct core *core, u32 account);

/* The same for a market: accounts by number. */
void cancel_expire_market(struct core *core, u16 market);

#endif /* CORE_CANCEL_H */
