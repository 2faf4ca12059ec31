#include "io/http_serve.h"

#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/net_loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_BYTES (1ULL << 18)
#define POOL_BYTES  (64U * BLOCK_BYTES) /* mapped, and touched only where used */
#define POOL_LONG   4U                  /* so many of the longest answers at least */
#define PAGE_BYTES  4096U
#define TEXT_TYPE   "text/plain; charset=utf-8"

_Static_assert(HTTP_SERVE_ANSWER_BYTES + HTTP_SERVE_HEAD_BYTES + 64U <= BLOCK_BYTES,
               "an answer is one buffer");

/* A connection. */
struct visit {
    struct http_serve *serve;
    struct net_conn *conn; /* NULL: free */
    struct http_reader reader;
    bool is_shut;
    u32 kept;
    u8 *input; /* room for the longest request */
};

struct http_serve {
    struct http_serve_options options;
    size_t request_bytes_max;
    struct net_pool pool;
    bool has_pool;
    struct net_loop *loop; /* NULL: a test's network */
    struct net *net;
    u8 *input; /* of all visits; NULL: the caller's */
    bool is_input_locked;
    u16 port;
    struct http_request request;
    struct visit visits[HTTP_SERVE_CONNECTIONS_MAX];
};

static size_t request_bytes(const struct http_limits *limits)
{
    return (size_t)limits->head_bytes_max + limits->body_bytes_max;
}

size_t http_serve_input_bytes(u32 connections_max, const struct http_limits *limits)
{
    return connections_max * request_bytes(limits);
}

static bool is_secret(const struct http_serve *serve)
{
    return serve->options.secret_input != NULL;
}

/* ---- an answer ---- */

static void put_fields(struct http_answer *head, const struct http_field *fields, u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        http_answer_put_text(head, fields[i].name, fields[i].value);
    }
}

/* What of a body did not fit beside its head. False: the connection ends. */
static bool send_rest(struct visit *visit, struct span rest)
{
    struct net_conn *conn = visit->conn;
    while (rest.size > 0) {
        size_t size = u64_min(rest.size, HTTP_SERVE_ANSWER_BYTES);
        struct net_buffer *buffer = net_buffer_copy(conn->net->pool, span_piece(rest, 0, size));
        if (buffer == NULL) {
            return false;
        }
        buffer->is_secret = is_secret(visit->serve);
        if (!net_send_last(conn, buffer)) {
            return false;
        }
        rest = span_after(rest, size);
    }
    return true;
}

static void send_reply(struct visit *visit, const struct http_reply *reply, bool keep_alive)
{
    struct http_serve *serve = visit->serve;
    bool has_body = serve->request.verb != HTTP_VERB_HEAD && reply->body.size > 0;
    CHECK(reply->body.size <= serve->options.answer_bytes_max);
    size_t first = has_body ? u64_min(reply->body.size, HTTP_SERVE_ANSWER_BYTES) : 0;
    struct net_buffer *buffer =
        net_buffer_take(visit->conn->net->pool, HTTP_SERVE_HEAD_BYTES + first);
    struct http_answer head;
    if (buffer == NULL) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
        return;
    }
    http_answer_begin(&head, buffer->data, HTTP_SERVE_HEAD_BYTES, reply->status, keep_alive);
    http_answer_put_text(&head, "Content-Type", reply->type);
    put_fields(&head, serve->options.fields, serve->options.fields_count);
    put_fields(&head, reply->fields, reply->fields_count);
    if (reply->allow != NULL) {
        http_answer_put_text(&head, "Allow", reply->allow);
    }
    size_t bytes = http_answer_end(&head, reply->body.size);
    CHECK(bytes > 0);
    if (first > 0) {
        memcpy(buffer->data + bytes, reply->body.data, first);
        bytes += first;
    }
    buffer->is_secret = is_secret(serve);
    net_buffer_trim(buffer, (u32)bytes);
    if (!net_send_last(visit->conn, buffer) ||
        (has_body && !send_rest(visit, span_after(reply->body, first)))) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
        return;
    }
    if (!keep_alive) {
        visit->is_shut = true;
        net_shut_flushed(visit->conn);
    }
}

