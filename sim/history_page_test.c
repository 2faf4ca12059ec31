/* Aim: every page the history hands out is what the events say, cut where the question says, and a
 * question over channels (wire/lookup.h) has the same answer as the query it stands for.
 *
 * Method: a random venue (sim/history_world.h). Lists and movements of money are collected plainly
 * from its events, and random pages of them compared row by row; so are klines of every interval,
 * one after the other from before the first trade on, with the trades added up. Each kind of
 * question is then asked at random and compared with the direct query. Orders, fills and trades:
 * history_sim_test.c. */
#include "base/span.h"
#include "role/history/history_lookup.h"
#include "sim/history_world.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { SEEDS = 30, COMMANDS = 1500, PAGES = 60, QUESTIONS = 20, ROWS_MAX = 20000 };

#define SECOND_US 1000000ULL

/* What the events say: rows of all accounts, in their order. */
struct seen_rows {
    struct history_list lists[ROWS_MAX];
    u32 lists_count;
    struct history_line lines[ROWS_MAX];
    u32 line_accounts[ROWS_MAX];
    u32 lines_count;
    struct history_deposit deposits[ROWS_MAX];
    u32 deposit_accounts[ROWS_MAX];
    u32 deposits_count;
    struct history_withdrawal withdrawals[ROWS_MAX];
    u32 withdrawal_accounts[ROWS_MAX];
    u32 withdrawals_count;
};

static struct history_world world;
static struct seen_rows seen;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

/* ---- collecting ---- */

static void see_line(u32 account, const struct history_line *line)
{
    assert_true(seen.lines_count < ROWS_MAX);
    seen.lines[seen.lines_count] = *line;
    seen.line_accounts[seen.lines_count] = account;
    seen.lines_count += 1;
}

static void see_move(struct history_line line, u64 units, u32 source, u32 target)
{
    line.delta = -(i64)units;
    line.other_account = target;
    see_line(source, &line);
    line.delta = (i64)units;
    line.other_account = source;
    see_line(target, &line);
}

static void see_prevented(const struct event_prevented *event, u64 time_us)
{
    if (event->transferred_qty.units == 0) {
        return;
    }
    struct model_market_view market = model_market_of(world.model, event->market);
    bool maker_buys = history_world_order(&world, event->maker_order_id)->event.side == SIDE_BUY;
    u32 buyer = maker_buys ? event->maker_account : event->head.account;
    u32 seller = maker_buys ? event->head.account : event->maker_account;
    struct history_line line = {.entry = event->entry,
                                .asset = (u16)market.base,
                                .cause = HISTORY_CAUSE_STP_TRANSFER,
                                .reference = event->match_id,
                                .seq = event->head.seq,
                                .time_us = time_us};
    see_move(line, event->transferred_qty.units, seller, buyer);
    line.entry += 1;
    line.asset = (u16)market.quote;
    see_move(line, event->transferred_quote.units, buyer, seller);
}

static void see_deposit(const struct event_ledger *event, u64 time_us)
{
    bool held = event->cause == LEDGER_CAUSE_DEPOSIT_HELD;
    assert_true(seen.deposits_count < ROWS_MAX);
    seen.deposit_accounts[seen.deposits_count] = event->head.account;
    seen.deposits[seen.deposits_count] =
        (struct history_deposit){.entry = event->entry,
                                 .asset = event->asset,
                                 .network = event->network,
                                 .amount = event->amount,
                                 .hold_id = held ? event->reference : 0,
                                 .reference = held ? 0 : event->reference,
                                 .status = held ? HISTORY_DEPOSIT_HELD : HISTORY_DEPOSIT_CREDITED,
                                 .time_us = time_us,
                                 .update_us = time_us};
    seen.deposits_count += 1;
}

static void see_deposit_end(const struct event_ledger *event, enum history_deposit_status status,
                            u64 time_us)
{
    for (u32 i = 0; i < seen.deposits_count; i += 1) {
        if (seen.deposits[i].hold_id == event->reference) {
            seen.deposits[i].status = status;
            seen.deposits[i].update_us = time_us;
        }
    }
}

