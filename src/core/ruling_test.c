/* Aim: what rules say of a person reaches the accounts in the same command: orders expire, money is
 * released or held, licences are spent; a mass re-evaluation goes on in slices, fixed in its
 * prices; a core built from a snapshot goes on alike.
 *
 * Method: one small pack (a nationality, a threshold, a list, an asset), a few persons, and the
 * events of each command (tests/support/rules_scene.h). The random comparison with the naive model
 * is in sim/. */
#include "core/ruling.h"

#include "core/snapshot.h"
#include "tests/support/rules_scene.h"

#include <stdlib.h>
#include <string.h>

static void a_price_over_the_amount_restricts_and_a_fall_lifts_after_the_dwell(void **state)
{
    (void)state;
    rules_activate();
    rules_go_on();
    rules_person(1, 3);
    rules_nationality(1, "RU", 0);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_account_has(3, 0);
    u64 order = world_place(&rules_world, 3, world_limit(SIDE_BUY, 100, 5000));
    rules_price(WORLD_BTC, EUR / 2, START);
    rules_value();
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_DECISION, EVENT_RESTRICTED, EVENT_ORDER_DONE,
                 EVENT_REEVALUATED);
    const struct event_decision *decision = world_event(&rules_world, EVENT_DECISION, 0);
    assert_int_equal(decision->holdings, 14000 * EUR);
    assert_int_equal(decision->truth, TRUTH_YES);
    assert_int_equal(decision->flags,
                     DECISION_FLAG_OVER | DECISION_FLAG_HOLDINGS_KNOWN | DECISION_FLAG_WATCHED);
    const struct event_order_done *done = world_event(&rules_world, EVENT_ORDER_DONE, 0);
    assert_int_equal(done->order_id, order);
    assert_int_equal(done->reason, EXPIRY_REASON_EXCHANGE_CANCELED);
    assert_int_equal(world_locked(&rules_world, 3, WORLD_USDT), 0);
    rules_account_has(3, WITHDRAW_ONLY);
    world_refuses_order(&rules_world, 3, world_limit(SIDE_BUY, 100, 5000), REJECT_ACCOUNT_DISABLED);

    rules_at(START + 1000);
    rules_price(WORLD_BTC, EUR / 5, START + 1000);
    rules_value();
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_REEVALUATED);
    rules_account_has(3, WITHDRAW_ONLY);
    assert_int_equal(core_rules_due(rules_world.core), START + 1000 + DAY);
    rules_at(START + 1000 + DAY - 1);
    rules_price(WORLD_USDT, EUR / 5, START + 1000 + DAY - 1);
    rules_price(WORLD_BTC, EUR / 5, START + 1000 + DAY - 1);
    rules_account_has(3, WITHDRAW_ONLY);
    assert_false(core_rules_wait(rules_world.core, START + 1000 + DAY - 1));
    assert_true(core_rules_wait(rules_world.core, START + 1000 + DAY));
    rules_at(START + 1000 + DAY);
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_TIME, EVENT_DECISION, EVENT_RESTRICTED);
    rules_account_has(3, 0);
}

static void exactly_the_amount_is_not_above_it_and_warns(void **state)
{
    (void)state;
    rules_activate();
    rules_person(1, 3);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_price(WORLD_BTC, EUR / 4, START);
    rules_price(WORLD_USDT, EUR / 4, START);
    rules_nationality(1, "RU", 0);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_DECISION);
    const struct event_decision *decision = world_event(&rules_world, EVENT_DECISION, 0);
    assert_int_equal(decision->holdings, TEN_THOU);
    assert_int_equal(decision->truth, TRUTH_NO);
    assert_int_not_equal(decision->flags & DECISION_FLAG_WARNED, 0);
    rules_account_has(3, 0);
    world_deposit(&rules_world, 3, WORLD_BTC, 1);
    ASSERT_KINDS(&rules_world, EVENT_LEDGER, EVENT_DECISION, EVENT_RESTRICTED);
    rules_account_has(3, WITHDRAW_ONLY);
}

