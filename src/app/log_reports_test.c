/* Aim: the transparency reports that a log names are believed exactly when they are the bytes that
 * were logged, of the half-year that their line says; what is not there is said, and is a flaw when
 * it stays away. Method: lines by hand, files in memory where each can be changed or left out. */
#include "app/log_reports.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/publog_ceremony.h"
#include "role/vault/publog_leaf.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define TIME_TEXT "2026-11-23T06:00:00Z"
#define TIME_S    1795413600ULL
#define THROUGH   "\",\"through\":\"2026-06-30T23:59:59Z\",\"least\":5,\"halves\":[]}\n"
#define REPORT    "{\"format\":\"cambist-transparency/v1\",\"venue\":\"demo.invalid" THROUGH

static struct sha256 sha256;
static struct log_reports reports;
static struct tlog_finding finding;
static char file_name[PUBLOG_TEXT_NAME_BYTES];
static const char *file_text;
static bool is_long;

static enum fault read_file(struct tlog_files *files, const char *path, u8 *target,
                            size_t bytes_max, size_t *size_out)
{
    (void)files;
    if (file_text == NULL || strcmp(path, file_name) != 0) {
        return FAULT(FAULT_MISSING, "%s: not found", path);
    }
    *size_out = strlen(file_text);
    return !is_long && span_copy(span_of_text(file_text), target, bytes_max)
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "%s: too long", path);
}

static struct tlog_files files = {.read = read_file};

static void entry(struct span line)
{
    assert_int_equal(reports.leaves.leaf(&reports.leaves, 0, line), TLOG_FLAW_NONE);
}

/* A line about this text, whose file has another one or none. */
static void line_of(u32 number, const char *text)
{
    u8 hash[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    char line[256];
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of_text(text));
    sha256_end(&sha256, hash);
    publog_text_name(hash, file_name);
    (void)snprintf(line, sizeof(line), LOG_REPORT_LINE_FORMAT " at " TIME_TEXT, number,
                   bytes_to_hex(hash, SHA256_BYTES, hex));
    entry(span_of_text(line));
}

static void slot_at(u64 slot)
{
    u8 bytes[PUBLOG_LEAF_BYTES];
    struct publog_leaf leaf = {.class = PUBLOG_CLASS_ORDINARY, .slot = slot / 600 * 600};
    publog_leaf_encode(&leaf, bytes);
    entry(span_of(bytes, sizeof(bytes)));
}

static int begin(void **state)
{
    (void)state;
    log_reports_init(&reports, NULL);
    file_text = NULL;
    is_long = false;
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_reports_close(&reports);
    return 0;
}

static enum tlog_flaw judge(void)
{
    memset(&finding, 0, sizeof(finding));
    assert_int_equal(log_reports_check(&reports, &files, &sha256, &finding), FAULT_NONE);
    return finding.flaw;
}

static void flawed(const char *why)
{
    assert_int_equal(judge(), TLOG_FLAW_REPORT);
    if (strcmp(finding.file, file_name) != 0 || strstr(finding.why, why) == NULL) {
        fail_msg("%s: %s", finding.file, finding.why);
    }
}

static void a_report_as_it_was_logged_holds(void **state)
{
    (void)state;
    line_of(20261, REPORT);
    file_text = REPORT;
    assert_int_equal(judge(), TLOG_FLAW_NONE);
    assert_int_equal(log_reports_held(&reports), 1);
    line_of(20261, REPORT); /* once more is no other one */
    assert_int_equal(reports.count, 1);
}

static void another_report_is_a_flaw(void **state)
{
    (void)state;
    line_of(20261, REPORT);
    file_text = REPORT " ";
    flawed("does not hash");
    is_long = true;
    flawed("longer than a report");
    assert_int_equal(log_reports_held(&reports), 0);
}

static void a_report_of_another_half_year_is_a_flaw(void **state)
{
    (void)state;
    line_of(20262, REPORT);
    file_text = REPORT;
    flawed("no report through the half-year");
    line_of(20261, "{}\n");
    file_text = "{}\n";
    reports.found[0] = reports.found[1]; /* that line alone */
    reports.count = 1;
    flawed("no report through the half-year");
}

static void one_that_stays_away_is_a_flaw(void **state)
{
    (void)state;
    line_of(20261, REPORT);
    slot_at(TIME_S + LOG_REPORTS_LATE_S);
    assert_int_equal(judge(), TLOG_FLAW_NONE);
    assert_int_equal(log_reports_held(&reports), 0);
    slot_at(TIME_S + LOG_REPORTS_LATE_S + 600);
    flawed("30 days");
}

static void other_lines_name_no_report(void **state)
{
    (void)state;
#define HASH "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
    static const char *const lines[] = {
        "approval ceremony 20261 sha256 " HASH " at " TIME_TEXT,
        "approval report 20263 sha256 " HASH " at " TIME_TEXT,
        "approval report 20260 sha256 " HASH " at " TIME_TEXT,
        "approval report 1 sha256 " HASH " at " TIME_TEXT,
        "approval report 120261 sha256 " HASH " at " TIME_TEXT,
        "approval report 020261 sha256 " HASH " at " TIME_TEXT,
        "approval report 20261 sha512 " HASH " at " TIME_TEXT,
        "approval report 20261 sha256 " HASH "0 at " TIME_TEXT,
        "approval report 20261 sha256 " HASH " at today",
        "approval report 20261 sha256 " HASH,
        "approval report 20261 sha256 " HASH " at " TIME_TEXT " more",
    };
    for (u32 i = 0; i < ARRAY_COUNT(lines); i += 1) {
        entry(span_of_text(lines[i]));
    }
    entry(span_of_text("approval report 20261 sha256 " HASH " at " TIME_TEXT));
    assert_int_equal(reports.count, 1);
    reports.count = 0;
    assert_int_equal(judge(), TLOG_FLAW_NONE);
}

static void half_years_have_numbers(void **state)
{
    (void)state;
    char half[LOG_REPORT_HALF_BYTES];
    u32 number = 0;
    assert_true(log_report_number(span_of_text("2026-H2"), &number));
    assert_int_equal(number, 20262);
    log_report_half(number, half);
    assert_string_equal(half, "2026-H2");
    assert_false(log_report_number(span_of_text("2026-H3"), &number));
    assert_false(log_report_number(span_of_text("2026"), &number));
}

static int open_all(void **state)
{
    (void)state;
    return sha256_open(&sha256) == FAULT_NONE ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_report_as_it_was_logged_holds, begin, end),
        cmocka_unit_test_setup_teardown(another_report_is_a_flaw, begin, end),
        cmocka_unit_test_setup_teardown(a_report_of_another_half_year_is_a_flaw, begin, end),
        cmocka_unit_test_setup_teardown(one_that_stays_away_is_a_flaw, begin, end),
        cmocka_unit_test_setup_teardown(other_lines_name_no_report, begin, end),
        cmocka_unit_test_setup_teardown(half_years_have_numbers, begin, end),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
