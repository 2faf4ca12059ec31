/* Aim: every slot gets exactly one leaf, of one size, in order, whether something happened, nobody
 * was there or the process was killed between any two steps; every event can be proved from its
 * receipt alone once its slot is published, and nothing else can.
 *
 * Method: a real folder and a clock that is moved by hand; kills are made by putting the files back
 * as a kill would have left them; the log is read entry by entry. */
#include "role/vault/publog.h"

#include "base/random.h"
#include "io/sql.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECEIPT_BYTES = 16384, MINUTE = 60, BEGIN = 1769169600 };

static char folder[64];
static struct log_scene_key key;
static struct clock_false now;
static struct tlog_store *store;
static struct publog *publog;
static struct sha256 sha256;
static u8 receipt_bytes[RECEIPT_BYTES];

static int group_open(void **state)
{
    (void)state;
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &key);
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int group_close(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

static enum fault open_both(void)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/log", folder);
    struct tlog_store_options of_store = {.disk = disk_real(),
                                          .folder = path,
                                          .key = key.key,
                                          .private_pem = log_scene_pem(&key),
                                          .entry_bytes_max = PUBLOG_LINE_BYTES_MAX};
    assert_int_equal(tlog_store_open(&store, &of_store), FAULT_NONE);
    struct publog_options options = {.folder = folder, .store = store, .clock = &now.clock};
    return publog_open(&publog, &options);
}

static void close_both(void)
{
    publog_close(publog);
    tlog_store_close(store);
    publog = NULL;
    store = NULL;
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-publog-XXXXXX");
    assert_non_null(mkdtemp(folder));
    clock_false_init(&now, (u64)BEGIN * 1000000);
    assert_int_equal(open_both(), FAULT_NONE);
    return 0;
}

static void run_in(const char *what)
{
    char command[512];
    (void)snprintf(command, sizeof(command), "cd '%s' && %s", folder, what);
    assert_int_equal(system(command), 0);
}

static int clear(void **state)
{
    (void)state;
    close_both();
    run_in("rm -r ./*");
    return rmdir(folder);
}

