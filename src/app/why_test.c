/* Aim: the answer to "why" is the same for a pair of moments on every run, with and without
 * snapshots, also after the venue went on; it has the rows as known then, the money and prices of
 * the earlier moment, and the cause; and what a customer reads of it names no row, list or officer.
 *
 * Method: golden case 9 and others played by a real engine on a clock of the test; answers are
 * compared as JSON, byte for byte. */
#include "app/why.h"

#include "base/span.h"
#include "tests/support/rule_venue.h"

#include <stdlib.h>
#include <string.h>

#define NOTICE "rules/venue-notice-ru.v1.yaml"
#define LAW    "rules/eu-833-5b2.v1.yaml"
#define LIST   "rules/us-ofac-sdn.v1.yaml"

static struct rule_venue venue;
static struct why_answer answer;
static char json[WHY_JSON_BYTES];
static u64 residence; /* the row that was recorded first */
static char other[WHY_JSON_BYTES];

enum audience { OFFICER, CUSTOMER, LINES };

static u64 moment(const char *time)
{
    return time == NULL ? PAST_END : rule_venue_time(time);
}

/* Asks about an account and keeps the answer open. */
static void ask(u32 account, const char *at, const char *known_at, bool from_genesis)
{
    struct why_question question = {.folder = venue.folder,
                                    .account = account,
                                    .by_account = true,
                                    .at = moment(at),
                                    .known_at = moment(known_at),
                                    .from_genesis = from_genesis};
    if (venue.engine != NULL) {
        rule_venue_settle(&venue);
    }
    why_close(&answer);
    scene_must(why_ask(&question, &answer));
}

