/* Aim: cases, clocks, acts, reports and notices follow from events alone, and an act that may not
 * be changes nothing. Method: events made by hand in a database of its own. */
#include "role/cases/case_store.h"

#include "role/cases/case_query.h"
#include "tests/support/case_scene.h"
#include "wire/link.h"

#include <stdio.h>
#include <string.h>

#define WITHDRAW_ONLY 0x284AU
#define REVIEW        0x1500U
#define CARL          13U
#define ACCOUNT       7U

static struct event_decision decision(u8 rule, enum truth truth, u16 vector)
{
    return (struct event_decision){.cause_seq = seq,
                                   .person = PERSON,
                                   .pack = 1,
                                   .rule = rule,
                                   .truth = (u8)truth,
                                   .vector = vector};
}

static void tell(struct event_decision event)
{
    event.head = head_of(EVENT_DECISION, sizeof(event), 0);
    TELL(event);
}

static void tell_candidate(u8 rule)
{
    struct event_decision event = decision(rule, TRUTH_UNKNOWN, REVIEW);
    event.reasons = DECISION_REASON_CANDIDATE;
    tell(event);
}

static void tell_nothing(u8 rule)
{
    tell(decision(rule, TRUTH_NO, 0));
}

static void tell_vector(u64 vector)
{
    struct event_restricted event = {.head = head_of(EVENT_RESTRICTED, sizeof(event), ACCOUNT),
                                     .after = vector,
                                     .person = PERSON};
    TELL(event);
}

static void act(u64 matter, enum case_act what, u32 officer, u32 second)
{
    struct command_case_act command = {.matter = matter,
                                       .person = PERSON,
                                       .officer = officer,
                                       .second = second,
                                       .act = (u16)what,
                                       .until = now_us + 30 * DAY};
    memset(command.evidence, (int)what, sizeof(command.evidence));
    tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
}

/* The pack is there, and the account is the person's. */
static void begin(void)
{
    tell_pack(1, PACK_STATE_ACTIVE);
    tell_link(PERSON, ACCOUNT, true);
}

/* ---- looking ---- */

static struct case_row rows[CASE_QUERY_ROWS_MAX];

static u32 list(u32 kind, bool open_only)
{
    struct case_filter filter = {.kind = kind, .open_only = open_only, .limit = 100};
    u32 count = 0;
    scene_must(case_query_list(store, &filter, rows, &count));
    return count;
}

static struct case_row only(enum case_kind kind, bool open_only)
{
    assert_int_equal(list(kind, open_only), 1);
    return rows[0];
}

static void assert_state(u64 matter, enum case_state wanted, enum case_outcome outcome)
{
    struct case_row row;
    bool found = false;
    scene_must(case_query_one(store, matter, &row, &found));
    assert_true(found);
    assert_int_equal(row.state, wanted);
    assert_int_equal(row.outcome, outcome);
    assert_int_equal(row.closed_us != 0, wanted == CASE_STATE_CLOSED);
}

/* Why the last act of the case counted for nothing. */
static enum case_void last_void(u64 matter)
{
    struct case_act_row acts[64];
    u32 count = 0;
    scene_must(case_query_acts(store, matter, 0, 64, acts, &count));
    assert_true(count > 0);
    return (enum case_void)acts[count - 1].is_void;
}

static void assert_inbox(u32 account, const char *wanted)
{
    struct case_notice_row notices[64];
    char found[65] = {0};
    u32 count = 0;
    scene_must(case_query_notices(store, account, NULL, 64, notices, &count));
    for (u32 i = 0; i < count; i += 1) {
        found[count - 1 - i] = (char)('0' + (u32)notices[i].notice.kind);
    }
    assert_string_equal(found, wanted);
}

/* ---- what opens and closes cases ---- */