static void reopen(void)
{
    close_both();
    if (open_both() != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void pass(u64 seconds)
{
    clock_false_advance(&now, seconds * 1000000000ULL);
    if (publog_turn(publog) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void publish(void)
{
    assert_int_equal(tlog_store_publish(store, tlog_store_signed_note(store)), FAULT_NONE);
}

static enum fault tell(enum publog_class class, u8 flags, const char *text, u64 *number_out)
{
    struct publog_told told = {.class = class,
                               .kind = PUBLOG_KIND_OPENING,
                               .flags = flags,
                               .name = {1, 2, 3},
                               .text = span_of_text(text)};
    return publog_tell(publog, &told, number_out);
}

static u64 told(enum publog_class class, const char *text)
{
    u64 number = 0;
    assert_int_equal(tell(class, 0, text, &number), FAULT_NONE);
    return number;
}

/* Every slot from the beginning up to now has one leaf, none twice, none out of order. Returns the
 * leaves of that class. */
static u64 leaves_are_right(enum publog_class class)
{
    u64 next = BEGIN;
    u64 count = 0;
    for (u64 index = 0; index < tlog_store_signed_size(store); index += 1) {
        struct span entry;
        struct publog_leaf leaf;
        assert_int_equal(tlog_store_entry(store, index, &entry), FAULT_NONE);
        if (!publog_leaf_decode(entry, &leaf)) {
            assert_true(publog_line_valid(entry));
        } else if (leaf.class == class) {
            assert_int_equal(leaf.slot, next);
            next += publog_slot_seconds(class);
            count += 1;
        }
    }
    return count;
}

/* The receipt, verified down to the published checkpoint. */
static void receipt_is_good(u64 number, const char *text)
{
    struct publog_receipt receipt;
    struct tlog_receipt of_leaf;
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
    struct tlog_hash leaf;
    size_t bytes = 0;
    if (publog_receipt(publog, number, receipt_bytes, sizeof(receipt_bytes), &bytes) !=
        FAULT_NONE) {
        fail_msg("%s: %s", text, fault_text());
    }
    assert_true(publog_receipt_read(span_of(receipt_bytes, bytes), &receipt));
    assert_true(publog_receipt_verify(&sha256, &receipt));
    assert_int_equal(receipt.event.kind, PUBLOG_KIND_OPENING);
    assert_int_equal(tlog_receipt_read(receipt.of_leaf, &of_leaf), TLOG_FLAW_NONE);
    assert_int_equal(tlog_note_read(of_leaf.checkpoint, &note), TLOG_FLAW_NONE);
    assert_int_equal(tlog_checkpoint_read(note.text, &checkpoint), TLOG_FLAW_NONE);
    tlog_hash_leaf(&sha256, span_of(receipt.leaf_bytes, PUBLOG_LEAF_BYTES), &leaf);
    assert_true(tlog_inclusion_verify(&sha256, of_leaf.index, checkpoint.size, &leaf,
                                      &of_leaf.proof, &checkpoint.root));
    /* Another place, another event, another leaf: nothing else is proved. */
    receipt.place ^= 1;
    assert_false(publog_receipt_verify(&sha256, &receipt));
    receipt.place ^= 1;
    receipt.event.body[3] ^= 1;
    assert_false(publog_receipt_verify(&sha256, &receipt));
    receipt.event.body[3] ^= 1;
    receipt.leaf.root[3] ^= 1;
    assert_false(publog_receipt_verify(&sha256, &receipt));
}

static void every_slot_has_a_leaf_empty_or_not(void **state)
{
    (void)state;
    u64 number = told(PUBLOG_CLASS_ORDINARY, "a");
    pass(30);
    assert_int_equal(tlog_store_signed_size(store), 0);
    for (u32 minute = 0; minute < 25; minute += 1) {
        pass(MINUTE);
    }
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 25);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_ORDINARY), 2);
    assert_int_equal(publog_counts(publog).open_slots, 0);
    publish();
    receipt_is_good(number, "a");
}

static void an_event_is_receipted_once_its_slot_is_published(void **state)
{
    (void)state;
    size_t bytes = 0;
    u64 number = told(PUBLOG_CLASS_EMERGENCY, "b");
    assert_int_equal(publog_receipt(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_UNAVAILABLE);
    pass(MINUTE + 1);
    assert_int_equal(publog_receipt(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_UNAVAILABLE);
    publish();
    receipt_is_good(number, "b");
    assert_int_equal(publog_receipt(publog, number + 1, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_MISSING);
    assert_int_equal(publog_receipt(publog, number, receipt_bytes, 500, &bytes), FAULT_LIMIT);
    reopen();
    receipt_is_good(number, "b");
}

/* One event and two hundred look the same outside, but for the flags. */
static void a_leaf_shows_nothing_but_flags(void **state)
{
    (void)state;
    struct span entry;
    struct publog_leaf leaf;
    u64 number = 0;
    pass(MINUTE);
    for (u32 i = 0; i < PUBLOG_PLACES; i += 1) {
        (void)told(PUBLOG_CLASS_EMERGENCY, "c");
    }
    assert_int_equal(tell(PUBLOG_CLASS_EMERGENCY, 0, "one too many", &number), FAULT_LIMIT);
    pass(MINUTE);
    assert_int_equal(tell(PUBLOG_CLASS_EMERGENCY, PUBLOG_FLAG_BULK, "d", &number), FAULT_NONE);
    pass(MINUTE);
    for (u64 index = 0; index < 3; index += 1) {
        assert_int_equal(tlog_store_entry(store, index, &entry), FAULT_NONE);
        assert_int_equal(entry.size, PUBLOG_LEAF_BYTES);
        assert_true(publog_leaf_decode(entry, &leaf));
        assert_int_equal(leaf.flags, index == 2 ? PUBLOG_FLAG_BULK : 0);
    }
    publish();
    receipt_is_good(number, "d");
}

static void slots_that_nobody_saw_are_made_up_for(void **state)
{
    (void)state;
    u64 number = told(PUBLOG_CLASS_ORDINARY, "before");
    close_both();
    clock_false_advance(&now, 3ULL * 86400 * 1000000000);
    assert_int_equal(open_both(), FAULT_NONE);
    pass(0);
    assert_true(publog_counts(publog).open_slots > 0); /* as many a turn as are allowed */
    pass(0);
    pass(0);
    assert_int_equal(publog_counts(publog).open_slots, 0);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 3 * 1440);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_ORDINARY), 3 * 144);
    publish();
    receipt_is_good(number, "before");
}

static void a_clock_that_goes_back_puts_nothing_into_the_past(void **state)
{
    (void)state;
    pass(2 * MINUTE);
    now.wall_offset_us -= 90ULL * 1000000;
    u64 number = told(PUBLOG_CLASS_EMERGENCY, "e");
    pass(0);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 2);
    pass(90 + MINUTE);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 3);
    publish();
    receipt_is_good(number, "e");
}

