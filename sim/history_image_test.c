/* Aim: a history that begins at an image knows the same of everything that was open then, and of
 * all that came later, as one that has followed from the first event; and of the rest nothing.
 * Method: random commands of all profiles (sim/flow.h) on a core; its snapshot in the middle is
 * laid down as an image, a second history begins there, and both are compared at the end, row by
 * row. */
#include "core/core.h"
#include "core/snapshot.h"
#include "io/eventlog.h"
#include "role/history/image.h"
#include "role/history/query.h"
#include "sim/disk.h"
#include "sim/flow.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { SEEDS = 40, ROUNDS_FEW = 5, COMMANDS = 1200, ASSETS = 64, EVENTS_BYTES = 1 << 24 };

#define FOLDER "/events"

static const u8 venue_id[STORE_VENUE_BYTES] = {7};

struct world {
    struct flow *flow;
    struct model *model;
    struct core *core;
    void *memory;
    struct core_output output;
    struct store *whole;
    struct store *part; /* NULL before the image */
    u64 position;
    u64 now_us;
    /* Numbers below these were given before the image. */
    u64 next_order_id;
    u64 next_list_id;
    u64 next_hold_id;
    u64 next_entry;
    u64 next_trade[ASSETS];
};

static struct world world;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

/* ---- filling ---- */

static void apply(struct store *store, struct span events)
{
    must(store_begin(store));
    must(store_apply(store, events, model_seq(world.model), world.now_us));
    must(store_commit(store, world.position));
}

/* The generator looks at the model, so both take the step. */
static void step(void)
{
    static u8 events[EVENTS_BYTES];
    struct flow_step flow_step;
    flow_next(world.flow, world.model, &flow_step);
    world.now_us = flow_step.time_us > world.now_us ? flow_step.time_us : world.now_us;
    (void)flow_step_model(&flow_step, world.model, events, sizeof(events));
    flow_step_core(&flow_step, world.core, &world.output);
    world.position += 1 + world.output.used / WIRE_UNIT;
    struct span span = {.data = world.output.data, .size = world.output.used};
    apply(world.whole, span);
    if (world.part != NULL) {
        apply(world.part, span);
    }
}

static bool image_part(void *context, const u8 *bytes, size_t size)
{
    struct span part = {.data = bytes, .size = size};
    const struct state_head *head = (const void *)bytes;
    if (head->kind == STATE_VENUE) {
        const struct state_venue *state = (const void *)bytes;
        world.next_order_id = state->next_order_id;
        world.next_list_id = state->next_list_id;
        world.next_hold_id = state->next_hold_id;
        world.next_entry = state->next_entry;
    } else if (head->kind == STATE_MARKET) {
        const struct state_market *state = (const void *)bytes;
        assert_true(state->market < ASSETS);
        world.next_trade[state->market] = state->next_trade_id;
    }
    return eventlog_image_add(context, part) == FAULT_NONE;
}

static void image_begin(void)
{
    struct disk_false_config config = {.seed = 1};
    struct disk_false *disk = disk_false_open(&config);
    struct eventlog_image image;
    struct eventlog_point point = {.position = world.position, .seq = model_seq(world.model)};
    struct core_sink sink = {.context = &image, .write = image_part};
    struct store_point stored;
    void *scratch = malloc(core_snapshot_scratch(world.core));
    assert_non_null(scratch);
    must(disk_make_folder(disk_false_disk(disk), FOLDER));
    must(eventlog_image_create(&image, disk_false_disk(disk), FOLDER, venue_id, point));
    assert_true(core_snapshot(world.core, scratch, &sink));
    must(eventlog_image_finish(&image));
    must(store_open(&world.part, ":memory:", SQL_WRITE, venue_id));
    must(image_apply(world.part, disk_false_disk(disk), FOLDER));
    must(store_point(world.part, &stored));
    assert_true(stored.position == world.position && stored.began_position == world.position);
    assert_true(stored.seq == model_seq(world.model));
    disk_false_close(disk);
    free(scratch);
}

