/* The parameters of requests: every name the API knows with its type and bounds, and the parser
 * that turns the name/value pairs of one request into typed values or into the documented error.
 *
 * A pair is what the query string, the form body or the JSON object held, decoded: numbers and
 * booleans of JSON as their text. Values keep pointing into the request. What a request may and
 * must hold is the endpoint's list (endpoint.h). Names that sign a request (apiKey, recvWindow,
 * signature, timestamp) and returnRateLimits are known everywhere, and counted nowhere. */
#ifndef ROLE_GATEWAY_PARAM_H
#define ROLE_GATEWAY_PARAM_H

#include "base/amount.h"
#include "base/base.h"
#include "wire/api_error.h"

/* What a value is; `number` of struct param_value in parentheses. */
enum param_kind {
    PARAM_KIND_TEXT,        /* 1 to `bound` printable characters (length) */
    PARAM_KIND_JSON,        /* 1 to `bound` bytes, not looked into (length) */
    PARAM_KIND_SYMBOL,      /* ^[A-Z0-9-_.]{1,20}$ (length) */
    PARAM_KIND_SYMBOLS,     /* ["A","B"], each once (how many) */
    PARAM_KIND_WORDS,       /* A or ["A","B"] (how many) */
    PARAM_KIND_CLIENT_ID,   /* ^[a-zA-Z0-9-_]{1,36}$ (length) */
    PARAM_KIND_LONG,        /* 0 to 2^63 - 1 (itself) */
    PARAM_KIND_INT,         /* 0 to `bound` (itself) */
    PARAM_KIND_LIMIT,       /* 1 or more; above `bound` it is `bound` (itself) */
    PARAM_KIND_STRATEGY,    /* 1000000 or more (itself) */
    PARAM_KIND_DECIMAL,     /* digits with at most one point; see param_amount (0) */
    PARAM_KIND_TIME,        /* milliseconds or microseconds (microseconds) */
    PARAM_KIND_RECV_WINDOW, /* milliseconds with up to three decimals (microseconds) */
    PARAM_KIND_BOOL,        /* true, false (1, 0) */
    PARAM_KIND_ZONE,        /* -12:00 to +14:00, or hours (minutes + PARAM_ZONE_ZERO) */
    PARAM_KIND_SPAN,        /* 1m..59m, 1h..23h, 1d..7d (minutes) */
    PARAM_KIND_NAMES,       /* one of the names of a set (its number) */
};

/* Sets of names. X(SET, error for a name that is not in it) */
#define PARAM_SET_TABLE(X)                      \
    X(SIDE, INVALID_SIDE)                       \
    X(TYPE, INVALID_ORDER_TYPE)                 \
    X(TIME_IN_FORCE, INVALID_TIF)               \
    X(RESPONSE, INVALID_PARAMETER_IN)           \
    X(STP, INVALID_PARAMETER_IN)                \
    X(STATUS, INVALID_SYMBOL_STATUS)            \
    X(TICKER, INVALID_TICKER_TYPE)              \
    X(INTERVAL, BAD_INTERVAL)                   \
    X(RESTRICTION, INVALID_CANCEL_RESTRICTIONS) \
    X(REPLACE_MODE, INVALID_PARAMETER_IN)       \
    X(RATE_MODE, INVALID_PARAMETER_IN)          \
    X(PEG_PRICE, INVALID_PEG_PRICE_TYPE)        \
    X(PEG_OFFSET, INVALID_PEG_OFFSET_TYPE)

#define PARAM_SET_ENUM(set, error) PARAM_SET_##set,
enum param_set { PARAM_SET_TABLE(PARAM_SET_ENUM) PARAM_SET_COUNT };
#undef PARAM_SET_ENUM

/* Numbers of the sets that wire/schema.txt has no enum for. */
enum { PARAM_RESPONSE_ACK, PARAM_RESPONSE_RESULT, PARAM_RESPONSE_FULL };
enum { PARAM_TICKER_FULL, PARAM_TICKER_MINI };
enum { PARAM_RATE_DO_NOTHING, PARAM_RATE_CANCEL_ONLY };
enum { PARAM_PEG_PRIMARY = 1, PARAM_PEG_MARKET = 2 };

