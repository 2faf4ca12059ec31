/* Aim: answers to the travel rule's questions are asked for, checked and kept as hashes only; its
 * histories are those of the wallet. Method: calls against the scene's venue, with a real
 * payouts.db, whose file is then searched for what was said. */
#include "role/gateway/calls_travel.h"

#include "role/gateway/demo.h"
#include "tests/support/payout_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T    CALL_SCENE_TIME_US
#define ADDR "0x94df8b352de7f46f64b01d3666bf6e936e44ce60"
#define SAID "{\"isAddressOwner\":1,\"sendTo\":2,\"bnfName\":\"Ada Example\"}"

static struct payout_scene scene;

static int open_scene(void **state)
{
    (void)state;
    payout_scene_open(&scene);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    payout_scene_close(&scene);
    return 0;
}

static void expect(u32 account, enum endpoint_id endpoint, const char *query, const char *json)
{
    call_scene_expect(&scene.call, account, endpoint, query, json);
}

static void refuses(enum endpoint_id endpoint, const char *query, i32 code, const char *message)
{
    call_scene_refuses(&scene.call, 1, endpoint, query, code, message);
}

static void tells_whose_questions(void **state)
{
    (void)state;
    expect(1, ENDPOINT_QUESTIONNAIRE_REQUIREMENTS, "", "{\"questionnaireCountryCode\":\"NIL\"}");
    memcpy(scene.call.venue.travel_country, "EU", 3);
    expect(1, ENDPOINT_QUESTIONNAIRE_REQUIREMENTS, "", "{\"questionnaireCountryCode\":\"EU\"}");
}

static void withdraws_with_answers(void **state)
{
    (void)state;
    memcpy(scene.call.venue.travel_country, "EU", 3);
    expect(1, ENDPOINT_LOCAL_WITHDRAW,
           "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=mine&questionnaire=" SAID,
           "{\"trId\":1,\"accpted\":true,\"info\":\"Withdraw request accepted\"}");
    assert_int_equal(world_free(&scene.call.world, 1, WORLD_BTC), WORLD_FUNDS - WORLD_COIN);
    refuses(ENDPOINT_LOCAL_WITHDRAW,
            "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=mine&questionnaire=" SAID, -4115,
            "withdrawOrderId is duplicated.");
    refuses(ENDPOINT_LOCAL_WITHDRAW, "coin=BTC&address=" ADDR "&amount=90000&questionnaire=" SAID,
            -4026, "Account has insufficient balance for requested action.");
    scene.call.abandon = API_ERROR_DISCONNECTED;
    refuses(ENDPOINT_LOCAL_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1&questionnaire=" SAID,
            -1001, "Internal error; unable to process your request. Please try again.");
    assert_int_equal(scene.payouts.waiting_count, 0);
}

static void answers_have_a_form(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "x",
        "1",
        "[]",
        "{}",
        "{\"isAddressOwner\":1}",
        "{\"sendTo\":1}",
        "{\"isAddressOwner\":1,\"sendTo\":{}}",
        "{\"isAddressOwner\":[1],\"sendTo\":1}",
        "{\"isAddressOwner\":1,\"sendTo\":1",
        "{\"isAddressOwner\":1,\"sendTo\":1}}",
        "{\"isAddressOwner\":1,\"sendTo\":1,\"sendTo\":1}",
        "{\"isAddressOwner\":1,\"sendTo\":1} {}",
    };
    char query[300];
    for (u32 i = 0; i < ARRAY_COUNT(bad); i++) {
        (void)snprintf(query, sizeof query, "coin=BTC&address=" ADDR "&amount=1&questionnaire=%s",
                       bad[i]);
        refuses(ENDPOINT_LOCAL_WITHDRAW, query, -1130, "Questionnaire format not valid.");
    }
    refuses(ENDPOINT_LOCAL_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1&questionnaire=  ", -1130,
            "Questionnaire must not be blank");
    refuses(ENDPOINT_LOCAL_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1", -1102,
            "Mandatory parameter 'questionnaire' was not sent, was empty/null, or malformed.");
    refuses(ENDPOINT_LOCAL_DEPOSIT_INFO, "tranId=1&questionnaire={\"a\":1}", -1130,
            "Questionnaire format not valid.");
    assert_int_equal(world_free(&scene.call.world, 1, WORLD_BTC), WORLD_FUNDS);
}

