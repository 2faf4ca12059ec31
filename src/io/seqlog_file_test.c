/* Aim: the file driver's contract, call by call: when a batch is durable, when it is sealed, when a
 * segment begins, what ends the log and what it says then. Method: the false disk and no threads,
 * so that every step happens where the test wants it; the texts of the faults are compared whole.
 * The machine's disk and the threads are in seqlog_disk_test.c. */
#include "io/seqlog_file.h"

#include "base/bytes.h"
#include "base/span.h"
#include "io/journal_folder.h"
#include "tests/support/journal_scene.h"

#include <stdio.h>
#include <string.h>

#define LOCK "journal/LOCK"

static bool has_file(const struct scene *scene, const char *path)
{
    struct span content;
    return disk_false_find(scene->disk, path, &content);
}

static u32 count_files(const struct scene *scene, const char *part)
{
    u32 count = 0;
    for (u32 index = 0; index < disk_false_files(scene->disk); index += 1) {
        count += strstr(disk_false_name(scene->disk, index), part) != NULL;
    }
    return count;
}

static void start(struct scene *scene)
{
    assert_ok(journal_world_start(&scene->world));
}

static void write_one(struct scene *scene, u32 count)
{
    assert_true(journal_world_submit(&scene->world, count) && journal_world_settle(&scene->world));
}

static void assert_reads_back(struct scene *scene)
{
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, scene->world.seq_next);
}

/* ---- beginning ---- */

static void journal_begins_with_one_segment(void **state)
{
    struct scene *scene = *state;
    start(scene);
    assert_true(has_file(scene, LOCK));
    assert_int_equal(count_files(scene, ".journal"), 1);
    scene_take(scene, SCENE_FIRST);
    assert_int_equal(scene->size, SCENE_SEGMENT_BYTES);
    struct journal_segment_header header;
    assert_int_equal(journal_segment_decode(span_of(scene->bytes, scene->size), &header),
                     JOURNAL_GOOD);
    assert_int_equal(header.seq_first, 1);
    assert_int_equal(header.time_us, 0);
    assert_int_equal(header.segment_bytes, SCENE_SEGMENT_BYTES);
    assert_int_equal(header.batch_bytes_max, scene->world.config.batch_bytes_max);
    assert_memory_equal(header.venue, scene->world.venue, JOURNAL_VENUE_BYTES);
    u8 chain[JOURNAL_HASH_BYTES];
    journal_chain_start(&scene->sha256, scene->world.venue, chain);
    assert_memory_equal(header.hash_previous, chain, sizeof(chain));
    assert_memory_equal(scene->world.outcome.hash, chain, sizeof(chain));
    assert_int_equal(scene->world.outcome.seq_next, 1);
    assert_int_equal(scene->world.outcome.pending, 0);
    assert_true(scene->world.outcome.sealed);
    assert_true(span_is_zero(span_of(scene->bytes + SCENE_A, scene->size - SCENE_A)));
}

static enum fault open_and_start(struct scene *scene, const u8 *venue)
{
    static _Alignas(4096) u8 memory[4U << 20];
    struct arena arena;
    size_t bytes = seqlog_file_footprint(&scene->world.config);
    assert_true(bytes <= sizeof(memory));
    arena_init(&arena, memory, bytes);
    scene->world.config.clock = &scene->world.clock.clock;
    struct seqlog_file *file = NULL;
    TRY(seqlog_file_open(&file, &scene->world.config, &arena));
    enum fault fault = scene_read(scene);
    if (fault == FAULT_NONE) {
        fault = seqlog_file_start(file, &scene->world.tally.end, venue);
    }
    seqlog_file_close(file);
    return fault;
}

