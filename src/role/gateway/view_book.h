/* The books: per market and side the quantity at each price that the public may see (of an iceberg
 * its slice). One counter, the market's update id, numbers every change; each id stands for exactly
 * one price, so the last `changes_max` of them are kept as prices and any stream can ask what has
 * changed since the id it told last. */
#ifndef ROLE_GATEWAY_VIEW_BOOK_H
#define ROLE_GATEWAY_VIEW_BOOK_H

#include "role/gateway/view.h"

struct view_level {
    struct price price;
    struct amount qty;
};

/* A price whose quantity is not what it was: 0 means nobody is left there. */
struct view_change {
    struct price price;
    struct amount qty;
    u8 side;
};

/* lastUpdateId and u: the id of the last change; 0 before the first. */
u64 view_book_update_id(const struct view *view, u16 market);

/* False: nobody is on that side. */
MUST_USE bool view_book_best(const struct view *view, u16 market, enum side side,
                             struct view_level *level_out);

/* Up to `count` levels, the best first. Returns how many. */
u32 view_book_depth(const struct view *view, u16 market, enum side side,
                    struct view_level *levels_out, u32 count);

/* The oldest id that view_book_changes still answers for. */
u64 view_book_since_min(const struct view *view, u16 market);

/* Every price that changed behind update id `since`, once, with its quantity of now, in no
 * particular order: the event with U = since + 1 and u = view_book_update_id. changes_out holds
 * `changes_max` of the configuration. False: `since` is below view_book_since_min or in the future;
 * whoever listens must begin anew from the depth. */
MUST_USE bool view_book_changes(struct view *view, u16 market, u64 since,
                                struct view_change *changes_out, u32 *count_out);

#endif /* ROLE_GATEWAY_VIEW_BOOK_H */
