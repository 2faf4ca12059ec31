/* Aim: packing changes how a segment is kept and nothing else, and at no moment is there less than
 * one whole copy. Method: the small journal of the scene; a crash and a failure at every disk
 * operation of packing; every byte of a packed file flipped. */
#include "io/journal_pack.h"

#include "base/span.h"
#include "tests/support/journal_scene.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

#define PACKED     SCENE_FIRST ".zst"
#define UNFINISHED PACKED ".tmp"

static struct journal_pack_result result;

static enum fault pack(struct scene *scene, u64 seq_first)
{
    return journal_pack(disk_false_disk(scene->disk), JOURNAL_WORLD_FOLDER, seq_first, 3, &result);
}

static bool has_file(const struct scene *scene, const char *path)
{
    struct span content;
    return disk_false_find(scene->disk, path, &content);
}

static void assert_reads_back(struct scene *scene)
{
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 1201);
}

static void packed_segment_replaces_the_raw_one(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_ok(pack(scene, 1));
    assert_int_equal(result.bytes_before, SCENE_SEGMENT_BYTES);
    struct span content;
    assert_true(disk_false_find(scene->disk, PACKED, &content));
    assert_int_equal(result.bytes_after, content.size);
    assert_false(has_file(scene, SCENE_FIRST));
    assert_false(has_file(scene, UNFINISHED));
    assert_reads_back(scene);
    assert_ok(pack(scene, 401));
    assert_reads_back(scene);
    for (u32 windows = 2; windows <= 3; windows += 1) {
        scene->world.reading.windows_count = windows;
        assert_reads_back(scene);
    }
    /* The journal goes on behind packed segments. */
    assert_ok(journal_world_start(&scene->world));
    assert_true(journal_world_submit(&scene->world, 10) && journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 1211);
    /* The power goes: all of it was durable. */
    disk_false_restart(scene->disk);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 1211);
}

static void packed_segment_stays_as_it_is(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_ok(pack(scene, 1));
    u64 before = disk_false_operations(scene->disk);
    assert_ok(pack(scene, 1));
    assert_int_equal(result.bytes_before, 0);
    assert_int_equal(disk_false_operations(scene->disk), before);
}

static void what_cannot_be_packed_is_named(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_fault(pack(scene, 801), FAULT_USAGE,
                 SCENE_THIRD ": the last segment may still be written and is not packed");
    assert_fault(pack(scene, 5), FAULT_MISSING,
                 "journal/00000000000000000005.journal: there is no such segment");
    scene_flip(scene, SCENE_SECOND, SCENE_C + 200);
    assert_fault(pack(scene, 401), FAULT_ROT,
                 SCENE_SECOND ": damaged at byte offset 16384: the records do not match their "
                              "checksum; a later segment, sequence 801, follows");
    scene_flip(scene, SCENE_SECOND, SCENE_C + 200);
    assert_true(has_file(scene, SCENE_SECOND));
    assert_reads_back(scene);
}

static void unfinished_work_is_begun_again(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    disk_false_put(scene->disk, UNFINISHED, span_of_text("half"));
    assert_ok(pack(scene, 1));
    assert_false(has_file(scene, UNFINISHED));
    assert_reads_back(scene);
}

/* Cut off between the last two steps: the raw one counts, and packing finishes. */
static void both_files_are_one_segment(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    scene_take(scene, SCENE_FIRST);
    assert_ok(pack(scene, 1));
    scene_put(scene, SCENE_FIRST);
    scene_flip(scene, PACKED, 3000);
    assert_reads_back(scene);
    assert_ok(pack(scene, 1));
    assert_false(has_file(scene, SCENE_FIRST));
    assert_reads_back(scene);
}

/* Packs the bytes taken, whatever they are, in place of the raw file. */
static void put_packed(struct scene *scene)
{
    static u8 packed[sizeof(scene->bytes)];
    size_t size = ZSTD_compress(packed, sizeof(packed), scene->bytes, scene->size, 1);
    assert_false(ZSTD_isError(size));
    disk_false_put(scene->disk, PACKED, span_of(packed, size));
    disk_false_remove(scene->disk, SCENE_FIRST);
}

static void packed_segment_at_the_end_is_closed(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_take(scene, SCENE_FIRST);
    put_packed(scene);
    assert_ok(journal_world_read(&scene->world));
    assert_true(scene_end(scene)->segment_packed);
    assert_int_equal(scene_end(scene)->seq_next, 401);
    assert_ok(journal_world_start(&scene->world));
    assert_true(journal_world_submit(&scene->world, 10) && journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_true(has_file(scene, SCENE_SECOND));
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 411);
}

/* Nobody was writing it any more, so nothing in it can be an unfinished write. */
static void packed_segment_has_no_torn_tail(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_take(scene, SCENE_FIRST);
    scene->bytes[SCENE_C + 1000] ^= 1;
    put_packed(scene);
    scene_rots(scene, PACKED ": damaged at byte offset 16384: the records do not match their "
                             "checksum");
}

static void packed_segment_of_the_wrong_size_is_refused(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_take(scene, SCENE_FIRST);
    scene->size += SCENE_BLOCK;
    memset(scene->bytes + SCENE_SEGMENT_BYTES, 0, SCENE_BLOCK);
    put_packed(scene);
    scene_rots(scene, PACKED ": damaged at byte offset 32768: the file should end here");
    scene->size = SCENE_SEGMENT_BYTES - SCENE_BLOCK;
    put_packed(scene);
    scene_rots(scene, PACKED ": damaged at byte offset 28672: the file ends here");
    /* Longer than what is read at once. */
    scene->world.reading.window_bytes = SCENE_BLOCK;
    scene->world.reading.batch_bytes_max = 3 * SCENE_BLOCK;
    scene_rots(scene, PACKED ": damaged at byte offset 28672: the file ends here");
    scene->size = SCENE_BLOCK - 1;
    put_packed(scene);
    scene_rots(scene, PACKED ": damaged at byte offset 0: the file is shorter than a header");
}

