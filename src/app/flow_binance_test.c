/* Aim: Binance depth updates, tickers and trades become the book they describe, in every dialect,
 * and bad lines are refused by line and field. Method: a few frames each, replayed through the
 * core; the real recordings where they are present. */
#include "app/flow_binance.h"

#include "base/span.h"
#include "tests/support/flow_run.h"

#include <stdio.h>

static enum fault read_inputs(struct flow_run *run, struct input *const *inputs, u32 count,
                              const char *symbol)
{
    struct flow_binance *reader = NULL;
    enum fault fault = flow_binance_open(&reader, &run->flow, symbol);
    for (u32 i = 0; i < count && fault == FAULT_NONE; i += 1) {
        fault = flow_binance_read(reader, inputs[i], &run->progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_binance_finish(reader);
    }
    flow_binance_close(reader);
    return fault;
}

static enum fault read_text(struct flow_run *run, const char *text, const char *symbol)
{
    struct input *input = NULL;
    assert_int_equal(input_open_bytes(&input, "sample", span_of_text(text), 0), FAULT_NONE);
    enum fault fault = read_inputs(run, &input, 1, symbol);
    input_close(input);
    return fault;
}

static void replay(struct flow_run *run, const char *text, const char *symbol)
{
    flow_run_init(run);
    assert_int_equal(read_text(run, text, symbol), FAULT_NONE);
    flow_run_replay(run, 3);
    assert_int_equal(run->check.rejected, 0);
    assert_int_equal(replay_verdict(&run->flow, &run->check, run->report), FAULT_NONE);
}

static void assert_book(const struct flow_run *run, enum side side, const char *expected)
{
    struct flow_level levels[8];
    char text[256] = "";
    u32 count = flow_run_levels(run, side, levels, 8);
    size_t used = 0;
    for (u32 i = 0; i < count; i += 1) {
        int length =
            snprintf(text + used, sizeof(text) - used, "%s%llux%llu", i > 0 ? " " : "",
                     (unsigned long long)levels[i].ticks, (unsigned long long)levels[i].lots);
        used += (size_t)length;
    }
    assert_string_equal(text, expected);
}

#define SNAPSHOT                                                                              \
    "{\"lastUpdateId\":100,\"bids\":[[\"10\",\"2\"],[\"9\",\"1\"]],\"asks\":[[\"12\",\"3\"]," \
    "[\"13\",\"4\"]]}\n"
#define DEPTH(time, first, last, bids, asks)                                         \
    "{\"e\":\"depthUpdate\",\"E\":" time ",\"s\":\"AB\",\"U\":" first ",\"u\":" last \
    ",\"b\":[" bids "],\"a\":[" asks "]}\n"
#define TRADE(time, price, qty, sells)                                                        \
    "{\"e\":\"trade\",\"E\":1,\"s\":\"AB\",\"p\":\"" price "\",\"q\":\"" qty "\",\"T\":" time \
    ",\"m\":" sells "}\n"
#define TICKER(id, bid, bid_qty, ask, ask_qty)                                        \
    "{\"u\":" id ",\"s\":\"AB\",\"b\":\"" bid "\",\"B\":\"" bid_qty "\",\"a\":\"" ask \
    "\",\"A\":\"" ask_qty "\"}\n"

static void updates_change_levels(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           SNAPSHOT DEPTH("5", "101", "102", "[\"10\",\"5\"],[\"9\",\"0\"]",
                          "[\"12\",\"1\"],[\"11\",\"7\"]"),
           NULL);
    assert_book(&run, SIDE_BUY, "10x5");
    assert_book(&run, SIDE_SELL, "11x7 12x1 13x4");
    assert_int_equal(run.check.trades, 0);
    assert_int_equal(run.report->accounts, 2);
    flow_run_close(&run);
}

static void old_updates_and_gaps_are_noticed(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           DEPTH("1", "90", "99", "[\"10\",\"9\"]", "")
               DEPTH("2", "100", "101", "[\"8\",\"1\"]", "")
                   SNAPSHOT DEPTH("3", "99", "100", "[\"10\",\"8\"]", "")
                       DEPTH("4", "105", "106", "", "[\"13\",\"0\"]"),
           NULL);
    assert_book(&run, SIDE_BUY, "10x2 9x1 8x1");
    assert_book(&run, SIDE_SELL, "12x3");
    assert_int_equal(flow_run_note(&run, "depth updates left out: older than the snapshot"), 2);
    assert_int_equal(flow_run_note(&run, "gaps in the update ids"), 1);
    flow_run_close(&run);
}

