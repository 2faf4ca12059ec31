#include "base/secret.h"
#include "io/net_inner.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    PIECES_MAX = 64,         /* buffers of one write */
    GATHER_BYTES_MAX = 2048, /* several buffers of fewer bytes are copied into one */
};

/* ---- lists ---- */

static void dirty_push(struct net_loop *loop, struct conn *conn)
{
    if (conn->is_dirty) {
        return;
    }
    u32 index = conn_index(loop, conn);
    conn->is_dirty = true;
    conn->dirty_next = NET_NONE;
    if (loop->dirty_first == NET_NONE) {
        loop->dirty_first = index;
    } else {
        loop->conns[loop->dirty_last].dirty_next = index;
    }
    loop->dirty_last = index;
}

static void resumed_push(struct net_loop *loop, struct conn *conn)
{
    if (conn->is_resumed) {
        return;
    }
    u32 index = conn_index(loop, conn);
    conn->is_resumed = true;
    conn->resumed_next = NET_NONE;
    if (loop->resumed_first == NET_NONE) {
        loop->resumed_first = index;
    } else {
        loop->conns[loop->resumed_last].resumed_next = index;
    }
    loop->resumed_last = index;
}

static void ended_push(struct net_loop *loop, struct conn *conn)
{
    u32 index = conn_index(loop, conn);
    conn->ended_next = NET_NONE;
    if (loop->ended_first == NET_NONE) {
        loop->ended_first = index;
    } else {
        loop->conns[loop->ended_last].ended_next = index;
    }
    loop->ended_last = index;
}

/* ---- the queue ---- */

static u32 reference_take(struct net_loop *loop)
{
    u32 index = loop->reference_free;
    if (index != NET_NONE) {
        loop->reference_free = loop->references[index].next;
    } else if (loop->references_touched < loop->references_count) {
        index = loop->references_touched++;
    }
    return index;
}

static bool queue_push(struct net_loop *loop, struct conn *conn, struct net_buffer *buffer)
{
    u32 index = reference_take(loop);
    if (index == NET_NONE) {
        return false;
    }
    net_buffer_hold(buffer);
    loop->references[index] = (struct reference){.buffer = buffer, .next = NET_NONE};
    if (conn->queue_count == 0) {
        conn->queue_first = index;
        conn->queue_offset = 0;
    } else {
        loop->references[conn->queue_last].next = index;
    }
    conn->queue_last = index;
    conn->queue_count++;
    conn->queue_bytes += buffer->size;
    loop->net.counts.queue_bytes += buffer->size;
    return true;
}

static void queue_pop(struct net_loop *loop, struct conn *conn)
{
    u32 index = conn->queue_first;
    struct reference *reference = &loop->references[index];
    struct net_buffer *buffer = reference->buffer;
    u64 left = buffer->size - conn->queue_offset;
    CHECK(conn->queue_count > 0 && conn->queue_bytes >= left);
    conn->queue_first = reference->next;
    conn->queue_offset = 0;
    conn->queue_count--;
    conn->queue_bytes -= left;
    loop->net.counts.queue_bytes -= left;
    *reference = (struct reference){.buffer = NULL, .next = loop->reference_free};
    loop->reference_free = index;
    net_buffer_release(buffer);
}

static void queue_drop(struct net_loop *loop, struct conn *conn)
{
    while (conn->queue_count > 0) {
        queue_pop(loop, conn);
    }
    CHECK(conn->queue_bytes == 0);
}

/* The first `size` bytes are out. */
static void queue_consume(struct net_loop *loop, struct conn *conn, u64 size)
{
    CHECK(size <= conn->queue_bytes);
    while (size > 0) {
        u64 left = loop->references[conn->queue_first].buffer->size - conn->queue_offset;
        if (size < left) {
            conn->queue_offset += (u32)size;
            conn->queue_bytes -= size;
            loop->net.counts.queue_bytes -= size;
            return;
        }
        queue_pop(loop, conn);
        size -= left;
    }
}

/* ---- the life of a slot ---- */

