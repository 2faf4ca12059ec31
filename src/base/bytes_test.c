/* Aim: numbers have the same bytes everywhere, and eight bytes of text are judged like one at a
 * time. Method: fixed values; every byte at every place among plain and random neighbours. */
#include "base/bytes.h"

#include "base/random.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(eight_are_judged_like_one),
        cmocka_unit_test(hex_digits_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
