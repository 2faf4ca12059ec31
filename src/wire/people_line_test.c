/* Aim: a message is read as it was written, and nothing else is one: other sizes, numbers that do
 * not rise, texts beyond the end. Method: what was written, cut everywhere and changed. */
#include "wire/people_line.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static u8 message[PEOPLE_LINE_BYTES_MAX + 1];
static struct people_line_answer read_answer;

static u32 write_answer(u32 people, u32 doubles)
{
    static u8 texts[PEOPLE_LINE_TEXT_MAX];
    static struct people_line_answer written;
    written =
        (struct people_line_answer){.id = 7, .people_count = people, .doubles_count = doubles};
    memset(texts, 'x', sizeof(texts));
    for (u32 i = 0; i < people; i += 1) {
        written.people[i] = (struct people_line_person){
            .number = 3 + 2 * i, .person = 9 + i, .text = span_of(texts, i == 1 ? 0 : 1024 - i)};
    }
    for (u32 i = 0; i < doubles; i += 1) {
        written.doubles[i] = (struct people_line_double){
            .number = 5 + i, .person = 17, .version = 1 + i, .seen = 1 + i % 3};
    }
    return people_line_answer_write(&written, message);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct people_line_ask ask = {.id = 1, .people_from = 2, .doubles_from = 3};
    struct people_line_ask heard = {.id = 0};
    people_line_ask_write(&ask, message);
    assert_true(people_line_ask_read(span_of(message, PEOPLE_LINE_ASK_BYTES), &heard));
    assert_true(heard.id == 1 && heard.people_from == 2 && heard.doubles_from == 3);
    assert_false(people_line_ask_read(span_of(message, PEOPLE_LINE_ASK_BYTES - 1), &heard));
    assert_false(people_line_ask_read(span_of(message, PEOPLE_LINE_ASK_BYTES + 1), &heard));
    for (u32 people = 0; people <= PEOPLE_LINE_PEOPLE_MAX; people += 4) {
        for (u32 doubles = 0; doubles <= PEOPLE_LINE_DOUBLES_MAX; doubles += 16) {
            u32 size = write_answer(people, doubles);
            assert_true(people_line_answer_read(span_of(message, size), &read_answer));
            assert_int_equal(read_answer.id, 7);
            assert_int_equal(read_answer.people_count, people);
            assert_int_equal(read_answer.doubles_count, doubles);
            for (u32 i = 0; i < people; i += 1) {
                assert_int_equal(read_answer.people[i].number, 3 + 2 * i);
                assert_int_equal(read_answer.people[i].person, 9 + i);
                assert_int_equal(read_answer.people[i].text.size, i == 1 ? 0 : 1024 - i);
            }
            for (u32 i = 0; i < doubles; i += 1) {
                assert_int_equal(read_answer.doubles[i].version, 1 + i);
                assert_int_equal(read_answer.doubles[i].seen, 1 + i % 3);
            }
        }
    }
}

static void nothing_else_is_one(void **state)
{
    (void)state;
    u32 size = write_answer(3, 2);
    for (u32 cut = 0; cut < size; cut += 1) {
        assert_false(people_line_answer_read(span_of(message, cut), &read_answer));
    }
    assert_false(people_line_answer_read(span_of(message, size + 1), &read_answer));
    static const struct {
        u32 at;
        u32 value;
    } wrong[] = {
        {8, PEOPLE_LINE_PEOPLE_MAX + 1},
        {12, PEOPLE_LINE_DOUBLES_MAX + 1},
        {8, 4},                                                        /* one more than there are */
        {16 + 8, 0},                                                   /* nobody */
        {16 + 12, 1025},                                               /* beyond a text's size */
        {16 + 12, 1023},                                               /* what follows is shifted */
        {PEOPLE_LINE_HEAD_BYTES + PEOPLE_LINE_PERSON_BYTES + 1024, 3}, /* a number again */
    };
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        size = write_answer(3, 2);
        bytes_put_u32(message + wrong[i].at, wrong[i].value);
        assert_false(people_line_answer_read(span_of(message, size), &read_answer));
    }
    size = write_answer(0, 2);
    bytes_put_u32(message + PEOPLE_LINE_HEAD_BYTES + PEOPLE_LINE_DOUBLE_BYTES, 5); /* twice */
    assert_false(people_line_answer_read(span_of(message, size), &read_answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(nothing_else_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
