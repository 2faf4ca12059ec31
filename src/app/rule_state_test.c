/* Aim: what is taken from a core's snapshot records is what the core has: holdings as the writer
 * adds them up, over several accounts, with what is locked and held, at any price, fresh or stale;
 * and rows of one person are that person's alone.
 *
 * Method: a core of its own that gets random deposits, holds, prices and times; after each step the
 * sums are compared with the core's own (core/holdings.h). */
#include "app/rule_state.h"

#include "base/check.h"
#include "base/random.h"
#include "base/span.h"
#include "core/holdings.h"
#include "core/state.h"
#include "tests/support/engine_scene.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 6, ASSETS = 3, PERSONS = 2, STEPS = 400, SOURCE = 1 };

static struct core *core;
static void *memory;
static u8 *events;
static size_t events_bytes;
static u64 source_index;
static u64 now;
static struct rule_state state;

/* Applies a command; whether it was accepted. */
static bool put(void *command, size_t size, u16 kind, u32 account)
{
    struct core_output output = {.data = events, .size = events_bytes};
    source_index += 1;
    struct command_head head = {.kind = kind,
                                .units = (u8)(size / WIRE_UNIT), /* raw: the record's length */
                                .source = SOURCE,
                                .account = account,
                                .source_index = source_index};
    struct event_head first;
    memcpy(command, &head, sizeof(head));
    core_apply(core, command, &output);
    assert_true(output.used >= sizeof(first));
    memcpy(&first, events, sizeof(first));
    return first.kind != EVENT_REJECTED;
}

#define PUT(command, kind, account) put(&(command), sizeof(command), (kind), (account))

static int begin(void **unused)
{
    (void)unused;
    struct command_genesis genesis = scene_genesis();
    genesis.persons_max = 8;
    genesis.person_rows_max = 100;
    genesis.holds_max = STEPS;
    size_t bytes = core_footprint(&genesis);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, (bytes + 63) / 64 * 64);
    events_bytes = core_event_bytes_max(&genesis);
    events = malloc(events_bytes);
    assert_non_null(events);
    core = core_init(memory, bytes, &genesis);
    now = 1650585600000000;
    core_set_time(core, now);
    assert_true(PUT(genesis, COMMAND_GENESIS, 0));
    for (u16 asset = 0; asset < ASSETS; asset += 1) {
        struct command_asset_add add = {.asset = asset, .scale = (u8)(asset * 4)};
        add.name[0] = (u8)('A' + asset);
        assert_true(PUT(add, COMMAND_ASSET_ADD, 0));
    }
    for (u32 i = 0; i < ACCOUNTS; i += 1) {
        struct command_account_add add = {.trade_group = UINT32_MAX};
        assert_true(PUT(add, COMMAND_ACCOUNT_ADD, 0));
    }
    for (u32 person = 1; person <= PERSONS; person += 1) {
        struct command_person_add add = {.person = person, .officer = 1};
        assert_true(PUT(add, COMMAND_PERSON_ADD, 0));
    }
    return 0;
}

static int finish(void **unused)
{
    (void)unused;
    rule_state_close(&state);
    free(events);
    free(memory);
    return 0;
}

static void step(struct random *random)
{
    u32 account = (u32)random_below(random, ACCOUNTS);
    u16 asset = (u16)random_below(random, ASSETS);
    u64 amount = 1 + random_below(random, 1ULL << random_below(random, 40));
    struct command_deposit deposit = {
        .amount = amount_of(amount), .reference = source_index, .asset = asset};
    struct command_withdraw_hold hold = {
        .amount = amount_of(amount), .fee = amount_of(amount / 3), .asset = asset};
    struct command_valuation_price price = {
        .price = price_of(amount), .time_us = now, .asset = asset, .sources = 1};
    struct command_link link = {.person = 1 + (u32)random_below(random, PERSONS), .officer = 1};
    switch (random_below(random, 6)) {
    case 0:
    case 1:
        (void)PUT(deposit, COMMAND_DEPOSIT, account);
        break;
    case 2:
        (void)PUT(hold, COMMAND_WITHDRAW_HOLD, account);
        break;
    case 3:
        (void)PUT(price, COMMAND_VALUATION_PRICE, 0);
        break;
    case 4:
        (void)PUT(link, COMMAND_LINK, account);
        break;
    default: /* not an enum: a random number */
        now += random_below(random, 2000000000);
        core_set_time(core, now);
        break;
    }
}

