/* Aim: whichever copy of keys.db is put back, and wherever the process is killed, the log is told
 * every event that the file has, each once, and that another file was put back.
 *
 * Method: a store, copies as the backup makes them, and a log that takes what follows the last
 * number that it has, as the real one does; a case by hand, then steps by chance: events, asks
 * whose answers are cut or lost, new starts, copies put back, kills between the steps of an ask. */
#include "role/vault/vault_store.h"
#include "tests/support/vault_scene.h"

#include <sys/wait.h>
#include <unistd.h>

enum { IDS_MAX = 4096, COPIES = 4, ROOM = 8, STEPS = 100 };

static struct vault_store store;

/* The log: what it was told, by what the test calls the event. */
static struct {
    u64 position;
    u32 told[IDS_MAX]; /* how often */
    u32 restored;
} told_log;

/* What is in the file, and in its copies. */
struct contents {
    bool has[IDS_MAX];
    bool is_made;
    u32 changed; /* how often another file was put back before */
};
static struct contents now;
static struct contents copies[COPIES];
static u32 ids;
static u32 changes;
static bool is_asked; /* since a file was put back */

static void file_open_again(void)
{
    open_fast(&store);
}

static void begin(void)
{
    memset(&told_log, 0, sizeof(told_log));
    memset(&now, 0, sizeof(now));
    memset(copies, 0, sizeof(copies));
    ids = 0;
    changes = 0;
    is_asked = true;
    file_open_again();
}

static void event(void)
{
    static const struct vault_tag nothing = {.field = 1};
    static struct seal_label labels[VAULT_LIST_MAX];
    u8 matter[VAULT_CASE_BYTES] = {0};
    u32 count = 0;
    assert_true(ids < IDS_MAX);
    memcpy(matter, &ids, sizeof(ids));
    scene_must(vault_store_lookup(&store, &nothing, matter, NOW_US, IDS_MAX + 1, labels, &count));
    now.has[ids] = true;
    ids += 1;
}

static void take(const struct vault_event *taken)
{
    u32 id = 0;
    if (taken->number != told_log.position + 1) {
        return;
    }
    told_log.position = taken->number;
    if (taken->kind == VAULT_EVENT_RESTORED) {
        told_log.restored += 1;
        assert_true(taken->count > 0 && taken->count < taken->number);
        return;
    }
    memcpy(&id, taken->matter, sizeof(id));
    assert_true(id < ids);
    told_log.told[id] += 1;
}

/* `arrive` of the answer at most. */
static u64 ask(u32 arrive)
{
    static struct vault_event events[ROOM];
    u64 passed = 0;
    u32 count = 0;
    u64 from = told_log.position + 1;
    scene_must(vault_store_asked(&store, from, NOW_US, &passed));
    is_asked = true;
    scene_must(vault_store_events(&store, from, events, ROOM, &count));
    for (u32 i = 0; i < count && i < arrive; i += 1) {
        take(&events[i]);
    }
    return count;
}

static void path_of(const char *name, char path[2 * SCENE_PATH_BYTES])
{
    (void)snprintf(path, 2 * SCENE_PATH_BYTES, "%s/%s", folder, name);
}

static void run_in(const char *what)
{
    char command[4 * SCENE_PATH_BYTES];
    (void)snprintf(command, sizeof(command), "cd '%s' && %s", folder, what);
    assert_int_equal(system(command), 0);
}

/* As `cambist vault backup` does it, while the store is open. Behind a file that was put back the
 * log has to ask first: docs/vault.md. */
static void copy(u32 number)
{
    char path[2 * SCENE_PATH_BYTES];
    char name[16];
    char place[2 * SCENE_PATH_BYTES];
    (void)snprintf(name, sizeof(name), "copy%u", number);
    path_of(name, place);
    (void)unlink(place);
    path_of("keys/keys.db", path);
    scene_must(sql_copy(path, folder, place));
    scene_must(vault_copy_finish(place));
    copies[number] = now;
    copies[number].is_made = true;
    copies[number].changed = changes;
}

/* What the log had not yet been told of when a copy was made, and what it was then told instead by
 * another file, cannot be told apart from what it has: docs/vault.md. */
static bool may_be_put_back(u32 number)
{
    const struct contents *old = &copies[number];
    bool is_told = true;
    for (u32 id = 0; id < ids; id += 1) {
        is_told = is_told && (!old->has[id] || told_log.told[id] > 0);
    }
    return old->is_made && (old->changed == changes || is_told);
}

static void put_back(u32 number)
{
    char command[128];
    vault_store_close(&store);
    (void)snprintf(command, sizeof(command), "rm -f keys/keys.db* && cp copy%u keys/keys.db",
                   number);
    run_in(command);
    now = copies[number];
    changes += 1;
    is_asked = false;
    file_open_again();
}

