/* Aim: what rules say of a person reaches the accounts in the same command: orders expire, money is
 * released or held, licences are spent; a mass re-evaluation goes on in slices, fixed in its
 * prices; an asset that is forbidden closes its markets; a core built from a snapshot goes on
 * alike.
 *
 * Method: one small pack (a nationality, a threshold, a list, an asset) sent as its compiled form,
 * a few persons, and the events of each command. The random comparison with the naive model is in
 * sim/. */
#include "core/ruling.h"

#include "base/span.h"
#include "core/rule_form.h"
#include "core/snapshot.h"
#include "core/state.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

#define DAY        86400000000ULL
#define EUR        100000000ULL /* 1 EUR in 10^-8 EUR */
#define START      1650000000000000ULL
#define TEN_THOU   (10000 * EUR)
#define BITS(o, r) ((u64)(r) << (2 * (o)))
#define WITHDRAW_ONLY                                                                        \
    (BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) | \
     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD))
#define REVIEW BITS(OPERATION_WITHDRAW, RESTRICTION_HOLD)
#define FREEZE \
    (BITS(OPERATION_TRADE, RESTRICTION_FREEZE) | BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE))

static struct core_world world;
static struct rule_pack pack;

static u64 name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

/* ---- a pack ---- */

static struct rule *rule_begin(const char *id)
{
    struct rule *rule = &pack.rules[pack.rules_count++];
    memcpy(rule->id, id, strlen(id));
    rule->effective = pack.effective;
    rule->scope = RULE_SCOPE_PERSON;
    rule->subject_first = pack.nodes_count;
    rule->subject_count = 1;
    return rule;
}

/* Rule 0: nationality RU and more than EUR 10,000; 1: on the list; 2: the asset ETH. */
static void pack_make(void)
{
    memset(&pack, 0, sizeof pack);
    memcpy(pack.id, "test", 4);
    pack.version = 1;
    pack.effective = (struct rule_interval){START - DAY, START + 100 * DAY};
    memset(pack.content_hash, 7, sizeof pack.content_hash);
    struct rule *rule = rule_begin("amount");
    pack.values[pack.values_count++] = rule_country_of(span_of_text("RU"));
    pack.nodes[pack.nodes_count++] = (struct rule_node){
        .op = RULE_OP_HAS, .detail = RULE_FACT_NATIONALITY, .parent = RULE_NONE, .count = 1};
    rule->vector = WITHDRAW_ONLY;
    rule->unknown_vector = REVIEW;
    rule->deadline_vector = REVIEW;
    rule->candidate_vector = REVIEW;
    rule->undetermined_vector = REVIEW;
    rule->flags = RULE_FLAG_THRESHOLD;
    rule->compare = RULE_ABOVE;
    rule->amount = TEN_THOU;
    rule->warn_percent = 9000;
    rule->dwell_us = DAY;
    rule->grounds = 2; /* b */
    rule->evidence = RULE_FACT_NATIONALITY;
    rule->evidence_days = 14;
    rule = rule_begin("listed");
    pack.nodes[pack.nodes_count++] = (struct rule_node){.op = RULE_OP_LISTED,
                                                        .detail = RULE_LISTING_CONFIRMED,
                                                        .parent = RULE_NONE,
                                                        .list = name("some-list")};
    rule->vector = FREEZE;
    rule->unknown_vector = 0;
    rule->candidate_vector = REVIEW;
    rule = rule_begin("asset");
    rule->scope = RULE_SCOPE_ASSET;
    rule->subject_count = 0;
    rule->subject_first = 0;
    rule->vector = BITS(OPERATION_TRADE, RESTRICTION_REFUSE) |
                   BITS(OPERATION_PLACE, RESTRICTION_REFUSE) |
                   BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    rule->assets_count = 1;
    pack.names[pack.names_count++] = name("eth");
}

