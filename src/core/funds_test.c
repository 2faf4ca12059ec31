/* Aim: money comes in, goes out and moves between accounts only as documented, and each movement is
 * told in full. Method: every command of docs/semantics.md section 4 with its refusals in order,
 * both sides of each bound, every restriction, and the fields of each ledger event. */
#include "core/funds.h"

#include "core/index.h"
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

static const struct event_ledger *entry(u32 index)
{
    const struct event_ledger *event = world_event(&world, EVENT_LEDGER, index);
    assert_non_null(event);
    return event;
}

/* The event says this and nothing else. */
static void assert_entry(u32 index, struct event_ledger expected)
{
    struct event_ledger seen = *entry(index);
    assert_int_equal(seen.source_index, world.source_index);
    assert_int_equal(seen.head.seq, core_seq(world.core));
    assert_int_equal(seen.head.account, expected.head.account);
    assert_int_equal(seen.amount.units, expected.amount.units);
    assert_int_equal(seen.reference, expected.reference);
    assert_int_equal(seen.asset, expected.asset);
    assert_int_equal(seen.network, expected.network);
    assert_int_equal(seen.from, expected.from);
    assert_int_equal(seen.to, expected.to);
    assert_int_equal(seen.cause, expected.cause);
    assert_int_equal(seen.other_account, expected.other_account);
    assert_int_equal(seen.reason, expected.reason);
    assert_int_equal(seen.reserved, 0);
}

