#include "role/gateway/crowd.h"

#include "base/check.h"
#include "base/hash.h"
#include "role/gateway/limit.h"

#include <string.h>

static u32 heads_for(u32 connections_max)
{
    u32 heads = 1;
    while (heads < connections_max) {
        heads *= 2;
    }
    return heads;
}

size_t crowd_footprint(u32 connections_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, (size_t)connections_max + 1, sizeof(struct crowd_place), 64);
    footprint_add(&footprint, heads_for(connections_max), sizeof(u32), 64);
    return footprint.bytes;
}

enum fault crowd_open(struct crowd *crowd, u32 connections_max, u64 seed, struct arena *arena)
{
    CHECK(connections_max <= 1U << 30);
    *crowd = (struct crowd){
        .places_max = connections_max, .heads_count = heads_for(connections_max), .seed = seed};
    crowd->places =
        arena_take_array(arena, (size_t)connections_max + 1, sizeof(struct crowd_place), 64);
    crowd->heads = arena_take_array(arena, crowd->heads_count, sizeof(u32), 64);
    bool fits = crowd->places != NULL && crowd->heads != NULL;
    return fits
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "no room for the addresses of %u connections", connections_max);
}

static u32 *head_of(struct crowd *crowd, const struct auth_address *key)
{
    u64 hash = hash_bytes(key->bytes, sizeof(key->bytes), crowd->seed);
    return &crowd->heads[hash & (crowd->heads_count - 1)];
}

static u32 place_take(struct crowd *crowd, const struct auth_address *key, u32 *head)
{
    u32 place = crowd->free;
    if (place != 0) {
        crowd->free = crowd->places[place].next;
    } else if (crowd->used < crowd->places_max) {
        crowd->used += 1;
        place = crowd->used;
    } else {
        return 0;
    }
    crowd->places[place] = (struct crowd_place){.address = *key, .next = *head};
    *head = place;
    crowd->addresses += 1;
    return place;
}

u32 crowd_enter(struct crowd *crowd, const struct auth_address *address, u32 most)
{
    struct auth_address key = limit_key(address);
    u32 *head = head_of(crowd, &key);
    u32 place = *head;
    u32 length = 0;
    while (place != 0 && memcmp(&crowd->places[place].address, &key, sizeof(key)) != 0) {
        place = crowd->places[place].next;
        length += 1;
    }
    if (place == 0 && most > 0 && length < CROWD_CHAIN_MAX) {
        place = place_take(crowd, &key, head);
    }
    if (place == 0 || crowd->places[place].count >= most) {
        crowd->refused_count += 1;
        return 0;
    }
    crowd->places[place].count += 1;
    return place;
}

void crowd_leave(struct crowd *crowd, u32 place)
{
    if (place == 0) {
        return;
    }
    CHECK(place <= crowd->used);
    struct crowd_place *left = &crowd->places[place];
    CHECK(left->count > 0);
    left->count -= 1;
    if (left->count > 0) {
        return;
    }
    u32 *at = head_of(crowd, &left->address);
    while (*at != place) {
        CHECK(*at != 0);
        at = &crowd->places[*at].next;
    }
    *at = left->next;
    left->next = crowd->free;
    crowd->free = place;
    crowd->addresses -= 1;
}
