/* Market streams: between a WebSocket and the hub. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"

static struct session *session_of_client(struct stream_client *client)
{
    return (struct session *)(void *)((u8 *)client - offsetof(struct session, stream.client));
}

static void send_frame(struct stream_sink *sink, struct stream_client *client,
                       struct net_buffer *frame)
{
    (void)sink;
    struct session *session = session_of_client(client);
    if (!session->is_shutting) {
        (void)net_send(session->conn, frame);
    }
}

static void lose(struct stream_sink *sink, struct stream_client *client)
{
    (void)sink;
    struct session *session = session_of_client(client);
    session->is_shutting = true;
    net_shut_now(session->conn);
}

void stream_session_sink(struct stream_sink *sink)
{
    *sink = (struct stream_sink){.send = send_frame, .lost = lose};
}

static u64 now_us(const struct session *session)
{
    return net_now_ms(session->gateway->net) * 1000;
}

bool stream_session_begin(struct session *session, const struct http_request *request, bool deflate)
{
    session->stream = (struct ws_stream){0};
    return ws_stream_open(&session->stream, session->gateway->hub, request->path, request->query,
                          deflate, now_us(session)) == WS_STREAM_OPENED;
}

void stream_session_ended(struct session *session)
{
    stream_leave(session->gateway->hub, &session->stream.client);
}

bool stream_session_count(struct session *session)
{
    bool few = ws_stream_count(&session->stream, now_us(session));
    if (!few) {
        ws_session_close(session, FRAME_CODE_POLICY, "too many messages");
    }
    return few;
}

void stream_session_message(struct session *session, struct span text)
{
    struct gateway *gateway = session->gateway;
    char *answer = (char *)gateway->scratch.output;
    _Static_assert(GATEWAY_JSON_BYTES >= WS_STREAM_ANSWER_BYTES, "room for an answer");
    size_t size =
        ws_stream_message(&session->stream, gateway->hub, text, &gateway->scratch.room, answer);
    if (size > 0) {
        ws_session_send(session, span_of(answer, size));
    }
}

void stream_session_heard(struct session *session)
{
    ws_stream_heard(&session->stream, now_us(session));
}

void stream_session_deadline(struct session *session)
{
    u64 after_us = 0;
    switch (ws_stream_due(&session->stream, now_us(session), &after_us)) {
    case WS_STREAM_PING:
        ws_session_ping(session);
        break;
    case WS_STREAM_SILENT:
        ws_session_close(session, FRAME_CODE_POLICY, "no pong");
        return;
    case WS_STREAM_OLD:
        ws_session_close(session, FRAME_CODE_GOING_AWAY, "24 hours are over");
        return;
    case WS_STREAM_WAIT:
        break;
    }
    if (!session->is_shutting) {
        net_deadline(session->conn, after_us / 1000 + 1);
    }
}

void stream_session_shutdown(struct session *session)
{
    char text[WS_STREAM_TEXT_BYTES];
    size_t size = ws_stream_shutdown(&session->stream, session->gateway->venue.now_us, text);
    ws_session_send(session, span_of(text, size));
}
