#include "role/screen/swap.h"

#include "base/check.h"

#include <string.h>

void swap_init(struct swap *swap)
{
    memset(swap, 0, sizeof(*swap));
}

const struct screen_index *swap_take(struct swap *swap, u32 reader)
{
    CHECK(reader < SWAP_READERS_MAX);
    struct swap_reader *place = &swap->readers[reader];
    CHECK(atomic_load(&place->held) == NULL);
    for (;;) {
        struct screen_index *index = atomic_load(&swap->current);
        atomic_store(&place->held, index);
        if (atomic_load(&swap->current) == index) {
            return index; /* announced while in force: the writer will see it */
        }
    }
}

void swap_give_back(struct swap *swap, u32 reader)
{
    CHECK(reader < SWAP_READERS_MAX);
    atomic_store(&swap->readers[reader].held, NULL);
}

static bool is_held(struct swap *swap, const struct screen_index *index)
{
    for (u32 i = 0; i < SWAP_READERS_MAX; i += 1) {
        if (atomic_load(&swap->readers[i].held) == index) {
            return true;
        }
    }
    return false;
}

u32 swap_collect(struct swap *swap)
{
    u32 left = 0;
    for (u32 i = 0; i < swap->old_count; i += 1) {
        if (is_held(swap, swap->old[i])) {
            swap->old[left] = swap->old[i];
            left += 1;
        } else {
            index_close(swap->old[i]);
        }
    }
    swap->old_count = left;
    return left;
}

enum fault swap_put(struct swap *swap, struct screen_index *index)
{
    CHECK(index != NULL);
    if (swap_collect(swap) == SWAP_OLD_MAX) {
        return FAULT(FAULT_LIMIT, "%u older indexes are still being read", SWAP_OLD_MAX);
    }
    struct screen_index *old = atomic_exchange(&swap->current, index);
    atomic_fetch_add(&swap->generation, 1);
    if (old != NULL) {
        CHECK(old != index);
        swap->old[swap->old_count] = old;
        swap->old_count += 1;
    }
    (void)swap_collect(swap);
    return FAULT_NONE;
}

u64 swap_generation(const struct swap *swap)
{
    return atomic_load(&swap->generation);
}

void swap_close(struct swap *swap)
{
    CHECK(swap_collect(swap) == 0);
    struct screen_index *index = atomic_exchange(&swap->current, NULL);
    CHECK(index == NULL || !is_held(swap, index));
    index_close(index);
}
