/* Aim: what the printer writes is valid JSON in every case, bounded by its memory, and every field
 * of every command and event of the schema appears. Method: examples written out in full; every
 * kind filled with random bytes, read back by a small strict parser. */
#include "wire/json.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/reject.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void writer_nests_and_separates(void **state)
{
    (void)state;
    char text[256];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "a");
    json_array_begin(&writer);
    json_put_u64(&writer, UINT64_MAX);
    json_put_i64(&writer, INT64_MIN);
    json_array_begin(&writer);
    json_array_end(&writer);
    json_put_fixed(&writer, 12345, 2);
    json_put_fixed(&writer, 7, 3);
    json_array_end(&writer);
    json_key(&writer, "b");
    json_object_begin(&writer);
    json_object_end(&writer);
    json_key(&writer, "c");
    json_put_bool(&writer, true);
    json_key(&writer, "d");
    json_put_null(&writer);
    json_key(&writer, "e");
    json_put_hex_u64(&writer, 0x1f);
    json_key(&writer, "f");
    json_put_hex(&writer, span_of("\x00\xff", 2));
    json_object_end(&writer);
    static const char expected[] =
        "{\"a\":[18446744073709551615,-9223372036854775808,[],123.45,0.007],\"b\":{},\"c\":true,"
        "\"d\":null,\"e\":\"000000000000001f\",\"f\":\"00ff\"}";
    assert_int_equal(json_end(&writer), sizeof(expected) - 1);
    assert_string_equal(text, expected);
}

static void text_is_escaped(void **state)
{
    (void)state;
    char text[256];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_put_text(&writer,
                  "a\"b\\c\n\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82 \xff \xc3 \xed\xa0\x80");
    assert_true(json_end(&writer) > 0);
    assert_string_equal(text, "\"a\\\"b\\\\c\\u000a\\u007f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82 "
                              "\\u00ff \\u00c3 \\u00ed\\u00a0\\u0080\"");
}

/* The printer looks at eight bytes at once: whatever is special is found at any place of them. */
static void special_bytes_are_found_anywhere(void **state)
{
    (void)state;
    static const struct {
        char byte;
        const char *printed;
    } special[] = {{'"', "\\\""},       {'\\', "\\\\"},      {'\n', "\\u000a"},
                   {'\x1f', "\\u001f"}, {'\x7f', "\\u007f"}, {'\x80', "\\u0080"},
                   {'\xff', "\\u00ff"}, {' ', " "},          {'~', "~"}};
    const size_t length = 20;
    for (size_t i = 0; i < ARRAY_COUNT(special) * length; i++) {
        size_t at = i % length;
        char given[32] = "abcdefghijklmnopqrst";
        char expected[64];
        (void)snprintf(expected, sizeof(expected), "\"%.*s%s%s\"", (int)at, given,
                       special[i / length].printed, given + at + 1);
        given[at] = special[i / length].byte;
        char text[64];
        struct json_writer writer;
        json_begin(&writer, text, sizeof(text));
        json_put_span(&writer, span_of(given, length));
        assert_int_equal(json_end(&writer), strlen(expected));
        assert_string_equal(text, expected);
    }
}

static void text_that_does_not_fit_is_no_text(void **state)
{
    (void)state;
    for (size_t size = 1; size < 12; size += 1) {
        char *text = malloc(size);
        assert_non_null(text);
        struct json_writer writer;
        json_begin(&writer, text, size);
        json_array_begin(&writer);
        json_put_text(&writer, "seven");
        json_put_u64(&writer, 8);
        json_array_end(&writer);
        size_t length = json_end(&writer);
        assert_int_equal(length, size > 11 ? 11 : 0);
        assert_int_equal(strlen(text), length);
        free(text);
    }
}

static void calls_out_of_order_are_our_own_mistake(void **state)
{
    (void)state;
    char text[64];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    expect_assert_failure(json_put_u64(&writer, 1));
    expect_assert_failure(json_array_end(&writer));
    expect_assert_failure((void)!json_end(&writer));
    json_key(&writer, "k");
    expect_assert_failure(json_object_end(&writer));
}

