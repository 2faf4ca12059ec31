/* Aim: a request becomes typed values, or exactly the documented error. Method: requests written as
 * query strings without encoding, each with the code and text that must come back. */
#include "role/gateway/param.h"

#include "base/span.h"
#include "role/gateway/endpoint.h"
#include "role/gateway/param_order.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <string.h>

static struct params params;
static struct api_failure failure;

/* Pairs of "a=1&b=2"; what follows a '|' is the body. Symbols lists hold no '&'. */
static bool parse(enum endpoint_id id, const char *text)
{
    struct param_pair pairs[80];
    u32 count = 0;
    bool body = false;
    while (*text != 0) {
        size_t size = strcspn(text, "&|");
        size_t name = strcspn(text, "=");
        if (size == 0) {
            assert_int_equal(*text, '|');
            body = true;
            text += 1;
            continue;
        }
        assert_true(name < size && count < ARRAY_COUNT(pairs));
        pairs[count] = (struct param_pair){span_of(text, name),
                                           span_of(text + name + 1, size - name - 1), body};
        count += 1;
        text += size;
        body |= *text == '|';
        text += *text != 0;
    }
    memset(&failure, 0, sizeof(failure));
    return param_parse(&params, endpoint_at(id), pairs, count, &failure);
}

static void refuses(enum endpoint_id id, const char *text, i32 code, const char *message)
{
    if (parse(id, text)) {
        fail_msg("accepted: %s", text);
    }
    if (api_error_code(failure.error) != code || strcmp(failure.text, message) != 0) {
        fail_msg("%s: %d %s", text, api_error_code(failure.error), failure.text);
    }
}

static void accepts(enum endpoint_id id, const char *text)
{
    if (!parse(id, text)) {
        fail_msg("%s: %d %s", text, api_error_code(failure.error), failure.text);
    }
}

#define LIMIT_ORDER "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1.5&price=30000"

static void a_limit_order_becomes_values(void **state)
{
    (void)state;
    accepts(ENDPOINT_ORDER_PLACE, LIMIT_ORDER "&newClientOrderId=x-1_A&recvWindow=6000.346"
                                              "&timestamp=1668481559918&signature=ab");
    assert_int_equal(param_number(&params, PARAM_SIDE, 9), SIDE_SELL);
    assert_int_equal(param_number(&params, PARAM_TYPE, 9), ORDER_TYPE_LIMIT);
    assert_int_equal(param_number(&params, PARAM_TIME_IN_FORCE, 9), TIME_IN_FORCE_GTC);
    assert_int_equal(param_number(&params, PARAM_STP_MODE, 77), 77);
    assert_int_equal(params.recv_window_us, 6000346);
    assert_int_equal(params.timestamp_us, 1668481559918000);
    assert_true(params.timestamp_sent);
    assert_int_equal(params.signature.size, 2);
    assert_true(span_equal(param_find(&params, PARAM_SYMBOL)->text, span_of_text("BTCUSDT")));
    assert_null(param_find(&params, PARAM_STOP_PRICE));
    assert_null(param_find(&params, PARAM_COIN));
    struct amount amount;
    struct price price;
    assert_true(param_amount(&params, PARAM_QUANTITY, 8, 8, &amount, &failure));
    assert_int_equal(amount.units, 150000000);
    assert_true(param_price(&params, PARAM_PRICE, 8, &price, &failure));
    assert_int_equal(price.units, 3000000000000);
    assert_true(param_amount(&params, PARAM_ICEBERG_QTY, 8, 8, &amount, &failure));
    assert_int_equal(amount.units, 0);
    accepts(ENDPOINT_PING, "");
    assert_int_equal(params.recv_window_us, 5000000);
    assert_false(params.timestamp_sent);
    accepts(ENDPOINT_PING, "returnRateLimits=false");
    assert_true(params.hide_rate_limits);
}

