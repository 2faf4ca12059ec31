/* Klines out of bars: the last part of query.h. */
#include "base/check.h"
#include "role/history/query.h"
#include "role/history/statements.h"

#define SECOND_US      1000000U
#define ZONE_MINUTE_US 60000000LL

static enum fault bar_one(struct store *store, struct sql_call *call, struct bar *bar_out,
                          bool *found_out)
{
    TRY(sql_next(store_sql(store), call, found_out));
    if (*found_out) {
        store_bar_get(call, bar_out);
        sql_end(call);
    }
    return FAULT_NONE;
}

/* The last price before the second `at`; 0: there was no trade. */
static enum fault close_before(struct store *store, u16 market, i64 at, struct price *close_out)
{
    struct sql_call call = store_call(store, QUERY_BAR_BEFORE);
    struct bar bar = {.trades = 0};
    bool found = false;
    sql_put_u64(&call, market);
    sql_put_u64(&call, 0);
    sql_put_i64(&call, at);
    TRY(bar_one(store, &call, &bar, &found));
    *close_out = found ? bar.close : price_of(0);
    return FAULT_NONE;
}

/* Adds the bars of one level that start in [from, to). */
static enum fault piece_add(struct store *store, u16 market, const struct bar_piece *piece,
                            struct bar *bar)
{
    struct sql_call call = store_call(store, QUERY_BARS);
    bool row = false;
    sql_put_u64(&call, market);
    sql_put_u64(&call, piece->level);
    sql_put_i64(&call, piece->from);
    sql_put_i64(&call, piece->to);
    TRY(sql_next(store_sql(store), &call, &row));
    while (row) {
        struct bar one;
        store_bar_get(&call, &one);
        bar_add_bar(bar, &one);
        TRY(sql_next(store_sql(store), &call, &row));
    }
    return FAULT_NONE;
}

static enum fault bar_between(struct store *store, u16 market, i64 from, i64 to,
                              struct bar *bar_out)
{
    *bar_out = (struct bar){.start = from};
    while (from < to) {
        struct bar_piece piece = bars_cover(from, to);
        CHECK(piece.from == from && piece.to > from && piece.to <= to);
        TRY(piece_add(store, market, &piece, bar_out));
        from = piece.to;
    }
    return FAULT_NONE;
}

static void carry(struct bar *bar, struct price close)
{
    if (bar->trades == 0) {
        bar->open = close;
        bar->high = close;
        bar->low = close;
        bar->close = close;
    }
}

static enum fault bar_and_close(struct store *store, u16 market, i64 from, i64 to,
                                struct bar *bar_out)
{
    struct price close;
    TRY(bar_between(store, market, from, to, bar_out));
    TRY(close_before(store, market, from, &close));
    carry(bar_out, close);
    return FAULT_NONE;
}

enum fault history_bar(struct store *store, u16 market, i64 from, i64 to, struct bar *bar_out)
{
    CHECK(from <= to);
    TRY(store_view_begin(store));
    return store_view_end(store, bar_and_close(store, market, from, to, bar_out));
}

static i64 start_at(const struct history_kline_query *query, i64 second)
{
    u64 start = interval_start(query->interval, (u64)second * SECOND_US,
                               (i64)query->zone_minutes * ZONE_MINUTE_US);
    return (i64)(start / SECOND_US);
}

static i64 next_after(const struct history_kline_query *query, i64 start)
{
    u64 next = interval_next(query->interval, (u64)start * SECOND_US,
                             (i64)query->zone_minutes * ZONE_MINUTE_US);
    return (i64)(next / SECOND_US);
}

/* Steps back from the bar at `last`, as far as the limit and `first` allow. */
static i64 start_of_newest(const struct history_kline_query *query, i64 first, i64 last)
{
    i64 start = last;
    for (u32 count = 1; count < query->limit && start > first; count += 1) {
        start = start_at(query, start - 1);
    }
    return start;
}

/* The starts of the first and the last bar wanted; false: none is. */
static bool ends_of(const struct history_kline_query *query, i64 first_trade, i64 *first_out,
                    i64 *last_out)
{
    u64 last_us = query->to_us > 0 ? u64_min(query->to_us, query->now_us) : query->now_us;
    i64 last_second = (i64)u64_min(last_us / SECOND_US, (u64)BAR_SECONDS_LAST);
    i64 first = start_at(query, first_trade);
    i64 last = start_at(query, last_second);
    if (query->from_us > 0) {
        /* The first bar that starts at or behind that moment. */
        u64 second = query->from_us / SECOND_US + (query->from_us % SECOND_US > 0);
        i64 from = (i64)u64_min(second, (u64)BAR_SECONDS_LAST);
        i64 start = start_at(query, from);
        start = start < from ? next_after(query, start) : start;
        first = start > first ? start : first;
    } else if (last >= first) {
        first = start_of_newest(query, first, last);
    }
    *first_out = first;
    *last_out = last;
    return first <= last;
}

static enum fault klines_read(struct store *store, const struct history_kline_query *query,
                              struct history_kline *rows_out, u32 *count_out)
{
    struct sql_call call = store_call(store, QUERY_BAR_FIRST);
    struct bar oldest = {.trades = 0};
    bool found = false;
    sql_put_u64(&call, query->market);
    sql_put_u64(&call, 0);
    TRY(bar_one(store, &call, &oldest, &found));
    i64 start = 0;
    i64 last = 0;
    if (!found || !ends_of(query, oldest.start, &start, &last)) {
        return FAULT_NONE;
    }
    struct price close;
    TRY(close_before(store, query->market, start, &close));
    while (start <= last && *count_out < query->limit) {
        struct history_kline *kline = &rows_out[*count_out];
        kline->end = next_after(query, start);
        TRY(bar_between(store, query->market, start, kline->end, &kline->bar));
        carry(&kline->bar, close);
        close = kline->bar.close;
        start = kline->end;
        *count_out += 1;
    }
    return FAULT_NONE;
}

enum fault history_klines(struct store *store, const struct history_kline_query *query,
                          struct history_kline *rows_out, u32 *count_out)
{
    CHECK(query->limit >= 1 && query->limit <= HISTORY_ROWS_MAX);
    CHECK(query->zone_minutes >= HISTORY_ZONE_MIN && query->zone_minutes <= HISTORY_ZONE_MAX);
    *count_out = 0;
    TRY(store_view_begin(store));
    return store_view_end(store, klines_read(store, query, rows_out, count_out));
}