static u32 pack_send(void)
{
    u8 form[RULE_FORM_BYTES_MAX];
    const char *wrong = rule_pack_check(&pack);
    if (wrong) {
        fail_msg("%s", wrong);
    }
    size_t size = rule_form_encode(&pack, form);
    for (size_t at = 0; at < size;) {
        struct command_pack_part part = {.offset = (u32)at};
        part.size = (u16)u64_min(sizeof part.data / 2, size - at);
        memcpy(part.data, form + at, part.size);
        world_apply(&world, &part, COMMAND_PACK_PART, 0);
        world_assert_reject(world_reject(&world), REJECT_NONE);
        at += part.size;
    }
    return (u32)size;
}

static struct command_pack_activate activation(u32 size)
{
    struct command_pack_activate command = {.size = size, .officer = 1, .second = 2};
    memcpy(command.content_hash, pack.content_hash, sizeof command.content_hash);
    return command;
}

static void activate(void)
{
    struct command_pack_activate command = activation(pack_send());
    world_apply(&world, &command, COMMAND_PACK_ACTIVATE, 0);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_PACK_STATE);
}

static void end_pack(void)
{
    struct command_pack_end command = {.officer = 1, .second = 2};
    memcpy(command.content_hash, pack.content_hash, sizeof command.content_hash);
    world_apply(&world, &command, COMMAND_PACK_END, 0);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_PACK_STATE);
}

/* ---- persons ---- */

