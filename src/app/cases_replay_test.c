/* Aim: the officers' queue of a real venue has the cases, clocks and notices that its rules lead
 * to, and the same rows whether it followed the event log, was stopped and started between, was
 * made anew from the log, or from the journal. Method: a real engine on a clock of the test, with
 * shipped packs; every table of both databases is compared by SQLite itself. */
#include "app/feed_replay.h"
#include "base/span.h"
#include "role/cases/case_query.h"
#include "role/cases/cases.h"
#include "tests/support/rule_venue.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define NOTICE "rules/venue-notice-ru.v1.yaml"
#define LAW    "rules/eu-833-5b2.v1.yaml"
#define OFAC   "rules/us-ofac-sdn.v1.yaml"
#define ANNA   11U
#define BELA   12U

static struct rule_venue venue;
static struct projection *cases;
static struct case_store *reader;
static struct case_row rows[CASE_QUERY_ROWS_MAX];

static void queue_open(void)
{
    struct projection_options options = {.folder = venue.folder, .bytes_max = 4096};
    scene_must(projection_open(&cases, &cases_projection, &options));
}

/* Everything up to here is in the queue; with a stop and a start before, if wanted. */
static void catch_up(bool again)
{
    bool some = true;
    case_store_close(reader);
    reader = NULL;
    if (again) {
        projection_close(cases, false);
        queue_open();
    }
    while (some) {
        scene_must(projection_work(cases, &some));
    }
    scene_must(cases_reader(&reader, venue.folder));
}

static int make(void **state)
{
    (void)state;
    rule_venue_open(&venue, "2022-04-20");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    queue_open();
    return 0;
}

static int clear(void **state)
{
    (void)state;
    case_store_close(reader);
    reader = NULL;
    projection_close(cases, false);
    cases = NULL;
    rule_venue_remove(&venue);
    return 0;
}

static u32 list(enum case_kind kind, u32 person, bool open_only)
{
    struct case_filter filter = {
        .kind = (u32)kind, .person = person, .open_only = open_only, .limit = CASE_QUERY_ROWS_MAX};
    u32 count = 0;
    scene_must(case_query_list(reader, &filter, rows, &count));
    return count;
}

/* An inbox as digits, the oldest first. */
static const char *inbox(u32 account)
{
    static char found[64];
    struct case_notice_row notices[63];
    u32 count = 0;
    memset(found, 0, sizeof(found));
    scene_must(case_query_notices(reader, account, NULL, 63, notices, &count));
    for (u32 i = 0; i < count; i += 1) {
        found[count - 1 - i] = (char)('0' + (u32)notices[i].notice.kind);
    }
    return found;
}

static void act(u64 matter, enum case_act what, u32 officer, u32 second)
{
    struct command_case_act command = {
        .matter = matter, .person = 1, .officer = officer, .second = second, .act = (u16)what};
    (void)rule_venue_put(&venue, &command, sizeof(command), COMMAND_CASE_ACT, 0);
}

/* ---- comparing ---- */

static int count_rows(void *count, int columns, char **values, char **names)
{
    (void)columns;
    (void)values;
    (void)names;
    *(u64 *)count += 1;
    return 0;
}

/* Rows of one side that the other has not. */
static u64 rows_only_in(sqlite3 *db, const char *one, const char *other, const char *table)
{
    char text[512];
    u64 count = 0;
    (void)snprintf(text, sizeof(text), "SELECT * FROM %s.%s EXCEPT SELECT * FROM %s.%s", one, table,
                   other, table);
    assert_int_equal(sqlite3_exec(db, text, count_rows, &count, NULL), SQLITE_OK);
    return count;
}

/* Copies the database, has it made anew by `again`, and compares. */
static void assert_same_rows(enum fault (*again)(const char *folder))
{
    static const char *const tables[] = {"account", "pack", "finding", "verdict",  "held",
                                         "matter",  "act",  "notice",  "whitelist"};
    char path[FILE_PATH_BYTES];
    char copy[FILE_PATH_BYTES];
    char text[FILE_PATH_BYTES + 64];
    sqlite3 *db = NULL;
    scene_must(file_path(path, venue.folder, CASES_FOLDER "/" CASES_DATABASE));
    scene_must(file_path(copy, venue.base, "copy.db"));
    (void)remove(copy);
    scene_must(sql_copy(path, venue.base, copy));
    scene_must(again(venue.folder));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)snprintf(text, sizeof(text), "ATTACH '%s' AS old", copy);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    for (u32 i = 0; i < ARRAY_COUNT(tables); i += 1) {
        u64 left = rows_only_in(db, "main", "old", tables[i]);
        u64 right = rows_only_in(db, "old", "main", tables[i]);
        if (left + right != 0) {
            fail_msg("%s: %llu and %llu rows differ", tables[i], (unsigned long long)left,
                     (unsigned long long)right);
        }
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static enum fault from_log(const char *folder)
{
    struct projection_report report;
    return projection_rebuild(&cases_projection, folder, NULL, &report);
}

static enum fault from_journal(const char *folder)
{
    struct projection_report report;
    return feed_replay(&cases_projection, folder, NULL, &report);
}

static enum fault from_nothing(const char *folder)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, CASES_FOLDER "/" CASES_DATABASE));
    TRY(disk_unlink(disk_real(), path));
    queue_open();
    catch_up(false);
    case_store_close(reader);
    reader = NULL;
    projection_close(cases, false);
    cases = NULL;
    return FAULT_NONE;
}

