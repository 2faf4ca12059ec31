/* Aim: the venue's rules are told as they are in force, byte for byte. Method: calls against the
 * scene's venue, before and after its definitions change. */
#include "role/gateway/calls_general.h"

#include "role/gateway/call_json.h"
#include "role/gateway/filter_json.h"
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

static void set_market(const struct command_market_add *definition)
{
    world_market_set(&scene.world, definition);
    call_scene_follow(&scene);
}

/* ETHEUR: ETH with 3 decimals, EUR with 2, nothing allowed but limit orders. */
static void add_small_market(void)
{
    static const struct command_asset_add assets[] = {
        {.asset = 2, .scale = 3, .name = "ETH"},
        {.asset = 3, .scale = 2, .name = "EUR"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(assets); i++) {
        world_apply(&scene.world, &assets[i], COMMAND_ASSET_ADD, 0);
        call_scene_follow(&scene);
    }
    struct command_market_add market = {.market = 1,
                                        .base = 2,
                                        .quote = 3,
                                        .stp_default = STP_MODE_EXPIRE_TAKER,
                                        .stp_allowed = 1U << STP_MODE_EXPIRE_TAKER,
                                        .types_allowed = 1U << ORDER_TYPE_LIMIT,
                                        .ticks_max = 1000,
                                        .name = "ETHEUR",
                                        .tick = price_of(100000000),
                                        .lot = amount_of(1000)};
    world_apply(&scene.world, &market, COMMAND_MARKET_ADD, 0);
    assert_int_equal(world_reject(&scene.world), REJECT_NONE);
    call_scene_follow(&scene);
}

#define HEAD                                                                                   \
    "{\"timezone\":\"UTC\",\"serverTime\":1795000000000,\"rateLimits\":["                      \
    "{\"rateLimitType\":\"REQUEST_WEIGHT\",\"interval\":\"MINUTE\",\"intervalNum\":1,"         \
    "\"limit\":6000},"                                                                         \
    "{\"rateLimitType\":\"ORDERS\",\"interval\":\"SECOND\",\"intervalNum\":10,\"limit\":100}," \
    "{\"rateLimitType\":\"ORDERS\",\"interval\":\"DAY\",\"intervalNum\":1,\"limit\":200000},"  \
    "{\"rateLimitType\":\"RAW_REQUESTS\",\"interval\":\"MINUTE\",\"intervalNum\":5,"           \
    "\"limit\":300000}],"

#define BTCUSDT(status, sets)                                                                 \
    "{\"symbol\":\"BTCUSDT\",\"status\":\"" status "\",\"baseAsset\":\"BTC\","                \
    "\"baseAssetPrecision\":8,\"quoteAsset\":\"USDT\",\"quotePrecision\":8,"                  \
    "\"quoteAssetPrecision\":8,\"baseCommissionPrecision\":8,\"quoteCommissionPrecision\":8," \
    "\"orderTypes\":[\"LIMIT\",\"LIMIT_MAKER\",\"MARKET\",\"STOP_LOSS\",\"STOP_LOSS_LIMIT\"," \
    "\"TAKE_PROFIT\",\"TAKE_PROFIT_LIMIT\"],\"icebergAllowed\":true,\"ocoAllowed\":true,"     \
    "\"otoAllowed\":true,\"opoAllowed\":false,\"quoteOrderQtyMarketAllowed\":true,"           \
    "\"allowTrailingStop\":true,\"cancelReplaceAllowed\":true,\"amendAllowed\":true,"         \
    "\"pegInstructionsAllowed\":false,\"isSpotTradingAllowed\":true,"                         \
    "\"isMarginTradingAllowed\":false,\"filters\":["                                          \
    "{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"0.01000000\","                           \
    "\"maxPrice\":\"100000.00000000\",\"tickSize\":\"0.01000000\"},"                          \
    "{\"filterType\":\"LOT_SIZE\",\"minQty\":\"0.00010000\","                                 \
    "\"maxQty\":\"92233720368.54770000\",\"stepSize\":\"0.00010000\"},"                       \
    "{\"filterType\":\"ICEBERG_PARTS\",\"limit\":100},"                                       \
    "{\"filterType\":\"MARKET_LOT_SIZE\",\"minQty\":\"0.00000000\","                          \
    "\"maxQty\":\"92233720368.54770000\",\"stepSize\":\"0.00000000\"},"                       \
    "{\"filterType\":\"TRAILING_DELTA\",\"minTrailingAboveDelta\":1,"                         \
    "\"maxTrailingAboveDelta\":9999,\"minTrailingBelowDelta\":1,"                             \
    "\"maxTrailingBelowDelta\":9999}],\"permissions\":[],\"permissionSets\":" sets ","        \
    "\"defaultSelfTradePreventionMode\":\"NONE\",\"allowedSelfTradePreventionModes\":"        \
    "[\"NONE\",\"EXPIRE_TAKER\",\"EXPIRE_MAKER\",\"EXPIRE_BOTH\",\"DECREMENT\",\"TRANSFER\"]}"

#define ETHEUR                                                                                 \
    "{\"symbol\":\"ETHEUR\",\"status\":\"TRADING\",\"baseAsset\":\"ETH\","                     \
    "\"baseAssetPrecision\":3,\"quoteAsset\":\"EUR\",\"quotePrecision\":2,"                    \
    "\"quoteAssetPrecision\":2,\"baseCommissionPrecision\":3,\"quoteCommissionPrecision\":2,"  \
    "\"orderTypes\":[\"LIMIT\"],\"icebergAllowed\":false,\"ocoAllowed\":false,"                \
    "\"otoAllowed\":false,\"opoAllowed\":false,\"quoteOrderQtyMarketAllowed\":false,"          \
    "\"allowTrailingStop\":false,\"cancelReplaceAllowed\":false,\"amendAllowed\":false,"       \
    "\"pegInstructionsAllowed\":false,\"isSpotTradingAllowed\":true,"                          \
    "\"isMarginTradingAllowed\":false,\"filters\":["                                           \
    "{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"1.00000000\","                            \
    "\"maxPrice\":\"1000.00000000\",\"tickSize\":\"1.00000000\"},"                             \
    "{\"filterType\":\"LOT_SIZE\",\"minQty\":\"1.00000000\","                                  \
    "\"maxQty\":\"9223372036854775.00000000\",\"stepSize\":\"1.00000000\"},"                   \
    "{\"filterType\":\"MARKET_LOT_SIZE\",\"minQty\":\"0.00000000\","                           \
    "\"maxQty\":\"9223372036854775.00000000\",\"stepSize\":\"0.00000000\"}],"                  \
    "\"permissions\":[],\"permissionSets\":[[\"SPOT\"]],"                                      \
    "\"defaultSelfTradePreventionMode\":\"EXPIRE_TAKER\",\"allowedSelfTradePreventionModes\":" \
    "[\"EXPIRE_TAKER\"]}"

#define SPOT "[[\"SPOT\"]]"
#define NOTHING(query)                                          \
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, query, \
                      HEAD "\"exchangeFilters\":[],\"symbols\":[]}")

