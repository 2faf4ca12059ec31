/* Aim: what http_read takes is exactly what docs/http.md says, each refusal has its reason and
 * status, every limit is reached, and pieces change nothing. Method: each request by name is read
 * at once, byte by byte and cut in two at every place, in memory of its exact size; then random
 * damage to sound requests. */
#include "wire/http.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/http_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct http_limits small = {
    .target_bytes_max = 64, .head_bytes_max = 256, .headers_count_max = 6, .body_bytes_max = 20};

/* One reading of `text` in pieces that end at `cut` (and every byte after it when step is 1). */
struct outcome {
    enum http_progress progress;
    enum http_refusal refusal;
    u32 taken;
    u32 continues;
};

static struct outcome read_pieces(struct span text, const struct http_limits *limits, size_t cut,
                                  size_t step, struct http_request *request)
{
    struct http_reader reader = {0};
    struct outcome outcome = {.progress = HTTP_READ_MORE};
    for (size_t size = cut;; size = size + step < text.size ? size + step : text.size) {
        outcome.progress = http_read(&reader, limits, span_piece(text, 0, size), request);
        outcome.continues += outcome.progress == HTTP_READ_CONTINUE;
        bool open = outcome.progress == HTTP_READ_MORE || outcome.progress == HTTP_READ_CONTINUE;
        if (!open || size == text.size) {
            break;
        }
    }
    if (outcome.progress == HTTP_READ_CONTINUE) {
        outcome.progress = HTTP_READ_MORE;
    }
    outcome.refusal = (enum http_refusal)reader.refusal;
    if (outcome.progress == HTTP_READ_WHOLE) {
        outcome.taken = http_next(&reader);
        assert_true(http_is_idle(&reader));
    }
    assert_true((outcome.progress == HTTP_READ_REFUSED) == (outcome.refusal != HTTP_REFUSAL_NONE));
    return outcome;
}

/* Reads in every way that the pieces may fall, and insists that the end is the same. */
static struct outcome read_every_way(struct span text, const struct http_limits *limits,
                                     struct http_request *request)
{
    static struct http_request other;
    struct outcome whole = read_pieces(text, limits, text.size, 1, request);
    for (size_t cut = 0; cut <= text.size; cut += 1) {
        struct outcome halves = read_pieces(text, limits, cut, text.size, &other);
        assert_int_equal(halves.progress, whole.progress);
        assert_int_equal(halves.refusal, whole.refusal);
        assert_int_equal(halves.taken, whole.taken);
    }
    struct outcome bytes = read_pieces(text, limits, 0, 1, &other);
    assert_int_equal(bytes.progress, whole.progress);
    assert_int_equal(bytes.refusal, whole.refusal);
    assert_int_equal(bytes.taken, whole.taken);
    return whole;
}

static void expect_whole(const char *text, struct http_request *request)
{
    struct outcome outcome = read_every_way(span_of_text(text), &small, request);
    if (outcome.progress != HTTP_READ_WHOLE) {
        print_error("%s: %s\n", text, http_refusal_text(outcome.refusal));
    }
    assert_int_equal(outcome.progress, HTTP_READ_WHOLE);
    assert_int_equal(outcome.taken, strlen(text));
}

static void expect_refusal(struct span text, enum http_refusal refusal, u32 status)
{
    static struct http_request request;
    struct outcome outcome = read_every_way(text, &small, &request);
    if (outcome.refusal != refusal) {
        print_error("%.*s: %s, expected %s\n", (int)text.size, (const char *)text.data,
                    http_refusal_text(outcome.refusal), http_refusal_text(refusal));
    }
    assert_int_equal(outcome.refusal, refusal);
    assert_int_equal(http_refusal_status(refusal), status);
    assert_true(http_refusal_text(refusal)[0] != 0);
}

static void refuses(const char *text, enum http_refusal refusal, u32 status)
{
    expect_refusal(span_of_text(text), refusal, status);
}

static void assert_span(struct span span, const char *text)
{
    assert_non_null(span.data);
    assert_int_equal(span.size, strlen(text));
    assert_memory_equal(span.data, text, span.size);
}

static struct http_request request;