static void accepted(const void *command, u16 kind, u32 account)
{
    world_apply(&world, command, kind, account);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

static void person_of_account(u32 person, u32 account)
{
    struct command_person_add add = {.person = person, .officer = 1};
    struct command_link link = {.person = person, .officer = 1};
    accepted(&add, COMMAND_PERSON_ADD, 0);
    accepted(&link, COMMAND_LINK, account);
}

static u64 fact(u32 person, u8 kind, u16 value, u64 replaces)
{
    struct command_fact_set set = {.person = person,
                                   .fact = kind,
                                   .value = value,
                                   .verified = RULE_VERIFIED_DOCUMENT,
                                   .until = RULE_TIME_OPEN,
                                   .expires = RULE_TIME_OPEN,
                                   .replaces = replaces,
                                   .officer = 1,
                                   .second = 2};
    accepted(&set, COMMAND_FACT_SET, 0);
    return core_seq(world.core);
}

static u64 nationality(u32 person, const char *country, u64 replaces)
{
    return fact(person, FACT_KIND_NATIONALITY, rule_country_of(span_of_text(country)), replaces);
}

static void listing(u32 person, u8 state)
{
    struct command_listing_set set = {.person = person,
                                      .state = state,
                                      .list = name("some-list"),
                                      .until = RULE_TIME_OPEN,
                                      .officer = 1,
                                      .second = 2};
    accepted(&set, COMMAND_LISTING_SET, 0);
}

static void at(u64 time_us)
{
    core_set_time(world.core, time_us);
}

static void price(u16 asset, u64 eur, u64 time_us)
{
    struct command_valuation_price set = {
        .price = price_of(eur), .time_us = time_us, .asset = asset, .sources = 3};
    accepted(&set, COMMAND_VALUATION_PRICE, 0);
}

static void valuation(void)
{
    struct command_valuation command = {.pack = 0};
    accepted(&command, COMMAND_VALUATION, 0);
}

static void go_on(void)
{
    struct command_continue command = {0};
    world_apply(&world, &command, COMMAND_CONTINUE, 0);
}

static void account_has(u32 account, u64 vector)
{
    assert_int_equal(world.core->accounts[account].restrictions, vector);
}

/* 20,000 BTC and USDT each: a price of EUR 0.2 for both makes EUR 8,000. */
static int open_world(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.persons_max = 70;
    limits.person_rows_max = 200;
    world_open_empty(&world, &limits);
    world_fill(&world);
    world_add_second_market(&world);
    at(START);
    price(WORLD_BTC, EUR / 5, START);
    price(WORLD_USDT, EUR / 5, START);
    pack_make();
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* ---- tests ---- */

static void a_price_over_the_amount_restricts_and_a_fall_lifts_after_the_dwell(void **state)
{
    (void)state;
    activate();
    go_on();
    person_of_account(1, 3);
    nationality(1, "RU", 0);
    listing(1, LISTING_STATE_CLEAR);
    account_has(3, 0);
    u64 order = world_place(&world, 3, world_limit(SIDE_BUY, 100, 5000));
    price(WORLD_BTC, EUR / 2, START);
    valuation();
    go_on();
    ASSERT_KINDS(&world, EVENT_DECISION, EVENT_RESTRICTED, EVENT_ORDER_DONE, EVENT_REEVALUATED);
    const struct event_decision *decision = world_event(&world, EVENT_DECISION, 0);
    assert_int_equal(decision->holdings, 14000 * EUR);
    assert_int_equal(decision->truth, TRUTH_YES);
    assert_int_equal(decision->flags,
                     DECISION_FLAG_OVER | DECISION_FLAG_HOLDINGS_KNOWN | DECISION_FLAG_WATCHED);
    const struct event_order_done *done = world_event(&world, EVENT_ORDER_DONE, 0);
    assert_int_equal(done->order_id, order);
    assert_int_equal(done->reason, EXPIRY_REASON_EXCHANGE_CANCELED);
    assert_int_equal(world_locked(&world, 3, WORLD_USDT), 0);
    account_has(3, WITHDRAW_ONLY);
    world_refuses_order(&world, 3, world_limit(SIDE_BUY, 100, 5000), REJECT_ACCOUNT_DISABLED);

    at(START + 1000);
    price(WORLD_BTC, EUR / 5, START + 1000);
    valuation();
    go_on();
    ASSERT_KINDS(&world, EVENT_REEVALUATED);
    account_has(3, WITHDRAW_ONLY);
    assert_int_equal(core_rules_due(world.core), START + 1000 + DAY);
    at(START + 1000 + DAY - 1);
    price(WORLD_USDT, EUR / 5, START + 1000 + DAY - 1);
    price(WORLD_BTC, EUR / 5, START + 1000 + DAY - 1);
    account_has(3, WITHDRAW_ONLY);
    assert_false(core_rules_wait(world.core, START + 1000 + DAY - 1));
    assert_true(core_rules_wait(world.core, START + 1000 + DAY));
    at(START + 1000 + DAY);
    go_on();
    ASSERT_KINDS(&world, EVENT_TIME, EVENT_DECISION, EVENT_RESTRICTED);
    account_has(3, 0);
}

static void exactly_the_amount_is_not_above_it_and_warns(void **state)
{
    (void)state;
    activate();
    person_of_account(1, 3);
    listing(1, LISTING_STATE_CLEAR);
    price(WORLD_BTC, EUR / 4, START);
    price(WORLD_USDT, EUR / 4, START);
    nationality(1, "RU", 0);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_DECISION);
    const struct event_decision *decision = world_event(&world, EVENT_DECISION, 0);
    assert_int_equal(decision->holdings, TEN_THOU);
    assert_int_equal(decision->truth, TRUTH_NO);
    assert_int_not_equal(decision->flags & DECISION_FLAG_WARNED, 0);
    account_has(3, 0);
    world_deposit(&world, 3, WORLD_BTC, 1);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_DECISION, EVENT_RESTRICTED);
    account_has(3, WITHDRAW_ONLY);
}

static void two_accounts_of_one_person_are_added_up(void **state)
{
    (void)state;
    activate();
    price(WORLD_BTC, EUR * 3 / 10, START);
    price(WORLD_USDT, 1, START);
    person_of_account(1, 3);
    person_of_account(2, 4);
    listing(1, LISTING_STATE_CLEAR);
    listing(2, LISTING_STATE_CLEAR);
    nationality(1, "RU", 0);
    nationality(2, "RU", 0);
    account_has(3, 0);
    account_has(4, 0);
    struct command_unlink unlink = {.person = 2, .officer = 1};
    world_refuses(&world, &unlink, COMMAND_UNLINK, 4, REJECT_NEEDS_SECOND);
    unlink.second = 2;
    accepted(&unlink, COMMAND_UNLINK, 4);
    struct command_link link = {.person = 1, .officer = 1};
    accepted(&link, COMMAND_LINK, 4);
    account_has(3, WITHDRAW_ONLY);
    account_has(4, WITHDRAW_ONLY);
}

