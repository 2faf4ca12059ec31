/* Aim: the line and the socket do what docs/sign-in.md says: each ask is answered once with its id,
 * those that wait hold up nobody, what is no frame is answered so and ends the operator's
 * connection, and each end has its kinds. Method: the agent step by step with a worker thread,
 * frames through both, a hostile peer's bytes. */
#include "role/door/door_agent.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 20000, ROOM = 1 << 16 };

static char folder[SCENE_PATH_BYTES];
static struct door_agent *agent;
static struct clock_false clock_false;
static struct sockaddr_un address; /* the operator's */
static int listener;
static int line[2];    /* the gateway's end, the door's */
static int effects[2]; /* the same of the line of effects */
static struct door_ask ask;
static struct door_answer_head head;
static u8 answer[ROOM];
static u32 answer_bytes; /* read and not looked at yet */
static u32 answer_used;  /* of the last answer */

static void listener_open(void)
{
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sun_family = AF_UNIX;
    int size = snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/door.sock", folder);
    assert_true(size > 0 && (size_t)size < sizeof(address.sun_path));
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
}

static void hears_of_the_end_of(u64 login, u64 handle);

static int setup(void **state)
{
    (void)state;
    scene_folder_make(folder);
    clock_false_init(&clock_false, 1700000000000000ULL);
    listener_open();
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, effects),
                     0);
    const struct door_agent_options options = {
        .desk = {.disk = disk_real(),
                 .folder = folder,
                 .issuer = "Cambist",
                 .entropy = door_entropy_real(),
                 .hash = {.threads = 1, .jobs_max = 8, .memory_bytes = 8192, .passes = 1},
                 .tickets_max = 64,
                 .mails_max = 16,
                 .limit_places = 4096},
        .clock = &clock_false.clock,
        .line = line[1],
        .effects = effects[1],
        .listener = listener};
    scene_must(door_agent_create(&agent, &options));
    scene_must(agent_open(door_agent_of(agent)));
    scene_must(agent_start(door_agent_of(agent)));
    answer_bytes = 0;
    answer_used = 0;
    hears_of_the_end_of(0, 0); /* of everybody: what an earlier life may not have told */
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    agent_close(door_agent_of(agent));
    door_agent_destroy(agent);
    (void)close(listener);
    (void)close(line[0]);
    (void)close(line[1]);
    (void)close(effects[0]);
    (void)close(effects[1]);
    scene_folder_remove(folder);
    return 0;
}

static void work(void)
{
    bool busy = false;
    scene_must(agent_work(door_agent_of(agent), &busy));
    if (!busy) {
        struct timespec pause = {.tv_nsec = 200000};
        (void)nanosleep(&pause, NULL);
    }
}

static int client_open(void)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    answer_bytes = 0;
    answer_used = 0;
    return client;
}

static void put(int client, struct span bytes)
{
    for (size_t sent = 0; sent < bytes.size;) {
        ssize_t size = send(client, bytes.data + sent, bytes.size - sent, MSG_NOSIGNAL);
        sent += size > 0 ? (size_t)size : 0;
        work();
    }
}

static void put_ask(int client, u32 kind)
{
    u8 frame[DOOR_FRAME_BYTES_MAX];
    ask.kind = (u16)kind;
    u32 size = door_ask_write(&ask, frame, sizeof(frame));
    assert_true(size > 0);
    put(client, span_of(frame, size));
}

/* The next answer; false: the connection has ended. */
static bool receive(int client)
{
    memmove(answer, answer + answer_used, answer_bytes - answer_used);
    answer_bytes -= answer_used;
    answer_used = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        if (answer_bytes >= 4 && bytes_u32(answer) <= answer_bytes) {
            answer_used = bytes_u32(answer);
            assert_true(door_answer_read(span_of(answer, answer_used), &head));
            return true;
        }
        work();
        ssize_t size = read(client, answer + answer_bytes, sizeof(answer) - answer_bytes);
        if (size == 0) {
            return false;
        }
        answer_bytes += size > 0 ? (u32)size : 0;
    }
    fail_msg("no answer");
    return false;
}

/* Unasked, over the line. */
static void hears_of_the_end_of(u64 login, u64 handle)
{
    assert_true(receive(line[0]));
    assert_int_equal(head.id, 0);
    assert_int_equal(head.kind, DOOR_ASK_SESSION_END);
    assert_int_equal(head.contents.size, 16);
    assert_int_equal(bytes_u64(head.contents.data), login);
    assert_int_equal(bytes_u64(head.contents.data + 8), handle);
}

static void put_text(u8 *target, u32 *size_out, const char *text)
{
    *size_out = (u32)strlen(text);
    memcpy(target, text, *size_out);
}

