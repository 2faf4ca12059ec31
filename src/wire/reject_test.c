/* Aim: the refusal table is whole: numbers are permanent and unique, each has a name, a public code
 * and a text, and numbers outside the table are answered too. Method: walk the table twice, once as
 * the header's list and once by number. */
#include "wire/reject.h"

#include "tests/support/test.h"

#include <string.h>

struct row {
    u32 number;
    const char *name;
    i32 code;
    const char *text;
};

#define TEST_ROW(number, name, code, text) {number, #name, code, text},
static const struct row rows[] = {REJECT_TABLE(TEST_ROW)};

static void every_row_is_found_by_its_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i += 1) {
        assert_string_equal(reject_name(rows[i].number), rows[i].name);
        assert_int_equal(reject_code(rows[i].number), rows[i].code);
        assert_string_equal(reject_text(rows[i].number), rows[i].text);
    }
}

static void numbers_rise_and_the_count_is_the_last_plus_one(void **state)
{
    (void)state;
    for (size_t i = 1; i < ARRAY_COUNT(rows); i += 1) {
        assert_true(rows[i - 1].number < rows[i].number);
        assert_true(rows[i].code <= -1000 && rows[i].code > -3000);
        assert_true(strlen(rows[i].text) > 0);
    }
    assert_int_equal(rows[ARRAY_COUNT(rows) - 1].number + 1, REJECT_COUNT);
}

static void gaps_and_large_numbers_are_unknown(void **state)
{
    (void)state;
    static const u32 numbers[] = {13, 59, REJECT_COUNT, REJECT_COUNT + 1, UINT32_MAX};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i += 1) {
        assert_string_equal(reject_name(numbers[i]), "UNKNOWN");
        assert_int_equal(reject_code(numbers[i]), -1000);
        assert_string_equal(reject_text(numbers[i]),
                            "An unknown error occurred while processing the request.");
    }
}

/* Numbers are in journals: these may never move. */
static void numbers_are_permanent(void **state)
{
    (void)state;
    assert_int_equal(REJECT_NONE, 0);
    assert_int_equal(REJECT_ACCOUNT_DISABLED, 5);
    assert_int_equal(REJECT_FILTER_PRICE, 60);
    assert_int_equal(REJECT_FILTER_MAX_ASSET, 79);
    assert_int_equal(REJECT_INSUFFICIENT_BALANCE, 90);
    assert_int_equal(REJECT_UNKNOWN_ORDER, 110);
    assert_int_equal(REJECT_AMOUNT_ZERO, 130);
    assert_int_equal(REJECT_ALREADY_EXISTS, 150);
    assert_int_equal(REJECT_LIMIT_ACCOUNTS, 170);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_its_number),
        cmocka_unit_test(numbers_rise_and_the_count_is_the_last_plus_one),
        cmocka_unit_test(gaps_and_large_numbers_are_unknown),
        cmocka_unit_test(numbers_are_permanent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
