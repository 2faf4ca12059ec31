/* Aim: a pair that was made is one: what the private key signs, the public one confirms.
 *
 * Method: OpenSSL signs with the private text, io/sign.h checks with the public one. */
#include "io/sign_pair.h"

#include "base/span.h"
#include "io/sign.h"
#include "tests/support/test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

static void what_is_signed_is_confirmed(void **state)
{
    static u8 buffer[256];
    struct sign_pair pair;
    struct signer signer;
    struct sign_key key;
    struct span message = span_of_text("symbol=BTCUSDT");
    u8 signature[SIGN_ED25519_BYTES];
    u8 text[128];
    size_t size = sizeof(signature);
    (void)state;
    assert_int_equal(sign_pair_make(&pair), FAULT_NONE);
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    assert_int_equal(sign_key_open_public(span_of_text(pair.public_pem), &key), FAULT_NONE);
    assert_int_equal(key.kind, SIGN_KIND_ED25519);
    BIO *memory = BIO_new_mem_buf(pair.private_pem, -1);
    EVP_PKEY *private = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(private);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, private), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, message.data, message.size), 1);
    int length = EVP_EncodeBlock(text, signature, (int)size);
    assert_true(sign_verify(&signer, &key, &message, 1, span_of(text, (size_t)length), false));
    text[0] = text[0] == 'A' ? 'B' : 'A';
    assert_false(sign_verify(&signer, &key, &message, 1, span_of(text, (size_t)length), false));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(private);
    (void)BIO_free(memory);
    sign_key_close(&key);
    signer_close(&signer);
}

static void each_pair_is_another(void **state)
{
    struct sign_pair one;
    struct sign_pair two;
    (void)state;
    assert_int_equal(sign_pair_make(&one), FAULT_NONE);
    assert_int_equal(sign_pair_make(&two), FAULT_NONE);
    assert_string_not_equal(one.public_pem, two.public_pem);
    assert_string_not_equal(one.private_pem, two.private_pem);
}

static void what_is_signed_here_is_confirmed(void **state)
{
    static u8 buffer[256];
    static const char prefix[] = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA";
    struct sign_pair pair;
    struct signer signer;
    struct sign_key key;
    struct span message = span_of_text("a message");
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    (void)state;
    assert_int_equal(sign_pair_make(&pair), FAULT_NONE);
    assert_int_equal(
        sign_with_private(span_of_text(pair.private_pem), message, public_text, signature),
        FAULT_NONE);
    /* The key lies in its DER behind 12 bytes, which are 16 symbols. */
    assert_memory_equal(pair.public_pem, prefix, sizeof(prefix) - 1);
    assert_memory_equal(pair.public_pem + sizeof(prefix) - 1, public_text,
                        SIGN_PUBLIC_TEXT_BYTES - 1);
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    assert_int_equal(sign_key_open_public(span_of_text(pair.public_pem), &key), FAULT_NONE);
    assert_true(sign_verify(&signer, &key, &message, 1, span_of_text(signature), false));
    sign_key_close(&key);
    signer_close(&signer);
}

static void other_keys_sign_nothing(void **state)
{
    struct sign_pair pair;
    char public_text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    (void)state;
    assert_int_equal(sign_pair_make(&pair), FAULT_NONE);
    const char *const texts[] = {"", "nothing", pair.public_pem};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_int_equal(
            sign_with_private(span_of_text(texts[i]), span_of_text("a"), public_text, signature),
            FAULT_INPUT);
    }
    EVP_PKEY *other = EVP_EC_gen("P-256");
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = NULL;
    assert_int_equal(PEM_write_bio_PrivateKey(memory, other, NULL, NULL, 0, NULL, NULL), 1);
    long size = BIO_get_mem_data(memory, &text);
    assert_int_equal(
        sign_with_private(span_of(text, (size_t)size), span_of_text("a"), public_text, signature),
        FAULT_INPUT);
    EVP_PKEY_free(other);
    (void)BIO_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_signed_is_confirmed),
                                       cmocka_unit_test(each_pair_is_another),
                                       cmocka_unit_test(what_is_signed_here_is_confirmed),
                                       cmocka_unit_test(other_keys_sign_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