static void sign_in_ask(u64 id)
{
    memset(&ask, 0, sizeof(ask));
    ask.id = id;
    put_text(ask.address, &ask.address_bytes, "ada.invented@example.org");
    put_text(ask.password, &ask.password_bytes, "a row of invented words");
}

static void who_waits_holds_up_nobody(void **state)
{
    u32 waited = 0;
    (void)state;
    for (u64 id = 1; id <= 3; id += 1) {
        sign_in_ask(id);
        put_ask(line[0], DOOR_ASK_SIGN_IN);
        memset(&ask, 0, sizeof(ask));
        ask.id = 100 + id;
        put_ask(line[0], DOOR_ASK_LOOK);
    }
    u64 seen = 0;
    for (u32 i = 0; i < 6; i += 1) {
        assert_true(receive(line[0]));
        seen += head.id;
        waited += head.kind == DOOR_ASK_SIGN_IN ? 1 : 0;
        assert_int_equal(head.code, head.id > 100 ? DOOR_CODE_NO_SESSION : DOOR_CODE_WRONG);
    }
    assert_int_equal(waited, 3);
    assert_int_equal(seen, 1 + 2 + 3 + 101 + 102 + 103);
    assert_int_equal(door_agent_counts(agent).line_asked, 6);
    assert_int_equal(door_agent_counts(agent).line_unheard, 0);
}

static void who_keeps_something_for_a_session_hears_of_its_end(void **state)
{
    (void)state;
    int client = client_open();
    memset(&ask, 0, sizeof(ask));
    ask.number = 17;
    put_ask(client, DOOR_ASK_LOGIN_SESSIONS_END);
    assert_true(receive(client));
    assert_int_equal(head.code, DOOR_CODE_OK);
    answer_bytes = 0;
    answer_used = 0;
    hears_of_the_end_of(17, 0); /* before the operator did: it lies there */
    /* Where the line has no room it is told later, of everybody. */
    u64 asked = 0;
    for (; asked < STEPS && door_agent_counts(agent).line_unheard == 0; asked += 1) {
        ask.id = asked + 1;
        put_ask(line[0], DOOR_ASK_LOOK);
    }
    answer_bytes = 0;
    answer_used = 0;
    ask.number = 18;
    put_ask(client, DOOR_ASK_LOGIN_SESSIONS_END);
    assert_true(receive(client));
    answer_bytes = 0;
    answer_used = 0;
    do {
        assert_true(receive(line[0]));
    } while (head.id != 0);
    assert_int_equal(bytes_u64(head.contents.data), 0);
    (void)close(client);
}

static void answers_that_nobody_takes_are_dropped(void **state)
{
    (void)state;
    u64 asked = 0;
    memset(&ask, 0, sizeof(ask));
    for (; asked < STEPS && door_agent_counts(agent).line_unheard == 0; asked += 1) {
        ask.id = asked;
        put_ask(line[0], DOOR_ASK_LOOK);
    }
    assert_true(asked < STEPS);
    assert_true(receive(line[0])); /* the first ones wait; the next asker is heard again */
    assert_int_equal(head.id, 0);
    while (head.id != asked - 2) {
        assert_true(receive(line[0]));
    }
    ask.id = STEPS;
    put_ask(line[0], DOOR_ASK_LOOK);
    while (head.id != STEPS) {
        assert_true(receive(line[0]));
    }
}

static const u8 wrong[][24] = {
    {3, 0, 0, 0},                              /* shorter than a head */
    {0xff, 0xff, 0xff, 0xff},                  /* longer than any */
    {24, 0, 0, 0, 99, 0, 1, 0},                /* no such kind */
    {24, 0, 0, 0, 5, 0, 1, 0},                 /* without its token */
    {24, 0, 0, 0, 18, 0, 2, 0},                /* of another version */
    {24, 0, 0, 0, 18, 0, 1, 0, 0, 0, 0, 0, 0}, /* too long */
};

static void what_is_no_frame_ends_an_operators_connection(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        int client = client_open();
        put(client, span_of(wrong[i], sizeof(wrong[i])));
        assert_true(receive(client));
        assert_int_equal(head.code, DOOR_CODE_FRAME);
        assert_false(receive(client));
        (void)close(client);
    }
}