static void names_are_checked(void **state)
{
    (void)state;
    refuses(ENDPOINT_DEPTH, "", -1102,
            "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
    refuses(ENDPOINT_DEPTH, "symbol=", -1105, "Parameter 'symbol' was empty.");
    refuses(ENDPOINT_DEPTH, "symbol=A&limit=", -1105, "Parameter 'limit' was empty.");
    refuses(ENDPOINT_DEPTH, "symbol=A&color=red", -1104,
            "Not all sent parameters were read; read '1' parameter(s) but was sent '2'.");
    refuses(ENDPOINT_PING, "color=red", -1101,
            "Too many parameters; expected '0' and received '1'.");
    refuses(ENDPOINT_AVG_PRICE, "symbol=A&color=red", -1101,
            "Too many parameters; expected '1' and received '2'.");
    refuses(ENDPOINT_DEPTH, "symbol=A&symbol=B", -1101,
            "Duplicate values for a parameter detected.");
    refuses(ENDPOINT_DEPTH, "symbol=&symbol=B", -1101,
            "Duplicate values for a parameter detected.");
    refuses(ENDPOINT_DEPTH, "symbol=A&timestamp=1&timestamp=1", -1101,
            "Duplicate values for a parameter detected.");
    refuses(ENDPOINT_ORDER_PLACE, LIMIT_ORDER "&newClientOrderId=", -1118,
            "New client order ID was empty.");
    refuses(ENDPOINT_ORDER_CANCEL, "symbol=A&origClientOrderId=", -1119,
            "Original client order ID was empty.");
    accepts(ENDPOINT_PING, "timestamp=1&signature=x&recvWindow=5&apiKey=k");
}

static void the_query_string_wins_over_the_body(void **state)
{
    (void)state;
    accepts(ENDPOINT_AVG_PRICE, "symbol=A|symbol=B");
    assert_true(span_equal(param_find(&params, PARAM_SYMBOL)->text, span_of_text("A")));
    accepts(ENDPOINT_AVG_PRICE, "symbol=A|symbol=");
    refuses(ENDPOINT_AVG_PRICE, "|symbol=B&symbol=C", -1101,
            "Duplicate values for a parameter detected.");
}

static void values_are_checked(void **state)
{
    (void)state;
    refuses(ENDPOINT_DEPTH, "symbol=btcusdt", -1100,
            "Illegal characters found in parameter 'symbol'; legal range is "
            "'^[A-Z0-9-_.]{1,20}$'.");
    refuses(ENDPOINT_DEPTH, "symbol=ABCDEFGHIJKLMNOPQRSTU", -1100,
            "Illegal characters found in parameter 'symbol'; legal range is "
            "'^[A-Z0-9-_.]{1,20}$'.");
    refuses(ENDPOINT_DEPTH, "symbol=A&limit=-1", -1100,
            "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.");
    refuses(ENDPOINT_DEPTH, "symbol=A&limit=0", -1130,
            "Data sent for parameter 'limit' is not valid.");
    refuses(ENDPOINT_DEPTH, "symbol=A&symbolStatus=OPEN", -1122, "Invalid symbolStatus.");
    refuses(ENDPOINT_KLINES, "symbol=A&interval=7m", -1120, "Invalid interval.");
    refuses(ENDPOINT_KLINES, "symbol=A&interval=1M&timeZone=15", -1130,
            "Data sent for parameter 'timeZone' is not valid.");
    refuses(ENDPOINT_TICKER_24HR, "type=TINY", -1139, "Invalid ticker type.");
    refuses(ENDPOINT_TICKER_24HR, "symbols=[\"A\",\"A\"]", -1151,
            "Symbol is present multiple times in the list.");
    refuses(ENDPOINT_TICKER_24HR, "symbols=[A]", -1100,
            "Illegal characters found in parameter 'symbols'; legal range is "
            "'^\\[\"[A-Z0-9-_.]{1,20}\"(,\"[A-Z0-9-_.]{1,20}\")*\\]$'.");
    refuses(ENDPOINT_TICKER, "symbol=A&windowSize=60m", -1130,
            "Data sent for parameter 'windowSize' is not valid.");
    refuses(ENDPOINT_ORDER_STATUS, "symbol=A&orderId=9223372036854775808", -1108,
            "Parameter 'orderId' overflowed.");
    refuses(ENDPOINT_ORDER_STATUS, "symbol=A&orderId=99999999999999999999", -1108,
            "Parameter 'orderId' overflowed.");
    refuses(ENDPOINT_ORDER_STATUS, "symbol=A&orderId=1.5", -1100,
            "Illegal characters found in parameter 'orderId'; legal range is '^[0-9]{1,20}$'.");
    refuses(ENDPOINT_ORDER_STATUS, "symbol=A&origClientOrderId=a b", -1100,
            "Illegal characters found in parameter 'origClientOrderId'; legal range is "
            "'^[a-zA-Z0-9-_]{1,36}$'.");
    refuses(ENDPOINT_ORDER_CANCEL, "symbol=A&orderId=1&cancelRestrictions=NEW", -1145,
            "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.");
    refuses(ENDPOINT_ACCOUNT, "omitZeroBalances=1", -1100,
            "Illegal characters found in parameter 'omitZeroBalances'; legal range is "
            "'^(true|false)$'.");
    refuses(ENDPOINT_DEPOSIT_ADDRESS, "coin=B\x01", -1100,
            "Illegal characters found in parameter 'coin'; legal range is '^[ -~]{1,}$'.");
    accepts(ENDPOINT_ORDER_STATUS, "symbol=A&orderId=9223372036854775807");
    accepts(ENDPOINT_ACCOUNT, "omitZeroBalances=True");
    assert_int_equal(param_number(&params, PARAM_OMIT_ZERO_BALANCES, 0), 1);
    accepts(ENDPOINT_TRADES, "symbol=A&limit=5000");
    assert_int_equal(param_number(&params, PARAM_LIMIT, 0), 1000);
    accepts(ENDPOINT_TICKER, "symbols=[ \"A\" , \"B-2\" ]&windowSize=7d");
    assert_int_equal(param_number(&params, PARAM_SYMBOLS, 0), 2);
    assert_int_equal(param_number(&params, PARAM_WINDOW_SIZE, 0), 7 * 1440);
    struct span rest = param_find(&params, PARAM_SYMBOLS)->text;
    struct span symbol;
    assert_true(param_symbols_next(&rest, &symbol) && span_equal(symbol, span_of_text("A")));
    assert_true(param_symbols_next(&rest, &symbol) && span_equal(symbol, span_of_text("B-2")));
    assert_false(param_symbols_next(&rest, &symbol));
}

static void zones_count_from_minus_twelve(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u64 number;
    } good[] = {{"0", 720},       {"8", 1200},    {"-12", 0},    {"-12:00", 0},
                {"+14:00", 1560}, {"5:45", 1065}, {"-1:30", 630}};
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        u64 number = 0;
        assert_true(param_read(PARAM_TIME_ZONE, span_of_text(good[i].text), &number, &failure));
        assert_int_equal(number, good[i].number);
    }
    static const char *const bad[] = {"14:01", "-12:01", "-",   "+",     "5:",      "5:3",
                                      "5:60",  ":30",    "123", "5:300", "5:30:00", "a"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        u64 number = 0;
        assert_false(param_read(PARAM_TIME_ZONE, span_of_text(bad[i]), &number, &failure));
    }
}

