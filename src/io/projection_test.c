/* Aim: a projection has every event before its position once, whatever ends it, begins at an image
 * where the log no longer reaches back, and is replaced only by one that is whole. Method: an event
 * log and images that the test writes; a store that is a file with the sum of the events' numbers,
 * written at commit. */
#include "io/projection.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEGMENT = 1 << 16, EVENTS = 400, EVENTS_OF_SEGMENTS = 5000, IMAGE_SUM = 77 };

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    u64 seq;
    u64 refused; /* the event with this number; 0: none */
    u64 commits;
} place;

/* ---- the store ---- */

struct sums {
    struct projection_point point;
    u64 sum;
};

struct file_store {
    char path[FILE_PATH_BYTES];
    struct sums done;
    struct sums ahead;
};

static enum fault sums_write(const struct file_store *store)
{
    int file = open(store->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, &store->done, sizeof(store->done)), sizeof(store->done));
    return close(file) == 0 ? FAULT_NONE : FAULT(FAULT_IO, "%s", store->path);
}

static enum fault sums_open(void **store_out, const struct projection_place *where,
                            const char *path, struct disk *disk,
                            const u8 venue[EVENTLOG_VENUE_BYTES])
{
    (void)disk;
    (void)venue;
    assert_string_equal(where->venue, place.folder);
    struct file_store *store = calloc(1, sizeof(struct file_store));
    assert_non_null(store);
    (void)snprintf(store->path, sizeof(store->path), "%s", path);
    *store_out = store;
    int file = open(path, O_RDONLY);
    if (file < 0) {
        return sums_write(store);
    }
    assert_int_equal(read(file, &store->done, sizeof(store->done)), sizeof(store->done));
    return close(file) == 0 ? FAULT_NONE : FAULT(FAULT_IO, "%s", path);
}

static void sums_close(void *store)
{
    free(store);
}

static enum fault sums_point(void *context, struct projection_point *point_out)
{
    const struct file_store *store = context;
    *point_out = store->done.point;
    return FAULT_NONE;
}

static enum fault sums_image(void *context, struct disk *disk, const char *events)
{
    struct file_store *store = context;
    struct eventlog_image image;
    TRY(eventlog_image_open(&image, disk, events));
    store->done.point.position = image.point.position;
    store->done.point.seq = image.point.seq;
    store->done.sum = IMAGE_SUM;
    eventlog_image_close(&image);
    return sums_write(store);
}

static enum fault sums_begin(void *context)
{
    struct file_store *store = context;
    store->ahead = store->done;
    return FAULT_NONE;
}

static enum fault sums_apply(void *context, struct span events, u64 seq, u64 time_us)
{
    struct file_store *store = context;
    for (size_t at = 0; at < events.size; at += sizeof(struct event_time)) {
        u64 number = bytes_u64(events.data + at + offsetof(struct event_time, time_us));
        if (number == place.refused) {
            return FAULT(FAULT_ROT, "event %llu", (unsigned long long)number);
        }
        store->ahead.sum += number;
    }
    store->ahead.point.seq = seq;
    store->ahead.point.time_us = time_us;
    return FAULT_NONE;
}

static enum fault sums_commit(void *context, u64 position)
{
    struct file_store *store = context;
    store->done = store->ahead;
    store->done.point.position = position;
    place.commits += 1;
    return sums_write(store);
}

static void sums_abandon(void *context)
{
    struct file_store *store = context;
    store->ahead = store->done;
}

static enum fault sums_settle(void *context)
{
    (void)context;
    return FAULT_NONE;
}

static const struct projection_kind sums = {
    .what = "the sums",
    .folder = "sums",
    .database = "sums.db",
    .reader = "sums",
    .open = sums_open,
    .close = sums_close,
    .point = sums_point,
    .image = sums_image,
    .begin = sums_begin,
    .apply = sums_apply,
    .commit = sums_commit,
    .abandon = sums_abandon,
    .settle = sums_settle,
};

/* ---- the log ---- */

static void put_events(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        place.seq += 1;
        struct event_time event = {
            .head = {.kind = EVENT_TIME, .units = sizeof(event) / WIRE_UNIT, .seq = place.seq},
            .time_us = place.seq};
        assert_int_equal(
            eventlog_append(place.log, place.seq, place.seq, span_of(&event, sizeof(event))),
            FAULT_NONE);
    }
    eventlog_release(place.log, eventlog_end(place.log));
}

static int begin(void **state)
{
    struct arena arena;
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = SEGMENT};
    (void)state;
    memset(&place, 0, sizeof(place));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/projection.XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.events, sizeof(place.events), "%s/events", place.folder);
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    assert_int_equal(eventlog_open(&place.log, &config, &arena), FAULT_NONE);
    assert_int_equal(eventlog_begin(place.log, (struct eventlog_point){0}), FAULT_NONE);
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

static struct projection *sums_follow(u64 bytes_max)
{
    struct projection *projection = NULL;
    struct projection_options options = {.folder = place.folder, .bytes_max = bytes_max};
    assert_int_equal(projection_open(&projection, &sums, &options), FAULT_NONE);
    return projection;
}

static void catch_up(struct projection *projection)
{
    bool some = true;
    while (some) {
        assert_int_equal(projection_work(projection, &some), FAULT_NONE);
    }
}

static u64 sum_up_to(u64 last)
{
    return last * (last + 1) / 2;
}

static void assert_sum(struct projection *projection, u64 sum)
{
    struct projection_status status;
    const struct file_store *store = projection_store(projection);
    assert_int_equal(projection_status(projection, &status), FAULT_NONE);
    assert_int_equal(store->done.sum, sum);
    assert_int_equal(status.point.seq, place.seq);
    assert_int_equal(status.behind_bytes, 0);
    assert_false(status.ahead);
}

