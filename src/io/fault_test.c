/* Aim: a fault keeps the words of the place that saw it and the way it took, every kind has a name,
 * a meaning and an exit code that agree with docs/exit-codes.md, and trails cross threads.
 *
 * Method: examples; the whole table against the page. */
#include "io/fault.h"

#include "tests/support/test.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static enum fault seen_here(void)
{
    return FAULT(FAULT_DISK_FULL, "folder/file: write at offset %d", 7);
}

static enum fault passed_up(void)
{
    TRY(seen_here());
    return FAULT_NONE;
}

static enum fault passed_on(u32 depth)
{
    if (depth == 0) {
        return passed_up();
    }
    TRY(passed_on(depth - 1));
    return FAULT_NONE;
}

static void the_trail_has_words_and_lines(void **state)
{
    (void)state;
    char trail[512];
    assert_int_equal(passed_up(), FAULT_DISK_FULL);
    assert_string_equal(fault_text(), "folder/file: write at offset 7");
    fault_trail_print(trail, sizeof(trail));
    assert_non_null(strstr(trail, "disk_full: folder/file: write at offset 7 (fault_test.c:"));
    assert_non_null(strstr(trail, " < fault_test.c:"));
    assert_int_equal(trail[strlen(trail) - 1], ')');
}

static void a_long_way_is_cut(void **state)
{
    (void)state;
    char trail[4096];
    char little[16];
    assert_int_equal(passed_on(50), FAULT_DISK_FULL);
    fault_trail_print(trail, sizeof(trail));
    u32 lines = 0;
    for (const char *at = strstr(trail, ".c:"); at != NULL; at = strstr(at + 1, ".c:")) {
        lines += 1;
    }
    assert_int_equal(lines, FAULT_LINES_MAX);
    fault_trail_print(little, sizeof(little));
    assert_int_equal(strlen(little), sizeof(little) - 1);
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[FAULT_TEXT_BYTES * 2];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(FAULT(FAULT_IO, "%s", text), FAULT_IO);
    assert_int_equal(strlen(fault_text()), FAULT_TEXT_BYTES - 1);
    assert_int_equal(FAULT_ERRNO(EIO, "%s", text), FAULT_IO);
    assert_int_equal(strlen(fault_text()), FAULT_TEXT_BYTES - 1);
}

static void a_text_may_hold_the_one_before(void **state)
{
    (void)state;
    (void)seen_here();
    (void)FAULT(FAULT_INPUT, "something much longer than it: %s", fault_text());
    assert_string_equal(fault_text(),
                        "something much longer than it: folder/file: write at offset 7");
}

static void errno_becomes_a_kind(void **state)
{
    (void)state;
    static const struct {
        int error;
        enum fault fault;
    } rows[] = {
        {0, FAULT_NONE},          {ENOSPC, FAULT_DISK_FULL},  {EDQUOT, FAULT_DISK_FULL},
        {EROFS, FAULT_READ_ONLY}, {EACCES, FAULT_PERMISSION}, {EPERM, FAULT_PERMISSION},
        {ENOENT, FAULT_MISSING},  {EEXIST, FAULT_EXISTS},     {EMFILE, FAULT_LIMIT},
        {EIO, FAULT_IO},          {ETIMEDOUT, FAULT_TIMEOUT}, {EINVAL, FAULT_IO},
    };
    for (u32 index = 0; index < ARRAY_COUNT(rows); index += 1) {
        assert_int_equal(fault_of_errno(rows[index].error), rows[index].fault);
    }
    assert_int_equal(FAULT_ERRNO(ENOSPC, "a/b: write"), FAULT_DISK_FULL);
    assert_string_equal(fault_text(), "a/b: write: No space left on device");
}

static enum fault silent(void)
{
    return FAULT_ROT;
}

static enum fault loud(void)
{
    TRY(silent());
    return FAULT_NONE;
}

static void a_fault_without_words_has_a_line(void **state)
{
    (void)state;
    assert_int_equal(passed_up(), FAULT_DISK_FULL);
    assert_int_equal(loud(), FAULT_ROT);
    assert_string_equal(fault_text(), "");
    assert_int_equal(passed_up(), FAULT_DISK_FULL);
    fault_forget();
    assert_string_equal(fault_text(), "");
}

static struct fault_trail carried;

static void *other_thread(void *argument)
{
    (void)argument;
    enum fault fault = FAULT(FAULT_FENCED, "seen elsewhere");
    fault_trail_copy(&carried);
    return fault == FAULT_FENCED ? &carried : NULL;
}

static void trails_belong_to_threads_and_cross_them(void **state)
{
    (void)state;
    assert_int_equal(passed_up(), FAULT_DISK_FULL);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(fault_text(), "folder/file: write at offset 7");
    fault_trail_adopt(&carried);
    assert_string_equal(fault_text(), "seen elsewhere");
}

/* Each row of the table stands on the page as | code | `name` | meaning | */
static void the_table_is_the_page(void **state)
{
    (void)state;
    static char page[1 << 14];
    FILE *file = fopen("docs/exit-codes.md", "rb");
    assert_non_null(file); /* tests run in the root of the tree */
    size_t size = fread(page, 1, sizeof(page) - 1, file);
    (void)fclose(file);
    assert_true(size < sizeof(page) - 1);
    for (int fault = FAULT_USAGE; fault <= FAULT_REFUSED; fault += 1) {
        char row[256];
        (void)snprintf(row, sizeof(row), "| %d | `%s` | %s |", fault_exit_code((enum fault)fault),
                       fault_name((enum fault)fault), fault_meaning((enum fault)fault));
        if (strstr(page, row) == NULL) {
            fail_msg("docs/exit-codes.md lacks: %s", row);
        }
        for (int other = FAULT_NONE; other < fault; other += 1) {
            assert_int_not_equal(fault_exit_code((enum fault)fault),
                                 fault_exit_code((enum fault)other));
        }
    }
    assert_int_equal(fault_exit_code(FAULT_NONE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_trail_has_words_and_lines),
        cmocka_unit_test(a_long_way_is_cut),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_text_may_hold_the_one_before),
        cmocka_unit_test(errno_becomes_a_kind),
        cmocka_unit_test(a_fault_without_words_has_a_line),
        cmocka_unit_test(trails_belong_to_threads_and_cross_them),
        cmocka_unit_test(the_table_is_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
