/* A picture of one market's book made from events alone, as a gateway would keep it.
 *
 * It knows every open order by its venue id (side, price, what is left) and the total of each price
 * level. Events are enough for it: order_new, order_booked, trade, order_done, order_amended and
 * prevented. Iceberg slices and stop orders that wait are not looked at: flows have none. */
#ifndef APP_BOOK_VIEW_H
#define APP_BOOK_VIEW_H

#include "app/flow.h"
#include "app/levels.h"
#include "base/base.h"
#include "io/fault.h"

struct book_view_order {
    u64 order_id; /* 0: free slot */
    u64 ticks;
    u64 lots; /* left */
    u64 total;
    u8 side;
    bool resting;
};

struct book_view {
    u64 tick;
    u64 lot;
    struct book_view_order *orders; /* open addressing, twice as large as what it holds */
    size_t orders_size;
    size_t orders_count;
    struct levels sides[2];
    u64 resting; /* orders on the book */
    u64 strange; /* events that did not fit: 0 unless something is wrong */
};

MUST_USE enum fault book_view_open(struct book_view *view, const struct flow_market *market);
void book_view_close(struct book_view *view);
#define SCOPED_BOOK_VIEW __attribute__((cleanup(book_view_close))) struct book_view

/* Takes in one event record. */
MUST_USE enum fault book_view_apply(struct book_view *view, struct span record);

/* The best levels of a side, best first; fewer than `count` when there are no more. */
u32 book_view_levels(const struct book_view *view, enum side side, struct flow_level *levels_out,
                     u32 count);

#endif /* APP_BOOK_VIEW_H */
