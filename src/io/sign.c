#include "io/sign.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

enum fault signer_open(struct signer *signer, void *buffer, size_t buffer_bytes)
{
    CHECK(buffer != NULL && buffer_bytes > 0);
    *signer = (struct signer){.mac = EVP_MAC_fetch(NULL, "HMAC", NULL),
                              .digest = EVP_MD_fetch(NULL, "SHA256", NULL),
                              .check = EVP_MD_CTX_new(),
                              .buffer = buffer,
                              .buffer_bytes = buffer_bytes};
    if (signer->mac == NULL || signer->digest == NULL || signer->check == NULL) {
        signer_close(signer);
        return FAULT(FAULT_CONFIG, "the system's OpenSSL offers no HMAC or no SHA-256");
    }
    return FAULT_NONE;
}

void signer_close(struct signer *signer)
{
    EVP_MD_CTX_free(signer->check);
    EVP_MD_free(signer->digest);
    EVP_MAC_free(signer->mac);
    *signer = (struct signer){.mac = NULL};
}

enum fault sign_key_open_secret(struct signer *signer, struct span secret, struct sign_key *key_out)
{
    *key_out = (struct sign_key){.kind = SIGN_KIND_HMAC};
    if (secret.size == 0 || secret.size > SIGN_SECRET_MAX) {
        return FAULT(FAULT_INPUT, "a secret of %zu bytes; 1 to %u are allowed", secret.size,
                     SIGN_SECRET_MAX);
    }
    static char digest_name[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(signer->mac);
    if (context == NULL || EVP_MAC_init(context, secret.data, secret.size, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return FAULT(FAULT_LIMIT, "OpenSSL has no memory for a key");
    }
    key_out->context = context;
    return FAULT_NONE;
}

/* NULL when the text is no public key in either form. */
static EVP_PKEY *public_key_read(struct span text)
{
    const unsigned char *at = text.data;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)text.size);
    if (key != NULL && at != text.data + text.size) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    if (key == NULL) {
        BIO *memory = BIO_new_mem_buf(text.data, (int)text.size);
        key = memory == NULL ? NULL : PEM_read_bio_PUBKEY(memory, NULL, NULL, NULL);
        BIO_free(memory);
    }
    return key;
}

enum fault sign_key_open_public(struct span text, struct sign_key *key_out)
{
    *key_out = (struct sign_key){.context = NULL};
    if (text.size == 0 || text.size > SIGN_PUBLIC_MAX) {
        return FAULT(FAULT_INPUT, "a public key of %zu bytes; 1 to %u are allowed", text.size,
                     SIGN_PUBLIC_MAX);
    }
    EVP_PKEY *key = public_key_read(text);
    if (key == NULL) {
        return FAULT(FAULT_INPUT, "this is no public key in DER or PEM");
    }
    int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "ED25519")) {
        key_out->kind = SIGN_KIND_ED25519;
    } else if (EVP_PKEY_is_a(key, "RSA") && bits >= (int)SIGN_RSA_BITS_MIN &&
               bits <= (int)SIGN_RSA_BITS_MAX) {
        key_out->kind = SIGN_KIND_RSA;
    } else {
        EVP_PKEY_free(key);
        return FAULT(FAULT_INPUT, "public keys are Ed25519, or RSA of %u to %u bits",
                     SIGN_RSA_BITS_MIN, SIGN_RSA_BITS_MAX);
    }
    key_out->context = key;
    return FAULT_NONE;
}

static bool rsa_fingerprint(EVP_PKEY *key, u8 hash_out[SIGN_PUBLIC_BYTES])
{
    unsigned char *der = NULL;
    int size = i2d_PUBKEY(key, &der);
    unsigned int hash_size = 0;
    bool good = size > 0 &&
                EVP_Digest(der, (size_t)size, hash_out, &hash_size, EVP_sha256(), NULL) == 1 &&
                hash_size == SIGN_PUBLIC_BYTES;
    OPENSSL_free(der);
    return good;
}

