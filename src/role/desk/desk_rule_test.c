/* Aim: each condition of the desk's rules refuses by itself, at its edge: what is asked, whose
 * paper it is, who is registered, who may still prepare and approve, and until when.
 *
 * Method: acts that differ from a good one in one thing, for the store of
 * tests/support/desk_scene.h. */
#include "base/span.h"
#include "role/desk/desk_store.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

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

static void expect(struct desk_act act, enum desk_scene_who who, enum desk_rule rule)
{
    enum desk_rule found = desk_scene_put(&scene, &act, who);
    if (found != rule) {
        fail_msg("%s: %s and not %s", desk_word(DESK_WORDS_ACT, act.kind), desk_rule_name(found),
                 desk_rule_name(rule));
    }
}

static void ok(struct desk_act act, enum desk_scene_who who)
{
    expect(act, who, DESK_RULE_NONE);
}

static struct desk_act act_of(enum desk_act_kind kind, enum desk_scene_who who)
{
    return desk_scene_act(&scene, kind, who, name);
}

static struct desk_act request_of(u32 people)
{
    return desk_scene_request(&scene, name, people);
}

static struct desk_act call_back(void)
{
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    return call;
}

static void paper(struct desk_act *act)
{
    desk_scene_hash(&scene, act->instrument);
    desk_scene_hash(&scene, act->sealed);
    memcpy(act->reference, "S 1", sizeof("S 1"));
    act->dated_s = scene.now_s;
}

static void received(const struct desk_act *request)
{
    ok(*request, DESK_SCENE_CLEO);
    ok(call_back(), DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
}

static struct desk_act assessment(const struct desk_act *request)
{
    struct desk_act act = act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA);
    memcpy(act.records, request->records, sizeof(act.records));
    act.records_count = request->records_count;
    return act;
}

static struct desk_act preparation(u64 first, u64 second)
{
    struct desk_act act = act_of(DESK_ACT_PREPARE, DESK_SCENE_PIA);
    desk_scene_hash(&scene, act.grant);
    act.until_s = scene.now_s + 3600;
    act.persons[0] = first;
    act.persons[1] = second;
    act.persons_count = second == 0 ? 1 : 2;
    return act;
}

static void strike(void)
{
    struct desk_act act = desk_scene_act(&scene, DESK_ACT_STRIKE, DESK_SCENE_BELA, NULL);
    memcpy(act.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    memcpy(act.prior, desk_authority(desk_store_desk(scene.store), DESK_SCENE_HOME)->prior,
           sizeof(act.prior));
    ok(act, DESK_SCENE_BELA);
}

/* ---- what is asked ---- */

static void what_is_asked_has_one_shape(void **state)
{
    (void)state;
    struct desk_act act = request_of(1);
    act.opening = DESK_OPENING_NONE;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act = request_of(1);
    act.request = DESK_REQUEST_PRESERVE; /* and opens something */
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act = request_of(1);
    memcpy(act.authority, "none", sizeof("none"));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act = request_of(1);
    act.opening = DESK_OPENING_CUSTOMER; /* at an authority's word */
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    memcpy(act.authority, "none", sizeof("none"));
    act.urgency = DESK_URGENCY_EMERGENCY;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act.urgency = DESK_URGENCY_ORDINARY;
    ok(act, DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO),
       DESK_SCENE_CLEO); /* nobody is to be called */
}

static void the_country_is_the_registered_one(void **state)
{
    (void)state;
    struct desk_act act = request_of(1);
    memcpy(act.country, "DE", 3);
    expect(act, DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    act = request_of(1);
    act.records_count = 0;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SCOPE);
    ok(request_of(1), DESK_SCENE_CLEO);
}

static void a_paper_is_whole_and_of_its_time(void **state)
{
    (void)state;
    struct desk_act act = request_of(1);
    memset(act.sealed, 0, sizeof(act.sealed));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    act = request_of(1);
    act.dated_s = 0;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    act = request_of(1);
    act.dated_s = scene.now_s + 86401; /* a day ahead, for those east of us */
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    act = request_of(1);
    act.ends_s = scene.now_s;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    act.ends_s = scene.now_s + 1;
    act.dated_s = scene.now_s + 86400;
    ok(act, DESK_SCENE_CLEO);
}

static void people_are_numbered_from_one(void **state)
{
    (void)state;
    struct desk_act act = request_of(2);
    act.subjects[0].ordinal = 2;
    act.subjects[1].ordinal = 3;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PEOPLE);
    act = request_of(2);
    act.subjects[1].ordinal = 3;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PEOPLE);
    act = request_of(2);
    act.records[3].ordinal = 3;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PEOPLE);
    ok(request_of(2), DESK_SCENE_CLEO);
}

