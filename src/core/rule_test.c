/* Aim: names, countries and vectors are what their bits say; each leaf has its three values, and
 * what is missing is told only where it matters; rows count in both times; a threshold remembers.
 *
 * Method: packs of one rule, built node by node, and persons of a few rows. The random comparison
 * with a naive evaluator is src/app/rule_model_test.c, the shipped packs
 * src/app/rule_golden_test.c. */
#include "core/rule.h"

#include "base/span.h"
#include "core/rule_form.h"
#include "tests/support/test.h"

#include <string.h>

#define DAY 86400000000ULL

static struct rule_pack pack;
static struct rule_fact facts[4];
static struct rule_listing listings[2];
static struct rule_ownership ownerships[2];
static struct rule_person person;
static struct rule_memory memories[RULE_RULES_MAX];
static struct rule_outcome outcome;

static const struct rule_interval always = {0, RULE_TIME_OPEN};

static u64 name(const char *text)
{
    return rule_name_of(span_of_text(text));
}

/* A pack with one rule and no predicate yet. */
static struct rule *begin(void)
{
    memset(&pack, 0, sizeof(pack));
    memset(memories, 0, sizeof(memories));
    memset(facts, 0, sizeof(facts));
    memcpy(pack.id, "test", 5);
    pack.version = 1;
    pack.effective = always;
    pack.rules_count = 1;
    person = (struct rule_person){.facts = facts, .listings = listings, .ownerships = ownerships};
    struct rule *rule = &pack.rules[0];
    memcpy(rule->id, "rule", 5);
    rule->effective = always;
    rule->scope = RULE_SCOPE_PERSON;
    rule->vector = 3;
    rule->unknown_vector = 1;
    rule->candidate_vector = 4;
    rule->undetermined_vector = 16;
    rule->deadline_vector = 2;
    rule->evidence = RULE_FACT_RESIDENCE;
    rule->evidence_days = 2;
    return rule;
}

static void node(struct rule_node node)
{
    pack.nodes[pack.nodes_count] = node;
    pack.nodes_count += 1;
    pack.rules[0].subject_count = pack.nodes_count;
}

/* has kind in {value} */
static void has(enum rule_fact_kind kind, u16 value, u8 flags, u8 verified, u16 parent)
{
    pack.values[pack.values_count] = value;
    node((struct rule_node){.op = RULE_OP_HAS,
                            .detail = (u8)kind,
                            .flags = flags,
                            .verified = verified,
                            .parent = parent,
                            .first = pack.values_count,
                            .count = 1});
    pack.values_count += 1;
}

static struct rule_fact *fact(enum rule_fact_kind kind, u16 value)
{
    struct rule_fact *row = &facts[person.facts_count];
    *row = (struct rule_fact){.kind = (u8)kind,
                              .value = value,
                              .valid = always,
                              .recorded = always,
                              .expires = RULE_TIME_OPEN};
    person.facts_count += 1;
    return row;
}

static enum rule_truth truth_at(u64 at)
{
    assert_null(rule_pack_check(&pack));
    rule_evaluate(&pack, &person, (struct rule_instant){at, at}, memories, &outcome);
    memories[0] = outcome.results[0].memory;
    assert_int_equal(outcome.vector, outcome.results[0].vector);
    return outcome.results[0].truth;
}

static void names_come_back(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "us-sdn", "eu-269", "zzzzzzzzzzzz", "------------",
                                       "0"};
    for (u32 i = 0; i < ARRAY_COUNT(good); i += 1) {
        char text[RULE_NAME_SYMBOLS + 1];
        assert_true(name(good[i]) != 0);
        rule_name_print(name(good[i]), text);
        assert_string_equal(text, good[i]);
    }
    static const char *const bad[] = {"", "A", "a_b", "a b", "aaaaaaaaaaaaa", "\xc3\xa9"};
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_int_equal(name(bad[i]), 0);
    }
    assert_int_equal(rule_country_of(span_of_text("AA")), 1);
    assert_int_equal(rule_country_of(span_of_text("ZZ")), RULE_COUNTRY_LAST);
    assert_int_equal(rule_country_of(span_of_text("ru")), 0);
    assert_int_equal(rule_country_of(span_of_text("R")), 0);
}

