/* Aim: an act is done whole or not at all, whenever the process is killed; nothing that could be
 * read or replayed lies in the files. Method: children that kill themselves at each change in turn
 * while they do an act; a search through all bytes of all files. */
#include "role/door/door_store.h"

#include "tests/support/door_scene.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ADDRESS  "ada.invented@example.org"
#define PASSWORD "a row of invented words"
#define OTHER    "another row of such words"

enum { STEPS_MAX = 64 };

static struct door_scene scene;

static int setup(void **state)
{
    (void)state;
    door_scene_open(&scene, 1);
    door_scene_network(&scene, 1);
    scene.ask.language = DOOR_LANGUAGE_ENGLISH;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_scene_close(&scene);
    return 0;
}

/* ---- killed ---- */

static u32 steps_left;

static void die_at_step(void *argument)
{
    (void)argument;
    if (steps_left == 0) {
        (void)raise(SIGKILL);
    }
    steps_left -= 1;
}

/* Does scene.ask in a child that dies at this change; true: it came to its end. */
static bool do_and_die(u32 kind, u32 at_step)
{
    door_desk_close(scene.desk);
    scene.desk = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        door_scene_reopen(&scene);
        door_desk_store(scene.desk)->step = die_at_step;
        steps_left = at_step;
        _exit(door_scene_act(&scene, kind) == DOOR_CODE_OK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    door_scene_reopen(&scene);
    if (WIFEXITED(status)) {
        assert_int_equal(WEXITSTATUS(status), 0);
        return true;
    }
    assert_int_equal(WTERMSIG(status), SIGKILL);
    return false;
}

static struct door_effect effects[DOOR_EFFECTS_MAX];

static u32 effects_count(void)
{
    u32 count = 0;
    scene_must(door_store_effects(door_desk_store(scene.desk), 1, effects, &count));
    return count;
}

static struct door_totals totals(void)
{
    struct door_totals totals_out;
    scene_must(door_store_totals(door_desk_store(scene.desk), &totals_out));
    return totals_out;
}

static void a_login_comes_with_its_effect_or_not_at_all(void **state)
{
    bool is_done = false;
    u32 undone = 0;
    u8 ticket[DOOR_TICKET_BYTES];
    (void)state;
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    memcpy(ticket, scene.head.contents.data, sizeof(ticket));
    assert_true(door_scene_mail(&scene));
    for (u32 step = 0; !is_done; step += 1) {
        assert_true(step < STEPS_MAX);
        memcpy(scene.ask.ticket, ticket, sizeof(ticket));
        door_scene_texts(&scene, "", "", door_scene_code(&scene));
        is_done = do_and_die(DOOR_ASK_SIGN_UP_CONFIRM, step);
        struct door_totals after = totals();
        assert_int_equal(after.logins, effects_count());
        assert_int_equal(after.tickets, 1 - after.logins);
        undone += after.logins == 0 ? 1 : 0;
        if (after.logins == 1) {
            break;
        }
    }
    assert_true(undone >= 3); /* login, effect, ticket: each was the last once */
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD);
}

static void a_reset_is_whole_or_nothing(void **state)
{
    bool is_done = false;
    u8 ticket[DOOR_TICKET_BYTES];
    u32 undone = 0;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_texts(&scene, ADDRESS, "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    memcpy(ticket, scene.head.contents.data, sizeof(ticket));
    assert_true(door_scene_mail(&scene));
    for (u32 step = 0; !is_done; step += 1) {
        assert_true(step < STEPS_MAX);
        memcpy(scene.ask.ticket, ticket, sizeof(ticket));
        door_scene_texts(&scene, ADDRESS, OTHER, door_scene_code(&scene));
        is_done = do_and_die(DOOR_ASK_RESET_SET, step);
        struct door_totals after = totals();
        bool is_set = effects_count() == 2;
        struct door_login login;
        bool found = false;
        scene_must(door_store_login(door_desk_store(scene.desk), 1, &login, &found));
        assert_int_equal(after.sessions, is_set ? 0 : 1);
        assert_int_equal(after.tickets, is_set ? 0 : 1);
        assert_int_equal(login.held_until_us, is_set ? scene.now_us + DOOR_HOLD_US : 0);
        undone += is_set ? 0 : 1;
        if (is_set) {
            break;
        }
    }
    assert_true(undone >= 4);
    (void)door_scene_sign_in(&scene, ADDRESS, OTHER);
}

static void a_second_factor_comes_with_its_recovery_codes(void **state)
{
    bool is_done = false;
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u32 undone = 0;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_with(&scene, &session);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_TOTP_BEGIN), DOOR_CODE_OK);
    door_scene_secret(&scene, secret);
    for (u32 step = 0; !is_done; step += 1) {
        struct door_login login;
        bool found = false;
        u64 codes = 0;
        assert_true(step < STEPS_MAX);
        door_scene_with(&scene, &session);
        door_scene_texts(&scene, "", "", door_scene_totp(&scene, secret, 0));
        is_done = do_and_die(DOOR_ASK_TOTP_CONFIRM, step);
        struct door_store *store = door_desk_store(scene.desk);
        scene_must(door_store_login(store, 1, &login, &found));
        scene_must(door_store_recovery_left(store, 1, &codes));
        assert_int_equal(codes, login.totp.is_there ? DOOR_RECOVERY_CODES : 0);
        assert_true(login.totp.is_there != login.coming.is_there);
        undone += login.totp.is_there ? 0 : 1;
        if (login.totp.is_there) {
            break;
        }
    }
    assert_true(undone >= 13);
}

/* ---- what lies in the files ---- */

