/* Enrolling: what a customer's page asks and has sealed goes to `keep`, opaque, and waits for it.
 * Whom it concerns follows from who signed the request. docs/enrolment.md "Over HTTP". */
#include "base/span.h"
#include "role/gateway/enrol_http.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"
#include "role/gateway/view_person.h"

static void refuse(struct session *session, enum enrol_http_no no, u32 wait_s)
{
    struct json_writer json;
    session_json_begin(session, &json, ENROL_HTTP_JSON_BYTES);
    session_json_say(session, &json, enrol_http_refuse(&json, no, wait_s));
}

bool enrol_session_account(struct gateway *gateway, const struct http_request *request,
                           const struct auth_address *address, u32 rights, u32 *account_out,
                           struct api_failure *failure_out)
{
    struct gateway_scratch *scratch = &gateway->scratch;
    struct http_request head = *request;
    struct key_entry entry = {0};
    size_t signed_bytes = 0;
    u32 count = 0;
    const struct endpoint *endpoint = endpoint_at(ENDPOINT_PAGE_SIGNED);
    head.body = span_of(request->body.data, 0); /* no form */
    if (!http_session_pairs(gateway, &head, &count, failure_out) ||
        !param_parse(&scratch->params, endpoint, scratch->pairs, count, failure_out)) {
        return false;
    }
    if (!query_payload(&scratch->query, scratch->payload, scratch->text_bytes, &signed_bytes)) {
        return api_fail(failure_out, API_ERROR_UNKNOWN);
    }
    const struct span pieces[] = {span_of(scratch->payload, signed_bytes), request->body};
    const struct auth_request asked = {.params = &scratch->params,
                                       .api_key = http_header(request, HTTP_NAME_X_MBX_APIKEY),
                                       .pieces = pieces,
                                       .pieces_count = ARRAY_COUNT(pieces),
                                       .address = *address,
                                       .now_us = gateway->venue.now_us,
                                       .clock_behind_us = gateway->venue.clock_behind_us};
    if (!auth_check(gateway->venue.signer, gateway->venue.keys, &asked, &entry, failure_out)) {
        return false;
    }
    *account_out = entry.account;
    return auth_key_may(&entry, rights, address) ||
           api_fail(failure_out, API_ERROR_REJECTED_MBX_KEY);
}

/* Sends it for the person of this account. */
static enum enrol_http_no ask_send(struct session *session, struct keep_line_ask *ask, u32 account,
                                   u32 *wait_out)
{
    struct gateway *gateway = session->gateway;
    ask->subject = view_person_of(gateway->venue.view, account);
    if (ask->subject == 0) {
        return ENROL_HTTP_NO_PERSON;
    }
    if (enrol_http_begins(ask)) {
        *wait_out = enrol_pace_take(&gateway->enrol_pace, account, gateway->venue.now_us);
        if (*wait_out > 0) {
            return ENROL_HTTP_NO_WAIT;
        }
    }
    return keep_client_send(&gateway->keep, ask, session_handle(session), net_now_ms(gateway->net))
               ? ENROL_HTTP_FINE
               : ENROL_HTTP_NO_BUSY;
}

static void refuse_unsigned(struct session *session, enum enrol_http_no no)
{
    refuse(session, no, 0);
}

/* By a key that may more than read: who enrols speaks for the customer. */
static u32 read_form(struct session *session, const struct http_request *request, void *form)
{
    enum enrol_http_no no = enrol_http_read(request, form);
    if (no != ENROL_HTTP_FINE) {
        refuse(session, no, 0);
    }
    return no == ENROL_HTTP_FINE ? KEY_RIGHT_TRADE : 0;
}

static bool send_ask(struct session *session, u32 account, void *form)
{
    u32 wait_s = 0;
    enum enrol_http_no no = ask_send(session, form, account, &wait_s);
    if (no != ENROL_HTTP_FINE) {
        refuse(session, no, wait_s);
    }
    return no == ENROL_HTTP_FINE;
}

bool enrol_session_serve(struct session *session, const struct http_request *request)
{
    static const struct session_question question = {
        .weight = 1, .read = read_form, .refuse = refuse_unsigned, .send = send_ask};
    struct keep_line_ask ask;
    if (session->gateway->options.keep < 0 || !enrol_http_is(request->path)) {
        return false;
    }
    session_ask(session, request, &question, &ask);
    return true;
}

static void answer(struct session *session, const struct line_wait *wait,
                   const struct keep_line_answer *answer, bool is_late)
{
    struct json_writer json;
    if (wait->kind == KEEP_LINE_HELD) {
        records_session_held(session, wait->subject, is_late ? NULL : answer);
        return;
    }
    if (is_late) {
        refuse(session, ENROL_HTTP_NO_LATE, 0);
        return;
    }
    session_json_begin(session, &json, ENROL_HTTP_JSON_BYTES);
    session_json_say(session, &json, enrol_http_say(&json, wait->subject, answer));
}

void enrol_session_turn(struct gateway *gateway, bool *busy_out)
{
    struct keep_line_answer said;
    struct line_wait wait;
    bool is_late = false;
    u64 now_ms = net_now_ms(gateway->net);
    for (u32 count = 0; count < KEEP_CLIENT_ANSWERS_MAX; count += 1) {
        if (!keep_client_take(&gateway->keep, now_ms, &wait, &said, &is_late)) {
            return;
        }
        *busy_out = true;
        struct session *session = session_waited(gateway, wait.owner);
        if (session != NULL) {
            answer(session, &wait, &said, is_late);
            session_wait_end(session);
        }
    }
}
