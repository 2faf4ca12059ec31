/* Aim: each line is answered once and in its order, whatever pieces it comes in; connections, lines
 * and what waits are bounded; who does not read is cut off. Method: lines through a local socket,
 * answered by a function of the test, and a clock that the test moves. */
#include "io/line_talk.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEPS = 20000, LINE_MAX_BYTES = 64, ANSWER_MAX_BYTES = 1 << 20 };

static char folder[64];
static struct sockaddr_un address;
static struct clock_false clock_false;
static int listener;
static struct line_talk *talk;
static char said[ANSWER_MAX_BYTES];
static u32 answers;
static char heard[ANSWER_MAX_BYTES + 64];

/* Repeats the line; "big" is answered by as much as there may be. */
static struct span answer(void *context, struct span line)
{
    assert_ptr_equal(context, &talk);
    answers += 1;
    if (span_equal(line, span_of_text("big"))) {
        memset(said, 'b', sizeof(said));
        return span_of(said, sizeof(said));
    }
    int size = snprintf(said, sizeof(said), "<%.*s>", (int)line.size, (const char *)line.data);
    return span_of(said, (size_t)size);
}

static int setup(void **state)
{
    struct line_talk_options options = {.what = "a test",
                                        .line_bytes_max = LINE_MAX_BYTES,
                                        .answer_bytes_max = ANSWER_MAX_BYTES,
                                        .clock = &clock_false.clock,
                                        .answer = answer,
                                        .context = &talk};
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-talk-XXXXXX");
    assert_non_null(mkdtemp(folder));
    clock_false_init(&clock_false, 1);
    address.sun_family = AF_UNIX;
    assert_true(strlen(folder) + sizeof("/test.sock") <= sizeof(address.sun_path));
    memcpy(address.sun_path, folder, strlen(folder) + 1);
    memcpy(address.sun_path + strlen(folder), "/test.sock", sizeof("/test.sock"));
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 64), 0);
    answers = 0;
    options.listener = listener;
    assert_int_equal(line_talk_open(&talk, &options), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    line_talk_close(talk);
    (void)close(listener);
    assert_int_equal(unlink(address.sun_path), 0);
    assert_int_equal(rmdir(folder), 0);
    return 0;
}

static int client_open(void)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

/* A turn gives one answer at most. */
static void turn(void)
{
    bool busy = false;
    u32 before = answers;
    assert_int_equal(line_talk_turn(talk, &busy), FAULT_NONE);
    assert_true(answers - before <= 1);
    assert_true(busy || answers == before);
}

static void turns(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        turn();
    }
}