static void venue_must_be_the_one_found(void **state)
{
    struct scene *scene = *state;
    assert_fault(open_and_start(scene, NULL), FAULT_MISSING, "journal: there is no journal");
    scene_write(scene, true);
    u8 other[JOURNAL_VENUE_BYTES];
    memcpy(other, scene->world.venue, sizeof(other));
    assert_ok(open_and_start(scene, other));
    assert_ok(open_and_start(scene, NULL));
    other[0] ^= 1;
    assert_fault(open_and_start(scene, other), FAULT_FOREIGN,
                 "journal: the journal belongs to another venue");
}

static void impossible_configurations_are_refused(void **state)
{
    struct scene *scene = *state;
    static const char sizes[] = "journal journal: sizes of segments and batches are multiples of "
                                "4096, up to 17179869184 and 16777216 bytes";
    static const char counts[] = "journal journal: 2 to 4 buffers, 1 to 16 segments ahead";
    struct seqlog_file_config good = scene->world.config;
    struct {
        struct seqlog_file_config config;
        const char *text;
    } rows[] = {
        {good, sizes},  {good, sizes},
        {good, sizes},  {good, sizes},
        {good, counts}, {good, counts},
        {good, counts}, {good, "journal journal: a segment of 12288 bytes has no room for a batch"},
    };
    rows[0].config.segment_bytes += 512;
    rows[1].config.segment_bytes = JOURNAL_SEGMENT_BYTES_MAX + SCENE_BLOCK;
    rows[2].config.batch_bytes_max += 1;
    rows[3].config.batch_bytes_max = JOURNAL_BATCH_BYTES_MAX + SCENE_BLOCK;
    rows[4].config.buffers_count = 1;
    rows[5].config.buffers_count = SEQLOG_FILE_BUFFERS_MAX + 1;
    rows[6].config.segments_ahead = SEQLOG_FILE_AHEAD_MAX + 1;
    rows[7].config.segment_bytes = good.batch_bytes_max;
    for (size_t index = 0; index < ARRAY_COUNT(rows); index += 1) {
        scene->world.config = rows[index].config;
        struct seqlog_file *file = NULL;
        struct arena arena = {.memory = NULL};
        assert_fault(seqlog_file_open(&file, &rows[index].config, &arena), FAULT_CONFIG,
                     rows[index].text);
        assert_null(file);
        seqlog_file_close(file);
    }
    /* Nothing was touched. */
    assert_int_equal(disk_false_files(scene->disk), 0);
}

static void path_of_the_folder_is_bounded(void **state)
{
    struct scene *scene = *state;
    char path[FILE_PATH_BYTES + 1];
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    struct arena arena = {.memory = NULL};
    struct seqlog_file *file = NULL;
    scene->world.config.folder = path;
    assert_int_equal(seqlog_file_open(&file, &scene->world.config, &arena), FAULT_LIMIT);
    assert_non_null(strstr(fault_text(), "the path of a folder has 1 to 511 bytes"));
    scene->world.config.folder = "";
    assert_fault(seqlog_file_open(&file, &scene->world.config, &arena), FAULT_LIMIT,
                 ": the path of a folder has 1 to 511 bytes");
    /* Long enough for itself, too long for a file in it. */
    path[FILE_PATH_BYTES - 3] = '\0';
    scene->world.config.folder = path;
    scene->world.reading.folder = path;
    assert_int_equal(journal_world_start(&scene->world), FAULT_LIMIT);
    assert_non_null(strstr(fault_text(), "the path is longer than 511 bytes"));
}

static void folder_in_a_missing_folder_is_named(void **state)
{
    struct scene *scene = *state;
    scene->world.config.folder = "nothing/journal";
    scene->world.reading.folder = "nothing/journal";
    assert_int_equal(journal_world_start(&scene->world), FAULT_MISSING);
}

static void second_writer_is_kept_out(void **state)
{
    struct scene *scene = *state;
    start(scene);
    assert_fault(open_and_start(scene, NULL), FAULT_LOCKED,
                 LOCK ": another process uses this folder (process 1)");
    write_one(scene, 3);
    journal_world_stop(&scene->world);
    assert_ok(open_and_start(scene, NULL));
}

