/* Aim: what a customer does on the page goes to the right case by the rows alone: one appeal in its
 * clock, against the newest case that stands or against none; evidence to who waits for it; and
 * what is told of an appeal is the same whatever restricts. Method: events made by hand. */
#include "role/cases/case_query.h"
#include "role/cases/case_store.h"
#include "tests/support/case_scene.h"

#include <string.h>

#define REVIEW  0x1500U
#define CARL    13U
#define ACCOUNT 7U
#define OTHER   8U
#define NOTICE  (START - DAY)

static struct case_row rows[CASE_QUERY_ROWS_MAX];

static void act(u32 account, enum case_act what, u8 hash)
{
    struct command_case_act command = {.person = PERSON, .act = (u16)what, .until = NOTICE};
    memset(command.evidence, hash, sizeof(command.evidence));
    tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, account);
}

static void officer_act(u64 matter, enum case_act what, u32 officer, u32 second)
{
    struct command_case_act command = {
        .matter = matter, .person = PERSON, .officer = officer, .second = second, .act = (u16)what};
    tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
}

static void tell_finding(u8 rule, enum truth truth, u16 vector, u8 reasons)
{
    struct event_decision event = {.cause_seq = seq,
                                   .person = PERSON,
                                   .pack = 1,
                                   .rule = rule,
                                   .truth = (u8)truth,
                                   .vector = vector,
                                   .reasons = reasons};
    event.head = head_of(EVENT_DECISION, sizeof(event), 0);
    TELL(event);
}

static void begin(void)
{
    tell_pack(1, PACK_STATE_ACTIVE);
    tell_link(PERSON, ACCOUNT, true);
}

static u32 list(u32 kind, bool open_only)
{
    struct case_filter filter = {.kind = kind, .open_only = open_only, .limit = 100};
    u32 count = 0;
    scene_must(case_query_list(store, &filter, rows, &count));
    return count;
}

static struct case_row only(u32 kind)
{
    assert_int_equal(list(kind, false), 1);
    return rows[0];
}

static struct case_row newest(void)
{
    struct case_row row;
    bool found = false;
    scene_must(case_query_appeal(store, PERSON, &row, &found));
    assert_true(found);
    return row;
}

static void an_appeal_is_against_what_stands(void **state)
{
    (void)state;
    begin();
    tell_finding(2, TRUTH_UNKNOWN, REVIEW, DECISION_REASON_CANDIDATE);
    u64 candidate = only(CASE_KIND_CANDIDATE).matter;
    now_us += DAY;
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    struct case_row appeal = only(CASE_KIND_APPEAL);
    assert_true(appeal.parent == candidate && appeal.account == ACCOUNT);
    assert_true(appeal.person == PERSON && appeal.reference == NOTICE);
    assert_true(appeal.deadline_us == now_us + CASE_APPEAL_US);
    officer_act(candidate, CASE_ACT_TAKE, ANNA, 0);
    officer_act(appeal.matter, CASE_ACT_UPHOLD, ANNA, 0); /* who took part does not answer */
    assert_int_equal(newest().closed_us, 0);
    officer_act(appeal.matter, CASE_ACT_UPHOLD, CARL, 0);
    assert_int_equal(newest().outcome, CASE_OUTCOME_UPHELD);
}

static void the_newest_open_case_is_appealed(void **state)
{
    (void)state;
    begin();
    tell_finding(2, TRUTH_UNKNOWN, REVIEW, DECISION_REASON_CANDIDATE);
    tell_finding(0, TRUTH_YES, FREEZE, 0);
    u64 freeze = only(CASE_KIND_FREEZE).matter;
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    u64 parent = newest().parent;
    bool found = false;
    struct case_row row;
    scene_must(case_query_one(store, parent, &row, &found));
    assert_true(found && row.closed_us == 0 && !case_is_report(&row));
    assert_true(row.matter >= freeze || row.kind == CASE_KIND_FREEZE);
}

/* One at a time, and one in its clock; then another. */
static void one_appeal_at_a_time(void **state)
{
    (void)state;
    begin();
    tell_finding(2, TRUTH_UNKNOWN, REVIEW, DECISION_REASON_CANDIDATE);
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    u64 first = newest().matter;
    u64 until = newest().deadline_us;
    now_us += DAY;
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    assert_true(newest().matter == first && newest().deadline_us == until);
    officer_act(first, CASE_ACT_UPHOLD, CARL, 0);
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    assert_int_equal(newest().matter, first);
    struct case_row closed = newest();
    assert_true(case_appeal_stands(&closed, until - 1) && !case_appeal_stands(&closed, until));
    now_us = until;
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    assert_true(newest().matter != first && newest().closed_us == 0);
    assert_int_equal(list(CASE_KIND_APPEAL, false), 2);
}

