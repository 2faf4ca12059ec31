#include "role/gateway/call.h"

#include "base/bytes.h"
#include "base/check.h"
#include "role/gateway/view_market.h"
#include "wire/client_id.h"

#include <string.h>

#define SPAN_NONE ((struct span){NULL, 0})

/* ---- ends ---- */

enum call_end call_fail(struct call *call, enum api_error error)
{
    (void)api_fail(&call->failure, error);
    return CALL_REFUSED;
}

enum call_end call_fail_name(struct call *call, enum api_error error, const char *name)
{
    (void)api_fail_name(&call->failure, error, name);
    return CALL_REFUSED;
}

enum call_end call_fail_reject(struct call *call, u32 reject)
{
    (void)api_fail_reject(&call->failure, reject);
    return CALL_REFUSED;
}

/* What every end does: status, weight that a success gives back, orders that were not placed. */
static enum call_end call_done(struct call *call, enum call_end end)
{
    struct call_state *state = &call->state;
    struct venue *venue = call->venue;
    if (end == CALL_ANSWERED) {
        call->status = call->status == 0 ? 200 : call->status;
        if (state->weight_refund > 0) {
            state->weight_used =
                limit_refund(venue->limit, &state->address, LIMIT_POOL_API, state->weight_refund,
                             state->weight_us, venue->now_us);
        }
    } else if (end == CALL_REFUSED) {
        call->status = call->status == 0 ? api_error_http(call->failure.error) : call->status;
        /* A cancel-replace that fails counts all the same (API rest-api.md "Cancel an Existing
         * Order and Send a New Order"). */
        bool counts = endpoint_id_of(state->endpoint) == ENDPOINT_ORDER_CANCEL_REPLACE;
        /* Of what was not answered, or not as expected, nobody knows that it was not placed. */
        counts = counts || call->failure.error == API_ERROR_TIMEOUT ||
                 call->failure.error == API_ERROR_UNEXPECTED_RESP;
        if (state->orders_taken > 0 && !counts) {
            limit_orders_return(venue->limit, state->account, state->orders_taken, state->orders_us,
                                venue->now_us);
        }
    }
    return end;
}

/* ---- before the endpoint's function ---- */

static bool limit_said_no(struct call *call, const struct limit_answer *answer)
{
    call->state.weight_used = answer->used;
    if (answer->verdict == LIMIT_ADMITTED) {
        return false;
    }
    call->retry_after_s = answer->retry_after_s;
    call->banned_until_ms = answer->banned_until_ms;
    (void)limit_fail(answer, &call->failure);
    return true;
}

static bool weigh(struct call *call, const struct params *params)
{
    struct call_state *state = &call->state;
    u32 weight = endpoint_weight(params);
    bool is_api = state->endpoint->pool == ENDPOINT_POOL_API;
    bool per_address = state->endpoint->pool != ENDPOINT_POOL_SAPI_ACCOUNT;
    state->weight = per_address ? weight : 0;
    state->weight_us = call->venue->now_us;
    struct limit_answer answer =
        limit_request(call->venue->limit, &state->address,
                      is_api ? LIMIT_POOL_API : LIMIT_POOL_SAPI, state->weight, state->weight_us);
    return !limit_said_no(call, &answer);
}

static bool weigh_account(struct call *call, const struct params *params)
{
    if (call->state.endpoint->pool != ENDPOINT_POOL_SAPI_ACCOUNT) {
        return true;
    }
    struct limit_answer answer = limit_account_weight(call->venue->limit, call->state.account,
                                                      endpoint_weight(params), call->venue->now_us);
    return !limit_said_no(call, &answer);
}

