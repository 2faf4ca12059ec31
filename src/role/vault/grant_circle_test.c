/* Aim: a grant counts as approved only when enough different people of both groups, from different
 * regions, signed exactly its text, and its answer goes to a key that is pinned.
 *
 * Method: officers with real keys and shares sign one grant in every combination that should not
 * be enough, and the circle is changed line by line. */
#include "role/vault/grant_circle.h"

#include "base/span.h"
#include "tests/support/opening_scene.h"

#include <stdlib.h>
#include <string.h>

static struct opening_scene scene;
static struct grant grant;
static struct grant_file file;
static char text[GRANT_FILE_BYTES];

static int make(void **state)
{
    (void)state;
    opening_scene_open(&scene);
    grant = grant_scene_make(1);
    opening_scene_fill(&scene, &grant);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    opening_scene_close(&scene);
    return 0;
}

static void sign(const char *officers)
{
    u32 list[OPENING_SCENE_OFFICERS] = {0};
    u32 count = 0;
    for (; officers[count] != 0; count += 1) {
        list[count] = (u32)(officers[count] - '0');
    }
    opening_scene_sign(&scene, &grant, list, count, &file);
}

static void assert_refused(const struct grant_circle *circle, const char *words)
{
    assert_int_equal(grant_approved(circle, &scene.key, &file), FAULT_REFUSED);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", fault_text(), words);
    }
}

static void assert_approved(void)
{
    if (grant_approved(&scene.circle, &scene.key, &file) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void two_of_each_group_approve(void **state)
{
    (void)state;
    sign("0134");
    assert_approved();
    sign("012345");
    assert_approved();
    sign("2145");
    assert_approved();
}

static void one_approval_is_not_enough(void **state)
{
    (void)state;
    sign("");
    assert_refused(&scene.circle, "group A: 0 of the 2 people");
    sign("0");
    assert_refused(&scene.circle, "group A: 1 of the 2 people");
    sign("013");
    assert_refused(&scene.circle, "group B: 1 of the 2 people");
}

static void all_of_one_group_are_not_enough(void **state)
{
    (void)state;
    sign("012");
    assert_refused(&scene.circle, "group B: 0 of the 2 people");
    sign("345");
    assert_refused(&scene.circle, "group A: 0 of the 2 people");
}

/* A circle with lines changed: the first `from` becomes `to`. */
static enum fault circle_with(const char *from, const char *to, struct grant_circle *circle_out)
{
    static char changed[CIRCLE_TEXT_BYTES];
    char *place = strstr(scene.circle_text, from);
    assert_non_null(place);
    int size = snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(place - scene.circle_text),
                        scene.circle_text, to, place + strlen(from));
    return grant_circle_read(span_of(changed, (size_t)size), "circle", circle_out);
}

static void two_keys_of_one_person_count_once(void **state)
{
    (void)state;
    struct grant_circle circle;
    assert_int_equal(circle_with(" A fr 12 ", " A fr 11 ", &circle), FAULT_NONE);
    sign("0134");
    assert_refused(&circle, "group A: 1 of the 2 people");
    sign("01234");
    assert_int_equal(grant_approved(&circle, &scene.key, &file), FAULT_NONE);
    assert_int_equal(circle_with(" B jp 14 ", " B jp 11 ", &circle), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "circle:8: one person in both groups"));
}

static void two_people_of_one_region_are_refused(void **state)
{
    (void)state;
    struct grant_circle circle;
    assert_int_equal(circle_with(" B jp 14 ", " B fr 14 ", &circle), FAULT_NONE);
    sign("0134");
    assert_refused(&circle, "both of the region fr");
    sign("0145");
    assert_int_equal(grant_approved(&circle, &scene.key, &file), FAULT_NONE);
}

