/* Aim: an opened month agrees with the log exactly when it holds every event that was logged in it
 * and no other; what does not agree is named.
 *
 * Method: the last two hours of a month with random events, closed and opened by the service; then
 * events left out, added, moved and changed, bytes flipped, leaves of the log withheld. */
#include "role/vault/publog_month.h"

#include "base/random.h"
#include "io/sql.h"
#include "role/vault/publog.h"
#include "role/vault/publog_check.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 65536, EVENTS_MAX = 64, LEAVES_MAX = 256, EVENTS = 20, ENDED = 3, RUNNING = 2 };

#define MONTH_END 1772323200ULL /* 2026-03-01 */
#define BEGIN     (MONTH_END - 7200)
#define MONTH     (2026U * 12 + 1)

static char folder[64];
static struct log_scene_key key;
static struct clock_false now;
static struct tlog_store *store;
static struct publog *publog;
static struct sha256 sha256;
static char text[TEXT_BYTES];
static size_t text_bytes;
static u64 next_s;
static struct publog_leaf leaves[LEAVES_MAX];
static u32 leaves_count;
static struct publog_month_event events[EVENTS_MAX];
static struct publog_month_check check;

static void tell(enum publog_kind kind, u64 until, struct random *random)
{
    u64 number = 0;
    struct publog_told told = {.class = random_chance(random, 1, 2) ? PUBLOG_CLASS_ORDINARY
                                                                    : PUBLOG_CLASS_EMERGENCY,
                               .kind = kind,
                               .flags = random_chance(random, 1, 8) ? PUBLOG_FLAG_BULK : 0,
                               .until = until,
                               .text = span_of_text("a private text")};
    random_fill(random, told.name, sizeof(told.name));
    assert_int_equal(publog_tell(publog, &told, &number), FAULT_NONE);
}

static void pass(u64 seconds)
{
    clock_false_advance(&now, seconds * 1000000000ULL);
    assert_int_equal(publog_turn(publog), FAULT_NONE);
}

static void leaves_load(void)
{
    leaves_count = 0;
    for (u64 index = 0; index < tlog_store_signed_size(store); index += 1) {
        struct span entry;
        assert_int_equal(tlog_store_entry(store, index, &entry), FAULT_NONE);
        assert_true(leaves_count < LEAVES_MAX);
        assert_true(publog_leaf_decode(entry, &leaves[leaves_count]));
        leaves_count += 1;
    }
}

static enum fault month_write(u64 now_s)
{
    return publog_month_write(folder, MONTH, now_s, (u8 *)text, sizeof(text), &text_bytes, &next_s);
}

static int group_open(void **state)
{
    (void)state;
    char path[128];
    struct random random;
    random_init(&random, test_seed());
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &key);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-month-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log", folder);
    clock_false_init(&now, BEGIN * 1000000);
    struct tlog_store_options of_store = {.disk = disk_real(),
                                          .folder = path,
                                          .key = key.key,
                                          .private_pem = log_scene_pem(&key),
                                          .entry_bytes_max = 4096};
    assert_int_equal(tlog_store_open(&store, &of_store), FAULT_NONE);
    struct publog_options options = {.folder = folder, .store = store, .clock = &now.clock};
    assert_int_equal(publog_open(&publog, &options), FAULT_NONE);
    for (u32 i = 0; i < EVENTS; i += 1) {
        u64 until = i < ENDED ? MONTH_END : i < ENDED + RUNNING ? MONTH_END + 86400 * 30 : 0;
        tell(until > 0 ? PUBLOG_KIND_SILENCE : PUBLOG_KIND_OPENING, until, &random);
        clock_false_advance(&now, random_below(&random, 300) * 1000000000ULL);
    }
    assert_int_equal(month_write(MONTH_END - 1), FAULT_REFUSED);
    assert_string_equal(fault_text(), "the month 2026-02 is not over");
    assert_int_equal(month_write(MONTH_END), FAULT_REFUSED);
    assert_string_equal(fault_text(), "not all slots of 2026-02 are closed yet");
    now.wall_offset_us += MONTH_END * 1000000 - clock_wall_us(&now.clock);
    pass(601); /* and a slot of the next month */
    leaves_load();
    assert_int_equal(leaves_count, 120 + 12 + 10 + 1);
    assert_int_equal(month_write(MONTH_END + 10), FAULT_NONE);
    return 0;
}

