/* Aim: whatever numbers and bytes stand in events.db, the log says that its file is damaged, or
 * goes on: it never stops the process, and never reads beside its memory.
 *
 * Method: a folder with slots that are closed, open and waiting, events of each class and lines; in
 * copies of it one column of one table is changed to a value at the edge of what it may be, or far
 * beyond; then everything that reads the file is done. A failed CHECK fails the test. */
#include "base/random.h"
#include "io/sql.h"
#include "role/vault/publog.h"
#include "role/vault/publog_month.h"
#include "role/vault/publog_opening.h"
#include "role/vault/publog_span.h"
#include "role/vault/tlog_file.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEGIN = 1769902800 /* 20 minutes before a month ends */, TEXT_BYTES = 4 << 20, NUMBERS = 6 };

static char folder[64];
static struct log_scene_key key;
static struct clock_false now;
static struct tlog_store *store;
static struct publog *publog;
static u8 text[TEXT_BYTES];

static void run_in(const char *what)
{
    char command[512];
    (void)snprintf(command, sizeof(command), "cd '%s' && %s", folder, what);
    assert_int_equal(system(command), 0);
}

static void files_of(char place[128], const char *name)
{
    (void)snprintf(place, 128, "%s/venue/%s", folder, name);
}

static enum fault open_both(void)
{
    char venue[128];
    char log[128];
    files_of(venue, "");
    files_of(log, "log");
    struct tlog_store_options of_store = {.disk = disk_real(),
                                          .folder = log,
                                          .key = key.key,
                                          .private_pem = log_scene_pem(&key),
                                          .entry_bytes_max = PUBLOG_LINE_BYTES_MAX};
    assert_int_equal(tlog_store_open(&store, &of_store), FAULT_NONE);
    struct publog_options options = {.folder = venue, .store = store, .clock = &now.clock};
    return publog_open(&publog, &options);
}

static void close_both(void)
{
    publog_close(publog);
    tlog_store_close(store);
    publog = NULL;
    store = NULL;
}

static void pass(u64 seconds)
{
    clock_false_advance(&now, seconds * 1000000000ULL);
    assert_int_equal(publog_turn(publog), FAULT_NONE);
}

static void tell(enum publog_class class, enum publog_kind kind, const char *words)
{
    u64 number = 0;
    struct publog_told told = {.class = class,
                               .kind = kind,
                               .until = kind == PUBLOG_KIND_SILENCE ? BEGIN + 700 : 0,
                               .text = span_of_text(words)};
    assert_int_equal(publog_tell(publog, &told, &number), FAULT_NONE);
}

/* A log of 20 minutes in FOLDER/whole. */
static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-publog-XXXXXX");
    assert_non_null(mkdtemp(folder));
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &key);
    clock_false_init(&now, (u64)BEGIN * 1000000);
    run_in("mkdir venue");
    assert_int_equal(open_both(), FAULT_NONE);
    tell(PUBLOG_CLASS_ORDINARY, PUBLOG_KIND_OPENING, "one");
    tell(PUBLOG_CLASS_EMERGENCY, PUBLOG_KIND_OPENING, "two");
    tell(PUBLOG_CLASS_ORDINARY, PUBLOG_KIND_SILENCE, "three");
    pass(660);
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
    tell(PUBLOG_CLASS_EMERGENCY, PUBLOG_KIND_GRANT, "four");
    pass(120);
    tell(PUBLOG_CLASS_ORDINARY, PUBLOG_KIND_GRANT, "five");
    assert_int_equal(publog_line_keep(publog, span_of_text("a line that waits")), FAULT_NONE);
    for (u32 month = 0; month < 2; month += 1) {
        struct publog_opening opening = {.month = publog_month_of(BEGIN) + month,
                                         .number = 1 + month,
                                         .hash = {0xa5},
                                         .time_us = (u64)BEGIN * 1000000};
        assert_int_equal(publog_opening_keep(publog, &opening, BEGIN + 1), FAULT_NONE);
    }
    close_both();
    run_in("mv venue whole");
    return 0;
}

static int clear(void **state)
{
    (void)state;
    run_in("rm -r ./*");
    return rmdir(folder);
}

