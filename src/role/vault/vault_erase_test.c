/* Aim: what is erased is gone from every byte of the folder and of copies made afterwards, does not
 * come back by a frame that is sent once more, and is erased again where an old copy is put back;
 * rows that cannot be stop nothing. Method: a folder of its own; a search through all bytes of all
 * files; files of yesterday put back; each column of each table with values beyond its range. */
#include "role/vault/vault_store.h"
#include "tests/support/vault_scene.h"

#include <unistd.h>

/* ---- retention ---- */

static void run_in(const char *what)
{
    char command[2 * SCENE_PATH_BYTES];
    (void)snprintf(command, sizeof(command), "cd '%s' && %s", folder, what);
    assert_int_equal(system(command), 0);
}

static void nothing_is_erased_before_its_last_day_has_passed(void **state)
{
    static u8 body[100];
    struct vault_store store;
    u64 changed = 0;
    u64 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record record = record_of(7, SEAL_GROUP_BANK, 1, 1, body, 100);
    scene_must(vault_store_put(&store, &record, 1));
    assert_int_equal(vault_store_erase(&store, record.label, NOW_US), FAULT_REFUSED);
    scene_must(vault_store_retain(&store, 7, SEAL_GROUP_ADDRESS, TODAY - 1, &changed));
    assert_int_equal(changed, 0);
    scene_must(vault_store_retain(&store, 7, 0, TODAY, &changed));
    assert_int_equal(changed, 1);
    assert_int_equal(vault_store_erase(&store, record.label, NOW_US), FAULT_REFUSED);
    scene_must(vault_store_erase_due(&store, NOW_US, &count));
    assert_int_equal(count, 0);
    scene_must(vault_store_erase_due(&store, NOW_US + DAY_US, &count));
    assert_int_equal(count, 2); /* the hand is over as well */
    assert_false(is_there(&store, &record));
    assert_int_equal(vault_store_erase(&store, record.label, NOW_US), FAULT_MISSING);
    scene_must(vault_store_shredded(&store, TODAY + 1, &count));
    assert_int_equal(count, 1);
    scene_must(vault_store_shredded(&store, TODAY, &count));
    assert_int_equal(count, 0);
    assert_clean(&store);
    vault_store_close(&store);
}

