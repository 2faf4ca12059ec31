#include "role/vault/witness_serve.h"

#include "base/check.h"
#include "base/span.h"
#include "io/net_loop.h"
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES        4096U
#define INPUT_BYTES       (HEAD_BYTES + TLOG_WITNESS_BODY_BYTES)
#define ANSWER_HEAD_BYTES 512U
#define POOL_BYTES        (16ULL << 20)
#define BLOCK_BYTES       (1ULL << 18)

static const char ask_path[] = "/add-checkpoint";
static const char file_name[] = "/checkpoint";

static const struct http_limits limits = {.target_bytes_max = 1024,
                                          .head_bytes_max = HEAD_BYTES,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = TLOG_WITNESS_BODY_BYTES};

/* A connection. */
struct visit {
    struct witness_serve *serve;
    struct net_conn *conn; /* NULL: free */
    struct http_reader reader;
    bool is_shut;
    u32 kept;
    u8 input[INPUT_BYTES];
};

struct witness_serve {
    struct tlog_witness *witness;
    struct net_pool pool;
    bool has_pool;
    struct net_loop *loop;
    u16 port;
    struct http_request request;
    struct tlog_witness_answer answer;
    struct visit visits[WITNESS_CONNECTIONS_MAX];
};

/* ---- an answer ---- */

static void answer_text(struct witness_serve *serve, u32 status, const char *text)
{
    serve->answer.status = status;
    serve->answer.type = "text/plain; charset=utf-8";
    serve->answer.size = strlen(text);
    memcpy(serve->answer.bytes, text, serve->answer.size);
}

/* "/HASH/checkpoint", and whatever else a hash cannot be gives 404 by itself. */
static void answer_get(struct witness_serve *serve, struct span path)
{
    size_t tail = sizeof(file_name) - 1;
    if (path.size <= tail + 1 ||
        !span_equal(span_after(path, path.size - tail), span_of(file_name, tail))) {
        answer_text(serve, 404, "there is nothing here\n");
        return;
    }
    tlog_witness_get(serve->witness, span_of(path.data + 1, path.size - tail - 1), &serve->answer);
}

static void answer_make(struct witness_serve *serve)
{
    const struct http_request *request = &serve->request;
    bool is_ask = span_equal(request->path, span_of_text(ask_path));
    if (request->verb == HTTP_VERB_POST && is_ask) {
        tlog_witness_add(serve->witness, request->body, &serve->answer);
    } else if (request->verb == HTTP_VERB_GET && !is_ask) {
        answer_get(serve, request->path);
    } else {
        answer_text(serve, 405, "POST /add-checkpoint, GET /HASH/checkpoint\n");
    }
}

static void answer_send(struct visit *visit, bool keep_alive)
{
    struct witness_serve *serve = visit->serve;
    const struct tlog_witness_answer *answer = &serve->answer;
    struct net_buffer *buffer = net_buffer_take(&serve->pool, ANSWER_HEAD_BYTES + answer->size);
    struct http_answer head;
    if (buffer == NULL) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
        return;
    }
    http_answer_begin(&head, buffer->data, ANSWER_HEAD_BYTES, answer->status, keep_alive);
    http_answer_put_text(&head, "Content-Type", answer->type);
    http_answer_put_text(&head, "Cache-Control", "no-store");
    if (answer->status == 405) {
        http_answer_put_text(&head, "Allow", "GET, POST");
    }
    size_t bytes = http_answer_end(&head, answer->size);
    CHECK(bytes > 0);
    memcpy(buffer->data + bytes, answer->bytes, answer->size);
    net_buffer_trim(buffer, (u32)(bytes + answer->size));
    (void)net_send_last(visit->conn, buffer);
    if (!keep_alive) {
        visit->is_shut = true;
        net_shut_flushed(visit->conn);
    }
}

