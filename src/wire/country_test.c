/* Aim: countries are found by names, adjectives and codes, and nothing else is. Method: examples by
 * name, with other case, marks and punctuation; every code of two letters that is found names
 * itself; texts that are no country. */
#include "wire/country.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void countries_are_found(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"Russia", "RU"},
        {"RUSSIAN FEDERATION", "RU"},
        {"rus", "RU"},
        {"RU", "RU"},
        {"Korea, North", "KP"},
        {"Democratic People's Republic of Korea", "KP"},
        {"Democratic People\xe2\x80\x99s Republic of Korea", "KP"},
        {"C\xc3\xb4te d\xe2\x80\x99Ivoire", "CI"},
        {"T\xc3\xbcrkiye", "TR"},
        {"Trinidad & Tobago", "TT"},
        {"Iran (Islamic Republic of)", "IR"},
        {"Tunisian", "TN"},
        {"Zimbabwe", "ZW"},
        {"Afghanistan", "AF"},
        {"AFG", "AF"},
        {"Congo, Democratic Republic of the", "CD"},
        {"Palestinian", "PS"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        char code[3];
        assert_true(country_find(span_of_text(texts[i][0]), code));
        assert_string_equal(code, texts[i][1]);
    }
}

static void other_texts_are_not(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",     "Atlantis", "R U",  "ZZ",   "Россия",          "Russi",
        "R.U.", "AAA",      "zzzz", "\xc3", "Russia \xd0\xb6", "unknown"};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        char code[3];
        assert_false(country_find(span_of_text(texts[i]), code));
        assert_string_equal(code, "");
    }
    char long_text[300];
    char code[3];
    memset(long_text, 'a', sizeof(long_text));
    assert_false(country_find(span_of(long_text, sizeof(long_text)), code));
    for (size_t size = 2; size < sizeof(long_text); size += 1) {
        memset(long_text, '&', size);
        assert_false(country_find(span_of(long_text, size), code));
    }
}

static void codes_name_themselves(void **state)
{
    (void)state;
    u32 count = 0;
    for (char first = 'A'; first <= 'Z'; first += 1) {
        for (char second = 'A'; second <= 'Z'; second += 1) {
            char text[2] = {first, second};
            char code[3];
            bool is_word = first == 'U' && second == 'K'; /* what the British say for GB */
            if (country_find(span_of(text, 2), code) && !is_word) {
                assert_memory_equal(code, text, 2);
                count += 1;
            }
        }
    }
    assert_int_equal(count, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(countries_are_found),
        cmocka_unit_test(other_texts_are_not),
        cmocka_unit_test(codes_name_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
