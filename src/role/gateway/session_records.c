/* What is held of a customer: asked of `keep` for the person of whoever has signed, who waits for
 * the answer. docs/vault.md "What a person is told". */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/records_http.h"
#include "role/gateway/session.h"
#include "role/gateway/view_person.h"

#define WEIGHT 5U

static void say(struct session *session, struct json_writer *json, u32 status)
{
    size_t size = json_end(json);
    CHECK(size > 0);
    http_session_say(session, status, span_of(session->gateway->scratch.json, size), false);
}

static struct json_writer begin(struct session *session)
{
    struct json_writer json;
    json_begin(&json, session->gateway->scratch.json, RECORDS_HTTP_JSON_BYTES);
    return json;
}

static void refuse(struct session *session, enum enrol_http_no no)
{
    struct json_writer json = begin(session);
    say(session, &json, enrol_http_refuse(&json, no, 0));
}

static void say_held(struct session *session, u64 person, const struct keep_held *held)
{
    struct json_writer json = begin(session);
    records_http_say(&json, person, held, session->gateway->options.keep_years);
    say(session, &json, 200);
}

/* Sends it, and lets the session wait for what comes back. */
static void ask(struct session *session, u64 person)
{
    struct gateway *gateway = session->gateway;
    struct keep_line_ask asked = {.kind = KEEP_LINE_HELD, .subject = person};
    if (!keep_client_send(&gateway->keep, &asked, session_handle(session),
                          net_now_ms(gateway->net))) {
        refuse(session, ENROL_HTTP_NO_BUSY);
        return;
    }
    session->is_busy = true;
    session->waiting_count += 1;
    net_deadline(session->conn, 0);
}

bool records_session_serve(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    struct api_failure failure = {0};
    u32 account = 0;
    if (gateway->options.keep < 0 || !records_http_is(request->path)) {
        return false;
    }
    struct auth_address address = http_session_address(session, request);
    struct limit_answer limit =
        limit_request(&gateway->limit, &address, LIMIT_POOL_API, WEIGHT, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return true;
    }
    enum enrol_http_no no = records_http_read(request);
    if (no == ENROL_HTTP_FINE) {
        no = enrol_http_signed(request, gateway->options.door >= 0);
    }
    if (no != ENROL_HTTP_FINE) {
        refuse(session, no);
    } else if (!enrol_session_account(gateway, request, &address, KEY_RIGHT_READ, &account,
                                      &failure)) {
        http_session_fail(session, api_error_http(failure.error), &failure, 0);
    } else if (view_person_of(gateway->venue.view, account) == 0) {
        say_held(session, 0, NULL);
    } else {
        ask(session, view_person_of(gateway->venue.view, account));
    }
    return true;
}

void records_session_held(struct session *session, u64 subject, const struct keep_line_answer *said)
{
    static struct keep_held held; /* one thread */
    if (said == NULL) {
        refuse(session, ENROL_HTTP_NO_LATE);
    } else if (said->code != KEEP_LINE_OK || !keep_held_read(said->contents, &held)) {
        refuse(session, ENROL_HTTP_NO_BUSY); /* as of rows that cannot be */
    } else {
        say_held(session, subject, &held);
    }
}
