/* Aim: the agent takes a list that has changed, leaves one in force that may not be believed, says
 * when it is stale, keeps its file true, and stops in the middle of a load.
 *
 * Method: invented lists in OFAC's csv layout in a folder, and rounds driven by hand on a clock of
 * the test. */
#include "role/lists/list_agent.h"

#include "base/span.h"
#include "role/lists/list_compile.h"
#include "role/lists/list_files.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HOUR_S   3600ULL
#define START_US 1650542400000000ULL /* 2022-04-21 12:00 */
#define NULLS    ",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"

static char folder[64];
static struct clock_false now;
static struct list_watch watches[2];
static struct agent *agent;

static void path_of(const char *name, char path_out[FILE_PATH_BYTES])
{
    (void)snprintf(path_out, FILE_PATH_BYTES, "%s/%s", folder, name);
}

/* A list of the numbers 1 to `count`, of which `changed` has another name, as old as the clock
 * says. */
static void put(const char *name, u32 count, u32 changed)
{
    char path[FILE_PATH_BYTES];
    u64 time_us = clock_wall_us(&now.clock) - 10000000;
    const struct timespec times[2] = {
        {.tv_sec = (time_t)(time_us / 1000000), .tv_nsec = (long)(time_us % 1000000 * 1000)},
        {.tv_sec = (time_t)(time_us / 1000000), .tv_nsec = (long)(time_us % 1000000 * 1000)}};
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (u32 i = 1; i <= count; i += 1) {
        assert_true(fprintf(file, "%u,\"INVENTED %s%u\",\"individual\"" NULLS, i,
                            i == changed ? "AGAIN " : "", i) > 0);
    }
    assert_true(fputs("\x1a", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static int make(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    static const char *const folders[] = {"lists", LIST_FETCHED_FOLDER};
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-lists-XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (u32 i = 0; i < ARRAY_COUNT(folders); i += 1) {
        path_of(folders[i], path);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    memset(watches, 0, sizeof(watches));
    watches[0].list = code_name_of(span_of_text("kept"));
    watches[0].stale_after_us = LIST_HOUR_US;
    watches[0].paths_count = 1;
    path_of("kept.csv", watches[0].paths[0]);
    watches[1].list = code_name_of(span_of_text("fetched"));
    watches[1].stale_after_us = LIST_HOUR_US;
    watches[1].is_fetched = true;
    clock_false_init(&now, START_US);
    struct list_agent_options options = {.folder = folder,
                                         .clock = &now.clock,
                                         .watches = watches,
                                         .watches_count = 2,
                                         .keep_percent = 90,
                                         .every_us = 60000000};
    assert_int_equal(list_agent_create(&agent, &options), FAULT_NONE);
    assert_int_equal(agent_open(agent), FAULT_NONE);
    assert_int_equal(agent_start(agent), FAULT_NONE);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    agent_close(agent);
    list_agent_destroy(agent);
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static struct list_agent_counts round_once(u64 seconds)
{
    bool busy = false;
    u64 rounds = list_agent_counts(agent).rounds;
    clock_false_advance(&now, seconds * 1000000000ULL);
    for (u32 i = 0; i < 20000 && list_agent_counts(agent).rounds == rounds; i += 1) {
        assert_int_equal(agent_work(agent, &busy), FAULT_NONE);
        (void)usleep(1000);
    }
    assert_int_equal(list_agent_counts(agent).rounds, rounds + 1);
    return list_agent_counts(agent);
}

static struct list_header compiled(u32 which)
{
    struct list_header header;
    assert_true(list_compiled_look(folder, watches[which].list, &header));
    return header;
}

static void a_list_is_kept_up_to_date(void **state)
{
    (void)state;
    struct list_agent_counts counts = round_once(0);
    assert_int_equal(counts.missing, 2);
    assert_int_equal(counts.refusals, 1); /* a file that is not there is said once */
    counts = round_once(60);
    assert_int_equal(counts.refusals, 1);

    put("kept.csv", 100, 0);
    counts = round_once(60);
    assert_int_equal(counts.loads, 1);
    assert_int_equal(counts.missing, 1);
    assert_int_equal(counts.entries, 100);
    assert_int_equal(counts.stale, 0);
    assert_int_equal(compiled(0).entries_count, 100);
    counts = round_once(60);
    assert_int_equal(counts.loads, 1);

    put("kept.csv", 50, 0);
    counts = round_once(60);
    assert_int_equal(counts.refusals, 2);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.entries, 100);
    assert_int_equal(compiled(0).load, 2);
    counts = round_once(60);
    assert_int_equal(counts.refusals, 2);

    put("kept.csv", 101, 7);
    counts = round_once(60);
    assert_int_equal(counts.loads, 2);
    assert_int_equal(counts.refused, 0);
    assert_int_equal(counts.faults, 0);
    assert_int_equal(compiled(0).entries_count, 101);
}

static void what_was_fetched_is_loaded(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    char name[64];
    u64 seconds = START_US / 1000000;
    for (u32 i = 0; i < 2; i += 1) {
        (void)snprintf(name, sizeof(name), "%s/fetched.%llu", LIST_FETCHED_FOLDER,
                       (unsigned long long)(seconds + i * 60));
        path_of(name, path);
        assert_int_equal(mkdir(path, 0700), 0);
        strcat(name, "/output");
        put(name, 20 + i, 0);
        path_of("lists/fetched/fetched.new", path); /* one that is not whole yet */
        assert_true(i > 0 || mkdir(path, 0700) == 0);
        struct list_agent_counts counts = round_once(60);
        assert_int_equal(counts.loads, i + 1);
        assert_int_equal(compiled(1).entries_count, 20 + i);
        assert_int_equal(compiled(1).stale_from_us, (seconds + i * 60 + HOUR_S) * 1000000);
    }
}

static void stale_lists_are_said(void **state)
{
    (void)state;
    put("kept.csv", 10, 0);
    assert_int_equal(round_once(60).stale, 0);
    assert_false(compiled(0).stale);
    assert_int_equal(round_once(HOUR_S).stale, 1); /* nobody has touched the file */
    assert_true(compiled(0).stale);
    put("kept.csv", 10, 0); /* the same list, confirmed */
    struct list_agent_counts counts = round_once(60);
    assert_int_equal(counts.stale, 0);
    assert_int_equal(counts.loads, 1);
    assert_false(compiled(0).stale);
}

static void its_file_is_kept_true(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    put("kept.csv", 10, 0);
    (void)round_once(60);
    path_of("lists/kept.list", path);
    assert_int_equal(unlink(path), 0);
    (void)round_once(60);
    assert_int_equal(compiled(0).entries_count, 10);
}

static void a_file_just_written_waits(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct list_files files;
    put("kept.csv", 10, 0);
    u64 time_us = clock_wall_us(&now.clock) - 10000000;
    assert_int_equal(list_files_look(folder, &watches[0], time_us + 1999999, &files), FAULT_NONE);
    assert_true(files.is_fresh);
    u64 identity = files.identity;
    assert_int_equal(list_files_look(folder, &watches[0], time_us + 2000000, &files), FAULT_NONE);
    assert_false(files.is_fresh);
    assert_int_equal(files.identity, identity);
    assert_int_equal(files.time_us, time_us);
    put("kept.csv", 11, 0);
    assert_int_equal(list_files_look(folder, &watches[0], time_us + 2000000, &files), FAULT_NONE);
    assert_int_not_equal(files.identity, identity);
    path_of("kept.csv", path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(list_files_look(folder, &watches[0], time_us, &files), FAULT_NONE);
    assert_int_equal(files.count, 1); /* the load will say that it is not there */
}

static void it_stops_in_a_load(void **state)
{
    (void)state;
    bool busy = false;
    bool done = false;
    put("kept.csv", 20000, 0);
    clock_false_advance(&now, 60000000000ULL);
    assert_int_equal(agent_work(agent, &busy), FAULT_NONE);
    for (u32 i = 0; i < 20000 && !done; i += 1) {
        assert_int_equal(agent_stop(agent, &done), FAULT_NONE);
        (void)usleep(1000);
    }
    assert_true(done);
    struct list_agent_counts counts = list_agent_counts(agent);
    assert_int_equal(counts.faults, 0);
    assert_true(counts.loads == 0 || counts.entries == 20000); /* all or nothing */
    print_message("stopped %s\n", counts.loads == 0 ? "in the load" : "behind it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_kept_up_to_date, make, clear),
        cmocka_unit_test_setup_teardown(what_was_fetched_is_loaded, make, clear),
        cmocka_unit_test_setup_teardown(stale_lists_are_said, make, clear),
        cmocka_unit_test_setup_teardown(its_file_is_kept_true, make, clear),
        cmocka_unit_test_setup_teardown(a_file_just_written_waits, make, clear),
        cmocka_unit_test_setup_teardown(it_stops_in_a_load, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
