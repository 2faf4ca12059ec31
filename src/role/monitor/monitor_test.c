/* Aim: an operator's tool gets the metrics of all processes and the truth about readiness; whoever
 * asks wrongly, slowly or too often is answered or dropped, and holds nobody else up.
 *
 * Method: the agent step by step on a listening socket of loopback, clients in the same thread, a
 * clock that the test moves. */
#include "role/monitor/monitor.h"

#include "base/span.h"
#include "io/handover.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS = 200, MS_NS = 1000000, ANSWER_BYTES = 1 << 16 };
#define START_US 1700000000000000ULL

static struct monitor monitor;
static struct clock_false clock_false;
static struct metrics_page pages[2];
static struct metrics counts[2];
static struct sockaddr_in address;
static char answer[ANSWER_BYTES];
static int match_line[2];

static void page_put(u32 index, bool is_ready)
{
    struct metrics_page_state state = {.time_us = clock_wall_us(&clock_false.clock),
                                       .is_ready = is_ready};
    assert_int_equal(metrics_page_put(&pages[index], &counts[index], &state), FAULT_NONE);
}

static int setup(void **state)
{
    socklen_t size = sizeof(address);
    (void)state;
    clock_false_init(&clock_false, START_US);
    for (u32 index = 0; index < 2; index += 1) {
        assert_int_equal(metrics_page_create(&pages[index], "page"), FAULT_NONE);
        metrics_init(&counts[index]);
        struct metric_declaration declaration = {
            .name = index == 0 ? "cambist_first_total" : "cambist_second_total", .help = "Said."};
        metric_add(metrics_counter(&counts[index], &declaration), 7 + index);
    }
    assert_int_equal(handover_pair(match_line), FAULT_NONE);
    assert_int_equal(fcntl(match_line[0], F_SETFL, O_NONBLOCK), 0);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address = (struct sockaddr_in){.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 64), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    struct monitor_source sources[] = {{.name = "first", .page = &pages[0]},
                                       {.name = "second", .page = &pages[1]}};
    struct monitor_options options = {.listener = listener,
                                      .match_line = match_line[0],
                                      .match_name = "second",
                                      .clock = &clock_false.clock,
                                      .sources = sources,
                                      .sources_count = 2};
    monitor_init(&monitor, &options);
    assert_int_equal(agent_open(&monitor.agent), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    agent_close(&monitor.agent);
    (void)close(match_line[1]);
    metrics_page_close(&pages[0]);
    metrics_page_close(&pages[1]);
    return 0;
}

static void work(u64 ms)
{
    bool busy = false;
    clock_false_advance(&clock_false, ms * MS_NS);
    assert_int_equal(agent_work(&monitor.agent, &busy), FAULT_NONE);
}

static int client_open(void)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
    return client;
}

