/* Aim: each rule of passwords is one code, and good ones pass. Method: a table. */
#include "role/door/door_password.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void passwords_are_judged(void **state)
{
    static const struct {
        const char *password;
        enum door_code code;
    } examples[] = {
        {"", DOOR_CODE_PASSWORD_SHORT},
        {"nine byte", DOOR_CODE_PASSWORD_SHORT},
        {"ten bytes!", DOOR_CODE_OK},
        {"correct horse battery", DOOR_CODE_OK},
        {"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c", DOOR_CODE_OK},
        {"Ada.Invented@example.org", DOOR_CODE_PASSWORD_IS_ADDRESS},
        {"ada.INVENTED", DOOR_CODE_PASSWORD_IS_ADDRESS},
        {"example.org", DOOR_CODE_PASSWORD_IS_ADDRESS},
        {"Password123", DOOR_CODE_PASSWORD_COMMON},
        {"123password!", DOOR_CODE_PASSWORD_COMMON},
        {"password is long", DOOR_CODE_OK},
        {"1234567890", DOOR_CODE_PASSWORD_COMMON},
        {"0987654321", DOOR_CODE_PASSWORD_COMMON},
        {"aaaaaaaaaaaaaaa", DOOR_CODE_PASSWORD_COMMON},
        {"abababababab", DOOR_CODE_PASSWORD_COMMON},
        {"qwertyuiop", DOOR_CODE_PASSWORD_COMMON},
        {"Motdepasse2024", DOOR_CODE_PASSWORD_COMMON},
    };
    struct span address = span_of_text("ada.invented@example.org");
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(examples); i += 1) {
        if (door_password_check(span_of_text(examples[i].password), address) != examples[i].code) {
            fail_msg("%s", examples[i].password);
        }
    }
}

static void there_is_a_longest_password(void **state)
{
    u8 bytes[DOOR_PASSWORD_BYTES_MAX + 1];
    struct span none = {.data = NULL};
    (void)state;
    for (u32 i = 0; i < sizeof(bytes); i += 1) {
        bytes[i] = (u8)('a' + i * 7 % 26);
    }
    assert_int_equal(door_password_check(span_of(bytes, DOOR_PASSWORD_BYTES_MAX), none),
                     DOOR_CODE_OK);
    assert_int_equal(door_password_check(span_of(bytes, sizeof(bytes)), none),
                     DOOR_CODE_PASSWORD_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_judged),
        cmocka_unit_test(there_is_a_longest_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