static void a_changed_byte_is_not_what_was_signed(void **state)
{
    (void)state;
    sign("0134");
    grant.log_size += 1;
    struct grant_file other;
    opening_scene_sign(&scene, &grant, NULL, 0, &other);
    grant.log_size -= 1;
    for (u32 i = 0; i < file.signatures_count; i += 1) {
        assert_int_equal(grant_file_add(&other, &file.signatures[i]), FAULT_NONE);
    }
    assert_int_equal(grant_approved(&scene.circle, &scene.key, &other), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "the signature is not over this grant"));
    assert_int_equal(grant_file_join(&file, &other, "other"), FAULT_INPUT);
    sign("0134");
    file.signatures[2].bytes[7] ^= 1;
    assert_refused(&scene.circle, "the signature is not over this grant");
}

static void who_is_no_member_does_not_count(void **state)
{
    (void)state;
    struct share_key key = scene.key;
    sign("0134");
    memcpy(key.sides[1].roster.members[0].name, "zoe", 4);
    assert_int_equal(grant_approved(&scene.circle, &key, &file), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "not a member of group B as it is now"));
    memcpy(file.signatures[3].officer, "zoe", 4);
    assert_refused(&scene.circle, "approval of zoe: the circle knows no such officer");
}

static void an_officer_with_ties_is_recused(void **state)
{
    (void)state;
    struct grant_circle circle;
    char lines[128];
    (void)snprintf(lines, sizeof(lines), "authority: de-tax %.62s\nauthority: fr-police",
                   "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
    assert_int_equal(circle_with("authority: fr-police", lines, &circle), FAULT_NONE);
    char *end = scene.circle_text + strlen(scene.circle_text);
    (void)snprintf(end, 64, "recused: %s fr-police\n", scene.circle.officers[1].signer.code);
    assert_int_equal(circle_with("venue", "venue", &circle), FAULT_NONE);
    *end = '\0';
    sign("0134");
    assert_refused(&circle, "is recused in what concerns fr-police");
    sign("0234");
    assert_int_equal(grant_approved(&circle, &scene.key, &file), FAULT_NONE);
}

static void the_answer_goes_to_a_pinned_key(void **state)
{
    (void)state;
    struct grant kept = grant;
    (void)snprintf(grant.authority, sizeof(grant.authority), "fr-police-2");
    sign("0134");
    assert_refused(&scene.circle, "the circle knows no authority fr-police-2");
    grant = kept;
    assert_int_equal(crypto_scalarmult_base(grant.recipient, grant.instrument), 0);
    sign("0134");
    assert_refused(&scene.circle, "not the key that is pinned for fr-police");
    grant = kept;
    (void)snprintf(grant.venue, sizeof(grant.venue), "other.invalid");
    sign("0134");
    assert_refused(&scene.circle, "of the venue other.invalid, not demo.invalid");
    grant = kept;
}

static void a_bulk_grant_wants_one_more(void **state)
{
    (void)state;
    struct grant kept = grant;
    grant = grant_scene_make(11);
    memcpy(grant.recipient, kept.recipient, sizeof(grant.recipient));
    sign("0134");
    assert_refused(&scene.circle, "group A: 2 of the 3 people");
    sign("012345");
    assert_approved();
    grant = kept;
}

static void a_file_has_one_form(void **state)
{
    (void)state;
    struct grant_file read;
    sign("4310");
    size_t size = grant_file_print(&file, text);
    assert_int_equal(grant_file_read(span_of(text, size), "f", &read), FAULT_NONE);
    assert_memory_equal(read.hash, file.hash, sizeof(read.hash));
    assert_int_equal(read.signatures_count, 4);
    static char again[GRANT_FILE_BYTES];
    assert_int_equal(grant_file_print(&read, again), size);
    assert_memory_equal(again, text, size);
    assert_int_equal(grant_approved(&scene.circle, &scene.key, &read), FAULT_NONE);
    /* Two lines exchanged, one twice, one cut, something behind. */
    size_t line = (size - file.text_bytes) / 4;
    memcpy(again, text, file.text_bytes);
    memcpy(again + file.text_bytes, text + file.text_bytes + line, line);
    memcpy(again + file.text_bytes + line, text + file.text_bytes, line);
    assert_int_equal(grant_file_read(span_of(again, file.text_bytes + 2 * line), "f", &read),
                     FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "signatures stand by officer, each once"));
    memcpy(again + file.text_bytes, text + file.text_bytes, line);
    assert_int_equal(grant_file_read(span_of(again, file.text_bytes + 2 * line), "f", &read),
                     FAULT_INPUT);
    assert_int_equal(grant_file_read(span_of(text, size - 1), "f", &read), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "not \"signature: OFFICER BASE64\""));
    text[size] = 'x';
    assert_int_equal(grant_file_read(span_of(text, size + 1), "f", &read), FAULT_INPUT);
}

