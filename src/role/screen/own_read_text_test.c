/* Aim: days and shares come out as registers mean them, exact to a part in 10^9, and what is none
 * is refused. Method: examples and edges by hand; every day of five centuries there and back. */
#include "role/screen/own_read_text.h"

#include "base/span.h"
#include "tests/support/test.h"

static i32 day(const char *text)
{
    i32 out = 0;
    u32 second = 0;
    if (!own_text_day(span_of_text(text), &out, &second)) {
        fail_msg("%s is no day", text);
    }
    return out;
}

static void days_are_counted_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("1969-12-31"), -1);
    assert_int_equal(day("2000-03-01"), 11017);
    assert_int_equal(day("2022-04-20"), 19102);
    assert_int_equal(day("2022-04"), day("2022-04-01"));
    assert_int_equal(day("2022"), day("2022-01-01"));
    assert_int_equal(day("2022-04-20T10:11:12Z"), 19102);
    assert_int_equal(day("2022-04-20T10:11:12.345Z"), 19102);
    assert_int_equal(day("2022-04-20Z"), 19102);
}

static void a_time_behind_a_day_is_kept(void **state)
{
    (void)state;
    i32 out = 0;
    u32 second = 0;
    assert_true(own_text_day(span_of_text("2021-09-11T16:15:08Z"), &out, &second));
    assert_int_equal(second, (16 * 60 + 15) * 60 + 8);
    assert_true(own_text_day(span_of_text("2021-09-11 16:15"), &out, &second));
    assert_int_equal(second, (16 * 60 + 15) * 60);
}

static void what_is_no_day_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",           "20",          "2022-13-01", "2022-00-10",  "2022-02-29",
        "2022-04-31", "0000-01-01",  "2022-4-2",   "2022-04-20x", "2022-04-20T25:00:00Z",
        "20220420",   "2022-04-20T1"};
    i32 out = 0;
    u32 second = 0;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        if (own_text_day(span_of_text(wrong[i]), &out, &second)) {
            fail_msg("%s was taken", wrong[i]);
        }
    }
    assert_int_equal(day("2020-02-29") + 1, day("2020-03-01"));
    assert_int_equal(day("1900-02-28") + 1, day("1900-03-01"));
    assert_int_equal(day("2000-02-29") + 1, day("2000-03-01"));
}

static void every_day_goes_there_and_back(void **state)
{
    (void)state;
    char text[OWN_DAY_TEXT_BYTES];
    for (i32 i = day("1700-01-01"); i < day("2200-01-01"); i += 1) {
        assert_int_equal(day(own_text_day_print(i, text)), i);
    }
    assert_string_equal(own_text_day_print(OWN_DAY_EVER, text), "ever");
    assert_string_equal(own_text_day_print(OWN_DAY_NEVER, text), "never");
}

static void percents_round_outwards(void **state)
{
    (void)state;
    u32 parts = 0;
    assert_true(own_text_percent(span_of_text("76.5"), false, &parts));
    assert_int_equal(parts, 765000000);
    assert_true(own_text_percent(span_of_text("100.000000000"), true, &parts));
    assert_int_equal(parts, OWN_WHOLE);
    assert_true(own_text_percent(span_of_text("0"), true, &parts));
    assert_int_equal(parts, 0);
    assert_true(own_text_percent(span_of_text("33.333333333"), false, &parts));
    assert_int_equal(parts, 333333333);
    assert_true(own_text_percent(span_of_text("33.333333333"), true, &parts));
    assert_int_equal(parts, 333333334);
    static const char *const wrong[] = {"",
                                        "100.0000000001",
                                        "101",
                                        "-1",
                                        "5.",
                                        ".5",
                                        "1e2",
                                        "5..1",
                                        "5 %",
                                        "1000000000000000",
                                        "999999999999999999999999"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        if (own_text_percent(span_of_text(wrong[i]), true, &parts)) {
            fail_msg("%s was taken", wrong[i]);
        }
    }
}

static void shares_in_words_become_intervals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u32 lower;
        u32 upper;
        u32 flags;
    } cases[] = {
        {"51", 510000000, 510000000, 0},
        {" 51 % ", 510000000, 510000000, 0},
        {"33,3%", 333000000, 333000000, 0},
        {"", 0, OWN_WHOLE, OWN_EDGE_UNKNOWN},
        {"25-50", 250000000, 500000000, OWN_EDGE_BAND},
        {"25 - 50%", 250000000, 500000000, OWN_EDGE_BAND},
        {"25% to 50 %", 250000000, 500000000, OWN_EDGE_BAND},
        {"25\xe2\x80\x93"
         "50",
         250000000, 500000000, OWN_EDGE_BAND},
        {">25", 250000001, OWN_WHOLE, OWN_EDGE_BAND},
        {">= 25%", 250000000, OWN_WHOLE, OWN_EDGE_BAND},
        {"<50", 0, 499999999, OWN_EDGE_BAND},
        {"<=50", 0, 500000000, OWN_EDGE_BAND},
        {"up to 50", 0, 500000000, OWN_EDGE_BAND},
        {"more than 75 %", 750000001, OWN_WHOLE, OWN_EDGE_BAND},
        {"less than 5", 0, 49999999, OWN_EDGE_BAND},
        {"at least 10", 100000000, OWN_WHOLE, OWN_EDGE_BAND},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct own_share share;
        if (!own_text_share(span_of_text(cases[i].text), &share)) {
            fail_msg("\"%s\" was refused", cases[i].text);
        }
        assert_int_equal(share.lower, cases[i].lower);
        assert_int_equal(share.upper, cases[i].upper);
        assert_int_equal(share.flags, cases[i].flags);
    }
    static const char *const wrong[] = {"50-25", "half", "101%",           "-5", "25-", ">",
                                        "%",     "1 2",  "more than a lot"};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        struct own_share share;
        if (own_text_share(span_of_text(wrong[i]), &share)) {
            fail_msg("\"%s\" was taken", wrong[i]);
        }
    }
}

static void shares_are_printed_short(void **state)
{
    (void)state;
    char text[OWN_SHARE_TEXT_BYTES];
    assert_string_equal(own_text_share_print(500000000, 500000000, text), "50 %");
    assert_string_equal(own_text_share_print(765000000, 765000000, text), "76.5 %");
    assert_string_equal(own_text_share_print(250000001, 499999999, text),
                        "25.0000001 to 49.9999999 %");
    assert_string_equal(own_text_share_print(0, OWN_WHOLE, text), "an unknown part");
    assert_string_equal(own_text_share_print(0, 0, text), "0 %");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(a_time_behind_a_day_is_kept),
        cmocka_unit_test(what_is_no_day_is_refused),
        cmocka_unit_test(every_day_goes_there_and_back),
        cmocka_unit_test(percents_round_outwards),
        cmocka_unit_test(shares_in_words_become_intervals),
        cmocka_unit_test(shares_are_printed_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