static void leftovers_are_removed(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    disk_false_put(scene->disk, "journal/prepared-0.tmp", span_of_text("x"));
    disk_false_put(scene->disk, "journal/prepared-17.tmp", span_of_text("x"));
    disk_false_put(scene->disk, "journal/prepared", span_of_text("x"));
    disk_false_put(scene->disk, "journal/notes.tmp", span_of_text("x"));
    start(scene);
    assert_false(has_file(scene, "journal/prepared-17.tmp"));
    assert_true(has_file(scene, "journal/prepared"));
    assert_true(has_file(scene, "journal/notes.tmp"));
    journal_world_stop(&scene->world);
    assert_int_equal(count_files(scene, "prepared-"), 0);
}

/* ---- batches ---- */

static void small_batch_is_durable_at_once(void **state)
{
    struct scene *scene = *state;
    start(scene);
    u64 before = disk_false_operations(scene->disk);
    assert_true(journal_world_submit(&scene->world, 10));
    assert_int_equal(disk_false_operations(scene->disk), before + 1);
    assert_true(journal_world_poll(&scene->world));
    assert_int_equal(scene->world.outcome.pending, 0);
    assert_int_equal(scene->world.seq_durable, 11);
    assert_false(scene->world.outcome.sealed);
    assert_reads_back(scene);
}

static void large_batch_is_durable_later(void **state)
{
    struct scene *scene = *state;
    start(scene);
    u64 before = disk_false_operations(scene->disk);
    assert_true(journal_world_submit(&scene->world, 200));
    assert_int_equal(disk_false_operations(scene->disk), before);
    assert_int_equal(seqlog_file_counters(scene->world.file).batches, 0);
    assert_true(journal_world_poll(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), before + 1);
    assert_int_equal(scene->world.outcome.pending, 0);
    struct seqlog_file_counters counters = seqlog_file_counters(scene->world.file);
    assert_int_equal(counters.batches, 1);
    assert_int_equal(counters.bytes, 2 * SCENE_BLOCK);
    assert_int_equal(counters.segments, 1);
}

static void buffers_run_out_and_come_back(void **state)
{
    struct scene *scene = *state;
    for (u32 buffers = 2; buffers <= SEQLOG_FILE_BUFFERS_MAX; buffers += 1) {
        scene->world.config.buffers_count = buffers;
        start(scene);
        struct seqlog *log = scene->world.log;
        assert_int_equal(log->pending_max, buffers);
        assert_ptr_equal(seqlog_buffer(log), seqlog_buffer(log));
        for (u32 index = 0; index < buffers; index += 1) {
            assert_non_null(seqlog_buffer(log));
            assert_true(journal_world_submit(&scene->world, 200));
        }
        assert_null(seqlog_buffer(log));
        for (u32 index = 0; index < buffers; index += 1) {
            assert_true(journal_world_poll(&scene->world));
            assert_int_equal(scene->world.outcome.pending, buffers - 1 - index);
            assert_non_null(seqlog_buffer(log));
        }
        journal_world_stop(&scene->world);
        assert_reads_back(scene);
    }
}

/* A small batch behind one that is pending must not overtake it. */
static void small_batch_waits_for_its_turn(void **state)
{
    struct scene *scene = *state;
    start(scene);
    u64 before = disk_false_operations(scene->disk);
    assert_true(journal_world_submit(&scene->world, 200));
    assert_true(journal_world_submit(&scene->world, 1));
    assert_int_equal(disk_false_operations(scene->disk), before);
    assert_true(journal_world_settle(&scene->world));
    assert_reads_back(scene);
}

