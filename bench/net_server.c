/* What io/net_loop costs by itself: the same fixed answer as bare_server, over the gateway's
 * network layer, and frames to whoever upgraded, over shared buffers.
 *
 *     net_server [--port N] [--rate N] [--frame BYTES] [--connections N]
 *
 *     --port N         0, the default: any free one; "port N" is printed when it listens
 *     --rate N         events a second; each is one frame to every WebSocket. 0: none
 *     --frame BYTES    of an event, 150 if not said
 *     --connections N  at most, 10,100 if not said
 *
 * Listens on 127.0.0.1 until SIGTERM or SIGINT. */
#include "base/span.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/net_loop.h"
#include "wire/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES = 1024, FRAME_BYTES_MAX = 4096, SLEEP_US = 1000, EVENTS_AT_ONCE = 64 };

#define POOL_BYTES  (64ULL << 20)
#define BLOCK_BYTES (1ULL << 16)

#define SWITCHING                                            \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket" \
    "\r\nConnection: Upgrade\r\n\r\n"

struct session {
    struct net_conn *conn;
    struct http_reader reader;
    u32 place; /* among the sockets, UINT32_MAX: none */
    u32 kept;
    struct session *next; /* of the free ones */
    u8 input[INPUT_BYTES];
};

struct server {
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct net_buffer *answer;
    struct session *sessions;
    struct session *free;
    struct session **sockets;
    u32 sockets_count;
    u32 rate;
    u32 frame_bytes;
    u32 connections;
    u64 begin_ns;
    u64 events_count;
    struct agent_requests requests;
};

static struct server server;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        (void)fprintf(stderr, "net_server: %s\n", fault_text());
        exit(fault_exit_code(fault));
    }
}

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    (void)context;
    (void)arrival;
    struct session *session = server.free;
    if (session != NULL) {
        server.free = session->next;
        session->conn = conn;
        session->reader = (struct http_reader){0};
        session->place = UINT32_MAX;
        session->kept = 0;
    }
    return session;
}

static void on_request(struct session *session, const struct http_request *request)
{
    if (!request->upgrade) {
        (void)net_send(session->conn, server.answer);
        return;
    }
    if (net_send_copy(session->conn, span_of_text(SWITCHING)) && session->place == UINT32_MAX) {
        session->place = server.sockets_count;
        server.sockets[server.sockets_count++] = session;
    }
}

static void on_input(void *user, struct span bytes)
{
    struct session *session = user;
    if (session->place != UINT32_MAX) {
        return; /* pongs */
    }
    if (!span_copy(bytes, session->input + session->kept, INPUT_BYTES - session->kept)) {
        net_shut_now(session->conn);
        return;
    }
    session->kept += (u32)bytes.size;
    u32 taken = 0;
    for (u32 i = 0; i < INPUT_BYTES && taken < session->kept; i++) {
        struct http_request request;
        enum http_progress progress =
            http_read(&session->reader, &HTTP_LIMITS_DEFAULT,
                      span_of(session->input + taken, session->kept - taken), &request);
        if (progress == HTTP_READ_REFUSED) {
            net_shut_now(session->conn);
            return;
        }
        if (progress != HTTP_READ_WHOLE) {
            break;
        }
        on_request(session, &request);
        taken += http_next(&session->reader);
    }
    session->kept -= taken;
    memmove(session->input, session->input + taken, session->kept);
}

static void on_closed(void *user, enum net_end why)
{
    (void)why;
    struct session *session = user;
    if (session->place != UINT32_MAX) {
        struct session *last = server.sockets[--server.sockets_count];
        server.sockets[session->place] = last;
        last->place = session->place;
    }
    session->next = server.free;
    server.free = session;
}

