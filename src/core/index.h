/* Hash indexes with a fixed capacity of at least twice what they can hold: rising ids to slots, and
 * client order ids.
 *
 * The home of an id is scattered by a multiplication: with home = id mod size a dense run of
 * resting orders is one cluster, so that a removal looks at the rest of the run, and a new run
 * meeting old orders is pushed ever further from home (docs/performance.md). */
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

/* The slot of an open order, or 0. */
u32 index_order(const struct core *core, u64 order_id);
u32 index_list(const struct core *core, u64 list_id);
u32 index_hold(const struct core *core, u64 hold_id);

u32 index_client_key(u32 account, u16 market, const struct client_id *client);

/* The slot of the account's open order in the market with this client id, or 0. */
u32 index_client(const struct core *core, u32 account, u16 market, const struct client_id *client);

#endif /* CORE_INDEX_H */
