/* Aim: the core lives within its one block and its configured limits: each limit reached is a
 * refusal and a counter, each named bound can be reached, and a million accounts with a million
 * resting orders fit in what was promised. Method: footprints compared between two sets of limits;
 * one venue per limit, filled to it and emptied again; guards around the block (world_close looks
 * at them); the largest events a command can cause. */
#include "core/core.h"

#include "core/state.h"
#include "tests/support/core_random.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

static struct core_world world;

static void open_with(struct command_genesis limits)
{
    world_open_empty(&world, &limits);
    world_fill(&world);
}

/* Refused by a limit, which is counted, and nothing has changed. */
static void refuses_order(u32 account, struct world_order order, enum reject reject)
{
    u64 before = core_counts_of(world.core).rejected_limits;
    world_refuses_order(&world, account, order, reject);
    assert_int_equal(core_counts_of(world.core).rejected_limits, before + 1);
}

static void refuses(const void *command, u16 kind, u32 account, enum reject reject)
{
    u64 before = core_counts_of(world.core).rejected_limits;
    world_refuses(&world, command, kind, account, reject);
    assert_int_equal(core_counts_of(world.core).rejected_limits, before + 1);
}

static void cancel_all(u32 account)
{
    struct command_cancel_all all = {.market = 0};
    world_apply(&world, &all, COMMAND_CANCEL_ALL, account);
}

/* ---- memory ---- */

static size_t footprint_with(u32 orders, u32 accounts, u32 rows)
{
    struct command_genesis limits = world_limits();
    limits.orders_max = orders;
    limits.accounts_max = accounts;
    limits.balance_rows_max = rows;
    return core_footprint(&limits);
}

static void a_resting_order_takes_160_bytes_all_in(void **state)
{
    (void)state;
    const u32 half = 1U << 19;
    size_t more = footprint_with(2 * half, 10, 30) - footprint_with(half, 10, 30);
    assert_int_equal(more / half, 160);
    assert_int_equal(more % half, 0);
    /* Between two powers of two the indexes stay as they are. */
    more = footprint_with(half + half / 2, 10, 30) - footprint_with(half + 1024, 10, 30);
    assert_true(more / (half / 2 - 1024) <= 160);
}

static void what_matching_touches_of_an_order_is_one_line(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct order), 64);
}

static void an_account_with_three_assets_takes_two_lines(void **state)
{
    (void)state;
    const u32 count = 1U << 20;
    size_t more = footprint_with(1000, count, 3 * count) - footprint_with(1000, 64, 3 * 64);
    assert_int_equal(more / (count - 64), 128);
}

static void no_limits_no_footprint(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.lists_max = 0;
    assert_int_equal(core_footprint(&limits), 0);
}

static struct command_genesis init_limits;
static void *init_memory;

static NEVER_INLINE void init_with_a_byte_less(void)
{
    (void)core_init(init_memory, core_footprint(&init_limits) - 1, &init_limits);
}

static NEVER_INLINE void init_between_lines(void)
{
    (void)core_init((u8 *)init_memory + 8, core_footprint(&init_limits), &init_limits);
}

static NEVER_INLINE void init_without_limits(void)
{
    struct command_genesis none = init_limits;
    none.orders_max = 0;
    (void)core_init(init_memory, core_footprint(&init_limits), &none);
}

static void the_block_must_be_large_enough_and_aligned(void **state)
{
    (void)state;
    init_limits = world_limits();
    size_t bytes = (core_footprint(&init_limits) + 64 + 63) / 64 * 64;
    init_memory = aligned_alloc(64, bytes);
    assert_non_null(init_memory);
    memset(init_memory, 0, bytes);
    expect_assert_failure(init_with_a_byte_less());
    expect_assert_failure(init_between_lines());
    expect_assert_failure(init_without_limits());
    assert_non_null(core_init(init_memory, core_footprint(&init_limits), &init_limits));
    free(init_memory);
}

