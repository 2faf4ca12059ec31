/* Aim: the history's rows are what the events say, whatever the venue does and wherever the writer
 * was stopped. Method: random commands (sim/flow.h) through the naive model; its events go into a
 * history in transactions of random length, some of which are given up and done again. Then every
 * query is compared with the same answer worked out plainly from the events and from the model. */
#include "base/random.h"
#include "base/span.h"
#include "role/history/query.h"
#include "sim/history_world.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 40,
    COMMANDS = 1500,
    ASSETS = 32,
    ACCOUNTS = 64,
    QUERIES = 60,
};

#define SECOND_US 1000000ULL

static struct history_world world;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

/* ---- orders ---- */

static bool is_open(enum history_order_status status)
{
    return status == HISTORY_NEW || status == HISTORY_PENDING_NEW ||
           status == HISTORY_PARTIALLY_FILLED;
}

static void compare_open_order(const struct model_order_view *view)
{
    struct history_order order;
    bool found = false;
    must(history_order_by_id(world.store, view->account, view->market, view->order_id, &order,
                             &found));
    assert_true(found);
    assert_true(is_open(order.status));
    bool pending = history_world_order(&world, view->order_id)->pending;
    assert_int_equal(order.status == HISTORY_PENDING_NEW, pending);
    /* A pending leg whose turn has come may still stand in the trigger queue. */
    assert_true(pending
                    ? view->state == ORDER_STATE_PENDING_NEW || view->state == ORDER_STATE_QUEUED
                    : view->state != ORDER_STATE_PENDING_NEW);
    assert_int_equal(order.working_us != 0, view->state == ORDER_STATE_WORKING);
    assert_int_equal(order.side, view->side);
    assert_int_equal(order.type, view->type);
    assert_int_equal(order.price.units, view->price);
    assert_int_equal(order.stop_price.units, view->stop_price);
    assert_int_equal(order.qty.units, view->qty);
    assert_int_equal(order.qty.units - order.executed.units - order.prevented.units,
                     view->remaining);
    assert_true(client_id_equal(&order.client, &view->client));
    if (view->client.length > 0) {
        struct history_order same;
        must(history_order_by_client(world.store, view->account, view->market, &view->client, &same,
                                     &found));
        assert_true(found);
        assert_int_equal(same.order_id, order.order_id);
    }
    must(history_order_by_id(world.store, view->account + 1, view->market, view->order_id, &order,
                             &found));
    assert_false(found);
}

/* How often an order was amended and kept from trading with itself. */
static void compare_order_tables(const struct seen_order *seen, const struct history_order *order)
{
    struct history_amendment amendments[HISTORY_ROWS_MAX];
    struct history_prevented prevented[HISTORY_ROWS_MAX];
    static struct history_amendment amendments_from[HISTORY_ROWS_MAX];
    static struct history_prevented prevented_from[HISTORY_ROWS_MAX];
    u32 count = 0;
    u32 count_from = 0;
    must(history_amendments(world.store, order->account, order->market, order->order_id, 0,
                            HISTORY_ROWS_MAX, amendments, &count));
    assert_int_equal(count, seen->amends);
    assert_int_equal(count, order->amends);
    for (u32 i = 0; i < count; i += 1) {
        u64 before = i == 0 ? seen->event.qty.units : amendments[i - 1].qty_after.units;
        assert_int_equal(amendments[i].qty_before.units, before);
        assert_true(amendments[i].qty_after.units < before);
    }
    assert_int_equal(order->qty.units,
                     count == 0 ? seen->event.qty.units : amendments[count - 1].qty_after.units);
    /* From one of them on, or from behind every id there can be. */
    u32 first = (u32)random_below(&world.random, count + 1);
    must(history_amendments(world.store, order->account, order->market, order->order_id,
                            first < count ? amendments[first].seq : UINT64_MAX, HISTORY_ROWS_MAX,
                            amendments_from, &count_from));
    assert_int_equal(count_from, count - first);
    assert_true(first == count || amendments_from[0].seq == amendments[first].seq);
    must(history_prevented_of(world.store, order->account, order->market, order->order_id, 0,
                              HISTORY_ROWS_MAX, prevented, &count));
    assert_int_equal(count, seen->prevented);
    assert_int_equal(order->match_id, count == 0 ? 0 : prevented[count - 1].match_id);
    for (u32 i = 0; i < count; i += 1) {
        struct history_prevented same;
        bool found = false;
        assert_true(prevented[i].maker_order == order->order_id ||
                    prevented[i].taker_order == order->order_id);
        must(history_prevented_by_id(world.store, order->account, order->market,
                                     prevented[i].match_id, &same, &found));
        assert_true(found);
        assert_int_equal(same.taker_order, prevented[i].taker_order);
    }
    first = (u32)random_below(&world.random, count + 1);
    must(history_prevented_of(world.store, order->account, order->market, order->order_id,
                              first < count ? prevented[first].match_id : UINT64_MAX,
                              HISTORY_ROWS_MAX, prevented_from, &count_from));
    assert_int_equal(count_from, count - first);
    assert_true(first == count || prevented_from[0].match_id == prevented[first].match_id);
}

