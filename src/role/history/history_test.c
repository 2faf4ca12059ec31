/* Aim: the agent ends with the same database whether it follows a running engine, is killed again
 * and again, or makes it anew. Method: a real engine in a temporary folder; a digest over every
 * column of every table. */
#include "role/history/history.h"

#include "base/hash.h"
#include "base/random.h"
#include "base/span.h"
#include "role/history/query.h"
#include "tests/support/engine_scene.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORDERS = 6000, EVENT_SEGMENT = 1 << 19, JOURNAL_SEGMENT = 1 << 20 };

struct place {
    char base[SCENE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    struct command_genesis genesis;
    struct scene_commands commands;
    size_t submitted;
    struct scene_sink sink;
    struct clock_false clock;
    struct engine *engine;
};

static struct place place;

static void engine_start(void)
{
    struct engine_options options = {
        .disk = disk_real(),
        .clock = &place.clock.clock,
        .folder = place.folder,
        .genesis = &place.genesis,
        .batch_commands = 300,
        .batch_bytes = 128 << 10,
        .journal_segment = JOURNAL_SEGMENT,
        .event_segment = EVENT_SEGMENT,
        .sink = &place.sink.sink,
    };
    scene_must(engine_open(&place.engine, &options));
}

static int make(void **state)
{
    (void)state;
    place = (struct place){.submitted = 0};
    scene_folder_make(place.base);
    scene_must(file_path(place.folder, place.base, "venue"));
    place.genesis = scene_genesis();
    place.genesis.head.source_index = 1;
    clock_false_init(&place.clock, 1700000000000000);
    scene_commands_init(&place.commands);
    place.commands.source_index = 1;
    scene_put_venue(&place.commands);
    scene_put_flow(&place.commands, test_seed(), ORDERS);
    scene_sink_init(&place.sink);
    engine_start();
    return 0;
}

static int clear(void **state)
{
    (void)state;
    engine_close(place.engine);
    scene_sink_free(&place.sink);
    scene_commands_free(&place.commands);
    scene_folder_remove(place.base);
    return 0;
}

/* Submits the next `count` commands; false when there are none left. */
static bool engine_go(u64 count)
{
    size_t start = place.submitted;
    while (count > 0 && place.submitted < place.commands.used) {
        place.submitted += (size_t)place.commands.bytes[place.submitted + 2] * WIRE_UNIT;
        count -= 1;
    }
    scene_submit_all(place.engine, span_of(place.commands.bytes + start, place.submitted - start));
    scene_must(engine_drain(place.engine));
    clock_false_advance(&place.clock, 7000000000);
    return place.submitted < place.commands.used;
}

static struct projection *open_history(u64 bytes_max)
{
    struct projection *history = NULL;
    struct projection_options options = {.folder = place.folder, .bytes_max = bytes_max};
    scene_must(projection_open(&history, &history_projection, &options));
    return history;
}

static void catch_up(struct projection *history)
{
    bool some = true;
    while (some) {
        scene_must(projection_work(history, &some));
    }
}

/* ---- the digest ---- */

static u64 digest_table(sqlite3 *db, const char *name, u64 digest)
{
    char text[256];
    sqlite3_stmt *statement = NULL;
    (void)snprintf(text, sizeof(text), "SELECT * FROM %s", name);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i += 1) {
            const u8 *bytes = sqlite3_column_blob(statement, i);
            digest = hash_bytes(bytes, (size_t)sqlite3_column_bytes(statement, i), digest);
        }
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return digest;
}

static u64 digest(void)
{
    char path[FILE_PATH_BYTES];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    u64 sum = 0;
    scene_must(file_path(path, place.folder, HISTORY_FOLDER "/" HISTORY_DATABASE));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_schema WHERE type='table' "
                                        "ORDER BY name",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    u32 tables = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        sum = digest_table(db, (const char *)sqlite3_column_text(statement, 0), sum);
        tables += 1;
    }
    assert_in_range(tables, 14, 20);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return sum;
}

static u64 digest_rebuilt(void)
{
    struct projection_report report;
    scene_must(projection_rebuild(&history_projection, place.folder, NULL, &report));
    assert_int_equal(report.event_bytes, place.sink.used);
    assert_int_equal(report.point.position, place.sink.position);
    return digest();
}