static void candidate_opens_a_case_with_a_clock(void **state)
{
    struct command_listing_set verdict = {.person = PERSON,
                                          .state = LISTING_STATE_CANDIDATE,
                                          .score = 9857,
                                          .list = 555,
                                          .entry = 42,
                                          .officer = ANNA};
    (void)state;
    begin();
    tell_applied(&verdict, sizeof(verdict), COMMAND_LISTING_SET, 0);
    verdict.state = LISTING_STATE_CONFIRMED; /* another one's: not what this is about */
    verdict.entry = 43;
    tell_applied(&verdict, sizeof(verdict), COMMAND_LISTING_SET, 0);
    tell_candidate(0);
    struct case_row row = only(CASE_KIND_CANDIDATE, true);
    assert_int_equal(row.amount, 9857);
    assert_int_equal(row.matter, seq << CASE_ITEM_BITS);
    assert_int_equal(row.deadline_us, now_us + CASE_ANSWER_US);
    assert_true(row.list == 555 && row.entry == 42 && row.person == PERSON);
    assert_string_equal(row.pack_id, "test-pack");
    assert_string_equal(row.rule_id, "r.listed");
    assert_int_equal(row.version, 4);
    assert_memory_equal(row.hash, pack_hash, sizeof(row.hash));
    now_us += DAY;
    tell_candidate(0);
    assert_int_equal(list(0, false), 1);
    tell_nothing(0);
    assert_state(row.matter, CASE_STATE_CLOSED, CASE_OUTCOME_SETTLED);
    assert_int_equal(list(0, true), 0);
    assert_inbox(ACCOUNT, "78");
}

static void freeze_opens_reports_that_outlive_it(void **state)
{
    (void)state;
    begin();
    tell(decision(0, TRUTH_YES, FREEZE));
    struct case_row freeze = only(CASE_KIND_FREEZE, true);
    struct case_row report = only(CASE_KIND_REPORT, true);
    assert_string_equal(report.what, "ofac");
    assert_int_equal(report.business_days, 10);
    /* Ten business days after Thursday, 21 April 2022: the end of Thursday, 5 May. */
    assert_int_equal(case_due_us(&report, NULL), (19117ULL + 1) * DAY);
    assert_int_equal(report.item, 1);
    tell_nothing(0);
    assert_state(freeze.matter, CASE_STATE_CLOSED, CASE_OUTCOME_SETTLED);
    assert_state(report.matter, CASE_STATE_OPEN, CASE_OUTCOME_NONE);
    act(report.matter, CASE_ACT_CLOSE, ANNA, 0);
    assert_int_equal(last_void(report.matter), CASE_VOID_STATE);
    act(report.matter, CASE_ACT_REPORT_FILED, ANNA, 0);
    assert_state(report.matter, CASE_STATE_CLOSED, CASE_OUTCOME_FILED);
    assert_inbox(ACCOUNT, "12");
}

static void threshold_opens_its_duties(void **state)
{
    (void)state;
    begin();
    tell(decision(1, TRUTH_YES, WITHDRAW_ONLY));
    assert_int_equal(list(0, true), 3);
    assert_int_equal(only(CASE_KIND_WIND_DOWN, true).deadline_us, now_us + 90 * DAY);
    assert_int_equal(only(CASE_KIND_CLOSE_ACCOUNT, true).deadline_us, 0);
    assert_int_equal(only(CASE_KIND_THRESHOLD, true).vector, WITHDRAW_ONLY);
    struct event_decision warned = decision(1, TRUTH_NO, 0);
    warned.flags = DECISION_FLAG_WARNED | DECISION_FLAG_HOLDINGS_KNOWN;
    warned.holdings = 950000000000;
    tell(warned);
    assert_int_equal(list(0, true), 0);
    assert_inbox(ACCOUNT, "123");
}

