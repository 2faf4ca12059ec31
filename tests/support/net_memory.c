#include "tests/support/net_memory.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define POOL_BYTES  (16ULL << 20)
#define BLOCK_BYTES (1ULL << 18)

static struct net_memory *memory_of(struct net *net)
{
    return (struct net_memory *)net;
}

static struct net_memory_conn *place_of(struct net_conn *conn)
{
    return (struct net_memory_conn *)conn;
}

/* Once what was called from above or outside has returned. */
static void conn_settle(struct net_memory_conn *conn, enum net_end why)
{
    if (conn->is_open && conn->is_shut) {
        conn->is_open = false;
        memory_of(conn->conn.net)->handler->closed(conn->conn.user, why);
    }
}

/* ---- what sits above calls ---- */

static enum fault memory_run(struct net *net, u64 sleep_us, bool *busy_out)
{
    (void)net;
    (void)sleep_us;
    *busy_out = false;
    return FAULT_NONE;
}

static void memory_close_all(struct net *net)
{
    for (u32 i = 0; i < NET_MEMORY_CONNECTIONS_MAX; i += 1) {
        struct net_memory_conn *conn = &memory_of(net)->conns[i];
        conn->is_shut = conn->is_open;
        conn_settle(conn, NET_END_SHUTDOWN);
    }
}

static u64 memory_now_ms(const struct net *net)
{
    return ((const struct net_memory *)net)->now_ms;
}

static bool memory_send(struct net_conn *conn, struct net_buffer *buffer)
{
    struct net_memory_conn *place = place_of(conn);
    if (!place->is_open || place->is_shut) {
        return false;
    }
    CHECK(buffer->size <= NET_MEMORY_SENT_BYTES - place->sent_bytes);
    memcpy(place->sent + place->sent_bytes, buffer->data, buffer->size);
    place->sent_bytes += buffer->size;
    return true;
}

static void memory_deadline(struct net_conn *conn, u64 after_ms)
{
    place_of(conn)->deadline_ms =
        after_ms == 0 ? UINT64_MAX : memory_of(conn->net)->now_ms + after_ms;
}

static void memory_shut(struct net_conn *conn)
{
    place_of(conn)->is_shut = true;
}

static u64 memory_queued(const struct net_conn *conn)
{
    (void)conn;
    return 0;
}

/* The rest is not called by anybody whom this network serves. */
static const struct net_ops ops = {.run = memory_run,
                                   .watch = NULL,
                                   .unwatch = NULL,
                                   .listen_stop = NULL,
                                   .close_all = memory_close_all,
                                   .now_ms = memory_now_ms,
                                   .send = memory_send,
                                   .bound = NULL,
                                   .pause = NULL,
                                   .resume = NULL,
                                   .deadline = memory_deadline,
                                   .shut_now = memory_shut,
                                   .shut_flushed = memory_shut,
                                   .queued = memory_queued};

/* ---- what the test calls ---- */

void net_memory_open(struct net_memory *memory, const struct net_handler *handler, void *context)
{
    memset(memory, 0, sizeof(*memory));
    CHECK(net_pool_open(&memory->pool, POOL_BYTES, BLOCK_BYTES) == FAULT_NONE);
    memory->net.ops = &ops;
    memory->net.pool = &memory->pool;
    memory->handler = handler;
    memory->context = context;
}

void net_memory_close(struct net_memory *memory)
{
    memory_close_all(&memory->net);
    net_pool_close(&memory->pool);
    for (u32 i = 0; i < NET_MEMORY_CONNECTIONS_MAX; i += 1) {
        free(memory->conns[i].sent);
        memory->conns[i].sent = NULL;
    }
}

i32 net_memory_connect(struct net_memory *memory)
{
    const struct net_arrival arrival = {.port = 1};
    u32 place = 0;
    while (place < NET_MEMORY_CONNECTIONS_MAX && memory->conns[place].is_open) {
        place += 1;
    }
    CHECK(place < NET_MEMORY_CONNECTIONS_MAX);
    struct net_memory_conn *conn = &memory->conns[place];
    conn->sent = conn->sent == NULL ? malloc(NET_MEMORY_SENT_BYTES) : conn->sent;
    CHECK(conn->sent != NULL);
    conn->conn.net = &memory->net;
    conn->is_open = true;
    conn->is_shut = false;
    conn->deadline_ms = UINT64_MAX;
    conn->sent_bytes = 0;
    conn->conn.user = memory->handler->accept(memory->context, &conn->conn, &arrival);
    if (conn->conn.user == NULL) {
        conn->is_open = false;
        return -1;
    }
    conn_settle(conn, NET_END_OURS);
    return (i32)place;
}

bool net_memory_give(struct net_memory *memory, i32 place, struct span bytes, size_t piece)
{
    struct net_memory_conn *conn = &memory->conns[place];
    CHECK(piece > 0 && piece <= sizeof(memory->input));
    while (bytes.size > 0 && conn->is_open) {
        size_t size = bytes.size < piece ? bytes.size : piece;
        memcpy(memory->input, bytes.data, size);
        memory->handler->input(conn->conn.user, span_of(memory->input, size));
        conn_settle(conn, NET_END_OURS);
        bytes = span_after(bytes, size);
    }
    return conn->is_open;
}

void net_memory_leave(struct net_memory *memory, i32 place)
{
    memory->conns[place].is_shut = true;
    conn_settle(&memory->conns[place], NET_END_PEER);
}

void net_memory_wait(struct net_memory *memory, u64 ms)
{
    memory->now_ms += ms;
    for (u32 i = 0; i < NET_MEMORY_CONNECTIONS_MAX; i += 1) {
        struct net_memory_conn *conn = &memory->conns[i];
        if (!conn->is_open || conn->deadline_ms > memory->now_ms) {
            continue;
        }
        conn->deadline_ms = UINT64_MAX;
        if (memory->handler->deadline != NULL) {
            memory->handler->deadline(conn->conn.user);
        } else {
            conn->is_shut = true;
        }
        conn_settle(conn, NET_END_OURS);
    }
}

bool net_memory_is_open(const struct net_memory *memory, i32 place)
{
    return memory->conns[place].is_open;
}

struct span net_memory_sent(const struct net_memory *memory, i32 place)
{
    return span_of(memory->conns[place].sent, memory->conns[place].sent_bytes);
}
