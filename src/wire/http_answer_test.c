/* Aim: heads of answers are exact, bounded by their memory, and hold nothing that could end a
 * header early. Method: examples written out in full; every size of memory. */
#include "base/span.h"
#include "tests/support/test.h"
#include "wire/http.h"

#include <string.h>

static void head_is_written_in_full(void **state)
{
    (void)state;
    char text[256];
    struct http_answer answer;
    http_answer_begin(&answer, text, sizeof(text), 200, true);
    http_answer_put_text(&answer, "Content-Type", "application/json;charset=UTF-8");
    http_answer_put_u64(&answer, "X-MBX-USED-WEIGHT-1M", 18446744073709551615U);
    http_answer_put(&answer, "Empty", span_of("", 0));
    static const char expected[] = "HTTP/1.1 200 OK\r\n"
                                   "Content-Type: application/json;charset=UTF-8\r\n"
                                   "X-MBX-USED-WEIGHT-1M: 18446744073709551615\r\n"
                                   "Empty: \r\n"
                                   "Content-Length: 28\r\n\r\n";
    assert_int_equal(http_answer_end(&answer, 28), sizeof(expected) - 1);
    assert_memory_equal(text, expected, sizeof(expected) - 1);
}

static void close_is_said_and_bodiless_have_no_length(void **state)
{
    (void)state;
    char text[256];
    struct http_answer answer;
    http_answer_begin(&answer, text, sizeof(text), 414, false);
    static const char closing[] =
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert_int_equal(http_answer_end(&answer, 0), sizeof(closing) - 1);
    assert_memory_equal(text, closing, sizeof(closing) - 1);
    http_answer_begin(&answer, text, sizeof(text), 101, true);
    http_answer_put_text(&answer, "Upgrade", "websocket");
    static const char switching[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    assert_int_equal(http_answer_end(&answer, 0), sizeof(switching) - 1);
    assert_memory_equal(text, switching, sizeof(switching) - 1);
    http_answer_begin(&answer, text, sizeof(text), 299, true);
    static const char nameless[] = "HTTP/1.1 299 \r\nContent-Length: 1\r\n\r\n";
    assert_int_equal(http_answer_end(&answer, 1), sizeof(nameless) - 1);
    assert_memory_equal(text, nameless, sizeof(nameless) - 1);
    http_answer_begin(&answer, text, sizeof(text), 204, true);
    expect_assert_failure(assert_int_equal(http_answer_end(&answer, 1), 0));
    expect_assert_failure(http_answer_begin(&answer, text, sizeof(text), 99, true));
}

static void headers_cannot_be_broken_out_of(void **state)
{
    (void)state;
    static const char *const bad_values[] = {"a\r\nB: c", "a\n", "\r", "a\x7f", "\xc3\xb6",
                                             " a",        "a ",  "\t", "a\x01"};
    char text[256];
    struct http_answer answer;
    for (size_t i = 0; i < ARRAY_COUNT(bad_values); i += 1) {
        http_answer_begin(&answer, text, sizeof(text), 200, true);
        http_answer_put_text(&answer, "A", bad_values[i]);
        assert_int_equal(http_answer_end(&answer, 0), 0);
    }
    static const char *const bad_names[] = {"", "A:", "A B", "A\r\n", "\xc3\xb6"};
    for (size_t i = 0; i < ARRAY_COUNT(bad_names); i += 1) {
        http_answer_begin(&answer, text, sizeof(text), 200, true);
        http_answer_put_u64(&answer, bad_names[i], 1);
        assert_int_equal(http_answer_end(&answer, 0), 0);
    }
    http_answer_begin(&answer, text, sizeof(text), 200, true);
    http_answer_put(&answer, "A", span_of("a\0b", 3));
    assert_int_equal(http_answer_end(&answer, 0), 0);
}

static void memory_is_never_left(void **state)
{
    (void)state;
    static const char expected[] = "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n"
                                   "Retry-After: 60\r\nContent-Length: 7\r\n\r\n";
    for (size_t size = 0; size < 120; size += 1) {
        char text[128];
        memset(text, '!', sizeof(text));
        struct http_answer answer;
        http_answer_begin(&answer, text, size, 429, false);
        http_answer_put_u64(&answer, "Retry-After", 60);
        bool fits = size >= sizeof(expected) - 1;
        assert_int_equal(http_answer_end(&answer, 7), fits ? sizeof(expected) - 1 : 0);
        for (size_t i = size; i < sizeof(text); i += 1) {
            assert_int_equal(text[i], '!');
        }
    }
}

static void every_refusal_has_a_status_with_a_reason(void **state)
{
    (void)state;
    for (u32 i = HTTP_REFUSAL_NONE + 1; i < HTTP_REFUSAL_COUNT; i += 1) {
        u32 status = http_refusal_status((enum http_refusal)i);
        assert_in_range(status, 400, 599);
        assert_true(http_refusal_text((enum http_refusal)i)[0] != 0);
        char text[128] = {0};
        struct http_answer answer;
        http_answer_begin(&answer, text, sizeof(text), status, false);
        assert_true(http_answer_end(&answer, 0) > 0);
        assert_true(text[13] >= 'A' && text[13] <= 'Z');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_is_written_in_full),
        cmocka_unit_test(close_is_said_and_bodiless_have_no_length),
        cmocka_unit_test(headers_cannot_be_broken_out_of),
        cmocka_unit_test(memory_is_never_left),
        cmocka_unit_test(every_refusal_has_a_status_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