static void two_accounts_of_one_person_are_added_up(void **state)
{
    (void)state;
    rules_activate();
    rules_price(WORLD_BTC, EUR * 3 / 10, START);
    rules_price(WORLD_USDT, 1, START);
    rules_person(1, 3);
    rules_person(2, 4);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_listing(2, LISTING_STATE_CLEAR);
    rules_nationality(1, "RU", 0);
    rules_nationality(2, "RU", 0);
    rules_account_has(3, 0);
    rules_account_has(4, 0);
    struct command_unlink unlink = {.person = 2, .officer = 1};
    world_refuses(&rules_world, &unlink, COMMAND_UNLINK, 4, REJECT_NEEDS_SECOND);
    unlink.second = 2;
    rules_accepted(&unlink, COMMAND_UNLINK, 4);
    struct command_link link = {.person = 1, .officer = 1};
    rules_accepted(&link, COMMAND_LINK, 4);
    rules_account_has(3, WITHDRAW_ONLY);
    rules_account_has(4, WITHDRAW_ONLY);
}

/* Golden by name: the second sign-up tells nothing, so it is held; joined, both count together. */
static void an_evaders_second_sign_up_is_caught(void **state)
{
    (void)state;
    rules_activate();
    rules_go_on();
    rules_price(WORLD_BTC, EUR * 3 / 10, START);
    rules_price(WORLD_USDT, 1, START);
    rules_person(1, 3);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_nationality(1, "RU", 0);
    rules_account_has(3, 0); /* EUR 6,000 */
    rules_person(2, 4);
    rules_listing(2, LISTING_STATE_CLEAR);
    rules_account_has(4, 0);
    world_deposit(&rules_world, 4, WORLD_BTC, 20000 * WORLD_COIN);
    rules_account_has(4, REVIEW); /* EUR 12,000 of nobody knows whom */
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 4, REJECT_MONEY_DISABLED);
    struct command_unlink unlink = {.person = 2, .officer = 1, .second = 2};
    struct command_link link = {.person = 1, .officer = 1};
    rules_accepted(&unlink, COMMAND_UNLINK, 4);
    rules_accepted(&link, COMMAND_LINK, 4);
    rules_account_has(3, WITHDRAW_ONLY);
    rules_account_has(4, WITHDRAW_ONLY);
    assert_int_equal(world_place(&rules_world, 4, world_limit(SIDE_BUY, 100, 5000)), 0);
    world_assert_reject(world_reject(&rules_world), REJECT_ACCOUNT_DISABLED);
}

static void unknown_is_not_no_and_a_candidate_holds(void **state)
{
    (void)state;
    rules_person(1, 3);
    rules_activate();
    rules_go_on();
    rules_account_has(3, 0); /* EUR 8,000: whoever it is, not above */
    rules_price(WORLD_BTC, EUR, START);
    rules_value();
    rules_go_on();
    rules_account_has(3, REVIEW);
    rules_listing(1, LISTING_STATE_CANDIDATE);
    u64 row = rules_nationality(1, "DE", 0);
    rules_account_has(3, REVIEW);
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_MONEY_DISABLED);
    rules_nationality(1, "RU", row);
    rules_account_has(3, WITHDRAW_ONLY | REVIEW); /* golden case 12 */
    rules_listing(1, LISTING_STATE_CONFIRMED);
    rules_account_has(3, rule_vector_join(WITHDRAW_ONLY | REVIEW, FREEZE));
}

