/* The price levels of one side of a book, sorted from the worst to the best price, so that the busy
 * end is the cheap one. For pictures of books beside the venue: the core has its own. */
#ifndef APP_LEVELS_H
#define APP_LEVELS_H

#include "base/base.h"
#include "io/fault.h"
#include "wire/schema.h"

struct level {
    u64 ticks;
    u64 lots;
    u32 first; /* the caller's own: the oldest order */
    u32 last;
};

struct levels {
    struct level *rows;
    size_t count;
    size_t size;
    enum side side;
};

void levels_init(struct levels *levels, enum side side);
void levels_release(struct levels *levels);

/* NULL when there is no such level. In place until the next insertion or removal. */
struct level *levels_find(const struct levels *levels, u64 ticks);
struct level *levels_best(const struct levels *levels);
/* The level of this price, with lots 0 if it is new. */
MUST_USE enum fault levels_reach(struct levels *levels, u64 ticks, struct level **level_out);
void levels_remove(struct levels *levels, struct level *level);

/* Whether an order of the other side at `limit` reaches a level at `ticks`. */
static inline bool levels_crosses(enum side taker, u64 limit, u64 ticks)
{
    return taker == SIDE_BUY ? ticks <= limit : ticks >= limit;
}

#endif /* APP_LEVELS_H */
