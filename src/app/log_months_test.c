/* Aim: months are opened by the log's process when their time has come, again when silences have
 * ended, whenever it is killed; and `log check` believes them exactly when they are what was
 * logged, and names the one, and the silence, that is not.
 *
 * Method: the agent over nine days with a clock moved by hand, real files, read by the monitor as
 * from outside; files changed and taken away; openings that a venue logs and that are not true; a
 * disk that kills the process at its n-th change while a month is opened. */
#include "app/log_months.h"

#include "base/span.h"
#include "io/eventlog.h"
#include "io/log.h"
#include "role/vault/log_agent.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_month.h"
#include "role/vault/tlog_file.h"
#include "tests/support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEGMENT = 1 << 16, TEXT_BYTES = 1 << 18, WORKS_MAX = 2000, KILLS = 24 };
#define MONTH     (2026U * 12 + 1)
#define MONTH_END 1772323200ULL /* 2026-03-01 */
#define HOUR      3600ULL
#define DAY       (24 * HOUR)
#define BEGIN     place.begin /* before the month's end */
#define AFTER     (3 * HOUR)
#define WORK_NS   60000000ULL

static struct {
    u64 begin;
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    struct clock_false now;
    struct tlog_transport transport;
    struct log_agent *agent;
} place;

/* What a monitor needs. */
static struct {
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_check check;
    struct publog_check venue;
    struct log_months months;
    struct log_files files;
    struct tlog_finding finding;
    u8 bundle[TLOG_BUNDLE_BYTES_MAX];
    u8 partial[TLOG_BUNDLE_BYTES_MAX];
} eye;

static u8 text[TEXT_BYTES];
static size_t text_bytes;

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

/* ---- the venue ---- */

static u32 nobody(struct tlog_transport *transport, const char *url, struct span body, u8 *target,
                  size_t bytes_max, size_t *bytes_out)
{
    (void)transport;
    (void)url;
    (void)body;
    (void)target;
    (void)bytes_max;
    *bytes_out = 0;
    return 0;
}

static enum fault agent_begin_on(struct disk *disk)
{
    struct log_agent_options options = {
        .folder = place.folder,
        .disk = disk,
        .clock = &place.now.clock,
        .origin = "log.test.invalid/a",
        .transport = &place.transport,
        .ledger_every_us = HOUR * 1000000,
        .month_after_us = AFTER * 1000000,
        .listener = -1,
    };
    must(log_agent_create(&place.agent, &options));
    return agent_open(log_agent_of(place.agent));
}

static void agent_begin(void)
{
    must(agent_begin_on(disk_real()));
}

static void agent_end(void)
{
    if (place.agent != NULL) {
        agent_close(log_agent_of(place.agent));
        log_agent_destroy(place.agent);
        place.agent = NULL;
    }
}

static void works(void)
{
    u32 quiet = 0;
    for (u32 count = 0; quiet < 20; count += 1) {
        bool busy = false;
        assert_true(count < WORKS_MAX);
        clock_false_advance(&place.now, WORK_NS);
        must(agent_work(log_agent_of(place.agent), &busy));
        struct log_agent_counts counts = log_agent_counts(place.agent);
        assert_int_equal(counts.stopped, 0);
        quiet = counts.publog.open_slots == 0 && counts.size == counts.shown ? quiet + 1 : 0;
    }
}

/* To so many seconds after the beginning, and everything that is due then. */
static void at(u64 seconds)
{
    u64 wanted = BEGIN + seconds;
    u64 now = clock_wall_us(&place.now.clock) / 1000000;
    assert_true(wanted >= now);
    clock_false_advance(&place.now, (wanted - now) * 1000000000ULL);
    works();
    clock_false_advance(&place.now, 61 * 1000000000ULL); /* it looks once a minute */
    works();
}

static void tell(u8 name, enum publog_kind kind, u64 until)
{
    u64 number = 0;
    struct publog_told told = {.class = PUBLOG_CLASS_ORDINARY,
                               .kind = kind,
                               .until = until,
                               .text = span_of_text("a private text")};
    memset(told.name, name, sizeof(told.name));
    must(publog_tell(place.agent->publog, &told, &number));
}

