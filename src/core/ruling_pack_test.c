/* Aim: packs come into force, reach their dates, are corrected and end; nobody is free between two
 * versions, an asset that is forbidden closes its markets, and a refused command changes nothing.
 *
 * Method: as in ruling_test.c, with a budget of one person for each command, so that what waits
 * can be looked at in the middle. */
#include "core/ruling.h"
#include "tests/support/rules_scene.h"

#include <string.h>

static void a_forbidden_asset_closes_its_market(void **state)
{
    (void)state;
    world_deposit(&rules_world, 3, 3, 1000 * WORLD_COIN);
    struct world_order order = world_limit(SIDE_BUY, 100, 5000);
    order.market = 1;
    u64 id = world_place(&rules_world, 3, order);
    assert_int_not_equal(id, 0);
    struct command_pack_activate command = rules_activation(rules_pack_send());
    world_apply(&rules_world, &command, COMMAND_PACK_ACTIVATE, 0);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_PACK_STATE, EVENT_ORDER_DONE);
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_REEVALUATED);
    world_refuses_order(&rules_world, 3, order, REJECT_ASSET_DISABLED);
    order.market = 0;
    assert_int_not_equal(world_place(&rules_world, 3, order), 0);
    rules_pack_end();
    rules_go_on();
    order.market = 1;
    assert_int_not_equal(world_place(&rules_world, 3, order), 0);
}

static void a_pack_comes_and_goes_and_leaves_nothing(void **state)
{
    (void)state;
    u64 digest = world_digest(&rules_world);
    rules_activate();
    rules_go_on();
    struct command_pack_activate again = rules_activation(rules_pack_send());
    world_refuses(&rules_world, &again, COMMAND_PACK_ACTIVATE, 0, REJECT_PACK_OVERLAP);
    rules_person(1, 3);
    rules_price(WORLD_BTC, EUR, START);
    rules_nationality(1, "RU", 0);
    rules_account_has(3, WITHDRAW_ONLY);
    rules_pack_end();
    rules_account_has(3, WITHDRAW_ONLY);
    rules_go_on();
    ASSERT_KINDS(&rules_world, EVENT_DECISION, EVENT_DECISION, EVENT_RESTRICTED, EVENT_REEVALUATED,
                 EVENT_PACK_STATE);
    rules_account_has(3, 0);
    assert_int_equal(core_rules_due(rules_world.core), RULE_TIME_OPEN);
    assert_int_not_equal(digest, world_digest(&rules_world)); /* the person stays */
    rules_pack.is_uncertain = true;
    again = rules_activation(rules_pack_send());
    world_refuses(&rules_world, &again, COMMAND_PACK_ACTIVATE, 0, REJECT_PACK_UNCERTAIN);
    again.confirmed = 1;
    rules_accepted(&again, COMMAND_PACK_ACTIVATE, 0);
}

static void a_border_of_the_pack_is_an_entry_of_its_own(void **state)
{
    (void)state;
    rules_pack.effective.from = START + DAY;
    for (u32 i = 0; i < rules_pack.rules_count; i++) {
        rules_pack.rules[i].effective = rules_pack.effective;
    }
    rules_activate();
    rules_person(1, 3);
    rules_price(WORLD_BTC, EUR, START);
    rules_nationality(1, "RU", 0);
    rules_account_has(3, 0);
    assert_int_equal(core_rules_due(rules_world.core), START + DAY);
    rules_at(START + DAY);
    rules_go_on();
    rules_account_has(3, REVIEW); /* the price is a day old */
    rules_price(WORLD_BTC, EUR, START + DAY);
    rules_price(WORLD_USDT, EUR, START + DAY);
    rules_value();
    rules_go_on();
    rules_account_has(3, WITHDRAW_ONLY);
}