static void times_are_milliseconds_or_microseconds(void **state)
{
    (void)state;
    accepts(ENDPOINT_KLINES,
            "symbol=A&interval=1M&startTime=1668481559918&endTime=1668481559918123");
    assert_int_equal(param_number(&params, PARAM_START_TIME, 0), 1668481559918000);
    assert_int_equal(param_number(&params, PARAM_END_TIME, 0), 1668481559918123);
    accepts(ENDPOINT_PING, "timestamp=999999999999999");
    assert_int_equal(params.timestamp_us, 999999999999999000);
    accepts(ENDPOINT_PING, "timestamp=1000000000000000");
    assert_int_equal(params.timestamp_us, 1000000000000000);
}

static void recv_window_has_three_decimals_and_a_bound(void **state)
{
    (void)state;
    accepts(ENDPOINT_PING, "recvWindow=60000");
    assert_int_equal(params.recv_window_us, 60000000);
    accepts(ENDPOINT_PING, "recvWindow=0.001");
    assert_int_equal(params.recv_window_us, 1);
    refuses(ENDPOINT_PING, "recvWindow=60000.001", -1102,
            "'recvWindow' contains unexpected value. Cannot be greater than 60000.");
    refuses(ENDPOINT_PING, "recvWindow=99999999999999999999", -1102,
            "'recvWindow' contains unexpected value. Cannot be greater than 60000.");
    refuses(ENDPOINT_PING, "recvWindow=1.0001", -1111,
            "Parameter 'recvWindow' has too much precision.");
    refuses(ENDPOINT_PING, "recvWindow=-5", -1100,
            "Illegal characters found in parameter 'recvWindow'; legal range is "
            "'^[0-9]{1,20}(\\.[0-9]{1,3})?$'.");
}