static int make_before(u64 seconds)
{
    struct arena arena;
    memset(&place, 0, sizeof(place));
    place.begin = MONTH_END - seconds;
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-months-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.events, sizeof(place.events), "%s/events", place.folder);
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = SEGMENT};
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    must(eventlog_open(&place.log, &config, &arena));
    must(eventlog_begin(place.log, (struct eventlog_point){0}));
    clock_false_init(&place.now, BEGIN * 1000000);
    place.transport.post = nobody;
    must(tlog_crypto_open(&eye.crypto));
    agent_begin();
    return 0;
}

static int make(void **state)
{
    (void)state;
    return make_before(DAY);
}

static int make_long(void **state)
{
    (void)state;
    return make_before(8 * DAY); /* a silence and its days of grace */
}

static int make_short(void **state)
{
    (void)state;
    return make_before(2 * HOUR);
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    eventlog_close(place.log);
    free(place.memory);
    tlog_crypto_close(&eye.crypto);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

/* ---- from outside ---- */

static enum tlog_flaw judge_since(u32 since)
{
    char public[FILE_PATH_BYTES];
    must(log_policy_load(disk_real(), place.folder, &eye.crypto.sha256, &eye.policy));
    must(file_path(public, place.folder, "log/public"));
    must(log_files_open(&eye.files, public));
    memset(&eye.finding, 0, sizeof(eye.finding));
    publog_check_init(&eye.venue, NULL);
    log_months_init(&eye.months, &eye.venue, since);
    eye.check.crypto = &eye.crypto;
    eye.check.policy = &eye.policy;
    eye.check.files = &eye.files.files;
    eye.check.partials = &eye.files.partials;
    eye.check.leaves = &eye.months.leaves;
    eye.check.bundle = eye.bundle;
    eye.check.partial = eye.partial;
    must(tlog_check_run(&eye.check, &eye.finding));
    if (eye.finding.flaw == TLOG_FLAW_NONE) {
        must(log_months_check(&eye.months, &eye.files, &eye.crypto.sha256, &eye.finding));
    }
    log_files_close(&eye.files);
    log_months_close(&eye.months);
    return eye.finding.flaw;
}

/* Without computing slots, where that is not the point. */
static void judged(enum tlog_flaw flaw, const char *file, const char *why)
{
    enum tlog_flaw found = judge_since(UINT32_MAX);
    if (found != flaw || strcmp(eye.finding.file, file) != 0 ||
        strstr(eye.finding.why, why) == NULL) {
        fail_msg("%s: %s (%s), not %s", eye.finding.file, eye.finding.why, tlog_flaw_name(found),
                 why);
    }
}

static void month_path(u32 month, u32 number, char path[FILE_PATH_BYTES])
{
    char public[FILE_PATH_BYTES];
    char name[PUBLOG_OPENING_NAME_BYTES];
    must(file_path(public, place.folder, "log/public"));
    publog_opening_name(month, number, name);
    must(file_path(path, public, name));
}

static bool month_load(u32 month, u32 number)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    month_path(month, number, path);
    must(disk_exists(disk_real(), path, &exists));
    if (exists) {
        must(tlog_file_read(disk_real(), path, text, sizeof(text) - 1, &text_bytes));
        text[text_bytes] = 0;
    }
    return exists;
}

static u32 lines_with(const char *word)
{
    u32 count = 0;
    for (const char *found = (const char *)text; (found = strstr(found, word)) != NULL;
         found += 1) {
        count += 1;
    }
    return count;
}

/* Logs an opening as a venue would that lies. */
static void opening_forge(u32 month, u32 number)
{
    struct publog_opening opening = {
        .month = month, .number = number, .time_us = clock_wall_us(&place.now.clock)};
    char path[FILE_PATH_BYTES];
    month_path(month, number, path);
    must(tlog_file_write(disk_real(), path, FILE_CREATE | FILE_WRITE, span_of(text, text_bytes)));
    sha256_begin(&eye.crypto.sha256);
    sha256_add(&eye.crypto.sha256, span_of(text, text_bytes));
    sha256_end(&eye.crypto.sha256, opening.hash);
    must(publog_opening_keep(place.agent->publog, &opening, 0));
    place.agent->has_line = true;
    works();
}

