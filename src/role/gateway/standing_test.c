/* Aim: a customer reads why an account is restricted where the rule's audience allows it, and else
 * cannot tell a review from any other hold: not by words, number of bytes, notices, nor by the
 * steps that the answer takes. Method: a venue, a pack of three rules and events made by hand;
 * answers are compared as texts, and canaries are looked for in them. */
#include "role/gateway/standing.h"

#include "base/amount.h"
#include "role/gateway/view_account.h"
#include "tests/support/call_scene.h"
#include "tests/support/pack_scene.h"
#include "tests/support/rule_hand.h"
#include "tests/support/test.h"
#include "wire/notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EUR      100000000ULL
#define HOUR_US  3600000000ULL
#define HELD     ((u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW))
#define HELD_ALL (HELD | (u64)RESTRICTION_HOLD << (2 * OPERATION_TRANSFER_OUT))
#define REFUSED                                         \
    ((u64)RESTRICTION_REFUSE << (2 * OPERATION_TRADE) | \
     (u64)RESTRICTION_REFUSE << (2 * OPERATION_PLACE) | \
     (u64)RESTRICTION_HOLD << (2 * OPERATION_DEPOSIT))
#define CANARY 0x7A7A7A7AU /* 2054847098 */

enum { RULE_OVER, RULE_LISTED, RULE_QUIET, PACK = 3, PERSON_COUNT = 6 };

static struct call_scene scene;
static struct pack_scene packs;
static struct rule_hand hand;
static u64 now_us;
static u8 pack_hash[32];

static int open_scene(void **state)
{
    (void)state;
    pack_scene_open(&packs);
    pack_scene_write(&packs, NULL, pack_scene_text, pack_hash);
    pack_scene_read(&packs);
    call_scene_open(&scene, NULL);
    scene.venue.packs = packs.shelf;
    now_us = CALL_SCENE_TIME_US;
    hand_open(&hand, scene.view.view);
    hand_time(&hand, now_us);
    hand_next(&hand);
    hand_pack(&hand, PACK, PACK_STATE_ACTIVE, pack_hash);
    for (u32 i = 0; i < PERSON_COUNT; i += 1) { /* person i + 1 has account i */
        hand_next(&hand);
        hand_person(&hand, i + 1);
        hand_next(&hand);
        hand_link(&hand, i, i + 1);
    }
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    pack_scene_close(&packs);
    return 0;
}

static void later(u64 us)
{
    now_us += us;
    hand_time(&hand, now_us);
    call_scene_clock(&scene, now_us);
}

/* What a rule says of a person and what that makes of the account, in one command. */
static void rule_says(u32 account, struct event_decision event, u64 vector)
{
    u64 before = view_account_of(scene.view.view, account)->restrictions;
    event.person = account + 1;
    event.pack = PACK;
    hand_next(&hand);
    hand_decide(&hand, event);
    if (before != vector) {
        hand_restricted(&hand, account, before, vector);
    }
}

static const char *tell(u32 account)
{
    assert_int_equal(call_scene_run(&scene, account, ENDPOINT_STANDING, ""), 200);
    return scene.text;
}

static void has(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL) {
        fail_msg("no \"%s\" in %s", piece, text);
    }
}

static void has_not(const char *text, const char *piece)
{
    if (strstr(text, piece) != NULL) {
        fail_msg("\"%s\" in %s", piece, text);
    }
}

/* ---- what is told ---- */

static void tells_that_nothing_is_restricted(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_STANDING, "",
                      "{\"allowed\":{\"trade\":true,\"place\":true,\"cancel\":true,"
                      "\"deposit\":true,\"withdraw\":true,\"transferOut\":true,"
                      "\"transferIn\":true},\"reasons\":[],\"inbox\":[]}");
}

