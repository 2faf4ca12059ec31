/* Aim: a room gives pieces in turn, wipes them when they come back, and never more than it has.
 * Method: pieces filled with a pattern; the whole memory is looked at afterwards. */
#include "role/vault/seal_room.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static void wipes_what_comes_back(void **state)
{
    (void)state;
    struct seal_room *room;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    u8 *kept = seal_room_take(room, 3);
    memset(kept, 0xa5, 3);
    size_t mark = seal_room_mark(room);
    u8 *gone = seal_room_take(room, 100);
    assert_true(gone == kept + 8);
    memset(gone, 0x5a, 100);
    seal_room_leave(room, mark);
    assert_int_equal(kept[2], 0xa5);
    assert_true(span_is_zero(span_piece(seal_room_bytes(room), 3, SEAL_ROOM_BYTES - 3)));
    seal_room_leave(room, 0);
    assert_true(span_is_zero(seal_room_bytes(room)));
    seal_room_close(room);
    seal_room_close(NULL);
}

static void never_gives_more_than_it_has(void **state)
{
    (void)state;
    struct seal_room *room;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    (void)seal_room_take(room, SEAL_ROOM_BYTES - 8);
    expect_assert_failure(seal_room_take(room, 9));
    (void)seal_room_take(room, 8);
    expect_assert_failure(seal_room_take(room, 1));
    expect_assert_failure(seal_room_leave(room, SEAL_ROOM_BYTES + 8));
    seal_room_close(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wipes_what_comes_back),
        cmocka_unit_test(never_gives_more_than_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
