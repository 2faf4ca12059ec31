/* What customers' pages ask of other processes: counted, signed, sent, and waited for. Each kind of
 * question is a table of its own (session_enrol.c, session_records.c, session_openings.c,
 * session_inbox.c). */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

void session_ask(struct session *session, const struct http_request *request,
                 const struct session_question *question, void *form)
{
    struct gateway *gateway = session->gateway;
    struct api_failure failure = {0};
    u32 account = 0;
    struct auth_address address = http_session_address(session, request);
    struct limit_answer limit = limit_request(&gateway->limit, &address, LIMIT_POOL_API,
                                              question->weight, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return;
    }
    u32 rights = question->read(session, request, form);
    if (rights == 0) {
        return;
    }
    enum enrol_http_no no = enrol_http_signed(request, gateway->options.door >= 0);
    if (no != ENROL_HTTP_FINE) {
        question->refuse(session, no);
    } else if (!enrol_session_account(gateway, request, &address, rights, &account, &failure)) {
        http_session_fail(session, api_error_http(failure.error), &failure, 0);
    } else if (question->send(session, account, form)) {
        session_wait(session);
    }
}

void session_wait(struct session *session)
{
    session->is_busy = true;
    session->waiting_count += 1;
    net_deadline(session->conn, 0);
}

struct session *session_waited(struct gateway *gateway, u64 owner)
{
    struct session *session = session_of(&gateway->sessions, owner);
    if (session == NULL) {
        return NULL;
    }
    CHECK(session->kind == SESSION_HTTP && session->waiting_count == 1);
    session->waiting_count = 0;
    return session->is_shutting ? NULL : session;
}

void session_wait_end(struct session *session)
{
    CHECK(session->waiting_count == 0);
    session->is_busy = false;
    session_resume(session);
}

void session_json_begin(struct session *session, struct json_writer *json, size_t bytes_max)
{
    CHECK(bytes_max <= GATEWAY_JSON_BYTES);
    json_begin(json, session->gateway->scratch.json, bytes_max);
}

void session_json_say(struct session *session, struct json_writer *json, u32 status)
{
    size_t size = json_end(json);
    CHECK(size > 0);
    http_session_say(session, status, span_of(session->gateway->scratch.json, size), false);
}