static void say(int client, const char *text)
{
    assert_int_equal(send(client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What comes until there are `lines` ends of lines. False: the connection has ended before. */
static bool hear(int client, u32 lines)
{
    size_t used = 0;
    u32 ends = 0;
    for (u32 step = 0; step < STEPS && ends < lines; step += 1) {
        turn();
        ssize_t size = read(client, heard + used, sizeof(heard) - 1 - used);
        for (ssize_t i = 0; i < size; i += 1) {
            ends += heard[used + (size_t)i] == '\n' ? 1 : 0;
        }
        used += size > 0 ? (size_t)size : 0;
        heard[used] = 0;
        if (size == 0) {
            return false;
        }
    }
    assert_int_equal(ends, lines);
    return true;
}

static bool has_ended(int client)
{
    char byte = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        turn();
        ssize_t size = read(client, &byte, 1);
        if (size == 0 || (size < 0 && errno != EAGAIN)) {
            return true;
        }
    }
    return false;
}

static void lines_are_answered_in_order(void **state)
{
    int client = client_open();
    (void)state;
    say(client, "one\n");
    assert_true(hear(client, 1));
    assert_string_equal(heard, "<one>\n");
    say(client, "two\nthree\n\nfo");
    assert_true(hear(client, 3));
    assert_string_equal(heard, "<two>\n<three>\n<>\n");
    say(client, "u");
    turns(3);
    say(client, "r\n");
    assert_true(hear(client, 1));
    assert_string_equal(heard, "<four>\n");
    assert_int_equal(answers, 5);
    (void)close(client);
}

/* More than one read brings, in one go: what is not answered waits outside. */
static void many_lines_at_once_wait_outside(void **state)
{
    enum { LINES = 12000 };
    static char text[LINES * 8 + 1];
    static char wanted[LINES * 10 + 1];
    static char found[LINES * 10 + 1];
    int client = client_open();
    size_t sent = 0;
    size_t used = 0;
    (void)state;
    for (u32 i = 0; i < LINES; i += 1) {
        (void)snprintf(text + (size_t)i * 8, 9, "%07u\n", i);
        (void)snprintf(wanted + (size_t)i * 10, 11, "<%07u>\n", i);
    }
    for (u32 step = 0; step < LINES * 4 && used < sizeof(found) - 1; step += 1) {
        if (sent < sizeof(text) - 1) {
            ssize_t size = send(client, text + sent, sizeof(text) - 1 - sent, MSG_NOSIGNAL);
            sent += size > 0 ? (size_t)size : 0;
        }
        turn();
        ssize_t size = read(client, found + used, sizeof(found) - 1 - used);
        used += size > 0 ? (size_t)size : 0;
    }
    assert_int_equal(used, sizeof(found) - 1);
    assert_memory_equal(found, wanted, used);
    (void)close(client);
}

static void a_line_that_is_too_long_ends_the_connection(void **state)
{
    char line[LINE_MAX_BYTES + 2];
    char wanted[LINE_MAX_BYTES + 8];
    int client = client_open();
    (void)state;
    memset(line, 'x', sizeof(line));
    line[LINE_MAX_BYTES] = '\n';
    line[LINE_MAX_BYTES + 1] = 0;
    say(client, line);
    assert_true(hear(client, 1));
    line[LINE_MAX_BYTES] = 'x';
    (void)snprintf(wanted, sizeof(wanted), "<%s>\n", line);
    say(client, line); /* without its end: long enough already */
    assert_true(hear(client, 1));
    assert_string_equal(heard, wanted);
    assert_true(has_ended(client));
    (void)close(client);
    /* With its end, and another behind it, which is not looked at. */
    client = client_open();
    say(client, line);
    say(client, "\nlast\n");
    assert_true(hear(client, 1));
    assert_string_equal(heard, wanted);
    assert_true(has_ended(client));
    assert_int_equal(answers, 3);
    (void)close(client);
}

static void who_stops_sending_is_answered(void **state)
{
    int client = client_open();
    (void)state;
    say(client, "one\ntwo\nhalf");
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    assert_true(hear(client, 2));
    assert_string_equal(heard, "<one>\n<two>\n");
    assert_true(has_ended(client));
    assert_int_equal(answers, 2);
    (void)close(client);
}

static void connections_are_bounded(void **state)
{
    int clients[LINE_TALK_CONNECTIONS_MAX];
    (void)state;
    for (u32 i = 0; i < LINE_TALK_CONNECTIONS_MAX; i += 1) {
        clients[i] = client_open();
        turns(2);
    }
    assert_int_equal(line_talk_counts(talk).connections, LINE_TALK_CONNECTIONS_MAX);
    int more = client_open();
    assert_true(has_ended(more));
    assert_int_equal(line_talk_counts(talk).turned_away, 1);
    (void)close(more);
    for (u32 i = 0; i < LINE_TALK_CONNECTIONS_MAX; i += 1) {
        say(clients[i], "here\n");
        assert_true(hear(clients[i], 1));
        (void)close(clients[i]);
    }
    turns(LINE_TALK_CONNECTIONS_MAX * 2);
    assert_int_equal(line_talk_counts(talk).connections, 0);
    more = client_open();
    say(more, "again\n");
    assert_true(hear(more, 1));
    (void)close(more);
}

/* Who asks much does not keep others waiting: turns go round. */
static void each_connection_has_its_turn(void **state)
{
    int much = client_open();
    int little = client_open();
    char byte[16];
    (void)state;
    turns(4);
    for (u32 i = 0; i < 100; i += 1) {
        say(much, "much\n");
    }
    turns(4);
    u32 before = answers;
    say(little, "little\n");
    for (u32 i = 0; i < 8 && read(little, byte, sizeof(byte)) < 0; i += 1) {
        turn();
    }
    assert_memory_equal(byte, "<little>\n", 9);
    assert_true(answers - before < 10);
    (void)close(much);
    (void)close(little);
}

/* While an answer waits nothing more is answered; later the connection is cut off. */
static void who_does_not_read_is_cut_off(void **state)
{
    int slow = client_open();
    int other = client_open();
    (void)state;
    say(slow, "big\nbig\nbig\n");
    turns(50);
    assert_int_equal(answers, 1);
    say(other, "one\n");
    assert_true(hear(other, 1));
    clock_false_advance(&clock_false, (LINE_TALK_IDLE_MS - 1000) * 1000000ULL);
    turns(3);
    assert_int_equal(line_talk_counts(talk).connections, 2);
    say(other, "two\n");
    assert_true(hear(other, 1));
    clock_false_advance(&clock_false, 2000 * 1000000ULL);
    turns(10);
    assert_int_equal(line_talk_counts(talk).connections, 1);
    assert_int_equal(line_talk_counts(talk).slow, 1);
    assert_int_equal(answers, 3);
    (void)close(slow);
    /* Who reads gets all of it. */
    say(other, "big\n");
    assert_true(hear(other, 1));
    assert_int_equal(strlen(heard), ANSWER_MAX_BYTES + 1);
    (void)close(other);
}

static void who_asks_nothing_is_cut_off(void **state)
{
    int idle = client_open();
    (void)state;
    turns(3);
    say(idle, "half");
    turns(3);
    clock_false_advance(&clock_false, (LINE_TALK_IDLE_MS + 1000) * 1000000ULL);
    assert_true(has_ended(idle));
    assert_int_equal(line_talk_counts(talk).slow, 0);
    assert_int_equal(answers, 0);
    (void)close(idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_answered_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(many_lines_at_once_wait_outside, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_that_is_too_long_ends_the_connection, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_stops_sending_is_answered, setup, teardown),
        cmocka_unit_test_setup_teardown(connections_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(each_connection_has_its_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(who_does_not_read_is_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(who_asks_nothing_is_cut_off, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