/* Golden by name: the second sign-up tells nothing, so it is held; joined, both count together. */
static void an_evaders_second_sign_up_is_caught(void **state)
{
    (void)state;
    activate();
    go_on();
    price(WORLD_BTC, EUR * 3 / 10, START);
    price(WORLD_USDT, 1, START);
    person_of_account(1, 3);
    listing(1, LISTING_STATE_CLEAR);
    nationality(1, "RU", 0);
    account_has(3, 0); /* EUR 6,000 */
    person_of_account(2, 4);
    listing(2, LISTING_STATE_CLEAR);
    account_has(4, 0);
    world_deposit(&world, 4, WORLD_BTC, 20000 * WORLD_COIN);
    account_has(4, REVIEW); /* EUR 12,000 of nobody knows whom */
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 4, REJECT_MONEY_DISABLED);
    struct command_unlink unlink = {.person = 2, .officer = 1, .second = 2};
    struct command_link link = {.person = 1, .officer = 1};
    accepted(&unlink, COMMAND_UNLINK, 4);
    accepted(&link, COMMAND_LINK, 4);
    account_has(3, WITHDRAW_ONLY);
    account_has(4, WITHDRAW_ONLY);
    assert_int_equal(world_place(&world, 4, world_limit(SIDE_BUY, 100, 5000)), 0);
    world_assert_reject(world_reject(&world), REJECT_ACCOUNT_DISABLED);
}

static void unknown_is_not_no_and_a_candidate_holds(void **state)
{
    (void)state;
    person_of_account(1, 3);
    activate();
    go_on();
    account_has(3, 0); /* EUR 8,000: whoever it is, not above */
    price(WORLD_BTC, EUR, START);
    valuation();
    go_on();
    account_has(3, REVIEW);
    listing(1, LISTING_STATE_CANDIDATE);
    u64 row = nationality(1, "DE", 0);
    account_has(3, REVIEW);
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_MONEY_DISABLED);
    nationality(1, "RU", row);
    account_has(3, WITHDRAW_ONLY | REVIEW); /* golden case 12 */
    listing(1, LISTING_STATE_CONFIRMED);
    account_has(3, rule_vector_join(WITHDRAW_ONLY | REVIEW, FREEZE));
}

static void a_licence_is_spent_once_and_comes_back(void **state)
{
    (void)state;
    pack.rules[0].vector |= BITS(OPERATION_WITHDRAW, RESTRICTION_REFUSE);
    activate();
    person_of_account(1, 3);
    listing(1, LISTING_STATE_CLEAR);
    price(WORLD_BTC, EUR, START);
    nationality(1, "RU", 0);
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
    accepted(&licence, COMMAND_LICENCE_SET, 0);
    struct command_withdraw_hold out = {.amount = amount_of(4000 * WORLD_COIN),
                                        .fee = amount_of(1000 * WORLD_COIN),
                                        .asset = WORLD_BTC};
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_MONEY_DISABLED);
    out.licence = 2;
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_UNKNOWN_LICENCE);
    out.licence = 1;
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 4, REJECT_UNKNOWN_LICENCE);
    world_apply(&world, &out, COMMAND_WITHDRAW_HOLD, 3);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    const struct event_ledger *ledger = world_event(&world, EVENT_LEDGER, 0);
    u64 hold = ledger->reference;
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_LICENCE_CEILING);
    struct command_hold_release release = {.hold_id = hold};
    world_apply(&world, &release, COMMAND_HOLD_RELEASE, 3);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    world_apply(&world, &out, COMMAND_WITHDRAW_HOLD, 3);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_LICENCE_SPENT);
    ledger = world_event(&world, EVENT_LEDGER, 0);
    struct command_withdraw_settle settle = {.hold_id = ledger->reference};
    world_deposit(&world, 5, WORLD_BTC, 9000 * WORLD_COIN);
    world_apply(&world, &settle, COMMAND_WITHDRAW_SETTLE, 0);
    ASSERT_KINDS(&world, EVENT_LEDGER, EVENT_LEDGER);
    world_refuses(&world, &out, COMMAND_WITHDRAW_HOLD, 3, REJECT_LICENCE_CEILING);
}