/* Somebody who reads events.db, as the opening of a month does, holds back its write-ahead log. */
static void a_reader_of_the_events_is_in_nobodys_way(void **state)
{
    (void)state;
    char path[128];
    struct sql sql;
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    (void)snprintf(path, sizeof(path), "%s/events.db", folder);
    u64 first = told(PUBLOG_CLASS_EMERGENCY, "first");
    assert_int_equal(sql_open(&sql, path, SQL_READ, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "BEGIN; SELECT count(*) FROM events"), FAULT_NONE);
    pass(MINUTE);
    u64 second = told(PUBLOG_CLASS_EMERGENCY, "second");
    pass(MINUTE);
    assert_int_equal(sql_run(&sql, "ROLLBACK"), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 2);
    publish();
    receipt_is_good(first, "first");
    receipt_is_good(second, "second");
}

/* Nobody knows what is in a log that was stopped, until it is opened again. */
static void a_stopped_log_takes_nothing(void **state)
{
    (void)state;
    u64 index = 0;
    run_in("rm log/LOCK"); /* another may write the log now */
    clock_false_advance(&now, MINUTE * 1000000000ULL);
    assert_int_equal(publog_turn(publog), FAULT_FENCED);
    assert_int_equal(publog_turn(publog), FAULT_UNAVAILABLE);
    assert_int_equal(publog_line(publog, span_of_text("pack v1"), &index), FAULT_UNAVAILABLE);
    assert_int_equal(publog_line_keep(publog, span_of_text("pack v1")), FAULT_UNAVAILABLE);
    assert_int_equal(tell(PUBLOG_CLASS_EMERGENCY, 0, "h", &index), FAULT_UNAVAILABLE);
    reopen();
    u64 number = told(PUBLOG_CLASS_EMERGENCY, "h");
    pass(MINUTE);
    publish();
    receipt_is_good(number, "h");
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 2);
}

/* Killed between the steps of closing a slot. */
static void a_kill_between_two_steps_loses_and_doubles_nothing(void **state)
{
    (void)state;
    u64 first = told(PUBLOG_CLASS_EMERGENCY, "first");
    reopen(); /* before the slot is closed */
    pass(MINUTE);
    u64 second = told(PUBLOG_CLASS_EMERGENCY, "second");
    run_in("cp -r log before");
    pass(MINUTE);
    close_both();
    run_in("cp -r log after && cp events.db kept");
    for (u32 step = 0; step < 2; step += 1) {
        char path[128];
        struct sql sql;
        static const struct sql_format format = {.application = PUBLOG_APPLICATION,
                                                 .version = PUBLOG_VERSION,
                                                 .what = "events of the log"};
        /* After the root was kept: not in the log; after the commit: in it, its index not kept. */
        run_in(step == 0 ? "rm -r log && cp -r before log" : "rm -r log && cp -r after log");
        run_in("cp kept events.db");
        (void)snprintf(path, sizeof(path), "%s/events.db", folder);
        assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
        assert_int_equal(
            sql_run(&sql, "UPDATE slots SET leaf = 9223372036854775807 WHERE leaf = 1"),
            FAULT_NONE);
        sql_close(&sql);
        assert_int_equal(open_both(), FAULT_NONE);
        pass(0);
        assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 2);
        publish();
        receipt_is_good(first, "first");
        receipt_is_good(second, "second");
        close_both();
    }
    assert_int_equal(open_both(), FAULT_NONE);
}

static void an_old_copy_of_either_file_is_refused(void **state)
{
    (void)state;
    pass(MINUTE);
    close_both();
    run_in("cp -r log old_log && cp events.db old_events");
    assert_int_equal(open_both(), FAULT_NONE);
    pass(MINUTE);
    close_both();
    run_in("cp -r log new_log && cp events.db new_events && cp old_events events.db");
    assert_int_equal(open_both(), FAULT_DIVERGED);
    close_both();
    run_in("cp new_events events.db && rm -r log && cp -r old_log log");
    assert_int_equal(open_both(), FAULT_DIVERGED);
    close_both();
    run_in("rm -r log && cp -r new_log log");
    assert_int_equal(open_both(), FAULT_NONE);
}