enum fault sign_key_public(const struct sign_key *key, u8 public_out[SIGN_PUBLIC_BYTES])
{
    size_t size = SIGN_PUBLIC_BYTES;
    bool good = true;
    CHECK(key->context != NULL);
    memset(public_out, 0, SIGN_PUBLIC_BYTES);
    switch (key->kind) {
    case SIGN_KIND_HMAC:
        break;
    case SIGN_KIND_ED25519:
        good = EVP_PKEY_get_raw_public_key(key->context, public_out, &size) == 1 &&
               size == SIGN_PUBLIC_BYTES;
        break;
    case SIGN_KIND_RSA:
        good = rsa_fingerprint(key->context, public_out);
        break;
    }
    return good ? FAULT_NONE : FAULT(FAULT_CONFIG, "the system's OpenSSL cannot name a public key");
}

void sign_key_close(struct sign_key *key)
{
    if (key->kind == SIGN_KIND_HMAC) {
        EVP_MAC_CTX_free(key->context);
    } else {
        EVP_PKEY_free(key->context);
    }
    key->context = NULL;
}

/* Without a key, init starts over with the one the context has. */
void sign_hmac(struct sign_key *key, const struct span *pieces, u32 pieces_count,
               u8 hmac_out[SIGN_HMAC_BYTES])
{
    CHECK(key->kind == SIGN_KIND_HMAC);
    int good = EVP_MAC_init(key->context, NULL, 0, NULL);
    CHECK(good == 1);
    for (u32 i = 0; i < pieces_count; i += 1) {
        if (pieces[i].size > 0) {
            good = EVP_MAC_update(key->context, pieces[i].data, pieces[i].size);
            CHECK(good == 1);
        }
    }
    size_t size = 0;
    good = EVP_MAC_final(key->context, hmac_out, &size, SIGN_HMAC_BYTES);
    CHECK(good == 1);
    CHECK(size == SIGN_HMAC_BYTES);
}

