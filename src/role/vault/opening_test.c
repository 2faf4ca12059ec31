/* Aim: nobody does their part for a grant that the two groups did not approve, that witnesses did
 * not see, that is altered, late, early or used before; each refusal names its cause.
 *
 * Method: one whole opening with real keys, shares and a log in memory; each test changes one
 * thing, and both the officers' client and the opener judge it. Everything that is written is
 * searched for the canary that stands in every record. */
#include "role/vault/opening.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/opening_run.h"

#include <string.h>

/* ---- attacks on approvals and the grant ---- */

static void one_approval(void **state)
{
    (void)state;
    prepare(1);
    sign("0");
    log_grant();
    assert_judged(FAULT_REFUSED, "group A: 1 of the 2 people");
}

static void approvals_of_one_group(void **state)
{
    (void)state;
    prepare(1);
    sign("012");
    log_grant();
    assert_judged(FAULT_REFUSED, "group B: 0 of the 2 people");
}

static void a_grant_altered_by_a_byte(void **state)
{
    (void)state;
    static char text[GRANT_FILE_BYTES];
    prepare(1);
    size_t size = grant_file_print(&file, text);
    struct grant_file kept = file;
    for (size_t at = 0; at < size; at += random_between(&chance, 1, 5)) {
        char byte = text[at];
        text[at] = (char)(byte ^ (1 << random_below(&chance, 7)));
        if (grant_file_read(span_of(text, size), "g", &file) == FAULT_NONE) {
            struct opening_granted granted;
            assert_int_equal(opening_judge_grant(&judge, &file,
                                                 span_of(grant_shown, grant_shown_bytes), &granted),
                             FAULT_REFUSED);
        }
        text[at] = byte;
    }
    file = kept;
    assert_delivered();
}

/* Approved by the same officers, but not what is in the log. */
static void a_grant_that_is_not_the_one_in_the_log(void **state)
{
    (void)state;
    prepare(1);
    memset(grant.nonce, 0x78, sizeof(grant.nonce));
    assert_true(grant_identifier_hash(grant.nonce, 7, GRANT_FIELD_DOCUMENT,
                                      span_of_text("XY-000100"), grant.identifiers[0].hash));
    sign("0134");
    assert_judged(FAULT_REFUSED, "grant: the receipt is of another text");
}

static void an_approval_that_the_log_does_not_have(void **state)
{
    (void)state;
    prepare(1);
    sign("01345");
    assert_judged(FAULT_REFUSED, "grant: the receipt is of another text");
}

static void an_expired_grant(void **state)
{
    (void)state;
    prepare(1);
    judge.now_s = grant.expires_s + 1;
    assert_judged(FAULT_REFUSED, "grant: expired at 2026-11-24T12:00:00Z");
}

static void a_backdated_grant(void **state)
{
    (void)state;
    static char text[GRANT_FILE_BYTES];
    prepare(1);
    struct opening_scene_event event = grant_event(text);
    event.slot_s = grant.issued_s - 1;
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
    assert_judged(FAULT_REFUSED, "grant: in the log before it was written");
    grant.log_size = 40; /* the log had more entries when it was written than where it stands */
    sign("0134");
    log_grant();
    assert_judged(FAULT_REFUSED, "grant: in the log before it was written");
    prepare(1);
    judge.now_s = grant.issued_s - OPENING_AHEAD_S - 1;
    assert_judged(FAULT_REFUSED, "grant: issued at 2026-11-23T12:00:00Z, which is to come");
}

static void a_bulk_grant_waits(void **state)
{
    (void)state;
    prepare(11);
    assert_delivered();
    prepare(11);
    judge.now_s = GRANT_SCENE_ISSUED_S + 600 + GRANT_BULK_WAIT_S - 1;
    assert_judged(FAULT_REFUSED, "grant: a bulk grant waits until 2026-11-26T12:10:0");
    static char text[GRANT_FILE_BYTES];
    prepare(11);
    struct opening_scene_event event = grant_event(text);
    event.flags = 0; /* not to be seen in public */
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
    assert_judged(FAULT_REFUSED, "grant: logged as another class, or with other flags");
    event = grant_event(text);
    event.is_flag_hidden = true;
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
    assert_judged(FAULT_REFUSED, "grant: logged as another class, or with other flags");
}

