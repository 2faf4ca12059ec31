/* Connections as the gateway sees them: callbacks upwards, a few calls downwards, no sockets.
 *
 * This is the seam between the gateway and the world. io/net_loop.h puts libuv and the machine's
 * sockets behind it; the simulator puts its own. What sits above is handed a table of callbacks and
 * calls the functions below; it cannot tell who is behind them.
 *
 *     accept ─▶ input, drained, deadline ... ─▶ end? ─▶ closed
 *
 * One thread. Callbacks come only out of net_run_once and net_close_all, one at a time, and never
 * out of the other functions here: these may be called from any callback, and from outside. Each
 * accepted connection ends with exactly one `closed`, and nothing comes after it; after
 * net_shut_now and net_shut_flushed nothing but `closed` comes. A struct net_conn is valid until
 * its `closed` returns.
 *
 * Input is handed out as it came, from one buffer that all connections share: what is to be kept is
 * copied. Output is references to shared buffers in a queue per connection, written once a turn,
 * many at a time. The queue is bounded: whoever does not read fast enough is cut off and counted.
 */
#ifndef IO_NET_H
#define IO_NET_H

#include "base/base.h"
#include "io/fault.h"
#include "io/net_buffer.h"

#define NET_INPUT_BYTES_MAX 65536U       /* the most that one `input` brings */
#define NET_DEADLINE_MS_MAX (1ULL << 40) /* later ones are moved here */
#define NET_WATCHES_MAX     64U          /* foreign descriptors */
#define NET_LISTENERS_MAX   16U

struct net;
struct net_conn;

/* Why a connection ended. */
enum net_end {
    NET_END_OURS,     /* net_shut_now, or net_shut_flushed and all was written */
    NET_END_PEER,     /* the peer closed, and there is no `end` callback */
    NET_END_BROKEN,   /* reset, or another error of the socket */
    NET_END_SLOW,     /* its output queue exceeded its bounds */
    NET_END_TLS,      /* handshake or record refused */
    NET_END_SHUTDOWN, /* net_close_all */
};
#define NET_END_COUNT 6

/* Where a connection comes from. */
struct net_arrival {
    u8 address[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d; a local socket as all zero */
    u16 port;       /* of the peer; 0 of a local socket */
    bool is_tls;
    u32 listener; /* the number that was given to the listener */
};

/* What sits above. Those marked so may be NULL. */
struct net_handler {
    /* A new connection: returns what is given back as `user` in the other callbacks, or NULL to
     * refuse: the connection is closed without a byte, and `closed` is not called for it. With TLS
     * it comes before the handshake. `arrival` lives until it returns. */
    void *(*accept)(void *context, struct net_conn *conn, const struct net_arrival *arrival);

    /* Bytes came: 1 .. NET_INPUT_BYTES_MAX, valid until it returns. Never while paused. */
    void (*input)(void *user, struct span bytes);

    /* The peer will send nothing more, but may still read. What was asked may be answered; then
     * shut it. NULL: the connection ends with NET_END_PEER. */
    void (*end)(void *user);

    /* All output has been handed to the system: the next piece of something long may be sent. NULL:
     * nobody asks. */
    void (*drained)(void *user);

    /* The time set by net_deadline has passed; there is none now. NULL: NET_END_OURS. */
    void (*deadline)(void *user);

    /* The last callback. */
    void (*closed)(void *user, enum net_end why);

    /* Right before output is written and the loop polls, at least once in every net_run_once:
     * flushes commands, and sends what became known meanwhile. NULL: nothing to do. */
    void (*prepare)(void *context);

