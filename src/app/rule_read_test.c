/* Aim: a good pack compiles to exactly its meaning; each mistake is refused with file, line, key
 * and reason; the content hash follows the meaning and not the writing.
 *
 * Method: one pack as text, changed in one place for each mistake. The shipped packs are read by
 * src/app/rule_golden_test.c. */
#include "app/rule_read.h"

#include "base/span.h"
#include "core/rule_form.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct rule_source source;

static const char good[] = "pack:\n"                                                        /* 1 */
                           "  id: test-pack\n"                                              /* 2 */
                           "  version: 2\n"                                                 /* 3 */
                           "  title: {en: a, fr: b}\n"                                      /* 4 */
                           "  jurisdiction: EU\n"                                           /* 5 */
                           "  origin: law\n"                                                /* 6 */
                           "  sources: [act-1]\n"                                           /* 7 */
                           "  published: 2022-04-08\n"                                      /* 8 */
                           "  effective_from: 2022-04-09\n"                                 /* 9 */
                           "  effective_until: 2022-10-07T12:30:00Z\n"                      /* 10 */
                           "  valuation: [\"00:00\"]\n"                                     /* 11 */
                           "groups:\n"                                                      /* 12 */
                           "  pair: [SE, DE]\n"                                             /* 13 */
                           "predicates:\n"                                                  /* 14 */
                           "  here: {has: residence, in: [FR, \"@pair\", DE]}\n"            /* 15 */
                           "rules:\n"                                                       /* 16 */
                           "  - id: one\n"                                                  /* 17 */
                           "    scope: person\n"                                            /* 18 */
                           "    cite: [{source: act-1, article: 5b, from: 2022-04-09}]\n"   /* 19 */
                           "    explain: {en: a, fr: b}\n"                                  /* 20 */
                           "    subject: {all: [{use: here}, {not: {kind: legal}}]}\n"      /* 21 */
                           "    unless: {role: [owner]}\n"                                  /* 22 */
                           "    threshold: {measure: holdings, op: \">\", amount: 100.5,\n" /* 23 */
                           "      currency: EUR, lift_margin: 0, dwell: 24h, sticky: false,\n"
                           "      warn_percent: 90}\n" /* 25 */
                           "    actions: [withdraw_only, {report: nca, business_days: 10}]\n"
                           "    on_unknown: {actions: [review], evidence: residence, days: 14,\n"
                           "      then: [{set: {open: refuse}}]}\n" /* 28 */
                           "    derogation: {source: act-1, article: 5c, grounds: [a, c]}\n"
                           "    audience: neutral\n"      /* 30 */
                           "    keep_records_years: 5\n"; /* 31 */

static enum fault read_text(const char *text)
{
    return rule_read(span_of_text(text), "f", &source);
}

/* The good pack with its first `from` replaced. */
static const char *with(const char *from, const char *to)
{
    static char text[8192];
    const char *place = strstr(good, from);
    if (place == NULL) {
        fail_msg("not in the pack: %s", from);
    }
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - good), good, to,
                   place + strlen(from));
    return text;
}

static void refused(const char *from, const char *to, const char *message)
{
    assert_int_equal(read_text(with(from, to)), FAULT_INPUT);
    assert_string_equal(fault_text(), message);
}

