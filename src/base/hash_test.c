/* Aim: hashes are the same for ever and spread neighbours over a table.
 *
 * Method: fixed values; runs of consecutive keys over tables of odd sizes, counted per slot. */
#include "base/hash.h"

#include "tests/support/test.h"

#include <string.h>

static void values_are_fixed(void **state)
{
    (void)state;
    assert_true(hash_u64(0) == 0);
    assert_true(hash_u64(1) == 0x5692161d100b05e5ULL);
    assert_true(hash_pair(1, 2) != hash_pair(2, 1));
    const u8 *text = (const u8 *)"cambist-cambist-cambist";
    assert_true(hash_bytes(text, 23, 1) != hash_bytes(text, 22, 1));
    assert_true(hash_bytes(text, 23, 1) != hash_bytes(text, 23, 2));
    assert_true(hash_bytes(text, 8, 1) == hash_bytes(text + 8, 8, 1));
}

static void neighbours_spread(void **state)
{
    (void)state;
    enum { SLOTS = 1009, KEYS = SLOTS * 20 };
    static u32 counts[SLOTS];
    memset(counts, 0, sizeof(counts));
    for (u64 key = 0; key < KEYS; key += 1) {
        u64 slot = hash_slot(hash_u64(key + 1), SLOTS);
        assert_true(slot < SLOTS);
        counts[slot] += 1;
    }
    for (u32 slot = 0; slot < SLOTS; slot += 1) {
        assert_in_range(counts[slot], 2, 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_fixed),
        cmocka_unit_test(neighbours_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
