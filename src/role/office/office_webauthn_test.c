/* Aim: a security key's words count for this challenge, origin and site alone, signed by it with
 * its user verified; a new key is taken in one form. Every byte of what it brings that is changed
 * or missing makes it wrong.
 *
 * Method: a security key in software, ES256 and EdDSA by OpenSSL. */
#include "role/office/office_webauthn.h"

#include "base/span.h"
#include "role/office/office_json.h"
#include "tests/support/test.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { ES256 = -7, EDDSA = -8, FLAGS = 0x05, FLAGS_NEW = 0x45, HEAD = 37 };

static const struct office_party party = {.origin = "https://desk.invalid", .rp = "desk.invalid"};
static struct sha256 sha256;
static u8 challenge[32];
static EVP_PKEY *key;
static struct office_credential credential;
static char client[512];
static u8 data[256];
static size_t data_bytes;
static u8 signature[OFFICE_SIGNATURE_BYTES_MAX];
static size_t signature_bytes;

static int make(void **state)
{
    (void)state;
    memset(challenge, 7, sizeof(challenge));
    office_webauthn_init();
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    sha256_close(&sha256);
    EVP_PKEY_free(key);
    key = NULL;
    return 0;
}

static void hash_of(struct span bytes, u8 hash_out[SHA256_BYTES])
{
    sha256_begin(&sha256);
    sha256_add(&sha256, bytes);
    sha256_end(&sha256, hash_out);
}

static void key_make(int kind)
{
    u8 point[65];
    size_t size = sizeof(credential.key);
    EVP_PKEY_free(key);
    key = kind == ES256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(key);
    memset(&credential, 0, sizeof(credential));
    credential.kind = kind;
    credential.id_bytes = 16;
    memset(credential.id, 3, 16);
    if (kind == ES256) {
        assert_int_equal(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                         sizeof(point), &size),
                         1);
        assert_int_equal(size, sizeof(point));
        memcpy(credential.key, point + 1, 64);
        credential.key_bytes = 64;
        return;
    }
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, credential.key, &size), 1);
    credential.key_bytes = size;
}

/* What the browser says. */
static void client_make(const char *type, const char *origin, const char *more)
{
    char text[64];
    (void)snprintf(client, sizeof(client),
                   "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", type,
                   office_to_base64url(challenge, sizeof(challenge), text), origin, more);
}

static void data_make(const char *rp, u8 flags, u32 counter)
{
    hash_of(span_of_text(rp), data);
    data[32] = flags;
    for (u32 i = 0; i < 4; i += 1) {
        data[33 + i] = (u8)(counter >> (24 - 8 * i));
    }
    data_bytes = HEAD;
}

static void sign(void)
{
    u8 message[512];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(context);
    memcpy(message, data, data_bytes);
    hash_of(span_of_text(client), message + data_bytes);
    signature_bytes = sizeof(signature);
    const EVP_MD *digest = credential.kind == ES256 ? EVP_sha256() : NULL;
    assert_int_equal(EVP_DigestSignInit(context, NULL, digest, NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, signature, &signature_bytes, message, data_bytes + SHA256_BYTES),
        1);
    EVP_MD_CTX_free(context);
}

static const char *check(u32 *counter_out)
{
    return office_assertion_check(&sha256, &party, span_of(challenge, sizeof(challenge)),
                                  &credential, span_of_text(client), span_of(data, data_bytes),
                                  span_of(signature, signature_bytes), counter_out);
}

static void right_make(int kind)
{
    key_make(kind);
    client_make("webauthn.get", party.origin, ",\"crossOrigin\":false");
    data_make(party.rp, FLAGS, 9);
    sign();
}

static void what_is_right_holds(void **state)
{
    static const int kinds[] = {ES256, EDDSA};
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        u32 counter = 0;
        right_make(kinds[i]);
        assert_null(check(&counter));
        assert_int_equal(counter, 9);
    }
}

static void no_byte_may_differ(void **state)
{
    u32 counter = 0;
    (void)state;
    right_make(EDDSA);
    for (size_t i = 0; i < data_bytes; i += 1) {
        data[i] ^= 1;
        assert_non_null(check(&counter));
        data[i] ^= 1;
    }
    for (size_t i = 0; i < signature_bytes; i += 1) {
        signature[i] ^= 1;
        assert_non_null(check(&counter));
        signature[i] ^= 1;
    }
    for (size_t i = 0; client[i] != 0; i += 1) {
        client[i] ^= 1;
        assert_non_null(check(&counter));
        client[i] ^= 1;
    }
    for (size_t size = 0; size < HEAD; size += 1) {
        data_bytes = size;
        assert_non_null(check(&counter));
    }
    data_bytes = HEAD;
    assert_null(check(&counter));
}

