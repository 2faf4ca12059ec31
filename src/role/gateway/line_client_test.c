/* Aim: a line that is watched costs no call while nothing comes, and loses nothing that does; ids
 * grow beyond an earlier life's; what is late is looked for once in a millisecond. Method: a pair
 * of sockets and a net that tells when the test says so; what the clients of the door and of keep
 * share beyond that is in their tests. */
#include "role/gateway/line_client.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAITS = 2 };

static struct line_client client;
static struct line_wait waits[WAITS];
static struct line_wait wait_;
static struct clock_false clock_false;
static int line[2];
static u8 bytes[16];
static size_t size;

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
    memset(waits, 0, sizeof(waits));
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line), 0);
    assert_int_equal(line_client_open(&client, line[0], "nobody", waits, WAITS, &clock_false.clock),
                     FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(line[0]);
    (void)close(line[1]);
    fault_forget();
    return 0;
}

static void comes(const char *text)
{
    assert_int_equal(send(line[1], text, strlen(text), 0), strlen(text));
}

static bool reads(void)
{
    return line_client_read(&client, bytes, sizeof(bytes), &size);
}

static void a_watched_line_is_read_when_something_has_come(void **state)
{
    (void)state;
    comes("one");
    assert_int_equal(line_client_watch(&client, &net), FAULT_NONE);
    assert_true(reads()); /* it came before anybody watched */
    assert_int_equal(size, 3);
    assert_false(reads());
    comes("two");
    assert_false(reads()); /* nobody has said so yet */
    ready(ready_argument);
    comes("three");
    assert_true(reads());
    assert_int_equal(size, 3);
    assert_true(reads());
    assert_int_equal(size, 5);
    assert_false(reads());
    ready(ready_argument); /* for nothing */
    assert_false(reads());
}

static void an_unwatched_line_is_read_each_time(void **state)
{
    (void)state;
    assert_false(reads());
    comes("one");
    assert_true(reads());
    assert_false(reads());
}

static u64 asks(u16 kind, u64 owner, u64 now_ms)
{
    const struct line_wait wait = {.owner = owner, .subject = owner + 1, .kind = kind};
    u64 id = line_client_id(&client);
    assert_true(id > 1700000000000000ULL);
    assert_true(line_client_send(&client, span_of("x", 1), &wait, now_ms));
    return id;
}

static void ids_are_used_once(void **state)
{
    (void)state;
    u64 first = asks(1, 11, 1000);
    u64 second = asks(2, 12, 1000);
    assert_true(second > first);
    assert_int_equal(line_client_id(&client), 0); /* too many are out */
    assert_false(line_client_end(&client, first, 2, &wait_));
    assert_false(line_client_end(&client, 0, 1, &wait_));
    assert_true(line_client_end(&client, first, 1, &wait_));
    assert_int_equal(wait_.owner, 11);
    assert_int_equal(wait_.subject, 12);
    assert_false(line_client_end(&client, first, 1, &wait_));
    assert_true(line_client_id(&client) > second);
    (void)close(line[1]);
    line[1] = -1;
    assert_false(line_client_send(&client, span_of("x", 1), &wait_, 1000));
    assert_true(line_client_id(&client) > second + 1); /* nor is one that was not sent */
    assert_int_equal(client.waits_count, 1);
}

static void what_is_late_is_looked_for_once_in_a_millisecond(void **state)
{
    (void)state;
    (void)asks(1, 11, 1000);
    (void)asks(1, 12, 1001);
    u64 end = 1000 + LINE_CLIENT_WAIT_MS;
    assert_false(line_client_late(&client, end - 1, &wait_));
    assert_true(line_client_late(&client, end, &wait_));
    assert_int_equal(wait_.owner, 11);
    assert_false(line_client_late(&client, end, &wait_));
    assert_int_equal(client.late_ms, end);
    assert_true(line_client_late(&client, end + 1, &wait_));
    assert_int_equal(wait_.owner, 12);
    assert_false(line_client_late(&client, end + 2, &wait_));
    assert_int_equal(client.late_ms, end); /* nothing waits */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_watched_line_is_read_when_something_has_come),
        TEST(an_unwatched_line_is_read_each_time),
        TEST(ids_are_used_once),
        TEST(what_is_late_is_looked_for_once_in_a_millisecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
