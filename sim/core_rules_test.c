/* Aim: the core's rules are those of the page. Method: the random flow of the rules goes to the
 * core, one by one and in batches, and to the naive model (sim/core_pair.h); events, balances and
 * books are the same after each command. The two limits behind large numbers are reached by hand.
 * A failing seed: core_model_test --rules --seeds N..N --shrink. */
#include "sim/core_model.h"
#include "sim/core_pair.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SEEDS = 60,
    COMMANDS = 1500,
    LINKS = 256,
    LICENCES = 4096,
};

static void core_agrees_with_model_on_rules(void **state)
{
    (void)state;
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i++) {
        u64 seed = test_seed() * 1000003 + i;
        if (core_model_run(CORE_MODEL_RULES, seed, COMMANDS, false, NULL) != 0) {
            fail_msg("core_model_test --rules --seeds %" PRIu64 "..%" PRIu64
                     " --commands %d --shrink",
                     seed, seed, COMMANDS);
        }
    }
}

/* ---- by hand ---- */

struct script {
    struct core_pair *pair;
    u64 source_index;
};

/* Gives both the command; the number of its refusal, 0: none. */
static u16 apply(struct script *script, void *command, u16 kind, u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    struct flow_step step = {.time_us = 1000, .bytes = record->size};
    script->source_index += 1;
    struct command_head head = {.kind = kind,
                                .units = (u8)(record->size / WIRE_UNIT), /* raw: the length */
                                .account = account,
                                .source_index = script->source_index};
    memcpy(step.record, command, record->size);
    memcpy(step.record, &head, sizeof head);
    if (!core_pair_apply(script->pair, &step)) {
        core_pair_report(script->pair, stderr);
        fail_msg("core and model differ");
    }
    struct span events = core_pair_events(script->pair);
    u16 reject = 0;
    for (size_t at = 0; at < events.size;) {
        struct event_rejected event;
        memcpy(&event, events.data + at, sizeof event.head);
        if (event.head.kind == EVENT_REJECTED) {
            memcpy(&event, events.data + at, sizeof event);
            reject = event.reject;
        }
        at += (size_t)event.head.units * WIRE_UNIT; /* raw: the record's length */
    }
    return reject;
}

static void script_open(struct script *script)
{
    struct command_genesis genesis = {.semantics_version = 1,
                                      .assets_max = 1,
                                      .markets_max = 1,
                                      .networks_max = 1,
                                      .fee_tiers_max = 1,
                                      .accounts_max = LINKS + 2,
                                      .balance_rows_max = 9,
                                      .positions_max = 1,
                                      .orders_max = 5,
                                      .extras_max = 1,
                                      .lists_max = 1,
                                      .holds_max = 1,
                                      .asset_limits_max = 1,
                                      .pages_max = 1,
                                      .directory_max = 1,
                                      .trailing_max = 1,
                                      .triggers_per_command_max = 1,
                                      .persons_max = 2,
                                      .person_rows_max = 300};
    struct command_asset_add asset = {.scale = 8, .name = "A"};
    script->pair = core_pair_open(&genesis);
    script->source_index = 0;
    assert_int_equal(apply(script, &genesis, COMMAND_GENESIS, 0), 0);
    assert_int_equal(apply(script, &asset, COMMAND_ASSET_ADD, 0), 0);
    for (u32 person = 1; person <= 2; person++) {
        struct command_person_add add = {.person = person, .officer = 1};
        assert_int_equal(apply(script, &add, COMMAND_PERSON_ADD, 0), 0);
    }
}

static void person_has_at_most_256_accounts(void **state)
{
    (void)state;
    struct script script;
    script_open(&script);
    struct command_link link = {.person = 1, .officer = 1};
    for (u32 i = 0; i < LINKS + 2; i++) {
        struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
        assert_int_equal(apply(&script, &account, COMMAND_ACCOUNT_ADD, 0), 0);
    }
    for (u32 i = 0; i < LINKS; i++) {
        assert_int_equal(apply(&script, &link, COMMAND_LINK, i), 0);
    }
    assert_int_equal(apply(&script, &link, COMMAND_LINK, LINKS), REJECT_LIMIT_LINKS);
    struct command_unlink unlink = {.person = 1, .officer = 1, .second = 2};
    assert_int_equal(apply(&script, &unlink, COMMAND_UNLINK, 7), 0);
    assert_int_equal(apply(&script, &link, COMMAND_LINK, LINKS), 0);
    assert_int_equal(apply(&script, &link, COMMAND_LINK, 7), REJECT_LIMIT_LINKS);
    core_pair_close(script.pair);
}

