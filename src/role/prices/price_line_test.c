/* Aim: a good line is read exactly, a bad one is refused with its number and reason, and the lines
 * around it count. Method: examples of each; every prefix of a text. */
#include "role/prices/price_line.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void reads(const char *text, u64 price, u64 time_us)
{
    struct price_reader reader;
    struct price_line line;
    price_reader_begin(&reader, span_of_text(text));
    if (price_reader_next(&reader, &line) != PRICE_NEXT_LINE) {
        fail_msg("%s: %s", text, reader.reason);
    }
    assert_true(line.price.units == price);
    assert_true(line.time_us == time_us);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_END);
}

static void refuses(const char *text, const char *reason)
{
    struct price_reader reader;
    struct price_line line;
    price_reader_begin(&reader, span_of_text(text));
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_REFUSED);
    assert_int_equal(reader.line, 1);
    assert_string_equal(reader.reason, reason);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_END);
}

static void good_lines_are_exact(void **state)
{
    (void)state;
    reads("BTC 38211.5 1650556800\n", 3821150000000ULL, 1650556800000000ULL);
    reads("A 0.00000001 1650556800.000001\n", 1, 1650556800000001ULL);
    reads("12345678 184467440737.09551615 1\n", UINT64_MAX, 1000000);
    reads("BTC 1.000000000 1.0000000\n", 100000000, 1000000);
}

static void bad_lines_have_reasons(void **state)
{
    (void)state;
    const char *words = "three words with one blank between them are wanted: ASSET PRICE TIME";
    refuses("BTC 1\n", words);
    refuses("BTC 1 2 3\n", words);
    refuses("BTC  1 2\n", words);
    refuses(" BTC 1 2\n", words);
    refuses("BTC 1 2 \n", words);
    refuses(" \n", words);
    refuses("btc 1 2\n", "the asset is not 1 to 8 capital letters and digits");
    refuses("BITCOINS9 1 2\n", "the asset is not 1 to 8 capital letters and digits");
    refuses("BTC 0 2\n", "the price is 0");
    refuses("BTC -1 2\n", "the price is not a decimal number");
    refuses("BTC 1e5 2\n", "the price is not a decimal number");
    refuses("BTC 1,5 2\n", "the price is not a decimal number");
    refuses("BTC nan 2\n", "the price is not a decimal number");
    refuses("BTC 1.000000001 2\n", "the price has more than 8 decimals");
    refuses("BTC 184467440737.09551616 2\n", "the price is too large");
    refuses("BTC 1 x\n", "the time is not a decimal number");
    refuses("BTC 1 2\r\n", "the time is not a decimal number");
    refuses("BTC 1 0\n", "the time is not in seconds since 1970");
    refuses("BTC 1 1650556800000\n", "the time is not in seconds since 1970");
    refuses("BTC 1 99999999999999999999\n", "the time is not in seconds since 1970");
    refuses("BTC 1 1.0000001\n", "the time has more than 6 decimals");
    refuses("BTC 1 2", "no line feed at its end");
}

static void lines_around_a_bad_one_count(void **state)
{
    (void)state;
    static const char text[] = "# prices\n\nBTC 1 2\nETH one 2\nSOL 3 4\n";
    struct price_reader reader;
    struct price_line line;
    price_reader_begin(&reader, span_of_text(text));
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_LINE);
    assert_int_equal(reader.line, 3);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_REFUSED);
    assert_int_equal(reader.line, 4);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_LINE);
    assert_int_equal(reader.line, 5);
    assert_memory_equal(line.asset.data, "SOL", 3);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_END);
    assert_int_equal(price_reader_next(&reader, &line), PRICE_NEXT_END);
}

/* A text cut anywhere has the lines that are whole, and at most one that is refused, the last. */
static void half_a_line_is_none(void **state)
{
    (void)state;
    static const char text[] = "BTC 38211.5 1650556800\nETH 2811.25 1650556800.5\n";
    for (size_t size = 0; size < sizeof(text); size += 1) {
        struct price_reader reader;
        struct price_line line;
        u32 whole = 0;
        u32 good = 0;
        u32 refused = 0;
        for (size_t at = 0; at < size; at += 1) {
            whole += text[at] == '\n' ? 1 : 0;
        }
        price_reader_begin(&reader, span_of(text, size));
        for (enum price_next next = price_reader_next(&reader, &line); next != PRICE_NEXT_END;
             next = price_reader_next(&reader, &line)) {
            good += next == PRICE_NEXT_LINE ? 1 : 0;
            refused += next == PRICE_NEXT_REFUSED ? 1 : 0;
        }
        assert_int_equal(good, whole);
        assert_int_equal(refused, size > 0 && text[size - 1] != '\n' ? 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines_are_exact),
        cmocka_unit_test(bad_lines_have_reasons),
        cmocka_unit_test(lines_around_a_bad_one_count),
        cmocka_unit_test(half_a_line_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
