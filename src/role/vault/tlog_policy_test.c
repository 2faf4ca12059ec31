/* Aim: a policy file means what it says, a mistake in it names its line, and a checkpoint is
 * believed exactly when the quorum that it names has cosigned.
 *
 * Method: files with one thing wrong; every set of witnesses of a policy with two levels of groups
 * against the rule written out. */
#include "role/vault/tlog_policy.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "tests/support/tlog_scene.h"

#include <stdio.h>
#include <string.h>

static struct tlog_scene *scene;
static struct tlog_policy policy;
static char log_key[TLOG_VKEY_BYTES];
static char keys[TLOG_SCENE_WITNESSES][TLOG_VKEY_BYTES];

static int open_all(void **state)
{
    (void)state;
    scene = tlog_scene_open(1);
    tlog_key_text(&scene->log_key, log_key);
    for (u32 i = 0; i < TLOG_SCENE_WITNESSES; i += 1) {
        tlog_key_text(&scene->keys[i], keys[i]);
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    tlog_scene_close(scene);
    return 0;
}

/* Replaces L and 1, 2, 3 behind a $ by the keys. */
static const char *filled(const char *form)
{
    static char text[8192];
    text[0] = 0;
    size_t used = 0;
    for (; *form != 0; form += 1) {
        const char *key = form[0] != '$' ? NULL : form[1] == 'L' ? log_key : keys[form[1] - '1'];
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s", key == NULL ? 1 : 400,
                                 key == NULL ? form : key);
        form += key == NULL ? 0 : 1;
    }
    return text;
}

static enum fault read_form(const char *form)
{
    return tlog_policy_read(&scene->crypto.sha256, span_of_text(filled(form)), &policy);
}

static void a_policy_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_form("# words\n\n \t log $L https://log.invalid/ \nwitness a $1\n"
                               "witness b $2 http://b.invalid\n\twitness c $3\ngroup g any b c\n"
                               "group all-of-them all a g\nquorum all-of-them\noperator venue a\n"
                               "operator them b c\nindependent 1\n"),
                     FAULT_NONE);
    assert_int_equal(policy.logs_count, 1);
    assert_int_equal(policy.witnesses_count, 3);
    assert_int_equal(policy.groups_count, 2);
    assert_int_equal(policy.independent, 1);
    assert_string_equal(policy.witnesses[1].name, "b");
    assert_int_equal(policy.witnesses[0].operator_place, 1);
    assert_int_equal(policy.witnesses[2].operator_place, 2);
    assert_true(tlog_key_equal(&policy.logs[0], &scene->log_key));
    assert_true(tlog_key_equal(&policy.witnesses[2].key, &scene->keys[2]));
    assert_int_equal(read_form("log $L\nquorum none\n"), FAULT_NONE);
}

static void mistakes_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        const char *text;
    } cases[] = {
        {"", "line 1: no log"},
        {"quorum none\n", "line 2: no log"},
        {"log $L\n", "line 2: no quorum"},
        {"log $L\nquorum none", "line 2: the last line has no end"},
        {"log $L\r\nquorum none\n", "line 1: a control character"},
        {"\n\nlog\n", "line 3: log <vkey>"},
        {"log $L a b\n", "line 1: log <vkey>"},
        {"log $L\nlog $L\n", "line 2: this log's key was there"},
        {"log $1\n", "line 1: this is not a log's key"},
        {"log nonsense\n", "line 1: not a verifier key"},
        {"witness a $L\n", "line 1: this is not a witness's key"},
        {"witness none $1\n", "line 1: this name is taken"},
        {"witness a $1\nwitness a $2\n", "line 2: this name is taken"},
        {"witness a $1\nwitness b $1\n", "line 2: this witness's key was there"},
        {"witness a $1\ngroup a any a\n", "line 2: this name is taken"},
        {"witness a $1\ngroup g any\n", "line 2: group <name>"},
        {"witness a $1\ngroup g 2 a\n", "line 2: all, any or a number"},
        {"witness a $1\ngroup g 0 a\n", "line 2: all, any or a number"},
        {"witness a $1\ngroup g any b\n", "line 2: a member is no witness"},
        {"witness a $1\ngroup g any g\n", "line 2: a member is no witness"},
        {"witness a $1\ngroup g any a a\n", "line 2: a member is one of another"},
        {"witness a $1\ngroup g any a\ngroup h any a\n", "line 3: a member is one of another"},
        {"log $L\nquorum a\n", "line 2: the quorum is no witness"},
        {"log $L\nquorum none\nquorum none\n", "line 3: one quorum"},
        {"witness a $1\noperator x b\n", "line 2: an operator's witness"},
        {"witness a $1\noperator x a\noperator y a\n", "line 3: a witness has one operator"},
        {"witness a $1\noperator x a\noperator x a\n", "line 3: this operator was there"},
        {"independent x\n", "line 1: one independent"},
        {"independent 1\nindependent 1\n", "line 2: one independent"},
        {"Log $L\n", "line 1: log, witness, group"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i += 1) {
        if (read_form(cases[i].form) != FAULT_INPUT ||
            strstr(fault_text(), cases[i].text) == NULL) {
            fail_msg("%zu: %s", i, fault_text());
        }
    }
}

