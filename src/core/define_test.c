/* Aim: what defines the venue is taken or refused as documented, told whole, and never pulled from
 * under what is in use. Method: each defining command with its refusals in order, every limit one
 * below and one at what is in use, the bounds of docs/semantics.md section 11 one by one. */
#include "core/define.h"

#include "core/index.h"
#include "tests/support/core_world.h"

#include <string.h>

static struct core_world world;

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* The last command succeeded with one `applied` event that repeats it whole. */
static void assert_applied(const void *command, u16 kind, u32 account)
{
    ASSERT_KINDS(&world, EVENT_APPLIED);
    const struct event_applied *event = world_event(&world, EVENT_APPLIED, 0);
    assert_int_equal(event->source_index, world.source_index);
    assert_int_equal(event->entry, world.core->next_entry);
    assert_int_equal(event->head.account, account);
    u32 bytes = wire_commands[kind].size;
    assert_int_equal(event->head.units * WIRE_UNIT, sizeof *event + bytes);
    struct command_head copy;
    memcpy(&copy, event + 1, sizeof copy);
    assert_int_equal(copy.kind, kind);
    assert_int_equal(copy.units * WIRE_UNIT, bytes);
    assert_int_equal(copy.account, account);
    assert_int_equal(copy.source, 1);
    assert_int_equal(copy.source_index, world.source_index);
    assert_memory_equal((const u8 *)(event + 1) + sizeof copy, (const u8 *)command + sizeof copy,
                        bytes - sizeof copy);
}

static void applies(const void *command, u16 kind, u32 account)
{
    world_apply(&world, command, kind, account);
    assert_applied(command, kind, account);
}

/* ---- genesis and limits ---- */

/* The limits in the order of the record, as one array. */
static u32 *limit_at(struct command_genesis *limits, u32 index)
{
    return (u32 *)(void *)((u8 *)limits + offsetof(struct command_genesis, assets_max)) + index;
}

enum { LIMITS = 17 };

static void each_limit_has_its_bounds(void **state)
{
    (void)state;
    const u32 bounds[LIMITS][2] = {
        {1, 1024},     {1, 4096},     {1, 64},       {1, 64},       {1, 1U << 28}, {3, 1U << 29},
        {1, 1U << 28}, {1, 1U << 27}, {1, 1U << 26}, {1, 1U << 26}, {1, 1U << 26}, {1, 1U << 26},
        {1, 1U << 22}, {1, 1U << 26}, {1, 1U << 20}, {1, 10000},    {0, 1U << 22}};
    struct command_genesis limits = world_limits();
    assert_true(define_limits_fit(&limits));
    for (u32 i = 0; i < LIMITS; i++) {
        u32 usual = *limit_at(&limits, i);
        const u32 tries[] = {bounds[i][0] - 1, bounds[i][0], bounds[i][1], bounds[i][1] + 1};
        for (u32 k = 0; k < 4; k++) {
            *limit_at(&limits, i) = tries[k];
            bool fits = tries[k] >= bounds[i][0] && tries[k] <= bounds[i][1];
            assert_int_equal(define_limits_fit(&limits), fits);
            assert_int_equal(core_footprint(&limits) != 0, fits);
        }
        *limit_at(&limits, i) = usual;
    }
}

static void before_genesis_everything_else_is_refused(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    world_open_empty(&world, &limits);
    world.core->has_genesis = false;
    struct command_order order = {.market = 7};
    struct command_asset_add asset = {.scale = 8, .name = "A"};
    struct command_continue on = {.head = {.kind = COMMAND_CONTINUE}};
    world_apply(&world, &order, COMMAND_ORDER, 3);
    world_assert_reject(world_reject(&world), REJECT_NO_GENESIS);
    const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
    assert_int_equal(event->market, 7);
    assert_int_equal(event->head.account, 3);
    world_refuses(&world, &asset, COMMAND_ASSET_ADD, 0, REJECT_NO_GENESIS);
    world_refuses(&world, &on, COMMAND_CONTINUE, 0, REJECT_NO_GENESIS);
    struct command_genesis bad = limits;
    bad.semantics_version = 2;
    bad.trailing_max = 0;
    world_refuses(&world, &bad, COMMAND_GENESIS, 0, REJECT_UNKNOWN_VERSION);
    bad.semantics_version = 1;
    world_refuses(&world, &bad, COMMAND_GENESIS, 0, REJECT_BAD_DEFINITION);
    applies(&limits, COMMAND_GENESIS, 0);
    world_refuses(&world, &limits, COMMAND_GENESIS, 0, REJECT_ALREADY_EXISTS);
    world_close(&world);
}

