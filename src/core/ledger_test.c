/* Aim: money is neither made nor lost: rows, locks, fills and fees move exactly what they say, and
 * every entry has its own number. Method: the ledger's functions on a small venue with the numbers
 * worked out by hand; then random commands, whose events must name every entry number once, as the
 * table of docs/semantics.md section 4 counts them. */
#include "core/ledger.h"

#include "tests/support/core_random.h"
#include "tests/support/core_world.h"

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

/* An empty venue with so many balance rows, four assets and two accounts. */
static void open_rows(u32 rows)
{
    struct command_genesis limits = world_limits();
    limits.balance_rows_max = rows;
    world_open_empty(&world, &limits);
    for (u16 i = 0; i < 4; i++) {
        struct command_asset_add asset = {.asset = i, .name = {(u8)('A' + i)}};
        world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    }
    for (u32 i = 0; i < 2; i++) {
        struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
        world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    }
}

/* ---- rows ---- */

static void a_row_is_made_once_and_found_again(void **state)
{
    (void)state;
    open_rows(30);
    assert_int_equal(ledger_row(world.core, 0, 2), 0);
    u32 row = ledger_row_make(world.core, 0, 2);
    assert_int_not_equal(row, 0);
    assert_int_equal(ledger_row_make(world.core, 0, 2), row);
    assert_int_equal(ledger_row(world.core, 0, 2), row);
    assert_int_equal(ledger_row(world.core, 1, 2), 0);
    assert_int_equal(world.core->accounts[0].rows, 1);
    world_close(&world);
}

static void three_rows_share_a_chunk(void **state)
{
    (void)state;
    open_rows(8); /* two chunks: eight is not three times three */
    u32 rows[4];
    for (u16 asset = 0; asset < 4; asset++) {
        assert_true(ledger_rows_fit(world.core, 0, asset, asset));
        rows[asset] = ledger_row_make(world.core, 0, asset);
    }
    assert_int_equal(rows[0] >> 2, rows[2] >> 2);
    assert_int_not_equal(rows[2] >> 2, rows[3] >> 2);
    assert_int_equal(world.core->chunk_slab.count, 2);
    for (u16 asset = 0; asset < 4; asset++) {
        assert_int_equal(ledger_row(world.core, 0, asset), rows[asset]);
    }
    assert_false(ledger_rows_fit(world.core, 1, 0, 0));
    world_close(&world);
}

static void room_for_two_rows_is_counted_in_chunks(void **state)
{
    (void)state;
    open_rows(3);
    assert_true(ledger_rows_fit(world.core, 0, 0, 1));
    (void)ledger_row_make(world.core, 0, 0);
    assert_true(ledger_rows_fit(world.core, 0, 1, 2));
    (void)ledger_row_make(world.core, 0, 1);
    assert_true(ledger_rows_fit(world.core, 0, 0, 1)); /* both are there */
    assert_true(ledger_rows_fit(world.core, 0, 0, 2)); /* one is missing, and fits */
    assert_false(ledger_rows_fit(world.core, 0, 2, 3));
    assert_false(ledger_rows_fit(world.core, 1, 2, 2));
    world_close(&world);
}

static void a_row_knows_its_accounts_tier(void **state)
{
    (void)state;
    struct command_account_set set = {.trade_group = 0xFFFFFFFFU, .fee_tier = 3};
    world_apply(&world, &set, COMMAND_ACCOUNT_SET, 0);
    u32 row = ledger_row(world.core, 0, WORLD_BTC);
    assert_int_equal(world.core->chunks[row >> 2].tier, 3);
    assert_int_equal(world.core->chunks[row >> 2].account, 0);
}

/* ---- movements ---- */

static void locking_moves_free_to_locked_and_takes_a_number(void **state)
{
    (void)state;
    u32 row = ledger_row(world.core, 0, WORLD_USDT);
    u64 next = world.core->next_entry;
    assert_int_equal(ledger_lock(world.core, row, amount_of(700)), next);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS - 700);
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 700);
    assert_int_equal(ledger_unlock(world.core, row, amount_of(700)), next + 1);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS);
    assert_int_equal(world.core->next_entry, next + 2);
}

static void moving_nothing_takes_no_number(void **state)
{
    (void)state;
    u32 row = ledger_row(world.core, 0, WORLD_USDT);
    u64 next = world.core->next_entry;
    assert_int_equal(ledger_lock(world.core, row, AMOUNT_ZERO), next);
    assert_int_equal(ledger_unlock(world.core, row, AMOUNT_ZERO), next);
    assert_int_equal(world.core->next_entry, next);
}

static NEVER_INLINE void lock_too_much(void)
{
    (void)ledger_lock(world.core, ledger_row(world.core, 0, WORLD_USDT),
                      amount_of(WORLD_FUNDS + 1));
}

static NEVER_INLINE void unlock_too_much(void)
{
    (void)ledger_unlock(world.core, ledger_row(world.core, 0, WORLD_USDT), amount_of(1));
}