struct conn *conn_take(struct net_loop *loop, int socket)
{
    struct conn *conn = NULL;
    if (loop->conn_free != NET_NONE) {
        conn = &loop->conns[loop->conn_free];
        loop->conn_free = conn->ended_next;
    } else if (loop->conns_touched < loop->conns_count) {
        conn = &loop->conns[loop->conns_touched++];
    } else {
        return NULL;
    }
    CHECK(conn->state == CONN_FREE);
    *conn = (struct conn){.conn = {.net = &loop->net},
                          .socket = socket,
                          .bytes_max = loop->options.queue_bytes_max,
                          .count_max = (u16)loop->options.queue_count_max,
                          .state = CONN_OPEN};
    struct net_counts *counts = &loop->net.counts;
    counts->connections++;
    counts->connections_most = u64_max(counts->connections_most, counts->connections);
    return conn;
}

/* A slot that is still in a list comes back when that has been worked off. */
static void conn_release(struct net_loop *loop, struct conn *conn)
{
    CHECK(conn->state == CONN_CLOSING && conn->socket < 0);
    if (conn->is_dirty || conn->is_resumed) {
        ended_push(loop, conn);
        return;
    }
    conn->state = CONN_FREE;
    conn->ended_next = loop->conn_free;
    loop->conn_free = conn_index(loop, conn);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;
    conn_release(loop_of(conn), conn);
}

void conn_end(struct conn *conn, enum net_end why)
{
    if (conn->state >= CONN_ENDED) {
        return;
    }
    struct net_loop *loop = loop_of(conn);
    CHECK(conn->state != CONN_FREE);
    conn->state = CONN_ENDED;
    conn->why = (u8)why;
    queue_drop(loop, conn);
    net_wheel_clear(&loop->wheel, conn_index(loop, conn));
    if (conn->has_poll) {
        uv_poll_stop(&conn->poll);
    }
    conn->interest = 0;
    ended_push(loop, conn);
}

static void conn_close(struct net_loop *loop, struct conn *conn)
{
    conn->state = CONN_CLOSING;
    if (conn->has_poll) {
        uv_close((uv_handle_t *)&conn->poll, on_handle_closed);
    }
    close(conn->socket);
    conn->socket = -1;
    tls_session_close(conn->tls);
    conn->tls = NULL;
    CHECK(loop->net.counts.connections > 0);
    loop->net.counts.connections--;
    if (conn->conn.user != NULL) {
        CHECK(conn->why < NET_END_COUNT);
        loop->net.counts.ended[conn->why]++;
        loop->handler->closed(conn->conn.user, (enum net_end)conn->why);
    }
    if (!conn->has_poll) {
        conn_release(loop, conn);
    }
}

void conns_close(struct net_loop *loop)
{
    u32 index = loop->ended_first;
    loop->ended_first = NET_NONE;
    while (index != NET_NONE) {
        struct conn *conn = &loop->conns[index];
        index = conn->ended_next;
        loop->events_count++;
        if (conn->state == CONN_ENDED) {
            conn_close(loop, conn);
        } else {
            conn_release(loop, conn);
        }
    }
}

/* ---- polling and deadlines ---- */

static void on_conn(uv_poll_t *poll, int status, int events);

static void conn_poll(struct conn *conn)
{
    u8 wanted = 0;
    if (!conn->is_at_end && !(conn->state == CONN_OPEN && conn->is_paused)) {
        wanted |= UV_READABLE;
    }
    if (conn->is_blocked) {
        wanted |= UV_WRITABLE;
    }
    if (wanted == conn->interest || !conn->has_poll || conn->state >= CONN_ENDED) {
        return;
    }
    conn->interest = wanted;
    int result =
        wanted == 0 ? uv_poll_stop(&conn->poll) : uv_poll_start(&conn->poll, wanted, on_conn);
    CHECK(result == 0);
}

/* The earlier of the two deadlines. */
static void conn_arm(struct net_loop *loop, struct conn *conn)
{
    u64 due = conn->due_ms;
    if (conn->handshake_due_ms != 0) {
        due = due == 0 ? conn->handshake_due_ms : u64_min(due, conn->handshake_due_ms);
    }
    if (due == 0) {
        net_wheel_clear(&loop->wheel, conn_index(loop, conn));
    } else {
        net_wheel_set(&loop->wheel, conn_index(loop, conn), due, loop->now_ms);
    }
}