/* The market in a refusal before genesis is the one the command names, where it names one. */
static void a_refusal_before_genesis_names_the_market(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    world_open_empty(&world, &limits);
    world.core->has_genesis = false;
    u8 record[512];
    const u16 kinds[] = {COMMAND_CANCEL,      COMMAND_CANCEL_ALL,     COMMAND_CANCEL_LIST,
                         COMMAND_AMEND,       COMMAND_CANCEL_REPLACE, COMMAND_ORDER_LIST,
                         COMMAND_MARKET_STATE};
    const size_t offsets[] = {offsetof(struct command_cancel, market),
                              offsetof(struct command_cancel_all, market),
                              offsetof(struct command_cancel_list, market),
                              offsetof(struct command_amend, market),
                              offsetof(struct command_cancel_replace, market),
                              offsetof(struct command_order_list, market),
                              offsetof(struct command_market_state, market)};
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
        memset(record, 0, sizeof record);
        record[offsets[i]] = 2;
        record[offsets[i] + 1] = 1;
        world_refuses(&world, record, kinds[i], 0, REJECT_NO_GENESIS);
        const struct event_rejected *event = world_event(&world, EVENT_REJECTED, 0);
        assert_int_equal(event->market, kinds[i] == COMMAND_MARKET_STATE ? 0 : 258);
    }
    world_close(&world);
}

static struct command_limits_set limits_set(const struct command_genesis *limits)
{
    struct command_limits_set command;
    memcpy(&command, limits, sizeof command);
    command.reserved = 0;
    return command;
}

/* A venue that uses two of everything that can be counted. */
static void use_everything(void)
{
    world_add_second_market(&world);
    struct command_fee_set fees = {.market = 0, .tier = 2};
    world_apply(&world, &fees, COMMAND_FEE_SET, 0);
    for (u32 account = 0; account < 2; account++) {
        struct command_deposit deposit = {.amount = amount_of(1), .asset = WORLD_BTC, .network = 1};
        world_apply(&world, &deposit, COMMAND_DEPOSIT, account);
        world_deposit(&world, account, 3, WORLD_FUNDS);
        struct world_order order = world_limit(SIDE_BUY, 9000, 1);
        (void)world_place(&world, account, order);
        order.market = 1;
        (void)world_place(&world, account, order); /* takes a position */
        const struct world_order legs[] = {world_limit(SIDE_BUY, 9000, 1),
                                           world_limit(SIDE_SELL, 12000, 1)};
        (void)world_list(&world, account, LIST_KIND_OTO, legs, 2);
        struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 100, 1);
        trailing.trailing = 50;
        (void)world_place(&world, account, trailing);
        struct command_withdraw_hold hold = {.amount = amount_of(5), .asset = WORLD_USDT};
        world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, account);
        struct command_asset_limit limit = {.limit = amount_of(WORLD_FUNDS), .asset = WORLD_BTC};
        world_apply(&world, &limit, COMMAND_ASSET_LIMIT, account);
        struct command_key_set key = {.key_id = {1, (u8)account}, .key_kind = KEY_KIND_HMAC};
        world_apply(&world, &key, COMMAND_KEY_SET, account);
    }
}

static void limits_may_shrink_to_what_is_in_use(void **state)
{
    (void)state;
    use_everything();
    const struct core *core = world.core;
    const u32 chunks = WORLD_ACCOUNTS + 2; /* two accounts have four assets */
    const u32 pages = 2 + 2;               /* two in use, two reserved by pending legs */
    const u32 used[LIMITS] = {4, 2, 2, 3,     WORLD_ACCOUNTS,       chunks * 3, 2, 10, 6,
                              2, 2, 2, pages, core->directory_used, 2,          1, 2};
    assert_int_equal(core->chunk_slab.count, chunks);
    assert_int_equal(core->page_slab.count + core->pages_reserved, pages);
    for (u32 i = 0; i < LIMITS; i++) {
        struct command_genesis limits = world_limits();
        *limit_at(&limits, i) = used[i];
        struct command_limits_set command = limits_set(&limits);
        applies(&command, COMMAND_LIMITS_SET, 0);
        *limit_at(&limits, i) = used[i] - 1;
        command = limits_set(&limits);
        world_refuses(&world, &command, COMMAND_LIMITS_SET, 0, REJECT_BAD_DEFINITION);
    }
}

