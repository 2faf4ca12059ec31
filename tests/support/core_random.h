/* Random commands for the venue of core_world.h, from a seed: orders of every type around one
 * price, lists, cancels, cancel-replaces and amends of recent orders, and money. Most are sensible,
 * many are refused. The thorough generator is sim/flow.h; this one needs no model. */
#ifndef TESTS_SUPPORT_CORE_RANDOM_H
#define TESTS_SUPPORT_CORE_RANDOM_H

#include "base/random.h"
#include "wire/schema.h"

#define CORE_RANDOM_BYTES 512U /* no command is longer */

struct core_random {
    struct random random;
    u64 source_index;
    u64 orders; /* ids up to here are worth naming */
    u32 plain;  /* so many of 100 are plain limit orders and cancels by id */
    u32 accounts;
    bool is_without_lists;
};

/* Writes the next command, head included, and returns its length. */
u32 core_random_next(struct core_random *random, u8 *record_out);

#endif /* TESTS_SUPPORT_CORE_RANDOM_H */
