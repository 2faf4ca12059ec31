/* Holdings: what a person has over all accounts, in 10^-8 EUR at prices from outside our own book
 * (docs/rules.md "In the writer"). */
#ifndef CORE_HOLDINGS_H
#define CORE_HOLDINGS_H

#include "core/rule.h"
#include "core/state.h"

void holdings_price_set(struct core *core, const struct command_valuation_price *command);

/* What `units` of an asset are worth, rounded up, at most 2^64-1. False: no price that is fresh. */
MUST_USE bool holdings_value(const struct core *core, const struct valuation_price *prices,
                             u16 asset, u64 units, u64 *eur_out);

/* Free, locked and held of all accounts of a person, valued at `prices` (one for each asset). */
struct rule_holdings holdings_of(struct core *core, const struct valuation_price *prices,
                                 u32 person);

#endif /* CORE_HOLDINGS_H */