static bool file_has(const char *name, const char *text)
{
    char path[128];
    static char bytes[1 << 20];
    (void)snprintf(path, sizeof path, "%s/%s", scene.folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void answers_are_not_kept(void **state)
{
    (void)state;
    expect(1, ENDPOINT_LOCAL_WITHDRAW,
           "coin=BTC&address=" ADDR "&amount=1&name=Ada Home&questionnaire=" SAID,
           "{\"trId\":1,\"accpted\":true,\"info\":\"Withdraw request accepted\"}");
    assert_true(file_has(PAYOUT_FILE "-wal", ADDR));
    assert_false(file_has(PAYOUT_FILE "-wal", "Ada") || file_has(PAYOUT_FILE, "Ada"));
    assert_false(file_has(PAYOUT_FILE "-wal", "isAddressOwner"));
}

/* ---- histories ---- */

static void shows_withdrawals_with_answers(void **state)
{
    (void)state;
    expect(1, ENDPOINT_LOCAL_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1&questionnaire=" SAID,
           "{\"trId\":1,\"accpted\":true,\"info\":\"Withdraw request accepted\"}");
    assert_int_equal(
        call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1"),
        200);
    struct history_withdrawal rows[2] = {
        {.hold_id = 2, .total = amount_of(WORLD_COIN), .time_us = T},
        {.hold_id = 1, .total = amount_of(WORLD_COIN), .time_us = T}};
    payout_scene_lay(&scene, rows, 2);
    const char *shown =
        "[{\"id\":\"00000000000000000000000000000001\",\"trId\":1,\"amount\":\"0.99900000\","
        "\"transactionFee\":\"0.00100000\",\"coin\":\"BTC\",\"withdrawalStatus\":4,"
        "\"travelRuleStatus\":0,\"address\":\"" ADDR "\",\"addressTag\":\"\",\"txId\":\"\","
        "\"applyTime\":\"2026-11-18 11:06:40\",\"network\":\"DEMO\",\"transferType\":0,"
        "\"info\":\"\",\"confirmNo\":0,\"walletType\":0,\"txKey\":\"\"}]";
    static const enum endpoint_id endpoints[] = {ENDPOINT_LOCAL_WITHDRAWALS,
                                                 ENDPOINT_LOCAL_WITHDRAWALS_2};
    for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
        expect(1, endpoints[i], "", shown);
        expect(1, endpoints[i], "trId=1&travelRuleStatus=0&network=DEMO", shown);
        expect(1, endpoints[i], "trId=2", "[]");
        expect(1, endpoints[i], "offset=1", "[]");
        assert_int_equal(scene.ask.offset, 0);
        expect(1, endpoints[i], "travelRuleStatus=1", "[]");
        expect(1, endpoints[i], "network=ETH", "[]");
        refuses(endpoints[i], "trId=x", -1130, "Data sent for parameter 'trId' is not valid.");
        refuses(endpoints[i], "trId=1&txId=a", -1128,
                "Combination of optional parameters invalid.");
    }
}

static const struct history_deposit deposits[3] = {
    {.entry = 31, .asset = WORLD_BTC, .amount = {7}, .status = HISTORY_DEPOSIT_HELD, .time_us = T},
    {.entry = 30, .asset = WORLD_BTC, .amount = {8}, .status = HISTORY_DEPOSIT_HELD, .time_us = T},
    {.entry = 20,
     .asset = WORLD_BTC,
     .amount = {9},
     .status = HISTORY_DEPOSIT_CREDITED,
     .time_us = T},
};

static void takes_answers_about_deposits(void **state)
{
    (void)state;
    payout_scene_lay(&scene, deposits, 3);
    const char *query = "tranId=30&questionnaire={\"depositOriginator\":1}";
    expect(1, ENDPOINT_LOCAL_DEPOSIT_INFO, query,
           "{\"trId\":30,\"accepted\":true,\"info\":\"Deposit questionnaire accepted\"}");
    assert_int_equal(scene.ask.lookup, LOOKUP_DEPOSITS);
    expect(1, ENDPOINT_LOCAL_DEPOSIT_INFO_2, "depositId=20&questionnaire={\"depositOriginator\":1}",
           "{\"trId\":20,\"accepted\":true,\"info\":\"Deposit questionnaire accepted\"}");
    refuses(ENDPOINT_LOCAL_DEPOSIT_INFO, "tranId=29&questionnaire={\"depositOriginator\":1}", -1130,
            "Data sent for parameter 'tranId' is not valid.");
    refuses(ENDPOINT_LOCAL_DEPOSIT_INFO_2, "depositId=29&questionnaire={\"depositOriginator\":1}",
            -1130, "Data sent for parameter 'depositId' is not valid.");
    scene.call.venue.payouts = NULL;
    refuses(ENDPOINT_LOCAL_DEPOSIT_INFO, query, -1001,
            "Internal error; unable to process your request. Please try again.");
    scene.call.venue.payouts = &scene.payouts;
    bool answered = false;
    assert_int_equal(payouts_answered(&scene.payouts, 1, 30, &answered), FAULT_NONE);
    assert_true(answered);
    scene.found = (struct lookup_result){.status = LOOKUP_BEHIND};
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_LOCAL_DEPOSIT_INFO, query), 504);
}

