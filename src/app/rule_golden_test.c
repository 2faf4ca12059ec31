/* Aim: the packs in rules/ say of the cases that separate them what the acts and the notice say:
 * who is restricted, by which pack, on which day, as known when; and every rule of every pack fires
 * for somebody and lets somebody else alone.
 *
 * Method: the shipped files are read, compiled and decoded again; persons are built row by row, and
 * each case has the number it has in docs/rules.md "Golden cases". */
#include "app/restriction_modes.h"
#include "app/rule_read.h"
#include "base/span.h"
#include "core/rule_form.h"
#include "core/rule_licence.h"
#include "tests/support/test.h"

#include <string.h>

#define DAY               86400000000ULL
#define EUR               100000000ULL
#define REFUSE(operation) ((u64)RESTRICTION_REFUSE << (2 * (operation)))

enum pack { EU5, EU8, EU19, NOTICE, JAPAN, OFAC, OFAC2, EU269, PACKS };

static const char *const files[PACKS] = {
    "rules/eu-833-5b2.v1.yaml",      "rules/eu-833-5b2.v2.yaml",    "rules/eu-833-5b2.v3.yaml",
    "rules/venue-notice-ru.v1.yaml", "rules/jp-fefa-ru-by.v1.yaml", "rules/us-ofac-sdn.v1.yaml",
    "rules/us-ofac-sdn.v2.yaml",     "rules/eu-269-listed.v1.yaml",
};
static struct rule_pack packs[PACKS];
static bool rule_fired[PACKS][RULE_RULES_MAX];
static bool rule_spared[PACKS][RULE_RULES_MAX];

/* A person under test. */
static struct {
    struct rule_fact facts[RULE_FACTS_MAX];
    struct rule_listing listings[RULE_LISTINGS_MAX];
    struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
    struct rule_person person;
    struct rule_memory memories[PACKS][RULE_RULES_MAX];
} who;
static struct rule_outcome outcome;

static u64 withdraw_only;
static u64 freeze;
static u64 review;

/* Microseconds of a day. */
static u64 on(u32 year, u32 month, u32 day)
{
    static const u16 before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    u32 leaps = (year - 1969) / 4 + (year % 4 == 0 && month > 2 ? 1U : 0U);
    return ((year - 1970) * 365ULL + leaps + before[month - 1] + day - 1) * DAY;
}

static void read_packs(void)
{
    static struct rule_source source;
    static u8 form[RULE_FORM_BYTES_MAX];
    for (u32 i = 0; i < PACKS; i += 1) {
        if (rule_read_file(files[i], &source) != FAULT_NONE) {
            fail_msg("%s", fault_text());
        }
        size_t size = rule_form_encode(&source.pack, form);
        assert_null(rule_form_decode(span_of(form, size), &packs[i]));
        assert_memory_equal(&packs[i], &source.pack, sizeof(packs[i]));
    }
    assert_true(restriction_mode_of("withdraw-only", &withdraw_only));
    assert_true(restriction_mode_of("freeze", &freeze));
    assert_true(restriction_mode_of("review", &review));
}

static void nobody(void)
{
    memset(&who, 0, sizeof(who));
    who.person = (struct rule_person){
        .facts = who.facts, .listings = who.listings, .ownerships = who.ownerships};
}

static struct rule_fact *add_fact(enum rule_fact_kind kind, u16 value)
{
    struct rule_fact *fact = &who.facts[who.person.facts_count];
    *fact = (struct rule_fact){.kind = (u8)kind,
                               .value = value,
                               .valid = {.from = 0, .until = RULE_TIME_OPEN},
                               .recorded = {.from = 0, .until = RULE_TIME_OPEN},
                               .expires = RULE_TIME_OPEN};
    who.person.facts_count += 1;
    return fact;
}

static struct rule_fact *add_country(enum rule_fact_kind kind, const char *country)
{
    return add_fact(kind, rule_country_of(span_of_text(country)));
}

static void add_listing(const char *list, const char *programme, enum rule_listing_state state)
{
    who.listings[who.person.listings_count] = (struct rule_listing){
        .list = rule_name_of(span_of_text(list)),
        .programme = programme == NULL ? 0 : rule_name_of(span_of_text(programme)),
        .state = (u8)state,
        .valid = {.from = 0, .until = RULE_TIME_OPEN},
        .recorded = {.from = 0, .until = RULE_TIME_OPEN}};
    who.person.listings_count += 1;
}