static void decimals_have_a_precision(void **state)
{
    (void)state;
    struct amount amount;
    accepts(ENDPOINT_ORDER_PLACE,
            "symbol=A&side=BUY&type=MARKET&quantity=0.123456780&newClientOrderId=a");
    assert_true(param_amount(&params, PARAM_QUANTITY, 8, 8, &amount, &failure));
    assert_int_equal(amount.units, 12345678);
    assert_false(param_amount(&params, PARAM_QUANTITY, 8, 7, &amount, &failure));
    assert_int_equal(api_error_code(failure.error), -1111);
    assert_string_equal(failure.text, "Parameter 'quantity' has too much precision.");
    assert_false(param_amount(&params, PARAM_QUANTITY, 7, 8, &amount, &failure));
    assert_int_equal(api_error_code(failure.error), -1111);
    accepts(ENDPOINT_ORDER_PLACE, "symbol=A&side=BUY&type=MARKET&quantity=99999999999999999999");
    assert_false(param_amount(&params, PARAM_QUANTITY, 8, 8, &amount, &failure));
    assert_string_equal(failure.text, "Parameter 'quantity' overflowed.");
    static const char *const bad[] = {"-1",
                                      "1e5",
                                      ".5",
                                      "5.",
                                      "1.2.3",
                                      "+1",
                                      " 1",
                                      "1,5",
                                      "123456789012345678901",
                                      "0.123456789012345678901"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        char text[128] = "symbol=A&side=BUY&type=MARKET&quantity=";
        strcat(text, bad[i]);
        refuses(ENDPOINT_ORDER_PLACE, text, -1100,
                "Illegal characters found in parameter 'quantity'; legal range is "
                "'^([0-9]{1,20})(\\.[0-9]{1,20})?$'.");
    }
}

#define HEAD "symbol=A&side=BUY&type="