void conn_begin(struct conn *conn)
{
    struct net_loop *loop = loop_of(conn);
    if (conn->state >= CONN_ENDED) {
        return;
    }
    if (uv_poll_init(&loop->uv, &conn->poll, conn->socket) != 0) {
        conn_end(conn, NET_END_BROKEN);
        return;
    }
    conn->poll.data = conn;
    conn->has_poll = true;
    if (conn->handshake_due_ms != 0) {
        conn_arm(loop, conn);
    }
    conn_poll(conn);
}

void conn_refuse(struct conn *conn)
{
    conn->conn.user = NULL; /* so nobody is told */
    conn_end(conn, NET_END_OURS);
}

void conn_due(struct conn *conn)
{
    struct net_loop *loop = loop_of(conn);
    if (conn->state != CONN_OPEN) {
        conn_end(conn, NET_END_OURS);
        return;
    }
    if (conn->handshake_due_ms != 0 && conn->handshake_due_ms <= loop->now_ms) {
        conn_end(conn, NET_END_TLS);
        return;
    }
    conn->due_ms = 0;
    if (conn->handshake_due_ms != 0) {
        conn_arm(loop, conn);
    }
    if (loop->handler->deadline == NULL) {
        conn_end(conn, NET_END_OURS);
    } else {
        loop->handler->deadline(conn->conn.user);
    }
}

/* ---- writing ---- */

/* How much of the pieces the socket took; 0 when it is blocked or broken. */
static size_t write_pieces(struct net_loop *loop, struct conn *conn, struct iovec *pieces,
                           size_t pieces_count, size_t total)
{
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    ssize_t size = 0;
    if (pieces_count == 1) { /* a frame to many connections: less for the system to look at */
        size = send(conn->socket, pieces[0].iov_base, total, flags);
    } else {
        struct msghdr message = {.msg_iov = pieces, .msg_iovlen = pieces_count};
        size = sendmsg(conn->socket, &message, flags);
    }
    loop->net.counts.writes++;
    loop->events_count++;
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
        conn_end(conn, NET_END_BROKEN);
        return 0;
    }
    size_t done = size < 0 ? 0 : (size_t)size;
    CHECK(done <= total);
    loop->net.counts.output_bytes += done;
    if (done < total) {
        loop->net.counts.writes_partial++;
        conn->is_blocked = true;
        conn_poll(conn);
    }
    return done;
}

/* Up to one record's bytes from the front of the queue. */
static struct span queue_gather(struct net_loop *loop, const struct conn *conn)
{
    size_t size = 0;
    u32 offset = conn->queue_offset;
    for (u32 index = conn->queue_first; index != NET_NONE && size < sizeof(loop->plain);
         index = loop->references[index].next) {
        const struct net_buffer *buffer = loop->references[index].buffer;
        size_t piece = u64_min(buffer->size - offset, sizeof(loop->plain) - size);
        memcpy(loop->plain + size, buffer->data + offset, piece);
        size += piece;
        offset = 0;
    }
    return (struct span){.data = loop->plain, .size = size};
}

/* What is written next, as pieces of at most PIECES_MAX buffers. */
static size_t queue_pieces(struct net_loop *loop, const struct conn *conn, struct iovec *pieces,
                           size_t *total_out)
{
    if (conn->queue_count > 1 && conn->queue_bytes <= GATHER_BYTES_MAX) {
        /* A copy costs less than the system's look at a list. */
        *total_out = queue_gather(loop, conn).size;
        pieces[0] = (struct iovec){.iov_base = loop->plain, .iov_len = *total_out};
        return 1;
    }
    size_t count = 0;
    size_t total = 0;
    u32 offset = conn->queue_offset;
    for (u32 index = conn->queue_first; index != NET_NONE && count < PIECES_MAX;
         index = loop->references[index].next) {
        struct net_buffer *buffer = loop->references[index].buffer;
        pieces[count] =
            (struct iovec){.iov_base = buffer->data + offset, .iov_len = buffer->size - offset};
        total += pieces[count].iov_len;
        count++;
        offset = 0;
    }
    *total_out = total;
    return count;
}

