/* Aim: a page is found by its exact path alone; gzip goes only to who takes it; who has the content
 * already is told so; no head lacks what a careful site says. Method: tables of headers as clients
 * send them, and of headers that look like those. */
#include "role/gateway/pages.h"

#include "base/check.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static const struct page list[] = {
    {"/", "text/html; charset=utf-8", "aabb", "plain page", "zip", 10, 3, false},
    {"/assets/a-12345678.js", "text/javascript", "ccdd", "plain", "z", 5, 1, true},
};
static const struct page_table table = {list, ARRAY_COUNT(list)};

static struct http_request request_of(enum http_name kind, const char *value)
{
    struct http_request request = {.verb = HTTP_VERB_GET, .minor = 1, .keep_alive = true};
    if (value != NULL) {
        request.headers_count = 1;
        request.headers[0] = (struct http_header){.value = span_of_text(value), .kind = kind};
    }
    return request;
}

static void paths_are_found_byte_by_byte(void **state)
{
    (void)state;
    static const char *const strangers[] = {
        "",
        "/.",
        "//",
        "/index.html",
        "/assets/",
        "/assets",
        "/assets/a.js",
        "/./",
        "/assets/A-12345678.js",
        "/assets/a-12345678.j",
        "/%2f",
        "/../",
        "/assets/../",
        "/assets/a-12345678.js/",
        "/assets//a-12345678.js",
    };
    assert_true(page_table_is_sound(&table));
    assert_int_equal(page_find(&table, span_of_text("/")), 0);
    assert_int_equal(page_find(&table, span_of_text("/assets/a-12345678.js")), 1);
    for (u32 i = 0; i < ARRAY_COUNT(strangers); i += 1) {
        assert_int_equal(page_find(&table, span_of_text(strangers[i])), -1);
    }
    assert_int_equal(page_find(&(struct page_table){NULL, 0}, span_of_text("/")), -1);
}

static void unsound_tables_are_known(void **state)
{
    (void)state;
    struct page pages[2] = {list[0], list[1]};
    const struct page_table two = {pages, 2};
    assert_true(page_table_is_sound(&two));
    pages[1].path = "/";
    assert_false(page_table_is_sound(&two)); /* twice */
    pages[1].path = "assets";
    assert_false(page_table_is_sound(&two));
    pages[1] = list[1];
    pages[1].gzip_bytes = PAGE_BODY_BYTES_MAX + 1;
    assert_false(page_table_is_sound(&two));
    pages[1] = list[1];
    pages[1].etag = "";
    assert_false(page_table_is_sound(&two));
    pages[1].etag = "0123456789abcdef0123456789abcdef0";
    assert_false(page_table_is_sound(&two));
    static struct page many[PAGES_MAX + 1];
    assert_false(page_table_is_sound(&(struct page_table){many, PAGES_MAX + 1}));
}

static void gzip_where_it_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool takes;
    } cases[] = {
        {NULL, false},
        {"", false},
        {"gzip", true},
        {"GZip", true},
        {"x-gzip", true},
        {"deflate, gzip, br, zstd", true},
        {"deflate,\tgzip;q=0.5", true},
        {"br;q=1.0, gzip;q=0.001", true},
        {"gzip;q=0", false},
        {"gzip; q=0.000", false},
        {"gzip ; Q=0", false},
        {"gzip;q=0.", false},
        {"gzip;q=", true},
        {"gzip;a=b;q=0", false},
        {"*", true},
        {"*;q=0", false},
        {"*, gzip;q=0", false},
        {"gzip, *;q=0", true},
        {"identity", false},
        {"gzipped", false},
        {"gzi", false},
        {"agzip", false},
        {"br, deflate", false},
        {",,,gzip", true},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct http_request request = request_of(HTTP_NAME_ACCEPT_ENCODING, cases[i].value);
        assert_int_equal(page_takes_gzip(&request), cases[i].takes);
    }
    struct http_request two = request_of(HTTP_NAME_ACCEPT_ENCODING, "br");
    two.headers_count = 2;
    two.headers[1] =
        (struct http_header){.value = span_of_text("gzip"), .kind = HTTP_NAME_ACCEPT_ENCODING};
    assert_true(page_takes_gzip(&two));
    two.headers[1].kind = HTTP_NAME_USER_AGENT;
    assert_false(page_takes_gzip(&two));
}