static void restrict_to(u32 account, enum operation operation, enum restriction restriction)
{
    struct command_restrict command = {.restrictions = (u64)restriction << 2 * operation};
    world_apply(&world, &command, COMMAND_RESTRICT, account);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static u64 custody(u16 asset, u16 network)
{
    return core_custody_of(world.core, asset, network).units;
}

static u64 suspense(u16 asset)
{
    return core_house_of(world.core, asset).suspense.units;
}

/* ---- deposits ---- */

static void a_deposit_goes_from_custody_to_free(void **state)
{
    (void)state;
    struct command_deposit deposit = {
        .amount = amount_of(500), .reference = 77, .asset = WORLD_BTC, .network = 1};
    world_apply(&world, &deposit, COMMAND_DEPOSIT, 3);
    ASSERT_KINDS(&world, EVENT_LEDGER);
    assert_entry(0, (struct event_ledger){.head.account = 3,
                                          .amount = amount_of(500),
                                          .reference = 77,
                                          .asset = WORLD_BTC,
                                          .network = 1,
                                          .from = LEDGER_CLASS_CUSTODY,
                                          .to = LEDGER_CLASS_FREE,
                                          .cause = LEDGER_CAUSE_DEPOSIT});
    assert_int_equal(world_free(&world, 3, WORLD_BTC), WORLD_FUNDS + 500);
    assert_int_equal(custody(WORLD_BTC, 1), 500);
    assert_int_equal(custody(WORLD_BTC, 0), WORLD_ACCOUNTS * WORLD_FUNDS);
}

static void the_checks_of_a_deposit_come_in_order(void **state)
{
    (void)state;
    struct command_deposit deposit = {.amount = AMOUNT_ZERO, .asset = 9, .network = 9};
    const u16 kind = COMMAND_DEPOSIT;
    world_refuses(&world, &deposit, kind, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &deposit, kind, 0, REJECT_UNKNOWN_ASSET);
    deposit.asset = 2;
    world_refuses(&world, &deposit, kind, 0, REJECT_UNKNOWN_ASSET);
    deposit.asset = WORLD_USDT;
    world_refuses(&world, &deposit, kind, 0, REJECT_UNKNOWN_NETWORK);
    deposit.network = 2;
    world_refuses(&world, &deposit, kind, 0, REJECT_UNKNOWN_NETWORK);
    deposit.network = 1;
    world_refuses(&world, &deposit, kind, 0, REJECT_AMOUNT_ZERO);
    u64 left = (1ULL << 63) - WORLD_ACCOUNTS * WORLD_FUNDS;
    deposit.amount = amount_of(left);
    world_refuses(&world, &deposit, kind, 0, REJECT_AMOUNT_OVERFLOW);
    deposit.amount = amount_of(UINT64_MAX);
    world_refuses(&world, &deposit, kind, 0, REJECT_AMOUNT_OVERFLOW);
    deposit.amount = amount_of(left - 1);
    world_apply(&world, &deposit, kind, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    deposit.amount = amount_of(1);
    world_refuses(&world, &deposit, kind, 1, REJECT_AMOUNT_OVERFLOW);
}

/* What was adjusted out left the accounts, but is still in custody. */
static void custody_is_bounded_by_itself(void **state)
{
    (void)state;
    u64 most = (1ULL << 63) - 1 - WORLD_ACCOUNTS * WORLD_FUNDS;
    world_deposit(&world, 0, WORLD_BTC, most);
    struct command_adjust out = {
        .amount = amount_of(most), .asset = WORLD_BTC, .direction = DIRECTION_OUT};
    world_apply(&world, &out, COMMAND_ADJUST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    struct command_deposit deposit = {.amount = amount_of(1), .asset = WORLD_BTC};
    world_refuses(&world, &deposit, COMMAND_DEPOSIT, 0, REJECT_AMOUNT_OVERFLOW);
    struct command_adjust in = {
        .amount = amount_of(1), .asset = WORLD_BTC, .direction = DIRECTION_IN};
    world_apply(&world, &in, COMMAND_ADJUST, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

/* hold and refuse keep it in suspense; allow and freeze let it in. */
static void a_deposit_restriction_holds_the_money(void **state)
{
    (void)state;
    struct command_deposit deposit = {
        .amount = amount_of(500), .reference = 77, .asset = WORLD_BTC, .network = 1};
    restrict_to(0, OPERATION_DEPOSIT, RESTRICTION_FREEZE);
    world_apply(&world, &deposit, COMMAND_DEPOSIT, 0);
    assert_int_equal(entry(0)->cause, LEDGER_CAUSE_DEPOSIT);
    const enum restriction holding[] = {RESTRICTION_HOLD, RESTRICTION_REFUSE};
    for (u32 i = 0; i < 2; i++) {
        restrict_to(0, OPERATION_DEPOSIT, holding[i]);
        world_apply(&world, &deposit, COMMAND_DEPOSIT, 0);
        assert_entry(0, (struct event_ledger){.amount = amount_of(500),
                                              .reference = 1 + i, /* the hold's id */
                                              .asset = WORLD_BTC,
                                              .network = 1,
                                              .from = LEDGER_CLASS_CUSTODY,
                                              .to = LEDGER_CLASS_SUSPENSE,
                                              .cause = LEDGER_CAUSE_DEPOSIT_HELD});
        assert_int_equal(suspense(WORLD_BTC), 500 * (1 + i));
    }
    assert_int_equal(world_free(&world, 0, WORLD_BTC), WORLD_FUNDS + 500);
}

static void a_held_deposit_makes_no_balance_row(void **state)
{
    (void)state;
    struct command_account_add account = {
        .trade_group = 0xFFFFFFFFU, .restrictions = (u64)RESTRICTION_HOLD << 2 * OPERATION_DEPOSIT};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    world_deposit(&world, WORLD_ACCOUNTS, WORLD_BTC, 5);
    assert_int_equal(world.core->accounts[WORLD_ACCOUNTS].rows, 0);
    struct command_hold_release release = {.hold_id = 1, .cause = 9};
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0);
    assert_int_equal(world.core->accounts[WORLD_ACCOUNTS].rows, 1);
    assert_int_equal(world_free(&world, WORLD_ACCOUNTS, WORLD_BTC), 5);
}

/* ---- withdrawals ---- */

static void hold(u32 account, u64 amount, u64 fee, u16 network)
{
    struct command_withdraw_hold command = {.amount = amount_of(amount),
                                            .fee = amount_of(fee),
                                            .asset = WORLD_USDT,
                                            .network = network,
                                            .reference = 4711};
    world_apply(&world, &command, COMMAND_WITHDRAW_HOLD, account);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void settle(u64 id)
{
    struct command_withdraw_settle command = {.hold_id = id, .reference = 4712};
    world_apply(&world, &command, COMMAND_WITHDRAW_SETTLE, 0);
}

static void a_withdrawal_is_held_then_settled_with_its_fee(void **state)
{
    (void)state;
    hold(2, 1000, 30, 0);
    assert_entry(0, (struct event_ledger){.head.account = 2,
                                          .amount = amount_of(1030),
                                          .reference = 1,
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_FREE,
                                          .to = LEDGER_CLASS_SUSPENSE,
                                          .cause = LEDGER_CAUSE_WITHDRAWAL_HOLD});
    assert_int_equal(world_free(&world, 2, WORLD_USDT), WORLD_FUNDS - 1030);
    assert_int_equal(suspense(WORLD_USDT), 1030);
    settle(1);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_LEDGER);
    assert_entry(0, (struct event_ledger){.head.account = 2,
                                          .amount = amount_of(1000),
                                          .reference = 1,
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_SUSPENSE,
                                          .to = LEDGER_CLASS_CUSTODY,
                                          .cause = LEDGER_CAUSE_WITHDRAWAL_SETTLE});
    assert_entry(1, (struct event_ledger){.head.account = 2,
                                          .amount = amount_of(30),
                                          .reference = 1,
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_SUSPENSE,
                                          .to = LEDGER_CLASS_FEE_INCOME,
                                          .cause = LEDGER_CAUSE_WITHDRAWAL_FEE});
    assert_int_equal(entry(1)->entry, entry(0)->entry + 1);
    assert_int_equal(suspense(WORLD_USDT), 0);
    assert_int_equal(custody(WORLD_USDT, 0), WORLD_ACCOUNTS * WORLD_FUNDS - 1000);
    assert_int_equal(core_house_of(world.core, WORLD_USDT).fee_income.units, 30);
    settle(1);
    world_assert_reject(world_reject(&world), REJECT_UNKNOWN_HOLD);
}

static void a_withdrawal_without_a_fee_is_one_entry(void **state)
{
    (void)state;
    hold(2, 1000, 0, 0);
    settle(1);
    ASSERT_KINDS(&world, EVENT_LEDGER);
}

static void the_checks_of_a_withdrawal_come_in_order(void **state)
{
    (void)state;
    struct command_withdraw_hold command = {.asset = 9, .network = 9};
    const u16 kind = COMMAND_WITHDRAW_HOLD;
    world_refuses(&world, &command, kind, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &command, kind, 0, REJECT_UNKNOWN_ASSET);
    command.asset = WORLD_USDT;
    world_refuses(&world, &command, kind, 0, REJECT_UNKNOWN_NETWORK);
    command.network = 0;
    const enum restriction all[] = {RESTRICTION_HOLD, RESTRICTION_REFUSE, RESTRICTION_FREEZE};
    for (u32 i = 0; i < ARRAY_COUNT(all); i++) {
        restrict_to(0, OPERATION_WITHDRAW, all[i]);
        command.amount = AMOUNT_ZERO;
        world_refuses(&world, &command, kind, 0, REJECT_AMOUNT_ZERO);
        command.amount = amount_of(WORLD_FUNDS);
        world_refuses(&world, &command, kind, 0, REJECT_MONEY_DISABLED);
    }
    restrict_to(0, OPERATION_WITHDRAW, RESTRICTION_ALLOW);
    command.fee = amount_of(1);
    world_refuses(&world, &command, kind, 0, REJECT_INSUFFICIENT_BALANCE);
    command.amount = amount_of(2);
    command.fee = amount_of(UINT64_MAX); /* the sum is 1, 64 bits later */
    world_refuses(&world, &command, kind, 0, REJECT_INSUFFICIENT_BALANCE);
    command.amount = amount_of(WORLD_FUNDS - 1);
    command.fee = amount_of(1);
    world_apply(&world, &command, kind, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), 0);
}

static void locked_money_cannot_be_withdrawn(void **state)
{
    (void)state;
    (void)world_place(&world, 0, world_limit(SIDE_BUY, 10000, 10));
    struct command_withdraw_hold command = {
        .amount = amount_of(WORLD_FUNDS - 10 * 10000 * WORLD_VALUE + 1), .asset = WORLD_USDT};
    world_refuses(&world, &command, COMMAND_WITHDRAW_HOLD, 0, REJECT_INSUFFICIENT_BALANCE);
}

static void a_settlement_looks_at_the_owner_again(void **state)
{
    (void)state;
    hold(2, 1000, 30, 0);
    restrict_to(2, OPERATION_WITHDRAW, RESTRICTION_HOLD);
    struct command_withdraw_settle command = {.hold_id = 1};
    world_refuses(&world, &command, COMMAND_WITHDRAW_SETTLE, 99, REJECT_WITHDRAWAL_ON_HOLD);
    const enum restriction back[] = {RESTRICTION_REFUSE, RESTRICTION_FREEZE};
    for (u32 i = 0; i < 2; i++) {
        restrict_to(2, OPERATION_WITHDRAW, back[i]);
        settle(1 + i);
        ASSERT_KINDS(&world, EVENT_LEDGER);
        assert_entry(0, (struct event_ledger){.head.account = 2,
                                              .amount = amount_of(1030),
                                              .reference = 1 + i,
                                              .asset = WORLD_USDT,
                                              .from = LEDGER_CLASS_SUSPENSE,
                                              .to = LEDGER_CLASS_FREE,
                                              .cause = LEDGER_CAUSE_WITHDRAWAL_FALLBACK});
        assert_int_equal(world_free(&world, 2, WORLD_USDT), WORLD_FUNDS);
        restrict_to(2, OPERATION_WITHDRAW, RESTRICTION_ALLOW);
        hold(2, 1000, 30, 0);
    }
    settle(3);
    assert_int_equal(world_count(&world, EVENT_LEDGER), 2);
}

static void a_network_pays_out_what_it_has(void **state)
{
    (void)state;
    hold(2, 1000, 5000, 1); /* nothing ever came in over network 1 */
    struct command_withdraw_settle command = {.hold_id = 1};
    world_refuses(&world, &command, COMMAND_WITHDRAW_SETTLE, 0, REJECT_CUSTODY_SHORT);
    struct command_deposit deposit = {.amount = amount_of(999), .asset = WORLD_USDT, .network = 1};
    world_apply(&world, &deposit, COMMAND_DEPOSIT, 0);
    world_refuses(&world, &command, COMMAND_WITHDRAW_SETTLE, 0, REJECT_CUSTODY_SHORT);
    deposit.amount = amount_of(1);
    world_apply(&world, &deposit, COMMAND_DEPOSIT, 0);
    settle(1); /* the fee stays in the house and needs no custody */
    assert_int_equal(world_count(&world, EVENT_LEDGER), 2);
    assert_int_equal(custody(WORLD_USDT, 1), 0);
}

/* The money goes back: custody is not asked. */
static void a_fallback_needs_no_custody(void **state)
{
    (void)state;
    hold(2, 1000, 0, 1);
    restrict_to(2, OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    settle(1);
    assert_int_equal(entry(0)->cause, LEDGER_CAUSE_WITHDRAWAL_FALLBACK);
}

static void a_withdrawal_can_be_released(void **state)
{
    (void)state;
    hold(2, 1000, 30, 0);
    struct command_hold_release release = {.hold_id = 1, .cause = 55};
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU); /* no return: a withdrawal */
    assert_entry(0, (struct event_ledger){.head.account = 2,
                                          .amount = amount_of(1030),
                                          .reference = 1,
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_SUSPENSE,
                                          .to = LEDGER_CLASS_FREE,
                                          .cause = LEDGER_CAUSE_WITHDRAWAL_RELEASE,
                                          .reason = 55});
    assert_int_equal(world_free(&world, 2, WORLD_USDT), WORLD_FUNDS);
    world_refuses(&world, &release, COMMAND_HOLD_RELEASE, 0, REJECT_UNKNOWN_HOLD);
}

/* ---- held deposits ---- */

static void hold_deposit(u64 amount, u16 network)
{
    restrict_to(3, OPERATION_DEPOSIT, RESTRICTION_HOLD);
    struct command_deposit deposit = {
        .amount = amount_of(amount), .asset = WORLD_BTC, .network = network};
    world_apply(&world, &deposit, COMMAND_DEPOSIT, 3);
}

static void a_held_deposit_is_released_or_returned(void **state)
{
    (void)state;
    hold_deposit(700, 1);
    hold_deposit(800, 1);
    struct command_hold_release release = {.hold_id = 1, .cause = 6};
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0); /* the restriction is not asked again */
    assert_entry(0, (struct event_ledger){.head.account = 3,
                                          .amount = amount_of(700),
                                          .reference = 1,
                                          .asset = WORLD_BTC,
                                          .from = LEDGER_CLASS_SUSPENSE,
                                          .to = LEDGER_CLASS_FREE,
                                          .cause = LEDGER_CAUSE_DEPOSIT_RELEASE,
                                          .reason = 6});
    release.hold_id = 2;
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU);
    assert_entry(0, (struct event_ledger){.head.account = 3,
                                          .amount = amount_of(800),
                                          .reference = 2,
                                          .asset = WORLD_BTC,
                                          .network = 1,
                                          .from = LEDGER_CLASS_SUSPENSE,
                                          .to = LEDGER_CLASS_CUSTODY,
                                          .cause = LEDGER_CAUSE_DEPOSIT_RETURN,
                                          .reason = 6});
    assert_int_equal(custody(WORLD_BTC, 1), 700);
    assert_int_equal(suspense(WORLD_BTC), 0);
    assert_int_equal(world.core->hold_slab.count, 0);
}

static void a_held_deposit_cannot_be_settled(void **state)
{
    (void)state;
    hold_deposit(700, 1);
    struct command_withdraw_settle command = {.hold_id = 1};
    world_refuses(&world, &command, COMMAND_WITHDRAW_SETTLE, 0, REJECT_HOLD_KIND);
}

static void a_return_needs_its_networks_custody(void **state)
{
    (void)state;
    hold_deposit(700, 1);
    struct command_withdraw_hold out = {.amount = amount_of(100), .asset = WORLD_BTC, .network = 1};
    world_apply(&world, &out, COMMAND_WITHDRAW_HOLD, 0);
    settle(2);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    struct command_hold_release release = {.hold_id = 1};
    world_refuses(&world, &release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU, REJECT_CUSTODY_SHORT);
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 3);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void hold_ids_have_no_gaps(void **state)
{
    (void)state;
    hold(0, 1, 0, 0);
    struct command_withdraw_hold refused = {.amount = amount_of(UINT64_MAX), .asset = WORLD_USDT};
    world_refuses(&world, &refused, COMMAND_WITHDRAW_HOLD, 0, REJECT_INSUFFICIENT_BALANCE);
    hold_deposit(1, 0);
    assert_int_equal(entry(0)->reference, 2);
    hold(0, 1, 0, 0);
    assert_int_equal(entry(0)->reference, 3);
    assert_int_not_equal(index_hold(world.core, 2), 0);
}

/* ---- transfers ---- */

static void a_transfer_is_one_entry_between_two_accounts(void **state)
{
    (void)state;
    struct command_transfer transfer = {
        .amount = amount_of(900), .target_account = 4, .asset = WORLD_BTC};
    world_apply(&world, &transfer, COMMAND_TRANSFER, 2);
    ASSERT_KINDS(&world, EVENT_LEDGER);
    assert_entry(0, (struct event_ledger){.head.account = 2,
                                          .amount = amount_of(900),
                                          .asset = WORLD_BTC,
                                          .from = LEDGER_CLASS_FREE,
                                          .to = LEDGER_CLASS_FREE,
                                          .cause = LEDGER_CAUSE_TRANSFER,
                                          .other_account = 4});
    assert_int_equal(world_free(&world, 2, WORLD_BTC), WORLD_FUNDS - 900);
    assert_int_equal(world_free(&world, 4, WORLD_BTC), WORLD_FUNDS + 900);
}

static void the_checks_of_a_transfer_come_in_order(void **state)
{
    (void)state;
    struct command_transfer transfer = {.target_account = WORLD_ACCOUNTS, .asset = 9};
    const u16 kind = COMMAND_TRANSFER;
    world_refuses(&world, &transfer, kind, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &transfer, kind, 0, REJECT_UNKNOWN_ACCOUNT);
    transfer.target_account = 0;
    world_refuses(&world, &transfer, kind, 0, REJECT_UNKNOWN_ASSET);
    transfer.asset = WORLD_USDT;
    world_refuses(&world, &transfer, kind, 0, REJECT_SAME_ACCOUNT);
    transfer.target_account = 1;
    restrict_to(1, OPERATION_TRANSFER_IN, RESTRICTION_HOLD);
    world_refuses(&world, &transfer, kind, 0, REJECT_AMOUNT_ZERO);
    transfer.amount = amount_of(WORLD_FUNDS + 1);
    world_refuses(&world, &transfer, kind, 0, REJECT_MONEY_DISABLED);
    restrict_to(1, OPERATION_TRANSFER_OUT, RESTRICTION_FREEZE); /* only its own out */
    restrict_to(0, OPERATION_TRANSFER_OUT, RESTRICTION_REFUSE);
    world_refuses(&world, &transfer, kind, 0, REJECT_MONEY_DISABLED);
    restrict_to(0, OPERATION_TRANSFER_IN, RESTRICTION_FREEZE); /* only its own in */
    world_refuses(&world, &transfer, kind, 0, REJECT_INSUFFICIENT_BALANCE);
    transfer.amount = amount_of(WORLD_FUNDS);
    world_apply(&world, &transfer, kind, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    assert_int_equal(world_free(&world, 0, WORLD_USDT), 0);
}

/* ---- adjustments ---- */

static void an_adjustment_is_paid_by_equity(void **state)
{
    (void)state;
    struct command_adjust adjust = {
        .amount = amount_of(40), .asset = WORLD_USDT, .direction = DIRECTION_IN, .reason = 12};
    world_apply(&world, &adjust, COMMAND_ADJUST, 1);
    assert_entry(0, (struct event_ledger){.head.account = 1,
                                          .amount = amount_of(40),
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_EQUITY,
                                          .to = LEDGER_CLASS_FREE,
                                          .cause = LEDGER_CAUSE_ADJUSTMENT,
                                          .reason = 12});
    assert_true(core_house_of(world.core, WORLD_USDT).equity == -40);
    adjust.direction = DIRECTION_OUT;
    adjust.amount = amount_of(100);
    world_apply(&world, &adjust, COMMAND_ADJUST, 1);
    assert_entry(0, (struct event_ledger){.head.account = 1,
                                          .amount = amount_of(100),
                                          .asset = WORLD_USDT,
                                          .from = LEDGER_CLASS_FREE,
                                          .to = LEDGER_CLASS_EQUITY,
                                          .cause = LEDGER_CAUSE_ADJUSTMENT,
                                          .reason = 12});
    assert_true(core_house_of(world.core, WORLD_USDT).equity == 60);
    assert_int_equal(world_free(&world, 1, WORLD_USDT), WORLD_FUNDS - 60);
}

static void the_checks_of_an_adjustment_come_in_order(void **state)
{
    (void)state;
    struct command_adjust adjust = {.asset = 9, .direction = 2};
    const u16 kind = COMMAND_ADJUST;
    world_refuses(&world, &adjust, kind, WORLD_ACCOUNTS, REJECT_UNKNOWN_ACCOUNT);
    world_refuses(&world, &adjust, kind, 0, REJECT_UNKNOWN_ASSET);
    adjust.asset = WORLD_USDT;
    world_refuses(&world, &adjust, kind, 0, REJECT_BAD_ENUM);
    adjust.direction = DIRECTION_OUT;
    world_refuses(&world, &adjust, kind, 0, REJECT_AMOUNT_ZERO);
    adjust.amount = amount_of(WORLD_FUNDS + 1);
    world_refuses(&world, &adjust, kind, 0, REJECT_INSUFFICIENT_BALANCE);
    adjust.direction = DIRECTION_IN;
    u64 left = (1ULL << 63) - WORLD_ACCOUNTS * WORLD_FUNDS;
    adjust.amount = amount_of(left);
    world_refuses(&world, &adjust, kind, 0, REJECT_AMOUNT_OVERFLOW);
    adjust.amount = amount_of(left - 1);
    world_apply(&world, &adjust, kind, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

/* ---- rows ---- */

static void money_for_a_new_asset_needs_a_row(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.balance_rows_max = 3;
    world_open_empty(&world, &limits);
    struct command_asset_add asset = {.scale = 8, .name = "BTC"};
    world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    account.restrictions = (u64)RESTRICTION_HOLD << 2 * OPERATION_DEPOSIT;
    world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
    world_deposit(&world, 0, 0, 100); /* takes the only chunk */
    struct command_deposit deposit = {.amount = amount_of(5)};
    struct command_transfer transfer = {.amount = amount_of(5), .target_account = 1};
    struct command_adjust adjust = {.amount = amount_of(5)};
    struct command_hold_release release = {.hold_id = 1};
    world_deposit(&world, 1, 0, 5); /* held: needs none */
    world_refuses(&world, &release, COMMAND_HOLD_RELEASE, 0, REJECT_LIMIT_BALANCE_ROWS);
    world_refuses(&world, &transfer, COMMAND_TRANSFER, 0, REJECT_LIMIT_BALANCE_ROWS);
    world_refuses(&world, &adjust, COMMAND_ADJUST, 1, REJECT_LIMIT_BALANCE_ROWS);
    restrict_to(1, OPERATION_DEPOSIT, RESTRICTION_ALLOW);
    world_refuses(&world, &deposit, COMMAND_DEPOSIT, 1, REJECT_LIMIT_BALANCE_ROWS);
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU); /* a return needs none */
    world_assert_reject(world_reject(&world), REJECT_NONE);
    world_close(&world);
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(a_deposit_goes_from_custody_to_free),
        EXAMPLE(the_checks_of_a_deposit_come_in_order),
        EXAMPLE(custody_is_bounded_by_itself),
        EXAMPLE(a_deposit_restriction_holds_the_money),
        EXAMPLE(a_held_deposit_makes_no_balance_row),
        EXAMPLE(a_withdrawal_is_held_then_settled_with_its_fee),
        EXAMPLE(a_withdrawal_without_a_fee_is_one_entry),
        EXAMPLE(the_checks_of_a_withdrawal_come_in_order),
        EXAMPLE(locked_money_cannot_be_withdrawn),
        EXAMPLE(a_settlement_looks_at_the_owner_again),
        EXAMPLE(a_network_pays_out_what_it_has),
        EXAMPLE(a_fallback_needs_no_custody),
        EXAMPLE(a_withdrawal_can_be_released),
        EXAMPLE(a_held_deposit_is_released_or_returned),
        EXAMPLE(a_held_deposit_cannot_be_settled),
        EXAMPLE(a_return_needs_its_networks_custody),
        EXAMPLE(hold_ids_have_no_gaps),
        EXAMPLE(a_transfer_is_one_entry_between_two_accounts),
        EXAMPLE(the_checks_of_a_transfer_come_in_order),
        EXAMPLE(an_adjustment_is_paid_by_equity),
        EXAMPLE(the_checks_of_an_adjustment_come_in_order),
        cmocka_unit_test(money_for_a_new_asset_needs_a_row),
    };
    return cmocka_run_group_tests_name("funds", tests, NULL, NULL);
}