static int group_close(void **state)
{
    (void)state;
    char command[128];
    publog_close(publog);
    tlog_store_close(store);
    sha256_close(&sha256);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

/* Reads `what` and holds it against the leaves; one may be withheld. */
static enum publog_month_flaw judge(const char *what, size_t bytes, u32 withheld)
{
    check.sha256 = &sha256;
    check.events = events;
    check.events_max = EVENTS_MAX;
    enum publog_month_flaw flaw = publog_month_read(&check, span_of(what, bytes));
    for (u32 i = 0; i < leaves_count && flaw == PUBLOG_MONTH_FLAW_NONE; i += 1) {
        if (i != withheld) {
            flaw = publog_month_leaf(&check, &leaves[i]);
        }
    }
    return flaw == PUBLOG_MONTH_FLAW_NONE ? publog_month_end(&check) : flaw;
}

/* The text without, or with another, line: `number` from 0 among those that begin with `word`. */
static size_t line_find(const char *word, u32 number, size_t *bytes_out)
{
    size_t at = 0;
    while (at < text_bytes) {
        const char *end = memchr(text + at, '\n', text_bytes - at);
        assert_non_null(end);
        size_t bytes = (size_t)(end - text) - at + 1;
        if (strncmp(text + at, word, strlen(word)) == 0) {
            if (number == 0) {
                *bytes_out = bytes;
                return at;
            }
            number -= 1;
        }
        at += bytes;
    }
    fail();
    return 0;
}

static void an_opened_month_is_whole_and_counted(void **state)
{
    (void)state;
    assert_int_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_NONE);
    assert_int_equal(check.counts.slots, 132);
    assert_int_equal(check.counts.events, EVENTS);
    assert_int_equal(check.counts.kinds[PUBLOG_KIND_SILENCE], ENDED + RUNNING);
    assert_int_equal(check.counts.kinds[PUBLOG_KIND_OPENING], EVENTS - ENDED - RUNNING);
    assert_int_equal(check.counts.silences_ended, ENDED);
    assert_int_equal(check.counts.silences_running, RUNNING);
    assert_null(strstr(text, "private"));
}

/* A silence is shown when it has ended, not before. */
static void a_silence_that_runs_is_not_shown(void **state)
{
    (void)state;
    assert_int_equal(month_write(MONTH_END - 1), FAULT_NONE);
    assert_int_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_NONE);
    assert_int_equal(check.counts.silences_ended, 0);
    assert_int_equal(month_write(MONTH_END + 86400 * 30), FAULT_NONE);
    assert_int_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_NONE);
    assert_int_equal(check.counts.silences_running, 0);
    assert_int_equal(month_write(MONTH_END + 10), FAULT_NONE);
}

static void an_event_left_out_is_seen(void **state)
{
    (void)state;
    static char less[TEXT_BYTES];
    /* Those that are not shown: without them the text alone would be in order. */
    for (u32 number = 0; number < EVENTS; number += 1) {
        size_t bytes = 0;
        size_t at = line_find("event", number, &bytes);
        memcpy(less, text, at);
        memcpy(less + at, text + at + bytes, text_bytes - at - bytes);
        enum publog_month_flaw flaw = judge(less, text_bytes - bytes, UINT32_MAX);
        assert_true(flaw == PUBLOG_MONTH_FLAW_ROOT || flaw == PUBLOG_MONTH_FLAW_MARK);
    }
}

static void a_flipped_bit_is_seen_wherever_it_is(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(100); round += 1) {
        size_t at = random_below(&random, text_bytes);
        char bit = (char)(1 << random_below(&random, 7));
        text[at] = (char)(text[at] ^ bit);
        assert_int_not_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_NONE);
        text[at] = (char)(text[at] ^ bit);
    }
    for (u64 round = 0; round < test_rounds(100); round += 1) {
        size_t size = random_below(&random, text_bytes);
        enum publog_month_flaw flaw = judge(text, size, UINT32_MAX);
        size_t first_shown = 0;
        size_t bytes = line_find("shown", 0, &first_shown);
        /* Only lines of what is shown may be missing: they count as running. */
        assert_true(flaw != PUBLOG_MONTH_FLAW_NONE || size >= bytes);
    }
}

