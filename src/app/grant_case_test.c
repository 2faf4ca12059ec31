/* Aim: the grant that is written from a case says what was assessed; one that says more, or is of
 * another case, is refused by name; acts that do not follow each other are none.
 *
 * Method: acts of an invented case as the desk prints them, without signatures; the grant that is
 * written from them, changed in one thing at a time. */
#include "app/grant_case.h"

#include "io/digest.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

enum { ACTS_BYTES = 65536, NOW_S = 1795428000, DAY = 20800 };

#define ROW "1111111111111111111111111111111111111111111111111111111111111111"

static char acts[ACTS_BYTES];
static size_t acts_bytes;
static u32 acts_count;
static u8 prior[DESK_HASH_BYTES];
static struct grant_case at;
static struct grant grant;
static const u64 persons[] = {70, 90};
static const char rows[] = "70 identity 2 1 1 " ROW "\n70 bank 1 1 1 " ROW
                           "\n90 identity 1 1 1 " ROW "\n90 contact 1 1 1 " ROW "\n";
static const char paper[] = "1 document AB-123\n1 name Nemo  Nobody\n2 email X@y.example\n";

static struct desk_act act_of(enum desk_act_kind kind)
{
    struct desk_act act = {.kind = (u8)kind,
                           .role = DESK_ROLE_LEGAL,
                           .reason = DESK_REASON_NONE,
                           .at_s = NOW_S,
                           .name = {1, 2, 3}};
    memcpy(act.venue, "demo.invalid", sizeof("demo.invalid"));
    memcpy(act.officer, "anna", sizeof("anna"));
    memcpy(act.region, "fr", sizeof("fr"));
    act.evidence[0] = 1;
    return act;
}

static void add(struct desk_act act)
{
    char text[DESK_ACT_TEXT_BYTES];
    struct sha256 sha256;
    memcpy(act.prior, prior, sizeof(act.prior));
    size_t size = desk_act_print(&act, text);
    acts_count += 1;
    acts_bytes += (size_t)snprintf(acts + acts_bytes, sizeof(acts) - acts_bytes, "# %u 0\n%s",
                                   acts_count, text);
    if (act.kind == DESK_ACT_APPROVE) {
        return;
    }
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(text, size));
    sha256_end(&sha256, prior);
    sha256_close(&sha256);
}

static void subject_add(struct desk_act *act, u32 ordinal, enum desk_field field, const char *value)
{
    struct desk_subject *subject = &act->subjects[act->subjects_count];
    subject->ordinal = ordinal;
    subject->field = (u8)field;
    assert_true(grant_identifier_hash(act->name, ordinal, (enum grant_field)field,
                                      span_of_text(value), subject->hash));
    act->subjects_count += 1;
}

/* Two people: bank of the first within half a year, contact of the second. */
static struct desk_act request(void)
{
    struct desk_act act = act_of(DESK_ACT_RECEIVE);
    act.role = DESK_ROLE_CLERK;
    act.request = DESK_REQUEST_DISCLOSE;
    act.mark = DESK_MARK_ORDER;
    act.opening = DESK_OPENING_AUTHORITY;
    act.basis = DESK_BASIS_UNION_LAW;
    act.class = DESK_CLASS_PLAIN;
    act.urgency = DESK_URGENCY_ORDINARY;
    memcpy(act.country, "FR", 3);
    memcpy(act.authority, "xa-court", sizeof("xa-court"));
    memcpy(act.reference, "7/2026", sizeof("7/2026"));
    act.instrument[0] = act.sealed[0] = 5;
    act.dated_s = NOW_S - 3600;
    subject_add(&act, 1, DESK_FIELD_NAME, "nemo nobody");
    subject_add(&act, 1, DESK_FIELD_DOCUMENT, "ab123");
    subject_add(&act, 2, DESK_FIELD_EMAIL, "x@Y.example");
    act.records[0] = (struct desk_record){
        .ordinal = 1, .group = DESK_GROUP_BANK, .from_day = DAY, .to_day = DAY + 180};
    act.records[1] = (struct desk_record){.ordinal = 2, .group = DESK_GROUP_CONTACT};
    act.records_count = 2;
    return act;
}

static void assess(void)
{
    struct desk_act act = act_of(DESK_ACT_ASSESS);
    act.records[0] = (struct desk_record){
        .ordinal = 1, .group = DESK_GROUP_BANK, .from_day = DAY + 10, .to_day = DAY + 180};
    act.records[1] = (struct desk_record){.ordinal = 2, .group = DESK_GROUP_CONTACT};
    act.records_count = 2;
    add(act);
}

static enum fault read_it(void)
{
    enum fault fault = grant_case_read(span_of(acts, acts_bytes), "acts", NULL, &at);
    u8 key[AGE_KEY_BYTES] = {9};
    age_recipient_print(key, at.recipient);
    return fault;
}

