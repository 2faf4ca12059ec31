/* Aim: readers get every released chunk, whole, once and in order, also in other threads and after
 * both sides restart; nothing unreleased is ever seen; a cut log written again has the same bytes;
 * segments go when everybody has passed; damage ends the trusted part and nothing else.
 *
 * Method: chunk number n is a function of n, so a reader checks each byte it gets. The false disk
 * for the files; a thread for the helper and for a reader that follows a writer. */
#include "io/eventlog.h"

#include "base/random.h"
#include "base/span.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "sim/disk.h"
#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "events"

enum {
    SEGMENT_BYTES = 16 << 10,
    EVENTS_MAX = 2048,
    MEMORY_BYTES = 1 << 16,
};

static const u8 venue[EVENTLOG_VENUE_BYTES] = {7, 7, 7};

/* ---- chunks that follow from their number ---- */

static size_t chunk_make(u64 number, u8 events[EVENTS_MAX])
{
    struct random random;
    random_init(&random, number);
    size_t size = (size_t)random_between(&random, 1, EVENTS_MAX / 32) * 32;
    random_fill(&random, events, size);
    memcpy(events, &number, sizeof(number));
    return size;
}

static void chunk_check(const struct eventlog_chunk *chunk, u64 number)
{
    u8 expected[EVENTS_MAX];
    size_t size = chunk_make(number, expected);
    assert_int_equal(chunk->events.size, size);
    assert_memory_equal(chunk->events.data, expected, size);
    assert_int_equal(chunk->seq, number * 3);
    assert_int_equal(chunk->time_us, number * 10);
    assert_int_equal(chunk->position_next, chunk->position + 1 + size / 32);
}

/* The point behind chunk `number`, the first being 1. */
static struct eventlog_point point_after(u64 number)
{
    struct eventlog_point point = {0};
    for (u64 each = 1; each <= number; each += 1) {
        u8 events[EVENTS_MAX];
        point.position += 1 + chunk_make(each, events) / 32;
        point.seq = each * 3;
    }
    return point;
}

/* ---- a writer and a reader over one disk ---- */

struct world {
    struct disk_false *disk;
    struct disk *disk_used;
    const char *folder;
    bool threads;
    u64 segment_bytes; /* 0: SEGMENT_BYTES */
    struct eventlog *log;
    struct eventlog_reader *reader;
    void *log_memory;
    void *reader_memory;
};

static struct world world_make(void)
{
    struct disk_false_config config = {.seed = test_seed()};
    struct world world = {.disk = disk_false_open(&config), .folder = FOLDER};
    world.disk_used = disk_false_disk(world.disk);
    world.log_memory = aligned_alloc(4096, MEMORY_BYTES);
    world.reader_memory = aligned_alloc(4096, MEMORY_BYTES);
    assert_non_null(world.log_memory);
    assert_non_null(world.reader_memory);
    return world;
}

static enum fault log_open(struct world *world)
{
    struct eventlog_config config = {
        .disk = world->disk_used,
        .folder = world->folder,
        .segment_bytes = world->segment_bytes == 0 ? SEGMENT_BYTES : world->segment_bytes,
        .threads = world->threads};
    memcpy(config.venue, venue, sizeof(venue));
    assert_true(eventlog_footprint(&config) <= MEMORY_BYTES);
    struct arena arena;
    arena_init(&arena, world->log_memory, MEMORY_BYTES);
    return eventlog_open(&world->log, &config, &arena);
}

static void log_begin(struct world *world, u64 number)
{
    assert_int_equal(log_open(world), FAULT_NONE);
    assert_int_equal(eventlog_begin(world->log, point_after(number)), FAULT_NONE);
}

static void log_close(struct world *world)
{
    eventlog_close(world->log);
    world->log = NULL;
}

static void append(struct world *world, u64 from, u64 to)
{
    for (u64 number = from; number <= to; number += 1) {
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        assert_int_equal(
            eventlog_append(world->log, number * 3, number * 10, span_of(events, size)),
            FAULT_NONE);
    }
}

static void release(struct world *world)
{
    eventlog_release(world->log, eventlog_end(world->log));
}

