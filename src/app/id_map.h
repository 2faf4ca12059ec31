/* From a 64-bit number to a small index: how readers of recordings find what they know of an id or
 * a price. Grows as needed; nothing is ever removed. */
#ifndef APP_ID_MAP_H
#define APP_ID_MAP_H

#include "base/base.h"
#include "io/fault.h"

#define ID_MAP_NONE UINT32_MAX

struct id_map_slot {
    u64 id;
    u32 index; /* ID_MAP_NONE: free */
};

struct id_map {
    struct id_map_slot *slots;
    size_t size; /* a power of two, at least twice `count` */
    size_t count;
};

void id_map_release(struct id_map *map);

/* ID_MAP_NONE when the id is not there. */
u32 id_map_find(const struct id_map *map, u64 id);

/* Adds or changes. */
MUST_USE enum fault id_map_put(struct id_map *map, u64 id, u32 index);

#endif /* APP_ID_MAP_H */
