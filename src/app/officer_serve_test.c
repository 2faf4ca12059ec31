/* Aim: the officer's page is for whoever has the token, from 127.0.0.1 by that very name, and from
 * no other site; everybody else learns nothing, and no request reaches what is behind it.
 *
 * Method: the listener on loopback, driven by hand in this thread, asked over plain sockets; what
 * stands behind it counts how often it was asked. */
#include "app/officer_serve.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 2000, TEXT_BYTES = 65536, IDLE_MS = 60000 };

static const char token[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const struct page pages_list[] = {
    {"/", "text/html; charset=utf-8", "a", "page", "", 4, 0, false},
    {"/page.js", "text/javascript; charset=utf-8", "b", "script", "", 6, 0, false}};
static const struct page_table pages = {pages_list, ARRAY_COUNT(pages_list)};

static struct officer_serve *serve;
static struct clock_false now;
static char sent[TEXT_BYTES];
static char got[TEXT_BYTES];
static u32 asked_count;
static struct officer_asked asked_last;
static char asked_body[OFFICER_SERVE_BODY_BYTES + 1];
static char asked_path[64];

/* What stands behind it. */
static void answer(void *context, const struct officer_asked *asked, struct officer_reply *reply)
{
    (void)context;
    asked_count += 1;
    asked_last = *asked;
    memset(asked_body, 0, sizeof(asked_body));
    memset(asked_path, 0, sizeof(asked_path));
    assert_true(span_copy(asked->body, asked_body, sizeof(asked_body) - 1));
    assert_true(span_copy(asked->path, asked_path, sizeof(asked_path) - 1));
    *reply = (struct officer_reply){.status = 200,
                                    .body = span_of_text("{}"),
                                    .is_quiet = strcmp(asked_path, "quiet") == 0,
                                    .is_end = strcmp(asked_path, "end") == 0};
}

static int make(void **state)
{
    (void)state;
    clock_false_init(&now, 1700000000000000ULL);
    const struct officer_serve_options options = {
        .clock = &now.clock, .pages = &pages, .token = token, .idle_ms = IDLE_MS, .answer = answer};
    asked_count = 0;
    return officer_serve_open(&serve, &options) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    officer_serve_close(serve);
    return 0;
}

static int client_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(officer_serve_port(serve)),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(
        connect(client, (const struct sockaddr *)(const void *)&address, sizeof(address)), 0);
    return client;
}

/* Sends `size` bytes of `sent`, and reads until the connection ends; the status. */
static u32 talk(size_t size)
{
    int client = client_open();
    size_t used = 0;
    size_t done = 0;
    bool is_open = true;
    unsigned status = 0;
    memset(got, 0, sizeof(got));
    for (u32 turn = 0; turn < TURNS_MAX && is_open; turn += 1) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        if (done < size) {
            ssize_t written = send(client, sent + done, size - done, MSG_DONTWAIT | MSG_NOSIGNAL);
            done += written > 0 ? (size_t)written : 0;
        }
        assert_int_equal(officer_serve_run(serve, 1000), FAULT_NONE);
        if (poll(&ready, 1, 0) == 1) {
            ssize_t read = recv(client, got + used, sizeof(got) - 1 - used, 0);
            is_open = read > 0;
            used += read > 0 ? (size_t)read : 0;
        }
    }
    assert_int_equal(close(client), 0);
    if (sscanf(got, "HTTP/1.1 %u", &status) != 1) {
        return 0;
    }
    return status;
}

/* One request whose connection ends behind it. `host` and `more` (whole lines) may be NULL. */
static u32 ask(const char *verb, const char *path, const char *host, const char *more,
               const char *body)
{
    char own[32];
    (void)snprintf(own, sizeof(own), "127.0.0.1:%u", officer_serve_port(serve));
    int size = snprintf(sent, sizeof(sent),
                        "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s"
                        "Content-Length: %zu\r\n\r\n%s",
                        verb, path, host == NULL ? own : host, more == NULL ? "" : more,
                        strlen(body), body);
    assert_true(size > 0 && (size_t)size < sizeof(sent));
    return talk((size_t)size);
}

