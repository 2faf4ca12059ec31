/* Aim: a customer reads what happened and what still works, and a neutral hold never tells what it
 * rests on. Method: findings of each kind one after the other; every combination of reasons, with
 * the printed bytes of all neutral notices compared. */
#include "wire/notice.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <string.h>

#define WITHDRAW_ONLY 0x284AU /* docs/rules.md: trade, place, transfers refused; deposits held */
#define FREEZE        0x3F0FU
#define REVIEW        0x1500U
#define DAY           NOTICE_DAY_US

static struct pack_text pack;
static struct pack_rule_text *rule;

static int pack_make(void **state)
{
    static const char json[] =
        "{\"pack\":{\"id\":\"canary-pack\",\"title\":{\"en\":\"The act\",\"fr\":\"L'acte\"}},"
        "\"rules\":[{\"id\":\"canary-rule\",\"audience\":\"customer\",\"cite\":[{\"article\":\"5b\","
        "\"paragraph\":\"2\",\"source\":\"eu-833-2014\"},{\"article\":\"guidance\","
        "\"source\":\"eu-833-2014\"}],\"explain\":{\"en\":\"In plain words.\","
        "\"fr\":\"En clair.\"},\"threshold\":{\"amount\":\"10000.00\"}}]}";
    (void)state;
    rule = &pack.rules[0];
    return pack_text_read(span_of_text(json), &pack) == NULL ? 0 : -1;
}

static const struct notice_finding none;
static const struct notice_finding restricted = {
    .truth = TRUTH_YES, .vector = WITHDRAW_ONLY, .flags = DECISION_FLAG_HOLDINGS_KNOWN};
static const struct notice_finding warned = {.flags = DECISION_FLAG_WARNED |
                                                      DECISION_FLAG_HOLDINGS_KNOWN};
static const struct notice_finding wanted = {.truth = TRUTH_UNKNOWN,
                                             .reasons = DECISION_REASON_FACT,
                                             .missing = 1U << FACT_KIND_RESIDENCE,
                                             .deadline = 14 * DAY,
                                             .vector = 0x40};
static const struct notice_finding late = {.truth = TRUTH_UNKNOWN,
                                           .reasons =
                                               DECISION_REASON_FACT | DECISION_REASON_DEADLINE,
                                           .missing = 1U << FACT_KIND_RESIDENCE,
                                           .vector = WITHDRAW_ONLY};
static const struct notice_finding candidate = {
    .truth = TRUTH_UNKNOWN, .reasons = DECISION_REASON_CANDIDATE, .vector = REVIEW};

/* The kinds as digits. */
static void assert_kinds(const struct notice_finding *before, const struct notice_finding *after,
                         bool others, const char *wanted_kinds)
{
    enum notice_kind kinds[NOTICE_KINDS_MAX];
    char found[NOTICE_KINDS_MAX + 1] = {0};
    u32 count = notice_of(before, after, rule, others, kinds);
    for (u32 i = 0; i < count; i += 1) {
        found[i] = (char)('0' + (u32)kinds[i]);
    }
    assert_string_equal(found, wanted_kinds);
}

static void notice_of_tells_each_change(void **state)
{
    struct notice_finding more = restricted;
    struct notice_finding again = wanted;
    struct notice_finding soft = wanted;
    (void)state;
    more.vector = FREEZE;
    again.missing |= 1U << FACT_KIND_NATIONALITY;
    soft.vector = 0;
    assert_kinds(&none, &none, false, "");
    assert_kinds(&none, &restricted, false, "1");
    assert_kinds(&restricted, &restricted, false, "");
    assert_kinds(&restricted, &more, false, "1");
    assert_kinds(&restricted, &none, false, "2");
    assert_kinds(&none, &warned, false, "3");
    assert_kinds(&warned, &none, false, "");
    assert_kinds(&warned, &restricted, false, "1");
    assert_kinds(&restricted, &warned, false, "23");
    assert_kinds(&none, &wanted, false, "4");
    assert_kinds(&wanted, &wanted, false, "");
    assert_kinds(&wanted, &again, false, "4");
    assert_kinds(&wanted, &late, false, "5");
    assert_kinds(&wanted, &restricted, false, "1");
    assert_kinds(&wanted, &none, false, "2");
    assert_kinds(&soft, &none, false, "6");
    assert_kinds(&late, &none, false, "2");
    assert_kinds(&late, &warned, false, "23");
}

