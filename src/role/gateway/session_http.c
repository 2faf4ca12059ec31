/* Requests of HTTP/1.1 and their answers. */
#include "base/check.h"
#include "base/secret.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

#include <arpa/inet.h>
#include <string.h>

#define HEAD_BYTES 1024U
#define JSON_TYPE  "application/json;charset=UTF-8"
#define TEXT_TYPE  "text/plain; charset=utf-8"

/* ---- answers ---- */

static void put_limits(struct http_answer *answer, const struct session *session,
                       const struct call *call)
{
    const struct call_state *state = &call->state;
    if (call->retry_after_s > 0) {
        http_answer_put_u64(answer, "retry-after", call->retry_after_s);
    }
    if (state->endpoint == NULL) {
        return;
    }
    if (state->endpoint->pool == ENDPOINT_POOL_API) {
        http_answer_put_u64(answer, "x-mbx-used-weight", state->weight_used);
        http_answer_put_u64(answer, "x-mbx-used-weight-1m", state->weight_used);
    } else if (state->endpoint->pool == ENDPOINT_POOL_SAPI) {
        http_answer_put_u64(answer, "x-sapi-used-ip-weight-1m", state->weight_used);
    } else {
        http_answer_put_u64(answer, "x-sapi-used-uid-weight-1m", state->weight_used);
    }
    if (state->orders_taken > 0) {
        struct limit_orders orders = limit_orders_count(&session->gateway->limit, state->account,
                                                        session->gateway->venue.now_us);
        http_answer_put_u64(answer, "x-mbx-order-count-10s", orders.count_10s);
        http_answer_put_u64(answer, "x-mbx-order-count-1d", orders.count_day);
    }
}

/* Of an answer that is no call's. */
static void put_said(struct http_answer *answer, const struct door_http_said *said)
{
    if (said->cookie[0] != 0) {
        http_answer_put_text(answer, "set-cookie", said->cookie);
    }
    if (said->wait_s > 0) {
        http_answer_put_u64(answer, "retry-after", said->wait_s);
    }
    if (said->status == 405) {
        http_answer_put_text(answer, "allow", "POST");
    }
    http_answer_put_text(answer, "x-content-type-options", "nosniff");
}

/* Sends head and body as one buffer; the connection ends when there is no room for it. `said` may
 * be NULL: then it is a call's. */
static void send_whole(struct session *session, const struct call *call, u32 status,
                       const char *type, struct span body, const struct door_http_said *said,
                       bool is_secret)
{
    u8 head[HEAD_BYTES];
    struct http_answer answer;
    http_answer_begin(&answer, head, sizeof(head), status, session->keep_alive);
    http_answer_put_text(&answer, "date", gateway_date(session->gateway));
    http_answer_put_text(&answer, "content-type", type);
    if (strcmp(type, JSON_TYPE) != 0) {
        http_answer_put_text(&answer, "x-content-type-options", "nosniff");
    }
    http_answer_put_text(&answer, "cache-control", "no-store");
    if (said != NULL) {
        put_said(&answer, said);
    } else {
        put_limits(&answer, session, call);
    }
    size_t size = http_answer_end(&answer, body.size);
    CHECK(size > 0);
    body.size = session->is_head ? 0 : body.size;
    session->is_head = false;
    struct net_buffer *buffer = net_buffer_take(session->conn->net->pool, size + body.size);
    if (buffer == NULL) {
        session->is_shutting = true;
        net_shut_now(session->conn);
        return;
    }
    memcpy(buffer->data, head, size);
    if (is_secret) {
        secret_wipe(head, size);
    }
    if (body.size > 0) {
        memcpy(buffer->data + size, body.data, body.size);
    }
    buffer->size = (u32)(size + body.size);
    buffer->is_secret = is_secret;
    (void)net_send_last(session->conn, buffer);
    if (!session->keep_alive) {
        session_shut(session);
    } else {
        net_deadline(session->conn, session->gateway->options.idle_ms);
    }
}

static void send_answer(struct session *session, const struct call *call, u32 status,
                        struct span body)
{
    send_whole(session, call, status, JSON_TYPE, body, NULL, false);
}

void http_session_say(struct session *session, u32 status, struct span json, bool is_secret)
{
    struct call call = {.venue = &session->gateway->venue};
    gateway_counted(session->gateway, status);
    send_whole(session, &call, status, JSON_TYPE, json, NULL, is_secret);
}