/* Two blocks at different places, one of them full of other people's numbers behind it. */
static void only_the_block_counts(void **state)
{
    (void)state;
    struct core_world other;
    world_open(&world);
    world_open(&other);
    struct core_random random = {.plain = 40, .accounts = WORLD_ACCOUNTS};
    random_init(&random.random, test_seed());
    u64 rounds = test_rounds(5000);
    for (u64 i = 0; i < rounds; i++) {
        _Alignas(8) u8 record[CORE_RANDOM_BYTES];
        (void)core_random_next(&random, record);
        const struct command_head *command = (const struct command_head *)(const void *)record;
        world.output.used = other.output.used = 0;
        core_apply(world.core, command, &world.output);
        core_apply(other.core, command, &other.output);
        assert_int_equal(world.output.used, other.output.used);
        assert_memory_equal(world.output.data, other.output.data, world.output.used);
        random.orders = core_counts_of(world.core).next_order_id - 1;
    }
    assert_true(world_digest(&world) == world_digest(&other));
    world_close(&world);
    world_close(&other);
}

/* ---- a million ---- */

enum {
    MILLION = 1000000,
    LINE = 50, /* orders of a level in the test below */
};

static struct command_genesis million_limits(void)
{
    struct command_genesis limits = world_limits();
    limits.accounts_max = MILLION;
    limits.balance_rows_max = 3 * MILLION;
    limits.orders_max = MILLION;
    limits.pages_max = 100;
    return limits;
}

static void a_million_accounts_and_orders_fit(void **state)
{
    (void)state;
    struct command_genesis limits = million_limits();
    u64 count = test_rounds(MILLION);
    /* 64 per account, 64 for its balances, 160 per order, and indexes rounded up to 2^21. */
    assert_true(core_footprint(&limits) < 330ULL * MILLION);
    open_with(limits);
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    for (u64 i = WORLD_ACCOUNTS; i < count; i++) {
        world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
        world_deposit(&world, (u32)i, WORLD_USDT, WORLD_COIN);
    }
    for (u64 i = 0; i < count; i++) {
        u64 price = 1 + i / LINE % 20000;
        assert_true(world_place(&world, (u32)(i % count), world_limit(SIDE_BUY, price, 1)) > 0);
    }
    assert_int_equal(core_counts_of(world.core).resting, count);
    assert_int_equal(core_counts_of(world.core).accounts, u64_max(count, WORLD_ACCOUNTS));
    if (count == MILLION) {
        world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
        world_assert_reject(world_reject(&world), REJECT_LIMIT_ACCOUNTS);
        (void)world_place(&world, 5, world_limit(SIDE_BUY, 1, 1));
        world_assert_reject(world_reject(&world), REJECT_LIMIT_ORDERS);
        assert_int_equal(core_counts_of(world.core).rejected_limits, 2);
    }
    world_close(&world); /* walks all of it */
}

/* ---- each limit ---- */

static void limit_assets(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.assets_max = 2;
    open_with(limits);
    struct command_asset_add asset = {.asset = 2, .scale = 99};
    refuses(&asset, COMMAND_ASSET_ADD, 0, REJECT_LIMIT_ASSETS);
    world_close(&world);
}

static void limit_markets(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.markets_max = 1;
    open_with(limits);
    struct command_market_add market = world_definition();
    market.market = 1;
    market.tick = price_of(0); /* the limit is looked at first */
    refuses(&market, COMMAND_MARKET_ADD, 0, REJECT_LIMIT_MARKETS);
    world_close(&world);
}

