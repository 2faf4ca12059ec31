/* Aim: the view knows whose accounts are one person's, what each rule says of a person and what has
 * changed, the same from events and from an image, and refuses what cannot be. Method: events and
 * image records made by hand, behind those of a tiny venue. */
#include "role/gateway/view_person.h"

#include "base/amount.h"
#include "role/gateway/view_account.h"
#include "tests/support/rule_hand.h"
#include "tests/support/view_check.h"

#include <stdlib.h>
#include <string.h>

enum { PERSONS = 3, NOTICES = 8 };

#define START_US  1650000000000000ULL
#define SECOND_US 1000000ULL
#define EUR       100000000ULL
#define HELD      ((u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW))
#define REFUSED   ((u64)RESTRICTION_REFUSE << (2 * OPERATION_TRADE))

static struct core_world world;
static struct view_scene scene;
static struct rule_hand hand;
static u64 began_us;

static int open_scene(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    world_open(&world);
    struct view_config config = view_scene_config(&limits);
    config.limits.persons_max = PERSONS;
    config.notices_max = NOTICES;
    view_scene_open(&scene, &config);
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&world, &bytes);
    view_scene_image(&scene, snapshot, bytes, 0);
    free(snapshot);
    hand_open(&hand, scene.view);
    began_us = view_place(scene.view).time_us;
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    view_scene_close(&scene);
    world_close(&world);
    return 0;
}

/* ---- events by hand, a command each ---- */

static void tick(u64 time_us)
{
    hand_time(&hand, time_us);
}

static enum fault give(void *event, size_t size, u16 kind, u32 account)
{
    hand_next(&hand);
    return hand_event(&hand, event, size, kind, account);
}

static enum fault apply(const void *command, size_t size, u16 kind, u32 account)
{
    hand_next(&hand);
    return hand_apply(&hand, command, size, kind, account);
}

static void person_add(u32 person)
{
    hand_next(&hand);
    hand_person(&hand, person);
}

static enum fault link(u16 kind, u32 account, u32 person)
{
    struct command_link command = {.person = person};
    return apply(&command, sizeof command, kind, account);
}

static enum fault pack_state(u8 number, u8 state, u8 hash)
{
    struct event_pack_state event = {.pack = number, .state = state};
    memset(event.content_hash, hash, sizeof event.content_hash);
    return give(&event, sizeof event, EVENT_PACK_STATE, 0);
}

static enum fault decide(struct event_decision event)
{
    return give(&event, sizeof event, EVENT_DECISION, 0);
}

static void restricted(u32 account, u64 before, u64 after)
{
    hand_next(&hand);
    hand_restricted(&hand, account, before, after);
}

static void price(u16 asset, u64 units, u64 time_us)
{
    hand_next(&hand);
    hand_price(&hand, asset, units, time_us);
}

/* ---- persons ---- */

static void links_and_unlinks(void **state)
{
    (void)state;
    person_add(1);
    person_add(2);
    assert_int_equal(view_persons_count(scene.view), 2);
    assert_int_equal(link(COMMAND_LINK, 0, 2), FAULT_NONE);
    assert_int_equal(link(COMMAND_LINK, 3, 1), FAULT_NONE);
    assert_int_equal(link(COMMAND_LINK, 4, 1), FAULT_NONE);
    assert_int_equal(view_person_of(scene.view, 0), 2);
    assert_int_equal(view_person_of(scene.view, 3), 1);
    assert_int_equal(view_person_of(scene.view, 4), 1);
    assert_int_equal(view_person_of(scene.view, 5), 0);
    assert_int_equal(link(COMMAND_UNLINK, 3, 1), FAULT_NONE);
    assert_int_equal(view_person_of(scene.view, 3), 0);
    assert_int_equal(view_person_of(scene.view, 4), 1);
    assert_int_equal(link(COMMAND_LINK, 3, 2), FAULT_NONE);
    assert_int_equal(view_person_of(scene.view, 3), 2);
    assert_int_equal(view_person_of(scene.view, WORLD_ACCOUNTS), 0);
}

static enum fault open_login(u32 account, u64 login, u32 person)
{
    struct command_login_open open = {.login = login, .restrictions = REFUSED, .person = person};
    return apply(&open, sizeof open, COMMAND_LOGIN_OPEN, account);
}