static enum fault reader_open(struct world *world, const char *name, u64 position)
{
    assert_true(eventlog_reader_footprint() <= MEMORY_BYTES);
    struct arena arena;
    arena_init(&arena, world->reader_memory, MEMORY_BYTES);
    return eventlog_reader_open(&world->reader, world->disk_used, world->folder, name, position,
                                &arena);
}

static void reader_close(struct world *world)
{
    eventlog_reader_close(world->reader, false);
    world->reader = NULL;
}

/* Reads chunks `from`..`to`, and that nothing more is to be had. */
static void read_exactly(struct world *world, u64 from, u64 to)
{
    struct eventlog_chunk chunk;
    bool some = false;
    for (u64 number = from; number <= to; number += 1) {
        assert_int_equal(eventlog_reader_next(world->reader, &chunk, &some), FAULT_NONE);
        assert_true(some);
        chunk_check(&chunk, number);
    }
    assert_int_equal(eventlog_reader_next(world->reader, &chunk, &some), FAULT_NONE);
    assert_false(some);
}

static void world_free(struct world *world)
{
    eventlog_reader_close(world->reader, false);
    eventlog_close(world->log);
    disk_false_close(world->disk);
    free(world->log_memory);
    free(world->reader_memory);
}

static u32 files_ending(const struct world *world, const char *suffix)
{
    u32 count = 0;
    for (u32 index = 0; index < disk_false_files(world->disk); index += 1) {
        const char *name = disk_false_name(world->disk, index);
        size_t length = strlen(name);
        count += length >= strlen(suffix) && strcmp(name + length - strlen(suffix), suffix) == 0;
    }
    return count;
}

/* ---- what is seen ---- */

static void only_what_is_released_is_seen(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    read_exactly(&world, 1, 0);
    append(&world, 1, 3);
    read_exactly(&world, 1, 0);
    eventlog_release(world.log, point_after(2));
    read_exactly(&world, 1, 2);
    struct eventlog_point released;
    assert_int_equal(eventlog_reader_released(world.reader, &released), FAULT_NONE);
    assert_int_equal(released.position, point_after(2).position);
    assert_int_equal(released.seq, 6);
    release(&world);
    read_exactly(&world, 3, 3);
    assert_int_equal(eventlog_end(world.log).position, point_after(3).position);
    world_free(&world);
}

static void segments_follow_each_other(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 200);
    release(&world);
    assert_true(files_ending(&world, ".events") > 5);
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    read_exactly(&world, 1, 200);
    reader_close(&world);
    /* From any chunk on. */
    for (u64 number = 0; number <= 200; number += 17) {
        assert_int_equal(reader_open(&world, NULL, point_after(number).position), FAULT_NONE);
        read_exactly(&world, number + 1, 200);
        reader_close(&world);
    }
    world_free(&world);
}

static void the_largest_chunk_fits_and_no_larger(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    size_t most = eventlog_chunk_max(world.log);
    assert_int_equal(most, SEGMENT_BYTES - 4096 - 32);
    u8 *events = calloc(1, most + 32);
    assert_non_null(events);
    /* Exactly full segments have neither room for an end mark nor need of one. */
    assert_int_equal(eventlog_append(world.log, 1, 1, span_of(events, most)), FAULT_NONE);
    assert_int_equal(eventlog_append(world.log, 2, 2, span_of(events, most - 32)), FAULT_NONE);
    assert_int_equal(eventlog_append(world.log, 3, 3, span_of(events, most - 64)), FAULT_NONE);
    assert_int_equal(eventlog_append(world.log, 4, 4, span_of(events, most)), FAULT_NONE);
    enum fault fault = FAULT_NONE;
    expect_assert_failure(fault = eventlog_append(world.log, 5, 5, span_of(events, most + 32)));
    expect_assert_failure(fault = eventlog_append(world.log, 5, 5, span_of(events, 33)));
    expect_assert_failure(fault = eventlog_append(world.log, 5, 5, span_of(events, 0)));
    expect_assert_failure(fault = eventlog_append(world.log, 3, 5, span_of(events, 32)));
    assert_int_equal(fault, FAULT_NONE);
    release(&world);
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    struct eventlog_chunk chunk;
    bool some = true;
    for (u64 seq = 1; seq <= 4; seq += 1) {
        assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
        assert_true(some);
        assert_int_equal(chunk.seq, seq);
    }
    assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
    assert_false(some);
    log_close(&world);
    assert_int_equal(log_open(&world), FAULT_NONE);
    assert_int_equal(eventlog_end(world.log).seq, 4);
    free(events);
    world_free(&world);
}

