/* A customer's appeal and evidence: they go to the officers' queue and wait for it. Whose they are
 * follows from who signed the request. docs/customers.md "Appeal and evidence". */
#include "base/span.h"
#include "role/gateway/enrol_http.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/inbox_http.h"
#include "role/gateway/session.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_person.h"

#define WEIGHT 1U

static void refuse(struct session *session, enum inbox_http_no no, u32 wait_s)
{
    struct json_writer json;
    session_json_begin(session, &json, INBOX_HTTP_JSON_BYTES);
    session_json_say(session, &json, inbox_http_refuse(&json, no, wait_s));
}

/* Whether there is something to appeal, or evidence is wanted. It does not matter what: the vector
 * says the same of a rule that is told and of a hold. */
static bool is_concerned(const struct gateway *gateway, u32 account, bool is_evidence)
{
    const struct view *view = gateway->venue.view;
    const struct view_account *found = view_account_of(view, account);
    const struct view_finding *finding = view_finding_newest(view, view_person_of(view, account));
    bool is_wanted = false;
    for (; is_evidence && finding != NULL; finding = view_finding_older(view, finding)) {
        is_wanted = is_wanted || finding->missing != 0;
    }
    return is_wanted || (found != NULL && found->restrictions != 0);
}

/* Why this account may not send it; FINE: it may, and it was counted. */
static enum inbox_http_no may_send(struct gateway *gateway, const struct inbox_http_ask *ask,
                                   u32 account, u32 *wait_out)
{
    if (view_person_of(gateway->venue.view, account) == 0) {
        return INBOX_HTTP_NO_PERSON;
    }
    if (!ask->is_post) {
        return INBOX_HTTP_FINE;
    }
    if (!is_concerned(gateway, account, ask->is_evidence)) {
        return INBOX_HTTP_NO_NOTHING;
    }
    if (ask->is_evidence && gateway->options.evidence_recipient == NULL) {
        return INBOX_HTTP_NO_NOBODY;
    }
    *wait_out = enrol_pace_take(&gateway->inbox_pace[ask->is_evidence ? 1 : 0], account,
                                gateway->venue.now_us);
    return *wait_out > 0 ? INBOX_HTTP_NO_WAIT : INBOX_HTTP_FINE;
}

static enum inbox_http_no ask_send(struct session *session, struct inbox_http_ask *ask, u32 account,
                                   u32 *wait_out)
{
    struct gateway *gateway = session->gateway;
    enum inbox_http_no no = may_send(gateway, ask, account, wait_out);
    ask->ask.account = account;
    if (no != INBOX_HTTP_FINE) {
        return no;
    }
    return inbox_client_send(&gateway->inbox, &ask->ask, session_handle(session),
                             net_now_ms(gateway->net))
               ? INBOX_HTTP_FINE
               : INBOX_HTTP_NO_BUSY;
}

static void refuse_unsigned(struct session *session, enum enrol_http_no no)
{
    refuse(session, no == ENROL_HTTP_NO_ACCOUNT ? INBOX_HTTP_NO_ACCOUNT : INBOX_HTTP_NO_SESSION, 0);
}

/* Who sends something speaks for the customer. */
static u32 read_form(struct session *session, const struct http_request *request, void *form)
{
    struct inbox_http_ask *ask = form;
    enum inbox_http_no no = inbox_http_read(request, ask);
    if (no != INBOX_HTTP_FINE) {
        refuse(session, no, 0);
        return 0;
    }
    return ask->is_post ? KEY_RIGHT_TRADE : KEY_RIGHT_READ;
}

static bool send_ask(struct session *session, u32 account, void *form)
{
    struct inbox_http_ask *ask = form;
    u32 wait_s = 0;
    if (ask->is_evidence && !ask->is_post) {
        struct json_writer json;
        session_json_begin(session, &json, INBOX_HTTP_JSON_BYTES);
        session_json_say(
            session, &json,
            inbox_http_say_recipient(&json, session->gateway->options.evidence_recipient));
        return false;
    }
    enum inbox_http_no no = ask_send(session, ask, account, &wait_s);
    if (no != INBOX_HTTP_FINE) {
        refuse(session, no, wait_s);
    }
    return no == INBOX_HTTP_FINE;
}

bool inbox_session_serve(struct session *session, const struct http_request *request)
{
    static const struct session_question question = {
        .weight = WEIGHT, .read = read_form, .refuse = refuse_unsigned, .send = send_ask};
    struct inbox_http_ask ask;
    if (session->gateway->options.inbox < 0 || !inbox_http_is(request->path)) {
        return false;
    }
    session_ask(session, request, &question, &ask);
    return true;
}

void inbox_session_turn(struct gateway *gateway, bool *busy_out)
{
    struct inbox_line_answer said;
    struct line_wait wait;
    bool is_late = false;
    u64 now_ms = net_now_ms(gateway->net);
    for (u32 count = 0; count < INBOX_CLIENT_ANSWERS_MAX; count += 1) {
        if (!inbox_client_take(&gateway->inbox, now_ms, &wait, &said, &is_late)) {
            return;
        }
        *busy_out = true;
        struct session *session = session_waited(gateway, wait.owner);
        if (session == NULL) {
            continue;
        }
        if (is_late) {
            refuse(session, INBOX_HTTP_NO_LATE, 0);
        } else {
            struct json_writer json;
            session_json_begin(session, &json, INBOX_HTTP_JSON_BYTES);
            session_json_say(session, &json,
                             inbox_http_say(&json, wait.kind != INBOX_LINE_LOOK, &said));
        }
        session_wait_end(session);
    }
}