static void an_event_that_was_changed_has_no_receipt(void **state)
{
    (void)state;
    char path[128];
    struct sql sql;
    size_t bytes = 0;
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    u64 number = told(PUBLOG_CLASS_EMERGENCY, "f");
    pass(MINUTE);
    publish();
    close_both();
    (void)snprintf(path, sizeof(path), "%s/events.db", folder);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "UPDATE events SET kind = 6"), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(open_both(), FAULT_NONE);
    assert_int_equal(publog_receipt(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_ROT);
}

static void lines_stand_between_leaves(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "Pack", "pack\n", "pa\tck", "pack \xff", "1pack"};
    char longest[PUBLOG_LINE_BYTES_MAX + 2];
    u64 index = 0;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_int_equal(publog_line(publog, span_of_text(wrong[i]), &index), FAULT_INPUT);
    }
    memset(longest, 'a', sizeof(longest));
    assert_false(publog_line_valid(span_of(longest, PUBLOG_LINE_BYTES_MAX + 1)));
    assert_int_equal(publog_line(publog, span_of(longest, PUBLOG_LINE_BYTES_MAX), &index),
                     FAULT_NONE);
    pass(MINUTE);
    assert_int_equal(publog_line(publog, span_of_text("pack \xc3\xa9 v3"), &index), FAULT_NONE);
    assert_int_equal(index, 2);
    pass(MINUTE);
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 2);
    assert_int_equal(tlog_store_signed_size(store), 4);
    assert_int_equal(publog_counts(publog).lines, 2);
}

/* Told with how far its source was read: both or neither, also after a kill between the log's
 * commit and keeping the index. */
static void what_others_tell_is_there_once(void **state)
{
    (void)state;
    struct publog_source_point point;
    struct sql sql;
    char path[128];
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    assert_int_equal(publog_source(publog, PUBLOG_SOURCE_KEEP, &point), FAULT_NONE);
    assert_false(point.is_known);
    for (u64 turn = 1; turn <= 4; turn += 1) {
        assert_int_equal(publog_take_begin(publog), FAULT_NONE);
        assert_int_equal(publog_line_keep(publog, span_of_text("pack a")), FAULT_NONE);
        assert_int_equal(publog_line_keep(publog, span_of_text("pack b")), FAULT_NONE);
        (void)told(PUBLOG_CLASS_EMERGENCY, "h");
        if (turn % 2 == 0) { /* dropped, or killed: it is told again */
            publog_take_drop(publog);
        } else {
            point = (struct publog_source_point){.name = {7}, .position = turn};
            assert_int_equal(publog_take_end(publog, PUBLOG_SOURCE_KEEP, &point), FAULT_NONE);
        }
        reopen();
        assert_int_equal(publog_source(publog, PUBLOG_SOURCE_KEEP, &point), FAULT_NONE);
        assert_true(point.is_known && point.name[0] == 7);
        assert_int_equal(point.position, turn % 2 == 0 ? turn - 1 : turn);
    }
    assert_int_equal(tlog_store_signed_size(store), 0);
    pass(MINUTE);
    assert_int_equal(tlog_store_signed_size(store), 5); /* a leaf and two times two lines */
    assert_int_equal(leaves_are_right(PUBLOG_CLASS_EMERGENCY), 1);
    close_both();
    (void)snprintf(path, sizeof(path), "%s/events.db", folder);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "UPDATE lines SET leaf = 9223372036854775807"), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "UPDATE slots SET leaf = 9223372036854775807"), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(open_both(), FAULT_NONE);
    pass(0);
    assert_int_equal(tlog_store_signed_size(store), 5);
    close_both(); /* and a line that was never told is somebody else's */
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "DELETE FROM lines WHERE number = 4"), FAULT_NONE);
    sql_close(&sql);
    assert_int_equal(open_both(), FAULT_DIVERGED);
}

/* Every byte of a receipt changed: it is no receipt any more, proves nothing, or only its last
 * part, which is not ours to judge here, differs. */