/* ---- restarts ---- */

/* All of the log's bytes: the segments' contents in order. */
static size_t contents(const struct world *world, u8 *target, size_t target_bytes)
{
    size_t used = 0;
    for (u64 position = 0, found = 1; found != 0; position += 1) {
        found = 0;
        u64 least = UINT64_MAX;
        for (u32 index = 0; index < disk_false_files(world->disk); index += 1) {
            const char *name = disk_false_name(world->disk, index);
            unsigned long long number = 0;
            if (strstr(name, ".events") != NULL && sscanf(name, FOLDER "/%llu", &number) == 1 &&
                number >= position) {
                least = u64_min(least, number);
                found = 1;
            }
        }
        if (found != 0) {
            char path[FILE_PATH_BYTES];
            struct span content;
            (void)snprintf(path, sizeof(path), FOLDER "/%020llu.events", (unsigned long long)least);
            assert_true(disk_false_find(world->disk, path, &content));
            assert_true(content.size <= target_bytes - used);
            memcpy(target + used, content.data, content.size);
            used += content.size;
            position = least;
        }
    }
    return used;
}

static void a_cut_log_is_written_again_byte_for_byte(void **state)
{
    (void)state;
    static u8 first[1 << 20];
    static u8 second[1 << 20];
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 100);
    release(&world);
    size_t size = contents(&world, first, sizeof(first));
    /* Something that was never released lies behind. */
    u8 other[64] = {9};
    assert_int_equal(eventlog_append(world.log, 1000, 1, span_of(other, sizeof(other))),
                     FAULT_NONE);
    for (u64 number = 0; number <= 100; number += 9) {
        log_close(&world);
        disk_false_restart_process(world.disk);
        log_begin(&world, number);
        append(&world, number + 1, 100);
        release(&world);
        assert_int_equal(contents(&world, second, sizeof(second)), size);
        assert_memory_equal(first, second, size);
    }
    world_free(&world);
}

static void a_reader_lives_through_the_writers_restart(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 60);
    release(&world);
    assert_int_equal(reader_open(&world, "gateway", 0), FAULT_NONE);
    struct eventlog_chunk chunk;
    bool some = false;
    for (u64 number = 1; number <= 40; number += 1) {
        assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
        chunk_check(&chunk, number);
    }
    log_close(&world);
    log_begin(&world, 5);
    /* What it has seen is not visible at this moment: it waits. */
    assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
    assert_false(some);
    append(&world, 6, 30);
    release(&world);
    assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
    assert_false(some);
    append(&world, 31, 80);
    release(&world);
    read_exactly(&world, 41, 80);
    world_free(&world);
}

static void beginning_elsewhere_begins_anew(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 50);
    release(&world);
    log_close(&world);
    /* A snapshot knows of events that the cache has lost. */
    log_begin(&world, 70);
    append(&world, 71, 90);
    release(&world);
    assert_int_equal(reader_open(&world, NULL, point_after(70).position), FAULT_NONE);
    read_exactly(&world, 71, 90);
    reader_close(&world);
    struct eventlog_chunk chunk;
    bool some = false;
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_MISSING);
    assert_non_null(strstr(fault_text(), "position 0 is no longer held"));
    world_free(&world);
}

static void a_point_between_chunks_is_refused(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 20);
    release(&world);
    log_close(&world);
    assert_int_equal(log_open(&world), FAULT_NONE);
    struct eventlog_point point = point_after(10);
    point.seq += 1;
    assert_int_equal(eventlog_begin(world.log, point), FAULT_DIVERGED);
    log_close(&world);
    assert_int_equal(log_open(&world), FAULT_NONE);
    point = point_after(10);
    point.position += 1;
    assert_int_equal(eventlog_begin(world.log, point), FAULT_DIVERGED);
    world_free(&world);
}