static void limit_directory(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    struct command_market_add market = world_definition();
    market.market = 1;
    limits.directory_max = market.ticks_max / 512 + 1 + 3; /* three are left for the second */
    open_with(limits);
    market.ticks_max = 3 * 512;
    refuses(&market, COMMAND_MARKET_ADD, 0, REJECT_LIMIT_DIRECTORY);
    market.ticks_max = 3 * 512 - 1;
    world_apply(&world, &market, COMMAND_MARKET_ADD, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_int_equal(world.core->directory_used, limits.directory_max);
    world_close(&world);
}

static void limit_accounts(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.accounts_max = WORLD_ACCOUNTS;
    open_with(limits);
    struct command_account_add account = {.fee_tier = 99}; /* looked at later */
    refuses(&account, COMMAND_ACCOUNT_ADD, 0, REJECT_LIMIT_ACCOUNTS);
    world_close(&world);
}

static void limit_balance_rows(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.balance_rows_max = 3 * WORLD_ACCOUNTS + 2; /* no chunk for a seventh account */
    open_with(limits);
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    struct command_deposit deposit = {.amount = amount_of(1), .asset = WORLD_BTC};
    refuses(&deposit, COMMAND_DEPOSIT, WORLD_ACCOUNTS, REJECT_LIMIT_BALANCE_ROWS);
    refuses_order(WORLD_ACCOUNTS, world_limit(SIDE_BUY, 1, 1), REJECT_LIMIT_BALANCE_ROWS);
    world_close(&world);
}

static void limit_positions(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.positions_max = 1;
    open_with(limits);
    world_add_second_market(&world);
    struct world_order order = world_limit(SIDE_BUY, 9000, 1);
    for (u32 account = 0; account < 2; account++) {
        world_deposit(&world, account, 3, WORLD_FUNDS);
        order.market = 0;
        assert_true(world_place(&world, account, order) > 0);
        order.market = 1;
        if (account == 0) {
            assert_true(world_place(&world, account, order) > 0);
        }
    }
    refuses_order(1, order, REJECT_LIMIT_POSITIONS);
    assert_true(world_place(&world, 0, order) > 0); /* has its position already */
    world_close(&world);
}

static void limit_orders(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = 5;
    open_with(limits);
    for (u32 round = 0; round < 3; round++) {
        for (u32 i = 0; i < 5; i++) {
            assert_true(world_place(&world, 0, world_limit(SIDE_BUY, 9000 + i, 1)) > 0);
        }
        refuses_order(1, world_limit(SIDE_BUY, 9000, 1), REJECT_LIMIT_ORDERS);
        const struct world_order legs[] = {world_limit(SIDE_BUY, 1, 1),
                                           world_limit(SIDE_SELL, 20000, 1)};
        struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
        refuses(&list, COMMAND_ORDER_LIST, 1, REJECT_LIMIT_ORDERS);
        cancel_all(0); /* and all of it can be used again */
    }
    world_close(&world);
}

static void limit_extras(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.extras_max = 2;
    open_with(limits);
    struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 100, 1);
    for (u32 round = 0; round < 3; round++) {
        assert_true(world_place(&world, 0, stop) > 0);
        const struct world_order legs[] = {world_limit(SIDE_BUY, 1, 1),
                                           world_limit(SIDE_SELL, 20000, 1)};
        struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
        refuses(&list, COMMAND_ORDER_LIST, 1, REJECT_LIMIT_EXTRAS); /* one per leg */
        assert_true(world_place(&world, 0, stop) > 0);
        refuses_order(1, stop, REJECT_LIMIT_EXTRAS);
        assert_true(world_place(&world, 1, world_limit(SIDE_BUY, 1, 1)) > 0); /* needs none */
        cancel_all(0);
        cancel_all(1);
    }
    world_close(&world);
}

static void limit_lists(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.lists_max = 1;
    open_with(limits);
    const struct world_order legs[] = {world_limit(SIDE_BUY, 1, 1), world_limit(SIDE_SELL, 200, 1)};
    struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
    for (u32 round = 0; round < 3; round++) {
        world_apply(&world, &list, COMMAND_ORDER_LIST, 0);
        world_assert_reject(world_reject(&world), REJECT_NONE);
        refuses(&list, COMMAND_ORDER_LIST, 1, REJECT_LIMIT_LISTS);
        cancel_all(0);
    }
    world_close(&world);
}