static void prepare_waiting(enum grant_class class, const char *approvers)
{
    prepare(1);
    grant.class = class;
    grant.expires_s = grant.issued_s + GRANT_BULK_S;
    sign(approvers);
    judge.now_s = NOW_S + GRANT_BULK_WAIT_S;
    forget_log();
    log_grant();
    begin_opener();
    log_opening();
    release("0134");
}

/* Of one person in the end: what was asked of many, and what a search found. */
static void so_does_what_is_left_of_it(void **state)
{
    (void)state;
    static const enum grant_class classes[] = {GRANT_CLASS_BULK, GRANT_CLASS_SEARCH};
    static const char *const says[] = {"grant: a bulk grant waits until 2026-11-26T12:10:0",
                                       "grant: what a search found waits until 2026-11-26T12:10:0"};
    static char text[GRANT_FILE_BYTES];
    for (u32 i = 0; i < ARRAY_COUNT(classes); i += 1) {
        prepare_waiting(classes[i], "012345");
        assert_delivered();
        prepare_waiting(classes[i], "0134");
        assert_judged(FAULT_REFUSED, "group A: 2 of the 3 people whose approval it takes");
        prepare_waiting(classes[i], "012345");
        judge.now_s = GRANT_SCENE_ISSUED_S + 600 + GRANT_BULK_WAIT_S - 1;
        assert_judged(FAULT_REFUSED, says[i]);
        prepare_waiting(classes[i], "012345");
        struct opening_scene_event event = grant_event(text);
        event.flags ^= PUBLOG_FLAGS; /* seen in public, as the other one */
        grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
        assert_judged(FAULT_REFUSED, "grant: logged as another class, or with other flags");
    }
}

static void an_emergency_has_its_own_slots(void **state)
{
    (void)state;
    prepare(1);
    grant.is_emergency = true;
    grant.expires_s = grant.issued_s + GRANT_EMERGENCY_S;
    sign("0134");
    log_grant();
    begin_opener();
    log_opening();
    release("0134");
    assert_delivered();
    static char text[GRANT_FILE_BYTES];
    struct opening_scene_event event = grant_event(text);
    event.class = PUBLOG_CLASS_ORDINARY;
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
    assert_int_equal(judge_all(), FAULT_REFUSED);
    assert_words("grant: logged as another class");
}

/* ---- attacks on the log ---- */

static void the_log_has_stopped(void **state)
{
    (void)state;
    prepare(1);
    opening_shown_bytes = 0;
    assert_judged(FAULT_INPUT, "opening: its receipt is not");
    prepare(1);
    memcpy(opening_shown, grant_shown, grant_shown_bytes); /* all there is */
    opening_shown_bytes = grant_shown_bytes;
    assert_judged(FAULT_REFUSED, "the receipt is of an event of the kind grant, not opening");
}

static void witnesses_are_out_of_reach(void **state)
{
    (void)state;
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    for (u32 reached = 0; reached < 2; reached += 1) {
        prepare(1);
        struct opening_scene_event event = opening_event(text, salt);
        event.witnesses = reached;
        opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
        assert_judged(FAULT_REFUSED, "opening: too few known witnesses");
    }
}

/* Under a policy that wants no witness nobody says when a grant was logged, so that it might be of
 * any time. */
static void nobody_says_when(void **state)
{
    (void)state;
    prepare(1);
    struct tlog_policy_group kept = scene.policy.quorum;
    scene.policy.quorum = (struct tlog_policy_group){.wanted = 0};
    assert_judged(FAULT_REFUSED, "grant: no witness says when it was logged");
    scene.policy.quorum = kept;
    assert_delivered();
}

static void a_stale_checkpoint(void **state)
{
    (void)state;
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    prepare(1);
    struct opening_scene_event event = opening_event(text, salt);
    event.times_s = judge.now_s - scene.circle.fresh_s - 5;
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    assert_judged(FAULT_REFUSED, "opening: the checkpoint is stale");
    prepare(1);
    event = opening_event(text, salt);
    event.times_s = judge.now_s + OPENING_AHEAD_S + 5;
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    assert_judged(FAULT_REFUSED, "the witnesses' time lies in the future");
}

