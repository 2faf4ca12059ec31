/* The WebSocket API: requests in, answers out, each with the client's own id. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

#include <string.h>

void api_session_begin(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    struct gateway_scratch *scratch = &gateway->scratch;
    session->api = (struct session_api){.connected_us = gateway->venue.now_us};
    (void)limit_request(&gateway->limit, &session->address, LIMIT_POOL_API, 2,
                        gateway->venue.now_us);
    if (query_read(&scratch->query, request->query, (struct span){NULL, 0}, scratch->text,
                   scratch->text_bytes) != QUERY_OK) {
        return;
    }
    struct span unit = query_value(&scratch->query, "timeUnit");
    struct span limits = query_value(&scratch->query, "returnRateLimits");
    session->microseconds = span_equal(unit, span_of_text("MICROSECOND")) ||
                            span_equal(unit, span_of_text("microsecond"));
    session->api.hide_rate_limits = span_equal(limits, span_of_text("false"));
}

void api_session_shutdown(struct session *session)
{
    char text[128];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    json_key(&json, "event");
    json_object_begin(&json);
    call_text(&json, "e", "serverShutdown");
    call_time(&json, "E", session->gateway->venue.now_us, session->microseconds);
    json_object_end(&json);
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    ws_session_send(session, span_of(text, size));
}

/* ---- answers ---- */

static void put_limit(struct json_writer *json, const char *type, const char *interval, u32 number,
                      u32 limit, u32 count)
{
    json_object_begin(json);
    call_name(json, "rateLimitType", type);
    call_name(json, "interval", interval);
    call_number(json, "intervalNum", number);
    call_number(json, "limit", limit);
    call_number(json, "count", count);
    json_object_end(json);
}

static void put_limits(struct json_writer *json, struct gateway *gateway, const struct call *call)
{
    const struct call_state *state = &call->state;
    const struct limit_config *limits = &gateway->limit.config;
    json_key(json, "rateLimits");
    json_array_begin(json);
    if (state->orders_taken > 0) {
        struct limit_orders orders =
            limit_orders_count(&gateway->limit, state->account, gateway->venue.now_us);
        put_limit(json, "ORDERS", "SECOND", 10, limits->orders_10s_max, orders.count_10s);
        put_limit(json, "ORDERS", "DAY", 1, limits->orders_day_max, orders.count_day);
    }
    put_limit(json, "REQUEST_WEIGHT", "MINUTE", 1, limits->weight_max[LIMIT_POOL_API],
              state->weight_used);
    json_array_end(json);
}

static void put_error(struct json_writer *json, struct gateway *gateway, const struct call *call)
{
    json_key(json, "error");
    json_object_begin(json);
    call_signed(json, "code", api_error_code(call->failure.error));
    json_key(json, "msg");
    json_put_span(json, span_of(call->failure.text, call->failure.text_bytes));
    if (call->failure_data) {
        json_key(json, "data");
        json_put_raw(json, span_of_text(gateway->scratch.json));
    } else if (call->retry_after_s > 0) {
        json_key(json, "data");
        json_object_begin(json);
        call_number(json, "serverTime", gateway->venue.now_us / 1000);
        call_number(json, "retryAfter",
                    call->banned_until_ms > 0
                        ? call->banned_until_ms
                        : gateway->venue.now_us / 1000 + call->retry_after_s * 1000ULL);
        json_object_end(json);
    }
    json_object_end(json);
}

static void send_answer(struct session *session, const struct call *call, enum call_end end,
                        struct span id)
{
    struct gateway *gateway = session->gateway;
    struct json_writer json;
    json_begin(&json, (char *)gateway->scratch.output, GATEWAY_JSON_BYTES);
    json_object_begin(&json);
    json_key(&json, "id");
    json_put_raw(&json, id.size > 0 ? id : span_of_text("null"));
    call_number(&json, "status", call->status);
    if (end == CALL_ANSWERED) {
        json_key(&json, "result");
        json_put_raw(&json, span_of_text(gateway->scratch.json));
    } else {
        put_error(&json, gateway, call);
    }
    if (!call->state.hide_rate_limits) {
        put_limits(&json, gateway, call);
    }
    json_object_end(&json);
    size_t size = json_end(&json);
    if (size == 0) {
        ws_session_close(session, FRAME_CODE_TOO_BIG, "the answer is too long");
        return;
    }
    ws_session_send(session, span_of(gateway->scratch.output, size));
}

/* The key of the session is not valid for what was asked, for whatever reason, a right that it
 * lacks as well: it is signed out (API web-socket-api.md "Regarding API key revocation"). */