static void a_search_is_for_one_at_an_authoritys_word(void **state)
{
    (void)state;
    struct desk_act act = request_of(2);
    act.class = DESK_CLASS_SEARCH;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_CLASS);
    act = request_of(1);
    act.class = DESK_CLASS_SEARCH;
    act.opening = DESK_OPENING_REPORT;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_CLASS);
    act.opening = DESK_OPENING_AUTHORITY;
    act.urgency = DESK_URGENCY_EMERGENCY;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_HURRY);
    act.urgency = DESK_URGENCY_ORDINARY;
    ok(act, DESK_SCENE_CLEO);
}

/* ---- who is registered ---- */

static void who_is_not_confirmed_or_was_struck_asks_in_vain(void **state)
{
    (void)state;
    struct desk_act proposed = desk_scene_act(&scene, DESK_ACT_AUTHORITY, DESK_SCENE_AXEL, NULL);
    memcpy(proposed.authority, "xc-office", sizeof("xc-office"));
    memcpy(proposed.country, "FR", 3);
    memcpy(proposed.recipient, "age1invented", sizeof("age1invented"));
    memcpy(proposed.telephone, "+00 1 23", sizeof("+00 1 23"));
    proposed.type = DESK_TYPE_COURT;
    ok(proposed, DESK_SCENE_AXEL);
    struct desk_act act = request_of(1);
    memcpy(act.authority, "xc-office", sizeof("xc-office"));
    ok(act, DESK_SCENE_CLEO);
    expect(call_back(), DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    struct desk_act confirm = desk_scene_act(&scene, DESK_ACT_CONFIRM, DESK_SCENE_BERTA, NULL);
    memcpy(confirm.authority, "xc-office", sizeof("xc-office"));
    memcpy(confirm.prior, desk_authority(desk_store_desk(scene.store), "xc-office")->prior,
           sizeof(confirm.prior));
    expect(confirm, DESK_SCENE_BERTA, DESK_RULE_SAME_REGION); /* both of de */
    memcpy(confirm.officer, "bela", sizeof("bela"));
    memcpy(confirm.region, "it", sizeof("it"));
    ok(confirm, DESK_SCENE_BELA);
    struct desk_act call = call_back();
    memcpy(call.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME)); /* of the same number */
    expect(call, DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    ok(call_back(), DESK_SCENE_CLEO);
}

static void who_is_struck_on_the_way_gets_nothing(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    received(&request);
    ok(assessment(&request), DESK_SCENE_ANNA);
    ok(preparation(7, 0), DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    strike();
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA, DESK_RULE_AUTHORITY);
    static const u8 later[DESK_NAME_BYTES] = {9};
    struct desk_act act = desk_scene_request(&scene, later, 1);
    ok(act, DESK_SCENE_CLEO);
    act = desk_scene_act(&scene, DESK_ACT_CALL_BACK, DESK_SCENE_CLEO, later);
    memcpy(act.telephone, "+00 1 23", sizeof("+00 1 23"));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
}

static void who_is_struck_behind_the_call_is_not_authentic(void **state)
{
    (void)state;
    ok(request_of(1), DESK_SCENE_CLEO);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_CALL_BACK);
    ok(call_back(), DESK_SCENE_CLEO);
    strike();
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
}

/* ---- what is granted ---- */

static void each_record_was_asked_of_that_person(void **state)
{
    (void)state;
    struct desk_act request = request_of(2);
    request.records_count = 3; /* of the second the identity alone */
    received(&request);
    struct desk_act wide = assessment(&request);
    wide.records[3] = wide.records[1];
    wide.records[3].ordinal = 2;
    wide.records_count = 4;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    wide = assessment(&request);
    wide.records[1].from_day -= 1;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    struct desk_act narrow = assessment(&request);
    narrow.records[0] = request.records[2]; /* the second person alone */
    narrow.records_count = 1;
    ok(narrow, DESK_SCENE_ANNA);
    expect(preparation(7, 8), DESK_SCENE_PIA, DESK_RULE_PERSONS);
    expect(preparation(7, 0), DESK_SCENE_PIA, DESK_RULE_PERSONS);
    ok(preparation(0, 8), DESK_SCENE_PIA);
}