static void notice_of_makes_one_hold_of_all_neutral_findings(void **state)
{
    (void)state;
    assert_kinds(&none, &candidate, false, "7");
    assert_kinds(&none, &candidate, true, "");
    assert_kinds(&candidate, &none, true, "");
    assert_kinds(&candidate, &none, false, "8");
    assert_kinds(&candidate, &restricted, false, "81");
    assert_kinds(&candidate, &restricted, true, "1");
    assert_kinds(&restricted, &candidate, false, "72");
    rule->is_neutral = true;
    assert_kinds(&none, &restricted, false, "7");
    assert_kinds(&none, &wanted, false, "7");
    assert_kinds(&none, &warned, false, "");
    assert_kinds(&restricted, &wanted, false, "");
    rule->is_neutral = false;
    enum notice_kind kinds[NOTICE_KINDS_MAX];
    assert_int_equal(notice_of(&none, &restricted, NULL, false, kinds), 1);
    assert_int_equal(kinds[0], NOTICE_CHECKING);
}

/* All paragraphs, a line each. */
static const char *printed(const struct notice *notice, const struct pack_text *of,
                           const struct pack_rule_text *by, enum language language)
{
    static char lines[8][8192];
    static u32 turn;
    static struct notice_text text;
    char *line = lines[turn % 8];
    size_t used = 0;
    turn += 1;
    notice_print(notice, of, by, language, &text);
    for (u32 i = 0; i < text.count; i += 1) {
        used +=
            (size_t)snprintf(line + used, 8192 - used, "%s: %.*s\n", text.parts[i].name,
                             (int)text.parts[i].text.size, (const char *)text.parts[i].text.data);
    }
    return line;
}

static struct notice notice_made(enum notice_kind kind, struct notice_finding finding)
{
    return (struct notice){
        .kind = kind, .time_us = 19103 * DAY, .finding = finding, .holdings = 1000000000001};
}

static void notice_print_says_what_a_restriction_leaves(void **state)
{
    (void)state;
    struct notice notice = notice_made(NOTICE_RESTRICTED, restricted);
    assert_string_equal(
        printed(&notice, &pack, rule, LANGUAGE_EN),
        "title: Your account is restricted\n"
        "act: The act\n"
        "article: Council Regulation (EU) No 833/2014, article 5b, paragraph 2; Council Regulation "
        "(EU) No 833/2014, guidance\n"
        "text: In plain words.\n"
        "holdings: Your holdings were valued at EUR 10000.00000001; the rule names EUR 10000.00.\n"
        "possible: Under this rule you can still use: cancelling orders, "
        "withdrawals, new accounts and services.\n"
        "held: Held until the matter is settled: deposits.\n"
        "impossible: Not possible meanwhile: trading, placing orders, transfers to others on this venue, transfers "
        "from others on this venue.\n"
        "leave: You may withdraw everything you have, at any time, to an address that you have "
        "proved to be yours.\n"
        "appeal: You may appeal within 30 days. An officer who did not decide this looks at it and "
        "answers within 10 days.\n");
    const char *french = printed(&notice, &pack, rule, LANGUAGE_FR);
    assert_non_null(strstr(french, "act: L'acte\n"));
    assert_non_null(strstr(french, "text: En clair.\n"));
    struct notice_finding frozen = restricted;
    frozen.vector = FREEZE;
    notice = notice_made(NOTICE_RESTRICTED, frozen);
    assert_non_null(strstr(printed(&notice, &pack, rule, LANGUAGE_EN), "stays where it is"));
    assert_null(strstr(printed(&notice, &pack, rule, LANGUAGE_EN), "may withdraw"));
}

static void notice_print_says_which_evidence_by_when(void **state)
{
    (void)state;
    struct notice notice = notice_made(NOTICE_EVIDENCE, wanted);
    const char *text = printed(&notice, &pack, rule, LANGUAGE_EN);
    assert_non_null(strstr(text, "evidence: Please send us evidence of: where you live.\n"));
    assert_non_null(strstr(text, "until: It must be with us before 1970-01-15.\n"));
    notice = notice_made(NOTICE_WARNED, warned);
    notice.holdings = 999000000000;
    text = printed(&notice, &pack, rule, LANGUAGE_EN);
    assert_non_null(strstr(text, "EUR 9990.00; the rule names EUR 10000.00.\n"));
    assert_null(strstr(text, "appeal"));
}

