/* Aim: a person is told of the cases in which they were noticed, with what was granted of them, the
 * letter that was signed for and the log's receipt; of no other case and nobody else's anything,
 * whatever comes over the line. Method: cases of the desk's scene, a pair of sockets with the test
 * as the gateway, a local socket with the test as the log. */
#include "role/desk/desk_noticed.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/desk/desk_show.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PERSON 7U /* of desk_scene_approved */
#define TURNS  200U

static struct desk_scene scene;
static struct desk_noticed *noticed;
static struct clock_false clock_false;
static struct desk_line_answer answer;
static u8 message[DESK_LINE_MESSAGE_MAX + 1];
static int line[2]; /* the gateway's end, the desk's */
static int listener;
static int visit = -1; /* the desk's connection to the log */
static char log_path[96];
static const char *log_says; /* to each line */
static u64 log_asked;        /* the last number */
static u32 log_lines;
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
static const u8 other[DESK_NAME_BYTES] = {4, 5, 6};

static int make(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    (void)snprintf(log_path, sizeof(log_path), "%s/log.sock", scene.folder);
    memcpy(address.sun_path, log_path, strlen(log_path) + 1);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(desk_noticed_open(&noticed, line[1], log_path, &clock_false.clock),
                     FAULT_NONE);
    log_says = "later not yet\n";
    log_lines = 0;
    visit = -1;
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_noticed_close(noticed);
    (void)close(line[0]);
    (void)close(line[1]);
    (void)close(listener);
    if (visit >= 0) {
        (void)close(visit);
    }
    (void)unlink(log_path);
    desk_scene_close(&scene);
    return 0;
}

/* The log answers whatever it is asked. */
static void log_work(void)
{
    char text[64] = {0};
    unsigned long long number = 0;
    if (visit < 0) {
        visit = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        return;
    }
    ssize_t size = read(visit, text, sizeof(text) - 1);
    if (size > 0) {
        assert_int_equal(sscanf(text, "show %llu\n", &number), 1);
        log_asked = number;
        log_lines += 1;
        assert_int_equal(send(visit, log_says, strlen(log_says), MSG_NOSIGNAL), strlen(log_says));
    }
}

static void turn(void)
{
    bool busy = false;
    clock_false_advance(&clock_false, 100000000);
    assert_int_equal(desk_noticed_turn(noticed, scene.store, &busy), FAULT_NONE);
    log_work();
}

/* How many openings the person is told of. */
static u32 told(u64 person)
{
    u8 ask[DESK_LINE_ASK_BYTES];
    desk_line_ask_write(9, person, ask);
    assert_int_equal(send(line[0], ask, sizeof(ask), MSG_NOSIGNAL), sizeof(ask));
    turn();
    ssize_t size = read(line[0], message, sizeof(message));
    assert_true(size > 0 && desk_line_read(span_of(message, (size_t)size), &answer));
    assert_int_equal(answer.id, 9);
    assert_int_equal(answer.count, answer.all);
    return answer.count;
}

static void process(enum desk_act_kind kind, const u8 *at)
{
    assert_int_equal(desk_scene_process(&scene, kind, at), DESK_RULE_NONE);
}

static void put(enum desk_act_kind kind, const u8 *at)
{
    struct desk_act act = desk_scene_act(&scene, kind, DESK_SCENE_CLEO, at);
    assert_int_equal(desk_scene_put(&scene, &act, DESK_SCENE_CLEO), DESK_RULE_NONE);
}

static void delivered(const u8 *at)
{
    desk_scene_approved(&scene, at);
    process(DESK_ACT_LOGGED, at);
    process(DESK_ACT_OPENED, at);
    process(DESK_ACT_DELIVERED, at);
}