static void evidence_has_the_findings_deadline(void **state)
{
    struct event_decision event = decision(1, TRUTH_UNKNOWN, 0x40);
    (void)state;
    begin();
    event.reasons = DECISION_REASON_FACT;
    event.missing = 1U << FACT_KIND_RESIDENCE;
    event.deadline = now_us + 14 * DAY;
    tell(event);
    struct case_row row = only(CASE_KIND_EVIDENCE, true);
    assert_int_equal(row.deadline_us, now_us + 14 * DAY);
    event.deadline += DAY;
    tell(event);
    assert_int_equal(only(CASE_KIND_EVIDENCE, true).deadline_us, now_us + 15 * DAY);
    event.reasons |= DECISION_REASON_DEADLINE;
    event.vector = WITHDRAW_ONLY;
    tell(event);
    assert_int_equal(only(CASE_KIND_EVIDENCE, true).matter, row.matter);
    tell_nothing(1);
    assert_state(row.matter, CASE_STATE_CLOSED, CASE_OUTCOME_SETTLED);
    assert_inbox(ACCOUNT, "4452");
}

static struct event_ledger ledger(enum ledger_cause cause, u64 reference)
{
    return (struct event_ledger){.head =
                                     head_of(EVENT_LEDGER, sizeof(struct event_ledger), ACCOUNT),
                                 .entry = seq,
                                 .amount = amount_of(500),
                                 .reference = reference,
                                 .asset = 3,
                                 .cause = (u8)cause};
}

static void deposits_of_the_restricted_are_cases(void **state)
{
    (void)state;
    begin();
    tell(decision(1, TRUTH_YES, WITHDRAW_ONLY));
    tell_vector(WITHDRAW_ONLY);
    struct event_ledger event = ledger(LEDGER_CAUSE_DEPOSIT_HELD, 77);
    TELL(event);
    struct case_row row = only(CASE_KIND_HELD_DEPOSIT, true);
    assert_true(row.account == ACCOUNT && row.person == PERSON && row.reference == 77);
    assert_true(row.amount == 500 && row.asset == 3);
    event = ledger(LEDGER_CAUSE_DEPOSIT_RETURN, 77);
    TELL(event);
    assert_state(row.matter, CASE_STATE_CLOSED, CASE_OUTCOME_RETURNED);
    event = ledger(LEDGER_CAUSE_DEPOSIT, 0);
    TELL(event);
    assert_int_equal(list(CASE_KIND_FROZEN_DEPOSIT, false), 0);
    tell(decision(0, TRUTH_YES, FREEZE));
    tell_vector(FREEZE);
    event = ledger(LEDGER_CAUSE_DEPOSIT, 0);
    TELL(event);
    row = only(CASE_KIND_FROZEN_DEPOSIT, true);
    assert_int_equal(row.business_days, 10);
    assert_string_equal(row.rule_id, "r.listed");
}

static void refused_movements_are_reported_once_a_day(void **state)
{
    struct event_rejected event = {.command = COMMAND_WITHDRAW_HOLD};
    (void)state;
    begin();
    for (u32 i = 0; i < 6; i += 1) {
        event.head = head_of(EVENT_REJECTED, sizeof(event), ACCOUNT);
        TELL(event);
        if (i == 1) {
            tell(decision(0, TRUTH_YES, FREEZE));
            tell_vector(FREEZE);
        }
        now_us += i == 3 ? DAY : 1;
    }
    assert_int_equal(list(CASE_KIND_REPORT_REJECTED, true), 2);
    assert_int_equal(rows[0].business_days, 10);
    assert_int_equal(rows[1].reference, rows[0].reference + 1);
}

static void yearly_report_counts_who_was_held_on_the_day(void **state)
{
    (void)state;
    begin();
    tell(decision(0, TRUTH_YES, FREEZE));
    now_us = (u64)case_day_of(2022, 7, 1) * DAY - 1;
    tell_vector(FREEZE);
    assert_int_equal(list(CASE_KIND_REPORT_YEARLY, false), 0);
    now_us += 1;
    tell_vector(FREEZE);
    struct case_row row = only(CASE_KIND_REPORT_YEARLY, true);
    assert_int_equal(row.deadline_us, (u64)case_day_of(2022, 10, 1) * DAY);
    assert_true(row.amount == 1 && row.reference == 2022 && row.person == 0);
    tell_nothing(0);
    now_us = (u64)case_day_of(2023, 7, 2) * DAY;
    tell_vector(0);
    assert_int_equal(list(CASE_KIND_REPORT_YEARLY, false), 1);
}

