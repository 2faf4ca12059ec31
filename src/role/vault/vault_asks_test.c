/* Aim: a drill may be answered for 14 days; a share counts from the moment it was asked for, once
 * for each drill and never backwards; its row and its event come together, whenever the process is
 * killed; a clock that was wrong stands in nobody's way. Method: the store alone, with moments that
 * the test chooses; children that are killed at every step. */
#include "role/vault/vault_store.h"
#include "tests/support/vault_scene.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const u8 nonce[VAULT_NONCE_BYTES] = {1};
static const u8 point[VAULT_POINT_BYTES] = {2};

static struct vault_event event_at(u64 time_us)
{
    struct vault_event event = {
        .time_us = time_us, .kind = VAULT_EVENT_DRILL, .field = 0x0103, .count = 3};
    memcpy(event.matter, nonce, sizeof(event.matter));
    return event;
}

static u64 shown(struct vault_store *store)
{
    u64 asked_us = 0;
    scene_must(vault_store_shown(store, point, &asked_us));
    return asked_us;
}

static enum fault show(struct vault_store *store, u64 asked_us, u64 now_us)
{
    const struct vault_event event = event_at(now_us);
    enum fault fault = vault_store_show(store, point, asked_us, &event);
    fault_forget();
    return fault;
}

static enum fault asked(struct vault_store *store, const u8 *bytes, u64 now_us, u64 *asked_us_out)
{
    enum fault fault = vault_store_ask_find(store, bytes, now_us, asked_us_out);
    fault_forget();
    return fault;
}

static void a_drill_may_be_answered_for_14_days(void **state)
{
    static const u8 other[VAULT_NONCE_BYTES] = {9};
    struct vault_store store;
    u64 asked_us = 0;
    (void)state;
    open_fast(&store);
    scene_must(vault_store_asks_add(&store, nonce, NOW_US));
    assert_int_equal(asked(&store, other, NOW_US, &asked_us), FAULT_MISSING);
    reopen(&store);
    scene_must(asked(&store, nonce, NOW_US + 14 * DAY_US, &asked_us));
    assert_int_equal(asked_us, NOW_US);
    assert_int_equal(asked(&store, nonce, NOW_US + 14 * DAY_US + 1, &asked_us), FAULT_MISSING);
    scene_must(asked(&store, nonce, NOW_US - DAY_US, &asked_us)); /* the clock went back */
    assert_int_equal(asked(&store, nonce, NOW_US - DAY_US - 1, &asked_us), FAULT_MISSING);
    scene_must(vault_store_asks_over(&store, NOW_US + 14 * DAY_US));
    scene_must(asked(&store, nonce, NOW_US, &asked_us));
    scene_must(vault_store_asks_over(&store, NOW_US + 14 * DAY_US + 1));
    assert_int_equal(asked(&store, nonce, NOW_US, &asked_us), FAULT_MISSING);
    vault_store_close(&store);
}

static void so_many_drills_are_open_at_once(void **state)
{
    struct vault_store store;
    u8 bytes[VAULT_NONCE_BYTES] = {0};
    (void)state;
    open_fast(&store);
    for (u32 i = 0; i < VAULT_ASKS_MAX; i += 1) {
        bytes[0] = (u8)i;
        scene_must(vault_store_asks_add(&store, bytes, NOW_US + i));
    }
    bytes[1] = 1;
    assert_int_equal(vault_store_asks_add(&store, bytes, NOW_US + DAY_US), FAULT_LIMIT);
    assert_string_equal(fault_text(), "64 drills are open already");
    fault_forget();
    scene_must(vault_store_asks_add(&store, bytes, NOW_US + 14 * DAY_US + 1)); /* one is over */
    vault_store_close(&store);
}

static void a_share_counts_once_for_a_drill_and_never_backwards(void **state)
{
    struct vault_store store;
    struct vault_event events[4];
    u32 count = 0;
    (void)state;
    open_fast(&store);
    assert_int_equal(shown(&store), 0);
    scene_must(show(&store, NOW_US, NOW_US + 5));
    assert_int_equal(shown(&store), NOW_US);
    assert_int_equal(show(&store, NOW_US, NOW_US + 6), FAULT_EXISTS);
    assert_int_equal(show(&store, NOW_US - 1, NOW_US + 6), FAULT_EXISTS);
    scene_must(show(&store, NOW_US + 1, NOW_US + 6));
    reopen(&store);
    assert_int_equal(shown(&store), NOW_US + 1);
    scene_must(vault_store_events(&store, 1, events, 4, &count));
    assert_int_equal(count, 2);
    assert_int_equal(events[0].kind, VAULT_EVENT_DRILL);
    assert_int_equal(events[0].field, 0x0103);
    assert_int_equal(events[0].count, 3);
    assert_int_equal(events[1].time_us, NOW_US + 6);
    assert_memory_equal(events[1].matter, nonce, sizeof(nonce));
    vault_store_close(&store);
}