static void send_refusal(struct visit *visit, enum http_refusal refusal)
{
    const struct http_reply reply = {.status = http_refusal_status(refusal),
                                     .type = TEXT_TYPE,
                                     .body = span_of_text(http_refusal_text(refusal))};
    send_reply(visit, &reply, false);
}

/* ---- connections ---- */

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct http_serve *serve = context;
    (void)arrival;
    for (u32 index = 0; index < serve->options.connections_max; index += 1) {
        struct visit *visit = &serve->visits[index];
        if (visit->conn == NULL) {
            visit->serve = serve;
            visit->conn = conn;
            visit->reader = (struct http_reader){0};
            visit->is_shut = false;
            visit->kept = 0;
            net_deadline(conn, serve->options.request_ms);
            if (serve->options.answer_bytes_max > HTTP_SERVE_ANSWER_BYTES) {
                net_bound(conn, serve->options.answer_bytes_max + HTTP_SERVE_HEAD_BYTES,
                          2 + serve->options.answer_bytes_max / HTTP_SERVE_ANSWER_BYTES);
            }
            return visit;
        }
    }
    return NULL;
}

/* Forgets the request that was answered, and moves what follows it to the front. */
static void input_drop(struct visit *visit, u32 taken)
{
    u32 kept = visit->kept - taken;
    memmove(visit->input, visit->input + taken, kept);
    if (is_secret(visit->serve)) {
        secret_wipe(visit->input + kept, visit->kept - kept);
    }
    visit->kept = kept;
}

/* Whether there may be another request behind what was answered. */
static bool visit_step(struct visit *visit)
{
    struct http_serve *serve = visit->serve;
    struct http_reply reply = {.status = 500, .type = TEXT_TYPE, .body = span_of_text("")};
    if (http_is_idle(&visit->reader)) { /* the first bytes of a request */
        net_deadline(visit->conn, serve->options.request_ms);
    }
    serve->request = (struct http_request){.verb = HTTP_VERB_GET};
    switch (http_read(&visit->reader, &serve->options.limits, span_of(visit->input, visit->kept),
                      &serve->request)) {
    case HTTP_READ_MORE:
        return false;
    case HTTP_READ_CONTINUE:
        (void)net_send_copy(visit->conn, span_of_text(HTTP_CONTINUE));
        return false;
    case HTTP_READ_REFUSED:
        input_drop(visit, visit->kept);
        send_refusal(visit, (enum http_refusal)visit->reader.refusal);
        return false;
    case HTTP_READ_WHOLE:
        break;
    }
    serve->options.answer(serve->options.context, &serve->request, &reply);
    bool keep_alive = serve->request.keep_alive && !serve->request.upgrade && !reply.is_last;
    input_drop(visit, http_next(&visit->reader));
    send_reply(visit, &reply, keep_alive);
    if (!visit->is_shut) { /* the next one's first byte */
        net_deadline(visit->conn, serve->options.request_ms);
    }
    return !visit->is_shut && visit->kept > 0;
}

/* The network's one buffer for input, when it is first seen: nothing secret has come yet. */
static bool input_lock(struct http_serve *serve, const u8 *data)
{
    const u8 *begin = data - (uintptr_t)data % PAGE_BYTES;
    serve->is_input_locked =
        serve->is_input_locked || mlock(begin, NET_INPUT_BYTES_MAX + (size_t)(data - begin)) == 0;
    return serve->is_input_locked;
}

static void on_input(void *user, struct span bytes)
{
    struct visit *visit = user;
    struct http_serve *serve = visit->serve;
    if (visit->is_shut) {
        return;
    }
    if (is_secret(serve) && !input_lock(serve, bytes.data)) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
        return;
    }
    while (bytes.size > 0 && !visit->is_shut) {
        size_t size = u64_min(bytes.size, serve->request_bytes_max - visit->kept);
        CHECK(size > 0);
        memcpy(visit->input + visit->kept, bytes.data, size);
        visit->kept += (u32)size;
        bytes = span_after(bytes, size);
        while (visit_step(visit)) {
            /* Requests that came together are answered in turn: each takes at least a byte. */
        }
    }
}

static void on_closed(void *user, enum net_end why)
{
    struct visit *visit = user;
    (void)why;
    input_drop(visit, visit->kept);
    visit->conn = NULL;
}

