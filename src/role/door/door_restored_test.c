/* Aim: logins that were put back without their key are not opened beside a new one. Method: the key
 * is moved away and put back, with a login there and with none. */
#include "tests/support/door_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct door_scene scene;
static char key[128];
static char away[128];

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 11);
    (void)snprintf(key, sizeof(key), "%.100s/key", scene.folder);
    (void)snprintf(away, sizeof(away), "%.100s/key.away", scene.folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

static enum fault open_again(void)
{
    struct door_desk_options options = door_scene_options(&scene);
    door_desk_close(scene.desk);
    return door_desk_open(&scene.desk, &options);
}

static void logins_without_their_key(void **state)
{
    (void)state;
    (void)door_scene_sign_up(&scene, "ada.invented@example.org", "a row of invented words");
    assert_int_equal(rename(key, away), 0);
    assert_int_equal(open_again(), FAULT_MISSING);
    assert_non_null(strstr(fault_text(), "put it back"));
    fault_forget();
    assert_int_equal(rename(away, key), 0);
    door_scene_reopen(&scene);
    (void)door_scene_sign_in(&scene, "ada.invented@example.org", "a row of invented words");
}

static void nobody_misses_a_key_of_no_logins(void **state)
{
    (void)state;
    assert_int_equal(rename(key, away), 0);
    door_scene_reopen(&scene);
    (void)door_scene_sign_up(&scene, "ada.invented@example.org", "a row of invented words");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logins_without_their_key, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_misses_a_key_of_no_logins, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
