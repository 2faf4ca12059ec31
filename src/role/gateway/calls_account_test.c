/* Aim: an account is told exactly what it has and may do. Method: calls against the scene's venue,
 * whose balances the test knows; random commands, after which the sums shown are the core's. */
#include "role/gateway/calls_account.h"

#include "base/amount.h"
#include "role/gateway/call_json.h"
#include "role/gateway/view_market.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct call_scene scene;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
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

#define BITS(operation, restriction) ((u64)(restriction) << (2 * (operation)))

/* What the sanctioned may still do: withdraw what is theirs, and cancel. */
#define WITHDRAW_ONLY                                                                        \
    (BITS(OPERATION_TRADE, RESTRICTION_REFUSE) | BITS(OPERATION_PLACE, RESTRICTION_REFUSE) | \
     BITS(OPERATION_DEPOSIT, RESTRICTION_HOLD) |                                             \
     BITS(OPERATION_TRANSFER_OUT, RESTRICTION_REFUSE) |                                      \
     BITS(OPERATION_TRANSFER_IN, RESTRICTION_REFUSE))

static void set_fees(u16 market, u16 tier)
{
    struct command_fee_set fees = {.market = market,
                                   .tier = tier,
                                   .standard_maker = 10,
                                   .standard_taker = 20,
                                   .standard_buyer = 30,
                                   .standard_seller = 40,
                                   .special_maker = 1000000,
                                   .special_taker = 2000000,
                                   .special_buyer = 3000000,
                                   .special_seller = 4000000,
                                   .tax_maker = 112,
                                   .tax_taker = 114,
                                   .tax_buyer = 118,
                                   .tax_seller = 116};
    world_apply(&scene.world, &fees, COMMAND_FEE_SET, 0);
    call_scene_follow(&scene);
}

/* ---- account ---- */

static void tells_a_plain_account(void **state)
{
    (void)state;
    call_scene_expect(
        &scene, 1, ENDPOINT_ACCOUNT, "",
        "{\"makerCommission\":0,\"takerCommission\":0,\"buyerCommission\":0,\"sellerCommission\":0,"
        "\"commissionRates\":{\"maker\":\"0.00000000\",\"taker\":\"0.00000000\","
        "\"buyer\":\"0.00000000\",\"seller\":\"0.00000000\"},"
        "\"canTrade\":true,\"canWithdraw\":true,\"canDeposit\":true,\"brokered\":false,"
        "\"requireSelfTradePrevention\":false,\"preventSor\":false,"
        "\"updateTime\":0,\"accountType\":\"SPOT\","
        "\"balances\":[{\"asset\":\"BTC\",\"free\":\"20000.00000000\",\"locked\":\"0.00000000\"},"
        "{\"asset\":\"USDT\",\"free\":\"20000.00000000\",\"locked\":\"0.00000000\"}],"
        "\"permissions\":[\"SPOT\"],\"uid\":1}");
    assert_int_equal(scene.call.state.weight_used, 20);
}

static void tells_what_an_order_locks(void **state)
{
    (void)state;
    assert_int_not_equal(world_place(&scene.world, 0, world_limit(SIDE_BUY, 500000, 20000)), 0);
    call_scene_follow(&scene);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(strstr(scene.text, "{\"asset\":\"USDT\",\"free\":\"10000.00000000\","
                                       "\"locked\":\"10000.00000000\"}"));
    assert_non_null(strstr(scene.text, "\"updateTime\":1795000000000,"));
    scene.microseconds = true;
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(strstr(scene.text, "\"updateTime\":1795000000000000,"));
}

static void leaves_out_zeros_when_asked(void **state)
{
    (void)state;
    struct command_adjust out = {
        .amount = amount_of(WORLD_FUNDS), .asset = WORLD_BTC, .direction = DIRECTION_OUT};
    world_apply(&scene.world, &out, COMMAND_ADJUST, 2);
    call_scene_follow(&scene);
    assert_int_equal(call_scene_run(&scene, 2, ENDPOINT_ACCOUNT, "omitZeroBalances=true"), 200);
    assert_non_null(strstr(scene.text, "\"balances\":[{\"asset\":\"USDT\",\"free\":"
                                       "\"20000.00000000\",\"locked\":\"0.00000000\"}],"));
    assert_int_equal(call_scene_run(&scene, 2, ENDPOINT_ACCOUNT, "omitZeroBalances=false"), 200);
    assert_non_null(strstr(scene.text, "\"balances\":[{\"asset\":\"BTC\",\"free\":\"0.00000000\","
                                       "\"locked\":\"0.00000000\"},"));
}