/* A moment at which much is under way: an order in the trigger queue. */
static bool is_busy(void)
{
    for (u32 i = 0; i < model_orders_count(world.model); i += 1) {
        if (model_order_at(world.model, i).state == ORDER_STATE_QUEUED) {
            return true;
        }
    }
    return false;
}

/* The image is of the first busy moment in the second quarter of the commands, or of its end. */
static void world_open(u64 seed, u64 commands)
{
    world = (struct world){.position = 0};
    world.flow = flow_create(seed);
    const struct command_genesis *limits = flow_limits(world.flow);
    world.model = model_create(limits);
    model_set_check(world.model, false);
    size_t size = (core_footprint(limits) + 63) & ~(size_t)63;
    world.memory = aligned_alloc(64, size);
    assert_non_null(world.memory);
    memset(world.memory, 0, size);
    world.core = core_init(world.memory, core_footprint(limits), limits);
    world.output = (struct core_output){.size = core_event_bytes_max(limits)};
    world.output.data = malloc(world.output.size);
    assert_non_null(world.output.data);
    must(store_open(&world.whole, ":memory:", SQL_WRITE, venue_id));
    for (u64 i = 0; i < commands; i += 1) {
        if (world.part == NULL && i >= commands / 4 && (i >= commands / 2 || is_busy())) {
            image_begin();
        }
        step();
    }
}

static void world_close(void)
{
    store_close(world.whole);
    store_close(world.part);
    model_free(world.model);
    flow_free(world.flow);
    free(world.output.data);
    free(world.memory);
}

/* ---- orders ---- */

static bool is_open(enum history_order_status status)
{
    return status == HISTORY_NEW || status == HISTORY_PENDING_NEW ||
           status == HISTORY_PARTIALLY_FILLED;
}

static void compare_order(const struct history_order *whole, const struct history_order *part)
{
    struct history_order a = *whole;
    struct history_order b = *part;
    if (a.order_id < world.next_order_id) {
        /* Of before the image: a list that was over, what was prevented, when it last changed. */
        assert_true(b.list_id == 0 || b.list_id == a.list_id);
        assert_true(b.match_id == 0 || b.match_id == a.match_id);
        assert_true(b.update_us <= a.update_us && b.update_us >= b.time_us);
        assert_int_equal(b.working_us == 0, a.working_us == 0);
        a.list_id = b.list_id;
        a.match_id = b.match_id;
        a.update_us = b.update_us;
        a.working_us = b.working_us;
    }
    assert_int_equal(a.account, b.account);
    assert_int_equal(a.list_id, b.list_id);
    assert_true(client_id_equal(&a.client, &b.client));
    assert_int_equal(a.price.units, b.price.units);
    assert_int_equal(a.qty.units, b.qty.units);
    assert_int_equal(a.quote_qty.units, b.quote_qty.units);
    assert_int_equal(a.executed.units, b.executed.units);
    assert_int_equal(a.quote.units, b.quote.units);
    assert_int_equal(a.prevented.units, b.prevented.units);
    assert_int_equal(a.stop_price.units, b.stop_price.units);
    assert_int_equal(a.iceberg_qty.units, b.iceberg_qty.units);
    assert_int_equal(a.trailing_delta, b.trailing_delta);
    assert_int_equal(a.strategy_type, b.strategy_type);
    assert_int_equal(a.strategy_id, b.strategy_id);
    assert_int_equal(a.side, b.side);
    assert_int_equal(a.type, b.type);
    assert_int_equal(a.tif, b.tif);
    assert_int_equal(a.stp, b.stp);
    assert_int_equal(a.status, b.status);
    assert_int_equal(a.reason, b.reason);
    assert_int_equal(a.amends, b.amends);
    assert_int_equal(a.match_id, b.match_id);
    assert_int_equal(a.time_us, b.time_us);
    assert_int_equal(a.update_us, b.update_us);
    assert_int_equal(a.working_us, b.working_us);
}

/* Every order that is open, or newer than the image, is in both; others of before may be in both,
 * if they were open then. Returns how many of before there are. */
