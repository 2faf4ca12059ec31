/* Aim: addresses of the demo network say what they are and are not mistaken for others; terms are
 * whole steps of a coin that the API can print. Method: examples and every change of one byte. */
#include "role/gateway/demo.h"

#include "tests/support/test.h"

#include <string.h>

static void addresses_are_their_own(void **state)
{
    (void)state;
    struct demo_text address = demo_address(17, "BTC");
    assert_memory_equal(address.text, "demo-BTC-17-", 12);
    assert_int_equal(strlen(address.text), 20);
    assert_true(demo_address_valid(span_of_text(address.text), "BTC"));
    assert_false(demo_address_valid(span_of_text(address.text), "USDT"));
    assert_string_not_equal(address.text, demo_address(18, "BTC").text);
    struct demo_text longest = demo_address(UINT32_MAX, "ABCDEFGH");
    assert_true(demo_address_valid(span_of_text(longest.text), "ABCDEFGH"));
    for (size_t i = 0; i < strlen(address.text); i++) {
        for (u32 byte = '!'; byte < 0x7F; byte++) {
            struct demo_text other = address;
            other.text[i] = (char)byte;
            bool same = strcmp(other.text, address.text) == 0;
            bool foreign = memcmp(other.text, "demo-", 5) != 0 &&
                           strpbrk(other.text, "!\"#$%&'()*+,/;<=>?@[\\]^`{|}~") == NULL;
            assert_int_equal(demo_address_valid(span_of_text(other.text), "BTC"), same || foreign);
        }
    }
}

static void other_addresses_have_a_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"0x94df8b352de7f46f64b01d3666bf6e936e44ce60", true},
        {"bc1q:x.y_z-1", true},
        {"abcd", true},
        {"abc", false},
        {"ab cd", false},
        {"ab\"cd", false},
        {"demo-", false},
        {"demo-BTC-", false},
        {"demo-BTC--00000000", false},
        {"demo-BTC-99999999999-00000000", false},
        {"demo-deposit-5", false},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(demo_address_valid(span_of_text(cases[i].text), "BTC"), cases[i].valid);
    }
    char text[130];
    memset(text, 'a', sizeof text);
    assert_true(demo_address_valid(span_of(text, 128), "BTC"));
    assert_false(demo_address_valid(span_of(text, 129), "BTC"));
    assert_true(demo_tag_valid(span_of(text, 64)) && demo_tag_valid(span_of(text, 0)));
    assert_false(demo_tag_valid(span_of(text, 65)));
    assert_false(demo_tag_valid(span_of_text("a b")));
}

static void names_are_read_back(void **state)
{
    (void)state;
    u64 number = 0;
    assert_true(demo_deposit_read(span_of_text(demo_deposit_name(42).text), &number));
    assert_int_equal(number, 42);
    assert_true(demo_withdrawal_read(span_of_text(demo_withdrawal_name(INT64_MAX).text), &number));
    assert_int_equal(number, INT64_MAX);
    assert_false(demo_withdrawal_read(span_of_text(demo_deposit_name(42).text), &number));
    assert_false(demo_deposit_read(span_of_text("demo-deposit-"), &number));
    assert_false(demo_deposit_read(span_of_text("demo-deposit-4x"), &number));
    assert_false(demo_deposit_read(span_of_text("demo-deposit-12345678901234567890"), &number));
}

static void terms_are_whole_steps(void **state)
{
    (void)state;
    for (u32 scale = 0; scale <= AMOUNT_SCALE_MAX; scale++) {
        for (u32 bp = 0; bp <= 10000; bp += bp < 10 ? 1 : 333) {
            struct demo_terms terms = demo_terms(scale, bp);
            u64 step = terms.multiple.units;
            assert_true(step >= 1 && terms.fee.units % step == 0 && terms.min.units % step == 0 &&
                        terms.max.units % step == 0);
            assert_true(terms.fee.units < terms.min.units && terms.min.units <= terms.max.units);
        }
    }
    struct demo_terms btc = demo_terms(8, 10);
    assert_int_equal(btc.multiple.units, 1);
    assert_int_equal(btc.fee.units, 100000);
    assert_int_equal(btc.min.units, 200000);
    assert_int_equal(demo_terms(18, 10).fee.units, 1000000000000000);
    assert_int_equal(demo_terms(18, 10).multiple.units, 10000000000);
    assert_int_equal(demo_terms(2, 10).fee.units, 0);
    assert_int_equal(demo_terms(2, 10).min.units, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_their_own),
        cmocka_unit_test(other_addresses_have_a_form),
        cmocka_unit_test(names_are_read_back),
        cmocka_unit_test(terms_are_whole_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
