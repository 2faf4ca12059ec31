/* Aim: money leaves only as it was asked for, once, and what was said about it is found again.
 * Method: calls against the scene's venue, with a real payouts.db; the history's rows are laid
 * down.
 */
#include "role/gateway/calls_payout.h"

#include "role/gateway/demo.h"
#include "role/gateway/view_account.h"
#include "tests/support/payout_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define T    CALL_SCENE_TIME_US
#define DAY  86400000000ULL
#define ID   "0000000000000000000000000000000"
#define ADDR "0x94df8b352de7f46f64b01d3666bf6e936e44ce60"

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

static void refuses(u32 account, const char *query, i32 code, const char *message)
{
    call_scene_refuses(&scene.call, account, ENDPOINT_WITHDRAW, query, code, message);
}

static u64 free_of(u32 account)
{
    return world_free(&scene.call.world, account, WORLD_BTC);
}

/* ---- withdraw ---- */

static void withdraws(void **state)
{
    (void)state;
    expect(1, ENDPOINT_WITHDRAW,
           "coin=BTC&address=" ADDR "&amount=1.5&addressTag=7&withdrawOrderId=mine"
           "&network=DEMO&transactionFeeFlag=false&name=home&walletType=0",
           "{\"id\":\"" ID "1\"}");
    assert_int_equal(free_of(1), WORLD_FUNDS - 150000000);
    const struct view_balance *row = view_balance_of(scene.call.view.view, 1, WORLD_BTC);
    assert_int_equal(row->withdrawing.units, 150000000);
    const struct command_withdraw_hold *command = (const void *)scene.call.command;
    assert_int_equal(command->amount.units, 149900000);
    assert_int_equal(command->fee.units, 100000);
    assert_int_equal(command->network, DEMO_NETWORK);
    struct payout payout;
    bool found = false;
    assert_int_equal(payouts_of_hold(&scene.payouts, 1, 1, 0, &payout, &found), FAULT_NONE);
    assert_true(found);
    assert_string_equal(payout.address, ADDR);
    assert_string_equal(payout.tag, "7");
    assert_string_equal(payout.order_id, "mine");
    assert_int_equal(payout.amount.units, 149900000);
    assert_int_equal(payout.source_index, command->head.source_index);
    assert_int_equal(payout.time_us, T);
    assert_false(payout_answers_given(&payout.answers));
    expect(1, ENDPOINT_WITHDRAW, "coin=USDT&address=" ADDR "&amount=20", "{\"id\":\"" ID "2\"}");
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    refuses(1, "coin=NONE&address=" ADDR "&amount=1", -4018, "We don't have this asset.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=1&network=ETH", -1130,
            "Data sent for parameter 'network' is not valid.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=1&walletType=1", -1130,
            "Data sent for parameter 'walletType' is not valid.");
    refuses(1, "coin=BTC&address=a b c&amount=1", -4007, "Address validation is not passed.");
    refuses(1, "coin=BTC&address=demo-BTC-1-00000000&amount=1", -4007,
            "Address validation is not passed.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=1&addressTag=a b", -4008,
            "Address tag validation is not passed.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=a.b", -1100,
            "Illegal characters found in parameter 'withdrawOrderId'; legal range is "
            "'^[a-zA-Z0-9-_]{1,64}$'.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=0.00199999", -4022,
            "Not less than the minimum pick-up quantity 0.00200000.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=0", -4022,
            "Not less than the minimum pick-up quantity 0.00200000.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=1.000000001", -1111,
            "Parameter 'amount' has too much precision.");
    refuses(1, "coin=BTC&address=" ADDR "&amount=99999999999", -1108,
            "Parameter 'amount' overflowed.");
    refuses(1, "coin=BTC&address=" ADDR, -1102,
            "Mandatory parameter 'amount' was not sent, was empty/null, or malformed.");
    assert_int_equal(scene.payouts.waiting_count, 0);
    assert_int_equal(free_of(1), WORLD_FUNDS);
    struct demo_text address = demo_address(2, "BTC");
    char query[200];
    (void)snprintf(query, sizeof query, "coin=BTC&address=%s&amount=0.002", address.text);
    expect(1, ENDPOINT_WITHDRAW, query, "{\"id\":\"" ID "1\"}");
}

