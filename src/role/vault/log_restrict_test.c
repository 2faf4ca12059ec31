/* Aim: each UTC day has one line, with the root over exactly the decisions that the event log told
 * for it, whenever the process is killed, starts late, sleeps over days or loses events; and two
 * who read the same events write the same roots.
 *
 * Method: an event log that the test writes at random, a clock moved by hand, an agent without
 * vault and witnesses; beside it the same said plainly (tests/support/restrict_scene.h). */
#include "base/random.h"
#include "base/span.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "role/vault/publog_inner.h"
#include "role/vault/restrict_line.h"
#include "tests/support/restrict_run.h"
#include "wire/schema.h"

#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 14 };

static void lines_are(u32 wanted_count)
{
    struct restrict_order order;
    char wanted[RESTRICT_LINE_BYTES];
    u32 count = 0;
    key_take();
    restrict_order_init(&order, NULL);
    for (u64 index = 0; index < tlog_store_signed_size(place.agent->store); index += 1) {
        struct span entry;
        assert_int_equal(tlog_store_entry(place.agent->store, index, &entry), FAULT_NONE);
        assert_int_equal(order.leaves.leaf(&order.leaves, index, entry), TLOG_FLAW_NONE);
        if (!restrict_line_is(entry)) {
            continue;
        }
        assert_true(count < wanted_count);
        restrict_scene_line(&scene, &scene.days[count], wanted);
        if (entry.size < strlen(wanted) || memcmp(entry.data, wanted, strlen(wanted)) != 0) {
            fail_msg("seed %llu: \"%.*s\" instead of \"%s\"", (unsigned long long)test_seed(),
                     (int)entry.size, (const char *)entry.data, wanted);
        }
        count += 1;
    }
    assert_int_equal(count, wanted_count);
    assert_int_equal(order.days, wanted_count);
}

/* ---- tests ---- */

/* Days end because something is told of a later one, or by the clock a minute after their end. */
static void each_day_has_its_root(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    agent_begin();
    for (u32 i = 0; i < 60; i += 1) {
        scene.time_us = now_us() + random_below(&random, 1000000);
        restrict_scene_put(&scene, place.log, &random);
        works(3);
        if (random_chance(&random, 1, 4)) {
            clock_false_advance(&place.now, random_below(&random, 2 * DAY_S) * SECOND_NS);
            works(40);
            restrict_scene_reach(&scene, now_us() - 61 * 1000000);
        }
        if (random_chance(&random, 1, 6)) {
            agent_end();
            agent_begin();
        }
    }
    works(40);
    lines_are(scene.days_count - 1);
}

static void idle_days_are_made_up(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    agent_begin();
    works(20);
    lines_are(0);
    u64 left_s = DAY_S - scene.time_us / 1000000 % DAY_S;
    clock_false_advance(&place.now, (left_s + 50) * SECOND_NS);
    works(20);
    lines_are(0); /* a batch of the day may still come */
    clock_false_advance(&place.now, 15 * SECOND_NS);
    works(20);
    restrict_scene_reach(&scene, scene.time_us + left_s * 1000000);
    lines_are(1);
    agent_end(); /* and it sleeps for years */
    clock_false_advance(&place.now, 900 * DAY_S * SECOND_NS);
    agent_begin();
    works(80);
    restrict_scene_reach(&scene, scene.time_us + left_s * 1000000 + 900 * DAY_S * 1000000);
    lines_are(901);
}

/* What comes after its day was closed is counted in the next one. */
static void a_straggler_is_counted_once(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    agent_begin();
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    works(20);
    u64 first = scene.time_us;
    clock_false_advance(&place.now, DAY_S * SECOND_NS);
    works(40);
    restrict_scene_reach(&scene, first + DAY_S * 1000000);
    scene.time_us = first + 5;
    restrict_scene_put(&scene, place.log, &random);
    works(20);
    clock_false_advance(&place.now, DAY_S * SECOND_NS);
    works(40);
    restrict_scene_reach(&scene, first + 2 * DAY_S * 1000000);
    lines_are(2);
}

/* A log that begins when the venue has been there for days makes the same roots. */
static void a_late_start_makes_the_same(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u32 i = 0; i < 40; i += 1) {
        clock_false_advance(&place.now, random_below(&random, DAY_S) * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
    }
    agent_begin();
    works(40);
    lines_are(scene.days_count - 1);
}