/* Takes the first line out that begins with the word. */
static void line_cut(const char *word)
{
    char wanted[16];
    (void)snprintf(wanted, sizeof(wanted), "\n%s ", word);
    char *begin = strstr((char *)text, wanted);
    assert_non_null(begin);
    begin += 1;
    char *end = strchr(begin, '\n');
    assert_non_null(end);
    size_t left = text_bytes - (size_t)(end + 1 - (char *)text);
    memmove(begin, end + 1, left + 1);
    text_bytes -= (size_t)(end + 1 - begin);
}

/* ---- tests ---- */

/* Three cases of a month: one noticed, one prolonged and noticed, one silent into the next month.
 */
static void three_cases(void)
{
    tell(1, PUBLOG_KIND_SILENCE, BEGIN + HOUR);
    tell(2, PUBLOG_KIND_SILENCE, BEGIN + 2 * HOUR);
    tell(3, PUBLOG_KIND_SILENCE, MONTH_END + 12 * HOUR);
    tell(4, PUBLOG_KIND_OPENING, 0);
    at(HOUR);
    tell(2, PUBLOG_KIND_SILENCE, BEGIN + 8 * HOUR);
    at(10 * HOUR);
    tell(1, PUBLOG_KIND_NOTICE, 0);
    at(12 * HOUR);
    tell(2, PUBLOG_KIND_NOTICE, 0);
    tell(4, PUBLOG_KIND_NOTICE, 0); /* of a case without a silence */
}

static void months_are_opened_when_their_time_has_come(void **state)
{
    (void)state;
    three_cases();
    at(DAY + AFTER - 300);
    assert_false(month_load(MONTH, 1));
    assert_int_equal(judge_since(0), TLOG_FLAW_NONE); /* none is listed */
    assert_int_equal(eye.months.months, 0);
    at(DAY + AFTER);
    assert_true(month_load(MONTH, 1));
    assert_int_equal(lines_with("\nevent "), 8);
    assert_int_equal(lines_with("\nshown "), 5); /* three silences that have ended, two notices */
    assert_null(strstr((char *)text, "private"));
    judged(TLOG_FLAW_NONE, "", "");
    at(DAY + 12 * HOUR);
    assert_true(month_load(MONTH, 2));
    assert_int_equal(lines_with("\nshown "), 6);
    tell(3, PUBLOG_KIND_NOTICE, 0);
    agent_end();
    agent_begin();
    at(DAY + 14 * HOUR);
    assert_false(month_load(MONTH, 3));
    assert_int_equal(judge_since(0), TLOG_FLAW_NONE);
    assert_int_equal(eye.months.months, 1);
    assert_int_equal(eye.months.computed, 1);
    assert_int_equal(eye.months.counts.events, 8);
    assert_int_equal(eye.months.counts.silences_ended, 4);
    assert_int_equal(eye.months.counts.silences_running, 0);
    assert_int_equal(eye.months.counts.notices_shown, 2);
    /* What a file says is what was logged, or it is named. */
    char path[FILE_PATH_BYTES];
    char away[FILE_PATH_BYTES + 8];
    for (u32 number = 1; number <= 2; number += 1) {
        char file[PUBLOG_OPENING_NAME_BYTES];
        publog_opening_name(MONTH, number, file);
        month_path(MONTH, number, path);
        (void)snprintf(away, sizeof(away), "%s.away", path);
        assert_int_equal(rename(path, away), 0);
        judged(TLOG_FLAW_MONTH, file, "not there");
        must(tlog_file_read(disk_real(), away, text, sizeof(text), &text_bytes));
        text[text_bytes / 2] ^= 1;
        must(tlog_file_write(disk_real(), path, FILE_CREATE | FILE_WRITE,
                             span_of(text, text_bytes)));
        judged(TLOG_FLAW_MONTH, file, "does not hash");
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rename(away, path), 0);
    }
    judged(TLOG_FLAW_NONE, "", "");
    /* Nor does it help to log what is not true. */
    assert_true(month_load(MONTH, 2));
    line_cut("shown");
    opening_forge(MONTH, 3);
    judged(TLOG_FLAW_MONTH, "month/2026-02.3", "does not hold what the opening before it holds");
}