/* Runs a change on a copy of the file. */
static void damage(const char *change)
{
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events"};
    struct sql sql;
    char path[128];
    run_in("rm -rf venue && cp -r whole venue");
    files_of(path, PUBLOG_FILE);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "PRAGMA synchronous=OFF"), FAULT_NONE);
    if (sql_run(&sql, change) != FAULT_NONE) {
        fault_forget(); /* the schema does not let it */
    }
    sql_close(&sql);
}

/* What was told of the first fault. */
static char why[FAULT_TEXT_BYTES];

static enum fault first_of(enum fault first, enum fault fault)
{
    if (first == FAULT_NONE && fault != FAULT_NONE) {
        (void)snprintf(why, sizeof(why), "%s", fault_text());
    }
    return first != FAULT_NONE ? first : fault;
}

static enum fault public_read(struct tlog_files *files, const char *path, u8 *target,
                              size_t bytes_max, size_t *size_out)
{
    char whole[256];
    (void)files;
    (void)snprintf(whole, sizeof(whole), "%s/venue/log/public/%s", folder, path);
    return tlog_file_read(disk_real(), whole, target, bytes_max, size_out);
}

/* What the openings of months and slots read. */
static enum fault write_both(void)
{
    char venue[128];
    struct tlog_files files = {.read = public_read};
    size_t size = 0;
    u64 next_s = 0;
    files_of(venue, "");
    struct publog_span_range range = {.folder = venue,
                                      .files = &files,
                                      .class = PUBLOG_CLASS_ORDINARY,
                                      .from_s = BEGIN,
                                      .to_s = BEGIN};
    enum fault fault = publog_month_write(venue, publog_month_of(BEGIN), BEGIN + 86400, text,
                                          sizeof(text), &size, &next_s);
    return first_of(fault, publog_span_write(&range, text, sizeof(text), &size));
}

/* As the agent does before it opens a month again. */
static enum fault opening_use(void)
{
    struct publog_opening due;
    bool has = false;
    bool is_same = false;
    enum fault fault = publog_opening_due(publog, 0, &due, &has);
    return fault == FAULT_NONE && has ? publog_opening_same(publog, &due, BEGIN + 2, &is_same)
                                      : fault;
}

/* The first fault of everything that reads the file. */
static enum fault use(void)
{
    enum fault fault = first_of(FAULT_NONE, open_both());
    size_t size = 0;
    u64 number = 0;
    if (fault == FAULT_NONE) {
        struct publog_told told = {.class = PUBLOG_CLASS_EMERGENCY,
                                   .kind = PUBLOG_KIND_GRANT,
                                   .text = span_of_text("four")};
        struct publog_source_point point;
        for (u64 of = 1; of <= NUMBERS; of += 1) {
            enum fault told_of = publog_receipt(publog, of, text, sizeof(text), &size);
            bool is_early = told_of == FAULT_MISSING || told_of == FAULT_UNAVAILABLE;
            fault = first_of(fault, is_early ? FAULT_NONE : told_of);
        }
        fault = first_of(fault, publog_tell_once(publog, &told, &number));
        told.class = PUBLOG_CLASS_ORDINARY;
        told.text = span_of_text("six");
        fault = first_of(fault, publog_tell(publog, &told, &number));
        fault = first_of(fault, publog_source(publog, PUBLOG_SOURCE_KEEP, &point));
        clock_false_advance(&now, 700 * 1000000000ULL);
        fault = first_of(fault, publog_turn(publog));
        clock_false_advance(&now, 40 * 86400 * 1000000000ULL); /* both months are over */
        fault = first_of(fault, opening_use());
    }
    close_both();
    return first_of(fault, write_both());
}

