/* What a view that began at an image lacks of the past: statistics and klines of what was traded
 * before, told by whoever has it. For each market, in this order and before any event:
 *
 *     view_seed_day     whole days of a time zone, rising, before the one that holds the image
 *     view_seed_piece   minutes, rising; the last piece ends with the last whole second
 *     view_market_seed  the trades of the image's own second, without aggregates
 *     view_seed_last    the last trade of all
 *     view_seed_done    from when on nothing is missing
 *
 * The image's time is view_place(view).time_us. A day or piece is a kline whose bounds are its own;
 * one without trades tells the price before it. What a market was told in part only is no harm: its
 * klines are not taken for whole. */
#ifndef ROLE_GATEWAY_VIEW_SEED_H
#define ROLE_GATEWAY_VIEW_SEED_H

#include "role/gateway/view_market.h"

/* False: it does not belong there, and nothing was taken. */
MUST_USE bool view_seed_day(struct view *view, u16 market, enum view_zone zone,
                            const struct view_kline *day);
/* A minute from its beginning on. */
MUST_USE bool view_seed_piece(struct view *view, u16 market, const struct view_kline *piece);
/* The trade with the id below next_trade_id: for its price and quantity alone. */
MUST_USE bool view_seed_last(struct view *view, u16 market, const struct view_trade *trade);

struct view_seeded {
    u64 pieces_us;                /* every trade from here on was told */
    u64 days_us[VIEW_ZONE_COUNT]; /* from here on the days were, too */
};
void view_seed_done(struct view *view, u16 market, const struct view_seeded *seeded);

#endif /* ROLE_GATEWAY_VIEW_SEED_H */
