/* Aim: a cut lies where it was asked for and never inside a batch; the copy is the original byte
 * for byte up to there and reads well, sealed; the original stays as it is; what is asked for and
 * cannot be is said. Method: the small journal of the scene, every possible bound, packed segments,
 * a torn tail, damage before and behind the cut. */
#include "io/journal_cut.h"

#include "base/span.h"
#include "io/journal_pack.h"
#include "tests/support/journal_scene.h"

#include <stdio.h>

#define TARGET "copy"

static struct journal_cut_options options;
static struct journal_cut cut;
static u64 written;

static void options_reset(struct scene *scene)
{
    options = (struct journal_cut_options){.disk = disk_false_disk(scene->disk),
                                           .folder = JOURNAL_WORLD_FOLDER};
}

static enum fault find(u64 seq_max, u64 time_max_us)
{
    options.seq_max = seq_max;
    options.time_max_us = time_max_us;
    return journal_cut_find(&options, &cut);
}

/* Copies, and reads the copy as its owner would. */
static struct journal_tally copy_and_read(struct scene *scene, const char *target)
{
    assert_ok(disk_make_folder(options.disk, target));
    assert_ok(journal_cut_copy(&options, &cut, target, &written));
    assert_ok(journal_cut_check(&options, &cut, target));
    struct journal_reader_config before = scene->world.reading;
    u64 durable = scene->world.seq_durable;
    scene->world.reading.folder = target;
    scene->world.seq_durable = 0;
    assert_ok(journal_world_read(&scene->world));
    struct journal_tally tally = scene->world.tally;
    scene->world.reading = before;
    scene->world.seq_durable = durable;
    assert_null(tally.wrong);
    assert_int_equal(tally.end.seq_next, cut.seq + 1);
    assert_true(tally.end.sealed);
    assert_false(tally.end.torn);
    return tally;
}

/* The same bytes up to the cut. */
static void assert_same(struct scene *scene, const char *name, const char *copied, size_t size)
{
    struct span ours;
    struct span theirs;
    assert_true(disk_false_find(scene->disk, name, &ours));
    assert_true(disk_false_find(scene->disk, copied, &theirs));
    assert_true(ours.size >= size && theirs.size >= size);
    assert_memory_equal(ours.data, theirs.data, size);
}

/* Of a journal with batches that end at 100, 300, 400, 500, ... */
static u64 batch_end_before(u64 seq)
{
    u64 within = seq % 400;
    u64 base = seq - within;
    return base + (within >= 300 ? 300 : within >= 100 ? 100 : 0);
}

static void every_sequence_number_ends_at_a_batch(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    options_reset(scene);
    for (u64 seq = 1; seq <= 1200; seq += seq % 100 == 98 ? 1 : 7) {
        if (batch_end_before(seq) == 0) {
            assert_fault(find(seq, 0), FAULT_USAGE,
                         "journal: nothing lies before that: the first batch has the commands 1 to "
                         "100");
            continue;
        }
        assert_ok(find(seq, 0));
        assert_int_equal(cut.seq, batch_end_before(seq));
        assert_int_equal(cut.bounded, cut.seq < 1200);
        if (cut.bounded) {
            assert_int_equal(cut.behind_seq, cut.seq + 1);
            assert_true(cut.behind_seq + cut.behind_count - 1 > seq);
        }
    }
    assert_ok(find(1200, 0));
    assert_int_equal(cut.seq, 1200);
    assert_int_equal(cut.batches, 9);
    assert_fault(find(1201, 0), FAULT_USAGE,
                 "journal: there is no command 1201, the journal ends with 1200");
    assert_ok(find(0, 0));
    assert_int_equal(cut.seq, 1200);
}

