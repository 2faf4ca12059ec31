#include "app/id_map.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>

#define SIZE_MIN 1024U

void id_map_release(struct id_map *map)
{
    free(map->slots);
    *map = (struct id_map){.slots = NULL};
}

/* The slot that holds the id, or the free one where it belongs. */
static struct id_map_slot *slot_of(const struct id_map *map, u64 id)
{
    size_t i = hash_u64(id) & (map->size - 1);
    while (map->slots[i].index != ID_MAP_NONE && map->slots[i].id != id) {
        i = (i + 1) & (map->size - 1);
    }
    return &map->slots[i];
}

u32 id_map_find(const struct id_map *map, u64 id)
{
    return map->size == 0 ? ID_MAP_NONE : slot_of(map, id)->index;
}

static enum fault grow(struct id_map *map)
{
    struct id_map wider = {.size = map->size == 0 ? SIZE_MIN : map->size * 2, .count = map->count};
    wider.slots = malloc(wider.size * sizeof(*wider.slots));
    if (wider.slots == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory for %zu ids", wider.size);
    }
    for (size_t i = 0; i < wider.size; i += 1) {
        wider.slots[i] = (struct id_map_slot){.index = ID_MAP_NONE};
    }
    for (size_t i = 0; i < map->size; i += 1) {
        if (map->slots[i].index != ID_MAP_NONE) {
            *slot_of(&wider, map->slots[i].id) = map->slots[i];
        }
    }
    free(map->slots);
    *map = wider;
    return FAULT_NONE;
}

enum fault id_map_put(struct id_map *map, u64 id, u32 index)
{
    CHECK(index != ID_MAP_NONE);
    if ((map->count + 1) * 2 > map->size) {
        TRY(grow(map));
    }
    struct id_map_slot *slot = slot_of(map, id);
    map->count += slot->index == ID_MAP_NONE ? 1 : 0;
    *slot = (struct id_map_slot){.id = id, .index = index};
    return FAULT_NONE;
}
