/* HTTP requests: what comes out does not depend on how the bytes were cut into pieces; a request
 * that is taken prints back to one that is read equal; refused ones have a reason. The first byte
 * chooses the limits, the second the size of the pieces, the rest is what a connection sends. */
#include "base/check.h"
#include "base/span.h"
#include "tests/fuzz/fuzz.h"
#include "wire/http.h"

#include <string.h>
#include <strings.h>

enum { INPUT_BYTES_MAX = 1 << 15, PRINTED_BYTES_MAX = 1 << 17, REQUESTS_MAX = 64 };

static const struct http_limits small = {
    .target_bytes_max = 32, .head_bytes_max = 192, .headers_count_max = 5, .body_bytes_max = 16};

static enum http_progress read_pieces(struct http_reader *reader, const struct http_limits *limits,
                                      struct span bytes, size_t step, struct http_request *request)
{
    enum http_progress progress = HTTP_READ_MORE;
    for (size_t size = 0;; size = bytes.size - size < step ? bytes.size : size + step) {
        progress = http_read(reader, limits, span_piece(bytes, 0, size), request);
        if (progress == HTTP_READ_WHOLE || progress == HTTP_READ_REFUSED || size == bytes.size) {
            break;
        }
    }
    return progress == HTTP_READ_CONTINUE ? HTTP_READ_MORE : progress;
}

static void check_inside(struct span piece, struct span whole)
{
    if (piece.size > 0) {
        CHECK(piece.data >= whole.data);
        CHECK(piece.data + piece.size <= whole.data + whole.size);
    }
}

static void append(u8 *target, size_t *used, struct span bytes)
{
    CHECK(bytes.size <= PRINTED_BYTES_MAX - *used);
    if (bytes.size > 0) {
        memcpy(target + *used, bytes.data, bytes.size);
    }
    *used += bytes.size;
}

static void append_text(u8 *target, size_t *used, const char *text)
{
    append(target, used, span_of_text(text));
}

/* Writes the request anew and reads it back. */
static void check_prints_back(const struct http_request *request)
{
    static u8 text[PRINTED_BYTES_MAX];
    static struct http_request again;
    static const struct http_limits wide = {.target_bytes_max = 60000,
                                            .head_bytes_max = HTTP_HEAD_BYTES_MAX,
                                            .headers_count_max = HTTP_HEADERS_MAX,
                                            .body_bytes_max = HTTP_BODY_BYTES_MAX};
    size_t used = 0;
    append_text(text, &used, http_verb_text(request->verb));
    append_text(text, &used, " ");
    append(text, &used, request->target);
    append_text(text, &used, request->minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (u32 i = 0; i < request->headers_count; i += 1) {
        append(text, &used, request->headers[i].name);
        append_text(text, &used, ":");
        append(text, &used, request->headers[i].value);
        append_text(text, &used, "\r\n");
    }
    append_text(text, &used, "\r\n");
    append(text, &used, request->body);
    struct http_reader reader = {0};
    CHECK(http_read(&reader, &wide, span_of(text, used), &again) == HTTP_READ_WHOLE);
    CHECK(http_next(&reader) == used);
    CHECK(again.verb == request->verb && again.minor == request->minor);
    CHECK(again.keep_alive == request->keep_alive && again.upgrade == request->upgrade);
    CHECK(span_equal(again.path, request->path) && span_equal(again.query, request->query));
    CHECK(span_equal(again.body, request->body));
    CHECK(again.headers_count == request->headers_count);
    for (u32 i = 0; i < request->headers_count; i += 1) {
        CHECK(span_equal(again.headers[i].name, request->headers[i].name));
        CHECK(span_equal(again.headers[i].value, request->headers[i].value));
        CHECK(again.headers[i].kind == request->headers[i].kind);
    }
}

static void check_request(const struct http_request *request, const struct http_limits *limits,
                          struct span bytes)
{
    CHECK(request->target.size <= limits->target_bytes_max);
    CHECK(request->headers_count <= limits->headers_count_max);
    CHECK(request->body.size <= limits->body_bytes_max);
    CHECK(request->path.size > 0 && request->path.data[0] == '/');
    check_inside(request->target, bytes);
    check_inside(request->path, request->target);
    check_inside(request->query, request->target);
    check_inside(request->body, bytes);
    for (u32 i = 0; i < request->headers_count; i += 1) {
        CHECK(request->headers[i].name.size > 0);
        check_inside(request->headers[i].name, bytes);
        check_inside(request->headers[i].value, bytes);
    }
    check_prints_back(request);
}

/* http-parser 2.9 takes a header whose name only begins like this one for the coding itself. */
static bool confuses_http_parser(struct span bytes)
{
    static const char name[] = "\ntransfer-encoding";
    for (size_t at = 0; at + sizeof(name) <= bytes.size; at += 1) {
        if (strncasecmp((const char *)bytes.data + at, name, sizeof(name) - 1) == 0) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static struct http_request request;
    static struct http_request other;
    if (size < 2 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct http_limits limits = data[0] % 2 == 0 ? small : HTTP_LIMITS_DEFAULT;
    size_t step = 1U + data[1];
    struct span rest = span_of(data + 2, size - 2);
    for (u32 count = 0; count < REQUESTS_MAX && rest.size > 0; count += 1) {
        struct http_reader reader = {0};
        struct http_reader piecewise = {0};
        enum http_progress progress = read_pieces(&reader, &limits, rest, rest.size, &request);
        CHECK(read_pieces(&piecewise, &limits, rest, step, &other) == progress);
        CHECK(reader.refusal == piecewise.refusal);
        CHECK((progress == HTTP_READ_REFUSED) == (reader.refusal != HTTP_REFUSAL_NONE));
        /* The parser takes what we take, and sees the same in it. */
        CHECK(reader.refusal != HTTP_REFUSAL_DISAGREE || confuses_http_parser(rest));
        if (progress != HTTP_READ_WHOLE) {
            /* Wanting more beyond the limits would fill the caller's buffer. */
            CHECK(progress != HTTP_READ_MORE ||
                  rest.size < (size_t)limits.head_bytes_max + limits.body_bytes_max);
            break;
        }
        check_request(&request, &limits, rest);
        u32 taken = http_next(&reader);
        CHECK(taken > 0 && taken <= rest.size && taken == http_next(&piecewise));
        rest = span_after(rest, taken);
        if (request.upgrade) {
            break;
        }
    }
    return 0;
}
