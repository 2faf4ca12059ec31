/* One block of memory, handed out once, in order, at start.
 *
 * A role adds up its footprint from the configured limits, gets one block of that size, takes its
 * tables from it and seals it. A sealed arena hands out nothing more: whatever grows afterwards
 * must be a slab with a named limit. Nothing is ever given back.
 *
 * footprint_add and arena_take follow the same arithmetic: the same calls in the same order take
 * exactly the bytes that were counted, if the block is aligned to ARENA_ALIGN_MAX. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/base.h"

/* The largest alignment that can be asked for: one huge page. */
#define ARENA_ALIGN_MAX ((size_t)1 << 21)

struct arena {
    u8 *memory;
    size_t size;
    size_t used;
    bool sealed;
};

/* The size of a block, while it is being added up. Once overflown it stays so. */
struct footprint {
    size_t bytes;
    bool overflown;
};

/* `memory` belongs to the caller and outlives the arena; it should be aligned to whatever the
 * largest later request needs. */
void arena_init(struct arena *arena, void *memory, size_t size);

/* `size` bytes at a multiple of `align` (a power of two), as the caller gave them: not cleared.
 * NULL when the arena is sealed or too small; then nothing was taken. */
MUST_USE void *arena_take(struct arena *arena, size_t size, size_t align);

/* `count` elements of `size` bytes; NULL also when the product overflows. */
MUST_USE void *arena_take_array(struct arena *arena, size_t count, size_t size, size_t align);

/* From here on the arena refuses. */
void arena_seal(struct arena *arena);

/* Counts what arena_take_array(arena, count, size, align) will take. */
void footprint_add(struct footprint *footprint, size_t count, size_t size, size_t align);

#endif /* BASE_ARENA_H */
