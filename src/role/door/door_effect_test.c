/* Aim: who makes commands of effects takes them off one by one, or has one come again later.
 * Method: the desk without sockets (tests/support/door_scene.h). */
#include "tests/support/door_scene.h"

#define PASSWORD "a row of invented words"

static struct door_scene scene;

static u64 effect_act(u32 kind, u64 number)
{
    scene.ask.number = number;
    assert_int_equal(door_scene_act(&scene, kind), DOOR_CODE_OK);
    return bytes_u64(scene.head.contents.data);
}

/* One is done, and one is put behind the others under a new number, as it was. */
static void effects_are_done_and_numbered_again_one_by_one(void **state)
{
    (void)state;
    static struct door_effect before[DOOR_EFFECTS_MAX];
    static struct door_effect effects[DOOR_EFFECTS_MAX];
    u32 count = 0;
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    door_scene_sign_up(&scene, "ada.invented@example.org", PASSWORD);
    door_scene_sign_up(&scene, "bob.invented@example.org", PASSWORD);
    door_scene_sign_up(&scene, "eve.invented@example.org", PASSWORD);
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, before, &count));
    assert_int_equal(count, 3);
    assert_int_equal(effect_act(DOOR_ASK_EFFECT_DONE, 2), 1);
    assert_int_equal(effect_act(DOOR_ASK_EFFECT_DONE, 2), 0);
    assert_int_equal(effect_act(DOOR_ASK_EFFECT_AGAIN, 2), 0);
    scene.now_us += DOOR_SCENE_MINUTE_US;
    assert_int_equal(effect_act(DOOR_ASK_EFFECT_AGAIN, 1), 1);
    assert_int_equal(effect_act(DOOR_ASK_EFFECT_AGAIN, 1), 0);
    door_scene_reopen(&scene);
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &count));
    assert_int_equal(count, 2);
    assert_int_equal(effects[0].number, 3);
    assert_int_equal(effects[1].number, 4);
    assert_int_equal(effects[1].login, before[0].login);
    assert_int_equal(effects[1].time_us, before[0].time_us);
    assert_int_equal(effects[1].kind, before[0].kind);
    door_scene_close(&scene);
}

/* A copy of the rows from before is put back, or none: nobody gets the number, and with it the
 * account, of somebody else. */
static void no_login_has_a_number_twice(void **state)
{
    (void)state;
    u32 count = 0;
    static struct door_effect effects[DOOR_EFFECTS_MAX];
    static const u64 above[] = {0, 1000, 1000, 50};
    static const u64 wanted[] = {1, 1001, 1002, 1003};
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    for (u32 i = 0; i < ARRAY_COUNT(above); i += 1) {
        char address[64];
        (void)snprintf(address, sizeof(address), "p%u.invented@example.org", i);
        scene_must(door_store_logins_above(door_desk_store(scene.desk), above[i]));
        door_scene_sign_up(&scene, address, PASSWORD);
        scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &count));
        assert_int_equal(count, i + 1);
        assert_int_equal(effects[i].login, wanted[i]);
    }
    door_scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_done_and_numbered_again_one_by_one),
        cmocka_unit_test(no_login_has_a_number_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