static void every_flipped_bit_ends_the_trusted_part(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 8);
    release(&world);
    log_close(&world);
    struct span content;
    static const char path[] = FOLDER "/00000000000000000000.events";
    assert_true(disk_false_find(world.disk, path, &content));
    u64 data_end = 4096 + point_after(8).position * 32;
    assert_true(data_end < content.size);
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(400); round += 1) {
        u64 offset = random_between(&random, 4096, data_end - 1);
        u32 bit = (u32)random_below(&random, 8);
        disk_false_flip(world.disk, path, offset, bit);
        assert_int_equal(log_open(&world), FAULT_NONE);
        struct eventlog_point end = eventlog_end(world.log);
        u64 whole = 0;
        while (point_after(whole + 1).position * 32 + 4096 <= offset) {
            whole += 1;
        }
        assert_int_equal(end.position, point_after(whole).position);
        log_close(&world);
        disk_false_flip(world.disk, path, offset, bit);
    }
    world_free(&world);
}

static void foreign_and_newer_folders_are_refused(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    append(&world, 1, 3);
    log_close(&world);
    struct eventlog_config config = {
        .disk = world.disk_used, .folder = FOLDER, .segment_bytes = SEGMENT_BYTES};
    struct arena arena;
    arena_init(&arena, world.log_memory, MEMORY_BYTES);
    assert_int_equal(eventlog_open(&world.log, &config, &arena), FAULT_FOREIGN);
    assert_non_null(strstr(fault_text(), FOLDER "/control: belongs to another venue"));
    u8 block[EVENTLOG_BLOCK_BYTES] = "something else";
    disk_false_put(world.disk, FOLDER "/control", span_of(block, sizeof(block)));
    assert_int_equal(log_open(&world), FAULT_FOREIGN);
    assert_null(world.log);
    world_free(&world);
}

/* ---- collecting ---- */

static void segments_wait_for_readers_and_images(void **state)
{
    (void)state;
    struct world world = world_make();
    u32 removed = 0;
    log_begin(&world, 0);
    append(&world, 1, 200);
    release(&world);
    u32 segments = files_ending(&world, ".events");
    assert_int_equal(reader_open(&world, "history", 0), FAULT_NONE);
    assert_int_equal(eventlog_collect(world.log, UINT64_MAX, &removed), FAULT_NONE);
    assert_int_equal(removed, 0);
    eventlog_reader_passed(world.reader, point_after(100).position);
    assert_int_equal(eventlog_collect(world.log, 0, &removed), FAULT_NONE);
    assert_int_equal(removed, 0);
    assert_int_equal(eventlog_collect(world.log, UINT64_MAX, &removed), FAULT_NONE);
    assert_true(removed > 0 && removed < segments - 1);
    reader_close(&world);
    /* What it has not passed is still there. */
    assert_int_equal(reader_open(&world, "history", point_after(100).position), FAULT_NONE);
    read_exactly(&world, 101, 200);
    eventlog_reader_close(world.reader, true);
    world.reader = NULL;
    assert_int_equal(files_ending(&world, ".reader"), 0);
    assert_int_equal(eventlog_collect(world.log, UINT64_MAX, &removed), FAULT_NONE);
    assert_int_equal(files_ending(&world, ".events"), 1);
    world_free(&world);
}

static void readers_names_are_names(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "a/b", "..", "A", "a.b", "a b", "a-name-that-is-longer-than-thirty-one"};
    struct world world = world_make();
    log_begin(&world, 0);
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        assert_int_equal(reader_open(&world, wrong[index], 0), FAULT_USAGE);
        assert_null(world.reader);
    }
    assert_int_equal(reader_open(&world, "a-1_b", 0), FAULT_NONE);
    world_free(&world);
}

/* ---- images ---- */

