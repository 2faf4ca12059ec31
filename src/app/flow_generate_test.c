/* Aim: a seed gives the same order flow on every machine and for ever: other programs were measured
 * on it. Method: the oracles of six flows, as the common workload's own generator writes them, and
 * a digest over all bytes of each. */
#include "app/flow_generate.h"

#include "base/hash.h"
#include "tests/support/test.h"

struct expected {
    struct generate_config config;
    u64 trades;
    u64 qty;
    u64 hash;
    u64 resting;
};

static const struct expected flows[] = {
    {{GENERATE_DEEP, 1000, 20000, 7, NULL}, 2421, 177785, 0x9e37282faaca31e7, 1001},
    {{GENERATE_HOT, 500, 20000, 3, NULL}, 9724, 718592, 0xac8a6f363f1e53d9, 485},
    {{GENERATE_DEEP, 1, 1000, 9, NULL}, 51, 2296, 0xcd6fb6805aa07cb7, 3},
    {{GENERATE_HOT, 2, 5000, 5, NULL}, 962, 49345, 0xa35340eba1d11917, 3},
    {{GENERATE_DEEP, 3, 3, 0, NULL}, 0, 0, 0, 4},
};

static void oracles_are_those_of_the_common_workload(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(flows); i += 1) {
        struct generated generated;
        assert_int_equal(generate_flow(&generated, &flows[i].config), FAULT_NONE);
        assert_int_equal(generated.header.trades, flows[i].trades);
        assert_int_equal(generated.header.qty, flows[i].qty);
        assert_int_equal(generated.header.hash, flows[i].hash);
        assert_int_equal(generated.header.resting, flows[i].resting);
        generate_release(&generated);
    }
}

static void records_are_whole_and_in_bounds(void **state)
{
    (void)state;
    struct generated generated;
    assert_int_equal(generate_flow(&generated, &flows[1].config), FAULT_NONE);
    u64 count = generated.header.prefill_count + generated.header.orders_count;
    u64 ids = 0;
    for (u64 i = 0; i < count; i += 1) {
        const struct order_file_record *record = &generated.records[i];
        assert_true(record->type >= ORDER_FILE_LIMIT && record->type <= ORDER_FILE_REPLACE);
        assert_true(record->side < 2 && record->zero == 0);
        if (record->type == ORDER_FILE_LIMIT || record->type == ORDER_FILE_IOC) {
            ids += 1;
            assert_int_equal(record->id, ids);
        }
        assert_true(record->id >= 1 && record->id <= ids);
        if (record->type != ORDER_FILE_CANCEL) {
            assert_true(record->price >= 1 && record->price <= generated.header.price_max);
            assert_true(record->qty >= 1 && record->qty <= 1023);
            assert_true(record->account < 64 + 100000);
        }
    }
    assert_int_equal(ids, generated.header.ids_count);
    generate_release(&generated);
}

static void seeds_differ(void **state)
{
    (void)state;
    u64 digests[2];
    for (u64 seed = 0; seed < 2; seed += 1) {
        struct generate_config config = {GENERATE_DEEP, 100, 1000, seed, NULL};
        struct generated generated;
        assert_int_equal(generate_flow(&generated, &config), FAULT_NONE);
        digests[seed] =
            hash_bytes((const u8 *)generated.records, 1100 * sizeof(struct order_file_record), 0);
        generate_release(&generated);
    }
    assert_true(digests[0] != digests[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracles_are_those_of_the_common_workload),
        cmocka_unit_test(records_are_whole_and_in_bounds),
        cmocka_unit_test(seeds_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