static u32 compare_orders(u32 account, u16 market)
{
    static struct history_order rows[HISTORY_ROWS_MAX];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    u32 count = 1;
    u32 old = 0;
    while (count > 0) {
        must(history_orders(world.whole, account, market, &page, rows, &count));
        for (u32 i = 0; i < count; i += 1) {
            struct history_order part;
            bool found = false;
            page.from_id = rows[i].order_id + 1;
            must(history_order_by_id(world.part, account, market, rows[i].order_id, &part, &found));
            bool known = is_open(rows[i].status) || rows[i].order_id >= world.next_order_id;
            assert_true(found || !known);
            if (found) {
                compare_order(&rows[i], &part);
                old += rows[i].order_id < world.next_order_id;
            }
            if (found && is_open(part.status) && part.client.length > 0) {
                struct history_order same;
                must(history_order_by_client(world.part, account, market, &part.client, &same,
                                             &found));
                assert_true(found && same.order_id == part.order_id);
            }
        }
    }
    return old;
}

static void compare_fills(u32 account, u16 market)
{
    static struct history_fill whole[HISTORY_ROWS_MAX];
    static struct history_fill part[HISTORY_ROWS_MAX];
    struct history_page page = {.limit = HISTORY_ROWS_MAX};
    u32 count = 0;
    u32 part_count = 0;
    must(history_fills(world.part, account, market, 0, &page, part, &part_count));
    page.from_id = world.next_trade[market] > 0 ? world.next_trade[market] : 1;
    assert_true(part_count == 0 || part[0].trade_id >= page.from_id);
    page.limit = HISTORY_ROWS_MAX;
    must(history_fills(world.whole, account, market, 0, &page, whole, &count));
    assert_true(count < HISTORY_ROWS_MAX);
    assert_int_equal(count, part_count);
    for (u32 i = 0; i < count; i += 1) {
        assert_int_equal(whole[i].trade_id, part[i].trade_id);
        assert_int_equal(whole[i].order_id, part[i].order_id);
        assert_int_equal(whole[i].qty.units, part[i].qty.units);
        assert_int_equal(whole[i].maker, part[i].maker);
    }
}

/* ---- lists and money ---- */

static void compare_lists(u32 account)
{
    static struct history_list rows[HISTORY_ROWS_MAX];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    u32 count = 0;
    must(history_lists(world.whole, account, &page, rows, &count));
    assert_true(count < HISTORY_ROWS_MAX);
    for (u32 i = 0; i < count; i += 1) {
        struct history_list part;
        bool found = false;
        must(history_list_by_id(world.part, account, rows[i].list_id, &part, &found));
        assert_true(found || (rows[i].done && rows[i].list_id < world.next_list_id));
        if (!found) {
            continue;
        }
        assert_int_equal(part.market, rows[i].market);
        assert_int_equal(part.kind, rows[i].kind);
        assert_int_equal(part.legs, rows[i].legs);
        assert_int_equal(part.first_order, rows[i].first_order);
        assert_int_equal(part.done, rows[i].done);
        assert_int_equal(part.time_us, rows[i].time_us);
        assert_true(client_id_equal(&part.client, &rows[i].client));
        for (u32 leg = 0; leg < part.legs; leg += 1) {
            assert_true(client_id_equal(&part.clients[leg], &rows[i].clients[leg]) ||
                        part.clients[leg].length == 0);
        }
    }
}

static void compare_withdrawals(u32 account)
{
    static struct history_withdrawal rows[HISTORY_ROWS_MAX];
    struct history_money_query query = {
        .account = account, .asset = -1, .status = -1, .limit = HISTORY_ROWS_MAX};
    u32 count = 0;
    must(history_withdrawals(world.whole, &query, rows, &count));
    for (u32 i = 0; i < count; i += 1) {
        struct history_withdrawal part;
        bool found = false;
        bool old = rows[i].hold_id < world.next_hold_id;
        must(history_withdrawal_by_id(world.part, account, rows[i].hold_id, &part, &found));
        assert_true(found || (old && rows[i].status != HISTORY_WITHDRAWAL_HELD));
        if (found) {
            assert_int_equal(part.asset, rows[i].asset);
            assert_int_equal(part.total.units, rows[i].total.units);
            assert_int_equal(part.amount.units, rows[i].amount.units);
            assert_int_equal(part.fee.units, rows[i].fee.units);
            assert_int_equal(part.status, rows[i].status);
            assert_int_equal(part.reason, rows[i].reason);
        }
    }
}

