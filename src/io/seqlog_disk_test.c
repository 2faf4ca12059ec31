/* Aim: the file driver on the machine's own disk, with its threads: nothing is lost, doubled or out
 * of order, other processes are kept out, and a disk that is full, read-only or forbidden is
 * reported by name with nothing lost. Method: folders below the temporary folder; processes that
 * are forked, killed or deprived of their rights; a small file system of our own, mounted where
 * only this process sees it. What the machine does not allow is skipped by name. */
#include "base/span.h"
#include "io/seqlog_file.h"
#include "tests/support/journal_world.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 256, NOBODY = 65534, TEXT_BYTES = 600 };

struct place {
    char base[PATH_BYTES];   /* a temporary folder */
    char folder[PATH_BYTES]; /* of the journal, in it */
    struct journal_world world;
};

static int place_open(void **state)
{
    static struct place place;
    const char *root = getenv("TMPDIR");
    (void)snprintf(place.base, sizeof(place.base), "%s/cambist-journal-XXXXXX",
                   root == NULL || root[0] == '\0' ? "/tmp" : root);
    if (mkdtemp(place.base) == NULL) {
        return 1;
    }
    int length = snprintf(place.folder, sizeof(place.folder), "%s/journal", place.base);
    if (length < 0 || (size_t)length >= sizeof(place.folder)) {
        return 1;
    }
    journal_world_init(&place.world, disk_real(), place.folder, test_seed());
    place.world.config.clock = clock_real();
    place.world.config.segment_bytes = 1U << 20;
    place.world.config.batch_bytes_max = 64U << 10;
    *state = &place;
    return 0;
}