static void writer_goes_on_while_it_packs(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_ok(journal_world_start(&scene->world));
    assert_ok(pack(scene, 1));
    assert_true(journal_world_submit(&scene->world, 10) && journal_world_seal(&scene->world));
    assert_ok(pack(scene, 401));
    journal_world_stop(&scene->world);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 1211);
}

/* One whole copy at least, whatever happened; and then packing succeeds. */
static void assert_nothing_lost(struct scene *scene, u64 operation)
{
    if (journal_world_read(&scene->world) != FAULT_NONE) {
        fail_msg("seed %llu operation %llu: %s", (unsigned long long)test_seed(),
                 (unsigned long long)operation, fault_text());
    }
    assert_int_equal(scene_end(scene)->seq_next, 1201);
    assert_ok(pack(scene, 1));
    assert_false(has_file(scene, SCENE_FIRST) || has_file(scene, UNFINISHED));
    assert_reads_back(scene);
}

static u64 operations_of_packing(struct scene *scene)
{
    scene_write_three(scene);
    u64 before = disk_false_operations(scene->disk);
    assert_ok(pack(scene, 1));
    return disk_false_operations(scene->disk) - before;
}

static void again(void **state)
{
    assert_int_equal(scene_close(state), 0);
    assert_int_equal(scene_open(state), 0);
}

static void crash_leaves_one_whole_copy(void **state)
{
    u64 count = operations_of_packing(*state);
    assert_in_range(count, 6, 30);
    for (u64 operation = 1; operation <= count; operation += 1) {
        again(state);
        struct scene *scene = *state;
        scene_write_three(scene);
        disk_false_crash_at(scene->disk, disk_false_operations(scene->disk) + operation);
        assert_int_not_equal(pack(scene, 1), FAULT_NONE);
        disk_false_restart(scene->disk);
        assert_nothing_lost(scene, operation);
    }
}

static void failure_leaves_one_whole_copy(void **state)
{
    u64 count = operations_of_packing(*state);
    for (u64 operation = 1; operation <= count; operation += 1) {
        again(state);
        struct scene *scene = *state;
        scene_write_three(scene);
        disk_false_fail_at(scene->disk, disk_false_operations(scene->disk) + operation,
                           FAULT_DISK_FULL);
        assert_int_equal(pack(scene, 1), FAULT_DISK_FULL);
        assert_nothing_lost(scene, operation);
    }
}

static void read_that_fails_leaves_the_raw_file(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    for (u64 read = 1;; read += 1) {
        disk_false_fail_read_at(scene->disk, disk_false_reads(scene->disk) + read, FAULT_IO);
        enum fault fault = pack(scene, 1);
        disk_false_fail_read_at(scene->disk, 0, FAULT_NONE);
        if (fault == FAULT_NONE) {
            assert_in_range(read, 10, 40);
            break;
        }
        assert_int_equal(fault, FAULT_IO);
        assert_true(has_file(scene, SCENE_FIRST));
    }
    assert_reads_back(scene);
}

static void damaged_packed_file_is_refused(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_ok(pack(scene, 1));
    scene_take(scene, PACKED);
    u64 refused = 0;
    for (u64 offset = 0; offset < scene->size; offset += offset < 100 ? 1 : 7) {
        scene_flip(scene, PACKED, offset);
        enum fault fault = journal_world_read(&scene->world);
        if (fault == FAULT_NONE) {
            assert_int_equal(scene_end(scene)->seq_next, 1201);
        } else {
            refused += 1;
            /* Bytes that unpack to something else may even look like somebody else's file. */
            assert_true(fault == FAULT_ROT || fault == FAULT_FOREIGN);
            assert_non_null(strstr(fault_text(), PACKED ": "));
            assert_non_null(strstr(fault_text(), "byte offset "));
        }
        scene_flip(scene, PACKED, offset);
    }
    assert_true(refused > scene->size / 8);
    assert_reads_back(scene);
    scene->size -= 1;
    scene_put(scene, PACKED);
    char text[160];
    (void)snprintf(text, sizeof(text),
                   PACKED ": damaged at byte offset %zu (unpacked 32768): the packed file ends too "
                          "early",
                   scene->size);
    assert_fault(journal_world_read(&scene->world), FAULT_ROT, text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        TEST(packed_segment_replaces_the_raw_one),
        TEST(packed_segment_stays_as_it_is),
        TEST(what_cannot_be_packed_is_named),
        TEST(unfinished_work_is_begun_again),
        TEST(both_files_are_one_segment),
        TEST(packed_segment_at_the_end_is_closed),
        TEST(packed_segment_has_no_torn_tail),
        TEST(packed_segment_of_the_wrong_size_is_refused),
        TEST(writer_goes_on_while_it_packs),
        TEST(crash_leaves_one_whole_copy),
        TEST(failure_leaves_one_whole_copy),
        TEST(read_that_fails_leaves_the_raw_file),
        TEST(damaged_packed_file_is_refused),
    };
#undef TEST
    return cmocka_run_group_tests_name("journal_pack", tests, NULL, NULL);
}
