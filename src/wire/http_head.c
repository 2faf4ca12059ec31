#include "wire/http_head.h"

#include "base/span.h"

#if CAMBIST_LLHTTP
#include <llhttp.h>
#define PARSER          llhttp_t
#define PARSER_SETTINGS llhttp_settings_t
#else
#include <http_parser.h>
#define PARSER          http_parser
#define PARSER_SETTINGS http_parser_settings
#endif

#define TEXT_OF(x)  #x
#define VERSION_(x) TEXT_OF(x)

struct reading {
    struct http_request *request;
    bool value_began; /* the last header has (part of) a value, so a name begins the next one */
    bool complete;
};

/* Both libraries may report one thing in several pieces that touch. */
static bool extend(struct span *whole, const char *at, size_t length)
{
    if (whole->data == NULL) {
        *whole = span_of(at, length);
        return true;
    }
    bool touches = whole->data + whole->size == (const u8 *)at;
    whole->size += length;
    return touches;
}

static int on_url(PARSER *state, const char *at, size_t length)
{
    struct reading *reading = state->data;
    return extend(&reading->request->target, at, length) ? 0 : -1;
}

static int on_header_field(PARSER *state, const char *at, size_t length)
{
    struct reading *reading = state->data;
    struct http_request *request = reading->request;
    if (request->headers_count == 0 || reading->value_began) {
        if (request->headers_count == HTTP_HEADERS_MAX) {
            return -1;
        }
        request->headers[request->headers_count] = (struct http_header){0};
        request->headers_count += 1;
        reading->value_began = false;
    }
    return extend(&request->headers[request->headers_count - 1].name, at, length) ? 0 : -1;
}

static int on_header_value(PARSER *state, const char *at, size_t length)
{
    struct reading *reading = state->data;
    struct http_request *request = reading->request;
    if (request->headers_count == 0) {
        return -1;
    }
    reading->value_began = true;
    return extend(&request->headers[request->headers_count - 1].value, at, length) ? 0 : -1;
}

static int on_headers_complete(PARSER *state)
{
    struct reading *reading = state->data;
    reading->complete = true;
    return 0;
}

static const PARSER_SETTINGS callbacks = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
};

static bool verb_of(u32 method, enum http_verb *verb_out)
{
    switch (method) {
    case HTTP_GET:
        *verb_out = HTTP_VERB_GET;
        return true;
    case HTTP_HEAD:
        *verb_out = HTTP_VERB_HEAD;
        return true;
    case HTTP_POST:
        *verb_out = HTTP_VERB_POST;
        return true;
    case HTTP_PUT:
        *verb_out = HTTP_VERB_PUT;
        return true;
    case HTTP_DELETE:
        *verb_out = HTTP_VERB_DELETE;
        return true;
    case HTTP_OPTIONS:
        *verb_out = HTTP_VERB_OPTIONS;
        return true;
    default: /* not an enum: a number of the library, which knows more methods */
        return false;
    }
}

static void trim_values(struct http_request *request)
{
    for (u32 i = 0; i < request->headers_count; i += 1) {
        struct span *value = &request->headers[i].value;
        while (value->size > 0 && (value->data[0] == ' ' || value->data[0] == '\t')) {
            *value = span_after(*value, 1);
        }
        while (value->size > 0 &&
               (value->data[value->size - 1] == ' ' || value->data[value->size - 1] == '\t')) {
            value->size -= 1;
        }
        if (value->data == NULL) { /* no piece was reported for an empty value */
            *value = span_of("", 0);
        }
    }
}

#if CAMBIST_LLHTTP

static bool execute(PARSER *state, struct span head, struct http_framing *framing_out)
{
    enum llhttp_errno outcome = llhttp_execute(state, (const char *)head.data, head.size);
    /* An upgrade stops the parser, at the end of the head: what follows is another protocol. */
    bool whole =
        outcome == HPE_OK || (outcome == HPE_PAUSED_UPGRADE &&
                              llhttp_get_error_pos(state) == (const char *)head.data + head.size);
    framing_out->content_bytes = (state->flags & F_CONTENT_LENGTH) != 0 ? state->content_length : 0;
    framing_out->chunked = (state->flags & F_CHUNKED) != 0;
    return whole;
}

static void start(PARSER *state)
{
    llhttp_init(state, HTTP_REQUEST, &callbacks);
}

const char *http_head_library(void)
{
    return "llhttp " VERSION_(LLHTTP_VERSION_MAJOR) "." VERSION_(LLHTTP_VERSION_MINOR) "." VERSION_(
        LLHTTP_VERSION_PATCH);
}

#else

static bool execute(PARSER *state, struct span head, struct http_framing *framing_out)
{
    size_t taken = http_parser_execute(state, &callbacks, (const char *)head.data, head.size);
    framing_out->content_bytes = (state->flags & F_CONTENTLENGTH) != 0 ? state->content_length : 0;
    framing_out->chunked = (state->flags & F_CHUNKED) != 0;
    return taken == head.size && state->http_errno == HPE_OK;
}

static void start(PARSER *state)
{
    http_parser_init(state, HTTP_REQUEST);
}

const char *http_head_library(void)
{
    return "http-parser " VERSION_(HTTP_PARSER_VERSION_MAJOR) "." VERSION_(
        HTTP_PARSER_VERSION_MINOR) "." VERSION_(HTTP_PARSER_VERSION_PATCH);
}

#endif

bool http_head_parse(struct span head, struct http_request *request_out,
                     struct http_framing *framing_out)
{
    struct reading reading = {.request = request_out};
    request_out->target = (struct span){.data = NULL, .size = 0};
    request_out->headers_count = 0;
    PARSER state = {0};
    start(&state);
    state.data = &reading;
    if (!execute(&state, head, framing_out) || !reading.complete || state.http_major != 1) {
        return false;
    }
    trim_values(request_out);
    request_out->minor = (u8)state.http_minor;
    return state.http_minor <= 1 && verb_of(state.method, &request_out->verb);
}
