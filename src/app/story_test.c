/* Aim: vectors are said in words that are right for every join of the named ones; the script holds
 * together: times only rise, everybody signs up once and before anything else happens to them, what
 * a step replaces was recorded before, and it fits the bounds; what screening is told can be read.
 *
 * Method: joins made by hand; a walk over the script. tests/e2e/story_test.py runs it. */
#include "app/story.h"

#include "app/restriction_modes.h"
#include "app/story_case.h"
#include "app/story_tell.h"
#include "base/span.h"
#include "core/rule.h"
#include "tests/support/test.h"
#include "wire/list_entry.h"

#include <stdio.h>
#include <string.h>

static u64 mode(const char *name)
{
    u64 restrictions = 0;
    assert_true(restriction_mode_of(name, &restrictions));
    return restrictions;
}

static void vectors_are_said_in_words(void **state)
{
    char words[STORY_VECTOR_BYTES];
    u64 no_new = (u64)RESTRICTION_REFUSE << (2 * RULE_OPERATION_OPEN);
    (void)state;
    assert_string_equal(story_vector(0, words), "everything is possible");
    assert_string_equal(story_vector(mode("withdraw-only"), words), "withdraw-only");
    assert_string_equal(story_vector(mode("freeze") | no_new, words), "freeze, no new service");
    assert_string_equal(
        story_vector(rule_vector_join(mode("withdraw-only"), mode("review")), words),
        "withdraw-only and review");
    assert_string_equal(
        story_vector(rule_vector_join(mode("withdraw-only"), mode("freeze")) | no_new, words),
        "freeze, no new service"); /* in every operation the stricter one */
    assert_string_equal(story_vector(no_new, words), "open refuse");
    assert_string_equal(
        story_vector((u64)RESTRICTION_HOLD << (2 * OPERATION_DEPOSIT) | no_new, words),
        "deposit hold, open refuse");
}

static void stories_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(story_find("sanctions"), &story_sanctions);
    assert_ptr_equal(story_find("ownership"), &story_ownership);
    assert_ptr_equal(story_find("disclosure"), &story_disclosure);
    assert_null(story_find("sanction"));
    assert_null(story_find(""));
}

static bool is_known(char labels[STORY_ROWS_MAX][32], u32 count, const char *label)
{
    for (u32 i = 0; i < count; i += 1) {
        if (strcmp(labels[i], label) == 0) {
            return true;
        }
    }
    return false;
}

