/* Aim: a reader hands out exactly what was written, a torn tail is found and measured, everything
 * else that is wrong is refused with file, byte offset and cause, and packed segments read the
 * same. Method: a small journal with known offsets on the false disk, then changed byte by byte;
 * the texts of the faults are compared whole. */
#include "io/journal_read.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/journal_scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is good ---- */

static void folder_that_is_missing_is_an_empty_journal(void **state)
{
    struct scene *scene = *state;
    assert_ok(scene_read(scene));
    const struct journal_end *end = scene_end(scene);
    assert_true(end->empty && end->sealed && !end->torn);
    assert_int_equal(end->seq_next, 1);
    assert_int_equal(scene->world.tally.batches, 0);
}

static void journal_reads_back(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    assert_ok(journal_world_read(&scene->world));
    const struct journal_end *end = scene_end(scene);
    assert_int_equal(scene->world.tally.batches, 4);
    assert_int_equal(scene->world.tally.seals, 1);
    assert_int_equal(scene->world.tally.records, 400);
    assert_false(end->empty || end->torn || end->segment_packed);
    assert_true(end->sealed);
    assert_int_equal(end->offset, SCENE_END);
    assert_int_equal(end->seq_next, 401);
    assert_int_equal(end->segment, 1);
    assert_int_equal(end->segment_bytes, SCENE_SEGMENT_BYTES);
    assert_int_equal(end->batch_bytes_max, scene->world.config.batch_bytes_max);
    assert_memory_equal(end->venue, scene->world.venue, JOURNAL_VENUE_BYTES);
    assert_memory_equal(end->hash, scene->world.hash_durable, JOURNAL_HASH_BYTES);
    assert_int_equal(end->time_us, scene->world.time_us);
    static const u64 offsets[] = {SCENE_A, SCENE_B, SCENE_C, SCENE_SEAL};
    for (size_t index = 0; index < ARRAY_COUNT(offsets); index += 1) {
        assert_int_equal(scene->world.tally.places[index].offset, offsets[index]);
    }
}

static void journal_without_a_seal_is_not_sealed(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    assert_ok(journal_world_read(&scene->world));
    assert_false(scene_end(scene)->sealed);
    assert_false(scene_end(scene)->torn);
    assert_int_equal(scene_end(scene)->offset, SCENE_SEAL);
}

static void reader_goes_through_segments(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    /* One window without a thread, then some with one; the smallest windows first. */
    for (u32 windows = 1; windows <= JOURNAL_WINDOWS_MAX; windows += 1) {
        scene->world.reading.windows_count = windows;
        scene->world.reading.batch_bytes_max =
            windows % 2 == 1 ? 7 * SCENE_BLOCK : 64 * SCENE_BLOCK;
        scene->world.reading.window_bytes = SCENE_BLOCK;
        assert_ok(journal_world_read(&scene->world));
        assert_int_equal(scene_end(scene)->seq_next, 1201);
        assert_int_equal(scene_end(scene)->segment, 801);
        assert_int_equal(scene->world.tally.batches, 9);
        assert_int_equal(scene->world.tally.places[8].offset, SCENE_C);
    }
}

static void batches_lie_across_windows(void **state)
{
    struct scene *scene = *state;
    scene->world.config.batch_bytes_max = 2 * SCENE_BLOCK;
    assert_ok(journal_world_start(&scene->world));
    for (u32 index = 0; index < 60; index += 1) {
        u32 count = index * 7 % 3 == 0 ? 10 : 200;
        assert_true(journal_world_submit(&scene->world, count));
        assert_true(journal_world_settle(&scene->world));
    }
    journal_world_stop(&scene->world);
    scene->world.reading.batch_bytes_max = 2 * SCENE_BLOCK;
    for (u32 blocks = 2; blocks <= 9; blocks += 1) {
        for (u32 windows = 1; windows <= 4; windows += 1) {
            scene->world.reading.window_bytes = blocks * SCENE_BLOCK;
            scene->world.reading.windows_count = windows;
            assert_ok(journal_world_read(&scene->world));
            assert_int_equal(scene_end(scene)->seq_next, scene->world.seq_next);
        }
    }
}

