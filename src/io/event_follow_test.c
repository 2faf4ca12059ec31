/* Aim: what is handed on is the newest image and every event behind it, once and in order, whenever
 * the reader is called and whatever was removed before it. Method: a log and images that the test
 * writes; a sink that keeps the numbers of what came. */
#include "io/event_follow.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT = 1 << 16, EVENTS_OF_SEGMENTS = 5000 };

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    struct event_follow follow;
    u64 seq;
} place;

static struct {
    struct event_sink sink;
    u32 begins;
    u32 states;
    u64 states_sum; /* of the ids of assets */
    u64 first;      /* number of the first event since begin */
    u64 last;
    u64 count;
    bool refuses_states;
    bool refuses_events;
} seen;

static void on_begin(struct event_sink *sink)
{
    (void)sink;
    seen.begins += 1;
    seen.states = 0;
    seen.states_sum = 0;
    seen.first = 0;
    seen.last = 0;
    seen.count = 0;
}

static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    struct state_head head;
    (void)sink;
    assert_true(size >= sizeof(head));
    memcpy(&head, record, sizeof(head));
    seen.states += 1;
    seen.states_sum += head.kind == STATE_ASSET ? head.id : 0;
    return !seen.refuses_states;
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    (void)sink;
    assert_int_equal(size, sizeof(struct event_time));
    u64 number = bytes_u64(record + offsetof(struct event_time, time_us));
    assert_true(seen.last == 0 || number == seen.last + 1);
    assert_true(time_us == number);
    seen.first = seen.first == 0 ? number : seen.first;
    seen.last = number;
    seen.count += 1;
    return !seen.refuses_events;
}

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

static void put_image(u32 assets)
{
    struct eventlog_image image;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    assert_int_equal(
        eventlog_image_create(&image, disk_real(), place.events, venue, eventlog_end(place.log)),
        FAULT_NONE);
    for (u32 i = 1; i <= assets; i += 1) {
        struct state_asset asset = {
            .head = {.kind = STATE_ASSET, .units = sizeof(asset) / WIRE_UNIT, .id = i}};
        assert_int_equal(eventlog_image_add(&image, span_of(&asset, sizeof(asset))), FAULT_NONE);
    }
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
}

static void begin(void)
{
    struct arena arena;
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = SEGMENT};
    memset(&seen, 0, sizeof(seen));
    seen.sink = (struct event_sink){.begin = on_begin, .state = on_state, .event = on_event};
    place.seq = 0;
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/event_follow.XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.events, sizeof(place.events), "%s/events", place.folder);
    assert_int_equal(event_follow_open(&place.follow, disk_real(), place.folder, &seen.sink),
                     FAULT_NONE);
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    assert_int_equal(eventlog_open(&place.log, &config, &arena), FAULT_NONE);
    assert_int_equal(eventlog_begin(place.log, (struct eventlog_point){0}), FAULT_NONE);
}

static void end(void)
{
    char command[128];
    event_follow_close(&place.follow);
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    assert_int_equal(system(command), 0);
}

static enum fault turn(void)
{
    bool busy = false;
    enum fault fault = event_follow_turn(&place.follow, 64, &busy);
    return fault;
}

static void turns(void)
{
    do {
        assert_int_equal(turn(), FAULT_NONE);
    } while (!place.follow.is_drained);
}

static void from_the_first_event_on(void **state)
{
    (void)state;
    begin();
    put_events(100);
    assert_int_equal(turn(), FAULT_NONE); /* 64 chunks */
    assert_true(seen.count == 64 && !place.follow.is_drained && !place.follow.is_current);
    turns();
    assert_true(seen.first == 1 && seen.last == 100 && seen.begins == 1 && seen.states == 0);
    put_events(3);
    turns();
    assert_true(seen.last == 103 && seen.begins == 1 && place.follow.is_current);
    turns();
    assert_true(seen.count == 103);
    end();
}

static void from_the_newest_image_on(void **state)
{
    (void)state;
    begin();
    put_events(10);
    put_image(2);
    put_events(10);
    put_image(2000); /* more than a piece */
    put_events(5);
    turns();
    assert_true(seen.begins == 1 && seen.states == 2000 && seen.states_sum == 2001000);
    assert_true(seen.first == 21 && seen.last == 25);
    end();
}

static void what_was_removed_is_in_an_image(void **state)
{
    (void)state;
    u32 removed = 0;
    begin();
    put_events(10);
    turns();
    put_events(EVENTS_OF_SEGMENTS);
    put_image(7);
    assert_int_equal(eventlog_collect(place.log, eventlog_end(place.log).position, &removed),
                     FAULT_NONE);
    assert_true(removed > 0);
    put_events(3);
    for (u32 i = 0; i < 200 && seen.begins < 2; i += 1) {
        assert_int_equal(turn(), FAULT_NONE);
    }
    turns();
    assert_true(seen.begins == 2 && seen.states == 7);
    assert_true(seen.first == EVENTS_OF_SEGMENTS + 11 && seen.last == EVENTS_OF_SEGMENTS + 13);
    end();
}

static void what_cannot_be_is_a_fault(void **state)
{
    (void)state;
    begin();
    put_events(3);
    put_image(3);
    seen.refuses_states = true;
    assert_int_equal(turn(), FAULT_ROT);
    seen.refuses_states = false;
    turns();
    assert_true(seen.states == 3);
    put_events(3);
    seen.refuses_events = true;
    assert_int_equal(turn(), FAULT_ROT);
    end();
}

static void without_a_log_it_waits(void **state)
{
    (void)state;
    struct event_follow follow;
    bool busy = false;
    memset(&seen, 0, sizeof(seen));
    seen.sink = (struct event_sink){.begin = on_begin, .state = on_state, .event = on_event};
    assert_int_equal(event_follow_open(&follow, disk_real(), "/no/such/venue", &seen.sink),
                     FAULT_NONE);
    assert_int_equal(event_follow_turn(&follow, 64, &busy), FAULT_NONE);
    assert_false(busy || follow.is_drained || follow.is_current);
    event_follow_close(&follow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_first_event_on),
        cmocka_unit_test(from_the_newest_image_on),
        cmocka_unit_test(what_was_removed_is_in_an_image),
        cmocka_unit_test(what_cannot_be_is_a_fault),
        cmocka_unit_test(without_a_log_it_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
