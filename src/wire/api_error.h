/* Every error the API can answer: one table with the public number, the HTTP status and the text.
 *
 * The texts are facts of the API's errors.md, byte for byte, since clients recognise them; %s marks
 * the place of a name or a value. What the core refuses (wire/reject.h) is here too, so that every
 * answer finds its HTTP status; the tests compare the two tables.
 *
 * An error on its way to the client is a struct api_failure: it owns its text, so the request's
 * bytes may be gone by the time it is sent. */
#ifndef WIRE_API_ERROR_H
#define WIRE_API_ERROR_H

#include "base/base.h"
#include "base/span.h"

#define API_DISABLED "This action is disabled on this account."
#define API_CLOSED   "Market is closed."
#define API_SLOW     "Please use WebSocket Streams for live updates to avoid "

/* X(NAME, code, HTTP status, text) */
// clang-format off
#define API_ERROR_TABLE(X)                                                                         \
    X(NONE, 0, 200, "")                                                                            \
    /* 10xx: the server and the network */                                                         \
    X(UNKNOWN, -1000, 500, "An unknown error occurred while processing the request.")              \
    X(DISCONNECTED, -1001, 500,                                                                    \
      "Internal error; unable to process your request. Please try again.")                         \
    X(UNAUTHORIZED, -1002, 401, "You are not authorized to execute this request.")                 \
    X(TOO_MANY_REQUESTS, -1003, 429, "Too many requests queued.")                                  \
    X(TOO_MUCH_WEIGHT, -1003, 429,                                                                 \
      "Too much request weight used; current limit is %s request weight per %s. " API_SLOW         \
      "polling the API.")                                                                          \
    X(IP_BANNED, -1003, 418,                                                                       \
      "Way too much request weight used; IP banned until %s. " API_SLOW "bans.")                   \
    X(UNEXPECTED_RESP, -1006, 500,                                                                 \
      "An unexpected response was received from the message bus. Execution status unknown.")       \
    X(TIMEOUT, -1007, 504, "Timeout waiting for response from backend server. "                    \
      "Send status unknown; execution status unknown.")                                            \
    X(SERVER_BUSY, -1008, 503,                                                                     \
      "Server is currently overloaded with other requests. Please try again in a few minutes.")    \
    X(INVALID_MESSAGE, -1013, 400,                                                                 \
      "The request is rejected by the API. "                                                       \
      "(i.e. The request didn't reach the Matching Engine.)")                                      \
    X(UNKNOWN_ORDER_COMPOSITION, -1014, 400, "Unsupported order combination.")                     \
    X(TOO_MANY_ORDERS, -1015, 429, "Too many new orders.")                                         \
    X(TOO_MANY_ORDERS_PER, -1015, 429,                                                             \
      "Too many new orders; current limit is %s orders per %s.")                                   \
    X(SHUTTING_DOWN, -1016, 503, "This service is no longer available.")                           \
    X(GONE, -1016, 410, "This service is no longer available.")                                    \
    X(UNSUPPORTED_OPERATION, -1020, 400, "This operation is not supported.")                       \
    X(TIMESTAMP_OUTSIDE, -1021, 400,                                                               \
      "Timestamp for this request is outside of the recvWindow.")                                  \
    X(TIMESTAMP_AHEAD, -1021, 400,                                                                 \
      "Timestamp for this request was 1000ms ahead of the server's time.")                         \
    X(INVALID_SIGNATURE, -1022, 400, "Signature for this request is not valid.")                   \
    X(TOO_MANY_CONNECTIONS, -1034, 429,                                                            \
      "Too many connection attempts from IP; current limit is %s per '%s'.")                       \
    /* 11xx: the request */                                                                        \
    X(ILLEGAL_CHARS, -1100, 400, "Illegal characters found in a parameter.")                       \
    X(ILLEGAL_CHARS_IN, -1100, 400,                                                                \
      "Illegal characters found in parameter '%s'; legal range is '%s'.")                          \
    X(TOO_MANY_PARAMETERS, -1101, 400, "Too many parameters sent for this endpoint.")              \
    X(TOO_MANY_PARAMETERS_OF, -1101, 400,                                                          \
      "Too many parameters; expected '%s' and received '%s'.")                                     \
    X(DUPLICATE_PARAMETER, -1101, 400, "Duplicate values for a parameter detected.")               \
    X(MANDATORY, -1102, 400,                                                                       \
      "A mandatory parameter was not sent, was empty/null, or malformed.")                         \
    X(MANDATORY_PARAM, -1102, 400,                                                                 \
      "Mandatory parameter '%s' was not sent, was empty/null, or malformed.")                      \
    X(MANDATORY_EITHER, -1102, 400,                                                                \
      "Param '%s' or '%s' must be sent, but both were empty/null!")                                \
    X(FIELD_MALFORMED, -1102, 400, "Field value was empty or malformed.")                          \
    X(VALUE_TOO_LARGE, -1102, 400,                                                                 \
      "'%s' contains unexpected value. Cannot be greater than %s.")                                \
    X(UNKNOWN_PARAM, -1103, 400, "An unknown parameter was sent.")                                 \
    X(UNREAD, -1104, 400, "Not all sent parameters were read.")                                    \
    X(UNREAD_PARAMETERS, -1104, 400,                                                               \
      "Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'.")              \
    X(EMPTY, -1105, 400, "A parameter was empty.")                                                 \
    X(PARAM_EMPTY, -1105, 400, "Parameter '%s' was empty.")                                        \
    X(NOT_REQUIRED, -1106, 400, "A parameter was sent when not required.")                         \
    X(PARAM_NOT_REQUIRED, -1106, 400, "Parameter '%s' sent when not required.")                    \
    X(PARAM_OVERFLOW, -1108, 400, "Parameter '%s' overflowed.")                                    \
    X(BAD_PRECISION, -1111, 400, "Parameter '%s' has too much precision.")                         \
    X(NO_DEPTH, -1112, 400, "No orders on book for symbol.")                                       \
    X(TIF_NOT_REQUIRED, -1114, 400, "TimeInForce parameter sent when not required.")               \
    X(INVALID_TIF, -1115, 400, "Invalid timeInForce.")                                             \
    X(INVALID_ORDER_TYPE, -1116, 400, "Invalid orderType.")                                        \
    X(INVALID_SIDE, -1117, 400, "Invalid side.")                                                   \
    X(EMPTY_NEW_CL_ORD_ID, -1118, 400, "New client order ID was empty.")                           \
    X(EMPTY_ORG_CL_ORD_ID, -1119, 400, "Original client order ID was empty.")                      \
    X(BAD_INTERVAL, -1120, 400, "Invalid interval.")                                               \
    X(BAD_SYMBOL, -1121, 400, "Invalid symbol.")                                                   \
    X(INVALID_SYMBOL_STATUS, -1122, 400, "Invalid symbolStatus.")                                  \
    X(INVALID_LISTEN_KEY, -1125, 400, "This listenKey does not exist.")                            \
    X(LOOKUP_TOO_BIG, -1127, 400, "Lookup interval is too big.")                                   \
    X(MORE_THAN_HOURS, -1127, 400, "More than %s hours between startTime and endTime.")            \
    X(BAD_COMBINATION, -1128, 400, "Combination of optional parameters invalid.")                  \
    X(BAD_COMBINATION_PAIR, -1128, 400,                                                            \
      "Combination of optional fields invalid. Recommendation: '%s' and '%s' must both be sent.")  \
    X(TOGETHER, -1128, 400, "Fields [%s] must be sent together or omitted entirely.")              \
    X(INVALID_PARAMETER, -1130, 400, "Invalid data sent for a parameter.")                         \
    X(INVALID_PARAMETER_IN, -1130, 400, "Data sent for parameter '%s' is not valid.")              \
    X(BAD_STRATEGY_TYPE, -1134, 400, "`strategyType` was less than 1000000.")                      \
    X(INVALID_JSON, -1135, 400, "Invalid JSON Request")                                            \
    X(INVALID_JSON_IN, -1135, 400, "JSON sent for parameter '%s' is not valid")                    \
    X(INVALID_TICKER_TYPE, -1139, 400, "Invalid ticker type.")                                     \
    X(INVALID_CANCEL_RESTRICTIONS, -1145, 400,                                                     \
      "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.")              \
    X(DUPLICATE_SYMBOLS, -1151, 400, "Symbol is present multiple times in the list.")              \
    X(INVALID_SBE_HEADER, -1152, 400,                                                              \
      "Invalid `X-MBX-SBE` header; expected `<SCHEMA_ID>:<VERSION>`.")                             \
    X(UNSUPPORTED_SCHEMA, -1153, 400,                                                              \
      "Unsupported SBE schema ID or version specified in the `X-MBX-SBE` header.")                 \
    X(SBE_DISABLED, -1155, 400, "SBE is not enabled.")                                             \
    X(OCO_ORDER_TYPE, -1158, 400, "Order type not supported in OCO.")                              \
    X(OCO_ICEBERG_TIF, -1160, 400, "Parameter '%s' is not supported if "                           \
      "`aboveTimeInForce`/`belowTimeInForce` is not GTC.")                                         \
    X(DEPRECATED_SCHEMA, -1161, 400,                                                               \
      "Unable to encode the response in SBE schema '%s'. Please use schema '%s' or higher.")       \
    X(BUY_OCO_LIMIT, -1165, 400, "A limit order in a buy OCO must be below.")                      \
    X(SELL_OCO_LIMIT, -1166, 400, "A limit order in a sell OCO must be above.")                    \
    X(OCO_BOTH_LIMIT, -1168, 400, "At least one OCO order must be contingent.")                    \
    X(INVALID_TIME_UNIT, -1194, 400,                                                               \
      "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")                  \
    X(BUY_OCO_STOP_LOSS, -1196, 400, "A stop loss order in a buy OCO must be above.")              \
    X(SELL_OCO_STOP_LOSS, -1197, 400, "A stop loss order in a sell OCO must be below.")            \
    X(BUY_OCO_TAKE_PROFIT, -1198, 400, "A take profit order in a buy OCO must be below.")          \
    X(SELL_OCO_TAKE_PROFIT, -1199, 400, "A take profit order in a sell OCO must be above.")        \
    X(INVALID_PEG_PRICE_TYPE, -1210, 400, "Invalid pegPriceType.")                                 \
    X(INVALID_PEG_OFFSET_TYPE, -1211, 400, "Invalid pegOffsetType.")                               \
    X(SYMBOL_STATUS_MISMATCH, -1220, 400,                                                          \
      "The symbol's status does not match the requested symbolStatus.")                            \
    X(INVALID_SBE_MESSAGE, -1221, 400, "Invalid/missing field(s) in SBE message.")                 \
    X(OPO_WORKING_BUY, -1222, 400, "Working order in an OPO list must be a bid.")                  \
    X(OPO_PENDING_SELL, -1223, 400, "Pending orders in an OPO list must be asks.")                 \
    X(WORKING_PARAM_REQUIRED, -1224, 400, "Working order must include the '%s' tag.")              \
    X(PENDING_PARAM_NOT_REQUIRED, -1225, 400,                                                      \
      "Pending orders should not include the '%s' tag.")                                           \
    /* filters */                                                                                  \
    X(FILTER, -1013, 400, "Filter failure: %s")                                                    \
    X(STP_MODE, -1013, 400,                                                                        \
      "This symbol does not allow the specified self-trade prevention mode.")                      \
    /* 20xx: the engine and the keys */                                                            \
    X(MARKET_UNSUPPORTED, -2010, 400, "Market orders are not supported for this symbol.")          \
    X(ICEBERG_UNSUPPORTED, -2010, 400, "Iceberg orders are not supported for this symbol.")        \
    X(STOP_LOSS_UNSUPPORTED, -2010, 400, "Stop loss orders are not supported for this symbol.")    \
    X(STOP_LOSS_LIMIT_UNSUPPORTED, -2010, 400,                                                     \
      "Stop loss limit orders are not supported for this symbol.")                                 \
    X(TAKE_PROFIT_UNSUPPORTED, -2010, 400,                                                         \
      "Take profit orders are not supported for this symbol.")                                     \
    X(TAKE_PROFIT_LIMIT_UNSUPPORTED, -2010, 400,                                                   \
      "Take profit limit orders are not supported for this symbol.")                               \
    X(TRAILING_UNSUPPORTED, -2010, 400,                                                            \
      "Trailing stop orders are not supported for this symbol.")                                   \
    X(QUOTE_QTY_UNSUPPORTED, -2010, 400,                                                           \
      "Quote order qty market orders are not support for this symbol.")                            \
    X(OCO_UNSUPPORTED, -2010, 400, "OCO orders are not supported for this symbol")                 \
    X(OPO_UNSUPPORTED, -2010, 400, "OPO orders are not supported for this symbol.")                \
    X(PEG_UNSUPPORTED, -2010, 400, "Pegged orders are not supported for this symbol.")             \
    X(PEG_ORDER_TYPE, -2010, 400, "This order type may not use pegged price.")                     \
    X(PEG_PRICE_TYPE, -2010, 400, "This price peg cannot be used with this order type.")           \
    X(PEG_LIQUIDITY, -2010, 400, "Order book liquidity is too low for this pegged order.")         \
    X(CANCEL_REPLACE_UNSUPPORTED, -2010, 400,                                                      \
      "Order cancel-replace is not supported for this symbol.")                                    \
    X(ORDER_COMBINATION, -2010, 400, "Unsupported order combination")                              \
    X(PRICE_RELATION, -2010, 400,                                                                  \
      "The relationship of the prices for the orders is not correct.")                             \
    X(ICEBERG_EXCEEDS_QTY, -2010, 400, "IcebergQty exceeds QTY.")                                  \
    X(ZERO_NOTIONAL, -2010, 400, "Price * QTY is zero or less.")                                   \
    X(NEW_INSUFFICIENT_BALANCE, -2010, 400,                                                        \
      "Account has insufficient balance for requested action.")                                    \
    X(NEW_DUPLICATE, -2010, 400, "Duplicate order sent.")                                          \
    X(WOULD_MATCH, -2010, 400, "Order would immediately match and take.")                          \
    X(WOULD_TRIGGER, -2010, 400, "Order would trigger immediately.")                               \
    X(LIQUIDITY_SYMBOL, -2010, 400,                                                                \
      "Order book liquidity is less than symbol minimum quantity.")                                \
    X(LIQUIDITY_LOT_SIZE, -2010, 400,                                                              \
      "Order book liquidity is less than `LOT_SIZE` filter minimum quantity.")                     \
    X(LIQUIDITY_MARKET_LOT_SIZE, -2010, 400,                                                       \
      "Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.")              \
    X(NEW_MARKET_CLOSED, -2010, 400, API_CLOSED)                                                   \
    X(NEW_DISABLED, -2010, 400, API_DISABLED)                                                      \
    X(ACCOUNT_MAY_NOT, -2010, 400, "This account may not place or cancel orders.")                 \
    X(SYMBOL_NOT_PERMITTED, -2010, 400, "This symbol is not permitted for this account.")          \
    X(SYMBOL_RESTRICTED, -2010, 400, "This symbol is restricted for this account.")                \
    X(REST_TRADING_OFF, -2010, 400, "Rest API trading is not enabled.")                            \
    X(WS_TRADING_OFF, -2010, 400, "WebSocket API trading is not enabled.")                         \
    X(CANCEL_UNKNOWN_ORDER, -2011, 400, "Unknown order sent.")                                     \
    X(CANCEL_NO_ID, -2011, 400, "Cancel order is invalid. Check origClOrdId and orderId.")         \
    X(CANCEL_RESTRICTED, -2011, 400, "Order was not canceled due to cancel restrictions.")         \
    X(CANCEL_DISABLED, -2011, 400, API_DISABLED)                                                   \
    X(CANCEL_MARKET_CLOSED, -2011, 400, API_CLOSED)                                                \
    X(NO_SUCH_ORDER, -2013, 400, "Order does not exist.")                                          \
    X(BAD_API_KEY_FMT, -2014, 401, "API-key format invalid.")                                      \
    X(REJECTED_MBX_KEY, -2015, 401, "Invalid API-key, IP, or permissions for action.")             \
    X(NO_TRADING_WINDOW, -2016, 400,                                                               \
      "No trading window could be found for the symbol. Try ticker/24hrs instead.")                \
    X(CANCEL_REPLACE_PARTIAL, -2021, 409, "Order cancel-replace partially failed.")                \
    X(CANCEL_REPLACE_FAILED, -2022, 400, "Order cancel-replace failed.")                           \
    X(ORDER_ARCHIVED, -2026, 400, "Order was canceled or expired with no executed qty over "       \
      "90 days ago and has been archived.")                                                        \
    X(SUBSCRIPTION_ACTIVE, -2035, 400, "User Data Stream subscription already active.")            \
    X(SUBSCRIPTION_INACTIVE, -2036, 400, "User Data Stream subscription not active.")              \
    X(AMEND_UNSUPPORTED, -2038, 400, "Order amend is not supported for this symbol.")              \
    X(AMEND_INCREASE, -2038, 400, "Order amend (quantity increase) is not supported.")             \
    X(AMEND_PENDING_OPO, -2038, 400, "Order amend (pending OPO order) is not supported.")          \
    X(AMEND_NO_CHANGE, -2038, 400, "The requested action would change no state; rejecting")        \
    X(AMEND_UNKNOWN_ORDER, -2038, 400, "Unknown order sent.")                                      \
    X(AMEND_DUPLICATE, -2038, 400, "Duplicate order sent.")                                        \
    X(AMEND_DISABLED, -2038, 400, API_DISABLED)                                                    \
    X(AMEND_MARKET_CLOSED, -2038, 400, API_CLOSED)                                                 \
    X(AMEND_FILTER, -2038, 400, "Filter failure: %s")                                              \
    X(CLIENT_ORDER_ID_INVALID, -2039, 400,                                                         \
      "Client order ID is not correct for this order ID.")                                         \
    X(MAXIMUM_SUBSCRIPTION_IDS, -2042, 400,                                                        \
      "Maximum subscription ID reached for this connection.")                                      \
    X(NO_REFERENCE_PRICE, -2043, 400, "This symbol doesn't have a reference price.") \
    /* 40xx: the wallet */                                                                         \
    X(WALLET_ADDRESS, -4007, 400, "Address validation is not passed.")                             \
    X(WALLET_TAG, -4008, 400, "Address tag validation is not passed.")                             \
    X(WALLET_ASSET, -4018, 400, "We don't have this asset.")                                       \
    X(WALLET_MINIMUM, -4022, 400, "Not less than the minimum pick-up quantity %s.")                \
    X(WALLET_BALANCE, -4026, 400,                                                                  \
      "Account has insufficient balance for requested action.")                                    \
    X(WALLET_INTERVAL, -4047, 400, "Time interval must be within 0-90 days")                       \
    X(WALLET_ORDER_ID, -4115, 400, "withdrawOrderId is duplicated.")                               \
    X(QUESTIONNAIRE_EMPTY, -1130, 400, "Questionnaire must not be blank")                          \
    X(QUESTIONNAIRE_FORMAT, -1130, 400, "Questionnaire format not valid.")