static void sign_out_if_revoked(struct session *session, const struct call *call, struct span *id)
{
    if (call->by_session && call->failure.error == API_ERROR_REJECTED_MBX_KEY) {
        if (session->api.has_lost_key) {
            session->api.has_lost_key = false; /* it was signed out then */
        } else {
            api_session_logout(session);
        }
        *id = (struct span){NULL, 0};
    }
}

void api_session_answer(struct session *session, struct call *call, enum call_end end,
                        struct span id)
{
    if ((end == CALL_ANSWERED || call->failure_data) && json_end(call->json) == 0) {
        end = call_overflow(call);
    }
    if (end == CALL_REFUSED) {
        sign_out_if_revoked(session, call, &id);
    }
    gateway_answered(session->gateway, call);
    send_answer(session, call, end, id);
}

/* ---- requests ---- */

/* A refusal of what is no request at all. */
static void refuse(struct session *session, enum api_error error, struct span id)
{
    struct call call = {.venue = &session->gateway->venue};
    call_turn_away(&call, &session->address, error);
    call.state.hide_rate_limits = session->api.hide_rate_limits;
    send_answer(session, &call, CALL_REFUSED, id);
}

static enum api_error error_of(enum ws_fault fault)
{
    switch (fault) {
    case WS_OK:
        break;
    case WS_FAULT_JSON:
    case WS_FAULT_SHAPE:
        return API_ERROR_INVALID_JSON;
    case WS_FAULT_ID:
    case WS_FAULT_METHOD:
    case WS_FAULT_PARAMS:
        return API_ERROR_ILLEGAL_CHARS;
    case WS_FAULT_LIMIT:
        return API_ERROR_TOO_MANY_PARAMETERS;
    }
    return API_ERROR_UNKNOWN;
}

static u32 read_pairs(struct gateway_scratch *scratch, const struct ws_request *request)
{
    u32 count = 0;
    for (u32 i = 0; i < request->params_count; i += 1) {
        const struct ws_param *param = &request->params[i];
        if (param->kind != WS_NULL && count < ARRAY_COUNT(scratch->pairs)) {
            scratch->pairs[count] = (struct param_pair){param->name, param->text, false};
            count += 1;
        }
    }
    return count;
}

static void serve(struct session *session, const struct ws_request *request,
                  const struct endpoint *endpoint)
{
    struct gateway *gateway = session->gateway;
    struct gateway_scratch *scratch = &gateway->scratch;
    size_t signed_bytes = 0;
    if (request->form == WS_PARAMS_OBJECT &&
        !ws_request_payload(request, scratch->payload, scratch->text_bytes, &signed_bytes)) {
        refuse(session, API_ERROR_ILLEGAL_CHARS, request->id_text);
        return;
    }
    struct call call;
    struct json_writer json;
    gateway_call(gateway, &call, &json);
    call.session = session;
    struct span piece = span_of(scratch->payload, signed_bytes);
    bool by_key = session->api.is_logged_on || session->api.has_lost_key;
    struct call_request asked = {
        .endpoint = endpoint,
        .pairs = scratch->pairs,
        .pairs_count = read_pairs(scratch, request),
        .pieces = &piece,
        .pieces_count = 1,
        .address = session->address,
        .microseconds = session->microseconds,
        .session_key = by_key ? span_of(session->api.key, AUTH_KEY_BYTES) : (struct span){NULL, 0},
        .session_lost = session->api.has_lost_key,
    };
    enum call_end end = call_begin(&call, &asked, &scratch->params);
    call.state.number = gateway->requests_count;
    if (ws_request_find(request, "returnRateLimits") == NULL) {
        call.state.hide_rate_limits = session->api.hide_rate_limits;
    }
    end = gateway_wait(gateway, &call, end, session_handle(session), request->id_text);
    if (end == CALL_COMMANDED || end == CALL_ASKED) {
        session->waiting_count += 1;
        return;
    }
    api_session_answer(session, &call, end, request->id_text);
}

void api_session_message(struct session *session, struct span text)
{
    struct gateway *gateway = session->gateway;
    struct ws_request request;
    gateway->requests_count += 1;
    if (!ws_request_read(&request, text, &gateway->scratch.room)) {
        refuse(session, error_of(request.fault), request.id_text);
        return;
    }
    const struct endpoint *endpoint = endpoint_find_ws(request.method);
    if (endpoint == NULL || request.form == WS_PARAMS_ARRAY) {
        refuse(session, API_ERROR_UNSUPPORTED_OPERATION, request.id_text);
        return;
    }
    serve(session, &request, endpoint);
}
