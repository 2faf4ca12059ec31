/* Aim: two good signatures of different officers, groups and keys are enough, and nothing less is.
 *
 * Method: keys made here, a message signed with each; every condition broken once, with the exact
 * line that says so. */
#include "app/rule_sign.h"

#include "app/rule_read.h"
#include "app/text_file.h"
#include "base/span.h"
#include "io/sign_pair.h"
#include "tests/support/test.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
                   "# officers\nanna 1 compliance %s\nbela 2 law %s\ncleo 3 law %s\n", keys[0],
                   keys[1], keys[2]);
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

/* The three who sign in a folder of their own; FILE of each key in `paths`. */
static void make_files(char folder[64], char paths[KEYS][96], char register_out[1024])
{
    static const char *const who[KEYS] = {"anna 1 compliance", "bela 2 law", "cleo 3 law"};
    size_t used = 0;
    (void)snprintf(folder, 64, "/tmp/rule_sign.XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (u32 i = 0; i < KEYS; i += 1) {
        struct sign_pair pair;
        char public_key[SIGN_PUBLIC_TEXT_BYTES];
        char signature[SIGN_SIGNATURE_TEXT_BYTES];
        (void)snprintf(paths[i], 96, "%s/%u.pem", folder, i);
        assert_int_equal(sign_pair_make(&pair), FAULT_NONE);
        assert_int_equal(text_file_put(paths[i], pair.private_pem, strlen(pair.private_pem), true),
                         FAULT_NONE);
        assert_int_equal(sign_with_private(span_of_text(pair.private_pem), span_of_text("m"),
                                           public_key, signature),
                         FAULT_NONE);
        used += (size_t)snprintf(register_out + used, 1024 - used, "%s %s\n", who[i], public_key);
    }
}

static void add_refused(const char *pack, const char *key, const char *officer, const char *group,
                        const char *message)
{
    assert_int_equal(rule_sign_add(pack, content_hash, key, officer, group), FAULT_INPUT);
    if (strstr(fault_text(), message) == NULL) {
        fail_msg("%s", fault_text());
    }
}

static void signing_adds_a_line_that_counts(void **state)
{
    (void)state;
    static u8 signed_by[RULE_SIGN_FILE_BYTES];
    char folder[64];
    char paths[KEYS][96];
    char pack[96];
    char path[128];
    char register_text[1024];
    size_t size = 0;
    memset(content_hash, 0x5a, sizeof(content_hash));
    make_files(folder, paths, register_text);
    (void)snprintf(pack, sizeof(pack), "%s/pack.yaml", folder);
    (void)snprintf(path, sizeof(path), "%s.sig", pack);
    assert_int_equal(rule_sign_add(pack, content_hash, paths[0], "anna", "compliance"), FAULT_NONE);
    add_refused(pack, paths[0], "dora", "board", "pack.yaml.sig:1: this officer, group or key");
    add_refused(pack, paths[1], "anna", "law", "pack.yaml.sig:1: this officer, group or key");
    add_refused(pack, paths[1], "bela", "compliance",
                "pack.yaml.sig:1: this officer, group or key");
    add_refused(pack, paths[1], "Bela", "law", "officer and group are 1 to 12 small letters");
    add_refused(pack, paths[1], "#bela", "law", "officer and group are 1 to 12 small letters");
    add_refused(pack, paths[1], "bela law", "law", "words with one blank");
    add_refused(pack, path, "bela", "law", "pack.yaml.sig: not a private Ed25519 key");
    assert_int_equal(rule_sign_add(pack, content_hash, paths[1], "bela", "law"), FAULT_NONE);
    assert_int_equal(rule_read_bytes(path, signed_by, sizeof(signed_by), &size), FAULT_NONE);
    if (rule_sign_check(span_of(signed_by, size), "p.sig", span_of_text(register_text), "officers",
                        content_hash) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    for (u32 i = 0; i < KEYS; i += 1) {
        assert_int_equal(unlink(paths[i]), 0);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_officers_are_enough),
        cmocka_unit_test(less_is_not),
        cmocka_unit_test(signing_adds_a_line_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