static void another_origins_assertion(void **state)
{
    static const char *const origins[] = {"https://evil.invalid",      "http://desk.invalid",
                                          "https://desk.invalid:8443", "https://desk.invalid/",
                                          "https://DESK.invalid",      ""};
    u32 counter = 0;
    (void)state;
    key_make(ES256);
    data_make(party.rp, FLAGS, 9);
    for (u32 i = 0; i < ARRAY_COUNT(origins); i += 1) {
        client_make("webauthn.get", origins[i], "");
        sign();
        assert_string_equal(check(&counter), "another origin");
    }
    client_make("webauthn.get", party.origin, ",\"crossOrigin\":true");
    sign();
    assert_string_equal(check(&counter), "another origin");
    client_make("webauthn.get", party.origin, ",\"topOrigin\":\"https://desk.invalid\"");
    sign();
    assert_string_equal(check(&counter), "another origin");
}

static void another_challenge(void **state)
{
    u32 counter = 0;
    (void)state;
    right_make(ES256);
    challenge[31] ^= 1;
    assert_string_equal(check(&counter), "another challenge");
}

static void made_for_something_else(void **state)
{
    u32 counter = 0;
    (void)state;
    key_make(ES256);
    data_make(party.rp, FLAGS, 9);
    client_make("webauthn.create", party.origin, "");
    sign();
    assert_string_equal(check(&counter), "made for something else");
}

static void the_user_is_there_and_verified(void **state)
{
    static const u8 flags[] = {0, 1, 4};
    u32 counter = 0;
    (void)state;
    key_make(ES256);
    client_make("webauthn.get", party.origin, "");
    for (u32 i = 0; i < ARRAY_COUNT(flags); i += 1) {
        data_make(party.rp, flags[i], 9);
        sign();
        assert_non_null(check(&counter));
    }
    data_make("evil.invalid", FLAGS, 9);
    sign();
    assert_non_null(check(&counter));
}

static void another_keys_signature(void **state)
{
    struct office_credential own;
    u32 counter = 0;
    (void)state;
    right_make(ES256);
    own = credential;
    key_make(ES256);
    sign();
    credential = own;
    assert_non_null(check(&counter));
}

static void a_counter_that_goes_back(void **state)
{
    (void)state;
    assert_true(office_counter_rises(0, 0));
    assert_true(office_counter_rises(0, 1));
    assert_true(office_counter_rises(5, 6));
    assert_false(office_counter_rises(5, 5));
    assert_false(office_counter_rises(5, 4));
    assert_false(office_counter_rises(5, 0));
}

/* ---- a new key ---- */

static u8 attestation[512];
static size_t attestation_bytes;

static size_t cose_put(u8 *target)
{
    static const u8 es256[] = {0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20};
    static const u8 eddsa[] = {0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20};
    static const u8 middle[] = {0x22, 0x58, 0x20};
    if (credential.kind == EDDSA) {
        memcpy(target, eddsa, sizeof(eddsa));
        memcpy(target + sizeof(eddsa), credential.key, 32);
        return sizeof(eddsa) + 32;
    }
    memcpy(target, es256, sizeof(es256));
    memcpy(target + sizeof(es256), credential.key, 32);
    memcpy(target + sizeof(es256) + 32, middle, sizeof(middle));
    memcpy(target + sizeof(es256) + 32 + sizeof(middle), credential.key + 32, 32);
    return sizeof(es256) + 32 + sizeof(middle) + 32;
}

static void attestation_make(const char *rp, u8 flags, u8 cose_hash_out[SHA256_BYTES])
{
    static const char head[] = "\xa3\x63"
                               "fmt\x64none\x67"
                               "attStmt\xa0\x68"
                               "authData";
    data_make(rp, flags, 9);
    memset(data + HEAD, 0, 17);
    data[HEAD + 17] = (u8)credential.id_bytes;
    memcpy(data + HEAD + 18, credential.id, credential.id_bytes);
    size_t at = HEAD + 18 + credential.id_bytes;
    size_t size = cose_put(data + at);
    hash_of(span_of(data + at, size), cose_hash_out);
    data_bytes = at + size;
    memcpy(attestation, head, sizeof(head) - 1);
    attestation_bytes = sizeof(head) - 1;
    attestation[attestation_bytes] = 0x58;
    attestation[attestation_bytes + 1] = (u8)data_bytes;
    memcpy(attestation + attestation_bytes + 2, data, data_bytes);
    attestation_bytes += 2 + data_bytes;
}

static const char *bind(struct office_credential *found, u8 hash_out[SHA256_BYTES])
{
    return office_attestation_check(&sha256, &party, span_of(challenge, sizeof(challenge)),
                                    span_of_text(client), span_of(attestation, attestation_bytes),
                                    found, hash_out);
}