static void logins_have_accounts(void **state)
{
    (void)state;
    tick(START_US + 1);
    person_add(1);
    assert_int_equal(view_login_account(scene.view, 9), 0);
    assert_int_equal(open_login(WORLD_ACCOUNTS, 9, 2), FAULT_NONE);
    assert_int_equal(open_login(WORLD_ACCOUNTS + 1, 5000, 3), FAULT_NONE);
    assert_int_equal(view_login_account(scene.view, 9), WORLD_ACCOUNTS + 1);
    assert_int_equal(view_login_account(scene.view, 5000), WORLD_ACCOUNTS + 2);
    assert_int_equal(view_login_account(scene.view, 0), 0);
    assert_int_equal(view_login_account(scene.view, 10), 0);
    assert_int_equal(view_login_of(scene.view, WORLD_ACCOUNTS), 9);
    assert_int_equal(view_login_of(scene.view, 0), 0);
    assert_int_equal(view_login_of(scene.view, WORLD_ACCOUNTS + 2), 0);
    assert_int_equal(view_person_of(scene.view, WORLD_ACCOUNTS), 2);
    assert_int_equal(view_account_of(scene.view, WORLD_ACCOUNTS)->restrictions, REFUSED);
    const struct view_notice *notice = view_notice_of_account(scene.view, WORLD_ACCOUNTS);
    assert_non_null(notice); /* what an account began with has a moment too */
    assert_int_equal(notice->kind, VIEW_NOTICE_VECTOR);
    assert_true(notice->time_us == START_US + 1 && notice->before == 0 && notice->after == REFUSED);
}

static enum fault pauses(u32 account, u64 login, u64 until, u8 cause)
{
    struct command_withdraw_pause pause = {.login = login, .until = until, .cause = cause};
    return apply(&pause, sizeof pause, COMMAND_WITHDRAW_PAUSE, account);
}

static void pauses_are_told_and_never_shorten(void **state)
{
    static const struct {
        u64 until;
        u64 pause; /* that there is behind it */
    } steps[] = {{0, 0},
                 {START_US + 1, 0}, /* over already */
                 {START_US + 90, START_US + 90},
                 {START_US + 50, START_US + 90},
                 {START_US + 91, START_US + 91}};
    (void)state;
    tick(START_US + 1);
    person_add(1);
    assert_int_equal(open_login(WORLD_ACCOUNTS, 9, 2), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(steps); i += 1) {
        u64 before = view_pause_until(scene.view, WORLD_ACCOUNTS);
        u8 cause = (u8)(i % 3 + 1);
        assert_int_equal(pauses(WORLD_ACCOUNTS, 9, steps[i].until, cause), FAULT_NONE);
        assert_int_equal(view_pause_until(scene.view, WORLD_ACCOUNTS), steps[i].pause);
        const struct view_notice *notice = view_notice_of_account(scene.view, WORLD_ACCOUNTS);
        assert_true(notice->kind == VIEW_NOTICE_LOGIN && notice->cause == cause);
        assert_true(notice->deadline_before == before && notice->deadline == steps[i].pause);
        assert_int_equal(notice->time_us, START_US + 1);
    }
    assert_int_equal(view_pause_until(scene.view, 0), 0);
    assert_int_equal(view_pause_until(scene.view, WORLD_ACCOUNTS + 1), 0);
}

