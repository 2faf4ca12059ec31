/* Aim: whoever opens this listener sees each request once, whole and in its order, however it came;
 * no connection takes more room or time than it may; what is secret is gone behind its answer.
 *
 * Method: a network in memory with one thing changed at a time; sockets of loopback for what only
 * they have: a port, a descriptor of the caller's. What answers counts and copies. */
#include "io/http_serve.h"

#include "base/span.h"
#include "tests/support/net_memory.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 3, HEAD_BYTES = 512, BODY_BYTES = 64, REQUEST_MS = 1000, TURNS_MAX = 2000 };

static const struct http_limits limits = {.target_bytes_max = 256,
                                          .head_bytes_max = HEAD_BYTES,
                                          .headers_count_max = HTTP_HEADERS_MAX,
                                          .body_bytes_max = BODY_BYTES};
static const struct http_field fields[] = {{"Cache-Control", "no-store"}, {"X-Own", "a, b"}};

static struct net_memory net;
static struct http_serve *serve;
static u8 *memory; /* locked, when requests are secret */
static size_t memory_bytes;
static u32 answered;
static char bodies[1024]; /* of all requests, one behind the other */
static const u8 *last_body;
static u8 long_body[HTTP_SERVE_ANSWER_BYTES];
static u8 huge_body[(3U << 20) + 7U];
static u8 huge_found[(3U << 20) + 4096U];
static const struct http_field own_fields[] = {{"Set-Cookie", "a=b"}};

static void answer(void *context, const struct http_request *request, struct http_reply *reply)
{
    (void)context;
    answered += 1;
    last_body = request->body.data;
    size_t used = strlen(bodies);
    assert_true(span_copy(request->body, bodies + used, sizeof(bodies) - used - 2));
    memcpy(bodies + used + request->body.size, ";", 2);
    if (span_equal(request->path, span_of_text("/nothing"))) {
        return;
    }
    *reply = (struct http_reply){.status = 200,
                                 .type = "text/x-own",
                                 .body = span_of_text("here"),
                                 .is_last = span_equal(request->path, span_of_text("/last"))};
    if (span_equal(request->path, span_of_text("/long"))) {
        reply->body = span_of(long_body, sizeof(long_body));
    } else if (span_equal(request->path, span_of_text("/huge"))) {
        reply->body = span_of(huge_body, sizeof(huge_body));
        reply->fields = own_fields;
        reply->fields_count = ARRAY_COUNT(own_fields);
    } else if (span_equal(request->path, span_of_text("/verb"))) {
        reply->status = 405;
        reply->allow = "GET";
    }
}

static struct http_serve_options options_of(void)
{
    return (struct http_serve_options){.address = "127.0.0.1",
                                       .connections_max = CONNECTIONS,
                                       .request_ms = REQUEST_MS,
                                       .limits = limits,
                                       .fields = fields,
                                       .fields_count = ARRAY_COUNT(fields),
                                       .answer = answer};
}

static int open_with(u8 *secret_input)
{
    struct http_serve_options options = options_of();
    net_memory_open(&net, &http_serve_handler, NULL);
    options.net = &net.net;
    options.secret_input = secret_input;
    assert_int_equal(http_serve_open(&serve, &options), FAULT_NONE);
    net.context = serve;
    answered = 0;
    bodies[0] = '\0';
    return 0;
}

static int make(void **state)
{
    (void)state;
    return open_with(NULL);
}

static int make_secret(void **state)
{
    (void)state;
    memory_bytes = http_serve_input_bytes(CONNECTIONS, &limits);
    memory = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    return open_with(memory);
}

static int clear(void **state)
{
    (void)state;
    http_serve_close(serve);
    net_memory_close(&net);
    if (memory != NULL) {
        assert_int_equal(munmap(memory, memory_bytes), 0);
        memory = NULL;
    }
    return 0;
}

static i32 connected(void)
{
    i32 place = net_memory_connect(&net);
    assert_true(place >= 0);
    return place;
}