static void balance_rows_shrink_in_chunks(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.balance_rows_max = WORLD_ACCOUNTS * 3 + 2;
    struct command_limits_set command = limits_set(&limits);
    applies(&command, COMMAND_LIMITS_SET, 0);
    command.balance_rows_max = WORLD_ACCOUNTS * 3 - 1;
    world_refuses(&world, &command, COMMAND_LIMITS_SET, 0, REJECT_BAD_DEFINITION);
}

static void a_hold_names_its_network(void **state)
{
    (void)state;
    struct command_withdraw_hold hold = {.amount = amount_of(5), .asset = WORLD_USDT, .network = 1};
    world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 0);
    struct command_genesis limits = world_limits();
    limits.networks_max = 1;
    struct command_limits_set command = limits_set(&limits);
    world_refuses(&world, &command, COMMAND_LIMITS_SET, 0, REJECT_BAD_DEFINITION);
    struct command_hold_release release = {.hold_id = 1};
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0);
    applies(&command, COMMAND_LIMITS_SET, 0);
}

static void new_limits_hold_from_the_next_start(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.accounts_max = WORLD_ACCOUNTS;
    struct command_limits_set command = limits_set(&limits);
    applies(&command, COMMAND_LIMITS_SET, 0);
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_int_equal(world.core->limits.accounts_max, world_limits().accounts_max);
    assert_int_equal(world.core->limits_next.accounts_max, WORLD_ACCOUNTS);
}

static void only_version_1_is_known(void **state)
{
    (void)state;
    struct command_activate_version command = {.semantics_version = 1};
    applies(&command, COMMAND_ACTIVATE_VERSION, 0);
    const u32 others[] = {0, 2, UINT32_MAX};
    for (u32 i = 0; i < ARRAY_COUNT(others); i++) {
        command.semantics_version = others[i];
        world_refuses(&world, &command, COMMAND_ACTIVATE_VERSION, 0, REJECT_UNKNOWN_VERSION);
    }
}

/* ---- assets ---- */

static void assets_are_numbered_without_gaps(void **state)
{
    (void)state;
    struct command_asset_add asset = {.asset = 1, .scale = 19, .name = "X"};
    world_refuses(&world, &asset, COMMAND_ASSET_ADD, 0, REJECT_ALREADY_EXISTS);
    asset.asset = 3;
    world_refuses(&world, &asset, COMMAND_ASSET_ADD, 0, REJECT_BAD_DEFINITION);
    asset.asset = 2;
    world_refuses(&world, &asset, COMMAND_ASSET_ADD, 0, REJECT_BAD_DEFINITION); /* scale 19 */
    asset.scale = 18;
    asset.name[0] = 0;
    world_refuses(&world, &asset, COMMAND_ASSET_ADD, 0, REJECT_BAD_DEFINITION);
    asset.name[0] = 'X';
    applies(&asset, COMMAND_ASSET_ADD, 0);
    assert_int_equal(core_assets_count(world.core), 3);
    assert_int_equal(world.core->assets[2].scale, 18);
}

/* ---- markets ---- */

static void markets_are_numbered_without_gaps(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.tick = price_of(0);
    world_refuses(&world, &market, COMMAND_MARKET_ADD, 0, REJECT_ALREADY_EXISTS);
    market.market = 2;
    world_refuses(&world, &market, COMMAND_MARKET_ADD, 0, REJECT_BAD_DEFINITION);
    market.market = 1;
    world_refuses(&world, &market, COMMAND_MARKET_ADD, 0, REJECT_BAD_DEFINITION);
    market.tick = price_of(WORLD_TICK);
    market.state = MARKET_STATE_BREAK;
    applies(&market, COMMAND_MARKET_ADD, 0);
    assert_int_equal(world.core->markets[1].state, MARKET_STATE_BREAK);
    assert_int_equal(world.core->markets[1].number, 1);
}

