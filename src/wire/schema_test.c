/* Aim: command_check lets exactly the records through that the schema allows, and says which field
 * it stopped at. Method: every kind at its right size and at wrong ones; each edge of the short
 * forms; random bytes for the rest. */
#include "wire/schema.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

/* A record of this kind with everything zero, `units` long. */
static bool check_units(u16 kind, u32 units, const char **reason_out)
{
    u8 bytes[COMMAND_BYTES_MAX + WIRE_UNIT] = {0};
    struct command_head head = {.kind = kind, .units = (u8)units};
    memcpy(bytes, &head, sizeof(head));
    *reason_out = NULL;
    return command_check(bytes, sizeof(bytes), reason_out);
}

static void whole_records_pass_and_others_do_not(void **state)
{
    (void)state;
    for (u16 kind = 0; kind < 64; kind += 1) {
        bool known = kind < COMMAND_KIND_COUNT && wire_commands[kind].name != NULL;
        for (u32 units = 0; units < 16; units += 1) {
            const char *reason = NULL;
            bool passed = check_units(kind, units, &reason);
            if (!known) {
                assert_false(passed);
                assert_string_equal(reason, "kind");
                continue;
            }
            const struct wire_record *record = &wire_commands[kind];
            u32 right = record->client_offset > 0 ? (record->client_offset + 1) / WIRE_UNIT + 1
                                                  : record->size / WIRE_UNIT;
            assert_int_equal(passed, units == right);
            if (!passed) {
                assert_string_equal(reason, "units");
            }
        }
    }
}

static void record_must_lie_within_the_bytes(void **state)
{
    (void)state;
    struct command_asset_add asset = {.head = {.kind = COMMAND_ASSET_ADD}};
    asset.head.units = (u8)(sizeof(asset) / WIRE_UNIT);
    const char *reason = NULL;
    assert_true(command_check((const u8 *)&asset, sizeof(asset), &reason));
    assert_false(command_check((const u8 *)&asset, sizeof(asset) - 1, &reason));
    assert_string_equal(reason, "units");
    assert_false(command_check((const u8 *)&asset, 0, &reason));
    assert_string_equal(reason, "units");
}

static u8 order_units(u8 client_length, bool detail)
{
    return wire_units(&wire_commands[COMMAND_ORDER], client_id_bytes(client_length), detail);
}

static void plain_order_is_two_units(void **state)
{
    (void)state;
    assert_int_equal(order_units(0, false), 2);
    assert_int_equal(order_units(22, false), 2);
    assert_int_equal(order_units(32, false), 2);
    assert_int_equal(order_units(33, false), 3);
    assert_int_equal(order_units(36, false), 3);
    assert_int_equal(order_units(0, true), sizeof(struct command_order) / WIRE_UNIT);
}

static void order_length_follows_client_id_and_flag(void **state)
{
    (void)state;
    for (u32 length = 0; length <= CLIENT_ID_SYMBOLS_MAX + 1; length += 1) {
        for (u32 detail = 0; detail < 2; detail += 1) {
            for (u32 units = 0; units < 8; units += 1) {
                struct command_order order = {.head = {.kind = COMMAND_ORDER, .units = (u8)units}};
                u8 bytes[256] = {0};
                order.client.length = (u8)length;
                order.flags = detail == 1 ? ORDER_FLAG_DETAIL : 0;
                memcpy(bytes, &order, sizeof(order));
                const char *reason = NULL;
                bool right = length <= CLIENT_ID_SYMBOLS_MAX &&
                             units == order_units((u8)length, detail == 1);
                assert_int_equal(command_check(bytes, sizeof(bytes), &reason), right);
            }
        }
    }
}

static void client_ids_must_be_packed_cleanly(void **state)
{
    (void)state;
    struct command_order order = {.head = {.kind = COMMAND_ORDER, .units = 2}};
    assert_true(client_id_pack(&order.client, span_of_text("abc")));
    const char *reason = NULL;
    assert_true(command_check((const u8 *)&order, sizeof(order), &reason));
    order.client.packed[3] = 1; /* behind the three bytes in use */
    assert_false(command_check((const u8 *)&order, sizeof(order), &reason));
    assert_string_equal(reason, "tail");
    order.client.packed[3] = 0;
    order.client.packed[2] = 255; /* 18 bits: the last 6 of this byte are unused */
    assert_false(command_check((const u8 *)&order, sizeof(order), &reason));
    assert_string_equal(reason, "client");

    struct command_amend amend = {.head = {.kind = COMMAND_AMEND}};
    amend.head.units = (u8)(sizeof(amend) / WIRE_UNIT);
    assert_true(command_check((const u8 *)&amend, sizeof(amend), &reason));
    amend.new_client.length = CLIENT_ID_SYMBOLS_MAX + 1;
    assert_false(command_check((const u8 *)&amend, sizeof(amend), &reason));
    assert_string_equal(reason, "new_client");

    struct command_order_list list = {.head = {.kind = COMMAND_ORDER_LIST}};
    list.head.units = (u8)(sizeof(list) / WIRE_UNIT);
    assert_true(command_check((const u8 *)&list, sizeof(list), &reason));
    list.leg[2].client.packed[26] = 255;
    assert_false(command_check((const u8 *)&list, sizeof(list), &reason));
    assert_string_equal(reason, "client");
}

