/* Aim: the texts are those that clients recognise, byte for byte; every refusal of the core has its
 * row here with the same code and text; the printer fills the places and stays in bounds. Method:
 * the documented texts as facts, the two tables compared row by row, and values of every length. */
#include "wire/api_error.h"

#include "tests/support/test.h"
#include "wire/reject.h"

#include <string.h>

struct fact {
    i32 code; /* 0: a text of the engine, which comes with several codes */
    const char *text;
};

/* API errors.md, its texts for the errors that concern REST and WebSocket. */
// clang-format off
static const struct fact facts[] = {
    {-1000, "An unknown error occurred while processing the request."},
    {-1001, "Internal error; unable to process your request. Please try again."},
    {-1002, "You are not authorized to execute this request."},
    {-1003, "Too many requests queued."},
    {-1003, "Too much request weight used; current limit is %s request weight per %s. Please use "
     "WebSocket Streams for live updates to avoid polling the API."},
    {-1003, "Way too much request weight used; IP banned until %s. Please use WebSocket Streams "
     "for live updates to avoid bans."},
    {-1006, "An unexpected response was received from the message bus. Execution status unknown."},
    {-1007, "Timeout waiting for response from backend server. Send status unknown; execution "
     "status unknown."},
    {-1008, "Server is currently overloaded with other requests. Please try again in a few "
     "minutes."},
    {-1013, "The request is rejected by the API. (i.e. The request didn't reach the Matching "
     "Engine.)"},
    {-1014, "Unsupported order combination."},
    {-1015, "Too many new orders."},
    {-1015, "Too many new orders; current limit is %s orders per %s."},
    {-1016, "This service is no longer available."},
    {-1020, "This operation is not supported."},
    {-1021, "Timestamp for this request is outside of the recvWindow."},
    {-1021, "Timestamp for this request was 1000ms ahead of the server's time."},
    {-1022, "Signature for this request is not valid."},
    {-1100, "Illegal characters found in a parameter."},
    {-1100, "Illegal characters found in parameter '%s'; legal range is '%s'."},
    {-1101, "Too many parameters sent for this endpoint."},
    {-1101, "Too many parameters; expected '%s' and received '%s'."},
    {-1101, "Duplicate values for a parameter detected."},
    {-1102, "A mandatory parameter was not sent, was empty/null, or malformed."},
    {-1102, "Mandatory parameter '%s' was not sent, was empty/null, or malformed."},
    {-1102, "Param '%s' or '%s' must be sent, but both were empty/null!"},
    {-1102, "Field value was empty or malformed."},
    {-1102, "'%s' contains unexpected value. Cannot be greater than %s."},
    {-1103, "An unknown parameter was sent."},
    {-1104, "Not all sent parameters were read."},
    {-1104, "Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'."},
    {-1105, "A parameter was empty."},
    {-1105, "Parameter '%s' was empty."},
    {-1106, "A parameter was sent when not required."},
    {-1106, "Parameter '%s' sent when not required."},
    {-1108, "Parameter '%s' overflowed."},
    {-1111, "Parameter '%s' has too much precision."},
    {-1112, "No orders on book for symbol."},
    {-1114, "TimeInForce parameter sent when not required."},
    {-1115, "Invalid timeInForce."},
    {-1116, "Invalid orderType."},
    {-1117, "Invalid side."},
    {-1118, "New client order ID was empty."},
    {-1119, "Original client order ID was empty."},
    {-1120, "Invalid interval."},
    {-1121, "Invalid symbol."},
    {-1122, "Invalid symbolStatus."},
    {-1125, "This listenKey does not exist."},
    {-1127, "Lookup interval is too big."},
    {-1127, "More than %s hours between startTime and endTime."},
    {-1128, "Combination of optional parameters invalid."},
    {-1128, "Combination of optional fields invalid. Recommendation: '%s' and '%s' must both be "
     "sent."},
    {-1128, "Fields [%s] must be sent together or omitted entirely."},
    {-1130, "Invalid data sent for a parameter."},
    {-1130, "Data sent for parameter '%s' is not valid."},
    {-1134, "`strategyType` was less than 1000000."},
    {-1135, "Invalid JSON Request"},
    {-1135, "JSON sent for parameter '%s' is not valid"},
    {-1139, "Invalid ticker type."},
    {-1145, "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`."},
    {-1151, "Symbol is present multiple times in the list."},
    {-1152, "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`."},
    {-1153, "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header."},
    {-1155, "SBE is not enabled."},
    {-1158, "Order type not supported in OCO."},
    {-1160, "Parameter '%s' is not supported if `aboveTimeInForce`/`belowTimeInForce` is not GTC."},
    {-1165, "A limit order in a buy OCO must be below."},
    {-1166, "A limit order in a sell OCO must be above."},
    {-1168, "At least one OCO order must be contingent."},
    {-1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND."},
    {-1196, "A stop loss order in a buy OCO must be above."},
    {-1197, "A stop loss order in a sell OCO must be below."},
    {-1198, "A take profit order in a buy OCO must be below."},
    {-1199, "A take profit order in a sell OCO must be above."},
    {-1210, "Invalid pegPriceType."},
    {-1211, "Invalid pegOffsetType."},
    {-1220, "The symbol's status does not match the requested symbolStatus."},
    {-1221, "Invalid/missing field(s) in SBE message."},
    {-1222, "Working order in an OPO list must be a bid."},
    {-1223, "Pending orders in an OPO list must be asks."},
    {-1225, "Pending orders should not include the '%s' tag."},
    {-2013, "Order does not exist."},
    {-2014, "API-key format invalid."},
    {-2015, "Invalid API-key, IP, or permissions for action."},
    {-2016, "No trading window could be found for the symbol. Try ticker/24hrs instead."},
    {-2026, "Order was canceled or expired with no executed qty over 90 days ago and has been "
     "archived."},
    {-2035, "User Data Stream subscription already active."},
    {-2036, "User Data Stream subscription not active."},
    {-2039, "Client order ID is not correct for this order ID."},
    {-2042, "Maximum subscription ID reached for this connection."},
    {-2043, "This symbol doesn't have a reference price."},
    {0, "Unknown order sent."},
    {0, "Duplicate order sent."},
    {0, "Market is closed."},
    {0, "Account has insufficient balance for requested action."},
    {0, "Market orders are not supported for this symbol."},
    {0, "Iceberg orders are not supported for this symbol."},
    {0, "Stop loss orders are not supported for this symbol."},
    {0, "Stop loss limit orders are not supported for this symbol."},
    {0, "Take profit orders are not supported for this symbol."},
    {0, "Take profit limit orders are not supported for this symbol."},
    {0, "Order amend is not supported for this symbol."},
    {0, "Price * QTY is zero or less."},
    {0, "IcebergQty exceeds QTY."},
    {0, "This action is disabled on this account."},
    {0, "This account may not place or cancel orders."},
    {0, "Unsupported order combination"},
    {0, "Order would trigger immediately."},
    {0, "Cancel order is invalid. Check origClOrdId and orderId."},
    {0, "Order would immediately match and take."},
    {0, "The relationship of the prices for the orders is not correct."},
    {0, "OCO orders are not supported for this symbol"},
    {0, "Quote order qty market orders are not support for this symbol."},
    {0, "Trailing stop orders are not supported for this symbol."},
    {0, "Order cancel-replace is not supported for this symbol."},
    {0, "This symbol is not permitted for this account."},
    {0, "This symbol is restricted for this account."},
    {0, "Order was not canceled due to cancel restrictions."},
    {0, "Order book liquidity is less than `LOT_SIZE` filter minimum quantity."},
    {0, "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity."},
    {0, "Order book liquidity is less than symbol minimum quantity."},
    {0, "Order amend (quantity increase) is not supported."},
    {0, "The requested action would change no state; rejecting"},
    {0, "Pegged orders are not supported for this symbol."},
    {0, "This order type may not use pegged price."},
    {0, "This price peg cannot be used with this order type."},
    {0, "Order book liquidity is too low for this pegged order."},
    {-1161, "Unable to encode the response in SBE schema '%s'. Please use schema '%s' or higher."},
    {-1224, "Working order must include the '%s' tag."},
    {-2021, "Order cancel-replace partially failed."},
    {-2022, "Order cancel-replace failed."},
};
// clang-format on

static bool in_table(i32 code, const char *text)
{
    for (u32 i = 0; i < API_ERROR_COUNT; i += 1) {
        enum api_error error = (enum api_error)i;
        if ((code == 0 || api_error_code(error) == code) &&
            strcmp(api_error_template(error), text) == 0) {
            return true;
        }
    }
    return false;
}

static void the_documented_texts_are_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        if (!in_table(facts[i].code, facts[i].text)) {
            fail_msg("%d %s", facts[i].code, facts[i].text);
        }
    }
}