static bool authenticate(struct call *call, const struct call_request *request,
                         const struct params *params, struct key_entry *entry_out)
{
    bool by_session = request->session_key.size > 0 && params->api_key.size == 0;
    struct span api_key = request->api_key.size > 0 ? request->api_key : params->api_key;
    struct auth_request auth = {.params = params,
                                .api_key = by_session ? request->session_key : api_key,
                                .pieces = request->pieces,
                                .pieces_count = request->pieces_count,
                                .address = request->address,
                                .now_us = call->venue->now_us,
                                .clock_behind_us = call->venue->clock_behind_us};
    struct venue *venue = call->venue;
    call->by_session = by_session;
    if (by_session && request->session_lost) {
        return api_fail(&call->failure, API_ERROR_REJECTED_MBX_KEY);
    }
    bool fine = by_session
                    ? auth_check_session(venue->keys, &auth, entry_out, &call->failure)
                    : auth_check(venue->signer, venue->keys, &auth, entry_out, &call->failure);
    if (fine) {
        call->state.account = entry_out->account;
        call->state.key_rights = entry_out->rights;
        call->key = entry_out;
    }
    return fine;
}

/* API rest-api.md "Cancel an Existing Order and Send a New Order": orderRateLimitExceededMode. */
static bool cancels_anyway(const struct params *params)
{
    return param_number(params, PARAM_ORDER_RATE_MODE, PARAM_RATE_DO_NOTHING) ==
           PARAM_RATE_CANCEL_ONLY;
}

static bool count_orders(struct call *call, const struct params *params)
{
    u32 count = call->state.endpoint->orders_count;
    if (count == 0) {
        return true;
    }
    call->state.orders_us = call->venue->now_us;
    struct limit_answer answer =
        limit_orders_take(call->venue->limit, call->state.account, count, call->state.orders_us);
    if (answer.verdict != LIMIT_ADMITTED) {
        call->retry_after_s = answer.retry_after_s;
        call->orders_over = answer;
        return cancels_anyway(params) || limit_fail(&answer, &call->failure);
    }
    call->state.orders_taken = count;
    return true;
}

static enum call_end call_run(struct call *call, const struct call_request *request,
                              struct params *params, struct key_entry *entry)
{
    struct call_ops ops = call_ops_of(endpoint_id_of(request->endpoint));
    bool parsed = param_parse(params, request->endpoint, request->pairs, request->pairs_count,
                              &call->failure);
    call->params = params;
    call->state.hide_rate_limits = params->hide_rate_limits;
    struct api_failure parse_failure = call->failure;
    if (!weigh(call, params)) {
        return CALL_REFUSED;
    }
    call->failure = parse_failure;
    if (!parsed) {
        return CALL_REFUSED;
    }
    if (ops.begin == NULL) {
        return call_fail(call, API_ERROR_UNSUPPORTED_OPERATION);
    }
    call->state.weight_refund = endpoint_weight_refund(params);
    bool is_signed = request->endpoint->security != ENDPOINT_SECURITY_N;
    if (is_signed && (!authenticate(call, request, params, entry) || !weigh_account(call, params) ||
                      !count_orders(call, params))) {
        return CALL_REFUSED;
    }
    enum call_end end = ops.begin(call);
    CHECK(end == CALL_REFUSED || !call_only_refuses(endpoint_id_of(request->endpoint)));
    return end;
}

static void call_clear(struct call *call)
{
    call->params = NULL;
    call->key = NULL;
    call->orders_over = (struct limit_answer){.verdict = LIMIT_ADMITTED};
    call->events = SPAN_NONE;
    call->found = NULL;
    call->record = SPAN_NONE;
    call->failure.error = API_ERROR_NONE;
    call->failure_data = false;
    call->by_session = false;
    call->retry_after_s = 0;
    call->banned_until_ms = 0;
    call->status = 0;
}

enum call_end call_begin(struct call *call, const struct call_request *request,
                         struct params *params)
{
    call_clear(call);
    memset(&call->state, 0, sizeof(call->state));
    call->state.endpoint = request->endpoint;
    call->state.address = request->address;
    call->state.received_us = call->venue->now_us;
    call->state.microseconds = request->microseconds;
    struct key_entry entry = {0};
    enum call_end end = call_done(call, call_run(call, request, params, &entry));
    call->params = NULL;
    call->key = NULL;
    return end;
}

