/* Aim: the false disk keeps its word: what was synced survives, what was not may or may not, and
 * every failure happens when and as it was ordered. A simulator that is too kind proves nothing, so
 * both outcomes of every chance must occur.
 *
 * Method: short scripts over many seeds, counting what survived. */
#include "sim/disk.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

enum { BLOCK = 4096, SEEDS = 64 };

static _Alignas(4096) u8 ones[8 * BLOCK];

static int group_setup(void **state)
{
    (void)state;
    memset(ones, 1, sizeof(ones));
    return 0;
}

static struct disk_false *disk_open(u64 seed, u32 sector_bytes)
{
    struct disk_false_config config = {.seed = random_seed_derive(test_seed(), seed),
                                       .sector_bytes = sector_bytes};
    return disk_false_open(&config);
}

static struct file create(struct disk_false *disk, const char *path, u32 flags)
{
    struct file file;
    assert_int_equal(
        file_open(disk_false_disk(disk), path, FILE_WRITE | FILE_CREATE | flags, &file),
        FAULT_NONE);
    return file;
}

static bool exists(struct disk_false *disk, const char *path)
{
    struct span content;
    return disk_false_find(disk, path, &content);
}

static void synced_data_under_a_synced_name_survives(void **state)
{
    (void)state;
    for (u64 seed = 0; seed < SEEDS; seed += 1) {
        struct disk_false *disk = disk_open(seed, 4096);
        struct file file = create(disk, "a", seed % 2 == 0 ? FILE_DSYNC : 0);
        assert_int_equal(file_write_at(&file, 0, ones, 3 * BLOCK), FAULT_NONE);
        if (seed % 2 != 0) {
            assert_int_equal(file_sync(&file), FAULT_NONE);
        }
        assert_int_equal(disk_sync_folder(disk_false_disk(disk), "."), FAULT_NONE);
        disk_false_restart(disk);
        struct span content;
        assert_true(disk_false_find(disk, "a", &content));
        assert_int_equal(content.size, 3 * BLOCK);
        assert_memory_equal(content.data, ones, 3 * BLOCK);
        disk_false_close(disk);
    }
}

static void unsynced_things_survive_or_not(void **state)
{
    (void)state;
    u32 names = 0;
    u32 removed = 0;
    u32 blocks = 0;
    u32 blocks_all = 0;
    for (u64 seed = 0; seed < SEEDS; seed += 1) {
        struct disk_false *disk = disk_open(seed, 4096);
        struct file kept = create(disk, "kept", FILE_DSYNC);
        assert_int_equal(file_write_at(&kept, 0, ones, BLOCK), FAULT_NONE);
        struct file data = create(disk, "data", 0);
        assert_int_equal(file_reserve(&data, 4 * BLOCK), FAULT_NONE);
        assert_int_equal(file_sync(&data), FAULT_NONE);
        assert_int_equal(disk_sync_folder(disk_false_disk(disk), ""), FAULT_NONE);
        assert_int_equal(file_write_at(&data, 0, ones, 4 * BLOCK), FAULT_NONE);
        assert_int_equal(disk_unlink(disk_false_disk(disk), "kept"), FAULT_NONE);
        (void)create(disk, "new", FILE_DSYNC);
        disk_false_restart(disk);
        removed += exists(disk, "kept") ? 0 : 1;
        names += exists(disk, "new") ? 1 : 0;
        /* Changes of names survive in their order. */
        assert_false(exists(disk, "kept") && exists(disk, "new"));
        struct span content;
        assert_true(disk_false_find(disk, "data", &content));
        assert_int_equal(content.size, 4 * BLOCK);
        for (u32 block = 0; block < 4; block += 1) {
            struct span piece = span_piece(content, (size_t)block * BLOCK, BLOCK);
            bool written = span_equal(piece, span_of(ones, BLOCK));
            assert_true(written || span_is_zero(piece));
            blocks += written ? 1 : 0;
            blocks_all += 1;
        }
        disk_false_close(disk);
    }
    assert_in_range(names, 1, SEEDS - 1);
    assert_in_range(removed, 1, SEEDS - 1);
    assert_in_range(blocks, blocks_all / 10, blocks_all * 9 / 10);
}