/* Lines of what is shown come in the order of the events, each once. */
static void what_is_shown_stands_in_order(void **state)
{
    (void)state;
    static char other[TEXT_BYTES];
    size_t bytes[2] = {0};
    size_t at = line_find("shown", 0, &bytes[0]);
    assert_int_equal(line_find("shown", 1, &bytes[1]), at + bytes[0]);
    memcpy(other, text, text_bytes);
    memcpy(other + at, text + at + bytes[0], bytes[1]);
    memcpy(other + at + bytes[1], text + at, bytes[0]);
    assert_int_equal(judge(other, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_TEXT);
    assert_int_equal(check.line, 3 + EVENTS + 2);
    memcpy(other, text, text_bytes);
    memmove(other + at + bytes[0], text + at, text_bytes - at);
    assert_int_equal(judge(other, text_bytes + bytes[0], UINT32_MAX), PUBLOG_MONTH_FLAW_TEXT);
    assert_int_equal(check.line, 3 + EVENTS + 2);
}

static void a_leaf_that_the_log_lacks_is_seen(void **state)
{
    (void)state;
    /* Not the first of a class, without which the log only begins later: whether that is seen hangs
     * on the events in it. */
    for (u32 i = 11; i < leaves_count; i += 11) {
        enum publog_month_flaw flaw = judge(text, text_bytes, i);
        if (leaves[i].slot >= MONTH_END) {
            assert_int_equal(flaw, PUBLOG_MONTH_FLAW_NONE);
        } else {
            assert_int_not_equal(flaw, PUBLOG_MONTH_FLAW_NONE);
        }
    }
    u32 kept = leaves_count;
    leaves_count = 100;
    enum publog_month_flaw flaw = judge(text, text_bytes, UINT32_MAX);
    assert_true(flaw == PUBLOG_MONTH_FLAW_STRAY || flaw == PUBLOG_MONTH_FLAW_SHORT);
    leaves_count = kept;
    leaves[5].root[0] ^= 1;
    assert_int_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_ROOT);
    leaves[5].root[0] ^= 1;
    leaves[5].flags ^= PUBLOG_FLAG_SEARCH;
    assert_int_equal(judge(text, text_bytes, UINT32_MAX), PUBLOG_MONTH_FLAW_ROOT);
    leaves[5].flags ^= PUBLOG_FLAG_SEARCH;
}

/* The last slots that can be told of, of a log and a month that somebody made up. */
static void the_end_of_time_is_no_end_of_the_monitor(void **state)
{
    (void)state;
    static const struct publog_leaf last[] = {
        {.class = PUBLOG_CLASS_ORDINARY, .slot = UINT32_MAX - UINT32_MAX % 600},
        {.class = PUBLOG_CLASS_EMERGENCY, .slot = UINT32_MAX - UINT32_MAX % 60}};
    static const char key_line[] =
        "key 0000000000000000000000000000000000000000000000000000000000000000\n";
    char far[256];
    int bytes = snprintf(far, sizeof(far), "cambist-month/v1\nmonth 9999-12\n%s", key_line);
    assert_int_equal(publog_month_read(&check, span_of(far, (size_t)bytes)),
                     PUBLOG_MONTH_FLAW_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(last); i += 1) {
        assert_int_equal(publog_month_leaf(&check, &last[i]), PUBLOG_MONTH_FLAW_NONE);
    }
    assert_int_equal(publog_month_end(&check), PUBLOG_MONTH_FLAW_SHORT);
}

/* The monitor's hook: the log as it is, then with an entry that is nothing, with a slot twice, and
 * with a month that lacks an event. */
static void the_monitor_sees_what_is_no_entry_of_a_venue(void **state)
{
    (void)state;
    struct publog_check hook;
    u8 bytes[PUBLOG_LEAF_BYTES];
    check.sha256 = &sha256;
    check.events = events;
    check.events_max = EVENTS_MAX;
    assert_int_equal(publog_month_read(&check, span_of(text, text_bytes)), PUBLOG_MONTH_FLAW_NONE);
    publog_check_init(&hook, &check);
    for (u32 i = 0; i < leaves_count; i += 1) {
        publog_leaf_encode(&leaves[i], bytes);
        assert_int_equal(hook.leaves.leaf(&hook.leaves, i, span_of(bytes, sizeof(bytes))),
                         TLOG_FLAW_NONE);
    }
    assert_int_equal(publog_month_end(&check), PUBLOG_MONTH_FLAW_NONE);
    assert_int_equal(hook.slots[PUBLOG_CLASS_EMERGENCY], 130);
    assert_int_equal(hook.slots[PUBLOG_CLASS_ORDINARY], 13);
    assert_int_equal(hook.leaves.leaf(&hook.leaves, 0, span_of_text("pack v3")), TLOG_FLAW_NONE);
    assert_int_equal(hook.leaves.leaf(&hook.leaves, 0, span_of_text("\x01")), TLOG_FLAW_LEAF);
    assert_int_equal(hook.month_flaw, PUBLOG_MONTH_FLAW_NONE);
    assert_int_equal(hook.leaves.leaf(&hook.leaves, 0, span_of(bytes, sizeof(bytes))),
                     TLOG_FLAW_LEAF);
    assert_int_equal(hook.month_flaw, PUBLOG_MONTH_FLAW_GAP);
    leaves[0].root[7] ^= 1;
    publog_leaf_encode(&leaves[0], bytes);
    leaves[0].root[7] ^= 1;
    assert_int_equal(publog_month_read(&check, span_of(text, text_bytes)), PUBLOG_MONTH_FLAW_NONE);
    publog_check_init(&hook, &check);
    assert_int_equal(hook.leaves.leaf(&hook.leaves, 0, span_of(bytes, sizeof(bytes))),
                     TLOG_FLAW_LEAF);
    assert_int_equal(hook.month_flaw, PUBLOG_MONTH_FLAW_ROOT);
}

