/* Aim: a reader that follows a living journal gets each batch once, in order, across segments, and
 * an unfinished tail is simply the end for now. Method: writer and reader take turns over the false
 * disk; in between, segments are packed and removed. */
#include "io/journal_walk.h"

#include "base/span.h"
#include "io/journal_pack.h"
#include "tests/support/journal_scene.h"

#include <stdlib.h>
#include <string.h>

struct follower {
    struct journal_reader *reader;
    void *memory;
    u64 seq_next;
};

static void follower_open(struct follower *follower, struct scene *scene)
{
    struct journal_reader_config config = scene->world.reading;
    config.live = true;
    size_t bytes = journal_reader_footprint(&config);
    follower->memory = aligned_alloc(SCENE_BLOCK, bytes);
    assert_non_null(follower->memory);
    struct arena arena;
    arena_init(&arena, follower->memory, bytes);
    assert_ok(journal_reader_open(&follower->reader, &config, &arena));
    follower->seq_next = 1;
}

static void follower_close(struct follower *follower)
{
    journal_reader_close(follower->reader);
    free(follower->memory);
}

static void check_records(struct follower *follower, const struct scene *scene,
                          const struct journal_batch *batch)
{
    size_t offset = 0;
    struct span record;
    while (journal_record_next(batch->records, &offset, &record)) {
        u8 right[JOURNAL_WORLD_RECORD_MAX];
        u32 bytes = journal_world_record(&scene->world, follower->seq_next, right);
        assert_true(span_equal(record, span_of(right, bytes)));
        follower->seq_next += 1;
    }
}

/* Reads on to the present end; how many batches came. */
static u64 follow(struct follower *follower, const struct scene *scene)
{
    u64 count = 0;
    bool more = true;
    while (more) {
        struct journal_batch batch;
        assert_ok(journal_reader_next(follower->reader, &batch, &more));
        if (more) {
            assert_int_equal(batch.header.seq_first, follower->seq_next);
            check_records(follower, scene, &batch);
            count += 1;
        }
    }
    assert_int_equal(journal_reader_end(follower->reader)->seq_next, follower->seq_next);
    assert_false(journal_reader_end(follower->reader)->torn);
    return count;
}

static void write_one(struct scene *scene, u32 count)
{
    assert_true(journal_world_submit(&scene->world, count) && journal_world_settle(&scene->world));
}

static void follower_sees_each_batch_once(void **state)
{
    struct scene *scene = *state;
    struct follower follower;
    follower_open(&follower, scene);
    assert_int_equal(follow(&follower, scene), 0); /* there is not even a folder */
    assert_ok(journal_world_start(&scene->world));
    assert_int_equal(follow(&follower, scene), 0);
    for (u32 round = 0; round < 100; round += 1) {
        u32 count = 1 + round * 37 % 5;
        for (u32 index = 0; index < count; index += 1) {
            write_one(scene, 1 + (round * 71 + index * 13) % 350);
        }
        assert_int_equal(follow(&follower, scene), count);
        assert_int_equal(follow(&follower, scene), 0);
        if (round % 10 == 3) {
            assert_true(journal_world_seal(&scene->world));
            /* Nothing, when there was no room for a seal and a new segment sealed instead. */
            assert_in_range(follow(&follower, scene), 0, 1);
            assert_true(journal_reader_end(follower.reader)->sealed);
        }
    }
    assert_int_equal(follower.seq_next, scene->world.seq_next);
    assert_true(journal_reader_end(follower.reader)->segment > 1000);
    follower_close(&follower);
}

static void unfinished_tail_is_the_end_for_now(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_take(scene, SCENE_FIRST);
    struct follower follower;
    follower_open(&follower, scene);
    scene_zero(scene, SCENE_FIRST, SCENE_C + 1000, SCENE_SEGMENT_BYTES);
    assert_int_equal(follow(&follower, scene), 2);
    scene_zero(scene, SCENE_FIRST, SCENE_C, SCENE_SEGMENT_BYTES);
    assert_int_equal(follow(&follower, scene), 0);
    scene->world.seq_durable = 1;
    assert_ok(journal_world_start(&scene->world));
    write_one(scene, 100);
    assert_int_equal(follow(&follower, scene), 1);
    follower_close(&follower);
}

static void damage_behind_a_living_segment_is_still_rot(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    scene_flip(scene, SCENE_SECOND, SCENE_B + 700);
    struct follower follower;
    follower_open(&follower, scene);
    struct journal_batch batch;
    bool more = true;
    for (u32 index = 0; index < 4; index += 1) {
        assert_ok(journal_reader_next(follower.reader, &batch, &more));
        assert_true(more);
    }
    assert_fault(journal_reader_next(follower.reader, &batch, &more), FAULT_ROT,
                 SCENE_SECOND ": damaged at byte offset 8192: the records do not match their "
                              "checksum; a later batch, sequence 701, follows at byte offset "
                              "16384");
    follower_close(&follower);
}

static void pack(struct scene *scene, u64 seq_first)
{
    struct journal_pack_result result;
    assert_ok(
        journal_pack(disk_false_disk(scene->disk), JOURNAL_WORLD_FOLDER, seq_first, 3, &result));
    assert_true(result.bytes_after < result.bytes_before);
}

static void segments_packed_meanwhile_are_read_packed(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    struct follower follower;
    follower_open(&follower, scene);
    pack(scene, 1);
    struct journal_batch batch;
    bool more = false;
    assert_ok(journal_reader_next(follower.reader, &batch, &more));
    check_records(&follower, scene, &batch);
    pack(scene, 401);
    assert_int_equal(follow(&follower, scene), 8);
    assert_int_equal(follower.seq_next, 1201);
    follower_close(&follower);
}

static void segment_that_goes_away_is_named(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    struct follower follower;
    follower_open(&follower, scene);
    assert_int_equal(follow(&follower, scene), 4);
    disk_false_remove(scene->disk, SCENE_FIRST);
    struct journal_batch batch;
    bool more = true;
    assert_fault(journal_reader_next(follower.reader, &batch, &more), FAULT_MISSING,
                 "journal: segment 1 has gone while it was read");
    follower_close(&follower);
}

static void segment_gone_before_it_was_opened_is_named(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    struct follower follower;
    follower_open(&follower, scene);
    disk_false_remove(scene->disk, SCENE_FIRST);
    struct journal_batch batch;
    bool more = true;
    assert_fault(journal_reader_next(follower.reader, &batch, &more), FAULT_MISSING,
                 SCENE_FIRST ": cannot open: No such file or directory");
    follower_close(&follower);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        TEST(follower_sees_each_batch_once),
        TEST(unfinished_tail_is_the_end_for_now),
        TEST(damage_behind_a_living_segment_is_still_rot),
        TEST(segments_packed_meanwhile_are_read_packed),
        TEST(segment_that_goes_away_is_named),
        TEST(segment_gone_before_it_was_opened_is_named),
    };
#undef TEST
    return cmocka_run_group_tests_name("journal_walk", tests, NULL, NULL);
}