static void a_rename_is_all_or_nothing(void **state)
{
    (void)state;
    u32 renamed = 0;
    for (u64 seed = 0; seed < SEEDS; seed += 1) {
        struct disk_false *disk = disk_open(seed, 4096);
        (void)create(disk, "a", 0);
        assert_int_equal(disk_sync_folder(disk_false_disk(disk), "."), FAULT_NONE);
        assert_int_equal(disk_rename(disk_false_disk(disk), "a", "b"), FAULT_NONE);
        assert_true(exists(disk, "b"));
        disk_false_restart(disk);
        assert_true(exists(disk, "a") != exists(disk, "b"));
        renamed += exists(disk, "b") ? 1 : 0;
        disk_false_close(disk);
    }
    assert_in_range(renamed, 1, SEEDS - 1);
}

static void a_lost_folder_takes_its_files_with_it(void **state)
{
    (void)state;
    u32 kept = 0;
    for (u64 seed = 0; seed < SEEDS; seed += 1) {
        struct disk_false *disk = disk_open(seed, 4096);
        assert_int_equal(disk_make_folder(disk_false_disk(disk), "f"), FAULT_NONE);
        (void)create(disk, "f/a", FILE_DSYNC);
        /* The folder's own name stands in the folder above, which nobody synced. */
        assert_int_equal(disk_sync_folder(disk_false_disk(disk), "f"), FAULT_NONE);
        disk_false_restart(disk);
        bool folder = false;
        assert_int_equal(disk_exists(disk_false_disk(disk), "f", &folder), FAULT_NONE);
        assert_true(folder || !exists(disk, "f/a"));
        kept += folder ? 1 : 0;
        disk_false_close(disk);
    }
    assert_in_range(kept, 1, SEEDS - 1);
}

/* How many of a file's sectors a write that met the crash has changed. */
static u32 torn_sectors(u64 seed, u32 sector_bytes)
{
    struct disk_false *disk = disk_open(seed, sector_bytes);
    struct file file = create(disk, "a", FILE_DSYNC);
    assert_int_equal(file_reserve(&file, sizeof(ones)), FAULT_NONE);
    assert_int_equal(file_sync(&file), FAULT_NONE);
    assert_int_equal(disk_sync_folder(disk_false_disk(disk), "."), FAULT_NONE);
    disk_false_crash_at(disk, disk_false_operations(disk) + 1);
    assert_int_equal(file_write_at(&file, 0, ones, sizeof(ones)), FAULT_IO);
    assert_true(disk_false_crashed(disk));
    u8 byte = 0;
    size_t got = 0;
    assert_int_equal(file_read_at(&file, 0, &byte, 1, &got), FAULT_IO);
    disk_false_restart(disk);
    /* Handles of before are dead. */
    assert_int_equal(file_read_at(&file, 0, &byte, 1, &got), FAULT_IO);
    struct span content;
    assert_true(disk_false_find(disk, "a", &content));
    u32 count = 0;
    for (u32 at = 0; at < sizeof(ones); at += sector_bytes) {
        struct span piece = span_piece(content, at, sector_bytes);
        bool written = span_equal(piece, span_of(ones, sector_bytes));
        assert_true(written || span_is_zero(piece));
        count += written ? 1 : 0;
    }
    disk_false_close(disk);
    return count;
}

static void a_write_that_meets_the_crash_is_torn(void **state)
{
    (void)state;
    static const u32 sectors[] = {4096, 512};
    for (u32 index = 0; index < ARRAY_COUNT(sectors); index += 1) {
        u32 all = (u32)sizeof(ones) / sectors[index];
        u32 none_count = 0;
        u32 all_count = 0;
        u32 part_count = 0;
        for (u64 seed = 0; seed < SEEDS; seed += 1) {
            u32 count = torn_sectors(seed, sectors[index]);
            none_count += count == 0 ? 1 : 0;
            all_count += count == all ? 1 : 0;
            part_count += count > 0 && count < all ? 1 : 0;
        }
        assert_true(none_count > 0);
        assert_true(all_count > 0);
        assert_true(part_count > 0);
    }
}

