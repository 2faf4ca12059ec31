/* Aim: an order file becomes commands whose replay gives exactly its oracle, whatever the batch
 * size and with client ids or not; and a file with anything wrong in it is refused by record and
 * field. Method: generated flows written to files in memory, replayed through the core; then one
 * change each. */
#include "app/flow_orders.h"

#include "base/bytes.h"
#include "tests/support/flow_run.h"

#include <string.h>

#define FILE_BYTES (1U << 20)

static u8 file[FILE_BYTES];

static size_t write_generated(const struct generated *generated)
{
    size_t records = (size_t)(generated->header.prefill_count + generated->header.orders_count) *
                     sizeof(struct order_file_record);
    assert_true(sizeof(generated->header) + records <= sizeof(file));
    memcpy(file, &generated->header, sizeof(generated->header));
    memcpy(file + sizeof(generated->header), generated->records, records);
    return sizeof(generated->header) + records;
}

static enum fault read_file(struct flow_run *run, size_t size)
{
    struct input *input = NULL;
    assert_int_equal(input_open_bytes(&input, "sample", span_of(file, size), 0), FAULT_NONE);
    enum fault fault = flow_orders_read(&run->flow, input, &run->progress);
    input_close(input);
    return fault;
}

static void replay_gives_the_oracle(const struct generate_config *config, u32 batch, bool ids)
{
    struct flow_run run;
    flow_run_init(&run);
    run.flow.client_ids = ids;
    assert_int_equal(flow_orders_generate(&run.flow, config), FAULT_NONE);
    flow_run_replay(&run, batch);
    assert_int_equal(run.check.rejected, 0);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    assert_int_equal(run.check.trades, run.flow.oracle.trades);
    flow_run_close(&run);
}

static void generated_flows_give_their_oracle(void **state)
{
    (void)state;
    for (u64 seed = 1; seed <= test_rounds(20); seed += 1) {
        struct generate_config deep = {GENERATE_DEEP, 200, 3000, test_seed() * 100 + seed, NULL};
        struct generate_config hot = {GENERATE_HOT, 100, 3000, test_seed() * 100 + seed, NULL};
        replay_gives_the_oracle(&deep, seed % 3 == 0 ? 1 : 1024, seed % 2 == 0);
        replay_gives_the_oracle(&hot, seed % 3 == 0 ? 7 : 64, seed % 2 == 1);
    }
}

static void state_does_not_depend_on_reading_or_memory(void **state)
{
    (void)state;
    struct generate_config config = {GENERATE_DEEP, 50, 500, 3, NULL};
    struct generated generated;
    assert_int_equal(generate_flow(&generated, &config), FAULT_NONE);
    size_t size = write_generated(&generated);
    generate_release(&generated);
    struct flow_run read;
    struct flow_run made;
    flow_run_init(&read);
    flow_run_init(&made);
    assert_int_equal(read_file(&read, size), FAULT_NONE);
    assert_int_equal(flow_orders_generate(&made.flow, &config), FAULT_NONE);
    flow_run_replay(&read, 100);
    flow_run_replay(&made, 100);
    assert_memory_equal(read.report->state_hash, made.report->state_hash, SHA256_BYTES);
    flow_run_close(&read);
    flow_run_close(&made);
}

/* Two resting orders, one that trades, an IOC, a replace, a cancel. */
static size_t write_sample(void)
{
    static const struct order_file_record records[] = {
        {.type = 1, .side = 0, .account = 0, .id = 1, .price = 100, .qty = 10},
        {.type = 1, .side = 1, .account = 1, .id = 2, .price = 110, .qty = 10},
        {.type = 1, .side = 0, .account = 2, .id = 3, .price = 110, .qty = 4},
        {.type = 3, .side = 1, .account = 3, .id = 4, .price = 90, .qty = 3},
        {.type = 4, .side = 0, .account = 9, .id = 1, .price = 105, .qty = 8},
        {.type = 2, .side = 1, .account = 0, .id = 2},
    };
    struct order_file_header header = {.magic = ORDER_FILE_MAGIC,
                                       .prefill_count = 2,
                                       .orders_count = 4,
                                       .depth = 2,
                                       .price_max = 1000,
                                       .ids_count = 4,
                                       .trades = 2,
                                       .qty = 7,
                                       .resting = 1};
    header.hash = order_file_mix(order_file_mix(0, 2, 3, 110, 4), 1, 4, 100, 3);
    memcpy(file, &header, sizeof(header));
    memcpy(file + sizeof(header), records, sizeof(records));
    return sizeof(header) + sizeof(records);
}

static void owner_is_known_from_the_first_appearance(void **state)
{
    (void)state;
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_file(&run, write_sample()), FAULT_NONE);
    flow_run_replay(&run, 2);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_NONE);
    assert_int_equal(run.report->accounts, 4); /* the 9 of the replace does not count */
    struct core_resting row;
    assert_int_equal(core_book(run.venue.core, 0, SIDE_BUY, &row, 1), 1);
    assert_int_equal(row.account, 0);
    assert_int_equal(row.order_id, 5); /* the replace took the fifth id */
    flow_run_close(&run);
}

static void commands_carry_their_place(void **state)
{
    (void)state;
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_file(&run, write_sample()), FAULT_NONE);
    const u8 *bytes = run.flow.commands.data;
    for (u64 i = 1; i <= run.flow.commands_count; i += 1) {
        const char *reason = NULL;
        assert_true(command_check(bytes, COMMAND_BYTES_MAX, &reason));
        assert_int_equal(bytes[3], FLOW_SOURCE_ORDERS);
        assert_int_equal(bytes_u64(bytes + 8), i);
        bytes += bytes[2] * WIRE_UNIT;
    }
    bytes = run.flow.setup.data;
    for (u64 i = 1; i <= run.flow.setup_count; i += 1) {
        assert_int_equal(bytes[3], FLOW_SOURCE_SETUP);
        assert_int_equal(bytes_u64(bytes + 8), i);
        bytes += bytes[2] * WIRE_UNIT;
    }
    flow_run_close(&run);
}

