/* Aim: a question and an answer come through as they were put in, and whatever a hostile ring could
 * hold instead is refused by name before a field of it is read. Method: every field at and beyond
 * its bounds, in questions, rows and heads. */
#include "wire/lookup.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdlib.h>

static struct lookup_ask good_ask(enum lookup_kind lookup)
{
    struct lookup_ask ask = lookup_ask_of(lookup);
    ask.ticket = 7;
    assert_true(client_id_pack(&ask.client, span_of_text("mine-1")));
    return ask;
}

static const char *refusal_of(const struct lookup_ask *ask)
{
    struct lookup_ask copy;
    const char *reason = NULL;
    bool good = lookup_ask_check(&copy, (const u8 *)ask, sizeof(*ask), &reason);
    assert_true(good == (reason == NULL));
    if (good) {
        assert_memory_equal(&copy, ask, sizeof(copy));
    }
    return good ? "none" : reason;
}

#define ASK_AT(field, low, high)                         \
    do {                                                 \
        struct lookup_ask ask = good_ask(LOOKUP_ORDERS); \
        ask.field = (low);                               \
        assert_string_equal(refusal_of(&ask), "none");   \
        ask.field = (high);                              \
        assert_string_equal(refusal_of(&ask), "none");   \
        ask.field = (high);                              \
        ask.field += 1;                                  \
        assert_string_equal(refusal_of(&ask), #field);   \
        ask.field = (low);                               \
        ask.field -= 1;                                  \
        assert_string_equal(refusal_of(&ask), #field);   \
    } while (0)

static void questions_are_checked_field_by_field(void **state)
{
    (void)state;
    for (u32 lookup = 1; lookup < LOOKUP_KIND_COUNT; lookup += 1) {
        struct lookup_ask ask = good_ask((enum lookup_kind)lookup);
        assert_string_equal(refusal_of(&ask), "none");
        ask.client = (struct client_id){.length = 0};
        bool wanted = lookup == LOOKUP_ORDER_BY_CLIENT || lookup == LOOKUP_LIST_BY_CLIENT;
        assert_string_equal(refusal_of(&ask), wanted ? "client" : "none");
    }
    ASK_AT(lookup, 1, LOOKUP_KIND_COUNT - 1);
    ASK_AT(asset, -1, 65535);
    ASK_AT(status, -1, 255);
    ASK_AT(zone_minutes, HISTORY_ZONE_MIN, HISTORY_ZONE_MAX);
    ASK_AT(limit, 1, HISTORY_ROWS_MAX);
    ASK_AT(offset, 0, LOOKUP_OFFSET_MAX);
    ASK_AT(interval, 0, INTERVAL_COUNT - 1);
    ASK_AT(source, LOOKUP_SOURCE_GATEWAY, LOOKUP_SOURCE_GATEWAY);

    struct lookup_ask ask = good_ask(LOOKUP_BAR);
    ask.to_s = BAR_SECONDS_LAST;
    ask.from_s = BAR_SECONDS_LAST;
    assert_string_equal(refusal_of(&ask), "none");
    ask.to_s -= 1;
    assert_string_equal(refusal_of(&ask), "from_s");
    ask.from_s = -1;
    assert_string_equal(refusal_of(&ask), "from_s");
    ask.from_s = 0;
    ask.to_s = BAR_SECONDS_LAST + 1;
    assert_string_equal(refusal_of(&ask), "to_s");
    ask = good_ask(LOOKUP_BAR);
    ask.ticket = 0;
    assert_string_equal(refusal_of(&ask), "ticket");
    ask = good_ask(LOOKUP_BAR);
    ask.padding[27] = 1;
    assert_string_equal(refusal_of(&ask), "padding");
    ask = good_ask(LOOKUP_BAR);
    ask.client.packed[26] = 1;
    assert_string_equal(refusal_of(&ask), "client");
    ask = good_ask(LOOKUP_BAR);
    ask.units += 1;
    assert_string_equal(refusal_of(&ask), "head");
    ask = good_ask(LOOKUP_BAR);
    ask.kind += 1;
    assert_string_equal(refusal_of(&ask), "head");
    ask = good_ask(LOOKUP_BAR);
    struct lookup_ask copy;
    const char *reason = NULL;
    assert_false(lookup_ask_check(&copy, (const u8 *)&ask, sizeof(ask) - 1, &reason));
    assert_false(lookup_ask_check(&copy, (const u8 *)&ask, 0, &reason));
}

/* ---- answers ---- */

static const char *rows_refusal(const u8 *record, size_t size)
{
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *bytes = malloc(size + (size == 0));
    assert_non_null(bytes);
    memcpy(bytes, record, size);
    struct lookup_rows head;
    const char *reason = NULL;
    bool good = lookup_rows_check(&head, bytes, size, &reason);
    assert_true(good == (reason == NULL));
    free(bytes);
    return good ? "none" : reason;
}

static void rows_of_every_kind_come_through(void **state)
{
    (void)state;
    static u8 rows[LOOKUP_BYTES_MAX];
    for (u32 i = 1; i < LOOKUP_KIND_COUNT; i += 1) {
        enum lookup_kind lookup = (enum lookup_kind)i;
        u32 most = lookup_rows_per_record(lookup);
        assert_true(most >= 16 && most * lookup_row_bytes(lookup) <= sizeof(rows));
        for (u32 count = 1; count <= most; count += 1) {
            u8 record[LOOKUP_BYTES_MAX];
            struct lookup_rows head;
            const char *reason = NULL;
            size_t size = lookup_rows_put(record, lookup, 5, 1000 - count, rows, count);
            assert_int_equal(size % WIRE_UNIT, 0);
            assert_int_equal(record[2] * WIRE_UNIT, size);
            assert_true(lookup_rows_check(&head, record, size, &reason));
            assert_int_equal(head.count, count);
            assert_int_equal(head.first, 1000 - count);
            assert_int_equal(head.lookup, lookup);
            assert_int_equal(head.ticket, 5);
            assert_memory_equal(record + LOOKUP_ROWS_OFFSET, rows,
                                (size_t)count * lookup_row_bytes(lookup));
        }
    }
}

/* Sets a field of the second row to one value too many, and then to the last good one. */
static void row_refused(enum lookup_kind lookup, size_t offset, size_t size, u64 value,
                        const char *name)
{
    u8 rows[1024] = {0};
    u8 record[LOOKUP_BYTES_MAX];
    u8 *field = rows + lookup_row_bytes(lookup) + offset;
    memcpy(field, &value, size);
    assert_string_equal(rows_refusal(record, lookup_rows_put(record, lookup, 5, 0, rows, 2)), name);
    value -= 1;
    memcpy(field, &value, size);
    assert_string_equal(rows_refusal(record, lookup_rows_put(record, lookup, 5, 0, rows, 2)),
                        "none");
}

#define ROW_REFUSED(lookup, type, field, value)                                               \
    row_refused((lookup), offsetof(struct type, field), sizeof(((struct type *)NULL)->field), \
                (value), #field)

static void rows_beyond_their_ranges_are_refused(void **state)
{
    (void)state;
    ROW_REFUSED(LOOKUP_ORDERS, history_order, side, SIDE_COUNT);
    ROW_REFUSED(LOOKUP_ORDERS, history_order, type, ORDER_TYPE_COUNT);
    ROW_REFUSED(LOOKUP_ORDERS, history_order, tif, TIME_IN_FORCE_COUNT);
    ROW_REFUSED(LOOKUP_ORDERS, history_order, stp, STP_MODE_COUNT);
    ROW_REFUSED(LOOKUP_ORDERS, history_order, status, HISTORY_ORDER_STATUS_COUNT);
    ROW_REFUSED(LOOKUP_ORDERS, history_order, reason, EXPIRY_REASON_COUNT);
    ROW_REFUSED(LOOKUP_LISTS, history_list, kind, LIST_KIND_COUNT);
    ROW_REFUSED(LOOKUP_LISTS, history_list, legs, 4);
    ROW_REFUSED(LOOKUP_LINES, history_line, cause, HISTORY_CAUSE_MAX + 1);
    ROW_REFUSED(LOOKUP_DEPOSITS, history_deposit, status, HISTORY_DEPOSIT_STATUS_COUNT);
    ROW_REFUSED(LOOKUP_WITHDRAWALS, history_withdrawal, status, HISTORY_WITHDRAWAL_STATUS_COUNT);
    ROW_REFUSED(LOOKUP_PREVENTED_OF, history_prevented, mode, STP_MODE_COUNT);
    ROW_REFUSED(LOOKUP_KLINES, history_kline, end, BAR_SECONDS_LAST + 366 * 86400LL + 1);
    ROW_REFUSED(LOOKUP_KLINES, history_kline, bar.start, BAR_SECONDS_LAST + 366 * 86400LL + 1);
    ROW_REFUSED(LOOKUP_BAR, bar, start, BAR_SECONDS_LAST + 366 * 86400LL + 1);
}

/* A truth value that is neither, wherever a row has one. */
static void truth_has_two_values(void **state)
{
    (void)state;
    static const struct {
        enum lookup_kind lookup;
        size_t offset;
        const char *name;
    } places[] = {
        {LOOKUP_FILLS, offsetof(struct history_fill, buys), "buys"},
        {LOOKUP_FILLS, offsetof(struct history_fill, maker), "maker"},
        {LOOKUP_TRADES, offsetof(struct history_trade, buyer_is_maker), "buyer_is_maker"},
        {LOOKUP_AGGREGATES, offsetof(struct history_aggregate, buyer_is_maker), "buyer_is_maker"},
        {LOOKUP_LISTS, offsetof(struct history_list, done), "done"},
        {LOOKUP_ORDERS, offsetof(struct history_order, client), "client"},
        {LOOKUP_AMENDMENTS, offsetof(struct history_amendment, client_before), "client_before"},
        {LOOKUP_AMENDMENTS, offsetof(struct history_amendment, client_after), "client_after"},
    };
    static const u8 rows[1024];
    for (u32 i = 0; i < ARRAY_COUNT(places); i += 1) {
        u8 record[LOOKUP_BYTES_MAX];
        size_t size = lookup_rows_put(record, places[i].lookup, 5, 0, rows, 2);
        size_t place = LOOKUP_ROWS_OFFSET + lookup_row_bytes(places[i].lookup) + places[i].offset;
        record[place] = 1;
        assert_string_equal(rows_refusal(record, size), "none");
        record[place] = places[i].name[0] == 'c' ? 37 : 2;
        assert_string_equal(rows_refusal(record, size), places[i].name);
    }
}

#define HEAD_REFUSED(field, value, name)                                    \
    do {                                                                    \
        u8 record[LOOKUP_BYTES_MAX];                                        \
        size_t size = lookup_rows_put(record, LOOKUP_FILLS, 5, 0, rows, 2); \
        struct lookup_rows head;                                            \
        memcpy(&head, record, sizeof(head));                                \
        head.field = (value);                                               \
        memcpy(record, &head, sizeof(head));                                \
        assert_string_equal(rows_refusal(record, size), name);              \
    } while (0)

static void heads_of_rows_are_checked(void **state)
{
    (void)state;
    static const u8 rows[1024];
    HEAD_REFUSED(kind, LOOKUP_RECORD_ANSWER, "head");
    HEAD_REFUSED(units, 1, "head");
    HEAD_REFUSED(source, LOOKUP_SOURCE_GATEWAY, "head");
    HEAD_REFUSED(lookup, 0, "lookup");
    HEAD_REFUSED(lookup, LOOKUP_KIND_COUNT, "lookup");
    HEAD_REFUSED(lookup, LOOKUP_ORDERS, "lookup");
    HEAD_REFUSED(row_bytes, 1, "lookup");
    HEAD_REFUSED(ticket, 0, "ticket");
    HEAD_REFUSED(count, 0, "count");
    HEAD_REFUSED(count, 1, "size");
    HEAD_REFUSED(count, 3, "size");
    HEAD_REFUSED(count, UINT16_MAX, "count");
    HEAD_REFUSED(first, HISTORY_ROWS_MAX - 1, "count");
    HEAD_REFUSED(first, UINT32_MAX, "count");
    HEAD_REFUSED(reserved, 1, "reserved");
    HEAD_REFUSED(reserved_more, 1, "reserved");
    u8 record[LOOKUP_BYTES_MAX];
    size_t size = lookup_rows_put(record, LOOKUP_TRADES, 5, 0, rows, 3);
    assert_int_not_equal((LOOKUP_ROWS_OFFSET + 3 * sizeof(struct history_trade)) % WIRE_UNIT, 0);
    record[size - 1] = 1;
    assert_string_equal(rows_refusal(record, size), "tail");
    for (size_t shorter = 0; shorter < size; shorter += 1) {
        assert_string_equal(rows_refusal(record, shorter), "head");
    }
}

static struct lookup_answer good_answer(u64 ticket, u8 lookup, enum lookup_status status)
{
    struct lookup_answer answer = lookup_answer_of(ticket, lookup, status);
    answer.generation = 1;
    return answer;
}

static const char *answer_refusal(struct lookup_answer answer)
{
    struct lookup_answer copy;
    const char *reason = NULL;
    bool good = lookup_answer_check(&copy, (const u8 *)&answer, sizeof(answer), &reason);
    assert_true(good == (reason == NULL));
    return good ? "none" : reason;
}

static void last_records_are_checked(void **state)
{
    (void)state;
    for (u32 status = 0; status < LOOKUP_STATUS_COUNT; status += 1) {
        struct lookup_answer answer = good_answer(9, LOOKUP_FILLS, (enum lookup_status)status);
        assert_string_equal(answer_refusal(answer), status < LOOKUP_TIMEOUT ? "none" : "status");
        answer.rows_count = 1000;
        assert_string_equal(answer_refusal(answer), status == LOOKUP_OK       ? "none"
                                                    : status < LOOKUP_TIMEOUT ? "rows_count"
                                                                              : "status");
    }
    struct lookup_answer answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    answer.rows_count = 1001;
    assert_string_equal(answer_refusal(answer), "rows_count");
    assert_string_equal(answer_refusal(good_answer(9, 0, LOOKUP_OK)), "lookup");
    assert_string_equal(answer_refusal(good_answer(9, LOOKUP_KIND_COUNT, LOOKUP_OK)), "lookup");
    assert_string_equal(answer_refusal(good_answer(0, LOOKUP_FILLS, LOOKUP_OK)), "lookup");
    answer = good_answer(0, 0, LOOKUP_OK);
    assert_string_equal(answer_refusal(answer), "none");
    answer.rows_count = 1;
    assert_string_equal(answer_refusal(answer), "lookup");
    answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    answer.generation = 0;
    assert_string_equal(answer_refusal(answer), "generation");
    answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    answer.source = LOOKUP_SOURCE_GATEWAY;
    assert_string_equal(answer_refusal(answer), "head");
    answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    answer.kind = LOOKUP_RECORD_ROWS;
    assert_string_equal(answer_refusal(answer), "head");
    answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    answer.units = 2;
    assert_string_equal(answer_refusal(answer), "head");
    const char *reason = NULL;
    answer = good_answer(9, LOOKUP_FILLS, LOOKUP_OK);
    assert_false(lookup_answer_check(&answer, (const u8 *)&answer, 31, &reason));
}

static void one_row_or_as_many_as_the_limit(void **state)
{
    (void)state;
    u32 single = 0;
    for (u32 lookup = 1; lookup < LOOKUP_KIND_COUNT; lookup += 1) {
        struct lookup_ask ask = lookup_ask_of((enum lookup_kind)lookup);
        ask.limit = 77;
        u32 most = lookup_rows_max(&ask);
        assert_true(most == 1 || most == 77);
        single += most == 1;
    }
    assert_int_equal(single, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_are_checked_field_by_field),
        cmocka_unit_test(rows_of_every_kind_come_through),
        cmocka_unit_test(rows_beyond_their_ranges_are_refused),
        cmocka_unit_test(truth_has_two_values),
        cmocka_unit_test(heads_of_rows_are_checked),
        cmocka_unit_test(last_records_are_checked),
        cmocka_unit_test(one_row_or_as_many_as_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
