/* Aim: what is written is in its place, and what does not fit changes nothing. Method: each kind by
 * hand, then every room from none to enough. */
#include "wire/frame_writer.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static const u8 whole[] = {22, 0, 0, 0, 0x11, 0x33, 0x22, 0x77, 0x66, 0x55, 0x44,
                           8,  7, 6, 5, 4,    3,    2,    1,    'a',  'b',  'c'};

static void write_all(struct frame_writer *writer)
{
    frame_write_u32(writer, 0);
    frame_write_u8(writer, 0x11);
    frame_write_u16(writer, 0x2233);
    frame_write_u32(writer, 0x44556677);
    frame_write_u64(writer, 0x0102030405060708ULL);
    frame_write_bytes(writer, span_of("abc", 3));
    frame_write_bytes(writer, (struct span){NULL, 0});
    frame_writer_end(writer);
}

static void what_fits_is_in_its_place(void **state)
{
    u8 bytes[sizeof(whole) + 1];
    (void)state;
    for (u32 room = 0; room <= sizeof(whole); room += 1) {
        struct frame_writer writer = {.bytes = bytes, .room = room};
        memset(bytes, 0xee, sizeof(bytes));
        write_all(&writer);
        assert_int_equal(writer.is_full, room < sizeof(whole));
        assert_true(writer.size <= room);
        assert_int_equal(bytes[room], 0xee);
        if (writer.size >= 4) {
            assert_int_equal(bytes[0], writer.size);
            assert_memory_equal(bytes + 4, whole + 4, writer.size - 4);
        }
    }
    assert_memory_equal(bytes, whole, sizeof(whole));
}

static void a_full_one_stays_full(void **state)
{
    u8 bytes[4] = {9, 9, 9, 9};
    struct frame_writer writer = {.bytes = bytes, .room = 3};
    (void)state;
    frame_write_u32(&writer, 1);
    assert_true(writer.is_full);
    frame_write_u8(&writer, 1); /* it would fit */
    frame_writer_end(&writer);
    assert_int_equal(writer.size, 0);
    assert_int_equal(bytes[0], 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_in_its_place),
        cmocka_unit_test(a_full_one_stays_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
