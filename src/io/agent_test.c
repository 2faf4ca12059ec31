/* Aim: agents live as agent.h says, in order; a fault anywhere closes what was opened; requests
 * arrive while a thread sleeps; a process stops on SIGTERM and reloads on SIGHUP.
 *
 * Method: agents that write down what happens to them, in this thread, in another, and in a forked
 * process in its sandbox. */
#include "io/agent.h"

#include "tests/support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct diary {
    char text[256];
    u32 length;
};

struct player {
    struct agent agent;
    struct diary *diary;
    char letter;
    char fails_at; /* o, s, w, t */
    u32 works;     /* so many before it asks to stop; 0: never */
    u32 stops;     /* so many before it is done */
    struct agent_requests *requests;
    struct gate gate;
};

static void note(struct player *player, char what)
{
    struct diary *diary = player->diary;
    if (diary->length + 3 < sizeof(diary->text)) {
        diary->text[diary->length] = what;
        diary->text[diary->length + 1] = player->letter;
        diary->text[diary->length + 2] = ' ';
        diary->length += 3;
    }
}

static enum fault step(struct agent *agent, char what)
{
    struct player *player = (struct player *)agent;
    note(player, what);
    if (player->fails_at == what) {
        return FAULT(FAULT_IO, "%c fails at %c", player->letter, what);
    }
    return FAULT_NONE;
}

static enum fault on_open(struct agent *agent)
{
    return step(agent, 'o');
}

static enum fault on_start(struct agent *agent)
{
    return step(agent, 's');
}

static enum fault on_work(struct agent *agent, bool *busy_out)
{
    struct player *player = (struct player *)agent;
    if (player->works > 0) {
        player->works -= 1;
        *busy_out = player->works > 0;
        if (player->works == 0) {
            atomic_store(&player->requests->stop, 1);
        }
        return step(agent, 'w');
    }
    return player->fails_at == 'w' ? step(agent, 'w') : FAULT_NONE;
}

static enum fault on_stop(struct agent *agent, bool *done_out)
{
    struct player *player = (struct player *)agent;
    *done_out = player->stops == 0;
    player->stops -= player->stops > 0 ? 1 : 0;
    return step(agent, 't');
}

static enum fault on_reload(struct agent *agent)
{
    return step(agent, 'r');
}

static void on_close(struct agent *agent)
{
    note((struct player *)agent, 'c');
}

static u32 on_gates(struct agent *agent, struct gate **gates_out, u32 gates_max)
{
    struct player *player = (struct player *)agent;
    assert_true(gates_max > 0);
    gates_out[0] = &player->gate;
    return 1;
}

static const struct agent_ops ops = {.open = on_open,
                                     .start = on_start,
                                     .work = on_work,
                                     .stop = on_stop,
                                     .reload = on_reload,
                                     .close = on_close,
                                     .gates = on_gates};

static struct diary diary;
static struct agent_requests requests;
static struct player players[2];

static int setup(void **state)
{
    (void)state;
    memset(&diary, 0, sizeof(diary));
    memset(&requests, 0, sizeof(requests));
    for (u32 index = 0; index < ARRAY_COUNT(players); index += 1) {
        players[index] = (struct player){.agent = {.ops = &ops, .name = "player"},
                                         .diary = &diary,
                                         .letter = (char)('A' + (char)index),
                                         .requests = &requests};
        gate_init(&players[index].gate);
    }
    return 0;
}

static enum fault run_both(void)
{
    struct agent *agents[] = {&players[0].agent, &players[1].agent};
    struct agents_options options = {.requests = &requests, .sleep_us = 1000, .stop_ms = 50};
    return agents_run(agents, ARRAY_COUNT(agents), &options);
}

static void a_life_goes_in_order(void **state)
{
    (void)state;
    players[0].works = 2;
    players[1].stops = 2;
    assert_int_equal(run_both(), FAULT_NONE);
    assert_string_equal(diary.text, "oA oB sA sB wA wA tB tB tB tA cB cA ");
}

static void a_fault_closes_what_was_opened(void **state)
{
    static const struct {
        char at;
        const char *text;
    } cases[] = {{'o', "oA oB cB cA "},
                 {'s', "oA oB sA sB cB cA "},
                 {'w', "oA oB sA sB wB cB cA "},
                 {'t', "oA oB sA sB wA tB cB cA "}};
    for (u32 index = 0; index < ARRAY_COUNT(cases); index += 1) {
        (void)setup(state);
        players[0].works = cases[index].at == 't' ? 1 : 0;
        players[1].fails_at = cases[index].at;
        assert_int_equal(run_both(), FAULT_IO);
        assert_string_equal(diary.text, cases[index].text);
    }
    (void)setup(state);
    players[0].fails_at = 'o';
    assert_int_equal(run_both(), FAULT_IO);
    assert_string_equal(diary.text, "oA cA ");
}

