/* Aim: a login gets an account and a person of its own, in one command or not at all; a pause holds
 * what leaves, joins what else restricts, never shortens, ends by itself at its instant, and no
 * licence and no change of person gets past it. Method: a small venue
 * (tests/support/rules_scene.h), commands by hand from the source of logins and from others; a core
 * from a snapshot goes on alike.
 */
#include "core/login.h"

#include "core/ruling.h"
#include "core/snapshot.h"
#include "tests/support/rules_scene.h"
#include "wire/link.h"

#include <stdlib.h>
#include <string.h>

#define HOUR  3600000000ULL
#define LOGIN 77ULL
#define NEW   WORLD_ACCOUNTS
#define SHUT  BITS(OPERATION_TRADE, RESTRICTION_REFUSE)
#define PAUSED \
    (BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD) | BITS(OPERATION_TRANSFER_OUT, RESTRICTION_HOLD))

static int open_scene(void **state)
{
    assert_int_equal(rules_open(state), 0);
    rules_at(START);
    rules_world.source = LINK_SOURCE_LOGINS;
    return 0;
}

static void opens(u64 login, u64 restrictions)
{
    struct command_login_open open = {.login = login, .restrictions = restrictions};
    rules_accepted(&open, COMMAND_LOGIN_OPEN, 0);
}

static void opens_not(u64 login, enum reject reject)
{
    struct command_login_open open = {.login = login};
    world_refuses(&rules_world, &open, COMMAND_LOGIN_OPEN, 0, reject);
}

static struct command_withdraw_pause pause_of(u64 login, u64 until)
{
    return (struct command_withdraw_pause){
        .login = login, .until = until, .cause = LOGIN_CAUSE_PASSWORD_RESET};
}

static void pauses(u64 login, u64 until)
{
    struct command_withdraw_pause pause = pause_of(login, until);
    u8 source = rules_world.source;
    rules_world.source = LINK_SOURCE_LOGINS;
    rules_accepted(&pause, COMMAND_WITHDRAW_PAUSE, 0);
    rules_world.source = source;
}

static void a_login_gets_an_account_and_a_person(void **state)
{
    (void)state;
    rules_world.source = 1;
    rules_person(1, 3);
    rules_world.source = LINK_SOURCE_LOGINS;
    opens(LOGIN, SHUT);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED);
    const struct event_applied *applied = world_event(&rules_world, EVENT_APPLIED, 0);
    const struct command_login_open *told = (const void *)(applied + 1);
    assert_int_equal(applied->head.account, NEW);
    assert_int_equal(told->head.account, NEW);
    assert_int_equal(told->login, LOGIN);
    assert_int_equal(told->person, 2);
    assert_int_equal(login_account(rules_world.core, LOGIN), NEW);
    assert_int_equal(login_account(rules_world.core, LOGIN + 1), LOGIN_ACCOUNT_NONE);
    assert_int_equal(login_account(rules_world.core, LOGIN + (1ULL << 32)), LOGIN_ACCOUNT_NONE);
    rules_account_has(NEW, SHUT);
    opens(LOGIN + (1ULL << 32), 0); /* the same low half */
    assert_int_equal(login_account(rules_world.core, LOGIN + (1ULL << 32)), NEW + 1);
    assert_int_equal(login_account(rules_world.core, LOGIN), NEW);
}

static void refusals_are_by_name(void **state)
{
    (void)state;
    struct command_login_open named = {.login = 1, .person = 1};
    struct command_withdraw_pause pause = pause_of(LOGIN, START + HOUR);
    rules_world.source = LINK_SOURCE_ADMIN;
    opens_not(LOGIN, REJECT_NEEDS_SECOND);
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_NEEDS_SECOND);
    rules_world.source = LINK_SOURCE_SCREEN;
    opens_not(LOGIN, REJECT_NEEDS_SECOND);
    rules_world.source = LINK_SOURCE_LOGINS;
    opens_not(0, REJECT_BAD_DEFINITION);
    world_refuses(&rules_world, &named, COMMAND_LOGIN_OPEN, 0, REJECT_BAD_DEFINITION);
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_UNKNOWN_ACCOUNT);
    opens(LOGIN, 0);
    opens_not(LOGIN, REJECT_ALREADY_EXISTS);
    pause.cause = 0;
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_BAD_ENUM);
    pause.cause = LOGIN_CAUSE_COUNT;
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_BAD_ENUM);
    pause = pause_of(LOGIN, START + LOGIN_PAUSE_MAX_US + 1);
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_BAD_DEFINITION);
    pause.until = RULE_TIME_OPEN;
    world_refuses(&rules_world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_BAD_DEFINITION);
    pauses(LOGIN, START + LOGIN_PAUSE_MAX_US);
}