/* Beyond the log's own line only names of witnesses may change: to strangers, while two known ones
 * are left. */
static void a_flipped_byte_of_a_receipt(void **state)
{
    (void)state;
    prepare(1);
    const u8 *witnesses =
        memmem(opening_shown, opening_shown_bytes, "\n\xe2\x80\x94 w1.invalid", 15);
    assert_non_null(witnesses);
    for (size_t at = 0; at < opening_shown_bytes; at += random_between(&chance, 1, 9)) {
        u8 kept = opening_shown[at];
        opening_shown[at] ^= (u8)(1U << random_below(&chance, 8));
        if (judge_all() == FAULT_NONE) {
            assert_true(opening_shown + at > witnesses);
        }
        opening_shown[at] = kept;
    }
    assert_delivered();
}

/* ---- attacks on the opening ---- */

static void an_opening_of_another_grant(void **state)
{
    (void)state;
    prepare(1);
    struct grant_file kept = file;
    grant.log_size += 1;
    sign("0134");
    begin_opener(); /* for that one */
    log_opening();
    file = kept;
    assert_judged(FAULT_REFUSED, "opening: of another grant");
}

/* Killed after it was logged: its keys are gone, and no other opener can use its receipt. */
static void a_grant_is_used_again_after_a_restart(void **state)
{
    (void)state;
    prepare(1);
    begin_opener();
    assert_judged(FAULT_REFUSED, "opening: the receipt is of another text");
    prepare(1);
    struct opening_scene_event event;
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    begin_opener();
    event = opening_event(text, salt);
    event.mark_salt = NULL; /* hidden from who looks for an earlier opening of this grant */
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    assert_judged(FAULT_REFUSED, "opening: logged without the mark that this grant leaves");
}

/* In the log with some other mark, so that the next opening would not be recognised as a second
 * one, and shown as if it had the grant's. */
static void an_opening_that_hides_its_mark(void **state)
{
    (void)state;
    char text[OPENING_TEXT_BYTES];
    char hex[2 * PUBLOG_SALT_BYTES + 1];
    u8 salt[32];
    prepare(1);
    struct opening_scene_event event = opening_event(text, salt);
    event.mark_salt = NULL;
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    show_slots(&event);
    assert_judged(FAULT_REFUSED, "opening: logged without the mark that this grant leaves");
    u8 *mark = memmem(opening_shown, opening_shown_bytes, "\nmark ", 6);
    assert_non_null(mark);
    memcpy(mark + 6, bytes_to_hex(salt, sizeof(salt), hex), 2 * sizeof(salt));
    assert_judged(FAULT_REFUSED, "opening: the receipt is of another case");
    /* Nor with the end of a silence that would change it. */
    prepare(1);
    mark = memmem(opening_shown, opening_shown_bytes, "\nmark ", 6);
    assert_non_null(mark);
    u8 *until = mark + 6 + 2 * sizeof(salt) + 1;
    assert_int_equal(*until, '0');
    *until = '1';
    assert_judged(FAULT_REFUSED, "opening: the receipt is of another case");
}

/* Two leaves for the slot of the opening: the one that is not the opening's own may leave out what
 * was in that slot before. */
static void slots_that_end_with_another_leaf(void **state)
{
    (void)state;
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    prepare(1);
    struct opening_scene_event event = opening_event(text, salt);
    forget_log();
    log_grant();
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    static u8 unseen[OPENING_SCENE_SHOWN];
    struct opening_scene_event other = event;
    other.mark_salt = NULL;
    other.kind = PUBLOG_KIND_LOOKUP;
    (void)opening_scene_show(&scene, &other, unseen);
    show_slots(&event);
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening");
}

/* A slot between grant and opening has a second leaf, behind the opening's: it may leave out an
 * opening that the first one has. */
static void a_slot_that_is_logged_once_more(void **state)
{
    (void)state;
    static u8 unseen[OPENING_SCENE_SHOWN];
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    prepare(1);
    struct opening_scene_event event = opening_event(text, salt);
    struct opening_scene_event other = event;
    other.kind = PUBLOG_KIND_LOOKUP;
    other.slot_s = grant.issued_s + 660;
    (void)opening_scene_show(&scene, &other, unseen);
    show_slots(&event);
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening");
}

