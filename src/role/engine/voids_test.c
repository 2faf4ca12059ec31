/* Aim: the list of voids keeps its order, and its file is whole, damaged or missing, never half.
 * Method: random lists against a plain array; a file with each byte damaged in turn. */
#include "role/engine/voids.h"

#include "base/random.h"
#include "io/log.h"
#include "tests/support/engine_scene.h"

#include <stdio.h>
#include <string.h>

static struct void_list list;

static void the_list_is_sorted(void **state)
{
    (void)state;
    list.count = 0;
    static const u64 seqs[] = {50, 10, 30, 20, 40};
    for (u32 i = 0; i < ARRAY_COUNT(seqs); i += 1) {
        struct void_entry entry = {.seq = seqs[i], .code = i};
        scene_must(voids_add(&list, &entry));
    }
    for (u32 i = 0; i < list.count; i += 1) {
        assert_int_equal(list.entries[i].seq, 10 * (i + 1));
    }
    assert_int_equal(voids_next(&list, 1), 10);
    assert_int_equal(voids_next(&list, 10), 10);
    assert_int_equal(voids_next(&list, 11), 20);
    assert_true(voids_next(&list, 51) == UINT64_MAX);
    assert_null(voids_find(&list, 15));
    assert_int_equal(voids_find(&list, 30)->code, 2);
    voids_remove(&list, 30);
    assert_null(voids_find(&list, 30));
    assert_int_equal(voids_next(&list, 21), 40);
    assert_int_equal(list.count, 4);
}

static void the_list_is_bounded(void **state)
{
    (void)state;
    list.count = 0;
    for (u64 seq = 1; seq <= VOIDS_MAX; seq += 1) {
        struct void_entry entry = {.seq = seq};
        scene_must(voids_add(&list, &entry));
    }
    struct void_entry entry = {.seq = VOIDS_MAX + 1};
    assert_int_equal(voids_add(&list, &entry), FAULT_LIMIT);
    assert_int_equal(list.count, VOIDS_MAX);
}

static void the_file_comes_back(void **state)
{
    (void)state;
    char folder[SCENE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    scene_folder_make(folder);
    scene_must(file_path(path, folder, "voids"));
    static struct void_list found;
    scene_must(voids_load(disk_real(), path, &found));
    assert_int_equal(found.count, 0);
    for (u32 count = 0; count <= VOIDS_MAX; count += 512) {
        list.count = 0;
        for (u64 i = 1; i <= count; i += 1) {
            struct void_entry entry = {.seq = i * 3, .seq_record = i * 3 + 100, .code = (u32)i};
            scene_must(voids_add(&list, &entry));
        }
        scene_must(voids_store(disk_real(), folder, path, &list));
        scene_must(voids_load(disk_real(), path, &found));
        assert_int_equal(found.count, count);
        for (u32 i = 0; i < count; i += 1) { /* not as memory: the entries end with padding */
            assert_int_equal(found.entries[i].seq, list.entries[i].seq);
            assert_int_equal(found.entries[i].seq_record, list.entries[i].seq_record);
            assert_int_equal(found.entries[i].code, list.entries[i].code);
            assert_int_equal(found.entries[i].confirmed, list.entries[i].confirmed);
        }
    }
    scene_folder_remove(folder);
}

static void a_damaged_file_is_an_empty_list(void **state)
{
    (void)state;
    char folder[SCENE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    scene_folder_make(folder);
    scene_must(file_path(path, folder, "voids"));
    list.count = 0;
    struct void_entry entry = {.seq = 5, .seq_record = 9, .code = 3};
    scene_must(voids_add(&list, &entry));
    scene_must(voids_store(disk_real(), folder, path, &list));
    SCOPED_FILE file = {.disk = NULL};
    scene_must(file_open(disk_real(), path, FILE_WRITE, &file));
    u64 size = 0;
    scene_must(file_size(&file, &size));
    for (u64 at = 0; at < size; at += 1) {
        /* What is behind the checksum in the head says nothing. */
        bool silent = at >= 20 && at < 32;
        u8 byte = 0;
        scene_must(file_read_whole(&file, at, &byte, 1));
        byte ^= 0x10;
        scene_must(file_write_at(&file, at, &byte, 1));
        static struct void_list found;
        scene_must(voids_load(disk_real(), path, &found));
        assert_int_equal(found.count, silent ? 1 : 0);
        byte ^= 0x10;
        scene_must(file_write_at(&file, at, &byte, 1));
    }
    scene_must(file_resize(&file, size - 1));
    static struct void_list found;
    scene_must(voids_load(disk_real(), path, &found));
    assert_int_equal(found.count, 0);
    scene_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_sorted),
        cmocka_unit_test(the_list_is_bounded),
        cmocka_unit_test(the_file_comes_back),
        cmocka_unit_test(a_damaged_file_is_an_empty_list),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests_name("voids", tests, NULL, NULL);
}
