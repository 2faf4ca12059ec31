/* Which functions serve which endpoint. */
#include "base/check.h"
#include "role/gateway/call.h"
#include "role/gateway/calls_account.h"
#include "role/gateway/calls_general.h"

static const struct call_ops table[ENDPOINT_COUNT] = {
    [ENDPOINT_PING] = {general_ping, NULL},
    [ENDPOINT_TIME] = {general_time, NULL},
    /* the account */
    [ENDPOINT_ACCOUNT] = {account_information, NULL},
    [ENDPOINT_ORDER_COUNT] = {account_order_count, NULL},
    [ENDPOINT_COMMISSION] = {account_commission, NULL},
    /* listenKeys */
    [ENDPOINT_LISTEN_KEY_START] = {account_listen_key, NULL},
    [ENDPOINT_LISTEN_KEY_PING] = {account_listen_key, NULL},
    [ENDPOINT_LISTEN_KEY_STOP] = {account_listen_key, NULL},
};

struct call_ops call_ops_of(enum endpoint_id endpoint)
{
    CHECK(endpoint < ENDPOINT_COUNT);
    return table[endpoint];
}