static void again(void)
{
    assert_int_equal(close_scene(NULL), 0);
    assert_int_equal(open_scene(NULL), 0);
    person_add(1);
    assert_int_equal(link(COMMAND_LINK, 0, 1), FAULT_NONE);
    assert_int_equal(pack_state(3, PACK_STATE_ACTIVE, 0xAA), FAULT_NONE);
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    again();
    assert_int_equal(link(COMMAND_LINK, 0, 1), FAULT_DIVERGED);
    again(); /* a pause of an account without a login, of another login, without a cause */
    assert_int_equal(pauses(0, 9, 0, LOGIN_CAUSE_RECOVERY_CODE), FAULT_DIVERGED);
    again();
    assert_int_equal(pauses(0, 0, 0, LOGIN_CAUSE_RECOVERY_CODE), FAULT_DIVERGED);
    again();
    assert_int_equal(pauses(WORLD_ACCOUNTS, 9, 0, LOGIN_CAUSE_RECOVERY_CODE), FAULT_DIVERGED);
    again();
    assert_int_equal(open_login(WORLD_ACCOUNTS, 9, 2), FAULT_NONE);
    assert_int_equal(pauses(WORLD_ACCOUNTS, 9, 0, LOGIN_CAUSE_COUNT), FAULT_DIVERGED);
    again();
    assert_int_equal(link(COMMAND_LINK, 1, 2), FAULT_DIVERGED);
    again();
    assert_int_equal(link(COMMAND_UNLINK, 1, 1), FAULT_DIVERGED);
    again();
    assert_int_equal(link(COMMAND_LINK, WORLD_ACCOUNTS, 1), FAULT_DIVERGED);
    again();
    assert_int_equal(pack_state(3, PACK_STATE_ACTIVE, 0xBB), FAULT_DIVERGED);
    again();
    assert_int_equal(pack_state(3, PACK_STATE_ENDED, 0xBB), FAULT_DIVERGED);
    again();
    assert_int_equal(pack_state(2, PACK_STATE_ENDING, 0xAA), FAULT_DIVERGED);
    again();
    assert_int_equal(decide((struct event_decision){.person = 2, .pack = 3, .truth = TRUTH_YES}),
                     FAULT_DIVERGED);
    again();
    assert_int_equal(decide((struct event_decision){.person = 1, .pack = 4, .truth = TRUTH_YES}),
                     FAULT_DIVERGED);
    again();
    assert_int_equal(decide((struct event_decision){
                         .person = 1, .pack = 3, .rule = VIEW_PACK_RULES, .truth = TRUTH_YES}),
                     FAULT_DIVERGED);
    again();
    assert_int_equal(decide((struct event_decision){.person = 1, .pack = 3, .truth = TRUTH_COUNT}),
                     FAULT_DIVERGED);
    again();
    assert_int_equal(open_login(WORLD_ACCOUNTS, 0, 2), FAULT_DIVERGED);
    again();
    assert_int_equal(open_login(WORLD_ACCOUNTS, 9, 1), FAULT_DIVERGED);
    again();
    assert_int_equal(open_login(0, 9, 2), FAULT_DIVERGED);
    again();
    assert_int_equal(open_login(WORLD_ACCOUNTS, 9, 2), FAULT_NONE);
    assert_int_equal(open_login(WORLD_ACCOUNTS + 1, 9, 3), FAULT_DIVERGED);
    again();
    for (u32 person = 2; person <= PERSONS; person += 1) {
        person_add(person);
    }
    struct command_person_add more = {.person = PERSONS + 1};
    assert_int_equal(apply(&more, sizeof more, COMMAND_PERSON_ADD, 0), FAULT_LIMIT);
}

/* ---- packs ---- */

static void packs_come_and_end_and_numbers_return(void **state)
{
    (void)state;
    assert_null(view_pack_of(scene.view, 0));
    for (u32 i = 0; i < 3 * VIEW_PACKS_MAX; i += 1) {
        tick(START_US + i);
        assert_int_equal(pack_state(7, PACK_STATE_ACTIVE, (u8)i), FAULT_NONE);
        const struct view_pack *pack = view_pack_of(scene.view, 7);
        assert_non_null(pack);
        assert_int_equal(pack->hash[31], (u8)i);
        assert_int_equal(pack->turn, i + 1);
        assert_int_equal(pack->since_us, START_US + i);
        assert_ptr_equal(view_pack_turn(scene.view, i + 1), pack);
        assert_int_equal(pack_state(7, PACK_STATE_ENDING, (u8)i), FAULT_NONE);
        assert_int_equal(view_pack_of(scene.view, 7)->state, PACK_STATE_ENDING);
        assert_int_equal(pack_state(7, PACK_STATE_ENDED, (u8)i), FAULT_NONE);
        assert_null(view_pack_of(scene.view, 7));
        assert_int_equal(view_pack_turn(scene.view, i + 1)->ended_us, START_US + i);
    }
    u32 kept = 0;
    for (u32 i = 0; i < VIEW_PACKS_MAX; i += 1) {
        const struct view_pack *pack = view_pack_at(scene.view, i);
        assert_non_null(pack);
        assert_true(pack->turn > 2 * VIEW_PACKS_MAX); /* the ones that ended last */
        kept += 1;
    }
    assert_int_equal(kept, VIEW_PACKS_MAX);
    assert_null(view_pack_turn(scene.view, 1));
    assert_null(view_pack_at(scene.view, VIEW_PACKS_MAX));
}

/* ---- findings ---- */

static const struct view_finding *finding_of(u32 person, u8 pack, u8 rule)
{
    const struct view_finding *finding = view_finding_newest(scene.view, person);
    while (finding != NULL && (finding->pack != pack || finding->rule != rule)) {
        finding = view_finding_older(scene.view, finding);
    }
    return finding;
}

