/* Many numbers under one hashed key, packed: the postings of an index.
 *
 * It is built in two passes over the same keys: index_map_count for each, index_map_lay, then
 * index_map_put for each again. Afterwards it is only read, by any number of threads. A key is a
 * 64-bit hash and is not kept: keys that fall into one bucket are told apart by whoever asks, who
 * verifies each number found. Numbers under one bucket stand in the order in which they were put.
 */
#ifndef ROLE_SCREEN_INDEX_MAP_H
#define ROLE_SCREEN_INDEX_MAP_H

#include "base/base.h"
#include "io/fault.h"

struct index_map {
    u32 *starts; /* buckets + 1; while it is filled, where the next number of a bucket goes */
    u32 *numbers;
    u64 buckets; /* a power of two */
    u64 count;
    u64 filled;
};

/* What one bucket holds. */
struct index_run {
    const u32 *numbers;
    u32 count;
};

/* Makes room for about `keys` keys. FAULT_LIMIT above INDEX_MAP_KEYS_MAX or without memory. */
#define INDEX_MAP_KEYS_MAX (1ULL << 31)
MUST_USE enum fault index_map_open(struct index_map *map, u64 keys);

void index_map_count(struct index_map *map, u64 key);

/* Between the two passes. */
MUST_USE enum fault index_map_lay(struct index_map *map);

/* CHECK: the second pass puts what the first has counted. */
void index_map_put(struct index_map *map, u64 key, u32 number);

/* After the second pass. CHECK: all has been put. */
void index_map_seal(struct index_map *map);

struct index_run index_map_find(const struct index_map *map, u64 key);

u64 index_map_memory(const struct index_map *map);

/* Also of one that is all zero. */
void index_map_close(struct index_map *map);

#endif /* ROLE_SCREEN_INDEX_MAP_H */
