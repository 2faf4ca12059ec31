#include "role/gateway/call_ask.h"

#include "base/check.h"

#define US_PER_MS          1000U
#define US_TEXT_DIGITS_MIN 16U /* of a time in microseconds; shorter ones are milliseconds */

struct lookup_ask *call_ask(struct call *call, enum lookup_kind kind)
{
    CHECK(call->ask != NULL);
    *call->ask = lookup_ask_of(kind);
    call->ask->account = call->state.account;
    call->ask->position_min = view_place(call->venue->view).position;
    return call->ask;
}

u64 call_end_us(const struct params *params)
{
    const struct param_value *value = param_find(params, PARAM_END_TIME);
    if (value == NULL) {
        return 0;
    }
    struct span text = value->text;
    while (text.size > 0 && text.data[0] == '0') {
        text = span_after(text, 1);
    }
    return text.size < US_TEXT_DIGITS_MIN ? value->number + US_PER_MS - 1 : value->number;
}

void call_ask_page(const struct call *call, struct lookup_ask *ask, enum param from_id,
                   u32 limit_default)
{
    const struct params *params = call->params;
    ask->limit = (u32)param_number(params, PARAM_LIMIT, limit_default);
    ask->to_us = call_end_us(params);
    /* 0 would mean that nothing was sent, and ask for the newest rows. */
    if (param_sent(params, PARAM_START_TIME)) {
        ask->from_us = u64_max(1, param_number(params, PARAM_START_TIME, 1));
    }
    if (from_id != PARAM_COUNT && param_sent(params, from_id)) {
        ask->from_id = u64_max(1, param_number(params, from_id, 1));
    }
}

bool call_found(struct call *call)
{
    CHECK(call->found != NULL);
    switch (call->found->status) {
    case LOOKUP_OK:
        return true;
    case LOOKUP_BEHIND:
    case LOOKUP_COSTLY:
    case LOOKUP_TIMEOUT:
        return api_fail(&call->failure, API_ERROR_TIMEOUT);
    case LOOKUP_FAILED:
        return api_fail(&call->failure, API_ERROR_DISCONNECTED);
    case LOOKUP_REFUSED:
        return api_fail(&call->failure, API_ERROR_UNKNOWN);
    }
    CHECK(false);
}

enum call_end call_put_found(struct call *call, u16 market,
                             void (*put)(struct call *call, const struct call_names *names,
                                         u32 index))
{
    if (!call_found(call)) {
        return CALL_REFUSED;
    }
    struct call_names names = call_names(call->venue->view, market);
    json_array_begin(call->json);
    for (u32 i = 0; i < call->found->count; i += 1) {
        put(call, &names, i);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}