static void see_withdrawal(const struct event_ledger *event, u64 time_us)
{
    assert_true(seen.withdrawals_count < ROWS_MAX);
    seen.withdrawal_accounts[seen.withdrawals_count] = event->head.account;
    seen.withdrawals[seen.withdrawals_count] =
        (struct history_withdrawal){.hold_id = event->reference,
                                    .asset = event->asset,
                                    .network = event->network,
                                    .total = event->amount,
                                    .source_index = event->source_index,
                                    .status = HISTORY_WITHDRAWAL_HELD,
                                    .time_us = time_us,
                                    .update_us = time_us};
    seen.withdrawals_count += 1;
}

static struct history_withdrawal *withdrawal_of(u64 hold_id)
{
    for (u32 i = 0; i < seen.withdrawals_count; i += 1) {
        if (seen.withdrawals[i].hold_id == hold_id) {
            return &seen.withdrawals[i];
        }
    }
    fail();
    return NULL;
}

static void see_withdrawal_more(const struct event_ledger *event, u64 time_us)
{
    struct history_withdrawal *row = withdrawal_of(event->reference);
    if (event->cause == LEDGER_CAUSE_WITHDRAWAL_FEE) {
        row->fee = event->amount;
        return;
    }
    row->update_us = time_us;
    if (event->cause == LEDGER_CAUSE_WITHDRAWAL_SETTLE) {
        row->status = HISTORY_WITHDRAWAL_SETTLED;
        row->network = event->network;
        row->amount = event->amount;
    } else {
        bool back = event->cause == LEDGER_CAUSE_WITHDRAWAL_RELEASE;
        row->status = back ? HISTORY_WITHDRAWAL_RELEASED : HISTORY_WITHDRAWAL_FALLBACK;
        row->reason = event->reason;
    }
}

static void see_ledger(const struct event_ledger *event, u64 time_us)
{
    struct history_line line = {.entry = event->entry,
                                .asset = event->asset,
                                .cause = event->cause,
                                .reason = event->reason,
                                .reference = event->reference,
                                .seq = event->head.seq,
                                .time_us = time_us};
    bool from = event->from == LEDGER_CLASS_FREE;
    bool to = event->to == LEDGER_CLASS_FREE;
    if (from && to) {
        see_move(line, event->amount.units, event->head.account, event->other_account);
    } else if (from || to) {
        line.delta = to ? (i64)event->amount.units : -(i64)event->amount.units;
        see_line(event->head.account, &line);
    }
    if (event->cause == LEDGER_CAUSE_DEPOSIT || event->cause == LEDGER_CAUSE_DEPOSIT_HELD) {
        see_deposit(event, time_us);
    } else if (event->cause == LEDGER_CAUSE_DEPOSIT_RELEASE) {
        see_deposit_end(event, HISTORY_DEPOSIT_CREDITED, time_us);
    } else if (event->cause == LEDGER_CAUSE_DEPOSIT_RETURN) {
        see_deposit_end(event, HISTORY_DEPOSIT_RETURNED, time_us);
    } else if (event->cause == LEDGER_CAUSE_WITHDRAWAL_HOLD) {
        see_withdrawal(event, time_us);
    } else if (event->cause != LEDGER_CAUSE_TRANSFER && event->cause != LEDGER_CAUSE_ADJUSTMENT) {
        see_withdrawal_more(event, time_us);
    }
}

