#include "tests/support/trade_log.h"

#include "tests/support/test.h"
#include "wire/interval.h"

#include <string.h>

#define SECOND_US 1000000ULL
#define MINUTE_US 60000000LL

void trade_log_events(struct trade_log *log, const struct core_output *output, u64 time_us)
{
    log->time_us = time_us;
    for (size_t at = 0; at < output->used;) {
        const struct event_head *head = (const void *)(output->data + at);
        const struct event_trade *event = (const void *)head;
        if (head->kind == EVENT_TRADE && event->market == 0) {
            assert_true(log->count < TRADE_LOG_MAX);
            log->aggregates[log->count] = event->aggregate_id;
            log->trades[log->count++] =
                (struct history_trade){.trade_id = event->trade_id,
                                       .price = event->price,
                                       .qty = event->qty,
                                       .quote = event->quote,
                                       .time_us = time_us,
                                       .buyer_is_maker = event->taker_side == SIDE_SELL};
        }
        at += (size_t)head->units * WIRE_UNIT;
    }
}

struct bar trade_log_bar(const struct trade_log *log, u64 from_us, u64 to_us)
{
    struct bar bar = {.start = (i64)(from_us / SECOND_US)};
    for (u32 i = 0; i < log->count && log->trades[i].time_us < to_us; i++) {
        const struct history_trade *trade = &log->trades[i];
        if (trade->time_us < from_us || bar.trades == 0) {
            bar.open = bar.high = bar.low = trade->price;
        }
        bar.close = trade->price;
        if (trade->time_us < from_us) {
            continue;
        }
        bar.first_trade = bar.trades == 0 ? trade->trade_id : bar.first_trade;
        bar.last_trade = trade->trade_id;
        bar.trades++;
        bar.high.units = u64_max(bar.high.units, trade->price.units);
        bar.low.units = u64_min(bar.low.units, trade->price.units);
        bar.volume += trade->qty.units;
        bar.quote_volume += trade->quote.units;
        if (!trade->buyer_is_maker) {
            bar.taker_buy_volume += trade->qty.units;
            bar.taker_buy_quote += trade->quote.units;
        }
    }
    return bar;
}

/* ---- pages ---- */

static bool wanted(const struct lookup_ask *ask, u64 id, u64 time_us)
{
    return id >= ask->from_id && time_us >= ask->from_us &&
           (ask->to_us == 0 || time_us <= ask->to_us);
}

/* Keeps the oldest or the newest `limit` of `count` rows. */
static u32 cut(void *rows, size_t size, u32 count, const struct lookup_ask *ask)
{
    if (count <= ask->limit) {
        return count;
    }
    if (ask->from_id == 0 && ask->from_us == 0) {
        memmove(rows, (u8 *)rows + (count - ask->limit) * size, ask->limit * size);
    }
    return ask->limit;
}

static u32 trades(struct trade_log *log, const struct lookup_ask *ask)
{
    static struct history_trade rows[TRADE_LOG_MAX];
    u32 count = 0;
    for (u32 i = 0; i < log->count; i++) {
        if (wanted(ask, log->trades[i].trade_id, log->trades[i].time_us)) {
            rows[count++] = log->trades[i];
        }
    }
    count = cut(rows, sizeof rows[0], count, ask);
    memcpy(log->rows.trades, rows, count * sizeof rows[0]);
    return count;
}

static u32 aggregates(struct trade_log *log, const struct lookup_ask *ask)
{
    static struct history_aggregate rows[TRADE_LOG_MAX];
    u32 count = 0;
    for (u32 i = 0; i < log->count; i++) {
        const struct history_trade *trade = &log->trades[i];
        if (!wanted(ask, log->aggregates[i], trade->time_us)) {
            continue;
        }
        if (count == 0 || rows[count - 1].aggregate_id != log->aggregates[i]) {
            rows[count++] = (struct history_aggregate){.aggregate_id = log->aggregates[i],
                                                       .price = trade->price,
                                                       .first_trade = trade->trade_id,
                                                       .time_us = trade->time_us,
                                                       .buyer_is_maker = trade->buyer_is_maker};
        }
        rows[count - 1].last_trade = trade->trade_id;
        rows[count - 1].qty.units += trade->qty.units;
    }
    count = cut(rows, sizeof rows[0], count, ask);
    memcpy(log->rows.aggregates, rows, count * sizeof rows[0]);
    return count;
}

/* From the first trade's kline to the one of now. */
static u32 klines(struct trade_log *log, const struct lookup_ask *ask)
{
    enum interval interval = (enum interval)ask->interval;
    i64 offset_us = ask->zone_minutes * MINUTE_US;
    if (log->count == 0) {
        return 0;
    }
    u64 first = interval_start(interval, log->trades[0].time_us, offset_us);
    u64 end_us = ask->to_us > 0 ? u64_min(ask->to_us, ask->now_us) : ask->now_us;
    u64 start = interval_start(interval, end_us, offset_us);
    if (ask->from_us > 0) {
        start = u64_max(first, interval_start(interval, ask->from_us, offset_us));
        start = start < ask->from_us ? interval_next(interval, start, offset_us) : start;
    }
    for (u32 i = 1; ask->from_us == 0 && i < ask->limit && start > first; i++) {
        start = interval_start(interval, start - 1, offset_us);
    }
    u32 count = 0;
    while (start >= first && start <= end_us && count < ask->limit) {
        u64 next = interval_next(interval, start, offset_us);
        struct history_kline *kline = &log->rows.klines[count++];
        *kline = (struct history_kline){.bar = trade_log_bar(log, start, next),
                                        .end = (i64)(next / SECOND_US)};
        start = next;
    }
    return count;
}

const struct lookup_result *trade_log_answer(struct trade_log *log, const struct lookup_ask *ask)
{
    log->ask = *ask;
    log->asked++;
    log->found = (struct lookup_result){
        .kind = (enum lookup_kind)ask->lookup, .status = log->status, .rows = &log->rows};
    if (log->status != LOOKUP_OK) {
        return &log->found;
    }
    if (ask->lookup == LOOKUP_TRADES) {
        log->found.count = trades(log, ask);
    } else if (ask->lookup == LOOKUP_AGGREGATES) {
        log->found.count = aggregates(log, ask);
    } else if (ask->lookup == LOOKUP_KLINES) {
        log->found.count = klines(log, ask);
    } else {
        assert_int_equal(ask->lookup, LOOKUP_BAR);
        log->found.count = 1;
        log->rows.bar = ask->market == 0 ? trade_log_bar(log, (u64)ask->from_s * SECOND_US,
                                                         (u64)ask->to_s * SECOND_US)
                                         : (struct bar){.start = ask->from_s};
    }
    return &log->found;
}
