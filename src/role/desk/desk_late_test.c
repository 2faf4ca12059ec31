/* Aim: what the desk hears late, or what changes after somebody has signed, is not lost: openings
 * of cases that ended meanwhile, ties that are declared behind an approval, people who proposed
 * once.
 *
 * Method: the invented officers of the scene, with a case that is approved; then one thing that
 * comes out of its order. */
#include "base/span.h"
#include "role/desk/desk_store.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct desk_scene scene;
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};

static int make(void **state)
{
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_scene_close(&scene);
    return 0;
}

static struct desk_act act_of(enum desk_act_kind kind, enum desk_scene_who who)
{
    return desk_scene_act(&scene, kind, who, name);
}

static void expect(struct desk_act act, enum desk_scene_who who, enum desk_rule rule)
{
    enum desk_rule found = desk_scene_put(&scene, &act, who);
    if (found != rule) {
        fail_msg("%s: %s and not %s", desk_word(DESK_WORDS_ACT, act.kind), desk_rule_name(found),
                 desk_rule_name(rule));
    }
}

static void process(enum desk_act_kind kind, enum desk_rule rule)
{
    enum desk_rule found = desk_scene_process(&scene, kind, name);
    if (found != rule) {
        fail_msg("%s: %s and not %s", desk_word(DESK_WORDS_ACT, kind), desk_rule_name(found),
                 desk_rule_name(rule));
    }
}

static void turn(u32 wanted)
{
    u32 count = 0;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &count), FAULT_NONE);
    assert_int_equal(count, wanted);
}

static const struct desk_case *at_name(void)
{
    return desk_case(desk_store_desk(scene.store), name);
}

/* From here on as after every opening; and the file says the same. */
static void is_told_to_its_end(void)
{
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_OPENED);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_STATE);
    process(DESK_ACT_DELIVERED, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NONE);
    desk_scene_store(&scene);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_CLOSED);
}

static void an_opening_heard_of_after_the_grants_end(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    scene.now_s += DESK_GRANT_PLAIN_S;
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    is_told_to_its_end();
}

static void an_opening_of_an_expired_case(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    scene.now_s += DESK_GRANT_PLAIN_S;
    turn(1);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_EXPIRED);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NOT_YET);
    process(DESK_ACT_DELIVERED, DESK_RULE_STATE);
    process(DESK_ACT_LOGGED, DESK_RULE_STATE); /* it is */
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    is_told_to_its_end();
}

/* The desk was away all the time: it has not even heard of the grant's event. */
static void grant_and_opening_while_the_desk_was_away(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    scene.now_s += DESK_GRANT_PLAIN_S;
    turn(1);
    process(DESK_ACT_OPENED, DESK_RULE_STATE); /* what was not logged is not opened */
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_EXPIRED);
    turn(0);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    is_told_to_its_end();
}

static void a_veto_that_the_officers_never_saw(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    struct desk_act veto = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA);
    veto.reason = DESK_REASON_TOO_WIDE;
    expect(veto, DESK_SCENE_BELA, DESK_RULE_NONE);
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    process(DESK_ACT_MISMATCH, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_STATE); /* once */
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NOTICE);
}

static void a_withdrawn_case_is_opened(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_WITHDRAW, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    is_told_to_its_end();
}

/* The way to an opening begins with a quorum, late too. */
static void without_approvals_nothing_is_late(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    expect(request, DESK_SCENE_CLEO, DESK_RULE_NONE);
    struct desk_act veto = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA);
    veto.reason = DESK_REASON_TOO_WIDE;
    expect(veto, DESK_SCENE_BELA, DESK_RULE_NONE);
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_STATE);
    process(DESK_ACT_OPENED, DESK_RULE_STATE);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NONE);
}

/* An opener that was killed: the customer is told once nothing can come any more. */
static void an_opening_without_its_end(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_STATE);
    scene.now_s += DESK_GRANT_PLAIN_S + DESK_LATE_S;
    expect(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NONE);
}

/* ---- ties ---- */

static void recuse(enum desk_scene_who who, const char *member)
{
    struct desk_act act = desk_scene_act(&scene, DESK_ACT_RECUSE, who, NULL);
    memcpy(act.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    (void)snprintf(act.member, sizeof(act.member), "%s", member);
    expect(act, who, DESK_RULE_NONE);
}

static void ties_declared_behind_an_approval(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    recuse(DESK_SCENE_OTTO, "abel");
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED);
    assert_int_equal(at_name()->approvals_count, 3);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_RECUSED);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA, DESK_RULE_TWICE);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL), DESK_SCENE_AXEL, DESK_RULE_NONE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
    recuse(DESK_SCENE_CLEO, "cleo"); /* who approved nothing */
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
    desk_scene_store(&scene);
    assert_int_equal(at_name()->approvals_count, 4);
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    recuse(DESK_SCENE_BELA, "bela"); /* what is in the log is */
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_LOGGED);
}

/* The grant that was approved may be with the officers already: its opening is no stranger's. */
static void an_opening_behind_ties(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    recuse(DESK_SCENE_ABEL, "abel");
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED);
    expect(act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    is_told_to_its_end();
}

/* The register gives the same person another code. */
static void ties_are_of_a_person(void **state)
{
    (void)state;
    recuse(DESK_SCENE_OTTO, "abel");
    struct desk_member *abel = &scene.staff.list[DESK_SCENE_ABEL];
    memcpy(abel->officer.code, "abelb", sizeof("abelb"));
    struct desk_act request = desk_scene_request(&scene, name, 1);
    expect(request, DESK_SCENE_CLEO, DESK_RULE_NONE);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_ABEL);
    memcpy(reject.officer, "abelb", sizeof("abelb"));
    reject.reason = DESK_REASON_TOO_WIDE;
    expect(reject, DESK_SCENE_ABEL, DESK_RULE_RECUSED);
    desk_scene_store(&scene);
    expect(reject, DESK_SCENE_ABEL, DESK_RULE_RECUSED);
}

