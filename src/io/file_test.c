/* Aim: the real disk does what io/file.h says, names the file and the cause when it cannot, and
 * misuse stops the process.
 *
 * Method: a folder below the temporary folder; each call once well and once badly. What root may do
 * anyway is tested elsewhere (seqlog_disk_test.c). */
#include "io/file.h"

#include "base/span.h"
#include "io/log.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[64];
static _Alignas(4096) u8 block[2 * FILE_BLOCK_BYTES];

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/file_test.XXXXXX");
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, NULL);
    return mkdtemp(folder) == NULL ? 1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf -- %s", folder);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    return path;
}

static void a_file_is_written_and_read(void **state)
{
    (void)state;
    static const u32 kinds[] = {0, FILE_DSYNC, FILE_DIRECT, FILE_DIRECT | FILE_DSYNC};
    for (u32 index = 0; index < ARRAY_COUNT(kinds); index += 1) {
        SCOPED_FILE file = {.disk = NULL};
        u32 flags = FILE_WRITE | FILE_CREATE | kinds[index];
        assert_int_equal(file_open(disk_real(), path_of("a"), flags, &file), FAULT_NONE);
        memset(block, 7, sizeof(block));
        assert_int_equal(file_write_at(&file, FILE_BLOCK_BYTES, block, FILE_BLOCK_BYTES),
                         FAULT_NONE);
        assert_int_equal(file_sync(&file), FAULT_NONE);
        u64 bytes = 0;
        assert_int_equal(file_size(&file, &bytes), FAULT_NONE);
        assert_int_equal(bytes, 2 * FILE_BLOCK_BYTES);
        size_t got = 0;
        assert_int_equal(file_read_at(&file, 0, block, sizeof(block), &got), FAULT_NONE);
        assert_int_equal(got, sizeof(block));
        assert_int_equal(block[FILE_BLOCK_BYTES - 1], 0);
        assert_int_equal(block[FILE_BLOCK_BYTES], 7);
        assert_int_equal(file_read_at(&file, FILE_BLOCK_BYTES, block, sizeof(block), &got),
                         FAULT_NONE);
        assert_int_equal(got, FILE_BLOCK_BYTES);
        assert_int_equal(file_read_at(&file, (u64)FILE_BLOCK_BYTES * 9, block, sizeof(block), &got),
                         FAULT_NONE);
        assert_int_equal(got, 0);
        assert_int_equal(file_read_whole(&file, FILE_BLOCK_BYTES, block, sizeof(block)), FAULT_ROT);
        assert_non_null(strstr(fault_text(), "the file ends at offset 8192"));
        assert_int_equal(disk_unlink(disk_real(), path_of("a")), FAULT_NONE);
    }
}

static void sizes_are_set_and_reserved(void **state)
{
    (void)state;
    SCOPED_FILE file = {.disk = NULL};
    u64 bytes = 0;
    assert_int_equal(file_open(disk_real(), path_of("s"), FILE_WRITE | FILE_CREATE, &file),
                     FAULT_NONE);
    assert_int_equal(file_reserve(&file, 100000), FAULT_NONE);
    assert_int_equal(file_size(&file, &bytes), FAULT_NONE);
    assert_int_equal(bytes, 100000);
    assert_int_equal(file_resize(&file, 5000), FAULT_NONE);
    assert_int_equal(file_reserve(&file, 4000), FAULT_NONE);
    assert_int_equal(file_size(&file, &bytes), FAULT_NONE);
    assert_int_equal(bytes, 5000);
    u8 *memory = NULL;
    assert_int_equal(file_map(&file, 4096, &memory), FAULT_NONE);
    memory[10] = 3;
    file_touch(disk_real(), memory, 4096);
    assert_int_equal(memory[10], 3);
    u8 byte = 0;
    assert_int_equal(file_read_whole(&file, 10, &byte, 1), FAULT_NONE);
    assert_int_equal(byte, 3);
    file_unmap(disk_real(), memory, 4096);
}

