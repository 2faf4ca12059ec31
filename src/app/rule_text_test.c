/* Aim: what people read of a pack is what the order path obeys: the reader of canonical forms finds
 * in each shipped pack the rules, duties and amounts that the compiler found. Method: both over all
 * packs; the reasons and faces of the evaluator and of notices are the same numbers; notices of
 * each rule in both languages. */
#include "app/rule_read.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/notice.h"
#include "wire/schema.h"

#include <string.h>

_Static_assert((u32)RULE_REASON_FACT == DECISION_REASON_FACT &&
                   (u32)RULE_REASON_CANDIDATE == DECISION_REASON_CANDIDATE &&
                   (u32)RULE_REASON_UNDETERMINED == DECISION_REASON_UNDETERMINED &&
                   (u32)RULE_REASON_PRICE == DECISION_REASON_PRICE &&
                   (u32)RULE_REASON_UNSCREENED == DECISION_REASON_UNSCREENED &&
                   (u32)RULE_REASON_DEADLINE == DECISION_REASON_DEADLINE,
               "one numbering");
_Static_assert((u32)RULE_DUTY_EVIDENCE == PACK_DUTY_EVIDENCE &&
                   (u32)RULE_DUTY_CLOSE == PACK_DUTY_CLOSE &&
                   (u32)RULE_SCOPE_ASSET == PACK_SCOPE_ASSET &&
                   RULE_RULES_MAX == PACK_TEXT_RULES_MAX &&
                   RULE_DUTIES_MAX == PACK_TEXT_DUTIES_MAX &&
                   RULE_CANONICAL_BYTES_MAX == PACK_TEXT_JSON_MAX,
               "one numbering");

static const char *const files[] = {
    "rules/eu-833-5b2.v1.yaml",      "rules/eu-833-5b2.v2.yaml",    "rules/eu-833-5b2.v3.yaml",
    "rules/venue-notice-ru.v1.yaml", "rules/jp-fefa-ru-by.v1.yaml", "rules/us-ofac-sdn.v1.yaml",
    "rules/us-ofac-sdn.v2.yaml",     "rules/eu-269-listed.v1.yaml",
};
static struct rule_source source;
static struct pack_text text;

static void read_both(const char *file)
{
    if (rule_read_file(file, &source) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    const char *reason = pack_text_read(span_of(source.canonical, source.canonical_bytes), &text);
    if (reason != NULL) {
        fail_msg("%s: %s", file, reason);
    }
}

static bool is_name(struct span name, u64 number)
{
    return rule_name_of(name) == number;
}

static void rules_compare(void)
{
    assert_int_equal(text.rules_count, source.pack.rules_count);
    assert_int_equal(text.is_uncertain, source.pack.is_uncertain);
    assert_int_equal(text.effective_until.size == 0, source.pack.effective.until == RULE_TIME_OPEN);
    for (u32 i = 0; i < text.rules_count; i += 1) {
        const struct pack_rule_text *read = &text.rules[i];
        const struct rule *rule = &source.pack.rules[i];
        assert_true(span_equal(read->id, span_of(rule->id, strnlen(rule->id, RULE_ID_BYTES))));
        assert_int_equal(read->scope, rule->scope);
        assert_int_equal(read->is_neutral, (rule->flags & RULE_FLAG_NEUTRAL) != 0);
        assert_int_equal(read->has_threshold, (rule->flags & RULE_FLAG_THRESHOLD) != 0);
        assert_int_equal(read->evidence_days, rule->evidence_days);
        assert_true(read->cites_count > 0 && read->explain[LANGUAGE_EN].size > 40);
        assert_true(read->explain[LANGUAGE_FR].size > 40);
    }
}

static void duties_compare(void)
{
    u32 found = 0;
    for (u32 i = 0; i < source.pack.rules_count; i += 1) {
        const struct rule *rule = &source.pack.rules[i];
        for (u32 k = 0; k < rule->duties_count; k += 1) {
            const struct rule_duty *duty = &source.pack.duties[rule->duties_first + k];
            bool same = false;
            for (u32 j = 0; j < text.duties_count; j += 1) {
                const struct pack_duty *read = &text.duties[j];
                same = same ||
                       (read->rule == i && (u32)read->kind == duty->kind &&
                        read->is_interim == (duty->is_interim != 0) && read->days == duty->days &&
                        read->due_month == duty->due_month && read->due_day == duty->due_day &&
                        read->as_of_month == duty->as_of_month &&
                        read->as_of_day == duty->as_of_day && is_name(read->what, duty->what));
            }
            assert_true(same);
            found += 1;
        }
    }
    assert_int_equal(found, text.duties_count);
}

static void shipped_packs_read_as_they_compile(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(files); i += 1) {
        read_both(files[i]);
        rules_compare();
        duties_compare();
    }
}

/* Each act has a name, each rule a notice with all its paragraphs. */
static void shipped_packs_have_whole_notices(void **state)
{
    static struct notice_text notice_text;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(files); i += 1) {
        read_both(files[i]);
        for (u32 k = 0; k < text.rules_count * LANGUAGES_COUNT; k += 1) {
            const struct pack_rule_text *rule = &text.rules[k / LANGUAGES_COUNT];
            struct notice notice = {.kind = NOTICE_RESTRICTED,
                                    .time_us = 1,
                                    .finding = {.truth = TRUTH_YES, .vector = 0x284A}};
            notice_print(&notice, &text, rule, (enum language)(k % LANGUAGES_COUNT), &notice_text);
            assert_int_equal(notice_text.count, 9);
            for (u32 j = 0; j < rule->cites_count; j += 1) {
                struct span act = rule->cites[j].source;
                assert_false(span_equal(pack_act_title(act, LANGUAGE_FR), act));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_packs_read_as_they_compile),
        cmocka_unit_test(shipped_packs_have_whole_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
