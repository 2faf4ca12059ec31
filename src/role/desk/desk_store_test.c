/* Aim: a case goes its way through signed acts alone, each refusal names its rule, and the file
 * gives the same desk however often it is opened, and no other.
 *
 * Method: invented officers with real keys sign acts for a store in a folder; rules are tried by
 * acts that differ from a good one in one thing; damage is done with SQL of our own. */
#include "role/desk/desk_store.h"

#include "base/span.h"
#include "role/desk/desk_letter.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct desk_scene scene;
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
static const u8 other[DESK_NAME_BYTES] = {4, 5, 6};

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

static void process(enum desk_act_kind kind, enum desk_rule rule)
{
    enum desk_rule found = desk_scene_process(&scene, kind, name);
    if (found != rule) {
        fail_msg("%s: %s and not %s", desk_word(DESK_WORDS_ACT, kind), desk_rule_name(found),
                 desk_rule_name(rule));
    }
}

static void authenticate(void)
{
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    ok(call, DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
}

static struct desk_act assessment(const struct desk_act *request)
{
    struct desk_act act = act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA);
    memcpy(act.records, request->records, sizeof(act.records));
    act.records_count = request->records_count;
    return act;
}

static struct desk_act preparation(u32 people)
{
    struct desk_act act = act_of(DESK_ACT_PREPARE, DESK_SCENE_PIA);
    desk_scene_hash(&scene, act.grant);
    act.until_s = scene.now_s + DESK_GRANT_EMERGENCY_S;
    for (u32 i = 0; i < people; i += 1) {
        act.persons[i] = 100 + i;
    }
    act.persons_count = people;
    return act;
}

static void a_case_from_end_to_end(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_OPENED, DESK_RULE_STATE); /* logged cannot be skipped */
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_DELIVERED, DESK_RULE_STATE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    process(DESK_ACT_DELIVERED, DESK_RULE_NONE);
    ok(act_of(DESK_ACT_ACKNOWLEDGE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_STATE);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_CLOSED);
    for (u32 kind = DESK_ACT_CALL_BACK; kind <= DESK_ACT_INSTRUMENT; kind += 1) {
        struct desk_act act = act_of((enum desk_act_kind)kind, DESK_SCENE_ANNA);
        if (act.kind != DESK_ACT_EXPIRE && act.kind != DESK_ACT_LAPSE &&
            !(act.kind >= DESK_ACT_LOGGED && act.kind <= DESK_ACT_COUNTED)) {
            act.at_s += 1; /* not the text of before */
            static struct desk_file file;
            desk_scene_sign(&scene, &act, DESK_SCENE_ANNA, &file);
            assert_int_equal(
                desk_store_put(scene.store, &file, &scene.staff, scene.now_s, &scene.rule),
                FAULT_REFUSED);
        }
    }
}

static void every_step_is_in_the_log_before_it_is_logged(void **state)
{
    (void)state;
    desk_scene_approved(&scene, other);
    u64 told = scene.log;
    desk_scene_approved(&scene, name);
    assert_int_equal(scene.log - told, 9); /* received to the fourth approval */
    assert_int_equal(desk_scene_tell(&scene), 0);
    struct desk_act veto = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA);
    veto.reason = DESK_REASON_TOO_WIDE;
    ok(veto, DESK_SCENE_BELA); /* also after the approvals */
}

static void nothing_is_logged_that_the_log_has_not(void **state)
{
    (void)state;
    static struct desk_told first;
    bool some = false;
    struct desk_act silence;
    desk_scene_approved(&scene, name);
    silence = act_of(DESK_ACT_SILENCE, DESK_SCENE_ANNA);
    silence.until_s = scene.now_s + 86400;
    desk_scene_hash(&scene, silence.instrument);
    desk_scene_hash(&scene, silence.sealed);
    memcpy(silence.reference, "S 1", sizeof("S 1"));
    silence.dated_s = scene.now_s;
    ok(silence, DESK_SCENE_ANNA);
    process(DESK_ACT_LOGGED, DESK_RULE_LOG);
    assert_int_equal(desk_store_untold(scene.store, &first, &some), FAULT_NONE);
    assert_true(some);
    assert_string_equal(first.kind, "silence");
    assert_int_equal(first.until, scene.now_s + 86400);
    desk_scene_store(&scene); /* a kill between the log's answer and the note of it */
    assert_int_equal(desk_scene_tell(&scene), 1);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
}