/* So does one whose book comes later than its log: what was read already is read again. */
static void a_book_that_is_new_catches_up(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    agent_begin(); /* nothing is there to read */
    for (u32 i = 0; i < 20; i += 1) {
        clock_false_advance(&place.now, random_below(&random, DAY_S) * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
    }
    struct publog *publog = place.agent->publog;
    struct publog_source_point point = place.agent->journal;
    point.position = eventlog_end(place.log).position;
    assert_int_equal(publog_take_begin(publog), FAULT_NONE);
    assert_int_equal(sql_run(&publog->sql, "DELETE FROM restrict_state"), FAULT_NONE);
    assert_int_equal(publog_take_end(publog, PUBLOG_SOURCE_JOURNAL, &point), FAULT_NONE);
    agent_end();
    agent_begin();
    works(40);
    assert_true(scene.days_count > 1);
    lines_are(scene.days_count - 1);
}

/* The process ends without a word after so many turns. */
static void life(u32 turns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        agent_begin();
        for (u32 turn = 0; turn < turns; turn += 1) {
            work();
        }
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void kills_lose_and_double_nothing(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u32 turns = 0; turns < TURNS; turns += 1) {
        clock_false_advance(&place.now, DAY_S / 2 * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
        life(turns);
    }
    agent_begin();
    works(40);
    restrict_scene_reach(&scene, now_us() - 61 * 1000000);
    lines_are(scene.days_count - 1);
}

static void image_put(u64 seq, u64 time_us, u64 position)
{
    static const u8 venue[EVENTLOG_VENUE_BYTES];
    struct eventlog_image image;
    struct eventlog_point point = {.position = position, .seq = seq};
    struct state_venue first = {
        .head = {.kind = STATE_VENUE, .units = sizeof(first) / 32}, .seq = seq, .now_us = time_us};
    assert_int_equal(eventlog_image_create(&image, disk_real(), place.events, venue, point),
                     FAULT_NONE);
    assert_int_equal(eventlog_image_add(&image, span_of(&first, sizeof(first))), FAULT_NONE);
    for (u32 i = 0; i < 4; i += 1) {
        struct state_pack pack = {
            .head = {.kind = STATE_PACK, .units = sizeof(pack) / 32, .id = i}};
        memcpy(pack.content_hash, scene.packs[i], sizeof(pack.content_hash));
        assert_int_equal(eventlog_image_add(&image, span_of(&pack, sizeof(pack))), FAULT_NONE);
    }
    for (u32 i = 1; i <= RESTRICT_SCENE_ACCOUNTS; i += 1) {
        struct state_link link = {
            .head = {.kind = STATE_LINK, .units = sizeof(link) / 32, .account = i},
            .person = scene.owners[i]};
        if (link.person != 0) {
            assert_int_equal(eventlog_image_add(&image, span_of(&link, sizeof(link))), FAULT_NONE);
        }
    }
    for (u32 i = 0; i < scene.facts_count; i += 1) {
        const struct scene_fact *fact = &scene.facts[i];
        struct state_fact row = {
            .head = {.kind = STATE_FACT, .units = sizeof(row) / 32, .id = fact->row},
            .person = fact->person,
            .fact = (u8)fact->kind,
            .value = (u16)fact->country,
            .from = fact->from,
            .until = fact->until};
        assert_int_equal(eventlog_image_add(&image, span_of(&row, sizeof(row))), FAULT_NONE);
    }
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    eventlog_image_close(&image);
}

/* The contents are not those of the checksum any more. */
static void image_damage(u64 position)
{
    char path[FILE_PATH_BYTES];
    static const u8 other[4] = {0xa5, 0x5a, 0xa5, 0x5a};
    assert_int_equal(eventlog_path(path, place.events, position, EVENTLOG_IMAGE_SUFFIX),
                     FAULT_NONE);
    SCOPED_FILE file = {.disk = NULL};
    assert_int_equal(file_open(disk_real(), path, FILE_WRITE, &file), FAULT_NONE);
    assert_int_equal(file_write_at(&file, EVENTLOG_BLOCK_BYTES + 40, other, sizeof(other)),
                     FAULT_NONE);
}

/* What was before events went. */
static struct {
    u64 begin;
    u64 last;
    u32 leaves;
} before;

/* What the model has of them is what the log may say. */
static void model_misses(void)
{
    scene.leaves_count = before.leaves;
    scene.days_count = 1;
    scene.days[0].missed = true;
    scene.days[0].last = before.last;
    for (u32 i = 1; i < 3; i += 1) {
        scene.days[i] = (struct scene_day){.day = scene.days[0].day + i,
                                           .first_leaf = before.leaves,
                                           .first = before.last + 1,
                                           .last = before.last,
                                           .missed = true};
        scene.days_count += 1;
    }
    scene.days[2].first = scene.seq + 1;
    scene.days[2].last = scene.seq;
}

/* Nobody sees it, two days behind the first. */
static void hidden_put(struct random *random)
{
    scene.time_us = before.begin + 2 * DAY_S * 1000000;
    scene.leaves_count = before.leaves;
    restrict_scene_put(&scene, place.log, random);
}

/* Events of two days are gone before the log has read them, and an image stands behind them. */
static void events_lose(struct random *random)
{
    char path[FILE_PATH_BYTES];
    u32 removed = 0;
    agent_begin();
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, random);
    works(600); /* what was read is passed */
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/events/log.reader", place.folder);
    assert_int_equal(unlink(path), 0);
    before.begin = scene.time_us;
    before.last = scene.seq;
    before.leaves = scene.leaves_count;
    u64 end = eventlog_end(place.log).position;
    while (eventlog_end(place.log).position < end + 3 * SEGMENT / 32) {
        hidden_put(random);
    }
    image_put(scene.seq, scene.time_us, eventlog_end(place.log).position);
    model_misses();
    assert_int_equal(eventlog_collect(place.log, eventlog_end(place.log).position, &removed),
                     FAULT_NONE);
    assert_true(removed > 0);
    clock_false_advance(&place.now, 2 * DAY_S * SECOND_NS);
}

static void events_follow(struct random *random, u32 from, u32 to)
{
    for (u32 i = from; i < to; i += 1) {
        scene.time_us = before.begin + (2 * DAY_S + DAY_S / 5 * i) * 1000000;
        restrict_scene_put(&scene, place.log, random);
    }
}

/* Events that nobody held: the days say so, and what comes behind an image is whole again. */
static void what_was_missed_is_said(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    events_lose(&random);
    events_follow(&random, 0, 8);
    agent_begin();
    works(60);
    assert_true(scene.days_count >= 4);
    lines_are(scene.days_count - 1);
}

/* The newest image is damaged: the one before it serves, with the events since. */
static void an_older_image_takes_its_events_along(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    events_lose(&random);
    events_follow(&random, 0, 4);
    u64 newest = eventlog_end(place.log).position;
    image_put(scene.seq, scene.time_us, newest);
    image_damage(newest);
    events_follow(&random, 4, 8);
    agent_begin();
    works(60);
    assert_true(scene.days_count >= 4);
    lines_are(scene.days_count - 1);
}

/* The only image is damaged: nothing is said until there is one that holds, and then that something
 * was missed. */
static void without_an_image_it_waits_for_one(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    events_lose(&random);
    image_damage(eventlog_end(place.log).position);
    agent_begin();
    hidden_put(&random);
    works(20);
    hidden_put(&random);
    image_put(scene.seq, scene.time_us, eventlog_end(place.log).position);
    model_misses();
    works(400); /* it looks every ten seconds */
    events_follow(&random, 0, 8);
    works(60);
    lines_are(scene.days_count - 1);
}

static void a_key_that_was_lost_stops_the_log(void **state)
{
    char path[FILE_PATH_BYTES];
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    agent_begin();
    works(10);
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/log/%s", place.folder, LOG_SALTS_FILE);
    assert_int_equal(unlink(path), 0);
    agent_begin();
    assert_int_equal(log_agent_counts(place.agent).stopped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_day_has_its_root, make, clear),
        cmocka_unit_test_setup_teardown(idle_days_are_made_up, make, clear),
        cmocka_unit_test_setup_teardown(a_straggler_is_counted_once, make, clear),
        cmocka_unit_test_setup_teardown(a_late_start_makes_the_same, make, clear),
        cmocka_unit_test_setup_teardown(a_book_that_is_new_catches_up, make, clear),
        cmocka_unit_test_setup_teardown(kills_lose_and_double_nothing, make, clear),
        cmocka_unit_test_setup_teardown(what_was_missed_is_said, make, clear),
        cmocka_unit_test_setup_teardown(an_older_image_takes_its_events_along, make, clear),
        cmocka_unit_test_setup_teardown(without_an_image_it_waits_for_one, make, clear),
        cmocka_unit_test_setup_teardown(a_key_that_was_lost_stops_the_log, make, clear),
    };
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    return cmocka_run_group_tests_name("log_restrict", tests, NULL, NULL);
}