static void a_copy_is_the_original_up_to_the_cut(void **state)
{
    struct scene *scene = *state;
    static const u64 seqs[] = {100, 300, 400, 500, 700, 800, 1100, 1200};
    scene_write_three(scene);
    options_reset(scene);
    u64 before = disk_false_operations(scene->disk);
    assert_true(before > 0);
    for (u32 i = 0; i < ARRAY_COUNT(seqs); i += 1) {
        char target[32];
        char copied[96];
        (void)snprintf(target, sizeof(target), "copy%u", i);
        assert_ok(find(seqs[i], 0));
        struct journal_tally tally = copy_and_read(scene, target);
        assert_int_equal(tally.records, seqs[i]);
        (void)snprintf(copied, sizeof(copied), "%s/00000000000000000001.journal", target);
        size_t size = seqs[i] > 400 ? SCENE_SEGMENT_BYTES : (size_t)cut.offset;
        assert_same(scene, SCENE_FIRST, copied, size);
        if (seqs[i] > 400) {
            (void)snprintf(copied, sizeof(copied), "%s/00000000000000000401.journal", target);
            assert_same(scene, SCENE_SECOND, copied,
                        seqs[i] > 800 ? SCENE_SEGMENT_BYTES : (size_t)cut.offset);
        }
    }
    assert_ok(scene_read(scene));
    assert_int_equal(scene_end(scene)->seq_next, 1201);
}

/* Time alone: each batch of the scene has its own. */
static void a_time_is_a_bound_too(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    options_reset(scene);
    assert_ok(find(300, 0));
    u64 second_us = cut.time_us;
    u64 third_us = cut.behind_time_us;
    assert_true(second_us < third_us);
    assert_ok(find(0, second_us));
    assert_int_equal(cut.seq, 300);
    assert_ok(find(0, third_us - 1));
    assert_int_equal(cut.seq, 300);
    assert_ok(find(0, third_us));
    assert_true(cut.seq >= 400);
    assert_ok(find(0, UINT64_MAX));
    assert_int_equal(cut.seq, 1200);
    assert_false(cut.bounded);
    assert_fault(find(0, 1), FAULT_USAGE,
                 "journal: nothing lies before that: the first batch has the commands 1 to 100");
    /* Both: the stricter one counts. */
    assert_ok(find(100, third_us));
    assert_int_equal(cut.seq, 100);
}

static void a_copy_to_be_kept_is_the_same(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    options_reset(scene);
    options.sparse = true;
    assert_ok(find(1100, 0));
    (void)copy_and_read(scene, TARGET);
    struct span content;
    assert_true(disk_false_find(scene->disk, TARGET "/00000000000000000801.journal", &content));
    assert_int_equal(content.size, SCENE_SEGMENT_BYTES);
}

static void packed_segments_are_copied_and_cut(void **state)
{
    struct scene *scene = *state;
    struct journal_pack_result packed;
    scene_write_three(scene);
    options_reset(scene);
    assert_ok(journal_pack(options.disk, JOURNAL_WORLD_FOLDER, 1, 3, &packed));
    assert_ok(journal_pack(options.disk, JOURNAL_WORLD_FOLDER, 401, 3, &packed));
    assert_ok(find(700, 0));
    (void)copy_and_read(scene, "in");
    struct span content;
    assert_true(disk_false_find(scene->disk, "in/00000000000000000001.journal.zst", &content));
    assert_true(disk_false_find(scene->disk, "in/00000000000000000401.journal", &content));
    assert_int_equal(content.size, SCENE_SEGMENT_BYTES);
    assert_ok(find(0, 0));
    (void)copy_and_read(scene, "whole");
    assert_false(disk_false_find(scene->disk, "whole/00000000000000000401.journal", &content));
}

/* What is behind the cut may be anything; what is before it may not. */
static void damage_behind_the_cut_does_not_matter(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    options_reset(scene);
    scene_flip(scene, SCENE_SECOND, SCENE_C + 200);
    assert_ok(find(500, 0));
    (void)copy_and_read(scene, TARGET);
    assert_int_equal(find(800, 0), FAULT_ROT);
    assert_int_equal(find(0, 0), FAULT_ROT);
}