static void other_files_in_the_folder_are_left_alone(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    static const char *const names[] = {
        "journal/1.journal",
        "journal/0000000000000000000x.journal",
        "journal/00000000000000000000.journal",
        "journal/99999999999999999999.journal",
        "journal/00000000000000000900.journal.tmp",
        "journal/00000000000000000900.journal.zst.tmp",
        "journal/prepared-0.tmp",
        "journal/README",
    };
    for (size_t index = 0; index < ARRAY_COUNT(names); index += 1) {
        disk_false_put(scene->disk, names[index], span_of_text("not ours"));
    }
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 401);
}

/* The sequence number of the first batch that a reader from `seq_from` hands out; 0 for none. */
static u64 first_batch_from(struct scene *scene, u64 seq_from)
{
    struct journal_reader_config config = scene->world.reading;
    config.seq_from = seq_from;
    size_t bytes = journal_reader_footprint(&config);
    void *memory = aligned_alloc(SCENE_BLOCK, bytes);
    assert_non_null(memory);
    struct arena arena;
    arena_init(&arena, memory, bytes);
    struct journal_reader *reader = NULL;
    assert_ok(journal_reader_open(&reader, &config, &arena));
    struct journal_batch batch;
    bool more = false;
    assert_ok(journal_reader_next(reader, &batch, &more));
    u64 seq = more ? batch.header.seq_first : 0;
    while (more) {
        assert_ok(journal_reader_next(reader, &batch, &more));
    }
    assert_int_equal(journal_reader_end(reader)->seq_next, 1201);
    u64 done = 0;
    u64 all = 0;
    journal_reader_progress(reader, &done, &all);
    assert_int_equal(done, all);
    journal_reader_close(reader);
    free(memory);
    return seq;
}

static void reader_begins_where_it_is_told(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_int_equal(first_batch_from(scene, 0), 1);
    assert_int_equal(first_batch_from(scene, 1), 1);
    assert_int_equal(first_batch_from(scene, 100), 1);
    assert_int_equal(first_batch_from(scene, 101), 101);
    assert_int_equal(first_batch_from(scene, 400), 301);
    assert_int_equal(first_batch_from(scene, 401), 401);
    assert_int_equal(first_batch_from(scene, 1200), 1101);
    assert_int_equal(first_batch_from(scene, 1201), 0);
    assert_int_equal(first_batch_from(scene, UINT64_MAX), 0);
    /* What is before the segment that holds it is not looked at. */
    scene_flip(scene, SCENE_FIRST, SCENE_A);
    scene_flip(scene, SCENE_SECOND, SCENE_A + 500);
    assert_int_equal(first_batch_from(scene, 801), 801);
    disk_false_remove(scene->disk, SCENE_FIRST);
    scene->world.reading.seq_from = 400;
    assert_fault(scene_read(scene), FAULT_MISSING,
                 "journal: sequence 400 is wanted, the journal begins at 401");
}

static void impossible_sizes_are_refused(void **state)
{
    struct scene *scene = *state;
    struct journal_reader_config good = scene->world.reading;
    struct journal_reader_config bad[] = {good, good, good, good, good, good};
    bad[0].window_bytes = SCENE_BLOCK + 1;
    bad[1].window_bytes = (1U << 30) + SCENE_BLOCK;
    bad[2].batch_bytes_max = SCENE_BLOCK + 512;
    bad[3].batch_bytes_max = JOURNAL_BATCH_BYTES_MAX + SCENE_BLOCK;
    bad[4].windows_count = JOURNAL_WINDOWS_MAX + 1;
    bad[5].windows_count = 2;
    bad[5].live = true;
    for (size_t index = 0; index < ARRAY_COUNT(bad); index += 1) {
        assert_int_equal(journal_reader_footprint(&bad[index]), 0);
        struct journal_reader *reader = NULL;
        struct arena arena;
        arena_init(&arena, scene->bytes, sizeof(scene->bytes));
        assert_fault(journal_reader_open(&reader, &bad[index], &arena), FAULT_USAGE,
                     "journal reader of journal: impossible sizes");
        assert_null(reader);
    }
}

/* ---- torn tails ---- */

static void expect_torn(struct scene *scene, u64 offset, u64 bytes, u64 seq_next)
{
    assert_ok(scene_read(scene));
    const struct journal_end *end = scene_end(scene);
    assert_true(end->torn);
    assert_int_equal(end->offset, offset);
    assert_int_equal(end->torn_bytes, bytes);
    assert_int_equal(end->seq_next, seq_next);
    /* The writer cuts it: afterwards there are zeros, and the journal goes on. */
    assert_ok(journal_world_start(&scene->world));
    struct span content;
    assert_true(disk_false_find(scene->disk, SCENE_FIRST, &content));
    assert_true(span_is_zero(span_after(content, offset)));
    assert_true(journal_world_submit(&scene->world, 10) && journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, seq_next + 10);
    assert_false(scene_end(scene)->torn);
}