/* The leg of an order list: the same fields under names with a prefix. */
#define PARAM_LEG(X, ID, name)                                                 \
    X(ID##_TYPE, name "Type", NAMES, PARAM_SET_TYPE)                           \
    X(ID##_CLIENT_ID, name "ClientOrderId", CLIENT_ID, 36)                     \
    X(ID##_PRICE, name "Price", DECIMAL, 0)                                    \
    X(ID##_STOP_PRICE, name "StopPrice", DECIMAL, 0)                           \
    X(ID##_TRAILING_DELTA, name "TrailingDelta", INT, UINT32_MAX)              \
    X(ID##_ICEBERG_QTY, name "IcebergQty", DECIMAL, 0)                         \
    X(ID##_TIME_IN_FORCE, name "TimeInForce", NAMES, PARAM_SET_TIME_IN_FORCE)  \
    X(ID##_STRATEGY_ID, name "StrategyId", LONG, 0)                            \
    X(ID##_STRATEGY_TYPE, name "StrategyType", STRATEGY, INT32_MAX)            \
    X(ID##_PEG_PRICE_TYPE, name "PegPriceType", NAMES, PARAM_SET_PEG_PRICE)    \
    X(ID##_PEG_OFFSET_TYPE, name "PegOffsetType", NAMES, PARAM_SET_PEG_OFFSET) \
    X(ID##_PEG_OFFSET_VALUE, name "PegOffsetValue", INT, 100)

/* X(ID, "name", KIND, bound or set) */
// clang-format off
#define PARAM_TABLE(X)                                                         \
    /* signing, and what every WebSocket request may say */                    \
    X(API_KEY, "apiKey", TEXT, 128)                                            \
    X(RECV_WINDOW, "recvWindow", RECV_WINDOW, 60000)                           \
    X(SIGNATURE, "signature", TEXT, 2052)                                      \
    X(TIMESTAMP, "timestamp", TIME, 0)                                         \
    X(RETURN_RATE_LIMITS, "returnRateLimits", BOOL, 0)                         \
    /* markets */                                                              \
    X(SYMBOL, "symbol", SYMBOL, 20)                                            \
    X(SYMBOLS, "symbols", SYMBOLS, 0)                                          \
    X(SYMBOL_STATUS, "symbolStatus", NAMES, PARAM_SET_STATUS)                  \
    X(PERMISSIONS, "permissions", WORDS, 0)                                    \
    X(SHOW_PERMISSION_SETS, "showPermissionSets", BOOL, 0)                     \
    X(LIMIT, "limit", LIMIT, 1000)                                             \
    X(LIMIT_DEPTH, "limit", LIMIT, 5000)                                       \
    X(FROM_ID, "fromId", LONG, 0)                                              \
    X(START_TIME, "startTime", TIME, 0)                                        \
    X(END_TIME, "endTime", TIME, 0)                                            \
    X(INTERVAL, "interval", NAMES, PARAM_SET_INTERVAL)                         \
    X(TIME_ZONE, "timeZone", ZONE, 0)                                          \
    X(TICKER_TYPE, "type", NAMES, PARAM_SET_TICKER)                            \
    X(WINDOW_SIZE, "windowSize", SPAN, 0)                                      \
    /* an order */                                                             \
    X(SIDE, "side", NAMES, PARAM_SET_SIDE)                                     \
    X(TYPE, "type", NAMES, PARAM_SET_TYPE)                                     \
    X(TIME_IN_FORCE, "timeInForce", NAMES, PARAM_SET_TIME_IN_FORCE)            \
    X(QUANTITY, "quantity", DECIMAL, 0)                                        \
    X(QUOTE_ORDER_QTY, "quoteOrderQty", DECIMAL, 0)                            \
    X(PRICE, "price", DECIMAL, 0)                                              \
    X(NEW_CLIENT_ID, "newClientOrderId", CLIENT_ID, 36)                        \
    X(STRATEGY_ID, "strategyId", LONG, 0)                                      \
    X(STRATEGY_TYPE, "strategyType", STRATEGY, INT32_MAX)                      \
    X(STOP_PRICE, "stopPrice", DECIMAL, 0)                                     \
    X(TRAILING_DELTA, "trailingDelta", INT, UINT32_MAX)                        \
    X(ICEBERG_QTY, "icebergQty", DECIMAL, 0)                                   \
    X(NEW_ORDER_RESP_TYPE, "newOrderRespType", NAMES, PARAM_SET_RESPONSE)      \
    X(STP_MODE, "selfTradePreventionMode", NAMES, PARAM_SET_STP)               \
    X(PEG_PRICE_TYPE, "pegPriceType", NAMES, PARAM_SET_PEG_PRICE)              \
    X(PEG_OFFSET_VALUE, "pegOffsetValue", INT, 100)                            \
    X(PEG_OFFSET_TYPE, "pegOffsetType", NAMES, PARAM_SET_PEG_OFFSET)           \
    X(COMPUTE_COMMISSION, "computeCommissionRates", BOOL, 0)                   \
    /* cancel, replace, amend, look up */                                      \
    X(ORDER_ID, "orderId", LONG, 0)                                            \
    X(ORIG_CLIENT_ID, "origClientOrderId", CLIENT_ID, 36)                      \
    X(CANCEL_RESTRICTIONS, "cancelRestrictions", NAMES, PARAM_SET_RESTRICTION) \
    X(CANCEL_REPLACE_MODE, "cancelReplaceMode", NAMES, PARAM_SET_REPLACE_MODE) \
    X(CANCEL_NEW_CLIENT_ID, "cancelNewClientOrderId", CLIENT_ID, 36)           \
    X(CANCEL_ORIG_CLIENT_ID, "cancelOrigClientOrderId", CLIENT_ID, 36)         \
    X(CANCEL_ORDER_ID, "cancelOrderId", LONG, 0)                               \
    X(ORDER_RATE_MODE, "orderRateLimitExceededMode", NAMES, PARAM_SET_RATE_MODE) \
    X(NEW_QTY, "newQty", DECIMAL, 0)                                           \
    X(ORDER_LIST_ID, "orderListId", LONG, 0)                                   \
    X(LIST_CLIENT_ID, "listClientOrderId", CLIENT_ID, 36)                      \
    X(OMIT_ZERO_BALANCES, "omitZeroBalances", BOOL, 0)                         \
    X(PREVENTED_MATCH_ID, "preventedMatchId", LONG, 0)                         \
    X(FROM_PREVENTED_MATCH_ID, "fromPreventedMatchId", LONG, 0)                \
    X(FROM_EXECUTION_ID, "fromExecutionId", LONG, 0)                           \
    X(SUBSCRIPTION_ID, "subscriptionId", LONG, 0)                              \
    X(LISTEN_KEY, "listenKey", TEXT, 128)                                      \
    /* the legs of order lists */                                              \
    PARAM_LEG(X, WORKING, "working")                                           \
    X(WORKING_SIDE, "workingSide", NAMES, PARAM_SET_SIDE)                      \
    X(WORKING_QUANTITY, "workingQuantity", DECIMAL, 0)                         \
    PARAM_LEG(X, PENDING, "pending")                                           \
    X(PENDING_SIDE, "pendingSide", NAMES, PARAM_SET_SIDE)                      \
    X(PENDING_QUANTITY, "pendingQuantity", DECIMAL, 0)                         \
    PARAM_LEG(X, ABOVE, "above")                                               \
    PARAM_LEG(X, BELOW, "below")                                               \
    PARAM_LEG(X, PENDING_ABOVE, "pendingAbove")                                \
    PARAM_LEG(X, PENDING_BELOW, "pendingBelow")                                \
    /* the old OCO */                                                          \
    X(LIMIT_CLIENT_ID, "limitClientOrderId", CLIENT_ID, 36)                    \
    X(LIMIT_STRATEGY_ID, "limitStrategyId", LONG, 0)                           \
    X(LIMIT_STRATEGY_TYPE, "limitStrategyType", STRATEGY, INT32_MAX)           \
    X(LIMIT_ICEBERG_QTY, "limitIcebergQty", DECIMAL, 0)                        \
    X(STOP_CLIENT_ID, "stopClientOrderId", CLIENT_ID, 36)                      \
    X(STOP_STRATEGY_ID, "stopStrategyId", LONG, 0)                             \
    X(STOP_STRATEGY_TYPE, "stopStrategyType", STRATEGY, INT32_MAX)             \
    X(STOP_LIMIT_PRICE, "stopLimitPrice", DECIMAL, 0)                          \
    X(STOP_ICEBERG_QTY, "stopIcebergQty", DECIMAL, 0)                          \
    X(STOP_LIMIT_TIF, "stopLimitTimeInForce", NAMES, PARAM_SET_TIME_IN_FORCE)  \
    /* the wallet */                                                           \
    X(COIN, "coin", TEXT, 20)                                                  \
    X(NETWORK, "network", TEXT, 20)                                            \
    X(AMOUNT, "amount", DECIMAL, 0)                                            \
    X(ADDRESS, "address", TEXT, 128)                                           \
    X(ADDRESS_TAG, "addressTag", TEXT, 128)                                    \
    X(WITHDRAW_ORDER_ID, "withdrawOrderId", TEXT, 64)                          \
    X(TRANSACTION_FEE_FLAG, "transactionFeeFlag", BOOL, 0)                     \
    X(NAME, "name", TEXT, 128)                                                 \
    X(WALLET_TYPE, "walletType", INT, 1)                                       \
    X(QUESTIONNAIRE, "questionnaire", JSON, 4096)                              \
    X(INCLUDE_SOURCE, "includeSource", BOOL, 0)                                \
    X(STATUS, "status", INT, 100)                                              \
    X(OFFSET, "offset", LONG, 0)                                               \
    X(TX_ID, "txId", TEXT, 256)                                                \
    X(ID_LIST, "idList", TEXT, 2048)                                           \
    X(ASSET, "asset", TEXT, 20)                                                \
    X(NEED_BTC_VALUATION, "needBtcValuation", BOOL, 0)                         \
    X(TR_ID, "trId", TEXT, 1024)                                               \
    X(TRAN_ID, "tranId", LONG, 0)                                              \
    X(TRAN_IDS, "tranId", TEXT, 1024)                                          \
    X(DEPOSIT_ID, "depositId", LONG, 0)                                        \
    X(DEPOSIT_IDS, "depositId", TEXT, 1024)                                    \
    X(TRAVEL_RULE_STATUS, "travelRuleStatus", INT, 100)                        \
    X(PENDING_QUESTIONNAIRE, "pendingQuestionnaire", BOOL, 0)                  \
    X(RETRIEVE_QUESTIONNAIRE, "retrieveQuestionnaire", BOOL, 0)
// clang-format on

#define PARAM_ENUM(id, name, kind, bound) PARAM_##id,
enum param { PARAM_TABLE(PARAM_ENUM) PARAM_COUNT };
#undef PARAM_ENUM

#define PARAM_VALUES_MAX 64U  /* parameters of one endpoint, and pairs of one request */
#define PARAM_ZONE_ZERO  720U /* minutes: what +00:00 is as a number */

const char *param_name(enum param param);

/* The same names, with their sizes. */
extern const struct span param_names[PARAM_COUNT];

/* The legal range as the error -1100 prints it. */
const char *param_legal_range(enum param param);

/* The name of `number` in a set; NULL when there is none. */
const char *param_set_name(enum param_set set, u32 number);

struct param_pair {
    struct span name;
    struct span value;
    bool body; /* from the body; the query string wins over it */
};

struct param_value {
    u64 number;
    struct span text; /* data is NULL: not sent */
};

struct endpoint;

/* The typed values of one request, in the order of the endpoint's list. */
struct params {
    const struct endpoint *endpoint;
    u64 recv_window_us; /* 5 s when not sent */
    u64 timestamp_us;
    struct span api_key; /* WebSocket only: REST has a header */
    struct span signature;
    bool timestamp_sent;
    bool hide_rate_limits; /* returnRateLimits=false */
    u8 slots[PARAM_COUNT]; /* where each stands in `values`, plus one; 0: the endpoint does not know
                              it */
    struct param_value values[PARAM_VALUES_MAX];
};

/* Checks names, then presence, then each value in the order of the list, then what goes together
 * (endpoint.h). False: *failure_out is the answer. Presence of timestamp and signature is
 * auth_check's. */
MUST_USE bool param_parse(struct params *params, const struct endpoint *endpoint,
                          const struct param_pair *pairs, u32 pairs_count,
                          struct api_failure *failure_out);

/* NULL when the request did not hold it, or the endpoint does not know it. */
const struct param_value *param_find(const struct params *params, enum param param);
bool param_sent(const struct params *params, enum param param);

/* Its number, or `otherwise`. */
u64 param_number(const struct params *params, enum param param, u64 otherwise);

/* A decimal in units of 10^-scale. -1111 when it has more decimals than `places` or `scale`, -1108
 * when it is too large. Not sent: zero. */
MUST_USE bool param_amount(const struct params *params, enum param param, u32 scale, u32 places,
                           struct amount *amount_out, struct api_failure *failure_out);
MUST_USE bool param_price(const struct params *params, enum param param, u32 places,
                          struct price *price_out, struct api_failure *failure_out);

/* Takes the next symbol off the text of a `symbols` value; false at its end. */
bool param_symbols_next(struct span *rest, struct span *symbol_out);

/* One value by itself: *number_out, or the error. */
MUST_USE bool param_read(enum param param, struct span text, u64 *number_out,
                         struct api_failure *failure_out);

#endif /* ROLE_GATEWAY_PARAM_H */
