/* A network in memory for what sits above io/net.h, without the simulator: a test says what comes,
 * in which pieces, and looks at what was sent. One thread, nothing random, no time of its own.
 *
 *     net_memory_connect ─▶ accept    net_memory_give ─▶ input    net_memory_wait ─▶ deadline
 *     net_memory_leave, or a shut from above ─▶ closed, before the call returns */
#ifndef TESTS_SUPPORT_NET_MEMORY_H
#define TESTS_SUPPORT_NET_MEMORY_H

#include "base/span.h"
#include "io/net.h"

#define NET_MEMORY_CONNECTIONS_MAX 64U
#define NET_MEMORY_SENT_BYTES      (1U << 20) /* of each connection; CHECK beyond */

struct net_memory_conn {
    struct net_conn conn;
    bool is_open;
    bool is_shut; /* from above: `closed` follows */
    u64 deadline_ms;
    size_t sent_bytes;
    u8 *sent; /* what came out; stays until the place is taken again */
};

struct net_memory {
    struct net net;
    struct net_pool pool;
    const struct net_handler *handler;
    void *context; /* of accept */
    u64 now_ms;
    u8 input[NET_INPUT_BYTES_MAX]; /* what `input` is given lies here */
    struct net_memory_conn conns[NET_MEMORY_CONNECTIONS_MAX];
};

/* The context may be set later, before somebody connects. */
void net_memory_open(struct net_memory *memory, const struct net_handler *handler, void *context);
void net_memory_close(struct net_memory *memory);

/* The place of a new connection; -1: it was closed at once. */
i32 net_memory_connect(struct net_memory *memory);
/* Bytes for it, in pieces of `piece` bytes; false: it has ended (before, or by this). */
bool net_memory_give(struct net_memory *memory, i32 place, struct span bytes, size_t piece);
/* Its peer goes away. */
void net_memory_leave(struct net_memory *memory, i32 place);
/* Time passes. */
void net_memory_wait(struct net_memory *memory, u64 ms);

bool net_memory_is_open(const struct net_memory *memory, i32 place);
/* All that was sent over it. */
struct span net_memory_sent(const struct net_memory *memory, i32 place);

#endif /* TESTS_SUPPORT_NET_MEMORY_H */