static void compare_orders(void)
{
    u32 open = model_orders_count(world.model);
    for (u32 i = 0; i < open; i += 1) {
        struct model_order_view view = model_order_at(world.model, i);
        compare_open_order(&view);
    }
    u32 open_found = 0;
    for (u32 i = 0; i < world.orders_count; i += 1) {
        const struct seen_order *seen = &world.orders[i];
        struct history_order order;
        bool found = false;
        must(history_order_by_id(world.store, seen->event.head.account, seen->event.market, i + 1,
                                 &order, &found));
        assert_true(found);
        assert_int_equal(order.executed.units, seen->executed);
        assert_int_equal(order.quote.units, seen->quote);
        assert_int_equal(order.time_us, seen->time_us);
        assert_int_equal(order.list_id, seen->event.list_id);
        if (order.status == HISTORY_FILLED && order.qty.units > 0) {
            assert_int_equal(order.executed.units + order.prevented.units, order.qty.units);
        }
        assert_int_equal(order.iceberg_qty.units, seen->iceberg);
        compare_order_tables(seen, &order);
        open_found += is_open(order.status);
    }
    assert_int_equal(open_found, open);
}

static void compare_order_page(void)
{
    static struct history_order rows[HISTORY_ROWS_MAX];
    u32 chosen = (u32)random_below(&world.random, world.orders_count);
    u32 account = world.orders[chosen].event.head.account;
    u16 market = world.orders[chosen].event.market;
    struct history_page page = history_world_page(&world, world.orders_count);
    u32 count = 0;
    u32 *ids = calloc(world.orders_count, sizeof(u32));
    u32 matches = 0;
    must(history_orders(world.store, account, market, &page, rows, &count));
    for (u32 i = 0; i < world.orders_count; i += 1) {
        const struct seen_order *seen = &world.orders[i];
        if (seen->event.head.account == account && seen->event.market == market &&
            history_page_holds(&page, i + 1, seen->time_us)) {
            ids[matches] = i + 1;
            matches += 1;
        }
    }
    assert_int_equal(count, history_page_size(&page, matches));
    for (u32 i = 0; i < count; i += 1) {
        assert_int_equal(rows[i].order_id, ids[history_page_first(&page, matches) + i]);
    }
    free(ids);
}

/* ---- trades ---- */

static void compare_trade_page(u16 market)
{
    static struct history_trade rows[HISTORY_ROWS_MAX];
    struct history_page page = history_world_page(&world, world.seen.count);
    u32 *found = calloc(world.seen.count + 1, sizeof(u32));
    u32 matches = 0;
    u32 count = 0;
    for (u32 i = 0; i < world.seen.count; i += 1) {
        if (world.seen.trades[i].market == market &&
            history_page_holds(&page, world.seen.trades[i].trade_id, world.seen.times[i])) {
            found[matches] = i;
            matches += 1;
        }
    }
    must(history_trades(world.store, market, &page, rows, &count));
    assert_int_equal(count, history_page_size(&page, matches));
    for (u32 i = 0; i < count; i += 1) {
        u32 at = found[history_page_first(&page, matches) + i];
        assert_int_equal(rows[i].trade_id, world.seen.trades[at].trade_id);
        assert_int_equal(rows[i].price.units, world.seen.trades[at].price.units);
        assert_int_equal(rows[i].qty.units, world.seen.trades[at].qty.units);
        assert_int_equal(rows[i].quote.units, world.seen.trades[at].quote.units);
        assert_int_equal(rows[i].time_us, world.seen.times[at]);
        assert_int_equal(rows[i].buyer_is_maker, world.seen.trades[at].taker_side == SIDE_SELL);
    }
    free(found);
}

