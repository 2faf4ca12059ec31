/* Aim: a clearance is believed once, and from then on as long as it is about the same two sides,
 * also after the file was closed and opened again. Method: a folder of its own. */
#include "role/screen/screen_cleared.h"

#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <string.h>

static void a_clearance_is_kept(void **state)
{
    static struct screen_cleared cleared;
    u8 first[SHA256_BYTES] = {1};
    u8 other[SHA256_BYTES] = {2};
    u8 key[SCREEN_KEY_BYTES];
    bool holds = false;
    char folder[SCENE_PATH_BYTES];
    (void)state;
    scene_folder_make(folder);
    assert_int_equal(screen_cleared_open(&cleared, disk_real(), folder), FAULT_NONE);
    memcpy(key, cleared.key, sizeof(key));
    assert_int_equal(screen_cleared_holds(&cleared, 17, first, &holds), FAULT_NONE);
    assert_true(holds);
    assert_int_equal(screen_cleared_holds(&cleared, 17, first, &holds), FAULT_NONE);
    assert_true(holds);
    assert_int_equal(screen_cleared_holds(&cleared, 17, other, &holds), FAULT_NONE);
    assert_false(holds);
    screen_cleared_close(&cleared);

    assert_int_equal(screen_cleared_open(&cleared, disk_real(), folder), FAULT_NONE);
    assert_memory_equal(key, cleared.key, sizeof(key));
    assert_int_equal(screen_cleared_holds(&cleared, 17, other, &holds), FAULT_NONE);
    assert_false(holds);
    assert_int_equal(screen_cleared_holds(&cleared, 18, other, &holds), FAULT_NONE);
    assert_true(holds);
    screen_cleared_close(&cleared);
    scene_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clearance_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
