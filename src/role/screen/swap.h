/* The index in force, and how another takes its place while it is being read.
 *
 * Readers take the index and give it back; they never wait for anybody. One writer puts a new index
 * in place, whole: whoever takes the index afterwards gets the new one, who has the old one keeps
 * it until given back. An old index is closed by the writer once no reader has it.
 *
 * A reader announces the index it is about to read in a place of its own and looks whether it still
 * is the one in force; the writer, who has taken an index out of force, closes it only when no
 * reader's place names it. */
#ifndef ROLE_SCREEN_SWAP_H
#define ROLE_SCREEN_SWAP_H

#include "role/screen/index.h"

#define SWAP_READERS_MAX 64U
#define SWAP_OLD_MAX     16U /* indexes that are no longer in force but still read */

struct swap_reader {
    _Alignas(64) _Atomic(struct screen_index *) held;
};

struct swap {
    _Atomic(struct screen_index *) current;
    atomic_ullong generation;
    u32 old_count; /* the writer's */
    struct screen_index *old[SWAP_OLD_MAX];
    struct swap_reader readers[SWAP_READERS_MAX];
};

void swap_init(struct swap *swap);
/* Closes all. CHECK: no reader has one. */
void swap_close(struct swap *swap);

/* ---- readers: each its own number below SWAP_READERS_MAX ---- */

/* The index in force; NULL before the first. CHECK: the reader has none. */
const struct screen_index *swap_take(struct swap *swap, u32 reader);
void swap_give_back(struct swap *swap, u32 reader);

/* ---- the writer ---- */

/* Puts `index` in force. FAULT_LIMIT, and nothing changed, while SWAP_OLD_MAX older ones are still
 * being read. */
MUST_USE enum fault swap_put(struct swap *swap, struct screen_index *index);
/* Closes what nobody reads any more; how many are left. */
u32 swap_collect(struct swap *swap);
/* How many have been put in force. */
u64 swap_generation(const struct swap *swap);

#endif /* ROLE_SCREEN_SWAP_H */