/* What an officer set by hand has no case: the appeal has none either, and every officer may. */
static void what_was_set_by_hand_is_appealed_too(void **state)
{
    (void)state;
    begin();
    act(ACCOUNT, CASE_ACT_APPEAL, 0);
    struct case_row appeal = newest();
    assert_true(appeal.parent == 0 && appeal.account == ACCOUNT);
    officer_act(appeal.matter, CASE_ACT_OVERTURN, ANNA, BELA);
    assert_int_equal(newest().outcome, CASE_OUTCOME_OVERTURNED);
}

static void nobody_appeals_for_an_account_of_nobody(void **state)
{
    (void)state;
    begin();
    act(OTHER, CASE_ACT_APPEAL, 0);
    act(OTHER, CASE_ACT_EVIDENCE, 3);
    assert_int_equal(list(0, false), 0);
}

/* State, times and clock: all that a customer is told. */
static struct inbox_told {
    u64 made;
    u64 until;
    u64 closed;
    u8 outcome;
} told_of(bool by_hand)
{
    struct inbox_told told;
    now_us = START;
    seq = 100;
    begin();
    if (!by_hand) {
        tell_finding(2, TRUTH_UNKNOWN, REVIEW, DECISION_REASON_CANDIDATE);
    }
    act(ACCOUNT, CASE_ACT_EVIDENCE, 9);
    act(ACCOUNT, CASE_ACT_APPEAL, 9);
    now_us += DAY;
    officer_act(newest().matter, CASE_ACT_UPHOLD, CARL, 0);
    struct case_row row = newest();
    memset(&told, 0, sizeof(told));
    told.made = row.opened_us;
    told.until = row.deadline_us;
    told.closed = row.closed_us;
    told.outcome = row.outcome;
    return told;
}

static void what_is_told_is_the_same_whatever_restricts(void **state)
{
    (void)state;
    struct inbox_told first = told_of(false);
    assert_int_equal(case_scene_clear(state), 0);
    assert_int_equal(case_scene_make(state), 0);
    struct inbox_told second = told_of(true);
    assert_memory_equal(&first, &second, sizeof(first));
}

static struct case_evidence_counts counts_of(u8 hash)
{
    struct case_evidence_counts counts;
    u8 bytes[CASE_HASH_BYTES];
    memset(bytes, hash, sizeof(bytes));
    scene_must(case_query_evidence(store, PERSON, bytes, &counts));
    return counts;
}

static void evidence_goes_to_who_waits_for_it(void **state)
{
    (void)state;
    begin();
    tell_finding(1, TRUTH_UNKNOWN, REVIEW, 0);
    u32 wanted = list(CASE_KIND_EVIDENCE, true);
    tell_finding(2, TRUTH_UNKNOWN, REVIEW, DECISION_REASON_CANDIDATE);
    act(ACCOUNT, CASE_ACT_EVIDENCE, 5);
    u32 kind = wanted > 0 ? CASE_KIND_EVIDENCE : CASE_KIND_CANDIDATE;
    assert_int_equal(list(kind, true), 1);
    assert_int_equal(rows[0].evidence[0], 5);
    act(ACCOUNT, CASE_ACT_APPEAL, 5);
    act(ACCOUNT, CASE_ACT_EVIDENCE, 6);
    assert_int_equal(only(CASE_KIND_APPEAL).evidence[0], 6);
    struct case_evidence_counts counts = counts_of(6);
    assert_true(counts.all == 2 && counts.person == 2 && counts.same == 1);
    assert_int_equal(counts_of(7).same, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_appeal_is_against_what_stands, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(the_newest_open_case_is_appealed, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(one_appeal_at_a_time, case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(what_was_set_by_hand_is_appealed_too, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(nobody_appeals_for_an_account_of_nobody, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(what_is_told_is_the_same_whatever_restricts,
                                        case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(evidence_goes_to_who_waits_for_it, case_scene_make,
                                        case_scene_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