/* A leaf between grant and opening that says less than its events: a bulk one that nobody was to
 * see. */
static void a_leaf_that_hides_a_flag(void **state)
{
    (void)state;
    for (u32 hidden = 0; hidden < 2; hidden += 1) {
        static u8 unseen[OPENING_SCENE_SHOWN];
        prepare(1);
        forget_log();
        log_grant();
        struct opening_scene_event other = {.class = PUBLOG_CLASS_ORDINARY,
                                            .kind = PUBLOG_KIND_GRANT,
                                            .flags = PUBLOG_FLAG_BULK,
                                            .is_flag_hidden = hidden == 1,
                                            .name = grant.name,
                                            .text = span_of_text("another grant"),
                                            .slot_s = grant.issued_s + 660,
                                            .times_s = judge.now_s - 5,
                                            .witnesses = 3};
        (void)opening_scene_show(&scene, &other, unseen);
        log_opening();
        if (hidden == 0) {
            assert_delivered();
        } else {
            assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening");
        }
    }
}

static void answers_to_a_killed_opener_are_lost(void **state)
{
    (void)state;
    prepare(1);
    begin_opener();
    log_opening();
    assert_refused(FAULT_REFUSED, "a release for another opening");
}

/* It would have longer than its quarter of an hour. */
static void an_opening_that_is_to_come(void **state)
{
    (void)state;
    prepare(1);
    for (u32 late = 0; late < 2; late += 1) {
        opener_close(opener);
        assert_int_equal(opener_open(&opener, &file, judge.now_s + OPENING_AHEAD_S + late),
                         FAULT_NONE);
        forget_log();
        log_grant();
        log_opening();
        release("0134");
        if (late == 0) {
            assert_delivered();
        } else {
            assert_judged(FAULT_REFUSED, "opening: it begins in the future");
        }
    }
}

/* Sealed for the same key under the number of a rotation that is to come. */
static void a_record_of_another_epoch(void **state)
{
    (void)state;
    prepare(1);
    for (u32 i = 0; i < grant.records_count; i += 1) {
        grant.records[i].label.epoch = 2;
    }
    opening_scene_fill(&scene, &grant);
    rows_make();
    forget_log();
    sign("0134");
    log_grant();
    begin_opener();
    log_opening();
    assert_judged(FAULT_REFUSED, "row 1: of epoch 2, the shares are of epoch 1");
}

static void an_opening_before_its_grant(void **state)
{
    (void)state;
    prepare(1);
    log_opening();
    log_grant();
    assert_judged(FAULT_REFUSED, "opening: in the log before its grant");
}

static void the_quarter_of_an_hour_is_over(void **state)
{
    (void)state;
    char text[OPENING_TEXT_BYTES];
    u8 salt[32];
    prepare(1);
    judge.now_s = opener_opening(opener)->begins_s + OPENING_SECONDS + 1;
    struct opening_scene_event event = opening_event(text, salt);
    opening_shown_bytes = opening_scene_show(&scene, &event, opening_shown);
    assert_judged(FAULT_REFUSED, "opening: over 900 seconds after it began");
}

/* ---- attacks with the slots from grant to opening ---- */

/* Ten minutes later another opener begins: what officers and it are shown has the first opening,
 * whoever answered that one and whatever became of their books. */
static void a_second_opening_of_a_grant(void **state)
{
    (void)state;
    for (u32 is_emergency = 0; is_emergency < 2; is_emergency += 1) {
        prepare(1);
        grant.is_emergency = is_emergency == 1;
        grant.expires_s = grant.issued_s + GRANT_EMERGENCY_S;
        sign("0134");
        forget_log();
        log_grant();
        begin_opener();
        log_opening();
        assert_int_equal(judge_all(), FAULT_NONE);
        judge.now_s += 600;
        begin_opener();
        log_opening();
        release("0134");
        assert_judged(FAULT_REFUSED, "slots: an earlier opening of this grant is in the log");
    }
}

