#include "app/officer_serve.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/net_loop.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#define INPUT_BYTES       (OFFICER_SERVE_HEAD_BYTES + OFFICER_SERVE_BODY_BYTES)
#define ANSWER_HEAD_BYTES 2048U
#define BLOCK_BYTES       (1ULL << 18)
#define POOL_BYTES        (16U * BLOCK_BYTES)
#define HOST_BYTES        32U
#define ORIGIN_BYTES      48U
#define PAGE_BYTES        4096U

_Static_assert(OFFICER_SERVE_ANSWER_BYTES + ANSWER_HEAD_BYTES + 64U <= BLOCK_BYTES,
               "an answer is one buffer");

static const struct http_limits limits = {.target_bytes_max = 1024,
                                          .head_bytes_max = OFFICER_SERVE_HEAD_BYTES,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = OFFICER_SERVE_BODY_BYTES};

/* With every answer. Scripts come from the page's own file alone, and may make no HTML of text. */
static const struct {
    const char *name;
    const char *value;
} fields[] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), "
                           "payment=(), publickey-credentials-get=(), serial=(), usb=()"},
};

/* A connection. */
struct visit {
    struct officer_serve *serve;
    struct net_conn *conn; /* NULL: free */
    struct http_reader reader;
    bool is_shut;
    u32 kept;
    u8 *input; /* INPUT_BYTES of the locked memory */
};

struct officer_serve {
    struct officer_serve_options options;
    struct net_pool pool;
    bool has_pool;
    struct net_loop *loop;
    u8 *locked; /* of all visits */
    bool is_input_locked;
    bool is_over;
    u64 worked_ms;
    u16 port;
    char token[OFFICER_TOKEN_BYTES];
    char host[HOST_BYTES];
    char origin[ORIGIN_BYTES];
    struct http_request request;
    struct visit visits[OFFICER_SERVE_CONNECTIONS_MAX];
};

/* What is sent back. */
struct said {
    u32 status;
    const char *type;
    struct span body;
    bool is_end;
};

static const char json_type[] = "application/json";
static const char text_type[] = "text/plain; charset=utf-8";

static struct said say_text(u32 status, const char *text)
{
    return (struct said){.status = status, .type = text_type, .body = span_of_text(text)};
}

/* ---- who is heard ---- */

/* A header by a name that the reader has no number for; {NULL, 0} without one. */
static struct span header_named(const struct http_request *request, const char *name)
{
    for (u32 i = 0; i < request->headers_count; i += 1) {
        const struct http_header *header = &request->headers[i];
        if (header->name.size == strlen(name) &&
            strncasecmp((const char *)header->name.data, name, header->name.size) == 0) {
            return header->value;
        }
    }
    return (struct span){.data = NULL, .size = 0};
}

/* In a time that does not depend on where they differ. */
static bool is_token(const struct officer_serve *serve, struct span text)
{
    return text.size == OFFICER_TOKEN_BYTES - 1 &&
           sodium_memcmp(text.data, serve->token, OFFICER_TOKEN_BYTES - 1) == 0;
}

/* A page of this listener, or nobody's: typed, or from a bookmark. */
static bool is_from_here(const struct officer_serve *serve, const struct http_request *request)
{
    struct span origin = http_header(request, HTTP_NAME_ORIGIN);
    struct span site = header_named(request, "Sec-Fetch-Site");
    bool must_say = request->verb == HTTP_VERB_POST;
    if (origin.data == NULL ? must_say : !span_equal(origin, span_of_text(serve->origin))) {
        return false;
    }
    return site.data == NULL || span_equal(site, span_of_text("same-origin")) ||
           (span_equal(site, span_of_text("none")) && !must_say);
}

/* What follows "/TOKEN/" in the path; false: it is not there. */
static bool path_behind(const struct officer_serve *serve, struct span path, struct span *rest_out)
{
    size_t size = OFFICER_TOKEN_BYTES - 1;
    if (path.size < size + 2 || path.data[0] != '/' || path.data[size + 1] != '/' ||
        !is_token(serve, span_piece(path, 1, size))) {
        return false;
    }
    *rest_out = span_of(path.data + size + 2, path.size - size - 2);
    return true;
}

/* ---- answers ---- */

static struct said say_page(const struct officer_serve *serve, struct span path)
{
    char name[PAGE_PATH_BYTES_MAX + 1] = "/";
    if (!span_copy(path, name + 1, sizeof(name) - 2)) {
        return say_text(404, "there is nothing here\n");
    }
    i32 place = page_find(serve->options.pages, span_of(name, path.size + 1));
    if (place < 0) {
        return say_text(404, "there is nothing here\n");
    }
    const struct page *page = &serve->options.pages->pages[place];
    return (struct said){.status = 200, .type = page->type, .body = page_body(page, false)};
}

