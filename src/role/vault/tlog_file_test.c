/* Aim: a key's file gives back the key that was made, only its owner may read it, and a file that
 * is not exactly one is refused before anything is signed; a replaced file is whole.
 *
 * Method: a real folder; files changed by hand. */
#include "role/vault/tlog_file.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[128];

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-tlog-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/key", folder);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct tlog_key key_make(enum tlog_key_kind kind)
{
    struct tlog_key key;
    assert_int_equal(
        tlog_secret_make(disk_real(), path, span_of_text("w.test.invalid"), kind, &key),
        FAULT_NONE);
    return key;
}

static void key_put(const u8 *bytes, size_t size)
{
    assert_int_equal(tlog_file_replace(disk_real(), folder, "key", span_of(bytes, size)),
                     FAULT_NONE);
    assert_int_equal(chmod(path, 0600), 0);
}

static void a_key_is_read_as_it_was_made(void **state)
{
    (void)state;
    struct tlog_secret secret;
    struct tlog_key key = key_make(TLOG_KEY_WITNESS);
    struct stat known;
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_WITNESS, &secret), FAULT_NONE);
    assert_true(tlog_key_equal(&key, &secret.key));
    tlog_secret_wipe(&secret);
    assert_int_equal(secret.pem[0], 0);
    assert_int_equal(stat(path, &known), 0);
    assert_int_equal(known.st_mode & 0777, 0600);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0601, 0660, 0644};
    (void)state;
    struct tlog_secret secret;
    struct tlog_key key = key_make(TLOG_KEY_LOG);
    for (u32 i = 0; i < ARRAY_COUNT(modes); i += 1) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret),
                         FAULT_UNPROTECTED);
        assert_non_null(strstr(fault_text(), "others than its owner may read"));
        assert_int_equal(secret.pem[0], 0);
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_NONE);
    assert_true(tlog_key_equal(&key, &secret.key));
    tlog_secret_wipe(&secret);
}

static void a_place_for_a_secret_is_wiped(void **state)
{
    (void)state;
    struct tlog_secret *secret = NULL;
    assert_int_equal(tlog_secret_take(&secret), FAULT_NONE);
    assert_true(span_is_zero(span_of(secret, sizeof(*secret))));
    (void)key_make(TLOG_KEY_LOG);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, secret), FAULT_NONE);
    tlog_secret_give_back(&secret);
    assert_null(secret);
    tlog_secret_give_back(&secret);
}

static void a_key_is_never_written_over(void **state)
{
    (void)state;
    struct tlog_key key = key_make(TLOG_KEY_LOG);
    assert_int_equal(tlog_secret_make(disk_real(), path, span_of_text("other"), TLOG_KEY_LOG, &key),
                     FAULT_EXISTS);
    assert_int_equal(tlog_secret_make(disk_real(), path, span_of_text("a b"), TLOG_KEY_LOG, &key),
                     FAULT_INPUT);
}

static void a_file_that_is_no_key_is_refused(void **state)
{
    (void)state;
    struct tlog_secret secret;
    u8 bytes[1024];
    size_t size = 0;
    (void)key_make(TLOG_KEY_LOG);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_WITNESS, &secret), FAULT_INPUT);
    assert_int_equal(tlog_file_read(disk_real(), path, bytes, 10, &size), FAULT_LIMIT);
    assert_int_equal(tlog_file_read(disk_real(), path, bytes, sizeof(bytes), &size), FAULT_NONE);
    /* A name of another key, a half of the file, and nothing at all. */
    bytes[0] ^= 1;
    key_put(bytes, size);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_INPUT);
    bytes[0] ^= 1;
    key_put(bytes, size / 2);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_INPUT);
    key_put(bytes, 0);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_INPUT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_MISSING);
}

/* The public half of one key and the private half of another. */
static void halves_of_two_keys_are_refused(void **state)
{
    (void)state;
    struct tlog_secret secret;
    u8 first[1024];
    u8 second[1024];
    size_t first_bytes = 0;
    size_t second_bytes = 0;
    (void)key_make(TLOG_KEY_LOG);
    assert_int_equal(tlog_file_read(disk_real(), path, first, sizeof(first), &first_bytes),
                     FAULT_NONE);
    assert_int_equal(unlink(path), 0);
    (void)key_make(TLOG_KEY_LOG);
    assert_int_equal(tlog_file_read(disk_real(), path, second, sizeof(second), &second_bytes),
                     FAULT_NONE);
    assert_int_equal(first_bytes, second_bytes);
    const u8 *end = memchr(first, '\n', first_bytes);
    assert_non_null(end);
    memcpy(second, first, (size_t)(end - first));
    key_put(second, second_bytes);
    assert_int_equal(tlog_secret_read(disk_real(), path, TLOG_KEY_LOG, &secret), FAULT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_read_as_it_was_made, make, clear),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(a_place_for_a_secret_is_wiped, make, clear),
        cmocka_unit_test_setup_teardown(a_key_is_never_written_over, make, clear),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_key_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(halves_of_two_keys_are_refused, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