/* ---- officers ---- */

static void one_officer_has_a_case(void **state)
{
    (void)state;
    begin();
    tell_candidate(0);
    u64 matter = only(CASE_KIND_CANDIDATE, true).matter;
    act(matter, CASE_ACT_TAKE, 0, 0);
    assert_int_equal(last_void(matter), CASE_VOID_OFFICER);
    act(matter, CASE_ACT_TAKE, ANNA, 0);
    assert_state(matter, CASE_STATE_TAKEN, CASE_OUTCOME_NONE);
    act(matter, CASE_ACT_TAKE, BELA, 0);
    assert_int_equal(last_void(matter), CASE_VOID_OWNED);
    act(matter, CASE_ACT_DECIDE, BELA, 0);
    assert_int_equal(last_void(matter), CASE_VOID_OWNED);
    assert_int_equal(only(CASE_KIND_CANDIDATE, true).owner, ANNA);
    act(matter, CASE_ACT_TAKE, BELA, ANNA);
    assert_int_equal(only(CASE_KIND_CANDIDATE, true).owner, BELA);
    act(matter + 1, CASE_ACT_TAKE, BELA, 0);
    assert_int_equal(last_void(matter + 1), CASE_VOID_UNKNOWN);
}

static void a_trade_group_that_names_a_case_is_on_its_record(void **state)
{
    (void)state;
    begin();
    tell_candidate(0);
    struct command_person_group command = {.person = PERSON,
                                           .matter = only(CASE_KIND_CANDIDATE, true).matter,
                                           .officer = ANNA,
                                           .second = BELA};
    tell_applied(&command, sizeof(command), COMMAND_PERSON_GROUP, 0);
    struct case_act_row acts[8];
    u32 count = 0;
    scene_must(case_query_acts(store, command.matter, 0, ARRAY_COUNT(acts), acts, &count));
    assert_true(count > 0);
    assert_int_equal(acts[count - 1].command, COMMAND_PERSON_GROUP);
    assert_int_equal(acts[count - 1].second, BELA);
}

static void tightening_wants_a_second_within_a_day(void **state)
{
    (void)state;
    begin();
    tell(decision(0, TRUTH_YES, FREEZE));
    u64 matter = only(CASE_KIND_FREEZE, true).matter;
    act(matter, CASE_ACT_DECIDE, ANNA, ANNA);
    assert_int_equal(last_void(matter), CASE_VOID_SAME);
    act(matter, CASE_ACT_DECIDE, ANNA, 0);
    assert_state(matter, CASE_STATE_SECOND, CASE_OUTCOME_CONFIRMED);
    struct case_row row = only(CASE_KIND_FREEZE, true);
    assert_int_equal(case_due_us(&row, NULL), now_us + CASE_SECOND_US);
    u64 open = 0;
    u64 late = 0;
    scene_must(case_query_counts(store, now_us + CASE_SECOND_US - 1, &open, &late));
    assert_true(open == 2 && late == 0);
    scene_must(case_query_counts(store, now_us + CASE_SECOND_US, &open, &late));
    assert_true(open == 2 && late == 1);
    act(matter, CASE_ACT_SECOND, ANNA, ANNA);
    assert_int_equal(last_void(matter), CASE_VOID_SAME);
    act(matter, CASE_ACT_SECOND, BELA, ANNA);
    assert_int_equal(last_void(matter), CASE_VOID_SAME);
    act(matter, CASE_ACT_SECOND, ANNA, BELA);
    assert_state(matter, CASE_STATE_DECIDED, CASE_OUTCOME_CONFIRMED);
    act(matter, CASE_ACT_SECOND, ANNA, CARL);
    assert_int_equal(last_void(matter), CASE_VOID_STATE);
    tell_nothing(0);
    assert_state(matter, CASE_STATE_CLOSED, CASE_OUTCOME_CONFIRMED);
    act(matter, CASE_ACT_TAKE, CARL, 0);
    assert_int_equal(last_void(matter), CASE_VOID_CLOSED);
}

