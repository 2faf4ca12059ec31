/* Aim: below /log/ exactly the names of a log's files are looked for, and nothing else; what
 * changes is not kept, the rest for ever. Method: names by hand; each byte of a good one changed to
 * each other byte, where only a digit for a digit may pass. */
#include "role/gateway/log_page.h"

#include "tests/support/test.h"

#include <string.h>

static char name[LOG_PAGE_NAME_BYTES];

static void names_of_files_are_taken(void **state)
{
    (void)state;
    static const char *const good[] = {
        "/log/checkpoint",       "/log/policy.txt",
        "/log/tile/0/000",       "/log/tile/63/x001/x234/067",
        "/log/tile/0/000.p/1",   "/log/tile/5/x999/999.p/255",
        "/log/tile/entries/001", "/log/tile/entries/x001/234.p/77",
        "/log/month/2026-10.1",  "/log/month/1970-01.999",
    };
    static const char *const bad[] = {
        "",
        "/",
        "/log",
        "/log/",
        "/logs/checkpoint",
        "/log/checkpoint/",
        "/log/checkpoint.1",
        "/log/signed",
        "/log/../key",
        "/log/tile",
        "/log/tile/",
        "/log/tile/0",
        "/log/tile/0/",
        "/log/tile/0/00",
        "/log/tile/0/0000",
        "/log/tile/00/000",
        "/log/tile/64/000",
        "/log/tile/-1/000",
        "/log/tile/0/x000",
        "/log/tile/0/x000/",
        "/log/tile/0/000/001",
        "/log/tile/0/000.p",
        "/log/tile/0/000.p/",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/01",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p/1/",
        "/log/tile/entries",
        "/log/tile/entry/000",
        "/log/tile/0/../../../key",
        "/log/tile/0//000",
        "/log/tile/0/%30%30%30",
        "/log/tile/0/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/x000/000",
    };
    for (size_t i = 0; i < ARRAY_COUNT(good); i += 1) {
        assert_true(log_page_name(span_of_text(good[i]), name));
        assert_string_equal(name, good[i] + strlen("/log/"));
        assert_int_equal(log_page_changes(name), i < 2);
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (log_page_name(span_of_text(bad[i]), name)) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void names_of_opened_months_are_taken(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "/log/month",
        "/log/month/",
        "/log/month/2026-10",
        "/log/month/2026-10.",
        "/log/month/2026-10.0",
        "/log/month/2026-10.01",
        "/log/month/2026-10.1000",
        "/log/month/2026-10.1/",
        "/log/month/2026-1.1",
        "/log/month/202-10.1",
        "/log/month/2026/10.1",
        "/log/month/../key",
        "/log/month/2026-10.new",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (log_page_name(span_of_text(bad[i]), name)) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void texts_are_named_by_a_hash_alone(void **state)
{
    (void)state;
    char path[] = "/log/text/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    size_t front = strlen("/log/text/");
    static const char *const bad[] = {
        "/log/text",
        "/log/text/",
        "/log/text/../key",
        "/log/text/../../keys/0123456789abcdef0123456789abcdef0123456789abcdef01234567",
        "/log/text/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.new",
        "/log/text/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/",
        "/log/text//123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/log/texts/123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/log/text/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
    };
    assert_true(log_page_name(span_of_text(path), name));
    assert_string_equal(name, path + strlen("/log/"));
    assert_false(log_page_changes(name));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (log_page_name(span_of_text(bad[i]), name)) {
            fail_msg("%s", bad[i]);
        }
    }
    for (size_t at = front; at + 1 < sizeof(path); at += 1) {
        char kept = path[at];
        for (u32 byte = 0; byte < 256; byte += 1) {
            path[at] = (char)byte;
            bool is_fine = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
            assert_int_equal(log_page_name(span_of(path, sizeof(path) - 1), name), is_fine);
        }
        path[at] = kept;
        assert_false(log_page_name(span_of(path, at), name)); /* cut */
    }
}

static void no_other_byte_passes(void **state)
{
    (void)state;
    static const char good[] = "/log/tile/12/x345/678.p/90";
    char path[sizeof(good)];
    for (size_t at = 0; at + 1 < sizeof(good); at += 1) {
        for (u32 byte = 0; byte < 256; byte += 1) {
            memcpy(path, good, sizeof(good));
            path[at] = (char)byte;
            bool is_digit = good[at] >= '0' && good[at] <= '9' && byte >= '0' && byte <= '9';
            if (log_page_name(span_of(path, sizeof(good) - 1), name)) {
                assert_true(is_digit || (char)byte == good[at]);
            }
        }
    }
    for (size_t size = 0; size + 1 < sizeof(good); size += 1) {
        bool is_whole = size == strlen("/log/tile/12/x345/678") || size + 2 == sizeof(good);
        assert_int_equal(log_page_name(span_of(good, size), name), is_whole);
    }
}

static void heads_say_what_may_be_kept(void **state)
{
    (void)state;
    u8 head[LOG_PAGE_HEAD_BYTES + 1] = {0};
    head[log_page_head("checkpoint", 7, "today", true, head)] = 0;
    assert_non_null(strstr((char *)head, "Cache-Control: no-store\r\n"));
    assert_non_null(strstr((char *)head, "Content-Length: 7\r\n"));
    head[log_page_head("tile/0/000", 8192, "today", false, head)] = 0;
    assert_non_null(strstr((char *)head, "immutable\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_files_are_taken),
        cmocka_unit_test(names_of_opened_months_are_taken),
        cmocka_unit_test(texts_are_named_by_a_hash_alone),
        cmocka_unit_test(no_other_byte_passes),
        cmocka_unit_test(heads_say_what_may_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
