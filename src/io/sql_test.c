/* Aim: databases that are not ours, too new or damaged are refused by name, numbers come back as
 * they went, and a reader changes nothing. Method: small files in a temporary folder. */
#include "io/sql.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[128];
static char path[256];

static const char *const schema[] = {
    "CREATE TABLE number (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, text BLOB) STRICT",
    NULL,
};

static const struct sql_format format = {
    .application = 0x11223344,
    .version = 3,
    .what = "numbers",
    .schema = schema,
};

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-sql-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/numbers.db", folder);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (u32 i = 0; i < ARRAY_COUNT(suffixes); i += 1) {
        char name[300];
        (void)snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
    return 0;
}

static enum fault open_with(u32 application, u32 version, enum sql_access access)
{
    struct sql sql;
    struct sql_format other = format;
    other.application = application;
    other.version = version;
    enum fault fault = sql_open(&sql, path, access, &other);
    sql_close(&sql);
    return fault;
}

static void write_file(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void an_earlier_version_is_brought_up(void **state)
{
    static const char *const to_2[] = {"CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT", NULL};
    static const char *const to_3[] = {"ALTER TABLE number ADD COLUMN more INTEGER",
                                       "INSERT INTO second VALUES (7)", NULL};
    static const char *const to_3_wrong[] = {"INSERT INTO number (id, value) VALUES (2, 2)",
                                             "INSERT INTO none VALUES (7)", NULL};
    static const char *const *const upgrades[] = {to_2, to_3};
    static const char *const *const upgrades_wrong[] = {to_2, to_3_wrong};
    struct sql sql;
    struct sql_format first = format;
    struct sql_format third = format;
    (void)state;
    first.version = 1;
    third.upgrades = upgrades_wrong;
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &first), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "INSERT INTO number (id, value) VALUES (1, 1)"), FAULT_NONE);
    sql_close(&sql);
    assert_int_not_equal(sql_open(&sql, path, SQL_WRITE, &third), FAULT_NONE); /* all or nothing */
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &first), FAULT_NONE);
    sql_close(&sql);
    third.upgrades = upgrades;
    assert_int_equal(sql_open(&sql, path, SQL_READ, &third), FAULT_FOREIGN);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &third), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "UPDATE number SET more=(SELECT id FROM second)"), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(sql_open(&sql, path, SQL_READ, &format), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &first), FAULT_NEWER);
}

static void numbers_come_back(void **state)
{
    (void)state;
    static const u64 values[] = {0, 1, INT64_MAX, 1ULL << 63, UINT64_MAX};
    struct sql sql;
    struct sqlite3_stmt *put = NULL;
    struct sqlite3_stmt *get = NULL;
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_prepare(&sql, "INSERT INTO number VALUES (?, ?, ?)", &put), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(values); i += 1) {
        struct sql_call call = sql_call(put);
        sql_put_u64(&call, i + 1);
        sql_put_u64(&call, values[i]);
        sql_put_bytes(&call, span_of("abc", i < 3 ? i : 3));
        assert_int_equal(sql_do(&sql, &call), FAULT_NONE);
        assert_int_equal(sql_changes(&sql), 1);
    }
    sql_give_back(&put);
    sql_close(&sql);

    assert_int_equal(sql_open(&sql, path, SQL_READ, &format), FAULT_NONE);
    assert_int_equal(
        sql_prepare(&sql, "SELECT value, text, text, NULL FROM number ORDER BY id", &get),
        FAULT_NONE);
    struct sql_call call = sql_call(get);
    bool row = false;
    for (u32 i = 0; i < ARRAY_COUNT(values); i += 1) {
        char text[4] = "zzz";
        assert_int_equal(sql_next(&sql, &call, &row), FAULT_NONE);
        assert_true(row);
        assert_int_equal(sql_get_u64(&call), values[i]);
        sql_get_bytes(&call, text, 2);
        assert_int_equal(text[0], i > 0 ? 'a' : 0);
        assert_int_equal(text[1], i > 1 ? 'b' : 0);
        assert_int_equal(text[2], 'z');
        assert_true(span_equal(sql_get_span(&call), span_of("abc", i < 3 ? i : 3)));
        assert_int_equal(sql_get_span(&call).size, 0);
    }
    assert_int_equal(sql_next(&sql, &call, &row), FAULT_NONE);
    assert_false(row);
    assert_int_equal(sql_run(&sql, "DELETE FROM number"), FAULT_READ_ONLY);
    sql_give_back(&get);
    sql_close(&sql);
}

static void others_are_refused(void **state)
{
    (void)state;
    assert_int_equal(open_with(format.application, 3, SQL_READ), FAULT_MISSING);
    assert_int_equal(open_with(format.application, 3, SQL_WRITE), FAULT_NONE);
    assert_int_equal(open_with(format.application, 3, SQL_WRITE), FAULT_NONE);
    assert_int_equal(open_with(format.application, 2, SQL_WRITE), FAULT_NEWER);
    assert_non_null(strstr(fault_text(), "numbers.db"));
    assert_int_equal(open_with(format.application, 2, SQL_READ), FAULT_NEWER);
    assert_int_equal(open_with(format.application, 4, SQL_READ), FAULT_FOREIGN);
    assert_int_equal(open_with(5, 3, SQL_READ), FAULT_FOREIGN);
    assert_int_equal(open_with(5, 3, SQL_WRITE), FAULT_FOREIGN);
}

static void foreign_bytes_are_refused(void **state)
{
    (void)state;
    char text[8192];
    memset(text, 'x', sizeof(text));
    write_file(text, sizeof(text));
    assert_int_equal(open_with(format.application, 3, SQL_WRITE), FAULT_FOREIGN);
    assert_int_equal(open_with(format.application, 3, SQL_READ), FAULT_FOREIGN);
    write_file(text, 0);
    assert_int_equal(open_with(format.application, 3, SQL_READ), FAULT_FOREIGN);
    assert_int_equal(open_with(format.application, 3, SQL_WRITE), FAULT_NONE);
}