static void loosening_is_never_alone(void **state)
{
    struct command_listing_set verdict = {.person = PERSON,
                                          .state = LISTING_STATE_CANDIDATE,
                                          .list = 555,
                                          .entry = 42,
                                          .officer = ANNA};
    struct case_whitelist_row whitelist[4];
    u32 count = 0;
    (void)state;
    begin();
    tell_applied(&verdict, sizeof(verdict), COMMAND_LISTING_SET, 0);
    tell_candidate(0);
    u64 matter = only(CASE_KIND_CANDIDATE, true).matter;
    act(matter, CASE_ACT_CLEAR, ANNA, 0);
    assert_int_equal(last_void(matter), CASE_VOID_SECOND);
    act(matter, CASE_ACT_WHITELIST, ANNA, ANNA);
    assert_int_equal(last_void(matter), CASE_VOID_SAME);
    scene_must(case_query_whitelist(store, 0, 4, whitelist, &count));
    assert_int_equal(count, 0);
    act(matter, CASE_ACT_WHITELIST, ANNA, BELA);
    assert_state(matter, CASE_STATE_CLEARED, CASE_OUTCOME_WHITELISTED);
    scene_must(case_query_whitelist(store, 0, 4, whitelist, &count));
    assert_int_equal(count, 1);
    assert_true(whitelist[0].list == 555 && whitelist[0].entry == 42);
    assert_int_equal(whitelist[0].until_us, now_us + 30 * DAY);
    act(matter, CASE_ACT_DECIDE, ANNA, BELA);
    assert_int_equal(last_void(matter), CASE_VOID_STATE);
    tell_nothing(0);
    assert_state(matter, CASE_STATE_CLOSED, CASE_OUTCOME_WHITELISTED);
}

static void appeal_goes_to_who_took_no_part(void **state)
{
    (void)state;
    begin();
    tell(decision(1, TRUTH_YES, WITHDRAW_ONLY));
    u64 matter = only(CASE_KIND_THRESHOLD, true).matter;
    act(matter, CASE_ACT_DECIDE, ANNA, BELA);
    act(matter, CASE_ACT_APPEAL, 0, 0);
    u64 appeal = only(CASE_KIND_APPEAL, true).matter;
    assert_int_equal(rows[0].parent, matter);
    assert_int_equal(rows[0].deadline_us, now_us + CASE_APPEAL_US);
    act(matter, CASE_ACT_APPEAL, 0, 0);
    assert_int_equal(last_void(matter), CASE_VOID_APPEALED);
    act(appeal, CASE_ACT_TAKE, BELA, 0);
    assert_int_equal(last_void(appeal), CASE_VOID_SAME);
    act(appeal, CASE_ACT_UPHOLD, ANNA, 0);
    assert_int_equal(last_void(appeal), CASE_VOID_SAME);
    act(appeal, CASE_ACT_OVERTURN, CARL, ANNA);
    assert_int_equal(last_void(appeal), CASE_VOID_SAME);
    act(appeal, CASE_ACT_OVERTURN, CARL, 0);
    assert_int_equal(last_void(appeal), CASE_VOID_SECOND);
    act(appeal, CASE_ACT_CLOSE, CARL, 0);
    assert_int_equal(last_void(appeal), CASE_VOID_STATE);
    act(appeal, CASE_ACT_UPHOLD, CARL, 0);
    assert_state(appeal, CASE_STATE_CLOSED, CASE_OUTCOME_UPHELD);
    tell_nothing(1);
    act(matter, CASE_ACT_APPEAL, 0, 0);
    assert_int_equal(last_void(matter), CASE_VOID_NONE);
    assert_int_equal(list(CASE_KIND_APPEAL, true), 1);
}

