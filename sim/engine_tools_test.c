/* Aim: what the tools beside the engine say of a folder that is not as it should be: the snapshot
 * process of a rotted journal with and without a living engine, a reader of a damaged snapshot's
 * header; and that a repair says how far it is.
 *
 * Method: a script is worked off on the false disk, then bytes are changed and the tools asked. */
#include "base/bytes.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/log.h"
#include "role/engine/repair.h"
#include "role/engine/snapshot_run.h"
#include "sim/engine_world.h"
#include "tests/support/test.h"

#include <string.h>

#define FOLDER    ENGINE_WORLD_FOLDER
#define SNAPSHOTS FOLDER "/snapshots"
#define SEGMENT   FOLDER "/journal/00000000000000000001.journal"

enum { BATCHES = 20, COMMANDS = 15, BLOCK = 4096 };

static struct engine_world world;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static struct disk *disk(void)
{
    return disk_false_disk(world.disk);
}

/* The engine has worked off the script and ended cleanly; it still holds the lock. */
static struct engine_script *finished_world(void)
{
    u64 seed = test_seed() * 7919 + 5;
    struct engine_script *script = engine_script_open(seed, BATCHES, COMMANDS, 0);
    engine_world_open(&world, script, seed);
    assert_true(engine_world_live(&world));
    return script;
}

static void close_world(struct engine_script *script)
{
    assert_null(world.wrong);
    engine_world_close(&world);
    engine_script_close(script);
}

static u64 seq_last(const struct engine_script *script)
{
    return script->batches[BATCHES - 1].seq_first + script->batches[BATCHES - 1].count - 1;
}

static u32 snapshots_count(void)
{
    u64 seqs[8];
    u32 count = 0;
    must(snapshot_file_list(disk(), SNAPSHOTS, seqs, ARRAY_COUNT(seqs), &count));
    return count;
}

/* The beginning of the batch whose header is the `number`th block with a magic. */
static u64 batch_offset(u32 number)
{
    struct span content;
    assert_true(disk_false_find(world.disk, SEGMENT, &content));
    for (size_t at = BLOCK; at < content.size; at += BLOCK) {
        if (memcmp(content.data + at,
                   "\x89"
                   "CMBB",
                   5) == 0 &&
            number-- == 0) {
            return at;
        }
    }
    fail_msg("so many batches are not there");
    return 0;
}

/* ---- the snapshot process ---- */

/* In the last segment damage and a write under way look alike as long as somebody may be writing:
 * beside an engine the snapshot ends before it, with nobody there it is told. */
static void a_snapshot_of_a_rotted_journal_is_refused_at_rest(void **state)
{
    (void)state;
    struct engine_script *script = finished_world();
    u64 offsets[] = {batch_offset(0) + 9, batch_offset(7) + 200, batch_offset(BATCHES - 2) + 50};
    for (u32 i = 0; i < ARRAY_COUNT(offsets); i += 1) {
        disk_false_flip(world.disk, SEGMENT, offsets[i], 2);
        assert_int_equal(engine_world_snapshot(&world), FAULT_ROT);
        assert_non_null(strstr(fault_text(), SEGMENT ": damaged at byte offset"));
        assert_int_equal(snapshots_count(), 0);
        disk_false_flip(world.disk, SEGMENT, offsets[i], 2);
    }

    struct disk_lock engine;
    disk_false_flip(world.disk, SEGMENT, offsets[1], 2);
    must(disk_lock(disk(), FOLDER "/journal", &engine));
    must(engine_world_snapshot(&world));
    assert_int_equal(snapshots_count(), 1);
    disk_unlock(&engine);
    /* Nothing new to write is no reason to say nothing. */
    assert_int_equal(engine_world_snapshot(&world), FAULT_ROT);
    assert_int_equal(snapshots_count(), 1);

    disk_false_flip(world.disk, SEGMENT, offsets[1], 2);
    must(engine_world_snapshot(&world));
    assert_int_equal(snapshots_count(), 2);
    close_world(script);
}