static void see_list(const u8 *bytes, u16 kind, u64 time_us)
{
    if (kind == EVENT_LIST_NEW) {
        struct event_list_new event;
        memcpy(&event, bytes, sizeof(event));
        assert_true(seen.lists_count < ROWS_MAX);
        seen.lists[seen.lists_count] =
            (struct history_list){.account = event.head.account,
                                  .market = event.market,
                                  .list_id = event.list_id,
                                  .client = event.client,
                                  .kind = (enum list_kind)event.list_kind,
                                  .legs = event.legs_count,
                                  .time_us = time_us,
                                  .update_us = time_us};
        seen.lists_count += 1;
    } else {
        struct event_list_done event;
        memcpy(&event, bytes, sizeof(event));
        for (u32 i = 0; i < seen.lists_count; i += 1) {
            if (seen.lists[i].list_id == event.list_id) {
                seen.lists[i].done = true;
                seen.lists[i].update_us = time_us;
            }
        }
    }
}

static void see_all(void)
{
    u32 batch = 0;
    seen.lists_count = 0;
    seen.lines_count = 0;
    seen.deposits_count = 0;
    seen.withdrawals_count = 0;
    for (size_t at = 0; at < world.used; at += (size_t)world.bytes[at + 2] * WIRE_UNIT) {
        while (world.batches[batch].end <= at) {
            batch += 1;
        }
        u64 time_us = world.batches[batch].time_us;
        u16 kind = world.bytes[at];
        if (kind == EVENT_LEDGER) {
            struct event_ledger event;
            memcpy(&event, world.bytes + at, sizeof(event));
            see_ledger(&event, time_us);
        } else if (kind == EVENT_PREVENTED) {
            struct event_prevented event;
            memcpy(&event, world.bytes + at, sizeof(event));
            see_prevented(&event, time_us);
        } else if (kind == EVENT_LIST_NEW || kind == EVENT_LIST_DONE) {
            see_list(world.bytes + at, kind, time_us);
        }
    }
}

/* ---- pages of lists and lines ---- */

static u32 random_account(void)
{
    return (u32)random_below(&world.random, model_accounts_count(world.model));
}

static void compare_list(const struct history_list *a, const struct history_list *b)
{
    assert_int_equal(a->account, b->account);
    assert_int_equal(a->market, b->market);
    assert_int_equal(a->list_id, b->list_id);
    assert_true(client_id_equal(&a->client, &b->client));
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->legs, b->legs);
    assert_int_equal(a->done, b->done);
    assert_int_equal(a->time_us, b->time_us);
    assert_int_equal(a->update_us, b->update_us);
    u64 list_id = history_world_order(&world, a->first_order)->event.list_id;
    assert_int_equal(list_id, a->list_id);
}

static void compare_list_page(void)
{
    static struct history_list rows[HISTORY_ROWS_MAX];
    static const struct history_list *found[ROWS_MAX];
    struct history_page page = history_world_page(&world, seen.lists_count);
    u32 account = random_account();
    u32 matches = 0;
    u32 count = 0;
    for (u32 i = 0; i < seen.lists_count; i += 1) {
        const struct history_list *list = &seen.lists[i];
        if (list->account == account && history_page_holds(&page, list->list_id, list->time_us)) {
            found[matches] = list;
            matches += 1;
        }
    }
    must(history_lists(world.store, account, &page, rows, &count));
    assert_int_equal(count, history_page_size(&page, matches));
    for (u32 i = 0; i < count; i += 1) {
        compare_list(&rows[i], found[history_page_first(&page, matches) + i]);
    }
}

static void compare_line_page(void)
{
    static struct history_line rows[HISTORY_ROWS_MAX];
    static const struct history_line *found[ROWS_MAX];
    u64 last = seen.lines_count == 0 ? 1 : seen.lines[seen.lines_count - 1].entry;
    struct history_page page = history_world_page(&world, last);
    u32 account = random_account();
    i32 asset = (i32)random_below(&world.random, model_assets_count(world.model) + 1) - 1;
    u32 matches = 0;
    u32 count = 0;
    for (u32 i = 0; i < seen.lines_count; i += 1) {
        const struct history_line *line = &seen.lines[i];
        if (seen.line_accounts[i] == account && (asset < 0 || line->asset == asset) &&
            history_page_holds(&page, line->entry, line->time_us)) {
            found[matches] = line;
            matches += 1;
        }
    }
    must(history_lines(world.store, account, asset, &page, rows, &count));
    assert_int_equal(count, history_page_size(&page, matches));
    for (u32 i = 0; i < count; i += 1) {
        const struct history_line *line = found[history_page_first(&page, matches) + i];
        assert_int_equal(rows[i].entry, line->entry);
        assert_int_equal(rows[i].asset, line->asset);
        assert_int_equal(rows[i].cause, line->cause);
        assert_int_equal(rows[i].delta, line->delta);
        assert_int_equal(rows[i].other_account, line->other_account);
        assert_int_equal(rows[i].reason, line->reason);
        assert_int_equal(rows[i].reference, line->reference);
        assert_int_equal(rows[i].seq, line->seq);
        assert_int_equal(rows[i].time_us, line->time_us);
    }
}