/* The lines that the page itself sends, in a memory that the next call takes again. */
static const char *own_lines(const char *its_token)
{
    static char lines[512];
    (void)snprintf(lines, sizeof(lines),
                   OFFICER_TOKEN_HEADER ": %s\r\nOrigin: http://127.0.0.1:%u\r\n"
                                        "Sec-Fetch-Site: same-origin\r\n",
                   its_token, officer_serve_port(serve));
    return lines;
}

static const char *path_of(const char *its_token, const char *rest)
{
    static char path[256];
    (void)snprintf(path, sizeof(path), "/%s/%s", its_token, rest);
    return path;
}

static void who_has_the_token_is_heard(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", path_of(token, ""), NULL, NULL, ""), 200);
    assert_non_null(strstr(got, "\r\n\r\npage"));
    assert_int_equal(ask("GET", path_of(token, "page.js"), NULL, NULL, ""), 200);
    assert_non_null(strstr(got, "text/javascript"));
    assert_int_equal(ask("GET", path_of(token, "api/desk?a=b"), NULL, own_lines(token), ""), 200);
    assert_string_equal(asked_path, "desk");
    assert_false(asked_last.is_post);
    assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, own_lines(token), "words"), 200);
    assert_true(asked_last.is_post);
    assert_string_equal(asked_body, "words");
    assert_int_equal(asked_count, 2);
}

static void each_answer_says_what_a_browser_must_not_do(void **state)
{
    static const char *const lines[] = {
        "Cache-Control: no-store\r\n", "default-src 'none'; script-src 'self'",
        "frame-ancestors 'none'",      "form-action 'none'",
        "trusted-types 'none'",        "X-Content-Type-Options: nosniff\r\n",
        "X-Frame-Options: DENY\r\n",   "Referrer-Policy: no-referrer\r\n"};
    (void)state;
    for (u32 round = 0; round < 3; round += 1) {
        (void)ask("GET", round == 0 ? path_of(token, "") : path_of(token, "api/desk"), NULL,
                  round == 1 ? own_lines(token) : NULL, "");
        for (u32 i = 0; i < ARRAY_COUNT(lines); i += 1) {
            assert_non_null(strstr(got, lines[i]));
        }
        assert_null(strstr(got, "Access-Control"));
        assert_null(strstr(got, "Set-Cookie"));
    }
}

static void a_missing_token_reaches_nothing(void **state)
{
    char wrong[OFFICER_TOKEN_BYTES];
    (void)state;
    assert_int_equal(ask("GET", "/", NULL, NULL, ""), 404);
    assert_int_equal(ask("GET", "/api/desk", NULL, own_lines(token), ""), 404);
    assert_int_equal(ask("GET", path_of(token, "api/desk"), NULL, NULL, ""), 403);
    for (u32 i = 0; i < OFFICER_TOKEN_BYTES - 1; i += 1) {
        memcpy(wrong, token, sizeof(wrong));
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        assert_int_equal(ask("GET", path_of(wrong, ""), NULL, NULL, ""), 404);
        assert_null(strstr(got, "page"));
        assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, own_lines(wrong), ""), 403);
    }
    wrong[OFFICER_TOKEN_BYTES - 2] = '\0';
    assert_int_equal(ask("GET", path_of(wrong, ""), NULL, NULL, ""), 404);
    assert_int_equal(ask("GET", path_of(wrong, "api/desk"), NULL, own_lines(wrong), ""), 404);
    assert_int_equal(asked_count, 0);
}

