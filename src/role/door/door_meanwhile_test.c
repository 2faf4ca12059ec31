/* Aim: what was proven when a password was brought must still be so when it was hashed: meanwhile a
 * session ends, a password is another, a second factor is put on, a code is used or runs out.
 * Method: asks that wait for their hash, and others in between (tests/support/door_scene.h). */
#include "tests/support/door_scene.h"

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"
#define OTHER    "another row of such words"

static struct door_scene scene;

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

/* scene.ask waits for its hash. */
static void begin(u32 kind)
{
    static struct door_answer answer;
    bool is_out = true;
    struct door_ask ask = scene.ask;
    ask.kind = (u16)kind;
    ask.id = 1000;
    scene_must(door_desk_ask(scene.desk, &ask, 5, scene.now_us, &answer, &is_out));
    assert_false(is_out);
    memset(&scene.ask, 0, sizeof(scene.ask));
    door_scene_network(&scene, 1);
    scene.ask.language = DOOR_LANGUAGE_ENGLISH;
}

/* The next one that waits is hashed: the code of its answer. */
static u32 finish(void)
{
    static struct door_answer answer;
    struct door_answer_head head;
    bool is_out = false;
    scene_must(door_desk_turn(scene.desk, scene.now_us, &answer, &is_out));
    assert_true(is_out);
    assert_true(door_answer_read(span_of(answer.bytes, answer.size), &head));
    assert_int_equal(head.id, 1000);
    return head.code;
}

static void begin_with(const struct door_scene_session *session, u32 kind, const char *address,
                       const char *password)
{
    door_scene_with(&scene, session);
    door_scene_texts(&scene, address, password, "");
    begin(kind);
}

static u32 act_with(const struct door_scene_session *session, u32 kind)
{
    door_scene_with(&scene, session);
    return door_scene_act(&scene, kind);
}

static void a_session_that_ended_proves_nothing(void **state)
{
    (void)state;
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    begin_with(&session, DOOR_ASK_AGAIN, "", PASSWORD);
    assert_int_equal(act_with(&session, DOOR_ASK_SIGN_OUT), DOOR_CODE_OK);
    assert_int_equal(finish(), DOOR_CODE_NO_SESSION);
    session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    begin_with(&session, DOOR_ASK_PASSWORD, ADDRESS, OTHER);
    assert_int_equal(act_with(&session, DOOR_ASK_SIGN_OUT), DOOR_CODE_OK);
    assert_int_equal(finish(), DOOR_CODE_NO_SESSION);
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD); /* still that one */
}

static void a_password_of_before_signs_nobody_in(void **state)
{
    (void)state;
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    begin_with(&session, DOOR_ASK_PASSWORD, ADDRESS, OTHER);
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    begin(DOOR_ASK_SIGN_IN);
    assert_int_equal(finish(), DOOR_CODE_OK);
    assert_int_equal(finish(), DOOR_CODE_WRONG);
    (void)door_scene_sign_in(&scene, ADDRESS, OTHER);
}

static void a_second_factor_put_on_meanwhile_is_wanted(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    struct door_scene_session one = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    struct door_scene_session other = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    begin_with(&other, DOOR_ASK_AGAIN, "", PASSWORD);
    door_scene_enrol(&scene, &one, secret, recovery);
    assert_int_equal(finish(), DOOR_CODE_WRONG);
}

static void reset_begin(u8 ticket_out[DOOR_TICKET_BYTES], char code_out[16])
{
    door_scene_texts(&scene, ADDRESS, "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    memcpy(ticket_out, scene.head.contents.data, DOOR_TICKET_BYTES);
    assert_true(door_scene_mail(&scene));
    memcpy(code_out, door_scene_code(&scene), 10);
}

static void reset_with(const u8 ticket[DOOR_TICKET_BYTES], const char *code)
{
    memcpy(scene.ask.ticket, ticket, DOOR_TICKET_BYTES);
    door_scene_texts(&scene, ADDRESS, OTHER, code);
    begin(DOOR_ASK_RESET_SET);
}

static void a_code_that_was_used_or_ran_out_resets_nothing(void **state)
{
    u8 ticket[DOOR_TICKET_BYTES];
    char code[16];
    (void)state;
    reset_begin(ticket, code);
    reset_with(ticket, code);
    reset_with(ticket, code);
    assert_int_equal(finish(), DOOR_CODE_OK);
    assert_int_equal(finish(), DOOR_CODE_WRONG);
    reset_begin(ticket, code);
    reset_with(ticket, code);
    scene.now_us += 31 * DOOR_SCENE_MINUTE_US;
    assert_int_equal(finish(), DOOR_CODE_WRONG);
}

static void a_reset_meets_the_second_factor_that_was_put_on(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u8 ticket[DOOR_TICKET_BYTES];
    char recovery[20];
    char code[16];
    (void)state;
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    reset_begin(ticket, code);
    reset_with(ticket, code);
    door_scene_enrol(&scene, &session, secret, recovery);
    assert_int_equal(finish(), DOOR_CODE_WRONG);
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD); /* still that one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_that_ended_proves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_of_before_signs_nobody_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_factor_put_on_meanwhile_is_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_code_that_was_used_or_ran_out_resets_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_reset_meets_the_second_factor_that_was_put_on, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