static void add_owners(const char *list, enum rule_compare compare, u16 lower, u16 upper,
                       enum rule_truth control)
{
    who.ownerships[who.person.ownerships_count] =
        (struct rule_ownership){.list = rule_name_of(span_of_text(list)),
                                .compare = (u8)compare,
                                .control = (u8)control,
                                .percent = 5000,
                                .lower = lower,
                                .upper = upper,
                                .valid = {.from = 0, .until = RULE_TIME_OPEN},
                                .recorded = {.from = 0, .until = RULE_TIME_OPEN}};
    who.person.ownerships_count += 1;
}

static void holds(u64 eur)
{
    who.person.holdings = (struct rule_holdings){.is_known = true, .eur = eur};
}

/* A natural person about whom everything is known; no permit. */
static void somebody(const char *nationality, const char *residence, u64 eur)
{
    nobody();
    (void)add_fact(RULE_FACT_KIND, RULE_KIND_NATURAL);
    (void)add_country(RULE_FACT_NATIONALITY, nationality);
    add_country(RULE_FACT_RESIDENCE, residence)->verified = RULE_VERIFIED_ADDRESS;
    (void)add_country(RULE_FACT_DOCUMENT, nationality);
    (void)add_fact(RULE_FACT_PERMIT, RULE_VALUE_NONE);
    holds(eur);
}

static void screened_clear(void)
{
    add_listing("us-sdn", NULL, RULE_LISTING_CLEAR);
    add_listing("jp-mof", NULL, RULE_LISTING_CLEAR);
    add_listing("eu-269", NULL, RULE_LISTING_CLEAR);
}

static u64 as_known(enum pack pack, u64 at, u64 known_at)
{
    struct rule_instant instant = {.at = at, .known_at = known_at};
    rule_evaluate(&packs[pack], &who.person, instant, who.memories[pack], &outcome);
    for (u32 i = 0; i < outcome.results_count; i += 1) {
        who.memories[pack][i] = outcome.results[i].memory;
        bool in_force = outcome.results[i].is_in_force;
        rule_fired[pack][i] |= outcome.results[i].truth == RULE_TRUE;
        rule_spared[pack][i] |= in_force && outcome.results[i].truth == RULE_FALSE;
    }
    return outcome.vector;
}

static u64 says(enum pack pack, u64 at)
{
    return as_known(pack, at, at);
}

static u64 restricted(void)
{
    return withdraw_only | REFUSE(RULE_OPERATION_OPEN);
}

/* ---- the cases ---- */

static void case_1_permit_and_address_in_france(void **state)
{
    (void)state;
    somebody("RU", "FR", 50000 * EUR);
    who.facts[4].value = rule_country_of(span_of_text("FR"));
    who.facts[4].expires = on(2027, 1, 1);
    assert_int_equal(says(EU5, on(2022, 4, 22)), 0);
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), 0);
    assert_int_equal(says(EU8, on(2022, 10, 8)), 0);
    assert_int_equal(says(EU19, on(2026, 1, 1)), 0);
}

static void case_2_verified_address_in_thailand(void **state)
{
    (void)state;
    somebody("RU", "TH", 50000 * EUR);
    assert_int_equal(says(EU5, on(2022, 4, 22)), restricted());
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), 0);
    /* Claimed and not verified: the notice restricts. */
    who.facts[2].verified = RULE_VERIFIED_DOCUMENT;
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
}

static void case_3_exactly_ten_thousand(void **state)
{
    (void)state;
    somebody("RU", "RU", 10000 * EUR);
    assert_int_equal(says(EU5, on(2022, 4, 22)), 0);
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), 0);
    assert_true(outcome.results[0].is_warned);
    holds(10000 * EUR + 1);
    assert_int_equal(says(EU5, on(2022, 4, 22)), restricted());
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
    assert_false(outcome.results[0].is_warned);
    holds(9000 * EUR - 1);
    memset(who.memories, 0, sizeof(who.memories));
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), 0);
    assert_false(outcome.results[0].is_warned);
}

static void case_4_both_nationalities_in_moscow(void **state)
{
    (void)state;
    somebody("RU", "RU", 50000 * EUR);
    (void)add_country(RULE_FACT_NATIONALITY, "DE");
    assert_int_equal(says(EU5, on(2022, 4, 22)), 0);
    assert_int_equal(says(EU8, on(2022, 11, 1)), 0);
    assert_int_equal(says(EU19, on(2026, 1, 1)), 0);
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
}

