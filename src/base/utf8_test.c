/* Aim: exactly the characters of Unicode are UTF-8, each in its one form. Method: every number up
 * to beyond the last character there and back; every pair and triple of first bytes counted against
 * the standard's table; cut and overlong forms by name. */
#include "base/utf8.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void every_character_goes_there_and_back(void **state)
{
    (void)state;
    u64 count = 0;
    for (u32 character = 0; character < 0x120000; character += 1) {
        u8 bytes[4] = {0};
        size_t size = utf8_put(character, bytes);
        if (size == 0) {
            assert_true((character >= 0xd800 && character < 0xe000) || character > 0x10ffff);
            continue;
        }
        count += 1;
        assert_int_equal(utf8_bytes(span_of(bytes, 4)), size);
        assert_int_equal(utf8_bytes(span_of(bytes, size)), size);
        assert_int_equal(utf8_bytes(span_of(bytes, size - 1)), 0);
        u32 shown = size == 1 ? bytes[0] : bytes[0] & (0x7fU >> size);
        for (size_t i = 1; i < size; i += 1) {
            shown = shown << 6 | (bytes[i] & 0x3fU);
        }
        assert_int_equal(shown, character);
    }
    assert_int_equal(count, 0x110000 - 0x800);
}

static void no_other_bytes_are_characters(void **state)
{
    (void)state;
    u64 counts[5] = {0};
    u8 bytes[3];
    for (u32 number = 0; number < 1U << 24; number += 1) {
        bytes[0] = (u8)(number >> 16);
        bytes[1] = (u8)(number >> 8);
        bytes[2] = (u8)number;
        counts[utf8_bytes(span_of(bytes, 3))] += 1;
    }
    assert_int_equal(counts[1], 0x80 << 16);
    assert_int_equal(counts[2], (0x800 - 0x80) << 8);
    assert_int_equal(counts[3], 0x10000 - 0x800 - 0x800);
    assert_int_equal(counts[4], 0);
}

static void text_is_wholly_characters(void **state)
{
    (void)state;
    assert_true(utf8_is_text(span_of("", 0)));
    assert_true(utf8_is_text(span_of("a\0b", 3)));
    assert_true(utf8_is_text(span_of_text("\xef\xbc\x91\xf0\x9f\x99\x82\x7f")));
    static const char *const bad[] = {
        "a\xff",
        "\x80",
        "a\xc3",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xe2\x82",
        "\xe2\x28\xa1",
        "\xf0\x9f\x99",
        "\xf0\x9f\x99\xc2",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_false(utf8_is_text(span_of_text(bad[i])));
    }
}

/* A character at every place in a longer text, whole and broken. */
static void place_does_not_matter(void **state)
{
    (void)state;
    for (size_t at = 0; at <= 24; at += 1) {
        u8 text[32];
        memset(text, 'x', sizeof(text));
        memcpy(text + at, "\xe2\x82\xac", 3);
        assert_true(utf8_is_text(span_of(text, sizeof(text))));
        text[at + 2] = 'x';
        assert_false(utf8_is_text(span_of(text, sizeof(text))));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_goes_there_and_back),
        cmocka_unit_test(no_other_bytes_are_characters),
        cmocka_unit_test(text_is_wholly_characters),
        cmocka_unit_test(place_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
