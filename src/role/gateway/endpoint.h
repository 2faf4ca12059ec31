/* What the API offers: one row per REST endpoint and WebSocket API method, with its security, its
 * weight, its parameters and what goes together among them. The router looks rows up here, and
 * docs/api-coverage.md is printed from them. */
#ifndef ROLE_GATEWAY_ENDPOINT_H
#define ROLE_GATEWAY_ENDPOINT_H

#include "base/base.h"
#include "role/gateway/endpoint_table.h"
#include "role/gateway/param.h"

enum endpoint_method {
    ENDPOINT_METHOD_NONE, /* the WebSocket API only; with a path: a session's own, never found */
    ENDPOINT_METHOD_GET,
    ENDPOINT_METHOD_POST,
    ENDPOINT_METHOD_PUT,
    ENDPOINT_METHOD_DELETE,
};

/* What a key must be allowed to do. All but NONE are signed. */
enum endpoint_security {
    ENDPOINT_SECURITY_N, /* public */
    ENDPOINT_SECURITY_U, /* USER_DATA: read */
    ENDPOINT_SECURITY_T, /* TRADE */
    ENDPOINT_SECURITY_S, /* USER_STREAM: read */
    ENDPOINT_SECURITY_W, /* withdraw: USER_DATA in the documents, a right of its own for keys */
};

/* How the weight follows from the request. Its number is `weight` of the row. */
enum endpoint_weight {
    ENDPOINT_WEIGHT_FIXED,
    ENDPOINT_WEIGHT_ORDER,       /* `weight`, and nothing for a success */
    ENDPOINT_WEIGHT_ORDER_TEST,  /* 1; 20 with computeCommissionRates */
    ENDPOINT_WEIGHT_DEPTH,       /* 5, 25, 50, 250 for a limit to 100, 500, 1000, 5000 */
    ENDPOINT_WEIGHT_TICKER_DAY,  /* 2; 40 from 21 symbols, 80 from 101 or for all */
    ENDPOINT_WEIGHT_TICKER_NOW,  /* 2 for one symbol, 4 for more */
    ENDPOINT_WEIGHT_TICKER_EACH, /* 4 a symbol, at most 200 */
    ENDPOINT_WEIGHT_RULES,       /* 2 a symbol, at most 40; 40 without */
    ENDPOINT_WEIGHT_OPEN_ORDERS, /* 6 for one symbol, 80 for all */
    ENDPOINT_WEIGHT_TRADES,      /* 20; 5 with orderId */
    ENDPOINT_WEIGHT_PREVENTED,   /* 2 by preventedMatchId, 20 by orderId */
};

/* Which counter the weight goes to. */
enum endpoint_pool {
    ENDPOINT_POOL_API,         /* /api and the WebSocket API, per address */
    ENDPOINT_POOL_SAPI,        /* /sapi, per address */
    ENDPOINT_POOL_SAPI_ACCOUNT /* /sapi, per account */
};

enum endpoint_rule_kind {
    ENDPOINT_RULE_EITHER,   /* a or b or both: else -1102 */
    ENDPOINT_RULE_NOT_BOTH, /* a and b: -1128 */
    ENDPOINT_RULE_NEEDS,    /* a without b: -1102 */
    ENDPOINT_RULE_DAY,      /* startTime to endTime over 24 hours: -1127; or backwards: -1128 */
    ENDPOINT_RULE_LEG,      /* leg a (enum param_leg) has the shape of its type */
};

struct endpoint_rule {
    u8 kind;
    u8 a;
    u8 b;
};

struct endpoint {
    const char *path;      /* NULL: the WebSocket API only */
    const char *ws_method; /* NULL: REST only */
    const u8 *params;      /* enum param, the mandatory ones first */
    const struct endpoint_rule *rules;
    u32 weight;
    u8 method;
    u8 security;
    u8 weight_kind;
    u8 pool;
    u8 params_count;
    u8 mandatory_count;
    u8 rules_count;
    u8 orders_count; /* what a placement adds to the unfilled orders */
    u8 tier;
};

const struct endpoint *endpoint_at(enum endpoint_id id);
enum endpoint_id endpoint_id_of(const struct endpoint *endpoint);
const char *endpoint_method_name(enum endpoint_method method);
char endpoint_security_letter(enum endpoint_security security);

/* The row of a path without its query string. NULL when there is none; *path_known_out says whether
 * another method would do. */
const struct endpoint *endpoint_find(enum endpoint_method method, struct span path,
                                     bool *path_known_out);

/* The row of a WebSocket API method, with or without "v3/" before it; NULL when there is none. */
const struct endpoint *endpoint_find_ws(struct span method);

/* What the request weighs before it is known how it ends, and what of that is given back when it
 * succeeds. `params` may be those of a request that failed to parse: what was read counts. */
u32 endpoint_weight(const struct params *params);
u32 endpoint_weight_refund(const struct params *params);

/* What goes together. param_parse calls it. */
MUST_USE bool endpoint_rules_check(const struct params *params, struct api_failure *failure_out);

/* docs/api-coverage.md, a line at a time: false at its end. "@NAME@" in it stands for the test that
 * has this name in it (tools/generate_coverage.py). */
bool endpoint_coverage_line(u32 line, char *target, size_t target_bytes);

#endif /* ROLE_GATEWAY_ENDPOINT_H */
