#include "app/officer_serve.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/http_serve.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOST_BYTES   32U
#define ORIGIN_BYTES 48U

_Static_assert(OFFICER_SERVE_ANSWER_BYTES <= HTTP_SERVE_ANSWER_BYTES, "an answer fits");

static const struct http_limits limits = {.target_bytes_max = 1024,
                                          .head_bytes_max = OFFICER_SERVE_HEAD_BYTES,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = OFFICER_SERVE_BODY_BYTES};

/* With every answer. Scripts come from the page's own file alone, and may make no HTML of text. */
static const struct http_field fields[] = {
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

struct officer_serve {
    struct officer_serve_options options;
    struct http_serve *http;
    u8 *locked; /* of all connections' requests */
    bool is_over;
    u64 worked_ms;
    char token[OFFICER_TOKEN_BYTES];
    char host[HOST_BYTES];
    char origin[ORIGIN_BYTES];
};

static const char json_type[] = "application/json";
static const char text_type[] = "text/plain; charset=utf-8";

static struct http_reply say_text(u32 status, const char *text)
{
    return (struct http_reply){.status = status, .type = text_type, .body = span_of_text(text)};
}

static struct http_reply say_verbs(const char *text)
{
    struct http_reply said = say_text(405, text);
    said.allow = "GET, HEAD, POST";
    return said;
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

static struct http_reply say_page(const struct officer_serve *serve, struct span path)
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
    return (struct http_reply){.status = 200, .type = page->type, .body = page_body(page, false)};
}

static struct http_reply say_api(struct officer_serve *serve, const struct http_request *request,
                                 struct span path)
{
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
        serve->worked_ms = http_serve_now_ms(serve->http);
    }
    serve->is_over = serve->is_over || reply.is_end;
    return (struct http_reply){
        .status = reply.status, .type = json_type, .body = reply.body, .is_last = reply.is_end};
}

static struct http_reply say(struct officer_serve *serve, const struct http_request *request)
{
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
        return say_verbs("GET, HEAD, POST\n");
    }
    struct span start = span_piece(path, 0, strlen(OFFICER_API));
    if (start.data != NULL && span_equal(start, span_of_text(OFFICER_API))) {
        return say_api(serve, request, path);
    }
    return is_read ? say_page(serve, path) : say_verbs("GET, HEAD\n");
}

static void answer(void *context, const struct http_request *request, struct http_reply *reply_out)
{
    *reply_out = say(context, request);
}

/* ---- the service ---- */

static enum fault input_open(struct officer_serve *serve)
{
    size_t size = http_serve_input_bytes(OFFICER_SERVE_CONNECTIONS_MAX, &limits);
    if (sodium_init() < 0) {
        return FAULT(FAULT_UNPROTECTED, "libsodium does not start");
    }
    serve->locked = sodium_malloc(size);
    if (serve->locked == NULL || sodium_mlock(serve->locked, size) != 0) {
        return FAULT(FAULT_UNPROTECTED, "%zu bytes cannot be locked (errno %d): ulimit -l", size,
                     errno);
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
    const struct officer_serve_options *options = &serve->options;
    TRY(input_open(serve));
    token_make(serve, options->token);
    const struct http_serve_options http = {.clock = options->clock,
                                            .address = "127.0.0.1",
                                            .port = options->port,
                                            .connections_max = OFFICER_SERVE_CONNECTIONS_MAX,
                                            .request_ms = OFFICER_SERVE_REQUEST_MS,
                                            .limits = limits,
                                            .fields = fields,
                                            .fields_count = ARRAY_COUNT(fields),
                                            .secret_input = serve->locked,
                                            .net = options->net,
                                            .answer = answer,
                                            .context = serve};
    TRY(http_serve_open(&serve->http, &http));
    (void)snprintf(serve->host, sizeof(serve->host), "127.0.0.1:%u", officer_serve_port(serve));
    (void)snprintf(serve->origin, sizeof(serve->origin), "http://%s", serve->host);
    serve->worked_ms = http_serve_now_ms(serve->http);
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
    http_serve_close(serve->http);
    if (serve->locked != NULL) {
        sodium_free(serve->locked);
    }
    secret_wipe(serve->token, sizeof(serve->token));
    free(serve);
}

u16 officer_serve_port(const struct officer_serve *serve)
{
    return http_serve_port(serve->http);
}

struct http_serve *officer_serve_http(struct officer_serve *serve)
{
    return serve->http;
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
    TRY(http_serve_run(serve->http, sleep_us));
    serve->is_over = serve->is_over ||
                     http_serve_now_ms(serve->http) - serve->worked_ms >= serve->options.idle_ms;
    return FAULT_NONE;
}