static void a_torn_tail_is_not_copied(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    options_reset(scene);
    scene_flip(scene, SCENE_FIRST, SCENE_C + 200);
    assert_ok(find(0, 0));
    assert_int_equal(cut.seq, 300);
    assert_true(cut.torn_bytes > 0);
    (void)copy_and_read(scene, TARGET);
}

/* Beside a writer the last batch is taken only when something follows it or it is known otherwise.
 */
static void beside_a_writer_only_what_is_durable(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    options_reset(scene);
    options.live = true;
    assert_ok(find(0, 0));
    assert_int_equal(cut.seq, 300);
    assert_false(cut.sealed);
    options.seq_durable = 400;
    assert_ok(find(0, 0));
    assert_int_equal(cut.seq, 400);
    (void)copy_and_read(scene, TARGET);
    options.seq_durable = 401;
    assert_fault(find(0, 0), FAULT_ROT,
                 "journal: can be read up to command 400 only, where 401 was durable already: "
                 "segment 1 is damaged at byte offset 20480 or later");
}

static void a_seal_is_taken_along(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    options_reset(scene);
    options.live = true;
    assert_ok(find(0, 0));
    assert_int_equal(cut.seq, 400);
    assert_true(cut.sealed);
    (void)copy_and_read(scene, TARGET);
    assert_same(scene, SCENE_FIRST, TARGET "/00000000000000000001.journal", SCENE_SEGMENT_BYTES);
    /* Also one that was stamped later than what is wanted. */
    assert_ok(find(0, cut.time_us));
    assert_true(cut.sealed);
    assert_false(cut.bounded);
}

/* A full segment has no room for a seal: the header of the next one is it. */
static void a_full_segment_is_sealed_by_the_next_header(void **state)
{
    struct scene *scene = *state;
    assert_ok(journal_world_start(&scene->world));
    /* 7 blocks: as many batches of one block each. */
    for (u32 i = 0; i < 8; i += 1) {
        assert_true(journal_world_submit(&scene->world, 100));
        assert_true(journal_world_settle(&scene->world));
    }
    journal_world_stop(&scene->world);
    options_reset(scene);
    assert_ok(find(700, 0));
    assert_int_equal(cut.offset, SCENE_SEGMENT_BYTES);
    (void)copy_and_read(scene, TARGET);
    struct span content;
    assert_true(disk_false_find(scene->disk, TARGET "/00000000000000000701.journal", &content));
    /* And the copy goes on. */
    scene->world.config.folder = TARGET;
    scene->world.reading.folder = TARGET;
    scene->world.seq_durable = 0;
    assert_ok(journal_world_start(&scene->world));
    assert_true(journal_world_submit(&scene->world, 10) && journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene->world.tally.end.seq_next, 711);
}

static void an_empty_folder_has_nothing(void **state)
{
    struct scene *scene = *state;
    options_reset(scene);
    assert_fault(find(0, 0), FAULT_MISSING, "journal: there is no journal in this folder");
}

int main(void)
{
#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        SCENE_TEST(every_sequence_number_ends_at_a_batch),
        SCENE_TEST(a_copy_is_the_original_up_to_the_cut),
        SCENE_TEST(a_time_is_a_bound_too),
        SCENE_TEST(a_copy_to_be_kept_is_the_same),
        SCENE_TEST(packed_segments_are_copied_and_cut),
        SCENE_TEST(damage_behind_the_cut_does_not_matter),
        SCENE_TEST(a_torn_tail_is_not_copied),
        SCENE_TEST(beside_a_writer_only_what_is_durable),
        SCENE_TEST(a_seal_is_taken_along),
        SCENE_TEST(a_full_segment_is_sealed_by_the_next_header),
        SCENE_TEST(an_empty_folder_has_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