static void print(enum audience audience, char *target)
{
    struct json_writer writer;
    if (audience == LINES) {
        memset(target, 0, WHY_JSON_BYTES);
        FILE *file = fmemopen(target, WHY_JSON_BYTES, "w");
        assert_non_null(file);
        why_print(&answer, file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    json_begin(&writer, target, WHY_JSON_BYTES);
    (audience == OFFICER ? why_put_json : why_put_customer_json)(&answer, &writer);
    assert_int_not_equal(json_end(&writer), 0);
}

static void has(const char *text)
{
    if (strstr(json, text) == NULL) {
        fail_msg("\"%s\" is not in %s", text, json);
    }
}

static void has_not(const char *text)
{
    if (strstr(json, text) != NULL) {
        fail_msg("\"%s\" is in %s", text, json);
    }
}

static const struct why_rule *rule(const char *id)
{
    for (u32 i = 0; i < answer.rules_count; i += 1) {
        if (strcmp(answer.rules[i].law->id, id) == 0) {
            return &answer.rules[i];
        }
    }
    fail_msg("no rule %s", id);
    return NULL;
}

static int finish(void **state)
{
    (void)state;
    why_close(&answer);
    rule_venue_remove(&venue);
    return 0;
}

/* Russian, verified in Thailand, EUR 50,000; on the 25th: since the 1st in Russia. */
static void play_case_9(void)
{
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    residence = rule_venue_customer(&venue, 1, "TH", 125000000);
    rule_venue_at(&venue, "2022-04-21");
    rule_venue_pack(&venue, NOTICE);
    rule_venue_at(&venue, "2022-04-22T12:00:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 41000);
    rule_venue_at(&venue, "2022-04-25");
    rule_venue_price(&venue, RULE_VENUE_BTC, 41500);
    (void)rule_venue_fact(&venue, 1, RULE_FACT_RESIDENCE, "RU", RULE_VERIFIED_ADDRESS,
                          rule_venue_time("2022-04-01"), 0);
}

static void end_the_old_residence(void)
{
    struct command_row_end end = {
        .person = 1, .officer = RULE_VENUE_OFFICER, .row = residence, .second = RULE_VENUE_SECOND};
    (void)rule_venue_put(&venue, &end, sizeof(end), COMMAND_ROW_END, 0);
}

static void case_9_is_the_same_for_ever(void **state)
{
    (void)state;
    play_case_9();
    end_the_old_residence();
    rule_venue_at(&venue, "2022-04-26T01:00:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 42000);
    ask(0, "2022-04-22T12:00:00Z", "2022-04-22T12:00:00Z", false);
    assert_int_equal(answer.vector, 0);
    assert_int_equal(answer.holdings.eur, 51250ULL * 100000000);
    ask(0, "2022-04-22T12:00:00Z", "2022-04-26", false);
    assert_int_equal(rule("notice.withdraw-only")->result->truth, RULE_TRUE);
    assert_int_equal(answer.holdings.eur, 51250ULL * 100000000); /* the money of the 22nd */
    print(OFFICER, json);
    has("\"value\":\"RU\",\"verified\":[\"proof_of_address\"]");
    has("\"from\":\"2022-04-01\",\"until\":\"open\",\"recorded\":\"2022-04-25\"");
    has("\"final\":true");
    /* The same from the first byte, from a snapshot, and after the venue went on. */
    ask(0, "2022-04-22T12:00:00Z", "2022-04-26", true);
    print(OFFICER, other);
    assert_string_equal(json, other);
    rule_venue_snapshot(&venue);
    rule_venue_at(&venue, "2022-05-01");
    (void)rule_venue_fact(&venue, 1, RULE_FACT_NATIONALITY, "FR", RULE_VERIFIED_DOCUMENT, 0, 0);
    rule_venue_snapshot(&venue);
    ask(0, "2022-04-22T12:00:00Z", "2022-04-26", false);
    print(OFFICER, other);
    assert_string_equal(json, other);
    rule_venue_close(&venue);
    ask(0, "2022-04-22T12:00:00Z", "2022-04-26", false);
    print(OFFICER, other);
    assert_string_equal(json, other);
}

static void a_cause_from_before_the_snapshot(void **state)
{
    (void)state;
    play_case_9();
    end_the_old_residence();
    rule_venue_snapshot(&venue);
    rule_venue_at(&venue, "2022-04-28");
    rule_venue_price(&venue, RULE_VENUE_BTC, 43000);
    ask(0, NULL, NULL, false);
    const struct why_rule *notice = rule("notice.withdraw-only");
    assert_int_equal(notice->result->truth, RULE_TRUE);
    assert_int_equal(notice->said.event.truth, TRUTH_YES);
    assert_int_equal(notice->said.time_us, rule_venue_time("2022-04-25"));
    assert_int_equal(notice->cause.kind, COMMAND_FACT_SET);
    print(OFFICER, json);
    ask(0, NULL, NULL, true);
    print(OFFICER, other);
    assert_string_equal(json, other);
}

static void restrict_by_hand(u32 account, u64 vector)
{
    struct command_note note = {.actor = 21, .reason = 5};
    struct command_restrict set = {.restrictions = vector};
    (void)rule_venue_put(&venue, &note, sizeof(note), COMMAND_NOTE, 0);
    (void)rule_venue_put(&venue, &set, sizeof(set), COMMAND_RESTRICT, account);
}

/* EUR 9,600, then 10,800 by the price alone. */
static void the_price_of_the_valuation_is_the_cause(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    rule_venue_customer(&venue, 1, "RU", 24000000);
    rule_venue_pack(&venue, LAW);
    rule_venue_at(&venue, "2022-04-21");
    rule_venue_price(&venue, RULE_VENUE_BTC, 45000);
    rule_venue_at(&venue, "2022-04-21T00:10:00Z");
    rule_venue_valuation(&venue, 0);
    ask(0, "2022-04-20T12:00:00Z", "2022-04-20T12:00:00Z", false);
    assert_int_equal(answer.vector, 0);
    assert_true(rule("eu5.crypto-10k")->result->is_warned);
    ask(0, NULL, NULL, false);
    const struct why_rule *law = rule("eu5.crypto-10k");
    assert_int_equal(law->result->truth, RULE_TRUE);
    assert_int_equal(law->cause.kind, COMMAND_VALUATION);
    assert_int_equal(law->said.event.holdings, 10800ULL * 100000000);
    assert_int_equal(answer.accounts[0].account.restrictions, answer.vector);
    print(LINES, json);
    has("trade        refuse  eu5.crypto-10k");
    has("BTC      0.24000000 at 45000.00 EUR of 2022-04-21 (3 sources): 10800.00 EUR");
    has("amount     holdings 10800.00 EUR against > 10000.00 EUR: yes");
    has("fact       nationality RU, document; always to open");
    has("officer 3 *");
    has("(valuation), 2022-04-21T00:10:00Z");
    print(CUSTOMER, json);
    has("\"notice\":\"restricted\"");
    has("\"withdraw\":true");
    has("\"trade\":false");
    has("10 000 EUR");
    has_not("\"officer\"");
    has_not("\"row\"");

    print(OFFICER, json);
    has("\"causeTime\":\"2022-04-21T00:10:00Z\",\"cause\":{\"command\":\"valuation\"");
    has("\"article\":\"5b\",\"paragraph\":\"2\"");
}

/* A hit that waits for an officer, and what an officer set by hand, read alike. */
static void a_customer_reads_a_hold_like_any_other(void **state)
{
    (void)state;
    u64 review = 0;
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    for (u32 person = 1; person <= 2; person += 1) {
        rule_venue_customer(&venue, person, "TH", 1000);
        (void)rule_venue_listing(&venue, person, "us-sdn", LISTING_STATE_CLEAR, 0);
    }
    rule_venue_pack(&venue, LIST);
    rule_venue_at(&venue, "2022-04-21");
    (void)rule_venue_listing(&venue, 1, "us-sdn", LISTING_STATE_CANDIDATE, 31337);
    ask(0, NULL, NULL, false);
    review = answer.vector;
    restrict_by_hand(1, review);
    ask(0, NULL, NULL, false);
    print(OFFICER, json);
    has("\"entry\":31337");
    print(CUSTOMER, json);
    has("\"notice\":\"checking\"");
    has_not("31337");
    has_not("sdn");
    has_not("OFAC");
    ask(1, NULL, NULL, false);
    assert_int_equal(answer.vector, 0);
    assert_int_equal(answer.accounts[0].hand.actor, 21);
    assert_int_equal(answer.accounts[0].hand.reason, 5);
    print(CUSTOMER, other);
    char *number = strstr(other, "\"account\":1");
    assert_non_null(number);
    number[10] = '0';
    assert_string_equal(json, other);
}

static void a_pack_that_was_ended_since(void **state)
{
    (void)state;
    play_case_9();
    end_the_old_residence();
    rule_venue_at(&venue, "2022-04-30");
    rule_venue_pack_end(&venue, NOTICE);
    rule_venue_at(&venue, "2022-05-02");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    ask(0, "2022-04-25T00:30:00Z", NULL, false);
    assert_true(answer.packs[rule("notice.withdraw-only")->pack].ended_since);
    assert_int_equal(rule("notice.withdraw-only")->result->truth, RULE_TRUE);
    ask(0, NULL, NULL, false);
    assert_int_equal(answer.rules_count, 0);
    assert_int_equal(answer.vector, 0);
}

static void accounts_of_nobody_and_of_nowhere(void **state)
{
    (void)state;
    struct why_question question = {.folder = venue.folder, .account = 99, .by_account = true};
    play_case_9();
    restrict_by_hand(7, 3U << 8);
    ask(7, NULL, NULL, false);
    assert_int_equal(answer.person, 0);
    assert_int_equal(answer.accounts[0].hand.actor, 21);
    print(LINES, json);
    has("account 7: nobody is behind it");
    has("by hand: withdraw freeze");
    rule_venue_settle(&venue);
    why_close(&answer);
    question.at = PAST_END;
    question.known_at = PAST_END;
    assert_int_equal(why_ask(&question, &answer), FAULT_MISSING);
    why_close(&answer);
    question.by_account = false;
    question.person = 2;
    assert_int_equal(why_ask(&question, &answer), FAULT_MISSING);
    why_close(&answer);
    question.person = 1;
    question.known_at = rule_venue_time("2022-01-01");
    assert_int_equal(why_ask(&question, &answer), FAULT_MISSING);
    why_close(&answer);
    question.known_at = PAST_END;
    question.packs = "/nowhere";
    scene_must(why_ask(&question, &answer));
    print(LINES, json);
    has("text       not at hand");
    print(CUSTOMER, json);
    has_not("notice.");
    fault_forget();
}

/* Linked only after the moment that is asked about: what the person did before counts. */
static void linked_later(void **state)
{
    (void)state;
    play_case_9();
    rule_venue_link(&venue, 1, 5);
    rule_venue_at(&venue, "2022-04-27");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    ask(5, "2022-04-22T12:00:00Z", NULL, false);
    assert_int_equal(answer.person, 1);
    assert_int_equal(answer.holdings.eur, 51250ULL * 100000000);
    assert_int_equal(answer.accounts_count, 1);
    print(OFFICER, json);
    ask(0, "2022-04-22T12:00:00Z", NULL, false);
    print(OFFICER, other);
    assert_string_equal(json, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(case_9_is_the_same_for_ever, finish),
        cmocka_unit_test_teardown(a_cause_from_before_the_snapshot, finish),
        cmocka_unit_test_teardown(the_price_of_the_valuation_is_the_cause, finish),
        cmocka_unit_test_teardown(a_customer_reads_a_hold_like_any_other, finish),
        cmocka_unit_test_teardown(a_pack_that_was_ended_since, finish),
        cmocka_unit_test_teardown(accounts_of_nobody_and_of_nowhere, finish),
        cmocka_unit_test_teardown(linked_later, finish),
    };
    return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