static void the_quorum_of_every_set(void **state)
{
    (void)state;
    static const char body[] =
        TLOG_SCENE_ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert_int_equal(read_form("log $L\nwitness a $1\nwitness b $2\nwitness c $3\n"
                               "group g any b c\ngroup h all a g\nquorum h\n"),
                     FAULT_NONE);
    tlog_scene_sign(scene, body, 1000, 3);
    const struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
    for (u32 set = 0; set < 8; set += 1) {
        char note[4096];
        char *lines[4];
        struct tlog_verdict verdict;
        memcpy(note, file->data, file->size);
        note[file->size] = 0;
        char *at = strstr(note, "\n\n") + 2;
        for (u32 i = 0; i < 4; i += 1) {
            lines[i] = at;
            at = strchr(at, '\n') + 1;
        }
        size_t used = (size_t)(lines[1] - note);
        for (u32 i = 0; i < 3; i += 1) {
            size_t size = (size_t)(strchr(lines[1 + i], '\n') + 1 - lines[1 + i]);
            if ((set & 1U << i) != 0) {
                memmove(note + used, lines[1 + i], size);
                used += size;
            }
        }
        bool holds = (set & 1) != 0 && (set & 6) != 0;
        assert_int_equal(tlog_policy_verify(&scene->crypto, &policy, span_of(note, used), &verdict),
                         holds ? TLOG_FLAW_NONE : TLOG_FLAW_QUORUM);
        assert_int_equal(verdict.cosigned, set);
        assert_int_equal(verdict.independent, 0); /* nobody said who runs them */
        /* Times 1000, 1001, 1002: the quorum is as fresh as its older part. */
        assert_int_equal(verdict.fresh_s, holds ? 1000 : 0);
        assert_int_equal(verdict.known_s, !holds ? 0 : (set & 2) != 0 ? 1001 : 1002);
    }
}

/* Logs of a trial may leave open who runs their witnesses; others need somebody outside. */
static void production_needs_an_operator_outside(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_trial;
    } names[] = {
        {"demo.invalid", true},       {"invalid", true},     {"a.invalid/log", true},
        {"venue.example/log", false}, {"notinvalid", false}, {"venue.example/invalid", false},
        {"invalid.example", false},   {"x", false},          {"venue.example/a.invalid", false},
    };
    static const char witnesses[] =
        "log $L\nwitness a $1\nwitness b $2\ngroup g any a b\nquorum g\n";
    char form[256];
    for (size_t i = 0; i < ARRAY_COUNT(names); i += 1) {
        assert_int_equal(read_form(witnesses), FAULT_NONE);
        struct tlog_key *log = &policy.logs[0];
        log->name_bytes = (u32)strlen(names[i].name);
        memcpy(log->name, names[i].name, log->name_bytes + 1);
        assert_int_equal(tlog_policy_lacks(&policy) == NULL, names[i].is_trial);
    }
    /* All logs of a policy are a trial's, or none of them is taken for one. */
    assert_int_equal(read_form(witnesses), FAULT_NONE);
    policy.logs[1] = policy.logs[0];
    policy.logs_count = 2;
    (void)snprintf(policy.logs[0].name, sizeof(policy.logs[0].name), "a.invalid");
    policy.logs[0].name_bytes = 9;
    (void)snprintf(policy.logs[1].name, sizeof(policy.logs[1].name), "a.example");
    policy.logs[1].name_bytes = 9;
    assert_non_null(tlog_policy_lacks(&policy));

    (void)snprintf(form, sizeof(form), "%soperator venue a\nindependent 1\n", witnesses);
    assert_int_equal(read_form(form), FAULT_NONE);
    memcpy(policy.logs[0].name, "v.example", 10);
    policy.logs[0].name_bytes = 9;
    assert_non_null(strstr(tlog_policy_lacks(&policy), "`operator`"));
    (void)snprintf(form, sizeof(form), "%soperator venue a\noperator o b\n", witnesses);
    assert_int_equal(read_form(form), FAULT_NONE);
    memcpy(policy.logs[0].name, "v.example", 10);
    policy.logs[0].name_bytes = 9;
    assert_non_null(strstr(tlog_policy_lacks(&policy), "`independent 1`"));
    (void)snprintf(form, sizeof(form), "%soperator venue a\noperator o b\nindependent 1\n",
                   witnesses);
    assert_int_equal(read_form(form), FAULT_NONE);
    memcpy(policy.logs[0].name, "v.example", 10);
    policy.logs[0].name_bytes = 9;
    assert_null(tlog_policy_lacks(&policy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_is_read),
        cmocka_unit_test(mistakes_name_their_line),
        cmocka_unit_test(the_quorum_of_every_set),
        cmocka_unit_test(production_needs_an_operator_outside),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