static void another_name_of_this_machine_is_not_heard(void **state)
{
    char names[6][64];
    u32 port = officer_serve_port(serve);
    (void)state;
    (void)snprintf(names[0], sizeof(names[0]), "localhost:%u", port);
    (void)snprintf(names[1], sizeof(names[1]), "officer.invalid:%u", port);
    (void)snprintf(names[2], sizeof(names[2]), "127.0.0.1");
    (void)snprintf(names[3], sizeof(names[3]), "127.0.0.1:%u", port == 1 ? 2 : port - 1);
    (void)snprintf(names[4], sizeof(names[4]), "127.0.0.1:%u.officer.invalid", port);
    (void)snprintf(names[5], sizeof(names[5]), "127.1:%u", port);
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        assert_int_equal(ask("GET", path_of(token, ""), names[i], NULL, ""), 403);
        assert_null(strstr(got, "\r\n\r\npage"));
        assert_int_equal(ask("POST", path_of(token, "api/act"), names[i], own_lines(token), ""),
                         403);
    }
    assert_int_equal(asked_count, 0);
}

static void another_site_is_not_heard(void **state)
{
    static const char *const origins[] = {"http://other.invalid", "null", "https://127.0.0.1",
                                          "http://127.0.0.1", "http://127.0.0.1:1"};
    static const char *const sites[] = {"cross-site", "same-site", "none"};
    char lines[512];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(origins); i += 1) {
        (void)snprintf(lines, sizeof(lines), OFFICER_TOKEN_HEADER ": %s\r\nOrigin: %s\r\n", token,
                       origins[i]);
        assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, lines, ""), 403);
        assert_int_equal(ask("GET", path_of(token, "api/desk"), NULL, lines, ""), 403);
    }
    for (u32 i = 0; i < ARRAY_COUNT(sites); i += 1) {
        (void)snprintf(lines, sizeof(lines),
                       OFFICER_TOKEN_HEADER ": %s\r\nOrigin: http://127.0.0.1:%u\r\n"
                                            "Sec-Fetch-Site: %s\r\n",
                       token, officer_serve_port(serve), sites[i]);
        assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, lines, ""), 403);
    }
    (void)snprintf(lines, sizeof(lines), OFFICER_TOKEN_HEADER ": %s\r\n", token);
    assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, lines, ""), 403);
    assert_int_equal(ask("GET", path_of(token, ""), NULL, "Sec-Fetch-Site: cross-site\r\n", ""),
                     403);
    assert_int_equal(ask("GET", path_of(token, ""), NULL, "Sec-Fetch-Site: none\r\n", ""), 200);
    assert_int_equal(asked_count, 0);
}

static void what_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", path_of(token, "index.html"), NULL, NULL, ""), 404);
    assert_int_equal(ask("GET", path_of(token, "../page.js"), NULL, NULL, ""), 404);
    assert_int_equal(ask("GET", path_of(token, "%70age.js"), NULL, NULL, ""), 404);
    assert_int_equal(ask("POST", path_of(token, ""), NULL, own_lines(token), ""), 405);
    assert_int_equal(ask("PUT", path_of(token, "api/act"), NULL, own_lines(token), ""), 405);
    assert_int_equal(ask("OPTIONS", path_of(token, "api/act"), NULL, own_lines(token), ""), 405);
    assert_int_equal(asked_count, 0);
}

static void sizes_are_bounded(void **state)
{
    static char body[OFFICER_SERVE_BODY_BYTES + 2];
    (void)state;
    memset(body, 'a', sizeof(body) - 1);
    body[OFFICER_SERVE_BODY_BYTES] = '\0';
    assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, own_lines(token), body), 200);
    assert_int_equal(strlen(asked_body), OFFICER_SERVE_BODY_BYTES);
    body[OFFICER_SERVE_BODY_BYTES] = 'a';
    assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, own_lines(token), body), 413);
    assert_int_equal(asked_count, 1);
    int size = snprintf(sent, sizeof(sent), "GET /%s/ HTTP/1.1\r\nHost: a\r\nX: ", token);
    memset(sent + size, 'a', OFFICER_SERVE_HEAD_BYTES);
    assert_int_equal(talk((size_t)size + OFFICER_SERVE_HEAD_BYTES), 431);
    size = snprintf(sent, sizeof(sent), "no request at all\r\n\r\n");
    assert_int_equal(talk((size_t)size), 400);
}