/* All fills of an account in a market, or of one of its orders, in the order of the answer. */
static u32 seen_fills(u32 account, u16 market, u64 order_id, const struct history_page *page,
                      struct history_fill *rows)
{
    u32 count = 0;
    for (u32 i = 0; i < world.seen.count; i += 1) {
        const struct event_trade *trade = &world.seen.trades[i];
        for (u32 maker = 0; maker < 2; maker += 1) {
            u64 id = maker ? trade->maker_order_id : trade->taker_order_id;
            u32 owner = maker ? trade->maker_account : trade->head.account;
            if (trade->market != market || owner != account || (order_id > 0 && id != order_id) ||
                !history_page_holds(page, trade->trade_id, world.seen.times[i])) {
                continue;
            }
            rows[count] = (struct history_fill){
                .market = market,
                .trade_id = trade->trade_id,
                .order_id = id,
                .list_id = history_world_order(&world, id)->event.list_id,
                .price = trade->price,
                .qty = trade->qty,
                .quote = trade->quote,
                .fee = maker ? trade->maker_fee : trade->taker_fee,
                .time_us = world.seen.times[i],
                .buys = (trade->taker_side == SIDE_BUY) != (maker != 0),
                .maker = maker != 0,
            };
            count += 1;
        }
    }
    return count;
}

static void compare_fill(const struct history_fill *a, const struct history_fill *b)
{
    assert_int_equal(a->market, b->market);
    assert_int_equal(a->trade_id, b->trade_id);
    assert_int_equal(a->order_id, b->order_id);
    assert_int_equal(a->list_id, b->list_id);
    assert_int_equal(a->price.units, b->price.units);
    assert_int_equal(a->qty.units, b->qty.units);
    assert_int_equal(a->quote.units, b->quote.units);
    assert_int_equal(a->fee.units, b->fee.units);
    assert_int_equal(a->time_us, b->time_us);
    assert_int_equal(a->buys, b->buys);
    assert_int_equal(a->maker, b->maker);
}

static void compare_fill_page(void)
{
    static struct history_fill rows[HISTORY_ROWS_MAX];
    const struct event_trade *trade =
        &world.seen.trades[random_below(&world.random, world.seen.count)];
    bool one_order = random_chance(&world.random, 1, 2);
    u64 order_id = one_order ? trade->maker_order_id : 0;
    struct history_page page = history_world_page(&world, world.seen.count);
    struct history_fill *seen = calloc(2 * world.seen.count, sizeof(*seen));
    u32 matches = seen_fills(trade->maker_account, trade->market, order_id, &page, seen);
    u32 count = 0;
    must(history_fills(world.store, trade->maker_account, trade->market, order_id, &page, rows,
                       &count));
    assert_int_equal(count, history_page_size(&page, matches));
    for (u32 i = 0; i < count; i += 1) {
        compare_fill(&rows[i], &seen[history_page_first(&page, matches) + i]);
    }
    free(seen);
}

static void compare_aggregates(u16 market)
{
    static struct history_aggregate rows[HISTORY_ROWS_MAX];
    u64 id = 0;
    u32 at = 0;
    u32 count = 1;
    while (count > 0) {
        struct history_page page = {.from_id = id + 1, .limit = 7};
        must(history_aggregates(world.store, market, &page, rows, &count));
        for (u32 i = 0; i < count; i += 1) {
            id += 1;
            assert_int_equal(rows[i].aggregate_id, id);
            u64 qty = 0;
            u64 last = 0;
            for (; at < world.seen.count; at += 1) {
                const struct event_trade *trade = &world.seen.trades[at];
                if (trade->market != market) {
                    continue;
                }
                if (trade->aggregate_id != id) {
                    break;
                }
                assert_true(last != 0 || rows[i].first_trade == trade->trade_id);
                assert_int_equal(rows[i].price.units, trade->price.units);
                assert_int_equal(rows[i].time_us, world.seen.times[at]);
                assert_int_equal(rows[i].buyer_is_maker, trade->taker_side == SIDE_SELL);
                qty += trade->qty.units;
                last = trade->trade_id;
            }
            assert_int_equal(rows[i].qty.units, qty);
            assert_int_equal(rows[i].last_trade, last);
        }
    }
    while (at < world.seen.count && world.seen.trades[at].market != market) {
        at += 1;
    }
    assert_int_equal(at, world.seen.count);
}

/* ---- klines ---- */