void http_session_text(struct session *session, struct span text)
{
    struct call call = {.venue = &session->gateway->venue};
    gateway_counted(session->gateway, 200);
    send_whole(session, &call, 200, TEXT_TYPE, text, NULL, false);
}

void http_session_say_door(struct session *session, const struct door_http_said *said,
                           struct span json)
{
    gateway_counted(session->gateway, said->status);
    send_whole(session, NULL, said->status, JSON_TYPE, json, said, true);
}

static struct span failure_text(struct gateway *gateway, const struct call *call)
{
    struct json_writer json;
    json_begin(&json, (char *)gateway->scratch.output, GATEWAY_JSON_BYTES);
    json_object_begin(&json);
    call_signed(&json, "code", api_error_code(call->failure.error));
    json_key(&json, "msg");
    json_put_span(&json, span_of(call->failure.text, call->failure.text_bytes));
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    if (call->failure_data) {
        /* The data were written as a text of their own: put in before the last brace. */
        static const char name[] = ",\"data\":";
        u8 *at = gateway->scratch.output + size - 1;
        size_t bytes = strlen(gateway->scratch.json);
        CHECK(size + sizeof(name) + bytes < GATEWAY_JSON_BYTES);
        memcpy(at, name, sizeof(name) - 1);
        memcpy(at + sizeof(name) - 1, gateway->scratch.json, bytes);
        at[sizeof(name) - 1 + bytes] = '}';
        size += sizeof(name) - 1 + bytes;
    }
    return span_of(gateway->scratch.output, size);
}

void http_session_answer(struct session *session, struct call *call, enum call_end end)
{
    struct gateway *gateway = session->gateway;
    size_t size = 0;
    if (end == CALL_ANSWERED || call->failure_data) {
        size = json_end(call->json);
        if (size == 0) {
            end = call_overflow(call);
        }
    }
    gateway_answered(gateway, call);
    struct span body =
        end == CALL_ANSWERED ? span_of(gateway->scratch.json, size) : failure_text(gateway, call);
    send_answer(session, call, call->status, body);
}

/* A refusal before there was a call; `status` unless the limits say no. */
static void refuse(struct session *session, const struct http_request *request, u32 status,
                   enum api_error error)
{
    struct call call = {.venue = &session->gateway->venue};
    struct auth_address address = http_session_address(session, request);
    call_turn_away(&call, &address, error);
    send_answer(session, &call, call.retry_after_s > 0 ? call.status : status,
                failure_text(session->gateway, &call));
}

void http_session_fail(struct session *session, u32 status, const struct api_failure *failure,
                       u32 retry_after_s)
{
    struct call call = {
        .venue = &session->gateway->venue, .failure = *failure, .retry_after_s = retry_after_s};
    gateway_counted(session->gateway, status);
    send_answer(session, &call, status, failure_text(session->gateway, &call));
}

void http_session_refuse(struct session *session, u32 status, enum api_error error)
{
    struct api_failure failure;
    (void)api_fail(&failure, error);
    session->keep_alive = false;
    http_session_fail(session, status, &failure, 0);
}

bool http_session_limited(struct session *session, const struct limit_answer *limit)
{
    struct api_failure failure;
    if (limit->verdict == LIMIT_ADMITTED) {
        return false;
    }
    (void)limit_fail(limit, &failure);
    session->keep_alive = false;
    http_session_fail(session, api_error_http(failure.error), &failure, limit->retry_after_s);
    return true;
}

static void refuse_malformed(struct session *session, enum http_refusal refusal)
{
    struct call call = {.venue = &session->gateway->venue};
    struct json_writer json;
    json_begin(&json, (char *)session->gateway->scratch.output, GATEWAY_JSON_BYTES);
    json_object_begin(&json);
    call_signed(&json, "code", api_error_code(API_ERROR_INVALID_MESSAGE));
    call_text(&json, "msg", http_refusal_text(refusal));
    json_object_end(&json);
    session->keep_alive = false;
    send_answer(session, &call, http_refusal_status(refusal),
                span_of(session->gateway->scratch.output, json_end(&json)));
}

/* ---- who asks ---- */

