/* Aim: who may say what of a person: officers, two of them where it may loosen, and screening what
 * holds back or what nobody has said anything of; a refused command leaves everything as it was.
 *
 * Method: each row of the table in docs/rules.md "Screening's own verdicts", and verdicts of
 * ownership by their bounds, from both sources. The random comparison with the naive model is in
 * sim/. */
#include "core/person.h"

#include "base/span.h"
#include "core/ruling.h"
#include "tests/support/core_world.h"
#include "wire/link.h"

#include <string.h>

enum { PERSON = 1, OTHER = 2, NOBODY = 3, ACCOUNT = 3, STRANGER = 5 };

#define BITS(o, r) ((u64)(r) << (2 * (o)))

static struct core_world world;

static u64 name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

static int open_world(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.persons_max = 4;
    limits.person_rows_max = 20;
    world_open_empty(&world, &limits);
    world_fill(&world);
    for (u32 i = PERSON; i <= OTHER; i++) {
        struct command_person_add add = {.person = i, .officer = 1};
        world_apply(&world, &add, COMMAND_PERSON_ADD, 0);
    }
    struct command_link link = {.person = PERSON, .officer = 1};
    world_apply(&world, &link, COMMAND_LINK, ACCOUNT);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

/* The row's number, or 0 after the refusal that is expected. */
static u64 says(const void *command, u16 kind, enum reject expected)
{
    if (expected != REJECT_NONE) {
        world_refuses(&world, command, kind, 0, expected);
        return 0;
    }
    world_apply(&world, command, kind, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    return core_seq(world.core);
}

static struct command_listing_set hit(u8 state, u64 replaces)
{
    return (struct command_listing_set){.person = PERSON,
                                        .state = state,
                                        .list = name("some-list"),
                                        .until = RULE_TIME_OPEN,
                                        .replaces = replaces};
}

static u64 lists(u8 state, u64 replaces, enum reject expected)
{
    struct command_listing_set set = hit(state, replaces);
    return says(&set, COMMAND_LISTING_SET, expected);
}

/* "50 percent or more", of the list. */
static struct command_ownership_set share(u16 lower, u16 upper, u8 control, u64 replaces)
{
    return (struct command_ownership_set){.person = PERSON,
                                          .compare = SHARE_COMPARE_AT_LEAST,
                                          .control = control,
                                          .percent = 5000,
                                          .lower = lower,
                                          .upper = upper,
                                          .list = name("some-list"),
                                          .until = RULE_TIME_OPEN,
                                          .replaces = replaces};
}

static u64 owns(u16 lower, u16 upper, u8 control, u64 replaces, enum reject expected)
{
    struct command_ownership_set set = share(lower, upper, control, replaces);
    return says(&set, COMMAND_OWNERSHIP_SET, expected);
}

static void screening_sets_a_candidate_and_clears_who_has_no_row(void **state)
{
    (void)state;
    world.source = LINK_SOURCE_SCREEN;
    (void)lists(LISTING_STATE_CONFIRMED, 0, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CLEAR, 1, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CANDIDATE, 1, REJECT_UNKNOWN_ROW);
    (void)lists(0, 0, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_COUNT, 0, REJECT_NEEDS_SECOND);
    u64 clear = lists(LISTING_STATE_CLEAR, 0, REJECT_NONE);
    (void)lists(LISTING_STATE_CLEAR, 0, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CLEAR, clear, REJECT_NEEDS_SECOND);
    u64 candidate = lists(LISTING_STATE_CANDIDATE, clear, REJECT_NONE);
    (void)lists(LISTING_STATE_CANDIDATE, candidate, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CLEAR, 0, REJECT_NEEDS_SECOND);
    u64 second = lists(LISTING_STATE_CANDIDATE, 0, REJECT_NONE);
    struct command_listing_set set = hit(LISTING_STATE_CLEAR, 0);
    set.list = name("other-list");
    (void)says(&set, COMMAND_LISTING_SET, REJECT_NONE);
    set.person = OTHER;
    (void)says(&set, COMMAND_LISTING_SET, REJECT_NONE);
    set.person = NOBODY;
    (void)says(&set, COMMAND_LISTING_SET, REJECT_UNKNOWN_PERSON);
    set = hit(LISTING_STATE_CANDIDATE, second);
    set.list = name("other-list"); /* the row is of another list: none of this kind and list */
    (void)says(&set, COMMAND_LISTING_SET, REJECT_UNKNOWN_ROW);
}

static void screening_does_not_touch_what_an_officer_confirmed(void **state)
{
    (void)state;
    struct command_listing_set set = hit(LISTING_STATE_CONFIRMED, 0);
    set.officer = 1;
    u64 row = says(&set, COMMAND_LISTING_SET, REJECT_NONE);
    world.source = LINK_SOURCE_SCREEN;
    (void)lists(LISTING_STATE_CANDIDATE, row, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CLEAR, 0, REJECT_NEEDS_SECOND);
    (void)lists(LISTING_STATE_CANDIDATE, 0, REJECT_NONE);
}

/* Reaches: 50 percent or more by the upper bound, or control that is or may be. */
static void screening_says_who_may_be_owned_and_of_the_others_once(void **state)
{
    (void)state;
    world.source = LINK_SOURCE_SCREEN;
    (void)owns(0, 4999, TRUTH_NO, 1, REJECT_NEEDS_SECOND);
    u64 free = owns(0, 4999, TRUTH_NO, 0, REJECT_NONE);
    (void)owns(0, 4999, TRUTH_NO, 0, REJECT_NEEDS_SECOND);
    (void)owns(0, 4999, TRUTH_NO, free, REJECT_NEEDS_SECOND);
    u64 maybe = owns(0, 5000, TRUTH_NO, free, REJECT_NONE);
    (void)owns(5000, 5000, TRUTH_NO, maybe, REJECT_NEEDS_SECOND);
    (void)owns(5000, 5000, TRUTH_NO, free, REJECT_UNKNOWN_ROW); /* it is gone */
    (void)owns(5000, 5000, TRUTH_NO, 0, REJECT_NONE);
    (void)owns(0, 0, TRUTH_YES, 0, REJECT_NONE);
    (void)owns(0, 0, TRUTH_UNKNOWN, 0, REJECT_NONE);
    (void)owns(0, 0, TRUTH_NO, 0, REJECT_NEEDS_SECOND);
    struct command_ownership_set above = share(0, 5000, TRUTH_NO, 0);
    above.compare = SHARE_COMPARE_ABOVE; /* 50 is not above 50 */
    (void)says(&above, COMMAND_OWNERSHIP_SET, REJECT_NEEDS_SECOND);
    above.upper = 5001;
    (void)says(&above, COMMAND_OWNERSHIP_SET, REJECT_NONE);
    above.lower = 5002;
    (void)says(&above, COMMAND_OWNERSHIP_SET, REJECT_BAD_DEFINITION);
    u64 other = 0;
    above = share(0, 0, TRUTH_UNKNOWN, 0);
    above.list = name("other-list");
    other = says(&above, COMMAND_OWNERSHIP_SET, REJECT_NONE);
    (void)owns(0, 5000, TRUTH_NO, other, REJECT_UNKNOWN_ROW);
    (void)owns(0, 0, TRUTH_UNKNOWN, other, REJECT_UNKNOWN_ROW);
}

static void screening_names_no_officer_and_says_nothing_else(void **state)
{
    (void)state;
    world.source = LINK_SOURCE_SCREEN;
    struct command_listing_set set = hit(LISTING_STATE_CANDIDATE, 0);
    set.officer = 1;
    (void)says(&set, COMMAND_LISTING_SET, REJECT_NEEDS_SECOND);
    set.officer = 0;
    set.second = 2;
    (void)says(&set, COMMAND_LISTING_SET, REJECT_NEEDS_SECOND);
    set.officer = 1;
    (void)says(&set, COMMAND_LISTING_SET, REJECT_NEEDS_SECOND);
    u8 record[2048] = {0};
    for (u16 kind = COMMAND_PERSON_ADD; kind <= COMMAND_PACK_REPLACE; kind++) {
        if (kind != COMMAND_LISTING_SET && kind != COMMAND_OWNERSHIP_SET) {
            (void)says(record, kind, REJECT_NEEDS_SECOND);
        }
    }
    struct command_log_entry entry = {.topic = LOG_TOPIC_SCREENED};
    (void)says(&entry, COMMAND_LOG_ENTRY, REJECT_NONE);
    struct command_case_act act = {.person = 1, .act = CASE_ACT_OPEN};
    (void)says(&act, COMMAND_CASE_ACT, REJECT_NONE);
    act.second = 1;
    (void)says(&act, COMMAND_CASE_ACT, REJECT_NEEDS_SECOND);
    act.second = 0;
    act.officer = 1;
    (void)says(&act, COMMAND_CASE_ACT, REJECT_NEEDS_SECOND);
    act.officer = 0;
    act.act = CASE_ACT_DECIDE;
    (void)says(&act, COMMAND_CASE_ACT, REJECT_NEEDS_SECOND);
    struct command_genesis limits = world_limits();
    world_close(&world);
    world_open_empty(&world, &limits);
    world.source = LINK_SOURCE_SCREEN;
    (void)lists(LISTING_STATE_CANDIDATE, 0, REJECT_LIMIT_PERSONS);
    (void)says(record, COMMAND_RULES_SET, REJECT_LIMIT_PERSONS);
    (void)says(record, COMMAND_CASE_ACT, REJECT_NEEDS_SECOND);
    (void)says(&entry, COMMAND_LOG_ENTRY, REJECT_NONE);
    world.source = 0;
}

static void group(u32 person, u32 number, enum reject expected)
{
    struct command_person_group set = {.person = person, .group = number};
    (void)says(&set, COMMAND_PERSON_GROUP, expected);
}

/* Into a group, and to a lower number where two webs are one; never out of it. */
static void screening_joins_groups_and_leaves_none(void **state)
{
    (void)state;
    world.source = LINK_SOURCE_SCREEN;
    group(NOBODY, 7, REJECT_UNKNOWN_PERSON);
    group(PERSON, 0, REJECT_NEEDS_SECOND);
    group(PERSON, UINT32_MAX, REJECT_BAD_DEFINITION);
    group(PERSON, 7, REJECT_NONE);
    assert_int_equal(person_group_of(world.core, ACCOUNT), 7);
    assert_int_equal(person_group_of(world.core, STRANGER), 0);
    group(PERSON, 7, REJECT_NONE);
    group(PERSON, 8, REJECT_NEEDS_SECOND);
    group(PERSON, 6, REJECT_NONE);
    group(PERSON, 0, REJECT_NEEDS_SECOND);
    assert_int_equal(person_group_of(world.core, ACCOUNT), 6);
    struct command_person_group set = {.person = PERSON, .group = 5, .officer = 1, .second = 2};
    (void)says(&set, COMMAND_PERSON_GROUP, REJECT_NEEDS_SECOND);
    world.source = 0;
    set.second = 0;
    (void)says(&set, COMMAND_PERSON_GROUP, REJECT_NEEDS_SECOND);
    set.second = 1;
    (void)says(&set, COMMAND_PERSON_GROUP, REJECT_NEEDS_SECOND);
    set = (struct command_person_group){.person = PERSON, .officer = 1, .second = 2};
    (void)says(&set, COMMAND_PERSON_GROUP, REJECT_NONE);
    assert_int_equal(person_group_of(world.core, ACCOUNT), 0);
}

static bool trades(u32 maker, u32 taker)
{
    struct world_order order = world_limit(SIDE_BUY, 100, 10);
    (void)world_place(&world, maker, order);
    order = world_limit(SIDE_SELL, 100, 10);
    order.stp = STP_MODE_EXPIRE_MAKER;
    u64 id = world_place(&world, taker, order);
    u32 trades = world_count(&world, EVENT_TRADE);
    assert_int_equal(world_count(&world, EVENT_PREVENTED), 1 - trades);
    if (trades == 0) {
        struct command_cancel cancel = {.order_id = id};
        world_apply(&world, &cancel, COMMAND_CANCEL, taker);
    }
    return trades != 0;
}

/* The accounts of a person follow its group, from the link to its end; an account's own group
 * counts beside it. */
static void accounts_of_one_web_do_not_trade_with_each_other(void **state)
{
    (void)state;
    struct command_link link = {.person = OTHER, .officer = 1};
    world_apply(&world, &link, COMMAND_LINK, STRANGER);
    assert_true(trades(ACCOUNT, STRANGER));
    world.source = LINK_SOURCE_SCREEN;
    group(PERSON, 7, REJECT_NONE);
    world.source = 0;
    assert_true(trades(ACCOUNT, STRANGER)); /* one alone */
    world.source = LINK_SOURCE_SCREEN;
    group(OTHER, 8, REJECT_NONE);
    world.source = 0;
    assert_true(trades(ACCOUNT, STRANGER)); /* two groups */
    world.source = LINK_SOURCE_SCREEN;
    group(OTHER, 7, REJECT_NONE);
    world.source = 0;
    assert_false(trades(ACCOUNT, STRANGER));
    assert_false(trades(STRANGER, ACCOUNT));
    assert_true(trades(0, STRANGER)); /* nobody's account */
    assert_true(trades(STRANGER, 0));
    assert_false(trades(2, ACCOUNT)); /* 2 and 3 are of one group by hand */
    struct command_unlink unlink = {.person = OTHER, .officer = 1, .second = 2};
    world_apply(&world, &unlink, COMMAND_UNLINK, STRANGER);
    assert_true(trades(ACCOUNT, STRANGER));
    world_apply(&world, &link, COMMAND_LINK, STRANGER);
    assert_false(trades(ACCOUNT, STRANGER));
}

/* One officer is enough only for a verdict that restricts wherever it is asked for. */
static void a_verdict_of_ownership_that_may_loosen_needs_two(void **state)
{
    (void)state;
    static const struct {
        u16 lower;
        u16 upper;
        u8 control;
        bool is_owned;
    } verdicts[] = {
        {5000, 5000, TRUTH_NO, true},    {4999, 5000, TRUTH_NO, false},
        {4999, 5000, TRUTH_YES, true},   {0, 4999, TRUTH_YES, false},
        {0, 5000, TRUTH_UNKNOWN, false},
    };
    for (u32 i = 0; i < ARRAY_COUNT(verdicts); i++) {
        struct command_ownership_set set =
            share(verdicts[i].lower, verdicts[i].upper, verdicts[i].control, 0);
        (void)says(&set, COMMAND_OWNERSHIP_SET, REJECT_NEEDS_SECOND);
        set.officer = 1;
        u64 row = says(&set, COMMAND_OWNERSHIP_SET,
                       verdicts[i].is_owned ? REJECT_NONE : REJECT_NEEDS_SECOND);
        set.replaces = row;
        (void)says(&set, COMMAND_OWNERSHIP_SET, REJECT_NEEDS_SECOND);
        set.second = 2;
        (void)says(&set, COMMAND_OWNERSHIP_SET, REJECT_NONE);
    }
}

/* Somebody whom nobody linked to a person is frozen by hand. */
static void a_frozen_accounts_deposit_stays_also_without_a_person(void **state)
{
    (void)state;
    static const u8 operations[] = {OPERATION_WITHDRAW, OPERATION_DEPOSIT};
    struct command_restrict hold = {.restrictions = BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD)};
    world_apply(&world, &hold, COMMAND_RESTRICT, STRANGER);
    world_deposit(&world, STRANGER, WORLD_BTC, 7);
    const struct event_ledger *ledger = world_event(&world, EVENT_LEDGER, 0);
    struct command_hold_release back = {.hold_id = ledger->reference};
    for (u32 i = 0; i < ARRAY_COUNT(operations); i++) {
        struct command_restrict freeze = {.restrictions = BITS(operations[i], RESTRICTION_FREEZE)};
        world_apply(&world, &freeze, COMMAND_RESTRICT, STRANGER);
        world_apply(&world, &back, COMMAND_HOLD_RELEASE, UINT32_MAX);
        world_assert_reject(world_reject(&world), REJECT_MONEY_DISABLED);
    }
    world_apply(&world, &hold, COMMAND_RESTRICT, STRANGER);
    world_apply(&world, &back, COMMAND_HOLD_RELEASE, UINT32_MAX);
    world_assert_reject(world_reject(&world), REJECT_NONE);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        IN_WORLD(screening_sets_a_candidate_and_clears_who_has_no_row),
        IN_WORLD(screening_does_not_touch_what_an_officer_confirmed),
        IN_WORLD(screening_says_who_may_be_owned_and_of_the_others_once),
        IN_WORLD(screening_names_no_officer_and_says_nothing_else),
        IN_WORLD(screening_joins_groups_and_leaves_none),
        IN_WORLD(accounts_of_one_web_do_not_trade_with_each_other),
        IN_WORLD(a_verdict_of_ownership_that_may_loosen_needs_two),
        IN_WORLD(a_frozen_accounts_deposit_stays_also_without_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
