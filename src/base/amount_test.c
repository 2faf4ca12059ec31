/* Aim: amounts survive the way text -> units -> text, refuse what is not a plain decimal, and
 * products with prices round as their names say and overflow visibly. Method: examples and edges by
 * name; then random numbers against a slow reference written with 128-bit long multiplication. */
#include "base/amount.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static enum amount_error parse(const char *text, u32 scale, u64 *units_out)
{
    struct amount amount = amount_of(77);
    enum amount_error error = amount_parse(span_of_text(text), scale, &amount);
    *units_out = amount.units;
    return error;
}

static void assert_parses(const char *text, u32 scale, u64 units)
{
    u64 found = 0;
    assert_int_equal(parse(text, scale, &found), AMOUNT_OK);
    assert_int_equal(found, units);
}

static void assert_refuses(const char *text, u32 scale, enum amount_error error)
{
    u64 found = 0;
    assert_int_equal(parse(text, scale, &found), error);
    assert_int_equal(found, 77); /* left alone */
}

static void parse_reads_whole_and_decimal_numbers(void **state)
{
    (void)state;
    assert_parses("0", 8, 0);
    assert_parses("1", 8, 100000000);
    assert_parses("0.00000001", 8, 1);
    assert_parses("236.47", 8, 23647000000);
    assert_parses("007.50", 2, 750);
    assert_parses("12", 0, 12);
    assert_parses("18446744073709551615", 0, UINT64_MAX);
    assert_parses("184467440737.09551615", 8, UINT64_MAX);
    assert_parses("18.446744073709551615", 18, UINT64_MAX);
}

static void parse_refuses_what_is_no_plain_decimal(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    ".",     "1.",  ".5",  "-1", "+1",  " 1",   "1 ",
                                        "1e3", "1.2.3", "0x1", "1,5", "--", "NaN", "1..2", "..1"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_refuses(texts[i], 8, AMOUNT_MALFORMED);
    }
    u64 found = 0;
    struct amount amount = AMOUNT_ZERO;
    assert_int_equal(amount_parse(span_of("1\0002", 3), 8, &amount), AMOUNT_MALFORMED);
    assert_int_equal(parse("1.5", 8, &found), AMOUNT_OK);
}

static void parse_refuses_excess_precision_but_not_zeros(void **state)
{
    (void)state;
    assert_refuses("0.123", 2, AMOUNT_PRECISION);
    assert_refuses("1.5", 0, AMOUNT_PRECISION);
    assert_refuses("0.000000001", 8, AMOUNT_PRECISION);
    assert_parses("0.12000000000000000000000000", 2, 12);
    assert_parses("5.000", 0, 5);
}

static void parse_refuses_overflow(void **state)
{
    (void)state;
    assert_refuses("18446744073709551616", 0, AMOUNT_OVERFLOW);
    assert_refuses("184467440737.09551616", 8, AMOUNT_OVERFLOW);
    assert_refuses("99999999999999999999999999999999999", 0, AMOUNT_OVERFLOW);
    assert_refuses("19", 18, AMOUNT_OVERFLOW);
}

static void price_parse_counts_eight_places(void **state)
{
    (void)state;
    struct price price = price_of(5);
    assert_int_equal(price_parse(span_of_text("61837.63000000"), &price), AMOUNT_OK);
    assert_int_equal(price.units, 6183763000000);
    assert_int_equal(price_parse(span_of_text("1.234567891"), &price), AMOUNT_PRECISION);
    assert_int_equal(price.units, 6183763000000);
}

static void assert_prints(u64 units, u32 scale, u32 places, const char *text)
{
    char found[AMOUNT_TEXT_BYTES];
    u32 length = amount_print(amount_of(units), scale, places, found);
    assert_string_equal(found, text);
    assert_int_equal(length, strlen(text));
}

static void print_truncates_and_fills_up(void **state)
{
    (void)state;
    assert_prints(0, 8, 8, "0.00000000");
    assert_prints(1, 8, 8, "0.00000001");
    assert_prints(123456789, 8, 8, "1.23456789");
    assert_prints(123456789, 8, 2, "1.23");
    assert_prints(199999999, 8, 0, "1");
    assert_prints(5, 0, 0, "5");
    assert_prints(5, 0, 3, "5.000");
    assert_prints(5, 2, 4, "0.0500");
    assert_prints(UINT64_MAX, 0, 0, "18446744073709551615");
    assert_prints(UINT64_MAX, 18, 18, "18.446744073709551615");
    assert_prints(UINT64_MAX, 0, 26, "18446744073709551615.00000000000000000000000000");
}

static void print_then_parse_is_the_identity(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(200000); round > 0; round -= 1) {
        u64 units = random_u64(&random) >> random_below(&random, 64);
        u32 scale = (u32)random_below(&random, AMOUNT_SCALE_MAX + 1);
        char text[AMOUNT_TEXT_BYTES];
        (void)amount_print(amount_of(units), scale, scale, text);
        assert_parses(text, scale, units);
    }
}