static void case_5_permit_expired_yesterday(void **state)
{
    (void)state;
    somebody("RU", "RU", 50000 * EUR);
    who.facts[4].value = rule_country_of(span_of_text("FR"));
    who.facts[4].expires = on(2022, 4, 21);
    assert_int_equal(says(EU5, on(2022, 4, 20)), 0);
    assert_int_equal(outcome.next_us, on(2022, 4, 21));
    assert_int_equal(says(EU5, on(2022, 4, 21)), restricted());
    assert_int_equal(says(EU5, on(2022, 4, 22)), restricted());
}

static void case_6_german_in_moscow(void **state)
{
    (void)state;
    somebody("DE", "RU", 50000 * EUR);
    assert_int_equal(says(EU5, on(2022, 4, 22)), 0);
    assert_int_equal(says(EU8, on(2022, 11, 1)), 0);
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
}

static void case_7_the_price_rises_and_falls(void **state)
{
    (void)state;
    u64 noon = on(2022, 4, 22) + DAY / 2;
    somebody("RU", "RU", 9990 * EUR);
    assert_int_equal(says(EU5, noon), 0);
    assert_true(outcome.results[0].is_warned);
    assert_true(outcome.results[0].is_watched);
    holds(10010 * EUR);
    assert_int_equal(says(EU5, noon + DAY), restricted());
    assert_true(rule_vector_of(outcome.vector, OPERATION_TRADE) != RESTRICTION_ALLOW);
    /* Below again: it lifts after a day, and not before. */
    holds(9000 * EUR);
    assert_int_equal(says(EU5, noon + 2 * DAY), restricted());
    assert_int_equal(outcome.next_us, noon + 3 * DAY);
    assert_int_equal(says(EU5, noon + 3 * DAY - 1), restricted());
    assert_int_equal(says(EU5, noon + 3 * DAY), 0);
    /* No price: somebody who was not over it is unknown, and deposits wait. */
    who.person.holdings.is_known = false;
    assert_int_equal(rule_vector_of(says(EU5, noon + 4 * DAY), OPERATION_DEPOSIT),
                     RESTRICTION_HOLD);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_PRICE);
}

static void case_8_spot_and_staked(void **state)
{
    (void)state;
    somebody("RU", "RU", 9000 * EUR + 2000 * EUR);
    assert_int_equal(says(EU5, on(2022, 4, 22)), restricted());
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
}

static void case_9_known_later(void **state)
{
    (void)state;
    somebody("RU", "TH", 50000 * EUR);
    /* Recorded on 25 April: since 1 April this person lives in Russia. */
    who.facts[2].recorded.until = on(2022, 4, 25);
    struct rule_fact *moved = add_country(RULE_FACT_RESIDENCE, "RU");
    moved->valid.from = on(2022, 4, 1);
    moved->recorded.from = on(2022, 4, 25);
    moved->verified = RULE_VERIFIED_ADDRESS;
    assert_int_equal(as_known(NOTICE, on(2022, 4, 22), on(2022, 4, 22)), 0);
    assert_int_equal(as_known(NOTICE, on(2022, 4, 22), on(2022, 4, 26)), withdraw_only);
    assert_int_equal(as_known(NOTICE, on(2022, 4, 22), on(2022, 4, 22)), 0);
}

static void case_10_listed_too(void **state)
{
    (void)state;
    somebody("RU", "RU", 50000 * EUR);
    add_listing("us-sdn", NULL, RULE_LISTING_CONFIRMED);
    u64 at = on(2022, 4, 22);
    u64 both = rule_vector_join(says(EU5, at), says(OFAC, at));
    assert_int_equal(rule_vector_of(both, OPERATION_WITHDRAW), RESTRICTION_FREEZE);
    assert_int_equal(rule_vector_of(both, OPERATION_TRADE), RESTRICTION_FREEZE);
    assert_int_equal(rule_vector_of(both, OPERATION_DEPOSIT), RESTRICTION_FREEZE);
    assert_int_equal(rule_vector_of(both, OPERATION_CANCEL), RESTRICTION_ALLOW);
}

