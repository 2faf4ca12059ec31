/* Aim: the file is whole, replaces the one before, and a secret one is its owner's alone.
 *
 * Method: a temporary folder; what an interrupted writer leaves is put there first. */
#include "app/text_file.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[128];
static char temporary[136];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-text-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/keys.json", folder);
    (void)snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(temporary);
    (void)rmdir(folder);
    return 0;
}

static void holds(const char *text)
{
    char found[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(found, 1, sizeof(found) - 1, file);
    (void)fclose(file);
    assert_int_equal(size, strlen(text));
    assert_string_equal(found, text);
    assert_int_not_equal(access(temporary, F_OK), 0);
}

static void a_later_one_replaces_it(void **state)
{
    (void)state;
    assert_int_equal(text_file_put(path, "first, longer", 13, false), FAULT_NONE);
    holds("first, longer");
    assert_int_equal(text_file_put(path, "second", 6, false), FAULT_NONE);
    holds("second");
}

static void a_secret_is_its_owners(void **state)
{
    struct stat status;
    (void)state;
    FILE *left = fopen(temporary, "w"); /* open to all, as it should not be */
    assert_non_null(left);
    (void)fclose(left);
    assert_int_equal(chmod(temporary, 0666), 0);
    assert_int_equal(text_file_put(path, "secret", 6, true), FAULT_NONE);
    holds("secret");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    char nowhere[160];
    (void)state;
    (void)snprintf(nowhere, sizeof(nowhere), "%s/none/keys.json", folder);
    assert_int_equal(text_file_put(nowhere, "x", 1, false), FAULT_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_later_one_replaces_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_secret_is_its_owners, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
