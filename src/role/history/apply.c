/* Events become rows: store_apply of store.h. */
#include "role/history/apply.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "wire/schema.h"

#include <string.h>

#define SECOND_US 1000000U

enum fault apply_unknown(const struct moment *at, const char *what, u64 id)
{
    return FAULT(FAULT_ROT, "%s: the event log speaks of %s %llu, which is not there",
                 at->store->sql.path, what, (unsigned long long)id);
}

/* Runs a change of one row that must be there. */
enum fault apply_change(const struct moment *at, struct sql_call *call, const char *what, u64 id)
{
    TRY(sql_do(&at->store->sql, call));
    return sql_changes(&at->store->sql) == 1 ? FAULT_NONE : apply_unknown(at, what, id);
}

static struct store_market *market_of(const struct moment *at, u16 number)
{
    struct store_market *markets = at->store->markets;
    return number < STORE_MARKETS_MAX && markets[number].known ? &markets[number] : NULL;
}

/* ---- orders ---- */

enum fault apply_client(const struct moment *at, u32 account, u16 market, u64 order_id, u64 seq,
                        const struct client_id *client)
{
    if (client->length == 0) {
        return FAULT_NONE;
    }
    struct sql_call call = store_call(at->store, STORE_ORDER_CLIENT);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, store_client_hash(client));
    sql_put_u64(&call, seq);
    sql_put_u64(&call, order_id);
    return sql_do(&at->store->sql, &call);
}

static enum fault order_new(const struct moment *at, const struct event_order_new *event)
{
    bool pending = event->state == ORDER_STATE_PENDING_NEW;
    struct history_order order = {
        .account = event->head.account,
        .market = event->market,
        .order_id = event->order_id,
        .list_id = event->list_id,
        .client = event->client,
        .price = event->price,
        .qty = event->qty,
        .side = (enum side)event->side,
        .type = (enum order_type)event->type,
        .tif = (enum time_in_force)event->tif,
        .stp = (enum stp_mode)event->stp,
        .status = pending ? HISTORY_PENDING_NEW : HISTORY_NEW,
        .time_us = at->time_us,
        .update_us = at->time_us,
        .working_us = event->state == ORDER_STATE_WORKING ? at->time_us : 0,
    };
    struct sql_call call = store_call(at->store, STORE_ORDER_NEW);
    store_order_put(&call, &order);
    TRY(sql_do(&at->store->sql, &call));
    TRY(apply_client(at, order.account, order.market, order.order_id, event->head.seq,
                     &order.client));
    if (event->list_id == 0) {
        return FAULT_NONE;
    }
    call = store_call(at->store, STORE_LIST_LEG);
    sql_put_u64(&call, event->order_id);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->list_id);
    return sql_do(&at->store->sql, &call);
}

static enum fault order_detail(const struct moment *at, const struct event_order_detail *event)
{
    struct sql_call call = store_call(at->store, STORE_ORDER_DETAIL);
    sql_put_price(&call, event->stop_price);
    sql_put_amount(&call, event->iceberg_qty);
    sql_put_amount(&call, event->quote_qty);
    sql_put_i64(&call, event->strategy_id);
    sql_put_u64(&call, event->strategy_type);
    sql_put_u64(&call, event->trailing_delta);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, at->store->ahead.market);
    sql_put_u64(&call, event->order_id);
    return apply_change(at, &call, "order", event->order_id);
}

static enum fault order_triggered(const struct moment *at,
                                  const struct event_order_triggered *event)
{
    struct sql_call call = store_call(at->store, STORE_ORDER_TRIGGERED);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->order_id);
    sql_put_u64(&call, HISTORY_PENDING_NEW);
    sql_put_u64(&call, HISTORY_NEW);
    sql_put_u64(&call, ORDER_TYPE_MARKET); /* the last of the types that wait for no price */
    return apply_change(at, &call, "order", event->order_id);
}

