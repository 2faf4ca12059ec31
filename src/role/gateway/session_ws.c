/* WebSockets of both kinds: the handshake, frames, pings, the end. */
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/session.h"
#include "role/gateway/upgrade.h"

#include <stdio.h>
#include <string.h>

#define CLOSE_BYTES (FRAME_CONTROL_BYTES_MAX + FRAME_HEAD_BYTES_MAX)
#define API_PATH    "/ws-api/v3"

/* ---- sending ---- */

static void send_frame(struct session *session, enum frame_opcode opcode, struct span payload)
{
    struct gateway *gateway = session->gateway;
    struct net_buffer *buffer =
        net_buffer_take(session->conn->net->pool, frame_bytes_max(payload.size));
    size_t size = 0;
    if (buffer != NULL) {
        size = frame_encode(gateway->codec, opcode, session->deflate, payload, buffer->data,
                            buffer->capacity);
    }
    if (size == 0) {
        if (buffer != NULL) {
            net_buffer_release(buffer);
        }
        session->is_shutting = true;
        net_shut_now(session->conn);
        return;
    }
    net_buffer_trim(buffer, (u32)size);
    (void)net_send_last(session->conn, buffer);
}

void ws_session_send(struct session *session, struct span text)
{
    send_frame(session, FRAME_TEXT, text);
}

void ws_session_close(struct session *session, u16 code, const char *reason)
{
    u8 frame[CLOSE_BYTES];
    size_t size = frame_encode_close(session->gateway->codec, code, reason, frame, sizeof(frame));
    CHECK(size > 0);
    (void)net_send_copy(session->conn, span_of(frame, size));
    session_shut(session);
}

/* ---- the handshake ---- */

static enum session_kind kind_of(struct span path)
{
    if (span_equal(path, span_of_text(API_PATH))) {
        return SESSION_API;
    }
    return ws_stream_is_path(path) ? SESSION_STREAM : SESSION_FREE;
}

/* Behind a proxy: an address that has too many open. The documents have a text for attempts only.
 */
static void refuse_crowd(struct session *session)
{
    char number[16];
    struct api_failure failure;
    int size = snprintf(number, sizeof(number), "%u", session->gateway->limit.config.open_max);
    CHECK(size > 0 && (size_t)size < sizeof(number));
    (void)api_fail_pair(&failure, API_ERROR_TOO_MANY_CONNECTIONS, number, "IP");
    session->keep_alive = false;
    http_session_fail(session, api_error_http(failure.error), &failure, 0);
}

void ws_session_upgrade(struct session *session, const struct http_request *request)
{
    struct gateway *gateway = session->gateway;
    enum session_kind kind = kind_of(request->path);
    if (kind == SESSION_FREE) {
        http_session_refuse(session, 404, API_ERROR_UNSUPPORTED_OPERATION);
        return;
    }
    session->address = http_session_address(session, request);
    struct limit_answer limit =
        limit_connect(&gateway->limit, &session->address, gateway->venue.now_us);
    if (http_session_limited(session, &limit)) {
        return;
    }
    if (!session_enter(session, &session->address)) {
        refuse_crowd(session);
        return;
    }
    u8 head[UPGRADE_HEAD_BYTES_MAX];
    struct upgrade upgrade = upgrade_answer(request, true, head, sizeof(head));
    CHECK(upgrade.head_bytes > 0);
    bool is_open = upgrade.status == 101;
    if (is_open && kind == SESSION_STREAM &&
        !stream_session_begin(session, request, upgrade.deflate)) {
        http_session_refuse(session, 400, API_ERROR_INVALID_PARAMETER);
        return;
    }
    session->kind = is_open ? (u8)kind : session->kind;
    if (!net_send_copy(session->conn, span_of(head, upgrade.head_bytes))) {
        session->is_shutting = true;
        net_shut_now(session->conn);
        return;
    }
    if (!is_open) {
        session_shut(session);
        return;
    }
    session->deflate = upgrade.deflate;
    session->frame = (struct frame_reader){0};
    session->opened_ms = net_now_ms(gateway->net);
    session->heard_ms = session->opened_ms;
    net_deadline(session->conn, WS_PING_MS);
    if (kind == SESSION_API) {
        api_session_begin(session, request);
    }
}

/* ---- reading ---- */

/* False: nothing more is read. */
static bool message_come(struct session *session, const struct frame_message *message)
{
    bool is_stream = session->kind == SESSION_STREAM;
    bool counts = message->opcode == FRAME_TEXT || message->opcode == FRAME_PING ||
                  message->opcode == FRAME_PONG;
    if (is_stream && counts && !stream_session_count(session)) {
        return false;
    }
    switch (message->opcode) {
    case FRAME_TEXT:
        if (is_stream) {
            stream_session_message(session, message->payload);
        } else {
            api_session_message(session, message->payload);
        }
        return !session->is_shutting;
    case FRAME_PING:
        send_frame(session, FRAME_PONG, message->payload);
        return !session->is_shutting;
    case FRAME_PONG:
        session->heard_ms = net_now_ms(session->gateway->net);
        if (is_stream) {
            stream_session_heard(session);
        }
        return true;
    case FRAME_BINARY:
        ws_session_close(session, FRAME_CODE_KIND, "text only");
        return false;
    case FRAME_CLOSE:
        ws_session_close(session, message->close_code, "");
        return false;
    }
    return false;
}

size_t ws_session_read(struct session *session, struct span bytes)
{
    struct gateway *gateway = session->gateway;
    size_t used = 0;
    while (!session->is_busy && !session->is_shutting && used < bytes.size) {
        struct frame_message message;
        switch (frame_read(gateway->codec, &session->frame, session->deflate,
                           span_of(bytes.data + used, bytes.size - used), &message)) {
        case FRAME_MORE:
            return used;
        case FRAME_MESSAGE:
            break;
        case FRAME_REFUSED:
            ws_session_close(session, session->frame.close_code, "");
            return bytes.size;
        case FRAME_ENDED:
            return bytes.size;
        }
        bool goes_on = message_come(session, &message);
        used += frame_next(&session->frame);
        if (!goes_on) {
            return bytes.size;
        }
        session->is_busy = session->waiting_count >= WS_WAITING_MAX;
    }
    return used;
}

/* ---- time ---- */

void ws_session_ping(struct session *session)
{
    char text[24];
    u64 ms = session->gateway->venue.now_us / 1000;
    int size = snprintf(text, sizeof(text), "%llu", (unsigned long long)ms);
    CHECK(size > 0);
    send_frame(session, FRAME_PING, span_of(text, (size_t)size));
}

void ws_session_deadline(struct session *session)
{
    u64 now = net_now_ms(session->gateway->net);
    if (session->kind == SESSION_STREAM) {
        stream_session_deadline(session);
    } else if (now - session->opened_ms >= WS_LIFE_MS) {
        ws_session_close(session, FRAME_CODE_GOING_AWAY, "24 hours are over");
    } else if (now - session->heard_ms >= WS_SILENCE_MS) {
        ws_session_close(session, FRAME_CODE_POLICY, "no pong");
    } else {
        ws_session_ping(session);
        if (!session->is_shutting) {
            net_deadline(session->conn, WS_PING_MS);
        }
    }
}