static void tail_without_its_header_is_torn(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_C, SCENE_SEGMENT_BYTES);
    scene_zero(scene, SCENE_FIRST, SCENE_B, SCENE_B + SCENE_BLOCK);
    expect_torn(scene, SCENE_B, (u64)2 * SCENE_BLOCK, 101);
}

static void tail_with_only_its_header_is_torn(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_B + SCENE_BLOCK, SCENE_SEGMENT_BYTES);
    expect_torn(scene, SCENE_B, SCENE_BLOCK, 101);
}

static void tail_of_a_few_bytes_is_torn(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_C + 3, SCENE_SEGMENT_BYTES);
    expect_torn(scene, SCENE_C, SCENE_BLOCK, 301);
}

static void tail_with_a_lost_sector_is_torn(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_C + 512, SCENE_C + 1024);
    expect_torn(scene, SCENE_C, SCENE_BLOCK, 301);
}

/* Records are the engine's: nothing in them is taken for a header. */
static void header_among_torn_records_is_no_header(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_C, SCENE_SEGMENT_BYTES);
    memcpy(scene->bytes + SCENE_B + SCENE_BLOCK, scene->bytes + SCENE_A, 128);
    scene_put(scene, SCENE_FIRST);
    expect_torn(scene, SCENE_B, (u64)2 * SCENE_BLOCK, 101);
}

static void seal_that_was_not_finished_is_torn(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_flip(scene, SCENE_FIRST, SCENE_SEAL + 40);
    expect_torn(scene, SCENE_SEAL, SCENE_BLOCK, 401);
}

static void bytes_far_behind_the_end_are_cut(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_flip(scene, SCENE_FIRST, SCENE_SEGMENT_BYTES - 1);
    expect_torn(scene, SCENE_END, (u64)2 * SCENE_BLOCK, 401);
}

static void journal_torn_at_its_first_batch_begins_again(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_A + 1000, SCENE_SEGMENT_BYTES);
    expect_torn(scene, SCENE_A, SCENE_BLOCK, 1);
}

/* ---- rot ---- */

static void damaged_batch_before_a_good_one_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_flip(scene, SCENE_FIRST, SCENE_B + 5000);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 8192: the records do not match their "
                           "checksum; a later batch, sequence 301, follows at byte offset 16384");
    scene_flip(scene, SCENE_FIRST, SCENE_B + 5000);
    scene_flip(scene, SCENE_FIRST, SCENE_B + 50);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 8192: the header does not match its "
                           "checksum; a later batch, sequence 301, follows at byte offset 16384");
    scene_flip(scene, SCENE_FIRST, SCENE_B + 50);
    scene_flip(scene, SCENE_FIRST, SCENE_B);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 8192: not a header; a later batch, sequence "
                           "301, follows at byte offset 16384");
    scene_zero(scene, SCENE_FIRST, SCENE_A, SCENE_C);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 4096: zeros where a header is expected; a "
                           "later batch, sequence 301, follows at byte offset 16384");
}

static void damaged_batch_before_a_seal_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_flip(scene, SCENE_FIRST, SCENE_C + 1000);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the records do not match their "
                           "checksum; a later batch, sequence 401, follows at byte offset 20480");
    assert_fault(journal_world_start(&scene->world), FAULT_ROT,
                 SCENE_FIRST
                 ": damaged at byte offset 16384: the records do not match their checksum; a "
                 "later batch, sequence 401, follows at byte offset 20480");
}

static void damaged_padding_is_rot_even_at_the_end(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_flip(scene, SCENE_FIRST, SCENE_C + SCENE_BLOCK - 1);
    scene_rots(scene, SCENE_FIRST ": damaged at byte offset 16384: the padding is not zero");
}