/* One frame, written once, to all: with the time where a subscriber looks for it. */
static void event_send(void)
{
    struct net_buffer *buffer = net_buffer_take(&server.pool, FRAME_BYTES_MAX);
    if (buffer == NULL) {
        return;
    }
    u8 *data = buffer->data;
    u32 size = server.frame_bytes;
    data[0] = 0x81;
    data[1] = 126;
    data[2] = (u8)(size >> 8);
    data[3] = (u8)size;
    memset(data + 4, ' ', size);
    int written = snprintf((char *)data + 4, size, "{\"e\":\"trade\",\"E\":%llu,\"x\":\"",
                           (unsigned long long)clock_wall_us(clock_real()));
    if (written > 0 && (u32)written < size) {
        data[4 + written] = ' ';
    }
    net_buffer_trim(buffer, size + 4);
    for (u32 i = 0; i < server.sockets_count; i++) {
        (void)net_send(server.sockets[i]->conn, buffer);
    }
    net_buffer_release(buffer);
}

static void on_prepare(void *context)
{
    (void)context;
    if (server.rate == 0) {
        return;
    }
    u64 due = (clock_mono_ns(clock_real()) - server.begin_ns) / (1000000000ULL / server.rate);
    for (u32 i = 0; i < EVENTS_AT_ONCE && server.events_count < due; i++) {
        server.events_count++;
        event_send();
    }
}

static const struct net_handler handler = {
    .accept = on_accept, .input = on_input, .closed = on_closed, .prepare = on_prepare};

static void answer_make(void)
{
    static const char body[] = "{\"symbol\":\"BTCUSDT\",\"price\":\"30000.00000000\"}";
    u8 bytes[512];
    struct http_answer head;
    http_answer_begin(&head, bytes, sizeof(bytes), 200, true);
    http_answer_put_text(&head, "Content-Type", "application/json;charset=UTF-8");
    size_t size = http_answer_end(&head, sizeof(body) - 1);
    memcpy(bytes + size, body, sizeof(body) - 1);
    server.answer = net_buffer_copy(&server.pool, span_of(bytes, size + sizeof(body) - 1));
}

static u16 server_open(u16 port)
{
    must(net_pool_open(&server.pool, POOL_BYTES, BLOCK_BYTES));
    server.sessions = calloc(server.connections, sizeof(*server.sessions));
    server.sockets = calloc(server.connections, sizeof(struct session *));
    answer_make();
    if (server.sessions == NULL || server.sockets == NULL || server.answer == NULL) {
        exit(1);
    }
    for (u32 i = server.connections; i > 0; i--) {
        server.sessions[i - 1].next = server.free;
        server.free = &server.sessions[i - 1];
    }
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &server.pool;
    options.handler = &handler;
    options.connections_max = server.connections;
    options.tick_ms = 0;
    must(net_loop_open(&server.loop, &options));
    server.net = net_loop_net(server.loop);
    struct net_listen_options listen = {.address = "127.0.0.1", .port = port, .descriptor = -1};
    u16 real_port = 0;
    must(net_loop_listen(server.loop, &listen, &real_port));
    return real_port;
}

int main(int count, char **words)
{
    server.frame_bytes = 150;
    server.connections = 10100;
    u16 port = 0;
    for (int i = 1; i + 1 < count; i += 2) {
        u32 number = (u32)strtoul(words[i + 1], NULL, 10);
        if (strcmp(words[i], "--port") == 0) {
            port = (u16)number;
        } else if (strcmp(words[i], "--rate") == 0) {
            server.rate = number;
        } else if (strcmp(words[i], "--frame") == 0 && number >= 126 &&
                   number <= FRAME_BYTES_MAX - 4) {
            server.frame_bytes = number;
        } else if (strcmp(words[i], "--connections") == 0 && number > 0) {
            server.connections = number;
        } else {
            (void)fprintf(stderr, "net_server: %s %s?\n", words[i], words[i + 1]);
            return 2;
        }
    }
    agent_requests_of_signals(&server.requests);
    port = server_open(port);
    (void)printf("port %u\n", (unsigned)port);
    (void)fflush(stdout);
    server.begin_ns = clock_mono_ns(clock_real());
    while (server.requests.stop == 0) {
        bool busy = false;
        must(net_run_once(server.net, SLEEP_US, &busy));
    }
    net_loop_close(server.loop);
    net_buffer_release(server.answer);
    net_pool_close(&server.pool);
    return 0;
}
