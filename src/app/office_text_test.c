/* Aim: what an officer signs for the console is one of its two texts, for this console and officer,
 * and nothing else: no act of the desk that calls itself a sign-in. Method: both texts, then each
 * changed at every byte, cut, and with more behind it. */
#include "app/office_text.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

#define HASH    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD    "venue: demo.invalid\norigin: https://desk.example\nofficer: anna\n"
#define SIGN_IN "cambist office sign-in v1\n" HEAD "challenge: " HASH "\n"
#define KEY \
    "cambist office credential v1\n" HEAD "credential: 0a1b\nkey: " HASH "\nchallenge: " HASH "\n"

static enum fault check(const char *text)
{
    enum fault fault =
        office_text_check(span_of_text(text), "text", "https://desk.example", "anna");
    fault_forget();
    return fault;
}

static void the_two_texts_are_signed(void **state)
{
    (void)state;
    assert_int_equal(check(SIGN_IN), FAULT_NONE);
    assert_int_equal(check(KEY), FAULT_NONE);
}

static void everything_else_is_not(void **state)
{
    static const char *const wrong[] = {
        "",
        "cambist desk v1\nvenue: demo.invalid\nact: approve\n",
        SIGN_IN "act: approve\n",
        "cambist office sign-in v1\n" HEAD "credential: 0a1b\nkey: " HASH "\nchallenge: " HASH "\n",
        "cambist office credential v1\n" HEAD "challenge: " HASH "\n",
        "cambist office sign-in v2\n" HEAD "challenge: " HASH "\n",
        "cambist office sign-in v1\n" HEAD "challenge: 00\n",
        "cambist office sign-in v1\n" HEAD "challenge: " HASH "00\n",
        "cambist office credential v1\n" HEAD "credential: 0a1\nkey: " HASH "\nchallenge: " HASH
        "\n",
        "\n" SIGN_IN,
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_int_equal(check(wrong[i]), FAULT_INPUT);
    }
    assert_int_equal(office_text_check(span_of_text(SIGN_IN), "t", "https://desk.examples", "anna"),
                     FAULT_REFUSED);
    assert_int_equal(office_text_check(span_of_text(SIGN_IN), "t", "https://desk.example", "ann"),
                     FAULT_REFUSED);
    fault_forget();
    for (size_t size = 0; size < strlen(KEY); size += 1) {
        assert_int_equal(
            office_text_check(span_of((const u8 *)KEY, size), "t", "https://desk.example", "anna"),
            FAULT_INPUT);
    }
    fault_forget();
    for (size_t at = 0; at < strlen(KEY); at += 1) {
        char text[sizeof(KEY)];
        memcpy(text, KEY, sizeof(text));
        text[at] = text[at] == ' ' ? '\t' : ' ';
        assert_int_not_equal(check(text), FAULT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_two_texts_are_signed),
        cmocka_unit_test(everything_else_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