enum call_end call_resume(struct call *call)
{
    struct call_ops ops = call_ops_of(endpoint_id_of(call->state.endpoint));
    CHECK(ops.finish != NULL);
    struct span events = call->events;
    const struct lookup_result *found = call->found;
    call_clear(call);
    call->events = events;
    call->found = found;
    return call_done(call, ops.finish(call));
}

enum call_end call_abandon(struct call *call, enum api_error error)
{
    call_clear(call);
    if (error != API_ERROR_TIMEOUT) {
        call_never_taken(call);
    }
    return call_done(call, call_fail(call, error));
}

enum call_end call_overflow(struct call *call)
{
    call_clear(call);
    enum call_end end = call_fail(call, API_ERROR_UNKNOWN);
    call->status = api_error_http(call->failure.error);
    return end;
}

void call_turn_away(struct call *call, const struct auth_address *address, enum api_error error)
{
    struct venue *venue = call->venue;
    struct limit_answer answer =
        limit_request(venue->limit, address, LIMIT_POOL_API, 1, venue->now_us);
    if (!limit_said_no(call, &answer)) {
        (void)api_fail(&call->failure, error);
    }
    call->status = api_error_http(call->failure.error);
}

/* ---- for the functions ---- */

enum call_end call_send(struct call *call, u16 kind, bool detail)
{
    CHECK(kind < COMMAND_KIND_COUNT);
    if (call->venue->engine_away) {
        return call_fail(call, API_ERROR_DISCONNECTED);
    }
    const struct wire_record *record = &wire_commands[kind];
    struct command_head *head = (void *)call->command;
    u8 client_bytes = 0;
    if (record->client_offset > 0) {
        client_bytes = client_id_bytes(call->command[record->client_offset]);
    }
    u8 units = wire_units(record, client_bytes, detail);
    *head = (struct command_head){.kind = kind, .account = call->state.account};
    head->units = units;
    const char *reason = NULL;
    if (!command_check(call->command, (size_t)units * WIRE_UNIT, &reason)) {
        return call_fail(call, API_ERROR_INVALID_PARAMETER);
    }
    call->record = span_of(call->command, (size_t)units * WIRE_UNIT);
    return CALL_COMMANDED;
}

bool call_market_named(struct call *call, struct span name, u16 *market_out)
{
    u8 padded[16] = {0};
    bool fits = name.size > 0 && name.size <= sizeof(padded);
    if (fits) {
        memcpy(padded, name.data, name.size);
    }
    return (fits && view_market_by_name(call->venue->view, padded, market_out)) ||
           api_fail(&call->failure, API_ERROR_BAD_SYMBOL);
}

bool call_market(struct call *call, u16 *market_out)
{
    const struct param_value *symbol = param_find(call->params, PARAM_SYMBOL);
    return call_market_named(call, symbol == NULL ? SPAN_NONE : symbol->text, market_out);
}

struct client_id call_client_id(struct venue *venue)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char text[22];
    for (u32 i = 0; i < sizeof(text); i += 1) {
        /* splitmix64: the ids need be different, not secret. */
        venue->random += 0x9E3779B97F4A7C15ULL;
        u64 mixed = venue->random;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        text[i] = letters[(mixed ^ (mixed >> 31)) % (sizeof(letters) - 1)];
    }
    struct client_id id;
    bool packed = client_id_pack(&id, span_of(text, sizeof(text)));
    CHECK(packed);
    return id;
}

bool call_event_next(struct span events, size_t *offset, const struct event_head **event_out)
{
    if (*offset >= events.size) {
        return false;
    }
    CHECK(events.size - *offset >= WIRE_UNIT);
    const struct event_head *head = (const void *)(events.data + *offset);
    size_t size = (size_t)head->units * WIRE_UNIT;
    CHECK(size > 0 && size <= events.size - *offset);
    *offset += size;
    *event_out = head;
    return true;
}

const void *call_event(const struct call *call, u16 kind)
{
    const struct event_head *event = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &event);) {
        if (event->kind == kind) {
            return event;
        }
    }
    return NULL;
}