static void wrong_oracle_is_noticed(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        const char *text;
    } changes[] = {
        {offsetof(struct order_file_header, trades), "2 trades, the recording says 3"},
        {offsetof(struct order_file_header, qty), "7 lots traded, the recording says 8"},
        {offsetof(struct order_file_header, hash), "the trades' digest is "},
        {offsetof(struct order_file_header, resting), "1 resting orders, the recording says 2"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        size_t size = write_sample();
        file[changes[i].offset] += 1;
        struct flow_run run;
        flow_run_init(&run);
        assert_int_equal(read_file(&run, size), FAULT_NONE);
        flow_run_replay(&run, 64);
        assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_DIVERGED);
        assert_int_equal(strncmp(fault_text(), changes[i].text, strlen(changes[i].text)), 0);
        flow_run_close(&run);
    }
}

static void assert_refused(size_t size, const char *text)
{
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_file(&run, size), FAULT_INPUT);
    assert_string_equal(fault_text(), text);
    flow_run_close(&run);
}

static void bad_headers_are_refused(void **state)
{
    (void)state;
    size_t size = write_sample();
    file[0] = 'X';
    assert_refused(size, "sample: offset 0: not an order file (it begins otherwise than VORD0001)");
    assert_refused(50, "sample: offset 0: the header needs 96 bytes, the file ends after 50");
    size = write_sample();
    memset(file + offsetof(struct order_file_header, price_max), 0, 8);
    assert_refused(size, "sample: header: price_max 0 is not in 1 .. 2^30");
    size = write_sample();
    memset(file + offsetof(struct order_file_header, orders_count), 255, 8);
    assert_refused(size, "sample: header: n_ops 18446744073709551615 is too large");
    size = write_sample();
    file[offsetof(struct order_file_header, ids_count)] = 5;
    assert_refused(size, "sample: header: n_ids 5 is not the number of ids in the records");
    size = write_sample();
    file[offsetof(struct order_file_header, ids_count)] = 7;
    assert_refused(size, "sample: header: n_ids 7 is more than there are records");
}

static void cut_and_overlong_files_are_refused(void **state)
{
    (void)state;
    size_t size = write_sample();
    assert_refused(size - 1, "sample: offset 256: a record needs 32 bytes, the file ends after 31");
    assert_refused(size + 1, "sample: offset 288: the file goes on where it should end");
}

/* One byte of record number `record` (from 0) becomes `value`. */
static void assert_record_refused(u32 record, size_t offset, u8 value, const char *text)
{
    size_t size = write_sample();
    file[sizeof(struct order_file_header) + record * sizeof(struct order_file_record) + offset] =
        value;
    assert_refused(size, text);
}

static void bad_records_are_refused(void **state)
{
    (void)state;
    assert_record_refused(0, 0, 5, "sample: record 1 at offset 96: type 5 is none of 1, 2, 3, 4");
    assert_record_refused(1, 1, 2, "sample: record 2 at offset 128: side 2 is neither 0 nor 1");
    assert_record_refused(1, 2, 1,
                          "sample: record 2 at offset 128: the field after side 1 is not 0");
    assert_record_refused(2, 8, 9, "sample: record 3 at offset 160: id 9 is not the next one");
    assert_record_refused(5, 8, 9, "sample: record 6 at offset 256: id 9 has not appeared before");
    assert_record_refused(5, 8, 0, "sample: record 6 at offset 256: id 0 has not appeared before");
    assert_record_refused(0, 16, 0,
                          "sample: record 1 at offset 96: price 0 is not in 1 .. price_max");
    assert_record_refused(0, 18, 1,
                          "sample: record 1 at offset 96: price 65636 is not in 1 .. price_max");
    assert_record_refused(0, 24, 0, "sample: record 1 at offset 96: qty 0 is out of bounds");
    assert_record_refused(
        0, 31, 128, "sample: record 1 at offset 96: qty -9223372036854775798 is out of bounds");
    assert_record_refused(
        0, 7, 1, "sample: record 1 at offset 96: account 16777216 is larger than a flow may have");
}

/* A cancel of an order that is gone is refused by the venue and harmless. */
static void refusals_are_counted_not_fatal(void **state)
{
    (void)state;
    size_t size = write_sample();
    struct order_file_record *last =
        (struct order_file_record *)(void *)(file + size - sizeof(struct order_file_record));
    last->id = 3;
    struct flow_run run;
    flow_run_init(&run);
    assert_int_equal(read_file(&run, size), FAULT_NONE);
    flow_run_replay(&run, 64);
    assert_int_equal(run.check.rejected, 1);
    assert_int_equal(run.check.rejected_by[REJECT_UNKNOWN_ORDER], 1);
    assert_int_equal(replay_verdict(&run.flow, &run.check, run.report), FAULT_DIVERGED);
    assert_string_equal(fault_text(),
                        "2 resting orders, the recording says 1; 1 commands were refused, mostly "
                        "UNKNOWN_ORDER, the first is order command 6");
    flow_run_close(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_flows_give_their_oracle),
        cmocka_unit_test(state_does_not_depend_on_reading_or_memory),
        cmocka_unit_test(owner_is_known_from_the_first_appearance),
        cmocka_unit_test(commands_carry_their_place),
        cmocka_unit_test(wrong_oracle_is_noticed),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(cut_and_overlong_files_are_refused),
        cmocka_unit_test(bad_records_are_refused),
        cmocka_unit_test(refusals_are_counted_not_fatal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