/* libcbor takes the memory that a map says it wants, before it looks whether the map is there. */
static void what_has_extensions_is_not_read(void **state)
{
    static const u8 map[] = {0xbb, 0, 0, 0, 0x08, 0x31, 0xd9, 0x76, 0x30};
    struct office_credential found;
    u8 hash[SHA256_BYTES];
    u32 counter = 0;
    (void)state;
    key_make(EDDSA);
    client_make("webauthn.get", party.origin, "");
    data_make(party.rp, 0x85, 9);
    memcpy(data + HEAD, map, sizeof(map));
    data_bytes = HEAD + sizeof(map);
    sign();
    assert_string_equal(check(&counter), "authenticator data that are none");
    client_make("webauthn.create", party.origin, "");
    attestation_make(party.rp, 0xc5, hash);
    size_t length = attestation_bytes - data_bytes - 1;
    memcpy(attestation + attestation_bytes, map, sizeof(map));
    attestation_bytes += sizeof(map);
    attestation[length] = (u8)(data_bytes + sizeof(map));
    assert_string_equal(bind(&found, hash), "a key of another kind than ES256 and EdDSA");
    attestation_make(party.rp, FLAGS_NEW, hash); /* the key itself as such a map */
    memcpy(attestation + attestation_bytes - 42, map, sizeof(map));
    assert_string_equal(bind(&found, hash), "a key of another kind than ES256 and EdDSA");
}

static void a_new_key_is_taken_as_it_is(void **state)
{
    static const int kinds[] = {ES256, EDDSA};
    struct office_credential found;
    u8 wanted[SHA256_BYTES];
    u8 hash[SHA256_BYTES];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        u32 counter = 0;
        key_make(kinds[i]);
        client_make("webauthn.create", party.origin, ",\"crossOrigin\":false");
        attestation_make(party.rp, FLAGS_NEW, wanted);
        assert_null(bind(&found, hash));
        assert_memory_equal(hash, wanted, sizeof(hash));
        assert_int_equal(found.kind, kinds[i]);
        assert_int_equal(found.counter, 9);
        assert_int_equal(found.id_bytes, 16);
        assert_memory_equal(found.key, credential.key, credential.key_bytes);
        credential = found; /* what was bound signs in */
        client_make("webauthn.get", party.origin, "");
        data_make(party.rp, FLAGS, 10);
        sign();
        assert_null(check(&counter));
    }
}

static void a_new_key_has_one_form(void **state)
{
    struct office_credential found;
    u8 hash[SHA256_BYTES];
    (void)state;
    key_make(EDDSA);
    client_make("webauthn.create", party.origin, "");
    attestation_make(party.rp, FLAGS_NEW, hash);
    size_t whole = attestation_bytes;
    for (attestation_bytes = 0; attestation_bytes < whole; attestation_bytes += 1) {
        assert_non_null(bind(&found, hash)); /* cut short */
    }
    attestation[whole] = 0;
    attestation_bytes = whole + 1;
    assert_non_null(bind(&found, hash)); /* more behind it */
    attestation_bytes = whole;
    attestation[6] ^= 1; /* another format than none */
    assert_string_equal(bind(&found, hash), "an attestation of another format than none");
    attestation[6] ^= 1;
    assert_null(bind(&found, hash));
    client_make("webauthn.get", party.origin, "");
    assert_string_equal(bind(&found, hash), "made for something else");
}

static void a_new_key_is_for_this_site_and_verified(void **state)
{
    static const u8 flags[] = {0x00, 0x40, 0x41, 0x44, 0x05};
    struct office_credential found;
    u8 hash[SHA256_BYTES];
    (void)state;
    key_make(ES256);
    client_make("webauthn.create", party.origin, "");
    for (u32 i = 0; i < ARRAY_COUNT(flags); i += 1) {
        attestation_make(party.rp, flags[i], hash);
        assert_string_equal(bind(&found, hash), "the user was not verified by the key");
    }
    attestation_make("evil.invalid", FLAGS_NEW, hash);
    assert_string_equal(bind(&found, hash), "made for another site");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_right_holds, make, clear),
        cmocka_unit_test_setup_teardown(no_byte_may_differ, make, clear),
        cmocka_unit_test_setup_teardown(another_origins_assertion, make, clear),
        cmocka_unit_test_setup_teardown(another_challenge, make, clear),
        cmocka_unit_test_setup_teardown(made_for_something_else, make, clear),
        cmocka_unit_test_setup_teardown(the_user_is_there_and_verified, make, clear),
        cmocka_unit_test_setup_teardown(another_keys_signature, make, clear),
        cmocka_unit_test_setup_teardown(what_has_extensions_is_not_read, make, clear),
        cmocka_unit_test_setup_teardown(a_counter_that_goes_back, make, clear),
        cmocka_unit_test_setup_teardown(a_new_key_is_taken_as_it_is, make, clear),
        cmocka_unit_test_setup_teardown(a_new_key_has_one_form, make, clear),
        cmocka_unit_test_setup_teardown(a_new_key_is_for_this_site_and_verified, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
