/* User data events on their way to the subscriptions of the WebSocket API. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/call_json.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"
#include "wire/link.h"

static struct gateway *gateway_of(struct user_sink *sink)
{
    return (struct gateway *)(void *)((u8 *)sink - offsetof(struct gateway, user_sink));
}

static bool listens(struct user_sink *sink, u32 account)
{
    return user_stream_first(&gateway_of(sink)->users, account) != 0;
}

/* API web-socket-api.md "Event format" */
static void send_event(struct gateway *gateway, const struct user_subscription *one,
                       struct user_event *event)
{
    struct session *session = session_of(&gateway->sessions, one->session);
    if (session == NULL || session->is_shutting) {
        return;
    }
    struct json_writer json;
    json_begin(&json, (char *)gateway->scratch.output, GATEWAY_JSON_BYTES);
    json_object_begin(&json);
    call_number(&json, "subscriptionId", one->id);
    json_key(&json, "event");
    json_put_raw(&json, user_event_text(event, session->microseconds));
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    ws_session_send(session, span_of(gateway->scratch.output, size));
}

static void event_come(struct user_sink *sink, u32 account, struct user_event *event)
{
    struct gateway *gateway = gateway_of(sink);
    for (u32 slot = user_stream_first(&gateway->users, account); slot != 0;) {
        const struct user_subscription *one = user_stream_at(&gateway->users, slot);
        slot = one->of_account;
        send_event(gateway, one, event);
    }
}

static void order_filled(struct user_sink *sink, u32 account, bool is_maker)
{
    struct gateway *gateway = gateway_of(sink);
    limit_orders_filled(&gateway->limit, account, is_maker, gateway->venue.now_us);
}

static const struct call_state *sender_of(struct user_sink *sink, u8 source, u64 source_index)
{
    struct gateway *gateway = gateway_of(sink);
    if (source != LINK_SOURCE_GATEWAY) {
        return NULL;
    }
    struct pending_call *pending = pending_find(&gateway->pending, PENDING_COMMAND, source_index);
    return pending == NULL ? NULL : &pending->state;
}

void gateway_user_open(struct gateway *gateway)
{
    gateway->user_sink = (struct user_sink){
        .listens = listens, .event = event_come, .filled = order_filled, .sender = sender_of};
}
