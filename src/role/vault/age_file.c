#include "role/vault/age_file.h"

#include "base/check.h"
#include "base/span.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define FILE_KEY_BYTES 16U
#define HASH_BYTES     32U
#define TAG_BYTES      16U
#define NONCE_BYTES    12U
#define BASE64_BYTES   48U /* of 32 bytes without padding, with the zero, and room */
#define WORDS_MAX      (AGE_KEY_BYTES * 8U / 5U + 1U)
#define CHECK_WORDS    6U

/* ---- keys as text: bech32 (BIP 173) with the names "age" and "age-secret-key-" ---- */

#define RECIPIENT_NAME "age"
#define SECRET_NAME    "age-secret-key-"

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
_Static_assert(AGE_RECIPIENT_BYTES == sizeof(RECIPIENT_NAME "1") + WORDS_MAX + CHECK_WORDS, "age1");
_Static_assert(AGE_SECRET_BYTES == sizeof(SECRET_NAME "1") + WORDS_MAX + CHECK_WORDS, "its name");

static u32 polymod(u32 sum, u8 word)
{
    static const u32 generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    u32 top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ word;
    for (u32 bit = 0; bit < 5; bit += 1) {
        sum ^= (top >> bit & 1) == 1 ? generator[bit] : 0;
    }
    return sum;
}

static u32 checksum_of(const char *name, const u8 words[WORDS_MAX])
{
    u32 sum = 1;
    for (const char *letter = name; *letter != 0; letter += 1) {
        sum = polymod(sum, (u8)((u8)*letter >> 5));
    }
    sum = polymod(sum, 0);
    for (const char *letter = name; *letter != 0; letter += 1) {
        sum = polymod(sum, (u8)*letter & 31);
    }
    for (u32 i = 0; i < WORDS_MAX + CHECK_WORDS; i += 1) {
        sum = polymod(sum, i < WORDS_MAX ? words[i] : 0);
    }
    return sum ^ 1;
}

/* Has room for the name, a 1, the words and a zero. */
static void bech32_print(const char *name, const u8 key[AGE_KEY_BYTES], char *text_out)
{
    u8 words[WORDS_MAX] = {0};
    size_t head = strlen(name) + 1;
    for (u32 bit = 0; bit < AGE_KEY_BYTES * 8; bit += 1) {
        u32 one = key[bit / 8] >> (7 - bit % 8) & 1;
        words[bit / 5] = (u8)(words[bit / 5] | one << (4 - bit % 5));
    }
    u32 sum = checksum_of(name, words);
    memcpy(text_out, name, head - 1);
    text_out[head - 1] = '1';
    for (u32 i = 0; i < WORDS_MAX; i += 1) {
        text_out[head + i] = letters[words[i]];
    }
    for (u32 i = 0; i < CHECK_WORDS; i += 1) {
        text_out[head + WORDS_MAX + i] = letters[sum >> 5 * (CHECK_WORDS - 1 - i) & 31];
    }
    text_out[head + WORDS_MAX + CHECK_WORDS] = '\0';
    sodium_memzero(words, sizeof(words));
}

void age_recipient_print(const u8 key[AGE_KEY_BYTES], char text_out[AGE_RECIPIENT_BYTES])
{
    bech32_print(RECIPIENT_NAME, key, text_out);
}

void age_secret_print(const u8 secret[AGE_KEY_BYTES], char text_out[AGE_SECRET_BYTES])
{
    bech32_print(SECRET_NAME, secret, text_out);
    for (char *letter = text_out; *letter != 0; letter += 1) {
        *letter = *letter >= 'a' && *letter <= 'z' ? (char)(*letter - 'a' + 'A') : *letter;
    }
}

/* Whether a shared secret with it can be anything but zeros. */
static bool key_is_sound(const u8 key[AGE_KEY_BYTES])
{
    static const u8 some[AGE_KEY_BYTES] = {8};
    u8 shared[AGE_KEY_BYTES];
    return crypto_scalarmult(shared, some, key) == 0;
}