static bool address_parse(struct span text, struct auth_address *address_out)
{
    char copy[INET6_ADDRSTRLEN + 1];
    if (text.size == 0 || text.size >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = 0;
    struct auth_address address = {.bytes = {[10] = 0xff, [11] = 0xff}};
    if (inet_pton(AF_INET, copy, address.bytes + 12) != 1 &&
        inet_pton(AF_INET6, copy, address.bytes) != 1) {
        return false;
    }
    *address_out = address;
    return true;
}

/* Walks one header from its end while the addresses are those of our proxies; false: it ends here,
 * with *address the one to be believed. */
static bool walk_forwarded(const struct gateway_options *options, struct span list,
                           struct auth_address *address)
{
    while (list.size > 0) {
        if (!auth_network_holds(options->trusted, options->trusted_count, address)) {
            return false;
        }
        size_t begin = list.size;
        while (begin > 0 && list.data[begin - 1] != ',') {
            begin -= 1;
        }
        struct span entry = span_of(list.data + begin, list.size - begin);
        while (entry.size > 0 && entry.data[0] == ' ') {
            entry = span_of(entry.data + 1, entry.size - 1);
        }
        while (entry.size > 0 && entry.data[entry.size - 1] == ' ') {
            entry.size -= 1;
        }
        if (!address_parse(entry, address)) {
            return false;
        }
        list.size = begin > 0 ? begin - 1 : 0;
    }
    return true;
}

/* A proxy adds a header behind those that the client may have sent, so they are one list, read from
 * its end. */
struct auth_address http_session_address(const struct session *session,
                                         const struct http_request *request)
{
    struct auth_address address = session->address;
    bool goes_on = true;
    for (u32 i = request->headers_count; i > 0 && goes_on; i -= 1) {
        const struct http_header *header = &request->headers[i - 1];
        if (header->kind == HTTP_NAME_X_FORWARDED_FOR) {
            goes_on = walk_forwarded(&session->gateway->options, header->value, &address);
        }
    }
    return address;
}

/* ---- requests ---- */

static enum endpoint_method method_of(enum http_verb verb)
{
    switch (verb) {
    case HTTP_VERB_GET:
        return ENDPOINT_METHOD_GET;
    case HTTP_VERB_POST:
        return ENDPOINT_METHOD_POST;
    case HTTP_VERB_PUT:
        return ENDPOINT_METHOD_PUT;
    case HTTP_VERB_DELETE:
        return ENDPOINT_METHOD_DELETE;
    case HTTP_VERB_HEAD:
    case HTTP_VERB_OPTIONS:
        break;
    }
    return ENDPOINT_METHOD_NONE;
}

static bool is_form(const struct http_request *request)
{
    static const char form[] = "application/x-www-form-urlencoded";
    struct span type = http_header(request, HTTP_NAME_CONTENT_TYPE);
    return type.size == 0 || (type.size >= sizeof(form) - 1 &&
                              strncasecmp((const char *)type.data, form, sizeof(form) - 1) == 0);
}

bool http_session_pairs(struct gateway *gateway, const struct http_request *request, u32 *count_out,
                        struct api_failure *failure_out)
{
    struct gateway_scratch *scratch = &gateway->scratch;
    struct span body = request->verb == HTTP_VERB_GET ? (struct span){NULL, 0} : request->body;
    switch (query_read(&scratch->query, request->query, body, scratch->text, scratch->text_bytes)) {
    case QUERY_OK:
        break;
    case QUERY_TOO_MANY:
        return api_fail_numbers(failure_out, API_ERROR_TOO_MANY_PARAMETERS_OF, PARAM_VALUES_MAX,
                                QUERY_PARAMS_MAX + 1);
    case QUERY_REPEATED:
        return api_fail(failure_out, API_ERROR_DUPLICATE_PARAMETER);
    case QUERY_TOO_LONG:
    case QUERY_ENCODING:
        return api_fail(failure_out, API_ERROR_ILLEGAL_CHARS);
    }
    u32 count = 0;
    for (u32 i = 0; i < scratch->query.count; i += 1) {
        const struct query_param *param = &scratch->query.params[i];
        if (!param->hidden) {
            scratch->pairs[count] = (struct param_pair){param->name, param->value, param->in_body};
            count += 1;
        }
    }
    *count_out = count;
    return true;
}

/* Microseconds in answers: API rest-api.md "General Information on Endpoints". False: -1194. */
static bool time_unit(const struct http_request *request, bool *microseconds_out)
{
    struct span unit = http_header(request, HTTP_NAME_X_MBX_TIME_UNIT);
    bool micro = span_equal(unit, span_of_text("MICROSECOND")) ||
                 span_equal(unit, span_of_text("microsecond"));
    *microseconds_out = micro;
    return unit.data == NULL || micro || span_equal(unit, span_of_text("MILLISECOND")) ||
           span_equal(unit, span_of_text("millisecond"));
}

static void serve(struct session *session, const struct http_request *request,
                  const struct endpoint *endpoint)
{
    struct gateway *gateway = session->gateway;
    struct gateway_scratch *scratch = &gateway->scratch;
    struct call call;
    struct json_writer json;
    gateway_call(gateway, &call, &json);
    u32 count = 0;
    bool microseconds = false;
    size_t signed_bytes = 0;
    struct api_failure failure = {0};
    if (request->body.size > 0 && !is_form(request)) {
        refuse(session, request, 415, API_ERROR_UNSUPPORTED_OPERATION);
        return;
    }
    if (!http_session_pairs(gateway, request, &count, &failure) ||
        (!time_unit(request, &microseconds) && !api_fail(&failure, API_ERROR_INVALID_TIME_UNIT)) ||
        !query_payload(&scratch->query, scratch->payload, scratch->text_bytes, &signed_bytes)) {
        refuse(session, request, 400,
               failure.error == API_ERROR_NONE ? API_ERROR_UNKNOWN : failure.error);
        return;
    }
    struct span piece = span_of(scratch->payload, signed_bytes);
    struct call_request asked = {.endpoint = endpoint,
                                 .pairs = scratch->pairs,
                                 .pairs_count = count,
                                 .api_key = http_header(request, HTTP_NAME_X_MBX_APIKEY),
                                 .pieces = &piece,
                                 .pieces_count = 1,
                                 .address = http_session_address(session, request),
                                 .microseconds = microseconds};
    enum call_end end = call_begin(&call, &asked, &scratch->params);
    call.state.number = gateway->requests_count;
    end = gateway_wait(gateway, &call, end, session_handle(session), (struct span){NULL, 0});
    if (end == CALL_COMMANDED || end == CALL_ASKED) {
        session_wait(session);
    } else {
        http_session_answer(session, &call, end);
    }
}

static void request_come(struct session *session, const struct http_request *request)
{
    session->keep_alive = request->keep_alive && !session->gateway->draining;
    session->is_head = request->verb == HTTP_VERB_HEAD;
    session->gateway->requests_count += 1;
    if (request->upgrade) {
        ws_session_upgrade(session, request);
        return;
    }
    if (door_session_serve(session, request) || page_key_session_serve(session, request) ||
        enrol_session_serve(session, request) || records_session_serve(session, request) ||
        openings_session_serve(session, request) || inbox_session_serve(session, request) ||
        page_session_serve(session, request)) {
        return;
    }
    bool path_known = false;
    enum endpoint_method method = method_of(request->verb);
    const struct endpoint *endpoint = endpoint_find(method, request->path, &path_known);
    if (endpoint == NULL) {
        refuse(session, request, path_known ? 405 : 404, API_ERROR_UNSUPPORTED_OPERATION);
        return;
    }
    serve(session, request, endpoint);
}

size_t http_session_read(struct session *session, struct span bytes)
{
    struct gateway *gateway = session->gateway;
    struct http_request *request = &gateway->scratch.request;
    size_t used = 0;
    while (!session->is_busy && !session->is_shutting && session->kind == SESSION_HTTP &&
           used < bytes.size) {
        struct span rest = span_of(bytes.data + used, bytes.size - used);
        bool was_idle = http_is_idle(&session->http);
        switch (http_read(&session->http, &gateway->options.http, rest, request)) {
        case HTTP_READ_MORE:
            if (was_idle) {
                net_deadline(session->conn, gateway->options.request_ms);
            }
            return used;
        case HTTP_READ_CONTINUE:
            (void)net_send_copy(session->conn, span_of_text(HTTP_CONTINUE));
            net_deadline(session->conn, gateway->options.request_ms);
            return used;
        case HTTP_READ_WHOLE:
            break;
        case HTTP_READ_REFUSED:
            refuse_malformed(session, session->http.refusal);
            return bytes.size;
        }
        u32 size = http_next(&session->http);
        used += size;
        request_come(session, request);
    }
    return used;
}