static void trades_take_from_levels(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           SNAPSHOT DEPTH("5", "101", "101", "[\"9\",\"1\"]", "") TRADE("6", "12", "1", "false")
               TRADE("7", "9", "2.5", "true") TRADE("5", "12", "1", "false"),
           NULL);
    assert_book(&run, SIDE_SELL, "12x20 13x40");
    assert_book(&run, SIDE_BUY, "9x5");
    assert_int_equal(flow_run_note(&run, "trades at their price and amount"), 1);
    assert_int_equal(flow_run_note(&run, "trades that found a better price first"), 1);
    assert_int_equal(flow_run_note(&run, "trades left out: the book knows them already"), 1);
    assert_int_equal(run.report->accounts, 3);
    flow_run_close(&run);
}

/* A level that a trade ate from and the next update does not name has been filled up since. */
static void unnamed_levels_come_back(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           SNAPSHOT DEPTH("5", "101", "101", "[\"9\",\"1\"]", "") TRADE("6", "12", "1", "false")
               DEPTH("9", "102", "103", "[\"8\",\"1\"]", ""),
           NULL);
    assert_book(&run, SIDE_SELL, "12x3 13x4");
    flow_run_close(&run);
}

static void passed_levels_are_canceled(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run, SNAPSHOT DEPTH("5", "101", "101", "[\"12\",\"1\"]", ""), NULL);
    assert_book(&run, SIDE_BUY, "12x1 10x2 9x1");
    assert_book(&run, SIDE_SELL, "13x4");
    assert_int_equal(run.check.trades, 0);
    assert_int_equal(flow_run_note(&run, "levels canceled: the other side has passed them"), 1);
    flow_run_close(&run);
}

static void tickers_are_compared_by_update_id(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           SNAPSHOT TICKER("101", "10", "1", "12", "3") TICKER("103", "10", "5", "12", "3")
               DEPTH("5", "101", "102", "[\"10\",\"1\"]", ""),
           NULL);
    struct flow_agreement at_depth = flow_check_sum(&run.check, 0, 0);
    assert_int_equal(at_depth.snapshots, 1);
    assert_int_equal(at_depth.snapshots_equal, 1);
    struct flow_agreement as_it_comes = flow_check_sum(&run.check, 1, 0);
    assert_int_equal(as_it_comes.snapshots, 2);
    assert_int_equal(as_it_comes.levels_equal, 2); /* the asks */
    assert_int_equal(as_it_comes.prices_equal, 4);
    flow_run_close(&run);
}

static void every_dialect_is_read(void **state)
{
    (void)state;
    struct flow_run run;
    replay(
        &run,
        "https://api/depth?symbol=NKNUSDT&limit=5 -> 1.5: {\"lastUpdateId\":7,\"bids\":"
        "[[\"0.35\",\"10.0\"]],\"asks\":[[\"0.36\",\"10.0\"]]}\n"
        "https://api/depth?symbol=BLZETH -> 1.5: {\"lastUpdateId\":9,\"bids\":[[\"1\",\"1\"]],"
        "\"asks\":[]}\n"
        "wss://stream/a/b <-> 16\n\n"
        "1723161253937085768 {\"stream\":\"nknusdt@depth@100ms\",\"data\":{\"e\":"
        "\"depthUpdate\",\"E\":16,\"s\":\"NKNUSDT\",\"U\":8,\"u\":9,\"b\":[[\"0.35\",\"4\"]],"
        "\"a\":[]}}\n"
        "{\"stream\":\"nknusdt@aggTrade\",\"data\":{\"e\":\"aggTrade\",\"E\":18,\"s\":"
        "\"NKNUSDT\",\"p\":\"0.35\",\"q\":\"1\",\"T\":17,\"m\":true}}\n"
        "{\"stream\":\"nknusdt@depth20\",\"data\":{\"lastUpdateId\":12,\"bids\":[],\"asks\":[]}}\n"
        "{\"stream\":\"blzeth@depth\",\"data\":{\"e\":\"depthUpdate\",\"E\":16,\"s\":\"BLZETH\","
        "\"U\":1,\"u\":2,\"b\":[],\"a\":[]}}\n"
        "{\"result\":null,\"id\":1}\n",
        NULL);
    assert_string_equal(run.flow.market.name, "NKNUSDT");
    assert_string_equal(run.flow.market.base, "NKN");
    assert_string_equal(run.flow.market.quote, "USDT");
    assert_book(&run, SIDE_BUY, "35x3");
    assert_book(&run, SIDE_SELL, "36x10");
    assert_int_equal(flow_run_note(&run, "frames left out: of another market"), 2);
    assert_int_equal(flow_run_note(&run, "snapshots left out: not the first"), 1);
    flow_run_close(&run);
}

