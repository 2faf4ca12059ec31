/* What sessions of the WebSocket API have by an API key: being signed in, and subscriptions of user
 * data. All of it is noted in key_use.h, so that it ends with the key. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"
#include "role/gateway/user_json.h"

#include <string.h>

#define TERMINATED_BYTES 160U

/* Users of keys: sessions that are signed in, then subscriptions. */
static u32 user_of_session(const struct session *session)
{
    return (u32)(session - session->gateway->sessions.sessions) + 1;
}

static u32 user_of_subscription(const struct gateway *gateway, u32 slot)
{
    return gateway->sessions.max + slot;
}

void api_session_logon(struct session *session, struct span api_key, const struct key_entry *key)
{
    struct gateway *gateway = session->gateway;
    CHECK(api_key.size == sizeof(session->api.key));
    memcpy(session->api.key, api_key.data, sizeof(session->api.key));
    session->api.authorized_us = gateway->venue.now_us;
    session->api.is_logged_on = true;
    session->api.has_lost_key = false;
    key_use_begin(&gateway->key_uses, user_of_session(session), key->number, key->rights);
}

bool api_session_subscribe(struct session *session, const struct key_entry *key, bool by_logon)
{
    struct gateway *gateway = session->gateway;
    struct session_api *api = &session->api;
    u32 slot = user_stream_add(&gateway->users, &api->subscriptions, session_handle(session),
                               key->account, api->subscriptions_ever, by_logon);
    if (slot == 0) {
        return false;
    }
    api->subscriptions_count += 1;
    api->subscriptions_ever += 1;
    key_use_begin(&gateway->key_uses, user_of_subscription(gateway, slot), key->number,
                  key->rights);
    return true;
}

static void forget(struct session *session, u32 slot)
{
    struct gateway *gateway = session->gateway;
    key_use_end(&gateway->key_uses, user_of_subscription(gateway, slot));
    user_stream_remove(&gateway->users, &session->api.subscriptions, slot);
    session->api.subscriptions_count -= 1;
}

/* API user-data-stream.md "Event Stream Terminated"; it comes before the answer to who ended it. */
void api_session_unsubscribe(struct session *session, u32 slot)
{
    struct gateway *gateway = session->gateway;
    char text[TERMINATED_BYTES];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    call_number(&json, "subscriptionId", user_stream_at(&gateway->users, slot)->id);
    json_key(&json, "event");
    user_put_terminated(&json, gateway->venue.now_us, session->microseconds);
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    forget(session, slot);
    if (!session->is_shutting) {
        ws_session_send(session, span_of(text, size));
    }
}

void api_session_logout(struct session *session)
{
    struct user_stream *users = &session->gateway->users;
    for (u32 slot = session->api.subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(users, slot);
        u32 next = one->of_session;
        if (one->by_logon) {
            api_session_unsubscribe(session, slot);
        }
        slot = next;
    }
    key_use_end(&session->gateway->key_uses, user_of_session(session));
    session->api.is_logged_on = false;
    session->api.has_lost_key = false;
}

void api_session_ended(struct session *session)
{
    while (session->api.subscriptions != 0) {
        forget(session, session->api.subscriptions);
    }
    key_use_end(&session->gateway->key_uses, user_of_session(session));
}

/* ---- keys that change ---- */

/* A subscription that was made by a logon is a user of its own, and ends by itself. */
static void end_use(struct gateway *gateway, u32 user)
{
    if (user > gateway->sessions.max) {
        u32 slot = user - gateway->sessions.max;
        struct session *session =
            session_of(&gateway->sessions, user_stream_at(&gateway->users, slot)->session);
        CHECK(session != NULL);
        api_session_unsubscribe(session, slot);
        return;
    }
    struct session *session = &gateway->sessions.sessions[user - 1];
    CHECK(session->kind == SESSION_API && session->api.is_logged_on);
    key_use_end(&gateway->key_uses, user);
    session->api.is_logged_on = false;
    session->api.has_lost_key = true;
}

void api_sessions_key_lost(struct gateway *gateway, u32 number, u32 rights)
{
    u32 count = 0;
    for (u32 user = key_use_first(&gateway->key_uses, number); user != 0;) {
        u32 next = key_use_next(&gateway->key_uses, user);
        if (key_use_lost(&gateway->key_uses, user, rights)) {
            end_use(gateway, user);
            count += 1;
        }
        user = next;
    }
    if (count > 0) {
        log_info("keys.ended", LOG_U64("sessions_and_subscriptions", count));
    }
}

static void key_changed(struct gateway *gateway, const u8 id[KEY_ID_BYTES])
{
    struct key_entry key;
    if (keys_find_id(&gateway->keys.table, id, &key)) {
        api_sessions_key_lost(gateway, key.number, key.enabled ? key.rights : 0);
    }
}

_Static_assert(offsetof(struct command_key_set, key_id) + KEY_ID_BYTES <=
                   sizeof(struct command_key_revoke),
               "the shorter of the two holds it");

/* The id of the key that the event says has changed; NULL: it says so of none. */
static const u8 *key_id_of(const struct event_head *event)
{
    const u8 *command = (const u8 *)event + sizeof(struct event_applied);
    size_t size = (size_t)event->units * WIRE_UNIT; /* raw: the record's length */
    if (event->kind != EVENT_APPLIED ||
        size < sizeof(struct event_applied) + sizeof(struct command_key_revoke)) {
        return NULL;
    }
    switch (bytes_u16(command)) { /* not an enum: a number from outside */
    case COMMAND_KEY_SET:
        return command + offsetof(struct command_key_set, key_id);
    case COMMAND_KEY_REVOKE:
        return command + offsetof(struct command_key_revoke, key_id);
    default: /* not an enum: a number from outside */
        return NULL;
    }
}

/* What a command has done to a key is its first event beside the time. */
void api_sessions_follow(struct gateway *gateway, struct span events)
{
    const struct event_head *event = NULL;
    size_t offset = 0;
    bool some = call_event_next(events, &offset, &event);
    while (some && event->kind == EVENT_TIME) {
        some = call_event_next(events, &offset, &event);
    }
    const u8 *id = some ? key_id_of(event) : NULL;
    if (id != NULL) {
        key_changed(gateway, id);
    }
}