/* Everything arrives. */
static void settle(void)
{
    for (u32 turns = 0; ask(ROOM) > 0; turns += 1) {
        assert_true(turns < IDS_MAX);
    }
    for (u32 id = 0; id < ids; id += 1) {
        if (told_log.told[id] > 1 || (now.has[id] && told_log.told[id] == 0)) {
            fail_msg("seed %llu: event %u was told %u times", (unsigned long long)test_seed(), id,
                     told_log.told[id]);
        }
    }
}

/* ---- by hand ---- */

static void what_happens_behind_an_old_copy_is_told(void **state)
{
    (void)state;
    begin();
    event();
    event();
    settle();
    copy(0);
    event();
    event();
    event();
    settle();
    assert_int_equal(told_log.position, 5);
    put_back(0);
    event(); /* before the log asks */
    settle();
    event();
    settle();
    assert_int_equal(told_log.restored, 1);
    assert_int_equal(told_log.position, 5 + 1 + 2);
    put_back(0); /* once more, and more happens than the log was told of */
    for (u32 i = 0; i < 20; i += 1) {
        event();
    }
    settle();
    assert_int_equal(told_log.restored, 2);
    vault_store_close(&store);
}

static void a_copy_of_what_the_log_has_is_no_other_file(void **state)
{
    (void)state;
    begin();
    event();
    copy(0); /* made before the log has asked */
    settle();
    put_back(0);
    event();
    settle();
    assert_int_equal(told_log.restored, 0);
    assert_int_equal(told_log.position, 2);
    event(); /* not told of, and lost with the file */
    put_back(0);
    settle();
    assert_int_equal(told_log.restored, 1); /* the event behind the copy was told */
    vault_store_close(&store);
}

static void a_new_file_goes_on_where_the_log_is(void **state)
{
    u64 passed = 0;
    (void)state;
    begin();
    event();
    settle();
    vault_store_close(&store);
    run_in("rm -rf keys bodies");
    memset(&now, 0, sizeof(now));
    file_open_again();
    event();
    settle();
    assert_int_equal(told_log.restored, 1);
    assert_int_equal(told_log.position, 3);
    /* No number is so large that it stops the store. */
    assert_int_equal(vault_store_asked(&store, INT64_MAX, NOW_US, &passed), FAULT_REFUSED);
    assert_int_equal(vault_store_asked(&store, UINT64_MAX, NOW_US, &passed), FAULT_REFUSED);
    event();
    settle();
    vault_store_close(&store);
}

/* A start without an ask is as if it had not been, however often. */
static void starts_before_the_log_asks(void **state)
{
    (void)state;
    begin();
    event();
    settle();
    copy(0);
    event();
    settle();
    put_back(0);
    for (u32 i = 0; i < 5; i += 1) {
        event();
        vault_store_close(&store);
        file_open_again();
    }
    settle();
    assert_int_equal(told_log.restored, 1);
    vault_store_close(&store);
}

/* ---- by chance ---- */

static u32 steps_left;

static void die(void *argument)
{
    (void)argument;
    if (steps_left == 0) {
        _exit(7);
    }
    steps_left -= 1;
}

/* The process that answers an ask is killed behind so many steps. */
static void killed(u32 steps)
{
    int status = 0;
    vault_store_close(&store);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        u64 passed = 0;
        steps_left = steps;
        if (vault_store_open(&store, disk_real(), folder, mark_key) == FAULT_NONE) {
            store.step = die;
            (void)!vault_store_asked(&store, told_log.position + 1, NOW_US, &passed);
        }
        _exit(0);
    }
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 7));
    file_open_again();
}

static void nothing_is_lost_or_told_twice(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    begin();
    for (u64 step = test_rounds(STEPS); step > 0; step -= 1) {
        u32 number = (u32)random_below(&random, COPIES);
        switch (random_below(&random, 12)) {
        case 0:
            if (is_asked) {
                copy(number);
            }
            break;
        case 1:
            if (may_be_put_back(number)) {
                put_back(number);
            }
            break;
        case 2:
            vault_store_close(&store);
            file_open_again();
            break;
        case 3:
            killed((u32)random_below(&random, 4));
            break;
        case 4:
            settle();
            break;
        case 5:
        case 6:
        case 7:
            (void)ask((u32)random_below(&random, ROOM + 1));
            break;
        default: /* not an enum: events */
            for (u64 count = random_below(&random, 4); count > 0; count -= 1) {
                event();
            }
            break;
        }
    }
    settle();
    vault_store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_happens_behind_an_old_copy_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_of_what_the_log_has_is_no_other_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_new_file_goes_on_where_the_log_is, setup, teardown),
        cmocka_unit_test_setup_teardown(starts_before_the_log_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_lost_or_told_twice, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
