/* Indexes with a fixed capacity of at least twice what they can hold.
 *
 * Order ids: home = id mod size, each home a chain through the orders' links. Ids rise by one, so
 * new orders come to neighbouring homes, and taking one out moves no other.
 *
 * Client order ids, list ids, hold ids: open addressing with the key beside the slot, so that a key
 * that is not there (every fresh client id) costs no look at an order. The home is scattered by a
 * multiplication: with home = id mod size a dense run is one cluster, so that a removal looks at
 * the rest of the run (docs/performance.md). */
#ifndef CORE_INDEX_H
#define CORE_INDEX_H

#include "core/state.h"

ALWAYS_INLINE u32 index_home(const struct index *index, u32 key)
{
    return key * 0x9E3779B1U >> index->shift;
}

/* The slot of an id, or 0. The caller compares the record's whole id (the key is its low half). */
ALWAYS_INLINE u32 index_find(const struct index *index, u32 key, u32 *position_out)
{
    u32 i = index_home(index, key);
    while (index->entries[i].slot) {
        if (index->entries[i].key == key) {
            *position_out = i;
            return index->entries[i].slot;
        }
        i = (i + 1) & index->mask;
    }
    return 0;
}

/* Continues behind a position that held the key but not the record. */
ALWAYS_INLINE u32 index_find_next(const struct index *index, u32 key, u32 *position)
{
    u32 i = (*position + 1) & index->mask;
    while (index->entries[i].slot) {
        if (index->entries[i].key == key) {
            *position = i;
            return index->entries[i].slot;
        }
        i = (i + 1) & index->mask;
    }
    return 0;
}

ALWAYS_INLINE void index_insert(struct index *index, u32 key, u32 slot)
{
    u32 i = index_home(index, key);
    while (index->entries[i].slot) {
        i = (i + 1) & index->mask;
    }
    index->entries[i] = (struct index_entry){key, slot};
}

/* Takes out the entry {key, slot}, which must be there, and closes the gap. */
void index_remove(struct index *index, u32 key, u32 slot);

ALWAYS_INLINE u32 *index_order_home(const struct core *core, u64 order_id)
{
    return &core->order_homes[(u32)order_id & core->order_homes_mask];
}

/* The slot of an open order, or 0. */
ALWAYS_INLINE u32 index_order(const struct core *core, u64 order_id)
{
    u32 slot = *index_order_home(core, order_id);
    while (slot && core->orders[slot].id != order_id) {
        slot = core->links[slot].same_home;
    }
    return slot;
}

/* Takes up an order whose links are otherwise set. */
ALWAYS_INLINE void index_order_insert(struct core *core, u64 order_id, u64 slot)
{
    u32 *home = index_order_home(core, order_id);
    core->links[slot].same_home = *home;
    *home = (u32)slot;
}

/* Takes out an order, which must be there. */
ALWAYS_INLINE void index_order_remove(struct core *core, u64 order_id, u32 slot)
{
    u32 *at = index_order_home(core, order_id);
    while (*at != slot) {
        CHECK(*at != 0);
        at = &core->links[*at].same_home;
    }
    *at = core->links[slot].same_home;
}

u32 index_list(const struct core *core, u64 list_id);
u32 index_hold(const struct core *core, u64 hold_id);

/* The key of a client id, of which only the used bytes may be read. */
u32 index_client_key(u32 account, u16 market, const struct client_id *client);

/* Takes up an order with a client id of this key. */
ALWAYS_INLINE void index_client_insert(struct core *core, u32 key, u32 slot)
{
    core->links[slot].client_key = key;
    index_insert(&core->client_index, key, slot);
}

ALWAYS_INLINE void index_client_remove(struct core *core, u32 slot)
{
    index_remove(&core->client_index, core->links[slot].client_key, slot);
}

/* The slot of the account's open order in the market with this client id, or 0. */
u32 index_client(const struct core *core, u32 account, u16 market, const struct client_id *client);

/* The same for who has the key already. */
u32 index_client_keyed(const struct core *core, u32 key, u32 account, u16 market,
                       const struct client_id *client);

#endif /* CORE_INDEX_H */