static void limit_holds(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.holds_max = 1;
    open_with(limits);
    struct command_withdraw_hold hold = {.amount = amount_of(5), .asset = WORLD_USDT};
    struct command_deposit deposit = {.amount = amount_of(5), .asset = WORLD_USDT};
    struct command_restrict command = {.restrictions = (u64)RESTRICTION_HOLD
                                                       << 2 * OPERATION_DEPOSIT};
    world_apply(&world, &command, COMMAND_RESTRICT, 1);
    for (u64 round = 1; round < 4; round++) {
        world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 0);
        refuses(&hold, COMMAND_WITHDRAW_HOLD, 0, REJECT_LIMIT_HOLDS);
        refuses(&deposit, COMMAND_DEPOSIT, 1, REJECT_LIMIT_HOLDS);
        struct command_hold_release release = {.hold_id = round};
        world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0);
        world_assert_reject(world_reject(&world), REJECT_NONE);
    }
    world_close(&world);
}

static void limit_pages(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.pages_max = 1;
    open_with(limits);
    for (u32 round = 0; round < 3; round++) {
        assert_true(world_place(&world, 0, world_limit(SIDE_BUY, 511, 1)) > 0);
        refuses_order(1, world_limit(SIDE_BUY, 512, 1), REJECT_LIMIT_PAGES);
        cancel_all(0);
        assert_true(world_place(&world, 0, world_limit(SIDE_BUY, 512, 1)) > 0);
        refuses_order(1, world_limit(SIDE_BUY, 511, 1), REJECT_LIMIT_PAGES);
        cancel_all(0);
    }
    world_close(&world);
}

static void limit_trailing(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.trailing_max = 1;
    open_with(limits);
    struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 100, 1);
    trailing.trailing = 100;
    for (u32 round = 0; round < 3; round++) {
        assert_true(world_place(&world, 0, trailing) > 0);
        refuses_order(1, trailing, REJECT_LIMIT_TRAILING);
        const struct world_order legs[] = {world_limit(SIDE_BUY, 1, 1), trailing};
        struct command_order_list list = world_list_command(LIST_KIND_OTO, legs, 2);
        refuses(&list, COMMAND_ORDER_LIST, 1, REJECT_LIMIT_TRAILING);
        cancel_all(0);
    }
    world_close(&world);
}

static void limit_asset_limits(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.asset_limits_max = 1;
    open_with(limits);
    struct command_asset_limit limit = {.limit = amount_of(5), .asset = WORLD_USDT};
    for (u32 round = 0; round < 3; round++) {
        limit.limit = amount_of(5);
        world_apply(&world, &limit, COMMAND_ASSET_LIMIT, round);
        world_apply(&world, &limit, COMMAND_ASSET_LIMIT, round); /* the same one again */
        world_assert_reject(world_reject(&world), REJECT_NONE);
        refuses(&limit, COMMAND_ASSET_LIMIT, round + 1, REJECT_LIMIT_ASSET_LIMITS);
        limit.limit = AMOUNT_ZERO;
        world_apply(&world, &limit, COMMAND_ASSET_LIMIT, round + 1); /* 0 needs no room */
        world_assert_reject(world_reject(&world), REJECT_NONE);
        world_apply(&world, &limit, COMMAND_ASSET_LIMIT, round);
    }
    world_close(&world);
}

/* ---- events ---- */

static struct core_output short_output;

static NEVER_INLINE void apply_without_room(void)
{
    struct command_head head = {.kind = COMMAND_CONTINUE, .units = 1};
    core_apply(world.core, &head, &short_output);
}

static void a_command_needs_room_for_its_worst_case(void **state)
{
    (void)state;
    world_open(&world);
    u64 seq = core_seq(world.core);
    short_output = world.output;
    short_output.used = short_output.size - core_event_bytes_max(&world.limits) + 1;
    expect_assert_failure(apply_without_room());
    assert_int_equal(core_seq(world.core), seq);
    world_close(&world);
}

/* Every order an iceberg of a hundred slices, all taken by one command, whose last trade triggers
 * as many stops as a command may run. */
