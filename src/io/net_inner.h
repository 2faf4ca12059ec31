/* What the files of the loop share: its connections, queues and lists. Only net_loop.c, net_conn.c
 * and net_listen.c include this.
 *
 * A connection is in at most one place of each list, by index. What a callback or a call outside
 * asks for is noted in a list and done at the end of the turn: so nothing is freed under anybody's
 * feet. */
#ifndef IO_NET_INNER_H
#define IO_NET_INNER_H

#include "base/base.h"
#include "base/check.h"
#include "io/net_loop.h"
#include "io/net_wheel.h"

#include <uv.h>

#define NET_NONE UINT32_MAX

enum conn_state {
    CONN_FREE,
    CONN_OPEN,
    CONN_FLUSHING, /* net_shut_flushed: until the queue is empty */
    CONN_LINGER,   /* all is written and our side closed: what comes is dropped */
    CONN_ENDED,    /* in the list of the ended: `closed` is due */
    CONN_CLOSING,  /* until libuv lets go of the handle */
};

/* What is used for each frame sent lies together; libuv's part, which is not, comes last. */
struct conn {
    struct net_conn conn;
    struct tls_session *tls;
    u64 queue_bytes;
    int socket;      /* -1: closed */
    u32 queue_first; /* references, NET_NONE: empty */
    u32 queue_last;
    u32 queue_offset; /* of the first buffer, written already */
    u32 bytes_max;
    u32 dirty_next;
    u16 queue_count;
    u16 count_max;
    u8 state;    /* enum conn_state */
    u8 why;      /* enum net_end */
    u8 interest; /* what is polled for: UV_READABLE, UV_WRITABLE */
    bool has_poll;
    bool is_paused;
    bool is_at_end;  /* the peer sends nothing more */
    bool is_blocked; /* the socket takes nothing more: waits for UV_WRITABLE */
    bool is_dirty;
    bool is_resumed;
    bool is_local; /* no TCP */
    u32 linger_bytes;
    u32 resumed_next;
    u32 ended_next;       /* also of the free ones */
    u64 handshake_due_ms; /* 0: none, or done */
    u64 due_ms;           /* by net_deadline; 0: none */
    uv_poll_t poll;
};

struct reference {
    struct net_buffer *buffer;
    u32 next;
};

struct listener {
    uv_poll_t poll;
    struct net_loop *loop;
    struct tls_server *tls;
    u64 rest_until_ms; /* 0: accepting */
    int socket;        /* -1: closed, or never open */
    u32 number;
    bool is_local;
};

struct watch {
    uv_poll_t poll;
    struct net_loop *loop;
    void (*ready)(void *argument);
    void *argument;
    int descriptor; /* -1: free, or closing */
    bool has_handle;
};

struct net_loop {
    struct net net;
    const struct net_handler *handler;
    void *context;
    struct clock *clock;
    struct net_loop_options options;
    u64 now_ms;
    u64 tick_due_ms;
    u64 events_count; /* grows with whatever happens */
    bool is_inside;   /* of run: callbacks may come */
    bool is_now_old;  /* it has slept since now_ms was read */
    uv_loop_t uv;
    uv_timer_t sleep;
    struct conn *conns;
    u64 conns_bytes;
    u32 conns_count;
    u32 conns_touched; /* those beyond have never been used */
    u32 conn_free;
    u32 dirty_first;
    u32 dirty_last;
    u32 resumed_first;
    u32 resumed_last;
    u32 ended_first;
    u32 ended_last;
    struct reference *references;
    u64 references_bytes;
    u32 references_count;
    u32 references_touched;
    u32 reference_free;
    struct net_wheel_entry *entries;
    u64 entries_bytes;
    struct net_wheel wheel;
    int reserve; /* a descriptor to give up when there are no others; -1: not there */
    struct listener listeners[NET_LISTENERS_MAX];
    u32 listeners_count;
    struct watch watches[NET_WATCHES_MAX];
    bool wipes_input;
    u8 input[NET_INPUT_BYTES_MAX];
    u8 plain[TLS_RECORD_BYTES_MAX];
};

ALWAYS_INLINE struct net_loop *loop_of(const struct conn *conn)
{
    return (struct net_loop *)(void *)conn->conn.net;
}

ALWAYS_INLINE void loop_clock_read(struct net_loop *loop)
{
    loop->now_ms = u64_max(loop->now_ms, clock_mono_ns(loop->clock) / 1000000);
    loop->is_now_old = false;
}

/* At the beginning of what libuv calls. */
ALWAYS_INLINE void loop_happened(struct net_loop *loop)
{
    loop->events_count++;
    if (loop->is_now_old) {
        loop_clock_read(loop);
    }
}

ALWAYS_INLINE u32 conn_index(const struct net_loop *loop, const struct conn *conn)
{
    return (u32)(conn - loop->conns);
}

/* ---- net_conn.c ---- */

/* A slot for an accepted socket; NULL when all are taken. conn_begin polls it; conn_refuse gives
 * the slot back, and closes the socket. */
struct conn *conn_take(struct net_loop *loop, int socket);
void conn_begin(struct conn *conn);
void conn_refuse(struct conn *conn);

/* Ends it, once: the queue is dropped, polling stops, `closed` is due. */
void conn_end(struct conn *conn, enum net_end why);

/* Its deadline has passed. */
void conn_due(struct conn *conn);

/* The lists, each worked off once. */
void conns_resume(struct net_loop *loop);
void conns_flush(struct net_loop *loop);
void conns_close(struct net_loop *loop);

bool conn_send(struct net_conn *handle, struct net_buffer *buffer);
void conn_bound(struct net_conn *handle, u32 bytes_max, u32 count_max);
void conn_pause(struct net_conn *handle);
void conn_resume(struct net_conn *handle);
void conn_deadline(struct net_conn *handle, u64 after_ms);
void conn_shut_now(struct net_conn *handle);
void conn_shut_flushed(struct net_conn *handle);
u64 conn_queued(const struct net_conn *handle);

/* ---- net_listen.c ---- */

void listeners_wake(struct net_loop *loop); /* those whose rest is over */
u64 listeners_wait_ms(const struct net_loop *loop);
void listeners_stop(struct net_loop *loop);
int reserve_open(void);

#endif /* IO_NET_INNER_H */