static void the_strictest_wins_for_each_operation(void **state)
{
    (void)state;
    for (u64 a = 0; a < 256; a += 1) {
        for (u64 b = 0; b < 256; b += 1) {
            u64 joined = rule_vector_join(a << 8, b << 8);
            for (u32 operation = 4; operation < 8; operation += 1) {
                u32 one = rule_vector_of(a << 8, operation);
                u32 other = rule_vector_of(b << 8, operation);
                assert_int_equal(rule_vector_of(joined, operation), one > other ? one : other);
            }
            assert_int_equal(joined & 0xFFFF00FFU, 0);
        }
    }
}

static void a_fact_is_there_or_not_or_missing(void **state)
{
    (void)state;
    (void)begin();
    has(RULE_FACT_RESIDENCE, 7, 0, 0, RULE_NONE);
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].missing, 1U << RULE_FACT_RESIDENCE);
    assert_int_equal(outcome.vector, 1);
    struct rule_fact *row = fact(RULE_FACT_RESIDENCE, 8);
    assert_int_equal(truth_at(1), RULE_FALSE);
    assert_int_equal(outcome.results[0].facts, 1);
    assert_int_equal(outcome.results[0].facts_true, 0);
    row->value = 7;
    assert_int_equal(truth_at(1), RULE_TRUE);
    assert_int_equal(outcome.results[0].facts_true, 1);
    assert_int_equal(outcome.vector, 3);
    row->value = RULE_VALUE_NONE;
    assert_int_equal(truth_at(1), RULE_FALSE);
    row->value = RULE_VALUE_UNKNOWN;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    (void)fact(RULE_FACT_RESIDENCE, 7);
    assert_int_equal(truth_at(1), RULE_TRUE);
    /* A company lives nowhere. */
    (void)fact(RULE_FACT_KIND, RULE_KIND_LEGAL);
    assert_int_equal(truth_at(1), RULE_FALSE);
    /* Both at once: nobody knows what it is. */
    (void)fact(RULE_FACT_KIND, RULE_KIND_NATURAL);
    assert_int_equal(truth_at(1), RULE_TRUE);
}

static void verification_and_expiry_count(void **state)
{
    (void)state;
    (void)begin();
    has(RULE_FACT_RESIDENCE, 7, RULE_NODE_NEGATED | RULE_NODE_UNEXPIRED, RULE_VERIFIED_ADDRESS,
        RULE_NONE);
    struct rule_fact *row = fact(RULE_FACT_RESIDENCE, 8);
    assert_int_equal(truth_at(10), RULE_FALSE);
    row->verified = RULE_VERIFIED_ADDRESS | RULE_VERIFIED_DOCUMENT;
    assert_int_equal(truth_at(10), RULE_TRUE);
    row->expires = 10;
    assert_int_equal(truth_at(9), RULE_TRUE);
    assert_int_equal(outcome.next_us, 10);
    assert_int_equal(truth_at(10), RULE_FALSE);
    row->expires = RULE_TIME_OPEN;
    row->value = 7;
    assert_int_equal(truth_at(10), RULE_FALSE);
    row->value = RULE_VALUE_NONE;
    assert_int_equal(truth_at(10), RULE_FALSE);
}

static void rows_count_in_both_times(void **state)
{
    (void)state;
    (void)begin();
    has(RULE_FACT_RESIDENCE, 7, 0, 0, RULE_NONE);
    struct rule_fact *row = fact(RULE_FACT_RESIDENCE, 7);
    row->valid = (struct rule_interval){10, 20};
    row->recorded = (struct rule_interval){15, 30};
    static const struct {
        struct rule_instant instant;
        enum rule_truth truth;
    } cases[] = {
        {{9, 16}, RULE_UNKNOWN}, {{10, 14}, RULE_UNKNOWN}, {{10, 15}, RULE_TRUE},
        {{19, 29}, RULE_TRUE},   {{20, 29}, RULE_UNKNOWN}, {{19, 30}, RULE_UNKNOWN},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        rule_evaluate(&pack, &person, cases[i].instant, memories, &outcome);
        assert_int_equal(outcome.results[0].truth, cases[i].truth);
    }
}