static void whose_signature_it_is(void **state)
{
    (void)state;
    static struct desk_file file;
    struct desk_act act = desk_scene_request(&scene, name, 1);
    expect(act, DESK_SCENE_PIA, DESK_RULE_SIGNATURE); /* somebody else's key */
    desk_scene_sign(&scene, &act, DESK_SCENE_CLEO, &file);
    file.is_signed = false;
    assert_int_equal(desk_store_put(scene.store, &file, &scene.staff, scene.now_s, &scene.rule),
                     FAULT_REFUSED);
    assert_int_equal(scene.rule, DESK_RULE_SIGNATURE);
    act.role = DESK_ROLE_LEGAL; /* not the clerk's role */
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SIGNER);
    act.role = DESK_ROLE_PROCESS;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SIGNER);
    act = desk_scene_request(&scene, name, 1);
    memcpy(act.region, "it", sizeof("it"));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_SIGNER);
    act = desk_scene_request(&scene, name, 1);
    memcpy(act.venue, "x.invalid", sizeof("x.invalid"));
    expect(act, DESK_SCENE_CLEO, DESK_RULE_VENUE);
    act = desk_scene_request(&scene, name, 1);
    act.at_s -= DESK_SIGNED_MAX_S + 1;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_TIME);
    act.at_s = scene.now_s + DESK_SIGNED_AHEAD_S + 1;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_TIME);
    act.at_s = scene.now_s;
    ok(act, DESK_SCENE_CLEO);
    expect(act, DESK_SCENE_CLEO, DESK_RULE_USED); /* once */
    act.at_s += 1;
    expect(act, DESK_SCENE_CLEO, DESK_RULE_CASE);
}

static void approvals(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act early = act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL);
    desk_scene_hash(&scene, early.grant);
    expect(early, DESK_SCENE_ABEL, DESK_RULE_PREPARED);
    ok(preparation(1), DESK_SCENE_PIA);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_SAME_PERSON);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_PIA), DESK_SCENE_PIA, DESK_RULE_ROLE);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_OTTO), DESK_SCENE_OTTO, DESK_RULE_ROLE);
    struct desk_act another = act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL);
    desk_scene_hash(&scene, another.grant);
    expect(another, DESK_SCENE_ABEL, DESK_RULE_PREPARED);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_TWICE);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL), DESK_SCENE_AXEL); /* of de */
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_BERTA), DESK_SCENE_BERTA, DESK_RULE_SAME_REGION);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED); /* all of one group */
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BRUNO), DESK_SCENE_BRUNO);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
}