static void case_11_a_licence_used_twice(void **state)
{
    (void)state;
    struct rule_licence licence = {.ceiling = 5000 * EUR,
                                   .valid = {.from = on(2022, 4, 20), .until = on(2022, 7, 1)},
                                   .operations = 1U << OPERATION_TRANSFER_OUT,
                                   .ground = 'b'};
    memcpy(licence.pack_id, packs[EU5].id, RULE_ID_BYTES);
    memcpy(licence.rule_id, packs[EU5].rules[0].id, RULE_ID_BYTES);
    somebody("RU", "RU", 50000 * EUR);
    screened_clear();
    u64 at = on(2022, 4, 22);
    (void)says(EU5, at);
    static struct rule_outcome second;
    struct rule_verdict verdicts[] = {{&packs[EU5], &outcome}, {&packs[OFAC], &second}};
    struct rule_memory memories[RULE_RULES_MAX] = {{.is_over = false}};
    struct rule_instant instant = {.at = at, .known_at = at};
    rule_evaluate(&packs[OFAC], &who.person, instant, memories, &second);
    assert_int_equal(second.vector, 0);
    assert_int_equal(
        rule_licence_check(&licence, verdicts, 2, OPERATION_TRANSFER_OUT, 5000 * EUR, at),
        RULE_LICENCE_GOOD);
    rule_licence_spend(&licence, 5000 * EUR);
    assert_int_equal(
        rule_licence_check(&licence, verdicts, 2, OPERATION_TRANSFER_OUT, 5000 * EUR, at),
        RULE_LICENCE_CEILING);
    /* It lifts the rule it names, and no other: a candidate hit still holds. */
    licence.used = 0;
    add_listing("us-sdn", NULL, RULE_LISTING_CANDIDATE);
    rule_evaluate(&packs[OFAC], &who.person, instant, memories, &second);
    assert_int_equal(rule_licence_check(&licence, verdicts, 2, OPERATION_TRANSFER_OUT, EUR, at),
                     RULE_LICENCE_OTHER_RULE);
    /* What the licence does not change: the vector. */
    assert_int_equal(outcome.vector, restricted());
}

static void case_12_withdraw_only_and_a_candidate(void **state)
{
    (void)state;
    somebody("RU", "RU", 50000 * EUR);
    add_listing("us-sdn", NULL, RULE_LISTING_CANDIDATE);
    u64 at = on(2022, 4, 22);
    assert_int_equal(says(OFAC, at), review);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_CANDIDATE);
    u64 both = rule_vector_join(says(NOTICE, at), review);
    assert_int_equal(rule_vector_of(both, OPERATION_TRADE), RESTRICTION_REFUSE);
    assert_int_equal(rule_vector_of(both, OPERATION_WITHDRAW), RESTRICTION_HOLD);
    assert_int_equal(rule_vector_of(both, OPERATION_TRANSFER_OUT), RESTRICTION_REFUSE);
    assert_int_equal(rule_vector_of(both, OPERATION_DEPOSIT), RESTRICTION_HOLD);
}

/* ---- the rest of the packs ---- */

static void unknown_is_not_no(void **state)
{
    (void)state;
    u64 at = on(2022, 4, 22);
    nobody();
    holds(50000 * EUR);
    u64 interim = says(EU5, at);
    assert_int_equal(rule_vector_of(interim, OPERATION_DEPOSIT), RESTRICTION_HOLD);
    assert_int_equal(rule_vector_of(interim, OPERATION_TRADE), RESTRICTION_ALLOW);
    assert_int_equal(outcome.results[0].truth, RULE_UNKNOWN);
    assert_int_equal(outcome.results[0].deadline, at + 14 * DAY);
    assert_int_equal(outcome.next_us, at + 14 * DAY);
    assert_int_equal(says(EU5, at + 14 * DAY - 1), interim);
    assert_int_equal(says(EU5, at + 14 * DAY), restricted());
    assert_true((outcome.results[0].reasons & RULE_REASON_DEADLINE) != 0);
    /* Far below the amount it does not matter; who was over it waits the day out. */
    holds(50 * EUR);
    assert_int_equal(says(EU5, at + 14 * DAY), restricted());
    assert_int_equal(says(EU5, at + 15 * DAY), 0);
    /* Not screened is not clear. */
    assert_int_equal(says(OFAC, at), review);
    assert_true((outcome.results[0].reasons & RULE_REASON_UNSCREENED) != 0);
    somebody("DE", "DE", 0);
    screened_clear();
    assert_int_equal(says(OFAC, at), 0);
    assert_int_equal(says(JAPAN, at), 0);
    assert_int_equal(says(EU269, at), 0);
}

