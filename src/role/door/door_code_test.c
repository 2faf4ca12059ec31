/* Aim: a code that was printed is read as the same bytes, however people type it; anything else is
 * no code. Method: vectors of RFC 4648, examples, random bytes there and back. */
#include "role/door/door_code.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

static void text_is_base32(void **state)
{
    char text[DOOR_CODE_TEXT_BYTES(10)];
    (void)state;
    door_code_print(span_of_text("fooba"), 0, text);
    assert_string_equal(text, "MZXW6YTB");
    door_code_print(span_of_text("fooba"), 4, text);
    assert_string_equal(text, "MZXW-6YTB");
    door_code_print(span_of_text("foobafooba"), 4, text);
    assert_string_equal(text, "MZXW-6YTB-MZXW-6YTB");
}

static void people_type_as_they_like(void **state)
{
    static const struct {
        const char *text;
        bool is_code;
    } examples[] = {
        {"MZXW6YTB", true},   {"mzxw-6ytb", true}, {" mzxw 6ytb ", true},
        {"MZXW6YT8", true},   {"MZXW6YT", false},  {"MZXW6YTBA", false},
        {"", false},          {"MZXW6YT9", false}, {"MZXW6YTB=", false},
        {"MZXW_6YTB", false}, {"--------", false}, {"\xc3\xa9ZXW6YT", false},
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(examples); i += 1) {
        u8 bytes[5] = {0};
        assert_int_equal(door_code_read(span_of_text(examples[i].text), bytes, 5),
                         examples[i].is_code);
        if (examples[i].is_code) {
            assert_memory_equal(bytes, "fooba", 5);
        }
    }
}

static void random_codes_come_back(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(2000); round += 1) {
        u8 bytes[10];
        u8 read[10];
        char text[DOOR_CODE_TEXT_BYTES(10)];
        random_fill(&random, bytes, sizeof(bytes));
        door_code_print(span_of(bytes, sizeof(bytes)), (u32)random_below(&random, 6), text);
        assert_true(door_code_read(span_of_text(text), read, sizeof(read)));
        assert_memory_equal(read, bytes, sizeof(bytes));
        assert_false(door_code_read(span_of_text(text), read, 5));
    }
}

static void six_digits_are_six(void **state)
{
    u32 code = 0;
    (void)state;
    assert_true(door_code_digits(span_of_text("012345"), &code));
    assert_int_equal(code, 12345);
    assert_true(door_code_digits(span_of_text(" 999 999 "), &code));
    assert_int_equal(code, 999999);
    assert_false(door_code_digits(span_of_text("12345"), &code));
    assert_false(door_code_digits(span_of_text("1234567"), &code));
    assert_false(door_code_digits(span_of_text("12345a"), &code));
    assert_false(door_code_digits(span_of_text(""), &code));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_base32),
        cmocka_unit_test(people_type_as_they_like),
        cmocka_unit_test(random_codes_come_back),
        cmocka_unit_test(six_digits_are_six),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
