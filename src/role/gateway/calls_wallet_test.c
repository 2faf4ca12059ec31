/* Aim: the wallet tells coins, addresses and the state of an account as clients read them, and what
 * it shows of all accounts is what the core has. Method: calls against the scene's venue. */
#include "role/gateway/calls_wallet.h"

#include "base/amount.h"
#include "role/gateway/demo.h"
#include "tests/support/payout_scene.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct call_scene scene;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    scene.venue.withdraw_fee_bp = 10;
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void restrict_account(u32 account, u64 restrictions)
{
    struct command_restrict command = {.restrictions = restrictions};
    world_apply(&scene.world, &command, COMMAND_RESTRICT, account);
    call_scene_follow(&scene);
}

static void hold(u32 account, u16 asset, u64 units)
{
    struct command_withdraw_hold command = {
        .amount = amount_of(units), .fee = amount_of(1), .asset = asset};
    world_apply(&scene.world, &command, COMMAND_WITHDRAW_HOLD, account);
    call_scene_follow(&scene);
}

static void deposit(u32 account, u16 asset, u64 units)
{
    world_deposit(&scene.world, account, asset, units);
    call_scene_follow(&scene);
}

/* ---- coins ---- */

static void tells_coins(void **state)
{
    (void)state;
    hold(2, WORLD_USDT, 4999999999);
    assert_int_equal(call_scene_run(&scene, 2, ENDPOINT_COINS, ""), 200);
    const char *btc =
        "[{\"coin\":\"BTC\",\"depositAllEnable\":true,\"withdrawAllEnable\":true,\"name\":\"BTC\","
        "\"free\":\"20000.00000000\",\"locked\":\"0.00000000\",\"freeze\":\"0.00000000\","
        "\"withdrawing\":\"0.00000000\",\"ipoing\":\"0.00000000\",\"ipoable\":\"0.00000000\","
        "\"storage\":\"0.00000000\",\"isLegalMoney\":false,\"trading\":true,\"networkList\":["
        "{\"network\":\"DEMO\",\"coin\":\"BTC\",\"withdrawIntegerMultiple\":\"0.00000001\","
        "\"isDefault\":true,\"depositEnable\":true,\"withdrawEnable\":true,\"depositDesc\":\"\","
        "\"withdrawDesc\":\"\",\"specialTips\":\"\",\"name\":\"Demo network\","
        "\"resetAddressStatus\":false,\"addressRegex\":\"^[0-9A-Za-z:._-]{4,128}$\","
        "\"memoRegex\":\"^[0-9A-Za-z_-]{1,64}$\",\"withdrawFee\":\"0.00100000\","
        "\"withdrawMin\":\"0.00200000\",\"withdrawMax\":\"92233720368.54775807\","
        "\"withdrawInternalMin\":\"0.00200000\",\"depositDust\":\"0.00000001\",\"minConfirm\":1,"
        "\"unLockConfirm\":1,\"sameAddress\":false,\"withdrawTag\":false,"
        "\"estimatedArrivalTime\":1,\"busy\":false,\"contractAddressUrl\":\"\","
        "\"contractAddress\":\"\"}]},{\"coin\":\"USDT\",";
    if (strncmp(scene.text, btc, strlen(btc)) != 0) {
        fail_msg("%s\nexpected\n%s", scene.text, btc);
    }
    assert_non_null(strstr(scene.text,
                           "\"free\":\"19950.00000000\",\"locked\":\"0.00000000\","
                           "\"freeze\":\"0.00000000\",\"withdrawing\":\"50.00000000\""));
    assert_int_equal(scene.call.state.weight, 10);
    world_market_state(&scene.world, 0, MARKET_STATE_HALT);
    call_scene_follow(&scene);
    assert_int_equal(call_scene_run(&scene, 2, ENDPOINT_COINS, ""), 200);
    assert_null(strstr(scene.text, "\"trading\":true"));
}

/* ---- addresses ---- */

