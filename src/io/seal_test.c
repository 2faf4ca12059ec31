/* Aim: a sealed secret opens with its key and label and in no other way, and the key file is made
 * once. Method: a folder of its own; every byte of a sealed text changed, every shorter text. */
#include "io/seal.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/cambist-seal-XXXXXX";
static struct seal_key key;

static int scene_open(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(seal_key_open(disk_real(), folder, "keys.key", &key), FAULT_NONE);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, "keys.key"), FAULT_NONE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return 0;
}

#define SECRET "NhqPtmdSJYdKjVHj"
#define BYTES  (sizeof(SECRET) - 1)

static enum fault open_text(const struct seal_key *with, const char *label, const u8 *text,
                            size_t size, u8 *secret_out)
{
    return seal_open(with, span_of_text(label), span_of(text, size), secret_out,
                     size - SEAL_EXTRA_BYTES);
}

static void a_sealed_secret_opens(void **state)
{
    (void)state;
    u8 sealed[2][BYTES + SEAL_EXTRA_BYTES];
    u8 secret[BYTES];
    for (u32 i = 0; i < 2; i += 1) {
        assert_int_equal(seal_close(&key, span_of_text("a key"), span_of_text(SECRET), sealed[i],
                                    sizeof(sealed[i])),
                         FAULT_NONE);
        assert_int_equal(open_text(&key, "a key", sealed[i], sizeof(sealed[i]), secret),
                         FAULT_NONE);
        assert_memory_equal(secret, SECRET, BYTES);
        assert_null(memmem(sealed[i], sizeof(sealed[i]), SECRET, 4));
    }
    assert_memory_not_equal(sealed[0], sealed[1], SEAL_NONCE_BYTES);
}

static void nothing_else_opens(void **state)
{
    (void)state;
    static const u8 zeros[BYTES];
    u8 sealed[BYTES + SEAL_EXTRA_BYTES];
    u8 secret[BYTES];
    assert_int_equal(
        seal_close(&key, span_of_text("a key"), span_of_text(SECRET), sealed, sizeof(sealed)),
        FAULT_NONE);
    for (size_t i = 0; i < sizeof(sealed); i += 1) {
        sealed[i] ^= 1;
        assert_int_equal(open_text(&key, "a key", sealed, sizeof(sealed), secret), FAULT_ROT);
        assert_memory_equal(secret, zeros, BYTES);
        sealed[i] ^= 1;
    }
    for (size_t size = SEAL_EXTRA_BYTES; size < sizeof(sealed); size += 1) {
        assert_int_equal(open_text(&key, "a key", sealed, size, secret), FAULT_ROT);
    }
    assert_int_equal(seal_open(&key, span_of_text("a key"), span_of(sealed, 3), secret, 0),
                     FAULT_ROT);
    assert_int_equal(open_text(&key, "b key", sealed, sizeof(sealed), secret), FAULT_ROT);
    struct seal_key other = key;
    other.bytes[31] ^= 1;
    assert_int_equal(open_text(&other, "a key", sealed, sizeof(sealed), secret), FAULT_ROT);
    assert_int_equal(open_text(&key, "a key", sealed, sizeof(sealed), secret), FAULT_NONE);
    fault_forget();
}

/* Even where the process's umask would let others in. */
static void only_its_owner_reads_the_key_file(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct stat status;
    struct seal_key made;
    mode_t before = umask(0);
    assert_int_equal(seal_key_open(disk_real(), folder, "own.key", &made), FAULT_NONE);
    (void)umask(before);
    seal_key_wipe(&made);
    assert_int_equal(file_path(path, folder, "own.key"), FAULT_NONE);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(unlink(path), 0);
}

static void the_key_file_stays(void **state)
{
    (void)state;
    struct seal_key again;
    assert_int_equal(seal_key_open(disk_real(), folder, "keys.key", &again), FAULT_NONE);
    assert_memory_equal(&again, &key, sizeof(key));
    seal_key_wipe(&again);
    static const struct seal_key none;
    assert_memory_equal(&again, &none, sizeof(none));
}

static void a_file_of_another_size_is_no_key(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct seal_key again;
    struct file file;
    assert_int_equal(file_path(path, folder, "other"), FAULT_NONE);
    assert_int_equal(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file),
                     FAULT_NONE);
    assert_int_equal(file_write_at(&file, 0, "short", 5), FAULT_NONE);
    file_close(&file);
    static const struct seal_key none;
    memset(&again, 1, sizeof(again));
    assert_int_equal(seal_key_open(disk_real(), folder, "other", &again), FAULT_FOREIGN);
    assert_memory_equal(&again, &none, sizeof(none));
    assert_int_equal(unlink(path), 0);
    fault_forget();
}

/* A start that ended in the middle leaves a file of another name, which the next one replaces. */
static void an_unfinished_key_file_is_made_anew(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct seal_key made;
    struct seal_key again;
    struct stat status;
    struct file file;
    assert_int_equal(file_path(path, folder, "late.new"), FAULT_NONE);
    assert_int_equal(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE, &file), FAULT_NONE);
    file_close(&file);
    assert_int_equal(seal_key_open(disk_real(), folder, "late", &made), FAULT_NONE);
    assert_int_equal(stat(path, &status), -1);
    assert_int_equal(seal_key_open(disk_real(), folder, "late", &again), FAULT_NONE);
    assert_memory_equal(&made, &again, sizeof(made));
    assert_int_equal(file_path(path, folder, "late"), FAULT_NONE);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0077, 0);
    assert_int_equal(unlink(path), 0);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct seal_key again;
    assert_int_equal(file_path(path, folder, "keys.key"), FAULT_NONE);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(seal_key_open(disk_real(), folder, "keys.key", &again), FAULT_UNPROTECTED);
    assert_true(span_is_zero(span_of(again.bytes, sizeof(again.bytes))));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(seal_key_open(disk_real(), folder, "keys.key", &again), FAULT_NONE);
    assert_memory_equal(again.bytes, key.bytes, sizeof(key.bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_secret_opens),
        cmocka_unit_test(a_key_that_others_may_read_is_refused),
        cmocka_unit_test(nothing_else_opens),
        cmocka_unit_test(only_its_owner_reads_the_key_file),
        cmocka_unit_test(the_key_file_stays),
        cmocka_unit_test(a_file_of_another_size_is_no_key),
        cmocka_unit_test(an_unfinished_key_file_is_made_anew),
    };
    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
