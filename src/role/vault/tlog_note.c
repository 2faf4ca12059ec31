#include "role/vault/tlog_note.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "io/sign_pair.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DASH       "\xe2\x80\x94 " /* U+2014 and a space, before every signature */
#define DASH_BYTES 4U
#define ID_BYTES   4U
#define COSIGN     "cosignature/v1\ntime "
/* A witness signs checkpoints, which are short. */
#define COSIGNED_BYTES_MAX 4096U

enum fault tlog_crypto_open(struct tlog_crypto *crypto)
{
    TRY(sha256_open(&crypto->sha256));
    enum fault fault = signer_open(&crypto->signer, crypto->message, sizeof(crypto->message));
    if (fault != FAULT_NONE) {
        sha256_close(&crypto->sha256);
    }
    return fault;
}

void tlog_crypto_close(struct tlog_crypto *crypto)
{
    signer_close(&crypto->signer);
    sha256_close(&crypto->sha256);
}

/* ---- keys ---- */

/* Unicode's White_Space beyond ASCII, in UTF-8: every one has two or three bytes. */
static bool is_wide_space(const u8 *at, size_t size)
{
    if (size == 2) {
        return at[0] == 0xc2 && (at[1] == 0x85 || at[1] == 0xa0);
    }
    if (size != 3) {
        return false;
    }
    u32 character = (at[0] & 0xfU) << 12 | (at[1] & 0x3fU) << 6 | (at[2] & 0x3fU);
    return character == 0x1680 || (character >= 0x2000 && character <= 0x200a) ||
           character == 0x2028 || character == 0x2029 || character == 0x202f ||
           character == 0x205f || character == 0x3000;
}

bool tlog_name_valid(struct span name)
{
    if (name.size == 0 || name.size > TLOG_NAME_BYTES_MAX) {
        return false;
    }
    for (size_t at = 0; at < name.size;) {
        size_t size = utf8_bytes(span_after(name, at));
        if (size == 0 || name.data[at] <= 0x20 || name.data[at] == 0x7f || name.data[at] == '+' ||
            is_wide_space(name.data + at, size)) {
            return false;
        }
        at += size;
    }
    return true;
}

void tlog_key_make(struct sha256 *sha256, struct span name, enum tlog_key_kind kind,
                   const u8 public_key[TLOG_KEY_BYTES], struct tlog_key *key_out)
{
    u8 hash[SHA256_BYTES];
    u8 mark[2] = {'\n', (u8)kind};
    CHECK(tlog_name_valid(name));
    memset(key_out, 0, sizeof(*key_out));
    sha256_begin(sha256);
    sha256_add(sha256, name);
    sha256_add(sha256, span_of(mark, sizeof(mark)));
    sha256_add(sha256, span_of(public_key, TLOG_KEY_BYTES));
    sha256_end(sha256, hash);
    key_out->kind = kind;
    key_out->id = bytes_big_u32(hash);
    key_out->name_bytes = (u32)name.size;
    memcpy(key_out->name, name.data, name.size);
    memcpy(key_out->public_key, public_key, TLOG_KEY_BYTES);
}

/* Cuts `text` at the first `byte`; false when there is none. */
static bool cut(struct span text, u8 byte, struct span *before_out, struct span *after_out)
{
    const u8 *at = text.size == 0 ? NULL : memchr(text.data, byte, text.size);
    if (at == NULL) {
        return false;
    }
    *before_out = span_of(text.data, (size_t)(at - text.data));
    *after_out = span_after(text, before_out->size + 1);
    return true;
}

enum tlog_flaw tlog_key_read(struct sha256 *sha256, struct span vkey, struct tlog_key *key_out)
{
    struct span name;
    struct span id;
    struct span rest;
    u8 id_bytes[ID_BYTES];
    u8 key[1 + TLOG_KEY_BYTES];
    memset(key_out, 0, sizeof(*key_out));
    if (!cut(vkey, '+', &name, &rest) || !cut(rest, '+', &id, &rest) || !tlog_name_valid(name) ||
        !bytes_from_hex(id, id_bytes, sizeof(id_bytes))) {
        return TLOG_FLAW_KEY_TEXT;
    }
    u8 whole[TLOG_SIGNATURE_BYTES_MAX];
    size_t size = sign_decode_base64(rest, whole, sizeof(whole));
    if (size == 0) {
        return TLOG_FLAW_KEY_TEXT;
    }
    if (whole[0] != TLOG_KEY_LOG && whole[0] != TLOG_KEY_WITNESS) {
        return TLOG_FLAW_KEY_KIND;
    }
    if (size != sizeof(key)) {
        return TLOG_FLAW_KEY_TEXT;
    }
    tlog_key_make(sha256, name, whole[0] == TLOG_KEY_LOG ? TLOG_KEY_LOG : TLOG_KEY_WITNESS,
                  whole + 1, key_out);
    return key_out->id == bytes_big_u32(id_bytes) ? TLOG_FLAW_NONE : TLOG_FLAW_KEY_ID;
}