static void the_worst_command_fits_its_bound(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = 60;
    limits.extras_max = 60;
    limits.triggers_per_command_max = 30;
    open_with(limits);
    world_trade_at(&world, 10000);
    struct world_order iceberg = world_limit(SIDE_SELL, 10000, 100);
    iceberg.iceberg = 1;
    for (u32 i = 0; i < 29; i++) {
        assert_true(world_place(&world, 1, iceberg) > 0);
        struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 10001, 1);
        assert_true(world_place(&world, 0, stop) > 0);
    }
    assert_true(world_place(&world, 1, world_limit(SIDE_SELL, 10001, 1)) > 0);
    assert_true(world_place(&world, 2, world_limit(SIDE_BUY, 10001, 29 * 100 + 1)) > 0);
    assert_int_equal(world_count(&world, EVENT_TRADE), 29 * 100 + 1);
    assert_int_equal(world_count(&world, EVENT_ORDER_TRIGGERED), 29);
    assert_true(world.output.used <= core_event_bytes_max(&limits));
    assert_true(world.output.used * 3 > core_event_bytes_max(&limits)); /* nor is it far off */
    world_close(&world);
}

/* ---- sequence and sources ---- */

static void every_command_takes_a_number(void **state)
{
    (void)state;
    world_open(&world);
    u64 seq = core_seq(world.core);
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 0, 0));
    assert_int_equal(core_seq(world.core), seq + 1);
    core_void(world.core, &world.output);
    assert_int_equal(core_seq(world.core), seq + 2);
    struct command_void empty = {.void_seq = 1};
    world_apply(&world, &empty, COMMAND_VOID, 0);
    assert_int_equal(core_seq(world.core), seq + 3);
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    const struct event_order_new *event = world_event(&world, EVENT_ORDER_NEW, 0);
    assert_int_equal(event->head.seq, seq + 4);
    world_close(&world);
}

static void a_void_number_leaves_the_clock_to_the_next_command(void **state)
{
    (void)state;
    world_open(&world);
    core_set_time(world.core, 5);
    world.output.used = 0;
    core_void(world.core, &world.output);
    assert_int_equal(world.output.used, 0);
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    ASSERT_KINDS(&world, EVENT_TIME, EVENT_ORDER_NEW);
    world_close(&world);
}

static void each_source_is_remembered(void **state)
{
    (void)state;
    world_open(&world);
    for (u32 source = 0; source < SOURCES_MAX; source++) {
        struct command_head head = {.kind = COMMAND_CONTINUE,
                                    .units = 1,
                                    .source = (u8)source,
                                    .source_index = 1000 + source};
        u8 record[WIRE_UNIT] = {0};
        memcpy(record, &head, sizeof head);
        world.output.used = 0;
        core_apply(world.core, (const struct command_head *)(const void *)record, &world.output);
    }
    for (u32 source = 0; source < SOURCES_MAX; source++) {
        assert_int_equal(core_source_index(world.core, (u8)source), 1000 + source);
    }
    world_close(&world);
}

/* ---- looking in ---- */

static void what_is_not_there_reads_as_zero(void **state)
{
    (void)state;
    world_open(&world);
    const struct core *core = world.core;
    assert_int_equal(core_balance_of(core, 99, 0).free.units, 0);
    assert_int_equal(core_balance_of(core, 0, 99).free.units, 0);
    assert_int_equal(core_custody_of(core, 99, 0).units, 0);
    assert_int_equal(core_custody_of(core, 0, 99).units, 0);
    assert_true(core_house_of(core, 99).equity == 0);
    struct core_resting row;
    assert_int_equal(core_book(core, 99, SIDE_BUY, &row, 1), 0);
    assert_int_equal(core_book(core, 0, SIDE_BUY, &row, 1), 0);
    world_close(&world);
}