/* ---- pages of money, newest first ---- */

static struct history_money_query random_money(u32 statuses)
{
    struct history_page page = history_world_page(&world, 1);
    return (struct history_money_query){
        .account = random_account(),
        .asset = (i32)random_below(&world.random, model_assets_count(world.model) + 1) - 1,
        .status = (i32)random_below(&world.random, statuses + 1) - 1,
        .from_us = page.from_us,
        .to_us = page.to_us,
        .offset = (u32)random_below(&world.random, 5),
        .limit = page.limit};
}

static bool money_matches(const struct history_money_query *query, u32 account, u16 asset,
                          u32 status, u64 time_us)
{
    return account == query->account && (query->asset < 0 || query->asset == (i32)asset) &&
           (query->status < 0 || query->status == (i32)status) && time_us >= query->from_us &&
           (query->to_us == 0 || time_us <= query->to_us);
}

static void compare_deposit_page(void)
{
    static struct history_deposit rows[HISTORY_ROWS_MAX];
    struct history_money_query query = random_money(HISTORY_DEPOSIT_STATUS_COUNT);
    u32 count = 0;
    u32 matches = 0;
    must(history_deposits(world.store, &query, rows, &count));
    for (u32 i = seen.deposits_count; i > 0; i -= 1) {
        const struct history_deposit *deposit = &seen.deposits[i - 1];
        if (!money_matches(&query, seen.deposit_accounts[i - 1], deposit->asset, deposit->status,
                           deposit->time_us)) {
            continue;
        }
        u32 at = matches - query.offset;
        if (matches >= query.offset && at < query.limit) {
            assert_true(at < count);
            assert_int_equal(rows[at].entry, deposit->entry);
            assert_int_equal(rows[at].asset, deposit->asset);
            assert_int_equal(rows[at].network, deposit->network);
            assert_int_equal(rows[at].amount.units, deposit->amount.units);
            assert_int_equal(rows[at].hold_id, deposit->hold_id);
            assert_int_equal(rows[at].reference, deposit->reference);
            assert_int_equal(rows[at].status, deposit->status);
            assert_int_equal(rows[at].time_us, deposit->time_us);
            assert_int_equal(rows[at].update_us, deposit->update_us);
        }
        matches += 1;
    }
    u32 left = matches > query.offset ? matches - query.offset : 0;
    assert_int_equal(count, left > query.limit ? query.limit : left);
}

static void compare_withdrawal_page(void)
{
    static struct history_withdrawal rows[HISTORY_ROWS_MAX];
    struct history_money_query query = random_money(HISTORY_WITHDRAWAL_STATUS_COUNT);
    u32 count = 0;
    u32 matches = 0;
    must(history_withdrawals(world.store, &query, rows, &count));
    for (u32 i = seen.withdrawals_count; i > 0; i -= 1) {
        const struct history_withdrawal *row = &seen.withdrawals[i - 1];
        if (!money_matches(&query, seen.withdrawal_accounts[i - 1], row->asset, row->status,
                           row->time_us)) {
            continue;
        }
        u32 at = matches - query.offset;
        if (matches >= query.offset && at < query.limit) {
            assert_true(at < count);
            assert_int_equal(rows[at].hold_id, row->hold_id);
            assert_int_equal(rows[at].asset, row->asset);
            assert_int_equal(rows[at].network, row->network);
            assert_int_equal(rows[at].total.units, row->total.units);
            assert_int_equal(rows[at].amount.units, row->amount.units);
            assert_int_equal(rows[at].fee.units, row->fee.units);
            assert_int_equal(rows[at].source_index, row->source_index);
            assert_int_equal(rows[at].reason, row->reason);
            assert_int_equal(rows[at].status, row->status);
            assert_int_equal(rows[at].time_us, row->time_us);
            assert_int_equal(rows[at].update_us, row->update_us);
        }
        matches += 1;
    }
    u32 left = matches > query.offset ? matches - query.offset : 0;
    assert_int_equal(count, left > query.limit ? query.limit : left);
}

