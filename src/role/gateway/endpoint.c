#include "role/gateway/endpoint.h"

#include "base/check.h"
#include "base/span.h"
#include "role/gateway/call.h"
#include "role/gateway/param_order.h"

#include <stdio.h>
#include <string.h>

/* ---- lists of parameters, the mandatory ones first ---- */

#define P(name) PARAM_##name

/* A leg without its type and its own quantity. */
#define LEG(name)                                                                         \
    P(name##_CLIENT_ID), P(name##_PRICE), P(name##_STOP_PRICE), P(name##_TRAILING_DELTA), \
        P(name##_ICEBERG_QTY), P(name##_TIME_IN_FORCE), P(name##_STRATEGY_ID),            \
        P(name##_STRATEGY_TYPE), P(name##_PEG_PRICE_TYPE), P(name##_PEG_OFFSET_TYPE),     \
        P(name##_PEG_OFFSET_VALUE)

/* The working leg, without what is mandatory of it. */
#define WORKING_LEG                                                                  \
    P(WORKING_CLIENT_ID), P(WORKING_ICEBERG_QTY), P(WORKING_TIME_IN_FORCE),          \
        P(WORKING_STRATEGY_ID), P(WORKING_STRATEGY_TYPE), P(WORKING_PEG_PRICE_TYPE), \
        P(WORKING_PEG_OFFSET_TYPE), P(WORKING_PEG_OFFSET_VALUE)

#define WORKING_MUST P(WORKING_TYPE), P(WORKING_SIDE), P(WORKING_PRICE), P(WORKING_QUANTITY)
#define LIST_HEAD    P(LIST_CLIENT_ID), P(NEW_ORDER_RESP_TYPE), P(STP_MODE)

#define ORDER_MAY                                                                                  \
    P(TIME_IN_FORCE), P(QUANTITY), P(QUOTE_ORDER_QTY), P(PRICE), P(NEW_CLIENT_ID), P(STRATEGY_ID), \
        P(STRATEGY_TYPE), P(STOP_PRICE), P(TRAILING_DELTA), P(ICEBERG_QTY),                        \
        P(NEW_ORDER_RESP_TYPE), P(STP_MODE), P(PEG_PRICE_TYPE), P(PEG_OFFSET_VALUE),               \
        P(PEG_OFFSET_TYPE)

#define PAGES P(START_TIME), P(END_TIME), P(OFFSET), P(LIMIT)

/* C has no empty array, so that each list has one more entry in front, which no row counts. */
#define PARAMS(list, ...) static const u8 list##_params[] = {PARAM_COUNT, __VA_ARGS__}

PARAMS(no, );
PARAMS(symbol, P(SYMBOL));
PARAMS(symbols, P(SYMBOL), P(SYMBOLS), P(SYMBOL_STATUS));
PARAMS(symbol_status, P(SYMBOL), P(SYMBOL_STATUS));
PARAMS(exchange_info, P(SYMBOL), P(SYMBOLS), P(PERMISSIONS), P(SHOW_PERMISSION_SETS),
       P(SYMBOL_STATUS));
PARAMS(execution_rules, P(SYMBOL), P(SYMBOLS), P(SYMBOL_STATUS));
PARAMS(depth, P(SYMBOL), P(LIMIT_DEPTH), P(SYMBOL_STATUS));
PARAMS(trades, P(SYMBOL), P(LIMIT));
PARAMS(historical_trades, P(SYMBOL), P(LIMIT), P(FROM_ID));
PARAMS(agg_trades, P(SYMBOL), P(FROM_ID), P(START_TIME), P(END_TIME), P(LIMIT));
PARAMS(klines, P(SYMBOL), P(INTERVAL), P(START_TIME), P(END_TIME), P(TIME_ZONE), P(LIMIT));
PARAMS(ticker, P(SYMBOL), P(SYMBOLS), P(TICKER_TYPE), P(SYMBOL_STATUS));
PARAMS(ticker_day, P(SYMBOL), P(SYMBOLS), P(TIME_ZONE), P(TICKER_TYPE), P(SYMBOL_STATUS));
PARAMS(ticker_window, P(SYMBOL), P(SYMBOLS), P(WINDOW_SIZE), P(TICKER_TYPE), P(SYMBOL_STATUS));
PARAMS(order, P(SYMBOL), P(SIDE), P(TYPE), ORDER_MAY);
PARAMS(order_test, P(SYMBOL), P(SIDE), P(TYPE), ORDER_MAY, P(COMPUTE_COMMISSION));
PARAMS(order_cancel, P(SYMBOL), P(ORDER_ID), P(ORIG_CLIENT_ID), P(NEW_CLIENT_ID),
       P(CANCEL_RESTRICTIONS));
PARAMS(cancel_replace, P(SYMBOL), P(SIDE), P(TYPE), P(CANCEL_REPLACE_MODE), ORDER_MAY,
       P(CANCEL_NEW_CLIENT_ID), P(CANCEL_ORIG_CLIENT_ID), P(CANCEL_ORDER_ID),
       P(CANCEL_RESTRICTIONS), P(ORDER_RATE_MODE));
PARAMS(amend, P(SYMBOL), P(NEW_QTY), P(ORDER_ID), P(ORIG_CLIENT_ID), P(NEW_CLIENT_ID));
PARAMS(oco_old, P(SYMBOL), P(SIDE), P(QUANTITY), P(PRICE), P(STOP_PRICE), LIST_HEAD,
       P(LIMIT_CLIENT_ID), P(LIMIT_STRATEGY_ID), P(LIMIT_STRATEGY_TYPE), P(LIMIT_ICEBERG_QTY),
       P(TRAILING_DELTA), P(STOP_CLIENT_ID), P(STOP_STRATEGY_ID), P(STOP_STRATEGY_TYPE),
       P(STOP_LIMIT_PRICE), P(STOP_ICEBERG_QTY), P(STOP_LIMIT_TIF));
PARAMS(oco, P(SYMBOL), P(SIDE), P(QUANTITY), P(ABOVE_TYPE), P(BELOW_TYPE), LIST_HEAD, LEG(ABOVE),
       LEG(BELOW));
PARAMS(oto, P(SYMBOL), WORKING_MUST, P(PENDING_TYPE), P(PENDING_SIDE), P(PENDING_QUANTITY),
       LIST_HEAD, WORKING_LEG, LEG(PENDING));
PARAMS(otoco, P(SYMBOL), WORKING_MUST, P(PENDING_SIDE), P(PENDING_QUANTITY), P(PENDING_ABOVE_TYPE),
       LIST_HEAD, WORKING_LEG, LEG(PENDING_ABOVE), P(PENDING_BELOW_TYPE), LEG(PENDING_BELOW));
PARAMS(opo, P(SYMBOL), WORKING_MUST, P(PENDING_TYPE), P(PENDING_SIDE), LIST_HEAD, WORKING_LEG,
       LEG(PENDING));
PARAMS(opoco, P(SYMBOL), WORKING_MUST, P(PENDING_SIDE), P(PENDING_ABOVE_TYPE), LIST_HEAD,
       WORKING_LEG, LEG(PENDING_ABOVE), P(PENDING_BELOW_TYPE), LEG(PENDING_BELOW));
PARAMS(list_cancel, P(SYMBOL), P(ORDER_LIST_ID), P(LIST_CLIENT_ID), P(NEW_CLIENT_ID));
PARAMS(account, P(OMIT_ZERO_BALANCES));
PARAMS(order_status, P(SYMBOL), P(ORDER_ID), P(ORIG_CLIENT_ID));
PARAMS(all_orders, P(SYMBOL), P(ORDER_ID), P(START_TIME), P(END_TIME), P(LIMIT));
PARAMS(list_status, P(ORDER_LIST_ID), P(ORIG_CLIENT_ID));
PARAMS(all_lists, P(FROM_ID), P(START_TIME), P(END_TIME), P(LIMIT));
PARAMS(my_trades, P(SYMBOL), P(ORDER_ID), P(START_TIME), P(END_TIME), P(FROM_ID), P(LIMIT));
PARAMS(prevented, P(SYMBOL), P(PREVENTED_MATCH_ID), P(ORDER_ID), P(FROM_PREVENTED_MATCH_ID),
       P(LIMIT));
PARAMS(amendments, P(SYMBOL), P(ORDER_ID), P(FROM_EXECUTION_ID), P(LIMIT));
PARAMS(subscription, P(SUBSCRIPTION_ID));
PARAMS(listen_key, P(LISTEN_KEY));
PARAMS(deposit_address, P(COIN), P(NETWORK), P(AMOUNT));
PARAMS(deposit_addresses, P(COIN), P(NETWORK));
PARAMS(deposits, P(INCLUDE_SOURCE), P(COIN), P(STATUS), P(TX_ID), PAGES);
PARAMS(withdraw, P(COIN), P(ADDRESS), P(AMOUNT), P(NETWORK), P(ADDRESS_TAG), P(WITHDRAW_ORDER_ID),
       P(TRANSACTION_FEE_FLAG), P(NAME), P(WALLET_TYPE));
PARAMS(withdrawals, P(COIN), P(WITHDRAW_ORDER_ID), P(STATUS), P(ID_LIST), PAGES);
PARAMS(user_assets, P(ASSET), P(NEED_BTC_VALUATION));
PARAMS(local_withdraw, P(COIN), P(ADDRESS), P(AMOUNT), P(QUESTIONNAIRE), P(NETWORK), P(ADDRESS_TAG),
       P(WITHDRAW_ORDER_ID), P(TRANSACTION_FEE_FLAG), P(NAME), P(WALLET_TYPE));
PARAMS(local_withdrawals, P(TR_ID), P(TX_ID), P(WITHDRAW_ORDER_ID), P(NETWORK), P(COIN),
       P(TRAVEL_RULE_STATUS), PAGES);
PARAMS(local_deposits, P(TR_ID), P(TX_ID), P(TRAN_IDS), P(NETWORK), P(COIN), P(TRAVEL_RULE_STATUS),
       P(PENDING_QUESTIONNAIRE), PAGES);
PARAMS(local_deposits_2, P(DEPOSIT_IDS), P(TX_ID), P(NETWORK), P(COIN), P(RETRIEVE_QUESTIONNAIRE),
       PAGES);
PARAMS(local_info, P(TRAN_ID), P(QUESTIONNAIRE));
PARAMS(local_info_2, P(DEPOSIT_ID), P(QUESTIONNAIRE));

/* ---- what goes together ---- */

#define EITHER(a, b)                     \
    {                                    \
        ENDPOINT_RULE_EITHER, P(a), P(b) \
    }
#define NOT_BOTH(a, b)                     \
    {                                      \
        ENDPOINT_RULE_NOT_BOTH, P(a), P(b) \
    }
#define NEEDS(a, b)                     \
    {                                   \
        ENDPOINT_RULE_NEEDS, P(a), P(b) \
    }
#define DAY                     \
    {                           \
        ENDPOINT_RULE_DAY, 0, 0 \
    }
#define SHAPE(leg)                            \
    {                                         \
        ENDPOINT_RULE_LEG, PARAM_LEG_##leg, 0 \
    }

#define RULES(list, ...) static const struct endpoint_rule list##_rules[] = {DAY, __VA_ARGS__}

RULES(no, );
RULES(exchange_info, NOT_BOTH(SYMBOL, SYMBOLS), NOT_BOTH(SYMBOL, PERMISSIONS),
      NOT_BOTH(SYMBOLS, PERMISSIONS), NOT_BOTH(SYMBOL, SYMBOL_STATUS),
      NOT_BOTH(SYMBOLS, SYMBOL_STATUS));
RULES(execution_rules, NOT_BOTH(SYMBOL, SYMBOLS), NOT_BOTH(SYMBOL, SYMBOL_STATUS),
      NOT_BOTH(SYMBOLS, SYMBOL_STATUS));
RULES(symbol_or_symbols, NOT_BOTH(SYMBOL, SYMBOLS));
RULES(one_of_symbols, EITHER(SYMBOL, SYMBOLS), NOT_BOTH(SYMBOL, SYMBOLS));
RULES(from_or_time, NOT_BOTH(FROM_ID, START_TIME), NOT_BOTH(FROM_ID, END_TIME));
RULES(from_or_time_day, NOT_BOTH(FROM_ID, START_TIME), NOT_BOTH(FROM_ID, END_TIME), DAY);
RULES(day, DAY);
RULES(order, SHAPE(SINGLE));
RULES(order_id, EITHER(ORDER_ID, ORIG_CLIENT_ID));
RULES(cancel_replace, EITHER(CANCEL_ORDER_ID, CANCEL_ORIG_CLIENT_ID), SHAPE(SINGLE));
RULES(oco_old, NEEDS(STOP_LIMIT_PRICE, STOP_LIMIT_TIF), NEEDS(STOP_LIMIT_TIF, STOP_LIMIT_PRICE),
      NEEDS(STOP_ICEBERG_QTY, STOP_LIMIT_PRICE));
RULES(oco, SHAPE(ABOVE), SHAPE(BELOW));
RULES(oto, SHAPE(WORKING), SHAPE(PENDING));
RULES(otoco, SHAPE(WORKING), SHAPE(PENDING_ABOVE), SHAPE(PENDING_BELOW));
RULES(list_cancel, EITHER(ORDER_LIST_ID, LIST_CLIENT_ID));
RULES(list_status, EITHER(ORDER_LIST_ID, ORIG_CLIENT_ID));
RULES(my_trades, NOT_BOTH(ORDER_ID, START_TIME), NOT_BOTH(ORDER_ID, END_TIME),
      NOT_BOTH(FROM_ID, START_TIME), NOT_BOTH(FROM_ID, END_TIME), DAY);
RULES(prevented, EITHER(PREVENTED_MATCH_ID, ORDER_ID), NOT_BOTH(PREVENTED_MATCH_ID, ORDER_ID),
      NOT_BOTH(PREVENTED_MATCH_ID, FROM_PREVENTED_MATCH_ID));

/* ---- the table ---- */

#define ENDPOINT_ROW(id, method_, path_, ws, sec, kind, weight_, pool_, orders, tier_, par, must, \
                     rules_list)                                                                  \
    [ENDPOINT_##id] = {                                                                           \
        .path = (path_),                                                                          \
        .ws_method = (ws),                                                                        \
        .params = par##_params + 1,                                                               \
        .rules = rules_list##_rules + 1,                                                          \
        .weight = (weight_),                                                                      \
        .method = ENDPOINT_METHOD_##method_,                                                      \
        .security = ENDPOINT_SECURITY_##sec,                                                      \
        .weight_kind = ENDPOINT_WEIGHT_##kind,                                                    \
        .pool = ENDPOINT_POOL_##pool_,                                                            \
        .params_count = (u8)(ARRAY_COUNT(par##_params) - 1),                                      \
        .mandatory_count = (must),                                                                \
        .rules_count = (u8)(ARRAY_COUNT(rules_list##_rules) - 1),                                 \
        .orders_count = (orders),                                                                 \
        .tier = (tier_),                                                                          \
    },

static const struct endpoint rows[ENDPOINT_COUNT] = {ENDPOINT_TABLE(ENDPOINT_ROW)};

const struct endpoint *endpoint_at(enum endpoint_id id)
{
    CHECK((u32)id < ENDPOINT_COUNT);
    return &rows[id];
}

enum endpoint_id endpoint_id_of(const struct endpoint *endpoint)
{
    CHECK(endpoint >= rows && endpoint < rows + ENDPOINT_COUNT);
    return (enum endpoint_id)(endpoint - rows);
}

const char *endpoint_method_name(enum endpoint_method method)
{
    static const char *const names[] = {"", "GET", "POST", "PUT", "DELETE"};
    CHECK((u32)method < ARRAY_COUNT(names));
    return names[method];
}

char endpoint_security_letter(enum endpoint_security security)
{
    static const char letters[] = "NUTSW";
    CHECK((u32)security < sizeof(letters) - 1);
    return letters[security];
}

const struct endpoint *endpoint_find(enum endpoint_method method, struct span path,
                                     bool *path_known_out)
{
    *path_known_out = false;
    for (u32 i = 0; i < ENDPOINT_COUNT; i += 1) {
        if (rows[i].path == NULL || rows[i].method == ENDPOINT_METHOD_NONE ||
            !span_equal(path, span_of_text(rows[i].path))) {
            continue;
        }
        *path_known_out = true;
        if (rows[i].method == method) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct endpoint *endpoint_find_ws(struct span method)
{
    if (method.size > 3 && memcmp(method.data, "v3/", 3) == 0) {
        method = span_after(method, 3);
    }
    for (u32 i = 0; i < ENDPOINT_COUNT; i += 1) {
        if (rows[i].ws_method != NULL && span_equal(method, span_of_text(rows[i].ws_method))) {
            return &rows[i];
        }
    }
    return NULL;
}

/* ---- weights ---- */

/* How many symbols are asked for; UINT64_MAX for all. */
static u64 symbols_asked(const struct params *params)
{
    return param_sent(params, PARAM_SYMBOL) ? 1 : param_number(params, PARAM_SYMBOLS, UINT64_MAX);
}

static u32 weight_of_depth(u64 limit)
{
    return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
}

u32 endpoint_weight(const struct params *params)
{
    const struct endpoint *endpoint = params->endpoint;
    u64 symbols = symbols_asked(params);
    switch ((enum endpoint_weight)endpoint->weight_kind) {
    case ENDPOINT_WEIGHT_FIXED:
    case ENDPOINT_WEIGHT_ORDER:
        break;
    case ENDPOINT_WEIGHT_ORDER_TEST:
        return param_number(params, PARAM_COMPUTE_COMMISSION, 0) == 1 ? 20 : endpoint->weight;
    case ENDPOINT_WEIGHT_DEPTH:
        return weight_of_depth(param_number(params, PARAM_LIMIT_DEPTH, 100));
    case ENDPOINT_WEIGHT_TICKER_DAY:
        return symbols <= 20 ? 2 : symbols <= 100 ? 40 : 80;
    case ENDPOINT_WEIGHT_TICKER_NOW:
        return param_sent(params, PARAM_SYMBOL) ? 2 : 4;
    case ENDPOINT_WEIGHT_TICKER_EACH:
        return (u32)(4 * u64_max(1, u64_min(symbols, 50)));
    case ENDPOINT_WEIGHT_RULES:
        return (u32)(2 * u64_max(1, u64_min(symbols, 20)));
    case ENDPOINT_WEIGHT_OPEN_ORDERS:
        return param_sent(params, PARAM_SYMBOL) ? 6 : 80;
    case ENDPOINT_WEIGHT_TRADES:
        return param_sent(params, PARAM_ORDER_ID) ? 5 : 20;
    case ENDPOINT_WEIGHT_PREVENTED:
        return param_sent(params, PARAM_ORDER_ID) ? 20 : 2;
    }
    return endpoint->weight;
}

u32 endpoint_weight_refund(const struct params *params)
{
    return params->endpoint->weight_kind == ENDPOINT_WEIGHT_ORDER ? params->endpoint->weight : 0;
}

/* ---- rules ---- */

#define DAY_US (24ULL * 3600 * 1000000)

static bool day_check(const struct params *params, struct api_failure *failure_out)
{
    if (!param_sent(params, PARAM_START_TIME) || !param_sent(params, PARAM_END_TIME)) {
        return true;
    }
    u64 start = param_number(params, PARAM_START_TIME, 0);
    u64 end = param_number(params, PARAM_END_TIME, 0);
    if (start > end) {
        return api_fail(failure_out, API_ERROR_BAD_COMBINATION);
    }
    return end - start <= DAY_US || api_fail_numbers(failure_out, API_ERROR_MORE_THAN_HOURS, 24, 0);
}

static bool rule_check(const struct params *params, const struct endpoint_rule *rule,
                       struct api_failure *failure_out)
{
    switch ((enum endpoint_rule_kind)rule->kind) {
    case ENDPOINT_RULE_DAY:
        return day_check(params, failure_out);
    case ENDPOINT_RULE_LEG:
        return param_order_check(params, (enum param_leg)rule->a, failure_out);
    case ENDPOINT_RULE_EITHER:
    case ENDPOINT_RULE_NOT_BOTH:
    case ENDPOINT_RULE_NEEDS:
        break;
    }
    enum param a = (enum param)rule->a;
    enum param b = (enum param)rule->b;
    bool a_sent = param_sent(params, a);
    bool b_sent = param_sent(params, b);
    if (rule->kind == ENDPOINT_RULE_EITHER) {
        return a_sent || b_sent ||
               api_fail_pair(failure_out, API_ERROR_MANDATORY_EITHER, param_name(a), param_name(b));
    }
    if (rule->kind == ENDPOINT_RULE_NOT_BOTH) {
        return !(a_sent && b_sent) || api_fail(failure_out, API_ERROR_BAD_COMBINATION);
    }
    return !a_sent || b_sent ||
           api_fail_name(failure_out, API_ERROR_MANDATORY_PARAM, param_name(b));
}

bool endpoint_rules_check(const struct params *params, struct api_failure *failure_out)
{
    const struct endpoint *endpoint = params->endpoint;
    for (u32 i = 0; i < endpoint->rules_count; i += 1) {
        if (!rule_check(params, &endpoint->rules[i], failure_out)) {
            return false;
        }
    }
    return true;
}

/* ---- coverage ---- */

static const char *const coverage_head[] = {
    "# What of the API is served",
    "",
    "Printed from the table of endpoints (src/role/gateway/endpoint_table.h) by",
    "`tools/generate_coverage.py`; a test compares. Weights are those of the plainest request. A",
    "row that is served or refused names a test that calls it; what is refused is so whatever is",
    "asked, with the error that the API has for it.",
    "",
    "| REST | WebSocket API | security | weight | parameters | mandatory | tier | state | test |",
    "|---|---|---|---|---|---|---|---|---|",
};

#define COVERAGE_NAME(id, method, path, ws, sec, kind, weight, pool, orders, tier, par, must, \
                      rules)                                                                  \
    "@ENDPOINT_" #id "@",
/* Tokens that the generator replaces by the test that has the name between them. */
static const char *const coverage_names[ENDPOINT_COUNT] = {ENDPOINT_TABLE(COVERAGE_NAME)};

bool endpoint_coverage_line(u32 line, char *target, size_t target_bytes)
{
    CHECK(target_bytes > 0);
    if (line < ARRAY_COUNT(coverage_head)) {
        int size = snprintf(target, target_bytes, "%s", coverage_head[line]);
        CHECK(size >= 0 && (size_t)size < target_bytes);
        return true;
    }
    u32 index = line - (u32)ARRAY_COUNT(coverage_head);
    if (index >= ENDPOINT_COUNT) {
        return false;
    }
    const struct endpoint *row = &rows[index];
    struct params params = {.endpoint = row};
    bool known = call_ops_of((enum endpoint_id)index).begin != NULL;
    const char *served = call_only_refuses((enum endpoint_id)index) ? "refused" : "served";
    int size =
        snprintf(target, target_bytes, "| %s %s | %s | %c | %u | %u | %u | %u | %s | %s |",
                 endpoint_method_name((enum endpoint_method)row->method),
                 row->path == NULL ? "" : row->path, row->ws_method == NULL ? "" : row->ws_method,
                 endpoint_security_letter((enum endpoint_security)row->security),
                 endpoint_weight(&params), row->params_count, row->mandatory_count, row->tier,
                 known ? served : "not served yet", known ? coverage_names[index] : "");
    CHECK(size >= 0 && (size_t)size < target_bytes);
    return true;
}