/* What a short record carries behind its client id nobody reads, so it must be zero. */
static void tail_of_a_short_order_is_zero(void **state)
{
    (void)state;
    struct command_order order = {.head = {.kind = COMMAND_ORDER, .units = 2}};
    const char *reason = NULL;
    for (size_t place = offsetof(struct command_order, client) + 1; place < 64; place += 1) {
        u8 bytes[sizeof(order)];
        memcpy(bytes, &order, sizeof(order));
        bytes[place] = 1;
        assert_false(command_check(bytes, sizeof(bytes), &reason));
        assert_string_equal(reason, "tail");
    }
    u8 bytes[sizeof(order)];
    memcpy(bytes, &order, sizeof(order));
    bytes[64] = 1; /* belongs to the next record */
    assert_true(command_check(bytes, sizeof(bytes), &reason));
}

/* One bit after the other in plain records, and random words at their ends: what command_is_plain
 * lets through passes command_check too, and an untouched one is let through. */
static void plain_records_are_well_formed(void **state)
{
    (void)state;
    static const u16 kinds[] = {COMMAND_ORDER, COMMAND_CANCEL};
    u32 plain_count = 0;
    for (u32 i = 0; i < ARRAY_COUNT(kinds); i += 1) {
        u8 record[COMMAND_PLAIN_BYTES] = {(u8)kinds[i], 0, 2};
        assert_true(command_is_plain(record));
        for (u32 bit = 0; bit < sizeof(record) * 8; bit += 1) {
            const char *reason = NULL;
            record[bit / 8] ^= (u8)(1U << bit % 8);
            bool plain = command_is_plain(record);
            bool good = command_check(record, sizeof(record), &reason);
            assert_true(good || !plain);
            /* Left out are other kinds, client ids, and padding that is not zero. */
            bool other = bit < 16 || bit / 8 >= offsetof(struct command_cancel, padding) ||
                         record[offsetof(struct command_order, client)] != 0 ||
                         record[offsetof(struct command_cancel, client)] != 0;
            assert_true(plain || !good || other);
            plain_count += plain ? 1 : 0;
            record[bit / 8] ^= (u8)(1U << bit % 8);
        }
    }
    assert_true(plain_count > 0);
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(100000); round > 0; round -= 1) {
        u8 record[COMMAND_PLAIN_BYTES] = {0};
        size_t size = random_below(&random, sizeof(record) + 1);
        random_fill(&random, record, size);
        record[0] = (u8)kinds[random_below(&random, 2)];
        record[1] = 0;
        record[2] = (u8)random_below(&random, 4);
        const char *reason = NULL;
        bool plain = command_is_plain(record);
        assert_true(!plain || command_check(record, sizeof(record), &reason));
    }
}

static void random_bytes_are_answered(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(200000); round > 0; round -= 1) {
        u8 bytes[512];
        random_fill(&random, bytes, sizeof(bytes));
        bytes[0] = (u8)random_below(&random, COMMAND_KIND_COUNT + 2);
        bytes[1] = 0;
        bytes[2] = (u8)random_below(&random, 18);
        size_t size = random_below(&random, sizeof(bytes) + 1);
        const char *reason = NULL;
        if (!command_check(bytes, size, &reason)) {
            assert_non_null(reason);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_records_pass_and_others_do_not),
        cmocka_unit_test(record_must_lie_within_the_bytes),
        cmocka_unit_test(plain_order_is_two_units),
        cmocka_unit_test(order_length_follows_client_id_and_flag),
        cmocka_unit_test(client_ids_must_be_packed_cleanly),
        cmocka_unit_test(tail_of_a_short_order_is_zero),
        cmocka_unit_test(plain_records_are_well_formed),
        cmocka_unit_test(random_bytes_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