static void gives_addresses(void **state)
{
    (void)state;
    char expected[300];
    struct demo_text address = demo_address(3, "BTC");
    (void)snprintf(expected, sizeof expected,
                   "{\"address\":\"%s\",\"coin\":\"BTC\",\"tag\":\"\",\"url\":\"\"}", address.text);
    call_scene_expect(&scene, 3, ENDPOINT_DEPOSIT_ADDRESS, "coin=BTC", expected);
    call_scene_expect(&scene, 3, ENDPOINT_DEPOSIT_ADDRESS, "coin=BTC&network=DEMO", expected);
    (void)snprintf(expected, sizeof expected,
                   "[{\"coin\":\"BTC\",\"address\":\"%s\",\"tag\":\"\",\"isDefault\":1}]",
                   address.text);
    call_scene_expect(&scene, 3, ENDPOINT_DEPOSIT_ADDRESSES, "coin=BTC", expected);
    static const enum endpoint_id endpoints[] = {ENDPOINT_DEPOSIT_ADDRESS,
                                                 ENDPOINT_DEPOSIT_ADDRESSES};
    for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
        restrict_account(3, 0);
        call_scene_refuses(&scene, 3, endpoints[i], "coin=NONE", -4018,
                           "We don't have this asset.");
        call_scene_refuses(&scene, 3, endpoints[i], "coin=BTCBTCBTCBTC", -4018,
                           "We don't have this asset.");
        call_scene_refuses(&scene, 3, endpoints[i], "coin=BTC&network=ETH", -1130,
                           "Data sent for parameter 'network' is not valid.");
        restrict_account(3, WITHDRAW_ONLY);
        call_scene_refuses(&scene, 3, endpoints[i], "coin=BTC", -2010,
                           "This action is disabled on this account.");
    }
}

static void lists_nothing_without_payouts(void **state)
{
    (void)state;
    call_scene_refuses(&scene, 0, ENDPOINT_WITHDRAW_ADDRESSES, "", -1001,
                       "Internal error; unable to process your request. Please try again.");
}

/* ---- the account ---- */

