/* The double-entry ledger: every movement leaves one account and enters another, so that for each
 * asset customers + fee income + suspense + equity - custody stays zero.
 *
 * Each non-zero movement is an entry and takes the next number; zero ones take none. Who calls has
 * checked that the paying side suffices and that no sum can overflow (the asset's total is bounded
 * when money comes in), so a failure here is our own fault and stops the process. */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include "core/state.h"

/* Debug builds keep a second sum per asset to compare with after each command. */
ALWAYS_INLINE void ledger_shadow(struct core *core, u16 asset, struct amount amount, bool in)
{
#if defined(CAMBIST_DEBUG) && CAMBIST_DEBUG
    i128 units = (i128)amount.units; /* raw: shadow sum */
    core->assets[asset].customers += in ? units : -units;
#else
    (void)core;
    (void)asset;
    (void)amount;
    (void)in;
#endif
}

/* The number for `entries` movements: the first of them, or the next one if there are none. */
ALWAYS_INLINE u64 ledger_entries(struct core *core, u32 entries)
{
    u64 first = core->next_entry;
    core->next_entry += entries;
    return first;
}

ALWAYS_INLINE u64 ledger_entry_if(struct core *core, struct amount amount)
{
    return ledger_entries(core, amount_is_zero(amount) ? 0 : 1);
}

/* free -> locked of one balance. */
ALWAYS_INLINE void ledger_move_to_locked(struct balance *balance, struct amount amount)
{
    CHECK(amount_sub(balance->free, amount, &balance->free));
    CHECK(amount_add(balance->locked, amount, &balance->locked));
}

/* locked -> free of one balance. */
ALWAYS_INLINE void ledger_move_to_free(struct balance *balance, struct amount amount)
{
    CHECK(amount_sub(balance->locked, amount, &balance->locked));
    CHECK(amount_add(balance->free, amount, &balance->free));
}

/* free -> locked of one row. Returns the entry number. */
ALWAYS_INLINE u64 ledger_lock(struct core *core, u32 row, struct amount amount)
{
    ledger_move_to_locked(core_row(core, row), amount);
    return ledger_entry_if(core, amount);
}

/* locked -> free of one row. Returns the entry number. */
ALWAYS_INLINE u64 ledger_unlock(struct core *core, u32 row, struct amount amount)
{
    ledger_move_to_free(core_row(core, row), amount);
    return ledger_entry_if(core, amount);
}

/* One side of a fill: `paid` leaves what is locked, `improvement` goes back to free, and what comes
 * in is `received` less `fee`. */
ALWAYS_INLINE void ledger_fill(struct balance *from, struct balance *to, struct amount paid,
                               struct amount improvement, struct amount received, struct amount fee)
{
    CHECK(amount_sub(from->locked, paid, &from->locked));
    CHECK(amount_sub(from->locked, improvement, &from->locked));
    CHECK(amount_add(from->free, improvement, &from->free));
    CHECK(amount_sub(received, fee, &received));
    CHECK(amount_add(to->free, received, &to->free));
}

ALWAYS_INLINE void ledger_fill_side(struct core *core, u32 row_paid, u32 row_received,
                                    struct amount paid, struct amount improvement,
                                    struct amount received, struct amount fee)
{
    ledger_fill(core_row(core, row_paid), core_row(core, row_received), paid, improvement, received,
                fee);
}

/* Fee income of one fill. */
ALWAYS_INLINE void ledger_fee(struct core *core, u16 asset, struct amount fee)
{
    struct asset *record = &core->assets[asset];
    CHECK(amount_add(record->fee_income, fee, &record->fee_income));
    ledger_shadow(core, asset, fee, false);
}

/* The row of (account, asset), or 0. */
ALWAYS_INLINE u32 ledger_row(const struct core *core, u32 account, u16 asset)
{
    u32 chunk = core->accounts[account].chunk;
    while (chunk) {
        const struct chunk *c = &core->chunks[chunk];
        for (u32 i = 0; i < c->count; i++) {
            if (c->assets[i] == asset) {
                return chunk << 2 | i;
            }
        }
        chunk = c->next;
    }
    return 0;
}

/* Whether rows for these assets exist or can be made. */
MUST_USE bool ledger_rows_fit(const struct core *core, u32 account, u16 asset, u16 second);

/* The row of (account, asset), made if it is missing; ledger_rows_fit said that it can. */
u32 ledger_row_make(struct core *core, u32 account, u16 asset);

/* The free balance of (account, asset); zero without a row. */
struct amount ledger_free(const struct core *core, u32 account, u16 asset);

/* Whether the asset's total may grow by this much and stay below AMOUNT_BOUND. */
MUST_USE bool ledger_issue_fits(const struct core *core, u16 asset, struct amount amount);

/* Sum over all accounts of an asset minus custody, by walking every row. */
i128 ledger_sum(const struct core *core, u16 asset);

/* The same from the shadow sums of debug builds: constant time. */
MUST_USE bool ledger_balanced(const struct core *core, u16 asset);

#endif /* CORE_LEDGER_H */
