/* Of which openings a customer was told: asked of the desk for the person of whoever has signed,
 * who waits for the answer. docs/desk.md "What a customer is told". */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/openings_http.h"
#include "role/gateway/records_http.h"
#include "role/gateway/session.h"
#include "role/gateway/view_person.h"

#define WEIGHT 10U

_Static_assert(OPENINGS_HTTP_JSON_BYTES <= GATEWAY_JSON_BYTES, "an answer has room");

static void say(struct session *session, struct json_writer *json, u32 status)
{
    size_t size = json_end(json);
    CHECK(size > 0);
    http_session_say(session, status, span_of(session->gateway->scratch.json, size), false);
}

static struct json_writer begin(struct session *session)
{
    struct json_writer json;
    json_begin(&json, session->gateway->scratch.json, OPENINGS_HTTP_JSON_BYTES);
    return json;
}

static void refuse(struct session *session, enum enrol_http_no no)
{
    struct json_writer json = begin(session);
    say(session, &json, enrol_http_refuse(&json, no, 0));
}

static void say_openings(struct session *session, const struct desk_line_answer *answer)
{
    struct json_writer json = begin(session);
    openings_http_say(&json, answer);
    say(session, &json, 200);
}

/* Sends it, and lets the session wait for what comes back. */
static void ask(struct session *session, u64 person)
{
    struct gateway *gateway = session->gateway;
    if (!desk_client_send(&gateway->desk, person, session_handle(session),
                          net_now_ms(gateway->net))) {
        refuse(session, ENROL_HTTP_NO_BUSY);
        return;
    }
    session->is_busy = true;
    session->waiting_count += 1;
    net_deadline(session->conn, 0);
}

bool openings_session_serve(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    struct api_failure failure = {0};
    u32 account = 0;
    if (gateway->options.desk < 0 || !openings_http_is(request->path)) {
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
        say_openings(session, NULL);
    } else {
        ask(session, view_person_of(gateway->venue.view, account));
    }
    return true;
}

void openings_session_turn(struct gateway *gateway, bool *busy_out)
{
    bool is_late = false;
    u64 owner = 0;
    u64 now_ms = net_now_ms(gateway->net);
    for (u32 count = 0; count < DESK_CLIENT_ANSWERS_MAX; count += 1) {
        if (!desk_client_take(&gateway->desk, now_ms, &owner, &is_late)) {
            return;
        }
        *busy_out = true;
        struct session *session = session_of(&gateway->sessions, owner);
        if (session == NULL) {
            continue;
        }
        CHECK(session->kind == SESSION_HTTP && session->waiting_count == 1);
        session->waiting_count = 0;
        if (session->is_shutting) {
            continue;
        }
        if (is_late) {
            refuse(session, ENROL_HTTP_NO_LATE);
        } else {
            say_openings(session, &gateway->desk.answer);
        }
        session->is_busy = false;
        session_resume(session);
    }
}