static void wait_returns_at_progress(void **state)
{
    struct scene *scene = *state;
    start(scene);
    struct seqlog_outcome outcome = seqlog_wait(scene->world.log, 0);
    assert_int_equal(outcome.pending, 0);
    assert_true(journal_world_submit(&scene->world, 200));
    assert_true(journal_world_submit(&scene->world, 200));
    outcome = seqlog_wait(scene->world.log, 1000);
    assert_int_equal(outcome.pending, 1);
    assert_int_equal(outcome.seq_next, 201);
    outcome = seqlog_wait(scene->world.log, 1000);
    assert_int_equal(outcome.pending, 0);
    assert_false(seqlog_help(scene->world.log));
}

static void largest_batch_fits(void **state)
{
    struct scene *scene = *state;
    start(scene);
    assert_int_equal(scene->world.log->records_bytes_max, (12U << 10) - 128);
    write_one(scene, UINT16_MAX);
    assert_int_equal(scene->world.seq_next, 1 + ((12 << 10) - 128) / 32);
    write_one(scene, UINT16_MAX);
    write_one(scene, UINT16_MAX);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_int_equal(scene->world.tally.places[1].offset, SCENE_A + (12 << 10));
    assert_int_equal(scene_end(scene)->segment, 1 + 2 * (((12 << 10) - 128) / 32));
}

static void wrong_calls_are_refused(void **state)
{
    struct scene *scene = *state;
    start(scene);
    write_one(scene, 10);
    struct seqlog *log = scene->world.log;
    u8 *buffer = seqlog_buffer(log);
    struct seqlog_batch good = {.seq_first = 11,
                                .time_us = scene->world.time_us,
                                .count = 1,
                                .records = span_of(buffer, 32)};
    struct seqlog_batch bad = good;
    bad.seq_first = 12;
    expect_assert_failure(seqlog_submit(log, &bad));
    bad.seq_first = 10;
    expect_assert_failure(seqlog_submit(log, &bad));
    bad = good;
    bad.time_us -= 1;
    expect_assert_failure(seqlog_submit(log, &bad));
    bad = good;
    bad.count = 0;
    expect_assert_failure(seqlog_submit(log, &bad));
    bad = good;
    bad.records.size = log->records_bytes_max + 32;
    expect_assert_failure(seqlog_submit(log, &bad));
    bad = good;
    bad.records.data += 32;
    expect_assert_failure(seqlog_submit(log, &bad));
    expect_assert_failure(seqlog_seal(log, scene->world.time_us - 1));
    assert_reads_back(scene);
}

/* ---- seals ---- */

