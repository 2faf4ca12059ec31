/* Seeded random numbers for the simulator, the tests and the generators: xoshiro256**, its state
 * filled by splitmix64 (both are public-domain algorithms by Blackman and Vigna).
 *
 * The same seed gives the same numbers on every machine. Never for keys or secrets. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/base.h"

struct random {
    u64 state[4];
};

void random_init(struct random *random, u64 seed);

u64 random_u64(struct random *random);

/* Evenly from 0 .. bound - 1; bound is at least 1. */
u64 random_below(struct random *random, u64 bound);

/* Evenly from low .. high, both included. */
u64 random_between(struct random *random, u64 low, u64 high);

/* True `numerator` times out of `denominator`. */
bool random_chance(struct random *random, u64 numerator, u64 denominator);

void random_fill(struct random *random, void *target, size_t size);

/* A seed of its own for part number `index` of a run: independent streams from one number. */
u64 random_seed_derive(u64 seed, u64 index);

#endif /* BASE_RANDOM_H */
