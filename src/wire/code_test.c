/* Aim: a name or a country is one number and comes back from it; anything else is refused.
 *
 * Method: examples and edges, random names there and back, numbers that no name has. */
#include "wire/code.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void names_come_back(void **state)
{
    static const char symbols[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    struct random random;
    char text[CODE_NAME_BYTES];
    char back[CODE_NAME_BYTES];
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(20000); round += 1) {
        u32 size = 1 + (u32)random_below(&random, CODE_NAME_SYMBOLS);
        for (u32 i = 0; i < size; i += 1) {
            text[i] = symbols[random_below(&random, sizeof(symbols) - 1)];
        }
        text[size] = 0;
        u64 name = code_name_of(span_of_text(text));
        assert_true(name != 0 && code_name_print(name, back));
        assert_string_equal(back, text);
    }
}

static void what_is_no_name_is_none(void **state)
{
    static const char *const wrong[] = {"", "A", "a b", "thirteen-long", "a_b", "\xc3\xa4"};
    char back[CODE_NAME_BYTES];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_true(code_name_of(span_of_text(wrong[i])) == 0);
    }
    assert_false(code_name_print(0, back));
    assert_false(code_name_print(1, back)); /* blanks before a symbol */
    assert_false(code_name_print(UINT64_MAX, back));
}

static void countries_come_back(void **state)
{
    char text[3];
    (void)state;
    for (u16 country = 1; country <= CODE_COUNTRY_LAST; country += 1) {
        assert_true(code_country_print(country, text));
        assert_int_equal(code_country_of(span_of_text(text)), country);
    }
    assert_int_equal(code_country_of(span_of_text("AA")), 1);
    assert_int_equal(code_country_of(span_of_text("ru")), 0);
    assert_int_equal(code_country_of(span_of_text("RUS")), 0);
    assert_false(code_country_print(0, text));
    assert_false(code_country_print(CODE_COUNTRY_LAST + 1, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_come_back),
                                       cmocka_unit_test(what_is_no_name_is_none),
                                       cmocka_unit_test(countries_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
