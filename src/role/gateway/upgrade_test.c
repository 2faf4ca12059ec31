/* Aim: the handshake of RFC 6455 and the offers of RFC 7692, as clients send them and as none
 * should. Method: requests by name through wire/http's reader; the whole answer is compared. */
#include "role/gateway/upgrade.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD                                                                            \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define AGREED                                                                   \
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; " \
    "client_no_context_takeover"
#define KEY   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define TWICE "permessage-deflate; server_no_context_takeover; server_no_context_takeover"
#define V13   "Sec-WebSocket-Version: 13\r\n"

static struct upgrade answer(const char *headers, bool allowed, char *text, size_t text_bytes)
{
    static char request_text[4096];
    static struct http_request request;
    struct http_reader reader = {0};
    snprintf(request_text, sizeof(request_text),
             "GET /ws/btcusdt@trade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
             "Upgrade: websocket\r\n%s\r\n",
             headers);
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    assert_int_equal(http_read(&reader, &limits, span_of_text(request_text), &request),
                     HTTP_READ_WHOLE);
    struct upgrade upgrade = upgrade_answer(&request, allowed, text, text_bytes - 1);
    text[upgrade.head_bytes] = '\0';
    return upgrade;
}

static void gives(const char *headers, u32 status, const char *expected)
{
    char text[UPGRADE_HEAD_BYTES_MAX + 1];
    struct upgrade upgrade = answer(headers, true, text, sizeof(text));
    assert_string_equal(text, expected);
    assert_int_equal(upgrade.status, status);
    assert_int_equal(upgrade.deflate, strstr(expected, "permessage-deflate") != NULL);
}

static void the_example_of_the_rfc(void **state)
{
    (void)state;
    gives(KEY V13, 101, HEAD "\r\n");
    gives(KEY V13 "Sec-WebSocket-Protocol: chat, superchat\r\n", 101, HEAD "\r\n");
}

static void keys_and_versions(void **state)
{
    (void)state;
    static const char refused[] =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    static const char *const keys[] = {
        "dGhlIHNhbXBsZSBub25jZQ=",     "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZWU=",    "dGhlIHNhbXBsZSBub25j Q==",  "",
        "dGhlIHNhbXBsZSBub25jZ\x01==x"};
    for (u32 i = 0; i + 1 < ARRAY_COUNT(keys); i += 1) {
        char headers[200];
        snprintf(headers, sizeof(headers), "Sec-WebSocket-Key: %s\r\n" V13, keys[i]);
        gives(headers, 400, refused);
    }
    gives(V13, 400, refused);
    static const char other[] = "HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n"
                                "Sec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n";
    gives(KEY, 426, other);
    gives(KEY "Sec-WebSocket-Version: 8\r\n", 426, other);
    gives(KEY "Sec-WebSocket-Version: 13, 8\r\n", 426, other);
    gives(KEY "Sec-WebSocket-Version: 013\r\n", 426, other);
}

static void extensions(const char *value, const char *expected)
{
    char headers[1000];
    snprintf(headers, sizeof(headers), KEY V13 "Sec-WebSocket-Extensions: %s\r\n", value);
    gives(headers, expected[0] == 'H' && expected[9] == '4' ? 400 : 101, expected);
}

static void offers_that_are_taken(void **state)
{
    (void)state;
    static const char *const plain[] = {
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits", /* browsers, ws */
        "PerMessage-Deflate;CLIENT_max_window_bits=8",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate ; client_max_window_bits = \"15\"",
        "x-webkit-deflate-frame, permessage-deflate",
        "x; a=b; c=\"d\", permessage-deflate; server_max_window_bits=11, permessage-deflate",
        "permessage-deflate; what=ever, permessage-deflate"};
    for (u32 i = 0; i < ARRAY_COUNT(plain); i += 1) {
        extensions(plain[i], HEAD AGREED "\r\n\r\n");
    }
    static const char bits[] = HEAD AGREED "; server_max_window_bits=12\r\n\r\n";
    extensions("permessage-deflate; server_max_window_bits=12; client_max_window_bits=12", bits);
    extensions("permessage-deflate; server_max_window_bits=15", bits);
    extensions("permessage-deflate; server_max_window_bits=10, "
               "permessage-deflate; server_max_window_bits=\"13\"",
               bits);
    gives(KEY V13 "Sec-WebSocket-Extensions: other\r\n"
                  "Sec-WebSocket-Extensions: permessage-deflate\r\n",
          101, HEAD AGREED "\r\n\r\n");
}

static void offers_that_are_passed_over(void **state)
{
    (void)state;
    static const char *const values[] = {"permessage-deflate; server_max_window_bits",
                                         "permessage-deflate; server_max_window_bits=11",
                                         "permessage-deflate; server_max_window_bits=16",
                                         "permessage-deflate; server_max_window_bits=012",
                                         "permessage-deflate; client_max_window_bits=7",
                                         "permessage-deflate; client_max_window_bits=100",
                                         "permessage-deflate; server_no_context_takeover=1",
                                         "permessage-deflate; client_no_context_takeover=true",
                                         TWICE,
                                         "permessage-deflate; mystery",
                                         "permessage-deflat",
                                         "permessage-deflatee",
                                         "x-webkit-deflate-frame"};
    for (u32 i = 0; i < ARRAY_COUNT(values); i += 1) {
        extensions(values[i], HEAD "\r\n");
    }
    char text[UPGRADE_HEAD_BYTES_MAX + 1];
    struct upgrade upgrade = answer(KEY V13 "Sec-WebSocket-Extensions: permessage-deflate\r\n",
                                    false, text, sizeof(text));
    assert_string_equal(text, HEAD "\r\n");
    assert_false(upgrade.deflate);
}

static void lists_that_are_none(void **state)
{
    (void)state;
    static const char *const values[] = {"",
                                         ",",
                                         "permessage-deflate,",
                                         "permessage-deflate;",
                                         "permessage-deflate; =1",
                                         "permessage-deflate; client_max_window_bits=",
                                         "permessage-deflate; client_max_window_bits=\"12",
                                         "permessage-deflate; client_max_window_bits=\"1 2\"",
                                         "permessage-deflate client_max_window_bits",
                                         "permessage deflate",
                                         "permessage-deflate; a=\"\"",
                                         "(permessage-deflate)"};
    for (u32 i = 0; i < ARRAY_COUNT(values); i += 1) {
        extensions(values[i],
                   "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
}

static void memory_is_bounded(void **state)
{
    (void)state;
    char text[UPGRADE_HEAD_BYTES_MAX + 1];
    const char *headers = KEY V13 "Sec-WebSocket-Extensions: permessage-deflate; "
                                  "server_max_window_bits=12\r\n";
    struct upgrade whole = answer(headers, true, text, sizeof(text));
    assert_true(whole.head_bytes > 0);
    for (size_t size = 1; size <= whole.head_bytes; size += 1) {
        char *tight = malloc(size);
        assert_int_equal(answer(headers, true, tight, size).head_bytes, 0);
        free(tight);
    }
    static struct http_request request; /* one that asks for no WebSocket */
    struct upgrade upgrade = upgrade_answer(&request, true, text, sizeof(text));
    assert_int_equal(upgrade.status, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_rfc), cmocka_unit_test(keys_and_versions),
        cmocka_unit_test(offers_that_are_taken),  cmocka_unit_test(offers_that_are_passed_over),
        cmocka_unit_test(lists_that_are_none),    cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