static void shows_deposits(void **state)
{
    (void)state;
    payout_scene_lay(&scene, deposits, 3);
    struct demo_text address = demo_address(1, "BTC");
    char expected[700];
    (void)snprintf(expected, sizeof expected,
                   "[{\"trId\":31,\"tranId\":31,\"amount\":\"0.00000007\",\"coin\":\"BTC\","
                   "\"network\":\"DEMO\",\"depositStatus\":0,\"travelRuleStatus\":1,"
                   "\"address\":\"%s\",\"addressTag\":\"\",\"txId\":\"demo-deposit-31\","
                   "\"insertTime\":1795000000000,\"transferType\":0,\"confirmTimes\":\"1/1\","
                   "\"unlockConfirm\":1,\"walletType\":0,\"requireQuestionnaire\":true}]",
                   address.text);
    expect(1, ENDPOINT_LOCAL_DEPOSITS, "tranId=31", expected);
    expect(1, ENDPOINT_LOCAL_DEPOSITS, "trId=31", expected);
    expect(1, ENDPOINT_LOCAL_DEPOSITS, "limit=1", expected);
    (void)snprintf(expected, sizeof expected,
                   "[{\"depositId\":\"20\",\"amount\":\"0.00000009\",\"coin\":\"BTC\","
                   "\"network\":\"DEMO\",\"depositStatus\":1,\"travelRuleReqStatus\":0,"
                   "\"address\":\"%s\",\"addressTag\":\"\",\"txId\":\"demo-deposit-20\","
                   "\"insertTime\":1795000000000,\"transferType\":0,\"confirmTimes\":\"1/1\","
                   "\"unlockConfirm\":1,\"walletType\":0,\"requireQuestionnaire\":false}]",
                   address.text);
    expect(1, ENDPOINT_LOCAL_DEPOSITS_2, "depositId=20&retrieveQuestionnaire=true", expected);
    expect(1, ENDPOINT_LOCAL_DEPOSITS_2, "offset=2", expected);
    expect(1, ENDPOINT_LOCAL_DEPOSIT_INFO, "tranId=31&questionnaire={\"depositOriginator\":1}",
           "{\"trId\":31,\"accepted\":true,\"info\":\"Deposit questionnaire accepted\"}");
    assert_int_equal(
        call_scene_run(&scene.call, 1, ENDPOINT_LOCAL_DEPOSITS, "pendingQuestionnaire=true"), 200);
    assert_non_null(strstr(scene.call.text, "[{\"trId\":30,"));
    assert_null(strstr(scene.call.text, "\"trId\":31,"));
    assert_null(strstr(scene.call.text, "\"trId\":20,"));
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_LOCAL_DEPOSITS, "travelRuleStatus=0"),
                     200);
    assert_non_null(strstr(scene.call.text, "[{\"trId\":31,"));
    assert_non_null(strstr(scene.call.text, "},{\"trId\":20,"));
    assert_null(strstr(scene.call.text, "\"trId\":30,"));
}

static void tells_lists(void **state)
{
    (void)state;
    expect(1, ENDPOINT_LOCAL_VASPS, "", "[{\"vaspName\":\"Demo network\",\"vaspCode\":\"DEMO\"}]");
    expect(1, ENDPOINT_VERIFIED_ADDRESSES, "", "[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_whose_questions),
        TEST(withdraws_with_answers),
        TEST(answers_have_a_form),
        TEST(answers_are_not_kept),
        TEST(shows_withdrawals_with_answers),
        TEST(takes_answers_about_deposits),
        TEST(shows_deposits),
        TEST(tells_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