static void what_is_no_frame_leaves_the_line_as_it_is(void **state)
{
    static const u8 long_one[DOOR_FRAME_BYTES_MAX + 100] = {DOOR_FRAME_BYTES_MAX & 0xffU, 4};
    (void)state;
    for (u32 i = 0; i <= ARRAY_COUNT(wrong); i += 1) {
        put(line[0], i == ARRAY_COUNT(wrong) ? span_of(long_one, sizeof(long_one))
                                             : span_of(wrong[i], sizeof(wrong[i])));
        assert_true(receive(line[0]));
        assert_int_equal(head.code, DOOR_CODE_FRAME);
        memset(&ask, 0, sizeof(ask));
        ask.id = 7;
        put_ask(line[0], DOOR_ASK_LOOK);
        assert_true(receive(line[0]));
        assert_int_equal(head.code, DOOR_CODE_NO_SESSION);
        assert_int_equal(head.id, 7);
    }
}

static u32 code_of(int end, u32 kind)
{
    put_ask(end, kind);
    assert_true(receive(end));
    return head.code;
}

/* Who makes commands of effects may take them, and nothing else; nobody else may. */
static void the_line_of_effects_has_nothing_else(void **state)
{
    (void)state;
    struct door_effect effect = {.time_us = 1, .kind = DOOR_EFFECT_OPEN, .login = 4};
    scene_must(door_store_effect_add(door_desk_store(door_agent_desk(agent)), &effect));
    memset(&ask, 0, sizeof(ask));
    for (u32 kind = 1; kind <= DOOR_ASK_MAX; kind += 1) {
        bool is_effect = kind == DOOR_ASK_EFFECTS || kind == DOOR_ASK_EFFECT_DONE ||
                         kind == DOOR_ASK_EFFECT_AGAIN;
        ask.language = DOOR_LANGUAGE_ENGLISH;
        assert_int_equal(code_of(effects[0], kind), is_effect ? DOOR_CODE_OK : DOOR_CODE_FRAME);
    }
    ask.number = 1;
    assert_int_equal(code_of(line[0], DOOR_ASK_EFFECT_DONE), DOOR_CODE_FRAME);
    int client = client_open();
    assert_int_equal(code_of(client, DOOR_ASK_EFFECT_DONE), DOOR_CODE_FRAME);
    (void)close(client);
    assert_int_equal(code_of(effects[0], DOOR_ASK_EFFECTS), DOOR_CODE_OK);
    assert_int_equal(bytes_u32(head.contents.data), 1);
}

static void each_end_has_its_kinds(void **state)
{
    (void)state;
    memset(&ask, 0, sizeof(ask));
    put_ask(line[0], DOOR_ASK_STATUS);
    assert_true(receive(line[0]));
    assert_int_equal(head.code, DOOR_CODE_FRAME);
    int client = client_open();
    put_ask(client, DOOR_ASK_STATUS);
    assert_true(receive(client));
    assert_int_equal(head.code, DOOR_CODE_OK);
    assert_int_equal(head.contents.size, 11 * 8);
    put_ask(client, DOOR_ASK_LOOK);
    assert_true(receive(client));
    assert_int_equal(head.code, DOOR_CODE_FRAME);
    assert_false(receive(client));
    (void)close(client);
}

static void bytes_of_a_hostile_peer_change_nothing(void **state)
{
    struct random random;
    u8 dropped[DOOR_ANSWER_BYTES_MAX];
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(200); round += 1) {
        u8 bytes[256];
        bool is_line = random_chance(&random, 1, 2);
        int client = is_line ? line[0] : client_open();
        random_fill(&random, bytes, sizeof(bytes));
        if (random_chance(&random, 1, 2)) { /* a head that could be one */
            bytes_put_u32(bytes, (u32)random_between(&random, 16, 200));
            bytes_put_u16(bytes + 4, (u16)random_between(&random, 1, DOOR_ASK_MAX));
            bytes_put_u16(bytes + 6, DOOR_MESSAGE_VERSION);
        }
        u32 size = (u32)random_between(&random, 1, sizeof(bytes));
        ssize_t sent = send(client, bytes, size, MSG_NOSIGNAL);
        assert_int_equal(sent, size);
        for (u32 i = 0; i < 4; i += 1) {
            work();
        }
        if (is_line) {
            (void)!read(client, dropped, sizeof(dropped));
        } else {
            (void)close(client);
        }
    }
    struct door_totals totals;
    scene_must(door_store_totals(door_desk_store(door_agent_desk(agent)), &totals));
    assert_int_equal(totals.logins, 0);
    assert_int_equal(totals.sessions, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_waits_holds_up_nobody),
        TEST(who_keeps_something_for_a_session_hears_of_its_end),
        TEST(answers_that_nobody_takes_are_dropped),
        TEST(what_is_no_frame_ends_an_operators_connection),
        TEST(what_is_no_frame_leaves_the_line_as_it_is),
        TEST(the_line_of_effects_has_nothing_else),
        TEST(each_end_has_its_kinds),
        TEST(bytes_of_a_hostile_peer_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
