/* Aim: each effect of the door becomes what it says, once, whoever is killed on the way; a refusal
 * is told, holds nobody else up and is tried again. Method: tests/support/login_scene.h, by hand
 * and with random kills of agent, door and engine between any two of their steps. */
#include "role/logins/login_agent.h"

#include "base/random.h"
#include "tests/support/login_scene.h"

#include <inttypes.h>

#define SHUT    ((u64)RESTRICTION_REFUSE << (2 * OPERATION_TRADE))
#define HOUR_US 3600000000ULL

enum { ROUNDS = 12, SEEDS = 12, STEPS = 4000, SETTLE = 600 };

static struct login_scene scene;

static int setup(void **state)
{
    (void)state;
    login_scene_open(&scene, 7, SHUT);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    login_scene_close(&scene);
    return 0;
}

static u64 door_time(u64 venue_us)
{
    return venue_us + LOGIN_SCENE_BEHIND_US;
}

static u64 venue_now(void)
{
    return clock_wall_us(&scene.clock.clock);
}

static void a_login_gets_its_account(void **state)
{
    (void)state;
    assert_false(login_agent_is_ready(scene.agent));
    u64 login = door_scene_sign_up(&scene.door, "ada.invented@example.org", "a row of words");
    login_scene_runs(&scene, 10 * ROUNDS);
    assert_true(login_agent_is_ready(scene.agent));
    u32 account = login_scene_account(&scene, login);
    assert_int_not_equal(account, LOGIN_ACCOUNT_NONE);
    assert_int_equal(login_scene_vector(&scene, account), SHUT);
    assert_int_equal(login_scene_effects(&scene), 0);
    assert_int_equal(login_agent_counts(scene.agent).opened, 1);
    assert_int_equal(scene.taken, 1);
    assert_int_equal(core_source_index(scene.core, LINK_SOURCE_LOGINS), 1);
}

/* The door's times are the machine's; the venue's clock is behind. */
static void a_reset_holds_what_leaves(void **state)
{
    (void)state;
    u64 until_us = venue_now() + 48 * HOUR_US;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 1, 0);
    login_scene_effect(&scene, DOOR_EFFECT_HOLD, 1, door_time(until_us));
    login_scene_effect(&scene, DOOR_EFFECT_RECOVERY, 1, 0);
    login_scene_effect(&scene, DOOR_EFFECT_TOTP_OFF, 1, 0);
    login_scene_runs(&scene, 10 * ROUNDS);
    u32 account = login_scene_account(&scene, 1);
    assert_int_equal(login_scene_pause(&scene, account), until_us);
    assert_int_equal(login_scene_vector(&scene, account), SHUT | LOGIN_PAUSE_VECTOR);
    assert_int_equal(scene.taken, 4);
    assert_int_equal(login_scene_effects(&scene), 0);
    struct login_agent_counts counts = login_agent_counts(scene.agent);
    assert_int_equal(counts.opened + counts.paused, 2);
    assert_int_equal(counts.told, 2);
    assert_int_equal(counts.refused, 0);
    /* It ends by itself. */
    login_scene_later(&scene, 48 * HOUR_US);
    struct command_continue go_on = {.head = {.kind = 0}};
    login_scene_admin(&scene, &go_on, COMMAND_CONTINUE, 0);
    assert_int_equal(login_scene_vector(&scene, account), SHUT);
}

static void full_is_an_alarm_and_no_loss(void **state)
{
    (void)state;
    scene.is_full = true;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 1, 0);
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 2, 0);
    login_scene_runs(&scene, 10 * ROUNDS);
    struct login_agent_counts counts = login_agent_counts(scene.agent);
    assert_int_equal(counts.full, 1);
    assert_int_equal(counts.waiting, 2);
    assert_int_equal(counts.refused, 1); /* the second is not even tried */
    assert_int_equal(login_scene_effects(&scene), 2);
    /* A pause of an account that is there goes by. */
    struct command_account_add add = {.trade_group = UINT32_MAX};
    login_scene_admin(&scene, &add, COMMAND_ACCOUNT_ADD, 0);
    scene.is_full = false;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 3, 0);
    login_scene_runs(&scene, 10 * ROUNDS);
    assert_int_equal(login_scene_account(&scene, 3), LOGIN_ACCOUNT_NONE); /* until the next try */
    login_scene_later(&scene, LOGIN_LATER_US);
    login_scene_runs(&scene, 20 * ROUNDS);
    for (u64 login = 1; login <= 3; login += 1) {
        assert_int_not_equal(login_scene_account(&scene, login), LOGIN_ACCOUNT_NONE);
    }
    counts = login_agent_counts(scene.agent);
    assert_int_equal(counts.full + counts.waiting, 0);
    assert_int_equal(counts.opened, 3);
    assert_int_equal(login_scene_effects(&scene), 0);
}

static void while_it_is_full_pauses_go_by(void **state)
{
    (void)state;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 1, 0);
    login_scene_runs(&scene, 10 * ROUNDS);
    scene.is_full = true;
    u64 until_us = venue_now() + HOUR_US;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 2, 0);
    login_scene_effect(&scene, DOOR_EFFECT_HOLD, 1, door_time(until_us));
    login_scene_effect(&scene, DOOR_EFFECT_HOLD, 2, door_time(until_us)); /* no account yet */
    login_scene_runs(&scene, 10 * ROUNDS);
    assert_int_equal(login_scene_pause(&scene, login_scene_account(&scene, 1)), until_us);
    assert_int_equal(login_agent_counts(scene.agent).waiting, 2);
    scene.is_full = false;
    login_scene_later(&scene, LOGIN_LATER_US);
    login_scene_runs(&scene, 20 * ROUNDS);
    assert_int_equal(login_scene_pause(&scene, login_scene_account(&scene, 2)), until_us);
    assert_int_equal(login_scene_effects(&scene), 0);
}

