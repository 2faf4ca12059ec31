/* Aim: each event of a Bitstamp recording becomes what docs/replay.md says, the venue does exactly
 * what the reader foresaw, and bad lines are refused by line and field. Method: a few lines each,
 * replayed through the core; the real recording where it is present. */
#include "app/flow_bitstamp.h"

#include "base/span.h"
#include "tests/support/flow_run.h"

#include <stdio.h>

static enum fault read_input(struct flow_run *run, struct input *input)
{
    struct flow_bitstamp *reader = NULL;
    enum fault fault = flow_bitstamp_open(&reader, &run->flow);
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_read(reader, input, &run->progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_finish(reader);
    }
    flow_bitstamp_close(reader);
    return fault;
}

static enum fault read_text(struct flow_run *run, const char *text)
{
    struct input *input = NULL;
    assert_int_equal(input_open_bytes(&input, "sample", span_of_text(text), 0), FAULT_NONE);
    enum fault fault = read_input(run, input);
    input_close(input);
    return fault;
}

/* Replays the text; the venue must refuse nothing and number everything as foreseen. */
static void replay(struct flow_run *run, const char *text)
{
    flow_run_init(run);
    assert_int_equal(read_text(run, text), FAULT_NONE);
    flow_run_replay(run, 3);
    assert_int_equal(run->check.rejected, 0);
    assert_int_equal(replay_verdict(&run->flow, &run->check, run->report), FAULT_NONE);
    assert_int_equal(run->check.trades, flow_run_note(run, "trades foreseen"));
}

/* Best levels of a side as "ticks x lots ...". */
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

#define LINE(time, event, id, type, price, amount)                           \
    time " order_" event " {\"price\": \"" price "\", \"amount\": \"" amount \
         "\", \"datetime\": \"1\", \"id\": " id ", \"order_type\": " type "}\n"

static void created_rest_and_deleted_go(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run, LINE("1", "created", "1", "0", "10.5", "2.0")
                     LINE("2", "created", "2", "1", "10.7", "1.5")
                         LINE("3", "created", "3", "0", "10.5", "1.0")
                             LINE("4", "deleted", "1", "0", "10.5", "2.0"));
    assert_book(&run, SIDE_BUY, "105x10");
    assert_book(&run, SIDE_SELL, "107x15");
    assert_int_equal(run.check.trades, 0);
    flow_run_close(&run);
}

/* The venue's own report of the match comes after the order and must not be applied again. */
static void fills_are_not_applied_twice(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "created", "1", "1", "10", "5") LINE("2", "created", "2", "0", "11", "2")
               LINE("3", "changed", "1", "1", "10", "3") LINE("4", "deleted", "2", "0", "11", "0"));
    assert_book(&run, SIDE_BUY, "");
    assert_book(&run, SIDE_SELL, "10x3");
    assert_int_equal(run.check.trades, 1);
    assert_int_equal(flow_run_note(&run, "changes already executed here"), 1);
    assert_int_equal(flow_run_note(&run, "deletions of orders already executed here"), 1);
    flow_run_close(&run);
}

/* A taker that eats three makers is reported in steps, each showing more left than there is. */
static void steps_of_one_match_are_waited_for(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "created", "1", "1", "10", "1") LINE("2", "created", "2", "1", "11", "1")
               LINE("3", "created", "3", "0", "12", "5") LINE("4", "changed", "3", "0", "12", "4")
                   LINE("5", "deleted", "1", "1", "10", "0")
                       LINE("6", "changed", "3", "0", "12", "3")
                           LINE("7", "deleted", "2", "1", "11", "0"));
    assert_book(&run, SIDE_BUY, "12x3");
    assert_book(&run, SIDE_SELL, "");
    assert_int_equal(run.check.trades, 2);
    flow_run_close(&run);
}

static void fills_against_hidden_orders_reduce(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "created", "1", "0", "10", "5") LINE("2", "created", "3", "0", "10", "2")
               LINE("5", "changed", "1", "0", "10", "4") LINE("6", "deleted", "3", "0", "10", "0"));
    assert_book(&run, SIDE_BUY, "10x4");
    assert_int_equal(
        flow_run_note(&run, "orders reduced: executed there against what is not on this book"), 1);
    assert_int_equal(flow_run_note(&run, "cancels: filled there against what is not on this book"),
                     1);
    flow_run_close(&run);
}

static void order_that_moves_is_replaced(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "created", "1", "1", "12", "5") LINE("2", "created", "2", "0", "10", "2")
               LINE("3", "changed", "1", "1", "10", "5") LINE("4", "changed", "1", "1", "10", "3")
                   LINE("5", "deleted", "2", "0", "10", "0"));
    assert_book(&run, SIDE_SELL, "10x3");
    assert_book(&run, SIDE_BUY, "");
    assert_int_equal(run.check.trades, 1);
    assert_int_equal(flow_run_note(&run, "orders moved to another price"), 1);
    flow_run_close(&run);
}

