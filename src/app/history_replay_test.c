/* Aim: a database made by replaying the journal has the rows of one that followed the event log, or
 * was made from it. Method: a real engine in a temporary folder, followed and restarted; then every
 * table of both databases is compared by SQLite itself. */
#include "app/feed_replay.h"
#include "base/span.h"
#include "role/history/history.h"
#include "tests/support/engine_scene.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { ORDERS = 4000 };

static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];
static char database[FILE_PATH_BYTES];
static char followed[FILE_PATH_BYTES];
static struct scene_commands commands;
static struct clock_false now;
static struct command_genesis genesis;

static struct engine *engine_start(void)
{
    struct engine *engine = NULL;
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &now.clock,
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .batch_commands = 300,
                                     .batch_bytes = 128 << 10,
                                     .journal_segment = 1 << 20,
                                     .event_segment = 1 << 19};
    scene_must(engine_open(&engine, &options));
    return engine;
}

static int make(void **state)
{
    (void)state;
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    scene_must(file_path(database, folder, HISTORY_FOLDER "/" HISTORY_DATABASE));
    scene_must(file_path(followed, base, "followed.db"));
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    clock_false_init(&now, 1700000000000000);
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    scene_commands_free(&commands);
    scene_folder_remove(base);
    return 0;
}

/* Some more commands, in several batches over some days; `done` is what was submitted before. */
static void engine_go(struct engine *engine, size_t *done)
{
    scene_put_flow(&commands, test_seed() + *done, ORDERS / 8);
    scene_submit_all(engine, span_of(commands.bytes + *done, commands.used - *done));
    scene_must(engine_drain(engine));
    clock_false_advance(&now, 40000000000000);
    *done = commands.used;
}

static void follow(void)
{
    struct projection *history = NULL;
    struct projection_options options = {.folder = folder, .bytes_max = 30000};
    bool some = true;
    scene_must(projection_open(&history, &history_projection, &options));
    while (some) {
        scene_must(projection_work(history, &some));
    }
    projection_close(history, false);
}

static i64 number_of(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    i64 number = sqlite3_column_int64(statement, 0);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    return number;
}

/* Rows of one table that the other database lacks, both ways. */
static void compare_table(sqlite3 *db, const char *name)
{
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT SELECT * FROM other.%s)",
                   name, name);
    assert_int_equal(number_of(db, text), 0);
    (void)snprintf(text, sizeof(text),
                   "SELECT count(*) FROM (SELECT * FROM other.%s EXCEPT SELECT * FROM main.%s)",
                   name, name);
    assert_int_equal(number_of(db, text), 0);
}

static void compare_databases(void)
{
    char text[FILE_PATH_BYTES + 64];
    char name[64];
    sqlite3 *db = NULL;
    sqlite3_stmt *names = NULL;
    u32 tables = 0;
    assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
    (void)snprintf(text, sizeof(text), "ATTACH '%s' AS other", followed);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_true(number_of(db, "SELECT count(*) FROM trade") > 100);
    assert_true(number_of(db, "SELECT count(DISTINCT start) FROM bar WHERE level=4") > 2);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM main.sqlite_schema WHERE type='table'",
                                        -1, &names, NULL),
                     SQLITE_OK);
    while (sqlite3_step(names) == SQLITE_ROW) {
        (void)snprintf(name, sizeof(name), "%s", (const char *)sqlite3_column_text(names, 0));
        compare_table(db, name);
        tables += 1;
    }
    assert_in_range(tables, 14, 20);
    assert_int_equal(sqlite3_finalize(names), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void count_reports(struct recovery_progress *progress, u64 bytes_done, u64 bytes_all,
                          u64 seq)
{
    (void)progress;
    (void)seq;
    assert_true(bytes_done <= bytes_all);
}

static void a_replay_gives_the_rows_that_were_followed(void **state)
{
    (void)state;
    struct projection_report report;
    struct recovery_progress progress = {.report = count_reports};
    size_t done = 0;
    struct engine *engine = engine_start();
    for (u32 part = 0; part < 8; part += 1) {
        engine_go(engine, &done);
        if (part % 3 == 0) {
            follow();
        }
        if (part == 4) {
            engine_close(engine);
            engine = engine_start();
        }
    }
    scene_must(engine_finish(engine));
    follow();
    scene_must(disk_rename(disk_real(), database, followed));

    /* Beside the engine, and without it. */
    scene_must(feed_replay(&history_projection, folder, &progress, &report));
    assert_true(report.point.seq > ORDERS / 2 && report.transactions > 0);
    compare_databases();
    engine_close(engine);
    scene_must(feed_replay(&history_projection, folder, NULL, &report));
    compare_databases();
    scene_must(projection_rebuild(&history_projection, folder, NULL, &report));
    compare_databases();

    /* And it can be followed on from there. */
    engine = engine_start();
    engine_go(engine, &done);
    follow();
    engine_close(engine);
    struct store *reader = NULL;
    struct store_point point;
    scene_must(history_reader(&reader, folder));
    scene_must(store_point(reader, &point));
    assert_true(point.position > report.point.position && point.seq > report.point.seq);
    store_close(reader);
}

static void without_a_journal_there_is_nothing(void **state)
{
    (void)state;
    struct projection_report report;
    assert_int_equal(feed_replay(&history_projection, folder, NULL, &report), FAULT_MISSING);
    scene_must(disk_make_folder(disk_real(), folder));
    assert_int_equal(feed_replay(&history_projection, folder, NULL, &report), FAULT_MISSING);
    assert_non_null(strstr(fault_text(), folder));
}

static void a_history_at_work_is_left_alone(void **state)
{
    (void)state;
    struct projection_report report;
    struct projection *history = NULL;
    struct projection_options options = {.folder = folder};
    struct engine *engine = engine_start();
    size_t done = 0;
    engine_go(engine, &done);
    scene_must(engine_finish(engine));
    scene_must(projection_open(&history, &history_projection, &options));
    assert_int_equal(feed_replay(&history_projection, folder, NULL, &report), FAULT_LOCKED);
    projection_close(history, false);
    scene_must(feed_replay(&history_projection, folder, NULL, &report));
    engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_replay_gives_the_rows_that_were_followed, make, clear),
        cmocka_unit_test_setup_teardown(without_a_journal_there_is_nothing, make, clear),
        cmocka_unit_test_setup_teardown(a_history_at_work_is_left_alone, make, clear),
    };
    return cmocka_run_group_tests_name("history_replay", tests, NULL, NULL);
}