static void assert_all_same(void)
{
    catch_up(true);
    case_store_close(reader);
    reader = NULL;
    projection_close(cases, false);
    cases = NULL;
    assert_same_rows(from_log);
    assert_same_rows(from_nothing);
    rule_venue_close(&venue);
    assert_same_rows(from_journal);
    rule_venue_again(&venue);
    queue_open();
    catch_up(false);
}

/* ---- what happens ---- */

/* In Moscow: near the amount, over it, and lifted a day after falling. */
static void a_threshold_is_warned_crossed_and_left(void **state)
{
    (void)state;
    rule_venue_pack(&venue, LAW);
    rule_venue_pack(&venue, NOTICE);
    (void)rule_venue_customer(&venue, 1, "RU", 24000000);
    catch_up(false);
    assert_string_equal(inbox(0), "3"); /* the notice begins tomorrow */
    assert_int_equal(list(CASE_KIND_THRESHOLD, 1, true), 0);
    rule_venue_at(&venue, "2022-04-20T23:50:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000); /* the old one would be stale tomorrow */
    rule_venue_at(&venue, "2022-04-21T00:10:00Z");
    catch_up(false);
    assert_string_equal(inbox(0), "33");
    rule_venue_price(&venue, RULE_VENUE_BTC, 50000);
    rule_venue_valuation(&venue, 0);
    rule_venue_valuation(&venue, 1);
    catch_up(true);
    assert_int_equal(list(CASE_KIND_THRESHOLD, 1, true), 2);
    assert_int_equal(list(CASE_KIND_WIND_DOWN, 1, true), 1);
    assert_true(rows[0].deadline_us / NOTICE_DAY_US == case_day_of(2022, 7, 20));
    assert_string_equal(inbox(0), "3311");
    assert_int_equal(list(CASE_KIND_THRESHOLD, 1, true), 2);
    u64 matter = rows[0].matter;
    act(matter, CASE_ACT_DECIDE, ANNA, 0);
    act(matter, CASE_ACT_SECOND, ANNA, BELA);
    act(matter, CASE_ACT_APPEAL, 0, 0);
    rule_venue_price(&venue, RULE_VENUE_BTC, 20000);
    rule_venue_valuation(&venue, 0);
    rule_venue_valuation(&venue, 1);
    rule_venue_at(&venue, "2022-04-22T00:05:00Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 20000);
    rule_venue_at(&venue, "2022-04-22T00:11:00Z");
    rule_venue_settle(&venue);
    catch_up(true);
    assert_int_equal(list(CASE_KIND_THRESHOLD, 1, true), 0);
    assert_int_equal(list(CASE_KIND_APPEAL, 1, true), 1);
    assert_string_equal(inbox(0), "331122");
    assert_all_same();
    assert_string_equal(inbox(0), "331122");
}

/* A hit that waits, then is confirmed: neutral first, then frozen with a report. */
static void a_listed_person_is_held_then_frozen(void **state)
{
    (void)state;
    rule_venue_pack(&venue, OFAC);
    (void)rule_venue_customer(&venue, 1, "DE", 1000000);
    catch_up(false);
    assert_string_equal(inbox(0), "7");
    assert_int_equal(list(CASE_KIND_CANDIDATE, 1, false), 0);
    u64 row = rule_venue_listing(&venue, 1, "us-sdn", LISTING_STATE_CANDIDATE, 4242);
    catch_up(true);
    assert_int_equal(list(CASE_KIND_CANDIDATE, 1, true), 1);
    assert_int_equal(rows[0].entry, 4242);
    u64 matter = rows[0].matter;
    act(matter, CASE_ACT_TAKE, ANNA, 0);
    struct command_listing_set confirmed = {.person = 1,
                                            .state = LISTING_STATE_CONFIRMED,
                                            .list = rule_name_of(span_of_text("us-sdn")),
                                            .entry = 4242,
                                            .until = RULE_TIME_OPEN,
                                            .replaces = row,
                                            .matter = matter,
                                            .officer = ANNA,
                                            .second = BELA};
    (void)rule_venue_put(&venue, &confirmed, sizeof(confirmed), COMMAND_LISTING_SET, 0);
    rule_venue_deposit(&venue, 0, RULE_VENUE_BTC, 5000);
    catch_up(true);
    assert_int_equal(list(CASE_KIND_CANDIDATE, 1, true), 0);
    assert_int_equal(list(CASE_KIND_FREEZE, 1, true), 1);
    assert_int_equal(list(CASE_KIND_REPORT, 1, true), 1);
    assert_int_equal(rows[0].business_days, 10);
    assert_int_equal(list(CASE_KIND_FROZEN_DEPOSIT, 1, true), 1);
    assert_int_equal(rows[0].business_days, 10);
    assert_string_equal(inbox(0), "781");
    rule_venue_at(&venue, "2022-07-01T00:00:01Z");
    rule_venue_price(&venue, RULE_VENUE_BTC, 40000);
    catch_up(true);
    assert_int_equal(list(CASE_KIND_REPORT_YEARLY, 0, true), 1);
    assert_true(rows[0].deadline_us == (u64)case_day_of(2022, 10, 1) * NOTICE_DAY_US);
    assert_all_same();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_threshold_is_warned_crossed_and_left, make, clear),
        cmocka_unit_test_setup_teardown(a_listed_person_is_held_then_frozen, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
