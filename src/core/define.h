/* Definitions: genesis, limits, assets, markets, fees, accounts, restrictions, filters of the
 * venue; keys are in key.h. Each that succeeds is repeated whole in an `applied` event.
 * docs/semantics.md section 2.
 */
#ifndef CORE_DEFINE_H
#define CORE_DEFINE_H

#include "core/state.h"

/* Whether every limit lies within the bounds of docs/semantics.md section 11. */
MUST_USE bool define_limits_fit(const struct command_genesis *limits);

void define_genesis(struct core *core, const struct command_genesis *command);
void define_limits(struct core *core, const struct command_limits_set *command);
void define_version(struct core *core, const struct command_activate_version *command);
void define_asset(struct core *core, const struct command_asset_add *command);
void define_market(struct core *core, const struct command_market_add *command);
void define_market_set(struct core *core, const struct command_market_set *command);
void define_market_state(struct core *core, const struct command_market_state *command);
void define_fees(struct core *core, const struct command_fee_set *command);
void define_account(struct core *core, const struct command_account_add *command);
void define_account_set(struct core *core, const struct command_account_set *command);
void define_restrict(struct core *core, const struct command_restrict *command);
void define_venue_filters(struct core *core, const struct command_venue_filters *command);
void define_asset_limit(struct core *core, const struct command_asset_limit *command);
void define_reference_price(struct core *core, const struct command_reference_price *command);
void define_note(struct core *core, const struct command_note *command);

/* The refusal of a definition, and the `applied` event of one that succeeded: it repeats the
 * command with the account it is about. */
void define_refuse(struct core *core, const struct command_head *head, enum reject reject);
void define_tell(struct core *core, const struct command_head *head, u32 account);

/* Gives a new market its directory and bitmaps, which must fit; for market_add and for restoring.
 */
void define_market_directory(struct core *core, struct market *market, u32 ticks_max);

/* The four summed rates of a fee_set; false if one is above RATE_ONE. */
MUST_USE bool define_rates(const struct command_fee_set *command, struct fees *fees_out);

#endif /* CORE_DEFINE_H */