/* Held ones are named by their hold in one and by their entry in the other. */
static void compare_deposits(u32 account)
{
    static struct history_deposit rows[HISTORY_ROWS_MAX];
    static struct history_deposit part[HISTORY_ROWS_MAX];
    struct history_money_query query = {
        .account = account, .asset = -1, .status = -1, .limit = HISTORY_ROWS_MAX};
    u32 count = 0;
    u32 part_count = 0;
    must(history_deposits(world.whole, &query, rows, &count));
    must(history_deposits(world.part, &query, part, &part_count));
    u32 at = 0;
    for (u32 i = 0; i < count; i += 1) {
        bool old = rows[i].entry < world.next_entry;
        for (at = 0; at < part_count; at += 1) {
            bool same = part[at].hold_id == rows[i].hold_id &&
                        (rows[i].hold_id > 0 || part[at].entry == rows[i].entry);
            if (same) {
                break;
            }
        }
        assert_true(at < part_count || (old && rows[i].status != HISTORY_DEPOSIT_HELD));
        if (at < part_count) {
            assert_int_equal(part[at].asset, rows[i].asset);
            assert_int_equal(part[at].network, rows[i].network);
            assert_int_equal(part[at].amount.units, rows[i].amount.units);
            assert_int_equal(part[at].status, rows[i].status);
        }
    }
}

/* What lines and fills say of an account. */
static void sum(struct store *store, u32 account, i128 sums[ASSETS])
{
    static struct history_line lines[HISTORY_ROWS_MAX];
    static struct history_fill fills[HISTORY_ROWS_MAX];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    u32 count = 0;
    must(history_lines(store, account, -1, &page, lines, &count));
    assert_true(count < HISTORY_ROWS_MAX);
    for (u32 i = 0; i < count; i += 1) {
        assert_true(i == 0 || lines[i].time_us >= lines[i - 1].time_us);
        sums[lines[i].asset] += lines[i].delta;
    }
    for (u16 market = 0; market < model_markets_count(world.model); market += 1) {
        struct model_market_view view = model_market_of(world.model, market);
        must(history_fills(store, account, market, 0, &page, fills, &count));
        assert_true(count < HISTORY_ROWS_MAX);
        for (u32 i = 0; i < count; i += 1) {
            i128 qty = fills[i].qty.units;
            i128 quote = fills[i].quote.units;
            i128 fee = fills[i].fee.units;
            sums[view.base] += fills[i].buys ? qty - fee : -qty;
            sums[view.quote] += fills[i].buys ? -quote : quote - fee;
        }
    }
}

static void compare_balances(u32 account)
{
    i128 whole[ASSETS] = {0};
    i128 part[ASSETS] = {0};
    sum(world.whole, account, whole);
    sum(world.part, account, part);
    for (u16 asset = 0; asset < model_assets_count(world.model); asset += 1) {
        struct core_balance balance = model_balance_of(world.model, account, asset);
        assert_true(part[asset] == (i128)balance.free.units + (i128)balance.locked.units);
        assert_true(part[asset] == whole[asset]);
    }
}

/* ---- tests ---- */

static void what_was_open_is_known(void **state)
{
    (void)state;
    u64 seeds = test_rounds(SEEDS);
    u32 old = 0;
    for (u64 i = 0; i < seeds; i += 1) {
        world_open(test_seed() * 1000 + i, COMMANDS);
        for (u32 account = 0; account < model_accounts_count(world.model); account += 1) {
            compare_lists(account);
            compare_withdrawals(account);
            compare_deposits(account);
            compare_balances(account);
            for (u16 market = 0; market < model_markets_count(world.model); market += 1) {
                old += compare_orders(account, market);
                compare_fills(account, market);
            }
        }
        world_close();
    }
    assert_true(old > 0 || seeds < ROUNDS_FEW); /* one venue in fifty has no order then */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_open_is_known)};
    return cmocka_run_group_tests_name("history_image", tests, NULL, NULL);
}
