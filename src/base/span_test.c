/* Aim: pieces and lines of spans never leave the span, and little-endian numbers read back as
 * written.
 *
 * Method: every offset and size of a short span, overflowing ones included; every alignment. */
#include "base/span.h"

#include "base/bytes.h"
#include "tests/support/test.h"

static void pieces_stay_inside(void **state)
{
    (void)state;
    static const u8 bytes[5] = {1, 2, 3, 4, 5};
    struct span whole = span_of(bytes, sizeof(bytes));
    for (size_t offset = 0; offset <= 6; offset += 1) {
        for (size_t size = 0; size <= 6; size += 1) {
            struct span piece = span_piece(whole, offset, size);
            if (offset + size <= sizeof(bytes)) {
                assert_ptr_equal(piece.data, bytes + offset);
                assert_int_equal(piece.size, size);
            } else {
                assert_null(piece.data);
                assert_int_equal(piece.size, 0);
            }
        }
    }
    assert_null(span_piece(whole, 2, SIZE_MAX).data);
    assert_null(span_piece(whole, SIZE_MAX, 2).data);
    assert_int_equal(span_after(whole, 2).size, 3);
    assert_int_equal(span_after(whole, 5).size, 0);
    assert_null(span_after(whole, 6).data);
}

static void equality_and_copies(void **state)
{
    (void)state;
    u8 target[3] = {9, 9, 9};
    assert_true(span_equal(span_of_text("abc"), span_of("abcd", 3)));
    assert_false(span_equal(span_of_text("abc"), span_of_text("abd")));
    assert_false(span_equal(span_of_text("abc"), span_of_text("ab")));
    assert_true(span_equal(span_of(NULL, 0), span_of("x", 0)));
    assert_true(span_copy(span_of_text("ab"), target, sizeof(target)));
    assert_int_equal(target[2], 9);
    assert_false(span_copy(span_of_text("abcd"), target, sizeof(target)));
    assert_int_equal(target[0], 'a');
}

static void zero_is_seen_at_every_place(void **state)
{
    (void)state;
    u8 bytes[100] = {0};
    for (size_t size = 0; size <= sizeof(bytes); size += 1) {
        assert_true(span_is_zero(span_of(bytes, size)));
    }
    for (size_t index = 0; index < sizeof(bytes); index += 1) {
        bytes[index] = 0x80;
        assert_false(span_is_zero(span_of(bytes, sizeof(bytes))));
        assert_true(span_is_zero(span_of(bytes, index)));
        bytes[index] = 0;
    }
}

static void numbers_read_back(void **state)
{
    (void)state;
    u8 bytes[16] = {0};
    for (size_t at = 0; at <= 8; at += 1) {
        bytes_put_u64(bytes + at, 0x8877665544332211ULL);
        assert_int_equal(bytes[at], 0x11);
        assert_int_equal(bytes[at + 7], 0x88);
        assert_true(bytes_u64(bytes + at) == 0x8877665544332211ULL);
        assert_int_equal(bytes_u32(bytes + at), 0x44332211U);
        assert_int_equal(bytes_u16(bytes + at), 0x2211);
        bytes_put_u32(bytes + at, 0xdeadbeefU);
        assert_int_equal(bytes_u32(bytes + at), 0xdeadbeefU);
        bytes_put_u16(bytes + at, 0xcafe);
        assert_int_equal(bytes_u16(bytes + at), 0xcafe);
    }
}

static void lines_are_cut_off_one_by_one(void **state)
{
    (void)state;
    struct span rest = span_of_text("a\n\nbc\nd");
    struct span line;
    assert_true(span_cut_line(&rest, &line));
    assert_true(span_equal(line, span_of_text("a")));
    assert_true(span_cut_line(&rest, &line));
    assert_int_equal(line.size, 0);
    assert_true(span_cut_line(&rest, &line));
    assert_true(span_equal(line, span_of_text("bc")));
    assert_false(span_cut_line(&rest, &line));
    assert_true(span_equal(rest, span_of_text("d")));
    rest = span_of_text("e\n");
    assert_true(span_cut_line(&rest, &line));
    assert_int_equal(rest.size, 0);
    assert_false(span_cut_line(&rest, &line));
    rest = span_of(NULL, 0);
    assert_false(span_cut_line(&rest, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_cut_off_one_by_one),
        cmocka_unit_test(pieces_stay_inside),
        cmocka_unit_test(equality_and_copies),
        cmocka_unit_test(zero_is_seen_at_every_place),
        cmocka_unit_test(numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