static void damage_before_a_later_segment_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    scene_flip(scene, SCENE_FIRST, SCENE_C + 1000);
    scene_rots(scene, SCENE_FIRST ": damaged at byte offset 16384: the records do not match their "
                                  "checksum; a later segment, sequence 401, follows");
    scene_flip(scene, SCENE_FIRST, SCENE_C + 1000);
    /* The free space of a closed segment counts as well. */
    scene_flip(scene, SCENE_SECOND, SCENE_SEGMENT_BYTES - 1);
    scene_rots(scene,
               SCENE_SECOND ": damaged at byte offset 20480: zeros where a header is expected; a "
                            "later segment, sequence 801, follows");
    scene_flip(scene, SCENE_SECOND, SCENE_SEGMENT_BYTES - 1);
    scene_zero(scene, SCENE_SECOND, SCENE_C, SCENE_SEAL);
    scene_rots(scene,
               SCENE_THIRD ": does not follow the batch before it: that one ends before sequence "
                           "701, in segment 401 at byte offset 16384; this one begins at 801");
}

static void damaged_segment_header_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_flip(scene, SCENE_FIRST, 0);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 0: the header does not match its checksum");
    scene_flip(scene, SCENE_FIRST, 0);
    scene_flip(scene, SCENE_FIRST, 4000);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 0: the header does not match its checksum");
    scene_zero(scene, SCENE_FIRST, 0, SCENE_BLOCK);
    scene_rots(scene, SCENE_FIRST ": damaged at byte offset 0: zeros where a header is expected");
}

static void segment_of_the_wrong_size_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    static const struct {
        size_t size;
        const char *text;
    } rows[] = {
        {SCENE_SEGMENT_BYTES - SCENE_BLOCK,
         SCENE_FIRST ": damaged at byte offset 28672: the file has 28672 bytes, not 32768"},
        {SCENE_SEGMENT_BYTES + SCENE_BLOCK,
         SCENE_FIRST ": damaged at byte offset 32768: the file has 36864 bytes, not 32768"},
        {SCENE_SEGMENT_BYTES + 1,
         SCENE_FIRST ": damaged at byte offset 32768: the file has 32769 bytes, not 32768"},
        {SCENE_BLOCK, SCENE_FIRST ": damaged at byte offset 4096: the file has 4096 bytes, not "
                                  "32768"},
        {SCENE_BLOCK - 1,
         SCENE_FIRST ": damaged at byte offset 0: the file is shorter than a header"},
        {0, SCENE_FIRST ": damaged at byte offset 0: the file is shorter than a header"},
    };
    scene_take(scene, SCENE_FIRST);
    memset(scene->bytes + scene->size, 0, SCENE_BLOCK);
    for (size_t index = 0; index < ARRAY_COUNT(rows); index += 1) {
        scene->size = rows[index].size;
        scene_put(scene, SCENE_FIRST);
        scene_rots(scene, rows[index].text);
    }
}

static void missing_segment_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    disk_false_remove(scene->disk, SCENE_SECOND);
    scene_rots(scene,
               SCENE_THIRD ": does not follow the batch before it: that one ends before sequence "
                           "401, in segment 1 at byte offset 20480; this one begins at 801");
}

static void segment_under_another_name_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_take(scene, SCENE_FIRST);
    disk_false_remove(scene->disk, SCENE_FIRST);
    scene_put(scene, SCENE_SECOND);
    scene_rots(scene, SCENE_SECOND ": the name does not match the contents, which begin at 1");
}

/* Replaces the header of a segment by another good one. */
static void put_header(struct scene *scene, const char *path, struct journal_segment_header *header)
{
    scene_take(scene, path);
    journal_segment_encode(header, scene->bytes);
    scene_put(scene, path);
}

static struct journal_segment_header header_of(struct scene *scene, const char *path)
{
    struct journal_segment_header header;
    scene_take(scene, path);
    assert_int_equal(journal_segment_decode(span_of(scene->bytes, scene->size), &header),
                     JOURNAL_GOOD);
    return header;
}