static void only_who_was_noticed_is_told(void **state)
{
    (void)state;
    desk_scene_approved(&scene, name);
    assert_int_equal(told(PERSON), 0);
    process(DESK_ACT_LOGGED, name);
    assert_int_equal(told(PERSON), 0);
    process(DESK_ACT_OPENED, name);
    assert_int_equal(told(PERSON), 0); /* opened, and nothing is said */
    process(DESK_ACT_DELIVERED, name);
    put(DESK_ACT_ACKNOWLEDGE, name);
    assert_int_equal(told(PERSON), 0);
    u64 noticed_s = scene.now_s;
    put(DESK_ACT_NOTICE, name);
    assert_int_equal(told(PERSON), 1);
    const struct desk_line_opening *opening = &answer.openings[0];
    assert_memory_equal(opening->name, name, sizeof(name));
    assert_true(opening->is_opened && !opening->is_silent);
    assert_int_equal(opening->kind, DESK_OPENING_AUTHORITY);
    assert_true(opening->noticed_s >= noticed_s);
    assert_int_equal(opening->records_count, 2);
    assert_true(opening->records[0].group == DESK_GROUP_IDENTITY &&
                opening->records[1].group == DESK_GROUP_BANK);
    assert_non_null(memmem(opening->letter.data, opening->letter.size, "letter: notice\n", 15));
    assert_non_null(memmem(opening->letter.data, opening->letter.size, "opened: yes\n", 12));
    assert_null(memmem(message, sizeof(message), "anna", 4)); /* no officer is named */
    assert_int_equal(told(PERSON + 1), 0);
    assert_int_equal(told(UINT64_MAX), 0);
    delivered(other); /* another case of theirs is not told of by this one */
    assert_int_equal(told(PERSON), 1);
    put(DESK_ACT_NOTICE, other);
    assert_int_equal(told(PERSON), 2);
    assert_memory_equal(answer.openings[0].name, other, sizeof(other)); /* the newest first */
}

static void receipts_come_when_the_log_has_them(void **state)
{
    u64 again = 0;
    (void)state;
    delivered(name);
    put(DESK_ACT_NOTICE, name);
    assert_int_equal(told(PERSON), 1);
    assert_int_equal(answer.openings[0].receipt.size, 0);
    for (u32 i = 0; i < TURNS && log_lines < 3; i += 1) {
        turn();
    }
    assert_int_equal(log_lines, 3); /* later, later, later */
    log_says = "shown 616263\n";
    for (u32 i = 0; i < TURNS && log_lines < 4; i += 1) {
        turn();
    }
    turn();
    assert_int_equal(told(PERSON), 1);
    assert_true(span_equal(answer.openings[0].receipt, span_of_text("abc")));
    const struct desk_case *at = desk_case(desk_store_desk(scene.store), name);
    assert_true(at->was_opened && log_asked > 0);
    again = log_lines;
    for (u32 i = 0; i < TURNS; i += 1) {
        turn();
    }
    assert_int_equal(log_lines, again); /* it is kept */
}

static void what_the_log_says_wrongly_is_no_receipt(void **state)
{
    static char longer[DESK_SHOW_ANSWERS + 64];
    static const char *const wrong[] = {"missing no\n", "shown \n",  "shown zz\n", "shown abc\n",
                                        "told 7\n",     "stopped\n", "\n",         longer};
    (void)state;
    memset(longer, 'a', sizeof(longer) - 2);
    memcpy(longer, "shown ", 6);
    longer[sizeof(longer) - 2] = '\n';
    delivered(name);
    put(DESK_ACT_NOTICE, name);
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        log_says = wrong[i];
        u32 before = log_lines;
        for (u32 step = 0; step < TURNS && log_lines == before; step += 1) {
            assert_int_equal(told(PERSON), 1);
            assert_int_equal(answer.openings[0].receipt.size, 0);
            if (visit >= 0 && recv(visit, message, 1, MSG_PEEK) == 0) { /* it hung up */
                (void)close(visit);
                visit = -1;
            }
        }
        assert_true(log_lines > before);
    }
    (void)close(visit); /* the log goes, and comes back */
    visit = -1;
    log_says = "shown 41\n";
    for (u32 step = 0; step < TURNS; step += 1) {
        assert_int_equal(told(PERSON), 1);
    }
    assert_true(span_equal(answer.openings[0].receipt, span_of_text("A")));
}

static void no_sound_gateway_is_heard_no_more(void **state)
{
    u8 ask[DESK_LINE_ASK_BYTES + 1] = {1};
    (void)state;
    delivered(name);
    put(DESK_ACT_NOTICE, name);
    assert_int_equal(told(PERSON), 1);
    assert_int_equal(send(line[0], ask, sizeof(ask), MSG_NOSIGNAL), sizeof(ask));
    turn();
    assert_int_equal(desk_noticed_counts(noticed).wrong, 1);
    desk_line_ask_write(9, PERSON, ask);
    assert_int_equal(send(line[0], ask, DESK_LINE_ASK_BYTES, MSG_NOSIGNAL), DESK_LINE_ASK_BYTES);
    turn();
    assert_true(read(line[0], message, sizeof(message)) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_who_was_noticed_is_told, make, clear),
        cmocka_unit_test_setup_teardown(receipts_come_when_the_log_has_them, make, clear),
        cmocka_unit_test_setup_teardown(what_the_log_says_wrongly_is_no_receipt, make, clear),
        cmocka_unit_test_setup_teardown(no_sound_gateway_is_heard_no_more, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