static void compare(u32 person, u32 wanted)
{
    struct rule_state_holding assets[ASSETS];
    u32 count = 0;
    rule_state_close(&state);
    scene_must(rule_state_take(core, wanted, &state));
    struct rule_holdings ours = rule_state_holdings(&state, person, assets, &count);
    struct rule_holdings theirs = holdings_of(core, core->ruling.prices, person);
    assert_int_equal(ours.is_known, theirs.is_known);
    assert_int_equal(ours.eur, theirs.eur);
    for (u32 i = 0; i < count; i += 1) {
        assert_true(assets[i].quantity > 0);
    }
}

static void holdings_are_the_writers(void **unused)
{
    (void)unused;
    struct random random;
    u64 rounds = test_rounds(STEPS);
    random_init(&random, test_seed());
    for (u64 i = 0; i < rounds; i += 1) {
        step(&random);
        for (u32 person = 1; person <= PERSONS; person += 1) {
            compare(person, person);
            compare(person, i % 2 == 0 ? RULE_STATE_EVERYBODY : RULE_STATE_MONEY);
        }
    }
}

static void rows_are_of_one_person(void **unused)
{
    (void)unused;
    u32 count = 0;
    for (u32 person = 1; person <= PERSONS; person += 1) {
        for (u32 i = 0; i < person; i += 1) {
            struct command_fact_set set = {.person = person,
                                           .fact = RULE_FACT_NATIONALITY,
                                           .value = (u16)(1 + person * 10 + i),
                                           .until = RULE_TIME_OPEN,
                                           .expires = RULE_TIME_OPEN,
                                           .officer = 1,
                                           .second = 2};
            assert_true(PUT(set, COMMAND_FACT_SET, 0));
        }
    }
    scene_must(rule_state_take(core, RULE_STATE_EVERYBODY, &state));
    assert_int_equal(state.persons, PERSONS);
    for (u32 person = 1; person <= PERSONS; person += 1) {
        struct rule_state_person rows;
        const struct state_fact *facts = rule_state_of(&state.facts, person, &count);
        assert_int_equal(count, person);
        rule_state_gather(&state, person, &rows);
        assert_int_equal(rows.person.facts_count, person);
        for (u32 i = 0; i < count; i += 1) {
            assert_int_equal(facts[i].value, 1 + person * 10 + i);
            assert_int_equal(rows.facts[i].value, facts[i].value);
            assert_int_equal(rows.facts[i].recorded.from, now);
        }
    }
    assert_null(rule_state_of(&state.facts, PERSONS + 1, &count));
    assert_int_equal(count, 0);
    rule_state_close(&state);
    scene_must(rule_state_take(core, 2, &state));
    assert_null(rule_state_of(&state.facts, 1, &count));
    assert_int_equal(state.facts.count, 2);
    struct rule_state_account account;
    bool exists = true;
    scene_must(rule_state_account(core, ACCOUNTS, &account, &exists));
    assert_false(exists);
    scene_must(rule_state_account(core, 0, &account, &exists));
    assert_true(exists);
    assert_int_equal(account.person, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(holdings_are_the_writers, begin, finish),
        cmocka_unit_test_setup_teardown(rows_are_of_one_person, begin, finish),
    };
    return cmocka_run_group_tests_name("rule_state", tests, NULL, NULL);
}
