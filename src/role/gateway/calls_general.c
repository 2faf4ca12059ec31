#include "role/gateway/calls_general.h"

#include "role/gateway/call_json.h"

enum call_end general_ping(struct call *call)
{
    json_object_begin(call->json);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end general_time(struct call *call)
{
    json_object_begin(call->json);
    call_time(call->json, "serverTime", call->venue->now_us, call->state.microseconds);
    json_object_end(call->json);
    return CALL_ANSWERED;
}
