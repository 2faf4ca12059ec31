/* Aim: an ask and an answer are read as they were written, and nothing else is one: other sizes,
 * fields that the index has not, values without a form, numbers beside a refusal. Method: what was
 * written, cut everywhere and changed. */
#include "wire/count_line.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static u8 message[COUNT_LINE_ASK_MAX + 1];
static struct count_line_ask heard;

static struct count_line_ask ask_of(u32 hashes, u8 field, const char *value, const char *birth_date)
{
    struct count_line_ask ask = {.id = 7, .hashes_count = hashes, .values_count = 1};
    memset(ask.name, 1, sizeof(ask.name));
    memset(ask.matter, 2, sizeof(ask.matter));
    for (u32 i = 0; i < hashes; i += 1) {
        ask.hashes[i].field = (u8)(1 + i % COUNT_LINE_FIELD_MAX);
        memset(ask.hashes[i].hash, (int)(3 + i), sizeof(ask.hashes[i].hash));
    }
    ask.values[0] = (struct count_line_value){.field = field, .bytes = span_of_text(value)};
    if (birth_date != NULL) {
        ask.values[1] = (struct count_line_value){.field = COUNT_LINE_BIRTH_DATE,
                                                  .bytes = span_of_text(birth_date)};
        ask.values_count = 2;
    }
    return ask;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (u32 hashes = 1; hashes <= COUNT_LINE_HASHES_MAX; hashes += 1) {
        bool is_person = hashes % 2 == 0;
        struct count_line_ask ask =
            is_person ? ask_of(hashes, COUNT_LINE_NAME, "Ines Nobody", "1990-02-03")
                      : ask_of(hashes, COUNT_LINE_DOCUMENT, "XY 000100", NULL);
        u32 size = count_line_ask_write(&ask, message);
        assert_true(count_line_ask_read(span_of(message, size), &heard));
        assert_int_equal(heard.id, 7);
        assert_memory_equal(heard.name, ask.name, sizeof(ask.name));
        assert_memory_equal(heard.matter, ask.matter, sizeof(ask.matter));
        assert_int_equal(heard.hashes_count, hashes);
        assert_memory_equal(heard.hashes, ask.hashes, hashes * sizeof(ask.hashes[0]));
        assert_int_equal(heard.values_count, is_person ? 2 : 1);
        for (u32 i = 0; i < heard.values_count; i += 1) {
            assert_int_equal(heard.values[i].field, ask.values[i].field);
            assert_true(span_equal(heard.values[i].bytes, ask.values[i].bytes));
        }
        for (u32 cut = 0; cut < size; cut += 1) {
            assert_false(count_line_ask_read(span_of(message, cut), &heard));
        }
        assert_false(count_line_ask_read(span_of(message, size + 1), &heard));
    }
}

static void the_longest_fits(void **state)
{
    (void)state;
    static char name[COUNT_LINE_VALUE_BYTES + 1];
    static char other[COUNT_LINE_VALUE_BYTES + 1];
    memset(name, 'a', COUNT_LINE_VALUE_BYTES);
    memset(other, '1', COUNT_LINE_VALUE_BYTES);
    struct count_line_ask ask = ask_of(COUNT_LINE_HASHES_MAX, COUNT_LINE_NAME, name, other);
    assert_int_equal(count_line_ask_write(&ask, message), COUNT_LINE_ASK_MAX);
    assert_true(count_line_ask_read(span_of(message, COUNT_LINE_ASK_MAX), &heard));
}

static void what_is_no_ask(void **state)
{
    (void)state;
    static const struct {
        u32 at;
        u8 value;
    } rows[] = {
        {56, 0},                         /* no hashes */
        {56, COUNT_LINE_HASHES_MAX + 1}, /* too many */
        {57, 0},                         /* no value */
        {57, 2},                         /* one is missing */
        {57, COUNT_LINE_VALUES_MAX + 1}, /* too many */
        {58, 1},                         /* a zero */
        {59, 1},                         /* another one */
        {60, 0},                         /* a hash of no field */
        {60, COUNT_LINE_FIELD_MAX + 1},  /* the same */
        {93, COUNT_LINE_NAME},           /* a name without a birth date */
        {93, 3},                         /* a nationality */
        {93, COUNT_LINE_FIELD_MAX + 1},  /* no field */
        {94, 1},                         /* a zero */
        {95, 8},                         /* shorter than what is there */
        {95, 0},                         /* an empty one */
    };
    struct count_line_ask ask = ask_of(1, COUNT_LINE_DOCUMENT, "XY 000100", NULL);
    u32 size = count_line_ask_write(&ask, message);
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        u8 kept = message[rows[i].at];
        assert_int_not_equal(kept, rows[i].value);
        message[rows[i].at] = rows[i].value;
        assert_false(count_line_ask_read(span_of(message, size), &heard));
        message[rows[i].at] = kept;
    }
    assert_true(count_line_ask_read(span_of(message, size), &heard));
    ask = ask_of(1, COUNT_LINE_BIRTH_DATE, "1990-02-03", NULL);
    assert_false(count_line_values_fit(ask.values, 1)); /* alone it finds too many */
    ask = ask_of(1, COUNT_LINE_DOCUMENT, "XY", "1990-02-03");
    assert_false(count_line_values_fit(ask.values, 2));
    ask = ask_of(1, COUNT_LINE_DOCUMENT, "", NULL);
    assert_false(count_line_values_fit(ask.values, 1));
    assert_false(count_line_values_fit(ask.values, 0));
}

static void answers(void **state)
{
    (void)state;
    struct count_line_answer read;
    for (u32 code = 0; code <= COUNT_LINE_CODE_MAX; code += 1) {
        const struct count_line_answer answer = {
            .id = 9, .code = code, .people = code == COUNT_LINE_OK ? 3 : 0};
        count_line_answer_write(&answer, message);
        assert_true(count_line_answer_read(span_of(message, COUNT_LINE_ANSWER_BYTES), &read));
        assert_int_equal(read.id, 9);
        assert_int_equal(read.code, code);
        assert_int_equal(read.people, answer.people);
        bytes_put_u32(message + 12, 1);
        assert_int_equal(count_line_answer_read(span_of(message, COUNT_LINE_ANSWER_BYTES), &read),
                         code == COUNT_LINE_OK);
        assert_false(count_line_answer_read(span_of(message, COUNT_LINE_ANSWER_BYTES - 1), &read));
        assert_false(count_line_answer_read(span_of(message, COUNT_LINE_ANSWER_BYTES + 1), &read));
    }
    bytes_put_u32(message + 8, COUNT_LINE_CODE_MAX + 1);
    bytes_put_u32(message + 12, 0);
    assert_false(count_line_answer_read(span_of(message, COUNT_LINE_ANSWER_BYTES), &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_longest_fits),
        cmocka_unit_test(what_is_no_ask),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