static void flush_plain(struct net_loop *loop, struct conn *conn)
{
    u64 written = 0;
    while (conn->queue_count > 0 && !conn->is_blocked) {
        if (written >= NET_LOOP_WRITE_BYTES_MAX) {
            dirty_push(loop, conn);
            return;
        }
        struct iovec pieces[PIECES_MAX];
        size_t total = 0;
        size_t count = queue_pieces(loop, conn, pieces, &total);
        size_t done = write_pieces(loop, conn, pieces, count, total);
        if (conn->state >= CONN_ENDED) {
            return;
        }
        queue_consume(loop, conn, done);
        written += done;
    }
}

/* What the session has made already; true when all of it is out. */
static bool flush_session(struct net_loop *loop, struct conn *conn)
{
    struct span output = tls_session_output(conn->tls);
    if (output.size > 0) {
        union {
            const u8 *data;
            void *base; /* sendmsg does not write */
        } bytes = {.data = output.data};
        struct iovec piece = {.iov_base = bytes.base, .iov_len = output.size};
        size_t done = write_pieces(loop, conn, &piece, 1, output.size);
        if (conn->state >= CONN_ENDED) {
            return false;
        }
        tls_session_sent(conn->tls, done);
    }
    return !conn->is_blocked;
}

static void flush_tls(struct net_loop *loop, struct conn *conn)
{
    u64 written = 0;
    while (flush_session(loop, conn) && conn->queue_count > 0 && tls_session_is_ready(conn->tls)) {
        if (written >= NET_LOOP_WRITE_BYTES_MAX) {
            dirty_push(loop, conn);
            return;
        }
        struct span plain = queue_gather(loop, conn);
        if (!tls_session_write(conn->tls, plain)) {
            conn_end(conn, NET_END_TLS);
            return;
        }
        queue_consume(loop, conn, plain.size);
        written += plain.size;
    }
}

/* All is written after net_shut_flushed. */
static void conn_linger(struct net_loop *loop, struct conn *conn)
{
    if (conn->tls != NULL) {
        tls_session_end(conn->tls);
        if (!flush_session(loop, conn)) {
            return; /* ended; or blocked, and it goes on from here when the socket takes more */
        }
    }
    if (shutdown(conn->socket, SHUT_WR) != 0 || conn->is_at_end) {
        conn_end(conn, NET_END_OURS);
        return;
    }
    conn->state = CONN_LINGER;
    conn_poll(conn);
}

static void conn_flush(struct net_loop *loop, struct conn *conn)
{
    bool had_output = conn->queue_count > 0;
    if (conn->tls == NULL) {
        flush_plain(loop, conn);
    } else {
        flush_tls(loop, conn);
    }
    if (conn->state >= CONN_ENDED || conn->queue_count > 0 || conn->is_blocked) {
        return;
    }
    if (conn->state == CONN_FLUSHING) {
        conn_linger(loop, conn);
    } else if (had_output && loop->handler->drained != NULL) {
        loop->handler->drained(conn->conn.user);
    }
}

void conns_flush(struct net_loop *loop)
{
    u32 index = loop->dirty_first;
    loop->dirty_first = NET_NONE;
    while (index != NET_NONE) {
        struct conn *conn = &loop->conns[index];
        index = conn->dirty_next;
        if (index != NET_NONE) { /* it comes from memory while this one is written */
            __builtin_prefetch(&loop->conns[index]);
            __builtin_prefetch(&loop->conns[index].state);
        }
        conn->is_dirty = false;
        if (!conn->is_blocked && (conn->state == CONN_OPEN || conn->state == CONN_FLUSHING)) {
            conn_flush(loop, conn);
        }
        if (!conn->is_blocked && (conn->interest & UV_WRITABLE) != 0) {
            conn_poll(conn);
        }
    }
}