static void tells_a_rule_in_its_words(void **state)
{
    (void)state;
    later(HOUR_US);
    u64 price_us = now_us;
    hand_next(&hand);
    hand_price(&hand, WORLD_BTC, EUR / 2, price_us);
    hand_next(&hand);
    hand_price(&hand, WORLD_USDT, EUR / 10, price_us);
    rule_says(0,
              (struct event_decision){.rule = RULE_OVER,
                                      .truth = TRUTH_YES,
                                      .vector = (u16)REFUSED,
                                      .holdings = 12000 * EUR,
                                      .flags = DECISION_FLAG_OVER | DECISION_FLAG_HOLDINGS_KNOWN |
                                               DECISION_FLAG_WATCHED},
              REFUSED);
    const char *text = tell(0);
    has(text, "\"trade\":false,\"place\":false,\"cancel\":true,\"deposit\":false,"
              "\"withdraw\":true,");
    has(text, "\"kind\":\"restricted\",\"time\":1795003600000,\"rule\":{\"pack\":\"law-a\","
              "\"version\":1,\"id\":\"a.over\",\"hash\":\"");
    has(text, "[\"act\",\"Act A\"]");
    has(text, "[\"act\",\"Acte A\"]");
    has(text, "[\"text\",\"Above the amount only withdrawals.\"]");
    has(text, "[\"text\",\"Au-dessus du montant, seuls les retraits.\"]");
    has(text, "[\"leave\",");
    has(text, "[\"appeal\",");
    has(text, "valued at EUR 12000.00");
    has(text, "\"holdings\":{\"eur\":\"12000.00000000\",\"amount\":\"10000.00\"}");
    has_not(text, "\"kind\":\"checking\"");
    /* An hour later nobody has told a price again. */
    later(HOUR_US);
    has(tell(0), "\"holdings\":{\"eur\":null,\"amount\":\"10000.00\"}");
    /* It ends: the inbox keeps both, the newest first. */
    rule_says(0, (struct event_decision){.rule = RULE_OVER}, 0);
    text = tell(0);
    has(text, "\"reasons\":[],\"inbox\":[{\"kind\":\"lifted\",\"time\":1795007200000,");
    has(text, "{\"kind\":\"restricted\",\"time\":1795003600000,");
    has_not(text, "\"holdings\":{");
}

static void warns_near_the_amount(void **state)
{
    (void)state;
    rule_says(0,
              (struct event_decision){.rule = RULE_OVER,
                                      .holdings = 9100 * EUR,
                                      .flags = DECISION_FLAG_WARNED | DECISION_FLAG_WATCHED |
                                               DECISION_FLAG_HOLDINGS_KNOWN},
              0);
    const char *text = tell(0);
    has(text, "\"allowed\":{\"trade\":true,");
    has(text, "\"reasons\":[{\"kind\":\"warned\",");
    has(text, "\"inbox\":[{\"kind\":\"warned\",");
    has(text, "\"amount\":\"10000.00\"}");
}

static void asks_for_evidence(void **state)
{
    (void)state;
    rule_says(0,
              (struct event_decision){.rule = RULE_OVER,
                                      .truth = TRUTH_UNKNOWN,
                                      .reasons = DECISION_REASON_FACT,
                                      .missing = 1 << FACT_KIND_RESIDENCE,
                                      .vector = (u16)HELD,
                                      .deadline = CALL_SCENE_TIME_US + 14 * NOTICE_DAY_US},
              HELD);
    const char *text = tell(0);
    has(text, "\"reasons\":[{\"kind\":\"evidence\",");
    has(text, "[\"evidence\",\"Please send us evidence of: where you live.\"]");
    has(text, "[\"until\",");
    has_not(text, "\"kind\":\"checking\"");
}

static void keeps_the_newest_notices(void **state)
{
    (void)state;
    struct event_decision yes = {.rule = RULE_LISTED, .truth = TRUTH_YES, .vector = (u16)HELD};
    for (u32 i = 0; i < STANDING_INBOX_MAX; i += 1) {
        later(HOUR_US);
        rule_says(0, yes, HELD);
        later(HOUR_US);
        rule_says(0, (struct event_decision){.rule = RULE_LISTED}, 0);
    }
    const char *text = tell(0);
    u32 count = 0;
    for (const char *at = strstr(text, "\"kind\":"); at != NULL; at = strstr(at + 1, "\"kind\":")) {
        count += 1;
    }
    assert_int_equal(count, STANDING_INBOX_MAX);
    char first[64];
    (void)snprintf(first, sizeof first, "\"inbox\":[{\"kind\":\"lifted\",\"time\":%llu",
                   (unsigned long long)(now_us / 1000));
    has(text, first);
}

/* ---- what is not ---- */

/* Account 0 is held for one reason after the other; account 5 by hand, at the same moments. */
struct hold {
    const char *name;
    struct event_decision event;
};