static enum fault write_it(const char *of_rows, const char *of_paper)
{
    const struct grant_case_parts parts = {.now_s = NOW_S + 60,
                                           .log_size = 12,
                                           .nonce = {3},
                                           .persons = persons,
                                           .persons_count = 2,
                                           .rows = span_of_text(of_rows),
                                           .paper = span_of_text(of_paper)};
    return grant_case_write(&at, &parts, &grant);
}

static int make(void **state)
{
    (void)state;
    acts_bytes = acts_count = 0;
    memset(prior, 0, sizeof(prior));
    add(request());
    struct desk_act call = act_of(DESK_ACT_CALL_BACK);
    memcpy(call.authority, "xa-court", sizeof("xa-court"));
    memcpy(call.telephone, "+00 1", sizeof("+00 1"));
    add(call);
    add(act_of(DESK_ACT_AUTHENTICATE));
    assess();
    if (read_it() != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    return 0;
}

static void is_refused(enum fault fault, const char *words)
{
    if (fault != FAULT_REFUSED || strstr(fault_text(), words) == NULL) {
        fail_msg("%s: %s: %s", words, fault_name(fault), fault_text());
    }
    fault_forget();
}

static void a_grant_says_what_was_assessed(void **state)
{
    (void)state;
    static struct grant again;
    char text[GRANT_TEXT_BYTES];
    assert_int_equal(write_it(rows, paper), FAULT_NONE);
    size_t size = grant_print(&grant, text);
    assert_int_equal(grant_read(span_of(text, size), "grant", &again), FAULT_NONE);
    assert_non_null(strstr(text, "record: 70 identity 2 1 1 compare none " ROW "\n"
                                 "record: 70 bank 1 1 1 deliver 2026-12-23..2027-06-11 " ROW "\n"
                                 "record: 90 identity 1 1 1 compare none " ROW "\n"
                                 "record: 90 contact 1 1 1 deliver none " ROW "\n"));
    assert_int_equal(grant.identifiers_count, 3);
    assert_int_equal(grant.expires_s, NOW_S + 60 + GRANT_PLAIN_S);
    assert_int_equal(grant_case_holds(&at, &grant, persons, 2), FAULT_NONE);
    for (u32 i = 0; i < 3; i += 1) { /* under a nonce of its own: nothing of the case's is in it */
        for (u32 subject = 0; subject < 3; subject += 1) {
            assert_memory_not_equal(grant.identifiers[i].hash, at.asked.subjects[subject].hash, 32);
        }
    }
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    is_refused(write_it("70 identity 1 1 1 " ROW "\n70 bank 1 1 1 " ROW "\n", paper),
               "contact of the case's person 2 was assessed and is not there");
    is_refused(write_it("70 identity 1 1 1 " ROW "\n70 logins 1 1 1 " ROW "\n", paper),
               "logins of person 70 was not assessed");
    is_refused(write_it("71 identity 1 1 1 " ROW "\n", paper), "identity of person 71");
    is_refused(write_it(rows, "1 document AB 124\n"), "does not have this document");
    is_refused(write_it(rows, "2 document AB 123\n"), "does not have this document");
    assert_int_equal(write_it("70 identity 1 1 1\n", paper), FAULT_INPUT);
    assert_int_equal(write_it("", paper), FAULT_INPUT);
    assert_int_equal(write_it("70 orders 1 1 1 " ROW "\n", paper), FAULT_INPUT);
    assert_int_equal(write_it(rows, "document AB 123\n"), FAULT_INPUT);
    assert_int_equal(write_it(rows, "1 document AB 123"), FAULT_INPUT);
    assert_int_equal(write_it(rows, "1 document AB 123\n"), FAULT_INPUT); /* nothing of person 2 */
    fault_forget();
}

/* One thing of the grant is changed, and put back. */
#define WITH(field, value, words)                                     \
    do {                                                              \
        struct grant before = grant;                                  \
        grant.field = (value);                                        \
        is_refused(grant_case_holds(&at, &grant, persons, 2), words); \
        grant = before;                                               \
    } while (false)

static void a_grant_that_says_more(void **state)
{
    (void)state;
    assert_int_equal(write_it(rows, paper), FAULT_NONE);
    WITH(venue[0], 'x', "another venue");
    WITH(name[0], 9, "another case");
    WITH(kind, GRANT_REPORT, "kind or basis");
    WITH(basis, GRANT_TREATY, "kind or basis");
    WITH(country[0], 'D', "authority or country");
    WITH(authority[0], 'y', "authority or country");
    WITH(instrument[1], 1, "its instrument");
    WITH(class, GRANT_CLASS_BULK, "its class");
    WITH(class, GRANT_CLASS_SEARCH, "its class");
    WITH(is_emergency, true, "its urgency");
    WITH(silence_s, NOW_S + 3600, "its silence");
    WITH(recipient[0], 1, "its recipient");
    WITH(records[1].from_day, DAY + 9, "bank of person 70 is more");
    WITH(records[1].to_day, 0, "bank of person 70 is more");
    WITH(records[1].label.group, SEAL_GROUP_LOGINS, "logins of person 70 is more");
    WITH(records[0].is_compared, false, "identity of person 70 is more");
    WITH(records[3].label.subject, 70, "contact of person 70 is more");
    WITH(records[3].label.subject, 91, "person 91 is nobody");
    WITH(identifiers[0].field, GRANT_FIELD_PHONE, "does not name person 70 by phone");
    WITH(identifiers[2].subject, 70, "does not name person 70 by email");
    is_refused(grant_case_holds(&at, &grant, persons, 1), "person 90 is nobody");
    grant.records[1].from_day += 5; /* less is no fault */
    grant.records_count = 2;
    assert_int_equal(grant_case_holds(&at, &grant, persons, 2), FAULT_NONE);
}

/* Two people, of a request for many and of what a search found: the text is the case's class. */
static void a_class_stays(void **state)
{
    (void)state;
    static const u8 classes[] = {DESK_CLASS_BULK, DESK_CLASS_SEARCH};
    static const char *const lines[] = {"\nclass: bulk\n", "\nclass: search\n"};
    for (u32 i = 0; i < ARRAY_COUNT(classes); i += 1) {
        char text[GRANT_TEXT_BYTES];
        struct desk_act asked = request();
        asked.class = classes[i];
        acts_bytes = acts_count = 0;
        memset(prior, 0, sizeof(prior));
        add(asked);
        assess();
        assert_int_equal(read_it(), FAULT_NONE);
        assert_int_equal(write_it(rows, paper), FAULT_NONE);
        assert_int_equal(grant.subjects_count, 2);
        assert_int_equal(grant.expires_s, NOW_S + 60 + GRANT_BULK_S);
        (void)grant_print(&grant, text);
        assert_non_null(strstr(text, lines[i]));
        WITH(class, GRANT_CLASS_PLAIN, "its class"); /* it would not wait */
        WITH(class, i == 0 ? GRANT_CLASS_SEARCH : GRANT_CLASS_BULK, "its class");
    }
}

static void what_came_behind_the_request(void **state)
{
    (void)state;
    struct desk_act silence = act_of(DESK_ACT_SILENCE);
    struct desk_act prepare = act_of(DESK_ACT_PREPARE);
    silence.until_s = NOW_S + 86400;
    silence.instrument[0] = silence.sealed[0] = 6;
    silence.dated_s = NOW_S;
    memcpy(silence.reference, "S", 2);
    add(silence);
    prepare.role = DESK_ROLE_PREPARER;
    prepare.grant[0] = 8;
    prepare.until_s = NOW_S + 3600;
    memcpy(prepare.persons, persons, sizeof(persons));
    prepare.persons_count = 2;
    add(prepare);
    struct desk_act approve = act_of(DESK_ACT_APPROVE);
    approve.grant[0] = 8;
    add(approve);
    approve.at_s += 1;
    add(approve);
    assert_int_equal(read_it(), FAULT_NONE);
    assert_int_equal(at.acts, 8);
    assert_int_equal(at.prepared.persons[1], 90);
    assert_int_equal(write_it(rows, paper), FAULT_NONE);
    assert_int_equal(grant.silence_s, NOW_S + 86400);
    grant.silence_s = 0;
    is_refused(grant_case_holds(&at, &grant, persons, 2), "its silence");
    assess(); /* a preparation is of the assessment before it */
    assert_int_equal(read_it(), FAULT_NONE);
    assert_int_equal(at.prepared.kind, 0);
}

static void prepare_by(const char *code, const u8 hash[GRANT_HASH_BYTES])
{
    struct desk_act prepare = act_of(DESK_ACT_PREPARE);
    prepare.role = DESK_ROLE_PREPARER;
    memset(prepare.officer, 0, sizeof(prepare.officer));
    memcpy(prepare.officer, code, strlen(code));
    memcpy(prepare.grant, hash, sizeof(prepare.grant));
    prepare.until_s = NOW_S + 3600;
    memcpy(prepare.persons, persons, sizeof(persons));
    prepare.persons_count = 2;
    add(prepare);
}

static struct grant_circle circle_of(const char *const *codes, u32 count)
{
    struct grant_circle circle = {.officers_count = count};
    for (u32 i = 0; i < count; i += 1) {
        struct officer *signer = &circle.officers[i].signer;
        memcpy(signer->code, codes[i], strlen(codes[i]));
        signer->number = 11 + i;
    }
    return circle;
}

/* Anna took in and assessed, pia prepared. The circle knows anna under another code alone, since
 * these acts are not signed. */
static void who_proposed_does_not_approve(void **state)
{
    (void)state;
    static struct grant_file file;
    const char *const codes[] = {"bela", "pia2", "abel"};
    struct grant_circle circle = circle_of(codes, 3);
    assert_int_equal(write_it(rows, paper), FAULT_NONE);
    file = (struct grant_file){.grant = grant, .hash = {8}};
    prepare_by("pia", file.hash);
    struct span all = span_of(acts, acts_bytes);
    u8 key[AGE_KEY_BYTES] = {9};
    memcpy(file.grant.recipient, key, sizeof(key));
    assert_int_equal(grant_case_judge(all, "acts", &circle, &file, &at), FAULT_NONE);
    assert_int_equal(at.proposers_count, 2);
    assert_int_equal(grant_case_may_approve(&at, &circle, &circle.officers[0]), FAULT_NONE);
    memcpy(circle.officers[2].signer.code, "anna", sizeof("anna"));
    is_refused(grant_case_may_approve(&at, &circle, &circle.officers[2]),
               "anna took in, assessed or prepared this case");
    is_refused(grant_case_may_approve(&at, &circle, &circle.officers[2]), "does not approve it");
    memcpy(circle.officers[2].signer.code, "abel", sizeof("abel"));
    file.signatures_count = 2; /* of a stranger, who is refused elsewhere, and of bela */
    memcpy(file.signatures[0].officer, "anna", sizeof("anna"));
    memcpy(file.signatures[1].officer, "bela", sizeof("bela"));
    assert_int_equal(grant_case_judge(all, "acts", &circle, &file, &at), FAULT_NONE);
    file.hash[0] = 7;
    is_refused(grant_case_judge(all, "acts", NULL, &file, &at), "has not prepared this grant");
    file.hash[0] = 8;
    circle = circle_of(codes, 3);
    circle.wants_case = true;
    is_refused(grant_case_judge(all, "acts", &circle, &file, &at),
               "the circle knows no anna, who assessed");
}

/* What zoe prepared was assessed anew since; zoe2 is the same person. */
static void it_holds_for_the_person_and_for_ever(void **state)
{
    (void)state;
    const char *const codes[] = {"zoe", "zoe2", "bela"};
    const u8 hashes[2][GRANT_HASH_BYTES] = {{4}, {8}};
    struct grant_circle circle = circle_of(codes, 3);
    prepare_by("zoe", hashes[0]);
    assess();
    prepare_by("pia", hashes[1]);
    assert_int_equal(read_it(), FAULT_NONE);
    is_refused(grant_case_may_approve(&at, &circle, &circle.officers[0]), "zoe took in");
    assert_int_equal(grant_case_may_approve(&at, &circle, &circle.officers[1]), FAULT_NONE);
    circle.officers[1].signer.number = circle.officers[0].signer.number;
    is_refused(grant_case_may_approve(&at, &circle, &circle.officers[1]), "zoe2 took in");
    assert_int_equal(grant_case_may_approve(&at, &circle, &circle.officers[2]), FAULT_NONE);
}

static void acts_that_are_none(void **state)
{
    (void)state;
    acts[acts_bytes / 2] ^= 1;
    assert_int_equal(read_it(), FAULT_INPUT);
    (void)make(NULL);
    memset(prior, 7, sizeof(prior));
    assess();
    assert_int_equal(read_it(), FAULT_INPUT);
    (void)make(NULL);
    acts_bytes -= 1;
    assert_int_equal(read_it(), FAULT_INPUT);
    acts_bytes = 0;
    assert_int_equal(read_it(), FAULT_INPUT);
    acts_bytes = (size_t)snprintf(acts, sizeof(acts), "# 1 0\n");
    assert_int_equal(read_it(), FAULT_INPUT);
    acts_bytes = acts_count = 0;
    memset(prior, 0, sizeof(prior));
    add(request());
    is_refused(read_it(), "nothing that is granted was assessed");
    acts_bytes = acts_count = 0;
    memset(prior, 0, sizeof(prior));
    assess(); /* a case begins with what came */
    assert_int_equal(read_it(), FAULT_INPUT);
    fault_forget();
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup(test, make)
    const struct CMUnitTest tests[] = {
        TEST(a_grant_says_what_was_assessed),
        TEST(what_is_not_there_is_said),
        TEST(a_grant_that_says_more),
        TEST(a_class_stays),
        TEST(what_came_behind_the_request),
        TEST(who_proposed_does_not_approve),
        TEST(it_holds_for_the_person_and_for_ever),
        TEST(acts_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