/* floor or ceil of a x b / 10^down or x 10^up, digit by digit in base 2^32: slow and plain. */
static bool reference_product(u64 a, u64 b, i32 exponent, bool up, u64 *out)
{
    u64 limbs[12] = {0}; /* 32 bits each */
    u128 product = (u128)a * b;
    for (u32 i = 0; i < 4; i += 1) {
        limbs[i] = (u64)(product >> (32 * i)) & 0xffffffffU;
    }
    for (; exponent > 0; exponent -= 1) {
        u64 carry = 0;
        for (u32 i = 0; i < 12; i += 1) {
            carry += limbs[i] * 10;
            limbs[i] = carry & 0xffffffffU;
            carry >>= 32;
        }
    }
    bool rest = false;
    for (; exponent < 0; exponent += 1) {
        u64 left = 0;
        for (u32 i = 12; i > 0; i -= 1) {
            left = left << 32 | limbs[i - 1];
            limbs[i - 1] = left / 10;
            left %= 10;
        }
        rest = rest || left > 0;
    }
    u64 carry = up && rest ? 1 : 0;
    for (u32 i = 0; i < 12; i += 1) {
        carry += limbs[i];
        limbs[i] = carry & 0xffffffffU;
        carry >>= 32;
        if (i >= 2 && limbs[i] != 0) {
            return false;
        }
    }
    *out = limbs[1] << 32 | limbs[0];
    return true;
}

static void products_agree_with_long_multiplication(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(200000); round > 0; round -= 1) {
        u64 price = random_u64(&random) >> random_below(&random, 64);
        u64 qty = random_u64(&random) >> random_below(&random, 64);
        u32 base = (u32)random_below(&random, AMOUNT_SCALE_MAX + 1);
        u32 quote = (u32)random_below(&random, AMOUNT_SCALE_MAX + 1);
        i32 exponent = (i32)quote - (i32)base - (i32)PRICE_SCALE;
        for (u32 up = 0; up < 2; up += 1) {
            u64 expected = 0;
            bool fits = reference_product(price, qty, exponent, up == 1, &expected);
            struct amount found = amount_of(1234);
            bool good =
                up == 1
                    ? amount_mul_price_ceil(price_of(price), amount_of(qty), base, quote, &found)
                    : amount_mul_price_floor(price_of(price), amount_of(qty), base, quote, &found);
            if (good != fits || (fits && found.units != expected) ||
                (!fits && found.units != 1234)) {
                fail_msg("seed %llu: price %llu qty %llu scales %u %u up %u",
                         (unsigned long long)test_seed(), (unsigned long long)price,
                         (unsigned long long)qty, base, quote, up);
            }
        }
    }
}

static void products_round_as_named(void **state)
{
    (void)state;
    struct amount out = AMOUNT_ZERO;
    /* 0.1 quote per whole, 0.00000015 base, 8 places: 0.000000015 */
    assert_true(amount_mul_price_floor(price_of(10000000), amount_of(15), 8, 8, &out));
    assert_int_equal(out.units, 1);
    assert_true(amount_mul_price_ceil(price_of(10000000), amount_of(15), 8, 8, &out));
    assert_int_equal(out.units, 2);
    assert_true(amount_mul_price_ceil(price_of(10000000), amount_of(20), 8, 8, &out));
    assert_int_equal(out.units, 2);
    assert_false(amount_mul_price_floor(price_of(1), amount_of(1), 19, 8, &out));
    assert_false(amount_mul_price_ceil(price_of(1), amount_of(1), 8, 19, &out));
    assert_int_equal(out.units, 2);
}

static void fee_is_floored_without_overflow(void **state)
{
    (void)state;
    assert_int_equal(amount_mul_rate_floor(amount_of(UINT64_MAX), RATE_ONE).units, UINT64_MAX);
    assert_int_equal(amount_mul_rate_floor(amount_of(999), 100000).units, 0);
    assert_int_equal(amount_mul_rate_floor(amount_of(1000), 100000).units, 1);
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(100000); round > 0; round -= 1) {
        u64 units = random_u64(&random) >> random_below(&random, 64);
        u32 rate = (u32)random_below(&random, (u64)RATE_ONE + 1);
        u64 expected = (u64)((u128)units * rate / RATE_ONE);
        assert_int_equal(amount_mul_rate_floor(amount_of(units), rate).units, expected);
    }
}

static void sums_refuse_overflow(void **state)
{
    (void)state;
    struct amount out = amount_of(9);
    assert_false(amount_sub(amount_of(1), amount_of(2), &out));
    assert_int_equal(out.units, 9);
    assert_true(amount_sub(amount_of(2), amount_of(2), &out));
    assert_true(amount_is_zero(out));
    assert_true(amount_add(amount_of(UINT64_MAX - 1), amount_of(1), &out));
    assert_int_equal(out.units, UINT64_MAX);
    out = amount_of(9);
    assert_false(amount_add(amount_of(UINT64_MAX), amount_of(1), &out));
    assert_int_equal(out.units, 9);
}

static void scales_out_of_bounds_are_our_own_mistake(void **state)
{
    (void)state;
    struct amount out = AMOUNT_ZERO;
    char text[AMOUNT_TEXT_BYTES];
    expect_assert_failure((void)!amount_parse(span_of_text("1"), AMOUNT_SCALE_MAX + 1, &out));
    expect_assert_failure((void)amount_print(amount_of(1), AMOUNT_SCALE_MAX + 1, 0, text));
    expect_assert_failure((void)amount_print(amount_of(1), 8, 27, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_reads_whole_and_decimal_numbers),
        cmocka_unit_test(parse_refuses_what_is_no_plain_decimal),
        cmocka_unit_test(parse_refuses_excess_precision_but_not_zeros),
        cmocka_unit_test(parse_refuses_overflow),
        cmocka_unit_test(price_parse_counts_eight_places),
        cmocka_unit_test(print_truncates_and_fills_up),
        cmocka_unit_test(print_then_parse_is_the_identity),
        cmocka_unit_test(products_agree_with_long_multiplication),
        cmocka_unit_test(products_round_as_named),
        cmocka_unit_test(fee_is_floored_without_overflow),
        cmocka_unit_test(sums_refuse_overflow),
        cmocka_unit_test(scales_out_of_bounds_are_our_own_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
