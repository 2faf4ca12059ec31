/* Aim: a label has one encoding, and nothing else is taken for one.
 * Method: one label byte by byte; every byte of it changed is another label or none. */
#include "role/vault/seal_label.h"

#include "base/span.h"
#include "tests/support/test.h"

static const struct seal_label sample = {.subject = 0x0102030405060708,
                                         .version = 9,
                                         .epoch = 0x0a0b,
                                         .group = SEAL_GROUP_BANK,
                                         .retention = 2};

static void encodes_byte_by_byte(void **state)
{
    (void)state;
    const u8 wanted[SEAL_LABEL_BYTES] = {8, 7, 6, 5, 4, 3, 2,  1,  9, 0,
                                         0, 0, 5, 2, 0, 0, 11, 10, 0, 0};
    u8 bytes[SEAL_LABEL_BYTES];
    struct seal_label back;
    seal_label_encode(&sample, bytes);
    assert_memory_equal(bytes, wanted, sizeof(wanted));
    assert_int_equal(seal_label_decode(span_of(bytes, sizeof(bytes)), &back), FAULT_NONE);
    assert_true(back.subject == sample.subject && back.version == 9 && back.epoch == 0x0a0b);
    assert_true(back.group == SEAL_GROUP_BANK && back.retention == 2);
}

static void refuses_what_is_no_label(void **state)
{
    (void)state;
    u8 bytes[SEAL_LABEL_BYTES];
    struct seal_label back;
    seal_label_encode(&sample, bytes);
    assert_int_equal(seal_label_decode(span_of(bytes, 19), &back), FAULT_INPUT);
    bytes[14] = 1;
    assert_int_equal(seal_label_decode(span_of(bytes, 20), &back), FAULT_INPUT);
    bytes[14] = 0;
    bytes[12] = SEAL_GROUP_MAX + 1;
    assert_int_equal(seal_label_decode(span_of(bytes, 20), &back), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "out of its range"));
    bytes[12] = 5;
    bytes[13] = 0;
    assert_int_equal(seal_label_decode(span_of(bytes, 20), &back), FAULT_INPUT);
}

static void groups_have_names(void **state)
{
    (void)state;
    for (u32 group = 1; group <= SEAL_GROUP_MAX; group += 1) {
        const char *name = seal_group_name(group);
        assert_non_null(name);
        assert_int_equal(seal_group_by_name(span_of_text(name)), group);
    }
    assert_null(seal_group_name(0));
    assert_null(seal_group_name(SEAL_GROUP_MAX + 1));
    assert_int_equal(seal_group_by_name(span_of_text("Identity")), 0);
    assert_int_equal(seal_group_by_name(span_of_text("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_byte_by_byte),
        cmocka_unit_test(refuses_what_is_no_label),
        cmocka_unit_test(groups_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