static enum fault order_done(const struct moment *at, const struct event_order_done *event)
{
    static const u8 statuses[] = {
        [DONE_STATUS_FILLED] = HISTORY_FILLED,
        [DONE_STATUS_CANCELED] = HISTORY_CANCELED,
        [DONE_STATUS_EXPIRED] = HISTORY_EXPIRED,
        [DONE_STATUS_EXPIRED_IN_MATCH] = HISTORY_EXPIRED_IN_MATCH,
    };
    if (event->status >= ARRAY_COUNT(statuses)) {
        return apply_unknown(at, "an end of kind", event->status);
    }
    struct sql_call call = store_call(at->store, STORE_ORDER_DONE);
    sql_put_u64(&call, statuses[event->status]);
    sql_put_u64(&call, event->reason);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->order_id);
    return apply_change(at, &call, "order", event->order_id);
}

enum fault apply_order_read(const struct moment *at, u32 account, u16 market, u64 order_id,
                            struct history_order *order_out)
{
    struct sql_call call = store_call(at->store, STORE_ORDER_GET);
    sql_put_u64(&call, account);
    sql_put_u64(&call, market);
    sql_put_u64(&call, order_id);
    bool row = false;
    TRY(sql_next(&at->store->sql, &call, &row));
    if (!row) {
        return apply_unknown(at, "order", order_id);
    }
    store_order_get(&call, order_out);
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault order_amended(const struct moment *at, const struct event_order_amended *event)
{
    struct history_order before;
    TRY(apply_order_read(at, event->head.account, event->market, event->order_id, &before));
    struct sql_call call = store_call(at->store, STORE_AMENDMENT_NEW);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->order_id);
    sql_put_u64(&call, event->head.seq);
    store_client_put(&call, &before.client);
    store_client_put(&call, &event->client);
    sql_put_amount(&call, before.qty);
    sql_put_amount(&call, event->qty);
    sql_put_u64(&call, at->time_us);
    TRY(sql_do(&at->store->sql, &call));

    call = store_call(at->store, STORE_ORDER_AMEND);
    sql_put_amount(&call, event->qty);
    store_client_put(&call, &event->client);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->order_id);
    TRY(apply_change(at, &call, "order", event->order_id));
    if (client_id_equal(&before.client, &event->client)) {
        return FAULT_NONE;
    }
    return apply_client(at, event->head.account, event->market, event->order_id, event->head.seq,
                        &event->client);
}

/* ---- trades ---- */

static enum fault bars_load(struct store *store, u16 number, struct store_market *market)
{
    for (u32 level = 0; level < BAR_LEVELS; level += 1) {
        struct sql_call call = store_call(store, STORE_BAR_LAST);
        sql_put_u64(&call, number);
        sql_put_u64(&call, level);
        bool row = false;
        TRY(sql_next(&store->sql, &call, &row));
        market->bars[level] = (struct bar){.trades = 0};
        if (row) {
            store_bar_get(&call, &market->bars[level]);
            sql_end(&call);
        }
    }
    market->bars_dirty = 0;
    market->bars_known = true;
    return FAULT_NONE;
}

static void put_wide(struct sql_call *call, u128 value)
{
    sql_put_u64(call, (u64)(value >> 64));
    sql_put_u64(call, (u64)value);
}

static enum fault bar_put(struct store *store, u16 number, u32 level, const struct bar *bar)
{
    struct sql_call call = store_call(store, STORE_BAR_PUT);
    sql_put_u64(&call, number);
    sql_put_u64(&call, level);
    sql_put_i64(&call, bar->start);
    sql_put_u64(&call, bar->trades);
    sql_put_price(&call, bar->open);
    sql_put_price(&call, bar->high);
    sql_put_price(&call, bar->low);
    sql_put_price(&call, bar->close);
    put_wide(&call, bar->volume);
    put_wide(&call, bar->quote_volume);
    put_wide(&call, bar->taker_buy_volume);
    put_wide(&call, bar->taker_buy_quote);
    sql_put_u64(&call, bar->first_trade);
    sql_put_u64(&call, bar->last_trade);
    return sql_do(&store->sql, &call);
}

enum fault store_bars_flush(struct store *store)
{
    for (u32 number = 0; number < STORE_MARKETS_MAX; number += 1) {
        struct store_market *market = &store->markets[number];
        for (u32 level = 0; level < BAR_LEVELS && market->bars_dirty != 0; level += 1) {
            if ((market->bars_dirty & 1U << level) != 0) {
                TRY(bar_put(store, (u16)number, level, &market->bars[level]));
            }
        }
        market->bars_dirty = 0;
    }
    return FAULT_NONE;
}