static void the_type_of_an_order_decides(void **state)
{
    (void)state;
    enum endpoint_id id = ENDPOINT_ORDER_PLACE;
    refuses(id, "symbol=A&side=UP&type=LIMIT", -1117, "Invalid side.");
    refuses(id, "symbol=A&side=BUY&type=GTX", -1116, "Invalid orderType.");
    refuses(id, HEAD "LIMIT&timeInForce=GTX&quantity=1&price=1", -1115, "Invalid timeInForce.");
    refuses(id, HEAD "LIMIT&quantity=1&price=1", -1102,
            "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.");
    refuses(id, HEAD "LIMIT&timeInForce=GTC&price=1", -1102,
            "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.");
    refuses(id, HEAD "LIMIT&timeInForce=GTC&quantity=1", -1102,
            "Mandatory parameter 'price' was not sent, was empty/null, or malformed.");
    refuses(id, HEAD "LIMIT&timeInForce=GTC&quantity=1&price=1&stopPrice=1", -1106,
            "Parameter 'stopPrice' sent when not required.");
    refuses(id, HEAD "LIMIT&timeInForce=IOC&quantity=1&price=1&icebergQty=1", -1014,
            "Unsupported order combination.");
    refuses(id, HEAD "MARKET&quantity=1&price=1", -1106,
            "Parameter 'price' sent when not required.");
    refuses(id, HEAD "MARKET&quantity=1&timeInForce=GTC", -1106,
            "Parameter 'timeInForce' sent when not required.");
    refuses(id, HEAD "MARKET&quantity=1&icebergQty=1", -1106,
            "Parameter 'icebergQty' sent when not required.");
    refuses(id, HEAD "MARKET", -1102,
            "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!");
    refuses(id, HEAD "MARKET&quantity=1&quoteOrderQty=1", -1128,
            "Combination of optional parameters invalid.");
    refuses(id, HEAD "LIMIT_MAKER&quantity=1&price=1&timeInForce=GTC", -1106,
            "Parameter 'timeInForce' sent when not required.");
    refuses(id, HEAD "LIMIT_MAKER&quoteOrderQty=1&quantity=1&price=1", -1106,
            "Parameter 'quoteOrderQty' sent when not required.");
    refuses(id, HEAD "STOP_LOSS&quantity=1", -1102,
            "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!");
    refuses(id, HEAD "STOP_LOSS&quantity=1&stopPrice=1&price=1", -1106,
            "Parameter 'price' sent when not required.");
    refuses(id, HEAD "MARKET&quantity=1&strategyType=999999", -1134,
            "`strategyType` was less than 1000000.");
    refuses(id, HEAD "MARKET&quantity=1&selfTradePreventionMode=SOME", -1130,
            "Data sent for parameter 'selfTradePreventionMode' is not valid.");
    accepts(id, HEAD "LIMIT&timeInForce=FOK&quantity=1&price=1");
    accepts(id, HEAD "LIMIT&timeInForce=GTC&quantity=1&price=1&icebergQty=1");
    accepts(id, HEAD "LIMIT_MAKER&quantity=1&price=1&icebergQty=1");
    accepts(id, HEAD "MARKET&quoteOrderQty=1");
    accepts(id, HEAD "STOP_LOSS&quantity=1&stopPrice=1&trailingDelta=5");
    accepts(id, HEAD "TAKE_PROFIT&quantity=1&trailingDelta=5");
    accepts(id, HEAD "TAKE_PROFIT_LIMIT&quantity=1&price=1&stopPrice=5&timeInForce=GTC"
                     "&strategyType=1000000&selfTradePreventionMode=DECREMENT");
}

/* Each type with each time in force, none included: the table of api types, by what it refuses. */
static void each_type_with_each_time_in_force(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        const char *rest;
        bool timed;
    } facts[] = {
        {"LIMIT", "&price=1", true},
        {"LIMIT_MAKER", "&price=1", false},
        {"MARKET", "", false},
        {"STOP_LOSS", "&stopPrice=1", false},
        {"STOP_LOSS_LIMIT", "&price=1&stopPrice=1", true},
        {"TAKE_PROFIT", "&stopPrice=1", false},
        {"TAKE_PROFIT_LIMIT", "&price=1&stopPrice=1", true},
    };
    static const char *const times[] = {"", "&timeInForce=GTC", "&timeInForce=IOC",
                                        "&timeInForce=FOK"};
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        for (size_t k = 0; k < ARRAY_COUNT(times); k += 1) {
            char text[256] = HEAD;
            strcat(text, facts[i].type);
            strcat(text, "&quantity=1");
            strcat(text, facts[i].rest);
            strcat(text, times[k]);
            assert_int_equal(parse(ENDPOINT_ORDER_PLACE, text), (k > 0) == facts[i].timed);
        }
    }
}

