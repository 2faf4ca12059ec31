/* Aim: a log line is one line, whatever is in its fields, and never longer than its bound; a field
 * that does not fit is left out whole.
 *
 * Method: rendered lines compared with what they should be; a pipe in place of standard error. */
#include "io/log.h"

#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"
#include "tests/support/test.h"

#include <string.h>
#include <unistd.h>

/* 2022-04-21 10:00:00.000042 UTC */
#define MOMENT_US 1650535200000042ULL

static void text_lines_look_like_this(void **state)
{
    (void)state;
    static const u8 hash[3] = {0x01, 0xab, 0xff};
    const struct log_field fields[] = {
        LOG_U64("seq", UINT64_MAX),        LOG_I64("change", -5),
        LOG_STR("file", "a \"b\"\n\\c"),   LOG_BOOL("sealed", true),
        LOG_HEX("hash", span_of(hash, 3)), LOG_STR("nothing", NULL),
    };
    char line[LOG_LINE_BYTES_MAX];
    size_t length = log_render(line, sizeof(line), LOG_FORMAT_TEXT, MOMENT_US, LOG_LEVEL_WARN,
                               "journal.segment", fields, ARRAY_COUNT(fields));
    line[length] = '\0';
    assert_string_equal(line, "2022-04-21T10:00:00.000042Z warn journal.segment "
                              "seq=18446744073709551615 change=-5 file=\"a \\\"b\\\"\\u000a\\\\c\" "
                              "sealed=true hash=01abff nothing=\"\"\n");
}

static void json_lines_look_like_this(void **state)
{
    (void)state;
    static const u8 hash[2] = {0xde, 0xad};
    const struct log_field fields[] = {LOG_U64("seq", 7), LOG_STR("file", "a\tb"),
                                       LOG_BOOL("sealed", false),
                                       LOG_HEX("hash", span_of(hash, 2))};
    char line[LOG_LINE_BYTES_MAX];
    size_t length = log_render(line, sizeof(line), LOG_FORMAT_JSON, MOMENT_US, LOG_LEVEL_ERROR,
                               "check.failed", fields, ARRAY_COUNT(fields));
    line[length] = '\0';
    assert_string_equal(line, "{\"time\":\"2022-04-21T10:00:00.000042Z\",\"level\":\"error\","
                              "\"event\":\"check.failed\",\"seq\":7,\"file\":\"a\\u0009b\","
                              "\"sealed\":false,\"hash\":\"dead\"}\n");
}

static void a_line_that_is_too_long_is_cut_between_fields(void **state)
{
    (void)state;
    char long_text[LOG_LINE_BYTES_MAX];
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    const struct log_field fields[] = {LOG_U64("first", 1), LOG_STR("long", long_text),
                                       LOG_U64("last", 2)};
    for (int format = LOG_FORMAT_TEXT; format <= LOG_FORMAT_JSON; format += 1) {
        char line[LOG_LINE_BYTES_MAX];
        size_t length = log_render(line, sizeof(line), (enum log_format)format, MOMENT_US,
                                   LOG_LEVEL_INFO, "x", fields, ARRAY_COUNT(fields));
        assert_true(length < sizeof(line));
        assert_int_equal(line[length - 1], '\n');
        line[length] = '\0';
        assert_non_null(strstr(line, format == LOG_FORMAT_JSON ? "\"first\":1" : "first=1"));
        assert_non_null(strstr(line, format == LOG_FORMAT_JSON ? "\"cut\":true}" : " cut=true\n"));
        assert_null(strstr(line, "xxx"));
    }
    /* No room for anything at all. */
    char tiny[24];
    assert_int_equal(
        log_render(tiny, sizeof(tiny), LOG_FORMAT_TEXT, 0, LOG_LEVEL_INFO, "x", NULL, 0), 0);
}

static void lines_below_the_level_are_not_written(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct clock_false clock;
    clock_false_init(&clock, MOMENT_US);
    log_setup(ends[1], LOG_FORMAT_TEXT, LOG_LEVEL_WARN, &clock.clock);
    log_debug("quiet.debug");
    log_info("quiet.info", LOG_U64("n", 1));
    log_warn("loud.warn", LOG_U64("n", 2), LOG_STR("s", "t"));
    log_error("loud.error", LOG_FAULT(FAULT(FAULT_ROT, "why")));
    log_setup(STDERR_FILENO, LOG_FORMAT_TEXT, LOG_LEVEL_INFO, NULL);
    char text[512] = {0};
    assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
    assert_string_equal(text, "2022-04-21T10:00:00.000042Z warn loud.warn n=2 s=\"t\"\n"
                              "2022-04-21T10:00:00.000042Z error loud.error fault=\"rot\" "
                              "cause=\"why\"\n");
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_lines_look_like_this),
        cmocka_unit_test(json_lines_look_like_this),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_between_fields),
        cmocka_unit_test(lines_below_the_level_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