    /* Every tick_ms of the options, counted from opening; skipped ones are not repeated. NULL. */
    void (*tick)(void *context);
};

/* Counted since opening, but for the gauges. */
struct net_counts {
    u64 connections; /* gauge: accepted and not closed yet */
    u64 connections_most;
    u64 accepted;
    u64 refused_limit;      /* connections_max reached */
    u64 refused_handler;    /* by the accept callback */
    u64 refused_descriptor; /* none left: closed at once by means of the reserve */
    u64 ended[NET_END_COUNT];
    u64 input_bytes;
    u64 output_bytes;
    u64 reads;
    u64 writes;
    u64 writes_partial; /* the peer's window was full */
    u64 queue_bytes;    /* gauge: output that waits, shared buffers counted for each */
    u64 tls_handshakes;
};

/* What is behind the seam; called through the functions below. */
struct net_ops {
    enum fault (*run)(struct net *net, u64 sleep_us, bool *busy_out);
    enum fault (*watch)(struct net *net, int descriptor, void (*ready)(void *argument),
                        void *argument);
    void (*unwatch)(struct net *net, int descriptor);
    void (*listen_stop)(struct net *net);
    void (*close_all)(struct net *net);
    u64 (*now_ms)(const struct net *net);
    bool (*send)(struct net_conn *conn, struct net_buffer *buffer);
    void (*bound)(struct net_conn *conn, u32 bytes_max, u32 count_max);
    void (*pause)(struct net_conn *conn);
    void (*resume)(struct net_conn *conn);
    void (*deadline)(struct net_conn *conn, u64 after_ms);
    void (*shut_now)(struct net_conn *conn);
    void (*shut_flushed)(struct net_conn *conn);
    u64 (*queued)(const struct net_conn *conn);
};

/* Both are the first member of what is behind. */
struct net {
    const struct net_ops *ops;
    struct net_pool *pool; /* where the buffers for net_send come from */
    struct net_counts counts;
};

struct net_conn {
    struct net *net;
    void *user;
};

/* ---- the loop ---- */

/* One turn: prepare, write, look what is ready (after sleeping for at most sleep_us until something
 * is; 0: without waiting), callbacks, prepare, write. *busy_out: anything was ready, passed or
 * ended. A sleep is rounded up to whole milliseconds. A fault is one of polling itself; what a
 * single connection meets is its own end. CHECK: not from a callback. */
MUST_USE static inline enum fault net_run_once(struct net *net, u64 sleep_us, bool *busy_out)
{
    return net->ops->run(net, sleep_us, busy_out);
}

/* Wakes net_run_once when `descriptor` can be read, and calls `ready` then (NULL: only wakes), in
 * each turn until it can no longer: whoever watches also reads it empty. For channels: watch their
 * `wake`, and sleep only after channel_poll_begin. The descriptor stays the caller's, and is open
 * until unwatched. FAULT_LIMIT beyond NET_WATCHES_MAX. */
MUST_USE static inline enum fault net_watch(struct net *net, int descriptor,
                                            void (*ready)(void *argument), void *argument)
{
    return net->ops->watch(net, descriptor, ready, argument);
}

/* Of one that is not watched: nothing happens. */
static inline void net_unwatch(struct net *net, int descriptor)
{
    net->ops->unwatch(net, descriptor);
}

/* Accepts no more, for good; connections stay. */
static inline void net_listen_stop(struct net *net)
{
    net->ops->listen_stop(net);
}

/* Ends all connections at once, with their `closed`. CHECK: not from a callback. */
static inline void net_close_all(struct net *net)
{
    net->ops->close_all(net);
}

/* Milliseconds of a clock that never goes back, as of the beginning of this turn's callbacks. */
static inline u64 net_now_ms(const struct net *net)
{
    return net->ops->now_ms(net);
}

/* ---- a connection ---- */

/* Queues a reference of its own to the buffer; the caller keeps theirs, and changes the bytes no
 * more. Written before the loop polls again. False, and nothing queued, when the connection is
 * being shut or ended, or is cut off by this: its queue, not empty, would exceed its bounds, or the
 * references of all queues are used up. An empty buffer is nothing, and true. */
static inline bool net_send(struct net_conn *conn, struct net_buffer *buffer)
{
    return conn->net->ops->send(conn, buffer);
}

/* Queues the buffer and gives up the caller's reference, whatever the result. */
static inline bool net_send_last(struct net_conn *conn, struct net_buffer *buffer)
{
    bool is_queued = conn->net->ops->send(conn, buffer);
    net_buffer_release(buffer);
    return is_queued;
}

/* Copies the bytes into a buffer of their own and queues that. False as net_send, and when the pool
 * is exhausted; then the connection is as it was. */
static inline bool net_send_copy(struct net_conn *conn, struct span bytes)
{
    struct net_buffer *buffer = net_buffer_copy(conn->net->pool, bytes);
    return buffer != NULL && net_send_last(conn, buffer);
}

/* Other bounds of the queue than those of the options: bytes and buffers that may wait. One buffer
 * may always. count_max is at most 65535. */
static inline void net_bound(struct net_conn *conn, u32 bytes_max, u32 count_max)
{
    conn->net->ops->bound(conn, bytes_max, count_max);
}

/* Bytes that wait in the queue. */
static inline u64 net_queued(const struct net_conn *conn)
{
    return conn->net->ops->queued(conn);
}

/* No `input` and no `end` until net_resume: while a request is being answered. The peer is held
 * back by the system's buffers. Either is cheap, and idempotent. */
static inline void net_pause(struct net_conn *conn)
{
    conn->net->ops->pause(conn);
}

static inline void net_resume(struct net_conn *conn)
{
    conn->net->ops->resume(conn);
}

/* `deadline` comes once, after_ms from net_now_ms, or up to 128 ms later. One per connection:
 * another replaces it, 0 removes it. Cheap enough for every request. */
static inline void net_deadline(struct net_conn *conn, u64 after_ms)
{
    conn->net->ops->deadline(conn, after_ms);
}

/* Ends it without writing what is queued; `closed` follows within the turn or the next. */
static inline void net_shut_now(struct net_conn *conn)
{
    conn->net->ops->shut_now(conn);
}

/* Writes what is queued, then ends it; no more input and no other callback than `closed`. A peer
 * that does not read is waited for until the deadline, or for some seconds (an option of what is
 * behind the seam), whichever is earlier. */
static inline void net_shut_flushed(struct net_conn *conn)
{
    conn->net->ops->shut_flushed(conn);
}

#endif /* IO_NET_H */