static void known_content_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool known;
    } cases[] = {
        {NULL, false},
        {"", false},
        {"\"aabb\"", true},
        {"\"aabb-gz\"", true},
        {"W/\"aabb\"", true},
        {"W/\"aabb-gz\"", true},
        {"*", true},
        {"\"x\", \"aabb\"", true},
        {"\"x\",W/\"aabb-gz\" , \"y\"", true},
        {"aabb", false},
        {"\"aabb", false},
        {"aabb\"", false},
        {"\"aab\"", false},
        {"\"aabbc\"", false},
        {"\"aabb-g\"", false},
        {"\"aabb-gzz\"", false},
        {"w/\"aabb\"", false},
        {"\"ccdd\"", false},
        {"\"\"", false},
        {"\"", false},
        {"W/", false},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct http_request request = request_of(HTTP_NAME_IF_NONE_MATCH, cases[i].value);
        assert_int_equal(page_is_known(&request, &list[0]), cases[i].known);
    }
}

static bool has_line(const u8 *head, size_t size, const char *line)
{
    char whole[512];
    int length = snprintf(whole, sizeof(whole), "\r\n%s\r\n", line);
    assert_true(length > 0 && (size_t)length < sizeof(whole));
    return memmem(head, size, whole, (size_t)length) != NULL;
}

static void heads_say_what_they_must(void **state)
{
    (void)state;
    static const char *const always[] = {
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; manifest-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Referrer-Policy: no-referrer",
        "Cross-Origin-Opener-Policy: same-origin",
        "Cross-Origin-Resource-Policy: same-origin",
        "Vary: Accept-Encoding",
        "Date: then",
    };
    for (u32 index = 0; index < table.count; index += 1) {
        for (u32 known = 0; known < 2; known += 1) {
            u8 head[PAGE_HEAD_BYTES];
            struct http_request request = known != 0
                                              ? request_of(HTTP_NAME_IF_NONE_MATCH, "*")
                                              : request_of(HTTP_NAME_ACCEPT_ENCODING, "gzip");
            struct page_answer said = page_answer(&list[index], &request, "then", true, head);
            for (u32 i = 0; i < ARRAY_COUNT(always); i += 1) {
                assert_true(has_line(head, said.head_bytes, always[i]));
            }
            assert_int_equal(said.status, known != 0 ? 304 : 200);
            assert_true(has_line(head, said.head_bytes,
                                 index == 0
                                     ? "Cache-Control: no-cache"
                                     : "Cache-Control: public, max-age=31536000, immutable"));
            bool has_body = known == 0;
            assert_int_equal(has_line(head, said.head_bytes, "Content-Encoding: gzip"), has_body);
            assert_int_equal(memmem(head, said.head_bytes, "Content-Length", 14) != NULL, has_body);
            assert_int_equal(memmem(head, said.head_bytes, "\r\nContent-Type", 14) != NULL,
                             has_body);
        }
    }
}

static void the_coding_is_told_apart(void **state)
{
    (void)state;
    u8 head[PAGE_HEAD_BYTES];
    struct http_request plain = request_of(HTTP_NAME_OTHER, NULL);
    struct page_answer said = page_answer(&list[0], &plain, "then", false, head);
    assert_false(said.is_gzip);
    assert_true(has_line(head, said.head_bytes, "ETag: \"aabb\""));
    assert_true(has_line(head, said.head_bytes, "Content-Length: 10"));
    assert_true(has_line(head, said.head_bytes, "Connection: close"));
    assert_true(has_line(head, said.head_bytes, "Content-Type: text/html; charset=utf-8"));
    assert_false(has_line(head, said.head_bytes, "Content-Encoding: gzip"));
    assert_memory_equal(page_body(&list[0], false).data, "plain page", 10);
    struct http_request gzip = request_of(HTTP_NAME_ACCEPT_ENCODING, "gzip");
    said = page_answer(&list[0], &gzip, "then", true, head);
    assert_true(said.is_gzip);
    assert_true(has_line(head, said.head_bytes, "ETag: \"aabb-gz\""));
    assert_true(has_line(head, said.head_bytes, "Content-Length: 3"));
    assert_int_equal(page_body(&list[0], true).size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_found_byte_by_byte), cmocka_unit_test(unsound_tables_are_known),
        cmocka_unit_test(gzip_where_it_is_taken),       cmocka_unit_test(known_content_is_known),
        cmocka_unit_test(heads_say_what_they_must),     cmocka_unit_test(the_coding_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