static void a_silence_without_notice_is_named(void **state)
{
    (void)state;
    tell(1, PUBLOG_KIND_SILENCE, BEGIN + HOUR);
    tell(2, PUBLOG_KIND_SILENCE, BEGIN + DAY + HOUR); /* its days of grace reach into March */
    at(2 * DAY);
    tell(3, PUBLOG_KIND_NOTICE, 0);
    at(8 * DAY + AFTER);
    judged(TLOG_FLAW_SILENCE, "month/2026-02.1", "the silence of case 0101010101010101");
    /* An event left out, or one more. */
    assert_true(month_load(MONTH, 1));
    line_cut("shown");
    text_bytes = strlen((char *)text);
    char path[FILE_PATH_BYTES];
    month_path(MONTH, 1, path);
    assert_int_equal(unlink(path), 0);
    judged(TLOG_FLAW_MONTH, "month/2026-02.1", "not there");
}

/* The first opening itself lacks an event. */
static void an_event_left_out_is_named(void **state)
{
    (void)state;
    size_t size = 0;
    u64 next_s = 0;
    tell(1, PUBLOG_KIND_OPENING, 0);
    tell(2, PUBLOG_KIND_OPENING, 0);
    at(2 * HOUR + HOUR);
    must(publog_month_write(place.agent->folder, MONTH, MONTH_END + HOUR, text, sizeof(text) - 1,
                            &size, &next_s));
    text_bytes = size;
    text[size] = 0;
    assert_int_equal(next_s, 0);
    line_cut("event");
    char folder[FILE_PATH_BYTES];
    must(file_path(folder, place.folder, "log/public/month"));
    must(tlog_folder_make(disk_real(), folder));
    opening_forge(MONTH, 1);
    assert_int_equal(judge_since(UINT32_MAX), TLOG_FLAW_NONE); /* as it was logged */
    assert_int_equal(judge_since(MONTH), TLOG_FLAW_MONTH);
    assert_non_null(strstr(eye.finding.why, "root of a slot"));
    at(2 * HOUR + AFTER);
    assert_false(month_load(MONTH, 2)); /* it was opened, as far as the venue knows */
}

/* Lists that lack a month, without the log around them. */
static void a_month_that_was_not_logged_is_named(void **state)
{
    static const struct {
        u32 openings[4][2]; /* month after the first, number */
        u32 count;
        u32 leaf_months; /* how many months the log has gone on */
        const char *file;
    } lists[] = {
        {{{1, 1}}, 1, 2, "month/2026-02.1"},         /* not from the log's first month */
        {{{0, 1}, {2, 1}}, 2, 3, "month/2026-03.1"}, /* a hole */
        {{{0, 2}}, 1, 1, "month/2026-02.1"},         /* not from 1 */
        {{{0, 1}, {0, 3}}, 2, 1, "month/2026-02.2"}, /* a number left out */
        {{{0, 1}, {0, 1}}, 2, 1, "month/2026-02.2"}, /* twice */
        {{{0, 1}, {1, 1}}, 2, 6, "month/2026-04.1"}, /* none any more */
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(lists); i += 1) {
        u8 bytes[PUBLOG_LEAF_BYTES];
        struct publog_leaf leaf = {.class = PUBLOG_CLASS_ORDINARY};
        memset(&eye.finding, 0, sizeof(eye.finding));
        log_months_init(&eye.months, NULL, UINT32_MAX);
        for (u32 month = 0; month <= lists[i].leaf_months; month += 1) {
            leaf.slot = publog_month_begin(MONTH + month);
            publog_leaf_encode(&leaf, bytes);
            assert_int_equal(
                eye.months.leaves.leaf(&eye.months.leaves, 0, span_of(bytes, sizeof(bytes))),
                TLOG_FLAW_NONE);
        }
        for (u32 at_list = 0; at_list < lists[i].count; at_list += 1) {
            char line[PUBLOG_OPENING_LINE_BYTES];
            struct publog_opening opening = {.month = MONTH + lists[i].openings[at_list][0],
                                             .number = lists[i].openings[at_list][1],
                                             .time_us = 1};
            assert_true(publog_opening_line(&opening, line));
            assert_int_equal(eye.months.leaves.leaf(&eye.months.leaves, 0, span_of_text(line)),
                             TLOG_FLAW_NONE);
        }
        must(log_months_check(&eye.months, &eye.files, &eye.crypto.sha256, &eye.finding));
        assert_int_equal(eye.finding.flaw, TLOG_FLAW_MONTH);
        assert_string_equal(eye.finding.file, lists[i].file);
        log_months_close(&eye.months);
    }
}