static bool is_there(const char *name)
{
    char path[2 * FILE_PATH_BYTES];
    bool exists = false;
    (void)snprintf(path, sizeof(path), "%s/%s", place.folder, name);
    assert_int_equal(disk_exists(disk_real(), path, &exists), FAULT_NONE);
    return exists;
}

/* ---- tests ---- */

static void goes_on_where_it_ended(void **state)
{
    (void)state;
    struct projection *projection = sums_follow(100);
    for (u32 i = 0; i < 5; i += 1) {
        bool some = false;
        put_events(EVENTS);
        for (u32 k = 0; k < i; k += 1) {
            assert_int_equal(projection_work(projection, &some), FAULT_NONE);
        }
        projection_close(projection, false);
        projection = sums_follow(100);
    }
    catch_up(projection);
    assert_sum(projection, sum_up_to(place.seq));
    assert_true(place.commits > 5 * EVENTS / 10);
    projection_close(projection, false);
}

static void a_refused_event_leaves_nothing(void **state)
{
    (void)state;
    bool some = true;
    enum fault fault = FAULT_NONE;
    put_events(EVENTS);
    place.refused = EVENTS / 2;
    struct projection *projection = sums_follow(1000);
    while (fault == FAULT_NONE && some) {
        fault = projection_work(projection, &some);
    }
    assert_int_equal(fault, FAULT_ROT);
    fault_forget();
    projection_close(projection, false);
    place.refused = 0;
    projection = sums_follow(1000);
    catch_up(projection);
    assert_sum(projection, sum_up_to(EVENTS));
    projection_close(projection, false);
}

static void one_process_writes_it(void **state)
{
    (void)state;
    struct projection *second = NULL;
    struct projection_options options = {.folder = place.folder};
    struct projection_report report;
    struct projection *projection = sums_follow(0);
    assert_int_equal(projection_open(&second, &sums, &options), FAULT_LOCKED);
    assert_null(second);
    assert_int_equal(projection_rebuild(&sums, place.folder, NULL, &report), FAULT_LOCKED);
    fault_forget();
    projection_close(projection, false);
}

static void begins_at_an_image(void **state)
{
    (void)state;
    struct eventlog_image image;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    struct projection_report report;
    u32 removed = 0;
    put_events(EVENTS_OF_SEGMENTS);
    struct eventlog_point point = eventlog_end(place.log);
    assert_int_equal(eventlog_image_create(&image, disk_real(), place.events, venue, point),
                     FAULT_NONE);
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    put_events(EVENTS_OF_SEGMENTS);
    assert_int_equal(eventlog_collect(place.log, point.position, &removed), FAULT_NONE);
    assert_true(removed > 0);
    assert_int_equal(projection_rebuild(&sums, place.folder, NULL, &report), FAULT_MISSING);
    fault_forget();
    struct projection *projection = sums_follow(0);
    catch_up(projection);
    assert_sum(projection, IMAGE_SUM + sum_up_to(place.seq) - sum_up_to(EVENTS_OF_SEGMENTS));
    projection_close(projection, false);
}

static void is_replaced_by_a_whole_one(void **state)
{
    (void)state;
    struct projection_report report;
    struct projection_feed *feed = NULL;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    put_events(EVENTS);
    struct projection *projection = sums_follow(0);
    catch_up(projection);
    projection_close(projection, false);
    put_events(EVENTS);
    place.refused = EVENTS + 1; /* the new one does not come to its end: the old one stays */
    assert_int_equal(projection_rebuild(&sums, place.folder, NULL, &report), FAULT_ROT);
    fault_forget();
    assert_false(is_there("sums/rebuild.db"));
    place.refused = 0;
    assert_int_equal(projection_feed_begin(&feed, &sums, place.folder, venue), FAULT_NONE);
    assert_true(is_there("sums/rebuild.db"));
    projection_feed_abandon(feed);
    assert_false(is_there("sums/rebuild.db"));
    assert_int_equal(projection_rebuild(&sums, place.folder, NULL, &report), FAULT_NONE);
    assert_int_equal(report.point.seq, 2 * EVENTS);
    assert_int_equal(report.event_bytes, 2 * EVENTS * sizeof(struct event_time));
    projection = sums_follow(0);
    assert_sum(projection, sum_up_to(2 * EVENTS));
    projection_close(projection, false);
}

/* The log of a database that is gone is not that of a new one. */
static void leftovers_are_removed(void **state)
{
    (void)state;
    char path[2 * FILE_PATH_BYTES];
    put_events(EVENTS);
    projection_close(sums_follow(0), false);
    (void)snprintf(path, sizeof(path), "%s/sums/sums.db-wal", place.folder);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(file >= 0 && close(file) == 0);
    projection_close(sums_follow(0), false);
    assert_true(is_there("sums/sums.db-wal"));
    (void)snprintf(path, sizeof(path), "%s/sums/sums.db", place.folder);
    assert_int_equal(unlink(path), 0);
    projection_close(sums_follow(0), false);
    assert_false(is_there("sums/sums.db-wal"));
    assert_true(is_there("sums/sums.db"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(goes_on_where_it_ended, begin, end),
        cmocka_unit_test_setup_teardown(a_refused_event_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(one_process_writes_it, begin, end),
        cmocka_unit_test_setup_teardown(begins_at_an_image, begin, end),
        cmocka_unit_test_setup_teardown(is_replaced_by_a_whole_one, begin, end),
        cmocka_unit_test_setup_teardown(leftovers_are_removed, begin, end),
    };
    return cmocka_run_group_tests_name("projection", tests, NULL, NULL);
}