static void a_released_file_stays_open(void **state)
{
    (void)state;
    struct file kept;
    {
        SCOPED_FILE file = {.disk = NULL};
        assert_int_equal(file_open(disk_real(), path_of("r"), FILE_WRITE | FILE_CREATE, &file),
                         FAULT_NONE);
        kept = file_release(&file);
        assert_null(file.disk);
    }
    assert_int_equal(file_write_at(&kept, 0, "x", 1), FAULT_NONE);
    file_close(&kept);
    file_close(&kept);
}

struct names {
    struct disk_visitor visitor;
    u32 count;
    bool found;
};

static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct names *names = (struct names *)(void *)visitor;
    names->count += 1;
    names->found = names->found || strcmp(name, "moved") == 0;
    return names->count == 3 ? FAULT(FAULT_LIMIT, "enough") : FAULT_NONE;
}

static void names_are_made_changed_and_listed(void **state)
{
    (void)state;
    char sub[FILE_PATH_BYTES];
    char source[FILE_PATH_BYTES];
    char target[FILE_PATH_BYTES];
    bool exists = true;
    assert_int_equal(file_path(sub, folder, "names"), FAULT_NONE);
    assert_int_equal(disk_exists(disk_real(), sub, &exists), FAULT_NONE);
    assert_false(exists);
    assert_int_equal(disk_make_folder(disk_real(), sub), FAULT_NONE);
    assert_int_equal(disk_make_folder(disk_real(), sub), FAULT_NONE);
    assert_int_equal(file_path(source, sub, "file"), FAULT_NONE);
    assert_int_equal(file_path(target, sub, "moved"), FAULT_NONE);
    struct file file;
    assert_int_equal(file_open(disk_real(), source, FILE_WRITE | FILE_CREATE, &file), FAULT_NONE);
    file_close(&file);
    assert_int_equal(disk_rename(disk_real(), source, target), FAULT_NONE);
    assert_int_equal(disk_sync_folder(disk_real(), sub), FAULT_NONE);
    struct names names = {.visitor = {.visit = visit}};
    assert_int_equal(disk_list(disk_real(), sub, &names.visitor), FAULT_NONE);
    assert_int_equal(names.count, 1);
    assert_true(names.found);
    /* A visitor's fault ends the listing. */
    names.count = 2;
    assert_int_equal(disk_list(disk_real(), sub, &names.visitor), FAULT_LIMIT);
}

static void failures_name_file_and_cause(void **state)
{
    (void)state;
    struct file file;
    assert_int_equal(file_open(disk_real(), path_of("missing"), 0, &file), FAULT_MISSING);
    assert_non_null(strstr(fault_text(), "/missing: cannot open: No such file or directory"));
    assert_int_equal(file_open(disk_real(), path_of("there"), FILE_WRITE | FILE_CREATE, &file),
                     FAULT_NONE);
    file_close(&file);
    assert_int_equal(file_open(disk_real(), path_of("there"), FILE_WRITE | FILE_CREATE, &file),
                     FAULT_EXISTS);
    assert_non_null(strstr(fault_text(), "/there: cannot create: File exists"));
    assert_int_equal(disk_unlink(disk_real(), path_of("missing")), FAULT_MISSING);
    assert_int_equal(disk_rename(disk_real(), path_of("missing"), "/tmp/x/y"), FAULT_MISSING);
    assert_int_equal(disk_make_folder(disk_real(), path_of("there")), FAULT_EXISTS);
    assert_int_equal(disk_make_folder(disk_real(), path_of("no/way")), FAULT_MISSING);
    assert_int_equal(disk_sync_folder(disk_real(), path_of("there")), FAULT_MISSING);
    struct names names = {.visitor = {.visit = visit}};
    assert_int_equal(disk_list(disk_real(), path_of("missing"), &names.visitor), FAULT_MISSING);
    char long_name[FILE_PATH_BYTES];
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, long_name), FAULT_LIMIT);
}