static void japan_looks_at_programmes(void **state)
{
    (void)state;
    u64 at = on(2022, 4, 22);
    somebody("RU", "JP", 0);
    add_listing("jp-mof", "by", RULE_LISTING_CONFIRMED);
    assert_int_equal(says(JAPAN, at), freeze | REFUSE(RULE_OPERATION_OPEN));
    assert_int_equal(says(JAPAN, on(2022, 3, 13)), 0);
    who.listings[0].programme = rule_name_of(span_of_text("kp"));
    assert_int_equal(says(JAPAN, at), review); /* nobody found him clear of the rest */
    add_listing("jp-mof", "ru", RULE_LISTING_CLEAR);
    assert_int_equal(says(JAPAN, at), 0);
    who.listings[0].programme = 0;
    assert_int_equal(says(JAPAN, at), review);
}

/* A company known by its register, owned so. */
static void company(u16 lower, u16 upper, enum rule_truth control)
{
    nobody();
    (void)add_fact(RULE_FACT_KIND, RULE_KIND_LEGAL);
    (void)add_country(RULE_FACT_ESTABLISHMENT, "CH");
    screened_clear();
    add_owners("us-sdn", RULE_AT_LEAST, lower, upper, RULE_FALSE);
    add_owners("eu-269", RULE_ABOVE, lower, upper, control);
    add_owners("eu-269", RULE_AT_LEAST, lower, upper, control);
}

static void owners_count_by_dated_thresholds(void **state)
{
    (void)state;
    u64 early = on(2024, 7, 2);
    u64 late = on(2024, 7, 3);
    u64 frozen = freeze | REFUSE(RULE_OPERATION_OPEN);
    company(5000, 5000, RULE_FALSE);
    assert_int_equal(says(OFAC, on(2022, 4, 22)), frozen);
    assert_int_equal(says(OFAC2, on(2025, 3, 12)), frozen);
    assert_int_equal(says(EU269, early), 0);
    assert_int_equal(says(EU269, late), frozen);
    company(5001, 6000, RULE_FALSE);
    assert_int_equal(says(EU269, early), frozen);
    company(4999, 4999, RULE_FALSE);
    assert_int_equal(says(EU269, early), 0);
    assert_int_equal(says(EU269, late), 0);
    assert_int_equal(says(OFAC, on(2022, 4, 22)), 0);
    assert_int_equal(says(OFAC2, on(2026, 1, 1)), 0);
    /* A register gives 25 to 50 percent: undetermined where 50 is enough. */
    company(2500, 5000, RULE_FALSE);
    assert_int_equal(says(EU269, early), 0);
    assert_int_equal(says(EU269, late), review);
    assert_int_equal(says(OFAC, on(2022, 4, 22)), review);
    assert_int_equal(outcome.results[0].reasons, RULE_REASON_UNDETERMINED);
    /* Control counts for the Union, and not for OFAC. */
    company(3000, 3000, RULE_TRUE);
    assert_int_equal(says(EU269, early), frozen);
    assert_int_equal(says(OFAC, on(2022, 4, 22)), 0);
    company(0, 0, RULE_FALSE);
    who.listings[2].state = RULE_LISTING_CONFIRMED;
    assert_int_equal(says(EU269, late), frozen);
}

static void companies_have_no_way_out(void **state)
{
    (void)state;
    nobody();
    (void)add_fact(RULE_FACT_KIND, RULE_KIND_LEGAL);
    (void)add_country(RULE_FACT_ESTABLISHMENT, "RU");
    holds(50000 * EUR);
    assert_int_equal(says(EU5, on(2022, 4, 22)), restricted());
    assert_int_equal(says(NOTICE, on(2022, 4, 22)), withdraw_only);
    assert_int_equal(says(EU19, on(2026, 1, 1)), restricted());
    assert_int_equal(outcome.results[1].truth, RULE_FALSE);
    who.facts[1].value = rule_country_of(span_of_text("DE"));
    assert_int_equal(says(EU5, on(2022, 4, 22)), 0);
    assert_int_equal(says(EU8, on(2022, 11, 1)), 0);
    assert_int_equal(says(EU19, on(2026, 1, 1)), 0);
}

