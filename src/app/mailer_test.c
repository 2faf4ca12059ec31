/* Aim: each mail reaches the operator's program once as its standard input, the oldest first, and
 * is removed only when the program ended well and in time; what fails is tried again later. Method:
 * shell scripts and mails in a folder of their own, a clock that the test moves. */
#include "app/mailer.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_NS 1000000000ULL

static struct mailer mailer;
static struct feed_command command;
static struct clock_false clock_false;
static char folder[64];

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

static bool is_there(const char *name)
{
    char path[FILE_PATH_BYTES];
    path_of(name, path);
    return access(path, F_OK) == 0;
}

static void begin(const char *script, u32 limit_s)
{
    static const char *const below[] = {"door", "door/mail"};
    char path[FILE_PATH_BYTES];
    char text[FEED_COMMAND_BYTES];
    (void)snprintf(folder, sizeof(folder), "/tmp/mailer.XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (u32 i = 0; i < ARRAY_COUNT(below); i += 1) {
        path_of(below[i], path);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    put("run.sh", script);
    (void)snprintf(text, sizeof(text), "%u /bin/sh %s/run.sh %s", limit_s, folder, folder);
    assert_int_equal(mailer_command(text, &command), FAULT_NONE);
    clock_false_init(&clock_false, SECOND_NS);
    assert_int_equal(mailer_begin(&mailer, &command, folder, &clock_false.clock), FAULT_NONE);
}

static void end(void)
{
    char line[2 * FILE_PATH_BYTES];
    mailer_end(&mailer);
    (void)snprintf(line, sizeof(line), "rm -rf '%s'", folder);
    assert_int_equal(system(line), 0);
}

/* Until what runs has ended. */
static void run_once(void)
{
    assert_true(mailer_step(&mailer));
    for (u32 i = 0; i < 10000 && mailer.pid != 0; i += 1) {
        (void)mailer_step(&mailer);
        (void)usleep(1000);
    }
    assert_int_equal(mailer.pid, 0);
}

static void assert_text(const char *name, const char *text)
{
    char path[FILE_PATH_BYTES];
    char found[256];
    path_of(name, path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(found, 1, sizeof(found) - 1, file);
    found[size] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(found, text);
}

static void the_oldest_is_sent_first_and_removed(void **state)
{
    (void)state;
    begin("cat >> $1/sent\n", 60);
    assert_false(mailer_step(&mailer));
    clock_false_advance(&clock_false, SECOND_NS);
    put("door/mail/0002-b", "second\n");
    put("door/mail/0001-c", "first\n");
    put("door/mail/.0000-a", "not finished\n");
    run_once();
    assert_text("sent", "first\n");
    assert_false(is_there("door/mail/0001-c"));
    assert_true(is_there("door/mail/0002-b"));
    run_once();
    assert_text("sent", "first\nsecond\n");
    assert_false(mailer_step(&mailer));
    assert_true(is_there("door/mail/.0000-a"));
    assert_int_equal(mailer.sent_count, 2);
    end();
}

static void what_fails_is_tried_again_after_a_pause(void **state)
{
    (void)state;
    begin("echo x >> $1/tries; exit 75\n", 60);
    put("door/mail/1", "text\n");
    u64 pause_ns = SECOND_NS;
    for (u32 i = 1; i <= 10; i += 1) {
        run_once();
        assert_true(is_there("door/mail/1"));
        assert_int_equal(mailer.failures_count, i);
        clock_false_advance(&clock_false, pause_ns - 1);
        assert_false(mailer_step(&mailer));
        clock_false_advance(&clock_false, 1);
        pause_ns = u64_min(2 * pause_ns, 300 * SECOND_NS);
    }
    assert_string_equal(mailer.reason, "exit code 75");
    end();
}

static void who_takes_too_long_is_killed(void **state)
{
    (void)state;
    begin("exec sleep 60\n", 5);
    put("door/mail/1", "text\n");
    assert_true(mailer_step(&mailer));
    assert_true(mailer.pid > 0);
    clock_false_advance(&clock_false, 5 * SECOND_NS - 1);
    (void)mailer_step(&mailer);
    assert_false(mailer.is_late);
    clock_false_advance(&clock_false, 1);
    for (u32 i = 0; i < 10000 && mailer.pid != 0; i += 1) {
        (void)mailer_step(&mailer);
        (void)usleep(1000);
    }
    assert_string_equal(mailer.reason, "killed after 5 s");
    assert_true(is_there("door/mail/1"));
    end();
}

static void a_command_is_named_exactly(void **state)
{
    (void)state;
    assert_int_equal(mailer_command("none", &command), FAULT_NONE);
    assert_int_equal(command.words, 0);
    assert_int_equal(mailer_command("60 /usr/sbin/sendmail -t -i", &command), FAULT_NONE);
    assert_true(command.words == 3 && command.limit_s == 60);
    static const char *const wrong[] = {"",
                                        "60",
                                        "0 /bin/true",
                                        "60 true",
                                        "60  /bin/true",
                                        "x /bin/true",
                                        "90000 /bin/true",
                                        "60 /bin/true "};
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_int_equal(mailer_command(wrong[i], &command), FAULT_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_is_sent_first_and_removed),
        cmocka_unit_test(what_fails_is_tried_again_after_a_pause),
        cmocka_unit_test(who_takes_too_long_is_killed),
        cmocka_unit_test(a_command_is_named_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
