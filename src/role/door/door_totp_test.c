/* Aim: codes are those of RFC 6238, each is taken once and only near its time. Method: the vectors
 * of its appendix B for SHA-1; steps around a moment; the text of the URI. */
#include "role/door/door_totp.h"

#include "base/span.h"
#include "tests/support/test.h"

static const u8 secret_bytes[] = "12345678901234567890";

static struct span secret(void)
{
    return span_of(secret_bytes, DOOR_TOTP_SECRET_BYTES);
}

static void codes_are_those_of_the_standard(void **state)
{
    static const struct {
        u64 now_s;
        u32 code;
    } vectors[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                   {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(vectors); i += 1) {
        u64 step = vectors[i].now_s / DOOR_TOTP_STEP_S;
        assert_int_equal(door_totp_code(secret(), step, 8), vectors[i].code);
        assert_int_equal(door_totp_code(secret(), step, 6), vectors[i].code % 1000000);
    }
}

static void a_code_is_taken_near_its_time_and_once(void **state)
{
    const u64 now_s = 1234567890;
    const u64 middle = now_s / DOOR_TOTP_STEP_S;
    (void)state;
    for (u64 step = middle - 4; step <= middle + 4; step += 1) {
        u64 taken = 0;
        u32 code = door_totp_code(secret(), step, 6);
        bool is_near = step + 1 >= middle && step <= middle + 1;
        assert_int_equal(door_totp_fits(secret(), now_s, code, 0, &taken), is_near);
        if (is_near) {
            u64 again = 0;
            assert_int_equal(taken, step);
            assert_false(door_totp_fits(secret(), now_s, code, taken, &again));
            assert_false(door_totp_fits(secret(), now_s, code, middle + 1, &again));
            assert_true(door_totp_fits(secret(), now_s, code, step - 1, &again));
        }
    }
    u64 taken = 0;
    assert_true(door_totp_fits(secret(), 59, 287082, 0, &taken)); /* near the beginning of time */
    assert_int_equal(taken, 1);
}

static void the_uri_is_what_authenticators_read(void **state)
{
    char uri[DOOR_TOTP_URI_BYTES];
    (void)state;
    assert_true(door_totp_uri(secret(), "Cambist", 7, uri));
    assert_string_equal(uri, "otpauth://totp/Cambist:login-7?secret="
                             "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cambist&algorithm=SHA1"
                             "&digits=6&period=30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_is_taken_near_its_time_and_once),
        cmocka_unit_test(the_uri_is_what_authenticators_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