static void tells_the_state_of_an_account(void **state)
{
    (void)state;
    static const struct {
        u64 restrictions;
        const char *status;
        const char *locked;
        const char *quota;
    } cases[] = {
        {0, "Normal", "false", "9999999999.00000000"},
        {WITHDRAW_ONLY, "Withdrawal only", "true", "9999999999.00000000"},
        {RESTRICTED(OPERATION_DEPOSIT, RESTRICTION_HOLD), "Restricted", "false",
         "9999999999.00000000"},
        {RESTRICTED(OPERATION_WITHDRAW, RESTRICTION_HOLD), "Restricted", "false", "0.00000000"},
        {RESTRICTED(OPERATION_WITHDRAW, RESTRICTION_FREEZE) |
             RESTRICTED(OPERATION_TRADE, RESTRICTION_FREEZE),
         "Restricted", "true", "0.00000000"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char expected[300];
        restrict_account(4, cases[i].restrictions);
        (void)snprintf(expected, sizeof expected, "{\"data\":\"%s\"}", cases[i].status);
        call_scene_expect(&scene, 4, ENDPOINT_ACCOUNT_STATUS, "", expected);
        (void)snprintf(expected, sizeof expected,
                       "{\"data\":{\"isLocked\":%s,\"plannedRecoverTime\":0,\"triggerCondition\":{"
                       "\"GCR\":0,\"IFER\":0,\"UFR\":0},\"updateTime\":0}}",
                       cases[i].locked);
        call_scene_expect(&scene, 4, ENDPOINT_ACCOUNT_TRADING_STATUS, "", expected);
        (void)snprintf(expected, sizeof expected,
                       "{\"wdQuota\":\"%s\",\"usedWdQuota\":\"0.00000000\"}", cases[i].quota);
        call_scene_expect(&scene, 4, ENDPOINT_WITHDRAW_QUOTA, "", expected);
    }
}

static void tells_what_a_key_may(void **state)
{
    (void)state;
    static const struct {
        u64 restrictions;
        const char *withdraw;
        const char *trade;
    } cases[] = {
        {0, "true", "true"},
        {WITHDRAW_ONLY, "true", "false"},
        {RESTRICTED(OPERATION_WITHDRAW, RESTRICTION_REFUSE), "false", "true"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char expected[600];
        restrict_account(4, cases[i].restrictions);
        (void)snprintf(
            expected, sizeof expected,
            "{\"ipRestrict\":false,\"createTime\":1795000000000,\"enableReading\":true,\"enableWithdrawals\":%s,"
            "\"enableInternalTransfer\":false,\"enableMargin\":false,\"enableFutures\":false,"
            "\"permitsUniversalTransfer\":false,\"enableVanillaOptions\":false,"
            "\"enableFixApiTrade\":false,\"enableFixReadOnly\":false,"
            "\"enableSpotAndMarginTrading\":%s,\"enablePortfolioMarginTrading\":false}",
            cases[i].withdraw, cases[i].trade);
        call_scene_expect(&scene, 4, ENDPOINT_ACCOUNT_RESTRICTIONS, "", expected);
    }
}

static void tells_the_level_of_an_account(void **state)
{
    (void)state;
    struct command_account_set set = {.trade_group = UINT32_MAX, .fee_tier = 2};
    world_apply(&scene.world, &set, COMMAND_ACCOUNT_SET, 5);
    call_scene_follow(&scene);
    call_scene_expect(&scene, 5, ENDPOINT_ACCOUNT_INFO, "",
                      "{\"vipLevel\":2,\"isMarginEnabled\":false,\"isFutureEnabled\":false,"
                      "\"isOptionsEnabled\":false,\"isPortfolioMarginRetailEnabled\":false}");
}

/* ---- assets and fees ---- */

static void tells_what_is_owned(void **state)
{
    (void)state;
    hold(1, WORLD_BTC, 99999999);
    restrict_account(1, WITHDRAW_ONLY);
    deposit(1, WORLD_USDT, 250000000);
    const char *btc = "{\"asset\":\"BTC\",\"free\":\"19999.00000000\",\"locked\":\"0.00000000\","
                      "\"freeze\":\"0.00000000\",\"withdrawing\":\"1.00000000\","
                      "\"ipoable\":\"0.00000000\",\"btcValuation\":\"0.00000000\"}";
    char expected[600];
    (void)snprintf(expected, sizeof expected,
                   "[%s,{\"asset\":\"USDT\",\"free\":\"20000.00000000\",\"locked\":\"0.00000000\","
                   "\"freeze\":\"2.50000000\",\"withdrawing\":\"0.00000000\","
                   "\"ipoable\":\"0.00000000\",\"btcValuation\":\"0.00000000\"}]",
                   btc);
    call_scene_expect(&scene, 1, ENDPOINT_USER_ASSETS, "", expected);
    (void)snprintf(expected, sizeof expected, "[%s]", btc);
    call_scene_expect(&scene, 1, ENDPOINT_USER_ASSETS, "asset=BTC", expected);
    call_scene_refuses(&scene, 1, ENDPOINT_USER_ASSETS, "asset=NONE", -4018,
                       "We don't have this asset.");
    assert_int_equal(
        call_scene_run(&scene, 1, ENDPOINT_USER_ASSETS, "asset=BTC&needBtcValuation=true"), 200);
    assert_non_null(strstr(scene.text, "\"btcValuation\":\"20000.00000000\""));
}

static void values_assets_in_btc(void **state)
{
    (void)state;
    /* A market between USDT and BTC the other way round: 0.01 BTC each. */
    struct command_market_add definition = world_definition();
    definition.market = 1;
    definition.base = WORLD_USDT;
    definition.quote = WORLD_BTC;
    memcpy(definition.name, "USDTBTC\0\0\0\0\0\0\0\0", sizeof definition.name);
    world_apply(&scene.world, &definition, COMMAND_MARKET_ADD, 0);
    call_scene_follow(&scene);
    const char *query = "asset=USDT&needBtcValuation=true";
    assert_int_equal(call_scene_run(&scene, 1, ENDPOINT_USER_ASSETS, query), 200);
    assert_non_null(strstr(scene.text, "\"btcValuation\":\"0.00000000\""));
    struct world_order sell = world_limit(SIDE_SELL, 1, 10000);
    struct world_order buy = world_limit(SIDE_BUY, 1, 10000);
    sell.market = 1;
    buy.market = 1;
    assert_int_not_equal(world_place(&scene.world, 4, sell), 0);
    call_scene_follow(&scene);
    assert_int_not_equal(world_place(&scene.world, 5, buy), 0);
    call_scene_follow(&scene);
    assert_int_equal(call_scene_run(&scene, 1, ENDPOINT_USER_ASSETS, query), 200);
    assert_non_null(strstr(scene.text, "\"btcValuation\":\"200.00000000\""));
}

/* The number behind the key, in units of 10^-8, and on to what follows. */
static u64 number_after(const char **at, const char *key)
{
    *at = strstr(*at, key);
    assert_non_null(*at);
    *at += strlen(key);
    struct amount amount;
    assert_int_equal(amount_parse(span_of(*at, strcspn(*at, "\"")), 8, &amount), AMOUNT_OK);
    return amount.units;
}

/* What customers are shown as theirs is what the core owes them: free, locked, and in suspense. */
static void sums_are_the_cores(void **state)
{
    (void)state;
    u64 paid_in[2] = {0};
    u32 holds = 0;
    for (u32 step = 0; step < 400; step++) {
        u32 account = (step * 7 + step / 11) % WORLD_ACCOUNTS;
        u16 asset = (u16)(step % 2);
        u64 units = 1 + step * 7919ULL % 100000;
        if (step % 50 == 0) {
            restrict_account(account, step % 100 == 0 ? WITHDRAW_ONLY : 0);
        }
        bool has_room = holds < scene.world.limits.holds_max;
        if (step % 5 < 2 && has_room) {
            deposit(account, asset, units);
            paid_in[asset] += units;
            const struct event_ledger *ledger = world_event(&scene.world, EVENT_LEDGER, 0);
            holds += ledger->cause == LEDGER_CAUSE_DEPOSIT_HELD;
        } else if (step % 50 == 2 && has_room) {
            hold(account, asset, units);
            holds += 1;
        } else {
            struct world_order order = world_limit((u8)(step % 2), 10000 + step % 7, 1 + step % 9);
            (void)world_place(&scene.world, account, order);
            call_scene_follow(&scene);
        }
    }
    u64 shown[2] = {0};
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        assert_int_equal(call_scene_run(&scene, account, ENDPOINT_USER_ASSETS, ""), 200);
        const char *at = scene.text;
        for (u32 asset = 0; asset < 2; asset++) {
            shown[asset] += number_after(&at, "\"free\":\"");
            shown[asset] += number_after(&at, "\"locked\":\"");
            shown[asset] += number_after(&at, "\"freeze\":\"");
            shown[asset] += number_after(&at, "\"withdrawing\":\"");
        }
    }
    assert_true(paid_in[0] > 0 && paid_in[1] > 0);
    assert_int_equal(shown[0], WORLD_ACCOUNTS * WORLD_FUNDS + paid_in[0]);
    assert_int_equal(shown[1], WORLD_ACCOUNTS * WORLD_FUNDS + paid_in[1]);
}

static void tells_trade_fees(void **state)
{
    (void)state;
    struct command_fee_set fees = {.standard_maker = 100000, .tax_taker = 5, .special_taker = 20};
    world_apply(&scene.world, &fees, COMMAND_FEE_SET, 0);
    call_scene_follow(&scene);
    const char *btc = "{\"symbol\":\"BTCUSDT\",\"makerCommission\":\"0.00100000\","
                      "\"takerCommission\":\"0.00000025\"}";
    char expected[300];
    (void)snprintf(expected, sizeof expected, "[%s]", btc);
    call_scene_expect(&scene, 1, ENDPOINT_TRADE_FEE, "", expected);
    call_scene_expect(&scene, 1, ENDPOINT_TRADE_FEE, "symbol=BTCUSDT", expected);
    call_scene_refuses(&scene, 1, ENDPOINT_TRADE_FEE, "symbol=NONE", -1121, "Invalid symbol.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_coins),
        TEST(gives_addresses),
        TEST(lists_nothing_without_payouts),
        TEST(tells_the_state_of_an_account),
        TEST(tells_what_a_key_may),
        TEST(tells_the_level_of_an_account),
        TEST(tells_what_is_owned),
        TEST(values_assets_in_btc),
        TEST(sums_are_the_cores),
        TEST(tells_trade_fees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
