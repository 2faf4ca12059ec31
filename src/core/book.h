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
    u64 page = market->directory[ticks >> PAGE_SHIFT];
    return &core->levels[page << PAGE_SHIFT | (ticks & (PAGE_TICKS - 1))];
}

ALWAYS_INLINE bool book_has_page(const struct market *market, u64 ticks)
{
    return market->directory[ticks >> PAGE_SHIFT] != 0;
}

ALWAYS_INLINE bool book_side_is_empty(const struct market *market, u8 side)
{
    return market->best[side] == (side == SIDE_BUY ? 0 : TICKS_NONE);
}

/* Whether an order of `side` with this limit would meet an opposite order. */
ALWAYS_INLINE bool book_crosses(const struct market *market, u8 side, u64 ticks)
{
    /* Both, then a choice: a branch on the side could not be foreseen. */
    bool buy_crosses = market->best[SIDE_SELL] <= ticks;
    bool sell_crosses = market->best[SIDE_BUY] >= ticks;
    return (buy_crosses & (side == SIDE_BUY)) | (sell_crosses & (side != SIDE_BUY));
}

/* A page for a tick that has none; one is left. */
u32 book_page_make(struct core *core, struct market *market, u32 ticks);

/* The last order of a level left it: clears the level's bit, gives its page back with the last bit,
 * and looks for the next best price if this was it. */
void book_level_emptied(struct core *core, struct market *market, u8 side, u32 ticks);

/* Puts an order at the end of its level's queue. Side, level and page are named once more; page 0:
 * one has to be made, and is left. */
ALWAYS_INLINE void book_append_at(struct core *core, struct market *market, u64 slot, u8 side,
                                  u64 ticks, u64 page)
{
    struct order *order = &core->orders[slot];
    if (UNLIKELY(page == 0)) {
        page = book_page_make(core, market, (u32)ticks);
    }
    u64 offset = ticks & (PAGE_TICKS - 1);
    struct level *level = &core->levels[page << PAGE_SHIFT | offset];
    u64 tail = level->tail;
    order->prev = (u32)tail;
    order->next = 0;
    level->tail = (u32)slot;
    core->orders[tail].next = (u32)slot; /* slot 0 takes the store of an empty level */
    if (tail == 0) {
        level->head = (u32)slot;
        core->pages[page].bits[offset >> 6] |= 1ULL << (offset & 63);
        if (side == SIDE_BUY ? ticks > market->best[SIDE_BUY] : ticks < market->best[SIDE_SELL]) {
            market->best[side] = (u32)ticks;
        }
    }
    core->resting_count++;
}

/* The same for an order that says everything itself. */
ALWAYS_INLINE void book_append(struct core *core, struct market *market, u32 slot)
{
    const struct order *order = &core->orders[slot];
    book_append_at(core, market, slot, order->side, order->ticks,
                   market->directory[order->ticks >> PAGE_SHIFT]);
}

/* Takes an order out of its level. Whether that left the level empty: then book_level_emptied is to
 * follow, before anything else looks at the book. */
ALWAYS_INLINE bool book_unlink(struct core *core, const struct market *market, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct level *level = book_level(core, market, order->ticks);
    u64 prev = order->prev;
    u64 next = order->next;
    /* Values are chosen and slot 0 takes stores: branches on prev and next could not be foreseen.
     */
    u32 head = level->head;
    u32 tail = level->tail;
    CHECK_DEBUG((head == slot) == (prev == 0));
    CHECK_DEBUG((tail == slot) == (next == 0));
    level->head = (u32)choose(prev != 0, head, next);
    level->tail = (u32)choose(next != 0, tail, prev);
    core->orders[prev].next = (u32)next;
    core->orders[next].prev = (u32)prev;
    core->resting_count--;
    return (prev | next) == 0;
}

/* Takes an order out of its level, with all that follows for the book. */
ALWAYS_INLINE void book_remove(struct core *core, struct market *market, u32 slot)
{
    if (book_unlink(core, market, slot)) {
        book_level_emptied(core, market, core->orders[slot].side, core->orders[slot].ticks);
    }
}

/* The same for the first order of its level. */
ALWAYS_INLINE void book_pop(struct core *core, struct market *market, struct level *level, u32 slot)
{
    struct order *order = &core->orders[slot];
    u64 next = order->next;
    CHECK(level->head == slot);
    level->head = (u32)next;
    core->orders[next].prev = 0; /* slot 0 takes the store of the last one */
    if (next == 0) {
        level->tail = 0;
        book_level_emptied(core, market, order->side, order->ticks);
    }
    core->resting_count--;
}

/* Moves an order to the end of its own level's queue. */
void book_requeue(struct core *core, struct market *market, u32 slot);

/* The next occupied tick behind `ticks` on a side (lower for BUY, higher for SELL), or the side's
 * empty value. */
u32 book_next(const struct core *core, const struct market *market, u8 side, u32 ticks);

#endif /* CORE_BOOK_H */
