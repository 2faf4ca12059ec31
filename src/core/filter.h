/* The shape of an order and the filters of its market, in the order of docs/semantics.md section 5.
 * Source of the filters: the API's filters.md. */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "core/order.h"

/* Step 1: account, market, restriction, state. Sets *market_out. */
MUST_USE enum reject filter_entry(struct core *core, u32 account, u16 market,
                                  struct market **market_out);

/* Step 2. The raw fields of the intent are set; resolves stp and has_extra. */
MUST_USE enum reject filter_shape(struct intent *intent);

/* Step 3 up to FILTER_TRAILING_DELTA. Sets ticks, lots and the notional. */
MUST_USE enum reject filter_terms(const struct core *core, struct intent *intent);

/* The rest of step 3 for one order, or for all legs of a list at once. */
MUST_USE enum reject filter_counts(const struct core *core, const struct intent *intents, u32 count,
                                   bool list);

/* MIN_NOTIONAL and NOTIONAL for a known notional, as amend needs them. */
MUST_USE enum reject filter_notional(const struct core *core, struct intent *intent);

/* LOT_SIZE for a quantity in base units; sets *lots_out. */
MUST_USE bool filter_lot_size(const struct market *market, struct amount qty, u64 *lots_out);

#endif /* CORE_FILTER_H */