static void compare_bar(const struct bar *a, const struct bar *b)
{
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->trades, b->trades);
    assert_int_equal(a->open.units, b->open.units);
    assert_int_equal(a->high.units, b->high.units);
    assert_int_equal(a->low.units, b->low.units);
    assert_int_equal(a->close.units, b->close.units);
    assert_true(a->volume == b->volume);
    assert_true(a->quote_volume == b->quote_volume);
    assert_true(a->taker_buy_volume == b->taker_buy_volume);
    assert_true(a->taker_buy_quote == b->taker_buy_quote);
    assert_int_equal(a->first_trade, b->first_trade);
    assert_int_equal(a->last_trade, b->last_trade);
}

static i64 bar_start(const struct history_kline_query *query, i64 second)
{
    return (i64)(interval_start(query->interval, (u64)second * SECOND_US,
                                query->zone_minutes * 60LL * (i64)SECOND_US) /
                 SECOND_US);
}

static i64 bar_next(const struct history_kline_query *query, i64 start)
{
    return (i64)(interval_next(query->interval, (u64)start * SECOND_US,
                               query->zone_minutes * 60LL * (i64)SECOND_US) /
                 SECOND_US);
}

static void compare_klines(u16 market)
{
    static struct history_kline rows[HISTORY_ROWS_MAX];
    struct history_page page = history_world_page(&world, 1);
    struct history_kline_query query = {
        .market = market,
        .interval = (enum interval)random_below(&world.random, INTERVAL_COUNT),
        .zone_minutes = (i32)random_below(&world.random, HISTORY_ZONE_MAX - HISTORY_ZONE_MIN + 1) +
                        HISTORY_ZONE_MIN,
        .from_us = page.from_us,
        .to_us = page.to_us,
        .now_us = world.now_us + random_below(&world.random, 5) * 3600 * SECOND_US,
        .limit = page.limit,
    };
    u32 count = 0;
    must(history_klines(world.store, &query, rows, &count));
    i64 start = seen_first_second(&world.seen, market);
    u32 matches = 0;
    if (start < 0) {
        assert_int_equal(count, 0);
        return;
    }
    /* Every bar from the first trade on; those that match are compared from the end of a window. */
    u64 until = query.to_us > 0 && query.to_us < query.now_us ? query.to_us : query.now_us;
    i64 starts[64];
    for (start = bar_start(&query, start); start <= (i64)(until / SECOND_US);
         start = bar_next(&query, start)) {
        if ((u64)start * SECOND_US >= query.from_us) {
            bool full = query.from_us > 0 && matches == query.limit;
            starts[matches % 64] = start;
            matches += 1;
            if (full) {
                matches -= 1;
                break;
            }
        }
    }
    assert_int_equal(count, matches > query.limit ? query.limit : matches);
    for (u32 i = 0; i < count; i += 1) {
        struct price close = {0};
        i64 expected = starts[(matches - count + i) % 64];
        assert_int_equal(rows[i].bar.start, expected);
        assert_int_equal(rows[i].end, bar_next(&query, expected));
        struct bar bar = seen_bar(&world.seen, market, expected, rows[i].end, &close);
        compare_bar(&rows[i].bar, &bar);
    }
}

static void compare_window(u16 market)
{
    i64 from = (i64)(world.now_us / SECOND_US) - (i64)random_below(&world.random, 200000);
    i64 to = from + (i64)random_below(&world.random, 200000);
    struct price close = {0};
    struct bar bar;
    must(history_bar(world.store, market, from, to, &bar));
    struct bar expected = seen_bar(&world.seen, market, from, to, &close);
    compare_bar(&bar, &expected);
}

/* ---- money ---- */

/* Lines and fills, fees taken off, are what an account has. */
static void compare_balances(void)
{
    static struct history_line lines[HISTORY_ROWS_MAX];
    u32 accounts = model_accounts_count(world.model);
    for (u32 account = 0; account < accounts; account += 1) {
        i128 sums[ASSETS] = {0};
        struct history_page page = {.from_id = 1, .limit = 13};
        u32 count = 1;
        while (count > 0) {
            must(history_lines(world.store, account, -1, &page, lines, &count));
            for (u32 i = 0; i < count; i += 1) {
                sums[lines[i].asset] += lines[i].delta;
                page.from_id = lines[i].entry + 1;
            }
        }
        for (u32 i = 0; i < world.seen.count; i += 1) {
            const struct event_trade *trade = &world.seen.trades[i];
            struct model_market_view market = model_market_of(world.model, trade->market);
            for (u32 maker = 0; maker < 2; maker += 1) {
                bool buys = (trade->taker_side == SIDE_BUY) != (maker != 0);
                i128 fee = maker ? trade->maker_fee.units : trade->taker_fee.units;
                if ((maker ? trade->maker_account : trade->head.account) == account) {
                    i128 qty = trade->qty.units;
                    i128 quote = trade->quote.units;
                    sums[market.base] += buys ? qty - fee : -qty;
                    sums[market.quote] += buys ? -quote : quote - fee;
                }
            }
        }
        for (u16 asset = 0; asset < model_assets_count(world.model); asset += 1) {
            struct core_balance balance = model_balance_of(world.model, account, asset);
            assert_true(sums[asset] == (i128)balance.free.units + (i128)balance.locked.units);
        }
    }
}

