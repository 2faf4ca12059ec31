#include "core/index.h"

#include <string.h>

void index_remove(struct index *index, u32 key, u32 slot)
{
    u32 mask = index->mask;
    u32 i = index_home(index, key);
    while (index->entries[i].slot != slot || index->entries[i].key != key) {
        CHECK(index->entries[i].slot != 0);
        i = (i + 1) & mask;
    }
    /* Close the gap: an entry may move back when its home is not between the gap and itself. */
    u32 gap = i;
    for (u32 j = (gap + 1) & mask; index->entries[j].slot; j = (j + 1) & mask) {
        u32 home = index_home(index, index->entries[j].key);
        if (((j - home) & mask) >= ((j - gap) & mask)) {
            index->entries[gap] = index->entries[j];
            gap = j;
        }
    }
    index->entries[gap] = (struct index_entry){0, 0};
}

u32 index_list(const struct core *core, u64 list_id)
{
    u32 position = 0;
    u32 slot = index_find(&core->list_index, (u32)list_id, &position);
    while (slot && core->lists[slot].id != list_id) {
        slot = index_find_next(&core->list_index, (u32)list_id, &position);
    }
    return slot;
}

u32 index_hold(const struct core *core, u64 hold_id)
{
    u32 position = 0;
    u32 slot = index_find(&core->hold_index, (u32)hold_id, &position);
    while (slot && core->holds[slot].id != hold_id) {
        slot = index_find_next(&core->hold_index, (u32)hold_id, &position);
    }
    return slot;
}

u32 index_client_key(u32 account, u16 market, const struct client_id *client)
{
    u64 words[4] = {0};
    u32 bytes = client_id_bytes(client->length);
    memcpy(words, client, bytes);
    u64 h = ((u64)account << 16 | market) * 0x9E3779B97F4A7C15ULL;
    for (u32 i = 0; i * 8 < bytes; i++) {
        h = (h ^ words[i]) * 0xD6E8FEB86659FD93ULL;
        h ^= h >> 32;
    }
    return (u32)h;
}

u32 index_client(const struct core *core, u32 account, u16 market, const struct client_id *client)
{
    return index_client_keyed(core, index_client_key(account, market, client), account, market,
                              client);
}

u32 index_client_keyed(const struct core *core, u32 key, u32 account, u16 market,
                       const struct client_id *client)
{
    u32 position = 0;
    u32 slot = index_find(&core->client_index, key, &position);
    while (slot) {
        const struct order *order = &core->orders[slot];
        if (order->account == account && order->market == market &&
            client_id_equal(&core->colds[slot].client, client)) {
            return slot;
        }
        slot = index_find_next(&core->client_index, key, &position);
    }
    return 0;
}