static void symbol_chooses_the_market(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"AAAUSDT\",\"U\":1,\"u\":2,\"b\":[[\"5\",\"1\"]],"
           "\"a\":[]}\n"
           "{\"e\":\"depthUpdate\",\"E\":1,\"s\":\"BBBUSDT\",\"U\":1,\"u\":2,\"b\":[[\"7\",\"2\"]],"
           "\"a\":[]}\n",
           "BBBUSDT");
    assert_book(&run, SIDE_BUY, "7x2");
    flow_run_close(&run);
    flow_run_init(&run);
    assert_int_equal(read_text(&run, SNAPSHOT DEPTH("1", "1", "2", "", ""), "NONE"), FAULT_NONE);
    flow_run_close(&run);
    flow_run_init(&run);
    assert_int_equal(read_text(&run, DEPTH("1", "1", "2", "", ""), "NONE"), FAULT_INPUT);
    assert_string_equal(fault_text(), "the recording holds no depth, ticker or trade of NONE");
    flow_run_close(&run);
}

static void assert_refused(const char *text, const char *cause)
{
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_text(&run, text, NULL), FAULT_INPUT);
    assert_string_equal(fault_text(), cause);
    flow_run_close(&run);
}

static void bad_lines_are_named(void **state)
{
    (void)state;
    assert_refused("", "the recording holds no depth, ticker or trade");
    assert_refused("5 {\"e\":\n", "sample: line 1: not JSON at byte 5: unexpected token near end "
                                  "of file");
    assert_refused("{\"e\":\"depthUpdate\",\"E\":1}\n",
                   "sample: line 1: the field \"U\" is missing");
    assert_refused(DEPTH("1", "3", "2", "", ""), "sample: line 1: U: 3 is above u");
    assert_refused(DEPTH("1", "1", "2", "[\"5\"]", ""),
                   "sample: line 1: b: a level is not a pair of price and amount");
    assert_refused("\n" DEPTH("1", "1", "2", "", "[\"5\",\"x\"]"),
                   "sample: line 2: a: \"x\" is not a decimal");
    assert_refused("{\"e\":\"trade\",\"T\":5,\"m\":1,\"p\":\"1\",\"q\":\"1\"}\n",
                   "sample: line 1: m: neither true nor false");
    assert_refused("{\"e\":\"trade\",\"T\":99999999999999999,\"m\":true,\"p\":\"1\",\"q\":\"1\"}\n",
                   "sample: line 1: the time is beyond the year 5000");
    assert_refused("{\"lastUpdateId\":1,\"bids\":{},\"asks\":[]}\n",
                   "sample: line 1: bids: not a list of at most 10000 levels");
}

static void real_minutes_agree_with_the_tickers(void **state)
{
    (void)state;
    static const char *const names[] = {"btcusdt_20240808.gz", "btcusdt_20240809.gz"};
    const char *folder = test_data_folder();
    if (folder == NULL || test_rounds(100) < 100) {
        skip(); /* not there, or too much for valgrind and the sanitizers */
    }
    struct flow_run run;
    struct input *inputs[2] = {NULL, NULL};
    for (u32 i = 0; i < 2; i += 1) {
        char path[512];
        (void)snprintf(path, sizeof(path), "%s/market/binance-spot-btcusdt-20240808/%s", folder,
                       names[i]);
        if (input_open(&inputs[i], disk_real(), path, 0) != FAULT_NONE) {
            input_close(inputs[0]);
            skip();
        }
    }
    flow_run_init(&run);
    assert_int_equal(read_inputs(&run, inputs, 2, NULL), FAULT_NONE);
    input_close(inputs[0]);
    input_close(inputs[1]);
    flow_run_replay(&run, 1024);
    assert_int_equal(run.check.rejected, 0);
    assert_int_equal(flow_run_note(&run, "gaps in the update ids"), 0);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    struct flow_agreement sum = flow_check_sum(&run.check, 0, 0);
    assert_int_equal(sum.snapshots, 6494);
    assert_true(sum.levels_equal * 10000 >= sum.levels * 9998);
    flow_run_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_change_levels),
        cmocka_unit_test(old_updates_and_gaps_are_noticed),
        cmocka_unit_test(trades_take_from_levels),
        cmocka_unit_test(unnamed_levels_come_back),
        cmocka_unit_test(passed_levels_are_canceled),
        cmocka_unit_test(tickers_are_compared_by_update_id),
        cmocka_unit_test(every_dialect_is_read),
        cmocka_unit_test(symbol_chooses_the_market),
        cmocka_unit_test(bad_lines_are_named),
        cmocka_unit_test(real_minutes_agree_with_the_tickers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
