#include "role/gateway/calls_session.h"

#include "base/check.h"
#include "base/span.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"
#include "role/gateway/user_json.h"

#include <string.h>

#define TERMINATED_BYTES 160U

static enum call_end put_status(struct call *call)
{
    const struct session *session = call->session;
    const struct session_api *api = &session->api;
    bool micro = call->state.microseconds;
    json_object_begin(call->json);
    json_key(call->json, "apiKey");
    if (api->is_logged_on) {
        json_put_span(call->json, span_of(api->key, AUTH_KEY_BYTES));
        call_time(call->json, "authorizedSince", api->authorized_us, micro);
    } else {
        json_put_null(call->json);
        json_key(call->json, "authorizedSince");
        json_put_null(call->json);
    }
    call_time(call->json, "connectedSince", api->connected_us, micro);
    call_bool(call->json, "returnRateLimits", !api->hide_rate_limits);
    call_time(call->json, "serverTime", call->venue->now_us, micro);
    call_bool(call->json, "userDataStream", api->subscriptions_count > 0);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

/* Only Ed25519 keys sign a session in (API web-socket-api.md "Session Authentication"). */
enum call_end session_logon(struct call *call)
{
    struct session *session = call->session;
    if (session == NULL || call->params->api_key.size != AUTH_KEY_BYTES) {
        return call_fail_name(call, API_ERROR_MANDATORY_PARAM, "apiKey");
    }
    if (call->key->sign->kind != SIGN_KIND_ED25519) {
        return call_fail(call, API_ERROR_UNSUPPORTED_OPERATION);
    }
    memcpy(session->api.key, call->params->api_key.data, AUTH_KEY_BYTES);
    session->api.account = call->state.account;
    session->api.authorized_us = call->venue->now_us;
    session->api.is_logged_on = true;
    return put_status(call);
}

enum call_end session_status(struct call *call)
{
    return put_status(call);
}

/* API user-data-stream.md "Event Stream Terminated"; it comes before the answer to who ended it. */
static void end_subscription(struct session *session, u32 slot)
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
    if (!session->is_shutting) {
        ws_session_send(session, span_of(text, size));
    }
    user_stream_remove(&session->gateway->users, &session->api.subscriptions, slot);
    session->api.subscriptions_count -= 1;
}

enum call_end session_logout(struct call *call)
{
    struct session *session = call->session;
    struct user_stream *users = &session->gateway->users;
    for (u32 slot = session->api.subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(users, slot);
        u32 next = one->of_session;
        if (one->by_logon) {
            end_subscription(session, slot);
        }
        slot = next;
    }
    session->api.is_logged_on = false;
    return put_status(call);
}

/* The chain has the newest first; told are the oldest first, by id. */
static u32 next_id(struct session *session, u32 after, bool begins)
{
    struct user_stream *users = &session->gateway->users;
    u32 best = UINT32_MAX;
    for (u32 slot = session->api.subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(users, slot);
        if ((begins || one->id > after) && one->id < best) {
            best = one->id;
        }
        slot = one->of_session;
    }
    return best;
}

enum call_end session_subscriptions(struct call *call)
{
    struct session *session = call->session;
    json_array_begin(call->json);
    for (u32 id = next_id(session, 0, true); id != UINT32_MAX; id = next_id(session, id, false)) {
        json_object_begin(call->json);
        call_number(call->json, "subscriptionId", id);
        json_object_end(call->json);
    }
    json_array_end(call->json);
    return CALL_ANSWERED;
}

static enum call_end subscribe(struct call *call, u32 account, bool by_logon)
{
    struct session *session = call->session;
    struct session_api *api = &session->api;
    struct user_stream *users = &session->gateway->users;
    for (u32 slot = api->subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(users, slot);
        if (one->account == account) {
            return call_fail(call, API_ERROR_SUBSCRIPTION_ACTIVE);
        }
        slot = one->of_session;
    }
    bool is_full = api->subscriptions_count == USER_STREAM_ACTIVE_MAX ||
                   api->subscriptions_ever == USER_STREAM_EVER_MAX;
    u32 id = api->subscriptions_ever;
    if (is_full || user_stream_add(users, &api->subscriptions, session_handle(session), account, id,
                                   by_logon) == 0) {
        return call_fail(call, API_ERROR_MAXIMUM_SUBSCRIPTION_IDS);
    }
    api->subscriptions_count += 1;
    api->subscriptions_ever += 1;
    json_object_begin(call->json);
    call_number(call->json, "subscriptionId", id);
    json_object_end(call->json);
    return CALL_ANSWERED;
}

enum call_end session_subscribe(struct call *call)
{
    const struct session_api *api = &call->session->api;
    struct key_entry entry;
    struct key_view *keys = call->venue->keys;
    if (!api->is_logged_on) {
        return call_fail(call, API_ERROR_UNAUTHORIZED);
    }
    if (!keys->find(keys, span_of(api->key, AUTH_KEY_BYTES), &entry) || !entry.enabled) {
        return call_fail(call, API_ERROR_REJECTED_MBX_KEY);
    }
    return subscribe(call, api->account, true);
}

enum call_end session_subscribe_signed(struct call *call)
{
    return subscribe(call, call->state.account, false);
}

enum call_end session_unsubscribe(struct call *call)
{
    struct session *session = call->session;
    bool found = false;
    bool all = !param_sent(call->params, PARAM_SUBSCRIPTION_ID);
    u64 id = param_number(call->params, PARAM_SUBSCRIPTION_ID, 0);
    for (u32 slot = session->api.subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(&session->gateway->users, slot);
        u32 next = one->of_session;
        if (all || one->id == id) {
            end_subscription(session, slot);
            found = true;
        }
        slot = next;
    }
    if (!all && !found) {
        return call_fail(call, API_ERROR_SUBSCRIPTION_INACTIVE);
    }
    json_object_begin(call->json);
    json_object_end(call->json);
    return CALL_ANSWERED;
}