bool age_recipient_read(struct span text, u8 key_out[AGE_KEY_BYTES])
{
    char again[AGE_RECIPIENT_BYTES];
    memset(key_out, 0, AGE_KEY_BYTES);
    if (text.size != AGE_RECIPIENT_BYTES - 1) {
        return false;
    }
    for (u32 bit = 0; bit < AGE_KEY_BYTES * 8; bit += 1) {
        const char *letter = strchr(letters, text.data[4 + bit / 5]);
        if (letter == NULL || text.data[4 + bit / 5] == 0) {
            return false;
        }
        u32 one = (u32)(letter - letters) >> (4 - bit % 5) & 1;
        key_out[bit / 8] = (u8)(key_out[bit / 8] | one << (7 - bit % 8));
    }
    age_recipient_print(key_out, again);
    return memcmp(again, text.data, text.size) == 0 && key_is_sound(key_out);
}

/* ---- the file ---- */

struct age_writer {
    struct age_target *target;
    u64 pieces;
    u32 used; /* of the piece */
    bool is_ended;
    u8 file_key[FILE_KEY_BYTES];
    u8 piece_key[HASH_BYTES];
    u8 piece[AGE_PIECE_BYTES];
    u8 sealed[AGE_PIECE_BYTES + TAG_BYTES];
};

/* HKDF-SHA-256 (RFC 5869), 32 bytes. */
static void derive(struct span secret, struct span salt, const char *info, u8 key_out[HASH_BYTES])
{
    static const u8 one = 1;
    crypto_auth_hmacsha256_state state;
    u8 middle[HASH_BYTES];
    u8 none = 0;
    (void)crypto_auth_hmacsha256_init(&state, salt.size == 0 ? &none : salt.data, salt.size);
    (void)crypto_auth_hmacsha256_update(&state, secret.data, secret.size);
    (void)crypto_auth_hmacsha256_final(&state, middle);
    (void)crypto_auth_hmacsha256_init(&state, middle, sizeof(middle));
    (void)crypto_auth_hmacsha256_update(&state, (const u8 *)info, strlen(info));
    (void)crypto_auth_hmacsha256_update(&state, &one, 1);
    (void)crypto_auth_hmacsha256_final(&state, key_out);
    sodium_memzero(middle, sizeof(middle));
    sodium_memzero(&state, sizeof(state));
}

