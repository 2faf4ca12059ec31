/* The book of one market: a queue of orders per tick, ticks in pages of 512 under a small
 * directory, bitmaps of what is occupied, so that the next best price is a few words away and no
 * window has to follow the market.
 *
 * A level holds only one side at a time, since the book never crosses; both sides share the pages.
 */
#ifndef CORE_BOOK_H
#define CORE_BOOK_H

#include "core/state.h"

/* The level of a tick whose page exists. */
ALWAYS_INLINE struct level *book_level(const struct core *core, const struct market *market,
                                       u32 ticks)
{
    u32 page = market->directory[ticks >> PAGE_SHIFT];
    return &core->levels[(size_t)page * PAGE_TICKS + (ticks & (PAGE_TICKS - 1))];
}

ALWAYS_INLINE bool book_has_page(const struct market *market, u32 ticks)
{
    return market->directory[ticks >> PAGE_SHIFT] != 0;
}

ALWAYS_INLINE bool book_side_is_empty(const struct market *market, u8 side)
{
    return market->best[side] == (side == SIDE_BUY ? 0 : TICKS_NONE);
}

/* Whether an order of `side` with this limit would meet an opposite order. */
ALWAYS_INLINE bool book_crosses(const struct market *market, u8 side, u32 ticks)
{
    return side == SIDE_BUY ? market->best[SIDE_SELL] <= ticks : market->best[SIDE_BUY] >= ticks;
}

/* Puts an order at the end of its level's queue. Its page exists or a free one is left. */
void book_append(struct core *core, struct market *market, u32 slot);

/* Takes an order out of its level. */
void book_remove(struct core *core, struct market *market, u32 slot);

/* Moves an order to the end of its own level's queue. */
void book_requeue(struct core *core, struct market *market, u32 slot);

/* The next occupied tick behind `ticks` on a side (lower for BUY, higher for SELL), or the side's
 * empty value. */
u32 book_next(const struct core *core, const struct market *market, u8 side, u32 ticks);

#endif /* CORE_BOOK_H */