static void remove_all(const char *path)
{
    DIR *directory = opendir(path);
    for (struct dirent *entry = directory == NULL ? NULL : readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        char inner[2 * PATH_BYTES];
        (void)snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
        (void)unlink(inner);
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    (void)rmdir(path);
}

static int place_close(void **state)
{
    struct place *place = *state;
    journal_world_free(&place->world);
    (void)chmod(place->base, 0700);
    (void)chmod(place->folder, 0700);
    remove_all(place->folder);
    remove_all(place->base);
    return 0;
}

static void assert_ok(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

static void assert_reads_back(struct journal_world *world)
{
    assert_ok(journal_world_read(world));
    if (world->tally.wrong != NULL) {
        fail_msg("seed %llu: %s", (unsigned long long)world->seed, world->tally.wrong);
    }
    assert_int_equal(world->tally.end.seq_next, world->seq_next);
}

/* ---- threads ---- */

/* Small and large batches, alone and in a row, seals, pauses. */
static void write_at_random(struct journal_world *world, struct random *random, u64 steps)
{
    for (u64 step = 0; step < steps; step += 1) {
        u64 kind = random_below(random, 16);
        u32 most = kind < 8 ? 8 : 2000;
        assert_true(journal_world_submit(world, 1 + (u32)random_below(random, most)));
        if (kind % 4 == 0) {
            assert_true(journal_world_settle(world));
        } else if (kind % 4 == 1) {
            assert_true(journal_world_poll(world));
        } else if (kind == 3) {
            assert_true(journal_world_seal(world));
        } else if (kind == 7) {
            (void)seqlog_help(world->log);
        }
    }
}

static void threads_lose_and_double_nothing(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    struct random random;
    random_init(&random, test_seed());
    world->config.threads = true;
    for (u32 buffers = 2; buffers <= SEQLOG_FILE_BUFFERS_MAX; buffers += 1) {
        world->config.buffers_count = buffers;
        world->config.inline_bytes_max = buffers == 3 ? 4096 : 16U << 10;
        world->config.segments_ahead = buffers == 2 ? 1 : 3;
        world->config.spin_us = buffers == 4 ? 1 : 50;
        world->config.prepare_first = buffers == 4;
        assert_ok(journal_world_start(world));
        write_at_random(world, &random, test_rounds(600));
        assert_true(journal_world_settle(world));
        struct seqlog_file_counters counters = seqlog_file_counters(world->file);
        assert_int_equal(counters.preparing, FAULT_NONE);
        assert_true(counters.batches > 0 && counters.bytes >= counters.batches * 4096);
        assert_true(journal_world_seal(world));
        assert_true(world->outcome.sealed);
        journal_world_stop(world);
        world->reading.windows_count = buffers - 1;
        assert_reads_back(world);
        assert_true(world->tally.end.sealed);
    }
}

static void gate_is_opened_at_every_progress(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    struct gate gate;
    gate_init(&gate);
    world->config.threads = true;
    world->config.gate = &gate;
    assert_ok(journal_world_start(world));
    for (u32 round = 0; round < 50; round += 1) {
        u64 durable = world->seq_durable;
        assert_true(journal_world_submit(world, 1000));
        while (world->seq_durable == durable) {
            u32 seen = gate_prepare(&gate);
            assert_true(journal_world_poll(world));
            if (world->seq_durable == durable) {
                gate_wait(&gate, seen, 0, 5000);
            }
        }
    }
    journal_world_stop(world);
    assert_reads_back(world);
}

static void threads_end_with_writes_still_pending(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    world->config.threads = true;
    /* One batch fills a segment, so that the writer waits for the next one when the end comes. */
    world->config.batch_bytes_max = 1U << 20;
    world->config.segment_bytes = (1U << 20) + 4096;
    world->reading.batch_bytes_max = 1U << 20;
    for (u32 round = 0; round < 20; round += 1) {
        assert_ok(journal_world_start(world));
        assert_true(journal_world_submit(world, 20000));
        assert_true(journal_world_submit(world, round % 2 == 0 ? 20000 : 5));
        journal_world_stop(world);
        /* What was not reported may be there or not; what is there is whole. */
        assert_ok(journal_world_read(world));
        assert_null(world->tally.wrong);
        world->seq_durable = 1;
    }
}

static void caller_alone_writes_the_same(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    struct random random;
    random_init(&random, test_seed() + 1);
    assert_ok(journal_world_start(world));
    write_at_random(world, &random, test_rounds(200));
    assert_true(journal_world_settle(world) && journal_world_seal(world));
    journal_world_stop(world);
    assert_reads_back(world);
}

/* ---- other processes ---- */

/* Runs `body` in a process of its own; what it writes into `text` comes back. True if it ended by
 * returning. */
static bool in_child(struct place *place, void (*body)(struct place *place, char *text),
                     char text_out[TEXT_BYTES])
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char text[TEXT_BYTES] = {0};
        body(place, text);
        ssize_t put = write(ends[1], text, strlen(text));
        _exit(put < 0 ? 1 : 0);
    }
    (void)close(ends[1]);
    memset(text_out, 0, TEXT_BYTES);
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0 && used < TEXT_BYTES - 1) {
        got = read(ends[0], text_out + used, TEXT_BYTES - 1 - used);
        used += got > 0 ? (size_t)got : 0;
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* "fault: text" of starting the world, then of one batch and a seal. */
static void try_to_write(struct journal_world *world, char *text)
{
    enum fault fault = journal_world_start(world);
    if (fault == FAULT_NONE) {
        bool good = journal_world_submit(world, 10) && journal_world_seal(world);
        fault = good ? FAULT_NONE : world->outcome.fault;
    }
    (void)snprintf(text, TEXT_BYTES, "%s: %s", fault_name(fault),
                   fault == FAULT_NONE ? "" : fault_text());
    journal_world_stop(world);
}

static void body_write(struct place *place, char *text)
{
    try_to_write(&place->world, text);
}

static void second_process_is_kept_out(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    assert_ok(journal_world_start(world));
    assert_true(journal_world_submit(world, 100) && journal_world_settle(world));
    /* A child that closes the lock it inherited must not open the folder to others. */
    struct place other = {.world = {.units_max = 0}};
    memcpy(other.folder, place->folder, sizeof(other.folder));
    journal_world_init(&other.world, disk_real(), other.folder, test_seed());
    char text[TEXT_BYTES];
    assert_true(in_child(&other, body_write, text));
    char expected[TEXT_BYTES];
    (void)snprintf(expected, sizeof(expected),
                   "locked: %s/LOCK: another process uses this folder (process %ld)", place->folder,
                   (long)getpid());
    assert_string_equal(text, expected);
    assert_true(journal_world_submit(world, 100) && journal_world_seal(world));
    journal_world_stop(world);
    assert_true(in_child(&other, body_write, text));
    assert_string_equal(text, "none: ");
    world->seq_next += 10;
    assert_reads_back(world);
}

static void same_process_is_kept_out_too(void **state)
{
    struct place *place = *state;
    assert_ok(journal_world_start(&place->world));
    struct journal_world other;
    journal_world_init(&other, disk_real(), place->folder, test_seed());
    assert_int_equal(journal_world_start(&other), FAULT_LOCKED);
    journal_world_free(&other);
}

static void lock_that_was_replaced_fences(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    assert_ok(journal_world_start(world));
    assert_true(journal_world_submit(world, 100) && journal_world_seal(world));
    char path[2 * PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/LOCK", place->folder);
    assert_int_equal(unlink(path), 0);
    (void)journal_world_submit(world, 10);
    assert_false(journal_world_settle(world));
    assert_int_equal(world->outcome.status, SEQLOG_FENCED);
    char expected[3 * PATH_BYTES];
    (void)snprintf(expected, sizeof(expected),
                   "%s: the lock file we hold is gone: No such file or directory", path);
    assert_string_equal(fault_text(), expected);
    /* The next writer is not disturbed by the one that was fenced. */
    struct journal_world other;
    journal_world_init(&other, disk_real(), place->folder, test_seed());
    other.config.segment_bytes = world->config.segment_bytes;
    other.config.batch_bytes_max = world->config.batch_bytes_max;
    assert_ok(journal_world_start(&other));
    assert_int_equal(other.seq_next, 101);
    assert_true(journal_world_submit(&other, 5) && journal_world_seal(&other));
    assert_null(seqlog_buffer(world->log));
    journal_world_stop(world);
    journal_world_free(&other);
    world->seq_next = 106;
    assert_reads_back(world);
}

/* Writes for ever, telling the parent after each batch what is durable. */
static void child_writes_until_killed(struct place *place, int target)
{
    struct journal_world *world = &place->world;
    if (journal_world_start(world) != FAULT_NONE) {
        _exit(2);
    }
    struct random random;
    random_init(&random, world->seed + world->seq_next);
    for (;;) {
        u32 most = random_chance(&random, 1, 2) ? 20 : 1500;
        if (!journal_world_submit(world, 1 + (u32)random_below(&random, most)) ||
            !journal_world_poll(world)) {
            _exit(3);
        }
        if (write(target, &world->seq_durable, sizeof(world->seq_durable)) !=
            (ssize_t)sizeof(world->seq_durable)) {
            _exit(4);
        }
    }
}

/* The last whole number that came; the writer is killed after `numbers` of them. */
static u64 kill_after(pid_t child, int source, u64 numbers)
{
    u64 last = 0;
    u64 number = 0;
    for (u64 count = 0; read(source, &number, sizeof(number)) == (ssize_t)sizeof(number);
         count += 1) {
        last = number;
        if (count == numbers) {
            assert_int_equal(kill(child, SIGKILL), 0);
        }
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return last;
}

static void killed_writer_loses_nothing(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    struct random random;
    random_init(&random, test_seed() + 2);
    u64 rounds = test_rounds(15);
    for (u64 round = 0; round < rounds; round += 1) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        (void)fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            child_writes_until_killed(place, ends[1]);
        }
        (void)close(ends[1]);
        u64 told = kill_after(child, ends[0], random_below(&random, 60));
        (void)close(ends[0]);
        world->seq_durable = 1;
        assert_ok(journal_world_start(world));
        assert_null(world->tally.wrong);
        if (world->seq_next < told) {
            fail_msg("seed %llu round %llu: %llu was reported durable, the journal ends before "
                     "%llu",
                     (unsigned long long)test_seed(), (unsigned long long)round,
                     (unsigned long long)told, (unsigned long long)world->seq_next);
        }
        assert_true(journal_world_submit(world, 3) && journal_world_settle(world));
        journal_world_stop(world);
        assert_reads_back(world);
    }
}

/* ---- rights ---- */

/* Root ignores modes, so the rights are given up first. */
static void become_nobody(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0)) {
        _exit(5);
    }
}

