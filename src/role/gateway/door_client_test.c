/* Aim: each ask that is sent ends exactly once, with the answer of its id and kind or given up, and
 * nothing that comes over the line does more. Method: a pair of sockets, the test as the door; its
 * answers out of order, late, for nobody, and bytes that are none. */
#include "role/gateway/door_client.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct door_client client;
static struct clock_false clock_false;
static int line[2]; /* the gateway's end, the door's */
static struct door_ask ask;
static struct door_answer_head head;
static u64 owner;

static int setup(void **state)
{
    (void)state;
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(door_client_open(&client, line[0], &clock_false.clock), FAULT_NONE);
    memset(&ask, 0, sizeof(ask));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}

/* The id that the door has read. */
static u64 asked(u32 kind, u64 whose)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    struct door_ask read_ask;
    ask.kind = (u16)kind;
    assert_true(door_client_send(&client, &ask, whose, 1000));
    ssize_t size = read(line[1], frame, sizeof(frame));
    assert_true(size > 0);
    assert_null(door_ask_read(span_of(frame, (size_t)size), &read_ask));
    assert_int_equal(read_ask.kind, kind);
    assert_int_equal(read_ask.id, ask.id);
    return read_ask.id;
}

static void answer(u32 kind, u64 id, u64 contents)
{
    u8 frame[64];
    struct door_ask about = {.kind = (u16)kind, .id = id};
    struct frame_writer writer = door_answer_begin(frame, sizeof(frame), &about, DOOR_CODE_OK, 0);
    frame_write_u64(&writer, contents);
    door_answer_end(&writer);
    assert_int_equal(send(line[1], frame, writer.size, MSG_NOSIGNAL), writer.size);
}

static void takes(u64 whose, u64 contents)
{
    assert_true(door_client_take(&client, 1000, &owner, &head));
    assert_int_equal(owner, whose);
    assert_int_equal(head.contents.size, 8);
    assert_int_equal(bytes_u64(head.contents.data), contents);
}

static void takes_nothing(u64 now_ms)
{
    assert_false(door_client_take(&client, now_ms, &owner, &head));
}

static void what_the_door_tells_unasked_is_nobodys(void **state)
{
    (void)state;
    u64 id = asked(DOOR_ASK_LOOK, 11);
    answer(DOOR_ASK_SESSION_END, 0, 4711);
    answer(DOOR_ASK_LOOK, 0, 4711); /* this is for nobody at all */
    answer(DOOR_ASK_LOOK, id, 1);
    takes(0, 4711);
    assert_int_equal(head.id, 0);
    takes(11, 1);
    answer(DOOR_ASK_SESSION_END, 0, 4712); /* also when nothing is awaited */
    takes(0, 4712);
    takes_nothing(1000);
}

static void answers_find_their_askers_in_any_order(void **state)
{
    (void)state;
    u64 first = asked(DOOR_ASK_SIGN_IN, 11);
    u64 second = asked(DOOR_ASK_LOOK, 12);
    u64 third = asked(DOOR_ASK_SIGN_IN, 13);
    takes_nothing(1000);
    answer(DOOR_ASK_LOOK, second, 2);
    answer(DOOR_ASK_SIGN_IN, third, 3);
    takes(12, 2);
    answer(DOOR_ASK_SIGN_IN, first, 1);
    takes(13, 3);
    takes(11, 1);
    takes_nothing(1000);
    assert_int_equal(client.line.waits_count, 0);
}

static void answers_for_nobody_are_dropped(void **state)
{
    (void)state;
    u64 id = asked(DOOR_ASK_LOOK, 11);
    answer(DOOR_ASK_LOOK, id - 1, 1); /* of an earlier life */
    answer(DOOR_ASK_LOOK, 0, 1);      /* of a frame that the door did not understand */
    answer(DOOR_ASK_SIGN_IN, id, 1);  /* of another kind */
    answer(DOOR_ASK_LOOK, id + 1, 1); /* not asked yet */
    takes_nothing(1000);
    answer(DOOR_ASK_LOOK, id, 5);
    answer(DOOR_ASK_LOOK, id, 6); /* once more */
    takes(11, 5);
    takes_nothing(1000);
}

static void what_is_late_is_given_up_once(void **state)
{
    (void)state;
    u64 id = asked(DOOR_ASK_LOOK, 11);
    takes_nothing(999 + DOOR_CLIENT_WAIT_MS);
    assert_true(door_client_take(&client, 1000 + DOOR_CLIENT_WAIT_MS, &owner, &head));
    assert_int_equal(owner, 11);
    assert_int_equal(head.kind, 0);
    answer(DOOR_ASK_LOOK, id, 1);
    takes_nothing(1000 + DOOR_CLIENT_WAIT_MS);
}

static void so_many_may_be_out(void **state)
{
    u64 ids[DOOR_CLIENT_ASKS_MAX];
    (void)state;
    for (u32 i = 0; i < DOOR_CLIENT_ASKS_MAX; i += 1) {
        ids[i] = asked(DOOR_ASK_LOOK, i);
    }
    assert_false(door_client_send(&client, &ask, 99, 1000));
    answer(DOOR_ASK_LOOK, ids[7], 0);
    takes(7, 0);
    (void)asked(DOOR_ASK_LOOK, 99);
}

/* Nobody reads: the line fills before the table does, or the table does. */
static void a_door_that_is_away_is_told(void **state)
{
    u32 sent = 0;
    (void)state;
    int room = 4096;
    assert_int_equal(setsockopt(line[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    ask.kind = DOOR_ASK_LOOK;
    while (door_client_send(&client, &ask, sent, 1000)) {
        sent += 1;
        assert_true(sent <= DOOR_CLIENT_ASKS_MAX);
    }
    assert_int_equal(client.line.waits_count, sent);
    for (u32 i = 0; i < sent; i += 1) {
        assert_true(door_client_take(&client, 1000 + DOOR_CLIENT_WAIT_MS, &owner, &head));
        assert_int_equal(head.kind, 0);
    }
    takes_nothing(1000 + DOOR_CLIENT_WAIT_MS);
}

static void bytes_that_are_none_end_nothing(void **state)
{
    struct random random;
    u8 bytes[256];
    (void)state;
    random_init(&random, test_seed());
    u64 id = asked(DOOR_ASK_LOOK, 11);
    for (u64 round = 0; round < test_rounds(2000); round += 1) {
        u32 size = (u32)random_between(&random, 1, sizeof(bytes));
        random_fill(&random, bytes, sizeof(bytes));
        if (random_chance(&random, 1, 2)) { /* nearly an answer, of another id */
            bytes_put_u32(bytes, size);
            bytes_put_u16(bytes + 4, (u16)(DOOR_ANSWER_BIT | DOOR_ASK_LOOK));
            bytes_put_u16(bytes + 6, DOOR_MESSAGE_VERSION);
            bytes_put_u64(bytes + 8, id ^ (1ULL << random_below(&random, 64)));
        }
        assert_int_equal(send(line[1], bytes, size, MSG_NOSIGNAL), size);
        takes_nothing(1000);
    }
    answer(DOOR_ASK_LOOK, id, 5);
    takes(11, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_door_tells_unasked_is_nobodys),
        TEST(answers_find_their_askers_in_any_order),
        TEST(answers_for_nobody_are_dropped),
        TEST(what_is_late_is_given_up_once),
        TEST(so_many_may_be_out),
        TEST(a_door_that_is_away_is_told),
        TEST(bytes_that_are_none_end_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
