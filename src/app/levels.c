#include "app/levels.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MIN 256U

void levels_init(struct levels *levels, enum side side)
{
    *levels = (struct levels){.side = side};
}

void levels_release(struct levels *levels)
{
    free(levels->rows);
    *levels = (struct levels){.side = levels->side};
}

static bool is_worse(enum side side, u64 ticks, u64 other)
{
    return side == SIDE_BUY ? ticks < other : ticks > other;
}

/* Where the level of this price is or would be. */
static size_t place_of(const struct levels *levels, u64 ticks)
{
    size_t low = 0;
    size_t high = levels->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_worse(levels->side, levels->rows[middle].ticks, ticks)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct level *levels_find(const struct levels *levels, u64 ticks)
{
    size_t place = place_of(levels, ticks);
    bool found = place < levels->count && levels->rows[place].ticks == ticks;
    return found ? &levels->rows[place] : NULL;
}

struct level *levels_best(const struct levels *levels)
{
    return levels->count > 0 ? &levels->rows[levels->count - 1] : NULL;
}

enum fault levels_reach(struct levels *levels, u64 ticks, struct level **level_out)
{
    size_t place = place_of(levels, ticks);
    if (place < levels->count && levels->rows[place].ticks == ticks) {
        *level_out = &levels->rows[place];
        return FAULT_NONE;
    }
    if (levels->count == levels->size) {
        size_t wanted = levels->size == 0 ? ROWS_MIN : levels->size * 2;
        struct level *wider = realloc(levels->rows, wanted * sizeof(*wider));
        if (wider == NULL) {
            return FAULT(FAULT_LIMIT, "out of memory for %zu price levels", wanted);
        }
        levels->rows = wider;
        levels->size = wanted;
    }
    memmove(levels->rows + place + 1, levels->rows + place,
            (levels->count - place) * sizeof(*levels->rows));
    levels->rows[place] = (struct level){.ticks = ticks};
    levels->count += 1;
    *level_out = &levels->rows[place];
    return FAULT_NONE;
}

void levels_remove(struct levels *levels, struct level *level)
{
    size_t place = (size_t)(level - levels->rows);
    levels->count -= 1;
    memmove(levels->rows + place, levels->rows + place + 1,
            (levels->count - place) * sizeof(*levels->rows));
}