void tlog_key_text(const struct tlog_key *key, char vkey_out[TLOG_VKEY_BYTES])
{
    u8 bytes[1 + TLOG_KEY_BYTES] = {(u8)key->kind};
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    memcpy(bytes + 1, key->public_key, TLOG_KEY_BYTES);
    sign_pair_text(span_of(bytes, sizeof(bytes)), text);
    int size = snprintf(vkey_out, TLOG_VKEY_BYTES, "%s+%08" PRIx32 "+%s", key->name, key->id, text);
    CHECK(size > 0 && (size_t)size < TLOG_VKEY_BYTES);
}

bool tlog_key_equal(const struct tlog_key *a, const struct tlog_key *b)
{
    return a->kind == b->kind && a->name_bytes == b->name_bytes &&
           memcmp(a->name, b->name, a->name_bytes) == 0 &&
           memcmp(a->public_key, b->public_key, TLOG_KEY_BYTES) == 0;
}

/* ---- notes ---- */

static bool has_controls(struct span text)
{
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < 0x20 && text.data[i] != '\n') {
            return true;
        }
    }
    return false;
}

static enum tlog_flaw signature_read(struct span line, struct tlog_signature *signature_out)
{
    u8 bytes[TLOG_SIGNATURE_BYTES_MAX];
    struct span base64;
    memset(signature_out, 0, sizeof(*signature_out));
    if (line.size <= DASH_BYTES || memcmp(line.data, DASH, DASH_BYTES) != 0 ||
        !cut(span_after(line, DASH_BYTES), ' ', &signature_out->name, &base64) ||
        !tlog_name_valid(signature_out->name)) {
        return TLOG_FLAW_SIGNATURE_LINE;
    }
    size_t size = sign_decode_base64(base64, bytes, sizeof(bytes));
    if (size <= ID_BYTES) {
        return TLOG_FLAW_SIGNATURE_LINE;
    }
    signature_out->id = bytes_big_u32(bytes);
    signature_out->bytes_count = (u32)(size - ID_BYTES);
    if (signature_out->bytes_count <= sizeof(signature_out->bytes)) {
        memcpy(signature_out->bytes, bytes + ID_BYTES, signature_out->bytes_count);
    }
    return TLOG_FLAW_NONE;
}

/* Where the signatures begin: behind the last empty line. 0: there is none. */
static size_t signatures_at(struct span bytes)
{
    for (size_t at = bytes.size; at >= 2; at -= 1) {
        if (bytes.data[at - 1] == '\n' && bytes.data[at - 2] == '\n') {
            return at;
        }
    }
    return 0;
}

enum tlog_flaw tlog_note_read(struct span bytes, struct tlog_note *note_out)
{
    note_out->signatures_count = 0;
    note_out->text = span_of(NULL, 0);
    if (bytes.size > TLOG_NOTE_BYTES_MAX || !utf8_is_text(bytes) || has_controls(bytes)) {
        return TLOG_FLAW_TEXT;
    }
    size_t at = signatures_at(bytes);
    if (at == 0 || at == bytes.size || bytes.data[bytes.size - 1] != '\n') {
        return TLOG_FLAW_TEXT;
    }
    struct span rest = span_after(bytes, at);
    while (rest.size > 0) {
        struct span line;
        bool more = cut(rest, '\n', &line, &rest);
        CHECK(more);
        if (note_out->signatures_count == TLOG_SIGNATURES_MAX) {
            return TLOG_FLAW_SIGNATURES_MANY;
        }
        enum tlog_flaw flaw =
            signature_read(line, &note_out->signatures[note_out->signatures_count]);
        if (flaw != TLOG_FLAW_NONE) {
            return flaw;
        }
        note_out->signatures_count += 1;
    }
    note_out->text = span_piece(bytes, 0, at - 1);
    return TLOG_FLAW_NONE;
}

bool tlog_signature_is_of(const struct tlog_signature *signature, const struct tlog_key *key)
{
    return signature->id == key->id &&
           span_equal(signature->name, span_of(key->name, key->name_bytes));
}

/* The fixed beginning of an Ed25519 key in DER (RFC 8410). */
static const u8 der_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                              0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

static bool verify_pieces(struct tlog_crypto *crypto, const struct tlog_key *key,
                          const struct span *pieces, u32 pieces_count, const u8 *signature)
{
    u8 der[sizeof(der_head) + TLOG_KEY_BYTES];
    char text[SIGN_SIGNATURE_TEXT_BYTES];
    struct sign_key opened;
    memcpy(der, der_head, sizeof(der_head));
    memcpy(der + sizeof(der_head), key->public_key, TLOG_KEY_BYTES);
    sign_pair_text(span_of(signature, SIGN_ED25519_BYTES), text);
    if (sign_key_open_public(span_of(der, sizeof(der)), &opened) != FAULT_NONE) {
        return false;
    }
    bool good =
        sign_verify(&crypto->signer, &opened, pieces, pieces_count, span_of_text(text), false);
    sign_key_close(&opened);
    return good;
}

