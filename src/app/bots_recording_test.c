/* Aim: a recording becomes the right deeds: orders with numbers of their own at their moments,
 * cancels and amendments of those numbers, orders that take; what the market would not take is left
 * out with all that is said of it later; and what is no recording is refused with file and line.
 *
 * Method: small made-up recordings in both formats, written to a temporary folder. */
#include "app/bots_recording.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE  VENUE_MAKER_ONE
#define CENT (ONE / 100)

static char folder[64];
static char path[128];
static struct bots_recording recording;

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-recording-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/recording", folder);
    return 0;
}

static int teardown(void **state)
{
    char command[96];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
    return system(command);
}

static enum fault open_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
    return bots_recording_open(&recording, path);
}

static struct bots_deed next(enum bots_deed_kind kind, u64 number)
{
    struct bots_deed deed;
    assert_true(bots_recording_next(&recording, &deed));
    assert_int_equal(deed.kind, kind);
    assert_int_equal(deed.number, number);
    return deed;
}

#define EVENT(MS, NAME, PRICE, AMOUNT, ID, TYPE)                     \
#MS " " NAME " {\"price\": \"" PRICE "\", \"amount\": \"" AMOUNT \
        "\", \"datetime\": \"1430438404\", \"id\": " #ID ", \"order_type\": " #TYPE "}\n"

/* clang-format off */
static const char bitstamp[] =
    EVENT(1430438404000, "order_created", "236.00", "2.00000000", 11, 0)
    EVENT(1430438404000, "order_created", "237.00", "1.00000000", 12, 1)
    EVENT(1430438404500, "order_created", "235.00", "0.00000900", 13, 0) /* less than a lot */
    EVENT(1430438404600, "order_created", "235.00", "0.01000000", 14, 0) /* less than 5 USDT */
    EVENT(1430438405000, "order_deleted", "235.00", "0.00000900", 13, 0)
    EVENT(1430438406000, "order_created", "238.00", "1.23456789", 15, 1) /* rounded down */
    EVENT(1430438406500, "order_changed", "239.00", "0.01000000", 15, 1) /* less than 5 USDT */
    EVENT(1430438407000, "order_deleted", "236.00", "2.00000000", 11, 0);
/* clang-format on */

static void orders_of_a_feed_are_deeds(void **state)
{
    struct bots_deed deed;
    (void)state;
    assert_int_equal(open_text(bitstamp), FAULT_NONE);
    assert_int_equal(recording.market, DEMO_BTCUSDT);
    deed = next(BOTS_DEED_PLACE, 1);
    assert_int_equal(deed.side, SIDE_BUY);
    assert_int_equal(deed.price, 236 * ONE);
    assert_int_equal(deed.qty, 2 * ONE);
    assert_int_equal(deed.after_us, 0);
    deed = next(BOTS_DEED_PLACE, 2);
    assert_int_equal(deed.side, SIDE_SELL);
    deed = next(BOTS_DEED_PLACE, 5);
    assert_int_equal(deed.qty, 123456000);
    assert_int_equal(deed.after_us, 2000000);
    (void)next(BOTS_DEED_CANCEL, 5); /* what it becomes is left out */
    deed = next(BOTS_DEED_CANCEL, 1);
    assert_int_equal(deed.after_us, 3000000);
    assert_false(bots_recording_next(&recording, &deed));
    assert_int_equal(recording.left_out_count, 3);
    bots_recording_close(&recording);
}

#define DEPTH(MS, FIRST, LAST, BIDS, ASKS)                                                     \
    "1723161253937085768 {\"stream\":\"btcusdt@depth@100ms\",\"data\":{\"e\":\"depthUpdate\"," \
    "\"E\":" #MS ",\"s\":\"BTCUSDT\",\"U\":" #FIRST ",\"u\":" #LAST ",\"b\":[" BIDS            \
    "],\"a\":[" ASKS "]}}\n"

#define TRADE                                                                      \
    "1723161254537085768 {\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\"," \
    "\"E\":1723161255250,\"s\":\"BTCUSDT\",\"t\":7,\"p\":\"61838.00000000\","      \
    "\"q\":\"0.25000000\",\"b\":1,\"a\":2,\"T\":1723161255250,\"m\":false,\"M\":true}}\n"