static void exchange_info_tells_the_markets(void **state)
{
    (void)state;
    const char *one = HEAD "\"exchangeFilters\":[],\"symbols\":[" BTCUSDT("TRADING", SPOT) "]}";
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "", one);
    assert_int_equal(scene.call.state.weight_used, 20);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbol=BTCUSDT", one);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbols=[\"BTCUSDT\"]", one);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "permissions=SPOT", one);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "permissions=[\"MARGIN\",\"SPOT\"]", one);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbolStatus=TRADING", one);
    NOTHING("permissions=MARGIN");
    NOTHING("permissions=[\"TRD_GRP_002\",\"TRD_GRP_025\",\"LEVERAGED\"]");
    NOTHING("symbolStatus=HALT");
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "showPermissionSets=false",
                      HEAD "\"exchangeFilters\":[],\"symbols\":[" BTCUSDT("TRADING", "[]") "]}");
    world_market_state(&scene.world, 0, MARKET_STATE_CANCEL_ONLY);
    call_scene_follow(&scene);
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbol=BTCUSDT",
                      HEAD
                      "\"exchangeFilters\":[],\"symbols\":[" BTCUSDT("CANCEL_ONLY", SPOT) "]}");
    NOTHING("symbolStatus=TRADING");
}

static void exchange_info_keeps_the_order_asked_for(void **state)
{
    (void)state;
    add_small_market();
    call_scene_expect(
        &scene, 0, ENDPOINT_EXCHANGE_INFO, "",
        HEAD "\"exchangeFilters\":[],\"symbols\":[" BTCUSDT("TRADING", SPOT) "," ETHEUR "]}");
    call_scene_expect(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbols=[\"ETHEUR\",\"BTCUSDT\"]",
                      HEAD "\"exchangeFilters\":[],\"symbols\":[" ETHEUR
                           "," BTCUSDT("TRADING", SPOT) "]}");
}

static void exchange_info_refuses(void **state)
{
    (void)state;
    static const char *const unknown[] = {
        "symbol=ETHBTC",
        "symbol=BTCUSD",
        "symbol=BTCUSDT2",
        "symbol=ABCDEFGHIJKLMNOPQRST",
        "symbols=[\"BTCUSDT\",\"ETHBTC\"]",
    };
    for (u32 i = 0; i < ARRAY_COUNT(unknown); i++) {
        call_scene_refuses(&scene, 0, ENDPOINT_EXCHANGE_INFO, unknown[i], -1121, "Invalid symbol.");
    }
    static const char *const permissions[] = {"permissions=CASH", "permissions=[\"SPOT\",\"SPO\"]",
                                              "permissions=TRD_GRP_001", "permissions=TRD_GRP_026",
                                              "permissions=TRD_GRP_0A2"};
    for (u32 i = 0; i < ARRAY_COUNT(permissions); i++) {
        call_scene_refuses(&scene, 0, ENDPOINT_EXCHANGE_INFO, permissions[i], -1130,
                           "Data sent for parameter 'permissions' is not valid.");
    }
    call_scene_refuses(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbol=BTCUSDT&symbolStatus=TRADING",
                       -1128, "Combination of optional parameters invalid.");
    call_scene_refuses(&scene, 0, ENDPOINT_EXCHANGE_INFO, "symbols=[\"BTCUSDT\",\"BTCUSDT\"]",
                       -1151, "Symbol is present multiple times in the list.");
}

static void filters_are_those_of_the_definition(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.price_min = price_of(10 * WORLD_COIN);
    market.price_max = price_of(99000 * WORLD_COIN);
    market.qty_min = amount_of(2 * WORLD_LOT);
    market.qty_max = amount_of(9000 * WORLD_COIN);
    market.market_qty_min = amount_of(3 * WORLD_LOT);
    market.market_qty_max = amount_of(100 * WORLD_COIN);
    market.market_lot = amount_of(WORLD_LOT);
    market.min_notional = amount_of(5 * WORLD_COIN);
    market.min_notional_flags = NOTIONAL_MIN_TO_MARKET;
    market.min_notional_minutes = 5;
    market.notional_min = amount_of(6 * WORLD_COIN);
    market.notional_max = amount_of(9000000 * WORLD_COIN);
    market.notional_flags = NOTIONAL_MAX_TO_MARKET;
    market.notional_minutes = 4;
    market.percent_up = 13000;
    market.percent_down = 7000;
    market.percent_minutes = 3;
    market.bid_percent_up = 12000;
    market.bid_percent_down = 2000;
    market.ask_percent_up = 50000;
    market.ask_percent_down = 8000;
    market.side_percent_minutes = 1;
    market.iceberg_parts_max = 10;
    market.orders_max = 200;
    market.algo_orders_max = 5;
    market.iceberg_orders_max = 6;
    market.lists_max = 20;
    market.amends_max = 11;
    market.position_max = amount_of(10 * WORLD_COIN);
    market.trailing_above_min = 10;
    market.trailing_above_max = 2000;
    market.trailing_below_min = 20;
    market.trailing_below_max = 3000;
    set_market(&market);
    char text[4096];
    struct json_writer json;
    json_begin(&json, text, sizeof text);
    filter_json_market(&json, scene.view.view, 0);
    assert_true(json_end(&json) > 0);
    assert_string_equal(
        text,
        "[{\"filterType\":\"PRICE_FILTER\",\"minPrice\":\"10.00000000\","
        "\"maxPrice\":\"99000.00000000\",\"tickSize\":\"0.01000000\"},"
        "{\"filterType\":\"PERCENT_PRICE\",\"multiplierUp\":\"1.3000\",\"multiplierDown\":"
        "\"0.7000\",\"avgPriceMins\":3},"
        "{\"filterType\":\"PERCENT_PRICE_BY_SIDE\",\"bidMultiplierUp\":\"1.2000\","
        "\"bidMultiplierDown\":\"0.2000\",\"askMultiplierUp\":\"5.0000\",\"askMultiplierDown\":"
        "\"0.8000\",\"avgPriceMins\":1},"
        "{\"filterType\":\"LOT_SIZE\",\"minQty\":\"0.00020000\",\"maxQty\":\"9000.00000000\","
        "\"stepSize\":\"0.00010000\"},"
        "{\"filterType\":\"MIN_NOTIONAL\",\"minNotional\":\"5.00000000\",\"applyToMarket\":true,"
        "\"avgPriceMins\":5},"
        "{\"filterType\":\"NOTIONAL\",\"minNotional\":\"6.00000000\",\"applyMinToMarket\":false,"
        "\"maxNotional\":\"9000000.00000000\",\"applyMaxToMarket\":true,\"avgPriceMins\":4},"
        "{\"filterType\":\"ICEBERG_PARTS\",\"limit\":10},"
        "{\"filterType\":\"MARKET_LOT_SIZE\",\"minQty\":\"0.00030000\",\"maxQty\":"
        "\"100.00000000\",\"stepSize\":\"0.00010000\"},"
        "{\"filterType\":\"MAX_NUM_ORDERS\",\"maxNumOrders\":200},"
        "{\"filterType\":\"MAX_NUM_ALGO_ORDERS\",\"maxNumAlgoOrders\":5},"
        "{\"filterType\":\"MAX_NUM_ICEBERG_ORDERS\",\"maxNumIcebergOrders\":6},"
        "{\"filterType\":\"MAX_POSITION\",\"maxPosition\":\"10.00000000\"},"
        "{\"filterType\":\"TRAILING_DELTA\",\"minTrailingAboveDelta\":10,"
        "\"maxTrailingAboveDelta\":2000,\"minTrailingBelowDelta\":20,"
        "\"maxTrailingBelowDelta\":3000},"
        "{\"filterType\":\"MAX_NUM_ORDER_AMENDS\",\"maxNumOrderAmends\":11},"
        "{\"filterType\":\"MAX_NUM_ORDER_LISTS\",\"maxNumOrderLists\":20}]");
}

/* Part of a filter that is off: the bound that holds anyway. */
static void half_a_filter_has_two_bounds(void **state)
{
    (void)state;
    struct command_market_add market = world_definition();
    market.notional_min = amount_of(WORLD_COIN);
    market.bid_percent_down = 5000;
    market.percent_down = 1;
    market.price_max = price_of(200000 * WORLD_COIN); /* the book ends before */
    set_market(&market);
    char text[4096];
    struct json_writer json;
    json_begin(&json, text, sizeof text);
    filter_json_market(&json, scene.view.view, 0);
    assert_true(json_end(&json) > 0);
    static const char *const parts[] = {
        "\"maxPrice\":\"100000.00000000\",",
        "{\"filterType\":\"NOTIONAL\",\"minNotional\":\"1.00000000\",\"applyMinToMarket\":false,"
        "\"maxNotional\":\"92233720368.54775807\",\"applyMaxToMarket\":false,\"avgPriceMins\":0}",
        "{\"filterType\":\"PERCENT_PRICE\",\"multiplierUp\":\"429496.7295\",\"multiplierDown\":"
        "\"0.0001\",\"avgPriceMins\":0}",
        "{\"filterType\":\"PERCENT_PRICE_BY_SIDE\",\"bidMultiplierUp\":\"429496.7295\","
        "\"bidMultiplierDown\":\"0.5000\",\"askMultiplierUp\":\"429496.7295\","
        "\"askMultiplierDown\":\"0.0000\",\"avgPriceMins\":0}",
    };
    for (u32 i = 0; i < ARRAY_COUNT(parts); i++) {
        assert_non_null(strstr(text, parts[i]));
    }
}

static void exchange_filters_count_over_all_markets(void **state)
{
    (void)state;
    struct command_venue_filters filters = {
        .orders_max = 1000, .algo_orders_max = 200, .iceberg_orders_max = 10000, .lists_max = 20};
    world_apply(&scene.world, &filters, COMMAND_VENUE_FILTERS, 0);
    call_scene_follow(&scene);
    call_scene_expect(
        &scene, 0, ENDPOINT_EXCHANGE_INFO, "symbolStatus=BREAK",
        HEAD "\"exchangeFilters\":["
             "{\"filterType\":\"EXCHANGE_MAX_NUM_ORDERS\",\"maxNumOrders\":1000},"
             "{\"filterType\":\"EXCHANGE_MAX_NUM_ALGO_ORDERS\",\"maxNumAlgoOrders\":200},"
             "{\"filterType\":\"EXCHANGE_MAX_NUM_ICEBERG_ORDERS\",\"maxNumIcebergOrders\":10000},"
             "{\"filterType\":\"EXCHANGE_MAX_NUM_ORDER_LISTS\",\"maxNumOrderLists\":20}],"
             "\"symbols\":[]}");
}

static void execution_rules_name_what_is_set(void **state)
{
    (void)state;
    add_small_market();
    call_scene_expect(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbol=BTCUSDT",
                      "{\"symbolRules\":[{\"symbol\":\"BTCUSDT\",\"rules\":[]}]}");
    struct command_market_add market = world_definition();
    market.range_bid_up = 10001;
    market.range_bid_down = 9999;
    market.range_ask_up = 20000;
    set_market(&market);
    const char *rules =
        "{\"symbol\":\"BTCUSDT\",\"rules\":[{\"ruleType\":\"PRICE_RANGE\",\"bidLimitMultUp\":"
        "\"1.0001\",\"bidLimitMultDown\":\"0.9999\",\"askLimitMultUp\":\"2.0000\"}]}";
    char all[1024];
    (void)snprintf(all, sizeof all, "{\"symbolRules\":[%s]}", rules);
    call_scene_expect(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbols=[\"BTCUSDT\"]", all);
    (void)snprintf(all, sizeof all, "{\"symbolRules\":[%s,{\"symbol\":\"ETHEUR\",\"rules\":[]}]}",
                   rules);
    call_scene_expect(&scene, 0, ENDPOINT_EXECUTION_RULES, "", all);
    call_scene_expect(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbolStatus=TRADING", all);
    call_scene_expect(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbolStatus=BREAK",
                      "{\"symbolRules\":[]}");
    call_scene_refuses(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbol=BTCUSDT&symbolStatus=BREAK",
                       -1128, "Combination of optional parameters invalid.");
    call_scene_refuses(&scene, 0, ENDPOINT_EXECUTION_RULES, "symbol=NONE", -1121,
                       "Invalid symbol.");
}

static void system_status_follows_the_engine(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_SYSTEM_STATUS, "", "{\"status\":0,\"msg\":\"normal\"}");
    scene.venue.engine_away = true;
    call_scene_expect(&scene, 0, ENDPOINT_SYSTEM_STATUS, "",
                      "{\"status\":1,\"msg\":\"system_maintenance\"}");
}

/* What a client that knows more than spot markets asks for before it trades. */
static void margin_and_futures_are_empty(void **state)
{
    (void)state;
    static const char futures[] = "{\"timezone\":\"UTC\",\"serverTime\":1795000000000,"
                                  "\"rateLimits\":[],\"exchangeFilters\":[],\"assets\":[],"
                                  "\"symbols\":[]}";
    call_scene_expect(&scene, 0, ENDPOINT_MARGIN_PAIRS, "", "[]");
    call_scene_expect(&scene, 0, ENDPOINT_MARGIN_ISOLATED_PAIRS, "", "[]");
    call_scene_expect(&scene, 0, ENDPOINT_FAPI_EXCHANGE_INFO, "", futures);
    call_scene_expect(&scene, 0, ENDPOINT_DAPI_EXCHANGE_INFO, "", futures);
}

#define ON_SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCENE(exchange_info_tells_the_markets),
        ON_SCENE(exchange_info_keeps_the_order_asked_for),
        ON_SCENE(exchange_info_refuses),
        ON_SCENE(filters_are_those_of_the_definition),
        ON_SCENE(half_a_filter_has_two_bounds),
        ON_SCENE(exchange_filters_count_over_all_markets),
        ON_SCENE(execution_rules_name_what_is_set),
        ON_SCENE(system_status_follows_the_engine),
        ON_SCENE(margin_and_futures_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