static void an_event_that_cannot_be_is_not_opened(void **state)
{
    (void)state;
    static const char *const harms[][2] = {
        {"UPDATE events SET kind = kind + 18", "UPDATE events SET kind = kind - 18"},
        {"UPDATE events SET flags = flags + 4", "UPDATE events SET flags = flags - 4"},
        {"UPDATE events SET place = place + 256", "UPDATE events SET place = place - 256"},
        {"UPDATE events SET slot = slot + 600000000000",
         "UPDATE events SET slot = slot - 600000000000"},
        {"UPDATE events SET class = class + 2", "UPDATE events SET class = class - 2"},
    };
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    char path[128];
    struct sql sql;
    (void)snprintf(path, sizeof(path), "%s/events.db", folder);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(harms); i += 1) {
        assert_int_equal(sql_run(&sql, harms[i][0]), FAULT_NONE);
        assert_int_equal(month_write(MONTH_END + 10), FAULT_ROT);
        assert_int_equal(sql_run(&sql, harms[i][1]), FAULT_NONE);
    }
    sql_close(&sql);
    assert_int_equal(month_write(MONTH_END + 10), FAULT_NONE);
}

static void clean(struct sql *sql)
{
    static const char *const texts[] = {"DELETE FROM events WHERE text = x'00'",
                                        "UPDATE sqlite_sequence SET seq = 20 WHERE name='events'"};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        assert_int_equal(sql_run(sql, texts[i]), FAULT_NONE);
    }
}

/* The same events once more, in the slots on both sides of the month's borders. */
static void events_of_other_months_are_left_out(void **state)
{
    (void)state;
    static const char *const slots[] = {"1769904000 - 600 + 540 * (class - 1)", "1772323200",
                                        "1772323200 + 600", "0"};
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    static char before[TEXT_BYTES];
    char path[128];
    struct sql sql;
    memcpy(before, text, text_bytes);
    size_t before_bytes = text_bytes;
    (void)snprintf(path, sizeof(path), "%s/events.db", folder);
    assert_int_equal(sql_open(&sql, path, SQL_WRITE, &format), FAULT_NONE);
    for (u32 i = 0; i < ARRAY_COUNT(slots); i += 1) {
        char insert[512];
        (void)snprintf(
            insert, sizeof(insert),
            "INSERT INTO events SELECT NULL, class, %s, number, kind, flags, name, until,"
            " mark_salt, body_salt, body, x'00' FROM events WHERE number <= 20",
            slots[i]);
        assert_int_equal(sql_run(&sql, insert), FAULT_NONE);
    }
    assert_int_equal(month_write(MONTH_END + 10), FAULT_NONE);
    assert_int_equal(text_bytes, before_bytes);
    assert_memory_equal(text, before, before_bytes);
    clean(&sql);
    sql_close(&sql);
}

static void there_is_room_or_it_is_said(void **state)
{
    (void)state;
    size_t bytes = 0;
    u64 next = 0;
    u8 small[200];
    assert_int_equal(
        publog_month_write(folder, MONTH, MONTH_END, small, sizeof(small), &bytes, &next),
        FAULT_LIMIT);
    assert_int_equal(
        publog_month_write(folder, MONTH + 1, MONTH_END, small, sizeof(small), &bytes, &next),
        FAULT_REFUSED);
    assert_int_equal(
        publog_month_write(folder, MONTH - 1, MONTH_END, small, sizeof(small), &bytes, &next),
        FAULT_MISSING);
    assert_string_equal(fault_text(), "nothing was logged in 2026-01");
    check.sha256 = &sha256;
    check.events = events;
    check.events_max = EVENTS - 1;
    assert_int_equal(publog_month_read(&check, span_of(text, text_bytes)), PUBLOG_MONTH_FLAW_TEXT);
    assert_int_equal(check.line, 3 + EVENTS);
    assert_string_equal(publog_month_flaw_text(PUBLOG_MONTH_FLAW_NONE), "nothing is wrong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opened_month_is_whole_and_counted),
        cmocka_unit_test(a_silence_that_runs_is_not_shown),
        cmocka_unit_test(an_event_left_out_is_seen),
        cmocka_unit_test(a_flipped_bit_is_seen_wherever_it_is),
        cmocka_unit_test(what_is_shown_stands_in_order),
        cmocka_unit_test(a_leaf_that_the_log_lacks_is_seen),
        cmocka_unit_test(the_monitor_sees_what_is_no_entry_of_a_venue),
        cmocka_unit_test(the_end_of_time_is_no_end_of_the_monitor),
        cmocka_unit_test(an_event_that_cannot_be_is_not_opened),
        cmocka_unit_test(events_of_other_months_are_left_out),
        cmocka_unit_test(there_is_room_or_it_is_said),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