/* ---- klines, one interval after the other ---- */

static void compare_kline(const struct history_kline *kline, u16 market, i64 start,
                          struct price *close)
{
    assert_int_equal(kline->bar.start, start);
    struct bar bar = seen_bar(&world.seen, market, start, kline->end, close);
    assert_int_equal(kline->bar.trades, bar.trades);
    assert_int_equal(kline->bar.open.units, bar.open.units);
    assert_int_equal(kline->bar.high.units, bar.high.units);
    assert_int_equal(kline->bar.low.units, bar.low.units);
    assert_int_equal(kline->bar.close.units, bar.close.units);
    assert_true(kline->bar.volume == bar.volume);
    assert_true(kline->bar.quote_volume == bar.quote_volume);
    assert_true(kline->bar.taker_buy_volume == bar.taker_buy_volume);
    assert_true(kline->bar.taker_buy_quote == bar.taker_buy_quote);
    assert_int_equal(kline->bar.first_trade, bar.first_trade);
    assert_int_equal(kline->bar.last_trade, bar.last_trade);
}

/* Page after page, to a bar that nothing has happened in yet. Bars with and without trades count
 * into the sums. A venue may live long: of the shortest intervals only some hundreds are looked at,
 * around a random moment. */
static void compare_interval(u16 market, enum interval interval, u32 *full, u32 *empty)
{
    static struct history_kline rows[HISTORY_ROWS_MAX];
    u64 zone_us = random_below(&world.random, 3) * 3 * 3600 * SECOND_US;
    u64 now_us = world.now_us + 3 * 86400 * SECOND_US;
    u64 span_us = interval_next(interval, now_us, (i64)zone_us) -
                  interval_start(interval, now_us, (i64)zone_us);
    i64 first = seen_first_second(&world.seen, market);
    u64 from_us = u64_max(history_world_moment(&world), 300 * span_us) - 300 * span_us;
    from_us = u64_max(from_us, 1);
    i64 expected = -1;
    for (u32 pages = 0; pages < 3; pages += 1) {
        struct history_kline_query query = {.market = market,
                                            .interval = interval,
                                            .zone_minutes = (i32)(zone_us / (60 * SECOND_US)),
                                            .from_us = from_us,
                                            .now_us = now_us,
                                            .limit = 200};
        u32 count = 0;
        must(history_klines(world.store, &query, rows, &count));
        assert_true(first >= 0 || count == 0);
        for (u32 i = 0; i < count; i += 1) {
            struct price close = {0};
            u64 start_us = (u64)rows[i].bar.start * SECOND_US;
            assert_true(expected < 0 || rows[i].bar.start == expected);
            assert_true(interval_start(interval, start_us, (i64)zone_us) == start_us);
            assert_true(interval_next(interval, start_us, (i64)zone_us) ==
                        (u64)rows[i].end * SECOND_US);
            compare_kline(&rows[i], market, rows[i].bar.start, &close);
            *(rows[i].bar.trades > 0 ? full : empty) += 1;
            expected = rows[i].end;
        }
        if (count < 200) {
            assert_true(first < 0 || count == 0 || rows[count - 1].end > (i64)(now_us / SECOND_US));
            return;
        }
        from_us = (u64)expected * SECOND_US;
    }
}