static void what_a_wrong_clock_has_left_is_replaced(void **state)
{
    struct vault_store store;
    (void)state;
    open_fast(&store);
    scene_must(show(&store, NOW_US + 900 * DAY_US, NOW_US + 900 * DAY_US));
    scene_must(vault_store_asks_add(&store, nonce, NOW_US + 900 * DAY_US));
    scene_must(show(&store, NOW_US, NOW_US));
    assert_int_equal(shown(&store), NOW_US);
    assert_int_equal(show(&store, NOW_US, NOW_US), FAULT_EXISTS);
    scene_must(vault_store_asks_over(&store, NOW_US));
    u64 asked_us = 0;
    assert_int_equal(asked(&store, nonce, NOW_US + 900 * DAY_US, &asked_us), FAULT_MISSING);
    vault_store_close(&store);
}

static void moments_are_near_or_not(void **state)
{
    (void)state;
    assert_true(vault_time_within(NOW_US - 100 * DAY_US, NOW_US, 100));
    assert_false(vault_time_within(NOW_US - 100 * DAY_US - 1, NOW_US, 100));
    assert_true(vault_time_within(NOW_US + DAY_US, NOW_US, 100));
    assert_false(vault_time_within(NOW_US + DAY_US + 1, NOW_US, 100));
    assert_false(vault_time_within(UINT64_MAX, NOW_US, 100));
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

/* True: the child came to its end. */
static bool show_and_die(u32 at_step)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct vault_store store;
        const struct vault_event event = event_at(NOW_US);
        enum fault fault = vault_store_open(&store, disk_real(), folder, mark_key);
        store.step = die_at_step;
        steps_left = at_step;
        fault = fault == FAULT_NONE ? vault_store_show(&store, point, NOW_US, &event) : fault;
        _exit(fault == FAULT_NONE ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

static void killed_at_any_step_row_and_event_come_together(void **state)
{
    (void)state;
    bool is_done = false;
    u32 step = 0;
    u32 with = 0;
    for (; !is_done; step += 1) {
        struct vault_store store;
        struct vault_event events[4];
        u32 count = 0;
        assert_int_equal(setup(state), 0);
        is_done = show_and_die(step);
        scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
        scene_must(vault_store_events(&store, 1, events, 4, &count));
        assert_int_equal(count, shown(&store) == NOW_US ? 1 : 0);
        with += count;
        vault_store_close(&store);
        assert_int_equal(teardown(state), 0);
    }
    assert_int_equal(step, 5); /* before, behind the row, behind the event, behind both, not */
    assert_int_equal(with, 2);
}

/* A file of the version before, which knew members by their number. */
static void a_file_of_before_is_made_anew(void **state)
{
    struct vault_store store;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    scene_must(vault_store_asks_add(&store, nonce, NOW_US));
    scene_must(sql_run(
        &store.keys,
        "DROP TABLE people; DROP TABLE gone; DROP TABLE drills;"
        " CREATE TABLE drills (side INTEGER NOT NULL, epoch INTEGER NOT NULL, generation INTEGER NOT NULL, member INTEGER NOT NULL,"
        " time INTEGER NOT NULL, PRIMARY KEY (side, epoch, generation, member))"
        " STRICT, WITHOUT ROWID; PRAGMA user_version=4"));
    reopen(&store);
    u64 asked_us = 0;
    scene_must(asked(&store, nonce, NOW_US, &asked_us));
    scene_must(show(&store, asked_us, NOW_US));
    assert_int_equal(shown(&store), NOW_US);
    vault_store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_drill_may_be_answered_for_14_days, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_drills_are_open_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_share_counts_once_for_a_drill_and_never_backwards, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_a_wrong_clock_has_left_is_replaced, setup, teardown),
        cmocka_unit_test(moments_are_near_or_not),
        cmocka_unit_test(killed_at_any_step_row_and_event_come_together),
        cmocka_unit_test_setup_teardown(a_file_of_before_is_made_anew, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
