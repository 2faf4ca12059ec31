/* Aim: vectors are said in words that are right for every join of the named ones; the script holds
 * together: times only rise, everybody signs up once and before anything else happens to them, what
 * a step replaces was recorded before, and it fits the bounds.
 *
 * Method: joins made by hand; a walk over the script. tests/e2e/story_test.py runs it. */
#include "app/story.h"

#include "app/restriction_modes.h"
#include "app/story_tell.h"
#include "core/rule.h"
#include "tests/support/test.h"

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

static void the_script_holds_together(void **state)
{
    static char labels[STORY_ROWS_MAX][32];
    const struct story *story = &story_sanctions;
    u32 labels_count = 0;
    u32 signed_up = 0;
    const char *now = story->begin;
    (void)state;
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
                   step->act != STORY_TABLE) {
            assert_true(step->account < signed_up);
        }
        if (step->replaces != NULL) {
            assert_true(is_known(labels, labels_count, step->replaces));
        }
        if (step->label != NULL && step->act != STORY_SIGN_UP) {
            assert_true(labels_count < STORY_ROWS_MAX);
            (void)snprintf(labels[labels_count++], 32, "%s", step->label);
        }
    }
    assert_int_equal(signed_up, story->accounts_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_said_in_words),
        cmocka_unit_test(stories_are_found),
        cmocka_unit_test(the_script_holds_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