static void a_changed_receipt_proves_nothing(void **state)
{
    (void)state;
    size_t bytes = 0;
    u64 number = told(PUBLOG_CLASS_EMERGENCY, "g");
    pass(MINUTE);
    publish();
    assert_int_equal(publog_receipt(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_NONE);
    struct publog_receipt receipt;
    struct publog_receipt good;
    assert_true(publog_receipt_read(span_of(receipt_bytes, bytes), &good));
    size_t own = bytes - good.of_leaf.size;
    for (size_t at = 0; at < own; at += 1) {
        receipt_bytes[at] ^= 1;
        if (publog_receipt_read(span_of(receipt_bytes, bytes), &receipt) &&
            publog_receipt_verify(&sha256, &receipt)) {
            /* Another leaf with this root: the log does not hold it. */
            assert_memory_not_equal(receipt.leaf_bytes, good.leaf_bytes, PUBLOG_LEAF_BYTES);
        }
        receipt_bytes[at] ^= 1;
    }
    for (size_t size = 0; size < own; size += 1) {
        assert_false(publog_receipt_read(span_of(receipt_bytes, size), &receipt));
    }
}

/* Who has the text and the case sees from what is shown that this was logged, and nothing else. */
static void an_event_is_shown_with_its_salts(void **state)
{
    (void)state;
    static const u8 salt[PUBLOG_SALT_BYTES] = {4, 5};
    static const u8 name[PUBLOG_CASE_BYTES] = {1, 2, 3};
    struct publog_told event = {.class = PUBLOG_CLASS_EMERGENCY,
                                .kind = PUBLOG_KIND_GRANT,
                                .flags = PUBLOG_FLAG_BULK,
                                .name = {1, 2, 3},
                                .until = 77,
                                .text = span_of_text("a grant"),
                                .mark_salt = salt};
    struct publog_shown shown;
    u8 hash[SHA256_BYTES];
    u64 number = 0;
    size_t bytes = 0;
    assert_int_equal(publog_tell(publog, &event, &number), FAULT_NONE);
    assert_int_equal(publog_show(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes),
                     FAULT_UNAVAILABLE);
    pass(MINUTE + 1);
    publish();
    assert_int_equal(publog_show(publog, number, receipt_bytes, 300, &bytes), FAULT_LIMIT);
    assert_int_equal(publog_show(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes), FAULT_NONE);
    assert_true(publog_shown_read(span_of(receipt_bytes, bytes), &shown));
    assert_true(publog_receipt_verify(&sha256, &shown.receipt));
    assert_memory_equal(shown.mark_salt, salt, sizeof(salt));
    assert_int_equal(shown.until, 77);
    assert_int_equal(shown.receipt.leaf.flags, PUBLOG_FLAG_BULK);
    publog_body_of(&sha256, shown.body_salt, span_of_text("a grant"), hash);
    assert_memory_equal(hash, shown.receipt.event.body, sizeof(hash));
    publog_mark_of(&sha256, salt, name, 77, hash);
    assert_memory_equal(hash, shown.receipt.event.mark, sizeof(hash));
    number = told(PUBLOG_CLASS_EMERGENCY, "others have salts of their own");
    pass(MINUTE + 1);
    publish();
    assert_int_equal(publog_show(publog, number, receipt_bytes, RECEIPT_BYTES, &bytes), FAULT_NONE);
    assert_true(publog_shown_read(span_of(receipt_bytes, bytes), &shown));
    assert_memory_not_equal(shown.mark_salt, salt, sizeof(salt));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_slot_has_a_leaf_empty_or_not, make, clear),
        cmocka_unit_test_setup_teardown(an_event_is_receipted_once_its_slot_is_published, make,
                                        clear),
        cmocka_unit_test_setup_teardown(an_event_is_shown_with_its_salts, make, clear),
        cmocka_unit_test_setup_teardown(a_leaf_shows_nothing_but_flags, make, clear),
        cmocka_unit_test_setup_teardown(slots_that_nobody_saw_are_made_up_for, make, clear),
        cmocka_unit_test_setup_teardown(a_clock_that_goes_back_puts_nothing_into_the_past, make,
                                        clear),
        cmocka_unit_test_setup_teardown(a_reader_of_the_events_is_in_nobodys_way, make, clear),
        cmocka_unit_test_setup_teardown(a_stopped_log_takes_nothing, make, clear),
        cmocka_unit_test_setup_teardown(a_kill_between_two_steps_loses_and_doubles_nothing, make,
                                        clear),
        cmocka_unit_test_setup_teardown(an_old_copy_of_either_file_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(an_event_that_was_changed_has_no_receipt, make, clear),
        cmocka_unit_test_setup_teardown(lines_stand_between_leaves, make, clear),
        cmocka_unit_test_setup_teardown(what_others_tell_is_there_once, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_receipt_proves_nothing, make, clear),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