static void a_licence_is_spent_once_and_comes_back(void **state)
{
    (void)state;
    rules_pack.rules[0].vector |= BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    rules_activate();
    rules_person(1, 3);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_price(WORLD_BTC, EUR, START);
    rules_nationality(1, "RU", 0);
    struct command_licence_set licence = {.licence = 1,
                                          .person = 1,
                                          .ceiling = 5000 * EUR,
                                          .until = START + 10 * DAY,
                                          .operations = 1U << OPERATION_WITHDRAW,
                                          .ground = 'b',
                                          .officer = 1,
                                          .second = 2};
    memcpy(licence.pack_id, "test", 4);
    memcpy(licence.rule_id, "amount", 6);
    rules_accepted(&licence, COMMAND_LICENCE_SET, 0);
    struct command_withdraw_hold out = {.amount = amount_of(4000 * WORLD_COIN),
                                        .fee = amount_of(1000 * WORLD_COIN),
                                        .asset = WORLD_BTC};
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_MONEY_DISABLED);
    out.licence = 2;
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_UNKNOWN_LICENCE);
    out.licence = 1;
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 4, REJECT_UNKNOWN_LICENCE);
    world_apply(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3);
    ASSERT_KINDS(&rules_world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    const struct event_ledger *ledger = world_event(&rules_world, EVENT_LEDGER, 0);
    u64 hold = ledger->reference;
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_LICENCE_CEILING);
    struct command_hold_release release = {.hold_id = hold};
    world_apply(&rules_world, &release, COMMAND_HOLD_RELEASE, 3);
    ASSERT_KINDS(&rules_world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    world_apply(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3);
    ASSERT_KINDS(&rules_world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    ledger = world_event(&rules_world, EVENT_LEDGER, 0);
    struct command_withdraw_settle settle = {.hold_id = ledger->reference};
    world_deposit(&rules_world, 5, WORLD_BTC, 9000 * WORLD_COIN);
    world_apply(&rules_world, &settle, COMMAND_WITHDRAW_SETTLE, 0);
    ASSERT_KINDS(&rules_world, EVENT_LEDGER, EVENT_LEDGER);
    world_refuses(&rules_world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_LICENCE_CEILING);
}

static void many_are_worked_off_in_slices_and_the_named_first(void **state)
{
    (void)state;
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    rules_accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        rules_person(i, i);
        rules_nationality(i, "RU", 0);
        rules_listing(i, LISTING_STATE_CLEAR);
    }
    rules_price(WORLD_BTC, EUR, START);
    rules_activate();
    rules_price(WORLD_BTC, EUR / 5,
                START); /* the entry keeps the higher one; this works off person 1 */
    rules_account_has(1, WITHDRAW_ONLY);
    rules_account_has(2, 0);
    assert_int_equal(world_place(&rules_world, 4, world_limit(SIDE_BUY, 100, 5000)), 0);
    world_assert_reject(world_reject(&rules_world), REJECT_ACCOUNT_DISABLED);
    rules_account_has(4, WITHDRAW_ONLY);
    rules_account_has(2, WITHDRAW_ONLY);
    rules_account_has(3, 0);
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_DECISION, EVENT_RESTRICTED, EVENT_REEVALUATED);
    const struct event_reevaluated *done = world_event(&rules_world, EVENT_REEVALUATED, 0);
    assert_int_equal(done->persons, 4);
    assert_int_equal(done->changed, 3); /* person 4 was looked at when it was named */
}

/* Two entries of one pack keep different prices: whoever is looked at twice would go over the
 * amount and back once more. */
static void a_transfer_between_accounts_of_one_person_looks_once(void **state)
{
    (void)state;
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    struct command_link link = {.person = 4, .officer = 1};
    rules_pack.rules[0].dwell_us = 0;
    rules_price(WORLD_BTC, EUR / 50, START);
    rules_accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        rules_person(i, i);
        rules_nationality(i, "RU", 0);
        rules_listing(i, LISTING_STATE_CLEAR);
    }
    rules_accepted(&link, COMMAND_LINK, 5);
    rules_activate();
    rules_go_on();
    rules_price(WORLD_BTC, EUR, START);
    rules_value();
    rules_price(WORLD_BTC, EUR / 50, START); /* works off person 1 */
    rules_value();                           /* and person 2 */
    struct command_transfer transfer = {
        .amount = amount_of(1), .target_account = 5, .asset = WORLD_BTC};
    world_apply(&rules_world, &transfer, COMMAND_TRANSFER, 4);
    world_assert_reject(world_reject(&rules_world), REJECT_NONE);
    const u32 persons[] = {4, 4, 3}; /* over, not over, and the slice */
    for (u32 i = 0; i < ARRAY_COUNT(persons); i++) {
        const struct event_decision *decision = world_event(&rules_world, EVENT_DECISION, i);
        assert_non_null(decision);
        assert_int_equal(decision->person, persons[i]);
    }
    assert_null(world_event(&rules_world, EVENT_DECISION, ARRAY_COUNT(persons)));
}

static u64 withdrawal(u32 account)
{
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    rules_accepted(&out, COMMAND_WITHDRAW_HOLD, account);
    return ((const struct event_ledger *)world_event(&rules_world, EVENT_LEDGER, 0))->reference;
}

