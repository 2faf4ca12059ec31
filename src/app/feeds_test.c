/* Aim: what a program prints becomes the file of its source when the program ends well and in time,
 * and the file stays as it was otherwise. Method: shell scripts in a folder of their own. */
#include "app/feeds.h"

#include "app/rule_read.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct feeds feeds;
static struct price_sources sources;
static char folder[64];
static char file_path_of_one[FILE_PATH_BYTES];

static void path_of(const char *name, char path_out[FILE_PATH_BYTES])
{
    (void)snprintf(path_out, FILE_PATH_BYTES, "%s/%s", folder, name);
}

static void put(const char *name, const char *text)
{
    char path[FILE_PATH_BYTES];
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A source "one" that runs this script with the words behind it. */
static void begin(const char *script, const char *words, u32 limit_s)
{
    char list[FEED_COMMAND_BYTES];
    char path[FILE_PATH_BYTES];
    (void)snprintf(folder, sizeof(folder), "/tmp/feeds.XXXXXX");
    assert_non_null(mkdtemp(folder));
    path_of("prices", path);
    assert_int_equal(mkdir(path, 0700), 0);
    put("run.sh", script);
    (void)snprintf(list, sizeof(list), "one command 60 %u /bin/sh %s/run.sh%s\n", limit_s, folder,
                   words);
    if (price_sources_read(span_of_text(list), "list", folder, &sources) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    path_of("prices/one.txt", file_path_of_one);
    assert_string_equal(sources.sources[0].path, file_path_of_one);
    feeds_begin(&feeds, &sources, clock_real());
}

static void end(void)
{
    static const char *const names[] = {"prices/one.txt", "run.sh", "left.pid"};
    char path[FILE_PATH_BYTES];
    feeds_end(&feeds);
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        path_of(names[i], path);
        (void)unlink(path);
    }
    path_of("prices", path);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

/* Until it has run once more. */
static void run_once(void)
{
    u64 runs = feeds.runs[0].runs_count;
    feeds.runs[0].due_ns = 0;
    for (u32 i = 0; i < 2000 && (feeds.runs[0].runs_count == runs || feeds.runs[0].pid != 0);
         i += 1) {
        feeds_step(&feeds, 20);
    }
    assert_true(feeds.runs[0].runs_count == runs + 1 && feeds.runs[0].pid == 0);
}

static void expect_file(const char *text)
{
    static u8 bytes[PRICE_TEXT_BYTES_MAX + 1];
    size_t size = 0;
    assert_int_equal(rule_read_bytes(file_path_of_one, bytes, sizeof(bytes), &size), FAULT_NONE);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(bytes, text, size);
}

static void what_it_prints_is_the_file(void **state)
{
    (void)state;
    begin("echo \"BTC $1 $2\"; echo no >&2; read x || echo \"$x$HOME.\"\n", " 40000 1650556800", 9);
    run_once();
    expect_file("BTC 40000 1650556800\n.\n");
    assert_string_equal(feeds.runs[0].reason, "");
    put("run.sh", "echo ETH\n");
    run_once();
    expect_file("ETH\n");
    end();
}

static void what_fails_leaves_the_file_alone(void **state)
{
    (void)state;
    begin("echo good\n", "", 1);
    run_once();
    put("run.sh", "echo bad; exit 3\n");
    run_once();
    assert_string_equal(feeds.runs[0].reason, "exit code 3");
    expect_file("good\n");
    put("run.sh", "echo bad; kill -9 $$\n");
    run_once();
    assert_string_equal(feeds.runs[0].reason, "ended by signal 9");
    put("run.sh", "i=0; while [ $i -lt 2200 ]; do echo 12345678901234567890123456789; "
                  "i=$((i+1)); done\n");
    run_once();
    assert_string_equal(feeds.runs[0].reason, "it printed more than 65536 bytes");
    expect_file("good\n");
    assert_true(feeds.runs[0].failures_count == 3);
    put("run.sh", "echo again\n");
    run_once();
    assert_string_equal(feeds.runs[0].reason, "");
    expect_file("again\n");
    end();
}

/* Or dead, and not yet collected by whoever has it now: it has no command line then. */
static bool is_gone(pid_t pid)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
    for (u32 i = 0; i < 500; i += 1) {
        FILE *file = fopen(path, "r");
        int first = file == NULL ? EOF : fgetc(file);
        if (file != NULL) {
            (void)fclose(file);
        }
        if (first == EOF) {
            return true;
        }
        (void)usleep(10000);
    }
    return false;
}

/* With what it has started, which would hold its output open. */
static void one_that_hangs_is_killed(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    u8 text[32] = {0};
    size_t size = 0;
    begin("cd ${0%/*}; sleep 100 & echo $! > $1; echo bad; wait\n", " left.pid", 1);
    run_once();
    assert_string_equal(feeds.runs[0].reason, "killed after 1 s");
    path_of("left.pid", path);
    assert_int_equal(rule_read_bytes(path, text, sizeof(text) - 1, &size), FAULT_NONE);
    pid_t left = (pid_t)strtol((const char *)text, NULL, 10);
    assert_true(left > 1);
    assert_true(is_gone(left));
    assert_int_not_equal(access(file_path_of_one, F_OK), 0);
    end();
}

static void a_program_that_is_not_there(void **state)
{
    (void)state;
    begin("", "", 1);
    (void)snprintf(sources.commands[0].text, sizeof(sources.commands[0].text), "/no/such/program");
    sources.commands[0].words = 1;
    run_once();
    assert_string_equal(feeds.runs[0].reason, "exit code 127: it cannot be started");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_prints_is_the_file),
        cmocka_unit_test(what_fails_leaves_the_file_alone),
        cmocka_unit_test(one_that_hangs_is_killed),
        cmocka_unit_test(a_program_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