/* ---- who proposed ---- */

static void whoever_proposed_once_does_not_approve(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    struct desk_act assess;
    expect(request, DESK_SCENE_CLEO, DESK_RULE_NONE);
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    expect(call, DESK_SCENE_CLEO, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_NONE);
    for (u32 i = 0; i < 2; i += 1) { /* the first assessment, then another's */
        enum desk_scene_who who = i == 0 ? DESK_SCENE_ABEL : DESK_SCENE_ANNA;
        assess = act_of(DESK_ACT_ASSESS, who);
        memcpy(assess.records, request.records, sizeof(assess.records));
        assess.records_count = request.records_count;
        expect(assess, who, DESK_RULE_NONE);
    }
    struct desk_act prepare = act_of(DESK_ACT_PREPARE, DESK_SCENE_PIA);
    desk_scene_hash(&scene, prepare.grant);
    prepare.until_s = scene.now_s + DESK_GRANT_PLAIN_S;
    prepare.persons[0] = 7;
    prepare.persons_count = 1;
    expect(prepare, DESK_SCENE_PIA, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_SAME_PERSON);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_SAME_PERSON);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA, DESK_RULE_NONE);
}

/* ---- searches ---- */

static struct desk_act search(u8 first, u8 second)
{
    struct desk_act act = desk_scene_request(&scene, name, 1);
    act.class = DESK_CLASS_SEARCH;
    act.subjects[0].field = first;
    act.subjects[1] = act.subjects[0];
    act.subjects[1].field = second;
    act.subjects_count = second == 0 ? 1 : 2;
    return act;
}

/* Assesses it for a count, and prepares that. */
static void is_prepared(enum desk_rule rule)
{
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    expect(call, DESK_SCENE_CLEO, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_NONE);
    expect(act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NONE);
    struct desk_act prepare = act_of(DESK_ACT_PREPARE, DESK_SCENE_PIA);
    desk_scene_hash(&scene, prepare.grant);
    prepare.until_s = scene.now_s + DESK_GRANT_BULK_S;
    expect(prepare, DESK_SCENE_PIA, rule);
}

static void what_no_index_answers_is_not_prepared(void **state)
{
    (void)state;
    expect(search(DESK_FIELD_NAME, DESK_FIELD_NATIONALITY), DESK_SCENE_CLEO, DESK_RULE_NONE);
    is_prepared(DESK_RULE_SEARCH);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_ANNA);
    reject.reason = DESK_REASON_DATA_NOT_HELD;
    expect(reject, DESK_SCENE_ANNA, DESK_RULE_NONE);
}

static void a_name_with_its_birth_date_is_in_the_index(void **state)
{
    (void)state;
    expect(search(DESK_FIELD_NAME, DESK_FIELD_BIRTH_DATE), DESK_SCENE_CLEO, DESK_RULE_NONE);
    is_prepared(DESK_RULE_NONE);
}

static void a_number_is_in_the_index(void **state)
{
    (void)state;
    expect(search(DESK_FIELD_EMAIL, 0), DESK_SCENE_CLEO, DESK_RULE_NONE);
    is_prepared(DESK_RULE_NONE);
}

/* ---- who there is ---- */

static void what_a_staff_can_never_decide(void **state)
{
    (void)state;
    struct desk_staff *staff = &scene.staff;
    assert_null(desk_staff_lack(staff));
    staff->quorum_b = 3;
    assert_string_equal(desk_staff_lack(staff), "bulk and search: independent has too few");
    staff->quorum_a = 3;
    assert_string_equal(desk_staff_lack(staff),
                        "bulk and search: legal has too few beside who assesses");
    staff->list[DESK_SCENE_PIA].role = DESK_ROLE_CLERK;
    assert_string_equal(desk_staff_lack(staff), "any request: there is no preparer");
    staff->quorum_a = 4; /* as many as there are */
    assert_string_equal(desk_staff_lack(staff), "any request: nobody of legal is left to assess");
}

/* ---- clocks ---- */

/* The first of two cases is put back in memory: its act is refused as one that was taken. */
static void one_refusal_ends_no_other_case(void **state)
{
    (void)state;
    static const u8 second[DESK_NAME_BYTES] = {9};
    desk_scene_approved(&scene, name);
    desk_scene_approved(&scene, second);
    struct desk_case *cases = desk_store_desk(scene.store)->cases;
    struct desk_case before = cases[0];
    scene.now_s += DESK_GRANT_PLAIN_S;
    cases[1].grant_until_s += 1;
    turn(1);
    cases[0] = before;
    cases[1].grant_until_s -= 1;
    turn(1);
    assert_int_equal(cases[1].state, DESK_STATE_EXPIRED);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(an_opening_heard_of_after_the_grants_end),
        TEST(an_opening_of_an_expired_case),
        TEST(grant_and_opening_while_the_desk_was_away),
        TEST(a_veto_that_the_officers_never_saw),
        TEST(a_withdrawn_case_is_opened),
        TEST(without_approvals_nothing_is_late),
        TEST(an_opening_without_its_end),
        TEST(ties_declared_behind_an_approval),
        TEST(an_opening_behind_ties),
        TEST(ties_are_of_a_person),
        TEST(whoever_proposed_once_does_not_approve),
        TEST(what_no_index_answers_is_not_prepared),
        TEST(a_name_with_its_birth_date_is_in_the_index),
        TEST(a_number_is_in_the_index),
        TEST(what_a_staff_can_never_decide),
        TEST(one_refusal_ends_no_other_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