static void a_set_definition_keeps_what_must_stay(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    const u16 kind = COMMAND_MARKET_SET;
    d.market = 1;
    world_refuses(&world, &d, kind, 0, REJECT_UNKNOWN_MARKET);
    d.market = 0;
    d.base = WORLD_USDT;
    d.quote = WORLD_BTC;
    world_refuses(&world, &d, kind, 0, REJECT_BAD_DEFINITION);
    d = world_definition();
    d.ticks_max -= 1;
    world_refuses(&world, &d, kind, 0, REJECT_BAD_DEFINITION);
    d = world_definition();
    d.state = MARKET_STATE_COUNT; /* must be valid although it is ignored */
    world_refuses(&world, &d, kind, 0, REJECT_BAD_DEFINITION);
    d.state = MARKET_STATE_BREAK;
    d.qty_max = amount_of(70 * WORLD_LOT);
    applies(&d, kind, 0);
    assert_int_equal(world.core->markets[0].state, MARKET_STATE_TRADING);
    assert_int_equal(world.core->markets[0].lots_high, 70);
}

static void the_grid_changes_only_when_halted_and_empty(void **state)
{
    (void)state;
    struct command_market_add d = world_definition();
    world_trade_at(&world, 10000);
    u64 id = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    d.tick = price_of(2 * WORLD_TICK);
    const u16 kind = COMMAND_MARKET_SET;
    world_refuses(&world, &d, kind, 0, REJECT_MARKET_NOT_HALTED);
    const u8 states[] = {MARKET_STATE_BREAK, MARKET_STATE_CANCEL_ONLY};
    for (u32 i = 0; i < 2; i++) {
        world_market_state(&world, 0, states[i]);
        world_refuses(&world, &d, kind, 0, REJECT_MARKET_NOT_HALTED);
    }
    world_market_state(&world, 0, MARKET_STATE_HALT);
    world_refuses(&world, &d, kind, 0, REJECT_RESTING_OFF_GRID);
    world_cancel(&world, 0, id);
    applies(&d, kind, 0);
    const struct market *market = &world.core->markets[0];
    assert_int_equal(market->tick, 2 * WORLD_TICK);
    assert_int_equal(market->value, 2 * WORLD_VALUE);
    assert_int_equal(market->last, 0); /* prices in ticks mean something else now */
    assert_true(market->buckets[0].lots == 0);
    d.lot = amount_of(3 * WORLD_LOT);
    applies(&d, kind, 0);
    assert_int_equal(market->lot, 3 * WORLD_LOT);
}

static void other_changes_leave_the_last_price(void **state)
{
    (void)state;
    world_trade_at(&world, 10000);
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    struct command_market_add d = world_definition();
    d.orders_max = 5;
    applies(&d, COMMAND_MARKET_SET, 0);
    assert_int_equal(world.core->markets[0].last, 10000);
    assert_true(world.core->markets[0].buckets[0].lots == 1);
}

static void a_market_state_is_a_known_one(void **state)
{
    (void)state;
    struct command_market_state command = {.market = 1, .state = 9};
    world_refuses(&world, &command, COMMAND_MARKET_STATE, 0, REJECT_UNKNOWN_MARKET);
    command.market = 0;
    command.state = MARKET_STATE_COUNT;
    world_refuses(&world, &command, COMMAND_MARKET_STATE, 0, REJECT_BAD_ENUM);
    for (u8 i = 0; i < MARKET_STATE_COUNT; i++) {
        command.state = i;
        applies(&command, COMMAND_MARKET_STATE, 0);
        assert_int_equal(world.core->markets[0].state, i);
    }
}

/* What each state lets through: docs/semantics.md section 3. */
static void each_state_lets_through_its_own(void **state)
{
    (void)state;
    const enum reject place[] = {REJECT_NONE, REJECT_MARKET_CLOSED, REJECT_MARKET_CLOSED,
                                 REJECT_MARKET_CLOSED};
    const enum reject cancel[] = {REJECT_NONE, REJECT_NONE, REJECT_CANCEL_MARKET_CLOSED,
                                  REJECT_NONE};
    const enum reject amend[] = {REJECT_NONE, REJECT_AMEND_MARKET_CLOSED,
                                 REJECT_AMEND_MARKET_CLOSED, REJECT_AMEND_MARKET_CLOSED};
    for (u8 i = 0; i < MARKET_STATE_COUNT; i++) {
        world_market_state(&world, 0, MARKET_STATE_TRADING);
        u64 id = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 10));
        world_market_state(&world, 0, i);
        (void)world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
        world_assert_reject(world_reject(&world), place[i]);
        world_amend(&world, 0, id, 5);
        world_assert_reject(world_reject(&world), amend[i]);
        world_cancel(&world, 0, id);
        world_assert_reject(world_reject(&world), cancel[i]);
    }
}