static void keeps_what_each_rule_says_now(void **state)
{
    (void)state;
    person_add(1);
    assert_int_equal(pack_state(3, PACK_STATE_ACTIVE, 1), FAULT_NONE);
    assert_int_equal(pack_state(4, PACK_STATE_ACTIVE, 2), FAULT_NONE);
    struct event_decision yes = {.person = 1,
                                 .pack = 3,
                                 .rule = 2,
                                 .truth = TRUTH_YES,
                                 .vector = (u16)REFUSED,
                                 .holdings = 10001 * EUR,
                                 .flags = DECISION_FLAG_OVER | DECISION_FLAG_HOLDINGS_KNOWN};
    tick(START_US);
    assert_int_equal(decide(yes), FAULT_NONE);
    struct event_decision unknown = {.person = 1,
                                     .pack = 4,
                                     .truth = TRUTH_UNKNOWN,
                                     .reasons = 1,
                                     .missing = 4,
                                     .deadline = START_US + 14 * 86400 * SECOND_US,
                                     .vector = (u16)HELD};
    tick(START_US + 5);
    assert_int_equal(decide(unknown), FAULT_NONE);
    assert_int_equal(finding_of(1, 3, 2)->truth, TRUTH_YES);
    assert_int_equal(finding_of(1, 3, 2)->vector, REFUSED);
    assert_int_equal(finding_of(1, 4, 0)->missing, 4);
    assert_int_equal(finding_of(1, 4, 0)->since_us, START_US + 5);
    /* The same reason with another vector began when it began. */
    tick(START_US + 9);
    unknown.vector = (u16)(HELD | REFUSED);
    assert_int_equal(decide(unknown), FAULT_NONE);
    assert_int_equal(finding_of(1, 4, 0)->since_us, START_US + 5);
    assert_int_equal(finding_of(1, 4, 0)->vector, HELD | REFUSED);
    /* "No and nothing" leaves no trace, and its place is used again. */
    yes = (struct event_decision){.person = 1, .pack = 3, .rule = 2};
    for (u32 i = 0; i < 1000; i += 1) {
        assert_int_equal(decide(yes), FAULT_NONE);
        assert_null(finding_of(1, 3, 2));
        yes.truth = i % 2 == 0 ? TRUTH_YES : TRUTH_NO;
        yes.vector = i % 2 == 0 ? (u16)REFUSED : 0;
        assert_int_equal(decide(yes), FAULT_NONE);
        yes.truth = TRUTH_NO;
        yes.vector = 0;
        assert_int_equal(decide(yes), FAULT_NONE);
    }
    assert_non_null(finding_of(1, 4, 0));
    assert_null(view_finding_newest(scene.view, 2));
}

/* ---- notices ---- */

static void tells_changes_newest_first(void **state)
{
    (void)state;
    person_add(1);
    person_add(2);
    assert_int_equal(link(COMMAND_LINK, 2, 1), FAULT_NONE);
    assert_int_equal(pack_state(0, PACK_STATE_ACTIVE, 9), FAULT_NONE);
    tick(START_US);
    restricted(2, 0, HELD);
    assert_int_equal(view_account_of(scene.view, 2)->restrictions, HELD);
    tick(START_US + 1);
    restricted(2, HELD, 0);
    const struct view_notice *notice = view_notice_of_account(scene.view, 2);
    assert_int_equal(notice->kind, VIEW_NOTICE_VECTOR);
    assert_int_equal(notice->before, HELD);
    assert_int_equal(notice->after, 0);
    assert_int_equal(notice->time_us, START_US + 1);
    notice = view_notice_older(scene.view, notice);
    assert_int_equal(notice->after, HELD);
    assert_null(view_notice_older(scene.view, notice));
    assert_null(view_notice_of_account(scene.view, 3));
    /* A vector that stays is no news; by hand it is as by a rule. */
    struct command_restrict by_hand = {.restrictions = REFUSED};
    assert_int_equal(apply(&by_hand, sizeof by_hand, COMMAND_RESTRICT, 5), FAULT_NONE);
    assert_int_equal(apply(&by_hand, sizeof by_hand, COMMAND_RESTRICT, 5), FAULT_NONE);
    notice = view_notice_of_account(scene.view, 5);
    assert_int_equal(notice->after, REFUSED);
    assert_null(view_notice_older(scene.view, notice));
    /* Of a linked account the command tells the part by hand only. */
    by_hand.restrictions = HELD;
    assert_int_equal(apply(&by_hand, sizeof by_hand, COMMAND_RESTRICT, 2), FAULT_NONE);
    assert_int_equal(view_account_of(scene.view, 2)->restrictions, 0);
    /* Findings: with what was before. */
    struct event_decision event = {.person = 1, .truth = TRUTH_UNKNOWN, .reasons = 1, .missing = 2};
    assert_int_equal(decide(event), FAULT_NONE);
    event.truth = TRUTH_YES;
    event.reasons = 0;
    event.missing = 0;
    event.vector = (u16)HELD;
    assert_int_equal(decide(event), FAULT_NONE);
    notice = view_notice_of_person(scene.view, 1);
    assert_int_equal(notice->kind, VIEW_NOTICE_FINDING);
    assert_int_equal(notice->truth_before, TRUTH_UNKNOWN);
    assert_int_equal(notice->reasons_before, 1);
    assert_int_equal(notice->truth, TRUTH_YES);
    assert_int_equal(notice->after, HELD);
    assert_int_equal(notice->pack_turn, 1);
    /* The ring forgets the oldest, also those in the middle of a chain. */
    assert_int_equal(view_notices_since_us(scene.view), began_us);
    for (u32 i = 0; i < 2 * NOTICES; i += 1) {
        tick(START_US + 10 + i);
        event.person = 2;
        event.missing = (u8)i;
        assert_int_equal(decide(event), FAULT_NONE);
    }
    assert_null(view_notice_of_person(scene.view, 1));
    assert_null(view_notice_of_account(scene.view, 2));
    u32 count = 0;
    notice = view_notice_of_person(scene.view, 2);
    for (; notice != NULL; notice = view_notice_older(scene.view, notice)) {
        count += 1;
    }
    assert_int_equal(count, NOTICES);
    assert_int_equal(view_notices_since_us(scene.view), START_US + 10 + NOTICES - 1 + 1);
}

