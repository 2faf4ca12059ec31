/* Aim: what the registers were told is listed with its dates and who signed it, the newest first,
 * whatever is asked for; no answer is longer than it may be, and the whole register can be read
 * answer by answer. Method: a desk with contacts, ties and a case, asked by words. */
#include "role/desk/desk_register.h"

#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct desk_scene scene;
static char text[1U << 20];

static int make(void **state)
{
    (void)state;
    u8 name[DESK_NAME_BYTES] = {7};
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    desk_scene_approved(&scene, name);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_scene_close(&scene);
    return 0;
}

static void tell(enum desk_act_kind kind, enum desk_scene_who who, const char *authority,
                 const char *member)
{
    struct desk_act act = desk_scene_act(&scene, kind, who, NULL);
    (void)snprintf(act.authority, sizeof(act.authority), "%s", authority);
    (void)snprintf(act.member, sizeof(act.member), "%s", member);
    memset(act.evidence, 0, sizeof(act.evidence));
    if (kind == DESK_ACT_CONTACT) {
        act.contact = DESK_CONTACT_MEETING;
        desk_scene_hash(&scene, act.evidence);
    }
    scene.now_s += 60;
    assert_int_equal(desk_scene_put(&scene, &act, who), DESK_RULE_NONE);
}

static const char *ask(enum desk_act_kind kind, const char *words)
{
    struct desk_register_asked asked;
    struct json_writer json;
    assert_null(desk_register_read(span_of_text(words), kind, &asked));
    json_begin(&json, text, sizeof(text) - 1);
    assert_int_equal(desk_register_put(&json, scene.store, &asked), FAULT_NONE);
    size_t size = json_end(&json);
    assert_true(size > 0 && size < sizeof(text));
    text[size] = 0;
    return text;
}

static u32 rows_in(const char *answer)
{
    u32 count = 0;
    for (const char *at = strstr(answer, "{\"number\":"); at != NULL;
         at = strstr(at + 1, "{\"number\":")) {
        count += 1;
    }
    return count;
}

/* The number behind "next"; 0: null. */
static u64 next_of(const char *answer)
{
    unsigned long long number = 0;
    const char *at = strstr(answer, "\"next\":");
    assert_non_null(at);
    return sscanf(at, "\"next\":%llu}", &number) == 1 ? number : 0;
}

static void who_met_whom_and_who_signed(void **state)
{
    (void)state;
    assert_string_equal(ask(DESK_ACT_CONTACT, ""), "{\"contacts\":[],\"count\":0,\"next\":null}");
    tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_HOME, "anna");
    tell(DESK_ACT_RECUSE, DESK_SCENE_OTTO, DESK_SCENE_HOME, "abel");
    tell(DESK_ACT_CONTACT, DESK_SCENE_ANNA, DESK_SCENE_ABROAD, "anna");
    const char *answer = ask(DESK_ACT_CONTACT, "");
    assert_int_equal(rows_in(answer), 2);
    assert_non_null(strstr(answer, "\"contact\":\"meeting\",\"authority\":\"" DESK_SCENE_ABROAD
                                   "\",\"member\":\"anna\",\"officer\":\"anna\",\"role\":"
                                   "\"legal\",\"region\":\"fr\",\"evidence\":\""));
    assert_true(strstr(answer, DESK_SCENE_ABROAD) < strstr(answer, DESK_SCENE_HOME));
    assert_non_null(strstr(answer, "\"officer\":\"cleo\",\"role\":\"clerk\""));
    assert_non_null(strstr(answer, "\"taken\":\"2026-11-"));
    assert_non_null(strstr(answer, "\"signed\":\"2026-11-"));
    assert_non_null(strstr(answer, "\"log\":0}"));
    (void)desk_scene_tell(&scene);
    assert_null(strstr(ask(DESK_ACT_CONTACT, ""), "\"log\":0}"));
    answer = ask(DESK_ACT_RECUSE, "");
    assert_int_equal(rows_in(answer), 1);
    assert_non_null(strstr(answer, "{\"recusals\":[{\"number\":"));
    assert_non_null(strstr(answer, "\"authority\":\"" DESK_SCENE_HOME "\",\"member\":\"abel\","
                                   "\"officer\":\"otto\",\"role\":\"ombud\",\"region\":\"it\","
                                   "\"evidence\":null,\"act\":\""));
    assert_null(strstr(answer, "\"contact\""));
}

