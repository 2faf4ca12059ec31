/* Aim: openings are read as they were written, as many as there is room for, and no other message
 * is read. Method: random openings within the bounds; then each cut, one byte more, and heads
 * beyond their range. */
#include "wire/desk_line.h"

#include "base/bytes.h"
#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

static u8 message[DESK_LINE_MESSAGE_MAX + 1];
static u8 texts[DESK_LINE_OPENINGS_MAX][DESK_LINE_LETTER_MAX + DESK_LINE_RECEIPT_MAX];
static struct desk_line_opening openings[DESK_LINE_OPENINGS_MAX];
static struct desk_line_answer answer;

static void opening_make(struct random *random, u32 index, size_t letter, size_t receipt)
{
    struct desk_line_opening *opening = &openings[index];
    memset(opening, 0, sizeof(*opening));
    random_fill(random, opening->name, sizeof(opening->name));
    random_fill(random, opening->event, sizeof(opening->event));
    random_fill(random, texts[index], letter + receipt);
    opening->noticed_s = random_below(random, 4000000000U);
    opening->kind = (u8)(1 + random_below(random, DESK_LINE_KIND_MAX));
    opening->is_opened = random_chance(random, 1, 2);
    opening->is_silent = random_chance(random, 1, 2);
    opening->records_count = (u32)random_below(random, DESK_LINE_RECORDS_MAX + 1);
    for (u32 i = 0; i < opening->records_count; i += 1) {
        opening->records[i].group = (u8)(1 + random_below(random, DESK_LINE_GROUP_MAX));
        opening->records[i].from_day = (u32)random_below(random, 20000);
        opening->records[i].until_day = 20000 + (u32)random_below(random, 20000);
    }
    opening->letter = span_of(texts[index], letter);
    opening->receipt = span_of(texts[index] + letter, receipt);
}

static u32 write_all(u32 count, u32 all)
{
    struct desk_line_writer writer = desk_line_begin(message, 9);
    for (u32 i = 0; i < count; i += 1) {
        assert_true(desk_line_put(&writer, &openings[i]));
    }
    return desk_line_end(&writer, all);
}

static void assert_same(const struct desk_line_opening *a, const struct desk_line_opening *b)
{
    assert_memory_equal(a->name, b->name, sizeof(a->name));
    assert_memory_equal(a->event, b->event, sizeof(a->event));
    assert_true(a->noticed_s == b->noticed_s && a->kind == b->kind &&
                a->is_opened == b->is_opened && a->is_silent == b->is_silent &&
                a->records_count == b->records_count);
    for (u32 i = 0; i < a->records_count; i += 1) {
        assert_true(a->records[i].group == b->records[i].group &&
                    a->records[i].from_day == b->records[i].from_day &&
                    a->records[i].until_day == b->records[i].until_day);
    }
    assert_true(span_equal(a->letter, b->letter) && span_equal(a->receipt, b->receipt));
}

static void what_was_written_is_read(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(200); round > 0; round -= 1) {
        u32 count = (u32)random_below(&random, DESK_LINE_OPENINGS_MAX + 1);
        for (u32 i = 0; i < count; i += 1) {
            opening_make(&random, i, random_below(&random, 1000), random_below(&random, 2000));
        }
        u32 size = write_all(count, count + 3);
        assert_true(desk_line_read(span_of(message, size), &answer));
        assert_true(answer.id == 9 && answer.count == count && answer.all == count + 3);
        for (u32 i = 0; i < count; i += 1) {
            assert_same(&answer.openings[i], &openings[i]);
        }
        for (u32 cut = 0; cut < size; cut += 1 + (u32)random_below(&random, 400)) {
            assert_false(desk_line_read(span_of(message, cut), &answer));
        }
        assert_false(desk_line_read(span_of(message, size + 1), &answer));
    }
}

static void what_has_no_room_is_left_out(void **state)
{
    struct random random;
    u32 count = 0;
    (void)state;
    random_init(&random, test_seed());
    struct desk_line_writer writer = desk_line_begin(message, 9);
    for (u32 i = 0; i < DESK_LINE_OPENINGS_MAX; i += 1) {
        opening_make(&random, i, DESK_LINE_LETTER_MAX, DESK_LINE_RECEIPT_MAX);
        count += desk_line_put(&writer, &openings[i]) ? 1 : 0;
    }
    assert_int_equal(count, 3);
    u32 size = desk_line_end(&writer, DESK_LINE_OPENINGS_MAX);
    assert_true(size <= DESK_LINE_MESSAGE_MAX);
    assert_true(desk_line_read(span_of(message, size), &answer));
    assert_int_equal(answer.count, 3);
    writer = desk_line_begin(message, 9);
    for (count = 0; desk_line_put(&writer, &openings[count % 3]); count += 1) {
        openings[count % 3].letter.size = 0;
        openings[count % 3].receipt.size = 0;
    }
    assert_true(count <= DESK_LINE_OPENINGS_MAX);
}

static void other_messages_are_none(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    opening_make(&random, 0, 10, 20);
    openings[0].records_count = 1;
    openings[0].records[0] = (struct desk_line_record){.group = 1, .from_day = 1, .until_day = 2};
    /* Within the head of 16: count, zero; within the opening: kind, flags, sizes, its record. */
    static const struct {
        u32 at;
        u8 value;
    } changes[] = {{12, 2},       {12, 17},      {14, 1},        {16 + 56, 0},  {16 + 56, 5},
                   {16 + 57, 4},  {16 + 58, 2},  {16 + 58, 9},   {16 + 60, 11}, {16 + 61, 0x20},
                   {16 + 62, 19}, {16 + 63, 60}, {16 + 55, 1},   {16 + 64, 3},  {16 + 72, 0},
                   {16 + 72, 9},  {16 + 73, 1},  {16 + 71, 0x7f}};
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        u32 size = write_all(1, 2);
        assert_true(desk_line_read(span_of(message, size), &answer));
        message[changes[i].at] = changes[i].value;
        if (desk_line_read(span_of(message, size), &answer)) {
            fail_msg("byte %u may not be %u", changes[i].at, changes[i].value);
        }
    }
    u32 size = write_all(1, 0); /* more than there are */
    assert_false(desk_line_read(span_of(message, size), &answer));
    assert_false(desk_line_read(span_of(message, sizeof(message)), &answer));
}

static void an_ask_names_one_person(void **state)
{
    u8 ask[DESK_LINE_ASK_BYTES + 1] = {0};
    u64 id = 0;
    u64 person = 0;
    (void)state;
    desk_line_ask_write(7, 17, ask);
    assert_true(desk_line_ask_read(span_of(ask, DESK_LINE_ASK_BYTES), &id, &person));
    assert_true(id == 7 && person == 17);
    for (u32 size = 0; size <= sizeof(ask); size += 1) {
        assert_int_equal(desk_line_ask_read(span_of(ask, size), &id, &person),
                         size == DESK_LINE_ASK_BYTES);
    }
    desk_line_ask_write(7, 0, ask);
    assert_false(desk_line_ask_read(span_of(ask, DESK_LINE_ASK_BYTES), &id, &person));
    desk_line_ask_write(0, 17, ask);
    assert_false(desk_line_ask_read(span_of(ask, DESK_LINE_ASK_BYTES), &id, &person));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read), cmocka_unit_test(what_has_no_room_is_left_out),
        cmocka_unit_test(other_messages_are_none), cmocka_unit_test(an_ask_names_one_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