static void base64_of(const u8 *bytes, size_t size, char text_out[BASE64_BYTES])
{
    (void)sodium_bin2base64(text_out, BASE64_BYTES, bytes, size,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

/* Three lines: the recipient's stanza, and the file's key for them. False: no such recipient. */
static bool stanza_print(const u8 recipient[AGE_KEY_BYTES], const u8 file_key[FILE_KEY_BYTES],
                         char header[AGE_HEADER_BYTES])
{
    static const u8 nonce[NONCE_BYTES] = {0};
    u8 once[AGE_KEY_BYTES];
    u8 shared[AGE_KEY_BYTES];
    u8 salt[2 * AGE_KEY_BYTES];
    u8 wrap_key[HASH_BYTES];
    u8 wrapped[FILE_KEY_BYTES + TAG_BYTES];
    char point_text[BASE64_BYTES];
    char wrapped_text[BASE64_BYTES];
    randombytes_buf(once, sizeof(once));
    bool is_good =
        crypto_scalarmult_base(salt, once) == 0 && crypto_scalarmult(shared, once, recipient) == 0;
    if (is_good) {
        memcpy(salt + AGE_KEY_BYTES, recipient, AGE_KEY_BYTES);
        derive(span_of(shared, sizeof(shared)), span_of(salt, sizeof(salt)),
               "age-encryption.org/v1/X25519", wrap_key);
        (void)crypto_aead_chacha20poly1305_ietf_encrypt(wrapped, NULL, file_key, FILE_KEY_BYTES,
                                                        NULL, 0, NULL, nonce, wrap_key);
        base64_of(salt, AGE_KEY_BYTES, point_text);
        base64_of(wrapped, sizeof(wrapped), wrapped_text);
        (void)snprintf(header, AGE_HEADER_BYTES, "age-encryption.org/v1\n-> X25519 %s\n%s\n---",
                       point_text, wrapped_text);
    }
    sodium_memzero(once, sizeof(once));
    sodium_memzero(shared, sizeof(shared));
    sodium_memzero(wrap_key, sizeof(wrap_key));
    return is_good;
}

static enum fault header_write(struct age_writer *writer, const u8 recipient[AGE_KEY_BYTES])
{
    char header[AGE_HEADER_BYTES];
    char mac_text[BASE64_BYTES];
    u8 mac_key[HASH_BYTES];
    u8 mac[HASH_BYTES];
    u8 nonce[FILE_KEY_BYTES];
    struct span file_key = span_of(writer->file_key, sizeof(writer->file_key));
    if (!stanza_print(recipient, writer->file_key, header)) {
        return FAULT(FAULT_INPUT, "recipient: no key of age");
    }
    size_t size = strlen(header);
    derive(file_key, span_of(NULL, 0), "header", mac_key);
    (void)crypto_auth_hmacsha256(mac, (const u8 *)header, size, mac_key);
    sodium_memzero(mac_key, sizeof(mac_key));
    base64_of(mac, sizeof(mac), mac_text);
    int more = snprintf(header + size, sizeof(header) - size, " %s\n", mac_text);
    CHECK(more > 0 && (size_t)more < sizeof(header) - size);
    TRY(writer->target->write(writer->target, span_of(header, size + (size_t)more)));
    randombytes_buf(nonce, sizeof(nonce));
    derive(file_key, span_of(nonce, sizeof(nonce)), "payload", writer->piece_key);
    return writer->target->write(writer->target, span_of(nonce, sizeof(nonce)));
}

enum fault age_writer_open(struct age_writer **writer_out, const u8 recipient[AGE_KEY_BYTES],
                           struct age_target *target)
{
    *writer_out = NULL;
    struct age_writer *writer = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*writer));
    if (writer == NULL) {
        return FAULT(FAULT_UNPROTECTED, "no locked memory for an age file");
    }
    memset(writer, 0, sizeof(*writer));
    writer->target = target;
    randombytes_buf(writer->file_key, sizeof(writer->file_key));
    enum fault fault = header_write(writer, recipient);
    if (fault != FAULT_NONE) {
        age_writer_close(writer);
        return fault;
    }
    *writer_out = writer;
    return FAULT_NONE;
}

/* The nonce is the number of the piece, 11 bytes with the highest first, and whether it is the
 * last. */
static enum fault piece_write(struct age_writer *writer, bool is_last)
{
    u8 nonce[NONCE_BYTES] = {0};
    for (u32 i = 0; i < 8; i += 1) {
        nonce[3 + i] = (u8)(writer->pieces >> 8 * (7 - i));
    }
    nonce[NONCE_BYTES - 1] = is_last ? 1 : 0;
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(
        writer->sealed, NULL, writer->piece, writer->used, NULL, 0, NULL, nonce, writer->piece_key);
    size_t size = writer->used + TAG_BYTES;
    sodium_memzero(writer->piece, writer->used);
    writer->used = 0;
    writer->pieces += 1;
    return writer->target->write(writer->target, span_of(writer->sealed, size));
}

enum fault age_writer_put(struct age_writer *writer, struct span bytes)
{
    CHECK(!writer->is_ended);
    while (bytes.size > 0) {
        if (writer->used == AGE_PIECE_BYTES) { /* more follows, so it was not the last */
            TRY(piece_write(writer, false));
        }
        size_t room = AGE_PIECE_BYTES - writer->used;
        size_t size = bytes.size < room ? bytes.size : room;
        memcpy(writer->piece + writer->used, bytes.data, size);
        writer->used += (u32)size;
        bytes = span_after(bytes, size);
    }
    return FAULT_NONE;
}

enum fault age_writer_end(struct age_writer *writer)
{
    CHECK(!writer->is_ended);
    writer->is_ended = true;
    return piece_write(writer, true);
}

void age_writer_close(struct age_writer *writer)
{
    sodium_free(writer); /* wipes */
}