static void nobody_is_free_between_two_versions(void **state)
{
    (void)state;
    rules_pack.effective.until = START + DAY;
    for (u32 i = 0; i < rules_pack.rules_count; i++) {
        rules_pack.rules[i].effective = rules_pack.effective;
    }
    rules_activate();
    rules_pack.version = 2;
    rules_pack.effective = (struct rule_interval){START + DAY, START + 100 * DAY};
    memset(rules_pack.content_hash, 8, sizeof rules_pack.content_hash);
    for (u32 i = 0; i < rules_pack.rules_count; i++) {
        rules_pack.rules[i].effective = rules_pack.effective;
    }
    struct command_pack_activate command = rules_activation(rules_pack_send());
    world_apply(&rules_world, &command, COMMAND_PACK_ACTIVATE, 0);
    rules_four_frozen(0);
    rules_at(START + DAY);
    rules_price(WORLD_BTC, EUR / 5, START + DAY);
    for (u32 i = 0; i < 4; i++) {
        assert_int_equal(world_count(&rules_world, EVENT_RESTRICTED), 0);
        for (u32 account = 1; account <= 4; account++) {
            rules_account_has(account, FREEZE);
        }
        rules_price(WORLD_BTC, EUR / 5, START + DAY);
    }
    rules_go_on();
    assert_int_equal(rules_world.core->ruling.waiting_count, 0);
    assert_int_equal(world_count(&rules_world, EVENT_RESTRICTED), 0);
}

/* ---- a pack that is corrected ---- */

/* The same rules, as the next version with another hash. */
static void next_version(void)
{
    rules_pack.version++;
    memset(rules_pack.content_hash, 6 + (int)rules_pack.version, sizeof rules_pack.content_hash);
}

static struct command_pack_replace replacement(u32 size)
{
    struct command_pack_replace command = {.size = size, .officer = 1, .second = 2};
    memcpy(command.content_hash, rules_pack.content_hash, sizeof command.content_hash);
    memset(command.ended_hash, 7, sizeof command.ended_hash);
    return command;
}

/* While others wait, so that more may be told than the refusal. */
static void order_is_refused(u32 account, struct world_order order, enum reject reject)
{
    assert_int_equal(world_place(&rules_world, account, order), 0);
    world_assert_reject(world_reject(&rules_world), reject);
}

static void all_four_have(u64 vector)
{
    for (u32 account = 1; account <= 4; account++) {
        rules_account_has(account, vector);
    }
}

/* The old pack is asked for by an entry that is older (a valuation) and by an instant of person 4:
 * neither lets go of anybody. */
static void nobody_is_free_while_a_pack_is_corrected(void **state)
{
    (void)state;
    rules_activate();
    rules_four_frozen(0);
    struct command_fact_set permit = {.person = 4,
                                      .fact = FACT_KIND_RESIDENCE_PERMIT,
                                      .value = 1,
                                      .until = START + 1000,
                                      .expires = RULE_TIME_OPEN,
                                      .officer = 1,
                                      .second = 2};
    rules_accepted(&permit, COMMAND_FACT_SET, 0);
    for (u32 i = 1; i <= 4; i++) {
        (void)rules_nationality(i, "RU", 0); /* so a valuation asks for them */
    }
    all_four_have(FREEZE);
    next_version();
    struct command_pack_replace command = replacement(rules_pack_send());
    rules_value();
    world_apply(&rules_world, &command, COMMAND_PACK_REPLACE, 0); /* works off person 1 */
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_PACK_STATE, EVENT_PACK_STATE);
    const struct event_pack_state *ending = world_event(&rules_world, EVENT_PACK_STATE, 0);
    const struct event_pack_state *active = world_event(&rules_world, EVENT_PACK_STATE, 1);
    assert_int_equal(ending->state, PACK_STATE_ENDING);
    assert_int_equal(ending->pack, 0);
    assert_int_equal(ending->content_hash[0], 7);
    assert_int_equal(active->state, PACK_STATE_ACTIVE);
    assert_int_equal(active->pack, 1);
    assert_int_equal(active->content_hash[0], 8);
    assert_int_equal(rules_world.core->ruling.waiting_count, 2);
    for (u32 i = 0; i < 5; i++) {
        rules_at(START + 1000 + i);
        rules_price(WORLD_BTC, EUR / 5, START + 1000 + i); /* works off one */
        assert_int_equal(world_count(&rules_world, EVENT_RESTRICTED), 0);
        all_four_have(FREEZE);
    }
    rules_go_on();
    const struct event_pack_state *ended = world_event(&rules_world, EVENT_PACK_STATE, 0);
    assert_int_equal(ended->state, PACK_STATE_ENDED);
    assert_int_equal(ended->pack, 0);
    assert_int_equal(world_count(&rules_world, EVENT_RESTRICTED), 0);
    all_four_have(FREEZE);
    assert_int_equal(rules_world.core->ruling.about[0].state, PACK_FREE);
}

