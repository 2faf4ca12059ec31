/* Aim: only a reading asks for what is held; the answer says every row that `keep` told, with its
 * moments in milliseconds, and what is not known as null. Method: requests through wire/http's
 * reader, each rule broken once; answers byte for byte. */
#include "role/gateway/records_http.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct http_request request;
static char text[RECORDS_HTTP_JSON_BYTES];

static enum enrol_http_no reads(const char *verb, const char *headers, u32 body_bytes)
{
    static u8 bytes[4096];
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    int head = snprintf((char *)bytes, sizeof(bytes),
                        "%s /page/v1/records?timestamp=1 HTTP/1.1\r\nHost: venue.example\r\n"
                        "Content-Length: %u\r\n%s\r\n",
                        verb, body_bytes, headers);
    memset(bytes + head, 'x', body_bytes);
    assert_int_equal(
        http_read(&reader, &limits, span_of(bytes, (size_t)head + body_bytes), &request),
        HTTP_READ_WHOLE);
    assert_true(records_http_is(request.path));
    return records_http_read(&request);
}

static void only_a_reading_asks(void **state)
{
    (void)state;
    assert_int_equal(reads("GET", "", 0), ENROL_HTTP_FINE);
    assert_int_equal(reads("GET", "Origin: https://venue.example\r\n", 0), ENROL_HTTP_FINE);
    assert_int_equal(reads("GET", "Origin: https://other.example\r\n", 0), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("GET", "Origin: null\r\n", 0), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("GET", "", 1), ENROL_HTTP_NO_BODY);
    assert_int_equal(reads("POST", "Origin: https://venue.example\r\n", 0), ENROL_HTTP_NO_METHOD);
    assert_int_equal(reads("HEAD", "", 0), ENROL_HTTP_NO_METHOD);
    static const char *const others[] = {"/page/v1/record", "/page/v1/records/", "/records", ""};
    for (u32 i = 0; i < ARRAY_COUNT(others); i += 1) {
        assert_false(records_http_is(span_of_text(others[i])));
    }
}

static void says(u64 person, const struct keep_held *held, const char *wanted)
{
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    records_http_say(&json, person, held, 5);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, wanted);
}

static void what_is_held_is_said(void **state)
{
    static struct keep_held held;
    (void)state;
    says(0, NULL,
         "{\"person\":null,\"records\":[],\"reviews\":[],\"review\":null,\"quorum\":null,"
         "\"erased\":[],\"years\":5,\"more\":false}");
    held.has_quorum = true;
    held.threshold[0] = 2;
    held.members[0] = 3;
    held.threshold[1] = 3;
    held.members[1] = 5;
    held.has_more = true;
    held.records_count = 2;
    held.records[0] = (struct keep_held_record){2, 1, 1700000000000000ULL, 20000, 1};
    held.records[1] = (struct keep_held_record){1, 7, 0, 0, 6};
    held.reviews_count = 2;
    held.reviews[0] = (struct keep_held_review){2, 3, 1700000000000000ULL, 1700001000};
    held.reviews[1] = (struct keep_held_review){1, 0, 1600000000000000ULL, 0};
    held.gone_count = 1;
    held.gone[0] = (struct keep_held_gone){4, 19000, 5};
    says(UINT64_MAX, &held,
         "{\"person\":\"18446744073709551615\",\"records\":["
         "{\"group\":\"identity\",\"version\":2,\"since\":1700000000000,\"retention\":\"1\","
         "\"erasure\":1728086400000},"
         "{\"group\":\"logins\",\"version\":1,\"since\":null,\"retention\":\"7\",\"erasure\":null}"
         "],\"reviews\":[{\"version\":2,\"came\":1700000000000,\"views\":3,\"until\":1700001000000"
         "},{\"version\":1,\"came\":1600000000000,\"views\":0,\"until\":null}],"
         "\"review\":{\"until\":1700001000000},\"quorum\":{\"a\":[2,3],\"b\":[3,5]},"
         "\"erased\":[{\"group\":\"bank\",\"version\":4,\"when\":1641600000000}],\"years\":5,"
         "\"more\":true}");
}

static void the_longest_answer_has_room(void **state)
{
    static struct keep_held held;
    struct json_writer json;
    (void)state;
    held.has_quorum = true;
    held.records_count = KEEP_HELD_ROWS_MAX;
    held.reviews_count = KEEP_HELD_ROWS_MAX;
    held.gone_count = KEEP_HELD_ROWS_MAX;
    for (u32 i = 0; i < KEEP_HELD_ROWS_MAX; i += 1) {
        held.records[i] =
            (struct keep_held_record){UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT32_MAX, 4};
        held.reviews[i] = (struct keep_held_review){UINT32_MAX, UINT32_MAX, UINT64_MAX, 1ULL << 53};
        held.gone[i] = (struct keep_held_gone){UINT32_MAX, UINT32_MAX, 4};
    }
    json_begin(&json, text, sizeof(text));
    records_http_say(&json, UINT64_MAX, &held, UINT32_MAX);
    assert_true(json_end(&json) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_a_reading_asks),
                                       cmocka_unit_test(what_is_held_is_said),
                                       cmocka_unit_test(the_longest_answer_has_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
