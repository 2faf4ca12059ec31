/* Aim: numbers have the same bytes everywhere, bytes have one hexadecimal text, and eight bytes of
 * text are judged like one at a time. Method: fixed values; every byte at every place among plain
 * and random neighbours. */
#include "base/bytes.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

static void numbers_are_little_endian(void **state)
{
    (void)state;
    u8 bytes[8];
    bytes_put_u64(bytes, 0x0807060504030201ULL);
    for (u8 i = 0; i < 8; i += 1) {
        assert_int_equal(bytes[i], i + 1);
    }
    assert_true(bytes_u64(bytes) == 0x0807060504030201ULL);
    assert_int_equal(bytes_u32(bytes + 1), 0x05040302);
    assert_int_equal(bytes_u16(bytes + 2), 0x0403);
}

static void others_want_the_highest_byte_first(void **state)
{
    (void)state;
    u8 bytes[8];
    bytes_put_big_u64(bytes, 0x0102030405060708ULL);
    for (u8 i = 0; i < 8; i += 1) {
        assert_int_equal(bytes[i], i + 1);
    }
    assert_true(bytes_big_u64(bytes) == 0x0102030405060708ULL);
    assert_int_equal(bytes_big_u32(bytes + 1), 0x02030405);
    bytes_put_big_u32(bytes, 0x80000001U);
    assert_int_equal(bytes[0], 0x80);
    assert_true(bytes_big_u32(bytes) == 0x80000001U);
}

static bool plain_by_hand(const u8 *bytes)
{
    bool plain = true;
    for (u32 i = 0; i < 8; i += 1) {
        plain = plain && bytes[i] >= 0x20 && bytes[i] <= 0x7e;
    }
    return plain;
}

static u32 before_by_hand(const u8 *bytes, u8 wanted)
{
    u32 count = 0;
    while (count < 8 && bytes[count] >= 0x20 && bytes[count] <= 0x7e && bytes[count] != wanted) {
        count += 1;
    }
    return count;
}

static void eight_are_judged_like_one(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 round = 0; round < 200; round += 1) {
        for (u32 value = 0; value < 256; value += 1) {
            u8 bytes[8];
            bool wild = round % 4 == 0;
            for (u32 i = 0; i < 8; i += 1) {
                bytes[i] = (u8)random_between(&random, wild ? 0 : 0x20, wild ? 255 : 0x7e);
            }
            bytes[random_below(&random, 8)] = (u8)value;
            assert_int_equal(bytes_are_plain(bytes_u64(bytes)), plain_by_hand(bytes));
            u8 wanted = (u8)random_between(&random, 0, 255);
            bool lacks = true;
            for (u32 i = 0; i < 8; i += 1) {
                lacks = lacks && bytes[i] != wanted;
            }
            assert_int_equal(bytes_lack(bytes_u64(bytes), wanted), lacks);
            assert_false(bytes_lack(bytes_u64(bytes), (u8)value));
            u64 marks = bytes_mark_odd(bytes_u64(bytes)) | bytes_mark(bytes_u64(bytes), wanted);
            assert_int_equal(bytes_before_mark(marks), before_by_hand(bytes, wanted));
        }
    }
}

static void hex_digits_are_known(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    for (u32 byte = 0; byte < 256; byte += 1) {
        const char *place = byte == 0 ? NULL : strchr(digits, (int)byte);
        u32 expected = place == NULL ? 16 : (u32)(place - digits) % 16;
        assert_int_equal(bytes_hex_digit((u8)byte), expected);
    }
}

static void hex_is_read_in_lower_case_and_whole(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",         "0",        "00ff0",    "00ff0a1",  "00ff0a1b2", "00ff0a1b2c",
        "00FF0a1b", "00ff0A1b", "00ff0a1B", "00ff0a1g", " 0ff0a1b",  "00ff0a1 ",
        "0x00ff0a", "00ff0a:b", "00ff0a/b", "00ff0a`b", "-0ff0a1b",  "00ff\n0a1",
    };
    static const u8 expected[] = {0x00, 0xff, 0x0a, 0x1b};
    u8 bytes[5] = {[4] = 0x77};
    char text[9];
    assert_true(bytes_from_hex(span_of_text("00ff0a1b"), bytes, 4));
    assert_memory_equal(bytes, expected, 4);
    assert_int_equal(bytes[4], 0x77);
    for (u32 i = 0; i < ARRAY_COUNT(refused); i += 1) {
        assert_false(bytes_from_hex(span_of_text(refused[i]), bytes, 4));
    }
    assert_int_equal(bytes[4], 0x77);
    assert_true(bytes_from_hex(span_of_text(""), bytes, 0));
    assert_false(bytes_from_hex(span_of_text("00"), bytes, 0));
    assert_true(bytes_to_hex(expected, 4, text) == text);
    assert_string_equal(text, "00ff0a1b");
    assert_string_equal(bytes_to_hex(expected, 0, text), "");
}

static void every_byte_has_one_hex_text(void **state)
{
    (void)state;
    u32 read = 0;
    for (u32 first = 0; first < 256; first += 1) {
        for (u32 second = 0; second < 256; second += 1) {
            u8 text[2] = {(u8)first, (u8)second};
            char again[3];
            u8 byte = 0;
            if (bytes_from_hex(span_of(text, 2), &byte, 1)) {
                read += 1;
                assert_memory_equal(bytes_to_hex(&byte, 1, again), text, 2);
            }
        }
    }
    assert_int_equal(read, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(others_want_the_highest_byte_first),
        cmocka_unit_test(eight_are_judged_like_one),
        cmocka_unit_test(hex_digits_are_known),
        cmocka_unit_test(hex_is_read_in_lower_case_and_whole),
        cmocka_unit_test(every_byte_has_one_hex_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
