/* Aim: each ask ends exactly once, with the answer of its id and kind or given up, and nothing that
 * comes over the line does more; so many are out and no more. Method: a pair of sockets, the test
 * as `keep`. */
#include "role/gateway/keep_client.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct keep_client client;
static struct clock_false clock_false;
static int line[2]; /* the gateway's end, keep's */
static u8 message[KEEP_LINE_BYTES_MAX + 1];
static struct line_wait wait_;
static struct keep_line_answer said;
static bool is_late;

static int setup(void **state)
{
    (void)state;
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(keep_client_open(&client, line[0], &clock_false.clock), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}

/* The id that `keep` has read. */
static u64 asked(u16 kind, u64 owner, u32 bytes)
{
    static u8 opaque[KEEP_LINE_CONTENTS_MAX];
    struct keep_line_ask ask = {
        .subject = owner + 100, .kind = kind, .contents = span_of(opaque, bytes)};
    struct keep_line_ask read_ask;
    assert_true(keep_client_send(&client, &ask, owner, 1000));
    ssize_t size = read(line[1], message, sizeof(message));
    assert_true(size > 0);
    assert_true(keep_line_ask_read(span_of(message, (size_t)size), &read_ask));
    assert_true(read_ask.id == ask.id && read_ask.subject == owner + 100 && read_ask.kind == kind);
    return read_ask.id;
}

static void answer(u64 id, u16 kind, u16 code)
{
    static const u8 offer[KEEP_LINE_OFFER_BYTES] = {1};
    bool has_offer = kind == KEEP_LINE_OFFER && code == KEEP_LINE_OK;
    const struct keep_line_answer written = {
        .id = id, .kind = kind, .code = code, .contents = span_of(offer, has_offer ? 120 : 0)};
    u32 size = keep_line_answer_write(&written, message);
    assert_int_equal(send(line[1], message, size, MSG_NOSIGNAL), size);
}

static bool take(u64 now_ms)
{
    return keep_client_take(&client, now_ms, &wait_, &said, &is_late);
}

static void answers_find_their_askers(void **state)
{
    (void)state;
    u64 first = asked(KEEP_LINE_ENROL, 11, KEEP_LINE_CONTENTS_MAX);
    u64 second = asked(KEEP_LINE_OFFER, 12, 0);
    assert_false(take(1000));
    answer(second, KEEP_LINE_ENROL, KEEP_LINE_OK); /* another kind */
    answer(second + 1, KEEP_LINE_OFFER, KEEP_LINE_OK);
    answer(0, KEEP_LINE_ENROL, KEEP_LINE_OK);
    assert_int_equal(send(line[1], "x", 1, MSG_NOSIGNAL), 1);
    assert_false(take(1000));
    answer(second, KEEP_LINE_OFFER, KEEP_LINE_OK);
    answer(first, KEEP_LINE_ENROL, KEEP_LINE_REFUSED);
    assert_true(take(1000));
    assert_true(wait_.owner == 12 && wait_.subject == 112 && said.contents.size == 120 && !is_late);
    assert_true(take(1000));
    assert_true(wait_.owner == 11 && said.code == KEEP_LINE_REFUSED && !is_late);
    answer(first, KEEP_LINE_ENROL, KEEP_LINE_REFUSED); /* again */
    assert_false(take(UINT64_MAX));
}

static void what_is_late_is_given_up(void **state)
{
    (void)state;
    u64 id = asked(KEEP_LINE_ENROL, 11, 1);
    assert_false(take(1000 + KEEP_CLIENT_WAIT_MS - 1));
    assert_true(take(1000 + KEEP_CLIENT_WAIT_MS));
    assert_true(is_late && wait_.owner == 11);
    answer(id, KEEP_LINE_ENROL, KEEP_LINE_OK);
    assert_false(take(1000 + KEEP_CLIENT_WAIT_MS));
}

static void so_many_are_out_and_no_more(void **state)
{
    (void)state;
    struct keep_line_ask ask = {.subject = 1, .kind = KEEP_LINE_OFFER};
    for (u32 i = 0; i < KEEP_CLIENT_ASKS_MAX; i += 1) {
        (void)asked(KEEP_LINE_OFFER, i + 1, 0);
    }
    assert_false(keep_client_send(&client, &ask, 1, 1000));
    answer(client.waits[0].id, KEEP_LINE_OFFER, KEEP_LINE_OK);
    assert_true(take(1000));
    assert_true(keep_client_send(&client, &ask, 1, 1000));
}

/* Nobody reads: the line is full, and a place is not taken. */
static void a_line_that_is_full_is_told(void **state)
{
    static u8 opaque[KEEP_LINE_CONTENTS_MAX];
    struct keep_line_ask ask = {
        .subject = 1, .kind = KEEP_LINE_ENROL, .contents = span_of(opaque, sizeof(opaque))};
    u32 sent = 0;
    int room = 4096;
    (void)state;
    assert_int_equal(setsockopt(line[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0);
    while (sent <= KEEP_CLIENT_ASKS_MAX && keep_client_send(&client, &ask, 1, 1000)) {
        sent += 1;
    }
    assert_true(sent < KEEP_CLIENT_ASKS_MAX);
    assert_int_equal(client.line.waits_count, sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_find_their_askers, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_late_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_are_out_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_that_is_full_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