static void venue_has_at_most_4096_licences(void **state)
{
    (void)state;
    struct script script;
    script_open(&script);
    struct command_licence_set licence = {.person = 1,
                                          .ceiling = 1,
                                          .until = UINT64_MAX,
                                          .operations = 1U << OPERATION_WITHDRAW,
                                          .officer = 1,
                                          .second = 2,
                                          .ground = 'a'};
    for (u32 i = 1; i <= LICENCES; i++) {
        licence.licence = i;
        assert_int_equal(apply(&script, &licence, COMMAND_LICENCE_SET, 0), 0);
    }
    licence.licence = LICENCES + 1;
    assert_int_equal(apply(&script, &licence, COMMAND_LICENCE_SET, 0), REJECT_LIMIT_LICENCES);
    licence.licence = LICENCES;
    assert_int_equal(apply(&script, &licence, COMMAND_LICENCE_SET, 0), 0);
    core_pair_close(script.pair);
}

/* 64 facts, 32 verdicts of lists, 32 of ownership: each kind has its own bound. */
static void person_has_bounded_rows_of_each_kind(void **state)
{
    (void)state;
    struct script script;
    script_open(&script);
    struct command_fact_set fact = {.person = 1,
                                    .fact = FACT_KIND_NATIONALITY,
                                    .value = 1,
                                    .until = UINT64_MAX,
                                    .officer = 1,
                                    .second = 2};
    struct command_listing_set listing = {
        .person = 1, .state = LISTING_STATE_CLEAR, .until = UINT64_MAX, .officer = 1, .second = 2};
    struct command_ownership_set ownership = {.person = 1,
                                              .compare = SHARE_COMPARE_ABOVE,
                                              .percent = 5000,
                                              .until = UINT64_MAX,
                                              .officer = 1,
                                              .second = 2};
    listing.list = rule_name_of((struct span){.data = (const u8 *)"us-sdn", .size = 6});
    ownership.list = listing.list;
    for (u32 i = 0; i < 64; i++) {
        assert_int_equal(apply(&script, &fact, COMMAND_FACT_SET, 0), 0);
    }
    assert_int_equal(apply(&script, &fact, COMMAND_FACT_SET, 0), REJECT_LIMIT_PERSON_ROWS);
    for (u32 i = 0; i < 32; i++) {
        assert_int_equal(apply(&script, &listing, COMMAND_LISTING_SET, 0), 0);
        assert_int_equal(apply(&script, &ownership, COMMAND_OWNERSHIP_SET, 0), 0);
    }
    assert_int_equal(apply(&script, &listing, COMMAND_LISTING_SET, 0), REJECT_LIMIT_PERSON_ROWS);
    assert_int_equal(apply(&script, &ownership, COMMAND_OWNERSHIP_SET, 0),
                     REJECT_LIMIT_PERSON_ROWS);
    fact.person = 2;
    assert_int_equal(apply(&script, &fact, COMMAND_FACT_SET, 0), 0);
    core_pair_close(script.pair);
}

/* A CHECK that failed in core or model has left the run: say where it was. */
static int say_where(void **state)
{
    (void)state;
    u64 seed = 0;
    u64 command = 0;
    if (core_model_position(&seed, &command)) {
        fprintf(stderr, "a CHECK failed at seed %" PRIu64 " command %" PRIu64 "\n", seed, command);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(person_has_at_most_256_accounts),
        cmocka_unit_test(venue_has_at_most_4096_licences),
        cmocka_unit_test(person_has_bounded_rows_of_each_kind),
        cmocka_unit_test_teardown(core_agrees_with_model_on_rules, say_where),
    };
    return cmocka_run_group_tests_name("core_rules", tests, NULL, NULL);
}