static void body_write_as_nobody(struct place *place, char *text)
{
    become_nobody();
    try_to_write(&place->world, text);
}

static void body_read_as_nobody(struct place *place, char *text)
{
    become_nobody();
    enum fault fault = journal_world_read(&place->world);
    (void)snprintf(text, TEXT_BYTES, "%s: %s", fault_name(fault),
                   fault == FAULT_NONE ? "" : fault_text());
}

static void expect_from_child(struct place *place, void (*body)(struct place *, char *),
                              const char *format)
{
    char text[TEXT_BYTES];
    assert_true(in_child(place, body, text));
    char expected[TEXT_BYTES];
    const char *hole = strstr(format, "FOLDER");
    size_t before = hole == NULL ? strlen(format) : (size_t)(hole - format);
    (void)snprintf(expected, sizeof(expected), "%.*s%s%s", (int)before, format,
                   hole == NULL ? "" : place->folder, hole == NULL ? "" : hole + 6);
    assert_string_equal(text, expected);
}

static void wrong_rights_are_named(void **state)
{
    struct place *place = *state;
    struct journal_world *world = &place->world;
    /* The folder above is not ours to write into. */
    assert_int_equal(chmod(place->base, 0555), 0);
    expect_from_child(place, body_write_as_nobody,
                      "permission: FOLDER: cannot make the folder: Permission denied");
    assert_int_equal(chmod(place->base, 0755), 0);
    assert_ok(journal_world_start(world));
    assert_true(journal_world_submit(world, 100) && journal_world_seal(world));
    journal_world_stop(world);
    /* A file that may not be written. */
    assert_int_equal(chmod(place->folder, 0555), 0);
    char path[2 * PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/LOCK", place->folder);
    assert_int_equal(chmod(path, 0444), 0);
    expect_from_child(place, body_write_as_nobody,
                      "permission: FOLDER/LOCK: cannot create: Permission denied");
    /* A segment that may not be read. */
    (void)snprintf(path, sizeof(path), "%s/00000000000000000001.journal", place->folder);
    assert_int_equal(chmod(path, 0), 0);
    expect_from_child(place, body_read_as_nobody,
                      "permission: FOLDER/00000000000000000001.journal: cannot open: Permission "
                      "denied");
    assert_int_equal(chmod(path, 0444), 0);
    expect_from_child(place, body_read_as_nobody, "none: ");
    /* A folder that may not be looked into. */
    assert_int_equal(chmod(place->folder, 0), 0);
    expect_from_child(place, body_read_as_nobody,
                      "permission: FOLDER: cannot open the folder: Permission denied");
    assert_int_equal(chmod(place->folder, 0755), 0);
    assert_reads_back(world);
}

static void parent_that_cannot_be_read_is_no_obstacle(void **state)
{
    struct place *place = *state;
    /* The folder is there and writable; the one above may only be passed through. */
    assert_int_equal(mkdir(place->folder, 0777), 0);
    assert_int_equal(chmod(place->folder, 0777), 0);
    assert_int_equal(chmod(place->base, 0311), 0);
    expect_from_child(place, body_write_as_nobody, "none: ");
    assert_int_equal(chmod(place->base, 0755), 0);
}

/* ---- a file system of our own ---- */

/* A memory file system over the temporary folder, seen by this process only. */
static bool mount_small(const char *where, const char *options)
{
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", "none", MS_REC | MS_PRIVATE, "") == 0 &&
           mount("none", where, "tmpfs", 0, options) == 0;
}

/* Fills the disk; then "full", what the log said, and how far a reading comes. */
static void body_full(struct place *place, char *text)
{
    struct journal_world *world = &place->world;
    if (!mount_small(place->base, "size=3m")) {
        (void)snprintf(text, TEXT_BYTES, "cannot mount: %s", strerror(errno));
        return;
    }
    enum fault fault = journal_world_start(world);
    enum fault early = FAULT_NONE;
    while (fault == FAULT_NONE && journal_world_submit(world, 500) && journal_world_settle(world) &&
           journal_world_poll(world)) {
        early = early != FAULT_NONE ? early : seqlog_file_counters(world->file).preparing;
    }
    fault = fault == FAULT_NONE ? world->outcome.fault : fault;
    int used = snprintf(text, TEXT_BYTES, "%s, early %s: %s\n", fault_name(fault),
                        fault_name(early), fault_text());
    u64 durable = world->seq_durable;
    journal_world_stop(world);
    fault = journal_world_read(world);
    (void)snprintf(text + used, TEXT_BYTES - (size_t)used, "%s %s %s", fault_name(fault),
                   world->tally.wrong == NULL ? "right" : world->tally.wrong,
                   world->tally.end.seq_next >= durable ? "complete" : "lost");
}

static void body_read_only(struct place *place, char *text)
{
    struct journal_world *world = &place->world;
    if (!mount_small(place->base, "size=8m")) {
        (void)snprintf(text, TEXT_BYTES, "cannot mount: %s", strerror(errno));
        return;
    }
    char first[TEXT_BYTES];
    char second[TEXT_BYTES];
    try_to_write(world, first);
    if (mount("none", place->base, "none", MS_REMOUNT | MS_RDONLY, "") != 0) {
        (void)snprintf(text, TEXT_BYTES, "cannot mount: %s", strerror(errno));
        return;
    }
    try_to_write(world, second);
    enum fault fault = journal_world_read(world);
    (void)snprintf(text, TEXT_BYTES, "%.40s\n%.500s\n%s %llu", first, second, fault_name(fault),
                   (unsigned long long)world->tally.end.seq_next);
}

/* The child's text, or a skip when it could not mount. */
static void text_of_mounted(struct place *place, void (*body)(struct place *, char *),
                            char text[TEXT_BYTES])
{
    assert_true(in_child(place, body, text));
    if (strncmp(text, "cannot mount", 12) == 0) {
        print_message("skipped: %s\n", text);
        skip();
    }
}

static void full_disk_is_named_and_loses_nothing(void **state)
{
    struct place *place = *state;
    char text[TEXT_BYTES];
    text_of_mounted(place, body_full, text);
    char expected[TEXT_BYTES];
    /* Preparing the next segment says it first; only when that one is needed the log ends. */
    (void)snprintf(expected, sizeof(expected),
                   "disk_full, early disk_full: %s/prepared-3.tmp: reserve 1048576 bytes: No space "
                   "left on device\nnone right complete",
                   place->folder);
    char *number = strstr(text, "/prepared-");
    assert_non_null(number);
    /* How many attempts there were does not matter. */
    char *end = strstr(number, ".tmp");
    assert_non_null(end);
    memmove(number + strlen("/prepared-3"), end, strlen(end) + 1);
    number[strlen("/prepared-")] = '3';
    assert_string_equal(text, expected);
}

static void read_only_disk_is_named_and_loses_nothing(void **state)
{
    struct place *place = *state;
    char text[TEXT_BYTES];
    text_of_mounted(place, body_read_only, text);
    char expected[TEXT_BYTES];
    (void)snprintf(expected, sizeof(expected),
                   "none: \nread_only: %s/LOCK: cannot create: Read-only file system\nnone 11",
                   place->folder);
    assert_string_equal(text, expected);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)
    /* Those that fork come first: a sanitizer wants no thread to have run before. */
    const struct CMUnitTest tests[] = {
        TEST(second_process_is_kept_out),
        TEST(same_process_is_kept_out_too),
        TEST(lock_that_was_replaced_fences),
        TEST(killed_writer_loses_nothing),
        TEST(wrong_rights_are_named),
        TEST(parent_that_cannot_be_read_is_no_obstacle),
        TEST(full_disk_is_named_and_loses_nothing),
        TEST(read_only_disk_is_named_and_loses_nothing),
        TEST(caller_alone_writes_the_same),
        TEST(threads_lose_and_double_nothing),
        TEST(gate_is_opened_at_every_progress),
        TEST(threads_end_with_writes_still_pending),
    };
#undef TEST
    return cmocka_run_group_tests_name("seqlog_disk", tests, NULL, NULL);
}
