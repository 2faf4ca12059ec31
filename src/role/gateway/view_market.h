/* Markets: definitions, fees, recent trades, rolling statistics, average price, current klines.
 *
 * Statistics come from 1,441 buckets of one minute, each exact; a window of m minutes is the
 * current minute and the m - 1 before it, so it begins at a whole minute and its numbers are exact
 * for the time it says. VIEW_DAY_MINUTES of them are a day; the one more makes a window that
 * reaches back at least a day. A day's buckets before the current one are added up once a minute.
 *
 * After an image there are no trades until history has given them: view_market_seed. */
#ifndef ROLE_GATEWAY_VIEW_MARKET_H
#define ROLE_GATEWAY_VIEW_MARKET_H

#include "role/gateway/view.h"
#include "wire/interval.h"

#define VIEW_DAY_MINUTES        1440U
#define VIEW_WINDOW_MINUTES_MAX 1441U

struct view_definition {
    struct command_market_add definition; /* as last set; its `state` is that of then */
    struct price reference;               /* 0: none */
    struct price last;                    /* of the last trade; 0: none */
    u64 next_trade_id;
    u64 next_aggregate_id;
    u64 next_match_id;
    u16 reference_calculation;
    u8 state; /* enum market_state, of now */
};

struct view_trade {
    u64 id; /* 0: none */
    u64 time_us;
    struct price price;
    struct amount qty;
    struct amount quote;
    u8 taker_side;
};

/* Trades of one taker at one price, one after the other. */
struct view_aggregate {
    u64 id; /* 0: none */
    u64 time_us;
    u64 first_trade_id;
    u64 last_trade_id;
    struct price price;
    struct amount qty;
    u8 taker_side;
};

struct view_window {
    u64 open_us;
    u64 close_us;
    u64 count; /* of trades; 0: the prices are 0, but `previous` */
    u64 first_trade_id;
    u64 last_trade_id;
    struct price open;
    struct price high;
    struct price low;
    struct price close;
    struct price previous; /* of the last trade before the window; 0: unknown */
    struct price average;  /* weighted, rounded down */
    struct amount last_qty;
    struct view_sum base;
    struct view_sum quote;
};

/* The prices of one without trades are the close of the last trade before it, or 0. */
struct view_kline {
    u64 open_us;
    u64 end_us; /* the first microsecond after it */
    u64 count;
    u64 first_trade_id;
    u64 last_trade_id;
    struct price open;
    struct price high;
    struct price low;
    struct price close;
    struct view_sum base;
    struct view_sum quote;
    struct view_sum taker_base; /* bought by takers */
    struct view_sum taker_quote;
};

/* NULL: no such market. */
const struct view_definition *view_market_of(const struct view *view, u16 market);
/* The market with this name, filled up with zeros; false: none. */
MUST_USE bool view_market_by_name(const struct view *view, const u8 name[16], u16 *market_out);

/* NULL: none was set, all rates are 0. */
const struct command_fee_set *view_market_fees(const struct view *view, u16 market, u32 tier);

/* NULL: not held. The newest ids are one below next_trade_id and next_aggregate_id. */
const struct view_trade *view_market_trade(const struct view *view, u16 market, u64 trade_id);
const struct view_aggregate *view_market_aggregate(const struct view *view, u16 market,
                                                   u64 aggregate_id);

/* The last `minutes` (1 to VIEW_WINDOW_MINUTES_MAX) at `now_us`; a clock that is behind the venue's
 * counts as the venue's. */
void view_market_window(struct view *view, u16 market, u32 minutes, u64 now_us,
                        struct view_window *window_out);

/* The average price over so many whole minutes (0 to 60), the current one included: with none, or
 * without trades in them, the last price. False: no trade yet. */
MUST_USE bool view_market_average(const struct view *view, u16 market, u32 minutes, u64 now_us,
                                  struct price *average_out);

/* The time zones for which klines are held, in hours: UTC and +08:00. */
enum view_zone {
    VIEW_ZONE_UTC,
    VIEW_ZONE_8,
    VIEW_ZONE_COUNT,
};

/* The kline that holds `time_us`: the current one, the last one with trades before it, or an empty
 * one between or behind these. False: older than that, so history knows it; or nothing was ever
 * traded. */
MUST_USE bool view_market_kline(const struct view *view, u16 market, enum interval interval,
                                enum view_zone zone, u64 time_us, struct view_kline *kline_out);

/* The oldest kline with trades that is surely whole: the last one with trades before the current
 * one, or the current one. Every kline behind it is whole too. False: there is none, since the view
 * has begun inside it. */
MUST_USE bool view_market_kline_whole(const struct view *view, u16 market, enum interval interval,
                                      enum view_zone zone, struct view_kline *kline_out);

/* floor(quote / base) as a price, at the assets' scales; 0 when base is 0. */
struct price view_price_of(u128 quote, u128 base, u32 quote_scale, u32 base_scale);

/* Takes a trade from before the image that the view started from, in rising ids, right after
 * view_image_end (view_seed.h). It counts for recent trades, statistics and klines, for nothing
 * else. aggregate_id 0: not known. False: it does not belong there. */
MUST_USE bool view_market_seed(struct view *view, u16 market, const struct view_trade *trade,
                               u64 aggregate_id);

#endif /* ROLE_GATEWAY_VIEW_MARKET_H */