static void only_what_matters_is_missing(void **state)
{
    (void)state;
    (void)begin();
    /* (nationality or residence) and not permit */
    has(RULE_FACT_NATIONALITY, 7, 0, 0, 2);
    has(RULE_FACT_RESIDENCE, 7, 0, 0, 2);
    node((struct rule_node){.op = RULE_OP_ANY, .parent = 5});
    has(RULE_FACT_PERMIT, 9, 0, 0, 4);
    node((struct rule_node){.op = RULE_OP_NOT, .parent = 5});
    node((struct rule_node){.op = RULE_OP_ALL, .parent = RULE_NONE});
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].missing, 1U << RULE_FACT_NATIONALITY |
                                                     1U << RULE_FACT_RESIDENCE |
                                                     1U << RULE_FACT_PERMIT);
    /* With the nationality it is settled that the first part is true. */
    (void)fact(RULE_FACT_NATIONALITY, 7);
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].missing, 1U << RULE_FACT_PERMIT);
    (void)fact(RULE_FACT_PERMIT, 9);
    assert_int_equal(truth_at(1), RULE_FALSE);
    assert_int_equal(outcome.results[0].missing, 0);
}

static void roles_that_are_not_recorded_are_not_there(void **state)
{
    (void)state;
    (void)begin();
    has(RULE_FACT_ROLE, RULE_ROLE_OWNER, 0, 0, RULE_NONE);
    assert_int_equal(truth_at(1), RULE_FALSE);
    (void)fact(RULE_FACT_ROLE, RULE_ROLE_OWNER);
    assert_int_equal(truth_at(1), RULE_TRUE);
    (void)begin();
    node((struct rule_node){
        .op = RULE_OP_MISSING, .detail = RULE_FACT_DOCUMENT, .parent = RULE_NONE});
    assert_int_equal(truth_at(1), RULE_TRUE);
    (void)fact(RULE_FACT_DOCUMENT, RULE_VALUE_NONE);
    assert_int_equal(truth_at(1), RULE_FALSE);
}

static void hits_wait_for_an_officer(void **state)
{
    (void)state;
    (void)begin();
    pack.names[0] = name("ru");
    pack.names_count = 1;
    node((struct rule_node){.op = RULE_OP_LISTED,
                            .detail = RULE_LISTING_CONFIRMED,
                            .parent = RULE_NONE,
                            .count = 1,
                            .list = name("us-sdn")});
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_UNSCREENED);
    listings[0] =
        (struct rule_listing){name("eu-269"), name("ru"), RULE_LISTING_CONFIRMED, always, always};
    person.listings_count = 1;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    listings[0].list = name("us-sdn");
    assert_int_equal(truth_at(1), RULE_TRUE);
    assert_int_equal(outcome.results[0].listings_true, 1);
    listings[0].programme = name("kp");
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_UNSCREENED);
    listings[1] = (struct rule_listing){name("us-sdn"), 0, RULE_LISTING_CLEAR, always, always};
    person.listings_count = 2;
    assert_int_equal(truth_at(1), RULE_FALSE);
    person.listings_count = 1;
    listings[0].programme = 0;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    listings[0].programme = name("ru");
    listings[0].state = RULE_LISTING_CANDIDATE;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_CANDIDATE);
    assert_int_equal(outcome.vector, 4);
    assert_int_equal(outcome.results[0].deadline, 0);
    listings[0].state = RULE_LISTING_CLEAR;
    assert_int_equal(truth_at(1), RULE_FALSE);
}

static void bounds_of_ownership(void **state)
{
    (void)state;
    (void)begin();
    node((struct rule_node){.op = RULE_OP_OWNED,
                            .detail = RULE_AT_LEAST,
                            .parent = RULE_NONE,
                            .percent = 5000,
                            .list = name("us-sdn")});
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_UNSCREENED);
    ownerships[0] = (struct rule_ownership){.list = name("us-sdn"),
                                            .compare = RULE_ABOVE,
                                            .control = RULE_TRUE,
                                            .percent = 5000,
                                            .lower = 6000,
                                            .upper = 6000,
                                            .valid = always,
                                            .recorded = always};
    person.ownerships_count = 1;
    /* A verdict for another comparison says nothing. */
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    ownerships[0].compare = RULE_AT_LEAST;
    assert_int_equal(truth_at(1), RULE_TRUE);
    ownerships[0].lower = 4999;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    assert_int_equal(outcome.vector, 16);
    ownerships[0].upper = 4999;
    assert_int_equal(truth_at(1), RULE_FALSE);
    pack.nodes[0].flags = RULE_NODE_CONTROL;
    assert_int_equal(truth_at(1), RULE_TRUE);
    ownerships[0].control = RULE_UNKNOWN;
    assert_int_equal(truth_at(1), RULE_UNKNOWN);
    (void)fact(RULE_FACT_KIND, RULE_KIND_NATURAL);
    assert_int_equal(truth_at(1), RULE_FALSE);
}

