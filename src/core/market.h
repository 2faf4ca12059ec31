/* Markets: definitions in ticks and lots, averages of trade prices, the price range. */
#ifndef CORE_MARKET_H
#define CORE_MARKET_H

#include "core/state.h"

#define MARKET_ICEBERG_PARTS_MAX 100U /* so that the events of one command are bounded */

/* Whether a definition is sound for these assets; sets the value of one lot at one tick. */
MUST_USE bool market_definition_check(const struct core *core,
                                      const struct command_market_add *definition, u64 *value_out);

/* Derives ticks, lots and the set of needed checks from a checked definition. */
void market_define(struct market *market, const struct command_market_add *definition, u64 value);

/* Recomputes which slow checks apply, after a reference price changed too. */
void market_set_checks(struct market *market);

/* The taker's price range in ticks (docs/semantics.md section 6, step 1). */
void market_range(const struct market *market, u8 side, u32 *low_out, u32 *high_out);

/* Counts a taker phase's trades in the bucket of the current minute. */
void market_average_add(struct core *core, struct market *market, u128 sum_value, u64 sum_lots);

/* The average price of section 10. False: there is none. */
MUST_USE bool market_average(const struct core *core, const struct market *market, u32 minutes,
                             struct price *average_out);

#endif /* CORE_MARKET_H */