static void misuse_stops_the_process(void **state)
{
    (void)state;
    struct file file;
    volatile enum fault fault = FAULT_NONE; /* outlives the jump of a failed CHECK */
    expect_assert_failure(fault = file_open(disk_real(), path_of("m"), FILE_CREATE, &file));
    expect_assert_failure(
        fault = file_open(disk_real(), path_of("m"), FILE_WRITE | FILE_SECRET, &file));
    assert_int_equal(
        file_open(disk_real(), path_of("m"), FILE_WRITE | FILE_CREATE | FILE_DIRECT, &file),
        FAULT_NONE);
    expect_assert_failure(fault = file_write_at(&file, 512, block, FILE_BLOCK_BYTES));
    expect_assert_failure(fault = file_write_at(&file, 0, block + 512, FILE_BLOCK_BYTES));
    expect_assert_failure(fault = file_write_at(&file, 0, block, 512));
    file_close(&file);
    assert_int_equal(file_open(disk_real(), path_of("m"), 0, &file), FAULT_NONE);
    expect_assert_failure(fault = file_write_at(&file, 0, block, 1));
    file_close(&file);
    expect_assert_failure(fault = file_sync(&file));
    assert_int_equal(fault, FAULT_NONE);
}

static void a_folder_is_locked_once(void **state)
{
    (void)state;
    struct disk_lock first;
    struct disk_lock second;
    assert_int_equal(disk_lock(disk_real(), folder, &first), FAULT_NONE);
    assert_int_equal(disk_lock(disk_real(), folder, &second), FAULT_LOCKED);
    char words[128];
    (void)snprintf(words, sizeof(words), "LOCK: another process uses this folder (process %ld)",
                   (long)getpid());
    assert_non_null(strstr(fault_text(), words));
    assert_int_equal(disk_lock_at_once(disk_real(), folder, &second), FAULT_LOCKED);
    bool locked = false;
    assert_int_equal(disk_is_locked(disk_real(), folder, &locked), FAULT_NONE);
    assert_true(locked);
    assert_int_equal(disk_lock_check(&first), FAULT_NONE);
    /* What stands in the file is for the message only, and may be anything. */
    memset(block, 0xff, 100);
    FILE *file = fopen(path_of("LOCK"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(block, 1, 100, file), 100);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(disk_lock(disk_real(), folder, &second), FAULT_LOCKED);
    assert_non_null(strstr(fault_text(), "LOCK: another process uses this folder (process 0)"));
    disk_unlock(&first);
    disk_unlock(&first);
    assert_int_equal(disk_is_locked(disk_real(), folder, &locked), FAULT_NONE);
    assert_false(locked);
    assert_int_equal(disk_lock(disk_real(), folder, &second), FAULT_NONE);
    assert_int_equal(disk_unlink(disk_real(), path_of("LOCK")), FAULT_NONE);
    assert_int_equal(disk_lock_check(&second), FAULT_FENCED);
    assert_int_equal(disk_lock(disk_real(), folder, &first), FAULT_NONE);
    assert_int_equal(disk_lock_check(&second), FAULT_FENCED);
    assert_non_null(strstr(fault_text(), "was replaced by another"));
    disk_unlock(&second);
    disk_unlock(&first);
}

/* The holder lets go a moment after it was asked: what a process that was just killed looks like.
 */
static void a_lock_that_is_about_to_be_free_is_waited_for(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe2(ready, 0), 0);
    pid_t child = fork();
    if (child == 0) {
        struct disk_lock lock;
        const struct timespec moment = {.tv_nsec = 150000000};
        bool held = disk_lock(disk_real(), folder, &lock) == FAULT_NONE;
        held = held && write(ready[1], "x", 1) == 1;
        (void)nanosleep(&moment, NULL);
        _exit(held ? 0 : 1); /* its locks go with it */
    }
    assert_true(child > 0);
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct disk_lock lock;
    assert_int_equal(disk_lock(disk_real(), folder, &lock), FAULT_NONE);
    disk_unlock(&lock);
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(close(ready[0]), 0);
    assert_int_equal(close(ready[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_written_and_read),
        cmocka_unit_test(sizes_are_set_and_reserved),
        cmocka_unit_test(a_released_file_stays_open),
        cmocka_unit_test(names_are_made_changed_and_listed),
        cmocka_unit_test(failures_name_file_and_cause),
        cmocka_unit_test(misuse_stops_the_process),
        cmocka_unit_test(a_folder_is_locked_once),
        cmocka_unit_test(a_lock_that_is_about_to_be_free_is_waited_for),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
