/* Aim: what is written is a file of age for exactly its recipient, whatever its length and however
 * it came; a recipient has one text.
 *
 * Method: a reader written the simple way (tests/support/age_read.h), with the recipient's secret;
 * that programs of others read such files is shown where the whole program delivers one. */
#include "role/vault/age_file.h"

#include "base/check.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/age_read.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 5 * 65536, WRITTEN_MAX = BYTES_MAX + 4096 };

static struct random chance;
static u8 secret[AGE_KEY_BYTES];
static u8 recipient[AGE_KEY_BYTES];
static u8 plain[BYTES_MAX];
static u8 opened[WRITTEN_MAX];

struct written {
    struct age_target target;
    size_t size;
    size_t limit; /* a write beyond it fails */
    u8 bytes[WRITTEN_MAX];
};
static struct written written;

static enum fault keep(struct age_target *target, struct span bytes)
{
    struct written *to = (struct written *)target;
    if (bytes.size > to->limit - to->size) {
        return FAULT(FAULT_DISK_FULL, "full");
    }
    memcpy(to->bytes + to->size, bytes.data, bytes.size);
    to->size += bytes.size;
    return FAULT_NONE;
}

static int make(void **state)
{
    (void)state;
    random_init(&chance, test_seed());
    if (sodium_init() < 0) {
        return -1;
    }
    randombytes_buf(secret, sizeof(secret));
    random_fill(&chance, plain, sizeof(plain));
    return crypto_scalarmult_base(recipient, secret);
}

static bool read_it(const u8 key[32], size_t *size_out)
{
    return age_read(span_of(written.bytes, written.size), key, opened, size_out);
}

static void write_it(size_t size, bool in_parts)
{
    struct age_writer *writer = NULL;
    size_t done = 0;
    memset(&written, 0, sizeof(written));
    written.target.write = keep;
    written.limit = sizeof(written.bytes) - 1;
    assert_int_equal(age_writer_open(&writer, recipient, &written.target), FAULT_NONE);
    while (done < size) {
        size_t step = in_parts ? (size_t)random_between(&chance, 1, 70000) : size;
        step = step > size - done ? size - done : step;
        assert_int_equal(age_writer_put(writer, span_of(plain + done, step)), FAULT_NONE);
        done += step;
    }
    assert_int_equal(age_writer_end(writer), FAULT_NONE);
    age_writer_close(writer);
}

static void opens_at_every_length(void **state)
{
    (void)state;
    static const size_t sizes[] = {0,      1,      65535,  65536,         65537,
                                   131071, 131072, 131073, 4 * 65536 + 1, BYTES_MAX};
    for (u32 i = 0; i < ARRAY_COUNT(sizes); i += 1) {
        for (u32 in_parts = 0; in_parts < 2; in_parts += 1) {
            size_t size = 0;
            write_it(sizes[i], in_parts == 1);
            assert_true(read_it(secret, &size));
            assert_int_equal(size, sizes[i]);
            assert_memory_equal(opened, plain, size);
        }
    }
}

static void opens_for_nobody_else(void **state)
{
    (void)state;
    u8 other[32];
    size_t size = 0;
    write_it(100, false);
    randombytes_buf(other, sizeof(other));
    assert_false(read_it(other, &size));
    written.bytes[written.size - 1] ^= 1;
    assert_false(read_it(secret, &size));
    written.bytes[written.size - 1] ^= 1;
    written.size -= 1;
    assert_false(read_it(secret, &size));
}

static void two_files_share_nothing(void **state)
{
    (void)state;
    static u8 first[WRITTEN_MAX];
    write_it(300, false);
    size_t size = written.size;
    memcpy(first, written.bytes, size);
    write_it(300, false);
    assert_int_equal(written.size, size);
    assert_memory_not_equal(first + size - 300, written.bytes + size - 300, 300);
}

static void a_target_that_fails_is_told(void **state)
{
    (void)state;
    struct age_writer *writer = NULL;
    memset(&written, 0, sizeof(written));
    written.target.write = keep;
    written.limit = 100; /* less than the header */
    assert_int_equal(age_writer_open(&writer, recipient, &written.target), FAULT_DISK_FULL);
    assert_null(writer);
    written.limit = 300;
    written.size = 0;
    assert_int_equal(age_writer_open(&writer, recipient, &written.target), FAULT_NONE);
    assert_int_equal(age_writer_put(writer, span_of(plain, AGE_PIECE_BYTES)), FAULT_NONE);
    assert_int_equal(age_writer_put(writer, span_of(plain, 1)), FAULT_DISK_FULL);
    age_writer_close(writer);
    u8 zeros[AGE_KEY_BYTES] = {0};
    assert_int_equal(age_writer_open(&writer, zeros, &written.target), FAULT_INPUT);
}

static void a_recipient_has_one_text(void **state)
{
    (void)state;
    char text[AGE_RECIPIENT_BYTES];
    u8 key[AGE_KEY_BYTES];
    age_recipient_print(recipient, text);
    assert_int_equal(strlen(text), 62);
    assert_true(age_recipient_read(span_of_text(text), key));
    assert_memory_equal(key, recipient, sizeof(key));
    /* An example of the format's own documents. */
    assert_true(age_recipient_read(
        span_of_text("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"), key));
    for (u32 at = 0; at < 62; at += 1) {
        char kept = text[at];
        text[at] = kept == 'q' ? 'p' : 'q';
        assert_false(age_recipient_read(span_of_text(text), key));
        text[at] = (char)(kept & ~0x20);
        if (text[at] != kept && kept >= 'a') {
            assert_false(age_recipient_read(span_of_text(text), key));
        }
        text[at] = kept;
    }
    assert_false(age_recipient_read(span_of(text, 61), key));
    assert_false(age_recipient_read(span_of(text, 0), key));
    u8 zeros[AGE_KEY_BYTES] = {0};
    age_recipient_print(zeros, text); /* a point of small order */
    assert_false(age_recipient_read(span_of_text(text), key));
}

/* The pair as age-keygen 1.0 has it. */
static void a_secret_is_what_age_reads(void **state)
{
    (void)state;
    u8 key[AGE_KEY_BYTES];
    char text[AGE_SECRET_BYTES];
    char public_text[AGE_RECIPIENT_BYTES];
    for (u8 i = 0; i < AGE_KEY_BYTES; i += 1) {
        key[i] = (u8)(i + 1);
    }
    age_secret_print(key, text);
    assert_string_equal(
        text, "AGE-SECRET-KEY-1QYPQXPQ9QCRSSZG2PVXQ6RS0ZQG3YYC5Z5TPWXQERGD3C8G7RUSQGPQYEE");
    assert_int_equal(crypto_scalarmult_base(key, key), 0);
    age_recipient_print(key, public_text);
    assert_string_equal(public_text,
                        "age1q73he0q5yzfu3d64msd3p6rvksnrwjk3d2598mgtmlqt9wrdr37q2vrn72");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_at_every_length),    cmocka_unit_test(opens_for_nobody_else),
        cmocka_unit_test(two_files_share_nothing),  cmocka_unit_test(a_target_that_fails_is_told),
        cmocka_unit_test(a_recipient_has_one_text), cmocka_unit_test(a_secret_is_what_age_reads),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