/* The lock is held no longer than the look at the last segment takes. */
static void a_snapshot_leaves_the_journal_unlocked(void **state)
{
    (void)state;
    struct engine_script *script = finished_world();
    must(engine_world_snapshot(&world));
    struct disk_lock lock;
    must(disk_lock(disk(), FOLDER "/journal", &lock));
    disk_unlock(&lock);
    close_world(script);
}

/* Any flipped bit of the header is damage, that of the version too; what is whole and of a later
 * version is newer, and only what has another magic is foreign. */
static void a_damaged_snapshot_is_neither_newer_nor_foreign(void **state)
{
    (void)state;
    enum { VERSION = 8, CHECKSUM = 12, MAGIC_BYTES = 8 };
    struct engine_script *script = finished_world();
    must(engine_world_snapshot(&world));
    u64 seq = seq_last(script);
    char path[FILE_PATH_BYTES];
    must(snapshot_file_path(path, SNAPSHOTS, seq));
    struct snapshot_info info;
    for (u32 bit = 0; bit < 16 * 8; bit += 1) {
        disk_false_flip(world.disk, path, bit / 8, bit % 8);
        assert_int_equal(snapshot_file_info(disk(), SNAPSHOTS, seq, &info), FAULT_ROT);
        disk_false_flip(world.disk, path, bit / 8, bit % 8);
    }
    must(snapshot_file_info(disk(), SNAPSHOTS, seq, &info));

    u8 header[BLOCK];
    SCOPED_FILE file = {.disk = NULL};
    must(file_open(disk(), path, FILE_WRITE, &file));
    must(file_read_whole(&file, 0, header, sizeof(header)));
    static const u32 versions[] = {0, 2, UINT32_MAX};
    for (u32 i = 0; i < ARRAY_COUNT(versions); i += 1) {
        bytes_put_u32(header + VERSION, versions[i]);
        bytes_put_u32(header + CHECKSUM, 0);
        bytes_put_u32(header + CHECKSUM, crc32c(span_of(header, sizeof(header))));
        must(file_write_at(&file, 0, header, sizeof(header)));
        assert_int_equal(snapshot_file_info(disk(), SNAPSHOTS, seq, &info),
                         versions[i] == 0 ? FAULT_ROT : FAULT_NEWER);
    }
    for (u32 byte = 0; byte < MAGIC_BYTES; byte += 1) {
        header[byte] ^= 1;
        must(file_write_at(&file, 0, header, sizeof(header)));
        assert_int_equal(snapshot_file_info(disk(), SNAPSHOTS, seq, &info),
                         byte < 4 ? FAULT_ROT : FAULT_FOREIGN);
    }
    file_close(&file);
    close_world(script);
}

/* ---- repair ---- */

struct teller {
    struct recovery_progress progress;
    u64 calls;
    u64 done;
    u64 all;
    u64 seq;
};

static void tell(struct recovery_progress *progress, u64 done, u64 all, u64 seq)
{
    struct teller *teller = (struct teller *)(void *)progress;
    assert_true(done >= teller->done && done <= all && seq >= teller->seq);
    teller->calls += 1;
    teller->done = done;
    teller->all = all;
    teller->seq = seq;
}

static void a_repair_says_how_far_it_is(void **state)
{
    (void)state;
    struct engine_script *script = finished_world();
    struct teller teller = {.progress = {.report = tell}};
    struct repair_options options = {.disk = disk(),
                                     .clock = &world.clock.clock,
                                     .folder = FOLDER,
                                     .progress = &teller.progress};
    struct repair_result result;
    assert_int_equal(repair_void(&options, 5, 17, &result), FAULT_USAGE);
    assert_true(teller.calls > 0);
    assert_true(teller.all > 0);
    assert_int_equal(teller.done, teller.all);
    assert_int_equal(teller.seq, seq_last(script));
    close_world(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_of_a_rotted_journal_is_refused_at_rest),
        cmocka_unit_test(a_snapshot_leaves_the_journal_unlocked),
        cmocka_unit_test(a_damaged_snapshot_is_neither_newer_nor_foreign),
        cmocka_unit_test(a_repair_says_how_far_it_is),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_WARN, clock_real());
    return cmocka_run_group_tests_name("engine_tools", tests, NULL, NULL);
}