// clang-format on

#define API_ERROR_ENUM(name, code, http, text) API_ERROR_##name,
enum api_error { API_ERROR_TABLE(API_ERROR_ENUM) API_ERROR_COUNT };
#undef API_ERROR_ENUM

#define API_ERROR_VALUES_MAX     2U  /* places in one text */
#define API_ERROR_VALUE_BYTES    64U /* a longer value is cut: names come from outside */
#define API_ERROR_TEXT_BYTES_MAX 320U

i32 api_error_code(enum api_error error);
u32 api_error_http(enum api_error error);

/* The text with its places still in it, and how many there are. */
const char *api_error_template(enum api_error error);
u32 api_error_places(enum api_error error);

/* The stable name ("BAD_SYMBOL"), for metrics and logs. */
const char *api_error_name(enum api_error error);

/* Writes the text with `values` in its places, and a NUL; target_bytes at least
 * API_ERROR_TEXT_BYTES_MAX. One value per place. Returns the length. */
size_t api_error_print(enum api_error error, const struct span *values, u32 values_count,
                       char *target, size_t target_bytes);

/* The row of a refusal by the core (wire/reject.h): same code, same text. UNKNOWN for a number that
 * is not in the table. */
enum api_error api_error_of_reject(u32 reject);

/* ---- an error on its way out ---- */

struct api_failure {
    enum api_error error;
    u32 text_bytes;
    char text[API_ERROR_TEXT_BYTES_MAX]; /* with a NUL */
};

/* Each fills *failure_out and returns false, so that a check can end with it. */
bool api_fail(struct api_failure *failure_out, enum api_error error);
bool api_fail_name(struct api_failure *failure_out, enum api_error error, const char *name);
bool api_fail_pair(struct api_failure *failure_out, enum api_error error, const char *a,
                   const char *b);
bool api_fail_numbers(struct api_failure *failure_out, enum api_error error, u64 a, u64 b);
/* A refusal by the core (wire/reject.h), with its text. */
bool api_fail_reject(struct api_failure *failure_out, u32 reject);

#endif /* WIRE_API_ERROR_H */