/* ---- connections ---- */

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct witness_serve *serve = context;
    (void)arrival;
    for (u32 index = 0; index < WITNESS_CONNECTIONS_MAX; index += 1) {
        struct visit *visit = &serve->visits[index];
        if (visit->conn == NULL) {
            visit->serve = serve;
            visit->conn = conn;
            visit->reader = (struct http_reader){0};
            visit->is_shut = false;
            visit->kept = 0;
            net_deadline(conn, WITNESS_REQUEST_MS);
            return visit;
        }
    }
    return NULL;
}

/* Whether there may be another request behind what was answered. */
static bool visit_step(struct visit *visit)
{
    struct witness_serve *serve = visit->serve;
    u32 taken = 0;
    if (http_is_idle(&visit->reader)) { /* the first bytes of a request */
        net_deadline(visit->conn, WITNESS_REQUEST_MS);
    }
    switch (
        http_read(&visit->reader, &limits, span_of(visit->input, visit->kept), &serve->request)) {
    case HTTP_READ_MORE:
        return false;
    case HTTP_READ_CONTINUE:
        (void)net_send_copy(visit->conn, span_of_text(HTTP_CONTINUE));
        return false;
    case HTTP_READ_REFUSED:
        answer_text(serve, http_refusal_status((enum http_refusal)visit->reader.refusal),
                    http_refusal_text((enum http_refusal)visit->reader.refusal));
        answer_send(visit, false);
        return false;
    case HTTP_READ_WHOLE:
        break;
    }
    bool keep_alive = serve->request.keep_alive && !serve->request.upgrade;
    answer_make(serve);
    taken = http_next(&visit->reader);
    visit->kept -= taken;
    memmove(visit->input, visit->input + taken, visit->kept);
    answer_send(visit, keep_alive);
    return !visit->is_shut && visit->kept > 0;
}

static void on_input(void *user, struct span bytes)
{
    struct visit *visit = user;
    if (visit->is_shut) {
        return;
    }
    while (bytes.size > 0 && !visit->is_shut) {
        size_t size = u64_min(bytes.size, INPUT_BYTES - visit->kept);
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
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = on_accept, .input = on_input, .closed = on_closed};

/* ---- the service ---- */

static enum fault serve_begin(struct witness_serve *serve,
                              const struct witness_serve_options *options)
{
    struct net_loop_options loop = NET_LOOP_OPTIONS_DEFAULT;
    struct net_listen_options listen = {
        .address = options->address, .port = options->port, .descriptor = -1};
    if (options->descriptor > 0) {
        listen = (struct net_listen_options){.descriptor = dup(options->descriptor)};
        if (listen.descriptor < 0) {
            return FAULT(FAULT_INPUT, "descriptor %d: there is none", options->descriptor);
        }
    }
    TRY(net_pool_open(&serve->pool, POOL_BYTES, BLOCK_BYTES));
    serve->has_pool = true;
    loop.pool = &serve->pool;
    loop.handler = &handler;
    loop.context = serve;
    loop.clock = options->clock;
    loop.connections_max = WITNESS_CONNECTIONS_MAX;
    loop.tick_ms = 0;
    TRY(net_loop_open(&serve->loop, &loop));
    return net_loop_listen(serve->loop, &listen, &serve->port);
}

enum fault witness_serve_open(struct witness_serve **serve_out,
                              const struct witness_serve_options *options)
{
    struct witness_serve *serve = calloc(1, sizeof(*serve));
    *serve_out = NULL;
    if (serve == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the witness's connections");
    }
    serve->witness = options->witness;
    enum fault fault = serve_begin(serve, options);
    if (fault != FAULT_NONE) {
        witness_serve_close(serve);
        return fault;
    }
    *serve_out = serve;
    return FAULT_NONE;
}

void witness_serve_close(struct witness_serve *serve)
{
    if (serve == NULL) {
        return;
    }
    if (serve->loop != NULL) {
        net_loop_close(serve->loop);
    }
    if (serve->has_pool) {
        net_pool_close(&serve->pool);
    }
    free(serve);
}

u16 witness_serve_port(const struct witness_serve *serve)
{
    return serve->port;
}

enum fault witness_serve_run(struct witness_serve *serve, u64 sleep_us)
{
    bool busy = false;
    return net_run_once(net_loop_net(serve->loop), sleep_us, &busy);
}
