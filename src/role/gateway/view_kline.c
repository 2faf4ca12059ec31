/* The current kline of every interval, and the one with trades before it. */
#include "role/gateway/view_state.h"

/* API rest-api.md "Kline/Candlestick data": timeZone */
static const i64 zone_us[VIEW_ZONE_COUNT] = {
    [VIEW_ZONE_UTC] = 0,
    [VIEW_ZONE_8] = 8 * 3600000000LL,
};

static void kline_open(struct view_kline *kline, const struct view_trade *trade,
                       enum interval interval, enum view_zone zone)
{
    *kline = (struct view_kline){
        .open_us = interval_start(interval, trade->time_us, zone_us[zone]),
        .end_us = interval_next(interval, trade->time_us, zone_us[zone]),
        .first_trade_id = trade->id,
        .open = trade->price,
        .high = trade->price,
        .low = trade->price,
    };
}

static void kline_add(struct view_kline *kline, const struct view_trade *trade)
{
    u64 price = view_price_units(trade->price);
    kline->count++;
    kline->last_trade_id = trade->id;
    kline->close = trade->price;
    kline->high = price_of(u64_max(view_price_units(kline->high), price));
    kline->low = price_of(u64_min(view_price_units(kline->low), price));
    kline->base.sum += view_units(trade->qty);
    kline->quote.sum += view_units(trade->quote);
    if (trade->taker_side == SIDE_BUY) {
        kline->taker_base.sum += view_units(trade->qty);
        kline->taker_quote.sum += view_units(trade->quote);
    }
}

/* What came after what `kline` has. */
static void kline_join(struct view_kline *kline, const struct view_kline *piece)
{
    kline->count += piece->count;
    kline->last_trade_id = piece->last_trade_id;
    kline->close = piece->close;
    kline->high = price_of(u64_max(view_price_units(kline->high), view_price_units(piece->high)));
    kline->low = price_of(u64_min(view_price_units(kline->low), view_price_units(piece->low)));
    kline->base.sum += piece->base.sum;
    kline->quote.sum += piece->quote.sum;
    kline->taker_base.sum += piece->taker_base.sum;
    kline->taker_quote.sum += piece->taker_quote.sum;
}

void view_kline_count(struct view_market *market, const struct view_trade *trade)
{
    for (u32 zone = 0; zone < VIEW_ZONE_COUNT; zone++) {
        for (u32 interval = 0; interval < INTERVAL_COUNT; interval++) {
            struct view_kline *current = &market->klines[zone][interval][0];
            if (trade->time_us >= current->end_us) {
                current[1] = current[0];
                kline_open(current, trade, (enum interval)interval, (enum view_zone)zone);
            }
            kline_add(current, trade);
        }
    }
}

void view_kline_merge(struct view_market *market, enum view_zone zone, enum interval shortest,
                      const struct view_kline *piece)
{
    for (u32 interval = shortest; interval < INTERVAL_COUNT; interval++) {
        struct view_kline *current = market->klines[zone][interval];
        if (shortest < INTERVAL_1D && interval >= INTERVAL_1D &&
            piece->open_us < market->days_end_us[zone]) {
            return; /* the day is in them already */
        }
        if (piece->open_us < current->end_us) {
            kline_join(current, piece);
            continue;
        }
        current[1] = current[0];
        current[0] = *piece;
        current->open_us = interval_start((enum interval)interval, piece->open_us, zone_us[zone]);
        current->end_us = interval_next((enum interval)interval, piece->open_us, zone_us[zone]);
    }
}

bool view_market_kline_whole(const struct view *view, u16 number, enum interval interval,
                             enum view_zone zone, struct view_kline *kline_out)
{
    if (number >= view->markets_count) {
        return false;
    }
    const struct view_market *market = &view->markets[number];
    const struct view_kline *klines = market->klines[zone][interval];
    for (u32 i = 2; i > 0; i -= 1) {
        const struct view_kline *kline = &klines[i - 1];
        if (kline->count > 0 &&
            (kline->first_trade_id == 1 || kline->open_us >= market->whole_us[zone][interval])) {
            *kline_out = *kline;
            return true;
        }
    }
    return false;
}

bool view_market_kline(const struct view *view, u16 number, enum interval interval,
                       enum view_zone zone, u64 time_us, struct view_kline *kline_out)
{
    if (number >= view->markets_count) {
        return false;
    }
    const struct view_market *market = &view->markets[number];
    const struct view_kline *current = market->klines[zone][interval];
    for (u32 i = 0; i < 2; i++) {
        if (current[i].count == 0) {
            return false;
        }
        if (time_us >= current[i].open_us && time_us < current[i].end_us) {
            *kline_out = current[i];
            return true;
        }
        if (time_us >= current[i].end_us) {
            struct price close = current[i].close;
            *kline_out = (struct view_kline){
                .open_us = interval_start(interval, time_us, zone_us[zone]),
                .end_us = interval_next(interval, time_us, zone_us[zone]),
                .open = close,
                .high = close,
                .low = close,
                .close = close,
            };
            return true;
        }
    }
    return false;
}