static void a_case_opened_by_hand_is_closed_by_hand(void **state)
{
    (void)state;
    begin();
    act(0, CASE_ACT_OPEN, 0, 0);
    assert_int_equal(list(0, false), 0);
    act(0, CASE_ACT_OPEN, ANNA, 0);
    u64 matter = only(CASE_KIND_MANUAL, true).matter;
    assert_true(rows[0].owner == ANNA && rows[0].deadline_us == now_us + 30 * DAY);
    struct command_fact_set fact = {.person = PERSON, .officer = ANNA, .matter = matter};
    tell_applied(&fact, sizeof(fact), COMMAND_FACT_SET, 0);
    act(matter, CASE_ACT_EVIDENCE, CARL, 0);
    act(matter, CASE_ACT_CLOSE, BELA, 0);
    assert_int_equal(last_void(matter), CASE_VOID_OWNED);
    act(matter, CASE_ACT_CLOSE, ANNA, 0);
    assert_state(matter, CASE_STATE_CLOSED, CASE_OUTCOME_SETTLED);
    struct case_act_row acts[16];
    u32 count = 0;
    scene_must(case_query_acts(store, matter, 0, 16, acts, &count));
    assert_int_equal(count, 5);
    assert_int_equal(acts[1].command, COMMAND_FACT_SET);
    assert_int_equal(acts[2].evidence[0], CASE_ACT_EVIDENCE);
}

static void seen_before(u32 person, u32 version, u32 seen)
{
    struct command_case_act command = {.person = person, .act = CASE_ACT_OPEN};
    bytes_put_u32(command.evidence, version);
    bytes_put_u32(command.evidence + 4, seen);
    tell_applied_of(LINK_SOURCE_SCREEN, &command, sizeof(command), COMMAND_CASE_ACT, 0);
}

static void who_was_seen_before_opens_one_case(void **state)
{
    (void)state;
    begin();
    seen_before(PERSON, 1, 3);
    u64 matter = only(CASE_KIND_DUPLICATE, true).matter;
    assert_string_equal(rows[0].what, "document and person");
    assert_int_equal(rows[0].deadline_us, now_us + CASE_ANSWER_US);
    act(matter, CASE_ACT_EVIDENCE, ANNA, 0);
    seen_before(PERSON, 1, 3); /* told again, as after a crash */
    assert_int_equal(list(CASE_KIND_DUPLICATE, true), 1);
    seen_before(PERSON, 2, 3);
    seen_before(PERSON + 1, 1, 1);
    seen_before(PERSON, 3, 0); /* nothing was */
    seen_before(PERSON, 3, 4);
    assert_int_equal(list(CASE_KIND_DUPLICATE, true), 3);
    /* Screening does nothing else, whatever officers it names. */
    struct command_case_act command = {
        .matter = matter, .person = PERSON, .act = CASE_ACT_CLOSE, .officer = ANNA};
    tell_applied_of(LINK_SOURCE_SCREEN, &command, sizeof(command), COMMAND_CASE_ACT, 0);
    assert_int_equal(last_void(matter), CASE_VOID_OFFICER);
    assert_state(matter, CASE_STATE_OPEN, CASE_OUTCOME_NONE);
    act(matter, CASE_ACT_CLOSE, ANNA, 0);
    assert_state(matter, CASE_STATE_CLOSED, CASE_OUTCOME_SETTLED);
}

/* ---- pages ---- */

static u32 page(struct case_filter *filter)
{
    u32 count = 0;
    scene_must(case_query_list(store, filter, rows, &count));
    if (count > 0) {
        filter->after = case_place_of(&rows[count - 1]);
    }
    return count;
}

