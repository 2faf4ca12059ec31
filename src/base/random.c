#include "base/random.h"

#include "base/check.h"

#include <string.h>

static u64 splitmix64(u64 *state)
{
    *state += 0x9e3779b97f4a7c15ULL;
    u64 z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static u64 rotate_left(u64 x, unsigned count)
{
    return (x << count) | (x >> (64 - count));
}

void random_init(struct random *random, u64 seed)
{
    for (size_t index = 0; index < ARRAY_COUNT(random->state); index += 1) {
        random->state[index] = splitmix64(&seed);
    }
}

u64 random_u64(struct random *random)
{
    u64 *s = random->state;
    u64 result = rotate_left(s[1] * 5, 7) * 9;
    u64 t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

u64 random_below(struct random *random, u64 bound)
{
    CHECK(bound >= 1);
    /* Multiply and keep the high half; the few low halves that would favour some results are drawn
     * again. The chance of another round is below bound / 2^64, so the loop ends. */
    u64 threshold = (0 - bound) % bound;
    for (;;) {
        u128 product = (u128)random_u64(random) * bound;
        if ((u64)product >= threshold) {
            return (u64)(product >> 64);
        }
    }
}

u64 random_between(struct random *random, u64 low, u64 high)
{
    CHECK(low <= high);
    if (high - low == UINT64_MAX) {
        return random_u64(random);
    }
    return low + random_below(random, high - low + 1);
}

bool random_chance(struct random *random, u64 numerator, u64 denominator)
{
    return random_below(random, denominator) < numerator;
}

void random_fill(struct random *random, void *target, size_t size)
{
    u8 *bytes = target;
    for (size_t offset = 0; offset < size; offset += sizeof(u64)) {
        u64 word = random_u64(random);
        size_t count = size - offset < sizeof(word) ? size - offset : sizeof(word);
        for (size_t index = 0; index < count; index += 1) {
            bytes[offset + index] = (u8)(word >> (8 * index));
        }
    }
}

u64 random_seed_derive(u64 seed, u64 index)
{
    u64 state = seed ^ (index * 0xd1342543de82ef95ULL + 0x632be59bd9b4e019ULL);
    (void)splitmix64(&state);
    return splitmix64(&state);
}