static void slots_that_cannot_be_are_a_named_fault(void **state)
{
    static const char *const changes[] = {
        "UPDATE slots SET slot=slot+4294967296000 WHERE slot=(SELECT max(slot) FROM slots)",
        "UPDATE slots SET slot=slot+1 WHERE slot=(SELECT max(slot) FROM slots)",
        "UPDATE begun SET slot=253402300800; DELETE FROM slots; UPDATE lines SET leaf=0",
        "UPDATE slots SET class=7, leaf=9223372036854775807 WHERE slot=1769902800 AND class=1",
        "UPDATE slots SET flags=255",
        "UPDATE events SET class=4294967297, place=70000 WHERE number=1",
        "UPDATE events SET until=-1 WHERE number=1",
        "DROP INDEX events_place; UPDATE events SET slot=1769902800, class=1, place=3",
        "UPDATE lines SET line=x'43534c54'",
        "UPDATE openings SET number=0",
        "UPDATE openings SET number=1000",
        "UPDATE openings SET number=4294967297",
        "UPDATE openings SET month=month+1 WHERE number=2", /* a hole before it */
        "UPDATE openings SET month=month-4 WHERE number=1", /* before the log began */
        "UPDATE openings SET month=month+4294967296 WHERE number=2",
        "DELETE FROM openings WHERE number=1",
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        struct clock_false before = now;
        damage(changes[i]);
        enum fault fault = use();
        if ((fault != FAULT_ROT && fault != FAULT_DIVERGED) || strstr(why, PUBLOG_FILE) == NULL) {
            fail_msg("%s: %s %s", changes[i], fault_name(fault), why);
        }
        fault_forget();
        now = before;
    }
}

/* Each column with values of each kind, in one row or in all. */
static void no_row_stops_the_process(void **state)
{
    static const struct {
        const char *table;
        const char *key;
        const char *columns[10];
    } tables[] = {
        {"begun", "class", {"class", "slot"}},
        {"months", "month", {"month", "key"}},
        {"slots", "slot", {"class", "slot", "flags", "root", "leaf"}},
        {"events",
         "number",
         {"class", "slot", "place", "kind", "flags", "name", "until", "mark_salt", "body", "text"}},
        {"lines", "number", {"line", "leaf"}},
        {"sources", "source", {"name", "position"}},
        {"openings", "month", {"month", "number", "next", "hash"}},
    };
    static const char *const values[] = {
        "-1",
        "0",
        "1",
        "2",
        "3",
        "7",
        "59",
        "256",
        "70000",
        "4294967295",
        "4294967297",
        "1769903400",
        "32503680000",
        "9223372036854775807",
        "-9223372036854775808",
        "x''",
        "zeroblob(5000)",
        "'words'",
        "x'43534c540101000000000000697337c0'",
    };
    struct random random;
    u64 sound = 0;
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(300); round > 0; round -= 1) {
        char change[256];
        struct clock_false before = now;
        u64 table = random_below(&random, ARRAY_COUNT(tables));
        const char *column = NULL;
        while (column == NULL) {
            column = tables[table].columns[random_below(&random, 10)];
        }
        bool is_one = random_chance(&random, 1, 2);
        const char *value = values[random_below(&random, ARRAY_COUNT(values))];
        int used = snprintf(change, sizeof(change), "UPDATE OR IGNORE %s SET %s=%s",
                            tables[table].table, column, value);
        if (is_one) {
            (void)snprintf(change + used, sizeof(change) - (size_t)used,
                           " WHERE %s=(SELECT %s FROM %s LIMIT 1 OFFSET %u)", tables[table].key,
                           tables[table].key, tables[table].table, (u32)random_below(&random, 5));
        }
        damage(change);
        sound += use() == FAULT_NONE;
        fault_forget();
        now = before;
    }
    assert_true(sound > 0 || test_rounds(300) < 20);
}

/* Bytes of the file itself. */
static void no_byte_stops_the_process(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(60); round > 0; round -= 1) {
        char path[128];
        struct clock_false before = now;
        run_in("rm -rf venue && cp -r whole venue");
        files_of(path, PUBLOG_FILE);
        FILE *file = fopen(path, "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        u64 size = (u64)ftell(file);
        for (u32 i = 0; i < 12; i += 1) {
            assert_int_equal(fseek(file, (long)(100 + random_below(&random, size - 100)), SEEK_SET),
                             0);
            (void)fputc((int)random_below(&random, 256), file);
        }
        (void)fclose(file);
        (void)use();
        fault_forget();
        now = before;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_that_cannot_be_are_a_named_fault),
        cmocka_unit_test(no_row_stops_the_process),
        cmocka_unit_test(no_byte_stops_the_process),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