static void stopping_has_a_limit(void **state)
{
    (void)state;
    players[0].works = 1;
    players[1].stops = UINT32_MAX;
    assert_int_equal(run_both(), FAULT_TIMEOUT);
}

static void *run_thread(void *argument)
{
    struct agent *agents[] = {&players[0].agent};
    struct agents_options options = {
        .requests = &requests, .spin_ns = 1000, .sleep_us = 20000000, .stop_ms = 1000};
    *(enum fault *)argument = agents_run(agents, 1, &options);
    return NULL;
}

static void a_sleeping_thread_hears_requests(void **state)
{
    (void)state;
    pthread_t thread;
    enum fault fault = FAULT_IO;
    u64 begin_ns = clock_mono_ns(clock_real());
    assert_int_equal(pthread_create(&thread, NULL, run_thread, &fault), 0);
    (void)usleep(20000);
    atomic_store(&requests.stop, 1);
    (void)gate_open(&players[0].gate);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(fault, FAULT_NONE);
    assert_true(clock_mono_ns(clock_real()) - begin_ns < 10000000000ULL);
    assert_string_equal(diary.text, "oA sA tA cA ");
}

static u64 first_us;
static u64 waited_us;
static u32 waits_count;

static void on_wait(struct agent *agent, u64 sleep_us)
{
    (void)agent;
    first_us = waits_count == 0 ? sleep_us : first_us;
    waited_us = sleep_us;
    waits_count += 1;
}

static void on_round(void *argument)
{
    u32 *rounds = argument;
    *rounds += 1;
    if (*rounds == 3) {
        atomic_store(&requests.stop, 1);
    }
}

/* A loop of its own is waited in for as long as the options say when it is alone, and only briefly
 * when others share the thread; the hook comes after each round. */
static void a_loop_of_its_own_is_waited_in(void **state)
{
    static struct agent_ops waiting;
    (void)state;
    for (u32 count = 1; count <= 2; count += 1) {
        (void)setup(NULL);
        struct agent *agents[] = {&players[1].agent, &players[0].agent};
        u32 rounds = 0;
        struct agents_options options = {
            .requests = &requests, .on_round = on_round, .argument = &rounds, .sleep_us = 50000};
        waiting = ops;
        waiting.wait = on_wait;
        players[1].agent.ops = &waiting;
        players[1].stops = 2; /* it waits between them too */
        waits_count = 0;
        assert_int_equal(agents_run(agents, count, &options), FAULT_NONE);
        assert_int_equal(rounds, 3);
        assert_int_equal(waits_count, 3 + 2);
        assert_int_equal(first_us, count == 1 ? 50000 : AGENT_SHARED_SLEEP_US);
        assert_int_equal(waited_us, AGENT_SHARED_SLEEP_US);
    }
    players[0].agent.ops = &waiting;
    struct agent *both[] = {&players[1].agent, &players[0].agent};
    struct agents_options options = {.requests = &requests};
    enum fault fault = FAULT_NONE;
    expect_assert_failure(fault = agents_run(both, 2, &options));
    assert_int_equal(fault, FAULT_NONE);
}

static void tell_started(void *argument)
{
    if (write(*(int *)argument, "s", 1) != 1) {
        _exit(9);
    }
}

static void a_process_hears_signals(void **state)
{
    (void)state;
    int told[2];
    char text[64] = "";
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct agent *agents[] = {&players[0].agent};
        struct sandbox_options sandbox = {.role = "engine"};
        struct sandbox_report report = {.is_built = false};
        bool is_protected = sandbox_is_built() && !test_is_valgrind();
        struct agents_options options = {.requests = &requests,
                                         .sandbox = is_protected ? &sandbox : NULL,
                                         .report_out = &report,
                                         .on_started = tell_started,
                                         .argument = &told[1],
                                         .sleep_us = 10000};
        agent_requests_of_signals(&requests);
        enum fault fault = agents_run(agents, 1, &options);
        bool written = write(told[1], diary.text, diary.length) == (ssize_t)diary.length;
        _exit(fault == FAULT_NONE && written && report.is_built == is_protected ? 0 : 1);
    }
    assert_int_equal(read(told[0], text, 1), 1);
    assert_int_equal(kill(child, SIGHUP), 0);
    (void)usleep(100000);
    assert_int_equal(kill(child, SIGTERM), 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ssize_t length = read(told[0], text, sizeof(text) - 1);
    assert_true(length > 0);
    text[length] = 0;
    assert_string_equal(text, "oA sA rA tA cA ");
    (void)close(told[0]);
    (void)close(told[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_life_goes_in_order, setup),
        cmocka_unit_test_setup(a_fault_closes_what_was_opened, setup),
        cmocka_unit_test_setup(stopping_has_a_limit, setup),
        cmocka_unit_test_setup(a_sleeping_thread_hears_requests, setup),
        cmocka_unit_test_setup(a_loop_of_its_own_is_waited_in, setup),
        cmocka_unit_test_setup(a_process_hears_signals, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
