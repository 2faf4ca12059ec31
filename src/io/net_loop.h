/* The loop on the machine's sockets: what is behind io/net.h in a running gateway. libuv polls;
 * sockets are read and written directly, so an idle connection costs about 300 bytes and nothing
 * of it is allocated after opening (OpenSSL's sessions are the exception).
 *
 * One turn reads at most NET_INPUT_BYTES_MAX of each connection, accepts at most
 * NET_LOOP_ACCEPTS_MAX of each listener and writes at most NET_LOOP_WRITE_BYTES_MAX to each, so no
 * connection starves the others. When descriptors run out, a reserve lets the next connection be
 * accepted and closed at once, so that it does not wait in vain.
 *
 * After net_shut_flushed and the last byte, the sending side is closed, and what still comes is
 * dropped for a while: closing a socket with unread bytes would make the system take back what the
 * peer has not read yet. */
#ifndef IO_NET_LOOP_H
#define IO_NET_LOOP_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/net.h"
#include "io/tls.h"

#define NET_LOOP_CONNECTIONS_MAX  (1U << 20)
#define NET_LOOP_ACCEPTS_MAX      64U
#define NET_LOOP_WRITE_BYTES_MAX  (1U << 20)
#define NET_LOOP_LINGER_BYTES_MAX (1U << 20) /* dropped after the end */
#define NET_LOOP_REST_MS          100U       /* of a listener without descriptors or memory */

struct net_loop;

/* The pool, the handler's table and the clock outlive the loop. */
struct net_loop_options {
    struct net_pool *pool;
    const struct net_handler *handler;
    void *context;         /* for accept, prepare and tick */
    struct clock *clock;   /* NULL: the machine's */
    u32 connections_max;   /* 1 .. NET_LOOP_CONNECTIONS_MAX; more are accepted and closed */
    u32 queue_bytes_max;   /* see net_bound */
    u32 queue_count_max;   /* 1 .. 65535 */
    u32 references_max;    /* of all queues together; 0: 64 a connection, at least 65536 */
    u32 tick_ms;           /* 0: no ticks */
    u32 shut_ms;           /* after net_shut_flushed, at most; at least 1 */
    u32 handshake_ms;      /* of TLS, at most; at least 1 */
    u32 send_buffer_bytes; /* of each socket, in the system; 0: as the system likes */
    bool wipes_input;      /* what `input` was given is wiped behind it */
};

#define NET_LOOP_OPTIONS_DEFAULT                            \
    ((struct net_loop_options){.connections_max = 10000,    \
                               .queue_bytes_max = 1U << 20, \
                               .queue_count_max = 4096,     \
                               .tick_ms = 1000,             \
                               .shut_ms = 2000,             \
                               .handshake_ms = 10000})

struct net_listen_options {
    const char *address;    /* "127.0.0.1", "::1"; "::" takes IPv4 too; NULL with a descriptor */
    u16 port;               /* 0: any free one */
    int descriptor;         /* -1, or a listening stream socket, which is taken in any case */
    u32 number;             /* comes back as net_arrival.listener */
    struct tls_server *tls; /* NULL: plain; outlives the loop */
    u32 backlog;            /* 0: as many as the system allows */
};

/* FAULT_CONFIG for impossible options, FAULT_LIMIT without memory. Raises the process's soft limit
 * of descriptors as far as connections_max wants and the hard one allows. Sockets are written
 * without SIGPIPE. */
MUST_USE enum fault net_loop_open(struct net_loop **loop_out,
                                  const struct net_loop_options *options);

/* Ends all connections with NET_END_SHUTDOWN and `closed`, and gives everything back. */
void net_loop_close(struct net_loop *loop);

struct net *net_loop_net(struct net_loop *loop);

/* Begins to accept, from the next turn on. The port that it has stands in *port_out (may be NULL;
 * 0 of a local socket). FAULT_CONFIG: the address is none; FAULT_LIMIT: NET_LISTENERS_MAX. */
MUST_USE enum fault net_loop_listen(struct net_loop *loop, const struct net_listen_options *options,
                                    u16 *port_out);

/* Bytes of a connection in our own memory, idle and without TLS. */
u64 net_loop_connection_bytes(void);

#endif /* IO_NET_LOOP_H */
