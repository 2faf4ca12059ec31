/* Accounts: what each may do (restrictions), and what it has open in each market (positions). */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "core/state.h"

/* Two bits per operation: allow, hold, refuse, freeze. */
ALWAYS_INLINE u32 account_restriction(const struct account *account, enum operation operation)
{
    return (u32)(account->restrictions >> (2U * (u32)operation)) & 3U;
}

/* The bits that placing an order needs clear: trade and place. */
#define ACCOUNT_PLACE_MASK 0xFULL

/* The account's position in a market, or TICKS_NONE when it never had an order there. */
u32 account_position(const struct core *core, u32 account, u16 market);

/* Whether account_position_make can succeed. */
MUST_USE bool account_position_fits(const struct core *core, u32 account, u16 market);

u32 account_position_make(struct core *core, u32 account, u16 market);

/* The asset_limit entry of (account, asset), or NULL. */
const struct asset_limit *account_asset_limit(const struct core *core, u32 account, u16 asset);

#endif /* CORE_ACCOUNT_H */
