/* Which functions serve which endpoint. */
#include "base/check.h"
#include "role/gateway/call.h"
#include "role/gateway/calls_general.h"

static const struct call_ops table[ENDPOINT_COUNT] = {
    [ENDPOINT_PING] = {general_ping, NULL},
    [ENDPOINT_TIME] = {general_time, NULL},
};

struct call_ops call_ops_of(enum endpoint_id endpoint)
{
    CHECK(endpoint < ENDPOINT_COUNT);
    return table[endpoint];
}
