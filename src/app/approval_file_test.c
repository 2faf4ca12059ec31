/* Aim: an order with signatures comes back from its file as it was; files of different orders are
 * not joined; a malformed one is refused with its line.
 *
 * Method: a text by hand, signatures of any bytes, each mistake once. */
#include "app/approval_file.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define TEXT                                             \
    "cambist order v1\n"                                 \
    "venue: 000102030405060708090a0b0c0d0e0f\n"          \
    "order: hold_release\n"                              \
    "hold_id: 5\n"                                       \
    "cause: 0\n"                                         \
    "matter: 9\n"                                        \
    "approval_nonce: 101112131415161718191a1b1c1d1e1f\n" \
    "approval_until: 2026-11-23T12:00:00Z\n"
#define SIGNATURE                                                                              \
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==" \
    "\n"

static struct approval approval;
static struct approval other;

static enum fault read_text(const char *text, struct approval *out)
{
    return approval_read(span_of_text(text), "f", out);
}

static void a_file_comes_back(void **state)
{
    static const char file[] = TEXT "signature: anna " SIGNATURE "signature: bela-2 " SIGNATURE;
    static char again[APPROVAL_FILE_BYTES];
    struct admin_order order;
    (void)state;
    assert_int_equal(read_text(file, &approval), FAULT_NONE);
    assert_int_equal(approval.signatures_count, 2);
    assert_string_equal(approval.signatures[1].officer, "bela-2");
    assert_int_equal(approval.signatures[1].bytes[63], 63);
    assert_int_equal(approval.command_bytes, sizeof(struct command_hold_release));
    assert_int_equal(approval_print(&approval, again), sizeof(file) - 1);
    assert_string_equal(again, file);
    assert_int_equal(approval_order(&approval, &order), FAULT_NONE);
    assert_int_equal(order.signatures_count, 2);
    assert_int_equal(order.matter, 9);
    assert_int_equal(order.nonce[0], 0x10);
    assert_true(order.signatures[0].officer == code_name_of(span_of_text("anna")));
    assert_int_equal(order.signatures[0].bytes[63], 63);
}

static void files_of_one_order_are_joined(void **state)
{
    char different[sizeof(TEXT)] = TEXT;
    struct admin_order order;
    (void)state;
    different[strlen(TEXT) - 4] = '1'; /* a second later */
    assert_int_equal(read_text(TEXT "signature: anna " SIGNATURE, &approval), FAULT_NONE);
    assert_int_equal(read_text(TEXT "signature: bela " SIGNATURE, &other), FAULT_NONE);
    assert_int_equal(approval_join(&approval, &other, "g"), FAULT_NONE);
    assert_int_equal(approval.signatures_count, 2);
    assert_int_equal(approval_join(&approval, &other, "g"), FAULT_NONE);
    assert_int_equal(approval.signatures_count, 2); /* in place of the one that was there */
    assert_int_equal(read_text(different, &other), FAULT_NONE);
    assert_int_equal(approval_join(&approval, &other, "g"), FAULT_INPUT);
    assert_string_equal(fault_text(), "g: another order than in the first file");
    for (u32 i = 2; i < APPROVAL_SIGNATURES_MAX; i += 1) {
        struct approval_signature more = {.officer = "o0"};
        more.officer[1] = (char)('0' + i);
        assert_int_equal(approval_add(&approval, &more), FAULT_NONE);
    }
    struct approval_signature last = {.officer = "zoe"};
    assert_int_equal(approval_add(&approval, &last), FAULT_INPUT);
    assert_int_equal(approval_order(&approval, &order), FAULT_INPUT);
}

static void refused(const char *text, const char *why)
{
    assert_int_equal(read_text(text, &approval), FAULT_INPUT);
    assert_string_equal(fault_text(), why);
}

static void what_is_wrong_has_its_line(void **state)
{
    (void)state;
    refused("", "f:1: \"cambist order v1\" as the first line is wanted");
    refused("signature: anna " SIGNATURE, "f:1: \"cambist order v1\" as the first line is wanted");
    refused(TEXT "signature: anna AAAA\n", "f:9: \"signature: OFFICER BASE64\" is wanted");
    refused(TEXT "signature: Anna " SIGNATURE, "f:9: \"signature: OFFICER BASE64\" is wanted");
    refused(TEXT "signature:  anna " SIGNATURE, "f:9: \"signature: OFFICER BASE64\" is wanted");
    refused(TEXT "signature: anna " SIGNATURE "\n",
            "f:10: \"signature: OFFICER BASE64\" is wanted");
    refused(TEXT "signature: anna " SIGNATURE "signature: anna " SIGNATURE, "f:10: anna again");
    refused(TEXT "and more\n", "f:9: nothing more is wanted");
    refused(TEXT "signature: anna " SIGNATURE TEXT,
            "f:10: \"signature: OFFICER BASE64\" is wanted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_comes_back),
                                       cmocka_unit_test(files_of_one_order_are_joined),
                                       cmocka_unit_test(what_is_wrong_has_its_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