static void a_forbidden_asset_closes_its_market(void **state)
{
    (void)state;
    world_deposit(&world, 3, 3, 1000 * WORLD_COIN);
    struct world_order order = world_limit(SIDE_BUY, 100, 5000);
    order.market = 1;
    u64 id = world_place(&world, 3, order);
    assert_int_not_equal(id, 0);
    struct command_pack_activate command = activation(pack_send());
    world_apply(&world, &command, COMMAND_PACK_ACTIVATE, 0);
    ASSERT_KINDS(&world, EVENT_APPLIED, EVENT_PACK_STATE, EVENT_ORDER_DONE);
    go_on();
    ASSERT_KINDS(&world, EVENT_REEVALUATED);
    world_refuses_order(&world, 3, order, REJECT_ASSET_DISABLED);
    order.market = 0;
    assert_int_not_equal(world_place(&world, 3, order), 0);
    end_pack();
    go_on();
    order.market = 1;
    assert_int_not_equal(world_place(&world, 3, order), 0);
}

static void a_pack_comes_and_goes_and_leaves_nothing(void **state)
{
    (void)state;
    u64 digest = world_digest(&world);
    activate();
    go_on();
    struct command_pack_activate again = activation(pack_send());
    world_refuses(&world, &again, COMMAND_PACK_ACTIVATE, 0, REJECT_PACK_OVERLAP);
    person_of_account(1, 3);
    price(WORLD_BTC, EUR, START);
    nationality(1, "RU", 0);
    account_has(3, WITHDRAW_ONLY);
    end_pack();
    account_has(3, WITHDRAW_ONLY);
    go_on();
    ASSERT_KINDS(&world, EVENT_DECISION, EVENT_DECISION, EVENT_RESTRICTED, EVENT_REEVALUATED,
                 EVENT_PACK_STATE);
    account_has(3, 0);
    assert_int_equal(core_rules_due(world.core), RULE_TIME_OPEN);
    assert_int_not_equal(digest, world_digest(&world)); /* the person stays */
    pack.is_uncertain = true;
    again = activation(pack_send());
    world_refuses(&world, &again, COMMAND_PACK_ACTIVATE, 0, REJECT_PACK_UNCERTAIN);
    again.confirmed = 1;
    accepted(&again, COMMAND_PACK_ACTIVATE, 0);
}

static void a_border_of_the_pack_is_an_entry_of_its_own(void **state)
{
    (void)state;
    pack.effective.from = START + DAY;
    for (u32 i = 0; i < pack.rules_count; i++) {
        pack.rules[i].effective = pack.effective;
    }
    activate();
    person_of_account(1, 3);
    price(WORLD_BTC, EUR, START);
    nationality(1, "RU", 0);
    account_has(3, 0);
    assert_int_equal(core_rules_due(world.core), START + DAY);
    at(START + DAY);
    go_on();
    account_has(3, REVIEW); /* the price is a day old */
    price(WORLD_BTC, EUR, START + DAY);
    price(WORLD_USDT, EUR, START + DAY);
    valuation();
    go_on();
    account_has(3, WITHDRAW_ONLY);
}

