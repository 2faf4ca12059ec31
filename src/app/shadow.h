/* What a reader of a recording foresees of the venue's book: the same orders, matched by the same
 * price-time priority, by the plainest means. So it knows, before the replay, what is left of an
 * order when the recording changes or deletes it. Orders are known by the venue's own ids. */
#ifndef APP_SHADOW_H
#define APP_SHADOW_H

#include "app/flow.h"
#include "app/levels.h"

struct shadow_order {
    u64 ticks;
    u64 lots;  /* left; 0: gone */
    u64 total; /* of the order, executed part included */
    u32 account;
    u32 before; /* on its level; ids, 0: none */
    u32 after;
    u8 side;
};

struct shadow {
    struct flow_table orders; /* struct shadow_order by venue id */
    struct levels sides[2];
    u64 trades;
    u64 resting;
    u64 resting_max;
};

void shadow_init(struct shadow *shadow);
void shadow_close(struct shadow *shadow);
#define SCOPED_SHADOW __attribute__((cleanup(shadow_close))) struct shadow

/* The order that the venue will call `order_id` arrives: it trades, and with gtc the rest stays.
 * *left_out: lots of it that did not trade. */
MUST_USE enum fault shadow_place(struct shadow *shadow, u64 order_id,
                                 const struct flow_place *place, u64 *left_out);
/* Takes a resting order out. */
void shadow_remove(struct shadow *shadow, u64 order_id);
/* Leaves `lots` of a resting order, fewer than before and not none. Returns its new total. */
u64 shadow_reduce(struct shadow *shadow, u64 order_id, u64 lots);

/* NULL unless the order rests. */
const struct shadow_order *shadow_find(const struct shadow *shadow, u64 order_id);
/* Lots resting at a price; 0: none. */
u64 shadow_level(const struct shadow *shadow, enum side side, u64 ticks);
/* Ticks of the best price; 0: the side is empty. */
u64 shadow_best(const struct shadow *shadow, enum side side);

#endif /* APP_SHADOW_H */