static void who_has_ties_steps_back(void **state)
{
    (void)state;
    struct desk_act recuse = desk_scene_act(&scene, DESK_ACT_RECUSE, DESK_SCENE_ANNA, NULL);
    memcpy(recuse.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    memcpy(recuse.member, "abel", sizeof("abel"));
    expect(recuse, DESK_SCENE_ANNA, DESK_RULE_ROLE); /* not of others */
    memcpy(recuse.member, "anna", sizeof("anna"));
    ok(recuse, DESK_SCENE_ANNA);
    struct desk_act request = desk_scene_request(&scene, name, 1);
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    expect(assessment(&request), DESK_SCENE_ANNA, DESK_RULE_RECUSED);
    struct desk_act contact = desk_scene_act(&scene, DESK_ACT_CONTACT, DESK_SCENE_ANNA, NULL);
    memcpy(contact.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    memcpy(contact.member, "anna", sizeof("anna"));
    contact.contact = DESK_CONTACT_MEETING;
    ok(contact, DESK_SCENE_ANNA);
    expect(contact, DESK_SCENE_ANNA, DESK_RULE_USED);
    assert_int_equal(desk_store_desk(scene.store)->contacts_count, 1);
}

/* The acts of the process are of "none": ties under that name are nobody's. */
static void the_process_has_no_ties(void **state)
{
    (void)state;
    u32 ended = 0;
    struct desk_act recuse = desk_scene_act(&scene, DESK_ACT_RECUSE, DESK_SCENE_OTTO, NULL);
    memcpy(recuse.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    memcpy(recuse.member, "none", sizeof("none"));
    ok(recuse, DESK_SCENE_OTTO);
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    scene.now_s += DESK_GRANT_BULK_S;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(ended, 1);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_EXPIRED);
}

/* Two clerks; the one who brought the narrower request has another role since then. */
static void who_amended_does_not_decide(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act narrow = act_of(DESK_ACT_NARROW, DESK_SCENE_ANNA);
    narrow.reason = DESK_REASON_TOO_WIDE;
    ok(narrow, DESK_SCENE_ANNA);
    struct desk_member *abel = &scene.staff.list[DESK_SCENE_ABEL];
    abel->role = DESK_ROLE_CLERK;
    struct desk_act amend = desk_scene_request(&scene, name, 1);
    amend.kind = DESK_ACT_AMEND;
    struct desk_act head = act_of(DESK_ACT_AMEND, DESK_SCENE_ABEL);
    memcpy(amend.prior, head.prior, sizeof(amend.prior));
    memcpy(amend.officer, head.officer, sizeof(amend.officer));
    memcpy(amend.region, head.region, sizeof(amend.region));
    ok(amend, DESK_SCENE_ABEL);
    abel->role = DESK_ROLE_LEGAL;
    struct desk_act assess = assessment(&request);
    memcpy(assess.officer, head.officer, sizeof(assess.officer));
    memcpy(assess.region, head.region, sizeof(assess.region));
    expect(assess, DESK_SCENE_ABEL, DESK_RULE_SAME_PERSON);
    ok(assessment(&request), DESK_SCENE_ANNA);
    abel->role = DESK_ROLE_PREPARER;
    struct desk_act prepare = preparation(1);
    memcpy(prepare.officer, head.officer, sizeof(prepare.officer));
    memcpy(prepare.region, head.region, sizeof(prepare.region));
    expect(prepare, DESK_SCENE_ABEL, DESK_RULE_SAME_PERSON);
    ok(preparation(1), DESK_SCENE_PIA);
    abel->role = DESK_ROLE_LEGAL;
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL, DESK_RULE_SAME_PERSON);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL), DESK_SCENE_AXEL);
}

static void a_fake_authority(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    memcpy(request.authority, "xc-nobody", sizeof("xc-nobody"));
    ok(request, DESK_SCENE_CLEO); /* what came is registered, whoever sent it */
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 9", sizeof("+00 9"));
    expect(call, DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    expect(act_of(DESK_ACT_REJECT, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_REASON);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_ANNA);
    reject.reason = DESK_REASON_INVALID_ISSUING_AUTHORITY;
    memset(reject.letter, 7, sizeof(reject.letter));
    expect(reject, DESK_SCENE_ANNA, DESK_RULE_LETTER);
    memset(reject.letter, 0, sizeof(reject.letter));
    ok(reject, DESK_SCENE_ANNA);
    ok(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
}

/* In a hurry, without a paper, from somebody whom nobody registered: taken in, and no step further.
 */
static void an_emergency_of_an_unregistered_authority(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    memset(request.instrument, 0, sizeof(request.instrument));
    memset(request.sealed, 0, sizeof(request.sealed));
    request.dated_s = 0;
    request.urgency = DESK_URGENCY_EMERGENCY;
    memcpy(request.authority, "xc-nobody", sizeof("xc-nobody"));
    ok(request, DESK_SCENE_CLEO);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_AUTHORITY);
    expect(assessment(&request), DESK_SCENE_ANNA, DESK_RULE_STATE);
    expect(preparation(1), DESK_SCENE_PIA, DESK_RULE_STATE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_RECEIVED);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_ANNA);
    reject.reason = DESK_REASON_INVALID_ISSUING_AUTHORITY;
    ok(reject, DESK_SCENE_ANNA);
}

