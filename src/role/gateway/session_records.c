/* What is held of a customer: asked of `keep` for the person of whoever has signed, who waits for
 * the answer. docs/vault.md "What a person is told". */
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/records_http.h"
#include "role/gateway/session.h"
#include "role/gateway/view_person.h"

#define WEIGHT 5U

static void refuse(struct session *session, enum enrol_http_no no)
{
    struct json_writer json;
    session_json_begin(session, &json, RECORDS_HTTP_JSON_BYTES);
    session_json_say(session, &json, enrol_http_refuse(&json, no, 0));
}

static void say_held(struct session *session, u64 person, const struct keep_held *held)
{
    struct json_writer json;
    session_json_begin(session, &json, RECORDS_HTTP_JSON_BYTES);
    records_http_say(&json, person, held, session->gateway->options.keep_years);
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
    struct keep_line_ask asked = {.kind = KEEP_LINE_HELD, .subject = person};
    (void)form;
    if (person == 0) {
        say_held(session, 0, NULL);
        return false;
    }
    bool is_sent =
        keep_client_send(&gateway->keep, &asked, session_handle(session), net_now_ms(gateway->net));
    if (!is_sent) {
        refuse(session, ENROL_HTTP_NO_BUSY);
    }
    return is_sent;
}

bool records_session_serve(struct session *session, const struct http_request *request)
{
    static const struct session_question question = {
        .weight = WEIGHT, .read = read_form, .refuse = refuse, .send = send_ask};
    if (session->gateway->options.keep < 0 || !records_http_is(request->path)) {
        return false;
    }
    session_ask(session, request, &question, NULL);
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