static void seal_follows_a_batch_once(void **state)
{
    struct scene *scene = *state;
    start(scene);
    /* Nothing to seal in a new journal. */
    u64 before = disk_false_operations(scene->disk);
    assert_true(journal_world_seal(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), before);
    write_one(scene, 10);
    assert_false(scene->world.outcome.sealed);
    u8 hash[JOURNAL_HASH_BYTES];
    memcpy(hash, scene->world.outcome.hash, sizeof(hash));
    assert_true(journal_world_seal(&scene->world));
    assert_true(scene->world.outcome.sealed);
    assert_memory_not_equal(scene->world.outcome.hash, hash, sizeof(hash));
    assert_int_equal(scene->world.outcome.seq_next, 11);
    before = disk_false_operations(scene->disk);
    assert_true(journal_world_seal(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), before);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_true(scene_end(scene)->sealed);
    /* Nor after a restart. */
    start(scene);
    assert_true(scene->world.outcome.sealed);
    assert_true(journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_int_equal(scene->world.tally.seals, 1);
}

static void seal_waits_until_nothing_is_pending(void **state)
{
    struct scene *scene = *state;
    start(scene);
    assert_true(journal_world_submit(&scene->world, 200));
    seqlog_seal(scene->world.log, scene->world.time_us);
    assert_true(journal_world_settle(&scene->world));
    assert_false(scene->world.outcome.sealed);
    assert_true(journal_world_seal(&scene->world));
    assert_true(scene->world.outcome.sealed);
}

static void journal_without_a_seal_is_sealed_after_a_restart(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    start(scene);
    assert_false(scene->world.outcome.sealed);
    assert_true(journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_int_equal(scene->world.tally.seals, 1);
}

static void full_segment_is_sealed_by_the_next(void **state)
{
    struct scene *scene = *state;
    start(scene);
    for (u32 index = 0; index < 7; index += 1) {
        write_one(scene, 10);
    }
    assert_int_equal(count_files(scene, ".journal"), 1);
    assert_true(journal_world_seal(&scene->world));
    assert_true(scene->world.outcome.sealed);
    assert_int_equal(count_files(scene, ".journal"), 2);
    assert_true(has_file(scene, "journal/00000000000000000071.journal"));
    u64 before = disk_false_operations(scene->disk);
    assert_true(journal_world_seal(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), before);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_true(scene_end(scene)->sealed);
    assert_int_equal(scene->world.tally.seals, 0);
    assert_int_equal(scene_end(scene)->segment, 71);
    start(scene);
    write_one(scene, 10);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
}

/* ---- segments ---- */

static void next_segment_carries_the_chain(void **state)
{
    struct scene *scene = *state;
    start(scene);
    write_one(scene, 100);
    write_one(scene, 200);
    write_one(scene, 200);
    write_one(scene, 50);
    u64 time_us = scene->world.time_us;
    u8 hash[JOURNAL_HASH_BYTES];
    memcpy(hash, scene->world.outcome.hash, sizeof(hash));
    assert_int_equal(count_files(scene, ".journal"), 1);
    /* One block is left, two are needed. */
    write_one(scene, 200);
    scene_take(scene, "journal/00000000000000000551.journal");
    struct journal_segment_header header;
    assert_int_equal(journal_segment_decode(span_of(scene->bytes, scene->size), &header),
                     JOURNAL_GOOD);
    assert_int_equal(header.seq_first, 551);
    assert_int_equal(header.time_us, time_us);
    assert_memory_equal(header.hash_previous, hash, sizeof(hash));
    assert_int_equal(seqlog_file_counters(scene->world.file).segments, 2);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
}

static void segments_are_prepared_while_nothing_is_pending(void **state)
{
    struct scene *scene = *state;
    scene->world.config.segments_ahead = 4;
    start(scene);
    for (u32 index = 0; index < 10; index += 1) {
        assert_true(journal_world_poll(&scene->world));
    }
    assert_int_equal(count_files(scene, "prepared-"), 4);
    u64 waits = seqlog_file_counters(scene->world.file).segment_waits;
    for (u32 index = 0; index < 30; index += 1) {
        assert_true(journal_world_submit(&scene->world, 10));
    }
    assert_int_equal(seqlog_file_counters(scene->world.file).segment_waits, waits);
    /* Half of them are used up; fewer than that are not worth the work. */
    assert_true(count_files(scene, "prepared-") <= 2);
    journal_world_stop(&scene->world);
    assert_int_equal(count_files(scene, "prepared-"), 0);
    assert_reads_back(scene);
}

static void segments_can_be_prepared_first(void **state)
{
    struct scene *scene = *state;
    scene->world.config.segments_ahead = 3;
    scene->world.config.prepare_first = true;
    start(scene);
    assert_int_equal(count_files(scene, "prepared-"), 3);
}

static void larger_batches_need_a_new_segment(void **state)
{
    struct scene *scene = *state;
    scene_write_three(scene);
    assert_true(has_file(scene, SCENE_SECOND));
    assert_true(has_file(scene, SCENE_THIRD));
    assert_reads_back(scene);
    /* Smaller ones do not. */
    scene->world.config.batch_bytes_max = SCENE_BLOCK;
    scene->world.config.segment_bytes = 2 * SCENE_BLOCK;
    start(scene);
    write_one(scene, 10);
    journal_world_stop(&scene->world);
    assert_int_equal(count_files(scene, ".journal"), 3);
    assert_reads_back(scene);
}

/* A segment that has begun and holds nothing yet is begun again under the same name. */
static void empty_segment_is_replaced_by_a_larger_one(void **state)
{
    struct scene *scene = *state;
    start(scene);
    journal_world_stop(&scene->world);
    scene->world.config.batch_bytes_max += SCENE_BLOCK;
    start(scene);
    write_one(scene, 10);
    journal_world_stop(&scene->world);
    assert_int_equal(count_files(scene, ".journal"), 1);
    assert_reads_back(scene);
}

static void smallest_segments_hold_one_batch_each(void **state)
{
    struct scene *scene = *state;
    scene->world.config.segment_bytes = JOURNAL_SEGMENT_BYTES_MIN;
    scene->world.config.batch_bytes_max = SCENE_BLOCK;
    start(scene);
    for (u32 index = 0; index < 20; index += 1) {
        write_one(scene, 5);
        assert_true(index % 3 != 0 || journal_world_seal(&scene->world));
    }
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_in_range(count_files(scene, ".journal"), 20, 21);
}

/* ---- what ends the log ---- */

/* The log has ended: it takes nothing, writes nothing, and goes on saying why. */
static void assert_dead(struct scene *scene, enum seqlog_status status, enum fault fault,
                        const char *text)
{
    struct seqlog *log = scene->world.log;
    u64 before = disk_false_operations(scene->disk);
    for (u32 again = 0; again < 3; again += 1) {
        fault_forget();
        struct seqlog_outcome outcome = seqlog_poll(log);
        assert_int_equal(outcome.status, status);
        assert_fault(outcome.fault, fault, text);
        assert_null(seqlog_buffer(log));
        seqlog_seal(log, scene->world.time_us);
    }
    assert_int_equal(disk_false_operations(scene->disk), before);
}

static void write_that_fails_ends_the_log(void **state)
{
    struct scene *scene = *state;
    for (u32 count = 10; count <= 200; count += 190) {
        start(scene);
        write_one(scene, 7);
        u64 durable = scene->world.seq_durable;
        u64 operation = disk_false_operations(scene->disk) + 1;
        disk_false_fail_at(scene->disk, operation, FAULT_IO);
        (void)journal_world_submit(&scene->world, count);
        assert_false(journal_world_settle(&scene->world));
        char text[160];
        (void)snprintf(text, sizeof(text), SCENE_FIRST ": false disk: operation %llu fails",
                       (unsigned long long)operation);
        assert_dead(scene, SEQLOG_UNAVAILABLE, FAULT_IO, text);
        assert_int_equal(scene->world.outcome.seq_next, durable);
        journal_world_stop(&scene->world);
        disk_false_restart_process(scene->disk);
        start(scene);
        assert_true(scene->world.seq_next >= durable);
        write_one(scene, 3);
        journal_world_stop(&scene->world);
        assert_reads_back(scene);
    }
}

static void pending_batches_behind_a_failure_are_not_written(void **state)
{
    struct scene *scene = *state;
    start(scene);
    u64 operation = disk_false_operations(scene->disk) + 1;
    disk_false_fail_at(scene->disk, operation, FAULT_IO);
    assert_true(journal_world_submit(&scene->world, 200));
    assert_true(journal_world_submit(&scene->world, 200));
    assert_true(journal_world_submit(&scene->world, 200));
    assert_false(journal_world_settle(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), operation);
    assert_int_equal(scene->world.outcome.pending, 3);
    assert_int_equal(scene->world.outcome.seq_next, 1);
}

static void submit_after_the_end_does_nothing(void **state)
{
    struct scene *scene = *state;
    start(scene);
    struct seqlog *log = scene->world.log;
    assert_true(journal_world_submit(&scene->world, 200));
    u8 *buffer = seqlog_buffer(log); /* taken before anybody knew */
    assert_non_null(buffer);
    disk_false_fail_at(scene->disk, disk_false_operations(scene->disk) + 1, FAULT_IO);
    assert_false(journal_world_settle(&scene->world));
    u64 before = disk_false_operations(scene->disk);
    struct seqlog_batch batch = {.seq_first = 201,
                                 .time_us = scene->world.time_us,
                                 .count = 1,
                                 .records = span_of(buffer, 32)};
    seqlog_submit(log, &batch);
    struct seqlog_outcome outcome = seqlog_poll(log);
    assert_int_equal(outcome.pending, 1);
    assert_int_equal(outcome.seq_next, 1);
    assert_int_equal(disk_false_operations(scene->disk), before);
}

static void lost_lock_fences(void **state)
{
    struct scene *scene = *state;
    start(scene);
    write_one(scene, 10);
    u64 before = disk_false_operations(scene->disk);
    disk_false_remove(scene->disk, LOCK);
    (void)journal_world_submit(&scene->world, 10);
    assert_false(journal_world_settle(&scene->world));
    assert_int_equal(disk_false_operations(scene->disk), before);
    assert_dead(scene, SEQLOG_FENCED, FAULT_FENCED, LOCK ": the lock file we hold is gone");
}

static void replaced_lock_fences(void **state)
{
    struct scene *scene = *state;
    start(scene);
    disk_false_remove(scene->disk, LOCK);
    disk_false_put(scene->disk, LOCK, span_of_text("2\n"));
    (void)journal_world_submit(&scene->world, 200);
    assert_false(journal_world_settle(&scene->world));
    assert_dead(scene, SEQLOG_FENCED, FAULT_FENCED, LOCK ": the lock file was replaced by another");
}

static void full_disk_is_told_before_it_hurts(void **state)
{
    struct scene *scene = *state;
    scene->world.config.segments_ahead = 2;
    start(scene);
    assert_int_equal(count_files(scene, "prepared-"), 1);
    disk_false_set_bytes_max(scene->disk, disk_false_bytes(scene->disk) + 30000);
    assert_true(journal_world_poll(&scene->world));
    assert_int_equal(seqlog_file_counters(scene->world.file).preparing, FAULT_DISK_FULL);
    /* This segment and the one that could be prepared still take their batches. */
    u32 written = 0;
    while (journal_world_submit(&scene->world, 10) && journal_world_settle(&scene->world)) {
        written += 1;
    }
    assert_int_equal(written, 14);
    assert_int_equal(scene->world.outcome.fault, FAULT_DISK_FULL);
    assert_non_null(strstr(fault_text(), ".tmp: reserve 32768 bytes: No space left on device"));
    journal_world_stop(&scene->world);
    assert_ok(journal_world_read(&scene->world));
    assert_int_equal(scene_end(scene)->seq_next, 141);
    /* Space comes back, and so does the journal. */
    disk_false_set_bytes_max(scene->disk, 0);
    start(scene);
    write_one(scene, 10);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
}

static void space_that_comes_back_in_time_is_used(void **state)
{
    struct scene *scene = *state;
    scene->world.config.segments_ahead = 2;
    start(scene);
    disk_false_set_bytes_max(scene->disk, disk_false_bytes(scene->disk));
    assert_true(journal_world_poll(&scene->world));
    assert_int_equal(seqlog_file_counters(scene->world.file).preparing, FAULT_DISK_FULL);
    disk_false_set_bytes_max(scene->disk, 0);
    assert_true(journal_world_poll(&scene->world));
    assert_int_equal(seqlog_file_counters(scene->world.file).preparing, FAULT_NONE);
    for (u32 index = 0; index < 20; index += 1) {
        write_one(scene, 10);
    }
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
}

static void read_only_disk_is_named(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    disk_false_set_read_only(scene->disk, true);
    assert_fault(journal_world_start(&scene->world), FAULT_READ_ONLY,
                 LOCK ": cannot create: Read-only file system");
    assert_reads_back(scene);
    disk_false_set_read_only(scene->disk, false);
    start(scene);
    disk_false_set_read_only(scene->disk, true);
    (void)journal_world_submit(&scene->world, 10);
    assert_false(journal_world_settle(&scene->world));
    assert_dead(scene, SEQLOG_UNAVAILABLE, FAULT_READ_ONLY, "false disk: Read-only file system");
}

/* ---- damage ---- */

static void damaged_journal_is_not_opened_for_writing(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, true);
    scene_take(scene, SCENE_FIRST);
    scene_flip(scene, SCENE_FIRST, SCENE_B + 128);
    struct span before;
    assert_true(disk_false_find(scene->disk, SCENE_FIRST, &before));
    memcpy(scene->bytes, before.data, before.size);
    assert_int_equal(journal_world_start(&scene->world), FAULT_ROT);
    /* Not a byte was changed, and the folder is free again. */
    struct span after;
    assert_true(disk_false_find(scene->disk, SCENE_FIRST, &after));
    assert_memory_equal(after.data, scene->bytes, scene->size);
    scene_flip(scene, SCENE_FIRST, SCENE_B + 128);
    start(scene);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
}

static void torn_tail_is_zeroed_before_anything_else(void **state)
{
    struct scene *scene = *state;
    scene_write(scene, false);
    scene_zero(scene, SCENE_FIRST, SCENE_B, SCENE_B + 512);
    scene_zero(scene, SCENE_FIRST, SCENE_C, SCENE_SEGMENT_BYTES);
    scene->world.seq_durable = 1;
    start(scene);
    struct span content;
    assert_true(disk_false_find(scene->disk, SCENE_FIRST, &content));
    assert_true(span_is_zero(span_after(content, SCENE_B)));
    assert_int_equal(scene->world.seq_next, 101);
    /* Power goes before anything is appended: the cut is durable already. */
    disk_false_restart(scene->disk);
    journal_world_stop(&scene->world);
    assert_reads_back(scene);
    assert_false(scene_end(scene)->torn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        TEST(journal_begins_with_one_segment),
        TEST(venue_must_be_the_one_found),
        TEST(impossible_configurations_are_refused),
        TEST(path_of_the_folder_is_bounded),
        TEST(folder_in_a_missing_folder_is_named),
        TEST(second_writer_is_kept_out),
        TEST(leftovers_are_removed),
        TEST(small_batch_is_durable_at_once),
        TEST(large_batch_is_durable_later),
        TEST(buffers_run_out_and_come_back),
        TEST(small_batch_waits_for_its_turn),
        TEST(wait_returns_at_progress),
        TEST(largest_batch_fits),
        TEST(wrong_calls_are_refused),
        TEST(seal_follows_a_batch_once),
        TEST(seal_waits_until_nothing_is_pending),
        TEST(journal_without_a_seal_is_sealed_after_a_restart),
        TEST(full_segment_is_sealed_by_the_next),
        TEST(next_segment_carries_the_chain),
        TEST(segments_are_prepared_while_nothing_is_pending),
        TEST(segments_can_be_prepared_first),
        TEST(larger_batches_need_a_new_segment),
        TEST(empty_segment_is_replaced_by_a_larger_one),
        TEST(smallest_segments_hold_one_batch_each),
        TEST(write_that_fails_ends_the_log),
        TEST(pending_batches_behind_a_failure_are_not_written),
        TEST(submit_after_the_end_does_nothing),
        TEST(lost_lock_fences),
        TEST(replaced_lock_fences),
        TEST(full_disk_is_told_before_it_hurts),
        TEST(space_that_comes_back_in_time_is_used),
        TEST(read_only_disk_is_named),
        TEST(damaged_journal_is_not_opened_for_writing),
        TEST(torn_tail_is_zeroed_before_anything_else),
    };
#undef TEST
    return cmocka_run_group_tests_name("seqlog_file", tests, NULL, NULL);
}