static void a_grant_is_for_a_time_to_come(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    request.ends_s = scene.now_s + 1800;
    received(&request);
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act act = preparation(7, 0);
    act.until_s = scene.now_s;
    expect(act, DESK_SCENE_PIA, DESK_RULE_UNTIL);
    act.until_s = scene.now_s + 1;
    ok(act, DESK_SCENE_PIA);
    scene.now_s += 1;
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_EXPIRED);
    ok(preparation(7, 0), DESK_SCENE_PIA);
    scene.now_s += 1798;
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    scene.now_s += 1; /* the paper holds no longer */
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA, DESK_RULE_PAPER);
}

static void who_assessed_does_not_prepare(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    received(&request);
    ok(assessment(&request), DESK_SCENE_ANNA);
    for (u32 i = 0; i < scene.staff.count; i += 1) { /* Anna has another role since then */
        if (strcmp(scene.staff.list[i].officer.code, "anna") == 0) {
            scene.staff.list[i].role = DESK_ROLE_PREPARER;
        }
    }
    struct desk_act act = preparation(7, 0);
    memcpy(act.officer, "anna", sizeof("anna"));
    expect(act, DESK_SCENE_ANNA, DESK_RULE_SAME_PERSON);
    ok(preparation(7, 0), DESK_SCENE_PIA);
}

static void the_log_speaks_of_the_grant_that_was_approved(void **state)
{
    static const enum desk_act_kind kinds[] = {DESK_ACT_LOGGED, DESK_ACT_OPENED,
                                               DESK_ACT_DELIVERED};
    (void)state;
    desk_scene_approved(&scene, name);
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        struct desk_act act = desk_scene_act(&scene, kinds[i], DESK_SCENE_CLEO, name);
        act.number = scene.log + 1;
        act.grant[0] ^= 1;
        assert_int_equal(
            desk_store_process(scene.store, &act, &scene.staff, scene.now_s, &scene.rule),
            FAULT_REFUSED);
        assert_int_equal(scene.rule, DESK_RULE_PREPARED);
        assert_int_equal(desk_scene_process(&scene, kinds[i], name), DESK_RULE_NONE);
    }
}

/* ---- clocks, and what comes later ---- */

static void a_silence_has_a_paper_and_an_end(void **state)
{
    (void)state;
    ok(request_of(1), DESK_SCENE_CLEO);
    struct desk_act act = act_of(DESK_ACT_SILENCE, DESK_SCENE_ANNA);
    act.until_s = scene.now_s + 86400;
    memcpy(act.reference, "none", sizeof("none"));
    expect(act, DESK_SCENE_ANNA, DESK_RULE_PAPER);
    paper(&act);
    act.ends_s = scene.now_s;
    expect(act, DESK_SCENE_ANNA, DESK_RULE_PAPER);
    act.ends_s = 0;
    act.until_s = scene.now_s;
    expect(act, DESK_SCENE_ANNA, DESK_RULE_UNTIL);
    act.until_s = scene.now_s + DESK_SILENCE_S;
    ok(act, DESK_SCENE_ANNA);
}

static void what_is_kept_is_kept_for_a_time(void **state)
{
    (void)state;
    u32 ended = 0;
    struct desk_act request = request_of(1);
    request.request = DESK_REQUEST_PRESERVE;
    request.opening = DESK_OPENING_NONE;
    request.records_count = 0;
    received(&request);
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act act = act_of(DESK_ACT_PRESERVE, DESK_SCENE_ANNA);
    act.until_s = scene.now_s;
    expect(act, DESK_SCENE_ANNA, DESK_RULE_UNTIL);
    act.until_s = scene.now_s + DESK_PRESERVE_S + 1;
    expect(act, DESK_SCENE_ANNA, DESK_RULE_UNTIL);
    act.until_s = scene.now_s + DESK_PRESERVE_S;
    ok(act, DESK_SCENE_ANNA);
    scene.now_s += DESK_PRESERVE_S - 1;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(ended, 0);
    scene.now_s += 1;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(ended, 1);
}

static void what_is_amended_is_of_the_same_authority(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    received(&request);
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act narrow = act_of(DESK_ACT_NARROW, DESK_SCENE_ANNA);
    narrow.reason = DESK_REASON_TOO_WIDE;
    ok(narrow, DESK_SCENE_ANNA);
    struct desk_act act = request_of(1);
    act.kind = DESK_ACT_AMEND;
    act.urgency = DESK_URGENCY_EMERGENCY;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act = request_of(1);
    act.kind = DESK_ACT_AMEND;
    memcpy(act.authority, DESK_SCENE_ABROAD, sizeof(DESK_SCENE_ABROAD));
    memcpy(act.country, "RU", 3);
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    act = request_of(1);
    act.kind = DESK_ACT_AMEND;
    act.records_count = 0; /* and what it asks is looked at as the first time */
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SCOPE);
    act = request_of(1);
    act.kind = DESK_ACT_AMEND;
    ok(act, DESK_SCENE_CLEO);
}

