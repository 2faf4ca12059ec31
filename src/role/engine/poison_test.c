/* Aim: a command that ends the process again and again is named after two crashes on it, and
 * nothing else is. Method: lives of a process are played by opening the note, writing what that
 * life would have noted, and closing it. */
#include "role/engine/poison.h"

#include "tests/support/engine_scene.h"

struct place {
    char folder[SCENE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    struct poison poison;
};

static struct place place;

static int place_open(void **state)
{
    (void)state;
    scene_folder_make(place.folder);
    scene_must(file_path(place.path, place.folder, "applying"));
    return 0;
}

static int place_close(void **state)
{
    (void)state;
    poison_close(&place.poison);
    scene_folder_remove(place.folder);
    return 0;
}

static struct poison *life_begins(void)
{
    poison_close(&place.poison);
    scene_must(poison_open(&place.poison, disk_real(), place.path));
    return &place.poison;
}

static void a_clean_life_leaves_nothing(void **state)
{
    (void)state;
    struct poison *poison = life_begins();
    poison_enter(poison, 100, 50);
    poison_leave(poison);
    poison_clear(poison);
    poison = life_begins();
    bool careful = true;
    assert_false(poison->unclean);
    assert_false(poison_suspects(poison));
    assert_true(poison_reach(poison, 100, &careful) == UINT64_MAX);
    assert_false(careful);
}

static void a_range_is_gone_through_with_care(void **state)
{
    (void)state;
    struct poison *poison = life_begins();
    poison_enter(poison, 100, 50);
    poison = life_begins();
    assert_true(poison->unclean);
    assert_false(poison_suspects(poison));
    bool careful = false;
    assert_int_equal(poison_reach(poison, 1, &careful), 99);
    assert_false(careful);
    assert_int_equal(poison_reach(poison, 100, &careful), 50);
    assert_true(careful);
    assert_int_equal(poison_reach(poison, 149, &careful), 1);
    assert_true(careful);
    assert_true(poison_reach(poison, 150, &careful) == UINT64_MAX);
    assert_false(careful);
    /* It stays until a recovery has come through. */
    poison = life_begins();
    assert_int_equal(poison_reach(poison, 120, &careful), 30);
    assert_true(careful);
    poison_clear(poison);
    assert_true(poison_reach(poison, 120, &careful) == UINT64_MAX);
}

static void two_crashes_on_one_command(void **state)
{
    (void)state;
    struct poison *poison = life_begins();
    poison_enter(poison, 100, 50);
    poison = life_begins();
    poison_enter_single(poison, 120, 0xabc);
    poison = life_begins();
    assert_true(poison_suspects(poison));
    assert_false(poison_is(poison, 120, 0xabc));
    poison_enter_single(poison, 119, 0x123);
    poison_leave_single(poison);
    poison_enter_single(poison, 120, 0xabc);
    poison = life_begins();
    assert_true(poison_is(poison, 120, 0xabc));
    assert_false(poison_is(poison, 120, 0xabd));
    assert_false(poison_is(poison, 121, 0xabc));
    poison_clear(poison);
    assert_false(poison_is(poison, 120, 0xabc));
    assert_false(poison_suspects(poison));
}

static void another_command_begins_anew(void **state)
{
    (void)state;
    struct poison *poison = life_begins();
    poison_enter(poison, 100, 50);
    poison = life_begins();
    poison_enter_single(poison, 120, 0xabc);
    poison = life_begins();
    /* The tail was cut and 120 is another command now. */
    poison_enter_single(poison, 120, 0xdef);
    poison = life_begins();
    assert_false(poison_is(poison, 120, 0xabc));
    assert_false(poison_is(poison, 120, 0xdef));
    poison_enter_single(poison, 130, 0xdef);
    poison = life_begins();
    assert_false(poison_is(poison, 130, 0xdef));
    poison_enter_single(poison, 130, 0xdef);
    poison = life_begins();
    assert_true(poison_is(poison, 130, 0xdef));
}

static void a_foreign_file_is_begun_anew(void **state)
{
    (void)state;
    SCOPED_FILE file = {.disk = NULL};
    scene_must(file_open(disk_real(), place.path, FILE_WRITE | FILE_CREATE, &file));
    scene_must(file_write_at(&file, 0, "something else", 14));
    struct poison *poison = life_begins();
    assert_false(poison->unclean);
    assert_false(poison_suspects(poison));
    u64 size = 0;
    scene_must(file_size(&file, &size));
    assert_int_equal(size, POISON_FILE_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clean_life_leaves_nothing, place_open, place_close),
        cmocka_unit_test_setup_teardown(a_range_is_gone_through_with_care, place_open, place_close),
        cmocka_unit_test_setup_teardown(two_crashes_on_one_command, place_open, place_close),
        cmocka_unit_test_setup_teardown(another_command_begins_anew, place_open, place_close),
        cmocka_unit_test_setup_teardown(a_foreign_file_is_begun_anew, place_open, place_close),
    };
    return cmocka_run_group_tests_name("poison", tests, NULL, NULL);
}