static void plain_request_is_taken(void **state)
{
    (void)state;
    expect_whole("GET /api/v3/depth?symbol=BTCUSDT&limit=5 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                 "x-mbx-apikey:  key \t\r\nEmpty:\r\n\r\n",
                 &request);
    assert_int_equal(request.verb, HTTP_VERB_GET);
    assert_string_equal(http_verb_text(request.verb), "GET");
    assert_int_equal(request.minor, 1);
    assert_true(request.keep_alive);
    assert_false(request.upgrade);
    assert_span(request.target, "/api/v3/depth?symbol=BTCUSDT&limit=5");
    assert_span(request.path, "/api/v3/depth");
    assert_span(request.query, "symbol=BTCUSDT&limit=5");
    assert_int_equal(request.body.size, 0);
    assert_int_equal(request.headers_count, 3);
    assert_span(http_header(&request, HTTP_NAME_X_MBX_APIKEY), "key");
    assert_span(http_header(&request, HTTP_NAME_HOST), "127.0.0.1:8080");
    assert_null(http_header(&request, HTTP_NAME_CONTENT_TYPE).data);
    assert_int_equal(request.headers[2].kind, HTTP_NAME_OTHER);
    assert_span(request.headers[2].name, "Empty");
    assert_span(request.headers[2].value, "");
    assert_true(http_head_library()[0] != 0);
}

static void target_is_left_as_sent(void **state)
{
    (void)state;
    expect_whole("DELETE /a%2Fb/../c?x=[\"A\"]&y={z}?&& HTTP/1.1\r\nHost: h\r\n\r\n", &request);
    assert_int_equal(request.verb, HTTP_VERB_DELETE);
    assert_span(request.path, "/a%2Fb/../c");
    assert_span(request.query, "x=[\"A\"]&y={z}?&&");
    expect_whole("PUT / HTTP/1.1\r\nHost: h\r\n\r\n", &request);
    assert_null(request.query.data);
    expect_whole("OPTIONS /? HTTP/1.1\r\nHost: h\r\n\r\n", &request);
    assert_span(request.query, "");
    expect_whole("HEAD //a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", &request);
    assert_span(request.path, "//a");
}

static void body_is_taken_by_its_length(void **state)
{
    (void)state;
    expect_whole("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na=\r\n\x01", &request);
    assert_span(request.body, "a=\r\n\x01");
    expect_whole("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", &request);
    assert_int_equal(request.body.size, 0);
    expect_whole("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length:  2  \r\n\r\nab", &request);
    assert_span(request.body, "ab");
    expect_whole("POST /o HTTP/1.1\r\nHost: h\r\n\r\n", &request);
    assert_int_equal(request.body.size, 0);
    expect_whole("GET /o HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", &request);
    assert_span(request.body, "x");
    expect_whole("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n01234567890123456789",
                 &request);
    refuses("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length: 21\r\n\r\n", HTTP_REFUSAL_BODY_SIZE,
            413);
    refuses("POST /o HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551617\r\n\r\n",
            HTTP_REFUSAL_BODY_SIZE, 413);
}

static void unlike_lengths_are_refused(void **state)
{
    (void)state;
    static const char *const lengths[] = {
        "",      "-1", "+5", "5 5", "5,5",  "0x5", "05",  "00",
        "5 ; a", "5a", "a",  "1e1", "5\t5", "5\t", "\t5", "99999999999999999999999z"};
    for (size_t i = 0; i < ARRAY_COUNT(lengths); i += 1) {
        char text[200];
        (void)snprintf(text, sizeof(text),
                       "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: %s\r\n\r\n12345", lengths[i]);
        refuses(text, HTTP_REFUSAL_LENGTH, 400);
    }
    refuses("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            HTTP_REFUSAL_LENGTH_REPEATED, 400);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\ncontent-LENGTH: 2\r\n\r\n",
            HTTP_REFUSAL_LENGTH_REPEATED, 400);
}

