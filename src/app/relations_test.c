/* Aim: every relation to a country is found by each way that leads to one, with its accounts and
 * money; those that ended are not; and what was known only later is not known before.
 *
 * Method: a venue made by a real engine, asked about several days and as known on several. */
#include "app/relations.h"

#include "base/span.h"
#include "tests/support/rule_venue.h"

#include <string.h>

enum { MOSCOW = 1, ABROAD = 2, OWNER = 3, ROUTE = 4, FRENCH = 5, PERSONS_MAX = 8 };

static struct rule_venue venue;

struct heard {
    struct relations relations;
    struct relation found[PERSONS_MAX];
    u32 count;
};
static struct heard heard;

static void on_found(struct relations *relations, const struct relation *relation)
{
    assert_ptr_equal(relations, &heard.relations);
    assert_true(heard.count < PERSONS_MAX);
    heard.found[heard.count] = *relation;
    heard.count += 1;
}

static void ask(const char *country, const char *at, const char *known_at)
{
    if (venue.engine != NULL) {
        rule_venue_settle(&venue);
    }
    heard = (struct heard){
        .relations = {.found = on_found,
                      .country = rule_country_of(span_of_text(country)),
                      .at = at == NULL ? PAST_END : rule_venue_time(at),
                      .known_at = known_at == NULL ? PAST_END : rule_venue_time(known_at)}};
    scene_must(relations_run(&heard.relations, venue.folder, NULL));
    assert_int_equal(heard.relations.persons, heard.count);
}

static const struct relation *found(u32 person)
{
    for (u32 i = 0; i < heard.count; i += 1) {
        if (heard.found[i].person == person) {
            return &heard.found[i];
        }
    }
    return NULL;
}

static int begin(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    (void)rule_venue_customer(&venue, MOSCOW, "RU", 30000000);
    (void)rule_venue_customer(&venue, ABROAD, "TH", 10000000);
    rule_venue_person(&venue, OWNER);
    (void)rule_venue_fact(&venue, OWNER, RULE_FACT_NATIONALITY, "RU", RULE_VERIFIED_DOCUMENT, 0, 0);
    (void)rule_venue_fact(&venue, OWNER, RULE_FACT_ROLE, "owner", RULE_VERIFIED_REGISTER, 0, 0);
    rule_venue_person(&venue, ROUTE);
    (void)rule_venue_fact(&venue, ROUTE, RULE_FACT_ESTABLISHMENT, "RU", RULE_VERIFIED_REGISTER, 0,
                          0);
    rule_venue_person(&venue, FRENCH);
    rule_venue_link(&venue, FRENCH, 6);
    (void)rule_venue_fact(&venue, FRENCH, RULE_FACT_NATIONALITY, "FR", RULE_VERIFIED_DOCUMENT, 0,
                          0);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    rule_venue_remove(&venue);
    return 0;
}

static void every_way_is_found(void **state)
{
    (void)state;
    ask("RU", NULL, NULL);
    assert_int_equal(heard.count, 4);
    assert_null(found(FRENCH));
    assert_true(found(MOSCOW)->kinds[RELATION_CUSTOMER]);
    assert_false(found(MOSCOW)->kinds[RELATION_RECORDED]);
    assert_int_equal(found(MOSCOW)->holdings.eur, 12000ULL * 100000000);
    assert_int_equal(__builtin_popcountll(found(MOSCOW)->facts), 3);
    assert_int_equal(__builtin_popcountll(found(ABROAD)->facts), 2);
    assert_true(found(OWNER)->kinds[RELATION_OWNER]);
    assert_false(found(OWNER)->kinds[RELATION_CUSTOMER]);
    assert_int_equal(__builtin_popcountll(found(OWNER)->roles), 1);
    assert_true(found(ROUTE)->kinds[RELATION_RECORDED]);
    assert_int_equal(heard.relations.counts[RELATION_CUSTOMER], 2);
    assert_int_equal(heard.relations.eur, 16000ULL * 100000000);
    ask("TH", NULL, NULL);
    assert_int_equal(heard.count, 1);
    assert_non_null(found(ABROAD));
    ask("DE", NULL, NULL);
    assert_int_equal(heard.count, 0);
}

/* On the 25th somebody is known to have lived in Russia since the 1st; on the 28th the owner is one
 * no more. */
static void as_of_when_and_as_known_when(void **state)
{
    (void)state;
    rule_venue_at(&venue, "2022-04-25");
    (void)rule_venue_fact(&venue, FRENCH, RULE_FACT_RESIDENCE, "RU", RULE_VERIFIED_ADDRESS,
                          rule_venue_time("2022-04-01"), 0);
    rule_venue_at(&venue, "2022-04-28");
    rule_venue_price(&venue, RULE_VENUE_BTC, 50000);
    ask("RU", "2022-04-22", "2022-04-22");
    assert_null(found(FRENCH));
    assert_int_equal(heard.count, 4);
    ask("RU", "2022-04-22", "2022-04-26");
    assert_non_null(found(FRENCH));
    assert_int_equal(found(MOSCOW)->holdings.eur, 12000ULL * 100000000); /* of the 22nd */
    assert_true(heard.relations.looks[1].is_final);
    ask("RU", NULL, NULL);
    assert_int_equal(heard.count, 5);
    assert_int_equal(found(MOSCOW)->holdings.eur, 15000ULL * 100000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_way_is_found, begin, finish),
        cmocka_unit_test_setup_teardown(as_of_when_and_as_known_when, begin, finish),
    };
    return cmocka_run_group_tests_name("relations", tests, NULL, NULL);
}
