/* Aim: what closes a second factor, and what does not: wrong codes are counted together for a
 * quarter of an hour, a right one forgets them, and a clock that goes back closes nothing for
 * longer; while it is closed nothing is used up. Method: the desk without sockets, a clock that is
 * moved (tests/support/door_scene.h). */
#include "tests/support/door_scene.h"

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"

static struct door_scene scene;
static u8 secret[DOOR_TOTP_SECRET_BYTES];
static char recovery[20];

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    scene.now_us += 60 * DOOR_SCENE_MINUTE_US;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

static u32 second(const char *code)
{
    struct door_scene_session half = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_with(&scene, &half);
    door_scene_texts(&scene, "", "", code);
    return door_scene_act(&scene, DOOR_ASK_SECOND);
}

static void wrong_ones(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        assert_int_equal(second("no code"), DOOR_CODE_WRONG);
        scene.now_us += DOOR_US_S;
    }
}

static void wrong_ones_are_counted_for_a_quarter_of_an_hour(void **state)
{
    (void)state;
    for (u32 i = 0; i < 4; i += 1) {
        wrong_ones(DOOR_WRONG_MAX - 1);
        scene.now_us += DOOR_WRONG_US;
    }
    assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_OK);
    /* They leave one by one: two of the first are still counted, with three more they are five. */
    wrong_ones(2);
    scene.now_us += DOOR_WRONG_US / 3 * 2;
    wrong_ones(2);
    scene.now_us += DOOR_WRONG_US / 3 * 2;
    wrong_ones(2);
    assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_OK);
    wrong_ones(2);
    scene.now_us += DOOR_WRONG_US / 2;
    wrong_ones(3);
    assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_WRONG);
}

static void a_right_one_forgets_the_wrong_ones(void **state)
{
    (void)state;
    for (u32 i = 0; i < DOOR_WRONG_MAX; i += 1) {
        wrong_ones(DOOR_WRONG_MAX - 1);
        assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_OK);
        scene.now_us += DOOR_SCENE_MINUTE_US; /* the next code */
    }
    for (u32 i = 0; i <= DOOR_WRONG_MAX; i += 1) {
        assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_OK);
        scene.now_us += DOOR_SCENE_MINUTE_US;
    }
}

/* Whoever guesses while it is closed takes nothing from the customer. */
static void a_recovery_code_is_not_used_up_while_it_is_closed(void **state)
{
    static struct door_effect effects[DOOR_EFFECTS_MAX];
    u32 before = 0;
    u32 count = 0;
    (void)state;
    wrong_ones(DOOR_WRONG_MAX);
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &before));
    assert_int_equal(second(recovery), DOOR_CODE_WRONG);
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &count));
    assert_int_equal(count, before);
    scene.now_us += DOOR_CLOSED_US;
    assert_int_equal(second(recovery), DOOR_CODE_OK);
}

static void a_clock_that_goes_back_closes_no_longer(void **state)
{
    (void)state;
    wrong_ones(DOOR_WRONG_MAX);
    assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_WRONG);
    scene.now_us -= 20 * DOOR_SCENE_MINUTE_US;
    assert_int_equal(second(door_scene_totp(&scene, secret, 0)), DOOR_CODE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wrong_ones_are_counted_for_a_quarter_of_an_hour, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_right_one_forgets_the_wrong_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(a_recovery_code_is_not_used_up_while_it_is_closed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_clock_that_goes_back_closes_no_longer, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
