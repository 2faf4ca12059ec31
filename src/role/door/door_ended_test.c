/* Aim: whoever keeps something for a session hears of its end, whatever has ended it, and of no
 * other session's. Method: two sessions of a login, and each act that ends one; more ends than
 * there is room for. The model test has the same beside random acts. */
#include "role/door/door_desk_inner.h"
#include "tests/support/door_scene.h"
#include "tests/support/test.h"

#include <string.h>

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"
#define OTHER    "another row of such words"

static struct door_scene scene;
static struct door_scene_session one, two;
static struct door_scene_ends ends;

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 7);
    (void)door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    one = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    two = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_not_equal(one.handle, two.handle);
    assert_int_equal(one.fresh_until_us, scene.now_us + DOOR_STRONG_US);
    door_scene_ends(&scene, &ends);
    assert_int_equal(ends.count, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

static u32 acts(const struct door_scene_session *session, enum door_ask_kind kind)
{
    door_scene_with(&scene, session);
    u32 code = door_scene_act(&scene, kind);
    door_scene_ends(&scene, &ends);
    return code;
}

static void ended(bool is_one, bool is_two)
{
    assert_int_equal(door_scene_has_ended(&ends, &one), is_one);
    assert_int_equal(door_scene_has_ended(&ends, &two), is_two);
}

static void a_sign_out(void **state)
{
    (void)state;
    assert_int_equal(acts(&one, DOOR_ASK_SIGN_OUT), DOOR_CODE_OK);
    ended(true, false);
    assert_int_equal(acts(&one, DOOR_ASK_SIGN_OUT), DOOR_CODE_NO_SESSION);
    assert_int_equal(ends.count, 0);
}

static void an_end_by_its_handle_and_of_the_others(void **state)
{
    (void)state;
    scene.ask.number = two.handle;
    assert_int_equal(acts(&one, DOOR_ASK_SESSION_END), DOOR_CODE_OK);
    ended(false, true);
    two = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    assert_int_equal(acts(&one, DOOR_ASK_SESSION_END), DOOR_CODE_OK);
    ended(false, true);
}

static void a_session_that_is_over(void **state)
{
    (void)state;
    scene.now_us += DOOR_IDLE_US;
    assert_int_equal(acts(&one, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
    ended(true, false);
}

static void one_that_gives_way(void **state)
{
    (void)state;
    for (u32 i = 2; i < DOOR_SESSIONS_MAX; i += 1) {
        scene.now_us += DOOR_US_S;
        (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    }
    door_scene_ends(&scene, &ends);
    ended(false, false);
    scene.now_us += DOOR_US_S;
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_ends(&scene, &ends);
    assert_true(door_scene_has_ended(&ends, &one));
}

static void a_new_password(void **state)
{
    (void)state;
    door_scene_texts(&scene, ADDRESS, OTHER, "");
    assert_int_equal(acts(&one, DOOR_ASK_PASSWORD), DOOR_CODE_OK);
    ended(true, true);
}

static void the_operators_word(void **state)
{
    (void)state;
    scene.ask.number = one.login;
    assert_int_equal(acts(&one, DOOR_ASK_LOGIN_SESSIONS_END), DOOR_CODE_OK);
    ended(true, true);
}

static void what_ends_nothing(void **state)
{
    (void)state;
    scene.now_us += 2 * DOOR_SEEN_US;
    assert_int_equal(acts(&one, DOOR_ASK_USE), DOOR_CODE_OK);
    assert_int_equal(ends.count, 0);
    scene.ask.number = 0;
    assert_int_equal(acts(&one, DOOR_ASK_LOGIN_SESSIONS_END), DOOR_CODE_OK); /* nobody's */
    assert_int_equal(ends.count, 0);
}

static void more_than_there_is_room_for_are_all(void **state)
{
    struct door_ended told;
    (void)state;
    for (u64 i = 1; i <= DOOR_ENDED_MAX + 1; i += 1) {
        door_ended_note(scene.desk, i, i);
    }
    assert_true(door_desk_ended(scene.desk, &told));
    assert_int_equal(told.login, 0);
    assert_false(door_desk_ended(scene.desk, &told));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sign_out),
        TEST(an_end_by_its_handle_and_of_the_others),
        TEST(a_session_that_is_over),
        TEST(one_that_gives_way),
        TEST(a_new_password),
        TEST(the_operators_word),
        TEST(what_ends_nothing),
        TEST(more_than_there_is_room_for_are_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