static void connections_are_bounded(void **state)
{
    int clients[OFFICER_SERVE_CONNECTIONS_MAX];
    (void)state;
    for (u32 i = 0; i < OFFICER_SERVE_CONNECTIONS_MAX; i += 1) {
        clients[i] = client_open();
        assert_int_equal(officer_serve_run(serve, 1000), FAULT_NONE);
    }
    assert_int_equal(ask("GET", path_of(token, ""), NULL, NULL, ""), 0); /* closed without a word */
    for (u32 i = 0; i < OFFICER_SERVE_CONNECTIONS_MAX; i += 1) {
        assert_int_equal(close(clients[i]), 0);
    }
    for (u32 turn = 0; turn < 10; turn += 1) {
        assert_int_equal(officer_serve_run(serve, 1000), FAULT_NONE);
    }
    assert_int_equal(ask("GET", path_of(token, ""), NULL, NULL, ""), 200);
}

static void it_ends_when_nobody_works(void **state)
{
    (void)state;
    for (u32 minute = 0; minute < 3; minute += 1) {
        clock_false_advance(&now, (IDLE_MS - 1000) * 1000000ULL);
        assert_int_equal(ask("POST", path_of(token, "api/act"), NULL, own_lines(token), ""), 200);
        assert_false(officer_serve_is_over(serve));
    }
    /* To look is no work, and who is not heard does not keep it alive either. */
    clock_false_advance(&now, (IDLE_MS - 1000) * 1000000ULL);
    assert_int_equal(ask("GET", path_of(token, "api/quiet"), NULL, own_lines(token), ""), 200);
    assert_int_equal(ask("GET", path_of(token, "api/desk"), NULL, NULL, ""), 403);
    assert_false(officer_serve_is_over(serve));
    clock_false_advance(&now, 1000 * 1000000ULL);
    assert_int_equal(officer_serve_run(serve, 0), FAULT_NONE);
    assert_true(officer_serve_is_over(serve));
}

static void it_ends_when_it_is_told(void **state)
{
    (void)state;
    assert_int_equal(ask("POST", path_of(token, "api/end"), NULL, own_lines(token), ""), 200);
    assert_true(officer_serve_is_over(serve));
}

static void a_token_is_drawn(void **state)
{
    struct officer_serve *other[2] = {NULL, NULL};
    const struct officer_serve_options options = {
        .clock = &now.clock, .pages = &pages, .idle_ms = IDLE_MS, .answer = answer};
    (void)state;
    for (u32 i = 0; i < 2; i += 1) {
        assert_int_equal(officer_serve_open(&other[i], &options), FAULT_NONE);
        assert_int_equal(strlen(officer_serve_token(other[i])), OFFICER_TOKEN_BYTES - 1);
    }
    assert_string_not_equal(officer_serve_token(other[0]), officer_serve_token(other[1]));
    officer_serve_close(other[0]);
    officer_serve_close(other[1]);
}

#define SERVE_TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVE_TEST(who_has_the_token_is_heard),
        SERVE_TEST(each_answer_says_what_a_browser_must_not_do),
        SERVE_TEST(a_missing_token_reaches_nothing),
        SERVE_TEST(another_name_of_this_machine_is_not_heard),
        SERVE_TEST(another_site_is_not_heard),
        SERVE_TEST(what_is_not_there),
        SERVE_TEST(sizes_are_bounded),
        SERVE_TEST(connections_are_bounded),
        SERVE_TEST(it_ends_when_nobody_works),
        SERVE_TEST(it_ends_when_it_is_told),
        SERVE_TEST(a_token_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