/* Six cases by hand, two of them closed; the newer the case, the earlier it is due. */
static void six_cases(u64 matters_out[6])
{
    for (u32 i = 0; i < 6; i += 1) {
        struct command_case_act command = {.person = PERSON,
                                           .officer = ANNA,
                                           .act = CASE_ACT_OPEN,
                                           .until = now_us + (20 - i) * DAY};
        tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
        matters_out[i] = seq << CASE_ITEM_BITS;
    }
    act(matters_out[1], CASE_ACT_CLOSE, ANNA, 0);
    now_us += DAY;
    act(matters_out[4], CASE_ACT_CLOSE, ANNA, 0);
}

static void pages_give_each_case_once(void **state)
{
    static const u32 order[] = {5, 3, 2, 0, 4, 1};
    u64 matters[6];
    (void)state;
    six_cases(matters);
    for (u32 size = 1; size <= 7; size += 1) {
        struct case_filter filter = {.limit = size};
        u32 at = 0;
        for (u32 count = page(&filter); count > 0; count = page(&filter)) {
            for (u32 i = 0; i < count; i += 1) {
                assert_int_equal(rows[i].matter, matters[order[at]]);
                at += 1;
            }
        }
        assert_int_equal(at, 6);
    }
}

/* A case that closes between two pages is not asked for again, and no other is passed over. */
static void pages_pass_over_nothing_when_a_case_closes(void **state)
{
    u64 matters[6];
    struct case_filter filter = {.limit = 2, .open_only = true};
    (void)state;
    six_cases(matters);
    assert_int_equal(page(&filter), 2);
    act(matters[5], CASE_ACT_CLOSE, ANNA, 0);
    assert_int_equal(page(&filter), 2);
    assert_int_equal(rows[0].matter, matters[2]);
    assert_int_equal(rows[1].matter, matters[0]);
    assert_int_equal(page(&filter), 0);
}

static void only_what_is_due_by_then(void **state)
{
    struct case_holidays none = {.count = 0};
    struct case_holidays holidays = {.count = 1};
    u64 matters[6];
    (void)state;
    six_cases(matters);
    struct case_filter filter = {.limit = 10, .due_us = START + 17 * DAY};
    assert_int_equal(page(&filter), 2);
    assert_int_equal(rows[0].matter, matters[5]);
    assert_true(case_is_due(&rows[1], &none, filter.due_us));
    assert_false(case_is_due(&rows[1], &none, filter.due_us - 1));
    /* Business days: the rows are those that are due without holidays, the rest is said by name. */
    struct case_row report = {
        .opened_us = START, .business_days = 1, .deadline_us = START + 2 * DAY};
    assert_true(case_is_due(&report, &none, START + 2 * DAY));
    holidays.days[0] = (u32)(START / DAY) + 1;
    assert_false(case_is_due(&report, &holidays, START + 2 * DAY));
    report.closed_us = 1;
    assert_false(case_is_due(&report, &none, START + 2 * DAY));
}

/* ---- inboxes ---- */

static void a_neutral_hold_is_told_once_whatever_it_rests_on(void **state)
{
    struct command_restrict by_hand = {.restrictions = REVIEW};
    (void)state;
    begin();
    tell_link(2, 8, true);
    tell_candidate(0);
    tell(decision(2, TRUTH_YES, REVIEW));
    tell_applied(&by_hand, sizeof(by_hand), COMMAND_RESTRICT, ACCOUNT);
    tell_nothing(0);
    tell_nothing(2);
    assert_inbox(ACCOUNT, "7");
    by_hand.restrictions = 0;
    tell_applied(&by_hand, sizeof(by_hand), COMMAND_RESTRICT, ACCOUNT);
    assert_inbox(ACCOUNT, "78");
    by_hand.restrictions = REVIEW;
    tell_applied(&by_hand, sizeof(by_hand), COMMAND_RESTRICT, 8);
    assert_inbox(8, "7");
    /* Nothing in the rows tells one from the other. */
    static struct case_notice_row newest[2];
    static struct case_notice_row one[2];
    static struct case_notice_row other[2];
    u32 count = 0;
    scene_must(case_query_notices(store, ACCOUNT, NULL, 1, newest, &count));
    scene_must(case_query_notices(store, ACCOUNT, &newest[0], 1, one, &count));
    assert_int_equal(count, 1);
    scene_must(case_query_notices(store, 8, NULL, 1, other, &count));
    assert_memory_equal(&one[0].notice.finding, &other[0].notice.finding,
                        sizeof(one[0].notice.finding));
    assert_memory_equal(one[0].hash, other[0].hash, sizeof(one[0].hash));
}

