/* Aim: a licence lifts the rule it names, for its operations, grounds, time and amount, and nothing
 * else; what is spent is gone.
 *
 * Method: outcomes written by hand, each condition broken once. The case of the reference, a
 * ceiling used twice, is in src/app/rule_golden_test.c too, with the shipped packs. */
#include "core/rule_licence.h"

#include "tests/support/test.h"

#include <string.h>

static struct rule_pack first;
static struct rule_pack second;
static struct rule_outcome outcomes[2];
static struct rule_licence licence;
static const struct rule_verdict verdicts[2] = {{&first, &outcomes[0]}, {&second, &outcomes[1]}};

static void make(void)
{
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    memset(outcomes, 0, sizeof(outcomes));
    memcpy(first.id, "first", 6);
    memcpy(second.id, "second", 7);
    memcpy(first.rules[0].id, "rule", 5);
    memcpy(second.rules[0].id, "rule", 5);
    first.rules[0].grounds = 1U << ('b' - 'a');
    first.rules_count = 1;
    second.rules_count = 1;
    outcomes[0].results_count = 1;
    outcomes[1].results_count = 1;
    outcomes[0].results[0].vector = (u64)RESTRICTION_FREEZE << (2 * OPERATION_WITHDRAW);
    licence = (struct rule_licence){
        .ceiling = 100, .valid = {10, 20}, .operations = 1U << OPERATION_WITHDRAW, .ground = 'b'};
    memcpy(licence.pack_id, first.id, RULE_ID_BYTES);
    memcpy(licence.rule_id, first.rules[0].id, RULE_ID_BYTES);
}

static enum rule_licence_answer check(u32 operation, u64 eur, u64 at)
{
    return rule_licence_check(&licence, verdicts, 2, operation, eur, at);
}

static void each_condition_counts(void **state)
{
    (void)state;
    make();
    assert_int_equal(check(OPERATION_WITHDRAW, 100, 10), RULE_LICENCE_GOOD);
    assert_int_equal(check(OPERATION_WITHDRAW, 101, 10), RULE_LICENCE_CEILING);
    assert_int_equal(check(OPERATION_WITHDRAW, 0, 10), RULE_LICENCE_CEILING);
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 9), RULE_LICENCE_TIME);
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 20), RULE_LICENCE_TIME);
    assert_int_equal(check(OPERATION_TRANSFER_OUT, 1, 10), RULE_LICENCE_NOT_NEEDED);
    licence.operations = 1U << OPERATION_TRANSFER_OUT;
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 10), RULE_LICENCE_OPERATION);
    make();
    licence.ground = 'a';
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 10), RULE_LICENCE_GROUND);
    make();
    outcomes[1].results[0].vector = (u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW);
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 10), RULE_LICENCE_OTHER_RULE);
    make();
    memcpy(licence.pack_id, second.id, RULE_ID_BYTES);
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 10), RULE_LICENCE_NO_RULE);
}

static void what_is_spent_is_gone(void **state)
{
    (void)state;
    make();
    rule_licence_spend(&licence, 60);
    assert_int_equal(check(OPERATION_WITHDRAW, 41, 10), RULE_LICENCE_CEILING);
    assert_int_equal(check(OPERATION_WITHDRAW, 40, 10), RULE_LICENCE_GOOD);
    rule_licence_spend(&licence, 40);
    assert_int_equal(check(OPERATION_WITHDRAW, 1, 10), RULE_LICENCE_CEILING);
    assert_int_equal(check(OPERATION_WITHDRAW, UINT64_MAX, 10), RULE_LICENCE_CEILING);
    expect_assert_failure(rule_licence_spend(&licence, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_condition_counts),
        cmocka_unit_test(what_is_spent_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
