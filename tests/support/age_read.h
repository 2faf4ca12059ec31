/* Reads a file of age with its recipient's secret, the simple way, for tests alone. */
#ifndef TESTS_SUPPORT_AGE_READ_H
#define TESTS_SUPPORT_AGE_READ_H

#include "role/vault/age_file.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

static inline void age_read_derive(const u8 *from, size_t from_bytes, const u8 *salt,
                                   size_t salt_bytes, const char *info, u8 key_out[32])
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
static inline size_t age_read_part(const char *begin, const char *end, u8 *target,
                                   size_t target_bytes)
{
    size_t size = 0;
    assert_int_equal(sodium_base642bin(target, target_bytes, begin, (size_t)(end - begin), NULL,
                                       &size, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                     0);
    return size;
}

/* What the file holds (`opened` has room for all of it); false: it does not open. The bytes behind
 * the file's are a zero. */
static inline bool age_read(struct span file, const u8 key[32], u8 *opened, size_t *size_out)
{
    static const char first[] = "age-encryption.org/v1\n-> X25519 ";
    const char *text = (const char *)file.data;
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
    assert_int_equal(age_read_part(line, next, salt, sizeof(salt)), 32);
    line = next + 1;
    next = strchr(line, '\n');
    assert_int_equal(age_read_part(line, next, wrapped, sizeof(wrapped)), 32);
    assert_memory_equal(next, "\n--- ", 5);
    size_t head = (size_t)(next + 4 - text);
    line = next + 5;
    next = strchr(line, '\n');
    assert_int_equal(age_read_part(line, next, mac, sizeof(mac)), 32);
    assert_int_equal(crypto_scalarmult(shared, key, salt), 0);
    assert_int_equal(crypto_scalarmult_base(salt + 32, key), 0);
    age_read_derive(shared, 32, salt, 64, "age-encryption.org/v1/X25519", derived);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, wrapped, 32, NULL, 0, nonce,
                                                  derived) != 0) {
        return false;
    }
    age_read_derive(file_key, 16, (const u8 *)"", 0, "header", derived);
    if (crypto_auth_hmacsha256_verify(mac, file.data, head, derived) != 0) {
        return false;
    }
    const u8 *rest = (const u8 *)next + 1;
    age_read_derive(file_key, 16, rest, 16, "payload", derived);
    rest += 16;
    for (u32 number = 0;; number += 1) {
        size_t left = file.size - (size_t)(rest - file.data);
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

#endif /* TESTS_SUPPORT_AGE_READ_H */