static enum fault bars_add(const struct moment *at, u16 number, struct store_market *market,
                           const struct event_trade *event)
{
    if (!market->bars_known) {
        TRY(bars_load(at->store, number, market));
    }
    struct bar_trade trade = {.trade_id = event->trade_id,
                              .price = event->price,
                              .qty = event->qty,
                              .quote = event->quote,
                              .taker_buys = event->taker_side == SIDE_BUY};
    i64 second = (i64)(at->time_us / SECOND_US);
    if (second > BAR_SECONDS_LAST) {
        return FAULT(FAULT_LIMIT, "%s: a trade behind the year 3000", at->store->sql.path);
    }
    for (u32 level = 0; level < BAR_LEVELS; level += 1) {
        struct bar *bar = &market->bars[level];
        i64 start = second - second % bar_level_seconds(level);
        if (bar->trades > 0 && (start < bar->start || trade.trade_id <= bar->last_trade)) {
            return FAULT(FAULT_ROT, "%s: trade %llu of market %u is not behind trade %llu",
                         at->store->sql.path, (unsigned long long)trade.trade_id, number,
                         (unsigned long long)bar->last_trade);
        }
        if (bar->trades > 0 && start > bar->start) {
            if ((market->bars_dirty & 1U << level) != 0) {
                TRY(bar_put(at->store, number, level, bar));
            }
            bar->trades = 0;
        }
        bar->start = start;
        bar_add_trade(bar, &trade);
        market->bars_dirty |= 1U << level;
    }
    return FAULT_NONE;
}

/* One of the two sides of a trade. */
static enum fault trade_side(const struct moment *at, const struct event_trade *event, bool maker)
{
    bool taker_buys = event->taker_side == SIDE_BUY;
    u32 account = maker ? event->maker_account : event->head.account;
    u64 order_id = maker ? event->maker_order_id : event->taker_order_id;
    bool done = (event->flags & (maker ? TRADE_FLAG_MAKER_DONE : TRADE_FLAG_TAKER_DONE)) != 0;
    struct sql_call call = store_call(at->store, STORE_FILL_NEW);
    sql_put_u64(&call, account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->trade_id);
    sql_put_u64(&call, maker);
    sql_put_u64(&call, order_id);
    sql_put_price(&call, event->price);
    sql_put_amount(&call, event->qty);
    sql_put_amount(&call, event->quote);
    sql_put_amount(&call, maker ? event->maker_fee : event->taker_fee);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, maker ? !taker_buys : taker_buys);
    TRY(sql_do(&at->store->sql, &call));

    call = store_call(at->store, STORE_ORDER_TRADE);
    sql_put_amount(&call, event->qty);
    sql_put_amount(&call, event->quote);
    sql_put_u64(&call, done ? HISTORY_FILLED : HISTORY_PARTIALLY_FILLED);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->trade_id);
    sql_put_u64(&call, account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, order_id);
    return apply_change(at, &call, "order", order_id);
}

static enum fault trade(const struct moment *at, const struct event_trade *event)
{
    struct store_market *market = market_of(at, event->market);
    if (market == NULL) {
        return apply_unknown(at, "market", event->market);
    }
    bool buyer_is_maker = event->taker_side == SIDE_SELL;
    struct sql_call call = store_call(at->store, STORE_TRADE_NEW);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->trade_id);
    sql_put_price(&call, event->price);
    sql_put_amount(&call, event->qty);
    sql_put_amount(&call, event->quote);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, buyer_is_maker);
    TRY(sql_do(&at->store->sql, &call));

    call = store_call(at->store, STORE_AGGREGATE_ADD);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->aggregate_id);
    sql_put_price(&call, event->price);
    sql_put_amount(&call, event->qty);
    sql_put_u64(&call, event->trade_id);
    sql_put_u64(&call, event->trade_id);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, buyer_is_maker);
    TRY(sql_do(&at->store->sql, &call));

    TRY(bars_add(at, event->market, market, event));
    TRY(trade_side(at, event, false));
    return trade_side(at, event, true);
}

/* ---- money ---- */