static void the_call_goes_to_the_registered_number(void **state)
{
    (void)state;
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_CALL_BACK);
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO);
    memcpy(call.telephone, "+00 1 24", sizeof("+00 1 24")); /* as the letterhead says */
    expect(call, DESK_SCENE_CLEO, DESK_RULE_CALL_BACK);
    struct desk_act strike = desk_scene_act(&scene, DESK_ACT_STRIKE, DESK_SCENE_BELA, NULL);
    memcpy(strike.authority, DESK_SCENE_HOME, sizeof(DESK_SCENE_HOME));
    expect(strike, DESK_SCENE_BELA, DESK_RULE_PRIOR);
    memcpy(strike.prior, desk_authority(desk_store_desk(scene.store), DESK_SCENE_HOME)->prior,
           sizeof(strike.prior));
    ok(strike, DESK_SCENE_BELA);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    expect(call, DESK_SCENE_CLEO, DESK_RULE_AUTHORITY); /* struck off */
}

static void an_authority_takes_two_groups(void **state)
{
    (void)state;
    struct desk_act act = desk_scene_act(&scene, DESK_ACT_AUTHORITY, DESK_SCENE_AXEL, NULL);
    memcpy(act.authority, "xd-tax", sizeof("xd-tax"));
    memcpy(act.country, "FR", 3);
    act.type = DESK_TYPE_COURT;
    memcpy(act.recipient, "age1invented", sizeof("age1invented"));
    memcpy(act.telephone, "+00 2", sizeof("+00 2"));
    ok(act, DESK_SCENE_AXEL);
    for (u32 who = DESK_SCENE_ANNA; who <= DESK_SCENE_BERTA; who += 1) {
        struct desk_act confirm =
            desk_scene_act(&scene, DESK_ACT_CONFIRM, (enum desk_scene_who)who, NULL);
        memcpy(confirm.authority, "xd-tax", sizeof("xd-tax"));
        memcpy(confirm.prior, desk_authority(desk_store_desk(scene.store), "xd-tax")->prior,
               sizeof(confirm.prior));
        expect(confirm, (enum desk_scene_who)who,
               who <= DESK_SCENE_ALMA    ? DESK_RULE_SAME_PERSON /* the same group */
               : who == DESK_SCENE_BERTA ? DESK_RULE_STATE
               : who == DESK_SCENE_BRUNO ? DESK_RULE_STATE
                                         : DESK_RULE_NONE);
    }
}

static void a_third_country_without_a_treaty(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    request.mark = DESK_MARK_FOREIGN;
    request.basis = DESK_BASIS_NONE;
    memcpy(request.country, "RU", 3);
    memcpy(request.authority, DESK_SCENE_ABROAD, sizeof(DESK_SCENE_ABROAD));
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    ok(assessment(&request), DESK_SCENE_ANNA);
    expect(preparation(1), DESK_SCENE_PIA, DESK_RULE_TREATY);
    struct desk_act preserve = act_of(DESK_ACT_PRESERVE, DESK_SCENE_ANNA);
    preserve.until_s = scene.now_s + 86400;
    expect(preserve, DESK_SCENE_ANNA, DESK_RULE_TREATY);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_ANNA);
    reject.reason = DESK_REASON_SEND_VIA_TREATY;
    ok(reject, DESK_SCENE_ANNA);
}

