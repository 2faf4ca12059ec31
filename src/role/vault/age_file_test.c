/* Aim: what is written is a file of age for exactly its recipient, whatever its length and however
 * it came; a recipient has one text.
 *
 * Method: a reader written here the simple way, with the recipient's secret, for tests alone; that
 * programs of others read the files too is tests/e2e/open_test.py. */
#include "role/vault/age_file.h"

#include "base/check.h"
#include "base/random.h"
#include "base/span.h"
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

static void hkdf(const u8 *from, size_t from_bytes, const u8 *salt, size_t salt_bytes,
                 const char *info, u8 key_out[32])
{
    u8 middle[32];
    u8 message[64];
    crypto_auth_hmacsha256_state state;
    assert_int_equal(crypto_auth_hmacsha256_init(&state, salt, salt_bytes), 0);
    assert_int_equal(crypto_auth_hmacsha256_update(&state, from, from_bytes), 0);
    assert_int_equal(crypto_auth_hmacsha256_final(&state, middle), 0);
    size_t size = strlen(info);
    memcpy(message, info, size);
    message[size] = 1;
    assert_int_equal(crypto_auth_hmacsha256(key_out, message, size + 1, middle), 0);
}

/* Everything between two places of a text, from base64. */
static size_t part(const char *begin, const char *end, u8 *target, size_t target_bytes)
{
    size_t size = 0;
    assert_int_equal(sodium_base642bin(target, target_bytes, begin, (size_t)(end - begin), NULL,
                                       &size, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                     0);
    return size;
}

/* What the file holds; false: it does not open. */
static bool read_it(const u8 key[32], size_t *size_out)
{
    static const char first[] = "age-encryption.org/v1\n-> X25519 ";
    const char *text = (const char *)written.bytes;
    u8 salt[64];
    u8 wrapped[64];
    u8 shared[32];
    u8 derived[32];
    u8 file_key[16];
    u8 mac[64];
    u8 nonce[12] = {0};
    *size_out = 0;
    assert_memory_equal(text, first, sizeof(first) - 1);
    const char *line = text + sizeof(first) - 1;
    const char *next = strchr(line, '\n');
    assert_int_equal(part(line, next, salt, sizeof(salt)), 32);
    line = next + 1;
    next = strchr(line, '\n');
    assert_int_equal(part(line, next, wrapped, sizeof(wrapped)), 32);
    assert_memory_equal(next, "\n--- ", 5);
    size_t head = (size_t)(next + 4 - text);
    line = next + 5;
    next = strchr(line, '\n');
    assert_int_equal(part(line, next, mac, sizeof(mac)), 32);
    assert_int_equal(crypto_scalarmult(shared, key, salt), 0);
    assert_int_equal(crypto_scalarmult_base(salt + 32, key), 0);
    hkdf(shared, 32, salt, 64, "age-encryption.org/v1/X25519", derived);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, wrapped, 32, NULL, 0, nonce,
                                                  derived) != 0) {
        return false;
    }
    hkdf(file_key, 16, (const u8 *)"", 0, "header", derived);
    if (crypto_auth_hmacsha256_verify(mac, written.bytes, head, derived) != 0) {
        return false;
    }
    const u8 *rest = (const u8 *)next + 1;
    hkdf(file_key, 16, rest, 16, "payload", derived);
    rest += 16;
    for (u32 number = 0;; number += 1) {
        size_t left = written.size - (size_t)(rest - written.bytes);
        size_t piece = left > AGE_PIECE_BYTES + 16 ? AGE_PIECE_BYTES + 16 : left;
        nonce[10] = (u8)number;
        nonce[11] = piece == left;
        if (piece < 16 ||
            crypto_aead_chacha20poly1305_ietf_decrypt(opened + *size_out, NULL, NULL, rest, piece,
                                                      NULL, 0, nonce, derived) != 0) {
            return false;
        }
        *size_out += piece - 16;
        rest += piece;
        if (piece == left) {
            return true;
        }
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_at_every_length),    cmocka_unit_test(opens_for_nobody_else),
        cmocka_unit_test(two_files_share_nothing),  cmocka_unit_test(a_target_that_fails_is_told),
        cmocka_unit_test(a_recipient_has_one_text),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