/* Any random bytes behind a valid head. */
/* No byte is zero: reserved fields that are zero are not printed. */
static void fill(struct random *random, u8 *bytes, size_t size, u16 kind)
{
    random_fill(random, bytes, size);
    for (size_t i = 0; i < size; i += 1) {
        bytes[i] = bytes[i] == 0 ? 1 : bytes[i];
    }
    bytes[0] = (u8)kind;
    bytes[1] = (u8)(kind >> 8);
    bytes[2] = (u8)(size / WIRE_UNIT);
}

/* A strict reader of what the printer may write: it returns where the value ends, or NULL. */
static const char *skip_value(const char *text, u32 depth);

static const char *skip_string(const char *text)
{
    for (text += 1; *text != '"'; text += 1) {
        if ((u8)*text < 0x20) {
            return NULL;
        }
        if (*text == '\\') {
            text += 1;
            if (strchr("\"\\u", *text) == NULL ||
                (*text == 'u' && strspn(text + 1, "0123456789abcdef") < 4)) {
                return NULL;
            }
        }
    }
    return text + 1;
}

static const char *skip_container(const char *text, u32 depth)
{
    bool object = *text == '{';
    char end = object ? '}' : ']';
    if (text[1] == end) {
        return text + 2;
    }
    do {
        text += 1;
        if (object) {
            text = *text == '"' ? skip_string(text) : NULL;
            if (text == NULL || *text != ':') {
                return NULL;
            }
            text += 1;
        }
        text = skip_value(text, depth + 1);
    } while (text != NULL && *text == ',');
    return text != NULL && *text == end ? text + 1 : NULL;
}

static const char *skip_value(const char *text, u32 depth)
{
    if (depth > JSON_DEPTH_MAX) {
        return NULL;
    }
    if (*text == '{' || *text == '[') {
        return skip_container(text, depth);
    }
    if (*text == '"') {
        return skip_string(text);
    }
    const char *digits = text + (*text == '-' ? 1 : 0);
    size_t count = strspn(digits, "0123456789");
    return count > 0 && (digits[0] != '0' || count == 1) ? digits + count : NULL;
}

static void assert_is_json(const char *text)
{
    const char *end = text[0] == '{' ? skip_value(text, 0) : NULL;
    if (end == NULL || *end != 0) {
        fail_msg("no JSON: %s", text);
    }
}

static void assert_names_present(const struct wire_field *fields, const char *text)
{
    for (const struct wire_field *field = fields; field->name != NULL; field += 1) {
        char name[64];
        (void)snprintf(name, sizeof(name), "\"%s\":", field->name);
        if (strstr(text, name) == NULL) {
            fail_msg("no field %s in %s", field->name, text);
        }
        if (field->type == WIRE_STRUCT) {
            assert_names_present(field->fields, text);
        }
    }
}

static void every_kind_prints_every_field(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 event = 0; event < 2; event += 1) {
        u32 kinds = event == 1 ? (u32)EVENT_KIND_COUNT : (u32)COMMAND_KIND_COUNT;
        for (u32 kind = 0; kind < kinds; kind += 1) {
            const struct wire_record *record =
                event == 1 ? &wire_events[kind] : &wire_commands[kind];
            u8 bytes[COMMAND_BYTES_MAX];
            char text[WIRE_JSON_BYTES_MAX];
            if (record->name == NULL) {
                fill(&random, bytes, 64, (u16)kind);
                assert_int_equal(
                    wire_print_json(span_of(bytes, 64), event == 1, text, sizeof(text)), 0);
                continue;
            }
            size_t size = record->size;
            fill(&random, bytes, size, (u16)kind);
            if (record->open_ended != 0) {
                fill(&random, bytes + size, 32, COMMAND_CONTINUE);
                size += 32;
                bytes[2] = (u8)(size / WIRE_UNIT);
            }
            size_t length = wire_print_json(span_of(bytes, size), event == 1, text, sizeof(text));
            assert_true(length > 0);
            assert_is_json(text);
            char first[64];
            (void)snprintf(first, sizeof(first), "{\"%s\":\"%s\",",
                           event == 1 ? "event" : "command", record->name);
            assert_int_equal(strncmp(text, first, strlen(first)), 0);
            assert_names_present(record->fields, text);
        }
    }
}