static NEVER_INLINE void pay_too_much(void)
{
    ledger_fill_side(world.core, ledger_row(world.core, 0, WORLD_USDT),
                     ledger_row(world.core, 0, WORLD_BTC), amount_of(1), AMOUNT_ZERO, amount_of(1),
                     AMOUNT_ZERO);
}

static NEVER_INLINE void charge_too_much(void)
{
    ledger_fill_side(world.core, ledger_row(world.core, 0, WORLD_USDT),
                     ledger_row(world.core, 0, WORLD_BTC), AMOUNT_ZERO, AMOUNT_ZERO, amount_of(7),
                     amount_of(8));
}

static void more_than_is_there_cannot_move(void **state)
{
    (void)state;
    expect_assert_failure(lock_too_much());
    expect_assert_failure(unlock_too_much());
    expect_assert_failure(pay_too_much());
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS);
}

static void a_fee_larger_than_what_came_in_is_our_fault(void **state)
{
    (void)state;
    expect_assert_failure(charge_too_much());
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS);
}

static void a_fill_pays_from_the_lock_and_brings_the_rest_less_the_fee(void **state)
{
    (void)state;
    u32 quote = ledger_row(world.core, 0, WORLD_USDT);
    u32 base = ledger_row(world.core, 0, WORLD_BTC);
    (void)ledger_lock(world.core, quote, amount_of(1000));
    ledger_fill_side(world.core, quote, base, amount_of(900), amount_of(60), amount_of(50),
                     amount_of(7));
    assert_int_equal(world_locked(&world, 0, WORLD_USDT), 40);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), WORLD_FUNDS - 1000 + 60);
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS + 43);
    /* Put back what this example alone has moved. */
    world.core->chunks[quote >> 2].rows[quote & 3] =
        (struct balance){amount_of(WORLD_FUNDS), AMOUNT_ZERO};
    world.core->chunks[base >> 2].rows[base & 3] =
        (struct balance){amount_of(WORLD_FUNDS), AMOUNT_ZERO};
}

/* ---- sums ---- */

static void an_asset_may_grow_to_just_below_the_bound(void **state)
{
    (void)state;
    u64 left = AMOUNT_BOUND - WORLD_ACCOUNTS * WORLD_FUNDS;
    assert_true(ledger_issue_fits(world.core, WORLD_BTC, amount_of(left - 1)));
    assert_false(ledger_issue_fits(world.core, WORLD_BTC, amount_of(left)));
    assert_false(ledger_issue_fits(world.core, WORLD_BTC, amount_of(UINT64_MAX)));
    world_deposit(&world, 0, WORLD_BTC, left - 1);
    assert_false(ledger_issue_fits(world.core, WORLD_BTC, amount_of(1)));
    assert_true(ledger_issue_fits(world.core, WORLD_BTC, AMOUNT_ZERO));
}

static void equity_counts_as_issued(void **state)
{
    (void)state;
    u64 left = AMOUNT_BOUND - WORLD_ACCOUNTS * WORLD_FUNDS;
    struct command_adjust in = {
        .amount = amount_of(left - 1), .asset = WORLD_USDT, .direction = DIRECTION_IN};
    world_apply(&world, &in, COMMAND_ADJUST, 1);
    assert_true(core_house_of(world.core, WORLD_USDT).equity == -(i128)(left - 1));
    assert_false(ledger_issue_fits(world.core, WORLD_USDT, amount_of(1)));
    struct command_adjust out = {
        .amount = amount_of(1), .asset = WORLD_USDT, .direction = DIRECTION_OUT};
    world_apply(&world, &out, COMMAND_ADJUST, 1);
    assert_true(ledger_issue_fits(world.core, WORLD_USDT, amount_of(1)));
}

/* A unit that appears from nowhere is seen by the sum over all rows. */
static void a_forged_unit_shows_in_the_sum(void **state)
{
    (void)state;
    u32 row = ledger_row(world.core, 3, WORLD_USDT);
    struct balance *balance = &world.core->chunks[row >> 2].rows[row & 3];
    assert_true(ledger_sum(world.core, WORLD_USDT) == 0);
    balance->free.units += 1;
    assert_true(ledger_sum(world.core, WORLD_USDT) == 1);
    assert_true(ledger_sum(world.core, WORLD_BTC) == 0);
    expect_assert_failure(core_validate(world.core));
    balance->free.units -= 1;
    balance->locked.units += 1;
    assert_true(ledger_sum(world.core, WORLD_USDT) == 1);
    balance->locked.units -= 1;
}

static void the_shadow_sum_sees_custody_fees_suspense_and_equity(void **state)
{
    (void)state;
#if CAMBIST_DEBUG
    struct asset *asset = &world.core->assets[WORLD_USDT];
    assert_true(ledger_balanced(world.core, WORLD_USDT));
    asset->custody_total += 1;
    assert_false(ledger_balanced(world.core, WORLD_USDT));
    asset->suspense.units += 1;
    assert_true(ledger_balanced(world.core, WORLD_USDT));
    asset->fee_income.units += 1;
    assert_false(ledger_balanced(world.core, WORLD_USDT));
    asset->equity -= 1;
    assert_true(ledger_balanced(world.core, WORLD_USDT));
    asset->custody_total -= 1;
    asset->suspense.units -= 1;
    asset->fee_income.units -= 1;
    asset->equity += 1;
#else
    skip();
#endif
}