static void chain_must_begin_and_follow(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    struct journal_segment_header second = header_of(scene, SCENE_SECOND);
    struct journal_segment_header changed = second;
    changed.hash_previous[0] ^= 1;
    put_header(scene, SCENE_SECOND, &changed);
    scene_rots(scene,
               SCENE_SECOND ": does not follow the batch before it: that one ends before sequence "
                            "401, in segment 1 at byte offset 20480; this one begins at 401");
    changed = second;
    changed.time_us += 1;
    put_header(scene, SCENE_SECOND, &changed);
    assert_int_equal(scene_read(scene), FAULT_ROT);
    changed = second;
    changed.venue[0] ^= 1;
    put_header(scene, SCENE_SECOND, &changed);
    assert_fault(scene_read(scene), FAULT_FOREIGN,
                 SCENE_SECOND ": belongs to another venue than the segment before it");
    put_header(scene, SCENE_SECOND, &second);
    changed = header_of(scene, SCENE_FIRST);
    changed.hash_previous[31] ^= 1;
    put_header(scene, SCENE_FIRST, &changed);
    scene_rots(scene, SCENE_FIRST ": damaged at byte offset 0: the chain does not begin here");
}

static void foreign_and_newer_files_are_refused(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_take(scene, SCENE_FIRST);
    memset(scene->bytes, '#', SCENE_BLOCK);
    scene_put(scene, SCENE_FIRST);
    assert_fault(scene_read(scene), FAULT_FOREIGN,
                 SCENE_FIRST ": not a journal segment (byte offset 0)");
    assert_fault(journal_world_start(&scene->world), FAULT_FOREIGN,
                 SCENE_FIRST ": not a journal segment (byte offset 0)");
    struct journal_segment_header header = {
        .seq_first = 1, .segment_bytes = SCENE_SEGMENT_BYTES, .batch_bytes_max = SCENE_BLOCK};
    journal_segment_encode(&header, scene->bytes);
    bytes_put_u32(scene->bytes + 8, JOURNAL_VERSION + 1);
    bytes_put_u32(scene->bytes + 12, 0);
    bytes_put_u32(scene->bytes + 12, crc32c(span_of(scene->bytes, SCENE_BLOCK)));
    scene_put(scene, SCENE_FIRST);
    assert_fault(scene_read(scene), FAULT_NEWER,
                 SCENE_FIRST ": written by a newer version; this one reads format 1");
}

static void limits_of_the_reader_are_kept(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    scene->world.reading.batch_bytes_max = 4 * SCENE_BLOCK;
    assert_fault(scene_read(scene), FAULT_LIMIT,
                 SCENE_FIRST ": has batches of up to 20480 bytes, the limit is 16384");
    scene->world.reading.segments_max = 2;
    assert_fault(scene_read(scene), FAULT_LIMIT, "journal: more than 2 segments");
    scene->world.reading.segments_max = 3;
    scene->world.reading.batch_bytes_max = 7 * SCENE_BLOCK;
    assert_ok(scene_read(scene));
}

/* Puts a batch in the place of C, with the right hash and checksums. */
static void put_batch(struct scene *scene, struct journal_batch_header *header)
{
    scene_take(scene, SCENE_FIRST);
    journal_batch_encode(&scene->sha256, header, scene->bytes + SCENE_C);
    scene_put(scene, SCENE_FIRST);
}

static void good_batch_that_does_not_follow_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_take(scene, SCENE_FIRST);
    struct journal_batch_header good;
    assert_int_equal(
        journal_batch_decode(span_of(scene->bytes + SCENE_C, 128), 3 * SCENE_BLOCK, &good),
        JOURNAL_GOOD);
    struct journal_batch_header changed = good;
    put_batch(scene, &changed);
    assert_ok(scene_read(scene));
    changed.seq_first += 1;
    put_batch(scene, &changed);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the sequence number does not follow");
    changed = good;
    changed.hash_previous[5] ^= 1;
    put_batch(scene, &changed);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the batch does not carry the hash of "
                           "the one before");
    changed = good;
    changed.time_us -= 1000;
    put_batch(scene, &changed);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the time is before that of the batch "
                           "before");
    /* The same batch once more: what a misplaced write leaves behind. */
    changed = good;
    put_batch(scene, &changed);
    scene_take(scene, SCENE_FIRST);
    memcpy(scene->bytes + SCENE_SEAL, scene->bytes + SCENE_C, SCENE_BLOCK);
    scene_put(scene, SCENE_FIRST);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 20480: the sequence number does not follow");
}