/* ---- reading ---- */

static void conn_at_end(struct net_loop *loop, struct conn *conn)
{
    if (conn->is_at_end || conn->state >= CONN_ENDED) {
        return;
    }
    conn->is_at_end = true;
    conn_poll(conn);
    if (conn->state == CONN_LINGER) {
        conn_end(conn, NET_END_OURS);
    } else if (conn->state == CONN_OPEN && loop->handler->end == NULL) {
        conn_end(conn, NET_END_PEER);
    } else if (conn->state == CONN_OPEN) {
        loop->handler->end(conn->conn.user);
    }
}

static void tls_failed(struct net_loop *loop, struct conn *conn)
{
    bool is_out = flush_session(loop, conn); /* the alert, if the socket takes it */
    (void)is_out;
    conn_end(conn, NET_END_TLS);
}

/* Hands on what the session can read, as far as its user takes it. */
static void tls_pump(struct net_loop *loop, struct conn *conn)
{
    bool wants_more = false;
    while (!wants_more && conn->state == CONN_OPEN && !conn->is_paused && !conn->is_at_end) {
        size_t size = 0;
        enum tls_step step = tls_session_read(conn->tls, loop->plain, sizeof(loop->plain), &size);
        switch (step) {
        case TLS_STEP_DATA:
            loop->handler->input(conn->conn.user, (struct span){.data = loop->plain, .size = size});
            if (loop->wipes_input) {
                secret_wipe(loop->plain, size);
            }
            break;
        case TLS_STEP_MORE:
            wants_more = true;
            break;
        case TLS_STEP_END:
            conn_at_end(loop, conn);
            break;
        case TLS_STEP_FAILED:
            tls_failed(loop, conn);
            return;
        }
    }
    if (conn->state >= CONN_ENDED) {
        return;
    }
    if (conn->handshake_due_ms != 0 && tls_session_is_ready(conn->tls)) {
        conn->handshake_due_ms = 0;
        loop->net.counts.tls_handshakes++;
        if (conn->state == CONN_OPEN) {
            conn_arm(loop, conn);
        }
    }
    if (conn->queue_count > 0 || tls_session_output(conn->tls).size > 0) {
        dirty_push(loop, conn);
    }
}

static void conn_take_input(struct net_loop *loop, struct conn *conn, size_t size)
{
    struct span bytes = {.data = loop->input, .size = size};
    loop->net.counts.input_bytes += size;
    if (conn->state != CONN_OPEN) {
        conn->linger_bytes += (u32)size;
        if (conn->linger_bytes > NET_LOOP_LINGER_BYTES_MAX) {
            conn_end(conn, NET_END_OURS);
        }
    } else if (conn->tls == NULL) {
        loop->handler->input(conn->conn.user, bytes);
    } else if (!tls_session_feed(conn->tls, bytes)) {
        conn_end(conn, NET_END_TLS);
    } else {
        tls_pump(loop, conn);
    }
}

static void conn_read(struct net_loop *loop, struct conn *conn)
{
    ssize_t size = read(conn->socket, loop->input, sizeof(loop->input));
    loop->net.counts.reads++;
    if (size > 0) {
        conn_take_input(loop, conn, (size_t)size);
        if (loop->wipes_input) {
            secret_wipe(loop->input, (size_t)size);
        }
    } else if (size == 0) {
        conn_at_end(loop, conn);
    } else if (errno != EAGAIN && errno != EINTR) {
        conn_end(conn, conn->state == CONN_OPEN ? NET_END_BROKEN : NET_END_OURS);
    }
}