/* ---- kills ---- */

static struct disk_ops deadly_ops;
static struct disk deadly = {.ops = &deadly_ops};
static u32 changes_left;

static void change(void)
{
    changes_left -= 1;
    if (changes_left == 0) {
        (void)raise(SIGKILL);
    }
}

static enum fault deadly_write(struct file *file, u64 offset, const void *source, size_t size)
{
    enum fault fault = disk_real()->ops->write_at(file, offset, source, size);
    change();
    return fault;
}

static enum fault deadly_rename(struct disk *disk, const char *source, const char *target)
{
    (void)disk;
    change();
    return disk_real()->ops->rename(disk_real(), source, target);
}

static enum fault deadly_sync_folder(struct disk *disk, const char *path)
{
    (void)disk;
    enum fault fault = disk_real()->ops->sync_folder(disk_real(), path);
    change();
    return fault;
}

static void life(u32 number)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool busy = false;
        changes_left = number;
        if (agent_begin_on(&deadly) != FAULT_NONE) {
            _exit(2);
        }
        for (u32 count = 0; count < 100; count += 1) {
            clock_false_advance(&place.now, WORK_NS);
            if (agent_work(log_agent_of(place.agent), &busy) != FAULT_NONE) {
                _exit(3);
            }
        }
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : status == 0);
}

static void killed_anywhere_each_opening_is_logged_once(void **state)
{
    (void)state;
    deadly_ops = *disk_real()->ops;
    deadly_ops.write_at = deadly_write;
    deadly_ops.rename = deadly_rename;
    deadly_ops.sync_folder = deadly_sync_folder;
    clock_false_advance(&place.now, 1000000000ULL);
    for (u8 name = 1; name <= KILLS; name += 1) { /* one more has ended at each life */
        tell(name, PUBLOG_KIND_SILENCE, MONTH_END + AFTER + name * HOUR);
    }
    at(2 * HOUR + AFTER - HOUR);
    agent_end();
    for (u32 number = 1; number <= KILLS; number += 1) {
        clock_false_advance(&place.now, HOUR * 1000000000ULL);
        life(number);
    }
    clock_false_advance(&place.now, 2 * HOUR * 1000000000ULL);
    agent_begin();
    works();
    assert_int_equal(judge_since(UINT32_MAX), TLOG_FLAW_NONE);
    assert_int_equal(eye.months.months, 1);
    assert_int_equal(eye.months.counts.silences_ended, KILLS);
    assert_true(eye.months.openings_count > 1 && eye.months.openings_count <= KILLS + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(months_are_opened_when_their_time_has_come, make, clear),
        cmocka_unit_test_setup_teardown(a_silence_without_notice_is_named, make_long, clear),
        cmocka_unit_test_setup_teardown(an_event_left_out_is_named, make_short, clear),
        cmocka_unit_test_setup_teardown(a_month_that_was_not_logged_is_named, make_short, clear),
        cmocka_unit_test_setup_teardown(killed_anywhere_each_opening_is_logged_once, make_short,
                                        clear),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests_name("log_months", tests, NULL, NULL);
}