static void batch_with_impossible_contents_is_rot(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_take(scene, SCENE_FIRST);
    struct journal_batch_header header;
    assert_int_equal(
        journal_batch_decode(span_of(scene->bytes + SCENE_C, 128), 3 * SCENE_BLOCK, &header),
        JOURNAL_GOOD);
    scene->bytes[SCENE_C + 128 + 2] = 2;
    journal_batch_encode(&scene->sha256, &header, scene->bytes + SCENE_C);
    scene_put(scene, SCENE_FIRST);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the lengths of the records do not add "
                           "up");
    /* A header of more than the segment's bound. */
    header.length = 4 * SCENE_BLOCK;
    journal_batch_encode(&scene->sha256, &header, scene->bytes + SCENE_C);
    scene_put(scene, SCENE_FIRST);
    scene_rots(scene,
               SCENE_FIRST ": damaged at byte offset 16384: the header holds an impossible value");
}

static void fault_is_told_again_and_again(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_flip(scene, SCENE_FIRST, SCENE_C + 1000);
    for (u32 windows = 1; windows <= 3; windows += 1) {
        struct journal_reader_config config = scene->world.reading;
        config.windows_count = windows;
        size_t bytes = journal_reader_footprint(&config);
        void *memory = aligned_alloc(SCENE_BLOCK, bytes);
        assert_non_null(memory);
        struct arena arena;
        arena_init(&arena, memory, bytes);
        struct journal_reader *reader = NULL;
        assert_ok(journal_reader_open(&reader, &config, &arena));
        struct journal_batch batch;
        bool more = true;
        assert_ok(journal_reader_next(reader, &batch, &more));
        assert_int_equal(batch.header.seq_first, 1);
        assert_ok(journal_reader_next(reader, &batch, &more));
        assert_int_equal(batch.header.seq_first, 101);
        for (u32 again = 0; again < 3; again += 1) {
            fault_forget();
            assert_int_equal(journal_reader_next(reader, &batch, &more), FAULT_ROT);
            assert_false(more);
            assert_non_null(strstr(fault_text(), "damaged at byte offset 16384"));
        }
        expect_assert_failure(journal_reader_end(reader));
        journal_reader_close(reader);
        free(memory);
    }
    journal_reader_close(NULL);
}

static void read_that_fails_is_passed_up(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    u64 before = disk_false_reads(scene->disk);
    assert_ok(scene_read(scene));
    u64 count = disk_false_reads(scene->disk) - before;
    assert_true(count >= 8);
    for (u64 index = 1; index <= count; index += 1) {
        disk_false_fail_read_at(scene->disk, disk_false_reads(scene->disk) + index, FAULT_IO);
        assert_int_equal(scene_read(scene), FAULT_IO);
        assert_non_null(strstr(fault_text(), "false disk: read"));
        disk_false_fail_read_at(scene->disk, 0, FAULT_NONE);
    }
    assert_ok(scene_read(scene));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        TEST(folder_that_is_missing_is_an_empty_journal),
        TEST(journal_reads_back),
        TEST(journal_without_a_seal_is_not_sealed),
        TEST(reader_goes_through_segments),
        TEST(batches_lie_across_windows),
        TEST(other_files_in_the_folder_are_left_alone),
        TEST(reader_begins_where_it_is_told),
        TEST(impossible_sizes_are_refused),
        TEST(tail_without_its_header_is_torn),
        TEST(tail_with_only_its_header_is_torn),
        TEST(tail_of_a_few_bytes_is_torn),
        TEST(tail_with_a_lost_sector_is_torn),
        TEST(header_among_torn_records_is_no_header),
        TEST(seal_that_was_not_finished_is_torn),
        TEST(bytes_far_behind_the_end_are_cut),
        TEST(journal_torn_at_its_first_batch_begins_again),
        TEST(damaged_batch_before_a_good_one_is_rot),
        TEST(damaged_batch_before_a_seal_is_rot),
        TEST(damaged_padding_is_rot_even_at_the_end),
        TEST(damage_before_a_later_segment_is_rot),
        TEST(damaged_segment_header_is_rot),
        TEST(segment_of_the_wrong_size_is_rot),
        TEST(missing_segment_is_rot),
        TEST(segment_under_another_name_is_rot),
        TEST(chain_must_begin_and_follow),
        TEST(foreign_and_newer_files_are_refused),
        TEST(limits_of_the_reader_are_kept),
        TEST(good_batch_that_does_not_follow_is_rot),
        TEST(batch_with_impossible_contents_is_rot),
        TEST(fault_is_told_again_and_again),
        TEST(read_that_fails_is_passed_up),
    };
#undef TEST
    return cmocka_run_group_tests_name("journal_read", tests, NULL, NULL);
}