static void many_are_worked_off_in_slices_and_the_named_first(void **state)
{
    (void)state;
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        person_of_account(i, i);
        nationality(i, "RU", 0);
        listing(i, LISTING_STATE_CLEAR);
    }
    price(WORLD_BTC, EUR, START);
    activate();
    price(WORLD_BTC, EUR / 5, START); /* the entry keeps the higher one; this works off person 1 */
    account_has(1, WITHDRAW_ONLY);
    account_has(2, 0);
    assert_int_equal(world_place(&world, 4, world_limit(SIDE_BUY, 100, 5000)), 0);
    world_assert_reject(world_reject(&world), REJECT_ACCOUNT_DISABLED);
    account_has(4, WITHDRAW_ONLY);
    account_has(2, WITHDRAW_ONLY);
    account_has(3, 0);
    go_on();
    ASSERT_KINDS(&world, EVENT_DECISION, EVENT_RESTRICTED, EVENT_REEVALUATED);
    const struct event_reevaluated *done = world_event(&world, EVENT_REEVALUATED, 0);
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
    pack.rules[0].dwell_us = 0;
    price(WORLD_BTC, EUR / 50, START);
    accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        person_of_account(i, i);
        nationality(i, "RU", 0);
        listing(i, LISTING_STATE_CLEAR);
    }
    accepted(&link, COMMAND_LINK, 5);
    activate();
    go_on();
    price(WORLD_BTC, EUR, START);
    valuation();
    price(WORLD_BTC, EUR / 50, START); /* works off person 1 */
    valuation();                       /* and person 2 */
    struct command_transfer transfer = {
        .amount = amount_of(1), .target_account = 5, .asset = WORLD_BTC};
    world_apply(&world, &transfer, COMMAND_TRANSFER, 4);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    const u32 persons[] = {4, 4, 3}; /* over, not over, and the slice */
    for (u32 i = 0; i < ARRAY_COUNT(persons); i++) {
        const struct event_decision *decision = world_event(&world, EVENT_DECISION, i);
        assert_non_null(decision);
        assert_int_equal(decision->person, persons[i]);
    }
    assert_null(world_event(&world, EVENT_DECISION, ARRAY_COUNT(persons)));
}

/* Four persons who are frozen from `from` on; of each command only one of them has its turn. */
static void four_frozen_from(u64 from)
{
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    accepted(&set, COMMAND_RULES_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        struct command_listing_set hit = {.person = i,
                                          .state = LISTING_STATE_CONFIRMED,
                                          .list = name("some-list"),
                                          .from = from,
                                          .until = RULE_TIME_OPEN,
                                          .officer = 1};
        person_of_account(i, i);
        nationality(i, "DE", 0);
        listing(i, LISTING_STATE_CLEAR);
        accepted(&hit, COMMAND_LISTING_SET, 0);
    }
}

static u64 withdrawal(u32 account)
{
    struct command_withdraw_hold out = {.amount = amount_of(5), .asset = WORLD_BTC};
    accepted(&out, COMMAND_WITHDRAW_HOLD, account);
    return ((const struct event_ledger *)world_event(&world, EVENT_LEDGER, 0))->reference;
}

/* A settlement names a hold and no account. */
static void who_waits_is_looked_at_before_a_hold_leaves(void **state)
{
    (void)state;
    four_frozen_from(0);
    struct command_restrict restrict_deposits = {.restrictions =
                                                     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD)};
    accepted(&restrict_deposits, COMMAND_RESTRICT, 4);
    u64 hold = withdrawal(3);
    world_deposit(&world, 4, WORLD_BTC, 7);
    u64 deposit = ((const struct event_ledger *)world_event(&world, EVENT_LEDGER, 0))->reference;
    activate();
    struct command_withdraw_settle settle = {.hold_id = hold};
    world_apply(&world, &settle, COMMAND_WITHDRAW_SETTLE, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    const struct event_ledger *ledger = world_event(&world, EVENT_LEDGER, 0);
    assert_int_equal(ledger->cause, LEDGER_CAUSE_WITHDRAWAL_FALLBACK);
    struct command_hold_release back = {.hold_id = deposit};
    world_apply(&world, &back, COMMAND_HOLD_RELEASE, UINT32_MAX);
    world_assert_reject(world_reject(&world), REJECT_MONEY_DISABLED);
}

static void what_time_has_changed_is_seen_before_the_persons_own_command(void **state)
{
    (void)state;
    activate();
    four_frozen_from(START + DAY);
    account_has(4, 0);
    at(START + DAY);
    world_place(&world, 4, world_limit(SIDE_BUY, 100, 5000));
    world_assert_reject(world_reject(&world), REJECT_ACCOUNT_DISABLED);
    account_has(1, FREEZE);
    account_has(2, 0);
    account_has(4, FREEZE);
}

