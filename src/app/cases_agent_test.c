/* Aim: the agent of the officers' queue answers out of what it has followed, says why where it
 * cannot, and goes on whatever is asked. Method: a real engine on a clock of the test, the agent
 * step by step, lines through a local socket. */
#include "role/cases/cases_agent.h"

#include "base/span.h"
#include "role/cases/case_days.h"
#include "tests/support/rule_venue.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { STEPS = 20000 };
#define ANNA 11U

static struct rule_venue venue;
static struct clock_false clock_false;
static struct agent *agent;
static int listener;
static int client;
static char answer[1 << 16];

/* The agent of this folder, and a connection to it. */
static void agent_begin(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct cases_agent_options options = {.folder = folder, .clock = &clock_false.clock};
    int size = snprintf(address.sun_path, sizeof(address.sun_path), "%s/cases.sock", venue.base);
    assert_true(size > 0 && (size_t)size < sizeof(address.sun_path));
    (void)unlink(address.sun_path);
    clock_false_init(&clock_false, 1);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    options.listener = listener;
    scene_must(cases_agent_create(&agent, &options));
    scene_must(agent_open(agent));
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void agent_end(void)
{
    (void)close(client);
    agent_close(agent);
    cases_agent_destroy(agent);
    agent = NULL;
    (void)close(listener);
}

static int make(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-20");
    return 0;
}

static int clear(void **state)
{
    (void)state;
    agent_end();
    rule_venue_remove(&venue);
    return 0;
}

/* The answer to a line has this in it. */
static void says(const char *line, const char *wanted)
{
    size_t used = 0;
    assert_int_equal(send(client, line, strlen(line), MSG_NOSIGNAL), strlen(line));
    assert_int_equal(send(client, "\n", 1, MSG_NOSIGNAL), 1);
    for (u32 step = 0; step < STEPS && (used == 0 || answer[used - 1] != '\n'); step += 1) {
        bool busy = false;
        scene_must(agent_work(agent, &busy));
        ssize_t size = read(client, answer + used, sizeof(answer) - 1 - used);
        used += size > 0 ? (size_t)size : 0;
        answer[used] = 0;
    }
    if (strstr(answer, wanted) == NULL) {
        fail_msg("%s: %s", line, answer);
    }
}

/* So that the agent looks at the log at its next turn. */
static void time_passes(void)
{
    clock_false_advance(&clock_false, 2 * CASES_LOOK_US * 1000);
    for (u32 step = 0; step < 8; step += 1) {
        bool busy = false;
        scene_must(agent_work(agent, &busy));
    }
}

static void open_case(void)
{
    struct command_case_act command = {.person = 7, .officer = ANNA, .act = CASE_ACT_OPEN};
    (void)rule_venue_put(&venue, &command, sizeof(command), COMMAND_CASE_ACT, 0);
}

static void what_was_followed_is_answered(void **state)
{
    char wanted[64];
    (void)state;
    agent_begin(venue.folder);
    time_passes();
    says("{\"ask\":\"list\"}", "\"cases\":[],\"count\":0}");
    open_case();
    time_passes();
    (void)snprintf(wanted, sizeof(wanted), "{\"seq\":%llu,", (unsigned long long)venue.seq);
    says("{\"ask\":\"list\",\"owner\":11}", wanted);
    assert_non_null(strstr(answer, "\"kind\":\"manual\""));
    says("{\"ask\":\"list\",\"kind\":\"odd\"}", "{\"error\":{\"field\":\"kind\"");
    struct cases_agent_counts counts = cases_agent_counts(agent);
    assert_int_equal(counts.asked, 3);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.connections, 1);
}

/* What is wrong with the line itself is said all the same. */
static void without_a_log_it_says_so(void **state)
{
    char folder[FILE_PATH_BYTES];
    (void)state;
    scene_must(file_path(folder, venue.base, "empty"));
    scene_must(disk_make_folder(disk_real(), folder));
    agent_begin(folder);
    says("{\"ask\":\"list\"}",
         "{\"error\":{\"field\":\"\",\"reason\":\"there is no event log yet\"}}");
    says("{\"ask\":\"inbox\"}", "{\"error\":{\"field\":\"account\",\"reason\":\"is missing\"}}");
    assert_int_equal(cases_agent_counts(agent).refused, 2);
}

static void wrong_holidays_are_told(void **state)
{
    char path[FILE_PATH_BYTES];
    (void)state;
    scene_must(file_path(path, venue.folder, CASE_HOLIDAYS_FILE));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("2026-12-25\n2026-12-24\n", file);
    assert_int_equal(fclose(file), 0);
    agent_begin(venue.folder);
    time_passes();
    says("{\"ask\":\"reports\"}", CASE_HOLIDAYS_FILE ":2: ");
    assert_int_equal(cases_agent_counts(agent).refused, 1);
    agent_end();
    assert_int_equal(unlink(path), 0);
    agent_begin(venue.folder);
    time_passes();
    says("{\"ask\":\"reports\"}", "\"reports\":[]");
}

/* Rows that cannot be are told to who asks; others are answered. */
static void a_row_that_cannot_be_ends_nothing(void **state)
{
    char path[FILE_PATH_BYTES];
    sqlite3 *db = NULL;
    (void)state;
    open_case();
    agent_begin(venue.folder);
    time_passes();
    says("{\"ask\":\"inbox\",\"account\":4}", "\"notices\":[]");
    scene_must(file_path(path, venue.folder, CASES_FOLDER "/" CASES_DATABASE));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO notice VALUES (4, 1, 0, 99, 1, zeroblob(32), 0, 0, "
                                  "0, 0, 0, 0, 0, 0)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    says("{\"ask\":\"inbox\",\"account\":4}",
         "{\"error\":{\"field\":\"\",\"reason\":\"the queue cannot be read");
    says("{\"ask\":\"inbox\",\"account\":5}", "\"notices\":[]");
    says("{\"ask\":\"list\"}", "\"count\":1}");
    assert_int_equal(cases_agent_counts(agent).refused, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_followed_is_answered, make, clear),
        cmocka_unit_test_setup_teardown(without_a_log_it_says_so, make, clear),
        cmocka_unit_test_setup_teardown(wrong_holidays_are_told, make, clear),
        cmocka_unit_test_setup_teardown(a_row_that_cannot_be_ends_nothing, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
