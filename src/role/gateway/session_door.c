/* Signing up and in: requests of pages go to the door, and wait for it. docs/sign-in.md "Over
 * HTTP". */
#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

#include <string.h>

static void say(struct session *session, struct json_writer *json,
                const struct door_http_said *said)
{
    struct gateway *gateway = session->gateway;
    size_t size = json_end(json);
    CHECK(size > 0);
    http_session_say_door(session, said, span_of(gateway->scratch.json, size));
    secret_wipe(gateway->scratch.json, size);
}

static void refuse(struct session *session, enum door_http_no no)
{
    struct door_http_said said;
    struct json_writer json;
    json_begin(&json, session->gateway->scratch.json, DOOR_HTTP_JSON_BYTES);
    door_http_refuse(&json, no, &said);
    say(session, &json, &said);
}

static enum door_http_no ask_send(struct session *session, const struct http_request *request,
                                  u32 route, const struct auth_address *address)
{
    struct gateway *gateway = session->gateway;
    struct door_ask ask;
    enum door_http_no no = door_http_read(request, route, &ask);
    if (no == DOOR_HTTP_FINE) {
        _Static_assert(sizeof(ask.network) == sizeof(address->bytes), "an address is a network");
        memcpy(ask.network, address->bytes, sizeof(ask.network));
        bool is_sent = door_client_send(&gateway->door, &ask, session_handle(session),
                                        net_now_ms(gateway->net));
        no = is_sent ? DOOR_HTTP_FINE : DOOR_HTTP_NO_BUSY;
    }
    secret_wipe(&ask, sizeof(ask));
    return no;
}

bool door_session_serve(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    u32 route = gateway->options.door < 0 ? DOOR_HTTP_NONE : door_http_route(request->path);
    if (route == DOOR_HTTP_NONE) {
        return false;
    }
    struct auth_address address = http_session_address(session, request);
    struct limit_answer limit =
        limit_request(&gateway->limit, &address, LIMIT_POOL_API, 0, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return true;
    }
    enum door_http_no no = ask_send(session, request, route, &address);
    if (no != DOOR_HTTP_FINE) {
        refuse(session, no);
        return true;
    }
    session_wait(session);
    return true;
}

static void answer(struct session *session, const struct door_answer_head *head)
{
    struct door_http_said said;
    struct json_writer json;
    if (head->kind == 0) {
        refuse(session, DOOR_HTTP_NO_LATE);
        return;
    }
    json_begin(&json, session->gateway->scratch.json, DOOR_HTTP_JSON_BYTES);
    door_http_say(&json, head, &said);
    say(session, &json, &said);
    secret_wipe(&said, sizeof(said));
}

/* The door says so unasked: page keys of these sessions end. */
static void sessions_ended(struct gateway *gateway, struct span contents)
{
    if (contents.size == 2 * sizeof(u64)) {
        page_keys_end(&gateway->page_keys, bytes_u64(contents.data),
                      bytes_u64(contents.data + sizeof(u64)));
    }
}

void door_session_turn(struct gateway *gateway, bool *busy_out)
{
    struct door_answer_head head;
    u64 owner = 0;
    u64 now_ms = net_now_ms(gateway->net);
    for (u32 count = 0; count < DOOR_CLIENT_ANSWERS_MAX; count += 1) {
        if (!door_client_take(&gateway->door, now_ms, &owner, &head)) {
            return;
        }
        *busy_out = true;
        if (owner == 0) {
            sessions_ended(gateway, head.contents);
            continue;
        }
        struct session *session = session_waited(gateway, owner);
        if (session == NULL) {
            continue;
        }
        if (!page_key_session_told(session, &head)) {
            answer(session, &head);
        }
        if (session->waiting_count == 0) { /* else for the engine */
            session_wait_end(session);
        }
    }
}