static void client_send(int client, const char *text)
{
    assert_int_equal(send(client, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Everything until the other side closes; false when it does not. */
static bool client_receive(int client)
{
    size_t used = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        work(MONITOR_LOOK_MS);
        ssize_t size = read(client, answer + used, sizeof(answer) - 1 - used);
        if (size == 0) {
            answer[used] = 0;
            (void)close(client);
            return true;
        }
        used += size > 0 ? (size_t)size : 0;
    }
    answer[used] = 0;
    return false;
}

static const char *ask(const char *method, const char *path)
{
    char request[256];
    int client = client_open();
    (void)snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path);
    client_send(client, request);
    assert_true(client_receive(client));
    return answer;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void metrics_of_all_are_told(void **state)
{
    (void)state;
    page_put(0, true);
    page_put(1, false);
    const char *text = ask("GET", "/metrics");
    assert_true(begins(text, "HTTP/1.1 200 "));
    assert_non_null(strstr(text, "Content-Type: text/plain; version=0.0.4"));
    assert_non_null(strstr(text, "\ncambist_first_total 7\n"));
    assert_non_null(strstr(text, "\ncambist_second_total 8\n"));
    assert_non_null(strstr(text, "\ncambist_process_ready{process=\"first\"} 1\n"));
    assert_non_null(strstr(text, "\ncambist_process_ready{process=\"second\"} 0\n"));
    /* Content-Length is the body's. */
    const char *body = strstr(text, "\r\n\r\n") + 4;
    char expected[64];
    (void)snprintf(expected, sizeof(expected), "Content-Length: %zu\r\n", strlen(body));
    assert_non_null(strstr(text, expected));
    text = ask("HEAD", "/metrics");
    assert_true(begins(text, "HTTP/1.1 200 "));
    assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
}

static void readiness_is_told(void **state)
{
    (void)state;
    assert_true(begins(ask("GET", "/readyz"), "HTTP/1.1 503 ")); /* nobody has said anything */
    page_put(0, true);
    page_put(1, false);
    assert_true(begins(ask("GET", "/readyz"), "HTTP/1.1 503 "));
    assert_non_null(strstr(answer, "first ready\nsecond not ready\n"));
    page_put(1, true);
    assert_true(begins(ask("GET", "/readyz"), "HTTP/1.1 200 "));
    /* Who says nothing more is not ready. */
    work(MONITOR_STALE_MS);
    page_put(0, true);
    assert_true(begins(ask("GET", "/readyz"), "HTTP/1.1 503 "));
    assert_non_null(strstr(answer, "first ready\nsecond not ready\n"));
    assert_true(begins(ask("GET", "/livez"), "HTTP/1.1 200 "));
}

static void wrong_requests_are_answered(void **state)
{
    (void)state;
    assert_true(begins(ask("GET", "/"), "HTTP/1.1 404 "));
    assert_true(begins(ask("POST", "/livez"), "HTTP/1.1 405 "));
    assert_true(begins(ask("GET", "/livez HTTP/9.9"), "HTTP/1.1 4"));
    int client = client_open();
    client_send(client, "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    assert_true(client_receive(client));
    assert_true(begins(answer, "HTTP/1.1 413 "));
    client = client_open();
    char *large = answer;
    memset(large, 'a', MONITOR_REQUEST_BYTES + 100);
    memcpy(large, "GET /", 5);
    assert_true(send(client, large, MONITOR_REQUEST_BYTES + 100, MSG_NOSIGNAL) > 0);
    assert_true(client_receive(client));
    assert_true(answer[0] == 0 || begins(answer, "HTTP/1.1 4"));
}

/* One that says nothing and one that comes byte by byte; more than there is room for; and still
 * somebody is answered. */
static void slow_ones_hold_nobody_up(void **state)
{
    int slow[MONITOR_CONNECTIONS_MAX + 2];
    (void)state;
    slow[0] = client_open();
    work(MONITOR_LOOK_MS);
    client_send(slow[0], "GET /li");
    work(MONITOR_LOOK_MS);
    assert_true(begins(ask("GET", "/livez"), "HTTP/1.1 200 "));
    client_send(slow[0], "vez HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(client_receive(slow[0]));
    assert_true(begins(answer, "HTTP/1.1 200 "));
    for (u32 index = 0; index < ARRAY_COUNT(slow); index += 1) {
        slow[index] = client_open();
    }
    work(MONITOR_LOOK_MS);
    work(MONITOR_TIME_MS + 1);
    for (u32 index = 0; index < MONITOR_CONNECTIONS_MAX; index += 1) {
        assert_int_equal(read(slow[index], answer, 1), 0); /* dropped */
        (void)close(slow[index]);
    }
    for (u32 index = MONITOR_CONNECTIONS_MAX; index < ARRAY_COUNT(slow); index += 1) {
        client_send(slow[index], "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_true(client_receive(slow[index]));
        assert_true(begins(answer, "HTTP/1.1 200 "));
    }
}

/* What was handed over last, with all bytes of it still to be read. */
static void match_receives(const char *expected)
{
    struct handover_item item;
    u32 count = 0;
    char found[256];
    assert_int_equal(handover_receive(match_line[1], &item, 1, 0, &count), FAULT_NONE);
    ssize_t size = read(item.descriptor, found, sizeof(found));
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(found, expected, strlen(expected));
    assert_true(send(item.descriptor, "there", 5, MSG_NOSIGNAL) == 5);
    (void)close(item.descriptor);
}

/* Matching goes elsewhere, however it comes in pieces; while nobody is there, that is said; what
 * only looks similar stays here. */
static void matching_is_handed_over(void **state)
{
    static const char request[] = "POST /match/default HTTP/1.1\r\nHost: x\r\n";
    (void)state;
    page_put(0, true);
    page_put(1, false);
    int client = client_open();
    client_send(client, request);
    assert_true(client_receive(client));
    assert_true(begins(answer, "HTTP/1.1 503 "));
    assert_non_null(strstr(answer, "{\"detail\": \"matching is not ready\"}"));
    page_put(1, true);
    client = client_open();
    work(MONITOR_LOOK_MS); /* the connection is taken before a byte has come */
    page_put(1, true);
    for (u32 at = 0; at + 1 < sizeof(request); at += 1) {
        char one[2] = {request[at], 0};
        client_send(client, one);
        work(at < 11 ? MONITOR_LOOK_MS : 0);
        page_put(1, true);
        if (at == 10) { /* "POST /match" */
            match_receives("POST /match");
            break;
        }
    }
    assert_true(client_receive(client));
    assert_string_equal(answer, "there");
    assert_true(begins(ask("GET", "/matc"), "HTTP/1.1 404 "));
    assert_true(begins(ask("POST", "/readyz"), "HTTP/1.1 405 "));
    assert_true(begins(ask("GET", "/livez?/match"), "HTTP/1.1 200 "));
    /* Nobody takes what is handed over: those behind the last that fits are told, and wait for
     * nobody. */
    bool is_full = false;
    for (u32 count = 0; count < 2000 && !is_full; count += 1) {
        page_put(1, true);
        client = client_open();
        client_send(client, request);
        work(MONITOR_LOOK_MS);
        work(MONITOR_LOOK_MS);
        is_full = read(client, answer, sizeof(answer)) > 0;
        (void)close(client);
    }
    assert_true(is_full && begins(answer, "HTTP/1.1 503 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(metrics_of_all_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(readiness_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_requests_are_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(matching_is_handed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_ones_hold_nobody_up, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
