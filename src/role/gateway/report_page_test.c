/* Aim: below /transparency/ exactly the names of published reports are looked for, and nothing
 * else. Method: names by hand; each byte of a good one changed to each other byte. */
#include "role/gateway/report_page.h"

#include "tests/support/test.h"

#include <string.h>

static char name[REPORT_PAGE_NAME_BYTES];

static void names_of_reports_are_taken(void **state)
{
    (void)state;
    static const char *const good[] = {"/transparency/list.json", "/transparency/2026-H1.json",
                                       "/transparency/2026-H2.csv"};
    static const char *const bad[] = {
        "",
        "/transparency",
        "/transparency/",
        "/transparency/list.csv",
        "/transparency/list.json/",
        "/transparency/2026-H1",
        "/transparency/2026-H1.",
        "/transparency/2026-H1.txt",
        "/transparency/2026-H1.json.new",
        "/transparency/2026-H3.json",
        "/transparency/2026-H0.json",
        "/transparency/2026-h1.json",
        "/transparency/../key",
        "/transparency/..%2fkey",
        "/transparency//2026-H1.json",
        "/transparencies/2026-H1.json",
    };
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        assert_true(report_page_name(span_of_text(good[i]), name));
        assert_string_equal(name, good[i] + strlen("/transparency/"));
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (report_page_name(span_of_text(bad[i]), name)) {
            fail_msg("%s", bad[i]);
        }
    }
    assert_true(report_page_is(span_of_text("/transparency")));
    assert_false(report_page_is(span_of_text("/transparency/")));
}

static void a_changed_byte_is_another_report_or_none(void **state)
{
    (void)state;
    char path[] = "/transparency/2026-H1.json";
    const size_t prefix = strlen("/transparency/");
    for (size_t at = 0; at < sizeof(path) - 1; at += 1) {
        char kept = path[at];
        for (int other = 0; other < 256; other += 1) {
            path[at] = (char)other;
            bool is_digit = other >= '0' && other <= '9';
            bool may = path[at] == kept || (at >= prefix && at < prefix + 4 && is_digit) ||
                       (at == prefix + 6 && (other == '1' || other == '2'));
            assert_int_equal(report_page_name(span_of(path, sizeof(path) - 1), name), may);
        }
        path[at] = kept;
    }
}

static void a_head_says_what_it_is(void **state)
{
    (void)state;
    u8 head[REPORT_PAGE_HEAD_BYTES + 1];
    size_t size = report_page_head("2026-H1.csv", 12, "Mon, 23 Nov 2026 06:00:00 GMT", true, head);
    head[size] = 0;
    assert_non_null(strstr((char *)head, "Content-Type: text/csv; charset=utf-8\r\n"));
    assert_non_null(strstr((char *)head, "Content-Length: 12\r\n"));
    assert_non_null(strstr((char *)head, "nosniff"));
    size = report_page_head("2026-H1.json", 12, "Mon, 23 Nov 2026 06:00:00 GMT", true, head);
    head[size] = 0;
    assert_non_null(strstr((char *)head, "Content-Type: application/json\r\n"));
    assert_non_null(strstr((char *)head, "Cache-Control: no-store\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_reports_are_taken),
        cmocka_unit_test(a_changed_byte_is_another_report_or_none),
        cmocka_unit_test(a_head_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
