/* Aim: what a program fetches gets its name when the program ends well and in time, and nothing
 * does otherwise; old folders go. Method: shell scripts in a folder of their own. */
#include "app/list_feeds.h"

#include "base/span.h"
#include "role/lists/list_files.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct list_feeds feeds;
static struct list_sources sources;
static struct clock_false wall; /* for the names of folders; programs run by the real one */
static char folder[64];

static u64 mono_ns(struct clock *clock)
{
    (void)clock;
    return clock_mono_ns(clock_real());
}

static void put(const char *name, const char *text)
{
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int make(void **state)
{
    (void)state;
    char list[FEED_COMMAND_BYTES];
    char path[FILE_PATH_BYTES];
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-feeds-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/lists", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, LIST_FETCHED_FOLDER);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(list, sizeof(list), "one auto 24 command 60 1 /bin/sh %s/run.sh\n", folder);
    assert_int_equal(list_sources_read(span_of_text(list), "list", folder, &sources), FAULT_NONE);
    clock_false_init(&wall, 1000000000);
    wall.clock.mono_ns = mono_ns;
    list_feeds_begin(&feeds, &sources, folder, &wall.clock);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    list_feeds_end(&feeds);
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void run_once(const char *script)
{
    put("run.sh", script);
    feeds.runs[0].due_ns = 0;
    list_feeds_step(&feeds);
    for (u32 i = 0; i < 4000 && feeds.runs[0].pid != 0; i += 1) {
        (void)usleep(1000);
        list_feeds_step(&feeds);
    }
    assert_int_equal(feeds.runs[0].pid, 0);
    wall.wall_offset_us += 5000000;
}

/* The names of the newest folder's files, a blank behind each. */
static const char *newest(void)
{
    static char names[256];
    static struct list_files files;
    names[0] = 0;
    assert_int_equal(list_files_look(folder, &sources.watches[0], 0, &files), FAULT_NONE);
    for (u32 i = 0; i < files.count; i += 1) {
        strcat(names, strrchr(files.paths[i], '/') + 1);
        strcat(names, " ");
    }
    return names;
}

static u32 folders_count(void)
{
    u32 count = 0;
    for (u32 seconds = 0; seconds < 2000; seconds += 1) {
        char path[FILE_PATH_BYTES];
        struct stat about;
        (void)snprintf(path, sizeof(path), "%s/%s/one.%u", folder, LIST_FETCHED_FOLDER, seconds);
        count += stat(path, &about) == 0 ? 1 : 0;
    }
    return count;
}

static void what_it_prints_or_leaves_is_the_list(void **state)
{
    (void)state;
    assert_string_equal(newest(), "");
    run_once("echo a list; echo error >&2\n");
    assert_string_equal(feeds.runs[0].reason, "");
    assert_string_equal(newest(), "output ");
    run_once("echo a > b.csv; echo b > a.csv\n");
    assert_string_equal(newest(), "a.csv b.csv ");
    assert_int_equal(folders_count(), 2);
    for (u32 i = 0; i < 3; i += 1) {
        run_once("echo c > c.csv\n");
        assert_int_equal(folders_count(), 2);
    }
    wall.wall_offset_us -= 60000000; /* the clock was set back: names grow all the same */
    run_once("echo d > d.csv\n");
    assert_string_equal(newest(), "d.csv ");
}

static void what_fails_leaves_what_was_there(void **state)
{
    (void)state;
    run_once("echo good > good\n");
    run_once("echo bad; exit 3\n");
    assert_string_equal(feeds.runs[0].reason, "exit code 3");
    run_once("true\n");
    assert_string_equal(feeds.runs[0].reason, "it has printed nothing and left no file");
    run_once("for i in 1 2 3 4 5 6 7 8 9; do echo x > $i; done\n");
    assert_string_equal(feeds.runs[0].reason, "it has left more than 8 files");
    run_once("kill -9 $$\n");
    assert_string_equal(feeds.runs[0].reason, "ended by signal 9");
    run_once("echo half; sleep 60\n");
    assert_string_equal(feeds.runs[0].reason, "killed after 1 s");
    assert_string_equal(newest(), "good ");
    assert_int_equal(folders_count(), 1);
    run_once("echo better > better\n"); /* what the one before has left is gone */
    assert_string_equal(newest(), "better ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_it_prints_or_leaves_is_the_list, make, clear),
        cmocka_unit_test_setup_teardown(what_fails_leaves_what_was_there, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