/* ---- fees ---- */

static void rates_are_bounded_where_they_meet(void **state)
{
    (void)state;
    struct command_fee_set fees = {.market = 1, .tier = 9, .standard_maker = RATE_ONE + 1};
    const u16 kind = COMMAND_FEE_SET;
    world_refuses(&world, &fees, kind, 0, REJECT_UNKNOWN_MARKET);
    fees.market = 0;
    world_refuses(&world, &fees, kind, 0, REJECT_BAD_TIER);
    fees.tier = 4;
    world_refuses(&world, &fees, kind, 0, REJECT_BAD_TIER);
    fees.tier = 3;
    world_refuses(&world, &fees, kind, 0, REJECT_BAD_RATE);
    u32 *roles[2][3] = {{&fees.standard_maker, &fees.special_maker, &fees.tax_maker},
                        {&fees.standard_taker, &fees.special_taker, &fees.tax_taker}};
    u32 *sides[2][3] = {{&fees.standard_buyer, &fees.special_buyer, &fees.tax_buyer},
                        {&fees.standard_seller, &fees.special_seller, &fees.tax_seller}};
    fees.standard_maker = 0;
    for (u32 i = 0; i < 36; i++) {
        u32 *role = roles[i / 18][i % 3];
        u32 *side = sides[i / 9 % 2][i / 3 % 3];
        *role = RATE_ONE - 7;
        *side = 8;
        world_refuses(&world, &fees, kind, 0, REJECT_BAD_RATE);
        *side = 7;
        applies(&fees, kind, 0);
        *role = 0;
        *side = 0;
    }
    fees.tax_maker = UINT32_MAX; /* sums do not wrap */
    fees.standard_maker = 10;
    world_refuses(&world, &fees, kind, 0, REJECT_BAD_RATE);
}

/* ---- accounts ---- */

static void accounts_are_numbered_from_0(void **state)
{
    (void)state;
    struct command_account_add account = {
        .trade_group = 4, .fee_tier = 4, .restrictions = 0x123456789ABCDEF0ULL};
    world_refuses(&world, &account, COMMAND_ACCOUNT_ADD, 77, REJECT_BAD_TIER);
    account.fee_tier = 3;
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 77);
    assert_applied(&account, COMMAND_ACCOUNT_ADD, WORLD_ACCOUNTS); /* the number given */
    const struct account *record = &world.core->accounts[WORLD_ACCOUNTS];
    assert_int_equal(record->group, 4);
    assert_int_equal(record->tier, 3);
    assert_true(record->restrictions == account.restrictions);
    assert_int_equal(core_counts_of(world.core).accounts, WORLD_ACCOUNTS + 1);
}

static void an_account_can_be_set(void **state)
{
    (void)state;
    struct command_account_set set = {.trade_group = 9, .fee_tier = 4};
    world_refuses(&world, &set, COMMAND_ACCOUNT_SET, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &set, COMMAND_ACCOUNT_SET, 1, REJECT_BAD_TIER);
    set.fee_tier = 2;
    applies(&set, COMMAND_ACCOUNT_SET, 1);
    assert_int_equal(world.core->accounts[1].group, 9);
    assert_int_equal(world.core->accounts[1].tier, 2);
}

static void a_restriction_replaces_the_vector(void **state)
{
    (void)state;
    struct command_restrict command = {.restrictions = ~0xFULL, .cause = 5};
    world_refuses(&world, &command, COMMAND_RESTRICT, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    u64 id = world_place(&world, 1, world_limit(SIDE_BUY, 9000, 1));
    applies(&command, COMMAND_RESTRICT, 1);
    assert_int_equal(world_state(&world, id), ORDER_STATE_WORKING);
    command.restrictions = 0xF;
    world_apply(&world, &command, COMMAND_RESTRICT, 1);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_ORDER_DONE);
    assert_true(world.core->accounts[1].restrictions == 0xF);
    command.restrictions = RESTRICTION_HOLD;
    world_apply(&world, &command, COMMAND_RESTRICT, 1); /* it was restricted already */
    ASSERT_KINDS(&world, EVENT_APPLIED);
}

