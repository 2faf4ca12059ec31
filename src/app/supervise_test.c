/* Aim: a role that dies starts again alone, with a pause that grows, and the supervisor says why it
 * ended; what cannot be mended ends everything with its code; roles start and stop in order, and
 * none outlives the supervisor.
 *
 * Method: real processes, killed by their number, which write letters into a pipe. */
#include "app/supervise.h"

#include "io/clock.h"
#include "io/log.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_MS = 50, STEPS_MAX = 1000 };

static int pipes[2];
static volatile sig_atomic_t is_asked;

static int setup(void **state)
{
    (void)state;
    log_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_FORMAT_TEXT, LOG_LEVEL_DEBUG,
              clock_real());
    assert_int_equal(pipe(pipes), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    return 0;
}

static void on_term(int number)
{
    (void)number;
    is_asked = 1;
}

static void say(char letter)
{
    if (write(pipes[1], &letter, 1) != 1) {
        _exit(99);
    }
}

/* What comes out of the pipe until `length` letters are there. */
static void hears(const char *expected)
{
    char text[16] = "";
    for (size_t at = 0; at < strlen(expected); at += 1) {
        struct pollfd waiting = {.fd = pipes[0], .events = POLLIN};
        assert_int_equal(poll(&waiting, 1, 20000), 1);
        assert_int_equal(read(pipes[0], text + at, 1), 1);
    }
    assert_string_equal(text, expected);
}

/* Says its letter, works until SIGTERM, says the letter in capitals. */
static int run_steady(void *argument, int socket)
{
    char letter = *(const char *)argument;
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_term;
    (void)sigaction(SIGTERM, &action, NULL);
    say(letter);
    enum fault fault = supervise_tell_ready(socket); /* fails when the supervisor was killed */
    while (is_asked == 0) {
        (void)poll(NULL, 0, 5);
    }
    say((char)(letter - 'a' + 'A'));
    return fault == FAULT_NONE ? 0 : 98;
}

static int run_stubborn(void *argument, int socket)
{
    (void)argument;
    (void)signal(SIGTERM, SIG_IGN);
    say('s');
    int code = supervise_tell_ready(socket) == FAULT_NONE ? 0 : 95;
    while (code == 0) {
        (void)poll(NULL, 0, 1000);
    }
    return code;
}

static int run_ends(void *argument, int socket)
{
    (void)socket;
    return *(const int *)argument;
}

static int run_slow_ready(void *argument, int socket)
{
    (void)poll(NULL, 0, 100);
    say('r');
    return run_steady(argument, socket);
}

static int run_takes_items(void *argument, int socket)
{
    struct handover_item items[2];
    u32 count = 0;
    if (handover_receive(socket, items, 2, 10000, &count) != FAULT_NONE || count != 1 ||
        items[0].number != 4711 || write(items[0].descriptor, "i", 1) != 1) {
        return 97;
    }
    return run_steady(argument, socket);
}

static char letters[] = "abc";

static struct supervise_options quick(const struct supervise_role *roles, u32 count)
{
    return (struct supervise_options){.roles = roles,
                                      .roles_count = count,
                                      .back_off_ms = 5,
                                      .back_off_max_ms = 40,
                                      .steady_ms = 60000,
                                      .stop_ms = 3000};
}

static void step_until_runs(struct supervise *supervise, u32 index, u64 starts)
{
    for (u32 step = 0; step < STEPS_MAX; step += 1) {
        const struct supervise_child *child = &supervise->children[index];
        if (child->state == SUPERVISE_RUNNING && child->starts_count >= starts) {
            return;
        }
        assert_true(supervise_step(supervise, STEP_MS));
    }
    fail();
}

static void a_killed_role_starts_again_alone(void **state)
{
    (void)state;
    struct supervise_role roles[] = {
        {.name = "first", .run = run_steady, .argument = &letters[0], .tells_ready = true},
        {.name = "second", .run = run_steady, .argument = &letters[1], .tells_ready = true},
    };
    struct supervise supervise;
    struct supervise_options options = quick(roles, 2);
    assert_int_equal(supervise_open(&supervise, &options), FAULT_NONE);
    step_until_runs(&supervise, 1, 1);
    hears("ab");
    pid_t second = supervise.children[1].pid;
    for (u64 starts = 2; starts <= 4; starts += 1) {
        assert_int_equal(kill(supervise.children[0].pid, starts == 3 ? SIGSYS : SIGKILL), 0);
        step_until_runs(&supervise, 0, starts);
        hears("a");
        char text[SUPERVISE_TEXT_BYTES];
        supervise_end_print(&supervise.children[0].end, text);
        assert_non_null(strstr(text, starts == 3 ? "signal 31 (SIGSYS, a system call that its "
                                                   "sandbox does not list) after "
                                                 : "signal 9 (SIGKILL) after "));
    }
    assert_int_equal(supervise.children[0].pause_ms, 20);
    assert_int_equal(supervise.children[1].pid, second);
    assert_int_equal(supervise.children[1].starts_count, 1);
    supervise_close(&supervise);
    hears("BA");
    assert_int_equal(supervise.children[0].end.code, 0);
    assert_false(supervise.children[0].end.by_signal);
}

static void what_cannot_be_mended_ends_all(void **state)
{
    (void)state;
    int rot = fault_exit_code(FAULT_ROT);
    struct supervise_role roles[] = {
        {.name = "steady", .run = run_steady, .argument = &letters[0], .tells_ready = true},
        {.name = "rotten", .run = run_ends, .argument = &rot},
    };
    struct supervise_options options = quick(roles, 2);
    int code = 0;
    assert_int_equal(supervise_run(&options, &code), FAULT_NONE);
    assert_int_equal(code, rot);
    hears("aA");
}