static void nobody_is_free_between_two_versions(void **state)
{
    (void)state;
    pack.effective.until = START + DAY;
    for (u32 i = 0; i < pack.rules_count; i++) {
        pack.rules[i].effective = pack.effective;
    }
    activate();
    pack.version = 2;
    pack.effective = (struct rule_interval){START + DAY, START + 100 * DAY};
    memset(pack.content_hash, 8, sizeof pack.content_hash);
    for (u32 i = 0; i < pack.rules_count; i++) {
        pack.rules[i].effective = pack.effective;
    }
    struct command_pack_activate command = activation(pack_send());
    world_apply(&world, &command, COMMAND_PACK_ACTIVATE, 0);
    four_frozen_from(0);
    at(START + DAY);
    price(WORLD_BTC, EUR / 5, START + DAY);
    for (u32 i = 0; i < 4; i++) {
        assert_int_equal(world_count(&world, EVENT_RESTRICTED), 0);
        for (u32 account = 1; account <= 4; account++) {
            account_has(account, FREEZE);
        }
        price(WORLD_BTC, EUR / 5, START + DAY);
    }
    go_on();
    assert_int_equal(world.core->ruling.waiting_count, 0);
    assert_int_equal(world_count(&world, EVENT_RESTRICTED), 0);
}

static void an_asset_without_a_price_hides_nothing(void **state)
{
    (void)state;
    activate();
    person_of_account(1, 3);
    listing(1, LISTING_STATE_CLEAR);
    nationality(1, "RU", 0);
    account_has(3, 0);
    world_deposit(&world, 3, 3, 1);
    account_has(3, REVIEW); /* perhaps above */
    price(WORLD_BTC, EUR, START);
    valuation();
    go_on();
    account_has(3, WITHDRAW_ONLY); /* above, whatever the rest is worth */
    const struct event_decision *decision = world_event(&world, EVENT_DECISION, 0);
    assert_int_equal(decision->truth, TRUTH_YES);
    assert_int_equal(decision->holdings, 0); /* the sum is not known */
}

static void without_persons_everything_is_refused(void **state)
{
    (void)state;
    world_close(&world);
    world_open(&world);
    struct command_person_add add = {.person = 1, .officer = 1};
    world_refuses(&world, &add, COMMAND_PERSON_ADD, 0, REJECT_LIMIT_PERSONS);
    struct command_rules_set set = {.reevaluations_per_command_max = 1,
                                    .price_stale_seconds = 3600};
    world_refuses(&world, &set, COMMAND_RULES_SET, 0, REJECT_LIMIT_PERSONS);
    struct command_case_act act = {.matter = 1, .act = CASE_ACT_OPEN};
    accepted(&act, COMMAND_CASE_ACT, 0);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_price_over_the_amount_restricts_and_a_fall_lifts_after_the_dwell),
        IN_WORLD(exactly_the_amount_is_not_above_it_and_warns),
        IN_WORLD(two_accounts_of_one_person_are_added_up),
        IN_WORLD(an_evaders_second_sign_up_is_caught),
        IN_WORLD(unknown_is_not_no_and_a_candidate_holds),
        IN_WORLD(a_licence_is_spent_once_and_comes_back),
        IN_WORLD(a_forbidden_asset_closes_its_market),
        IN_WORLD(a_pack_comes_and_goes_and_leaves_nothing),
        IN_WORLD(a_border_of_the_pack_is_an_entry_of_its_own),
        IN_WORLD(many_are_worked_off_in_slices_and_the_named_first),
        IN_WORLD(a_transfer_between_accounts_of_one_person_looks_once),
        IN_WORLD(who_waits_is_looked_at_before_a_hold_leaves),
        IN_WORLD(what_time_has_changed_is_seen_before_the_persons_own_command),
        IN_WORLD(nobody_is_free_between_two_versions),
        IN_WORLD(an_asset_without_a_price_hides_nothing),
        IN_WORLD(without_persons_everything_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