static u64 file_count(const char *path, struct span wanted)
{
    u64 count = 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    u8 *bytes = malloc((size_t)size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), (size_t)size);
    (void)fclose(file);
    const u8 *at = bytes;
    while (at != NULL) {
        at = memmem(at, (size_t)(bytes + size - at), wanted.data, wanted.size);
        count += at == NULL ? 0 : 1;
        at = at == NULL ? NULL : at + 1;
    }
    free(bytes);
    return count;
}

static u64 count_of(struct span wanted)
{
    static const char *const names[] = {"door.db", "door.db-wal", "key"};
    u64 count = 0;
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[2 * SCENE_PATH_BYTES];
        struct stat status;
        (void)snprintf(path, sizeof(path), "%s/%s", scene.folder, names[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        count += file_count(path, wanted);
    }
    return count;
}

static void files_hold_nothing_that_could_be_used(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    u8 ticket_code[DOOR_MAIL_CODE_BYTES];
    u8 recovery_code[DOOR_RECOVERY_CODE_BYTES];
    char recovery[20];
    struct door_login login;
    bool found = false;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &session, secret, recovery);
    door_scene_texts(&scene, ADDRESS, "", "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_RESET), DOOR_CODE_OK);
    assert_true(door_scene_mail(&scene));
    assert_true(door_code_read(span_of_text(door_scene_code(&scene)), ticket_code, 5));
    assert_true(door_code_read(span_of_text(recovery), recovery_code, 10));
    assert_int_equal(count_of(span_of_text("ada.invented")), 0);
    assert_int_equal(count_of(span_of_text(PASSWORD)), 0);
    assert_int_equal(count_of(span_of(secret, sizeof(secret))), 0);
    assert_int_equal(count_of(span_of(session.token, sizeof(session.token))), 0);
    assert_int_equal(count_of(span_of(session.csrf, sizeof(session.csrf))), 0);
    assert_int_equal(count_of(span_of(recovery_code, sizeof(recovery_code))), 0);
    assert_int_equal(count_of(span_of(ticket_code, sizeof(ticket_code))), 0);
    /* The search finds what is there. */
    scene_must(door_store_login(door_desk_store(scene.desk), 1, &login, &found));
    assert_true(count_of(span_of(login.address, sizeof(login.address))) > 0);
}

static void another_key_knows_nobody(void **state)
{
    char path[2 * SCENE_PATH_BYTES];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    (void)snprintf(path, sizeof(path), "%s/key", scene.folder);
    FILE *file = fopen(path, "r+b"); /* none at all is refused: door_restored_test */
    assert_non_null(file);
    assert_int_equal(fwrite("another", 1, 7, file), 7);
    assert_int_equal(fclose(file), 0);
    door_scene_reopen(&scene);
    door_scene_texts(&scene, ADDRESS, PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_IN), DOOR_CODE_WRONG);
}

/* ---- what is over ---- */

static void what_is_over_goes_by_itself(void **state)
{
    bool is_out = false;
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    (void)door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_texts(&scene, "bob.invented@example.org", PASSWORD, "");
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_SIGN_UP), DOOR_CODE_OK);
    assert_int_equal(totals().sessions, 1);
    assert_int_equal(totals().tickets, 1);
    scene.now_us += DOOR_TICKET_US + DOOR_SWEEP_US;
    scene_must(door_desk_turn(scene.desk, scene.now_us, &scene.answer, &is_out));
    assert_int_equal(totals().sessions, 0);
    assert_int_equal(totals().tickets, 0);
    assert_int_equal(totals().logins, 1);
}

static void the_operator_ends_sessions_of_a_login(void **state)
{
    (void)state;
    u64 login = door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session session = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    scene.ask.number = login;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_LOGIN_SESSIONS), DOOR_CODE_OK);
    assert_int_equal(bytes_u32(scene.head.contents.data), 1);
    scene.ask.number = login;
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_LOGIN_SESSIONS_END), DOOR_CODE_OK);
    assert_int_equal(bytes_u64(scene.head.contents.data), 1);
    door_scene_with(&scene, &session);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_LOOK), DOOR_CODE_NO_SESSION);
}

/* Whoever knows the password alone signs nobody out. */
static void a_half_session_takes_no_whole_ones_place(void **state)
{
    u8 secret[DOOR_TOTP_SECRET_BYTES];
    char recovery[20];
    (void)state;
    door_scene_sign_up(&scene, ADDRESS, PASSWORD);
    struct door_scene_session own = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
    door_scene_enrol(&scene, &own, secret, recovery);
    struct door_scene_session last = own;
    for (u32 i = 0; i < 2 * DOOR_SESSIONS_MAX; i += 1) {
        scene.now_us += DOOR_US_S;
        last = door_scene_sign_in(&scene, ADDRESS, PASSWORD);
        assert_int_equal(last.level, DOOR_LEVEL_HALF);
    }
    assert_int_equal(totals().sessions, DOOR_SESSIONS_MAX);
    door_scene_with(&scene, &last);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_LOOK), DOOR_CODE_OK);
    door_scene_with(&scene, &own);
    assert_int_equal(door_scene_act(&scene, DOOR_ASK_LOOK), DOOR_CODE_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_login_comes_with_its_effect_or_not_at_all),
        TEST(a_reset_is_whole_or_nothing),
        TEST(a_second_factor_comes_with_its_recovery_codes),
        TEST(files_hold_nothing_that_could_be_used),
        TEST(another_key_knows_nobody),
        TEST(what_is_over_goes_by_itself),
        TEST(the_operator_ends_sessions_of_a_login),
        TEST(a_half_session_takes_no_whole_ones_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