static void full_is_a_refusal_that_changes_nothing(void **state)
{
    (void)state;
    u32 room = rules_world.limits.accounts_max - WORLD_ACCOUNTS;
    assert_true(room < rules_world.limits.persons_max);
    for (u32 i = 1; i <= room; i++) {
        opens(i, 0);
    }
    opens_not(room + 1, REJECT_LIMIT_ACCOUNTS);
}

static void full_of_persons_is_one_too(void **state)
{
    (void)state;
    rules_world.source = LINK_SOURCE_ADMIN;
    for (u32 i = 1; i <= rules_world.limits.persons_max; i++) {
        struct command_person_add add = {.person = i, .officer = 1};
        rules_accepted(&add, COMMAND_PERSON_ADD, 0);
    }
    rules_world.source = LINK_SOURCE_LOGINS;
    opens_not(LOGIN, REJECT_LIMIT_PERSONS);
    assert_int_equal(core_counts_of(rules_world.core).accounts, WORLD_ACCOUNTS);
}

/* ---- what the rules say of a new person counts at once ---- */

static void rules_in_force_hold_a_new_person(void **state)
{
    (void)state;
    rules_world.source = 1;
    rules_activate();
    rules_go_on();
    rules_price(WORLD_BTC, EUR, START);
    rules_price(WORLD_USDT, EUR, START);
    rules_world.source = LINK_SOURCE_LOGINS;
    opens(LOGIN, SHUT);
    rules_account_has(NEW, SHUT);
    rules_world.source = 1;
    world_deposit(&rules_world, NEW, WORLD_BTC, 20000 * WORLD_COIN);
    rules_account_has(NEW, SHUT | REVIEW); /* nobody knows who they are */
}

/* ---- pauses ---- */

static void withdraws(enum reject reject)
{
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    struct command_transfer across = {.amount = amount_of(5), .asset = WORLD_BTC};
    rules_world.source = 1;
    if (reject == REJECT_NONE) {
        rules_accepted(&out, COMMAND_WITHDRAW_HOLD, NEW);
        rules_accepted(&across, COMMAND_TRANSFER, NEW);
    } else {
        world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, NEW, reject);
        world_refuses(&rules_world, &across, COMMAND_TRANSFER, NEW, reject);
    }
    rules_world.source = LINK_SOURCE_LOGINS;
}

static void a_pause_ends_at_its_instant(void **state)
{
    (void)state;
    opens(LOGIN, 0);
    world_deposit(&rules_world, NEW, WORLD_BTC, WORLD_COIN);
    struct command_withdraw_hold out = {.amount = amount_of(7), .asset = WORLD_BTC};
    rules_accepted(&out, COMMAND_WITHDRAW_HOLD, NEW);
    const struct event_ledger *held = world_event(&rules_world, EVENT_LEDGER, 0);
    struct command_withdraw_settle settle = {.hold_id = held->reference};
    pauses(LOGIN, START + 2 * HOUR);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_RESTRICTED);
    const struct event_restricted *event = world_event(&rules_world, EVENT_RESTRICTED, 0);
    assert_int_equal(event->after, PAUSED);
    assert_int_equal(event->person, 1);
    assert_int_equal(core_rules_due(rules_world.core), START + 2 * HOUR);
    withdraws(REJECT_MONEY_DISABLED);
    world_refuses(&rules_world, &settle, COMMAND_WITHDRAW_SETTLE, 0, REJECT_WITHDRAWAL_ON_HOLD);
    rules_world.source = 1;
    assert_int_not_equal(world_place(&rules_world, NEW, world_limit(SIDE_SELL, 100, 1)), 0);
    pauses(LOGIN, START + HOUR); /* shorter: nothing */
    ASSERT_KINDS(&rules_world, EVENT_APPLIED);
    pauses(LOGIN, START - HOUR);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED);
    rules_at(START + 2 * HOUR - 1);
    rules_go_on();
    assert_false(core_rules_wait(rules_world.core, START + 2 * HOUR - 1));
    withdraws(REJECT_MONEY_DISABLED);
    assert_true(core_rules_wait(rules_world.core, START + 2 * HOUR));
    rules_at(START + 2 * HOUR);
    withdraws(REJECT_NONE);
    rules_account_has(NEW, 0);
    rules_accepted(&settle, COMMAND_WITHDRAW_SETTLE, 0);
}