static void a_book_is_read_up_to_the_rows_given(void **state)
{
    (void)state;
    world_open(&world);
    for (u32 i = 0; i < 6; i++) {
        (void)world_place(&world, 0, world_limit(SIDE_SELL, 9000 + i / 2, 1 + i));
    }
    struct core_resting rows[7];
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, rows, 7), 6);
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, rows, 3), 3);
    assert_int_equal(core_book(world.core, 0, SIDE_SELL, rows, 0), 0);
    assert_int_equal(rows[2].price.units, 9001 * WORLD_TICK);
    assert_int_equal(rows[2].remaining.units, 3 * WORLD_LOT);
    assert_int_equal(rows[2].account, 0);
    world_close(&world);
}

/* ---- validation finds faults ---- */

static NEVER_INLINE void validate(void)
{
    core_validate(world.core);
}

static void validation_sees_each_kind_of_damage(void **state)
{
    (void)state;
    world_open(&world);
    struct world_order order = world_limit(SIDE_BUY, 9000, 10);
    order.client = "seen";
    (void)world_place(&world, 0, order);
    struct core *core = world.core;
    u32 slot = core->accounts[0].position.newest;
    struct order *record = &core->orders[slot];
    u32 row = record->row_quote;
    core_validate(core);
    core->resting_count++;
    expect_assert_failure(validate());
    core->resting_count--;
    record->left--;
    expect_assert_failure(validate()); /* the lock does not fit */
    record->left++;
    core->chunks[row >> 2].rows[row & 3].locked.units++;
    core->chunks[row >> 2].rows[row & 3].free.units--;
    expect_assert_failure(validate());
    core->chunks[row >> 2].rows[row & 3].locked.units--;
    core->chunks[row >> 2].rows[row & 3].free.units++;
    record->id++;
    expect_assert_failure(validate()); /* not where the index says */
    record->id--;
    core->colds[slot].client.packed[0] ^= 0x80;
    expect_assert_failure(validate());
    core->colds[slot].client.packed[0] ^= 0x80;
    core->pages_reserved++;
    expect_assert_failure(validate());
    core->pages_reserved--;
    core->accounts[0].rows++;
    expect_assert_failure(validate());
    core->accounts[0].rows--;
    core->chunks[row >> 2].tier++;
    expect_assert_failure(validate());
    core->chunks[row >> 2].tier--;
    core->colds[slot].prevented++;
    expect_assert_failure(validate());
    core->colds[slot].prevented--;
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resting_order_takes_160_bytes_all_in),
        cmocka_unit_test(what_matching_touches_of_an_order_is_one_line),
        cmocka_unit_test(an_account_with_three_assets_takes_two_lines),
        cmocka_unit_test(no_limits_no_footprint),
        cmocka_unit_test(the_block_must_be_large_enough_and_aligned),
        cmocka_unit_test(only_the_block_counts),
        cmocka_unit_test(a_million_accounts_and_orders_fit),
        cmocka_unit_test(limit_assets),
        cmocka_unit_test(limit_markets),
        cmocka_unit_test(limit_directory),
        cmocka_unit_test(limit_accounts),
        cmocka_unit_test(limit_balance_rows),
        cmocka_unit_test(limit_positions),
        cmocka_unit_test(limit_orders),
        cmocka_unit_test(limit_extras),
        cmocka_unit_test(limit_lists),
        cmocka_unit_test(limit_holds),
        cmocka_unit_test(limit_pages),
        cmocka_unit_test(limit_trailing),
        cmocka_unit_test(limit_asset_limits),
        cmocka_unit_test(a_command_needs_room_for_its_worst_case),
        cmocka_unit_test(the_worst_command_fits_its_bound),
        cmocka_unit_test(every_command_takes_a_number),
        cmocka_unit_test(a_void_number_leaves_the_clock_to_the_next_command),
        cmocka_unit_test(each_source_is_remembered),
        cmocka_unit_test(what_is_not_there_reads_as_zero),
        cmocka_unit_test(a_book_is_read_up_to_the_rows_given),
        cmocka_unit_test(validation_sees_each_kind_of_damage),
    };
    return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