/* What a witness signs before the text; returns its bytes. */
static size_t cosign_head(u64 time, char head[64])
{
    int size = snprintf(head, 64, COSIGN "%" PRIu64 "\n", time);
    CHECK(size > 0 && size < 64);
    return (size_t)size;
}

bool tlog_signature_verify(struct tlog_crypto *crypto, const struct tlog_key *key, struct span text,
                           const struct tlog_signature *signature, u64 *time_out)
{
    *time_out = 0;
    if (key->kind == TLOG_KEY_LOG) {
        return signature->bytes_count == SIGN_ED25519_BYTES &&
               verify_pieces(crypto, key, &text, 1, signature->bytes);
    }
    u64 time = bytes_big_u64(signature->bytes);
    if (signature->bytes_count != sizeof(signature->bytes) || time > TLOG_TIME_MAX) {
        return false;
    }
    char head[64];
    struct span pieces[2] = {span_of(head, cosign_head(time, head)), text};
    if (!verify_pieces(crypto, key, pieces, 2, signature->bytes + 8)) {
        return false;
    }
    *time_out = time;
    return true;
}

enum tlog_flaw tlog_note_verify(struct tlog_crypto *crypto, const struct tlog_note *note,
                                const struct tlog_key *key, bool *found_out, u64 *time_out)
{
    *found_out = false;
    *time_out = 0;
    for (u32 i = 0; i < note->signatures_count; i += 1) {
        u64 time = 0;
        if (!tlog_signature_is_of(&note->signatures[i], key)) {
            continue;
        }
        if (!tlog_signature_verify(crypto, key, note->text, &note->signatures[i], &time)) {
            *found_out = false;
            return TLOG_FLAW_SIGNATURE;
        }
        *found_out = true;
        *time_out = u64_max(*time_out, time);
    }
    return TLOG_FLAW_NONE;
}

/* Base64 in two pieces, since the first has a multiple of three bytes. */
static void line_write(const struct tlog_key *key, struct span bytes,
                       char line_out[TLOG_LINE_BYTES])
{
    char first[SIGN_SIGNATURE_TEXT_BYTES];
    char second[SIGN_SIGNATURE_TEXT_BYTES];
    sign_pair_text(span_piece(bytes, 0, 48), first);
    sign_pair_text(span_after(bytes, 48), second);
    int size = snprintf(line_out, TLOG_LINE_BYTES, DASH "%s %s%s\n", key->name, first, second);
    CHECK(size > 0 && (size_t)size < TLOG_LINE_BYTES);
}

enum fault tlog_note_sign(struct span private_pem, const struct tlog_key *key, u64 time,
                          struct span text, char line_out[TLOG_LINE_BYTES])
{
    u8 cosigned[COSIGNED_BYTES_MAX];
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature_text[SIGN_SIGNATURE_TEXT_BYTES];
    u8 public_key[TLOG_KEY_BYTES];
    u8 bytes[ID_BYTES + 8 + SIGN_ED25519_BYTES];
    u32 head_bytes = key->kind == TLOG_KEY_LOG ? ID_BYTES : ID_BYTES + 8U;
    struct span message = text;
    CHECK(text.size > 0 && text.data[text.size - 1] == '\n');
    if (key->kind == TLOG_KEY_WITNESS) {
        CHECK(time <= TLOG_TIME_MAX);
        size_t size = cosign_head(time, (char *)cosigned);
        if (!span_copy(text, cosigned + size, sizeof(cosigned) - size)) {
            return FAULT(FAULT_LIMIT, "a checkpoint of %zu bytes is not cosigned", text.size);
        }
        message = span_of(cosigned, size + text.size);
    }
    TRY(sign_with_private(private_pem, message, public_text, signature_text));
    if (sign_decode_base64(span_of_text(public_text), public_key, sizeof(public_key)) !=
            TLOG_KEY_BYTES ||
        memcmp(public_key, key->public_key, TLOG_KEY_BYTES) != 0) {
        return FAULT(FAULT_INPUT, "the private key is not that of %s", key->name);
    }
    bytes_put_big_u32(bytes, key->id);
    bytes_put_big_u64(bytes + ID_BYTES, time); /* of a log overwritten by its signature */
    size_t size =
        sign_decode_base64(span_of_text(signature_text), bytes + head_bytes, SIGN_ED25519_BYTES);
    CHECK(size == SIGN_ED25519_BYTES);
    line_write(key, span_of(bytes, head_bytes + SIGN_ED25519_BYTES), line_out);
    return FAULT_NONE;
}