static const struct hold holds[] = {
    {"a rule that is told to nobody",
     {.rule = RULE_QUIET, .truth = TRUTH_YES, .vector = (u16)HELD_ALL}},
    {"a candidate",
     {.rule = RULE_LISTED,
      .truth = TRUTH_UNKNOWN,
      .reasons = DECISION_REASON_CANDIDATE,
      .vector = (u16)HELD_ALL}},
    {"a candidate while a fact is missing",
     {.rule = RULE_LISTED,
      .truth = TRUTH_UNKNOWN,
      .reasons = DECISION_REASON_CANDIDATE | DECISION_REASON_FACT,
      .missing = 4,
      .deadline = CANARY,
      .vector = (u16)HELD_ALL}},
    {"ownership that is not determined",
     {.rule = RULE_LISTED,
      .truth = TRUTH_UNKNOWN,
      .reasons = DECISION_REASON_UNDETERMINED,
      .vector = (u16)HELD_ALL}},
    {"a person who was not screened",
     {.rule = RULE_LISTED,
      .truth = TRUTH_UNKNOWN,
      .reasons = DECISION_REASON_UNSCREENED,
      .vector = (u16)HELD_ALL}},
    {"a price that is missing",
     {.rule = RULE_OVER,
      .truth = TRUTH_UNKNOWN,
      .reasons = DECISION_REASON_PRICE,
      .vector = (u16)HELD_ALL}},
    {"a neutral rule near its amount",
     {.rule = RULE_QUIET,
      .truth = TRUTH_YES,
      .vector = (u16)HELD_ALL,
      .holdings = CANARY,
      .flags = DECISION_FLAG_OVER | DECISION_FLAG_WARNED | DECISION_FLAG_HOLDINGS_KNOWN}},
};

/* Both answers, which must be the same byte for byte. */
static void same_as_by_hand(u32 account, const char *name)
{
    size_t size = strlen(tell(account)) + 1;
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, scene.text, size);
    if (strcmp(copy, tell(5)) != 0) {
        fail_msg("%s is not as by hand:\n%s\n%s", name, copy, scene.text);
    }
    free(copy);
}

static void a_review_is_any_other_hold(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(holds); i += 1) {
        assert_int_equal(close_scene(NULL), 0);
        assert_int_equal(open_scene(NULL), 0);
        later(HOUR_US);
        struct event_decision event = holds[i].event;
        rule_says(0, event, HELD_ALL);
        hand_next(&hand);
        hand_restricted(&hand, 5, 0, HELD_ALL); /* by hand, of a linked account */
        same_as_by_hand(0, holds[i].name);
        has(scene.text, "\"kind\":\"checking\",\"time\":1795003600000,\"en\":[[\"title\",");
        has(scene.text, "\"withdraw\":false,");
        for (u32 hour = 0; hour < 30; hour += 1) {
            later(HOUR_US * 7);
            same_as_by_hand(0, holds[i].name);
        }
        /* It ends as the other one does. */
        rule_says(0, (struct event_decision){.rule = event.rule}, 0);
        hand_next(&hand);
        hand_restricted(&hand, 5, HELD_ALL, 0);
        same_as_by_hand(0, holds[i].name);
        has(scene.text, "\"reasons\":[],\"inbox\":[{\"kind\":\"checked\",");
    }
}

/* One rule may hold at first and another later: the hold is the same one all along. */
static void reviews_behind_each_other_are_one_hold(void **state)
{
    (void)state;
    later(HOUR_US);
    rule_says(0, holds[1].event, HELD_ALL);
    hand_next(&hand);
    hand_restricted(&hand, 5, 0, HELD_ALL);
    later(HOUR_US);
    rule_says(0, holds[0].event, HELD_ALL);
    same_as_by_hand(0, "two holds");
    later(HOUR_US);
    rule_says(0, (struct event_decision){.rule = RULE_LISTED}, HELD_ALL);
    same_as_by_hand(0, "the second hold");
    has(scene.text, "\"reasons\":[{\"kind\":\"checking\",\"time\":1795003600000,");
}

/* A person who is restricted by a rule and a candidate reads the rule, and beside it the hold. */
static void tells_the_rule_beside_a_hold(void **state)
{
    (void)state;
    later(HOUR_US);
    struct event_decision over = {
        .rule = RULE_OVER, .truth = TRUTH_YES, .vector = (u16)REFUSED, .flags = DECISION_FLAG_OVER};
    rule_says(0, over, REFUSED);
    rule_says(5, over, REFUSED);
    later(HOUR_US);
    rule_says(0, holds[2].event, REFUSED | HELD_ALL);
    hand_next(&hand);
    hand_restricted(&hand, 5, REFUSED, REFUSED | HELD_ALL);
    same_as_by_hand(0, "a candidate who is over the amount");
    has(scene.text, "\"kind\":\"restricted\"");
    has(scene.text, "\"kind\":\"checking\",\"time\":1795007200000");
}