/* What the new one does not say any more ends; a market that it leaves alone opens at once. */
static void a_corrected_pack_lets_go_of_what_it_does_not_say(void **state)
{
    (void)state;
    struct world_order order = world_limit(SIDE_BUY, 100, 5000);
    world_deposit(&rules_world, 5, 3, 1000 * WORLD_COIN);
    order.market = 1;
    rules_activate();
    rules_four_frozen(0);
    order_is_refused(5, order, REJECT_ASSET_DISABLED);
    next_version();
    rules_pack.names[0] = rules_name("btc");
    rules_pack.rules[1].vector = REVIEW;
    struct command_pack_replace command = replacement(rules_pack_send());
    struct world_order closes = world_limit(SIDE_BUY, 100, 5000);
    assert_int_not_equal(world_place(&rules_world, 5, closes), 0);
    world_apply(&rules_world, &command, COMMAND_PACK_REPLACE, 0);
    ASSERT_KINDS(&rules_world, EVENT_APPLIED, EVENT_PACK_STATE, EVENT_PACK_STATE, EVENT_ORDER_DONE);
    all_four_have(FREEZE);
    assert_int_not_equal(world_place(&rules_world, 5, order), 0);
    order_is_refused(5, closes, REJECT_ASSET_DISABLED);
    rules_go_on();
    all_four_have(REVIEW);
}

static void a_replacement_that_is_refused_ends_nothing(void **state)
{
    (void)state;
    rules_activate();
    rules_go_on();
    u32 size = rules_pack_send();
    struct command_pack_replace command = replacement(size);
    command.second = command.officer;
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_NEEDS_SECOND);
    command.second = 2;
    command.size = size + 1;
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_PACK_FORM);
    next_version();
    command = replacement(size);
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_PACK_FORM);
    rules_pack.is_uncertain = true;
    command = replacement(rules_pack_send());
    command.ended_hash[0]++;
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_PACK_UNCERTAIN);
    command.confirmed = 1;
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_UNKNOWN_PACK);
    struct command_pack_activate beside = rules_activation(command.size);
    beside.confirmed = 1;
    world_refuses(&rules_world, &beside, COMMAND_PACK_ACTIVATE, 0, REJECT_PACK_OVERLAP);
    rules_pack.id[0] = 'b';
    beside = rules_activation(rules_pack_send());
    beside.confirmed = 1;
    rules_accepted(&beside, COMMAND_PACK_ACTIVATE, 0);
    rules_go_on();
    command = replacement(beside.size); /* in the place of the first, but itself there already */
    command.confirmed = 1;
    world_refuses(&rules_world, &command, COMMAND_PACK_REPLACE, 0, REJECT_PACK_OVERLAP);
    memcpy(command.ended_hash, rules_pack.content_hash, sizeof command.ended_hash);
    rules_accepted(&command, COMMAND_PACK_REPLACE, 0); /* itself anew */
    rules_go_on();
    world_refuses(&rules_world, &(struct command_pack_end){.officer = 1, .second = 2},
                  COMMAND_PACK_END, 0, REJECT_UNKNOWN_PACK);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, rules_open, rules_close)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_forbidden_asset_closes_its_market),
        IN_WORLD(a_pack_comes_and_goes_and_leaves_nothing),
        IN_WORLD(a_border_of_the_pack_is_an_entry_of_its_own),
        IN_WORLD(nobody_is_free_between_two_versions),
        IN_WORLD(nobody_is_free_while_a_pack_is_corrected),
        IN_WORLD(a_corrected_pack_lets_go_of_what_it_does_not_say),
        IN_WORLD(a_replacement_that_is_refused_ends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
