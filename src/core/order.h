/* Open orders: made when accepted, closed when done. In between an order is in the id index, in its
 * owner's list, perhaps in the client-id index, and in at most one of: the book, a trigger
 * structure, the queue. */
#ifndef CORE_ORDER_H
#define CORE_ORDER_H

#include "core/index.h"
#include "core/state.h"

/* An order as decoded and checked, before it has a number. Quantities in lots, prices in ticks. */
struct intent {
    struct market *market;
    u64 lots;
    u64 iceberg;
    u32 ticks;
    u32 stop_ticks;
    u32 basis_ticks; /* price a market-like stop BUY locks at */
    u32 account;
    u32 row_base; /* its balances; 0 until made */
    u32 row_quote;
    u32 position; /* TICKS_NONE until made */
    u32 trailing_delta;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    u8 state;                /* enum order_state it starts in */
    bool has_extra;          /* needs an extra: see semantics section 5, step 7 */
    struct price price;      /* as sent */
    struct price stop_price; /* as sent */
    struct amount qty;
    struct amount iceberg_qty;
    struct amount quote_qty;
    i64 strategy_id;
    u32 strategy_type;
    const struct client_id *client; /* only its used bytes may be read */
    struct amount lock;             /* L of docs/semantics.md section 5 */
    struct amount notional;
};

ALWAYS_INLINE bool intent_is_limit(const struct intent *intent)
{
    return order_type_is_limit(intent->type);
}

/* Whether it acts when placed (the others wait for a trigger). */
ALWAYS_INLINE bool intent_acts(const struct intent *intent)
{
    return !order_type_is_stop(intent->type);
}

/* Finds the account's rows and position for the intent's market. */
void order_locate(const struct core *core, struct intent *intent);

/* Makes the rows and the position that order_locate did not find; the limits were checked. */
void order_provide(struct core *core, struct intent *intent);

/* Makes an open order with this id: slot, indexes, owner's list, counts, extra. Rows and
 * position are provided.
 * Everything it needs was checked. `list` is its list's slot or 0, `leg` its place there. */
u32 order_open(struct core *core, const struct intent *intent, u64 id, u32 list, u8 leg);

/* What a taker that had no slot yet has done before it rests. */
void order_set_progress(struct core *core, u32 slot, u64 left, u64 prevented, u64 quote_done);

/* Puts an order at the head of its owner's list in the market. */
ALWAYS_INLINE void order_link_owner(struct core *core, u64 slot, struct position *position)
{
    u64 newest = position->newest;
    core->links[slot].newer = 0;
    core->links[slot].older = (u32)newest;
    core->links[newest].newer = (u32)slot; /* slot 0 takes the store of an empty list */
    position->newest = (u32)slot;
}

ALWAYS_INLINE void order_unlink_owner(struct core *core, u32 slot, struct position *position)
{
    u64 newer = core->links[slot].newer;
    u64 older = core->links[slot].older;
    core->links[newer].older = (u32)older; /* slot 0 takes the stores of the ends */
    core->links[older].newer = (u32)newer;
    position->newest = (u32)choose(newer != 0, position->newest, older);
}

/* Takes a done order out of everything but the book, and frees its slot. */
void order_close(struct core *core, u32 slot);

/* The same for a resting order without an extra: most of them. */
ALWAYS_INLINE void order_close_plain(struct core *core, struct market *market, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct position *position = core_position(core, order->position);
    market->orders--;
    position->orders--;
    core->accounts[order->account].orders--;
    order_unlink_owner(core, slot, position);
    if (UNLIKELY(order->has_client)) {
        index_client_remove(core, slot);
    }
    index_order_remove(core, order->id, slot);
    order->id = 0;
    __builtin_prefetch(&core->colds[slot], 1); /* the next order made writes there */
    SLAB_GIVE(&core->order_slab, core->orders, next, slot);
}

/* The lock an order holds by itself: nothing while it is pending or one leg of a waiting pair. */
struct amount order_lock(const struct core *core, u32 slot);

/* What a leg needs to hold once it stands alone (docs/semantics.md section 8, the survivor). */
struct amount order_need(const struct core *core, u32 slot);

ALWAYS_INLINE u32 order_lock_row(const struct order *order)
{
    return order->side == SIDE_BUY ? order->row_quote : order->row_base;
}

/* Lots that meet a taker. */
ALWAYS_INLINE u64 order_visible(const struct core *core, const struct order *order)
{
    if (LIKELY(order->extra == 0) || core->extras[order->extra].iceberg == 0) {
        return order->left;
    }
    return core->extras[order->extra].visible;
}

/* Whether the list, if any, is a pair of which neither leg has begun. */
bool order_in_waiting_pair(const struct core *core, const struct order *order);

/* Releases `released`, emits order_done, takes the order out of the book and closes it. Without the
 * consequences for its list: order_finish has those. */
void order_end(struct core *core, u32 slot, u8 status, u8 reason, struct amount released);

/* Ends an order that was canceled or expired by the venue, with the consequences for its list. */
void order_finish(struct core *core, u32 slot, u8 status, u8 reason);

/* The source_index of an order_done: the command's own for its direct answers, else 0. */
ALWAYS_INLINE u64 order_answer(const struct core *core, u64 order_id)
{
    bool own = core->current.canceling || order_id >= core->current.first_order_id;
    return own ? core->current.source_index : 0;
}

/* Emits order_new (and order_detail). */
void order_tell_new(struct core *core, const struct intent *intent, u64 id, struct amount locked,
                    u64 entry, u64 update_id, u64 list_id);

/* Puts an acting limit order on the book. Returns its update id. */
u64 order_rest(struct core *core, u32 slot);

/* Rests and says so with order_booked. */
void order_rest_and_tell(struct core *core, u32 slot);

#endif /* CORE_ORDER_H */