/* Entries, scores and officers come with commands that the view does not even keep. */
static void canaries_never_sing(void **state)
{
    (void)state;
    static const char *const words[] = {"2054847098", "7a7a7a7a",    "2054847.098",
                                        "a.quiet",    "Quiet words", "Mots discrets",
                                        "candidate",  "listing",     "officer\":"};
    struct command_listing_set listing = {.person = 1,
                                          .state = LISTING_STATE_CANDIDATE,
                                          .list = CANARY,
                                          .programme = CANARY,
                                          .entry = CANARY,
                                          .list_version = CANARY,
                                          .until = UINT64_MAX,
                                          .officer = CANARY,
                                          .second = CANARY,
                                          .matter = CANARY};
    struct command_ownership_set ownership = {
        .person = 1, .path = CANARY, .list = CANARY, .officer = CANARY, .matter = CANARY};
    struct command_fact_set fact = {.person = 1,
                                    .fact = FACT_KIND_RESIDENCE,
                                    .value = 0x7A7A,
                                    .evidence = CANARY,
                                    .officer = CANARY,
                                    .second = CANARY};
    for (u32 i = 0; i < ARRAY_COUNT(holds); i += 1) {
        hand_next(&hand);
        assert_int_equal(hand_apply(&hand, &listing, sizeof listing, COMMAND_LISTING_SET, 0),
                         FAULT_NONE);
        hand_next(&hand);
        assert_int_equal(hand_apply(&hand, &ownership, sizeof ownership, COMMAND_OWNERSHIP_SET, 0),
                         FAULT_NONE);
        hand_next(&hand);
        assert_int_equal(hand_apply(&hand, &fact, sizeof fact, COMMAND_FACT_SET, 0), FAULT_NONE);
        rule_says(0, holds[i].event, HELD_ALL);
        static const enum endpoint_id asked[] = {ENDPOINT_STANDING,
                                                 ENDPOINT_ACCOUNT,
                                                 ENDPOINT_ACCOUNT_STATUS,
                                                 ENDPOINT_ACCOUNT_TRADING_STATUS,
                                                 ENDPOINT_ACCOUNT_RESTRICTIONS,
                                                 ENDPOINT_ACCOUNT_INFO,
                                                 ENDPOINT_COINS,
                                                 ENDPOINT_WITHDRAW_QUOTA};
        for (u32 k = 0; k < ARRAY_COUNT(asked); k += 1) {
            later(HOUR_US);
            assert_int_equal(call_scene_run(&scene, 0, asked[k], ""), 200);
            for (u32 w = 0; w < ARRAY_COUNT(words); w += 1) {
                has_not(scene.text, words[w]);
            }
        }
    }
}

/* Words that are not to be had restrict like any hold. */
static void a_pack_without_words_is_neutral(void **state)
{
    (void)state;
    scene.venue.packs = NULL;
    later(HOUR_US);
    rule_says(
        0, (struct event_decision){.rule = RULE_OVER, .truth = TRUTH_YES, .vector = (u16)HELD_ALL},
        HELD_ALL);
    hand_next(&hand);
    hand_restricted(&hand, 5, 0, HELD_ALL);
    same_as_by_hand(0, "a rule without words");
}

/* ---- what is told of the login ---- */

#define LOGIN_ONE WORLD_ACCOUNTS /* accounts of logins, whose persons are one above */
#define LOGIN_TWO (WORLD_ACCOUNTS + 1U)

static void login_opens(u32 account)
{
    const struct command_login_open open = {.login = 100 + account, .person = account + 1};
    hand_next(&hand);
    assert_int_equal(hand_apply(&hand, &open, sizeof open, COMMAND_LOGIN_OPEN, account),
                     FAULT_NONE);
}

/* `until` 0: it only tells. The vector is what the pause makes of it. */
static void login_says(u32 account, enum login_cause cause, u64 until, u64 vector)
{
    const struct command_withdraw_pause pause = {
        .login = 100 + account, .until = until, .cause = (u8)cause};
    u64 before = view_account_of(scene.view.view, account)->restrictions;
    hand_next(&hand);
    assert_int_equal(hand_apply(&hand, &pause, sizeof pause, COMMAND_WITHDRAW_PAUSE, account),
                     FAULT_NONE);
    if (before != vector) {
        hand_restricted(&hand, account, before, vector);
    }
}