/* ---- what undoes approvals ---- */

static const struct desk_case *the_case(void)
{
    return desk_case(desk_store_desk(scene.store), name);
}

static void prepared_and_approved_once(const struct desk_act *request)
{
    received(request);
    ok(assessment(request), DESK_SCENE_ANNA);
    ok(preparation(7, 0), DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    assert_int_equal(the_case()->approvals_count, 1);
}

static struct desk_act ties(const char *authority)
{
    struct desk_act act = desk_scene_act(&scene, DESK_ACT_RECUSE, DESK_SCENE_ABEL, NULL);
    memcpy(act.authority, authority, strlen(authority) + 1);
    memcpy(act.member, "abel", sizeof("abel"));
    return act;
}

static void ties_take_back_what_concerns_that_authority(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    prepared_and_approved_once(&request);
    ok(ties(DESK_SCENE_ABROAD), DESK_SCENE_ABEL);
    assert_int_equal(the_case()->approvals_count, 1);
    ok(ties(DESK_SCENE_HOME), DESK_SCENE_ABEL);
    assert_int_equal(the_case()->approvals_count, 0);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_RECUSED);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
}

static void what_comes_meanwhile_undoes_what_was_prepared(void **state)
{
    (void)state;
    struct desk_act request = request_of(1);
    memset(request.instrument, 0, sizeof(request.instrument));
    memset(request.sealed, 0, sizeof(request.sealed));
    request.dated_s = 0;
    request.urgency = DESK_URGENCY_EMERGENCY;
    prepared_and_approved_once(&request);
    struct desk_act act = act_of(DESK_ACT_INSTRUMENT, DESK_SCENE_CLEO);
    memcpy(act.reference, "none", sizeof("none"));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    paper(&act);
    ok(act, DESK_SCENE_CLEO);
    assert_int_equal(the_case()->approvals_count, 0);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA, DESK_RULE_PREPARED);
    ok(preparation(7, 0), DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
    act = act_of(DESK_ACT_SILENCE, DESK_SCENE_ANNA);
    act.until_s = scene.now_s + 86400;
    paper(&act);
    ok(act, DESK_SCENE_ANNA);
    assert_int_equal(the_case()->approvals_count, 0);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA, DESK_RULE_PREPARED);
}

static void an_emergency_that_stays_without_paper_is_over(void **state)
{
    (void)state;
    u32 ended = 0;
    struct desk_act request = request_of(1);
    memset(request.instrument, 0, sizeof(request.instrument));
    memset(request.sealed, 0, sizeof(request.sealed));
    request.dated_s = 0;
    request.urgency = DESK_URGENCY_EMERGENCY;
    prepared_and_approved_once(&request);
    scene.now_s += DESK_INSTRUMENT_S - 1;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(ended, 0);
    scene.now_s += 1;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(ended, 1);
    assert_int_equal(the_case()->state, DESK_STATE_EXPIRED);
    assert_true(the_case()->is_lapsed && !the_case()->is_prepared);
    assert_int_equal(the_case()->approvals_count, 0);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA, DESK_RULE_STATE);
    expect(assessment(&request), DESK_SCENE_ANNA, DESK_RULE_LAPSED);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_asked_has_one_shape),
        TEST(the_country_is_the_registered_one),
        TEST(a_paper_is_whole_and_of_its_time),
        TEST(people_are_numbered_from_one),
        TEST(a_search_is_for_one_at_an_authoritys_word),
        TEST(who_is_not_confirmed_or_was_struck_asks_in_vain),
        TEST(who_is_struck_on_the_way_gets_nothing),
        TEST(who_is_struck_behind_the_call_is_not_authentic),
        TEST(each_record_was_asked_of_that_person),
        TEST(a_grant_is_for_a_time_to_come),
        TEST(who_assessed_does_not_prepare),
        TEST(the_log_speaks_of_the_grant_that_was_approved),
        TEST(a_silence_has_a_paper_and_an_end),
        TEST(what_is_kept_is_kept_for_a_time),
        TEST(what_is_amended_is_of_the_same_authority),
        TEST(ties_take_back_what_concerns_that_authority),
        TEST(what_comes_meanwhile_undoes_what_was_prepared),
        TEST(an_emergency_that_stays_without_paper_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