static struct said say_api(struct officer_serve *serve, struct span path)
{
    const struct http_request *request = &serve->request;
    const struct officer_asked asked = {.is_post = request->verb == HTTP_VERB_POST,
                                        .path = span_after(path, strlen(OFFICER_API)),
                                        .query = request->query,
                                        .body = request->body};
    struct officer_reply reply = {.status = 500};
    if (!is_token(serve, header_named(request, OFFICER_TOKEN_HEADER))) {
        return say_text(403, "the token is missing\n");
    }
    serve->options.answer(serve->options.context, &asked, &reply);
    if (!reply.is_quiet) {
        serve->worked_ms = net_now_ms(net_loop_net(serve->loop));
    }
    return (struct said){
        .status = reply.status, .type = json_type, .body = reply.body, .is_end = reply.is_end};
}

static struct said say(struct officer_serve *serve)
{
    const struct http_request *request = &serve->request;
    struct span path = request->path;
    bool is_read = request->verb == HTTP_VERB_GET || request->verb == HTTP_VERB_HEAD;
    if (!span_equal(http_header(request, HTTP_NAME_HOST), span_of_text(serve->host))) {
        return say_text(403, "not for this host\n");
    }
    if (!is_from_here(serve, request)) {
        return say_text(403, "not from this page\n");
    }
    if (!path_behind(serve, request->path, &path)) {
        return say_text(404, "there is nothing here\n");
    }
    if (!is_read && request->verb != HTTP_VERB_POST) {
        return say_text(405, "GET, HEAD, POST\n");
    }
    struct span start = span_piece(path, 0, strlen(OFFICER_API));
    if (start.data != NULL && span_equal(start, span_of_text(OFFICER_API))) {
        return say_api(serve, path);
    }
    return is_read ? say_page(serve, path) : say_text(405, "GET, HEAD\n");
}

static void send_it(struct visit *visit, const struct said *said, bool keep_alive)
{
    struct officer_serve *serve = visit->serve;
    bool has_body = serve->request.verb != HTTP_VERB_HEAD;
    struct net_buffer *buffer = net_buffer_take(&serve->pool, ANSWER_HEAD_BYTES + said->body.size);
    struct http_answer head;
    if (buffer == NULL) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
        return;
    }
    http_answer_begin(&head, buffer->data, ANSWER_HEAD_BYTES, said->status, keep_alive);
    http_answer_put_text(&head, "Content-Type", said->type);
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        http_answer_put_text(&head, fields[i].name, fields[i].value);
    }
    if (said->status == 405) {
        http_answer_put_text(&head, "Allow", "GET, HEAD, POST");
    }
    size_t bytes = http_answer_end(&head, said->body.size);
    CHECK(bytes > 0);
    if (has_body && said->body.size > 0) {
        memcpy(buffer->data + bytes, said->body.data, said->body.size);
        bytes += said->body.size;
    }
    buffer->is_secret = true; /* a release is nobody's but the opener's */
    net_buffer_trim(buffer, (u32)bytes);
    (void)net_send_last(visit->conn, buffer);
    if (!keep_alive) {
        visit->is_shut = true;
        net_shut_flushed(visit->conn);
    }
}