/* Whatever a neutral notice rests on, its bytes are those of the day. */
static void notice_print_of_a_neutral_hold_tells_nothing(void **state)
{
    (void)state;
    for (u32 language = 0; language < LANGUAGES_COUNT; language += 1) {
        for (u32 kind = NOTICE_CHECKING; kind <= NOTICE_CHECKED; kind += 1) {
            struct notice plain = notice_made((enum notice_kind)kind, none);
            const char *wanted_text = printed(&plain, NULL, NULL, (enum language)language);
            assert_null(strstr(wanted_text, "canary"));
            assert_non_null(strstr(wanted_text, "title: "));
            for (u32 reasons = 0; reasons < 64; reasons += 1) {
                struct notice_finding finding = candidate;
                finding.reasons = (u8)reasons;
                finding.missing = (u8)reasons;
                finding.vector = reasons % 2 == 0 ? FREEZE : REVIEW;
                finding.deadline = reasons * DAY;
                struct notice notice = notice_made((enum notice_kind)kind, finding);
                notice.holdings = reasons;
                assert_string_equal(printed(&notice, &pack, rule, (enum language)language),
                                    wanted_text);
            }
        }
    }
}

static void notice_print_tells_of_the_login(void **state)
{
    (void)state;
    struct notice notice = notice_made(NOTICE_PAUSED, none);
    assert_null(strstr(printed(&notice, NULL, NULL, LANGUAGE_EN), "until: "));
    notice.until_us = 19104 * DAY + 14 * 3600000000ULL + 1; /* a moment behind the hour */
    assert_non_null(strstr(printed(&notice, NULL, NULL, LANGUAGE_EN),
                           "until: This hold ends by itself by 2022-04-22 14:01 UTC.\n"));
    notice.until_us = 19105 * DAY - 1;
    assert_non_null(
        strstr(printed(&notice, NULL, NULL, LANGUAGE_FR), "le 2022-04-23 00:00 UTC.\n"));
    notice = notice_made(NOTICE_RECOVERY, none);
    assert_non_null(
        strstr(printed(&notice, &pack, rule, LANGUAGE_EN), "title: A recovery code was used\n"));
    assert_null(strstr(printed(&notice, &pack, rule, LANGUAGE_EN), "act: "));
    notice = notice_made(NOTICE_SECOND_OFF, none);
    assert_non_null(
        strstr(printed(&notice, &pack, rule, LANGUAGE_FR), "title: Votre second facteur"));
    assert_null(strstr(printed(&notice, &pack, rule, LANGUAGE_FR), "appeal: "));
    assert_string_equal(notice_name(NOTICE_SECOND_OFF), "second-off");
}

static void notice_face_of_never_tells_a_candidate(void **state)
{
    (void)state;
    for (u32 reasons = 0; reasons < 64; reasons += 1) {
        struct notice_finding finding = candidate;
        finding.reasons = (u8)reasons;
        bool silent = (reasons & (DECISION_REASON_CANDIDATE | DECISION_REASON_UNDETERMINED |
                                  DECISION_REASON_UNSCREENED)) != 0;
        enum notice_face face = notice_face_of(&finding, rule);
        assert_true(!silent || face == NOTICE_FACE_NEUTRAL);
        finding.vector = 0;
        face = notice_face_of(&finding, rule);
        assert_true(!silent || face == NOTICE_FACE_NOTHING);
    }
}

static void notice_date_is_the_civil_day(void **state)
{
    static const struct {
        u64 day;
        const char *text;
    } days[] = {{0, "1970-01-01"},     {59, "1970-03-01"},     {789, "1972-02-29"},
                {10957, "2000-01-01"}, {11016, "2000-02-29"},  {19104, "2022-04-22"},
                {19357, "2022-12-31"}, {19358, "2023-01-01"},  {47540, "2100-02-28"},
                {47541, "2100-03-01"}, {2932896, "9999-12-31"}};
    char date[NOTICE_DATE_BYTES];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(days); i += 1) {
        assert_string_equal(notice_date(days[i].day * DAY, date), days[i].text);
        assert_string_equal(notice_date(days[i].day * DAY + DAY - 1, date), days[i].text);
    }
    assert_string_equal(notice_date(UINT64_MAX, date), "9999-12-31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notice_of_tells_each_change),
        cmocka_unit_test(notice_of_makes_one_hold_of_all_neutral_findings),
        cmocka_unit_test(notice_print_says_what_a_restriction_leaves),
        cmocka_unit_test(notice_print_says_which_evidence_by_when),
        cmocka_unit_test(notice_print_of_a_neutral_hold_tells_nothing),
        cmocka_unit_test(notice_print_tells_of_the_login),
        cmocka_unit_test(notice_face_of_never_tells_a_candidate),
        cmocka_unit_test(notice_date_is_the_civil_day),
    };
    return cmocka_run_group_tests(tests, pack_make, NULL);
}