static void pegs_are_refused_in_the_right_words(void **state)
{
    (void)state;
    enum endpoint_id id = ENDPOINT_ORDER_PLACE;
    refuses(id, HEAD "LIMIT&timeInForce=GTC&quantity=1&pegPriceType=PRIMARY_PEG", -2010,
            "Pegged orders are not supported for this symbol.");
    refuses(id, HEAD "MARKET&quantity=1&pegPriceType=PRIMARY_PEG", -2010,
            "This order type may not use pegged price.");
    refuses(id, HEAD "LIMIT_MAKER&quantity=1&pegPriceType=MARKET_PEG", -2010,
            "This price peg cannot be used with this order type.");
    refuses(id, HEAD "LIMIT_MAKER&quantity=1&pegPriceType=NO_PEG", -1210, "Invalid pegPriceType.");
    refuses(id, HEAD "LIMIT_MAKER&quantity=1&price=1&pegOffsetType=X", -1211,
            "Invalid pegOffsetType.");
    refuses(id, HEAD "LIMIT_MAKER&quantity=1&price=1&pegOffsetValue=1", -1128,
            "Combination of optional fields invalid. Recommendation: 'pegOffsetType' and "
            "'pegOffsetValue' must both be sent.");
}

static void what_goes_together(void **state)
{
    (void)state;
    refuses(ENDPOINT_EXCHANGE_INFO, "symbol=A&symbols=[\"A\"]", -1128,
            "Combination of optional parameters invalid.");
    refuses(ENDPOINT_EXCHANGE_INFO, "symbol=A&permissions=SPOT", -1128,
            "Combination of optional parameters invalid.");
    accepts(ENDPOINT_EXCHANGE_INFO, "permissions=[\"SPOT\",\"MARGIN\"]&showPermissionSets=false");
    accepts(ENDPOINT_EXCHANGE_INFO, "permissions=SPOT&symbolStatus=TRADING");
    refuses(ENDPOINT_ORDER_STATUS, "symbol=A", -1102,
            "Param 'orderId' or 'origClientOrderId' must be sent, but both were empty/null!");
    refuses(ENDPOINT_TICKER, "type=MINI", -1102,
            "Param 'symbol' or 'symbols' must be sent, but both were empty/null!");
    refuses(ENDPOINT_AGG_TRADES, "symbol=A&fromId=1&startTime=1", -1128,
            "Combination of optional parameters invalid.");
    refuses(ENDPOINT_MY_TRADES, "symbol=A&startTime=1600000000000&endTime=1600086400001", -1127,
            "More than 24 hours between startTime and endTime.");
    refuses(ENDPOINT_MY_TRADES, "symbol=A&startTime=1600000000001&endTime=1600000000000", -1128,
            "Combination of optional parameters invalid.");
    accepts(ENDPOINT_MY_TRADES, "symbol=A&startTime=1600000000000&endTime=1600086400000");
    accepts(ENDPOINT_MY_TRADES, "symbol=A&orderId=1&fromId=2");
    refuses(ENDPOINT_MY_TRADES, "symbol=A&orderId=1&startTime=2", -1128,
            "Combination of optional parameters invalid.");
    refuses(ENDPOINT_ORDER_CANCEL_REPLACE, LIMIT_ORDER "&cancelReplaceMode=STOP_ON_FAILURE", -1102,
            "Param 'cancelOrderId' or 'cancelOrigClientOrderId' must be sent, but both were "
            "empty/null!");
    accepts(ENDPOINT_ORDER_CANCEL_REPLACE,
            LIMIT_ORDER "&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1");
    refuses(ENDPOINT_ORDER_LIST_OCO_OLD,
            "symbol=A&side=BUY&quantity=1&price=1&stopPrice=2&stopLimitPrice=3", -1102,
            "Mandatory parameter 'stopLimitTimeInForce' was not sent, was empty/null, or "
            "malformed.");
}

#define OCO "symbol=A&side=BUY&quantity=1&aboveType="
#define OTOCO                                                                     \
    "symbol=A&workingType=LIMIT&workingSide=BUY&workingPrice=1&workingQuantity=1" \
    "&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=1&pendingAboveType="