/* What the core refuses leaves no row, so that the same id can be sent again. */
static void refuses_what_the_core_refuses(void **state)
{
    (void)state;
    refuses(1, "coin=BTC&address=" ADDR "&amount=20000.00000001&withdrawOrderId=a", -4026,
            "Account has insufficient balance for requested action.");
    payout_scene_restrict(&scene, 1, RESTRICTED(OPERATION_WITHDRAW, RESTRICTION_HOLD));
    refuses(1, "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=a", -2010,
            "This action is disabled on this account.");
    assert_int_equal(scene.payouts.waiting_count, 0);
    assert_int_equal(free_of(1), WORLD_FUNDS);
    payout_scene_restrict(&scene, 1, WITHDRAW_ONLY);
    expect(1, ENDPOINT_WITHDRAW, "coin=BTC&address=" ADDR "&amount=20000&withdrawOrderId=a",
           "{\"id\":\"" ID "1\"}");
    assert_int_equal(free_of(1), 0);
}

static void an_order_id_is_used_once(void **state)
{
    (void)state;
    const char *query = "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=same";
    expect(1, ENDPOINT_WITHDRAW, query, "{\"id\":\"" ID "1\"}");
    refuses(1, query, -4115, "withdrawOrderId is duplicated.");
    assert_int_equal(free_of(1), WORLD_FUNDS - WORLD_COIN);
    expect(2, ENDPOINT_WITHDRAW, query, "{\"id\":\"" ID "2\"}");
}

static void is_refused_while_nothing_can_be_sent(void **state)
{
    (void)state;
    const char *query = "coin=BTC&address=" ADDR "&amount=1&withdrawOrderId=a";
    const char *text = "Internal error; unable to process your request. Please try again.";
    scene.call.venue.engine_away = true;
    refuses(1, query, -1001, text);
    scene.call.venue.engine_away = false;
    scene.call.venue.payouts = NULL;
    refuses(1, query, -1001, text);
    scene.call.venue.payouts = &scene.payouts;
    assert_int_equal(scene.payouts.waiting_count, 0);
    scene.call.abandon = API_ERROR_DISCONNECTED;
    refuses(1, query, -1001, text);
    scene.call.abandon = API_ERROR_SERVER_BUSY;
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAW, query), 503);
    assert_int_equal(scene.payouts.waiting_count, 0);
    /* The engine has taken it and refused to journal it. */
    scene.call.abandon = API_ERROR_UNKNOWN;
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAW, query), 500);
    assert_int_equal(scene.payouts.waiting_count, 0);
    /* Nobody knows what became of this one: its id stays taken. */
    scene.call.abandon = API_ERROR_TIMEOUT;
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAW, query), 504);
    assert_int_equal(scene.payouts.waiting_count, 1);
    u64 index = scene.payouts.waiting[0];
    scene.call.abandon = API_ERROR_NONE;
    scene.call.world.source_index = index;
    refuses(1, query, -4115, "withdrawOrderId is duplicated.");
    assert_int_equal(payouts_taken(&scene.payouts, index - 1), FAULT_NONE);
    expect(1, ENDPOINT_WITHDRAW, query, "{\"id\":\"" ID "1\"}");
}

static void a_travel_rule_has_its_own_endpoint(void **state)
{
    (void)state;
    memcpy(scene.call.venue.travel_country, "EU", 3);
    refuses(1, "coin=BTC&address=" ADDR "&amount=1", -1020, "This operation is not supported.");
    assert_int_equal(free_of(1), WORLD_FUNDS);
}

/* ---- its history ---- */

static struct history_withdrawal held(u64 hold_id, u64 source_index)
{
    return (struct history_withdrawal){.hold_id = hold_id,
                                       .asset = WORLD_BTC,
                                       .total = amount_of(150000000),
                                       .source_index = source_index,
                                       .status = HISTORY_WITHDRAWAL_HELD,
                                       .time_us = T + 999,
                                       .update_us = T + 999};
}