/* ---- connections ---- */

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    struct officer_serve *serve = context;
    (void)arrival;
    for (u32 index = 0; index < OFFICER_SERVE_CONNECTIONS_MAX; index += 1) {
        struct visit *visit = &serve->visits[index];
        if (visit->conn == NULL) {
            visit->serve = serve;
            visit->conn = conn;
            visit->reader = (struct http_reader){0};
            visit->is_shut = false;
            visit->kept = 0;
            net_deadline(conn, OFFICER_SERVE_REQUEST_MS);
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
    secret_wipe(visit->input + kept, visit->kept - kept);
    visit->kept = kept;
}

/* Whether there may be another request behind what was answered. */
static bool visit_step(struct visit *visit)
{
    struct officer_serve *serve = visit->serve;
    struct said said;
    if (http_is_idle(&visit->reader)) { /* the first bytes of a request */
        net_deadline(visit->conn, OFFICER_SERVE_REQUEST_MS);
    }
    serve->request = (struct http_request){.verb = HTTP_VERB_GET};
    switch (
        http_read(&visit->reader, &limits, span_of(visit->input, visit->kept), &serve->request)) {
    case HTTP_READ_MORE:
        return false;
    case HTTP_READ_CONTINUE:
        (void)net_send_copy(visit->conn, span_of_text(HTTP_CONTINUE));
        return false;
    case HTTP_READ_REFUSED:
        said = say_text(http_refusal_status((enum http_refusal)visit->reader.refusal),
                        http_refusal_text((enum http_refusal)visit->reader.refusal));
        input_drop(visit, visit->kept);
        send_it(visit, &said, false);
        return false;
    case HTTP_READ_WHOLE:
        break;
    }
    said = say(serve);
    bool keep_alive = serve->request.keep_alive && !serve->request.upgrade && !said.is_end;
    input_drop(visit, http_next(&visit->reader));
    send_it(visit, &said, keep_alive);
    serve->is_over = serve->is_over || said.is_end;
    return !visit->is_shut && visit->kept > 0;
}

/* The loop's one buffer for input, when it is first seen: nothing secret has come yet. */
static bool input_lock(struct officer_serve *serve, const u8 *data)
{
    const u8 *begin = data - (uintptr_t)data % PAGE_BYTES;
    serve->is_input_locked =
        serve->is_input_locked || mlock(begin, NET_INPUT_BYTES_MAX + (size_t)(data - begin)) == 0;
    return serve->is_input_locked;
}

static void on_input(void *user, struct span bytes)
{
    struct visit *visit = user;
    if (visit->is_shut) {
        return;
    }
    if (!input_lock(visit->serve, bytes.data)) {
        visit->is_shut = true;
        net_shut_now(visit->conn);
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
    input_drop(visit, visit->kept);
    visit->conn = NULL;
}

static const struct net_handler handler = {
    .accept = on_accept, .input = on_input, .closed = on_closed};

/* ---- the service ---- */

static enum fault input_open(struct officer_serve *serve)
{
    size_t size = OFFICER_SERVE_CONNECTIONS_MAX * (size_t)INPUT_BYTES;
    if (sodium_init() < 0) {
        return FAULT(FAULT_UNPROTECTED, "libsodium does not start");
    }
    serve->locked = sodium_malloc(size);
    if (serve->locked == NULL || sodium_mlock(serve->locked, size) != 0) {
        return FAULT(FAULT_UNPROTECTED, "%zu bytes cannot be locked (errno %d): ulimit -l", size,
                     errno);
    }
    for (u32 i = 0; i < OFFICER_SERVE_CONNECTIONS_MAX; i += 1) {
        serve->visits[i].input = serve->locked + i * (size_t)INPUT_BYTES;
    }
    return FAULT_NONE;
}

static void token_make(struct officer_serve *serve, const char *given)
{
    u8 bytes[(OFFICER_TOKEN_BYTES - 1) / 2];
    if (given != NULL) {
        CHECK(strlen(given) == OFFICER_TOKEN_BYTES - 1);
        memcpy(serve->token, given, OFFICER_TOKEN_BYTES);
        return;
    }
    randombytes_buf(bytes, sizeof(bytes));
    (void)bytes_to_hex(bytes, sizeof(bytes), serve->token);
    secret_wipe(bytes, sizeof(bytes));
}

static enum fault serve_begin(struct officer_serve *serve)
{
    struct net_loop_options loop = NET_LOOP_OPTIONS_DEFAULT;
    const struct net_listen_options listen = {
        .address = "127.0.0.1", .port = serve->options.port, .descriptor = -1};
    TRY(input_open(serve));
    TRY(net_pool_open(&serve->pool, POOL_BYTES, BLOCK_BYTES));
    serve->has_pool = true;
    loop.pool = &serve->pool;
    loop.handler = &handler;
    loop.context = serve;
    loop.clock = serve->options.clock;
    loop.connections_max = OFFICER_SERVE_CONNECTIONS_MAX;
    loop.tick_ms = 0;
    loop.wipes_input = true;
    TRY(net_loop_open(&serve->loop, &loop));
    TRY(net_loop_listen(serve->loop, &listen, &serve->port));
    (void)snprintf(serve->host, sizeof(serve->host), "127.0.0.1:%u", serve->port);
    (void)snprintf(serve->origin, sizeof(serve->origin), "http://%s", serve->host);
    token_make(serve, serve->options.token);
    serve->worked_ms = net_now_ms(net_loop_net(serve->loop));
    return FAULT_NONE;
}

enum fault officer_serve_open(struct officer_serve **serve_out,
                              const struct officer_serve_options *options)
{
    struct officer_serve *serve = calloc(1, sizeof(*serve));
    *serve_out = NULL;
    if (serve == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the page's connections");
    }
    serve->options = *options;
    enum fault fault = serve_begin(serve);
    if (fault != FAULT_NONE) {
        officer_serve_close(serve);
        return fault;
    }
    *serve_out = serve;
    return FAULT_NONE;
}

void officer_serve_close(struct officer_serve *serve)
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
    if (serve->locked != NULL) {
        sodium_free(serve->locked);
    }
    secret_wipe(serve->token, sizeof(serve->token));
    free(serve);
}

u16 officer_serve_port(const struct officer_serve *serve)
{
    return serve->port;
}

const char *officer_serve_token(const struct officer_serve *serve)
{
    return serve->token;
}

bool officer_serve_is_over(const struct officer_serve *serve)
{
    return serve->is_over;
}

enum fault officer_serve_run(struct officer_serve *serve, u64 sleep_us)
{
    bool busy = false;
    struct net *net = net_loop_net(serve->loop);
    TRY(net_run_once(net, sleep_us, &busy));
    serve->is_over = serve->is_over || net_now_ms(net) - serve->worked_ms >= serve->options.idle_ms;
    return FAULT_NONE;
}
