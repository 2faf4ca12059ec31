/* Aim: each ask ends exactly once, with the answer of its id or given up, and nothing that comes
 * over the line does more; so many are out and no more; a line that is watched is read when
 * something has come. Method: a pair of sockets, the test as the desk. */
#include "role/gateway/desk_client.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <sys/socket.h>
#include <unistd.h>

static struct desk_client client;
static struct clock_false clock_false;
static int line[2]; /* the gateway's end, the desk's */
static u64 owner;
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
    assert_int_equal(desk_client_open(&client, line[0], &clock_false.clock), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}

/* The id that the desk has read. */
static u64 asked(u64 who)
{
    u8 message[DESK_LINE_ASK_BYTES + 1];
    u64 id = 0;
    u64 person = 0;
    assert_true(desk_client_send(&client, who + 100, who, 1000));
    ssize_t size = read(line[1], message, sizeof(message));
    assert_true(size > 0 && desk_line_ask_read(span_of(message, (size_t)size), &id, &person));
    assert_int_equal(person, who + 100);
    return id;
}

static void answer(u64 id, u32 all)
{
    static u8 message[DESK_LINE_MESSAGE_MAX];
    struct desk_line_writer writer = desk_line_begin(message, id);
    u32 size = desk_line_end(&writer, all);
    assert_int_equal(send(line[1], message, size, MSG_NOSIGNAL), size);
}

static bool take(u64 now_ms)
{
    return desk_client_take(&client, now_ms, &owner, &is_late);
}

static void answers_find_their_askers(void **state)
{
    (void)state;
    u64 first = asked(11);
    u64 second = asked(12);
    assert_false(take(1000));
    answer(second + 1, 9);
    answer(0, 9); /* as a place that waits for nothing has it */
    assert_int_equal(send(line[1], "x", 1, MSG_NOSIGNAL), 1);
    assert_false(take(1000));
    answer(second, 2);
    answer(second, 3); /* once more: dropped */
    answer(first, 4);
    assert_true(take(1000) && !is_late);
    assert_true(owner == 12 && client.answer.all == 2);
    assert_true(take(1000) && !is_late);
    assert_true(owner == 11 && client.answer.all == 4);
    assert_false(take(UINT64_MAX));
}

static void what_is_late_is_given_up(void **state)
{
    (void)state;
    u64 id = asked(11);
    assert_false(take(1000 + DESK_CLIENT_WAIT_MS - 1));
    assert_true(take(1000 + DESK_CLIENT_WAIT_MS) && is_late);
    assert_int_equal(owner, 11);
    answer(id, 1);
    assert_false(take(1000 + DESK_CLIENT_WAIT_MS));
    assert_true(asked(12) > id); /* and no id comes twice */
}

static void so_many_are_out(void **state)
{
    (void)state;
    for (u64 who = 1; who <= DESK_CLIENT_ASKS_MAX; who += 1) {
        (void)asked(who);
    }
    assert_false(desk_client_send(&client, 1, 1, 1000));
    answer(client.waits[3].id, 0);
    assert_true(take(1000) && owner == 4);
    assert_true(desk_client_send(&client, 1, 1, 1000));
    (void)close(line[1]); /* the desk is gone */
    line[1] = -1;
    for (u32 count = 0; count < DESK_CLIENT_ASKS_MAX; count += 1) {
        assert_true(take(UINT64_MAX) && is_late);
    }
    assert_false(take(UINT64_MAX));
    assert_false(desk_client_send(&client, 1, 1, 1000));
}

static void a_watched_line_is_read_when_something_has_come(void **state)
{
    (void)state;
    assert_int_equal(line_client_watch(&client.line, &net), FAULT_NONE);
    assert_false(take(1000));
    answer(asked(11), 2);
    assert_false(take(1000)); /* nobody has said so yet */
    ready(ready_argument);
    assert_true(take(1000) && owner == 11 && client.answer.all == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_find_their_askers, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_late_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_are_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_watched_line_is_read_when_something_has_come, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