static void tells_the_highest_rates(void **state)
{
    (void)state;
    set_fees(0, 0);
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_ACCOUNT, ""), 200);
    const char *head = "{\"makerCommission\":100,\"takerCommission\":200,\"buyerCommission\":300,"
                       "\"sellerCommission\":400,\"commissionRates\":{\"maker\":\"0.01000122\","
                       "\"taker\":\"0.02000134\",\"buyer\":\"0.03000148\","
                       "\"seller\":\"0.04000156\"},";
    assert_memory_equal(scene.text, head, strlen(head));
}

static void tells_withdraw_only(void **state)
{
    (void)state;
    restrict_account(3, WITHDRAW_ONLY);
    assert_int_equal(call_scene_run(&scene, 3, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(
        strstr(scene.text, "\"canTrade\":false,\"canWithdraw\":true,\"canDeposit\":false,"));
    restrict_account(3, BITS(OPERATION_PLACE, RESTRICTION_HOLD));
    assert_int_equal(call_scene_run(&scene, 3, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(
        strstr(scene.text, "\"canTrade\":false,\"canWithdraw\":true,\"canDeposit\":true,"));
    restrict_account(3, BITS(OPERATION_TRADE, RESTRICTION_HOLD));
    assert_int_equal(call_scene_run(&scene, 3, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(
        strstr(scene.text, "\"canTrade\":false,\"canWithdraw\":true,\"canDeposit\":true,"));
    restrict_account(3, BITS(OPERATION_WITHDRAW, RESTRICTION_FREEZE));
    assert_int_equal(call_scene_run(&scene, 3, ENDPOINT_ACCOUNT, ""), 200);
    assert_non_null(
        strstr(scene.text, "\"canTrade\":true,\"canWithdraw\":false,\"canDeposit\":true,"));
}

/* ---- sums ---- */

/* Free and locked of the asset as the answer has them, in units. */
static u64 sum_shown(const char *asset)
{
    char key[64];
    (void)snprintf(key, sizeof key, "{\"asset\":\"%s\",\"free\":\"", asset);
    const char *at = strstr(scene.text, key);
    assert_non_null(at);
    at += strlen(key);
    u64 sum = 0;
    for (u32 i = 0; i < 2; i++) {
        struct amount amount;
        assert_int_equal(amount_parse(span_of(at, strcspn(at, "\"")), 8, &amount), AMOUNT_OK);
        sum += amount.units; /* raw: a test adds them up */
        at += strcspn(at, "\"") + strlen("\",\"locked\":\"");
    }
    return sum;
}

static void sums_are_the_cores(void **state)
{
    (void)state;
    for (u32 step = 0; step < 2000; step++) {
        u64 turn = step * 2654435761ULL >> 7;
        u32 account = (u32)(turn % WORLD_ACCOUNTS);
        struct world_order order = world_limit((u8)(step % 2), 10000 + turn % 50, 1 + turn % 400);
        (void)world_place(&scene.world, account, order);
        call_scene_follow(&scene);
        if (step % 100 != 0) {
            continue;
        }
        for (u32 i = 0; i < WORLD_ACCOUNTS; i++) {
            call_scene_clock(&scene, scene.venue.now_us + 10000000);
            assert_int_equal(call_scene_run(&scene, i, ENDPOINT_ACCOUNT, ""), 200);
            assert_int_equal(sum_shown("BTC"), world_free(&scene.world, i, WORLD_BTC) +
                                                   world_locked(&scene.world, i, WORLD_BTC));
            assert_int_equal(sum_shown("USDT"), world_free(&scene.world, i, WORLD_USDT) +
                                                    world_locked(&scene.world, i, WORLD_USDT));
        }
    }
}

/* ---- the others ---- */

static void tells_order_counts(void **state)
{
    (void)state;
    struct limit_answer taken = limit_orders_take(&scene.limit, 0, 3, CALL_SCENE_TIME_US);
    assert_int_equal(taken.verdict, LIMIT_ADMITTED);
    call_scene_expect(
        &scene, 0, ENDPOINT_ORDER_COUNT, "",
        "[{\"rateLimitType\":\"ORDERS\",\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":100,"
        "\"count\":3},{\"rateLimitType\":\"ORDERS\",\"interval\":\"DAY\",\"intervalNum\":1,"
        "\"limit\":200000,\"count\":3}]");
}

static void tells_commission(void **state)
{
    (void)state;
    set_fees(0, 0);
    call_scene_expect(
        &scene, 0, ENDPOINT_COMMISSION, "symbol=BTCUSDT",
        "{\"symbol\":\"BTCUSDT\",\"standardCommission\":{\"maker\":\"0.00000010\","
        "\"taker\":\"0.00000020\",\"buyer\":\"0.00000030\",\"seller\":\"0.00000040\"},"
        "\"specialCommission\":{\"maker\":\"0.01000000\",\"taker\":\"0.02000000\","
        "\"buyer\":\"0.03000000\",\"seller\":\"0.04000000\"},\"taxCommission\":{"
        "\"maker\":\"0.00000112\",\"taker\":\"0.00000114\",\"buyer\":\"0.00000118\","
        "\"seller\":\"0.00000116\"},\"discount\":{\"enabledForAccount\":false,"
        "\"enabledForSymbol\":false,\"discountAsset\":\"\",\"discount\":\"0.00000000\"}}");
    call_scene_refuses(&scene, 0, ENDPOINT_COMMISSION, "symbol=NONE", -1121, "Invalid symbol.");
}

static void tells_filters(void **state)
{
    (void)state;
    struct command_venue_filters venue = {.orders_max = 1000};
    world_apply(&scene.world, &venue, COMMAND_VENUE_FILTERS, 0);
    call_scene_follow(&scene);
    struct command_asset_limit limit = {.limit = amount_of(4200000000), .asset = WORLD_USDT};
    world_apply(&scene.world, &limit, COMMAND_ASSET_LIMIT, 1);
    call_scene_follow(&scene);
    char filters[4000];
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_MY_FILTERS, "symbol=BTCUSDT"), 200);
    const char *head = "{\"exchangeFilters\":[{\"filterType\":\"EXCHANGE_MAX_NUM_ORDERS\","
                       "\"maxNumOrders\":1000}],\"symbolFilters\":[{\"filterType\":"
                       "\"PRICE_FILTER\",";
    assert_memory_equal(scene.text, head, strlen(head));
    size_t size = strlen(scene.text);
    assert_true(size < sizeof filters);
    assert_string_equal(scene.text + size - strlen("],\"assetFilters\":[]}"),
                        "],\"assetFilters\":[]}");
    (void)snprintf(filters, sizeof filters, "%.*s%s", (int)(size - 2), scene.text,
                   "{\"filterType\":\"MAX_ASSET\",\"asset\":\"USDT\","
                   "\"limit\":\"42.00000000\"}]}");
    call_scene_expect(&scene, 1, ENDPOINT_MY_FILTERS, "symbol=BTCUSDT", filters);
    call_scene_refuses(&scene, 1, ENDPOINT_MY_FILTERS, "symbol=NONE", -1121, "Invalid symbol.");
}

static void listen_keys_are_gone(void **state)
{
    (void)state;
    static const enum endpoint_id endpoints[] = {
        ENDPOINT_LISTEN_KEY_START, ENDPOINT_LISTEN_KEY_PING, ENDPOINT_LISTEN_KEY_STOP};
    for (u32 i = 0; i < ARRAY_COUNT(endpoints); i++) {
        call_scene_refuses(&scene, 0, endpoints[i], i == 0 ? "" : "listenKey=abc", -1016,
                           "This service is no longer available.");
        assert_int_equal(scene.call.status, 410);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_a_plain_account, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_what_an_order_locks, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(leaves_out_zeros_when_asked, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_the_highest_rates, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_withdraw_only, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(sums_are_the_cores, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_order_counts, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_commission, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(tells_filters, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(listen_keys_are_gone, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