static void no_more_than_was_asked(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 2);
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    struct desk_act wide = assessment(&request);
    wide.records[1].to_day += 1;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    wide = assessment(&request);
    wide.records[1].from_day = 0;
    wide.records[1].to_day = 0;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    wide = assessment(&request);
    wide.records[3].group = DESK_GROUP_LOGINS;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    wide = assessment(&request);
    wide.records[3].ordinal = 3;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    wide.records_count = 0;
    expect(wide, DESK_SCENE_ANNA, DESK_RULE_SCOPE);
    struct desk_act narrow = assessment(&request);
    narrow.records_count = 2; /* the first person alone, and less of it */
    narrow.records[1].from_day += 10;
    ok(narrow, DESK_SCENE_ANNA);
    expect(preparation(2), DESK_SCENE_PIA, DESK_RULE_PERSONS);
    struct desk_act prepare = preparation(1);
    prepare.until_s = scene.now_s + DESK_GRANT_PLAIN_S + 1;
    expect(prepare, DESK_SCENE_PIA, DESK_RULE_UNTIL);
    ok(preparation(1), DESK_SCENE_PIA);
}

static void many_people_are_bulk(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 11);
    request.class = DESK_CLASS_PLAIN;
    expect(request, DESK_SCENE_CLEO, DESK_RULE_CLASS);
    request.class = DESK_CLASS_BULK;
    request.urgency = DESK_URGENCY_EMERGENCY;
    expect(request, DESK_SCENE_CLEO, DESK_RULE_HURRY);
    request.urgency = DESK_URGENCY_ORDINARY;
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act prepare = preparation(11);
    prepare.until_s = scene.now_s + DESK_GRANT_BULK_S;
    ok(prepare, DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BRUNO), DESK_SCENE_BRUNO);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED); /* one more of each */
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BERTA), DESK_SCENE_BERTA);
    expect(act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL), DESK_SCENE_AXEL, DESK_RULE_SAME_REGION);
    struct desk_staff more = scene.staff;
    scene.staff.list[DESK_SCENE_AXEL].region[0] = 'f';
    scene.staff.list[DESK_SCENE_AXEL].region[1] = 'r';
    struct desk_act last = act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL);
    memcpy(last.region, "fr", sizeof("fr"));
    ok(last, DESK_SCENE_AXEL);
    scene.staff = more;
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_WAIT);
    scene.now_s += DESK_BULK_WAIT_S - 1;
    process(DESK_ACT_OPENED, DESK_RULE_WAIT);
    scene.now_s += 1;
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
}

static void approve_by_all(void)
{
    static const enum desk_scene_who who[] = {DESK_SCENE_ABEL, DESK_SCENE_ALMA, DESK_SCENE_BELA,
                                              DESK_SCENE_BRUNO, DESK_SCENE_BERTA};
    struct desk_staff staff = scene.staff;
    for (u32 i = 0; i < ARRAY_COUNT(who); i += 1) {
        ok(act_of(DESK_ACT_APPROVE, who[i]), who[i]);
    }
    memcpy(scene.staff.list[DESK_SCENE_AXEL].region, "fr", sizeof("fr"));
    struct desk_act last = act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL);
    memcpy(last.region, "fr", sizeof("fr"));
    ok(last, DESK_SCENE_AXEL);
    scene.staff = staff;
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
    (void)desk_scene_tell(&scene);
}