static void an_answer_that_is_lost_is_asked_for_again(void **state)
{
    (void)state;
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 1, 0);
    for (u32 i = 0; i < 3; i += 1) {
        for (u32 round = 0; round < ROUNDS; round += 1) {
            login_scene_works(&scene);
            login_scene_engine(&scene, UINT32_MAX);
            login_scene_door(&scene, i == 0 ? LOGIN_SCENE_LOSES : LOGIN_SCENE_DOES);
        }
        login_scene_later(&scene, LOGIN_PATIENCE_US);
    }
    login_scene_runs(&scene, 10 * ROUNDS);
    assert_int_not_equal(login_scene_account(&scene, 1), LOGIN_ACCOUNT_NONE);
    assert_int_equal(login_scene_accounts(&scene), 1);
    assert_int_equal(login_scene_effects(&scene), 0);
}

static void what_is_no_answer_does_no_harm(void **state)
{
    (void)state;
    static const u8 wrong[] = {1, 2, 3};
    for (u32 i = 0; i < 4 * ROUNDS; i += 1) {
        login_scene_works(&scene);
        login_scene_engine(&scene, UINT32_MAX);
        (void)!send(scene.line[1], wrong, i % sizeof(wrong), MSG_DONTWAIT);
        login_scene_later(&scene, LOGIN_REST_US);
    }
    login_scene_effect(&scene, DOOR_EFFECT_OPEN, 1, 0);
    login_scene_later(&scene, LOGIN_PATIENCE_US);
    login_scene_runs(&scene, 20 * ROUNDS);
    assert_int_not_equal(login_scene_account(&scene, 1), LOGIN_ACCOUNT_NONE);
}

/* ---- kills ---- */

struct plan {
    u64 logins;
    u64 until_us[LOGIN_SCENE_ACCOUNTS + 1]; /* the latest pause of each; the venue's time */
};

static void something_happens(struct plan *plan, struct random *random)
{
    if (plan->logins < LOGIN_SCENE_ACCOUNTS && random_chance(random, 1, 2)) {
        plan->logins += 1;
        login_scene_effect(&scene, DOOR_EFFECT_OPEN, plan->logins, 0);
    } else if (plan->logins > 0) {
        u64 login = random_between(random, 1, plan->logins);
        u64 until_us = venue_now() + random_between(random, 400, 700) * HOUR_US;
        plan->until_us[login] = u64_max(plan->until_us[login], until_us);
        login_scene_effect(&scene, DOOR_EFFECT_HOLD, login, door_time(until_us));
    }
}

static void some_step(struct plan *plan, struct random *random)
{
    switch (random_between(random, 0, 59)) { /* not an enum: a number that was drawn */
    case 0:
        login_scene_agent_end(&scene);
        login_scene_agent_begin(&scene);
        break;
    case 1:
        login_scene_engine_dies(&scene);
        break;
    case 2:
        login_scene_door(&scene,
                         random_chance(random, 1, 2) ? LOGIN_SCENE_LOSES : LOGIN_SCENE_DOES);
        door_scene_reopen(&scene.door);
        break;
    case 3:
        something_happens(plan, random);
        break;
    case 4:
        login_scene_later(&scene, LOGIN_LATER_US / 4);
        break;
    default: /* not an enum: the rest */
        if (random_chance(random, 1, 2)) {
            login_scene_works(&scene);
        } else if (random_chance(random, 1, 3)) {
            login_scene_engine(&scene, 1);
        } else if (random_chance(random, 1, 2)) {
            login_scene_door(&scene, LOGIN_SCENE_ANSWERS);
        } else {
            login_scene_later(&scene, LOGIN_REST_US);
        }
        break;
    }
    scene.is_full = random_chance(random, 1, 100) ? !scene.is_full : scene.is_full;
}

static void settle(void)
{
    scene.is_full = false;
    for (u32 i = 0; i < 4 && login_scene_effects(&scene) > 0; i += 1) {
        login_scene_later(&scene, LOGIN_LATER_US);
        login_scene_runs(&scene, SETTLE);
    }
    assert_int_equal(login_scene_effects(&scene), 0);
}

static void run(u64 seed)
{
    struct plan plan = {.logins = 0};
    struct random random;
    random_init(&random, seed);
    login_scene_open(&scene, seed, SHUT);
    for (u32 i = 0; i < STEPS; i += 1) {
        some_step(&plan, &random);
    }
    settle();
    assert_int_equal(login_scene_accounts(&scene), plan.logins);
    for (u64 login = 1; login <= plan.logins; login += 1) {
        u32 account = login_scene_account(&scene, login);
        assert_true(account < plan.logins);
        assert_int_equal(login_scene_pause(&scene, account), plan.until_us[login]);
    }
    login_scene_close(&scene);
}

static void who_is_killed_loses_and_doubles_nothing(void **state)
{
    (void)state;
    u64 count = test_rounds(SEEDS);
    for (u64 i = 0; i < count; i += 1) {
        print_message("seed %" PRIu64 "\n", test_seed() + i);
        run(test_seed() + i);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_login_gets_its_account),
        TEST(a_reset_holds_what_leaves),
        TEST(full_is_an_alarm_and_no_loss),
        TEST(while_it_is_full_pauses_go_by),
        TEST(an_answer_that_is_lost_is_asked_for_again),
        TEST(what_is_no_answer_does_no_harm),
        cmocka_unit_test(who_is_killed_loses_and_doubles_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