static void ids_print_as_hex(void **state)
{
    (void)state;
    struct command_key_revoke revoke = {
        .head = {.kind = COMMAND_KEY_REVOKE, .units = 2, .source = 2}, .key_id = {1, 0xAB}};
    char text[WIRE_JSON_BYTES_MAX];
    struct span record = span_of((const u8 *)&revoke, sizeof(revoke));
    assert_true(wire_print_json(record, false, text, sizeof(text)) > 0);
    assert_non_null(strstr(text, "\"key_id\":\"01ab0000000000000000000000000000"
                                 "00000000000000000000000000000000\""));
}

static void order_prints_as_written(void **state)
{
    (void)state;
    struct command_order order = {
        .head = {.kind = COMMAND_ORDER, .units = 2, .source = 3, .account = 9, .source_index = 12},
        .price = {23647000000},
        .qty = {150000000},
        .market = 1,
        .side = SIDE_SELL,
        .type = ORDER_TYPE_LIMIT,
        .tif = TIME_IN_FORCE_IOC,
        .stp = 200,
    };
    assert_true(client_id_pack(&order.client, span_of_text("my-order_1")));
    char text[WIRE_JSON_BYTES_MAX];
    assert_true(wire_print_json(span_of(&order, 64), false, text, sizeof(text)) > 0);
    assert_string_equal(text,
                        "{\"command\":\"order\",\"source_index\":12,\"source\":3,\"account\":9,"
                        "\"price\":23647000000,\"qty\":150000000,\"market\":1,"
                        "\"side\":\"sell\",\"type\":\"limit\",\"tif\":\"ioc\",\"stp\":200,"
                        "\"flags\":0,\"client\":\"my-order_1\"}");
}

static void rejected_names_the_refusal(void **state)
{
    (void)state;
    struct event_rejected rejected = {
        .head = {.kind = EVENT_REJECTED, .units = 0, .source = 1, .account = 2, .seq = 77},
        .source_index = 5,
        .reject = REJECT_FILTER_LOT_SIZE,
        .command = COMMAND_ORDER,
        .market = 4,
    };
    rejected.head.units = (u8)(sizeof(rejected) / WIRE_UNIT);
    char text[WIRE_JSON_BYTES_MAX];
    assert_true(wire_print_json(span_of(&rejected, sizeof(rejected)), true, text, sizeof(text)) >
                0);
    assert_string_equal(
        text, "{\"event\":\"rejected\",\"seq\":77,\"source\":1,\"account\":2,\"source_index\":5,"
              "\"order_id\":0,\"reject\":63,\"command\":17,\"phase\":\"whole\",\"market\":4,"
              "\"reject_name\":\"FILTER_LOT_SIZE\",\"command_name\":\"order\"}");
}

