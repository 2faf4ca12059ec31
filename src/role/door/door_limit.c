#include "role/door/door_limit.h"

#include "base/bytes.h"
#include "base/check.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define US_S  1000000ULL
#define SET   8U
#define STEPS 32U /* a pause is doubled no further */

#define RULE_ROW(constant, free, first, longest, peace) \
    [DOOR_LIMIT_##constant] = {(free), (first), (longest), (peace)},
static const struct {
    u32 free;
    u32 first_s;
    u32 longest_s;
    u32 peace_s;
} rules[DOOR_LIMIT_KINDS] = {DOOR_LIMIT_TABLE(RULE_ROW)};
#undef RULE_ROW

struct place {
    u64 hash; /* of kind and key; 0: free */
    u64 last_us;
    u64 before_us; /* the one before the last */
    u32 count;
    u32 kind;
};

struct door_limit {
    u8 seed[crypto_shorthash_KEYBYTES];
    u32 sets_count;
    u64 evictions;
    struct place places[];
};

_Static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "the seed's size");

enum fault door_limit_open(struct door_limit **limit_out, u32 places, const u8 seed[16])
{
    CHECK(places >= SET && places % SET == 0);
    struct door_limit *limit =
        calloc(1, sizeof(struct door_limit) + (size_t)places * sizeof(struct place));
    *limit_out = limit;
    if (limit == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for %u counters", places);
    }
    memcpy(limit->seed, seed, sizeof(limit->seed));
    limit->sets_count = places / SET;
    return FAULT_NONE;
}

void door_limit_close(struct door_limit *limit)
{
    free(limit);
}

static u64 hash_of(const struct door_limit *limit, enum door_limit_kind kind, struct span key)
{
    u8 message[DOOR_LIMIT_KEY_BYTES + 1] = {0};
    u8 bytes[crypto_shorthash_BYTES];
    CHECK(key.size > 0 && key.size <= DOOR_LIMIT_KEY_BYTES);
    message[0] = (u8)kind;
    memcpy(message + 1, key.data, key.size);
    int code = crypto_shorthash(bytes, message, sizeof(message), limit->seed);
    CHECK(code == 0);
    u64 hash = bytes_u64(bytes);
    return hash == 0 ? 1 : hash;
}

static struct place *set_of(struct door_limit *limit, u64 hash)
{
    return &limit->places[(hash % limit->sets_count) * SET];
}

static struct place *find(struct door_limit *limit, u64 hash)
{
    struct place *set = set_of(limit, hash);
    for (u32 i = 0; i < SET; i += 1) {
        if (set[i].hash == hash) {
            return &set[i];
        }
    }
    return NULL;
}

static u64 since(u64 now_us, u64 then_us)
{
    return now_us < then_us ? 0 : now_us - then_us;
}

/* From the last attempt on. */
static u64 pause_us(const struct place *place)
{
    u32 over = place->count < rules[place->kind].free ? 0 : place->count - rules[place->kind].free;
    if (place->count < rules[place->kind].free) {
        return 0;
    }
    u64 pause_s = (u64)rules[place->kind].first_s << (over < STEPS ? over : STEPS);
    return u64_min(pause_s, rules[place->kind].longest_s) * US_S;
}

static u64 left_us(const struct place *place, u64 now_us)
{
    u64 pause = pause_us(place);
    u64 age = since(now_us, place->last_us);
    return age >= pause ? 0 : pause - age;
}

static bool is_forgotten(const struct place *place, u64 now_us)
{
    return since(now_us, place->last_us) >= rules[place->kind].peace_s * US_S;
}

u32 door_limit_wait(struct door_limit *limit, enum door_limit_kind kind, struct span key,
                    u64 now_us)
{
    struct place *place = find(limit, hash_of(limit, kind, key));
    if (place == NULL || is_forgotten(place, now_us)) {
        return 0;
    }
    if (now_us < place->last_us) {
        place->last_us = now_us; /* the clock went back */
    }
    return (u32)((left_us(place, now_us) + US_S - 1) / US_S);
}

/* A free place, or that of the one who waits least. */
static struct place *place_make(struct door_limit *limit, u64 hash, u64 now_us)
{
    struct place *set = set_of(limit, hash);
    struct place *least = &set[0];
    for (u32 i = 0; i < SET; i += 1) {
        if (set[i].hash == 0 || is_forgotten(&set[i], now_us)) {
            return &set[i];
        }
        u64 left = left_us(&set[i], now_us);
        u64 left_least = left_us(least, now_us);
        if (left < left_least || (left == left_least && set[i].count < least->count)) {
            least = &set[i];
        }
    }
    limit->evictions += left_us(least, now_us) > 0 ? 1 : 0;
    return least;
}

void door_limit_take(struct door_limit *limit, enum door_limit_kind kind, struct span key,
                     u64 now_us)
{
    u64 hash = hash_of(limit, kind, key);
    struct place *place = find(limit, hash);
    if (place == NULL || is_forgotten(place, now_us)) {
        place = place == NULL ? place_make(limit, hash, now_us) : place;
        *place = (struct place){.hash = hash, .kind = kind, .last_us = now_us};
    }
    place->count += place->count < UINT32_MAX ? 1 : 0;
    place->before_us = place->last_us;
    place->last_us = now_us;
}

void door_limit_return(struct door_limit *limit, enum door_limit_kind kind, struct span key)
{
    struct place *place = find(limit, hash_of(limit, kind, key));
    if (place != NULL && place->count > 0) {
        place->count -= 1;
        place->last_us = place->before_us;
    }
}

u64 door_limit_evictions(const struct door_limit *limit)
{
    return limit->evictions;
}
