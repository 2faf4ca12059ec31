/* Aim: a register is taken as it stands or refused with its line; nobody is in it twice.
 *
 * Method: a good one; every condition broken once, with the exact words. */
#include "io/officers.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define KEY_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_B "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
#define KEY_C "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI="

static struct officers officers;

static void a_register_is_read(void **state)
{
    (void)state;
    assert_int_equal(officers_read(span_of_text("# code number group key\n"
                                                "\n"
                                                "anna 11 compliance " KEY_A "\n"
                                                "bela 4294967295 law " KEY_B "\n"
                                                "cleo 12 law " KEY_C),
                                   "f", &officers),
                     FAULT_NONE);
    assert_int_equal(officers.count, 3);
    const struct officer *bela = officers_by_code(&officers, span_of_text("bela"));
    assert_non_null(bela);
    assert_int_equal(bela->number, UINT32_MAX);
    assert_int_equal(bela->line, 4);
    assert_string_equal(bela->group, "law");
    assert_int_equal(bela->key[31], 1);
    assert_ptr_equal(officers_by_number(&officers, UINT32_MAX), bela);
    assert_null(officers_by_number(&officers, 0));
    assert_null(officers_by_code(&officers, span_of_text("bel")));
    assert_true(officers_are_two(bela, officers_by_number(&officers, 11)));
    assert_false(officers_are_two(bela, officers_by_number(&officers, 12)));
    assert_false(officers_are_two(bela, bela));
}

static void refused(const char *text, const char *why)
{
    assert_int_equal(officers_read(span_of_text(text), "f", &officers), FAULT_INPUT);
    assert_string_equal(fault_text(), why);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    static const char words[] = "f:1: four words with one blank between them are wanted: code, "
                                "number, group, public key";
    static char many[OFFICERS_FILE_BYTES];
    size_t used = 0;
    (void)state;
    refused("anna 11 compliance", words);
    refused("anna 11 compliance " KEY_A " more", words);
    refused("anna  11 compliance " KEY_A, words);
    refused("anna 11 compliance " KEY_A " \n", words);
    refused(" anna 11 compliance " KEY_A, words);
    refused("Anna 11 compliance " KEY_A,
            "f:1: code and group are 1 to 12 small letters, digits and -");
    refused("anna 11 c_d " KEY_A, "f:1: code and group are 1 to 12 small letters, digits and -");
    refused("#\nanna 0 compliance " KEY_A, "f:2: the number of anna is not within 1 to 4294967295");
    refused("anna 4294967296 compliance " KEY_A,
            "f:1: the number of anna is not within 1 to 4294967295");
    refused("anna 1x compliance " KEY_A, "f:1: the number of anna is not within 1 to 4294967295");
    refused("anna 1 compliance AAAA", "f:1: the key of anna is not 32 bytes in base64");
    refused("anna 1 a " KEY_A "\nanna 2 b " KEY_B, "f:2: the code, number or key of line 1 again");
    refused("anna 1 a " KEY_A "\nbela 1 b " KEY_B, "f:2: the code, number or key of line 1 again");
    refused("anna 1 a " KEY_A "\nbela 2 b " KEY_A, "f:2: the code, number or key of line 1 again");
    for (u32 i = 0; i <= OFFICERS_MAX; i += 1) {
        char key[] = KEY_A;
        key[0] = (char)('A' + i % 26);
        key[1] = (char)('A' + i / 26);
        used += (size_t)snprintf(many + used, sizeof(many) - used, "o%u %u g %s\n", i, i + 1, key);
    }
    refused(many, "f:65: more than 64 officers");
}

static void a_signature_is_of_one_key_over_one_text(void **state)
{
    struct officer officer = {.number = 1};
    struct span message = span_of_text("cambist order v1\n");
    u8 signature[OFFICER_SIGNATURE_BYTES];
    size_t size = sizeof(signature);
    size_t key_size = sizeof(officer.key);
    (void)state;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_PKEY_get_raw_public_key(key, officer.key, &key_size), 1);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, message.data, message.size), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    assert_true(officer_signed(&officer, message, signature));
    assert_false(officer_signed(&officer, span_of_text("cambist order v2\n"), signature));
    signature[40] ^= 1;
    assert_false(officer_signed(&officer, message, signature));
    signature[40] ^= 1;
    officer.key[0] ^= 1;
    assert_false(officer_signed(&officer, message, signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_register_is_read),
                                       cmocka_unit_test(what_is_wrong_is_told_with_its_line),
                                       cmocka_unit_test(a_signature_is_of_one_key_over_one_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