enum fault apply_line(const struct moment *at, u32 account, const struct history_line *line)
{
    struct sql_call call = store_call(at->store, STORE_LINE_NEW);
    sql_put_u64(&call, account);
    sql_put_u64(&call, line->entry);
    sql_put_u64(&call, line->asset);
    sql_put_u64(&call, line->cause);
    sql_put_i64(&call, line->delta);
    sql_put_u64(&call, line->other_account);
    sql_put_u64(&call, line->reason);
    sql_put_u64(&call, line->reference);
    sql_put_u64(&call, line->seq);
    sql_put_u64(&call, line->time_us);
    return sql_do(&at->store->sql, &call);
}

static i64 signed_of(struct amount amount, bool in)
{
    i64 size = (i64)amount.units; /* raw: below 2^63, docs/semantics.md section 4 */
    return in ? size : -size;
}

/* Two lines of one movement, from seller to buyer or back. */
static enum fault pair_put(const struct moment *at, struct history_line *line, struct amount amount,
                           u32 from, u32 to)
{
    line->delta = signed_of(amount, false);
    line->other_account = to;
    TRY(apply_line(at, from, line));
    line->delta = signed_of(amount, true);
    line->other_account = from;
    return apply_line(at, to, line);
}

static enum fault prevented_transfer(const struct moment *at, const struct event_prevented *event)
{
    struct store_market *market = market_of(at, event->market);
    if (market == NULL) {
        return apply_unknown(at, "market", event->market);
    }
    struct history_order maker;
    TRY(apply_order_read(at, event->maker_account, event->market, event->maker_order_id, &maker));
    bool maker_buys = maker.side == SIDE_BUY;
    u32 buyer = maker_buys ? event->maker_account : event->head.account;
    u32 seller = maker_buys ? event->head.account : event->maker_account;
    struct history_line line = {.entry = event->entry,
                                .asset = market->base,
                                .cause = HISTORY_CAUSE_STP_TRANSFER,
                                .reference = event->match_id,
                                .seq = event->head.seq,
                                .time_us = at->time_us};
    TRY(pair_put(at, &line, event->transferred_qty, seller, buyer));
    line.entry += 1;
    line.asset = market->quote;
    return pair_put(at, &line, event->transferred_quote, buyer, seller);
}

static enum fault prevented_side(const struct moment *at, const struct event_prevented *event,
                                 bool maker)
{
    u32 account = maker ? event->maker_account : event->head.account;
    u64 order_id = maker ? event->maker_order_id : event->taker_order_id;
    u8 flag = maker ? PREVENTED_FLAG_MAKER_DONE : PREVENTED_FLAG_TAKER_DONE;
    struct sql_call call = store_call(at->store, STORE_PREVENTED_OF);
    sql_put_u64(&call, account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, order_id);
    sql_put_u64(&call, event->match_id);
    TRY(sql_do(&at->store->sql, &call));

    call = store_call(at->store, STORE_ORDER_PREVENTED);
    sql_put_amount(&call, maker ? event->maker_qty : event->taker_qty);
    sql_put_i64(&call, (event->flags & flag) != 0 ? HISTORY_EXPIRED_IN_MATCH : -1);
    sql_put_u64(&call, event->match_id);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, order_id);
    return apply_change(at, &call, "order", order_id);
}

static enum fault prevented(const struct moment *at, const struct event_prevented *event)
{
    struct sql_call call = store_call(at->store, STORE_PREVENTED_NEW);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->match_id);
    sql_put_u64(&call, event->maker_order_id);
    sql_put_u64(&call, event->taker_order_id);
    sql_put_u64(&call, event->maker_account);
    sql_put_u64(&call, event->head.account);
    sql_put_price(&call, event->price);
    sql_put_amount(&call, event->maker_qty);
    sql_put_amount(&call, event->taker_qty);
    sql_put_u64(&call, event->mode);
    sql_put_u64(&call, at->time_us);
    TRY(sql_do(&at->store->sql, &call));
    TRY(prevented_side(at, event, false));
    TRY(prevented_side(at, event, true));
    return amount_is_zero(event->transferred_qty) ? FAULT_NONE : prevented_transfer(at, event);
}

