/* Aim: a Coinbase book is loaded order by order in price-time priority, survives a snapshot and a
 * restore, and is refused by field when it is no such book. Method: small books replayed through
 * the core; the real one where it is present. */
#include "app/flow_coinbase.h"

#include "base/span.h"
#include "tests/support/flow_run.h"

#include <stdio.h>

static enum fault read_text(struct flow_run *run, const char *text)
{
    struct input *input = NULL;
    assert_int_equal(input_open_bytes(&input, "sample", span_of_text(text), 0), FAULT_NONE);
    enum fault fault = flow_coinbase_read(&run->flow, input);
    input_close(input);
    return fault;
}

static void book_rests_in_priority(void **state)
{
    (void)state;
    struct flow_run run;
    flow_run_init(&run);
    /* Out of order on purpose: priority is price, then place in the file. */
    assert_int_equal(read_text(&run, "{\"product\":\"BTC-USD\",\"bids\":[[\"98\",\"2\",\"c\"],"
                                     "[\"99.50\",\"1.5\",\"a\"],[\"99.5\",\"0.25\",\"b\"]],"
                                     "\"asks\":[[\"100.01\",\"0.1\",\"d\"],[100,2e-8,\"e\"]]}"),
                     FAULT_NONE);
    assert_string_equal(run.flow.market.name, "BTC-USD");
    assert_string_equal(run.flow.market.base, "BTC");
    assert_string_equal(run.flow.market.quote, "USD");
    assert_int_equal(run.flow.market.tick, 1000000);
    assert_int_equal(run.flow.market.lot, 1);
    flow_run_replay(&run, 2);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    assert_int_equal(run.report->book.expected, 5);
    assert_int_equal(run.report->book.equal, 5);
    assert_true(run.report->trip.equal);
    struct core_resting rows[4];
    assert_int_equal(core_book(run.venue.core, 0, SIDE_BUY, rows, 4), 3);
    assert_int_equal(rows[0].remaining.units, 150000000);
    assert_int_equal(rows[1].remaining.units, 25000000);
    assert_int_equal(rows[2].remaining.units, 200000000);
    assert_int_equal(core_book(run.venue.core, 0, SIDE_SELL, rows, 4), 2);
    assert_int_equal(rows[0].remaining.units, 2);
    flow_run_close(&run);
}

/* The wrong market tick keeps far orders out; the count says so. */
static void orders_beyond_the_grid_are_left_out(void **state)
{
    (void)state;
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_text(&run, "{\"bids\":[[\"0.01\",\"1\",\"a\"],[\"1\",\"0\",\"z\"]],"
                                     "\"asks\":[[\"10737418.24\",\"1\",\"b\"],"
                                     "[\"10737418.25\",\"1\",\"c\"]]}"),
                     FAULT_NONE);
    assert_int_equal(flow_run_note(&run, "bids placed"), 1);
    assert_int_equal(flow_run_note(&run, "asks placed"), 1);
    assert_int_equal(
        flow_run_note(&run, "orders left out: priced beyond the highest tick of a market"), 1);
    assert_int_equal(flow_run_note(&run, "orders left out: price or amount out of bounds"), 1);
    flow_run_replay(&run, 64);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    flow_run_close(&run);
}

/* A crossed book trades on loading, and the comparison says that it is not the same. */
static void crossed_book_is_no_agreement(void **state)
{
    (void)state;
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(
        read_text(&run, "{\"bids\":[[\"11\",\"1\",\"a\"]],\"asks\":[[\"10\",\"2\",\"b\"]]}"),
        FAULT_NONE);
    flow_run_replay(&run, 64);
    assert_int_equal(run.check.trades, 1);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_DIVERGED);
    assert_string_equal(fault_text(), "0 of 2 orders rest as in the recording, 1 rest in all");
    flow_run_close(&run);
}

static void assert_refused(const char *text, const char *cause)
{
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_text(&run, text), FAULT_INPUT);
    assert_string_equal(fault_text(), cause);
    flow_run_close(&run);
}

static void what_is_no_book_is_named(void **state)
{
    (void)state;
    assert_refused("[]", "sample: not an object with bids and asks");
    assert_refused("{\"bids\":[]}", "sample: the field \"asks\" is missing");
    assert_refused("{\"bids\":3,\"asks\":[]}", "sample: bids: not a list");
    assert_refused("{\"bids\":[[\"1\",\"2\"]],\"asks\":[]}",
                   "sample: bids: order 1: not price, size and order id");
    assert_refused(
        "{\"bids\":[],\"asks\":[[\"1\",\"2\",\"a\"],[\"1\",\"2\",7]]}",
        "sample: asks: order 2: the third field is no order id (a level 2 book has none)");
    assert_refused("{\"bids\":[[\"1..2\",\"2\",\"a\"]],\"asks\":[]}",
                   "sample: bids: order 1: \"1..2\" is not a decimal");
    assert_refused("{\"bids\":[[\"1\"",
                   "sample: not JSON at byte 13: ']' expected near end of file");
}

static void real_book_is_kept_whole(void **state)
{
    (void)state;
    const char *folder = test_data_folder();
    if (folder == NULL || test_rounds(100) < 100) {
        skip(); /* not there, or too much for valgrind and the sanitizers */
    }
    char path[512];
    (void)snprintf(path, sizeof(path),
                   "%s/market/coinbase-btcusd-l3-snapshot-20260807/l3_snapshot.json.gz", folder);
    struct flow_run run;
    flow_run_init(&run);
    struct input *input = NULL;
    if (input_open(&input, disk_real(), path, FLOW_COINBASE_BYTES_MAX) != FAULT_NONE) {
        flow_run_close(&run);
        skip();
    }
    assert_int_equal(flow_coinbase_read(&run.flow, input), FAULT_NONE);
    input_close(input);
    flow_run_replay(&run, 1024);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    assert_int_equal(run.report->book.equal, 110606 - 8);
    flow_run_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(book_rests_in_priority),
        cmocka_unit_test(orders_beyond_the_grid_are_left_out),
        cmocka_unit_test(crossed_book_is_no_agreement),
        cmocka_unit_test(what_is_no_book_is_named),
        cmocka_unit_test(real_book_is_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