/* The venue executed less than the taker's whole size: the maker gets the rest back. */
static void maker_is_filled_up_again(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "created", "1", "1", "10", "5") LINE("2", "created", "2", "0", "10", "2.5")
               LINE("3", "deleted", "2", "0", "10", "2.5")
                   LINE("4", "changed", "1", "1", "10", "3"));
    assert_book(&run, SIDE_SELL, "10x30");
    assert_int_equal(flow_run_note(&run, "orders filled up again: executed less there than here"),
                     1);
    flow_run_close(&run);
}

static void order_filled_here_alone_is_put_back(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run, LINE("1", "created", "1", "1", "10", "1") LINE("2", "created", "2", "0", "10", "1")
                     LINE("9000", "changed", "1", "1", "10", "0.4"));
    assert_book(&run, SIDE_SELL, "10x4");
    assert_int_equal(flow_run_note(&run, "orders put back: executed here but not there"), 1);
    flow_run_close(&run);
}

static void deletions_may_come_first_or_twice(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           LINE("1", "deleted", "7", "0", "10", "1") LINE("2", "created", "7", "0", "10", "1")
               LINE("3", "created", "8", "0", "9", "1") LINE("4", "deleted", "8", "0", "9", "1")
                   LINE("5", "deleted", "8", "0", "9", "1")
                       LINE("6", "changed", "8", "0", "9", "0.5"));
    assert_book(&run, SIDE_BUY, "");
    assert_int_equal(flow_run_note(&run, "orders left out: deleted before they were created"), 1);
    assert_int_equal(flow_run_note(&run, "deletions left out: repeated"), 1);
    assert_int_equal(flow_run_note(&run, "changes left out: the order is deleted already"), 1);
    flow_run_close(&run);
}

static void first_picture_fills_the_book(void **state)
{
    (void)state;
    static const char text[] =
        LINE("1", "created", "1", "0", "10", "2") /* the picture knows one more at 10 */
        "2 order_book {\"bids\": [[\"10\", \"3\"], [\"9\", \"4\"]], "
        "\"asks\": [[\"11\", \"5\"]]}\n" LINE("3", "deleted", "99", "0", "9", "1")
            LINE("4", "deleted", "98", "1", "11",
                 "5") "5 order_book {\"bids\": [[\"10\", \"3\"], [\"9\", \"3\"]], \"asks\": []}\n";
    struct flow_run run;
    replay(&run, text);
    assert_book(&run, SIDE_BUY, "10x3 9x3");
    assert_book(&run, SIDE_SELL, "");
    assert_int_equal(flow_run_note(&run, "levels taken from the first order_book line"), 3);
    assert_int_equal(flow_run_note(&run, "deletions taken off a level from before the recording"),
                     2);
    struct flow_agreement sum = flow_check_sum(&run.check, 0, 0);
    assert_int_equal(sum.snapshots, 2);
    assert_int_equal(sum.snapshots_equal, 1);
    assert_int_equal(sum.levels, 3 + 2);
    assert_int_equal(sum.levels_equal, 0 + 2);
    assert_int_equal(sum.snapshots_late, 0);
    flow_run_close(&run);
}

static void table_reads_like_the_log(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run, "id,timestamp,exchange.timestamp,price,volume,action,direction\n"
                 "1,1000,1000,10.5,200000000,created,bid\n"
                 "2,1010,1000,10.7,150000000,created,ask\r\n"
                 "3,1030,1000,10.7,50000000,created,bid\n"
                 "2,1040,1000,10.7,100000000,changed,ask\n"
                 "3,1041,1000,10.7,0,deleted,bid\n");
    assert_book(&run, SIDE_BUY, "105x20");
    assert_book(&run, SIDE_SELL, "107x10");
    assert_int_equal(run.check.trades, 1);
    flow_run_close(&run);
}