static void the_amount_falls_away_in_october(void **state)
{
    (void)state;
    somebody("RU", "RU", EUR);
    assert_int_equal(says(EU5, on(2022, 10, 6)), 0);
    assert_int_equal(says(EU8, on(2022, 10, 6)), 0);
    assert_int_equal(says(EU8, on(2022, 10, 7)), restricted());
    assert_int_equal(outcome.next_us, on(2024, 1, 18));
    holds(50000 * EUR);
    assert_int_equal(says(EU5, on(2022, 10, 6)), restricted());
    assert_int_equal(says(NOTICE, on(2022, 10, 6)), withdraw_only);
    assert_int_equal(says(EU5, on(2022, 10, 7)), 0);
    assert_int_equal(says(NOTICE, on(2022, 10, 7)), 0);
}

static void owners_of_the_venue_are_reported(void **state)
{
    (void)state;
    u64 at = on(2024, 1, 18);
    somebody("RU", "TH", 0);
    (void)add_fact(RULE_FACT_ROLE, RULE_ROLE_OWNER);
    (void)says(EU8, at - 1);
    assert_int_equal(outcome.results[1].truth, RULE_FALSE);
    (void)says(EU8, at);
    assert_int_equal(outcome.results[1].truth, RULE_TRUE);
    assert_int_equal(outcome.results[1].vector, 0);
    (void)says(EU19, on(2026, 1, 1));
    assert_int_equal(outcome.results[1].truth, RULE_TRUE);
    assert_int_equal(packs[EU19].duties[packs[EU19].rules[1].duties_first].kind,
                     RULE_DUTY_REPORT_AFTER);
    somebody("DE", "DE", 0);
    (void)add_fact(RULE_FACT_ROLE, RULE_ROLE_GOVERNING);
    (void)says(EU8, at);
    assert_int_equal(outcome.results[1].truth, RULE_FALSE);
}

static void one_token_is_closed_to_everybody(void **state)
{
    (void)state;
    u64 token = rule_name_of(span_of_text("a7a5"));
    u64 vector = rule_evaluate_asset(&packs[EU19], token, on(2025, 11, 25));
    assert_int_equal(rule_vector_of(vector, OPERATION_PLACE), RESTRICTION_REFUSE);
    assert_int_equal(rule_vector_of(vector, OPERATION_DEPOSIT), RESTRICTION_HOLD);
    assert_int_equal(rule_evaluate_asset(&packs[EU19], token, on(2025, 11, 24)), 0);
    assert_int_equal(
        rule_evaluate_asset(&packs[EU19], rule_name_of(span_of_text("btc")), on(2025, 11, 25)), 0);
}

/* Runs last: the cases above went through every rule in both directions. */
static void every_rule_fires_and_spares(void **state)
{
    (void)state;
    for (u32 i = 0; i < PACKS; i += 1) {
        for (u32 k = 0; k < packs[i].rules_count; k += 1) {
            if (packs[i].rules[k].scope != RULE_SCOPE_ASSET &&
                !(rule_fired[i][k] && rule_spared[i][k])) {
                fail_msg("%s %s: fired %d, spared %d", files[i], packs[i].rules[k].id,
                         rule_fired[i][k], rule_spared[i][k]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_1_permit_and_address_in_france),
        cmocka_unit_test(case_2_verified_address_in_thailand),
        cmocka_unit_test(case_3_exactly_ten_thousand),
        cmocka_unit_test(case_4_both_nationalities_in_moscow),
        cmocka_unit_test(case_5_permit_expired_yesterday),
        cmocka_unit_test(case_6_german_in_moscow),
        cmocka_unit_test(case_7_the_price_rises_and_falls),
        cmocka_unit_test(case_8_spot_and_staked),
        cmocka_unit_test(case_9_known_later),
        cmocka_unit_test(case_10_listed_too),
        cmocka_unit_test(case_11_a_licence_used_twice),
        cmocka_unit_test(case_12_withdraw_only_and_a_candidate),
        cmocka_unit_test(unknown_is_not_no),
        cmocka_unit_test(japan_looks_at_programmes),
        cmocka_unit_test(owners_count_by_dated_thresholds),
        cmocka_unit_test(companies_have_no_way_out),
        cmocka_unit_test(the_amount_falls_away_in_october),
        cmocka_unit_test(owners_of_the_venue_are_reported),
        cmocka_unit_test(one_token_is_closed_to_everybody),
        cmocka_unit_test(every_rule_fires_and_spares),
    };
    read_packs();
    return cmocka_run_group_tests_name("rule_golden", tests, NULL, NULL);
}
