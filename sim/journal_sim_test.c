/* Aim: whatever the disk does, the journal loses nothing that was reported durable, doubles
 * nothing, and never hands out a byte that was not written; damage is refused by file and offset.
 *
 * Method: seeded runs of random batches, seals and restarts over the false disk. Each run is
 * repeated with a crash at its first disk operation, at its second, and so on to its last; with a
 * failure at each of them; with a disk that is full after each number of blocks; with a disk that
 * becomes read-only after each step. Then the journal is recovered, compared record by record, and
 * goes on, and the power is cut once more. In small finished journals every byte is damaged in
 * turn. */
#include "base/random.h"
#include "base/span.h"
#include "sim/disk.h"
#include "tests/support/journal_world.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 4096,
    CRASH_SEEDS = 24,
    FAIL_SEEDS = 16,
    FULL_SEEDS = 12,
    READ_ONLY_SEEDS = 40,
    DAMAGE_SEEDS = 10,
    CHAOS_SEEDS = 12,
    CHAOS_ROUNDS = 150,
    STEPS_MAX = 40,
    COPIES_MAX = 64,
    PATH_BYTES = 64,
};

/* One run: what is done, and over which disk. */
struct run {
    u64 seed;
    u32 steps;
    u32 sector_bytes;
    struct disk_false *disk;
    struct journal_world world;
};

/* Where we are, for whoever has to repeat a failure. */
static struct {
    bool open;
    const char *what;
    u64 seed;
    u64 point;
} position;

static int say_where(void **state)
{
    (void)state;
    if (position.open) {
        const char *commit = getenv("CAMBIST_COMMIT");
        (void)fprintf(stderr,
                      "failed: %s, seed %" PRIu64 ", point %" PRIu64 "; commit %s\n"
                      "again: CAMBIST_SEED_BASE=%" PRIu64 " with the same commit\n",
                      position.what, position.seed, position.point,
                      commit == NULL ? "unknown" : commit, test_seed());
    }
    position.open = false;
    return 0;
}

/* The seed of round `index`; from here to run_close a failure is told with it. */
static u64 seed_of_round(const char *what, u64 index)
{
    position.open = true;
    position.what = what;
    position.seed = random_seed_derive(test_seed(), index);
    position.point = 0;
    return position.seed;
}