/* ---- holdings ---- */

static void values_all_accounts_of_a_person(void **state)
{
    (void)state;
    u64 eur = 0;
    person_add(1);
    assert_int_equal(link(COMMAND_LINK, 0, 1), FAULT_NONE);
    assert_int_equal(link(COMMAND_LINK, 1, 1), FAULT_NONE);
    u64 now = view_place(scene.view).time_us + 10 * SECOND_US;
    tick(now);
    assert_false(view_holdings(scene.view, 1, now, &eur)); /* nobody told a price */
    price(WORLD_BTC, 3 * EUR, now);
    assert_false(view_holdings(scene.view, 1, now, &eur));
    price(WORLD_USDT, EUR / 2, now);
    assert_true(view_holdings(scene.view, 1, now, &eur));
    assert_int_equal(eur, 2 * (20000 * 3 * EUR + 20000 * EUR / 2));
    /* Half a unit counts as a whole, once for the asset and not for each account. */
    struct event_ledger move = {.amount = amount_of(1),
                                .asset = WORLD_USDT,
                                .from = LEDGER_CLASS_FREE,
                                .to = LEDGER_CLASS_SUSPENSE,
                                .cause = LEDGER_CAUSE_WITHDRAWAL_HOLD};
    assert_int_equal(give(&move, sizeof move, EVENT_LEDGER, 0), FAULT_NONE);
    assert_true(view_holdings(scene.view, 1, now, &eur)); /* on its way out is still there */
    assert_int_equal(eur, 2 * (20000 * 3 * EUR + 20000 * EUR / 2));
    move.from = LEDGER_CLASS_SUSPENSE;
    move.to = LEDGER_CLASS_CUSTODY;
    assert_int_equal(give(&move, sizeof move, EVENT_LEDGER, 0), FAULT_NONE);
    assert_true(view_holdings(scene.view, 1, now, &eur));
    assert_int_equal(eur, 2 * (20000 * 3 * EUR + 20000 * EUR / 2));
    move.amount = amount_of(2);
    move.from = LEDGER_CLASS_FREE;
    assert_int_equal(give(&move, sizeof move, EVENT_LEDGER, 1), FAULT_NONE);
    assert_true(view_holdings(scene.view, 1, now, &eur));
    assert_int_equal(eur, 2 * (20000 * 3 * EUR + 20000 * EUR / 2) - 1);
    /* Stale from an hour on, or from what was set. */
    assert_true(view_holdings(scene.view, 1, now + 3600 * SECOND_US - 1, &eur));
    assert_false(view_holdings(scene.view, 1, now + 3600 * SECOND_US, &eur));
    struct command_rules_set set = {.reevaluations_per_command_max = 8, .price_stale_seconds = 60};
    assert_int_equal(apply(&set, sizeof set, COMMAND_RULES_SET, 0), FAULT_NONE);
    assert_false(view_holdings(scene.view, 1, now + 60 * SECOND_US, &eur));
    /* What does not fit is the most there is. */
    price(WORLD_BTC, UINT64_MAX, now);
    assert_true(view_holdings(scene.view, 1, now, &eur));
    assert_true(eur == UINT64_MAX);
    person_add(2);
    assert_true(view_holdings(scene.view, 2, now, &eur));
    assert_int_equal(eur, 0);
}