static enum fault ledger_line(const struct moment *at, const struct event_ledger *event)
{
    bool out = event->from == LEDGER_CLASS_FREE;
    bool in = event->to == LEDGER_CLASS_FREE;
    struct history_line line = {.entry = event->entry,
                                .asset = event->asset,
                                .cause = event->cause,
                                .reference = event->reference,
                                .reason = event->reason,
                                .seq = event->head.seq,
                                .time_us = at->time_us};
    if (out && in) {
        return pair_put(at, &line, event->amount, event->head.account, event->other_account);
    }
    if (!out && !in) {
        return FAULT_NONE;
    }
    line.delta = signed_of(event->amount, in);
    return apply_line(at, event->head.account, &line);
}

static enum fault deposit_new(const struct moment *at, const struct event_ledger *event, bool held)
{
    struct sql_call call = store_call(at->store, STORE_DEPOSIT_NEW);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->entry);
    sql_put_u64(&call, event->asset);
    sql_put_u64(&call, event->network);
    sql_put_amount(&call, event->amount);
    sql_put_u64(&call, held ? event->reference : 0);
    sql_put_u64(&call, held ? 0 : event->reference);
    sql_put_u64(&call, held ? HISTORY_DEPOSIT_HELD : HISTORY_DEPOSIT_CREDITED);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, at->time_us);
    return sql_do(&at->store->sql, &call);
}

static enum fault deposit_end(const struct moment *at, const struct event_ledger *event,
                              enum history_deposit_status status)
{
    struct sql_call call = store_call(at->store, STORE_DEPOSIT_END);
    sql_put_u64(&call, status);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->reference);
    return apply_change(at, &call, "held deposit", event->reference);
}

static enum fault withdrawal_new(const struct moment *at, const struct event_ledger *event)
{
    struct sql_call call = store_call(at->store, STORE_WITHDRAWAL_NEW);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->reference);
    sql_put_u64(&call, event->asset);
    sql_put_u64(&call, event->network);
    sql_put_amount(&call, event->amount);
    sql_put_amount(&call, AMOUNT_ZERO);
    sql_put_amount(&call, AMOUNT_ZERO);
    sql_put_u64(&call, event->source_index);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, HISTORY_WITHDRAWAL_HELD);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, at->time_us);
    return sql_do(&at->store->sql, &call);
}

static enum fault withdrawal_settle(const struct moment *at, const struct event_ledger *event)
{
    struct sql_call call = store_call(at->store, STORE_WITHDRAWAL_SETTLE);
    sql_put_u64(&call, HISTORY_WITHDRAWAL_SETTLED);
    sql_put_u64(&call, event->network);
    sql_put_amount(&call, event->amount);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->reference);
    return apply_change(at, &call, "withdrawal", event->reference);
}

static enum fault withdrawal_fee(const struct moment *at, const struct event_ledger *event)
{
    struct sql_call call = store_call(at->store, STORE_WITHDRAWAL_FEE);
    sql_put_amount(&call, event->amount);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->reference);
    return apply_change(at, &call, "withdrawal", event->reference);
}

static enum fault withdrawal_end(const struct moment *at, const struct event_ledger *event,
                                 enum history_withdrawal_status status)
{
    struct sql_call call = store_call(at->store, STORE_WITHDRAWAL_END);
    sql_put_u64(&call, status);
    sql_put_u64(&call, event->reason);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->reference);
    return apply_change(at, &call, "withdrawal", event->reference);
}