static bool verify_ed25519(struct signer *signer, EVP_PKEY *key, const struct span *pieces,
                           u32 pieces_count, struct span signature)
{
    if (signature.size != SIGN_ED25519_BYTES) {
        return false;
    }
    size_t used = 0;
    for (u32 i = 0; i < pieces_count; i += 1) {
        if (!span_copy(pieces[i], signer->buffer + used, signer->buffer_bytes - used)) {
            return false;
        }
        used += pieces[i].size;
    }
    return EVP_DigestVerifyInit(signer->check, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(signer->check, signature.data, signature.size, signer->buffer, used) ==
               1;
}

/* EVP_DigestVerify with RSA means PKCS#1 v1.5 unless told otherwise. */
static bool verify_rsa(struct signer *signer, EVP_PKEY *key, const struct span *pieces,
                       u32 pieces_count, struct span signature)
{
    if (signature.size != (size_t)EVP_PKEY_get_size(key) ||
        EVP_DigestVerifyInit(signer->check, NULL, signer->digest, NULL, key) != 1) {
        return false;
    }
    for (u32 i = 0; i < pieces_count; i += 1) {
        if (pieces[i].size > 0 &&
            EVP_DigestVerifyUpdate(signer->check, pieces[i].data, pieces[i].size) != 1) {
            return false;
        }
    }
    return EVP_DigestVerifyFinal(signer->check, signature.data, signature.size) == 1;
}

static bool verify_hmac(struct sign_key *key, const struct span *pieces, u32 pieces_count,
                        struct span text)
{
    u8 expected[SIGN_HMAC_BYTES];
    u8 given[SIGN_HMAC_BYTES];
    size_t size = sign_decode_hex(text, given, sizeof(given));
    sign_hmac(key, pieces, pieces_count, expected);
    bool equal = size == sizeof(given) && sign_equal(expected, given, sizeof(given));
    secret_wipe(expected, sizeof(expected));
    return equal;
}

bool sign_verify(struct signer *signer, struct sign_key *key, const struct span *pieces,
                 u32 pieces_count, struct span signature, bool percent_encoded)
{
    CHECK(key->context != NULL);
    u8 text[SIGN_TEXT_BYTES_MAX];
    u8 bytes[SIGN_BYTES_MAX];
    struct span decoded = signature;
    if (percent_encoded) {
        decoded = span_of(text, sign_decode_percent(signature, text, sizeof(text)));
    }
    if (key->kind == SIGN_KIND_HMAC) {
        return verify_hmac(key, pieces, pieces_count, decoded);
    }
    struct span given = span_of(bytes, sign_decode_base64(decoded, bytes, sizeof(bytes)));
    if (given.size == 0) {
        return false;
    }
    EVP_MD_CTX_reset(signer->check);
    return key->kind == SIGN_KIND_ED25519
               ? verify_ed25519(signer, key->context, pieces, pieces_count, given)
               : verify_rsa(signer, key->context, pieces, pieces_count, given);
}

bool sign_equal(const u8 *a, const u8 *b, size_t bytes)
{
    return CRYPTO_memcmp(a, b, bytes) == 0;
}

/* ---- the texts ---- */

/* One more than the digit that a byte is; 0: it is none. Digits of a signature are random: branches
 * on them are guessed wrong. */
static const u8 hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

size_t sign_decode_hex(struct span text, u8 *target, size_t target_bytes)
{
    if (text.size % 2 != 0 || text.size / 2 > target_bytes) {
        return 0;
    }
    for (size_t i = 0; i < text.size; i += 2) {
        u32 high = hex_digits[text.data[i]];
        u32 low = hex_digits[text.data[i + 1]];
        if (high == 0 || low == 0) {
            return 0;
        }
        target[i / 2] = (u8)((high - 1) << 4 | (low - 1));
    }
    return text.size / 2;
}

/* 0 to 63, or 64 for anything else. */
static u32 base64_digit(u8 byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return byte - (u32)'A';
    }
    if (byte >= 'a' && byte <= 'z') {
        return byte - (u32)'a' + 26;
    }
    if (byte >= '0' && byte <= '9') {
        return byte - (u32)'0' + 52;
    }
    return byte == '+' ? 62 : byte == '/' ? 63 : 64;
}

size_t sign_decode_base64(struct span text, u8 *target, size_t target_bytes)
{
    if (text.size == 0 || text.size % 4 != 0) {
        return 0;
    }
    size_t padding = text.data[text.size - 1] != '=' ? 0 : text.data[text.size - 2] != '=' ? 1 : 2;
    size_t size = text.size / 4 * 3 - padding;
    if (size > target_bytes) {
        return 0;
    }
    size_t used = 0;
    for (size_t i = 0; i < text.size; i += 4) {
        u32 digits_count = i + 4 == text.size ? 4 - (u32)padding : 4;
        u32 bits = 0;
        for (u32 k = 0; k < 4; k += 1) {
            u32 digit = k < digits_count ? base64_digit(text.data[i + k]) : 0;
            if (digit > 63) {
                return 0;
            }
            bits = bits << 6 | digit;
        }
        u32 bytes_count = digits_count - 1;
        if ((bits & ((1U << (8 * (3 - bytes_count))) - 1)) != 0) {
            return 0;
        }
        for (u32 k = 0; k < bytes_count; k += 1) {
            target[used] = (u8)(bits >> (16 - 8 * k));
            used += 1;
        }
    }
    return used;
}

size_t sign_decode_percent(struct span text, u8 *target, size_t target_bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        if (byte == '%') {
            u32 high = i + 2 < text.size ? bytes_hex_digit(text.data[i + 1]) : 16;
            u32 low = i + 2 < text.size ? bytes_hex_digit(text.data[i + 2]) : 16;
            if (high > 15 || low > 15) {
                return 0;
            }
            byte = (u8)(high << 4 | low);
            i += 2;
        }
        if (used == target_bytes) {
            return 0;
        }
        target[used] = byte;
        used += 1;
    }
    return used;
}