/* Nothing names the account: the command that goes on when nothing else does ends the pause. */
static void pauses_end_by_themselves_the_earliest_first(void **state)
{
    (void)state;
    for (u64 i = 0; i < 3; i++) {
        opens(LOGIN + i, 0);
    }
    pauses(LOGIN, START + 3 * HOUR);
    pauses(LOGIN + 1, START + HOUR);
    pauses(LOGIN + 2, START + HOUR);
    pauses(LOGIN + 1, START + 2 * HOUR); /* longer */
    rules_at(START + HOUR);
    rules_go_on();
    rules_account_has(NEW + 1, PAUSED);
    rules_account_has(NEW + 2, 0);
    rules_at(START + 3 * HOUR);
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_TIME, EVENT_RESTRICTED, EVENT_RESTRICTED);
    const struct event_restricted *first = world_event(&rules_world, EVENT_RESTRICTED, 0);
    assert_int_equal(first->head.account, NEW + 1);
    rules_account_has(NEW, 0);
    rules_account_has(NEW + 1, 0);
    assert_int_equal(core_rules_due(rules_world.core), RULE_TIME_OPEN);
}

static void a_pause_joins_what_is_set_by_hand(void **state)
{
    (void)state;
    u64 freeze = BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE);
    opens(LOGIN, SHUT);
    pauses(LOGIN, START + HOUR);
    rules_account_has(NEW, SHUT | PAUSED);
    struct command_restrict by_hand = {.restrictions = freeze};
    rules_world.source = LINK_SOURCE_ADMIN;
    rules_accepted(&by_hand, COMMAND_RESTRICT, NEW);
    rules_account_has(NEW, freeze | BITS(OPERATION_TRANSFER_OUT, RESTRICTION_HOLD));
    rules_at(START + HOUR);
    rules_go_on();
    rules_account_has(NEW, freeze);
}

/* The account goes from one person to another: the pause stays the account's. */
static void a_pause_outlives_its_person(void **state)
{
    (void)state;
    struct command_unlink unlink = {.person = 1, .officer = 1, .second = 2};
    struct command_link link = {.person = 2, .officer = 1};
    struct command_restrict by_hand = {.restrictions = SHUT};
    opens(LOGIN, 0);
    opens(LOGIN + 1, 0);
    pauses(LOGIN, START + HOUR);
    pauses(LOGIN + 1, START + 2 * HOUR);
    rules_world.source = LINK_SOURCE_ADMIN;
    rules_accepted(&unlink, COMMAND_UNLINK, NEW);
    rules_account_has(NEW, PAUSED);
    rules_accepted(&by_hand, COMMAND_RESTRICT, NEW);
    rules_account_has(NEW, SHUT | PAUSED);
    rules_accepted(&link, COMMAND_LINK, NEW);
    rules_account_has(NEW, SHUT | PAUSED);
    unlink.person = 2;
    rules_accepted(&unlink, COMMAND_UNLINK, NEW + 1);
    rules_accepted(&unlink, COMMAND_UNLINK, NEW);
    rules_at(START + HOUR);
    rules_go_on();
    const struct event_restricted *event = world_event(&rules_world, EVENT_RESTRICTED, 0);
    assert_non_null(event);
    assert_int_equal(event->person, 0);
    rules_account_has(NEW, SHUT);
    by_hand.restrictions = 0;
    rules_accepted(&by_hand, COMMAND_RESTRICT, NEW);
    rules_account_has(NEW, 0);
    rules_account_has(NEW + 1, PAUSED);
    rules_at(START + 2 * HOUR);
    rules_go_on();
    rules_account_has(NEW + 1, 0);
}