/* A copy as `cambist vault backup` makes it. */
static void backup(const char *name)
{
    char path[2 * SCENE_PATH_BYTES];
    char place[2 * SCENE_PATH_BYTES];
    char copy[4 * SCENE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/keys/keys.db", folder);
    (void)snprintf(place, sizeof(place), "%s/%s", folder, name);
    (void)snprintf(copy, sizeof(copy), "%s/keys.db", place);
    assert_int_equal(mkdir(place, 0700), 0);
    scene_must(sql_copy(path, place, copy));
}

/* How many pages keys.db has; only rewriting it whole makes them fewer. */
static u64 keys_pages(struct vault_store *store)
{
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    scene_must(sql_prepare(&store->keys, "PRAGMA page_count", &statement));
    struct sql_call call = sql_call(statement);
    scene_must(sql_next(&store->keys, &call, &row));
    assert_true(row);
    u64 pages = sql_get_u64(&call);
    sql_end(&call);
    sql_give_back(&statement);
    return pages;
}

/* Many records, so that pages split and cells move, and copies stay where nobody looks. */
static void a_shredded_key_is_in_no_database_log_or_backup(void **state)
{
    static u8 body[16];
    u32 count = (u32)test_rounds(1500) + 100;
    u64 seed = test_seed();
    struct random random;
    struct vault_store store;
    u64 left = 0;
    u64 shredded = 0;
    u64 since_us = 0;
    (void)state;
    random_init(&random, seed);
    open_fast(&store);
    u64 *subjects = calloc(count, sizeof(*subjects));
    assert_non_null(subjects);
    for (u32 i = 0; i < count; i += 1) {
        subjects[i] = random_u64(&random) >> 20 | 1U << 20;
        struct vault_record record =
            record_of(subjects[i], SEAL_GROUP_BANK, 1, seed, body, sizeof(body));
        record.until_day = i % 3 == 0 ? TODAY - 1 : FAR_DAY;
        scene_must(vault_store_put(&store, &record, 1));
        if (i % 50 == 0) {
            assert_true(folder_count(folder, span_of(record.wrap + 40, PART)) > 0);
        }
    }
    for (u64 erased = 1; erased > 0;) {
        scene_must(vault_store_erase_due(&store, NOW_US, &erased));
        shredded += erased;
    }
    assert_int_equal(shredded, (count + 2) / 3);
    scene_must(vault_store_unswept(&store, &since_us));
    assert_int_equal(since_us, NOW_US);
    backup("behind-erasure");
    u64 pages = keys_pages(&store);
    scene_must(vault_store_sweep(&store, NOW_US));
    assert_true(keys_pages(&store) < pages); /* also where no copy happens to lie about */
    scene_must(vault_store_unswept(&store, &since_us));
    assert_int_equal(since_us, 0);
    backup("behind-sweep");
    run_in("test -e keys/keys.db-wal && test -e keys/keys.db-shm"); /* searched as well */
    for (u32 i = 0; i < count; i += 1) {
        struct vault_record record =
            record_of(subjects[i], SEAL_GROUP_BANK, 1, seed, body, sizeof(body));
        u64 wraps = folder_count(folder, span_of(record.wrap + 40, PART));
        u64 hands = folder_count(folder, span_of(record.hands[0].bytes, PART));
        u64 tags = folder_count(folder, span_of(record.tags[0].bytes, VAULT_TAG_BYTES));
        if (i % 3 == 0) {
            assert_int_equal(wraps + hands + tags, 0);
        } else {
            assert_true(wraps > 2 && hands > 2 && tags > 2); /* in both copies too */
            left += 1;
        }
    }
    assert_true(left > 0);
    free(subjects);
    assert_clean(&store);
    vault_store_close(&store);
}

/* ---- what is gone does not come back ---- */

static void erase_now(struct vault_store *store, const struct vault_record *record)
{
    u64 changed = 0;
    scene_must(vault_store_retain(store, record->label.subject, 0, TODAY - 1, &changed));
    scene_must(vault_store_erase(store, record->label, NOW_US));
}

static void what_was_erased_is_not_put_again(void **state)
{
    static u8 bodies[4][20];
    struct vault_store store;
    struct vault_record records[2];
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record first = record_of(7, SEAL_GROUP_BANK, 1, 1, bodies[0], 20);
    struct vault_record third = record_of(7, SEAL_GROUP_BANK, 3, 1, bodies[1], 20);
    scene_must(vault_store_put(&store, &first, 1));
    scene_must(vault_store_put(&store, &third, 1));
    erase_now(&store, &first);
    erase_now(&store, &third);
    reopen(&store);
    assert_int_equal(vault_store_put(&store, &third, 1), FAULT_REFUSED);
    assert_non_null(strstr(fault_text(), "was put before"));
    assert_int_equal(vault_store_put(&store, &first, 1), FAULT_REFUSED);
    struct vault_record second = record_of(7, SEAL_GROUP_BANK, 2, 1, bodies[2], 20);
    assert_int_equal(vault_store_put(&store, &second, 1), FAULT_REFUSED);
    /* Other groups and other people are others; together they rise too. */
    records[0] = record_of(7, SEAL_GROUP_CONTACT, 2, 1, bodies[2], 20);
    records[1] = record_of(7, SEAL_GROUP_CONTACT, 1, 1, bodies[3], 20);
    assert_int_equal(vault_store_put(&store, records, 2), FAULT_REFUSED);
    assert_clean(&store);
    scene_must(vault_store_put(&store, records, 1));
    records[0] = record_of(7, SEAL_GROUP_BANK, 4, 1, bodies[2], 20);
    records[1] = record_of(8, SEAL_GROUP_BANK, 1, 1, bodies[3], 20);
    scene_must(vault_store_put(&store, records, 2));
    assert_clean(&store);
    vault_store_close(&store);
}

/* The file tells neither who nor how many versions of what, but to who has the key. */
static void a_mark_is_no_name(void **state)
{
    static u8 body[20];
    struct vault_store store;
    u8 subject[8] = {0x77, 0x12, 0x9a, 0x33, 0x01, 0xf0, 0x44, 0x21};
    u8 kept[8];
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record record =
        record_of(0x2144f001339a1277ULL, SEAL_GROUP_BANK, 1, 1, body, sizeof(body));
    for (u32 i = 0; i < 8; i += 1) {
        kept[i] = subject[7 - i]; /* as SQLite has it */
    }
    scene_must(vault_store_put(&store, &record, 1));
    assert_true(folder_count(folder, span_of(kept, 8)) > 0);
    erase_now(&store, &record);
    scene_must(vault_store_sweep(&store, NOW_US));
    assert_int_equal(folder_count(folder, span_of(kept, 8)), 0);
    assert_int_equal(folder_count(folder, span_of(subject, 8)), 0);
    assert_int_equal(vault_store_put(&store, &record, 1), FAULT_REFUSED);
    vault_store_close(&store);
}

static void a_file_of_before_has_its_marks_made(void **state)
{
    static const u8 other_key[VAULT_MARK_KEY_BYTES] = "another";
    static u8 bodies[2][20];
    struct vault_store store;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record second = record_of(7, SEAL_GROUP_BANK, 2, 1, bodies[0], 20);
    struct vault_record first = record_of(7, SEAL_GROUP_BANK, 1, 1, bodies[1], 20);
    scene_must(vault_store_put(&store, &second, 1));
    scene_must(sql_run(&store.keys, "DROP TABLE ever; DROP TABLE asks; DROP TABLE drills;"
                                    "DROP TABLE told;"
                                    "DROP TABLE reviews; DROP TABLE doubles; DROP TABLE gone;"
                                    "DROP TABLE people;"
                                    "PRAGMA user_version=1"));
    reopen(&store);
    assert_false(store.has_lost_marks);
    assert_int_equal(vault_store_put(&store, &first, 1), FAULT_REFUSED);
    erase_now(&store, &second);
    assert_int_equal(vault_store_put(&store, &second, 1), FAULT_REFUSED);
    reopen(&store);
    assert_false(store.has_lost_marks);
    vault_store_close(&store);
    /* Without the key the marks say nothing, and that is told. */
    scene_must(vault_store_open(&store, disk_real(), folder, other_key));
    assert_true(store.has_lost_marks);
    scene_must(vault_store_put(&store, &second, 1));
    vault_store_close(&store);
}

static void copy_file(const char *from, const char *to)
{
    char command[128];
    (void)snprintf(command, sizeof(command), "cd keys && rm -f keys.db-wal keys.db-shm && cp %s %s",
                   from, to);
    run_in(command);
}

/* Yesterday's keys.db is put back: what was erased since is there for a moment, counts and root are
 * not those that were told before, and at the first turn it is erased again. */
static void a_keys_file_put_back_is_erased_again(void **state)
{
    static u8 bodies[3][20];
    struct vault_store store;
    struct vault_verdict told;
    struct vault_verdict found;
    u64 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record gone = record_of(7, SEAL_GROUP_BANK, 1, 1, bodies[0], 20);
    struct vault_record stays = record_of(8, SEAL_GROUP_BANK, 1, 1, bodies[1], 20);
    gone.until_day = TODAY - 1;
    stays.until_day = FAR_DAY;
    scene_must(vault_store_put(&store, &gone, 1));
    scene_must(vault_store_put(&store, &stays, 1));
    vault_store_close(&store);
    copy_file("keys.db", "keys.old");
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    scene_must(vault_store_erase_due(&store, NOW_US, &count));
    scene_must(vault_store_sweep(&store, NOW_US));
    scene_must(vault_store_verify(&store, &told));
    assert_int_equal(told.erased, 1);
    vault_store_close(&store);
    copy_file("keys.old", "keys.db");
    run_in("rm keys/keys.old");
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    scene_must(vault_store_verify(&store, &found));
    assert_int_equal(found.erased, 0);
    assert_int_equal(found.records, told.records + 1);
    assert_int_equal(found.without_body, 1);
    assert_memory_not_equal(found.root, told.root, sizeof(told.root));
    scene_must(vault_store_erase_due(&store, NOW_US, &count));
    assert_int_equal(count, 1);
    scene_must(vault_store_sweep(&store, NOW_US));
    assert_int_equal(folder_count(folder, span_of(gone.wrap + 40, PART)), 0);
    scene_must(vault_store_verify(&store, &found));
    assert_memory_equal(found.root, told.root, sizeof(told.root));
    assert_int_equal(found.erased, 1);
    assert_true(is_there(&store, &stays));
    assert_int_equal(vault_store_put(&store, &gone, 1), FAULT_REFUSED);
    assert_clean(&store);
    vault_store_close(&store);
}

/* ---- rows that cannot be ---- */

/* The first fault of everything that reads; a failed CHECK fails the test. */
static enum fault use(struct vault_store *store)
{
    static struct vault_listed listed[VAULT_LIST_MAX];
    static struct vault_wrapped wrapped[VAULT_LIST_MAX];
    static struct vault_event events[VAULT_LIST_MAX];
    static struct vault_review reviews[VAULT_LIST_MAX];
    static struct vault_double doubles[VAULT_LIST_MAX];
    static struct vault_person person;
    static u8 body[64];
    static const u8 matter[VAULT_CASE_BYTES];
    static const struct vault_event event = {.time_us = NOW_US, .kind = VAULT_EVENT_DRILL};
    struct seal_label labels[VAULT_LIST_MAX];
    struct vault_record found;
    struct vault_totals totals;
    struct vault_verdict verdict;
    struct vault_tag tag = {.field = 1};
    struct seal_label place = {.subject = 0};
    u8 bytes[SEAL_LABEL_BYTES];
    u64 number = 0;
    u32 count = 0;
    enum fault first = vault_store_open(store, disk_real(), folder, mark_key);
    if (first != FAULT_NONE) {
        return first;
    }
    struct vault_record record = record_of(3, SEAL_GROUP_BANK, 9, 1, body, sizeof(body));
    const struct seal_label label = {.subject = 2, .group = SEAL_GROUP_BANK, .version = 1};
    memcpy(tag.bytes, record_of(2, SEAL_GROUP_BANK, 1, 1, body, 40).tags[0].bytes,
           sizeof(tag.bytes));
    seal_body_hash(record.body, record.hash);
    enum fault faults[] = {
        vault_store_list(store, 2, listed, &count),
        vault_store_stale(store, 9, listed, &count),
        vault_store_wraps(store, 1, &place, wrapped, &count),
        vault_store_get(store, label, 0, target, &found),
        vault_store_lookup(store, &tag, matter, NOW_US, 1000, labels, &count),
        vault_store_asked(store, 7, NOW_US, &number),
        vault_store_events(store, 1, events, VAULT_LIST_MAX, &count),
        vault_store_totals(store, &totals),
        vault_store_verify(store, &verdict),
        vault_store_put(store, &record, 1),
        vault_store_hands_drop(store, label, NOW_US, &number),
        vault_store_reviews(store, reviews, &count),
        vault_store_doubles(store, 1, doubles, &count),
        vault_store_people(store, 1, &person, 1, &count),
        vault_store_view(store, 2, 1, NOW_US, reviews),
        vault_store_unswept(store, &number),
        vault_store_erase_due(store, NOW_US, &number),
        vault_store_sweep(store, NOW_US),
        vault_store_shown(store, matter, &number),
        vault_store_ask_find(store, matter, NOW_US, &number),
        vault_store_asks_add(store, record.hash, NOW_US),
        vault_store_show(store, matter, NOW_US, &event),
    };
    if (faults[0] == FAULT_NONE && faults[3] == FAULT_NONE) {
        seal_label_encode(&found.label, bytes); /* as an answer has it */
    }
    for (u32 i = 0; i < ARRAY_COUNT(faults); i += 1) {
        first = first == FAULT_NONE && faults[i] != FAULT_MISSING ? faults[i] : first;
    }
    vault_store_close(store);
    return first;
}

static void make_three(struct vault_store *store)
{
    static u8 bodies[3][40];
    struct vault_record records[3];
    scene_must(vault_store_open(store, disk_real(), folder, mark_key));
    for (u32 at = 0; at < 3; at += 1) {
        records[at] = record_of(at + 1, SEAL_GROUP_BANK, 1, 1, bodies[at], 40);
        records[at].until_day = at == 0 ? TODAY - 1 : FAR_DAY;
    }
    scene_must(vault_store_put(store, records, 3));
    scene_must(sql_run(&store->keys, "INSERT INTO dead VALUES (9, 1, 1)"));
    scene_must(sql_run(&store->keys, "INSERT INTO reviews VALUES (2, 1, 1, 4000000000, 0, 1, 0,"
                                     " zeroblob(32), zeroblob(32), zeroblob(32));"
                                     "INSERT INTO doubles VALUES (1, 1, 2, 1, 1);"
                                     "INSERT INTO people VALUES (1, 2, 1, zeroblob(0))"));
    scene_must(sql_run(&store->keys, "INSERT INTO asks VALUES (zeroblob(32), 1)"));
    scene_must(sql_run(&store->keys, "INSERT INTO gone VALUES (zeroblob(16), 1, 1)"));
    scene_must(sql_run(&store->keys, "INSERT INTO drills VALUES (zeroblob(32), 1)"));
    scene_must(sql_run(&store->bodies, "INSERT INTO coming VALUES (9, 1, 1)"));
    vault_store_close(store);
    run_in("mkdir whole && mv keys bodies whole");
}

static enum fault damaged(struct vault_store *store, bool in_bodies, const char *change)
{
    struct sql sql;
    char path[2 * SCENE_PATH_BYTES];
    const struct sql_format format = {.application = in_bodies ? 0x43566279U : 0x43566b79U,
                                      .version = in_bodies ? 1 : 7,
                                      .what = "the vault"};
    run_in("rm -rf keys bodies && cp -r whole/keys whole/bodies .");
    (void)snprintf(path, sizeof(path), "%s/%s", folder,
                   in_bodies ? "bodies/bodies.db" : "keys/keys.db");
    scene_must(sql_open(&sql, path, SQL_WRITE, &format));
    scene_must(sql_run(&sql, "PRAGMA synchronous=OFF"));
    if (sql_run(&sql, change) != FAULT_NONE) {
        fault_forget(); /* the schema does not let it */
    }
    sql_close(&sql);
    return use(store);
}

static void rows_that_cannot_be_are_a_named_fault(void **state)
{
    static const struct {
        const char *change;
        bool in_bodies;
    } changes[] = {
        {"UPDATE wraps SET part=257 WHERE subject=2", false},
        {"UPDATE wraps SET retention=0 WHERE subject=2", false},
        {"UPDATE wraps SET epoch=4294967296 WHERE subject=2", false},
        {"UPDATE wraps SET version=0 WHERE subject=2", false},
        {"UPDATE wraps SET part=258 WHERE subject=1", false}, /* one that is due */
        {"UPDATE dead SET part=257", false},                  /* went round for ever */
        {"UPDATE reviews SET state=9", false},
        {"UPDATE reviews SET version=4294967297", false},
        {"UPDATE coming SET version=-1", true},
        {"UPDATE asks SET time=-1", false},
        {"UPDATE drills SET time=-1", false},
        {"UPDATE people SET sealed=zeroblob(7)", false},
    };
    struct vault_store store;
    (void)state;
    make_three(&store);
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        enum fault fault = damaged(&store, changes[i].in_bodies, changes[i].change);
        if (fault != FAULT_ROT) {
            fail_msg("%s: %s", changes[i].change, fault_name(fault));
        }
        fault_forget();
    }
}