static void operations_fail_when_ordered(void **state)
{
    (void)state;
    struct disk_false *disk = disk_open(1, 4096);
    struct file file = create(disk, "a", 0);
    assert_int_equal(disk_false_operations(disk), 1);
    disk_false_fail_at(disk, 3, FAULT_DISK_FULL);
    assert_int_equal(file_write_at(&file, 0, ones, BLOCK), FAULT_NONE);
    assert_int_equal(file_write_at(&file, 0, ones, BLOCK), FAULT_DISK_FULL);
    assert_int_equal(file_write_at(&file, 0, ones, BLOCK), FAULT_NONE);
    disk_false_fail_read_at(disk, disk_false_reads(disk) + 2, FAULT_IO);
    size_t got = 0;
    u8 byte = 0;
    assert_int_equal(file_read_at(&file, 0, &byte, 1, &got), FAULT_NONE);
    assert_int_equal(file_read_at(&file, 0, &byte, 1, &got), FAULT_IO);
    assert_int_equal(file_read_at(&file, 0, &byte, 1, &got), FAULT_NONE);
    disk_false_close(disk);
}

static void space_and_permission_end(void **state)
{
    (void)state;
    struct disk_false *disk = disk_open(1, 4096);
    struct file file = create(disk, "a", 0);
    disk_false_set_bytes_max(disk, 3 * BLOCK);
    assert_int_equal(file_reserve(&file, 2 * BLOCK), FAULT_NONE);
    assert_int_equal(file_reserve(&file, 4 * BLOCK), FAULT_DISK_FULL);
    assert_int_equal(file_write_at(&file, 2 * BLOCK, ones, BLOCK), FAULT_NONE);
    assert_int_equal(file_write_at(&file, 3 * BLOCK, ones, 1), FAULT_DISK_FULL);
    assert_int_equal(disk_false_bytes(disk), 3 * BLOCK);
    disk_false_set_read_only(disk, true);
    assert_int_equal(file_write_at(&file, 0, ones, 1), FAULT_READ_ONLY);
    struct file other;
    assert_int_equal(file_open(disk_false_disk(disk), "b", FILE_WRITE | FILE_CREATE, &other),
                     FAULT_READ_ONLY);
    assert_int_equal(file_open(disk_false_disk(disk), "a", FILE_WRITE, &other), FAULT_READ_ONLY);
    assert_int_equal(file_open(disk_false_disk(disk), "a", 0, &other), FAULT_NONE);
    disk_false_close(disk);
}

static void locks_hold_until_the_process_ends(void **state)
{
    (void)state;
    struct disk_false *disk = disk_open(1, 4096);
    struct disk_lock first;
    struct disk_lock second;
    assert_int_equal(disk_lock(disk_false_disk(disk), ".", &first), FAULT_NONE);
    assert_int_equal(disk_lock(disk_false_disk(disk), ".", &second), FAULT_LOCKED);
    assert_int_equal(disk_lock_check(&first), FAULT_NONE);
    disk_false_restart_process(disk);
    assert_int_equal(disk_lock(disk_false_disk(disk), ".", &second), FAULT_NONE);
    disk_false_remove(disk, "./LOCK");
    assert_int_equal(disk_lock_check(&second), FAULT_FENCED);
    disk_unlock(&second);
    disk_false_close(disk);
}

static void a_killed_process_loses_nothing_written(void **state)
{
    (void)state;
    struct disk_false *disk = disk_open(1, 4096);
    struct file file = create(disk, "a", 0);
    assert_int_equal(file_write_at(&file, 0, ones, BLOCK), FAULT_NONE);
    u8 *memory = NULL;
    assert_int_equal(file_map(&file, BLOCK, &memory), FAULT_NONE);
    memory[7] = 7;
    disk_false_restart_process(disk);
    struct span content;
    assert_true(disk_false_find(disk, "a", &content));
    assert_int_equal(content.size, BLOCK);
    assert_int_equal(content.data[7], 7);
    assert_int_equal(content.data[8], 1);
    disk_false_flip(disk, "a", 8, 1);
    assert_int_equal(content.data[8], 3);
    disk_false_close(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(synced_data_under_a_synced_name_survives),
        cmocka_unit_test(unsynced_things_survive_or_not),
        cmocka_unit_test(a_rename_is_all_or_nothing),
        cmocka_unit_test(a_lost_folder_takes_its_files_with_it),
        cmocka_unit_test(a_write_that_meets_the_crash_is_torn),
        cmocka_unit_test(operations_fail_when_ordered),
        cmocka_unit_test(space_and_permission_end),
        cmocka_unit_test(locks_hold_until_the_process_ends),
        cmocka_unit_test(a_killed_process_loses_nothing_written),
    };
    return cmocka_run_group_tests(tests, group_setup, NULL);
}
