#include "role/screen/index_map.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS_MIN = 64 };

enum fault index_map_open(struct index_map *map, u64 keys)
{
    *map = (struct index_map){.buckets = 0};
    if (keys > INDEX_MAP_KEYS_MAX) {
        return FAULT(FAULT_LIMIT, "index: %llu keys are more than a map holds",
                     (unsigned long long)keys);
    }
    map->buckets = u64_power_of_two_ceil(u64_max(keys, BUCKETS_MIN));
    map->starts = calloc(map->buckets + 1, sizeof(u32));
    return map->starts != NULL ? FAULT_NONE
                               : FAULT(FAULT_LIMIT, "index: no memory for %llu buckets",
                                       (unsigned long long)map->buckets);
}

static u64 bucket_of(const struct index_map *map, u64 key)
{
    return key & (map->buckets - 1);
}

void index_map_count(struct index_map *map, u64 key)
{
    CHECK_DEBUG(map->numbers == NULL);
    map->starts[bucket_of(map, key)] += 1;
    map->count += 1;
}

enum fault index_map_lay(struct index_map *map)
{
    if (map->count > INDEX_MAP_KEYS_MAX) {
        return FAULT(FAULT_LIMIT, "index: %llu numbers are more than a map holds",
                     (unsigned long long)map->count);
    }
    u32 sum = 0;
    for (u64 i = 0; i <= map->buckets; i += 1) {
        u32 count = map->starts[i];
        map->starts[i] = sum;
        sum += count;
    }
    map->numbers = malloc((map->count + 1) * sizeof(u32));
    return map->numbers != NULL ? FAULT_NONE
                                : FAULT(FAULT_LIMIT, "index: no memory for %llu numbers",
                                        (unsigned long long)map->count);
}

void index_map_put(struct index_map *map, u64 key, u32 number)
{
    u32 *next = &map->starts[bucket_of(map, key)];
    CHECK(*next < map->count);
    map->numbers[*next] = number;
    *next += 1;
    map->filled += 1;
}

/* Each start now stands where its bucket ends: move them up by one. */
void index_map_seal(struct index_map *map)
{
    CHECK(map->buckets > 0 && map->filled == map->count);
    CHECK(map->starts[map->buckets - 1] == map->count);
    memmove(map->starts + 1, map->starts, map->buckets * sizeof(u32));
    map->starts[0] = 0;
    CHECK(map->starts[map->buckets] == map->count);
}

struct index_run index_map_find(const struct index_map *map, u64 key)
{
    u64 bucket = bucket_of(map, key);
    u32 start = map->starts[bucket];
    return (struct index_run){.numbers = map->numbers + start,
                              .count = map->starts[bucket + 1] - start};
}

u64 index_map_memory(const struct index_map *map)
{
    return (map->buckets + 1 + map->count + 1) * sizeof(u32);
}

void index_map_close(struct index_map *map)
{
    free(map->starts);
    free(map->numbers);
    *map = (struct index_map){.buckets = 0};
}
