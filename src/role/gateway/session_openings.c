/* Of which openings a customer was told: asked of the desk for the person of whoever has signed,
 * who waits for the answer. docs/desk.md "What a customer is told". */
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/openings_http.h"
#include "role/gateway/records_http.h"
#include "role/gateway/session.h"
#include "role/gateway/view_person.h"

#define WEIGHT 10U

_Static_assert(OPENINGS_HTTP_JSON_BYTES <= GATEWAY_JSON_BYTES, "an answer has room");

static void refuse(struct session *session, enum enrol_http_no no)
{
    struct json_writer json;
    session_json_begin(session, &json, OPENINGS_HTTP_JSON_BYTES);
    session_json_say(session, &json, enrol_http_refuse(&json, no, 0));
}

static void say_openings(struct session *session, const struct desk_line_answer *answer)
{
    struct json_writer json;
    session_json_begin(session, &json, OPENINGS_HTTP_JSON_BYTES);
    openings_http_say(&json, answer);
    session_json_say(session, &json, 200);
}

static u32 read_form(struct session *session, const struct http_request *request, void *form)
{
    enum enrol_http_no no = records_http_read(request);
    (void)form;
    if (no != ENROL_HTTP_FINE) {
        refuse(session, no);
    }
    return no == ENROL_HTTP_FINE ? KEY_RIGHT_READ : 0;
}

static bool send_ask(struct session *session, u32 account, void *form)
{
    struct gateway *gateway = session->gateway;
    u64 person = view_person_of(gateway->venue.view, account);
    (void)form;
    if (person == 0) {
        say_openings(session, NULL);
        return false;
    }
    bool is_sent =
        desk_client_send(&gateway->desk, person, session_handle(session), net_now_ms(gateway->net));
    if (!is_sent) {
        refuse(session, ENROL_HTTP_NO_BUSY);
    }
    return is_sent;
}

bool openings_session_serve(struct session *session, const struct http_request *request)
{
    static const struct session_question question = {
        .weight = WEIGHT, .read = read_form, .refuse = refuse, .send = send_ask};
    if (session->gateway->options.desk < 0 || !openings_http_is(request->path)) {
        return false;
    }
    session_ask(session, request, &question, NULL);
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
        struct session *session = session_waited(gateway, owner);
        if (session == NULL) {
            continue;
        }
        if (is_late) {
            refuse(session, ENROL_HTTP_NO_LATE);
        } else {
            say_openings(session, &gateway->desk.answer);
        }
        session_wait_end(session);
    }
}