static void frames_read_like_the_log(void **state)
{
    (void)state;
    struct flow_run run;
    replay(&run,
           "{\"event\":\"bts:subscription_succeeded\",\"data\":{}}\n"
           "{\"event\":\"order_created\",\"data\":{\"id\":5,\"id_str\":\"5\",\"order_type\":0,"
           "\"microtimestamp\":\"1600000000000001\",\"amount\":0.5,\"amount_str\":\"0.5\","
           "\"price\":10000,\"price_str\":\"10000.00\"}}\n"
           "{\"event\":\"data\",\"data\":{\"bids\":[[\"10000.00\",\"0.5\"]],\"asks\":[]}}\n"
           "{\"event\":\"order_changed\",\"data\":\"{\\\"id\\\": 5, \\\"order_type\\\": 0, "
           "\\\"amount\\\": 0.2, \\\"price\\\": 1e4}\"}\n");
    assert_book(&run, SIDE_BUY, "10000x2");
    struct flow_agreement sum = flow_check_sum(&run.check, 0, 0);
    assert_int_equal(sum.levels_equal, 1);
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

static void bad_lines_are_named(void **state)
{
    (void)state;
    assert_refused("", "the recording holds no order event");
    assert_refused("hello\n", "sample: line 1: does not begin with a time in milliseconds");
    assert_refused("12\n", "sample: line 1: does not begin with a time in milliseconds");
    assert_refused("12 order_created\n", "sample: line 1: no event after the time");
    assert_refused("\n12 order_invented {}\n",
                   "sample: line 2: event \"order_invented\" is unknown");
    assert_refused("12 order_created {\"id\":1}\n",
                   "sample: line 1: the field \"price\" is missing");
    assert_refused("12 order_created [1]\n", "sample: line 1: the data is not an object");
    assert_refused(LINE("12", "created", "1", "2", "1", "1"),
                   "sample: line 1: order_type: 2 is neither 0 nor 1");
    assert_refused(LINE("12", "created", "1", "0", "1.x", "1"),
                   "sample: line 1: price: \"1.x\" is not a decimal");
    assert_refused(LINE("12", "created", "1", "0", "1", "0.123456789"),
                   "sample: line 1: amount: \"0.123456789\" has more than 8 decimal places");
    assert_refused(LINE("12", "created", "\"a\"", "0", "1", "1"),
                   "sample: line 1: id: not a whole number");
    assert_refused("99999999999999999 trade {}\n",
                   "sample: line 1: the time is beyond the year 5000");
    assert_refused("1 order_book {\"bids\": [[\"1\"]], \"asks\": []}\n",
                   "sample: line 1: bids: a level is not a pair of price and amount");
    assert_refused("{\"event\":\"order_created\"}\n",
                   "sample: line 1: the field \"data\" is missing");
}

static void bad_rows_are_named(void **state)
{
    (void)state;
#define HEADING "id,timestamp,exchange.timestamp,price,volume,action,direction\n"
    assert_refused(HEADING "1,2,3\n", "sample: line 2: 3 columns instead of 7");
    assert_refused(HEADING "1,2,3,4,5,created,bid,8\n", "sample: line 2: more than 7 columns");
    assert_refused(HEADING "x,2,3,4,5,created,bid\n",
                   "sample: line 2: id: \"x\" is not a whole number");
    assert_refused(HEADING "1,2,3,4,5.5,created,bid\n",
                   "sample: line 2: volume: \"5.5\" is not a whole number");
    assert_refused(HEADING "1,2,3,4,5,made,bid\n",
                   "sample: line 2: action: \"made\" is none of created, changed, deleted");
    assert_refused(HEADING "1,2,3,4,5,created,up\n",
                   "sample: line 2: direction: \"up\" is neither bid nor ask");
}

/* The figure that docs/replay.md quotes. */
static void real_day_agrees_with_the_venue(void **state)
{
    (void)state;
    const char *folder = test_data_folder();
    if (folder == NULL || test_rounds(100) < 100) {
        skip(); /* not there, or too much for valgrind and the sanitizers */
    }
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/market/bitstamp-btcusd-l3-20150501/2015-05-01.log.xz",
                   folder);
    struct flow_run run;
    flow_run_init(&run);
    struct input *input = NULL;
    if (input_open(&input, disk_real(), path, 0) != FAULT_NONE) {
        flow_run_close(&run);
        skip();
    }
    assert_int_equal(read_input(&run, input), FAULT_NONE);
    input_close(input);
    flow_run_replay(&run, 1024);
    assert_int_equal(run.check.rejected, 0);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    struct flow_agreement warm = flow_check_sum(&run.check, 0, 100); /* groups of ten */
    assert_int_equal(warm.snapshots, 4011);
    assert_true(warm.levels_equal * 1000 >= warm.levels * 999);
    assert_int_equal(warm.snapshots_equal + warm.snapshots_late, warm.snapshots);
    flow_run_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(created_rest_and_deleted_go),
        cmocka_unit_test(fills_are_not_applied_twice),
        cmocka_unit_test(steps_of_one_match_are_waited_for),
        cmocka_unit_test(fills_against_hidden_orders_reduce),
        cmocka_unit_test(order_that_moves_is_replaced),
        cmocka_unit_test(maker_is_filled_up_again),
        cmocka_unit_test(order_filled_here_alone_is_put_back),
        cmocka_unit_test(deletions_may_come_first_or_twice),
        cmocka_unit_test(first_picture_fills_the_book),
        cmocka_unit_test(table_reads_like_the_log),
        cmocka_unit_test(frames_read_like_the_log),
        cmocka_unit_test(bad_lines_are_named),
        cmocka_unit_test(bad_rows_are_named),
        cmocka_unit_test(real_day_agrees_with_the_venue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
