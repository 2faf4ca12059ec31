/* Aim: what one end writes the other reads, and nothing else is read. Method: messages of each
 * kind there and back; each cut, lengthened, and with each byte of its head changed. */
#include "wire/inbox_line.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static u8 message[INBOX_LINE_BYTES_MAX + 1];
static u8 contents[INBOX_LINE_CONTENTS_MAX + 1];

static u32 ask_write(u16 kind, size_t size)
{
    memset(contents, 0x5a, sizeof(contents));
    struct inbox_line_ask ask = {
        .id = 77, .kind = kind, .account = 5, .contents = span_of(contents, size)};
    return inbox_line_ask_write(&ask, message);
}

static bool ask_reads(u32 size)
{
    struct inbox_line_ask ask;
    return inbox_line_ask_read(span_of(message, size), &ask);
}

static void asks_come_as_they_went(void **state)
{
    (void)state;
    static const struct {
        u16 kind;
        size_t size;
    } asks[] = {{INBOX_LINE_LOOK, 0},
                {INBOX_LINE_APPEAL, INBOX_LINE_APPEAL_BYTES},
                {INBOX_LINE_EVIDENCE, 1},
                {INBOX_LINE_EVIDENCE, INBOX_LINE_CONTENTS_MAX}};
    for (u32 i = 0; i < ARRAY_COUNT(asks); i += 1) {
        struct inbox_line_ask ask;
        u32 size = ask_write(asks[i].kind, asks[i].size);
        assert_int_equal(size, INBOX_LINE_HEAD_BYTES + asks[i].size);
        assert_true(inbox_line_ask_read(span_of(message, size), &ask));
        assert_true(ask.id == 77 && ask.kind == asks[i].kind && ask.account == 5);
        assert_int_equal(ask.contents.size, asks[i].size);
        assert_memory_equal(ask.contents.data, contents, asks[i].size);
    }
}

static void other_asks_are_not_read(void **state)
{
    (void)state;
    assert_int_equal(ask_write(INBOX_LINE_EVIDENCE, INBOX_LINE_CONTENTS_MAX + 1), 0);
    assert_false(ask_reads(ask_write(INBOX_LINE_EVIDENCE, 0)));
    assert_false(ask_reads(ask_write(INBOX_LINE_LOOK, 1)));
    assert_false(ask_reads(ask_write(INBOX_LINE_APPEAL, INBOX_LINE_APPEAL_BYTES - 1)));
    assert_false(ask_reads(ask_write(INBOX_LINE_APPEAL, INBOX_LINE_APPEAL_BYTES + 1)));
    assert_false(ask_reads(ask_write(0, 0)));
    assert_false(ask_reads(ask_write(4, 1)));
    u32 size = ask_write(INBOX_LINE_LOOK, 0);
    for (u32 cut = 0; cut < size; cut += 1) {
        assert_false(ask_reads(cut));
    }
    message[10] = 1; /* zero */
    assert_false(ask_reads(size));
    size = ask_write(INBOX_LINE_LOOK, 0);
    bytes_put_u32(message + 12, 0); /* nobody's */
    assert_false(ask_reads(size));
    assert_false(ask_reads(INBOX_LINE_BYTES_MAX + 1));
}

static void answers_come_as_they_went(void **state)
{
    (void)state;
    u8 bytes[INBOX_LINE_ANSWER_BYTES_MAX + 1];
    struct inbox_line_answer back;
    struct inbox_line_answer answer = {
        .id = 9,
        .kind = INBOX_LINE_LOOK,
        .appeal = {.state = INBOX_STATE_UPHELD, .made_us = 1, .until_us = 2, .closed_us = 3}};
    u32 size = inbox_line_answer_write(&answer, bytes);
    assert_true(inbox_line_answer_read(span_of(bytes, size), &back));
    assert_memory_equal(&back, &answer, sizeof(back));
    bytes[INBOX_LINE_ANSWER_HEAD] = INBOX_STATE_MAX + 1;
    assert_false(inbox_line_answer_read(span_of(bytes, size), &back));
    answer = (struct inbox_line_answer){.id = 9, .kind = INBOX_LINE_EVIDENCE};
    memset(answer.hash, 7, sizeof(answer.hash));
    size = inbox_line_answer_write(&answer, bytes);
    assert_true(inbox_line_answer_read(span_of(bytes, size), &back));
    assert_memory_equal(&back, &answer, sizeof(back));
    assert_int_equal(size, INBOX_LINE_ANSWER_BYTES_MAX);
    assert_false(inbox_line_answer_read(span_of(bytes, size - 1), &back));
    assert_false(inbox_line_answer_read(span_of(bytes, size + 1), &back));
    answer.code = INBOX_LINE_FULL;
    size = inbox_line_answer_write(&answer, bytes);
    assert_int_equal(size, INBOX_LINE_ANSWER_HEAD);
    assert_true(inbox_line_answer_read(span_of(bytes, size), &back) &&
                back.code == INBOX_LINE_FULL);
    bytes[10] = INBOX_LINE_CODE_MAX + 1;
    assert_false(inbox_line_answer_read(span_of(bytes, size), &back));
    bytes[10] = INBOX_LINE_FULL;
    bytes[12] = 1; /* zero */
    assert_false(inbox_line_answer_read(span_of(bytes, size), &back));
    assert_false(inbox_line_answer_read(span_of(bytes, 3), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_come_as_they_went),
        cmocka_unit_test(other_asks_are_not_read),
        cmocka_unit_test(answers_come_as_they_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