static void no_code_has_a_text_twice(void **state)
{
    (void)state;
    for (u32 a = 1; a < API_ERROR_COUNT; a += 1) {
        for (u32 b = a + 1; b < API_ERROR_COUNT; b += 1) {
            enum api_error first = (enum api_error)a;
            enum api_error second = (enum api_error)b;
            assert_false(api_error_code(first) == api_error_code(second) &&
                         api_error_http(first) == api_error_http(second) &&
                         strcmp(api_error_template(first), api_error_template(second)) == 0);
        }
    }
}

static void rows_are_whole(void **state)
{
    (void)state;
    assert_int_equal(api_error_http(API_ERROR_NONE), 200);
    for (u32 i = 1; i < API_ERROR_COUNT; i += 1) {
        enum api_error error = (enum api_error)i;
        assert_true(api_error_code(error) <= -1000 && api_error_code(error) > -5000);
        assert_true(api_error_http(error) >= 400 && api_error_http(error) < 600);
        assert_true(strlen(api_error_template(error)) > 0 && strlen(api_error_name(error)) > 0);
        assert_true(api_error_places(error) <= API_ERROR_VALUES_MAX);
    }
}

static void statuses_that_clients_look_at(void **state)
{
    (void)state;
    assert_int_equal(api_error_http(API_ERROR_TOO_MUCH_WEIGHT), 429);
    assert_int_equal(api_error_http(API_ERROR_TOO_MANY_ORDERS_PER), 429);
    assert_int_equal(api_error_http(API_ERROR_IP_BANNED), 418);
    assert_int_equal(api_error_http(API_ERROR_REJECTED_MBX_KEY), 401);
    assert_int_equal(api_error_http(API_ERROR_BAD_API_KEY_FMT), 401);
    assert_int_equal(api_error_http(API_ERROR_INVALID_SIGNATURE), 400);
    assert_int_equal(api_error_http(API_ERROR_CANCEL_REPLACE_PARTIAL), 409);
    assert_int_equal(api_error_http(API_ERROR_GONE), 410);
}