static enum fault ledger(const struct moment *at, const struct event_ledger *event)
{
    TRY(ledger_line(at, event));
    switch (event->cause) {
    case LEDGER_CAUSE_DEPOSIT:
        return deposit_new(at, event, false);
    case LEDGER_CAUSE_DEPOSIT_HELD:
        return deposit_new(at, event, true);
    case LEDGER_CAUSE_DEPOSIT_RELEASE:
        return deposit_end(at, event, HISTORY_DEPOSIT_CREDITED);
    case LEDGER_CAUSE_DEPOSIT_RETURN:
        return deposit_end(at, event, HISTORY_DEPOSIT_RETURNED);
    case LEDGER_CAUSE_WITHDRAWAL_HOLD:
        return withdrawal_new(at, event);
    case LEDGER_CAUSE_WITHDRAWAL_SETTLE:
        return withdrawal_settle(at, event);
    case LEDGER_CAUSE_WITHDRAWAL_FEE:
        return withdrawal_fee(at, event);
    case LEDGER_CAUSE_WITHDRAWAL_RELEASE:
        return withdrawal_end(at, event, HISTORY_WITHDRAWAL_RELEASED);
    case LEDGER_CAUSE_WITHDRAWAL_FALLBACK:
        return withdrawal_end(at, event, HISTORY_WITHDRAWAL_FALLBACK);
    case LEDGER_CAUSE_TRANSFER:
    case LEDGER_CAUSE_ADJUSTMENT:
        return FAULT_NONE;
    default: /* not an enum: a byte from outside */
        return apply_unknown(at, "a ledger cause", event->cause);
    }
}

/* ---- lists and definitions ---- */

static enum fault list_new(const struct moment *at, const struct event_list_new *event)
{
    if (event->legs_count > HISTORY_LEGS_MAX) {
        return apply_unknown(at, "a list with legs of number", event->legs_count);
    }
    struct sql_call call = store_call(at->store, STORE_LIST_NEW);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->market);
    sql_put_u64(&call, event->list_id);
    store_client_put(&call, &event->client);
    sql_put_u64(&call, event->list_kind);
    sql_put_u64(&call, event->legs_count);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, 0);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, at->time_us);
    return sql_do(&at->store->sql, &call);
}

static enum fault list_done(const struct moment *at, const struct event_list_done *event)
{
    struct sql_call call = store_call(at->store, STORE_LIST_DONE);
    sql_put_u64(&call, at->time_us);
    sql_put_u64(&call, event->head.account);
    sql_put_u64(&call, event->list_id);
    return apply_change(at, &call, "list", event->list_id);
}

enum fault apply_market(const struct moment *at, const struct command_market_add *market)
{
    if (market->market >= STORE_MARKETS_MAX) {
        return apply_unknown(at, "market", market->market);
    }
    struct sql_call call = store_call(at->store, STORE_MARKET_PUT);
    sql_put_u64(&call, market->market);
    sql_put_u64(&call, market->base);
    sql_put_u64(&call, market->quote);
    sql_put_bytes(&call, span_of(market->name, sizeof(market->name)));
    TRY(sql_do(&at->store->sql, &call));
    struct store_market *known = &at->store->markets[market->market];
    known->known = true;
    known->base = market->base;
    known->quote = market->quote;
    return FAULT_NONE;
}

/* Of the definitions only markets matter here: which assets their trades move. */
static enum fault applied(const struct moment *at, struct span record)
{
    struct command_market_add market;
    struct span body = span_after(record, sizeof(struct event_applied));
    u16 kind = body.size < sizeof(struct command_head) ? 0 : bytes_u16(body.data);
    if (kind != COMMAND_MARKET_ADD && kind != COMMAND_MARKET_SET) {
        return FAULT_NONE;
    }
    if (body.size != sizeof(market)) {
        return apply_unknown(at, "a market definition of size", body.size);
    }
    memcpy(&market, body.data, sizeof(market));
    return apply_market(at, &market);
}

/* ---- the walk over a chunk ---- */

union event {
    struct event_head head;
    struct event_order_new order_new;
    struct event_order_detail order_detail;
    struct event_trade trade;
    struct event_order_done order_done;
    struct event_prevented prevented;
    struct event_order_triggered order_triggered;
    struct event_order_amended order_amended;
    struct event_list_new list_new;
    struct event_list_done list_done;
    struct event_ledger ledger;
    u8 bytes[256];
};