static void codings_are_refused(void **state)
{
    (void)state;
    refuses("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            HTTP_REFUSAL_CODING_CHUNKED, 411);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n",
            HTTP_REFUSAL_CODING_CHUNKED, 411);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            HTTP_REFUSAL_CODING_UNKNOWN, 501);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n",
            HTTP_REFUSAL_CODING_UNKNOWN, 501);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n", HTTP_REFUSAL_CODING_UNKNOWN,
            501);
    refuses("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
            HTTP_REFUSAL_LENGTH_AND_CODING, 400);
    refuses("POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: identity\r\n\r\n",
            HTTP_REFUSAL_LENGTH_AND_CODING, 400);
    refuses("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            HTTP_REFUSAL_HEADER_REPEATED, 400);
    refuses("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_REFUSAL_CODING_OLD, 400);
}

static void line_ends_are_strict(void **state)
{
    (void)state;
    refuses("\r\nGET / HTTP/1.1\r\n", HTTP_REFUSAL_EMPTY_LINE, 400);
    refuses("\n", HTTP_REFUSAL_BARE_LF, 400);
    refuses("GET / HTTP/1.1\nHost: h\r\n\r\n", HTTP_REFUSAL_BARE_LF, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\n\r\n", HTTP_REFUSAL_BARE_LF, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\n\n", HTTP_REFUSAL_BARE_LF, 400);
    refuses("GET / HTTP/1.1\rHost: h\r\n\r\n", HTTP_REFUSAL_BARE_CR, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", HTTP_REFUSAL_BARE_CR, 400);
    refuses("GET /\rlonger-than-eight HTTP/1.1\r\n\r\n", HTTP_REFUSAL_BARE_CR, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\rlonger-than-eight: y\r\n\r\n", HTTP_REFUSAL_BARE_CR, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", HTTP_REFUSAL_BARE_CR, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\n\rx", HTTP_REFUSAL_BARE_CR, 400);
}

static void headers_are_strict(void **state)
{
    (void)state;
    refuses("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", HTTP_REFUSAL_FOLD, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\n\tfolded: x\r\n\r\n", HTTP_REFUSAL_FOLD, 400);
    refuses("GET / HTTP/1.1\r\n Host: h\r\n\r\n", HTTP_REFUSAL_FOLD, 400);
    refuses("GET / HTTP/1.1\r\nHost : h\r\n\r\n", HTTP_REFUSAL_HEADER_SPACE, 400);
    refuses("GET / HTTP/1.1\r\nContent-Length\t: 5\r\n\r\n", HTTP_REFUSAL_HEADER_SPACE, 400);
    refuses("GET / HTTP/1.1\r\nHost\r\n\r\n", HTTP_REFUSAL_HEADER, 400);
    refuses("GET / HTTP/1.1\r\n: h\r\n\r\n", HTTP_REFUSAL_HEADER, 400);
    refuses("GET / HTTP/1.1\r\nHo(st: h\r\n\r\n", HTTP_REFUSAL_HEADER, 400);
    refuses("GET / HTTP/1.1\r\nH\xc3\xb6st: h\r\n\r\n", HTTP_REFUSAL_HEADER, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nA: \x7f\r\n\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nA: \x1b[0m\r\n\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nX-MBX-APIKEY: \xc3\xb6\r\n\r\n", HTTP_REFUSAL_CHARACTER,
            400);
    static const char nul[] = "GET / HTTP/1.1\r\nHost: h\r\nA: x\0y\r\n\r\n";
    expect_refusal(span_of(nul, sizeof(nul) - 1), HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nX-Mbx-ApiKey: a\r\nX-MBX-APIKEY: a\r\n\r\n",
            HTTP_REFUSAL_HEADER_REPEATED, 400);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nX: \xc3\xb6\r\nx:y:z\r\n\r\n", &request);
    assert_span(request.headers[1].value, "\xc3\xb6");
    assert_span(request.headers[2].value, "y:z");
}

static void host_is_wanted_once(void **state)
{
    (void)state;
    refuses("GET / HTTP/1.1\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.0\r\nHost: a,b\r\n\r\n", HTTP_REFUSAL_HOST, 400);
    refuses("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HTTP_REFUSAL_HEADER_REPEATED, 400);
}

static void request_line_is_strict(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "GET\r\n",
        "GET /\r\n",
        "GET  / HTTP/1.1\r\n",
        "GET /  HTTP/1.1\r\n",
        "GET / a HTTP/1.1\r\n",
        " GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n",
        "GET / HTTP/11\r\n",
        "GET / http/1.1\r\n",
        "GET / HTTP/1.1x\r\n",
        "GET / HTTP/1,1\r\n",
        "G@T / HTTP/1.1\r\n",
        "GET / HTTP/a.1\r\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(malformed); i += 1) {
        refuses(malformed[i], HTTP_REFUSAL_REQUEST_LINE, 400);
    }
    refuses("GET /\t HTTP/1.1\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET /\xc3\xb6 HTTP/1.1\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET /a#b HTTP/1.1\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("GET /?a#b HTTP/1.1\r\n", HTTP_REFUSAL_CHARACTER, 400);
    refuses("\x16\x03\x01", HTTP_REFUSAL_CHARACTER, 400);
    refuses("PATCH / HTTP/1.1\r\n", HTTP_REFUSAL_METHOD, 501);
    refuses("get / HTTP/1.1\r\n", HTTP_REFUSAL_METHOD, 501);
    refuses("CONNECT a:1 HTTP/1.1\r\n", HTTP_REFUSAL_METHOD, 501);
    refuses("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_REFUSAL_VERSION, 505);
    refuses("GET / HTTP/1.2\r\n", HTTP_REFUSAL_VERSION, 505);
    refuses("GET / HTTP/0.9\r\n", HTTP_REFUSAL_VERSION, 505);
    refuses("GET http://h/ HTTP/1.1\r\n", HTTP_REFUSAL_TARGET_FORM, 400);
    refuses("OPTIONS * HTTP/1.1\r\n", HTTP_REFUSAL_TARGET_FORM, 400);
    refuses("GET ?a HTTP/1.1\r\n", HTTP_REFUSAL_TARGET_FORM, 400);
}

static void limits_are_reached_and_kept(void **state)
{
    (void)state;
    char text[600];
    (void)snprintf(text, sizeof(text), "GET /%063d HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    expect_whole(text, &request);
    (void)snprintf(text, sizeof(text), "GET /%064d HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    refuses(text, HTTP_REFUSAL_TARGET_SIZE, 414);
    (void)snprintf(text, sizeof(text), "GET /%0500d", 0); /* refused before the line ends */
    refuses(text, HTTP_REFUSAL_TARGET_SIZE, 414);
    (void)snprintf(text, sizeof(text), "%0500d", 0);
    refuses(text, HTTP_REFUSAL_REQUEST_LINE, 400);
    /* The head has 256 bytes: 27 of them are not the value. */
    (void)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %0230d\r\n\r\n", 0);
    assert_int_equal(strlen(text), 256);
    expect_whole(text, &request);
    (void)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %0231d\r\n\r\n", 0);
    refuses(text, HTTP_REFUSAL_HEAD_SIZE, 431);
    (void)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %0500d", 0);
    refuses(text, HTTP_REFUSAL_HEAD_SIZE, 431);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\n\r\n", &request);
    refuses("GET / HTTP/1.1\r\nHost: h\r\na:\r\nb:\r\nc:\r\nd:\r\ne:\r\nf:\r\n\r\n",
            HTTP_REFUSAL_HEADERS_COUNT, 431);
}

static void largest_limits_suit_the_parser(void **state)
{
    (void)state;
    static const struct http_limits largest = {.target_bytes_max = HTTP_HEAD_BYTES_MAX - 64,
                                               .head_bytes_max = HTTP_HEAD_BYTES_MAX,
                                               .headers_count_max = HTTP_HEADERS_MAX,
                                               .body_bytes_max = HTTP_BODY_BYTES_MAX};
    static u8 text[HTTP_HEAD_BYTES_MAX + 1];
    u32 size = (u32)sprintf((char *)text, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (u32 i = 0; i < HTTP_HEADERS_MAX - 2; i += 1) {
        size += (u32)sprintf((char *)text + size, "h%u: v\r\n", i);
    }
    size += (u32)sprintf((char *)text + size, "last: ");
    memset(text + size, 'x', HTTP_HEAD_BYTES_MAX - 4 - size);
    memcpy(text + HTTP_HEAD_BYTES_MAX - 4, "\r\n\r\n", 4);
    struct http_reader reader = {0};
    assert_int_equal(http_read(&reader, &largest, span_of(text, HTTP_HEAD_BYTES_MAX), &request),
                     HTTP_READ_WHOLE);
    assert_int_equal(request.headers_count, HTTP_HEADERS_MAX);
    assert_int_equal(http_next(&reader), HTTP_HEAD_BYTES_MAX);
}

static void old_version_is_answered_once(void **state)
{
    (void)state;
    expect_whole("GET / HTTP/1.0\r\n\r\n", &request);
    assert_int_equal(request.minor, 0);
    assert_false(request.keep_alive);
    expect_whole("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &request);
    assert_false(request.keep_alive);
    expect_whole("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", &request);
    assert_false(request.upgrade);
    expect_whole("GET / HTTP/1.0\r\nExpect: anything\r\n\r\n", &request);
}

static void connection_is_a_list(void **state)
{
    (void)state;
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", &request);
    assert_false(request.keep_alive);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, ,close ;q=1\r\n\r\n", &request);
    assert_false(request.keep_alive);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: x\r\nConnection: close\r\n\r\n",
                 &request);
    assert_false(request.keep_alive);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: closed, xclose\r\n\r\n", &request);
    assert_true(request.keep_alive);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip;q=1, br\r\n\r\n", &request);
    assert_true(http_list_has(&request, HTTP_NAME_ACCEPT_ENCODING, "gzip"));
    assert_true(http_list_has(&request, HTTP_NAME_ACCEPT_ENCODING, "br"));
    assert_false(http_list_has(&request, HTTP_NAME_ACCEPT_ENCODING, "deflate"));
}

static void expectation_is_told_once(void **state)
{
    (void)state;
    static const char text[] =
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc";
    struct span span = span_of(text, sizeof(text) - 1);
    expect_whole(text, &request);
    assert_int_equal(read_pieces(span, &small, 0, 1, &request).continues, 1);
    assert_int_equal(read_pieces(span, &small, span.size - 3, 1, &request).continues, 1);
    assert_int_equal(read_pieces(span, &small, span.size - 2, 1, &request).continues, 0);
    assert_int_equal(read_pieces(span, &small, span.size, 1, &request).continues, 0);
    struct http_reader reader = {0};
    struct span head = span_piece(span, 0, span.size - 3);
    assert_int_equal(http_read(&reader, &small, head, &request), HTTP_READ_CONTINUE);
    assert_int_equal(http_read(&reader, &small, head, &request), HTTP_READ_MORE);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nExpect: more\r\nContent-Length: 3\r\n\r\n",
            HTTP_REFUSAL_EXPECT, 417);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 30\r\n\r\n",
            HTTP_REFUSAL_BODY_SIZE, 413);
}

static void upgrade_hands_the_rest_back(void **state)
{
    (void)state;
    static const char text[] = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
                               "Upgrade: WebSocket\r\nSec-WebSocket-Key: "
                               "AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                               "\x81\x85rest";
    struct outcome outcome = read_every_way(span_of(text, sizeof(text) - 1), &small, &request);
    assert_int_equal(outcome.progress, HTTP_READ_WHOLE);
    assert_int_equal(outcome.taken, sizeof(text) - 1 - 6);
    assert_true(request.upgrade);
    assert_span(http_header(&request, HTTP_NAME_SEC_WEBSOCKET_KEY), "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_span(http_header(&request, HTTP_NAME_SEC_WEBSOCKET_VERSION), "13");
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
                 &request);
    assert_false(request.upgrade);
    expect_whole("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n", &request);
    assert_false(request.upgrade);
    refuses("POST / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            HTTP_REFUSAL_UPGRADE, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            "Content-Length: 1\r\n\r\n",
            HTTP_REFUSAL_UPGRADE, 400);
    refuses("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n"
            "\r\n",
            HTTP_REFUSAL_UPGRADE, 400);
}

static void requests_in_a_row_are_read_in_order(void **state)
{
    (void)state;
    static const char text[] = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                               "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET "
                               "GET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4";
    struct span rest = span_of(text, sizeof(text) - 1);
    struct http_reader reader = {0};
    static const char *const paths[] = {"/1", "/2", "/3"};
    for (u32 i = 0; i < 3; i += 1) {
        assert_true(http_is_idle(&reader));
        assert_int_equal(http_read(&reader, &small, rest, &request), HTTP_READ_WHOLE);
        assert_span(request.path, paths[i]);
        rest = span_after(rest, http_next(&reader));
    }
    assert_int_equal(http_read(&reader, &small, rest, &request), HTTP_READ_MORE);
    assert_int_equal(rest.size, 6);
    assert_false(http_is_idle(&reader));
}

static void buffer_may_move_between_calls(void **state)
{
    (void)state;
    static const char text[] = "POST /path?q HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    struct http_reader reader = {0};
    enum http_progress progress = HTTP_READ_MORE;
    u8 *copy = NULL;
    for (size_t size = 0; size < sizeof(text); size += 1) {
        free(copy);
        copy = malloc(size + 1);
        assert_non_null(copy);
        memcpy(copy, text, size);
        progress = http_read(&reader, &small, span_of(copy, size), &request);
    }
    assert_int_equal(progress, HTTP_READ_WHOLE);
    assert_span(request.path, "/path");
    assert_span(request.query, "q");
    assert_span(request.body, "abc");
    free(copy);
}

static void refused_stays_refused(void **state)
{
    (void)state;
    struct http_reader reader = {0};
    struct span text = span_of_text("GET / HTTP/1.1\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(http_read(&reader, &small, text, &request), HTTP_READ_REFUSED);
    assert_int_equal(http_read(&reader, &small, text, &request), HTTP_READ_REFUSED);
    assert_false(http_is_idle(&reader));
    expect_assert_failure(assert_int_equal(http_next(&reader), 0));
}

/* Damaged requests: whatever happens, pieces do not matter, and what is taken is sound. */
static void damage_is_read_alike_in_pieces(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "POST /api?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nX-MBX-APIKEY: k\r\n\r\nabc",
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nA: b\r\n\r\n",
    };
    static const char bytes[] = "\r\n\t :,/?#0159\x01\x7f\x80"
                                "aA\0";
    struct random random;
    random_init(&random, test_seed());
    u64 taken = 0;
    u64 rounds = test_rounds(3000);
    for (u64 round = rounds; round > 0; round -= 1) {
        char text[256];
        const char *from = sound[random_below(&random, ARRAY_COUNT(sound))];
        size_t size = strlen(from);
        memcpy(text, from, size);
        for (u64 count = random_between(&random, 0, 3); count > 0; count -= 1) {
            size_t at = random_below(&random, size);
            char byte = bytes[random_below(&random, sizeof(bytes) - 1)];
            if (random_chance(&random, 1, 2)) {
                text[at] = byte;
            } else if (random_chance(&random, 1, 2)) {
                memmove(text + at + 1, text + at, size - at);
                text[at] = byte;
                size += 1;
            } else {
                memmove(text + at, text + at + 1, size - at - 1);
                size -= 1;
            }
        }
        struct outcome outcome = read_every_way(span_of(text, size), &small, &request);
        assert_int_not_equal(outcome.refusal, HTTP_REFUSAL_DISAGREE);
        if (outcome.progress == HTTP_READ_WHOLE) {
            assert_true(outcome.taken <= size);
            assert_int_equal(request.target.data[0], '/');
            taken += 1;
        }
    }
    assert_true(taken > rounds / 10);
    assert_true(taken < rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_request_is_taken),
        cmocka_unit_test(target_is_left_as_sent),
        cmocka_unit_test(body_is_taken_by_its_length),
        cmocka_unit_test(unlike_lengths_are_refused),
        cmocka_unit_test(codings_are_refused),
        cmocka_unit_test(line_ends_are_strict),
        cmocka_unit_test(headers_are_strict),
        cmocka_unit_test(host_is_wanted_once),
        cmocka_unit_test(request_line_is_strict),
        cmocka_unit_test(limits_are_reached_and_kept),
        cmocka_unit_test(largest_limits_suit_the_parser),
        cmocka_unit_test(old_version_is_answered_once),
        cmocka_unit_test(connection_is_a_list),
        cmocka_unit_test(expectation_is_told_once),
        cmocka_unit_test(upgrade_hands_the_rest_back),
        cmocka_unit_test(requests_in_a_row_are_read_in_order),
        cmocka_unit_test(buffer_may_move_between_calls),
        cmocka_unit_test(refused_stays_refused),
        cmocka_unit_test(damage_is_read_alike_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