/* ---- from an image ---- */

static void image_record(struct view *view, void *record, size_t size, u16 kind, u32 account,
                         u64 id)
{
    struct state_head head = {
        .kind = kind, .units = (u8)(size / WIRE_UNIT), .account = account, .id = id};
    size_t used = 0;
    memcpy(record, &head, sizeof head);
    assert_int_equal(view_image_record(view, record, size, &used), FAULT_NONE);
    assert_int_equal(used, size);
}

static void begins_at_an_image(void **state)
{
    (void)state;
    struct view_scene other;
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    config.limits.persons_max = PERSONS;
    config.notices_max = NOTICES;
    view_scene_open(&other, &config);
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&world, &bytes);
    u64 records = 0;
    size_t at = 0;
    while (bytes_u16(snapshot + at) != STATE_END) { /* all but the last record */
        size_t used = 0;
        assert_true(bytes_u16(snapshot + at) < STATE_PERSON);
        assert_int_equal(view_image_record(other.view, snapshot + at, bytes - at, &used),
                         FAULT_NONE);
        at += used;
        records += 1;
    }
    free(snapshot);
    struct state_pack pack = {.pack_state = PACK_STATE_ACTIVE};
    struct state_pack arriving = {0};
    struct state_valuation_price told = {
        .price = price_of(EUR), .time_us = START_US, .asset = WORLD_BTC};
    struct state_person person = {0};
    struct state_link linked = {.person = 1};
    struct state_login login = {.pause_until = START_US + 77};
    struct state_finding finding = {.person = 1,
                                    .pack = 5,
                                    .rule = 1,
                                    .truth = TRUTH_UNKNOWN,
                                    .reasons = 1,
                                    .missing = 4,
                                    .vector = (u16)HELD,
                                    .unknown_since = START_US - 7,
                                    .deadline = START_US};
    memset(pack.content_hash, 0x5A, sizeof pack.content_hash);
    image_record(other.view, &pack, sizeof pack, STATE_PACK, 0, 5);
    image_record(other.view, &arriving, sizeof arriving, STATE_PACK, 0, UINT16_MAX);
    image_record(other.view, &told, sizeof told, STATE_VALUATION_PRICE, 0, 0);
    image_record(other.view, &person, sizeof person, STATE_PERSON, 0, 1);
    image_record(other.view, &linked, sizeof linked, STATE_LINK, 4, 0);
    image_record(other.view, &finding, sizeof finding, STATE_FINDING, 0, 0);
    image_record(other.view, &login, sizeof login, STATE_LOGIN, 4, 9);
    struct state_end end = {.records = records + 7};
    image_record(other.view, &end, sizeof end, STATE_END, 0, 0);
    assert_int_equal(view_image_end(other.view, 1), FAULT_NONE);
    assert_int_equal(view_person_of(other.view, 4), 1);
    assert_int_equal(view_login_account(other.view, 9), 5);
    assert_int_equal(view_pause_until(other.view, 4), START_US + 77);
    assert_int_equal(view_pack_of(other.view, 5)->hash[0], 0x5A);
    assert_int_equal(view_pack_of(other.view, 5)->since_us, 0);
    const struct view_finding *known = view_finding_newest(other.view, 1);
    assert_int_equal(known->vector, HELD);
    assert_int_equal(known->since_us, START_US - 7);
    assert_int_equal(known->deadline, START_US);
    assert_null(view_notice_of_person(other.view, 1));
    assert_int_equal(view_notices_since_us(other.view), view_place(other.view).time_us);
    view_scene_close(&other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(links_and_unlinks),
        CASE(logins_have_accounts),
        CASE(pauses_are_told_and_never_shorten),
        CASE(refuses_what_cannot_be),
        CASE(packs_come_and_end_and_numbers_return),
        CASE(keeps_what_each_rule_says_now),
        CASE(tells_changes_newest_first),
        CASE(values_all_accounts_of_a_person),
        CASE(begins_at_an_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