static void a_search_is_counted_before_anybody_is_named(void **state)
{
    (void)state;
    static struct desk_told told;
    bool some = false;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    request.class = DESK_CLASS_SEARCH;
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    struct desk_act assess = assessment(&request);
    expect(assess, DESK_SCENE_ANNA, DESK_RULE_SCOPE); /* nobody is named yet */
    assess.records_count = 0;
    ok(assess, DESK_SCENE_ANNA);
    struct desk_act prepare = preparation(0);
    prepare.until_s = scene.now_s + DESK_GRANT_BULK_S;
    ok(prepare, DESK_SCENE_PIA);
    (void)desk_scene_tell(&scene);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    assert_int_equal(desk_store_untold(scene.store, &told, &some), FAULT_NONE);
    assert_int_equal(told.flags, 2); /* seen by everybody at once */
    struct desk_act again = preparation(0);
    again.until_s = prepare.until_s;
    ok(again, DESK_SCENE_PIA); /* approvals begin anew */
    approve_by_all();
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_REQUEST);
    process(DESK_ACT_COUNTED, DESK_RULE_WAIT);
    scene.now_s += DESK_BULK_WAIT_S;
    struct desk_act counted = act_of(DESK_ACT_COUNTED, DESK_SCENE_CLEO);
    counted.count = 2;
    assert_int_equal(
        desk_store_process(scene.store, &counted, &scene.staff, scene.now_s, &scene.rule),
        FAULT_NONE);
    struct desk_act found = act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA);
    for (u32 i = 0; i < 3; i += 1) {
        found.records[i] = (struct desk_record){.ordinal = i + 1, .group = DESK_GROUP_IDENTITY};
    }
    found.records_count = 3;
    expect(found, DESK_SCENE_ANNA, DESK_RULE_SCOPE); /* two were found */
    found.records_count = 2;
    ok(found, DESK_SCENE_ANNA);
    prepare = preparation(2);
    prepare.until_s = scene.now_s + DESK_GRANT_BULK_S;
    ok(prepare, DESK_SCENE_PIA);
    approve_by_all();
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_COUNTED, DESK_RULE_REQUEST);
    process(DESK_ACT_OPENED, DESK_RULE_WAIT);
    scene.now_s += DESK_BULK_WAIT_S;
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
}

static void an_emergency_without_its_paper(void **state)
{
    (void)state;
    u32 count = 0;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    memset(request.instrument, 0, sizeof(request.instrument));
    memset(request.sealed, 0, sizeof(request.sealed));
    request.dated_s = 0;
    expect(request, DESK_SCENE_CLEO, DESK_RULE_PAPER);
    request.urgency = DESK_URGENCY_EMERGENCY;
    ok(request, DESK_SCENE_CLEO);
    expect(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_CALL_BACK);
    authenticate();
    ok(assessment(&request), DESK_SCENE_ANNA);
    struct desk_act prepare = preparation(1);
    prepare.until_s += 1;
    expect(prepare, DESK_SCENE_PIA, DESK_RULE_UNTIL); /* the shorter clock */
    ok(preparation(1), DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_ASSESSED); /* the same quorum */
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BRUNO), DESK_SCENE_BRUNO);
    (void)desk_scene_tell(&scene);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    process(DESK_ACT_DELIVERED, DESK_RULE_NONE);
    process(DESK_ACT_LAPSE, DESK_RULE_NOT_YET);
    scene.now_s += DESK_INSTRUMENT_S;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &count), FAULT_NONE);
    assert_int_equal(count, 1);
    const struct desk_case *at = desk_case(desk_store_desk(scene.store), name);
    assert_true(at->is_lapsed);
    assert_true((desk_alarm(at, scene.now_s) & DESK_ALARM_INSTRUMENT) != 0);
    struct desk_act late = act_of(DESK_ACT_INSTRUMENT, DESK_SCENE_CLEO);
    memcpy(late.instrument, late.evidence, sizeof(late.instrument));
    memcpy(late.sealed, late.evidence, sizeof(late.sealed));
    memcpy(late.reference, "late", sizeof("late"));
    late.dated_s = scene.now_s;
    expect(late, DESK_SCENE_CLEO, DESK_RULE_LAPSED);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    assert_int_equal(desk_alarm(at, scene.now_s), 0);
}

static struct desk_act silence_until(u64 until_s)
{
    struct desk_act act = act_of(DESK_ACT_SILENCE, DESK_SCENE_ANNA);
    act.until_s = until_s;
    desk_scene_hash(&scene, act.instrument);
    desk_scene_hash(&scene, act.sealed);
    memcpy(act.reference, "S", sizeof("S"));
    act.dated_s = scene.now_s;
    return act;
}