/* Labels that screening gives by itself: "lantern-2022-04-20". */
static bool is_of_screening(const struct story *story, const char *label)
{
    size_t size = strlen(label);
    for (u32 i = 0; i < story->accounts_count && story->records != NULL; i += 1) {
        size_t name = strlen(story->accounts[i].name);
        if (size == name + 11 && strncmp(label, story->accounts[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void script_check(const struct story *story)
{
    static char labels[STORY_ROWS_MAX][32];
    u32 labels_count = 0;
    u32 signed_up = 0;
    const char *now = story->begin;
    assert_in_range(story->accounts_count, 1, STORY_ACCOUNTS_MAX);
    for (u32 i = 0; i < story->facts_count; i += 1) {
        if (story->facts[i].label != NULL) {
            assert_true(labels_count < STORY_ROWS_MAX);
            (void)snprintf(labels[labels_count++], 32, "%s", story->facts[i].label);
        }
    }
    for (u32 i = 0; i < story->steps_count; i += 1) {
        const struct story_step *step = &story->steps[i];
        if (step->at != NULL) {
            assert_true(strlen(step->at) == strlen(now) && strcmp(step->at, now) > 0);
            now = step->at;
        }
        if (step->act == STORY_SIGN_UP) {
            assert_int_equal(step->account, signed_up);
            assert_true(strlen(story->accounts[signed_up].name) < STORY_NAME_BYTES);
            assert_in_range(story->accounts[signed_up].person, 1, STORY_PERSONS_MAX);
            assert_true(labels_count < STORY_ROWS_MAX);
            (void)snprintf(labels[labels_count++], 32, "screened-%s",
                           story->accounts[signed_up].name);
            signed_up += 1;
        } else if (step->act != STORY_SAY && step->act != STORY_PRICE && step->act != STORY_PACK &&
                   step->act != STORY_TABLE && step->act < STORY_REGISTER) {
            assert_true(step->account < signed_up);
        }
        if (step->replaces != NULL) {
            assert_true(is_known(labels, labels_count, step->replaces) ||
                        is_of_screening(story, step->replaces));
        }
        if (step->label != NULL && step->act != STORY_SIGN_UP) {
            assert_true(labels_count < STORY_ROWS_MAX);
            (void)snprintf(labels[labels_count++], 32, "%s", step->label);
        }
    }
    assert_int_equal(signed_up, story->accounts_count);
}

static void the_scripts_hold_together(void **state)
{
    (void)state;
    script_check(&story_sanctions);
    script_check(&story_ownership);
}

/* What screening is told of somebody is a line that it can read, under the person's number. */
static void records_are_entries(void **state)
{
    static struct list_entry entry;
    (void)state;
    assert_true(story_ownership.records_count >= 1);
    for (u32 i = 0; i < story_ownership.records_count; i += 1) {
        const struct story_record *record = &story_ownership.records[i];
        char key[64];
        assert_int_equal(list_entry_read(&entry, span_of_text(record->line)), LIST_LINE_OK);
        assert_int_equal(entry.number, i + 1);
        assert_int_equal(entry.identifiers_count, 1);
        (void)snprintf(key, sizeof(key), "%.*s:%.*s", (int)entry.identifiers[0].type.size,
                       (const char *)entry.identifiers[0].type.data,
                       (int)entry.identifiers[0].number.size,
                       (const char *)entry.identifiers[0].number.data);
        assert_string_equal(key, record->key);
    }
}

/* Times only rise; who signs works there, or is a stranger whose key is no officer's; a refusal is
 * by a rule of the desk, or a flaw of the log. */
static void the_case_holds_together(void **state)
{
    const struct story_case *script = &story_disclosure_case;
    const char *now = script->story->begin;
    (void)state;
    assert_in_range(script->officers_count, 1, OFFICERS_MAX);
    for (u32 i = 0; i < script->steps_count; i += 1) {
        const struct story_case_step *step = &script->steps[i];
        bool is_known = step->officer == NULL;
        bool is_rule = step->ends == NULL || strcmp(step->ends, "text") == 0 ||
                       step->what > STORY_CASE_FORGE; /* words of a refusal, which the run finds */
        if (step->at != NULL) {
            assert_true(strlen(step->at) == strlen(now) && strcmp(step->at, now) >= 0);
            now = step->at;
        }
        for (u32 j = 0; j < script->officers_count && !is_known; j += 1) {
            is_known = strcmp(script->officers[j].code, step->officer) == 0;
        }
        for (u32 rule = DESK_RULE_NONE + 1; rule <= DESK_RULE_SEARCH && !is_rule; rule += 1) {
            is_rule = strcmp(desk_rule_name((enum desk_rule)rule), step->ends) == 0;
        }
        for (u32 flaw = TLOG_FLAW_NONE + 1; flaw <= TLOG_FLAW_EVENT_SLOT && !is_rule; flaw += 1) {
            is_rule = step->what == STORY_CASE_FORGE &&
                      strcmp(tlog_flaw_name((enum tlog_flaw)flaw), step->ends) == 0;
        }
        assert_true(is_known && is_rule);
        assert_true(step->what != STORY_CASE_ACT || step->act != NULL);
        assert_true(step->ends == NULL || step->what <= STORY_CASE_FORGE || step->by != NULL);
        assert_in_range(step->number, 0, STORY_CASE_CASES_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_said_in_words), cmocka_unit_test(stories_are_found),
        cmocka_unit_test(the_scripts_hold_together), cmocka_unit_test(records_are_entries),
        cmocka_unit_test(the_case_holds_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