static void applied_shows_the_command(void **state)
{
    (void)state;
    u8 bytes[sizeof(struct event_applied) + sizeof(struct command_asset_add)] = {0};
    struct event_applied applied = {
        .head = {.kind = EVENT_APPLIED, .units = 0, .source = 1, .account = 0, .seq = 2},
        .source_index = 2,
        .entry = 1,
    };
    struct command_asset_add asset = {
        .head = {.kind = COMMAND_ASSET_ADD, .source = 1, .source_index = 2},
        .scale = 8,
        .name = "BTC",
    };
    asset.head.units = (u8)(sizeof(asset) / WIRE_UNIT);
    applied.head.units = (u8)(sizeof(bytes) / WIRE_UNIT);
    memcpy(bytes, &applied, sizeof(applied));
    memcpy(bytes + sizeof(applied), &asset, sizeof(asset));
    char text[WIRE_JSON_BYTES_MAX];
    assert_true(wire_print_json(span_of(bytes, sizeof(bytes)), true, text, sizeof(text)) > 0);
    assert_string_equal(
        text, "{\"event\":\"applied\",\"seq\":2,\"source\":1,\"account\":0,\"source_index\":2,"
              "\"entry\":1,\"applied\":{\"command\":\"asset_add\",\"source_index\":2,\"source\":1,"
              "\"account\":0,\"asset\":0,\"scale\":8,\"name\":\"BTC\"}}");
    /* A command cut off inside is no record. */
    assert_int_equal(wire_print_json(span_of(bytes, sizeof(bytes) - 1), true, text, sizeof(text)),
                     0);
    bytes[sizeof(applied) + 2] = 9;
    assert_int_equal(wire_print_json(span_of(bytes, sizeof(bytes)), true, text, sizeof(text)), 0);
}

static void random_bytes_never_break_it(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(100000); round > 0; round -= 1) {
        u8 bytes[512];
        size_t size = random_below(&random, sizeof(bytes) + 1);
        random_fill(&random, bytes, sizeof(bytes));
        bytes[0] = (u8)random_below(&random, 32);
        bytes[1] = 0;
        bytes[2] = (u8)random_below(&random, 17);
        char text[WIRE_JSON_BYTES_MAX];
        size_t length =
            wire_print_json(span_of(bytes, size), random_chance(&random, 1, 2), text, sizeof(text));
        assert_int_equal(strlen(text), length);
        if (length > 0) {
            assert_is_json(text);
        }
    }
}

/* Text that needs no escaping is the same either way, also where it does not fit. */
static void plain_text_is_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "BUY", "0.00100000", "TAKE_PROFIT_LIMIT"};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        for (size_t room = 1; room < 64; room += 1) {
            char text[64];
            char plain[64];
            struct json_writer writers[2];
            json_begin(&writers[0], text, room);
            json_begin(&writers[1], plain, room);
            for (u32 k = 0; k < 2; k += 1) {
                json_object_begin(&writers[k]);
                json_key(&writers[k], "a");
                json_put_u64(&writers[k], 1);
                json_key_span(&writers[k], span_of("bc", 1));
            }
            json_put_text(&writers[0], texts[i]);
            json_put_plain(&writers[1], span_of_text(texts[i]));
            json_object_end(&writers[0]);
            json_object_end(&writers[1]);
            assert_int_equal(json_end(&writers[0]), json_end(&writers[1]));
            assert_string_equal(text, plain);
        }
    }
}

static void fields_are_a_name_and_a_value(void **state)
{
    char text[200];
    struct json_writer writer;
    (void)state;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_field_text(&writer, "a", "x\"y");
    json_field_u64(&writer, "b", UINT64_MAX);
    json_field_bool(&writer, "c", true);
    json_field_hex(&writer, "d", span_of("\x01\xFF", 2));
    json_object_end(&writer);
    size_t size = json_end(&writer);
    const char *wanted = "{\"a\":\"x\\\"y\",\"b\":18446744073709551615,\"c\":true,\"d\":\"01ff\"}";
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(text, wanted, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_text),
        cmocka_unit_test(writer_nests_and_separates),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(special_bytes_are_found_anywhere),
        cmocka_unit_test(text_that_does_not_fit_is_no_text),
        cmocka_unit_test(calls_out_of_order_are_our_own_mistake),
        cmocka_unit_test(every_kind_prints_every_field),
        cmocka_unit_test(ids_print_as_hex),
        cmocka_unit_test(order_prints_as_written),
        cmocka_unit_test(rejected_names_the_refusal),
        cmocka_unit_test(applied_shows_the_command),
        cmocka_unit_test(random_bytes_never_break_it),
        cmocka_unit_test(fields_are_a_name_and_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
