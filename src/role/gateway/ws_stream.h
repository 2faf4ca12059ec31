/* The session of one WebSocket for market streams: what its address asks for, its control messages
 * and their answers, how much it may send, when it is pinged and when it ends. It knows no frames
 * and no sockets: whoever has the connection gives it messages and the time, and does what it says.
 * (API web-socket-streams.md "General WSS information" to "Error Messages")
 *
 * A name that could be one but is none of ours, or whose market does not exist, is answered like
 * any other, is not listed, and never says anything: "/ws/0" and "/ws/<listenKey>" are such. */
#ifndef ROLE_GATEWAY_WS_STREAM_H
#define ROLE_GATEWAY_WS_STREAM_H

#include "role/gateway/stream.h"
#include "wire/ws_request.h"

#define WS_STREAM_MESSAGES_MAX 5U /* text, pings and pongs together, in a second */
#define WS_STREAM_PING_US      20000000ULL
#define WS_STREAM_SILENCE_US   60000000ULL
#define WS_STREAM_LIFE_US      86400000000ULL
/* Names in one message, or in an address, those that are there already included. */
#define WS_STREAM_NAMES_MAX 1100U
/* An error that repeats a method; a list of subscriptions. */
#define WS_STREAM_ANSWER_BYTES (64U << 10)
#define WS_STREAM_TEXT_BYTES   128U /* of the event before a shutdown */

struct ws_stream {
    struct stream_client client; /* the hub's; its flags say whether streams are combined */
    u8 messages;                 /* in the second that began at second_us */
    u64 second_us;
    u64 opened_us;
    u64 heard_us; /* the last pong, or the opening */
    u64 pinged_us;
};

/* ---- the address ---- */

enum ws_stream_path {
    WS_STREAM_OPENED,
    WS_STREAM_ELSEWHERE, /* neither /ws, /ws/..., nor /stream: 404 */
    WS_STREAM_REFUSED,   /* malformed, more names than allowed, no room: 400 */
};

/* Whether the path is one of streams. */
bool ws_stream_is_path(struct span path);

/* Begins a session, zeroed by the caller, with the streams that the address names; `path` and
 * `query` as sent. Only OPENED leaves subscriptions behind. `deflate`: permessage-deflate was
 * agreed on. now_us is any clock that does not go back, here and below. */
MUST_USE enum ws_stream_path ws_stream_open(struct ws_stream *session, struct stream_hub *hub,
                                            struct span path, struct span query, bool deflate,
                                            u64 now_us);

/* ---- messages ---- */

/* Counts a text message, ping or pong. False: too many; close with FRAME_CODE_POLICY. */
MUST_USE bool ws_stream_count(struct ws_stream *session, u64 now_us);

/* A pong has come. */
void ws_stream_heard(struct ws_stream *session, u64 now_us);

/* Does what a text message says and writes the answer (JSON, at most WS_STREAM_ANSWER_BYTES, with a
 * NUL). `room` has params_max of WS_STREAM_NAMES_MAX and text_bytes of the message. Returns its
 * size. */
size_t ws_stream_message(struct ws_stream *session, struct stream_hub *hub, struct span text,
                         const struct ws_room *room, char answer_out[WS_STREAM_ANSWER_BYTES]);

/* The event that tells of a shutdown. Returns its size. */
size_t ws_stream_shutdown(const struct ws_stream *session, u64 venue_us,
                          char text_out[WS_STREAM_TEXT_BYTES]);

/* ---- time ---- */

enum ws_stream_act {
    WS_STREAM_WAIT,
    WS_STREAM_PING,   /* send a ping */
    WS_STREAM_SILENT, /* no pong in time: close with FRAME_CODE_POLICY */
    WS_STREAM_OLD,    /* a day has passed: close with FRAME_CODE_GOING_AWAY */
};

/* What is due; ask again after *after_us_out at the latest. */
enum ws_stream_act ws_stream_due(struct ws_stream *session, u64 now_us, u64 *after_us_out);

#endif /* ROLE_GATEWAY_WS_STREAM_H */