/* What is still held is what the model holds. */
static void compare_holds(void)
{
    static struct history_deposit deposits[HISTORY_ROWS_MAX];
    u32 held = 0;
    for (u32 account = 0; account < model_accounts_count(world.model); account += 1) {
        struct history_money_query query = {.account = account,
                                            .asset = -1,
                                            .status = HISTORY_DEPOSIT_HELD,
                                            .limit = HISTORY_ROWS_MAX};
        u32 count = 0;
        must(history_deposits(world.store, &query, deposits, &count));
        held += count;
        static struct history_withdrawal withdrawals[HISTORY_ROWS_MAX];
        query.status = HISTORY_WITHDRAWAL_HELD;
        must(history_withdrawals(world.store, &query, withdrawals, &count));
        held += count;
        for (u32 i = 0; i < count; i += 1) {
            struct history_withdrawal same;
            bool found = false;
            must(history_withdrawal_by_id(world.store, account, withdrawals[i].hold_id, &same,
                                          &found));
            assert_true(found);
            assert_int_equal(same.total.units, withdrawals[i].total.units);
        }
    }
    assert_int_equal(held, model_holds_count(world.model));
}

static void compare_lists(void)
{
    u32 lists = model_lists_count(world.model);
    for (u32 i = 0; i < lists; i += 1) {
        u32 account = 0;
        u16 market = 0;
        struct client_id client;
        u64 list_id = model_list_at(world.model, i, &account, &market, &client);
        struct history_list list;
        bool found = false;
        must(history_list_by_id(world.store, account, list_id, &list, &found));
        assert_true(found);
        assert_false(list.done);
        assert_int_equal(list.market, market);
        assert_true(client_id_equal(&list.client, &client));
        for (u32 leg = 0; leg < list.legs; leg += 1) {
            assert_int_equal(history_world_order(&world, list.first_order + leg)->event.list_id,
                             list_id);
            struct history_order order;
            must(history_order_by_id(world.store, account, market, list.first_order + leg, &order,
                                     &found));
            assert_true(found && client_id_equal(&order.client, &list.clients[leg]));
        }
        if (client.length > 0) {
            must(history_list_by_client(world.store, account, &client, &list, &found));
            assert_true(found && list.list_id >= list_id);
        }
    }
    u32 open = 0;
    for (u32 account = 0; account < model_accounts_count(world.model); account += 1) {
        static struct history_list rows[HISTORY_ROWS_MAX];
        struct history_page page = {.from_id = 1, .limit = 5};
        u32 count = 1;
        while (count > 0) {
            must(history_lists(world.store, account, &page, rows, &count));
            for (u32 i = 0; i < count; i += 1) {
                open += !rows[i].done;
                page.from_id = rows[i].list_id + 1;
            }
        }
    }
    assert_int_equal(open, lists);
}

/* ---- tests ---- */

static void compare_all(void)
{
    u32 markets = model_markets_count(world.model);
    compare_orders();
    compare_balances();
    compare_holds();
    compare_lists();
    for (u16 market = 0; market < markets; market += 1) {
        compare_aggregates(market);
    }
    for (u32 i = 0; i < QUERIES && markets > 0; i += 1) {
        u16 market = (u16)random_below(&world.random, markets);
        compare_trade_page(market);
        compare_klines(market);
        compare_window(market);
        if (world.orders_count > 0) {
            compare_order_page();
        }
        if (world.seen.count > 0) {
            compare_fill_page();
        }
    }
}

static void rows_are_what_the_events_say(void **state)
{
    (void)state;
    u64 seeds = test_rounds(SEEDS);
    for (u64 i = 0; i < seeds; i += 1) {
        history_world_open(&world, test_seed() * 1000 + i, COMMANDS);
        compare_all();
        history_world_close(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_what_the_events_say),
    };
    return cmocka_run_group_tests_name("history_sim", tests, NULL, NULL);
}
