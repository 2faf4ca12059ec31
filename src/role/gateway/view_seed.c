#include "role/gateway/view_seed.h"

#include "role/gateway/view_state.h"

#define SECOND_US 1000000ULL

/* Whether a view may still be told of the past, and this of that market. */
static struct view_market *market_of(struct view *view, u16 number, const struct view_kline *told)
{
    if (number >= view->markets_count || !view->image_ended) {
        return NULL;
    }
    struct view_market *market = &view->markets[number];
    bool is_sane = told->open_us < told->end_us && told->end_us <= view->place.time_us &&
                   (told->count == 0 ||
                    (told->first_trade_id > 0 && told->first_trade_id <= told->last_trade_id &&
                     told->last_trade_id < market->definition.next_trade_id));
    return is_sane ? market : NULL;
}

bool view_seed_day(struct view *view, u16 number, enum view_zone zone, const struct view_kline *day)
{
    struct view_market *market = market_of(view, number, day);
    if (market == NULL || day->open_us < market->days_end_us[zone] || market->pieces_end_us > 0) {
        return false;
    }
    market->days_end_us[zone] = day->end_us;
    if (day->count > 0) {
        view_kline_merge(market, zone, INTERVAL_1D, day);
    }
    return true;
}

bool view_seed_piece(struct view *view, u16 number, const struct view_kline *piece)
{
    struct view_market *market = market_of(view, number, piece);
    u64 minute = piece->open_us / VIEW_MINUTE_US;
    if (market == NULL || piece->open_us % VIEW_MINUTE_US != 0 ||
        piece->open_us < market->pieces_end_us || (piece->end_us - 1) / VIEW_MINUTE_US != minute) {
        return false;
    }
    market->pieces_end_us = piece->end_us;
    if (piece->count == 0) {
        if (market->klines[VIEW_ZONE_UTC][INTERVAL_1M][0].count == 0) {
            market->expired = piece->close;
            market->expired_minute = minute;
        }
        return true;
    }
    view_minute_put(market, &(struct view_minute){.minute = minute,
                                                  .count = piece->count,
                                                  .first_trade_id = piece->first_trade_id,
                                                  .last_trade_id = piece->last_trade_id,
                                                  .open = piece->open,
                                                  .high = piece->high,
                                                  .low = piece->low,
                                                  .close = piece->close,
                                                  .base = piece->base.sum,
                                                  .quote = piece->quote.sum});
    for (u32 zone = 0; zone < VIEW_ZONE_COUNT; zone += 1) {
        view_kline_merge(market, (enum view_zone)zone, INTERVAL_1M, piece);
    }
    return true;
}

bool view_seed_last(struct view *view, u16 number, const struct view_trade *trade)
{
    if (number >= view->markets_count || !view->image_ended) {
        return false;
    }
    struct view_market *market = &view->markets[number];
    if (trade->id == 0 || trade->id + 1 != market->definition.next_trade_id ||
        trade->time_us > view->place.time_us || trade->taker_side > SIDE_SELL) {
        return false;
    }
    market->trades[trade->id % view->config.trades_max] = *trade;
    market->last_qty = trade->qty;
    return true;
}

void view_seed_done(struct view *view, u16 number, const struct view_seeded *seeded)
{
    CHECK(number < view->markets_count);
    struct view_market *market = &view->markets[number];
    for (u32 zone = 0; zone < VIEW_ZONE_COUNT; zone += 1) {
        for (u32 interval = 0; interval < INTERVAL_COUNT; interval += 1) {
            u64 from_us = interval >= INTERVAL_1D ? seeded->days_us[zone] : seeded->pieces_us;
            if (interval == INTERVAL_1S) {
                from_us = view->place.time_us / SECOND_US * SECOND_US;
            }
            market->whole_us[zone][interval] = from_us;
        }
    }
}