static void words_choose(void **state)
{
    char words[64];
    (void)state;
    tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_HOME, "anna");
    u64 first_s = scene.now_s;
    tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_HOME, "bela");
    tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_ABROAD, "anna");
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, "member=anna")), 2);
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, "authority=" DESK_SCENE_HOME)), 2);
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, "member=anna authority=" DESK_SCENE_HOME)), 1);
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, "member=pia")), 0);
    (void)snprintf(words, sizeof(words), "until=%llu", (unsigned long long)first_s + 1);
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, words)), 1);
    (void)snprintf(words, sizeof(words), "from=%llu", (unsigned long long)first_s + 1);
    assert_int_equal(rows_in(ask(DESK_ACT_CONTACT, words)), 2);
    assert_int_equal(rows_in(ask(DESK_ACT_RECUSE, "")), 0);
}

static void all_can_be_read_answer_by_answer(void **state)
{
    char words[64];
    u32 seen = 0;
    u64 next = 0;
    (void)state;
    for (u32 i = 0; i < 7; i += 1) {
        tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_HOME, i % 3 == 0 ? "anna" : "bela");
    }
    static const char *const filters[] = {"limit=2", "limit=2 member=bela", "limit=7"};
    static const u32 all[] = {7, 4, 7};
    for (u32 i = 0; i < ARRAY_COUNT(filters); i += 1) {
        seen = 0;
        next = 0;
        do {
            (void)snprintf(words, sizeof(words), next == 0 ? "%s" : "%s before=%llu", filters[i],
                           (unsigned long long)next);
            const char *answer = ask(DESK_ACT_CONTACT, words);
            seen += rows_in(answer);
            assert_true(rows_in(answer) <= 7 && (next == 0 || next_of(answer) < next));
            next = next_of(answer);
        } while (next != 0);
        assert_int_equal(seen, all[i]);
    }
}

static void what_is_no_question_is_said(void **state)
{
    static const char *const wrong[] = {
        "x",
        "colour=red",
        "member=",
        "authority=",
        "limit=0",
        "limit=",
        "limit=501",
        "limit=2x",
        "from=-1",
        "before=1e3",
        "until= ",
        "member=anna ",
        "limit=1  limit=2",
        "=anna",
        "from=1234567890123456",
        "member=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct desk_register_asked asked;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        if (desk_register_read(span_of_text(wrong[i]), DESK_ACT_CONTACT, &asked) == NULL) {
            fail_msg("\"%s\" is a question", wrong[i]);
        }
    }
}

static void the_longest_row_fits(void **state)
{
    char member[CODE_NAME_BYTES];
    (void)state;
    memset(member, 'm', sizeof(member) - 1);
    member[sizeof(member) - 1] = 0;
    tell(DESK_ACT_CONTACT, DESK_SCENE_CLEO, DESK_SCENE_ABROAD, member);
    const char *answer = ask(DESK_ACT_CONTACT, "");
    const char *row = strstr(answer, "{\"number\":");
    /* Numbers of one digit, and codes of the scene, where there may be longer ones. */
    size_t longer = 19U + 19U + 2U * (CODE_NAME_BYTES - 3U) + DESK_AUTHORITY_BYTES + 16U;
    assert_true(strlen(row) + longer <= DESK_REGISTER_BYTES);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(who_met_whom_and_who_signed),
        TEST(words_choose),
        TEST(all_can_be_read_answer_by_answer),
        TEST(what_is_no_question_is_said),
        TEST(the_longest_row_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
