/* Aim: two good signatures of different officers, groups and keys are enough, and nothing less is.
 *
 * Method: keys made here, a message signed with each; every condition broken once, with the exact
 * line that says so. */
#include "app/rule_sign.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define KEYS 3U

static u8 content_hash[RULE_HASH_BYTES];
static char keys[KEYS][64];       /* base64 */
static char signatures[KEYS][96]; /* base64 */
static char officers[1024];

static void make_key(u32 index)
{
    u8 public_key[32];
    u8 signature[64];
    char message[RULE_SIGN_MESSAGE_BYTES];
    u8 seed[32];
    size_t key_bytes = sizeof(public_key);
    size_t signature_bytes = sizeof(signature);
    size_t length = rule_sign_message(content_hash, message);
    memset(seed, (int)index + 1, sizeof(seed));
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(key);
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, public_key, &key_bytes), 1);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, signature, &signature_bytes, (const u8 *)message, length), 1);
    (void)EVP_EncodeBlock((u8 *)keys[index], public_key, 32);
    (void)EVP_EncodeBlock((u8 *)signatures[index], signature, 64);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

static void make(void)
{
    memset(content_hash, 0x5a, sizeof(content_hash));
    for (u32 i = 0; i < KEYS; i += 1) {
        make_key(i);
    }
    (void)snprintf(officers, sizeof(officers),
                   "# officers\nanna compliance %s\nbela law %s\ncleo law %s\n", keys[0], keys[1],
                   keys[2]);
}

static enum fault check(const char *text)
{
    return rule_sign_check(span_of_text(text), "p.sig", span_of_text(officers), "officers",
                           content_hash);
}

static void refused(const char *text, const char *message)
{
    assert_int_equal(check(text), FAULT_INPUT);
    assert_string_equal(fault_text(), message);
}

static void two_officers_are_enough(void **state)
{
    (void)state;
    char text[1024];
    make();
    (void)snprintf(text, sizeof(text), "anna compliance %s %s\n# and\nbela law %s %s", keys[0],
                   signatures[0], keys[1], signatures[1]);
    if (check(text) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    content_hash[0] ^= 1;
    refused(text, "p.sig:1: the signature of anna is wrong");
}

static void less_is_not(void **state)
{
    (void)state;
    char text[1024];
    make();
    refused("", "p.sig:1: 0 signatures, and 2 are wanted");
    (void)snprintf(text, sizeof(text), "anna compliance %s %s\n", keys[0], signatures[0]);
    refused(text, "p.sig:1: 1 signatures, and 2 are wanted");
    (void)snprintf(text, sizeof(text), "bela law %s %s\ncleo law %s %s\n", keys[1], signatures[1],
                   keys[2], signatures[2]);
    refused(text, "p.sig:2: the officer, group or key of line 1 again");
    (void)snprintf(text, sizeof(text), "anna compliance %s %s\nbela law %s %s\n", keys[0],
                   signatures[0], keys[1], signatures[0]);
    refused(text, "p.sig:2: the signature of bela is wrong");
    (void)snprintf(text, sizeof(text), "anna law %s %s\n", keys[0], signatures[0]);
    refused(text, "p.sig:1: anna is not in officers with this group and key");
    (void)snprintf(text, sizeof(text), "anna compliance %s %s\n", keys[1], signatures[1]);
    refused(text, "p.sig:1: anna is not in officers with this group and key");
    refused("anna compliance\n", "p.sig:1: 4 words with one blank between them are wanted");
    refused("anna compliance a b c\n", "p.sig:1: 4 words with one blank between them are wanted");
    refused("Anna compliance a b\n",
            "p.sig:1: officer and group are 1 to 12 small letters, digits and -");
    refused("anna compliance AAAA b\n", "p.sig:1: the key is not 32 bytes in base64");
    (void)snprintf(text, sizeof(text), "anna compliance %s %s \n", keys[0], signatures[0]);
    refused(text, "p.sig:1: 4 words with one blank between them are wanted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_officers_are_enough),
        cmocka_unit_test(less_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