static void an_account_that_joins_is_told_what_holds(void **state)
{
    (void)state;
    begin();
    tell_candidate(0);
    tell(decision(2, TRUTH_YES, REVIEW));
    tell(decision(1, TRUTH_YES, WITHDRAW_ONLY));
    tell_link(PERSON, 8, true);
    assert_inbox(8, "71");
    tell_link(PERSON, 8, false);
    assert_inbox(8, "7128");
    assert_inbox(ACCOUNT, "71");
}

static void a_pack_without_text_is_neutral(void **state)
{
    (void)state;
    begin();
    memset(pack_hash, 9, sizeof(pack_hash));
    tell_pack(2, PACK_STATE_ACTIVE);
    assert_int_equal(case_store_textless(store), 1);
    struct event_decision event = decision(0, TRUTH_YES, WITHDRAW_ONLY);
    event.pack = 2;
    tell(event);
    assert_inbox(ACCOUNT, "7");
    assert_int_equal(only(CASE_KIND_RULE, true).pack, 2);
}

/* ---- bytes from outside ---- */

static void events_that_cannot_be_are_refused(void **state)
{
    (void)state;
    begin();
    struct event_decision event = decision(0, TRUTH_YES, FREEZE);
    event.head = head_of(EVENT_DECISION, sizeof(event), 0);
    event.truth = 3;
    assert_int_equal(try_apply(&event, sizeof(event)), FAULT_ROT);
    event.truth = TRUTH_YES;
    event.head.units = 1;
    assert_int_equal(try_apply(&event, WIRE_UNIT), FAULT_ROT);
    event.head.units = sizeof(event) / WIRE_UNIT;
    assert_int_equal(try_apply(&event, sizeof(event) - WIRE_UNIT), FAULT_ROT);
    event.head.seq = seq + 1;
    assert_int_equal(try_apply(&event, sizeof(event)), FAULT_ROT);
    event.head.seq = seq;
    event.head.kind = EVENT_KIND_COUNT;
    assert_int_equal(try_apply(&event, sizeof(event)), FAULT_ROT);
    now_us -= 1;
    event.head.kind = EVENT_DECISION;
    assert_int_equal(try_apply(&event, sizeof(event)), FAULT_ROT);
    now_us += 1;
    TELL(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(candidate_opens_a_case_with_a_clock, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(freeze_opens_reports_that_outlive_it, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(threshold_opens_its_duties, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(evidence_has_the_findings_deadline, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(deposits_of_the_restricted_are_cases, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(refused_movements_are_reported_once_a_day, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(yearly_report_counts_who_was_held_on_the_day,
                                        case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(one_officer_has_a_case, case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(a_trade_group_that_names_a_case_is_on_its_record,
                                        case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(tightening_wants_a_second_within_a_day, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(loosening_is_never_alone, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(appeal_goes_to_who_took_no_part, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(who_was_seen_before_opens_one_case, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(a_case_opened_by_hand_is_closed_by_hand, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(pages_give_each_case_once, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(pages_pass_over_nothing_when_a_case_closes, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(only_what_is_due_by_then, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(a_neutral_hold_is_told_once_whatever_it_rests_on,
                                        case_scene_make, case_scene_clear),
        cmocka_unit_test_setup_teardown(an_account_that_joins_is_told_what_holds, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(a_pack_without_text_is_neutral, case_scene_make,
                                        case_scene_clear),
        cmocka_unit_test_setup_teardown(events_that_cannot_be_are_refused, case_scene_make,
                                        case_scene_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
