/* What the command line knows of a venue while it gives orders: names, scales, definitions, read
 * from the event log in its folder, which is only read. */
#ifndef APP_ADMIN_VENUE_H
#define APP_ADMIN_VENUE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/gateway/feed.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_market.h"

struct admin_venue {
    struct feed_sink sink;
    struct feed *feed;
    struct view *view;
};

/* Reads up to what is released. */
MUST_USE enum fault admin_venue_open(struct admin_venue *venue, const char *folder);
void admin_venue_close(struct admin_venue *venue);

/* FAULT_INPUT with the name: there is none. */
MUST_USE enum fault admin_venue_asset(const struct admin_venue *venue, const char *name,
                                      u16 *asset_out);
MUST_USE enum fault admin_venue_market(const struct admin_venue *venue, const char *name,
                                       u16 *market_out);

/* Decimal text in units of the asset. FAULT_INPUT: malformed, too many decimals, too large. */
MUST_USE enum fault admin_venue_amount(const struct admin_venue *venue, u16 asset, const char *text,
                                       struct amount *amount_out);

#endif /* APP_ADMIN_VENUE_H */