static void a_silence_ends_with_a_notice(void **state)
{
    (void)state;
    static struct desk_told told;
    bool some = false;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    process(DESK_ACT_DELIVERED, DESK_RULE_NONE);
    struct desk_act silence = silence_until(scene.now_s + DESK_SILENCE_S + 1);
    expect(silence, DESK_SCENE_ANNA, DESK_RULE_UNTIL); /* none for ever */
    silence.until_s = scene.now_s + 86400;
    ok(silence, DESK_SCENE_ANNA);
    u64 ends_s = scene.now_s + 2 * 86400;
    ok(silence_until(ends_s), DESK_SCENE_ANNA); /* made longer while it runs */
    expect(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO, DESK_RULE_SILENT);
    const struct desk_case *at = desk_case(desk_store_desk(scene.store), name);
    scene.now_s = ends_s;
    assert_int_equal(desk_alarm(at, scene.now_s), 0);
    expect(silence_until(ends_s + 86400), DESK_SCENE_ANNA, DESK_RULE_UNTIL); /* not revived */
    scene.now_s = ends_s + DESK_NOTICE_GRACE_S + 1;
    assert_true((desk_alarm(at, scene.now_s) & DESK_ALARM_SILENCE) != 0);
    (void)desk_scene_tell(&scene);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    assert_int_equal(desk_alarm(at, scene.now_s), 0);
    assert_int_equal(desk_store_untold(scene.store, &told, &some), FAULT_NONE);
    assert_string_equal(told.kind, "notice");
    assert_int_equal(told.until, 0); /* the month pairs it with the silence by its case */
}

static void grants_end(void **state)
{
    (void)state;
    u32 count = 0;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    scene.now_s += DESK_GRANT_PLAIN_S;
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &count), FAULT_NONE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_EXPIRED);
    struct desk_act assess = act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA);
    assess.records[0] = (struct desk_record){.ordinal = 1, .group = DESK_GROUP_IDENTITY};
    assess.records_count = 1;
    expect(assess, DESK_SCENE_ANNA, DESK_RULE_NOT_YET); /* its opening may still be told */
    scene.now_s += DESK_LATE_S;
    assess.at_s = scene.now_s;
    ok(assess, DESK_SCENE_ANNA); /* may be assessed anew, and takes every approval again */
    assert_int_equal(desk_case(desk_store_desk(scene.store), name)->approvals_count, 0);
}

static void a_restriction_opens_nothing(void **state)
{
    (void)state;
    struct desk_act request = desk_scene_request(&scene, name, 1);
    request.request = DESK_REQUEST_RESTRICT;
    expect(request, DESK_SCENE_CLEO, DESK_RULE_SHAPE);
    request.opening = DESK_OPENING_NONE;
    request.records_count = 0;
    ok(request, DESK_SCENE_CLEO);
    authenticate();
    ok(act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
    ok(preparation(1), DESK_SCENE_PIA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ABEL), DESK_SCENE_ABEL);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_ALMA), DESK_SCENE_ALMA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BELA), DESK_SCENE_BELA);
    ok(act_of(DESK_ACT_APPROVE, DESK_SCENE_BRUNO), DESK_SCENE_BRUNO);
    (void)desk_scene_tell(&scene);
    expect(act_of(DESK_ACT_CARRY_OUT, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_STATE);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_REQUEST);
    ok(act_of(DESK_ACT_CARRY_OUT, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
}

static void what_was_compared_is_told(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    process(DESK_ACT_LOGGED, DESK_RULE_NONE);
    process(DESK_ACT_OPENED, DESK_RULE_NONE);
    process(DESK_ACT_MISMATCH, DESK_RULE_NONE);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_REJECTED);
    expect(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA, DESK_RULE_NOTICE);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_CLOSE, DESK_SCENE_ANNA), DESK_SCENE_ANNA);
}

/* ---- the file ---- */

static void rows_are_only_added(void **state)
{
    (void)state;
    static const char *const damages[] = {"UPDATE events SET person = 12", "DELETE FROM events",
                                          "DELETE FROM told", "UPDATE told SET log = 9",
                                          "UPDATE venue SET name = x'00'"};
    struct sql sql = {.db = NULL};
    static const struct sql_format format = {
        .application = 0x434d4244U, .version = 1, .what = "a desk"};
    desk_scene_approved(&scene, name);
    desk_store_close(scene.store);
    scene.store = NULL;
    assert_int_equal(sql_open(&sql, scene.path, SQL_WRITE, &format), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(damages); i += 1) {
        assert_int_not_equal(sql_run(&sql, damages[i]), FAULT_NONE);
    }
    sql_close(&sql);
    desk_scene_store(&scene);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_APPROVED);
}

