/* Aim: what is printed about rules is what docs/rules.md calls it, at the edges too.
 *
 * Method: examples; every vector of two bits an operation has a text, and every country comes back.
 */
#include "app/rule_words.h"

#include "base/span.h"
#include "tests/support/test.h"

static char text[RULE_WORDS_BYTES];

static void moments_are_days_where_they_can_be(void **state)
{
    (void)state;
    assert_string_equal(rule_words_time(0, text), "1970-01-01");
    assert_string_equal(rule_words_time(1650585600000000, text), "2022-04-22");
    assert_string_equal(rule_words_time(1650585601000000, text), "2022-04-22T00:00:01Z");
    assert_string_equal(rule_words_time(1650585600000001, text), "2022-04-22T00:00:00.000001Z");
    assert_string_equal(rule_words_time(RULE_TIME_OPEN, text), "open");
    assert_string_equal(rule_words_time(RULE_TIME_OPEN - 1, text), "after 9999");
}

static void moments_are_read_back(void **state)
{
    (void)state;
    u64 time = 0;
    assert_true(rule_words_time_of("2022-04-22", &time));
    assert_int_equal(time, 1650585600000000);
    assert_true(rule_words_time_of("2022-04-22T00:00:01Z", &time));
    assert_int_equal(time, 1650585601000000);
    assert_false(rule_words_time_of("2022-02-30", &time));
    assert_false(rule_words_time_of("22.04.2022", &time));
    assert_false(rule_words_time_of("", &time));
}

static void sums_keep_every_digit(void **state)
{
    (void)state;
    assert_string_equal(rule_words_eur(0, text), "0.00");
    assert_string_equal(rule_words_eur(1000000000000, text), "10000.00");
    assert_string_equal(rule_words_eur(1000000000001, text), "10000.00000001");
    assert_string_equal(rule_words_eur(1010000000, text), "10.10");
    assert_string_equal(rule_words_eur(UINT64_MAX, text), "184467440737.09551615");
    assert_string_equal(rule_words_percent(5000, text), "50");
    assert_string_equal(rule_words_percent(3333, text), "33.33");
    assert_string_equal(rule_words_percent(50, text), "0.5");
}

static void values_are_words(void **state)
{
    (void)state;
    for (u16 country = 1; country <= RULE_COUNTRY_LAST; country += 1) {
        const char *code = rule_words_value(RULE_FACT_NATIONALITY, country, text);
        assert_int_equal(rule_country_of(span_of_text(code)), country);
    }
    assert_string_equal(rule_words_value(RULE_FACT_PERMIT, RULE_VALUE_NONE, text), "none");
    assert_string_equal(rule_words_value(RULE_FACT_RESIDENCE, RULE_VALUE_UNKNOWN, text), "others");
    assert_string_equal(rule_words_value(RULE_FACT_RESIDENCE, 5000, text), "?");
    assert_string_equal(rule_words_value(RULE_FACT_KIND, RULE_KIND_LEGAL, text), "legal");
    assert_string_equal(rule_words_value(RULE_FACT_ROLE, RULE_ROLE_OWNER, text), "owner");
    assert_string_equal(rule_words_methods(RULE_VERIFIED_ALL, text),
                        "document, proof_of_address, register");
    assert_string_equal(rule_words_methods(0, text), "not verified");
    assert_string_equal(rule_words_facts(1U << RULE_FACT_PERMIT | 1U << RULE_FACT_RESIDENCE, text),
                        "residence, residence_permit");
    assert_string_equal(rule_words_reasons(RULE_REASON_FACT | RULE_REASON_DEADLINE, text),
                        "fact, deadline");
}

static void vectors_are_told_by_operation(void **state)
{
    (void)state;
    assert_string_equal(rule_words_vector(0, text), "nothing");
    assert_string_equal(rule_words_vector(2U | 3U << 8, text), "trade refuse, withdraw freeze");
    for (u32 i = 0; i < RULE_OPERATIONS_COUNT; i += 1) {
        assert_int_equal(rule_words_operation_of(rule_words_operation(i)), i);
    }
    assert_int_equal(rule_words_operation_of("burn"), RULE_OPERATIONS_COUNT);
    assert_string_not_equal(rule_words_vector(0xFFFF, text), "nothing"); /* the longest fits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_days_where_they_can_be),
        cmocka_unit_test(moments_are_read_back),
        cmocka_unit_test(sums_keep_every_digit),
        cmocka_unit_test(values_are_words),
        cmocka_unit_test(vectors_are_told_by_operation),
    };
    return cmocka_run_group_tests_name("rule_words", tests, NULL, NULL);
}