#define REJECT_ROW(number, name, code, text) number,
static const u32 rejects[] = {REJECT_TABLE(REJECT_ROW)};

static void every_refusal_of_the_core_is_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rejects); i += 1) {
        enum api_error error = api_error_of_reject(rejects[i]);
        if (error == API_ERROR_UNKNOWN) {
            fail_msg("%s has no row: %d %s", reject_name(rejects[i]), reject_code(rejects[i]),
                     reject_text(rejects[i]));
        }
        assert_int_equal(api_error_code(error), reject_code(rejects[i]));
        if (api_error_places(error) == 0) {
            assert_string_equal(api_error_template(error), reject_text(rejects[i]));
        }
    }
    struct api_failure failure;
    assert_false(api_fail_reject(&failure, REJECT_FILTER_NOTIONAL));
    assert_int_equal(failure.error, API_ERROR_FILTER);
    assert_string_equal(failure.text, "Filter failure: NOTIONAL");
    assert_int_equal(failure.text_bytes, strlen(failure.text));
    assert_int_equal(api_error_of_reject(13), API_ERROR_UNKNOWN);
    assert_int_equal(api_error_of_reject(UINT32_MAX), API_ERROR_UNKNOWN);
    assert_int_equal(api_error_of_reject(REJECT_FILTER_LOT_SIZE), API_ERROR_FILTER);
    assert_int_equal(api_error_of_reject(REJECT_LIMIT_ORDERS), API_ERROR_SERVER_BUSY);
    assert_int_equal(api_error_of_reject(REJECT_NOTIONAL_OVERFLOW), API_ERROR_PARAM_OVERFLOW);
}

static void places_are_filled_in_order(void **state)
{
    (void)state;
    struct api_failure failure;
    assert_false(api_fail_pair(&failure, API_ERROR_ILLEGAL_CHARS_IN, "price", "^[0-9]{1,20}$"));
    assert_string_equal(failure.text, "Illegal characters found in parameter 'price'; legal range "
                                      "is '^[0-9]{1,20}$'.");
    assert_int_equal(failure.text_bytes, strlen(failure.text));
    assert_int_equal(api_error_code(failure.error), -1100);
    assert_false(api_fail_numbers(&failure, API_ERROR_UNREAD_PARAMETERS, 3, UINT64_MAX));
    assert_string_equal(failure.text, "Not all sent parameters were read; read '3' parameter(s) "
                                      "but was sent '18446744073709551615'.");
    assert_false(api_fail_numbers(&failure, API_ERROR_IP_BANNED, 1700000000000, 7));
    assert_string_equal(failure.text,
                        "Way too much request weight used; IP banned until 1700000000000. Please "
                        "use WebSocket Streams for live updates to avoid bans.");
    assert_false(api_fail_name(&failure, API_ERROR_PARAM_EMPTY, "symbol"));
    assert_string_equal(failure.text, "Parameter 'symbol' was empty.");
    assert_false(api_fail(&failure, API_ERROR_BAD_SYMBOL));
    assert_string_equal(failure.text, "Invalid symbol.");
    expect_assert_failure(api_fail(&failure, API_ERROR_PARAM_EMPTY));
}

static void long_values_are_cut_and_every_text_fits(void **state)
{
    (void)state;
    char value[200];
    memset(value, 'v', sizeof(value));
    struct span values[2] = {span_of(value, sizeof(value)), span_of(value, sizeof(value))};
    for (u32 i = 0; i < API_ERROR_COUNT; i += 1) {
        enum api_error error = (enum api_error)i;
        u32 places = api_error_places(error);
        char text[API_ERROR_TEXT_BYTES_MAX];
        size_t size = api_error_print(error, values, places, text, sizeof(text));
        assert_int_equal(size, strlen(api_error_template(error)) - (size_t)places * 2 +
                                   (size_t)places * API_ERROR_VALUE_BYTES);
        assert_int_equal(strlen(text), size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_texts_are_in_the_table),
        cmocka_unit_test(no_code_has_a_text_twice),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(statuses_that_clients_look_at),
        cmocka_unit_test(every_refusal_of_the_core_is_a_row),
        cmocka_unit_test(places_are_filled_in_order),
        cmocka_unit_test(long_values_are_cut_and_every_text_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