/* A settlement names a hold and no account. */
static void who_waits_is_looked_at_before_a_hold_leaves(void **state)
{
    (void)state;
    rules_four_frozen(0);
    struct command_restrict restrict_deposits = {.restrictions =
                                                     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD)};
    rules_accepted(&restrict_deposits, COMMAND_RESTRICT, 4);
    u64 hold = withdrawal(3);
    world_deposit(&rules_world, 4, WORLD_BTC, 7);
    u64 deposit =
        ((const struct event_ledger *)world_event(&rules_world, EVENT_LEDGER, 0))->reference;
    rules_activate();
    struct command_withdraw_settle settle = {.hold_id = hold};
    world_apply(&rules_world, &settle, COMMAND_WITHDRAW_SETTLE, 0);
    world_assert_reject(world_reject(&rules_world), REJECT_NONE);
    const struct event_ledger *ledger = world_event(&rules_world, EVENT_LEDGER, 0);
    assert_int_equal(ledger->cause, LEDGER_CAUSE_WITHDRAWAL_FALLBACK);
    struct command_hold_release back = {.hold_id = deposit};
    world_apply(&rules_world, &back, COMMAND_HOLD_RELEASE, UINT32_MAX);
    world_assert_reject(world_reject(&rules_world), REJECT_MONEY_DISABLED);
}

static void what_time_has_changed_is_seen_before_the_persons_own_command(void **state)
{
    (void)state;
    rules_activate();
    rules_four_frozen(START + DAY);
    rules_account_has(4, 0);
    rules_at(START + DAY);
    world_place(&rules_world, 4, world_limit(SIDE_BUY, 100, 5000));
    world_assert_reject(world_reject(&rules_world), REJECT_ACCOUNT_DISABLED);
    rules_account_has(1, FREEZE);
    rules_account_has(2, 0);
    rules_account_has(4, FREEZE);
}

static void an_asset_without_a_price_hides_nothing(void **state)
{
    (void)state;
    rules_activate();
    rules_person(1, 3);
    rules_listing(1, LISTING_STATE_CLEAR);
    rules_nationality(1, "RU", 0);
    rules_account_has(3, 0);
    world_deposit(&rules_world, 3, 3, 1);
    rules_account_has(3, REVIEW); /* perhaps above */
    rules_price(WORLD_BTC, EUR, START);
    rules_value();
    rules_go_on();
    rules_account_has(3, WITHDRAW_ONLY); /* above, whatever the rest is worth */
    const struct event_decision *decision = world_event(&rules_world, EVENT_DECISION, 0);
    assert_int_equal(decision->truth, TRUTH_YES);
    assert_int_equal(decision->holdings, 0); /* the sum is not known */
}

static void without_persons_everything_is_refused(void **state)
{
    (void)state;
    world_close(&rules_world);
    world_open(&rules_world);
    struct command_person_add add = {.person = 1, .officer = 1};
    world_refuses(&rules_world, &add, COMMAND_PERSON_ADD, 0, REJECT_LIMIT_PERSONS);
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    world_refuses(&rules_world, &set, COMMAND_RULES_SET, 0, REJECT_LIMIT_PERSONS);
    struct command_case_act act = {.matter = 1, .act = CASE_ACT_OPEN};
    rules_accepted(&act, COMMAND_CASE_ACT, 0);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, rules_open, rules_close)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_price_over_the_amount_restricts_and_a_fall_lifts_after_the_dwell),
        IN_WORLD(exactly_the_amount_is_not_above_it_and_warns),
        IN_WORLD(two_accounts_of_one_person_are_added_up),
        IN_WORLD(an_evaders_second_sign_up_is_caught),
        IN_WORLD(unknown_is_not_no_and_a_candidate_holds),
        IN_WORLD(a_licence_is_spent_once_and_comes_back),
        IN_WORLD(many_are_worked_off_in_slices_and_the_named_first),
        IN_WORLD(a_transfer_between_accounts_of_one_person_looks_once),
        IN_WORLD(who_waits_is_looked_at_before_a_hold_leaves),
        IN_WORLD(what_time_has_changed_is_seen_before_the_persons_own_command),
        IN_WORLD(an_asset_without_a_price_hides_nothing),
        IN_WORLD(without_persons_everything_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