#define FIRST_BID  "[\"61837.00000000\",\"1.00000000\"]"
#define TINY_ASK   "[\"61839.00000000\",\"0.00005000\"]"
#define GROWN_ASK  "[\"61839.00000000\",\"1.00000000\"]"
#define LESS_BID   "[\"61837.00000000\",\"0.50000000\"]"
#define NO_BID     "[\"61837.00000000\",\"0.00000000\"]"
#define FIRST_ASK  "[\"61838.00000000\",\"2.00000000\"]"
#define LARGER_ASK "[\"61838.00000000\",\"3.00000000\"]"

/* clang-format off */
static const char binance[] =
    DEPTH(1723161255000, 1, 2, FIRST_BID, FIRST_ASK "," TINY_ASK)
    DEPTH(1723161255100, 3, 4, LESS_BID, LARGER_ASK)
    TRADE
    DEPTH(1723161255400, 5, 6, NO_BID, GROWN_ASK);
/* clang-format on */

static void levels_and_trades_are_deeds(void **state)
{
    struct bots_deed deed;
    (void)state;
    assert_int_equal(open_text(binance), FAULT_NONE);
    assert_int_equal(recording.market, DEMO_BTCUSDT);
    (void)next(BOTS_DEED_PLACE, 1);
    (void)next(BOTS_DEED_PLACE, 2);
    deed = next(BOTS_DEED_AMEND, 1);
    assert_int_equal(deed.qty, ONE / 2);
    assert_int_equal(deed.after_us, 100000);
    deed = next(BOTS_DEED_REPLACE, 4);
    assert_int_equal(deed.target, 2);
    assert_int_equal(deed.side, SIDE_SELL);
    assert_int_equal(deed.price, 61838 * ONE);
    assert_int_equal(deed.qty, 3 * ONE);
    deed = next(BOTS_DEED_TAKE, 5);
    assert_int_equal(deed.side, SIDE_BUY);
    assert_int_equal(deed.qty, 25 * CENT);
    deed = next(BOTS_DEED_CANCEL, 1);
    assert_int_equal(deed.after_us, 400000);
    deed = next(BOTS_DEED_PLACE, 6); /* what it replaces was left out */
    assert_int_equal(deed.price, 61839 * ONE);
    deed = next(BOTS_DEED_REPLACE, 7); /* the update names nothing there: it is as it was */
    assert_int_equal(deed.target, 4);
    assert_int_equal(deed.qty, 3 * ONE);
    assert_false(bots_recording_next(&recording, &deed));
    assert_int_equal(recording.left_out_count, 1);
    bots_recording_close(&recording);
}

static void refused(const char *text, const char *said)
{
    char whole[256];
    assert_int_equal(open_text(text), FAULT_INPUT);
    bots_recording_close(&recording);
    (void)snprintf(whole, sizeof(whole), "%s%s", path, said);
    if (strstr(fault_text(), whole) != fault_text()) {
        fail_msg("%s", fault_text());
    }
}

static void what_is_no_recording_is_refused(void **state)
{
    char text[2048];
    (void)state;
    refused("", ": line 1: neither");
    refused("hello\n", ": line 1: neither");
    refused("[1,2,3]\n", ": line 1: neither");
    (void)snprintf(text, sizeof(text), "%s1430438408000 order_created {\"price\": 1\n", bitstamp);
    refused(text, ": line 9: ");
    (void)snprintf(text, sizeof(text), "%s1723161254537085768 {\"stream\":\n", binance);
    refused(text, ": line 5: ");
    static const char other[] =
        "1 {\"stream\":\"ethbtc@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161255250,\"s\":"
        "\"ETHBTC\",\"t\":7,\"p\":\"0.04000000\",\"q\":\"1.00000000\",\"b\":1,\"a\":2,\"T\":"
        "1723161255250,\"m\":false,\"M\":true}}\n";
    refused(other, ": ETHBTC is no market of the demo");
    assert_int_equal(bots_recording_open(&recording, "/nowhere/at/all"), FAULT_MISSING);
    bots_recording_close(&recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_a_feed_are_deeds),
        cmocka_unit_test(levels_and_trades_are_deeds),
        cmocka_unit_test(what_is_no_recording_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