static void a_second_opening_behind_the_grant_again(void **state)
{
    (void)state;
    static char text[GRANT_FILE_BYTES];
    prepare(1);
    judge.now_s += 1800;
    struct opening_scene_event event = grant_event(text);
    event.slot_s = judge.now_s - 1200;
    grant_shown_bytes = opening_scene_show(&scene, &event, grant_shown);
    begin_opener();
    log_opening();
    release("0134");
    assert_judged(FAULT_REFUSED, "slots: an earlier opening of this grant is in the log");
    /* From the grant's second event on there is none; but it was issued before. */
    const struct opening_scene_slots slots = {.class = PUBLOG_CLASS_ORDINARY,
                                              .from_s = event.slot_s,
                                              .to_s = judge.now_s - 600,
                                              .times_s = judge.now_s};
    slots_bytes = opening_scene_slots(&scene, &slots, slots_text);
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening: a slot is "
                                 "missing");
}

static void slots_that_are_kept_back(void **state)
{
    (void)state;
    prepare(1);
    slots_bytes = 0;
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening: not such a");
    log_opening();
    u8 *second = memmem(slots_text + 40, slots_bytes - 40, "\nslot ", 6);
    assert_non_null(second);
    u8 *third = memmem(second + 1, slots_bytes - (size_t)(second + 1 - slots_text), "\nslot ", 6);
    assert_non_null(third);
    memmove(second, third, slots_bytes - (size_t)(third - slots_text)); /* the empty one */
    slots_bytes -= (size_t)(third - second);
    assert_judged(FAULT_REFUSED, "a slot is missing");
    log_opening();
    slots_text[slots_bytes / 2] ^= 1;
    assert_judged(FAULT_REFUSED, "slots: the log is not shown from grant to opening: ");
    const struct opening_scene_event event = {.class = PUBLOG_CLASS_EMERGENCY,
                                              .kind = PUBLOG_KIND_LOOKUP,
                                              .name = grant.name,
                                              .text = span_of_text("of no importance"),
                                              .slot_s = judge.now_s - 600,
                                              .times_s = judge.now_s};
    static u8 shown[OPENING_SCENE_SHOWN];
    assert_true(opening_scene_show(&scene, &event, shown) > 0);
    show_slots(&event);
    assert_judged(FAULT_REFUSED, "slots of another class");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_approval),
        cmocka_unit_test(approvals_of_one_group),
        cmocka_unit_test(a_grant_altered_by_a_byte),
        cmocka_unit_test(a_grant_that_is_not_the_one_in_the_log),
        cmocka_unit_test(an_approval_that_the_log_does_not_have),
        cmocka_unit_test(an_expired_grant),
        cmocka_unit_test(a_backdated_grant),
        cmocka_unit_test(a_bulk_grant_waits),
        cmocka_unit_test(so_does_what_is_left_of_it),
        cmocka_unit_test(an_emergency_has_its_own_slots),
        cmocka_unit_test(the_log_has_stopped),
        cmocka_unit_test(witnesses_are_out_of_reach),
        cmocka_unit_test(nobody_says_when),
        cmocka_unit_test(a_stale_checkpoint),
        cmocka_unit_test(a_flipped_byte_of_a_receipt),
        cmocka_unit_test(an_opening_of_another_grant),
        cmocka_unit_test(a_grant_is_used_again_after_a_restart),
        cmocka_unit_test(an_opening_that_hides_its_mark),
        cmocka_unit_test(slots_that_end_with_another_leaf),
        cmocka_unit_test(a_slot_that_is_logged_once_more),
        cmocka_unit_test(a_leaf_that_hides_a_flag),
        cmocka_unit_test(answers_to_a_killed_opener_are_lost),
        cmocka_unit_test(an_opening_that_is_to_come),
        cmocka_unit_test(a_record_of_another_epoch),
        cmocka_unit_test(an_opening_before_its_grant),
        cmocka_unit_test(the_quarter_of_an_hour_is_over),
        cmocka_unit_test(a_second_opening_of_a_grant),
        cmocka_unit_test(a_second_opening_behind_the_grant_again),
        cmocka_unit_test(slots_that_are_kept_back),
    };
    int failed = cmocka_run_group_tests(tests, make, clear);
    opener_close(opener);
    return failed;
}