/* One row that cannot be keeps nothing else from being erased. */
static void what_is_due_goes_beside_a_row_that_cannot_be(void **state)
{
    static u8 bodies[2][40];
    struct vault_store store;
    u64 count = 0;
    (void)state;
    scene_must(vault_store_open(&store, disk_real(), folder, mark_key));
    struct vault_record rotten = record_of(1, SEAL_GROUP_BANK, 1, 1, bodies[0], 40);
    struct vault_record due = record_of(2, SEAL_GROUP_BANK, 1, 1, bodies[1], 40);
    rotten.until_day = TODAY - 2;
    due.until_day = TODAY - 1;
    scene_must(vault_store_put(&store, &rotten, 1));
    scene_must(vault_store_put(&store, &due, 1));
    scene_must(sql_run(&store.keys, "UPDATE wraps SET retention=999 WHERE subject=1"));
    assert_int_equal(vault_store_erase_due(&store, NOW_US, &count), FAULT_ROT);
    assert_non_null(strstr(fault_text(), "keys.db"));
    assert_int_equal(count, 1);
    assert_false(is_there(&store, &due));
    vault_store_close(&store);
}

static void no_row_of_the_vault_stops_the_process(void **state)
{
    static const struct {
        const char *table;
        const char *columns[8];
    } tables[] = {
        {"wraps", {"subject", "part", "version", "epoch", "retention", "until", "wrap", "hash"}},
        {"hands", {"subject", "part", "version", "number", "until", "hand"}},
        {"tags", {"field", "tag", "subject", "part", "version"}},
        {"dead", {"subject", "part", "version"}},
        {"shredded", {"day", "count"}},
        {"totals", {"put", "erased"}},
        {"events", {"number", "time", "kind", "field", "count", "matter"}},
        {"ever", {"mark", "version"}},
        {"told", {"fresh"}},
        {"gone", {"mark", "version", "day"}},
        {"reviews", {"subject", "version", "time", "until", "views", "state", "seen", "reviewer"}},
        {"doubles", {"number", "time", "subject", "version", "seen"}},
        {"asks", {"nonce", "time"}},
        {"drills", {"point", "time"}},
        {"bodies", {"subject", "part", "version", "body"}}, /* from here on of bodies.db */
        {"coming", {"subject", "part", "version"}},
    };
    static const char *const values[] = {"-1",
                                         "0",
                                         "1",
                                         "2",
                                         "5",
                                         "7",
                                         "255",
                                         "256",
                                         "257",
                                         "4294967295",
                                         "4294967296",
                                         "9223372036854775807",
                                         "x''",
                                         "x'07'",
                                         "zeroblob(300)",
                                         "-9223372036854775808",
                                         "subject+1"};
    struct vault_store store;
    struct random random;
    u64 sound = 0;
    (void)state;
    random_init(&random, test_seed());
    make_three(&store);
    for (u64 round = test_rounds(200); round > 0; round -= 1) {
        char change[256];
        u64 table = random_below(&random, ARRAY_COUNT(tables));
        const char *column = NULL;
        while (column == NULL) {
            column = tables[table].columns[random_below(&random, 8)];
        }
        (void)snprintf(change, sizeof(change), "UPDATE OR IGNORE %s SET %s=%s%s",
                       tables[table].table, column,
                       values[random_below(&random, ARRAY_COUNT(values))],
                       table < 4 && random_chance(&random, 1, 2) ? " WHERE subject=2" : "");
        enum fault fault = damaged(&store, table >= 14, change);
        sound += fault == FAULT_NONE;
        fault_forget();
    }
    assert_true(sound > 0 || test_rounds(200) < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_erased_before_its_last_day_has_passed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_shredded_key_is_in_no_database_log_or_backup, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_was_erased_is_not_put_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_mark_is_no_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_of_before_has_its_marks_made, setup, teardown),
        cmocka_unit_test_setup_teardown(a_keys_file_put_back_is_erased_again, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_that_cannot_be_are_a_named_fault, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_due_goes_beside_a_row_that_cannot_be, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_row_of_the_vault_stops_the_process, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