static void give(i32 place, const char *text)
{
    (void)net_memory_give(&net, place, span_of_text(text), strlen(text));
}

static u32 count_of(i32 place, const char *words)
{
    struct span sent = net_memory_sent(&net, place);
    u32 count = 0;
    for (size_t at = 0; at + strlen(words) <= sent.size; at += 1) {
        count += memcmp(sent.data + at, words, strlen(words)) == 0;
    }
    return count;
}

static const char post_two[] = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                               "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ntwo";

static void requests_come_in_any_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= sizeof(post_two); piece += 1) {
        i32 place = connected();
        bodies[0] = '\0';
        assert_true(net_memory_give(&net, place, span_of_text(post_two), piece));
        assert_string_equal(bodies, "one;two;");
        assert_int_equal(count_of(place, "HTTP/1.1 200 "), 2);
        net_memory_leave(&net, place);
    }
}

static void each_answer_has_type_and_fields(void **state)
{
    (void)state;
    i32 place = connected();
    give(place, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    give(place, "GET /verb HTTP/1.1\r\nHost: h\r\n\r\n");
    give(place, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    give(place, "no request\r\n\r\n");
    assert_int_equal(count_of(place, "Content-Type: text/x-own\r\n"), 2);
    assert_int_equal(count_of(place, "Content-Type: text/plain; charset=utf-8\r\n"), 2);
    assert_int_equal(count_of(place, "Cache-Control: no-store\r\nX-Own: a, b\r\n"), 4);
    assert_int_equal(count_of(place, "Allow: GET\r\n"), 1);
    assert_int_equal(count_of(place, "HTTP/1.1 500 "), 1);
    assert_int_equal(count_of(place, "HTTP/1.1 400 "), 1);
    assert_int_equal(answered, 3);
}

static void head_has_a_length_and_no_body(void **state)
{
    (void)state;
    i32 place = connected();
    give(place, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(count_of(place, "Content-Length: 4\r\n"), 1);
    assert_int_equal(count_of(place, "here"), 0);
    /* A refusal behind it is no answer to HEAD. */
    give(place, "no request\r\n\r\n");
    assert_int_equal(count_of(place, "HTTP/1.1 400 "), 1);
    assert_int_equal(count_of(place, http_refusal_text(HTTP_REFUSAL_REQUEST_LINE)), 1);
}

static void what_is_refused_ends_its_connection_alone(void **state)
{
    static const char *const asks[][2] = {
        {"no request\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n", "413"},
        {"GET / HTTP/1.0\r\n\r\n", NULL},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n", "200"},
        {"GET /last HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "200"},
    };
    (void)state;
    i32 other = connected();
    give(other, "GET / HTTP/1.1\r\n");
    for (u32 i = 0; i < ARRAY_COUNT(asks); i += 1) {
        char status[32];
        i32 place = connected();
        give(place, asks[i][0]);
        assert_false(net_memory_is_open(&net, place));
        (void)snprintf(status, sizeof(status), "HTTP/1.1 %s", asks[i][1] == NULL ? "" : asks[i][1]);
        assert_int_equal(count_of(place, status), 1);
    }
    u32 before = answered;
    give(other, "Host: h\r\n\r\n");
    assert_int_equal(answered, before + 1);
    assert_true(net_memory_is_open(&net, other));
}

static void a_head_that_is_too_long(void **state)
{
    char text[HEAD_BYTES + 64];
    (void)state;
    i32 place = connected();
    memset(text, 'a', sizeof(text));
    memcpy(text, "GET / HTTP/1.1\r\nHost: h\r\nX: ", 28);
    assert_false(net_memory_give(&net, place, span_of(text, sizeof(text)), 7));
    assert_int_equal(count_of(place, "HTTP/1.1 431 "), 1);
    assert_int_equal(answered, 0);
}

static void the_longest_answer_fits(void **state)
{
    (void)state;
    i32 place = connected();
    memset(long_body, 'x', sizeof(long_body));
    give(place, "GET /long HTTP/1.1\r\nHost: h\r\n\r\n");
    struct span sent = net_memory_sent(&net, place);
    assert_true(sent.size > sizeof(long_body));
    assert_memory_equal(sent.data + sent.size - sizeof(long_body), long_body, sizeof(long_body));
}

static void connections_are_bounded(void **state)
{
    i32 places[CONNECTIONS];
    (void)state;
    for (u32 i = 0; i < CONNECTIONS; i += 1) {
        places[i] = connected();
    }
    assert_int_equal(net_memory_connect(&net), -1);
    net_memory_leave(&net, places[1]);
    i32 late = connected();
    assert_int_equal(net_memory_connect(&net), -1);
    give(late, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(answered, 1);
}

static void a_request_has_its_time(void **state)
{
    (void)state;
    i32 slow = connected();
    i32 idle = connected();
    net_memory_wait(&net, REQUEST_MS - 1);
    give(slow, "G"); /* from here on anew, once */
    net_memory_wait(&net, REQUEST_MS - 1);
    assert_false(net_memory_is_open(&net, idle));
    give(slow, "ET /");
    assert_true(net_memory_is_open(&net, slow));
    net_memory_wait(&net, 1);
    assert_false(net_memory_is_open(&net, slow));
    assert_int_equal(net_memory_sent(&net, slow).size, 0);
    assert_int_equal(answered, 0);
}

static void who_asks_again_and_again_stays(void **state)
{
    (void)state;
    i32 place = connected();
    for (u32 i = 0; i < 5; i += 1) {
        net_memory_wait(&net, REQUEST_MS - 1);
        give(place, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    assert_true(net_memory_is_open(&net, place));
    assert_int_equal(answered, 5);
}

static void from_an_answer_on_the_time_is_anew(void **state)
{
    (void)state;
    i32 place = connected();
    give(place, "GET / HTTP");
    net_memory_wait(&net, REQUEST_MS - 1);
    give(place, "/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(answered, 1);
    net_memory_wait(&net, REQUEST_MS - 1);
    assert_true(net_memory_is_open(&net, place));
    net_memory_wait(&net, 1);
    assert_false(net_memory_is_open(&net, place));
}

static void a_body_that_waits_for_leave(void **state)
{
    (void)state;
    i32 place = connected();
    give(place, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(count_of(place, "HTTP/1.1 100 "), 1);
    give(place, "ok");
    assert_string_equal(bodies, "ok;");
    assert_int_equal(count_of(place, "HTTP/1.1 200 "), 1);
}

static void a_secret_is_gone_behind_its_answer(void **state)
{
    static const u8 nothing[HEAD_BYTES + BODY_BYTES];
    (void)state;
    i32 place = connected();
    give(place, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nwordsPOST");
    assert_string_equal(bodies, "words;");
    assert_true(last_body >= memory && last_body < memory + memory_bytes);
    assert_memory_equal(memory, "POST", 4);
    assert_memory_equal(memory + 4, nothing, HEAD_BYTES + BODY_BYTES - 4);
    /* Also of a request that is never whole. */
    give(place, " / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nwords");
    net_memory_leave(&net, place);
    assert_memory_equal(memory, nothing, HEAD_BYTES + BODY_BYTES);
    assert_int_equal(answered, 1);
}

/* ---- sockets ---- */

static bool asks_over_socket(struct http_serve *at, u16 port)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    char got[1024] = "";
    size_t used = 0;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(
        connect(client, (const struct sockaddr *)(const void *)&address, sizeof(address)), 0);
    assert_int_equal(send(client, text, sizeof(text) - 1, MSG_NOSIGNAL), sizeof(text) - 1);
    for (u32 turn = 0; turn < TURNS_MAX; turn += 1) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        assert_int_equal(http_serve_run(at, 1000), FAULT_NONE);
        if (poll(&ready, 1, 0) != 1) {
            continue;
        }
        ssize_t size = recv(client, got + used, sizeof(got) - 1 - used, 0);
        if (size <= 0) {
            break;
        }
        used += (size_t)size;
    }
    assert_int_equal(close(client), 0);
    return strstr(got, "HTTP/1.1 200 ") != NULL && strstr(got, "\r\n\r\nhere") != NULL;
}

static void it_listens_at_an_address_or_a_descriptor(void **state)
{
    struct http_serve *other = NULL;
    struct http_serve_options options = options_of();
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    (void)state;
    assert_int_equal(http_serve_open(&other, &options), FAULT_NONE);
    assert_true(asks_over_socket(other, http_serve_port(other)));
    http_serve_close(other);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)(const void *)&address, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)(void *)&address, &size), 0);
    options.descriptor = listener;
    for (u32 round = 0; round < 2; round += 1) { /* the caller's stays open */
        assert_int_equal(http_serve_open(&other, &options), FAULT_NONE);
        assert_true(asks_over_socket(other, ntohs(address.sin_port)));
        http_serve_close(other);
    }
    assert_int_equal(close(listener), 0);
    options.descriptor = listener;
    assert_int_equal(http_serve_open(&other, &options), FAULT_INPUT);
    assert_null(other);
}

/* Reads until the connection ends, a little in each turn; how many bytes. */
static size_t read_slowly(struct http_serve *at, int client)
{
    size_t used = 0;
    for (u32 turn = 0; turn < 100 * TURNS_MAX; turn += 1) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        assert_int_equal(http_serve_run(at, 1000), FAULT_NONE);
        if (poll(&ready, 1, 0) != 1) {
            continue;
        }
        ssize_t size =
            recv(client, huge_found + used, u64_min(10007, sizeof(huge_found) - used), 0);
        if (size <= 0) {
            break;
        }
        used += (size_t)size;
    }
    return used;
}

static void a_long_answer_comes_whole_with_its_own_fields(void **state)
{
    static const char text[] = "GET /huge HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    struct http_serve *other = NULL;
    struct http_serve_options options = options_of();
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    (void)state;
    for (size_t i = 0; i < sizeof(huge_body); i += 1) {
        huge_body[i] = (u8)(i * 31 + i / 251);
    }
    options.request_ms = 600000;
    options.answer_bytes_max = sizeof(huge_body);
    assert_int_equal(http_serve_open(&other, &options), FAULT_NONE);
    address.sin_port = htons(http_serve_port(other));
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(
        connect(client, (const struct sockaddr *)(const void *)&address, sizeof(address)), 0);
    assert_int_equal(send(client, text, sizeof(text) - 1, MSG_NOSIGNAL), sizeof(text) - 1);
    size_t size = read_slowly(other, client);
    assert_true(size > sizeof(huge_body));
    size_t head = size - sizeof(huge_body);
    assert_true(head < HTTP_SERVE_HEAD_BYTES);
    assert_memory_equal(huge_found + head, huge_body, sizeof(huge_body));
    huge_found[head] = 0;
    assert_non_null(strstr((const char *)huge_found, "X-Own: a, b\r\nSet-Cookie: a=b\r\n"));
    assert_non_null(strstr((const char *)huge_found, "Content-Length: 3145735\r\n"));
    assert_int_equal(close(client), 0);
    http_serve_close(other);
}

#define SERVE_TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVE_TEST(requests_come_in_any_pieces),
        SERVE_TEST(each_answer_has_type_and_fields),
        SERVE_TEST(head_has_a_length_and_no_body),
        SERVE_TEST(what_is_refused_ends_its_connection_alone),
        SERVE_TEST(a_head_that_is_too_long),
        SERVE_TEST(the_longest_answer_fits),
        SERVE_TEST(connections_are_bounded),
        SERVE_TEST(a_request_has_its_time),
        SERVE_TEST(who_asks_again_and_again_stays),
        SERVE_TEST(from_an_answer_on_the_time_is_anew),
        SERVE_TEST(a_body_that_waits_for_leave),
        cmocka_unit_test_setup_teardown(a_secret_is_gone_behind_its_answer, make_secret, clear),
        cmocka_unit_test(a_long_answer_comes_whole_with_its_own_fields),
        cmocka_unit_test(it_listens_at_an_address_or_a_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
