/* Aim: a message is read as it was written, and nothing else is one: other kinds, other sizes,
 * another subject inside. Method: what was written, then each head changed. */
#include "wire/keep_line.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static u8 message[KEEP_LINE_BYTES_MAX + 1];
static u8 opaque[KEEP_LINE_CONTENTS_MAX + 1];
static struct keep_line_ask ask;

static u32 write_ask(u16 kind, u32 bytes)
{
    const struct keep_line_ask written = {
        .id = 7, .subject = 17, .kind = kind, .contents = span_of(opaque, bytes)};
    memset(opaque, 0x5a, sizeof(opaque));
    return keep_line_ask_write(&written, message);
}

static void what_is_asked_is_read(void **state)
{
    (void)state;
    for (u32 bytes = 0; bytes <= KEEP_LINE_CONTENTS_MAX; bytes += KEEP_LINE_CONTENTS_MAX / 8) {
        u32 size = write_ask(KEEP_LINE_ENROL, bytes);
        assert_int_equal(size, KEEP_LINE_HEAD_BYTES + bytes);
        assert_true(keep_line_ask_read(span_of(message, size), &ask));
        assert_true(ask.id == 7 && ask.subject == 17 && ask.kind == KEEP_LINE_ENROL);
        assert_true(span_equal(ask.contents, span_of(opaque, bytes)));
    }
    assert_int_equal(write_ask(KEEP_LINE_ENROL, KEEP_LINE_CONTENTS_MAX + 1), 0);
    u32 size = write_ask(KEEP_LINE_OFFER, 0);
    assert_true(keep_line_ask_read(span_of(message, size), &ask));
    assert_int_equal(bytes_u64(ask.contents.data), 17);
}

static void nothing_else_is_one(void **state)
{
    (void)state;
    for (u32 kind = 0; kind <= UINT16_MAX; kind += 1) {
        u32 size = write_ask(KEEP_LINE_ENROL, 8);
        bytes_put_u16(message + 20, (u16)kind);
        bytes_put_u64(message + KEEP_LINE_HEAD_BYTES, 17);
        bool is_known =
            kind == KEEP_LINE_OFFER || kind == KEEP_LINE_ENROL || kind == KEEP_LINE_HELD;
        assert_int_equal(keep_line_ask_read(span_of(message, size), &ask), is_known);
        assert_int_equal(ask.id, 7);
    }
    u32 size = write_ask(KEEP_LINE_OFFER, 0);
    for (u32 cut = 0; cut < size; cut += 1) {
        assert_false(keep_line_ask_read(span_of(message, cut), &ask));
    }
    assert_false(keep_line_ask_read(span_of(message, size + 1), &ask));
    assert_false(keep_line_ask_read(span_of(message, sizeof(message)), &ask));
    static const u32 heads[] = {8, 16, 22, KEEP_LINE_HEAD_BYTES}; /* subject, size, version, whom */
    for (u32 i = 0; i < ARRAY_COUNT(heads); i += 1) {
        size = write_ask(KEEP_LINE_OFFER, 0);
        message[heads[i]] ^= 1;
        assert_false(keep_line_ask_read(span_of(message, size), &ask));
    }
}

static bool answer_is(u32 kind, u32 code, u32 size)
{
    if (code == KEEP_LINE_OK && kind == KEEP_LINE_HELD) {
        return size >= KEEP_HELD_HEAD_BYTES;
    }
    bool has_offer = kind == KEEP_LINE_OFFER && code == KEEP_LINE_OK;
    return (kind == KEEP_LINE_OFFER || kind == KEEP_LINE_ENROL || kind == KEEP_LINE_HELD) &&
           code <= KEEP_LINE_CODE_MAX && size == (has_offer ? KEEP_LINE_OFFER_BYTES : 0);
}

static void answers_have_what_their_kind_has(void **state)
{
    struct keep_line_answer read;
    u8 bytes[KEEP_LINE_ANSWER_BYTES_MAX];
    (void)state;
    for (u32 kind = 0; kind < 32; kind += 1) {
        for (u32 code = 0; code < KEEP_LINE_CODE_MAX + 2U; code += 1) {
            for (u32 size = 0; size <= KEEP_HELD_BYTES_MAX; size += KEEP_LINE_OFFER_BYTES / 20) {
                const struct keep_line_answer written = {.id = 9,
                                                         .kind = (u16)kind,
                                                         .code = (u16)code,
                                                         .contents = span_of(opaque, size)};
                u32 whole = keep_line_answer_write(&written, bytes);
                assert_int_equal(whole, KEEP_LINE_ANSWER_HEAD + size);
                assert_int_equal(keep_line_answer_read(span_of(bytes, whole), &read),
                                 answer_is(kind, code, size));
                assert_int_equal(read.id, 9);
            }
        }
    }
    const struct keep_line_answer longer = {.contents = span_of(opaque, KEEP_HELD_BYTES_MAX + 1)};
    assert_int_equal(keep_line_answer_write(&longer, bytes), 0);
    assert_false(keep_line_answer_read(span_of(bytes, KEEP_LINE_ANSWER_HEAD - 1), &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_is_read),
        cmocka_unit_test(nothing_else_is_one),
        cmocka_unit_test(answers_have_what_their_kind_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
