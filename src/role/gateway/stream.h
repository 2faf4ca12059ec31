/* Market streams: who listens to what, and what they are told when.
 *
 * The hub stands between the view and the connections. Whoever drives the gateway calls
 * stream_command behind each command of the feed, stream_turn behind each turn of the feed, and
 * stream_tick ten times a second; the hub looks into the view and hands whole frames to its sink.
 * A message is written as JSON once for each unit of time, wrapped once for combined streams, and
 * framed once plain and once compressed, each only if somebody wants it so; all who do share the
 * bytes (io/net_buffer.h).
 *
 *     trades                 behind their command      book tickers    behind the feed's turn
 *     depth, partial depth   each 100 ms or 1 s        tickers, prices each 1 s
 *     klines                 each 1 s or 2 s, and one last time when they have ended
 *
 * Except for depth and trades, a stream says nothing while nothing has changed; a new subscriber of
 * one market's stream is told at the next occasion what there is. Depth names every update id of
 * the market's counter: U is one more than the last u, also when no quantity has changed, and a
 * window is sent before its time when the view would forget its changes. docs/streams.md
 *
 * One thread. All memory comes from one arena at open. */
#ifndef ROLE_GATEWAY_STREAM_H
#define ROLE_GATEWAY_STREAM_H

#include "base/arena.h"
#include "io/net_buffer.h"
#include "role/gateway/frame.h"
#include "role/gateway/stream_name.h"
#include "role/gateway/view.h"

#define STREAM_PER_CLIENT_MAX 1024U /* API web-socket-streams.md "WebSocket Limits" */

struct stream_hub;

/* How a client wants its messages. */
#define STREAM_MICROSECONDS 1U
#define STREAM_COMBINED     2U /* {"stream": ..., "data": ...} */
#define STREAM_DEFLATE      4U /* permessage-deflate was agreed on */
#define STREAM_KINDS        8U

/* One connection's subscriptions: lives in whatever stands for the connection, and stays where it
 * is until stream_leave. All zero is the beginning; `flags` may be set at any time, the rest is the
 * hub's. */
struct stream_client {
    u32 first; /* in the order of subscribing */
    u32 last;
    u16 count;
    u8 flags;
};

/* Called out of the hub's functions; may not call the hub. */
struct stream_sink {
    /* Queues one more reference to the frame; the hub's own reference is given up afterwards. */
    void (*send)(struct stream_sink *sink, struct stream_client *client, struct net_buffer *frame);
    /* A message for it found no memory: the connection must end, or it would miss something. */
    void (*lost)(struct stream_sink *sink, struct stream_client *client);
};

struct stream_config {
    u32 markets_max;       /* of the view's limits */
    u32 subscriptions_max; /* of all clients */
    u32 changes_max;       /* the view's */
};

/* Bytes stream_hub_open takes from the arena; 0: a number is 0 or too large. */
MUST_USE size_t stream_hub_footprint(const struct stream_config *config);

/* Sink, codec and pool stay the caller's, and outlive the hub. FAULT_CONFIG, FAULT_LIMIT. */
MUST_USE enum fault stream_hub_open(struct stream_hub **hub_out, const struct stream_config *config,
                                    struct stream_sink *sink, struct frame_codec *codec,
                                    struct net_pool *pool, struct arena *arena);

/* The view from here on; another one than before makes every stream begin anew: its next depth
 * event does not follow the last one, so that clients fetch the depth again. */
void stream_hub_view(struct stream_hub *hub, struct view *view);

/* ---- subscriptions ---- */

/* The number of the stream; 0: there is no such market. It stays what it is. */
u32 stream_find(const struct stream_hub *hub, const struct stream_name *name);

enum stream_result {
    STREAM_DONE,
    STREAM_TOO_MANY, /* more than STREAM_PER_CLIENT_MAX: nothing was done */
    STREAM_NO_ROOM,  /* subscriptions_max is reached: nothing was done */
};

/* Adds those that the client does not have yet; 0 among them is passed over. */
MUST_USE enum stream_result stream_subscribe(struct stream_hub *hub, struct stream_client *client,
                                             const u32 *streams, u32 count);
void stream_unsubscribe(struct stream_hub *hub, struct stream_client *client, const u32 *streams,
                        u32 count);
/* Of a connection that has ended. */
void stream_leave(struct stream_hub *hub, struct stream_client *client);

/* The names of its subscriptions, one a call: *cursor begins as 0. False at the end. */
bool stream_list(const struct stream_hub *hub, const struct stream_client *client, u32 *cursor,
                 char name_out[STREAM_NAME_BYTES_MAX]);

/* ---- what happens ---- */

/* Behind a command whose `events` the view has taken, before it takes those of the next one. now_us
 * is the gateway's clock, here and below. */
void stream_command(struct stream_hub *hub, struct span events, u64 now_us);
/* Behind several commands, before others are waited for. */
void stream_turn(struct stream_hub *hub, u64 now_us);
/* At least each 100 ms; more often does no harm. */
void stream_tick(struct stream_hub *hub, u64 now_us);

/* Counted since opening. */
struct stream_counts {
    u64 subscriptions; /* gauge */
    u64 messages;      /* frames times receivers */
    u64 frames;        /* written and framed */
    u64 lost;
    u64 gaps; /* depth windows that the view had forgotten */
};
struct stream_counts stream_counts(const struct stream_hub *hub);

#endif /* ROLE_GATEWAY_STREAM_H */
