/* Aim: however the writer's disk crashes, a log written again from what can be trusted has the
 * bytes of a life without crashes, readers that follow by position get every chunk once, and the
 * trusted end never goes beyond what was once appended.
 *
 * Method: random chunks over the false disk, a power cut or a kill at every operation, several
 * lives each; chunk number n is a function of the seed and n. A failure prints the seed;
 * CAMBIST_SEED_BASE or an argument sets it. */
#include "base/random.h"
#include "base/span.h"
#include "io/eventlog.h"
#include "io/log.h"
#include "sim/disk.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "events"

enum {
    SEGMENT_BYTES = 16 << 10,
    EVENTS_MAX = 1600,
    CHUNKS = 60,
    MEMORY_BYTES = 1 << 16,
    LIVES = 4
};

static u64 seed_given;
static _Alignas(4096) u8 log_memory[MEMORY_BYTES];
static _Alignas(4096) u8 reader_memory[MEMORY_BYTES];

/* points[n] is the log's end behind chunk n; points[0] its beginning. */
static struct eventlog_point points[CHUNKS + 1];
static u64 world_seed;

static size_t chunk_make(u32 number, u8 events[EVENTS_MAX])
{
    struct random random;
    random_init(&random, random_seed_derive(world_seed, number));
    size_t size = (size_t)random_between(&random, 1, EVENTS_MAX / 32) * 32;
    random_fill(&random, events, size);
    return size;
}

static void points_make(u64 seed)
{
    world_seed = seed;
    for (u32 number = 1; number <= CHUNKS; number += 1) {
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        points[number] = (struct eventlog_point){
            .position = points[number - 1].position + 1 + size / 32, .seq = number * 2ULL};
    }
}

static u32 chunk_ending_at(struct eventlog_point point)
{
    for (u32 number = 0; number <= CHUNKS; number += 1) {
        if (points[number].position == point.position) {
            return points[number].seq == point.seq ? number : UINT32_MAX;
        }
    }
    return UINT32_MAX;
}

#define MUST(fact, ...)                                                 \
    do {                                                                \
        if (!(fact)) {                                                  \
            print_error("seed %llu: ", (unsigned long long)world_seed); \
            print_error(__VA_ARGS__);                                   \
            print_error(" (%s)\n", fault_text());                       \
            fail();                                                     \
        }                                                               \
    } while (0)

static enum fault log_open(struct disk_false *disk, struct eventlog **log_out)
{
    struct eventlog_config config = {
        .disk = disk_false_disk(disk), .folder = FOLDER, .segment_bytes = SEGMENT_BYTES};
    struct arena arena;
    arena_init(&arena, log_memory, sizeof(log_memory));
    return eventlog_open(log_out, &config, &arena);
}

/* One life of the writer: goes on from what is trusted, or from a snapshot further on, and appends
 * until the disk fails. Returns true when everything was written. */
static bool live(struct disk_false *disk, struct random *random, u32 *released)
{
    struct eventlog *log = NULL;
    if (log_open(disk, &log) != FAULT_NONE) {
        MUST(disk_false_crashed(disk), "the log does not open");
        return false;
    }
    u32 trusted = chunk_ending_at(eventlog_end(log));
    MUST(trusted != UINT32_MAX, "the trusted end is at no chunk's end");
    /* The journal knows everything released; a replay may begin anywhere before. */
    u32 from = (u32)random_below(random, u64_min(trusted, *released) + 1);
    if (trusted < *released && random_chance(random, 1, 3)) {
        from = *released; /* the cache has lost more than the snapshot */
    }
    enum fault fault = eventlog_begin(log, points[from]);
    for (u32 number = from + 1; fault == FAULT_NONE && number <= CHUNKS; number += 1) {
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        fault = eventlog_append(log, points[number].seq, number, span_of(events, size));
        if (fault == FAULT_NONE && random_chance(random, 1, 2)) {
            u32 to = (u32)random_between(random, from, number);
            if (to > *released) {
                eventlog_release(log, points[to]);
                *released = to;
            }
        }
    }
    if (fault == FAULT_NONE) {
        eventlog_release(log, points[CHUNKS]);
        *released = CHUNKS;
    }
    MUST(fault == FAULT_NONE || disk_false_crashed(disk), "a fault without a crash");
    eventlog_close(log);
    return fault == FAULT_NONE;
}

/* Reads everything released from the first position held on. */
static void read_all(struct disk_false *disk)
{
    u32 first = CHUNKS;
    for (u32 number = 0; number <= CHUNKS; number += 1) {
        char path[FILE_PATH_BYTES];
        struct span content;
        (void)snprintf(path, sizeof(path), FOLDER "/%020llu.events",
                       (unsigned long long)points[number].position);
        if (disk_false_find(disk, path, &content)) {
            first = number;
            break;
        }
    }
    struct arena arena;
    arena_init(&arena, reader_memory, sizeof(reader_memory));
    struct eventlog_reader *reader = NULL;
    MUST(eventlog_reader_open(&reader, disk_false_disk(disk), FOLDER, NULL, points[first].position,
                              &arena) == FAULT_NONE,
         "the reader does not open");
    for (u32 number = first + 1; number <= CHUNKS; number += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        u8 events[EVENTS_MAX];
        size_t size = chunk_make(number, events);
        MUST(eventlog_reader_next(reader, &chunk, &some) == FAULT_NONE, "chunk %u", number);
        MUST(some, "chunk %u is not there", number);
        MUST(span_equal(chunk.events, span_of(events, size)), "chunk %u is another", number);
        MUST(chunk.seq == points[number].seq, "chunk %u: sequence", number);
        MUST(chunk.position_next == points[number].position, "chunk %u: position", number);
    }
    eventlog_reader_close(reader, false);
}

/* Crashes at operation `crash_at` of the first life (0: never) and at random ones of later lives.
 */
static u64 run(u64 seed, u64 crash_at)
{
    points_make(seed);
    struct disk_false_config config = {.seed = seed, .sector_bytes = seed % 2 == 0 ? 4096 : 512};
    struct disk_false *disk = disk_false_open(&config);
    struct random random;
    random_init(&random, random_seed_derive(seed, crash_at));
    u32 released = 0;
    disk_false_crash_at(disk, crash_at);
    bool whole = live(disk, &random, &released);
    u64 operations = disk_false_operations(disk);
    for (u32 number = 1; number < LIVES && !whole; number += 1) {
        if (random_chance(&random, 1, 3)) {
            disk_false_restart_process(disk);
        } else {
            disk_false_restart(disk);
        }
        u64 ahead = number + 1 < LIVES ? random_between(&random, 1, 30) : 0;
        disk_false_crash_at(disk, ahead == 0 ? 0 : disk_false_operations(disk) + ahead);
        whole = live(disk, &random, &released);
    }
    MUST(whole, "the last life was cut short");
    read_all(disk);
    disk_false_close(disk);
    return operations;
}

static void crashes_at_every_operation_change_nothing(void **state)
{
    (void)state;
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, NULL);
    u64 base = seed_given != 0 ? seed_given : test_seed();
    u64 rounds = seed_given != 0 ? 1 : test_rounds(40);
    for (u64 round = 0; round < rounds; round += 1) {
        u64 operations = run(base + round, 0);
        for (u64 crash_at = 1; crash_at <= operations; crash_at += 1) {
            (void)run(base + round, crash_at);
        }
    }
}

int main(int argc, char **argv)
{
    seed_given = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_at_every_operation_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