static void a_pack_compiles_to_its_meaning(void **state)
{
    (void)state;
    if (read_text(good) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    const struct rule_pack *pack = &source.pack;
    const struct rule *rule = &pack->rules[0];
    assert_string_equal(pack->id, "test-pack");
    assert_int_equal(pack->version, 2);
    assert_false(pack->is_uncertain);
    assert_int_equal(pack->effective.from, 1649462400000000ULL);
    assert_int_equal(pack->effective.until, 1665145800000000ULL);
    assert_int_equal(pack->rules_count, 1);
    assert_int_equal(rule->effective.from, pack->effective.from);
    assert_int_equal(rule->effective.until, pack->effective.until);
    assert_int_equal(rule->amount, 10050000000ULL);
    assert_int_equal(rule->dwell_us, 86400000000ULL);
    assert_int_equal(rule->warn_percent, 9000);
    assert_int_equal(rule->flags, RULE_FLAG_THRESHOLD | RULE_FLAG_NEUTRAL);
    assert_int_equal(rule->grounds, 5);
    assert_int_equal(rule->deadline_vector, (u64)RESTRICTION_REFUSE << 14);
    assert_int_equal(rule->candidate_vector, rule->unknown_vector);
    assert_int_equal(rule->duties_count, 1);
    assert_int_equal(pack->duties[0].days, 10);
    /* here, legal, not, all; owner */
    assert_int_equal(rule->subject_count, 4);
    assert_int_equal(rule->unless_first, 4);
    assert_int_equal(pack->nodes[0].count, 3);
    assert_int_equal(pack->values[0], rule_country_of(span_of_text("DE")));
    assert_int_equal(pack->values[1], rule_country_of(span_of_text("FR")));
    assert_int_equal(pack->values[2], rule_country_of(span_of_text("SE")));
    assert_int_equal(pack->nodes[0].parent, 3);
    assert_int_equal(pack->nodes[1].parent, 2);
    assert_int_equal(pack->nodes[2].op, RULE_OP_NOT);
    assert_int_equal(pack->nodes[3].parent, RULE_NONE);
    assert_null(rule_pack_check(pack));
}

static void the_hash_follows_the_meaning(void **state)
{
    (void)state;
    u8 hash[RULE_HASH_BYTES];
    assert_int_equal(read_text(good), FAULT_NONE);
    memcpy(hash, source.pack.content_hash, sizeof(hash));
    assert_int_equal(read_text(with("  version: 2\n  title: {en: a, fr: b}\n",
                                    "  # more\n  title: {fr: 'b', en: \"a\"}\n  version: '2'\n")),
                     FAULT_NONE);
    assert_memory_equal(hash, source.pack.content_hash, sizeof(hash));
    assert_int_equal(read_text(with("en: a", "en: A")), FAULT_NONE);
    assert_memory_not_equal(hash, source.pack.content_hash, sizeof(hash));
}

static void heads_are_checked(void **state)
{
    (void)state;
    refused("pack:", "packs:", "f:1: packs: unknown key; did you mean pack");
    refused("test-pack", "Test",
            "f:2: pack.id: \"Test\" is not an id of 1 to 31 small letters, "
            "digits, - and .");
    refused("version: 2", "version: 0", "f:3: pack.version: \"0\" is not a number from 1 to 65535");
    refused("  title: {en: a, fr: b}\n", "", "f:1: pack: title is missing");
    refused("{en: a, fr: b}", "{en: a}", "f:4: pack.title: fr is missing");
    refused("origin: law", "origin: wish",
            "f:6: pack.origin: \"wish\" is none of law, request, "
            "policy");
    refused("[act-1]\n", "[]\n", "f:7: pack.sources: a list is wanted here, not empty");
    refused("2022-04-09\n", "2022-02-29\n",
            "f:9: pack.effective_from: \"2022-02-29\" is not a day like 2022-04-21, or "
            "2022-04-21T15:00:00Z");
    refused("2022-04-09\n", "2022-4-9\n",
            "f:9: pack.effective_from: \"2022-4-9\" is not a day like 2022-04-21, or "
            "2022-04-21T15:00:00Z");
    refused("2022-10-07T12:30:00Z", "2022-04-09",
            "f:10: pack.effective_until: not after effective_from");
    refused("[\"00:00\"]", "[\"24:00\"]",
            "f:11: pack.valuation[0]: a time of the day like \"00:00\" is wanted here");
    refused("  valuation: [\"00:00\"]\n", "  uncertain: [{key: published}]\n",
            "f:11: pack.uncertain[0]: why is missing");
    assert_int_equal(read_text(with("  valuation: [\"00:00\"]\n",
                                    "  uncertain: [{key: published, why: memory}]\n")),
                     FAULT_NONE);
    assert_true(source.pack.is_uncertain);
}

static void predicates_are_checked(void **state)
{
    (void)state;
    refused("SE, DE]", "SE, Germany]", "f:13: groups.pair[1]: a country is two capital letters");
    refused("@pair", "@pairs", "f:15: predicates.here.in[1]: there is no group \"pairs\"");
    refused("has: residence", "has: home",
            "f:15: predicates.here.has: \"home\" is none of kind, nationality, residence, "
            "residence_permit, establishment, document_country, role");
    refused("{has: residence, in: [FR, \"@pair\", DE]}", "{use: here}",
            "f:15: predicates.here: a predicate deeper than 8, or one that uses itself");
    refused("in: [FR", "at: [FR", "f:15: predicates.here.at: unknown key");
    refused("{use: here}, ", "{use: there}, ",
            "f:21: rules[0].subject.all[0].use: there is no such predicate, or use does not stand "
            "alone");
    refused("{all: [{use: here}", "{every: [{use: here}",
            "f:21: rules[0].subject: a predicate is all, any, not, use, has, kind, role, unknown, "
            "listed or owned");
    refused("{all: [{use: here}, {not: {kind: legal}}]}", "{all: []}",
            "f:21: rules[0].subject.all: a list of 1 to 32 predicates is wanted here");
    refused("{role: [owner]}", "{listed: {list: us-sdn}}",
            "f:22: rules[0].unless.listed: min_state is missing");
    refused("{role: [owner]}",
            "{owned: {by: us-sdn, method: product, op: \">\", percent: 50, aggregate: \"true\"}}",
            "f:22: rules[0].unless.owned.method: \"product\" is none of cascade");
    refused("{role: [owner]}",
            "{owned: {by: us-sdn, method: cascade, op: \">\", percent: 101, aggregate: \"true\"}}",
            "f:22: rules[0].unless.owned.percent: \"101\" is not a number with at most 2 decimals, "
            "or too large");
}

static void rules_are_checked(void **state)
{
    (void)state;
    refused("source: act-1, article: 5b", "source: act-2, article: 5b",
            "f:19: rules[0].cite[0].source: not among pack.sources");
    refused("article: 5b", "paragraph: 5b", "f:19: rules[0].cite[0]: article is missing");
    refused("amount: 100.5", "amount: -1",
            "f:23: rules[0].threshold.amount: \"-1\" is not a number with at most 8 decimals, or "
            "too large");
    refused(
        "lift_margin: 0", "lift_margin: 101",
        "f:24: rules[0].threshold.lift_margin: \"101\" is not a number with at most 8 decimals, "
        "or too large");
    refused("dwell: 24h", "dwell: 24",
            "f:24: rules[0].threshold.dwell: \"24\" is not a time like 30min, 24h or 14d");
    refused("currency: EUR", "currency: USD",
            "f:24: rules[0].threshold.currency: \"USD\" is none of EUR");
    refused(
        "[withdraw_only,", "[blocked,",
        "f:26: rules[0].actions[0]: \"blocked\" is none of none, withdraw_only, freeze, review, "
        "no_new_service");
    refused("business_days: 10", "due: 09-30",
            "f:26: rules[0].actions[1]: due and as_of stand together");
    refused("then: [{set: {open: refuse}}]", "then: [{report: nca}]",
            "f:28: rules[0].on_unknown.then[0]: only restrictions may stand here");
    refused("{open: refuse}", "{sell: refuse}",
            "f:28: rules[0].on_unknown.then[0].set.sell: there is no such operation");
    refused(", days: 14", "", "f:27: rules[0].on_unknown: days is missing");
    refused("    on_unknown: {actions: [review], evidence: residence, days: 14,\n"
            "      then: [{set: {open: refuse}}]}\n",
            "", "f:17: rules[0]: on_unknown is missing");
    refused("grounds: [a, c]", "grounds: [A]",
            "f:29: rules[0].derogation.grounds[0]: a ground is one small letter");
    refused("audience: neutral", "effective_from: 2022-10-07T12:30:00Z",
            "f:30: rules[0].effective_from: outside the pack's time");
    refused("    scope: person\n", "    scope: asset\n    assets: [a7a5]\n",
            "f:22: rules[0].subject: unknown key");
    refused("    keep_records_years: 5\n", "    keep_records_years: 5\n  - {id: one}\n",
            "f:32: rules[1].id: another rule has this id");
}

/* Maps, lists and texts where something else is wanted must not confuse the reader. */
static void any_shape_anywhere_is_refused(void **state)
{
    (void)state;
    static const char *const places[] = {
        "{en: a, fr: b}",
        "EU\n",
        "law\n",
        "[act-1]",
        "2022-04-08",
        "[\"00:00\"]",
        "[SE, DE]",
        "residence, in",
        "{use: here}",
        "{kind: legal}",
        "[owner]",
        "holdings",
        "100.5",
        "24h",
        "[withdraw_only, {report: nca, business_days: 10}]",
        "[review]",
        "{set: {open: refuse}}",
        "{open: refuse}",
        "[a, c]",
        "neutral",
        "5\n",
        "one\n",
        "person\n",
        "test-pack",
        "[{source: act-1, article: 5b, from: 2022-04-09}]",
        "nca",
        "10}",
        "5b",
    };
    static const char *const shapes[] = {"[]", "{}", "[[x]]", "{x: y}", "x", "[{}]", "''"};
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        for (u32 k = 0; k < ARRAY_COUNT(shapes); k += 1) {
            char to[64];
            size_t length = strlen(places[i]);
            (void)snprintf(to, sizeof(to), "%s%s", shapes[k],
                           places[i][length - 1] == '\n'                         ? "\n"
                           : places[i][length - 1] == '}' && places[i][0] != '{' ? "}"
                                                                                 : "");
            if (read_text(with(places[i], to)) != FAULT_NONE) {
                assert_int_equal(strncmp(fault_text(), "f:", 2), 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_compiles_to_its_meaning),
        cmocka_unit_test(the_hash_follows_the_meaning),
        cmocka_unit_test(heads_are_checked),
        cmocka_unit_test(predicates_are_checked),
        cmocka_unit_test(rules_are_checked),
        cmocka_unit_test(any_shape_anywhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