static void on_conn(uv_poll_t *poll, int status, int events)
{
    struct conn *conn = poll->data;
    struct net_loop *loop = loop_of(conn);
    loop_happened(loop);
    if (status < 0) {
        conn_end(conn, conn->state == CONN_LINGER ? NET_END_OURS : NET_END_BROKEN);
        return;
    }
    if ((events & UV_WRITABLE) != 0 && conn->is_blocked) {
        conn->is_blocked = false;
        dirty_push(loop, conn);
    }
    if ((events & UV_READABLE) == 0) {
        return;
    }
    if (conn->is_resumed && conn->state == CONN_OPEN && !conn->is_paused) {
        tls_pump(loop, conn); /* what came before goes first, so that it cannot pile up */
    }
    if (conn->state >= CONN_ENDED || conn->is_at_end) {
        return;
    }
    if (conn->state == CONN_OPEN && conn->is_paused) {
        conn_poll(conn); /* only now: most pauses end before anything comes */
    } else {
        conn_read(loop, conn);
    }
}

void conns_resume(struct net_loop *loop)
{
    u32 index = loop->resumed_first;
    loop->resumed_first = NET_NONE;
    while (index != NET_NONE) {
        struct conn *conn = &loop->conns[index];
        index = conn->resumed_next;
        conn->is_resumed = false;
        if (conn->state == CONN_OPEN && !conn->is_paused) {
            loop->events_count++;
            tls_pump(loop, conn);
        }
    }
}

/* ---- what the users call ---- */

static struct conn *conn_of(struct net_conn *handle)
{
    return (struct conn *)(void *)handle;
}

bool conn_send(struct net_conn *handle, struct net_buffer *buffer)
{
    struct conn *conn = conn_of(handle);
    struct net_loop *loop = loop_of(conn);
    if (conn->state != CONN_OPEN) {
        return false;
    }
    CHECK_DEBUG(buffer->size <= buffer->capacity);
    if (buffer->size == 0) {
        return true;
    }
    bool fits = conn->queue_count == 0 || (conn->queue_count < conn->count_max &&
                                           conn->queue_bytes + buffer->size <= conn->bytes_max);
    if (!fits || !queue_push(loop, conn, buffer)) {
        conn_end(conn, NET_END_SLOW);
        return false;
    }
    if (!conn->is_blocked) {
        dirty_push(loop, conn);
    }
    return true;
}

void conn_bound(struct net_conn *handle, u32 bytes_max, u32 count_max)
{
    struct conn *conn = conn_of(handle);
    CHECK(count_max >= 1 && count_max <= UINT16_MAX);
    conn->bytes_max = bytes_max;
    conn->count_max = (u16)count_max;
}

u64 conn_queued(const struct net_conn *handle)
{
    return ((const struct conn *)(const void *)handle)->queue_bytes;
}

void conn_pause(struct net_conn *handle)
{
    conn_of(handle)->is_paused = true;
}

void conn_resume(struct net_conn *handle)
{
    struct conn *conn = conn_of(handle);
    if (!conn->is_paused) {
        return;
    }
    conn->is_paused = false;
    if (conn->state == CONN_OPEN) {
        conn_poll(conn);
        if (conn->tls != NULL) {
            resumed_push(loop_of(conn), conn);
        }
    }
}

void conn_deadline(struct net_conn *handle, u64 after_ms)
{
    struct conn *conn = conn_of(handle);
    struct net_loop *loop = loop_of(conn);
    if (conn->state == CONN_OPEN) {
        conn->due_ms = after_ms == 0 ? 0 : loop->now_ms + u64_min(after_ms, NET_DEADLINE_MS_MAX);
        conn_arm(loop, conn);
    }
}

void conn_shut_now(struct net_conn *handle)
{
    conn_end(conn_of(handle), NET_END_OURS);
}

void conn_shut_flushed(struct net_conn *handle)
{
    struct conn *conn = conn_of(handle);
    struct net_loop *loop = loop_of(conn);
    if (conn->state != CONN_OPEN) {
        return;
    }
    if (conn->tls != NULL && !tls_session_is_ready(conn->tls)) {
        conn_end(conn, NET_END_OURS); /* nothing can be written yet */
        return;
    }
    conn->state = CONN_FLUSHING;
    conn->handshake_due_ms = 0;
    u64 due = loop->now_ms + loop->options.shut_ms;
    conn->due_ms = conn->due_ms == 0 ? due : u64_min(conn->due_ms, due);
    conn_arm(loop, conn);
    conn_poll(conn);
    dirty_push(loop, conn);
}
