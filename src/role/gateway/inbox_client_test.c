/* Aim: each ask ends exactly once, with the answer of its id and kind or given up, and nothing that
 * comes over the line does more; so many are out and no more; a line that is watched is read when
 * something has come. Method: a pair of sockets, the test as the officers' queue. */
#include "role/gateway/inbox_client.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct inbox_client client;
static struct clock_false clock_false;
static int line[2]; /* the gateway's end, the queue's */
static struct line_wait wait_;
static struct inbox_line_answer said;
static bool is_late;
static void (*ready)(void *argument);
static void *ready_argument;

static enum fault watch(struct net *net, int descriptor, void (*call)(void *argument),
                        void *argument)
{
    (void)net;
    assert_int_equal(descriptor, line[0]);
    ready = call;
    ready_argument = argument;
    return FAULT_NONE;
}

static const struct net_ops ops = {.watch = watch};
static struct net net = {.ops = &ops};

static int setup(void **state)
{
    (void)state;
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(inbox_client_open(&client, line[0], &clock_false.clock), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}

static bool sends(u16 kind, u64 owner, struct span contents, u64 *id_out)
{
    struct inbox_line_ask ask = {.kind = kind, .account = 7, .contents = contents};
    bool is_sent = inbox_client_send(&client, &ask, owner, 1000);
    *id_out = ask.id;
    return is_sent;
}

/* The id that the queue has read. */
static u64 asked(u16 kind, u64 owner)
{
    static u8 message[INBOX_LINE_BYTES_MAX + 1];
    struct inbox_line_ask ask;
    u64 id = 0;
    assert_true(sends(kind, owner, span_of("abc", kind == INBOX_LINE_LOOK ? 0 : 3), &id));
    ssize_t size = read(line[1], message, sizeof(message));
    assert_true(size > 0 && inbox_line_ask_read(span_of(message, (size_t)size), &ask));
    assert_true(ask.id == id && ask.kind == kind && ask.account == 7);
    return id;
}

static void answer(u64 id, u16 kind, u16 code)
{
    u8 message[INBOX_LINE_ANSWER_BYTES_MAX];
    const struct inbox_line_answer written = {.id = id, .kind = kind, .code = code};
    u32 size = inbox_line_answer_write(&written, message);
    assert_int_equal(send(line[1], message, size, MSG_NOSIGNAL), size);
}

static bool take(u64 now_ms)
{
    return inbox_client_take(&client, now_ms, &wait_, &said, &is_late);
}

static void answers_find_their_askers(void **state)
{
    (void)state;
    u64 first = asked(INBOX_LINE_EVIDENCE, 11);
    u64 second = asked(INBOX_LINE_LOOK, 12);
    assert_false(take(1000));
    answer(second, INBOX_LINE_EVIDENCE, INBOX_LINE_OK); /* another kind */
    answer(second + 1, INBOX_LINE_LOOK, INBOX_LINE_OK);
    answer(0, INBOX_LINE_LOOK, INBOX_LINE_OK);
    assert_int_equal(send(line[1], "x", 1, MSG_NOSIGNAL), 1);
    assert_false(take(1000));
    answer(second, INBOX_LINE_LOOK, INBOX_LINE_AWAY);
    answer(second, INBOX_LINE_LOOK, INBOX_LINE_OK); /* once more: dropped */
    answer(first, INBOX_LINE_EVIDENCE, INBOX_LINE_FULL);
    assert_true(take(1000) && !is_late);
    assert_true(wait_.owner == 12 && wait_.kind == INBOX_LINE_LOOK && wait_.subject == 7);
    assert_int_equal(said.code, INBOX_LINE_AWAY);
    assert_true(take(1000) && !is_late);
    assert_true(wait_.owner == 11 && said.code == INBOX_LINE_FULL);
    assert_false(take(UINT64_MAX));
}

static void what_is_late_is_given_up(void **state)
{
    (void)state;
    u64 id = asked(INBOX_LINE_LOOK, 11);
    assert_false(take(1000 + INBOX_CLIENT_WAIT_MS - 1));
    assert_true(take(1000 + INBOX_CLIENT_WAIT_MS) && is_late);
    assert_true(wait_.owner == 11 && said.id == id && said.code == INBOX_LINE_OK);
    answer(id, INBOX_LINE_LOOK, INBOX_LINE_OK);
    assert_false(take(1000 + INBOX_CLIENT_WAIT_MS));
    assert_true(asked(INBOX_LINE_LOOK, 12) > id); /* and no id comes twice */
}

static void so_many_are_out(void **state)
{
    (void)state;
    u64 id = 0;
    for (u64 who = 1; who <= INBOX_CLIENT_ASKS_MAX; who += 1) {
        (void)asked(INBOX_LINE_LOOK, who);
    }
    assert_false(sends(INBOX_LINE_LOOK, 1, span_of(NULL, 0), &id));
    answer(client.waits[3].id, INBOX_LINE_LOOK, INBOX_LINE_OK);
    assert_true(take(1000) && wait_.owner == 4);
    assert_true(sends(INBOX_LINE_LOOK, 1, span_of(NULL, 0), &id));
    (void)close(line[1]); /* the queue is gone */
    line[1] = -1;
    for (u32 count = 0; count < INBOX_CLIENT_ASKS_MAX; count += 1) {
        assert_true(take(UINT64_MAX) && is_late);
    }
    assert_false(take(UINT64_MAX));
    assert_false(sends(INBOX_LINE_LOOK, 1, span_of(NULL, 0), &id));
}

/* Nobody reads: the line is full, and a place is not taken. */
static void a_line_that_is_full_is_told(void **state)
{
    static u8 file[INBOX_LINE_CONTENTS_MAX];
    u64 id = 0;
    u32 sent = 0;
    int room = 4096;
    (void)state;
    assert_int_equal(setsockopt(line[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    while (sent <= INBOX_CLIENT_ASKS_MAX &&
           sends(INBOX_LINE_EVIDENCE, 1, span_of(file, sizeof(file)), &id)) {
        sent += 1;
    }
    assert_true(sent < INBOX_CLIENT_ASKS_MAX);
    assert_int_equal(client.line.waits_count, sent);
}

static void a_watched_line_is_read_when_something_has_come(void **state)
{
    (void)state;
    assert_int_equal(line_client_watch(&client.line, &net), FAULT_NONE);
    assert_false(take(1000));
    u64 id = asked(INBOX_LINE_LOOK, 11);
    answer(id, INBOX_LINE_LOOK, INBOX_LINE_OK);
    assert_false(take(1000)); /* nobody has said so yet */
    ready(ready_argument);
    assert_true(take(1000) && wait_.owner == 11);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_find_their_askers),
        TEST(what_is_late_is_given_up),
        TEST(so_many_are_out),
        TEST(a_line_that_is_full_is_told),
        TEST(a_watched_line_is_read_when_something_has_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
