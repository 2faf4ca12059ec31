/* User data events as JSON, field by field in the documented order (API user-data-stream.md): the
 * event itself, without the subscription's envelope. */
#ifndef ROLE_GATEWAY_USER_JSON_H
#define ROLE_GATEWAY_USER_JSON_H

#include "role/gateway/order_json.h"
#include "role/gateway/view_account.h"

/* API enums.md "Execution types" */
enum user_execution_kind {
    USER_EXECUTION_NEW,
    USER_EXECUTION_CANCELED,
    USER_EXECUTION_REPLACED,
    USER_EXECUTION_REJECTED,
    USER_EXECUTION_TRADE,
    USER_EXECUTION_EXPIRED,
    USER_EXECUTION_TRADE_PREVENTION,
};

/* One executionReport. */
struct user_execution {
    enum user_execution_kind kind;
    struct call_names names;
    struct order_shown order; /* as it stands after this; `client` is `c`, order_id 0: none */
    struct client_id client_original; /* `C`; length 0: none */
    const char *reject;               /* `r` */
    u64 now_us;
    u64 time_us;
    u64 id; /* `I` */
    bool is_working;
    bool is_maker;

    /* USER_EXECUTION_TRADE */
    u64 trade_id; /* 0: none */
    struct amount last_qty;
    struct amount last_quote;
    struct price last_price;
    struct amount fee;
    bool fee_in_base;

    /* USER_EXECUTION_TRADE_PREVENTION */
    u64 counter_order; /* 0: none */
    struct amount last_prevented;
    struct amount would_qty; /* what would have been traded, at would_price */
    struct amount would_quote;
    struct price would_price;
};

void user_put_execution(struct json_writer *json, const struct user_execution *execution,
                        bool microseconds);

/* "listStatus": l is `status`, L `order_status`. */
void user_put_list(struct json_writer *json, const struct call_names *names,
                   const struct list_shown *list, const char *status, const char *order_status,
                   u64 now_us, u64 time_us, bool microseconds);

/* "outboundAccountPosition": the account's balances that the command `seq` concerned. */
void user_put_position(struct json_writer *json, const struct view *view, u32 account, u64 seq,
                       u64 now_us, u64 time_us, bool microseconds);

/* "balanceUpdate" */
void user_put_balance(struct json_writer *json, const struct view *view, u16 asset,
                      struct amount amount, bool is_gain, u64 now_us, u64 time_us,
                      bool microseconds);

/* "eventStreamTerminated", which whoever ends a subscription sends. */
void user_put_terminated(struct json_writer *json, u64 now_us, bool microseconds);

#endif /* ROLE_GATEWAY_USER_JSON_H */