static void images_come_back_and_damaged_ones_do_not(void **state)
{
    (void)state;
    struct world world = world_make();
    struct eventlog_image image;
    static u8 bytes[100000];
    static u8 back[sizeof(bytes)];
    struct random random;
    random_init(&random, 3);
    random_fill(&random, bytes, sizeof(bytes));
    log_begin(&world, 0);
    assert_int_equal(eventlog_image_open(&image, world.disk_used, FOLDER), FAULT_MISSING);
    for (u64 number = 10; number <= 20; number += 10) {
        assert_int_equal(
            eventlog_image_create(&image, world.disk_used, FOLDER, venue, point_after(number)),
            FAULT_NONE);
        assert_int_equal(eventlog_image_add(&image, span_of(bytes, 60000)), FAULT_NONE);
        assert_int_equal(eventlog_image_add(&image, span_of(bytes + 60000, 40000)), FAULT_NONE);
        assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    }
    assert_int_equal(eventlog_image_open(&image, world.disk_used, FOLDER), FAULT_NONE);
    assert_int_equal(image.point.position, point_after(20).position);
    assert_int_equal(image.point.seq, 60);
    assert_int_equal(image.bytes, sizeof(bytes));
    size_t size = 0;
    for (u64 offset = 0; offset < image.bytes; offset += size) {
        assert_int_equal(eventlog_image_read(&image, offset, back + offset, 777, &size),
                         FAULT_NONE);
        assert_true(size > 0);
    }
    assert_memory_equal(bytes, back, sizeof(bytes));
    eventlog_image_close(&image);
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), FOLDER "/%020llu.image",
                   (unsigned long long)point_after(20).position);
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, NULL);
    disk_false_flip(world.disk, path, 5000, 3);
    assert_int_equal(eventlog_image_open(&image, world.disk_used, FOLDER), FAULT_NONE);
    assert_int_equal(image.point.position, point_after(10).position);
    eventlog_image_close(&image);
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_INFO, NULL);
    world_free(&world);
}

/* ---- failures ---- */

static void a_full_disk_is_a_fault_and_not_a_signal(void **state)
{
    (void)state;
    struct world world = world_make();
    log_begin(&world, 0);
    disk_false_set_bytes_max(world.disk, disk_false_bytes(world.disk));
    enum fault fault = FAULT_NONE;
    for (u64 number = 1; fault == FAULT_NONE; number += 1) {
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        fault = eventlog_append(world.log, number * 3, number * 10, span_of(events, size));
        assert_true(number < 100);
    }
    assert_int_equal(fault, FAULT_DISK_FULL);
    world_free(&world);
}

/* ---- threads ---- */

static _Atomic bool writer_done;
static u64 stream_count;

static void *write_stream(void *argument)
{
    struct world *world = argument;
    for (u64 number = 1; number <= stream_count; number += 1) {
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        if (eventlog_append(world->log, number * 3, number * 10, span_of(events, size)) !=
            FAULT_NONE) {
            break;
        }
        if (number % 5 == 0) {
            eventlog_release(world->log, eventlog_end(world->log));
        }
    }
    eventlog_release(world->log, eventlog_end(world->log));
    atomic_store(&writer_done, true);
    return NULL;
}

static void a_reader_follows_a_writer_in_another_thread(void **state)
{
    (void)state;
    char folder[] = "/tmp/eventlog_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct world world = world_make();
    world.disk_used = disk_real();
    world.folder = folder;
    world.threads = true;
    stream_count = test_rounds(5000);
    log_begin(&world, 0);
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    atomic_store(&writer_done, false);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_stream, &world), 0);
    u64 number = 0;
    bool done = false;
    while (!done || number < stream_count) {
        done = atomic_load(&writer_done);
        struct eventlog_chunk chunk;
        bool some = false;
        assert_int_equal(eventlog_reader_next(world.reader, &chunk, &some), FAULT_NONE);
        if (some) {
            number += 1;
            chunk_check(&chunk, number);
        } else {
            assert_false(done && number < stream_count);
        }
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    reader_close(&world);
    log_close(&world);
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf -- %s", folder);
    assert_int_equal(system(command), 0);
    world_free(&world);
}

/* Chunks of 32 bytes to 40 KiB, handed over as fast as the log takes them. */
enum { LATER_CHUNKS = 400, LATER_BYTES_MAX = 40 << 10, LATER_POOL = 32 };

static size_t later_make(u64 number, u8 *events)
{
    size_t size = number % 3 == 0 ? 32 * (1 + number % 5) : LATER_BYTES_MAX - number % 64 * 32;
    for (size_t at = 0; at < size; at += 8) {
        u64 word = number * 1000003 + at;
        memcpy(events + at, &word, sizeof(word));
    }
    return size;
}

