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
        bool is_known = /* a piece of eight bytes is none */
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

static u32 write_piece(u64 upload, u32 total, u32 offset, u32 bytes)
{
    memset(opaque, 0x5a, sizeof(opaque));
    bytes_put_u64(opaque, upload);
    bytes_put_u32(opaque + 8, total);
    bytes_put_u32(opaque + 12, offset);
    const struct keep_line_ask written = {.id = 7,
                                          .subject = 17,
                                          .kind = KEEP_LINE_PIECE,
                                          .contents =
                                              span_of(opaque, KEEP_LINE_PIECE_HEAD + bytes)};
    return keep_line_ask_write(&written, message);
}

static bool is_piece(u64 upload, u32 total, u32 offset, u32 bytes)
{
    u32 size = write_piece(upload, total, offset, bytes);
    return keep_line_ask_read(span_of(message, size), &ask);
}

static void pieces_of_a_whole_are_read(void **state)
{
    static const u32 totals[] = {KEEP_LINE_CONTENTS_MAX + 1, KEEP_LINE_PIECE_BYTES * 2,
                                 KEEP_LINE_PIECE_BYTES * 2 + 1, KEEP_LINE_WHOLE_MAX};
    struct keep_line_piece piece;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(totals); i += 1) {
        u32 count = 0;
        for (u32 at = 0; at < totals[i]; at += KEEP_LINE_PIECE_BYTES) {
            u32 bytes = (u32)u64_min(totals[i] - at, KEEP_LINE_PIECE_BYTES);
            assert_true(is_piece(9, totals[i], at, bytes));
            assert_true(keep_line_piece_read(ask.contents, &piece));
            assert_true(piece.upload == 9 && piece.total == totals[i] && piece.offset == at);
            assert_int_equal(piece.bytes.size, bytes);
            count += 1;
        }
        assert_true(count >= 2 && count <= 124);
    }
}

static void what_is_no_piece_is_none(void **state)
{
    const u32 whole = KEEP_LINE_PIECE_BYTES;
    struct keep_line_piece piece;
    (void)state;
    assert_true(is_piece(9, 3 * whole, whole, whole));
    bytes_put_u64(message + 8, 0); /* nobody's */
    assert_false(keep_line_ask_read(span_of(message, KEEP_LINE_BYTES_MAX), &ask));
    assert_false(is_piece(0, 3 * whole, whole, whole));     /* of no upload */
    assert_false(is_piece(9, 3 * whole, whole, whole - 1)); /* shorter than it may be */
    assert_false(is_piece(9, 3 * whole, whole - 1, whole)); /* between two */
    assert_false(is_piece(9, 3 * whole, 3 * whole, whole)); /* behind the end */
    assert_false(is_piece(9, 3 * whole, 3 * whole, 0));
    assert_false(is_piece(9, 2 * whole + 5, 2 * whole, 6)); /* the last, too long, too short */
    assert_false(is_piece(9, 2 * whole + 5, 2 * whole, 4));
    assert_false(is_piece(9, whole, 0, whole)); /* what one message holds */
    assert_false(is_piece(9, KEEP_LINE_CONTENTS_MAX, 0, whole));
    assert_false(is_piece(9, KEEP_LINE_WHOLE_MAX + 1, 0, whole)); /* more than is taken */
    for (u32 size = 0; size <= KEEP_LINE_PIECE_HEAD; size += 1) {
        assert_false(keep_line_piece_read(span_of(opaque, size), &piece));
    }
}

static bool answer_is(u32 kind, u32 code, u32 size)
{
    if (code == KEEP_LINE_OK && kind == KEEP_LINE_HELD) {
        return size >= KEEP_HELD_HEAD_BYTES;
    }
    if (code == KEEP_LINE_OK && kind == KEEP_LINE_PIECE) {
        return size == KEEP_LINE_NEXT_BYTES;
    }
    bool has_offer = kind == KEEP_LINE_OFFER && code == KEEP_LINE_OK;
    return (kind == KEEP_LINE_OFFER || kind == KEEP_LINE_ENROL || kind == KEEP_LINE_HELD ||
            kind == KEEP_LINE_PIECE) &&
           code <= KEEP_LINE_CODE_MAX && size == (has_offer ? KEEP_LINE_OFFER_BYTES : 0);
}

static void answers_have_what_their_kind_has(void **state)
{
    struct keep_line_answer read;
    u8 bytes[KEEP_LINE_ANSWER_BYTES_MAX];
    (void)state;
    for (u32 kind = 0; kind < 32; kind += 1) {
        for (u32 code = 0; code < KEEP_LINE_CODE_MAX + 2U; code += 1) {
            for (u32 size = 0; size <= KEEP_HELD_BYTES_MAX; size += 2) {
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
        cmocka_unit_test(pieces_of_a_whole_are_read),
        cmocka_unit_test(what_is_no_piece_is_none),
        cmocka_unit_test(answers_have_what_their_kind_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