/* ---- questions over channels ---- */

static struct lookup_ask random_ask(enum lookup_kind lookup)
{
    struct lookup_ask ask = lookup_ask_of(lookup);
    struct history_page page = history_world_page(&world, world.orders_count + 1);
    u64 order_id = 1 + random_below(&world.random, world.orders_count + 1);
    ask.account = random_account();
    ask.market = (u16)random_below(&world.random, model_markets_count(world.model) + 1);
    ask.id = random_chance(&world.random, 1, 2) ? random_below(&world.random, 30) : order_id;
    if (order_id <= world.orders_count) {
        const struct event_order_new *event = &history_world_order(&world, order_id)->event;
        ask.account = event->head.account;
        ask.market = event->market;
        ask.client = event->client;
    }
    ask.from_id = page.from_id;
    ask.from_us = page.from_us;
    ask.to_us = page.to_us;
    ask.limit = page.limit;
    ask.asset = (i32)random_below(&world.random, 4) - 1;
    ask.status = (i32)random_below(&world.random, 4) - 1;
    ask.offset = (u32)random_below(&world.random, 3);
    ask.interval = (u8)random_below(&world.random, INTERVAL_COUNT);
    ask.zone_minutes = (i32)random_below(&world.random, 100);
    ask.now_us = world.now_us;
    ask.to_s = (i64)(world.now_us / SECOND_US);
    ask.from_s = ask.to_s - (i64)random_below(&world.random, (u64)ask.to_s + 1);
    return ask;
}

union row {
    struct history_order order;
    struct history_list list;
    struct history_withdrawal withdrawal;
    struct history_prevented prevented;
    struct bar bar;
};

/* The queries for one row, asked directly. */
static bool query_one(const struct lookup_ask *ask, union row *row, bool *found)
{
    struct store *store = world.store;
    switch ((u32)ask->lookup) {
    case LOOKUP_ORDER_BY_ID:
        must(history_order_by_id(store, ask->account, ask->market, ask->id, &row->order, found));
        return true;
    case LOOKUP_ORDER_BY_CLIENT:
        must(history_order_by_client(store, ask->account, ask->market, &ask->client, &row->order,
                                     found));
        return true;
    case LOOKUP_LIST_BY_ID:
        must(history_list_by_id(store, ask->account, ask->id, &row->list, found));
        return true;
    case LOOKUP_LIST_BY_CLIENT:
        must(history_list_by_client(store, ask->account, &ask->client, &row->list, found));
        return true;
    case LOOKUP_WITHDRAWAL_BY_ID:
        must(history_withdrawal_by_id(store, ask->account, ask->id, &row->withdrawal, found));
        return true;
    case LOOKUP_PREVENTED_BY_ID:
        must(history_prevented_by_id(store, ask->account, ask->market, ask->id, &row->prevented,
                                     found));
        return true;
    case LOOKUP_BAR:
        must(history_bar(store, ask->market, ask->from_s, ask->to_s, &row->bar));
        *found = true;
        return true;
    default: /* not an enum: kinds with more rows */
        return false;
    }
}