static void no_licence_gets_past_a_pause(void **state)
{
    (void)state;
    struct command_licence_set licence = {.licence = 1,
                                          .person = 1,
                                          .ceiling = 100000 * EUR,
                                          .until = RULE_TIME_OPEN,
                                          .operations = 1U << OPERATION_WITHDRAW,
                                          .officer = 1,
                                          .second = 2,
                                          .ground = 'b'};
    memcpy(licence.pack_id, "test", 4);
    memcpy(licence.rule_id, "amount", 6);
    opens(LOGIN, 0);
    rules_world.source = LINK_SOURCE_ADMIN;
    rules_activate();
    rules_go_on();
    rules_price(WORLD_BTC, EUR, START);
    rules_price(WORLD_USDT, EUR, START);
    world_deposit(&rules_world, NEW, WORLD_BTC, 20000 * WORLD_COIN);
    rules_account_has(NEW, REVIEW);
    rules_accepted(&licence, COMMAND_LICENCE_SET, 0);
    struct command_withdraw_hold out = {
        .amount = amount_of(WORLD_COIN), .asset = WORLD_BTC, .licence = 1};
    rules_accepted(&out, COMMAND_WITHDRAW_HOLD, NEW);
    const struct event_ledger *held = world_event(&rules_world, EVENT_LEDGER, 0);
    struct command_withdraw_settle settle = {.hold_id = held->reference};
    pauses(LOGIN, START + 1000);
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, NEW, REJECT_MONEY_DISABLED);
    world_refuses(&rules_world, &settle, COMMAND_WITHDRAW_SETTLE, 0, REJECT_WITHDRAWAL_ON_HOLD);
    rules_at(START + 1000);
    rules_accepted(&out, COMMAND_WITHDRAW_HOLD, NEW);
    rules_accepted(&settle, COMMAND_WITHDRAW_SETTLE, 0);
}

/* ---- the snapshot ---- */

static void begin_again_from_the_snapshot(void)
{
    struct core_restore work;
    const char *reason = NULL;
    size_t bytes = 0;
    size_t size = core_footprint(&rules_world.limits);
    u8 *snapshot = world_snapshot(&rules_world, &bytes);
    memset(rules_world.core, 0, size);
    core_restore_begin(&work, core_init(rules_world.core, size, &rules_world.limits));
    for (size_t at = 0; at < bytes;) {
        size_t step = core_restore_size(snapshot + at, bytes - at);
        assert_true(core_restore_record(&work, snapshot + at, step, &reason));
        at += step;
    }
    assert_true(core_restore_end(&work, &reason));
    core_validate(rules_world.core);
    free(snapshot);
}

static void a_snapshot_keeps_logins_and_pauses(void **state)
{
    (void)state;
    struct command_unlink unlink = {.person = 1, .officer = 1, .second = 2};
    opens(LOGIN, SHUT);
    opens(LOGIN + 1, 0);
    pauses(LOGIN, START + HOUR);
    pauses(LOGIN + 1, START + 2 * HOUR);
    rules_world.source = LINK_SOURCE_ADMIN;
    rules_accepted(&unlink, COMMAND_UNLINK, NEW);
    begin_again_from_the_snapshot();
    assert_int_equal(login_account(rules_world.core, LOGIN), NEW);
    rules_account_has(NEW, SHUT | PAUSED);
    assert_int_equal(core_rules_due(rules_world.core), START + HOUR);
    rules_at(START + 2 * HOUR);
    rules_go_on();
    rules_account_has(NEW, SHUT);
    rules_account_has(NEW + 1, 0);
}

static void without_persons_there_are_no_logins(void **state)
{
    (void)state;
    struct core_world world;
    struct command_login_open open = {.login = 1};
    struct command_withdraw_pause pause = pause_of(1, START);
    world_open(&world);
    world.source = LINK_SOURCE_LOGINS;
    world_refuses(&world, &open, COMMAND_LOGIN_OPEN, 0, REJECT_LIMIT_PERSONS);
    world_refuses(&world, &pause, COMMAND_WITHDRAW_PAUSE, 0, REJECT_LIMIT_PERSONS);
    world_close(&world);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, rules_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_login_gets_an_account_and_a_person),
        CASE(refusals_are_by_name),
        CASE(full_is_a_refusal_that_changes_nothing),
        CASE(full_of_persons_is_one_too),
        CASE(rules_in_force_hold_a_new_person),
        CASE(a_pause_ends_at_its_instant),
        CASE(pauses_end_by_themselves_the_earliest_first),
        CASE(a_pause_joins_what_is_set_by_hand),
        CASE(a_pause_outlives_its_person),
        CASE(no_licence_gets_past_a_pause),
        CASE(a_snapshot_keeps_logins_and_pauses),
        cmocka_unit_test(without_persons_there_are_no_logins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
