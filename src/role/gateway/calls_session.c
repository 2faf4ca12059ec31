#include "role/gateway/calls_session.h"

#include "base/check.h"
#include "base/span.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

#include <string.h>

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
    api_session_logon(session, call->params->api_key, call->key);
    return put_status(call);
}

enum call_end session_status(struct call *call)
{
    return put_status(call);
}

enum call_end session_logout(struct call *call)
{
    api_session_logout(call->session);
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

static enum call_end subscribe(struct call *call, const struct key_entry *key, bool by_logon)
{
    struct session *session = call->session;
    struct session_api *api = &session->api;
    struct user_stream *users = &session->gateway->users;
    for (u32 slot = api->subscriptions; slot != 0;) {
        const struct user_subscription *one = user_stream_at(users, slot);
        if (one->account == key->account) {
            return call_fail(call, API_ERROR_SUBSCRIPTION_ACTIVE);
        }
        slot = one->of_session;
    }
    bool is_full = api->subscriptions_count == USER_STREAM_ACTIVE_MAX ||
                   api->subscriptions_ever == USER_STREAM_EVER_MAX;
    u32 id = api->subscriptions_ever;
    if (is_full || !api_session_subscribe(session, key, by_logon)) {
        return call_fail(call, API_ERROR_MAXIMUM_SUBSCRIPTION_IDS);
    }
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
    if (!api->is_logged_on && !api->has_lost_key) {
        return call_fail(call, API_ERROR_UNAUTHORIZED);
    }
    call->by_session = true;
    if (api->has_lost_key || !keys->find(keys, span_of(api->key, AUTH_KEY_BYTES), &entry) ||
        !auth_key_may(&entry, KEY_RIGHT_READ, &call->session->address)) {
        return call_fail(call, API_ERROR_REJECTED_MBX_KEY);
    }
    return subscribe(call, &entry, true);
}

enum call_end session_subscribe_signed(struct call *call)
{
    return subscribe(call, call->key, false);
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
            api_session_unsubscribe(session, slot);
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