static void tells_of_the_login_with_its_day(void **state)
{
    (void)state;
    login_opens(LOGIN_ONE);
    later(HOUR_US);
    u64 until_us = now_us + 48 * HOUR_US;
    login_says(LOGIN_ONE, LOGIN_CAUSE_PASSWORD_RESET, until_us, HELD_ALL);
    const char *text = tell(LOGIN_ONE);
    has(text, "\"withdraw\":false,\"transferOut\":false,");
    has(text, "\"reasons\":[{\"kind\":\"paused\",\"time\":1795003600000,\"en\":[[\"title\",");
    has(text, "\"inbox\":[{\"kind\":\"paused\",\"time\":1795003600000,");
    has(text, "[\"until\",\"This hold ends by itself by 2026-11-20 ");
    has_not(text, "\"kind\":\"checking\"");
    has_not(text, "\"appeal\"");
    later(HOUR_US);
    login_says(LOGIN_ONE, LOGIN_CAUSE_RECOVERY_CODE, 0, HELD_ALL);
    later(HOUR_US);
    login_says(LOGIN_ONE, LOGIN_CAUSE_SECOND_FACTOR_OFF, 0, HELD_ALL);
    text = tell(LOGIN_ONE);
    has(text, "\"reasons\":[{\"kind\":\"paused\",");
    has(text, "\"inbox\":[{\"kind\":\"second-off\",\"time\":1795010800000,");
    has(text, "{\"kind\":\"recovery\",\"time\":1795007200000,");
    has(text, "[\"title\",\"Votre second facteur a \u00e9t\u00e9 retir\u00e9\"]");
    has_not(text, "\"kind\":\"checking\"");
    /* Its end is told a little late, and is no check of anybody. */
    later(until_us + 5000000 - now_us);
    has(tell(LOGIN_ONE), "\"reasons\":[],");
    hand_next(&hand);
    hand_restricted(&hand, LOGIN_ONE, HELD_ALL, 0);
    later(HOUR_US);
    text = tell(LOGIN_ONE);
    has(text, "\"reasons\":[],\"inbox\":[{\"kind\":\"second-off\",");
    has_not(text, "\"kind\":\"check");
}

/* A pause says why nothing leaves, and no more than that; a hold beside it is like any other. */
static void a_pause_hides_no_hold_and_tells_none(void **state)
{
    static char first[1U << 16];
    (void)state;
    for (u32 more = 0; more < 2; more += 1) {
        u64 held = more == 0 ? HELD_ALL : HELD_ALL | REFUSED;
        assert_int_equal(close_scene(NULL), 0);
        assert_int_equal(open_scene(NULL), 0);
        login_opens(LOGIN_ONE);
        login_opens(LOGIN_TWO);
        later(HOUR_US);
        u64 until_us = now_us + 48 * HOUR_US;
        login_says(LOGIN_ONE, LOGIN_CAUSE_PASSWORD_RESET, until_us, HELD_ALL);
        login_says(LOGIN_TWO, LOGIN_CAUSE_PASSWORD_RESET, until_us, HELD_ALL);
        struct event_decision candidate = holds[1].event;
        candidate.vector = (u16)held;
        for (u32 hour = 0; hour < 60; hour += 1) {
            if (hour == 7) {
                rule_says(LOGIN_ONE, candidate, held);
                hand_next(&hand);
                if (more != 0) { /* else by hand too, and the vector stays */
                    hand_restricted(&hand, LOGIN_TWO, HELD_ALL, held);
                }
            }
            (void)snprintf(first, sizeof first, "%s", tell(LOGIN_ONE));
            assert_string_equal(first, tell(LOGIN_TWO));
            bool is_told = more != 0 ? hour >= 7 : hour > 48;
            bool is_there = strstr(first, "\"kind\":\"checking\"") != NULL;
            assert_int_equal(is_there, is_told);
            assert_int_equal(strstr(first, "\"reasons\":[{\"kind\":\"paused\"") != NULL, hour < 48);
            later(HOUR_US);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(tells_that_nothing_is_restricted),
        CASE(tells_a_rule_in_its_words),
        CASE(warns_near_the_amount),
        CASE(asks_for_evidence),
        CASE(keeps_the_newest_notices),
        CASE(a_review_is_any_other_hold),
        CASE(reviews_behind_each_other_are_one_hold),
        CASE(tells_the_rule_beside_a_hold),
        CASE(canaries_never_sing),
        CASE(a_pack_without_words_is_neutral),
        CASE(tells_of_the_login_with_its_day),
        CASE(a_pause_hides_no_hold_and_tells_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
