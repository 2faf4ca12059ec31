/* Aim: what differs between two packs is told once, with its rule and its place, and nothing else.
 *
 * Method: the shipped pack of the notice against itself with one word changed at a time, and two
 * versions of one law. */
#include "app/rule_diff.h"

#include "app/rule_read.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct rule_source before;
static struct rule_source after;
static char file[65536];
static char told[32768];

static void on_change(struct rule_diff *diff, const struct rule_change *change)
{
    (void)diff;
    size_t used = strlen(told);
    (void)snprintf(told + used, sizeof(told) - used, "%s|%s|%s|%s\n",
                   change->rule == NULL ? "-" : change->rule,
                   change->path == NULL ? "whole" : change->path,
                   change->path == NULL || change->before == NULL ? "-" : change->before,
                   change->path == NULL || change->after == NULL ? "-" : change->after);
    assert_true((change->rule == NULL) == (change->cite == NULL));
    assert_false(change->before == NULL && change->after == NULL);
}

static void read_notice(struct rule_source *source, const char *old, const char *other)
{
    static char text[65536];
    FILE *opened = fopen("rules/venue-notice-ru.v1.yaml", "rb");
    assert_non_null(opened);
    file[fread(file, 1, sizeof(file) - 1, opened)] = 0;
    assert_int_equal(fclose(opened), 0);
    const char *place = strstr(file, old);
    assert_non_null(place);
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - file), file, other,
                   place + strlen(old));
    if (rule_read(span_of_text(text), "pack", source) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void differs(const char *old, const char *other, const char *wanted)
{
    struct rule_diff diff = {.change = on_change};
    told[0] = 0;
    read_notice(&before, "pack:", "pack:");
    read_notice(&after, old, other);
    rule_diff_run(&diff, &before.tree, &after.tree);
    assert_string_equal(told, wanted);
}

static void one_word_is_one_change(void **state)
{
    (void)state;
    differs("pack:", "pack:", "");
    differs("# Claimed", "# Said", "");
    differs("version: 1", "version: 2", "-|pack.version|1|2\n");
    differs("\"10000.00\"", "\"10001.00\"",
            "notice.withdraw-only|threshold.amount|10000.00|10001.00\n");
    differs("not_in: [RU]", "not_in: [RU, BY]", "-|predicates.abroad.not_in|-|BY\n");
    differs(
        "- withdraw_only\n", "- review\n",
        "notice.withdraw-only|actions|withdraw_only|-\nnotice.withdraw-only|actions|-|review\n");
    differs("      evidence: residence\n", "      evidence: nationality\n",
            "notice.withdraw-only|on_unknown.evidence|residence|nationality\n");
    differs("{wind_down: derivatives, days: 90}", "{wind_down: derivatives, days: 30}",
            "notice.withdraw-only|actions|{wind_down: derivatives, days: 90}|-\n"
            "notice.withdraw-only|actions|-|{wind_down: derivatives, days: 30}\n");
    differs("valuation: [\"00:00\", \"12:00\"]", "valuation: [\"12:00\", \"00:00\"]",
            "-|pack.valuation|[00:00, 12:00]|[12:00, 00:00]\n");
    differs("id: notice.withdraw-only", "id: notice.other",
            "notice.withdraw-only|whole|-|-\nnotice.other|whole|-|-\n");
}

static void an_exception_that_is_new(void **state)
{
    (void)state;
    differs("    threshold:\n", "    unless: {kind: legal}\n    threshold:\n",
            "notice.withdraw-only|unless|-|{kind: legal}\n");
}

static void two_versions_of_a_law(void **state)
{
    (void)state;
    struct rule_diff diff = {.change = on_change};
    told[0] = 0;
    assert_int_equal(rule_read_file("rules/us-ofac-sdn.v1.yaml", &before), FAULT_NONE);
    assert_int_equal(rule_read_file("rules/us-ofac-sdn.v2.yaml", &after), FAULT_NONE);
    rule_diff_run(&diff, &before.tree, &after.tree);
    assert_non_null(strstr(told, "-|pack.version|1|2\n"));
    assert_non_null(strstr(told, "ofac.blocked|keep_records_years|5|10\n"));
    assert_int_equal(diff.changes, 9);
    char cite[RULE_CITE_BYTES];
    u32 rule = after.tree.nodes[yaml_tree_find(&after.tree, 0, "rules")].first;
    assert_non_null(strstr(rule_cite_text(&after.tree, rule, cite), "from 2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_word_is_one_change),
        cmocka_unit_test(an_exception_that_is_new),
        cmocka_unit_test(two_versions_of_a_law),
    };
    return cmocka_run_group_tests_name("rule_diff", tests, NULL, NULL);
}