#define HELD                                                                                     \
    "{\"id\":\"" ID "1\",\"amount\":\"1.49900000\",\"transactionFee\":\"0.00100000\","           \
    "\"coin\":\"BTC\",\"status\":4,\"address\":\"" ADDR "\",\"addressTag\":\"7\",\"txId\":\"\"," \
    "\"applyTime\":\"2026-11-18 11:06:40\",\"network\":\"DEMO\",\"transferType\":0,"             \
    "\"withdrawOrderId\":\"mine\",\"info\":\"\",\"confirmNo\":0,\"walletType\":0,\"txKey\":\"\"}"

static void withdraw_one(void)
{
    expect(1, ENDPOINT_WITHDRAW,
           "coin=BTC&address=" ADDR "&amount=1.5&addressTag=7&withdrawOrderId=mine",
           "{\"id\":\"" ID "1\"}");
}

static void shows_withdrawals(void **state)
{
    (void)state;
    withdraw_one();
    struct history_withdrawal rows[2] = {held(2, 0), held(1, 0)};
    rows[0].status = HISTORY_WITHDRAWAL_SETTLED;
    rows[0].amount = amount_of(140000000);
    rows[0].fee = amount_of(10000000);
    rows[0].update_us = T + 60000000;
    payout_scene_lay(&scene, rows, 2);
    expect(1, ENDPOINT_WITHDRAWALS, "",
           "[{\"id\":\"" ID "2\",\"amount\":\"1.40000000\",\"transactionFee\":\"0.10000000\","
           "\"coin\":\"BTC\",\"status\":6,\"address\":\"\",\"addressTag\":\"\","
           "\"txId\":\"demo-withdrawal-2\",\"applyTime\":\"2026-11-18 11:06:40\","
           "\"network\":\"DEMO\",\"transferType\":0,\"info\":\"\",\"confirmNo\":1,"
           "\"walletType\":0,\"txKey\":\"\",\"completeTime\":\"2026-11-18 11:07:40\"}," HELD "]");
    assert_int_equal(scene.ask.lookup, LOOKUP_WITHDRAWALS);
    assert_int_equal(scene.ask.account, 1);
    assert_int_equal(scene.ask.asset, -1);
    assert_int_equal(scene.ask.status, -1);
    assert_int_equal(scene.ask.limit, 1000);
    assert_int_equal(scene.ask.from_us, T - 90 * DAY);
    assert_int_equal(scene.ask.to_us, 0);
    expect(1, ENDPOINT_WITHDRAWALS, "idList=" ID "1," ID "9", "[" HELD "]");
    assert_int_equal(scene.ask.limit, 1000);
    expect(1, ENDPOINT_WITHDRAWALS, "idList=" ID "1," ID "2&offset=1", "[" HELD "]");
    expect(1, ENDPOINT_WITHDRAWALS, "idList=1,,x," ID "g,10000000000000000000000000000001", "[]");
    call_scene_refuses(&scene.call, 1, ENDPOINT_WITHDRAWALS, "idList=,,,,,,,,,,,,,,,,,,,,", -1130,
                       "Data sent for parameter 'idList' is not valid.");
    payout_scene_lay(&scene, rows + 1, 1);
    expect(1, ENDPOINT_WITHDRAWALS, "withdrawOrderId=mine", "[" HELD "]");
    assert_int_equal(scene.ask.lookup, LOOKUP_WITHDRAWAL_BY_ID);
    assert_int_equal(scene.ask.id, 1);
    expect(1, ENDPOINT_WITHDRAWALS, "withdrawOrderId=other", "[]");
    expect(2, ENDPOINT_WITHDRAWALS, "withdrawOrderId=mine", "[]");
}

static void statuses_are_the_apis(void **state)
{
    (void)state;
    static const struct {
        enum history_withdrawal_status status;
        u32 number;
    } cases[] = {{HISTORY_WITHDRAWAL_HELD, 4},
                 {HISTORY_WITHDRAWAL_SETTLED, 6},
                 {HISTORY_WITHDRAWAL_RELEASED, 3},
                 {HISTORY_WITHDRAWAL_FALLBACK, 5}};
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        struct history_withdrawal row = held(1, 0);
        row.status = cases[i].status;
        payout_scene_lay(&scene, &row, 1);
        char text[60];
        (void)snprintf(text, sizeof text, "coin=BTC&status=%u&offset=5&limit=9", cases[i].number);
        assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAWALS, text), 200);
        assert_int_equal(scene.ask.status, cases[i].status);
        assert_int_equal(scene.ask.asset, WORLD_BTC);
        assert_int_equal(scene.ask.offset, 5);
        assert_int_equal(scene.ask.limit, 9);
        (void)snprintf(text, sizeof text, "\"status\":%u,", cases[i].number);
        assert_non_null(strstr(scene.call.text, text));
    }
    expect(1, ENDPOINT_WITHDRAWALS, "status=1", "[]");
    expect(1, ENDPOINT_WITHDRAWALS, "coin=NONE", "[]");
    expect(1, ENDPOINT_WITHDRAWALS, "offset=1000001", "[]");
}