static void a_row_that_was_changed_is_seen(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE events SET person = 12 WHERE number = 6",
        "UPDATE events SET now_s = now_s + 1 WHERE number = 6",
        "UPDATE events SET quorum_a = 1 WHERE number = 6",
        "UPDATE events SET text = replace(text, 'cleo', 'alma') WHERE number = 6",
        "DELETE FROM events WHERE number = 6",
        "DELETE FROM events WHERE number = 13",
        "UPDATE events SET number = 99 WHERE number = 13",
    };
    static const struct sql_format format = {
        .application = 0x434d4244U, .version = 1, .what = "a desk"};
    desk_scene_approved(&scene, name);
    for (u32 i = 0; i < ARRAY_COUNT(damages); i += 1) {
        struct sql sql = {.db = NULL};
        struct desk_store_options options = {.path = "",
                                             .access = SQL_READ,
                                             .venue = "demo.invalid",
                                             .cases_max = 8,
                                             .verifies = true};
        char path[96];
        (void)snprintf(path, sizeof(path), "%s/copy%u.db", scene.folder, i);
        assert_int_equal(sql_copy(scene.path, scene.folder, path), FAULT_NONE);
        assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
        assert_int_equal(sql_run(&sql, "DROP TRIGGER events_update"), FAULT_NONE);
        assert_int_equal(sql_run(&sql, "DROP TRIGGER events_delete"), FAULT_NONE);
        assert_int_equal(sql_run(&sql, damages[i]), FAULT_NONE);
        sql_close(&sql);
        options.path = path;
        struct desk_store *store = NULL;
        enum fault fault = desk_store_open(&store, &options);
        if (fault != FAULT_ROT) {
            fail_msg("%s: %s", damages[i], fault_name(fault));
        }
    }
}

static void another_venues_desk_is_refused(void **state)
{
    (void)state;
    struct desk_store *store = NULL;
    struct desk_store_options options = {
        .path = scene.path, .access = SQL_WRITE, .venue = "x.invalid", .cases_max = 8};
    assert_int_equal(desk_store_open(&store, &options), FAULT_FOREIGN);
}

static void a_desk_has_an_end(void **state)
{
    (void)state;
    struct desk_store_options options = {
        .path = scene.path, .access = SQL_WRITE, .venue = "demo.invalid", .cases_max = 1};
    desk_store_close(scene.store);
    assert_int_equal(desk_store_open(&scene.store, &options), FAULT_NONE);
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    expect(desk_scene_request(&scene, other, 1), DESK_SCENE_CLEO, DESK_RULE_FULL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(a_case_from_end_to_end),
        TEST(every_step_is_in_the_log_before_it_is_logged),
        TEST(nothing_is_logged_that_the_log_has_not),
        TEST(whose_signature_it_is),
        TEST(approvals),
        TEST(who_has_ties_steps_back),
        TEST(the_process_has_no_ties),
        TEST(who_amended_does_not_decide),
        TEST(a_fake_authority),
        TEST(an_emergency_of_an_unregistered_authority),
        TEST(the_call_goes_to_the_registered_number),
        TEST(an_authority_takes_two_groups),
        TEST(a_third_country_without_a_treaty),
        TEST(no_more_than_was_asked),
        TEST(many_people_are_bulk),
        TEST(a_search_is_counted_before_anybody_is_named),
        TEST(an_emergency_without_its_paper),
        TEST(a_silence_ends_with_a_notice),
        TEST(grants_end),
        TEST(a_restriction_opens_nothing),
        TEST(what_was_compared_is_told),
        TEST(rows_are_only_added),
        TEST(a_row_that_was_changed_is_seen),
        TEST(another_venues_desk_is_refused),
        TEST(a_desk_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