static enum fault apply_one(const struct moment *at, const union event *event, struct span record)
{
    switch (event->head.kind) {
    case EVENT_TIME:
    case EVENT_REJECTED:
    case EVENT_ORDER_BOOKED:
    case EVENT_RESTRICTED:
    case EVENT_DECISION:
    case EVENT_PACK_STATE:
    case EVENT_LICENCE_SPENT:
    case EVENT_REEVALUATED:
        return FAULT_NONE;
    case EVENT_APPLIED:
        return applied(at, record);
    case EVENT_ORDER_NEW:
        at->store->ahead.market = event->order_new.market;
        return order_new(at, &event->order_new);
    case EVENT_ORDER_DETAIL:
        return order_detail(at, &event->order_detail);
    case EVENT_TRADE:
        return trade(at, &event->trade);
    case EVENT_ORDER_DONE:
        return order_done(at, &event->order_done);
    case EVENT_PREVENTED:
        return prevented(at, &event->prevented);
    case EVENT_ORDER_TRIGGERED:
        return order_triggered(at, &event->order_triggered);
    case EVENT_ORDER_AMENDED:
        return order_amended(at, &event->order_amended);
    case EVENT_LIST_NEW:
        return list_new(at, &event->list_new);
    case EVENT_LIST_DONE:
        return list_done(at, &event->list_done);
    case EVENT_LEDGER:
        return ledger(at, &event->ledger);
    default: /* not an enum: a number from outside */
        return apply_unknown(at, "an event of kind", event->head.kind);
    }
}

/* Whether a record of `size` bytes can be one of this kind: whole, or ending behind its client. */
static bool size_fits(const struct wire_record *kind, size_t size)
{
    if (kind->open_ended != 0) {
        return size >= kind->size;
    }
    return size == kind->size ||
           (kind->client_offset > 0 && size > kind->client_offset && size < kind->size);
}

/* Whether the numbers can be the core's: below 2^63, but for those that commands bring along; the
 * enums known; and the client ids such as command_check lets in. */
static bool fields_fit(const struct wire_record *kind, const u8 *record)
{
    for (const struct wire_field *field = kind->fields; field->name != NULL; field += 1) {
        bool number =
            field->type == WIRE_U64 || field->type == WIRE_PRICE || field->type == WIRE_AMOUNT;
        bool any = kind == &wire_events[EVENT_REJECTED] || /* repeats an order id as it was sent */
                   strcmp(field->name, "source_index") == 0 ||
                   strcmp(field->name, "reference") == 0;
        if (number && !any && bytes_u64(record + field->offset) > (u64)INT64_MAX) {
            return false;
        }
        bool named = field->type == WIRE_U8 && field->names != NULL;
        if (named && record[field->offset] >= field->names_count) {
            return false;
        }
    }
    for (u32 i = 0; i < kind->clients_count; i += 1) {
        struct client_id client;
        memcpy(&client, record + kind->clients[i], sizeof(client));
        if (!client_id_valid(&client)) {
            return false;
        }
    }
    return true;
}

/* What rules say of persons is not kept here, and its numbers may be any. */
static bool is_of_rules(u16 kind)
{
    return kind == EVENT_RESTRICTED || kind == EVENT_DECISION || kind == EVENT_PACK_STATE ||
           kind == EVENT_LICENCE_SPENT || kind == EVENT_REEVALUATED;
}

enum fault store_apply(struct store *store, struct span events, u64 seq, u64 time_us)
{
    CHECK(store->open);
    struct moment at = {.store = store, .time_us = time_us};
    if (time_us < store->ahead.time_us || seq < store->ahead.seq) {
        return apply_unknown(&at, "a chunk before its predecessor, of command", seq);
    }
    while (events.size > 0) {
        union event event = {.bytes = {0}};
        struct span head = span_piece(events, 0, sizeof(struct event_head));
        u16 number = head.data == NULL ? 0 : bytes_u16(head.data);
        size_t size = head.data == NULL ? 0 : (size_t)head.data[2] * WIRE_UNIT;
        if (number == 0 || number >= EVENT_KIND_COUNT || size == 0 || size > events.size ||
            !size_fits(&wire_events[number], size)) {
            return apply_unknown(&at, "a record of kind", number);
        }
        memcpy(event.bytes, events.data, size < sizeof(event) ? size : sizeof(event));
        if (!is_of_rules(number) && !fields_fit(&wire_events[number], event.bytes)) {
            return apply_unknown(&at, "impossible numbers in a record of kind", number);
        }
        TRY(apply_one(&at, &event, span_piece(events, 0, size)));
        events = span_after(events, size);
    }
    store->ahead.seq = seq;
    store->ahead.time_us = time_us;
    return FAULT_NONE;
}