/* A row that no event has settled is found by the number of its command. */
static void finds_what_was_not_settled(void **state)
{
    (void)state;
    struct payout payout = {.source_index = 77,
                            .time_us = T,
                            .account = 1,
                            .amount = amount_of(149900000),
                            .fee = amount_of(100000),
                            .address = ADDR,
                            .tag = "7",
                            .order_id = "mine"};
    assert_int_equal(payouts_add(&scene.payouts, &payout), FAULT_NONE);
    struct history_withdrawal rows[2] = {held(2, 76), held(1, 77)};
    payout_scene_lay(&scene, rows, 2);
    expect(1, ENDPOINT_WITHDRAWALS, "withdrawOrderId=mine", "[" HELD "]");
    assert_int_equal(scene.ask.lookup, LOOKUP_WITHDRAWALS);
    assert_true(scene.ask.from_us < T && scene.ask.to_us > T);
    payout_scene_lay(&scene, rows + 1, 1);
    expect(1, ENDPOINT_WITHDRAWALS, "", "[" HELD "]");
}

static void periods_have_90_days(void **state)
{
    (void)state;
    const char *text = "Time interval must be within 0-90 days";
    static const enum endpoint_id endpoints[] = {ENDPOINT_WITHDRAWALS, ENDPOINT_DEPOSITS};
    for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
        expect(1, endpoints[i], "startTime=1787224000000", "[]");
        call_scene_refuses(&scene.call, 1, endpoints[i], "startTime=1787223999999", -4047, text);
        call_scene_refuses(&scene.call, 1, endpoints[i],
                           "startTime=1795000000000&endTime=1794999999999", -4047, text);
        expect(1, endpoints[i], "startTime=1700000000000&endTime=1700000000000", "[]");
        assert_int_equal(scene.ask.from_us, 1700000000000000);
        assert_int_equal(scene.ask.to_us, 1700000000000999);
    }
}

/* ---- deposits ---- */