const struct net_handler http_serve_handler = {
    .accept = on_accept, .input = on_input, .closed = on_closed};

/* ---- the service ---- */

static enum fault input_open(struct http_serve *serve)
{
    const struct http_serve_options *options = &serve->options;
    u8 *memory = options->secret_input;
    if (memory == NULL) {
        serve->input = malloc(http_serve_input_bytes(options->connections_max, &options->limits));
        memory = serve->input;
    }
    if (memory == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for %u connections", options->connections_max);
    }
    for (u32 i = 0; i < options->connections_max; i += 1) {
        serve->visits[i].input = memory + i * serve->request_bytes_max;
    }
    return FAULT_NONE;
}

static enum fault loop_open(struct http_serve *serve)
{
    struct net_loop_options loop = NET_LOOP_OPTIONS_DEFAULT;
    u64 longest = 2ULL * POOL_LONG * serve->options.answer_bytes_max; /* blocks have a head */
    TRY(net_pool_open(&serve->pool, u64_max(POOL_BYTES, longest), BLOCK_BYTES));
    serve->has_pool = true;
    loop.pool = &serve->pool;
    loop.handler = &http_serve_handler;
    loop.context = serve;
    loop.clock = serve->options.clock;
    loop.connections_max = serve->options.connections_max;
    loop.tick_ms = 0;
    loop.wipes_input = is_secret(serve);
    TRY(net_loop_open(&serve->loop, &loop));
    serve->net = net_loop_net(serve->loop);
    return FAULT_NONE;
}

static enum fault sockets_open(struct http_serve *serve)
{
    const struct http_serve_options *options = &serve->options;
    struct net_listen_options listen = {
        .address = options->address, .port = options->port, .descriptor = -1};
    if (options->descriptor > 0) {
        listen = (struct net_listen_options){.descriptor = dup(options->descriptor)};
        if (listen.descriptor < 0) {
            return FAULT(FAULT_INPUT, "descriptor %d: there is none", options->descriptor);
        }
    }
    enum fault fault = loop_open(serve);
    if (fault != FAULT_NONE) {
        if (listen.descriptor >= 0) {
            (void)close(listen.descriptor);
        }
        return fault;
    }
    return net_loop_listen(serve->loop, &listen, &serve->port);
}

enum fault http_serve_open(struct http_serve **serve_out, const struct http_serve_options *options)
{
    CHECK(options->connections_max > 0 && options->connections_max <= HTTP_SERVE_CONNECTIONS_MAX);
    CHECK(options->request_ms > 0);
    struct http_serve *serve = calloc(1, sizeof(*serve));
    *serve_out = NULL;
    if (serve == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a listener's connections");
    }
    serve->options = *options;
    if (serve->options.answer_bytes_max == 0) {
        serve->options.answer_bytes_max = HTTP_SERVE_ANSWER_BYTES;
    }
    CHECK(serve->options.answer_bytes_max <= HTTP_SERVE_ANSWER_MAX);
    serve->request_bytes_max = request_bytes(&options->limits);
    serve->net = options->net;
    enum fault fault = input_open(serve);
    if (fault == FAULT_NONE && serve->net == NULL) {
        fault = sockets_open(serve);
    }
    if (fault != FAULT_NONE) {
        http_serve_close(serve);
        return fault;
    }
    *serve_out = serve;
    return FAULT_NONE;
}

void http_serve_close(struct http_serve *serve)
{
    if (serve == NULL) {
        return;
    }
    if (serve->loop != NULL) {
        net_loop_close(serve->loop);
    } else if (serve->net != NULL) {
        net_close_all(serve->net);
    }
    if (serve->has_pool) {
        net_pool_close(&serve->pool);
    }
    free(serve->input);
    free(serve);
}

u16 http_serve_port(const struct http_serve *serve)
{
    return serve->port;
}

u64 http_serve_now_ms(const struct http_serve *serve)
{
    return net_now_ms(serve->net);
}

enum fault http_serve_run(struct http_serve *serve, u64 sleep_us)
{
    bool busy = false;
    return net_run_once(serve->net, sleep_us, &busy);
}