/* ---- tests ---- */

static void it_follows_and_is_made_anew(void **state)
{
    (void)state;
    struct projection *history = open_history(50000);
    struct projection_status status;
    bool more = true;
    while (more) {
        more = engine_go(500);
        scene_must(projection_status(history, &status));
        assert_true(status.behind_bytes > 0);
        catch_up(history);
    }
    scene_must(projection_status(history, &status));
    assert_int_equal(status.behind_bytes, 0);
    assert_false(status.ahead);
    assert_int_equal(status.point.position, place.sink.position);
    assert_int_equal(status.event_bytes, place.sink.used);
    assert_in_range(status.transactions, 12, 1000);

    struct store *reader = NULL;
    struct history_trade trades[HISTORY_ROWS_MAX];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    u64 seen = 0;
    u32 count = 1;
    scene_must(history_reader(&reader, place.folder));
    while (count > 0) {
        scene_must(history_trades(reader, 0, &page, trades, &count));
        for (u32 i = 0; i < count; i += 1) {
            seen += 1;
            assert_int_equal(trades[i].trade_id, seen);
        }
        page.from_id = seen + 1;
    }
    assert_int_equal(seen, scene_sink_count(&place.sink, EVENT_TRADE));
    store_close(reader);

    /* While it is being written nobody else may. */
    struct projection_report report;
    assert_int_equal(projection_rebuild(&history_projection, place.folder, NULL, &report),
                     FAULT_LOCKED);
    projection_close(history, true);
    u64 followed = digest();
    assert_int_equal(digest_rebuilt(), followed);
}

/* Works until it is killed. */
static void child_works(void)
{
    struct projection *history = NULL;
    struct projection_options options = {.folder = place.folder, .bytes_max = 2000};
    bool some = false;
    enum fault fault = projection_open(&history, &history_projection, &options);
    while (fault == FAULT_NONE) {
        fault = projection_work(history, &some);
        if (fault == FAULT_NONE && !some) {
            _exit(0);
        }
    }
    _exit(1);
}

static void kills_double_and_lose_nothing(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    bool more = true;
    u32 kills = 0;
    while (more) {
        more = engine_go(400);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            child_works();
        }
        (void)usleep((useconds_t)random_below(&random, 20000));
        (void)kill(child, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        kills += WIFSIGNALED(status);
    }
    print_message("%u killed at work\n", kills);
    struct projection *history = open_history(0);
    catch_up(history);
    projection_close(history, false);
    u64 resumed = digest();
    assert_int_equal(digest_rebuilt(), resumed);
}

/* The engine ends without a word and writes its log again; the history goes on. */
static void an_engines_restart_is_survived(void **state)
{
    (void)state;
    struct projection *history = open_history(30000);
    (void)engine_go(1000);
    catch_up(history);
    engine_close(place.engine);
    place.engine = NULL;
    engine_start();
    while (engine_go(1000)) {
        catch_up(history);
    }
    catch_up(history);
    projection_close(history, false);
    u64 followed = digest();
    struct projection_report report;
    scene_must(projection_rebuild(&history_projection, place.folder, NULL, &report));
    assert_int_equal(digest(), followed);
}

/* Segments wait for the history; once they are gone, the fault says so. */
static void segments_wait_for_it(void **state)
{
    (void)state;
    struct projection *history = open_history(0);
    catch_up(history);
    projection_close(history, false);
    while (engine_go(1000)) {
    }
    u32 removed = 0;
    scene_must(engine_collect(place.engine, UINT64_MAX, &removed));
    assert_int_equal(removed, 0);
    history = open_history(0);
    catch_up(history);
    scene_must(engine_collect(place.engine, UINT64_MAX, &removed));
    assert_true(removed > 0);
    projection_close(history, false);
    struct projection_report report;
    u64 kept = digest();
    assert_int_equal(projection_rebuild(&history_projection, place.folder, NULL, &report),
                     FAULT_MISSING);
    assert_int_equal(digest(), kept);
}