/* ---- entry numbers ---- */

static u32 one(struct amount amount)
{
    return amount_is_zero(amount) ? 0 : 1;
}

/* Entries an event stands for: docs/semantics.md section 4. `entry_out` is where it says so. */
static u32 entries_of(const void *event, u64 *entry_out)
{
    const struct event_head *head = event;
    const struct event_order_new *order = event;
    const struct event_trade *trade = event;
    const struct event_order_done *done = event;
    const struct event_order_amended *amended = event;
    const struct event_order_triggered *triggered = event;
    const struct event_prevented *prevented = event;
    const struct event_list_new *list = event;
    const struct event_ledger *ledger = event;
    const struct event_applied *applied = event;
    switch (head->kind) {
    case EVENT_ORDER_NEW:
        *entry_out = order->entry;
        return one(order->locked);
    case EVENT_TRADE:
        *entry_out = trade->entry;
        return 2 + one(trade->maker_fee) + one(trade->taker_fee) + one(trade->improvement);
    case EVENT_ORDER_DONE:
        *entry_out = done->entry;
        return one(done->released);
    case EVENT_ORDER_AMENDED:
        *entry_out = amended->entry;
        return one(amended->released);
    case EVENT_ORDER_TRIGGERED:
        *entry_out = triggered->entry;
        return one(triggered->locked);
    case EVENT_PREVENTED:
        *entry_out = prevented->entry;
        return one(prevented->transferred_qty) + one(prevented->transferred_quote) +
               one(prevented->maker_released) + one(prevented->taker_released);
    case EVENT_LIST_NEW:
        *entry_out = list->entry;
        return one(list->locked);
    case EVENT_LEDGER:
        *entry_out = ledger->entry;
        return 1;
    case EVENT_APPLIED:
        *entry_out = applied->entry;
        return 0;
    default: /* not an enum: a number from a table */
        *entry_out = 0;
        return 0;
    }
}

/* Follows the numbers through the last command's events. Returns the next number. */
static u64 follow_entries(u64 next, u32 *kinds_seen)
{
    for (size_t at = 0; at < world.output.used;) {
        const struct event_head *head = (const void *)(world.output.data + at);
        u64 entry = 0;
        u32 count = entries_of(head, &entry);
        assert_true(entry == 0 || entry == next);
        kinds_seen[head->kind] += count > 0 ? 1 : 0;
        next += count;
        at += (size_t)head->units * WIRE_UNIT;
    }
    return next;
}

static void every_entry_number_is_given_once(void **state)
{
    (void)state;
    struct command_fee_set fees = {
        .standard_maker = 100000, .standard_taker = 200000, .standard_buyer = 7};
    world_apply(&world, &fees, COMMAND_FEE_SET, 0);
    struct core_random random = {.orders = 0, .plain = 30, .accounts = WORLD_ACCOUNTS};
    random_init(&random.random, test_seed());
    u64 next = world.core->next_entry;
    u32 seen[EVENT_KIND_COUNT] = {0};
    u64 rounds = test_rounds(20000);
    for (u64 i = 0; i < rounds; i++) {
        _Alignas(8) u8 record[CORE_RANDOM_BYTES];
        (void)core_random_next(&random, record);
        world.output.used = 0;
        core_apply(world.core, (const struct command_head *)(const void *)record, &world.output);
        next = follow_entries(next, seen);
        assert_int_equal(world.core->next_entry, next);
        random.orders = core_counts_of(world.core).next_order_id - 1;
    }
    if (rounds == 20000) {
        const u16 kinds[] = {EVENT_ORDER_NEW, EVENT_TRADE,           EVENT_ORDER_DONE,
                             EVENT_PREVENTED, EVENT_ORDER_TRIGGERED, EVENT_ORDER_AMENDED,
                             EVENT_LIST_NEW,  EVENT_LEDGER};
        for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
            assert_true(seen[kinds[i]] > 10);
        }
    }
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_made_once_and_found_again),
        cmocka_unit_test(three_rows_share_a_chunk),
        cmocka_unit_test(room_for_two_rows_is_counted_in_chunks),
        EXAMPLE(a_row_knows_its_accounts_tier),
        EXAMPLE(locking_moves_free_to_locked_and_takes_a_number),
        EXAMPLE(moving_nothing_takes_no_number),
        EXAMPLE(more_than_is_there_cannot_move),
        EXAMPLE(a_fill_pays_from_the_lock_and_brings_the_rest_less_the_fee),
        EXAMPLE(a_fee_larger_than_what_came_in_is_our_fault),
        EXAMPLE(an_asset_may_grow_to_just_below_the_bound),
        EXAMPLE(equity_counts_as_issued),
        EXAMPLE(a_forged_unit_shows_in_the_sum),
        EXAMPLE(the_shadow_sum_sees_custody_fees_suspense_and_equity),
        EXAMPLE(every_entry_number_is_given_once),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