/* ---- filters of the venue and of accounts ---- */

static void venue_filters_are_taken_as_they_are(void **state)
{
    (void)state;
    struct command_venue_filters filters = {.lists_max = UINT32_MAX};
    applies(&filters, COMMAND_VENUE_FILTERS, 0);
    assert_true(world.core->venue_filtered);
    filters.lists_max = 0;
    applies(&filters, COMMAND_VENUE_FILTERS, 0);
    assert_false(world.core->venue_filtered);
    u32 *fields[] = {&filters.orders_max, &filters.algo_orders_max, &filters.iceberg_orders_max};
    for (u32 i = 0; i < ARRAY_COUNT(fields); i++) {
        *fields[i] = 1;
        applies(&filters, COMMAND_VENUE_FILTERS, 0);
        assert_true(world.core->venue_filtered);
        *fields[i] = 0;
    }
}

static void asset_limits_name_an_account_and_an_asset(void **state)
{
    (void)state;
    struct command_asset_limit limit = {.limit = amount_of(5), .asset = 9};
    world_refuses(&world, &limit, COMMAND_ASSET_LIMIT, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &limit, COMMAND_ASSET_LIMIT, 0, REJECT_UNKNOWN_ASSET);
    limit.asset = WORLD_USDT;
    applies(&limit, COMMAND_ASSET_LIMIT, 0);
    limit.limit = AMOUNT_ZERO;
    applies(&limit, COMMAND_ASSET_LIMIT, 0);
    applies(&limit, COMMAND_ASSET_LIMIT, 5); /* there was none */
}

static void a_reference_price_stays_below_the_bound(void **state)
{
    (void)state;
    struct command_reference_price reference = {.price = price_of(1ULL << 63), .market = 1};
    const u16 kind = COMMAND_REFERENCE_PRICE;
    world_refuses(&world, &reference, kind, 0, REJECT_UNKNOWN_MARKET);
    reference.market = 0;
    world_refuses(&world, &reference, kind, 0, REJECT_BAD_DEFINITION);
    reference.price = price_of((1ULL << 63) - 1);
    reference.calculation = 3;
    applies(&reference, kind, 0);
    assert_int_equal(world.core->markets[0].reference.units, (1ULL << 63) - 1);
    assert_int_equal(world.core->markets[0].reference_calculation, 3);
    reference.price = price_of(0);
    applies(&reference, kind, 0);
    assert_int_equal(world.core->markets[0].reference.units, 0);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_limit_has_its_bounds),
        cmocka_unit_test(before_genesis_everything_else_is_refused),
        cmocka_unit_test(a_refusal_before_genesis_names_the_market),
        EXAMPLE(limits_may_shrink_to_what_is_in_use),
        EXAMPLE(balance_rows_shrink_in_chunks),
        EXAMPLE(a_hold_names_its_network),
        EXAMPLE(new_limits_hold_from_the_next_start),
        EXAMPLE(only_version_1_is_known),
        EXAMPLE(assets_are_numbered_without_gaps),
        EXAMPLE(markets_are_numbered_without_gaps),
        EXAMPLE(a_set_definition_keeps_what_must_stay),
        EXAMPLE(the_grid_changes_only_when_halted_and_empty),
        EXAMPLE(other_changes_leave_the_last_price),
        EXAMPLE(a_market_state_is_a_known_one),
        EXAMPLE(each_state_lets_through_its_own),
        EXAMPLE(rates_are_bounded_where_they_meet),
        EXAMPLE(accounts_are_numbered_from_0),
        EXAMPLE(an_account_can_be_set),
        EXAMPLE(a_restriction_replaces_the_vector),
        EXAMPLE(venue_filters_are_taken_as_they_are),
        EXAMPLE(asset_limits_name_an_account_and_an_asset),
        EXAMPLE(a_reference_price_stays_below_the_bound),
    };
    return cmocka_run_group_tests_name("define", tests, NULL, NULL);
}
