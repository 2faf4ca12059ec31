/* Aim: an address is taken only as documented; an answer counts when it is whole, however it is
 * cut; everything else ends in time with nothing.
 *
 * Method: a listening socket of the test's own, which answers what the test says, byte by byte. */
#include "io/http_post.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 8192, TURNS_MAX = 2000 };

static u8 output[ROOM];
static u8 input[ROOM];
static struct http_post post;
static struct http_post_target target;
static int listener = -1;
static char url[64];

static int listen_any(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/a/add", ntohs(address.sin_port));
    assert_true(http_post_target_read(url, &target));
    http_post_init(&post, clock_real(), output, sizeof(output), input, sizeof(input));
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    http_post_close(&post);
    return close(listener);
}

static void addresses_are_numbers(void **state)
{
    (void)state;
    static const char *const good[] = {"http://127.0.0.1", "http://127.0.0.1:1/",
                                       "http://[::1]:65535/x/y", "http://[2001:db8::1]/"};
    static const char *const bad[] = {
        "https://127.0.0.1/",  "http://localhost/",   "http://",
        "http://127.0.0.1:0/", "http://127.0.0.1:/",  "http://127.0.0.1:65536/",
        "http://::1/",         "http://[127.0.0.1]/", "http://[::1/",
        "http://127.0.0.1/ x", "http://127.0.0.1/\r", "http://127.1/",
        "http://[::1]x:1/",    "http://127.0.0.1:1x/"};
    struct http_post_target read;
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        assert_true(http_post_target_read(good[i], &read));
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_false(http_post_target_read(bad[i], &read));
    }
    assert_true(http_post_target_read("http://[::1]:8099/p/q", &read));
    assert_string_equal(read.host, "[::1]:8099");
    assert_string_equal(read.path, "/p/q");
}

/* Answers `text` in pieces of so many bytes; *body_out is what came of it. */
static u32 exchange(const char *text, size_t piece, u64 timeout_ms, struct span *body_out)
{
    u32 status = 0;
    char request[ROOM];
    size_t asked = 0;
    size_t told = 0;
    int peer = -1;
    bool is_over = false;
    assert_true(http_post_begin(&post, &target, "text/plain", span_of_text("body!"), timeout_ms));
    peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
    for (u32 turn = 0; !is_over; turn += 1) {
        assert_true(turn < TURNS_MAX);
        is_over = http_post_turn(&post, &status, body_out);
        if (asked == 0 || memmem(request, asked, "body!", 5) == NULL) {
            ssize_t more = recv(peer, request + asked, sizeof(request) - asked, MSG_DONTWAIT);
            asked += more > 0 ? (size_t)more : 0;
            continue;
        }
        if (!is_over && told < strlen(text)) {
            size_t size = strlen(text) - told < piece ? strlen(text) - told : piece;
            assert_int_equal(send(peer, text + told, size, MSG_NOSIGNAL), (ssize_t)size);
            told += size;
        } else if (!is_over && timeout_ms > 1000) {
            (void)shutdown(peer, SHUT_WR);
        }
        struct pollfd wait = {.fd = post.socket};
        (void)http_post_poll(&post, &wait.events);
        (void)poll(&wait, is_over ? 0 : 1, 5);
    }
    assert_int_equal(post.state, HTTP_POST_IDLE);
    (void)close(peer);
    return status;
}

static void whole_answers_count(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nword",
        "HTTP/1.0 200 OK\r\n\r\nword",
        "HTTP/1.1 200 OK\r\nX: y\r\ncontent-length:   4\r\nZ: z\r\n\r\nword and more",
    };
    struct span body;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        for (size_t piece = 1; piece < 80; piece += 13) {
            assert_int_equal(exchange(texts[i], piece, 20000, &body), 200);
            assert_true(span_equal(body, span_of_text("word")));
        }
    }
    assert_int_equal(
        exchange("HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n7\n", 99, 20000, &body), 409);
    assert_true(span_equal(body, span_of_text("7\n")));
    assert_non_null(memmem(output, sizeof(output), "POST /a/add HTTP/1.0\r\n", 22));
}

static void what_is_not_whole_is_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nword",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nword",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\nword",
        "HTTP/1.1 200 OK\r\ntransfer-Encoding: chunked\r\n\r\n4\r\nword\r\n0\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\nword",
        "HTTP/1.1 2x0 OK\r\n\r\nword",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n",
    };
    struct span body;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_int_equal(exchange(texts[i], 1000, 20000, &body), 0);
        assert_int_equal(body.size, 0);
    }
    assert_int_equal(exchange("HTTP/1.1 200 OK\r\n\r\nword", 99, 100, &body), 0); /* too late */
}

static void too_long_is_nothing(void **state)
{
    (void)state;
    static char text[2 * ROOM];
    struct span body;
    (void)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n\r\n%*d", ROOM, 1);
    assert_int_equal(exchange(text, 4096, 20000, &body), 0);
    memset(text, 'x', sizeof(text) - 1);
    assert_false(http_post_begin(&post, &target, "text/plain", span_of_text(text), 1000));
}

static void nobody_there_is_nothing(void **state)
{
    (void)state;
    struct span body;
    u32 status = 1;
    bool is_over = false;
    struct http_post_target nobody;
    char free_url[64];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* bound, and nobody listens */
    assert_int_equal(bind(bound, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(bound, (struct sockaddr *)&address, &size), 0);
    (void)snprintf(free_url, sizeof(free_url), "http://127.0.0.1:%u", ntohs(address.sin_port));
    assert_true(http_post_target_read(free_url, &nobody));
    if (http_post_begin(&post, &nobody, "text/plain", span_of_text("x"), 20000)) {
        for (u32 turn = 0; !is_over; turn += 1) {
            assert_true(turn < TURNS_MAX);
            is_over = http_post_turn(&post, &status, &body);
        }
        assert_int_equal(status, 0);
    }
    (void)close(bound);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_numbers),
        cmocka_unit_test_setup_teardown(whole_answers_count, listen_any, close_it),
        cmocka_unit_test_setup_teardown(what_is_not_whole_is_nothing, listen_any, close_it),
        cmocka_unit_test_setup_teardown(too_long_is_nothing, listen_any, close_it),
        cmocka_unit_test_setup_teardown(nobody_there_is_nothing, listen_any, close_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
