#include "role/vault/witness_serve.h"

#include "base/span.h"
#include "io/http_serve.h"

#include <stdlib.h>
#include <string.h>

static const char ask_path[] = "/add-checkpoint";
static const char file_name[] = "/checkpoint";
static const struct http_field fields[] = {{"Cache-Control", "no-store"}};

struct witness_serve {
    struct tlog_witness *witness;
    struct http_serve *http;
    struct tlog_witness_answer answer;
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

static void answer(void *context, const struct http_request *request, struct http_reply *reply_out)
{
    struct witness_serve *serve = context;
    bool is_ask = span_equal(request->path, span_of_text(ask_path));
    if (request->verb == HTTP_VERB_POST && is_ask) {
        tlog_witness_add(serve->witness, request->body, &serve->answer);
    } else if (request->verb == HTTP_VERB_GET && !is_ask) {
        answer_get(serve, request->path);
    } else {
        answer_text(serve, 405, "POST /add-checkpoint, GET /HASH/checkpoint\n");
        reply_out->allow = "GET, POST";
    }
    reply_out->status = serve->answer.status;
    reply_out->type = serve->answer.type;
    reply_out->body = span_of(serve->answer.bytes, serve->answer.size);
}

/* ---- the service ---- */

static enum fault serve_begin(struct witness_serve *serve,
                              const struct witness_serve_options *options)
{
    const struct http_serve_options http = {.clock = options->clock,
                                            .address = options->address,
                                            .port = options->port,
                                            .descriptor = options->descriptor,
                                            .connections_max = WITNESS_CONNECTIONS_MAX,
                                            .request_ms = WITNESS_REQUEST_MS,
                                            .limits = {.target_bytes_max = 1024,
                                                       .head_bytes_max = WITNESS_HEAD_BYTES,
                                                       .headers_count_max = HTTP_HEADERS_MAX,
                                                       .body_bytes_max = TLOG_WITNESS_BODY_BYTES},
                                            .fields = fields,
                                            .fields_count = ARRAY_COUNT(fields),
                                            .answer = answer,
                                            .context = serve};
    return http_serve_open(&serve->http, &http);
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
    if (serve != NULL) {
        http_serve_close(serve->http);
        free(serve);
    }
}

u16 witness_serve_port(const struct witness_serve *serve)
{
    return http_serve_port(serve->http);
}

enum fault witness_serve_run(struct witness_serve *serve, u64 sleep_us)
{
    return http_serve_run(serve->http, sleep_us);
}
