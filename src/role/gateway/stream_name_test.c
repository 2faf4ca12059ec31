/* Aim: every stream of the documents has a name that is parsed and printed, and nothing else is
 * one. Method: all variants there and back; names by hand. */
#include "role/gateway/stream_name.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void prints(const char *text, const char *expected)
{
    struct stream_name name;
    char printed[STREAM_NAME_BYTES_MAX];
    assert_int_equal(stream_name_parse(span_of_text(text), &name), STREAM_NAME_OK);
    assert_int_equal(stream_name_print(&name, printed), strlen(expected));
    assert_string_equal(printed, expected);
}

static void every_stream_of_the_documents(void **state)
{
    (void)state;
    static const char *const names[] = {
        "btcusdt@trade",        "btcusdt@aggTrade",        "btcusdt@bookTicker",
        "btcusdt@depth",        "btcusdt@depth@100ms",     "btcusdt@depth5",
        "btcusdt@depth5@100ms", "btcusdt@depth10",         "btcusdt@depth10@100ms",
        "btcusdt@depth20",      "btcusdt@depth20@100ms",   "btcusdt@miniTicker",
        "btcusdt@ticker",       "btcusdt@ticker_1h",       "btcusdt@ticker_4h",
        "btcusdt@ticker_1d",    "btcusdt@avgPrice",        "btcusdt@referencePrice",
        "btcusdt@blockTrade",   "btcusdt@kline_1s",        "btcusdt@kline_1m",
        "btcusdt@kline_1M",     "btcusdt@kline_1w@+08:00", "btcusdt@kline_1d@+08:00",
        "!miniTicker@arr",      "!ticker_1h@arr",          "!ticker_4h@arr",
        "!ticker_1d@arr"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        prints(names[i], names[i]);
    }
}

static void every_variant_there_and_back(void **state)
{
    (void)state;
    for (u8 variant = 0; variant < STREAM_VARIANTS; variant += 1) {
        struct stream_name name = {.symbol = "SIXTEENBYTESLONG", .variant = variant};
        struct stream_name again;
        char text[STREAM_NAME_BYTES_MAX];
        size_t size = stream_name_print(&name, text);
        assert_int_equal(stream_name_parse(span_of(text, size), &again), STREAM_NAME_OK);
        assert_memory_equal(&again, &name, sizeof(name));
    }
}

static void symbols_in_any_case(void **state)
{
    (void)state;
    struct stream_name name;
    prints("BtcUSDT@aggTrade", "btcusdt@aggTrade");
    prints("1000sats-x@trade", "1000sats-x@trade");
    prints("\xe5\xb8\x81usdt@trade", "\xe5\xb8\x81usdt@trade");
    assert_int_equal(stream_name_parse(span_of_text("btcusdt@trade"), &name), STREAM_NAME_OK);
    assert_memory_equal(name.symbol, "BTCUSDT\0\0\0\0\0\0\0\0", STREAM_SYMBOL_BYTES);
}

static void names_that_are_none(void **state)
{
    (void)state;
    static const char *const unknown[] = {"0",
                                          "btcusdt",
                                          "@trade",
                                          "btcusdt@",
                                          "btcusdt@aggtrade",
                                          "btcusdt@Trade",
                                          "btcusdt@trade@",
                                          "btcusdt@trade@100ms",
                                          "btcusdt@depth@1000ms",
                                          "btcusdt@depth@250ms",
                                          "btcusdt@depth15",
                                          "btcusdt@depth05",
                                          "btcusdt@kline_",
                                          "btcusdt@kline_2m",
                                          "btcusdt@kline_1m@+09:00",
                                          "btcusdt@kline_1m@08:00",
                                          "btcusdt@kline_@+08:00",
                                          "btcusdt@ticker_2h",
                                          "btcusdt@miniTicker@arr",
                                          "!ticker@arr",
                                          "!bookTicker",
                                          "!miniTicker",
                                          "!miniticker@arr",
                                          "!@arr",
                                          "!",
                                          "!arr",
                                          "!kline_1m@arr",
                                          "sixteenbyteslong1@trade",
                                          "!userData"};
    static const struct {
        const char *text;
        size_t size;
    } invalid[] = {{"", 0},
                   {" btcusdt@trade", 14},
                   {"btc usdt@trade", 14},
                   {"btcusdt@trade\n", 14},
                   {"btc\0usdt@trade", 14},
                   {"btc\x7f@trade", 10},
                   {"btc\xff@trade", 10}};
    char text[STREAM_TEXT_BYTES_MAX + 1];
    struct stream_name name;
    for (u32 i = 0; i < ARRAY_COUNT(unknown); i += 1) {
        assert_int_equal(stream_name_parse(span_of_text(unknown[i]), &name), STREAM_NAME_UNKNOWN);
    }
    for (u32 i = 0; i < ARRAY_COUNT(invalid); i += 1) {
        assert_int_equal(stream_name_parse(span_of(invalid[i].text, invalid[i].size), &name),
                         STREAM_NAME_INVALID);
    }
    memset(text, 'a', sizeof(text));
    assert_int_equal(stream_name_parse(span_of(text, STREAM_TEXT_BYTES_MAX), &name),
                     STREAM_NAME_UNKNOWN);
    assert_int_equal(stream_name_parse(span_of(text, STREAM_TEXT_BYTES_MAX + 1), &name),
                     STREAM_NAME_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stream_of_the_documents),
        cmocka_unit_test(every_variant_there_and_back),
        cmocka_unit_test(symbols_in_any_case),
        cmocka_unit_test(names_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
