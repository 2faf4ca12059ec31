/* Aim: whom the vault tells is known; for whom there is no memory is passed over, and asked for
 * again until there is; and who was seen before is told in their order, whatever the engine has
 * taken meanwhile. Method: a pair of sockets, the test as the vault, a false clock; a thread that
 * takes commands as the engine. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/screen/screen_agent_inner.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"
#include "wire/people_line.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEOPLE = 5, DOUBLES = 3000 };

#define SECOND 1000000000ULL /* in nanoseconds */

static struct screen_agent *agent;
static struct clock_false clock_false;
static struct channel commands;
static struct channel bells;
static int line[2]; /* the agent's end, the vault's */
static char folder[SCENE_PATH_BYTES];
static struct people_line_answer answer;
static u8 message[PEOPLE_LINE_BYTES_MAX];

static int setup(void **state)
{
    (void)state;
    agent = calloc(1, sizeof(*agent));
    assert_non_null(agent);
    scene_folder_make(folder);
    clock_false_init(&clock_false, 1700000000000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(channel_create(&commands, "screen-commands", CHANNEL_BYTES_MIN), FAULT_NONE);
    assert_int_equal(channel_create(&bells, "screen-bells", CHANNEL_BYTES_MIN), FAULT_NONE);
    agent->options.clock = &clock_false.clock;
    agent->options.vault_line = line[0];
    screen_people_init(&agent->people);
    assert_int_equal(sha256_open(&agent->sha256), FAULT_NONE);
    assert_int_equal(screen_cleared_open(&agent->cleared, disk_real(), folder), FAULT_NONE);
    assert_int_equal(
        engine_line_open(&agent->line, &clock_false.clock, LINK_SOURCE_SCREEN, &commands, &bells),
        FAULT_NONE);
    agent->line.is_away = false;
    assert_int_equal(screen_vault_open(agent), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    screen_cleared_close(&agent->cleared);
    screen_people_close(&agent->people);
    sha256_close(&agent->sha256);
    channel_close(&commands);
    channel_close(&bells);
    (void)close(line[0]);
    (void)close(line[1]);
    free(agent);
    scene_folder_remove(folder);
    return 0;
}

/* One turn behind an answer of PEOPLE people and DOUBLES seen before, from where it has asked.
 * False: it has asked for nothing. */
static bool turn(u64 people, u64 doubles)
{
    static char texts[PEOPLE_LINE_PEOPLE_MAX][64];
    struct people_line_ask ask;
    assert_int_equal(screen_vault_turn(agent), FAULT_NONE);
    ssize_t size = read(line[1], message, sizeof(message));
    if (size <= 0) {
        return false;
    }
    assert_true(people_line_ask_read(span_of(message, (size_t)size), &ask));
    answer = (struct people_line_answer){.id = ask.id};
    for (u64 number = ask.people_from; number <= people; number += 1) {
        u32 at = answer.people_count;
        int length =
            snprintf(texts[at], sizeof(texts[at]), "name: Person %c\n", (char)('A' + number));
        answer.people[at] = (struct people_line_person){
            .number = number, .person = (u32)number, .text = span_of(texts[at], (size_t)length)};
        answer.people_count += 1;
    }
    for (u64 number = ask.doubles_from;
         number <= doubles && answer.doubles_count < PEOPLE_LINE_DOUBLES_MAX; number += 1) {
        answer.doubles[answer.doubles_count] = (struct people_line_double){
            .number = number, .person = 7, .version = (u32)number, .seen = 1};
        answer.doubles_count += 1;
    }
    u32 bytes = people_line_answer_write(&answer, message);
    assert_int_equal(send(line[1], message, bytes, 0), bytes);
    agent->sent = 0;
    assert_int_equal(screen_vault_turn(agent), FAULT_NONE);
    engine_line_flush(&agent->line);
    return true;
}

static void for_whom_there_is_no_memory_is_asked_for_again(void **state)
{
    (void)state;
    agent->people.count_max = PEOPLE - 2;
    while (turn(PEOPLE, 0)) { /* until it waits */
    }
    assert_int_equal(agent->people.count, PEOPLE - 2);
    assert_non_null(screen_people_find(&agent->people, PEOPLE - 2));
    assert_null(screen_people_find(&agent->people, PEOPLE - 1));
    for (u32 again = 0; again < 3; again += 1) { /* nothing has changed */
        clock_false_advance(&clock_false, 6U * SECOND);
        while (turn(PEOPLE, 0)) {
        }
        assert_int_equal(agent->people.count, PEOPLE - 2);
        assert_int_equal(agent->people_short_told, 2); /* and is not said again */
    }
    assert_true(screen_drop(agent, 1)); /* who has left leaves room */
    clock_false_advance(&clock_false, 6U * SECOND);
    while (turn(PEOPLE, 0)) {
    }
    assert_int_equal(agent->people.count, PEOPLE - 2);
    assert_non_null(screen_people_find(&agent->people, PEOPLE - 1));
    assert_null(screen_people_find(&agent->people, PEOPLE));
    agent->people.count_max = SCREEN_PEOPLE_MAX;
    clock_false_advance(&clock_false, 6U * SECOND);
    while (turn(PEOPLE, 0)) {
    }
    assert_non_null(screen_people_find(&agent->people, PEOPLE));
    assert_int_equal(agent->people_short, 0);
    assert_int_equal(agent->people_short_told, 0);
}

/* The engine: takes one record after the other, and says which came out of turn. */
static void *take_commands(void *argument)
{
    static u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    static const u16 kinds[] = {COMMAND_CASE_ACT};
    struct channel_reader reader;
    u32 *wrong = argument;
    u32 expected = 1;
    *wrong = channel_reader_open(&reader, &commands, kinds, 1, LINK_SOURCE_SCREEN) != FAULT_NONE;
    while (*wrong == 0 && expected <= DOUBLES) {
        size_t size = 0;
        if (channel_take(&reader, bytes, &size) != CHANNEL_RECORD) {
            (void)sched_yield();
            continue;
        }
        channel_release(&reader);
        struct command_case_act act;
        memcpy(&act, bytes, sizeof(act));
        *wrong = bytes_u32(act.evidence) == expected ? 0 : expected;
        expected += 1;
    }
    /* The rest, so that nobody waits for room. */
    for (size_t size = 0; *wrong != 0 && expected <= DOUBLES;) {
        if (channel_take(&reader, bytes, &size) == CHANNEL_RECORD) {
            channel_release(&reader);
            expected = bytes_u32(((struct command_case_act *)(void *)bytes)->evidence) + 1;
        } else {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void who_was_seen_before_is_told_in_order(void **state)
{
    pthread_t engine;
    u32 wrong = 0;
    (void)state;
    assert_int_equal(pthread_create(&engine, NULL, take_commands, &wrong), 0);
    while (agent->doubles_next <= DOUBLES) {
        if (!turn(0, DOUBLES)) {
            clock_false_advance(&clock_false, SECOND);
        }
    }
    assert_int_equal(pthread_join(engine, NULL), 0);
    assert_int_equal(wrong, 0);
    assert_int_equal(agent->counts.doubles, DOUBLES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(for_whom_there_is_no_memory_is_asked_for_again),
        TEST(who_was_seen_before_is_told_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