/* Orders that a trade filled: they have no end of their own. */
static u64 fills_that_end(const u8 *events, size_t bytes)
{
    u64 count = 0;
    for (size_t at = 0; at < bytes; at += (size_t)events[at + 2] * WIRE_UNIT) {
        struct event_trade trade;
        if (events[at] == EVENT_TRADE) {
            memcpy(&trade, events + at, sizeof(trade));
            count += (trade.flags & TRADE_FLAG_MAKER_DONE) != 0;
            count += (trade.flags & TRADE_FLAG_TAKER_DONE) != 0;
        }
    }
    return count;
}

/* The log no longer reaches back and there is no database: it begins at the newest image, says so,
 * and goes on. */
static void it_begins_at_an_image(void **state)
{
    (void)state;
    struct projection_status status;
    (void)engine_go(ORDERS * 7 / 8);
    struct projection *history = open_history(0);
    catch_up(history);
    u64 image = scene_image(place.folder, &place.clock.clock);
    (void)engine_go(ORDERS / 16);
    catch_up(history);
    u32 removed = 0;
    scene_must(engine_collect(place.engine, image, &removed));
    assert_true(removed > 0);
    projection_close(history, true);
    char database[FILE_PATH_BYTES];
    scene_must(file_path(database, place.folder, HISTORY_FOLDER "/" HISTORY_DATABASE));
    scene_must(disk_unlink(disk_real(), database));

    history = open_history(0);
    struct store_point point;
    scene_must(store_point(projection_store(history), &point));
    assert_true(point.began_position == image);
    assert_true(point.position == point.began_position);
    catch_up(history);
    while (engine_go(1000)) {
    }
    catch_up(history);
    scene_must(projection_status(history, &status));
    assert_true(status.point.position == place.sink.position);
    projection_close(history, false);

    /* What is open now is the same as the engine's. */
    struct store *reader = NULL;
    static struct history_order orders[HISTORY_ROWS_MAX];
    struct history_page page = {.from_id = 1, .limit = HISTORY_ROWS_MAX};
    u32 count = 1;
    u64 open = 0;
    scene_must(history_reader(&reader, place.folder));
    for (u32 account = 0; account < SCENE_ACCOUNTS; account += 1) {
        page.from_id = 1;
        count = 1;
        while (count > 0) {
            scene_must(history_orders(reader, account, 0, &page, orders, &count));
            for (u32 i = 0; i < count; i += 1) {
                open +=
                    orders[i].status == HISTORY_NEW || orders[i].status == HISTORY_PARTIALLY_FILLED;
                page.from_id = orders[i].order_id + 1;
            }
        }
    }
    store_close(reader);
    u64 new_count = scene_sink_count(&place.sink, EVENT_ORDER_NEW);
    u64 done_count = scene_sink_count(&place.sink, EVENT_ORDER_DONE);
    u64 filled_count = fills_that_end(place.sink.events, place.sink.used);
    assert_int_equal(open, new_count - done_count - filled_count);
}

static void a_folder_without_a_log_is_refused(void **state)
{
    (void)state;
    char empty[FILE_PATH_BYTES];
    struct projection *history = NULL;
    struct projection_report report;
    struct store *reader = NULL;
    scene_must(file_path(empty, place.base, "empty"));
    scene_must(disk_make_folder(disk_real(), empty));
    struct projection_options options = {.folder = empty};
    assert_int_equal(projection_open(&history, &history_projection, &options), FAULT_MISSING);
    assert_int_equal(projection_rebuild(&history_projection, empty, NULL, &report), FAULT_MISSING);
    assert_int_equal(history_reader(&reader, empty), FAULT_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_follows_and_is_made_anew, make, clear),
        cmocka_unit_test_setup_teardown(kills_double_and_lose_nothing, make, clear),
        cmocka_unit_test_setup_teardown(an_engines_restart_is_survived, make, clear),
        cmocka_unit_test_setup_teardown(segments_wait_for_it, make, clear),
        cmocka_unit_test_setup_teardown(it_begins_at_an_image, make, clear),
        cmocka_unit_test_setup_teardown(a_folder_without_a_log_is_refused, make, clear),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
