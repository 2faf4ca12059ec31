/* Aim: addresses that are meant to be one have one form, and what a mail's head or a program could
 * mistake is not written to. Method: tables of examples. */
#include "base/email.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>

struct example {
    const char *given;
    const char *form; /* NULL: no address */
    bool may_be_written_to;
};

static const struct example examples[] = {
    {"ada@example.org", "ada@example.org", true},
    {"  Ada@Example.ORG ", "ada@example.org", true},
    {"a.b+c_d@example.org", "a.b+c_d@example.org", true},
    {"\xc3\xa9va@example.org", "\xc3\xa9va@example.org", true},
    {"ada", NULL, false},
    {"@example.org", NULL, false},
    {"ada@", NULL, false},
    {"a@b@c", NULL, false},
    {"a b@example.org", NULL, false},
    {"a\r\nBcc: x@example.org", NULL, false},
    {"a\x7f@example.org", NULL, false},
    {"", NULL, false},
    {"   ", NULL, false},
    {"a,b@example.org", "a,b@example.org", false},
    {"-oq@example.org", "-oq@example.org", false},
    {"a@-example.org", "a@-example.org", false},
    {"a>@example.org", "a>@example.org", false},
    {"\"a\"@example.org", "\"a\"@example.org", false},
    {"a..b@example.org", "a..b@example.org", false},
    {"a.@example.org", "a.@example.org", false},
    {"a@example.org.", "a@example.org.", false},
    {"a$b@example.org", "a$b@example.org", false},
};

static void addresses_have_one_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(examples); i += 1) {
        u8 bytes[64];
        struct span given = span_of_text(examples[i].given);
        u32 size = (u32)given.size;
        assert_true(span_copy(given, bytes, sizeof(bytes)));
        assert_int_equal(email_form(bytes, &size), examples[i].form != NULL);
        if (examples[i].form != NULL) {
            assert_true(span_equal(span_of(bytes, size), span_of_text(examples[i].form)));
            assert_int_equal(email_may_be_written_to(span_of(bytes, size)),
                             examples[i].may_be_written_to);
            assert_true(email_form(bytes, &size)); /* the form of the form */
            assert_true(span_equal(span_of(bytes, size), span_of_text(examples[i].form)));
        }
    }
}

static void an_address_has_a_longest_size(void **state)
{
    u8 bytes[EMAIL_BYTES_MAX + 1];
    (void)state;
    memset(bytes, 'a', sizeof(bytes));
    bytes[3] = '@';
    assert_true(email_may_be_written_to(span_of(bytes, EMAIL_BYTES_MAX)));
    assert_false(email_may_be_written_to(span_of(bytes, EMAIL_BYTES_MAX + 1)));
    assert_false(email_may_be_written_to(span_of(bytes, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_have_one_form),
        cmocka_unit_test(an_address_has_a_longest_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