static void later_check(struct world *world, u64 from, u64 to)
{
    static u8 events[LATER_BYTES_MAX];
    for (u64 number = from; number <= to; number += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        assert_int_equal(eventlog_reader_next(world->reader, &chunk, &some), FAULT_NONE);
        assert_true(some);
        assert_int_equal(chunk.seq, number);
        assert_int_equal(chunk.events.size, later_make(number, events));
        assert_memory_equal(chunk.events.data, events, chunk.events.size);
    }
}

/* More are handed over than the ring holds. A buffer comes round only once its chunk is written. */
static void large_chunks_are_written_by_the_helper(void **state)
{
    (void)state;
    char folder[] = "/tmp/eventlog_test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct world world = world_make();
    world.disk_used = disk_real();
    world.folder = folder;
    world.threads = true;
    world.segment_bytes = 512 << 10;
    log_begin(&world, 0);
    assert_int_equal(reader_open(&world, NULL, 0), FAULT_NONE);
    static u8 pool[LATER_POOL][LATER_BYTES_MAX];
    struct eventlog_point ends[LATER_CHUNKS + 1] = {{.position = 0}};
    u64 released = 0;
    for (u64 number = 1; number <= LATER_CHUNKS || released < LATER_CHUNKS;) {
        u64 written = 0;
        assert_int_equal(eventlog_written(world.log, &written), FAULT_NONE);
        u64 to = released;
        while (to + 1 < number && ends[to + 1].position <= written) {
            to += 1;
        }
        if (to > released) {
            eventlog_release(world.log, ends[to]);
            later_check(&world, released + 1, to);
            released = to;
        }
        if (number > LATER_CHUNKS || number - released > LATER_POOL) {
            eventlog_wait(world.log, 1000);
            continue;
        }
        u8 *events = pool[number % LATER_POOL];
        size_t size = later_make(number, events);
        assert_int_equal(eventlog_append_later(world.log, number, number, span_of(events, size)),
                         FAULT_NONE);
        ends[number] = eventlog_end(world.log);
        number += 1;
    }
    reader_close(&world);
    log_close(&world);
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf -- %s", folder);
    assert_int_equal(system(command), 0);
    world_free(&world);
}

static void a_chunk_that_cannot_be_written_is_a_final_fault(void **state)
{
    (void)state;
    struct world world = world_make();
    world.threads = true;
    world.segment_bytes = 256 << 10;
    log_begin(&world, 0);
    static u8 events[LATER_BYTES_MAX];
    disk_false_fail_at(world.disk, disk_false_operations(world.disk) + 1, FAULT_IO);
    struct span large = span_of(events, later_make(1, events));
    assert_int_equal(eventlog_append_later(world.log, 1, 1, large), FAULT_NONE);
    eventlog_wait(world.log, 60000);
    for (u32 round = 0; round < 3; round += 1) {
        u64 written = 0;
        assert_int_equal(eventlog_written(world.log, &written), FAULT_IO);
        eventlog_wait(world.log, 60000); /* nothing more comes: returns at once */
    }
    struct eventlog_point end = eventlog_end(world.log);
    expect_assert_failure(eventlog_release(world.log, end));
    log_close(&world);
    world_free(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_released_is_seen),
        cmocka_unit_test(segments_follow_each_other),
        cmocka_unit_test(the_largest_chunk_fits_and_no_larger),
        cmocka_unit_test(a_cut_log_is_written_again_byte_for_byte),
        cmocka_unit_test(a_reader_lives_through_the_writers_restart),
        cmocka_unit_test(beginning_elsewhere_begins_anew),
        cmocka_unit_test(a_point_between_chunks_is_refused),
        cmocka_unit_test(every_flipped_bit_ends_the_trusted_part),
        cmocka_unit_test(foreign_and_newer_folders_are_refused),
        cmocka_unit_test(segments_wait_for_readers_and_images),
        cmocka_unit_test(readers_names_are_names),
        cmocka_unit_test(images_come_back_and_damaged_ones_do_not),
        cmocka_unit_test(a_full_disk_is_a_fault_and_not_a_signal),
        cmocka_unit_test(a_reader_follows_a_writer_in_another_thread),
        cmocka_unit_test(large_chunks_are_written_by_the_helper),
        cmocka_unit_test(a_chunk_that_cannot_be_written_is_a_final_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