static void a_mistake_in_a_circle_names_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *words;
    } rows[] = {
        {"cambist circle v1", "cambist circle v2", "circle:1: not \"cambist circle v1\""},
        {"venue: demo.invalid\n", "", "venue, records-a-day and fresh-seconds are wanted"},
        {"venue: demo.invalid", "venue: a\nvenue: a", "circle:3: the venue's name, once"},
        {"records-a-day: 5", "records-a-day: 0", "circle:3: a number from 1 to 10000, once"},
        {"records-a-day: 5", "opened-a-day: 10001", "circle:3: a number from 1 to 10000, once"},
        {"records-a-day: 5", "opened-a-day: 4\nopened-a-day: 4",
         "circle:4: a number from 1 to 10000, once"},
        {"fresh-seconds: 1200\n", "fresh-seconds: 1200\nauthority: it-court x 5 6\n",
         "circle:5: not \"authority: NAME RECIPIENT [RECORDS-A-DAY]\""},
        {"authority:", "case: wanted\ncase: wanted\nauthority:",
         "circle:12: not \"case: wanted\", once"},
        {"authority:", "case: maybe\nauthority:", "circle:11: not \"case: wanted\", once"},
        {"fresh-seconds: 1200", "fresh-seconds: 59", "circle:4: a number from 60 to 86400"},
        {" A fr 11 ", " C fr 11 ", "circle:5: the group is A or B"},
        {" A fr 11 ", " A FR 11 ", "circle:5: code and region are"},
        {" A fr 11 ", " A fr 0 ", "circle:5: the person is a number from 1"},
        {" A fr 11 ", " A fr 11  ", "circle:5: not \"officer:"},
        {"officer:", "officers:", "circle:5: a circle has no such line"},
        {"officer:", "officer", "circle:5: not \"WORD: VALUES\""},
        {"authority: fr-police", "authority: none", "circle:11: an authority's name"},
        {"fr-police age1", "fr-police age2", "circle:11: the recipient is none of age"},
        {"authority:", "recused: anna x\nauthority:", "circle:11: no such officer or authority"},
    };
    struct grant_circle circle;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        assert_int_equal(circle_with(rows[i].from, rows[i].to, &circle), FAULT_INPUT);
        if (strstr(fault_text(), rows[i].words) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", fault_text(), rows[i].words);
        }
    }
    assert_int_equal(circle_with("venue", "# a word\n\nvenue", &circle), FAULT_NONE);
    assert_int_equal(circle.officers_count, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_of_each_group_approve),
        cmocka_unit_test(one_approval_is_not_enough),
        cmocka_unit_test(all_of_one_group_are_not_enough),
        cmocka_unit_test(two_keys_of_one_person_count_once),
        cmocka_unit_test(two_people_of_one_region_are_refused),
        cmocka_unit_test(a_changed_byte_is_not_what_was_signed),
        cmocka_unit_test(who_is_no_member_does_not_count),
        cmocka_unit_test(an_officer_with_ties_is_recused),
        cmocka_unit_test(the_answer_goes_to_a_pinned_key),
        cmocka_unit_test(a_bulk_grant_wants_one_more),
        cmocka_unit_test(a_file_has_one_form),
        cmocka_unit_test(a_mistake_in_a_circle_names_its_line),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