static void assert_ok(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static void assert_right(const struct run *run)
{
    if (run->world.tally.wrong != NULL) {
        fail_msg("%s", run->world.tally.wrong);
    }
}

/* Sizes of segments, batches, records, buffers and sectors follow from the seed; how the disk tears
 * follows from `disk_seed`. */
static void run_open(struct run *run, u64 seed, u64 disk_seed, bool small)
{
    struct random random;
    random_init(&random, seed);
    *run = (struct run){.seed = seed};
    run->steps = 4 + (u32)random_below(&random, small ? 6 : STEPS_MAX - 4);
    run->sector_bytes = random_chance(&random, 1, 2) ? 512 : 4096;
    run->disk = disk_false_open(
        &(struct disk_false_config){.seed = disk_seed, .sector_bytes = run->sector_bytes});
    journal_world_init(&run->world, disk_false_disk(run->disk), JOURNAL_WORLD_FOLDER, seed);
    struct seqlog_file_config *config = &run->world.config;
    u64 blocks = random_between(&random, 2, small ? 5 : 14);
    u64 batch_blocks = random_between(&random, 1, u64_min(blocks - 1, 6));
    config->segment_bytes = blocks * BLOCK;
    config->batch_bytes_max = (u32)batch_blocks * BLOCK;
    config->buffers_count = (u32)random_between(&random, 2, SEQLOG_FILE_BUFFERS_MAX);
    config->inline_bytes_max = random_chance(&random, 1, 2) ? BLOCK : 4 * BLOCK;
    config->segments_ahead = (u32)random_between(&random, 1, 3);
    config->prepare_first = random_chance(&random, 1, 4);
    run->world.units_max = (u32)random_between(&random, 1, 8);
    run->world.reading.window_bytes = (u32)random_between(&random, 1, 8) * BLOCK;
    run->world.reading.batch_bytes_max = 6 * BLOCK;
}

static void run_close(struct run *run)
{
    journal_world_free(&run->world);
    disk_false_close(run->disk);
    position.open = false;
}

/* One step of a run; false when the log or the disk has ended. */
static bool run_step(struct run *run, struct random *random)
{
    struct journal_world *world = &run->world;
    u64 kind = random_below(random, 20);
    if (kind == 0) {
        journal_world_stop(world);
        return journal_world_start(world) == FAULT_NONE;
    }
    if (kind < 4) {
        return journal_world_seal(world);
    }
    if (kind < 6) {
        return journal_world_poll(world);
    }
    /* One record, a few, or several segments full. */
    u64 batches = kind == 6 ? random_between(random, 2, 8) : 1;
    bool good = true;
    for (u64 index = 0; good && index < batches; index += 1) {
        u32 most = random_chance(random, 1, 2) ? 4 : 400;
        good = journal_world_submit(world, 1 + (u32)random_below(random, most));
    }
    return good &&
           (random_chance(random, 1, 2) ? journal_world_settle(world) : journal_world_poll(world));
}

/* Steps `from` to `to`; false when the log or the disk has ended. */
static bool run_steps(struct run *run, u32 from, u32 to)
{
    for (u32 step = from; step < to; step += 1) {
        struct random random;
        random_init(&random, random_seed_derive(run->seed, 1000 + step));
        if (!run_step(run, &random)) {
            return false;
        }
    }
    return true;
}

static bool run_whole(struct run *run)
{
    return journal_world_start(&run->world) == FAULT_NONE && run_steps(run, 0, run->steps) &&
           journal_world_settle(&run->world);
}

/* How many disk operations the undisturbed run takes. */
static u64 run_count_operations(u64 seed, bool small)
{
    struct run run;
    run_open(&run, seed, seed, small);
    assert_true(run_whole(&run));
    u64 count = disk_false_operations(run.disk);
    u64 seq_next = run.world.seq_next;
    journal_world_stop(&run.world);
    assert_ok(journal_world_read(&run.world));
    assert_right(&run);
    assert_int_equal(run.world.tally.end.seq_next, seq_next);
    assert_false(run.world.tally.end.torn);
    journal_world_free(&run.world);
    disk_false_close(run.disk);
    return count;
}

/* The journal opens, has all that was reported durable and nothing that was never submitted. */
static void recover(struct run *run)
{
    u64 seq_submitted = run->world.seq_next;
    assert_ok(journal_world_start(&run->world));
    assert_right(run);
    assert_true(run->world.seq_next <= seq_submitted);
}

/* Goes on for a few batches and ends cleanly. */
static void go_on(struct run *run, bool sealed)
{
    for (u32 index = 0; index < 3; index += 1) {
        assert_true(journal_world_submit(&run->world, 1 + index * 50));
        assert_true(journal_world_settle(&run->world));
    }
    assert_true(!sealed || journal_world_seal(&run->world));
}

/* Recovers, goes on, and loses power right after: what was written now must be there, too. */
static void recover_twice(struct run *run)
{
    recover(run);
    go_on(run, false);
    disk_false_restart(run->disk);
    journal_world_stop(&run->world);
    recover(run);
    go_on(run, true);
    u64 seq_next = run->world.seq_next;
    journal_world_stop(&run->world);
    assert_ok(journal_world_read(&run->world));
    assert_right(run);
    assert_int_equal(run->world.tally.end.seq_next, seq_next);
    assert_true(run->world.tally.end.sealed);
    assert_false(run->world.tally.end.torn);
}

/* ---- crashes ---- */

enum restart { RESTART_POWER, RESTART_PROCESS };

static void restart(struct run *run, enum restart kind)
{
    journal_world_stop(&run->world);
    switch (kind) {
    case RESTART_POWER:
        disk_false_restart(run->disk);
        return;
    case RESTART_PROCESS:
        disk_false_restart_process(run->disk);
        return;
    }
}

/* Crashes at one operation, and in every third case once more while it recovers. */
static void crash_once(u64 seed, u64 operation, enum restart kind)
{
    struct run run;
    run_open(&run, seed, random_seed_derive(seed, operation), false);
    position.point = operation;
    disk_false_crash_at(run.disk, operation);
    (void)run_whole(&run);
    assert_true(disk_false_crashed(run.disk));
    restart(&run, kind);
    if (operation % 3 == 0) {
        u64 seq_submitted = run.world.seq_next;
        disk_false_crash_at(run.disk, disk_false_operations(run.disk) + 1 + operation / 3 % 9);
        if (journal_world_start(&run.world) == FAULT_NONE) {
            assert_right(&run);
            (void)journal_world_submit(&run.world, 20);
        }
        restart(&run, operation % 2 == 0 ? RESTART_POWER : RESTART_PROCESS);
        run.world.seq_next = u64_max(seq_submitted, run.world.seq_next);
    }
    recover_twice(&run);
    run_close(&run);
}

static void crash_at_every_operation_loses_nothing(void **state)
{
    (void)state;
    u64 rounds = test_rounds(CRASH_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("crash at an operation", round);
        u64 count = run_count_operations(seed, false);
        for (u64 operation = 1; operation <= count; operation += 1) {
            position.open = true;
            crash_once(seed, operation, RESTART_POWER);
            position.open = true;
            crash_once(seed, operation, RESTART_PROCESS);
        }
    }
    position.open = false;
}

/* ---- failures ---- */

static void fail_once(u64 seed, u64 operation, enum fault fault)
{
    struct run run;
    run_open(&run, seed, random_seed_derive(seed, operation), false);
    position.point = operation;
    disk_false_fail_at(run.disk, operation, fault);
    bool whole = run_whole(&run);
    if (run.world.log != NULL && !whole) {
        assert_int_equal(run.world.outcome.status, SEQLOG_UNAVAILABLE);
        assert_int_equal(run.world.outcome.fault, fault);
        assert_true(fault_text()[0] != '\0');
    }
    restart(&run, operation % 2 == 0 ? RESTART_POWER : RESTART_PROCESS);
    recover_twice(&run);
    run_close(&run);
}

static void failure_of_every_operation_loses_nothing(void **state)
{
    (void)state;
    u64 rounds = test_rounds(FAIL_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("an operation fails", CRASH_SEEDS + round);
        u64 count = run_count_operations(seed, false);
        for (u64 operation = 1; operation <= count; operation += 1) {
            position.open = true;
            fail_once(seed, operation, FAULT_IO);
            position.open = true;
            fail_once(seed, operation, FAULT_DISK_FULL);
        }
    }
    position.open = false;
}

static void failure_of_every_read_only_delays(void **state)
{
    (void)state;
    u64 rounds = test_rounds(FAIL_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("a read fails", 100 + round);
        struct run run;
        run_open(&run, seed, seed, false);
        assert_true(run_whole(&run));
        restart(&run, RESTART_POWER);
        u64 before = disk_false_reads(run.disk);
        recover(&run);
        u64 count = disk_false_reads(run.disk) - before;
        journal_world_stop(&run.world);
        for (u64 read = 1; read <= count; read += 1) {
            position.point = read;
            disk_false_fail_read_at(run.disk, disk_false_reads(run.disk) + read, FAULT_IO);
            /* Only the reads of starting itself are left to fail. */
            enum fault fault = journal_world_start(&run.world);
            assert_true(fault == FAULT_NONE || (fault == FAULT_IO && fault_text()[0] != '\0'));
            journal_world_stop(&run.world);
            disk_false_fail_read_at(run.disk, 0, FAULT_NONE);
        }
        recover_twice(&run);
        run_close(&run);
    }
}

/* ---- full and read-only ---- */

static void fill_once(u64 seed, u64 bytes_max)
{
    struct run run;
    run_open(&run, seed, random_seed_derive(seed, bytes_max), true);
    position.point = bytes_max;
    disk_false_set_bytes_max(run.disk, bytes_max);
    bool whole = run_whole(&run);
    if (run.world.log != NULL && !whole) {
        assert_int_equal(run.world.outcome.fault, FAULT_DISK_FULL);
    }
    restart(&run, bytes_max % (2 * BLOCK) == 0 ? RESTART_POWER : RESTART_PROCESS);
    /* It can be read while the disk is still full. */
    if (run.world.seq_durable > 1) {
        assert_ok(journal_world_read(&run.world));
        assert_right(&run);
    }
    disk_false_set_bytes_max(run.disk, 0);
    recover_twice(&run);
    run_close(&run);
}

static void disk_full_at_every_size_loses_nothing(void **state)
{
    (void)state;
    u64 rounds = test_rounds(FULL_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("the disk is full", 200 + round);
        struct run run;
        run_open(&run, seed, seed, true);
        assert_true(run_whole(&run));
        u64 bytes = disk_false_bytes(run.disk);
        run_close(&run);
        for (u64 bytes_max = BLOCK / 2; bytes_max <= bytes + BLOCK; bytes_max += BLOCK / 2) {
            position.open = true;
            fill_once(seed, bytes_max);
        }
    }
    position.open = false;
}

static void read_only_disk_loses_nothing(void **state)
{
    (void)state;
    u64 rounds = test_rounds(READ_ONLY_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("the disk is read-only", 300 + round);
        struct run run;
        run_open(&run, seed, seed, false);
        u32 last = run.steps;
        run_close(&run);
        for (u32 step = 0; step <= last; step += 1) {
            position.open = true;
            position.point = step;
            run_open(&run, seed, seed, false);
            assert_ok(journal_world_start(&run.world));
            assert_true(run_steps(&run, 0, step));
            disk_false_set_read_only(run.disk, true);
            bool whole = run_steps(&run, step, last);
            if (run.world.log != NULL && !whole) {
                assert_int_equal(run.world.outcome.fault, FAULT_READ_ONLY);
            }
            restart(&run, RESTART_POWER);
            assert_ok(journal_world_read(&run.world));
            assert_right(&run);
            u64 seq_submitted = run.world.seq_next;
            assert_int_equal(journal_world_start(&run.world), FAULT_READ_ONLY);
            disk_false_set_read_only(run.disk, false);
            run.world.seq_next = seq_submitted;
            recover_twice(&run);
            run_close(&run);
        }
    }
}

/* ---- damage ---- */

/* A finished journal with everything that was found in it. */
struct finished {
    struct run run;
    struct journal_tally tally;
};

static struct finished finished;

static void finish(u64 seed, bool sealed, bool tiny)
{
    run_open(&finished.run, seed, seed, true);
    if (tiny) {
        finished.run.steps = 0;
        finished.run.world.config.segment_bytes = (u64)4 * BLOCK;
        finished.run.world.config.batch_bytes_max = 3 * BLOCK;
    }
    assert_true(run_whole(&finished.run));
    /* Three batches of any size; four fill more than a tiny segment, since each takes a block. */
    for (u32 index = 0; index < (tiny ? 4 : 3); index += 1) {
        assert_true(journal_world_submit(&finished.run.world, 1 + index % 3 * 60));
        assert_true(journal_world_settle(&finished.run.world));
    }
    assert_true(!sealed || journal_world_seal(&finished.run.world));
    journal_world_stop(&finished.run.world);
    assert_ok(journal_world_read(&finished.run.world));
    assert_right(&finished.run);
    finished.tally = finished.run.world.tally;
    assert_int_equal(finished.tally.places_count, finished.tally.batches);
    assert_int_equal(finished.tally.end.sealed, sealed);
    /* From here on less may be there than was written. */
    finished.run.world.seq_durable = 1;
}

static void segment_path(u64 seq_first, char path_out[PATH_BYTES])
{
    (void)snprintf(path_out, PATH_BYTES, JOURNAL_WORLD_FOLDER "/%020" PRIu64 ".journal", seq_first);
}

/* The batch that a byte of a segment belongs to; NULL for the header and for free space. */
static const struct journal_place *place_of(u64 segment, u64 offset)
{
    for (u32 index = 0; index < finished.tally.places_count; index += 1) {
        const struct journal_place *place = &finished.tally.places[index];
        if (place->segment == segment && offset >= place->offset &&
            offset < place->offset + place->bytes) {
            return place;
        }
    }
    return NULL;
}

/* Where the free space of a segment begins. */
static u64 free_from(u64 segment)
{
    u64 end = BLOCK;
    for (u32 index = 0; index < finished.tally.places_count; index += 1) {
        const struct journal_place *place = &finished.tally.places[index];
        end = place->segment == segment ? place->offset + place->bytes : end;
    }
    return end;
}

static void expect_refused(const char *path, u64 offset)
{
    enum fault fault = journal_world_read(&finished.run.world);
    char begins[PATH_BYTES + 64];
    (void)snprintf(begins, sizeof(begins), "%s: damaged at byte offset %" PRIu64 ": ", path,
                   offset);
    if (fault != FAULT_ROT || strncmp(fault_text(), begins, strlen(begins)) != 0) {
        fail_msg("expected rot, \"%s...\", got %s \"%s\"", begins, fault_name(fault),
                 fault == FAULT_NONE ? "" : fault_text());
    }
}

/* The journal ends before `seq_next` with something to cut at `offset`. */
static void expect_torn(u64 offset, u64 seq_next)
{
    assert_ok(journal_world_read(&finished.run.world));
    assert_right(&finished.run);
    const struct journal_end *end = &finished.run.world.tally.end;
    assert_true(end->torn);
    assert_int_equal(end->offset, offset);
    assert_int_equal(end->seq_next, seq_next);
}

/* True when the byte is padding of that batch. */
static bool is_padding(const struct journal_place *place, u64 offset)
{
    struct span content;
    char path[PATH_BYTES];
    segment_path(place->segment, path);
    struct journal_batch_header header;
    assert_true(disk_false_find(finished.run.disk, path, &content));
    assert_int_equal(
        journal_batch_decode(span_after(content, place->offset), JOURNAL_BATCH_BYTES_MAX, &header),
        JOURNAL_GOOD);
    return offset >= place->offset + JOURNAL_BATCH_HEADER_BYTES + header.length;
}

/* What the page says about one wrong bit. */
static void damage_one_byte(u64 segment, u64 offset)
{
    char path[PATH_BYTES];
    segment_path(segment, path);
    const struct journal_place *place = place_of(segment, offset);
    const struct journal_place *last = &finished.tally.places[finished.tally.places_count - 1];
    bool in_last_segment = segment == finished.tally.end.segment;
    bool padding = place != NULL && is_padding(place, offset);
    disk_false_flip(finished.run.disk, path, offset, (u32)((offset ^ offset / 8) % 8));
    if (offset < BLOCK) {
        expect_refused(path, 0);
    } else if (place == NULL && in_last_segment) {
        expect_torn(finished.tally.end.offset, finished.tally.end.seq_next);
    } else if (place == NULL) {
        expect_refused(path, free_from(segment));
    } else if (place == last && in_last_segment && !padding) {
        expect_torn(place->offset, place->seq_first);
    } else {
        expect_refused(path, place->offset);
    }
    disk_false_flip(finished.run.disk, path, offset, (u32)((offset ^ offset / 8) % 8));
}

static void damage_bytes(u64 stride)
{
    u64 segment = 0;
    /* Each byte at the beginning of a block, where headers stand; some of the others. */
    for (u32 index = 0; index < finished.tally.places_count; index += 1) {
        if (finished.tally.places[index].segment == segment) {
            continue;
        }
        segment = finished.tally.places[index].segment;
        u64 bytes = finished.run.world.config.segment_bytes;
        for (u64 offset = 0; offset < bytes; offset += offset % BLOCK < 160 ? 1 : stride) {
            position.point = segment << 32 | offset;
            damage_one_byte(segment, offset);
        }
    }
}

static void damaged_byte_is_refused_by_file_and_offset(void **state)
{
    (void)state;
    u64 rounds = test_rounds(DAMAGE_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("a bit is flipped", 400 + round);
        finish(seed, round % 2 == 0, false);
        damage_bytes(7 + seed % 3);
        run_close(&finished.run);
    }
}

static void every_byte_of_a_tiny_journal_counts(void **state)
{
    (void)state;
    for (u64 round = 0; round < 2; round += 1) {
        u64 seed = seed_of_round("a bit is flipped in a tiny journal", 600 + round);
        finish(seed, round == 0, true);
        assert_true(finished.tally.end.segment > 1);
        damage_bytes(1 + (u64_max(1, 100 / test_rounds(100)) - 1) * 5);
        run_close(&finished.run);
    }
}

/* ---- anything at all ---- */

static struct {
    char path[FILE_PATH_BYTES];
    u8 *bytes;
    size_t size;
} copies[COPIES_MAX];
static u32 copies_count;

static void copies_take(void)
{
    copies_count = 0;
    for (u32 index = 0; index < disk_false_files(finished.run.disk); index += 1) {
        const char *name = disk_false_name(finished.run.disk, index);
        struct span content;
        if (strstr(name, ".journal") == NULL || copies_count == COPIES_MAX ||
            !disk_false_find(finished.run.disk, name, &content)) {
            continue;
        }
        (void)snprintf(copies[copies_count].path, FILE_PATH_BYTES, "%s", name);
        copies[copies_count].bytes = malloc(content.size);
        copies[copies_count].size = content.size;
        assert_non_null(copies[copies_count].bytes);
        assert_true(span_copy(content, copies[copies_count].bytes, content.size));
        copies_count += 1;
    }
}

static void copies_put_back(void)
{
    for (u32 index = 0; index < copies_count; index += 1) {
        disk_false_put(finished.run.disk, copies[index].path,
                       span_of(copies[index].bytes, copies[index].size));
    }
}

static void copies_free(void)
{
    for (u32 index = 0; index < copies_count; index += 1) {
        free(copies[index].bytes);
    }
}

/* Damages one file: zeros, noise, a block of another place, a cut, another file's bytes, gone. */
static void damage_at_random(struct random *random)
{
    u32 index = (u32)random_below(random, copies_count);
    u32 other = (u32)random_below(random, copies_count);
    size_t size = copies[index].size;
    u8 *bytes = malloc(size);
    assert_non_null(bytes);
    memcpy(bytes, copies[index].bytes, size);
    size_t from = (size_t)random_below(random, size);
    size_t part = 1 + (size_t)random_below(random, u64_min(size - from, 3ULL * BLOCK));
    size_t block = (size_t)random_below(random, size / BLOCK) * BLOCK;
    switch (random_below(random, 7)) {
    case 0:
        memset(bytes + from, 0, part);
        break;
    case 1:
        random_fill(random, bytes + from, part);
        break;
    case 2:
        memcpy(bytes + block,
               copies[other].bytes + random_below(random, copies[other].size / BLOCK) * BLOCK,
               BLOCK);
        break;
    case 3:
        size = from;
        break;
    case 4:
        size = copies[other].size < size ? copies[other].size : size;
        memcpy(bytes, copies[other].bytes, size);
        break;
    case 5:
        memset(bytes + block, 0, BLOCK);
        break;
    default: /* not an enum: a random choice */
        disk_false_remove(finished.run.disk, copies[index].path);
        free(bytes);
        return;
    }
    disk_false_put(finished.run.disk, copies[index].path, span_of(bytes, size));
    free(bytes);
}

/* Refused with a text, or the true records up to some point: nothing else. */
static void damage_never_makes_up_a_record(void **state)
{
    (void)state;
    u64 rounds = test_rounds(CHAOS_SEEDS);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 seed = seed_of_round("random damage", 500 + round);
        finish(seed, round % 2 == 0, false);
        copies_take();
        for (u64 turn = 0; turn < CHAOS_ROUNDS; turn += 1) {
            position.point = turn;
            struct random random;
            random_init(&random, random_seed_derive(seed, turn));
            for (u64 count = random_between(&random, 1, 3); count > 0; count -= 1) {
                damage_at_random(&random);
            }
            enum fault fault = journal_world_read(&finished.run.world);
            if (fault == FAULT_NONE) {
                /* Without its first segments a journal begins later, at worst with one that holds
                 * nothing yet; that is not made up. */
                const struct journal_tally *tally = &finished.run.world.tally;
                u64 first =
                    tally->places_count > 0 ? tally->places[0].seq_first : tally->end.seq_next;
                assert_true(first > 1 || tally->wrong == NULL);
                assert_true(tally->end.seq_next <= finished.tally.end.seq_next);
            } else {
                assert_true(fault == FAULT_ROT || fault == FAULT_FOREIGN);
                assert_non_null(strstr(fault_text(), JOURNAL_WORLD_FOLDER "/"));
            }
            copies_put_back();
        }
        assert_ok(journal_world_read(&finished.run.world));
        copies_free();
        run_close(&finished.run);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, say_where)
    const struct CMUnitTest tests[] = {
        TEST(crash_at_every_operation_loses_nothing),
        TEST(failure_of_every_operation_loses_nothing),
        TEST(failure_of_every_read_only_delays),
        TEST(disk_full_at_every_size_loses_nothing),
        TEST(read_only_disk_loses_nothing),
        TEST(damaged_byte_is_refused_by_file_and_offset),
        TEST(every_byte_of_a_tiny_journal_counts),
        TEST(damage_never_makes_up_a_record),
    };
#undef TEST
    return cmocka_run_group_tests_name("journal_sim", tests, NULL, NULL);
}