static void legs_have_the_shape_of_their_types(void **state)
{
    (void)state;
    accepts(ENDPOINT_ORDER_LIST_OCO, OCO "STOP_LOSS&aboveStopPrice=3&belowType=LIMIT_MAKER"
                                         "&belowPrice=1");
    refuses(ENDPOINT_ORDER_LIST_OCO, OCO "STOP_LOSS&belowType=LIMIT_MAKER&belowPrice=1", -1102,
            "Param 'aboveStopPrice' or 'aboveTrailingDelta' must be sent, but both were "
            "empty/null!");
    refuses(ENDPOINT_ORDER_LIST_OCO, OCO "STOP_LOSS&aboveStopPrice=3&belowType=LIMIT_MAKER", -1102,
            "Mandatory parameter 'belowPrice' was not sent, was empty/null, or malformed.");
    refuses(ENDPOINT_ORDER_LIST_OCO,
            OCO "STOP_LOSS_LIMIT&aboveStopPrice=3&abovePrice=3&aboveTimeInForce=IOC"
                "&aboveIcebergQty=1&belowType=LIMIT_MAKER&belowPrice=1",
            -1160,
            "Parameter 'aboveIcebergQty' is not supported if "
            "`aboveTimeInForce`/`belowTimeInForce` is not GTC.");
    accepts(ENDPOINT_ORDER_LIST_OTOCO, OTOCO "LIMIT_MAKER&pendingAbovePrice=2");
    accepts(ENDPOINT_ORDER_LIST_OTOCO,
            OTOCO "LIMIT_MAKER&pendingAbovePrice=2&pendingBelowType=STOP_LOSS"
                  "&pendingBelowStopPrice=1");
    refuses(ENDPOINT_ORDER_LIST_OTOCO,
            OTOCO "LIMIT_MAKER&pendingAbovePrice=2&pendingBelowStopPrice=1", -1102,
            "Mandatory parameter 'pendingBelowType' was not sent, was empty/null, or malformed.");
}

static void too_many_pairs_are_refused(void **state)
{
    (void)state;
    char text[600] = "symbol=A";
    for (u32 i = 0; i < PARAM_VALUES_MAX; i += 1) {
        strcat(text, "&a=1");
    }
    refuses(ENDPOINT_DEPTH, text, -1101, "Too many parameters; expected '3' and received '65'.");
}

static void every_name_of_a_set_reads_back(void **state)
{
    (void)state;
    static const struct {
        enum param param;
        enum param_set set;
        u32 count;
    } facts[] = {{PARAM_SIDE, PARAM_SET_SIDE, 2},
                 {PARAM_TYPE, PARAM_SET_TYPE, 7},
                 {PARAM_STP_MODE, PARAM_SET_STP, 6},
                 {PARAM_INTERVAL, PARAM_SET_INTERVAL, 16},
                 {PARAM_SYMBOL_STATUS, PARAM_SET_STATUS, 4},
                 {PARAM_NEW_ORDER_RESP_TYPE, PARAM_SET_RESPONSE, 3}};
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        u32 count = 0;
        for (u32 k = 0; k < 20; k += 1) {
            const char *name = param_set_name(facts[i].set, k);
            u64 number = 0;
            if (name != NULL) {
                count += 1;
                assert_true(param_read(facts[i].param, span_of_text(name), &number, &failure));
                assert_int_equal(number, k);
            }
        }
        assert_int_equal(count, facts[i].count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_order_becomes_values),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(the_query_string_wins_over_the_body),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(zones_count_from_minus_twelve),
        cmocka_unit_test(times_are_milliseconds_or_microseconds),
        cmocka_unit_test(recv_window_has_three_decimals_and_a_bound),
        cmocka_unit_test(decimals_have_a_precision),
        cmocka_unit_test(the_type_of_an_order_decides),
        cmocka_unit_test(each_type_with_each_time_in_force),
        cmocka_unit_test(pegs_are_refused_in_the_right_words),
        cmocka_unit_test(what_goes_together),
        cmocka_unit_test(legs_have_the_shape_of_their_types),
        cmocka_unit_test(too_many_pairs_are_refused),
        cmocka_unit_test(every_name_of_a_set_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