static void a_threshold_remembers(void **state)
{
    (void)state;
    struct rule *rule = begin();
    has(RULE_FACT_RESIDENCE, 7, 0, 0, RULE_NONE);
    struct rule_fact *row = fact(RULE_FACT_RESIDENCE, 7);
    rule->flags = RULE_FLAG_THRESHOLD;
    rule->compare = RULE_AT_LEAST;
    rule->amount = 100;
    rule->lift_margin = 10;
    rule->dwell_us = 50;
    rule->warn_percent = 9000;
    person.holdings = (struct rule_holdings){true, 90};
    assert_int_equal(truth_at(1), RULE_FALSE);
    assert_true(outcome.results[0].is_warned);
    person.holdings.eur = 100;
    assert_int_equal(truth_at(2), RULE_TRUE);
    person.holdings.eur = 91;
    assert_int_equal(truth_at(100), RULE_TRUE);
    person.holdings.eur = 90;
    assert_int_equal(truth_at(200), RULE_TRUE);
    assert_int_equal(outcome.next_us, 250);
    /* A break starts the dwell again. */
    person.holdings.eur = 91;
    assert_int_equal(truth_at(220), RULE_TRUE);
    person.holdings.eur = 90;
    assert_int_equal(truth_at(230), RULE_TRUE);
    /* A missing price neither lifts nor starts anything. */
    person.holdings.is_known = false;
    assert_int_equal(truth_at(279), RULE_TRUE);
    person.holdings.is_known = true;
    assert_int_equal(truth_at(279), RULE_TRUE);
    assert_int_equal(truth_at(280), RULE_FALSE);
    /* Nor does it hide what is over without it. */
    person.holdings = (struct rule_holdings){.is_known = false, .eur = 99};
    assert_int_equal(truth_at(280), RULE_UNKNOWN);
    person.holdings.eur = 100;
    assert_int_equal(truth_at(280), RULE_TRUE);
    person.holdings.is_known = true;
    assert_int_equal(truth_at(281), RULE_TRUE);
    rule->flags |= RULE_FLAG_STICKY;
    person.holdings.eur = 0;
    assert_int_equal(truth_at(9999), RULE_TRUE);
    /* Out of the class: forgotten. */
    row->value = 8;
    assert_int_equal(truth_at(10000), RULE_FALSE);
    row->value = 7;
    assert_int_equal(truth_at(10001), RULE_FALSE);
}

static void evidence_has_a_deadline(void **state)
{
    (void)state;
    (void)begin();
    has(RULE_FACT_RESIDENCE, 7, 0, 0, RULE_NONE);
    assert_int_equal(truth_at(5), RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].deadline, 5 + 2 * DAY);
    assert_int_equal(outcome.next_us, 5 + 2 * DAY);
    assert_int_equal(truth_at(5 + 2 * DAY - 1), RULE_UNKNOWN);
    assert_int_equal(outcome.vector, 1);
    assert_int_equal(truth_at(5 + 2 * DAY), RULE_UNKNOWN);
    assert_int_equal(outcome.vector, 2);
    struct rule_fact *row = fact(RULE_FACT_RESIDENCE, 8);
    assert_int_equal(truth_at(6 + 2 * DAY), RULE_FALSE);
    row->valid.until = 9 + 2 * DAY;
    assert_int_equal(truth_at(9 + 2 * DAY), RULE_UNKNOWN);
    assert_int_equal(outcome.vector, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_back),
        cmocka_unit_test(the_strictest_wins_for_each_operation),
        cmocka_unit_test(a_fact_is_there_or_not_or_missing),
        cmocka_unit_test(verification_and_expiry_count),
        cmocka_unit_test(rows_count_in_both_times),
        cmocka_unit_test(only_what_matters_is_missing),
        cmocka_unit_test(roles_that_are_not_recorded_are_not_there),
        cmocka_unit_test(hits_wait_for_an_officer),
        cmocka_unit_test(bounds_of_ownership),
        cmocka_unit_test(a_threshold_remembers),
        cmocka_unit_test(evidence_has_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