static void a_damaged_page_is_told(void **state)
{
    (void)state;
    struct sql sql;
    assert_int_equal(open_with(format.application, 3, SQL_WRITE), FAULT_NONE);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
    for (u32 i = 0; i < 4096; i += 1) {
        assert_int_equal(fputc(0xee, file), 0xee);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (1, 2, NULL)"), FAULT_ROT);
    sql_close(&sql);
}

/* A statement without end is stopped; then another one runs, and within the limit all are fine. */
static void too_many_steps_are_stopped(void **state)
{
    (void)state;
    static const char endless[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
                                  "SELECT sum(i) FROM n";
    struct sql sql;
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    sql_steps_limit(&sql, 100000);
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (1, 2, NULL)"), FAULT_NONE);
    assert_int_equal(sql_run(&sql, endless), FAULT_STOPPED);
    sql_steps_limit(&sql, 0);
    assert_int_equal(sql_run(&sql, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n "
                                   "LIMIT 100000) SELECT sum(i) FROM n"),
                     FAULT_NONE);
    sql_close(&sql);
}

/* A parameter that a partial index could depend on does not cost a new plan. */
static void a_statement_is_prepared_once(void **state)
{
    (void)state;
    struct sql sql;
    struct sqlite3_stmt *statement = NULL;
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "CREATE INDEX low ON number (id) WHERE value = 0"), FAULT_NONE);
    assert_int_equal(sql_prepare(&sql, "SELECT id FROM number WHERE value=?", &statement),
                     FAULT_NONE);
    for (u64 i = 0; i < 10; i += 1) {
        struct sql_call call = sql_call(statement);
        bool row = true;
        sql_put_u64(&call, i);
        assert_int_equal(sql_next(&sql, &call, &row), FAULT_NONE);
        assert_false(row);
    }
    assert_int_equal(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0), 0);
    sql_give_back(&statement);
    sql_close(&sql);
}

/* What is only in the log is copied too, while the writer has the database open. */
static void a_copy_is_one_moment_of_it(void **state)
{
    (void)state;
    struct sql sql;
    struct sql copied;
    struct stat found;
    char target[300];
    (void)snprintf(target, sizeof(target), "%s/copy.db", folder);
    assert_int_equal(sql_copy(path, folder, target), FAULT_MISSING);
    (void)unlink(target);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (1, 7, x'00')"), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "BEGIN IMMEDIATE"), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (2, 8, NULL)"), FAULT_NONE);
    assert_int_equal(sql_copy(path, folder, target), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "COMMIT"), FAULT_NONE);
    assert_int_equal(sql_copy(path, folder, target), FAULT_EXISTS);
    assert_int_equal(stat(target, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    sql_close(&sql);
    assert_int_equal(sql_open(&copied, target, SQL_WRITE, &format), FAULT_NONE);
    struct sqlite3_stmt *get = NULL;
    assert_int_equal(sql_prepare(&copied, "SELECT count(*), sum(value) FROM number", &get),
                     FAULT_NONE);
    struct sql_call call = sql_call(get);
    bool row = false;
    assert_int_equal(sql_next(&copied, &call, &row), FAULT_NONE);
    assert_int_equal(sql_get_u64(&call), 1);
    assert_int_equal(sql_get_u64(&call), 7);
    sql_end(&call);
    sql_give_back(&get);
    sql_close(&copied);
    assert_int_equal(unlink(target), 0);
}

/* A reader holds what it began with: the log stays, that is told, and nothing is lost. */
static void a_reader_is_told_of_at_a_checkpoint(void **state)
{
    (void)state;
    struct sql sql;
    struct sql reader;
    bool is_whole = true;
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    (void)sqlite3_busy_timeout(sql.db, 0); /* else it waits */
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (1, 1, x'')"), FAULT_NONE);
    assert_int_equal(sql_open(&reader, path, SQL_READ, &format), FAULT_NONE);
    assert_int_equal(sql_run(&reader, "BEGIN; SELECT count(*) FROM number"), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "INSERT INTO number VALUES (2, 2, x'')"), FAULT_NONE);
    assert_int_equal(sql_checkpoint(&sql, &is_whole), FAULT_NONE);
    assert_false(is_whole);
    assert_int_equal(sql_settle(&sql), FAULT_LOCKED);
    assert_int_equal(sql_run(&reader, "COMMIT"), FAULT_NONE);
    assert_int_equal(sql_checkpoint(&sql, &is_whole), FAULT_NONE);
    assert_true(is_whole);
    assert_int_equal(sql_settle(&sql), FAULT_NONE);
    sql_close(&reader);
    sql_close(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_come_back, make, clear),
        cmocka_unit_test_setup_teardown(others_are_refused, make, clear),
        cmocka_unit_test_setup_teardown(foreign_bytes_are_refused, make, clear),
        cmocka_unit_test_setup_teardown(a_damaged_page_is_told, make, clear),
        cmocka_unit_test_setup_teardown(too_many_steps_are_stopped, make, clear),
        cmocka_unit_test_setup_teardown(an_earlier_version_is_brought_up, make, clear),
        cmocka_unit_test_setup_teardown(a_statement_is_prepared_once, make, clear),
        cmocka_unit_test_setup_teardown(a_copy_is_one_moment_of_it, make, clear),
        cmocka_unit_test_setup_teardown(a_reader_is_told_of_at_a_checkpoint, make, clear),
    };
    return cmocka_run_group_tests_name("sql", tests, NULL, NULL);
}