static void shows_deposits(void **state)
{
    (void)state;
    struct history_deposit rows[3] = {
        {.entry = 30,
         .asset = WORLD_BTC,
         .amount = amount_of(150000000),
         .hold_id = 3,
         .status = HISTORY_DEPOSIT_HELD,
         .time_us = T + 1,
         .update_us = T + 1},
        {.entry = 20,
         .asset = WORLD_USDT,
         .amount = amount_of(5),
         .status = HISTORY_DEPOSIT_CREDITED,
         .time_us = T,
         .update_us = T},
        {.entry = 10,
         .asset = WORLD_USDT,
         .amount = amount_of(6),
         .status = HISTORY_DEPOSIT_RETURNED,
         .time_us = T,
         .update_us = T + 1000000},
    };
    struct demo_text btc = demo_address(1, "BTC");
    struct demo_text usdt = demo_address(1, "USDT");
    char first[600];
    char rest[1200];
    char all[2000];
    (void)snprintf(first, sizeof first,
                   "{\"id\":\"30\",\"amount\":\"1.50000000\",\"coin\":\"BTC\",\"network\":\"DEMO\","
                   "\"status\":0,\"travelRuleStatus\":1,\"address\":\"%s\",\"addressTag\":\"\","
                   "\"txId\":\"demo-deposit-30\",\"insertTime\":1795000000000,\"transferType\":0,"
                   "\"confirmTimes\":\"1/1\",\"unlockConfirm\":1,\"walletType\":0}",
                   btc.text);
    (void)snprintf(rest, sizeof rest,
                   "{\"id\":\"20\",\"amount\":\"0.00000005\",\"coin\":\"USDT\","
                   "\"network\":\"DEMO\",\"status\":1,\"travelRuleStatus\":0,\"address\":\"%s\","
                   "\"addressTag\":\"\",\"txId\":\"demo-deposit-20\",\"insertTime\":1795000000000,"
                   "\"completeTime\":1795000000000,\"transferType\":0,\"confirmTimes\":\"1/1\","
                   "\"unlockConfirm\":1,\"walletType\":0},"
                   "{\"id\":\"10\",\"amount\":\"0.00000006\",\"coin\":\"USDT\","
                   "\"network\":\"DEMO\",\"status\":2,\"travelRuleStatus\":0,\"address\":\"%s\","
                   "\"addressTag\":\"\",\"txId\":\"demo-deposit-10\",\"insertTime\":1795000000000,"
                   "\"completeTime\":1795000001000,\"transferType\":0,\"confirmTimes\":\"1/1\","
                   "\"unlockConfirm\":1,\"walletType\":0}",
                   usdt.text, usdt.text);
    (void)snprintf(all, sizeof all, "[%s,%s]", first, rest);
    payout_scene_lay(&scene, rows, 3);
    expect(1, ENDPOINT_DEPOSITS, "", all);
    assert_int_equal(scene.ask.lookup, LOOKUP_DEPOSITS);
    (void)snprintf(all, sizeof all, "[%s]", first);
    expect(1, ENDPOINT_DEPOSITS, "txId=demo-deposit-30", all);
    expect(1, ENDPOINT_DEPOSITS, "txId=demo-deposit-31", "[]");
    expect(1, ENDPOINT_DEPOSITS, "txId=0xabc", "[]");
    expect(1, ENDPOINT_DEPOSITS, "status=6", "[]");
    static const enum history_deposit_status statuses[] = {
        HISTORY_DEPOSIT_HELD, HISTORY_DEPOSIT_CREDITED, HISTORY_DEPOSIT_RETURNED};
    for (u32 i = 0; i < ARRAY_COUNT(statuses); i++) {
        char query[60];
        (void)snprintf(query, sizeof query, "coin=USDT&status=%u&includeSource=true", i);
        assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_DEPOSITS, query), 200);
        assert_int_equal(scene.ask.status, statuses[i]);
        assert_int_equal(scene.ask.asset, WORLD_USDT);
        assert_non_null(strstr(scene.call.text, "\"sourceAddress\":\"\","));
    }
}

static void an_absent_history_is_a_timeout(void **state)
{
    (void)state;
    scene.found = (struct lookup_result){.status = LOOKUP_TIMEOUT};
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_DEPOSITS, ""), 504);
    assert_int_equal(api_error_code(scene.call.call.failure.error), -1007);
    assert_int_equal(call_scene_run(&scene.call, 1, ENDPOINT_WITHDRAWALS, ""), 504);
}

static void lists_where_money_went(void **state)
{
    (void)state;
    expect(1, ENDPOINT_WITHDRAW_ADDRESSES, "", "[]");
    withdraw_one();
    expect(1, ENDPOINT_WITHDRAW, "coin=BTC&address=" ADDR "&amount=1&addressTag=7",
           "{\"id\":\"" ID "2\"}");
    expect(1, ENDPOINT_WITHDRAW_ADDRESSES, "",
           "[{\"address\":\"" ADDR "\",\"addressTag\":\"7\",\"coin\":\"BTC\",\"name\":\"\","
           "\"network\":\"DEMO\",\"origin\":\"\",\"originType\":\"\",\"whiteStatus\":false}]");
    expect(2, ENDPOINT_WITHDRAW_ADDRESSES, "", "[]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(withdraws),
        TEST(refuses_what_is_wrong),
        TEST(refuses_what_the_core_refuses),
        TEST(an_order_id_is_used_once),
        TEST(is_refused_while_nothing_can_be_sent),
        TEST(a_travel_rule_has_its_own_endpoint),
        TEST(shows_withdrawals),
        TEST(statuses_are_the_apis),
        TEST(finds_what_was_not_settled),
        TEST(periods_have_90_days),
        TEST(shows_deposits),
        TEST(an_absent_history_is_a_timeout),
        TEST(lists_where_money_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