/* As from a parent that ignores SIGCHLD: the system would take the ends of children for itself. */
static void ends_are_seen_where_they_were_ignored(void **state)
{
    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    what_cannot_be_mended_ends_all(state);
    assert_true(signal(SIGCHLD, SIG_DFL) == SIG_DFL);
}

static void short_lives_are_counted(void **state)
{
    (void)state;
    int io = fault_exit_code(FAULT_IO);
    struct supervise_role roles[] = {{.name = "short", .run = run_ends, .argument = &io}};
    struct supervise_options options = quick(roles, 1);
    options.failures_max = 5;
    struct supervise supervise;
    u64 begin_ns = clock_mono_ns(clock_real());
    assert_int_equal(supervise_open(&supervise, &options), FAULT_NONE);
    while (supervise_step(&supervise, STEP_MS)) {
    }
    /* Pauses of 5, 10, 20 and 40 ms. */
    assert_true(clock_mono_ns(clock_real()) - begin_ns >= 75000000ULL);
    assert_int_equal(supervise.children[0].starts_count, 5);
    assert_int_equal(supervise.exit_code, io);
    char text[SUPERVISE_TEXT_BYTES];
    supervise_end_print(&supervise.children[0].end, text);
    assert_int_equal(strncmp(text, "exit code 10 (io) after ", 24), 0);
    supervise_close(&supervise);
    struct supervise_end poison = {.is_known = true, .code = fault_exit_code(FAULT_POISON)};
    assert_false(supervise_may_help(&poison));
    poison.by_signal = true;
    assert_true(supervise_may_help(&poison));
}

static void roles_start_in_order_with_their_items(void **state)
{
    (void)state;
    struct handover_item item = {.name = "pipe", .number = 4711, .descriptor = pipes[1]};
    struct supervise_role roles[] = {
        {.name = "slow", .run = run_slow_ready, .argument = &letters[0], .tells_ready = true},
        {.name = "items",
         .run = run_takes_items,
         .argument = &letters[1],
         .items = &item,
         .items_count = 1},
    };
    struct supervise supervise;
    struct supervise_options options = quick(roles, 2);
    assert_int_equal(supervise_open(&supervise, &options), FAULT_NONE);
    assert_true(supervise_step(&supervise, 1));
    assert_int_equal(supervise.children[0].state, SUPERVISE_STARTING);
    assert_int_equal(supervise.children[1].state, SUPERVISE_WAITING);
    step_until_runs(&supervise, 1, 1);
    hears("raib");
    /* The items come again with a new start. */
    assert_int_equal(kill(supervise.children[1].pid, SIGKILL), 0);
    step_until_runs(&supervise, 1, 2);
    hears("ib");
    supervise_close(&supervise);
    hears("BA");
}

static void who_does_not_stop_is_killed(void **state)
{
    (void)state;
    struct supervise_role roles[] = {
        {.name = "stubborn", .run = run_stubborn, .tells_ready = true}};
    struct supervise supervise;
    struct supervise_options options = quick(roles, 1);
    options.stop_ms = 30;
    assert_int_equal(supervise_open(&supervise, &options), FAULT_NONE);
    step_until_runs(&supervise, 0, 1);
    hears("s");
    supervise_close(&supervise);
    assert_true(supervise.children[0].end.by_signal);
    assert_int_equal(supervise.children[0].end.code, SIGKILL);
}

/* A supervisor in a process of its own, with two steady roles. */
static pid_t fork_supervisor(void)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct supervise_role roles[] = {
            {.name = "first", .run = run_steady, .argument = &letters[0], .tells_ready = true},
            {.name = "second", .run = run_steady, .argument = &letters[1], .tells_ready = true},
        };
        struct supervise_options options = quick(roles, 2);
        int code = 0;
        enum fault fault = supervise_run(&options, &code);
        _exit(fault == FAULT_NONE ? code : 96);
    }
    return pid;
}

static void signals_stop_all_in_order(void **state)
{
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT};
    for (u32 index = 0; index < ARRAY_COUNT(numbers); index += 1) {
        pid_t pid = fork_supervisor();
        hears("ab");
        assert_int_equal(kill(pid, numbers[index]), 0);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        hears("BA");
    }
}

static void nobody_outlives_the_supervisor(void **state)
{
    (void)state;
    pid_t pid = fork_supervisor();
    hears("ab");
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    char text[2];
    for (u32 index = 0; index < 2; index += 1) {
        struct pollfd waiting = {.fd = pipes[0], .events = POLLIN};
        assert_int_equal(poll(&waiting, 1, 20000), 1);
        assert_int_equal(read(pipes[0], &text[index], 1), 1);
    }
    assert_true((text[0] == 'A' && text[1] == 'B') || (text[0] == 'B' && text[1] == 'A'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_role_starts_again_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_mended_ends_all, setup, teardown),
        cmocka_unit_test_setup_teardown(ends_are_seen_where_they_were_ignored, setup, teardown),
        cmocka_unit_test_setup_teardown(short_lives_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(roles_start_in_order_with_their_items, setup, teardown),
        cmocka_unit_test_setup_teardown(who_does_not_stop_is_killed, setup, teardown),
        cmocka_unit_test_setup_teardown(signals_stop_all_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_outlives_the_supervisor, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