static void query_many(const struct lookup_ask *ask, void *rows, u32 *count)
{
    struct store *store = world.store;
    const struct history_page page = {
        .from_id = ask->from_id, .from_us = ask->from_us, .to_us = ask->to_us, .limit = ask->limit};
    const struct history_money_query money = {ask->account, ask->asset,  ask->status, ask->from_us,
                                              ask->to_us,   ask->offset, ask->limit};
    const struct history_kline_query klines = {ask->market,       (enum interval)ask->interval,
                                               ask->zone_minutes, ask->from_us,
                                               ask->to_us,        ask->now_us,
                                               ask->limit};
    switch ((u32)ask->lookup) {
    case LOOKUP_ORDERS:
        must(history_orders(store, ask->account, ask->market, &page, rows, count));
        break;
    case LOOKUP_FILLS:
        must(history_fills(store, ask->account, ask->market, ask->id, &page, rows, count));
        break;
    case LOOKUP_TRADES:
        must(history_trades(store, ask->market, &page, rows, count));
        break;
    case LOOKUP_AGGREGATES:
        must(history_aggregates(store, ask->market, &page, rows, count));
        break;
    case LOOKUP_LISTS:
        must(history_lists(store, ask->account, &page, rows, count));
        break;
    case LOOKUP_LINES:
        must(history_lines(store, ask->account, ask->asset, &page, rows, count));
        break;
    case LOOKUP_DEPOSITS:
        must(history_deposits(store, &money, rows, count));
        break;
    case LOOKUP_WITHDRAWALS:
        must(history_withdrawals(store, &money, rows, count));
        break;
    case LOOKUP_PREVENTED_OF:
        must(history_prevented_of(store, ask->account, ask->market, ask->id, ask->from_id,
                                  ask->limit, rows, count));
        break;
    case LOOKUP_AMENDMENTS:
        must(history_amendments(store, ask->account, ask->market, ask->id, ask->from_id, ask->limit,
                                rows, count));
        break;
    case LOOKUP_KLINES:
        must(history_klines(store, &klines, rows, count));
        break;
    default: /* not an enum: kinds with one row */
        fail();
    }
}

static void compare_question(enum lookup_kind lookup, u32 *found)
{
    static u8 asked[HISTORY_ROWS_MAX * 512] __attribute__((aligned(16)));
    static u8 direct[HISTORY_ROWS_MAX * 512] __attribute__((aligned(16)));
    struct lookup_ask ask = random_ask(lookup);
    u32 asked_count = 0;
    u32 direct_count = 0;
    bool is_there = false;
    size_t most = (size_t)lookup_rows_max(&ask) * lookup_row_bytes(lookup);
    memset(asked, 0, most);
    memset(direct, 0, most);
    must(history_lookup(world.store, &ask, asked, &asked_count));
    if (query_one(&ask, (union row *)(void *)direct, &is_there)) {
        direct_count = is_there ? 1 : 0;
    } else {
        query_many(&ask, direct, &direct_count);
    }
    assert_int_equal(asked_count, direct_count);
    assert_memory_equal(asked, direct, (size_t)direct_count * lookup_row_bytes(lookup));
    *found += asked_count;
}

/* ---- tests ---- */

static void pages_are_what_the_events_say(void **state)
{
    (void)state;
    u64 seeds = test_rounds(SEEDS);
    u32 found[LOOKUP_KIND_COUNT] = {0};
    u32 full = 0;
    u32 empty = 0;
    for (u64 i = 0; i < seeds; i += 1) {
        history_world_open(&world, test_seed() * 1000 + i, COMMANDS);
        see_all();
        for (u32 round = 0; round < PAGES && model_accounts_count(world.model) > 0; round += 1) {
            compare_list_page();
            compare_line_page();
            compare_deposit_page();
            compare_withdrawal_page();
        }
        for (u16 market = 0; market < model_markets_count(world.model); market += 1) {
            for (u32 interval = 0; interval < INTERVAL_COUNT; interval += 1) {
                compare_interval(market, (enum interval)interval, &full, &empty);
            }
        }
        for (u32 round = 0; round < QUESTIONS && model_accounts_count(world.model) > 0;
             round += 1) {
            for (u32 lookup = 1; lookup < LOOKUP_KIND_COUNT; lookup += 1) {
                compare_question((enum lookup_kind)lookup, &found[lookup]);
            }
        }
        history_world_close(&world);
    }
    assert_true(full > 0 && empty > 0);
    for (u32 lookup = 1; lookup < LOOKUP_KIND_COUNT && seeds == SEEDS; lookup += 1) {
        if (found[lookup] == 0) {
            fail_msg("no question of kind %u had an answer with rows", lookup);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages_are_what_the_events_say)};
    return cmocka_run_group_tests_name("history_page", tests, NULL, NULL);
}
